//! Reads all resource types of folders of modules and prints what is known of them, as JSON.
//!
//! `cargo run -p ruby --example types -- /etc/puppetlabs/code/modules…`

#![allow(clippy::print_stdout, clippy::print_stderr, reason = "a program for developers")]

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use ruby::types::{Library, Reading, read};
use serde_json::{Value as Json, json};
use wire::types::{AttributeKind, ResourceType, TitleRule};

/// Modules by their folders.
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
        let files = folders.flat_map(|folder| files_in(&folder));
        files.filter_map(|path| text(&path).map(|text| (path, text))).collect()
    }
}

fn files_in(folder: &Path) -> Vec<PathBuf> {
    let entries = fs::read_dir(folder).into_iter().flatten().flatten().map(|entry| entry.path());
    let mut files: Vec<PathBuf> =
        entries.filter(|path| path.extension().is_some_and(|it| it == "rb")).collect();
    files.sort();
    files
}

fn main() {
    let folders = std::env::args().skip(1).map(PathBuf::from);
    let mut modules: Vec<PathBuf> = folders
        .flat_map(|folder| fs::read_dir(folder).into_iter().flatten().flatten().map(|it| it.path()))
        .collect();
    modules.sort();
    let library = Modules(modules);
    let mut all = BTreeMap::new();
    for module in &library.0 {
        for path in files_in(&module.join("lib/puppet/type")) {
            let Some(name) = path.file_stem().map(|name| name.to_string_lossy().into_owned()) else {
                continue;
            };
            if all.contains_key(&name) {
                continue;
            }
            let started = std::time::Instant::now();
            let shown = match text(&path).map(|text| read(&name, &path, &text, &library)) {
                Some(Reading::Known(ty)) => shown(&ty),
                Some(Reading::Absent) => json!({"absent": true}),
                Some(Reading::Unsure(unsure)) => json!({"unsure": unsure.to_string()}),
                None => json!({"unsure": "not UTF-8"}),
            };
            if std::env::var_os("TIMES").is_some() {
                eprintln!("{:8} µs {name}", started.elapsed().as_micros());
            }
            all.insert(name, shown);
        }
    }
    println!("{}", serde_json::to_string_pretty(&all).unwrap_or_default());
}

fn shown(ty: &ResourceType) -> Json {
    let of = |kind| {
        let names = ty.attributes().iter().filter(|(_, other)| *other == kind);
        names.map(|(name, _)| name.as_str()).collect::<Vec<_>>()
    };
    let patterns = match ty.title() {
        TitleRule::Whole(name) => json!([["(?m-ix:(.*))", [name.as_str()]]]),
        TitleRule::Path(name) => json!([["path", [name.as_str()]]]),
        TitleRule::Missing => Json::Null,
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
