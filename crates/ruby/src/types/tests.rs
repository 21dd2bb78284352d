#![allow(clippy::panic, reason = "a failed test is told by its panic")]

use super::*;

/// No files but the one that is read.
struct Alone;

impl Library for Alone {
    fn find(&self, _: &str) -> Option<(PathBuf, Arc<str>)> {
        None
    }

    fn read(&self, _: &Path) -> Option<Arc<str>> {
        None
    }

    fn providers(&self, _: &str) -> Vec<(PathBuf, Arc<str>)> {
        Vec::new()
    }
}

fn outcome(text: &str) -> String {
    match read("t", Path::new("/t.rb"), &text.into(), &Alone) {
        Reading::Known(ty) => {
            ty.attributes().iter().map(|(name, _)| name.as_str()).collect::<Vec<_>>().join(" ")
        }
        Reading::Absent => "absent".into(),
        Reading::Unsure(unsure) => format!("unsure: {unsure}"),
    }
}

fn with_body(body: &str) -> String {
    outcome(&format!("Puppet::Type.newtype(:t) do\n  newparam(:name)\n{body}\nend\n"))
}

#[test]
fn declarations_are_followed_through_ordinary_code() {
    assert_eq!(with_body("newparam(:x) if true && !nil"), "name x");
    assert_eq!(with_body("newparam(:x) unless [].empty?"), "name");
    assert_eq!(with_body("a, *b = %w[x y z]; newparam(a); b.each { newparam(_1) }"), "name x y z");
    assert_eq!(
        with_body("h = {}; h[:x] = 1; h.merge!('y' => 2); h.keys.map(&:to_sym).each { |k| newparam k }"),
        "name x y"
    );
    assert_eq!(with_body("l = []; l << :x; l.push(:y); l += [:z]; l.each { |n| newparam n }"), "name x y z");
    assert_eq!(
        with_body("n = 0; while n < 3; n += 1; next if n == 2; newparam(\"x#{n}\"); end"),
        "name x1 x3"
    );
    assert_eq!(with_body("[:x, :y].each { |n| break if n == :y; newparam(n) }; newparam(:z)"), "name x z");
    assert_eq!(
        with_body("def self.a(n = :x, *, k: :y, **); newparam(n); newparam(k); end; a; a(:z, k: :w)"),
        "name x y z w"
    );
    assert_eq!(with_body("x = :a; y = x&.to_s; newparam(y + '_b')"), "name a_b");
    assert_eq!(with_body("begin; raise 'x'; rescue; end; newparam(:x)"), "name x");
    assert_eq!(with_body("case :b when :a then newparam(:x) when :b, :c then newparam(:y) end"), "name y");
    assert_eq!(with_body("@list ||= [:x]; @list.each { |n| newparam(n) }"), "name x");
}

#[test]
fn code_of_the_agent_is_not_looked_at() {
    assert_eq!(
        with_body(
            "validate { newparam(x) }\nautorequire(:y) { raise }\ndef z; newparam(:z); end\nnewparam(:p) { munge { |v| isnamevar } }"
        ),
        "name p"
    );
}

#[test]
fn doubts_end_a_reading_only_where_they_matter() {
    assert_eq!(with_body("x = Facter.value(:a)\nwarning('a') if x\nnewparam(:y)"), "name y");
    assert_eq!(
        with_body("newparam(:x) if Facter.value(:a)"),
        "unsure: /t.rb:3: whether an attribute is declared depends on something that is not known"
    );
    assert_eq!(
        with_body("list = [:x]\nlist << :y if Facter.value(:a)\nlist.each { |n| newparam(n) }"),
        "unsure: /t.rb:5: whether an attribute is declared depends on something that is not known"
    );
    assert_eq!(
        with_body("def self.a\n  return if Facter.value(:a)\n  newparam(:x)\nend\na"),
        "unsure: /t.rb:5: whether an attribute is declared depends on something that is not known"
    );
    assert_eq!(
        with_body("def self.a\n  return :x if Facter.value(:a)\n  :y\nend\na\nnewparam(:z)"),
        "name z"
    );
    assert_eq!(
        with_body("include Nobody::Knows"),
        "unsure: /t.rb:3: the module Nobody::Knows is used, which is not known here"
    );
    assert_eq!(with_body("include Puppet::Util::Warnings\ninclude Enumerable"), "name");
    assert_eq!(
        with_body("something :x"),
        "unsure: /t.rb:3: the type calls something, which is not known here"
    );
    assert_eq!(
        with_body("Nobody.knows(self)"),
        "unsure: /t.rb:3: the type is given to code that is not known here"
    );
    assert_eq!(
        with_body("Nobody.knows { newparam(:x) }"),
        "unsure: /t.rb:3: whether an attribute is declared depends on something that is not known"
    );
}

#[test]
fn a_reading_ends() {
    assert_eq!(with_body("loop { }"), "name");
    assert_eq!(
        with_body("n = 0; n += 1 while n >= 0"),
        "unsure: /t.rb:3: a loop takes too long to be followed"
    );
    assert_eq!(
        with_body("def self.a; a; end; a"),
        "unsure: /t.rb:3: the code is nested too deeply to be followed"
    );
    assert_eq!(
        with_body("9000.times { |x| 9000.times { |y| } }"),
        "unsure: /t.rb: loading the file takes too long to be followed"
    );
    assert_eq!(with_body("x = 'a'; 100.times { x += x }"), "name");
    assert_eq!(with_body("x = [1]; 100.times { x += x; x.concat(x) }"), "name");
    let long = format!("# {}", "x".repeat(300_000));
    assert_eq!(outcome(&long), "unsure: /t.rb: the file cannot be read as Ruby: is longer than 262144 bytes");
}

#[test]
fn deep_trees_do_no_harm() {
    for (open, middle, close) in [
        ("[", "1", "]"),
        ("!", "x", ""),
        ("(", "x", ")"),
        ("->{", "1", "}"),
        ("a.", "b", ""),
        ("x = ", "1", ""),
    ] {
        let depth = 250_000 / (open.len() + close.len());
        let text = format!("{}{middle}{}", open.repeat(depth), close.repeat(depth));
        let found = outcome(&text);
        assert!(found.starts_with("unsure: ") || found == "absent", "{open}: {found}");
    }
}

proptest::proptest! {
    #[test]
    fn no_text_is_too_odd(words in proptest::collection::vec(proptest::sample::select(WORDS), 0..40)) {
        outcome(&words.join(" "));
        with_body(&words.join(" "));
    }
}

const WORDS: &[&str] = &[
    "newparam",
    "newproperty",
    "ensurable",
    "do",
    "end",
    "{",
    "}",
    "|x|",
    "|x, (y, *z), k: 1, &b|",
    ":a",
    "'b'",
    "x",
    "y",
    "=",
    "[",
    "]",
    "(",
    ")",
    ",",
    ";",
    "\n",
    "def",
    "self",
    ".",
    "each",
    "map",
    "class",
    "module",
    "A",
    "::",
    "if",
    "else",
    "case",
    "when",
    "while",
    "true",
    "nil",
    "*",
    "**",
    "&",
    "<<",
    "+",
    "=>",
    "1",
    "2",
    "..",
    "lambda",
    "->",
    "yield",
    "super",
    "return",
    "next",
    "break",
    "@x",
    "@@x",
    "$x",
    "||=",
    "include",
    "extend",
    "isnamevar",
    "#{",
    "\"",
    "/",
    "%w[a b]",
    "rescue",
    "begin",
    "ensure",
    "send",
    "class_eval",
    "instance_eval",
    "require",
    "<<-E",
    "E",
    "unless",
    "then",
    "in",
    "for",
    "_1",
    "raise",
];
