//! The real Puppet Server of Debian, set up beside ours: the same environment, the same authority, the same certificate.
//!
//! It runs with what its manuals advise for speed: code loaded once (`environment_timeout = unlimited`), an interpreter for each
//! processor, and more memory for heap and compiled code than it needs. With a store's address it has the terminus of PuppetDB in front
//! of it.

use std::path::{Path, PathBuf};
use std::process::Command;

use anyhow::Context as _;

use crate::process::{Process, free_port};

/// Where Debian's package has it.
pub const PACKAGED: &str = "/usr/share/puppetserver/puppetserver.jar";
/// The terminus of PuppetDB, a package of its own.
pub const TERMINUS: &str = "/usr/lib/ruby/vendor_ruby/puppet/indirector/facts/puppetdb.rb";
/// Its configuration as packaged.
const CONFIGURATION: &str = "/etc/puppet/puppetserver";
/// Services instead of an authority of its own.
const AUTHORITY_ELSEWHERE: &str =
    "puppetlabs.services.ca.certificate-authority-disabled-service/certificate-authority-disabled-service
puppetlabs.trapperkeeper.services.watcher.filesystem-watch-service/filesystem-watch-service
";

/// True if it is on this machine.
pub fn is_installed() -> bool {
    Path::new(PACKAGED).exists()
}

/// Its version and that of the Puppet in it.
pub fn version() -> String {
    let output = Command::new("dpkg-query").args(["-W", "-f", "${Version}", "puppetserver"]).output();
    output.map_or_else(|_| "?".into(), |output| String::from_utf8_lossy(&output.stdout).into_owned())
}

/// Certificate, key and authority of a server, as PEM files.
pub struct Identity {
    /// Its certname.
    pub certname: String,
    /// Its certificate, with the alternative name `localhost`.
    pub certificate: PathBuf,
    /// Its key.
    pub key: PathBuf,
    /// The authority's certificates.
    pub authority: PathBuf,
    /// The authority's revocation lists.
    pub lists: PathBuf,
}

impl Identity {
    /// Where Puppet's `ssldir` has the files.
    pub fn in_ssldir(ssldir: &Path, certname: &str) -> Identity {
        Identity {
            certname: certname.into(),
            certificate: ssldir.join(format!("certs/{certname}.pem")),
            key: ssldir.join(format!("private_keys/{certname}.pem")),
            authority: ssldir.join("certs/ca.pem"),
            lists: ssldir.join("crl.pem"),
        }
    }
}

/// How it is set up.
pub struct Settings<'a> {
    /// Who it is.
    pub identity: &'a Identity,
    /// Where the environments are.
    pub environmentpath: &'a Path,
    /// Interpreters.
    pub interpreters: usize,
    /// Memory for the heap, as Java has it.
    pub heap: &'a str,
    /// The stores of its terminus for facts, catalogs, reports and exported resources: the first is asked, all get what there is to
    /// store. Nothing is stored without one.
    pub puppetdb: &'a [&'a str],
}

/// Writes its configuration to a folder, which becomes its `confdir`, and starts it. The URL comes with it.
pub fn start(folder: &Path, settings: &Settings<'_>) -> anyhow::Result<(Process, String)> {
    let port = free_port();
    configure(folder, settings, port).context("could not set up puppetserver")?;
    let mut java = Command::new("/usr/bin/java");
    let heap = settings.heap;
    java.current_dir(folder).arg(format!("-Xms{heap}")).arg(format!("-Xmx{heap}"));
    java.args(["-XX:ReservedCodeCacheSize=512m", "-Djruby.lib=/usr/share/jruby/lib"]);
    java.arg("-Djruby.logger.class=com.puppetlabs.jruby_utils.jruby.Slf4jLogger");
    java.args(["-jar", PACKAGED, "--config"]).arg(folder.join("conf.d"));
    java.arg("--bootstrap-config").arg(folder.join("services.d"));
    java.arg("--restart-file").arg(folder.join("restart"));
    let process = Process::start("puppetserver", &mut java, &folder.join("out"))?;
    Ok((process, format!("https://localhost:{port}")))
}

fn configure(folder: &Path, settings: &Settings<'_>, port: u16) -> anyhow::Result<()> {
    let identity = settings.identity;
    for name in
        ["conf.d", "services.d", "var", "run", "log", "code", "modules", "ssl/certs", "ssl/private_keys"]
    {
        std::fs::create_dir_all(folder.join(name))?;
    }
    let (here, name) = (folder.display(), &identity.certname);
    let write = |path: &str, text: String| std::fs::write(folder.join(path), text);
    write("restart", "0".into())?;
    let packaged = Path::new(CONFIGURATION).join("services.d/bootstrap.cfg");
    std::fs::copy(&packaged, folder.join("services.d/bootstrap.cfg"))
        .with_context(|| format!("could not copy {}", packaged.display()))?;
    write("services.d/ca.cfg", AUTHORITY_ELSEWHERE.into())?;
    for file in ["auth.conf", "ca.conf", "metrics.conf", "web-routes.conf"] {
        let packaged = Path::new(CONFIGURATION).join("conf.d").join(file);
        std::fs::copy(&packaged, folder.join("conf.d").join(file))
            .with_context(|| format!("could not copy {}", packaged.display()))?;
    }
    for file in ["logback.xml", "request-logging.xml"] {
        let text = std::fs::read_to_string(Path::new(CONFIGURATION).join(file))?;
        write(file, text.replace("/var/log/puppetserver", &format!("{here}/log")))?;
    }
    write("conf.d/global.conf", format!("global: {{ logging-config: \"{here}/logback.xml\" }}\n"))?;
    write(
        "conf.d/webserver.conf",
        format!(
            "webserver: {{\n  access-log-config: \"{here}/request-logging.xml\"\n  client-auth: want\n  ssl-host: 127.0.0.1\n  ssl-port: {port}\n\
             \x20 ssl-cert: \"{here}/ssl/certs/{name}.pem\"\n  ssl-key: \"{here}/ssl/private_keys/{name}.pem\"\n\
             \x20 ssl-ca-cert: \"{here}/ssl/certs/ca.pem\"\n  ssl-crl-path: \"{here}/ssl/crl.pem\"\n}}\n"
        ),
    )?;
    write(
        "conf.d/puppetserver.conf",
        format!(
            "jruby-puppet: {{\n  ruby-load-path: [/usr/lib/puppetserver/ruby/vendor_ruby]\n  gem-home: \"{here}/gems\"\n\
             \x20 gem-path: [${{jruby-puppet.gem-home}}, \"/usr/lib/puppetserver/vendored-jruby-gems\"]\n\
             \x20 server-conf-dir: \"{here}\"\n  server-code-dir: \"{here}/code\"\n  server-var-dir: \"{here}/var\"\n\
             \x20 server-run-dir: \"{here}/run\"\n  server-log-dir: \"{here}/log\"\n  max-active-instances: {interpreters}\n  track-lookups: {track}\n\
             \x20 max-requests-per-instance: 0\n}}\nhttp-client: {{}}\nprofiler: {{ enabled: false }}\n",
            interpreters = settings.interpreters,
            track = !settings.puppetdb.is_empty(),
        ),
    )?;
    write(
        "puppet.conf",
        format!(
            "[main]\nconfdir = {here}\nvardir = {here}/var\nrundir = {here}/run\nlogdir = {here}/log\nssldir = {here}/ssl\n\
             codedir = {here}/code\ncertname = {name}\nserver = localhost\nserverport = {port}\n\
             environmentpath = {environments}\nbasemodulepath = {here}/modules\ndigest_algorithm = sha256\n\
             user = {user}\ngroup = {group}\n\n\
             [server]\nvardir = {here}/var\nenvironment_timeout = unlimited\nstrict_variables = true\nstrict = error\n\
             node_terminus = plain\n{stored}\n",
            environments = settings.environmentpath.display(),
            stored = match settings.puppetdb {
                [_, ..] => "reports = puppetdb\nstoreconfigs = true\nstoreconfigs_backend = puppetdb",
                [] => "reports = none\nstoreconfigs = false",
            },
            user = id("-un"),
            group = id("-gn"),
        ),
    )?;
    if let [first, others @ ..] = settings.puppetdb {
        let mut text = format!("[main]\nserver_urls = {first}\n");
        if !others.is_empty() {
            text.push_str(&format!(
                "command_broadcast = true\nsubmit_only_server_urls = {}\n",
                others.join(",")
            ));
        }
        write("puppetdb.conf", text)?;
        write("routes.yaml", "---\nmaster:\n  facts:\n    terminus: puppetdb\n    cache: json\n".into())?;
    }
    for (from, to) in [
        (&identity.certificate, format!("ssl/certs/{name}.pem")),
        (&identity.key, format!("ssl/private_keys/{name}.pem")),
        (&identity.authority, "ssl/certs/ca.pem".to_owned()),
        (&identity.lists, "ssl/crl.pem".to_owned()),
    ] {
        std::fs::copy(from, folder.join(to)).with_context(|| format!("could not copy {}", from.display()))?;
    }
    Ok(())
}

fn id(option: &str) -> String {
    let output = Command::new("id").arg(option).output();
    output.map_or_else(|_| "root".into(), |output| String::from_utf8_lossy(&output.stdout).trim().to_owned())
}
