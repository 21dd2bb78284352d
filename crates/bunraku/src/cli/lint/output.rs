//! Problems in the forms in which people and programs read them.

use std::fmt::Write as _;
use std::io::{IsTerminal as _, Write as _};
use std::path::Path;

use anyhow::Context as _;
use lint::{Level, Problem, State};
use serde_json::{Value, json};
use syntax::source::SourceFile;
use syntax::{Diagnostic, Severity};

use super::Checked;
use super::settings::Settings;

/// Writes everything that was asked for.
pub fn write(checked: &[Checked], settings: &Settings) -> anyhow::Result<()> {
    let mut out = std::io::BufWriter::new(std::io::stdout().lock());
    if settings.sarif {
        serde_json::to_writer_pretty(&mut out, &sarif(checked, settings))?;
        writeln!(out)?;
    } else if settings.json {
        serde_json::to_writer_pretty(&mut out, &json(checked, settings))?;
        writeln!(out)?;
    } else if std::io::stdout().is_terminal() && settings.log_format.is_none() && !settings.github {
        out.write_all(terminal(checked, settings).as_bytes())?;
    } else {
        out.write_all(lines(checked, settings).as_bytes())?;
    }
    out.flush()?;
    if let Some(file) = &settings.code_climate {
        let report = serde_json::to_string_pretty(&code_climate(checked, settings))? + "\n";
        std::fs::write(file, report).with_context(|| format!("cannot write {}", file.display()))?;
    }
    Ok(())
}

/// The problems of a file that are shown.
fn shown<'a>(file: &'a Checked, settings: &'a Settings) -> impl Iterator<Item = &'a Problem> {
    file.report.problems.iter().filter(|problem| match problem.state {
        State::Fixed => true,
        // puppet-lint shows these at the level `all` only.
        State::Ignored(_) => settings.show_ignored && settings.error_level == "all",
        State::Open => settings.error_level == "all" || settings.error_level == problem.kind(),
    })
}

fn file_name(file: &Checked) -> String {
    file.path.file_name().unwrap_or_default().to_string_lossy().into_owned()
}

/// A line for each problem.
fn lines(checked: &[Checked], settings: &Settings) -> String {
    let format = settings.log_format.clone().unwrap_or_else(|| {
        let path = if settings.with_filename { "%{path} - " } else { "" };
        format!("{path}%{{KIND}}: %{{message}} on line %{{line}} (check: %{{check}})")
    });
    let mut out = String::new();
    for file in checked {
        for problem in shown(file, settings) {
            out.push_str(&filled(&format, file, problem));
            out.push('\n');
            if let State::Ignored(reason) = &problem.state {
                let _ = writeln!(out, "  {reason}");
            }
            if settings.with_context && problem.state != State::Fixed && problem.check != "documentation" {
                context(&mut out, file, problem);
            }
            if settings.github {
                let escaped = problem.message.replace('%', "%25").replace('\n', "%0A").replace('\r', "%0D");
                let _ = writeln!(
                    out,
                    "\n::{} file={},line={},col={}::{escaped} (check: {})",
                    problem.kind(),
                    file.path.display(),
                    problem.line,
                    problem.column,
                    problem.check,
                );
            }
        }
    }
    out
}

/// The format with its placeholders replaced.
fn filled(format: &str, file: &Checked, problem: &Problem) -> String {
    let mut out = String::with_capacity(format.len() + 64);
    let mut rest = format;
    while let Some(at) = rest.find('%') {
        out.push_str(&rest[..at]);
        rest = &rest[at..];
        let name = rest.strip_prefix("%{").and_then(|rest| rest.split_once('}'));
        let value = name.and_then(|(name, _)| {
            Some(match name {
                "filename" => file_name(file),
                "path" => file.path.display().to_string(),
                "fullpath" => file.full_path.clone(),
                "line" => problem.line.to_string(),
                "column" => problem.column.to_string(),
                "kind" => problem.kind().to_owned(),
                "KIND" => problem.kind().to_uppercase(),
                "check" => problem.check.to_owned(),
                "message" => problem.message.to_string(),
                _ => return None,
            })
        });
        match (value, name) {
            (Some(value), Some((_, after))) => {
                out.push_str(&value);
                rest = after;
            }
            _ => {
                out.push('%');
                // `%%` stands for one.
                rest = rest[1..].strip_prefix('%').unwrap_or(&rest[1..]);
            }
        }
    }
    out.push_str(rest);
    out
}

fn line_of<'a>(file: &'a Checked, problem: &Problem) -> &'a str {
    file.text.split('\n').nth(problem.line.max(1) as usize - 1).unwrap_or("")
}

/// The line and a mark below it, as puppet-lint draws them.
fn context(out: &mut String, file: &Checked, problem: &Problem) {
    let line = line_of(file, problem);
    let offset = line.find(|c: char| !c.is_whitespace()).unwrap_or(1);
    let width = (problem.column as usize + 2).saturating_sub(offset);
    let _ = writeln!(out, "\n  {}\n{:>width$}\n", line.trim(), "^");
}

/// Each problem with its source, and a sum.
fn terminal(checked: &[Checked], settings: &Settings) -> String {
    let mut out = String::new();
    let (mut errors, mut warnings, mut fixed, mut fixable, mut files) = (0, 0, 0, 0, 0);
    for file in checked {
        let mut problems: Vec<&Problem> = shown(file, settings).collect();
        files += usize::from(!problems.is_empty());
        problems.sort_by_key(|problem| (problem.state == State::Fixed, problem.line, problem.column));
        let source = SourceFile::new(Some(file.path.clone()), file.text.as_str());
        for problem in problems {
            match (&problem.state, problem.level) {
                (State::Fixed, _) => {
                    fixed += 1;
                    let path = file.path.display();
                    let _ = writeln!(
                        out,
                        "\u{1b}[1;32mfixed\u{1b}[0m: {} ({path}:{})",
                        problem.message, problem.line
                    );
                    continue;
                }
                (State::Open, Level::Error) => errors += 1,
                (State::Open, Level::Warning) => warnings += 1,
                (State::Ignored(_), _) => {}
            }
            fixable += usize::from(problem.state == State::Open && !problem.fix.is_empty());
            let severity = match problem.level {
                Level::Error => Severity::Error,
                Level::Warning => Severity::Warning,
            };
            let message = match &problem.state {
                State::Ignored(reason) if reason.is_empty() => format!("{} (ignored)", problem.message),
                State::Ignored(reason) => format!("{} (ignored: {reason})", problem.message),
                _ => problem.message.to_string(),
            };
            let source = std::sync::Arc::clone(&source);
            let diagnostic = Diagnostic::new(severity, problem.check, message, problem.span, source);
            out.push_str(&syntax::render_colored(&diagnostic));
            out.push('\n');
        }
    }
    if errors + warnings + fixed > 0 {
        let plural =
            |count: usize, what: &str| format!("{count} {what}{}", if count == 1 { "" } else { "s" });
        let _ = write!(
            out,
            "{} and {} in {} of {}",
            plural(errors, "error"),
            plural(warnings, "warning"),
            files,
            plural(checked.len(), "file")
        );
        if fixed > 0 {
            let _ = write!(out, ", {fixed} fixed");
        }
        if fixable > 0 && !settings.fix {
            let _ = write!(out, "; --fix puts {fixable} right");
        }
        out.push('\n');
    }
    out
}

/// A list of problems for each file.
fn json(checked: &[Checked], settings: &Settings) -> Value {
    let entry = |file: &Checked, problem: &Problem| {
        let mut entry = json!({
            "message": problem.message,
            "line": problem.line,
            "column": problem.column,
            "kind": problem.kind(),
            "check": problem.check,
            "fullpath": file.full_path,
            "path": file.path.to_string_lossy(),
            "filename": file_name(file),
        });
        if let State::Ignored(reason) = &problem.state {
            entry["reason"] = reason.as_str().into();
        }
        entry["KIND"] = problem.kind().to_uppercase().into();
        if settings.with_context {
            entry["context"] = line_of(file, problem).trim().into();
        }
        entry
    };
    let list = |file: &Checked| -> Value {
        shown(file, settings).map(|problem| entry(file, problem)).collect::<Vec<_>>().into()
    };
    checked.iter().map(list).collect::<Vec<_>>().into()
}

/// The Static Analysis Results Interchange Format, version 2.1.0.
fn sarif(checked: &[Checked], settings: &Settings) -> Value {
    let base = std::env::current_dir().unwrap_or_default();
    let mut rules: Vec<Value> = Vec::new();
    let mut names: Vec<&str> = Vec::new();
    let mut results: Vec<Value> = Vec::new();
    for file in checked {
        for problem in shown(file, settings) {
            let rule = names.iter().position(|&name| name == problem.check).unwrap_or_else(|| {
                names.push(problem.check);
                rules.push(rule(problem));
                rules.len() - 1
            });
            let path = Path::new(&file.full_path);
            let uri = path.strip_prefix(&base).unwrap_or(path).to_string_lossy();
            results.push(json!({
                "ruleId": problem.check,
                "ruleIndex": rule,
                "message": { "text": problem.message },
                "locations": [{ "physicalLocation": {
                    "artifactLocation": { "uri": uri, "uriBaseId": "ROOTPATH" },
                    "region": { "startLine": problem.line, "startColumn": problem.column },
                } }],
            }));
        }
    }
    json!({
        "$schema": "https://www.schemastore.org/schemas/json/sarif-2.1.0-rtm.5.json",
        "version": "2.1.0",
        "runs": [{
            "tool": { "driver": {
                "name": "Bunraku",
                "version": env!("CARGO_PKG_VERSION"),
                "rules": rules,
            } },
            "results": results,
            "columnKind": "unicodeCodePoints",
            "originalUriBaseIds": { "ROOTPATH": { "uri": format!("file://{}/", base.display()) } },
        }],
    })
}

fn rule(problem: &Problem) -> Value {
    let mut rule = json!({ "id": problem.check });
    let check = lint::check(problem.check);
    let about = check.map_or("the file can be parsed", |check| check.about);
    rule["fullDescription"] = json!({ "text": about });
    let level = if problem.level == Level::Error { "error" } else { "warning" };
    rule["defaultConfiguration"] = json!({ "level": level });
    if let Some(help) = check.and_then(|check| check.help) {
        rule["helpUri"] = help.into();
    }
    rule
}

/// Issues for Code Climate and GitLab.
fn code_climate(checked: &[Checked], settings: &Settings) -> Value {
    let mut issues = Vec::new();
    for file in checked {
        for problem in shown(file, settings).filter(|problem| problem.state == State::Open) {
            let path = file.path.to_string_lossy();
            let identity = format!("{}\n{path}\n{}\n{}", problem.check, problem.line, problem.message);
            let mut issue = json!({
                "type": "issue",
                "check_name": problem.check,
                "description": problem.message,
                "categories": ["Style"],
                "severity": if problem.level == Level::Error { "major" } else { "minor" },
                "location": { "path": path, "lines": { "begin": problem.line, "end": problem.line } },
                "fingerprint": format!("{:016x}", fnv(identity.as_bytes())),
            });
            if let Some(check) = lint::check(problem.check)
                && let Some(help) = check.help
            {
                issue["content"] =
                    format!("{}. See [this page]({help}) about the `{}` check.", check.about, check.name)
                        .into();
            }
            issues.push(issue);
        }
    }
    issues.into()
}

/// The 64-bit hash of Fowler, Noll and Vo, variant 1a: the same for the same issue on every machine and in every version.
fn fnv(bytes: &[u8]) -> u64 {
    bytes
        .iter()
        .fold(0xcbf2_9ce4_8422_2325, |hash, &byte| (hash ^ u64::from(byte)).wrapping_mul(0x0100_0000_01b3))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn checked(path: &str, text: &str) -> Checked {
        let options = lint::Options { full_path: Some(format!("/m/{path}")), ..lint::Options::default() };
        let report = lint::lint(text, &options);
        Checked { path: path.into(), full_path: format!("/m/{path}"), text: text.into(), report }
    }

    const CODE: &str =
        "class a {\n  $x = \"b\" # lint:ignore:double_quoted_strings so be it\n\t$y = \"c\"\n}\n";

    #[test]
    fn programs_get_the_lines_that_puppet_lint_writes() {
        let files = [checked("a.pp", CODE)];
        let mut settings =
            Settings { with_filename: true, show_ignored: true, with_context: true, ..Settings::default() };
        settings.github = false;
        insta::assert_snapshot!(lines(&files, &settings), @r#"
        a.pp - ERROR: a not in autoload module layout on line 1 (check: autoloader_layout)

          class a {
                ^

        a.pp - WARNING: class not documented on line 1 (check: documentation)
        a.pp - IGNORED: double quoted string containing no variables on line 2 (check: double_quoted_strings)
          so be it

          $x = "b" # lint:ignore:double_quoted_strings so be it
               ^

        a.pp - WARNING: double quoted string containing no variables on line 3 (check: double_quoted_strings)

          $y = "c"
               ^

        a.pp - ERROR: two-space soft tabs not used on line 3 (check: 2sp_soft_tabs)

          $y = "c"
         ^

        a.pp - ERROR: tab character found on line 3 (check: hard_tabs)

          $y = "c"
         ^
        "#);
        settings.log_format = Some("%{filename}|%{KIND}|%{kind}|%{line}:%{column}|%%|%{other}|%".into());
        settings.with_context = false;
        settings.error_level = "error".into();
        insta::assert_snapshot!(lines(&files, &settings), @r#"
        a.pp|ERROR|error|1:7|%|%{other}|%
        a.pp|ERROR|error|3:1|%|%{other}|%
        a.pp|ERROR|error|3:1|%|%{other}|%
        "#);
    }

    #[test]
    fn a_terminal_gets_the_source() {
        let settings = Settings::default();
        let text = terminal(&[checked("a.pp", CODE)], &settings);
        let plain = text.replace("\u{1b}[0m", "");
        let plain: String = plain
            .split("\u{1b}[")
            .enumerate()
            .map(|(index, part)| match part.split_once('m') {
                Some((_, rest)) if index > 0 => rest,
                _ => part,
            })
            .collect();
        insta::assert_snapshot!(plain, @r#"
        warning[documentation]: class not documented
         --> a.pp:1:1
          |
        1 | class a {
          | ^^^^^

        error[autoloader_layout]: a not in autoload module layout
         --> a.pp:1:7
          |
        1 | class a {
          |       ^

        error[2sp_soft_tabs]: two-space soft tabs not used
         --> a.pp:3:1
          |
        3 | 	$y = "c"
          | ^

        error[hard_tabs]: tab character found
         --> a.pp:3:1
          |
        3 | 	$y = "c"
          | ^

        warning[double_quoted_strings]: double quoted string containing no variables
         --> a.pp:3:7
          |
        3 | 	$y = "c"
          | 	     ^^^

        3 errors and 2 warnings in 1 of 1 file; --fix puts 2 right
        "#);
    }

    #[test]
    fn programs_get_json() {
        let files = [checked("a.pp", CODE), checked("empty.pp", "")];
        let settings = Settings { error_level: "error".into(), ..Settings::default() };
        insta::assert_snapshot!(serde_json::to_string_pretty(&json(&files, &settings)).unwrap(), @r#"
        [
          [
            {
              "message": "a not in autoload module layout",
              "line": 1,
              "column": 7,
              "kind": "error",
              "check": "autoloader_layout",
              "fullpath": "/m/a.pp",
              "path": "a.pp",
              "filename": "a.pp",
              "KIND": "ERROR"
            },
            {
              "message": "two-space soft tabs not used",
              "line": 3,
              "column": 1,
              "kind": "error",
              "check": "2sp_soft_tabs",
              "fullpath": "/m/a.pp",
              "path": "a.pp",
              "filename": "a.pp",
              "KIND": "ERROR"
            },
            {
              "message": "tab character found",
              "line": 3,
              "column": 1,
              "kind": "error",
              "check": "hard_tabs",
              "fullpath": "/m/a.pp",
              "path": "a.pp",
              "filename": "a.pp",
              "KIND": "ERROR"
            }
          ],
          []
        ]
        "#);
        let report = sarif(&files, &settings);
        insta::assert_snapshot!(report["runs"][0]["tool"]["driver"]["rules"], @r#"[{"id":"autoloader_layout","fullDescription":{"text":"classes and defined types are in the files where the autoloader looks for them"},"defaultConfiguration":{"level":"error"},"helpUri":"https://puppet.com/docs/puppet/latest/style_guide.html#separate-files"},{"id":"2sp_soft_tabs","fullDescription":{"text":"lines are indented by twos"},"defaultConfiguration":{"level":"error"},"helpUri":"https://puppet.com/docs/puppet/latest/style_guide.html#spacing-indentation-and-whitespace"},{"id":"hard_tabs","fullDescription":{"text":"no tab characters stand between tokens"},"defaultConfiguration":{"level":"error"},"helpUri":"https://puppet.com/docs/puppet/latest/style_guide.html#spacing-indentation-and-whitespace"}]"#);
        insta::assert_snapshot!(report["runs"][0]["results"][0], @r#"{"ruleId":"autoloader_layout","ruleIndex":0,"message":{"text":"a not in autoload module layout"},"locations":[{"physicalLocation":{"artifactLocation":{"uri":"/m/a.pp","uriBaseId":"ROOTPATH"},"region":{"startLine":1,"startColumn":7}}}]}"#);
        insta::assert_snapshot!(serde_json::to_string_pretty(&code_climate(&files, &settings)).unwrap(), @r#"
        [
          {
            "type": "issue",
            "check_name": "autoloader_layout",
            "description": "a not in autoload module layout",
            "categories": [
              "Style"
            ],
            "severity": "major",
            "location": {
              "path": "a.pp",
              "lines": {
                "begin": 1,
                "end": 1
              }
            },
            "fingerprint": "96896aff3cc60c58",
            "content": "classes and defined types are in the files where the autoloader looks for them. See [this page](https://puppet.com/docs/puppet/latest/style_guide.html#separate-files) about the `autoloader_layout` check."
          },
          {
            "type": "issue",
            "check_name": "2sp_soft_tabs",
            "description": "two-space soft tabs not used",
            "categories": [
              "Style"
            ],
            "severity": "major",
            "location": {
              "path": "a.pp",
              "lines": {
                "begin": 3,
                "end": 3
              }
            },
            "fingerprint": "049ec55d5df45279",
            "content": "lines are indented by twos. See [this page](https://puppet.com/docs/puppet/latest/style_guide.html#spacing-indentation-and-whitespace) about the `2sp_soft_tabs` check."
          },
          {
            "type": "issue",
            "check_name": "hard_tabs",
            "description": "tab character found",
            "categories": [
              "Style"
            ],
            "severity": "major",
            "location": {
              "path": "a.pp",
              "lines": {
                "begin": 3,
                "end": 3
              }
            },
            "fingerprint": "a3b488e2b575131f",
            "content": "no tab characters stand between tokens. See [this page](https://puppet.com/docs/puppet/latest/style_guide.html#spacing-indentation-and-whitespace) about the `hard_tabs` check."
          }
        ]
        "#);
    }
}
