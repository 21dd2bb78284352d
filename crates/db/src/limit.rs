//! How long a read may take.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Instant;

/// When the statements of a read are given up.
#[derive(Clone, Debug, Default)]
pub struct Limit {
    /// At this moment, if there is one.
    pub deadline: Option<Instant>,
    /// When this is set, since nobody waits for the answer any more.
    pub cancelled: Option<Arc<AtomicBool>>,
}

impl Limit {
    /// Whether it is reached.
    pub fn is_over(&self) -> bool {
        self.cancelled.as_ref().is_some_and(|flag| flag.load(Ordering::Relaxed))
            || self.deadline.is_some_and(|deadline| Instant::now() >= deadline)
    }

    pub(crate) fn is_none(&self) -> bool {
        self.deadline.is_none() && self.cancelled.is_none()
    }
}
