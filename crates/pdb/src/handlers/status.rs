//! `/status/v1`, as clients of PuppetDB ask for it.

use rest::{Problem, Response, StatusCode};
use serde_json::{Value as Json, json};

use super::{Handlers, PUPPETDB_VERSION};

/// Dead letters that the status names; the count is of all.
const LETTERS_SHOWN: usize = 20;

impl Handlers {
    pub(super) async fn status(&self, path: &str) -> Result<Response, Problem> {
        let is_up = self.store.is_up().await;
        if path == "/status/v1/simple" {
            let (status, text) =
                if is_up { (StatusCode::OK, "running") } else { (StatusCode::SERVICE_UNAVAILABLE, "error") };
            return Ok(Response::text(status, text));
        }
        let status = if is_up { StatusCode::OK } else { StatusCode::SERVICE_UNAVAILABLE };
        let mut own = self.own_status(is_up).await;
        if path.ends_with("/puppetdb-status") {
            own["service_name"] = "puppetdb-status".into();
            return Ok(Response::json(status, &own));
        }
        Ok(Response::json(status, &json!({"puppetdb-status": own})))
    }

    async fn own_status(&self, is_up: bool) -> Json {
        let writes = is_up && !self.processor.is_away();
        let (count, letters) = match self.queue.dead_letters(LETTERS_SHOWN).await {
            Ok((count, letters)) => (Json::from(count), json!(letters)),
            Err(error) => {
                tracing::error!(%error, "the dead letters could not be read");
                (Json::Null, Json::Null)
            }
        };
        json!({
            "service_version": PUPPETDB_VERSION,
            "service_status_version": 1,
            "detail_level": "info",
            "state": if is_up { "running" } else { "error" },
            "status": {
                "maintenance_mode?": false,
                "queue_depth": self.queue.depth(),
                "read_db_up?": is_up,
                "write_db_up?": writes,
                "write_dbs_up?": writes,
                "write_dbs": {"default": {"up?": writes}},
                "rbac_status": "not_applicable",
                "awaiting_retry": self.queue.delayed(),
                "dead_letters": {"count": count, "newest": letters},
                "expiry": self.expiry.status(),
            },
            "active_alerts": [],
        })
    }
}
