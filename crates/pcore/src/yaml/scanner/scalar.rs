//! Plain and quoted scalars.

use std::borrow::Cow;

use super::{Result, Scanner};
use crate::yaml::cursor::Problem;
use crate::yaml::token::TokenKind;

/// White space between words: blanks on the line, or line breaks, which fold.
#[derive(Default)]
struct Gap {
    /// Blanks, as long as there is no line break.
    blanks: (usize, usize),
    /// The first line break.
    first_break: Option<&'static str>,
    /// Those behind it.
    more_breaks: String,
}

impl Gap {
    fn is_empty(&self) -> bool {
        self.first_break.is_none() && self.blanks.0 == self.blanks.1
    }
}

impl<'t> Scanner<'t> {
    /// A scalar without quotes: up to `: `, ` #`, or inside of brackets to the next of them or a comma.
    pub(super) fn plain_scalar(&mut self) -> Result<()> {
        self.save_key()?;
        self.key_allowed = false;
        let start = self.cursor.mark();
        let first = self.cursor.offset();
        let indent = self.indent + 1;
        let in_flow = self.flow_depth > 0;
        let mut end = first;
        // The text so far once there was a line break; until then it is a slice.
        let mut folded: Option<String> = None;
        let mut gap = Gap::default();
        loop {
            if self.cursor.is_document_indicator() || self.cursor.is(b'#') {
                break;
            }
            let word = self.cursor.offset();
            while !self.cursor.is_blankz() {
                let byte = self.cursor.byte(0);
                let next = self.cursor.byte(1);
                if in_flow && byte == b':' && matches!(next, b',' | b'?' | b'[' | b']' | b'{' | b'}') {
                    return Err(Problem::within(
                        "while scanning a plain scalar",
                        start,
                        "found unexpected ':'",
                    ));
                }
                let ends = byte == b':' && self.cursor.is_blankz_at(1)
                    || in_flow && matches!(byte, b',' | b'[' | b']' | b'{' | b'}');
                if ends {
                    break;
                }
                self.cursor.skip();
            }
            let word_end = self.cursor.offset();
            if word_end > word {
                if gap.first_break.is_some() && folded.is_none() {
                    folded = Some(self.cursor.slice(first, end).to_owned());
                }
                if let Some(text) = &mut folded {
                    self.fill(&gap, text);
                    text.push_str(self.cursor.slice(word, word_end));
                }
                gap = Gap::default();
                end = word_end;
            }
            if !self.cursor.is_blank() && !self.cursor.is_break() {
                break;
            }
            self.gap(&mut gap, Some((indent, start)))?;
            if !in_flow && (self.cursor.column() as isize) < indent {
                break;
            }
        }
        // Behind a line break a key may begin.
        if gap.first_break.is_some() {
            self.key_allowed = true;
        }
        let text = folded.map_or_else(|| Cow::Borrowed(self.cursor.slice(first, end)), Cow::Owned);
        self.push(TokenKind::Scalar { text, is_plain: true }, start);
        Ok(())
    }

    /// Reads blanks and line breaks. In a plain scalar tabs must not stand where the indentation is.
    fn gap(&mut self, gap: &mut Gap, plain: Option<(isize, crate::yaml::cursor::Mark)>) -> Result<()> {
        if gap.first_break.is_none() {
            gap.blanks = (self.cursor.offset(), self.cursor.offset());
        }
        loop {
            if self.cursor.is_blank() {
                if let Some((indent, start)) = plain
                    && gap.first_break.is_some()
                    && (self.cursor.column() as isize) < indent
                    && self.cursor.is(b'\t')
                {
                    return Err(Problem::within(
                        "while scanning a plain scalar",
                        start,
                        "found a tab character that violates indentation",
                    ));
                }
                self.cursor.skip_ascii(1);
                if gap.first_break.is_none() {
                    gap.blanks.1 = self.cursor.offset();
                }
            } else if self.cursor.is_break() {
                let text = self.cursor.skip_break();
                match gap.first_break {
                    None => gap.first_break = Some(text),
                    Some(_) => gap.more_breaks.push_str(text),
                }
            } else {
                return Ok(());
            }
        }
    }

    /// Writes what a gap stands for: a single line break is a blank, further ones stay.
    fn fill(&self, gap: &Gap, text: &mut String) {
        match gap.first_break {
            None => text.push_str(self.cursor.slice(gap.blanks.0, gap.blanks.1)),
            Some("\n") if gap.more_breaks.is_empty() => text.push(' '),
            Some("\n") => text.push_str(&gap.more_breaks),
            Some(first) => {
                text.push_str(first);
                text.push_str(&gap.more_breaks);
            }
        }
    }

    pub(super) fn quoted_scalar(&mut self, quote: u8) -> Result<()> {
        self.save_key()?;
        self.key_allowed = false;
        let start = self.cursor.mark();
        let fail = |problem| Err(Problem::within("while scanning a quoted scalar", start, problem));
        self.cursor.skip_ascii(1);
        let mut text: Cow<'t, str> = Cow::Borrowed("");
        loop {
            if self.cursor.is_document_indicator() {
                return fail("found unexpected document indicator");
            }
            if self.cursor.is_end() {
                return fail("found unexpected end of stream");
            }
            let mut gap = Gap::default();
            let mut run = self.cursor.offset();
            while !self.cursor.is_blankz() {
                let byte = self.cursor.byte(0);
                if byte == quote && !(quote == b'\'' && self.cursor.byte(1) == b'\'') {
                    break;
                }
                if byte == quote || byte == b'\\' && quote == b'"' {
                    append(&mut text, self.cursor.slice(run, self.cursor.offset()));
                    if byte == quote {
                        self.cursor.skip_ascii(2);
                        text.to_mut().push('\'');
                    } else if self.cursor.is_break_at(1) {
                        // An escaped line break joins, and the blanks that follow do not count.
                        self.cursor.skip_ascii(1);
                        self.cursor.skip_break();
                        gap.first_break = Some("");
                        run = self.cursor.offset();
                        break;
                    } else {
                        let c = self.escape(start)?;
                        text.to_mut().push(c);
                    }
                    run = self.cursor.offset();
                    continue;
                }
                self.cursor.skip();
            }
            append(&mut text, self.cursor.slice(run, self.cursor.offset()));
            if gap.first_break.is_none() && self.cursor.is(quote) {
                break;
            }
            self.gap(&mut gap, None)?;
            if gap.first_break.is_none() {
                append(&mut text, self.cursor.slice(gap.blanks.0, gap.blanks.1));
            } else if !gap.is_empty() {
                self.fill(&gap, text.to_mut());
            }
        }
        self.cursor.skip_ascii(1);
        self.push(TokenKind::Scalar { text, is_plain: false }, start);
        Ok(())
    }

    /// An escape in double quotes.
    fn escape(&mut self, start: crate::yaml::cursor::Mark) -> Result<char> {
        let fail = |problem| Problem::within("while parsing a quoted scalar", start, problem);
        let digits = match self.cursor.byte(1) {
            b'x' => 2,
            b'u' => 4,
            b'U' => 8,
            other => {
                let c = match other {
                    b'0' => '\0',
                    b'a' => '\u{7}',
                    b'b' => '\u{8}',
                    b't' | b'\t' => '\t',
                    b'n' => '\n',
                    b'v' => '\u{b}',
                    b'f' => '\u{c}',
                    b'r' => '\r',
                    b'e' => '\u{1b}',
                    b' ' => ' ',
                    b'"' => '"',
                    b'/' => '/',
                    b'\\' => '\\',
                    b'N' => '\u{85}',
                    b'_' => '\u{a0}',
                    b'L' => '\u{2028}',
                    b'P' => '\u{2029}',
                    _ => return Err(fail("found unknown escape character")),
                };
                self.cursor.skip_ascii(2);
                return Ok(c);
            }
        };
        self.cursor.skip_ascii(2);
        let code =
            self.cursor.rest().get(..digits).filter(|code| code.bytes().all(|byte| byte.is_ascii_hexdigit()));
        let code = code.ok_or_else(|| fail("did not find expected hexdecimal number"))?;
        let c = u32::from_str_radix(code, 16).ok().and_then(char::from_u32);
        let c = c.ok_or_else(|| fail("found invalid Unicode character escape code"))?;
        self.cursor.skip_ascii(digits);
        Ok(c)
    }
}

/// Appends a slice of the text, without a copy as long as it is the only one.
fn append<'t>(text: &mut Cow<'t, str>, part: &'t str) {
    if part.is_empty() {
        return;
    }
    match text {
        Cow::Borrowed("") => *text = Cow::Borrowed(part),
        text => text.to_mut().push_str(part),
    }
}
