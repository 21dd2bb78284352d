//! Downloads: documents and archives of a Forge or a mirror, over HTTPS or, where a mirror has no more, HTTP.
//!
//! Documents are held in memory; archives go to a file as they come.
//!
//! Answers that say "not now" (429, 5xx) and connections that fail are tried again, with longer and longer pauses. Redirections are
//! followed, and a token goes to the host that it was given for.

use std::path::PathBuf;
use std::sync::OnceLock;
use std::sync::mpsc::RecvTimeoutError;
use std::time::Duration;

use rest::client::{Answer, Client, ClientError, ClientLimits};
use rest::{Bytes, ClientTls, HeaderName, HeaderValue, Method, header};
use tokio::runtime::Runtime;

use crate::cancel::Cancel;
use crate::error::{DeployError, Kind, Result};
use crate::process::without_passwords;
use crate::settings::Secret;
use crate::spool::Spool;

const TRIES: u32 = 5;
const FIRST_PAUSE: Duration = Duration::from_millis(500);
/// Longest pause that a server may ask for.
const PAUSE_MAX: Duration = Duration::from_secs(30);
const REDIRECTIONS_MAX: u32 = 5;
/// How often somebody who waits for an answer looks whether the deploy is to end.
const WATCH: Duration = Duration::from_millis(100);
/// Largest archive, and largest document.
pub(crate) const BYTES_MAX: usize = 256 << 20;
/// Where systems have the certificates of public authorities.
const AUTHORITIES: &[&str] = &[
    "/etc/ssl/certs/ca-certificates.crt",
    "/etc/pki/tls/certs/ca-bundle.crt",
    "/etc/ssl/ca-bundle.pem",
    "/etc/ssl/cert.pem",
];

/// Downloads.
pub(crate) struct Http {
    limits: ClientLimits,
    ca_file: Option<PathBuf>,
    proxy: Option<Secret>,
    /// One thread, made when it is needed first.
    runtime: OnceLock<Option<Runtime>>,
    /// Clients of plain HTTP and of HTTPS, each directly and through the proxy.
    clients: [OnceLock<Result<Client>>; 4],
}

impl Http {
    pub(crate) fn new(answer_timeout: Duration, ca_file: Option<PathBuf>, proxy: Option<Secret>) -> Http {
        let limits = ClientLimits {
            connect_timeout: Duration::from_secs(10),
            answer_timeout,
            answer_bytes_max: BYTES_MAX,
        };
        Http { limits, ca_file, proxy, runtime: OnceLock::new(), clients: Default::default() }
    }

    /// Gets what an address has; nothing if it has nothing (404, 410).
    pub(crate) fn get(&self, url: &str, token: Option<&Secret>, cancel: &Cancel) -> Result<Option<Bytes>> {
        Ok(self.follow(url, token, cancel, &mut None)?.map(|answer| answer.body))
    }

    /// Posts nothing, for the sake of the answer. Redirections are not followed.
    pub(crate) fn post(&self, url: &str, token: Option<&Secret>, cancel: &Cancel) -> Result<Option<Bytes>> {
        let answer = self.persist(&Method::POST, url, token, cancel, &mut None)?;
        match answer.status.as_u16() {
            200 | 201 => Ok(Some(answer.body)),
            404 | 410 => Ok(None),
            _ => Err(refused(url, &answer)),
        }
    }

    /// The same for what is too large for the memory.
    pub(crate) fn download(
        &self,
        url: &str,
        token: Option<&Secret>,
        cancel: &Cancel,
        spool: Spool,
    ) -> Result<Option<Spool>> {
        let mut spool = Some(spool);
        let found = self.follow(url, token, cancel, &mut spool)?;
        Ok(spool.filter(|_| found.is_some()))
    }

    fn follow(
        &self,
        url: &str,
        token: Option<&Secret>,
        cancel: &Cancel,
        spool: &mut Option<Spool>,
    ) -> Result<Option<Answer>> {
        let shown = without_passwords(url);
        let mut url = url.to_owned();
        let mut token = token;
        for _ in 0..=REDIRECTIONS_MAX {
            let answer = self.persist(&Method::GET, &url, token, cancel, spool)?;
            match answer.status.as_u16() {
                200 => return Ok(Some(answer)),
                404 | 410 => return Ok(None),
                301 | 302 | 303 | 307 | 308 => {
                    let to = answer.headers.get(header::LOCATION).and_then(|to| to.to_str().ok());
                    let to = to
                        .and_then(|to| resolve(&url, to))
                        .ok_or_else(|| DeployError::failed(format!("{shown} redirects to nowhere")))?;
                    if url.starts_with("https://") && !to.starts_with("https://") {
                        return Err(DeployError::failed(format!(
                            "{shown} redirects from https to {}",
                            without_passwords(&to)
                        )));
                    }
                    if origin(&to) != origin(&url) {
                        token = None;
                    }
                    url = to;
                }
                _ => return Err(refused(&shown, &answer)),
            }
        }
        Err(DeployError::failed(format!("{shown} redirects more than {REDIRECTIONS_MAX} times")))
    }

    /// Asks until there is an answer that counts.
    fn persist(
        &self,
        method: &Method,
        url: &str,
        token: Option<&Secret>,
        cancel: &Cancel,
        spool: &mut Option<Spool>,
    ) -> Result<Answer> {
        let mut pause = FIRST_PAUSE;
        let mut tries = 0;
        loop {
            cancel.check()?;
            tries += 1;
            let wanted = match self.once(method, url, token, spool, cancel)? {
                Ok(answer) if answer.status.as_u16() != 429 && answer.status.as_u16() < 500 => {
                    return Ok(answer);
                }
                Ok(answer) if tries >= TRIES => return Ok(answer),
                Ok(answer) => {
                    let after = answer.headers.get(header::RETRY_AFTER).and_then(|after| after.to_str().ok());
                    after.and_then(|after| after.parse().ok()).map(Duration::from_secs)
                }
                Err(error)
                    if tries >= TRIES
                        || matches!(
                            error,
                            ClientError::Tls { .. } | ClientError::TooLarge { .. } | ClientError::Kept { .. }
                        ) =>
                {
                    // An error may have the address in it.
                    return Err(DeployError::failed(without_passwords(&format!("{url}: {error}"))));
                }
                Err(_) => None,
            };
            tracing::debug!(url = without_passwords(url), tries, "not answered; asked again in a moment");
            sleep(wanted.unwrap_or(pause).min(PAUSE_MAX), cancel)?;
            pause *= 2;
        }
    }

    fn once(
        &self,
        method: &Method,
        url: &str,
        token: Option<&Secret>,
        spool: &mut Option<Spool>,
        cancel: &Cancel,
    ) -> Result<Result<Answer, ClientError>> {
        let runtime = self.runtime.get_or_init(|| {
            tokio::runtime::Builder::new_multi_thread().worker_threads(1).enable_all().build().ok()
        });
        let runtime = runtime
            .as_ref()
            .ok_or_else(|| DeployError::failed("no thread for downloads could be started"))?;
        let client = self.client(url)?;
        let mut headers: Vec<(HeaderName, HeaderValue)> = vec![(
            header::USER_AGENT,
            HeaderValue::from_static(concat!("bunraku/", env!("CARGO_PKG_VERSION"))),
        )];
        if let Some(token) = token {
            let mut value = HeaderValue::from_str(token.show()).map_err(|_| {
                DeployError::new(
                    Kind::Configuration,
                    "the authorization token has characters that cannot be sent",
                )
            })?;
            value.set_sensitive(true);
            headers.push((header::AUTHORIZATION, value));
        }
        let (client, method, url) = (client.clone(), method.clone(), url.to_owned());
        let mut file = spool.take();
        if let Some(file) = &mut file {
            file.reset()?;
        }
        let asked = runtime.spawn(async move {
            let answer = match &mut file {
                None => client.send(method, &url, headers, Bytes::new()).await,
                Some(file) => client.download(&url, headers, |piece| file.take(piece)).await,
            };
            (answer, file)
        });
        let (sender, receiver) = std::sync::mpsc::channel();
        let stop = asked.abort_handle();
        runtime.spawn(async move { sender.send(asked.await) });
        let ended = loop {
            match receiver.recv_timeout(WATCH) {
                Err(RecvTimeoutError::Timeout) => cancel.check().inspect_err(|_| stop.abort())?,
                ended => break ended,
            }
        };
        match ended {
            Ok(Ok((answer, file))) => {
                *spool = file;
                Ok(answer)
            }
            _ => Err(DeployError::failed("the download ended unexpectedly")),
        }
    }

    fn client(&self, url: &str) -> Result<&Client> {
        let is_plain = url.starts_with("http://");
        let proxy = self.proxy.as_ref().filter(|proxy| !proxy.show().is_empty() && !goes_directly(url));
        let [plain, plain_proxied, secure, secure_proxied] = &self.clients;
        let slot = match (is_plain, proxy.is_some()) {
            (true, false) => plain,
            (true, true) => plain_proxied,
            (false, false) => secure,
            (false, true) => secure_proxied,
        };
        let made = slot.get_or_init(|| {
            let client = match is_plain {
                true => Client::without_tls(),
                false => {
                    let tls = ClientTls::anonymous(&self.authorities()?, b"").map_err(|error| {
                        let msg = format!("the certificates of authorities cannot be used: {error}");
                        DeployError::new(Kind::Configuration, msg)
                    })?;
                    Client::new(&tls)
                }
            };
            let client = client.with_limits(self.limits.clone());
            match proxy {
                None => Ok(client),
                Some(proxy) => client.with_proxy(proxy.show()).map_err(|_| {
                    let msg = "the address of the proxy is none; write http://host:port".to_owned();
                    DeployError::new(Kind::Configuration, msg)
                }),
            }
        });
        made.as_ref().map_err(Clone::clone)
    }

    /// The certificates that are trusted.
    fn authorities(&self) -> Result<Vec<u8>> {
        let named = self.ca_file.clone().or_else(|| std::env::var_os("SSL_CERT_FILE").map(PathBuf::from));
        let file = named.or_else(|| AUTHORITIES.iter().map(PathBuf::from).find(|file| file.exists()));
        let file = file.ok_or_else(|| {
            DeployError::new(
                Kind::Configuration,
                "this machine has no certificates of public authorities; install ca-certificates",
            )
        })?;
        std::fs::read(&file).map_err(DeployError::io("read", &file))
    }
}

fn refused(url: &str, answer: &Answer) -> DeployError {
    let (shown, status) = (without_passwords(url), answer.status.as_u16());
    // Cut afterwards: the rest of an address that was cut is not seen to be one.
    let text: String = without_passwords(&answer.text()).chars().take(200).collect();
    DeployError::failed(format!("{shown}: {status} {text}")).with("status", status)
}

impl Drop for Http {
    fn drop(&mut self) {
        // Where async code drops it, nobody may wait for its thread.
        if let Some(Some(runtime)) = self.runtime.take() {
            runtime.shutdown_background();
        }
    }
}

/// Whether `no_proxy` in the environment names the host of an address.
fn goes_directly(url: &str) -> bool {
    let named = std::env::var("no_proxy").or_else(|_| std::env::var("NO_PROXY")).unwrap_or_default();
    is_named(&named, url)
}

fn is_named(named: &str, url: &str) -> bool {
    let authority = origin(url).split("://").nth(1).unwrap_or_default();
    let host = authority.rsplit('@').next().unwrap_or_default();
    let host = match host.rsplit_once(':') {
        Some((name, port)) if port.bytes().all(|byte| byte.is_ascii_digit()) => name,
        _ => host,
    };
    named.split(',').map(str::trim).filter(|name| !name.is_empty()).any(|name| {
        let suffix = name.trim_start_matches('.');
        name == "*" || host == suffix || host.strip_suffix(suffix).is_some_and(|rest| rest.ends_with('.'))
    })
}

fn sleep(pause: Duration, cancel: &Cancel) -> Result<()> {
    let until = std::time::Instant::now() + pause;
    while let Some(left) = until.checked_duration_since(std::time::Instant::now()) {
        cancel.check()?;
        std::thread::sleep(left.min(Duration::from_millis(100)));
    }
    Ok(())
}

/// `scheme://host:port` of an address.
fn origin(url: &str) -> &str {
    let start = url.find("://").map_or(0, |at| at + 3);
    let end = url.get(start..).and_then(|rest| rest.find(['/', '?', '#'])).map_or(url.len(), |at| start + at);
    url.get(..end).unwrap_or(url)
}

/// An address that is seen from another one.
pub(crate) fn resolve(base: &str, to: &str) -> Option<String> {
    if to.starts_with("http://") || to.starts_with("https://") {
        return Some(to.to_owned());
    }
    if to.starts_with("//") || to.contains("://") {
        return None;
    }
    match to.strip_prefix('/') {
        Some(path) => Some(format!("{}/{path}", origin(base))),
        None => Some(format!("{}/{to}", base.rsplit_once('/').map_or(base, |(directory, _)| directory))),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn addresses_seen_from_others() {
        let base = "https://h:1/forge/v3/x";
        assert_eq!(resolve(base, "/f").as_deref(), Some("https://h:1/f"));
        assert_eq!(resolve(base, "f").as_deref(), Some("https://h:1/forge/v3/f"));
        assert_eq!(resolve(base, "http://o/f").as_deref(), Some("http://o/f"));
        assert_eq!(resolve(base, "file:///etc/passwd"), None);
        assert_eq!(resolve(base, "//o/f"), None);
    }

    #[test]
    fn hosts_without_proxy() {
        for (named, url, is_direct) in [
            ("", "http://h/x", false),
            ("*", "http://h/x", true),
            ("example.com, h", "http://h:8080/x", true),
            (".example.com", "https://forge.example.com/x", true),
            ("example.com", "https://notexample.com/x", false),
        ] {
            assert_eq!(is_named(named, url), is_direct, "{named} {url}");
        }
    }

    #[test]
    fn the_authorities_of_this_system_can_be_used() {
        let http = Http::new(Duration::from_secs(1), None, None);
        // A machine without any says what to do.
        match http.client("https://forge.example.com/") {
            Ok(_) => {}
            Err(error) => assert!(error.msg.contains("install ca-certificates"), "{error}"),
        }
    }
}
