//! Figures of compiles, kept catalogs and environments, for Prometheus.

use std::time::Instant;

use rest::metrics::{Counter, Exposition, Histogram, Kind, Source};

use crate::Server;

/// How long something takes, and how often it fails.
#[derive(Debug, Default)]
pub(crate) struct Timed {
    /// All, with those that failed.
    pub(crate) durations: Histogram,
    /// Those that failed.
    failed: Counter,
}

/// One that is under way, counted as failed unless it says otherwise: also when it panics.
struct Underway<'a> {
    timed: &'a Timed,
    started: Instant,
    is_done: bool,
}

impl Drop for Underway<'_> {
    fn drop(&mut self) {
        self.timed.durations.observe(self.started.elapsed());
        if !self.is_done {
            self.timed.failed.increment();
        }
    }
}

impl Timed {
    /// Does it, and counts.
    pub(crate) fn timed<T, E>(&self, work: impl FnOnce() -> Result<T, E>) -> Result<T, E> {
        let mut underway = Underway { timed: self, started: Instant::now(), is_done: false };
        let result = work();
        underway.is_done = result.is_ok();
        result
    }
}

/// The kind of a reason that a kept catalog did not hold: without the names of facts and files, of which there are any number.
fn kind_of(cause: &str) -> &str {
    let end = cause.find(['.', ' ', ':', '[']).unwrap_or(cause.len());
    cause.get(..end).unwrap_or(cause)
}

impl Source for Server {
    fn write(&self, page: &mut Exposition) {
        let help = "Catalogs compiled, and how long that took; kept catalogs that were sent again are none.";
        page.family("bunraku_compile_duration_seconds", Kind::Histogram, help)
            .histogram(&[], &self.compiles.durations);
        page.counter("bunraku_compile_errors_total", "Compiles that failed.", self.compiles.failed.value());
        let pool = self.pool().figures();
        page.gauge("bunraku_compile_workers", "Threads that compile.", pool.workers);
        page.gauge("bunraku_compile_workers_busy", "Threads that are at work.", pool.running);
        page.gauge("bunraku_compile_queue_length", "Requests that wait for a thread.", pool.queued);
        page.counter(
            "bunraku_compile_refused_total",
            "Requests that were told to come again, because the queue was full.",
            pool.refused,
        );
        let memo = self.memo().figures();
        page.gauge("bunraku_kept_catalogs", "Catalogs that may be sent again.", memo.entries);
        page.gauge("bunraku_kept_catalogs_bytes", "Bytes that they take, about.", memo.bytes);
        page.counter("bunraku_kept_catalog_hits_total", "Requests answered with a kept catalog.", memo.hits);
        let mut causes = std::collections::BTreeMap::<&str, u64>::new();
        for (cause, count) in &memo.causes {
            *causes.entry(kind_of(cause)).or_default() += count;
        }
        page.counter("bunraku_kept_catalog_misses_total", "Requests that needed a compile.", memo.misses);
        let help = "Kept catalogs that did not hold any more, by what had changed.";
        let mut family = page.family("bunraku_kept_catalog_invalidated_total", Kind::Counter, help);
        for (cause, count) in causes {
            family.sample(&[("cause", cause)], count);
        }
        let help = "Kept catalogs that were compiled again to verify them.";
        page.counter("bunraku_kept_catalog_verified_total", help, memo.verified);
        let help = "Those that turned out wrong: anything but 0 is a fault of this program.";
        page.counter("bunraku_kept_catalog_wrong_total", help, memo.wrong);
        let environments = self.environments();
        page.gauge("bunraku_environments_loaded", "Environments in memory.", environments.loaded());
        let help = "Environments read, because they are new or have changed, and how long that took.";
        page.family("bunraku_environment_load_duration_seconds", Kind::Histogram, help)
            .histogram(&[], &environments.loads().durations);
        let help = "Environments that could not be read.";
        page.counter("bunraku_environment_load_errors_total", help, environments.loads().failed.value());
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_failure_is_counted_also_when_it_is_a_panic() {
        let timed = Timed::default();
        assert_eq!(timed.timed(|| Ok::<_, ()>(7)), Ok(7));
        assert_eq!(timed.timed(|| Err::<(), _>(8)), Err(8));
        let panic = std::panic::catch_unwind(std::panic::AssertUnwindSafe(|| {
            let _ = timed.timed(|| -> Result<(), ()> { panic!("boom") });
        }));
        assert!(panic.is_err());
        assert_eq!((timed.durations.count(), timed.failed.value()), (3, 2));
    }

    #[test]
    fn a_cause_is_told_without_names() {
        assert_eq!(kind_of("facts.networking.ip"), "facts");
        assert_eq!(kind_of("file /etc/x"), "file");
        assert_eq!(kind_of("code"), "code");
    }
}
