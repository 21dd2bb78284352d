//! Lazy sequences: what `reverse_each`, `step` and `tree_each` give without a block.

use crate::Value;

/// A lazy sequence over a value. It holds no code of the language, only how to walk.
#[derive(Debug)]
pub struct Iterator {
    /// What is walked.
    pub source: Value,
    /// How.
    pub walk: Walk,
}

/// Ways to walk.
#[derive(Debug)]
pub enum Walk {
    /// From the last item to the first.
    Reverse,
    /// Every n-th item, starting with the first.
    Step(u64),
    /// Depth-first over nested collections, yielding `[path, value]`.
    Tree {
        containers_first: bool,
        include_containers: bool,
        include_values: bool,
        include_root: bool,
        include_refs: bool,
    },
}
