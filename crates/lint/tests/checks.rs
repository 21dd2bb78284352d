//! Every check on code that has the problem and code that has not, and what fixing makes of it.

#![allow(clippy::unwrap_used, reason = "a test")]

use std::fmt::Write as _;
use std::path::Path;

use lint::{CHECKS, Options, Problem};

/// Every check on, for a file of a module.
fn options(path: &Path) -> Options {
    let file = path.file_name().unwrap().to_string_lossy();
    Options {
        enabled: CHECKS.iter().map(|check| check.name).collect(),
        full_path: Some(format!("/code/modules/style/manifests/{file}")),
        top_scope_variables: vec!["site_".into()],
        ..Options::default()
    }
}

fn line(problem: &Problem) -> String {
    let Problem { check, line, column, message, .. } = problem;
    format!("{line}:{column} {} {check}: {message}\n", problem.kind())
}

#[test]
fn checks_find_and_fix() {
    insta::glob!("checks/*.pp", |path| {
        let text = std::fs::read_to_string(path).unwrap();
        // A file is about the checks that its first line names.
        let mut options = options(path);
        let about: Vec<&str> =
            text.lines().next().unwrap().trim_start_matches('#').split_whitespace().collect();
        options.enabled.retain(|name| about.contains(name));
        assert_eq!(options.enabled.len(), about.len(), "{about:?}");
        let report = lint::lint(&text, &options);
        let mut out = String::new();
        report.problems.iter().for_each(|problem| out.push_str(&line(problem)));
        report.warnings.iter().for_each(|warning| writeln!(out, "warning: {warning}").unwrap());
        let fixed = lint::fix(&text, &options);
        if let Some(after) = &fixed.fixed {
            out.push_str("--- fixed\n");
            let diff = similar::TextDiff::from_lines(text.as_str(), after.as_str());
            out.push_str(&diff.unified_diff().context_radius(0).to_string());
            // What was fixed stays fixed.
            let again = lint::fix(after, &options);
            assert_eq!(again.fixed, None, "{path:?}");
        }
        insta::assert_snapshot!(out);
    });
}
