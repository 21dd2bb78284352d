//! What this process last stored of each node.
//!
//! Nine runs of ten bring a catalog that is stored already, and often the same facts. A document with the fingerprint of the last one
//! is not prepared again: a transaction checks that the database still has what was stored then, and moves its times. Whoever else
//! writes to the database changes that content, and the document is stored as a whole again.

use std::collections::HashMap;
use std::sync::{Mutex, MutexGuard, PoisonError};

use api::pdb::Fingerprint;

use crate::hash::Hash;
use crate::terminus::FactTexts;

/// Nodes that are remembered; some 150 bytes each.
const NODES_MAX: usize = 250_000;

/// Nodes by a short digest of their names.
#[derive(Default)]
pub(crate) struct Known(Mutex<HashMap<[u8; 16], Node>>);

#[derive(Default)]
struct Node {
    facts: Option<([u8; 16], [u8; 20])>,
    /// The identity of the content is a UUID.
    catalog: Option<([u8; 16], u128)>,
    /// A catalog that came as a command, and the hash of its row.
    sent: Option<([u8; 16], [u8; 20])>,
}

impl Known {
    /// The hash of the row that has these facts.
    pub(crate) fn facts(&self, certname: &str, fingerprint: &Fingerprint) -> Option<Hash> {
        let (short, hash) = self.lock().get(&key(certname))?.facts?;
        (short == fingerprint.short()).then(|| hash.to_vec())
    }

    /// The identity of the stored content that is this catalog.
    pub(crate) fn catalog(&self, certname: &str, fingerprint: &Fingerprint) -> Option<String> {
        let (short, content) = self.lock().get(&key(certname))?.catalog?;
        (short == fingerprint.short()).then(|| uuid::Uuid::from_u128(content).to_string())
    }

    /// The hash of the row that has the content of a command with this fingerprint.
    pub(crate) fn sent(&self, certname: &str, fingerprint: &Fingerprint) -> Option<Hash> {
        let (short, hash) = self.lock().get(&key(certname))?.sent?;
        (short == fingerprint.short()).then(|| hash.to_vec())
    }

    pub(crate) fn note_sent(&self, certname: &str, fingerprint: &Fingerprint, hash: &Hash) {
        let Ok(hash) = <[u8; 20]>::try_from(hash.as_slice()) else { return };
        self.note(certname, |node| node.sent = Some((fingerprint.short(), hash)));
    }

    pub(crate) fn note_facts(&self, certname: &str, fingerprint: &Fingerprint, hash: &Hash) {
        let Ok(hash) = <[u8; 20]>::try_from(hash.as_slice()) else { return };
        self.note(certname, |node| node.facts = Some((fingerprint.short(), hash)));
    }

    pub(crate) fn note_catalog(&self, certname: &str, fingerprint: &Fingerprint, content: &str) {
        let Ok(content) = content.parse::<uuid::Uuid>() else { return };
        self.note(certname, |node| node.catalog = Some((fingerprint.short(), content.as_u128())));
    }

    fn note(&self, certname: &str, change: impl FnOnce(&mut Node)) {
        let mut nodes = self.lock();
        let key = key(certname);
        if nodes.len() >= NODES_MAX && !nodes.contains_key(&key) {
            nodes.clear();
        }
        change(nodes.entry(key).or_default());
    }

    fn lock(&self) -> MutexGuard<'_, HashMap<[u8; 16], Node>> {
        // Every change is one assignment, so the table is whole after any panic.
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

fn key(certname: &str) -> [u8; 16] {
    Fingerprint::of(&[certname.as_bytes()]).short()
}

/// Of everything in facts but the time.
pub(crate) fn fingerprint(environment: &str, texts: &FactTexts) -> Fingerprint {
    Fingerprint::of(&[environment.as_bytes(), &texts.values, &texts.trusted])
}
