//! The time of day as an argument.
//!
//! What must be tested on the day a certificate expires or a report grows old takes a [`Clock`] instead
//! of asking the system. Only wall time is here; measuring how long something took is
//! `std::time::Instant`'s business, which no test needs to set.

use std::sync::Mutex;
use std::time::{Duration, SystemTime};

/// Something that knows what time it is.
pub trait Clock: Send + Sync {
    /// The present time of day.
    fn now(&self) -> SystemTime;
}

/// The machine's clock.
#[derive(Clone, Copy, Debug, Default)]
pub struct SystemClock;

impl Clock for SystemClock {
    fn now(&self) -> SystemTime {
        SystemTime::now()
    }
}

/// A clock that stands still until it is told otherwise. For tests.
#[derive(Debug)]
pub struct TestClock(Mutex<SystemTime>);

impl TestClock {
    /// A clock that shows this time.
    pub fn at(time: SystemTime) -> TestClock {
        TestClock(Mutex::new(time))
    }

    /// Sets the time, forward or back.
    pub fn set(&self, time: SystemTime) {
        *self.lock() = time;
    }

    /// Lets this much time pass.
    pub fn advance(&self, by: Duration) {
        *self.lock() += by;
    }

    fn lock(&self) -> std::sync::MutexGuard<'_, SystemTime> {
        // A single assignment cannot be left half done by a panic.
        self.0.lock().unwrap_or_else(|poisoned| poisoned.into_inner())
    }
}

impl Clock for TestClock {
    fn now(&self) -> SystemTime {
        *self.lock()
    }
}

impl<C: Clock + ?Sized> Clock for std::sync::Arc<C> {
    fn now(&self) -> SystemTime {
        (**self).now()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::sync::Arc;

    #[test]
    fn the_test_clock_moves_only_when_told() {
        let clock = Arc::new(TestClock::at(SystemTime::UNIX_EPOCH));
        assert_eq!(clock.now(), clock.now());
        clock.advance(Duration::from_secs(90));
        assert_eq!(clock.now(), SystemTime::UNIX_EPOCH + Duration::from_secs(90));
        clock.set(SystemTime::UNIX_EPOCH + Duration::from_secs(5));
        let shared: Arc<dyn Clock> = clock;
        assert_eq!(shared.now(), SystemTime::UNIX_EPOCH + Duration::from_secs(5));
    }

    #[test]
    fn the_system_clock_shows_this_century() {
        assert!(SystemClock.now() > SystemTime::UNIX_EPOCH + Duration::from_secs(1_700_000_000));
    }
}
