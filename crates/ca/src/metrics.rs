//! Figures of the authority, and of the lists that a server follows, for Prometheus.

use std::time::{SystemTime, UNIX_EPOCH};

use rest::metrics::{Counter, Exposition, Source};

use crate::{Authority, Follower};

/// What an authority did since it was opened.
#[derive(Debug, Default)]
pub(crate) struct Counted {
    /// Requests taken in.
    pub(crate) requests: Counter,
    /// Certificates made for requests.
    pub(crate) signed: Counter,
    /// Certificates made for others that run out.
    pub(crate) renewed: Counter,
    /// Certificates that were put on the list.
    pub(crate) revoked: Counter,
}

fn unix(at: SystemTime) -> u64 {
    at.duration_since(UNIX_EPOCH).unwrap_or_default().as_secs()
}

const END: (&str, &str) =
    ("bunraku_crl_end_timestamp_seconds", "When the first of the revocation lists in force ends.");

impl Source for Authority {
    fn write(&self, page: &mut Exposition) {
        let Counted { requests, signed, renewed, revoked } = &self.counted;
        page.counter("bunraku_ca_requests_total", "Requests for certificates taken in.", requests.value());
        page.counter("bunraku_ca_signed_total", "Requests signed.", signed.value());
        page.counter("bunraku_ca_renewed_total", "Certificates renewed.", renewed.value());
        page.counter("bunraku_ca_revoked_total", "Certificates revoked.", revoked.value());
        let lists = self.lists();
        if let Some(made) = lists.chain().iter().map(pki::Crl::this_update).max() {
            let help = "When the newest of the revocation lists was made.";
            page.gauge("bunraku_crl_made_timestamp_seconds", help, unix(made));
        }
        if let Some(end) = lists.chain().iter().filter_map(pki::Crl::next_update).min() {
            page.gauge(END.0, END.1, unix(end));
        }
        let end = self.bundle().iter().map(pki::Certificate::not_after).min();
        if let Some(end) = end {
            let help = "When the first of the authority's certificates ends.";
            page.gauge("bunraku_ca_certificate_end_timestamp_seconds", help, unix(end));
        }
    }
}

impl Source for Follower {
    fn write(&self, page: &mut Exposition) {
        if let Some(confirmed) = self.confirmed() {
            let help = "Time since the authority last said that these are its revocation lists.";
            page.gauge("bunraku_crl_confirmed_age_seconds", help, confirmed.elapsed().as_secs());
        }
        if let Some(end) = self.lists().and_then(|lists| lists.end()) {
            page.gauge(END.0, END.1, unix(end));
        }
    }
}
