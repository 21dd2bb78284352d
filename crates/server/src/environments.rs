//! Environments: their folders, their `environment.conf`, and the image of their code.
//!
//! An image is made when an environment is first asked for and looked over for changed files at most once in
//! [`Settings::check_interval`](crate::Settings). One request does the looking; the others go on with the image that is there. A
//! changed environment gets a new image that shares what did not change; compiles under way keep the old one.
//!
//! Of environments whose code comes in versions ([`crate::versions`]) a new version is a new image, and no file of a version is looked
//! over. What such an environment uses besides, modules that are no part of any version, is.

use std::collections::{HashMap, HashSet};
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, TryLockError};
use std::time::Instant;

use arc_swap::ArcSwapOption;
use compiler::image::{Image, ImageOptions};

use crate::Settings;
use crate::info::Classes;
use crate::metrics::Timed;
use crate::preview::places::Places;
use crate::versions::Version;

/// An environment as it is now.
#[derive(Clone, Debug)]
pub struct Environment {
    /// Name.
    pub name: String,
    /// Its folder.
    pub directory: PathBuf,
    /// What its `environment.conf` says.
    pub conf: EnvironmentConf,
    /// Its code.
    pub image: Arc<Image>,
    /// The list of its classes, for who asks for it.
    pub classes: Arc<Classes>,
    /// The version of its code, if that comes in versions.
    pub version: Option<Arc<Version>>,
}

/// Settings of one environment (`environment.conf`), with paths resolved.
#[derive(Clone, Debug, PartialEq)]
pub struct EnvironmentConf {
    /// Folders of modules.
    pub modulepath: Vec<PathBuf>,
    /// Site manifest, file or folder.
    pub manifest: PathBuf,
    /// Command that prints the version of the configuration.
    pub config_version: Option<String>,
    /// Whether catalogs may carry file metadata.
    pub static_catalogs: bool,
    /// Whether catalogs may carry rich data.
    pub rich_data: bool,
}

/// Why an environment cannot be used.
#[derive(Debug, thiserror::Error)]
pub enum EnvironmentError {
    /// No folder of that name.
    #[error("Could not find environment '{0}'")]
    NotFound(String),
    /// A file or folder of it cannot be read.
    #[error("could not read environment '{name}' in {directory}: {source}")]
    Unreadable {
        /// Name.
        name: String,
        /// Folder.
        directory: PathBuf,
        /// Why.
        source: std::io::Error,
    },
    /// Its `environment.conf` is not valid.
    #[error("{file}:{line}: {reason}")]
    Conf {
        /// The file.
        file: PathBuf,
        /// Line, from 1.
        line: usize,
        /// What is wrong.
        reason: String,
    },
}

/// All environments of the environment path.
pub struct Environments {
    settings: Arc<Settings>,
    /// One environment that is somewhere else.
    fixed: Option<(String, PathBuf)>,
    slots: Mutex<HashMap<String, Arc<Slot>>>,
    /// Images that were made.
    loads: Timed,
}

#[derive(Default)]
struct Slot {
    current: ArcSwapOption<Environment>,
    /// When the files were last looked over; held while they are.
    checked: Mutex<Option<Instant>>,
    /// How often it was said that they have changed, and how many of these `current` takes into account.
    flushes: AtomicU64,
    flushes_seen: AtomicU64,
}

impl Slot {
    /// True if what is there is known to be old.
    fn is_flushed(&self) -> bool {
        self.flushes_seen.load(Ordering::Acquire) < self.flushes.load(Ordering::Acquire)
    }
}

/// Where an environment's code is at a moment.
struct Place {
    directory: PathBuf,
    version: Option<Arc<Version>>,
}

impl Place {
    /// Whether an environment was made from what is there.
    fn is_of(&self, environment: &Environment) -> bool {
        let is_same_version = match (&environment.version, &self.version) {
            (Some(one), Some(other)) => (&one.code_id, &one.shared) == (&other.code_id, &other.shared),
            (None, None) => true,
            _ => false,
        };
        is_same_version && environment.directory == self.directory
    }
}

impl Environments {
    /// The environments of a configuration. Nothing is read yet.
    pub fn new(settings: Arc<Settings>) -> Environments {
        Environments { settings, fixed: None, slots: Mutex::default(), loads: Timed::default() }
    }

    /// The same, with the directory given in which the environment of that name is, wherever it lies.
    pub fn at(settings: Arc<Settings>, name: &str, directory: PathBuf) -> Environments {
        let fixed = Some((name.to_owned(), directory));
        Environments { settings, fixed, slots: Mutex::default(), loads: Timed::default() }
    }

    /// The environment of a name with its present code. Reads files when it is new or has changed, and when another version serves,
    /// for which all who ask wait: call it where blocking is allowed.
    pub fn get(&self, name: &str) -> Result<Arc<Environment>, EnvironmentError> {
        let place = self.place(name)?;
        let slot = lock(&self.slots).entry(name.to_owned()).or_default().clone();
        let is_recent =
            |checked: &Option<Instant>| checked.is_some_and(|at| at.elapsed() < self.settings.check_interval);
        // Asked before `current` is loaded: what is there then has seen these flushes.
        let is_flushed = slot.is_flushed();
        let current = slot.current.load_full().filter(|current| !is_flushed && place.is_of(current));
        let mut checked = match (current, slot.checked.try_lock()) {
            // Somebody else is looking; what is there is good enough.
            (Some(current), Err(TryLockError::WouldBlock)) => return Ok(current),
            (Some(current), Ok(checked)) if is_recent(&checked) => return Ok(current),
            (_, Ok(checked)) => checked,
            (_, Err(TryLockError::Poisoned(poisoned))) => poisoned.into_inner(),
            (_, Err(TryLockError::WouldBlock)) => lock(&slot.checked),
        };
        // While this request waited another one may have made it, and another version may have come: an older one must not replace it.
        let place = self.place(name)?;
        let old = slot.current.load_full();
        if let Some(current) = &old
            && !slot.is_flushed()
            && place.is_of(current)
            && is_recent(&checked)
        {
            return Ok(current.clone());
        }
        let flushes = slot.flushes.load(Ordering::Acquire);
        let fresh = self.look(name, place, old)?;
        slot.current.store(Some(fresh.clone()));
        slot.flushes_seen.store(flushes, Ordering::Release);
        *checked = Some(Instant::now());
        Ok(fresh)
    }

    /// Where the code of an environment is now.
    fn place(&self, name: &str) -> Result<Place, EnvironmentError> {
        if let Some(version) = self.version(name) {
            return Ok(Place { directory: version.directory.clone(), version: Some(version) });
        }
        match self.directory(name) {
            Some(directory) => Ok(Place { directory, version: None }),
            None => {
                lock(&self.slots).remove(name);
                Err(EnvironmentError::NotFound(name.to_owned()))
            }
        }
    }

    fn version(&self, name: &str) -> Option<Arc<Version>> {
        if self.fixed.as_ref().is_some_and(|(fixed, _)| fixed == name) {
            return None;
        }
        self.settings.versions.as_ref()?.current(name)
    }

    /// Whether an environment was asked for.
    pub fn is_loaded(&self, name: &str) -> bool {
        lock(&self.slots).get(name).is_some_and(|slot| slot.current.load().is_some())
    }

    /// How many are in memory.
    pub(crate) fn loaded(&self) -> usize {
        lock(&self.slots).values().filter(|slot| slot.current.load().is_some()).count()
    }

    /// Images that were made.
    pub(crate) fn loads(&self) -> &Timed {
        &self.loads
    }

    /// Whether code comes in versions here, at least of some environments.
    pub fn are_versioned(&self) -> bool {
        self.settings.versions.is_some()
    }

    /// Names of all environments, sorted.
    pub fn names(&self) -> Vec<String> {
        let mut names: Vec<String> = self
            .settings
            .environmentpath
            .iter()
            .filter_map(|path| std::fs::read_dir(path).ok())
            .flatten()
            .filter_map(Result::ok)
            .filter(|entry| entry.path().is_dir())
            .filter_map(|entry| entry.file_name().into_string().ok())
            .filter(|name| is_name(name))
            .chain(self.settings.versions.iter().flat_map(|versions| versions.names()))
            .collect();
        names.sort();
        names.dedup();
        names
    }

    /// What the `environment.conf` of an environment says.
    pub fn conf(&self, name: &str) -> Result<EnvironmentConf, EnvironmentError> {
        let directory = self.directory(name).ok_or_else(|| EnvironmentError::NotFound(name.to_owned()))?;
        EnvironmentConf::load(name, &directory, &self.settings)
    }

    /// Says that files have changed, of one environment or of all: every request that comes after this sees every change, and
    /// waits for it if need be.
    pub fn flush(&self, name: Option<&str>) {
        for (known, slot) in lock(&self.slots).iter() {
            if name.is_none_or(|name| name == known) {
                slot.flushes.fetch_add(1, Ordering::AcqRel);
            }
        }
    }

    fn directory(&self, name: &str) -> Option<PathBuf> {
        if !is_name(name) {
            return None;
        }
        if let Some((_, directory)) = self.fixed.as_ref().filter(|(fixed, _)| fixed == name) {
            return Some(directory.clone());
        }
        if let Some(version) = self.version(name) {
            return Some(version.directory.clone());
        }
        self.settings.environmentpath.iter().map(|path| path.join(name)).find(|directory| directory.is_dir())
    }

    /// Code that may become this environment's, from a directory of its own. It is known by the place that the environment has; `places`
    /// are those of the new code.
    pub(crate) fn staged(
        &self,
        live: &Environment,
        directory: &Path,
        places: &Places,
    ) -> Result<Environment, EnvironmentError> {
        let name = live.name.as_str();
        let mut conf = EnvironmentConf::load(name, directory, &self.settings)?;
        // Its own modules, also if they are named by where the environment is.
        conf.modulepath.iter_mut().for_each(|path| *path = places.real(path));
        conf.manifest = places.real(&conf.manifest);
        let shown_as = live.version.as_ref().map_or(&live.directory, |version| &version.shown_as);
        let mut options = self.options(name, directory, Some(shown_as.clone()), &conf);
        options.known_as = places.names();
        options.hiera_config = options.hiera_config.map(|path| places.real(&path));
        let image = live.image.with_options(&options).map_err(|source| EnvironmentError::Unreadable {
            name: name.to_owned(),
            directory: directory.to_owned(),
            source,
        })?;
        Ok(Environment {
            name: name.to_owned(),
            directory: directory.to_owned(),
            conf,
            image: Arc::new(image),
            classes: Arc::default(),
            version: None,
        })
    }

    /// The paths by which an environment's code is found.
    pub(crate) fn places(&self, live: &Environment) -> Places {
        let own = self.settings.environmentpath.iter().map(|path| path.join(&live.name));
        let codedir = self.settings.variables.iter().find(|(name, _)| name == "codedir");
        let codedir = codedir.and_then(|(_, value)| value.as_str());
        let data = codedir.map(|codedir| Path::new(codedir).join("environments").join(&live.name));
        let shown = live.version.as_ref().map(|version| version.shown_as.clone());
        Places::new(own.chain(data).chain(shown), live.directory.clone())
    }

    fn options(
        &self,
        name: &str,
        directory: &Path,
        shown_as: Option<PathBuf>,
        conf: &EnvironmentConf,
    ) -> ImageOptions {
        ImageOptions {
            environment: name.to_owned(),
            directory: Some(directory.to_owned()),
            shown_as,
            modulepath: conf.modulepath.clone(),
            manifest: Some(conf.manifest.clone()),
            config_version: conf.config_version.clone(),
            hiera_config: self.settings.hiera_config.clone(),
            strict: self.settings.strict,
            strict_variables: self.settings.strict_variables,
            settings: self.settings.variables.clone(),
            track_lookups: self.settings.track_lookups,
            ruby: self.settings.ruby.clone(),
            bounds: self.settings.bounds,
            ..ImageOptions::default()
        }
    }

    fn look(
        &self,
        name: &str,
        place: Place,
        old: Option<Arc<Environment>>,
    ) -> Result<Arc<Environment>, EnvironmentError> {
        let Place { directory, version } = place;
        let unreadable = |source| EnvironmentError::Unreadable {
            name: name.to_owned(),
            directory: directory.clone(),
            source,
        };
        let conf = EnvironmentConf::load(name, &directory, &self.settings)?;
        if let Some(old) = old.as_ref().filter(|old| old.conf == conf && old.directory == directory) {
            let started = Instant::now();
            let Some(image) = old.image.refreshed().map_err(unreadable)? else {
                return Ok(Arc::new(Environment { version, ..(**old).clone() }));
            };
            let took = started.elapsed();
            self.loads.durations.observe(took);
            tracing::info!(environment = name, milliseconds = took.as_millis() as u64, "code has changed");
            warn(name, &image, Some(&old.image));
            let environment =
                Environment { image: Arc::new(image), classes: Arc::default(), version, ..(**old).clone() };
            return Ok(Arc::new(environment));
        }
        let shown_as = version.as_ref().map(|version| version.shown_as.clone());
        let options = self.options(name, &directory, shown_as, &conf);
        let started = Instant::now();
        // Versions share most of their files.
        let image = self.loads.timed(|| match old.filter(|old| version.is_some() && old.version.is_some()) {
            Some(old) => old.image.with_options(&options),
            None => Image::load(&options),
        });
        let image = Arc::new(image.map_err(unreadable)?);
        tracing::info!(
            environment = name,
            milliseconds = started.elapsed().as_millis() as u64,
            "code is loaded"
        );
        warn(name, &image, None);
        let classes = Arc::default();
        Ok(Arc::new(Environment { name: name.to_owned(), directory, conf, image, classes, version }))
    }
}

impl EnvironmentConf {
    /// Reads `environment.conf`; without one, the defaults hold.
    pub fn load(
        name: &str,
        directory: &Path,
        settings: &Settings,
    ) -> Result<EnvironmentConf, EnvironmentError> {
        let file = directory.join("environment.conf");
        let text = match std::fs::read_to_string(&file) {
            Ok(text) => text,
            Err(error) if error.kind() == std::io::ErrorKind::NotFound => String::new(),
            Err(source) => {
                let directory = directory.to_owned();
                return Err(EnvironmentError::Unreadable { name: name.to_owned(), directory, source });
            }
        };
        let mut conf = EnvironmentConf::defaults(directory, settings);
        for (index, line) in text.lines().enumerate() {
            let line = line.trim();
            if line.is_empty() || line.starts_with('#') || line.starts_with('[') {
                continue;
            }
            let refuse =
                |reason: String| EnvironmentError::Conf { file: file.clone(), line: index + 1, reason };
            let Some((key, value)) = line.split_once('=') else {
                return Err(refuse(format!("expected `name = value`, found `{line}`")));
            };
            let value = expand(value.trim(), name, directory, settings);
            match key.trim() {
                "modulepath" => conf.modulepath = module_path(&value, directory),
                "manifest" if !settings.disable_per_environment_manifest => {
                    conf.manifest = absolute(&value, directory)
                }
                "config_version" => conf.config_version = config_version(&value, directory),
                "static_catalogs" => conf.static_catalogs = value == "true",
                "rich_data" => conf.rich_data = value == "true",
                // Our images are always fresh, and data providers are configured in hiera.yaml.
                "manifest" | "environment_timeout" | "environment_data_provider" => {}
                other => tracing::warn!(
                    environment = name,
                    setting = other,
                    "environment.conf has a setting that is not known"
                ),
            }
        }
        Ok(conf)
    }

    fn defaults(directory: &Path, settings: &Settings) -> EnvironmentConf {
        let modules = std::iter::once(directory.join("modules"));
        EnvironmentConf {
            modulepath: modules.chain(settings.basemodulepath.iter().cloned()).collect(),
            manifest: normal(&directory.join(&settings.default_manifest)),
            config_version: None,
            static_catalogs: true,
            rich_data: true,
        }
    }
}

/// Logs what the parser warned of.
fn warn(environment: &str, image: &Image, before: Option<&Image>) {
    for warning in fresh_warnings(image, before) {
        tracing::warn!(environment, "{warning}");
    }
}

/// The parser's warnings, without those that the image before had already.
fn fresh_warnings(image: &Image, before: Option<&Image>) -> Vec<String> {
    let known: HashSet<String> = before.map(Image::warnings).into_iter().flatten().collect();
    image.warnings().into_iter().filter(|warning| !known.contains(warning)).collect()
}

/// What Puppet accepts as the name of an environment (`\A[[:alnum:]_]+\Z`).
pub fn is_name(name: &str) -> bool {
    !name.is_empty() && name.chars().all(|c| c.is_ascii_alphanumeric() || c == '_')
}

fn expand(value: &str, name: &str, directory: &Path, settings: &Settings) -> String {
    let base: Vec<_> = settings.basemodulepath.iter().map(|path| path.to_string_lossy()).collect();
    // The directory of a version is not among the environments.
    let is_among = directory.file_name().is_some_and(|last| last == name);
    let path =
        if is_among { directory.parent() } else { settings.environmentpath.first().map(PathBuf::as_path) };
    value
        .replace("$basemodulepath", &base.join(":"))
        .replace("$environmentpath", &path.unwrap_or(directory).to_string_lossy())
        .replace("$environment", name)
}

/// Entries are relative to the environment and may hold `*`.
fn module_path(value: &str, directory: &Path) -> Vec<PathBuf> {
    let mut paths = Vec::new();
    for entry in value.split(':').filter(|entry| !entry.is_empty()) {
        let path = absolute(entry, directory);
        let mut found = if entry.contains('*') { glob(&path) } else { vec![path] };
        found.retain(|path| !paths.contains(path));
        paths.extend(found);
    }
    paths
}

fn absolute(value: &str, directory: &Path) -> PathBuf {
    normal(&directory.join(value))
}

/// Without `.` segments, as Ruby's `File.expand_path` leaves a path.
fn normal(path: &Path) -> PathBuf {
    let mut out = PathBuf::new();
    for component in path.components() {
        match component {
            std::path::Component::CurDir => {}
            std::path::Component::ParentDir => {
                out.pop();
            }
            other => out.push(other),
        }
    }
    out
}

/// The command's path is relative to the environment.
fn config_version(value: &str, directory: &Path) -> Option<String> {
    let (command, arguments) = value.split_once(' ').map_or((value, ""), |(command, rest)| (command, rest));
    let command = absolute(command, directory);
    (!value.is_empty()).then(|| format!("{} {arguments}", command.display()).trim_end().to_owned())
}

/// Folders that match a path in which whole segments or parts of them are `*`, sorted.
fn glob(pattern: &Path) -> Vec<PathBuf> {
    let mut found = vec![PathBuf::new()];
    for component in pattern.components() {
        let segment = component.as_os_str().to_string_lossy();
        if !segment.contains('*') {
            found.iter_mut().for_each(|path| path.push(component));
            continue;
        }
        let mut next = Vec::new();
        for path in found {
            let mut names: Vec<_> = std::fs::read_dir(&path)
                .into_iter()
                .flatten()
                .filter_map(|entry| entry.ok()?.file_name().into_string().ok())
                .filter(|name| !name.starts_with('.') && matches(name, &segment))
                .collect();
            names.sort();
            next.extend(names.into_iter().map(|name| path.join(name)));
        }
        found = next;
    }
    found.retain(|path| path.is_dir());
    found
}

fn matches(name: &str, pattern: &str) -> bool {
    let Some((head, tail)) = pattern.split_once('*') else {
        return name == pattern;
    };
    let Some(rest) = name.strip_prefix(head) else {
        return false;
    };
    (0..=rest.len()).filter(|at| rest.is_char_boundary(*at)).any(|at| matches(&rest[at..], tail))
}

fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    // What is guarded is replaced as a whole, so a panic elsewhere leaves it valid.
    mutex.lock().unwrap_or_else(|poisoned| poisoned.into_inner())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_warning_is_told_once() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path();
        std::fs::write(path.join("a.pp"), "notice(\"a\\q\")\n").unwrap();
        let options = ImageOptions { manifest: Some(path.to_owned()), ..ImageOptions::default() };
        let first = Image::load(&options).unwrap();
        let a = format!(
            "Unrecognized escape sequence '\\q' (file: {}/a.pp, line: 1, column: 13)",
            path.display()
        );
        assert_eq!(fresh_warnings(&first, None), [a]);
        std::fs::write(path.join("b.pp"), "notice(\"b\\q\")\n").unwrap();
        let second = first.refreshed().unwrap().unwrap();
        assert_eq!(second.warnings().len(), 2);
        let b = format!(
            "Unrecognized escape sequence '\\q' (file: {}/b.pp, line: 1, column: 13)",
            path.display()
        );
        assert_eq!(fresh_warnings(&second, Some(&first)), [b]);
    }
}
