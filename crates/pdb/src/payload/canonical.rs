//! Canonical JSON ([`crate::hash::canonical`]) straight from a text: no tree of values is made in between.

use std::borrow::Cow;
use std::fmt;
use std::io::Write as _;

use serde::Deserialize;
use serde::de::{DeserializeSeed, Deserializer, Error, MapAccess, SeqAccess, Visitor};

use crate::schema::Kind;

/// A text that is borrowed where its JSON has no escapes.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct Text<'a>(pub(crate) Cow<'a, str>);

impl<'de: 'a, 'a> Deserialize<'de> for Text<'a> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Text<'a>, D::Error> {
        struct Borrowed;
        impl<'de> Visitor<'de> for Borrowed {
            type Value = Text<'de>;

            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("a string")
            }

            fn visit_borrowed_str<E: Error>(self, text: &'de str) -> Result<Text<'de>, E> {
                Ok(Text(Cow::Borrowed(text)))
            }

            fn visit_str<E: Error>(self, text: &str) -> Result<Text<'de>, E> {
                Ok(Text(Cow::Owned(text.to_owned())))
            }
        }
        deserializer.deserialize_str(Borrowed)
    }
}

/// What a value is that was written.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) struct Written {
    pub(crate) kind: Kind,
    /// That of an integer or a float.
    pub(crate) number: Option<f64>,
}

/// Writes the canonical text of the next value. The decoder bounds the depth.
pub(crate) struct Canonical<'o>(pub(crate) &'o mut Vec<u8>);

impl<'de> DeserializeSeed<'de> for Canonical<'_> {
    type Value = Written;

    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<Written, D::Error> {
        deserializer.deserialize_any(self)
    }
}

impl Canonical<'_> {
    fn number<E: Error>(self, kind: Kind, number: &serde_json::Number) -> Result<Written, E> {
        write!(self.0, "{number}").map_err(E::custom)?;
        Ok(Written { kind, number: number.as_f64() })
    }
}

fn scalar(kind: Kind) -> Written {
    Written { kind, number: None }
}

/// Writes a text that may have to be escaped.
pub(crate) fn quote(text: &str, out: &mut Vec<u8>) {
    if serde_json::to_writer(&mut *out, text).is_err() {
        // Memory takes everything, and each text has a JSON form.
        out.extend_from_slice(b"null");
    }
}

/// Writes a text that JSON had without escapes, so that it needs none.
fn quote_plain(text: &str, out: &mut Vec<u8>) {
    out.push(b'"');
    out.extend_from_slice(text.as_bytes());
    out.push(b'"');
}

impl Text<'_> {
    /// Writes it as JSON.
    pub(crate) fn quote(&self, out: &mut Vec<u8>) {
        match &self.0 {
            Cow::Borrowed(text) => quote_plain(text, out),
            Cow::Owned(text) => quote(text, out),
        }
    }
}

/// Writes a list of texts.
pub(crate) fn quote_all(texts: &[Text<'_>], out: &mut Vec<u8>) {
    out.push(b'[');
    for (index, text) in texts.iter().enumerate() {
        if index > 0 {
            out.push(b',');
        }
        text.quote(out);
    }
    out.push(b']');
}

impl<'de> Visitor<'de> for Canonical<'_> {
    type Value = Written;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a value")
    }

    fn visit_unit<E: Error>(self) -> Result<Written, E> {
        self.0.extend_from_slice(b"null");
        Ok(scalar(Kind::Null))
    }

    fn visit_bool<E: Error>(self, flag: bool) -> Result<Written, E> {
        self.0.extend_from_slice(if flag { b"true" } else { b"false" });
        Ok(scalar(Kind::Boolean))
    }

    fn visit_i64<E: Error>(self, number: i64) -> Result<Written, E> {
        self.number(Kind::Integer, &number.into())
    }

    fn visit_u64<E: Error>(self, number: u64) -> Result<Written, E> {
        self.number(Kind::Integer, &number.into())
    }

    fn visit_f64<E: Error>(self, number: f64) -> Result<Written, E> {
        let number = serde_json::Number::from_f64(number).ok_or_else(|| E::custom("no number"))?;
        self.number(Kind::Float, &number)
    }

    fn visit_borrowed_str<E: Error>(self, text: &'de str) -> Result<Written, E> {
        quote_plain(text, self.0);
        Ok(scalar(Kind::String))
    }

    fn visit_str<E: Error>(self, text: &str) -> Result<Written, E> {
        quote(text, self.0);
        Ok(scalar(Kind::String))
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut items: A) -> Result<Written, A::Error> {
        self.0.push(b'[');
        let begin = self.0.len();
        loop {
            let before = self.0.len();
            if before > begin {
                self.0.push(b',');
            }
            if items.next_element_seed(Canonical(&mut *self.0))?.is_none() {
                self.0.truncate(before);
                break;
            }
        }
        self.0.push(b']');
        Ok(scalar(Kind::Array))
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Written, A::Error> {
        self.0.push(b'{');
        let begin = self.0.len();
        let mut members: Vec<(Text<'de>, usize)> = Vec::new();
        let mut is_sorted = true;
        while let Some(key) = map.next_key::<Text<'de>>()? {
            if let Some((last, _)) = members.last() {
                is_sorted &= *last < key;
                self.0.push(b',');
            }
            let at = self.0.len();
            key.quote(self.0);
            self.0.push(b':');
            members.push((key, at));
            map.next_value_seed(Canonical(&mut *self.0))?;
        }
        if !is_sorted {
            sort(self.0, begin, members);
        }
        self.0.push(b'}');
        Ok(scalar(Kind::Object))
    }
}

/// Brings members, which are written from `begin` on and divided by commas, into the order of their keys. Of those with the same key the
/// last one counts, as for every decoder.
fn sort(out: &mut Vec<u8>, begin: usize, members: Vec<(Text<'_>, usize)>) {
    let ends: Vec<usize> = members.iter().skip(1).map(|(_, at)| at - 1).chain([out.len()]).collect();
    let mut members: Vec<(Text<'_>, usize, usize)> =
        members.into_iter().zip(ends).map(|((key, at), end)| (key, at, end)).collect();
    members.sort_by(|left, right| left.0.cmp(&right.0).then(right.1.cmp(&left.1)));
    members.dedup_by(|left, right| left.0 == right.0);
    let mut sorted = Vec::with_capacity(out.len() - begin);
    for (_, at, end) in members {
        if !sorted.is_empty() {
            sorted.push(b',');
        }
        sorted.extend_from_slice(out.get(at..end).unwrap_or_default());
    }
    out.truncate(begin);
    out.extend_from_slice(&sorted);
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::hash;

    fn canonical(text: &str) -> (String, Written) {
        let mut out = Vec::new();
        let mut decoder = serde_json::Deserializer::from_str(text);
        let written = Canonical(&mut out).deserialize(&mut decoder).unwrap();
        (String::from_utf8(out).unwrap(), written)
    }

    fn check(text: &str) {
        let value: serde_json::Value = serde_json::from_str(text).unwrap();
        let expected = Written { kind: Kind::of(&value), number: value.as_f64() };
        assert_eq!(canonical(text), (hash::canonical(&value), expected), "{text}");
    }

    #[test]
    fn it_is_the_same_as_that_of_a_tree() {
        for text in [
            r#" { "b" : [ 1 , { "d" : null , "c" : 1.50 } ] , "a" : "ü\"\n\u00fc\/", "\u0062": [], "b ": {} } "#,
            "[1e3,-0,0.1,1E-7,123456789012345678901234567890,18446744073709551615,-9223372036854775808,1.0,5e-324]",
            r#"{"a":1,"b":2,"a":{"x":[true,false,null]},"":""}"#,
            r#""\u0000\ud83d\ude00\u007f""#,
            "\"\u{7f}\u{2028}\"",
            "[[],{},[[]],[{}]]",
            "7",
            "-7.25",
            "null",
        ] {
            check(text);
        }
    }

    fn json() -> impl Strategy<Value = serde_json::Value> {
        let leaf = prop_oneof![
            Just(serde_json::Value::Null),
            any::<bool>().prop_map(Into::into),
            any::<i64>().prop_map(Into::into),
            any::<f64>().prop_map(Into::into),
            ".{0,6}".prop_map(Into::into),
        ];
        leaf.prop_recursive(4, 40, 6, |inner| {
            prop_oneof![
                prop::collection::vec(inner.clone(), 0..6).prop_map(Into::into),
                prop::collection::vec(("[a-c\"\\n]{0,2}", inner), 0..6)
                    .prop_map(|members| members.into_iter().collect::<serde_json::Map<_, _>>().into()),
            ]
        })
    }

    proptest! {
        #[test]
        fn every_value_is_as_that_of_a_tree(value in json()) {
            check(&value.to_string());
            check(&serde_json::to_string_pretty(&value).unwrap());
        }
    }
}
