//! Bounds of a compile. Code that is wrong or hostile must end with an error, not with the server.

use std::time::{Duration, Instant};

use pcore::{Extent, Value};

use crate::error::{Control, Error};
use crate::stack;

/// Nesting of expressions and calls. The stack of a compile (see `stack`) holds this many in any build.
const DEPTH_MAX: u32 = 6_000;
/// Nesting from which on much of a stack has been used.
const DEPTH_WORN: u32 = 600;
/// From this size on the memory of a text is counted.
pub(crate) const LARGE_BYTES: usize = 4096;
/// How many expressions are evaluated between two looks at the clock.
const STEPS_BETWEEN: u64 = 4_096;
/// A look at the memory of the process is worth its cost after so many expressions,
const STEPS_BETWEEN_SIZES: u64 = 131_072;
/// or after so many bytes of values.
const BYTES_BETWEEN_SIZES: u64 = 16 * 1024 * 1024;

/// After walks over so many bytes of values a look at the clock is due.
const BYTES_BETWEEN_LOOKS: u64 = 4 * 1024 * 1024;
/// Nesting of a value. Walks over values are recursions, and the stack of a compile holds this many levels of any of them.
const NESTING_MAX: u32 = 6_000;
/// Nesting of a type, which is walked each time that it is asked for its extent.
const TYPE_NESTING_MAX: u32 = 500;
/// Nesting of a parameter in a catalog, which is walked on other threads, too.
const CATALOG_NESTING_MAX: u32 = 1_000;
/// A value, and all parameters of a catalog, may be so large in parts of the memory that a compile may use.
const MEMORY_SHARE: u64 = 2;
/// A compile that has made so large a part of the memory that it may use answers for the growth of the process, of which others may
/// have their part; one that has made less does so from twice the memory on, since not all that it holds is counted.
const OWN_SHARE: u64 = 4;
/// What an expression and a resource leave behind besides values, in bytes.
const STEP_BYTES: u64 = 64;
const RESOURCE_BYTES: u64 = 1024;
/// What a tag of a resource takes at most, in bytes: a number in a list and in its index.
const TAG_BYTES: u64 = 16;

/// How much a compile may use up.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Bounds {
    /// Evaluated expressions.
    pub steps: u64,
    /// Time, once it runs.
    pub time: Duration,
    /// Bytes by which the process may grow while it runs. A compile is held to it that has itself made values of a quarter of that, and
    /// any other one to the double. A value may come to half of it when what it shares is counted each time, and so may the parameters
    /// of a catalog.
    pub memory: u64,
    /// Resources in the catalog, virtual ones included.
    pub resources: usize,
}

impl Default for Bounds {
    fn default() -> Bounds {
        Bounds {
            steps: 2_000_000_000,
            time: Duration::from_secs(300),
            memory: 2 * 1024 * 1024 * 1024,
            resources: 1_000_000,
        }
    }
}

/// What a compile has used up.
#[derive(Debug)]
pub(crate) struct Limits {
    bounds: Bounds,
    started: Instant,
    depth: u32,
    /// The nesting that calls for attention next.
    depth_alarm: u32,
    steps: u64,
    /// The step at which to look at the clock next.
    next_look: u64,
    /// The step and the bytes at which the size of the process was looked at last.
    sized_at: u64,
    bytes: u64,
    /// Bytes of all values that this compile has made, whether it still has them or not.
    made: u64,
    /// Bytes walked over since the last look at the clock.
    walked: u64,
    /// Bytes of the parameters that are in the catalog.
    catalog_bytes: u64,
    /// The size of the process when it was first looked at.
    size_before: Option<u64>,
}

impl Limits {
    pub(crate) fn new(bounds: Bounds) -> Limits {
        Limits {
            bounds,
            started: Instant::now(),
            depth: 0,
            depth_alarm: DEPTH_WORN,
            steps: 0,
            next_look: STEPS_BETWEEN,
            sized_at: 0,
            bytes: 0,
            made: 0,
            walked: 0,
            catalog_bytes: 0,
            size_before: None,
        }
    }

    /// Counts an expression, and one more level of nesting until [`Limits::leave`].
    #[inline]
    pub(crate) fn enter(&mut self) -> Result<(), Control> {
        self.steps += 1;
        self.depth += 1;
        if self.depth > self.depth_alarm {
            self.deep()?;
        }
        if self.steps > self.next_look {
            self.look()?;
        }
        Ok(())
    }

    /// Counts a step without nesting: what takes an item of something long.
    #[inline]
    pub(crate) fn step(&mut self) -> Result<(), Control> {
        self.steps += 1;
        self.made(size_of::<Value>());
        if self.steps > self.next_look { self.look() } else { Ok(()) }
    }

    #[inline]
    pub(crate) fn leave(&mut self) {
        self.depth -= 1;
    }

    /// Counts the bytes of a large value.
    #[inline]
    pub(crate) fn made(&mut self, bytes: usize) {
        self.bytes += bytes as u64;
        self.made = self.made.saturating_add(bytes as u64);
        if self.bytes > BYTES_BETWEEN_SIZES {
            self.next_look = 0;
        }
    }

    /// Counts what a template has done: steps, and bytes that it makes.
    pub(crate) fn spend(&mut self, steps: u64, bytes: u64) -> Result<(), Control> {
        self.length(bytes)?;
        self.steps = self.steps.saturating_add(steps);
        self.made(usize::try_from(bytes).unwrap_or(usize::MAX));
        if self.steps > self.next_look { self.look() } else { Ok(()) }
    }

    /// Counts a walk over a value, such as a function takes.
    #[inline]
    pub(crate) fn walks(&mut self, value: &Value) -> Result<(), Control> {
        let bytes = match value {
            Value::Str(text) => text.len() as u64,
            Value::Array(_) | Value::Hash(_) => Extent::of(value).bytes,
            _ => return Ok(()),
        };
        self.walked = self.walked.saturating_add(bytes);
        if self.walked > BYTES_BETWEEN_LOOKS { self.look() } else { Ok(()) }
    }

    /// Checks a value that has been made.
    #[inline]
    pub(crate) fn value(&mut self, value: &Value) -> Result<(), Control> {
        match value {
            Value::Undef | Value::Bool(_) | Value::Int(_) | Value::Float(_) => Ok(()),
            Value::Str(text) if text.len() <= LARGE_BYTES => {
                self.made = self.made.saturating_add(text.len() as u64);
                Ok(())
            }
            value => self.extent(value),
        }
    }

    fn extent(&mut self, value: &Value) -> Result<(), Control> {
        let Extent { depth, bytes, .. } = Extent::of(value);
        if let Value::Str(_) = value {
            self.made(bytes as usize);
        } else {
            self.made = self.made.saturating_add(bytes);
        }
        if depth > DEPTH_WORN {
            stack::wear();
        }
        let (kind, most) = match value {
            Value::Type(_) => ("type", TYPE_NESTING_MAX),
            _ => ("value", NESTING_MAX),
        };
        if depth > most {
            return Err(
                Error::new(format!("stack level too deep (a {kind} with more than {most} levels)")).into()
            );
        }
        self.length(bytes)
    }

    /// Checks the size of a value before it is made.
    pub(crate) fn length(&self, bytes: u64) -> Result<(), Control> {
        let most = self.bounds.memory / MEMORY_SHARE;
        if bytes > most {
            let text = format!(
                "a value is too large (more than {}; the setting compile.max-memory)",
                shown_bytes(most)
            );
            return Err(Error::new(text).into());
        }
        Ok(())
    }

    /// Checks a parameter that goes into the catalog.
    pub(crate) fn parameter(&mut self, value: &Value) -> Result<(), String> {
        let Extent { depth, bytes, .. } = Extent::of(value);
        if depth > CATALOG_NESTING_MAX {
            return Err(format!("is nested too deeply (more than {CATALOG_NESTING_MAX} levels)"));
        }
        self.catalog_bytes = self.catalog_bytes.saturating_add(bytes);
        let most = self.bounds.memory / MEMORY_SHARE;
        if self.catalog_bytes > most {
            return Err(format!(
                "makes the catalog too large (more than {}; the setting compile.max-memory)",
                shown_bytes(most)
            ));
        }
        Ok(())
    }

    /// Counts tags that a resource gets from its container: many on one are many on each that it holds.
    pub(crate) fn tags(&mut self, count: usize) -> Result<(), Control> {
        let bytes = count as u64 * TAG_BYTES;
        self.made = self.made.saturating_add(bytes);
        self.catalog_bytes = self.catalog_bytes.saturating_add(bytes);
        let most = self.bounds.memory / MEMORY_SHARE;
        if self.catalog_bytes > most {
            let text = format!(
                "tags make the catalog too large (more than {}; the setting compile.max-memory)",
                shown_bytes(most)
            );
            return Err(Error::new(text).into());
        }
        Ok(())
    }

    #[cold]
    fn deep(&mut self) -> Result<(), Control> {
        stack::wear();
        self.depth_alarm = DEPTH_MAX;
        if self.depth > DEPTH_MAX {
            let text = format!("stack level too deep (more than {DEPTH_MAX} nested expressions)");
            return Err(Error::new(text).into());
        }
        Ok(())
    }

    #[cold]
    fn look(&mut self) -> Result<(), Control> {
        self.next_look = self.steps + STEPS_BETWEEN;
        self.walked = 0;
        let Bounds { steps, time, memory, .. } = self.bounds;
        if self.steps > steps {
            let text = format!(
                "the compile takes too long (more than {steps} expressions; the setting compile.max-steps)"
            );
            return Err(Error::new(text).into());
        }
        if self.started.elapsed() > time {
            let text = format!(
                "the compile takes too long (more than {} seconds; the setting compile.timeout)",
                time.as_secs()
            );
            return Err(Error::new(text).into());
        }
        if self.steps - self.sized_at < STEPS_BETWEEN_SIZES && self.bytes < BYTES_BETWEEN_SIZES {
            return Ok(());
        }
        self.sized_at = self.steps;
        self.bytes = 0;
        let Some(size) = process_bytes() else { return Ok(()) };
        let before = *self.size_before.get_or_insert(size);
        if self.is_too_much(size.saturating_sub(before)) {
            let text = format!(
                "the compile needs too much memory (more than {}; the setting compile.max-memory)",
                shown_bytes(memory)
            );
            return Err(Error::new(text).into());
        }
        Ok(())
    }

    /// Whether this compile is to end because the process has grown by so many bytes.
    fn is_too_much(&self, grown: u64) -> bool {
        let memory = self.bounds.memory;
        let own = self.made.saturating_add(self.steps.saturating_mul(STEP_BYTES));
        grown > memory && (own > memory / OWN_SHARE || grown > memory.saturating_mul(2))
    }

    /// Checks the number of resources.
    pub(crate) fn resources(&mut self, count: usize) -> Result<(), Control> {
        self.made = self.made.saturating_add(RESOURCE_BYTES);
        let most = self.bounds.resources;
        if count > most {
            let text = format!(
                "the catalog is too large (more than {most} resources; the setting compile.max-resources)"
            );
            return Err(Error::new(text).into());
        }
        Ok(())
    }
}

fn shown_bytes(bytes: u64) -> String {
    format!("{} MB", bytes / (1024 * 1024))
}

/// The memory of this process that is really there; `None` where the system does not say.
fn process_bytes() -> Option<u64> {
    const PAGE_BYTES: u64 = 4096;
    let text = std::fs::read_to_string("/proc/self/statm").ok()?;
    let pages: u64 = text.split(' ').nth(1)?.parse().ok()?;
    Some(pages * PAGE_BYTES)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_compile_answers_for_what_it_makes() {
        const MEMORY: u64 = 64 * 1024 * 1024;
        let mut limits = Limits::new(Bounds { memory: MEMORY, ..Bounds::default() });
        assert!(!limits.is_too_much(MEMORY + 1), "others have grown");
        assert!(limits.is_too_much(2 * MEMORY + 1));
        let text = Value::from("x".repeat(LARGE_BYTES));
        for _ in 0..=MEMORY / OWN_SHARE / LARGE_BYTES as u64 {
            assert!(!limits.is_too_much(MEMORY + 1));
            limits.value(&text).unwrap();
        }
        assert!(limits.is_too_much(MEMORY + 1) && !limits.is_too_much(MEMORY));
    }
}
