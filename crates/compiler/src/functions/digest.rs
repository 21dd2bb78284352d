//! `digest`, `md5`, `sha1`, `sha256`

use md5::Md5;
use pcore::Value;
use sha1::Sha1;
use sha2::{Digest, Sha256};

use super::{Legacy, ruby};
use crate::error::Control;

/// The digest of a string as hexadecimal text, by the server's digest algorithm (`sha256`).
pub(super) const DIGEST: Legacy =
    Legacy { name: "digest", arity: 1, statement: false, body: |_, arguments| digest::<Sha256>(arguments) };

/// The MD5 digest of a string as hexadecimal text.
pub(super) const MD5: Legacy =
    Legacy { name: "md5", arity: 1, statement: false, body: |_, arguments| digest::<Md5>(arguments) };

/// The SHA-1 digest of a string as hexadecimal text.
pub(super) const SHA1: Legacy =
    Legacy { name: "sha1", arity: 1, statement: false, body: |_, arguments| digest::<Sha1>(arguments) };

/// The SHA-256 digest of a string as hexadecimal text.
pub(super) const SHA256: Legacy =
    Legacy { name: "sha256", arity: 1, statement: false, body: |_, arguments| digest::<Sha256>(arguments) };

fn digest<D: Digest>(arguments: &[Value]) -> Result<Value, Control> {
    match arguments {
        [Value::Str(text)] => Ok(hex::encode(D::digest(text.as_bytes())).into()),
        [other] => Err(ruby::no_conversion(other, "String").into()),
        _ => Ok(Value::Undef),
    }
}
