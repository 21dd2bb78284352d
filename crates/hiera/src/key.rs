//! Keys: `apache::port`, `hosts.web01.'a.b'.0`.
//!
//! The first segment is what data files are asked for; the others dig into the value that was found. Segments may
//! be quoted, digits are an index.

use pcore::{Str, Value};

use crate::LookupError;

/// A parsed key.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Key {
    /// As it was written.
    pub(crate) text: Str,
    /// The first segment.
    pub(crate) root: Str,
    /// The other segments.
    pub(crate) segments: Vec<Segment>,
    /// Length of the module name before the first `::` of the root.
    module: Option<usize>,
}

/// A step into a value.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Segment {
    /// A key of a hash.
    Name(Str),
    /// An index of an array, or an integer key of a hash.
    Index(i64),
}

impl Segment {
    pub(crate) fn to_value(&self) -> Value {
        match self {
            Segment::Name(name) => Value::Str(name.clone()),
            Segment::Index(index) => Value::Int(*index),
        }
    }
}

impl std::fmt::Display for Segment {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Segment::Name(name) => f.write_str(name),
            Segment::Index(index) => write!(f, "{index}"),
        }
    }
}

impl Key {
    /// Parses a key.
    pub(crate) fn parse(text: &Str) -> Result<Key, LookupError> {
        if !needs_split(text) {
            return Ok(Key::plain(text.clone()));
        }
        let syntax_error = || LookupError::located(format!("Syntax error in key: '{text}'"));
        let mut segments = split(text).ok_or_else(syntax_error)?;
        let root = match segments.remove(0) {
            Segment::Name(name) => name,
            // A key of data is always text, so a number in front finds nothing under that number.
            Segment::Index(index) => Str::from(index.to_string()),
        };
        let module = root.find("::");
        Ok(Key { text: text.clone(), root, segments, module })
    }

    /// A key without sub-keys.
    pub(crate) fn plain(text: Str) -> Key {
        let module = text.find("::");
        Key { root: text.clone(), text, segments: Vec::new(), module }
    }

    /// The module that the key belongs to: what stands before the first `::`. The whole of `::x`, which no module is called.
    pub(crate) fn module(&self) -> Option<&str> {
        self.module.map(|end| match end {
            0 => self.root.as_str(),
            end => self.root.get(..end).unwrap_or_default(),
        })
    }

    /// All segments as values, for `data_dig` functions.
    pub(crate) fn to_array(&self) -> Value {
        let root = Value::Str(self.root.clone());
        Value::array(
            std::iter::once(root).chain(self.segments.iter().map(Segment::to_value)).collect::<Vec<_>>(),
        )
    }

    /// Wraps a value such that digging with this key finds it again.
    pub(crate) fn undig(&self, value: Value) -> Value {
        self.segments.iter().rev().fold(value, |inner, segment| match segment {
            Segment::Index(index) => {
                // An index that no real list reaches would only cost memory.
                let before = usize::try_from(*index).unwrap_or(0).min(INDEX_MAX);
                let mut items = vec![Value::Undef; before];
                items.push(inner);
                Value::array(items)
            }
            Segment::Name(name) => Value::hash([(name.clone(), inner)].into_iter().collect()),
        })
    }
}

/// The greatest index for which [`Key::undig`] builds a list.
const INDEX_MAX: usize = 65_535;

fn needs_split(text: &str) -> bool {
    text.bytes().any(|byte| matches!(byte, b'\'' | b'"' | b'.'))
}

/// Splits at dots. `None` is a syntax error. Text without quotes and dots is one segment, with its blanks.
pub(crate) fn split(text: &str) -> Option<Vec<Segment>> {
    if !needs_split(text) {
        return Some(vec![Segment::Name(text.into())]);
    }
    let mut segments = Vec::new();
    let mut rest = text;
    loop {
        let (segment, after) = next_segment(rest)?;
        segments.push(segment);
        if after.is_empty() {
            return Some(segments);
        }
        rest = after.strip_prefix('.')?;
    }
}

fn next_segment(text: &str) -> Option<(Segment, &str)> {
    let trimmed = text.trim_start();
    if let Some(quote @ ('"' | '\'')) = trimmed.chars().next() {
        let (inner, after) = trimmed.get(1..)?.split_once(quote)?;
        return (!inner.is_empty()).then(|| (Segment::Name(inner.into()), after.trim_start()));
    }
    let end = text.find(['\'', '"', '.']).unwrap_or(text.len());
    let (segment, after) = text.split_at_checked(end)?;
    (!segment.is_empty()).then(|| (plain_segment(segment.trim()), after))
}

fn plain_segment(text: &str) -> Segment {
    let digits = text.strip_prefix(['+', '-']).unwrap_or(text);
    if !digits.is_empty()
        && digits.bytes().all(|byte| byte.is_ascii_digit())
        && let Ok(index) = text.parse()
    {
        return Segment::Index(index);
    }
    Segment::Name(text.into())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn shown(text: &str) -> String {
        match split(text) {
            None => "error".into(),
            Some(segments) => segments.iter().map(|s| format!("{s:?}")).collect::<Vec<_>>().join(" "),
        }
    }

    #[test]
    fn segments() {
        let cases = [
            ("a", r#"Name("a")"#),
            (" a ", r#"Name(" a ")"#),
            ("a.b", r#"Name("a") Name("b")"#),
            ("a . b", r#"Name("a") Name("b")"#),
            ("a.0.-1.+2", r#"Name("a") Index(0) Index(-1) Index(2)"#),
            ("'a.b'.c", r#"Name("a.b") Name("c")"#),
            ("a.\"b'c\" .d", r#"Name("a") Name("b'c") Name("d")"#),
            ("a.' b '", r#"Name("a") Name(" b ")"#),
            ("a.", "error"),
            (".a", "error"),
            ("a..b", "error"),
            ("a.''", "error"),
            ("a 'b'", "error"),
            ("'a'b", "error"),
            ("'a", "error"),
            (".", "error"),
        ];
        for (text, expected) in cases {
            assert_eq!(shown(text), expected, "{text:?}");
        }
    }

    #[test]
    fn modules() {
        let module =
            |text: &str| Key::parse(&text.into()).ok().and_then(|key| key.module().map(str::to_owned));
        assert_eq!(module("a::b::c"), Some("a".into()));
        assert_eq!(module("a"), None);
        assert_eq!(module("::a"), Some("::a".into()));
        assert_eq!(module("a.b::c"), None);
        assert_eq!(module("'a::b'.c"), Some("a".into()));
    }
}
