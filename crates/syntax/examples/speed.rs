//! Measures parsing of the files named on standard input: `cargo run --release --example speed < list`.

#![allow(clippy::print_stdout, reason = "this is a program")]

use std::io::Read;
use std::path::PathBuf;
use std::sync::Arc;
use std::time::Instant;

use syntax::source::SourceFile;
use syntax::{Options, parse};

fn main() -> std::io::Result<()> {
    let mut list = String::new();
    std::io::stdin().read_to_string(&mut list)?;
    let mut files = Vec::new();
    for path in list.lines() {
        let text: Arc<str> = String::from_utf8_lossy(&std::fs::read(path)?).into();
        files.push((PathBuf::from(path), text));
    }
    let bytes: usize = files.iter().map(|(_, text)| text.len()).sum();
    let mut best = f64::MAX;
    let mut nodes = 0;
    for _ in 0..10 {
        let start = Instant::now();
        nodes = 0;
        for (path, text) in &files {
            let options = Options {
                epp: path.extension().is_some_and(|e| e == "epp"),
                tasks: false,
                ..Options::default()
            };
            let parsed = parse(SourceFile::new(Some(path.clone()), Arc::clone(text)), options);
            nodes += parsed.ast.exprs.len();
        }
        best = best.min(start.elapsed().as_secs_f64());
    }
    println!(
        "{} files, {bytes} bytes, {nodes} nodes: {:.1} ms, {:.0} MB/s, {:.0} ns a node",
        files.len(),
        best * 1e3,
        bytes as f64 / best / 1e6,
        best * 1e9 / nodes as f64
    );
    Ok(())
}
