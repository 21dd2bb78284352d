//! A lock that gives up: whoever waits too long for another operation is told so instead of hanging.
//!
//! The standard mutex has no time limit. Here the guarded value itself is handed from one to the next
//! through a slot, which a condition variable announces.

use std::sync::{Condvar, Mutex, MutexGuard};
use std::time::{Duration, Instant};

/// A value that one thread at a time works with.
pub(crate) struct Exclusive<T> {
    slot: Mutex<Option<T>>,
    freed: Condvar,
}

struct Borrowed<'a, T> {
    value: Option<T>,
    owner: &'a Exclusive<T>,
}

impl<T> Exclusive<T> {
    pub(crate) fn new(value: T) -> Exclusive<T> {
        Exclusive { slot: Mutex::new(Some(value)), freed: Condvar::new() }
    }

    /// Works with the value; `None` if it does not get free in time. The value is given back even if the
    /// work panics.
    pub(crate) fn with<R>(&self, patience: Duration, work: impl FnOnce(&mut T) -> R) -> Option<R> {
        let mut borrowed = Borrowed { value: Some(self.take(patience)?), owner: self };
        borrowed.value.as_mut().map(work)
    }

    fn take(&self, patience: Duration) -> Option<T> {
        let deadline = Instant::now() + patience;
        let mut slot = self.slot();
        loop {
            if let Some(value) = slot.take() {
                return Some(value);
            }
            let left = deadline.checked_duration_since(Instant::now()).filter(|left| !left.is_zero())?;
            slot = match self.freed.wait_timeout(slot, left) {
                Ok((slot, _)) => slot,
                Err(poisoned) => poisoned.into_inner().0,
            };
        }
    }

    fn slot(&self) -> MutexGuard<'_, Option<T>> {
        // Held only to move the value in and out, which cannot panic half way.
        self.slot.lock().unwrap_or_else(|poisoned| poisoned.into_inner())
    }
}

impl<T> Drop for Borrowed<'_, T> {
    fn drop(&mut self) {
        *self.owner.slot() = self.value.take();
        self.owner.freed.notify_one();
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::sync::Arc;

    const LONG: Duration = Duration::from_secs(60);

    #[test]
    fn one_at_a_time() {
        let counter = Arc::new(Exclusive::new(0u32));
        let threads: Vec<_> = (0..8)
            .map(|_| {
                let counter = counter.clone();
                std::thread::spawn(move || {
                    for _ in 0..100 {
                        counter.with(LONG, |n| *n += 1).unwrap();
                    }
                })
            })
            .collect();
        threads.into_iter().for_each(|thread| thread.join().unwrap());
        assert_eq!(counter.with(LONG, |n| *n), Some(800));
    }

    #[test]
    fn waiting_ends() {
        let value = Exclusive::new(1);
        let inner = value.with(LONG, |_| value.with(Duration::from_millis(1), |n| *n));
        assert_eq!(inner, Some(None));
        assert_eq!(value.with(LONG, |n| *n), Some(1));
    }

    #[test]
    fn a_panic_gives_the_value_back() {
        let value = Exclusive::new(1);
        let work = std::panic::AssertUnwindSafe(|| value.with(LONG, |_| panic!("on purpose")));
        assert!(std::panic::catch_unwind(work).is_err());
        assert_eq!(value.with(LONG, |n| *n), Some(1));
    }
}
