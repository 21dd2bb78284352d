//! One environment, brought to what its branch and its Puppetfile say.

use std::collections::HashSet;
use std::fs;
use std::path::Path;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Mutex, PoisonError};
use std::time::{Duration, Instant};

use jiff::Zoned;
use stdx::fs::FileLock;

use crate::cancel::Cancel;
use crate::engine::{Deployer, Event, ModuleDeploy, Request, Session};
use crate::environments::{Conflicts, Environment, RootContent};
use crate::error::{DeployError, Result};
use crate::forge::Forge;
use crate::git::{self, Mirror, Place, RefKind};
use crate::module::{self, ForgeVersion, GitOrigin, Module, Origin, Wanted};
use crate::puppetfile::Puppetfile;
use crate::purge::Managed;
use crate::settings::PurgeLevel;
use crate::state::{Content, State, Store};
use crate::{process, record, tree};

/// Largest Puppetfile.
const PUPPETFILE_BYTES_MAX: u64 = 1 << 20;

/// A deploy of one environment under way.
pub(crate) struct Build<'a> {
    session: &'a Session<'a>,
    environment: &'a Environment,
    request: &'a Request,
    cancel: &'a Cancel,
    /// Of the environment.
    lock: &'a FileLock,
    store: Store,
    state: State,
    /// What is there may be other than what is known.
    is_uncertain: bool,
    /// The deploy before was not finished, so that single modules are not enough.
    is_whole: bool,
    /// The Forge that the Puppetfile names, if it may.
    forge: Option<Forge>,
}

/// What a build made.
pub(crate) struct Made {
    pub(crate) signature: String,
    pub(crate) modules: Vec<ModuleDeploy>,
    pub(crate) removed: Vec<String>,
    pub(crate) changed: bool,
}

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

impl<'a> Build<'a> {
    /// Called with the lock of the environment held, and before anything in it is changed.
    pub(crate) fn begin(
        session: &'a Session<'a>,
        environment: &'a Environment,
        request: &'a Request,
        cancel: &'a Cancel,
        lock: &'a FileLock,
        was_unfinished: bool,
    ) -> Result<Build<'a>> {
        let store = Store::new(&session.deployer.settings.cachedir, &environment.path);
        let mut state = store.load();
        let is_uncertain = state.is_changing;
        state.is_changing = true;
        store.save(&state)?;
        let is_whole = is_uncertain || was_unfinished;
        if is_whole && (request.modules.is_some() || !request.deploy_modules) {
            let message =
                format!("the last deploy of {} was not finished, so all of it is deployed", environment.name);
            session.progress.event(Event::Warning { message: &message });
        }
        Ok(Build {
            session,
            environment,
            request,
            cancel,
            lock,
            store,
            state,
            is_uncertain,
            is_whole,
            forge: None,
        })
    }

    /// Writes down what is there now. What was uncertain before is so until all of it was looked at.
    pub(crate) fn save(&mut self, succeeded: bool) -> Result<()> {
        self.state.is_changing = self.is_uncertain && !succeeded;
        self.store.save(&self.state)
    }

    fn deployer(&self) -> &'a Deployer {
        self.session.deployer
    }

    pub(crate) fn run(&mut self, started_at: &Zoned) -> Result<Made> {
        let path = &self.environment.path;
        let is_new = self.state.root.is_none() || !tree::is_directory(path);
        let asked_for = self.request.modules.as_ref().filter(|_| !self.is_whole);
        let only: Option<HashSet<&str>> =
            asked_for.map(|names| names.iter().map(|name| short_name(name)).collect());
        if is_new && only.is_some() {
            return Err(DeployError::failed(format!(
                "environment {} is not deployed yet; deploy all of it before single modules",
                self.environment.name
            )));
        }
        let (root, mut changed) = match (&self.state.root, &only) {
            (Some(root), Some(_)) => (root.clone(), false),
            _ => self.root()?,
        };
        let signature = match &root {
            Content::Git { commit, .. } => commit.clone(),
            _ => match self.environment.content {
                RootContent::Plain(signature) => signature.to_owned(),
                RootContent::Git { .. } => String::new(),
            },
        };
        let modules = self.modules()?;
        if let Some(only) = &only {
            self.refuse_unknown(only, &modules)?;
        }
        let with_modules = is_new || self.is_whole || only.is_some() || self.request.deploy_modules;
        let event = Event::Environment {
            environment: &self.environment.name,
            signature: &signature,
            modules: if with_modules { modules.len() } else { 0 },
        };
        self.session.progress.event(event);
        let mut removed = Vec::new();
        let deploys = match with_modules {
            true => self.sync_all(&modules, only.as_ref())?,
            // What is known of them; an environment without its modules is looked at by nobody.
            false => modules.iter().filter_map(|module| self.known(module)).collect(),
        };
        let branch = self.branch_paths(&root)?;
        let managed = Managed {
            branch: branch.split(|byte| *byte == 0).filter(|path| !path.is_empty()).collect(),
            modules: &modules,
        };
        let deploy = &self.deployer().settings.deploy;
        if with_modules && deploy.purge_levels.contains(&PurgeLevel::Puppetfile) {
            removed = managed.purge_modules(path)?;
        }
        // Of what a deploy that was killed has left nobody else knows.
        let is_purged = deploy.purge_levels.contains(&PurgeLevel::Environment) || self.is_uncertain;
        if is_purged && only.is_none() {
            removed.extend(managed.purge_environment(path, &deploy.purge_allowlist)?);
        }
        let present: HashSet<String> = modules.iter().map(Module::path).collect();
        let forgotten: Vec<String> =
            self.state.modules.keys().filter(|path| !present.contains(*path)).cloned().collect();
        for path in forgotten.iter().filter(|path| !tree::is_directory(&self.environment.path.join(path))) {
            self.state.modules.remove(path);
            self.store.remove_index(path)?;
        }
        changed |= !removed.is_empty() || deploys.iter().any(|module| module.changed);
        changed |= record::write(path, &self.environment.branch, &signature, started_at, &deploys)?;
        Ok(Made { signature, modules: deploys, removed, changed })
    }

    /// Names that no module has are most often slips.
    fn refuse_unknown(&self, only: &HashSet<&str>, modules: &[Module]) -> Result<()> {
        let is_known = |name: &&str| modules.iter().any(|module| module.name == *name);
        let (known, unknown): (Vec<&str>, Vec<&str>) = only.iter().copied().partition(is_known);
        if unknown.is_empty() {
            return Ok(());
        }
        let message = format!("environment {} has no module {}", self.environment.name, unknown.join(", "));
        if known.is_empty() {
            return Err(DeployError::failed(message));
        }
        self.session.progress.event(Event::Warning { message: &message });
        Ok(())
    }

    /// Brings the files of the branch up to date; what they are now, and whether that is new.
    fn root(&mut self) -> Result<(Content, bool)> {
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

    fn branch_paths(&self, root: &Content) -> Result<Vec<u8>> {
        match root {
            Content::Git { remote, commit, .. } => {
                let mirror = self.deployer().git.mirror(remote)?;
                self.deployer().git.paths(&mirror, commit, self.cancel)
            }
            _ => Ok(Vec::new()),
        }
    }

    /// The modules of map and Puppetfile.
    fn modules(&mut self) -> Result<Vec<Module>> {
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

    /// Brings all modules up to date, several at a time. The first failure ends it.
    fn sync_all(&mut self, modules: &[Module], only: Option<&HashSet<&str>>) -> Result<Vec<ModuleDeploy>> {
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
    fn known(&self, module: &Module) -> Option<ModuleDeploy> {
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
                RootContent::Plain(_) => None,
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

    fn default_branch(&self, mirror: &Mirror) -> Result<String> {
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
            let archive = forge.archive(&module.title, &version, self.cancel)?;
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
        let archive = self.deployer().forge.tarball(source, checksum, self.cancel)?;
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

/// The name of a module, also if it was asked for with its owner.
fn short_name(name: &str) -> &str {
    name.rsplit(['/', '-']).next().unwrap_or(name)
}
