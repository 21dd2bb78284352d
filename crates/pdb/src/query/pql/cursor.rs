//! A place in a text, and what was expected at the furthest place so far.

use serde_json::Value as Json;

use super::order;

use crate::query::limits::DEPTH_MAX;

/// Reads terminals of the grammar. Every one that is not there is remembered for the error.
pub(super) struct Cursor<'a> {
    text: &'a str,
    /// Where the next terminal is looked for, in bytes.
    pub at: usize,
    furthest: usize,
    expected: Vec<&'static str>,
    depth: usize,
    /// The text is of the grammar, but something in it cannot be: what.
    pub refusal: Option<String>,
}

impl<'a> Cursor<'a> {
    pub fn new(text: &'a str) -> Cursor<'a> {
        Cursor { text, at: 0, furthest: 0, expected: Vec::new(), depth: 0, refusal: None }
    }

    /// What is still to be read.
    pub fn rest(&self) -> &'a str {
        self.text.get(self.at..).unwrap_or_default()
    }

    /// Remembers that something could have stood here. Gives nothing, which is what the caller then answers.
    pub fn miss<T>(&mut self, what: &'static str) -> Option<T> {
        if self.at > self.furthest {
            self.furthest = self.at;
            self.expected.clear();
        }
        if self.at == self.furthest && !self.expected.contains(&what) {
            self.expected.push(what);
        }
        None
    }

    /// A fixed text.
    pub fn take(&mut self, text: &'static str) -> Option<()> {
        if self.rest().starts_with(text) {
            self.at += text.len();
            return Some(());
        }
        self.miss(text)
    }

    /// Characters of a kind, at least one; `pattern` is how errors name them.
    pub fn run(&mut self, pattern: &'static str, mut of: impl FnMut(char) -> bool) -> Option<&'a str> {
        let rest = self.rest();
        let length = rest.find(|c| !of(c)).unwrap_or(rest.len());
        if length == 0 {
            return self.miss(pattern);
        }
        self.at += length;
        rest.get(..length)
    }

    /// White space, which has to be there.
    pub fn space(&mut self) -> Option<()> {
        // The white space of Java's `\s`.
        let white = |c| matches!(c, ' ' | '\t' | '\n' | '\r' | '\x0b' | '\x0c');
        self.run("#\"\\s+\"", white).map(drop)
    }

    /// White space, if there is some.
    pub fn spaces(&mut self) {
        let _: Option<()> = self.space();
    }

    /// Tries something, and stands where it stood when that is not there.
    pub fn attempt<T>(&mut self, read: impl FnOnce(&mut Cursor<'a>) -> Option<T>) -> Option<T> {
        let at = self.at;
        let found = read(self);
        if found.is_none() {
            self.at = at;
        }
        found
    }

    /// Reads something that contains its like. Too deep is refused.
    pub fn deeper(&mut self, read: impl FnOnce(&mut Cursor<'a>) -> Option<Json>) -> Option<Json> {
        if self.depth >= DEPTH_MAX {
            self.refuse(format!("The query is nested deeper than {DEPTH_MAX} levels"));
        }
        if self.refusal.is_some() {
            return None;
        }
        self.depth += 1;
        let found = read(self);
        self.depth -= 1;
        found
    }

    /// Remembers the first reason why the query cannot be taken although it can be read.
    pub fn refuse(&mut self, reason: String) {
        self.refusal.get_or_insert(reason);
    }

    /// The message of the furthest failure, in the form that PuppetDB gives it.
    pub fn failure(&self) -> String {
        let before = self.text.get(..self.furthest).unwrap_or_default();
        let line_start = before.rfind('\n').map_or(0, |at| at + 1);
        let line_number = before.matches('\n').count() + 1;
        let column = before.get(line_start..).unwrap_or_default().chars().count() + 1;
        // Of a text without lines PuppetDB shows this.
        let line = self.text.get(line_start..).and_then(|rest| rest.lines().next()).unwrap_or("null");
        let expected = order::ordered(&self.expected, before.ends_with(char::is_whitespace));
        let mut out = format!(
            "PQL parse error at line {line_number}, column {column}:\n\n{line}\n{:>column$}\n\n",
            "^"
        );
        match expected.as_slice() {
            [] => {}
            [one] => out.push_str(&format!("Expected:\n{one}\n")),
            many => {
                out.push_str("Expected one of:\n\n");
                for one in many {
                    out.push_str(one);
                    out.push('\n');
                }
            }
        }
        out
    }
}
