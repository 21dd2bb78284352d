//! Whether two compilers agree on a node.

use compiler::Compilation;
use server::local::LocalError;
use std::time::Duration;
use wire::catalog::Catalog;
use wire::catalog::diff::{Alteration, Change, Scope, diff};

use super::reference::Answer;

/// What came of a case.
#[derive(Clone, Debug, PartialEq)]
pub enum Outcome {
    /// Both gave the same catalog.
    SameCatalog {
        /// How many resources it has.
        resources: usize,
    },
    /// Both refused, with the same text.
    SameError(String),
    /// Two catalogs that differ.
    Differs(Vec<Change>),
    /// Both refused, in other words.
    OtherError {
        /// The reference's.
        theirs: String,
        /// Ours.
        ours: String,
    },
    /// Only the reference gave a catalog.
    OnlyTheirs {
        /// Why ours did not.
        error: String,
    },
    /// Only ours gave a catalog.
    OnlyOurs {
        /// Why the reference did not.
        error: String,
    },
    /// The reference's catalog cannot be read.
    Unreadable(String),
}

impl Outcome {
    /// Whether there is nothing to complain of.
    pub fn is_same(&self) -> bool {
        matches!(self, Outcome::SameCatalog { .. } | Outcome::SameError(_))
    }
}

/// Compares the results of a node.
pub fn compare(theirs: Answer, ours: std::result::Result<(Compilation, Duration), LocalError>) -> Outcome {
    let node = theirs.node;
    let theirs = match (theirs.catalog, theirs.error) {
        (Some(catalog), _) => Ok(catalog),
        (None, error) => Err(error.unwrap_or_default()),
    };
    match (theirs, ours) {
        (Ok(theirs), Ok((ours, _))) => {
            let mut text = Vec::new();
            ours.catalog.write_json(&mut text, true);
            let limits = wire::json::Limits {
                bytes_max: usize::MAX,
                values_max: usize::MAX,
                ..wire::json::Limits::default()
            };
            match (Catalog::from_json(theirs.get().as_bytes(), &limits), Catalog::from_json(&text, &limits)) {
                (Ok(mut theirs), Ok(mut ours)) => {
                    if !theirs_says_kinds(&theirs) {
                        for resource in theirs.resources.iter_mut().chain(&mut ours.resources) {
                            resource.kind = wire::catalog::Kind::Unknown;
                        }
                    }
                    let changes = diff(&theirs, &ours, Scope::ALL);
                    match changes.is_empty() {
                        true => Outcome::SameCatalog { resources: ours.resources.len() },
                        false => Outcome::Differs(changes),
                    }
                }
                (Err(error), _) | (_, Err(error)) => Outcome::Unreadable(error.to_string()),
            }
        }
        (Err(theirs), Err(ours)) => {
            let ours = ours.to_string();
            match theirs == ours || comparable(&theirs, &node) == comparable(&ours, &node) {
                true => Outcome::SameError(theirs),
                false => Outcome::OtherError { theirs, ours },
            }
        }
        (Ok(_), Err(error)) => Outcome::OnlyTheirs { error: error.to_string() },
        (Err(error), Ok(_)) => Outcome::OnlyOurs { error },
    }
}

/// An error without the places in Ruby code that errors of templates name: Puppet's own code is not ours. What is no error of
/// Puppet's own has its class before it at theirs, and always the node behind it here.
fn comparable(error: &str, node: &str) -> String {
    let mut error = error.strip_suffix(&format!(" on node {node}")).unwrap_or(error);
    if let Some((class, rest)) = error.split_once(": ")
        && class.starts_with(|c: char| c.is_ascii_uppercase())
        && class.chars().all(|c| c.is_ascii_alphanumeric() || c == ':')
    {
        error = rest;
    }
    let is_place = |line: &&str| line.starts_with("  Filepath: ") || line.starts_with("  Line: ");
    error.lines().filter(|line| !is_place(line)).collect::<Vec<_>>().join("\n")
}

/// Puppet 7 before 7.27 does not say what a resource is an instance of.
fn theirs_says_kinds(catalog: &Catalog) -> bool {
    catalog.resources.iter().any(|resource| resource.kind != wire::catalog::Kind::Unknown)
}

impl std::fmt::Display for Outcome {
    fn fmt(&self, out: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Outcome::SameCatalog { resources } => write!(out, "the same catalog, {resources} resources"),
            Outcome::SameError(error) => write!(out, "the same error: {error}"),
            Outcome::OtherError { theirs, ours } => {
                write!(out, "errors differ:\n      Puppet: {theirs}\n      ours:   {ours}")
            }
            Outcome::OnlyTheirs { error } => write!(out, "only Puppet compiles it; ours says: {error}"),
            Outcome::OnlyOurs { error } => write!(out, "only ours compiles it; Puppet says: {error}"),
            Outcome::Unreadable(error) => write!(out, "Puppet's catalog cannot be read: {error}"),
            Outcome::Differs(changes) => {
                write!(out, "{} differences, the first: ", changes.len())?;
                match changes.first() {
                    Some(Change::Altered { resource, alterations }) => {
                        write!(out, "{resource} ")?;
                        match alterations.first() {
                            Some(Alteration::Tags { removed, added }) => {
                                write!(out, "tags -{removed:?} +{added:?}")
                            }
                            Some(Alteration::Parameter { name, old, new }) => {
                                let text = |value: &Option<pcore::Value>| match value {
                                    Some(value) => pcore::json::to_string(value),
                                    None => "nothing".to_owned(),
                                };
                                write!(
                                    out,
                                    "{name}:\n      Puppet: {}\n      ours:   {}",
                                    text(old),
                                    text(new)
                                )
                            }
                            Some(other) => write!(out, "{other:?}"),
                            None => Ok(()),
                        }
                    }
                    Some(other) => write!(out, "{other:?}"),
                    None => Ok(()),
                }
            }
        }
    }
}
