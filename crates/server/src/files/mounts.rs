//! Mounts: the first segment of a key.
//!
//! Six come with Puppet; `fileserver.conf` adds directories of the administrator's. The file is read again when it
//! has changed; while it is wrong, the mounts that were there before stay.

use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::SystemTime;

use super::modules::{below, find_module, witnessed_module_list};
use super::witness::Witnesses;
use super::{Code, FileError};

/// A mount.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub(super) enum Mount {
    /// A directory of one module: `files` of `modules/<module>/...`, `scripts`, `tasks`.
    Module { folder: &'static str, missing: &'static str },
    /// The union of a directory of all modules: `lib`, `facts.d`, `locales`.
    Union { folder: &'static str },
    /// A directory. With `%h`, `%H` and `%d` in its path each client has its own.
    Directory { path: PathBuf },
}

/// Where a search starts.
#[derive(Debug)]
pub struct Places {
    /// Directories, of which earlier ones hide what later ones have, too.
    pub paths: Vec<PathBuf>,
    /// Nothing is to be served; the directory only stands for an empty answer.
    pub is_placeholder: bool,
}

impl Mount {
    fn built_in(name: &str) -> Option<Mount> {
        Some(match name {
            "modules" => Mount::Module { folder: "files", missing: "No module specified" },
            "scripts" => Mount::Module { folder: "scripts", missing: "No module specified" },
            "tasks" => Mount::Module { folder: "tasks", missing: "No task specified" },
            "plugins" => Mount::Union { folder: "lib" },
            "pluginfacts" => Mount::Union { folder: "facts.d" },
            "locales" => Mount::Union { folder: "locales" },
            _ => return None,
        })
    }

    /// The file or directory at a path.
    pub(super) fn find(
        &self,
        code: &Code,
        node: &str,
        path: Option<&str>,
        witnesses: &mut Witnesses,
    ) -> Result<PathBuf, FileError> {
        match self {
            Mount::Module { folder, missing } => {
                let path = path.ok_or_else(|| FileError::Invalid((*missing).to_owned()))?;
                let (module, rest) =
                    path.split_once('/').map_or((path, None), |(module, rest)| (module, Some(rest)));
                let module = find_module(&code.modulepath, module, witnesses).ok_or(FileError::NotFound)?;
                below(&module.join(folder), rest, witnesses).ok_or(FileError::NotFound)
            }
            Mount::Union { folder } => witnessed_module_list(&code.modulepath, witnesses)?
                .iter()
                .find_map(|module| below(&module.path.join(folder), path, witnesses))
                .ok_or(FileError::NotFound),
            Mount::Directory { path: directory } => {
                let directory = expanded(directory, node)?;
                let Some(path) = path else { return Ok(directory) };
                let full = directory.join(path);
                // A link that leads nowhere is a file here.
                if full.symlink_metadata().is_ok() {
                    return Ok(full);
                }
                tracing::info!("File does not exist or is not accessible: {}", full.display());
                Err(FileError::NotFound)
            }
        }
    }

    /// Where a search at a path starts. A union is always searched as a whole.
    pub(super) fn search(
        &self,
        code: &Code,
        node: &str,
        path: Option<&str>,
        codedir: &Path,
        witnesses: &mut Witnesses,
    ) -> Result<Places, FileError> {
        let Mount::Union { folder } = self else {
            let paths = vec![self.find(code, node, path, witnesses)?];
            return Ok(Places { paths, is_placeholder: false });
        };
        let paths: Vec<PathBuf> = witnessed_module_list(&code.modulepath, witnesses)?
            .iter()
            .filter_map(|module| below(&module.path.join(folder), None, witnesses))
            .collect();
        if !paths.is_empty() {
            return Ok(Places { paths, is_placeholder: false });
        }
        // An agent must get an answer, with a root directory and nothing in it.
        let mut paths: Vec<PathBuf> =
            code.modulepath.iter().filter(|directory| directory.is_dir()).cloned().collect();
        if paths.is_empty() {
            // Where all code comes by file sync there need be no such directory.
            let there = codedir.ancestors().find(|directory| directory.is_dir());
            paths.push(there.unwrap_or(codedir).to_owned());
        }
        Ok(Places { paths, is_placeholder: true })
    }
}

/// `%h` is the client's short name, `%H` its full name, `%d` its domain.
fn expanded(path: &Path, node: &str) -> Result<PathBuf, FileError> {
    let Some(text) = path.to_str().filter(|text| text.contains('%')) else { return Ok(path.to_owned()) };
    // The name comes from a certificate, but that may be of a foreign authority: it must not lead elsewhere.
    if node.contains('/') || node.split('.').any(str::is_empty) {
        return Err(FileError::Invalid(format!("Cannot find file: Invalid node name '{node}'")));
    }
    let (short, domain) = node.split_once('.').unwrap_or((node, node));
    let mut out = String::with_capacity(text.len());
    let mut chars = text.chars();
    while let Some(c) = chars.next() {
        match (c, chars.clone().next()) {
            ('%', Some('h')) => out.push_str(short),
            ('%', Some('H')) => out.push_str(node),
            ('%', Some('d')) => out.push_str(domain),
            ('%', Some('%')) => out.push('%'),
            _ => {
                out.push(c);
                continue;
            }
        }
        chars.next();
    }
    Ok(PathBuf::from(out))
}

/// The mounts of `fileserver.conf`, as they were when it was last read.
#[derive(Debug)]
pub(super) struct Mounts {
    file: PathBuf,
    read: Mutex<Read>,
}

#[derive(Debug, Default)]
struct Read {
    /// Time and length of the file that was read.
    state: Option<(SystemTime, u64)>,
    mounts: Arc<Vec<(String, Mount)>>,
}

impl Mounts {
    pub(super) fn new(file: PathBuf) -> Mounts {
        Mounts { file, read: Mutex::default() }
    }

    /// The mount of a key, and the path below it.
    pub(super) fn split(&self, key: &str) -> Result<(Mount, Option<String>), FileError> {
        let (name, path) = key.split_once('/').map_or((key, None), |(name, path)| (name, Some(path)));
        if !is_mount_name(name) {
            return Err(FileError::Invalid(format!("Cannot find file: Invalid mount '{name}'")));
        }
        if let Some(path) =
            path.filter(|path| path.split('/').any(|part| part == "..") || path.contains('\0'))
        {
            return Err(FileError::Invalid(format!("Cannot find file: Invalid relative path '{path}'")));
        }
        let custom = self.custom();
        let mount = custom
            .iter()
            .find(|(known, _)| known == name)
            .map(|(_, mount)| mount.clone())
            .or_else(|| Mount::built_in(name))
            .ok_or(FileError::NotMounted)?;
        let parts: Vec<&str> = path.unwrap_or_default().split('/').filter(|part| !part.is_empty()).collect();
        // A slash at the end stays, as in Puppet.
        let end = if path.is_some_and(|path| path.ends_with('/')) { "/" } else { "" };
        Ok((mount, (!parts.is_empty()).then(|| parts.join("/") + end)))
    }

    fn custom(&self) -> Arc<Vec<(String, Mount)>> {
        let mut read = self.read.lock().unwrap_or_else(PoisonError::into_inner);
        let state =
            std::fs::metadata(&self.file).ok().and_then(|meta| Some((meta.modified().ok()?, meta.len())));
        if state.is_some() && read.state != state {
            let parsed = std::fs::read_to_string(&self.file)
                .map_err(|error| error.to_string())
                .and_then(|text| parse(&text, &self.file));
            match parsed {
                Ok(mounts) => read.mounts = Arc::new(mounts),
                Err(error) => tracing::error!(
                    file = %self.file.display(),
                    error,
                    "the file server's configuration is wrong; the mounts stay as they were"
                ),
            }
            read.state = state;
        }
        read.mounts.clone()
    }
}

fn is_mount_name(name: &str) -> bool {
    !name.is_empty() && name.chars().all(|c| c.is_ascii_alphanumeric() || c == '-' || c == '_')
}

/// Parses `fileserver.conf`: `[name]`, then `path /directory`. Access is the business of auth.conf, so `allow *` is
/// accepted and other rules are only warned of.
fn parse(text: &str, file: &Path) -> Result<Vec<(String, Mount)>, String> {
    let mut mounts: Vec<(String, Option<Mount>)> = Vec::new();
    for (line, number) in text.lines().zip(1..) {
        let place = || format!("(file: {}, line: {number})", file.display());
        let trimmed = line.trim();
        if trimmed.is_empty() || trimmed.starts_with('#') {
            continue;
        }
        if let Some(name) = section(trimmed) {
            if mounts.iter().any(|(known, _)| known == name) {
                return Err(format!("mount[{name}] is already mounted at {name} at {}", place()));
            }
            // The parser of Puppet does not know pluginfacts: a section of that name is a directory as any other.
            let mount = Mount::built_in(name).filter(|_| name != "pluginfacts");
            mounts.push((name.to_owned(), mount));
            continue;
        }
        let is_word = |word: &str| word.chars().all(|c| c.is_ascii_alphanumeric() || c == '_');
        let (word, value) = match trimmed.split_once([' ', '\t']) {
            Some((word, value)) if is_word(word) => (word, without_comment(value.trim())),
            _ => return Err(format!("Invalid entry at {}: '{line}'", place())),
        };
        if value.starts_with('=') {
            return Err("Fileserver configuration file does not use '=' as a separator".to_owned());
        }
        match word {
            "path" => set_path(&mut mounts, value),
            "allow" if value == "*" => {}
            "allow" | "deny" => {
                tracing::error!("Entry '{line}' is unsupported and will be ignored at {}", place());
            }
            other => return Err(format!("Invalid argument '{other}' at {}", place())),
        }
    }
    mounts
        .into_iter()
        .map(|(name, mount)| Ok((name, mount.ok_or("Mounts without paths are not usable")?)))
        .collect()
}

fn section(line: &str) -> Option<&str> {
    let (_, rest) = line.split_once('[')?;
    let (name, _) = rest.split_once(']')?;
    is_mount_name(name).then_some(name)
}

fn without_comment(value: &str) -> &str {
    value.split_once('#').map_or(value, |(value, _)| value).trim_end()
}

/// Sets the path of the last mount. A directory that is not there takes the mount away.
fn set_path(mounts: &mut Vec<(String, Option<Mount>)>, value: &str) {
    let Some((name, mount)) = mounts.last_mut() else { return };
    match mount {
        Some(Mount::Module { .. } | Mount::Union { .. }) => {
            tracing::warn!("The '{name}' module can not have a path. Ignoring attempt to set it");
        }
        _ => match usable(value) {
            Ok(()) => *mount = Some(Mount::Directory { path: PathBuf::from(value) }),
            Err(reason) => {
                tracing::error!("Removing mount \"{name}\": {value} {reason}");
                mounts.pop();
            }
        },
    }
}

/// Directories that differ by client cannot be looked at yet.
fn usable(path: &str) -> Result<(), &'static str> {
    let differs = path.split_once('%').is_some_and(|(_, rest)| !rest.is_empty());
    match std::fs::read_dir(path) {
        _ if differs => Ok(()),
        Ok(_) => Ok(()),
        Err(error) if error.kind() == std::io::ErrorKind::PermissionDenied => Err("is not readable"),
        Err(_) => Err("does not exist or is not a directory"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn parsed(text: &str) -> Result<Vec<(String, Mount)>, String> {
        parse(text, Path::new("/etc/fileserver.conf"))
    }

    #[test]
    fn configuration() {
        let text = "# comment\n[extra]\n  path /usr # here\n  allow *\n[homes]\npath /home/%h\n[gone]\npath /does/not/exist\n";
        let mounts = parsed(text).unwrap();
        let directory = |path: &str| Mount::Directory { path: path.into() };
        assert_eq!(
            mounts,
            [("extra".to_owned(), directory("/usr")), ("homes".to_owned(), directory("/home/%h"))]
        );
    }

    #[test]
    fn a_search_without_modules_has_a_root() {
        let folder = tempfile::tempdir().unwrap();
        let code =
            Code { environment: "production".into(), modulepath: vec![folder.path().join("gone/modules")] };
        let mut witnesses = Witnesses::new(std::time::SystemTime::UNIX_EPOCH);
        let mut search = |codedir: &Path| {
            let mount = Mount::Union { folder: "lib" };
            mount.search(&code, "a", None, codedir, &mut witnesses).unwrap()
        };
        let there = search(folder.path());
        assert!(there.is_placeholder);
        assert_eq!(there.paths, [folder.path()]);
        assert_eq!(search(&folder.path().join("gone/code")).paths, [folder.path()]);
    }

    #[test]
    fn wrong_configurations() {
        let cases = [
            (
                "[a]\npath /usr\n[a]\n",
                "mount[a] is already mounted at a at (file: /etc/fileserver.conf, line: 3)",
            ),
            ("[a]\n", "Mounts without paths are not usable"),
            ("[a]\npath = /usr\n", "Fileserver configuration file does not use '=' as a separator"),
            ("[a]\nfoo bar\n", "Invalid argument 'foo' at (file: /etc/fileserver.conf, line: 2)"),
            ("path\n", "Invalid entry at (file: /etc/fileserver.conf, line: 1): 'path'"),
        ];
        for (text, expected) in cases {
            assert_eq!(parsed(text).unwrap_err(), expected);
        }
    }

    #[test]
    fn patterns_of_clients() {
        let path = |text: &str| text_of(&expanded(Path::new(text), "web01.example.com").unwrap());
        assert_eq!(path("/srv/%h/%d/%H/%%/%x"), "/srv/web01/example.com/web01.example.com/%/%x");
        for node in ["a/b", "..", "", "a..b", ".a"] {
            assert!(expanded(Path::new("/srv/%H"), node).is_err(), "{node}");
            assert!(expanded(Path::new("/srv"), node).is_ok(), "{node}");
        }
    }

    fn text_of(path: &Path) -> String {
        path.to_str().unwrap().to_owned()
    }

    #[test]
    fn keys() {
        let mounts = Mounts::new("/does/not/exist".into());
        let split = |key: &str| mounts.split(key).map(|(_, path)| path).map_err(|error| error.to_string());
        assert_eq!(split("plugins"), Ok(None));
        assert_eq!(split("plugins/"), Ok(None));
        assert_eq!(split("modules/a//b/"), Ok(Some("a/b/".into())));
        assert_eq!(split("nope/x"), Err("not mounted".into()));
        assert_eq!(split("a b/x"), Err("Cannot find file: Invalid mount 'a b'".into()));
        assert_eq!(split("modules/a/../b"), Err("Cannot find file: Invalid relative path 'a/../b'".into()));
        assert_eq!(split(""), Err("Cannot find file: Invalid mount ''".into()));
    }
}
