//! Facts of several systems: those that Debian's `facterdb` recorded, or without it the example nodes'.

use std::path::{Path, PathBuf};

use anyhow::Context as _;
use pcore::Hash;

use crate::examples;

/// Systems that modules are written for, and some they are not.
const SYSTEMS: &[&str] = &[
    "debian-11-x86_64",
    "redhat-8-x86_64",
    "ubuntu-20.04-x86_64",
    "centos-7-x86_64",
    "sles-15-x86_64",
    "freebsd-13-x86_64",
    "oraclelinux-8-x86_64",
    "windows-2019-x86_64",
];

/// What the custom facts of modules would find.
const CUSTOM: &[(&str, &str)] = &[
    ("os_service_default", "<SERVICE DEFAULT>"),
    ("os_package_type", "debian"),
    ("puppet_vardir", "/var/lib/puppet"),
    ("root_home", "/root"),
    ("service_provider", "systemd"),
    ("concat_basedir", "/var/lib/puppet/concat"),
    ("puppetversion", "7.23.0"),
];

/// One system's facts.
#[derive(Debug)]
pub struct System {
    /// A JSON file of the values.
    pub file: PathBuf,
    /// The same, read.
    pub values: Hash,
}

/// All systems there are.
///
/// # Errors
/// A file cannot be read.
pub fn systems(scratch: &Path) -> anyhow::Result<Vec<System>> {
    let found = SYSTEMS.iter().filter_map(|name| newest(name)).collect::<Vec<_>>();
    let texts = match found.is_empty() {
        false => found.iter().map(std::fs::read).collect::<Result<Vec<_>, _>>()?,
        true => examples::nodes()
            .iter()
            .map(|name| pcore::json::to_string(&pcore::Value::from(examples::facts(name))).into_bytes())
            .collect(),
    };
    let directory = scratch.join("facts");
    std::fs::create_dir_all(&directory)?;
    texts
        .into_iter()
        .enumerate()
        .map(|(number, text)| {
            let values = wire::json::parse(&text, &wire::json::Limits::default())?;
            let mut values = values.as_hash().context("facts are a hash")?.clone();
            for (name, value) in CUSTOM {
                values.insert(*name, *value);
            }
            let file = directory.join(format!("{number}.json"));
            std::fs::write(&file, pcore::json::to_string(&pcore::Value::from(values.clone())))?;
            Ok(System { file, values })
        })
        .collect()
}

/// The file of the newest Facter that recorded a system.
fn newest(name: &str) -> Option<PathBuf> {
    let gems = Path::new("/usr/share/rubygems-integration/all/gems");
    let database = std::fs::read_dir(gems)
        .ok()?
        .filter_map(Result::ok)
        .find(|entry| entry.file_name().to_string_lossy().starts_with("facterdb-"))?;
    let mut versions: Vec<(Vec<u32>, PathBuf)> = std::fs::read_dir(database.path().join("facts"))
        .ok()?
        .filter_map(Result::ok)
        .map(|entry| {
            let version = entry
                .file_name()
                .to_string_lossy()
                .split('.')
                .map(|part| part.parse().unwrap_or(0))
                .collect();
            (version, entry.path().join(format!("{name}.facts")))
        })
        .filter(|(_, file)| file.exists())
        .collect();
    versions.sort();
    versions.pop().map(|(_, file)| file)
}
