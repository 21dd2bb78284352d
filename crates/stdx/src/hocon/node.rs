//! The tree with unresolved substitutions, and how values of the same key are laid over each other in it.

use std::sync::Arc;

use indexmap::IndexMap;
use indexmap::map::Entry;

use super::{HoconError, Position};

/// A value whose substitutions are not resolved yet.
#[derive(Clone, Debug)]
pub(super) enum Node {
    /// Unquoted text, which may turn out to be a number, `true`, `false` or `null` if it stands alone.
    Bare(String),
    /// Quoted text.
    Text(String),
    /// White space between two parts of a concatenation.
    Space(String),
    Array(Vec<Node>),
    Object(IndexMap<String, Node>),
    Substitution(Substitution),
    /// Parts that stand side by side, with where they begin.
    Concat(Vec<Node>, Place),
    /// All that one key was set to, earliest first, because a later value refers back or has to be merged.
    Stack(Vec<Node>),
}

/// A place in a text; its line and column are counted only when an error needs them.
#[derive(Clone, Debug)]
pub(super) struct Place {
    source: Arc<Source>,
    offset: usize,
}

/// A text with its name.
#[derive(Debug)]
pub(super) struct Source {
    pub(super) name: Arc<str>,
    pub(super) text: String,
}

impl Source {
    pub(super) fn new(name: &str, text: &str) -> Source {
        Source { name: name.into(), text: text.to_owned() }
    }
}

impl Place {
    /// Where the rest of the text begins.
    pub(super) fn new(source: &Arc<Source>, rest: &str) -> Place {
        Place { source: source.clone(), offset: source.text.len() - rest.len() }
    }

    pub(super) fn position(&self) -> Position {
        let read = self.source.text.get(..self.offset).unwrap_or_default();
        let line = read.rsplit('\n').next().unwrap_or_default();
        Position {
            name: self.source.name.clone(),
            line: read.bytes().filter(|byte| *byte == b'\n').count() as u32 + 1,
            column: line.chars().count() as u32 + 1,
        }
    }

    pub(super) fn error(&self, message: impl Into<String>) -> HoconError {
        HoconError { position: self.position(), message: message.into() }
    }
}

#[derive(Clone, Debug)]
pub(super) struct Substitution {
    pub(super) path: Vec<String>,
    pub(super) optional: bool,
    /// Keys under which the including file includes the file this stands in: looked up there first.
    pub(super) base: Arc<[String]>,
    pub(super) place: Place,
}

impl Node {
    /// True if resolving may give something else than the node itself says.
    fn is_unresolved(&self) -> bool {
        matches!(self, Node::Substitution(_) | Node::Concat(..) | Node::Stack(_))
    }
}

/// Sets dotted keys, merging with what is there.
pub(super) fn set(entries: &mut IndexMap<String, Node>, keys: &[String], value: Node) {
    let Some((key, rest)) = keys.split_first() else { return };
    let value = if rest.is_empty() {
        value
    } else {
        let mut inner = IndexMap::new();
        set(&mut inner, rest, value);
        Node::Object(inner)
    };
    match entries.entry(key.clone()) {
        Entry::Vacant(vacant) => {
            vacant.insert(value);
        }
        Entry::Occupied(mut occupied) => {
            let old = std::mem::replace(occupied.get_mut(), Node::Array(Vec::new()));
            occupied.insert(over(old, value));
        }
    }
}

/// A later value of the same key over an earlier one.
fn over(old: Node, new: Node) -> Node {
    match (old, new) {
        (Node::Object(mut old), Node::Object(new)) => {
            for (key, value) in new {
                match old.entry(key) {
                    Entry::Vacant(vacant) => {
                        vacant.insert(value);
                    }
                    Entry::Occupied(mut occupied) => {
                        let inner = std::mem::replace(occupied.get_mut(), Node::Array(Vec::new()));
                        occupied.insert(over(inner, value));
                    }
                }
            }
            Node::Object(old)
        }
        (old, new) if new.is_unresolved() || (old.is_unresolved() && matches!(new, Node::Object(_))) => {
            let mut stack = match old {
                Node::Stack(stack) => stack,
                old => vec![old],
            };
            match new {
                Node::Stack(new) => stack.extend(new),
                new => stack.push(new),
            }
            Node::Stack(stack)
        }
        (_, new) => new,
    }
}
