//! From the bytes of queued commands to what is written for them.

use std::collections::VecDeque;

use api::pdb::Fingerprint;

use super::{Blocklist, same_node};
use crate::command::{self, Body, Encoding, Name};
use crate::hash::Hash;
use crate::payload::sketch::Sketch;
use crate::payload::{self, Invalid, Payload};
use crate::queue::Queued;
use crate::spool;
use crate::store::{self, Prepared, Store};

/// What is to be written for a command.
pub(super) struct Work {
    /// In this order.
    pub(super) documents: Vec<Prepared>,
    /// What a later catalog of the same content is known by, and the hash under which this one is stored.
    pub(super) note: Option<(Fingerprint, Hash)>,
    /// Only the identity of the stored catalog moves, which should be this one. If it is not, the whole document is to be written.
    pub(super) is_same: bool,
}

/// What decoding needs beside commands.
pub(super) struct Decoder {
    pub(super) store: Store,
    pub(super) blocklist: Blocklist,
    /// The largest document.
    pub(super) bytes_max: u64,
    /// Documents of about so many bytes are decoded at once.
    pub(super) some_bytes_max: usize,
}

/// A command's place in its group, and its body.
pub(super) type Waiting = VecDeque<(usize, Body)>;

impl Decoder {
    /// Decodes commands of a group, from the first on, until they are many; gives them with their places. The others stay.
    pub(super) fn some(
        &self,
        commands: &[Queued],
        waiting: &mut Waiting,
    ) -> Vec<(usize, Result<Work, Invalid>)> {
        let (mut decoded, mut bytes) = (Vec::new(), 0);
        while bytes < self.some_bytes_max
            && let Some((place, body)) = waiting.pop_front()
        {
            let Some(command) = commands.get(place) else { continue };
            let work = || self.work(command, body, &mut bytes);
            // One that cannot be decoded for a mistake of ours must not take the others along.
            let work = std::panic::catch_unwind(std::panic::AssertUnwindSafe(work));
            decoded
                .push((place, work.unwrap_or_else(|_| Err(Invalid("decoding the command failed".into())))));
        }
        decoded
    }

    /// Adds to `bytes` what is held.
    fn work(&self, command: &Queued, body: Body, bytes: &mut usize) -> Result<Work, Invalid> {
        if body.encoding == Encoding::Own {
            *bytes += body.bytes.len() * 8;
            let documents = spool::prepare(&body.bytes, command.received, &self.blocklist)?;
            return Ok(Work { documents, note: None, is_same: false });
        }
        let text = body.text(self.bytes_max)?;
        let mut fingerprint = None;
        if command.name == Name::ReplaceCatalog
            && let Some(sketch) = Sketch::of(&text, command.version, &command.certname)
        {
            if let Some(hash) = self.store.sent_catalog(&command.certname, &sketch.fingerprint) {
                let same = store::prepare_same(&command.certname, sketch, hash, command.received);
                return Ok(Work { documents: vec![same], note: None, is_same: true });
            }
            fingerprint = Some(sketch.fingerprint);
        }
        *bytes += text.len();
        self.whole(command, text, fingerprint)
    }

    /// Decodes the whole document, whatever is stored.
    pub(super) fn all(&self, command: &Queued, body: Body) -> Result<Work, Invalid> {
        let text = body.text(self.bytes_max)?;
        self.whole(command, text, None)
    }

    /// Its text is gone before what is made of it takes as much once more.
    fn whole(
        &self,
        command: &Queued,
        text: Vec<u8>,
        fingerprint: Option<Fingerprint>,
    ) -> Result<Work, Invalid> {
        if let Some(document) = store::prepare_plain(&text, command, |name| !self.blocklist.blocks(name)) {
            let note = fingerprint.zip(document.catalog_hash());
            return Ok(Work { documents: vec![document], note, is_same: false });
        }
        let value = payload::decode(&text)?;
        drop(text);
        let payload = command::read(command.name, command.version, value, command.received)?;
        let mut payload = same_node(payload, &command.certname)?;
        if let Payload::ReplaceFacts(facts) = &mut payload {
            self.blocklist.apply(facts);
        }
        let document = store::prepare(&payload, command.received);
        let note = fingerprint.zip(document.catalog_hash());
        Ok(Work { documents: vec![document], note, is_same: false })
    }
}
