//! Asks the classifier and the commands for trusted data on behalf of requests: away from the threads that serve connections, and from
//! those that compile; as many at a time as there are threads that compile, times two.

use std::path::PathBuf;
use std::sync::Arc;
use std::time::Duration;

use pcore::{Hash, Value};
use rest::Problem;
use tokio::sync::Semaphore;

use crate::Settings;
use crate::classifier::{Definition, NodeTerminus, trusted_external};
use crate::environments::{EnvironmentError, Environments};

/// Asks for definitions of nodes.
pub(crate) struct Classify {
    terminus: NodeTerminus,
    external: Option<PathBuf>,
    environments: Arc<Environments>,
    environmentpath: String,
    time_max: Duration,
    turns: Semaphore,
}

/// What is known of a node, or Puppet's text of why it is not.
pub(crate) struct Known {
    /// The definition; nothing if the classifier does not know the node.
    pub(crate) definition: Result<Option<Definition>, String>,
    /// `$trusted['external']`
    pub(crate) external: Result<Value, String>,
}

impl Known {
    /// The definition, for a compile.
    ///
    /// # Errors
    /// Puppet's text.
    pub(crate) fn definition(self, certname: &str) -> Result<Definition, String> {
        self.definition
            .map_err(|reason| format!("Failed when searching for node {certname}: {reason}"))?
            .ok_or_else(|| format!("Could not find node '{certname}'; cannot compile"))
    }
}

impl Classify {
    pub(crate) fn new(settings: &Settings, environments: Arc<Environments>, workers: usize) -> Classify {
        let paths: Vec<_> = settings.environmentpath.iter().map(|path| path.to_string_lossy()).collect();
        Classify {
            terminus: settings.node_terminus.clone(),
            external: settings.trusted_external_command.clone(),
            environmentpath: paths.join(":"),
            environments,
            time_max: settings.compile_timeout,
            turns: Semaphore::new(2 * workers.max(1)),
        }
    }

    /// What is known of a node; `caller` is the name that trusted data is asked for, if that is wanted.
    pub(crate) async fn ask(
        self: &Arc<Classify>,
        certname: &str,
        caller: Option<&str>,
    ) -> Result<Known, Problem> {
        let caller = caller.filter(|_| self.external.is_some()).map(str::to_owned);
        if self.terminus == NodeTerminus::Plain && caller.is_none() {
            return Ok(Known {
                definition: Ok(Some(Definition::default())),
                external: Ok(Value::hash(Hash::new())),
            });
        }
        let _turn = self.turns.acquire().await.map_err(Problem::internal)?;
        let (this, certname) = (self.clone(), certname.to_owned());
        tokio::task::spawn_blocking(move || Known {
            definition: this.definition(&certname),
            external: this.external(caller.as_deref()),
        })
        .await
        .map_err(Problem::internal)
    }

    /// The definition, asked for on this thread.
    pub(crate) fn definition(&self, certname: &str) -> Result<Option<Definition>, String> {
        let Some(definition) = self.terminus.find(certname, self.time_max)? else { return Ok(None) };
        if let Some(name) = &definition.environment
            && let Err(EnvironmentError::NotFound(_)) = self.environments.conf(name)
        {
            return Err(no_environment(name, &self.environmentpath));
        }
        Ok(Some(definition))
    }

    fn external(&self, caller: Option<&str>) -> Result<Value, String> {
        match (&self.external, caller) {
            (Some(command), Some(caller)) => trusted_external(command, caller, self.time_max),
            _ => Ok(Value::hash(Hash::new())),
        }
    }

    /// Where environments are looked for.
    pub(crate) fn environmentpath(&self) -> &str {
        &self.environmentpath
    }
}

/// What Puppet says of an environment that somebody names and that is not there.
pub(crate) fn no_environment(name: &str, environmentpath: &str) -> String {
    format!(
        "Could not find a directory environment named '{name}' anywhere in the path: {environmentpath}. Does the directory exist?"
    )
}
