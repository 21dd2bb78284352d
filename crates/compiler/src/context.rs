//! What the code of a built-in function sees of the compile that calls it.

use std::sync::Arc;

use pcore::{Hash, Value};

use crate::error::{Control, Error, Site};
use crate::log::Level;
use crate::session::Session;
use crate::world::World;

/// A block given to a call.
#[derive(Clone)]
pub enum Block<'a> {
    /// Code of this crate, for functions that call functions, and for tests: parameter count and body.
    Native(usize, &'a dyn Fn(&[Value]) -> Result<Value, Control>),
}

/// The calling side of one call of a built-in function.
pub struct Context<'a, 'w> {
    session: &'a mut Session<'w>,
    name: &'static str,
    block: Option<&'a Block<'a>>,
    site: &'a Site,
}

impl<'a, 'w> Context<'a, 'w> {
    pub(crate) fn new(
        session: &'a mut Session<'w>,
        name: &'static str,
        block: Option<&'a Block<'a>>,
        site: &'a Site,
    ) -> Context<'a, 'w> {
        Context { session, name, block, site }
    }

    /// The name of the function that runs.
    pub fn name(&self) -> &'static str {
        self.name
    }

    /// Where the call stands.
    pub fn site(&self) -> &Site {
        self.site
    }

    /// True if the call has a block.
    pub fn has_block(&self) -> bool {
        self.block.is_some()
    }

    /// Calls the block. `next` in it gives its value here; `break` and `return` travel on as [`Control`].
    ///
    /// # Errors
    /// What the block raises, and a call without a block.
    pub fn call_block(&mut self, arguments: &[Value]) -> Result<Value, Control> {
        match self.block {
            Some(Block::Native(_, body)) => body(arguments),
            None => Err(Error::new(format!("{}(): no block given", self.name)).into()),
        }
    }

    /// Calls the block as one turn of an iteration: `None` when the block says `break`.
    ///
    /// ```text
    /// let Some(result) = context.iterate(&[item])? else { break };
    /// ```
    ///
    /// # Errors
    /// As [`Context::call_block`].
    pub fn iterate(&mut self, arguments: &[Value]) -> Result<Option<Value>, Control> {
        match self.call_block(arguments) {
            Ok(value) => Ok(Some(value)),
            Err(Control::Break(_)) => Ok(None),
            Err(control) => Err(control),
        }
    }

    /// Leaves a message in the compile's log, with the calling scope as its source.
    pub fn log(&mut self, level: Level, message: impl Into<String>) {
        let site = self.site.clone();
        self.session.log(level, message.into(), Some(site));
    }

    /// The outside. What is read there must be noted in the read-set, hence use the methods here where they exist.
    pub fn world(&self) -> &'w dyn World {
        self.session.world
    }

    /// The node's facts. The whole hash counts as read.
    pub fn facts(&mut self) -> Arc<Hash> {
        self.session.all_facts()
    }

    /// The node's certname.
    pub fn certname(&self) -> &str {
        &self.session.node.certname
    }
}
