//! From a request to statements: which entity, with which conditions, shown how.

use db::Dialect;
use serde_json::Value as Json;

use super::check::clause;
use super::counted;
use super::counts;
use super::entity;
use super::error::{Result, invalid};
use super::paging::{self, Paging};
use super::params::{self, Asked};
use super::rows::Shape;
use super::select::{self, Column, Compiled};
use super::sql::Sql;

/// What is run, and how its rows are written.
#[derive(Debug)]
pub(crate) struct Plan {
    pub sql: Sql,
    /// Counts all rows.
    pub count: Option<Sql>,
    pub columns: Vec<Column>,
    pub shape: Shape,
}

/// Translates `["from", entity, query?, paging…]` with the parameters beside it.
pub(crate) fn plan(asked: &Asked) -> Result<Plan> {
    planned(asked, true)
}

/// The same; what is counted on writing is made use of only if that is wanted.
pub(super) fn planned(asked: &Asked, by_counts: bool) -> Result<Plan> {
    let (name, query, inner) = context(&asked.query)?;
    let name = name.replace('-', "_");
    let paging = Paging {
        limit: inner.limit.or(asked.paging.limit),
        offset: inner.offset.or(asked.paging.offset),
        order_by: if inner.order_by.is_empty() { asked.paging.order_by.clone() } else { inner.order_by },
    };
    match name.as_str() {
        "event_counts" => return counts::counts(&query, asked, &paging, by_counts),
        "aggregate_event_counts" => return counts::totals(&query, asked, by_counts),
        "events" if asked.distinct_resources == Some(true) => {
            return counts::distinct(&query, asked, &paging);
        }
        _ => {}
    }
    let known = match name.as_str() {
        "nodes" if asked.include_facts_expiration => entity::find("nodes_with_expiration"),
        "factsets" if asked.include_package_inventory => entity::find("factsets_with_packages"),
        // What parameters turn entities into has no name of its own.
        "nodes_with_expiration" | "factsets_with_packages" => None,
        name => entity::find(name),
    };
    let Some(known) = known else { return invalid(format!("Invalid entity '{name}' in query")) };
    let Compiled { mut sql, mut count, columns } = select::compile(known, &query, &paging)?;
    if by_counts && let Some(counted) = counted::statement(known, &query, &paging)? {
        (sql, count) = (counted.sql, counted.count);
    }
    let shape = match known.name {
        "fact_names" | "report_metrics" | "report_logs" => Shape::Bare,
        _ => Shape::Object,
    };
    Ok(Plan { sql, count: asked.include_total.then_some(count), columns, shape })
}

/// The statement that a query becomes, in the words of a database, and how many parameters it has. The query is text of PQL or AST.
///
/// # Errors
/// Those of the query; nothing is run.
pub fn explain(query: &str, dialect: Dialect) -> Result<(String, usize)> {
    let body = serde_json::json!({ "query": query }).to_string();
    let plan = plan(&params::of_body(body.as_bytes(), params::Takes::Root)?)?;
    let (text, values) = plan.sql.render(dialect);
    Ok((text, values.len()))
}

/// The entity of a query, what is asked of it, and the part of the rows.
fn context(query: &Json) -> Result<(String, Json, Paging)> {
    let form = "Your initial query must be of the form: [\"from\",<entity>,(<optional-query>)]. Check your query and try again.";
    let Some((operator, arguments)) = clause(query) else { return invalid(form) };
    let (true, [Json::String(name), rest @ ..]) = (operator == "from", arguments) else {
        return invalid(form);
    };
    let is_paging = |node: &Json| clause(node).is_some_and(|(name, _)| paging::is_paging(&name));
    let (query, clauses) = match rest {
        [] => (Json::Null, rest),
        [first, ..] if is_paging(first) => (Json::Null, rest),
        [first @ Json::Array(_), clauses @ ..] => (first.clone(), clauses),
        _ => return invalid("`from` only accepts a query as an optional second argument."),
    };
    Ok((name.clone(), query, paging::paging_clauses(clauses)?))
}

#[cfg(test)]
mod tests;
