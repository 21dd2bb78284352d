//! What this process would store itself, while the database is away: it goes to the [queue](crate::queue) in a form of its own, and
//! from there into the store like what others send.
//!
//! A run of an agent is then as durable as ever, and its answer does not wait for the database. The form holds what
//! [`crate::terminus`] makes of documents, so no value of a sensitive parameter gets to the disk. Only the program that wrote it reads
//! it: a field that a newer release adds must have a default.

use std::io::{Read as _, Write as _};

use api::pdb::{Command, StoreReport};
use flate2::Compression;
use flate2::read::GzDecoder;
use flate2::write::GzEncoder;
use rest::Bytes;
use serde::{Deserialize, Serialize};

use crate::command::{Body, Encoding, Name};
use crate::document::moment;
use crate::payload::{Catalog, CatalogInputs, Facts, Invalid, Payload, microseconds};
use crate::processor::Blocklist;
use crate::queue::Incoming;
use crate::store::{self, Prepared};
use crate::terminus;

/// A document on its way into the store.
#[derive(Debug, Serialize, Deserialize)]
enum Spooled {
    Facts(Facts),
    Catalog {
        catalog: Catalog,
        /// As agents get it.
        document: String,
        inputs: Option<CatalogInputs>,
    },
    Report(Report),
}

#[derive(Debug, Serialize, Deserialize)]
struct Report {
    certname: String,
    environment: String,
    producer_timestamp: i64,
    producer: Option<String>,
    /// As the agent wrote it.
    report: String,
}

/// A command of this process, ready for the queue. `received` is microseconds since 1970.
///
/// # Errors
/// The document is not one that can be stored.
pub(crate) fn incoming(
    command: &Command,
    producer: Option<&str>,
    received: i64,
) -> Result<Incoming, Invalid> {
    let owned = || producer.map(str::to_owned);
    let (name, certname, time, spooled) = match command {
        Command::ReplaceFacts(facts) => {
            let facts = terminus::facts(facts, producer)?;
            (
                Name::ReplaceFacts,
                facts.certname.clone(),
                Some(facts.producer_timestamp),
                Spooled::Facts(facts),
            )
        }
        Command::ReplaceCatalog(command) => {
            let (catalog, document) = terminus::catalog(command, producer)?;
            let document = String::from_utf8(document).map_err(|error| Invalid(error.to_string()))?;
            let (certname, time) = (catalog.certname.clone(), catalog.producer_timestamp);
            let inputs = terminus::inputs(command);
            (Name::ReplaceCatalog, certname, Some(time), Spooled::Catalog { catalog, document, inputs })
        }
        // An identity alone is worth nothing if the database comes back without the content.
        Command::KeepCatalog(_) => return Err(Invalid("the identity of a catalog cannot wait".to_owned())),
        Command::StoreReport(report) => {
            // What cannot be stored is refused now, while somebody hears it.
            terminus::report(report, producer)?;
            let certname = report.certname.clone();
            let report = Report {
                certname: certname.clone(),
                environment: report.environment.clone(),
                producer_timestamp: microseconds(report.producer_timestamp),
                producer: owned(),
                report: String::from_utf8(report.report.to_vec())
                    .map_err(|error| Invalid(error.to_string()))?,
            };
            (Name::StoreReport, certname, Some(report.producer_timestamp), Spooled::Report(report))
        }
    };
    let mut gzip = GzEncoder::new(Vec::new(), Compression::fast());
    let text = serde_json::to_vec(&spooled).map_err(|error| Invalid(error.to_string()))?;
    let bytes =
        gzip.write_all(&text).and_then(|()| gzip.finish()).map_err(|error| Invalid(error.to_string()))?;
    let (_, version) = name.versions();
    let body = Body { bytes, encoding: Encoding::Own };
    Ok(Incoming { name, version, certname, producer_timestamp: time, received, body })
}

/// What is to be written for a command that [`incoming`] made.
///
/// # Errors
/// The bytes are not what that function writes.
pub(crate) fn prepare(bytes: &[u8], received: i64, blocklist: &Blocklist) -> Result<Vec<Prepared>, Invalid> {
    let damaged = |error: &dyn std::fmt::Display| Invalid(format!("what was spooled is damaged: {error}"));
    let mut text = Vec::new();
    GzDecoder::new(bytes).read_to_end(&mut text).map_err(|error| damaged(&error))?;
    let spooled: Spooled = serde_json::from_slice(&text).map_err(|error| damaged(&error))?;
    drop(text);
    Ok(match spooled {
        Spooled::Facts(mut facts) => {
            blocklist.apply(&mut facts);
            vec![store::prepare(&Payload::ReplaceFacts(facts), received)]
        }
        Spooled::Catalog { catalog, document, inputs } => {
            let mut all = vec![store::prepare_compiled(&catalog, document.as_bytes(), received)];
            let inputs = inputs.map(Payload::ReplaceCatalogInputs);
            all.extend(inputs.map(|inputs| store::prepare(&inputs, received)));
            all
        }
        Spooled::Report(report) => {
            let command = StoreReport {
                certname: report.certname,
                environment: report.environment,
                report: Bytes::from(report.report),
                producer_timestamp: moment(report.producer_timestamp),
            };
            let report = terminus::report(&command, report.producer.as_deref())?;
            vec![store::prepare(&Payload::StoreReport(report), received)]
        }
    })
}
