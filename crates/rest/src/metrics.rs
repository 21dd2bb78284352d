//! Counters of the listener and of the front, read by the status service. Plain atomics: a request adds to a handful.

use std::sync::atomic::{AtomicU64, Ordering};

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

/// What is counted.
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
}
