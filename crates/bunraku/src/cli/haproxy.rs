//! `bunraku config haproxy`: a balancer's configuration for the compilers that there are.
//!
//! TLS ends at the compilers, since they ask agents for certificates; so the balancer sees connections, and health checks of its own. The
//! checks speak TLS to each compiler under its certname, and take the status that a compiler gives up before it stops.
//!
//! In more than one data centre each has a balancer, to which the compilers elsewhere are what is left when all of its own are gone.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Write as _;
use std::path::{Path, PathBuf};
use std::process::ExitCode;
use std::time::SystemTime;

use anyhow::{Context as _, bail};
use pki::oid::{PP_AUTH_ROLE, PP_DATACENTER};
use pki::{Certificate, Crl};

use crate::config::Site;

/// Of agents, and of orchestration over websockets, which are silent for minutes.
const PORTS: [(&str, u16, &str); 2] =
    [("agents", 8140, ""), ("orchestration", 8142, "    timeout tunnel 15m\n")];

/// What is written, and for whom.
#[derive(clap::Args, Debug)]
pub struct Args {
    /// A compiler, as its certname or CERTNAME=ADDRESS:PORT; instead of those that the authority and `auth.compilers` know
    #[arg(long, value_name = "CERTNAME")]
    compiler: Vec<String>,
    /// The data centre of the balancer: compilers whose certificate has another pp_datacenter, or none, stand by until all of those
    /// that have this one are gone
    #[arg(long, value_name = "NAME", conflicts_with_all = ["compiler", "backup"])]
    datacenter: Option<String>,
    /// A compiler that stands by until all of those of --compiler are gone
    #[arg(long, value_name = "CERTNAME", requires = "compiler")]
    backup: Vec<String>,
    /// The authority's certificates on the balancer's machine
    #[arg(long, value_name = "FILE", default_value = "/etc/haproxy/puppet-ca.pem")]
    ca_file: PathBuf,
    /// Address and port for agents
    #[arg(long, value_name = "ADDRESS:PORT", default_value = ":8140")]
    listen: String,
    /// Leave the port of orchestration (8142) out
    #[arg(long)]
    agents_only: bool,
}

/// A compiler as the balancer finds it.
#[derive(Debug)]
pub(super) struct Server {
    pub(super) certname: String,
    pub(super) host: String,
    pub(super) port: u16,
    /// It stands by.
    is_backup: bool,
}

/// Runs the command.
pub fn run(args: &Args, config: Option<&Path>) -> anyhow::Result<ExitCode> {
    let servers = match args.compiler.is_empty() {
        true => of_pool(&places(&Site::load(config)?)?, args.datacenter.as_deref())?,
        false => {
            let here = args.compiler.iter().map(|text| server(text));
            let elsewhere = args.backup.iter().map(|text| Ok(Server { is_backup: true, ..server(text)? }));
            here.chain(elsewhere).collect::<anyhow::Result<Vec<_>>>()?
        }
    };
    print!("{}", text(args, &servers));
    Ok(ExitCode::SUCCESS)
}

/// The compilers as a balancer in a data centre sees them, those that are in the same one first.
fn of_pool(places: &Places, here: Option<&str>) -> anyhow::Result<Vec<Server>> {
    if let Some(here) = here
        && !places.values().any(|place| place.as_deref() == Some(here))
    {
        let known: BTreeSet<&str> = places.values().flatten().map(String::as_str).collect();
        let known = if known.is_empty() { "none".to_owned() } else { Vec::from_iter(known).join(", ") };
        bail!(
            "no compiler's certificate has pp_datacenter = {here} (there is {known}); ask for it when a compiler joins: \
             extension_requests:pp_datacenter={here}, or --compiler and --backup name the compilers"
        );
    }
    let is_backup = |place: &Option<String>| here.is_some() && place.as_deref() != here;
    let servers =
        places.iter().map(|(name, place)| Ok(Server { is_backup: is_backup(place), ..server(name)? }));
    let mut servers = servers.collect::<anyhow::Result<Vec<_>>>()?;
    servers.sort_by_key(|server| server.is_backup);
    Ok(servers)
}

/// Reads CERTNAME or CERTNAME=ADDRESS:PORT.
pub(super) fn server(text: &str) -> anyhow::Result<Server> {
    let (certname, address) = text.split_once('=').unwrap_or((text, text));
    let plain = |name: &str| {
        !name.is_empty() && name.bytes().all(|byte| byte.is_ascii_alphanumeric() || b".-_:[]".contains(&byte))
    };
    let (host, port) = match address.rsplit_once(':') {
        Some((host, port)) => {
            (host, port.parse().with_context(|| format!("`{port}` of `{text}` is no port"))?)
        }
        None => (address, 8140),
    };
    if !plain(certname) || !plain(host) {
        bail!("`{text}` is not a compiler: write its certname, or CERTNAME=ADDRESS:PORT");
    }
    Ok(Server { certname: certname.to_owned(), host: host.to_owned(), port, is_backup: false })
}

/// Compilers by certname, and the data centre that the certificate of each names.
type Places = BTreeMap<String, Option<String>>;

/// Certnames of all compilers: those that are configured, and those whose certificate says so and is good.
pub(super) fn known(site: &Site) -> anyhow::Result<Vec<String>> {
    Ok(places(site)?.into_keys().collect())
}

fn places(site: &Site) -> anyhow::Result<Places> {
    let mut places: Places = site.config.auth.compilers.iter().map(|name| (name.clone(), None)).collect();
    let lists = std::fs::read(site.path("cacrl")).ok();
    let lists = lists.map(|pem| Crl::chain_from_pem(&pem)).transpose().context("the revocation lists")?;
    let lists = lists.unwrap_or_default();
    for entry in std::fs::read_dir(site.path("signeddir")).into_iter().flatten() {
        let path = entry?.path();
        let Ok(certificate) =
            std::fs::read(&path).map_err(anyhow::Error::new).and_then(|pem| Ok(Certificate::from_pem(&pem)?))
        else {
            continue;
        };
        let Some(name) = certificate.certname() else { continue };
        if is_compiler(&certificate, &lists) || places.contains_key(&name) {
            places.insert(name, datacenter(&certificate));
        }
    }
    if places.is_empty() {
        bail!(
            "no compilers are known: none is listed in auth.compilers, and no certificate in {} has pp_auth_role = pe_compiler; \
             --compiler names one",
            site.path("signeddir").display()
        );
    }
    Ok(places)
}

fn datacenter(certificate: &Certificate) -> Option<String> {
    let found = certificate.extensions().iter().find(|extension| extension.oid == PP_DATACENTER)?;
    Some(found.as_text()).filter(|name| !name.is_empty())
}

fn is_compiler(certificate: &Certificate, lists: &[Crl]) -> bool {
    let has_role = certificate
        .extensions()
        .iter()
        .any(|extension| extension.oid == PP_AUTH_ROLE && extension.as_text() == "pe_compiler");
    let is_revoked =
        lists.iter().any(|crl| crl.issuer() == certificate.issuer() && crl.contains(&certificate.serial()));
    has_role && !is_revoked && certificate.not_after() > SystemTime::now()
}

fn text(args: &Args, servers: &[Server]) -> String {
    let mut out = format!(
        "# HAProxy (2.2 or newer) in front of compilers, as `bunraku config haproxy` writes it.\n\
         # {ca} has the authority's certificates: certs/ca.pem of any agent.\n\
         # A compiler is taken out for maintenance with `set server agents/NAME state drain` at the stats socket, or by\n\
         # stopping it: its status is bad for listen.drain-time (15s) before it takes no more connections.\n\
         global\n\
         \x20   log stdout format raw local0\n\
         \n\
         defaults\n\
         \x20   mode tcp\n\
         \x20   log global\n\
         \x20   option tcplog\n\
         \x20   option dontlognull\n\
         \x20   option redispatch\n\
         \x20   retries 3\n\
         \x20   timeout connect 5s\n\
         \x20   # Catalogs may take minutes.\n\
         \x20   timeout client 10m\n\
         \x20   timeout server 10m\n\
         \x20   timeout check 5s\n\
         \x20   default-server inter 2s fall 2 rise 2 init-addr last,libc,none\n",
        ca = args.ca_file.display()
    );
    for (name, port, more) in PORTS {
        let is_agents = port == 8140;
        if args.agents_only && !is_agents {
            continue;
        }
        let bind = if is_agents { args.listen.clone() } else { format!(":{port}") };
        let _ = write!(
            out,
            "\nlisten {name}\n    bind {bind}\n    balance leastconn\n{more}    option httpchk GET /status/v1/simple\n    \
             http-check expect status 200\n"
        );
        if servers.iter().any(|server| server.is_backup) {
            // Not only the first of them.
            out.push_str("    option allbackups\n");
        }
        for server in servers {
            let Server { certname, host, port: own, is_backup } = server;
            let at = if is_agents { *own } else { port };
            let _ = writeln!(
                out,
                "    server {certname} {host}:{at} check port {own} check-ssl verify required ca-file {ca} check-sni {certname} \
                 verifyhost {certname}{backup}",
                ca = args.ca_file.display(),
                backup = if *is_backup { " backup" } else { "" },
            );
        }
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    fn args(agents_only: bool) -> Args {
        Args {
            compiler: Vec::new(),
            datacenter: None,
            backup: Vec::new(),
            ca_file: "/ca.pem".into(),
            listen: ":8140".into(),
            agents_only,
        }
    }

    #[test]
    fn each_compiler_is_a_server_of_each_port() {
        let servers = [server("a.example.com").unwrap(), server("b=10.0.0.2:9140").unwrap()];
        let written = text(&args(false), &servers);
        let lines: Vec<&str> =
            written.lines().filter(|line| line.trim_start().starts_with("server ")).collect();
        assert_eq!(
            lines,
            [
                "    server a.example.com a.example.com:8140 check port 8140 check-ssl verify required ca-file /ca.pem check-sni a.example.com verifyhost a.example.com",
                "    server b 10.0.0.2:9140 check port 9140 check-ssl verify required ca-file /ca.pem check-sni b verifyhost b",
                "    server a.example.com a.example.com:8142 check port 8140 check-ssl verify required ca-file /ca.pem check-sni a.example.com verifyhost a.example.com",
                "    server b 10.0.0.2:8142 check port 9140 check-ssl verify required ca-file /ca.pem check-sni b verifyhost b",
            ]
        );
        assert!(written.contains("timeout tunnel 15m"));
        assert!(!text(&args(true), &servers).contains("8142"));
    }

    #[test]
    fn in_two_data_centres_the_others_stand_by() {
        let places: Places =
            [("a1", Some("berlin")), ("b1", Some("oslo")), ("a2", Some("berlin")), ("c", None)]
                .map(|(name, place)| (name.to_owned(), place.map(str::to_owned)))
                .into();
        let pool = |here| {
            let servers = of_pool(&places, here).unwrap();
            servers.iter().map(|server| (server.certname.clone(), server.is_backup)).collect::<Vec<_>>()
        };
        let named = |all: [(&str, bool); 4]| all.map(|(name, backup)| (name.to_owned(), backup));
        assert_eq!(pool(None), named([("a1", false), ("a2", false), ("b1", false), ("c", false)]));
        assert_eq!(pool(Some("berlin")), named([("a1", false), ("a2", false), ("b1", true), ("c", true)]));
        assert_eq!(pool(Some("oslo")), named([("b1", false), ("a1", true), ("a2", true), ("c", true)]));
        let error = of_pool(&places, Some("rome")).unwrap_err().to_string();
        assert!(error.contains("berlin, oslo") && error.contains("pp_datacenter=rome"), "{error}");
        let written = text(&args(true), &of_pool(&places, Some("oslo")).unwrap());
        let backups: Vec<bool> = written
            .lines()
            .filter(|line| line.trim_start().starts_with("server "))
            .map(|line| line.ends_with(" backup"))
            .collect();
        assert_eq!(backups, [false, true, true, true]);
        assert_eq!(written.matches("option allbackups").count(), 1);
        assert!(!text(&args(true), &of_pool(&places, None).unwrap()).contains("backup"));
    }

    #[test]
    fn what_is_no_name_gets_into_no_configuration() {
        for wrong in ["", "a b", "a\nserver x", "a=", "a=b c:1", "a=b:port", "a=b:99999", "a#"] {
            assert!(server(wrong).is_err(), "{wrong:?}");
        }
    }
}
