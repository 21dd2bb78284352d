//! File serving and the bucket, as agents use them.

use std::sync::Arc;
use std::time::Duration;

use std::os::unix::fs::symlink;

use rest::{Method, header};
use serde_json::json;

use crate::{Answer, Having, Site, get, put, request};

const ABC: &str = "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad";
const EMPTY: &str = "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855";

/// A production environment with two modules.
fn site() -> Site {
    let site = Site::new();
    for (file, content) in [
        ("apache/files/conf/a.conf", "abc"),
        ("apache/files/conf/deep/b.conf", ""),
        ("apache/files/top.txt", "top"),
        ("apache/lib/facter/apache.rb", "apache"),
        ("apache/lib/facter/both.rb", "from apache"),
        ("apache/scripts/run.sh", "run"),
        ("apache/tasks/init.sh", "task"),
        ("ntp/lib/facter/both.rb", "from ntp"),
        ("ntp/lib/facter/ntp.rb", "ntp"),
        ("ntp/lib/.git/config", "ignored"),
        ("ntp/manifests/init.pp", "class ntp { }"),
    ] {
        let path = site.folder.path().join("environments/production/modules").join(file);
        std::fs::create_dir_all(path.parent().unwrap()).unwrap();
        std::fs::write(path, content).unwrap();
    }
    site
}

fn octets(target: &str) -> rest::Request {
    request(Method::GET, target).accepting("application/octet-stream")
}

/// Relative path, type, checksum.
fn listing(answer: &Answer) -> Vec<(String, String, String)> {
    assert_eq!(answer.status, 200, "{}", answer.body);
    let text = |value: &serde_json::Value| value.as_str().unwrap_or_default().to_owned();
    let json = answer.json();
    let entries = json.as_array().unwrap().iter();
    entries.map(|e| (text(&e["relative_path"]), text(&e["type"]), text(&e["checksum"]["value"]))).collect()
}

fn names(answer: &Answer) -> Vec<String> {
    listing(answer).into_iter().map(|(name, ..)| name).collect()
}

#[tokio::test]
async fn metadata_of_a_file() {
    let site = site();
    let target = "/puppet/v3/file_metadata/modules/apache/conf/a.conf?links=manage&checksum_type=sha256&source_permissions=ignore&environment=production";
    let answer = site.send(get(target)).await;
    assert_eq!((answer.status, &*answer.content_type), (200, "application/json; charset=utf-8"));
    let path = site.folder.path().join("environments/production/modules/apache/files/conf/a.conf");
    assert_eq!(
        answer.json(),
        json!({
            "path": path, "relative_path": null, "links": "manage",
            "owner": rustix::process::geteuid().as_raw(), "group": rustix::process::getegid().as_raw(), "mode": 0o644,
            "checksum": {"type": "sha256", "value": format!("{{sha256}}{ABC}")},
            "type": "file", "destination": null,
        })
    );
    let answer = site.send(get(&target.replace("sha256", "md5lite"))).await;
    assert_eq!(answer.json()["checksum"]["value"], "{md5lite}900150983cd24fb0d6963f7d28e17f72");
    let answer = site.send(get(&target.replace("checksum_type=sha256", "checksum_type=none"))).await;
    assert_eq!(answer.json()["checksum"]["value"], "{none}");
}

#[tokio::test]
async fn permissions_of_the_file_itself() {
    use std::os::unix::fs::PermissionsExt;
    let site = site();
    let path = site.folder.path().join("environments/production/modules/apache/files/top.txt");
    std::fs::set_permissions(&path, std::fs::Permissions::from_mode(0o4755)).unwrap();
    let target =
        "/puppet/v3/file_metadata/modules/apache/top.txt?environment=production&source_permissions=use";
    assert_eq!(site.send(get(target)).await.json()["mode"], 0o4755);
}

#[tokio::test]
async fn a_directory_with_everything_below() {
    let site = site();
    let target = "/puppet/v3/file_metadatas/modules/apache/conf?recurse=true&environment=production";
    let answer = site.send(get(target)).await;
    let names = listing(&answer);
    let (root, rest) = names.split_first().unwrap();
    assert_eq!((&*root.0, &*root.1), (".", "directory"));
    assert!(
        root.2.starts_with("{ctime}20") && root.2.len() == "{ctime}2026-11-21 08:06:38 +0000".len(),
        "{}",
        root.2
    );
    let expected = [
        ("a.conf".to_owned(), "file".to_owned(), format!("{{sha256}}{ABC}")),
        ("deep".to_owned(), "directory".to_owned(), root.2.clone()),
        ("deep/b.conf".to_owned(), "file".to_owned(), format!("{{sha256}}{EMPTY}")),
    ];
    assert_eq!(rest, expected);
    let one_level = site.send(get(&format!("{target}&recurselimit=1"))).await;
    assert_eq!(self::names(&one_level), [".", "a.conf", "deep"]);
    let none = site.send(get(&target.replace("recurse=true", "recurse=false"))).await;
    assert_eq!(self::names(&none), ["."]);
    let ignoring = site.send(get(&format!("{target}&ignore=*.conf&ignore=x"))).await;
    assert_eq!(self::names(&ignoring), [".", "deep"]);
    let too_many = site.send(get(&format!("{target}&max_files=2"))).await;
    let (status, message, _) = too_many.error();
    let folder = site.folder.path().join("environments/production/modules/apache/files/conf");
    let start = format!(
        "Server Error: The directory '{}' contains 3 entries, which exceeds the limit of 2 specified by",
        folder.display()
    );
    assert!(status == 500 && message.starts_with(&start), "{message}");
}

#[tokio::test]
async fn plugins_are_the_union_of_all_modules() {
    let site = site();
    let query = "recurse=true&max_files=-1&ignore=.svn&ignore=CVS&ignore=.git&ignore=.hg&links=follow&checksum_type=sha256&source_permissions=ignore&environment=production";
    let answer = site.send(get(&format!("/puppet/v3/file_metadatas/plugins?{query}"))).await;
    assert_eq!(names(&answer), [".", "facter", "facter/apache.rb", "facter/both.rb", "facter/ntp.rb"]);
    let module = |index: usize| answer.json()[index]["path"].as_str().unwrap().to_owned();
    assert!(module(3).ends_with("/apache/lib") && module(4).ends_with("/ntp/lib"));
    let content =
        site.send(octets("/puppet/v3/file_content/plugins/facter/both.rb?environment=production")).await;
    assert_eq!(
        (content.status, &*content.content_type, &*content.body),
        (200, "application/octet-stream", "from apache")
    );
    // Without any such directory, the answer is an empty one.
    let facts = site.send(get(&format!("/puppet/v3/file_metadatas/pluginfacts?{query}"))).await;
    assert_eq!(names(&facts), ["."]);
}

#[tokio::test]
async fn scripts_and_tasks() {
    let site = site();
    for (key, content) in [("scripts/apache/run.sh", "run"), ("tasks/apache/init.sh", "task")] {
        let answer =
            site.send(octets(&format!("/puppet/v3/file_content/{key}?environment=production"))).await;
        assert_eq!((answer.status, &*answer.body), (200, content));
    }
}

#[tokio::test]
async fn links() {
    let site = site();
    let files = site.folder.path().join("environments/production/modules/apache/files");
    symlink("top.txt", files.join("link")).unwrap();
    symlink("nowhere", files.join("dangling")).unwrap();
    let target =
        "/puppet/v3/file_metadatas/modules/apache?recurse=true&ignore=conf&environment=production&links=";
    let managed = site.send(get(&format!("{target}manage"))).await.json();
    let link = &managed[2];
    assert_eq!(
        (&link["relative_path"], &link["type"], &link["destination"]),
        (&json!("link"), &json!("link"), &json!("top.txt"))
    );
    assert_eq!(managed[1]["checksum"], json!({"type": "sha256", "value": null}));
    std::fs::remove_file(files.join("dangling")).unwrap();
    let followed = site.send(get(&format!("{target}follow"))).await.json();
    assert_eq!((&followed[1]["type"], &followed[1]["destination"]), (&json!("file"), &json!(null)));
}

#[tokio::test]
async fn what_is_not_there() {
    let site = site();
    let cases = [
        (
            "file_metadata/modules/apache/nope",
            404,
            "Not Found: Could not find file_metadata modules/apache/nope",
            "RESOURCE_NOT_FOUND",
        ),
        (
            "file_metadata/modules/nope/x",
            404,
            "Not Found: Could not find file_metadata modules/nope/x",
            "RESOURCE_NOT_FOUND",
        ),
        (
            "file_metadata/nope/x",
            500,
            "Server Error: Not authorized to call find on /file_metadata/nope/x with {:rest=>\"nope/x\"}",
            "RUNTIME_ERROR",
        ),
        (
            "file_metadata/no%20pe/x",
            500,
            "Server Error: Cannot find file: Invalid mount 'no pe'",
            "RUNTIME_ERROR",
        ),
        ("file_metadata/modules", 500, "Server Error: No module specified", "RUNTIME_ERROR"),
        ("file_metadata/tasks", 500, "Server Error: No task specified", "RUNTIME_ERROR"),
        (
            "file_metadatas/modules/apache/nope",
            404,
            "Not Found: Could not find instances in file_metadata with 'modules/apache/nope'",
            "RESOURCE_NOT_FOUND",
        ),
        (
            "file_metadata",
            400,
            "Bad Request: No request key specified in /puppet/v3/file_metadata",
            "RUNTIME_ERROR",
        ),
    ];
    for (key, status, message, kind) in cases {
        let answer = site.send(get(&format!("/puppet/v3/{key}?environment=production"))).await;
        assert_eq!(answer.error(), (status, message.into(), kind.into()), "{key}");
    }
    let file = "/puppet/v3/file_metadata/modules/apache/top.txt";
    let queries = [
        ("environment=nope", 404, "Not Found: Could not find environment 'nope'"),
        ("environment=production&links=x", 500, "Server Error: :links can only be set to :manage or :follow"),
        ("environment=production&checksum_type=x", 500, "Server Error: Unsupported checksum type x"),
        ("environment=production&source_permissions=x", 500, "Server Error: Unsupported source_permission x"),
    ];
    for (query, status, message) in queries {
        let (found, text, _) = site.send(get(&format!("{file}?{query}"))).await.error();
        assert_eq!((found, &*text), (status, message));
    }
    let outside =
        site.send(octets("/puppet/v3/file_content/modules/apache/top.txt/x?environment=production")).await;
    assert_eq!(outside.status, 404);
    let directory =
        site.send(octets("/puppet/v3/file_content/modules/apache/conf?environment=production")).await;
    assert!(directory.error().1.starts_with("Server Error: Is a directory - "), "{}", directory.body);
    let not_binary =
        site.send(get("/puppet/v3/file_content/modules/apache/top.txt?environment=production")).await;
    assert_eq!(not_binary.status, 406);
}

#[tokio::test]
async fn custom_mounts() {
    let site = site();
    let root = site.folder.path();
    std::fs::create_dir_all(root.join("srv/web/sub")).unwrap();
    std::fs::write(root.join("srv/web/sub/x"), "mine").unwrap();
    let conf = format!("[nodes]\n  path {}/srv/%h\n  allow *\n", root.display());
    std::fs::write(root.join("fileserver.conf"), conf).unwrap();
    let answer = site.send(octets("/puppet/v3/file_content/nodes/sub/x?environment=production")).await;
    assert_eq!((answer.status, &*answer.body), (200, "mine"));
    let answer = site.send(get("/puppet/v3/file_metadatas/nodes?recurse=true&environment=production")).await;
    assert_eq!(names(&answer), [".", "sub", "sub/x"]);
    // A wrong file leaves the mounts as they are.
    std::fs::write(root.join("fileserver.conf"), "nonsense").unwrap();
    let answer = site.send(octets("/puppet/v3/file_content/nodes/sub/x?environment=production")).await;
    assert_eq!(answer.status, 200);
}

#[tokio::test]
async fn the_bucket() {
    let site = site();
    let key = format!("/puppet/v3/file_bucket_file/sha256/{ABC}//etc/motd?environment=production");
    let head = |key: &str| request(Method::HEAD, key).accepting("application/octet-stream");
    assert_eq!(site.send(head(&key)).await.status, 404);
    let stored = put(&key, "application/octet-stream", "abc").accepting("application/octet-stream");
    let answer = site.send(stored).await;
    assert_eq!((answer.status, &*answer.content_type, &*answer.body), (200, "application/octet-stream", ""));
    assert_eq!(site.send(head(&key)).await.status, 200);
    assert_eq!(site.send(head(&key.replace("motd", "other"))).await.status, 404);
    let whole = format!("/puppet/v3/file_bucket_file/sha256/{ABC}?environment=production");
    assert_eq!(site.send(octets(&whole)).await.body, "abc");
    let paths = site.folder.path().join(format!("bucket/b/a/7/8/1/6/b/f/{ABC}/paths"));
    assert_eq!(std::fs::read_to_string(paths).unwrap(), "etc/motd\n");

    // The digest in the path is not believed.
    let other = put(&whole, "application/octet-stream", "").accepting("application/octet-stream");
    assert_eq!(site.send(other).await.status, 200);
    let difference = site.send(octets(&format!("{whole}&diff_with={EMPTY}"))).await;
    assert!(difference.status == 200 && difference.body.contains("\n-abc"), "{}", difference.body);
    let missing = "0".repeat(64);
    let answer = site.send(octets(&format!("{whole}&diff_with={missing}"))).await;
    assert_eq!(answer.error().1, format!("Server Error: could not find diff_with {missing}"));
}

#[tokio::test]
async fn what_the_bucket_refuses() {
    let site = Site::with(|settings| settings.body_bytes_max = 100_000);
    let base = "/puppet/v3/file_bucket_file";
    let cases = [
        (
            format!("{base}/md5/900150983cd24fb0d6963f7d28e17f72"),
            "Server Error: Unsupported checksum type \"md5\"",
        ),
        (format!("{base}/sha256/abc"), "Server Error: Invalid checksum \"abc\""),
    ];
    for (target, message) in cases {
        let answer = site.send(octets(&format!("{target}?environment=production"))).await;
        assert_eq!(answer.error(), (500, message.into(), "RUNTIME_ERROR".into()));
    }
    let target = format!("{base}/sha256/{ABC}?environment=production");
    let octets = |request: rest::Request| request.accepting("application/octet-stream");
    let json = site.send(octets(put(&target, "application/json", "{}"))).await;
    assert_eq!(json.status, 415);
    let unacceptable = site.send(put(&target, "application/octet-stream", "abc")).await;
    assert_eq!(unacceptable.status, 406);
    let large = octets(put(&target, "application/octet-stream", "x".repeat(100_001)));
    assert_eq!(site.send(large).await.status, 413);
    let left: Vec<_> = std::fs::read_dir(site.folder.path().join("bucket")).unwrap().collect();
    assert!(left.is_empty(), "{left:?}");
    let deleted = request(Method::DELETE, &target).having(header::ACCEPT, "application/octet-stream");
    assert_eq!(site.send(deleted).await.status, 405);
}

#[tokio::test]
async fn files_of_a_code_version() {
    use std::os::unix::fs::PermissionsExt;
    let folder = tempfile::tempdir().unwrap();
    let command = folder.path().join("content.sh");
    std::fs::write(
        &command,
        "#!/bin/sh\n[ \"$2\" = bad ] && { echo broken >&2; exit 3; }\necho \"$1 $2 $3\"\n",
    )
    .unwrap();
    std::fs::set_permissions(&command, std::fs::Permissions::from_mode(0o755)).unwrap();
    let site = Site::with(|settings| settings.files.code_content_command = Some(command.clone()));
    let base = "/puppet/v3/static_file_content";
    let send = async |target: &str| {
        let answer = site.send(octets(&format!("{base}/{target}"))).await;
        (answer.status, answer.body)
    };
    let file = "modules/a/files/x.txt";
    let good = send(&format!("{file}?environment=production&code_id=urn:1")).await;
    assert_eq!(good, (200, format!("production urn:1 {file}\n")));
    let failed = send(&format!("{file}?environment=production&code_id=bad")).await;
    assert_eq!(failed.0, 500);
    assert!(!failed.1.contains("broken"), "the command's complaint is for the log: {}", failed.1);
    let forbidden = send("modules/a/manifests/init.pp?environment=production&code_id=1").await;
    assert_eq!(forbidden.0, 403);
    assert_eq!(
        send(&format!("{file}?environment=production")).await,
        (
            400,
            "Error: A /static_file_content request requires an environment, a code-id, and a file-path"
                .into()
        )
    );
    assert_eq!(
        send(&format!("{file}?environment=production&code_id=a%20b")).await,
        (400, "Invalid code-id 'a b'. Must contain only alpha-numerics and '-', '_', ';', or ':'".into())
    );
}

/// The plugins of a large site, as each of its agents asks for them.
#[tokio::test]
async fn many_plugins() {
    const MODULES: usize = 40;
    const FILES: usize = 50;
    let site = Site::new();
    for module in 0..MODULES {
        let lib = site.folder.path().join(format!("environments/production/modules/m{module}/lib/facter"));
        std::fs::create_dir_all(&lib).unwrap();
        for file in 0..FILES {
            std::fs::write(lib.join(format!("f{module}_{file}.rb")), format!("{module} {file}")).unwrap();
        }
    }
    let target = "/puppet/v3/file_metadatas/plugins?recurse=true&max_files=-1&ignore=.svn&ignore=CVS&ignore=.git&ignore=.hg&links=follow&checksum_type=sha256&source_permissions=ignore&environment=production";
    let first = site.send(get(target)).await;
    assert_eq!(names(&first).len(), 2 + MODULES * FILES);
    let again = site.send(get(target)).await;
    assert_eq!(first, again);
    let limited = site.send(get(&target.replace("max_files=-1", "max_files=51"))).await;
    assert_eq!(limited.status, 200, "the limit is that of each module's directory");
    let limited = site.send(get(&target.replace("max_files=-1", "max_files=50"))).await;
    assert!(
        limited.error().1.contains("contains 51 entries, which exceeds the limit of 50"),
        "{}",
        limited.body
    );
}

/// What is kept of the list of plugins is never older than the request.
#[tokio::test]
async fn a_kept_list_of_plugins_shows_every_change() {
    // All files are old enough for their time stamps to be trusted.
    let clock = Arc::new(stdx::TestClock::at(std::time::SystemTime::now() + Duration::from_secs(3600)));
    let site = Site::with_clock(|_| {}, clock);
    let environment = site.folder.path().join("environments/production");
    let file = |path: &str, text: &str| {
        // Time stamps come from the kernel's coarse clock.
        std::thread::sleep(Duration::from_millis(20));
        let path = environment.join(path);
        std::fs::create_dir_all(path.parent().unwrap()).unwrap();
        std::fs::write(path, text).unwrap();
    };
    let target = "/puppet/v3/file_metadatas/plugins?recurse=true&links=follow&checksum_type=md5&environment=production";
    let list = async || {
        let (first, second) = (site.send(get(target)).await, site.send(get(target)).await);
        assert_eq!(first, second);
        assert_eq!(first.status, 200, "{}", first.body);
        first.body
    };
    // Nothing to serve yet: the root stands for an empty answer.
    file("modules/a/manifests/init.pp", "class a {}");
    assert_eq!(serde_json::from_str::<Vec<serde_json::Value>>(&list().await).unwrap().len(), 1);
    file("modules/a/lib/facter/a.rb", "1");
    let before = std::cell::RefCell::new(list().await);
    assert!(before.borrow().contains("facter/a.rb"));
    let changed = async |what: &str| {
        let after = list().await;
        assert_ne!(before.replace(after.clone()), after, "{what}");
    };
    file("modules/a/lib/facter/a.rb", "2");
    changed("content").await;
    file("modules/a/lib/facter/b.rb", "1");
    changed("a new file").await;
    file("modules/b/lib/facter/c.rb", "1");
    changed("a new module").await;
    file("modules/c/manifests/init.pp", "");
    assert_eq!(list().await, *before.borrow(), "a module without plugins");
    file("modules/c/lib/d.rb", "1");
    changed("the first plugin of a module").await;
    std::fs::remove_dir_all(environment.join("modules/b")).unwrap();
    changed("a module that is gone").await;
    file("site/e/lib/e.rb", "1");
    file("environment.conf", "modulepath = site:modules\n");
    changed("another module path").await;
    std::os::unix::fs::symlink("../../../elsewhere", environment.join("site/f")).unwrap();
    file("../../elsewhere/lib/f.rb", "1");
    changed("a linked module").await;
    file("../../elsewhere/lib/f.rb", "2");
    changed("a file of a linked module").await;
    file("../../elsewhere2/lib/f.rb", "3");
    std::fs::remove_file(environment.join("site/f")).unwrap();
    std::os::unix::fs::symlink("../../../elsewhere2", environment.join("site/f")).unwrap();
    changed("a link that leads elsewhere").await;
    std::fs::rename(environment.join("site"), environment.join("site.old")).unwrap();
    changed("a folder of modules that is gone").await;
}
