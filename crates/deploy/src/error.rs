//! Why an environment was not deployed.

use std::path::Path;

use serde_json::{Map, Value as Json};

/// A result of this crate.
pub type Result<T, E = DeployError> = std::result::Result<T, E>;

/// What kind of failure it is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    /// The configuration cannot be used.
    Configuration,
    /// No source has such an environment.
    NotFound,
    /// The name of a branch is none of an environment.
    InvalidName,
    /// Deploys are locked, or another one of the environment does not end.
    Locked,
    /// It took too long, or was called off.
    TimedOut,
    /// A repository, the Forge or a file could not be read, or a Puppetfile is wrong.
    Failed,
    /// The environment was built, and does not parse.
    DoesNotParse,
    /// The environment was built and could not be made a version.
    NotPublished,
}

impl Kind {
    /// The kind as Code Manager names it.
    pub fn name(self) -> &'static str {
        match self {
            Kind::Configuration => "puppetlabs.code-manager/configuration-error",
            Kind::NotFound => "puppetlabs.code-manager/unknown-environment",
            Kind::TimedOut => "puppetlabs.code-manager/timeout",
            Kind::Locked => "puppetlabs.code-manager/deploy-locked",
            Kind::NotPublished => "puppetlabs.code-manager/file-sync-failure",
            Kind::InvalidName | Kind::Failed | Kind::DoesNotParse => "puppetlabs.code-manager/deploy-failure",
        }
    }
}

/// Why an environment was not deployed. What served before goes on serving.
#[derive(Clone, Debug, thiserror::Error)]
#[error("{msg}")]
pub struct DeployError {
    /// Which kind.
    pub kind: Kind,
    /// What was wrong, where, and what to do.
    pub msg: String,
    /// More for programs: `corrected-name`, `module`, `problems`.
    pub details: Map<String, Json>,
}

impl DeployError {
    /// An error without details.
    pub fn new(kind: Kind, msg: impl Into<String>) -> DeployError {
        DeployError { kind, msg: msg.into(), details: Map::new() }
    }

    /// A [`Kind::Failed`].
    pub(crate) fn failed(msg: impl Into<String>) -> DeployError {
        DeployError::new(Kind::Failed, msg)
    }

    /// Adds to an input or output error what was tried with which path.
    pub(crate) fn io(action: &str, path: impl AsRef<Path>) -> impl FnOnce(std::io::Error) -> DeployError {
        move |error| DeployError::failed(format!("could not {action} {}: {error}", path.as_ref().display()))
    }

    /// The same with a detail.
    #[must_use]
    pub fn with(mut self, key: &str, value: impl Into<Json>) -> DeployError {
        self.details.insert(key.to_owned(), value.into());
        self
    }

    /// The document `{kind, msg, details}`.
    pub fn as_json(&self) -> Json {
        serde_json::json!({"kind": self.kind.name(), "msg": self.msg, "details": self.details})
    }
}
