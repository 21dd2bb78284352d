//! Where collectors find resources without a look at each.
//!
//! Many collectors over many resources would cost the product of both. So for the titles, tags and texts that conditions ask for
//! there are indexes, each made when it is first worth it. Titles stay; an index of anything else holds until a tag or an attribute
//! is changed. What an index gives are candidates: the condition itself is still asked.

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

/// What an index is by.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(crate) enum By {
    Title,
    /// Own tags and those of containers.
    Tag,
    Attribute(Symbol),
}

/// Resources of a type by a text in small letters, as `==` compares.
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

/// A text that a resource must have somewhere to be collected.
pub(super) type Wanted<'q> = Vec<(By, &'q str)>;

impl Query {
    /// The texts of which a resource must have one to fit; `None` if it may fit without.
    pub(super) fn wanted(&self) -> Option<Wanted<'_>> {
        match self {
            Query::Equal(name, Value::Str(text)) => {
                let by = match name.as_str() {
                    "title" => By::Title,
                    // A name that no code has is no attribute of any resource.
                    name => Symbol::existing(name).map(By::Attribute)?,
                };
                Some(vec![(by, text)])
            }
            Query::Tag(tags) => Some(tags.iter().map(|tag| (By::Tag, tag.as_str())).collect()),
            Query::And(left, right) => match (left.wanted(), right.wanted()) {
                (Some(left), Some(right)) => {
                    let by_title = |wanted: &Wanted<'_>| wanted.iter().all(|(by, _)| *by == By::Title);
                    Some(if by_title(&right) { right } else { left })
                }
                (left, right) => left.or(right),
            },
            Query::Or(left, right) => {
                let mut wanted = left.wanted()?;
                wanted.extend(right.wanted()?);
                Some(wanted)
            }
            Query::Equal(..) | Query::NotEqual(..) => None,
        }
    }
}

impl Session<'_> {
    /// Resources of a type that have one of the texts, and maybe others, in order of creation; `None` if each may as well be
    /// looked at.
    pub(super) fn candidates(&mut self, ty: Symbol, wanted: &Wanted<'_>) -> Option<Vec<ResourceId>> {
        if self.by_type.get(&ty)?.len() <= SCANNED_MAX {
            return None;
        }
        let mut found = Vec::new();
        for (by, text) in wanted {
            let index = self.index(ty, *by)?;
            found.extend(index.ids.get(&text.to_ascii_lowercase()).into_iter().flatten().copied());
        }
        found.sort_unstable();
        found.dedup();
        Some(found)
    }

    /// An index that holds now; `None` if it is not worth having.
    fn index(&mut self, ty: Symbol, by: By) -> Option<&Index> {
        let mut index = self.indexes.remove(&(ty, by)).unwrap_or_default();
        if by != By::Title {
            if index.changes != self.changes {
                index = Index { changes: self.changes, ..Index::default() };
            }
            index.scans += 1;
        }
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
            let mut add = |text: &str| {
                let ids = index.ids.entry(text.to_ascii_lowercase()).or_default();
                if ids.last() != Some(&id) {
                    ids.push(id);
                }
            };
            match by {
                By::Title => add(&self.resource(id).title),
                By::Attribute(name) => {
                    if let Some(value) = self.resource(id).value(name) {
                        texts(value, &mut add);
                    }
                }
                By::Tag => {
                    let mut at = id;
                    loop {
                        let resource = self.resource(at);
                        for tag in resource.tags.iter() {
                            room = room.saturating_sub(1);
                            add(tag);
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
}

/// The texts in a value, which a condition on it may mean.
fn texts(value: &Value, add: &mut impl FnMut(&str)) {
    match value {
        Value::Str(text) => add(text),
        Value::Array(items) => items.iter().for_each(|item| texts(item, add)),
        _ => {}
    }
}
