//! Types of modules, compared with what a real Puppet makes of the same files (`types/record.rb`).

#![allow(clippy::expect_used, reason = "a failed test is told by its panic")]

use std::fmt::Write as _;
use std::fs;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use ruby::types::{Library, Reading, read};
use serde_json::{Value as Json, json};
use wire::types::{AttributeKind, ResourceType, TitleRule};

/// The modules of the suite.
struct Modules(Vec<PathBuf>);

fn text(path: &Path) -> Option<Arc<str>> {
    Some(fs::read_to_string(path).ok()?.into())
}

impl Library for Modules {
    fn find(&self, name: &str) -> Option<(PathBuf, Arc<str>)> {
        self.0.iter().find_map(|module| {
            let path = module.join("lib").join(name);
            text(&path).map(|text| (path, text))
        })
    }

    fn read(&self, path: &Path) -> Option<Arc<str>> {
        text(path)
    }

    fn providers(&self, type_name: &str) -> Vec<(PathBuf, Arc<str>)> {
        let folders = self.0.iter().map(|module| module.join("lib/puppet/provider").join(type_name));
        let files = folders.flat_map(|folder| fs::read_dir(folder).into_iter().flatten().flatten());
        files.filter_map(|file| text(&file.path()).map(|text| (file.path(), text))).collect()
    }
}

fn folder() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/types")
}

fn modules() -> Modules {
    Modules(["shop", "tools"].iter().map(|name| folder().join("modules").join(name)).collect())
}

fn reading(name: &str) -> Reading {
    let modules = modules();
    let path = modules.0[0].join(format!("lib/puppet/type/{name}.rb"));
    let text = text(&path).expect("a file of the suite");
    read(name, &path, &text, &modules)
}

fn shown(ty: &ResourceType) -> Json {
    let of = |kind| {
        let names = ty.attributes().iter().filter(|(_, other)| *other == kind);
        names.map(|(name, _)| name.as_str()).collect::<Vec<_>>()
    };
    let patterns = match ty.title() {
        TitleRule::Whole(name) => json!([["(?m-ix:(.*))", [name.as_str()]]]),
        TitleRule::Path(name) => json!([["path", [name.as_str()]]]),
        TitleRule::Missing => {
            json!("you must specify title patterns when there are two or more key attributes")
        }
        TitleRule::Patterns(patterns) => patterns
            .iter()
            .map(|pattern| {
                let names: Vec<&str> = pattern.attributes.iter().map(|name| name.as_str()).collect();
                json!([pattern.regexp.source(), names])
            })
            .collect(),
    };
    json!({
        "properties": of(AttributeKind::Property),
        "parameters": of(AttributeKind::Parameter),
        "namevars": ty.namevars().iter().map(|name| name.as_str()).collect::<Vec<_>>(),
        "isomorphic": ty.is_isomorphic(),
        "patterns": patterns,
    })
}

fn recorded() -> serde_json::Map<String, Json> {
    let text = text(&folder().join("recorded.json")).expect("the record");
    match serde_json::from_str(&text).expect("JSON") {
        Json::Object(types) => types,
        _ => panic!("the record is a hash"),
    }
}

#[test]
fn what_is_read_is_what_puppet_has_loaded() {
    let mut wrong = String::new();
    for (name, want) in recorded() {
        let got = match reading(&name) {
            Reading::Known(ty) => shown(&ty),
            Reading::Absent => json!("no class was created"),
            // The other test knows why.
            Reading::Unsure(_) => continue,
        };
        if got != want {
            let _ = writeln!(wrong, "{name}\nPuppet: {want}\nhere:   {got}");
        }
    }
    assert!(wrong.is_empty(), "{wrong}");
}

#[test]
fn what_cannot_be_followed_is_left_open() {
    let mut reasons = String::new();
    for (name, _) in recorded() {
        if let Reading::Unsure(unsure) = reading(&name) {
            let _ = writeln!(reasons, "{}", unsure.to_string().replace(&folder().display().to_string(), ""));
        }
    }
    insta::assert_snapshot!(reasons);
}
