//! Some 480 requests about files, answered as Puppet Server 7.9.5 (Puppet 7.23) answered them over the same tree of files: metadata,
//! listings, contents, the bucket, and what makes no sense.
//!
//! Compared are status, content type and body; not owner, group and times, nor the order of a listing, which there is that of the file
//! system. Where an answer differs on purpose, [`DIFFERENT`] says why.

use std::os::unix::ffi::OsStringExt;
use std::os::unix::fs::{PermissionsExt, symlink};
use std::path::Path;

use serde::Deserialize;
use serde_json::Value;

use super::*;

/// A file of the tree.
#[derive(Deserialize)]
struct Node {
    kind: String,
    path: String,
    content: String,
    mode: u32,
}

/// A request and its answer.
#[derive(Deserialize)]
struct Exchange {
    method: String,
    path: String,
    accept: Option<String>,
    #[serde(default)]
    body: String,
    content_type: Option<String>,
    status: u16,
    r#type: String,
    answer: String,
}

/// Beginnings of paths (without `/puppet/v3/`), the status that is answered instead, and why.
const DIFFERENT: &[(&str, u16, &str)] = &[
    (
        "file_metadata/modules/alpha/long.txt?checksum_type=checksum",
        500,
        "a method of the Ruby code by accident",
    ),
    ("file_metadata/modules/alpha/setuid?source_permissions=true", 500, TYPED),
    ("file_metadata/modules/alpha/dir?source_permissions=true", 500, TYPED),
    ("file_metadata/modules/alpha/links/to_file?source_permissions=true", 500, TYPED),
    ("file_metadata/modules/alpha/plain.txt?links=true", 500, TYPED),
    ("file_metadata/modules/alpha/plain.txt?links=5", 500, TYPED),
    ("file_metadatas/modules/alpha/dir?links=true", 500, TYPED),
    ("file_metadatas/modules/alpha/dir?links=5", 500, TYPED),
    ("file_metadatas/modules/alpha/dir?recurse=true&max_files=true", 500, TYPED),
    ("file_metadatas/modules/alpha/dir?recurse=true&max_files=1&max_files=5", 500, TYPED),
    ("file_content/modules/alpha/plain.txt?checksum_type=md5", 200, "has no meaning for content"),
    (DIFF_WITH_A_NUMBER, 500, TYPED),
    (
        "file_metadata/modules/alpha/plain.txt?environment=production&environment=empty",
        404,
        "the last one counts",
    ),
    ("file_metadata/modules/somemeta/f", 200, "a module is one whatever its metadata.json says"),
    ("file_metadata/file%3A", 500, KEYS),
    ("file_metadata/puppet%3A", 500, KEYS),
    ("file_metadata/http%3A", 500, KEYS),
    ("file_metadata/plugins/facter/both.rb", 200, ORDER),
    ("file_content/plugins/facter/both.rb", 200, ORDER),
    (
        "file_metadatas/modules/looper?recurse=true&links=follow&environment",
        500,
        "the path of the first turn",
    ),
    (
        "file_metadatas/plugins?recurse=true&max_files=-1&ignore=.svn&ignore=CVS&ignore=.git&ignore=.hg&links=follow&checksum_type=sha256&source_permissions=use&environment=latin",
        500,
        "the text says what to do",
    ),
    ("file_content/modules/alpha/links/to_dir", 500, DIRECTORY),
    ("file_content/modules/alpha/dir?", 500, DIRECTORY),
    ("file_content/modules/alpha?", 500, DIRECTORY),
    ("file_content/custom?", 500, DIRECTORY),
    ("file_content/plugins?", 500, DIRECTORY),
    ("file_content/custom/dangling", 500, "the reason, and not that of a format"),
    ("file_content/modules/odd/sock", 500, "the reason, and not that of a format"),
];

const TYPED: &str = "another text, since there are no methods that are missing";
const KEYS: &str = "keys are never addresses";
const ORDER: &str = "modules are in order of their names, and not of their entries in the directory";
const DIRECTORY: &str = "an error, and not an empty file";
const DIFF_WITH_A_NUMBER: &str = "file_bucket_file/sha256/7692c3ad3540bb803c020b3aee66cd8887123234ea0c6e7143c0add73ff431ed?diff_with=12345";

fn build(root: &Path) {
    let lines = include_str!("observed/files.tree.jsonl").lines();
    for node in lines.map(|line| serde_json::from_str::<Node>(line).unwrap()) {
        let path = root.join(String::from_utf8_lossy(node.path.as_bytes()).as_ref());
        std::fs::create_dir_all(path.parent().unwrap()).unwrap();
        let mode = || std::fs::set_permissions(&path, std::fs::Permissions::from_mode(node.mode)).unwrap();
        match node.kind.as_str() {
            "file" => {
                std::fs::write(&path, &node.content).unwrap();
                mode();
            }
            // A name that is not UTF-8.
            "rawfile" => {
                let name = node.path.replace("\\xe9", "\u{1}").into_bytes();
                let name = name.into_iter().map(|byte| if byte == 1 { 0xe9 } else { byte }).collect();
                std::fs::write(root.join(std::ffi::OsString::from_vec(name)), &node.content).unwrap();
            }
            "dir" => {
                std::fs::create_dir_all(&path).unwrap();
                mode();
            }
            "link" => symlink(node.content.replace("@CODE@", root.to_str().unwrap()), &path).unwrap(),
            "fifo" => {
                let mode = rustix::fs::Mode::from_raw_mode(node.mode);
                rustix::fs::mknodat(rustix::fs::CWD, &path, rustix::fs::FileType::Fifo, mode, 0).unwrap();
            }
            "socket" => {
                std::os::unix::net::UnixListener::bind(&path).unwrap();
                mode();
            }
            other => panic!("{other}"),
        }
    }
    let conf = include_str!("observed/fileserver.conf").replace("@CODE@", root.to_str().unwrap());
    std::fs::write(root.join("fileserver.conf"), conf).unwrap();
}

/// Without what differs from machine to machine.
fn comparable(body: &str, root: &str) -> String {
    let body = body.replace(root, "@CODE@").replace("java.lang.IllegalStateException: ", "");
    let Ok(mut json) = serde_json::from_str::<Value>(&body) else {
        return body.lines().map(without_time).collect::<Vec<_>>().join("\n");
    };
    match &mut json {
        Value::Array(items) => {
            items.iter_mut().for_each(mask);
            // Two modules have it; which one is first is a matter of order.
            items.retain(|item| item["relative_path"] != "facter/both.rb");
            items.sort_by_key(|item| item["relative_path"].as_str().unwrap_or_default().to_owned());
        }
        item if item.get("checksum").is_some() => mask(item),
        _ => {}
    }
    json.to_string()
}

fn mask(item: &mut Value) {
    item["owner"] = 0.into();
    item["group"] = 0.into();
    for kind in ["{ctime}", "{mtime}"] {
        let value = item["checksum"]["value"].as_str().unwrap_or_default();
        if value.starts_with(kind) {
            assert!(value.len() > kind.len() + 3, "{value}");
            item["checksum"]["value"] = format!("{kind}TIME").into();
        }
    }
}

/// A line of a comparison.
fn without_time(line: &str) -> String {
    line.split_once("/contents\t")
        .map_or_else(|| line.to_owned(), |(path, _)| format!("{path}/contents\tTIME"))
}

fn request_of(exchange: &Exchange) -> Request {
    let method = Method::from_bytes(exchange.method.as_bytes()).unwrap();
    let peer = Peer::verified("puppet.lab.test", PeerCertificate::default());
    let mut request = Request::new(method, &exchange.path).unwrap().with_peer(peer);
    if let Some(accept) = &exchange.accept {
        request = request.accepting(accept);
    }
    if let Some(name) = &exchange.content_type {
        request = request.having(header::CONTENT_TYPE, name);
    }
    request.with_body(exchange.body.clone())
}

#[tokio::test]
async fn files_as_a_puppet_server_serves_them() {
    let site = Site::new();
    let root = site.folder.path();
    build(root);
    let root = root.to_str().unwrap();
    let mut wrong = Vec::new();
    let mut unused: Vec<&str> = DIFFERENT.iter().map(|(path, ..)| *path).collect();
    for line in include_str!("observed/files.jsonl").lines() {
        let exchange: Exchange = serde_json::from_str(line).unwrap();
        let answer = site.send(request_of(&exchange)).await;
        let path = exchange.path.trim_start_matches("/puppet/v3/");
        if let Some((known, status, _)) = DIFFERENT.iter().find(|(known, ..)| path.starts_with(known)) {
            unused.retain(|path| path != known);
            if answer.status != *status {
                wrong.push(format!("{path}: {status} expected\n  {} {}", answer.status, answer.body));
            }
            continue;
        }
        // HTTP forbids bodies there.
        let body = if exchange.method == "HEAD" { String::new() } else { comparable(&answer.body, root) };
        let content_type = answer.content_type.replace("; ", ";");
        let same_type = content_type.split(';').next() == exchange.r#type.split(';').next();
        let expected = comparable(&exchange.answer, root);
        if answer.status != exchange.status || body != expected || (!same_type && exchange.method != "HEAD") {
            wrong.push(format!(
                "{} {path} {:?}\n  expected {} {} {expected}\n  found    {} {content_type} {body}",
                exchange.method, exchange.accept, exchange.status, exchange.r#type, answer.status
            ));
        }
    }
    assert!(wrong.is_empty(), "{} differ:\n{}", wrong.len(), wrong.join("\n"));
    assert!(unused.is_empty(), "nothing differs any more: {unused:?}");
}
