//! What a comparison found, and the same as JSON.

use std::io::Write;

use anyhow::bail;
use serde_json::{Value as Json, json};
use wire::catalog::diff::{Alteration, Change};

/// The comparison of one node.
pub(super) struct Node {
    /// Which.
    pub certname: String,
    /// What came of it.
    pub outcome: Outcome,
}

/// What came of comparing a node.
pub(super) enum Outcome {
    /// The differences.
    Compared(Vec<Change>),
    /// There is no catalog on one side or on both, and why.
    Failed { old: Option<String>, new: Option<String> },
}

/// The comparison of all nodes.
pub(super) struct Report<'a> {
    /// The old side, as the user said.
    pub from: &'a str,
    /// The new side.
    pub to: &'a str,
    /// In the order asked for.
    pub nodes: Vec<Node>,
}

impl Report<'_> {
    /// How many nodes differ.
    pub(super) fn differing(&self) -> usize {
        let differs =
            |node: &&Node| matches!(&node.outcome, Outcome::Compared(changes) if !changes.is_empty());
        self.nodes.iter().filter(differs).count()
    }

    /// How many nodes could not be compared.
    pub(super) fn failed(&self) -> usize {
        self.nodes.iter().filter(|node| matches!(node.outcome, Outcome::Failed { .. })).count()
    }

    /// `{from, to, summary: {nodes, differing, failed}, nodes: [{certname, changes} or {certname, errors}]}`
    pub(super) fn write_json(&self, out: &mut impl Write) -> anyhow::Result<()> {
        let nodes: Vec<Json> = self
            .nodes
            .iter()
            .map(|node| match &node.outcome {
                Outcome::Compared(changes) => {
                    json!({ "certname": node.certname, "changes": changes.iter().map(Change::to_json).collect::<Vec<_>>() })
                }
                Outcome::Failed { old, new } => {
                    json!({ "certname": node.certname, "errors": { "from": old, "to": new } })
                }
            })
            .collect();
        let summary =
            json!({ "nodes": self.nodes.len(), "differing": self.differing(), "failed": self.failed() });
        let document = json!({ "from": self.from, "to": self.to, "summary": summary, "nodes": nodes });
        serde_json::to_writer_pretty(&mut *out, &document)?;
        writeln!(out)?;
        Ok(())
    }
}

/// What not to show.
pub(super) struct Ignore(Vec<Pattern>);

struct Pattern {
    resource: String,
    parameter: Option<String>,
}

impl Ignore {
    /// Reads `Type`, `Type[title]`, `Type[title].parameter`.
    pub(super) fn parse(patterns: &[String]) -> anyhow::Result<Ignore> {
        let pattern = |text: &String| {
            let (resource, parameter) = match (text.ends_with(']'), text.rsplit_once("].")) {
                (false, Some((resource, parameter))) => (format!("{resource}]"), Some(parameter.to_owned())),
                (true, _) => (text.clone(), None),
                (false, None) if text.contains('[') => {
                    bail!("--ignore {text}: expected Type, Type[title] or Type[title].parameter")
                }
                (false, None) => (format!("{text}[*]"), None),
            };
            Ok(Pattern { resource, parameter })
        };
        patterns.iter().map(pattern).collect::<anyhow::Result<_>>().map(Ignore)
    }

    /// What is left of the changes.
    pub(super) fn apply(&self, changes: Vec<Change>) -> Vec<Change> {
        let whole = |resource: &str| {
            self.0.iter().any(|pattern| pattern.parameter.is_none() && matches(&pattern.resource, resource))
        };
        let of_one = |resource: &str, name: &str| {
            self.0.iter().any(|pattern| {
                pattern.parameter.as_ref().is_some_and(|parameter| matches(parameter, name))
                    && matches(&pattern.resource, resource)
            })
        };
        changes
            .into_iter()
            .filter(|change| !change.resource().is_some_and(whole))
            .filter_map(|change| match change {
                Change::Altered { resource, mut alterations } => {
                    alterations.retain(|alteration| match alteration {
                        Alteration::Parameter { name, .. } | Alteration::Secret { name, .. } => {
                            !of_one(&resource, name)
                        }
                        Alteration::Field { .. } | Alteration::Tags { .. } => true,
                    });
                    (!alterations.is_empty()).then_some(Change::Altered { resource, alterations })
                }
                other => Some(other),
            })
            .collect()
    }
}

/// Whether the text fits the pattern, in which `*` stands for any text.
fn matches(pattern: &str, text: &str) -> bool {
    let mut parts = pattern.split('*');
    let Some(mut rest) = parts.next().and_then(|first| text.strip_prefix(first)) else {
        return false;
    };
    let mut parts = parts.peekable();
    while let Some(part) = parts.next() {
        if parts.peek().is_none() {
            return rest.ends_with(part);
        }
        match rest.find(part) {
            Some(place) => rest = &rest[place + part.len()..],
            None => return false,
        }
    }
    rest.is_empty()
}

#[cfg(test)]
mod tests {
    use pcore::Value;

    use super::*;

    #[test]
    fn patterns_match_whole_texts() {
        assert!(matches("File[/tmp/*]", "File[/tmp/a/b]"));
        assert!(matches("*[a*b*c]", "X[a-b-b-c]"));
        assert!(!matches("File[/tmp]", "File[/tmp/a]"));
        assert!(!matches("File[*]x", "File[a]"));
    }

    #[test]
    fn ignored_parameters_leave_the_rest_of_a_resource() {
        let parameter =
            |name: &str| Alteration::Parameter { name: name.into(), old: None, new: Some(Value::Int(1)) };
        let altered = |names: &[&str]| Change::Altered {
            resource: "File[/a]".into(),
            alterations: names.iter().map(|name| parameter(name)).collect(),
        };
        let ignore = |pattern: &str| Ignore::parse(&[pattern.to_owned()]).unwrap();
        assert_eq!(ignore("File[*].mode").apply(vec![altered(&["mode", "owner"])]), [altered(&["owner"])]);
        assert_eq!(ignore("File[/a].*").apply(vec![altered(&["mode", "owner"])]), []);
        assert_eq!(ignore("File").apply(vec![altered(&["mode"])]), []);
        assert_eq!(ignore("Package").apply(vec![altered(&["mode"])]), [altered(&["mode"])]);
        assert!(Ignore::parse(&["File[/a].".to_owned() + "x[", "File[a".to_owned()]).is_err());
    }
}
