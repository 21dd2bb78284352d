//! Which versions have served here, of each environment, and until when.
//!
//! A compiler fetches versions without those before, so its repository does not tell. This is a file beside it,
//! `<data>/client/<repo>.served.json`; without it, what the names in the repository lead to is all that is known.

use std::collections::{BTreeMap, BTreeSet};
use std::path::PathBuf;
use std::time::{Duration, SystemTime, UNIX_EPOCH};

use serde::{Deserialize, Serialize};

use crate::error::{Error, Result};
use crate::git::{Id, Repository, SYNCED};
use crate::live::{Current, TOP};
use crate::retention::Past;
use crate::versions::prune::past;

const BYTES_MAX: u64 = 256 * 1024 * 1024;

/// The record.
#[derive(Debug)]
pub(super) struct Served {
    file: PathBuf,
    /// By environment, the newest first.
    parts: BTreeMap<String, Vec<Entry>>,
}

#[derive(Clone, Debug, Serialize, Deserialize)]
struct Entry {
    commit: Id,
    /// Seconds since 1970; nothing while it is the newest.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    until: Option<u64>,
}

impl Served {
    /// What was recorded for the repository.
    ///
    /// # Errors
    /// The file or the repository cannot be read.
    pub(super) fn load(repository: &Repository) -> Result<Served> {
        let file = repository.path().with_extension("served.json");
        let text = stdx::fs::read_limited(&file, BYTES_MAX).map_err(Error::io("read", &file))?;
        let known = text.and_then(|text| match serde_json::from_slice(&text) {
            Ok(parts) => Some(parts),
            Err(error) => {
                tracing::error!(%error, path = %file.display(), "which versions have served is not known any more");
                None
            }
        });
        let parts = match known {
            Some(parts) => parts,
            None => from_names(repository)?,
        };
        Ok(Served { file, parts })
    }

    /// A version serves from now on.
    pub(super) fn begins(&mut self, name: &str, commit: Id, now: SystemTime) -> Result<()> {
        let part = self.parts.entry(name.to_owned()).or_default();
        if part.first().is_some_and(|newest| newest.commit == commit && newest.until.is_none()) {
            return Ok(());
        }
        end(part, now);
        part.retain(|entry| entry.commit != commit);
        part.insert(0, Entry { commit, until: None });
        self.save()
    }

    /// Other environments than these serve no more.
    pub(super) fn ends_but(&mut self, serving: &Current, now: SystemTime) -> Result<()> {
        let mut ended = false;
        for (_, part) in self.parts.iter_mut().filter(|(name, _)| !serving.contains_key(*name)) {
            ended |= part.first().is_some_and(|newest| newest.until.is_none());
            end(part, now);
        }
        if ended { self.save() } else { Ok(()) }
    }

    /// The history of each environment.
    pub(super) fn histories(&self) -> impl Iterator<Item = Vec<Past>> + '_ {
        let past = |entry: &Entry| Past {
            commit: entry.commit,
            until: entry.until.map(|seconds| UNIX_EPOCH + Duration::from_secs(seconds)),
        };
        self.parts.values().map(move |part| part.iter().map(past).collect())
    }

    /// Forgets all but these.
    pub(super) fn retain(&mut self, staying: &BTreeSet<Id>) -> Result<()> {
        let count = |parts: &BTreeMap<String, Vec<Entry>>| parts.values().map(Vec::len).sum::<usize>();
        let before = count(&self.parts);
        for part in self.parts.values_mut() {
            part.retain(|entry| staying.contains(&entry.commit));
        }
        self.parts.retain(|_, part| !part.is_empty());
        if count(&self.parts) == before { Ok(()) } else { self.save() }
    }

    fn save(&self) -> Result<()> {
        let fail = || Error::io("write", &self.file);
        let text = serde_json::to_vec(&self.parts).map_err(std::io::Error::from).map_err(fail())?;
        stdx::fs::write_atomic(&self.file, &text, 0o640).map_err(fail())
    }
}

fn end(part: &mut [Entry], now: SystemTime) {
    if let Some(newest) = part.first_mut().filter(|newest| newest.until.is_none()) {
        newest.until = Some(now.duration_since(UNIX_EPOCH).unwrap_or_default().as_secs());
    }
}

fn from_names(repository: &Repository) -> Result<BTreeMap<String, Vec<Entry>>> {
    let mut parts = BTreeMap::new();
    for name in repository.names()?.keys().filter(|name| name.starts_with(SYNCED)) {
        let part = name.strip_prefix(SYNCED).unwrap_or_default();
        let part = if part == "top-level" { TOP } else { part };
        let entry = |past: Past| Entry {
            commit: past.commit,
            until: past.until.map(|at| at.duration_since(UNIX_EPOCH).unwrap_or_default().as_secs()),
        };
        let history = past(&repository.history(name)?);
        parts.insert(part.to_owned(), history.into_iter().map(entry).collect());
    }
    Ok(parts)
}
