//! Variables of other scopes.

use std::collections::{HashMap, HashSet};

use syntax::tokens::Kind;

use super::Found;
use crate::Options;
use crate::manifest::Manifest;
use crate::structure::Definition;

/// Variables that every class and defined type has.
const GIVEN: [&str; 24] = [
    "name",
    "title",
    "module_name",
    "environment",
    "clientcert",
    "clientversion",
    "servername",
    "serverip",
    "serverversion",
    "caller_module_name",
    "alias",
    "audit",
    "before",
    "loglevel",
    "noop",
    "notify",
    "require",
    "schedule",
    "stage",
    "subscribe",
    "tag",
    "facts",
    "trusted",
    "server_facts",
];

/// What a file defines counts for all definitions below in it: those that share a file share much else.
pub(super) fn variable_scope(manifest: &Manifest, _: &Options, found: &mut Found) {
    let mut declared: HashSet<&str> = GIVEN.into_iter().collect();
    for definition in &manifest.definitions {
        declare_parameters(manifest, definition, &mut declared);
        // Parameters of lambdas are known on the lines of the lambda.
        let mut lambdas: HashMap<u32, Vec<&str>> = HashMap::new();
        let mut referenced = Vec::new();
        let mut at = definition.keyword;
        while at <= definition.end {
            match manifest.token(at) {
                Some(Kind::Assign) => declare_targets(manifest, at, &mut declared),
                Some(Kind::Pipe) => at = lambda(manifest, at, definition.end, &mut lambdas),
                Some(Kind::Variable) if !manifest.is_bare_variable(at) => referenced.push(at),
                _ => {}
            }
            at += 1;
        }
        for at in referenced {
            let name = manifest.value(at);
            let known = name.contains("::")
                || name.bytes().all(|byte| byte.is_ascii_digit())
                || declared.contains(name)
                || lambdas.get(&manifest.line(at)).is_some_and(|names| names.contains(&name));
            if !known {
                found.warning(at, "top-scope variable being used without an explicit namespace");
            }
        }
    }
}

/// Parameters, and variables that are the whole default of one.
fn declare_parameters<'m>(manifest: &'m Manifest, definition: &Definition, declared: &mut HashSet<&'m str>) {
    let Some((open, close)) = definition.parameters else { return };
    for at in open..close {
        if manifest.is(at, Kind::Variable)
            && matches!(
                manifest.next_token(manifest.last_of_access(at)),
                Some(Kind::Comma | Kind::Assign | Kind::RightParen)
            )
        {
            declared.insert(manifest.value(at));
        }
    }
}

/// What an assignment gives values to: a variable, or those of an array.
fn declare_targets<'m>(manifest: &'m Manifest, assign: usize, declared: &mut HashSet<&'m str>) {
    let Some(target) = manifest.previous(assign) else { return };
    if manifest.is(target, Kind::Variable) {
        declared.insert(manifest.value(target));
    } else if manifest.is(target, Kind::RightBracket)
        && let Some(open) = manifest.partner(target)
    {
        for at in open..target {
            if manifest.is(at, Kind::Variable) {
                declared.insert(manifest.value(at));
            }
        }
    }
}

/// The parameters of a lambda, from its first `|`; gives the second.
fn lambda<'m>(
    manifest: &'m Manifest,
    open: usize,
    end: usize,
    lambdas: &mut HashMap<u32, Vec<&'m str>>,
) -> usize {
    let Some(close) = (open + 1..end).find(|&at| manifest.is(at, Kind::Pipe)) else { return open };
    let body =
        (close..=end).find(|&at| manifest.is(at, Kind::LeftBrace)).and_then(|brace| manifest.partner(brace));
    let Some(body_end) = body else { return close };
    for at in open..close {
        if manifest.is(at, Kind::Variable) {
            for line in manifest.line(close)..=manifest.line(body_end) {
                lambdas.entry(line).or_default().push(manifest.value(at));
            }
        }
    }
    close
}
