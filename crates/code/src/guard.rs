//! Commits that somebody judges.
//!
//! What is judged are the versions themselves: they are made and laid out, nobody is told of them, and exactly these count afterwards.
//! Edits of the staging directory come too late for them. If another version has come to count meanwhile, what was judged was another
//! change, and it is made and judged anew.

use std::collections::BTreeMap;
use std::sync::Arc;
use std::time::Duration;

use rest::BoxFuture;

use crate::client::{Client, blocking};
use crate::error::{Error, Result};
use crate::git::Id;
use crate::live::{TOP, Version};
use crate::versions::{CommitRequest, Outcome, Proposed, Storage};

/// How often a change is judged that others overtake.
const ATTEMPTS_MAX: usize = 3;
/// How long the version before may take until it serves: it is what the new one is compared with, so without it there is no verdict.
const SERVES_PATIENCE: Duration = Duration::from_secs(30);

/// Who says whether a version may count.
pub trait Judge: Send + Sync {
    /// False while everything may pass anyway; then nothing is laid out for it.
    fn is_strict(&self) -> bool {
        true
    }

    /// Judges a version of an environment, and what comes with it beside the environments. The error is the reason against it. The
    /// version in the place of which it may count serves by now; without one the environment is new.
    fn judge<'a>(
        &'a self,
        version: &'a Arc<Version>,
        beside: Option<&'a Beside>,
    ) -> BoxFuture<'a, Result<(), String>>;

    /// Judges whether an environment may end. The error is the reason against it.
    fn judge_end<'a>(&'a self, _environment: &'a str) -> BoxFuture<'a, Result<(), String>> {
        Box::pin(std::future::ready(Ok(())))
    }
}

/// What all environments have in common, in two versions.
#[derive(Debug)]
pub struct Beside {
    /// The version that serves, if there is one.
    pub old: Option<Arc<Version>>,
    /// The one that may come.
    pub new: Arc<Version>,
}

/// Commits what a judge lets pass.
pub struct Guard {
    storage: Arc<Storage>,
    client: Arc<Client>,
    judge: Arc<dyn Judge>,
    patience: Duration,
}

impl Guard {
    /// `client` is that of the same process, which lays versions out.
    pub fn new(storage: Arc<Storage>, client: Arc<Client>, judge: Arc<dyn Judge>) -> Guard {
        Guard { storage, client, judge, patience: SERVES_PATIENCE }
    }

    /// Waits so long at most until what a version is compared with serves here.
    pub fn with_patience(self, patience: Duration) -> Guard {
        Guard { patience, ..self }
    }

    /// Whether anything is judged at present.
    pub fn is_strict(&self) -> bool {
        self.judge.is_strict()
    }

    /// Commits, as [`Storage::commit`]. What the judge refuses keeps its version, with [`Error::Judged`]; environments whose code
    /// is that of their version are not judged.
    ///
    /// # Errors
    /// It could not be carried out at all.
    pub async fn commit(&self, request: &CommitRequest) -> Result<Outcome> {
        for attempt in 1.. {
            let (storage, wanted) = (self.storage.clone(), request.clone());
            if !self.is_strict() {
                return blocking(move || Ok(storage.commit(&wanted))).await;
            }
            let mut proposed = blocking(move || Ok(storage.propose(&wanted))).await?;
            // Kept until all is done, so that it need not be laid out twice.
            let mut held = Vec::new();
            for (repo, outcome) in &mut proposed {
                let Ok(proposed) = outcome else { continue };
                self.judge_all(repo, proposed, &mut held).await;
                if let Err(error) = self.judge_first(repo, proposed).await {
                    *outcome = Err(error);
                }
            }
            let (storage, wanted) = (self.storage.clone(), request.clone());
            let outcome = blocking(move || Ok(storage.publish(&wanted, proposed))).await?;
            if attempt >= ATTEMPTS_MAX || !is_overtaken(&outcome) {
                return Ok(outcome);
            }
            tracing::info!("another version came while one was judged: it is made and judged anew");
        }
        Err(Error::Busy("too many attempts".to_owned()))
    }

    async fn judge_all(&self, repo: &str, proposed: &mut Proposed, held: &mut Vec<Arc<Version>>) {
        let changed = proposed.environments.iter().filter_map(|(name, proposal)| {
            let proposal = proposal.as_ref().ok().filter(|proposal| !proposal.is_same)?;
            Some((name.clone(), proposal.commit, proposal.base))
        });
        for (environment, commit, base) in changed.collect::<Vec<_>>() {
            let bases = base.map(|base| (environment.clone(), base)).into_iter().collect();
            let laid_out = match self.lay_out(repo, &environment, commit).await {
                Ok(version) => self.serves(repo, proposed, &bases).await.map(|()| version),
                Err(error) => Err(error),
            };
            let verdict = match laid_out {
                Ok(version) => {
                    held.push(version.clone());
                    self.judge.judge(&version, None).await
                }
                Err(error @ (Error::Missing { .. } | Error::NotFound(_) | Error::Overtaken(_))) => {
                    proposed.overtaken(&environment, format!("{error}; commit again"));
                    continue;
                }
                Err(Error::Judged(reason)) => Err(reason),
                Err(error) => Err(format!("what is to be judged cannot be laid out: {error}")),
            };
            if let Err(reason) = verdict {
                tracing::warn!(environment, %commit, reason, "the gate refuses what is staged");
                proposed.refuse(&environment, reason);
            }
        }
        for environment in proposed.ending.keys().cloned().collect::<Vec<_>>() {
            if let Err(reason) = self.judge.judge_end(&environment).await {
                tracing::warn!(environment, reason, "the gate refuses the end of an environment");
                proposed.refuse(&environment, reason);
            }
        }
        let candidate = proposed.beside.as_ref().and_then(|beside| beside.candidate);
        if let Some(candidate) = candidate {
            match self.judge_beside(repo, proposed, candidate, held).await {
                Ok(()) => proposed.judged_together(),
                Err(Error::Overtaken(reason)) => proposed.leave_beside(Error::Overtaken(reason)),
                Err(error) => {
                    tracing::warn!(%error, "the gate refuses what is staged beside the environments");
                    proposed.leave_beside(Error::Judged(error.to_string()));
                }
            }
        }
    }

    /// A first version ends what serves and is not staged, although no version is left that names it.
    async fn judge_first(&self, repo: &str, proposed: &Proposed) -> Result<()> {
        if proposed.head.is_some() || repo != self.client.repo() {
            return Ok(());
        }
        let current = self.client.live().current();
        for name in current.keys().filter(|name| *name != TOP && !proposed.environments.contains_key(*name)) {
            let verdict = self.judge.judge_end(name).await;
            verdict.map_err(|reason| Error::Judged(format!("{name} serves and is not staged: {reason}")))?;
        }
        Ok(())
    }

    /// What lies beside the environments concerns each that will serve, with the code that it will have. Each of them was judged
    /// without it, too: whatever comes of this, what will serve was judged.
    async fn judge_beside(
        &self,
        repo: &str,
        proposed: &Proposed,
        candidate: Id,
        held: &mut Vec<Arc<Version>>,
    ) -> Result<()> {
        let new = self.lay_out(repo, TOP, candidate).await;
        let new =
            new.map_err(|error| Error::Judged(format!("what is to be judged cannot be laid out: {error}")))?;
        // An environment that does not serve here would not be looked at.
        self.serves(repo, proposed, &proposed.bases).await?;
        let current = self.client.live().current();
        let beside = Beside { old: current.get(TOP).cloned(), new };
        held.extend(beside.old.iter().chain([&beside.new]).cloned());
        for (environment, serves) in current.iter().filter(|(name, _)| *name != TOP) {
            if proposed.ending.get(environment).is_some_and(|ending| ending.refused.is_none()) {
                continue;
            }
            let coming = proposed.environments.get(environment).and_then(|proposal| proposal.as_ref().ok());
            let coming = coming.and_then(|proposal| {
                held.iter().find(|held| held.name == *environment && held.commit == proposal.commit)
            });
            let version = coming.unwrap_or(serves).clone();
            let verdict = self.judge.judge(&version, Some(&beside)).await;
            verdict.map_err(|reason| Error::Judged(format!("in {environment}: {reason}")))?;
        }
        Ok(())
    }

    /// Lays a version out.
    async fn lay_out(&self, repo: &str, environment: &str, commit: Id) -> Result<Arc<Version>> {
        if repo != self.client.repo() {
            return Err(Error::Judged(format!("nothing compiles from the repository {repo}")));
        }
        let (client, name) = (self.client.clone(), environment.to_owned());
        let version = blocking(move || {
            let mut reader = client.repository(&name)?.reader()?;
            Ok(client.live().lay_out(&mut reader, &name, commit)?.0)
        });
        version.await
    }

    /// Waits until that serves with which a change is compared: these versions, and what lay beside the environments.
    async fn serves(&self, repo: &str, proposed: &Proposed, bases: &BTreeMap<String, Id>) -> Result<()> {
        let overtaken =
            || Error::Overtaken("another version was committed meanwhile; commit again".to_owned());
        let Some(head) = proposed.head else { return Ok(()) };
        let submodules_dir = &self.client.live().settings().submodules_dir;
        let deadline = tokio::time::Instant::now() + self.patience;
        let (mut live, mut latest) = (self.client.live().watch(), self.storage.watch());
        loop {
            let current = live.borrow_and_update().clone();
            let newest = latest.borrow_and_update().get(repo).cloned().flatten();
            let newest = newest.ok_or_else(overtaken)?;
            let is_newest = |(name, base): (&String, &Id)| {
                newest.submodules.get(&format!("{submodules_dir}/{name}")) == Some(base)
            };
            if !bases.iter().all(is_newest) || !self.is_beside(repo, newest.commit, head, proposed).await {
                return Err(overtaken());
            }
            let serves = |name: &str| current.get(name).map(|version| version.commit);
            let mut behind =
                bases.iter().find(|(name, base)| serves(name) != Some(**base)).map(|(name, _)| name.clone());
            if behind.is_none() {
                let is_beside = match serves(TOP) {
                    Some(commit) => self.is_beside(repo, commit, head, proposed).await,
                    None => false,
                };
                if is_beside {
                    return Ok(());
                }
                behind = Some("what lies beside the environments".to_owned());
            }
            tokio::select! {
                _ = live.changed() => {}
                _ = latest.changed() => {}
                () = tokio::time::sleep_until(deadline) => {
                    let behind = behind.unwrap_or_default();
                    return Err(Error::Judged(format!(
                        "the newest version of {behind} does not serve on this server yet, so there is nothing to compare with: \
                         commit again when it does (`bunraku code status`), or with --no-gate"
                    )));
                }
            }
        }
    }

    /// Whether a version of the repository has beside the environments what there was when this was proposed.
    async fn is_beside(&self, repo: &str, commit: Id, head: Id, proposed: &Proposed) -> bool {
        if commit == head {
            return true;
        }
        let (storage, repo) = (self.storage.clone(), repo.to_owned());
        let read = blocking(move || storage.beside_of(&repo, commit)).await;
        read.inspect_err(|error| tracing::warn!(%error, "a version cannot be read"))
            .is_ok_and(|rest| rest == proposed.rest)
    }
}

fn is_overtaken(outcome: &Outcome) -> bool {
    let is_overtaken = |error: &Error| matches!(error, Error::Overtaken(_));
    outcome.values().flatten().any(|committed| {
        let environments = committed.submodules.values().filter_map(|outcome| outcome.as_ref().err());
        environments.chain(&committed.beside).any(is_overtaken)
    })
}
