//! A compile without a request: for the command line, which has the same environments and the same compiler.

use std::sync::Arc;
use std::time::{Duration, Instant};

use compiler::{Answer, Compilation, CompileError, NodeInput, Question};
use rest::{Peer, PeerCertificate};

use crate::Settings;
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
pub fn node(settings: &Settings, certname: &str, environment: &str, facts: pcore::Hash) -> NodeInput {
    let peer = Peer::verified(certname, PeerCertificate::default());
    let mut server_facts = trusted::server_facts(settings);
    server_facts.insert("environment", environment);
    NodeInput {
        certname: certname.into(),
        facts: Arc::new(facts),
        trusted: trusted::trusted(&peer, &settings.oid_names),
        server_facts: Arc::new(server_facts),
        ..NodeInput::default()
    }
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
