//! The revocation lists of a server that has no authority: fetched from the one that has, and put into force here.
//!
//! A list is believed for the signature of an authority that this server trusts, not for where it came from; one that is older than
//! what is held is refused, so that nobody can bring a revoked certificate back by an old list; and lists may not vanish. What is
//! believed is on disk before it is published. While the authority is away the held lists stay in force.
//!
//! They lie in a file of their own: the agent on this machine keeps its own, which may be the short list of infrastructure nodes. It
//! helps out as long as there was no other.

use std::path::PathBuf;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, Instant, SystemTime};

use pki::{Certificate, Crl};
use rest::{Bytes, HeaderMap, HeaderName, HeaderValue, Method, StatusCode, Upstream, header};
use tokio::sync::{Notify, watch};

use crate::files::{self, PUBLIC};

const PATH: &str = "/puppet-ca/v1/certificate_revocation_list/ca";
/// Pause after a failure, and while a held list is past its end.
const PAUSE_AFTER_FAILURE: Duration = Duration::from_secs(5);

/// Why lists were not taken over.
#[derive(Debug, thiserror::Error)]
pub enum FollowError {
    /// The authority did not answer, or not with lists.
    #[error("could not fetch the revocation lists: {0}")]
    Fetch(#[from] rest::ClientError),
    /// What came cannot be believed.
    #[error("the revocation lists that were fetched are refused: {0}")]
    Refused(String),
    /// A file here cannot be read or written.
    #[error(transparent)]
    File(#[from] crate::Error),
    /// A file here is not what it should be.
    #[error("{path}: {reason}")]
    Content {
        /// The file.
        path: String,
        /// What is wrong with it.
        reason: String,
    },
}

/// Lists that are in force.
#[derive(Clone, Debug)]
pub struct Lists {
    crls: Vec<Crl>,
    pem: Bytes,
    /// From another program: any that are fetched are better.
    is_makeshift: bool,
}

impl Lists {
    /// All lists in PEM.
    pub fn pem(&self) -> &Bytes {
        &self.pem
    }

    /// When the first of them ends; then there should long have been a newer one.
    pub fn end(&self) -> Option<SystemTime> {
        self.crls.iter().filter_map(Crl::next_update).min()
    }
}

/// Keeps the lists current.
pub struct Follower {
    authority: Arc<Upstream>,
    /// The bundle of trusted authorities.
    bundle: PathBuf,
    file: PathBuf,
    pause: Duration,
    lists: watch::Sender<Option<Arc<Lists>>>,
    nudge: Notify,
    checked: Mutex<Checked>,
}

#[derive(Clone, Debug, Default)]
struct Checked {
    /// What `If-Modified-Since` says: the authority's own words.
    modified: Option<HeaderValue>,
    confirmed: Option<Instant>,
    failure: Option<String>,
}

impl Follower {
    /// Takes up the lists in `file`, else those in `makeshift`, if there are some that can be believed. `bundle` has the authorities
    /// whose lists are; `pause` is the time between two looks.
    pub fn open(
        authority: Arc<Upstream>,
        bundle: PathBuf,
        file: PathBuf,
        makeshift: PathBuf,
        pause: Duration,
    ) -> Result<Follower, FollowError> {
        let trusted = authorities(&bundle)?;
        let mut held = None;
        for (path, is_makeshift) in [(&file, false), (&makeshift, true)] {
            let Some(pem) = files::read_list(path)?.filter(|_| held.is_none()) else { continue };
            // What lies here is believed no more than what comes over the network.
            let read = Crl::chain_from_pem(&pem).map_err(|error| error.to_string());
            let lists = read.map(|crls| Lists { crls, pem: pem.into(), is_makeshift });
            match lists.and_then(|lists| accept(None, &lists, &trusted).map(|()| lists)) {
                Ok(lists) => held = Some(Arc::new(lists)),
                Err(reason) => {
                    tracing::warn!(path = %path.display(), reason, "revocation lists are not taken up");
                }
            }
        }
        Ok(Follower {
            authority,
            bundle,
            file,
            pause,
            lists: watch::Sender::new(held),
            nudge: Notify::new(),
            checked: Mutex::default(),
        })
    }

    /// The lists in force; nothing before any were there.
    pub fn lists(&self) -> Option<Arc<Lists>> {
        self.lists.borrow().clone()
    }

    /// Tells of every change.
    pub fn watch(&self) -> watch::Receiver<Option<Arc<Lists>>> {
        self.lists.subscribe()
    }

    /// Looks at once instead of at the next time.
    pub fn nudge(&self) {
        self.nudge.notify_one();
    }

    /// When the authority last said that these are its lists, since this process began.
    pub fn confirmed(&self) -> Option<Instant> {
        self.checked().confirmed
    }

    /// Why the last look failed, if it did.
    pub fn failure(&self) -> Option<String> {
        self.checked().failure.clone()
    }

    fn checked(&self) -> std::sync::MutexGuard<'_, Checked> {
        self.checked.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Runs as long as the server does.
    pub async fn run(self: Arc<Self>) {
        loop {
            let looked = self.look().await;
            if let Err(error) = &looked {
                tracing::warn!(%error, "the revocation lists could not be brought up to date");
            }
            let is_past =
                self.lists().and_then(|lists| lists.end()).is_some_and(|end| end < SystemTime::now());
            let pause =
                if looked.is_err() || is_past { self.pause.min(PAUSE_AFTER_FAILURE) } else { self.pause };
            tokio::select! {
                () = self.nudge.notified() => {}
                () = tokio::time::sleep(pause) => {}
            }
        }
    }

    /// Asks the authority once. True if there were new lists; they are in force then.
    pub async fn look(&self) -> Result<bool, FollowError> {
        let looked = self.fetch().await;
        let mut checked = self.checked();
        match &looked {
            Ok(_) => {
                checked.confirmed = Some(Instant::now());
                checked.failure = None;
            }
            Err(error) => checked.failure = Some(error.to_string()),
        }
        drop(checked);
        looked
    }

    async fn fetch(&self) -> Result<bool, FollowError> {
        let mut headers = vec![(header::ACCEPT, HeaderValue::from_static("text/plain"))];
        // Without lists everything is new.
        let since = self.checked().modified.clone().filter(|_| self.lists().is_some());
        headers.extend(since.map(|since| (header::IF_MODIFIED_SINCE, since)));
        let answer = self.authority.send(Method::GET, PATH, headers, Bytes::new()).await?.ok()?;
        if answer.status == StatusCode::NOT_MODIFIED {
            return Ok(false);
        }
        let modified =
            answer.headers.get(header::LAST_MODIFIED).filter(|_| is_settled(&answer.headers)).cloned();
        let is_new = self.take(answer.body)?;
        self.checked().modified = modified;
        Ok(is_new)
    }

    /// Puts lists into force, if they can be believed and are new.
    fn take(&self, pem: Bytes) -> Result<bool, FollowError> {
        let held = self.lists();
        if held.as_ref().is_some_and(|held| held.pem == pem && !held.is_makeshift) {
            return Ok(false);
        }
        let crls = Crl::chain_from_pem(&pem).map_err(|error| FollowError::Refused(error.to_string()))?;
        let fresh = Lists { crls, pem, is_makeshift: false };
        let comparable = held.as_deref().filter(|held| !held.is_makeshift);
        accept(comparable, &fresh, &authorities(&self.bundle)?).map_err(FollowError::Refused)?;
        files::create_parent(&self.file)?;
        files::write(&self.file, &fresh.pem, PUBLIC)?;
        tracing::info!(lists = fresh.crls.len(), "new revocation lists are in force");
        self.lists.send_replace(Some(Arc::new(fresh)));
        Ok(true)
    }
}

/// Seconds after which a change has a later date: dates are whole seconds, and clocks of file systems lag behind a little. A list that
/// was made a moment ago may be followed by another one of its date.
const SETTLED: i64 = 2;

/// Whether a later change has a later date.
fn is_settled(headers: &HeaderMap) -> bool {
    let date = |name: HeaderName| headers.get(name)?.to_str().ok().and_then(rest::date::parse);
    match (date(header::LAST_MODIFIED), date(header::DATE)) {
        (Some(modified), Some(now)) => now.saturating_sub(modified) >= SETTLED,
        _ => false,
    }
}

fn authorities(bundle: &std::path::Path) -> Result<Vec<Certificate>, FollowError> {
    let pem = files::read_present(bundle)?;
    Certificate::bundle_from_pem(&pem).map_err(|error| FollowError::Content {
        path: bundle.display().to_string(),
        reason: error.to_string(),
    })
}

/// Whether one list says who issued it as another does.
fn same_issuer(one: &Crl, other: &Crl) -> bool {
    one.issuer() == other.issuer()
        && match (one.authority_key_id(), other.authority_key_id()) {
            (Some(one), Some(other)) => one == other,
            _ => true,
        }
}

/// Says no to lists that are not signed by the authorities, are older than those that are held, or leave some of them out.
fn accept(held: Option<&Lists>, fresh: &Lists, authorities: &[Certificate]) -> Result<(), String> {
    for crl in &fresh.crls {
        let signed = authorities.iter().any(|authority| {
            crate::lists::is_own(crl, authority) && crl.verify(authority.public_key()).is_ok()
        });
        if !signed {
            return Err(format!(
                "the list of '{}' is not signed by an authority that is trusted here",
                crl.issuer()
            ));
        }
        if crl.is_delta() {
            return Err(format!("the list of '{}' has only changes", crl.issuer()));
        }
    }
    for old in held.map(|held| held.crls.as_slice()).unwrap_or_default() {
        // An authority that is trusted no more needs no list.
        if !authorities.iter().any(|authority| crate::lists::is_own(old, authority)) {
            continue;
        }
        let Some(new) = fresh.crls.iter().find(|new| same_issuer(old, new)) else {
            return Err(format!("there is no list of '{}' any more", old.issuer()));
        };
        let is_older = match (old.number(), new.number()) {
            (Some(old), Some(new)) => new < old,
            _ => new.this_update() < old.this_update(),
        };
        if is_older {
            return Err(format!("the list of '{}' is older than the one that is held", new.issuer()));
        }
    }
    // TLS refuses everybody whose authority has no list.
    match authorities
        .iter()
        .find(|authority| !fresh.crls.iter().any(|crl| crate::lists::is_own(crl, authority)))
    {
        Some(authority) => Err(format!("there is no list of '{}'", authority.subject())),
        None => Ok(()),
    }
}

#[cfg(test)]
mod tests {
    use pki::{CrlTimes, KeyKind, KeyPair, Name, Serial, Template};

    use super::*;

    struct Issuer {
        key: KeyPair,
        certificate: Certificate,
    }

    fn issuer(name: &str) -> Issuer {
        let key = KeyPair::generate(KeyKind::EcP256).unwrap();
        let subject = Name::from_common_name(name).unwrap();
        let now = SystemTime::now();
        let certificate = Template {
            serial: Serial::from_decimal("1").unwrap(),
            issuer: &subject,
            subject: &subject,
            public_key: key.public_key(),
            not_before: now,
            not_after: now + Duration::from_secs(3600),
            extensions: &[],
        }
        .sign(&key)
        .unwrap();
        Issuer { key, certificate }
    }

    fn times() -> CrlTimes {
        let now = SystemTime::now();
        CrlTimes { this_update: now, next_update: now + Duration::from_secs(3600) }
    }

    impl Issuer {
        fn empty(&self) -> Crl {
            Crl::empty(&self.certificate, &self.key, times()).unwrap()
        }

        fn revoking(&self, old: &Crl, serial: &str) -> Crl {
            let serial = Serial::from_decimal(serial).unwrap();
            let reason = pki::Reason::KeyCompromise;
            old.revoke(&[serial], reason, &self.certificate, &self.key, times()).unwrap()
        }
    }

    fn lists(crls: &[&Crl]) -> Lists {
        let pem: String = crls.iter().map(|crl| crl.to_pem()).collect();
        let crls = Crl::chain_from_pem(pem.as_bytes()).unwrap();
        Lists { crls, pem: pem.into(), is_makeshift: false }
    }

    #[test]
    fn a_list_of_a_moment_ago_is_asked_for_again() {
        let headers = |modified: i64, now: i64| {
            let value = |seconds| HeaderValue::try_from(rest::date::format(seconds)).unwrap();
            HeaderMap::from_iter([(header::LAST_MODIFIED, value(modified)), (header::DATE, value(now))])
        };
        assert!(is_settled(&headers(100, 102)));
        assert!(!is_settled(&headers(100, 101)) && !is_settled(&headers(101, 100)));
        assert!(!is_settled(&HeaderMap::new()));
    }

    #[test]
    fn only_newer_lists_of_our_authorities_are_taken() {
        let (ours, other, false_one) = (issuer("Ours"), issuer("Other"), issuer("Ours"));
        let trusted = [ours.certificate.clone()];
        let first = ours.empty();
        let second = ours.revoking(&first, "7");
        assert_eq!(accept(None, &lists(&[&first]), &trusted), Ok(()));
        assert_eq!(accept(Some(&lists(&[&first])), &lists(&[&second]), &trusted), Ok(()));
        assert_eq!(accept(Some(&lists(&[&second])), &lists(&[&second]), &trusted), Ok(()));
        let back = accept(Some(&lists(&[&second])), &lists(&[&first]), &trusted).unwrap_err();
        assert!(back.contains("older than the one that is held"), "{back}");
        for crl in [other.empty(), false_one.empty()] {
            let foreign = accept(None, &lists(&[&crl]), &trusted).unwrap_err();
            assert!(foreign.contains("not signed by an authority"), "{foreign}");
        }
        let both = [ours.certificate.clone(), other.certificate.clone()];
        let held = lists(&[&first, &other.empty()]);
        assert_eq!(accept(None, &held, &both), Ok(()));
        let less = accept(Some(&held), &lists(&[&second]), &both).unwrap_err();
        assert!(less.contains("no list of 'CN=Other' any more"), "{less}");
        // Its authority is trusted no more.
        assert_eq!(accept(Some(&held), &lists(&[&second]), &trusted), Ok(()));
    }
}
