//! PQL, the query language for people: `nodes[certname] { facts { name = "role" and value = "web" } limit 10 }`.
//!
//! PQL is another spelling of AST, so reading it means translating it: [`parse`] gives the `["from", …]` that the rest of the query
//! engine knows. The grammar is that of PuppetDB's documentation, with its oddities: `and` and `or` want white space on both sides, a
//! dotted field swallows everything up to the next space, dot, quote, comma, bracket or comparison, `is null` has one space.
//!
//! The parser tries alternatives in order and remembers what it would have taken at the furthest place that it got to. That is the
//! error: where, and what could stand there.

mod cursor;
mod grammar;
mod order;

use serde_json::Value as Json;

use super::error::{QueryError, Result, invalid};
use super::limits::QUERY_BYTES_MAX;

/// Whether a query text is AST rather than PQL: PuppetDB looks for a bracket.
pub fn is_ast(text: &str) -> bool {
    text.trim_start_matches([' ', '\t', '\n', '\r', '\x0b', '\x0c']).starts_with('[')
}

/// Translates PQL to AST. An error names line and column, points at the place, and lists what could stand there.
pub fn parse(text: &str) -> Result<Json> {
    if text.len() > QUERY_BYTES_MAX {
        return invalid(format!("The query is longer than {QUERY_BYTES_MAX} bytes"));
    }
    let mut cursor = cursor::Cursor::new(text);
    match grammar::query(&mut cursor) {
        Some(ast) => match cursor.refusal {
            Some(text) => invalid(text),
            None => Ok(ast),
        },
        None => match cursor.refusal.take() {
            Some(text) => invalid(text),
            None => Err(QueryError::Invalid(cursor.failure())),
        },
    }
}

#[cfg(test)]
mod tests;
