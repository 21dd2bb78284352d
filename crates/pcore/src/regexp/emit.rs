//! Writes a tree in the notation of an engine.
//!
//! Two notations are written: that of the linear-time `regex` crate, for trees without look-around, references and
//! the like, and that of `fancy-regex`, which backtracks. They differ in two assertions that the first cannot express
//! exactly; [`Caveats`] says when its answers must be checked.

use std::fmt::Write as _;

use super::syntax::{Assertion, Class, ClassItem, Greed, Node, Set};

/// Where a linear program is only exact for texts without a line break at their end.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) struct Caveats {
    /// Contains `^`, which Ruby does not match behind a final line break.
    pub(super) line_start: bool,
    /// Contains `\Z`, which is written as `\z`.
    pub(super) text_end: bool,
}

/// In the notation of `regex`; `None` if the tree needs backtracking.
pub(super) fn linear(node: &Node) -> Option<(String, Caveats)> {
    let mut writer = Writer { out: String::new(), linear: true, caveats: Caveats::default(), refused: None };
    writer.node(node, Place::Top);
    writer.refused.is_none().then_some((writer.out, writer.caveats))
}

/// In the notation of `fancy-regex`. The error says what it cannot do.
pub(super) fn backtracking(node: &Node) -> Result<String, &'static str> {
    let mut writer = Writer { out: String::new(), linear: false, caveats: Caveats::default(), refused: None };
    writer.node(node, Place::Top);
    writer.refused.map_or(Ok(writer.out), Err)
}

/// What a node is written into, which decides about parentheses.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Place {
    Top,
    Sequence,
    Repeated,
}

struct Writer {
    out: String,
    linear: bool,
    caveats: Caveats,
    /// What the notation cannot say.
    refused: Option<&'static str>,
}

impl Writer {
    fn node(&mut self, node: &Node, place: Place) {
        match node {
            Node::Empty => self.out.push_str("(?:)"),
            Node::Literal { c, ignore_case } => self.literals(&[*c], *ignore_case),
            Node::Any { newline: true } => self.out.push_str("(?s:.)"),
            Node::Any { newline: false } => self.out.push_str("[^\\n]"),
            Node::Class { class, ignore_case } => {
                self.out.push_str(if *ignore_case { "(?i:" } else { "" });
                self.class(class);
                self.out.push_str(if *ignore_case { ")" } else { "" });
            }
            Node::Assertion(assertion) => self.assertion(*assertion, place),
            Node::Capture { node, .. } => self.group("(", node),
            Node::Look { behind, negated, node } => {
                self.needs_backtracking();
                let open = match (behind, negated) {
                    (false, false) => "(?=",
                    (false, true) => "(?!",
                    (true, false) => "(?<=",
                    (true, true) => "(?<!",
                };
                self.group(open, node);
            }
            Node::Atomic(node) => {
                self.needs_backtracking();
                self.group("(?>", node);
            }
            Node::Absent(node) => {
                self.needs_backtracking();
                self.group("(?~", node);
            }
            Node::Repeat { node, min, max, greed } => self.repeat(node, *min, *max, *greed, place),
            Node::Backreference { groups, ignore_case } => {
                self.needs_backtracking();
                self.out.push_str(if *ignore_case { "(?i:" } else { "(?:" });
                for (nth, group) in groups.iter().rev().enumerate() {
                    let _ = write!(self.out, "{}\\{group}", if nth > 0 { "|" } else { "" });
                }
                self.out.push(')');
            }
            Node::Call(group) => {
                self.needs_backtracking();
                let _ = write!(self.out, "\\g<{group}>");
            }
            Node::Conditional { group, yes, no } => {
                self.needs_backtracking();
                let _ = write!(self.out, "(?({group})");
                self.node(yes, Place::Sequence);
                self.out.push('|');
                self.node(no, Place::Sequence);
                self.out.push(')');
            }
            Node::LineBreak => {
                self.needs_backtracking();
                self.out.push_str("(?>\\r\\n|[\\n-\\r\\x{85}\\x{2028}\\x{2029}])");
            }
            Node::Grapheme => self.refused = Some("\\X is not supported"),
            Node::Concat(nodes) => {
                if place == Place::Repeated {
                    self.out.push_str("(?:");
                }
                self.sequence(nodes);
                if place == Place::Repeated {
                    self.out.push(')');
                }
            }
            Node::Alternation(branches) => {
                if place != Place::Top {
                    self.out.push_str("(?:");
                }
                for (nth, branch) in branches.iter().enumerate() {
                    if nth > 0 {
                        self.out.push('|');
                    }
                    self.node(branch, Place::Sequence);
                }
                if place != Place::Top {
                    self.out.push(')');
                }
            }
        }
    }

    fn needs_backtracking(&mut self) {
        if self.linear {
            self.refused = Some("needs backtracking");
        }
    }

    fn group(&mut self, open: &str, node: &Node) {
        self.out.push_str(open);
        self.node(node, Place::Top);
        self.out.push(')');
    }

    /// Neighbouring literals are written together, so that case-insensitive text takes one group.
    fn sequence(&mut self, nodes: &[Node]) {
        let mut run: Vec<char> = Vec::new();
        let mut run_ignores_case = false;
        for node in nodes {
            if let Node::Literal { c, ignore_case } = node {
                if *ignore_case != run_ignores_case {
                    self.literals(&std::mem::take(&mut run), run_ignores_case);
                    run_ignores_case = *ignore_case;
                }
                run.push(*c);
                continue;
            }
            self.literals(&std::mem::take(&mut run), run_ignores_case);
            self.node(node, Place::Sequence);
        }
        self.literals(&run, run_ignores_case);
    }

    fn literals(&mut self, chars: &[char], ignore_case: bool) {
        let wrap = ignore_case && chars.iter().any(|c| c.is_alphabetic());
        self.out.push_str(if wrap { "(?i:" } else { "" });
        for c in chars {
            // `<` and `>` mean something else when escaped.
            if c.is_ascii_punctuation() && !matches!(c, '<' | '>' | '_') {
                self.out.push('\\');
                self.out.push(*c);
            } else if c.is_ascii_whitespace() || c.is_control() {
                let _ = write!(self.out, "\\x{{{:X}}}", u32::from(*c));
            } else {
                self.out.push(*c);
            }
        }
        self.out.push_str(if wrap { ")" } else { "" });
    }

    fn repeat(&mut self, node: &Node, min: u32, max: Option<u32>, greed: Greed, place: Place) {
        if greed == Greed::Possessive {
            self.needs_backtracking();
            self.out.push_str("(?>");
        } else if place == Place::Repeated {
            self.out.push_str("(?:");
        }
        self.node(node, Place::Repeated);
        match (min, max) {
            (0, None) => self.out.push('*'),
            (1, None) => self.out.push('+'),
            (0, Some(1)) => self.out.push('?'),
            (min, None) => {
                let _ = write!(self.out, "{{{min},}}");
            }
            (min, Some(max)) => {
                let _ = write!(self.out, "{{{min},{max}}}");
            }
        }
        if greed == Greed::Lazy {
            self.out.push('?');
        }
        if greed == Greed::Possessive || place == Place::Repeated {
            self.out.push(')');
        }
    }

    fn assertion(&mut self, assertion: Assertion, place: Place) {
        let text = match assertion {
            Assertion::LineStart if self.linear => {
                self.caveats.line_start = true;
                "(?m:^)"
            }
            Assertion::LineStart => "(?:\\A|(?m:^)(?!\\z))",
            Assertion::LineEnd => "(?m:$)",
            Assertion::TextStart => "\\A",
            Assertion::TextEnd => "\\z",
            Assertion::TextEndOrNewline if self.linear => {
                self.caveats.text_end = true;
                "\\z"
            }
            Assertion::TextEndOrNewline => "(?=\\n?\\z)",
            Assertion::WordBoundary { negated: false, ascii: false } => "\\b",
            Assertion::WordBoundary { negated: true, ascii: false } => "\\B",
            Assertion::WordBoundary { negated: false, ascii: true } => "(?-u:\\b)",
            Assertion::WordBoundary { negated: true, ascii: true } => {
                // The complement of an ASCII boundary could fall inside a character.
                self.needs_backtracking();
                "(?!(?-u:\\b))"
            }
            Assertion::SearchStart => {
                self.needs_backtracking();
                "\\G"
            }
            Assertion::Keep => {
                self.needs_backtracking();
                "\\K"
            }
        };
        let wrap = place == Place::Repeated;
        self.out.push_str(if wrap { "(?:" } else { "" });
        self.out.push_str(text);
        self.out.push_str(if wrap { ")" } else { "" });
    }

    fn class(&mut self, class: &Class) {
        self.out.push_str(if class.negated { "[^" } else { "[" });
        if class.intersections.is_empty() {
            self.class_items(&class.items);
        } else {
            self.operand(&class.items);
            for items in &class.intersections {
                self.out.push_str("&&");
                self.operand(items);
            }
        }
        self.out.push(']');
    }

    fn operand(&mut self, items: &[ClassItem]) {
        self.out.push('[');
        self.class_items(items);
        self.out.push(']');
    }

    fn class_items(&mut self, items: &[ClassItem]) {
        if items.is_empty() {
            // A set without members cannot be written as `[]`.
            self.out.push_str("[^\\x{0}-\\x{10FFFF}]");
        }
        for item in items {
            match item {
                ClassItem::Range(low, high) => {
                    self.member(*low);
                    if high != low {
                        self.out.push('-');
                        self.member(*high);
                    }
                }
                ClassItem::Named { set: Set::Fixed(text), negated: false } => self.out.push_str(text),
                ClassItem::Named { set: Set::Fixed(text), negated: true } => {
                    let _ = write!(self.out, "[^{text}]");
                }
                ClassItem::Named { set: Set::Property(name), negated } => {
                    let _ = write!(self.out, "\\{}{{{name}}}", if *negated { 'P' } else { 'p' });
                }
                ClassItem::Nested(class) => self.class(class),
            }
        }
    }

    fn member(&mut self, c: char) {
        if c.is_ascii_alphanumeric() || !c.is_ascii() && !c.is_control() {
            self.out.push(c);
        } else {
            let _ = write!(self.out, "\\x{{{:X}}}", u32::from(c));
        }
    }
}
