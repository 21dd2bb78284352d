//! Any manifest compiles or is refused within its bounds; nothing panics.

#![no_main]

use std::io;
use std::path::Path;
use std::time::Duration;

use compiler::world::{ExportQuery, ExportedResource};
use compiler::{Bounds, Image, ImageOptions, NodeInput, World, compile};
use libfuzzer_sys::fuzz_target;
use pcore::time::Timestamp;

/// A world with nothing in it.
struct Nothing;

impl World for Nothing {
    fn now(&self) -> Timestamp {
        Timestamp { seconds: 1, nanoseconds: 0 }
    }

    fn random(&self) -> u128 {
        1
    }

    fn read_file(&self, _: &Path) -> io::Result<Vec<u8>> {
        Err(io::ErrorKind::NotFound.into())
    }

    fn exists(&self, _: &Path) -> bool {
        false
    }

    fn run(&self, _: &[String], _: Option<&Path>, _: Duration) -> Result<Vec<u8>, String> {
        Err("no commands here".into())
    }

    fn stores_exports(&self) -> bool {
        false
    }

    fn exported_resources(&self, _: &ExportQuery<'_>) -> Result<Vec<ExportedResource>, String> {
        Ok(Vec::new())
    }
}

const BOUNDS: Bounds =
    Bounds { steps: 20_000, time: Duration::from_secs(5), memory: 256 << 20, resources: 500 };

fuzz_target!(|data: &[u8]| {
    let Ok(text) = std::str::from_utf8(data) else { return };
    let options = ImageOptions { code: Some(text.to_owned()), bounds: BOUNDS, ..ImageOptions::default() };
    let Ok(image) = Image::load(&options) else { return };
    let node = NodeInput { certname: "n1".into(), ..NodeInput::default() };
    if let Ok(compilation) = compile(&image, &Nothing, &node) {
        let mut json = Vec::new();
        compilation.catalog.write_json(&mut json, true);
        assert!(pcore::json::parse(&json).is_ok());
    }
});
