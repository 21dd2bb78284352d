//! Resource types of environments, compared with what a real Puppet has made of the same files (`record.rb`).
#![allow(clippy::expect_used, reason = "a failed test is told by its panic")]

use std::io;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::Duration;

use compiler::world::{ExportQuery, ExportedResource};
use compiler::{Image, ImageOptions, Level, NodeInput, World, compile};
use pcore::time::Timestamp;
use serde_json::{Value as Json, json};

struct Outside;

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

fn folder() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/resource_types")
}

fn options(environment: &Path) -> ImageOptions {
    ImageOptions {
        directory: Some(environment.to_owned()),
        modulepath: vec![environment.join("modules")],
        ..ImageOptions::default()
    }
}

/// Title and text of each part that begins with `### `.
fn parts(text: &str) -> Vec<(&str, &str)> {
    let parts = text.split("### ").skip(1);
    parts.map(|part| part.split_once('\n').expect("a title and a text")).collect()
}

/// What becomes of a piece of code, in the words of `record.rb`.
fn outcome(image: &Image, options: &ImageOptions, code: &str) -> String {
    let options = ImageOptions { code: Some(code.into()), ..options.clone() };
    let image = image.with_options(&options).expect("an image");
    let certname: pcore::Str = "n1".into();
    let trusted = json!({"authenticated": "local", "certname": "n1", "extensions": {}, "hostname": "n1"});
    let node = NodeInput {
        certname,
        trusted: pcore::json::parse(trusted.to_string().as_bytes()).unwrap_or_default(),
        facts: Arc::default(),
        ..NodeInput::default()
    };
    let mut lines = Vec::new();
    let logs = match compile(&image, &Outside, &node) {
        Ok(compilation) => {
            let mut bytes = Vec::new();
            compilation.catalog.write_json(&mut bytes, true);
            let catalog: Json = serde_json::from_slice(&bytes).expect("JSON");
            for resource in catalog["resources"].as_array().into_iter().flatten() {
                let text = |key: &str| resource[key].as_str().unwrap_or_default().to_owned();
                if !matches!(&*text("type"), "Class" | "Stage") {
                    let parameters = resource.get("parameters").cloned().unwrap_or_else(|| json!({}));
                    lines.push(format!("{}[{}] {} {parameters}", text("type"), text("title"), text("kind")));
                }
            }
            compilation.logs
        }
        Err(error) => {
            lines.push(format!("error: {}", error.message));
            error.logs
        }
    };
    for log in logs.iter().filter(|log| log.level != Level::Debug) {
        lines.push(format!("{}: {}", log.level.as_str(), log.message));
    }
    lines.join("\n")
}

fn compare(name: &str) {
    let folder = folder();
    let environment = folder.join(name);
    let read = |ending: &str| {
        std::fs::read_to_string(folder.join(format!("{name}.{ending}"))).expect("a file of the suite")
    };
    let options = options(&environment);
    let image = Image::load(&options).expect("an image");
    let (cases, recorded) = (read("pp"), read("txt"));
    let recorded = parts(&recorded);
    let mut wrong = String::new();
    for (title, code) in parts(&cases) {
        let want = recorded.iter().find(|(other, _)| *other == title).map_or("nothing", |(_, text)| text);
        let got = outcome(&image, &options, code).replace(&environment.display().to_string(), "ENV");
        if got.trim() != want.trim() {
            wrong += &format!("### {title}\n{code}Puppet:\n{}\nhere:\n{got}\n\n", want.trim());
        }
    }
    assert!(wrong.is_empty(), "{wrong}");
}

#[test]
fn generated_types() {
    compare("generated");
}
