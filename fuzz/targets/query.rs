//! Any bytes are a query or refused: PQL, AST, and regular expressions. What a query becomes has none of its text in it.

#![no_main]

use libfuzzer_sys::fuzz_target;
use pdb::query::{explain, pql};

fuzz_target!(|data: &[u8]| {
    let Ok(text) = std::str::from_utf8(data) else { return };
    if let Ok(ast) = pql::parse(text) {
        // Another spelling of the same query becomes the same statement.
        for dialect in [db::Dialect::Sqlite, db::Dialect::Postgres] {
            let (one, other) = (explain(text, dialect), explain(&ast.to_string(), dialect));
            assert_eq!(one.is_ok(), other.is_ok());
            if let (Ok(one), Ok(other)) = (one, other) {
                assert_eq!(one, other);
            }
        }
    }
    if let Ok((statement, parameters)) = explain(text, db::Dialect::Sqlite) {
        assert!(statement.starts_with("SELECT "));
        assert_eq!(statement.matches('$').count(), parameters);
        assert!(!statement.contains(';') && !statement.contains("--"));
    }
});
