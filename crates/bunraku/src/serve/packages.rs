//! `/packages`: how a new machine becomes an agent or a compiler with one line, in the layout of `pe_repo`.
//!
//! `GET /packages/current/install.bash` is a script made for who asks: it has the authority's certificates, the name under which it was
//! asked for, and the checksum of the program that this server runs itself, which `…/TAG/bunraku` hands out. Nobody has a certificate
//! yet, so everybody may ask; there is nothing here that is secret.
//!
//! The name in the script is the one in the request's `Host` if this server's certificate has it, so that a script fetched through a
//! balancer leads to the balancer; any other name would not get through the script's own verification.

use std::collections::HashMap;
use std::fs::File;
use std::io::{self, Read as _, Seek as _, SeekFrom};
use std::os::unix::fs::MetadataExt as _;
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, PoisonError};

use pki::{AltName, Certificate, Digest, chain};
use rest::{BoxFuture, FileBody, Method, Problem, Request, Response, Service, StatusCode, header};
use sha2::{Digest as _, Sha256};

use crate::config::Site;

/// Where this is mounted.
const PREFIX: &str = "/packages";

const SCRIPT: &str = include_str!("packages/install.bash");
const PLACE: &str = "# @SETTINGS@\n";
/// The program of this process, also when its file has been replaced or removed meanwhile.
const OWN: &str = "/proc/self/exe";
/// Longer names of platforms are none.
const TAG_BYTES_MAX: usize = 64;
/// Platforms that have a program of their own.
const OTHERS_MAX: usize = 100;

/// What is given out.
struct Packages {
    certname: String,
    hostcert: PathBuf,
    authorities: PathBuf,
    /// Programs for other machines, as TAG/bunraku.
    others: PathBuf,
    /// NAME:PORT of the primary, where that is elsewhere.
    primary: Option<String>,
    sums: Mutex<HashMap<PathBuf, Sum>>,
    /// Anybody may ask: a program is read through for one of them at a time.
    turn: tokio::sync::Mutex<()>,
}

/// The checksum of a file as it was.
struct Sum {
    of: State,
    hex: Arc<str>,
}

/// What tells one state of a file from another: length, file, and when it was changed in any way.
#[derive(Clone, Copy, PartialEq, Eq)]
struct State(u64, u64, u64, i64, i64);

impl State {
    fn of(metadata: &std::fs::Metadata) -> State {
        State(metadata.len(), metadata.dev(), metadata.ino(), metadata.ctime(), metadata.ctime_nsec())
    }
}

/// Where a script leads.
struct Names {
    host: String,
    port: u16,
}

impl Packages {
    /// What this machine gives out. `primary` is NAME:PORT of the primary, if this is none.
    fn new(site: &Site, primary: Option<String>) -> Packages {
        Packages {
            certname: site.certname.clone(),
            hostcert: site.path("hostcert"),
            authorities: site.path("localcacert"),
            others: site.data_dir.join("packages"),
            primary,
            sums: Mutex::default(),
            turn: tokio::sync::Mutex::default(),
        }
    }

    async fn route(self: Arc<Self>, request: Request) -> Result<Response, Problem> {
        if request.method != Method::GET {
            return Err(Problem::method_not_allowed("GET"));
        }
        let tail = request.tail(PREFIX).unwrap_or_default().trim_start_matches('/').to_owned();
        let (version, file) = tail.split_once('/').unwrap_or((&tail, ""));
        if version != "current" && version != env!("CARGO_PKG_VERSION") {
            let text = format!("there is only 'current', which is {}", env!("CARGO_PKG_VERSION"));
            return Err(Problem::not_found(text));
        }
        match file.split_once('/') {
            None if file == "install.bash" => {
                let host = request.header(header::HOST).unwrap_or_default().to_owned();
                let text = self.blocking(move |packages| packages.script(&host)).await?;
                Ok(Response::bytes(StatusCode::OK, "text/x-shellscript; charset=utf-8", text))
            }
            None if file == "install.ps1" => Err(Problem::not_found(
                "there is no script for Windows: install Puppet's agent from its MSI package with PUPPET_MASTER_SERVER set to this server",
            )),
            None if file.ends_with(".bash") => {
                Err(Problem::not_found("install.bash is complete; there is no part of it for each platform"))
            }
            Some((tag, "bunraku")) => self.program(&request, tag).await,
            Some((tag, "bunraku.sha256")) => {
                let path = self.path_of(tag)?;
                let sum = self.blocking(move |packages| packages.sum(&path)).await?;
                Ok(Response::text(StatusCode::OK, format!("{sum}  bunraku\n")))
            }
            _ => Err(Problem::not_found(format!("Not Found: {}", request.canonical_path()))),
        }
    }

    async fn blocking<T: Send + 'static>(
        self: &Arc<Self>,
        work: impl FnOnce(&Packages) -> anyhow::Result<T> + Send + 'static,
    ) -> Result<T, Problem> {
        let _turn = self.turn.lock().await;
        let packages = self.clone();
        let done = tokio::task::spawn_blocking(move || work(&packages)).await;
        done.map_err(Problem::internal)?.map_err(|error| Problem::internal(format!("{error:#}")))
    }

    /// The program for a platform: one that was put there, else our own if the machine is of our kind.
    fn path_of(&self, tag: &str) -> Result<PathBuf, Problem> {
        if !is_tag(tag) {
            return Err(Problem::not_found("that is no platform such as debian-12-amd64"));
        }
        let other = self.others.join(tag).join("bunraku");
        if other.is_file() {
            return Ok(other);
        }
        let is_linux = !["windows", "osx", "solaris", "aix"].iter().any(|name| tag.starts_with(name));
        let machine = match tag.rsplit('-').next().unwrap_or_default() {
            "amd64" => "x86_64",
            "arm64" => "aarch64",
            other => other,
        };
        if is_linux && machine == std::env::consts::ARCH {
            return Ok(OWN.into());
        }
        Err(Problem::not_found(format!(
            "this server has a program for {} only; put one for {tag} at {}",
            std::env::consts::ARCH,
            other.display()
        )))
    }

    /// The program from the byte on that is asked for, straight from the disk.
    async fn program(self: &Arc<Self>, request: &Request, tag: &str) -> Result<Response, Problem> {
        let path = self.path_of(tag)?;
        let sum = self.blocking({
            let path = path.clone();
            move |packages| packages.sum(&path)
        });
        let tag = format!("\"{}\"", sum.await?);
        let is_same = request.header(header::IF_RANGE).is_none_or(|known| known == tag);
        let range = request.header(header::RANGE).filter(|_| is_same).and_then(start_of).unwrap_or(0);
        let opened = tokio::task::spawn_blocking(move || -> io::Result<(File, u64)> {
            let mut file = File::open(&path)?;
            let bytes = file.metadata()?.len();
            if range < bytes {
                file.seek(SeekFrom::Start(range))?;
            }
            Ok((file, bytes))
        });
        let (file, bytes) = opened.await.map_err(Problem::internal)?.map_err(Problem::internal)?;
        if range >= bytes && range > 0 {
            return Ok(Response::empty(StatusCode::RANGE_NOT_SATISFIABLE)
                .with_text_header(header::CONTENT_RANGE, &format!("bytes */{bytes}")));
        }
        let mut response = Response::file("application/octet-stream", FileBody::of(file, bytes - range))
            .with_text_header(header::ETAG, &tag)
            .with_text_header(header::ACCEPT_RANGES, "bytes");
        if range > 0 {
            response.status = StatusCode::PARTIAL_CONTENT;
            let place = format!("bytes {range}-{}/{bytes}", bytes - 1);
            response = response.with_text_header(header::CONTENT_RANGE, &place);
        }
        Ok(response)
    }

    /// The programs for other platforms, one a line: tag and checksum.
    fn other_sums(&self) -> anyhow::Result<String> {
        let mut lines = Vec::new();
        for entry in std::fs::read_dir(&self.others).into_iter().flatten().take(OTHERS_MAX) {
            let tag = entry?.file_name().to_string_lossy().into_owned();
            let path = self.others.join(&tag).join("bunraku");
            if is_tag(&tag) && path.is_file() {
                lines.push(format!("{tag} {}", self.sum(&path)?));
            }
        }
        lines.sort();
        Ok(lines.join("\n"))
    }

    /// SHA-256 of a file, computed once for each of its states.
    fn sum(&self, path: &Path) -> anyhow::Result<Arc<str>> {
        let mut file = File::open(path)?;
        let state = State::of(&file.metadata()?);
        let lock = || self.sums.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(sum) = lock().get(path).filter(|sum| sum.of == state) {
            return Ok(sum.hex.clone());
        }
        let mut digest = Sha256::new();
        let mut piece = vec![0; 128 * 1024];
        loop {
            let read = file.read(&mut piece)?;
            let Some(piece) = piece.get(..read).filter(|piece| !piece.is_empty()) else { break };
            digest.update(piece);
        }
        let hex: Arc<str> =
            digest.finalize().iter().map(|byte| format!("{byte:02x}")).collect::<String>().into();
        lock().insert(path.to_owned(), Sum { of: state, hex: hex.clone() });
        Ok(hex)
    }

    /// The script for who asked under this name.
    fn script(&self, host: &str) -> anyhow::Result<String> {
        let own = Certificate::from_pem(&std::fs::read(&self.hostcert)?)?;
        let pem = std::fs::read(&self.authorities)?;
        let bundle = Certificate::bundle_from_pem(&pem)?;
        let path = chain::path(&own, &bundle)?;
        let root = path.last().copied().unwrap_or(&own);
        let names = names(host, &own.alt_names()?, &self.certname);
        let primary = match &self.primary {
            Some(primary) => primary.clone(),
            None => format!("{}:{}", names.host, names.port),
        };
        let bundle: String = bundle.iter().map(Certificate::to_pem).collect();
        let settings = [
            ("BUNRAKU_VERSION", env!("CARGO_PKG_VERSION").to_owned()),
            ("BUNRAKU_URL", format!("https://{}:{}{PREFIX}/current", bracketed(&names.host), names.port)),
            ("BUNRAKU_SERVER", names.host.clone()),
            ("BUNRAKU_PORT", names.port.to_string()),
            ("BUNRAKU_PRIMARY", primary),
            ("BUNRAKU_MACHINE", std::env::consts::ARCH.to_owned()),
            ("BUNRAKU_SHA256", self.sum(Path::new(OWN))?.to_string()),
            ("BUNRAKU_PROGRAMS", self.other_sums()?),
            ("BUNRAKU_CA_FINGERPRINT", root.fingerprint(Digest::Sha256)),
            ("BUNRAKU_CA", bundle.trim_end().to_owned()),
        ];
        let lines: String =
            settings.iter().map(|(name, value)| format!("{name}={}\n", quoted(value))).collect();
        Ok(SCRIPT.replacen(PLACE, &lines, 1))
    }
}

/// The service where it belongs. `primary` is NAME:PORT of the primary, if this is none.
pub(super) fn mounted(site: &Site, primary: Option<String>) -> (&'static str, Arc<dyn Service>) {
    (PREFIX, Arc::new(Mounted(Arc::new(Packages::new(site, primary)))))
}

/// What is asked goes on where it may wait for the disk.
struct Mounted(Arc<Packages>);

impl Service for Mounted {
    fn call(&self, request: Request) -> BoxFuture<'_, Response> {
        let packages = self.0.clone();
        Box::pin(async move { packages.route(request).await.into() })
    }
}

/// Whether a text may be the name of a platform, and so of a directory.
fn is_tag(tag: &str) -> bool {
    let plain = |c: char| c.is_ascii_lowercase() || c.is_ascii_digit() || "._-".contains(c);
    tag.len() <= TAG_BYTES_MAX
        && tag.chars().all(plain)
        && tag.starts_with(|c: char| c.is_ascii_alphanumeric())
}

/// The first byte that `bytes=N-` asks for; other ranges are left out, as is allowed.
fn start_of(range: &str) -> Option<u64> {
    range.trim().strip_prefix("bytes=")?.strip_suffix('-')?.parse().ok()
}

/// Where the script leads: to the name that was asked for if the certificate is good for it, else to the certname.
fn names(host: &str, alt_names: &[AltName], certname: &str) -> Names {
    let (name, port) = match host.rsplit_once(':') {
        Some((name, port)) if !name.is_empty() && !port.contains(']') => (name, port.parse().unwrap_or(8140)),
        // Without a port it would have been another one than ours.
        _ => (host, 8140),
    };
    let name = name.trim_start_matches('[').trim_end_matches(']').trim_end_matches('.').to_ascii_lowercase();
    let is_ours = name == certname
        || alt_names.iter().any(|known| match known {
            AltName::Dns(known) => *known == name,
            AltName::Ip(known) => name.parse() == Ok(*known),
            AltName::Other(_) => false,
        });
    Names { host: if is_ours { name } else { certname.to_owned() }, port }
}

fn bracketed(host: &str) -> String {
    if host.contains(':') { format!("[{host}]") } else { host.to_owned() }
}

/// A text as one word of the shell, whatever is in it.
fn quoted(text: &str) -> String {
    format!("'{}'", text.replace('\'', "'\\''"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_script_leads_to_a_name_of_the_certificate() {
        let known = ["puppet.example.com", "IP:10.0.0.1", "IP:::1"].map(|name| AltName::parse(name).unwrap());
        let to = |host: &str| {
            let names = names(host, &known, "c1");
            format!("{} {}", names.host, names.port)
        };
        assert_eq!(to("puppet.example.com:8140"), "puppet.example.com 8140");
        assert_eq!(to("PUPPET.example.com.:9140"), "puppet.example.com 9140");
        assert_eq!(to("10.0.0.1:8140"), "10.0.0.1 8140");
        assert_eq!(to("[::1]:8140"), "::1 8140");
        for other in ["", "evil.example.com:8140", "'; rm -rf /:8140", "c1", "x:y:z", "c1:99999"] {
            assert_eq!(to(other), "c1 8140", "{other}");
        }
    }

    #[test]
    fn nothing_gets_out_of_its_word() {
        assert_eq!(quoted("a b"), "'a b'");
        assert_eq!(quoted("a'$(x)"), "'a'\\''$(x)'");
    }

    #[test]
    fn only_open_ranges_are_taken() {
        assert_eq!(start_of("bytes=100-"), Some(100));
        for other in ["bytes=1-2", "bytes=-5", "bytes=1-,5-", "items=1-", ""] {
            assert_eq!(start_of(other), None, "{other}");
        }
    }

    #[test]
    fn platforms_are_names_and_no_paths() {
        let folder = tempfile::tempdir().unwrap();
        let other = folder.path().join("packages/debian-12-riscv64");
        std::fs::create_dir_all(&other).unwrap();
        std::fs::write(other.join("bunraku"), "x").unwrap();
        let packages = Packages {
            certname: "p".into(),
            hostcert: PathBuf::new(),
            authorities: PathBuf::new(),
            others: folder.path().join("packages"),
            primary: None,
            sums: Mutex::default(),
            turn: tokio::sync::Mutex::default(),
        };
        let own = format!("debian-12-{}", std::env::consts::ARCH.replace("x86_64", "amd64"));
        assert_eq!(packages.path_of(&own).unwrap(), Path::new(OWN));
        assert_eq!(packages.path_of("debian-12-riscv64").unwrap(), other.join("bunraku"));
        for wrong in
            ["", "..", ".hidden", "windows-x86_64", "debian-12-sparc", "a/b", "A-x86_64", &"a".repeat(65)]
        {
            assert_eq!(packages.path_of(wrong).unwrap_err().status(), 404, "{wrong}");
        }
        assert_eq!(
            &*packages.sum(&other.join("bunraku")).unwrap(),
            "2d711642b726b04401627ca9fbac32f5c8530fb1903cc4db02258717921a4881"
        );
    }

    #[test]
    fn the_script_has_its_place() {
        assert_eq!(SCRIPT.matches(PLACE).count(), 1);
        assert!(SCRIPT.ends_with("main \"$@\"\n"));
    }
}
