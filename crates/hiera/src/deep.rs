//! Deep merge, as Ruby's `deep_merge` gem does it.
//!
//! `source` has priority, `dest` receives. Hashes are merged key by key, lists united with the items of `dest`
//! first, everything else is overwritten. A knockout prefix on an item of `source` removes the item from `dest`.
//!
//! The gem changes its arguments in place, and where `dest` has no such key it merges a value with a shallow copy
//! of itself. With knockouts that shows: below such a copy, source and destination are one object, and what is
//! taken from one is gone from the other. [`Alias`] tracks this, so that results agree.

use std::cmp::Ordering;
use std::sync::Arc;

use pcore::regexp::Regexp;
use pcore::{Hash, Value};

use crate::LookupError;
use crate::merge::unique;
use crate::ruby::{class_name, inspect, to_s};

/// How deep values may nest.
const DEPTH_MAX: usize = 500;

/// The options of a deep merge.
#[derive(Clone, Debug, Default, PartialEq)]
pub(crate) struct DeepOptions {
    /// `Err` is the message of a prefix that cannot be used.
    knockout: Option<Result<Knockout, String>>,
    preserve_unmergeables: bool,
    overwrite_arrays: bool,
    sort_merged_arrays: bool,
    merge_hash_arrays: bool,
    extend_existing_arrays: bool,
    unpack_arrays: Option<String>,
}

/// A knockout prefix. The gem puts it into a pattern, so its special characters have their meaning there.
#[derive(Clone, Debug)]
struct Knockout {
    prefix: Value,
    pattern: Arc<Regexp>,
}

impl PartialEq for Knockout {
    fn eq(&self, other: &Knockout) -> bool {
        self.prefix == other.prefix
    }
}

impl DeepOptions {
    pub(crate) fn from_hash(given: Option<&Hash>) -> DeepOptions {
        let get = |name: &str| given.and_then(|given| given.get_str(name)).filter(|value| value.is_true());
        let is_set = |name: &str| get(name).is_some();
        let text = |value: &Value| {
            let mut text = String::new();
            to_s(&mut text, value);
            text
        };
        let preserve_unmergeables = is_set("preserve_unmergeables");
        let knockout = get("knockout_prefix").map(|prefix| {
            if prefix.as_str() == Some("") {
                return Err("knockout_prefix cannot be an empty string in deep_merge!".to_owned());
            }
            if preserve_unmergeables {
                return Err(
                    "overwrite_unmergeable must be true if knockout_prefix is specified in deep_merge!"
                        .to_owned(),
                );
            }
            let pattern = Regexp::new(&format!("^{}", text(prefix))).map_err(|error| error.to_string())?;
            Ok(Knockout { prefix: prefix.clone(), pattern })
        });
        DeepOptions {
            knockout,
            preserve_unmergeables,
            overwrite_arrays: is_set("overwrite_arrays"),
            sort_merged_arrays: is_set("sort_merged_arrays"),
            merge_hash_arrays: is_set("merge_hash_arrays"),
            extend_existing_arrays: is_set("extend_existing_arrays"),
            unpack_arrays: get("unpack_arrays").map(text),
        }
    }
}

/// How source and destination of a step are related.
#[derive(Clone, Copy, PartialEq)]
enum Alias {
    /// Two objects.
    Distinct,
    /// The destination is a shallow copy: its children are those of the source.
    Copy,
    /// One object.
    Same,
}

impl Alias {
    fn of_children(self) -> Alias {
        match self {
            Alias::Distinct => Alias::Distinct,
            Alias::Copy | Alias::Same => Alias::Same,
        }
    }
}

/// Merges `source` into `dest`.
pub(crate) fn merge(source: &Value, dest: &Value, options: &DeepOptions) -> Result<Value, LookupError> {
    let knockout = match &options.knockout {
        None => None,
        Some(Ok(knockout)) => Some(knockout),
        Some(Err(message)) => return Err(LookupError::argument(message.clone())),
    };
    Merge { options, knockout }.step(source, dest, Alias::Distinct, 0)
}

struct Merge<'o> {
    options: &'o DeepOptions,
    knockout: Option<&'o Knockout>,
}

impl Merge<'_> {
    fn step(&self, source: &Value, dest: &Value, alias: Alias, depth: usize) -> Result<Value, LookupError> {
        if depth > DEPTH_MAX {
            return Err(LookupError::argument("data is nested too deeply to be merged"));
        }
        if source.is_undef() {
            return Ok(dest.clone());
        }
        if !dest.is_true() && !self.options.preserve_unmergeables {
            return Ok(source.clone());
        }
        match source {
            Value::Hash(entries) => self.hash(source, entries, dest, alias, depth),
            Value::Array(items) if self.options.overwrite_arrays => Ok(Value::Array(items.clone())),
            Value::Array(items) => self.array(items, dest, alias, depth),
            scalar => Ok(self.extended(scalar, dest).unwrap_or_else(|| self.overwritten(scalar, dest))),
        }
    }

    fn hash(
        &self,
        source: &Value,
        entries: &Hash,
        dest: &Value,
        alias: Alias,
        depth: usize,
    ) -> Result<Value, LookupError> {
        let Value::Hash(below) = dest else {
            // Each entry of the source does the same here; none leaves the destination as it is.
            return Ok(match entries.is_empty() {
                true => dest.clone(),
                false if self.options.extend_existing_arrays && matches!(dest, Value::Array(_)) => {
                    let Value::Array(items) = dest else { return Ok(dest.clone()) };
                    let mut items = items.to_vec();
                    items.extend(std::iter::repeat_n(source.clone(), entries.len()));
                    Value::array(items)
                }
                false if self.options.preserve_unmergeables => dest.clone(),
                // The first entry makes the source the destination; those after it are merged with themselves.
                false => self.entries(entries.iter().skip(1), entries.clone(), Alias::Same, depth)?,
            });
        };
        self.entries(entries.iter(), Hash::clone(below), alias, depth)
    }

    /// Merges entries of a hash into `merged`.
    fn entries<'v>(
        &self,
        entries: impl Iterator<Item = (&'v Value, &'v Value)>,
        mut merged: Hash,
        alias: Alias,
        depth: usize,
    ) -> Result<Value, LookupError> {
        for (key, value) in entries {
            let next = match merged.get(key).filter(|found| found.is_true()) {
                Some(found) => self.step(value, found, alias.of_children(), depth + 1)?,
                None => self.step(value, value, Alias::Copy, depth + 1)?,
            };
            merged.insert(key.clone(), next);
        }
        Ok(Value::hash(merged))
    }

    fn array(
        &self,
        items: &[Value],
        dest: &Value,
        mut alias: Alias,
        depth: usize,
    ) -> Result<Value, LookupError> {
        let mut source = items.to_vec();
        let mut dest = dest.clone();
        if let Some(separator) = &self.options.unpack_arrays {
            // Both are new objects from here on.
            alias = Alias::Distinct;
            source = unpack(&source, separator);
            if let Value::Array(items) = &dest {
                dest = Value::array(unpack(items, separator));
            }
        }
        if let Some(knockout) = self.knockout
            && source.contains(&knockout.prefix)
        {
            dest = cleared(&dest);
            if alias == Alias::Same {
                source.clear();
            }
            source.retain(|item| *item != knockout.prefix);
        }
        let Value::Array(below) = &dest else {
            return Ok(self.overwritten(&Value::array(source), &dest));
        };
        let mut below = below.to_vec();
        if let Some(knockout) = self.knockout {
            if alias == Alias::Same {
                knock_out_of_itself(&mut source, knockout);
                below = source.clone();
            } else {
                knock_out(&mut source, &mut below, knockout);
            }
        }
        let all_hashes = |items: &[Value]| items.iter().all(|item| matches!(item, Value::Hash(_)));
        let mut merged = if self.options.merge_hash_arrays && all_hashes(&source) && all_hashes(&below) {
            let nothing = Value::hash(Hash::new());
            let mut merged = Vec::with_capacity(source.len().max(below.len()));
            for (index, low) in below.iter().enumerate() {
                let high = source.get(index).unwrap_or(&nothing);
                merged.push(self.step(high, low, alias.of_children(), depth + 1)?);
            }
            merged.extend(source.iter().skip(below.len()).cloned());
            merged
        } else {
            let Value::Array(merged) = unique(below.into_iter().chain(source)) else { return Ok(dest) };
            merged.to_vec()
        };
        if self.options.sort_merged_arrays {
            sort(&mut merged)?;
        }
        Ok(Value::array(merged))
    }

    /// `extend_existing_arrays`: a scalar joins a list.
    fn extended(&self, source: &Value, dest: &Value) -> Option<Value> {
        match dest {
            Value::Array(items) if self.options.extend_existing_arrays => {
                let mut items = items.to_vec();
                items.push(source.clone());
                Some(Value::array(items))
            }
            _ => None,
        }
    }

    /// What becomes of two values that cannot be merged.
    fn overwritten(&self, source: &Value, dest: &Value) -> Value {
        if self.options.preserve_unmergeables {
            return dest.clone();
        }
        let Some(knockout) = self.knockout else { return source.clone() };
        match source {
            // Knocked out: the destination is emptied.
            Value::Str(text) if knockout.strip(text).is_some() => Value::str(""),
            Value::Array(items) => Value::array(
                items
                    .iter()
                    .filter(|item| !matches!(item, Value::Str(text) if knockout.pattern.is_match(text)))
                    .cloned()
                    .collect::<Vec<_>>(),
            ),
            other => other.clone(),
        }
    }
}

impl Knockout {
    /// The text without its prefix, if that makes a difference.
    fn strip(&self, text: &str) -> Option<String> {
        let stripped = self.pattern.replace_all(text, "").unwrap_or_else(|_| text.to_owned());
        (stripped != text).then_some(stripped)
    }

    /// What an item with the prefix removes.
    fn target(&self, item: &Value) -> Option<Value> {
        item.as_str().and_then(|text| self.strip(text)).map(Value::from)
    }
}

/// Takes the items with a prefix out of both lists, and what they name out of `dest`.
fn knock_out(source: &mut Vec<Value>, dest: &mut Vec<Value>, knockout: &Knockout) {
    source.retain(|item| match knockout.target(item) {
        Some(target) => {
            dest.retain(|low| *low != target && low != item);
            false
        }
        None => true,
    });
}

/// The same where both lists are one: Ruby's `delete_if` walks by index over a list that shrinks under it, so
/// items are skipped, and kept ones written back to where they were counted.
fn knock_out_of_itself(list: &mut Vec<Value>, knockout: &Knockout) {
    let (mut read, mut write) = (0, 0);
    while let Some(item) = list.get(read).cloned() {
        if let Some(target) = knockout.target(&item) {
            list.retain(|other| *other != target && *other != item);
        } else {
            if read != write
                && let Some(slot) = list.get_mut(write)
            {
                *slot = item;
            }
            write += 1;
        }
        read += 1;
    }
    let tail = list.len().saturating_sub(read);
    if write < read && read < list.len() {
        list.drain(write..read);
    } else {
        list.truncate(write + tail);
    }
}

fn cleared(value: &Value) -> Value {
    match value {
        Value::Array(_) => Value::array([]),
        Value::Hash(_) => Value::hash(Hash::new()),
        Value::Str(_) => Value::str(""),
        _ => Value::Undef,
    }
}

/// Ruby's `join`, which goes into nested lists, and `split`, which drops empty parts at the end.
fn unpack(items: &[Value], separator: &str) -> Vec<Value> {
    fn join(joined: &mut String, items: &[Value], separator: &str, depth: usize) {
        for (index, item) in items.iter().enumerate() {
            if index > 0 {
                joined.push_str(separator);
            }
            match item {
                Value::Array(items) if depth < DEPTH_MAX => join(joined, items, separator, depth + 1),
                item => to_s(joined, item),
            }
        }
    }
    let mut joined = String::new();
    join(&mut joined, items, separator, 0);
    let mut parts: Vec<Value> = match separator {
        "" => joined.chars().map(|c| Value::from(c.to_string())).collect(),
        " " => joined.split_ascii_whitespace().map(Value::from).collect(),
        _ => joined.split(separator).map(Value::from).collect(),
    };
    while parts.last().is_some_and(|part| part.as_str() == Some("")) {
        parts.pop();
    }
    parts
}

/// Ruby's `sort`: text by bytes, numbers by size, lists item by item; other pairs have no order.
fn sort(items: &mut [Value]) -> Result<(), LookupError> {
    let mut failed = None;
    items.sort_by(|a, b| {
        order(a, b).unwrap_or_else(|| {
            // The sort asks about the later item first, Ruby's about the earlier.
            failed.get_or_insert_with(|| (b.clone(), a.clone()));
            Ordering::Equal
        })
    });
    match failed {
        None => Ok(()),
        Some((a, b)) => {
            let mut shown = String::new();
            match &b {
                Value::Undef | Value::Bool(_) | Value::Int(_) | Value::Float(_) => inspect(&mut shown, &b),
                other => shown.push_str(class_name(other)),
            }
            Err(LookupError::argument(format!("comparison of {} with {shown} failed", class_name(&a))))
        }
    }
}

#[expect(clippy::cast_precision_loss, reason = "Ruby compares an Integer with a Float as floats too")]
fn order(a: &Value, b: &Value) -> Option<Ordering> {
    match (a, b) {
        (Value::Str(a), Value::Str(b)) => Some(a.as_bytes().cmp(b.as_bytes())),
        (Value::Int(a), Value::Int(b)) => Some(a.cmp(b)),
        (Value::Float(a), Value::Float(b)) => a.partial_cmp(b),
        (Value::Int(a), Value::Float(b)) => (*a as f64).partial_cmp(b),
        (Value::Float(a), Value::Int(b)) => a.partial_cmp(&(*b as f64)),
        (Value::Array(a), Value::Array(b)) => {
            for (a, b) in a.iter().zip(b.iter()) {
                match order(a, b)? {
                    Ordering::Equal => {}
                    other => return Some(other),
                }
            }
            Some(a.len().cmp(&b.len()))
        }
        (a, b) if a == b => Some(Ordering::Equal),
        _ => None,
    }
}
