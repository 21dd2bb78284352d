//! The world of compiles that nobody gets: it has the same answers for both versions of the code, and nothing stays of them.
//!
//! The clock stands still, random numbers come in the same order, and a command that both versions run is run once. What is left that
//! differs is the code's doing.

use std::collections::HashMap;
use std::io;
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use api::pdb::Fingerprint;
use compiler::world::{ExportQuery, ExportedResource};
use compiler::{Level, World};
use pcore::time::Timestamp;

use super::places::Places;
use crate::world::{Connected, Machine};

/// Outputs of commands that are kept; beyond that a command is run each time.
const COMMANDS_MAX: usize = 10_000;

type Ran = (Vec<String>, Option<PathBuf>);

/// What all compiles of a preview share.
pub(super) struct Standstill {
    connected: Connected,
    now: Timestamp,
    utc_offset: i32,
    commands: Mutex<HashMap<Ran, Result<Vec<u8>, String>>>,
}

impl Standstill {
    /// This moment. Must be called on the runtime.
    pub(super) fn new(pdb: Arc<dyn api::Pdb>) -> Standstill {
        Standstill {
            connected: Connected::new(pdb, Level::Crit),
            now: Machine.now(),
            utc_offset: Machine.utc_offset(),
            commands: Mutex::default(),
        }
    }

    /// The world of one compile.
    pub(super) fn of<'s>(&'s self, certname: &str, places: &'s Places, version: &'s str) -> Moment<'s> {
        let seed = Fingerprint::of(&[certname.as_bytes()]).short();
        Moment { all: self, seed, drawn: AtomicU64::new(0), has_run: AtomicBool::new(false), places, version }
    }
}

/// The world of one compile.
pub(super) struct Moment<'s> {
    all: &'s Standstill,
    seed: [u8; 16],
    drawn: AtomicU64,
    has_run: AtomicBool,
    /// Where the environment's files are for this compile.
    places: &'s Places,
    /// The command that says the version of the code, which is not compared.
    version: &'s str,
}

impl Moment<'_> {
    /// Whether the compile ran a command, which may have read anything.
    pub(super) fn has_run_commands(&self) -> bool {
        self.has_run.load(Ordering::Relaxed)
    }
}

impl World for Moment<'_> {
    fn wants(&self, level: Level) -> bool {
        self.all.connected.wants(level)
    }

    fn now(&self) -> Timestamp {
        self.all.now
    }

    fn utc_offset(&self) -> i32 {
        self.all.utc_offset
    }

    fn random(&self) -> u128 {
        let drawn = self.drawn.fetch_add(1, Ordering::Relaxed);
        u128::from_le_bytes(Fingerprint::of(&[&self.seed, &drawn.to_le_bytes()]).short())
    }

    fn read_file(&self, path: &Path) -> io::Result<Vec<u8>> {
        Machine.read_file(&self.places.real(path))
    }

    fn exists(&self, path: &Path) -> bool {
        Machine.exists(&self.places.real(path))
    }

    fn run(&self, command: &[String], folder: Option<&Path>, time_max: Duration) -> Result<Vec<u8>, String> {
        if let [only] = command
            && !only.is_empty()
            && only == self.version
        {
            return Ok(b"preview".to_vec());
        }
        self.has_run.store(true, Ordering::Relaxed);
        // Programs of the code are those of this version.
        let real = |word: &String| self.places.real(Path::new(word)).to_string_lossy().into_owned();
        let is_path = |word: &String| word.starts_with('/') && self.places.has(Path::new(word));
        let command: Vec<String> =
            command.iter().map(|word| if is_path(word) { real(word) } else { word.clone() }).collect();
        let folder = folder.map(|folder| self.places.real(folder));
        let (command, folder) = (command.as_slice(), folder.as_deref());
        let key = (command.to_vec(), folder.map(Path::to_owned));
        let kept = || self.all.commands.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(output) = kept().get(&key) {
            return output.clone();
        }
        let output = Machine.run(command, folder, time_max);
        let mut kept = kept();
        match kept.len() < COMMANDS_MAX {
            // Another thread may have been faster; then both have its output.
            true => kept.entry(key).or_insert(output).clone(),
            false => output,
        }
    }

    fn query_store(&self, query: &pcore::Value) -> Result<pcore::Value, String> {
        self.all.connected.query_store(query)
    }

    /// As if it had been made: a preview leaves no files.
    fn keep_file(&self, _path: &Path, _content: &[u8]) -> io::Result<()> {
        Ok(())
    }

    fn stores_exports(&self) -> bool {
        true
    }

    fn exported_resources(&self, query: &ExportQuery<'_>) -> Result<Vec<ExportedResource>, String> {
        self.all.connected.exported_resources(query)
    }
}
