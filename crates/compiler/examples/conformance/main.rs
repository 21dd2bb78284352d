//! Replays recorded observations of a reference implementation and counts what is the same.
//!
//! `cargo run -p compiler --example conformance -- CASES.jsonl [--kind KIND] [--show N] [--id ID] [--skip ID]... [--failures FILE]`
//!
//! The share is counted twice: of the records that can be replayed, and of all. Why others cannot is printed with their number.
//!
//! A record has `kind`, `id`, `in` and `out`. Kinds: `parse` (source to tree or error), `compile` (manifest, node and module
//! files to catalog, messages or error), `evaluate` (source to value and type), `type` (source to text), `assignable`
//! and `instance` (to true or false), `string` (value and format to text), `call` (function and arguments to value).

#![allow(clippy::print_stdout, clippy::unwrap_used, clippy::expect_used, reason = "a program for developers")]

use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::io::BufRead as _;
use std::path::PathBuf;
use std::time::Duration;

use compiler::world::Quiet;
use compiler::{Image, ImageOptions, Level, NodeInput, Strict, compile};
use pcore::time::Timestamp;
use serde_json::{Value as Json, json};

mod compile;
mod kinds;
mod unreplayable;
mod values;

/// What became of a record.
enum Outcome {
    Same,
    /// A group to count under, and what differs.
    Differs(String, String),
    /// The record cannot be replayed, for this reason.
    Unreplayable(&'static str),
}

#[derive(Default)]
struct Count {
    same: usize,
    differs: usize,
    unreplayable: BTreeMap<&'static str, usize>,
    groups: BTreeMap<String, usize>,
}

fn main() {
    let mut args = std::env::args().skip(1);
    let (mut path, mut kind, mut show, mut id, mut failures) = (None, None, 10usize, None, None);
    let mut skip = Vec::new();
    while let Some(arg) = args.next() {
        match &*arg {
            "--kind" => kind = args.next(),
            "--show" => show = args.next().and_then(|n| n.parse().ok()).unwrap_or(show),
            "--id" => id = args.next(),
            "--skip" => skip.extend(args.next()),
            "--failures" => failures = args.next(),
            _ => path = Some(arg),
        }
    }
    let path = path.expect("name a file of records");
    let file = std::io::BufReader::new(std::fs::File::open(path).expect("the file of records"));
    let mut counts: BTreeMap<String, Count> = BTreeMap::new();
    let mut lines = String::new();
    // What was compiled last, and in which example: what is evaluated after it sees its catalog.
    let mut before: Option<(Json, Json)> = None;
    for line in file.lines() {
        let record: Json = serde_json::from_str(&line.unwrap()).expect("a record a line");
        let this_kind = text(&record["kind"]).to_owned();
        let this_id = text(&record["id"]).to_owned();
        if this_kind == "compile" {
            before = Some((record["from"].clone(), record["in"].clone()));
        }
        if kind.as_ref().is_some_and(|kind| *kind != this_kind)
            || id.as_ref().is_some_and(|id| *id != this_id)
            || skip.contains(&this_id)
        {
            continue;
        }
        let start = std::time::Instant::now();
        let before = before.as_ref().filter(|(from, _)| *from == record["from"]).map(|(_, input)| input);
        let outcome = std::panic::catch_unwind(|| check(&this_kind, &record["in"], &record["out"], before))
            .unwrap_or_else(|_| Outcome::Differs("panic".into(), String::new()));
        let outcome = match outcome {
            Outcome::Differs(group, detail) => {
                let from = text(&record["from"]);
                let input = &record["in"];
                match unreplayable::reason(&this_kind, from, input, &shown(input), &detail) {
                    Some(reason) => Outcome::Unreplayable(reason),
                    None => Outcome::Differs(group, detail),
                }
            }
            other => other,
        };
        if start.elapsed() > Duration::from_secs(5) {
            println!("--- {this_kind} {this_id} took {:.0?}", start.elapsed());
        }
        let count = counts.entry(this_kind.clone()).or_default();
        match outcome {
            Outcome::Same => count.same += 1,
            Outcome::Unreplayable(reason) => *count.unreplayable.entry(reason).or_default() += 1,
            Outcome::Differs(group, detail) => {
                count.differs += 1;
                let _ = writeln!(lines, "{this_id}\t{this_kind}\t{group}\t{}", record["from"]);
                *count.groups.entry(group.clone()).or_default() += 1;
                if count.differs <= show {
                    let code = shown(&record["in"]);
                    println!("--- {this_kind} {this_id} {} {group}\n{code}\n{detail}\n", record["from"]);
                }
            }
        }
    }
    for (kind, count) in &counts {
        let replayable = count.same + count.differs;
        let without: usize = count.unreplayable.values().sum();
        let share = |total: usize| 100.0 * count.same as f64 / total.max(1) as f64;
        println!(
            "{kind}: {} of {replayable} the same ({:.1} %); {without} cannot be replayed; of all {}: {:.1} %",
            count.same,
            share(replayable),
            replayable + without,
            share(replayable + without)
        );
        for (reason, n) in &count.unreplayable {
            println!("  {n:5}  not replayed: {reason}");
        }
        let mut groups: Vec<_> = count.groups.iter().collect();
        groups.sort_by_key(|(_, n)| std::cmp::Reverse(**n));
        for (group, n) in groups.iter().take(40) {
            println!("  {n:5}  {group}");
        }
    }
    if let Some(path) = failures {
        std::fs::write(path, lines).expect("the file of failures");
    }
}

fn text(value: &Json) -> &str {
    value.as_str().unwrap_or_default()
}

/// The code of a record.
fn shown(input: &Json) -> String {
    let files = input["files"].as_object().into_iter().flatten();
    let files: String = files.map(|(name, content)| format!("{name}:\n{}\n", text(content))).collect();
    let code = input["code"].as_str().or(input["source"].as_str());
    files + &code.map_or_else(|| input.to_string(), String::from)
}

/// A value of the record that code has no form for.
const NO_FORM: &str = "a value or type that code has no form for";

fn check(kind: &str, input: &Json, output: &Json, before: Option<&Json>) -> Outcome {
    match kind {
        "parse" => kinds::check_parse(input, output),
        "compile" => compile::check_compile(input, output),
        "evaluate" => kinds::check_evaluate(input, output, before),
        "type" => kinds::check_type(input, output),
        "assignable" => {
            kinds::check_bool(&format!("({}) <= ({})", text(&input["from"]), text(&input["to"])), output)
        }
        "instance" => match values::literal(&input["value"]) {
            Some(value) => kinds::check_bool(&format!("{value} =~ {}", text(&input["type"])), output),
            None => Outcome::Unreplayable(NO_FORM),
        },
        // Patterns with options, which the records lost; code cannot make them.
        "string" if text(output).contains("(?m-ix:") => Outcome::Unreplayable(NO_FORM),
        "string" => match (values::literal(&input["value"]), values::formats(&input["format"])) {
            (Some(value), Some(format)) => {
                kinds::check_notice(&format!("String({value}, {format})"), input, &json!({ "text": output }))
            }
            _ => Outcome::Unreplayable(NO_FORM),
        },
        "call" => kinds::check_call(input, output, before),
        _ => Outcome::Unreplayable("a kind that this program does not know"),
    }
}

fn differs(group: impl Into<String>, want: impl std::fmt::Display, got: impl std::fmt::Display) -> Outcome {
    Outcome::Differs(group.into(), format!("  want: {want}\n  got:  {got}"))
}

/// A message without `(file: ..., line: ..., column: ...)`, since paths and wrappers differ.
fn without_place(message: &str) -> String {
    let mut out = String::new();
    let mut rest = message;
    while let Some(at) = rest.find(" (file: ").into_iter().chain(rest.find(" (line: ")).min() {
        out.push_str(&rest[..at]);
        rest = rest[at..].split_once(')').map_or("", |(_, after)| after);
    }
    out.push_str(rest);
    out
}

/// One compile.
#[derive(Default)]
struct Run {
    catalog: Option<Json>,
    error: Option<String>,
    logs: Vec<(String, String)>,
}

fn run(options: &ImageOptions, node: &NodeInput) -> Run {
    let image = match Image::load(options) {
        Ok(image) => image,
        Err(error) => return Run { error: Some(format!("image: {error}")), ..Run::default() },
    };
    // Puppet gives the parser's warnings when it reads a file; here the image has them.
    let warnings: Vec<_> = image.warnings().into_iter().map(|text| ("warning".to_owned(), text)).collect();
    let logs = |logs: Vec<compiler::LogEntry>| {
        let entries = logs.into_iter().filter(|entry| entry.level != Level::Debug);
        let entries = entries.map(|entry| (entry.level.as_str().to_owned(), entry.message));
        warnings.iter().cloned().chain(entries).collect()
    };
    let since = std::time::UNIX_EPOCH.elapsed().unwrap_or_default();
    let now = Timestamp { seconds: since.as_secs() as i64, nanoseconds: 0 };
    match compile(&image, &Quiet { now, ..Quiet::default() }, node) {
        Ok(compilation) => {
            let mut out = Vec::new();
            compilation.catalog.write_json(&mut out, true);
            let catalog = serde_json::from_slice(&out).unwrap_or(Json::Null);
            Run { catalog: Some(catalog), error: None, logs: logs(compilation.logs) }
        }
        Err(error) => Run { catalog: None, error: Some(error.message), logs: logs(error.logs) },
    }
}

/// How code in Ruby is run: by the interpreter of this machine, if it has one.
fn ruby() -> Option<foreign::Settings> {
    let ruby = PathBuf::from("/usr/bin/ruby");
    ruby.exists().then(|| foreign::Settings {
        ruby,
        load_paths: Vec::new(),
        workers_max: 1,
        memory_max: 1 << 30,
        time_max: Duration::from_secs(30),
        network: false,
        files: None,
    })
}

fn options(input: &Json) -> ImageOptions {
    let settings = &input["settings"];
    ImageOptions {
        environment: input["environment"].as_str().unwrap_or("production").into(),
        strict: match settings["strict"].as_str() {
            Some("off") => Strict::Off,
            Some("warning") => Strict::Warning,
            _ => Strict::Error,
        },
        strict_variables: settings["strict_variables"] != "false",
        tasks: settings["tasks"] == "true",
        ruby: ruby(),
        settings: settings
            .as_object()
            .into_iter()
            .flatten()
            .map(|(name, setting)| {
                let text = text(setting);
                (name.clone(), text.parse().map_or_else(|_| text.into(), pcore::Value::Bool))
            })
            .collect(),
        ..ImageOptions::default()
    }
}

/// The first words of a message, without what is particular.
fn group_of(message: &str) -> String {
    let message = without_place(message).replace("Evaluation Error: ", "");
    let message = message.split(" on node").next().unwrap_or("").to_owned();
    // Here the name is what matters.
    if let Some(at) = message.find("Unknown function: ") {
        return message[at..].into();
    }
    let mut out = String::new();
    let mut quoted = false;
    for c in message.chars().take(90) {
        if c == '\'' {
            quoted = !quoted;
            if quoted {
                out.push_str("'..'");
            }
        } else if !quoted && c != '\n' {
            out.push(if c.is_ascii_digit() { 'N' } else { c });
        }
    }
    out
}
