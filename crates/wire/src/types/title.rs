//! What a title says about attributes.

use std::ops::Deref;
use std::sync::Arc;

use pcore::Str;
use pcore::regexp::Regexp;
use stdx::Symbol;

use super::TitleError;

/// Attributes and the parts of a title that are their values, in the order of the rule. `None` stands for a group of a
/// pattern that took no part in the match: the attribute is then known to have no value.
pub(super) enum Parts {
    /// What nearly all types have; it costs no memory.
    One([(Symbol, Option<Str>); 1]),
    Several(Vec<(Symbol, Option<Str>)>),
}

impl Parts {
    fn one(attribute: Symbol, value: Str) -> Parts {
        Parts::One([(attribute, Some(value))])
    }
}

impl Deref for Parts {
    type Target = [(Symbol, Option<Str>)];

    fn deref(&self) -> &Self::Target {
        match self {
            Parts::One(one) => one,
            Parts::Several(several) => several,
        }
    }
}

/// How a title gives the values of attributes.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum TitleRule {
    /// The whole title is the value of this attribute.
    Whole(Symbol),
    /// The title without trailing slashes is the value; `/` and `C:/` stay whole.
    Path(Symbol),
    /// The first pattern that matches decides. A type without any pattern takes no title at all.
    Patterns(Arc<[TitlePattern]>),
    /// There is no rule, though the type would need one; every title is an error.
    Missing,
}

/// A pattern of titles.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct TitlePattern {
    /// Matches anywhere in the title unless it is anchored.
    pub regexp: Arc<Regexp>,
    /// The attributes to which the groups go, in order.
    pub attributes: Vec<Symbol>,
}

impl TitleRule {
    /// The rule of these patterns.
    pub fn patterns(patterns: Vec<TitlePattern>) -> TitleRule {
        match &patterns[..] {
            [only] if only.regexp.source() == "(?m-ix:(.*))" && only.attributes.len() == 1 => {
                TitleRule::Whole(only.attributes[0])
            }
            _ => TitleRule::Patterns(patterns.into()),
        }
    }

    /// The only attribute whose value the title gives, if that value is the title as it stands.
    pub(super) fn whole(&self, title: &str) -> Option<Symbol> {
        match self {
            TitleRule::Whole(attribute) => Some(*attribute),
            TitleRule::Path(attribute) => {
                without_trailing_slashes(title).filter(|path| path.len() == title.len()).map(|_| *attribute)
            }
            TitleRule::Patterns(_) | TitleRule::Missing => None,
        }
    }

    pub(super) fn split(&self, title: &Str) -> Result<Parts, TitleError> {
        let unmatched = || TitleError::Unmatched(title.clone());
        match self {
            TitleRule::Whole(attribute) => Ok(Parts::one(*attribute, title.clone())),
            TitleRule::Path(attribute) => {
                let path = without_trailing_slashes(title).ok_or_else(unmatched)?;
                let path = if path.len() == title.len() { title.clone() } else { path.into() };
                Ok(Parts::one(*attribute, path))
            }
            TitleRule::Missing => Err(TitleError::NoPatterns),
            TitleRule::Patterns(patterns) => {
                patterns.iter().find_map(|pattern| pattern.split(title)).ok_or_else(unmatched)
            }
        }
    }
}

impl TitlePattern {
    fn split(&self, title: &Str) -> Option<Parts> {
        let captures = self.regexp.captures(title)?;
        let mut parts: Vec<(Symbol, Option<Str>)> = Vec::with_capacity(self.attributes.len());
        for (at, &attribute) in self.attributes.iter().enumerate() {
            let part = captures.get(at + 1).map(Str::from);
            match parts.iter_mut().find(|(other, _)| *other == attribute) {
                Some((_, earlier)) => *earlier = part,
                None => parts.push((attribute, part)),
            }
        }
        Some(Parts::Several(parts))
    }
}

/// The rule of a row of the tables.
pub(super) fn of_table(patterns: &[(&str, &[&str])]) -> TitleRule {
    let patterns = patterns.iter().filter_map(|(source, names)| {
        let attributes = names.iter().map(|name| Symbol::new(name)).collect();
        // A test holds that the sources of the tables can be read.
        Some(TitlePattern { regexp: Regexp::new(source).ok()?, attributes })
    });
    TitleRule::patterns(patterns.collect())
}

/// `^(/|.+:/|.*[^/])/*\Z` of Puppet's `file` type, by hand: it runs for every file of a catalog.
pub(super) fn without_trailing_slashes(title: &str) -> Option<&str> {
    let path = title.trim_end_matches('/');
    if path.len() == title.len() {
        // A title of slashes and one line feed matches too, before the line feed.
        let line = title.strip_suffix('\n').filter(|line| line.ends_with('/'));
        return match line.and_then(root) {
            Some(root) => Some(root),
            None => (!title.is_empty()).then_some(title),
        };
    }
    Some(root(title).unwrap_or(path))
}

/// `/` or `C:/` when the title, ending in a slash, is nothing more.
fn root(title: &str) -> Option<&str> {
    let path = title.trim_end_matches('/');
    if path.is_empty() || (path.len() > 1 && path.ends_with(':')) {
        title.get(..path.len() + 1)
    } else {
        None
    }
}
