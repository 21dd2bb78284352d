//! Replays recorded observations of a reference implementation and counts what is the same.
//!
//! `cargo run -p compiler --example conformance -- CASES.jsonl [--kind KIND] [--show N] [--id ID] [--skip ID]... [--failures FILE]`
//!
//! A record has `kind`, `id`, `in` and `out`. Kinds: `parse` (source to tree or error), `compile` (manifest, node and module
//! files to catalog, messages or error), `evaluate` (source to value and type), `type` (source to text), `assignable`
//! and `instance` (to true or false), `string` (value and format to text), `call` (function and arguments to value).

#![allow(clippy::print_stdout, clippy::unwrap_used, clippy::expect_used, reason = "a program for developers")]

use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::io::BufRead as _;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::Duration;

use compiler::world::Quiet;
use compiler::{Image, ImageOptions, Level, NodeInput, Strict, compile};
use pcore::time::Timestamp;
use serde_json::{Value as Json, json};
use syntax::Options;
use syntax::source::SourceFile;

/// What became of a record.
enum Outcome {
    Same,
    /// A group to count under, and what differs.
    Differs(String, String),
    /// The record says nothing that can be checked here.
    Skipped,
}

#[derive(Default)]
struct Count {
    same: usize,
    differs: usize,
    skipped: usize,
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
    for line in file.lines() {
        let record: Json = serde_json::from_str(&line.unwrap()).expect("a record a line");
        let this_kind = text(&record["kind"]).to_owned();
        let this_id = text(&record["id"]).to_owned();
        if kind.as_ref().is_some_and(|kind| *kind != this_kind)
            || id.as_ref().is_some_and(|id| *id != this_id)
        {
            continue;
        }
        let start = std::time::Instant::now();
        let outcome = std::panic::catch_unwind(|| check(&this_kind, &record["in"], &record["out"]))
            .unwrap_or_else(|_| Outcome::Differs("panic".into(), String::new()));
        if start.elapsed() > Duration::from_secs(5) {
            println!("--- {this_kind} {this_id} took {:.0?}", start.elapsed());
        }
        let count = counts.entry(this_kind.clone()).or_default();
        match outcome {
            Outcome::Same => count.same += 1,
            Outcome::Skipped => count.skipped += 1,
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
        let total = count.same + count.differs;
        let share = 100.0 * count.same as f64 / total.max(1) as f64;
        println!("{kind}: {} of {total} the same ({share:.1} %), {} skipped", count.same, count.skipped);
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

fn check(kind: &str, input: &Json, output: &Json) -> Outcome {
    match kind {
        "parse" => check_parse(input, output),
        "compile" => check_compile(input, output),
        "evaluate" => check_evaluate(input, output),
        "type" => check_type(input, output),
        "assignable" => {
            check_bool(&format!("({}) <= ({})", text(&input["from"]), text(&input["to"])), output)
        }
        "instance" => match literal(&input["value"]) {
            Some(value) => check_bool(&format!("{value} =~ {}", text(&input["type"])), output),
            None => Outcome::Skipped,
        },
        // Patterns with options, which the records lost; code cannot make them.
        "string" if text(output).contains("(?m-ix:") => Outcome::Skipped,
        "string" => match (literal(&input["value"]), formats(&input["format"])) {
            (Some(value), Some(format)) => {
                check_notice(&format!("String({value}, {format})"), input, &json!({ "text": output }))
            }
            _ => Outcome::Skipped,
        },
        "call" => check_call(input, output),
        _ => Outcome::Skipped,
    }
}

fn differs(group: impl Into<String>, want: impl std::fmt::Display, got: impl std::fmt::Display) -> Outcome {
    Outcome::Differs(group.into(), format!("  want: {want}\n  got:  {got}"))
}

fn check_parse(input: &Json, output: &Json) -> Outcome {
    // The record does not say which dialect it is in.
    let mut outcome = Outcome::Skipped;
    for (epp, tasks) in [(false, false), (true, false), (false, true), (true, true)] {
        let file = SourceFile::new(None, text(&input["source"]));
        let parsed = syntax::parse(file, Options { epp, tasks, ..Options::default() });
        let this = match (output["pn"].as_str(), output["error"].as_str()) {
            (Some(want), _) => {
                let got = syntax::pn::dump(&parsed.ast);
                if got == want { Outcome::Same } else { differs("tree", want, got) }
            }
            (None, Some(want)) => match parsed.errors.first() {
                Some(error) if without_place(&error.puppet_message()) == without_place(want) => Outcome::Same,
                Some(error) => differs("error", want, error.puppet_message()),
                None => differs("no error", want, ""),
            },
            _ => Outcome::Skipped,
        };
        match this {
            Outcome::Same => return Outcome::Same,
            other if matches!(outcome, Outcome::Skipped) => outcome = other,
            _ => {}
        }
    }
    outcome
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

fn value(json: &Json) -> pcore::Value {
    pcore::json::parse(json.to_string().as_bytes()).unwrap_or_default()
}

fn hash(json: &Json, without: &[&str]) -> pcore::Hash {
    let mut hash = pcore::Hash::new();
    for (key, item) in json.as_object().into_iter().flatten() {
        if !without.contains(&key.as_str()) {
            hash.insert(key.as_str(), value(item));
        }
    }
    hash
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

fn check_compile(input: &Json, output: &Json) -> Outcome {
    let mut options = options(input);
    let folder = tempfile::tempdir().unwrap();
    let prefix = lay_out(input, folder.path(), &mut options);
    let code = text(&input["code"]);
    if !code.is_empty() || options.manifest.is_none() {
        options.code = Some(code.into());
    }
    let classes = match &input["classes"] {
        Json::Array(names) => names.iter().map(|name| (text(name).into(), None)).collect(),
        Json::Object(classes) => {
            let given = |parameters: &Json| (!parameters.is_null()).then(|| hash(parameters, &[]));
            classes.iter().map(|(name, parameters)| (name.as_str().into(), given(parameters))).collect()
        }
        _ => Vec::new(),
    };
    let node = NodeInput {
        certname: text(&input["node"]).into(),
        facts: Arc::new(hash(&input["facts"], &[])),
        trusted: value(&input["trusted"]),
        server_facts: Arc::default(),
        classes,
        parameters: hash(&input["parameters"], &["environment"]),
    };
    let got = run(&options, &node);
    let ours = folder.path().display().to_string();
    let replace = |text: &str| text.replace(&ours, &prefix);
    if let Some(want) = output["error"].as_str() {
        let Some(error) = &got.error else {
            return differs(format!("no error: {}", group_of(want)), want, "a catalog");
        };
        let mut error = replace(error);
        // Some of the recorded calls end below where the node's name is added.
        let suffix = format!(" on node {}", node.certname);
        if !want.ends_with(&suffix) && error.ends_with(&suffix) {
            error.truncate(error.len() - suffix.len());
        }
        let same = error.replace("(file: unknown, ", "(") == want.replace("(file: unknown, ", "(");
        return if same && (input["root"].is_null() || same_logs(output, &got.logs, &replace)) {
            Outcome::Same
        } else if same {
            differs("messages of an error", &output["logs"], format!("{:?}", got.logs))
        } else if without_place(&error) == without_place(want) {
            differs("error place", want, error)
        } else {
            differs(format!("error text: {}", group_of(want)), want, error)
        };
    }
    let Some(catalog) = &got.catalog else {
        let error = replace(got.error.as_deref().unwrap_or_default());
        return differs(format!("fails: {}", group_of(&error)), "a catalog", error);
    };
    let mut catalog: Json = serde_json::from_str(&replace(&catalog.to_string())).unwrap();
    // The records were made without exported resources, as they are for an agent.
    if let Some(resources) = catalog["resources"].as_array_mut() {
        let names: Vec<Json> =
            items(&output["catalog"]["resources"]).iter().map(|r| json!([r["type"], r["title"]])).collect();
        resources.retain(|r| r["exported"] != true || names.contains(&json!([r["type"], r["title"]])));
    }
    if let Some(difference) = compare_catalogs(&output["catalog"], &catalog) {
        return difference;
    }
    if !same_logs(output, &got.logs, &replace) {
        return differs("messages", &output["logs"], format!("{:?}", got.logs));
    }
    Outcome::Same
}

fn same_logs(output: &Json, got: &[(String, String)], replace: &dyn Fn(&str) -> String) -> bool {
    let want = items(&output["logs"])
        .iter()
        .map(|entry| (text(&entry[0]).to_owned(), without_place(text(&entry[1]))));
    want.eq(got.iter().map(|(level, text)| (level.clone(), without_place(&replace(text)))))
}

/// Writes the files of a record and gives the folder that they were in when it was recorded.
fn lay_out(input: &Json, folder: &Path, options: &mut ImageOptions) -> String {
    let files: Vec<(&String, &str)> = input["files"]
        .as_object()
        .into_iter()
        .flatten()
        .map(|(path, content)| (path, text(content)))
        .collect();
    // Newer records name the folder of the environment, and one that holds it and the global data.
    if let Some(root) = input["root"].as_str() {
        let base = input["base"].as_str().unwrap_or(root);
        let moved = |path: &str| folder.join(Path::new(path).strip_prefix(base).unwrap_or(Path::new(path)));
        let here = folder.display().to_string();
        let directory = moved(root);
        for (path, content) in files {
            let target = moved(path);
            std::fs::create_dir_all(target.parent().unwrap()).unwrap();
            std::fs::write(&target, content.replace(base, &here)).unwrap();
        }
        if input["code"] == "" {
            options.manifest = Some(directory.join("manifests"));
        }
        options.modulepath.push(directory.join("modules"));
        options.directory = Some(directory);
        options.hiera_config = input["hiera_config"].as_str().map(moved);
        return base.to_owned();
    }
    let mut prefix = files.first().map_or(PathBuf::new(), |(path, _)| PathBuf::from(path));
    for (path, _) in &files {
        while !Path::new(path).starts_with(&prefix) || prefix == Path::new(path) {
            prefix.pop();
        }
    }
    // The folders above modules and manifests are found by their names.
    for _ in 0..4 {
        if prefix.components().count() > 3 {
            prefix.pop();
        }
    }
    for (path, content) in files {
        let relative = Path::new(path).strip_prefix(&prefix).unwrap_or(Path::new(path));
        let target = folder.join(relative);
        std::fs::create_dir_all(target.parent().unwrap()).unwrap();
        std::fs::write(&target, content).unwrap();
        let parts: Vec<_> = relative.iter().map(|part| part.to_string_lossy().into_owned()).collect();
        let upto = |at: usize| folder.join(parts[..=at].iter().collect::<PathBuf>());
        if let Some(at) = parts.iter().position(|part| part == "modules") {
            let modules = upto(at);
            if !options.modulepath.contains(&modules) {
                options.directory = modules.parent().map(Path::to_owned);
                options.modulepath.push(modules);
            }
        } else if let Some(at) = parts.iter().position(|part| part == "manifests") {
            options.manifest = Some(upto(at));
        }
    }
    prefix.display().to_string()
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

fn items(json: &Json) -> &[Json] {
    json.as_array().map_or(&[], |items| items)
}

fn sorted(json: &Json) -> Json {
    let mut all: Vec<String> = items(json).iter().map(ToString::to_string).collect();
    all.sort();
    json!(all)
}

fn compare_catalogs(want: &Json, got: &Json) -> Option<Outcome> {
    let name = |r: &Json| format!("{}[{}]", text(&r["type"]), text(&r["title"]));
    let names = |catalog: &Json| items(&catalog["resources"]).iter().map(name).collect::<Vec<_>>();
    let (want_names, got_names) = (names(want), names(got));
    if want_names != got_names {
        return Some(differs("resources", want_names.join(" "), got_names.join(" ")));
    }
    for (a, b) in items(&want["resources"]).iter().zip(items(&got["resources"])) {
        for field in
            ["parameters", "sensitive_parameters", "tags", "file", "line", "exported", "virtual", "kind"]
        {
            let (mut x, mut y) = (a[field].clone(), b[field].clone());
            if field == "tags" || field == "sensitive_parameters" {
                (x, y) = (sorted(&x), sorted(&y));
            }
            if field == "parameters" && x.as_object().is_some_and(serde_json::Map::is_empty) {
                x = Json::Null;
            }
            if x != y {
                return Some(differs(format!("resource {field}"), format!("{} {x}", name(a)), y));
            }
        }
    }
    if sorted(&want["tags"]) != sorted(&got["tags"]) {
        return Some(differs("tags", &want["tags"], &got["tags"]));
    }
    let names = names(want);
    let edges: Vec<&Json> = items(&got["edges"])
        .iter()
        .filter(|edge| names.iter().any(|name| *name == text(&edge["target"])))
        .collect();
    if json!(edges) != want["edges"] {
        return Some(differs("edges", &want["edges"], json!(edges)));
    }
    let field = ["classes", "name", "environment"].into_iter().find(|field| want[*field] != got[*field])?;
    Some(differs(field, &want[field], &got[field]))
}

/// Compiles code for a node without anything.
fn run_code(code: String, input: &Json) -> Run {
    let known = ["environment", "module_name", "title", "name", "trusted", "facts", "server_facts"];
    let options = ImageOptions { code: Some(code), ..options(input) };
    let parameters = hash(&input["vars"], &known);
    let node = NodeInput { certname: "test".into(), parameters, ..NodeInput::default() };
    run(&options, &node)
}

fn check_evaluate(input: &Json, output: &Json) -> Outcome {
    let source = text(&input["source"]);
    let code = format!(
        "$conformance = with() || {{ {source}\n}} notice(\"type ${{type($conformance, reduced)}}\") notify {{ 'conformance': \
         message => [$conformance] }}"
    );
    let got = run_code(code, input);
    if let Some(want) = output["error"].as_str() {
        return match &got.error {
            None => differs(format!("no error: {}", group_of(want)), want, "a value"),
            Some(error) => {
                let strip = |text: &str| {
                    let text = without_place(text);
                    let text = text.strip_suffix(" on node test").unwrap_or(&text);
                    text.replace("Evaluation Error: ", "")
                        .replace("Could not parse for environment production: ", "")
                };
                let (want, got) = (strip(want), strip(error));
                // The lambda around the code is a call.
                let inner = got.strip_prefix("Error while evaluating a Function Call, ");
                if want == got || inner == Some(&want) {
                    Outcome::Same
                } else {
                    differs(format!("error text: {}", group_of(&want)), want, got)
                }
            }
        };
    }
    let Some(catalog) = &got.catalog else {
        let error = got.error.unwrap_or_default();
        return differs(format!("fails: {}", group_of(&error)), output, error);
    };
    if let Some(want) = output["type"].as_str() {
        let got = got.logs.iter().rev().find_map(|(_, message)| message.strip_prefix("type "));
        if got != Some(want) {
            return differs("type", want, got.unwrap_or("nothing"));
        }
    }
    let want = &output["value"];
    if !is_plain(want) {
        return Outcome::Same;
    }
    let resource = items(&catalog["resources"]).iter().find(|resource| resource["title"] == "conformance");
    let got = resource.map_or(&Json::Null, |resource| &resource["parameters"]["message"][0]);
    if want == got { Outcome::Same } else { differs("value", want, got) }
}

/// Without markers for values that JSON has no form for.
fn is_plain(value: &Json) -> bool {
    match value {
        Json::Array(items) => items.iter().all(is_plain),
        Json::Object(map) => map.iter().all(|(key, value)| !key.starts_with("__") && is_plain(value)),
        _ => true,
    }
}

/// The value as code.
fn literal(value: &Json) -> Option<String> {
    Some(match value {
        Json::Null => "undef".into(),
        Json::Bool(_) | Json::Number(_) => value.to_string(),
        Json::String(text) => quoted(text),
        Json::Array(items) => {
            format!("[{}]", items.iter().map(literal).collect::<Option<Vec<_>>>()?.join(", "))
        }
        Json::Object(map) => match (map.get("__type"), map.get("__regexp"), map.get("__sym")) {
            (Some(Json::String(name)), ..) => name.clone(),
            _ if map.contains_key("__pairs") => {
                let entry = |pair: &Json| Some(format!("{} => {}", literal(&pair[0])?, literal(&pair[1])?));
                let entries = items(&map["__pairs"]).iter().map(entry).collect::<Option<Vec<_>>>()?;
                format!("{{ {} }}", entries.join(", "))
            }
            _ if map.contains_key("__other") => return instance(map),
            (_, Some(Json::String(source)), _) => format!("/{}/", source.replace('/', "\\/")),
            (_, _, Some(Json::String(name))) if name == "default" => "default".into(),
            _ if map.keys().any(|key| key.starts_with("__")) => return None,
            _ => {
                let entry =
                    |(key, value): (&String, &Json)| Some(format!("{} => {}", quoted(key), literal(value)?));
                format!("{{ {} }}", map.iter().map(entry).collect::<Option<Vec<_>>>()?.join(", "))
            }
        },
    })
}

/// The code of a value that only a conversion makes.
fn instance(map: &serde_json::Map<String, Json>) -> Option<String> {
    let shown = text(map.get("text")?);
    Some(match text(&map["__other"]) {
        "Puppet::Pops::Types::PBinaryType::Binary" => format!("Binary({})", quoted(shown)),
        "Puppet::Pops::Time::Timestamp" => format!("Timestamp({})", quoted(shown)),
        "Puppet::Pops::Time::Timespan" => format!("Timespan({})", quoted(shown)),
        "SemanticPuppet::Version" => format!("SemVer({})", quoted(shown)),
        "SemanticPuppet::VersionRange" => format!("SemVerRange({})", quoted(shown)),
        name if name.starts_with("URI::") => format!("URI({})", quoted(shown)),
        _ => return None,
    })
}

/// The code of formats: none, one, or pairs of types and formats.
fn formats(value: &Json) -> Option<String> {
    match value {
        Json::Null => Some("default".into()),
        Json::Array(pairs) => {
            let entry = |pair: &Json| Some(format!("{} => {}", text(&pair[0]), literal(&pair[1])?));
            let entries = pairs.iter().map(entry).collect::<Option<Vec<_>>>()?;
            Some(format!("{{ {} }}", entries.join(", ")))
        }
        other => literal(other),
    }
}

fn quoted(text: &str) -> String {
    format!("'{}'", text.replace('\\', "\\\\").replace('\'', "\\'"))
}

/// Compares what an expression prints.
fn check_notice(expression: &str, input: &Json, output: &Json) -> Outcome {
    let got = run_code(format!("notice({expression})"), input);
    match (output["text"].as_str(), output["error"].as_str(), got.error) {
        (Some(want), _, None) => match got.logs.last() {
            Some((_, message)) if message == want => Outcome::Same,
            other => differs("text", want, other.map_or("nothing", |(_, message)| message)),
        },
        (Some(want), _, Some(error)) => differs(format!("fails: {}", group_of(&error)), want, error),
        (None, Some(_), Some(_)) => Outcome::Same,
        (None, Some(want), None) => differs(format!("no error: {}", group_of(want)), want, "a text"),
        _ => Outcome::Skipped,
    }
}

/// True if a call failed for want of a class, a template, a function, a type or a variable that are not in the record.
fn rests_on_more(name: &str, outcome: &Outcome) -> bool {
    let Outcome::Differs(_, detail) = outcome else { return false };
    let got = detail.split_once("got: ").map_or("", |(_, got)| got);
    let missing = [
        "Could not find class ::",
        "Could not find template",
        "Unknown function: '",
        "Unknown function 'user::",
        "Unknown variable: '",
        "Resource type not found: ",
        "Use of an Iterator is not supported here",
    ];
    name == "defined" && got.trim() == "false" || missing.iter().any(|text| got.contains(text))
}

/// A type from text, as `Type(...)` makes it.
fn check_type(input: &Json, output: &Json) -> Outcome {
    let source = text(&input["source"]);
    if source.is_empty() {
        // The type parser takes it, the function does not.
        return Outcome::Skipped;
    }
    let got = run_code(format!("notice(Type({}))", quoted(source)), input);
    let shown = got.logs.last().map_or("", |(_, message)| message);
    match (output["text"].as_str(), output["error"].as_str(), got.error) {
        (Some(want), _, None) if want == shown => Outcome::Same,
        // Names that were loaded when it was recorded.
        (Some(want), _, None) if shown.contains("TypeReference[") && !want.contains("TypeReference[") => {
            Outcome::Skipped
        }
        (Some(want), _, None) => differs("text", want, shown),
        (Some(want), _, Some(error)) => differs(format!("fails: {}", group_of(&error)), want, error),
        (None, Some(want), Some(error)) => {
            let error = without_place(&error).replace(" on node test", "");
            let frame = "Evaluation Error: Error while evaluating a Function Call, ";
            let error = error.strip_prefix(frame).unwrap_or(&error);
            let same = error == without_place(want);
            if same { Outcome::Same } else { differs("error text", want, error) }
        }
        (None, Some(_), None) if shown.contains("TypeReference[") => Outcome::Skipped,
        (None, Some(want), None) => differs(format!("no error: {}", group_of(want)), want, shown),
        _ => Outcome::Skipped,
    }
}

fn check_bool(expression: &str, output: &Json) -> Outcome {
    let Some(want) = output.as_bool() else { return Outcome::Skipped };
    let got = run_code(format!("notice({expression})"), &Json::Null);
    match (got.error, got.logs.last()) {
        // Types that only programs can make have no form in code.
        (Some(error), _) if error.contains("Resource type not found") || error.contains("Syntax error") => {
            Outcome::Skipped
        }
        (Some(error), _) => differs(format!("fails: {}", group_of(&error)), expression, error),
        (None, Some((_, message))) if *message == want.to_string() => Outcome::Same,
        (None, other) => differs("answer", format!("{expression} is {want}"), format!("{other:?}")),
    }
}

fn check_call(input: &Json, output: &Json) -> Outcome {
    let Some(args) = items(&input["args"]).iter().map(literal).collect::<Option<Vec<_>>>() else {
        return Outcome::Skipped;
    };
    let source = format!("{}({})", text(&input["name"]), args.join(", "));
    let outcome =
        check_evaluate(&json!({ "source": source, "settings": { "strict": input["strict"] } }), output);
    match outcome {
        // The record has the call alone, not what was loaded and set around it.
        Outcome::Differs(..) if rests_on_more(text(&input["name"]), &outcome) => Outcome::Skipped,
        outcome => outcome,
    }
}
