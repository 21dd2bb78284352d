//! Puts values together from the events of the parser.

use std::collections::HashMap;

use libyaml_safer::{Event, EventData, Mark};

use super::{DEPTH_MAX, NODES_MAX, YamlError, YamlErrorKind, scalar, tag};
use crate::{Hash, Value};

pub(super) struct Builder<'s> {
    source: &'s str,
    open: Vec<Frame>,
    /// Anchored nodes, with the count of nodes they stand for; `None` until they are finished.
    anchors: HashMap<String, Option<(Value, usize)>>,
    /// Nodes so far, aliases counted with all they stand for.
    nodes: usize,
}

/// A collection that is being read.
struct Frame {
    content: Content,
    anchor: Option<String>,
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

/// What an event led to.
pub(super) enum Step {
    /// The document goes on.
    More,
    /// The document is complete.
    Done(Value),
}

/// What kind of node a value came from, which a merge asks.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Kind {
    Scalar { is_tagged_string: bool },
    Sequence,
    Mapping,
    Alias,
}

impl<'s> Builder<'s> {
    pub(super) fn new(source: &'s str) -> Builder<'s> {
        Builder { source, open: Vec::new(), anchors: HashMap::new(), nodes: 0 }
    }

    /// Takes the next event.
    pub(super) fn event(&mut self, event: Event) -> Result<Step, YamlError> {
        let at = event.start_mark;
        match event.data {
            EventData::Scalar { anchor, tag, value: text, quoted_implicit, .. } => {
                let value = match tag.as_deref() {
                    _ if quoted_implicit => Ok(Value::str(&*text)),
                    None => scalar::resolve(&text),
                    Some(tag) => tag::scalar(tag, &text),
                };
                let value = value.map_err(|failure| self.refuse(failure, at))?;
                self.count(1, at)?;
                self.keep(anchor, &value, 1);
                let is_tagged_string = tag.as_deref() == Some("tag:yaml.org,2002:str");
                Ok(self.add(value, Kind::Scalar { is_tagged_string }))
            }
            EventData::Alias { anchor } => {
                let (value, count) = match self.anchors.get(&anchor) {
                    Some(Some(known)) => known.clone(),
                    Some(None) => {
                        let message = "an alias inside of what it stands for is not supported".to_owned();
                        return Err(self.fail(YamlErrorKind::Syntax, message, at));
                    }
                    None => {
                        return Err(self.fail(YamlErrorKind::Value, format!("Unknown alias: {anchor}"), at));
                    }
                };
                self.count(count, at)?;
                Ok(self.add(value, Kind::Alias))
            }
            EventData::SequenceStart { anchor, tag, .. } => {
                let is_ordered_map = tag.as_deref().map_or(Ok(false), tag::sequence);
                let content = match is_ordered_map.map_err(|failure| self.refuse(failure, at))? {
                    true => Content::OrderedMap(Vec::new()),
                    false => Content::Sequence(Vec::new()),
                };
                self.begin(content, anchor, at)
            }
            EventData::MappingStart { anchor, tag, .. } => {
                tag.as_deref().map_or(Ok(()), tag::mapping).map_err(|failure| self.refuse(failure, at))?;
                self.begin(Content::Mapping { hash: Hash::new(), key: None }, anchor, at)
            }
            EventData::SequenceEnd | EventData::MappingEnd => Ok(self.end()),
            // No document at all.
            EventData::StreamEnd => Ok(Step::Done(Value::Undef)),
            EventData::StreamStart { .. }
            | EventData::DocumentStart { .. }
            | EventData::DocumentEnd { .. } => Ok(Step::More),
        }
    }

    fn begin(&mut self, content: Content, anchor: Option<String>, at: Mark) -> Result<Step, YamlError> {
        if self.open.len() >= DEPTH_MAX {
            let message = format!("nesting of more than {DEPTH_MAX} levels");
            return Err(self.fail(YamlErrorKind::Syntax, message, at));
        }
        let nodes_before = self.nodes;
        self.count(1, at)?;
        if let Some(anchor) = &anchor {
            self.anchors.insert(anchor.clone(), None);
        }
        self.open.push(Frame { content, anchor, nodes_before });
        Ok(Step::More)
    }

    fn end(&mut self) -> Step {
        let Some(frame) = self.open.pop() else { return Step::More };
        let (value, kind) = match frame.content {
            Content::Sequence(items) => (Value::array(items), Kind::Sequence),
            Content::OrderedMap(items) => (Value::hash(pairs(&items)), Kind::Sequence),
            Content::Mapping { hash, .. } => (Value::hash(hash), Kind::Mapping),
        };
        self.keep(frame.anchor, &value, self.nodes - frame.nodes_before);
        self.add(value, kind)
    }

    /// Puts a finished node where it belongs.
    fn add(&mut self, value: Value, kind: Kind) -> Step {
        let Some(frame) = self.open.last_mut() else { return Step::Done(value) };
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
        Step::More
    }

    fn keep(&mut self, anchor: Option<String>, value: &Value, count: usize) {
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

    fn refuse(&self, failure: scalar::Failure, at: Mark) -> YamlError {
        self.fail(failure.kind, failure.message, at)
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
