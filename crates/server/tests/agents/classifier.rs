//! Nodes with a classifier and with trusted data from outside; and catalogs for services (`/puppet/v4/catalog`).

use std::path::{Path, PathBuf};

use serde_json::{Value as Json, json};
use server::classifier::NodeTerminus;

use super::catalog::{PATH, facts, form, post};
use super::*;

fn script(folder: &Path, name: &str, text: &str) -> PathBuf {
    let path = folder.join(name);
    crate::executable(&path, &format!("#!/bin/sh\n{text}\n"));
    path
}

/// A site whose classifier is a shell script.
fn classified(text: &str) -> (Site, tempfile::TempDir) {
    let folder = tempfile::tempdir().unwrap();
    let path = script(folder.path(), "enc", text);
    let site = Site::with(|settings| settings.node_terminus = NodeTerminus::Exec(path.display().to_string()));
    (site, folder)
}

fn messages(catalog: &Json) -> Vec<String> {
    let resources = catalog["resources"].as_array().unwrap().iter();
    let notifies = resources.filter(|resource| resource["type"] == "Notify");
    notifies.map(|resource| resource["title"].as_str().unwrap().to_owned()).collect()
}

#[tokio::test]
async fn classes_and_parameters_of_a_classifier() {
    let (site, _folder) = classified(
        "echo \"{classes: {plain: , tuned: {level: 7}}, parameters: {role: \\\"of $1\\\", a: enc, servername: enc}}\"",
    );
    site.manifest(
        "production",
        "class plain { notify { \"plain ${role}\": } }\n\
         class tuned($level) { notify { \"tuned ${level} ${a} ${facts['a']} ${servername} ${server_facts['servername']}\": } }\n",
    );
    let answer = site.send(post(PATH, form(&facts(NODE), ""))).await;
    assert_eq!(answer.status, 200, "{}", answer.body);
    // What the classifier says comes before facts, and before what the server says of itself.
    assert_eq!(
        messages(&answer.json()),
        ["tuned 7 enc b c+d enc puppet.example.com", "plain of web.example.com"]
    );
    let node = site.send(get("/puppet/v3/node/web.example.com?environment=production")).await.json();
    assert_eq!(
        node,
        json!({
            "name": NODE, "environment": "production", "classes": {"plain": null, "tuned": {"level": 7}},
            "parameters": {"role": "of web.example.com", "a": "enc", "servername": "enc"},
        })
    );
}

#[tokio::test]
async fn the_classifiers_environment_is_the_nodes() {
    let (site, _folder) = classified("echo 'environment: staging'");
    let path = PATH.to_owned();
    // An environment that is not there.
    let answer = site.send(post(&path, form(&facts(NODE), ""))).await;
    let environments = site.folder.path().join("environments");
    let missing = format!(
        "Could not find a directory environment named 'staging' anywhere in the path: {}. Does the directory exist?",
        environments.display()
    );
    let text = format!("Server Error: Failed when searching for node {NODE}: {missing}");
    assert_eq!(answer.error(), (500, text, "RUNTIME_ERROR".into()));

    site.manifest("staging", "notify { \"in ${environment}\": }\n");
    let catalogs = |site: &Site| {
        let is_catalog = |command: &&Command| matches!(command, Command::ReplaceCatalog(_));
        site.pdb.commands().iter().filter(is_catalog).count()
    };
    // The agent is told, and starts again.
    let answer = site.send(post(&path, form(&facts(NODE), ""))).await;
    assert_eq!(answer.status, 200, "{}", answer.body);
    let catalog = answer.json();
    assert_eq!((&catalog["name"], &catalog["environment"]), (&json!(NODE), &json!("staging")));
    assert_eq!(
        (&catalog["resources"], &catalog["edges"], &catalog["version"]),
        (&json!([]), &json!([]), &Json::Null)
    );
    assert_eq!(catalogs(&site), 0, "what holds nothing is not kept");
    let again = form(&facts(NODE), "").replace("environment=production", "environment=staging");
    let catalog = site.send(post(&path.replace("production", "staging"), again)).await.json();
    assert_eq!(
        (messages(&catalog), &catalog["environment"]),
        (vec!["in staging".to_owned()], &json!("staging"))
    );
    // Who does not ask to be told gets the catalog at once.
    let unchecked = form(&facts(NODE), "").replace("&check_environment=true", "");
    let catalog = site.send(post(&path, unchecked)).await.json();
    assert_eq!(messages(&catalog), ["in staging"]);
    let node = site.send(get("/puppet/v3/node/web.example.com?environment=production")).await.json();
    assert_eq!(node["environment"], "staging");
}

#[tokio::test]
async fn classifiers_that_fail_have_puppets_texts() {
    for (text, message) in [
        (
            "echo 'unknown node'; exit 1",
            "Failed to find web.example.com via exec: Execution of 'ENC web.example.com' returned 1: unknown node",
        ),
        ("echo '- a'", "Could not load external node results for web.example.com: it is not a hash"),
    ] {
        let (site, folder) = classified(text);
        let message = message.replace("ENC", &folder.path().join("enc").display().to_string());
        let answer = site.send(post(PATH, form(&facts(NODE), ""))).await;
        let expected = format!("Server Error: Failed when searching for node {NODE}: {message}");
        assert_eq!(answer.error(), (500, expected, "RUNTIME_ERROR".into()));
        let node = site.send(get("/puppet/v3/node/web.example.com?environment=production")).await;
        assert_eq!(node.error(), (500, format!("Server Error: {message}"), "RUNTIME_ERROR".into()));
    }
    let (site, _folder) = classified("true");
    let answer = site.send(post(PATH, form(&facts(NODE), ""))).await;
    let text = format!("Server Error: Could not find node '{NODE}'; cannot compile");
    assert_eq!(answer.error(), (500, text, "RUNTIME_ERROR".into()));
    let node = site.send(get("/puppet/v3/node/web.example.com?environment=production")).await;
    let text = format!("Not Found: Could not find node {NODE}");
    assert_eq!(node.error(), (404, text, "RESOURCE_NOT_FOUND".into()));
    let (site, _folder) = classified("echo 'classes: [gone]'");
    let (_, message, _) = site.send(post(PATH, form(&facts(NODE), ""))).await.error();
    assert!(message.contains("Could not find class gone for web.example.com"), "{message}");
}

#[tokio::test]
async fn a_classifiers_word_counts_at_every_request() {
    let folder = tempfile::tempdir().unwrap();
    let path = script(folder.path(), "enc", "cat \"$(dirname \"$0\")/role\"");
    let site = Site::with(|settings| settings.node_terminus = NodeTerminus::Exec(path.display().to_string()));
    site.manifest("production", "notify { $role: }\n");
    for role in ["one", "one", "two"] {
        std::fs::write(folder.path().join("role"), format!("parameters: {{role: {role}}}\n")).unwrap();
        let catalog = site.send(post(PATH, form(&facts(NODE), ""))).await.json();
        assert_eq!(messages(&catalog), [role]);
    }
}

#[tokio::test]
async fn trusted_data_from_outside() {
    let folder = tempfile::tempdir().unwrap();
    let path = script(folder.path(), "cmdb", "echo \"{\\\"owner\\\": [\\\"$1\\\"]}\"");
    let site = Site::with(|settings| settings.trusted_external_command = Some(path.clone()));
    site.manifest("production", "notify { $trusted['external']['owner'][0]: }\n");
    let catalog = site.send(post(PATH, form(&facts(NODE), ""))).await.json();
    assert_eq!(messages(&catalog), [NODE]);
    script(folder.path(), "cmdb", "echo no; exit 3");
    let answer = site.send(post(PATH, form(&facts(NODE), ""))).await;
    let text = format!("Server Error: Execution of '{} {NODE}' returned 3: no", path.display());
    assert_eq!(answer.error(), (500, text, "RUNTIME_ERROR".into()));
}

fn v4(body: &Json) -> Request {
    request(Method::POST, "/puppet/v4/catalog").with_body(body.to_string())
}

#[tokio::test]
async fn catalogs_for_services() {
    let (site, _folder) = classified("echo '{environment: staging, parameters: {role: enc}}'");
    let code = "notify { \"${facts['a']} ${trusted['certname']} ${role} ${environment}\": }\nnotice('said')\nwarning('loud')\n";
    for environment in ["production", "staging"] {
        site.manifest(environment, code);
    }
    let least = json!({
        "certname": "db.example.com", "environment": "production", "persistence": {"facts": false, "catalog": false},
        "facts": {"values": {"a": 1}}, "trusted_facts": {"values": {"certname": "told"}},
    });
    let answer = site.send(v4(&least)).await;
    assert_eq!((answer.status, &*answer.content_type), (200, "application/json"), "{}", answer.body);
    let document = answer.json();
    assert_eq!(document.as_object().unwrap().keys().collect::<Vec<_>>(), ["catalog"]);
    assert_eq!(messages(&document["catalog"]), ["1 told enc staging"]);
    site.nothing_is_written();

    let mut full = least.clone();
    full["persistence"] = json!({"facts": true, "catalog": true});
    full["options"] =
        json!({"prefer_requested_environment": true, "capture_logs": true, "log_level": "warning"});
    let document = site.send(v4(&full)).await.json();
    assert_eq!(messages(&document["catalog"]), ["1 told enc production"]);
    let logs = document["logs"].as_array().unwrap();
    let [entry] = logs.as_slice() else { panic!("{logs:?}") };
    assert_eq!(
        (&entry["level"], &entry["message"], &entry["tags"]),
        (&json!("warning"), &json!("loud"), &json!(["warning"]))
    );
    let commands = site.pdb.commands();
    let [Command::ReplaceFacts(facts), Command::ReplaceCatalog(catalog)] = commands.as_slice() else {
        panic!("{commands:?}");
    };
    assert_eq!((&*facts.certname, &*catalog.certname), ("db.example.com", "db.example.com"));

    // What is not told is what is stored; without the node's name nothing is known of it.
    let stored = json!({
        "certname": "db.example.com", "environment": "production", "persistence": {"facts": false, "catalog": false},
        "options": {"capture_logs": true},
    });
    let document = site.send(v4(&stored)).await.json();
    assert_eq!(messages(&document["catalog"]), ["1  enc staging"]);
    let levels: Vec<&Json> =
        document["logs"].as_array().unwrap().iter().map(|entry| &entry["level"]).collect();
    assert_eq!(levels, ["notice", "warning"]);

    for (change, status, text) in [
        (json!({"environment": "a-b"}), 400, "Invalid input: environment has not the right type"),
        (json!({"certname": null}), 400, "Invalid input: certname has not the right type"),
        (
            json!({"environment": "gone", "options": {"prefer_requested_environment": true}}),
            500,
            "Internal Server Error: Could not find a directory environment named 'gone' anywhere in the path: ",
        ),
    ] {
        let mut body = least.clone();
        for (key, value) in change.as_object().unwrap() {
            body[key] = value.clone();
        }
        let answer = site.send(v4(&body)).await;
        assert_eq!((answer.status, &*answer.content_type), (status, "text/plain; charset=utf-8"), "{body}");
        assert!(answer.body.starts_with(text), "{}", answer.body);
    }
    site.manifest("staging", "fail('no')\n");
    let answer = site.send(v4(&least)).await;
    assert_eq!(answer.status, 500);
    assert!(answer.body.starts_with("Internal Server Error: Evaluation Error: "), "{}", answer.body);
    assert_eq!(site.send(request(Method::GET, "/puppet/v4/catalog")).await.status, 405);
}
