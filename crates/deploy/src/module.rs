//! What a module is made of: the entries of Puppetfiles and of maps of environments.

use crate::error::{DeployError, Result};
use crate::process::without_passwords;

/// A module that an environment is to have.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Module {
    /// The name of its directory.
    pub(crate) name: String,
    /// `owner-name`, or the name if there is no owner.
    pub(crate) title: String,
    /// The directory that holds it, relative to the environment; empty for the environment itself.
    pub(crate) directory: String,
    /// Whether it stands in a directory of its own choice, where nothing is left out of it.
    pub(crate) is_elsewhere: bool,
    /// What it says about its directory `spec`; else the setting counts.
    pub(crate) exclude_spec: Option<bool>,
    /// Where it comes from.
    pub(crate) origin: Origin,
    /// Where it is declared, as `Puppetfile:12`.
    pub(crate) place: String,
}

/// Where a module comes from.
#[derive(Clone, PartialEq, Eq)]
pub(crate) enum Origin {
    /// It is part of the branch.
    Local,
    /// A repository.
    Git(GitOrigin),
    /// A Forge.
    Forge(ForgeVersion),
    /// An archive.
    Tarball {
        /// Path or address.
        source: String,
        /// SHA-256 of the archive.
        checksum: Option<String>,
    },
}

/// Without options: addresses may have passwords in them.
impl std::fmt::Debug for Origin {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Origin::Local => f.write_str("Local"),
            Origin::Git(git) => write!(f, "Git({})", without_passwords(&git.remote)),
            Origin::Forge(version) => write!(f, "Forge({version:?})"),
            Origin::Tarball { source, .. } => write!(f, "Tarball({})", without_passwords(source)),
        }
    }
}

/// A module in a repository.
#[derive(Clone, Default, PartialEq, Eq)]
pub(crate) struct GitOrigin {
    pub(crate) remote: String,
    pub(crate) wanted: Wanted,
    /// Followed when what is wanted is not there.
    pub(crate) default_branch: Option<String>,
    /// The same, and stronger.
    pub(crate) default_branch_override: Option<String>,
    /// Whether the declaration alone says that it never means another commit.
    pub(crate) is_static: bool,
}

/// What of a repository is wanted.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) enum Wanted {
    /// Its default branch.
    #[default]
    Default,
    /// The branch that the environment is made of.
    ControlBranch,
    /// A branch, a tag or a commit.
    Reference(String),
}

/// Which version of a module of a Forge.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum ForgeVersion {
    /// Whatever is there, else the newest.
    Any,
    /// The newest.
    Latest,
    /// This one.
    Exactly(String),
}

impl Module {
    /// Its directory, relative to the environment.
    pub(crate) fn path(&self) -> String {
        match self.directory.is_empty() {
            true => self.name.clone(),
            false => format!("{}/{}", self.directory, self.name),
        }
    }

    /// Whether the declaration alone says that it never changes.
    pub(crate) fn is_static(&self) -> bool {
        match &self.origin {
            Origin::Local => true,
            Origin::Git(git) => git.is_static,
            Origin::Forge(version) => matches!(version, ForgeVersion::Exactly(_)),
            Origin::Tarball { checksum, .. } => checksum.is_some(),
        }
    }
}

/// Refuses modules inside of others, which would be written and removed by both.
pub(crate) fn refuse_nested(modules: &[Module]) -> Result<()> {
    let mut paths: Vec<(String, &Module)> = modules
        .iter()
        .filter(|module| module.origin != Origin::Local)
        .map(|module| (module.path() + "/", module))
        .collect();
    paths.sort_by(|a, b| a.0.cmp(&b.0));
    for pair in paths.windows(2) {
        if let [(outer, first), (inner, second)] = pair
            && inner.starts_with(outer.as_str())
        {
            return Err(DeployError::failed(format!(
                "{}: module {} would lie in that of module {} ({})",
                second.place, second.name, first.name, first.place
            )));
        }
    }
    Ok(())
}

/// The options of a declaration, in its order.
pub(crate) type Options = Vec<(String, Given)>;

/// An option of a declaration.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Given {
    Nil,
    Bool(bool),
    Text(String),
    Symbol(String),
    /// Anything else; only its kind is of interest.
    Other(&'static str),
}

impl Given {
    fn text(&self) -> Option<&str> {
        match self {
            Given::Text(text) | Given::Symbol(text) => Some(text),
            _ => None,
        }
    }

    fn is_true(&self) -> bool {
        !matches!(self, Given::Nil | Given::Bool(false))
    }
}

/// Makes a module of its declaration. `directory` is where modules go that say nothing of it; `place` is named in errors, and in
/// `warnings` of what is there and has no effect.
pub(crate) fn module(
    title: &str,
    options: &[(String, Given)],
    directory: &str,
    place: &str,
    warnings: &mut Vec<String>,
) -> Result<Module> {
    let failed = |reason: String| DeployError::failed(format!("{place}: {reason}"));
    let title = title.replacen('/', "-", 1);
    let (owner, name) = match title.split_once('-') {
        Some((owner, name)) => (Some(owner), name),
        None => (None, title.as_str()),
    };
    let is_word = |text: &str| {
        !text.is_empty()
            && text.len() <= 200
            && text.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'_')
    };
    if !is_word(name) || !owner.is_none_or(is_word) {
        return Err(failed(format!(
            "Module name ({title}) must match either 'modulename' or 'owner/modulename'"
        )));
    }
    let get = |key: &str| options.iter().rev().find(|(known, _)| known == key).map(|(_, value)| value);
    let has = |key: &str| get(key).is_some_and(|value| *value != Given::Nil);
    let text = |key: &str| -> Result<Option<String>> {
        match get(key) {
            None | Some(Given::Nil) => Ok(None),
            Some(value) => match value.text() {
                Some(text) => Ok(Some(text.to_owned())),
                None => Err(failed(format!("`{key}` of module {title} must be a string"))),
            },
        }
    };
    let flag = |key: &str| -> Result<Option<bool>> {
        match get(key) {
            None | Some(Given::Nil) => Ok(None),
            Some(Given::Bool(flag)) => Ok(Some(*flag)),
            Some(_) => Err(failed(format!("`{key}` of module {title} must be true or false"))),
        }
    };
    let kind = text("type")?;
    let directory_given = text("install_path")?;
    let directory_of = match &directory_given {
        Some(path) => inner_path(path).ok_or_else(|| {
            failed(format!(
                "Puppetfile cannot manage content '{title}' outside of containing environment: {path}"
            ))
        })?,
        None => directory.to_owned(),
    };
    // The order in which r10k asks its kinds of modules.
    let origin = if has("git") || kind.as_deref() == Some("git") {
        warnings.extend(unknown(options, GIT_OPTIONS, place));
        Origin::Git(git(&title, kind.as_deref(), options, &text, &failed, warnings)?)
    } else if has("svn") || kind.as_deref() == Some("svn") {
        return Err(failed(format!("module {title} comes from Subversion, which is not supported; use git")));
    } else if get("local").is_some_and(Given::is_true) || kind.as_deref() == Some("local") {
        Origin::Local
    } else if kind.as_deref() == Some("tarball") {
        warnings.extend(unknown(options, TARBALL_OPTIONS, place));
        let source = text("source")?;
        let source = source.ok_or_else(|| failed(format!("module {title} needs a `source`")))?;
        let checksum = text("version")?.or(text("checksum")?).map(|checksum| checksum.to_ascii_lowercase());
        if let Some(checksum) = &checksum
            && (checksum.len() != 64 || !checksum.bytes().all(|byte| byte.is_ascii_hexdigit()))
        {
            return Err(failed(format!("the version of module {title} must be the SHA-256 of its archive")));
        }
        Origin::Tarball { source, checksum }
    } else if kind.as_deref() == Some("forge") {
        warnings.extend(unknown(options, FORGE_OPTIONS, place));
        if owner.is_none() {
            return Err(failed(format!(
                "Forge module names must match 'owner/modulename', instead got {title}"
            )));
        }
        Origin::Forge(match get("version") {
            None | Some(Given::Nil) => ForgeVersion::Any,
            Some(Given::Symbol(latest)) if latest == "latest" => ForgeVersion::Latest,
            Some(Given::Text(version)) if version == "latest" => ForgeVersion::Latest,
            Some(Given::Text(version)) if is_version(version) => ForgeVersion::Exactly(version.clone()),
            Some(Given::Text(version) | Given::Symbol(version)) => {
                return Err(failed(format!("Module version {version} is not a valid Forge module version")));
            }
            Some(_) => return Err(failed(format!("the version of module {title} must be a string"))),
        })
    } else {
        return Err(failed(match kind {
            Some(kind) => format!("module {title} has the unknown type '{kind}'"),
            None => format!("module {title} does not say where it comes from (git, type, local)"),
        }));
    };
    Ok(Module {
        name: name.to_owned(),
        directory: directory_of,
        is_elsewhere: directory_given.is_some(),
        exclude_spec: flag("exclude_spec")?,
        origin,
        place: place.to_owned(),
        title,
    })
}

const COMMON_OPTIONS: &[&str] = &["type", "install_path", "exclude_spec", "source", "version", "local"];
const GIT_OPTIONS: &[&str] =
    &["git", "ref", "tag", "commit", "branch", "default_branch", "default_branch_override"];
const TARBALL_OPTIONS: &[&str] = &["checksum"];
const FORGE_OPTIONS: &[&str] = &[];

/// Options that nobody reads: most often a slip.
fn unknown(options: &[(String, Given)], own: &[&str], place: &str) -> Vec<String> {
    let is_known = |name: &str| COMMON_OPTIONS.contains(&name) || own.contains(&name);
    let unknown = options.iter().filter(|(name, _)| !is_known(name));
    let known: Vec<&str> = own.iter().chain(COMMON_OPTIONS).copied().collect();
    let known = known.join(", ");
    unknown
        .map(|(name, _)| format!("{place}: the option `{name}` has no effect; known are {known}"))
        .collect()
}

fn git(
    title: &str,
    kind: Option<&str>,
    options: &[(String, Given)],
    text: &dyn Fn(&str) -> Result<Option<String>>,
    failed: &dyn Fn(String) -> DeployError,
    warnings: &mut Vec<String>,
) -> Result<GitOrigin> {
    let remote = match text("git")? {
        Some(remote) => Some(remote),
        None => text("source")?,
    };
    let remote =
        remote.ok_or_else(|| failed(format!("module {title} needs the address of its repository")))?;
    let (mut wanted, mut is_static, mut by) = (Wanted::Default, false, "");
    for (key, value) in options {
        let key = key.as_str();
        if !["version", "branch", "tag", "commit", "ref"].contains(&key) {
            continue;
        }
        let Some(text) = text(key)? else {
            // The last one counts, also if it says nothing.
            (wanted, is_static) = (Wanted::Default, false);
            continue;
        };
        if !by.is_empty() {
            // As r10k has it.
            warnings.push(failed(format!("module {title} has `{by}` and `{key}`; `{key}` counts")).msg);
        }
        let is_id = text.len() == 40 && text.bytes().all(|byte| byte.is_ascii_hexdigit());
        is_static = match key {
            "version" => is_id,
            "ref" => is_id && kind.is_none(),
            "tag" | "commit" => kind.is_none(),
            _ => false,
        };
        by = key;
        wanted = match value {
            Given::Symbol(symbol) if symbol == "control_branch" => Wanted::ControlBranch,
            _ => Wanted::Reference(text),
        };
    }
    Ok(GitOrigin {
        remote,
        wanted,
        default_branch: text("default_branch")?,
        default_branch_override: text("default_branch_override")?,
        is_static,
    })
}

/// A path inside of an environment in its shortest form; nothing if it leads out of it or into what belongs to git.
pub(crate) fn inner_path(path: &str) -> Option<String> {
    if path.starts_with('/') || path.contains('\0') {
        return None;
    }
    let mut names: Vec<&str> = Vec::new();
    for name in path.split('/') {
        match name {
            "" | "." => {}
            ".." => {
                names.pop()?;
            }
            name if name.eq_ignore_ascii_case(".git") => return None,
            name => names.push(name),
        }
    }
    Some(names.join("/"))
}

/// Whether a text is a semantic version.
pub(crate) fn is_version(text: &str) -> bool {
    let (main, rest) = match text.find(['-', '+']) {
        Some(at) => text.split_at(at),
        None => (text, ""),
    };
    let numbers: Vec<&str> = main.split('.').collect();
    numbers.len() == 3
        && text.len() <= 200
        && numbers.iter().all(|part| !part.is_empty() && part.bytes().all(|byte| byte.is_ascii_digit()))
        && rest.bytes().all(|byte| byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'+' | b'.'))
        && !rest.contains("..")
        && rest.len() != 1
}
