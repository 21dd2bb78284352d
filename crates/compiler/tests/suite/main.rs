//! Whole compiles against what Puppet 8.11 does with the same code.
//!
//! One binary with one file a subject. [`Site`] is a small environment: code, files and a node.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, reason = "tests")]

mod catalog;
mod data;
mod loading;
mod templates;
mod values;

use compiler::world::Quiet;
use compiler::{Compilation, CompileError, Image, ImageOptions, Level, NodeInput, compile};

/// An environment of a test.
struct Site {
    folder: tempfile::TempDir,
    options: ImageOptions,
    node: NodeInput,
}

impl Site {
    /// A site manifest, and files by their paths in the environment.
    fn new(code: &str, files: &[(&str, &str)]) -> Site {
        let folder = tempfile::tempdir().unwrap();
        for (path, content) in files {
            let path = folder.path().join(path);
            std::fs::create_dir_all(path.parent().unwrap()).unwrap();
            std::fs::write(path, content).unwrap();
        }
        let options = ImageOptions {
            environment: "production".into(),
            directory: Some(folder.path().to_owned()),
            modulepath: vec![folder.path().join("modules")],
            code: Some(code.to_owned()),
            strict_variables: true,
            ..ImageOptions::default()
        };
        let node = NodeInput { certname: "n1".into(), ..NodeInput::default() };
        Site { folder, options, node }
    }

    fn compile(&self) -> Result<Compilation, CompileError> {
        let image = Image::load(&self.options).unwrap();
        compile(&image, &Quiet::default(), &self.node)
    }

    /// What the compile says: the messages of a good one, one a line, or the error. The environment's folder is
    /// `DIR`.
    fn says(&self) -> String {
        let text = match self.compile() {
            Ok(compilation) => {
                let shown = compilation.logs.iter().filter(|entry| entry.level != Level::Debug);
                shown.map(|entry| entry.message.as_str()).collect::<Vec<_>>().join("\n")
            }
            Err(error) => error.message,
        };
        text.replace(&self.folder.path().display().to_string(), "DIR")
    }
}

/// What the compile of a site manifest and files says.
#[track_caller]
fn check(code: &str, files: &[(&str, &str)], observed: &str) {
    assert_eq!(Site::new(code, files).says(), observed, "{code}");
}

/// The parameters of a resource in the catalog, as JSON.
fn parameters(code: &str, reference: &str) -> String {
    let compilation = Site::new(code, &[]).compile().unwrap();
    let mut json = Vec::new();
    compilation.catalog.write_json(&mut json, true);
    let catalog: serde_json::Value = serde_json::from_slice(&json).unwrap();
    let is_it = |resource: &&serde_json::Value| {
        format!("{}[{}]", resource["type"].as_str().unwrap(), resource["title"].as_str().unwrap())
            == reference
    };
    let found = catalog["resources"].as_array().unwrap().iter().find(is_it);
    found.expect("the resource")["parameters"].to_string()
}
