//! Types and values against what Puppet 8.11 says about them.
//!
//! `types/cases.json` has the expressions, `types/observed.json` what was observed: renderings, instances,
//! assignability, equality, common types and the texts about mismatches.

#![allow(clippy::unwrap_used, clippy::expect_used, reason = "a test that cannot go on fails")]

#[path = "types/calls.rs"]
mod calls;
#[path = "types/classes.rs"]
mod classes;
#[path = "types/laws.rs"]
mod laws;
#[path = "types/objects.rs"]
mod objects;
#[path = "types/parameters.rs"]
mod parameters;
#[path = "types/text.rs"]
mod text;

use pcore::{Type, Value, common, infer, matches, mismatch, normalize, render};
use text::Names;

struct Cases {
    type_texts: Vec<String>,
    value_texts: Vec<String>,
    types: Vec<Type>,
    values: Vec<Value>,
    observed: serde_json::Value,
}

fn read(name: &str) -> serde_json::Value {
    let folder = std::env::var("TYPE_CASES")
        .unwrap_or_else(|_| concat!(env!("CARGO_MANIFEST_DIR"), "/tests/types").into());
    serde_json::from_str(&std::fs::read_to_string(format!("{folder}/{name}")).unwrap()).unwrap()
}

fn strings(value: &serde_json::Value) -> Vec<String> {
    value.as_array().unwrap().iter().map(|text| text.as_str().unwrap().to_owned()).collect()
}

fn cases() -> Cases {
    let cases = read("cases.json");
    let mut names = Names::default();
    for (name, text) in cases["aliases"].as_object().unwrap() {
        names.define(name, text.as_str().unwrap());
    }
    let (type_texts, value_texts) = (strings(&cases["types"]), strings(&cases["values"]));
    Cases {
        types: type_texts.iter().map(|text| names.ty(text)).collect(),
        values: value_texts.iter().map(|text| names.value(text)).collect(),
        type_texts,
        value_texts,
        observed: read("observed.json"),
    }
}

/// Shows all differences at once.
#[derive(Default)]
struct Differences(Vec<String>);

impl Differences {
    fn compare(&mut self, what: impl FnOnce() -> String, ours: &str, observed: &str) {
        if ours != observed {
            self.0.push(format!("{}\n    ours:     {ours}\n    observed: {observed}", what()));
        }
    }

    fn assert_none(self) {
        assert!(self.0.is_empty(), "{} differences\n{}", self.0.len(), self.0.join("\n"));
    }
}

fn bit(flag: bool) -> &'static str {
    if flag { "1" } else { "0" }
}

#[test]
fn types_print_generalize_and_normalize() {
    let cases = cases();
    let mut differences = Differences::default();
    for (index, ty) in cases.types.iter().enumerate() {
        let text = &cases.type_texts[index];
        let observed = strings(&cases.observed["types"][index]);
        let iterable = match (matches::is_iterable(ty), matches::element_type(ty)) {
            (false, _) => String::new(),
            (true, None) if matches!(ty, Type::Collection(_)) => "-".to_owned(),
            (true, None) => "Iterable".to_owned(),
            (true, Some(element)) => render::plain(&Type::iterable(element)).to_string(),
        };
        let ours = [
            ("plain", render::plain(ty).to_string()),
            ("to_s", ty.to_string()),
            ("expanded", render::expanded(ty).to_string()),
            ("generalized", render::plain(&infer::generalize(ty)).to_string()),
            ("normalized", render::plain(&normalize::normalize(ty)).to_string()),
            ("iterable", iterable),
        ];
        for ((what, ours), observed) in
            ours.iter().zip(&observed).filter(|(_, observed)| !observed.starts_with('!'))
        {
            differences.compare(|| format!("{text} {what}"), ours, observed);
        }
    }
    differences.assert_none();
}

#[test]
fn values_have_their_types() {
    let cases = cases();
    let mut differences = Differences::default();
    for (index, value) in cases.values.iter().enumerate() {
        let text = &cases.value_texts[index];
        let observed = strings(&cases.observed["values"][index]);
        let reduced = infer::infer_reduced(value);
        let general = infer::generalize(&reduced);
        for (ours, observed) in [infer::infer(value), reduced, general].iter().zip(&observed) {
            differences.compare(|| text.clone(), &render::plain(ours).to_string(), observed);
        }
        assert!(matches::is_instance(&infer::infer(value), value), "{text}");
    }
    differences.assert_none();
}

#[test]
fn instances() {
    let cases = cases();
    let mut differences = Differences::default();
    for (ty, (text, row)) in
        cases.types.iter().zip(cases.type_texts.iter().zip(strings(&cases.observed["instance"])))
    {
        for (value, (value_text, observed)) in
            cases.values.iter().zip(cases.value_texts.iter().zip(row.chars()))
        {
            // Puppet itself fails on some (`x`).
            if observed != 'x' {
                let ours = bit(matches::is_instance(ty, value));
                differences.compare(|| format!("{value_text} =~ {text}"), ours, &observed.to_string());
            }
        }
    }
    differences.assert_none();
}

#[test]
fn assignability_and_equality() {
    let cases = cases();
    let mut differences = Differences::default();
    for (index, ty) in cases.types.iter().enumerate() {
        let text = &cases.type_texts[index];
        let row = |name: &str| cases.observed[name][index].as_str().unwrap().to_owned();
        let observed = row("assignable");
        for (other, (other_text, observed)) in
            cases.types.iter().zip(cases.type_texts.iter().zip(observed.chars()))
        {
            if observed != 'x' {
                let ours = bit(matches::is_assignable(ty, other));
                differences.compare(|| format!("{text} <- {other_text}"), ours, &observed.to_string());
            }
        }
        for (other, (right, other_text)) in cases.types.iter().zip(&cases.type_texts).enumerate() {
            let observed =
                index == other || cases.observed["equal"][index].as_array().unwrap().contains(&other.into());
            differences.compare(|| format!("{text} == {other_text}"), bit(ty == right), bit(observed));
        }
    }
    differences.assert_none();
}

#[test]
fn common_types() {
    let cases = cases();
    let mut differences = Differences::default();
    for (index, row) in cases.observed["common"].as_array().unwrap().iter().enumerate() {
        for (other, observed) in strings(row).iter().enumerate() {
            if observed.starts_with('!') {
                continue;
            }
            let ours = common::common_type(&cases.types[index], &cases.types[other]);
            differences.compare(
                || format!("{} and {}", cases.type_texts[index], cases.type_texts[other]),
                &render::plain(&ours).to_string(),
                observed,
            );
        }
    }
    differences.assert_none();
}

#[test]
fn texts_about_mismatches() {
    let cases = cases();
    let mut differences = Differences::default();
    for (index, row) in cases.observed["mismatch"].as_array().unwrap().iter().enumerate() {
        for (value_text, observed) in row.as_object().unwrap() {
            let observed = observed.as_str().unwrap();
            let value = cases.value_texts.iter().position(|text| text == value_text).unwrap();
            let ours = mismatch::describe_value("X", &cases.types[index], &cases.values[value]);
            // Puppet itself fails on some.
            if !observed.starts_with('!') {
                differences.compare(
                    || format!("{value_text} for {}", cases.type_texts[index]),
                    &ours,
                    observed,
                );
            }
        }
    }
    differences.assert_none();
}
