//! Scalars as libyaml's emitter writes them.

use super::Emitter;
use super::style::{Style, is_break};

/// A text to write, and what it allows.
pub(super) struct Scalar<'t> {
    text: &'t str,
    /// Where its further lines begin.
    indent: usize,
    is_simple_key: bool,
    may_be_plain: bool,
    may_be_single_quoted: bool,
    may_be_block: bool,
}

impl<'t> Scalar<'t> {
    pub(super) fn new(text: &'t str, indent: usize, is_simple_key: bool) -> Scalar<'t> {
        let mut scalar = Scalar {
            text,
            indent,
            is_simple_key,
            may_be_plain: true,
            may_be_single_quoted: true,
            may_be_block: !text.is_empty(),
        };
        scalar.analyse();
        scalar
    }

    fn analyse(&mut self) {
        let mut has_indicator = self.text.starts_with("---") || self.text.starts_with("...");
        let mut has_special = false;
        let mut has_break = false;
        let (mut space_break, mut break_space) = (false, false);
        let mut previous = None;
        let mut chars = self.text.chars().peekable();
        while let Some(c) = chars.next() {
            let before_blank = chars.peek().is_none_or(|&next| is_blank(next));
            let after_blank = previous.is_none_or(is_blank);
            has_indicator |= match c {
                '#' => previous.is_none() || after_blank,
                ',' | '[' | ']' | '{' | '}' | '&' | '*' | '!' | '|' | '>' | '\'' | '"' | '%' | '@' | '`' => {
                    previous.is_none()
                }
                '?' | '-' => previous.is_none() && before_blank,
                ':' => before_blank,
                _ => false,
            };
            has_special |= !is_printable(c);
            has_break |= is_break(c);
            break_space |= c == ' ' && previous.is_some_and(is_break);
            space_break |= is_break(c) && previous == Some(' ');
            previous = Some(c);
        }
        let first = self.text.chars().next();
        let edge = |c: Option<char>| c.is_some_and(|c| c == ' ' || is_break(c));
        let is_odd = space_break || has_special;
        self.may_be_plain =
            !(edge(first) || edge(previous) || break_space || is_odd || has_break || has_indicator);
        self.may_be_single_quoted = !(break_space || is_odd);
        self.may_be_block &= !(previous == Some(' ') || is_odd);
    }

    /// The style that carries the text.
    fn style(&self, proposed: Style) -> Style {
        let mut style = proposed;
        if self.is_simple_key && self.text.contains(is_break) {
            style = Style::DoubleQuoted;
        }
        if style == Style::Plain && (!self.may_be_plain || (self.text.is_empty() && self.is_simple_key)) {
            style = Style::SingleQuoted;
        }
        if style == Style::SingleQuoted && !self.may_be_single_quoted {
            style = Style::DoubleQuoted;
        }
        if matches!(style, Style::Literal | Style::Folded) && (!self.may_be_block || self.is_simple_key) {
            style = Style::DoubleQuoted;
        }
        style
    }
}

impl Emitter {
    pub(super) fn scalar(&mut self, scalar: &Scalar<'_>, proposed: Style, tag: Option<&str>) {
        let style = scalar.style(proposed);
        if let Some(tag) = tag {
            self.indicator(tag, true, false, false);
        } else if proposed == Style::Plain && scalar.text.is_empty() && style != Style::Plain {
            // Nothing as a key: the mark keeps it from being read as a text.
            self.indicator("!", true, false, false);
        }
        match style {
            Style::Plain => self.plain(scalar),
            Style::SingleQuoted => self.single_quoted(scalar),
            Style::DoubleQuoted => self.double_quoted(scalar),
            Style::Literal => self.literal(scalar),
            Style::Folded => self.folded(scalar),
        }
    }

    fn plain(&mut self, scalar: &Scalar<'_>) {
        if !self.whitespace && !scalar.text.is_empty() {
            self.put(' ');
        }
        let mut spaces = false;
        let mut chars = scalar.text.chars().peekable();
        while let Some(c) = chars.next() {
            let may_fold = !scalar.is_simple_key && !spaces && self.column > self.width;
            if c == ' ' && may_fold && chars.peek() != Some(&' ') {
                self.indent(scalar.indent);
            } else {
                self.put(c);
                self.indention = false;
            }
            spaces = c == ' ';
        }
        self.whitespace = false;
        self.indention = false;
    }

    fn single_quoted(&mut self, scalar: &Scalar<'_>) {
        self.indicator("'", true, false, false);
        let (mut spaces, mut breaks) = (false, false);
        let mut chars = scalar.text.chars().peekable();
        let mut is_first = true;
        while let Some(c) = chars.next() {
            let next = chars.peek().copied();
            if c == ' ' {
                let is_inside = !is_first && next.is_some() && next != Some(' ');
                if !scalar.is_simple_key && !spaces && self.column > self.width && is_inside {
                    self.indent(scalar.indent);
                } else {
                    self.put(c);
                }
                spaces = true;
            } else if is_break(c) {
                if !breaks && c == '\n' {
                    self.put('\n');
                }
                self.put(c);
                self.indention = true;
                breaks = true;
            } else {
                if breaks {
                    self.indent(scalar.indent);
                }
                if c == '\'' {
                    self.put('\'');
                }
                self.put(c);
                self.indention = false;
                (spaces, breaks) = (false, false);
            }
            is_first = false;
        }
        if breaks {
            self.indent(scalar.indent);
        }
        self.indicator("'", false, false, false);
        self.whitespace = false;
        self.indention = false;
    }

    fn double_quoted(&mut self, scalar: &Scalar<'_>) {
        self.indicator("\"", true, false, false);
        let mut spaces = false;
        let mut chars = scalar.text.chars().peekable();
        let mut is_first = true;
        while let Some(c) = chars.next() {
            let next = chars.peek().copied();
            if !is_printable(c) || is_break(c) || matches!(c, '"' | '\\') {
                escape(c).chars().for_each(|c| self.put(c));
                spaces = false;
            } else if c == ' ' {
                let is_inside = !is_first && next.is_some();
                if !scalar.is_simple_key && !spaces && self.column > self.width && is_inside {
                    self.indent(scalar.indent);
                    if next == Some(' ') {
                        self.put('\\');
                    }
                } else {
                    self.put(c);
                }
                spaces = true;
            } else {
                self.put(c);
                spaces = false;
            }
            is_first = false;
        }
        self.indicator("\"", false, false, false);
        self.whitespace = false;
        self.indention = false;
    }

    /// The mark of a block, with what it says of indentation and of line breaks at the end.
    fn block_start(&mut self, mark: &str, text: &str) {
        self.indicator(mark, true, false, false);
        if text.starts_with(|c| c == ' ' || is_break(c)) {
            self.indicator(&self.step.to_string(), false, false, false);
        }
        let mut last = text.chars().rev();
        let ends = (last.next().is_some_and(is_break), last.next());
        self.is_open = false;
        match ends {
            (false, _) => self.indicator("-", false, false, false),
            (true, None) => self.is_open = true,
            (true, Some(c)) => self.is_open = is_break(c),
        }
        if self.is_open {
            self.indicator("+", false, false, false);
        }
        self.put('\n');
        self.indention = true;
        self.whitespace = true;
    }

    /// Lines that are too long are broken at blanks; a line break of the text becomes an empty line.
    fn folded(&mut self, scalar: &Scalar<'_>) {
        self.block_start(">", scalar.text);
        let (mut breaks, mut leading_spaces) = (true, true);
        let mut chars = scalar.text.chars().peekable();
        while let Some(c) = chars.next() {
            if is_break(c) {
                if !breaks && !leading_spaces && c == '\n' {
                    let next = chars.clone().find(|&next| !is_break(next));
                    if next.is_some_and(|next| !is_blank(next)) {
                        self.put('\n');
                    }
                }
                self.put(c);
                self.indention = true;
                breaks = true;
                continue;
            }
            if breaks {
                self.indent(scalar.indent);
                leading_spaces = is_blank(c);
            }
            if !breaks && c == ' ' && chars.peek() != Some(&' ') && self.column > self.width {
                self.indent(scalar.indent);
            } else {
                self.put(c);
            }
            self.indention = false;
            breaks = false;
        }
    }

    fn literal(&mut self, scalar: &Scalar<'_>) {
        self.block_start("|", scalar.text);
        let mut breaks = true;
        for c in scalar.text.chars() {
            if is_break(c) {
                self.put(c);
                self.indention = true;
                breaks = true;
            } else {
                if breaks {
                    self.indent(scalar.indent);
                }
                self.put(c);
                self.indention = false;
                breaks = false;
            }
        }
    }
}

fn is_blank(c: char) -> bool {
    matches!(c, ' ' | '\t') || is_break(c)
}

/// What libyaml writes as it is: no control characters, tabs, private marks, nor anything beyond the basic plane.
fn is_printable(c: char) -> bool {
    matches!(c, '\n' | ' '..='~' | '\u{a0}'..='\u{d7ff}' | '\u{e000}'..='\u{fffd}') && c != '\u{feff}'
}

fn escape(c: char) -> String {
    match c {
        '\0' => "\\0".into(),
        '\u{7}' => "\\a".into(),
        '\u{8}' => "\\b".into(),
        '\t' => "\\t".into(),
        '\n' => "\\n".into(),
        '\u{b}' => "\\v".into(),
        '\u{c}' => "\\f".into(),
        '\r' => "\\r".into(),
        '\u{1b}' => "\\e".into(),
        '"' => "\\\"".into(),
        '\\' => "\\\\".into(),
        '\u{85}' => "\\N".into(),
        '\u{a0}' => "\\_".into(),
        '\u{2028}' => "\\L".into(),
        '\u{2029}' => "\\P".into(),
        c if u32::from(c) <= 0xff => format!("\\x{:02X}", u32::from(c)),
        c if u32::from(c) <= 0xffff => format!("\\u{:04X}", u32::from(c)),
        c => format!("\\U{:08X}", u32::from(c)),
    }
}
