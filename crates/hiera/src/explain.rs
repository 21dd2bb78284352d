//! The record of a lookup, for people: which layers, entries and files were asked, what they said.
//!
//! Recording is a mode of a [`Session`](crate::Session): an ordinary lookup pays one test of a flag for each step.
//! The text and the data form are those of `puppet lookup --explain`.

use pcore::{Hash, Str, Value};

use crate::ruby::inspect;

/// A finished record.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Explanation {
    branches: Vec<Node>,
    texts: Vec<String>,
}

/// A recorder: the finished branches and the open nodes, the innermost last.
#[derive(Debug, Default)]
pub(crate) struct Explainer {
    done: Explanation,
    open: Vec<Node>,
    /// Only how `lookup_options` come about is wanted.
    pub(crate) only_options: bool,
}

/// A step of a lookup.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Node {
    kind: Kind,
    key: Option<Str>,
    value: Option<Value>,
    event: Option<Event>,
    texts: Vec<String>,
    branches: Vec<Node>,
}

/// What a step is.
#[derive(Clone, Debug, PartialEq)]
pub(crate) enum Kind {
    /// The search for a key (`data`) or for `lookup_options` (`meta`).
    Top { meta: bool },
    /// A key that cannot be looked up.
    InvalidKey,
    /// The options of the merge come from there.
    MergeSource(&'static str),
    /// A module without data.
    Module(Str),
    /// The text whose `%{...}` are resolved.
    Interpolate(Str),
    /// A merge of several places.
    Merge { strategy: &'static str, options: Option<Value> },
    /// A layer or an entry of a hierarchy.
    Provider { name: String, configuration: Option<String>, module: Option<Str> },
    /// A file or URI.
    Location { uri: bool, original: Str, resolved: Str },
    /// Digging for sub-keys.
    SubKey(String),
    /// One step of the digging.
    Segment,
    /// A named section.
    Scope(String),
}

#[derive(Clone, Copy, Debug, PartialEq)]
enum Event {
    Found,
    FoundInOverrides,
    FoundInDefaults,
    NotFound,
    LocationNotFound,
    ModuleNotFound,
    ModuleProviderNotFound,
    Result,
}

impl Node {
    fn new(kind: Kind) -> Node {
        Node { kind, key: None, value: None, event: None, texts: Vec::new(), branches: Vec::new() }
    }
}

impl Explainer {
    pub(crate) fn new(only_options: bool) -> Explainer {
        Explainer { only_options, ..Explainer::default() }
    }

    pub(crate) fn finish(mut self) -> Explanation {
        while !self.open.is_empty() {
            self.pop();
        }
        self.done
    }

    pub(crate) fn push(&mut self, kind: Kind) {
        self.open.push(Node::new(kind));
    }

    pub(crate) fn push_key(&mut self, kind: Kind, key: &str) {
        self.open.push(Node { key: Some(key.into()), ..Node::new(kind) });
    }

    pub(crate) fn pop(&mut self) {
        if let Some(node) = self.open.pop() {
            self.branches().push(node);
        }
    }

    fn branches(&mut self) -> &mut Vec<Node> {
        match self.open.last_mut() {
            Some(parent) => &mut parent.branches,
            None => &mut self.done.branches,
        }
    }

    fn event(&mut self, event: Event, key: Option<&str>, value: Option<Value>) {
        if let Some(node) = self.open.last_mut() {
            node.event = Some(event);
            if let Some(key) = key {
                node.key = Some(key.into());
            }
            if value.is_some() {
                node.value = value;
            }
        }
    }

    pub(crate) fn found(&mut self, key: &str, value: &Value) {
        self.event(Event::Found, Some(key), Some(value.clone()));
    }

    pub(crate) fn found_in_overrides(&mut self, key: &str, value: &Value) {
        self.event(Event::FoundInOverrides, Some(key), Some(value.clone()));
    }

    pub(crate) fn found_in_defaults(&mut self, key: &str, value: &Value) {
        self.event(Event::FoundInDefaults, Some(key), Some(value.clone()));
    }

    pub(crate) fn not_found(&mut self, key: &str) {
        self.event(Event::NotFound, Some(key), None);
    }

    pub(crate) fn location_not_found(&mut self) {
        self.event(Event::LocationNotFound, None, None);
    }

    pub(crate) fn module_not_found(&mut self, module: &str) {
        self.leaf(Node { event: Some(Event::ModuleNotFound), ..Node::new(Kind::Module(module.into())) });
    }

    pub(crate) fn module_provider_not_found(&mut self, module: &str) {
        self.leaf(Node {
            event: Some(Event::ModuleProviderNotFound),
            ..Node::new(Kind::Module(module.into()))
        });
    }

    pub(crate) fn merge_source(&mut self, source: &'static str) {
        self.leaf(Node::new(Kind::MergeSource(source)));
    }

    fn leaf(&mut self, node: Node) {
        self.branches().push(node);
    }

    pub(crate) fn result(&mut self, value: &Value) {
        self.event(Event::Result, None, Some(value.clone()));
    }

    pub(crate) fn text(&mut self, text: String) {
        match self.open.last_mut() {
            Some(node) => node.texts.push(text),
            None => self.done.texts.push(text),
        }
    }
}

impl Explanation {
    /// The indented text.
    pub fn text(&self) -> String {
        let mut out = String::new();
        for branch in &self.branches {
            branch.dump(&mut out, 0);
        }
        dump_texts(&mut out, 0, &self.texts);
        out
    }

    /// The tree as data, for JSON and YAML. Keys are as in Puppet (`branches`, `type`, `event`, ...).
    pub fn to_value(&self) -> Value {
        match self.branches.as_slice() {
            [only] => only.to_value(),
            [] => Value::hash(Hash::new()),
            many => {
                let mut hash = Hash::new();
                hash.insert("branches", many.iter().map(Node::to_value).collect::<Vec<_>>());
                Value::hash(hash)
            }
        }
    }
}

fn indent(out: &mut String, depth: usize) {
    out.extend(std::iter::repeat_n("  ", depth));
}

fn line(out: &mut String, depth: usize, parts: &[&str]) {
    indent(out, depth);
    out.extend(parts.iter().copied());
    out.push('\n');
}

fn dump_texts(out: &mut String, depth: usize, texts: &[String]) {
    for text in texts {
        line(out, depth, &[text]);
    }
}

/// A value over several lines, as Ruby shows it.
fn dump_value(out: &mut String, depth: usize, value: &Value) {
    match value {
        Value::Hash(hash) => {
            out.push('{');
            for (index, (key, value)) in hash.iter().enumerate() {
                out.push_str(if index == 0 { "\n" } else { ",\n" });
                indent(out, depth + 1);
                dump_value(out, depth + 1, key);
                out.push_str(" => ");
                dump_value(out, depth + 1, value);
            }
            close(out, depth, hash.is_empty(), '}');
        }
        Value::Array(items) => {
            out.push('[');
            for (index, item) in items.iter().enumerate() {
                out.push_str(if index == 0 { "\n" } else { ",\n" });
                indent(out, depth + 1);
                dump_value(out, depth + 1, item);
            }
            close(out, depth, items.is_empty(), ']');
        }
        scalar => inspect(out, scalar),
    }
}

fn close(out: &mut String, depth: usize, empty: bool, bracket: char) {
    if !empty {
        out.push('\n');
        indent(out, depth);
    }
    out.push(bracket);
}

impl Node {
    fn key(&self) -> &str {
        self.key.as_deref().unwrap_or_default()
    }

    fn dump(&self, out: &mut String, depth: usize) {
        match &self.kind {
            Kind::Top { .. } => {
                line(out, depth, &["Searching for \"", self.key(), "\""]);
                self.dump_branches(out, depth + 1);
            }
            Kind::InvalidKey => line(out, depth, &["Invalid key \"", self.key(), "\""]),
            Kind::MergeSource(source) => {
                line(out, depth, &["Using merge options from \"", source, "\" hash"])
            }
            Kind::Module(module) => match self.event {
                Some(Event::ModuleNotFound) => line(out, depth, &["Module \"", module, "\" not found"]),
                _ => line(out, depth, &["Module data provider for module \"", module, "\" not found"]),
            },
            Kind::Interpolate(text) => {
                line(out, depth, &["Interpolation on \"", text, "\""]);
                self.dump_branches(out, depth + 1);
            }
            Kind::Merge { strategy, options } => self.dump_merge(out, depth, strategy, options.as_ref()),
            Kind::Provider { name, configuration, .. } => {
                line(out, depth, &[name]);
                if let Some(path) = configuration {
                    line(out, depth + 1, &["Using configuration \"", path, "\""]);
                }
                self.dump_branches(out, depth + 1);
                self.dump_outcome(out, depth + 1);
            }
            Kind::Location { uri, original, resolved } => {
                let (name, lower) = if *uri { ("URI", "uri") } else { ("Path", "path") };
                line(out, depth, &[name, " \"", resolved, "\""]);
                line(out, depth + 1, &["Original ", lower, ": \"", original, "\""]);
                self.dump_branches(out, depth + 1);
                if self.event == Some(Event::LocationNotFound) {
                    line(out, depth + 1, &[name, " not found"]);
                }
                self.dump_outcome(out, depth + 1);
            }
            Kind::SubKey(segments) => {
                line(out, depth, &["Sub key: \"", segments, "\""]);
                self.dump_branches(out, depth + 1);
                self.dump_outcome(out, depth + 1);
            }
            Kind::Segment => self.dump_outcome(out, depth),
            Kind::Scope(name) => {
                line(out, depth, &[name]);
                self.dump_branches(out, depth + 1);
                self.dump_outcome(out, depth + 1);
            }
        }
    }

    fn dump_branches(&self, out: &mut String, depth: usize) {
        for branch in &self.branches {
            branch.dump(out, depth);
        }
    }

    /// A merge that saw one place only is shown as that place.
    fn dump_merge(&self, out: &mut String, depth: usize, strategy: &str, options: Option<&Value>) {
        match self.branches.as_slice() {
            [] => {}
            [only] => only.dump(out, depth),
            _ => {
                line(out, depth, &["Merge strategy ", strategy]);
                if let Some(options) = options {
                    indent(out, depth + 1);
                    out.push_str("Options: ");
                    dump_value(out, depth + 1, options);
                    out.push('\n');
                }
                self.dump_branches(out, depth + 1);
                if let (Some(Event::Result), Some(value)) = (self.event, &self.value) {
                    indent(out, depth + 1);
                    out.push_str("Merged result: ");
                    dump_value(out, depth + 1, value);
                    out.push('\n');
                }
            }
        }
    }

    fn dump_outcome(&self, out: &mut String, depth: usize) {
        let place = match self.event {
            Some(Event::NotFound) => {
                line(out, depth, &["No such key: \"", self.key(), "\""]);
                None
            }
            Some(Event::Found) => Some(""),
            Some(Event::FoundInOverrides) => Some(" in overrides"),
            Some(Event::FoundInDefaults) => Some(" in defaults"),
            _ => None,
        };
        if let Some(place) = place {
            indent(out, depth);
            out.extend(["Found key: \"", self.key(), "\" value: "]);
            dump_value(out, depth, self.value.as_ref().unwrap_or(&Value::Undef));
            out.push_str(place);
            out.push('\n');
        }
        dump_texts(out, depth, &self.texts);
    }

    fn to_value(&self) -> Value {
        if let (Kind::Merge { .. }, [only]) = (&self.kind, self.branches.as_slice()) {
            return only.to_value();
        }
        let mut hash = Hash::new();
        if let Kind::MergeSource(source) = &self.kind {
            hash.insert("type", "merge_source");
            hash.insert("merge_source", *source);
            return Value::hash(hash);
        }
        if !self.branches.is_empty() {
            hash.insert("branches", self.branches.iter().map(Node::to_value).collect::<Vec<_>>());
        }
        if let Some(key) = &self.key {
            hash.insert("key", key.clone());
        }
        if let Some(Event::Found | Event::FoundInDefaults | Event::FoundInOverrides | Event::Result) =
            self.event
        {
            hash.insert("value", self.value.clone().unwrap_or_default());
        }
        if let Some(event) = self.event {
            hash.insert("event", event.as_str());
        }
        if !self.texts.is_empty() {
            hash.insert("texts", self.texts.iter().map(|text| Value::str(text.as_str())).collect::<Vec<_>>());
        }
        hash.insert("type", self.kind.type_name());
        self.kind.add_details(&mut hash);
        Value::hash(hash)
    }
}

impl Event {
    fn as_str(self) -> &'static str {
        match self {
            Event::Found => "found",
            Event::FoundInOverrides => "found_in_overrides",
            Event::FoundInDefaults => "found_in_defaults",
            Event::NotFound => "not_found",
            Event::LocationNotFound => "location_not_found",
            Event::ModuleNotFound => "module_not_found",
            Event::ModuleProviderNotFound => "module_provider_not_found",
            Event::Result => "result",
        }
    }
}

impl Kind {
    fn type_name(&self) -> &'static str {
        match self {
            // The original forgets to name these two, so that they show the name of their base.
            Kind::Top { .. } => "root",
            Kind::InvalidKey => "invalid_key",
            Kind::MergeSource(_) => "merge_source",
            Kind::Module(_) => "module",
            Kind::Interpolate(_) => "interpolate",
            Kind::Merge { .. } => "merge",
            Kind::Provider { .. } => "data_provider",
            Kind::Location { uri: true, .. } => "uri",
            Kind::Location { uri: false, .. } => "path",
            Kind::SubKey(_) => "sub_key",
            Kind::Segment => "segment",
            Kind::Scope(_) => "scope",
        }
    }

    fn add_details(&self, hash: &mut Hash) {
        match self {
            Kind::Interpolate(text) => {
                hash.insert("expression", text.clone());
            }
            Kind::Merge { strategy, options } => {
                hash.insert("merge", *strategy);
                if let Some(options) = options {
                    hash.insert("options", options.clone());
                }
            }
            Kind::Provider { name, configuration, module } => {
                hash.insert("name", name.as_str());
                if let Some(path) = configuration {
                    hash.insert("configuration_path", path.as_str());
                }
                if let Some(module) = module {
                    hash.insert("module", module.clone());
                }
            }
            Kind::Location { uri, original, resolved } => {
                let (first, second) = if *uri { ("original_uri", "uri") } else { ("original_path", "path") };
                hash.insert(first, original.clone());
                hash.insert(second, resolved.clone());
            }
            Kind::Scope(name) => {
                hash.insert("name", name.as_str());
            }
            Kind::Top { .. } | Kind::InvalidKey | Kind::MergeSource(_) | Kind::Module(_) => {}
            Kind::SubKey(_) | Kind::Segment => {}
        }
    }
}
