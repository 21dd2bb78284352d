//! What tools ask of the code: classes, modules, tasks, plans.

use std::os::unix::fs::PermissionsExt as _;

use serde_json::{Value as Json, json};

use super::*;

/// A site with modules; paths are relative to the environment.
fn site(change: impl FnOnce(&mut Settings), files: &[(&str, &str)]) -> Site {
    let site = Site::with(change);
    for (path, text) in files {
        write(&site, path, text);
    }
    site
}

fn write(site: &Site, path: &str, text: &str) {
    let path = site.folder.path().join("environments/production").join(path);
    std::fs::create_dir_all(path.parent().unwrap()).unwrap();
    std::fs::write(path, text).unwrap();
}

async fn ask(site: &Site, path: &str) -> (u16, Json) {
    let answer = site.send(get(&format!("/puppet/v3/{path}"))).await;
    let json = serde_json::from_str(&answer.body).unwrap_or(Json::String(answer.body));
    (answer.status, json)
}

#[tokio::test]
async fn classes_have_a_tag_until_the_code_changes() {
    let code = "class a(Hash $h = {b => 1, a => [2.0, undef]}, $i, String $s = \"${facts}\") {}\n";
    let site =
        site(|_| {}, &[("modules/a/manifests/init.pp", code), ("modules/b/manifests/x.pp", "class b( {\n")]);
    let target = "/puppet/v3/environment_classes?environment=production";
    let first = site.send(get(target)).await;
    assert_eq!((first.status, &*first.content_type), (200, "application/json"));
    let text = first.body.replace(&site.folder.path().display().to_string(), "");
    assert_eq!(
        text,
        concat!(
            r#"{"files":[{"classes":[],"path":"/environments/production/manifests/site.pp"},"#,
            r#"{"classes":[{"name":"a","params":["#,
            r#"{"default_literal":{"a":[2.0,null],"b":1},"default_source":"{b => 1, a => [2.0, undef]}","name":"h","type":"Hash"},"#,
            r#"{"name":"i"},{"default_source":"\"${facts}\"","name":"s","type":"String"}]}],"#,
            r#""path":"/environments/production/modules/a/manifests/init.pp"},"#,
            r#"{"error":"Syntax error at '{' (file: /environments/production/modules/b/manifests/x.pp, line: 1, column: 10)","#,
            r#""path":"/environments/production/modules/b/manifests/x.pp"}],"name":"production"}"#
        )
    );
    let tag = first.headers["etag"].to_str().unwrap().to_owned();
    for known in [tag.clone(), format!("{tag}--gzip")] {
        let again = site.send(get(target).having(header::IF_NONE_MATCH, &known)).await;
        assert_eq!((again.status, &*again.body, &again.headers["etag"]), (304, "", &first.headers["etag"]));
    }
    assert_eq!(site.send(get(target).having(header::IF_NONE_MATCH, "other")).await.status, 200);
    write(&site, "modules/b/manifests/x.pp", "class b::x {}\n");
    let changed = site.send(get(target).having(header::IF_NONE_MATCH, &tag)).await;
    assert_eq!(changed.status, 200);
    assert_ne!(changed.headers["etag"], first.headers["etag"]);
}

#[tokio::test]
async fn modules_of_one_environment_or_all() {
    let metadata =
        r#"{"name":"acme-a","version":"1.2.3","source":"x","author":"x","license":"x","dependencies":[]}"#;
    let files = [
        ("modules/a/metadata.json", metadata),
        ("modules/b/lib/x.rb", ""),
        ("modules/c/metadata.json", "{"),
        ("modules/d/metadata.json", r#"{"name":"acme-d","version":"1"}"#),
        ("modules/e/metadata.json", "{}"),
    ];
    let site = site(|_| {}, &files);
    site.manifest("other", "");
    let list = json!([
        {"name": "acme/a", "version": "1.2.3"}, {"name": "b", "version": null}, {"name": "e", "version": null}
    ]);
    let production = json!({"modules": list, "name": "production"});
    assert_eq!(ask(&site, "environment_modules?environment=production").await, (200, production.clone()));
    let all = json!([{"modules": [], "name": "other"}, production]);
    assert_eq!(ask(&site, "environment_modules").await, (200, all));
}

#[tokio::test]
async fn what_is_not_there_is_told_in_plain_text() {
    let site = site(|_| {}, &[("modules/a/tasks/init.sh", "x"), ("modules/a/plans/p.pp", "x")]);
    for path in ["environment_classes", "tasks", "tasks/a/init", "plans", "plans/a/p"] {
        let wrong = |text: &str| Json::String(text.to_owned());
        assert_eq!(
            ask(&site, path).await,
            (400, wrong("An environment parameter must be specified")),
            "{path}"
        );
        let invalid = format!("{path}?environment=a-b");
        let text = "The environment must be purely alphanumeric, not 'a-b'";
        assert_eq!(ask(&site, &invalid).await, (400, wrong(text)), "{path}");
        let missing = format!("{path}?environment=gone");
        assert_eq!(ask(&site, &missing).await, (404, wrong("Could not find environment 'gone'")), "{path}");
    }
    let production = "?environment=production";
    for (path, text) in [
        ("tasks/b/init", "Could not find module 'b'"),
        ("tasks/a/x", "Could not find task 'x'"),
        ("plans/b/p", "Could not find module 'b'"),
        ("plans/a/x", "Could not find plan 'x'"),
        ("tasks/a", "Not Found: /puppet/v3/tasks/a"),
    ] {
        assert_eq!(ask(&site, &format!("{path}{production}")).await, (404, json!(text)), "{path}");
    }
    let posted = site.send(request(Method::POST, "/puppet/v3/tasks?environment=production")).await;
    assert_eq!(posted.status, 405);
}

#[tokio::test]
async fn tasks_and_plans() {
    let shared = r#"{"description": "one", "private": true, "z": 1, "parameters": {"b": {}, "a": {}},
        "files": ["a/files/x.txt", "b/lib/y/", "a/scripts/s.sh"]}"#;
    let several = r#"{"implementations": [{"name": "multi_a.sh"}, {"name": "multi_b.ps1", "requirements": ["x"],
        "files": ["a/files/x.txt"]}]}"#;
    let files = [
        ("modules/a/tasks/init.sh", "echo hi\n"),
        ("modules/a/tasks/one.json", shared),
        ("modules/a/tasks/one.rb", "1"),
        ("modules/a/tasks/multi.json", several),
        ("modules/a/tasks/multi_a.sh", ""),
        ("modules/a/tasks/multi_b.ps1", ""),
        ("modules/a/tasks/none.json", "{}"),
        ("modules/a/tasks/two.sh", ""),
        ("modules/a/tasks/two.py", ""),
        ("modules/a/tasks/bad.sh", ""),
        ("modules/a/tasks/bad.json", "{"),
        ("modules/a/tasks/gone.sh", ""),
        ("modules/a/tasks/gone.json", r#"{"files": ["a/files/gone"]}"#),
        ("modules/a/tasks/up.sh", ""),
        ("modules/a/tasks/up.json", r#"{"files": ["a/files/../../x"]}"#),
        ("modules/a/tasks/README.md", ""),
        ("modules/a/tasks/some.conf", ""),
        ("modules/a/tasks/.hidden", ""),
        ("modules/a/files/x.txt", "x"),
        ("modules/a/scripts/s.sh", "s"),
        ("modules/b/lib/y/deep/z.rb", "z"),
        ("modules/b/lib/y/w.rb", "w"),
        ("modules/b/plans/init.pp", "broken {"),
        ("modules/b/plans/go.yaml", ""),
        ("modules/b/plans/go.pp", ""),
        ("modules/b/plans/class.pp", ""),
        ("modules/b/plans/No.pp", ""),
        ("modules/b/plans/x.txt", ""),
    ];
    let site = site(|_| {}, &files);
    let environment = json!([{"name": "production", "code_id": null}]);
    let named = |name: &str, private: bool, description: &str| json!({"name": name, "private": private, "description": description, "environment": environment});
    let (status, list) = ask(&site, "tasks?environment=production").await;
    assert_eq!(status, 200);
    let plain = |name: &str| named(name, false, "");
    assert_eq!(
        list,
        json!([
            plain("a"),
            plain("a::multi"),
            plain("a::multi_a"),
            plain("a::multi_b"),
            named("a::one", true, "one")
        ])
    );
    let (status, one) = ask(&site, "tasks/a/one?environment=production").await;
    assert_eq!(status, 200);
    assert_eq!(one["name"], "a::one");
    let keys: Vec<&String> = one["metadata"].as_object().unwrap().keys().collect();
    assert_eq!(keys, ["description", "files", "parameters", "private", "z"]);
    let files = one["files"].as_array().unwrap();
    let places: Vec<(&str, &str)> = files
        .iter()
        .map(|file| (file["filename"].as_str().unwrap(), file["uri"]["path"].as_str().unwrap()))
        .collect();
    assert_eq!(
        places,
        [
            ("one.rb", "/puppet/v3/file_content/tasks/a/one.rb"),
            ("a/files/x.txt", "/puppet/v3/file_content/modules/a/x.txt"),
            ("b/lib/y/deep/z.rb", "/puppet/v3/file_content/plugins/y/deep/z.rb"),
            ("b/lib/y/w.rb", "/puppet/v3/file_content/plugins/y/w.rb"),
            ("a/scripts/s.sh", "/puppet/v3/file_content/scripts/a/s.sh"),
        ]
    );
    let digest = "6b86b273ff34fce19d6b804eff5a3f5747ada4eaa22f1d49c01e52ddb7875b4b";
    assert_eq!((&files[0]["sha256"], &files[0]["size_bytes"]), (&json!(digest), &json!(1)));
    assert_eq!(files[0]["uri"]["params"], json!({"environment": "production"}));
    // Each of the places can be fetched.
    for (_, place) in places {
        let target = format!("{place}?environment=production");
        let content = site.send(get(&target).accepting("application/octet-stream")).await;
        assert_eq!(content.status, 200, "{place}");
    }
    let root = site.folder.path().join("environments/production/modules/a");
    let failed = |kind: &str, message: String, details: Json| {
        (500, json!({"kind": format!("puppet.tasks/{kind}"), "msg": message, "details": details}))
    };
    for (task, expected) in [
        (
            "none",
            failed(
                "no-implementation",
                format!(
                    "No source besides task metadata was found in directory {}/tasks for task a::none",
                    root.display()
                ),
                json!({}),
            ),
        ),
        (
            "two",
            failed(
                "multiple-implementations",
                format!(
                    "Multiple executables were found in directory {}/tasks/two.py for task a::two; define 'implementations' in \
                     metadata to differentiate between them",
                    root.display()
                ),
                json!({}),
            ),
        ),
        (
            "gone",
            failed(
                "invalid-file",
                format!("Could not find {}/files/gone on disk", root.display()),
                json!({}),
            ),
        ),
        ("up", failed("invalid-metadata", "File pathnames cannot include relative paths".into(), json!({}))),
    ] {
        assert_eq!(ask(&site, &format!("tasks/a/{task}?environment=production")).await, expected, "{task}");
    }
    let (status, bad) = ask(&site, "tasks/a/bad?environment=production").await;
    assert_eq!((status, &bad["kind"]), (500, &json!("puppet.tasks/unparseable-metadata")));

    let named = |name: &str| json!({"name": name, "environment": environment});
    let (_, plans) = ask(&site, "plans?environment=production").await;
    assert_eq!(plans, json!([named("b::go"), named("b")]));
    let found = ask(&site, "plans/b/init?environment=production").await;
    assert_eq!(found, (200, json!({"metadata": {}, "name": "b"})));
}

#[tokio::test]
async fn files_of_a_task_are_fetched_by_version_where_that_is_the_same() {
    let scripts = tempfile::tempdir().unwrap();
    let script = |name: &str, text: &str| {
        let path = scripts.path().join(name);
        std::fs::write(&path, text).unwrap();
        std::fs::set_permissions(&path, std::fs::Permissions::from_mode(0o755)).unwrap();
        path
    };
    let id = script("id", "#!/bin/sh\necho v1\n");
    // It knows one of the two files as it is, the other as it was.
    let content = script(
        "content",
        "#!/bin/sh\ncase $3 in modules/a/tasks/same.sh) printf same;; modules/a/tasks/changed.sh) printf old;; *) exit 1;; esac\n",
    );
    let site = site(
        |settings| {
            settings.code_id_command = Some(id);
            settings.files.code_content_command = Some(content);
        },
        &[("modules/a/tasks/same.sh", "same"), ("modules/a/tasks/changed.sh", "new")],
    );
    let (_, same) = ask(&site, "tasks/a/same?environment=production").await;
    assert_eq!(
        same["files"][0]["uri"],
        json!({
            "path": "/puppet/v3/static_file_content/modules/a/tasks/same.sh",
            "params": {"environment": "production", "code_id": "v1"},
        })
    );
    let (_, changed) = ask(&site, "tasks/a/changed?environment=production").await;
    assert_eq!(changed["files"][0]["uri"]["path"], "/puppet/v3/file_content/tasks/a/changed.sh");
    let target = "/puppet/v3/static_file_content/modules/a/tasks/same.sh?environment=production&code_id=v1";
    assert_eq!(site.send(get(target)).await.body, "same");
}
