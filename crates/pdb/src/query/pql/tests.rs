//! What each construct of PQL becomes, and what errors look like.

use proptest::prelude::*;

use super::*;

fn ast(text: &str) -> String {
    match parse(text) {
        Ok(ast) => ast.to_string(),
        Err(error) => error.to_string(),
    }
}

#[test]
fn every_construct() {
    let queries = [
        "nodes{}",
        "nodes[]{}",
        " nodes [ certname , report_timestamp ] { } ",
        r#"nodes[certname]{certname = "a"}"#,
        r#"facts{name = 'it\'s' and value != "a\u0041\n" or !(value ~ '^x' and value !~ "y")}"#,
        "facts{a = 1 or (b = 2 or c = 3) or d = 4 and (e = 5 and f = -6)}",
        "facts{value >= 1.5e3 and value < 2 and value <= 0.25 and value > -3}",
        r#"reports{receive_time > "2020-01-01" and noop = true and latest_report? = false}"#,
        r#"fact_contents{path ~> ["os", ".*"] and path = ["a", 1, 2.5, true, ["x"]]}"#,
        "nodes{deactivated is null and expired is not null}",
        r#"nodes{certname in ["a", "b"] and [certname, report_environment] in reports[certname, environment]{}}"#,
        r#"nodes{resources{type = "Class" and title = "Apache"} and !facts{}}"#,
        "facts[value, count()]{name = 'os' group by value}",
        "facts[count(value), to_string(producer_timestamp, 'MON')]{group by name, function_less}",
        "nodes{limit 1 offset 2 order by certname}",
        "nodes[certname]{certname ~ 'x' order by certname desc, report_timestamp asc, catalog_timestamp limit 10}",
        r#"inventory[facts.os.family, trusted."a.b" ]{facts.disks[0].size = 5 and facts."x y".match("z.*") ~ "a" }"#,
        "resources{parameters.ensure = 'present'}",
        "factsets{}",
        "fact_paths{depth = 1}",
        "nodes{certname in nodes[certname]{} and !!a = 1}",
    ];
    let listed: Vec<String> = queries.iter().map(|query| format!("{query}\n  {}", ast(query))).collect();
    insta::assert_snapshot!(listed.join("\n"));
}

#[test]
fn errors_point_at_the_place() {
    let queries = [
        "",
        "foo{}",
        "nodes",
        "nodes[certname{}",
        "nodes{certname}",
        "nodes{certname = }",
        "nodes{certname = \"a}",
        "nodes{certname = 'a' and}",
        "nodes{\n  certname = 'a'\n  andd b = 1\n}",
        "nodes{} x",
        "nodes{limit x}",
        "nodes{order by asc}",
        "nodes{a = 99999999999999999999}",
        r#"nodes{a = "\x"}"#,
        "nodes{facts{limit 1 offset 1}}",
        "facts[value]{group by value limit 1}",
    ];
    let listed: Vec<String> = queries.iter().map(|query| format!("{query}\n---\n{}", ast(query))).collect();
    insta::assert_snapshot!(listed.join("\n=====\n"));
}

/// As PuppetDB 7.12 lists them.
#[test]
fn errors_list_what_could_stand_there_in_the_usual_order() {
    let cases = [
        (r#"nodes"#, r##"{|#"\s+"|["##),
        (r#"nodes[certname{}"#, r##"]|#"\s+"|,"##),
        (r#"nodes{certname = }"#, r##"[|false|true|#"[0-9]+"|-|'|""##),
        (r#"nodes{certname = 'a'"#, r##"}|order by|offset|limit|group by|#"\s+""##),
        (r#"nodes{certname = 'a' "#, r##"}|#"\s+"|order by|offset|limit|group by|or|and"##),
        (r#"nodes{} x"#, r##"#"\s+" (followed by end-of-string):end-of-string"##),
        (r#"nodes{limit x}"#, r##"#"[0-9]+"|-|is not null|is null|in|!~|!=|=|>|<|<=|>=|~>|~"##),
        (r#"nodes{limit 1 x}"#, r##"}|#"\s+"|order by|offset|limit"##),
        (r#"nodes{order by asc}"#, r##"desc|NOT "asc" | "desc""##),
        (r#"nodes{order by certname x}"#, r##"}|#"\s+"|order by|offset|limit|,|desc|asc"##),
        (r#"nodes{certname in [}"#, r##"[|false|true|#"[0-9]+"|-|'|"|#"\s+""##),
        (r#"nodes{certname > x}"#, r##"'|"|#"[0-9]+"|-"##),
        (r#"nodes{(certname = 'a'}"#, r##")|#"\s+""##),
        (r#"nodes[count(]{}"#, r##")|'|"|parameters|trusted|facts|#"[a-zA-Z0-9_]+\??"|#"\s+""##),
        (r#"nodes{a = 1e}"#, r##".|}|order by|offset|limit|group by|#"\s+""##),
        (r#"nodes{ x"#, r##"is not null|is null|#"\s+"|in|!~|!=|=|>|<|<=|>=|~>|~"##),
        (r#"nodes{group by certname"#, r##"}|#"\s+"|,"##),
        (
            r#"nodes[certname,]{}"#,
            r##"to_string|max|min|sum|avg|count|parameters|trusted|facts|#"[a-zA-Z0-9_]+\??"|#"\s+""##,
        ),
        (
            r#"nodes{certname = 'a' and }"#,
            r##"events|edges|inventory|fact_contents|fact_paths|factsets|environments|nodes|resources|package_inventory|packages|catalogs|reports|facts|parameters|trusted|#"[a-zA-Z0-9_]+\??"|[|(|!"##,
        ),
    ];
    for (query, expected) in cases {
        let error = parse(query).unwrap_err().to_string();
        let listed = error.split_once("Expected").and_then(|(_, rest)| rest.split_once(":\n")).unwrap().1;
        assert_eq!(listed.trim().split('\n').collect::<Vec<_>>().join("|"), expected, "{query}");
    }
}

#[test]
fn depth_is_limited_and_length_is_not_depth() {
    let deep = format!("nodes{{{}a = 1{}}}", "(".repeat(1000), ")".repeat(1000));
    assert_eq!(parse(&deep).unwrap_err().to_string(), "The query is nested deeper than 100 levels");
    let not = format!("nodes{{{}a = 1}}", "!".repeat(100_000));
    assert!(parse(&not).is_err());
    let many = format!("nodes{{{}certname = 'x'}}", "certname = 'a' or ".repeat(20_000));
    assert_eq!(parse(&many).unwrap()[2].as_array().map(Vec::len), Some(20_002));
}

proptest! {
    #[test]
    fn any_text_is_read_or_refused(text in "(nodes|facts)?[\\[{]?[a-z \\[\\]{}()!=~<>\"'.,0-9\\\\éß-]{0,40}") {
        let _ = parse(&text);
    }

    #[test]
    fn strings_come_through_whole(text in "\\PC{0,20}") {
        let quoted = serde_json::to_string(&text).unwrap();
        let ast = parse(&format!("nodes{{certname = {quoted}}}")).unwrap();
        prop_assert_eq!(&ast[2][2], &Json::String(text));
    }
}
