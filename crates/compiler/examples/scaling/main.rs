//! Whether the cost of a compile grows with the size of its catalog, and no faster: seconds and memory of generated
//! environments of several sizes, and by how much more a resource costs in the largest.
//!
//! `bench-scaling [CASE...]`; each measurement is a process of its own, so that memory is that of one compile.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::print_stdout, reason = "a benchmark program")]

mod cases;
mod others;

use std::path::Path;
use std::process::Command;

use cases::{CASES, Case};
use compiler::world::Quiet;
use compiler::{Image, ImageOptions, NodeInput, compile};
use others::Others;

/// Sizes compared.
const SIZES: [usize; 3] = [1_000, 10_000, 50_000];
/// A resource of the largest size may cost this many times one of the smallest before the case is marked.
const GROWTH_MAX: f64 = 3.0;
/// Seconds after which larger sizes are left out.
const PATIENCE: f64 = 60.0;
/// The argument that makes this process measure one case.
const ONE: &str = "--one";

fn main() {
    let args: Vec<String> = std::env::args().skip(1).collect();
    if let [first, name, size, ..] = &args[..]
        && first == ONE
    {
        let case = CASES.iter().find(|case| case.name == name).expect("a name of a case");
        measure(case, size.parse().expect("a size"));
        return;
    }
    print!("{:<30}", "");
    SIZES.iter().for_each(|size| print!("{size:>18}"));
    println!("{:>10}{:>10}", "growth", "exponent");
    let mut marked = 0;
    for case in
        CASES.iter().filter(|case| args.is_empty() || args.iter().any(|name| case.name.contains(name)))
    {
        marked += usize::from(!compare(case));
    }
    println!("{marked} cases grow faster than their catalogs");
}

/// Prints one line; true if the growth is as it should be.
fn compare(case: &Case) -> bool {
    print!("{:<30}", case.name);
    // Size and seconds of each measurement.
    let mut costs: Vec<(f64, f64)> = Vec::new();
    for size in SIZES {
        let size = size.min(case.size_max);
        if costs.last().is_some_and(|(before, seconds)| {
            *before == size as f64 || seconds / before * size as f64 > PATIENCE * 5.0
        }) {
            print!("{:>18}", "-");
            continue;
        }
        let program = std::env::current_exe().expect("this program has a path");
        let output = Command::new(program).args([ONE, case.name, &size.to_string()]).output().unwrap();
        let text = String::from_utf8_lossy(&output.stdout).into_owned();
        let mut numbers = text.split_whitespace().filter_map(|word| word.parse::<f64>().ok());
        let (Some(seconds), Some(megabytes)) = (numbers.next(), numbers.next()) else {
            println!(" failed: {}", text.trim());
            return false;
        };
        print!("{:>9.1}ms{:>5.0}MB", seconds * 1e3, megabytes);
        costs.push((size as f64, seconds));
    }
    let growth = match &costs[..] {
        [(small, quick), .., (large, slow)] => (slow / large) / (quick / small),
        _ => 1.0,
    };
    // What the cost grows with at the end: 1 is in proportion to the size, 2 its square.
    let exponent = match &costs[..] {
        [.., (small, quick), (large, slow)] => (slow / quick).ln() / (large / small).ln(),
        _ => f64::NAN,
    };
    let is_linear = growth <= GROWTH_MAX;
    println!("{growth:>10.2}{exponent:>10.2}{}", if is_linear { "" } else { "  <--" });
    is_linear
}

/// Compiles until a second has passed, and prints the shortest time and the most memory of the process.
fn measure(case: &Case, size: usize) {
    let folder = tempfile::tempdir().unwrap();
    let mut options = ImageOptions { code: Some((case.manifest)(size)), ..ImageOptions::default() };
    options.strict_variables = true;
    options.directory = Some(folder.path().to_owned());
    options.modulepath = vec![folder.path().join("modules")];
    write_environment(folder.path(), &(case.data)(size)).unwrap();
    let mut read = f64::INFINITY;
    for _ in 0..if case.is_reading { 3 } else { 0 } {
        let started = processor_time();
        drop(Image::load(&options).unwrap());
        read = read.min(processor_time() - started);
    }
    if case.is_reading {
        println!("{read} {}", most_memory());
        return;
    }
    let image = Image::load(&options).unwrap();
    let exported = if case.name == "exported by others" { size } else { 0 };
    let outside = Others { quiet: Quiet::default(), exported };
    let node = NodeInput { certname: "node.example.com".into(), ..NodeInput::default() };
    let mut best = f64::INFINITY;
    let (begin, mut out) = (processor_time(), Vec::new());
    let mut rounds = 0;
    while rounds < 2 || (processor_time() - begin < 1.0 && rounds < 50) {
        let started = processor_time();
        let compilation =
            compile(&image, &outside, &node).unwrap_or_else(|error| panic!("{}", error.message));
        out.clear();
        compilation.catalog.write_json(&mut out, true);
        drop(compilation);
        best = best.min(processor_time() - started);
        rounds += 1;
    }
    println!("{best} {}", most_memory());
}

/// A folder with data, and with a module that brings functions, of which only the names count.
fn write_environment(folder: &Path, data: &str) -> std::io::Result<()> {
    let functions = folder.join("modules/stdlib/lib/puppet/functions");
    std::fs::create_dir_all(&functions)?;
    std::fs::write(functions.join("merge.rb"), "# merge\n")?;
    std::fs::write(folder.join("modules/stdlib/metadata.json"), "{ \"version\": \"8.5.0\" }")?;
    std::fs::create_dir_all(folder.join("data"))?;
    std::fs::write(folder.join("data/common.yaml"), format!("---\n{data}"))?;
    std::fs::write(
        folder.join("hiera.yaml"),
        "version: 5\nhierarchy:\n  - name: common\n    path: common.yaml\n",
    )
}

/// The most memory this process has had, in megabytes.
fn most_memory() -> f64 {
    let status = std::fs::read_to_string("/proc/self/status").unwrap_or_default();
    let line = status.lines().find_map(|line| line.strip_prefix("VmHWM:")).unwrap_or_default();
    line.trim().trim_end_matches(" kB").parse::<f64>().unwrap_or_default() / 1024.0
}

/// Seconds that processors have worked for this process: unlike time, they do not depend on who else is busy.
fn processor_time() -> f64 {
    let time = rustix::time::clock_gettime(rustix::time::ClockId::ProcessCPUTime);
    time.tv_sec as f64 + time.tv_nsec as f64 / 1e9
}
