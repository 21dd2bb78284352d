//! Subject alternative names.

use std::fmt;
use std::net::IpAddr;

use der::asn1::{AnyRef, Ia5String};
use der::{Class, Decode, Encode, Reader, SliceReader, Tag, TagNumber, Tagged};
use x509_cert::ext::pkix::name::GeneralName;

use crate::{Error, Extension, Result, extension, oid};

/// No certificate or request may have more alternative names than this.
pub const ALT_NAMES_MAX: usize = 1000;

/// One alternative name.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum AltName {
    /// A host name.
    Dns(String),
    /// An address.
    Ip(IpAddr),
    /// Any other kind (mail address, URI, directory name, …), which Puppet does not use: its DER.
    Other(Vec<u8>),
}

impl AltName {
    /// Reads `DNS:name`, `IP:address` or a bare host name, as in `dns_alt_names`.
    pub fn parse(text: &str) -> Result<AltName> {
        let text = text.trim();
        if let Some(address) = text.strip_prefix("IP:") {
            let address = address.trim().parse();
            return address.map(AltName::Ip).map_err(|_| Error::bad("alternative name", text));
        }
        let name = text.strip_prefix("DNS:").unwrap_or(text).trim();
        if name.is_empty() || !name.is_ascii() || name.contains(|c: char| c.is_ascii_control() || c == ' ') {
            return Err(Error::bad("alternative name", text));
        }
        Ok(AltName::Dns(name.to_owned()))
    }
}

/// As Puppet's messages and status documents show it: `DNS:web01`, `IP:10.0.0.1`.
impl fmt::Display for AltName {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            AltName::Dns(name) => write!(f, "DNS:{name}"),
            AltName::Ip(address) => write!(f, "IP:{address}"),
            AltName::Other(der) => match AnyRef::from_der(der) {
                Ok(any) => {
                    let kind = match any.tag().number().value() {
                        0 => "othername",
                        1 => "email",
                        4 => "DirName",
                        6 => "URI",
                        7 => "IP",
                        8 => "Registered ID",
                        _ => "other",
                    };
                    write!(f, "{kind}:{}", String::from_utf8_lossy(any.value()).escape_default())
                }
                Err(_) => f.write_str("other:"),
            },
        }
    }
}

/// The names in a list of extensions; none if there is no subjectAltName.
pub fn of(extensions: &[Extension]) -> Result<Vec<AltName>> {
    match extension::find(extensions, &oid::SUBJECT_ALT_NAME) {
        Some(extension) => decode(&extension.value),
        None => Ok(Vec::new()),
    }
}

fn decode(der: &[u8]) -> Result<Vec<AltName>> {
    let malformed = Error::malformed("subjectAltName");
    let list = AnyRef::from_der(der).map_err(&malformed)?;
    if list.tag() != Tag::Sequence {
        return Err(Error::bad("subjectAltName", "it is no sequence"));
    }
    let mut reader = SliceReader::new(list.value()).map_err(&malformed)?;
    let mut names = Vec::new();
    while !reader.is_finished() {
        if names.len() == ALT_NAMES_MAX {
            return Err(Error::TooLarge { what: "number of alternative names", limit: ALT_NAMES_MAX });
        }
        let any = AnyRef::decode(&mut reader).map_err(&malformed)?;
        names.push(name(any)?);
    }
    Ok(names)
}

fn name(any: AnyRef<'_>) -> Result<AltName> {
    const DNS: TagNumber = TagNumber(2);
    const IP: TagNumber = TagNumber(7);
    let (tag, value) = (any.tag(), any.value());
    if tag.class() == Class::ContextSpecific && !tag.is_constructed() {
        if tag.number() == DNS {
            // A NUL or a control character in a host name is an attempt to be read in two ways.
            let text =
                std::str::from_utf8(value).ok().filter(|text| text.bytes().all(|b| b.is_ascii_graphic()));
            let text = text.ok_or_else(|| Error::bad("subjectAltName", "a DNS name is not plain ASCII"))?;
            return Ok(AltName::Dns(text.to_owned()));
        }
        if tag.number() == IP {
            if let Ok(octets) = <[u8; 4]>::try_from(value) {
                return Ok(AltName::Ip(octets.into()));
            }
            if let Ok(octets) = <[u8; 16]>::try_from(value) {
                return Ok(AltName::Ip(octets.into()));
            }
        }
    }
    Ok(AltName::Other(any.to_der().map_err(Error::malformed("subjectAltName"))?))
}

pub(crate) fn encode(names: &[AltName]) -> Result<Vec<u8>> {
    let wrong = Error::encode("subjectAltName");
    let mut content = Vec::new();
    for name in names {
        let general = match name {
            AltName::Dns(name) => GeneralName::DnsName(Ia5String::new(name).map_err(&wrong)?),
            AltName::Ip(address) => GeneralName::from(*address),
            AltName::Other(der) => {
                content.extend_from_slice(der);
                continue;
            }
        };
        general.encode_to_vec(&mut content).map_err(&wrong)?;
    }
    AnyRef::new(Tag::Sequence, &content).and_then(|list| list.to_der()).map_err(&wrong)
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn round_trip(names: &[AltName]) -> Vec<AltName> {
        decode(&encode(names).unwrap()).unwrap()
    }

    #[test]
    fn all_kinds_survive() {
        let email = vec![0x81, 3, b'a', b'@', b'b'];
        let names = [
            AltName::Dns("puppet".into()),
            AltName::Ip("10.0.0.1".parse().unwrap()),
            AltName::Ip("::1".parse().unwrap()),
            AltName::Other(email),
        ];
        assert_eq!(round_trip(&names), names);
        let shown: Vec<String> = names.iter().map(ToString::to_string).collect();
        assert_eq!(shown, ["DNS:puppet", "IP:10.0.0.1", "IP:::1", "email:a@b"]);
    }

    #[test]
    fn settings_are_read() {
        assert_eq!(AltName::parse(" DNS:a ").unwrap(), AltName::Dns("a".into()));
        assert_eq!(AltName::parse("b.example").unwrap(), AltName::Dns("b.example".into()));
        assert_eq!(AltName::parse("IP:10.1.2.3").unwrap(), AltName::Ip("10.1.2.3".parse().unwrap()));
        assert!(AltName::parse("IP:x").is_err());
        assert!(AltName::parse("").is_err());
    }

    #[test]
    fn a_name_with_a_nul_is_refused() {
        let der = [0x30, 5, 0x82, 3, b'a', 0, b'b'];
        assert!(decode(&der).unwrap_err().to_string().contains("not plain ASCII"));
    }

    proptest! {
        #[test]
        fn nothing_panics(der in proptest::collection::vec(any::<u8>(), 0..200)) {
            if let Ok(names) = decode(&der) {
                for name in &names {
                    let _ = name.to_string();
                }
                prop_assert_eq!(round_trip(&names), names);
            }
        }
    }
}
