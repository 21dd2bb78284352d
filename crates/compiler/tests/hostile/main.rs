//! Code that is wrong or hostile ends with an error within its bounds, and not with the process.
//!
//! `*.pp` are lists of manifests, between empty lines; what each of them ends with is a snapshot.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, reason = "tests")]

mod bounds;
mod concurrent;
mod data;

use std::io;
use std::path::Path;
use std::sync::{Mutex, PoisonError};
use std::time::Duration;

use compiler::world::{ExportQuery, ExportedResource};
use compiler::{Bounds, Compilation, CompileError, Image, ImageOptions, NodeInput, World, compile};
use pcore::time::Timestamp;

/// A world with nothing in it but the disk.
pub(crate) struct Nothing;

impl World for Nothing {
    fn now(&self) -> Timestamp {
        Timestamp { seconds: 1, nanoseconds: 0 }
    }

    fn random(&self) -> u128 {
        1
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

/// Bounds that a test reaches soon. Time is not among them: the machine may be slow.
pub(crate) const BOUNDS: Bounds = Bounds {
    steps: 1_000_000,
    time: Duration::from_secs(24 * 3600),
    memory: 64 * 1024 * 1024,
    resources: 10_000,
};

/// The module stdlib, of which only the names of its functions count.
fn stdlib() -> tempfile::TempDir {
    let modules = tempfile::tempdir().unwrap();
    let names = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/stdlib/8/functions.txt");
    let names = std::fs::read_to_string(names).unwrap();
    for name in names.lines().filter(|name| name.ends_with(".rb")) {
        let path = modules.path().join("stdlib/lib/puppet").join(name);
        std::fs::create_dir_all(path.parent().unwrap()).unwrap();
        std::fs::write(path, "").unwrap();
    }
    modules
}

pub(crate) fn run(code: &str, bounds: Bounds) -> Result<Compilation, CompileError> {
    // The memory of the process is measured, so that compiles follow each other.
    static ALONE: Mutex<()> = Mutex::new(());
    let _alone = ALONE.lock().unwrap_or_else(PoisonError::into_inner);
    let modules = stdlib();
    let options = ImageOptions {
        code: Some(code.to_owned()),
        modulepath: vec![modules.path().to_owned()],
        bounds,
        ..ImageOptions::default()
    };
    let image = Image::load(&options).unwrap();
    let node = NodeInput { certname: "n1".into(), ..NodeInput::default() };
    compile(&image, &Nothing, &node)
}

/// What a compile says, cut to what a person reads.
pub(crate) fn says(result: Result<Compilation, CompileError>) -> String {
    let text = match result {
        Ok(compilation) => {
            let shown: Vec<_> = compilation.logs.iter().map(|entry| entry.message.as_str()).collect();
            format!("compiled {}", shown.join("; "))
        }
        Err(error) => error.message,
    };
    match text.char_indices().nth(400) {
        Some((at, _)) => format!("{} ... ({} bytes)", &text[..at], text.len()),
        None => text,
    }
}

#[test]
fn manifests() {
    insta::glob!("*.pp", |path| {
        let text = std::fs::read_to_string(path).unwrap();
        let codes = text.split("\n\n").map(str::trim).filter(|code| !code.is_empty());
        let said: Vec<_> = codes.map(|code| format!("{code}\n=> {}\n", says(run(code, BOUNDS)))).collect();
        let out = said.join("\n");
        insta::with_settings!({ prepend_module_to_snapshot => false, omit_expression => true }, {
            insta::assert_snapshot!(out);
        });
    });
}
