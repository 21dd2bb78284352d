//! What holds for every text.

use proptest::prelude::*;
use syntax::ast::{Ast, ExprId};
use syntax::source::SourceFile;
use syntax::{Options, parse, pn, render};

/// Pieces that meet often enough to make almost-programs.
fn piece() -> impl Strategy<Value = String> {
    let pieces = [
        "class",
        "define",
        "node",
        "function",
        "type",
        "if",
        "elsif",
        "else",
        "unless",
        "case",
        "default",
        "inherits",
        "and",
        "or",
        "in",
        "true",
        "false",
        "undef",
        "private",
        "plan",
        "apply",
        "foo",
        "a::b",
        "::c",
        "foo-bar",
        "_x",
        "File",
        "Foo::Bar",
        "$x",
        "$a::b",
        "$1",
        "1",
        "0x1F",
        "017",
        "08",
        "1.5",
        "2e3",
        "99999999999999999999",
        "'str'",
        "'",
        "\"",
        "${",
        "\"a${x}b\"",
        "/re/",
        "/",
        "[",
        "]",
        "{",
        "}",
        "(",
        ")",
        " [",
        "\n(",
        "=",
        "+=",
        "-=",
        "==",
        "=~",
        "=>",
        "!",
        ">",
        "<<|",
        "|>>",
        "<|",
        "|>",
        "|",
        ".",
        ",",
        ";",
        ":",
        "::",
        "+",
        "-",
        "*",
        "%",
        "?",
        "@",
        "@@",
        "->",
        "~>",
        "<-",
        "+>",
        "~",
        "#",
        "/*",
        "*/",
        "\\",
        "\r\n",
        "\n",
        " ",
        "\t",
        "@(X)",
        "@(\"X\":pp/)",
        "\n X\n",
        "\n  | - X\n",
        "\n |X",
        "<%",
        "%>",
        "-%>",
        "<%-",
        "<%=",
        "<%#",
        "<%%",
        "%%>",
        "\u{feff}",
        "\u{a0}",
        "é",
        "😀",
        "\u{2028}",
        "\0",
        "\\u{1F600}",
        "\\u0041",
        "\\u{110000}",
    ];
    prop_oneof![
        6 => prop::sample::select(pieces.to_vec()).prop_map(String::from),
        1 => any::<char>().prop_map(String::from),
    ]
}

fn text() -> impl Strategy<Value = String> {
    prop_oneof![
        4 => prop::collection::vec(piece(), 0..60).prop_map(|pieces| pieces.concat()),
        2 => prop::collection::vec(piece(), 0..60).prop_map(|pieces| pieces.join(" ")),
        1 => any::<String>(),
    ]
}

/// Children stand before their parents, and every span lies within the text.
fn check_tree(ast: &Ast) {
    let length = ast.file.text.len() as u32;
    assert_eq!(ast.exprs.len(), ast.spans.len());
    assert!((ast.root.0 as usize) < ast.exprs.len());
    for (index, (expr, span)) in ast.exprs.iter().zip(&ast.spans).enumerate() {
        assert!(span.start <= span.end && span.end <= length, "{span:?} of {expr:?} in {length} bytes");
        expr.each_child(&mut |ExprId(child)| {
            assert!((child as usize) < index, "{expr:?} stands before a child")
        });
    }
    for definition in &ast.definitions {
        assert!((definition.0 as usize) < ast.exprs.len());
    }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 2000, ..ProptestConfig::default() })]

    #[test]
    fn any_text_is_parsed_or_refused(text in text(), epp in any::<bool>(), tasks in any::<bool>()) {
        let file = SourceFile::new(Some("a.pp".into()), text);
        let parsed = parse(file, Options { epp, tasks, ..Options::default() });
        check_tree(&parsed.ast);
        pn::dump(&parsed.ast);
        pn::dump_pretty(&parsed.ast);
        pn::dump_json(&parsed.ast);
        parsed.failure_message();
        let length = parsed.ast.file.text.len() as u32;
        for diagnostic in parsed.errors.iter().chain(&parsed.warnings) {
            prop_assert!(diagnostic.span.start <= diagnostic.span.end && diagnostic.span.end <= length);
            prop_assert!(!diagnostic.message.is_empty());
            diagnostic.puppet_message();
            render(diagnostic);
        }
    }

    #[test]
    fn a_text_means_the_same_every_time(text in text()) {
        let dump = || {
            let parsed = parse(SourceFile::new(None, text.as_str()), Options::default());
            (pn::dump(&parsed.ast), parsed.failure_message())
        };
        prop_assert_eq!(dump(), dump());
    }
}
