//! The real programs that some tests talk to, and how they come onto the machine.

use std::process::{Command, Stdio};

use anyhow::{Context as _, bail};

/// A Debian package, the program it brings and what is tested with it.
pub struct Peer {
    /// Debian package.
    pub package: &'static str,
    /// A file that is there when it is installed.
    pub file: &'static str,
    /// What is not tested without it.
    pub tests: &'static str,
}

impl Peer {
    /// A Debian package of a Puppet module.
    const fn module(package: &'static str, file: &'static str) -> Peer {
        Peer { package, file, tests: "catalogs of Debian's modules" }
    }
}

/// All peers.
pub const PEERS: &[Peer] = &[
    Peer { package: "r10k", file: "/usr/bin/r10k", tests: "deployed trees compared with its own" },
    Peer {
        package: "puppet-agent",
        file: "/usr/bin/puppet",
        tests: "a stock agent's whole life, and catalogs compared with its compiler",
    },
    Peer {
        package: "puppet-module-puppetlabs-ntp",
        file: "/usr/share/puppet/modules.available/puppetlabs-ntp/metadata.json",
        tests: "catalogs of a Debian module",
    },
    Peer {
        package: "puppet-module-puppetlabs-stdlib",
        file: "/usr/share/puppet/modules.available/puppetlabs-stdlib/metadata.json",
        tests: "type aliases of stdlib",
    },
    Peer::module(
        "puppet-module-puppetlabs-apache",
        "/usr/share/puppet/modules.available/puppetlabs-apache/metadata.json",
    ),
    Peer::module(
        "puppet-module-puppetlabs-apt",
        "/usr/share/puppet/modules.available/puppetlabs-apt/metadata.json",
    ),
    Peer::module(
        "puppet-module-puppetlabs-concat",
        "/usr/share/puppet/modules.available/puppetlabs-concat/metadata.json",
    ),
    Peer::module(
        "puppet-module-puppetlabs-firewall",
        "/usr/share/puppet/modules.available/puppetlabs-firewall/metadata.json",
    ),
    Peer::module(
        "puppet-module-puppetlabs-haproxy",
        "/usr/share/puppet/modules.available/puppetlabs-haproxy/metadata.json",
    ),
    Peer::module(
        "puppet-module-rodjek-logrotate",
        "/usr/share/puppet/modules.available/rodjek-logrotate/manifests/init.pp",
    ),
    Peer::module(
        "puppet-module-openstacklib",
        "/usr/share/puppet/modules.available/openstacklib/metadata.json",
    ),
    Peer::module("puppet-module-oslo", "/usr/share/puppet/modules.available/oslo/metadata.json"),
    Peer::module(
        "puppet-module-puppetlabs-postgresql",
        "/usr/share/puppet/modules.available/puppetlabs-postgresql/metadata.json",
    ),
    Peer::module(
        "puppet-module-puppetlabs-rabbitmq",
        "/usr/share/puppet/modules.available/puppetlabs-rabbitmq/metadata.json",
    ),
    Peer::module(
        "puppet-module-camptocamp-systemd",
        "/usr/share/puppet/modules.available/camptocamp-systemd/metadata.json",
    ),
    Peer {
        package: "facterdb",
        file: "/usr/share/doc/facterdb/copyright",
        tests: "catalogs of Debian's modules on many systems",
    },
    Peer {
        package: "openssl",
        file: "/usr/bin/openssl",
        tests: "certificates and revocation lists checked by another implementation",
    },
    Peer {
        package: "postgresql",
        file: "/usr/share/doc/postgresql/copyright",
        tests: "the store on PostgreSQL, also while that is stopped",
    },
    Peer {
        package: "puppetserver",
        file: "/usr/share/puppetserver/puppetserver.jar",
        tests: "the store behind the real Puppet Server",
    },
    Peer {
        package: "puppet-terminus-puppetdb",
        file: "/usr/lib/ruby/vendor_ruby/puppet/indirector/facts/puppetdb.rb",
        tests: "the store behind the real Puppet Server",
    },
    Peer {
        package: "puppetdb",
        file: "/usr/share/puppetdb/puppetdb.jar",
        tests: "answers to queries, and archives, beside the real PuppetDB",
    },
    Peer {
        package: "python3-pypuppetdb",
        file: "/usr/lib/python3/dist-packages/pypuppetdb/__init__.py",
        tests: "the store as pypuppetdb sees it",
    },
    Peer {
        package: "octocatalog-diff",
        file: "/usr/bin/octocatalog-diff",
        tests: "facts and catalogs of the store in octocatalog-diff",
    },
    Peer { package: "haproxy", file: "/usr/sbin/haproxy", tests: "compilers behind a real balancer" },
    Peer { package: "iproute2", file: "/sbin/ip", tests: "a tier of servers on machines of their own" },
    Peer { package: "shellcheck", file: "/usr/bin/shellcheck", tests: "the script that installs machines" },
    Peer { package: "curl", file: "/usr/bin/curl", tests: "malformed requests from another client" },
];

/// Those that are not on this machine.
pub fn missing() -> Vec<&'static Peer> {
    PEERS.iter().filter(|peer| !std::path::Path::new(peer.file).exists()).collect()
}

/// Installs the packages of peers with apt.
pub fn install(peers: &[&Peer]) -> anyhow::Result<()> {
    install_packages(&peers.iter().map(|peer| peer.package).collect::<Vec<_>>())
}

/// Installs packages with apt; names may be patterns, as apt understands them.
pub fn install_packages(packages: &[&str]) -> anyhow::Result<()> {
    let apt = |arguments: &[&str]| -> anyhow::Result<()> {
        let status = Command::new("apt-get")
            .args(arguments)
            .env("DEBIAN_FRONTEND", "noninteractive")
            .stdin(Stdio::null())
            .stdout(Stdio::null())
            .status()
            .context("could not run apt-get")?;
        if !status.success() {
            bail!("apt-get {} failed ({status})", arguments.join(" "));
        }
        Ok(())
    };
    apt(&["update", "-qq"])?;
    let mut arguments = vec!["install", "-y", "-qq", "--no-install-recommends"];
    arguments.extend(packages);
    apt(&arguments)
}

/// True when this process may install packages.
pub fn can_install() -> bool {
    let root = Command::new("id").arg("-u").output().is_ok_and(|output| output.stdout.trim_ascii() == b"0");
    root && std::path::Path::new("/usr/bin/apt-get").exists()
}
