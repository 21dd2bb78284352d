//! The first contact with a primary: its authority's certificates are fetched over a connection that proves nothing, and believed for a
//! fingerprint, or because a person says so.
//!
//! A fingerprint names the root certificate, or the whole bundle as it is sent (`ca_fingerprint` of Puppet). That of an intermediate
//! certificate would not do: a root that somebody puts above it is trusted for everything, and nothing binds it to the one below. All
//! certificates must lead to the one root, and afterwards the primary must show that it has a certificate of this authority.

use std::io::{IsTerminal as _, Write as _};
use std::path::Path;

use anyhow::{Context as _, bail};
use pki::{Certificate, Digest, chain, fingerprint};
use rest::{Bytes, Client, ClientTls, Method, StatusCode};

/// The path of the authority's bundle.
const BUNDLE: &str = "/puppet-ca/v1/certificate/ca";

/// How the authority is believed.
pub(super) struct Trust<'a> {
    /// SHA-256 of the root certificate, or of the bundle, with or without colons.
    pub(super) fingerprint: Option<&'a str>,
    /// Believe what comes.
    pub(super) at_first_use: bool,
}

/// The bundle that lies in `file`, or that is fetched, believed and put there.
pub(super) async fn authority(base: &str, file: &Path, trust: &Trust<'_>) -> anyhow::Result<Vec<u8>> {
    if file.exists() {
        let pem = std::fs::read(file).with_context(|| format!("could not read {}", file.display()))?;
        if let Some(wanted) = trust.fingerprint {
            let found = Found::read(&pem).with_context(|| format!("{} is not valid", file.display()))?;
            if !found.is(wanted) {
                bail!(
                    "{} is of another authority than the fingerprint: SHA256 {}",
                    file.display(),
                    found.root
                );
            }
        }
        return Ok(pem);
    }
    let url = format!("{base}{BUNDLE}");
    let client = Client::new(&ClientTls::unverified()?);
    let answer = client.send(Method::GET, &url, [], Bytes::new()).await?;
    if answer.status != StatusCode::OK {
        bail!("{} from {url}: {}", answer.status, answer.text());
    }
    let found = Found::read(&answer.body).with_context(|| format!("{url} is no authority's bundle"))?;
    match trust.fingerprint {
        Some(wanted) if found.is(wanted) => {
            println!("The authority '{}' has the fingerprint that was given", found.name)
        }
        Some(_) => bail!(
            "the authority at {base} has another fingerprint: '{}', SHA256 {} (of the bundle: {}). Somebody may stand between this \
             machine and the primary",
            found.name,
            found.root,
            found.bundle
        ),
        None => {
            println!("The authority '{}' has the fingerprint\n  SHA256 {}", found.name, found.root);
            if !trust.at_first_use
                && !ask("It is shown on the primary by `bunraku ca fingerprint`. Is it the same? [y/N] ")?
            {
                bail!(
                    "the authority was not accepted; --ca-fingerprint tells which one is right, --yes takes the one that answers"
                );
            }
        }
    }
    super::written::public(file, &answer.body)?;
    Ok(answer.body.to_vec())
}

/// What was found of an authority.
struct Found {
    name: String,
    root: String,
    bundle: String,
}

impl Found {
    /// Checks that all certificates of a bundle belong to one authority.
    fn read(pem: &[u8]) -> anyhow::Result<Found> {
        let bundle = Certificate::bundle_from_pem(pem)?;
        let first = bundle.first().context("it holds no certificate")?;
        let path = chain::path(first, &bundle)?;
        let root = path.last().copied().unwrap_or(first);
        for certificate in &bundle {
            let path = chain::path(certificate, &bundle)?;
            if path.last().is_none_or(|last| last.as_der() != root.as_der()) {
                bail!("it has certificates of more than one authority");
            }
        }
        Ok(Found {
            name: root.subject().to_string().replace(char::is_control, "?"),
            root: root.fingerprint(Digest::Sha256),
            bundle: fingerprint(pem, Digest::Sha256),
        })
    }

    fn is(&self, wanted: &str) -> bool {
        let plain = |text: &str| -> String {
            text.chars().filter(|c| c.is_ascii_hexdigit()).map(|c| c.to_ascii_uppercase()).collect()
        };
        let wanted = plain(wanted.trim().trim_start_matches("SHA256").trim_start_matches("(SHA256)"));
        wanted == plain(&self.root) || wanted == plain(&self.bundle)
    }
}

/// Asks a person; nobody there is no.
fn ask(question: &str) -> anyhow::Result<bool> {
    if !std::io::stdin().is_terminal() {
        return Ok(false);
    }
    print!("{question}");
    std::io::stdout().flush()?;
    let mut line = String::new();
    std::io::stdin().read_line(&mut line)?;
    Ok(matches!(line.trim(), "y" | "Y" | "yes"))
}

#[cfg(test)]
mod tests {
    use std::time::{Duration, SystemTime};

    use super::*;
    use pki::{KeyKind, KeyPair, Name, Serial, Template, profile};

    struct Authority {
        key: KeyPair,
        certificate: Certificate,
    }

    fn authority(name: &str, above: Option<&Authority>) -> Authority {
        let key = KeyPair::generate(KeyKind::EcP256).unwrap();
        let subject = Name::from_common_name(name).unwrap();
        let signer = above.map_or(key.public_key(), |above| above.key.public_key());
        let extensions = profile::authority(key.public_key(), &signer.key_id()).unwrap();
        let issuer = above.map_or(&subject, |above| above.certificate.subject());
        let template = Template {
            serial: Serial::from_decimal("1").unwrap(),
            issuer,
            subject: &subject,
            public_key: key.public_key(),
            not_before: SystemTime::now(),
            not_after: SystemTime::now() + Duration::from_secs(60),
            extensions: &extensions,
        };
        let certificate = template.sign(above.map_or(&key, |above| &above.key)).unwrap();
        Authority { key, certificate }
    }

    #[test]
    fn a_fingerprint_is_of_the_root_or_of_the_bundle() {
        let root = authority("root", None);
        let issuing = authority("issuing", Some(&root));
        let pem = format!("{}{}", issuing.certificate.to_pem(), root.certificate.to_pem());
        let found = Found::read(pem.as_bytes()).unwrap();
        let own = root.certificate.fingerprint(Digest::Sha256);
        assert!(found.is(&own) && found.is(&own.replace(':', "").to_lowercase()));
        assert!(found.is(&format!("SHA256 {own}")));
        assert!(found.is(&fingerprint(pem.as_bytes(), Digest::Sha256)));
        assert!(!found.is(&issuing.certificate.fingerprint(Digest::Sha256)));
        assert!(!found.is("") && !found.is("00"));
    }

    #[test]
    fn nobody_adds_an_authority_to_a_bundle() {
        let (root, other) = (authority("root", None), authority("other", None));
        let pem = format!("{}{}", root.certificate.to_pem(), other.certificate.to_pem());
        assert!(Found::read(pem.as_bytes()).is_err());
        let issuing = authority("issuing", Some(&other));
        let pem = format!("{}{}", root.certificate.to_pem(), issuing.certificate.to_pem());
        assert!(Found::read(pem.as_bytes()).is_err());
        assert!(Found::read(b"").is_err());
    }
}
