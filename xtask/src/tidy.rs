//! The repository's rules as a test. Each message says what to do.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::process::Command;

use anyhow::{Context as _, bail};

/// Lines after which a file should say why it is one thing.
const LINES_MAX: usize = 800;

/// Checks everything; fails with all findings.
pub fn run(root: &Path) -> anyhow::Result<()> {
    let files = tracked(root)?;
    let mut findings = Vec::new();
    crates(root, &mut findings)?;
    for file in &files {
        if file.extension().is_some_and(|extension| extension == "rs") {
            module(root, file, &mut findings)?;
        }
        stray(file, &mut findings);
    }
    architecture(root, &mut findings)?;
    if findings.is_empty() {
        println!("tidy: {} files, nothing to say", files.len());
        return Ok(());
    }
    for finding in &findings {
        eprintln!("tidy: {finding}");
    }
    bail!("{} findings", findings.len());
}

fn tracked(root: &Path) -> anyhow::Result<Vec<PathBuf>> {
    let output = Command::new("git")
        .args(["ls-files", "--cached", "--others", "--exclude-standard"])
        .current_dir(root)
        .output();
    let output = output.context("could not run git")?;
    let text = String::from_utf8(output.stdout).context("file names are not UTF-8")?;
    Ok(text.lines().map(PathBuf::from).filter(|file| root.join(file).exists()).collect())
}

/// Floors and owners, read from the manifests.
fn crates(root: &Path, findings: &mut Vec<String>) -> anyhow::Result<()> {
    let rules: toml::Table = read(&root.join("xtask/floors.toml"))?.parse()?;
    let table = |name: &str| rules.get(name).and_then(|value| value.as_table()).cloned().unwrap_or_default();
    let (floors, beside, apart, owners) = (table("floors"), table("beside"), table("apart"), table("owners"));
    let names = |table: &toml::Table, key: &str| -> Vec<String> {
        let list = table.get(key).and_then(|value| value.as_array()).cloned().unwrap_or_default();
        list.iter().filter_map(|item| item.as_str().map(String::from)).collect()
    };
    let mut manifests = BTreeMap::new();
    for entry in std::fs::read_dir(root.join("crates"))? {
        let path = entry?.path().join("Cargo.toml");
        if path.exists() {
            let manifest: toml::Table = read(&path)?.parse().with_context(|| path.display().to_string())?;
            manifests.insert(path, manifest);
        }
    }
    for (path, manifest) in &manifests {
        let name = manifest["package"]["name"].as_str().unwrap_or_default();
        let Some(floor) = floors.get(name).and_then(|value| value.as_integer()) else {
            findings.push(format!(
                "{}: crate `{name}` has no floor; add it to xtask/floors.toml",
                path.display()
            ));
            continue;
        };
        let section =
            |name: &str| manifest.get(name).and_then(|value| value.as_table()).cloned().unwrap_or_default();
        for (dependency, dev) in section("dependencies")
            .keys()
            .map(|d| (d, false))
            .chain(section("dev-dependencies").keys().map(|d| (d, true)))
        {
            if let Some(below) = floors.get(dependency).and_then(|value| value.as_integer()) {
                let allowed = below < floor && !names(&apart, name).contains(dependency)
                    || below == floor && names(&beside, name).contains(dependency);
                if !allowed && !dev {
                    findings.push(format!(
                        "crate `{name}` (floor {floor}) must not use `{dependency}` (floor {below}): dependencies go down; move the \
                         shared part to a lower floor, or call the other service through `api`"
                    ));
                }
            }
            if !dev
                && owners.contains_key(dependency)
                && !names(&owners, dependency).iter().any(|owner| owner == name)
            {
                findings.push(format!(
                    "crate `{name}` must not use `{dependency}`: its owner is {}; use the owner's types",
                    names(&owners, dependency).join(", ")
                ));
            }
        }
        if section("lints").is_empty() {
            findings.push(format!("{}: add `[lints] workspace = true`", path.display()));
        }
    }
    let workspace: toml::Table = read(&root.join("Cargo.toml"))?.parse()?;
    let used: Vec<String> = manifests
        .values()
        .chain([&read(&root.join("xtask/Cargo.toml"))?.parse::<toml::Table>()?])
        .flat_map(|manifest| {
            ["dependencies", "dev-dependencies"].map(|section| manifest.get(section).cloned())
        })
        .flatten()
        .filter_map(|section| section.as_table().cloned())
        .flat_map(|section| section.into_iter().map(|(name, _)| name))
        .collect();
    for name in workspace["workspace"]["dependencies"].as_table().into_iter().flatten().map(|(name, _)| name)
    {
        if !used.contains(name) && !floors.contains_key(name) {
            findings
                .push(format!("Cargo.toml: no crate uses `{name}`; remove it from [workspace.dependencies]"));
        }
    }
    Ok(())
}

/// Every module opens with why it exists; a long one is looked at.
fn module(root: &Path, file: &Path, findings: &mut Vec<String>) -> anyhow::Result<()> {
    let text = read(&root.join(file))?;
    let name = file.display();
    let first = text.lines().find(|line| !line.trim().is_empty() && !line.starts_with("#!"));
    let tests = file.ends_with("tests.rs") || file.components().any(|part| part.as_os_str() == "tests");
    if !tests && !first.is_some_and(|line| line.starts_with("//!") && line.len() > 8) {
        findings.push(format!("{name}: open the file with `//!` and why it exists"));
    }
    let lines = text.lines().count();
    if lines > LINES_MAX && !text.contains("//! One file:") {
        findings.push(format!(
            "{name}: {lines} lines; split it by purpose, or say in its prose `One file: ...` why it is whole"
        ));
    }
    Ok(())
}

/// Files that nobody meant to commit.
fn stray(file: &Path, findings: &mut Vec<String>) {
    let name = file.file_name().and_then(|name| name.to_str()).unwrap_or_default();
    let stray =
        [".orig", ".rej", ".bak", ".tmp", ".swp", ".snap.new", "~"].iter().any(|end| name.ends_with(end));
    if stray || name == ".DS_Store" || name == "nohup.out" {
        findings.push(format!("{}: a stray file; remove it", file.display()));
    }
}

/// The map names every crate.
fn architecture(root: &Path, findings: &mut Vec<String>) -> anyhow::Result<()> {
    let map = read(&root.join("ARCHITECTURE.md"))?;
    for entry in std::fs::read_dir(root.join("crates"))? {
        let name = entry?.file_name().to_string_lossy().into_owned();
        if !map.contains(&format!("`{name}`")) {
            findings.push(format!("ARCHITECTURE.md does not mention `{name}`; say in a line what it is"));
        }
    }
    Ok(())
}

fn read(path: &Path) -> anyhow::Result<String> {
    std::fs::read_to_string(path).with_context(|| format!("could not read {}", path.display()))
}
