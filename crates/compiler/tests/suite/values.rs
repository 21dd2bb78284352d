//! Expressions.

use crate::check;

#[test]
fn a_malformed_regular_expression_spoils_its_file() {
    let error = "Could not parse for environment production: premature end of char-class: /a[/ on node n1";
    check("notice('never')\nif false { $x = 'a' =~ /a[/ }", &[], error);
    check("node /a[/ {}", &[], error);
    let module = [("modules/m/manifests/init.pp", "class m { if false { notice('a' =~ /a(/) } }")];
    let error = "Evaluation Error: Error while evaluating a Function Call, end pattern with unmatched parenthesis: \
                 /a(/ (line: 1, column: 1) on node n1";
    check("include m", &module, error);
    check("inline_epp('<% if \"a\" =~ /a(/ { %>x<% } %>')", &[], error);
}

#[test]
fn lists_of_variables_take_values_of_hashes_by_their_names() {
    check("[$a, [$b, $c]] = {a => 1, [b, c] => {b => 2, c => 3}}\nnotice($a, $b, $c)", &[], "1 2 3");
    check("[[$a, $b]] = {[a, b] => [1, 2]}\nnotice($a, $b)", &[], "1 2");
    let error = "Evaluation Error: No value for required key '[\"b\", \"c\"]' in assignment to variables from hash \
                 (line: 1, column: 16) on node n1";
    check("[$a, [$b, $c]] = {a => 1, b => {b => 2}}", &[], error);
}

#[test]
fn members_of_values() {
    check("$d = Deferred('f', [1])\nnotice($d.name, $d.arguments, Deferred('f').arguments)", &[], "f [1] ");
    let uri = "URI('https://bob:pw@example.com:8080/a?b=c#d')";
    check(
        &format!("$u = {uri}\nnotice($u.scheme, $u.userinfo, $u.port, $u.opaque)"),
        &[],
        "https bob:pw 8080 ",
    );
    let error = "Evaluation Error: Error while evaluating a Method call, 'attribute Deferred[name]' expects no \
                 arguments, got 1 (line: 1, column: 19) on node n1";
    check("Deferred('f').name(2)", &[], error);
    let code = "type X = Object[{attributes => {a => Integer}}]\nX(3).a(1, 2)";
    let error = "Evaluation Error: Error while evaluating a Method call, 'attribute X[a]' expects no arguments, got 2 \
                 (line: 2, column: 7) on node n1";
    check(code, &[], error);
}

#[test]
fn a_deferred_call_keeps_an_empty_list_of_arguments() {
    let code = "notify { 'a': message => [Deferred('f'), Deferred('f', [])] }";
    let written =
        r#"{"message":[{"__ptype":"Deferred","name":"f"},{"__ptype":"Deferred","name":"f","arguments":[]}]}"#;
    assert_eq!(crate::parameters(code, "Notify[a]"), written);
}

#[test]
fn annotations_stay_with_the_object_they_were_given() {
    let types = "type Mark = Object[{parent => Annotation, attributes => {text => String}}]
        type Thing = Object[{attributes => {n => Integer}}]
        type Marked = Object[{annotations => {Mark => {'text' => 'by type'}}}]";
    let code = format!(
        "{types}
        $a = Thing(1)
        $b = Thing(1)
        Mark.annotate($a, {{ 'text' => 'on a' }})
        notice(Mark.annotate($a).text)
        notice(Mark.annotate($b) == undef)
        Mark.annotate($b) || {{ {{ 'text' => 'made' }} }}
        Mark.annotate($b) || {{ fail('again') }}
        notice(Mark.annotate($b).text)
        notice(Mark.annotate($a, clear).text)
        notice(Mark.annotate($a) == undef)
        notice(Pcore.annotate($a, {{ Mark => {{ 'text' => 'anew' }} }}) == $a, Mark.annotate($a).text)
        notice(Mark.annotate(Marked).text)
        notice(Marked)"
    );
    let text = "on a\ntrue\nmade\non a\ntrue\ntrue anew\nby type\n\
                Object[{annotations => {Mark => {'text' => 'by type'}}, name => 'Marked'}]";
    check(&code, &[], text);
    let error = "Evaluation Error: Error while evaluating a Method call, attempt to clear Mark annotation declared on \
                 Marked (line: 4, column: 14) on node n1";
    check(&format!("{types}\nMark.annotate(Marked, clear)"), &[], error);
}

#[test]
fn folds_that_change_their_memo_in_place_give_what_copies_would() {
    for (block, shown) in [
        ("$m + { $i => $m.size }", "{1 => 0, 2 => 1, 3 => 2}"),
        ("$m + { $i => $m }", "{1 => {}, 2 => {1 => {}}, 3 => {1 => {}, 2 => {1 => {}}}}"),
        ("$n = $m + { $i => 1 } $n + { 0 => $n.size }", "{1 => 1, 0 => 4, 2 => 1, 3 => 1}"),
        ("if $i == 2 { next($m) } $m + { $i => 1 }", "{1 => 1, 3 => 1}"),
        ("if $i == 3 { break() } $m + { $i => 1 }", "{1 => 1, 2 => 1}"),
        ("$old = $m[even] $new = pick_default($old, 0) + $i $m + { even => $new }", "{even => 6}"),
        ("case $i { 2: { $m + { two => $m.keys } } default: { $m } }", "{two => []}"),
        ("$x = [$m, $m + { $i => 1 }] $x[1]", "{1 => 1, 2 => 1, 3 => 1}"),
    ] {
        let code = format!(
            "function pick_default(*$all) {{ $all.filter |$x| {{ $x =~ NotUndef }}[0] }}\n$start = {{}}\n\
             $r = [1, 2, 3].reduce($start) |$m, $i| {{ {block} }}\nnotice($r, $start)"
        );
        check(&code, &[], &format!("{shown} {{}}"));
    }
    let code = "$r = [1, 2].reduce([0]) |$m, $i| { $m << $m.map |$x| { $x } }\nnotice($r)";
    check(code, &[], "[0, [0], [0, [0]]]");
}

#[test]
fn strings_within_strings() {
    let code = "$a = [1, 2]\nnotice(\"x${\"y${a.map |$n| { \"<${n}>\" }}z\"}${[][0]}${(1.5)}-${-3}\")";
    check(code, &[], "xy[<1>, <2>]z1.5--3");
    check(
        "notice(\"a${[\"b${fail('c')}\"]}\")",
        &[],
        "Evaluation Error: Error while evaluating a Function Call, c (line: 1, column: 17) on node n1",
    );
}

#[test]
fn versions_and_times_as_operands() {
    let cases = [
        ("SemVer('1.2.3') + 1", "Operator '+' is not applicable to a Semver. (line: 1, column: 6)"),
        (
            "2 % SemVer('1.2.3')",
            "Error while evaluating a '%' expression, can't convert SemanticPuppet::Version into Float (line: 1, column: 8)",
        ),
        (
            "-SemVer('1.2.3')",
            "Error while evaluating an Unary Minus, can't convert SemanticPuppet::Version into Float (line: 1, column: 6)",
        ),
        (
            "SemVer('1.2.3') + Timespan(5)",
            "Error while evaluating a '+' expression, A Version cannot be added to a Timespan (line: 1, column: 22)",
        ),
        ("SemVer('1.2.3') + undef", "The value '' cannot be converted to Numeric. (line: 1, column: 24)"),
        (
            "'a' =~ Timespan(5)",
            "Can not convert right match operand to a regular expression. Caused by 'no implicit conversion of \
             Puppet::Pops::Time::Timespan into String'. (line: 1, column: 13)",
        ),
    ];
    for (code, error) in cases {
        check(&format!("$r = {code}"), &[], &format!("Evaluation Error: {error} on node n1"));
    }
}
