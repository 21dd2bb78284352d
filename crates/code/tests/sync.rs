//! Both ends of file sync over connections.

#![allow(clippy::unwrap_used, reason = "tests may panic")]

mod support;

use std::collections::HashSet;
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::sync::{Arc, Mutex};
use std::time::Duration;

use code::client::{Client, Source};
use code::git::Id;
use code::handlers::{Allowed, Handlers};
use code::live::Live;
use code::protocol::PREFIX;
use code::sync_machine::Pace;
use code::versions::Storage;
use code::{Retention, content};
use rest::{
    BoxFuture, Bytes, Compilers, HeaderName, HeaderValue, Limits, Listening, Method, Metrics, Peer,
    PeerCertificate, Request, Response, ResponseBody, Service, StatusCode, header,
};
use serde_json::{Value as Json, json};
use support::{REPO, Site, client_settings, commit, disk, git, noise};

const NAME_HEADER: HeaderName = HeaderName::from_static("x-test-name");

/// Stands for TLS, and for a bad link.
struct Link {
    handlers: Arc<Handlers>,
    /// Percent of the answers that are lost or damaged.
    loss: AtomicU64,
    dice: Mutex<u64>,
    objects_bytes: AtomicU64,
}

impl Link {
    fn roll(&self) -> u64 {
        let mut dice = self.dice.lock().unwrap();
        *dice ^= *dice << 13;
        *dice ^= *dice >> 7;
        *dice ^= *dice << 17;
        *dice
    }
}

impl Service for Link {
    fn call(&self, mut request: Request) -> BoxFuture<'_, Response> {
        Box::pin(async move {
            if let Some(name) =
                request.headers.get(NAME_HEADER).and_then(|name| name.to_str().ok()).map(str::to_owned)
            {
                request.peer = Peer::verified(&name, PeerCertificate::default());
            }
            let objects = request.tail(PREFIX) == Some("/objects");
            let mut response = self.handlers.call(request).await;
            let bad = self.roll() % 100 < self.loss.load(Ordering::Relaxed);
            if bad && self.roll().is_multiple_of(2) {
                return Response::text(StatusCode::BAD_GATEWAY, "lost");
            }
            if objects {
                let body = response.body.in_memory().unwrap();
                self.objects_bytes.fetch_add(body.len() as u64, Ordering::Relaxed);
                if bad {
                    let mut bytes = body.to_vec();
                    let at = self.roll() as usize % bytes.len();
                    match self.roll() % 2 {
                        0 => bytes.truncate(at),
                        _ => bytes[at] ^= 1,
                    }
                    response.body = ResponseBody::Bytes(bytes.into());
                }
            }
            response
        })
    }
}

struct Primary {
    site: Site,
    storage: Arc<Storage>,
    handlers: Arc<Handlers>,
    link: Arc<Link>,
    listening: Listening,
}

impl Primary {
    async fn start() -> Primary {
        let site = Site::new();
        let storage = Arc::new(site.open());
        let names = |names: &[&str]| names.iter().map(|name| (*name).to_owned()).collect::<Vec<_>>();
        let allowed = Allowed::new(names(&["primary"]), Compilers::new(names(&["compiler1", "compiler2"])));
        let handlers = Arc::new(Handlers::new(Some(storage.clone()), None, Arc::new(allowed)));
        let link = Arc::new(Link {
            handlers: handlers.clone(),
            loss: AtomicU64::new(0),
            dice: Mutex::new(0x9e37_79b9_7f4a_7c15),
            objects_bytes: AtomicU64::new(0),
        });
        let address = "127.0.0.1:0".parse().unwrap();
        let listening =
            rest::listen_plain(address, link.clone(), Limits::default(), Arc::new(Metrics::default())).await;
        Primary { site, storage, handlers, link, listening: listening.unwrap() }
    }

    fn url(&self) -> String {
        format!("http://{}{PREFIX}", self.listening.address())
    }

    async fn post(&self, name: &str, path: &str, content_type: &str, body: &str) -> (u16, String) {
        let mut headers = vec![(header::CONTENT_TYPE, HeaderValue::from_str(content_type).unwrap())];
        if !name.is_empty() {
            headers.push((NAME_HEADER, HeaderValue::from_str(name).unwrap()));
        }
        let url = format!("{}{path}", self.url());
        let body = Bytes::copy_from_slice(body.as_bytes());
        let answer = rest::Client::without_tls().send(Method::POST, &url, headers, body).await.unwrap();
        (answer.status.as_u16(), answer.text())
    }

    fn compiler(&self, name: &str) -> Compiler {
        Compiler::start(name, &self.url(), self.site.root().join(name))
    }
}

/// A connection without TLS.
struct Plain {
    client: rest::Client,
    base: String,
}

impl code::client::Primary for Plain {
    fn post(
        &self,
        target: String,
        headers: Vec<(HeaderName, HeaderValue)>,
        body: Bytes,
    ) -> BoxFuture<'_, Result<rest::client::Answer, rest::ClientError>> {
        Box::pin(async move {
            self.client.send(Method::POST, &format!("{}{target}", self.base), headers, body).await
        })
    }
}

/// A way to the primary that may be closed, and at whose end something may go wrong.
struct Way {
    open: Plain,
    is_closed: AtomicBool,
    /// How many more questions for objects come to a bad end: the first ones never end, and the last one panics.
    bad: AtomicU64,
}

impl code::client::Primary for Way {
    fn post(
        &self,
        target: String,
        headers: Vec<(HeaderName, HeaderValue)>,
        body: Bytes,
    ) -> BoxFuture<'_, Result<rest::client::Answer, rest::ClientError>> {
        Box::pin(async move {
            if self.is_closed.load(Ordering::Relaxed) {
                let closed = format!("http://127.0.0.1:1{target}");
                return self.open.client.send(Method::POST, &closed, headers, body).await;
            }
            if target.ends_with("/objects") {
                let bad =
                    self.bad.fetch_update(Ordering::Relaxed, Ordering::Relaxed, |bad| bad.checked_sub(1));
                match bad {
                    Ok(1) => panic!("something is wrong"),
                    Ok(_) => std::future::pending().await,
                    Err(_) => {}
                }
            }
            self.open.post(target, headers, body).await
        })
    }
}

struct Compiler {
    client: Arc<Client>,
    folder: PathBuf,
    task: tokio::task::JoinHandle<()>,
}

impl Compiler {
    fn start(name: &str, url: &str, folder: PathBuf) -> Compiler {
        Compiler::start_over(name, url, folder, |plain| Arc::new(plain))
    }

    fn start_over(
        name: &str,
        url: &str,
        folder: PathBuf,
        way: impl FnOnce(Plain) -> Arc<dyn code::client::Primary>,
    ) -> Compiler {
        let (mut live, mut settings) = client_settings(&folder.join("client"));
        live.live_dir = Some(folder.join("live"));
        settings.pace = Pace { retry_min: 5, retry_max: 40, ..Pace::default() };
        settings.retention = Some(Retention { versions: 1, age: Duration::ZERO });
        let name = HeaderValue::from_str(name).unwrap();
        let client =
            rest::Client::without_tls().with_header(NAME_HEADER, name).with_limits(settings.client_limits());
        let source = Source::There(way(Plain { client, base: url.trim_end_matches(PREFIX).to_owned() }));
        let live = Arc::new(Live::open(live).unwrap());
        let client = Arc::new(Client::new(settings, source, live).unwrap());
        let task = tokio::spawn(client.clone().run());
        Compiler { client, folder, task }
    }

    async fn serves(&self, name: &str, version: Id) -> PathBuf {
        let mut watch = self.client.live().watch();
        let serving =
            watch.wait_for(|current| current.get(name).is_some_and(|serving| serving.commit == version));
        let serving = tokio::time::timeout(Duration::from_secs(60), serving).await;
        match serving {
            Ok(current) => current.unwrap()[name].directory.clone(),
            Err(_) => panic!("{:?}", self.client.status()),
        }
    }
}

impl Drop for Compiler {
    fn drop(&mut self) {
        self.task.abort();
    }
}

fn read(path: impl AsRef<Path>) -> String {
    std::fs::read_to_string(path).unwrap()
}

#[tokio::test(flavor = "multi_thread")]
async fn a_commit_reaches_all_compilers_and_only_changes_travel() {
    let primary = Primary::start().await;
    for n in 0..40 {
        let noise: String = (0..200).map(|k| format!("{}", n * k * 7919 % 10007)).collect();
        primary.site.write(&format!("environments/production/modules/m{n}/files/f"), noise);
    }
    let first = commit(&primary.storage, "production");
    let compilers = [primary.compiler("compiler1"), primary.compiler("compiler2")];
    for compiler in &compilers {
        compiler.serves("production", first).await;
    }
    let bytes_before = primary.link.objects_bytes.load(Ordering::Relaxed);
    primary.site.write("environments/production/modules/m7/files/f", "changed");
    let second = commit(&primary.storage, "production");
    for compiler in &compilers {
        let directory = compiler.serves("production", second).await;
        assert_eq!(read(directory.join("modules/m7/files/f")), "changed");
        assert_eq!(read(compiler.folder.join("live/environments/production/modules/m7/files/f")), "changed");
    }
    let bytes = primary.link.objects_bytes.load(Ordering::Relaxed) - bytes_before;
    assert!(bytes < 8_000, "{bytes} bytes for one file of 40, to two compilers");
    // A branch of it costs next to nothing.
    let copy = std::process::Command::new("cp")
        .arg("-r")
        .args([primary.site.staged("environments/production"), primary.site.staged("environments/branch")])
        .status();
    assert!(copy.unwrap().success());
    let bytes_before = primary.link.objects_bytes.load(Ordering::Relaxed);
    let branch = commit(&primary.storage, "branch");
    compilers[0].serves("branch", branch).await;
    let store = compilers[0].folder.join("client/puppet-code.git");
    git(&store, &["fsck", "--strict"]);
    assert_eq!(git(&store, &["rev-parse", "refs/synced-commits/branch"]), branch.to_string());
    assert_eq!(
        git(&store, &["log", "--format=%H", "refs/synced-commits/production"]),
        format!("{second}\n{first}")
    );
    let bytes = primary.link.objects_bytes.load(Ordering::Relaxed) - bytes_before;
    assert!(bytes > 0);
    // Gone on the primary, gone here.
    std::fs::remove_dir_all(primary.site.staged("environments/branch")).unwrap();
    commit(&primary.storage, "production");
    let mut watch = compilers[0].client.live().watch();
    watch.wait_for(|current| !current.contains_key("branch")).await.unwrap();
    assert!(!compilers[0].folder.join("live/environments/branch").exists());

    // What the primary knows of its clients.
    let mut status = Json::Null;
    for _ in 0..200 {
        status = primary.handlers.storage_status("debug").unwrap();
        let synced = ["compiler1", "compiler2"].iter().all(|name| {
            let production = &status["clients"][name]["repos"][REPO]["submodules"]["environments/production"];
            production["latest_commit"]["commit"] == second.to_string() && production["status"] == "ok"
        });
        if synced {
            break;
        }
        tokio::time::sleep(Duration::from_millis(20)).await;
    }
    let production = &status["clients"]["compiler2"]["repos"][REPO]["submodules"]["environments/production"];
    assert_eq!(
        production["latest_commit"]["identity"],
        json!({"name": "PE File Sync Service", "email": ""}),
        "{status:#}"
    );
    let known = &status["repos"][REPO]["submodules"]["environments/production"]["latest_commit"]["commit"];
    assert_eq!(*known, second.to_string());
}

#[tokio::test(flavor = "multi_thread")]
async fn a_compiler_forgets_old_versions() {
    let primary = Primary::start().await;
    let compiler = primary.compiler("compiler1");
    let deploy = async |n: u32| {
        primary.site.write("environments/production/a", noise(n, 50_000));
        primary.site.write("environments/production/same", "x");
        let id = commit(&primary.storage, "production");
        compiler.serves("production", id).await;
        id
    };
    let mut all = Vec::new();
    for n in 0..8 {
        all.push(deploy(n).await);
    }
    primary.site.write("environments/branch/b", "x");
    let branch = commit(&primary.storage, "branch");
    compiler.serves("branch", branch).await;
    let store = compiler.folder.join("client/puppet-code.git");
    let before = disk(&store);
    // What is laid out stays: the version that serves and the one before.
    compiler.client.live().expire();
    compiler.client.prune(HashSet::from([all[2]]));
    let repository = compiler.client.repository("production").unwrap();
    let content = |n: usize| {
        content(&repository, "production", &code::code_id(all[n], "production"), "a").unwrap().is_some()
    };
    let known: Vec<usize> = (0..8).filter(|n| content(*n)).collect();
    assert_eq!(known, [2, 6, 7]);
    assert!(disk(&store) < before * 3 / 4, "{} of {before}", disk(&store));
    git(&store, &["fsck", "--strict", "--full"]);
    git(&store, &["gc", "--quiet", "--prune=now"]);
    assert!(content(2) && content(6) && content(7));
    // An environment that is gone, and a start in between.
    std::fs::remove_dir_all(primary.site.staged("environments/branch")).unwrap();
    commit(&primary.storage, "production");
    let mut watch = compiler.client.live().watch();
    watch.wait_for(|current| !current.contains_key("branch")).await.unwrap();
    drop(compiler);
    let compiler = primary.compiler("compiler1");
    compiler.serves("production", all[7]).await;
    compiler.client.live().expire();
    compiler.client.prune(HashSet::new());
    let names = git(&store, &["for-each-ref", "--format=%(refname)"]);
    assert!(!names.contains("branch"), "{names}");
    git(&store, &["fsck", "--strict", "--full"]);
    // Only what changed travels on.
    let bytes_before = primary.link.objects_bytes.load(Ordering::Relaxed);
    primary.site.write("environments/production/same", "y");
    let last = commit(&primary.storage, "production");
    compiler.serves("production", last).await;
    let bytes = primary.link.objects_bytes.load(Ordering::Relaxed) - bytes_before;
    assert!(bytes < 5_000, "{bytes}");
    // The record is lost, and a name is damaged: it serves all the same, and what catalogs name stays.
    drop(compiler);
    std::fs::write(store.with_extension("served.json"), "{").unwrap();
    std::fs::write(store.join("refs/synced-commits/empty"), "").unwrap();
    let compiler = primary.compiler("compiler1");
    compiler.serves("production", last).await;
    compiler.client.prune(HashSet::from([all[7]]));
    std::fs::remove_file(store.join("refs/synced-commits/empty")).unwrap();
    compiler.client.live().expire();
    for _ in 0..2 {
        compiler.client.prune(HashSet::from([all[7]]));
        git(&store, &["fsck", "--strict", "--full"]);
        assert!(git(&store, &["show", &format!("{}:same", all[7])]) == "x");
    }
    // A repository that was deleted while the compiler did not run.
    drop(compiler);
    std::fs::remove_dir_all(&store).unwrap();
    let compiler = primary.compiler("compiler1");
    primary.site.write("environments/production/same", "z");
    let last = commit(&primary.storage, "production");
    compiler.serves("production", last).await;
    compiler.client.prune(HashSet::new());
    git(&store, &["fsck", "--strict", "--full"]);
}

#[tokio::test(flavor = "multi_thread")]
async fn nothing_is_removed_that_is_on_its_way() {
    let primary = Primary::start().await;
    primary.link.loss.store(30, Ordering::Relaxed);
    let compiler = primary.compiler("compiler1");
    let stop = Arc::new(AtomicBool::new(false));
    let pruning = {
        let (client, stop) = (compiler.client.clone(), stop.clone());
        std::thread::spawn(move || {
            let mut times = 0;
            while !stop.load(Ordering::Relaxed) {
                client.live().expire();
                client.prune(HashSet::new());
                times += 1;
            }
            times
        })
    };
    let mut last = Id::new([0; 20]);
    for n in 0..25 {
        for environment in ["production", "qa"] {
            for k in 0..12 {
                // More than fits into one answer, part of it as in the version before the last.
                let name = format!("environments/{environment}/m{k}/f");
                primary.site.write(&name, noise(if k % 2 == 0 { n % 2 } else { n } * 12 + k, 5_000));
            }
        }
        last = commit(&primary.storage, "production");
        if n % 3 == 0 {
            compiler.serves("production", last).await;
        }
    }
    let directory = compiler.serves("production", last).await;
    assert_eq!(std::fs::read(directory.join("m1/f")).unwrap(), noise(24 * 12 + 1, 5_000));
    stop.store(true, Ordering::Relaxed);
    assert!(pruning.join().unwrap() > 5);
    let status = compiler.client.status();
    let errors: Vec<&String> = status.parts.values().filter_map(|part| part.error.as_ref()).collect();
    assert!(errors.iter().all(|error| !error.contains("no object")), "{errors:?}");
    git(&compiler.folder.join("client/puppet-code.git"), &["fsck", "--strict", "--full"]);
}

#[tokio::test(flavor = "multi_thread")]
async fn over_a_lossy_link_no_version_is_mixed() {
    let primary = Primary::start().await;
    let write = |version: u32| {
        for n in 0..10 {
            primary.site.write(&format!("environments/production/m{n}/version"), version.to_string());
            primary.site.write(&format!("environments/production/m{n}/other"), (version / 3).to_string());
        }
    };
    write(0);
    commit(&primary.storage, "production");
    primary.link.loss.store(40, Ordering::Relaxed);
    let compiler = primary.compiler("compiler1");
    let live = compiler.client.live().clone();
    let mut watch = live.watch();
    let mut seen = 0;
    for version in 1..15 {
        write(version);
        let id = commit(&primary.storage, "production");
        if version == 14 {
            compiler.serves("production", id).await;
        } else {
            // Some are overtaken by the next one.
            let _ = tokio::time::timeout(Duration::from_millis(60), watch.changed()).await;
        }
        if let Some(serving) = live.current().get("production") {
            let texts: Vec<String> =
                (0..10).map(|n| read(serving.directory.join(format!("m{n}/version")))).collect();
            assert!(texts.iter().all(|text| *text == texts[0]), "{texts:?}");
            seen += 1;
        }
    }
    assert!(seen > 0);
    assert_eq!(read(live.current()["production"].directory.join("m3/version")), "14");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_compiler_goes_on_without_its_primary() {
    let primary = Primary::start().await;
    primary.site.write("environments/production/a", "1");
    let first = commit(&primary.storage, "production");
    let compiler = primary.compiler("compiler1");
    compiler.serves("production", first).await;
    let folder = compiler.folder.clone();
    drop(compiler);
    let compiler = Compiler::start("compiler1", "http://127.0.0.1:1/file-sync/v1", folder);
    let directory = compiler.serves("production", first).await;
    let mut watch = compiler.client.watch();
    let status = watch.wait_for(|status| status.poll_error.is_some()).await.unwrap().clone();
    assert!(status.poll_error.as_ref().unwrap().starts_with("could not connect"), "{status:?}");
    assert!(!status.is_synced);
    assert_eq!(read(directory.join("a")), "1");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_primary_that_forgot_all_versions_takes_nothing_away() {
    let primary = Primary::start().await;
    for name in ["production", "test"] {
        primary.site.write(&format!("environments/{name}/a"), "1");
        commit(&primary.storage, name);
    }
    let first = primary.storage.latest()[REPO].clone().unwrap().submodules;
    let compiler = primary.compiler("compiler1");
    for name in ["production", "test"] {
        compiler.serves(name, first[&format!("environments/{name}")]).await;
    }
    let folder = compiler.folder.clone();
    drop(compiler);
    let anew = Primary::start().await;
    let compiler = Compiler::start("compiler1", &anew.url(), folder);
    let mut live = compiler.client.live().watch();
    let gone = tokio::spawn(async move {
        let gone = live.wait_for(|current| !current.contains_key("production")).await;
        gone.is_ok()
    });
    // Asked more than once, so that whatever the first answer leads to has begun.
    let mut status = compiler.client.status();
    for _ in 0..4 {
        status = compiler.client.force(Duration::from_secs(60)).await;
    }
    assert!(status.answers > 2, "{status:?}");
    assert!(!status.is_synced && status.last_successful_sync.is_none(), "{status:?}");
    let repos = compiler.client.repos_json();
    assert_eq!(repos[REPO]["status"], "error", "{repos:#}");
    assert!(repos[REPO]["error"].as_str().unwrap().contains("bunraku code commit"), "{repos:#}");
    let current = compiler.client.live().current();
    assert_eq!(read(current["production"].directory.join("a")), "1");
    assert!(current.contains_key("test") && compiler.folder.join("live/environments/test").exists());
    // Committed again, it is as on the primary, and what is not there goes.
    anew.site.write("environments/production/a", "2");
    let second = commit(&anew.storage, "production");
    let directory = compiler.serves("production", second).await;
    assert_eq!(read(directory.join("a")), "2");
    assert!(!gone.is_finished(), "it was gone for a while");
    gone.abort();
    let mut watch = compiler.client.watch();
    let synced = watch.wait_for(|status| status.is_synced);
    tokio::time::timeout(Duration::from_secs(60), synced).await.unwrap().unwrap();
    assert!(!compiler.client.live().current().contains_key("test"));
    assert_eq!(compiler.client.repos_json()[REPO]["status"], "ok");
}

#[tokio::test(flavor = "multi_thread")]
async fn while_the_primary_is_away_nothing_is_synchronised() {
    let primary = Primary::start().await;
    primary.site.write("environments/production/a", "1");
    commit(&primary.storage, "production");
    let mut way = None;
    let compiler = Compiler::start_over("compiler1", &primary.url(), primary.site.root().join("c"), |open| {
        let made = Arc::new(Way { open, is_closed: AtomicBool::new(false), bad: AtomicU64::new(0) });
        way = Some(made.clone());
        made
    });
    let way = way.unwrap();
    let mut watch = compiler.client.watch();
    let synced = watch.wait_for(|status| status.is_synced && status.last_successful_sync.is_some());
    tokio::time::timeout(Duration::from_secs(60), synced).await.unwrap().unwrap();
    way.is_closed.store(true, Ordering::Relaxed);
    primary.handlers.close();
    let status = watch.wait_for(|status| status.poll_error.is_some()).await.unwrap().clone();
    assert!(!status.is_synced);
    let later = watch.wait_for(|later| later.answers > status.answers + 3).await.unwrap().clone();
    assert_eq!(later.last_successful_sync, status.last_successful_sync);
    way.is_closed.store(false, Ordering::Relaxed);
    let back = watch.wait_for(|status| status.is_synced).await.unwrap().clone();
    assert!(back.last_successful_sync > status.last_successful_sync);
}

#[tokio::test(flavor = "multi_thread")]
async fn it_goes_on_after_a_panic() {
    let primary = Primary::start().await;
    primary.site.write("environments/production/a", "1");
    let first = commit(&primary.storage, "production");
    let folder = primary.site.root().join("c");
    // Two environments at once: the fetch of one panics while that of the other and a question are under way.
    let compiler = Compiler::start_over("compiler1", &primary.url(), folder, |open| {
        Arc::new(Way { open, is_closed: AtomicBool::new(false), bad: AtomicU64::new(2) })
    });
    let directory = compiler.serves("production", first).await;
    assert_eq!(read(directory.join("a")), "1");
}

#[tokio::test(flavor = "multi_thread")]
async fn the_primary_is_a_client_of_itself() {
    let site = Site::new();
    let storage = Arc::new(site.open());
    let data = site.settings.data_dir.join("client");
    let (live, settings) = client_settings(&data);
    let live = Arc::new(Live::open(live).unwrap());
    let client = Arc::new(Client::new(settings, Source::Here(storage.clone()), live.clone()).unwrap());
    let task = tokio::spawn(client.clone().run());
    let mut watch = live.watch();
    for text in ["1", "2", "3"] {
        site.write("environments/production/a", text);
        let id = commit(&storage, "production");
        let serves =
            watch.wait_for(|current| current.get("production").is_some_and(|version| version.commit == id));
        let directory = serves.await.unwrap()["production"].directory.clone();
        assert_eq!(read(directory.join("a")), text);
    }
    assert!(!data.join("puppet-code.git").exists());
    let allowed = Arc::new(Allowed::new(["primary".to_owned()], Compilers::default()));
    let handlers = Handlers::new(None, Some(client), allowed);
    let request = Request::new(Method::POST, "/file-sync/v1/force-sync").unwrap();
    let peer = Peer::verified("primary", PeerCertificate::default());
    let response = handlers.call(request.with_peer(peer)).await;
    let status: Json = serde_json::from_slice(&response.body.in_memory().unwrap()).unwrap();
    assert_eq!(status[REPO]["submodules"]["environments/production"]["status"], "ok", "{status:#}");
    assert_eq!(handlers.client_status("debug").unwrap()["repos"], status);
    task.abort();
}

#[tokio::test(flavor = "multi_thread")]
async fn only_the_primary_and_its_compilers_are_answered() {
    let primary = Primary::start().await;
    primary.site.write("environments/production/secret", "1");
    let json = "application/json";
    for name in ["", "agent1", "compiler3"] {
        for path in ["/commit", "/publish", "/latest-commits", "/objects", "/force-sync", "/nothing", "/", ""]
        {
            let (status, text) = primary.post(name, path, json, r#"{"commit-all": true}"#).await;
            assert_eq!(status, 403, "{name} {path}: {text}");
        }
    }
    assert_eq!(primary.post("compiler1", "/commit", json, r#"{"commit-all": true}"#).await.0, 403);
    let (status, _) = primary.post("compiler1", "/./publish", json, r#"{"commit-all": true}"#).await;
    assert!(matches!(status, 400 | 403), "{status}");
    assert!(primary.storage.latest()[REPO].is_none());
    assert_eq!(
        primary.post("compiler1", "/latest-commits", json, "").await,
        (200, r#"{"puppet-code":null}"#.into())
    );

    let (status, text) = primary.post("primary", "/commit", "text/plain", "{}").await;
    assert_eq!((status, text.contains("content-type-error")), (400, true), "{text}");
    let (status, text) = primary.post("primary", "/commit", json, "{").await;
    assert_eq!((status, text.contains("json-parse-error")), (400, true), "{text}");
    let (status, text) = primary.post("primary", "/commit", json, r#"{"repo-id": "../x"}"#).await;
    assert_eq!((status, text.contains("publish-error")), (200, true), "{text}");
    let (status, text) = primary.post("primary", "/commit", json, r#"{"commit-all": true}"#).await;
    let latest = primary.storage.latest();
    let latest = latest[REPO].as_ref().unwrap();
    assert_eq!(status, 200);
    assert_eq!(
        serde_json::from_str::<Json>(&text).unwrap(),
        json!({REPO: {"commit": latest.commit, "submodules": {"environments/production": latest.submodules["environments/production"]}}})
    );
    let (status, text) = primary.post("compiler1", "/latest-commits", json, r#"{"repos": {}}"#).await;
    assert_eq!(
        (status, serde_json::from_str::<Json>(&text).unwrap()[REPO]["commit"].clone()),
        (200, json!(latest.commit))
    );
    for (body, wanted) in [
        (json!({"repo-id": REPO, "want": latest.commit}), 200),
        (json!({"repo-id": REPO, "submodule-id": "environments/../x", "want": latest.commit}), 404),
        (json!({"repo-id": REPO, "submodule-id": "environments/production", "ids": ["01".repeat(20)]}), 404),
        (json!({"repo-id": "nope", "want": latest.commit}), 404),
        (json!({"repo-id": REPO}), 400),
    ] {
        let (status, text) = primary.post("compiler1", "/objects", json, &body.to_string()).await;
        assert_eq!(status, wanted, "{body} {text}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_question_waits_for_news() {
    let primary = Primary::start().await;
    primary.site.write("environments/production/a", "1");
    commit(&primary.storage, "production");
    let ask = async |wait: &str, seen: &str| {
        let url = format!("{}/latest-commits{wait}", primary.url());
        let headers = [
            (NAME_HEADER, HeaderValue::from_static("compiler1")),
            (header::IF_NONE_MATCH, HeaderValue::from_str(seen).unwrap()),
        ];
        let answer =
            rest::Client::without_tls().send(Method::POST, &url, headers, Bytes::new()).await.unwrap();
        let tag = answer.headers.get(header::ETAG).map(|tag| tag.to_str().unwrap().to_owned());
        (answer.status.as_u16(), tag)
    };
    let (status, tag) = ask("?wait=30", "\"other\"").await;
    let tag = tag.unwrap();
    assert_eq!(status, 200);
    assert_eq!(ask("", &tag).await, (304, None));
    assert_eq!(ask("?wait=1", &tag).await, (304, None));
    assert_eq!(ask("?wait=x", &tag).await.0, 400);
    let (news, ()) = tokio::join!(ask("?wait=30", &tag), async {
        while primary.handlers.storage_status("debug").unwrap()["clients"]["compiler1"]["waiting"] != true {
            tokio::time::sleep(Duration::from_millis(5)).await;
        }
        primary.site.write("environments/production/a", "2");
        commit(&primary.storage, "production");
    });
    assert_eq!(news.0, 200);
    let tag = news.1.unwrap();
    // A stop need not wait for those that wait.
    let (last, ()) = tokio::join!(ask("?wait=30", &tag), async {
        while primary.handlers.storage_status("debug").unwrap()["clients"]["compiler1"]["waiting"] != true {
            tokio::time::sleep(Duration::from_millis(5)).await;
        }
        primary.handlers.close();
    });
    assert_eq!(last, (304, None));
}
