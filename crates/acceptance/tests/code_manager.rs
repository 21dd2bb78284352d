//! Code Manager's interface: who may ask, what is merged, and what serves when a deploy goes wrong.

#![allow(clippy::unwrap_used, reason = "a test that cannot go on may stop")]

use std::path::{Path, PathBuf};
use std::process::Command;

use acceptance::agent::Agent;
use acceptance::cluster::{Cluster, Options};
use acceptance::compiler::{self, Machine, until};
use deploy::manager::tokens::Tokens;
use rest::client::Answer;
use rest::{Bytes, Client, ClientTls, HeaderName, HeaderValue, Method, header};
use serde_json::{Value, json};

struct Sites {
    cluster: Cluster,
    folder: tempfile::TempDir,
    anonymous: Client,
}

impl Sites {
    /// A primary with file sync and a control repository; `more` are lines of `[code-manager]`.
    async fn start(more: &str) -> Option<Sites> {
        acceptance::peers::find("/usr/bin/git", "control repositories")?;
        let folder = tempfile::tempdir().unwrap();
        let root = folder.path().display();
        let control = folder.path().join("control");
        std::fs::create_dir(&control).unwrap();
        git(&control, &["init", "-q", "-b", "production"]);
        git(&control, &["commit", "-q", "--allow-empty", "-m", "nothing yet"]);
        let toml = format!(
            "{}{}[code-manager]\nlisten = '127.0.0.1:0'\n{}\n",
            compiler::TOML,
            lines(folder.path(), "primary"),
            match more.contains("CONTROL") {
                true => more.replace("CONTROL", &format!("{root}/control")),
                false => format!("remote = '{root}/control'\n{more}"),
            },
        );
        let cluster = Cluster::start_with(Options { toml, ..Options::default() }).await;
        let anonymous = Client::new(&ClientTls::anonymous(&cluster.authority(), b"").unwrap());
        Some(Sites { cluster, folder, anonymous })
    }

    /// Commits a manifest to a branch of the control repository; the commit.
    fn push(&self, branch: &str, text: &str) -> String {
        let control = self.folder.path().join("control");
        match git(&control, &["branch", "--list", branch]).is_empty() {
            true => git(&control, &["checkout", "-q", "-b", branch]),
            false => git(&control, &["checkout", "-q", branch]),
        };
        std::fs::create_dir_all(control.join("manifests")).unwrap();
        std::fs::write(control.join("manifests/site.pp"), text).unwrap();
        git(&control, &["add", "-A"]);
        git(&control, &["commit", "-q", "-m", "a change"]);
        git(&control, &["rev-parse", "HEAD"])
    }

    fn url(&self) -> String {
        let address = self.cluster.primary().code_manager_address().unwrap();
        format!("https://localhost:{}/code-manager/v1", address.port())
    }

    fn token(&self, environments: &[&str]) -> String {
        let file = self.cluster.root().join("data/code-manager/tokens.json");
        let environments = environments.iter().map(|name| (*name).to_owned()).collect();
        Tokens::at(file).create("a test", environments, None).unwrap().1
    }

    async fn ask(&self, method: Method, path: &str, token: Option<&str>, body: &Value) -> Answer {
        let headers = token.map(|token| {
            (HeaderName::from_static("x-authentication"), HeaderValue::from_str(token).unwrap())
        });
        let json = (header::CONTENT_TYPE, HeaderValue::from_static("application/json"));
        let headers: Vec<_> = headers.into_iter().chain([json]).collect();
        let body = if method == Method::GET { Bytes::new() } else { body.to_string().into() };
        self.anonymous.send(method, &format!("{}{path}", self.url()), headers, body).await.unwrap()
    }

    /// A client with this machine's certificate.
    fn primary(&self) -> Client {
        self.cluster.own_client()
    }

    /// What serves on the primary, or on a compiler.
    fn manifest(&self, of: &str, environment: &str) -> String {
        let path = format!("{of}/code/environments/{environment}/manifests/site.pp");
        std::fs::read_to_string(self.folder.path().join(path)).unwrap_or_default()
    }
}

fn lines(root: &Path, name: &str) -> String {
    let root = root.display();
    format!(
        "[file-sync]\nenabled = true\nstaging-dir = '{root}/staging'\ndata-dir = '{root}/{name}/data'\n\
         live-dir = '{root}/{name}/code'\n"
    )
}

fn git(directory: &Path, arguments: &[&str]) -> String {
    let output = Command::new("git")
        .current_dir(directory)
        .args(["-c", "user.name=A", "-c", "user.email=a@example.com", "-c", "commit.gpgsign=false"])
        .args(arguments)
        .env("GIT_CONFIG_GLOBAL", "/dev/null")
        .env("GIT_CONFIG_SYSTEM", "/dev/null")
        .output()
        .unwrap();
    assert!(output.status.success(), "{arguments:?}: {}", String::from_utf8_lossy(&output.stderr));
    String::from_utf8_lossy(&output.stdout).trim().to_owned()
}

#[tokio::test(flavor = "multi_thread")]
async fn only_those_who_may_deploy_what_they_may() {
    let secret = tempfile::NamedTempFile::new().unwrap();
    std::fs::write(secret.path(), "It's a Secret to Everybody\n").unwrap();
    let more = format!("webhook-secret-file = '{}'", secret.path().display());
    let Some(sites) = Sites::start(&more).await else { return };
    sites.push("production", "notify { 'one': }\n");
    let wanted = json!({"environments": ["production"], "wait": true});
    let kind = |answer: &Answer| {
        let document: Value = answer.json().unwrap();
        document["kind"].as_str().unwrap_or_default().to_owned()
    };
    // Nobody, and somebody with another token.
    for token in [None, Some("bunraku_0000"), Some("")] {
        for (method, path) in [
            (Method::POST, "/deploys"),
            (Method::GET, "/deploys/status"),
            (Method::POST, "/webhook?type=github"),
            (Method::POST, "/webhook?type=github&token=bunraku_0000"),
        ] {
            let answer = sites.ask(method, path, token, &wanted).await;
            assert_eq!(
                (answer.status.as_u16(), kind(&answer)),
                (401, "puppetlabs.rbac/user-unauthenticated".into())
            );
        }
    }
    // An agent's certificate, on both ports.
    let agent = Agent::enrolled(&sites.cluster.url(), &sites.cluster.authority(), "web.example.com").await;
    let own_port = sites.url().replace("/code-manager/v1", "");
    for server in [sites.cluster.url(), own_port] {
        for path in ["/code-manager/v1/deploys", "/file-sync/v1/commit"] {
            let body = Some(("application/json", wanted.to_string().into_bytes()));
            let answer = agent.at(&server).send(Method::POST, path, "application/json", body).await.unwrap();
            // File sync is on the port of agents only.
            let expected =
                if path.contains("file-sync") && server != sites.cluster.url() { 404 } else { 403 };
            assert_eq!(answer.status, expected, "{server}{path}: {}", answer.text());
        }
    }
    // A token for another environment, and not for all.
    let qa = sites.token(&["qa"]);
    let answer = sites.ask(Method::POST, "/deploys", Some(&qa), &wanted).await;
    assert_eq!((answer.status.as_u16(), kind(&answer)), (403, "puppetlabs.rbac/permission-denied".into()));
    let answer = sites.ask(Method::POST, "/deploys", Some(&qa), &json!({"deploy-all": true})).await;
    assert_eq!(answer.status, 403);
    let push = json!({"ref": "refs/heads/production"});
    let answer = sites.ask(Method::POST, &format!("/webhook?type=github&token={qa}"), None, &push).await;
    assert_eq!(answer.status, 403);
    // What is not understood.
    let all = sites.token(&["*"]);
    let answer = sites.ask(Method::POST, "/webhook?type=svn", Some(&all), &push).await;
    let unknown = "puppetlabs.code-manager/unrecognized-webhook-type".to_owned();
    assert_eq!((answer.status.as_u16(), kind(&answer)), (400, unknown));
    for body in [json!([]), json!({}), json!({"environments": "production"})] {
        assert_eq!(sites.ask(Method::POST, "/deploys", Some(&all), &body).await.status, 400, "{body}");
    }
    assert_eq!(sites.manifest("primary", "production"), "");

    // A wrong signature, and the right one.
    let signed = async |signature: &str| {
        let name = HeaderName::from_static("x-hub-signature-256");
        let headers = [(name, HeaderValue::from_str(signature).unwrap())];
        let url = format!("{}/webhook?type=github", sites.url());
        let body = Bytes::from_static(b"{\"ref\": \"refs/heads/production\"}");
        sites.anonymous.send(Method::POST, &url, headers, body).await.unwrap().status.as_u16()
    };
    assert_eq!(signed("sha256=757107ea0eb2509fc211221cce984b8a37570b6d7586c22c46f4379c8b043e17").await, 401);
    let good = "sha256=2f901cbbd902c0c3c0d59b0706b350bf397fd421aaeeee9578c517571cc7cc94";
    assert_eq!(signed(good).await, 200);
    until("the webhook deploys nothing", async || sites.manifest("primary", "production").contains("one"))
        .await;

    // The primary's certificate, on the port of agents.
    sites.push("production", "notify { 'two': }\n");
    let url = format!("{}/code-manager/v1/deploys", sites.cluster.url());
    let answer = sites.primary().send_json(Method::POST, &url, &wanted).await.unwrap();
    let answer: Value = answer.ok().unwrap().json().unwrap();
    assert_eq!(answer[0]["status"], "complete", "{answer:#}");
    assert!(sites.manifest("primary", "production").contains("two"));
    sites.cluster.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn deploys_are_merged_and_wait_for_all_servers() {
    let Some(sites) = Sites::start("timeouts-sync = '3s'").await else { return };
    let first = sites.push("production", "notify { 'one': }\n");
    sites.push("feature-x", "notify { 'x': }\n");
    let token = sites.token(&["*"]);
    let token = Some(token.as_str());
    let deploy = async |body: Value| -> Value {
        sites.ask(Method::POST, "/deploys", token, &body).await.ok().unwrap().json().unwrap()
    };
    let machine =
        Machine::enrolled(&sites.cluster, "compiler.example.com", &lines(sites.folder.path(), "compiler"));
    let compiler = machine.start().await;
    // All, one of which cannot be.
    let dry = deploy(json!({"deploy-all": true, "dry-run": true})).await;
    assert!(dry.as_array().unwrap().iter().all(|entry| entry["dry-run"] == true), "{dry:#}");
    let all = deploy(json!({"deploy-all": true, "wait": true})).await;
    let of = |all: &Value, name: &str| -> Value {
        let found = all.as_array().unwrap().iter().find(|entry| entry["environment"] == name);
        found.unwrap_or_else(|| panic!("{all:#}")).clone()
    };
    let production = of(&all, "production");
    assert_eq!(
        (&production["status"], &production["deploy-signature"]),
        (&"complete".into(), &first.as_str().into())
    );
    assert!(production["file-sync"]["environment-commit"].is_string(), "{production:#}");
    let bad = all.as_array().unwrap().iter().find(|entry| entry["status"] == "failed").unwrap();
    assert_eq!(bad["error"]["details"]["corrected-name"], "feature_x", "{bad:#}");
    // Waiting was for the compiler, too.
    assert!(sites.manifest("compiler", "production").contains("one"));
    assert!(sites.manifest("primary", "production").contains("one"));
    let status: Value = sites.ask(Method::GET, "/deploys/status", token, &Value::Null).await.json().unwrap();
    let clients = &status["file-sync-client-status"];
    assert_eq!(clients["all-synced"], true, "{status:#}");
    let there = &clients["file-sync-clients"]["compiler.example.com"];
    assert_eq!(there["deployed"][0]["deploy-signature"], first.as_str(), "{status:#}");
    let id = production["id"].as_u64().unwrap();
    let one: Value = sites
        .ask(Method::GET, &format!("/deploys/status?id={id}"), token, &Value::Null)
        .await
        .json()
        .unwrap();
    assert_eq!(one["status"], "synced", "{one:#}");
    assert_eq!(sites.ask(Method::GET, "/deploys/status?id=4711", token, &Value::Null).await.status, 404);

    // Many at a moment: one is under way, one waits for all others.
    sites.push("production", "notify { 'two': }\n");
    let mut ids = Vec::new();
    for _ in 0..10 {
        ids.push(deploy(json!({"environments": ["production"]})).await[0]["id"].as_u64().unwrap());
    }
    let last = *ids.last().unwrap();
    ids.dedup();
    assert!(ids.len() < 10, "{ids:?}");
    until("the last deploy does not end", async || {
        let path = format!("/deploys/status?id={last}");
        let one: Value = sites.ask(Method::GET, &path, token, &Value::Null).await.json().unwrap();
        one["status"] == "synced"
    })
    .await;
    assert!(sites.manifest("compiler", "production").contains("two"));

    // What does not parse is not published.
    sites.push("production", "notify { 'three': \n");
    let failed = deploy(json!({"environments": ["production"], "wait": true})).await;
    assert_eq!(failed[0]["status"], "failed", "{failed:#}");
    assert_eq!(failed[0]["error"]["kind"], "puppetlabs.code-manager/deploy-failure");
    assert!(sites.manifest("primary", "production").contains("two"));
    let missing = deploy(json!({"environments": ["nowhere"], "wait": true})).await;
    assert_eq!(missing[0]["status"], "failed", "{missing:#}");

    // A compiler that is heard of no more holds up nobody for longer than the time-out.
    compiler.stop().await;
    sites.push("production", "notify { 'four': }\n");
    let late = deploy(json!({"environments": ["production"], "wait": true})).await;
    assert_eq!(late[0]["status"], "complete", "{late:#}");
    let status: Value = sites.ask(Method::GET, "/deploys/status", token, &Value::Null).await.json().unwrap();
    let there = &status["file-sync-client-status"]["file-sync-clients"]["compiler.example.com"];
    assert_eq!(there["synced-with-file-sync-storage"], false, "{status:#}");

    // A branch that goes takes its environment along.
    sites.push("qa", "notify { 'qa': }\n");
    deploy(json!({"environments": ["qa"], "wait": true})).await;
    assert!(sites.manifest("primary", "qa").contains("qa"));
    let control: PathBuf = sites.folder.path().join("control");
    git(&control, &["checkout", "-q", "production"]);
    git(&control, &["branch", "-q", "-D", "qa"]);
    let gone = json!({"ref": "refs/heads/qa", "deleted": true, "after": "0".repeat(40)});
    let answer = sites.ask(Method::POST, "/webhook?type=github", token, &gone).await;
    assert_eq!((answer.status.as_u16(), answer.text()), (200, "OK".to_owned()));
    until("the environment of a branch that is gone stays", async || {
        sites.manifest("primary", "qa").is_empty()
    })
    .await;
    sites.cluster.stop().await;
}

/// Takes one POST, and gives its body.
fn one_post(listener: std::net::TcpListener) -> Value {
    use std::io::{BufRead as _, Read as _, Write as _};
    let (stream, _) = listener.accept().unwrap();
    let mut reader = std::io::BufReader::new(&stream);
    let mut length = 0;
    loop {
        let mut line = String::new();
        reader.read_line(&mut line).unwrap();
        let line = line.trim().to_lowercase();
        if let Some(value) = line.strip_prefix("content-length:") {
            length = value.trim().parse().unwrap();
        }
        if line.is_empty() {
            break;
        }
    }
    let mut body = vec![0; length];
    reader.read_exact(&mut body).unwrap();
    (&stream).write_all(b"HTTP/1.1 200 OK\r\ncontent-length: 0\r\nconnection: close\r\n\r\n").unwrap();
    serde_json::from_slice(&body).unwrap()
}

#[tokio::test(flavor = "multi_thread")]
async fn the_gate_judges_deploys_and_hooks_hear_of_them() {
    let listener = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
    let more = format!(
        "[[code-manager.post-environment-hooks]]\nurl = 'http://{}/hook?secret=x'\n[gate]\nmax-changed = '0'\n",
        listener.local_addr().unwrap()
    );
    let Some(sites) = Sites::start(&more).await else { return };
    let first = sites.push("production", "notify { 'one': }\n");
    let token = sites.token(&["production"]);
    let deploy = async || -> Value {
        let wanted = json!({"environments": ["production"], "wait": true});
        sites.ask(Method::POST, "/deploys", Some(&token), &wanted).await.ok().unwrap().json().unwrap()
    };
    let heard = tokio::task::spawn_blocking(move || one_post(listener));
    let done = deploy().await;
    assert_eq!(done[0]["status"], "complete", "{done:#}");
    let heard = heard.await.unwrap();
    assert_eq!((&heard["environment"], &heard["status"]), (&"production".into(), &"complete".into()));
    assert_eq!(heard["deploy-signature"], first.as_str());
    // A node that would change holds the next version up.
    let agent = Agent::enrolled(&sites.cluster.url(), &sites.cluster.authority(), "web.example.com").await;
    agent.catalog(&compiler::facts("web.example.com"), "production").await.unwrap().ok().unwrap();
    sites.push("production", "notify { 'two': }\n");
    let refused = deploy().await;
    assert_eq!(refused[0]["status"], "failed", "{refused:#}");
    assert_eq!(refused[0]["error"]["kind"], "puppetlabs.code-manager/file-sync-failure");
    assert!(refused[0]["error"]["msg"].as_str().unwrap().contains("the gate refuses"), "{refused:#}");
    assert!(sites.manifest("primary", "production").contains("one"));
    // Nor does an environment end that has nodes.
    sites.push("qa", "notify { 'qa': }\n");
    let token = sites.token(&["*"]);
    let deploy = async |wanted: Value| {
        sites.ask(Method::POST, "/deploys", Some(&token), &wanted).await.ok().unwrap();
    };
    deploy(json!({"environments": ["qa"], "wait": true})).await;
    agent.catalog(&compiler::facts("web.example.com"), "qa").await.unwrap().ok().unwrap();
    let control: PathBuf = sites.folder.path().join("control");
    git(&control, &["checkout", "-q", "production"]);
    git(&control, &["branch", "-q", "-D", "qa"]);
    deploy(json!({"deploy-all": true, "wait": true})).await;
    assert!(sites.manifest("primary", "qa").contains("qa"));
    sites.cluster.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_token_is_for_environments_and_not_for_branches_of_that_name() {
    let sources =
        "invalid-branches = 'correct'\n[code-manager.sources.app]\nremote = 'CONTROL'\nprefix = true\n";
    let Some(sites) = Sites::start(sources).await else { return };
    sites.push("production", "notify { 'one': }\n");
    sites.push("feature-x", "notify { 'x': }\n");
    let deploy = async |token: &str, name: &str| -> Value {
        let wanted = json!({"environments": [name], "wait": true});
        let answer = sites.ask(Method::POST, "/deploys", Some(token), &wanted).await;
        answer.ok().unwrap().json().unwrap()
    };
    let token = sites.token(&["production"]);
    let answer = deploy(&token, "production").await;
    assert_eq!(answer[0]["status"], "failed", "{answer:#}");
    let message = answer[0]["error"]["msg"].as_str().unwrap();
    assert!(message.contains("the branch of the environment app_production"), "{message}");
    assert_eq!(sites.manifest("primary", "app_production"), "");
    let token = sites.token(&["app_feature_x"]);
    let hook = format!("/webhook?type=gitlab&prefix=app&token={token}");
    let push = json!({"object_kind": "push", "ref": "refs/heads/feature-x", "after": "1"});
    assert_eq!(sites.ask(Method::POST, &hook, None, &push).await.status, 200);
    until("the branch is not deployed", async || sites.manifest("primary", "app_feature_x").contains("'x'"))
        .await;
    sites.cluster.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_changed_configuration_is_taken_over_while_the_server_runs() {
    let Some(sites) = Sites::start("").await else { return };
    sites.push("production", "notify { 'one': }\n");
    let token = sites.token(&["*"]);
    let deploy = async || -> Value {
        let wanted = json!({"environments": ["production"], "wait": true});
        sites.ask(Method::POST, "/deploys", Some(&token), &wanted).await.ok().unwrap().json().unwrap()
    };
    assert_eq!(deploy().await[0]["status"], "complete");
    let push = json!({"ref": "refs/heads/production"});
    assert_eq!(sites.ask(Method::POST, "/webhook?type=github", None, &push).await.status, 401);
    let status = async |path: &str| -> Value {
        let url = format!("{}/status/v1/services{path}", sites.cluster.url());
        sites.anonymous.send(Method::GET, &url, [], Bytes::new()).await.unwrap().json().unwrap()
    };
    let service = status("/code-manager-service?level=debug").await;
    assert_eq!((&service["state"], &service["status"]["deploys"]["synced"]), (&"running".into(), &1.into()));
    let all = status("").await;
    for name in ["code-manager-service", "file-sync-storage-service", "file-sync-client-service"] {
        assert_eq!((&all[name]["state"], &all[name]["status"]), (&"running".into(), &json!({})), "{all:#}");
    }

    // Another repository, and webhooks from anybody.
    let control = sites.folder.path().join("control");
    let other = sites.folder.path().join("other");
    git(sites.folder.path(), &["clone", "-q", control.to_str().unwrap(), other.to_str().unwrap()]);
    std::fs::write(other.join("manifests/site.pp"), "notify { 'other': }\n").unwrap();
    git(&other, &["commit", "-q", "-a", "-m", "another"]);
    let mut site = sites.cluster.site().clone();
    site.config.code_manager.remote = Some(other.display().to_string());
    site.config.code_manager.authenticate_webhook = false;
    let mut wrong = site.clone();
    wrong.config.code_manager.invalid_branches = "perhaps".into();
    assert!(sites.cluster.primary().reload(&wrong).is_err());
    assert_eq!(sites.ask(Method::POST, "/webhook?type=github", None, &push).await.status, 401);
    sites.cluster.primary().reload(&site).unwrap();
    assert_eq!(sites.ask(Method::POST, "/webhook?type=github", None, &push).await.status, 200);
    until("the other repository is not deployed", async || {
        sites.manifest("primary", "production").contains("other")
    })
    .await;
    // What was asked for before is remembered.
    let shown: Value =
        sites.ask(Method::GET, "/deploys/status?id=1", Some(&token), &Value::Null).await.json().unwrap();
    assert_eq!(shown["status"], "synced");
    sites.cluster.stop().await;
}

/// The program itself with arguments: its exit code and what it prints.
async fn command(arguments: &[&str], config: &Path) -> (bool, String, String) {
    let mut command = Command::new(env!("CARGO_BIN_EXE_bunraku-under-test"));
    command.args(arguments).arg("--config").arg(config).env_remove("BUNRAKU_CONFIG");
    let output = tokio::task::spawn_blocking(move || command.output().unwrap()).await.unwrap();
    let text = |bytes: &[u8]| String::from_utf8_lossy(bytes).into_owned();
    (output.status.success(), text(&output.stdout), text(&output.stderr))
}

#[tokio::test(flavor = "multi_thread")]
async fn the_command_has_the_server_deploy_if_one_runs() {
    let Some(sites) = Sites::start("").await else { return };
    sites.push("production", "notify { 'one': }\n");
    sites.push("feature-x", "notify { 'x': }\n");
    // The name of this machine has to lead to the server, as it does in real life.
    let config = sites.folder.path().join("here.toml");
    let site = sites.cluster.site();
    let ssl = sites.folder.path().join("conf/ssl");
    for (name, to) in [
        ("hostcert", "certs/localhost.pem"),
        ("hostprivkey", "private_keys/localhost.pem"),
        ("localcacert", "certs/ca.pem"),
        ("hostcrl", "crl.pem"),
    ] {
        let to = ssl.join(to);
        std::fs::create_dir_all(to.parent().unwrap()).unwrap();
        std::fs::copy(site.path(name), to).unwrap();
    }
    std::fs::write(ssl.join("../puppet.conf"), "[main]\n").unwrap();
    let port = sites.cluster.port();
    let own = sites.cluster.primary().code_manager_address().unwrap().port();
    let write = |port: u16| {
        let text = format!(
            "certname = 'localhost'\nconfdir = '{root}/conf'\ndata-dir = '{root}/data'\n\
             [listen]\naddress = '127.0.0.1:{port}'\n\
             [code]\nenvironmentpath = ['{root}/environments']\n\
             [code-manager]\nlisten = '127.0.0.1:{own}'\nremote = '{root}/control'\n",
            root = sites.folder.path().display()
        );
        std::fs::write(&config, text).unwrap();
    };
    write(port);
    let run = async |arguments: &[&str]| command(arguments, &config).await;

    let (is_good, out, err) = run(&["code", "deploy", "production"]).await;
    assert!(
        is_good && err.contains(&format!("The server at https://localhost:{port} deploys.")),
        "{out}{err}"
    );
    assert!(out.contains("complete"), "{out}");
    assert!(sites.manifest("primary", "production").contains("one"));
    // What the server cannot deploy is a failure of the command, too.
    let (is_good, out, err) = run(&["code", "deploy", "--all", "--json"]).await;
    assert!(!is_good, "{out}{err}");
    let entries: Vec<Value> = serde_json::from_str(&out).unwrap();
    let failed: Vec<&Value> = entries.iter().filter(|entry| entry["status"] == "failed").collect();
    assert_eq!(
        (entries.len(), failed[0]["error"]["details"]["corrected-name"].as_str()),
        (2, Some("feature_x"))
    );
    let (is_good, out, _) = run(&["code", "status"]).await;
    assert!(is_good && out.contains("(primary)") && out.contains("failed"), "{out}");
    let id = failed[0]["id"].to_string();
    let (is_good, out, _) = run(&["code", "status", "--id", &id, "--json"]).await;
    let shown: Value = serde_json::from_str(&out).unwrap();
    assert_eq!((is_good, &shown["status"], &shown["id"]), (false, &"failed".into(), &failed[0]["id"]));
    assert!(!run(&["code", "status", "--id", "4711"]).await.0);
    // It goes on by itself.
    sites.push("production", "notify { 'two': }\n");
    let (is_good, out, err) = run(&["code", "deploy", "production", "--no-wait", "--json"]).await;
    let entries: Value = serde_json::from_str(&out).unwrap();
    assert!(is_good && entries[0]["status"] == "queued", "{out}{err}");
    until("nothing is deployed", async || sites.manifest("primary", "production").contains("two")).await;
    let (_, out, _) = run(&["code", "deploy", "--all", "--dry-run", "--json"]).await;
    let entries: Vec<Value> = serde_json::from_str(&out).unwrap();
    assert!(entries.iter().all(|entry| entry["dry-run"] == true), "{entries:?}");

    // A token counts on Code Manager's own port, for what it was made for.
    let file = sites.folder.path().join("token");
    std::fs::write(&file, format!("{}\n", sites.token(&["qa"]))).unwrap();
    let token = ["--token-file", file.to_str().unwrap()];
    let (is_good, _, err) = run(&[&["code", "deploy", "production"][..], &token].concat()).await;
    assert!(!is_good && err.contains("refuses: This token may not deploy environment production"), "{err}");
    std::fs::write(&file, format!("{}\n", sites.token(&["production"]))).unwrap();
    let (is_good, out, err) = run(&[&["code", "deploy", "production"][..], &token].concat()).await;
    assert!(is_good && err.contains(&format!("https://localhost:{own} deploys")), "{out}{err}");

    // Here, because it is said, or because there is nobody else.
    let here = |name: &str| {
        let path = format!("environments/{name}/manifests/site.pp");
        std::fs::read_to_string(sites.folder.path().join(path)).unwrap_or_default()
    };
    assert_eq!(here("production"), "");
    let (is_good, out, err) = run(&["code", "deploy", "production", "--local"]).await;
    assert!(is_good && err.contains("This process deploys: --local says so."), "{out}{err}");
    assert!(here("production").contains("two"));
    write(acceptance::process::free_port());
    sites.push("production", "notify { 'three': }\n");
    let (is_good, out, err) = run(&["code", "deploy", "production"]).await;
    assert!(is_good && err.contains("This process deploys: no server answers at"), "{out}{err}");
    assert!(here("production").contains("three"));
    let (is_good, _, err) = run(&["code", "deploy", "production", "--no-wait"]).await;
    assert!(!is_good && err.contains("nobody deploys: no server answers"), "{err}");
    // Whoever names a server means that one.
    let (is_good, _, err) = run(&["code", "deploy", "production", "--url", "https://localhost:1"]).await;
    assert!(!is_good && err.contains("--local builds in this process"), "{err}");
    let other =
        format!("https://localhost:{}", sites.cluster.primary().puppetdb_addresses().0.unwrap().port());
    let (is_good, out, err) = run(&["code", "deploy", "production", "--url", &other]).await;
    assert!(!is_good && err.contains(&format!("the server at {other} has no Code Manager")), "{out}{err}");
    sites.cluster.stop().await;
}
