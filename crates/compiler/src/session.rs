//! The state of one compile.

use std::sync::Arc;

use pcore::Hash;

use crate::NodeInput;
use crate::error::Site;
use crate::log::{Level, LogEntry};
use crate::reads::ReadSet;
use crate::world::World;

/// Everything one compile owns, on one thread, without a lock.
pub struct Session<'w> {
    pub(crate) world: &'w dyn World,
    pub(crate) node: &'w NodeInput,
    pub(crate) logs: Vec<LogEntry>,
    pub(crate) reads: ReadSet,
}

impl<'w> Session<'w> {
    pub(crate) fn log(&mut self, level: Level, message: String, site: Option<Site>) {
        self.logs.push(LogEntry { level, message, source: "Scope(Class[main])".into(), site });
    }

    pub(crate) fn all_facts(&mut self) -> Arc<Hash> {
        self.reads.fact("");
        self.node.facts.clone()
    }
}
