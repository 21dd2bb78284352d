//! Bounds of a compile. Code that is wrong or hostile must end with an error, not with the server.

use crate::error::{Control, Error};

/// Nesting of expressions and calls. The stack of a compile (see `compile`) holds this many in any build.
const DEPTH_MAX: u32 = 6_000;
/// Evaluated expressions: some minutes of work.
const STEPS_MAX: u64 = 2_000_000_000;
/// Resources in a catalog.
const RESOURCES_MAX: usize = 1_000_000;

/// What a compile has used up.
#[derive(Debug, Default)]
pub(crate) struct Limits {
    depth: u32,
    steps: u64,
}

impl Limits {
    /// Counts an expression, and one more level of nesting until [`Limits::leave`].
    pub(crate) fn enter(&mut self) -> Result<(), Control> {
        self.steps += 1;
        self.depth += 1;
        if self.depth > DEPTH_MAX {
            return Err(Error::new(format!(
                "stack level too deep (more than {DEPTH_MAX} nested expressions)"
            ))
            .into());
        }
        if self.steps > STEPS_MAX {
            return Err(Error::new(format!(
                "the compile takes too long (more than {STEPS_MAX} expressions)"
            ))
            .into());
        }
        Ok(())
    }

    pub(crate) fn leave(&mut self) {
        self.depth -= 1;
    }

    /// Checks the number of resources.
    pub(crate) fn resources(count: usize) -> Result<(), Control> {
        if count > RESOURCES_MAX {
            return Err(Error::new(format!(
                "the catalog is too large (more than {RESOURCES_MAX} resources)"
            ))
            .into());
        }
        Ok(())
    }
}
