//! One thing that is wrong, and where.

use std::fmt;

use super::text;
use crate::normalize::normalize;
use crate::ty::Size;
use crate::{Str, Type};

/// A step on the way to what is wrong.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Element {
    /// What the whole is about.
    Subject(Str),
    /// A value of a hash.
    Entry(Str),
    /// A key of a hash.
    EntryKey(Str),
    /// A parameter.
    Parameter(Str),
    /// The result of a callable.
    Result,
    /// The block.
    Block,
    /// An item of an array.
    Index(usize),
    /// A member of a variant.
    Variant(usize),
    /// One of several signatures.
    Signature(usize),
}

impl fmt::Display for Element {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Element::Subject(text) => out.write_str(text),
            Element::Entry(key) => write!(out, "entry '{key}'"),
            Element::EntryKey(key) => write!(out, "key of entry '{key}'"),
            Element::Parameter(name) => write!(out, "parameter '{name}'"),
            Element::Result => out.write_str("return"),
            Element::Block => out.write_str("block"),
            Element::Index(index) => write!(out, "index {index}"),
            Element::Variant(index) => write!(out, "variant {index}"),
            Element::Signature(index) => write!(out, "{}.", index + 1),
        }
    }
}

/// What is wrong.
#[derive(Clone, Debug)]
pub(super) enum Kind {
    MissingKey(Str),
    MissingParameter(Str),
    UnknownKey(Str),
    UnknownParameter(Str),
    UnexpectedBlock,
    MissingBlock,
    Unresolved(Str),
    /// Both in simplest form.
    Type {
        expected: Type,
        actual: Type,
    },
    /// As `Type`, where the wanted type is one of strings.
    Pattern {
        expected: Type,
        actual: Type,
    },
    Size {
        expected: Size,
        actual: Size,
    },
    Count {
        expected: Size,
        actual: Size,
    },
}

/// What is wrong, and where.
#[derive(Clone, Debug)]
pub(super) struct Finding {
    pub(super) path: Vec<Element>,
    pub(super) kind: Kind,
}

/// Kinds that several alternatives may have in common, so that one finding does for all.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Common {
    Size,
    Count,
    MissingBlock,
    UnexpectedBlock,
    Type,
}

impl Finding {
    pub(super) fn new(path: &[Element], kind: Kind) -> Finding {
        Finding { path: path.to_vec(), kind }
    }

    pub(super) fn wrong_type(path: &[Element], expected: &Type, actual: &Type) -> Finding {
        Finding::new(path, Kind::Type { expected: normalize(expected), actual: normalize(actual) })
    }

    pub(super) fn wrong_text(path: &[Element], expected: &Type, actual: &Type) -> Finding {
        Finding::new(path, Kind::Pattern { expected: normalize(expected), actual: normalize(actual) })
    }

    pub(super) fn is(&self, common: Common) -> bool {
        match common {
            Common::Size => matches!(self.kind, Kind::Size { .. } | Kind::Count { .. }),
            Common::Count => matches!(self.kind, Kind::Count { .. }),
            Common::MissingBlock => matches!(self.kind, Kind::MissingBlock),
            Common::UnexpectedBlock => matches!(self.kind, Kind::UnexpectedBlock),
            Common::Type => matches!(self.kind, Kind::Type { .. } | Kind::Pattern { .. }),
        }
    }

    /// True if both are about the same place, whichever alternative they come from.
    pub(super) fn is_at_place_of(&self, other: &Finding) -> bool {
        fn place(finding: &Finding) -> impl Iterator<Item = &Element> {
            finding.path.iter().filter(|step| !matches!(step, Element::Variant(_) | Element::Signature(_)))
        }
        place(self).eq(place(other))
    }

    /// One finding for two of a kind at one place: either would have done. The actual type is simplified once more,
    /// which may merge more of its members.
    pub(super) fn merge(self, other: &Finding) -> Finding {
        let union = |a: Size, b: Size| Size { min: a.min.min(b.min), max: a.max.max(b.max) };
        let either = |a: Type, b: &Type| normalize(&Type::variant([a, b.clone()]));
        let kind = match (self.kind, &other.kind) {
            (
                Kind::Type { expected, actual },
                Kind::Type { expected: also, .. } | Kind::Pattern { expected: also, .. },
            ) => Kind::Type { expected: either(expected, also), actual: normalize(&actual) },
            (
                Kind::Pattern { expected, actual },
                Kind::Type { expected: also, .. } | Kind::Pattern { expected: also, .. },
            ) => Kind::Pattern { expected: either(expected, also), actual: normalize(&actual) },
            (
                Kind::Size { expected, actual },
                Kind::Size { expected: also, .. } | Kind::Count { expected: also, .. },
            ) => Kind::Size { expected: union(expected, *also), actual },
            (
                Kind::Count { expected, actual },
                Kind::Size { expected: also, .. } | Kind::Count { expected: also, .. },
            ) => Kind::Count { expected: union(expected, *also), actual },
            (kind, _) => kind,
        };
        Finding { path: self.path, kind }
    }

    /// Without the step at this position of the path.
    pub(super) fn without_step(mut self, position: usize) -> Finding {
        if position < self.path.len() {
            self.path.remove(position);
        }
        self
    }
}

impl fmt::Display for Finding {
    /// Starts with a blank.
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        for element in &self.path {
            write!(out, " {element}")?;
        }
        match &self.kind {
            Kind::MissingKey(key) => write!(out, " expects a value for key '{key}'"),
            Kind::MissingParameter(name) => write!(out, " expects a value for parameter '{name}'"),
            Kind::UnknownKey(key) => write!(out, " unrecognized key '{key}'"),
            Kind::UnknownParameter(name) => write!(out, " has no parameter named '{name}'"),
            Kind::UnexpectedBlock => out.write_str(" does not expect a block"),
            Kind::MissingBlock => out.write_str(" expects a block"),
            Kind::Unresolved(name) => write!(out, " references an unresolved type '{name}'"),
            Kind::Type { expected, actual } => text::wrong_type(out, expected, actual),
            Kind::Pattern { expected, actual } => text::wrong_text(out, expected, actual),
            Kind::Size { expected, actual } => text::wrong_size(out, *expected, *actual),
            Kind::Count { expected, actual } => text::wrong_count(out, *expected, *actual),
        }
    }
}
