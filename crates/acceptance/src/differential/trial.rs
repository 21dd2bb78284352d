//! Betters drafts until this compiler accepts them: made-up declarations are refused more often than not, and two refusals compared
//! say little. What a refusal speaks of is changed: another value, another system, other code before it. Of the refused ones a
//! sample is kept as cases, and every draft that cannot be helped.

use std::path::Path;
use std::sync::{Arc, LazyLock};

use pcore::regexp::Regexp;
use server::environments::Environments;
use server::local;

use super::cases::{Case, Draft};
use super::facts::Systems;
use super::{Plan, compile, settings};

/// How often a draft is changed.
const ROUNDS: usize = 20;

/// The parameters that refusals name.
static PARAMETER: LazyLock<Option<Arc<Regexp>>> =
    LazyLock::new(|| Regexp::new(r"(?:parameter|parameters|for) '(\w+)'|parameter (\w+) |\$(\w+) ").ok());

/// The cases that come of drafts.
///
/// # Errors
/// The environment of the trials cannot be made.
pub fn settle(
    plan: &Plan,
    mut drafts: Vec<Draft>,
    systems: &Systems,
    scratch: &Path,
) -> anyhow::Result<Vec<Case>> {
    let mut cases = Vec::new();
    let mut refused = 0;
    for round in 0..=ROUNDS {
        if drafts.is_empty() {
            break;
        }
        let environments = scratch.join(format!("trial{round}"));
        let tried: Vec<Case> = drafts.iter().map(|draft| draft.case(draft.variant)).collect();
        super::write_site(&environments, &tried, plan)?;
        let settings = Arc::new(settings(scratch, &environments, plan)?);
        let ours = Environments::new(settings.clone());
        ours.get("production")?;
        let mut again = Vec::new();
        for (mut draft, case) in drafts.into_iter().zip(tried) {
            let error = match compile(&ours, &settings, &case, systems) {
                Ok(_) => {
                    cases.push(case);
                    continue;
                }
                Err(local::LocalError::Compile(error)) => error.message,
                Err(error) => return Err(error.into()),
            };
            refused += 1;
            if plan.refusals > 0 && refused % plan.refusals == 0 {
                cases.push(draft.case(&format!("{}-refused{round}-", draft.variant)));
            }
            match round < ROUNDS && better(&mut draft, &error, round) {
                true => again.push(draft),
                false => cases.push(case),
            }
        }
        std::fs::remove_dir_all(&environments)?;
        drafts = again;
    }
    Ok(cases)
}

/// Changes what the error speaks of; false if nothing is left to change.
fn better(draft: &mut Draft, error: &str, round: usize) -> bool {
    let named = parameters_in(error);
    if let Some(at) = draft.arguments.iter().position(|argument| named.contains(&argument.name)) {
        let argument = &mut draft.arguments[at];
        if argument.values.len() > 1 {
            argument.values.remove(0);
            return true;
        }
        if argument.optional {
            draft.arguments.remove(at);
            return true;
        }
    }
    // What a class of another name would have set or declared, and other resources that are taken for granted.
    let class = class_of_variable(error).or_else(|| class_not_there(error));
    let before = match class.filter(|class| *class != draft.definition) {
        Some(class) => Some(format!("  include {class}\n")),
        None => resource_not_there(error),
    };
    if let (Some(before), Some(prelude)) = (before, draft.preludes.first_mut())
        && !prelude.contains(&before)
    {
        prelude.insert_str(0, &before);
        return true;
    }
    let has = |words: &[&str]| words.iter().any(|word| error.contains(word));
    if has(&["upported", "osfamily", "operatingsystem", "platform", "os.family"]) && draft.systems.len() > 1 {
        draft.systems.remove(0);
        return true;
    }
    let about_title = has(&["title", "$name", "filename", "must match", "file format"])
        || (draft.arguments.is_empty() && has(&["expects a match"]));
    if about_title && draft.titles.len() > 1 {
        draft.titles.remove(0);
        return true;
    }
    let about_others =
        has(&["uplicate declaration", "already declared", "include the", "must include", "Class["]);
    if about_others && draft.preludes.len() > 1 {
        draft.preludes.remove(0);
        return true;
    }
    // Nobody knows which one it is.
    let optional = draft.arguments.iter().filter(|argument| argument.optional).count();
    if optional > 0 {
        let (half, first_half_goes) = (optional.div_ceil(2), round.is_multiple_of(2));
        let mut seen = 0;
        draft.arguments.retain(|argument| {
            seen += usize::from(argument.optional);
            !argument.optional || (seen <= half) != first_half_goes
        });
        return true;
    }
    if draft.systems.len() > 1 {
        draft.systems.remove(0);
        return true;
    }
    if draft.preludes.len() > 1 {
        draft.preludes.remove(0);
        return true;
    }
    if draft.titles.len() > 1 {
        draft.titles.remove(0);
        return true;
    }
    let mut other = false;
    for argument in &mut draft.arguments {
        if argument.values.len() > 1 {
            argument.values.remove(0);
            other = true;
        }
    }
    other
}

/// The class whose variable an error misses.
fn class_of_variable(error: &str) -> Option<String> {
    let (_, rest) = error.split_once("nknown variable: '")?;
    let (variable, _) = rest.split_once('\'')?;
    let (class, _) = variable.trim_start_matches(':').rsplit_once("::")?;
    Some(class.to_owned())
}

/// The class that code refers to without having declared it.
fn class_not_there(error: &str) -> Option<String> {
    let references = ["Could not find resource 'Class[", "Could not find declared class "];
    let rest = references.iter().find_map(|words| Some(error.split_once(words)?.1))?;
    let end = rest.find(|c: char| !(c.is_ascii_alphanumeric() || c == '_' || c == ':')).unwrap_or(rest.len());
    let name = rest.get(..end)?.trim_start_matches("::").to_lowercase();
    (!name.is_empty()).then_some(name)
}

/// A declaration of the resource that code refers to without having declared it.
fn resource_not_there(error: &str) -> Option<String> {
    let (_, rest) = error.split_once("Could not find resource '")?;
    let (ty, rest) = rest.split_once('[')?;
    let (title, _) = rest.split_once("]'")?;
    let fits = match ty {
        "Package" | "Service" | "User" | "Group" => true,
        "File" | "Concat" => title.starts_with('/'),
        _ => false,
    };
    let is_plain = !title.contains(['\'', '\\', '\n']);
    (fits && is_plain).then(|| format!("  {} {{ '{title}': }}\n", ty.to_lowercase()))
}

fn parameters_in(error: &str) -> Vec<String> {
    let Some(pattern) = &*PARAMETER else { return Vec::new() };
    let mut names = Vec::new();
    let mut rest = error;
    while let Some(found) = pattern.captures(rest) {
        for group in 1..=3 {
            if let Some(name) = found.get(group) {
                names.push(name.to_owned());
            }
        }
        let end = found.end();
        rest = rest.get(end.max(1)..).unwrap_or_default();
    }
    names
}
