//! Facts of several systems: those that Debian's `facterdb` recorded, or without it the example nodes'.

use std::collections::HashMap;
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
    ("interfaces", "eth0,lo"),
    ("ipaddress_eth0", "192.0.2.7"),
    ("ipaddress_lo", "127.0.0.1"),
    ("sshdsakey", "AAAAB3NzaC1kc3MAAACBAK"),
    ("sshrsakey", "AAAAB3NzaC1yc2EAAAADAQ"),
    ("sshecdsakey", "AAAAE2VjZHNhLXNoYTItbm"),
    ("sshed25519key", "AAAAC3NzaC1lZDI1NTE5AA"),
    ("staging_http_get", "curl"),
    ("redis_server_version", "6.0.16"),
    ("collectd_version", "5.12.0"),
    ("systemd_version", "247"),
    ("rabbitmq_version", "3.8.9"),
    ("postgres_default_version", "13"),
    ("python_version", "3.9.2"),
    ("lsbdistcodename", "bullseye"),
];

/// Custom facts of the OpenStack modules: how many processes a service starts.
const WORKERS: &[&str] = &["os_workers", "os_workers_small", "os_workers_heat_engine", "os_workers_keystone"];

/// What Facter says on every Linux where it finds the library, which those who recorded facts did not have.
fn with_selinux(values: &mut Hash) {
    let Some(pcore::Value::Hash(os)) = values.get_str("os") else { return };
    let mut os = (**os).clone();
    if os.get_str("selinux").is_none() {
        os.insert("selinux", pcore::Value::hash(Hash::from_iter([("enabled", pcore::Value::Bool(false))])));
        values.insert("os", pcore::Value::hash(os));
    }
}

/// One system's facts.
#[derive(Debug)]
struct System {
    /// A JSON file of the values.
    file: PathBuf,
    /// The same, read.
    values: Hash,
}

/// The systems that cases are compiled for.
#[derive(Debug)]
pub struct Systems {
    /// Where their files are.
    pub directory: PathBuf,
    all: Vec<System>,
    numbers: HashMap<PathBuf, usize>,
}

impl Systems {
    /// Those that modules are written for.
    ///
    /// # Errors
    /// A file cannot be read.
    pub fn new(scratch: &Path) -> anyhow::Result<Systems> {
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
        let mut systems = Systems { directory, all: Vec::new(), numbers: HashMap::new() };
        for (number, text) in texts.into_iter().enumerate() {
            let values = wire::json::parse(&text, &wire::json::Limits::default())?;
            let mut values = values.as_hash().context("facts are a hash")?.clone();
            for (name, value) in CUSTOM {
                if values.get_str(name).is_none() {
                    values.insert(*name, *value);
                }
            }
            for name in WORKERS {
                values.insert(*name, 2);
            }
            with_selinux(&mut values);
            let file = systems.directory.join(format!("{number}.json"));
            std::fs::write(&file, pcore::json::to_string(&pcore::Value::from(values.clone())))?;
            systems.all.push(System { file, values });
        }
        Ok(systems)
    }

    /// How many there are.
    pub fn len(&self) -> usize {
        self.all.len()
    }

    /// Whether there are none.
    pub fn is_empty(&self) -> bool {
        self.all.is_empty()
    }

    /// One that a file describes; its number.
    ///
    /// # Errors
    /// The file cannot be read.
    pub fn add(&mut self, file: &Path) -> anyhow::Result<usize> {
        if let Some(&number) = self.numbers.get(file) {
            return Ok(number);
        }
        let values = wire::json::parse(&std::fs::read(file)?, &wire::json::Limits::default())?;
        let values = values.as_hash().context("facts are a hash")?.clone();
        self.all.push(System { file: file.to_owned(), values });
        self.numbers.insert(file.to_owned(), self.all.len() - 1);
        Ok(self.all.len() - 1)
    }

    /// A system's file.
    pub fn file(&self, number: usize) -> &Path {
        &self.all[number].file
    }

    /// A system's facts.
    pub fn values(&self, number: usize) -> &Hash {
        &self.all[number].values
    }

    /// Of the first so many, those that a module's metadata says it supports; all if it does not say.
    pub fn supported(&self, module: &Path, first: usize) -> Vec<usize> {
        let metadata = std::fs::read(module.join("metadata.json")).unwrap_or_default();
        let metadata: serde_json::Value = serde_json::from_slice(&metadata).unwrap_or_default();
        let names: Vec<String> = metadata["operatingsystem_support"]
            .as_array()
            .into_iter()
            .flatten()
            .filter_map(|one| Some(one["operatingsystem"].as_str()?.to_lowercase()))
            .collect();
        let is_supported = |number: &usize| {
            let os = self
                .values(*number)
                .get_str("os")
                .and_then(|os| Some(os.as_hash()?.get_str("name")?.as_str()?.to_lowercase()));
            os.is_some_and(|os| names.contains(&os))
        };
        let all: Vec<usize> = (0..first.min(self.len())).collect();
        let supported: Vec<usize> = all.iter().copied().filter(is_supported).collect();
        if supported.is_empty() { all } else { supported }
    }
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
