//! CMS envelopes (RFC 5652, "enveloped-data"; PKCS #7 before it): a content encrypted with AES, whose key is encrypted for an RSA
//! key. hiera-eyaml keeps secrets in data files so.

use aws_lc_rs::cipher::{
    AES_128, AES_256, Algorithm, DecryptionContext, PaddedBlockDecryptingKey, UnboundCipherKey,
};
use aws_lc_rs::iv::FixedLength;
use aws_lc_rs::rsa::{Pkcs1PrivateDecryptingKey, PrivateDecryptingKey};
use der::asn1::{AnyRef, ObjectIdentifier};
use der::{Decode as _, Reader as _, SliceReader, Tag, Tagged as _};

use crate::Result;
use crate::error::Error;
use crate::key::KeyPair;

/// Secrets are small; what is larger is not decoded.
const BYTES_MAX: usize = 16 * 1024 * 1024;

const ENVELOPED_DATA: ObjectIdentifier = ObjectIdentifier::new_unwrap("1.2.840.113549.1.7.3");
const RSA_ENCRYPTION: ObjectIdentifier = ObjectIdentifier::new_unwrap("1.2.840.113549.1.1.1");
const AES_128_CBC: ObjectIdentifier = ObjectIdentifier::new_unwrap("2.16.840.1.101.3.4.1.2");
const AES_256_CBC: ObjectIdentifier = ObjectIdentifier::new_unwrap("2.16.840.1.101.3.4.1.42");

/// Opens an envelope (DER) with the private key of one of its recipients.
///
/// # Errors
/// Bytes that are no envelope, algorithms other than RSA (PKCS #1 v1.5) and AES-CBC, a key that opens none of the envelope's locks.
pub fn open(der: &[u8], key: &KeyPair) -> Result<Vec<u8>> {
    if der.len() > BYTES_MAX {
        return Err(Error::Envelope("it is larger than 16 MiB"));
    }
    let parts = Parts::read(der).map_err(|_| Error::Envelope("it is not enveloped data in DER"))?;
    let algorithm: &'static Algorithm = match parts.cipher {
        AES_128_CBC => &AES_128,
        AES_256_CBC => &AES_256,
        _ => return Err(Error::Envelope("its content is not encrypted with AES in CBC mode")),
    };
    let iv: [u8; 16] =
        parts.iv.try_into().map_err(|_| Error::Envelope("its initialisation vector has not 16 bytes"))?;
    let pkcs8 = key.to_pkcs8()?;
    let private = PrivateDecryptingKey::from_pkcs8(&pkcs8)
        .ok()
        .and_then(|key| Pkcs1PrivateDecryptingKey::new(key).ok())
        .ok_or(Error::Envelope("the private key is no RSA key"))?;
    let mut buffer = vec![0; private.min_output_size()];
    for locked in parts.locked_keys {
        let Ok(content_key) = private.decrypt(locked, &mut buffer) else { continue };
        let Ok(cipher_key) = UnboundCipherKey::new(algorithm, content_key) else { continue };
        let Ok(cipher) = PaddedBlockDecryptingKey::cbc_pkcs7(cipher_key) else { continue };
        let mut content = parts.content.to_vec();
        let context = DecryptionContext::Iv128(FixedLength::from(iv));
        if let Ok(plain) = cipher.decrypt(&mut content, context) {
            return Ok(plain.to_vec());
        }
    }
    Err(Error::Envelope("the private key does not open it"))
}

struct Parts<'a> {
    locked_keys: Vec<&'a [u8]>,
    cipher: ObjectIdentifier,
    iv: &'a [u8],
    content: &'a [u8],
}

impl<'a> Parts<'a> {
    fn read(der: &'a [u8]) -> der::Result<Parts<'a>> {
        let mut reader = SliceReader::new(der)?;
        let mut info = inside(AnyRef::decode(&mut reader)?, Tag::Sequence)?;
        let kind = ObjectIdentifier::decode(&mut info)?;
        if kind != ENVELOPED_DATA {
            return Err(Tag::ObjectIdentifier.value_error().into());
        }
        let mut wrapper = SliceReader::new(AnyRef::decode(&mut info)?.value())?;
        let mut envelope = inside(AnyRef::decode(&mut wrapper)?, Tag::Sequence)?;
        AnyRef::decode(&mut envelope)?;
        let mut next = AnyRef::decode(&mut envelope)?;
        // Certificates that may stand before the recipients.
        if next.tag() != Tag::Set {
            next = AnyRef::decode(&mut envelope)?;
        }
        let mut recipients = inside(next, Tag::Set)?;
        let mut locked_keys = Vec::new();
        while !recipients.is_finished() {
            let recipient = AnyRef::decode(&mut recipients)?;
            // Other kinds of recipients have tags of their own.
            if recipient.tag() == Tag::Sequence
                && let Some(key) = locked_key(recipient)?
            {
                locked_keys.push(key);
            }
        }
        let mut encrypted = inside(AnyRef::decode(&mut envelope)?, Tag::Sequence)?;
        AnyRef::decode(&mut encrypted)?;
        let mut algorithm = inside(AnyRef::decode(&mut encrypted)?, Tag::Sequence)?;
        let cipher = ObjectIdentifier::decode(&mut algorithm)?;
        let iv = AnyRef::decode(&mut algorithm)?.value();
        let content = AnyRef::decode(&mut encrypted)?.value();
        Ok(Parts { locked_keys, cipher, iv, content })
    }
}

/// The encrypted key of a `KeyTransRecipientInfo`; `None` if it is not encrypted with PKCS #1 v1.5.
fn locked_key<'a>(recipient: AnyRef<'a>) -> der::Result<Option<&'a [u8]>> {
    let mut fields = inside(recipient, Tag::Sequence)?;
    AnyRef::decode(&mut fields)?;
    AnyRef::decode(&mut fields)?;
    let mut algorithm = inside(AnyRef::decode(&mut fields)?, Tag::Sequence)?;
    let algorithm = ObjectIdentifier::decode(&mut algorithm)?;
    let key = AnyRef::decode(&mut fields)?;
    key.tag().assert_eq(Tag::OctetString)?;
    Ok((algorithm == RSA_ENCRYPTION).then(|| key.value()))
}

fn inside<'a>(any: AnyRef<'a>, tag: Tag) -> der::Result<SliceReader<'a>> {
    any.tag().assert_eq(tag)?;
    SliceReader::new(any.value())
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    const KEY: &[u8] = include_bytes!("../tests/eyaml/private_key.pkcs7.pem");
    const ENVELOPE: &[u8] = include_bytes!("../tests/eyaml/secret.der");

    #[test]
    fn what_openssl_closed_opens() {
        let key = KeyPair::from_pem(KEY).unwrap();
        assert_eq!(open(ENVELOPE, &key).unwrap(), b"correct horse");
    }

    #[test]
    fn another_key_does_not_open_it() {
        let key = KeyPair::generate(crate::KeyKind::Rsa2048).unwrap();
        assert_eq!(
            open(ENVELOPE, &key).unwrap_err().to_string(),
            "the envelope cannot be opened: the private key does not open it"
        );
        let key = KeyPair::generate(crate::KeyKind::EcP256).unwrap();
        assert!(open(ENVELOPE, &key).is_err());
    }

    #[test]
    fn what_is_cut_is_refused() {
        let key = KeyPair::from_pem(KEY).unwrap();
        for length in 0..ENVELOPE.len() {
            assert!(open(&ENVELOPE[..length], &key).is_err(), "{length} bytes");
        }
    }

    proptest! {
        #[test]
        fn any_bytes_are_an_error_and_no_panic(place in 0..ENVELOPE.len(), byte: u8) {
            let mut bytes = ENVELOPE.to_vec();
            bytes[place] ^= byte | 1;
            let _ = Parts::read(&bytes);
        }
    }
}
