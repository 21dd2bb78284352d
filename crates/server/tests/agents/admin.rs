//! Status and administration.

use server::{Admin, State, Status};

use super::*;

#[tokio::test]
async fn status() {
    let site = Site::new();
    let status = Status::new(site.server.clone(), true);
    let ask = async |target: &str| answer(&status, get(target)).await;
    let starting = ask("/status/v1/simple").await;
    assert_eq!((starting.status, starting.body.as_str()), (503, "starting"));
    status.set(State::Running);
    for path in
        ["/status/v1/simple", "/status/v1/simple/server", "/status/v1/simple/master", "/status/v1/simple/ca"]
    {
        let simple = ask(path).await;
        assert_eq!((simple.status, simple.body.as_str()), (200, "running"), "{path}");
    }
    let unknown = ask("/status/v1/simple/x").await;
    assert_eq!((unknown.status, unknown.body.as_str()), (404, "not found: x"));

    let services = ask("/status/v1/services").await.json();
    let names: Vec<_> = services.as_object().unwrap().keys().map(String::as_str).collect();
    assert_eq!(names, ["ca", "jruby-metrics", "master", "puppet-profiler", "server", "status-service"]);
    let ca = ask("/status/v1/services/ca?level=critical").await.json();
    assert_eq!(ca["service_name"], "ca");
    assert_eq!(
        (&ca["state"], &ca["detail_level"], &ca["service_status_version"]),
        (&"running".into(), &"critical".into(), &1.into())
    );
    // Tools sign in bulk from 8.4.0 on.
    let version: Vec<u32> =
        ca["service_version"].as_str().unwrap().split('.').map(|part| part.parse().unwrap()).collect();
    assert!(version >= vec![8, 4, 0]);

    let level = ask("/status/v1/services?level=x").await;
    assert_eq!(
        (level.status, level.body.as_str()),
        (400, r#"{"kind":"data-invalid","msg":"Invalid level: :x"}"#)
    );
    let service = ask("/status/v1/services/x").await;
    assert_eq!(
        (service.status, service.body.as_str()),
        (404, r#"{"kind":"service-not-found","msg":"No status function registered for service x"}"#)
    );
    let debug = ask("/status/v1/services/jruby-metrics?level=debug").await.json();
    assert_eq!(debug["status"]["experimental"]["metrics"]["num-jrubies"], 1);

    let elsewhere = Status::new(site.server.clone(), false);
    assert_eq!(answer(&elsewhere, get("/status/v1/simple/ca")).await.status, 404);
}

#[tokio::test]
async fn caches_are_flushed() {
    let site = Site::with(|settings| settings.check_interval = Duration::from_secs(3600));
    let admin = Admin::new(site.server.environments().clone());
    let first = site.server.environments().get("production").unwrap();
    site.manifest("production", "notify { 'hello': }\nnotify { 'again': }\n");
    let same = site.server.environments().get("production").unwrap();
    assert!(Arc::ptr_eq(&first.image, &same.image));
    for (path, fresh) in [
        ("/puppet-admin-api/v1/environment-cache?environment=other", false),
        ("/puppet-admin-api/v1/environment-cache?environment=production", true),
    ] {
        let flushed = answer(&admin, request(Method::DELETE, path)).await;
        assert_eq!((flushed.status, flushed.body.as_str()), (204, ""));
        let now = site.server.environments().get("production").unwrap();
        assert_eq!(!Arc::ptr_eq(&first.image, &now.image), fresh, "{path}");
    }
    assert_eq!(answer(&admin, request(Method::DELETE, "/puppet-admin-api/v1/jruby-pool")).await.status, 204);
    assert_eq!(answer(&admin, get("/puppet-admin-api/v1/jruby-pool")).await.status, 405);
    let bad =
        answer(&admin, request(Method::DELETE, "/puppet-admin-api/v1/environment-cache?environment=a%2Fb"))
            .await;
    assert_eq!(bad.status, 400);
}
