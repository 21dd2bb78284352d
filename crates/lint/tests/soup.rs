//! Checking and fixing hold whatever the text is.

use lint::{CHECKS, Options};
use proptest::prelude::*;

/// Words of the language, in no order.
const WORDS: [&str; 62] = [
    "class",
    "define",
    "a::b",
    "Foo",
    "$x",
    "$::y",
    "'s'",
    "\"d\"",
    "\"${x}\"",
    "\"$x-${y['k']}z\"",
    "{",
    "}",
    "(",
    ")",
    "[",
    "]",
    "=>",
    "=",
    ":",
    ";",
    ",",
    "?",
    "|",
    "|$p|",
    "->",
    "~>",
    "<-",
    "# c\n",
    "/* m\nn */",
    " ",
    "\n",
    "\r\n",
    "\t",
    "  ",
    "\n   ",
    "if",
    "case",
    "default",
    "node",
    "inherits",
    "ensure",
    "mode",
    "644",
    "file",
    "@(E)\n t ${x}\n | E\n",
    "@(\"E\")\n t ${x}\n | E\n",
    "/r/",
    "//",
    ".",
    "+",
    "-",
    "type",
    "true",
    "@",
    "@@",
    "<|",
    "|>",
    "'${x}'",
    "'puppet:///x'",
    "# lint:ignore:hard_tabs\n",
    "# lint:endignore\n",
    "é",
];

/// Parts of code that parse, with gaps for words.
const SHAPES: [&str; 8] = [
    "class a ( $b, $c = 1 ) { _ }\n",
    "file { 'a': _ ensure => _, mode => 644 }\n",
    "$x = { a => _ , 'b'  => 2 }\n",
    "case $x { 1: { _ } }\n",
    "$f = \"_${x}_\"\n",
    "A['b'] ->\n _ B['c']\n",
    "$a.each |$i| { _ }\n",
    "node foo.bar, _ x { }\n",
];

fn text() -> impl Strategy<Value = String> {
    let words =
        prop::collection::vec(prop::sample::select(&WORDS[..]), 0..30).prop_map(|words| words.concat());
    let shapes =
        prop::collection::vec((prop::sample::select(&SHAPES[..]), prop::sample::select(&WORDS[..])), 1..5)
            .prop_map(|parts| {
                parts.into_iter().map(|(shape, word)| shape.replace('_', word)).collect::<String>()
            });
    prop_oneof![words, shapes]
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 2000, ..ProptestConfig::default() })]

    #[test]
    fn fixing_settles_and_costs_no_file(text in text()) {
        let options = Options {
            enabled: CHECKS.iter().map(|check| check.name).collect(),
            full_path: Some("/m/a/manifests/init.pp".into()),
            ..Options::default()
        };
        let before = lint::lint(&text, &options);
        let fixed = lint::fix(&text, &options);
        if let Some(after) = &fixed.fixed {
            let again = lint::lint(after, &options);
            prop_assert!(again.problems.iter().all(|problem| problem.check != "syntax"), "{after}");
            prop_assert!(before.problems.iter().all(|problem| problem.check != "syntax"));
        }
    }
}
