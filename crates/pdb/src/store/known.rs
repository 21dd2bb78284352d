//! What this process last stored of each node.
//!
//! Nine runs of ten bring a catalog that is stored already, and often the same facts. A document with the fingerprint of the last one
//! is not prepared again: a transaction checks that the database still has what was stored then, and moves its times. Whoever else
//! writes to the database changes that content, and the document is stored as a whole again.
//!
//! A million nodes are remembered, in some 120 bytes each. Of more than that, any one makes room for a new one: agents come in turns,
//! and the oldest would always be the next that is asked for.

use std::sync::{Mutex, MutexGuard, PoisonError};

use api::pdb::Fingerprint;
use indexmap::IndexMap;

use crate::hash::Hash;
use crate::terminus::FactTexts;

/// Nodes that are remembered.
const NODES_MAX: usize = 1 << 20;

/// Nodes by a short digest of their names. Two may share one: the database tells them apart.
pub(crate) struct Known {
    table: Mutex<Table>,
    nodes_max: usize,
}

#[derive(Default)]
struct Table {
    nodes: IndexMap<[u8; 8], Node>,
    /// Where the next one is that is forgotten.
    chance: u64,
}

/// Without gaps: there are many.
#[derive(Clone, Copy, Default)]
struct Node {
    facts: [u8; 16],
    facts_row: [u8; 20],
    catalog: [u8; 16],
    /// The identity of the content, or the hash of its row.
    catalog_row: [u8; 20],
    has_facts: bool,
    has_catalog: Catalog,
}

/// Where the last catalog came from.
#[derive(Clone, Copy, Default, PartialEq, Eq)]
enum Catalog {
    #[default]
    Nowhere,
    /// This server; what is known is its identity, a UUID.
    Here,
    /// A command; what is known is the hash of its row.
    Sent,
}

impl Default for Known {
    fn default() -> Known {
        Known::of(NODES_MAX)
    }
}

impl Known {
    fn of(nodes_max: usize) -> Known {
        Known { table: Mutex::default(), nodes_max }
    }

    /// The hash of the row that has these facts.
    pub(crate) fn facts(&self, certname: &str, fingerprint: &Fingerprint) -> Option<Hash> {
        let fits = |node: &Node| node.has_facts && node.facts == fingerprint.short();
        self.find(certname, fits).map(|node| node.facts_row.to_vec())
    }

    /// The identity of the stored content that is this catalog.
    pub(crate) fn catalog(&self, certname: &str, fingerprint: &Fingerprint) -> Option<String> {
        let node = self.find(certname, |node| node.is_catalog(Catalog::Here, fingerprint))?;
        uuid::Uuid::from_slice(node.catalog_row.get(..16)?).ok().map(|content| content.to_string())
    }

    /// The hash of the row that has the content of a command with this fingerprint.
    pub(crate) fn sent(&self, certname: &str, fingerprint: &Fingerprint) -> Option<Hash> {
        let node = self.find(certname, |node| node.is_catalog(Catalog::Sent, fingerprint))?;
        Some(node.catalog_row.to_vec())
    }

    pub(crate) fn note_sent(&self, certname: &str, fingerprint: &Fingerprint, hash: &Hash) {
        let Ok(row) = <[u8; 20]>::try_from(hash.as_slice()) else { return };
        self.note(certname, |node| node.set_catalog(Catalog::Sent, fingerprint, row));
    }

    pub(crate) fn note_facts(&self, certname: &str, fingerprint: &Fingerprint, hash: &Hash) {
        let Ok(row) = <[u8; 20]>::try_from(hash.as_slice()) else { return };
        self.note(certname, |node| {
            node.has_facts = true;
            (node.facts, node.facts_row) = (fingerprint.short(), row);
        });
    }

    pub(crate) fn note_catalog(&self, certname: &str, fingerprint: &Fingerprint, content: &str) {
        let Ok(content) = content.parse::<uuid::Uuid>() else { return };
        let mut row = [0; 20];
        row.iter_mut().zip(content.as_bytes()).for_each(|(to, from)| *to = *from);
        self.note(certname, |node| node.set_catalog(Catalog::Here, fingerprint, row));
    }

    fn find(&self, certname: &str, fits: impl FnOnce(&Node) -> bool) -> Option<Node> {
        let key = key(certname);
        self.lock().nodes.get(&key).filter(|node| fits(node)).copied()
    }

    fn note(&self, certname: &str, change: impl FnOnce(&mut Node)) {
        let key = key(certname);
        let mut table = self.lock();
        if table.nodes.len() >= self.nodes_max && !table.nodes.contains_key(&key) {
            table.forget_one();
        }
        change(table.nodes.entry(key).or_default());
    }

    fn lock(&self) -> MutexGuard<'_, Table> {
        // Every change leaves the table whole, so it is after any panic.
        self.table.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Table {
    /// Forgets any one. The place is the next of a Weyl sequence, mixed as in SplitMix64.
    fn forget_one(&mut self) {
        self.chance = self.chance.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut mixed = self.chance;
        mixed = (mixed ^ (mixed >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        let place = (mixed ^ (mixed >> 31)) % self.nodes.len().max(1) as u64;
        self.nodes.swap_remove_index(place as usize);
    }
}

impl Node {
    fn is_catalog(&self, from: Catalog, fingerprint: &Fingerprint) -> bool {
        self.has_catalog == from && self.catalog == fingerprint.short()
    }

    fn set_catalog(&mut self, from: Catalog, fingerprint: &Fingerprint, row: [u8; 20]) {
        self.has_catalog = from;
        (self.catalog, self.catalog_row) = (fingerprint.short(), row);
    }
}

fn key(certname: &str) -> [u8; 8] {
    let digest = Fingerprint::of(&[certname.as_bytes()]).short();
    std::array::from_fn(|index| digest.get(index).copied().unwrap_or_default())
}

/// Of everything in facts but the time.
pub(crate) fn fingerprint(environment: &str, texts: &FactTexts) -> Fingerprint {
    Fingerprint::of(&[environment.as_bytes(), &texts.values, &texts.trusted])
}

#[cfg(test)]
mod tests {
    use super::*;

    fn print(text: &str) -> Fingerprint {
        Fingerprint::of(&[text.as_bytes()])
    }

    #[test]
    fn only_what_was_stored_last_is_known() {
        let known = Known::default();
        let (one, two) = (print("one"), print("two"));
        let content = uuid::Uuid::from_u128(7).to_string();
        assert_eq!(known.facts("a", &one), None);
        known.note_facts("a", &one, &vec![1; 20]);
        assert_eq!((known.facts("a", &one), known.facts("a", &two)), (Some(vec![1; 20]), None));
        assert_eq!((known.facts("b", &one), known.catalog("a", &one)), (None, None));
        known.note_catalog("a", &one, &content);
        assert_eq!((known.catalog("a", &one), known.sent("a", &one)), (Some(content), None));
        known.note_sent("a", &one, &vec![2; 20]);
        assert_eq!((known.catalog("a", &one), known.sent("a", &one)), (None, Some(vec![2; 20])));
        known.note_facts("a", &two, &vec![3; 20]);
        assert_eq!((known.facts("a", &one), known.facts("a", &two)), (None, Some(vec![3; 20])));
        // What is no hash or UUID is not noted.
        known.note_facts("c", &one, &vec![1; 19]);
        known.note_catalog("c", &one, "one");
        assert_eq!(known.lock().nodes.len(), 1);
    }

    /// The share of nodes that were known when all came once more in turns.
    fn share(nodes: usize, nodes_max: usize) -> f64 {
        let known = Known::of(nodes_max);
        let print = print("facts");
        let mut hits = 0;
        for round in 0..10 {
            for node in 0..nodes {
                let name = format!("n{node}.example.com");
                match known.facts(&name, &print) {
                    Some(_) => hits += usize::from(round == 9),
                    None => known.note_facts(&name, &print, &vec![0; 20]),
                }
            }
            assert!(known.lock().nodes.len() <= nodes_max);
        }
        hits as f64 / nodes as f64
    }

    #[test]
    fn a_fleet_that_is_too_large_is_remembered_in_part() {
        assert_eq!(share(1_000, 1_000), 1.0);
        // What chance leaves: 0.82, 0.42 and 0.20.
        for (nodes, least) in [(1_100, 0.7), (1_500, 0.33), (2_000, 0.15)] {
            let share = share(nodes, 1_000);
            assert!(share > least && share < 1.0, "{nodes}: {share}");
        }
    }

    #[test]
    fn a_node_takes_little() {
        // What the vector has of one; the index adds at most 18 bytes.
        assert!(std::mem::size_of::<(usize, [u8; 8], Node)>() <= 96);
    }
}
