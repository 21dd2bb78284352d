//! Where collectors find resources without a look at each.
//!
//! Many collectors over many resources would cost the product of both. So for the titles, tags and values that conditions ask for
//! there are indexes, each made when it is first worth it. What changes is added; only tags that a container gets, and with it all
//! its contents, end the index of tags. What an index gives are candidates: the condition itself is still asked.

use pcore::Value;
use rustc_hash::FxHashMap;
use stdx::Symbol;

use super::Query;
use crate::resource::ResourceId;
use crate::session::Session;

/// Up to this number of resources a collector looks at each.
const SCANNED_MAX: usize = 32;
/// So often all resources are looked at before an index is made that may not hold for long.
const SCANS: u32 = 2;
/// Tags that an index has room for: so many for each resource, and some more.
const TAGS_EACH: usize = 64;
/// Stands for all values that may equal something else than themselves. No text begins with it.
const ANYTHING: &str = "\0";

/// What an index is by.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(crate) enum By {
    Title,
    /// Own tags and those of containers.
    Tag,
    Attribute(Symbol),
}

/// Resources of a type by a key (see [`key_of`]).
#[derive(Default)]
pub(crate) struct Index {
    /// How many of the type's resources are in the index.
    indexed: usize,
    /// The state of the session for which it holds.
    changes: u64,
    scans: u32,
    /// There is too much to put into it.
    is_useless: bool,
    ids: FxHashMap<String, Vec<ResourceId>>,
}

impl Index {
    fn add(&mut self, key: String, id: ResourceId) {
        let ids = self.ids.entry(key).or_default();
        if ids.last() != Some(&id) {
            ids.push(id);
        }
    }

    fn of(&self, key: &str) -> &[ResourceId] {
        self.ids.get(key).map(Vec::as_slice).unwrap_or_default()
    }
}

/// What the language calls equal has the same key; `None` if everything may be equal to the value.
fn key_of(value: &Value) -> Option<String> {
    match value {
        // As `==` compares.
        Value::Str(text) => Some(text.to_ascii_lowercase()),
        Value::Int(number) => Some(format!("\0{}", *number as f64)),
        Value::Float(number) => Some(format!("\0{number}")),
        Value::Bool(flag) => Some(format!("\0{flag}")),
        _ => None,
    }
}

/// A key that a resource must have somewhere to be collected.
type Wanted = (By, String);

/// Keys of which a resource must have one to fit; `None` if it may fit without.
fn wanted(query: &Query) -> Option<Vec<Wanted>> {
    match query {
        Query::Equal(name, value) => {
            let by = match name.as_str() {
                "title" => By::Title,
                // A name that no code has is no attribute of any resource.
                name => Symbol::existing(name).map(By::Attribute)?,
            };
            // What a title is equal to is told by its text only if that is asked for.
            if by == By::Title && !matches!(value, Value::Str(_)) {
                return None;
            }
            Some(vec![(by, key_of(value)?)])
        }
        Query::Tag(tags) => Some(tags.iter().map(|tag| (By::Tag, tag.to_ascii_lowercase())).collect()),
        Query::Or(left, right) => {
            let mut all = wanted(left)?;
            all.extend(wanted(right)?);
            Some(all)
        }
        Query::And(..) | Query::NotEqual(..) => None,
    }
}

/// The conditions that must all hold.
fn conditions<'q>(query: &'q Query, all: &mut Vec<&'q Query>) {
    match query {
        Query::And(left, right) => {
            conditions(left, all);
            conditions(right, all);
        }
        single => all.push(single),
    }
}

impl Session<'_> {
    /// Resources of a type that may fit a condition, in order of creation; `None` if each may as well be looked at.
    pub(super) fn candidates(&mut self, ty: Symbol, query: &Query) -> Option<Vec<ResourceId>> {
        if self.by_type.get(&ty)?.len() <= SCANNED_MAX {
            return None;
        }
        let mut all = Vec::new();
        conditions(query, &mut all);
        let mut best: Option<(usize, Vec<Wanted>)> = None;
        for wanted in all.into_iter().filter_map(wanted) {
            if let Some(count) = self.count(ty, &wanted)
                && best.as_ref().is_none_or(|(least, _)| count < *least)
            {
                best = Some((count, wanted));
            }
        }
        let (count, wanted) = best?;
        let mut found = Vec::with_capacity(count);
        for (by, key) in wanted {
            let index = self.indexes.get(&(ty, by))?;
            found.extend_from_slice(index.of(&key));
            found.extend_from_slice(index.of(ANYTHING));
        }
        found.sort_unstable();
        found.dedup();
        Some(found)
    }

    /// How many resources have one of the keys, at most; `None` without an index of them.
    fn count(&mut self, ty: Symbol, wanted: &[Wanted]) -> Option<usize> {
        let mut count = 0;
        for (by, key) in wanted {
            let index = self.index(ty, *by)?;
            count += index.of(key).len() + index.of(ANYTHING).len();
        }
        Some(count)
    }

    /// An index that holds now; `None` if it is not worth having.
    fn index(&mut self, ty: Symbol, by: By) -> Option<&Index> {
        let mut index = self.indexes.remove(&(ty, by)).unwrap_or_default();
        if by == By::Tag && index.changes != self.changes {
            index = Index { changes: self.changes, ..Index::default() };
        }
        index.scans += 1;
        let is_worth_it = by == By::Title || index.scans > SCANS && !index.is_useless;
        if is_worth_it {
            self.bring_up(&mut index, ty, by);
        }
        let is_usable = is_worth_it && !index.is_useless;
        let index = self.indexes.entry((ty, by)).or_insert(index);
        is_usable.then_some(index)
    }

    /// Adds the resources that are not in an index yet.
    fn bring_up(&self, index: &mut Index, ty: Symbol, by: By) {
        let of_type = self.by_type.get(&ty).map(Vec::as_slice).unwrap_or_default();
        let mut room = of_type.len() * TAGS_EACH;
        for &id in of_type.get(index.indexed..).unwrap_or_default() {
            match by {
                By::Title => index.add(self.resource(id).title.to_ascii_lowercase(), id),
                By::Attribute(name) => {
                    if let Some(value) = self.resource(id).value(name) {
                        add_value(index, value, id);
                    }
                }
                By::Tag => {
                    let mut at = id;
                    loop {
                        let resource = self.resource(at);
                        for tag in resource.tags.texts(&self.tag_names) {
                            room = room.saturating_sub(1);
                            index.add(tag.to_ascii_lowercase(), id);
                        }
                        let container = self.scope(resource.scope).resource;
                        if container == at || room == 0 {
                            break;
                        }
                        at = container;
                    }
                    if room == 0 {
                        index.is_useless = true;
                        index.ids.clear();
                        return;
                    }
                }
            }
        }
        index.indexed = of_type.len();
    }

    /// Notes that an attribute of a resource has been set.
    pub(crate) fn note_change(&mut self, id: ResourceId, name: Symbol) {
        if name == self.well_known.tag {
            self.note_tags(id);
        }
        if self.indexes.is_empty() {
            return;
        }
        let resource = &self.resources[id.0 as usize];
        if let Some(index) = self.indexes.get_mut(&(resource.ty.name(), By::Attribute(name)))
            && let Some(value) = resource.value(name)
        {
            add_value(index, value, id);
        }
    }

    /// Notes that a resource has got tags.
    pub(crate) fn note_tags(&mut self, id: ResourceId) {
        self.retagged += 1;
        let resource = &self.resources[id.0 as usize];
        if resource.ty.definition().is_some() {
            self.changes += 1;
            return;
        }
        if let Some(index) = self.indexes.get_mut(&(resource.ty.name(), By::Tag)) {
            for tag in resource.tags.texts(&self.tag_names) {
                index.add(tag.to_ascii_lowercase(), id);
            }
        }
    }
}

/// Adds the keys of a value, and of the items of a list, of which each may be meant.
fn add_value(index: &mut Index, value: &Value, id: ResourceId) {
    match value {
        Value::Array(items) => items.iter().for_each(|item| add_value(index, item, id)),
        Value::Undef | Value::Hash(_) | Value::Type(pcore::Type::Class(_) | pcore::Type::Resource(_)) => {}
        other => index.add(key_of(other).unwrap_or_else(|| ANYTHING.to_owned()), id),
    }
}
