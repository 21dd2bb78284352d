//! Transactions that write at the same time on PostgreSQL never wait for each other in a circle.

use db::scratch::Server;
use serde_json::{Value as Json, json};

use super::*;
use crate::command;

const NODES: u64 = 6;
const ROUNDS: u64 = 120;

/// Numbers that are the same in each run.
struct Chance(u64);

impl Chance {
    fn below(&mut self, end: u64) -> u64 {
        self.0 = self.0.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        (self.0 >> 33) % end
    }

    /// One of few texts.
    fn text(&mut self, of: &str, end: u64) -> String {
        format!("{of}{}", self.below(end))
    }
}

/// A document of a node, of a kind that is given by number. What it holds is had by other nodes, or by none any more, at every moment.
fn document(chance: &mut Chance, kind: u64, node: u64, round: u64) -> Prepared {
    let certname = format!("n{node}");
    let time = crate::payload::time_text(1_714_953_600_000_000 + round as i64 * 1_000_000);
    // Environments and producers that nobody had before.
    let (environment, producer) = (format!("e{}", round / 2), format!("p{}", round / 2));
    let (name, version, document) = match kind {
        0 => {
            let values = (0..8).map(|name| {
                let value = json!({chance.text("k", 2): chance.below(3), format!("r{}", round / 3): 1});
                (format!("f{name}"), if name < 4 { json!(chance.below(3)) } else { value })
            });
            let values: serde_json::Map<String, Json> = values.collect();
            let packages: Vec<Json> =
                (0..3).map(|_| json!([chance.text("pkg", 5), chance.text("", 2), "apt"])).collect();
            let facts = json!({
                "certname": certname, "environment": environment, "producer_timestamp": time, "producer": producer, "values": values,
                "package_inventory": packages,
            });
            (Name::ReplaceFacts, 5, facts)
        }
        1 => {
            let mut resources: Vec<Json> = Vec::new();
            for title in 0..6 {
                if chance.below(3) > 0 {
                    resources.push(json!({
                        "type": "File", "title": format!("/{title}"), "exported": false, "file": chance.text("", 2), "line": 1,
                        "tags": ["file"], "parameters": {"content": chance.below(3)},
                    }));
                }
            }
            let end = |of: &Json| json!({"type": of["type"], "title": of["title"]});
            let edge = |pair: &[Json]| json!({"source": end(&pair[0]), "target": end(&pair[1]), "relationship": "before"});
            let edges: Vec<Json> = resources.windows(2).map(edge).collect();
            let catalog = json!({
                "certname": certname, "version": "1", "environment": environment, "transaction_uuid": null, "catalog_uuid": null,
                "code_id": null, "job_id": null, "producer_timestamp": time, "producer": producer, "edges": edges,
                "resources": resources,
            });
            (Name::ReplaceCatalog, 9, catalog)
        }
        2 => {
            let inputs: Vec<Json> = (0..4).map(|_| json!(["hiera", chance.text("key", 6)])).collect();
            let inputs = json!({
                "certname": certname, "producer_timestamp": time, "catalog_uuid": "80a1f1d2-1bd3-4f68-86db-74b3d0d96f95", "inputs": inputs,
            });
            (Name::ReplaceCatalogInputs, 1, inputs)
        }
        _ => {
            let gone = json!({"certname": certname, "producer_timestamp": time});
            (Name::DeactivateNode, 3, gone)
        }
    };
    prepare(&command::read(name, version, document, 1).unwrap(), 1)
}

/// Writes documents until no other transaction is in the way; tells whether one was in a circle.
async fn written(store: &Store, documents: &[Prepared]) -> bool {
    let mut was_circle = false;
    for _ in 0..ATTEMPTS_MAX {
        match store.write_all(documents.into(), 1).await {
            Ok(_) => return was_circle,
            Err(error) if error.is_conflict() => was_circle |= format!("{error:?}").contains("deadlock"),
            Err(error) => panic!("{error}"),
        }
    }
    panic!("never written")
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn transactions_never_wait_in_a_circle() {
    let Some(server) = Server::start() else { return };
    let store = Store::connect(server.settings()).await.unwrap();
    let set = "ALTER DATABASE postgres SET deadlock_timeout = '20ms'";
    store.db().write(move |tx| tx.batch(set)).await.unwrap();
    // Connections from here on find a circle sooner.
    let store = Store::connect(server.settings()).await.unwrap();
    let mut writers = tokio::task::JoinSet::new();
    for writer in 0..5 {
        let store = store.clone();
        writers.spawn(async move {
            let mut chance = Chance(writer);
            let mut circles = 0;
            for round in 0..ROUNDS {
                let mut documents = Vec::new();
                if writer < 3 {
                    // A group, in any order of nodes; the inputs of a catalog come with it.
                    let first = chance.below(NODES);
                    for place in 0..NODES {
                        let node = if writer == 0 { place } else { (first + NODES - place) % NODES };
                        let kind = chance.below(8);
                        let kind = if kind < 7 { kind % 3 } else { 3 };
                        documents.push(document(&mut chance, kind, node, round));
                    }
                } else {
                    let (kind, node) = (chance.below(3), chance.below(NODES));
                    documents.push(document(&mut chance, kind, node, round));
                    if chance.below(10) == 0 {
                        store.delete_node(&format!("n{node}")).await.unwrap();
                    }
                }
                circles += u64::from(written(&store, &documents).await);
                if writer == 4 && round % 10 == 0 {
                    store.sweep(expire::OTHERS).await.unwrap();
                }
            }
            circles
        });
    }
    assert_eq!(writers.join_all().await.iter().sum::<u64>(), 0);
}
