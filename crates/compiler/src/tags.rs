//! Tags of resources and of the catalog.

use pcore::Str;

use crate::error::Error;
use crate::unique::Unique;

/// Tags in order of addition, each once.
#[derive(Clone, Debug, Default)]
pub(crate) struct Tags(Unique<Str>);

impl Tags {
    pub(crate) fn contains(&self, tag: &str) -> bool {
        if !self.0.is_scanned() {
            return self.0.contains(tag);
        }
        // Most tags are shared texts, which the address tells without a look at the bytes.
        self.0.as_slice().iter().any(|other| {
            other.len() == tag.len() && (other.as_ptr() == tag.as_ptr() || other.as_str() == tag)
        })
    }

    fn insert(&mut self, tag: Str) -> bool {
        let is_new = !self.contains(&tag);
        if is_new {
            self.0.push_new(tag);
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
        for tag in other.0.as_slice() {
            self.insert(tag.clone());
        }
    }

    /// The tags in order.
    pub(crate) fn iter(&self) -> impl Iterator<Item = &Str> {
        self.0.as_slice().iter()
    }

    pub(crate) fn into_vec(self) -> Vec<Str> {
        self.0.into_vec()
    }

    fn insert_split(&mut self, tag: Str) {
        if self.insert(tag.clone()) && tag.contains("::") {
            for segment in tag.split("::") {
                self.insert(segment.into());
            }
        }
    }
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
