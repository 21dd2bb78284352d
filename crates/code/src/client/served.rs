//! Which versions have served here, of each environment, and until when.
//!
//! A compiler fetches versions without those before, so its repository does not tell. This is a file beside it,
//! `<data>/client/<repo>.served.json`. What served before the record began is not known, so nothing goes before the record is as long
//! as versions stay.

use std::collections::{BTreeMap, BTreeSet};
use std::path::PathBuf;
use std::time::{Duration, SystemTime, UNIX_EPOCH};

use serde::{Deserialize, Serialize};

use crate::error::{Error, Result};
use crate::git::{Id, Repository};
use crate::live::Current;
use crate::retention::Past;

const BYTES_MAX: u64 = 256 * 1024 * 1024;

/// The record.
#[derive(Debug)]
pub(super) struct Served {
    file: PathBuf,
    record: Record,
}

#[derive(Debug, Serialize, Deserialize)]
struct Record {
    /// Seconds since 1970: since when it is complete.
    since: u64,
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
    /// What was recorded for the repository; a new record if there is none, or none that can be read. Nothing serves less for that.
    pub(super) fn load(repository: &Repository, serving: &Current, now: SystemTime) -> Served {
        let file = repository.path().with_extension("served.json");
        let text = stdx::fs::read_limited(&file, BYTES_MAX);
        let known = text.and_then(|text| {
            text.map(|text| serde_json::from_slice::<Record>(&text)).transpose().map_err(std::io::Error::from)
        });
        let known = known.unwrap_or_else(|error| {
            tracing::warn!(%error, path = %file.display(), "which versions have served is not known any more; none is removed for a while");
            None
        });
        let record = known.unwrap_or_else(|| Record { since: seconds(now), parts: BTreeMap::new() });
        let mut served = Served { file, record };
        if let Err(error) = served.begin_all(serving, now).and_then(|()| served.save()) {
            tracing::warn!(%error, "what serves is not recorded");
        }
        served
    }

    /// How long it has been complete.
    pub(super) fn length(&self, now: SystemTime) -> Duration {
        Duration::from_secs(seconds(now).saturating_sub(self.record.since))
    }

    /// These versions serve, and no others.
    pub(super) fn begin_all(&mut self, serving: &Current, now: SystemTime) -> Result<()> {
        for (name, version) in serving {
            self.begins(name, version.commit, now)?;
        }
        self.ends_but(serving, now)
    }

    /// A version serves from now on.
    pub(super) fn begins(&mut self, name: &str, commit: Id, now: SystemTime) -> Result<()> {
        let part = self.record.parts.entry(name.to_owned()).or_default();
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
        for (_, part) in self.record.parts.iter_mut().filter(|(name, _)| !serving.contains_key(*name)) {
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
        self.record.parts.values().map(move |part| part.iter().map(past).collect())
    }

    /// Forgets all but these.
    pub(super) fn retain(&mut self, staying: &BTreeSet<Id>) -> Result<()> {
        let count = |parts: &BTreeMap<String, Vec<Entry>>| parts.values().map(Vec::len).sum::<usize>();
        let before = count(&self.record.parts);
        for part in self.record.parts.values_mut() {
            part.retain(|entry| staying.contains(&entry.commit));
        }
        self.record.parts.retain(|_, part| !part.is_empty());
        if count(&self.record.parts) == before { Ok(()) } else { self.save() }
    }

    fn save(&self) -> Result<()> {
        let fail = || Error::io("write", &self.file);
        let text = serde_json::to_vec(&self.record).map_err(std::io::Error::from).map_err(fail())?;
        stdx::fs::write_atomic(&self.file, &text, 0o640).map_err(fail())
    }
}

fn seconds(at: SystemTime) -> u64 {
    at.duration_since(UNIX_EPOCH).unwrap_or_default().as_secs()
}

fn end(part: &mut [Entry], now: SystemTime) {
    if let Some(newest) = part.first_mut().filter(|newest| newest.until.is_none()) {
        newest.until = Some(seconds(now));
    }
}
