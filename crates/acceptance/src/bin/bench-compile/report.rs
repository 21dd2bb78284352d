//! The figures, as a table for people and as JSON for programs.

use serde_json::{Value, json};

use crate::compare::Canonical;
use crate::load::Cost;
use crate::workload::Role;

/// Everything that was measured.
pub struct Report {
    clients: usize,
    warm: usize,
    /// Version of the real server.
    pub version: String,
    /// Whether the real server tells a store, as ours does.
    pub peer_tells: bool,
    /// A row for each role.
    pub rows: Vec<Row>,
    /// Kept catalogs.
    pub kept: Vec<Kept>,
    /// Our process.
    pub ours: Option<Server>,
    /// The real one.
    pub theirs: Option<Server>,
}

/// A role's catalogs.
pub struct Row {
    role: &'static str,
    target: f64,
    resources: usize,
    bytes: usize,
    /// By one client, and by all.
    pub ours: [Cost; 2],
    /// The same of the real server.
    pub theirs: Option<[Cost; 2]>,
    /// Differences between the catalogs of both.
    pub differences: usize,
}

/// What a process needs.
pub struct Server {
    /// Seconds from the start to the first catalog.
    pub start: f64,
    /// Processor seconds until then.
    pub cpu_to_first: f64,
    /// MiB after the first catalog.
    pub memory_at_first: f64,
    /// The most MiB there were.
    pub memory_peak: f64,
}

/// An answer with a kept catalog.
pub struct Kept {
    /// Role.
    pub role: &'static str,
    /// The whole answer.
    pub whole: Cost,
    /// TLS, HTTP and the decoding of form and facts alone.
    pub around: Cost,
}

impl Row {
    /// A row with what its catalog is like.
    pub fn new(role: &Role, catalog: &[u8]) -> anyhow::Result<Row> {
        let resources = Canonical::new(catalog)?.resources;
        Ok(Row {
            role: role.name,
            target: role.target,
            resources,
            bytes: catalog.len(),
            ours: Default::default(),
            theirs: None,
            differences: 0,
        })
    }
}

impl Report {
    /// An empty one.
    pub fn new(clients: usize, warm: usize) -> Report {
        let (rows, kept) = (Vec::new(), Vec::new());
        Report {
            clients,
            warm,
            version: String::new(),
            peer_tells: false,
            rows,
            kept,
            ours: None,
            theirs: None,
        }
    }

    /// Whether the servers' catalogs are equal.
    pub fn is_same_everywhere(&self) -> bool {
        self.rows.iter().all(|row| row.differences == 0)
    }

    /// Prints it.
    pub fn print(&self, as_json: bool) -> anyhow::Result<()> {
        match as_json {
            true => println!("{}", serde_json::to_string_pretty(&self.json())?),
            false => self.table(),
        }
        Ok(())
    }

    fn table(&self) {
        println!("{}", machine());
        match &self.theirs {
            Some(_) => println!(
                "puppetserver {}: {} interpreters, code loaded once, {} compiles of each role by each interpreter before measuring\n{}\n",
                self.version,
                self.clients,
                self.warm,
                match self.peer_tells {
                    true =>
                        "both tell a store of each node's facts and catalog; what storing costs counts for Bunraku only",
                    false => "Bunraku stores each node's facts and catalog; puppetserver tells no store",
                }
            ),
            None => println!("puppetserver was left out\n"),
        }
        line("", ["Bunraku", "puppetserver", "ratio", "target"]);
        for row in &self.rows {
            println!(
                "\ncatalogs of {} resources, {} KiB{}",
                row.resources,
                row.bytes / 1024,
                match (&row.theirs, row.differences) {
                    (None, _) => "",
                    (Some(_), 0) => ", equal from both",
                    _ => ", DIFFERENT",
                }
            );
            let theirs = |index: usize| row.theirs.as_ref().map(|costs| &costs[index]);
            compared(
                "processor ms a catalog",
                row.ours[0].cpu * 1e3,
                theirs(0).map(|cost| cost.cpu * 1e3),
                Some(row.target),
            );
            for (name, share) in [("50", 0.5), ("90", 0.9), ("99", 0.99)] {
                let (ours, theirs) =
                    (row.ours[0].percentile(share), theirs(0).map(|cost| cost.percentile(share)));
                compared(
                    &format!("latency ms, {name} of 100"),
                    ours * 1e3,
                    theirs.map(|seconds| seconds * 1e3),
                    None,
                );
            }
            faster("catalogs a second, 1 client", row.ours[0].rate, theirs(0).map(|cost| cost.rate));
            faster(
                &format!("catalogs a second, {} clients", self.clients),
                row.ours[1].rate,
                theirs(1).map(|cost| cost.rate),
            );
            compared(
                "processor ms, all clients",
                row.ours[1].cpu * 1e3,
                theirs(1).map(|cost| cost.cpu * 1e3),
                None,
            );
        }
        if let Some(ours) = &self.ours {
            let theirs = self.theirs.as_ref();
            println!("\nthe process");
            compared(
                "start to first catalog, ms",
                ours.start * 1e3,
                theirs.map(|server| server.start * 1e3),
                Some(100.0),
            );
            compared(
                "processor ms until then",
                ours.cpu_to_first * 1e3,
                theirs.map(|server| server.cpu_to_first * 1e3),
                None,
            );
            compared(
                "MiB after the first catalog",
                ours.memory_at_first,
                theirs.map(|server| server.memory_at_first),
                Some(20.0),
            );
            compared("MiB at most", ours.memory_peak, theirs.map(|server| server.memory_peak), Some(20.0));
        }
        println!(
            "\nkept catalogs: processor ms of an answer, and of the TLS, form and facts around it alone"
        );
        line("", ["whole", "around", "kept part", "below around"]);
        for kept in &self.kept {
            let (whole, around) = (kept.whole.cpu * 1e3, kept.around.cpu * 1e3);
            let verdict = if whole - around <= around { "yes" } else { "no" };
            line(kept.role, [&number(whole), &number(around), &number(whole - around), verdict]);
        }
    }

    fn json(&self) -> Value {
        let cost = |cost: &Cost| {
            json!({
                "cpu_ms": cost.cpu * 1e3, "requests": cost.seconds.len(), "per_second": cost.rate,
                "latency_ms": {"p50": cost.percentile(0.5) * 1e3, "p90": cost.percentile(0.9) * 1e3, "p99": cost.percentile(0.99) * 1e3},
            })
        };
        let costs =
            |costs: &[Cost; 2]| json!({"one_client": cost(&costs[0]), "all_clients": cost(&costs[1])});
        let server = |server: &Server| {
            json!({
                "start_to_first_catalog_ms": server.start * 1e3, "cpu_ms_to_first_catalog": server.cpu_to_first * 1e3,
                "memory_mib_after_first": server.memory_at_first, "memory_mib_peak": server.memory_peak,
            })
        };
        let rows = self.rows.iter().map(|row| {
            let ratio = row.theirs.as_ref().map(|theirs| theirs[0].cpu / row.ours[0].cpu);
            json!({
                "role": row.role, "resources": row.resources, "bytes": row.bytes, "differences": row.differences,
                "bunraku": costs(&row.ours), "puppetserver": row.theirs.as_ref().map(costs),
                "cpu_ratio": ratio, "cpu_ratio_target": row.target,
            })
        });
        let kept = self
            .kept
            .iter()
            .map(|kept| json!({"role": kept.role, "whole": cost(&kept.whole), "around": cost(&kept.around)}));
        json!({
            "machine": machine(), "clients": self.clients, "warm": self.warm, "puppetserver_version": self.version,
            "puppetserver_tells_a_store": self.peer_tells,
            "catalogs": rows.collect::<Vec<_>>(), "kept": kept.collect::<Vec<_>>(),
            "bunraku": self.ours.as_ref().map(server), "puppetserver": self.theirs.as_ref().map(server),
        })
    }
}

/// Date and processor.
fn machine() -> String {
    let processors = std::fs::read_to_string("/proc/cpuinfo").unwrap_or_default();
    let model = processors.lines().find_map(|line| line.strip_prefix("model name")).unwrap_or_default();
    let model = model.trim_start_matches(['\t', ' ', ':']);
    let count = std::thread::available_parallelism().map_or(1, usize::from);
    let load = std::fs::read_to_string("/proc/loadavg").unwrap_or_default();
    let load = load.split(' ').next().unwrap_or_default().to_owned();
    format!("{model}, {count} processors, load {load}")
}

/// A figure that is better when it is small.
fn compared(name: &str, ours: f64, theirs: Option<f64>, target: Option<f64>) {
    let ratio = theirs.map(|theirs| theirs / ours);
    let verdict = match (ratio, target) {
        (Some(ratio), Some(target)) if ratio >= target => format!("{target:.0}, met"),
        (Some(_), Some(target)) => format!("{target:.0}, MISSED"),
        (None, Some(target)) => format!("{target:.0}"),
        (_, None) => String::new(),
    };
    line(
        name,
        [&number(ours), &theirs.map_or("-".into(), number), &ratio.map_or("-".into(), number), &verdict],
    );
}

/// A figure that is better when it is big.
fn faster(name: &str, ours: f64, theirs: Option<f64>) {
    let ratio = theirs.map(|theirs| ours / theirs);
    line(name, [&number(ours), &theirs.map_or("-".into(), number), &ratio.map_or("-".into(), number), ""]);
}

fn line(name: &str, fields: [&str; 4]) {
    print!("{name:<30}");
    fields.iter().for_each(|field| print!("{field:>14}"));
    println!();
}

fn number(value: f64) -> String {
    match value.abs() {
        size if size >= 100.0 => format!("{value:.0}"),
        size if size >= 10.0 => format!("{value:.1}"),
        size if size >= 1.0 => format!("{value:.2}"),
        _ => format!("{value:.3}"),
    }
}
