//! What is judged is what counts, whatever happens to the staging directory and to other versions meanwhile.

#![allow(clippy::unwrap_used, reason = "tests may panic")]

mod support;

use std::collections::HashSet;
use std::path::PathBuf;
use std::sync::{Arc, Mutex};
use std::time::Duration;

use code::Retention;
use code::client::{Client, Source};
use code::git::Id;
use code::guard::{Beside, Guard, Judge};
use code::handlers::{Allowed, Handlers};
use code::live::{Live, Version};
use code::versions::Storage;
use rest::{BoxFuture, Compilers, HeaderValue, Method, Peer, PeerCertificate, Request, Service as _, header};
use serde_json::Value as Json;
use support::{REPO, Site, all, client_settings, commit, environment, git};

type Meanwhile = Box<dyn Fn(&str) + Send + Sync>;

/// Refuses names that begin with `bad`, and does something before it has an answer.
struct Strict {
    judged: Mutex<Vec<String>>,
    meanwhile: Mutex<Option<Meanwhile>>,
}

impl Strict {
    fn told(&self, what: String) -> Result<(), String> {
        let name = what.rsplit(' ').next().unwrap().to_owned();
        self.judged.lock().unwrap().push(what);
        if let Some(meanwhile) = &*self.meanwhile.lock().unwrap() {
            meanwhile(&name);
        }
        if name.starts_with("bad") { Err("too much changes".to_owned()) } else { Ok(()) }
    }
}

impl Judge for Strict {
    fn judge<'a>(
        &'a self,
        version: &'a Arc<Version>,
        beside: Option<&'a Beside>,
    ) -> BoxFuture<'a, Result<(), String>> {
        let read = |version: &Version, name: &str| std::fs::read_to_string(version.directory.join(name));
        let mut content = read(version, "a").unwrap();
        if let Some(beside) = beside {
            let old = beside.old.as_ref().and_then(|old| read(old, "beside").ok());
            let new = read(&beside.new, "beside").unwrap();
            content = format!("{content} beside {} {new}", old.unwrap_or_default());
            if new == "bad" {
                self.told(format!("{content} {}", version.name)).unwrap();
                return Box::pin(std::future::ready(Err("too much".to_owned())));
            }
        }
        Box::pin(std::future::ready(self.told(format!("{content} {}", version.name))))
    }

    fn judge_end<'a>(&'a self, environment: &'a str) -> BoxFuture<'a, Result<(), String>> {
        Box::pin(std::future::ready(self.told(format!("end {environment}"))))
    }
}

struct Guarded {
    site: Arc<Site>,
    storage: Arc<Storage>,
    live: Arc<Live>,
    judge: Arc<Strict>,
    handlers: Handlers,
    task: tokio::task::JoinHandle<()>,
}

impl Guarded {
    fn start() -> Guarded {
        Guarded::patient(Duration::from_secs(30))
    }

    fn patient(patience: Duration) -> Guarded {
        let mut site = Site::new();
        site.settings.retention = Some(Retention { versions: 1, age: Duration::ZERO });
        let site = Arc::new(site);
        let storage = Arc::new(site.open());
        let data = site.settings.data_dir.join("client");
        let (live, settings) = client_settings(&data);
        let live = Arc::new(Live::open(live).unwrap());
        let client = Arc::new(Client::new(settings, Source::Here(storage.clone()), live.clone()).unwrap());
        let judge = Arc::new(Strict { judged: Mutex::default(), meanwhile: Mutex::default() });
        let allowed = Arc::new(Allowed::new(["primary".to_owned()], Compilers::default()));
        let handlers = Handlers::new(Some(storage.clone()), Some(client.clone()), allowed);
        let guard = Guard::new(storage.clone(), client.clone(), judge.clone()).with_patience(patience);
        handlers.set_guard(Arc::new(guard));
        let task = tokio::spawn(client.run());
        Guarded { site, storage, live, judge, handlers, task }
    }

    fn meanwhile(&self, meanwhile: impl Fn(&str) + Send + Sync + 'static) {
        *self.judge.meanwhile.lock().unwrap() = Some(Box::new(meanwhile));
    }

    async fn commit(&self, body: &'static str) -> Json {
        let request = Request::new(Method::POST, "/file-sync/v1/commit").unwrap();
        let json = HeaderValue::from_static("application/json");
        let request = request.with_header(header::CONTENT_TYPE, json).with_body(body);
        let peer = Peer::verified("primary", PeerCertificate::default());
        let response = self.handlers.call(request.with_peer(peer)).await;
        let answer: Json = serde_json::from_slice(&response.body.in_memory().unwrap()).unwrap();
        answer[REPO].clone()
    }

    /// What was judged since it was asked last.
    fn judged(&self) -> Vec<String> {
        std::mem::take(&mut *self.judge.judged.lock().unwrap())
    }

    fn names(&self) -> Vec<String> {
        let latest = self.storage.latest();
        latest[REPO].iter().flat_map(|latest| latest.submodules.keys().cloned()).collect()
    }

    fn repository(&self, name: &str) -> PathBuf {
        self.site.storage(&format!("{REPO}/{name}.git"))
    }

    /// A file of a version, as git has it.
    fn file(&self, name: &str, version: &Json) -> String {
        git(&self.repository(name), &["show", &format!("{}:a", version.as_str().unwrap())])
    }
}

impl Drop for Guarded {
    fn drop(&mut self) {
        self.task.abort();
    }
}

const ALL: &str = r#"{"commit-all": true}"#;
const PRODUCTION: &str = r#"{"repo-id": "puppet-code", "submodule-id": "environments/production"}"#;

fn of<'a>(answer: &'a Json, name: &str) -> &'a Json {
    &answer["submodules"][format!("environments/{name}")]
}

fn reason<'a>(answer: &'a Json, name: &str) -> &'a str {
    of(answer, name)["error"]["message"].as_str().unwrap_or_else(|| panic!("{answer:#}"))
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_judged_and_what_cannot_be_committed_anyway() {
    let guarded = Guarded::start();
    for name in ["good", "bad", "half"] {
        guarded.site.write(&format!("environments/{name}/a"), "1");
    }
    guarded.site.write("environments/.half.unfinished", "");
    let answer = guarded.commit(ALL).await;
    assert!(of(&answer, "good").is_string(), "{answer:#}");
    assert!(reason(&answer, "bad").contains("too much changes"), "{answer:#}");
    assert!(reason(&answer, "half").contains("a deploy of it is under way"), "{answer:#}");
    assert_eq!(guarded.judged(), ["1 bad", "1 good"]);
    assert_eq!(guarded.names(), ["environments/good"]);
    // What was refused is in nobody's history.
    assert!(!guarded.repository("bad").join("refs/heads/master").exists());
    std::fs::remove_file(guarded.site.staged("environments/.half.unfinished")).unwrap();
    assert!(of(&guarded.commit(ALL).await, "half").is_string());
    // Where nothing has changed nothing is judged.
    assert_eq!(guarded.judged(), ["1 bad", "1 half"]);
}

#[tokio::test(flavor = "multi_thread")]
async fn code_that_is_as_it_was_is_not_judged() {
    let guarded = Guarded::start();
    for name in ["one", "two", "three"] {
        guarded.site.write(&format!("environments/{name}/a"), "1");
    }
    let first = guarded.commit(ALL).await;
    assert_eq!(guarded.judged(), ["1 one", "1 three", "1 two"]);
    guarded.site.write("environments/two/a", "2");
    let second = guarded.commit(ALL).await;
    assert_eq!(guarded.judged(), ["2 two"]);
    assert_eq!((of(&first, "one"), of(&first, "three")), (of(&second, "one"), of(&second, "three")));
    assert_eq!(guarded.file("two", of(&second, "two")), "2");
    // The same code under another message is a new version, of which nothing is to be judged.
    let third = guarded.commit(r#"{"commit-all": true, "message": "again"}"#).await;
    assert_ne!(of(&third, "two"), of(&second, "two"));
    assert!(guarded.judged().is_empty());
}

#[tokio::test(flavor = "multi_thread")]
async fn edits_after_the_verdict_do_not_count() {
    let guarded = Guarded::start();
    guarded.site.write("environments/production/a", "1");
    guarded.site.write("beside", "1");
    guarded.commit(ALL).await;
    guarded.judged();
    guarded.site.write("environments/production/a", "judged");
    let site = guarded.site.clone();
    guarded.meanwhile(move |_| {
        site.write("environments/production/a", "edited");
        site.write("environments/production/b", "new");
        site.write("environments/late/a", "new");
    });
    let answer = guarded.commit(ALL).await;
    assert_eq!(guarded.judged(), ["judged production"]);
    let version = of(&answer, "production");
    assert_eq!(guarded.file("production", version), "judged");
    let listed =
        git(&guarded.repository("production"), &["ls-tree", "--name-only", version.as_str().unwrap()]);
    assert_eq!((listed.as_str(), guarded.names()), ("a", vec!["environments/production".to_owned()]));
    // What serves is what was judged.
    let id: Id = version.as_str().unwrap().parse().unwrap();
    let mut watch = guarded.live.watch();
    let serves = watch.wait_for(|current| current["production"].commit == id);
    let directory = serves.await.unwrap()["production"].directory.clone();
    assert_eq!(std::fs::read_to_string(directory.join("a")).unwrap(), "judged");
    // The edits are the next change.
    guarded.meanwhile(|_| {});
    let answer = guarded.commit(ALL).await;
    assert_eq!(guarded.judged(), ["new late", "edited production"]);
    assert_eq!(guarded.file("production", of(&answer, "production")), "edited");
}

#[tokio::test(flavor = "multi_thread")]
async fn an_environment_that_goes_after_the_verdict_does_not_end() {
    let guarded = Guarded::start();
    guarded.site.write("environments/production/a", "1");
    guarded.site.write("environments/bad_to_end/a", "1");
    guarded.storage.commit(&all());
    guarded.site.write("environments/production/a", "2");
    let site = guarded.site.clone();
    guarded.meanwhile(move |_| {
        let _ = std::fs::remove_dir_all(site.staged("environments"));
        std::fs::create_dir_all(site.staged("environments")).unwrap();
    });
    let answer = guarded.commit(ALL).await;
    assert_eq!(guarded.file("production", of(&answer, "production")), "2");
    assert_eq!(guarded.judged(), ["2 production"]);
    let both = ["environments/bad_to_end", "environments/production"];
    assert_eq!(guarded.names(), both);
    // Now both are gone, which is judged, too.
    guarded.meanwhile(|_| {});
    let answer = guarded.commit(ALL).await;
    assert_eq!(guarded.judged(), ["end bad_to_end", "end production"]);
    assert_eq!(reason(&answer, "bad_to_end"), "too much changes");
    assert_eq!(guarded.names(), &both[..1]);
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_overtaken_is_judged_again_and_not_for_ever() {
    let guarded = Guarded::start();
    guarded.site.write("environments/production/a", "1");
    commit(&guarded.storage, "production");
    guarded.site.write("environments/production/a", "2");
    let (site, storage) = (guarded.site.clone(), guarded.storage.clone());
    let overtakes = Mutex::new(1);
    guarded.meanwhile(move |_| {
        let mut overtakes = overtakes.lock().unwrap();
        if *overtakes > 0 {
            *overtakes -= 1;
            site.write("environments/production/a", "hurry");
            assert!(storage.commit(&environment("production", Some("hurry")))[REPO].is_ok());
            site.write("environments/production/a", "3");
        }
    });
    let answer = guarded.commit(PRODUCTION).await;
    assert_eq!(guarded.judged(), ["2 production", "3 production"]);
    let version = of(&answer, "production");
    assert_eq!(guarded.file("production", version), "3");
    let parent =
        git(&guarded.repository("production"), &["show", &format!("{}^:a", version.as_str().unwrap())]);
    assert_eq!(parent, "hurry");

    let (site, storage) = (guarded.site.clone(), guarded.storage.clone());
    let count = Mutex::new(0);
    guarded.meanwhile(move |_| {
        *count.lock().unwrap() += 1;
        let staged = std::fs::read_to_string(site.staged("environments/production/a")).unwrap();
        site.write("environments/production/a", format!("hurry {}", count.lock().unwrap()));
        assert!(storage.commit(&environment("production", Some("hurry")))[REPO].is_ok());
        site.write("environments/production/a", staged);
    });
    guarded.site.write("environments/production/a", "4");
    let answer = guarded.commit(PRODUCTION).await;
    assert_eq!(guarded.judged().len(), 3);
    assert!(reason(&answer, "production").contains("another version was committed meanwhile"), "{answer:#}");
    let latest = guarded.storage.latest()[REPO].clone().unwrap().submodules["environments/production"];
    assert_eq!(guarded.file("production", &Json::from(latest.to_string())), "hurry 3");
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_judged_is_not_removed_as_something_that_nobody_needs() {
    let guarded = Guarded::start();
    guarded.site.write("environments/production/a", "1");
    guarded.site.write("beside", "1");
    guarded.commit(ALL).await;
    guarded.site.write("environments/production/a", "2");
    guarded.site.write("beside", "2");
    let storage = guarded.storage.clone();
    guarded.meanwhile(move |_| _ = storage.prune(&HashSet::new()));
    guarded.judged();
    let answer = guarded.commit(ALL).await;
    // Once: nothing had to be made anew.
    assert_eq!(guarded.judged(), ["2 production", "2 beside 1 2 production"]);
    assert_eq!(guarded.file("production", of(&answer, "production")), "2");
    assert_eq!(git(&guarded.repository("production"), &["fsck", "--strict", "--full"]), "");
    let parent = guarded.site.storage(&format!("{REPO}.git"));
    assert_eq!(git(&parent, &["show", "master:beside"]), "2");
    assert_eq!(
        git(&parent, &["fsck", "--strict", "--full"])
            .lines()
            .filter(|line| !line.starts_with("dangling"))
            .count(),
        0
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn a_new_environment_that_is_judged_stays_whatever_else_is_committed() {
    let guarded = Guarded::start();
    guarded.site.write("environments/production/a", "1");
    guarded.site.write("environments/ended/a", "1");
    guarded.storage.commit(&all());
    guarded.site.write("environments/feature/a", "1");
    std::fs::remove_dir_all(guarded.site.staged("environments/ended")).unwrap();
    // Somebody deploys production while the new one is judged, whether that is still staged or not.
    for is_staged in [true, false] {
        let (site, storage) = (guarded.site.clone(), guarded.storage.clone());
        guarded.meanwhile(move |name| {
            if name == "feature" {
                site.write("environments/production/a", format!("{is_staged}"));
                if !is_staged {
                    std::fs::remove_dir_all(site.staged("environments/feature")).unwrap();
                }
                assert!(storage.commit(&environment("production", None))[REPO].is_ok());
            }
        });
        guarded.judged();
        let answer =
            guarded.commit(r#"{"repo-id": "puppet-code", "submodule-id": "environments/feature"}"#).await;
        assert!(of(&answer, "feature").is_string(), "{answer:#}");
        assert_eq!(guarded.judged(), [format!("{} feature", if is_staged { 1 } else { 2 })]);
        guarded.site.write("environments/feature/a", "2");
        let repository = guarded.repository("feature");
        if is_staged {
            // Back to an environment that is in no version.
            std::fs::rename(guarded.site.staged("environments/feature"), guarded.site.staged("apart"))
                .unwrap();
            assert!(guarded.storage.commit(&environment("feature", None))[REPO].is_ok());
            assert!(!repository.exists());
            std::fs::rename(guarded.site.staged("apart"), guarded.site.staged("environments/feature"))
                .unwrap();
        } else {
            assert!(repository.exists());
        }
    }
    // What nobody needs still goes.
    guarded.storage.commit(&all());
    assert!(!guarded.repository("ended").exists());
}

#[tokio::test(flavor = "multi_thread")]
async fn nothing_passes_while_what_it_is_compared_with_does_not_serve() {
    let guarded = Guarded::patient(Duration::from_millis(200));
    for name in ["production", "other"] {
        guarded.site.write(&format!("environments/{name}/a"), "1");
    }
    guarded.site.write("beside", "1");
    guarded.storage.commit(&all());
    let mut watch = guarded.live.watch();
    watch.wait_for(|current| current.len() == 3).await.unwrap();
    // From now on nothing is laid out any more, as with a damaged object or in the first minutes of a new primary.
    guarded.task.abort();
    guarded.site.write("environments/production/a", "2");
    guarded.storage.commit(&environment("production", None));
    guarded.site.write("environments/production/a", "3");
    let answer = guarded.commit(PRODUCTION).await;
    let text = "the newest version of production does not serve on this server yet";
    assert!(reason(&answer, "production").contains(text), "{answer:#}");
    assert!(guarded.judged().is_empty());
    // Nor does code beside the environments, which would not be judged with that version.
    guarded.site.write("environments/production/a", "2");
    guarded.site.write("beside", "2");
    let answer = guarded.commit(ALL).await;
    assert!(answer["error"]["message"].as_str().unwrap().contains(text), "{answer:#}");
    assert!(guarded.judged().is_empty());
    let parent = guarded.site.storage(&format!("{REPO}.git"));
    assert_eq!(git(&parent, &["show", "master:beside"]), "1");
    // What lies beside them must be what a version is judged with.
    guarded.storage.commit(&all());
    guarded.site.write("environments/other/a", "2");
    let answer = guarded.commit(r#"{"repo-id": "puppet-code", "submodule-id": "environments/other"}"#).await;
    let text = "of what lies beside the environments does not serve on this server yet";
    assert!(reason(&answer, "other").contains(text), "{answer:#}");
    assert!(guarded.judged().is_empty());
}

#[tokio::test(flavor = "multi_thread")]
async fn what_was_judged_apart_does_not_come_together() {
    let guarded = Guarded::start();
    guarded.site.write("environments/production/a", "1");
    guarded.site.write("beside", "1");
    guarded.commit(ALL).await;
    let mut watch = guarded.live.watch();
    watch.wait_for(|current| current.len() == 2).await.unwrap();
    guarded.judged();
    // The environment gets another version while what lies beside it is judged.
    let once = |change: Box<dyn Fn() + Send + Sync>| {
        let is_done = Mutex::new(false);
        guarded.meanwhile(move |_| {
            if !std::mem::replace(&mut *is_done.lock().unwrap(), true) {
                change();
            }
        });
    };
    guarded.site.write("beside", "2");
    let (site, storage) = (guarded.site.clone(), guarded.storage.clone());
    once(Box::new(move || {
        site.write("environments/production/a", "2");
        assert!(storage.commit(&environment("production", None))[REPO].is_ok());
    }));
    let answer = guarded.commit(ALL).await;
    assert_eq!(guarded.judged(), ["1 beside 1 2 production", "2 beside 1 2 production"], "{answer:#}");
    let parent = guarded.site.storage(&format!("{REPO}.git"));
    assert_eq!(git(&parent, &["show", "master:beside"]), "2");
    // And what lies beside it another one while the environment is judged.
    guarded.site.write("environments/production/a", "3");
    let (site, storage) = (guarded.site.clone(), guarded.storage.clone());
    once(Box::new(move || {
        site.write("environments/production/a", "2");
        site.write("beside", "3");
        assert!(storage.commit(&all())[REPO].is_ok());
        site.write("environments/production/a", "3");
    }));
    let answer = guarded.commit(PRODUCTION).await;
    assert_eq!(guarded.judged(), ["3 production", "3 production"], "{answer:#}");
    assert_eq!(guarded.file("production", of(&answer, "production")), "3");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_lost_store_ends_no_environment_that_serves() {
    let guarded = Guarded::start();
    for name in ["production", "other", "bad_to_end"] {
        guarded.site.write(&format!("environments/{name}/a"), "1");
    }
    guarded.storage.commit(&all());
    let mut watch = guarded.live.watch();
    watch.wait_for(|current| current.len() == 4).await.unwrap();
    std::fs::remove_dir_all(guarded.site.storage("")).unwrap();
    // One cannot be committed, one would be refused, one is not asked for: with a gate and without.
    guarded.site.write("environments/.production.unfinished", "");
    let other = r#"{"repo-id": "puppet-code", "submodule-id": "environments/other"}"#;
    for body in [ALL, other] {
        let answer = guarded.commit(body).await;
        assert!(answer["error"]["message"].is_string(), "{answer:#}");
    }
    for request in [all(), environment("other", None)] {
        let error = guarded.storage.commit(&request)[REPO].as_ref().unwrap_err().to_string();
        assert!(error.contains("the first one would end environments that serve: "), "{error}");
        assert!(error.contains("production"), "{error}");
    }
    assert!(guarded.names().is_empty());
    std::fs::remove_file(guarded.site.staged("environments/.production.unfinished")).unwrap();
    // One that is not staged any more is judged.
    std::fs::remove_dir_all(guarded.site.staged("environments/bad_to_end")).unwrap();
    let answer = guarded.commit(ALL).await;
    let text = "bad_to_end serves and is not staged: too much changes";
    assert_eq!(answer["error"]["message"], text, "{answer:#}");
    assert!(guarded.names().is_empty());
    assert_eq!(guarded.live.current().len(), 4);
    // Without a gate that is what was wanted.
    guarded.storage.commit(&all());
    assert_eq!(guarded.names(), ["environments/other", "environments/production"]);
}

#[tokio::test(flavor = "multi_thread")]
async fn what_lies_beside_is_judged_in_each_environment_that_serves() {
    let guarded = Guarded::start();
    for name in ["one", "two", "bad"] {
        guarded.site.write(&format!("environments/{name}/a"), "1");
    }
    guarded.site.write("beside", "1");
    guarded.storage.commit(&all());
    let mut watch = guarded.live.watch();
    watch.wait_for(|current| current.len() == 4).await.unwrap();
    // Each with the code that it will have; one that must not change has the old one.
    guarded.site.write("beside", "2");
    guarded.site.write("environments/one/a", "2");
    guarded.site.write("environments/bad/a", "2");
    std::fs::remove_dir_all(guarded.site.staged("environments/two")).unwrap();
    let answer = guarded.commit(ALL).await;
    let judged = guarded.judged();
    assert_eq!(judged, ["2 bad", "2 one", "end two", "1 beside 1 2 bad"], "{answer:#}");
    // The first that refuses is enough.
    assert_eq!(answer["error"]["message"], "in bad: too much changes", "{answer:#}");
    let parent = guarded.site.storage(&format!("{REPO}.git"));
    assert_eq!(git(&parent, &["show", "master:beside"]), "1");
    assert_eq!(guarded.file("one", of(&answer, "one")), "2");

    std::fs::remove_dir_all(guarded.site.staged("environments/bad")).unwrap();
    guarded.storage.commit(&all());
    watch.wait_for(|current| current.len() == 2).await.unwrap();
    let answer = guarded.commit(ALL).await;
    assert!(guarded.judged().is_empty(), "{answer:#}");
    guarded.site.write("beside", "3");
    guarded.site.write("environments/one/a", "3");
    let answer = guarded.commit(ALL).await;
    assert_eq!(guarded.judged(), ["3 one", "3 beside 2 3 one"], "{answer:#}");
    assert!(answer.get("error").is_none(), "{answer:#}");
    assert_eq!(git(&parent, &["show", "master:beside"]), "3");
    // Only a commit of everything takes it along; edits after the verdict are not.
    guarded.site.write("beside", "4");
    guarded.site.write("environments/one/a", "4");
    guarded.commit(r#"{"repo-id": "puppet-code", "submodule-id": "environments/one"}"#).await;
    assert_eq!(guarded.judged(), ["4 one"]);
    let site = guarded.site.clone();
    guarded.meanwhile(move |_| site.write("beside", "bad"));
    guarded.commit(ALL).await;
    assert_eq!(guarded.judged(), ["4 beside 3 4 one"]);
    assert_eq!(git(&parent, &["show", "master:beside"]), "4");
}
