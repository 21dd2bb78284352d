//! What a byte of manifests costs: cut into pieces by the lexer, and read into a tree by the parser, which uses it.

#![allow(missing_docs, clippy::unwrap_used, reason = "a benchmark program")]

use std::hint::black_box;
use std::path::Path;

use criterion::{Criterion, Throughput, criterion_group, criterion_main};
use syntax::source::SourceFile;
use syntax::{Options, parse};

/// All manifests of the environment with which the whole product is measured, as one text.
fn manifests() -> String {
    let modules = Path::new(env!("CARGO_MANIFEST_DIR")).join("../acceptance/bench/environment/modules");
    let mut all = String::new();
    for module in std::fs::read_dir(modules).unwrap() {
        let mut files: Vec<_> = std::fs::read_dir(module.unwrap().path().join("manifests"))
            .unwrap()
            .map(|file| file.unwrap().path())
            .collect();
        files.sort();
        for file in files {
            all.push_str(&std::fs::read_to_string(file).unwrap());
        }
    }
    all
}

fn read(criterion: &mut Criterion) {
    let text = manifests();
    assert!(syntax::tokens::pieces(&text, false).is_some());
    assert!(parse(SourceFile::new(None, &*text), Options::default()).errors.is_empty());
    let mut group = criterion.benchmark_group("manifests");
    group.throughput(Throughput::Bytes(text.len() as u64));
    group.bench_function("lexer", |bencher| {
        bencher.iter(|| syntax::tokens::pieces(black_box(&text), false));
    });
    group.bench_function("parser", |bencher| {
        bencher.iter(|| parse(SourceFile::new(None, black_box(&*text)), Options::default()));
    });
    group.finish();
}

criterion_group!(benches, read);
criterion_main!(benches);
