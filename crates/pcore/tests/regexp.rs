//! Regular expressions against what Ruby 3.1 answered for the same expressions and texts.

#![allow(clippy::unwrap_used, reason = "a test fails by panicking")]

use pcore::regexp::Regexp;
use serde_json::Value as Json;

fn lines(text: &str) -> impl Iterator<Item = Json> + '_ {
    text.lines().map(|line| serde_json::from_str(line).unwrap())
}

/// Where Ruby's engine and ours are known to differ, with the reason.
const DIFFERENT: &[(&str, &str)] = &[
    ("(a*)*", "the last, empty iteration is not captured"),
    ("(a*)+", "the last, empty iteration is not captured"),
    ("/(.*)+/", "the last, empty iteration is not captured"),
    ("(?i)ß", "case folding to several characters is not supported"),
    (r"(?<n>\g<n>)", "endless recursion is found when the expression is first used"),
    (r"(?<n>a|\g<n>b)", "endless recursion is found when the expression is first used"),
    (r"\g<0>", "endless recursion is found when the expression is first used"),
    (r"\M-\C-a", "another message"),
];

fn is_different(source: &str) -> bool {
    DIFFERENT.iter().any(|(known, _)| *known == source)
}

#[test]
fn syntax_is_accepted_and_refused_as_in_ruby() {
    let mut wrong = Vec::new();
    for case in lines(include_str!("observed/regexp_syntax.jsonl")) {
        let (source, expected) = (case[0].as_str().unwrap(), case[1].as_str().unwrap());
        let got = Regexp::new(source).map_or_else(|error| error.message, |_| "ok".to_owned());
        if got != expected && !is_different(source) {
            wrong.push(format!("{source}\n  ruby: {expected}\n  ours: {got}"));
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

#[test]
fn matches_are_those_of_ruby() {
    let mut cases = lines(include_str!("observed/regexp_matches.jsonl"));
    let header = cases.next().unwrap();
    let texts: Vec<&str> =
        header["texts"].as_array().unwrap().iter().map(|text| text.as_str().unwrap()).collect();
    let (mut wrong, mut count) = (Vec::new(), 0);
    for case in cases {
        let source = case[0].as_str().unwrap();
        if is_different(source) {
            continue;
        }
        let regexp = match Regexp::new(source) {
            Ok(regexp) => regexp,
            Err(error) => {
                if case[1] != "error" || case[2] != error.message {
                    wrong.push(format!("{source:?}: {error}"));
                }
                continue;
            }
        };
        for (text, expected) in texts.iter().zip(case[1].as_array().unwrap()) {
            count += 1;
            let got = match regexp.try_captures(text) {
                Err(error) => format!("error {error}"),
                Ok(None) => "null".to_owned(),
                Ok(Some(captures)) => (0..captures.group_count())
                    .map(|group| {
                        captures.range(group).map_or(String::new(), |(from, to)| format!("{from}-{to}"))
                    })
                    .collect::<Vec<_>>()
                    .join(" "),
            };
            let expected = expected.as_str().unwrap_or("null");
            if got != expected {
                wrong.push(format!("/{source}/ on {text:?}\n  ruby: {expected}\n  ours: {got}"));
            }
            assert_eq!(regexp.is_match(text), regexp.captures(text).is_some(), "/{source}/ on {text:?}");
        }
    }
    assert!(count > 10_000);
    assert!(wrong.is_empty(), "{} wrong:\n{}", wrong.len(), wrong.join("\n"));
}
