//! `POST` and `GET catalog`.

use api::pdb::KnownFacts;
use rest::StatusCode;
use rest::path::percent_encode;

use super::*;

pub(super) const RICH: &str = "application/vnd.puppet.rich+json, application/json, text/pson";
pub(super) const PATH: &str = "/puppet/v3/catalog/web.example.com?environment=production";

/// A form as an agent sends it: the facts are encoded twice.
pub(super) fn form(facts: &str, rest: &str) -> String {
    let facts = percent_encode(&percent_encode(facts));
    format!(
        "facts_format=application%2Fjson&facts={facts}&environment=production&configured_environment=production&\
         check_environment=true&transaction_uuid=450a13d3-bf70-485f-ae70-4add8c7b5dc7&job_uuid=&static_catalog=true&\
         checksum_type=sha256.sha384.sha512.sha224.md5{rest}"
    )
}

pub(super) fn facts(name: &str) -> String {
    format!(r#"{{"name":"{name}","values":{{"a":"b c+d","n":1}},"timestamp":"2026-11-21T08:43:22+00:00"}}"#)
}

pub(super) fn post(target: &str, form: impl Into<rest::Bytes>) -> Request {
    request(Method::POST, target)
        .accepting(RICH)
        .having(header::CONTENT_TYPE, "application/x-www-form-urlencoded")
        .with_body(form)
}

#[tokio::test]
async fn facts_in_catalog_out() {
    let site = Site::new();
    let answer = site.send(post(PATH, form(&facts(NODE), ""))).await;
    assert_eq!(answer.status, 200, "{}", answer.body);
    assert_eq!(answer.content_type, "application/vnd.puppet.rich+json; charset=utf-8");
    assert_eq!(answer.headers["x-puppet-compiler-name"], "puppet.example.com");
    assert!(answer.headers["x-puppet-version"].to_str().unwrap().starts_with("8."));
    let catalog = answer.json();
    assert_eq!(catalog["name"], NODE);
    assert_eq!(catalog["environment"], "production");
    assert_eq!(catalog["catalog_format"], 2);
    let resources = catalog["resources"].as_array().unwrap();
    assert!(resources.iter().any(|resource| resource["type"] == "Notify" && resource["title"] == "hello"));

    let commands = site.pdb.commands();
    let [Command::ReplaceFacts(stored), Command::ReplaceCatalog(catalog)] = commands.as_slice() else {
        panic!("{commands:?}");
    };
    assert_eq!((stored.certname.as_str(), stored.environment.as_str()), (NODE, "production"));
    assert_eq!(stored.facts["a"], "b c+d".into());
    assert_eq!(catalog.transaction_uuid.as_deref(), Some("450a13d3-bf70-485f-ae70-4add8c7b5dc7"));
}

#[tokio::test]
async fn a_catalog_that_still_holds_is_sent_again() {
    let site = Site::new();
    let first = site.send(post(PATH, form(&facts(NODE), ""))).await.json();
    let second = site.send(post(PATH, form(&facts(NODE), ""))).await.json();
    assert_eq!(first["resources"], second["resources"]);
    assert_ne!(first["catalog_uuid"], second["catalog_uuid"]);
    let figures = site.server.memo().figures();
    assert_eq!((figures.hits, figures.misses, figures.entries), (1, 1, 1));
    let commands = site.pdb.commands();
    let Some(Command::KeepCatalog(keep)) = commands.last() else { panic!("{commands:?}") };
    assert_eq!(keep.content, first["catalog_uuid"].as_str().unwrap());
    assert_eq!(keep.catalog_uuid, second["catalog_uuid"].as_str().unwrap());
    assert_eq!(keep.transaction_uuid.as_deref(), Some("450a13d3-bf70-485f-ae70-4add8c7b5dc7"));

    site.manifest("production", "notify { 'changed': }\n");
    let third = site.send(post(PATH, form(&facts(NODE), ""))).await;
    assert!(third.body.contains("changed"), "{}", third.body);
    assert!(matches!(site.pdb.commands().last(), Some(Command::ReplaceCatalog(_))));
}

#[tokio::test]
async fn a_compile_that_changes_nothing_is_not_stored_again() {
    let site = Site::new();
    let run = || async { site.send(post(PATH, form(&facts(NODE), ""))).await.json() };
    let content = |command: Option<Command>| match command {
        Some(Command::KeepCatalog(keep)) => Some(keep.content),
        _ => None,
    };
    site.manifest("production", "notify { 'one': }\n");
    let first = run().await["catalog_uuid"].as_str().unwrap().to_owned();
    *site.pdb.content.lock().unwrap() = Some(first.clone());
    // Compiled anew, to the same result; then found without a compile.
    site.manifest("production", "notify { 'one': }\n# as before\n");
    for misses in [2, 2] {
        run().await;
        assert_eq!(content(site.pdb.commands().pop()).as_deref(), Some(&*first));
        assert_eq!(site.server.memo().figures().misses, misses);
    }
    // The store no longer has what it is thought to have: it gets the whole.
    *site.pdb.content.lock().unwrap() = Some("11111111-0000-4000-8000-000000000000".to_owned());
    site.manifest("production", "notify { 'one': }\n# as ever\n");
    let last = run().await;
    let Some(Command::ReplaceCatalog(whole)) = site.pdb.commands().pop() else { panic!("not the whole") };
    assert_eq!(whole.catalog.catalog_uuid.as_str(), last["catalog_uuid"].as_str().unwrap());
}

#[tokio::test]
async fn facts_are_stored_whatever_becomes_of_the_catalog() {
    let run = async |site: &Site| site.send(post(PATH, form(&facts(NODE), ""))).await.status;
    for known in [None, Some(KnownFacts(vec![7]))] {
        let site = Site::new();
        *site.pdb.known.lock().unwrap() = known.clone();
        let stored = |at: usize| match site.pdb.commands().get(at) {
            Some(Command::ReplaceFacts(facts)) => facts.known.clone(),
            other => panic!("{other:?}"),
        };
        // Compiled, kept, refused.
        for (manifest, status, count) in
            [("notify { 'one': }", 200, 2), ("notify { 'one': }", 200, 4), ("fail('no')", 500, 5)]
        {
            site.manifest("production", manifest);
            assert_eq!(run(&site).await, status);
            let commands = site.pdb.commands();
            assert_eq!(commands.len(), count, "{commands:?}");
        }
        assert_eq!([stored(0), stored(2), stored(4)], [known.clone(), known.clone(), known]);
    }
}

/// What nobody has stored yet is there before a compile asks for it.
#[tokio::test]
async fn new_facts_are_stored_before_the_compile() {
    let site = Site::new();
    *site.pdb.failure.lock().unwrap() = Some("the disk is full".to_owned());
    site.manifest("production", "fail('compiled')");
    let answer = site.send(post(PATH, form(&facts(NODE), ""))).await;
    assert!(answer.body.contains("the disk is full"), "{}", answer.body);
    // Those that are stored already may wait: nothing that is computed from them changes.
    *site.pdb.known.lock().unwrap() = Some(KnownFacts(vec![7]));
    site.manifest("production", "notify { 'x': }");
    let answer = site.send(post(PATH, form(&facts(NODE), ""))).await;
    assert_eq!(answer.status, 500);
    assert!(answer.body.contains("the disk is full"), "{}", answer.body);
    assert_eq!(site.server.memo().figures().misses, 1);
}

#[tokio::test]
async fn the_store_hears_what_was_looked_up_if_that_is_wanted() {
    let lookups = |commands: &[Command]| match commands.last() {
        Some(Command::ReplaceCatalog(replace)) => replace.lookups.clone(),
        other => panic!("{other:?}"),
    };
    let asking = "lookup('b::c', {default_value => 1})\nlookup('a', {default_value => 1})\n";
    let site = Site::new();
    site.manifest("production", asking);
    site.send(post(PATH, form(&facts(NODE), ""))).await;
    assert_eq!(lookups(&site.pdb.commands()), None);

    let site = Site::with(|settings| settings.track_lookups = true);
    site.manifest("production", asking);
    for has_lookups in [true, false] {
        site.send(post(PATH, form(&facts(NODE), ""))).await;
        let noted = lookups(&site.pdb.commands()).unwrap();
        let expected: &[&str] = if has_lookups { &["a", "b::c"] } else { &[] };
        assert!(noted.iter().map(|key| key.as_str()).eq(expected.iter().copied()), "{noted:?}");
        site.send(post(PATH, form(&facts(NODE), ""))).await;
        let commands = site.pdb.commands();
        let Some(Command::KeepCatalog(keep)) = commands.last() else { panic!("{commands:?}") };
        assert_eq!(keep.has_lookups, has_lookups);
        site.manifest("production", "notify { 'nothing is looked up': }\n");
    }
}

#[tokio::test]
async fn a_static_catalog_holds_the_metadata_of_its_files() {
    let site = Site::with(|settings| {
        let folder = settings.environmentpath[0].parent().unwrap().to_owned();
        let command = folder.join("code-id");
        std::fs::write(&command, "#!/bin/sh\necho \"v1-$1\"\n").unwrap();
        std::fs::set_permissions(&command, std::os::unix::fs::PermissionsExt::from_mode(0o755)).unwrap();
        settings.code_id_command = Some(command);
    });
    let module = site.folder.path().join("environments/production/modules/m/files/tree");
    std::fs::create_dir_all(&module).unwrap();
    std::fs::write(module.join("f"), "text").unwrap();
    site.manifest(
        "production",
        "file { '/one': source => ['puppet:///modules/m/none', 'puppet:///modules/m/tree/f'] }
         file { '/two': source => 'puppet:///modules/m/tree/', recurse => true, ensure => directory }
         file { '/three': source => '/local' }
         file { '/four': source => 'puppet:///modules/m/tree/f', ensure => absent }",
    );
    let catalog = site.send(post(PATH, form(&facts(NODE), ""))).await.json();
    assert_eq!(catalog["code_id"], "v1-production");
    let metadata = catalog["metadata"].as_object().unwrap();
    assert_eq!(metadata.keys().collect::<Vec<_>>(), ["/one"]);
    let one = &metadata["/one"];
    assert_eq!(one["source"], "puppet:///modules/m/tree/f");
    assert_eq!(one["content_uri"], "puppet:///modules/m/files/tree/f");
    assert_eq!(
        one["checksum"]["value"],
        "{sha256}982d9e3eb996f559e633f4d194def3761d909f5a3b647d1a851fead67c32c9d1"
    );
    let recursive = catalog["recursive_metadata"].as_object().unwrap();
    assert_eq!(recursive.keys().collect::<Vec<_>>(), ["/two"]);
    let two = recursive["/two"]["puppet:///modules/m/tree"].as_array().unwrap();
    let places: Vec<_> = two.iter().map(|file| (&file["relative_path"], &file["content_uri"])).collect();
    assert_eq!(
        places,
        [
            (&".".into(), &"puppet:///modules/m/files/tree".into()),
            (&"f".into(), &"puppet:///modules/m/files/tree/f".into())
        ]
    );
    // An agent that wants none, or knows no checksum of ours.
    let plain = form(&facts(NODE), "").replace("static_catalog=true", "static_catalog=false");
    let catalog = site.send(post(PATH, plain)).await.json();
    assert_eq!((&catalog["code_id"], catalog.get("metadata")), (&"v1-production".into(), None));
    let strange =
        form(&facts(NODE), "").replace("checksum_type=sha256.sha384.sha512.sha224.md5", "checksum_type=crc");
    let (status, message, _) = site.send(post(PATH, strange)).await.error();
    assert_eq!(status, 500);
    assert!(
        message.contains("Unable to find a common checksum type between agent 'crc' and master '[:sha256, "),
        "{message}"
    );
}

#[tokio::test]
async fn what_the_store_has_lost_is_compiled_again() {
    let site = Site::new();
    site.send(post(PATH, form(&facts(NODE), ""))).await;
    // Another server compiled for the node meanwhile.
    let mut other = site.pdb.commands().into_iter().rev().find_map(|command| match command {
        Command::ReplaceCatalog(stored) => Some(stored),
        _ => None,
    });
    let stored = other.as_mut().unwrap();
    Arc::make_mut(&mut stored.catalog).catalog_uuid = "another".into();
    api::Pdb::submit(&*site.pdb, Command::ReplaceCatalog(other.unwrap())).await.unwrap();
    let answer = site.send(post(PATH, form(&facts(NODE), ""))).await;
    assert_eq!(answer.status, 200);
    assert!(matches!(site.pdb.commands().last(), Some(Command::ReplaceCatalog(_))));
}

#[tokio::test]
async fn a_recorded_request_is_understood() {
    // Sent by puppet-agent 7.23 of Debian 12; the facts were shortened afterwards.
    let form = include_bytes!("recorded/catalog-puppet-7.23.form");
    let site = Site::new();
    let request = post("/puppet/v3/catalog/wire2.lab.test?environment=production", &form[..]);
    let answer = site.send(request.having(HeaderName::from_static("x-puppet-version"), "7.23.0")).await;
    assert_eq!((answer.status, &answer.json()["name"]), (200, &"wire2.lab.test".into()), "{}", answer.body);
    let commands = site.pdb.commands();
    let Some(Command::ReplaceFacts(stored)) = commands.first() else { panic!("{commands:?}") };
    let distribution = stored.facts["os"].as_hash().unwrap()["distro"].as_hash().unwrap();
    assert_eq!(distribution["description"], "Debian GNU/Linux 12 (bookworm)".into());
    assert_eq!(stored.facts["clientnoop"], false.into());
}

#[tokio::test]
async fn the_clients_format_is_taken() {
    let site = Site::new();
    for (accept, content_type) in [
        ("application/json", "application/json; charset=utf-8"),
        ("text/pson, application/json", "text/pson"),
        ("*/*", "application/vnd.puppet.rich+json; charset=utf-8"),
    ] {
        let answer = site.send(post(PATH, form(&facts(NODE), "")).accepting(accept)).await;
        assert_eq!((answer.status, answer.content_type.as_str()), (200, content_type), "{accept}");
    }
}

#[tokio::test]
async fn without_facts_the_stored_ones_count() {
    let site = Site::new();
    site.send(post(PATH, form(&facts(NODE), ""))).await;
    let answer = site.send(request(Method::GET, PATH).accepting(RICH)).await;
    assert_eq!(answer.status, 200, "{}", answer.body);
    assert_eq!(facts_of(&site.pdb.commands()).len(), 1);
}

#[tokio::test]
async fn code_is_fresh_without_a_restart() {
    let site = Site::new();
    let titles = async || {
        let catalog = site.send(post(PATH, form(&facts(NODE), ""))).await.json();
        let resources = catalog["resources"].as_array().unwrap().clone();
        let notifies = resources.iter().filter(|resource| resource["type"] == "Notify");
        notifies.map(|resource| resource["title"].as_str().unwrap().to_owned()).collect::<Vec<_>>()
    };
    assert_eq!(titles().await, ["hello"]);
    site.manifest("production", "notify { 'hello': }\nnotify { 'again': }\n");
    assert_eq!(titles().await, ["hello", "again"]);
}

#[tokio::test]
async fn an_environment_that_is_not_there_gives_way_to_the_default() {
    let site = Site::new();
    let path = "/puppet/v3/catalog/web.example.com?environment=gone";
    let answer = site
        .send(post(path, form(&facts(NODE), "").replace("environment=production", "environment=gone")))
        .await;
    // The agent sees another environment than it asked for, and starts again in it.
    assert_eq!(
        (answer.status, &answer.json()["environment"]),
        (200, &"production".into()),
        "{}",
        answer.body
    );
}

#[tokio::test]
async fn trusted_data_is_the_callers() {
    let site = Site::new();
    site.manifest("production", "notify { $trusted['certname']: }\n");
    let peer = Peer::verified("monitor.example.com", PeerCertificate::default());
    let answer = site.send(post(PATH, form(&facts(NODE), "")).with_peer(peer)).await;
    let catalog = answer.json();
    assert_eq!(catalog["name"], NODE);
    let resources = catalog["resources"].as_array().unwrap();
    assert!(resources.iter().any(|resource| resource["title"] == "monitor.example.com"), "{}", answer.body);
}

#[tokio::test]
async fn a_failed_compile_has_puppets_text() {
    let site = Site::new();
    site.manifest("production", "notify { $nothing: }\n");
    let answer = site.send(post(PATH, form(&facts(NODE), ""))).await;
    let manifest = site.folder.path().join("environments/production/manifests/site.pp");
    let text = format!(
        "Server Error: Evaluation Error: Unknown variable: 'nothing'. (file: {}, line: 1, column: 10) on node {NODE}",
        manifest.display()
    );
    assert_eq!(answer.error(), (500, text, "RUNTIME_ERROR".into()));
    // The facts were known before; the catalog never was.
    assert_eq!(facts_of(&site.pdb.commands()), [(NODE.to_owned(), "production".to_owned())]);
    assert_eq!(site.pdb.commands().len(), 1);
}

#[tokio::test]
async fn malformed_requests_have_their_texts_and_write_nothing() {
    let site = Site::new();
    let bad = StatusCode::BAD_REQUEST.as_u16();
    let runtime = "RUNTIME_ERROR";
    let good = form(&facts(NODE), "");
    let no_environment = good.replace("&environment=production", "");
    let cases = [
        (
            post("/puppet/v3/catalog/web.example.com", no_environment),
            bad,
            "Bad Request: An environment parameter must be specified",
            runtime,
        ),
        (
            post(
                "/puppet/v3/catalog/web.example.com",
                good.replace("&environment=production", "&environment=a-b"),
            ),
            bad,
            "Bad Request: The environment must be purely alphanumeric, not 'a-b'",
            runtime,
        ),
        (
            post("/puppet/v3/catalog/?environment=production", good.clone()),
            bad,
            "Bad Request: No request key specified in /puppet/v3/catalog/",
            runtime,
        ),
        (
            post(PATH, good.clone()).accepting("text/html, application/xml"),
            406,
            "Not Acceptable: No supported formats are acceptable (Accept: text/html, application/xml)",
            "UNSUPPORTED_FORMAT",
        ),
        (
            post(PATH, form(&facts("other.example.com"), "")),
            500,
            "Server Error: Catalog for \"web.example.com\" was requested with fact definition for the wrong node (\"other.example.com\").",
            runtime,
        ),
        (
            post(PATH, good.replace("application%2Fjson", "yaml")),
            500,
            "Server Error: Unsupported facts format",
            runtime,
        ),
    ];
    for (request, status, text, kind) in cases {
        let answer = site.send(request).await;
        assert_eq!(answer.error(), (status, text.to_owned(), kind.to_owned()), "{}", answer.body);
        site.nothing_is_written();
    }
    let mut without_accept = post(PATH, good);
    without_accept.headers.remove(header::ACCEPT);
    let answer = site.send(without_accept).await;
    let text = "Bad Request: Missing required Accept header".to_owned();
    assert_eq!(answer.error(), (bad, text, "MISSING_HEADER_FIELD".to_owned()));
    site.nothing_is_written();
}

#[tokio::test]
async fn facts_that_cannot_be_read_are_refused() {
    let site = Site::new();
    let deep = format!("{}1{}", "[".repeat(5000), "]".repeat(5000));
    for text in [
        "",
        "{",
        "[]",
        "null",
        r#"{"name":"web.example.com"}"#,
        r#"{"name":"web.example.com","values":3}"#,
        r#"{"values":{}}"#,
        &format!(r#"{{"name":"web.example.com","values":{{"a":{deep}}}}}"#),
    ] {
        let answer = site.send(post(PATH, form(text, ""))).await;
        assert_eq!(answer.status, 500, "{text}: {}", answer.body);
        assert!(
            answer.error().1.starts_with("Server Error: Could not intern from json: "),
            "{}",
            answer.body
        );
    }
    for form in [&b"facts=%zz&environment=production"[..], b"facts=%ff&environment=production", b"\xff"] {
        let answer = site.send(post(PATH, form)).await;
        assert_eq!(answer.status, 400, "{}", answer.body);
    }
    site.nothing_is_written();
}

#[tokio::test]
async fn a_store_that_cannot_write_is_an_error_and_no_catalog() {
    let site = Site::new();
    *site.pdb.failure.lock().unwrap() = Some("the disk is full".to_owned());
    let answer = site.send(post(PATH, form(&facts(NODE), ""))).await;
    assert_eq!(answer.status, 500);
    assert!(answer.error().1.starts_with("Server Error: could not "), "{}", answer.body);
    site.nothing_is_written();
}

#[tokio::test]
async fn forms_larger_than_the_default_limit_are_taken() {
    let site = Site::new();
    let long = "x".repeat(2 * 1024 * 1024);
    let facts = format!(r#"{{"name":"{NODE}","values":{{"long":"{long}"}}}}"#);
    let answer = site.send(post(PATH, form(&facts, ""))).await;
    assert_eq!(answer.status, 200, "{}", answer.body);
}

#[tokio::test]
async fn other_methods_are_not_allowed() {
    let site = Site::new();
    for method in [Method::PUT, Method::DELETE] {
        let answer = site.send(request(method, PATH).accepting(RICH)).await;
        assert_eq!(answer.status, 405);
    }
    site.nothing_is_written();
}
