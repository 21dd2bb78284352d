//! The suite: what Ruby made of expressions and templates, and whether we make the same of them.
//!
//! Expected values are recorded by `ruby tests/record.rb tests/suite/*.rb tests/suite/*.erb`, which explains the format.

#![allow(missing_docs, clippy::unwrap_used, clippy::expect_used, clippy::print_stderr)]

mod common;

use std::fmt::Write as _;
use std::path::Path;

use common::{outcome, run_deep};

fn files(extension: &str) -> Vec<std::path::PathBuf> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/suite");
    let mut paths: Vec<_> = std::fs::read_dir(folder)
        .unwrap()
        .map(|entry| entry.unwrap().path())
        .filter(|path| path.extension().is_some_and(|found| found == extension))
        .collect();
    paths.sort();
    assert!(!paths.is_empty(), "no files of the suite");
    paths
}

#[test]
fn expressions_give_what_ruby_gives() {
    let mut failures = String::new();
    run_deep(|| {
        for path in files("rb") {
            let text = std::fs::read_to_string(&path).unwrap();
            for (index, line) in text.lines().enumerate() {
                let split = line.rfind("  #=> ").or_else(|| line.rfind("  #!> "));
                let Some(at) = split else { continue };
                let code = &line[..at];
                let expected = &line[at + 2..];
                let found = match outcome(&format!("<%= ({code}).inspect %>")) {
                    Ok(text) => format!("#=> {text}"),
                    Err(error) => {
                        let message = error.message.lines().next().unwrap_or_default().to_owned();
                        format!("#!> {}: {message}", error.class)
                    }
                };
                if found != expected {
                    let name = path.file_name().unwrap().to_string_lossy().into_owned();
                    let _ = writeln!(
                        failures,
                        "{name}:{}: {code}\n  expected {expected}\n  found    {found}",
                        index + 1
                    );
                }
            }
        }
        eprintln!("{failures}");
        assert!(failures.is_empty(), "{} expressions differ", failures.matches("expected").count());
    });
}

#[test]
fn templates_give_what_ruby_gives() {
    run_deep(|| {
        let mut failures = String::new();
        let mut count = 0;
        for path in files("erb") {
            let text = std::fs::read_to_string(&path).unwrap();
            for section in text.split("\n=== ").flat_map(|part| part.strip_prefix("=== ").or(Some(part))) {
                let Some((title, body)) = section.split_once('\n') else { continue };
                let mark = body.find("\n--- output\n").or_else(|| body.find("\n--- error "));
                let Some(at) = mark else { continue };
                let template = &body[..at];
                count += 1;
                let expected = body[at + 1..].strip_suffix('\n').unwrap_or(&body[at + 1..]);
                let found = match outcome(template) {
                    Ok(text) => format!("--- output\n{text}"),
                    Err(error) => {
                        format!("--- error {} in line {}\n{}", error.class, error.line, error.message)
                    }
                };
                if found.trim_end_matches('\n') != expected.trim_end_matches('\n') {
                    let name = path.file_name().unwrap().to_string_lossy().into_owned();
                    let _ = writeln!(
                        failures,
                        "{name}: {title}\n{template}\n>>> expected\n{expected}\n>>> found\n{found}\n"
                    );
                }
            }
        }
        eprintln!("{failures}{count} templates");
        assert!(count > 40, "the suite was not read");
        assert!(failures.is_empty(), "{} templates differ", failures.matches(">>> expected").count());
    });
}

#[test]
fn what_ruby_has_and_we_do_not_is_refused() {
    run_deep(|| {
        for call in [
            "Pathname('/etc')",
            "BigDecimal('1.5')",
            "JSON('[1]')",
            "URI('http:///x')",
            "URI('http://a').class",
        ] {
            let error = outcome(&format!("<%= {call} %>")).expect_err(call);
            assert_eq!(error.class, "Unsupported", "{call}: {}", error.message);
        }
        let error = outcome("<%= Unheard('/etc') %>").expect_err("nobody has it");
        assert_eq!(error.class, "NoMethodError");
    });
}
