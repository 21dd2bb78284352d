//! The extensions of the certificates that Puppet's authority issues, each list in its order.

use x509_cert::ext::pkix::KeyUsages;

use crate::{AltName, Certificate, Extension, PublicKey, Result, alt_name, oid};

/// The comment in every certificate that the server issues.
pub const NETSCAPE_COMMENT: &str = "Puppet Server Internal Certificate";

/// Extensions of an authority's certificate. `signer_key_id` is the subject key identifier of who signs:
/// its own for a self-signed authority.
pub fn authority(public_key: &PublicKey, signer_key_id: &[u8]) -> Result<Vec<Extension>> {
    Ok(vec![
        Extension::netscape_comment(NETSCAPE_COMMENT)?,
        Extension::authority_key_id(signer_key_id)?,
        Extension::basic_constraints(true)?,
        Extension::key_usage(&[KeyUsages::KeyCertSign, KeyUsages::CRLSign])?,
        Extension::subject_key_id(public_key)?,
    ])
}

/// Extensions of a node's certificate: Puppet's own, the alternative names with the certname among them,
/// and what else was granted from the request.
pub fn node(
    authority: &Certificate,
    public_key: &PublicKey,
    certname: &str,
    granted: &[Extension],
) -> Result<Vec<Extension>> {
    let mut extensions = vec![
        Extension::netscape_comment(NETSCAPE_COMMENT)?,
        authority_key_id(authority)?,
        Extension::basic_constraints(false)?,
        Extension::extended_key_usage(&[oid::SERVER_AUTH, oid::CLIENT_AUTH])?,
        Extension::key_usage(&[KeyUsages::DigitalSignature, KeyUsages::KeyEncipherment])?,
        Extension::subject_key_id(public_key)?,
    ];
    let mut names = alt_name::of(granted)?;
    let own = AltName::Dns(certname.to_owned());
    if !names.contains(&own) {
        names.push(own);
    }
    let critical =
        granted.iter().any(|extension| extension.oid == oid::SUBJECT_ALT_NAME && extension.critical);
    extensions.push(Extension { critical, ..Extension::subject_alt_name(&names)? });
    extensions.extend(granted.iter().filter(|extension| extension.oid != oid::SUBJECT_ALT_NAME).cloned());
    Ok(extensions)
}

/// Extensions of a renewed certificate: those of the old one, with both key identifiers made anew.
pub fn renewal(authority: &Certificate, old: &Certificate) -> Result<Vec<Extension>> {
    let mut authority_key_id = Some(authority_key_id(authority)?);
    let mut subject_key_id = Some(Extension::subject_key_id(old.public_key())?);
    let mut extensions = Vec::with_capacity(old.extensions().len() + 2);
    for extension in old.extensions() {
        match extension.oid {
            oid::AUTHORITY_KEY_ID => extensions.extend(authority_key_id.take()),
            oid::SUBJECT_KEY_ID => extensions.extend(subject_key_id.take()),
            _ => extensions.push(extension.clone()),
        }
    }
    extensions.extend(authority_key_id);
    extensions.extend(subject_key_id);
    Ok(extensions)
}

/// The signer's own subject key identifier, copied: an external authority may have computed its identifier
/// in another way than we would, and chains are built by comparing them.
fn authority_key_id(authority: &Certificate) -> Result<Extension> {
    let key_id = authority.subject_key_id().unwrap_or_else(|| authority.public_key().key_id());
    Extension::authority_key_id(&key_id)
}
