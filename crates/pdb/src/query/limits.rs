//! How large a query may be. Each limit has its own error text, since whoever meets one has to know which.

use serde_json::Value as Json;

use super::error::{Result, invalid};

/// Longest query text in bytes. Lists of 20,000 certnames have about 700 kB.
pub const QUERY_BYTES_MAX: usize = 8 * 1024 * 1024;
/// Deepest nesting of arrays in AST, and of brackets in PQL.
pub const DEPTH_MAX: usize = 100;
/// Most values and operators in one query.
pub const TERMS_MAX: usize = 500_000;

/// Refuses an AST that is nested too deep or has too many terms. Every later step recurses no deeper than what passes here.
pub(crate) fn check(ast: &Json) -> Result<()> {
    fn walk(node: &Json, depth: usize, terms: &mut usize) -> Result<()> {
        *terms += 1;
        if *terms > TERMS_MAX {
            return invalid(format!("The query has more than {TERMS_MAX} terms"));
        }
        if depth > DEPTH_MAX {
            return invalid(format!("The query is nested deeper than {DEPTH_MAX} levels"));
        }
        match node {
            Json::Array(items) => items.iter().try_for_each(|item| walk(item, depth + 1, terms)),
            Json::Object(members) => members.values().try_for_each(|item| walk(item, depth + 1, terms)),
            _ => Ok(()),
        }
    }
    walk(ast, 0, &mut 0)
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn too_deep_and_too_many_are_refused() {
        let mut deep = json!(["=", "certname", "a"]);
        for _ in 0..DEPTH_MAX {
            deep = json!(["not", deep]);
        }
        assert!(check(&deep).is_err());
        assert!(check(&json!(["in", "certname", ["array", vec!["a"; 1000]]])).is_ok());
        assert!(check(&json!(vec![0; TERMS_MAX])).is_err());
    }
}
