//! Filters: clauses of AST become conditions of SQL.
//!
//! Conditions are true, false or null as PostgreSQL's are, since `not` shows the difference: a field without a value is neither
//! equal nor unequal to anything.

use serde_json::Value as Json;

use super::check::{ORDERED, clause, printed, shown};
use super::comparison::{
    FACT_VALUE, Of, bytes, equal_value, inequality, instant, list, matches, mismatch, numeric, ordered_value,
    path_text, value_text,
};
use super::dotted::{self, Comparison};
use super::entity::Kind;
use super::error::{QueryError, Result, invalid};
use super::field;
use super::json::canonical;
use super::membership::{implicit, within};
use super::scope::{Negation, Scope};
use super::select;
use super::sql::{Sql, per};

/// The condition on the rows of an entity. Reports are those of agents, unless the filter itself speaks of their type, as in PuppetDB.
pub(super) fn rows(scope: &mut Scope, filter: Option<&Json>) -> Result<Option<Sql>> {
    let condition = filter.map_or(Ok(None), |filter| condition(scope, filter))?;
    let are_reports = matches!(scope.entity.name, "reports" | "report_metrics" | "report_logs");
    if !are_reports || filter.is_some_and(mentions_type) {
        return Ok(condition);
    }
    let agents = Sql::text("r.type = 'agent'");
    Ok(Some(condition.map_or(agents.clone(), |condition| Sql::of("({}) AND {}", [condition, agents]))))
}

/// Whether a filter has a condition on the field `type`, subqueries left aside.
fn mentions_type(node: &Json) -> bool {
    let Some((operator, arguments)) = clause(node) else { return false };
    match (operator.as_str(), arguments) {
        ("and" | "or" | "not", clauses) => clauses.iter().any(mentions_type),
        ("subquery", _) => false,
        (_, [field, ..]) => *field == "type" || *field == Json::from(vec!["type"]),
        _ => false,
    }
}

/// The condition of a filter; nothing if it restricts nothing.
pub(super) fn condition(scope: &mut Scope, node: &Json) -> Result<Option<Sql>> {
    let Some((operator, arguments)) = clause(node) else {
        return match node {
            Json::Null => Ok(None),
            Json::Array(items) if items.is_empty() => Ok(None),
            other => invalid(format!(
                "{} is not well-formed: queries must contain at least one operator",
                printed(other)
            )),
        };
    };
    match (operator.as_str(), arguments) {
        ("and" | "or", clauses) => {
            let outer = scope.enter();
            let inner = if operator == "and" { all(scope, clauses) } else { any(scope, clauses) };
            scope.negation = outer;
            inner
        }
        ("not", [inner]) => {
            let outer = std::mem::replace(&mut scope.negation, Negation::Direct);
            let inner = condition(scope, inner);
            scope.negation = outer;
            Ok(inner?.map(|inner| Sql::of("NOT ({})", [inner])))
        }
        ("=", [Json::Array(special), value]) => equal_special(scope, special, value),
        ("=", [Json::String(name), value]) if name == "node_state" => node_state(scope, value),
        ("=", [Json::String(name), Json::String(any)]) if name == "type" && any == "any" => Ok(None),
        ("=", [Json::String(name), Json::Null]) => null(scope, &name.replace('-', "_"), true).map(Some),
        ("=", [Json::String(name), value]) => equal(scope, name, value).map(Some),
        ("~", [Json::Array(special), value]) => regex_special(scope, special, value).map(Some),
        ("~", [Json::String(name), value]) => regex(scope, name, value).map(Some),
        ("~>", [Json::String(name), Json::Array(patterns)]) => path_regex(scope, name, patterns).map(Some),
        (operator, [Json::Array(special), value]) if ORDERED.contains(&operator) => {
            ordered_special(scope, operator, special, value).map(Some)
        }
        (operator, [Json::String(name), value]) if ORDERED.contains(&operator) => {
            ordered(scope, operator, name, value).map(Some)
        }
        ("null?", [Json::String(name), Json::Bool(is)]) => null(scope, name, *is).map(Some),
        ("in", [names, members]) => within(scope, names, members).map(Some),
        ("subquery", [Json::String(name), rest @ ..]) => implicit(scope, name, rest.first()).map(Some),
        _ => invalid(format!("{} is not well-formed: query operator '{operator}' is unknown", printed(node))),
    }
}

fn any(scope: &mut Scope, clauses: &[Json]) -> Result<Option<Sql>> {
    let mut parts = Vec::with_capacity(clauses.len());
    for clause in clauses {
        if let Some(part) = condition(scope, clause)? {
            parts.push(Sql::of("({})", [part]));
        }
    }
    Ok((!parts.is_empty()).then(|| Sql::join(parts, " OR ")))
}

/// What is asked of several facts stands together.
fn all(scope: &mut Scope, clauses: &[Json]) -> Result<Option<Sql>> {
    let mut parts = Vec::with_capacity(clauses.len());
    let mut facts = Vec::new();
    for clause in clauses {
        let part = match below(clause) {
            Some((name, operator, value)) => match dotted::comparison(scope, name, &operator, value)? {
                Comparison::OfFact(fact) if fact.is_of_nodes(scope) => {
                    facts.push(fact);
                    None
                }
                other => Some(other.sql(scope)),
            },
            None => condition(scope, clause)?,
        };
        parts.extend(part.map(|part| Sql::of("({})", [part])));
    }
    if !facts.is_empty() {
        parts.insert(0, dotted::of_facts(facts));
    }
    Ok((!parts.is_empty()).then(|| Sql::join(parts, " AND ")))
}

/// The parts of a comparison of something below a field, as [`condition`] would take it.
fn below(node: &Json) -> Option<(&str, String, &Json)> {
    let (operator, arguments) = clause(node)?;
    let [Json::String(name), value] = arguments else { return None };
    let is_comparison = match operator.as_str() {
        "=" => !value.is_null(),
        other => other == "~" || ORDERED.contains(&other),
    };
    (is_comparison && field::is_dotted(name)).then_some((name.as_str(), operator, value))
}

/// `["node", "active"]`, `["parameter", …]`, `["fact", …]`, `["function", …]`
fn equal_special(scope: &mut Scope, special: &[Json], value: &Json) -> Result<Option<Sql>> {
    match special {
        [Json::String(node), Json::String(active)] if node == "node" && active == "active" => {
            let state = if value.as_bool() == Some(false) || value.is_null() { "inactive" } else { "active" };
            node_state(scope, &Json::from(state))
        }
        [Json::String(kind), Json::String(name)] if kind == "parameter" => {
            parameters(scope)?;
            let at = dotted::at(Sql::text("r.parameters"), &[Json::from(name.as_str())]);
            Ok(Some(dotted::same_value(at, value)))
        }
        [Json::String(kind), Json::String(name)] if kind == "fact" => match value {
            Json::Number(_) | Json::String(_) | Json::Bool(_) => {
                let inner = equal_value(&FACT_VALUE, value)?;
                fact(scope, name, inner).map(Some)
            }
            other => invalid(format!("Operator '=' not allowed on value '{}'", shown(other))),
        },
        [Json::String(kind), ..] if kind == "function" => call(scope, special, "=", value).map(Some),
        _ => invalid("Invalid = clause"),
    }
}

fn regex_special(scope: &mut Scope, special: &[Json], value: &Json) -> Result<Sql> {
    match special {
        [Json::String(kind), Json::String(name)] if kind == "parameter" => {
            parameters(scope)?;
            // The pattern is written out as JSON, as the values are that it is matched with.
            let at = dotted::at(Sql::text("r.parameters"), &[Json::from(name.as_str())]);
            matches(Sql::of_per(per("{}", "({})::text"), [at]), &Json::from(canonical(value)))
        }
        [Json::String(kind), Json::String(name)] if kind == "fact" => {
            let inner = matches(value_text(&FACT_VALUE), value)?;
            fact(scope, name, inner)
        }
        [Json::String(kind), ..] if kind == "function" => call(scope, special, "~", value),
        _ => invalid("Invalid ~ clause"),
    }
}

fn ordered_special(scope: &mut Scope, operator: &str, special: &[Json], value: &Json) -> Result<Sql> {
    match special {
        [Json::String(kind), Json::String(name)] if kind == "fact" => {
            if !value.is_number() {
                return invalid(format!("Operator '{operator}' not allowed on value '{}'", shown(value)));
            }
            let inner = ordered_value(&FACT_VALUE, operator, value)?;
            fact(scope, name, inner)
        }
        [Json::String(kind), ..] if kind == "function" => call(scope, special, operator, value),
        _ => invalid(format!("Invalid {operator} clause")),
    }
}

/// Resources are the only ones with parameters.
fn parameters(scope: &mut Scope) -> Result<()> {
    match scope.entity.map("parameters") {
        Some(_) => Ok(()),
        None => invalid(format!(
            "Can't match on unknown '{}' field 'resource' for 'in'. Acceptable fields are {}",
            scope.entity.alias,
            super::check::listed(&scope.entity.queryable())
        )),
    }
}

/// Nodes with a fact of a name and a condition on its value.
pub(super) fn fact(scope: &mut Scope, name: &str, inner: Sql) -> Result<Sql> {
    node(scope)?;
    Ok(Sql::of_per(dotted::NODES_WITH_FACT, [Sql::bind(name), inner]))
}

fn node(scope: &Scope) -> Result<()> {
    if scope.entity.has_node() {
        return Ok(());
    }
    invalid(format!(
        "Can't match on unknown '{}' field 'certname' for 'in'. Acceptable fields are {}",
        scope.entity.alias,
        super::check::listed(&scope.entity.queryable())
    ))
}

fn node_state(scope: &mut Scope, value: &Json) -> Result<Option<Sql>> {
    let state = match shown(value).to_lowercase().as_str() {
        "any" => return Ok(None),
        "active" => "n.deactivated IS NULL AND n.expired IS NULL",
        "inactive" => "n.deactivated IS NOT NULL OR n.expired IS NOT NULL",
        other => return invalid(format!("node_state is 'active', 'inactive' or 'any', not '{other}'")),
    };
    node(scope)?;
    Ok(Some(Sql::of("({})", [Sql::text(state)])))
}

fn equal(scope: &mut Scope, name: &str, value: &Json) -> Result<Sql> {
    if field::is_dotted(name) {
        return dotted::compare(scope, name, "=", value);
    }
    let lower = |value: &Json| Json::from(shown(value).to_lowercase());
    let (name, value) = if name == "tag" { ("tags", &lower(value)) } else { (name, value) };
    let field = scope.field(name)?;
    let sql = field.sql();
    match (field.kind, value) {
        (Kind::Text, Json::String(text)) => Ok(Sql::of("{} = {}", [sql, Sql::bind(text.as_str())])),
        (Kind::Text, other) => mismatch("text", "=", other),
        (Kind::Hash, Json::String(text)) => Ok(Sql::of("{} = {}", [sql, Sql::bind(bytes(text))])),
        (Kind::Hash, other) => mismatch("text", "=", other),
        (Kind::Encoded, value) => Ok(Sql::of("{} = {}", [sql, Sql::bind(canonical(value))])),
        (Kind::Time, value) => Ok(Sql::of("{} = {}", [sql, instant(value)?])),
        // A condition in itself, which compared would not be one that indexes help with.
        (Kind::Flag, Json::Bool(true)) if field.name == "latest_report?" => Ok(sql),
        (Kind::Flag, Json::Bool(true)) => Ok(Sql::of("{} = TRUE", [sql])),
        (Kind::Flag, Json::Bool(false)) => Ok(Sql::of("{} = FALSE", [sql])),
        (Kind::Flag, other) => mismatch("boolean", "=", other),
        (Kind::Int, Json::Number(number)) => Ok(Sql::of("{} = {}", [sql, numeric(number)])),
        (Kind::Int, other) => mismatch("integer", "=", other),
        (Kind::List, value) => list(field, Sql::of("t.value = {}", [Sql::bind(shown(value))])),
        (Kind::Value, value) => equal_value(&Of(field), value),
        (Kind::Path, Json::Array(path)) => {
            Ok(Sql::of_per(per("{} = {}", "{} = {}::jsonb"), [sql, Sql::bind(path_text(path)?)]))
        }
        (Kind::Path, _) => invalid("Path array element wasn't string or integer in the path of an = clause"),
        (Kind::Map(_), value) => Ok(dotted::contains(sql, value)),
        (Kind::Document | Kind::Metrics | Kind::Logs, _) => {
            invalid(format!("'{name}' is not a queryable object"))
        }
    }
}

fn ordered(scope: &mut Scope, operator: &str, name: &str, value: &Json) -> Result<Sql> {
    if field::is_dotted(name) {
        return dotted::compare(scope, name, operator, value);
    }
    let field = scope.field(name)?;
    match (field.kind, value) {
        (Kind::Time, value) => Ok(inequality(operator, field.sql(), instant(value)?)),
        (Kind::Int, Json::Number(number)) => Ok(inequality(operator, field.sql(), numeric(number))),
        (Kind::Value, value @ Json::Number(_)) => ordered_value(&Of(field), operator, value),
        (_, value) => invalid(format!(
            "Argument \"{}\" and operator \"{operator}\" have incompatible types.",
            shown(value)
        )),
    }
}

fn regex(scope: &mut Scope, name: &str, value: &Json) -> Result<Sql> {
    if field::is_dotted(name) {
        return dotted::compare(scope, name, "~", value);
    }
    let lower = |value: &Json| Json::from(shown(value).to_lowercase());
    let (name, value) = if name == "tag" { ("tags", &lower(value)) } else { (name, value) };
    let field = scope.field(name)?;
    let sql = field.sql();
    match field.kind {
        // Without a value there is no match, and `not` of that is one.
        Kind::Text => Ok(Sql::of("({} AND {} IS NOT NULL)", [matches(sql.clone(), value)?, sql])),
        Kind::Encoded => Ok(Sql::of(
            "({} AND {} IS NOT NULL)",
            [matches(sql.clone(), &Json::from(canonical(value)))?, sql],
        )),
        Kind::Hash => {
            let text = Sql::of_per(per("lower(hex({}))", "encode({}, 'hex')"), [sql.clone()]);
            Ok(Sql::of("({} AND {} IS NOT NULL)", [matches(text, value)?, sql]))
        }
        Kind::List => list(field, matches(Sql::text("t.value"), value)?),
        Kind::Value => matches(value_text(&Of(field)), value),
        Kind::Path => matches(
            Sql::of_per(
                per(
                    "pdb_path_text({})",
                    "array_to_string(ARRAY(SELECT jsonb_array_elements_text({})), '#~')",
                ),
                [sql],
            ),
            value,
        ),
        Kind::Map(_) => matches(dotted::text(sql), value),
        Kind::Int => mismatch("integer", "~", value),
        Kind::Flag => mismatch("boolean", "~", value),
        _ => mismatch("timestamp with time zone", "~", value),
    }
}

/// `~>`: a pattern for each element of a path.
fn path_regex(scope: &mut Scope, name: &str, patterns: &[Json]) -> Result<Sql> {
    let field = scope.field(name)?;
    let mut parts = vec![Sql::of_per(
        per("json_array_length({}) = {}", "jsonb_array_length({}) = {}"),
        [field.sql(), Sql::bind(patterns.len() as i64)],
    )];
    for (index, pattern) in (0i64..).zip(patterns) {
        let (text, is_number) = match pattern {
            Json::String(text) => (
                text.clone(),
                (!text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit())).then_some(false),
            ),
            Json::Number(number) if number.is_i64() => (number.to_string(), Some(true)),
            _ => {
                return invalid(format!(
                    "Regex array element wasn't string or integer in {}",
                    printed(&Json::Array(patterns.to_vec()))
                ));
            }
        };
        let at = Sql::of_per(
            per("CAST({} ->> {} AS TEXT)", "({} ->> ({})::int)"),
            [field.sql(), Sql::bind(index)],
        );
        // Of the paths that are stored whole, an element matches from end to end; of leaves anywhere.
        let anchored = if scope.entity.name == "fact_paths" { format!("^(?:{text})$") } else { text };
        parts.push(matches(at, &Json::from(anchored))?);
        if let Some(is_number) = is_number {
            let of = Sql::of_per(per("({} -> {})", "({} -> ({})::int)"), [field.sql(), Sql::bind(index)]);
            parts.push(dotted::is(of, if is_number { "number" } else { "string" }));
        }
    }
    Ok(Sql::of("({})", [Sql::join(parts, " AND ")]))
}

fn null(scope: &mut Scope, name: &str, is: bool) -> Result<Sql> {
    if field::is_dotted(name) {
        return dotted::null(scope, name, is);
    }
    let field = scope.field(name)?;
    if matches!(field.kind, Kind::Value | Kind::Map(_)) {
        let of = dotted::is(field.sql(), "null");
        return Ok(if is { of } else { Sql::of("NOT ({})", [of]) });
    }
    Ok(Sql::of(if is { "{} IS NULL" } else { "{} IS NOT NULL" }, [field.sql()]))
}

/// A function in a filter.
fn call(scope: &mut Scope, call: &[Json], operator: &str, value: &Json) -> Result<Sql> {
    let [_, Json::String(function), arguments @ ..] = call else {
        return invalid(format!("Invalid {operator} clause"));
    };
    let counts: &[usize] = match function.as_str() {
        "sum" | "avg" | "min" | "max" | "jsonb_typeof" => &[1],
        "count" => &[0, 1],
        "to_string" => &[2],
        other => return invalid(format!("{} is not a valid function", printed(&Json::from(other)))),
    };
    if !counts.contains(&arguments.len()) {
        return invalid(format!(
            "wrong number of arguments ({}) provided for function {function}",
            arguments.len()
        ));
    }
    let Some(name) = arguments.first() else {
        return Err(QueryError::Failed("ERROR: aggregate functions are not allowed in WHERE".into()));
    };
    let known = name.as_str().is_some_and(|name| scope.entity.queryable().contains(&name));
    let Some(name) = name.as_str().filter(|_| known) else {
        return invalid(format!("field {} is not a valid queryable field", printed(name)));
    };
    let field = scope.field(name)?;
    let left = match (function.as_str(), field.kind) {
        ("to_string", Kind::Time) => select::to_char(field.sql(), arguments.get(1))?,
        ("jsonb_typeof", Kind::Value | Kind::Map(_)) => dotted::kind(field.sql()),
        ("sum" | "avg" | "min" | "max", kind) if kind != Kind::Int => {
            return invalid(format!("field {} must be a numeric type", printed(&Json::from(name))));
        }
        ("to_string" | "jsonb_typeof", _) => {
            return Err(QueryError::Failed(format!(
                "ERROR: function {function} does not exist for field {name}"
            )));
        }
        _ => return Err(QueryError::Failed("ERROR: aggregate functions are not allowed in WHERE".into())),
    };
    match (operator, value) {
        ("~", pattern) => matches(left, pattern),
        (operator, Json::String(text)) => Ok(inequality(operator, left, Sql::bind(text.as_str()))),
        (operator, other) => mismatch("text", operator, other),
    }
}
