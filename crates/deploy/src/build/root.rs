//! What is in an environment besides modules, and which modules are to follow.

use std::fs;
use std::path::Path;

use super::Build;
use crate::engine::Event;
use crate::environments::{Conflicts, RootContent};
use crate::error::{DeployError, Result};
use crate::forge::Forge;
use crate::git::Place;
use crate::module::{self, Module};
use crate::process;
use crate::puppetfile::Puppetfile;
use crate::state::Content;
use crate::tree;

/// Largest Puppetfile.
const PUPPETFILE_BYTES_MAX: u64 = 1 << 20;

impl Build<'_> {
    /// Brings the files of the branch up to date; what they are now, and whether that is new.
    pub(super) fn root(&mut self) -> Result<(Content, bool)> {
        let path = &self.environment.path;
        let before = self.state.root.clone();
        let content = match &self.environment.content {
            RootContent::Plain(_) => {
                if before.is_some_and(|before| before != Content::Plain) {
                    self.forget_all()?;
                }
                fs::create_dir_all(path).map_err(DeployError::io("create", path))?;
                Content::Plain
            }
            RootContent::Tarball { source, checksum } => {
                let mut archive = self.deployer().forge.tarball(source, checksum.as_deref(), self.cancel)?;
                let known = process::without_passwords(source);
                // Of another archive what this one does not have stays until it is purged, as with r10k.
                if !matches!(&before, Some(Content::Tarball { .. })) {
                    self.forget_all()?;
                }
                fs::create_dir_all(path).map_err(DeployError::io("create", path))?;
                archive.install_environment(path, self.cancel, &|message| {
                    self.session.progress.event(Event::Warning { message });
                })?;
                let sha256 = archive.sha256().to_owned();
                Content::Tarball { source: known, sha256, without_spec: false }
            }
            RootContent::Git { remote, reference } => {
                let mirror = self.deployer().git.mirror(remote)?;
                self.session.fetch(&mirror, self.cancel)?;
                let reference = match reference {
                    Some(reference) => reference.clone(),
                    None => self.default_branch(&mirror)?,
                };
                // A branch of a name that a tag has, too, is meant here.
                let commit = match self.deployer().git.resolve(&mirror, &format!("refs/heads/{reference}"))? {
                    Some(commit) => Some(commit),
                    None => self.deployer().git.resolve(&mirror, &reference)?,
                };
                let commit = commit.ok_or_else(|| {
                    DeployError::failed(format!("{} has no branch '{reference}' any more", mirror.remote))
                })?;
                let is_known =
                    matches!(&before, Some(Content::Git { remote: known, .. }) if *known == mirror.remote);
                if !is_known || !tree::is_directory(path) {
                    self.forget_all()?;
                    fs::create_dir_all(path).map_err(DeployError::io("create", path))?;
                }
                // Until it is done, nobody can say what is there.
                let content = Content::Git {
                    remote: mirror.remote.clone(),
                    commit: commit.clone(),
                    version: reference,
                    without_spec: false,
                };
                let index = self.store.index("")?;
                let check_out = || {
                    let git = &self.deployer().git;
                    git.check_out(
                        &mirror,
                        &commit,
                        &Place { directory: path, index: &index, lock: self.lock },
                        false,
                        self.cancel,
                    )
                };
                if let Err(error) = check_out() {
                    self.cancel.check()?;
                    // What git remembers may be damaged; without it everything is written.
                    tracing::warn!(%error, "checked out once more without git's index");
                    self.store.remove_index("")?;
                    check_out()?;
                    self.is_uncertain = true;
                }
                content
            }
        };
        let changed = self.state.root.as_ref() != Some(&content);
        self.state.root = Some(content.clone());
        Ok((content, changed))
    }

    /// Removes all of the environment.
    fn forget_all(&mut self) -> Result<()> {
        tree::remove(&self.environment.path)?;
        self.store.remove();
        self.state.root = None;
        self.state.modules.clear();
        self.store.save(&self.state)
    }

    pub(super) fn branch_paths(&self, root: &Content) -> Result<Vec<u8>> {
        match root {
            Content::Git { remote, commit, .. } => {
                let mirror = self.deployer().git.mirror(remote)?;
                self.deployer().git.paths(&mirror, commit, self.cancel)
            }
            Content::Tarball { sha256, .. } => match &self.environment.content {
                // It was kept when it was unpacked, and is fetched again if it was thrown away since.
                RootContent::Tarball { source, .. } => {
                    self.deployer().forge.tarball(source, Some(sha256), self.cancel)?.paths(self.cancel)
                }
                _ => Ok(Vec::new()),
            },
            _ => Ok(Vec::new()),
        }
    }

    /// The modules of map and Puppetfile.
    pub(super) fn modules(&mut self) -> Result<Vec<Module>> {
        let mut modules = self.environment.modules.clone();
        let Some(text) = self.puppetfile()? else {
            module::refuse_nested(&modules)?;
            return Ok(modules);
        };
        let puppetfile = Puppetfile::read(&text, &self.environment.puppetfile_name)
            .map_err(|error| error.with("environment", self.environment.name.as_str()))?;
        for warning in &puppetfile.warnings {
            self.session.progress.event(Event::Warning { message: warning });
        }
        if let Some(url) = &puppetfile.forge {
            let settings = &self.deployer().settings;
            match settings.forge.allow_puppetfile_override {
                true => self.forge = Some(Forge::named(settings, url)?),
                false => tracing::debug!(
                    url = process::without_passwords(url),
                    "the Forge of the Puppetfile is not used"
                ),
            }
        }
        for module in puppetfile.modules {
            if !self.environment.modules.iter().any(|other| other.name == module.name) {
                modules.push(module);
                continue;
            }
            let message = format!(
                "{}: Environment and Puppetfile both define the \"{}\" module",
                module.place, module.name
            );
            match self.environment.conflicts {
                Conflicts::Error => return Err(DeployError::failed(message)),
                Conflicts::OverrideAndWarn => {
                    let message = format!("{message}. The Puppetfile definition will be ignored");
                    self.session.progress.event(Event::Warning { message: &message });
                }
                Conflicts::Override => {}
            }
        }
        module::refuse_nested(&modules)?;
        Ok(modules)
    }

    /// The text of the Puppetfile, if there is one. A link to it must stay in the environment.
    fn puppetfile(&self) -> Result<Option<String>> {
        let root = &self.environment.path;
        let path = root.join(&self.environment.puppetfile_name);
        if !path.is_file() {
            return Ok(None);
        }
        let real = |path: &Path| fs::canonicalize(path).map_err(DeployError::io("read", path));
        if !real(&path)?.starts_with(real(root)?) {
            return Err(DeployError::failed(format!("{} leads out of the environment", path.display())));
        }
        let bytes =
            stdx::fs::read_limited(&path, PUPPETFILE_BYTES_MAX).map_err(DeployError::io("read", &path))?;
        match bytes.map(String::from_utf8) {
            None => Ok(None),
            Some(Ok(text)) => Ok(Some(text)),
            Some(Err(_)) => Err(DeployError::failed(format!("{} is not UTF-8", path.display()))),
        }
    }
}
