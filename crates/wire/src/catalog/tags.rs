//! The tags of a catalog's resources.
//!
//! A resource has the tags of all that contains it, so the resources of a catalog have few texts in many lists. The lists
//! stand one behind the other in a table that all of the catalog's resources share.

use std::fmt;
use std::sync::Arc;

use pcore::Str;

/// Tags of a resource, in order of addition.
#[derive(Clone, Default)]
pub struct Tags {
    table: Arc<Table>,
    from: usize,
    to: usize,
}

/// Lists of tags, all in one.
#[derive(Default)]
struct Table {
    /// The texts.
    texts: Vec<Str>,
    /// Indexes in `texts`.
    lists: Vec<u32>,
}

/// Lists of tags that share their texts.
pub struct Lists {
    table: Table,
    /// Where each list stands in the table.
    ranges: Vec<(usize, usize)>,
}

impl Lists {
    /// No lists yet, with tags of these texts.
    pub fn new(texts: Vec<Str>) -> Lists {
        Lists { table: Table { texts, lists: Vec::new() }, ranges: Vec::new() }
    }

    /// Adds a list: indexes of texts. Those that have no text are left out.
    pub fn push(&mut self, list: impl Iterator<Item = usize>) {
        let Table { texts, lists } = &mut self.table;
        let start = lists.len();
        lists.extend(list.filter(|&index| index < texts.len()).map(|index| index as u32));
        // Neighbours are often in the same container and alike.
        if let Some(&(from, to)) = self.ranges.last()
            && lists[from..to] == lists[start..]
        {
            lists.truncate(start);
            self.ranges.push((from, to));
        } else {
            self.ranges.push((start, lists.len()));
        }
    }

    /// The lists, in the order in which they were added.
    pub fn finish(self) -> impl Iterator<Item = Tags> {
        let table = Arc::new(self.table);
        self.ranges.into_iter().map(move |(from, to)| Tags { table: table.clone(), from, to })
    }
}

impl Tags {
    /// The tags in order.
    pub fn iter(&self) -> impl ExactSizeIterator<Item = &Str> {
        self.list().iter().map(|&index| &self.table.texts[index as usize])
    }

    /// How many tags at the end of both are known to be the same without a look at their texts.
    pub(super) fn shared_end(&self, other: &Tags) -> usize {
        if !Arc::ptr_eq(&self.table, &other.table) {
            return 0;
        }
        if (self.from, self.to) == (other.from, other.to) {
            return self.len();
        }
        self.list().iter().rev().zip(other.list().iter().rev()).take_while(|(one, two)| one == two).count()
    }

    /// Indexes in the texts of the table.
    fn list(&self) -> &[u32] {
        self.table.lists.get(self.from..self.to).unwrap_or_default()
    }

    /// How many there are.
    pub fn len(&self) -> usize {
        self.to - self.from
    }

    /// True if there are none.
    pub fn is_empty(&self) -> bool {
        self.from == self.to
    }
}

impl FromIterator<Str> for Tags {
    fn from_iter<I: IntoIterator<Item = Str>>(texts: I) -> Tags {
        let texts: Vec<Str> = texts.into_iter().collect();
        let (to, lists) = (texts.len(), (0..texts.len() as u32).collect());
        Tags { table: Arc::new(Table { texts, lists }), from: 0, to }
    }
}

impl From<Vec<Str>> for Tags {
    fn from(texts: Vec<Str>) -> Tags {
        texts.into_iter().collect()
    }
}

impl PartialEq for Tags {
    fn eq(&self, other: &Tags) -> bool {
        self.iter().eq(other.iter())
    }
}

impl fmt::Debug for Tags {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_list().entries(self.iter()).finish()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lists_share_texts_and_stay_apart() {
        let mut lists = Lists::new(vec!["a".into(), "b".into()]);
        lists.push([0, 1].into_iter());
        lists.push([0, 1].into_iter());
        lists.push([].into_iter());
        lists.push([1, 7].into_iter());
        let all: Vec<Tags> = lists.finish().collect();
        assert_eq!(format!("{all:?}"), r#"[["a", "b"], ["a", "b"], [], ["b"]]"#);
        assert_eq!(all[3], Tags::from(vec!["b".into()]));
        assert!(all[2].is_empty() && all[1].len() == 2);
        let ends = [all[0].shared_end(&all[1]), all[1].shared_end(&all[2]), all[0].shared_end(&all[3])];
        assert_eq!(ends, [2, 0, 1]);
        assert_eq!(all[3].shared_end(&Tags::from(vec!["b".into()])), 0);
    }
}
