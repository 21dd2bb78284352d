//! The compiler's window to this machine.

use std::io;
use std::path::Path;
use std::sync::Arc;
use std::time::{Duration, SystemTime, UNIX_EPOCH};

use api::pdb::{ExportedFilter, ExportedQuery};
use compiler::World;
use compiler::world::{ExportFilter, ExportQuery, ExportedResource};
use pcore::time::Timestamp;
use wire::json::Limits;

use crate::execution::Execution;

/// Files, clock and commands of this machine, without a store of exported resources.
pub struct Machine;

/// This machine with the store of what nodes export.
#[derive(Clone)]
pub(crate) struct Connected {
    pdb: Arc<dyn api::Pdb>,
    /// Compiles run on threads of their own; the store's work is done by the runtime.
    runtime: tokio::runtime::Handle,
}

impl Connected {
    /// Must be called on the runtime.
    pub(crate) fn new(pdb: Arc<dyn api::Pdb>) -> Connected {
        Connected { pdb, runtime: tokio::runtime::Handle::current() }
    }
}

impl World for Connected {
    fn now(&self) -> Timestamp {
        Machine.now()
    }

    fn utc_offset(&self) -> i32 {
        Machine.utc_offset()
    }

    fn random(&self) -> u128 {
        Machine.random()
    }

    fn read_file(&self, path: &Path) -> io::Result<Vec<u8>> {
        Machine.read_file(path)
    }

    fn exists(&self, path: &Path) -> bool {
        Machine.exists(path)
    }

    fn run(&self, command: &[String], folder: Option<&Path>, time_max: Duration) -> Result<Vec<u8>, String> {
        Machine.run(command, folder, time_max)
    }

    fn query_store(&self, query: &pcore::Value) -> Result<pcore::Value, String> {
        let mut text = Vec::new();
        wire::data::write_value(query, false, &mut text);
        let query = serde_json::from_slice(&text).map_err(|error| error.to_string())?;
        let rows = self.runtime.block_on(self.pdb.query(&query)).map_err(|error| error.to_string())?;
        wire::json::parse(&rows, &Limits::default())
            .map_err(|error| format!("could not read the rows: {error}"))
    }

    fn stores_exports(&self) -> bool {
        true
    }

    fn exported_resources(&self, query: &ExportQuery<'_>) -> Result<Vec<ExportedResource>, String> {
        let query = ExportedQuery {
            type_name: query.type_name.to_owned(),
            certname: query.certname.to_owned(),
            filter: query.filter.as_ref().map(filter),
        };
        let found = self.runtime.block_on(self.pdb.exported(query)).map_err(|error| {
            format!("Could not retrieve resources from the PuppetDB at this server: {error}")
        })?;
        let resource = |found: api::pdb::ExportedResource| ExportedResource {
            certname: found.certname.into(),
            title: found.title.into(),
            tags: found.tags.into_iter().map(Into::into).collect(),
            parameters: found.parameters,
        };
        Ok(found.into_iter().map(resource).collect())
    }
}

/// The store's form of a condition; tags have no capitals. The compiler limits how deep conditions nest.
fn filter(condition: &ExportFilter) -> ExportedFilter {
    let not = |condition| ExportedFilter::Not(Box::new(condition));
    match condition {
        ExportFilter::And(left, right) => {
            ExportedFilter::And(Box::new(filter(left)), Box::new(filter(right)))
        }
        ExportFilter::Or(left, right) => ExportedFilter::Or(Box::new(filter(left)), Box::new(filter(right))),
        ExportFilter::Equal(name, value) => equal(name, value),
        ExportFilter::NotEqual(name, value) => not(equal(name, value)),
    }
}

fn equal(name: &str, value: &pcore::Value) -> ExportedFilter {
    match name {
        "tag" => ExportedFilter::Tag(pcore::format::to_s(value).to_lowercase()),
        "title" => ExportedFilter::Title(pcore::format::to_s(value)),
        name => ExportedFilter::Parameter(name.to_owned(), value.clone()),
    }
}

impl World for Machine {
    fn now(&self) -> Timestamp {
        let since = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default();
        Timestamp { seconds: since.as_secs() as i64, nanoseconds: since.subsec_nanos() }
    }

    fn utc_offset(&self) -> i32 {
        jiff::Zoned::now().offset().seconds()
    }

    fn random(&self) -> u128 {
        uuid::Uuid::new_v4().as_u128()
    }

    fn read_file(&self, path: &Path) -> io::Result<Vec<u8>> {
        std::fs::read(path)
    }

    fn exists(&self, path: &Path) -> bool {
        path.exists()
    }

    fn run(&self, command: &[String], folder: Option<&Path>, time_max: Duration) -> Result<Vec<u8>, String> {
        Execution { command, folder, combine: true, time_max }.run().map_err(|error| error.to_string())
    }

    fn stores_exports(&self) -> bool {
        false
    }

    fn exported_resources(&self, _: &ExportQuery<'_>) -> Result<Vec<ExportedResource>, String> {
        Ok(Vec::new())
    }
}
