//! A world in which nothing happens.

use std::io;
use std::path::Path;
use std::time::Duration;

use pcore::time::Timestamp;

use super::{ExportQuery, ExportedResource, World};

/// The files of this machine at a moment that stands still: no commands, no other nodes. For tests, measurements and tools that
/// want the same answer each time.
#[derive(Clone, Copy, Debug)]
pub struct Quiet {
    /// The time, always.
    pub now: Timestamp,
    /// What takes the place of random numbers.
    pub random: u128,
}

impl Default for Quiet {
    /// A Tuesday evening in November 2023.
    fn default() -> Quiet {
        Quiet { now: Timestamp { seconds: 1_700_000_000, nanoseconds: 0 }, random: 7 }
    }
}

impl World for Quiet {
    fn now(&self) -> Timestamp {
        self.now
    }

    fn random(&self) -> u128 {
        self.random
    }

    fn read_file(&self, path: &Path) -> io::Result<Vec<u8>> {
        std::fs::read(path)
    }

    fn exists(&self, path: &Path) -> bool {
        path.exists()
    }

    fn run(&self, command: &[String], _: Option<&Path>, _: Duration) -> Result<Vec<u8>, String> {
        Err(format!("no commands here: {command:?}"))
    }

    fn stores_exports(&self) -> bool {
        false
    }

    fn exported_resources(&self, _: &ExportQuery<'_>) -> Result<Vec<ExportedResource>, String> {
        Ok(Vec::new())
    }
}
