//! What single steps of a compile cost: lookups in data, collectors, and the catalog as it travels.

#![allow(missing_docs, clippy::unwrap_used, reason = "a benchmark program")]

use std::fmt::Write as _;
use std::hint::black_box;
use std::path::Path;
use std::time::Duration;

use compiler::world::Quiet;
use compiler::{Compilation, Image, ImageOptions, NodeInput, compile};
use criterion::{Criterion, Throughput, criterion_group, criterion_main};

/// So many of what is measured in each compile.
const MANY: usize = 1_000;

fn compiled(image: &Image) -> Compilation {
    let node = NodeInput { certname: "node.example.com".into(), ..NodeInput::default() };
    compile(image, &Quiet::default(), &node).unwrap_or_else(|error| panic!("{}", error.message))
}

fn image(folder: &Path, code: &str) -> Image {
    let options = ImageOptions {
        code: Some(code.to_owned()),
        directory: Some(folder.to_owned()),
        ..ImageOptions::default()
    };
    Image::load(&options).unwrap()
}

/// Data in four levels, all of which have lists to be merged.
fn write_data(folder: &Path) {
    let levels = ["node", "role", "system", "common"];
    std::fs::create_dir_all(folder.join("data")).unwrap();
    let mut hierarchy = String::from("version: 5\nhierarchy:\n");
    for (number, level) in levels.iter().enumerate() {
        let _ = write!(hierarchy, "  - name: {level}\n    path: {level}.yaml\n");
        let mut data = String::from("---\nlookup_options:\n  ^list:\n    merge: unique\n");
        for key in 0..MANY {
            if key % levels.len() == number {
                let _ = writeln!(data, "key{key}: 'of %{{trusted.certname}} in {level}'");
            }
            let _ = writeln!(data, "list{key}: ['{level}', 'all']");
        }
        std::fs::write(folder.join(format!("data/{level}.yaml")), data).unwrap();
    }
    std::fs::write(folder.join("hiera.yaml"), hierarchy).unwrap();
}

/// One group for compiles that do a thing many times: the time of each is that of the whole compile, whose frame is the first.
fn many(criterion: &mut Criterion) {
    let folder = tempfile::tempdir().unwrap();
    write_data(folder.path());
    let declared = format!(
        "Integer[1, {MANY}].each |$i| {{ @notify {{ \"n${{i}}\": message => \"m${{i}}\", tag => \"t${{i}}\" }} }}\n"
    );
    let collectors = |query: &str| {
        let mut code = declared.clone();
        for i in 1..=MANY {
            let _ = writeln!(code, "Notify<| {query}{i}' |>");
        }
        code
    };
    let lookups = |key: &str| format!("Integer[0, {}].each |$i| {{ lookup(\"{key}${{i}}\") }}", MANY - 1);
    let mut group = criterion.benchmark_group("1,000 times");
    group.throughput(Throughput::Elements(MANY as u64));
    for (name, code) in [
        ("a turn of a block", format!("Integer[1, {MANY}].each |$i| {{ $i }}")),
        ("a lookup in four levels", lookups("key")),
        ("a lookup that merges", lookups("list")),
        ("a virtual resource", declared.clone()),
        ("and a collector by title", collectors("title == 'n")),
        ("and a collector by tag", collectors("tag == 't")),
        ("and a collector by attribute", collectors("message == 'm")),
        ("and one collector with overrides", format!("{declared}Notify<| |> {{ loglevel => info }}")),
    ] {
        let image = image(folder.path(), &code);
        group.bench_function(name, |bencher| bencher.iter(|| compiled(black_box(&image))));
    }
    group.finish();
}

/// The catalog as text, as agents ask for it.
fn encoding(criterion: &mut Criterion) {
    let folder = tempfile::tempdir().unwrap();
    let code = format!(
        "Integer[1, {MANY}].each |$i| {{ file {{ \"/srv/file${{i}}\": ensure => file, owner => 'root', mode => '0644', content => \"line ${{i}} \\\"quoted\\\"\\n\", require => Class['settings'] }} }}"
    );
    let compilation = compiled(&image(folder.path(), &code));
    let mut out = Vec::new();
    compilation.catalog.write_json(&mut out, true);
    let mut group = criterion.benchmark_group("a catalog of 1,000 files");
    group.throughput(Throughput::Bytes(out.len() as u64));
    group.bench_function("as JSON", |bencher| {
        bencher.iter(|| {
            out.clear();
            black_box(&compilation.catalog).write_json(&mut out, true);
            out.len()
        });
    });
    group.finish();
}

fn settings() -> Criterion {
    Criterion::default().measurement_time(Duration::from_secs(3)).warm_up_time(Duration::from_secs(1))
}

criterion_group! {
    name = benches;
    config = settings();
    targets = many, encoding
}
criterion_main!(benches);
