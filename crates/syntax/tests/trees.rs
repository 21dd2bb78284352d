//! Trees of texts whose meaning is easy to get wrong. Each was compared with Puppet 8's.

use std::fmt::Write as _;

use syntax::source::SourceFile;
use syntax::{Options, parse, pn};

fn trees(epp: bool, snippets: &[&str]) -> String {
    let mut out = String::new();
    for snippet in snippets {
        let parsed =
            parse(SourceFile::new(None, *snippet), Options { epp, tasks: false, ..Options::default() });
        let _ = writeln!(out, "{snippet}\n  {}", pn::dump(&parsed.ast));
    }
    out
}

#[test]
fn operators() {
    insta::assert_snapshot!(trees(
        false,
        &[
            "$r = 1 + 2 * 3 - 4 << 5 == 6 < 7",
            "$r = !$a =~ /b/ and - $c in $d or *$e",
            "$r = $a ? 1 => 2 + 3",
            "$r = $a and $b ? { 1 => 2, default => 3 } + 4",
            "$a = $b = $c -> $d ~> $e",
            "A[1] -> B[2] <- C[3] <~ D[4]",
            "$r = -1 + -1.5 - -0x1F",
            "$r = $a[1][2, 3].f(4)[5] |$x| { }",
            "$r = $a[1][2, 3].f(4) |$x| { }",
            "$r = ($a + 1) * 2",
        ]
    ));
}

#[test]
fn brackets() {
    insta::assert_snapshot!(trees(
        false,
        &[
            "f($x)[1] f ($x) [1]",
            "f\n(1)",
            "notice [1]",
            "notice $x[1], [2]",
            "if $x { } [1].each |$y| { }",
            "if $x == a { f() }",
            "$x = { a => 1, 'b' => [type, function => 2], }",
            "f(a => 1, b => 2, 3, c => 4)",
            "$x = $y ? { { a => 1 } => { b => 2 } }",
            "$x = 4 / 2 / 1",
            "case $x { /a/: { } default: { /b/ } }",
        ]
    ));
}

#[test]
fn statements() {
    insta::assert_snapshot!(trees(
        false,
        &[
            "include a, b notice 1",
            "notice include a",
            "foo bar",
            "fail('x') f(g(1))",
            "$x = notice('a')",
            "notice { a => 1 }",
            "class a { class b { define c() { } } function d() { } } class a::e inherits ::f { }",
            "node 'a', /b/, default, c.1.d-e { }",
            "type A = { b => 1 } type C = D { e => 2 } type F = Object { } type G = H[1]",
            "if 1 { } elsif 2 { 3 } else { 4 5 }",
            "@@file { 'a': b => 1; ['c', $d]: * => $e, f +> 2 }",
            "class { 'a': ; 'b': }",
            "File { a => 1 } File[b] { a +> 1 } Resource['file'] { a => 1 }",
            "A <| b == 1 and (c != 2 or d == e) |> { f => 3 } <<| |>>",
        ]
    ));
}

#[test]
fn strings() {
    insta::assert_snapshot!(trees(
        false,
        &[
            r#"$r = "a${b}c$d e${f[1].g} ${1 + 2} ${if} ${0} ${"x${y}"} $ $$z""#,
            r#"$r = "\t\n\s\$\"\'\\ \u0041\u{1F600} \x""#,
            r"$r = 'a\'b\\c\n'",
            r#"$r = """"#,
            r#"$r = "$a::b::$c-d[1]""#,
            r#"$r = "${a.b.c} ${a::b[1]} ${a.b |$x| { "${x}" }}""#,
            "$r = \"a\\\nb\\\r\nc\"",
            r#"$r = "\u005cu0041""#,
        ]
    ));
}

#[test]
fn heredocs() {
    insta::assert_snapshot!(trees(
        false,
        &[
            "$r = @(X)\na $b \\t\nX\n",
            "$r = @(\"X\")\n  a ${b} \\$c\n    d\n  | X\n",
            "$r = @(\"X\"/)\n  a\\tb \\$c \\\n  d\n  | - X\n",
            "$r = @(\"X\"/t)\n  a \\$b\n  |- X\n",
            "$r = [@(X), @(Y:json)]\n  a\n  | X\n  [1]\n  |- Y\n$s = 1",
            "$r = @(A B/L)\n  a\\\n  b\n  |- A B\n",
            "$r = @(X)\r\n  a\r\n  |- X\r\n",
            "$r = @(X)\n  a\n b\n  | X\n",
        ]
    ));
}

#[test]
fn templates() {
    insta::assert_snapshot!(trees(
        true,
        &[
            "",
            "a",
            "<%- | String $a, $b = 1 | -%>\nx <%= $a %>\n",
            "<%-| |-%>a",
            "a  <%- $b -%>  \n c <%% d %%> <%# e -%>\n f",
            "<% if $x { %>a<% } else { -%>\nb<% } %>",
            "<%= { $a = 1 $a } %><%= { a => 1 } %><%= {} %>",
            "a<%# lost %>",
        ]
    ));
}
