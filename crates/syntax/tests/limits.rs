//! Hostile texts: nothing overflows the stack, and nothing takes time out of proportion.

#![allow(clippy::unwrap_used, reason = "tests fail by panicking")]

use syntax::source::SourceFile;
use syntax::{MAX_HEIGHT, Options, Parse, parse, pn};

/// Parses on a stack of the size that threads have by default, and walks the tree recursively.
fn parse_on_a_thread(text: String, epp: bool) -> Vec<String> {
    let walk = move || {
        let Parse { ast, errors, .. } =
            parse(SourceFile::new(None, text), Options { epp, tasks: false, ..Options::default() });
        let _ = pn::dump(&ast);
        errors.iter().map(|error| error.code.to_string()).collect()
    };
    std::thread::Builder::new().stack_size(2 << 20).spawn(walk).unwrap().join().unwrap()
}

#[test]
fn deep_nesting_is_an_error() {
    let deep = 100_000;
    for (open, close) in [
        ("(", ")"),
        ("[", "]"),
        ("{a=>", "}"),
        ("f(", ")"),
        ("$x[", "]"),
        ("if true { ", "}"),
        ("case 1 { 1: {", "}}"),
        ("unless $a { ", "}"),
        ("$x.f |$y| { ", "}"),
        ("class a { ", "}"),
        ("$x ? ", ""),
        ("!", ""),
        ("- ", ""),
        ("*", ""),
        ("$a = ", ""),
        ("@", ""),
        ("file { ", ""),
        ("function f($x = ", ") {}"),
    ] {
        let text = format!("{}1{}", open.repeat(deep), close.repeat(deep));
        let errors = parse_on_a_thread(text, false);
        assert_eq!(errors.len(), 1, "{open}: {errors:?}");
        assert!(errors[0] == "NESTING_TOO_DEEP" || errors[0] == "SYNTAX_ERROR", "{open}: {errors:?}");
        // As deep as can be parsed can also be walked.
        for depth in [50, 99, 149, 299] {
            parse_on_a_thread(format!("{}1{}", open.repeat(depth), close.repeat(depth)), false);
        }
    }
}

#[test]
fn long_chains_are_an_error() {
    for link in [" + 1", " -> Foo[1]", "[1]", ".f", "(1)", " and 1", " ? 1 => 2", " = 1", " {}", "<||>"] {
        let errors = parse_on_a_thread(format!("$x{}", link.repeat(100_000)), false);
        assert!(!errors.is_empty(), "{link}");
        parse_on_a_thread(format!("$x{}", link.repeat(MAX_HEIGHT - 10)), false);
    }
    let chain = format!("if 1 {{}}{}", " elsif 1 {}".repeat(100_000));
    assert_eq!(parse_on_a_thread(chain, false), ["NESTING_TOO_DEEP"]);
    let fits = format!("if 1 {{}}{}", " elsif f() {}".repeat(MAX_HEIGHT - 10));
    assert_eq!(parse_on_a_thread(fits, false), [""; 0]);
}

#[test]
fn nested_strings_are_an_error() {
    assert_eq!(parse_on_a_thread("\"${".repeat(100_000), false), ["NESTING_TOO_DEEP"]);
    let heredocs: String = (0..1000).map(|n| format!("${{@(\"T{n}\")\n")).collect();
    assert_eq!(parse_on_a_thread(format!("\"{heredocs}"), false).len(), 1);
    let code = "$a = @(X:pp)\n".repeat(200);
    assert_eq!(parse_on_a_thread(code, false).len(), 1);
}

#[test]
fn long_texts_take_linear_time() {
    // Each of these takes minutes when a scan starts over for every element.
    for text in [
        "/".repeat(200_000),
        "@(".repeat(200_000),
        "\"$".repeat(200_000),
        "$x = {} ".repeat(50_000),
        "(\n".repeat(200_000),
        " ".repeat(1_000_000) + "(",
        "1,".repeat(100_000),
        format!("$x = {{{}}}", "a => 1, ".repeat(100_000)),
        format!("@(X)\n{}", format!("{}X x\n", " ".repeat(1000)).repeat(1000)),
        format!("class a({}) {{}}", "$x, ".repeat(100_000)),
        format!("$x = [{}]", "99999999999999999999, ".repeat(20_000)),
        format!("$x = {}", "9".repeat(1_000_000)),
        format!("case 1 {{ {} }}", "default: {}".repeat(50_000)),
        "\\u005c".repeat(100_000),
        format!("\"{}\"", "\\u005c".repeat(20_000)),
        "<%".repeat(100_000),
        "<%#".repeat(100_000),
        "<%=1%>".repeat(50_000),
    ] {
        parse_on_a_thread(text.clone(), false);
        parse_on_a_thread(text, true);
    }
}
