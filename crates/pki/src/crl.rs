//! Certificate revocation lists.
//!
//! A list of an old estate has tens of thousands of entries, and each revocation makes a new one. The
//! entries are therefore never rebuilt: the bytes of the old list are copied and new ones appended, which
//! also keeps dates and reasons as they were. In memory stands a sorted list of serials, which is what
//! everybody asks.

use std::sync::Arc;
use std::time::SystemTime;

use der::asn1::{AnyRef, UintRef};
use der::{
    Decode, DecodeValue, Encode, EncodeValue, FixedTag, Header, Length, Reader, Sequence, SliceReader, Tag,
    Tagged, Writer,
};
use x509_cert::spki::AlgorithmIdentifierRef;
use x509_cert::time::Time;

use crate::frame::{self, Signed};
use crate::{
    Certificate, Error, Extension, KeyPair, Name, PublicKey, Result, Serial, extension, oid, pem, time,
};

/// No revocation list may be larger than this.
pub const CRL_BYTES_MAX: usize = 128 * 1024 * 1024;

const WHAT: &str = "revocation list";

#[derive(Sequence)]
struct Body<'a> {
    #[asn1(optional = "true")]
    version: Option<u8>,
    algorithm: AlgorithmIdentifierRef<'a>,
    issuer: AnyRef<'a>,
    this_update: Time,
    #[asn1(optional = "true")]
    next_update: Option<Time>,
    #[asn1(optional = "true")]
    entries: Option<Entries<'a>>,
    #[asn1(context_specific = "0", tag_mode = "EXPLICIT", optional = "true")]
    extensions: Option<Vec<x509_cert::ext::Extension>>,
}

impl<'a> Body<'a> {
    fn entry_bytes(&self) -> &'a [u8] {
        self.entries.as_ref().map(|entries| entries.0).unwrap_or_default()
    }
}

/// The content of the SEQUENCE OF entries, not decoded.
struct Entries<'a>(&'a [u8]);

impl FixedTag for Entries<'_> {
    const TAG: Tag = Tag::Sequence;
}

impl<'a> DecodeValue<'a> for Entries<'a> {
    type Error = der::Error;

    fn decode_value<R: Reader<'a>>(reader: &mut R, header: Header) -> der::Result<Self> {
        reader.read_slice(header.length()).map(Entries)
    }
}

impl EncodeValue for Entries<'_> {
    fn value_len(&self) -> der::Result<Length> {
        self.0.len().try_into()
    }

    fn encode_value(&self, writer: &mut impl Writer) -> der::Result<()> {
        writer.write(self.0)
    }
}

/// Why a certificate was revoked.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Reason {
    /// The key is known to others; the reason that Puppet always gives.
    KeyCompromise = 1,
}

/// The time of a list and of the next one.
#[derive(Clone, Copy, Debug)]
pub struct CrlTimes {
    /// When this list was made.
    pub this_update: SystemTime,
    /// When it stops being valid.
    pub next_update: SystemTime,
}

/// A revocation list as it was read or made. Cheap to clone.
#[derive(Clone)]
pub struct Crl(Arc<Inner>);

struct Inner {
    der: Vec<u8>,
    issuer: Name,
    this_update: SystemTime,
    next_update: Option<SystemTime>,
    extensions: Vec<Extension>,
    /// Sorted, each once.
    revoked: Vec<Serial>,
}

impl Crl {
    /// Reads DER.
    pub fn from_der(der: &[u8]) -> Result<Crl> {
        if der.len() > CRL_BYTES_MAX {
            return Err(Error::TooLarge { what: WHAT, limit: CRL_BYTES_MAX });
        }
        let malformed = Error::malformed(WHAT);
        let signed = Signed::read(WHAT, der)?;
        let bytes = signed.body.to_der().map_err(&malformed)?;
        let body = Body::from_der(&bytes).map_err(&malformed)?;
        let mut revoked = Vec::new();
        for_each_entry(body.entry_bytes(), |serial, _| revoked.push(serial))?;
        revoked.sort_unstable();
        revoked.dedup();
        Ok(Crl(Arc::new(Inner {
            der: der.to_vec(),
            issuer: Name::from_any(body.issuer)?,
            this_update: body.this_update.to_system_time(),
            next_update: body.next_update.map(|time| time.to_system_time()),
            extensions: extension::list(body.extensions.unwrap_or_default())?,
            revoked,
        })))
    }

    /// Reads all lists of a PEM text, in order.
    pub fn chain_from_pem(pem: &[u8]) -> Result<Vec<Crl>> {
        let found = pem::labelled(pem, &[pem::X509_CRL])?;
        if found.is_empty() {
            return Err(Error::NoPem { wanted: pem::X509_CRL });
        }
        found.iter().map(|der| Crl::from_der(der)).collect()
    }

    /// An empty list of an authority, number 0.
    pub fn empty(authority: &Certificate, key: &KeyPair, times: CrlTimes) -> Result<Crl> {
        let extensions = vec![authority_key_id(authority)?];
        make(authority.subject(), extensions, Serial::from(0), &[], times, key)
    }

    /// The next list: the entries of this one and, revoked now, these serials.
    ///
    /// Serials that are on the list already are not added again.
    pub fn revoke(
        &self,
        serials: &[Serial],
        reason: Reason,
        authority: &Certificate,
        key: &KeyPair,
        times: CrlTimes,
    ) -> Result<Crl> {
        let mut new: Vec<Serial> = serials.iter().copied().filter(|serial| !self.contains(serial)).collect();
        new.sort_unstable();
        new.dedup();
        let mut entries = Vec::new();
        self.with_body(|body| {
            entries.extend_from_slice(body.entry_bytes());
            Ok(())
        })?;
        for serial in &new {
            entries.extend(entry(serial, reason, times.this_update)?);
        }
        self.successor(&entries, authority, key, times)
    }

    /// The next list with only those entries whose serial is to be kept.
    pub fn retain(
        &self,
        mut keep: impl FnMut(&Serial) -> bool,
        authority: &Certificate,
        key: &KeyPair,
        times: CrlTimes,
    ) -> Result<Crl> {
        let mut entries = Vec::new();
        self.with_body(|body| {
            for_each_entry(body.entry_bytes(), |serial, entry| {
                if keep(&serial) {
                    entries.extend_from_slice(entry);
                }
            })
        })?;
        self.successor(&entries, authority, key, times)
    }

    /// The next list with each serial once; the first of several entries is kept.
    pub fn without_duplicates(&self, authority: &Certificate, key: &KeyPair, times: CrlTimes) -> Result<Crl> {
        let mut seen = std::collections::HashSet::new();
        self.retain(|serial| seen.insert(*serial), authority, key, times)
    }

    fn successor(
        &self,
        entries: &[u8],
        authority: &Certificate,
        key: &KeyPair,
        times: CrlTimes,
    ) -> Result<Crl> {
        let number = match self.number() {
            Some(number) => number.next().ok_or_else(|| Error::bad(WHAT, "its number cannot grow"))?,
            None => Serial::from(0),
        };
        let mut extensions: Vec<Extension> =
            self.0.extensions.iter().filter(|extension| extension.oid != oid::CRL_NUMBER).cloned().collect();
        if extension::find(&extensions, &oid::AUTHORITY_KEY_ID).is_none() {
            extensions.insert(0, authority_key_id(authority)?);
        }
        make(&self.0.issuer, extensions, number, entries, times, key)
    }

    /// The number of entries, with repetitions.
    pub fn entry_count(&self) -> Result<usize> {
        let mut count = 0;
        self.with_body(|body| for_each_entry(body.entry_bytes(), |_, _| count += 1))?;
        Ok(count)
    }

    fn with_body<T>(&self, use_it: impl FnOnce(&Body<'_>) -> Result<T>) -> Result<T> {
        let malformed = Error::malformed(WHAT);
        let signed = Signed::read(WHAT, &self.0.der)?;
        let bytes = signed.body.to_der().map_err(&malformed)?;
        use_it(&Body::from_der(&bytes).map_err(&malformed)?)
    }

    /// The list as a PEM block.
    pub fn to_pem(&self) -> String {
        pem::encode(pem::X509_CRL, &self.0.der)
    }

    /// The bytes as they were read or signed.
    pub fn as_der(&self) -> &[u8] {
        &self.0.der
    }

    /// Who made the list.
    pub fn issuer(&self) -> &Name {
        &self.0.issuer
    }

    /// When it was made.
    pub fn this_update(&self) -> SystemTime {
        self.0.this_update
    }

    /// When it stops being valid, if it says so.
    pub fn next_update(&self) -> Option<SystemTime> {
        self.0.next_update
    }

    /// Its number, if it has one.
    pub fn number(&self) -> Option<Serial> {
        let extension = extension::find(&self.0.extensions, &oid::CRL_NUMBER)?;
        Serial::from_bytes(UintRef::from_der(&extension.value).ok()?.as_bytes())
    }

    /// The key identifier of who made it.
    pub fn authority_key_id(&self) -> Option<Vec<u8>> {
        extension::authority_key_id(&self.0.extensions)
    }

    /// Whether it only tells changes since another list.
    pub fn is_delta(&self) -> bool {
        extension::find(&self.0.extensions, &oid::DELTA_CRL).is_some()
    }

    /// Whether a certificate's serial is on the list.
    pub fn contains(&self, serial: &Serial) -> bool {
        self.0.revoked.binary_search(serial).is_ok()
    }

    /// The revoked serials in ascending order, each once.
    pub fn serials(&self) -> &[Serial] {
        &self.0.revoked
    }

    /// Checks the signature against the authority's key.
    pub fn verify(&self, signer: &PublicKey) -> Result<()> {
        Signed::read(WHAT, &self.0.der)?.verify(WHAT, signer)
    }
}

impl PartialEq for Crl {
    fn eq(&self, other: &Crl) -> bool {
        self.0.der == other.0.der
    }
}

impl Eq for Crl {}

impl std::fmt::Debug for Crl {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Crl")
            .field("issuer", &self.0.issuer)
            .field("number", &self.number())
            .field("revoked", &self.0.revoked.len())
            .finish_non_exhaustive()
    }
}

fn for_each_entry(entries: &[u8], mut visit: impl FnMut(Serial, &[u8])) -> Result<()> {
    let malformed = Error::malformed("revocation entry");
    let mut reader = SliceReader::new(entries).map_err(&malformed)?;
    while !reader.is_finished() {
        let bytes = reader.tlv_bytes().map_err(&malformed)?;
        let entry = AnyRef::from_der(bytes).map_err(&malformed)?;
        let mut fields = SliceReader::new(entry.value()).map_err(&malformed)?;
        let number = AnyRef::decode(&mut fields).map_err(&malformed)?;
        if entry.tag() != Tag::Sequence || number.tag() != Tag::Integer {
            return Err(Error::bad("revocation entry", "it does not start with a serial number"));
        }
        let serial = Serial::from_bytes(number.value())
            .ok_or_else(|| Error::bad("revocation entry", "its serial number has more than 20 bytes"))?;
        visit(serial, bytes);
    }
    Ok(())
}

#[derive(Sequence)]
struct Entry<'a> {
    serial: UintRef<'a>,
    date: Time,
    extensions: Vec<x509_cert::ext::Extension>,
}

fn entry(serial: &Serial, reason: Reason, date: SystemTime) -> Result<Vec<u8>> {
    let wrong = Error::encode("a revocation entry");
    let code_byte = [reason as u8];
    let code = AnyRef::new(Tag::Enumerated, &code_byte).and_then(|code| code.to_der()).map_err(&wrong)?;
    let code = Extension { oid: oid::REASON_CODE, critical: false, value: code };
    Entry {
        serial: UintRef::new(serial.as_bytes()).map_err(&wrong)?,
        date: time::to_x509(date)?,
        extensions: vec![code.to_x509()?],
    }
    .to_der()
    .map_err(&wrong)
}

fn authority_key_id(authority: &Certificate) -> Result<Extension> {
    // The identifier that the authority's own certificate claims; computed only if it claims none.
    let key_id = authority.subject_key_id().unwrap_or_else(|| authority.public_key().key_id());
    Extension::authority_key_id(&key_id)
}

fn make(
    issuer: &Name,
    mut extensions: Vec<Extension>,
    number: Serial,
    entries: &[u8],
    times: CrlTimes,
    key: &KeyPair,
) -> Result<Crl> {
    let wrong = Error::encode(WHAT);
    extensions.push(Extension::crl_number(&number)?);
    let algorithm = key.signature_algorithm()?;
    let body = Body {
        version: Some(1),
        algorithm: AlgorithmIdentifierRef::from_der(&algorithm).map_err(&wrong)?,
        issuer: issuer.as_any()?,
        this_update: time::to_x509(times.this_update)?,
        next_update: Some(time::to_x509(times.next_update)?),
        // An empty list of entries has to be absent.
        entries: (!entries.is_empty()).then_some(Entries(entries)),
        extensions: Some(extensions.iter().map(Extension::to_x509).collect::<Result<Vec<_>>>()?),
    };
    let body = body.to_der().map_err(&wrong)?;
    Crl::from_der(&frame::sign(WHAT, &body, key)?)
}
