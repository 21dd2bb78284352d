//! The outside of a compile that asks for nothing.

use std::io;
use std::path::Path;
use std::time::Duration;

use compiler::World;
use compiler::world::{ExportQuery, ExportedResource};
use pcore::time::Timestamp;

/// Files of the disk, and otherwise nothing.
pub struct Outside;

impl World for Outside {
    fn now(&self) -> Timestamp {
        Timestamp { seconds: 0, nanoseconds: 0 }
    }

    fn random(&self) -> u128 {
        0
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
