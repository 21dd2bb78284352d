//! Tags of resources and of the catalog.

mod names;

use pcore::Str;
use rustc_hash::FxHashSet;
use smallvec::SmallVec;

use crate::error::Error;

pub(crate) use names::{TagId, TagNames};

/// As many tags as nearly all resources have: their own names, those of containers, class and module.
const FEW: usize = 12;

/// Up to this length a scan is the fastest index.
const SCANNED_MAX: usize = 32;

/// Tags in order of addition, each once.
#[derive(Clone, Debug, Default)]
pub(crate) struct Tags {
    list: SmallVec<[TagId; FEW]>,
    /// All of them, once there are more than [`SCANNED_MAX`].
    index: Option<Box<FxHashSet<TagId>>>,
    /// A bit for each tag, several of which may share one: what has none here is not in the list.
    marks: u64,
}

impl Tags {
    pub(crate) fn contains(&self, tag: TagId) -> bool {
        self.marks & mark(tag) != 0
            && match &self.index {
                Some(index) => index.contains(&tag),
                None => self.list.contains(&tag),
            }
    }

    fn insert(&mut self, tag: TagId) -> bool {
        if self.contains(tag) {
            return false;
        }
        self.marks |= mark(tag);
        match &mut self.index {
            Some(index) => {
                index.insert(tag);
            }
            None if self.list.len() == SCANNED_MAX => {
                self.index = Some(Box::new(self.list.iter().copied().chain([tag]).collect()));
            }
            None => {}
        }
        self.list.push(tag);
        true
    }

    /// Adds a tag in lower case, and the segments of a qualified one.
    ///
    /// # Errors
    /// When it is no tag.
    pub(crate) fn add(&mut self, names: &mut TagNames, tag: &str) -> Result<(), Error> {
        let lower = lower(tag);
        if names.find(&lower).is_some_and(|known| self.contains(known)) {
            return Ok(());
        }
        if !is_valid(&lower) {
            return Err(Error::new(format!("Invalid tag '{lower}'")));
        }
        self.insert_split(names, &lower);
        Ok(())
    }

    /// Adds a name as a tag if it can be one.
    pub(crate) fn add_if_valid(&mut self, names: &mut TagNames, name: &Str) {
        if is_valid(name) {
            match name.chars().any(char::is_uppercase) {
                true => self.insert_split(names, &lower(name)),
                false => self.insert_split(names, name),
            }
        }
    }

    /// Adds all tags of another set.
    pub(crate) fn merge(&mut self, other: &Tags) {
        self.merge_from(other, 0);
    }

    /// Adds the tags of another set from the given one on.
    pub(crate) fn merge_from(&mut self, other: &Tags, from: usize) {
        for &tag in other.list.get(from..).unwrap_or_default() {
            self.insert(tag);
        }
    }

    pub(crate) fn len(&self) -> usize {
        self.list.len()
    }

    /// The tags in order.
    pub(crate) fn iter(&self) -> impl ExactSizeIterator<Item = TagId> {
        self.list.iter().copied()
    }

    /// The texts of the tags in order.
    pub(crate) fn texts<'n>(&self, names: &'n TagNames) -> impl ExactSizeIterator<Item = &'n Str> {
        self.iter().map(|tag| names.text(tag))
    }

    fn insert_split(&mut self, names: &mut TagNames, tag: &Str) {
        let tag = names.number(tag);
        if self.insert(tag) {
            for &segment in names.segments(tag) {
                self.insert(segment);
            }
        }
    }
}

fn mark(tag: TagId) -> u64 {
    1 << (tag.index() % u64::BITS as usize)
}

fn lower(tag: &str) -> Str {
    if tag.chars().any(char::is_uppercase) { tag.to_lowercase().into() } else { tag.into() }
}

/// `[[:alnum:]_][[:alnum:]_:.-]*`
pub(crate) fn is_valid(tag: &str) -> bool {
    let mut characters = tag.chars();
    let is_word = |c: char| c.is_alphanumeric() || c == '_';
    characters.next().is_some_and(is_word) && characters.all(|c| is_word(c) || matches!(c, ':' | '.' | '-'))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn tags_are_lower_case_and_split() {
        let (mut tags, mut names) = (Tags::default(), TagNames::default());
        tags.add(&mut names, "Apache::Vhost").unwrap();
        tags.add_if_valid(&mut names, &"no tag".into());
        let all: Vec<&str> = tags.texts(&names).map(|text| text.as_str()).collect();
        assert_eq!(all, ["apache::vhost", "apache", "vhost"]);
        assert_eq!(tags.add(&mut names, "has space").unwrap_err().message(), "Invalid tag 'has space'");
    }

    #[test]
    fn order_is_kept_and_tags_are_unique_at_any_length() {
        let (mut tags, mut names) = (Tags::default(), TagNames::default());
        let texts: Vec<String> = (0..200).map(|number| format!("t{number}")).collect();
        for text in texts.iter().chain(&texts) {
            tags.add(&mut names, text).unwrap();
        }
        let mut all = Tags::default();
        all.merge(&tags);
        all.merge_from(&tags, 100);
        assert!(all.texts(&names).map(|text| text.as_str()).eq(&texts));
        assert!(all.contains(names.find("t199").unwrap()));
        let other = names.number(&"other".into());
        assert!(!all.contains(other));
    }
}
