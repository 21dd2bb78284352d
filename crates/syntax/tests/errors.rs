//! The texts of errors. Each line of a snapshot was compared with what Puppet 8 says.

use std::fmt::Write as _;

use syntax::location::Namespace;
use syntax::source::SourceFile;
use syntax::{Options, Strictness, parse, parse_in};

/// Messages of each snippet.
fn messages(options: Options, snippets: &[&str]) -> String {
    let mut out = String::new();
    for snippet in snippets {
        let parsed = parse(SourceFile::new(None, *snippet), options);
        let _ = writeln!(out, "{snippet}");
        for diagnostic in parsed.errors.iter().chain(&parsed.warnings) {
            let _ = writeln!(out, "  {}: {}", diagnostic.code, diagnostic.puppet_message());
        }
    }
    out
}

fn pp(snippets: &[&str]) -> String {
    messages(Options::default(), snippets)
}

#[test]
fn lexer() {
    insta::assert_snapshot!(pp(&[
        "\u{feff}notice 1",
        "notice 'abc",
        "notice \"abc",
        "notice \"a${b",
        "notice \"a${b} c",
        "notice \"a$",
        "/* x",
        "08",
        "0xZ",
        "1.5x",
        "12ab",
        "1e",
        "Foo::bar",
        "::Foo::bar",
        "a::::b",
        "$",
        "$x = 9223372036854775808",
        "$x = \"\\q \\u12 \\u0041\"",
        "$x = \"\\u{d800}\"",
        "1 ~ 2",
        "é",
        "0.0e1",
    ]));
}

#[test]
fn heredocs() {
    insta::assert_snapshot!(pp(&[
        "$x = @(END",
        "$x = @(END)",
        "$x = @(END)\n",
        "$x = @(END)\ntext\n",
        "$x = @()\n",
        "$x = @( )\n",
        "$x = @(END/q)\n",
        "$x = @(END/tt)\n",
        "$x = @(END:J)\n",
        "$x = @(\"END\")\n ${ ) }\n | END\n",
        "$x = @(\"END\"/)\n a\n ${'\n | END\n",
        "$x = @(END:json)\n{\"a\": }\n| END\n",
        "$x = @(END:data+json)\n[1,]\n| END\n",
        "$x = @(END:base64)\nYW\n| END\n",
        "$x = @(END:pp)\nnotice(\n| END\n",
        "$x = @(END:pp)\n1\n2\n3\n| END\n",
        "$x = @(END:epp)\n<%= ( %>\n| END\n",
        "$x = @(END:other)\n{\n| END\n",
    ]));
}

#[test]
fn grammar() {
    insta::assert_snapshot!(pp(&[
        "notice(1",
        "notice)",
        "class a {\n  file { 'x':\n    a => 1\n    b => 2\n  }\n}",
        "class class { }",
        "class 'a' { }",
        "define \"a\" { }",
        "$x = 1, 2",
        "foo 1, 2",
        "@notify",
        "@@$x",
        "$x { a => 1 }",
        "foo { a +> 1 }",
        "foo { a => 1 }",
        "if { }",
        "case 1 { }",
        "$x ? { }",
        "file { 'a' => 1 }",
        "file { 'a': b => 1 ;; 'c': }",
        "$x.f(1,)",
        "1;",
        "[type, function]\n[1 2]",
        "\"${}b\"",
        "\"${1 2}\"",
        "$x = type",
        "node a-b.c { }",
        "/a/ /b/",
        "~",
    ]));
}

#[test]
fn validation() {
    insta::assert_snapshot!(pp(&[
        "1 $x = 2",
        "if true { 'a' } $y = 1",
        "$a::b = 1",
        "$1 = 1",
        "$x[1] = 2",
        "[$a, 1, $B] = [1, 2, 3]",
        "f() = 1",
        "$x += 1",
        "$x -= 1",
        "$x = class a { }",
        "$x = Foo <| |>",
        "! Foo <| |>",
        "file { 'x': a +> 1 }",
        "File { a +> 1 }",
        "file { 'x': * => $a, * => $b }",
        "@File { a => 1 }",
        "@@File['x'] { a => 1 }",
        "@class { 'a': }",
        "private",
        "attr + 1",
        "$x = { a => 1, 'a' => 2, 1 => 1, 1 => 2, undef => 1, undef => 2, [1] => 1, [1] => 2 }",
        "$x ? { default => 1, a => 2, default => 3 }",
        "case $x { default: { } a, default: { } }",
        "foo { a => 1 } $x = 1",
        "class a { foo { a => 1 } }",
        "$X",
        "$01",
        "'x'(1)",
        "$x(1)",
        "'x' <| |>",
        "Foo <| a > 1 |>",
        "Foo <| a == 1 and f() |>",
        "plan",
    ]));
}

#[test]
fn definitions() {
    insta::assert_snapshot!(pp(&[
        "class a-b { }",
        "class A { }",
        "class ::a { }",
        "class string { }",
        "define integer() { }",
        "class plan { }",
        "if true { class a { } }",
        "$x.each |$y| { class b { } }",
        "define d() { define e() { } }",
        "class a { function f() { } }",
        "class a { type X = Integer }",
        "function f() { class a { } }",
        "class a { $x }",
        "class a { 1 }",
        "define a() { [1] }",
        "node a { 'x' }",
        "class a($name, $title, $x, $x) { }",
        "class a(*$x) { }",
        "define a(*$x) { }",
        "function f(*$x, $y) { }",
        "f() |*$x, $y| { }",
        "function f($x, $x) { }",
        "class a($X) { }",
        "class a($1, $a::b) { }",
        "class a($x = $y = 1) { }",
        "class a($x = f() |$z| { $z = 1 }) { }",
        "class a(Optional[[String]] $x, Foo[f()] $y) { }",
        "function f() >> plan { }",
        "function f() >> Plan { }",
        "node a inherits b { }",
        "node 'a b' { }",
        "node \"a${b}\" { }",
        "type a = Integer",
        "type A inherits B { }",
        "type A[1] = Integer",
        "type Runtime[ruby, 'X'] = [/a/, 'b']",
        "type Runtime[ruby, [/a/, 'b']] = Integer",
        "type X = [1]",
    ]));
}

#[test]
fn templates() {
    insta::assert_snapshot!(messages(
        Options { epp: true, tasks: false, ..Options::default() },
        &[
            "a <% b",
            "a <%",
            "a <%# b",
            "a <%= %>",
            "a <%= 1 2 %>",
            "<%= 1 %><% 1 %>x",
            "a <% ($x) %>",
            "<%- | $x, $x, *$y | -%>",
            "<% class a { } %>",
            "<% if $x { %>a",
            "<%= 'a %>",
        ]
    ));
}

#[test]
fn plans() {
    insta::assert_snapshot!(messages(
        Options { epp: false, tasks: true, ..Options::default() },
        &[
            "plan a() { file { 'x': } File <| |> Foo -> Bar }",
            "plan a() { apply($x) { file { 'x': } File <<| |>> apply(1) { } } }",
            "class a { }",
            "apply(1,) { } $plan = 1",
        ]
    ));
}

#[test]
fn places() {
    let mut out = String::new();
    for (path, text) in [
        ("foo/files/x.pp", "class foo::files { }"),
        ("foo/functions/f.pp", "function foo::g() { 1 }"),
        ("foo/functions/init.pp", "function foo() { 1 }"),
        ("foo/manifests/empty.pp", "# nothing"),
        ("foo/manifests/init.pp", "class foo { }\nclass bar { }\nnotice('x')\nnode x { }\n"),
        ("foo/manifests/one.pp", "1"),
        ("foo/manifests/sub.pp", "class Foo::SUB { } \n $x = 1"),
        (
            "foo/manifests/sub/a.pp",
            "class foo::sub::a { class inner { } }\ndefine foo::sub::a::b() { }\nclass foo::sub::b { }\n",
        ),
        ("foo/types/x.pp", "type Foo::X = Integer\ntype Bar = String"),
    ] {
        let file = SourceFile::new(Some(format!("/m/{path}").into()), text);
        let parsed = parse_in(file, Options::default(), &Namespace::of_module_file(path));
        let _ = writeln!(out, "{path}");
        for error in &parsed.errors {
            let _ = writeln!(out, "  {}: {}", error.code, error.puppet_message());
        }
    }
    insta::assert_snapshot!(out);
}

#[test]
fn several_errors_are_counted() {
    let parsed = parse(SourceFile::new(Some("/a.pp".into()), "$A = 1\n$B = 2"), Options::default());
    assert_eq!(
        parsed.failure_message().as_deref(),
        Some("Language validation logged 2 errors. Giving up (file: /a.pp)")
    );
    assert_eq!(parsed.logged_errors(10).len(), 2);
    assert_eq!(parsed.logged_errors(1).len(), 1);
    let parsed = parse(SourceFile::new(None, "class plan { } $A = 1\n$B = 2"), Options::default());
    assert_eq!(
        parsed.failure_message().as_deref(),
        Some("Language validation logged 2 errors, and 1 warnings. Giving up")
    );
    let parsed = parse(SourceFile::new(Some("/a.pp".into()), "$A = 1"), Options::default());
    assert!(parsed.failure_message().is_some_and(|text| text.ends_with("(file: /a.pp, line: 1, column: 1)")));
    assert!(parsed.logged_errors(10).is_empty());
}

#[test]
fn strict_governs_repeated_keys() {
    let repeated = |strict| {
        let parsed =
            parse(SourceFile::new(None, "$x = { a => 1, a => 2 }"), Options { strict, ..Options::default() });
        (parsed.errors.len(), parsed.warnings.len())
    };
    assert_eq!(repeated(Strictness::Off), (0, 0));
    assert_eq!(repeated(Strictness::Warning), (0, 1));
    assert_eq!(repeated(Strictness::Error), (1, 0));
}
