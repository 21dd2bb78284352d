//! The compiler's window to this machine.

use std::io;
use std::path::Path;
use std::time::{Duration, SystemTime, UNIX_EPOCH};

use compiler::World;
use compiler::world::{ExportQuery, ExportedResource};
use pcore::time::Timestamp;

use crate::execution::Execution;

/// Files, clock and commands of this machine. Exported resources of other nodes are not stored here.
pub struct Machine;

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
