//! Membership: `in` with a list or a subquery, and rows that belong to rows of another entity.

use serde_json::Value as Json;

use super::check::{clause, printed, shown, subentity};
use super::comparison::{FACT_VALUE, Of, any_text, any_value, mismatch, path_text};
use super::dotted;
use super::entity::{self, Entity, Field, Kind, Map};
use super::error::{QueryError, Result, invalid};
use super::field;
use super::filter::{self, fact};
use super::paging::{Paging, is_paging, paging_clauses, push_paging};
use super::scope::Scope;
use super::select::{body, hexadecimal, order, parts};
use super::sql::{Sql, per};
use super::time;

/// `in` an array, or a subquery.
pub(super) fn within(scope: &mut Scope, names: &Json, members: &Json) -> Result<Sql> {
    let Some((operator, arguments)) = clause(members) else {
        return invalid(format!("{} is not a list or subquery for 'in'", printed(members)));
    };
    if operator == "array" {
        let [values] = arguments else { return invalid("Operator array requires a vector argument") };
        let Json::Array(values) = values else {
            return invalid("Operator array requires a vector argument");
        };
        return within_array(scope, names, values);
    }
    let one = std::slice::from_ref(names);
    let names = names.as_array().map_or(one, Vec::as_slice);
    let mut outer = Vec::with_capacity(names.len());
    for name in names {
        let Some(name) = name.as_str() else {
            return invalid(format!("{} is not a field for 'in'", printed(name)));
        };
        outer.push(scope.field(name)?);
    }
    if outer.is_empty() {
        return invalid("'in' needs at least one field");
    }
    member(scope.entity, members, &outer)
}

fn within_array(scope: &mut Scope, names: &Json, values: &[Json]) -> Result<Sql> {
    if let Json::Array(special) = names {
        return match special.as_slice() {
            [Json::String(kind), Json::String(name)] if kind == "fact" => {
                let same_type = |a: &Json, b: &Json| std::mem::discriminant(a) == std::mem::discriminant(b);
                if !values.windows(2).all(|pair| matches!(pair, [a, b] if same_type(a, b)))
                    || values.is_empty()
                {
                    return invalid("All values in array must be the same type.");
                }
                let inner = any_value(&FACT_VALUE, values)?;
                fact(scope, name, inner)
            }
            [one] => within_array(scope, one, values),
            _ => invalid("Operator 'in'...'array' takes one field"),
        };
    }
    let name = shown(names);
    if field::is_dotted(&name) {
        let mut parts = Vec::with_capacity(values.len());
        for value in values {
            parts.push(dotted::compare(scope, &name, "=", value)?);
        }
        return Ok(if parts.is_empty() {
            Sql::text("FALSE")
        } else {
            Sql::of("({})", [Sql::join(parts, " OR ")])
        });
    }
    let field = scope.field(&name)?;
    let texts = || values.iter().map(|value| Json::from(shown(value))).collect::<Vec<_>>();
    let sql = field.sql();
    match field.kind {
        Kind::List => invalid("Operator in...array is not supported on array types"),
        Kind::Text | Kind::Encoded => Ok(any_text(sql, texts())),
        Kind::Hash => {
            let hex = Sql::of_per(per("lower(hex({}))", "encode({}, 'hex')"), [sql]);
            Ok(any_text(hex, texts()))
        }
        Kind::Time => {
            let times: Vec<Json> = values
                .iter()
                .filter_map(|value| value.as_str().and_then(time::parse))
                .map(Json::from)
                .collect();
            Ok(Sql::of_per(
                per(
                    "{} IN (SELECT value FROM json_each({}))",
                    "{} IN (SELECT value::bigint FROM jsonb_array_elements_text({}::jsonb))",
                ),
                [sql, Sql::bind(Json::Array(times).to_string())],
            ))
        }
        Kind::Int => Ok(any_text(Sql::of("CAST({} AS TEXT)", [sql]), texts())),
        Kind::Flag => mismatch("boolean", "=", &Json::from("")),
        Kind::Value => any_value(&Of(field), values),
        Kind::Path => {
            let mut paths = Vec::with_capacity(values.len());
            for value in values {
                let Json::Array(path) = value else {
                    return invalid(format!(
                        "Path array element wasn't string or integer in {}",
                        printed(value)
                    ));
                };
                paths.push(Json::from(path_text(path)?));
            }
            Ok(Sql::of_per(
                per(
                    "{} IN (SELECT value FROM json_each({}))",
                    "{} IN (SELECT value::jsonb FROM jsonb_array_elements_text({}::jsonb))",
                ),
                [sql, Sql::bind(Json::Array(paths).to_string())],
            ))
        }
        Kind::Map(Map::Facts | Map::Trusted | Map::Column | Map::Closed)
        | Kind::Document
        | Kind::Metrics
        | Kind::Logs => invalid(format!("Operator 'in'...'array' is not supported on field {name}")),
    }
}

/// `["subquery", entity, filter]`: rows that belong to one of another entity.
pub(super) fn implicit(scope: &mut Scope, name: &str, filter: Option<&Json>) -> Result<Sql> {
    let inner = subentity(name)?;
    let Some(relation) = scope.entity.relations.iter().find(|relation| relation.entity == inner.name) else {
        return invalid(format!("No implicit relationship for entity '{name}'"));
    };
    let mut outer = Vec::with_capacity(relation.local.len());
    for name in relation.local {
        outer.push(scope.field(name)?);
    }
    related(inner, relation.foreign, filter, &outer)
}

/// `(outer…) IN (SELECT …)` for the subquery of an `in`.
fn member(entity: &'static Entity, members: &Json, outer: &[&'static Field]) -> Result<Sql> {
    let Some((operator, arguments)) = clause(members) else { return invalid("'in' needs a subquery") };
    let (inner, query, paging) = match (operator.as_str(), arguments) {
        ("from", [Json::String(name), rest @ ..]) => {
            let is_paging = |node: &Json| clause(node).is_some_and(|(name, _)| is_paging(&name));
            let (query, clauses) = match rest.split_first() {
                Some((first, clauses)) if !is_paging(first) => (first, clauses),
                _ => (&Json::Null, rest),
            };
            (subentity(name)?, query, paging_clauses(clauses)?)
        }
        ("extract", [columns, Json::Array(select), ..]) => {
            let selected = select
                .split_first()
                .and_then(|(name, rest)| Some((entity::of_select(name.as_str()?)?, rest)));
            match selected {
                Some((inner, rest)) => {
                    let filter = rest.first().unwrap_or(&Json::Null);
                    let one = std::slice::from_ref(columns);
                    let columns: Vec<&Json> = columns.as_array().map_or(one, Vec::as_slice).iter().collect();
                    return subselect(inner, &columns, Some(filter), &Paging::default(), outer);
                }
                None => (entity, members, Paging::default()),
            }
        }
        ("extract", _) => (entity, members, Paging::default()),
        _ => {
            return invalid(format!(
                "{} is not a subquery for 'in'; it has to be a 'from' or an 'extract'",
                printed(members)
            ));
        }
    };
    let mut parts = parts(query)?;
    if parts.group_by.is_some() {
        return invalid("A subquery of 'in' cannot be grouped");
    }
    let all: Vec<Json>;
    if parts.columns.is_empty() {
        all = inner.projectable().into_iter().map(Json::from).collect();
        parts.columns = all.iter().collect();
    }
    subselect(inner, &parts.columns, parts.filter, &paging, outer)
}

/// `(outer…) IN (SELECT …)` for entities that belong together.
fn related(
    inner: &'static Entity,
    foreign: &[&str],
    filter: Option<&Json>,
    outer: &[&'static Field],
) -> Result<Sql> {
    let columns: Vec<Json> = foreign.iter().map(|name| Json::from(*name)).collect();
    subselect(inner, &columns.iter().collect::<Vec<_>>(), filter, &Paging::default(), outer)
}

fn subselect(
    inner: &'static Entity,
    columns: &[&Json],
    filter: Option<&Json>,
    paging: &Paging,
    outer: &[&'static Field],
) -> Result<Sql> {
    if columns.len() != outer.len() {
        let amount = if columns.len() > outer.len() { "many" } else { "few" };
        return Err(QueryError::Failed(format!("ERROR: subquery has too {amount} columns")));
    }
    let mut scope = Scope::new(inner);
    let (mut left, mut right) = (Vec::new(), Vec::new());
    for (column, outer) in columns.iter().zip(outer) {
        let Json::String(name) = column else {
            return invalid(format!("{} is not a field of a subquery", printed(column)));
        };
        if field::is_dotted(name) {
            left.push(as_text(outer.kind, outer.sql())?);
            right.push(dotted::text(dotted::projected(&mut scope, name)?));
            continue;
        }
        let field = scope.field(name)?;
        if is_certname(field) && is_certname(outer) {
            // The same nodes, without a look at their names.
            left.push(Sql::text("n.id"));
            right.push(Sql::text("n.id"));
        } else if field.kind == outer.kind {
            left.push(outer.sql());
            right.push(field.sql());
        } else {
            left.push(as_text(outer.kind, outer.sql())?);
            right.push(as_text(field.kind, field.sql())?);
        }
    }
    let filter = filter::rows(&mut scope, filter)?;
    let order = order(&mut scope, &paging.order_by)?;
    let mut select = Sql::of("SELECT {}", [Sql::join(right, ", ")]);
    select.push(body(&scope, filter, None));
    if let Some(order) = order {
        select.push(Sql::of(" ORDER BY {}", [order]));
    }
    push_paging(&mut select, paging.limit, paging.offset);
    Ok(Sql::of("({}) IN ({})", [Sql::join(left, ", "), select]))
}

/// Whether it is the name of the node `n`.
fn is_certname(field: &Field) -> bool {
    field.sql.sqlite == "n.certname"
}

/// What fields of different kinds are compared by.
fn as_text(kind: Kind, sql: Sql) -> Result<Sql> {
    Ok(match kind {
        Kind::Text | Kind::Encoded => sql,
        Kind::Hash => hexadecimal(sql),
        Kind::Int => Sql::of("CAST({} AS TEXT)", [sql]),
        Kind::Flag => Sql::of("CASE WHEN {} THEN 'true' WHEN NOT {} THEN 'false' END", [sql.clone(), sql]),
        Kind::Value | Kind::Map(_) => dotted::text(sql),
        _ => return Err(QueryError::Failed("ERROR: the fields of an 'in' have different types".into())),
    })
}
