//! Number literals and what is wrong with the others.

use super::{Lexed, Lexer, Matched, Step, Trouble};
use crate::chars::{is_digit, is_word, word_end};
use crate::token::Kind;

impl Lexer<'_> {
    /// A literal, or an error that tells what is wrong with it.
    pub(super) fn number(&mut self) -> Step {
        let from = self.pos;
        let Some(end) = self.number_end(from) else { return self.bad_number(from) };
        self.pos = end;
        self.matched = Matched::Range(from, end);
        self.check_number(&self.text[from..end], from)?;
        Ok(Lexed::One(self.token(Kind::Number, from, end)))
    }

    /// End of the longest literal at `from` that ends at a word boundary.
    fn number_end(&self, from: usize) -> Option<usize> {
        let bytes = self.bytes;
        let digits = |at: usize| {
            let mut end = at;
            while end < bytes.len() && is_digit(bytes[end]) {
                end += 1;
            }
            (end > at).then_some(end)
        };
        if bytes[from] == b'0' && matches!(bytes.get(from + 1), Some(b'x' | b'X')) {
            let mut end = from + 2;
            while bytes.get(end).is_some_and(u8::is_ascii_hexdigit) {
                end += 1;
            }
            if end > from + 2 && self.boundary(end) {
                return Some(end);
            }
        }
        let exponent = |at: usize| {
            if !matches!(bytes.get(at), Some(b'e' | b'E')) {
                return None;
            }
            digits(if bytes.get(at + 1) == Some(&b'-') { at + 2 } else { at + 1 })
        };
        let whole = digits(from)?;
        if bytes.get(whole) == Some(&b'.')
            && let Some(fraction) = digits(whole + 1)
        {
            if let Some(end) = exponent(fraction).filter(|&end| self.boundary(end)) {
                return Some(end);
            }
            if self.boundary(fraction) {
                return Some(fraction);
            }
        }
        if let Some(end) = exponent(whole).filter(|&end| self.boundary(end)) {
            return Some(end);
        }
        self.boundary(whole).then_some(whole)
    }

    /// `\b` after a digit: it knows all of Unicode's letters, although `\w` does not.
    fn boundary(&self, at: usize) -> bool {
        match self.bytes.get(at) {
            None => true,
            Some(&byte) if byte < 0x80 => !is_word(byte),
            Some(_) => self.text[at..].chars().next().is_none_or(|c| !c.is_alphanumeric()),
        }
    }

    fn bad_number(&self, from: usize) -> Step {
        let after = word_end(self.bytes, from);
        let mut before = from;
        // `1.2x`: the digits before the dot belong to the bad number.
        if from > 1 && self.bytes[from - 1] == b'.' {
            let mut at = from - 2;
            while is_digit(self.bytes[at]) {
                before = at;
                if at == 0 {
                    break;
                }
                at -= 1;
            }
        }
        let value = &self.text[before..after];
        self.check_number(value, before)?;
        self.fail_at(before + 1, "ILLEGAL_NUMBER", format!("Illegal number '{value}'"))
    }

    fn check_number(&self, value: &str, at: usize) -> Result<(), Box<Trouble>> {
        let bytes = value.as_bytes();
        let digits = bytes.iter().take_while(|&&b| is_digit(b)).count();
        let next = bytes.get(digits);
        let (code, kind) = match bytes {
            [b'0', b'x' | b'X', hex @ ..] => {
                if !hex.is_empty() && hex.iter().all(u8::is_ascii_hexdigit) {
                    return Ok(());
                }
                ("INVALID_HEX_NUMBER", "hex")
            }
            [b'0', second, ..] if *second != b'.' => {
                if bytes[1..].iter().all(|b| (b'0'..=b'7').contains(b)) {
                    return Ok(());
                }
                ("INVALID_OCTAL_NUMBER", "octal")
            }
            _ if matches!(next, Some(b'e' | b'E' | b'.')) => {
                if is_decimal(bytes) {
                    return Ok(());
                }
                ("INVALID_DECIMAL_NUMBER", "decimal")
            }
            _ if next.is_some() => {
                return self.fail_at(at, "ILLEGAL_NUMBER", format!("Illegal number '{value}'"));
            }
            _ => return Ok(()),
        };
        self.fail_at(at, code, format!("Not a valid {kind} number {value}"))
    }
}

/// `\d+(\.\d+)?([eE]-?\d+)?`, the whole text.
fn is_decimal(text: &[u8]) -> bool {
    fn digits(text: &[u8]) -> Option<&[u8]> {
        let count = text.iter().take_while(|&&b| is_digit(b)).count();
        (count > 0).then(|| &text[count..])
    }
    let Some(mut rest) = digits(text) else { return false };
    if let [b'.', fraction @ ..] = rest {
        match digits(fraction) {
            Some(after) => rest = after,
            None => return false,
        }
    }
    if let [b'e' | b'E', exponent @ ..] = rest {
        let exponent = exponent.strip_prefix(b"-").unwrap_or(exponent);
        match digits(exponent) {
            Some(after) => rest = after,
            None => return false,
        }
    }
    rest.is_empty()
}
