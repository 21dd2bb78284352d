//! From the bytes of a queued command to what is written for it.

use api::pdb::Fingerprint;

use super::{Blocklist, same_node};
use crate::command::{self, Body, Encoding, Name};
use crate::hash::Hash;
use crate::payload::sketch::Sketch;
use crate::payload::{self, Invalid, Payload};
use crate::queue::Queued;
use crate::spool;
use crate::store::{self, Prepared, Store};

/// What is to be done for a command.
pub(super) enum Work {
    /// Write these.
    Write {
        documents: Vec<Prepared>,
        /// What a later catalog of the same content is known by, and the hash under which this one is stored.
        note: Option<(Fingerprint, Hash)>,
    },
    /// Move the identity of the stored catalog, which should be this one; the text is for when it is not.
    Same { document: Box<Prepared>, text: Vec<u8> },
}

/// Decodes a command. Takes a while for large documents.
pub(super) fn work(
    store: &Store,
    command: &Queued,
    body: Body,
    blocklist: &Blocklist,
    bytes_max: u64,
) -> Result<Work, Invalid> {
    if body.encoding == Encoding::Own {
        let documents = spool::prepare(&body.bytes, command.received, blocklist)?;
        return Ok(Work::Write { documents, note: None });
    }
    let text = body.text(bytes_max)?;
    if command.name == Name::ReplaceCatalog
        && let Some(sketch) = Sketch::of(&text, command.version, &command.certname)
    {
        return match store.sent_catalog(&command.certname, &sketch.fingerprint) {
            Some(hash) => {
                let document = store::prepare_same(&command.certname, sketch, hash, command.received);
                Ok(Work::Same { document: Box::new(document), text })
            }
            None => whole(command, text, blocklist, Some(sketch.fingerprint)),
        };
    }
    whole(command, text, blocklist, None)
}

/// Decodes the whole document. Its text is gone before what is made of it takes as much once more.
pub(super) fn whole(
    command: &Queued,
    text: Vec<u8>,
    blocklist: &Blocklist,
    fingerprint: Option<Fingerprint>,
) -> Result<Work, Invalid> {
    let value = payload::decode(&text)?;
    drop(text);
    let payload = command::read(command.name, command.version, value, command.received)?;
    let mut payload = same_node(payload, &command.certname)?;
    if let Payload::ReplaceFacts(facts) = &mut payload {
        blocklist.apply(facts);
    }
    let document = store::prepare(&payload, command.received);
    let note = fingerprint.zip(document.catalog_hash());
    Ok(Work::Write { documents: vec![document], note })
}
