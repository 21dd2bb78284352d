//! Keys, certificate requests, certificates and revocation lists as Puppet uses them.
//!
//! Everything here is bytes in, values out: no files, no clock, no policy. Who may have which
//! certificate is the certificate authority's business; this crate only makes sure that what is read is
//! what was signed and that what is written is what `puppet`, `puppetserver` and `openssl` expect.
//!
//! * [`KeyPair`] and [`PublicKey`]: RSA and EC keys in every PEM form that Puppet or OpenSSL writes.
//! * [`Csr`] and [`CsrBuilder`]: requests with Puppet's extension requests and attributes.
//! * [`Certificate`] and [`Template`]: reading and issuing; [`profile`] has the extension lists.
//! * [`Crl`]: revocation lists, whose entries are copied and never decoded twice.
//! * [`envelope`]: contents encrypted for a key.
//! * [`oid`]: the table of Puppet's object identifiers and their short names.
//!
//! **Reading is lenient where old authorities were sloppy and strict where it matters.** The original
//! bytes are kept: signatures and fingerprints are taken over what arrived, and names are compared and
//! copied byte for byte, so a certificate of a foreign CA (whose string types differ from ours) still
//! chains. Sizes and counts are limited before anything is decoded.

pub mod alt_name;
mod certificate;
pub mod chain;
mod crl;
mod csr;
pub mod envelope;
mod error;
pub mod extension;
mod fingerprint;
mod frame;
mod key;
mod name;
pub mod oid;
pub mod pem;
pub mod profile;
mod serial;
mod text;
pub mod time;

pub use alt_name::AltName;
pub use certificate::{CERTIFICATE_BYTES_MAX, Certificate, Template};
pub use crl::{CRL_BYTES_MAX, Crl, CrlTimes, Reason};
pub use csr::{ATTRIBUTES_MAX, Attribute, CSR_BYTES_MAX, Csr, CsrBuilder};
pub use error::Error;
pub use extension::Extension;
pub use fingerprint::{Digest, fingerprint};
pub use key::{KeyKind, KeyPair, PublicKey};
pub use name::Name;
pub use oid::{Oid, OidNames};
pub use serial::Serial;

/// What most functions here return.
pub type Result<T, E = Error> = std::result::Result<T, E>;
