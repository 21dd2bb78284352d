//! Anchors, aliases, tags and directives.

use super::{Result, Scanner};
use crate::yaml::cursor::{Mark, Problem, is_name};
use crate::yaml::token::TokenKind;

impl Scanner<'_> {
    /// `&name` or `*name`
    pub(super) fn anchor(&mut self, is_alias: bool) -> Result<()> {
        self.save_key()?;
        self.key_allowed = false;
        let start = self.cursor.mark();
        self.cursor.skip_ascii(1);
        let from = self.cursor.offset();
        while is_name(self.cursor.byte(0)) {
            self.cursor.skip_ascii(1);
        }
        let name = self.cursor.slice(from, self.cursor.offset());
        let ends_well = self.cursor.is_blankz()
            || matches!(self.cursor.byte(0), b'?' | b':' | b',' | b']' | b'}' | b'%' | b'@' | b'`');
        if name.is_empty() || !ends_well {
            let context = if is_alias { "while scanning an alias" } else { "while scanning an anchor" };
            return Err(Problem::within(
                context,
                start,
                "did not find expected alphabetic or numeric character",
            ));
        }
        self.push(if is_alias { TokenKind::Alias(name) } else { TokenKind::Anchor(name) }, start);
        Ok(())
    }

    /// `!name`, `!!name`, `!handle!name`, `!<uri>`, `!`
    pub(super) fn tag(&mut self) -> Result<()> {
        self.save_key()?;
        self.key_allowed = false;
        let start = self.cursor.mark();
        let context = "while scanning a tag";
        let (handle, suffix);
        if self.cursor.byte(1) == b'<' {
            self.cursor.skip_ascii(2);
            handle = String::new();
            suffix = self.tag_uri(true, "", "while parsing a tag", start)?;
            if !self.cursor.is(b'>') {
                return Err(Problem::within(context, start, "did not find the expected '>'"));
            }
            self.cursor.skip_ascii(1);
        } else {
            let name = self.tag_handle();
            if name.len() > 1 && name.ends_with('!') {
                suffix = self.tag_uri(false, "", "while parsing a tag", start)?;
                handle = name;
            } else {
                let local = self.tag_uri(false, &name, "while parsing a tag", start)?;
                (handle, suffix) =
                    if local.is_empty() { (String::new(), "!".to_owned()) } else { ("!".to_owned(), local) };
            }
        }
        let before_comma = self.flow_depth > 0 && self.cursor.is(b',');
        if !self.cursor.is_blankz() && !before_comma {
            return Err(Problem::within(context, start, "did not find expected whitespace or line break"));
        }
        self.push(TokenKind::Tag { handle, suffix }, start);
        Ok(())
    }

    /// `!`, `!!`, `!name!`, or `!name` without a second `!`.
    fn tag_handle(&mut self) -> String {
        let from = self.cursor.offset();
        self.cursor.skip_ascii(1);
        while is_name(self.cursor.byte(0)) {
            self.cursor.skip_ascii(1);
        }
        if self.cursor.is(b'!') {
            self.cursor.skip_ascii(1);
        }
        self.cursor.slice(from, self.cursor.offset()).to_owned()
    }

    /// The rest of a tag. `head` is what was read of it as a handle, with its `!`.
    fn tag_uri(&mut self, is_whole: bool, head: &str, context: &'static str, start: Mark) -> Result<String> {
        let mut uri = head.get(1..).unwrap_or_default().as_bytes().to_vec();
        let mut is_empty = head.is_empty();
        loop {
            match self.cursor.byte(0) {
                b'%' => {
                    let code =
                        self.cursor.rest().get(1..3).and_then(|code| u8::from_str_radix(code, 16).ok());
                    let Some(byte) = code else {
                        return Err(Problem::within(context, start, "did not find URI escaped octet"));
                    };
                    uri.push(byte);
                    self.cursor.skip_ascii(3);
                }
                b',' | b'[' | b']' if !is_whole => break,
                byte if is_name(byte) || b";/?:@&=+$.!~*'(),[]".contains(&byte) => {
                    uri.push(byte);
                    self.cursor.skip_ascii(1);
                }
                _ => break,
            }
            is_empty = false;
        }
        if is_empty {
            return Err(Problem::within(context, start, "did not find expected tag URI"));
        }
        String::from_utf8(uri)
            .map_err(|_| Problem::within(context, start, "found an incorrect leading UTF-8 octet"))
    }

    /// `%YAML` and `%TAG`
    pub(super) fn directive(&mut self) -> Result<()> {
        self.unroll(-1);
        self.remove_key()?;
        self.key_allowed = false;
        let start = self.cursor.mark();
        let context = "while scanning a directive";
        self.cursor.skip_ascii(1);
        let from = self.cursor.offset();
        while is_name(self.cursor.byte(0)) {
            self.cursor.skip_ascii(1);
        }
        let name = self.cursor.slice(from, self.cursor.offset());
        if name.is_empty() {
            return Err(Problem::within(context, start, "could not find expected directive name"));
        }
        if !self.cursor.is_blankz() {
            return Err(Problem::within(context, start, "found unexpected non-alphabetical character"));
        }
        let kind = match name {
            "YAML" => self.version(start)?,
            "TAG" => self.tag_prefix(start)?,
            _ => return Err(Problem::within(context, start, "found unknown directive name")),
        };
        self.cursor.skip_blanks();
        if self.cursor.is(b'#') {
            self.cursor.skip_to_break();
        }
        if !self.cursor.is_breakz() {
            return Err(Problem::within(context, start, "did not find expected comment or line break"));
        }
        self.cursor.skip_break();
        self.push(kind, start);
        Ok(())
    }

    fn version(&mut self, start: Mark) -> Result<TokenKind<'static>> {
        let fail = |problem| Problem::within("while scanning a %YAML directive", start, problem);
        let number = |scanner: &mut Self| {
            let digits = scanner.cursor.rest().bytes().take_while(u8::is_ascii_digit).count();
            let text = scanner.cursor.slice(scanner.cursor.offset(), scanner.cursor.offset() + digits);
            scanner.cursor.skip_ascii(digits);
            match digits {
                0 => Err(fail("did not find expected version number")),
                10.. => Err(fail("found extremely long version number")),
                _ => Ok(text.parse().unwrap_or(0)),
            }
        };
        self.cursor.skip_blanks();
        let major = number(self)?;
        if !self.cursor.is(b'.') {
            return Err(fail("did not find expected digit or '.' character"));
        }
        self.cursor.skip_ascii(1);
        let minor = number(self)?;
        Ok(TokenKind::Version { major, minor })
    }

    fn tag_prefix(&mut self, start: Mark) -> Result<TokenKind<'static>> {
        let fail = |problem| Problem::within("while scanning a %TAG directive", start, problem);
        self.cursor.skip_blanks();
        if !self.cursor.is(b'!') {
            return Err(Problem::within(
                "while scanning a tag directive",
                start,
                "did not find expected '!'",
            ));
        }
        let handle = self.tag_handle();
        if handle != "!" && !handle.ends_with('!') {
            return Err(Problem::within("while parsing a tag directive", start, "did not find expected '!'"));
        }
        if !self.cursor.is_blank() {
            return Err(fail("did not find expected whitespace"));
        }
        self.cursor.skip_blanks();
        let prefix = self.tag_uri(true, "", "while parsing a %TAG directive", start)?;
        if !self.cursor.is_blankz() {
            return Err(fail("did not find expected whitespace or line break"));
        }
        Ok(TokenKind::TagPrefix { handle, prefix })
    }
}
