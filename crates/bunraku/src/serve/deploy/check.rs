//! Whether an environment that was built can be read: what a compile would load is parsed before it is published.
//!
//! A file that was found to be good is not read again while it is the same file on disk.

use std::collections::HashMap;
use std::fs;
use std::os::unix::fs::MetadataExt as _;
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, PoisonError};

use ::deploy::{DeployError, Kind};
use rayon::prelude::*;
use serde_json::{Value as Json, json};
use server::environments::{EnvironmentConf, EnvironmentError};
use syntax::source::SourceFile;
use syntax::{Options, Strictness};

/// Largest file that is read.
const FILE_BYTES_MAX: u64 = 64 << 20;
/// Directories inside of each other.
const DEPTH_MAX: usize = 64;
/// Problems in the text of an error; `details` has all.
const SHOWN_MAX: usize = 10;

/// Checks environments.
pub(super) struct Checker {
    settings: Arc<server::Settings>,
    good: Mutex<HashMap<PathBuf, Stamp>>,
}

/// A file's state on disk.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
struct Stamp {
    device: u64,
    inode: u64,
    size: u64,
    modified: (i64, i64),
    changed: (i64, i64),
}

/// What a file is read as.
#[derive(Clone, Debug)]
enum Role {
    Manifest,
    Template,
    /// hiera.yaml, and of which module.
    Hiera(Option<String>),
}

/// What is wrong with a file.
#[derive(Clone, Debug)]
struct Problem {
    /// Relative to the environment.
    file: String,
    line: Option<u32>,
    column: Option<u32>,
    message: String,
}

impl Problem {
    fn text(&self) -> String {
        let place = match (self.line, self.column) {
            (Some(line), Some(column)) => format!("{}:{line}:{column}", self.file),
            (Some(line), None) => format!("{}:{line}", self.file),
            _ => self.file.clone(),
        };
        format!("{place}: {}", self.message)
    }

    fn as_json(&self) -> Json {
        json!({"file": self.file, "line": self.line, "column": self.column, "message": self.message})
    }
}

impl Checker {
    pub(super) fn new(settings: Arc<server::Settings>) -> Checker {
        Checker { settings, good: Mutex::default() }
    }

    /// Reads everything in an environment's directory that its compiles would read.
    pub(super) fn check(&self, name: &str, directory: &Path) -> Result<(), DeployError> {
        let mut problems = Vec::new();
        let mut files = Vec::new();
        match EnvironmentConf::load(name, directory, &self.settings) {
            Ok(conf) => collect(directory, &conf, &mut files),
            Err(EnvironmentError::Conf { line, reason, .. }) => problems.push(Problem {
                file: "environment.conf".to_owned(),
                line: u32::try_from(line).ok(),
                column: None,
                message: reason,
            }),
            Err(error) => problems.push(Problem {
                file: "environment.conf".to_owned(),
                line: None,
                column: None,
                message: error.to_string(),
            }),
        }
        let found: Vec<Problem> =
            files.par_iter().flat_map_iter(|(path, role)| self.file(directory, path, role)).collect();
        problems.extend(found);
        problems.sort_by(|a, b| (&a.file, a.line, a.column).cmp(&(&b.file, b.line, b.column)));
        if problems.is_empty() {
            return Ok(());
        }
        let mut text = format!("environment {name} is not published, since it does not parse:");
        for problem in problems.iter().take(SHOWN_MAX) {
            text.push_str("\n  ");
            text.push_str(&problem.text());
        }
        if problems.len() > SHOWN_MAX {
            text.push_str(&format!("\n  and {} more", problems.len() - SHOWN_MAX));
        }
        let all: Vec<Json> = problems.iter().map(Problem::as_json).collect();
        Err(DeployError::new(Kind::DoesNotParse, text).with("problems", all))
    }

    fn file(&self, root: &Path, path: &Path, role: &Role) -> Vec<Problem> {
        let shown = path.strip_prefix(root).unwrap_or(path).display().to_string();
        let whole =
            |message: String| vec![Problem { file: shown.clone(), line: None, column: None, message }];
        let stamp = match fs::metadata(path) {
            Ok(found) => Stamp {
                device: found.dev(),
                inode: found.ino(),
                size: found.size(),
                modified: (found.mtime(), found.mtime_nsec()),
                changed: (found.ctime(), found.ctime_nsec()),
            },
            Err(error) => return whole(error.to_string()),
        };
        let is_link = path.symlink_metadata().is_ok_and(|found| found.is_symlink());
        if is_link && !stays_in(root, path) {
            return whole("it is a link that leads out of the environment".to_owned());
        }
        if self.good.lock().unwrap_or_else(PoisonError::into_inner).get(path) == Some(&stamp) {
            return Vec::new();
        }
        let text = match stdx::fs::read_limited(path, FILE_BYTES_MAX) {
            Ok(Some(bytes)) => String::from_utf8(bytes),
            Ok(None) => return whole("it is gone".to_owned()),
            Err(error) => return whole(error.to_string()),
        };
        let Ok(text) = text else { return whole("invalid byte sequence in UTF-8".to_owned()) };
        let problems = match role {
            Role::Hiera(module) => {
                match hiera::check_configuration(&path.display().to_string(), &text, module.as_deref()) {
                    Ok(()) => Vec::new(),
                    Err(error) => whole(error.message),
                }
            }
            Role::Manifest | Role::Template => {
                let strict = match self.settings.strict {
                    compiler::image::Strict::Off => Strictness::Off,
                    compiler::image::Strict::Warning => Strictness::Warning,
                    compiler::image::Strict::Error => Strictness::Error,
                };
                let options = Options { epp: matches!(role, Role::Template), strict, ..Options::default() };
                let parse =
                    syntax::parse(SourceFile::new(Some(path.to_owned()), Arc::<str>::from(text)), options);
                let problem = |error: &syntax::Diagnostic| Problem {
                    file: shown.clone(),
                    line: error.position().map(|at| at.line),
                    column: error.position().map(|at| at.column),
                    message: error.message.clone(),
                };
                parse.errors.iter().map(problem).collect()
            }
        };
        if problems.is_empty() {
            self.good.lock().unwrap_or_else(PoisonError::into_inner).insert(path.to_owned(), stamp);
        }
        problems
    }
}

/// Whether what a link leads to lies in the environment.
fn stays_in(root: &Path, link: &Path) -> bool {
    matches!((root.canonicalize(), link.canonicalize()), (Ok(root), Ok(target)) if target.starts_with(&root))
}

/// The files of an environment that compiles read. What lies elsewhere is not what was deployed.
fn collect(directory: &Path, conf: &EnvironmentConf, files: &mut Vec<(PathBuf, Role)>) {
    if conf.manifest.starts_with(directory) {
        match conf.manifest.is_dir() {
            true => walk(&conf.manifest, "pp", &Role::Manifest, 0, files),
            false if conf.manifest.is_file() => files.push((conf.manifest.clone(), Role::Manifest)),
            false => {}
        }
    }
    owner(directory, None, files);
    for modules in conf.modulepath.iter().filter(|path| path.starts_with(directory)) {
        for entry in fs::read_dir(modules).into_iter().flatten().flatten() {
            let (path, name) = (entry.path(), entry.file_name().to_string_lossy().into_owned());
            // Other directories are no modules for a compile either.
            let is_module = name.starts_with(|c: char| c.is_ascii_lowercase())
                && name.chars().all(|c| c.is_ascii_lowercase() || c.is_ascii_digit() || c == '_');
            if is_module && path.is_dir() {
                walk(&path.join("manifests"), "pp", &Role::Manifest, 0, files);
                walk(&path.join("templates"), "epp", &Role::Template, 0, files);
                owner(&path, Some(name), files);
            }
        }
    }
}

/// What environments and modules both have.
fn owner(root: &Path, module: Option<String>, files: &mut Vec<(PathBuf, Role)>) {
    walk(&root.join("functions"), "pp", &Role::Manifest, 0, files);
    walk(&root.join("types"), "pp", &Role::Manifest, 0, files);
    let hiera = root.join("hiera.yaml");
    if hiera.is_file() {
        files.push((hiera, Role::Hiera(module)));
    }
}

/// Files with this ending; links to directories are not followed, since what they lead to is found in its own place.
fn walk(directory: &Path, ending: &str, role: &Role, depth: usize, files: &mut Vec<(PathBuf, Role)>) {
    if depth > DEPTH_MAX {
        return;
    }
    for entry in fs::read_dir(directory).into_iter().flatten().flatten() {
        let path = entry.path();
        match entry.file_type() {
            Ok(kind) if kind.is_dir() => walk(&path, ending, role, depth + 1, files),
            Ok(_) if path.extension().is_some_and(|found| found == ending) && path.is_file() => {
                files.push((path, role.clone()));
            }
            _ => {}
        }
    }
}
