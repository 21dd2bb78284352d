//! The example control repository and its nodes.

use std::path::{Path, PathBuf};

use pcore::Hash;

/// The repository's folder of examples.
pub fn directory() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR"))
        .join("../../examples")
        .canonicalize()
        .expect("examples/ is in the repository")
}

/// Certnames of the example nodes, sorted.
pub fn nodes() -> Vec<String> {
    let mut names: Vec<String> = std::fs::read_dir(directory().join("facts"))
        .expect("examples/facts is in the repository")
        .map(|entry| entry.unwrap().path().file_stem().unwrap().to_string_lossy().into_owned())
        .collect();
    names.sort();
    names
}

/// The recorded facts of an example node.
pub fn facts(certname: &str) -> Hash {
    let file = directory().join("facts").join(format!("{certname}.json"));
    let text = std::fs::read(&file).unwrap();
    let format = wire::facts::FactsFormat::Json;
    wire::facts::Facts::from_json(&text, format, &wire::json::Limits::default()).unwrap().values
}

/// Makes an environment path in a folder, with the example control repository as `production`.
pub fn environmentpath(scratch: &Path) -> PathBuf {
    let path = scratch.join("environments");
    copy(&directory().join("control-repo"), &path.join("production"));
    path
}

/// Copies a folder.
pub fn copy(from: &Path, to: &Path) {
    std::fs::create_dir_all(to).unwrap();
    for entry in std::fs::read_dir(from).unwrap() {
        let entry = entry.unwrap();
        let target = to.join(entry.file_name());
        if entry.file_type().unwrap().is_dir() {
            copy(&entry.path(), &target);
        } else {
            std::fs::copy(entry.path(), target).unwrap();
        }
    }
}
