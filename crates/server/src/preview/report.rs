//! What a preview found: the same change of many nodes once.
//!
//! A change is known by the resource and what happens to it. Nodes for which its values differ (a text with the node's name in it) are
//! together all the same, as variants of it.

use std::collections::{BTreeMap, HashMap};
use std::path::Path;

use api::pdb::Fingerprint;
use pcore::Value;
use serde::{Deserialize, Serialize};
use serde_json::Value as Json;
use wire::catalog::diff::{Alteration, Change};

use super::gate::Verdict;

/// Changes told; there are that many only where nearly everything changes.
const CHANGES_MAX: usize = 5_000;
/// Variants of a change that are shown.
const VARIANTS_SHOWN: usize = 3;
/// Variants of a change of which the values are kept, until it is known which are the most common.
const VARIANTS_KEPT: usize = 50 * VARIANTS_SHOWN;
/// Errors told.
const FAILURES_MAX: usize = 500;

/// What may be kept of the values of changes.
#[derive(Clone, Copy, Debug)]
struct Bounds {
    /// Variants of one change that are told apart.
    variants: usize,
    /// The same of all changes together.
    all_variants: usize,
    /// Bytes of one variant's values.
    value_bytes: usize,
    /// Bytes of all values. Half of them are for the first variants of changes.
    bytes: usize,
}

impl Default for Bounds {
    fn default() -> Bounds {
        Bounds { variants: 20_000, all_variants: 1_000_000, value_bytes: 256 << 10, bytes: 64 << 20 }
    }
}

/// What a preview found.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Report {
    /// The environment.
    pub environment: String,
    /// The code that serves.
    pub from: String,
    /// The code that may come.
    pub to: String,
    /// Files that differ.
    pub files: Files,
    /// How many nodes there are of each kind.
    pub nodes: Nodes,
    /// Changes, of most nodes first.
    pub changes: Vec<Group>,
    /// Changes beyond those.
    pub changes_left_out: usize,
    /// Resources that are only applied in another order.
    pub moved: Moved,
    /// Why catalogs cannot be compiled, new errors first.
    pub failures: Vec<Failure>,
    /// Errors beyond those.
    pub failures_left_out: usize,
    /// Nodes that did not compile before, and do.
    pub compiling_again: Vec<String>,
    /// Nodes that sent no facts.
    pub without_facts: Vec<String>,
    /// What the gate says, if there is one.
    pub gate: Option<Verdict>,
    /// What it took.
    pub cost: Cost,
}

/// Files of the code that differ.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Files {
    /// Only in the new code.
    pub added: usize,
    /// Only in the code that serves.
    pub removed: usize,
    /// In both.
    pub modified: usize,
    /// The file that all catalogs may depend on, and that had them all compiled; if there is one.
    pub reaches_all: Option<String>,
}

/// Numbers of nodes.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Nodes {
    /// All that were chosen.
    pub total: usize,
    /// Resources are added, removed or changed.
    pub changed: usize,
    /// Nothing but the order.
    pub order_only: usize,
    /// Compiled with the new code, and the same.
    pub unchanged: usize,
    /// Not compiled with the new code, since nothing has changed that their catalogs are made of.
    pub untouched: usize,
    /// Compiled before, and do not any more.
    pub newly_failing: usize,
    /// Did not compile before, and do.
    pub compiling_again: usize,
    /// Compile with neither.
    pub failing: usize,
    /// No facts of them are stored.
    pub without_facts: usize,
    /// In another environment, says the classifier.
    pub elsewhere: usize,
    /// The store or the classifier has no answer for them.
    pub unknown: usize,
}

impl Nodes {
    /// Nodes with an answer.
    pub fn previewed(&self) -> usize {
        self.total - self.without_facts - self.elsewhere
    }
}

/// What happens to a resource.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
#[allow(missing_docs, reason = "named after the changes")]
pub enum What {
    Added,
    Removed,
    #[default]
    Altered,
    EdgeAdded,
    EdgeRemoved,
}

/// A change, with the nodes that it happens to.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Group {
    /// `Type[title]`, with `@@` before it if the node only exports it.
    pub resource: String,
    /// What happens.
    pub what: What,
    /// The parameter that changes, or another part of the resource.
    pub parameter: Option<String>,
    /// How many nodes.
    pub nodes: usize,
    /// The first of them.
    pub certnames: Vec<String>,
    /// How many different values there are, as far as they were told apart.
    pub variants: usize,
    /// Nodes of which the values were not told apart from others, since there were too many; each may have a value of its own.
    #[serde(default)]
    pub variants_not_told_apart: usize,
    /// The most common ones, without those that are too large.
    pub examples: Vec<Variant>,
    /// Different values that are not among the examples.
    #[serde(default)]
    pub variants_left_out: usize,
}

/// A change with its values.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Variant {
    /// How many nodes.
    pub nodes: usize,
    /// The first of them.
    pub certnames: Vec<String>,
    /// See [`Change::to_json`].
    pub change: Json,
}

/// What is only applied in another order.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Moved {
    /// Nodes that have such resources.
    pub nodes: usize,
    /// Resources, of all nodes together.
    pub resources: usize,
}

/// An error of compiles.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Failure {
    /// Without the node's name.
    pub message: String,
    /// Whether these nodes compiled before.
    pub is_new: bool,
    /// How many nodes.
    pub nodes: usize,
    /// The first of them.
    pub certnames: Vec<String>,
}

/// What a preview took.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Cost {
    /// Catalogs compiled with the code that serves.
    pub compiled_live: usize,
    /// Catalogs compiled with the new code.
    pub compiled_staged: usize,
    /// All in all.
    pub seconds: f64,
}

/// What came of one node.
pub(super) enum Outcome {
    WithoutFacts,
    Elsewhere,
    Untouched,
    Compared(Vec<Change>),
    Failed {
        old: Option<String>,
        new: Option<String>,
    },
    /// There is no answer, and why.
    Unknown(String),
}

/// What the directories of two versions are called.
#[derive(Clone)]
pub(super) struct Shown(Vec<(String, String)>);

impl Shown {
    /// What two catalogs differ in for people: plain values, and no difference in where the code lies.
    pub(super) fn plain(&self, changes: Vec<Change>) -> Vec<Change> {
        changes.into_iter().filter_map(|change| self.plain_change(change)).collect()
    }

    fn plain_change(&self, change: Change) -> Option<Change> {
        Some(match change {
            Change::Added { resource, parameters } => {
                let parameters = parameters.into_iter();
                let parameters =
                    parameters.map(|(name, value)| (name, value.map(|value| self.plain_value(&value))));
                Change::Added { resource, parameters: parameters.collect() }
            }
            Change::Altered { resource, alterations } => {
                let alterations = alterations.into_iter().filter_map(|alteration| match alteration {
                    Alteration::Parameter { name, old: Some(old), new: Some(new) } => {
                        let (plain_old, plain_new) = (self.plain_value(&old), self.plain_value(&new));
                        if plain_old != plain_new {
                            return Some(Alteration::Parameter {
                                name,
                                old: Some(plain_old),
                                new: Some(plain_new),
                            });
                        }
                        // Of two kinds with the same look, if it is not only the place.
                        let (old, new) = (self.here(&rich(&old)), self.here(&rich(&new)));
                        (old != new).then_some(Alteration::Parameter { name, old: Some(old), new: Some(new) })
                    }
                    Alteration::Parameter { name, old, new } => {
                        let plain = |value: Option<Value>| value.map(|value| self.plain_value(&value));
                        Some(Alteration::Parameter { name, old: plain(old), new: plain(new) })
                    }
                    other => Some(other),
                });
                let alterations: Vec<_> = alterations.collect();
                if alterations.is_empty() {
                    return None;
                }
                Change::Altered { resource, alterations }
            }
            other => other,
        })
    }

    fn plain_value(&self, value: &Value) -> Value {
        let mut text = Vec::new();
        wire::data::write_value(value, false, &mut text);
        self.here(&pcore::json::parse(&text).unwrap_or_default())
    }

    /// The same with the place by which the environment is known.
    fn here(&self, value: &Value) -> Value {
        match value {
            Value::Str(text) if self.0.iter().any(|(from, _)| text.contains(from.as_str())) => {
                let text = self.0.iter().fold(text.to_string(), |text, (from, to)| text.replace(from, to));
                Value::from(text)
            }
            Value::Array(items) => Value::array(items.iter().map(|item| self.here(item)).collect::<Vec<_>>()),
            Value::Hash(hash) => {
                Value::hash(hash.iter().map(|(key, value)| (self.here(key), self.here(value))).collect())
            }
            other => other.clone(),
        }
    }
}

/// Where outcomes come together.
pub(super) struct Collected {
    names: Vec<String>,
    names_max: usize,
    shown: Shown,
    nodes: Nodes,
    groups: HashMap<(String, What, Option<String>), Gathered>,
    bounds: Bounds,
    variants: usize,
    kept_bytes: usize,
    left_out: usize,
    moved: Moved,
    failures: BTreeMap<(bool, String), Vec<u32>>,
    compiling_again: Vec<u32>,
    without_facts: Vec<u32>,
}

#[derive(Default)]
struct Gathered {
    nodes: Vec<u32>,
    variants: HashMap<[u8; 16], (Vec<u32>, Option<Json>)>,
    more_variants: usize,
}

impl Collected {
    /// For these nodes; `shown` are places of versions, and what to call them.
    pub(super) fn new(names: Vec<String>, names_max: usize, shown: &[(&Path, &Path)]) -> Collected {
        let text = |path: &Path| path.to_string_lossy().into_owned();
        let mut shown: Vec<(String, String)> =
            shown.iter().map(|(directory, known_as)| (text(directory), text(known_as))).collect();
        // One may be inside of another.
        shown.sort_by_key(|(directory, _)| std::cmp::Reverse(directory.len()));
        Collected {
            nodes: Nodes { total: names.len(), ..Nodes::default() },
            names,
            names_max,
            shown: Shown(shown.into_iter().filter(|(from, to)| from != to).collect()),
            groups: HashMap::new(),
            bounds: Bounds::default(),
            variants: 0,
            kept_bytes: 0,
            left_out: 0,
            moved: Moved::default(),
            failures: BTreeMap::new(),
            compiling_again: Vec::new(),
            without_facts: Vec::new(),
        }
    }

    /// Nothing is different: no node was looked at.
    pub(super) fn all_untouched(&mut self) {
        self.nodes.untouched = self.nodes.total;
    }

    /// How values are shown.
    pub(super) fn shown(&self) -> Shown {
        self.shown.clone()
    }

    /// Takes a node's outcome in; its changes are plain.
    pub(super) fn add(&mut self, node: u32, outcome: Outcome) {
        match outcome {
            Outcome::WithoutFacts => {
                self.nodes.without_facts += 1;
                self.without_facts.push(node);
            }
            Outcome::Elsewhere => self.nodes.elsewhere += 1,
            Outcome::Unknown(reason) => {
                self.nodes.unknown += 1;
                self.failures.entry((false, reason)).or_default().push(node);
            }
            Outcome::Untouched => self.nodes.untouched += 1,
            Outcome::Compared(changes) => self.compared(node, changes),
            Outcome::Failed { old, new: Some(new) } => {
                let is_new = old.is_none();
                match is_new {
                    true => self.nodes.newly_failing += 1,
                    false => self.nodes.failing += 1,
                }
                let message = self.message(node, &new);
                self.failures.entry((!is_new, message)).or_default().push(node);
            }
            Outcome::Failed { .. } => {
                self.nodes.compiling_again += 1;
                self.compiling_again.push(node);
            }
        }
    }

    fn message(&self, node: u32, message: &str) -> String {
        let name = self.names.get(node as usize).map(String::as_str).unwrap_or_default();
        let message =
            message.strip_suffix(name).and_then(|rest| rest.strip_suffix(" on node ")).unwrap_or(message);
        self.shown.0.iter().fold(message.to_owned(), |text, (from, to)| text.replace(from, to))
    }

    fn compared(&mut self, node: u32, changes: Vec<Change>) {
        // Of edges in another order there is one, for the catalog as a whole.
        let is_order = |change: &&Change| matches!(change, Change::Moved { .. } | Change::Head { .. });
        let moved = changes.iter().filter(is_order).count();
        if moved > 0 {
            self.moved.nodes += 1;
            self.moved.resources += moved;
        }
        match changes.len() {
            0 => self.nodes.unchanged += 1,
            all if all == moved => self.nodes.order_only += 1,
            _ => self.nodes.changed += 1,
        }
        for change in changes {
            match change {
                Change::Altered { resource, alterations } => {
                    for alteration in alterations {
                        let parameter = match &alteration {
                            Alteration::Parameter { name, .. } | Alteration::Secret { name, .. } => {
                                name.to_string()
                            }
                            Alteration::Field { field, .. } => (*field).to_owned(),
                            Alteration::Tags { .. } => "tags".to_owned(),
                        };
                        let one =
                            Change::Altered { resource: resource.clone(), alterations: vec![alteration] };
                        self.group(node, (resource.clone(), What::Altered, Some(parameter)), &one);
                    }
                }
                Change::Moved { .. } | Change::Head { .. } => {}
                change => {
                    let what = match &change {
                        Change::Added { .. } => What::Added,
                        Change::Removed { .. } => What::Removed,
                        Change::EdgeAdded { .. } => What::EdgeAdded,
                        _ => What::EdgeRemoved,
                    };
                    let resource = change.resource().unwrap_or_default().to_owned();
                    self.group(node, (resource, what, None), &change);
                }
            }
        }
    }

    fn group(&mut self, node: u32, key: (String, What, Option<String>), change: &Change) {
        if self.groups.len() >= CHANGES_MAX && !self.groups.contains_key(&key) {
            self.left_out += 1;
            return;
        }
        let group = self.groups.entry(key).or_default();
        group.nodes.push(node);
        let json = change.to_json();
        let text = json.to_string();
        let print = Fingerprint::of(&[text.as_bytes()]).short();
        if let Some((nodes, _)) = group.variants.get_mut(&print) {
            nodes.push(node);
            return;
        }
        let (count, bounds) = (group.variants.len(), self.bounds);
        if count >= bounds.variants || count > 0 && self.variants >= bounds.all_variants {
            group.more_variants += 1;
            return;
        }
        // Where every node has a value of its own only some values are kept.
        let room = if count == 0 { bounds.bytes } else { bounds.bytes / 2 };
        let is_kept = count < VARIANTS_KEPT
            && text.len() <= bounds.value_bytes
            && self.kept_bytes.saturating_add(text.len()) <= room;
        if is_kept {
            self.kept_bytes += text.len();
        }
        self.variants += 1;
        group.variants.insert(print, (vec![node], is_kept.then_some(json)));
    }

    /// All in one.
    pub(super) fn finish(mut self) -> Report {
        let mut changes: Vec<Group> = std::mem::take(&mut self.groups)
            .into_iter()
            .map(|((resource, what, parameter), group)| {
                let mut variants: Vec<_> = group
                    .variants
                    .into_values()
                    .map(|(mut nodes, change)| {
                        nodes.sort_unstable();
                        (nodes, change)
                    })
                    .collect();
                let count = variants.len();
                variants.sort_by_key(|(nodes, _)| (std::cmp::Reverse(nodes.len()), nodes.first().copied()));
                let shown = variants.into_iter().filter_map(|(nodes, change)| Some((nodes, change?)));
                let examples = shown.take(VARIANTS_SHOWN).map(|(nodes, change)| Variant {
                    nodes: nodes.len(),
                    certnames: self.certnames(nodes),
                    change,
                });
                let examples: Vec<Variant> = examples.collect();
                Group {
                    resource,
                    what,
                    parameter,
                    nodes: group.nodes.len(),
                    variants: count,
                    variants_not_told_apart: group.more_variants,
                    variants_left_out: count.saturating_sub(examples.len()),
                    examples,
                    certnames: self.certnames(group.nodes),
                }
            })
            .collect();
        changes.sort_by(|one, other| {
            let key = |group: &Group| (std::cmp::Reverse(group.nodes), group.what);
            let text = |group: &Group| (group.resource.clone(), group.parameter.clone());
            key(one).cmp(&key(other)).then_with(|| text(one).cmp(&text(other)))
        });
        let mut failures: Vec<Failure> = std::mem::take(&mut self.failures)
            .into_iter()
            .map(|((is_old, message), nodes)| Failure {
                message,
                is_new: !is_old,
                nodes: nodes.len(),
                certnames: self.certnames(nodes),
            })
            .collect();
        failures.sort_by_key(|failure| (!failure.is_new, std::cmp::Reverse(failure.nodes)));
        let failures_left_out = failures.len().saturating_sub(FAILURES_MAX);
        failures.truncate(FAILURES_MAX);
        Report {
            nodes: self.nodes.clone(),
            changes,
            changes_left_out: self.left_out,
            moved: self.moved.clone(),
            failures,
            failures_left_out,
            compiling_again: self.certnames(self.compiling_again.clone()),
            without_facts: self.certnames(self.without_facts.clone()),
            ..Report::default()
        }
    }

    fn certnames(&self, mut nodes: Vec<u32>) -> Vec<String> {
        nodes.sort_unstable();
        let names = nodes.into_iter().filter_map(|node| self.names.get(node as usize));
        names.take(self.names_max).cloned().collect()
    }
}

/// The value as it travels with its kind.
fn rich(value: &Value) -> Value {
    let mut text = Vec::new();
    wire::data::write_value(value, true, &mut text);
    pcore::json::parse(&text).unwrap_or_default()
}

#[cfg(test)]
mod tests;
