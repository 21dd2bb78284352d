//! New machines become compilers: by `bunraku compiler join`, and by the script that the primary gives out.

#![allow(clippy::unwrap_used, reason = "a test that cannot go on may stop")]

use std::os::unix::fs::PermissionsExt as _;
use std::path::Path;
use std::process::{Command, Output};

use acceptance::cluster::{Cluster, Options};
use acceptance::fresh;
use acceptance::process::free_port;
use rest::{Bytes, Client, ClientTls, Method};
use serde_json::{Value, json};

/// The program, as users start it.
fn program() -> &'static Path {
    Path::new(env!("CARGO_BIN_EXE_bunraku-under-test"))
}

/// A primary as it is without any setting: it signs nothing by itself, and no alternative names.
async fn primary() -> Cluster {
    Cluster::start_with(Options { autosign: Some("false".into()), ..Options::default() }).await
}

fn administrator(cluster: &Cluster) -> Client {
    cluster.own_client()
}

/// Signs as `bunraku ca sign` does; with more than the settings allow, if `more` says so.
async fn sign(cluster: &Cluster, certname: &str, more: Value) -> u16 {
    let mut body = json!({"desired_state": "signed"});
    for (key, value) in more.as_object().unwrap() {
        body[key] = value.clone();
    }
    let url = format!("{}/puppet-ca/v1/certificate_status/{certname}", cluster.url());
    let answer = administrator(cluster).send_json(Method::PUT, &url, &body).await;
    match answer {
        Ok(answer) => answer.status.as_u16(),
        Err(rest::ClientError::Status { status, .. }) => status.as_u16(),
        Err(error) => panic!("{error}"),
    }
}

fn fingerprint(cluster: &Cluster) -> String {
    let pem = cluster.authority();
    pki::Certificate::from_pem(&pem).unwrap().fingerprint(pki::Digest::Sha256)
}

fn said(output: &Output) -> String {
    format!("{}{}", String::from_utf8_lossy(&output.stdout), String::from_utf8_lossy(&output.stderr))
}

async fn get(cluster: &Cluster, url: &str) -> (u16, Bytes) {
    let client = Client::new(&ClientTls::anonymous(&cluster.authority(), b"").unwrap());
    let answer = client.send(Method::GET, url, [], Bytes::new()).await.unwrap();
    (answer.status.as_u16(), answer.body)
}

#[tokio::test(flavor = "multi_thread")]
async fn a_machine_joins_is_signed_and_serves() {
    let cluster = primary().await;
    let folder = tempfile::tempdir().unwrap();
    let here = folder.path().display();
    let (config, port) = (folder.path().join("bunraku.toml"), free_port());
    let (store, _) = cluster.primary().puppetdb_addresses();
    let toml = format!(
        "confdir = '{here}/conf'\ndata-dir = '{here}/data'\n[listen]\naddress = '127.0.0.1:{port}'\n[ca]\nkey-type = 'ec'\n\
         [compiler]\nprimary = 'localhost:{}'\nstore-url = 'https://localhost:{}'\n",
        cluster.port(),
        store.unwrap().port()
    );
    std::fs::write(&config, toml).unwrap();
    let joined = async |more: &'static [&'static str], fingerprint: Option<String>| {
        let primary = format!("localhost:{}", cluster.port());
        let config = config.clone();
        let run = move || {
            let mut command = Command::new(program());
            command
                .args(["compiler", "join", &primary, "--certname", "c1.example.com", "--config"])
                .arg(config);
            command.args(["--dns-alt-names", "localhost,puppet.example.com"]).args(more);
            command.args(fingerprint.iter().flat_map(|text| ["--ca-fingerprint", text.as_str()]));
            let output = command.stdin(std::process::Stdio::null()).output().unwrap();
            (output.status.code().unwrap(), said(&output))
        };
        tokio::task::spawn_blocking(run).await.unwrap()
    };
    // Nobody is there to say that the authority is the right one, and another one is not taken.
    let (code, text) = joined(&["--wait", "0s"], None).await;
    assert!(
        code == 1 && text.contains(&fingerprint(&cluster)) && text.contains("was not accepted"),
        "{text}"
    );
    let (code, text) = joined(&["--wait", "0s"], Some("00".repeat(32))).await;
    assert!(code == 1 && text.contains("has another fingerprint"), "{text}");
    assert!(!folder.path().join("conf/ssl").exists());

    let (code, text) = joined(&["--wait", "0s"], Some(fingerprint(&cluster))).await;
    assert!(code == 24 && text.contains("bunraku ca sign --certname c1.example.com --compiler"), "{text}");
    let key = folder.path().join("conf/ssl/private_keys/c1.example.com.pem");
    assert_eq!(std::fs::metadata(&key).unwrap().permissions().mode() & 0o777, 0o600);
    let made = std::fs::read(&key).unwrap();
    // Again: the same request waits.
    let (code, text) = joined(&["--wait", "0s"], None).await;
    assert!(code == 24, "{text}");
    // What the settings do not allow needs the word of who signs.
    assert_eq!(sign(&cluster, "c1.example.com", json!({})).await, 409);
    assert_eq!(sign(&cluster, "c1.example.com", json!({"allow_subject_alt_names": true})).await, 409);
    let both = json!({"allow_subject_alt_names": true, "allow_compiler_role": true});
    assert_eq!(sign(&cluster, "c1.example.com", both).await, 204);
    let (code, text) = joined(&["--wait", "1m"], None).await;
    assert!(code == 0 && text.contains("bunraku server --role compiler --config"), "{text}");
    let written = std::fs::read_to_string(&config).unwrap();
    let (code, text) = joined(&[], Some(fingerprint(&cluster))).await;
    assert!(code == 0 && text.contains("nothing to do"), "{text}");
    assert_eq!(std::fs::read_to_string(&config).unwrap(), written);
    assert_eq!(std::fs::read(&key).unwrap(), made);

    // A certificate that is there must be good for the names that are asked for.
    let (code, text) = joined(&["--dns-alt-names", "other.example.com"], None).await;
    assert!(code == 1 && text.contains("not good for the names DNS:other.example.com"), "{text}");

    let mut command = Command::new(program());
    command.args(["server", "--role", "compiler", "--config"]).arg(&config);
    let mut server =
        acceptance::process::Process::start("compiler", &mut command, &folder.path().join("log")).unwrap();
    let url = format!("https://localhost:{port}/status/v1/simple");
    server
        .until("answer", async || {
            let client = Client::new(&ClientTls::anonymous(&cluster.authority(), b"").unwrap());
            client.send(Method::GET, &url, [], Bytes::new()).await.is_ok_and(|answer| answer.status == 200)
        })
        .await
        .unwrap();
    // A compiler gives out the script, too, and it leads to the primary.
    let (status, script) =
        get(&cluster, &format!("https://localhost:{port}/packages/current/install.bash")).await;
    let script = String::from_utf8(script.to_vec()).unwrap();
    assert!(
        status == 200 && script.contains(&format!("BUNRAKU_PRIMARY='localhost:{}'", cluster.port())),
        "{script}"
    );
    assert!(script.contains(&format!("BUNRAKU_URL='https://localhost:{port}/packages/current'")), "{script}");
    drop(server);
    cluster.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn another_machine_does_not_take_a_name() {
    let cluster = primary().await;
    let join = async |folder: &Path| {
        let (primary, folder) = (format!("localhost:{}", cluster.port()), folder.to_owned());
        let run = move || {
            let config = folder.join("bunraku.toml");
            let here = folder.display();
            if !config.exists() {
                let toml =
                    format!("confdir = '{here}/conf'\ndata-dir = '{here}/data'\n[ca]\nkey-type = 'ec'\n");
                std::fs::write(&config, toml).unwrap();
            }
            let mut command = Command::new(program());
            command.args([
                "compiler",
                "join",
                &primary,
                "--certname",
                "c1.example.com",
                "--yes",
                "--wait",
                "0s",
            ]);
            let output = command.arg("--config").arg(config).output().unwrap();
            (output.status.code().unwrap(), said(&output))
        };
        tokio::task::spawn_blocking(run).await.unwrap()
    };
    let (first, second) = (tempfile::tempdir().unwrap(), tempfile::tempdir().unwrap());
    assert_eq!(join(first.path()).await.0, 24);
    let (code, text) = join(second.path()).await;
    assert!(code == 1 && text.contains("already has a requested certificate"), "{text}");
    assert_eq!(sign(&cluster, "c1.example.com", json!({"allow_compiler_role": true})).await, 204);
    let (code, text) = join(second.path()).await;
    assert!(code == 1 && text.contains("bunraku ca clean --certname c1.example.com"), "{text}");
    assert_eq!(join(first.path()).await.0, 0);
    cluster.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn an_agent_is_no_compiler_and_a_primary_stays_one() {
    let cluster = primary().await;
    let join = async |config: std::path::PathBuf, certname: &'static str| {
        let primary = format!("localhost:{}", cluster.port());
        let run = move || {
            let mut command = Command::new(program());
            command.args(["compiler", "join", &primary, "--yes", "--wait", "0s", "--certname", certname]);
            let output = command.arg("--config").arg(config).output().unwrap();
            (output.status.code().unwrap(), said(&output))
        };
        tokio::task::spawn_blocking(run).await.unwrap()
    };
    // The primary itself.
    let (code, text) = join(cluster.config(), "primary.example.com").await;
    assert!(code == 1 && text.contains("it is a primary"), "{text}");
    assert!(!std::fs::read_to_string(cluster.config()).unwrap().contains("[compiler]"));

    // An agent with a certificate of its own.
    let folder = tempfile::tempdir().unwrap();
    let ssl = folder.path().join("conf/ssl");
    for directory in ["certs", "private_keys"] {
        std::fs::create_dir_all(ssl.join(directory)).unwrap();
    }
    let key = pki::KeyPair::generate(pki::KeyKind::EcP256).unwrap();
    let request = pki::CsrBuilder::new("agent.example.com").unwrap().sign(&key).unwrap();
    let authority = cluster.primary().authority();
    authority.submit("agent.example.com", request.to_pem().as_bytes(), "a test").unwrap();
    let certificate = authority.sign("agent.example.com", None, "a test").unwrap();
    std::fs::write(ssl.join("certs/agent.example.com.pem"), certificate.to_pem()).unwrap();
    std::fs::write(ssl.join("private_keys/agent.example.com.pem"), key.to_pem().unwrap().as_bytes()).unwrap();
    let (config, here) = (folder.path().join("bunraku.toml"), folder.path().display());
    let (store, _) = cluster.primary().puppetdb_addresses();
    let toml = format!(
        "confdir = '{here}/conf'\ndata-dir = '{here}/data'\n[compiler]\nprimary = 'localhost:{}'\n\
         store-url = 'https://localhost:{}'\n",
        cluster.port(),
        store.unwrap().port()
    );
    std::fs::write(&config, &toml).unwrap();
    let (code, text) = join(config.clone(), "agent.example.com").await;
    assert!(code == 1 && text.contains("has not the role of a compiler"), "{text}");
    assert_eq!(std::fs::read_to_string(&config).unwrap(), toml);
    cluster.stop().await;
}

/// The script, as `curl` gets it.
async fn script(cluster: &Cluster) -> String {
    let (status, text) = get(cluster, &format!("{}/packages/current/install.bash", cluster.url())).await;
    assert_eq!(status, 200);
    String::from_utf8(text.to_vec()).unwrap()
}

#[tokio::test(flavor = "multi_thread")]
async fn packages_are_for_everybody_and_nothing_else_is() {
    let cluster = primary().await;
    let text = script(&cluster).await;
    assert!(!text.contains("@SETTINGS@"), "{text}");
    let base = format!("{}/packages", cluster.url());
    for (path, wanted) in [
        ("/current/install.ps1", 404),
        ("/0.0.0/install.bash", 404),
        ("/current/debian-12-sparc/bunraku", 404),
        ("/current/..%2f..%2fetc/bunraku", 400),
        ("/current/x/y/z", 404),
        ("/", 404),
    ] {
        assert_eq!(get(&cluster, &format!("{base}{path}")).await.0, wanted, "{path}");
    }
    let tag = format!("debian-12-{}", std::env::consts::ARCH);
    let (_, sum) = get(&cluster, &format!("{base}/current/{tag}/bunraku.sha256")).await;
    let sum = String::from_utf8(sum.to_vec()).unwrap();
    assert!(text.contains(&format!("BUNRAKU_SHA256='{}'", &sum[..64])), "{sum}");
    let Some(shellcheck) =
        acceptance::peers::find("/usr/bin/shellcheck", "the script that installs machines")
    else {
        return;
    };
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("install.bash");
    std::fs::write(&file, &text).unwrap();
    let checked = Command::new(shellcheck).arg(&file).output().unwrap();
    assert!(checked.status.success(), "{}", said(&checked));
    cluster.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn the_script_makes_a_compiler() {
    if !fresh::possible("a compiler made by the script that the primary gives out") {
        return;
    }
    let cluster = acceptance::compiler::cluster("").await;
    // This process is a test; what it gives out shall be the program.
    let place = cluster.site().data_dir.join("packages/debian-12-test");
    std::fs::create_dir_all(&place).unwrap();
    std::fs::copy(program(), place.join("bunraku")).unwrap();
    let share = tempfile::tempdir().unwrap();
    std::fs::write(share.path().join("install.bash"), script(&cluster).await).unwrap();
    let commands = format!(
        r#"exec 2>&1
cd {share}
export PLATFORM_TAG=debian-12-test
install() {{ cat install.bash | bash -s -- "$@" 2>&1; echo "code $?"; }}
rm -rf /etc/puppet /etc/puppetlabs /etc/bunraku
# A line that comes in half does nothing.
head -c 5000 install.bash | bash -s -- extension_requests:pp_auth_role=pe_compiler; ls /etc/bunraku /usr/local/bin/bunraku
for wrong in 'main:x y=1' 'other:a=b' --other $'main:a=b\nc=d' 'extension_requests:a b=c'; do install "$wrong"; done
make() {{ install main:certname=c3.example.com main:dns_alt_names=puppet.example.com \
  extension_requests:1.3.6.1.4.1.34380.1.3.13=pe_compiler "custom_attributes:challengePassword=it's \$(touch /pwned) \"x\""; }}
make
ls /pwned
cat /etc/bunraku/csr_attributes.yaml /etc/bunraku/bunraku.toml /etc/systemd/system/bunraku.service
echo AGAIN
make
# A program that was changed is replaced, also where there is wget and no curl.
echo x >> /usr/local/bin/bunraku
mv /usr/bin/curl /usr/bin/curl.away
echo CHANGED
make
cmp /usr/local/bin/bunraku {program} && echo SAME
echo 'ExecStart=/usr/local/bin/bunraku server' > /etc/systemd/system/bunraku.service
make
"#,
        share = share.path().display(),
        program = program().display(),
    );
    let folder = share.path().to_owned();
    let output = tokio::task::spawn_blocking(move || fresh::run(&commands, &folder)).await.unwrap();
    let text = said(&output);
    let (first, rest) = text.split_once("AGAIN").unwrap_or_else(|| panic!("{text}"));
    assert_eq!(first.matches("code 1").count(), 5, "{text}");
    assert!(
        first.contains("cannot access '/etc/bunraku'") && first.contains("cannot access '/pwned'"),
        "{text}"
    );
    assert!(first.contains("'challengePassword': 'it''s $(touch /pwned) \"x\"'"), "{text}");
    for wanted in [
        "Installed bunraku",
        "was signed",
        "ExecStart=/usr/local/bin/bunraku server --role compiler",
        // The program `kill` is in a package that small systems do not have.
        "ExecReload=/bin/sh -c 'kill -HUP $MAINPID'",
        "code 0",
    ] {
        assert!(first.contains(wanted), "{wanted}: {text}");
    }
    assert!(first.contains("systemd is not running here"), "{text}");
    let (again, changed) = rest.split_once("CHANGED").unwrap();
    assert!(
        again.contains("already") && again.contains("nothing to do") && !again.contains("Wrote"),
        "{text}"
    );
    assert!(changed.contains("Installed bunraku") && changed.contains("SAME"), "{text}");
    assert!(changed.contains("is of something else than a compiler"), "{text}");
    cluster.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn the_script_makes_agents_of_other_families() {
    let what = "agents made by the script with dnf, yum and zypper that are stood in for";
    if !fresh::possible(what) || acceptance::peers::find("/usr/bin/puppet", what).is_none() {
        return;
    }
    let cluster = primary().await;
    let share = tempfile::tempdir().unwrap();
    std::fs::write(share.path().join("install.bash"), script(&cluster).await).unwrap();
    let commands = format!(
        r#"exec 2>&1
cd {share}
rm -rf /etc/puppet /etc/puppetlabs /opt/puppetlabs
mv /usr/bin/puppet /usr/bin/puppet.away
rm /etc/os-release
system() {{ printf 'ID="%s"\nVERSION_ID="%s"\n' "$1" "$2" >/etc/os-release; }}
install() {{ cat install.bash | bash -s -- "$@" 2>&1; echo "code $?"; }}
agent() {{ install main:certname=el.example.com agent:runinterval=1h extension_requests:pp_role=web --puppet-service-ensure stopped; }}
# stand_in NAME KNOWN: a manager of packages that knows one package.
stand_in() {{
  cat >"/usr/local/bin/$1" <<STANDIN
#!/bin/bash
echo "\$(basename "\$0") \$*" >>/asked
case "\$*" in
  *install*$2) ln -s "\$(cat /program)" /usr/bin/puppet ;;
  *install*) exit 1 ;;
  *$2) exit 0 ;;
  *) exit 104 ;;
esac
STANDIN
  chmod 0755 "/usr/local/bin/$1"
}}
# Puppet takes its time to start; one try is with it.
cat >/usr/bin/puppet.standin <<STANDIN
#!/bin/bash
case "\$*" in "config print "*) echo "/nowhere/\$3" ;; *) echo 7.0.0 ;; esac
STANDIN
chmod 0755 /usr/bin/puppet.standin
echo /usr/bin/puppet.standin >/program
try() {{ echo "TRY $*"; : >/asked; rm -f /usr/bin/puppet; agent; cat /asked; }}
stand_in yum puppet-agent
system amzn 2; try amazon
system centos 7.9; try centos
stand_in dnf openvox-agent
system rocky 9.3; try rocky
stand_in zypper puppet
system sles 15.5; try sles
echo /usr/bin/puppet.away >/program
system opensuse-leap 15.6; try leap
# Again: what is there stays.
agent
cat /etc/puppet/puppet.conf /etc/puppet/csr_attributes.yaml
stand_in dnf nothing-of-ours
system fedora 40; try fedora
system slackware 15; try slackware
"#,
        share = share.path().display(),
    );
    let folder = share.path().to_owned();
    let output = tokio::task::spawn_blocking(move || fresh::run(&commands, &folder)).await.unwrap();
    let text = said(&output);
    let tried: std::collections::HashMap<&str, &str> =
        text.split("TRY ").skip(1).filter_map(|part| part.split_once('\n')).collect();
    let tag = |family: &str| format!("this machine ({family}-{})", std::env::consts::ARCH);
    for (name, tag, asked) in [
        (
            "amazon",
            tag("el-7"),
            "yum -q list openvox-agent\nyum -q list puppet-agent\nyum install -y -q puppet-agent\n",
        ),
        (
            "centos",
            tag("el-7"),
            "yum -q list openvox-agent\nyum -q list puppet-agent\nyum install -y -q puppet-agent\n",
        ),
        ("rocky", tag("el-9"), "dnf -q list openvox-agent\ndnf install -y -q openvox-agent\n"),
        (
            "sles",
            tag("sles-15"),
            "zypper -n -q search -x puppet-agent\nzypper -n -q search -x puppet\nzypper -n -q install puppet\n",
        ),
        ("leap", tag("opensuse-leap-15.6"), "zypper -n -q search -x puppet\nzypper -n -q install puppet\n"),
    ] {
        let said = tried.get(name).unwrap_or_else(|| panic!("{text}"));
        assert!(said.contains("code 0") && said.contains(&tag) && said.contains(asked), "{name}: {said}");
    }
    let leap = tried["leap"];
    assert!(leap.contains("certname = el.example.com") && leap.contains("'pp_role': 'web'"), "{leap}");
    assert!(leap.contains("runinterval = 1h") && leap.contains("is installed already"), "{leap}");
    assert!(tried["fedora"].contains("add a repository that has one"), "{}", tried["fedora"]);
    assert!(tried["slackware"].contains("no way here to install an agent"), "{}", tried["slackware"]);
    cluster.stop().await;
}
