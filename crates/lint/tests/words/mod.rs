//! Texts made of the words of the language.

#![allow(dead_code, reason = "shared by tests")]

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

/// A text; some parse.
pub fn text() -> impl Strategy<Value = String> {
    let words =
        prop::collection::vec(prop::sample::select(&WORDS[..]), 0..30).prop_map(|words| words.concat());
    let shapes =
        prop::collection::vec((prop::sample::select(&SHAPES[..]), prop::sample::select(&WORDS[..])), 1..5)
            .prop_map(|parts| {
                parts.into_iter().map(|(shape, word)| shape.replace('_', word)).collect::<String>()
            });
    prop_oneof![words, shapes]
}
