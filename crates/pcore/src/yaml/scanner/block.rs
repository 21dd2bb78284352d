//! Block scalars: `|` keeps line breaks, `>` folds them.

use super::{Result, Scanner};
use crate::yaml::cursor::{Mark, Problem};
use crate::yaml::token::TokenKind;

/// What becomes of the line breaks at the end.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Chomping {
    /// `-`: none stays.
    Strip,
    /// One stays.
    Clip,
    /// `+`: all stay.
    Keep,
}

const CONTEXT: &str = "while scanning a block scalar";

impl Scanner<'_> {
    pub(super) fn block_scalar(&mut self, is_literal: bool) -> Result<()> {
        self.remove_key()?;
        self.key_allowed = true;
        let start = self.cursor.mark();
        let fail = |problem| Err(Problem::within(CONTEXT, start, problem));
        self.cursor.skip_ascii(1);
        let (mut chomping, mut increment) = (Chomping::Clip, 0);
        for _ in 0..2 {
            match self.cursor.byte(0) {
                b'+' if chomping == Chomping::Clip => chomping = Chomping::Keep,
                b'-' if chomping == Chomping::Clip => chomping = Chomping::Strip,
                b'0' if increment == 0 => return fail("found an indentation indicator equal to 0"),
                digit @ b'1'..=b'9' if increment == 0 => increment = isize::from(digit - b'0'),
                _ => break,
            }
            self.cursor.skip_ascii(1);
        }
        self.cursor.skip_blanks();
        if self.cursor.is(b'#') {
            self.cursor.skip_to_break();
        }
        if !self.cursor.is_breakz() {
            return fail("did not find expected comment or line break");
        }
        self.cursor.skip_break();

        let mut indent = if increment > 0 { self.indent.max(0) + increment } else { 0 };
        let mut text = String::new();
        // The line break behind the last line, and the empty lines that follow.
        let mut line_break = "";
        let mut empty_lines = String::new();
        let mut after_blank = false;
        self.empty_lines(&mut indent, &mut empty_lines, start)?;
        while self.cursor.column() as isize == indent && !self.cursor.is_end() {
            // A line that starts with a blank is not folded, neither with the one before nor with the next.
            let starts_blank = self.cursor.is_blank();
            if !is_literal && line_break == "\n" && !after_blank && !starts_blank {
                if empty_lines.is_empty() {
                    text.push(' ');
                }
            } else {
                text.push_str(line_break);
            }
            text.push_str(&empty_lines);
            empty_lines.clear();
            after_blank = starts_blank;
            let from = self.cursor.offset();
            self.cursor.skip_to_break();
            text.push_str(self.cursor.slice(from, self.cursor.offset()));
            line_break = self.cursor.skip_break();
            self.empty_lines(&mut indent, &mut empty_lines, start)?;
        }
        if chomping != Chomping::Strip {
            text.push_str(line_break);
        }
        if chomping == Chomping::Keep {
            text.push_str(&empty_lines);
        }
        self.push(TokenKind::Scalar { text: text.into(), is_plain: false }, start);
        Ok(())
    }

    /// Skips the indentation, collecting the line breaks of empty lines. An indentation of 0 is not known yet: it
    /// will be that of the first line with text.
    fn empty_lines(&mut self, indent: &mut isize, breaks: &mut String, start: Mark) -> Result<()> {
        let mut deepest = 0;
        loop {
            let is_indentation = |column: usize| *indent == 0 || (column as isize) < *indent;
            while is_indentation(self.cursor.column()) && self.cursor.is(b' ') {
                self.cursor.skip_ascii(1);
            }
            deepest = deepest.max(self.cursor.column() as isize);
            if is_indentation(self.cursor.column()) && self.cursor.is(b'\t') {
                let problem = "found a tab character where an indentation space is expected";
                return Err(Problem::within(CONTEXT, start, problem));
            }
            if !self.cursor.is_break() {
                break;
            }
            breaks.push_str(self.cursor.skip_break());
        }
        if *indent == 0 {
            *indent = deepest.max(self.indent + 1).max(1);
        }
        Ok(())
    }
}
