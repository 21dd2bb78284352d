//! The catalogs that were last sent, packed, by node.
//!
//! Nine runs of ten end in the catalog of the run before, under another identity. Its resources and edges are packed once: gzip allows
//! what is packed to be put together, so that only the identity in front of them is packed anew.

use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use api::pdb::{Fingerprint, ReplaceCatalog};
use indexmap::IndexMap;
use rest::Bytes;

/// The content of a catalog that was sent.
#[derive(Clone, Debug)]
pub(super) struct Sent {
    fingerprint: [u8; 16],
    /// The identity under which it was sent first.
    pub(super) content: String,
    pub(super) code_id: Option<String>,
    /// Keys that were looked up for it.
    pub(super) lookups: Option<Arc<Vec<pcore::Str>>>,
    /// What stands behind the identity, packed; and how long it is unpacked.
    pub(super) tail: (Bytes, u64),
}

/// Catalogs by node, within a limit of bytes.
pub(super) struct Kept {
    bytes_max: usize,
    table: Mutex<Table>,
}

#[derive(Default)]
struct Table {
    nodes: IndexMap<String, Arc<Sent>>,
    bytes: usize,
    /// Where the next one is that is forgotten: agents come in turns, and the oldest would always be the next that is asked for.
    chance: usize,
}

impl Kept {
    pub(super) fn new(bytes_max: usize) -> Kept {
        Kept { bytes_max, table: Mutex::default() }
    }

    fn table(&self) -> MutexGuard<'_, Table> {
        // What is inside is put there as a whole.
        self.table.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Under which identity the catalog with this fingerprint was first sent, if it is the node's last.
    pub(super) fn content(&self, certname: &str, fingerprint: &Fingerprint) -> Option<String> {
        let table = self.table();
        let sent = table.nodes.get(certname).filter(|sent| sent.fingerprint == fingerprint.short())?;
        Some(sent.content.clone())
    }

    /// The node's last catalog, if it was first sent under this identity.
    pub(super) fn get(&self, certname: &str, content: &str) -> Option<Arc<Sent>> {
        self.table().nodes.get(certname).filter(|sent| sent.content == content).cloned()
    }

    pub(super) fn put(&self, catalog: &ReplaceCatalog, fingerprint: &Fingerprint, tail: (Bytes, u64)) {
        let sent = Sent {
            fingerprint: fingerprint.short(),
            content: catalog.catalog.catalog_uuid.to_string(),
            code_id: catalog.catalog.code_id.as_deref().map(str::to_owned),
            lookups: catalog.lookups.clone(),
            tail,
        };
        let size = |sent: &Sent| sent.tail.0.len() + 512;
        if size(&sent) > self.bytes_max {
            return;
        }
        let mut table = self.table();
        table.bytes += size(&sent);
        if let Some(old) = table.nodes.insert(catalog.certname.clone(), Arc::new(sent)) {
            table.bytes = table.bytes.saturating_sub(size(&old));
        }
        while table.bytes > self.bytes_max && table.nodes.len() > 1 {
            table.chance =
                table.chance.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
            // The one that was just put there may be hit, too; then it is made again.
            let place = (table.chance >> 33) % table.nodes.len();
            if let Some((_, old)) = table.nodes.swap_remove_index(place) {
                table.bytes = table.bytes.saturating_sub(size(&old));
            }
        }
    }
}
