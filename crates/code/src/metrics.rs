//! Figures of file sync, for Prometheus.

use std::time::{SystemTime, UNIX_EPOCH};

use rest::metrics::{Exposition, Kind, Source};

use crate::handlers::Handlers;
use crate::live::TOP;

fn unix(at: SystemTime) -> f64 {
    at.duration_since(UNIX_EPOCH).unwrap_or_default().as_secs_f64()
}

impl Source for Handlers {
    fn write(&self, page: &mut Exposition) {
        if let Some(client) = self.client() {
            let status = client.status();
            let serving = client.live().current().keys().filter(|name| *name != TOP).count();
            page.gauge("bunraku_code_environments", "Environments that are served from versions.", serving);
            let help =
                "Environments, and what lies beside them, of which a newer version is known than serves.";
            page.gauge("bunraku_code_behind", help, status.behind.len());
            let age = status.behind.values().map(|behind| behind.since.elapsed().as_secs_f64());
            let help = "How long the first of these has been behind; 0 if none is.";
            page.gauge("bunraku_code_behind_seconds", help, age.fold(0.0, f64::max));
            let help = "1 while the primary cannot be asked for new code.";
            page.gauge("bunraku_code_primary_away", help, u8::from(status.poll_error.is_some()));
            if let Some(at) = status.last_successful_sync {
                let help = "When everything was as on the primary last.";
                page.gauge("bunraku_code_last_sync_timestamp_seconds", help, unix(at));
            }
            let help = "Bytes of objects fetched from the primary.";
            page.counter("bunraku_file_sync_received_bytes_total", help, client.received_bytes());
            let help = "Versions that came to serve.";
            page.counter("bunraku_code_switches_total", help, client.switches());
        }
        let Some(latest) = self.latest() else { return };
        let clients = self.clients();
        let help = "Bytes of objects sent to clients.";
        page.counter("bunraku_file_sync_sent_bytes_total", help, self.sent_bytes.value());
        let help = "When a client was heard of last.";
        let mut family =
            page.family("bunraku_file_sync_client_check_in_timestamp_seconds", Kind::Gauge, help);
        for client in &clients {
            family.sample(&[("client", &client.certname)], unix(client.checked_in));
        }
        let help =
            "Environments, and what lies beside them, of which a client does not serve the newest version.";
        let mut family = page.family("bunraku_file_sync_client_behind", Kind::Gauge, help);
        for client in &clients {
            family.sample(&[("client", &client.certname)], client.behind(&latest).len());
        }
    }
}
