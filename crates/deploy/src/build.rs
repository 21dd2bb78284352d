//! One environment, brought to what its branch and its Puppetfile say.

mod modules;
mod root;

use std::collections::HashSet;

use jiff::Zoned;
use stdx::fs::FileLock;

use crate::cancel::Cancel;
use crate::engine::{Deployer, Event, ModuleDeploy, Request, Session};
use crate::environments::{Environment, RootContent};
use crate::error::{DeployError, Result};
use crate::forge::Forge;
use crate::module::Module;
use crate::purge::Managed;
use crate::settings::PurgeLevel;
use crate::state::{Content, State, Store};
use crate::{record, tree};

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
            Content::Tarball { sha256, .. } => sha256.clone(),
            _ => match self.environment.content {
                RootContent::Plain(signature) => signature.to_owned(),
                RootContent::Git { .. } | RootContent::Tarball { .. } => String::new(),
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
}

/// The name of a module, also if it was asked for with its owner.
fn short_name(name: &str) -> &str {
    name.rsplit(['/', '-']).next().unwrap_or(name)
}
