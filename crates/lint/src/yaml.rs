//! Hiera data: facts by their old names in interpolations.

use syntax::ast::Span;

use crate::facts::legacy;
use crate::problem::{Level, Problem, State};
use crate::{Options, Report};

/// The check that reads data.
const CHECK: &str = "legacy_facts";

/// Checks a YAML file. Only whole lines that are comments are left out: that an interpolation stands in a value is all that matters,
/// and its line is known without reading YAML.
pub fn lint_yaml(text: &str, options: &Options) -> Report {
    let mut problems = Vec::new();
    if !options.enabled.contains(CHECK) {
        return Report::default();
    }
    let mut start = 0;
    for (index, line) in text.split_inclusive('\n').enumerate() {
        if !line.trim_start().starts_with('#') {
            for (name, at, end) in interpolations(line) {
                if legacy(name).is_some() {
                    problems.push(Problem {
                        check: CHECK,
                        level: Level::Warning,
                        state: State::Open,
                        message: format!("legacy fact '{name}'").into(),
                        line: index as u32 + 1,
                        column: 1,
                        span: Span { start: (start + at) as u32, end: (start + end) as u32 },
                        fix: Vec::new(),
                    });
                }
            }
        }
        start += line.len();
    }
    Report { problems, ..Report::default() }
}

/// The facts in `%{name}`, `%{::name}` and `%{facts.name}`, each with the range of its interpolation.
fn interpolations(line: &str) -> impl Iterator<Item = (&str, usize, usize)> {
    line.match_indices("%{").filter_map(|(at, _)| {
        let inner = line.get(at + 2..)?;
        let end = inner.find('}')?;
        let name = inner.get(..end)?;
        let name = name.strip_prefix("::").or_else(|| name.strip_prefix("facts.")).unwrap_or(name);
        let plain = !name.is_empty() && name.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'_');
        plain.then_some((name, at, at + 2 + end + 1))
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn old_facts_are_found_in_interpolations() {
        let text = "# %{osfamily}\na: \"%{facts.osfamily} %{::fqdn}\"\nb: '%{facts.os.family} %{lookup(\"id\")} %{x'\n";
        let report = lint_yaml(text, &Options::default());
        let found: Vec<_> = report.problems.iter().map(|problem| (problem.line, &*problem.message)).collect();
        assert_eq!(found, [(2, "legacy fact 'osfamily'"), (2, "legacy fact 'fqdn'")]);
    }
}
