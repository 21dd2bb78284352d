//! Parameters of a query: those of the URL of a GET, or the members of the JSON object that a POST brings.

use rest::Params;
use serde_json::{Map, Value as Json};

use crate::json_text;

use super::check::{printed, shown};
use super::error::{QueryError, Result, invalid};
use super::limits::{self, QUERY_BYTES_MAX};
use super::paging::Paging;
use super::pql;

/// Parameters that every endpoint takes.
const ALWAYS: [&str; 6] = [
    "optimize_drop_unused_joins",
    "include_facts_expiration",
    "include_package_inventory",
    "explain",
    "origin",
    "timeout",
];
/// Those of a list that is queried.
const PAGING: [&str; 6] = ["query", "limit", "offset", "order_by", "include_total", "pretty"];
const DISTINCT: [&str; 3] = ["distinct_resources", "distinct_start_time", "distinct_end_time"];

/// What an endpoint takes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Takes {
    /// `/pdb/query/v4` itself: a query that names its entity, as AST or PQL.
    Root,
    /// A list.
    List,
    /// A list of events.
    Events,
    /// One object, without a query.
    Object,
    /// Counts of events.
    Counts,
    /// Counts of counts.
    Totals,
}

impl Takes {
    fn required(self) -> &'static [&'static str] {
        match self {
            Takes::Root => &["query"],
            Takes::Counts | Takes::Totals => &["summarize_by"],
            Takes::List | Takes::Events | Takes::Object => &[],
        }
    }

    fn allows(self, name: &str) -> bool {
        let counts =
            ["summarize_by", "counts_filter", "count_by"].contains(&name) || DISTINCT.contains(&name);
        ALWAYS.contains(&name)
            || match self {
                Takes::Root => PAGING.contains(&name) || name == "ast_only",
                Takes::List => PAGING.contains(&name),
                Takes::Events => PAGING.contains(&name) || DISTINCT.contains(&name),
                Takes::Object => name == "pretty",
                Takes::Counts => PAGING.contains(&name) || counts,
                Takes::Totals => name == "query" || counts,
            }
    }
}

/// A query with its parameters, checked.
#[derive(Clone, Debug, Default, PartialEq)]
pub(crate) struct Asked {
    /// AST; null if there is none.
    pub query: Json,
    pub paging: Paging,
    pub ast_only: bool,
    pub include_total: bool,
    pub pretty: Option<bool>,
    /// Seconds; not positive means as long as is allowed.
    pub timeout: Option<f64>,
    pub explain: bool,
    pub include_facts_expiration: bool,
    pub include_package_inventory: bool,
    pub origin: Option<String>,
    pub summarize_by: Option<String>,
    pub count_by: Option<String>,
    pub counts_filter: Json,
    pub distinct_resources: Option<bool>,
    pub distinct_start_time: Option<String>,
    pub distinct_end_time: Option<String>,
}

/// Reads the parameters of a GET.
pub(crate) fn of_url(params: &Params, takes: Takes) -> Result<Asked> {
    let mut members = Map::new();
    for (name, value) in params.iter() {
        let value = match name {
            "query" => parse_query(value, takes)?,
            "order_by" => match serde_json::from_str(value) {
                Ok(order_by) => order_by,
                Err(_) => {
                    return invalid(format!(
                        "Illegal value '{value}' for :order_by; expected a JSON array of maps."
                    ));
                }
            },
            "counts_filter" => parse_json(value)?,
            _ => Json::from(value),
        };
        members.insert(name.to_owned(), value);
    }
    asked(members, takes)
}

/// Reads the body of a POST.
pub(crate) fn of_body(body: &[u8], takes: Takes) -> Result<Asked> {
    let text =
        std::str::from_utf8(body).map_err(|_| QueryError::Invalid("the body is not valid UTF-8".into()))?;
    let Json::Object(mut members) = parse_json(text)? else {
        return invalid("the body of a query is a JSON object with the member 'query'");
    };
    if let Some(Json::String(text)) = members.get("query") {
        let query = parse_query(text, takes)?;
        members.insert("query".into(), query);
    }
    asked(members, takes)
}

/// A query text: AST, or at the root PQL.
fn parse_query(text: &str, takes: Takes) -> Result<Json> {
    if text.len() > QUERY_BYTES_MAX {
        return invalid(format!("The query is longer than {QUERY_BYTES_MAX} bytes"));
    }
    let query = if takes != Takes::Root || pql::is_ast(text) { parse_json(text)? } else { pql::parse(text)? };
    limits::check(&query)?;
    Ok(query)
}

/// One JSON value, and nothing behind it. An error points at the place.
fn parse_json(text: &str) -> Result<Json> {
    let mut values = serde_json::Deserializer::from_str(text).into_iter::<Json>();
    let first = match values.next() {
        None => return Ok(Json::Null),
        Some(Ok(first)) => first,
        Some(Err(error)) => return Err(json_error(text, &error)),
    };
    match values.next() {
        None => Ok(first),
        Some(Ok(other)) => invalid(format!(
            "Only one query may be sent in a request. Found JSON ({}) after the query {}",
            printed(&other),
            printed(&first)
        )),
        Some(Err(error)) => Err(json_error(text, &error)),
    }
}

fn json_error(text: &str, error: &serde_json::Error) -> QueryError {
    let (line, column) = (error.line().max(1), error.column().max(1));
    let shown = text.lines().nth(line - 1).unwrap_or_default();
    let reason = json_text::reason(error);
    QueryError::Invalid(format!(
        "Json parse error at line {line}, column {column}:\n\n{shown}\n{:>column$}\n\n{reason}",
        "^"
    ))
}

fn asked(members: Map<String, Json>, takes: Takes) -> Result<Asked> {
    if let Some(missing) = takes.required().iter().find(|name| !members.contains_key(**name)) {
        return invalid(format!("Missing required query parameter '{missing}'"));
    }
    if let Some(unknown) = members.keys().find(|name| !takes.allows(name)) {
        return invalid(format!("Unsupported query parameter '{unknown}'"));
    }
    let mut asked = Asked::default();
    for (name, value) in members {
        if value.is_null() {
            continue;
        }
        match name.as_str() {
            "query" => asked.query = value,
            "ast_only" => asked.ast_only = flag(&value),
            "order_by" => asked.paging.order_by = order_by(&value)?,
            "limit" => {
                let text = "for :limit; expected a positive non-zero integer.";
                asked.paging.limit = Some(whole(&value, 1, text)?);
            }
            "offset" => {
                asked.paging.offset =
                    Some(whole(&value, 0, "for :offset; expected a non-negative integer.")?);
            }
            "include_total" => asked.include_total = flag(&value),
            "pretty" => asked.pretty = Some(flag(&value)),
            "explain" if value == "analyze" => asked.explain = true,
            "explain" => {
                return invalid(format!(
                    "Illegal value '{}' for :explain; expected `analyze`.",
                    shown(&value)
                ));
            }
            "include_facts_expiration" => asked.include_facts_expiration = flag(&value),
            "include_package_inventory" => asked.include_package_inventory = flag(&value),
            "timeout" => asked.timeout = Some(timeout(&value)?),
            "origin" => asked.origin = Some(shown(&value)),
            "summarize_by" => asked.summarize_by = Some(shown(&value)),
            "count_by" => asked.count_by = Some(shown(&value)),
            "counts_filter" => asked.counts_filter = value,
            "distinct_resources" => asked.distinct_resources = Some(flag(&value)),
            "distinct_start_time" => asked.distinct_start_time = Some(shown(&value)),
            "distinct_end_time" => asked.distinct_end_time = Some(shown(&value)),
            _ => {}
        }
    }
    limits::check(&asked.query)?;
    limits::check(&asked.counts_filter)?;
    Ok(asked)
}

/// As Java reads a boolean: `true` in any case, all else is false.
fn flag(value: &Json) -> bool {
    value.as_bool().unwrap_or_else(|| value.as_str().is_some_and(|text| text.eq_ignore_ascii_case("true")))
}

fn whole(value: &Json, least: i64, expected: &str) -> Result<i64> {
    let number = value.as_i64().or_else(|| value.as_str().and_then(|text| text.parse().ok()));
    match number.filter(|number| *number >= least) {
        Some(number) => Ok(number),
        None => invalid(format!("Illegal value '{}' {expected}", shown(value))),
    }
}

fn timeout(value: &Json) -> Result<f64> {
    let digits = |text: &str| text.bytes().all(|byte| byte.is_ascii_digit() || byte == b'.');
    let number = match value {
        Json::Number(number) => number.as_f64(),
        Json::String(text) if digits(text) => text.parse().ok(),
        _ => None,
    };
    match number {
        Some(number) => Ok(number),
        None => invalid(format!("Query timeout must be non-negative number, not {}", shown(value))),
    }
}

fn order_by(value: &Json) -> Result<Vec<(String, bool)>> {
    let terms = match value {
        Json::Array(terms) if terms.iter().all(Json::is_object) => terms,
        _ => {
            return invalid(format!(
                "Illegal value '{}' for :order_by; expected an array of maps.",
                clojure(value)
            ));
        }
    };
    let terms: Vec<&Map<String, Json>> = terms.iter().filter_map(Json::as_object).collect();
    for term in &terms {
        if let Some(key) = term.keys().find(|key| !["field", "order"].contains(&key.as_str())) {
            let term = clojure(&Json::Object((*term).clone()));
            return invalid(format!("Illegal value '{term}' in :order_by; unknown key '{key}'."));
        }
    }
    let mut out = Vec::with_capacity(terms.len());
    for term in terms {
        let whole = || clojure(&Json::Object(term.clone()));
        let Some(field) = term.get("field") else {
            return invalid(format!(
                "Illegal value '{}' in :order_by; missing required key 'field'.",
                whole()
            ));
        };
        let descending = match term.get("order") {
            None | Some(Json::Null) => false,
            Some(Json::String(order)) if order.eq_ignore_ascii_case("asc") => false,
            Some(Json::String(order)) if order.eq_ignore_ascii_case("desc") => true,
            _ => {
                return invalid(format!(
                    "Illegal value '{}' in :order_by; 'order' must be either 'asc' or 'desc'",
                    whole()
                ));
            }
        };
        out.push((shown(field), descending));
    }
    Ok(out)
}

/// A value as Clojure shows one whose keys are keywords: `{:field "certname"}`.
fn clojure(value: &Json) -> String {
    match value {
        Json::Object(members) => {
            let members = members.iter().map(|(key, value)| format!(":{key} {}", clojure_inner(value)));
            format!("{{{}}}", members.collect::<Vec<_>>().join(", "))
        }
        Json::Array(items) => format!("[{}]", items.iter().map(clojure_inner).collect::<Vec<_>>().join(" ")),
        other => shown(other),
    }
}

fn clojure_inner(value: &Json) -> String {
    if value.is_string() { printed(value) } else { clojure(value) }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    fn url(text: &str, takes: Takes) -> std::result::Result<Asked, String> {
        of_url(&Params::parse(text).unwrap(), takes).map_err(|error| error.to_string())
    }

    #[test]
    fn parameters_of_urls_and_bodies() {
        let asked = url(
            "query=%5B%22%3D%22%2C%22certname%22%2C%22a%22%5D&limit=5&offset=1&include_total=true&order_by=%5B%7B%22field%22%3A%22certname%22%2C%22order%22%3A%22DESC%22%7D%5D",
            Takes::List,
        )
        .unwrap();
        assert_eq!(asked.query, json!(["=", "certname", "a"]));
        assert_eq!((asked.paging.limit, asked.paging.offset, asked.include_total), (Some(5), Some(1), true));
        assert_eq!(asked.paging.order_by, [("certname".to_owned(), true)]);
        let body = br#"{"query": "nodes{}", "limit": 5, "order_by": [{"field": "certname"}]}"#;
        let asked = of_body(body, Takes::Root).unwrap();
        assert_eq!(asked.query, json!(["from", "nodes"]));
    }

    #[test]
    fn what_is_wrong_is_said() {
        let cases = [
            ("", Takes::Root),
            ("foo=1", Takes::List),
            ("limit=0", Takes::List),
            ("offset=-1", Takes::List),
            ("order_by=x", Takes::List),
            ("order_by=%5B1%5D", Takes::List),
            ("order_by=%5B%7B%22x%22%3A1%7D%5D", Takes::List),
            ("order_by=%5B%7B%22field%22%3A%22a%22%2C%22order%22%3A%22up%22%7D%5D", Takes::List),
            ("order_by=%5B%7B%7D%5D", Takes::List),
            ("query=%5B%22%3D%22%2C", Takes::List),
            ("query=%5B1%5D+%5B2%5D", Takes::List),
            ("timeout=x", Takes::List),
            ("explain=x", Takes::List),
            ("limit=1", Takes::Object),
        ];
        let texts: Vec<String> = cases.iter().map(|(text, takes)| url(text, *takes).unwrap_err()).collect();
        insta::assert_snapshot!(texts.join("\n---\n"));
    }
}
