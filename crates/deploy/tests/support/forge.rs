//! A small Forge: releases made on the spot, over HTTP.

use std::collections::HashMap;
use std::io::{Read as _, Write as _};
use std::net::{TcpListener, TcpStream};
use std::sync::{Arc, Mutex};

use sha2::{Digest as _, Sha256};

/// Answers by path: status, headers, body.
pub type Answers = Arc<Mutex<HashMap<String, Vec<(u16, String, Vec<u8>)>>>>;

/// What was asked for: path and the header `authorization`.
pub type Asked = Arc<Mutex<Vec<(String, Option<String>)>>>;

/// A Forge on a free port; it ends with the test's process.
pub struct Forge {
    pub url: String,
    pub answers: Answers,
    pub asked: Asked,
}

/// A file of an archive.
#[derive(Clone, Copy)]
pub enum Entry<'a> {
    File(&'a str, u32, &'a str),
    Directory(&'a str, u32),
    Link(&'a str, &'a str),
    HardLink(&'a str, &'a str),
    Device(&'a str),
    /// With holes of 8 GiB.
    Sparse(&'a str),
}

/// A packed archive.
pub fn archive(entries: &[Entry<'_>]) -> Vec<u8> {
    let mut builder =
        tar::Builder::new(flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::fast()));
    for entry in entries {
        let mut header = tar::Header::new_gnu();
        header.set_mtime(1);
        let (name, mode, kind, data, link) = match *entry {
            Entry::File(name, mode, data) => (name, mode, tar::EntryType::Regular, data, None),
            Entry::Directory(name, mode) => (name, mode, tar::EntryType::Directory, "", None),
            Entry::Link(name, to) => (name, 0o777, tar::EntryType::Symlink, "", Some(to)),
            Entry::HardLink(name, to) => (name, 0o644, tar::EntryType::Link, "", Some(to)),
            Entry::Sparse(name) => (name, 0o644, tar::EntryType::GNUSparse, "", None),
            Entry::Device(name) => (name, 0o644, tar::EntryType::Char, "", None),
        };
        header.set_mode(mode);
        header.set_entry_type(kind);
        header.set_size(data.len() as u64);
        // Names that the library would not write are what is to be tested.
        let old = header.as_old_mut();
        old.name[..name.len()].copy_from_slice(name.as_bytes());
        if let Some(link) = link {
            old.linkname[..link.len()].copy_from_slice(link.as_bytes());
        }
        if kind == tar::EntryType::GNUSparse
            && let Some(gnu) = header.as_gnu_mut()
        {
            gnu.realsize[..11].copy_from_slice(b"77777777777");
            gnu.sparse[0].offset[..11].copy_from_slice(b"77777777777");
            gnu.sparse[0].numbytes[..11].copy_from_slice(b"00000000000");
        }
        header.set_cksum();
        builder.append(&header, data.as_bytes()).unwrap();
    }
    builder.into_inner().unwrap().finish().unwrap()
}

/// The archive of a release with one manifest.
pub fn release(title: &str, version: &str) -> Vec<u8> {
    let (_, name) = title.split_once('-').unwrap();
    let top = format!("{title}-{version}");
    let metadata = format!(
        "{{\"name\": \"{title}\", \"version\": \"{version}\", \"author\": \"a\", \"license\": \"x\", \"summary\": \"s\", \"source\": \"u\", \"dependencies\": []}}"
    );
    archive(&[
        Entry::Directory(&format!("{top}/"), 0o775),
        Entry::File(&format!("{top}/metadata.json"), 0o600, &metadata),
        Entry::Directory(&format!("{top}/manifests/"), 0o700),
        Entry::File(&format!("{top}/manifests/init.pp"), 0o644, &format!("class {name} {{ }} # {version}\n")),
        Entry::File(&format!("{top}/tasks/run.sh"), 0o755, "#!/bin/sh\n"),
        Entry::File(&format!("{top}/spec/x_spec.rb"), 0o644, "x\n"),
        Entry::Link(&format!("{top}/link"), "metadata.json"),
    ])
}

impl Forge {
    pub fn start() -> Forge {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let url = format!("http://{}", listener.local_addr().unwrap());
        let forge = Forge { url, answers: Arc::default(), asked: Arc::default() };
        let (answers, asked) = (forge.answers.clone(), forge.asked.clone());
        std::thread::spawn(move || {
            for stream in listener.incoming().flatten() {
                let (answers, asked) = (answers.clone(), asked.clone());
                std::thread::spawn(move || answer(stream, &answers, &asked));
            }
        });
        forge
    }

    /// What a path is answered with; of several answers each but the last is given once.
    pub fn on(&self, path: &str, status: u16, headers: &str, body: &[u8]) {
        let answer = (status, headers.to_owned(), body.to_vec());
        self.answers.lock().unwrap().entry(path.to_owned()).or_default().push(answer);
    }

    /// Makes releases, the last of which is the newest.
    pub fn publish(&self, title: &str, versions: &[&str]) {
        let json = "Content-Type: application/json\r\n";
        for version in versions {
            let bytes = release(title, version);
            let file = format!("/v3/files/{title}-{version}.tar.gz");
            let document = serde_json::json!({
                "uri": format!("/v3/releases/{title}-{version}"), "slug": format!("{title}-{version}"),
                "version": version, "file_uri": file, "file_md5": hex::encode(md5::Md5::digest(&bytes)),
                "file_sha256": hex::encode(Sha256::digest(&bytes)),
            });
            self.on(&format!("/v3/releases/{title}-{version}"), 200, json, document.to_string().as_bytes());
            self.on(&file, 200, "Content-Type: application/gzip\r\n", &bytes);
            let module = serde_json::json!({
                "uri": format!("/v3/modules/{title}"), "slug": title,
                "current_release": {
                    "uri": format!("/v3/releases/{title}-{version}"), "slug": format!("{title}-{version}"), "version": version,
                },
            });
            self.answers.lock().unwrap().remove(&format!("/v3/modules/{title}"));
            self.on(&format!("/v3/modules/{title}"), 200, json, module.to_string().as_bytes());
        }
    }

    /// The paths that were asked for.
    pub fn paths(&self) -> Vec<String> {
        self.asked.lock().unwrap().iter().map(|(path, _)| path.clone()).collect()
    }
}

fn answer(mut stream: TcpStream, answers: &Answers, asked: &Asked) {
    let mut head = Vec::new();
    let mut byte = [0];
    while !head.ends_with(b"\r\n\r\n") {
        match stream.read(&mut byte) {
            Ok(1) => head.push(byte[0]),
            _ => return,
        }
    }
    let head = String::from_utf8_lossy(&head).into_owned();
    let path = head.split(' ').nth(1).unwrap_or_default().split('?').next().unwrap_or_default().to_owned();
    let token = head.lines().find_map(|line| {
        let (name, value) = line.split_once(':')?;
        name.eq_ignore_ascii_case("authorization").then(|| value.trim().to_owned())
    });
    asked.lock().unwrap().push((path.clone(), token));
    let mut answers = answers.lock().unwrap();
    let (status, headers, body) = match answers.get_mut(&path) {
        Some(several) if several.len() > 1 => several.remove(0),
        Some(several) => several[0].clone(),
        None => (404, String::new(), b"{}".to_vec()),
    };
    drop(answers);
    let head = format!(
        "HTTP/1.1 {status} X\r\n{headers}Content-Length: {}\r\nConnection: close\r\n\r\n",
        body.len()
    );
    let _ = stream.write_all(head.as_bytes());
    // The connection may break in the middle.
    let end = if headers.contains("X-Broken") { body.len() / 2 } else { body.len() };
    let _ = stream.write_all(&body[..end]);
}
