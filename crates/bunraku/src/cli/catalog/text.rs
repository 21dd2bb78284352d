//! A comparison as text for people.

use std::collections::BTreeSet;
use std::io::{self, Write};

use pcore::{Value, render};
use similar::{ChangeTag, TextDiff};
use wire::catalog::diff::{Alteration, Change};

use super::report::{Node, Outcome, Report};

/// Lines of context around changed lines of a text.
const CONTEXT: usize = 2;
/// Names shown of the nodes that share a change.
const NAMES: usize = 4;

#[derive(Clone, Copy)]
pub(in crate::cli) enum Tone {
    Plain,
    Heading,
    Added,
    Removed,
    Altered,
}

pub(in crate::cli) struct Page<'a, W> {
    out: &'a mut W,
    colors: bool,
}

impl<'a, W: Write> Page<'a, W> {
    pub(in crate::cli) fn new(out: &'a mut W, colors: bool) -> Page<'a, W> {
        Page { out, colors }
    }

    pub(in crate::cli) fn line(&mut self, tone: Tone, text: &str) -> io::Result<()> {
        // What a catalog holds must not steer a terminal.
        let text: String =
            text.chars().map(|c| if c.is_control() && c != '\t' { '\u{fffd}' } else { c }).collect();
        let code = match tone {
            Tone::Plain => "",
            Tone::Heading => "1",
            Tone::Added => "32",
            Tone::Removed => "31",
            Tone::Altered => "33",
        };
        match self.colors && !code.is_empty() {
            true => writeln!(self.out, "\u{1b}[{code}m{text}\u{1b}[0m"),
            false => writeln!(self.out, "{text}"),
        }
    }
}

/// Writes the report: for one node, or when asked, node by node; else each change once with the nodes it is of.
pub(super) fn write(
    out: &mut impl Write,
    report: &Report<'_>,
    by_node: bool,
    colors: bool,
) -> io::Result<()> {
    let mut page = Page::new(out, colors);
    if by_node || report.nodes.len() == 1 {
        for node in &report.nodes {
            if let Outcome::Compared(changes) = &node.outcome {
                page.line(Tone::Heading, &format!("{}: {}", node.certname, count(changes)))?;
                for change in changes {
                    write_change(&mut page, change)?;
                }
            }
        }
    } else {
        for (change, nodes) in grouped(&report.nodes) {
            page.line(Tone::Heading, &names(&nodes))?;
            write_change(&mut page, change)?;
        }
    }
    write_failures(&mut page, report)?;
    if report.nodes.len() > 1 {
        let same = report.nodes.len() - report.differing() - report.failed();
        let failed = match report.failed() {
            0 => String::new(),
            failed => format!(", {failed} could not be compared"),
        };
        page.line(
            Tone::Heading,
            &format!(
                "{} nodes, {} → {}: {} differ, {same} the same{failed}",
                report.nodes.len(),
                report.from,
                report.to,
                report.differing()
            ),
        )?;
    }
    Ok(())
}

/// Equal changes of several nodes together, most common first.
fn grouped(nodes: &[Node]) -> Vec<(&Change, Vec<&str>)> {
    let mut groups: indexmap::IndexMap<String, (&Change, Vec<&str>)> = indexmap::IndexMap::new();
    for node in nodes {
        let Outcome::Compared(changes) = &node.outcome else { continue };
        for change in changes {
            let key = change.to_json().to_string();
            groups.entry(key).or_insert_with(|| (change, Vec::new())).1.push(&node.certname);
        }
    }
    let mut groups: Vec<_> = groups.into_values().collect();
    groups.sort_by_key(|(_, nodes)| std::cmp::Reverse(nodes.len()));
    groups
}

fn names(nodes: &[&str]) -> String {
    let shown = nodes.iter().take(NAMES).copied().collect::<Vec<_>>().join(", ");
    match nodes.len() {
        1 => shown,
        many if many <= NAMES => format!("{many} nodes: {shown}"),
        many => format!("{many} nodes: {shown} and {} more", many - NAMES),
    }
}

fn count(changes: &[Change]) -> String {
    if changes.is_empty() {
        return "no difference".to_owned();
    }
    let of = |matches: fn(&Change) -> bool| changes.iter().filter(|change| matches(change)).count();
    let counts = [
        (of(|change| matches!(change, Change::Added { .. })), "added"),
        (of(|change| matches!(change, Change::Removed { .. })), "removed"),
        (of(|change| matches!(change, Change::Altered { .. })), "changed"),
        (of(|change| matches!(change, Change::Moved { .. })), "moved"),
        (
            of(|change| matches!(change, Change::EdgeAdded { .. } | Change::EdgeRemoved { .. })),
            "contained differently",
        ),
        (of(|change| matches!(change, Change::Head { .. })), "of the catalog itself"),
    ];
    let texts: Vec<String> = counts
        .iter()
        .filter(|(count, _)| *count > 0)
        .map(|(count, what)| format!("{count} {what}"))
        .collect();
    texts.join(", ")
}

pub(in crate::cli) fn write_change<W: Write>(page: &mut Page<'_, W>, change: &Change) -> io::Result<()> {
    match change {
        Change::Added { resource, parameters } => {
            page.line(Tone::Added, &format!("+ {resource}"))?;
            for (name, value) in parameters {
                let value = value.as_ref().map_or_else(|| "(sensitive)".to_owned(), one_line);
                page.line(Tone::Added, &format!("    {name} => {value}"))?;
            }
            Ok(())
        }
        Change::Removed { resource } => page.line(Tone::Removed, &format!("- {resource}")),
        Change::Altered { resource, alterations } => {
            page.line(Tone::Altered, &format!("~ {resource}"))?;
            alterations.iter().try_for_each(|alteration| write_alteration(page, alteration))
        }
        Change::Moved { resource, old_after, new_after } => {
            let place = |after: &Option<String>| match after {
                Some(after) => format!("after {after}"),
                None => "first".to_owned(),
            };
            let text = format!("~ {resource} is applied {}, was {}", place(new_after), place(old_after));
            page.line(Tone::Altered, &text)
        }
        Change::EdgeAdded { source, target } => {
            page.line(Tone::Added, &format!("+ {source} contains {target}"))
        }
        Change::EdgeRemoved { source, target } => {
            page.line(Tone::Removed, &format!("- {source} contains {target}"))
        }
        Change::Head { field, old, new } => {
            page.line(Tone::Altered, &format!("~ {field}"))?;
            write_values(page, Some(old), Some(new))
        }
    }
}

fn write_alteration<W: Write>(page: &mut Page<'_, W>, alteration: &Alteration) -> io::Result<()> {
    match alteration {
        Alteration::Parameter { name, old, new } => {
            page.line(Tone::Plain, &format!("    {name}"))?;
            write_values(page, old.as_ref(), new.as_ref())
        }
        Alteration::Secret { name, old, new } => {
            let what = match (old, new) {
                (false, true) => "is set now",
                (true, false) => "is not set any more",
                _ => "has changed",
            };
            page.line(Tone::Plain, &format!("    {name} (sensitive) {what}"))
        }
        Alteration::Field { field, old, new } => {
            page.line(Tone::Plain, &format!("    {field}"))?;
            write_values(page, Some(old), Some(new))
        }
        Alteration::Tags { removed, added } => {
            let text = |sign: &str, tags: &[pcore::Str]| {
                tags.iter().map(|tag| format!(" {sign}{tag}")).collect::<String>()
            };
            page.line(Tone::Plain, &format!("    tags{}{}", text("-", removed), text("+", added)))
        }
    }
}

fn write_values<W: Write>(
    page: &mut Page<'_, W>,
    old: Option<&Value>,
    new: Option<&Value>,
) -> io::Result<()> {
    match (old, new) {
        (Some(Value::Str(old)), Some(Value::Str(new))) if old.contains('\n') || new.contains('\n') => {
            write_lines(page, old, new)
        }
        (Some(Value::Array(old)), Some(Value::Array(new))) if old.len() + new.len() > 4 => {
            let lines = |items: &[Value]| items.iter().map(|item| one_line(item) + "\n").collect::<String>();
            write_lines(page, &lines(old), &lines(new))
        }
        (Some(Value::Hash(old)), Some(Value::Hash(new))) if old.len() + new.len() > 2 => {
            let keys: BTreeSet<String> = old.iter().chain(new.iter()).map(|(key, _)| one_line(key)).collect();
            let text = |hash: &pcore::Hash, key: &str| {
                hash.iter().find(|(name, _)| one_line(name) == key).map(|(_, value)| one_line(value))
            };
            for key in keys {
                let (old, new) = (text(old, &key), text(new, &key));
                if old != new {
                    for (tone, sign, value) in [(Tone::Removed, '-', old), (Tone::Added, '+', new)] {
                        if let Some(value) = value {
                            page.line(tone, &format!("      {sign} {key} => {value}"))?;
                        }
                    }
                }
            }
            Ok(())
        }
        _ => {
            for (tone, sign, value) in [(Tone::Removed, '-', old), (Tone::Added, '+', new)] {
                if let Some(value) = value {
                    page.line(tone, &format!("      {sign} {}", one_line(value)))?;
                }
            }
            Ok(())
        }
    }
}

/// The lines that differ, with some around them.
fn write_lines<W: Write>(page: &mut Page<'_, W>, old: &str, new: &str) -> io::Result<()> {
    let diff = TextDiff::configure().timeout(std::time::Duration::from_millis(500)).diff_lines(old, new);
    for (index, group) in diff.grouped_ops(CONTEXT).iter().enumerate() {
        if index > 0 {
            page.line(Tone::Plain, "        ...")?;
        }
        for change in group.iter().flat_map(|op| diff.iter_changes(op)) {
            let (tone, sign) = match change.tag() {
                ChangeTag::Delete => (Tone::Removed, '-'),
                ChangeTag::Insert => (Tone::Added, '+'),
                ChangeTag::Equal => (Tone::Plain, ' '),
            };
            let end = if change.missing_newline() { " (no newline at the end)" } else { "" };
            page.line(tone, &format!("      {sign} {}{end}", change.value().trim_end_matches('\n')))?;
        }
    }
    Ok(())
}

/// A value as it would stand in code.
fn one_line(value: &Value) -> String {
    render::value(value).to_string()
}

fn write_failures<W: Write>(page: &mut Page<'_, W>, report: &Report<'_>) -> io::Result<()> {
    for node in &report.nodes {
        let Outcome::Failed { old, new } = &node.outcome else { continue };
        match (old, new) {
            (Some(old), Some(new)) if old == new => {
                page.line(Tone::Removed, &format!("{} has no catalog on either side: {new}", node.certname))?;
            }
            (old, new) => {
                for (side, error) in [(report.from, old), (report.to, new)] {
                    if let Some(error) = error {
                        let text = format!("{} has no catalog in {side}: {error}", node.certname);
                        page.line(Tone::Removed, &text)?;
                    }
                }
            }
        }
    }
    Ok(())
}
