//! Arguments, arrays, hashes and access keys.

use super::{Parsed, Parser};
use crate::ast::{Expr, ExprId};
use crate::token::Kind;

/// Where a list stands, since the places differ in what they take.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Entries {
    /// Arguments of a call.
    Arguments,
    /// Elements of an array, where `type` and `function` are words.
    Elements,
    /// Keys of an access, which are expressions without assignments, arrows and resources.
    Keys,
}

impl Parser<'_> {
    /// Arguments of a function up to the `)`, which is not taken.
    pub(super) fn arguments(&mut self, trailing_comma: bool) -> Parsed<Box<[ExprId]>> {
        self.entries(Entries::Arguments, Kind::RightParen, trailing_comma)
    }

    /// Elements of an array up to the `]`, which is not taken.
    pub(super) fn elements(&mut self) -> Parsed<Box<[ExprId]>> {
        self.entries(Entries::Elements, Kind::RightBracket, true)
    }

    /// Keys of an access up to the `]`, which is not taken.
    pub(super) fn access_keys(&mut self, trailing_comma: bool) -> Parsed<Box<[ExprId]>> {
        self.entries(Entries::Keys, Kind::RightBracket, trailing_comma)
    }

    /// One or more entries. Bare `key => value` pairs that stand side by side become one hash.
    fn entries(&mut self, what: Entries, close: Kind, trailing_comma: bool) -> Parsed<Box<[ExprId]>> {
        let mark = self.scratch.len();
        let mut pairs: Vec<(ExprId, ExprId)> = Vec::new();
        let mut pairs_at = (0, 0);
        loop {
            let entry = self.entry(what)?;
            if let Some(arrow) = self.take(Kind::FatArrow) {
                let value = self.hash_entry()?;
                if pairs.is_empty() {
                    pairs_at = (arrow.start, arrow.end);
                }
                self.arrows.push((entry, arrow.start));
                pairs.push((entry, value));
            } else {
                self.flush_pairs(&mut pairs, pairs_at);
                self.scratch.push(entry);
            }
            if self.kind() != Kind::Comma {
                break;
            }
            if trailing_comma && self.next_kind() == close {
                self.advance();
                break;
            }
            self.advance();
        }
        self.flush_pairs(&mut pairs, pairs_at);
        Ok(self.list(mark))
    }

    fn flush_pairs(&mut self, pairs: &mut Vec<(ExprId, ExprId)>, (start, end): (u32, u32)) {
        if !pairs.is_empty() {
            let entries = std::mem::take(pairs).into();
            let hash = self.add(Expr::Hash(entries), start, end);
            self.scratch.push(hash);
        }
    }

    /// An entry, or the key of a pair: then the current token is `=>`.
    fn entry(&mut self, what: Entries) -> Parsed {
        if let Some(word) = self.keyword_entry() {
            if what != Entries::Elements && self.kind() != Kind::FatArrow {
                return self.unexpected();
            }
            return Ok(word);
        }
        if what != Entries::Keys {
            return self.assignment();
        }
        let plain = match self.kind() {
            Kind::At | Kind::AtAt => false,
            Kind::Class => self.next_kind() != Kind::LeftBrace,
            _ => true,
        };
        if plain {
            let key = self.expression(0)?;
            let ended = !matches!(
                self.kind(),
                Kind::LeftBrace
                    | Kind::Before
                    | Kind::Notify
                    | Kind::After
                    | Kind::Subscribe
                    | Kind::Assign
                    | Kind::AppendAssign
                    | Kind::DeleteAssign
            );
            if ended {
                return Ok(key);
            }
            let key = self.resource_from(key)?;
            let key = self.assignment_from(key)?;
            return if self.kind() == Kind::FatArrow { Ok(key) } else { self.unexpected() };
        }
        let key = self.assignment()?;
        if self.kind() == Kind::FatArrow { Ok(key) } else { self.unexpected() }
    }

    /// `type` or `function` where it is a word rather than the start of a call or definition.
    fn keyword_entry(&mut self) -> Option<ExprId> {
        let is_word = match self.kind() {
            Kind::Type => !matches!(self.next_kind(), Kind::LeftParen | Kind::ClassRef),
            Kind::Function => !matches!(
                self.next_kind(),
                Kind::Name | Kind::Word | Kind::ClassRef | Kind::Class | Kind::String
            ),
            _ => false,
        };
        is_word.then(|| {
            let token = self.advance();
            let word = Expr::Str(self.lexeme(token).into());
            self.add_at(word, token)
        })
    }

    /// A key or a value of a hash.
    pub(super) fn hash_entry(&mut self) -> Parsed {
        match self.keyword_entry() {
            Some(word) => Ok(word),
            None => {
                self.enter()?;
                let entry = self.assignment()?;
                self.leave();
                Ok(entry)
            }
        }
    }

    /// A hash whose `{` at `start` is taken and whose first key may be read.
    pub(super) fn hash(&mut self, start: u32, first_key: Option<ExprId>) -> Parsed {
        let mut entries = Vec::new();
        let mut first_key = first_key;
        loop {
            if first_key.is_none() && self.kind() == Kind::RightBrace {
                break;
            }
            let key = match first_key.take() {
                Some(key) => key,
                None => self.hash_entry()?,
            };
            let arrow = self.expect(Kind::FatArrow)?;
            let value = self.hash_entry()?;
            self.arrows.push((key, arrow.start));
            entries.push((key, value));
            if self.take(Kind::Comma).is_none() {
                break;
            }
        }
        let close = self.expect(Kind::RightBrace)?;
        Ok(self.add(Expr::Hash(entries.into()), start, close.end))
    }
}
