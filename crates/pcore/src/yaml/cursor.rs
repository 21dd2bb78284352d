//! A place in the text, and the character classes of YAML 1.1.

/// A position: all counts are from 0, columns and indexes are in characters.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) struct Mark {
    pub(super) index: usize,
    pub(super) line: usize,
    pub(super) column: usize,
}

/// What is wrong with a text, with the position that is shown: where the context began, if there is one.
#[derive(Debug)]
pub(super) struct Problem {
    pub(super) problem: &'static str,
    pub(super) context: Option<&'static str>,
    pub(super) mark: Mark,
}

impl Problem {
    pub(super) fn new(problem: &'static str, mark: Mark) -> Problem {
        Problem { problem, context: None, mark }
    }

    pub(super) fn within(context: &'static str, mark: Mark, problem: &'static str) -> Problem {
        Problem { problem, context: Some(context), mark }
    }
}

#[derive(Clone, Copy, Debug)]
pub(super) struct Cursor<'t> {
    text: &'t str,
    at: usize,
    mark: Mark,
}

impl<'t> Cursor<'t> {
    pub(super) fn new(text: &'t str) -> Cursor<'t> {
        Cursor { text, at: 0, mark: Mark::default() }
    }

    pub(super) fn mark(&self) -> Mark {
        self.mark
    }

    pub(super) fn column(&self) -> usize {
        self.mark.column
    }

    /// The byte offset, for [`Cursor::slice`].
    pub(super) fn offset(&self) -> usize {
        self.at
    }

    pub(super) fn slice(&self, from: usize, to: usize) -> &'t str {
        self.text.get(from..to).unwrap_or_default()
    }

    pub(super) fn rest(&self) -> &'t str {
        self.text.get(self.at..).unwrap_or_default()
    }

    /// The byte `ahead` bytes further on; 0 at the end, which is no character of YAML.
    pub(super) fn byte(&self, ahead: usize) -> u8 {
        self.text.as_bytes().get(self.at + ahead).copied().unwrap_or(0)
    }

    pub(super) fn is(&self, byte: u8) -> bool {
        self.byte(0) == byte
    }

    pub(super) fn is_end(&self) -> bool {
        self.at >= self.text.len()
    }

    pub(super) fn is_blank(&self) -> bool {
        is_blank(self.byte(0))
    }

    pub(super) fn is_break(&self) -> bool {
        self.break_length(0) > 0
    }

    pub(super) fn is_break_at(&self, ahead: usize) -> bool {
        self.break_length(ahead) > 0
    }

    /// A line break or the end.
    pub(super) fn is_breakz(&self) -> bool {
        self.is_breakz_at(0)
    }

    pub(super) fn is_breakz_at(&self, ahead: usize) -> bool {
        self.at + ahead >= self.text.len() || self.break_length(ahead) > 0
    }

    /// A blank, a line break or the end.
    pub(super) fn is_blankz(&self) -> bool {
        self.is_blankz_at(0)
    }

    pub(super) fn is_blankz_at(&self, ahead: usize) -> bool {
        is_blank(self.byte(ahead)) || self.is_breakz_at(ahead)
    }

    /// `---` or `...` on its own at the start of a line.
    pub(super) fn is_document_indicator(&self) -> bool {
        self.mark.column == 0 && (self.is_marker(b'-') || self.is_marker(b'.'))
    }

    /// Three times this byte, then a blank.
    pub(super) fn is_marker(&self, byte: u8) -> bool {
        (0..3).all(|ahead| self.byte(ahead) == byte) && self.is_blankz_at(3)
    }

    /// Bytes of the line break here: LF, CR, CR LF, NEL, LS or PS.
    fn break_length(&self, ahead: usize) -> usize {
        match self.byte(ahead) {
            b'\n' => 1,
            b'\r' => 1 + usize::from(self.byte(ahead + 1) == b'\n'),
            0xc2 if self.byte(ahead + 1) == 0x85 => 2,
            0xe2 if self.byte(ahead + 1) == 0x80 && matches!(self.byte(ahead + 2), 0xa8 | 0xa9) => 3,
            _ => 0,
        }
    }

    /// Moves over one character, which is no line break.
    pub(super) fn skip(&mut self) {
        let Some(c) = self.rest().chars().next() else { return };
        self.at += c.len_utf8();
        self.mark.index += 1;
        self.mark.column += 1;
    }

    /// Moves over characters that are one byte each.
    pub(super) fn skip_ascii(&mut self, count: usize) {
        self.at += count;
        self.mark.index += count;
        self.mark.column += count;
    }

    pub(super) fn skip_blanks(&mut self) {
        while self.is_blank() {
            self.skip_ascii(1);
        }
    }

    /// Moves to the end of the line.
    pub(super) fn skip_to_break(&mut self) {
        while !self.is_breakz() {
            self.skip();
        }
    }

    /// Counts the end of the text as a line break, unless it follows one.
    pub(super) fn end_line(&mut self) {
        if self.mark.column > 0 {
            self.mark.column = 0;
            self.mark.line += 1;
        }
    }

    /// Moves over a line break, if there is one; gives the text it stands for.
    pub(super) fn skip_break(&mut self) -> &'static str {
        let length = self.break_length(0);
        let text = match (length, self.byte(2)) {
            (0, _) => return "",
            (3, 0xa8) => "\u{2028}",
            (3, _) => "\u{2029}",
            _ => "\n",
        };
        self.at += length;
        self.mark.index += 1 + usize::from(
            length == 2 && text == "\n" && self.text.as_bytes().get(self.at - 2) == Some(&b'\r'),
        );
        self.mark.column = 0;
        self.mark.line += 1;
        text
    }
}

pub(super) fn is_blank(byte: u8) -> bool {
    matches!(byte, b' ' | b'\t')
}

/// What names of anchors and tag handles are made of.
pub(super) fn is_name(byte: u8) -> bool {
    byte.is_ascii_alphanumeric() || matches!(byte, b'_' | b'-')
}

/// The first character that must not stand in a YAML text.
pub(super) fn find_control(text: &str) -> Option<Mark> {
    let is_allowed = |c: char| {
        matches!(
            c,
            '\t' | '\n' | '\r' | '\u{20}'..='\u{7e}' | '\u{85}' | '\u{a0}'..='\u{d7ff}' | '\u{e000}'..='\u{fffd}'
                | '\u{10000}'..
        )
    };
    let (offset, _) = text.char_indices().find(|(_, c)| !is_allowed(*c))?;
    let before = text.get(..offset).unwrap_or_default();
    Some(Mark {
        index: before.chars().count(),
        line: before.matches('\n').count(),
        column: before.rsplit('\n').next().unwrap_or_default().chars().count(),
    })
}
