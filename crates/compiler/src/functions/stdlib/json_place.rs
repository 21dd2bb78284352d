//! Where a JSON text stops being one, as Ruby's parser tells it: of an object that is wrong the whole text from its
//! start, within an array the text from the item or the mark that is wrong.

use pcore::json::DEPTH_MAX;

/// The rest of a wrong text from the place that is blamed.
pub(super) fn unexpected(text: &str) -> &str {
    let mut reader = Reader { text, at: 0, depth: 0 };
    reader.skip_blanks();
    let start = reader.at;
    let blamed = match reader.value() {
        Err(Some(place)) => place,
        Err(None) => start,
        Ok(()) => {
            reader.skip_blanks();
            reader.at
        }
    };
    text.get(blamed..).unwrap_or_default()
}

/// `Err(None)` leaves it to whoever asked to say where; `Err(Some(place))` is final.
type Step = Result<(), Option<usize>>;

struct Reader<'t> {
    text: &'t str,
    at: usize,
    depth: usize,
}

impl Reader<'_> {
    fn rest(&self) -> &str {
        self.text.get(self.at..).unwrap_or_default()
    }

    fn peek(&self) -> Option<u8> {
        self.text.as_bytes().get(self.at).copied()
    }

    fn skip_blanks(&mut self) {
        loop {
            let rest = self.rest();
            let blanks = rest.len() - rest.trim_start_matches([' ', '\t', '\r', '\n']).len();
            let comment = match rest.get(blanks..) {
                Some(rest) if rest.starts_with("/*") => rest.find("*/").map_or(0, |end| end + 2),
                Some(rest) if rest.starts_with("//") => rest.find('\n').unwrap_or(rest.len()),
                _ => 0,
            };
            self.at += blanks + comment;
            if comment == 0 {
                return;
            }
        }
    }

    fn value(&mut self) -> Step {
        match self.peek() {
            Some(b'{') => self.object(),
            Some(b'[') => self.array(),
            Some(b'"') => self.string(),
            Some(b'N' | b'I') if self.rest().starts_with("NaN") || self.rest().starts_with("Infinity") => {
                Err(Some(self.at))
            }
            Some(b'-' | b'0'..=b'9') => self.number(),
            _ => {
                let word = ["null", "true", "false"].into_iter().find(|word| self.rest().starts_with(word));
                self.at += word.ok_or(None)?.len();
                Ok(())
            }
        }
    }

    fn nest(&mut self) -> Step {
        self.depth += 1;
        self.at += 1;
        self.skip_blanks();
        if self.depth > DEPTH_MAX { Err(Some(self.at)) } else { Ok(()) }
    }

    fn array(&mut self) -> Step {
        self.nest()?;
        if self.peek() != Some(b']') {
            loop {
                let start = self.at;
                self.value().map_err(|place| Some(place.unwrap_or(start)))?;
                self.skip_blanks();
                match self.peek() {
                    Some(b',') => self.at += 1,
                    Some(b']') => break,
                    _ => return Err(Some(self.at)),
                }
                self.skip_blanks();
            }
        }
        self.at += 1;
        self.depth -= 1;
        Ok(())
    }

    fn object(&mut self) -> Step {
        self.nest()?;
        if self.peek() != Some(b'}') {
            loop {
                if self.peek() != Some(b'"') {
                    return Err(None);
                }
                self.string()?;
                self.skip_blanks();
                if self.peek() != Some(b':') {
                    return Err(None);
                }
                self.at += 1;
                self.skip_blanks();
                self.value()?;
                self.skip_blanks();
                match self.peek() {
                    Some(b',') => self.at += 1,
                    Some(b'}') => break,
                    _ => return Err(None),
                }
                self.skip_blanks();
            }
        }
        self.at += 1;
        self.depth -= 1;
        Ok(())
    }

    fn string(&mut self) -> Step {
        let mut at = self.at + 1;
        loop {
            match self.text.as_bytes().get(at).copied() {
                Some(b'"') => break,
                Some(b'\\') => at += 2,
                None | Some(0..0x20) => return Err(None),
                Some(_) => at += 1,
            }
        }
        self.at = at + 1;
        Ok(())
    }

    fn number(&mut self) -> Step {
        let rest = self.rest();
        let digits = |from: usize| rest.bytes().skip(from).take_while(u8::is_ascii_digit).count();
        let sign = usize::from(rest.starts_with('-'));
        let whole = digits(sign);
        if whole == 0 || (whole > 1 && rest.as_bytes().get(sign) == Some(&b'0')) {
            return Err(None);
        }
        let mut end = sign + whole;
        if rest.as_bytes().get(end) == Some(&b'.') && digits(end + 1) > 0 {
            end += 1 + digits(end + 1);
        }
        if let Some(b'e' | b'E') = rest.as_bytes().get(end) {
            let signed = usize::from(matches!(rest.as_bytes().get(end + 1), Some(b'+' | b'-')));
            let exponent = digits(end + 1 + signed);
            if exponent > 0 {
                end += 1 + signed + exponent;
            }
        }
        self.at += end;
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::unexpected;

    #[test]
    fn the_blamed_text() {
        for (text, blamed) in [
            ("", ""),
            ("{", "{"),
            ("[1,]", "]"),
            ("[1] x", "x"),
            ("{\"a\": {\"b\" 1}}", "{\"a\": {\"b\" 1}}"),
            ("[{\"a\": nope}]", "{\"a\": nope}]"),
            ("{\"a\": [1, x]}", "x]}"),
            ("[01]", "01]"),
            ("[1 2]", "2]"),
        ] {
            assert_eq!(unexpected(text), blamed, "{text}");
        }
    }

    proptest! {
        #[test]
        fn any_text_is_taken(text in "[\\[\\]{}\":,0-9a-z\\\\ /*é-]{0,24}") {
            let _ = unexpected(&text);
        }
    }
}
