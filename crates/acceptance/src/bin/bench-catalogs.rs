//! How fast catalogs are compiled and parsed: the example nodes, on one thread and on all processors, beside the installed Puppet.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::print_stdout, reason = "a benchmark program")]

use std::path::Path;
use std::process::Command;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::{Duration, Instant};

use acceptance::examples;
use bunraku::config::{Config, Site};
use compiler::NodeInput;
use server::environments::Environments;
use server::{Settings, local};

/// Time spent on each measurement.
const MEASURE: Duration = Duration::from_secs(3);
/// Rounds of the reference, after as many to warm up.
const REFERENCE_ROUNDS: usize = 40;

fn main() {
    let scratch = tempfile::tempdir().unwrap();
    let (settings, environmentpath) = site(scratch.path());
    let started = Instant::now();
    let environments = Environments::new(settings.clone());
    environments.get("production").unwrap();
    println!("environment loaded in {:.2} ms", started.elapsed().as_secs_f64() * 1e3);
    let nodes: Vec<(String, NodeInput)> = examples::nodes()
        .into_iter()
        .map(|name| (name.clone(), local::node(&settings, &name, "production", examples::facts(&name))))
        .collect();
    let reference = reference(&environmentpath);
    println!("{:<22} {:>9} {:>10} {:>12} {:>7}", "node", "resources", "ms", "Puppet's ms", "ratio");
    for (name, node) in &nodes {
        let (resources, milliseconds) = median(&environments, node);
        let theirs = reference.iter().find(|(node, _)| node == name).map(|(_, milliseconds)| *milliseconds);
        let (theirs, ratio) = match theirs {
            Some(theirs) => (format!("{theirs:.2}"), format!("{:.0}", theirs / milliseconds)),
            None => ("-".into(), "-".into()),
        };
        println!("{name:<22} {resources:>9} {milliseconds:>10.3} {theirs:>12} {ratio:>7}");
    }
    for threads in [1, std::thread::available_parallelism().map_or(1, usize::from)] {
        let rate = throughput(&environments, &nodes, threads);
        println!("{threads} thread(s): {rate:.0} catalogs a second, JSON included");
    }
    println!("memory: {} kB resident", resident());
    parse_speed();
}

fn site(scratch: &Path) -> (Arc<Settings>, String) {
    let path = examples::environmentpath(scratch);
    let toml = format!(
        "certname = 'primary.example.com'\nconfdir = '{0}'\ndata-dir = '{0}'\n[code]\nenvironmentpath = ['{1}']\nbasemodulepath = ['{0}/modules']\ncheck-interval = '1d'\n",
        scratch.display(),
        path.display()
    );
    let site = Site::from_config(Config::parse(&toml).unwrap()).unwrap();
    (Arc::new(bunraku::serve::settings::server(&site).unwrap()), path.display().to_string())
}

fn one(environments: &Environments, node: &NodeInput, out: &mut Vec<u8>) -> usize {
    let (compilation, _) = local::compile(environments, "production", node).unwrap();
    out.clear();
    compilation.catalog.write_json(out, true);
    compilation.catalog.resources.len()
}

fn median(environments: &Environments, node: &NodeInput) -> (usize, f64) {
    let (mut out, mut times, mut resources) = (Vec::new(), Vec::new(), 0);
    let end = Instant::now() + MEASURE / 3;
    while Instant::now() < end {
        let started = Instant::now();
        resources = one(environments, node, &mut out);
        times.push(started.elapsed());
    }
    times.sort();
    (resources, times[times.len() / 2].as_secs_f64() * 1e3)
}

fn throughput(environments: &Environments, nodes: &[(String, NodeInput)], threads: usize) -> f64 {
    let done = AtomicU64::new(0);
    let started = Instant::now();
    std::thread::scope(|scope| {
        for _ in 0..threads {
            scope.spawn(|| {
                let mut out = Vec::new();
                while started.elapsed() < MEASURE {
                    for (_, node) in nodes {
                        one(environments, node, &mut out);
                    }
                    done.fetch_add(nodes.len() as u64, Ordering::Relaxed);
                }
            });
        }
    });
    done.load(Ordering::Relaxed) as f64 / started.elapsed().as_secs_f64()
}

/// Milliseconds of the installed Puppet, by node; empty without one.
fn reference(environmentpath: &str) -> Vec<(String, f64)> {
    if acceptance::peers::find("/usr/bin/puppet", "the ratio to Puppet").is_none() {
        return Vec::new();
    }
    let facts = examples::directory().join("facts");
    let output = Command::new("ruby")
        .arg(Path::new(env!("CARGO_MANIFEST_DIR")).join("bench/reference.rb"))
        .args([environmentpath, &REFERENCE_ROUNDS.to_string()])
        .args(examples::nodes().iter().map(|name| facts.join(format!("{name}.json"))))
        .output()
        .unwrap();
    let text = String::from_utf8_lossy(&output.stdout).into_owned();
    text.lines()
        .filter_map(|line| {
            let mut fields = line.split(' ');
            Some((fields.next()?.to_owned(), fields.nth(1)?.parse().ok()?))
        })
        .collect()
}

/// Parses all manifests of the installed modules again and again.
fn parse_speed() {
    let mut texts = Vec::new();
    gather(Path::new("/usr/share/puppet/modules.available"), &mut texts);
    let bytes: usize = texts.iter().map(String::len).sum();
    if bytes == 0 {
        return;
    }
    let (mut rounds, started) = (0, Instant::now());
    while started.elapsed() < MEASURE {
        for text in &texts {
            let file = syntax::source::SourceFile::new(None, text.as_str());
            std::hint::black_box(syntax::parse(file, syntax::Options::default()));
        }
        rounds += 1;
    }
    let rate = (bytes * rounds) as f64 / started.elapsed().as_secs_f64() / 1e6;
    println!(
        "parsing: {rate:.0} MB/s on one thread ({} manifests, {:.1} MB)",
        texts.len(),
        bytes as f64 / 1e6
    );
}

fn gather(directory: &Path, texts: &mut Vec<String>) {
    for entry in std::fs::read_dir(directory).into_iter().flatten().filter_map(Result::ok) {
        let path = entry.path();
        if path.is_dir() {
            gather(&path, texts);
        } else if path.extension().is_some_and(|extension| extension == "pp") {
            texts.extend(std::fs::read_to_string(&path));
        }
    }
}

fn resident() -> usize {
    let status = std::fs::read_to_string("/proc/self/status").unwrap_or_default();
    let line = status.lines().find_map(|line| line.strip_prefix("VmRSS:")).unwrap_or_default();
    line.trim().trim_end_matches(" kB").parse().unwrap_or_default()
}
