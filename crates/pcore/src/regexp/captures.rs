//! What a match captured.

use crate::Value;

/// The groups of a match, as places in the text. Group 0 is the whole match.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Captures<'t> {
    text: &'t str,
    groups: Vec<Option<(usize, usize)>>,
}

impl<'t> Captures<'t> {
    pub(super) fn new(text: &'t str, groups: impl Iterator<Item = Option<(usize, usize)>>) -> Captures<'t> {
        Captures { text, groups: groups.collect() }
    }

    /// The text that was searched.
    pub fn text(&self) -> &'t str {
        self.text
    }

    /// Text of a group; `None` if there is no such group or it took no part in the match.
    pub fn get(&self, group: usize) -> Option<&'t str> {
        let (start, end) = self.range(group)?;
        self.text.get(start..end)
    }

    /// First byte and the byte behind the last of a group.
    pub fn range(&self, group: usize) -> Option<(usize, usize)> {
        self.groups.get(group).copied().flatten()
    }

    /// First byte of the match.
    pub fn start(&self) -> usize {
        self.range(0).map_or(0, |(start, _)| start)
    }

    /// The byte behind the match.
    pub fn end(&self) -> usize {
        self.range(0).map_or(0, |(_, end)| end)
    }

    /// Number of groups, the whole match among them.
    pub fn group_count(&self) -> usize {
        self.groups.len()
    }

    /// The groups as values, undef for those that took no part: `$0`, `$1`, ...
    pub fn values(&self) -> Vec<Value> {
        (0..self.groups.len()).map(|group| self.get(group).into()).collect()
    }
}
