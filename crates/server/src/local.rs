//! A compile without a request: for the command line, which has the same environments and the same compiler.

use std::sync::Arc;
use std::time::{Duration, Instant};

use compiler::{Answer, Compilation, CompileError, NodeInput, Question, Rendered, Rendering};
use pcore::{Hash, Value};
use rest::{Peer, PeerCertificate};

use crate::Settings;
use crate::classifier::trusted_external;
use crate::environments::{EnvironmentError, Environments};
use crate::trusted;
use crate::world::Machine;

/// Why there is no catalog.
#[derive(Debug, thiserror::Error)]
pub enum LocalError {
    /// The environment cannot be used.
    #[error(transparent)]
    Environment(#[from] EnvironmentError),
    /// The compile failed; its logs are inside.
    #[error("{}", .0.message)]
    Compile(Box<CompileError>),
}

/// The node as a request of its own agent would describe it.
pub fn node(settings: &Settings, certname: &str, environment: &str, facts: Hash) -> NodeInput {
    let peer = Peer::verified(certname, PeerCertificate::default());
    let mut server_facts = trusted::server_facts(settings);
    server_facts.insert("environment", environment);
    NodeInput {
        certname: certname.into(),
        facts: Arc::new(facts),
        trusted: trusted::trusted(&peer, &settings.oid_names, Value::hash(Hash::new())),
        server_facts: Arc::new(server_facts),
        ..NodeInput::default()
    }
}

/// Adds what the classifier and the commands for trusted data know of the node; gives the node's own environment, if it has one.
///
/// # Errors
/// Puppet's text: a command fails, or the classifier does not know the node.
pub fn classify(settings: &Settings, node: &mut NodeInput) -> Result<Option<String>, String> {
    let certname = node.certname.to_string();
    let found = settings
        .node_terminus
        .find(&certname, settings.compile_timeout)
        .map_err(|reason| format!("Failed when searching for node {certname}: {reason}"))?;
    let Some(definition) = found else {
        return Err(format!("Could not find node '{certname}'; cannot compile"));
    };
    if let (Some(command), Value::Hash(trusted)) = (&settings.trusted_external_command, &mut node.trusted) {
        let external = trusted_external(command, &certname, settings.compile_timeout)?;
        Arc::make_mut(trusted).insert("external", external);
    }
    node.classes = definition.classes;
    node.parameters = definition.parameters;
    Ok(definition.environment)
}

/// Compiles a node's catalog on this thread; also says how long it took, loading the environment not counted.
pub fn compile(
    environments: &Environments,
    environment: &str,
    node: &NodeInput,
) -> Result<(Compilation, Duration), LocalError> {
    let environment = environments.get(environment)?;
    let started = Instant::now();
    let compiled = compiler::compile(&environment.image, &Machine, node);
    let elapsed = started.elapsed();
    compiled.map(|compilation| (compilation, elapsed)).map_err(|error| LocalError::Compile(Box::new(error)))
}

/// Looks a key up as the code of a node's catalog would, on this thread.
pub fn look_up(
    environments: &Environments,
    environment: &str,
    node: &NodeInput,
    question: &Question,
) -> Result<Answer, LocalError> {
    let environment = environments.get(environment)?;
    compiler::look_up(&environment.image, &Machine, node, question)
        .map_err(|error| LocalError::Compile(Box::new(error)))
}

/// Renders a template as the code of a node's catalog would, on this thread.
pub fn render(
    environments: &Environments,
    environment: &str,
    node: &NodeInput,
    rendering: &Rendering,
) -> Result<Rendered, LocalError> {
    let environment = environments.get(environment)?;
    compiler::render(&environment.image, &Machine, node, rendering)
        .map_err(|error| LocalError::Compile(Box::new(error)))
}
