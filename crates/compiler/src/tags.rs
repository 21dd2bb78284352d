//! Tags of resources and of the catalog.

use pcore::Str;

use crate::error::Error;
use crate::unique::Unique;

/// Tags in order of addition, each once.
#[derive(Clone, Debug, Default)]
pub(crate) struct Tags {
    list: Unique<Str>,
    /// A bit for each tag, several of which may share one: what has none here is not in the list.
    marks: u64,
}

impl Tags {
    pub(crate) fn contains(&self, tag: &str) -> bool {
        self.marks & mark(tag) != 0 && self.is_listed(tag)
    }

    fn is_listed(&self, tag: &str) -> bool {
        if !self.list.is_scanned() {
            return self.list.contains(tag);
        }
        // Most tags are shared texts, which the address tells without a look at the bytes.
        self.list.as_slice().iter().any(|other| {
            other.len() == tag.len() && (other.as_ptr() == tag.as_ptr() || other.as_str() == tag)
        })
    }

    fn insert(&mut self, tag: Str) -> bool {
        let is_new = !self.contains(&tag);
        if is_new {
            self.marks |= mark(&tag);
            self.list.push_new(tag);
        }
        is_new
    }

    /// Adds a tag in lower case, and the segments of a qualified one.
    ///
    /// # Errors
    /// When it is no tag.
    pub(crate) fn add(&mut self, tag: &str) -> Result<(), Error> {
        let lower = lower(tag);
        if self.contains(&lower) {
            return Ok(());
        }
        if !is_valid(&lower) {
            return Err(Error::new(format!("Invalid tag '{lower}'")));
        }
        self.insert_split(lower);
        Ok(())
    }

    /// Adds a name as a tag if it can be one.
    pub(crate) fn add_if_valid(&mut self, name: &Str) {
        if is_valid(name) {
            let is_lower = !name.chars().any(char::is_uppercase);
            self.insert_split(if is_lower { name.clone() } else { lower(name) });
        }
    }

    /// Adds all tags of another set.
    pub(crate) fn merge(&mut self, other: &Tags) {
        self.merge_from(other, 0);
    }

    /// Adds the tags of another set from the given one on.
    pub(crate) fn merge_from(&mut self, other: &Tags, from: usize) {
        let Some(tags) = other.list.as_slice().get(from..) else { return };
        for tag in tags {
            if !self.contains(tag) {
                self.marks |= mark(tag);
                self.list.push_new(tag.clone());
            }
        }
    }

    /// The same tags, with room for those of a container.
    pub(crate) fn roomy_clone(&self) -> Tags {
        /// Own names, container, class, module.
        const ROOM: usize = 12;
        let mut tags = Tags { list: Unique::with_capacity(ROOM), marks: 0 };
        tags.merge(self);
        tags
    }

    pub(crate) fn len(&self) -> usize {
        self.list.as_slice().len()
    }

    /// The tags in order.
    pub(crate) fn iter(&self) -> impl Iterator<Item = &Str> {
        self.list.as_slice().iter()
    }

    pub(crate) fn into_vec(self) -> Vec<Str> {
        self.list.into_vec()
    }

    fn insert_split(&mut self, tag: Str) {
        if self.insert(tag.clone()) && tag.contains("::") {
            for segment in tag.split("::") {
                self.insert(segment.into());
            }
        }
    }
}

/// The bit of a tag: cheap, and the same for the same text.
fn mark(tag: &str) -> u64 {
    let bytes = tag.as_bytes();
    let at = |index: usize| bytes.get(index).copied().map_or(0, u32::from);
    let length = bytes.len();
    let mix = (length as u32).wrapping_mul(7)
        ^ at(0).wrapping_mul(3)
        ^ at(length / 2).wrapping_mul(5)
        ^ at(length.wrapping_sub(1));
    1 << (mix % u64::BITS)
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
        let mut tags = Tags::default();
        tags.add("Apache::Vhost").unwrap();
        tags.add_if_valid(&"no tag".into());
        let all = tags.clone().into_vec();
        assert_eq!(all, ["apache::vhost".into(), "apache".into(), "vhost".into()]);
        assert_eq!(tags.add("has space").unwrap_err().message(), "Invalid tag 'has space'");
    }
}
