//! Certificate requests.
//!
//! Requests come from machines that nobody has authenticated yet, so this reader is written for hostile
//! input: bounded in size and in the number of parts, no extension may occur twice, and nothing is
//! believed before [`Csr::verify`].

use der::asn1::{AnyRef, IntRef, PrintableStringRef, Utf8StringRef};
use der::{Decode, Encode, Reader, Sequence, SliceReader, Tag, TagNumber, Tagged};

use crate::frame::{self, Signed};
use crate::{
    AltName, Digest, Error, Extension, KeyPair, Name, Oid, PublicKey, Result, alt_name, extension,
    fingerprint, oid, pem, text,
};

/// No request may be larger than this, counted in bytes of PEM or DER.
pub const CSR_BYTES_MAX: usize = 128 * 1024;
/// No request may have more attributes, or more values of one, than this.
pub const ATTRIBUTES_MAX: usize = 100;

const WHAT: &str = "certificate request";
const LABELS: &[&str] = &[pem::CERTIFICATE_REQUEST, "NEW CERTIFICATE REQUEST"];
const ATTRIBUTES_TAG: Tag = Tag::ContextSpecific { constructed: true, number: TagNumber(0) };

#[derive(Sequence)]
struct Info<'a> {
    // 0 by the standard; `puppetserver ca` writes 2.
    version: IntRef<'a>,
    subject: AnyRef<'a>,
    public_key: AnyRef<'a>,
    // Required by the standard, missing in the requests of some tools.
    #[asn1(optional = "true")]
    attributes: Option<AnyRef<'a>>,
}

#[derive(Sequence)]
struct RawAttribute<'a> {
    oid: Oid,
    values: AnyRef<'a>,
}

/// An attribute of a request, such as the challenge password.
#[derive(Clone, PartialEq, Eq)]
pub struct Attribute {
    /// What it is.
    pub oid: Oid,
    /// The DER of each value.
    pub values: Vec<Vec<u8>>,
}

impl Attribute {
    /// The first value as text.
    pub fn as_text(&self) -> Option<String> {
        self.values.first().map(|value| text::lenient(value))
    }
}

// Attributes hold shared secrets that autosign policies check.
impl std::fmt::Debug for Attribute {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "Attribute({})", self.oid)
    }
}

/// A certificate request as it was read or made.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Csr {
    der: Vec<u8>,
    subject: Name,
    public_key: PublicKey,
    attributes: Vec<Attribute>,
    extensions: Vec<Extension>,
}

impl Csr {
    /// Reads DER. The signature is not checked; see [`Csr::verify`].
    pub fn from_der(der: &[u8]) -> Result<Csr> {
        if der.len() > CSR_BYTES_MAX {
            return Err(Error::TooLarge { what: WHAT, limit: CSR_BYTES_MAX });
        }
        let malformed = Error::malformed(WHAT);
        let signed = Signed::read(WHAT, der)?;
        let body = signed.body.to_der().map_err(&malformed)?;
        let info = Info::from_der(&body).map_err(&malformed)?;
        let public_key = info.public_key.to_der().map_err(&malformed)?;
        let attributes = match info.attributes {
            None => Vec::new(),
            Some(set) if set.tag() == ATTRIBUTES_TAG => read_attributes(set.value())?,
            Some(_) => return Err(Error::bad(WHAT, "something else stands in the place of the attributes")),
        };
        let extensions = requested_extensions(&attributes)?;
        Ok(Csr {
            der: der.to_vec(),
            subject: Name::from_any(info.subject)?,
            public_key: PublicKey::from_der(&public_key)?,
            attributes,
            extensions,
        })
    }

    /// Reads the one request of a PEM text.
    pub fn from_pem(pem: &[u8]) -> Result<Csr> {
        if pem.len() > CSR_BYTES_MAX {
            return Err(Error::TooLarge { what: WHAT, limit: CSR_BYTES_MAX });
        }
        match pem::labelled(pem, LABELS)?.as_slice() {
            [] => Err(Error::NoPem { wanted: pem::CERTIFICATE_REQUEST }),
            [der] => Csr::from_der(der),
            more => Err(Error::NotOnePem { wanted: pem::CERTIFICATE_REQUEST, found: more.len() }),
        }
    }

    /// The request as a PEM block.
    pub fn to_pem(&self) -> String {
        pem::encode(pem::CERTIFICATE_REQUEST, &self.der)
    }

    /// The bytes as they were read or signed.
    pub fn as_der(&self) -> &[u8] {
        &self.der
    }

    /// Whom it is for.
    pub fn subject(&self) -> &Name {
        &self.subject
    }

    /// The certname: the subject's common name.
    pub fn certname(&self) -> Option<String> {
        self.subject.common_name()
    }

    /// The key to certify.
    pub fn public_key(&self) -> &PublicKey {
        &self.public_key
    }

    /// The attributes, in order, those with extension requests included.
    pub fn attributes(&self) -> &[Attribute] {
        &self.attributes
    }

    /// The text of an attribute's first value.
    pub fn attribute_text(&self, oid: &Oid) -> Option<String> {
        self.attributes.iter().find(|attribute| attribute.oid == *oid)?.as_text()
    }

    /// The extensions that are asked for, in the standard's attribute and in Microsoft's.
    pub fn extensions(&self) -> &[Extension] {
        &self.extensions
    }

    /// The alternative names that are asked for; empty if there are none.
    pub fn alt_names(&self) -> Result<Vec<AltName>> {
        alt_name::of(&self.extensions)
    }

    /// Checks that whoever made the request has the private key.
    pub fn verify(&self) -> Result<()> {
        Signed::read(WHAT, &self.der)?.verify(WHAT, &self.public_key)
    }

    /// The fingerprint, upper case with colons.
    pub fn fingerprint(&self, digest: Digest) -> String {
        fingerprint(&self.der, digest)
    }
}

fn read_attributes(set: &[u8]) -> Result<Vec<Attribute>> {
    let malformed = Error::malformed("request attributes");
    let too_many = || Error::TooLarge { what: "number of request attributes", limit: ATTRIBUTES_MAX };
    let mut reader = SliceReader::new(set).map_err(&malformed)?;
    let mut attributes = Vec::new();
    while !reader.is_finished() {
        if attributes.len() == ATTRIBUTES_MAX {
            return Err(too_many());
        }
        let raw = RawAttribute::decode(&mut reader).map_err(&malformed)?;
        let mut inner = SliceReader::new(raw.values.value()).map_err(&malformed)?;
        let mut values = Vec::new();
        while !inner.is_finished() {
            if values.len() == ATTRIBUTES_MAX {
                return Err(too_many());
            }
            values.push(inner.tlv_bytes().map_err(&malformed)?.to_vec());
        }
        attributes.push(Attribute { oid: raw.oid, values });
    }
    Ok(attributes)
}

fn requested_extensions(attributes: &[Attribute]) -> Result<Vec<Extension>> {
    let mut all = Vec::new();
    for attribute in attributes {
        if attribute.oid != oid::EXTENSION_REQUEST && attribute.oid != oid::MS_EXTENSION_REQUEST {
            continue;
        }
        for value in &attribute.values {
            let decoded = Vec::<x509_cert::ext::Extension>::from_der(value);
            all.extend(decoded.map_err(Error::malformed("extension request"))?);
        }
    }
    // One list for both attributes, so that the same extension in each counts as twice.
    extension::list(all)
}

/// Makes requests as `puppet` does.
#[derive(Clone, Debug)]
pub struct CsrBuilder {
    subject: Name,
    extensions: Vec<Extension>,
    attributes: Vec<Vec<u8>>,
}

impl CsrBuilder {
    /// A request for this certname.
    pub fn new(certname: &str) -> Result<CsrBuilder> {
        Ok(CsrBuilder {
            subject: Name::from_common_name(certname)?,
            extensions: Vec::new(),
            attributes: Vec::new(),
        })
    }

    /// Asks for an extension.
    #[must_use]
    pub fn extension(mut self, extension: Extension) -> CsrBuilder {
        self.extensions.push(extension);
        self
    }

    /// Adds an attribute with a text value: a PrintableString if it can be one, as Puppet does.
    pub fn attribute(mut self, oid: Oid, text: &str) -> Result<CsrBuilder> {
        let wrong = Error::encode("a request attribute");
        let value = match PrintableStringRef::new(text) {
            Ok(text) => text.to_der(),
            Err(_) => Utf8StringRef::new(text).and_then(|text| text.to_der()),
        };
        self.attributes.push(attribute(oid, &value.map_err(&wrong)?)?);
        Ok(self)
    }

    /// Signs the request with the key it is for.
    pub fn sign(mut self, key: &KeyPair) -> Result<Csr> {
        let wrong = Error::encode(WHAT);
        if !self.extensions.is_empty() {
            let list = self.extensions.iter().map(Extension::to_x509).collect::<Result<Vec<_>>>()?;
            self.attributes.push(attribute(oid::EXTENSION_REQUEST, &list.to_der().map_err(&wrong)?)?);
        }
        // The members of a SET OF are sorted by their encoding.
        self.attributes.sort();
        let attributes = self.attributes.concat();
        let info = Info {
            version: IntRef::new(&[0]).map_err(&wrong)?,
            subject: self.subject.as_any()?,
            public_key: AnyRef::from_der(key.public_key().as_der()).map_err(&wrong)?,
            attributes: Some(AnyRef::new(ATTRIBUTES_TAG, &attributes).map_err(&wrong)?),
        };
        let info = info.to_der().map_err(&wrong)?;
        Csr::from_der(&frame::sign(WHAT, &info, key)?)
    }
}

fn attribute(oid: Oid, value: &[u8]) -> Result<Vec<u8>> {
    let wrong = Error::encode("a request attribute");
    let values = AnyRef::new(Tag::Set, value).map_err(&wrong)?;
    RawAttribute { oid, values }.to_der().map_err(&wrong)
}
