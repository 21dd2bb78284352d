//! The end of a deploy before it is done: a point in time, or somebody's word.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::{Duration, Instant};

use crate::error::{DeployError, Kind, Result};

/// Says whether to go on. Clones are called off together.
#[derive(Clone, Debug, Default)]
pub struct Cancel {
    cancelled: Arc<AtomicBool>,
    deadline: Option<(Instant, Duration)>,
}

impl Cancel {
    /// Only [`Cancel::cancel`] ends it.
    pub fn never() -> Cancel {
        Cancel::default()
    }

    /// The same with an end after so long, at the latest.
    #[must_use]
    pub fn within(&self, limit: Duration) -> Cancel {
        let deadline = (Instant::now() + limit, limit);
        let deadline = match self.deadline {
            Some(earlier) if earlier.0 < deadline.0 => earlier,
            _ => deadline,
        };
        Cancel { cancelled: self.cancelled.clone(), deadline: Some(deadline) }
    }

    /// Calls it off.
    pub fn cancel(&self) {
        self.cancelled.store(true, Ordering::Relaxed);
    }

    /// # Errors
    /// It is to end.
    pub fn check(&self) -> Result<()> {
        if self.cancelled.load(Ordering::Relaxed) {
            return Err(DeployError::new(Kind::TimedOut, "the deploy was called off"));
        }
        match self.deadline {
            Some((at, limit)) if Instant::now() >= at => Err(DeployError::new(
                Kind::TimedOut,
                format!("the deploy took more than {} s", limit.as_secs()),
            )),
            _ => Ok(()),
        }
    }
}
