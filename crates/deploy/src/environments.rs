//! Which environments there are: branches of repositories, and maps of environments.

use std::collections::HashMap;
use std::path::{Path, PathBuf};
use std::process::Command;

use serde_json::{Map, Value as Json};

use crate::cancel::Cancel;
use crate::document;
use crate::error::{DeployError, Kind, Result};
use crate::git::{Git, Mirror};
use crate::module::{self, Given, Module};
use crate::process;
use crate::settings::{InvalidBranches, Settings, Source, SourceKind, Strip};

/// Environments of one source.
const ENVIRONMENTS_MAX: usize = 10_000;

/// An environment that some source has.
#[derive(Clone, Debug)]
pub struct Environment {
    /// The name of the environment, which is that of its directory.
    pub name: String,
    /// The branch or, in maps of environments, the key; without what `strip_component` takes away.
    pub branch: String,
    /// The source.
    pub source: String,
    /// Its directory.
    pub path: PathBuf,
    /// Why it cannot be deployed.
    pub problem: Option<DeployError>,
    pub(crate) content: RootContent,
    /// Modules of the map.
    pub(crate) modules: Vec<Module>,
    pub(crate) conflicts: Conflicts,
    pub(crate) puppetfile_name: String,
}

/// What is in the environment besides modules.
#[derive(Clone, PartialEq, Eq)]
pub(crate) enum RootContent {
    /// A commit of a repository; without a reference that of its default branch.
    Git { remote: String, reference: Option<String> },
    /// All of an archive.
    Tarball {
        /// Path or address.
        source: String,
        /// SHA-256 of the archive.
        checksum: Option<String>,
    },
    /// Nothing; the text is what its signature says.
    Plain(&'static str),
}

impl std::fmt::Debug for RootContent {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            RootContent::Git { remote, reference } => {
                write!(f, "Git({}, {reference:?})", process::without_passwords(remote))
            }
            RootContent::Tarball { source, .. } => {
                write!(f, "Tarball({})", process::without_passwords(source))
            }
            RootContent::Plain(signature) => write!(f, "Plain({signature})"),
        }
    }
}

/// What happens when both map and Puppetfile have a module.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Conflicts {
    OverrideAndWarn,
    Override,
    Error,
}

/// The environments of all sources. `fetch` brings a repository up to date.
pub(crate) fn list(
    settings: &Settings,
    git: &Git,
    fetch: &dyn Fn(&Mirror) -> Result<()>,
    cancel: &Cancel,
) -> Result<Vec<Environment>> {
    if settings.sources.is_empty() {
        return Err(DeployError::new(
            Kind::Configuration,
            "no source of environments is configured; name a control repository in [code-manager] or in r10k.yaml",
        ));
    }
    let mut all = Vec::new();
    for source in &settings.sources {
        let found = match &source.kind {
            SourceKind::Git { remote } => branches(settings, source, remote, git, fetch, cancel),
            SourceKind::Yaml { config } => document::yaml_file(config)
                .and_then(|map| from_map(settings, source, map, &config.display().to_string())),
            SourceKind::YamlDir { config } => directory_map(config)
                .and_then(|map| from_map(settings, source, map, &config.display().to_string())),
            SourceKind::Exec { command } => command_map(settings, source, command, cancel)
                .and_then(|map| from_map(settings, source, map, &command.display().to_string())),
        };
        let found = found.map_err(|error| {
            let msg = format!("the environments of source {} cannot be listed: {}", source.name, error.msg);
            DeployError { msg, ..error }.with("source", source.name.as_str())
        })?;
        all.extend(found);
        if all.len() > ENVIRONMENTS_MAX {
            return Err(DeployError::failed(format!("more than {ENVIRONMENTS_MAX} environments")));
        }
    }
    refuse_collisions(&mut all);
    Ok(all)
}

/// Two environments in one directory: nobody can know which is meant.
fn refuse_collisions(all: &mut [Environment]) {
    let mut owners: HashMap<PathBuf, Vec<usize>> = HashMap::new();
    for (at, environment) in all.iter().enumerate() {
        owners.entry(environment.path.clone()).or_default().push(at);
    }
    for (path, owners) in owners.into_iter().filter(|(_, owners)| owners.len() > 1) {
        let names: Vec<String> = owners
            .iter()
            .filter_map(|at| all.get(*at))
            .map(|environment| format!("{}:{}", environment.source, environment.branch))
            .collect();
        let msg = format!("Environment collision at {} between {}", path.display(), names.join(" and "));
        for at in owners {
            if let Some(environment) = all.get_mut(at) {
                environment.problem = Some(DeployError::new(Kind::InvalidName, msg.clone()));
            }
        }
    }
}

fn branches(
    settings: &Settings,
    source: &Source,
    remote: &str,
    git: &Git,
    fetch: &dyn Fn(&Mirror) -> Result<()>,
    cancel: &Cancel,
) -> Result<Vec<Environment>> {
    let mirror = git.mirror(remote)?;
    fetch(&mirror)?;
    let mut found = Vec::new();
    for branch in git.branches(&mirror)? {
        if source.ignore_branch_prefixes.iter().any(|prefix| branch.starts_with(prefix)) {
            continue;
        }
        if let Some(filter) = &source.filter_command
            && !passes(filter, &branch, source, &mirror, settings, cancel)?
        {
            continue;
        }
        let name = stripped(source, &branch);
        let content = RootContent::Git { remote: remote.to_owned(), reference: Some(branch) };
        found.push(environment(settings, source, &name, source.invalid_branches, content));
    }
    Ok(found)
}

/// Whether the filter of a source lets a branch through.
fn passes(
    filter: &str,
    branch: &str,
    source: &Source,
    mirror: &Mirror,
    settings: &Settings,
    cancel: &Cancel,
) -> Result<bool> {
    let mut command = Command::new("/bin/sh");
    command.args(["-c", filter]);
    command.env("GIT_DIR", mirror.directory()).env("R10K_BRANCH", branch).env("R10K_NAME", &source.name);
    Ok(process::run(command, None, settings.fetch_timeout, cancel)?.status.success())
}

fn stripped(source: &Source, name: &str) -> String {
    match &source.strip_component {
        None => name.to_owned(),
        Some(Strip::Prefix(prefix)) => name.strip_prefix(prefix.as_str()).unwrap_or(name).to_owned(),
        Some(Strip::Pattern(pattern)) => pattern.replace_all(name, "").into_owned(),
    }
}

fn is_valid(name: &str) -> bool {
    !name.is_empty()
        && name.len() <= 200
        && name.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'_')
}

fn environment(
    settings: &Settings,
    source: &Source,
    name: &str,
    invalid: InvalidBranches,
    content: RootContent,
) -> Environment {
    let prefixed = |name: &str| match &source.prefix {
        Some(prefix) => format!("{prefix}_{name}"),
        None => name.to_owned(),
    };
    let corrected: String =
        name.chars().map(|c| if c.is_ascii_alphanumeric() || c == '_' { c } else { '_' }).collect();
    let corrected = prefixed(&corrected);
    let (directory, problem) = match invalid {
        _ if is_valid(name) && is_valid(&corrected) => (corrected, None),
        InvalidBranches::Error => {
            let msg = format!(
                "'{name}' cannot be the name of an environment, which has letters, digits and `_`; call it {corrected}, \
                 or set invalid_branches to correct"
            );
            let problem = DeployError::new(Kind::InvalidName, msg).with("corrected-name", corrected);
            (prefixed(name), Some(problem))
        }
        _ if !is_valid(&corrected) => {
            let msg = format!(
                "'{corrected}' cannot be the name of an environment, which has letters, digits and `_`"
            );
            (corrected, Some(DeployError::new(Kind::InvalidName, msg)))
        }
        InvalidBranches::Correct => (corrected, None),
        InvalidBranches::CorrectAndWarn => {
            tracing::warn!(branch = name, environment = corrected, "a branch whose name is no environment's");
            (corrected, None)
        }
    };
    let basedir = settings.environments_dir.as_deref().unwrap_or(&source.basedir);
    // Of a name that is none no path is made.
    let path = if is_valid(&directory) {
        basedir.join(&directory)
    } else {
        basedir.join(".invalid").join(crate::state::short_name(directory.as_bytes()))
    };
    Environment {
        path,
        name: directory,
        branch: name.to_owned(),
        source: source.name.clone(),
        problem,
        content,
        modules: Vec::new(),
        conflicts: Conflicts::OverrideAndWarn,
        puppetfile_name: source.puppetfile_name.clone(),
    }
}

fn directory_map(directory: &Path) -> Result<Json> {
    let failed = |error: std::io::Error| {
        DeployError::new(Kind::Configuration, format!("could not read {}: {error}", directory.display()))
    };
    let mut map = Map::new();
    let mut paths = Vec::new();
    for entry in std::fs::read_dir(directory).map_err(failed)? {
        paths.push(entry.map_err(failed)?.path());
    }
    paths.sort();
    for path in paths.iter().filter(|path| path.extension().is_some_and(|end| end == "yaml")) {
        if let Some(name) =
            path.file_stem().and_then(|name| name.to_str()).filter(|name| !name.starts_with('.'))
        {
            map.insert(name.to_owned(), document::yaml_file(path)?);
        }
    }
    Ok(Json::Object(map))
}

fn command_map(settings: &Settings, source: &Source, program: &Path, cancel: &Cancel) -> Result<Json> {
    let output = process::run(Command::new(program), None, settings.fetch_timeout, cancel)?;
    if !output.status.success() {
        return Err(DeployError::failed(format!("{}: {}", program.display(), output.complaint())));
    }
    let text = output.text();
    match serde_json::from_str(&text) {
        Ok(document) => Ok(document),
        Err(_) => document::yaml(&text, &format!("output of the command of source {}", source.name)),
    }
}

fn from_map(settings: &Settings, source: &Source, map: Json, place: &str) -> Result<Vec<Environment>> {
    let failed = |reason: String| DeployError::new(Kind::Configuration, format!("{place}: {reason}"));
    let Json::Object(map) = map else {
        return Err(failed("not a map of environments".to_owned()));
    };
    let mut found = Vec::new();
    for (key, options) in map {
        let place = format!("{place}: {key}");
        let failed = |reason: &str| DeployError::new(Kind::Configuration, format!("{place}: {reason}"));
        let Json::Object(options) = options else {
            return Err(failed("not a map of options"));
        };
        let text =
            |names: &[&str]| names.iter().find_map(|name| options.get(*name)?.as_str()).map(str::to_owned);
        let content = match text(&["type"]).as_deref().unwrap_or("git") {
            "git" => RootContent::Git {
                remote: text(&["remote", "source"])
                    .ok_or_else(|| failed("needs the `remote` of its repository"))?,
                reference: text(&["ref", "version"]),
            },
            "tarball" => RootContent::Tarball {
                source: text(&["source"]).ok_or_else(|| failed("needs the `source` of its archive"))?,
                checksum: text(&["checksum", "version"]),
            },
            "plain" => RootContent::Plain("plain-default"),
            "bare" => RootContent::Plain("bare-default"),
            other => {
                return Err(failed(&format!(
                    "the type '{other}' is not supported; use git, tarball or plain"
                )));
            }
        };
        let name = stripped(source, &key);
        let mut environment = environment(settings, source, &name, InvalidBranches::Error, content);
        if let Some(name) = text(&["puppetfile_name"]) {
            environment.puppetfile_name = name;
        }
        environment.conflicts = match text(&["module_conflicts"]).as_deref() {
            None | Some("override_and_warn") => Conflicts::OverrideAndWarn,
            Some("override") => Conflicts::Override,
            Some("error") => Conflicts::Error,
            Some(other) => {
                return Err(failed(&format!("Unexpected value for `module_conflicts` setting: {other}")));
            }
        };
        let moduledir = text(&["moduledir"]).unwrap_or_else(|| "modules".to_owned());
        let moduledir = module::inner_path(&moduledir)
            .ok_or_else(|| failed(&format!("moduledir '{moduledir}' is outside of the environment")))?;
        if let Some(Json::Object(modules)) = options.get("modules") {
            for (title, options) in modules {
                environment.modules.push(map_module(title, options, &moduledir, &place)?);
            }
        }
        found.push(environment);
    }
    Ok(found)
}

/// A module of a map of environments.
fn map_module(title: &str, options: &Json, moduledir: &str, place: &str) -> Result<Module> {
    let given = |value: &Json| match value {
        Json::Null => Given::Nil,
        Json::Bool(flag) => Given::Bool(*flag),
        // Symbols have become strings by now; no branch is called so.
        Json::String(text) if text == "control_branch" => Given::Symbol(text.clone()),
        Json::String(text) => Given::Text(text.clone()),
        Json::Number(number) => Given::Text(number.to_string()),
        Json::Array(_) => Given::Other("an array"),
        Json::Object(_) => Given::Other("a hash"),
    };
    let options: Vec<(String, Given)> = match options {
        Json::Object(options) => options.iter().map(|(key, value)| (key.clone(), given(value))).collect(),
        version => {
            vec![("type".to_owned(), Given::Text("forge".to_owned())), ("version".to_owned(), given(version))]
        }
    };
    let mut warnings = Vec::new();
    let module = module::module(title, &options, moduledir, place, &mut warnings)?;
    warnings.iter().for_each(|warning| tracing::warn!("{warning}"));
    Ok(module)
}
