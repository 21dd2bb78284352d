//! Modules, each brought to what its declaration says.

use std::collections::HashSet;
use std::path::Path;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Mutex, PoisonError};
use std::time::{Duration, Instant};

use super::Build;
use crate::engine::{Event, ModuleDeploy};
use crate::environments::RootContent;
use crate::error::{DeployError, Result};
use crate::git::{self, Mirror, Place, RefKind};
use crate::module::{ForgeVersion, GitOrigin, Module, Origin, Wanted};
use crate::state::Content;
use crate::{process, tree};

/// How far a module is.
enum Slot {
    /// Nobody has come to it.
    Ahead,
    Failed,
    Done(Box<Done>),
}

/// A module that is there, and what is in it.
struct Done {
    deploy: ModuleDeploy,
    content: Option<Content>,
}

impl Build<'_> {
    /// Brings all modules up to date, several at a time. The first failure ends it.
    pub(super) fn sync_all(
        &mut self,
        modules: &[Module],
        only: Option<&HashSet<&str>>,
    ) -> Result<Vec<ModuleDeploy>> {
        // Directories are made by one thread, so that no two find the same one missing.
        for module in modules.iter().filter(|module| module.origin != Origin::Local) {
            tree::make_directory(&self.environment.path, &module.directory)?;
        }
        let next = AtomicUsize::new(0);
        let done: Mutex<Vec<Slot>> = Mutex::new(modules.iter().map(|_| Slot::Ahead).collect());
        let failure: Mutex<Option<DeployError>> = Mutex::new(None);
        let work = || {
            loop {
                let at = next.fetch_add(1, Ordering::Relaxed);
                let Some(module) = modules.get(at) else { break };
                if failure.lock().unwrap_or_else(PoisonError::into_inner).is_some() {
                    break;
                }
                let is_wanted = only.is_none_or(|only| only.contains(module.name.as_str()));
                let result = match is_wanted {
                    true => self.cancel.check().and_then(|()| self.sync(module)),
                    false => Ok(Done {
                        deploy: self.known(module).unwrap_or_else(|| untouched(module)),
                        content: self.state.modules.get(&module.path()).cloned(),
                    }),
                };
                match result {
                    Ok(finished) => {
                        if is_wanted {
                            let environment = &self.environment.name;
                            self.session
                                .progress
                                .event(Event::Module { environment, module: &finished.deploy });
                        }
                        if let Some(slot) = done.lock().unwrap_or_else(PoisonError::into_inner).get_mut(at) {
                            *slot = Slot::Done(Box::new(finished));
                        }
                    }
                    Err(error) => {
                        if let Some(slot) = done.lock().unwrap_or_else(PoisonError::into_inner).get_mut(at) {
                            *slot = Slot::Failed;
                        }
                        let msg = match error.msg.starts_with(module.place.as_str()) {
                            true => error.msg.clone(),
                            false => format!("{}: module {}: {}", module.place, module.name, error.msg),
                        };
                        let error = DeployError { msg, ..error }.with("module", module.name.as_str());
                        failure.lock().unwrap_or_else(PoisonError::into_inner).get_or_insert(error);
                    }
                }
            }
        };
        let threads = self.deployer().settings.pool_size.clamp(1, 64).min(modules.len());
        std::thread::scope(|scope| {
            for _ in 0..threads {
                scope.spawn(work);
            }
        });
        let done = done.into_inner().unwrap_or_else(PoisonError::into_inner);
        let failure = failure.into_inner().unwrap_or_else(PoisonError::into_inner);
        let mut deploys = Vec::with_capacity(modules.len());
        for (module, done) in modules.iter().zip(done) {
            match done {
                Slot::Done(done) => {
                    match done.content {
                        Some(content) => self.state.modules.insert(module.path(), content),
                        None => self.state.modules.remove(&module.path()),
                    };
                    deploys.push(done.deploy);
                }
                // It may be half done.
                Slot::Failed => {
                    self.state.modules.remove(&module.path());
                }
                // As it was.
                Slot::Ahead => {}
            }
        }
        match failure {
            Some(error) => Err(error),
            None => Ok(deploys),
        }
    }

    /// Brings one module up to date.
    fn sync(&self, module: &Module) -> Result<Done> {
        let started = Instant::now();
        let mut done = match &module.origin {
            Origin::Local => Done { deploy: untouched(module), content: None },
            Origin::Git(git) => self.sync_git(module, git)?,
            Origin::Forge(version) => self.sync_forge(module, version)?,
            Origin::Tarball { source, checksum } => self.sync_tarball(module, source, checksum.as_deref())?,
        };
        done.deploy.took = started.elapsed();
        Ok(done)
    }

    /// Whether the directory `spec` of a module is left out.
    fn without_spec(&self, module: &Module) -> bool {
        !module.is_elsewhere && module.exclude_spec.unwrap_or(self.deployer().settings.deploy.exclude_spec)
    }

    /// What is known of a module that is there.
    pub(super) fn known(&self, module: &Module) -> Option<ModuleDeploy> {
        let content = self.state.modules.get(&module.path())?;
        if !tree::is_directory(&self.environment.path.join(module.path())) {
            return None;
        }
        let (version, sha) = match content {
            Content::Git { commit, version, .. } => (version.clone(), Some(commit.clone())),
            Content::Forge { version, .. } => (version.clone(), None),
            Content::Tarball { .. } => (tarball_version(module), None),
            Content::Plain => return None,
        };
        Some(ModuleDeploy { version, sha, ..untouched(module) })
    }

    /// What is there of a module whose declaration says that it never changes, if that is what is declared.
    fn settled(&self, module: &Module) -> Option<Done> {
        if self.is_uncertain || self.deployer().settings.full_deploy || !module.is_static() {
            return None;
        }
        let content = self.state.modules.get(&module.path())?;
        let without = self.without_spec(module);
        let is_same = match (&module.origin, content) {
            (Origin::Git(git), Content::Git { remote, version, without_spec, .. }) => {
                *remote == git::clean(&git.remote)
                    && git.wanted == Wanted::Reference(version.clone())
                    && *without_spec == without
            }
            (
                Origin::Forge(ForgeVersion::Exactly(wanted)),
                Content::Forge { title, version, without_spec },
            ) => *title == module.title && version == wanted && *without_spec == without,
            (
                Origin::Tarball { source, checksum },
                Content::Tarball { source: known, sha256, without_spec },
            ) => {
                process::without_passwords(source) == *known
                    && checksum.as_ref() == Some(sha256)
                    && *without_spec == without
            }
            _ => false,
        };
        let deploy = is_same.then(|| self.known(module)).flatten()?;
        Some(Done { deploy, content: Some(content.clone()) })
    }

    fn sync_git(&self, module: &Module, origin: &GitOrigin) -> Result<Done> {
        if let Some(done) = self.settled(module) {
            return Ok(done);
        }
        let git = &self.deployer().git;
        let mirror = git.mirror(&origin.remote)?;
        let (reference, commit) = self.resolve(module, origin, &mirror)?;
        let path = module.path();
        let without_spec = self.without_spec(module);
        let before = self.state.modules.get(&path);
        tree::make_directory(&self.environment.path, &module.directory)?;
        let directory = self.environment.path.join(&path);
        let is_known = !self.is_uncertain
            && matches!(before, Some(Content::Git { remote, .. }) if *remote == mirror.remote);
        if !is_known || !tree::is_directory(&directory) {
            tree::remove(&directory)?;
            self.store.remove_index(&path)?;
        }
        let directory = tree::make_directory(&self.environment.path, &path)?;
        let index = self.store.index(&path)?;
        let check_out = |directory: &Path| {
            git.check_out(
                &mirror,
                &commit,
                &Place { directory, index: &index, lock: self.lock },
                without_spec,
                self.cancel,
            )
        };
        if let Err(error) = check_out(&directory) {
            self.cancel.check()?;
            tracing::warn!(module = module.name, %error, "checked out once more from nothing");
            tree::remove(&directory)?;
            self.store.remove_index(&path)?;
            let directory = tree::make_directory(&self.environment.path, &path)?;
            check_out(&directory)?;
        }
        let content = Content::Git {
            remote: mirror.remote.clone(),
            commit: commit.clone(),
            version: reference.clone(),
            without_spec,
        };
        let changed = !is_known
            || !matches!(before, Some(Content::Git { commit: known, without_spec: without, .. })
                if *known == commit && *without == without_spec);
        let deploy = ModuleDeploy { version: reference, sha: Some(commit), changed, ..untouched(module) };
        Ok(Done { deploy, content: Some(content) })
    }

    /// The reference that a module follows, and its commit: what is wanted, else what stands in for it.
    fn resolve(&self, module: &Module, origin: &GitOrigin, mirror: &Mirror) -> Result<(String, String)> {
        let desired = match &origin.wanted {
            Wanted::Reference(reference) => Some(reference.clone()),
            Wanted::ControlBranch => match &self.environment.content {
                RootContent::Git { reference, .. } => reference.clone(),
                RootContent::Tarball { .. } | RootContent::Plain(_) => None,
            },
            Wanted::Default => match &self.deployer().git.settings().default_ref {
                Some(reference) => Some(reference.clone()),
                None => Some(self.default_branch(mirror)?),
            },
        };
        let stand_in =
            self.request.default_branch_override.as_ref().or(origin.default_branch_override.as_ref());
        for reference in [desired.as_ref(), stand_in, origin.default_branch.as_ref()].into_iter().flatten() {
            if let Some(commit) = self.commit(mirror, reference)? {
                return Ok((reference.clone(), commit));
            }
        }
        let mut message = format!("Unable to manage Puppetfile content '{}':", module.name);
        match &desired {
            Some(desired) => message.push_str(&format!(" Could not resolve desired ref '{desired}'")),
            None => message.push_str(" Could not resolve control repo branch"),
        }
        if let Some(stand_in) = stand_in {
            message.push_str(&format!(" or resolve the default branch override '{stand_in}',"));
        }
        match &origin.default_branch {
            Some(default) => message.push_str(&format!(" or resolve default ref '{default}'")),
            None => message.push_str(" and no default provided"),
        }
        Err(DeployError::failed(format!("{message} (in {})", mirror.remote)))
    }

    /// The commit of a reference. The remote is asked unless the reference is one that never means another commit.
    fn commit(&self, mirror: &Mirror, reference: &str) -> Result<Option<String>> {
        let git = &self.deployer().git;
        let is_settled = matches!(git.kind(mirror, reference)?, Some(RefKind::Commit | RefKind::Tag));
        if !is_settled || reference == "HEAD" {
            self.session.fetch(mirror, self.cancel)?;
        }
        git.resolve(mirror, reference)
    }

    pub(super) fn default_branch(&self, mirror: &Mirror) -> Result<String> {
        let branch = self.deployer().git.default_branch(mirror, self.cancel)?;
        branch.ok_or_else(|| {
            DeployError::failed(format!(
                "{} has no default branch; name a branch, tag or commit",
                mirror.remote
            ))
        })
    }

    fn sync_forge(&self, module: &Module, wanted: &ForgeVersion) -> Result<Done> {
        if let Some(done) = self.settled(module) {
            return Ok(done);
        }
        let path = module.path();
        let directory = self.environment.path.join(&path);
        let without_spec = self.without_spec(module);
        let before = match self.state.modules.get(&path) {
            Some(Content::Forge { title, version, without_spec })
                if *title == module.title && !self.is_uncertain && tree::is_directory(&directory) =>
            {
                Some((version, *without_spec))
            }
            _ => None,
        };
        let forge = self.forge.as_ref().unwrap_or(&self.deployer().forge);
        let version = match (wanted, &before) {
            (ForgeVersion::Exactly(version), _) => version.clone(),
            (ForgeVersion::Any, Some((version, _))) => (*version).clone(),
            (ForgeVersion::Any, None) => {
                // It may be there without being known.
                let found = tree::inner_directory(&self.environment.path, &path);
                match found.and_then(|directory| forge.version_in(&directory, &module.title)) {
                    Some(version) => version,
                    None => forge.newest(&module.title, self.cancel)?,
                }
            }
            (ForgeVersion::Latest, _) => forge.newest(&module.title, self.cancel)?,
        };
        let is_there = before == Some((&version, without_spec))
            && forge.is_installed(&directory, &module.title, &version);
        if !is_there {
            let mut archive = forge.archive(&module.title, &version, self.cancel)?;
            archive.install_release(
                &self.environment.path,
                &path,
                without_spec,
                self.cancel,
                &|message| self.session.progress.event(Event::Warning { message }),
            )?;
        }
        let content = Content::Forge { title: module.title.clone(), version: version.clone(), without_spec };
        Ok(Done {
            deploy: ModuleDeploy { version, changed: !is_there, ..untouched(module) },
            content: Some(content),
        })
    }

    fn sync_tarball(&self, module: &Module, source: &str, checksum: Option<&str>) -> Result<Done> {
        if let Some(done) = self.settled(module) {
            return Ok(done);
        }
        let path = module.path();
        let directory = self.environment.path.join(&path);
        let without_spec = self.without_spec(module);
        let mut archive = self.deployer().forge.tarball(source, checksum, self.cancel)?;
        let sha256 = archive.sha256().to_owned();
        let content = Content::Tarball { source: process::without_passwords(source), sha256, without_spec };
        let is_there = !self.is_uncertain
            && self.state.modules.get(&path) == Some(&content)
            && tree::is_directory(&directory);
        if !is_there {
            archive.install(&self.environment.path, &path, without_spec, self.cancel, &|message| {
                self.session.progress.event(Event::Warning { message })
            })?;
        }
        Ok(Done { deploy: ModuleDeploy { changed: !is_there, ..untouched(module) }, content: Some(content) })
    }
}

/// A module as its declaration has it.
fn untouched(module: &Module) -> ModuleDeploy {
    let version = match &module.origin {
        Origin::Local => "0.0.0 (local)".to_owned(),
        Origin::Tarball { .. } => tarball_version(module),
        Origin::Git(GitOrigin { wanted: Wanted::Reference(reference), .. }) => reference.clone(),
        Origin::Forge(ForgeVersion::Exactly(version)) => version.clone(),
        _ => String::new(),
    };
    ModuleDeploy {
        name: module.name.clone(),
        path: module.path(),
        version,
        sha: None,
        changed: false,
        took: Duration::ZERO,
    }
}

fn tarball_version(module: &Module) -> String {
    match &module.origin {
        Origin::Tarball { checksum: Some(checksum), .. } => checksum.clone(),
        _ => "(present)".to_owned(),
    }
}
