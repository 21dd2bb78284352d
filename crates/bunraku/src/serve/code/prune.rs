//! From time to time versions are removed from the repositories that nobody needs any more.

use std::collections::HashSet;
use std::sync::Arc;
use std::time::Duration;

use ::code::client::Client;
use ::code::git::Id;
use ::code::handlers::Handlers;
use anyhow::Context as _;
use api::Pdb;
use serde::Deserialize;
use serde_json::{Value as Json, json};

/// Until the first time: clients have said by then what they serve.
const FIRST: Duration = Duration::from_secs(300);
const INTERVAL: Duration = Duration::from_secs(3600);

/// What it takes.
pub(super) struct Pruning {
    pub(super) client: Arc<Client>,
    pub(super) handlers: Arc<Handlers>,
    /// Has the catalogs, which name versions.
    pub(super) store: Arc<dyn Pdb>,
}

#[derive(Deserialize)]
struct Row {
    code_id: Option<String>,
}

impl Pruning {
    /// Runs until it is dropped.
    pub(super) async fn run(self) {
        let mut times = tokio::time::interval_at(tokio::time::Instant::now() + FIRST, INTERVAL);
        times.set_missed_tick_behavior(tokio::time::MissedTickBehavior::Delay);
        loop {
            times.tick().await;
            if let Err(error) = self.once().await {
                // A catalog that an agent has may name any of them.
                tracing::warn!(
                    error = format!("{error:#}"),
                    "old versions of code stay, since it is not known which are in use"
                );
            }
        }
    }

    async fn once(&self) -> anyhow::Result<()> {
        let mut used = named(self.store.as_ref()).await?;
        // A store that was lost and made anew, more likely than one of a site whose nodes never had a catalog.
        if used.is_empty() {
            return Ok(());
        }
        // What the primary's clients serve; a compiler has none.
        let clients = self.handlers.clients();
        used.extend(
            clients.iter().flat_map(|client| client.serves.values()).flat_map(|parts| parts.values()),
        );
        let client = self.client.clone();
        tokio::task::spawn_blocking(move || client.prune(used)).await.context("removing them failed")
    }
}

/// The versions that stored catalogs name, and those with which nodes ran last, perhaps from a catalog they had kept.
async fn named(store: &dyn Pdb) -> anyhow::Result<HashSet<Id>> {
    let distinct = |entity: &str, condition: Json| {
        json!(["from", entity, ["extract", ["code_id"], condition, ["group_by", "code_id"]]])
    };
    let (has_one, of_all) = (json!(["null?", "code_id", false]), json!(["=", "node_state", "any"]));
    let queries = [
        distinct("catalogs", json!(["and", has_one, of_all])),
        distinct("reports", json!(["and", has_one, of_all, ["=", "latest_report?", true]])),
    ];
    let mut named = HashSet::new();
    for query in queries {
        let rows = store.query(&query).await.context("which versions catalogs name")?;
        let rows: Vec<Row> = serde_json::from_slice(&rows).context("which versions catalogs name")?;
        named.extend(rows.iter().filter_map(|row| ::code::commit_of(row.code_id.as_deref()?)));
    }
    Ok(named)
}

#[cfg(test)]
mod tests {
    use std::time::SystemTime;

    use api::pdb::{Command, FakePdb, ReplaceCatalog, StoreReport};
    use wire::catalog::Catalog;

    use super::*;

    #[tokio::test]
    async fn what_catalogs_and_last_reports_name_is_in_use() {
        let folder = tempfile::tempdir().unwrap();
        let store = pdb::Store::open(&folder.path().join("pdb.sqlite")).unwrap();
        let code_id = |digit: u8| ::code::code_id(Id::new([digit; 20]), "production");
        let catalog = |certname: &str, code_id: Option<String>| {
            let catalog = Catalog {
                name: certname.into(),
                catalog_uuid: certname.into(),
                environment: "production".into(),
                code_id: code_id.map(Into::into),
                ..Catalog::default()
            };
            Command::ReplaceCatalog(ReplaceCatalog {
                certname: certname.into(),
                environment: "production".into(),
                transaction_uuid: None,
                job_id: None,
                catalog: Arc::new(catalog),
                exported: Arc::default(),
                lookups: None,
                fingerprint: None,
                producer_timestamp: SystemTime::now(),
            })
        };
        let report = |time: &str, code_id: &str| {
            let report = json!({
                "host": "a", "time": time, "puppet_version": "8.10.0", "report_format": 12, "status": "unchanged",
                "code_id": code_id, "metrics": {}, "resource_statuses": {}, "logs": [],
            });
            Command::StoreReport(StoreReport {
                certname: "a".into(),
                environment: "production".into(),
                report: report.to_string().into(),
                producer_timestamp: SystemTime::now(),
            })
        };
        assert_eq!(named(&store).await.unwrap(), HashSet::new());
        for (certname, code_id) in [("a", Some(code_id(1))), ("b", Some(code_id(2))), ("c", None)] {
            store.submit(catalog(certname, code_id)).await.unwrap();
        }
        store.submit(catalog("d", Some("of another program".into()))).await.unwrap();
        store.submit(report("2024-01-01T00:00:00Z", &code_id(8))).await.unwrap();
        store.submit(report("2024-01-02T00:00:00Z", &code_id(3))).await.unwrap();
        let expected = [1, 2, 3].map(|digit| Id::new([digit; 20]));
        assert_eq!(named(&store).await.unwrap(), HashSet::from(expected));
        // Nobody knows which are in use: none may go.
        assert!(named(&FakePdb::default()).await.is_err());
    }
}
