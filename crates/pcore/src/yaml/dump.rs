//! Writing YAML as Psych writes it: what `to_yaml` gives, to the byte.
//!
//! Which quotes a text gets is decided twice, as in the original: Psych proposes a style from what the text would read
//! back as ([`style`]), and the emitter of libyaml takes another one where that style cannot carry the text
//! ([`scalar`]). Long lines are folded at 80 columns.

mod scalar;
mod style;

use crate::{Value, format};
use scalar::Scalar;
use style::Style;

const WIDTH: usize = 80;
const STEP: usize = 2;
/// Longest text that is written as a simple key.
const SIMPLE_KEY_BYTES_MAX: usize = 128;

/// How a document is written.
#[derive(Clone, Copy, Debug, Default)]
pub struct DumpOptions {
    /// Blanks a level, from 2 to 9; 2 if it is not said.
    pub indentation: Option<i64>,
    /// Columns from which a blank may become a line break: 80 if it is not said, none if it is negative. Texts that are
    /// longer than a width that is said are folded.
    pub line_width: Option<i64>,
}

/// Writes a document. Values that YAML has no form for are written as their text.
pub fn dump(value: &Value) -> String {
    dump_with(value, &DumpOptions::default())
}

/// [`dump`], as the options say.
pub fn dump_with(value: &Value, options: &DumpOptions) -> String {
    let step = options.indentation.and_then(|step| usize::try_from(step).ok());
    let step = step.filter(|step| (2..=9).contains(step)).unwrap_or(STEP);
    let width = match options.line_width {
        Some(..0) => usize::MAX,
        Some(width) if width as usize > step * 2 => width as usize,
        _ => WIDTH,
    };
    let folded = options.line_width.and_then(|width| usize::try_from(width).ok());
    let mut emitter = Emitter {
        out: String::new(),
        column: 0,
        whitespace: true,
        indention: true,
        is_open: false,
        step,
        width,
        folded,
    };
    emitter.indicator("---", true, false, false);
    emitter.node(value, None, Place::Root);
    emitter.indent(0);
    if emitter.is_open {
        emitter.indicator("...", true, false, false);
        emitter.indent(0);
    }
    emitter.out
}

/// Where a node stands.
#[derive(Clone, Copy, PartialEq)]
enum Place {
    Root,
    Item,
    /// The value of a key on the same line, or a key that needs a line of its own.
    Mapping,
    SimpleKey,
}

struct Emitter {
    out: String,
    /// Characters on the current line.
    column: usize,
    /// The last thing written was blank, or separates by itself.
    whitespace: bool,
    /// Only indentation and indicators are on the line so far.
    indention: bool,
    /// A text with line breaks at its end must be ended by a mark.
    is_open: bool,
    /// Blanks a level.
    step: usize,
    /// Columns from which a blank may become a line break.
    width: usize,
    /// Characters from which a text is folded.
    folded: Option<usize>,
}

impl Emitter {
    fn put(&mut self, c: char) {
        self.out.push(c);
        self.column = if style::is_break(c) { 0 } else { self.column + 1 };
    }

    fn indicator(&mut self, text: &str, needs_whitespace: bool, is_whitespace: bool, is_indention: bool) {
        if needs_whitespace && !self.whitespace {
            self.put(' ');
        }
        text.chars().for_each(|c| self.put(c));
        self.whitespace = is_whitespace;
        self.indention &= is_indention;
    }

    /// Begins a line, unless the current one is as good.
    fn indent(&mut self, indent: usize) {
        if !self.indention || self.column > indent || (self.column == indent && !self.whitespace) {
            self.put('\n');
        }
        while self.column < indent {
            self.put(' ');
        }
        self.whitespace = true;
        self.indention = true;
    }

    /// Writes a node inside of a collection at `parent`; `None` is the document.
    fn node(&mut self, value: &Value, parent: Option<usize>, place: Place) {
        match value {
            Value::Array(items) if items.is_empty() => self.indicator("[]", true, false, false),
            Value::Hash(hash) if hash.is_empty() => self.indicator("{}", true, false, false),
            Value::Array(items) => {
                let indent = match parent {
                    None => 0,
                    // A list that is the value of a key on the line above stands below the key.
                    Some(parent) if place == Place::Mapping && !self.indention => parent,
                    Some(parent) => parent + self.step,
                };
                for item in items.iter() {
                    self.indent(indent);
                    self.indicator("-", true, false, true);
                    self.node(item, Some(indent), Place::Item);
                }
            }
            Value::Hash(hash) => {
                let indent = parent.map_or(0, |parent| parent + self.step);
                for (key, value) in hash.iter() {
                    self.indent(indent);
                    if is_simple_key(key) {
                        self.node(key, Some(indent), Place::SimpleKey);
                        self.indicator(":", false, false, false);
                    } else {
                        self.indicator("?", true, false, true);
                        self.node(key, Some(indent), Place::Mapping);
                        self.indent(indent);
                        self.indicator(":", true, false, true);
                    }
                    self.node(value, Some(indent), Place::Mapping);
                }
            }
            other => {
                let indent = parent.map_or(self.step, |parent| parent + self.step);
                let (text, style, tag) = plan(other, self.folded);
                let scalar = Scalar::new(&text, indent, place == Place::SimpleKey);
                self.scalar(&scalar, style, tag);
            }
        }
    }
}

/// Text, proposed style and tag of a scalar.
fn plan(value: &Value, folded: Option<usize>) -> (String, Style, Option<&'static str>) {
    match value {
        Value::Undef => (String::new(), Style::Plain, None),
        Value::Default => (":default".to_owned(), Style::Plain, None),
        Value::Str(text) => {
            let tag = (text.as_str() == "<<").then_some("!!str");
            (text.to_string(), Style::of(text, folded), tag)
        }
        Value::Float(number) if number.is_nan() => (".nan".to_owned(), Style::Plain, None),
        Value::Float(number) if number.is_infinite() => {
            let text = if *number > 0.0 { ".inf" } else { "-.inf" };
            (text.to_owned(), Style::Plain, None)
        }
        Value::Bool(_) | Value::Int(_) | Value::Float(_) => (format::to_s(value), Style::Plain, None),
        other => {
            let text = format::to_s(other);
            let style = Style::of(&text, folded);
            (text, style, None)
        }
    }
}

/// Whether a key can stand before its colon on one line.
fn is_simple_key(key: &Value) -> bool {
    match key {
        Value::Array(items) => items.is_empty(),
        Value::Hash(hash) => hash.is_empty(),
        Value::Str(text) => text.len() <= SIMPLE_KEY_BYTES_MAX && !text.contains(style::is_break),
        _ => true,
    }
}

#[cfg(test)]
mod tests;
