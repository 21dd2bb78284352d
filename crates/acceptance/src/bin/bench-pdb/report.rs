//! The figures, as tables for people and as JSON for programs.

use serde_json::{Value, json};

use crate::load::Cost;
use crate::queries::{Answers, Question};
use crate::servers::Kind;

/// Commands for a processor second, beside those of the real server.
const TARGET_COMMANDS: f64 = 20.0;
/// Milliseconds of a dashboard's question.
const TARGET_DASHBOARD: f64 = 50.0;
/// MiB of the server's process.
const TARGET_MEMORY: f64 = 150.0;

/// What was measured at one server with one fleet.
pub struct Row {
    /// Which.
    pub kind: Kind,
    /// The first run of every node, and the later ones together.
    pub first: Cost,
    /// Runs of which nine of ten change nothing.
    pub later: Cost,
    /// MiB while commands came in.
    pub memory: f64,
    /// MiB at the end, with the queries.
    pub memory_with_queries: f64,
    /// MiB of the store and of the queue.
    pub disk: (f64, f64),
    /// By question.
    pub answers: Vec<Answers>,
}

/// What was measured with one fleet.
pub struct Size {
    /// Nodes.
    pub nodes: usize,
    /// Nodes that the stores were made to have before questions were asked.
    pub grown: Option<usize>,
    /// Runs of each.
    pub runs: usize,
    /// The questions.
    pub questions: Vec<Question>,
    /// By server.
    pub rows: Vec<Row>,
    /// What was not run, and why.
    pub left_out: Vec<String>,
}

impl Size {
    fn real(&self) -> Option<&Row> {
        self.rows.iter().find(|row| row.kind == Kind::Puppetdb)
    }

    /// Questions to which servers gave different answers.
    pub fn differences(&self) -> Vec<String> {
        let mut different = Vec::new();
        for (index, question) in self.questions.iter().enumerate() {
            let mut contents =
                self.rows.iter().filter_map(|row| Some((row.kind, &row.answers.get(index)?.content)));
            let Some((first, expected)) = contents.next() else { continue };
            for (kind, content) in contents.filter(|(_, content)| *content != expected) {
                different.push(format!(
                    "{}: {} rows from {}, {} from {}\n  {:.300}\n  {:.300}",
                    question.name,
                    expected.rows,
                    first.name(),
                    content.rows,
                    kind.name(),
                    expected.text,
                    content.text
                ));
            }
        }
        different
    }

    /// Prints tables.
    pub fn table(&self) {
        println!("\n{} nodes, {} runs of each; nine of ten later runs change nothing", self.nodes, self.runs);
        let mut names = vec![""];
        names.extend(self.rows.iter().map(|row| row.kind.name()));
        line(&names.iter().map(|name| (*name).to_owned()).collect::<Vec<_>>());
        let put = |name: &str, value: &dyn Fn(&Row) -> String| {
            let mut cells = vec![name.to_owned()];
            cells.extend(self.rows.iter().map(value));
            line(&cells);
        };
        put("first runs: commands a CPU second", &|row| format!("{:.0}", row.first.per_cpu()));
        put("  commands a second", &|row| format!("{:.0}", row.first.per_second()));
        put("later runs: commands a CPU second", &|row| format!("{:.0}", row.later.per_cpu()));
        put("  commands a second", &|row| format!("{:.0}", row.later.per_second()));
        put("  CPU ms a command (database)", &|row| {
            let each = 1_000.0 / row.later.commands.max(1) as f64;
            format!("{:.2} ({:.2})", row.later.cpu * each, row.later.database * each)
        });
        if let Some(real) = self.real() {
            put("  times PuppetDB's (target 20)", &|row| {
                let times = row.later.per_cpu() / real.later.per_cpu();
                let judged = if row.kind == Kind::Puppetdb { "" } else { met(times >= TARGET_COMMANDS) };
                format!("{times:.1}{judged}")
            });
        }
        put("memory peak while writing, MiB", &|row| {
            let judged = if row.kind == Kind::Puppetdb { "" } else { met(row.memory <= TARGET_MEMORY) };
            format!("{:.0}{judged}", row.memory)
        });
        put("memory peak with queries, MiB", &|row| format!("{:.0}", row.memory_with_queries));
        put("on disk, MiB (queue)", &|row| format!("{:.0} ({:.0})", row.disk.0, row.disk.1));
        let grown = self.grown.map(|grown| format!(", of {grown} nodes")).unwrap_or_default();
        println!("\nqueries{grown}: p50 / p99 ms (CPU ms)");
        for (index, question) in self.questions.iter().enumerate() {
            let rows = self
                .rows
                .first()
                .and_then(|row| row.answers.get(index))
                .map_or(0, |answers| answers.content.rows);
            put(&format!("{} [{rows}]", question.name), &|row| {
                let Some(answers) = row.answers.get(index) else { return "-".into() };
                let (p50, p99) = (answers.percentile(0.5), answers.percentile(0.99));
                let other = self
                    .real()
                    .and_then(|real| real.answers.get(index))
                    .map(|answers| answers.percentile(0.5));
                let mut judged = "";
                if row.kind != Kind::Puppetdb {
                    if other.is_some_and(|other| p50 > other) {
                        judged = " SLOWER";
                    }
                    if question.is_dashboard && p50 > TARGET_DASHBOARD {
                        judged = " MISSED";
                    }
                }
                format!("{p50:.1} / {p99:.1} ({:.1}){judged}", answers.cpu * 1_000.0)
            });
        }
        for text in &self.left_out {
            println!("not run: {text}");
        }
        for text in self.differences() {
            println!("DIFFERENT: {text}");
        }
    }

    /// The same for programs.
    pub fn json(&self) -> Value {
        let cost = |cost: &Cost| {
            json!({
                "commands": cost.commands, "cpu_seconds": cost.cpu, "database_cpu_seconds": cost.database, "seconds": cost.seconds,
                "commands_per_cpu_second": cost.per_cpu(), "commands_per_second": cost.per_second(),
            })
        };
        let rows: Vec<Value> = self
            .rows
            .iter()
            .map(|row| {
                let queries: Vec<Value> = self
                    .questions
                    .iter()
                    .zip(&row.answers)
                    .map(|(question, answers)| {
                        json!({
                            "name": question.name, "path": question.path, "rows": answers.content.rows,
                            "p50_ms": answers.percentile(0.5), "p99_ms": answers.percentile(0.99), "cpu_ms": answers.cpu * 1_000.0,
                        })
                    })
                    .collect();
                json!({
                    "server": row.kind.name(), "first": cost(&row.first), "later": cost(&row.later),
                    "times_puppetdb": self.real().map(|real| row.later.per_cpu() / real.later.per_cpu()),
                    "memory_peak_mib": row.memory, "memory_peak_with_queries_mib": row.memory_with_queries,
                    "disk_mib": row.disk.0, "queue_mib": row.disk.1, "queries": queries,
                })
            })
            .collect();
        json!({"nodes": self.nodes, "grown": self.grown, "runs": self.runs, "servers": rows, "not_run": self.left_out, "differences": self.differences()})
    }
}

fn met(is_met: bool) -> &'static str {
    if is_met { "" } else { " MISSED" }
}

fn line(cells: &[String]) {
    let mut text = format!("{:36}", cells.first().map(String::as_str).unwrap_or_default());
    for cell in cells.iter().skip(1) {
        text.push_str(&format!("{cell:>30}"));
    }
    println!("{}", text.trim_end());
}
