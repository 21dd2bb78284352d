//! From text to the tree with unresolved substitutions.

use std::sync::Arc;

use indexmap::IndexMap;

use super::node::{Node, Place, Source, Substitution, set};
use super::{DEPTH_MAX, HoconError, INCLUDES_MAX, Options, TEXT_BYTES_MAX};

/// Reads one text. `base` is where the keys will be in the including document.
pub(super) fn document(
    text: &str,
    name: &str,
    options: &Options<'_>,
    base: &[String],
    includes: &mut usize,
) -> Result<Node, HoconError> {
    let text = text.strip_prefix('\u{feff}').unwrap_or(text);
    let source = Arc::new(Source::new(name, text));
    let mut parser = Parser {
        rest: text,
        source,
        options,
        base: base.into(),
        includes,
        depth: base.len(),
        path: base.to_vec(),
    };
    if text.len() > TEXT_BYTES_MAX {
        return Err(parser.error(format!("the text is longer than {TEXT_BYTES_MAX} bytes")));
    }
    parser.skip_lines();
    let root = match parser.peek() {
        Some('{') => parser.object()?,
        Some('[') => parser.array()?,
        _ => Node::Object(parser.entries(None)?),
    };
    parser.skip_lines();
    match parser.peek() {
        None => Ok(root),
        Some(other) => Err(parser.error(format!("unexpected '{other}' after the end of the document"))),
    }
}

struct Parser<'a> {
    rest: &'a str,
    source: Arc<Source>,
    options: &'a Options<'a>,
    base: Arc<[String]>,
    includes: &'a mut usize,
    depth: usize,
    /// Keys that lead to where we are, for the base of includes.
    path: Vec<String>,
}

/// Characters that no unquoted text may hold (HOCON, "Unquoted strings").
fn is_reserved(character: char) -> bool {
    matches!(
        character,
        '$' | '"'
            | '{'
            | '}'
            | '['
            | ']'
            | ':'
            | '='
            | ','
            | '+'
            | '#'
            | '`'
            | '^'
            | '?'
            | '!'
            | '@'
            | '*'
            | '&'
            | '\\'
    )
}

fn is_blank(character: char) -> bool {
    character != '\n' && (character.is_whitespace() || character == '\u{feff}')
}

impl<'a> Parser<'a> {
    fn place(&self) -> Place {
        Place::new(&self.source, self.rest)
    }

    fn error(&self, message: impl Into<String>) -> HoconError {
        self.place().error(message)
    }

    fn peek(&self) -> Option<char> {
        self.rest.chars().next()
    }

    fn next(&mut self) -> Option<char> {
        let mut characters = self.rest.chars();
        let character = characters.next();
        self.rest = characters.as_str();
        character
    }

    fn eat(&mut self, text: &str) -> bool {
        match self.rest.strip_prefix(text) {
            Some(rest) => {
                self.rest = rest;
                true
            }
            None => false,
        }
    }

    fn at_comment(&self) -> bool {
        self.rest.starts_with('#') || self.rest.starts_with("//")
    }

    /// Skips blanks and a comment, up to the end of the line.
    fn skip_blanks(&mut self) {
        self.rest = self.rest.trim_start_matches(is_blank);
        if self.at_comment() {
            self.rest = self.rest.find('\n').map_or("", |index| &self.rest[index..]);
        }
    }

    /// Skips blanks, comments and line ends; true if there was a line end.
    fn skip_lines(&mut self) -> bool {
        let mut newline = false;
        loop {
            self.skip_blanks();
            if !self.eat("\n") {
                return newline;
            }
            newline = true;
        }
    }

    fn deeper<T>(&mut self, read: impl FnOnce(&mut Self) -> Result<T, HoconError>) -> Result<T, HoconError> {
        if self.depth >= DEPTH_MAX {
            return Err(self.error(format!("nested deeper than {DEPTH_MAX} levels")));
        }
        self.depth += 1;
        let result = read(self);
        self.depth -= 1;
        result
    }

    fn object(&mut self) -> Result<Node, HoconError> {
        self.deeper(|parser| {
            parser.next();
            let entries = parser.entries(Some('}'))?;
            parser.next();
            Ok(Node::Object(entries))
        })
    }

    fn array(&mut self) -> Result<Node, HoconError> {
        self.deeper(|parser| {
            parser.next();
            let mut items = Vec::new();
            loop {
                parser.skip_lines();
                match parser.peek() {
                    Some(']') => {
                        parser.next();
                        return Ok(Node::Array(items));
                    }
                    None => return Err(parser.error("the array has no end: missing ']'")),
                    _ => items.push(parser.value()?),
                }
                parser.separator(']')?;
            }
        })
    }

    /// Between two entries: a comma, a line end, or both; or the closing character.
    fn separator(&mut self, close: char) -> Result<(), HoconError> {
        let newline = self.skip_lines();
        if self.eat(",") {
            self.skip_lines();
            if self.peek() == Some(',') {
                return Err(self.error("two commas in a row"));
            }
            return Ok(());
        }
        match self.peek() {
            None => Ok(()),
            Some(character) if newline || character == close => Ok(()),
            Some(character) => {
                Err(self.error(format!("expected a comma or a new line, found '{character}'")))
            }
        }
    }

    /// The entries of an object up to (not including) the closing brace, or to the end of the text.
    fn entries(&mut self, close: Option<char>) -> Result<IndexMap<String, Node>, HoconError> {
        let mut entries = IndexMap::new();
        loop {
            self.skip_lines();
            match self.peek() {
                None if close.is_none() => return Ok(entries),
                None => return Err(self.error("the object has no end: missing '}'")),
                some if some == close => return Ok(entries),
                _ => {}
            }
            if !self.include(&mut entries)? {
                self.entry(&mut entries)?;
            }
            self.separator(close.unwrap_or('\0'))?;
        }
    }

    fn entry(&mut self, entries: &mut IndexMap<String, Node>) -> Result<(), HoconError> {
        let place = self.place();
        let keys = self.path_expression("a key", |parser| {
            matches!(parser.peek(), Some(':' | '=' | '{')) || parser.rest.starts_with("+=")
        })?;
        let after_key = self.place();
        self.skip_lines();
        let append = self.eat("+=");
        if !append && !self.eat(":") && !self.eat("=") && self.peek() != Some('{') {
            return Err(after_key.error("expected ':' or '=' after the key"));
        }
        self.skip_lines();
        let levels = keys.len() - 1;
        if self.depth + levels >= DEPTH_MAX {
            return Err(self.error(format!("nested deeper than {DEPTH_MAX} levels")));
        }
        self.depth += levels;
        self.path.extend(keys.iter().cloned());
        let value = self.value();
        let full_path: Vec<String> = self.path.clone();
        self.path.truncate(self.path.len() - keys.len());
        self.depth -= levels;
        let mut value = value?;
        if append {
            // `a += b` is defined as `a = ${?a} [b]`; the path is that of the whole document.
            let so_far =
                Substitution { path: full_path, optional: true, base: Arc::from([]), place: place.clone() };
            value = Node::Concat(vec![Node::Substitution(so_far), Node::Array(vec![value])], place);
        }
        set(entries, &keys, value);
        Ok(())
    }

    /// Dotted keys, quoted or not; white space inside an unquoted key belongs to it.
    fn path_expression(
        &mut self,
        what: &str,
        at_end: impl Fn(&Self) -> bool,
    ) -> Result<Vec<String>, HoconError> {
        let mut keys = Vec::new();
        let mut key = String::new();
        // A quoted part may be empty, an unquoted one may not.
        let mut quoted = false;
        let mut blanks = "";
        loop {
            let before = self.rest;
            self.rest = self.rest.trim_start_matches(is_blank);
            if before.len() != self.rest.len() {
                blanks = &before[..before.len() - self.rest.len()];
            }
            let done = at_end(self) || self.at_comment() || matches!(self.peek(), None | Some('\n'));
            if done || self.peek() == Some('.') {
                if key.is_empty() && !quoted {
                    return Err(match self.peek() {
                        Some('.') => self.error("a dot must stand between two keys"),
                        Some(other) if keys.is_empty() => {
                            self.error(format!("expected {what}, found '{other}'"))
                        }
                        _ => self.error(format!("expected {what}")),
                    });
                }
                keys.push(std::mem::take(&mut key));
                quoted = false;
                blanks = "";
                if done {
                    return Ok(keys);
                }
                self.next();
                continue;
            }
            if !key.is_empty() {
                key.push_str(blanks);
            }
            blanks = "";
            if self.peek() == Some('"') {
                key.push_str(&self.quoted()?);
                quoted = true;
                continue;
            }
            let run = self
                .rest
                .find(|c: char| c == '.' || c == '\n' || is_blank(c) || is_reserved(c))
                .unwrap_or(self.rest.len());
            // A comment ends the run too.
            let run = self.rest[..run].find("//").unwrap_or(run);
            if run == 0 {
                let character = self.peek().unwrap_or_default();
                return Err(self.error(format!("'{character}' is not possible in a key; quote it")));
            }
            key.push_str(&self.rest[..run]);
            self.rest = &self.rest[run..];
        }
    }

    /// A value: one part or several side by side, up to the end of the line or a closing character.
    fn value(&mut self) -> Result<Node, HoconError> {
        let place = self.place();
        let mut parts: Vec<Node> = Vec::new();
        loop {
            let before = self.rest;
            self.rest = self.rest.trim_start_matches(is_blank);
            let blanks = &before[..before.len() - self.rest.len()];
            if self.at_comment() || matches!(self.peek(), None | Some('\n' | ',' | '}' | ']')) {
                break;
            }
            if !blanks.is_empty() && !parts.is_empty() {
                parts.push(Node::Space(blanks.to_owned()));
            }
            parts.push(self.part()?);
        }
        match parts.len() {
            0 => Err(match self.peek() {
                Some(character) if character != '\n' => {
                    self.error(format!("expected a value, found '{character}'"))
                }
                _ => self.error("expected a value"),
            }),
            1 => Ok(parts.remove(0)),
            _ => Ok(Node::Concat(parts, place)),
        }
    }

    fn part(&mut self) -> Result<Node, HoconError> {
        match self.peek() {
            Some('{') => self.object(),
            Some('[') => self.array(),
            Some('"') => self.quoted().map(Node::Text),
            Some('$') => self.substitution(),
            _ => {
                let run = self
                    .rest
                    .find(|c: char| c == '\n' || is_blank(c) || is_reserved(c))
                    .unwrap_or(self.rest.len());
                let mut run = self.rest[..run].find("//").unwrap_or(run);
                // `1e+5` is a number though `+` is reserved otherwise.
                if let Some(exponent) = exponent_sign(self.rest, run) {
                    run = exponent;
                }
                if run == 0 {
                    let character = self.peek().unwrap_or_default();
                    return Err(
                        self.error(format!("'{character}' is not possible in unquoted text; quote it"))
                    );
                }
                let text = self.rest[..run].to_owned();
                self.rest = &self.rest[run..];
                Ok(Node::Bare(text))
            }
        }
    }

    fn substitution(&mut self) -> Result<Node, HoconError> {
        let place = self.place();
        if !self.eat("${") {
            return Err(self.error("'$' is not possible in unquoted text; quote it, or write '${key}'"));
        }
        let optional = self.eat("?");
        let path = self.path_expression("a key in '${…}'", |parser| parser.peek() == Some('}'))?;
        if !self.eat("}") {
            return Err(self.error("missing '}' of '${…}'"));
        }
        let base = self.base.clone();
        Ok(Node::Substitution(Substitution { path, optional, base, place }))
    }

    fn quoted(&mut self) -> Result<String, HoconError> {
        let start = self.place();
        let unterminated = || start.error("the quoted text has no end");
        if self.eat("\"\"\"") {
            let end = self.rest.find("\"\"\"").ok_or_else(unterminated)?;
            // Quotes directly before the closing three belong to the text.
            let extra = self.rest[end + 3..].bytes().take_while(|byte| *byte == b'"').count();
            let text = self.rest[..end + extra].to_owned();
            self.rest = &self.rest[end + extra + 3..];
            return Ok(text);
        }
        self.next();
        let mut text = String::new();
        loop {
            let run = self.rest.find(|c: char| c == '"' || c == '\\' || c < ' ').ok_or_else(unterminated)?;
            text.push_str(&self.rest[..run]);
            self.rest = &self.rest[run..];
            match self.next() {
                Some('"') => return Ok(text),
                Some('\\') => text.push(self.escape()?),
                Some('\n') => return Err(unterminated()),
                Some(control) => {
                    return Err(self.error(format!(
                        "control character U+{:04X} in quoted text; escape it",
                        control as u32
                    )));
                }
                None => return Err(unterminated()),
            }
        }
    }

    fn escape(&mut self) -> Result<char, HoconError> {
        Ok(match self.next() {
            Some('"') => '"',
            Some('\\') => '\\',
            Some('/') => '/',
            Some('b') => '\u{8}',
            Some('f') => '\u{c}',
            Some('n') => '\n',
            Some('r') => '\r',
            Some('t') => '\t',
            Some('u') => {
                let first = self.hex4()?;
                let code = if (0xd800..0xdc00).contains(&first) && self.eat("\\u") {
                    let second = self.hex4()?;
                    if !(0xdc00..0xe000).contains(&second) {
                        return Err(self.error("an escaped surrogate lacks its other half"));
                    }
                    0x10000 + ((first - 0xd800) << 10) + (second - 0xdc00)
                } else {
                    first
                };
                char::from_u32(code).ok_or_else(|| self.error("an escaped surrogate lacks its other half"))?
            }
            _ => return Err(self.error("unknown escape; use \\\" \\\\ \\/ \\b \\f \\n \\r \\t or \\uXXXX")),
        })
    }

    fn hex4(&mut self) -> Result<u32, HoconError> {
        let digits = self.rest.get(..4).filter(|digits| digits.bytes().all(|byte| byte.is_ascii_hexdigit()));
        match digits.and_then(|digits| u32::from_str_radix(digits, 16).ok()) {
            Some(code) => {
                self.rest = &self.rest[4..];
                Ok(code)
            }
            None => Err(self.error("'\\u' needs four hexadecimal digits")),
        }
    }

    /// Reads `include …` if that stands here; otherwise leaves it to be a key.
    fn include(&mut self, entries: &mut IndexMap<String, Node>) -> Result<bool, HoconError> {
        let start = self.rest;
        let place = self.place();
        if !self.eat("include") {
            return Ok(false);
        }
        self.rest = self.rest.trim_start_matches(is_blank);
        let required = self.eat("required(");
        if required {
            self.rest = self.rest.trim_start_matches(is_blank);
        }
        for kind in ["url(", "classpath("] {
            if self.rest.starts_with(kind) {
                return Err(self.error(format!("include {kind}…) is not supported; include a file")));
            }
        }
        let wrapped = self.eat("file(");
        if wrapped {
            self.rest = self.rest.trim_start_matches(is_blank);
        }
        if self.peek() != Some('"') {
            if required || wrapped {
                return Err(self.error("include needs a quoted file name"));
            }
            self.rest = start;
            return Ok(false);
        }
        let written = self.quoted()?;
        for _ in 0..usize::from(required) + usize::from(wrapped) {
            self.rest = self.rest.trim_start_matches(is_blank);
            if !self.eat(")") {
                return Err(self.error("missing ')' after the name of the included file"));
            }
        }
        let fail = |message: String| place.error(message);
        *self.includes += 1;
        if *self.includes > INCLUDES_MAX {
            return Err(fail(format!("more than {INCLUDES_MAX} includes; does a file include itself?")));
        }
        let Some(find) = self.options.includes else {
            return Err(fail("include is not possible here".to_owned()));
        };
        let found = find(&written, &self.source.name)
            .map_err(|error| fail(format!("could not include '{written}': {error}")))?;
        match found {
            None if required => Err(fail(format!("the required file '{written}' does not exist"))),
            None => Ok(true),
            Some(file) => {
                if self.path.len() >= DEPTH_MAX {
                    return Err(fail(format!("nested deeper than {DEPTH_MAX} levels")));
                }
                match document(&file.text, &file.name, self.options, &self.path, self.includes)? {
                    Node::Object(included) => {
                        for (key, value) in included {
                            set(entries, std::slice::from_ref(&key), value);
                        }
                        Ok(true)
                    }
                    _ => Err(fail(format!("the included file '{written}' holds no object"))),
                }
            }
        }
    }
}

/// If an unquoted run stops at the `+` of a number's exponent, where it ends with it.
fn exponent_sign(rest: &str, run: usize) -> Option<usize> {
    let (before, after) = (rest.get(..run)?, rest.get(run..)?.strip_prefix('+')?);
    let mantissa = before.strip_suffix(['e', 'E'])?;
    let digits = after.bytes().take_while(|byte| byte.is_ascii_digit()).count();
    (digits > 0 && mantissa.parse::<f64>().is_ok()).then_some(run + 1 + digits)
}
