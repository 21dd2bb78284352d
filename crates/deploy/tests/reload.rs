//! A configuration that is read again while deploys are under way.

#![allow(clippy::unwrap_used, reason = "tests")]

mod support;

use std::sync::mpsc::{Receiver, Sender, channel};
use std::sync::{Arc, Mutex};
use std::time::Duration;

use deploy::manager::queue::{State, Wanted};
use deploy::manager::{Hooks, Manager, ManagerSettings};
use deploy::settings::{PurgeLevel, Source};
use deploy::{Built, DeployError, Deployer, Publish, Published, Settings, Silent};
use rest::BoxFuture;
use support::{Quiet, Site};

const LONG: Duration = Duration::from_secs(60);

/// Remembers of which environments it was told.
#[derive(Default)]
struct Told(Mutex<Vec<String>>);

impl Hooks for Told {
    fn ended(&self, document: serde_json::Value) -> BoxFuture<'_, ()> {
        self.0.lock().unwrap().push(document["environment"].as_str().unwrap().to_owned());
        Box::pin(async {})
    }
}

/// Holds each deploy before it is published.
struct Held {
    reached: Mutex<Sender<()>>,
    go: Mutex<Receiver<()>>,
}

impl Publish for Held {
    fn check(&self, _: &Built<'_>) -> Result<(), DeployError> {
        let _ = self.reached.lock().unwrap().send(());
        let _ = self.go.lock().unwrap().recv_timeout(LONG);
        Ok(())
    }

    fn publish(&self, _: &Built<'_>) -> Result<Published, DeployError> {
        Ok(Published::default())
    }

    fn remove(&self, _: &[String]) -> Result<(), DeployError> {
        Ok(())
    }
}

/// Two control repositories; the settings of the first one, and those of both.
fn sources(site: &Site) -> [Settings; 2] {
    for name in ["control", "other"] {
        site.commit(name, "production", &[("f", Some(name))]);
    }
    let mut old = site.settings();
    old.deploy.purge_levels = vec![PurgeLevel::Deployment];
    let mut new = old.clone();
    let mut source = Source::git("b", site.url("other"), site.path("environments"));
    source.prefix = Some("b".to_owned());
    new.sources.push(source);
    [old, new]
}

async fn deployed(manager: &Manager, ids: &[u64]) {
    for deploy in manager.settled(ids).await {
        assert_eq!(deploy.state, State::Synced, "{deploy:?}");
    }
}

fn within(settings: Settings) -> Arc<Deployer> {
    Arc::new(Deployer::new(settings, Arc::new(Quiet::default())).unwrap())
}

#[tokio::test(flavor = "multi_thread")]
async fn a_batch_of_the_old_sources_leaves_what_the_new_ones_brought() {
    for is_branch_gone in [false, true] {
        let site = Site::new();
        let [old, new] = sources(&site);
        let ((reached, held), (go, wait)) = (channel(), channel());
        let publish = Held { reached: Mutex::new(reached), go: Mutex::new(wait) };
        let old = Arc::new(Deployer::new(old, Arc::new(publish)).unwrap());
        let pool = |deploy_pool_size| ManagerSettings {
            deploy_pool_size,
            timeouts_wait: LONG,
            ..ManagerSettings::default()
        };
        let told = Arc::new(Told::default());
        let manager = Manager::new(old, pool(1), None, told.clone());
        let gone = Wanted { is_gone: true, ..Wanted::new("gone") };
        let wanted = [Wanted::new("production")].into_iter().chain(is_branch_gone.then_some(gone));
        let under_way = manager.submit(wanted.collect()).unwrap();
        tokio::task::spawn_blocking(move || held.recv_timeout(LONG).unwrap()).await.unwrap();

        // While it is held, another source comes, and its environment serves.
        let new = within(new);
        if is_branch_gone {
            new.deploy(&deploy::Request::new("b_production"), &Silent).unwrap();
            manager.replace(new, pool(1), Arc::new(Told::default()));
        } else {
            manager.replace(new, pool(2), Arc::new(Told::default()));
            let later = manager.submit(vec![Wanted::new("b_production")]).unwrap();
            deployed(&manager, &later).await;
        }
        let place = site.path("environments/b_production/f");
        assert!(place.is_file());
        let stranger = site.path("environments/stranger");
        std::fs::create_dir_all(&stranger).unwrap();
        go.send(()).unwrap();
        deployed(&manager, &under_way).await;
        manager.stop(LONG).await;
        // Who was to hear of it when it began hears of it.
        let until = std::time::Instant::now() + Duration::from_secs(10);
        while !told.0.lock().unwrap().contains(&"production".to_owned()) {
            assert!(std::time::Instant::now() < until, "the hooks were not told");
            tokio::time::sleep(Duration::from_millis(10)).await;
        }
        assert!(place.is_file(), "{is_branch_gone}");
        // What nobody has goes all the same.
        assert!(!stranger.exists());
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_purge_that_waits_looks_again_at_what_counts() {
    let site = Site::new();
    let [old, new] = sources(&site);
    let place = site.path("environments/b_production");
    std::fs::create_dir_all(&place).unwrap();
    let locks = site.path("cache/.bunraku/locks");
    std::fs::create_dir_all(&locks).unwrap();
    // Whoever deploys it holds this.
    let lock = stdx::fs::FileLock::try_acquire(locks.join("environment-b_production.lock"), 0o640);
    let lock = lock.unwrap().unwrap();
    let settings = ManagerSettings { timeouts_wait: LONG, ..ManagerSettings::default() };
    let manager = Manager::new(within(old), settings.clone(), None, Arc::new(Told::default()));
    let ids = manager.submit(vec![Wanted::new("production")]).unwrap();
    deployed(&manager, &ids).await;
    // Long enough for the purge to wait for the lock; were it not, the test would see less, and not fail.
    tokio::time::sleep(Duration::from_millis(500)).await;
    manager.replace(within(new), settings, Arc::new(Told::default()));
    drop(lock);
    manager.stop(LONG).await;
    assert!(place.is_dir());
}
