//! The order in which errors list what could stand at a place.
//!
//! It is PuppetDB's: its parser tries alternatives from the last to the first, so that lists come out backwards, with some exceptions
//! by the rule that was being read. Which list it is shows in what it contains.

const SPACE: &str = "#\"\\s+\"";
const FIELD: &str = "#\"[a-zA-Z0-9_]+\\??\"";
const DIGITS: &str = "#\"[0-9]+\"";
const ENTITIES: [&str; 14] = [
    "events",
    "edges",
    "inventory",
    "fact_contents",
    "fact_paths",
    "factsets",
    "environments",
    "nodes",
    "resources",
    "package_inventory",
    "packages",
    "catalogs",
    "reports",
    "facts",
];

const OPENING: &[&str] = &["{", SPACE, "["];
const OPERATORS: &[&str] = &[
    DIGITS,
    "-",
    ".",
    "is not null",
    "is null",
    SPACE,
    "in",
    "!~",
    "!=",
    "=",
    ">",
    "<",
    "<=",
    ">=",
    "~>",
    "~",
];
const EXPRESSION: &[&str] = &["parameters", "trusted", FIELD, "[", "(", "!", SPACE];
const FIELDS: &[&str] =
    &["]", "to_string", "max", "min", "sum", "avg", "count", "parameters", "trusted", "facts", FIELD, SPACE];
const ARGUMENTS: &[&str] = &[")", "'", "\"", "parameters", "trusted", "facts", FIELD, SPACE];
/// Behind a filter.
const END: &[&str] = &[".", "}", "order by", "offset", "limit", "group by", SPACE];
/// The same behind white space, or behind a list.
const END_SPACED: &[&str] =
    &["}", SPACE, "order by", "offset", "limit", "group by", "or", "and", ",", "desc", "asc"];
const LIST_END: &[&str] = &[")", "]", SPACE, ","];
const LITERAL: &[&str] = &["[", "false", "true", DIGITS, "-", "'", "\"", SPACE];
const ORDERED: &[&str] = &["'", "\"", DIGITS, "-"];
const PARTS: &[&str] =
    &["#\"match\\(.*?\\)\"", "#\"[^\\s\\.\\\",\\[\\]!<=>~]+(\\[\\d+\\])?\"", "#\"\\\".*?\\\"(?=\\.|\\s)\""];

/// What could stand at a place, in PuppetDB's order.
pub(super) fn ordered(expected: &[&'static str], is_behind_space: bool) -> Vec<&'static str> {
    let has = |what: &str| expected.contains(&what);
    let list = if has("{") {
        OPENING
    } else if has("is null") {
        OPERATORS
    } else if has("(") || has("nodes") {
        EXPRESSION
    } else if has("count") {
        FIELDS
    } else if has(")") && has("'") {
        ARGUMENTS
    } else if has("}") && (is_behind_space || has(",")) {
        END_SPACED
    } else if has("}") {
        END
    } else if has(")") || has("]") {
        LIST_END
    } else if has("true") {
        LITERAL
    } else if has("'") {
        ORDERED
    } else {
        PARTS
    };
    let mut out = expected.to_vec();
    out.sort_by_key(|what| {
        let entity = ENTITIES.iter().position(|name| name == what).filter(|_| list == EXPRESSION);
        entity
            .or_else(|| list.iter().position(|name| name == what).map(|at| at + ENTITIES.len()))
            .unwrap_or(usize::MAX)
    });
    out
}
