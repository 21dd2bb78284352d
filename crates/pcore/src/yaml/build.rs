//! Puts values together from the nodes that the parser finds.

use std::borrow::Cow;
use std::collections::HashMap;

use super::cursor::Mark;
use super::scalar::Failure;

use super::{DEPTH_MAX, NODES_MAX, YamlError, YamlErrorKind, scalar, tag};
use crate::{Hash, Value};

/// What stands in front of a node, and where it begins.
pub(super) struct Node<'t> {
    pub(super) anchor: Option<&'t str>,
    /// The whole tag.
    pub(super) tag: Option<String>,
    pub(super) mark: Mark,
}

pub(super) struct Builder<'t> {
    source: &'t str,
    /// Whether aliases are taken.
    allows_aliases: bool,
    /// The finished document.
    root: Value,
    /// The first node that is refused. Reading goes on, since an error of syntax further on comes first.
    refused: Option<YamlError>,
    open: Vec<Frame<'t>>,
    /// Anchored nodes, with the count of nodes they stand for; `None` until they are finished.
    anchors: HashMap<&'t str, Option<(Value, usize)>>,
    /// Nodes so far, aliases counted with all they stand for.
    nodes: usize,
}

/// A collection that is being read.
struct Frame<'t> {
    content: Content,
    anchor: Option<&'t str>,
    /// [`Builder::nodes`] when it began.
    nodes_before: usize,
}

enum Content {
    Sequence(Vec<Value>),
    /// A sequence of pairs that makes a hash: `!!omap`.
    OrderedMap(Vec<Value>),
    Mapping {
        hash: Hash,
        key: Option<Key>,
    },
}

struct Key {
    value: Value,
    /// Whether a `<<` here may merge: not when it is tagged as a string.
    may_merge: bool,
}

/// What kind of node a value came from, which a merge asks.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Kind {
    Scalar { is_tagged_string: bool },
    Sequence,
    Mapping,
    Alias,
}

impl<'t> Builder<'t> {
    pub(super) fn new(source: &'t str, allows_aliases: bool) -> Builder<'t> {
        Builder {
            source,
            allows_aliases,
            root: Value::Undef,
            refused: None,
            open: Vec::new(),
            anchors: HashMap::new(),
            nodes: 0,
        }
    }

    /// The document, or why it is refused.
    pub(super) fn finish(self) -> Result<Value, YamlError> {
        self.refused.map_or(Ok(self.root), Err)
    }

    pub(super) fn scalar(
        &mut self,
        node: Node<'t>,
        text: Cow<'_, str>,
        is_plain: bool,
    ) -> Result<(), YamlError> {
        let value = match node.tag.as_deref() {
            None if !is_plain => Ok(Value::str(&*text)),
            // The tag `!` says that the scalar is to be resolved, quoted or not.
            None | Some("!") => scalar::resolve(&text),
            Some(tag) => tag::scalar(tag, &text),
        };
        let value = value.unwrap_or_else(|failure| self.refuse(failure, node.mark));
        self.count(1, node.mark)?;
        self.keep(node.anchor, &value, 1);
        let is_tagged_string = node.tag.as_deref() == Some("tag:yaml.org,2002:str");
        self.add(value, Kind::Scalar { is_tagged_string });
        Ok(())
    }

    pub(super) fn alias(&mut self, name: &str, mark: Mark) -> Result<(), YamlError> {
        let known = if self.allows_aliases { self.anchors.get(name) } else { None };
        let (value, count) = match known {
            Some(Some(known)) => known.clone(),
            Some(None) => (self.refuse(Failure::inside_itself(), mark), 1),
            None => (self.refuse(Failure::value(format!("Unknown alias: {name}")), mark), 1),
        };
        self.count(count, mark)?;
        self.add(value, Kind::Alias);
        Ok(())
    }

    pub(super) fn begin_sequence(&mut self, node: Node<'t>) -> Result<(), YamlError> {
        let is_ordered_map = node.tag.as_deref().map_or(Ok(false), tag::sequence);
        let content = match is_ordered_map {
            Ok(true) => Content::OrderedMap(Vec::new()),
            Ok(false) => Content::Sequence(Vec::new()),
            Err(failure) => {
                self.refuse(failure, node.mark);
                Content::Sequence(Vec::new())
            }
        };
        self.begin(content, node)
    }

    pub(super) fn begin_mapping(&mut self, node: Node<'t>) -> Result<(), YamlError> {
        if let Err(failure) = node.tag.as_deref().map_or(Ok(()), tag::mapping) {
            self.refuse(failure, node.mark);
        }
        self.begin(Content::Mapping { hash: Hash::new(), key: None }, node)
    }

    fn begin(&mut self, content: Content, node: Node<'t>) -> Result<(), YamlError> {
        if self.open.len() >= DEPTH_MAX {
            let message = format!("nesting of more than {DEPTH_MAX} levels");
            return Err(self.fail(YamlErrorKind::Syntax, message, node.mark));
        }
        let nodes_before = self.nodes;
        self.count(1, node.mark)?;
        if let Some(anchor) = node.anchor {
            self.anchors.insert(anchor, None);
        }
        self.open.push(Frame { content, anchor: node.anchor, nodes_before });
        Ok(())
    }

    /// The end of the innermost collection.
    pub(super) fn end(&mut self) {
        let Some(frame) = self.open.pop() else { return };
        let (value, kind) = match frame.content {
            Content::Sequence(items) => (Value::array(items), Kind::Sequence),
            Content::OrderedMap(items) => (Value::hash(pairs(&items)), Kind::Sequence),
            Content::Mapping { hash, .. } => (Value::hash(hash), Kind::Mapping),
        };
        self.keep(frame.anchor, &value, self.nodes - frame.nodes_before);
        self.add(value, kind);
    }

    /// Puts a finished node where it belongs.
    fn add(&mut self, value: Value, kind: Kind) {
        let Some(frame) = self.open.last_mut() else {
            self.root = value;
            return;
        };
        match &mut frame.content {
            Content::Sequence(items) | Content::OrderedMap(items) => items.push(value),
            Content::Mapping { hash, key } => match key.take() {
                None => {
                    let may_merge = kind != Kind::Scalar { is_tagged_string: true };
                    *key = Some(Key { value, may_merge });
                }
                Some(key) if key.may_merge && key.value.as_str() == Some("<<") => {
                    merge(hash, key.value, value, kind)
                }
                Some(key) => {
                    hash.insert(key.value, value);
                }
            },
        }
    }

    fn keep(&mut self, anchor: Option<&'t str>, value: &Value, count: usize) {
        if let Some(anchor) = anchor {
            self.anchors.insert(anchor, Some((value.clone(), count)));
        }
    }

    fn count(&mut self, count: usize, at: Mark) -> Result<(), YamlError> {
        self.nodes = self.nodes.saturating_add(count);
        if self.nodes > NODES_MAX {
            let message =
                format!("the document has more than {NODES_MAX} nodes with its aliases written out");
            return Err(self.fail(YamlErrorKind::Syntax, message, at));
        }
        Ok(())
    }

    /// Remembers that the document is refused; undef stands in the place of the node.
    fn refuse(&mut self, failure: Failure, at: Mark) -> Value {
        if self.refused.is_none() {
            self.refused = Some(self.fail(failure.kind, failure.message, at));
        }
        Value::Undef
    }

    fn fail(&self, kind: YamlErrorKind, message: String, at: Mark) -> YamlError {
        let (line, column) = super::place(at);
        YamlError { source: self.source.to_owned(), message, line, column, kind }
    }
}

/// `<<: value`: the entries of a mapping, or of several with the first winning, replace those that stand before.
/// Anything else is an ordinary entry.
fn merge(hash: &mut Hash, key: Value, value: Value, kind: Kind) {
    match (&value, kind) {
        (Value::Hash(other), Kind::Mapping | Kind::Alias) => {
            hash.extend(other.iter().map(|(key, value)| (key.clone(), value.clone())));
        }
        (Value::Array(items), Kind::Sequence) if items.iter().all(|item| matches!(item, Value::Hash(_))) => {
            let mut merged = Hash::new();
            for other in items.iter().rev().filter_map(Value::as_hash) {
                merged.extend(other.iter().map(|(key, value)| (key.clone(), value.clone())));
            }
            hash.extend(merged);
        }
        _ => {
            hash.insert(key, value);
        }
    }
}

/// The first key and value of each item.
fn pairs(items: &[Value]) -> Hash {
    items
        .iter()
        .filter_map(|item| item.as_hash()?.get_index(0))
        .map(|(key, value)| (key.clone(), value.clone()))
        .collect()
}
