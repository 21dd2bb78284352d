//! Whether a query makes sense for its entity: fields that are there, operators that take them, the right number of arguments.
//!
//! Two walks, since their errors come in this order in PuppetDB, and all wrong fields of a query are named at once: [`fields`] from
//! the outside in, then [`operators`] from the inside out. What passes both is translated by [`super::filter`].

use serde_json::Value as Json;

use super::entity::{self, Entity};
use super::error::{Result, invalid};
use super::field;

/// Functions of the query language.
pub(super) const FUNCTIONS: [&str; 7] = ["sum", "avg", "min", "max", "count", "to_string", "jsonb_typeof"];
const COMPARISONS: [&str; 6] = ["=", "~", ">", "<", "<=", ">="];
pub(super) const ORDERED: [&str; 4] = [">", "<", ">=", "<="];

/// The operator of a clause in lower case, and its arguments.
pub(super) fn clause(node: &Json) -> Option<(String, &[Json])> {
    let (operator, arguments) = node.as_array()?.split_first()?;
    Some((operator.as_str()?.to_ascii_lowercase(), arguments))
}

/// A value as Clojure prints it inside a message: texts bare at the top, quoted inside of lists.
pub(super) fn shown(value: &Json) -> String {
    match value {
        Json::String(text) => text.clone(),
        other => printed(other),
    }
}

/// A value as Clojure's `pr-str` prints it.
pub(super) fn printed(value: &Json) -> String {
    match value {
        Json::Null => "nil".into(),
        Json::Array(items) => format!("[{}]", items.iter().map(printed).collect::<Vec<_>>().join(" ")),
        Json::Object(members) => {
            let members = members
                .iter()
                .map(|(key, value)| format!("{} {}", printed(&Json::from(key.as_str())), printed(value)));
            format!("{{{}}}", members.collect::<Vec<_>>().join(", "))
        }
        other => other.to_string(),
    }
}

/// `'a', 'b', and 'c'`
pub(super) fn listed<T: AsRef<str>>(words: &[T]) -> String {
    let quoted: Vec<String> = words.iter().map(|word| format!("'{}'", word.as_ref())).collect();
    match quoted.split_last() {
        Some((last, rest)) if rest.len() > 1 => format!("{}, and {last}", rest.join(", ")),
        _ => quoted.join(" and "),
    }
}

/// Checks that every field of a query is one of its entity's.
pub(super) fn fields(entity: &Entity, query: &Json) -> Result<()> {
    let mut errors = Vec::new();
    walk(entity, query, &mut errors)?;
    if errors.is_empty() { Ok(()) } else { invalid(errors.join("\n")) }
}

fn walk(entity: &Entity, node: &Json, errors: &mut Vec<String>) -> Result<()> {
    let Json::Array(items) = node else { return Ok(()) };
    if let Some((operator, arguments)) = clause(node) {
        match (operator.as_str(), arguments) {
            ("from", [Json::String(name), query, ..]) => return fields(subentity(name)?, query),
            ("subquery", [Json::String(name), query]) => return fields(subentity(name)?, query),
            ("subquery", [Json::String(name)]) => return subentity(name).map(drop),
            ("extract", [columns, Json::Array(select)]) => {
                if let [Json::String(name), rest @ ..] = select.as_slice() {
                    match (entity::of_select(name), rest) {
                        (Some(inner), [query]) => {
                            fields(inner, query)?;
                            errors.extend(unknown_columns(
                                inner,
                                columns,
                                &inner.queryable(),
                                true,
                                "Can't extract",
                                "",
                            ));
                            return Ok(());
                        }
                        (Some(inner), []) => {
                            errors.extend(unknown_columns(
                                inner,
                                columns,
                                &inner.queryable(),
                                true,
                                "Can't extract",
                                "",
                            ));
                            return Ok(());
                        }
                        (None, [_])
                            if !["not", "group_by", "or", "and"]
                                .contains(&name.to_ascii_lowercase().as_str()) =>
                        {
                            let close = name.replace('-', "_");
                            errors.push(match entity::of_select(&close) {
                                Some(_) => format!("Unsupported subquery `{name}` - did you mean `{close}`?"),
                                None => format!("Unsupported subquery `{name}`"),
                            });
                            return Ok(());
                        }
                        _ => {}
                    }
                }
                errors.extend(extract(entity, columns, arguments));
            }
            ("extract", [columns, ..]) => errors.extend(extract(entity, columns, arguments)),
            ("in", [name, Json::Array(array), ..]) if is_array_operator(array) => {
                errors.extend(queryable(entity, name))
            }
            ("in", [names, _, ..]) if !is_fact(names) => {
                let known = entity.queryable();
                errors.extend(unknown_columns(entity, names, &known, false, "Can't match on", " for 'in'"));
            }
            (operator, [name, _]) if COMPARISONS.contains(&operator) => {
                errors.extend(queryable(entity, name))
            }
            _ => {}
        }
    }
    items.iter().try_for_each(|item| walk(entity, item, errors))
}

/// The entity of a subquery.
pub(super) fn subentity(name: &str) -> Result<&'static Entity> {
    match entity::of_select(&format!("select_{name}"))
        .or_else(|| entity::of_select(&format!("select_{}", name.replace('-', "_"))))
    {
        Some(entity) => Ok(entity),
        None => invalid(format!("No implicit relationship for entity '{name}'")),
    }
}

fn is_array_operator(items: &[Json]) -> bool {
    matches!(items, [Json::String(operator), _] if operator.eq_ignore_ascii_case("array"))
}

/// `["fact", name]`
fn is_fact(field: &Json) -> bool {
    matches!(field.as_array().map(Vec::as_slice), Some([Json::String(kind), _]) if kind == "fact")
}

/// A dotted field below a map of the entity.
fn is_below(entity: &Entity, name: &str) -> bool {
    name.split_once('.').is_some_and(|(top, rest)| entity.map(top).is_some() && !rest.contains('\n'))
}

fn queryable(entity: &Entity, name: &Json) -> Option<String> {
    if name.is_array() {
        return None;
    }
    let known = entity.queryable();
    let text = name.as_str().unwrap_or_default();
    if text == "node_state" || known.contains(&text) || is_below(entity, text) {
        return None;
    }
    let (name, alias) = (shown(name), entity.alias);
    Some(format!(
        "'{name}' is not a queryable object for {alias}. Known queryable objects are {}",
        listed(&known)
    ))
}

fn extract(entity: &Entity, columns: &Json, arguments: &[Json]) -> Option<String> {
    unknown_columns(entity, columns, &entity.projectable(), true, "Can't extract", "")
        .or_else(|| arguments.iter().skip(1).find_map(unknown_operator))
}

/// The first clause of an extract that is none.
fn unknown_operator(filter: &Json) -> Option<String> {
    let (operator, arguments) = clause(filter)?;
    if ["and", "or"].contains(&operator.as_str()) {
        return arguments.iter().find_map(unknown_operator);
    }
    let known = ["from", "in", "extract", "subquery", "not", "function", "group_by", "null?", "~>"];
    let known = known.contains(&operator.as_str())
        || COMPARISONS.contains(&operator.as_str())
        || entity::of_select(&operator).is_some();
    (!known).then(|| format!("{} is not a valid expression for \"extract\"", printed(filter)))
}

fn unknown_columns(
    entity: &Entity,
    columns: &Json,
    known: &[&str],
    dotted: bool,
    action: &str,
    context: &str,
) -> Option<String> {
    let one = std::slice::from_ref(columns);
    let columns = columns.as_array().map_or(one, Vec::as_slice);
    let unknown: Vec<String> = columns.iter().filter(|column| match column {
        Json::String(name) => !(known.contains(&name.as_str()) || dotted && is_below(entity, name)),
        Json::Array(call) => !matches!(call.as_slice(), [Json::String(f), Json::String(name), ..] if f == "function" && FUNCTIONS.contains(&name.as_str())),
        _ => true,
    }).map(shown).collect();
    if unknown.is_empty() {
        return None;
    }
    let plural = if unknown.len() > 1 { "fields" } else { "field" };
    let (alias, unknown, known) = (entity.alias, listed(&unknown), listed(known));
    Some(format!("{action} unknown '{alias}' {plural} {unknown}{context}. Acceptable fields are {known}"))
}

/// Checks that operators have their arguments and fields that they work on.
pub(super) fn operators(entity: &Entity, node: &Json) -> Result<()> {
    let Some((operator, arguments)) = clause(node) else { return Ok(()) };
    match (operator.as_str(), arguments) {
        ("from", [Json::String(name), rest @ ..]) => {
            let inner = subentity(name)?;
            return rest.iter().try_for_each(|item| operators(inner, item));
        }
        ("subquery", [Json::String(name), query]) => return operators(subentity(name)?, query),
        ("and" | "or" | "not" | "extract" | "in", arguments) => {
            arguments.iter().try_for_each(|argument| operators(entity, argument))?;
        }
        (select, [query]) if entity::of_select(select).is_some() => {
            return entity::of_select(select).map_or(Ok(()), |inner| operators(inner, query));
        }
        _ => {}
    }
    match (operator.as_str(), arguments) {
        ("=", [Json::String(name), Json::String(value)])
            if entity.field(name).is_some_and(entity::Field::is_number) =>
        {
            invalid(format!("Argument \"{value}\" is incompatible with numeric field \"{name}\"."))
        }
        ("=", [_, _]) => Ok(()),
        (operator, [Json::String(name), _]) if ORDERED.contains(&operator) && !field::is_dotted(name) => {
            match entity.field(name).is_some_and(entity::Field::is_ordered) {
                true => Ok(()),
                false => invalid(format!("Query operators >,>=,<,<= are not allowed on field {name}")),
            }
        }
        ("~>", [name, value]) => {
            let path = |name: &str| entity.field(name).is_some_and(|field| field.kind == entity::Kind::Path);
            if !name.as_str().is_some_and(path) {
                return invalid(format!("Query operator ~> is not allowed on field {}", shown(name)));
            }
            if value.is_array() { Ok(()) } else { invalid("Invalid ~> clause") }
        }
        ("and", []) => invalid("'and' takes at least one argument, but none were supplied"),
        ("and", clauses) if clauses.iter().any(|clause| clause.as_array().is_some_and(Vec::is_empty)) => {
            invalid("[] is not well-formed: queries must contain at least one operator")
        }
        ("or", []) => invalid("'or' takes at least one argument, but none were supplied"),
        ("not", clauses) if clauses.len() != 1 => {
            invalid(format!("'not' takes exactly one argument, but {} were supplied", clauses.len()))
        }
        (operator, arguments) if COMPARISONS.contains(&operator) || operator == "~>" => match arguments {
            [name, value] if is_comparable(name, value) => Ok(()),
            [_, _] => invalid(format!("Invalid {operator} clause")),
            _ => invalid(format!("{operator} requires exactly two arguments")),
        },
        _ => Ok(()),
    }
}

fn is_comparable(name: &Json, value: &Json) -> bool {
    let name = match name {
        Json::String(_) => true,
        Json::Array(items) => {
            let call = items.first().and_then(Json::as_str) == Some("function");
            call || items.len() == 2 && items.iter().all(Json::is_string)
        }
        _ => false,
    };
    let value = match value {
        Json::Array(items) => items.iter().all(|item| item.is_string() || item.is_i64() || item.is_u64()),
        Json::Null | Json::Object(_) => false,
        _ => true,
    };
    name && value
}
