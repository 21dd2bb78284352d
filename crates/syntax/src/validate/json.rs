//! A check of JSON texts that says where one goes wrong the way Ruby's parser does: a broken object is shown
//! from its start, a broken array from the element at fault.

/// How deeply arrays and objects may nest, as in Ruby's parser.
const MAX_NESTING: usize = 100;

/// What is wrong with a text, or `None`.
pub(super) fn check(text: &str) -> Option<String> {
    let mut parser = Parser { bytes: text.as_bytes(), pos: 0, depth: 0 };
    match parser.document() {
        Ok(()) => None,
        Err(Fault::At(at)) => Some(format!("unexpected token at '{}'", text.get(at..).unwrap_or(""))),
        Err(Fault::Nested) => Some(format!("nesting of {} is too deep", MAX_NESTING + 1)),
    }
}

enum Fault {
    At(usize),
    Nested,
}

/// `Ok(false)` means: not here, and the caller decides what to show.
type Outcome = Result<bool, Fault>;

struct Parser<'a> {
    bytes: &'a [u8],
    pos: usize,
    depth: usize,
}

impl Parser<'_> {
    fn document(&mut self) -> Result<(), Fault> {
        self.skip();
        let start = self.pos;
        if !self.value()? {
            return Err(Fault::At(start));
        }
        self.skip();
        if self.pos < self.bytes.len() { Err(Fault::At(self.pos)) } else { Ok(()) }
    }

    fn peek(&self) -> u8 {
        self.bytes.get(self.pos).copied().unwrap_or(0)
    }

    /// White space and comments, which Ruby's parser takes.
    fn skip(&mut self) {
        loop {
            match self.peek() {
                b' ' | b'\t' | b'\r' | b'\n' => self.pos += 1,
                b'/' if self.bytes[self.pos..].starts_with(b"//") => {
                    let rest = &self.bytes[self.pos..];
                    self.pos += memchr::memchr(b'\n', rest).map_or(rest.len(), |at| at + 1);
                }
                b'/' if self.bytes[self.pos..].starts_with(b"/*") => {
                    match memchr::memmem::find(&self.bytes[self.pos + 2..], b"*/") {
                        Some(at) => self.pos += at + 4,
                        None => return,
                    }
                }
                _ => return,
            }
        }
    }

    fn value(&mut self) -> Outcome {
        match self.peek() {
            b'{' => self.nested(Parser::object),
            b'[' => self.nested(Parser::array),
            b'"' => Ok(self.string()),
            b'-' | b'0'..=b'9' => Ok(self.number()),
            b'N' | b'I' if self.word(b"NaN") || self.word(b"Infinity") => Err(Fault::At(self.pos)),
            _ => {
                for word in [b"true".as_slice(), b"false", b"null"] {
                    if self.word(word) {
                        self.pos += word.len();
                        return Ok(true);
                    }
                }
                Ok(false)
            }
        }
    }

    fn word(&self, word: &[u8]) -> bool {
        self.bytes[self.pos..].starts_with(word)
    }

    fn nested(&mut self, parse: fn(&mut Self) -> Outcome) -> Outcome {
        if self.depth >= MAX_NESTING {
            return Err(Fault::Nested);
        }
        self.depth += 1;
        let outcome = parse(self);
        self.depth -= 1;
        outcome
    }

    fn object(&mut self) -> Outcome {
        self.pos += 1;
        self.skip();
        if self.peek() == b'}' {
            self.pos += 1;
            return Ok(true);
        }
        loop {
            if self.peek() != b'"' || !self.string() {
                return Ok(false);
            }
            self.skip();
            if self.peek() != b':' {
                return Ok(false);
            }
            self.pos += 1;
            self.skip();
            if !self.value()? {
                return Ok(false);
            }
            self.skip();
            match self.peek() {
                b',' => self.pos += 1,
                b'}' => {
                    self.pos += 1;
                    return Ok(true);
                }
                _ => return Ok(false),
            }
            self.skip();
        }
    }

    fn array(&mut self) -> Outcome {
        self.pos += 1;
        self.skip();
        if self.peek() == b']' {
            self.pos += 1;
            return Ok(true);
        }
        loop {
            let element = self.pos;
            if !self.value()? {
                return Err(Fault::At(element));
            }
            self.skip();
            match self.peek() {
                b',' => self.pos += 1,
                b']' => {
                    self.pos += 1;
                    return Ok(true);
                }
                _ => return Err(Fault::At(self.pos)),
            }
            self.skip();
        }
    }

    fn string(&mut self) -> bool {
        let mut at = self.pos + 1;
        while let Some(&byte) = self.bytes.get(at) {
            match byte {
                b'"' => {
                    self.pos = at + 1;
                    return true;
                }
                b'\\' => match self.bytes.get(at + 1) {
                    Some(b'u') => {
                        let good = self
                            .bytes
                            .get(at + 2..at + 6)
                            .is_some_and(|digits| digits.iter().all(u8::is_ascii_hexdigit));
                        if !good {
                            return false;
                        }
                        at += 6;
                    }
                    Some(&next) if next >= b' ' => at += 2,
                    _ => return false,
                },
                byte if byte < b' ' => return false,
                _ => at += 1,
            }
        }
        false
    }

    fn number(&mut self) -> bool {
        let digits = |mut at: usize| {
            let from = at;
            while self.bytes.get(at).is_some_and(u8::is_ascii_digit) {
                at += 1;
            }
            (at > from).then_some(at)
        };
        let start = self.pos + usize::from(self.peek() == b'-');
        let Some(mut end) = digits(start) else { return false };
        if self.bytes[start] == b'0' && end > start + 1 {
            return false;
        }
        if self.bytes.get(end) == Some(&b'.')
            && let Some(fraction) = digits(end + 1)
        {
            end = fraction;
        }
        if matches!(self.bytes.get(end), Some(b'e' | b'E')) {
            let sign = usize::from(matches!(self.bytes.get(end + 1), Some(b'+' | b'-')));
            if let Some(exponent) = digits(end + 1 + sign) {
                end = exponent;
            }
        }
        self.pos = end;
        true
    }
}

#[cfg(test)]
mod tests {
    use super::check;

    #[test]
    fn shows_what_ruby_shows() {
        for good in ["{}", "[]", " 1 ", "\"a\\q\"", "//c\n[1]", "{\"a\":[1,{\"b\":null}]}", "-1.5e+3"] {
            assert_eq!(check(good), None, "{good}");
        }
        for (bad, shown) in [
            ("{\"a\": }", "{\"a\": }"),
            ("", ""),
            ("[1,]", "]"),
            ("{\"a\":1} x", "x"),
            ("[1", ""),
            ("[NaN]", "NaN]"),
            ("01", "01"),
            ("[1,2\n,,3]", ",3]"),
            ("[-]", "-]"),
            ("[1.]", ".]"),
        ] {
            assert_eq!(check(bad), Some(format!("unexpected token at '{shown}'")), "{bad}");
        }
        assert_eq!(check(&"[".repeat(200)), Some("nesting of 101 is too deep".into()));
    }
}
