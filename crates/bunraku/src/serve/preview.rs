//! Previews on the primary: where code that may come is, and the gate of the configuration.

use std::any::Any;
use std::path::PathBuf;
use std::sync::Arc;

use ::code::client::Client;
use ::code::git::{BRANCH, Id, Repository};
use ::code::guard::{self, Guard, Judge};
use ::code::live::{TOP, Version};

use rest::BoxFuture;
use server::preview::gate::Gate;
use server::preview::handlers::{Jobs, Trees};
use server::preview::{Beside, Tree};

use super::code::{CodeSync, SUBMODULES_DIR};
use crate::config::{Changed, Site};

/// Letters of a commit that tell it from others.
const SHORT_MIN: usize = 7;

/// Previews for this site; `code` is file sync, if it is in use.
pub(super) fn jobs(site: &Site, code: Option<&CodeSync>) -> anyhow::Result<Arc<Jobs>> {
    let trees = match (code, super::code::places(site)?) {
        (Some(code), Some(places)) => Some(Arc::new(FileSync {
            staging: places.staging_dir,
            live_dir: places.live_dir,
            client: code.client().clone(),
        }) as Arc<dyn Trees>),
        _ => None,
    };
    Ok(Arc::new(Jobs::new(site.certname.clone(), trees)))
}

/// What code is judged by before it is committed; nothing if the configuration has no `[gate]`.
pub(super) fn gate(site: &Site) -> anyhow::Result<Option<Gate>> {
    let config = &site.config.gate;
    let wrong = |key: &str, error: String| anyhow::anyhow!("gate.{key}: {error}");
    let max_changed = config.max_changed.as_ref().map(|limit| match limit {
        Changed::Nodes(nodes) => nodes.to_string(),
        Changed::Text(text) => text.clone(),
    });
    let max_changed = max_changed.filter(|text| !text.is_empty());
    let max_changed = max_changed.map(|text| text.parse().map_err(|error| wrong("max-changed", error)));
    let protected =
        config.protected.iter().map(|text| text.parse().map_err(|error| wrong("protected", error)));
    let gate = Gate {
        max_changed: max_changed.transpose()?,
        protected: protected.collect::<anyhow::Result<_>>()?,
        fail_on_error: config.fail_on_error,
    };
    Ok((!gate.is_open()).then_some(gate))
}

/// Lets the gate judge commits; nothing where no versions are made.
pub(super) fn guard(jobs: &Arc<Jobs>, code: &CodeSync) -> Option<Arc<Guard>> {
    let live_dir = code.client.live().settings().live_dir.clone().unwrap_or_default();
    let judge = Arc::new(Gatekeeper { jobs: jobs.clone(), live_dir });
    let guard = Arc::new(Guard::new(code.storage.clone()?, code.client.clone(), judge));
    code.handlers.set_guard(guard.clone());
    Some(guard)
}

struct Gatekeeper {
    jobs: Arc<Jobs>,
    live_dir: PathBuf,
}

impl Judge for Gatekeeper {
    fn is_strict(&self) -> bool {
        self.jobs.is_strict()
    }

    fn judge<'a>(
        &'a self,
        version: &'a Arc<Version>,
        beside: Option<&'a guard::Beside>,
    ) -> BoxFuture<'a, Result<(), String>> {
        Box::pin(async move {
            let held = |version: &Arc<Version>| -> Arc<dyn Any + Send + Sync> { version.clone() };
            let beside = beside.map(|beside| Beside {
                known_as: self.live_dir.clone(),
                old: beside.old.as_ref().map(|old| old.directory.clone()),
                new: beside.new.directory.clone(),
                but: &[],
                held: beside.old.iter().chain([&beside.new]).map(held).collect(),
            });
            let option =
                if beside.is_some() { "`bunraku code preview --beside`" } else { "`bunraku code preview`" };
            let tree = Tree {
                directory: version.directory.clone(),
                name: "staging".to_owned(),
                held: Some(version.clone()),
                beside,
            };
            let report = self.jobs.judge(&version.name, tree).await;
            let report = report.map_err(|error| {
                format!("the gate has no answer: {error} (--no-gate commits all the same)")
            })?;
            match report.and_then(|report| report.gate) {
                Some(verdict) if !verdict.passed => {
                    let reasons = verdict.reasons.join("; ");
                    let what = format!("{option} shows what changes, --no-gate commits all the same");
                    Err(format!("the gate refuses: {reasons} ({what})"))
                }
                _ => Ok(()),
            }
        })
    }

    fn judge_end<'a>(&'a self, environment: &'a str) -> BoxFuture<'a, Result<(), String>> {
        Box::pin(async move {
            let may_end = self.jobs.judge_end(environment).await;
            may_end.map_err(|reason| {
                format!(
                    "the gate refuses the end of the environment: {reason} (--no-gate ends it all the same)"
                )
            })
        })
    }
}

/// What is staged, and the versions.
struct FileSync {
    staging: PathBuf,
    live_dir: PathBuf,
    client: Arc<Client>,
}

impl Trees for FileSync {
    fn tree(&self, environment: &str, version: Option<&str>) -> Result<Tree, String> {
        let Some(version) = version else {
            let directory = self.staging.join(SUBMODULES_DIR).join(environment);
            return match directory.is_dir() {
                true => Ok(Tree { directory, name: "staging".to_owned(), held: None, beside: None }),
                false => Err(format!("nothing is staged: there is no directory {}", directory.display())),
            };
        };
        let text = |error: ::code::Error| error.to_string();
        let repository = self.client.repository(environment).map_err(text)?;
        let commit = find(&repository, version).map_err(text)?;
        let commit = commit.ok_or_else(|| format!("{environment} has no version {version}"))?;
        let mut reader = repository.reader().map_err(text)?;
        let (laid_out, _) = self.client.live().lay_out(&mut reader, environment, commit).map_err(text)?;
        let directory = laid_out.directory.clone();
        Ok(Tree { directory, name: format!("version {commit}"), held: Some(laid_out), beside: None })
    }

    fn beside(&self) -> Result<Beside, String> {
        let old = self.client.live().current().get(TOP).map(|version| version.directory.clone());
        Ok(Beside {
            known_as: self.live_dir.clone(),
            old,
            new: self.staging.clone(),
            but: &[SUBMODULES_DIR, ".gitmodules"],
            held: Vec::new(),
        })
    }
}

/// A commit by its name, its first letters, or the code id that has it.
fn find(repository: &Repository, version: &str) -> ::code::Result<Option<Id>> {
    let version = version.strip_prefix("urn:puppet:code-id:1:").unwrap_or(version);
    let version = version.split(';').next().unwrap_or_default().to_lowercase();
    let reader = repository.reader()?;
    if let Ok(id) = version.parse::<Id>() {
        return Ok(reader.contains(id).then_some(id));
    }
    if version.len() < SHORT_MIN {
        return Ok(None);
    }
    let history = repository.history(BRANCH)?;
    Ok(history.into_iter().map(|(id, _)| id).find(|id| id.to_string().starts_with(&version)))
}

#[cfg(test)]
mod tests {
    use crate::config::{Config, Site};

    #[test]
    fn a_gate_is_there_if_something_is_limited() {
        let folder = tempfile::tempdir().unwrap();
        let gate = |lines: &str| {
            let toml = format!("certname = 'a'\nconfdir = '{}'\n{lines}", folder.path().display());
            super::gate(&Site::from_config(Config::parse(&toml).unwrap()).unwrap())
        };
        assert_eq!(gate("").unwrap(), None);
        let some = gate("[gate]\nmax-changed = '10%'\nprotected = ['Service[sshd]', 'Package']\n");
        let some = some.unwrap().unwrap();
        assert!(some.max_changed.is_some() && some.protected.len() == 2 && !some.fail_on_error);
        assert!(gate("[gate]\nmax-changed = 25\n").unwrap().unwrap().max_changed.is_some());
        assert!(gate("[gate]\nfail-on-error = true\n").unwrap().unwrap().fail_on_error);
        let wrong = gate("[gate]\nprotected = ['sshd']\n").unwrap_err().to_string();
        assert!(wrong.starts_with("gate.protected: `sshd` is not a resource"), "{wrong}");
    }
}
