//! Counters of listeners and of the front, and how figures are shown to Prometheus.
//!
//! Counting is what every request pays for, so it is plain atomics in arrays: no lock, no allocation, no search. Names and labels come in
//! when somebody asks for the page ([`page`], [`text`]).

pub mod page;
pub mod route;
pub mod text;

use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;

pub use page::{Page, Source};
pub use route::Route;
pub use text::{Exposition, Kind};

/// A number that only grows, or, for `…_open`, goes up and down.
#[derive(Debug, Default)]
pub struct Counter(AtomicU64);

impl Counter {
    /// Adds one.
    pub fn increment(&self) {
        self.0.fetch_add(1, Ordering::Relaxed);
    }

    /// Takes one away.
    pub fn decrement(&self) {
        self.0.fetch_sub(1, Ordering::Relaxed);
    }

    /// Adds any number.
    pub fn add(&self, number: u64) {
        self.0.fetch_add(number, Ordering::Relaxed);
    }

    /// The present value.
    pub fn value(&self) -> u64 {
        self.0.load(Ordering::Relaxed)
    }
}

/// Upper bounds of the classes of a [`Histogram`], in microseconds: from a file's metadata to a catalog that is compiled too long.
pub const BOUNDS: [u64; 14] = [
    1_000, 2_500, 5_000, 10_000, 25_000, 50_000, 100_000, 250_000, 500_000, 1_000_000, 2_500_000, 5_000_000,
    10_000_000, 30_000_000,
];

/// How long something took, counted in classes.
#[derive(Debug, Default)]
pub struct Histogram {
    /// One for each bound, and one for what is beyond.
    classes: [Counter; BOUNDS.len() + 1],
    microseconds: Counter,
}

impl Histogram {
    /// Counts one.
    pub fn observe(&self, took: Duration) {
        let microseconds = u64::try_from(took.as_micros()).unwrap_or(u64::MAX);
        let class = BOUNDS.partition_point(|bound| *bound < microseconds);
        if let Some(class) = self.classes.get(class) {
            class.increment();
        }
        self.microseconds.add(microseconds);
    }

    /// How many of each class.
    pub fn classes(&self) -> impl Iterator<Item = u64> + '_ {
        self.classes.iter().map(Counter::value)
    }

    /// How many in all.
    pub fn count(&self) -> u64 {
        self.classes().sum()
    }

    /// The sum, in seconds.
    pub fn seconds(&self) -> f64 {
        self.microseconds.value() as f64 / 1e6
    }
}

/// Codes that have a counter of their own.
pub const CODES: [u16; 23] = [
    200, 201, 202, 204, 206, 301, 302, 304, 400, 401, 403, 404, 405, 406, 408, 409, 413, 415, 429, 500, 502,
    503, 504,
];

/// What was answered to requests of one kind.
#[derive(Debug, Default)]
pub struct Answers {
    /// By code, in the order of [`CODES`], and at the end all others.
    codes: [Counter; CODES.len() + 1],
    /// How long they took.
    pub durations: Histogram,
}

impl Answers {
    /// Answers by code; 0 stands for codes that have no counter of their own.
    pub fn codes(&self) -> impl Iterator<Item = (u16, u64)> + '_ {
        CODES.iter().copied().chain([0]).zip(self.codes.iter().map(Counter::value))
    }
}

/// What is counted of a listener.
#[derive(Debug, Default)]
pub struct Metrics {
    /// Connections accepted.
    pub connections: Counter,
    /// Connections now open.
    pub connections_open: Counter,
    /// TLS handshakes that failed or took too long.
    pub handshakes_failed: Counter,
    /// Connections closed because the peer's certificate is no longer good.
    pub peers_refused: Counter,
    /// Requests received.
    pub requests: Counter,
    /// Requests now being worked on.
    pub requests_open: Counter,
    /// Requests that the authorization rules refused.
    pub forbidden: Counter,
    /// Responses below 400.
    pub answered: Counter,
    /// Responses from 400 to 499.
    pub refused: Counter,
    /// Responses from 500.
    pub failed: Counter,
    /// Handlers that panicked.
    pub panics: Counter,
    /// Time spent on requests, in microseconds.
    pub request_microseconds: Counter,
    /// Bytes of the bodies of responses, but of those that are made while they are sent.
    pub response_bytes: Counter,
    routes: [Answers; Route::ALL.len()],
}

impl Metrics {
    /// Counts an answer.
    pub fn answer(&self, route: Route, status: u16, took: Duration) {
        self.request_microseconds.add(u64::try_from(took.as_micros()).unwrap_or(u64::MAX));
        match status {
            ..400 => self.answered.increment(),
            400..500 => self.refused.increment(),
            _ => self.failed.increment(),
        }
        let Some(answers) = self.routes.get(route as usize) else { return };
        let code = CODES.binary_search(&status).unwrap_or(CODES.len());
        if let Some(code) = answers.codes.get(code) {
            code.increment();
        }
        answers.durations.observe(took);
    }

    /// What was answered, by route; those that nobody asked for are left out.
    pub fn routes(&self) -> impl Iterator<Item = (Route, &Answers)> {
        Route::ALL.into_iter().zip(&self.routes).filter(|(_, answers)| answers.durations.count() > 0)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_class_includes_its_bound() {
        let histogram = Histogram::default();
        for microseconds in [0, 1_000, 1_001, 30_000_000, 30_000_001, u64::MAX / 2] {
            histogram.observe(Duration::from_micros(microseconds));
        }
        let classes: Vec<u64> = histogram.classes().collect();
        assert_eq!((classes[0], classes[1], classes[13], classes[14]), (2, 1, 1, 2));
        assert_eq!(histogram.count(), 6);
    }

    #[test]
    fn codes_are_in_order() {
        assert!(CODES.is_sorted() && Route::ALL.iter().enumerate().all(|(at, route)| *route as usize == at));
        let metrics = Metrics::default();
        metrics.answer(Route::Catalog, 200, Duration::ZERO);
        metrics.answer(Route::Catalog, 503, Duration::ZERO);
        metrics.answer(Route::Catalog, 418, Duration::ZERO);
        let (route, answers) = metrics.routes().next().unwrap();
        assert_eq!(route, Route::Catalog);
        let codes: Vec<_> = answers.codes().filter(|(_, count)| *count > 0).collect();
        assert_eq!(codes, [(200, 1), (503, 1), (0, 1)]);
    }
}
