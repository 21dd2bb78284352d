//! Numbers for the texts of tags.
//!
//! Each tag is merged into everything that its container holds, so in a compile tags are numbers, which compare and copy at no
//! cost. The numbers are those of one compile: titles are tags too, and titles that facts make must not stay for ever.

use std::collections::HashMap;

use foldhash::fast::RandomState;
use pcore::Str;

/// A tag's number in the [`TagNames`] of its compile.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(crate) struct TagId(u32);

impl TagId {
    pub(crate) fn index(self) -> usize {
        self.0 as usize
    }
}

/// The tags of a compile, by number and by text.
#[derive(Default)]
pub(crate) struct TagNames {
    texts: Vec<Str>,
    ids: HashMap<Str, TagId, RandomState>,
    /// The segments of qualified tags.
    segments: HashMap<TagId, Box<[TagId]>, rustc_hash::FxBuildHasher>,
}

impl TagNames {
    /// The number of a tag that some resource has had.
    pub(crate) fn find(&self, text: &str) -> Option<TagId> {
        self.ids.get(text).copied()
    }

    /// The number of a tag, new if need be.
    pub(crate) fn number(&mut self, text: &Str) -> TagId {
        if let Some(id) = self.find(text) {
            return id;
        }
        let id = TagId(self.texts.len() as u32);
        self.texts.push(text.clone());
        self.ids.insert(text.clone(), id);
        if text.contains("::") {
            let segments = text.split("::").map(|segment| self.number(&segment.into())).collect();
            self.segments.insert(id, segments);
        }
        id
    }

    /// The segments of a qualified tag; none for others.
    pub(crate) fn segments(&self, id: TagId) -> &[TagId] {
        self.segments.get(&id).map(|segments| &**segments).unwrap_or_default()
    }

    /// The text of a tag.
    pub(crate) fn text(&self, id: TagId) -> &Str {
        &self.texts[id.index()]
    }

    /// All texts, by number.
    pub(crate) fn into_texts(self) -> Vec<Str> {
        self.texts
    }
}
