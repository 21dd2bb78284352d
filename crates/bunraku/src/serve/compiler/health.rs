//! Whether agents should come to this compiler: what its status says beside that it runs.
//!
//! That the primary is away is no reason to send agents elsewhere, since all compilers have the same primary; it is said as a warning.
//! A reason is what makes this server do wrong, or soon unable to do right: lists of revocations that nobody has confirmed for long, a
//! disk or queue that takes no more reports, a clock by which certificates are valid that are not.

use std::sync::Arc;
use std::time::{Duration, Instant, SystemTime};

use ca::Follower;
use pdb::Remote;
use rest::Upstream;
use serde_json::{Value as Json, json};
use server::{Alert, Part, Severity};

use crate::config;

/// From here on it is better to send agents elsewhere, before some are refused.
const QUEUE_PERCENT_MAX: u8 = 95;

/// All that the state depends on.
pub(super) fn parts(
    config: &config::Compiler,
    authority: Arc<Upstream>,
    follower: Arc<Follower>,
    remote: Remote,
) -> Vec<Arc<dyn Part>> {
    let max_age = config.crl_max_age.0;
    vec![
        Arc::new(Authority(authority.clone())),
        Arc::new(Revocation { follower, max_age, started: Instant::now() }),
        Arc::new(Storage(remote)),
        Arc::new(Clock { authority, tolerance: config.clock_tolerance.0 }),
    ]
}

fn warning(message: String) -> Alert {
    Alert { severity: Severity::Warning, message }
}

fn error(message: String) -> Alert {
    Alert { severity: Severity::Error, message }
}

fn away(server: &Upstream) -> Option<String> {
    let (since, reason) = server.seen().away?;
    Some(format!("{} has been away for {} s: {reason}", server.base(), since.elapsed().as_secs()))
}

/// The way to the certificate authority.
struct Authority(Arc<Upstream>);

impl Part for Authority {
    fn name(&self) -> &'static str {
        "ca-proxy"
    }

    fn alerts(&self) -> Vec<Alert> {
        away(&self.0).map(warning).into_iter().collect()
    }

    fn details(&self, _: &str) -> Json {
        let seen = self.0.seen();
        json!({
            "target": self.0.base(),
            "seconds_since_answer": seen.answered.map(|at| at.elapsed().as_secs()),
        })
    }
}

/// The lists of revocations.
struct Revocation {
    follower: Arc<Follower>,
    max_age: Duration,
    started: Instant,
}

impl Part for Revocation {
    fn name(&self) -> &'static str {
        "revocation-lists"
    }

    fn alerts(&self) -> Vec<Alert> {
        let age = self.follower.confirmed().unwrap_or(self.started).elapsed();
        let end = self.follower.lists().and_then(|lists| lists.end());
        let mut alerts = list_alerts(age, self.max_age, end, SystemTime::now());
        alerts.extend(self.follower.failure().map(warning));
        alerts
    }

    fn details(&self, _: &str) -> Json {
        json!({ "seconds_since_confirmed": self.follower.confirmed().map(|at| at.elapsed().as_secs()) })
    }
}

/// What is wrong with lists that were confirmed so long ago and end at a time. No `max_age` is zero.
fn list_alerts(age: Duration, max_age: Duration, end: Option<SystemTime>, now: SystemTime) -> Vec<Alert> {
    let mut alerts = Vec::new();
    if !max_age.is_zero() && age > max_age {
        alerts.push(error(format!(
            "the authority has not confirmed the revocation lists for {} s; {} are allowed",
            age.as_secs(),
            max_age.as_secs()
        )));
    }
    if end.is_some_and(|end| end < now) {
        alerts.push(error("a revocation list is past its end".to_owned()));
    }
    alerts
}

/// The way to the store, and what waits for it.
struct Storage(Remote);

impl Part for Storage {
    fn name(&self) -> &'static str {
        "puppetdb-proxy"
    }

    fn alerts(&self) -> Vec<Alert> {
        let mut alerts = Vec::new();
        let queue = self.0.queue();
        if queue.percent_full() >= QUEUE_PERCENT_MAX {
            alerts
                .push(error(format!("{} commands wait for the store; there is no more room", queue.depth())));
        }
        let refusing = || format!("{} takes no documents", self.0.store().base());
        let reason = away(self.0.store()).or_else(|| self.0.is_away().then(refusing));
        alerts.extend(reason.map(warning));
        alerts
    }

    fn details(&self, _: &str) -> Json {
        let queue = self.0.queue();
        json!({
            "target": self.0.store().base(),
            "queue_depth": queue.depth(),
            "queue_percent_full": queue.percent_full(),
        })
    }
}

/// The clock, beside the primary's.
struct Clock {
    authority: Arc<Upstream>,
    tolerance: Duration,
}

impl Part for Clock {
    fn name(&self) -> &'static str {
        "clock"
    }

    fn alerts(&self) -> Vec<Alert> {
        let ahead = self.authority.seen().clock_ahead;
        clock_alert(ahead, self.tolerance, self.authority.base()).into_iter().collect()
    }

    fn details(&self, _: &str) -> Json {
        json!({ "primary_ahead_seconds": self.authority.seen().clock_ahead })
    }
}

/// What is wrong with a clock beside which the primary's is ahead by these seconds. No tolerance is zero.
fn clock_alert(ahead: Option<i64>, tolerance: Duration, primary: &str) -> Option<Alert> {
    let ahead = ahead.filter(|ahead| !tolerance.is_zero() && ahead.unsigned_abs() > tolerance.as_secs())?;
    let side = if ahead > 0 { "behind" } else { "ahead of" };
    Some(error(format!(
        "the clock of this server is {} s {side} that of {primary}; {} s are allowed",
        ahead.unsigned_abs(),
        tolerance.as_secs()
    )))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_clock_may_be_off_by_the_tolerance() {
        let alert = |ahead, tolerance| {
            let alert = clock_alert(ahead, Duration::from_secs(tolerance), "https://p:8140");
            alert.map(|alert| (alert.severity, alert.message))
        };
        let text = |side: &str| {
            let text =
                format!("the clock of this server is 61 s {side} that of https://p:8140; 60 s are allowed");
            Some((Severity::Error, text))
        };
        assert_eq!(alert(None, 60), None);
        assert_eq!((alert(Some(60), 60), alert(Some(-60), 60)), (None, None));
        assert_eq!(alert(Some(61), 60), text("behind"));
        assert_eq!(alert(Some(-61), 60), text("ahead of"));
        assert_eq!(alert(Some(i64::MIN), 0), None);
    }

    #[test]
    fn lists_have_an_age_and_an_end() {
        let now = SystemTime::now();
        let second = Duration::from_secs(1);
        let texts = |age: u64, max_age: u64, end: Option<SystemTime>| -> Vec<String> {
            let alerts = list_alerts(second * age as u32, second * max_age as u32, end, now);
            assert!(alerts.iter().all(|alert| alert.severity == Severity::Error));
            alerts.into_iter().map(|alert| alert.message).collect()
        };
        let old = "the authority has not confirmed the revocation lists for 11 s; 10 are allowed";
        let past = "a revocation list is past its end";
        assert_eq!(texts(10, 10, Some(now + second)), Vec::<String>::new());
        assert_eq!(texts(11, 10, None), [old]);
        assert_eq!(texts(11, 0, Some(now - second)), [past]);
        assert_eq!(texts(11, 10, Some(now - second)), [old, past]);
    }
}
