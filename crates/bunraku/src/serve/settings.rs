//! From this machine's configuration to the settings of each part.

use std::net::{SocketAddr, UdpSocket};
use std::path::{Path, PathBuf};
use std::time::Duration;

use anyhow::{Context as _, bail};
use compiler::image::Strict;
use pki::KeyKind;
use pki::oid::{Oid, OidNames};
use rest::Rules;
use server::classifier::NodeTerminus;
use stdx::hocon;

use crate::config::Site;
use crate::config::puppet_conf::SettingValue;
use crate::csr_attributes::CsrAttributes;

/// What the server is told.
pub fn server(site: &Site) -> anyhow::Result<server::Settings> {
    let strict = site.puppet.get("strict").unwrap_or_default();
    let strict = match strict.as_str() {
        "off" => Strict::Off,
        "warning" => Strict::Warning,
        "error" => Strict::Error,
        other => bail!("puppet.conf: strict is `{other}`; it must be off, warning or error"),
    };
    let compile = &site.config.compile;
    Ok(server::Settings {
        certname: site.certname.clone(),
        ip: own_address("192.0.2.1:9"),
        ip6: own_address("[2001:db8::1]:9"),
        default_environment: site.puppet.get("environment").unwrap_or_else(|| "production".into()),
        environmentpath: site.puppet.paths_of("environmentpath"),
        basemodulepath: site.puppet.paths_of("basemodulepath"),
        default_manifest: PathBuf::from(
            site.puppet.get("default_manifest").unwrap_or_else(|| "./manifests".into()),
        ),
        disable_per_environment_manifest: site.puppet.flag("disable_per_environment_manifest"),
        // It need not exist: then data/common.yaml beside it counts.
        hiera_config: Some(site.path("hiera_config")),
        files: files(site)?,
        node_terminus: node_terminus(site)?,
        trusted_external_command: site.puppet.path_of("trusted_external_command"),
        strict,
        strict_variables: site.puppet.flag("strict_variables"),
        track_lookups: compile.track_lookups.unwrap_or_else(|| puppetserver_tracks_lookups(site)),
        variables: site.puppet.all().map(|(name, value)| (name.to_owned(), variable(value))).collect(),
        oid_names: oid_names(&site.path("trusted_oid_mapping_file"))?,
        check_interval: site.config.code.check_interval.0,
        workers: compile.workers,
        max_queued_requests: compile.max_queued_requests,
        max_retry_delay: compile.max_retry_delay.0,
        compile_timeout: compile.timeout.0,
        bounds: compiler::Bounds {
            steps: compile.max_steps,
            time: compile.timeout.0,
            memory: compile.max_memory,
            resources: compile.max_resources,
        },
        ruby: ruby(&site.config.ruby, &site.path("vardir")),
        code_id_command: site.config.code.code_id_command.clone(),
        versions: None,
        memo_bytes: usize::try_from(compile.memo_bytes).unwrap_or(usize::MAX),
        memo_verify_every: compile.memo_verify_every,
        body_bytes_max: site.config.listen.max_body_bytes as u64,
    })
}

/// What a Puppet server on this machine does. Nothing else is taken from that file, so one that cannot be read stops nobody.
fn puppetserver_tracks_lookups(site: &Site) -> bool {
    let Some(file) = site.puppetserver_conf("puppetserver.conf") else { return false };
    match hocon::load(&file) {
        Ok(conf) => matches!(conf.get(&["jruby-puppet", "track-lookups"]), Some(hocon::Value::Bool(true))),
        Err(error) => {
            tracing::warn!(%error, "track-lookups could not be looked for");
            false
        }
    }
}

/// Whose word counts on classes and environments of nodes. A terminus that is not known cannot be left out: nodes would lose what it
/// gives them.
fn node_terminus(site: &Site) -> anyhow::Result<NodeTerminus> {
    match site.puppet.get("node_terminus").unwrap_or_default().as_str() {
        "plain" | "" => Ok(NodeTerminus::Plain),
        "exec" => Ok(NodeTerminus::Exec(site.puppet.get("external_nodes").unwrap_or_default())),
        other => bail!("puppet.conf: node_terminus is `{other}`; it must be plain or exec"),
    }
}

/// How Ruby code of modules is run.
fn ruby(config: &crate::config::Ruby, vardir: &Path) -> Option<foreign::Settings> {
    let ruby = match &config.interpreter {
        Some(path) if path.as_os_str() == "none" => return None,
        Some(path) => path.clone(),
        None => foreign::find_ruby()?,
    };
    let workers_max = match config.workers {
        0 => std::thread::available_parallelism().map_or(1, usize::from),
        workers => workers,
    };
    Some(foreign::Settings {
        ruby,
        load_paths: Vec::new(),
        workers_max,
        memory_max: config.memory_bytes,
        time_max: config.timeout.0,
        network: config.network,
        files: (config.files_bytes > 0)
            .then(|| foreign::Files { folder: vardir.join("ruby"), bytes_max: config.files_bytes }),
    })
}

/// Where files for agents are. A file bucket that puppet.conf names stays where it is.
fn files(site: &Site) -> anyhow::Result<server::files::FileSettings> {
    let digest = site.puppet.get("digest_algorithm").unwrap_or_else(|| "sha256".into());
    Ok(server::files::FileSettings {
        fileserver_conf: site.path("fileserverconfig"),
        codedir: site.path("codedir"),
        bucketdir: site
            .puppet
            .configured("bucketdir")
            .map_or_else(|| site.data_dir.join("bucket"), |_| site.path("bucketdir")),
        digest_algorithm: server::files::Algorithm::named(&digest).with_context(|| {
            format!("puppet.conf: digest_algorithm: `{digest}` is not known; use sha256, sha384, sha512, sha224 or md5")
        })?,
        host: site.certname.clone(),
        code_content_command: site.config.code.code_content_command.clone(),
    })
}

/// What the certificate authority is told, and the server's own files. `ca.conf` of a Puppet server is read where there is one.
pub fn authority(site: &Site) -> anyhow::Result<(ca::Settings, ca::Host)> {
    let puppet = &site.puppet;
    let own = &site.config.ca;
    let conf = ca_conf(site)?;
    let allowed = |name: &str, ours: bool| ours || matches!(conf(name), Some(hocon::Value::Bool(true)));
    let ttl = |name: &str| -> anyhow::Result<Option<Duration>> {
        let Some(text) = conf(name).and_then(|value| value.as_str().map(str::to_owned)) else {
            return Ok(None);
        };
        let parsed = ca::parse_duration(&text);
        parsed.map(Some).with_context(|| format!("ca.conf: {name}: `{text}` is not a duration such as 90d"))
    };
    let mut settings = ca::Settings::new(site.path("cadir"), &site.certname);
    settings.paths = ca::Paths {
        cacert: site.path("cacert"),
        cakey: site.path("cakey"),
        capub: site.path("capub"),
        cacrl: site.path("cacrl"),
        csrdir: site.path("csrdir"),
        signeddir: site.path("signeddir"),
        inventory: site.path("cert_inventory"),
        serial: site.path("serial"),
        ..settings.paths
    };
    for (name, path) in [
        ("infra-nodes-path", &mut settings.paths.infra_inventory),
        ("infra-node-serials-path", &mut settings.paths.infra_serials),
        ("infra-crl-path", &mut settings.paths.infra_crl),
    ] {
        if let Some(configured) = conf(name).and_then(|value| value.as_str().map(PathBuf::from)) {
            *path = configured;
        }
    }
    settings.ca_name = puppet.get("ca_name").unwrap_or(settings.ca_name);
    settings.ca_ttl = match (own.ttl, ttl("ca-ttl")?) {
        (Some(ttl), _) => ttl.0,
        (None, Some(ttl)) => ttl,
        (None, None) => {
            Duration::from_secs(puppet.seconds("ca_ttl").context("puppet.conf: ca_ttl is no duration")?)
        }
    };
    settings.key_kind = key_kind(site)?;
    settings.autosign = match puppet.get("autosign").unwrap_or_default().as_str() {
        "true" => ca::Autosign::Always,
        "false" | "" => ca::Autosign::Never,
        path => ca::Autosign::File(path.into()),
    };
    settings.allow_duplicate_certs =
        own.allow_duplicate_certs.unwrap_or_else(|| puppet.flag("allow_duplicate_certs"));
    settings.allow_subject_alt_names = allowed("allow-subject-alt-names", own.allow_subject_alt_names);
    settings.allow_authorization_extensions =
        allowed("allow-authorization-extensions", own.allow_authorization_extensions);
    settings.allow_auto_renewal = allowed("allow-auto-renewal", own.allow_auto_renewal);
    settings.auto_renewal_ttl = ttl("auto-renewal-cert-ttl")?.unwrap_or(own.auto_renewal_cert_ttl.0);
    settings.enable_infra_crl = allowed("enable-infra-crl", own.enable_infra_crl);
    if let Some(hocon::Value::Int(seconds)) = conf("crl-lock-timeout-seconds") {
        settings.lock_timeout = Duration::from_secs(u64::try_from(seconds).unwrap_or_default());
    }
    settings.manage_internal_file_permissions = puppet.flag("manage_internal_file_permissions");
    Ok((settings, host(site)?))
}

/// The server's own files, with which it shows who it is.
pub fn host(site: &Site) -> anyhow::Result<ca::Host> {
    let mut host = ca::Host::in_directory(&site.path("ssldir"), &site.certname);
    host.hostcert = site.path("hostcert");
    host.hostprivkey = site.path("hostprivkey");
    host.hostpubkey = site.path("hostpubkey");
    host.localcacert = site.path("localcacert");
    host.hostcrl = site.path("hostcrl");
    host.alt_names = site.puppet.get("dns_alt_names").unwrap_or_default();
    host.extension_requests = CsrAttributes::load(&site.path("csr_attributes"))?.extensions;
    Ok(host)
}

/// Where the server is that a compiler leans on.
pub struct Primary {
    /// `https://HOST:PORT` of its authority.
    pub authority: String,
    /// `https://HOST:PORT` of its store.
    pub store: String,
}

/// Where this compiler's primary is.
pub fn primary(site: &Site) -> anyhow::Result<Primary> {
    let puppet = &site.puppet;
    let configured = site.config.compiler.primary.clone();
    let name = configured.or_else(|| puppet.get("ca_server")).or_else(|| puppet.get("server"));
    let name = name.unwrap_or_else(|| "puppet".to_owned());
    let port = puppet.get("ca_port").filter(|port| !port.is_empty()).unwrap_or_else(|| "8140".to_owned());
    let (host, port) = match name.rsplit_once(':') {
        Some((host, own)) if !host.is_empty() && own.bytes().all(|byte| byte.is_ascii_digit()) => {
            (host.to_owned(), own.to_owned())
        }
        _ => (name, port),
    };
    if host == site.certname {
        bail!(
            "the primary of this compiler would be {host}, which is this machine; say in bunraku.toml which server has the \
             certificate authority and the store (`primary` in the section [compiler]), or in puppet.conf (`ca_server`)"
        );
    }
    let store = match &site.config.compiler.store_url {
        Some(url) => url.clone(),
        None => puppetdb_conf(site)?.unwrap_or_else(|| format!("https://{host}:8081")),
    };
    if !store.starts_with("https://") {
        bail!(
            "compiler.store-url: `{store}` is not the address of a store, such as https://primary.example.com:8081"
        );
    }
    Ok(Primary { authority: format!("https://{host}:{port}"), store })
}

/// The first of the stores that `puppetdb.conf` names.
fn puppetdb_conf(site: &Site) -> anyhow::Result<Option<String>> {
    let file = site.confdir.join("puppetdb.conf");
    if !file.exists() {
        return Ok(None);
    }
    let urls = crate::config::PuppetConf::load(&file)?.get("server_urls").unwrap_or_default();
    Ok(urls.split(',').map(str::trim).find(|url| !url.is_empty()).map(str::to_owned))
}

/// Peers that are compilers.
pub fn compilers(site: &Site) -> rest::Compilers {
    rest::Compilers::new(site.config.auth.compilers.iter().cloned())
}

fn key_kind(site: &Site) -> anyhow::Result<KeyKind> {
    let kind = site.config.ca.key_type.clone().or_else(|| site.puppet.get("key_type")).unwrap_or_default();
    if kind == "ec" {
        return Ok(KeyKind::EcP256);
    }
    let length = match site.config.ca.key_length {
        Some(length) => length,
        None => {
            let text = site.puppet.get("keylength").unwrap_or_default();
            text.parse().with_context(|| format!("puppet.conf: keylength: `{text}` is not a number"))?
        }
    };
    KeyKind::rsa(length).with_context(|| {
        format!("RSA keys of {length} bits cannot be made here; use 2048, 3072, 4096 or 8192")
    })
}

/// The section of `ca.conf`, as a function from the name of a setting.
fn ca_conf(site: &Site) -> anyhow::Result<impl Fn(&str) -> Option<hocon::Value>> {
    let section = match site.puppetserver_conf("ca.conf") {
        Some(file) => hocon::load(&file)?.get(&["certificate-authority"]).cloned(),
        None => None,
    };
    Ok(move |name: &str| section.as_ref()?.get(&[name]).cloned())
}

/// Who may ask for what: `auth.conf`, or the built-in rules.
pub fn rules(site: &Site) -> anyhow::Result<Rules> {
    let names = oid_names(&site.path("trusted_oid_mapping_file"))?;
    let mut rules = match site.auth_conf() {
        Some(file) => Rules::load(&file, &names)?.with_packages(),
        None => Rules::default(),
    };
    rules.allow_header_cert_info |= site.config.auth.allow_header_cert_info;
    rules.compilers = compilers(site);
    Ok(rules)
}

/// What a peer may use up.
pub fn limits(site: &Site) -> rest::Limits {
    let listen = &site.config.listen;
    rest::Limits {
        connections_max: listen.max_connections,
        handshake_timeout: listen.handshake_timeout.0,
        head_timeout: listen.header_timeout.0,
        write_timeout: listen.write_timeout.0,
        head_bytes_max: listen.max_header_bytes,
        ..rest::Limits::default()
    }
}

/// A setting as the class `settings` shows it.
fn variable(value: SettingValue) -> pcore::Value {
    match value {
        SettingValue::Undef => pcore::Value::Undef,
        SettingValue::Bool(flag) => flag.into(),
        SettingValue::Int(number) => number.into(),
        SettingValue::Text(text) => text.into(),
        SettingValue::List(items) => {
            pcore::Value::array(items.into_iter().map(pcore::Value::from).collect::<Vec<_>>())
        }
    }
}

/// Short names of extensions from `custom_trusted_oid_mapping.yaml`.
fn oid_names(file: &Path) -> anyhow::Result<OidNames> {
    if !file.exists() {
        return Ok(OidNames::default());
    }
    let text = std::fs::read_to_string(file).with_context(|| format!("could not read {}", file.display()))?;
    let value =
        pcore::yaml::load(&text, &file.to_string_lossy()).map_err(|error| anyhow::anyhow!("{error}"))?;
    let mapping = value.as_hash().and_then(|top| top.get_str("oid_mapping")).and_then(pcore::Value::as_hash);
    let Some(mapping) = mapping else {
        bail!("{}: expected a hash `oid_mapping`", file.display());
    };
    let mut names = Vec::new();
    for (oid, entry) in mapping.iter() {
        let oid = oid.as_str().unwrap_or_default();
        let parsed: Oid = oid
            .parse()
            .map_err(|_| anyhow::anyhow!("{}: `{oid}` is not an object identifier", file.display()))?;
        let name =
            entry.as_hash().and_then(|entry| entry.get_str("shortname")).and_then(pcore::Value::as_str);
        let name = name.with_context(|| format!("{}: `{oid}` has no shortname", file.display()))?;
        names.push((parsed, name.to_owned()));
    }
    Ok(OidNames::with_custom(names))
}

/// The address this machine would send from. Nothing is sent: connecting a datagram socket only picks a route.
fn own_address(towards: &str) -> Option<String> {
    let towards: SocketAddr = towards.parse().ok()?;
    let any = if towards.is_ipv6() { "[::]:0" } else { "0.0.0.0:0" };
    let socket = UdpSocket::bind(any).ok()?;
    socket.connect(towards).ok()?;
    Some(socket.local_addr().ok()?.ip().to_string())
}

#[cfg(test)]
mod tests {
    use crate::config::{Config, Site};

    #[test]
    fn keys_are_noted_where_a_puppet_server_did() {
        let folder = tempfile::tempdir().unwrap();
        let confdir = folder.path().join("puppet");
        let conf = folder.path().join("puppetserver/conf.d");
        std::fs::create_dir_all(&conf).unwrap();
        let tracks = |ours: &str| {
            let toml = format!("certname = 'a'\nconfdir = '{}'\n{ours}", confdir.display());
            let site = Site::from_config(Config::parse(&toml).unwrap()).unwrap();
            super::server(&site).unwrap().track_lookups
        };
        let write = |text: &str| std::fs::write(conf.join("puppetserver.conf"), text).unwrap();
        assert!(!tracks("") && tracks("[compile]\ntrack-lookups = true\n"));
        write("jruby-puppet: {\n  # track-lookups: true\n}\n");
        assert!(!tracks(""));
        write("jruby-puppet: {\n  track-lookups: true\n}\n");
        assert!(tracks("") && !tracks("[compile]\ntrack-lookups = false\n"));
        write("jruby-puppet: {");
        assert!(!tracks(""));
    }
}
