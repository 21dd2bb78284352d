//! The life of a stock Debian agent: enrolment, catalog, files, report, noop, environments, a syntax error, revocation, renewal.

#![allow(clippy::unwrap_used, reason = "a test that cannot go on may stop")]

use std::path::Path;

use acceptance::cluster::{Cluster, Options};
use acceptance::stock_agent::StockAgent;

/// Runs the agent beside the server's runtime.
/// A site manifest that keeps to one folder, with Debian's ntp module in noop and our own example modules.
fn manifest(folder: &Path) -> String {
    format!(
        "node default {{\n  class {{ 'role::guest': directory => '{}' }}\n  notify {{ 'from production': }}\n}}\n",
        folder.display()
    )
}

#[tokio::test(flavor = "multi_thread")]
async fn the_life_of_a_stock_agent() {
    let cluster = Cluster::start().await;
    let Some(agent) = StockAgent::find("guest.example.com", cluster.port()) else { return };
    let managed = cluster.root().join("managed");
    let site = cluster.environment("production").join("manifests/site.pp");
    std::fs::write(&site, manifest(&managed)).unwrap();
    cluster.primary().flush();

    // The first run enrols, synchronises plugins, applies and reports.
    let (agent, first) = agent.run_apart(&[]).await;
    assert_eq!(first.code, 2, "{}", first.output);
    assert!(first.says("Loading facts") && first.says("timesync_running.rb"), "{}", first.output);
    assert_eq!(
        std::fs::read_to_string(managed.join("logo")).unwrap(),
        include_str!("../../../examples/control-repo/site/profile/files/logo")
    );
    assert!(
        std::fs::read_to_string(managed.join("hello"))
            .unwrap()
            .starts_with("Hello, guest.example.com.\n1. a certificate\n")
    );
    let reports = cluster.primary().store().reports(Some("guest.example.com"), 10).await.unwrap();
    assert_eq!(reports.len(), 1);
    assert_eq!(reports[0].status.as_deref(), Some("changed"));
    assert!(reports[0].resources_changed.unwrap_or_default() >= 3, "{reports:?}");

    // The second run has nothing to do but say what the notify says.
    std::fs::write(&site, manifest(&managed).replace("  notify { 'from production': }\n", "")).unwrap();
    std::fs::write(
        cluster.environment("production").join("site/role/manifests/guest.pp"),
        std::fs::read_to_string(cluster.environment("production").join("site/role/manifests/guest.pp"))
            .unwrap()
            .replace("notify { \"welcome, ${trusted['certname']}\": }", ""),
    )
    .unwrap();
    cluster.primary().flush();
    let (agent, second) = agent.run_apart(&[]).await;
    assert_eq!(second.code, 0, "{}", second.output);

    // Noop changes nothing and says what it would.
    std::fs::write(managed.join("hello"), "changed by hand\n").unwrap();
    let (agent, noop) = agent.run_apart(&["--noop"]).await;
    assert_eq!(noop.code, 0, "{}", noop.output);
    assert!(noop.says("(noop)"), "{}", noop.output);
    assert_eq!(std::fs::read_to_string(managed.join("hello")).unwrap(), "changed by hand\n");

    // Another environment.
    acceptance::examples::copy(&cluster.environment("production"), &cluster.environment("testing"));
    std::fs::write(
        cluster.environment("testing").join("manifests/site.pp"),
        "notify { \"from ${environment}\": }\n",
    )
    .unwrap();
    let (agent, testing) = agent.run_apart(&["--environment", "testing"]).await;
    assert_eq!(testing.code, 2, "{}", testing.output);
    assert!(testing.says("from testing"), "{}", testing.output);

    // An environment that does not exist sends the agent back to the default one.
    let (agent, nowhere) = agent.run_apart(&["--environment", "nowhere"]).await;
    assert!(nowhere.says("Environment 'nowhere' not found on server"), "{}", nowhere.output);
    assert!(nowhere.says("restarting agent run with environment 'production'"), "{}", nowhere.output);

    // A syntax error is shown with its place.
    std::fs::write(&site, "node default {\n  notify { 'x' }\n}\n").unwrap();
    cluster.primary().flush();
    let (agent, broken) = agent.run_apart(&["--no-usecacheonfailure"]).await;
    assert_eq!(broken.code, 1, "{}", broken.output);
    let place = format!("(file: {}, line: 2", site.display());
    assert!(broken.says("Error 500 on SERVER: Server Error: ") && broken.says(&place), "{}", broken.output);
    std::fs::write(&site, manifest(&managed)).unwrap();
    cluster.primary().flush();

    // A revoked agent is refused, without a restart.
    cluster.primary().authority().revoke(&["guest.example.com".to_owned()], "a test").unwrap();
    let (_, revoked) = agent.run_apart(&[]).await;
    assert_ne!(revoked.code, 2, "{}", revoked.output);
    assert!(revoked.says("certificate revoked") || revoked.says("SSL"), "{}", revoked.output);
    cluster.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_request_waits_to_be_signed() {
    let cluster = Cluster::start_with(Options { autosign: Some("false".into()), ..Options::default() }).await;
    let Some(agent) = StockAgent::find("guest.example.com", cluster.port()) else { return };
    let site = cluster.environment("production").join("manifests/site.pp");
    std::fs::write(site, "notify { 'signed at last': }\n").unwrap();
    cluster.primary().flush();
    let (agent, waiting) = agent.run_apart(&["--waitforcert", "0"]).await;
    assert_eq!(waiting.code, 1, "{}", waiting.output);
    assert!(waiting.says("Exiting now because the waitforcert setting is set to 0"), "{}", waiting.output);
    cluster.primary().authority().sign("guest.example.com", None, "a test").unwrap();
    let (_, signed) = agent.run_apart(&["--waitforcert", "0"]).await;
    assert_eq!(signed.code, 2, "{}", signed.output);
    assert!(signed.says("signed at last"), "{}", signed.output);
    cluster.stop().await;
}

/// Debian's ntp module with the parts that would touch this machine switched off, and its file in our folder.
fn ntp_manifest(folder: &Path) -> String {
    format!(
        "class {{ 'ntp': package_manage => false, service_manage => false, config => '{0}/ntp.conf', driftfile => '{0}/drift' }}\n",
        folder.display()
    )
}

#[tokio::test(flavor = "multi_thread")]
async fn a_debian_module_is_applied() {
    let modules = "/usr/share/puppet/modules.available";
    let ntp =
        acceptance::peers::find(&format!("{modules}/puppetlabs-ntp"), "a Debian module applied by an agent");
    let stdlib = acceptance::peers::find(&format!("{modules}/puppetlabs-stdlib"), "type aliases of stdlib");
    let (Some(ntp), Some(stdlib)) = (ntp, stdlib) else { return };
    let cluster = Cluster::start().await;
    let Some(agent) = StockAgent::find("guest.example.com", cluster.port()) else { return };
    // The module sets owners, which only root may do.
    if !is_root() {
        eprintln!("left out, since this is not root: a Debian module applied by an agent");
        return;
    }
    std::fs::create_dir_all(cluster.root().join("modules")).unwrap();
    std::os::unix::fs::symlink(ntp, cluster.root().join("modules/ntp")).unwrap();
    std::os::unix::fs::symlink(stdlib, cluster.root().join("modules/stdlib")).unwrap();
    let managed = tempfile::tempdir().unwrap();
    let site = cluster.environment("production").join("manifests/site.pp");
    std::fs::write(&site, ntp_manifest(managed.path())).unwrap();
    cluster.primary().flush();
    let (agent, first) = agent.run_apart(&[]).await;
    assert_eq!(first.code, 2, "{}", first.output);
    let written = std::fs::read_to_string(managed.path().join("ntp.conf")).unwrap();
    assert!(written.contains("driftfile") && written.contains("server 0.debian.pool.ntp.org"), "{written}");
    let (_, second) = agent.run_apart(&[]).await;
    assert_eq!(second.code, 0, "{}", second.output);
    cluster.stop().await;
}

fn is_root() -> bool {
    let id = std::process::Command::new("id").arg("-u").output();
    id.is_ok_and(|output| output.stdout.trim_ascii() == b"0")
}

#[tokio::test(flavor = "multi_thread")]
async fn a_renewed_certificate_is_as_good() {
    let options = Options { toml: "allow-auto-renewal = true\n".into(), ..Options::default() };
    let cluster = Cluster::start_with(options).await;
    let Some(agent) = StockAgent::find("guest.example.com", cluster.port()) else { return };
    let site = cluster.environment("production").join("manifests/site.pp");
    std::fs::write(site, "notify { \"serial of ${trusted['certname']}\": }\n").unwrap();
    cluster.primary().flush();
    let (agent, first) = agent.run_apart(&[]).await;
    assert_eq!(first.code, 2, "{}", first.output);
    let old = std::fs::read(agent.ssl_file("certs")).unwrap();
    let material = rest::TlsMaterial {
        chain: &old,
        key: &std::fs::read(agent.ssl_file("private_keys")).unwrap(),
        authorities: &cluster.authority(),
        revocation_lists: b"",
        revocation: rest::Revocation::Off,
    };
    let client = rest::Client::new(&rest::ClientTls::new(&material).unwrap());
    let url = format!("{}/puppet-ca/v1/certificate_renewal", cluster.url());
    let answer = client.send(rest::Method::POST, &url, [], rest::Bytes::new()).await.unwrap().ok().unwrap();
    let (before, after) =
        (pki::Certificate::from_pem(&old).unwrap(), pki::Certificate::from_pem(&answer.body).unwrap());
    assert_eq!(before.public_key().as_der(), after.public_key().as_der());
    assert_ne!(before.serial(), after.serial());
    std::fs::write(agent.ssl_file("certs"), &answer.body).unwrap();
    let (_, renewed) = agent.run_apart(&[]).await;
    assert_eq!(renewed.code, 2, "{}", renewed.output);
    cluster.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_stock_agent_goes_where_the_classifier_says() {
    use std::os::unix::fs::PermissionsExt as _;
    let scripts = tempfile::tempdir().unwrap();
    let script = |name: &str, text: &str| {
        let path = scripts.path().join(name);
        std::fs::write(&path, format!("#!/bin/sh\n{text}\n")).unwrap();
        std::fs::set_permissions(&path, std::fs::Permissions::from_mode(0o755)).unwrap();
        path.display().to_string()
    };
    let enc = script(
        "enc",
        "echo \"{environment: staging, classes: {told: {level: 7}}, parameters: {role: of $1}}\"",
    );
    let cmdb = script("cmdb", "echo \"{\\\"rack\\\": 12}\"");
    let puppet_conf =
        format!("node_terminus = exec\nexternal_nodes = {enc}\ntrusted_external_command = {cmdb}\n");
    let cluster = Cluster::start_with(Options { puppet_conf, ..Options::default() }).await;
    let Some(agent) = StockAgent::find("guest.example.com", cluster.port()) else { return };
    let manifests = cluster.environment("staging").join("manifests");
    std::fs::create_dir_all(&manifests).unwrap();
    std::fs::create_dir_all(cluster.environment("staging").join("modules")).unwrap();
    std::fs::write(
        manifests.join("site.pp"),
        "class told($level) { notify { \"${level} ${role} ${trusted['external']['rack']} in ${environment}\": } }\n",
    )
    .unwrap();
    let told = "7 of guest.example.com 12 in staging";
    let (agent, first) = agent.run_apart(&[]).await;
    assert!(first.code == 2 && first.says(told), "{}", first.output);
    // Its own wish does not count.
    let (agent, wishing) = agent.run_apart(&["--environment", "production"]).await;
    assert!(wishing.code == 2 && wishing.says(told), "{}", wishing.output);
    // Nor is it left without a word when the classifier does not know it.
    script("enc", "echo 'no such node'; exit 1");
    let (_, unknown) = agent.run_apart(&["--no-usecacheonfailure"]).await;
    let text = "Failed when searching for node guest.example.com: Failed to find guest.example.com via exec: Execution of '";
    assert!(
        unknown.code == 1 && unknown.says(text) && unknown.says("returned 1: no such node"),
        "{}",
        unknown.output
    );
    cluster.stop().await;
}
