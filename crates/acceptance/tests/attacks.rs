//! What somebody with an agent's certificate, or none, gets of the servers' own business: nothing, whichever way it is asked.

#![allow(clippy::unwrap_used, reason = "a test that cannot go on may stop")]

use std::path::Path;
use std::process::Command;

use acceptance::agent::Agent;
use acceptance::cluster::{Cluster, Options};
use acceptance::compiler::{self, Machine, facts};
use acceptance::peers;
use acceptance::process::{Process, free_port};
use rest::{Bytes, Client, ClientTls, HeaderName, HeaderValue, Method, header};

/// What only the primary, its compilers or an administrator may do.
const RESERVED: [(Method, &str, &str); 14] = [
    (Method::POST, "/file-sync/v1/commit", r#"{"commit-all": true}"#),
    (Method::POST, "/file-sync/v1/publish", r#"{"commit-all": true}"#),
    (Method::POST, "/file-sync/v1/latest-commits", "{}"),
    (Method::POST, "/file-sync/v1/latest-commits?wait=30", "{}"),
    (Method::POST, "/file-sync/v1/objects", r#"{"repo-id": "puppet-code"}"#),
    (Method::POST, "/file-sync/v1/force-sync", ""),
    (Method::POST, "/file-sync/v1/../v1/commit", r#"{"commit-all": true}"#),
    (Method::POST, "/puppet-ca/v1/sign", r#"{"certnames": ["waiting.example.com"]}"#),
    (Method::POST, "/puppet-ca/v1/sign/all", ""),
    (Method::PUT, "/puppet-ca/v1/certificate_status/victim.example.com", r#"{"desired_state": "revoked"}"#),
    (Method::DELETE, "/puppet-ca/v1/certificate_status/victim.example.com", ""),
    (Method::PUT, "/puppet-ca/v1/clean", r#"{"certnames": ["victim.example.com"]}"#),
    (Method::GET, "/puppet/v3/catalog/victim.example.com?environment=production", ""),
    (Method::DELETE, "/puppet-admin-api/v1/environment-cache", ""),
];

fn claims(name: &str, certificate: &str) -> [(HeaderName, HeaderValue); 3] {
    let value = |text: String| HeaderValue::try_from(text).unwrap();
    [
        (HeaderName::from_static("x-client-verify"), HeaderValue::from_static("SUCCESS")),
        (HeaderName::from_static("x-client-dn"), value(format!("CN={name}"))),
        (HeaderName::from_static("x-client-cert"), value(rest::path::percent_encode(certificate))),
    ]
}

fn client(identity: &acceptance::puppetserver::Identity) -> Client {
    let read = |path: &Path| std::fs::read(path).unwrap();
    let material = rest::TlsMaterial {
        chain: &read(&identity.certificate),
        key: &read(&identity.key),
        authorities: &read(&identity.authority),
        revocation_lists: b"",
        revocation: rest::Revocation::Off,
    };
    Client::new(&ClientTls::new(&material).unwrap())
}

/// HAProxy in front of the compiler, as `bunraku config haproxy` has it; nothing if it is not installed.
async fn balancer(machine: &Machine, cluster: &Cluster, folder: &Path) -> Option<(Process, String)> {
    let haproxy = peers::find("/usr/sbin/haproxy", "forged headers through a balancer")?;
    let (authority, port) = (folder.join("ca.pem"), free_port());
    std::fs::write(&authority, cluster.authority()).unwrap();
    let written = Command::new(env!("CARGO_BIN_EXE_bunraku-under-test"))
        .args(["config", "haproxy", "--agents-only", "--listen", &format!("127.0.0.1:{port}")])
        .args(["--compiler", &format!("{}=127.0.0.1:{}", machine.certname(), machine.port()), "--ca-file"])
        .arg(&authority)
        .output()
        .unwrap();
    assert!(written.status.success(), "{}", String::from_utf8_lossy(&written.stderr));
    let config = folder.join("haproxy.cfg");
    std::fs::write(&config, written.stdout).unwrap();
    let mut command = Command::new(haproxy);
    command.arg("-f").arg(&config);
    let mut process = Process::start("haproxy", &mut command, &folder.join("haproxy.log")).unwrap();
    let url = format!("https://localhost:{port}");
    let anonymous = Client::new(&ClientTls::anonymous(&cluster.authority(), b"").unwrap());
    let answers = async || {
        let simple = format!("{url}/status/v1/simple");
        anonymous.send(Method::GET, &simple, [], Bytes::new()).await.is_ok_and(|answer| answer.status == 200)
    };
    process.until("pass connections on", answers).await.unwrap();
    Some((process, url))
}

#[tokio::test(flavor = "multi_thread")]
async fn agents_get_nothing_of_the_servers_business() {
    let folder = tempfile::tempdir().unwrap();
    let root = folder.path().display();
    std::fs::create_dir_all(folder.path().join("staging/environments/production")).unwrap();
    std::fs::write(folder.path().join("staging/environments/production/a"), "1").unwrap();
    let lines = |name: &str| {
        format!(
            "[file-sync]\nenabled = true\nstaging-dir = '{root}/staging'\ndata-dir = '{root}/{name}/data'\n\
             live-dir = '{root}/{name}/code'\n"
        )
    };
    let toml = format!("{}{}", compiler::TOML, lines("primary"));
    let cluster = Cluster::start_with(Options { toml, ..Options::default() }).await;
    let machine = Machine::enrolled(&cluster, "compiler.example.com", &lines("compiler"));
    let compiler = machine.spawn(Path::new(env!("CARGO_BIN_EXE_bunraku-under-test")));
    let anonymous = Client::new(&ClientTls::anonymous(&cluster.authority(), b"").unwrap());
    compiler::until("the compiler does not answer", async || {
        let simple = format!("{}/status/v1/simple", machine.url());
        anonymous.send(Method::GET, &simple, [], Bytes::new()).await.is_ok()
    })
    .await;
    let balancer = balancer(&machine, &cluster, folder.path()).await;
    let attacker = client(&cluster.issue("attacker.example.com", folder.path()));
    let victim = Agent::enrolled(&cluster.url(), &cluster.authority(), "victim.example.com").await;
    let certificate = |name: &str| cluster.primary().authority().issued(name).unwrap().unwrap().to_pem();
    let forged: Vec<[(HeaderName, HeaderValue); 3]> = vec![
        claims("victim.example.com", &certificate("victim.example.com")),
        claims("compiler.example.com", &certificate("compiler.example.com")),
        claims(&cluster.site().certname, &std::fs::read_to_string(cluster.site().path("hostcert")).unwrap()),
    ];
    let latest = || {
        let storage = folder.path().join("primary/data/storage/puppet-code.git/refs/heads/master");
        std::fs::read_to_string(storage).unwrap_or_default()
    };
    assert_eq!(latest(), "");
    let mut ways = vec![cluster.url(), machine.url()];
    ways.extend(balancer.as_ref().map(|(_, url)| url.clone()));
    for way in &ways {
        for (method, path, body) in &RESERVED {
            for (who, client) in [("an agent", &attacker), ("nobody", &anonymous)] {
                for pretended in [None].into_iter().chain(forged.iter().map(Some)) {
                    let mut headers: Vec<(HeaderName, HeaderValue)> =
                        vec![(header::CONTENT_TYPE, HeaderValue::from_static("application/json"))];
                    headers.extend(pretended.into_iter().flatten().cloned());
                    let body = Bytes::from_static(body.as_bytes());
                    let url = format!("{way}{path}");
                    let answer = client.send(method.clone(), &url, headers, body).await.unwrap();
                    let status = answer.status.as_u16();
                    // A path with dots is none of ours to begin with.
                    let fine = status == 403 || (path.contains("..") && matches!(status, 400 | 404));
                    assert!(fine, "{who} {pretended:?}: {method} {url}: {status} {}", answer.text());
                }
            }
        }
    }
    // Nothing came of it.
    assert_eq!(latest(), "");
    assert!(cluster.primary().authority().issued("victim.example.com").unwrap().is_some());
    let own = victim.at(&machine.url()).catalog(&facts("victim.example.com"), "production").await.unwrap();
    assert_eq!(own.status, 200, "{}", own.text());
    // Who tried is in the log.
    let log = machine.log();
    assert!(log.contains("attacker.example.com") && log.contains("/file-sync/v1/commit"), "{log}");
    assert!(log.contains("ignoring the headers X-Client-Verify"), "{log}");
    drop(compiler);
    cluster.stop().await;
}
