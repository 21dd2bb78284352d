//! Distinguished names, kept as they were encoded.

use std::fmt;

use der::asn1::{AnyRef, ObjectIdentifier, Utf8StringRef};
use der::{Decode, Encode, Reader, Sequence, SliceReader};

use crate::{Error, Result, oid, text};

/// A subject's or issuer's name. Two names are equal if their bytes are: issuers copy the subject of the
/// signing certificate, string types and all.
#[derive(Clone, PartialEq, Eq, Hash)]
pub struct Name(Vec<u8>);

#[derive(Sequence, Clone, PartialEq, Eq)]
struct AttributeValue<'a> {
    oid: ObjectIdentifier,
    value: AnyRef<'a>,
}

impl Name {
    /// `CN=<text>`, in UTF-8: the form of every name that Puppet makes.
    pub fn from_common_name(common_name: &str) -> Result<Name> {
        let malformed = Error::encode("a common name");
        let value = Utf8StringRef::new(common_name).map_err(&malformed)?;
        let value = value.to_der().map_err(&malformed)?;
        let value = AnyRef::from_der(&value).map_err(&malformed)?;
        let attribute = AttributeValue { oid: oid::COMMON_NAME, value }.to_der().map_err(&malformed)?;
        let attribute = AnyRef::from_der(&attribute).map_err(&malformed)?;
        let set = AnyRef::new(der::Tag::Set, &attribute.to_der().map_err(&malformed)?)
            .and_then(|set| set.to_der())
            .map_err(&malformed)?;
        let name =
            AnyRef::new(der::Tag::Sequence, &set).and_then(|name| name.to_der()).map_err(&malformed)?;
        Ok(Name(name))
    }

    pub(crate) fn from_any(any: AnyRef<'_>) -> Result<Name> {
        let name = Name(any.to_der().map_err(Error::malformed("name"))?);
        // Decoded once here, so that later readers can rely on it.
        name.attributes()?;
        Ok(name)
    }

    pub(crate) fn as_any(&self) -> Result<AnyRef<'_>> {
        AnyRef::from_der(&self.0).map_err(Error::malformed("name"))
    }

    /// The first common name, if there is one and it is text.
    pub fn common_name(&self) -> Option<String> {
        let attributes = self.attributes().ok()?;
        let (_, value) = attributes.iter().find(|(oid, _)| *oid == oid::COMMON_NAME)?;
        text::of(*value)
    }

    /// The DER.
    pub fn as_der(&self) -> &[u8] {
        &self.0
    }

    fn attributes(&self) -> Result<Vec<(ObjectIdentifier, AnyRef<'_>)>> {
        let malformed = Error::malformed("name");
        let mut attributes = Vec::new();
        let sequence = AnyRef::from_der(&self.0).map_err(&malformed)?;
        let mut names = SliceReader::new(sequence.value()).map_err(&malformed)?;
        while !names.is_finished() {
            let set = AnyRef::decode(&mut names).map_err(&malformed)?;
            let mut set = SliceReader::new(set.value()).map_err(&malformed)?;
            while !set.is_finished() {
                let AttributeValue { oid, value } = AttributeValue::decode(&mut set).map_err(&malformed)?;
                attributes.push((oid, value));
            }
        }
        Ok(attributes)
    }
}

/// As RFC 2253 has it, last part first: `CN=web01,O=Example`.
impl fmt::Display for Name {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let attributes = self.attributes().unwrap_or_default();
        for (at, (oid, value)) in attributes.iter().rev().enumerate() {
            if at > 0 {
                f.write_str(",")?;
            }
            match short_name(oid) {
                Some(name) => write!(f, "{name}=")?,
                None => write!(f, "{oid}=")?,
            }
            let text =
                text::of(*value).unwrap_or_else(|| String::from_utf8_lossy(value.value()).into_owned());
            for (at, char) in text.chars().enumerate() {
                if matches!(char, ',' | '+' | '"' | '\\' | '<' | '>' | ';') || (at == 0 && char == '#') {
                    f.write_str("\\")?;
                }
                write!(f, "{char}")?;
            }
        }
        Ok(())
    }
}

impl fmt::Debug for Name {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{self}")
    }
}

fn short_name(oid: &ObjectIdentifier) -> Option<&'static str> {
    const NAMES: &[(&str, &str)] = &[
        ("2.5.4.3", "CN"),
        ("2.5.4.6", "C"),
        ("2.5.4.7", "L"),
        ("2.5.4.8", "ST"),
        ("2.5.4.10", "O"),
        ("2.5.4.11", "OU"),
        ("0.9.2342.19200300.100.1.25", "DC"),
        ("1.2.840.113549.1.9.1", "emailAddress"),
    ];
    let dotted = oid.to_string();
    NAMES.iter().find(|(oid, _)| *oid == dotted).map(|(_, name)| *name)
}
