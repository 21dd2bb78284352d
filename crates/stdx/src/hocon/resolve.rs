//! From the tree with unresolved substitutions to plain values.
//!
//! A substitution sees the finished document, except where it stands inside the value it asks for: then it sees what
//! the key was before (HOCON, "Self-referential substitutions"). Each value being computed is a frame; a lookup that
//! meets a frame of its own path looks back instead of going round.

use super::node::{Node, Place, Substitution};
use super::{DEPTH_MAX, HoconError, Object, Options, Value, WORK_MAX};

/// Deepest chain of lookups and values.
const NESTING_MAX: usize = 3 * DEPTH_MAX;

pub(super) fn resolve(root: &Node, options: &Options<'_>) -> Result<Value, HoconError> {
    let mut resolver = Resolver { root, options, frames: Vec::new(), work: 0, nesting: 0, place: None };
    let value = resolver.at(&mut Vec::new(), root)?;
    Ok(value.unwrap_or_else(|| Value::Object(Object::new())))
}

struct Frame<'a> {
    path: Vec<String>,
    /// What the key was set to before the value being computed.
    earlier: &'a [Node],
}

struct Resolver<'a> {
    root: &'a Node,
    options: &'a Options<'a>,
    frames: Vec<Frame<'a>>,
    work: usize,
    nesting: usize,
    /// Of the last substitution or concatenation, for errors of limits.
    place: Option<&'a Place>,
}

impl<'a> Resolver<'a> {
    fn error(&self, message: impl Into<String>) -> HoconError {
        let position = self.place.map(Place::position).unwrap_or_default();
        HoconError { position, message: message.into() }
    }

    fn spend(&mut self, amount: usize) -> Result<(), HoconError> {
        self.work = self.work.saturating_add(amount.max(1));
        if self.work > WORK_MAX {
            return Err(self.error("the substitutions of this document produce too much"));
        }
        Ok(())
    }

    fn nested<T>(&mut self, run: impl FnOnce(&mut Self) -> Result<T, HoconError>) -> Result<T, HoconError> {
        if self.nesting >= NESTING_MAX {
            return Err(
                self.error("the substitutions of this document are nested too deeply, or in a circle")
            );
        }
        self.nesting += 1;
        let result = run(self);
        self.nesting -= 1;
        result
    }

    /// The value of a node at a path. Nothing for an optional substitution that finds nothing.
    fn at(&mut self, path: &mut Vec<String>, node: &'a Node) -> Result<Option<Value>, HoconError> {
        match node {
            // Frames are for what can refer back.
            Node::Stack(stack) => self.stack(path, stack),
            Node::Substitution(_) | Node::Concat(..) => self.stack(path, std::slice::from_ref(node)),
            node => self.nested(|resolver| resolver.node(path, node)),
        }
    }

    /// Values of one key over each other, the last one on top.
    fn stack(&mut self, path: &mut Vec<String>, nodes: &'a [Node]) -> Result<Option<Value>, HoconError> {
        let mut result: Option<Value> = None;
        for (index, node) in nodes.iter().enumerate() {
            let earlier = nodes.get(..index).unwrap_or_default();
            self.frames.push(Frame { path: path.clone(), earlier });
            let value = self.nested(|resolver| resolver.node(path, node));
            self.frames.pop();
            if let Some(value) = value? {
                result = Some(match (result, value) {
                    (Some(Value::Object(below)), Value::Object(above)) => Value::Object(merge(below, above)),
                    (_, value) => value,
                });
            }
        }
        Ok(result)
    }

    fn node(&mut self, path: &mut Vec<String>, node: &'a Node) -> Result<Option<Value>, HoconError> {
        self.spend(1)?;
        Ok(Some(match node {
            Node::Bare(text) => {
                self.spend(text.len())?;
                scalar(text)
            }
            Node::Text(text) | Node::Space(text) => {
                self.spend(text.len())?;
                Value::String(text.clone())
            }
            Node::Array(items) => {
                let mut values = Vec::with_capacity(items.len());
                for (index, item) in items.iter().enumerate() {
                    // No key leads into an array, so nothing can refer back to this path.
                    path.push(format!("\0{index}"));
                    let value = self.at(path, item);
                    path.pop();
                    values.extend(value?);
                }
                Value::Array(values)
            }
            Node::Object(entries) => {
                let mut object = Object::with_capacity(entries.len());
                for (key, entry) in entries {
                    self.spend(key.len())?;
                    path.push(key.clone());
                    let value = self.at(path, entry);
                    path.pop();
                    if let Some(value) = value? {
                        object.insert(key.clone(), value);
                    }
                }
                Value::Object(object)
            }
            Node::Substitution(substitution) => return self.substitution(substitution),
            Node::Concat(parts, place) => return self.concat(path, parts, place),
            Node::Stack(stack) => return self.stack(path, stack),
        }))
    }

    fn substitution(&mut self, substitution: &'a Substitution) -> Result<Option<Value>, HoconError> {
        self.place = Some(&substitution.place);
        if !substitution.base.is_empty() {
            let relative: Vec<String> = substitution.base.iter().chain(&substitution.path).cloned().collect();
            if let Some(value) = self.lookup(&relative)? {
                return Ok(Some(value));
            }
        }
        if let Some(value) = self.lookup(&substitution.path)? {
            return Ok(Some(value));
        }
        let name = substitution.path.join(".");
        if let Some(value) = self.options.environment.and_then(|environment| environment(&name)) {
            return Ok(Some(Value::String(value)));
        }
        if substitution.optional {
            return Ok(None);
        }
        self.place = Some(&substitution.place);
        Err(self.error(format!("'${{{name}}}' is not defined, or refers to itself")))
    }

    /// The value under a path of the document.
    fn lookup(&mut self, path: &[String]) -> Result<Option<Value>, HoconError> {
        if let Some(index) = self.frames.iter().rposition(|frame| frame.path == path) {
            let earlier = self.frames.get(index).map_or(&[][..], |frame| frame.earlier);
            return self.nested(|resolver| resolver.stack(&mut path.to_vec(), earlier));
        }
        let root = self.root;
        self.nested(|resolver| resolver.descend(root, path, 0))
    }

    /// The value under `path[done..]` of a node that stands at `path[..done]`.
    fn descend(&mut self, node: &'a Node, path: &[String], done: usize) -> Result<Option<Value>, HoconError> {
        self.spend(1)?;
        let rest = path.get(done..).unwrap_or_default();
        let Some(key) = rest.first() else {
            return self.at(&mut path.to_vec(), node);
        };
        match node {
            Node::Object(entries) => match entries.get(key) {
                Some(entry) => self.nested(|resolver| resolver.descend(entry, path, done + 1)),
                None => Ok(None),
            },
            Node::Substitution(substitution) => {
                let target: Vec<String> = substitution.path.iter().chain(rest).cloned().collect();
                self.place = Some(&substitution.place);
                self.lookup(&target)
            }
            Node::Stack(nodes) | Node::Concat(nodes, _) => {
                // From the top; objects below may add to an object found above.
                let mut result: Option<Value> = None;
                for node in nodes.iter().rev() {
                    if matches!(node, Node::Space(_)) {
                        continue;
                    }
                    let found = self.nested(|resolver| resolver.descend(node, path, done))?;
                    result = match (found, result) {
                        (Some(Value::Object(below)), Some(Value::Object(above))) => {
                            Some(Value::Object(merge(below, above)))
                        }
                        (found, above) => above.or(found),
                    };
                    let hides_the_rest = matches!(node, Node::Bare(_) | Node::Text(_) | Node::Array(_));
                    if hides_the_rest || result.as_ref().is_some_and(|value| value.as_object().is_none()) {
                        break;
                    }
                }
                Ok(result)
            }
            Node::Bare(_) | Node::Text(_) | Node::Space(_) | Node::Array(_) => Ok(None),
        }
    }

    fn concat(
        &mut self,
        path: &mut Vec<String>,
        parts: &'a [Node],
        place: &'a Place,
    ) -> Result<Option<Value>, HoconError> {
        // The values, and for unquoted text how it was written: `1.0` stays `1.0` inside text.
        let mut values: Vec<(Value, Option<&str>)> = Vec::with_capacity(parts.len());
        let mut anything = false;
        for part in parts {
            match part {
                Node::Space(text) => values.push((Value::String(text.clone()), Some(text))),
                Node::Bare(text) => {
                    anything = true;
                    values.push((scalar(text), Some(text)));
                }
                part => {
                    if let Some(value) = self.nested(|resolver| resolver.node(path, part))? {
                        anything = true;
                        values.push((value, None));
                    }
                }
            }
        }
        if !anything {
            return Ok(None);
        }
        let is_space = |value: &Value| value.as_str().is_some_and(|text| text.trim().is_empty());
        let mixture = |value: &Value, others: &str| {
            place.error(format!("cannot concatenate {} with {others}", value.kind()))
        };
        if values.iter().any(|(value, _)| matches!(value, Value::Object(_))) {
            let mut object = Object::new();
            for (value, _) in values {
                match value {
                    Value::Object(above) => object = merge(object, above),
                    space if is_space(&space) => {}
                    other => return Err(mixture(&other, "an object")),
                }
            }
            return Ok(Some(Value::Object(object)));
        }
        if values.iter().any(|(value, _)| matches!(value, Value::Array(_))) {
            let mut array = Vec::new();
            for (value, _) in values {
                match value {
                    Value::Array(items) => array.extend(items),
                    space if is_space(&space) => {}
                    other => return Err(mixture(&other, "an array")),
                }
            }
            return Ok(Some(Value::Array(array)));
        }
        // A lone value beside substitutions that found nothing keeps its type.
        let mut solid = values.iter().filter(|(value, _)| !is_space(value));
        if let (Some((value, _)), None, false) = (
            solid.next(),
            solid.next(),
            parts.iter().any(|part| matches!(part, Node::Text(_) | Node::Space(_))),
        ) {
            return Ok(Some(value.clone()));
        }
        let mut text = String::new();
        for (value, written) in &values {
            match (written, value) {
                (Some(written), _) => text.push_str(written),
                (None, Value::String(part)) => text.push_str(part),
                (None, Value::Bool(flag)) => text.push_str(if *flag { "true" } else { "false" }),
                (None, Value::Int(number)) => text.push_str(&number.to_string()),
                (None, Value::Float(number)) => text.push_str(&number.to_string()),
                (None, _) => text.push_str("null"),
            }
        }
        self.place = Some(place);
        self.spend(text.len())?;
        Ok(Some(Value::String(text)))
    }
}

/// What unquoted text means when it stands alone.
fn scalar(text: &str) -> Value {
    match text {
        "true" => return Value::Bool(true),
        "false" => return Value::Bool(false),
        "null" => return Value::Null,
        _ => {}
    }
    // No leading `+`, no `.5`, `inf` or `nan`.
    let digits = text.strip_prefix('-').unwrap_or(text);
    let number = digits.starts_with(|c: char| c.is_ascii_digit())
        && digits.ends_with(|c: char| c.is_ascii_digit())
        && digits.bytes().all(|byte| matches!(byte, b'0'..=b'9' | b'.' | b'e' | b'E' | b'+' | b'-'));
    if number {
        if let Ok(number) = text.parse::<i64>() {
            return Value::Int(number);
        }
        if let Ok(number) = text.parse::<f64>()
            && number.is_finite()
        {
            // Below 2^53 a whole number is exact, and the reference makes it an integer: `1e3`, `1.0`.
            let whole = number.fract() == 0.0 && number.abs() < 9_007_199_254_740_992.0;
            return if whole { Value::Int(number as i64) } else { Value::Float(number) };
        }
    }
    Value::String(text.to_owned())
}

fn merge(mut below: Object, above: Object) -> Object {
    for (key, value) in above {
        match (below.get_mut(&key), value) {
            (Some(Value::Object(old)), Value::Object(new)) => *old = merge(std::mem::take(old), new),
            (Some(old), value) => *old = value,
            (None, value) => {
                below.insert(key, value);
            }
        }
    }
    below
}
