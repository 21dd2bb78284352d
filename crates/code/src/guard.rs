//! Commits that somebody judges.
//!
//! What is judged are the versions themselves: they are made and laid out, nobody is told of them, and exactly these count afterwards.
//! Edits of the staging directory come too late for them. If another version has come to count meanwhile, what was judged was another
//! change, and it is made and judged anew.

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
/// How long the version before may take until it serves: it is what the new one is compared with.
const SERVES_PATIENCE: Duration = Duration::from_secs(30);

/// Who says whether a version may count.
pub trait Judge: Send + Sync {
    /// False while everything may pass anyway; then nothing is laid out for it.
    fn is_strict(&self) -> bool {
        true
    }

    /// Judges a version of an environment, and what comes with it beside the environments. The error is the reason against it.
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
}

impl Guard {
    /// `client` is that of the same process, which lays versions out.
    pub fn new(storage: Arc<Storage>, client: Arc<Client>, judge: Arc<dyn Judge>) -> Guard {
        Guard { storage, client, judge }
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
            for (repo, proposed) in &mut proposed {
                if let Ok(proposed) = proposed {
                    self.judge_all(repo, proposed, &mut held).await;
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
            let verdict = match self.lay_out(repo, &environment, commit, base).await {
                Ok(version) => {
                    held.push(version.clone());
                    self.judge.judge(&version, None).await
                }
                Err(error @ (Error::Missing { .. } | Error::NotFound(_) | Error::Overtaken(_))) => {
                    proposed.overtaken(&environment, format!("{error}; commit again"));
                    continue;
                }
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
        let beside = proposed.beside.as_ref().and_then(|beside| Some((beside.candidate?, beside.head)));
        if let Some((candidate, base)) = beside
            && let Err(reason) = self.judge_beside(repo, proposed, candidate, base, held).await
        {
            tracing::warn!(reason, "the gate refuses what is staged beside the environments");
            proposed.refuse_beside(reason);
        }
    }

    /// What lies beside the environments concerns each that will serve, with the code that it will have. Each of them was judged
    /// without it, too: whatever comes of this, what will serve was judged.
    async fn judge_beside(
        &self,
        repo: &str,
        proposed: &Proposed,
        candidate: Id,
        base: Option<Id>,
        held: &mut Vec<Arc<Version>>,
    ) -> Result<(), String> {
        let new = self.lay_out(repo, TOP, candidate, base).await;
        let new = new.map_err(|error| format!("what is to be judged cannot be laid out: {error}"))?;
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
            verdict.map_err(|reason| format!("in {environment}: {reason}"))?;
        }
        Ok(())
    }

    /// Lays a version out, and waits until the one before it serves.
    async fn lay_out(
        &self,
        repo: &str,
        environment: &str,
        commit: Id,
        base: Option<Id>,
    ) -> Result<Arc<Version>> {
        if repo != self.client.repo() {
            return Err(Error::Judged(format!("nothing compiles from the repository {repo}")));
        }
        let (client, name) = (self.client.clone(), environment.to_owned());
        let version = blocking(move || {
            let mut reader = client.repository(&name)?.reader()?;
            Ok(client.live().lay_out(&mut reader, &name, commit)?.0)
        });
        let version = version.await?;
        if let Some(base) = base {
            let mut watch = self.client.live().watch();
            let serves = watch
                .wait_for(|current| current.get(environment).is_some_and(|version| version.commit == base));
            if tokio::time::timeout(SERVES_PATIENCE, serves).await.is_err() {
                tracing::warn!(environment, %base, "the newest version does not serve; what is staged is compared with what does");
            }
        }
        Ok(version)
    }
}

fn is_overtaken(outcome: &Outcome) -> bool {
    let is_overtaken = |error: &Error| matches!(error, Error::Overtaken(_));
    outcome.values().flatten().any(|committed| {
        let environments = committed.submodules.values().filter_map(|outcome| outcome.as_ref().err());
        environments.chain(&committed.beside).any(is_overtaken)
    })
}
