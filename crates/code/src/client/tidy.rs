//! What is not needed any more goes: directories of versions, small packs, and old versions in the store of a compiler.

use std::collections::HashSet;
use std::sync::{Arc, PoisonError};
use std::time::{Instant, SystemTime};

use super::{Client, Source, blocking};
use crate::error::Result;
use crate::git::{Id, Keep};

impl Client {
    /// Removes directories that nobody needs and gathers packs.
    pub(super) async fn tidy(self: &Arc<Client>) {
        let client = self.clone();
        let outcome = blocking(move || {
            let removed = client.live.expire();
            if removed > 0 {
                tracing::info!(removed, "old versions are removed");
            }
            // One that takes longer than the pause between two is not joined by another.
            if let (Source::There(_), Ok(_alone)) = (&client.source, client.tidying.try_lock()) {
                client.store()?.gather_packs()?;
            }
            Ok(())
        });
        if let Err(error) = outcome.await {
            tracing::error!(%error, "old versions could not be removed");
        }
    }

    /// Removes versions that are too many and too old from the repositories, but for those that are `used`, and those that are laid out
    /// or on their way here. Blocks while it reads and writes files.
    pub fn prune(&self, mut used: HashSet<Id>) {
        used.extend(self.live.laid_out());
        if let Source::Here(storage) = &self.source {
            storage.prune(&used);
        } else if let Err(error) = self.prune_store(&used) {
            let repository = self.settings.store.display();
            tracing::error!(%error, %repository, "old versions could not be removed");
        }
    }

    fn prune_store(&self, used: &HashSet<Id>) -> Result<()> {
        let Some(retention) = self.settings.retention else { return Ok(()) };
        // Packs are not gathered at the same time.
        let _alone = self.tidying.lock().unwrap_or_else(PoisonError::into_inner);
        let _nothing_is_added = self.adding.write().unwrap_or_else(PoisonError::into_inner);
        let started = Instant::now();
        let now = SystemTime::now();
        let mut keep = Keep::default();
        {
            let mut served = self.served.lock().unwrap_or_else(PoisonError::into_inner);
            let Some(served) = served.as_mut() else { return Ok(()) };
            // A crash may have come between the beginning or end of one and the record of it.
            served.begin_all(&self.live.current(), now)?;
            if served.length(now) < retention.age {
                return Ok(());
            }
            for history in served.histories() {
                keep.wanted.extend(retention.staying(&history, used, now));
            }
            let mut recorded = keep.wanted.clone();
            recorded.extend(used);
            served.retain(&recorded)?;
        }
        // Whatever else is known of them; also what was laid out while the lock was waited for.
        keep.wanted.extend(used);
        keep.wanted.extend(self.live.laid_out());
        keep.arriving.extend(self.arriving.lock().unwrap_or_else(PoisonError::into_inner).values());
        let pruned = self.store()?.prune(&keep)?;
        if pruned.objects > 0 {
            tracing::info!(
                objects = pruned.objects,
                bytes = pruned.bytes,
                milliseconds = started.elapsed().as_millis() as u64,
                "old versions were removed from what was fetched"
            );
        }
        Ok(())
    }

    /// Lets an environment serve no more.
    pub(super) fn drop_environment(&self, name: &str) -> Result<()> {
        self.live.switch(&[], &[name.to_owned()])?;
        self.now_serves(name, None);
        Ok(())
    }

    /// Records what serves, so that it is known later how old a version is.
    pub(super) fn now_serves(&self, name: &str, commit: Option<Id>) {
        let mut served = self.served.lock().unwrap_or_else(PoisonError::into_inner);
        let Some(served) = served.as_mut() else { return };
        let recorded = match commit {
            Some(commit) => served.begins(name, commit, SystemTime::now()),
            None => served.ends_but(&self.live.current(), SystemTime::now()),
        };
        if let Err(error) = recorded {
            // What serves is not concerned.
            tracing::warn!(%error, "versions of which this is not known are removed sooner");
        }
        let mut arriving = self.arriving.lock().unwrap_or_else(PoisonError::into_inner);
        if commit.is_none() || arriving.get(name) == commit.as_ref() {
            arriving.remove(name);
        }
    }
}
