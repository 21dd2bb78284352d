//! Reading.

use std::borrow::Cow;

use super::{DEPTH_MAX, JsonError};
use crate::{Hash, Value};

/// Reads a document.
pub fn parse(json: &[u8]) -> Result<Value, JsonError> {
    match std::str::from_utf8(json) {
        Ok(text) => Parser { text, at: 0, depth: 0 }.document(),
        Err(error) => {
            let valid = json.get(..error.valid_up_to()).and_then(|valid| std::str::from_utf8(valid).ok());
            Err(error_at("invalid UTF-8".to_owned(), valid.unwrap_or_default()))
        }
    }
}

/// Reads a document in which bytes that are not UTF-8 count as U+FFFD.
pub fn parse_lossy(json: &[u8]) -> Result<Value, JsonError> {
    Parser { text: &String::from_utf8_lossy(json), at: 0, depth: 0 }.document()
}

/// An error behind the text that was read.
fn error_at(message: String, read: &str) -> JsonError {
    let line = read.bytes().filter(|byte| *byte == b'\n').count() + 1;
    let column = read.rsplit('\n').next().unwrap_or_default().chars().count() + 1;
    JsonError { message, line, column }
}

struct Parser<'t> {
    text: &'t str,
    at: usize,
    depth: usize,
}

impl<'t> Parser<'t> {
    fn document(mut self) -> Result<Value, JsonError> {
        self.skip_blanks()?;
        let value = self.value()?;
        self.skip_blanks()?;
        if self.at < self.text.len() { Err(self.unexpected()) } else { Ok(value) }
    }

    fn peek(&self) -> Option<u8> {
        self.text.as_bytes().get(self.at).copied()
    }

    fn rest(&self) -> &'t str {
        self.text.get(self.at..).unwrap_or_default()
    }

    fn error(&self, message: impl Into<String>) -> JsonError {
        error_at(message.into(), self.text.get(..self.at).unwrap_or_default())
    }

    fn unexpected(&self) -> JsonError {
        if self.at >= self.text.len() {
            return self.error("unexpected end of input");
        }
        let shown: String = self.rest().chars().take(30).collect();
        self.error(format!("unexpected token at '{shown}'"))
    }

    /// White space and comments.
    fn skip_blanks(&mut self) -> Result<(), JsonError> {
        loop {
            match self.peek() {
                Some(b' ' | b'\t' | b'\n' | b'\r') => self.at += 1,
                Some(b'/') => {
                    let rest = self.rest();
                    if let Some(comment) = rest.strip_prefix("/*") {
                        let length = comment.find("*/").ok_or_else(|| self.unexpected())?;
                        self.at += length + 4;
                    } else if rest.starts_with("//") {
                        self.at += rest.find('\n').unwrap_or(rest.len());
                    } else {
                        return Err(self.unexpected());
                    }
                }
                _ => return Ok(()),
            }
        }
    }

    fn value(&mut self) -> Result<Value, JsonError> {
        match self.peek() {
            Some(b'{') => self.object(),
            Some(b'[') => self.array(),
            Some(b'"') => Ok(Value::str(&*self.string()?)),
            Some(b'-' | b'0'..=b'9') => self.number(),
            _ => {
                for (word, value) in
                    [("null", Value::Undef), ("true", Value::Bool(true)), ("false", Value::Bool(false))]
                {
                    if self.rest().starts_with(word) {
                        self.at += word.len();
                        return Ok(value);
                    }
                }
                Err(self.unexpected())
            }
        }
    }

    fn nest(&mut self) -> Result<(), JsonError> {
        self.depth += 1;
        if self.depth > DEPTH_MAX {
            return Err(self.error(format!("nesting of {} is too deep", self.depth)));
        }
        self.at += 1;
        self.skip_blanks()
    }

    fn array(&mut self) -> Result<Value, JsonError> {
        self.nest()?;
        let mut items = Vec::new();
        if self.peek() != Some(b']') {
            loop {
                items.push(self.value()?);
                self.skip_blanks()?;
                match self.peek() {
                    Some(b',') => self.at += 1,
                    Some(b']') => break,
                    _ => return Err(self.unexpected()),
                }
                self.skip_blanks()?;
            }
        }
        self.at += 1;
        self.depth -= 1;
        Ok(Value::array(items))
    }

    fn object(&mut self) -> Result<Value, JsonError> {
        self.nest()?;
        let mut hash = Hash::new();
        if self.peek() != Some(b'}') {
            loop {
                if self.peek() != Some(b'"') {
                    return Err(self.unexpected());
                }
                let key = Value::str(&*self.string()?);
                self.skip_blanks()?;
                if self.peek() != Some(b':') {
                    return Err(self.unexpected());
                }
                self.at += 1;
                self.skip_blanks()?;
                let value = self.value()?;
                hash.insert(key, value);
                self.skip_blanks()?;
                match self.peek() {
                    Some(b',') => self.at += 1,
                    Some(b'}') => break,
                    _ => return Err(self.unexpected()),
                }
                self.skip_blanks()?;
            }
        }
        self.at += 1;
        self.depth -= 1;
        Ok(Value::hash(hash))
    }

    fn number(&mut self) -> Result<Value, JsonError> {
        let bytes = self.rest().as_bytes();
        let digits = |from: usize| {
            bytes.get(from..).unwrap_or_default().iter().take_while(|byte| byte.is_ascii_digit()).count()
        };
        let whole_at = usize::from(bytes.first() == Some(&b'-'));
        let whole = digits(whole_at);
        if whole == 0 || whole > 1 && bytes.get(whole_at) == Some(&b'0') {
            return Err(self.unexpected());
        }
        let mut end = whole_at + whole;
        let mut is_float = false;
        if bytes.get(end) == Some(&b'.') {
            let fraction = digits(end + 1);
            if fraction == 0 {
                return Err(self.unexpected());
            }
            end += 1 + fraction;
            is_float = true;
        }
        if matches!(bytes.get(end), Some(b'e' | b'E')) {
            let sign = usize::from(matches!(bytes.get(end + 1), Some(b'+' | b'-')));
            let exponent = digits(end + 1 + sign);
            if exponent == 0 {
                return Err(self.unexpected());
            }
            end += 1 + sign + exponent;
            is_float = true;
        }
        let text = self.rest().get(..end).unwrap_or_default();
        let value = match text.parse::<i64>() {
            Ok(number) if !is_float => Value::Int(number),
            _ => match text.parse::<f64>() {
                Ok(number) if number.is_finite() => Value::Float(number),
                _ => return Err(self.error("number out of range")),
            },
        };
        self.at += end;
        Ok(value)
    }

    /// A string, borrowed if it has no escapes.
    fn string(&mut self) -> Result<Cow<'t, str>, JsonError> {
        self.at += 1;
        let mut unescaped: Option<String> = None;
        loop {
            let rest = self.rest();
            let plain = rest.bytes().take_while(|byte| !matches!(byte, b'"' | b'\\' | 0..0x20)).count();
            let part = rest.get(..plain).unwrap_or_default();
            self.at += plain;
            match self.peek() {
                Some(b'"') => {
                    self.at += 1;
                    return Ok(match unescaped {
                        None => Cow::Borrowed(part),
                        Some(mut text) => {
                            text.push_str(part);
                            Cow::Owned(text)
                        }
                    });
                }
                Some(b'\\') => {
                    let text = unescaped.get_or_insert_with(String::new);
                    text.push_str(part);
                    self.at += 1;
                    let c = self.escape()?;
                    unescaped.get_or_insert_with(String::new).push(c);
                }
                Some(_) => return Err(self.error("control character in string")),
                None => return Err(self.unexpected()),
            }
        }
    }

    fn escape(&mut self) -> Result<char, JsonError> {
        let c = match self.peek() {
            Some(b'"') => '"',
            Some(b'\\') => '\\',
            Some(b'/') => '/',
            Some(b'b') => '\u{8}',
            Some(b'f') => '\u{c}',
            Some(b'n') => '\n',
            Some(b'r') => '\r',
            Some(b't') => '\t',
            Some(b'u') => {
                self.at += 1;
                return self.unicode_escape();
            }
            _ => return Err(self.error("invalid escape in string")),
        };
        self.at += 1;
        Ok(c)
    }

    /// `XXXX`, and the second half of a pair of surrogates behind it. Halves without their other half become U+FFFD.
    fn unicode_escape(&mut self) -> Result<char, JsonError> {
        let unit = self.hex_digits().ok_or_else(|| self.error("invalid escape in string"))?;
        if (0xd800..0xdc00).contains(&unit) && self.rest().starts_with("\\u") {
            let before = self.at;
            self.at += 2;
            match self.hex_digits() {
                Some(low) if (0xdc00..0xe000).contains(&low) => {
                    let code = 0x10000 + ((unit - 0xd800) << 10) + (low - 0xdc00);
                    return Ok(char::from_u32(code).unwrap_or(char::REPLACEMENT_CHARACTER));
                }
                _ => self.at = before,
            }
        }
        Ok(char::from_u32(unit).unwrap_or(char::REPLACEMENT_CHARACTER))
    }

    fn hex_digits(&mut self) -> Option<u32> {
        let digits =
            self.rest().get(..4).filter(|digits| digits.bytes().all(|byte| byte.is_ascii_hexdigit()))?;
        self.at += 4;
        u32::from_str_radix(digits, 16).ok()
    }
}
