//! One server that another one leans on, such as a compiler on its primary: where it is, the client for it, and what was seen of it.
//!
//! The client's TLS can be replaced while requests are under way, so that a new revocation list or certificate counts for the next
//! connection. What is remembered of answers (since when there are none, how far the clocks are apart) is for the status.

use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Instant, SystemTime, UNIX_EPOCH};

use arc_swap::ArcSwap;
use bytes::Bytes;
use http::{HeaderName, HeaderValue, Method, header};

use crate::client::{Answer, Client, ClientError, ClientLimits};
use crate::tls::ClientTls;

/// A server and what is known of it.
pub struct Upstream {
    base: String,
    limits: ClientLimits,
    client: ArcSwap<Client>,
    seen: Mutex<Seen>,
}

/// What was seen of a server.
#[derive(Clone, Debug, Default)]
pub struct Seen {
    /// When it answered last.
    pub answered: Option<Instant>,
    /// Since when it does not, and why it did not the last time.
    pub away: Option<(Instant, String)>,
    /// How far its clock is ahead of ours, in seconds; a date has no fractions, so one second is nothing.
    pub clock_ahead: Option<i64>,
}

impl Upstream {
    /// A server at `https://HOST:PORT`.
    pub fn new(base: impl Into<String>, tls: &ClientTls, limits: ClientLimits) -> Upstream {
        let client = Client::new(tls).with_limits(limits.clone());
        let base = base.into().trim_end_matches('/').to_owned();
        Upstream { base, limits, client: ArcSwap::from_pointee(client), seen: Mutex::default() }
    }

    /// `https://HOST:PORT`
    pub fn base(&self) -> &str {
        &self.base
    }

    /// Goes on with other TLS material, over new connections.
    pub fn replace(&self, tls: &ClientTls) {
        self.client.store(Arc::new(Client::new(tls).with_limits(self.limits.clone())));
    }

    /// What was seen of it.
    pub fn seen(&self) -> Seen {
        self.seen.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }

    /// Sends a request; the answer may have any status. `target` is path and query.
    pub async fn send(
        &self,
        method: Method,
        target: &str,
        headers: impl IntoIterator<Item = (HeaderName, HeaderValue)>,
        body: Bytes,
    ) -> Result<Answer, ClientError> {
        let began = unix_seconds();
        let client = self.client.load_full();
        let answer = client.send(method, &format!("{}{target}", self.base), headers, body).await;
        let mut seen = self.seen.lock().unwrap_or_else(PoisonError::into_inner);
        match &answer {
            Ok(answer) => {
                seen.answered = Some(Instant::now());
                seen.away = None;
                let date = answer.headers.get(header::DATE).and_then(|date| date.to_str().ok());
                if let Some(date) = date.and_then(crate::date::parse) {
                    seen.clock_ahead = Some(ahead(date, began, unix_seconds()));
                }
            }
            // It said something, though nothing that could be used.
            Err(ClientError::TooLarge { .. } | ClientError::Address(_) | ClientError::PlainAddress(_)) => {}
            Err(error) => {
                let since = seen.away.as_ref().map_or_else(Instant::now, |(since, _)| *since);
                seen.away = Some((since, error.to_string()));
            }
        }
        drop(seen);
        answer
    }
}

/// How far a date that came in an answer is ahead of the time in which it was waited for.
fn ahead(date: i64, began: i64, ended: i64) -> i64 {
    if date < began {
        date - began
    } else if date > ended {
        date - ended
    } else {
        0
    }
}

fn unix_seconds() -> i64 {
    let since = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default();
    i64::try_from(since.as_secs()).unwrap_or(i64::MAX)
}

impl std::fmt::Debug for Upstream {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Upstream").field("base", &self.base).finish_non_exhaustive()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_slow_answer_is_no_wrong_clock() {
        assert_eq!(ahead(100, 90, 110), 0);
        assert_eq!(ahead(89, 90, 110), -1);
        assert_eq!(ahead(200, 90, 110), 90);
    }

    #[tokio::test]
    async fn being_away_is_remembered_until_an_answer() {
        let key = pki::KeyPair::generate(pki::KeyKind::EcP256).unwrap();
        let name = pki::Name::from_common_name("x").unwrap();
        let now = SystemTime::now();
        let authority = pki::Template {
            serial: pki::Serial::from_decimal("1").unwrap(),
            issuer: &name,
            subject: &name,
            public_key: key.public_key(),
            not_before: now,
            not_after: now + std::time::Duration::from_secs(60),
            extensions: &[],
        }
        .sign(&key)
        .unwrap();
        let tls = ClientTls::anonymous(authority.to_pem().as_bytes(), b"").unwrap();
        // Nobody listens on a port that was just given back.
        let port = std::net::TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap().port();
        let upstream = Upstream::new(format!("https://localhost:{port}/"), &tls, ClientLimits::default());
        assert_eq!(upstream.base(), format!("https://localhost:{port}"));
        let error = upstream.send(Method::GET, "/x", [], Bytes::new()).await.unwrap_err();
        assert!(matches!(error, ClientError::Connect { .. }), "{error}");
        let first = upstream.seen().away.unwrap();
        upstream.send(Method::GET, "/x", [], Bytes::new()).await.unwrap_err();
        assert_eq!(upstream.seen().away.unwrap().0, first.0);
        assert!(upstream.seen().answered.is_none());
    }
}
