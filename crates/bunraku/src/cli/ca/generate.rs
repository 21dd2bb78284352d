//! `bunraku ca generate`: keys and certificates for machines and tools that do not ask for them themselves.

use std::path::{Path, PathBuf};
use std::process::ExitCode;

use pki::{AltName, Csr, CsrBuilder, Extension, KeyPair};
use rest::{Bytes, Method, StatusCode};

use super::online::{Api, path};
use super::sign::{Allowed, seconds, sign_one, unexpected};
use super::{fail, offline, online};
use crate::config::Site;
use crate::csr_attributes::CsrAttributes;
use crate::serve::settings;

/// Make keys and certificates for other machines or tools
///
/// Key and certificate are written to this machine's ssl directory, under private_keys and certs; move them from there.
#[derive(clap::Args, Debug)]
pub struct Args {
    /// The names of the certificates
    #[arg(long, value_name = "NAME[,NAME]", value_delimiter = ',')]
    certname: Vec<String>,
    /// Alternative names: DNS:name, IP:address, or a host name
    #[arg(long, value_name = "NAME[,NAME]", default_value = "", hide_default_value = true)]
    subject_alt_names: String,
    /// Make certificates that may administer the authority. Done without the server, which must be stopped. Give such a
    /// certificate only to who may sign any other.
    #[arg(long)]
    ca_client: bool,
    /// Accepted for the sake of scripts: the directory's lock tells whether a server is running
    #[arg(long, requires = "ca_client")]
    force: bool,
    /// Life of the certificates: a number of seconds, or with one of s, m, h, d, y
    #[arg(long, value_name = "TIME")]
    ttl: Option<String>,
}

/// Where a certname's files go.
struct Files {
    certificate: PathBuf,
    private_key: PathBuf,
    public_key: PathBuf,
    signed: PathBuf,
}

impl Files {
    fn new(site: &Site, certname: &str) -> Files {
        let file = |directory: &str| site.path(directory).join(format!("{certname}.pem"));
        Files {
            certificate: file("certdir"),
            private_key: file("privatekeydir"),
            public_key: file("publickeydir"),
            signed: file("signeddir"),
        }
    }

    /// The lines of an error if some of them exist.
    fn existing(&self, certname: &str) -> Vec<String> {
        let files = [&self.certificate, &self.private_key, &self.public_key, &self.signed];
        let mut lines: Vec<String> = files
            .into_iter()
            .filter(|file| file.exists())
            .map(|file| format!("Existing file at '{}'", file.display()))
            .collect();
        if !lines.is_empty() {
            lines.push(format!(
                "Please delete these files if you really want to generate a new cert for {certname}."
            ));
        }
        lines
    }
}

pub(super) fn run(args: Args, site: &Site) -> anyhow::Result<ExitCode> {
    let mut errors = Vec::new();
    if args.certname.is_empty() {
        errors.push("    At least one certname is required to generate".to_owned());
    }
    for certname in &args.certname {
        if certname.to_lowercase() != *certname {
            errors.push("    Certificate names must be lower case".to_owned());
        }
        if certname.is_empty() || !certname.chars().all(|c| (' '..='~').contains(&c) && c != '/') {
            errors
                .push(format!("  Certname {certname} must not contain unprintable or non-ASCII characters"));
        }
    }
    if !errors.is_empty() {
        return fail(errors);
    }
    let ttl = match args.ttl.as_deref().map(seconds).transpose() {
        Ok(ttl) => ttl,
        Err(lines) => return fail(lines),
    };
    match args.ca_client {
        true => generate_authorized(&args, site),
        false => online::block_on(generate(&args, ttl, site)),
    }
}

/// Without the server, for a certificate that the server would never sign.
fn generate_authorized(args: &Args, site: &Site) -> anyhow::Result<ExitCode> {
    let (settings, _) = settings::authority(site)?;
    let key_kind = settings.key_kind;
    let attributes = CsrAttributes::load(&site.path("csr_attributes"))?;
    let authority = match offline(settings)? {
        Ok(authority) => authority,
        Err(code) => return Ok(code),
    };
    let mut good = true;
    for certname in &args.certname {
        let files = Files::new(site, certname);
        let existing = files.existing(certname);
        if !existing.is_empty() {
            fail(existing)?;
            good = false;
            continue;
        }
        let key = KeyPair::generate(key_kind)?;
        // The key first: a certificate without a key is of no use to anybody.
        save_keys(&files, certname, &key)?;
        let names = alt_names(&args.subject_alt_names, certname)?;
        let names: Vec<String> = names.iter().map(ToString::to_string).collect();
        let certificate = authority.issue_authorized(
            certname,
            &names.join(","),
            &attributes.extensions,
            key.public_key(),
        )?;
        save(&files.certificate, certificate.to_pem().as_bytes(), certname, "certificate")?;
    }
    Ok(if good { ExitCode::SUCCESS } else { ExitCode::FAILURE })
}

async fn generate(args: &Args, ttl: Option<u64>, site: &Site) -> anyhow::Result<ExitCode> {
    let api = Api::new(site)?;
    let attributes = CsrAttributes::load(&site.path("csr_attributes"))?;
    let (settings, _) = settings::authority(site)?;
    let mut good = true;
    for certname in &args.certname {
        let files = Files::new(site, certname);
        let existing = files.existing(certname);
        if !existing.is_empty() {
            fail(existing)?;
            good = false;
            continue;
        }
        let names = alt_names(&args.subject_alt_names, certname)?;
        let key = KeyPair::generate(settings.key_kind)?;
        let csr = request(certname, &key, &names, &attributes)?;
        // Kept in any case: the server may hold the request even if it refuses to sign it now.
        save_keys(&files, certname, &key)?;
        good &= obtain(&api, certname, &csr, ttl, &files).await?;
    }
    Ok(if good { ExitCode::SUCCESS } else { ExitCode::FAILURE })
}

/// Submits the request, has it signed if nobody has done that, and fetches the certificate.
async fn obtain(
    api: &Api,
    certname: &str,
    csr: &Csr,
    ttl: Option<u64>,
    files: &Files,
) -> anyhow::Result<bool> {
    let answer = api
        .send(Method::PUT, &path("certificate_request", certname), csr.to_pem(), Some("text/plain"))
        .await?;
    if !answer.status.is_success() {
        unexpected(
            &format!("When attempting to submit certificate request for '{certname}', received:"),
            &answer,
        )?;
        return Ok(false);
    }
    println!("Successfully submitted certificate request for {certname}");
    let answer = api.ask(Method::GET, &path("certificate", certname), Bytes::new()).await?;
    let answer = match answer.status {
        StatusCode::OK => {
            println!("Certificate for {certname} was autosigned.");
            if let Some(ttl) = ttl {
                eprintln!(
                    "ttl was specified, but the CA autosigned the CSR. Unable to specify {ttl} for {certname}"
                );
            }
            answer
        }
        _ => {
            if !sign_one(api, certname, ttl, Allowed::default()).await? {
                return Ok(false);
            }
            api.ask(Method::GET, &path("certificate", certname), Bytes::new()).await?
        }
    };
    match answer.status {
        StatusCode::OK => {
            save(&files.certificate, (answer.body + "\n").as_bytes(), certname, "certificate")?;
            Ok(true)
        }
        StatusCode::NOT_FOUND => {
            fail([format!("    Signed certificate {certname} could not be found on the CA")])?;
            Ok(false)
        }
        _ => {
            unexpected(&format!("When attempting to download certificate '{certname}', received:"), &answer)?;
            Ok(false)
        }
    }
}

fn request(
    certname: &str,
    key: &KeyPair,
    names: &[AltName],
    attributes: &CsrAttributes,
) -> anyhow::Result<Csr> {
    let mut builder = CsrBuilder::new(certname)?;
    for (oid, text) in &attributes.custom {
        builder = builder.attribute(*oid, text)?;
    }
    for extension in &attributes.extensions {
        builder = builder.extension(extension.clone());
    }
    Ok(builder.extension(Extension::subject_alt_name(names)?).sign(key)?)
}

/// The names that were asked for and the certname, sorted, each once. Clients that see alternative names look at
/// nothing else, so the certname has to be among them.
fn alt_names(text: &str, certname: &str) -> anyhow::Result<Vec<AltName>> {
    let mut names = Vec::new();
    for name in text.split(',').map(str::trim).filter(|name| !name.is_empty()) {
        names.push(AltName::parse(name)?);
    }
    names.push(AltName::Dns(certname.to_owned()));
    names.sort_by_key(ToString::to_string);
    names.dedup();
    Ok(names)
}

fn save_keys(files: &Files, certname: &str, key: &KeyPair) -> anyhow::Result<()> {
    save(&files.private_key, key.to_pem()?.as_bytes(), certname, "private key")?;
    save(&files.public_key, key.public_key().to_pem().as_bytes(), certname, "public key")
}

fn save(file: &Path, bytes: &[u8], certname: &str, what: &str) -> anyhow::Result<()> {
    if let Some(directory) = file.parent() {
        stdx::fs::create_directory(directory, 0o750)?;
    }
    stdx::fs::create_atomic(file, bytes, 0o640)?;
    println!("Successfully saved {what} for {certname} to {}", file.display());
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_certname_is_always_among_the_names() {
        let shown = |text: &str| -> Vec<String> {
            alt_names(text, "web01").unwrap().iter().map(ToString::to_string).collect()
        };
        assert_eq!(shown(""), ["DNS:web01"]);
        assert_eq!(shown("www, IP:10.0.0.1,DNS:web01"), ["DNS:web01", "DNS:www", "IP:10.0.0.1"]);
        assert!(alt_names("IP:x", "web01").is_err());
    }
}
