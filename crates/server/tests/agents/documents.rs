//! Node, environments, facts and reports.

use super::*;

#[tokio::test]
async fn node() {
    let site = Site::new();
    let path = "/puppet/v3/node/web.example.com?environment=production&configured_environment=production&transaction_uuid=x";
    let answer = site.send(get(path)).await;
    assert_eq!((answer.status, answer.content_type.as_str()), (200, "application/json; charset=utf-8"));
    assert_eq!(answer.body, r#"{"name":"web.example.com","environment":"production"}"#);

    let gone = site.send(get("/puppet/v3/node/web.example.com?environment=gone")).await;
    let text = "Not Found: Could not find environment 'gone'".to_owned();
    assert_eq!(gone.error(), (404, text, "RUNTIME_ERROR".into()));
    let traversal = site.send(get("/puppet/v3/node/web.example.com?environment=..%2f..%2fetc")).await;
    let text = "Bad Request: The environment must be purely alphanumeric, not '../../etc'".to_owned();
    assert_eq!(traversal.error(), (400, text, "RUNTIME_ERROR".into()));
    let none = site.send(get("/puppet/v3/node/web.example.com")).await;
    assert_eq!(none.status, 400);
}

#[tokio::test]
async fn environments() {
    let site = Site::new();
    site.manifest("test", "");
    std::fs::create_dir(site.folder.path().join("environments/not-a-name")).unwrap();
    let environments = site.folder.path().join("environments");
    std::fs::write(
        environments.join("test/environment.conf"),
        "modulepath = site:$basemodulepath\nmanifest = one.pp\n",
    )
    .unwrap();
    let answer = site.send(get("/puppet/v3/environments")).await;
    assert_eq!(answer.status, 200);
    let root = site.folder.path().display();
    let expected = serde_json::json!({
        "search_paths": [format!("file://{root}/environments")],
        "environments": {
            "production": { "settings": {
                "modulepath": [format!("{root}/environments/production/modules"), format!("{root}/modules")],
                "manifest": format!("{root}/environments/production/manifests"),
                "environment_timeout": 0,
                "config_version": "",
            }},
            "test": { "settings": {
                "modulepath": [format!("{root}/environments/test/site"), format!("{root}/modules")],
                "manifest": format!("{root}/environments/test/one.pp"),
                "environment_timeout": 0,
                "config_version": "",
            }},
        },
    });
    assert_eq!(answer.json(), expected);
}

#[tokio::test]
async fn facts() {
    let site = Site::new();
    let path = "/puppet/v3/facts/web.example.com?environment=production";
    let body = r#"{"name":"web.example.com","values":{"a":1}}"#;
    assert_eq!(site.send(put(path, "application/json", body)).await.status, 200);
    assert_eq!(facts_of(&site.pdb.commands()), [(NODE.to_owned(), "production".to_owned())]);

    let site = Site::new();
    for (content_type, body, status) in [
        ("application/json", r#"{"name":"other","values":{}}"#, 400),
        ("application/json", "{", 400),
        ("application/json", "", 400),
        ("text/yaml", body, 415),
        ("application/x-msgpack", body, 415),
    ] {
        let answer = site.send(put(path, content_type, body)).await;
        assert_eq!(answer.status, status, "{content_type} {body}: {}", answer.body);
    }
    let gone =
        site.send(put("/puppet/v3/facts/web.example.com?environment=gone", "application/json", body)).await;
    assert_eq!(gone.status, 404);
    let not_routed = site.send(get(path)).await;
    assert_eq!(not_routed.status, 405);
    site.nothing_is_written();
}

#[tokio::test]
async fn reports() {
    let site = Site::new();
    let path = "/puppet/v3/report/web.example.com?environment=production";
    let body = r#"{"host":"web.example.com","status":"changed"}"#;
    let answer = site.send(put(path, "application/json", body)).await;
    assert_eq!((answer.status, answer.body.as_str()), (200, r#"["store"]"#));
    let commands = site.pdb.commands();
    let [Command::StoreReport(report)] = commands.as_slice() else { panic!("{commands:?}") };
    assert_eq!((report.certname.as_str(), &report.report[..]), (NODE, body.as_bytes()));

    let site = Site::new();
    let mut untyped = put(path, "application/json", body);
    untyped.headers.remove(header::CONTENT_TYPE);
    let text =
        "Bad Request: No Content-Type header was received, it isn't possible to unserialize the request";
    assert_eq!(site.send(untyped).await.error(), (400, text.to_owned(), "MISSING_HEADER_FIELD".into()));
    let other = site.send(put(path, "text/yaml", body)).await;
    let text = "Unsupported Media Type: Client sent a mime-type (text/yaml) that doesn't correspond to a format we support";
    assert_eq!(other.error(), (415, text.to_owned(), "UNSUPPORTED_MEDIA_TYPE".into()));
    let gone = put("/puppet/v3/report/web.example.com?environment=gone", "application/json", body);
    assert_eq!(site.send(gone).await.status, 404);
    site.nothing_is_written();

    *site.pdb.failure.lock().unwrap() = Some("the disk is full".to_owned());
    // Never "stored" when it is not.
    assert_eq!(site.send(put(path, "application/json", body)).await.status, 500);
}

#[tokio::test]
async fn unknown_paths() {
    let site = Site::new();
    for path in [
        "/puppet/v3/",
        "/puppet/v3/status/x",
        "/puppet/v3/resource_type/x",
        "/puppet/v2/node/x",
        "/puppet/v3",
    ] {
        let answer = site.send(get(path)).await;
        assert_eq!(answer.status, 404, "{path}");
        assert!(answer.headers.contains_key("x-puppet-version"));
    }
}
