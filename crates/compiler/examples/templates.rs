//! Renders ERB templates in recorded compiles and counts what is the same.
//!
//! `cargo run -p compiler --example templates -- CASES.jsonl [--modules FOLDER]... [--show N] [--refused]`
//!
//! A record has `id`, `code` (a manifest whose only notify has the rendered text as its message), `facts`, and either
//! `output` (that text) or `error` (the message of the failed compile). `tests/templates.rb` of this crate records them
//! with the reference implementation. Three things of an error differ by nature and are left out of the comparison:
//! addresses of objects, suggestions (`Did you mean?`), and places inside the reference's own Ruby code.

#![allow(clippy::print_stdout, clippy::unwrap_used, clippy::expect_used, reason = "a program for developers")]

use std::collections::{BTreeMap, BTreeSet};
use std::io::{self, BufRead as _};
use std::path::PathBuf;

use compiler::world::Quiet;
use compiler::{Image, ImageOptions, NodeInput, compile};
use pcore::{Hash, Value};
use serde_json::Value as Json;

/// What became of a template in all its records.
#[derive(Default)]
struct Tally {
    same: usize,
    refused: usize,
    different: usize,
}

fn main() {
    let mut args = std::env::args().skip(1);
    let (mut path, mut modules, mut show, mut list_refused) = (None, Vec::new(), 5_usize, false);
    while let Some(arg) = args.next() {
        match &*arg {
            "--modules" => modules.push(PathBuf::from(args.next().expect("a folder"))),
            "--show" => show = args.next().and_then(|number| number.parse().ok()).expect("a number"),
            "--refused" => list_refused = true,
            other => path = Some(other.to_owned()),
        }
    }
    let file = std::fs::File::open(path.expect("a file of records")).unwrap();
    let mut tallies: BTreeMap<String, Tally> = BTreeMap::new();
    let mut reasons: BTreeMap<String, BTreeSet<String>> = BTreeMap::new();
    let base = ImageOptions { modulepath: modules, code: Some(String::new()), ..ImageOptions::default() };
    let image = Image::load(&base).unwrap();
    for line in io::BufReader::new(file).lines() {
        let record: Json = serde_json::from_str(&line.unwrap()).unwrap();
        let id = record["id"].as_str().unwrap();
        let template = id.split('#').next().unwrap_or(id).to_owned();
        let options =
            ImageOptions { code: Some(record["code"].as_str().unwrap().to_owned()), ..base.clone() };
        let image = image.with_options(&options).unwrap();
        let found = render(&image, &record);
        let expected = match record["output"].as_str() {
            Some(output) => Ok(output.to_owned()),
            None => Err(record["error"].as_str().unwrap().to_owned()),
        };
        let tally = tallies.entry(template.clone()).or_default();
        if let Err(message) = &found
            && let Some((reason, _)) = message.split_once(" is not supported by the native interpreter")
        {
            tally.refused += 1;
            let reason = reason.rsplit("Detail: ").next().unwrap_or(reason).to_owned();
            reasons.entry(reason).or_default().insert(template);
        } else if comparable(&found, &expected) == comparable(&expected, &expected) {
            tally.same += 1;
        } else {
            tally.different += 1;
            if show > 0 {
                show -= 1;
                println!(
                    "--- {id}\n{}\nexpected {expected:?}\nfound    {found:?}\n",
                    record["code"].as_str().unwrap()
                );
            }
        }
    }
    let records = |count: fn(&Tally) -> usize| tallies.values().map(count).sum::<usize>();
    println!(
        "{} templates in {} records: {} same, {} refused, {} different",
        tallies.len(),
        records(|tally| tally.same + tally.refused + tally.different),
        records(|tally| tally.same),
        records(|tally| tally.refused),
        records(|tally| tally.different),
    );
    let with = |test: fn(&Tally) -> bool| tallies.values().filter(|tally| test(tally)).count();
    println!(
        "templates with a difference: {}, with a refusal: {}",
        with(|tally| tally.different > 0),
        with(|tally| tally.refused > 0)
    );
    if list_refused {
        for (reason, templates) in reasons {
            println!("{reason}: {}", templates.into_iter().collect::<Vec<_>>().join(", "));
        }
    }
}

fn render(image: &Image, record: &Json) -> Result<String, String> {
    let facts = pcore::json::parse(record["facts"].to_string().as_bytes()).unwrap();
    let trusted = Hash::from_iter([("certname", Value::from("web01"))]);
    let node = NodeInput {
        certname: "web01".into(),
        facts: facts.as_hash().cloned().unwrap_or_default().into(),
        trusted: trusted.into(),
        ..NodeInput::default()
    };
    let compilation = compile(image, &Quiet::default(), &node).map_err(|error| error.message)?;
    let notify = compilation.catalog.resources.iter().find(|resource| &*resource.type_name == "Notify");
    let message =
        notify.and_then(|notify| notify.parameters.iter().find(|(name, _)| name.as_str() == "message"));
    match message {
        Some((_, Value::Str(text))) => Ok(text.to_string()),
        other => Err(format!("no text: {other:?}")),
    }
}

/// An outcome without what differs by nature.
fn comparable(outcome: &Result<String, String>, expected: &Result<String, String>) -> Result<String, String> {
    let is_internal =
        expected.as_ref().is_err_and(|text| text.contains("/lib/puppet/") || text.contains("/lib/ruby/"));
    let message = match outcome {
        Ok(text) => return Ok(text.clone()),
        Err(message) => message,
    };
    let mut out = String::new();
    let mut lines = message.split('\n').peekable();
    while let Some(line) = lines.next() {
        if line.starts_with("Did you mean?") || line.starts_with("               ") {
            // The place of the call stands behind the last suggestion.
            out.push_str(line.find(" (").map_or("", |at| &line[at..]));
            continue;
        }
        if is_internal && line.starts_with("  Filepath: ") {
            lines.next();
            continue;
        }
        out.push_str(line);
        out.push('\n');
    }
    // `#<Class:0x0000... @a=1>` and `#<Class>`
    let mut rest = out.as_str();
    let mut plain = String::new();
    while let Some(at) = rest.find(":0x0") {
        plain.push_str(&rest[..at]);
        rest = &rest[at + 4..];
        rest = rest.trim_start_matches(|c: char| c.is_ascii_hexdigit());
        if rest.starts_with(' ') {
            // Instance variables; the object ends where the message does.
            let end = rest.rfind('>').unwrap_or(rest.len());
            rest = &rest[end..];
        }
    }
    plain.push_str(rest);
    Err(plain)
}
