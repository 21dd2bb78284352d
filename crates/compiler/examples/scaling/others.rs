//! An outside in which other nodes export.

use std::io;
use std::path::Path;
use std::time::Duration;

use compiler::World;
use compiler::world::{ExportQuery, ExportedResource, Quiet};
use pcore::Hash;
use pcore::time::Timestamp;

/// So many notifies of other nodes, and otherwise nothing.
pub struct Others {
    /// What answers all else.
    pub quiet: Quiet,
    /// How many.
    pub exported: usize,
}

impl World for Others {
    fn now(&self) -> Timestamp {
        self.quiet.now()
    }

    fn random(&self) -> u128 {
        self.quiet.random()
    }

    fn read_file(&self, path: &Path) -> io::Result<Vec<u8>> {
        self.quiet.read_file(path)
    }

    fn exists(&self, path: &Path) -> bool {
        self.quiet.exists(path)
    }

    fn run(&self, command: &[String], folder: Option<&Path>, time_max: Duration) -> Result<Vec<u8>, String> {
        self.quiet.run(command, folder, time_max)
    }

    fn stores_exports(&self) -> bool {
        self.exported > 0
    }

    fn exported_resources(&self, _: &ExportQuery<'_>) -> Result<Vec<ExportedResource>, String> {
        let exported = |number: usize| ExportedResource {
            certname: format!("other{}.example.com", number % 100).into(),
            title: format!("exported {number}").into(),
            tags: vec!["x".into(), "notify".into()],
            parameters: Hash::from_iter([("message", "of another node")]),
        };
        Ok((0..self.exported).map(exported).collect())
    }
}
