//! Conversions, recorded from Puppet 8.11.
//!
//! A record in `conversions/` is an expression (`⏎` is a line break in it) and, on the next line, its value under `%p`
//! (times by their type) or its error, without place and frame.

#![allow(clippy::unwrap_used, reason = "a test")]

use compiler::world::Quiet;
use compiler::{Image, ImageOptions, Level, NodeInput, compile};

fn outcome(expression: &str) -> String {
    let shown =
        "notice($v =~ Variant[Timestamp, Timespan] ? { true => type($v), default => String($v, '%p') })";
    let code = format!("$v = {}\n{shown}", expression.replace('⏎', "\n"));
    let options = ImageOptions { code: Some(code), ..ImageOptions::default() };
    let image = Image::load(&options).unwrap();
    let node = NodeInput { certname: "n".into(), ..NodeInput::default() };
    match compile(&image, &Quiet::default(), &node) {
        Ok(done) => {
            let notice = done.logs.iter().rfind(|entry| entry.level == Level::Notice);
            format!("  = {}", notice.map_or("", |entry| &entry.message).replace('\n', "⏎"))
        }
        Err(error) => {
            let message = error.message.strip_prefix("Evaluation Error: ").unwrap_or(&error.message);
            let message = ["a Function Call", "a Method call", "a '[]' expression"]
                .iter()
                .find_map(|what| message.strip_prefix(&format!("Error while evaluating {what}, ")))
                .unwrap_or(message);
            let message = message.rsplit_once(" (line: ").map_or(message, |(message, _)| message);
            format!("  ! {}", message.replace('\n', "⏎"))
        }
    }
}

fn replay(records: &str) {
    let lines: Vec<&str> = records.lines().collect();
    let differences: Vec<String> = lines
        .chunks(2)
        .filter_map(|record| {
            let [expression, want] = record else { panic!("half a record: {record:?}") };
            let got = outcome(expression);
            (got != *want).then(|| format!("{expression}\n  want {want}\n  got  {got}"))
        })
        .collect();
    assert!(differences.is_empty(), "{} differences\n{}", differences.len(), differences.join("\n"));
}

#[test]
fn values_of_types() {
    replay(include_str!("conversions/types.txt"));
}

#[test]
fn strings() {
    replay(include_str!("conversions/strings.txt"));
}

#[test]
fn times() {
    replay(include_str!("conversions/times.txt"));
}
