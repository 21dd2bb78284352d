//! Conditions that are added to a query: those that the path says, and that of active nodes.

use serde_json::{Value as Json, json};

/// The head of a list.
fn head(node: &Json) -> &str {
    node.as_array().and_then(|items| items.first()).and_then(Json::as_str).unwrap_or_default()
}

fn are_paging(clauses: &[Json]) -> bool {
    clauses.iter().all(|clause| super::paging::is_paging(head(clause)))
}

/// The query with one more condition, inside of its `from` and `extract`.
pub(crate) fn with(condition: Json, query: &Json) -> Json {
    let both = |query: &Json, condition: Json| json!(["and", query, condition]);
    let Json::Array(items) = query else {
        return if query.is_null() { condition } else { both(query, condition) };
    };
    let mut out: Vec<Json>;
    match (head(query), items.as_slice()) {
        ("extract", [name, columns] | [name, columns, Json::Null]) => {
            out = vec![name.clone(), columns.clone(), condition]
        }
        ("extract", [name, columns, group]) if head(group) == "group_by" => {
            out = vec![name.clone(), columns.clone(), condition, group.clone()];
        }
        ("extract", [name, columns, filter]) => {
            out = vec![name.clone(), columns.clone(), both(filter, condition)]
        }
        ("extract", [name, columns, filter, group]) => {
            out = vec![name.clone(), columns.clone(), with(condition, filter), group.clone()];
        }
        ("from", [name, entity, clauses @ ..]) if are_paging(clauses) => {
            out = vec![name.clone(), entity.clone(), condition];
            out.extend_from_slice(clauses);
        }
        ("from", [name, entity, inner, clauses @ ..]) if are_paging(clauses) => {
            out = vec![name.clone(), entity.clone(), with(condition, inner)];
            out.extend_from_slice(clauses);
        }
        _ => return both(query, condition),
    }
    Json::Array(out)
}

/// The query for active nodes only, unless it says itself which it is about.
pub(crate) fn to_active_nodes(query: &Json) -> Json {
    if mentions_state(query) { query.clone() } else { with(json!(["=", "node_state", "active"]), query) }
}

fn mentions_state(node: &Json) -> bool {
    let Json::Array(items) = node else { return false };
    let is_state = matches!(items.as_slice(), [Json::String(equal), field, _] if equal == "="
        && (field == "node_state" || *field == json!(["node", "active"])));
    is_state || items.iter().any(mentions_state)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn conditions_go_inside() {
        let c = || json!(["=", "certname", "a"]);
        let cases = [
            (json!(null), json!(["=", "certname", "a"])),
            (json!(["~", "x", "y"]), json!(["and", ["~", "x", "y"], ["=", "certname", "a"]])),
            (json!(["extract", "x"]), json!(["extract", "x", ["=", "certname", "a"]])),
            (
                json!(["extract", "x", ["group_by", "x"]]),
                json!(["extract", "x", ["=", "certname", "a"], ["group_by", "x"]]),
            ),
            (
                json!(["from", "nodes", ["limit", 1]]),
                json!(["from", "nodes", ["=", "certname", "a"], ["limit", 1]]),
            ),
            (
                json!(["from", "nodes", ["extract", "x", ["~", "x", "y"]], ["limit", 1]]),
                json!([
                    "from",
                    "nodes",
                    ["extract", "x", ["and", ["~", "x", "y"], ["=", "certname", "a"]]],
                    ["limit", 1]
                ]),
            ),
        ];
        for (query, expected) in cases {
            assert_eq!(with(c(), &query), expected);
        }
        let asked = json!(["from", "nodes", ["extract", "certname", ["=", "node_state", "any"]]]);
        assert_eq!(to_active_nodes(&asked), asked);
    }
}
