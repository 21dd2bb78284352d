//! Queries and the statements that they become; that no text of a query is ever part of one; and that any query is planned or refused.

use proptest::prelude::*;
use serde_json::json;

use super::*;

fn planned(query: Json) -> std::result::Result<Plan, String> {
    plan(&Asked { query, ..Asked::default() }).map_err(|error| error.to_string())
}

fn statement(query: Json) -> String {
    match planned(query) {
        Ok(plan) => {
            let (text, values) = plan.sql.render(Dialect::Sqlite);
            let text = text.split_whitespace().collect::<Vec<_>>().join(" ");
            let from = text.split_once(" FROM ").map_or(text.as_str(), |(_, from)| from);
            let columns: Vec<&str> = plan.columns.iter().map(|column| column.name.as_str()).collect();
            format!("{} | {from} | {values:?}", columns.join(" "))
        }
        Err(error) => format!("! {error}"),
    }
}

fn queries() -> Vec<Json> {
    vec![
        json!(["from", "environments"]),
        json!(["from", "nodes", ["extract", "certname", ["=", "node_state", "active"]]]),
        json!([
            "from",
            "nodes",
            ["extract", ["certname", "facts_environment"], ["=", ["node", "active"], false]]
        ]),
        json!([
            "from",
            "nodes",
            ["extract", "certname", [">", "report_timestamp", "2024-01-01"]],
            ["order_by", [["certname", "desc"]]],
            ["limit", 3],
            ["offset", 1]
        ]),
        json!([
            "from",
            "facts",
            ["extract", ["name", ["function", "count"]], ["~", "certname", "^a"], ["group_by", "name"]]
        ]),
        json!(["from", "facts", ["extract", "certname", ["and", ["=", "name", "n"], [">=", "value", 2]]]]),
        json!(["from", "facts", ["extract", [["function", "avg", "value"]], ["=", "name", "uptime"]]]),
        json!(["from", "nodes", ["extract", "certname", ["=", ["fact", "os"], "x"]]]),
        json!(["from", "nodes", ["extract", "certname", ["in", "certname", ["array", ["a", "b"]]]]]),
        json!([
            "from",
            "nodes",
            [
                "extract",
                "certname",
                [
                    "in",
                    ["certname"],
                    [
                        "extract",
                        ["certname"],
                        ["select_resources", ["and", ["=", "type", "Class"], ["=", "tag", "Web"]]]
                    ]
                ]
            ]
        ]),
        json!(["from", "nodes", ["extract", "certname", ["subquery", "reports", ["=", "status", "failed"]]]]),
        json!([
            "from",
            "inventory",
            [
                "extract",
                ["certname", "facts.os.family"],
                ["and", ["=", "facts.os.name", "Debian"], ["not", [">", "facts.mem", 5]]]
            ]
        ]),
        json!(["from", "inventory", ["extract", "certname", ["~", "trusted.extensions.pp_role", "w.*"]]]),
        json!([
            "from",
            "resources",
            [
                "extract",
                "certname",
                [
                    "and",
                    ["=", ["parameter", "ensure"], "present"],
                    ["=", "parameters.mode", "0644"],
                    ["=", "exported", true]
                ]
            ]
        ]),
        json!(["from", "fact_contents", ["extract", "value", ["~>", "path", ["os", ".*", 0]]]]),
        json!([
            "from",
            "reports",
            ["extract", ["hash"], ["and", ["=", "latest_report?", true], ["=", "hash", "00ff"]]]
        ]),
        json!([
            "from",
            "reports",
            [
                "extract",
                [["function", "to_string", "producer_timestamp", "MON"], ["function", "count"]],
                ["group_by", ["function", "to_string", "producer_timestamp", "MON"]]
            ]
        ]),
        json!(["from", "nodes", ["extract", "certname", ["null?", "expired", true]]]),
    ]
}

#[test]
fn statements() {
    let listed: Vec<String> =
        queries().into_iter().map(|query| format!("{query}\n  {}", statement(query.clone()))).collect();
    insta::assert_snapshot!(listed.join("\n"));
}

#[test]
fn errors() {
    let queries = [
        json!("nodes"),
        json!(["from"]),
        json!(["from", "nodes", 1]),
        json!(["from", "foo"]),
        json!(["from", "nodes", ["=", "foo", 1]]),
        json!(["from", "nodes", ["and", ["=", "foo", 1], ["~", "bar", "x"]]]),
        json!(["from", "nodes", ["and"]]),
        json!(["from", "nodes", ["and", []]]),
        json!(["from", "nodes", ["or"]]),
        json!(["from", "nodes", ["not", ["=", "certname", "a"], ["=", "certname", "b"]]]),
        json!(["from", "nodes", ["=", "certname"]]),
        json!(["from", "nodes", ["~", "certname", null]]),
        json!(["from", "nodes", [">", "certname", "a"]]),
        json!(["from", "nodes", [">", "report_timestamp", "yesterday"]]),
        json!(["from", "nodes", ["~>", "certname", ["a"]]]),
        json!(["from", "nodes", ["extract", ["foo", "certname"]]]),
        json!(["from", "nodes", ["extract", "certname", ["foo", 1, 2]]]),
        json!(["from", "nodes", ["extract", "certname", ["select-nodes", []]]]),
        json!(["from", "resources", ["=", "line", "5"]]),
        json!(["from", "nodes", ["in", "foo", ["array", ["a"]]]]),
        json!([
            "from",
            "nodes",
            ["in", "foo", ["extract", "certname", ["select_facts", ["=", "name", "x"]]]]
        ]),
        json!([
            "from",
            "nodes",
            ["in", "certname", ["extract", "foo", ["select_facts", ["=", "name", "x"]]]]
        ]),
        json!(["from", "nodes", ["in", "certname", ["array", "a"]]]),
        json!(["from", "nodes", ["in", ["fact", "x"], ["array", ["a", 1]]]]),
        json!(["from", "packages", ["subquery", "nodes", ["=", "certname", "a"]]]),
        json!(["from", "nodes", ["subquery", "foo", ["=", "certname", "a"]]]),
        json!(["from", "nodes", [">", ["fact", "x"], "a"]]),
        json!(["from", "nodes", ["limit", 1], ["limit", 2]]),
        json!(["from", "nodes", ["order_by", ["foo"]]]),
        json!(["from", "nodes", ["~", "certname", "*"]]),
        json!(["from", "facts", ["extract", ["name", ["function", "count"]]]]),
        json!(["from", "facts", ["extract", [["function", "count"]], ["group_by", "foo"]]]),
        json!(["from", "nodes", ["=", "certname", 5]]),
        json!(["from", "fact_paths", [">", "depth", "a"]]),
        json!(["from", "facts", [">", "value", "a"]]),
        json!(["from", "nodes", ["foo", "bar"]]),
    ];
    let listed: Vec<String> =
        queries.into_iter().map(|query| format!("{query}\n  {}", statement(query.clone()))).collect();
    insta::assert_snapshot!(listed.join("\n"));
}

/// A clause in which a hostile text stands in some place.
fn hostile() -> impl Strategy<Value = (String, Json)> {
    let operators = prop::sample::select(vec![
        "=", "~", ">", "<", "<=", ">=", "~>", "null?", "in", "subquery", "extract", "from", "not", "and",
    ]);
    let fields = prop::sample::select(vec![
        "certname",
        "value",
        "facts.os",
        "path",
        "tag",
        "tags",
        "parameters.a",
        "latest_report?",
        "producer_timestamp",
        "hash",
        "line",
        "name",
    ]);
    let entities = prop::sample::select(vec![
        "nodes",
        "facts",
        "inventory",
        "resources",
        "reports",
        "events",
        "fact_contents",
        "fact_paths",
        "factsets",
        "catalogs",
        "edges",
        "packages",
    ]);
    let text = prop::sample::select(vec![
        "'; DROP TABLE nodes; --",
        "\" OR 1=1 --",
        "zzz$1zzz",
        "x') UNION SELECT 1 --",
        "zzz?zzz",
        "facts.\"zz' OR '\"",
    ]);
    (entities, operators, fields, text, 0..12usize).prop_map(|(entity, operator, field, text, place)| {
        let clause = match place {
            0 => json!([operator, field, text]),
            1 => json!([operator, text, text]),
            2 => json!([operator, ["fact", text], text]),
            3 => json!([operator, ["parameter", text], text]),
            4 => json!([operator, field, ["array", [text, text]]]),
            5 => json!(["extract", [field, text], ["=", field, text]]),
            6 => json!(["extract", [["function", "to_string", "producer_timestamp", text]]]),
            7 => json!(["extract", [["function", text, field]], ["group_by", text]]),
            8 => json!([operator, format!("facts.{text}.a"), text]),
            9 => json!([operator, field, [text, 1]]),
            10 => json!(["in", field, ["from", text, ["extract", text]]]),
            _ => json!([text, field, text]),
        };
        (text.to_owned(), json!(["from", entity, clause, ["order_by", ["certname"]]]))
    })
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(4000))]
    #[test]
    fn no_text_of_a_query_is_text_of_a_statement((text, query) in hostile()) {
        if let Ok(plan) = planned(query) {
            for dialect in [Dialect::Sqlite, Dialect::Postgres] {
                let (sql, _) = plan.sql.render(dialect);
                for piece in [text.as_str(), "zzz", "DROP", "UNION SELECT 1", "OR 1=1", "zz'"] {
                    prop_assert!(!sql.contains(piece), "{}", sql);
                }
            }
        }
    }
}

/// Every field of every entity: shown, ordered by, and compared with each operator that it takes.
fn every_use() -> Vec<Json> {
    let values = [json!("2024-01-01"), json!("a"), json!(5), json!(true), json!(["a", 1]), json!({"a": 1})];
    let mut queries = queries();
    for entity in super::super::entity::all() {
        if entity::find(entity.name).is_none() {
            continue;
        }
        queries.push(json!(["from", entity.name]));
        for name in entity.orderable() {
            queries.push(json!(["from", entity.name, ["order_by", [[name, "desc"]]], ["offset", 1]]));
            queries.push(json!(["from", entity.name, ["null?", name, true]]));
            queries.push(json!(["from", entity.name, ["in", name, ["array", ["a", "2024-01-01"]]]]));
            queries.push(json!(["from", entity.name, ["in", name, ["array", [5, "x", true]]]]));
            for operator in ["=", "<", ">=", "~", "~>"] {
                for value in &values {
                    queries.push(json!(["from", entity.name, ["not", [operator, name, value]]]));
                    queries.push(json!(["from", entity.name, [operator, format!("{name}.a.b"), value]]));
                    queries.push(json!([
                        "from",
                        entity.name,
                        ["not", [operator, format!("{name}.match(\"a.*\").b[1]"), value]]
                    ]));
                }
            }
            queries.push(json!(["from", entity.name, ["null?", format!("{name}.a"), false]]));
        }
        for name in entity.projectable() {
            for function in ["count", "avg", "sum", "min", "max", "jsonb_typeof"] {
                queries.push(json!(["from", entity.name, ["extract", [["function", function, name]]]]));
                queries.push(json!([
                    "from",
                    entity.name,
                    ["extract", [name, ["function", function, name]], ["group_by", name]]
                ]));
            }
            queries.push(json!([
                "from",
                entity.name,
                [
                    "extract",
                    [["function", "to_string", name, "YYYY"], name],
                    ["group_by", ["function", "to_string"], name]
                ]
            ]));
        }
        for relation in entity.relations {
            queries.push(json!([
                "from",
                entity.name,
                ["subquery", relation.entity, ["=", "node_state", "active"]]
            ]));
            queries.push(json!(["from", entity.name, ["subquery", relation.entity, ["and"]]]));
            queries.push(json!(["from", entity.name, ["not", ["subquery", relation.entity]]]));
        }
        for kind in ["fact", "parameter"] {
            for operator in ["=", "<", "~"] {
                queries.push(json!(["from", entity.name, [operator, [kind, "a"], 5]]));
                queries.push(json!(["from", entity.name, [operator, [kind, "a"], "b"]]));
            }
        }
    }
    queries
}

fn plans() -> Vec<(Json, Plan)> {
    let mut plans: Vec<(Json, Plan)> = every_use()
        .into_iter()
        .filter_map(|query| {
            let asked = Asked { query: query.clone(), include_total: true, ..Asked::default() };
            Some((query, plan(&asked).ok()?))
        })
        .collect();
    for by in ["certname", "resource", "containing_class", "resource,certname"] {
        for entity in ["event_counts", "aggregate_event_counts", "events"] {
            for (count_by, distinct) in [("resource", false), ("certname", true)] {
                let asked = Asked {
                    query: json!(["from", entity, ["=", "latest_report?", true]]),
                    summarize_by: Some(by.into()),
                    count_by: Some(count_by.into()),
                    counts_filter: json!(["or", [">", "failures", 0], ["=", "noops", 1]]),
                    distinct_resources: distinct.then_some(true),
                    distinct_start_time: distinct.then(|| "2024-01-01".into()),
                    distinct_end_time: distinct.then(|| "2025-01-01".into()),
                    include_total: true,
                    ..Asked::default()
                };
                if let Ok(plan) = plan(&asked) {
                    plans.push((asked.query, plan));
                }
            }
        }
    }
    plans
}

#[tokio::test]
async fn sqlite_takes_every_statement() {
    let dir = tempfile::tempdir().unwrap();
    let schema = crate::schema::migrations(Dialect::Sqlite);
    let settings = db::SqliteSettings { functions: super::super::FUNCTIONS, ..db::SqliteSettings::default() };
    let db = db::Db::open_with(&dir.path().join("x.db"), "pdb", schema, settings).unwrap();
    let plans = plans();
    assert!(plans.len() > 1000, "{}", plans.len());
    let failed = db.read(move |tx| {
        let mut failed = Vec::new();
        for (query, plan) in plans {
            for sql in plan.count.iter().chain([&plan.sql]) {
                let (text, values) = sql.render(Dialect::Sqlite);
                if let Err(error) = tx.query(&text, &values) {
                    failed.push(format!("{query}\n  {error}"));
                }
            }
        }
        Ok(failed)
    });
    let failed = failed.await.unwrap();
    assert!(
        failed.is_empty(),
        "{} fail\n{}",
        failed.len(),
        failed.into_iter().take(10).collect::<Vec<_>>().join("\n")
    );
}
