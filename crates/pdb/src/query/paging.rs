//! Paging: which part of the rows, in which order.

use serde_json::Value as Json;

use super::check::{printed, shown};
use super::error::{Result, invalid};
use super::sql::{Sql, per};

/// Which part of the rows, in which order.
#[derive(Clone, Debug, Default, PartialEq)]
pub(crate) struct Paging {
    pub limit: Option<i64>,
    pub offset: Option<i64>,
    /// Fields, and whether they descend.
    pub order_by: Vec<(String, bool)>,
}

pub(super) fn push_paging(sql: &mut Sql, limit: Option<i64>, offset: Option<i64>) {
    match (limit, offset) {
        (Some(limit), _) => sql.push(Sql::of(" LIMIT {}", [Sql::bind(limit)])),
        // SQLite has no offset without a limit.
        (None, Some(_)) => sql.push(Sql::per(per(" LIMIT -1", ""))),
        (None, None) => {}
    }
    if let Some(offset) = offset {
        sql.push(Sql::of(" OFFSET {}", [Sql::bind(offset)]));
    }
}

/// Whether an operator is one of paging.
pub(crate) fn is_paging(operator: &str) -> bool {
    ["limit", "offset", "order_by"].contains(&operator)
}

/// `["limit", n]`, `["offset", n]`, `["order_by", […]]` behind a query.
pub(crate) fn paging_clauses(clauses: &[Json]) -> Result<Paging> {
    let mut paging = Paging::default();
    for name in ["limit", "offset", "order_by"] {
        let found: Vec<&[Json]> = clauses
            .iter()
            .filter_map(|clause| clause.as_array())
            .filter(|clause| clause.first().and_then(Json::as_str) == Some(name))
            .map(Vec::as_slice)
            .collect();
        let argument = match found.as_slice() {
            [] => continue,
            [one] => match one.get(1) {
                Some(Json::Null) | None => {
                    return invalid(format!("Received '{name}' clause without an argument"));
                }
                Some(argument) => argument,
            },
            _ => return invalid(format!("Multiple '{name}' clauses are not permitted")),
        };
        match (name, argument) {
            ("limit", argument) => paging.limit = Some(whole(argument, "limit")?),
            ("offset", argument) => paging.offset = Some(whole(argument, "offset")?),
            (_, Json::Array(terms)) => {
                for term in terms {
                    paging.order_by.push(order_term(term)?);
                }
            }
            (_, other) => {
                return invalid(format!(
                    "Illegal value '{}' for :order_by; expected a list of fields.",
                    shown(other)
                ));
            }
        }
    }
    Ok(paging)
}

fn whole(argument: &Json, name: &str) -> Result<i64> {
    match argument.as_i64().filter(|number| *number >= 0) {
        Some(number) => Ok(number),
        None if name == "limit" => invalid(format!(
            "Illegal value '{}' for :limit; expected a positive non-zero integer.",
            shown(argument)
        )),
        None => invalid(format!(
            "Illegal value '{}' for :offset; expected a non-negative integer.",
            shown(argument)
        )),
    }
}

fn order_term(term: &Json) -> Result<(String, bool)> {
    let order = |text: &str| match text.to_lowercase().as_str() {
        "asc" => Some(false),
        "desc" => Some(true),
        _ => None,
    };
    match term {
        Json::String(name) => Ok((name.clone(), false)),
        Json::Array(pair) => match pair.as_slice() {
            [Json::String(name)] => Ok((name.clone(), false)),
            [Json::String(name), Json::String(direction)] => match order(direction) {
                Some(descending) => Ok((name.clone(), descending)),
                None => invalid(format!(
                    "Illegal value '{}' in :order_by; 'order' must be either 'asc' or 'desc'",
                    printed(term)
                )),
            },
            _ => invalid(format!("Illegal value '{}' in :order_by", printed(term))),
        },
        other => invalid(format!("Illegal value '{}' in :order_by", printed(other))),
    }
}
