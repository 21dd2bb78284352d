//! The configuration with `puppet.conf` read and every path worked out: what the parts of the server are given.

use std::path::{Path, PathBuf};

use anyhow::Context as _;

use super::{Config, PuppetConf};

/// Everything a role needs to know about this machine's configuration.
#[derive(Clone, Debug)]
pub struct Site {
    /// `bunraku.toml`
    pub config: Config,
    /// `puppet.conf` over Puppet's defaults, with this machine's certname and directories set.
    pub puppet: PuppetConf,
    /// Directory of the Puppet configuration files.
    pub confdir: PathBuf,
    /// Where the database and the file bucket live.
    pub data_dir: PathBuf,
    /// Name of this server's certificate.
    pub certname: String,
}

impl Site {
    /// Reads `bunraku.toml` (see [`Config::load`]) and the `puppet.conf` it leads to.
    pub fn load(path: Option<&Path>) -> anyhow::Result<Site> {
        Site::from_config(Config::load(path)?)
    }

    /// Works out the rest from a configuration.
    pub fn from_config(config: Config) -> anyhow::Result<Site> {
        let confdir = config.confdir.clone().unwrap_or_else(find_confdir);
        let file = confdir.join("puppet.conf");
        let mut puppet = if file.exists() { PuppetConf::load(&file)? } else { PuppetConf::defaults() };
        if puppet.configured("confdir").is_none() {
            puppet.set("confdir", confdir.to_string_lossy());
        }
        // Distributions move Puppet's directories by patching its defaults; follow the one that is installed.
        let data_dir = config.data_dir.clone().unwrap_or_else(|| PathBuf::from("/var/lib/bunraku"));
        for (name, elsewhere) in distribution_defaults(&confdir, &data_dir) {
            if puppet.configured(name).is_some() {
                continue;
            }
            match old_cadir(&puppet).filter(|_| name == "cadir") {
                Some(old) => puppet.set(name, old.to_string_lossy()),
                None => puppet.set(name, elsewhere),
            }
        }
        let certname = match config.certname.clone().or_else(|| puppet.configured("certname")) {
            Some(name) => name,
            None => host_name().context(
                "could not find out this host's full name; set `certname` in bunraku.toml or puppet.conf",
            )?,
        };
        puppet.set("certname", certname.clone());
        for (name, paths) in [
            ("environmentpath", &config.code.environmentpath),
            ("basemodulepath", &config.code.basemodulepath),
        ] {
            if let Some(paths) = paths {
                let text: Vec<_> = paths.iter().map(|path| path.to_string_lossy()).collect();
                puppet.set(name, text.join(":"));
            }
        }
        for (name, path) in [("hiera_config", &config.code.hiera_config), ("cadir", &config.ca.dir)] {
            if let Some(path) = path {
                puppet.set(name, path.to_string_lossy());
            }
        }
        for (name, text) in [("autosign", &config.ca.autosign), ("strict", &config.compile.strict)] {
            if let Some(text) = text {
                puppet.set(name, text.clone());
            }
        }
        if let Some(flag) = config.compile.strict_variables {
            puppet.set("strict_variables", flag.to_string());
        }
        Ok(Site { config, puppet, confdir, data_dir, certname })
    }

    /// A path setting of `puppet.conf`, which always has a default.
    pub fn path(&self, name: &str) -> PathBuf {
        self.puppet.path_of(name).unwrap_or_else(|| self.confdir.join(name))
    }

    /// `auth.conf`: the configured file, or the one of a Puppet server on this machine.
    pub fn auth_conf(&self) -> Option<PathBuf> {
        if self.config.auth.file.is_some() {
            return self.config.auth.file.clone();
        }
        let ours = Path::new("/etc/bunraku/auth.conf").to_owned();
        self.puppetserver_conf("auth.conf").or(Some(ours).filter(|path| path.exists()))
    }

    /// Where Puppet Server has its authority since version 7, beside the directory of the agent's configuration.
    pub fn puppetserver_cadir(&self) -> Option<PathBuf> {
        match self.confdir.as_path() {
            debian if debian == Path::new("/etc/puppet") => Some("/var/lib/puppetserver/ca".into()),
            other => Some(other.parent()?.join("puppetserver/ca")),
        }
    }

    /// Puts a link to the authority in its old place inside of `ssldir`, as Puppet Server does, for tools that look there. Only where
    /// the authority lies in Puppet Server's place, and nothing is there yet.
    pub fn link_old_cadir(&self) -> std::io::Result<()> {
        let (cadir, old) = (self.path("cadir"), self.path("ssldir").join("ca"));
        if self.puppetserver_cadir().as_ref() != Some(&cadir)
            || !cadir.is_dir()
            || old.symlink_metadata().is_ok()
        {
            return Ok(());
        }
        if let Some(parent) = old.parent() {
            stdx::fs::create_directory(parent, 0o771)?;
        }
        link(&cadir, &old)
    }

    /// A file of a Puppet server's own configuration on this machine, if it is there.
    pub fn puppetserver_conf(&self, name: &str) -> Option<PathBuf> {
        let directory = match self.confdir.as_path() {
            debian if debian == Path::new("/etc/puppet") => debian.join("puppetserver/conf.d"),
            other => other.parent()?.join("puppetserver/conf.d"),
        };
        Some(directory.join(name)).filter(|path| path.exists())
    }
}

/// Makes a link with the owner of what it leads to.
pub(crate) fn link(target: &Path, place: &Path) -> std::io::Result<()> {
    use std::os::unix::fs::MetadataExt as _;
    std::os::unix::fs::symlink(target, place)?;
    let owner = std::fs::metadata(target)?;
    let link = std::fs::symlink_metadata(place)?;
    if (owner.uid(), owner.gid()) == (link.uid(), link.gid()) {
        return Ok(());
    }
    std::os::unix::fs::lchown(place, Some(owner.uid()), Some(owner.gid()))
}

fn find_confdir() -> PathBuf {
    ["/etc/puppetlabs/puppet", "/etc/puppet", "/etc/bunraku"]
        .into_iter()
        .map(PathBuf::from)
        .find(|dir| dir.join("puppet.conf").exists())
        .unwrap_or_else(|| PathBuf::from("/etc/bunraku"))
}

/// Debian and Fedora keep code under /etc/puppet/code, keys under /var/lib/puppet/ssl; with a directory of our own everything
/// that changes is under our own data directory.
fn distribution_defaults(confdir: &Path, data_dir: &Path) -> Vec<(&'static str, String)> {
    if confdir == Path::new("/etc/puppet") {
        let mut defaults = vec![
            ("codedir", "/etc/puppet/code".to_owned()),
            ("vardir", "/var/cache/puppet".to_owned()),
            ("ssldir", "/var/lib/puppet/ssl".to_owned()),
            ("basemodulepath", "$codedir/modules:/usr/share/puppet/modules".to_owned()),
        ];
        let server_ca = ["/var/lib/puppetserver/ca", "/etc/puppet/puppetserver/ca"];
        let cadir = server_ca.into_iter().find(|dir| Path::new(dir).exists());
        defaults.push(("cadir", cadir.unwrap_or("$ssldir/ca").to_owned()));
        return defaults;
    }
    if confdir == Path::new("/etc/puppetlabs/puppet") {
        return vec![("cadir", "/etc/puppetlabs/puppetserver/ca".to_owned())];
    }
    let dir = confdir.to_string_lossy();
    vec![
        ("codedir", format!("{dir}/code")),
        ("cadir", format!("{dir}/ca")),
        ("basemodulepath", format!("{dir}/code/modules")),
        ("vardir", data_dir.to_string_lossy().into_owned()),
    ]
}

/// The authority's directory where Puppet 6 had it, inside of `ssldir`. As long as it is there Puppet uses it; a link leads to where it
/// was moved.
fn old_cadir(puppet: &PuppetConf) -> Option<PathBuf> {
    let old = puppet.path_of("ssldir")?.join("ca");
    match std::fs::read_link(&old) {
        Ok(target) => Some(old.parent()?.join(target)),
        Err(_) => old.is_dir().then_some(old),
    }
}

/// The host's full name: as `hostname --fqdn` gives it.
fn host_name() -> anyhow::Result<String> {
    for arguments in [&["--fqdn"][..], &[]] {
        if let Ok(output) = std::process::Command::new("hostname").args(arguments).output()
            && output.status.success()
        {
            let name = String::from_utf8_lossy(&output.stdout).trim().to_lowercase();
            if !name.is_empty() {
                return Ok(name);
            }
        }
    }
    let name = std::fs::read_to_string("/proc/sys/kernel/hostname")
        .context("could not read the kernel's host name")?;
    Ok(name.trim().to_lowercase())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_toml_wins_over_puppet_conf() {
        let dir = tempfile::tempdir().unwrap();
        std::fs::write(dir.path().join("puppet.conf"), "[main]\ncertname = old.example\nautosign = true\n")
            .unwrap();
        let toml = format!(
            "certname = 'new.example'\nconfdir = '{}'\n[ca]\ndir = '/srv/ca'\n",
            dir.path().display()
        );
        let site = Site::from_config(Config::parse(&toml).unwrap()).unwrap();
        assert_eq!(site.certname, "new.example");
        assert_eq!(site.path("cacert"), Path::new("/srv/ca/ca_crt.pem"));
        assert_eq!(site.puppet.get("autosign").unwrap(), "true");
        assert_eq!(site.path("hostcert"), dir.path().join("ssl/certs/new.example.pem"));
    }

    #[test]
    fn an_authority_inside_of_the_ssl_directory_is_found() {
        let dir = tempfile::tempdir().unwrap();
        let (confdir, elsewhere) = (dir.path().join("puppet"), dir.path().join("elsewhere"));
        let cadir = |ca: &str| {
            let toml = format!("certname = 'a'\nconfdir = '{}'\n{ca}", confdir.display());
            Site::from_config(Config::parse(&toml).unwrap()).unwrap().path("cadir")
        };
        assert_eq!(cadir(""), confdir.join("ca"));
        std::fs::create_dir_all(confdir.join("ssl/ca")).unwrap();
        assert_eq!(cadir(""), confdir.join("ssl/ca"));
        assert_eq!(cadir("[ca]\ndir = '/srv/ca'\n"), Path::new("/srv/ca"));
        std::fs::rename(confdir.join("ssl/ca"), &elsewhere).unwrap();
        std::os::unix::fs::symlink(&elsewhere, confdir.join("ssl/ca")).unwrap();
        assert_eq!(cadir(""), elsewhere);
        std::fs::write(confdir.join("puppet.conf"), "[main]\ncadir = /srv/own\n").unwrap();
        assert_eq!(cadir(""), Path::new("/srv/own"));
    }

    #[test]
    fn the_old_place_leads_to_the_authority() {
        let dir = tempfile::tempdir().unwrap();
        let (confdir, cadir) = (dir.path().join("puppet"), dir.path().join("puppetserver/ca"));
        std::fs::create_dir_all(&confdir).unwrap();
        let conf = format!("[main]\ncadir = {}\n", cadir.display());
        std::fs::write(confdir.join("puppet.conf"), conf).unwrap();
        let toml = format!("certname = 'a'\nconfdir = '{}'\n", confdir.display());
        let site = Site::from_config(Config::parse(&toml).unwrap()).unwrap();
        let old = confdir.join("ssl/ca");
        site.link_old_cadir().unwrap();
        assert!(!old.exists(), "there is no authority yet");
        std::fs::create_dir_all(&cadir).unwrap();
        site.link_old_cadir().unwrap();
        site.link_old_cadir().unwrap();
        assert_eq!(std::fs::read_link(&old).unwrap(), cadir);
    }
}
