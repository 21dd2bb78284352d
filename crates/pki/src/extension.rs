//! Extensions, kept as they were encoded, with readers and makers for the ones Puppet uses.

use der::asn1::{OctetString, Utf8StringRef};
use der::{Decode, Encode};
use x509_cert::ext::pkix;

use crate::{Error, Oid, PublicKey, Result, Serial, alt_name, oid, text};

/// No certificate or request may have more extensions than this.
pub const EXTENSIONS_MAX: usize = 100;

/// One extension of a certificate, a request or a revocation list.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Extension {
    /// What it is.
    pub oid: Oid,
    /// Whether who does not understand it has to refuse the certificate.
    pub critical: bool,
    /// The DER inside the OCTET STRING.
    pub value: Vec<u8>,
}

impl Extension {
    fn new(oid: Oid, critical: bool, value: &impl Encode) -> Result<Extension> {
        let value = value.to_der().map_err(Error::encode("an extension"))?;
        Ok(Extension { oid, critical, value })
    }

    /// An extension whose value is a text, such as `pp_role`.
    pub fn text(oid: Oid, text: &str) -> Result<Extension> {
        let text = Utf8StringRef::new(text).map_err(Error::encode("an extension"))?;
        Extension::new(oid, false, &text)
    }

    /// The value as text; see [`Extension::text`]. Values without a DER string are taken as bare text.
    pub fn as_text(&self) -> String {
        text::lenient(&self.value)
    }

    /// nsComment.
    pub fn netscape_comment(comment: &str) -> Result<Extension> {
        let comment = der::asn1::Ia5StringRef::new(comment).map_err(Error::encode("an extension"))?;
        Extension::new(oid::NETSCAPE_COMMENT, false, &comment)
    }

    /// authorityKeyIdentifier with the key identifier alone.
    pub fn authority_key_id(key_id: &[u8]) -> Result<Extension> {
        let key_id = OctetString::new(key_id).map_err(Error::encode("an extension"))?;
        let value = pkix::AuthorityKeyIdentifier { key_identifier: Some(key_id), ..Default::default() };
        Extension::new(oid::AUTHORITY_KEY_ID, false, &value)
    }

    /// subjectKeyIdentifier: the SHA-1 of the public key.
    pub fn subject_key_id(key: &PublicKey) -> Result<Extension> {
        let key_id = OctetString::new(key.key_id()).map_err(Error::encode("an extension"))?;
        Extension::new(oid::SUBJECT_KEY_ID, false, &key_id)
    }

    /// basicConstraints, critical.
    pub fn basic_constraints(ca: bool) -> Result<Extension> {
        let value = pkix::BasicConstraints { ca, path_len_constraint: None };
        Extension::new(oid::BASIC_CONSTRAINTS, true, &value)
    }

    /// keyUsage, critical.
    pub fn key_usage(usages: &[pkix::KeyUsages]) -> Result<Extension> {
        let mut set = der::flagset::FlagSet::default();
        for &usage in usages {
            set |= usage;
        }
        Extension::new(oid::KEY_USAGE, true, &pkix::KeyUsage(set))
    }

    /// extendedKeyUsage, critical.
    pub fn extended_key_usage(purposes: &[Oid]) -> Result<Extension> {
        Extension::new(oid::EXTENDED_KEY_USAGE, true, &pkix::ExtendedKeyUsage(purposes.to_vec()))
    }

    /// subjectAltName.
    pub fn subject_alt_name(names: &[crate::AltName]) -> Result<Extension> {
        Ok(Extension { oid: oid::SUBJECT_ALT_NAME, critical: false, value: alt_name::encode(names)? })
    }

    /// cRLNumber.
    pub(crate) fn crl_number(number: &Serial) -> Result<Extension> {
        let number = der::asn1::UintRef::new(number.as_bytes()).map_err(Error::encode("an extension"))?;
        Extension::new(oid::CRL_NUMBER, false, &number)
    }

    pub(crate) fn from_x509(extension: x509_cert::ext::Extension) -> Extension {
        Extension {
            oid: extension.extn_id,
            critical: extension.critical,
            value: extension.extn_value.into_bytes().into(),
        }
    }

    pub(crate) fn to_x509(&self) -> Result<x509_cert::ext::Extension> {
        let extn_value = OctetString::new(self.value.clone()).map_err(Error::encode("an extension"))?;
        Ok(x509_cert::ext::Extension { extn_id: self.oid, critical: self.critical, extn_value })
    }
}

/// The extension with this identifier.
pub fn find<'a>(extensions: &'a [Extension], oid: &Oid) -> Option<&'a Extension> {
    extensions.iter().find(|extension| extension.oid == *oid)
}

/// Decodes a list and refuses one that is too long or names something twice: with two of a kind, the one
/// that was checked might not be the one that is believed.
pub(crate) fn list(decoded: Vec<x509_cert::ext::Extension>) -> Result<Vec<Extension>> {
    if decoded.len() > EXTENSIONS_MAX {
        return Err(Error::TooLarge { what: "number of extensions", limit: EXTENSIONS_MAX });
    }
    let mut extensions: Vec<Extension> = Vec::with_capacity(decoded.len());
    for extension in decoded {
        if find(&extensions, &extension.extn_id).is_some() {
            return Err(Error::bad("extensions", &format!("{} occurs twice", extension.extn_id)));
        }
        extensions.push(Extension::from_x509(extension));
    }
    Ok(extensions)
}

/// The key identifier inside an authorityKeyIdentifier.
pub(crate) fn authority_key_id(extensions: &[Extension]) -> Option<Vec<u8>> {
    let extension = find(extensions, &oid::AUTHORITY_KEY_ID)?;
    let value = pkix::AuthorityKeyIdentifier::from_der(&extension.value).ok()?;
    value.key_identifier.map(|id| id.into_bytes().into())
}

/// The subjectKeyIdentifier.
pub(crate) fn subject_key_id(extensions: &[Extension]) -> Option<Vec<u8>> {
    let extension = find(extensions, &oid::SUBJECT_KEY_ID)?;
    OctetString::from_der(&extension.value).ok().map(|id| id.into_bytes().into())
}

/// Whether basicConstraints says that this is an authority.
pub(crate) fn is_ca(extensions: &[Extension]) -> bool {
    find(extensions, &oid::BASIC_CONSTRAINTS)
        .and_then(|extension| pkix::BasicConstraints::from_der(&extension.value).ok())
        .is_some_and(|constraints| constraints.ca)
}

/// Whether keyUsage (if there is one) allows a use.
pub(crate) fn allows(extensions: &[Extension], usage: pkix::KeyUsages) -> bool {
    match find(extensions, &oid::KEY_USAGE) {
        None => true,
        Some(extension) => {
            pkix::KeyUsage::from_der(&extension.value).is_ok_and(|key_usage| key_usage.0.contains(usage))
        }
    }
}
