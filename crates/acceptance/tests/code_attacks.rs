//! What somebody may try at Code Manager: each attempt has the right status, changes nothing, and stands in the log of the server, which
//! has no secrets.

#![allow(clippy::unwrap_used, reason = "a test that cannot go on may stop")]

use std::fs;
use std::io::Write as _;
use std::os::unix::fs::symlink;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use acceptance::agent::Agent;
use acceptance::process::{Process, free_port};
use deploy::manager::tokens::Tokens;
use rest::client::Answer;
use rest::{Bytes, Client, ClientTls, HeaderName, HeaderValue, Method, header};
use serde_json::{Value, json};

/// The server as a program, so that its log is its own.
struct Server {
    process: Process,
    folder: tempfile::TempDir,
    agents: String,
    manager: String,
    authority: Vec<u8>,
    anonymous: Client,
    token: String,
}

impl Server {
    async fn start() -> Server {
        let folder = tempfile::tempdir().unwrap();
        let root = folder.path();
        for name in ["conf", "environments/production", "forge", "control"] {
            fs::create_dir_all(root.join(name)).unwrap();
        }
        let (port, own, sync) = (free_port(), free_port(), root.display());
        fs::write(root.join("conf/puppet.conf"), "[main]\ndns_alt_names = localhost\n").unwrap();
        let toml = format!(
            "certname = 'primary.example.com'\nconfdir = '{sync}/conf'\ndata-dir = '{sync}/data'\n\
             [listen]\naddress = '127.0.0.1:{port}'\n[code]\nenvironmentpath = ['{sync}/environments']\n\
             [puppetdb]\nlisten = ''\nhttp-listen = ''\n[ca]\ndir = '{sync}/ca'\nkey-type = 'ec'\nautosign = 'true'\n\
             [file-sync]\nenabled = true\nstaging-dir = '{sync}/staging'\ndata-dir = '{sync}/sync'\nlive-dir = '{sync}/code'\n\
             [code-manager]\nlisten = '127.0.0.1:{own}'\nremote = '{sync}/control'\n\
             [code-manager.forge-settings]\nbaseurl = '{sync}/forge'\n",
        );
        let config = root.join("conf/bunraku.toml");
        fs::write(&config, toml).unwrap();
        let mut command = Command::new(env!("CARGO_BIN_EXE_bunraku-under-test"));
        command.arg("server").arg("--config").arg(&config).env_remove("BUNRAKU_CONFIG");
        let mut process = Process::start("bunraku", &mut command, &root.join("log")).unwrap();
        let log = root.join("log");
        let listens = async || fs::read_to_string(&log).unwrap().contains("listening for deploys");
        process.until("listen", listens).await.unwrap();
        let authority = fs::read(root.join("ca/ca_crt.pem")).unwrap();
        let anonymous = Client::new(&ClientTls::anonymous(&authority, b"").unwrap());
        let file = root.join("data/code-manager/tokens.json");
        let token = Tokens::at(file).create("a test", vec!["production".to_owned()], None).unwrap().1;
        let agents = format!("https://localhost:{port}");
        let manager = format!("https://localhost:{own}");
        Server { process, folder, agents, manager, authority, anonymous, token }
    }

    fn path(&self, name: &str) -> PathBuf {
        self.folder.path().join(name)
    }

    async fn ask(&self, path: &str, token: Option<&str>, body: &Value) -> Answer {
        let mut headers = vec![(header::CONTENT_TYPE, HeaderValue::from_static("application/json"))];
        headers.extend(token.map(|token| {
            (HeaderName::from_static("x-authentication"), HeaderValue::from_str(token).unwrap())
        }));
        let url = format!("{}/code-manager/v1{path}", self.manager);
        self.anonymous.send(Method::POST, &url, headers, Bytes::from(body.to_string())).await.unwrap()
    }

    async fn deploy(&self) -> Value {
        let wanted = json!({"environments": ["production"], "wait": true});
        let answer = self.ask("/deploys", Some(&self.token), &wanted).await;
        assert_eq!(answer.status, 200, "{}", answer.text());
        answer.json::<Value>().unwrap()[0].clone()
    }

    fn git(&self, repository: &str, arguments: &[&str], input: &[u8]) -> String {
        let mut child = Command::new("git")
            .current_dir(self.path(repository))
            .args([
                "-c",
                "user.name=A",
                "-c",
                "user.email=a@example.com",
                "-c",
                "init.defaultBranch=production",
            ])
            .args(arguments)
            .env("GIT_CONFIG_GLOBAL", "/dev/null")
            .env("GIT_CONFIG_SYSTEM", "/dev/null")
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .spawn()
            .unwrap();
        child.stdin.take().unwrap().write_all(input).unwrap();
        let output = child.wait_with_output().unwrap();
        assert!(output.status.success(), "{arguments:?}");
        String::from_utf8_lossy(&output.stdout).trim().to_owned()
    }

    /// Makes the control repository what `make` puts into an empty directory.
    fn push(&self, make: impl FnOnce(&Path)) {
        let control = self.path("control");
        if control.join(".git").exists() {
            self.git("control", &["rm", "-rq", "--ignore-unmatch", "."], b"");
        } else {
            self.git("control", &["init", "-q"], b"");
        }
        fs::create_dir_all(control.join("manifests")).unwrap();
        fs::write(control.join("manifests/site.pp"), "notify { 'evil': }\n").unwrap();
        make(&control);
        self.git("control", &["add", "-A"], b"");
        self.git("control", &["commit", "-q", "--allow-empty", "-m", "x"], b"");
    }
}

/// A packed archive of files by names that no program would write.
fn archive(files: &[(&str, &[u8])]) -> Vec<u8> {
    let mut packed = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::best());
    for (name, content) in files {
        let mut head = [0_u8; 512];
        head[..name.len()].copy_from_slice(name.as_bytes());
        head[100..108].copy_from_slice(b"0000644\0");
        head[124..136].copy_from_slice(format!("{:011o}\0", content.len()).as_bytes());
        head[136..148].copy_from_slice(b"00000000001\0");
        head[156] = b'0';
        head[257..265].copy_from_slice(b"ustar\x0000");
        head[148..156].fill(b' ');
        let sum: u32 = head.iter().map(|byte| u32::from(*byte)).sum();
        head[148..156].copy_from_slice(format!("{sum:06o}\0 ").as_bytes());
        packed.write_all(&head).unwrap();
        packed.write_all(content).unwrap();
        packed.write_all(&vec![0; content.len().next_multiple_of(512) - content.len()]).unwrap();
    }
    packed.write_all(&[0; 1024]).unwrap();
    packed.finish().unwrap()
}

fn puppetfile(text: &str) -> impl FnOnce(&Path) + use<> {
    let text = text.to_owned();
    move |control| fs::write(control.join("Puppetfile"), text).unwrap()
}

#[tokio::test(flavor = "multi_thread")]
async fn those_who_may_not_get_the_right_status_and_are_logged() {
    if acceptance::peers::find("/usr/bin/git", "control repositories").is_none() {
        return;
    }
    let server = Server::start().await;
    server.push(|_| {});
    let wanted = json!({"environments": ["production"], "wait": true});
    let agent = Agent::enrolled(&server.agents, &server.authority, "web.example.com").await;
    for at in [&server.agents, &server.manager] {
        for path in ["/deploys", "/webhook?type=github"] {
            let body = Some(("application/json", wanted.to_string().into_bytes()));
            let path = format!("/code-manager/v1{path}");
            let answer = agent.at(at).send(Method::POST, &path, "application/json", body).await.unwrap();
            assert_eq!(answer.status, 403, "{at}{path}: {}", answer.text());
        }
    }
    let push = json!({"ref": "refs/heads/production"});
    let wrong = "bunraku_wr0ngt0ken";
    let statuses = [
        server.ask("/webhook?type=github", None, &push).await.status,
        server.ask(&format!("/webhook?type=github&token={wrong}"), None, &push).await.status,
        server.ask("/webhook?type=github", Some(wrong), &push).await.status,
        server.ask("/deploys", None, &wanted).await.status,
        server.ask("/deploys", Some(wrong), &wanted).await.status,
    ];
    assert!(statuses.iter().all(|status| *status == 401), "{statuses:?}");
    let others = json!({"environments": ["production", "qa"]});
    assert_eq!(server.ask("/deploys", Some(&server.token), &others).await.status, 403);
    let other = json!({"ref": "refs/heads/qa"});
    let hook = format!("/webhook?type=github&token={}", server.token);
    assert_eq!(server.ask(&hook, None, &other).await.status, 403);
    // Nothing was deployed, each was told of, and what they showed was not.
    assert!(!server.path("code/environments/production").exists());
    let log = server.process.output();
    let count =
        |text: &str| log.lines().filter(|line| line.contains("refused: ") && line.contains(text)).count();
    assert_eq!(count("web.example.com"), 4, "{log}");
    assert_eq!(count("refused: no token"), 4 + 2, "{log}");
    assert_eq!(count("refused: an unknown or ended token"), 3, "{log}");
    assert_eq!(count("refused: environment"), 2, "{log}");
    assert!(!log.contains(wrong) && !log.contains(&server.token), "{log}");
    assert!(server.process.stop());
}

#[tokio::test(flavor = "multi_thread")]
async fn code_that_means_harm_is_not_deployed_and_that_is_logged() {
    if acceptance::peers::find("/usr/bin/git", "control repositories").is_none() {
        return;
    }
    let server = Server::start().await;
    server.push(|control| fs::write(control.join("manifests/site.pp"), "notify { 'good': }\n").unwrap());
    assert_eq!(server.deploy().await["status"], "complete");
    fs::create_dir(server.path("outside")).unwrap();
    let outside = server.path("outside").display().to_string();
    // A repository whose tree leads out.
    fs::create_dir(server.path("evil")).unwrap();
    server.git("evil", &["init", "-q"], b"");
    let blob = server.git("evil", &["hash-object", "-w", "--stdin"], b"harm");
    let mut tree = b"100644 ../../../../outside/harm\0".to_vec();
    tree.extend((0..40).step_by(2).map(|at| u8::from_str_radix(&blob[at..at + 2], 16).unwrap()));
    let tree = server.git("evil", &["hash-object", "-t", "tree", "-w", "--literally", "--stdin"], &tree);
    let commit = server.git("evil", &["commit-tree", "-m", "x", &tree], b"");
    server.git("evil", &["update-ref", "refs/heads/production", &commit], b"");
    // Releases of a Forge.
    let metadata = |name: &str| format!("{{\"name\": \"acme-{name}\", \"version\": \"1.0.0\"}}");
    let release = |name: &str, file: &str, content: &[u8]| {
        let metadata = metadata(name);
        let bytes = archive(&[("m/metadata.json", metadata.as_bytes()), (file, content)]);
        fs::write(server.path(&format!("forge/acme-{name}-1.0.0.tar.gz")), bytes).unwrap();
    };
    release("climbs", "m/../../../../outside/harm", b"harm");
    release("absolute", &format!("{outside}/harm"), b"harm");
    release("bomb", "m/zeros", &vec![0; 128 << 20]);
    let evil = server.path("evil").display().to_string();

    let link = |name: &'static str, to: String| {
        move |control: &Path| {
            let place = control.join(name);
            fs::create_dir_all(place.parent().unwrap()).unwrap();
            symlink(to, place).unwrap();
        }
    };
    let (failure, not_kept) = ("deploy-failure", "file-sync-failure");
    type Attempt = (Box<dyn FnOnce(&Path)>, &'static str, &'static str);
    let of_puppetfile =
        |text: String, kind, reason| -> Attempt { (Box::new(puppetfile(&text)), kind, reason) };
    let modules = outside.clone();
    let attempts: Vec<Attempt> = vec![
        of_puppetfile(format!("mod 'm', git: '{evil}'\n"), failure, "could not check out"),
        of_puppetfile("mod 'acme/climbs', '1.0.0'\n".to_owned(), failure, "leads out of it"),
        of_puppetfile("mod 'acme/absolute', '1.0.0'\n".to_owned(), failure, "is an absolute path"),
        of_puppetfile("mod 'acme/bomb', '1.0.0'\n".to_owned(), failure, "it unpacks to more than"),
        of_puppetfile(
            format!(
                "mod 'm', type: 'tarball', source: '{}/forge/acme-climbs-1.0.0.tar.gz'\n",
                server.folder.path().display()
            ),
            failure,
            "leads out of it",
        ),
        of_puppetfile(
            format!("mod 'm', git: '{evil}', install_path: '../../outside'\n"),
            failure,
            "outside of",
        ),
        of_puppetfile(format!("moduledir '{outside}'\nmod 'm', git: '{evil}'\n"), failure, "outside of"),
        of_puppetfile(
            format!("mod 'm', git: 'ext::touch {outside}/harm'\n"),
            failure,
            "asks for a remote helper",
        ),
        of_puppetfile(
            format!("mod 'm', git: '--upload-pack=touch {outside}/harm'\n"),
            failure,
            "is no address",
        ),
        (Box::new(link("Puppetfile", "/etc/passwd".to_owned())), failure, "leads out of the environment"),
        (
            Box::new(link("manifests/more.pp", "/etc/passwd".to_owned())),
            failure,
            "leads out of the environment",
        ),
        (
            Box::new(link("site/m/files/secret", "/etc/shadow".to_owned())),
            not_kept,
            "leads out of the version",
        ),
        (
            Box::new(link("site/m/files/up", "../../../../../outside".to_owned())),
            not_kept,
            "leads out of the version",
        ),
        (
            Box::new(move |control| {
                symlink(modules, control.join("modules")).unwrap();
                puppetfile("mod 'acme/climbs', '1.0.0'\n")(control);
            }),
            failure,
            "no module is put behind a link",
        ),
    ];
    let count = attempts.len();
    for (make, kind, reason) in attempts {
        server.push(make);
        let entry = server.deploy().await;
        assert_eq!(entry["status"], "failed", "{reason}: {entry:#}");
        assert_eq!(entry["error"]["kind"], format!("puppetlabs.code-manager/{kind}"), "{reason}: {entry:#}");
        assert!(entry["error"]["msg"].as_str().unwrap().contains(reason), "{reason}: {entry:#}");
        let site = fs::read_to_string(server.path("code/environments/production/manifests/site.pp")).unwrap();
        assert_eq!(site, "notify { 'good': }\n", "{reason}");
        assert_eq!(fs::read_dir(server.path("outside")).unwrap().count(), 0, "{reason}");
    }
    let log = server.process.output();
    assert_eq!(log.lines().filter(|line| line.contains("not deployed")).count(), count, "{log}");
    assert!(!log.contains(&server.token), "{log}");
    // Whoever comes to reason is served again.
    server.push(|control| fs::write(control.join("manifests/site.pp"), "notify { 'better': }\n").unwrap());
    assert_eq!(server.deploy().await["status"], "complete");
    assert!(server.process.stop());
}
