//! What a preview must not show, for code to be let through.

use std::fmt;
use std::str::FromStr;

use serde::{Deserialize, Serialize};

use super::report::{Report, What};

/// Limits of what a change may do.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields, rename_all = "kebab-case")]
pub struct Gate {
    /// Most nodes whose catalogs may change.
    pub max_changed: Option<Limit>,
    /// Resources that may not be added, removed or changed: `Type` or `Type[title]`, with `*` for any text.
    pub protected: Vec<Pattern>,
    /// Whether nodes may stop compiling.
    pub fail_on_error: bool,
}

/// A number of nodes.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub enum Limit {
    /// So many.
    Nodes(usize),
    /// A share of all that were looked at.
    Percent(f64),
}

/// References of resources.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct Pattern(String);

/// What the gate says.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Verdict {
    /// Whether the code may go on.
    pub passed: bool,
    /// Why not.
    pub reasons: Vec<String>,
}

impl Gate {
    /// Whether there is anything that it could refuse.
    pub fn is_open(&self) -> bool {
        *self == Gate::default()
    }

    /// Judges a preview.
    pub(super) fn judge(&self, report: &Report) -> Verdict {
        let mut reasons = Vec::new();
        let nodes = &report.nodes;
        if let Some(limit) = self.max_changed {
            let changed = nodes.changed + nodes.newly_failing + nodes.compiling_again;
            let most = match limit {
                Limit::Nodes(most) => most as f64,
                Limit::Percent(percent) => nodes.previewed() as f64 * percent / 100.0,
            };
            if changed as f64 > most {
                let of = nodes.previewed();
                reasons.push(format!("{changed} of {of} nodes change, and at most {limit} may"));
            }
        }
        for group in &report.changes {
            let counts = matches!(group.what, What::Added | What::Removed | What::Altered);
            let pattern = self.protected.iter().find(|pattern| counts && pattern.fits(&group.resource));
            if let Some(pattern) = pattern {
                let done = match (group.what, &group.parameter) {
                    (What::Added, _) => "is added".to_owned(),
                    (What::Removed, _) => "is removed".to_owned(),
                    (_, Some(parameter)) => format!("changes ({parameter})"),
                    _ => "changes".to_owned(),
                };
                let (resource, count) = (&group.resource, nodes_text(group.nodes));
                reasons.push(format!("{resource} {done} on {count}, and {pattern} is protected"));
            }
        }
        // Which changes there are is not known of what is not told.
        if report.changes_left_out > 0 && !self.protected.is_empty() {
            reasons.push(format!(
                "{} more changes were not looked at for protected resources",
                report.changes_left_out
            ));
        }
        if nodes.unknown > 0 && !self.is_open() {
            reasons.push(format!("nobody knows what becomes of {}", nodes_text(nodes.unknown)));
        }
        if self.fail_on_error && nodes.newly_failing > 0 {
            reasons.push(format!("{} that compiled before fail", nodes_text(nodes.newly_failing)));
        }
        Verdict { passed: reasons.is_empty(), reasons }
    }
}

fn nodes_text(count: usize) -> String {
    if count == 1 { "1 node".to_owned() } else { format!("{count} nodes") }
}

impl Pattern {
    /// Whether a reference fits.
    fn fits(&self, reference: &str) -> bool {
        // Exported or not, it is the same resource.
        let reference = reference.strip_prefix("@@").unwrap_or(reference);
        let mut parts = self.0.split('*');
        let Some(mut rest) = parts.next().and_then(|first| reference.strip_prefix(first)) else {
            return false;
        };
        let mut parts = parts.peekable();
        while let Some(part) = parts.next() {
            if parts.peek().is_none() {
                return rest.ends_with(part);
            }
            match rest.split_once(part) {
                Some((_, after)) => rest = after,
                None => return false,
            }
        }
        rest.is_empty()
    }
}

impl FromStr for Pattern {
    type Err = String;

    fn from_str(text: &str) -> Result<Pattern, String> {
        let wrong = || format!("`{text}` is not a resource such as Service[sshd], Package[*] or File");
        if !text.starts_with(|c: char| c.is_ascii_uppercase() || c == '*') {
            return Err(wrong());
        }
        match (text.contains('['), text.ends_with(']')) {
            (true, true) => Ok(Pattern(text.to_owned())),
            (false, false) => Ok(Pattern(format!("{text}[*]"))),
            _ => Err(wrong()),
        }
    }
}

impl FromStr for Limit {
    type Err = String;

    fn from_str(text: &str) -> Result<Limit, String> {
        let wrong = || format!("`{text}` is neither a number of nodes nor a share such as 10%");
        match text.strip_suffix('%') {
            Some(percent) => {
                let percent: f64 = percent.trim().parse().map_err(|_| wrong())?;
                if (0.0..=100.0).contains(&percent) { Ok(Limit::Percent(percent)) } else { Err(wrong()) }
            }
            None => text.trim().parse().map(Limit::Nodes).map_err(|_| wrong()),
        }
    }
}

impl TryFrom<String> for Pattern {
    type Error = String;

    fn try_from(text: String) -> Result<Pattern, String> {
        text.parse()
    }
}

impl TryFrom<String> for Limit {
    type Error = String;

    fn try_from(text: String) -> Result<Limit, String> {
        text.parse()
    }
}

impl From<Pattern> for String {
    fn from(pattern: Pattern) -> String {
        pattern.0
    }
}

impl From<Limit> for String {
    fn from(limit: Limit) -> String {
        limit.to_string()
    }
}

impl fmt::Display for Pattern {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl fmt::Display for Limit {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Limit::Nodes(nodes) => write!(f, "{nodes}"),
            Limit::Percent(percent) => write!(f, "{percent}%"),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::super::report::Group;
    use super::*;

    fn report(changed: usize, unchanged: usize, groups: &[(What, &str)]) -> Report {
        let mut report = Report::default();
        (report.nodes.changed, report.nodes.unchanged) = (changed, unchanged);
        report.nodes.total = changed + unchanged;
        report.changes = groups
            .iter()
            .map(|(what, resource)| Group {
                what: *what,
                resource: (*resource).to_owned(),
                nodes: 1,
                ..Group::default()
            })
            .collect();
        report
    }

    #[test]
    fn more_nodes_than_allowed_are_refused() {
        let judge = |limit: &str, changed| {
            let gate = Gate { max_changed: Some(limit.parse().unwrap()), ..Gate::default() };
            gate.judge(&report(changed, 100 - changed, &[])).passed
        };
        assert!(judge("3", 3) && !judge("3", 4) && judge("5%", 5) && !judge("5%", 6) && judge("0", 0));
        assert!("x".parse::<Limit>().is_err() && "101%".parse::<Limit>().is_err());
        let gate = Gate { max_changed: Some(Limit::Nodes(0)), ..Gate::default() };
        let mut failing = report(0, 9, &[]);
        (failing.nodes.newly_failing, failing.nodes.total) = (1, 10);
        let reasons = gate.judge(&failing).reasons;
        assert_eq!(reasons, ["1 of 10 nodes change, and at most 0 may"]);
    }

    #[test]
    fn protected_resources_may_be_applied_elsewhere_but_not_change() {
        let protected = ["Service[sshd]", "Package", "File[/etc/ssh/*]"];
        let protected = protected.map(|text| text.parse().unwrap()).to_vec();
        let gate = Gate { protected, ..Gate::default() };
        let passes = |what, resource| gate.judge(&report(1, 0, &[(what, resource)])).passed;
        assert!(!passes(What::Altered, "Service[sshd]") && !passes(What::Removed, "Package[vim]"));
        assert!(!passes(What::Added, "File[/etc/ssh/x]") && passes(What::Altered, "File[/etc/motd]"));
        assert!(!passes(What::Removed, "@@Package[vim]"));
        assert!(passes(What::EdgeAdded, "Service[sshd]") && passes(What::Altered, "Service[sshd2]"));
        assert!("sshd".parse::<Pattern>().is_err() && "Service[sshd".parse::<Pattern>().is_err());
    }

    #[test]
    fn nodes_that_fail_now_are_refused_if_that_counts() {
        let mut failing = report(0, 9, &[]);
        failing.nodes.newly_failing = 2;
        assert!(Gate::default().judge(&failing).passed);
        let gate = Gate { fail_on_error: true, ..Gate::default() };
        assert_eq!(gate.judge(&failing).reasons, ["2 nodes that compiled before fail"]);
        let mut unknown = report(0, 9, &[]);
        unknown.nodes.unknown = 1;
        assert!(Gate::default().judge(&unknown).passed);
        assert_eq!(gate.judge(&unknown).reasons, ["nobody knows what becomes of 1 node"]);
    }
}
