//! From characters to tokens, as libyaml does it.
//!
//! Collections in block style have no brackets: the scanner keeps a stack of indentations and puts tokens for their
//! starts and ends where they are implied. A key in front of a `:` is only known as such when the `:` is reached, so
//! possible keys are remembered, at most one for each level of brackets, and the token for the key is put in later.
//! Such a key is on one line and at most [`KEY_LENGTH_MAX`] characters long.

mod block;
mod properties;
mod scalar;

use std::collections::VecDeque;

use super::cursor::{Cursor, Mark, Problem};
use super::token::{Token, TokenKind};

/// A key without `?` is not longer.
const KEY_LENGTH_MAX: usize = 1024;

type Result<T> = std::result::Result<T, Problem>;

pub(super) struct Scanner<'t> {
    cursor: Cursor<'t>,
    tokens: VecDeque<Token<'t>>,
    /// Tokens that were taken from the queue.
    taken: usize,
    ended: bool,
    /// Depth of `[` and `{`.
    flow_depth: usize,
    /// Indentation of the current block collection; -1 outside of any.
    indent: isize,
    indents: Vec<isize>,
    /// Whether a key may begin here.
    key_allowed: bool,
    /// A possible key for each level of brackets.
    keys: Vec<Option<PossibleKey>>,
}

#[derive(Clone, Copy)]
struct PossibleKey {
    /// Whether it must be a key, because it stands at the indentation of a mapping.
    required: bool,
    /// Its number among all tokens.
    number: usize,
    mark: Mark,
}

impl<'t> Scanner<'t> {
    pub(super) fn new(text: &'t str) -> Scanner<'t> {
        Scanner {
            cursor: Cursor::new(text),
            tokens: VecDeque::new(),
            taken: 0,
            ended: false,
            flow_depth: 0,
            indent: -1,
            indents: Vec::new(),
            key_allowed: true,
            keys: vec![None],
        }
    }

    /// The next token, which stays next. Behind the end there are only more ends.
    pub(super) fn peek(&mut self) -> Result<&Token<'t>> {
        while self.needs_more()? {
            self.fetch()?;
        }
        match self.tokens.front() {
            Some(token) => Ok(token),
            None => Err(Problem::new("unexpected end of input", self.cursor.mark())),
        }
    }

    /// Takes the next token.
    pub(super) fn next(&mut self) -> Result<Token<'t>> {
        let token = self.peek()?.clone();
        if token.kind != TokenKind::StreamEnd {
            self.tokens.pop_front();
            self.taken += 1;
        }
        Ok(token)
    }

    /// True if the next token is not known yet: none was read, or a key may have to go in front of it.
    fn needs_more(&mut self) -> Result<bool> {
        if self.tokens.is_empty() {
            return Ok(true);
        }
        self.drop_stale_keys()?;
        Ok(!self.ended && self.keys.iter().flatten().any(|key| key.number == self.taken))
    }

    fn fetch(&mut self) -> Result<()> {
        self.skip_to_token();
        self.drop_stale_keys()?;
        self.unroll(self.cursor.column() as isize);
        let cursor = self.cursor;
        let in_flow = self.flow_depth > 0;
        let next_is_blankz = cursor.is_blankz_at(1);
        match cursor.byte(0) {
            _ if cursor.is_end() => self.stream_end(),
            b'%' if cursor.column() == 0 => self.directive(),
            b'-' if cursor.column() == 0 && cursor.is_marker(b'-') => {
                self.document_marker(TokenKind::DocumentStart)
            }
            b'.' if cursor.column() == 0 && cursor.is_marker(b'.') => {
                self.document_marker(TokenKind::DocumentEnd)
            }
            b'[' => self.flow_start(TokenKind::FlowSequenceStart),
            b'{' => self.flow_start(TokenKind::FlowMappingStart),
            b']' => self.flow_end(TokenKind::FlowSequenceEnd),
            b'}' => self.flow_end(TokenKind::FlowMappingEnd),
            b',' => {
                self.remove_key()?;
                self.key_allowed = true;
                self.push_indicator(TokenKind::FlowEntry);
                Ok(())
            }
            b'-' if next_is_blankz => self.block_entry(),
            b'?' if in_flow || next_is_blankz => self.key(),
            b':' if in_flow || next_is_blankz => self.value(),
            b'*' => self.anchor(true),
            b'&' => self.anchor(false),
            b'!' => self.tag(),
            b'|' if !in_flow => self.block_scalar(true),
            b'>' if !in_flow => self.block_scalar(false),
            b'\'' => self.quoted_scalar(b'\''),
            b'"' => self.quoted_scalar(b'"'),
            b'-' if !super::cursor::is_blank(cursor.byte(1)) => self.plain_scalar(),
            b'?' | b':' if !in_flow && !next_is_blankz => self.plain_scalar(),
            b'-' | b'?' | b':' | b'#' | b'|' | b'>' | b'%' | b'@' | b'`' | b'\t' => Err(Problem::within(
                "while scanning for the next token",
                cursor.mark(),
                "found character that cannot start any token",
            )),
            _ => self.plain_scalar(),
        }
    }

    /// Skips blanks, comments and line breaks. A tab may only stand where no key can begin.
    fn skip_to_token(&mut self) {
        loop {
            if self.cursor.column() == 0 && self.cursor.rest().starts_with('\u{feff}') {
                self.cursor.skip();
            }
            while self.cursor.is(b' ') || self.cursor.is(b'\t') && (self.flow_depth > 0 || !self.key_allowed)
            {
                self.cursor.skip_ascii(1);
            }
            if self.cursor.is(b'#') {
                self.cursor.skip_to_break();
            }
            if !self.cursor.is_break() {
                return;
            }
            self.cursor.skip_break();
            if self.flow_depth == 0 {
                self.key_allowed = true;
            }
        }
    }

    fn push(&mut self, kind: TokenKind<'t>, start: Mark) {
        self.tokens.push_back(Token { kind, start });
    }

    /// A token of one character.
    fn push_indicator(&mut self, kind: TokenKind<'t>) {
        let start = self.cursor.mark();
        self.cursor.skip_ascii(1);
        self.push(kind, start);
    }

    fn stream_end(&mut self) -> Result<()> {
        self.unroll(-1);
        self.remove_key()?;
        self.key_allowed = false;
        self.ended = true;
        // The end stands on a line of its own, where the keys of other lines are stale.
        self.cursor.end_line();
        self.push(TokenKind::StreamEnd, self.cursor.mark());
        Ok(())
    }

    fn document_marker(&mut self, kind: TokenKind<'t>) -> Result<()> {
        self.unroll(-1);
        self.remove_key()?;
        self.key_allowed = false;
        let start = self.cursor.mark();
        self.cursor.skip_ascii(3);
        self.push(kind, start);
        Ok(())
    }

    fn flow_start(&mut self, kind: TokenKind<'t>) -> Result<()> {
        self.save_key()?;
        self.keys.push(None);
        self.flow_depth += 1;
        self.key_allowed = true;
        self.push_indicator(kind);
        Ok(())
    }

    fn flow_end(&mut self, kind: TokenKind<'t>) -> Result<()> {
        self.remove_key()?;
        if self.flow_depth > 0 {
            self.flow_depth -= 1;
            self.keys.pop();
        }
        self.key_allowed = false;
        self.push_indicator(kind);
        Ok(())
    }

    fn block_entry(&mut self) -> Result<()> {
        // Inside of brackets the parser finds the mistake.
        if self.flow_depth == 0 {
            if !self.key_allowed {
                let problem = "block sequence entries are not allowed in this context";
                return Err(Problem::new(problem, self.cursor.mark()));
            }
            self.roll(self.cursor.mark(), None, TokenKind::BlockSequenceStart);
        }
        self.remove_key()?;
        self.key_allowed = true;
        self.push_indicator(TokenKind::BlockEntry);
        Ok(())
    }

    fn key(&mut self) -> Result<()> {
        if self.flow_depth == 0 {
            if !self.key_allowed {
                let problem = "mapping keys are not allowed in this context";
                return Err(Problem::new(problem, self.cursor.mark()));
            }
            self.roll(self.cursor.mark(), None, TokenKind::BlockMappingStart);
        }
        self.remove_key()?;
        self.key_allowed = self.flow_depth == 0;
        self.push_indicator(TokenKind::Key);
        Ok(())
    }

    fn value(&mut self) -> Result<()> {
        match self.keys.last_mut().and_then(Option::take) {
            Some(key) => {
                let token = Token { kind: TokenKind::Key, start: key.mark };
                self.tokens.insert(key.number - self.taken, token);
                self.roll(key.mark, Some(key.number), TokenKind::BlockMappingStart);
                self.key_allowed = false;
            }
            None => {
                if self.flow_depth == 0 {
                    if !self.key_allowed {
                        let problem = "mapping values are not allowed in this context";
                        return Err(Problem::new(problem, self.cursor.mark()));
                    }
                    self.roll(self.cursor.mark(), None, TokenKind::BlockMappingStart);
                }
                self.key_allowed = self.flow_depth == 0;
            }
        }
        self.push_indicator(TokenKind::Value);
        Ok(())
    }

    /// Opens a block collection if this column is deeper than the current one. The token goes to the end of the
    /// queue, or in front of the token with the given number.
    fn roll(&mut self, mark: Mark, number: Option<usize>, kind: TokenKind<'t>) {
        let column = mark.column as isize;
        if self.flow_depth > 0 || self.indent >= column {
            return;
        }
        self.indents.push(self.indent);
        self.indent = column;
        let token = Token { kind, start: mark };
        match number {
            Some(number) => self.tokens.insert(number - self.taken, token),
            None => self.tokens.push_back(token),
        }
    }

    /// Closes the block collections that are deeper than this column.
    fn unroll(&mut self, column: isize) {
        if self.flow_depth > 0 {
            return;
        }
        while self.indent > column {
            self.push(TokenKind::BlockEnd, self.cursor.mark());
            self.indent = self.indents.pop().unwrap_or(-1);
        }
    }

    /// Remembers that a key may begin here.
    fn save_key(&mut self) -> Result<()> {
        if !self.key_allowed {
            return Ok(());
        }
        let mark = self.cursor.mark();
        let required = self.flow_depth == 0 && self.indent == mark.column as isize;
        self.remove_key()?;
        let key = PossibleKey { required, number: self.taken + self.tokens.len(), mark };
        if let Some(slot) = self.keys.last_mut() {
            *slot = Some(key);
        }
        Ok(())
    }

    /// Forgets the possible key of this level, which is an error if it had to be one.
    fn remove_key(&mut self) -> Result<()> {
        match self.keys.last_mut().and_then(Option::take) {
            Some(key) if key.required => Err(missing_colon(key)),
            _ => Ok(()),
        }
    }

    /// Forgets possible keys that turned out too long.
    fn drop_stale_keys(&mut self) -> Result<()> {
        let mark = self.cursor.mark();
        for slot in &mut self.keys {
            let is_stale = |key: &mut PossibleKey| {
                key.mark.line < mark.line || key.mark.index + KEY_LENGTH_MAX < mark.index
            };
            if let Some(key) = slot.take_if(is_stale)
                && key.required
            {
                return Err(missing_colon(key));
            }
        }
        Ok(())
    }
}

fn missing_colon(key: PossibleKey) -> Problem {
    Problem::within("while scanning a simple key", key.mark, "could not find expected ':'")
}
