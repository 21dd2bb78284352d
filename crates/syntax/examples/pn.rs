//! Prints, for each file named on standard input, one JSON line with its tree or its errors. Tests against
//! other implementations read it. With `--snippets` the input is texts separated by NUL, each
//! beginning with `pp:`, `ppf:`, `epp:` or `eppf:`.

use std::io::{Read, Write};
use std::path::PathBuf;
use std::sync::Arc;

use syntax::source::SourceFile;
use syntax::{Options, Parse, Severity, parse, pn};

fn main() -> std::io::Result<()> {
    let mut input = String::new();
    std::io::stdin().read_to_string(&mut input)?;
    let mut out = std::io::BufWriter::new(std::io::stdout());
    let tasks = std::env::args().any(|arg| arg == "--tasks");
    if std::env::args().any(|arg| arg == "--snippets") {
        for snippet in input.split('\0').filter(|snippet| !snippet.is_empty()) {
            let Some((kind, code)) = snippet.split_once(':') else { continue };
            let path = kind.ends_with('f').then(|| PathBuf::from("f.pp"));
            let options = Options { epp: kind.starts_with("epp"), tasks, ..Options::default() };
            writeln!(out, "{}", line(&parse(SourceFile::new(path, code), options)))?;
        }
    } else {
        for path in input.lines() {
            let text = String::from_utf8_lossy(&std::fs::read(path)?).into_owned();
            let options = Options { epp: path.ends_with(".epp"), tasks, ..Options::default() };
            writeln!(out, "{}", line(&parse(SourceFile::new(Some(path.into()), text), options)))?;
        }
    }
    out.flush()
}

fn line(parsed: &Parse) -> String {
    let diagnostic = |d: &syntax::Diagnostic| {
        let severity = match d.severity {
            Severity::Error => "error",
            Severity::Warning => "warning",
            Severity::Deprecation => "deprecation",
        };
        let (line, column) = d.position().map_or((0, 0), |at| (at.line, at.column));
        format!("[\"{severity}\",\"{}\",{},{line},{column}]", d.code, json(&d.message))
    };
    let list = |all: &[syntax::Diagnostic]| all.iter().map(diagnostic).collect::<Vec<_>>().join(",");
    let tree = Arc::new(pn::dump(&parsed.ast));
    format!(
        "{{\"pn\":{},\"errors\":[{}],\"warnings\":[{}]}}",
        json(&tree),
        list(&parsed.errors),
        list(&parsed.warnings)
    )
}

fn json(text: &str) -> String {
    let mut out = String::from("\"");
    for c in text.chars() {
        match c {
            '"' | '\\' => out.extend(['\\', c]),
            c if c < ' ' => out.push_str(&format!("\\u{:04x}", c as u32)),
            c => out.push(c),
        }
    }
    out.push('"');
    out
}
