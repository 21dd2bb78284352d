//! `bunraku compiler join`: from a machine with nothing but the program to a compiler that can be started.
//!
//! Each step looks for what is there already, so that a second run does what the first one could not, and then nothing. The key is on
//! disk before the request is sent: a request whose key is lost would have to be cleaned up by hand.

use std::path::{Path, PathBuf};
use std::process::ExitCode;
use std::sync::Arc;
use std::time::{Duration, Instant};

use anyhow::{Context as _, bail};
use pki::oid::PP_AUTH_ROLE;
use pki::{AltName, Certificate, Csr, CsrBuilder, Digest, Extension, KeyPair};
use rest::client::ClientLimits;
use rest::{
    Bytes, Client, ClientTls, HeaderValue, Method, Revocation, StatusCode, TlsMaterial, Upstream, header,
};

use super::contact::{self, Trust};
use super::written::{self, Wanted};
use crate::config::{Config, DEFAULT_PATH, Site};
use crate::csr_attributes::CsrAttributes;
use crate::serve::settings;

/// How often it is looked whether the request has been signed.
const LOOK_INTERVAL: Duration = Duration::from_secs(2);
const ROLE: &str = "pe_compiler";

/// Make this machine a compiler of a primary
///
/// Fetches the authority's certificates, makes a key and a request for a certificate with the role of a compiler, waits until the
/// request is signed on the primary, and writes the configuration. What is there already is kept: run it again after a failure.
/// Exit code 0: the compiler can be started; 24: the request is not signed yet; 1: failed.
#[derive(clap::Args, Debug)]
#[command(after_help = "Examples:
  bunraku compiler join primary.example.com --dns-alt-names puppet.example.com
  bunraku compiler join primary.example.com --ca-fingerprint 'SHA256 1F:A2:...' --wait 0s")]
pub struct Args {
    /// The primary: a name, or NAME:PORT
    primary: String,
    /// Name of this machine's certificate [default: the host's full name]
    #[arg(long, value_name = "NAME")]
    certname: Option<String>,
    /// Further names under which agents come, such as that of the balancer
    #[arg(long, value_name = "NAME[,NAME]", value_delimiter = ',')]
    dns_alt_names: Vec<String>,
    /// SHA-256 of the authority's root certificate, as `bunraku ca fingerprint` shows it on the primary
    #[arg(long, value_name = "FINGERPRINT")]
    ca_fingerprint: Option<String>,
    /// Without --ca-fingerprint: take the authority that answers, without asking
    #[arg(long)]
    yes: bool,
    /// How long to wait for the signature: a number with s, m, h or d; 0s looks once
    #[arg(long, value_name = "TIME", default_value = "1h")]
    wait: String,
}

/// Runs the command.
pub(super) async fn run(args: Args, config: Option<&Path>) -> anyhow::Result<ExitCode> {
    let wait = crate::config::puppet_conf::parse_duration(&args.wait)
        .with_context(|| format!("--wait: `{}` is no time such as 10m", args.wait))?;
    let file = config.map_or_else(|| PathBuf::from(DEFAULT_PATH), Path::to_owned);
    let site = site(&args, &file)?;
    let host = settings::host(&site)?;
    let authority_here = site.path("cakey");
    if authority_here.exists() {
        bail!(
            "this machine has a certificate authority ({}): it is a primary, and as a compiler it would not be one any more",
            authority_here.display()
        );
    }
    let base = settings::primary(&site)?.authority;
    let base = base.as_str();

    let trust = Trust { fingerprint: args.ca_fingerprint.as_deref(), at_first_use: args.yes };
    let authority = contact::authority(base, &host.localcacert, &trust).await?;
    let bundle = Certificate::bundle_from_pem(&authority)?;
    let client = Client::new(&ClientTls::anonymous(&authority, b"")?);

    let key = key(&site, &host)?;
    let certificate = match certificate_here(&host, &key, &bundle)? {
        Some(certificate) => certificate,
        None => {
            let request = Request { site: &site, host: &host, key: &key, client: &client, base };
            let csr = request.make(&args.dns_alt_names)?;
            match request.obtain(&csr, &bundle, Duration::from_secs(wait)).await? {
                Some(certificate) => certificate,
                None => return Ok(ExitCode::from(24)),
            }
        }
    };
    let lists = revocation_lists(&site, &host, base, &authority).await?;
    let standing = standing(&site, &host, base, &authority, &lists).await?;
    must_do(&certificate, &host, &args.dns_alt_names, &standing)?;
    let wanted = Wanted {
        certname: &host.certname,
        confdir: &site.confdir,
        primary: &args.primary,
        file_sync: standing.has_versions,
    };
    let is_new = written::configuration(&file, &wanted)?;
    match is_new {
        true => println!("Wrote {}", file.display()),
        false => println!("{} is a compiler of {}; there was nothing to do", host.certname, args.primary),
    }
    let more =
        if file == Path::new(DEFAULT_PATH) { String::new() } else { format!(" --config {}", file.display()) };
    println!("Start it with: bunraku server --role compiler{more}");
    Ok(ExitCode::SUCCESS)
}

/// The configuration as it will be.
fn site(args: &Args, file: &Path) -> anyhow::Result<Site> {
    let mut config = if file.exists() { Config::load(Some(file))? } else { Config::default() };
    if let Some(certname) = &args.certname {
        if config.certname.as_ref().is_some_and(|other| other != certname) {
            bail!("{} has another certname than {certname}", file.display());
        }
        if certname.to_lowercase() != *certname {
            bail!("--certname: `{certname}` must be lower case, as certificate names are");
        }
        config.certname = Some(certname.clone());
    }
    if config.compiler.primary.as_ref().is_some_and(|other| *other != args.primary) {
        bail!("{} has another primary than {}", file.display(), args.primary);
    }
    config.compiler.primary = Some(args.primary.clone());
    Site::from_config(config)
}

/// The key that is there, or a new one.
fn key(site: &Site, host: &ca::Host) -> anyhow::Result<KeyPair> {
    let file = &host.hostprivkey;
    if file.exists() {
        let pem = std::fs::read(file).with_context(|| format!("could not read {}", file.display()))?;
        return KeyPair::from_pem(&pem).with_context(|| format!("{} is not valid", file.display()));
    }
    if host.hostcert.exists() {
        bail!(
            "there is a certificate at {}, and no key at {}; remove the certificate to begin anew",
            host.hostcert.display(),
            file.display()
        );
    }
    let (authority, _) = settings::authority(site)?;
    let key = KeyPair::generate(authority.key_kind)?;
    written::private(file, key.to_pem()?.as_bytes())?;
    written::public(&host.hostpubkey, key.public_key().to_pem().as_bytes())?;
    println!("Made a key for {}", host.certname);
    Ok(key)
}

/// The certificate that is there.
fn certificate_here(
    host: &ca::Host,
    key: &KeyPair,
    bundle: &[Certificate],
) -> anyhow::Result<Option<Certificate>> {
    let file = &host.hostcert;
    if !file.exists() {
        return Ok(None);
    }
    let pem = std::fs::read(file).with_context(|| format!("could not read {}", file.display()))?;
    let certificate =
        Certificate::from_pem(&pem).with_context(|| format!("{} is not valid", file.display()))?;
    check(&certificate, host, key, bundle)
        .with_context(|| format!("{}: remove it to ask for another one", file.display()))?;
    Ok(Some(certificate))
}

/// A certificate is this machine's, and of this authority.
fn check(
    certificate: &Certificate,
    host: &ca::Host,
    key: &KeyPair,
    bundle: &[Certificate],
) -> anyhow::Result<()> {
    if certificate.public_key() != key.public_key() {
        bail!("the certificate was not made for the key at {}", host.hostprivkey.display());
    }
    if certificate.certname().as_deref() != Some(host.certname.as_str()) {
        bail!("the certificate has another name than {}", host.certname);
    }
    pki::chain::verify(certificate, bundle, &[], std::time::SystemTime::now())
        .context("the certificate is not good")
}

/// This machine's request, and whom it goes to.
struct Request<'a> {
    site: &'a Site,
    host: &'a ca::Host,
    key: &'a KeyPair,
    client: &'a Client,
    base: &'a str,
}

impl Request<'_> {
    /// Makes it: all names, what csr_attributes.yaml says, and the role.
    fn make(&self, names: &[String]) -> anyhow::Result<Csr> {
        let certname = &self.host.certname;
        let mut all = vec![AltName::Dns(certname.clone())];
        let configured = match names {
            [] => self.host.alt_names.split(',').map(str::to_owned).collect(),
            names => names.to_vec(),
        };
        for name in configured.iter().filter(|name| !name.trim().is_empty()) {
            let name = AltName::parse(name).context("--dns-alt-names")?;
            if !all.contains(&name) {
                all.push(name);
            }
        }
        let attributes = CsrAttributes::load(&self.site.path("csr_attributes"))?;
        let mut request = CsrBuilder::new(certname)?;
        for (oid, text) in &attributes.custom {
            request = request.attribute(*oid, text)?;
        }
        for extension in attributes.extensions.iter().filter(|extension| extension.oid != PP_AUTH_ROLE) {
            request = request.extension(extension.clone());
        }
        let request = request
            .extension(Extension::subject_alt_name(&all)?)
            .extension(Extension::text(PP_AUTH_ROLE, ROLE)?);
        Ok(request.sign(self.key)?)
    }

    /// Sends it and waits for the certificate; nothing if it was not signed in time.
    async fn obtain(
        &self,
        csr: &Csr,
        bundle: &[Certificate],
        wait: Duration,
    ) -> anyhow::Result<Option<Certificate>> {
        let certname = &self.host.certname;
        if let Some(certificate) = self.signed(bundle).await? {
            return Ok(Some(certificate));
        }
        let text = HeaderValue::from_static("text/plain");
        let answer = self
            .ask(Method::PUT, "certificate_request", [(header::CONTENT_TYPE, text)], csr.to_pem().into())
            .await?;
        if !answer.status.is_success() {
            // One of an earlier run, or one that is kept although it was not signed at once.
            let waiting = self.ask(Method::GET, "certificate_request", [], Bytes::new()).await?;
            let own = Csr::from_pem(&waiting.body).ok().filter(|waiting| {
                waiting.public_key() == csr.public_key() && waiting.extensions() == csr.extensions()
            });
            if own.is_none() {
                bail!(
                    "{} from {}: {}\nIf the name is right, `bunraku ca clean --certname {certname}` on the primary makes room for it",
                    answer.status,
                    self.base,
                    answer.text()
                );
            }
        }
        if let Some(certificate) = self.signed(bundle).await? {
            return Ok(Some(certificate));
        }
        let names: Vec<String> = csr.alt_names()?.iter().map(ToString::to_string).collect();
        println!(
            "The request of {certname} waits on {} with the names {}. Its fingerprint is\n  SHA256 {}\nTo sign it, on the primary:\n  \
             bunraku ca sign --certname {certname} --compiler",
            self.base,
            names.join(", "),
            csr.fingerprint(Digest::Sha256)
        );
        let end = Instant::now() + wait;
        let mut is_silent = false;
        while Instant::now() < end {
            tokio::time::sleep(LOOK_INTERVAL.min(end.saturating_duration_since(Instant::now()))).await;
            match self.signed(bundle).await {
                Ok(Some(certificate)) => return Ok(Some(certificate)),
                Ok(None) => is_silent = false,
                // The primary may be away for a while.
                Err(error) if error.is::<rest::ClientError>() => {
                    if !is_silent {
                        eprintln!("{error:#}; waiting");
                    }
                    is_silent = true;
                }
                Err(error) => return Err(error),
            }
        }
        println!("It is not signed yet. Run this again when it is.");
        Ok(None)
    }

    /// The certificate, if it is there; then it is written.
    async fn signed(&self, bundle: &[Certificate]) -> anyhow::Result<Option<Certificate>> {
        let answer = self.ask(Method::GET, "certificate", [], Bytes::new()).await?;
        match answer.status {
            StatusCode::OK => {}
            StatusCode::NOT_FOUND => return Ok(None),
            status => bail!("{status} from {}: {}", self.base, answer.text()),
        }
        let certificate =
            Certificate::from_pem(&answer.body).context("the primary's answer is no certificate")?;
        check(&certificate, self.host, self.key, bundle).with_context(|| {
            format!(
                "{0} has a certificate for this name already; `bunraku ca clean --certname {1}` there makes room for this machine",
                self.base, self.host.certname
            )
        })?;
        written::public(&self.host.hostcert, certificate.to_pem().as_bytes())?;
        println!("The request of {} was signed", self.host.certname);
        Ok(Some(certificate))
    }

    async fn ask(
        &self,
        method: Method,
        resource: &str,
        headers: impl IntoIterator<Item = (rest::HeaderName, HeaderValue)>,
        body: Bytes,
    ) -> anyhow::Result<rest::client::Answer> {
        let certname = rest::path::percent_encode(&self.host.certname);
        let url = format!("{}/puppet-ca/v1/{resource}/{certname}", self.base);
        Ok(self.client.send(method, &url, headers, body).await?)
    }
}

/// Fetches the revocation lists, as the server that starts would, so that it starts without its primary, too.
async fn revocation_lists(
    site: &Site,
    host: &ca::Host,
    base: &str,
    authority: &[u8],
) -> anyhow::Result<Bytes> {
    stdx::fs::create_directory(&site.data_dir, 0o755)
        .with_context(|| format!("could not make {}", site.data_dir.display()))?;
    let tls = ClientTls::anonymous(authority, b"")?;
    let upstream = Arc::new(Upstream::new(base, &tls, ClientLimits::default()));
    let file = site.data_dir.join("revocation-lists.pem");
    let follower =
        ca::Follower::open(upstream, host.localcacert.clone(), file, host.hostcrl.clone(), LOOK_INTERVAL)?;
    follower.look().await?;
    let lists = follower.lists().context("the primary has no revocation lists")?;
    if !host.hostcrl.exists() {
        written::public(&host.hostcrl, lists.pem())?;
    }
    Ok(lists.pem().clone())
}

/// What the primary says to this machine's certificate.
struct Standing {
    /// It hands out versions of code.
    has_versions: bool,
    /// It takes this machine for a compiler; nothing if it does not say.
    is_compiler: Option<bool>,
}

/// Asks what only compilers get.
async fn standing(
    site: &Site,
    host: &ca::Host,
    base: &str,
    authority: &[u8],
    lists: &[u8],
) -> anyhow::Result<Standing> {
    let material = TlsMaterial {
        chain: &std::fs::read(&host.hostcert)?,
        key: &std::fs::read(&host.hostprivkey)?,
        authorities: authority,
        revocation_lists: lists,
        revocation: Revocation::Chain,
    };
    let client = Client::new(&ClientTls::new(&material)?);
    let url = format!("{base}{}/latest-commits", ::code::protocol::PREFIX);
    let json = [(header::CONTENT_TYPE, HeaderValue::from_static("application/json"))];
    let versions = client.send(Method::POST, &url, json, Bytes::from_static(b"{}")).await?.status;
    if versions != StatusCode::NOT_FOUND {
        let is_compiler = Some(versions == StatusCode::OK);
        return Ok(Standing { has_versions: versions == StatusCode::OK, is_compiler });
    }
    let url = format!("{}/pdb/meta/v1/version", settings::primary(site)?.store);
    let asked = client.send(Method::GET, &url, [], Bytes::new()).await;
    let is_compiler = asked.ok().and_then(|answer| match answer.status {
        StatusCode::OK => Some(true),
        StatusCode::FORBIDDEN => Some(false),
        _ => None,
    });
    Ok(Standing { has_versions: false, is_compiler })
}

/// Refuses a certificate with which this machine would be no compiler, or not under the names that agents use.
fn must_do(
    certificate: &Certificate,
    host: &ca::Host,
    names: &[String],
    standing: &Standing,
) -> anyhow::Result<()> {
    let certname = &host.certname;
    let anew = format!(
        "for another one remove {} here, run `bunraku ca clean --certname {certname}` on the primary, and join again",
        host.hostcert.display()
    );
    let known = certificate.alt_names()?;
    let mut missing = Vec::new();
    for name in names.iter().filter(|name| !name.trim().is_empty()) {
        let name = AltName::parse(name).context("--dns-alt-names")?;
        if !known.contains(&name) {
            missing.push(name.to_string());
        }
    }
    if !missing.is_empty() {
        bail!("the certificate of {certname} is not good for the names {}; {anew}", missing.join(", "));
    }
    let has_role = certificate.extensions().iter().any(|e| e.oid == PP_AUTH_ROLE && e.as_text() == ROLE);
    if !has_role && standing.is_compiler != Some(true) {
        bail!(
            "the certificate of {certname} has not the role of a compiler, and the primary does not take it for one: list {certname} in \
             `auth.compilers` of bunraku.toml there and reload it; or {anew}"
        );
    }
    Ok(())
}
