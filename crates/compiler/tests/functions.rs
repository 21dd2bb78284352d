//! The built-in functions against what Puppet 8 gives.
//!
//! `tests/functions/*.pp` are lists of cases. A case is code, then what is expected of it:
//!
//! ```text
//! abs('-3')
//! #- warning: The abs() function's auto conversion ...     a message
//! #= 3                                                     the value, as String() shows it in an array
//!
//! abs([1])
//! #! Evaluation Error: ...                                 an error, without its place
//! ```
//!
//! Expectations were recorded from Puppet 8.11. `#?` says why a case differs from it.

#![allow(clippy::unwrap_used, clippy::panic, reason = "a test that cannot go on may stop")]

use std::fmt::Write as _;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::Duration;

use compiler::image::{Image, ImageOptions};
use compiler::world::{ExportQuery, ExportedResource, World};
use compiler::{Level, NodeInput};
use pcore::time::Timestamp;
use pcore::{Hash, Value};

struct Case {
    line: usize,
    code: String,
    expected: String,
}

/// A world that has the files of this machine, runs commands, and always the same time.
struct Machine;

impl World for Machine {
    fn now(&self) -> Timestamp {
        Timestamp { seconds: 1_600_000_000, nanoseconds: 0 }
    }

    fn random(&self) -> u128 {
        7
    }

    fn read_file(&self, path: &Path) -> std::io::Result<Vec<u8>> {
        std::fs::read(path)
    }

    fn exists(&self, path: &Path) -> bool {
        path.exists()
    }

    fn run(&self, command: &[String], folder: Option<&Path>, _: Duration) -> Result<Vec<u8>, String> {
        let folder = folder.unwrap_or(Path::new("/"));
        // A shell puts both outputs into one, in order.
        let mut shell = std::process::Command::new("/bin/sh");
        shell.args(["-c", "exec \"$@\" 2>&1", "sh"]).args(command).current_dir(folder);
        let output = shell.output().map_err(|error| error.to_string())?;
        let text = output.stdout;
        if output.status.success() {
            return Ok(text);
        }
        let code = output.status.code().unwrap_or_default();
        let text = String::from_utf8_lossy(&text);
        Err(format!("Execution of '{}' returned {code}: {}", command.join(" "), text.trim_end()))
    }

    fn stores_exports(&self) -> bool {
        false
    }

    fn exported_resources(&self, _: &ExportQuery<'_>) -> Result<Vec<ExportedResource>, String> {
        Ok(Vec::new())
    }
}

fn cases(text: &str) -> Vec<Case> {
    let mut cases = Vec::new();
    let mut case = Case { line: 1, code: String::new(), expected: String::new() };
    for (index, line) in text.lines().chain([""]).enumerate() {
        let is_expectation = ["#=", "#!", "#-"].iter().any(|mark| line.starts_with(mark));
        if is_expectation {
            let _ = writeln!(case.expected, "{}", line.trim_end());
        } else if line.is_empty() {
            if !case.code.is_empty() {
                cases.push(case);
            }
            case = Case { line: index + 2, code: String::new(), expected: String::new() };
        } else if !line.starts_with("##") && !line.starts_with("#?") {
            let _ = writeln!(case.code, "{line}");
        } else if line.starts_with("##") {
            case.line = index + 2;
        }
    }
    cases
}

fn folder() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/functions")
}

fn node() -> NodeInput {
    let facts = pcore::json::parse(
        br#"{"networking":{"fqdn":"Host.example.com","hostname":"Host","interfaces":{"eth0":{"ip":"10.0.0.1"}}},
            "os":{"family":"Debian","name":"Debian","release":{"full":"12.5","major":"12"}},
            "processors":{"count":4},"virtual":"kvm"}"#,
    );
    let Ok(Value::Hash(facts)) = facts else { panic!("facts") };
    let trusted: Hash =
        [("authenticated", "remote"), ("certname", "n1"), ("hostname", "n1")].into_iter().collect();
    NodeInput { certname: "n1".into(), facts, trusted: trusted.into(), ..NodeInput::default() }
}

/// The error without the places and the node that it ends with.
fn without_place(message: &str) -> String {
    let mut text = message.strip_suffix(" on node n1").unwrap_or(message).to_owned();
    let place = pcore::regexp::Regexp::new(r" \((?:file: [^)]*?|line: \d+(?:, column: \d+)?)\)").unwrap();
    text = place.replace_all(&text, "").unwrap();
    text
}

fn lines(mark: &str, text: &str, out: &mut String) {
    let text = text.replace(folder().to_str().unwrap(), "ENV");
    for line in text.split('\n') {
        let _ = writeln!(out, "{}", format!("{mark} {line}").trim_end());
    }
}

fn run(code: &str) -> String {
    let options = ImageOptions {
        modulepath: vec![folder().join("modules")],
        code: Some(format!("notice(String([with() || {{\n{code}\n}}]))")),
        ..ImageOptions::default()
    };
    let image = Image::load(&options).unwrap();
    let mut out = String::new();
    let (mut logs, error) = match compiler::compile(&image, &Machine, &node()) {
        Ok(compilation) => (compilation.logs, None),
        Err(error) => (error.logs, Some(error.message)),
    };
    let result = if error.is_none() { logs.pop() } else { None };
    for log in logs
        .iter()
        .filter(|log| log.level != Level::Err && (log.level != Level::Debug || log.source != "Puppet"))
    {
        if !log.message.is_empty() {
            // The records have no places.
            let message = log.message.split("\n   (file").next().unwrap_or_default();
            lines(&format!("#- {}:", log.level.as_str()), message, &mut out);
        }
    }
    match (error, result) {
        (Some(error), _) => lines("#!", &without_place(&error), &mut out),
        (None, Some(log)) => {
            let text = log.message.strip_prefix('[').and_then(|text| text.strip_suffix(']'));
            lines("#=", text.unwrap_or(&log.message), &mut out);
        }
        (None, None) => out.push_str("#= (no value)\n"),
    }
    out
}

fn check(file: &str) {
    let path = folder().join(file);
    let text = std::fs::read_to_string(&path).unwrap();
    let mut failures = String::new();
    let mut count = 0;
    let cases = cases(&text);
    for case in &cases {
        let actual = run(&case.code);
        if actual != case.expected {
            count += 1;
            let _ = writeln!(
                failures,
                "{file}:{}\n{}  expected\n{}  got\n{actual}",
                case.line, case.code, case.expected
            );
        }
    }
    assert!(count == 0, "{count} of {} cases differ\n\n{failures}", cases.len());
}

macro_rules! suites {
    ($($name:ident)*) => {
        $(
            #[test]
            fn $name() {
                check(concat!(stringify!($name), ".pp"));
            }
        )*
    };
}

suites! { arrays catalog files flow iteration math strings text types }

#[test]
fn facts_are_shared() {
    // The node of all cases is made anew each time; its facts must not be copied by a compile.
    let node = node();
    let image =
        Image::load(&ImageOptions { code: Some("notice('x')".into()), ..ImageOptions::default() }).unwrap();
    let _ = compiler::compile(&image, &Machine, &node).unwrap();
    assert_eq!(Arc::strong_count(&node.facts), 1);
}
