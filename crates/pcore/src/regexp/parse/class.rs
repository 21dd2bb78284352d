//! Sets of characters in brackets.

use super::{Charset, DEPTH_MAX, Parser};
use crate::regexp::syntax::{Class, ClassItem, posix};

impl Parser<'_> {
    /// A set, its `[` read.
    pub(super) fn class(&mut self) -> Result<Class, String> {
        self.depth += 1;
        if self.depth > DEPTH_MAX {
            return Err("too deep nest level".to_owned());
        }
        let mut class = Class { negated: self.eat("^"), ..Class::default() };
        let mut items = Vec::new();
        let mut operands: Vec<Vec<ClassItem>> = Vec::new();
        let mut is_first = true;
        loop {
            match self.peek() {
                None => return Err("premature end of char-class".to_owned()),
                Some(']') if is_first && !self.closes_later() => return Err("empty char-class".to_owned()),
                Some(']') if !is_first => {
                    self.bump();
                    break;
                }
                _ => {}
            }
            is_first = false;
            if self.eat("&&") {
                operands.push(std::mem::take(&mut items));
                continue;
            }
            self.class_item(&mut items)?;
        }
        operands.push(items);
        let mut operands = operands.into_iter();
        class.items = operands.next().unwrap_or_default();
        class.intersections = operands.collect();
        self.depth -= 1;
        Ok(class)
    }

    /// True if a `]` at the start of a set can be a member because another one follows.
    fn closes_later(&self) -> bool {
        self.rest().get(1..).is_some_and(|rest| rest.contains(']'))
    }

    fn class_item(&mut self, items: &mut Vec<ClassItem>) -> Result<(), String> {
        let low = match self.member()? {
            Member::Set(item) => {
                items.push(item);
                // A hyphen behind a set is a member unless something that could end a range follows.
                if self.rest().starts_with('-')
                    && !self.rest().starts_with("-]")
                    && !self.rest().starts_with("-&&")
                    && !self.rest().starts_with("-[")
                {
                    return Err("unmatched range specifier in char-class".to_owned());
                }
                return Ok(());
            }
            Member::Char(c) => c,
        };
        let after_hyphen = self.rest().strip_prefix('-');
        if after_hyphen
            .is_none_or(|rest| rest.starts_with(']') || rest.starts_with('[') || rest.starts_with("&&"))
        {
            items.push(ClassItem::Range(low, low));
            return Ok(());
        }
        self.bump();
        match self.member()? {
            Member::Set(_) => Err("char-class value at end of range".to_owned()),
            Member::Char(high) if high < low => Err("empty range in char class".to_owned()),
            Member::Char(high) => {
                items.push(ClassItem::Range(low, high));
                Ok(())
            }
        }
    }

    fn member(&mut self) -> Result<Member, String> {
        match self.bump() {
            None => Err("premature end of char-class".to_owned()),
            Some('[') => {
                if let Some(item) = self.posix_bracket()? {
                    return Ok(Member::Set(item));
                }
                Ok(Member::Set(ClassItem::Nested(self.class()?)))
            }
            Some('\\') => {
                if self.peek() == Some('b') {
                    self.bump();
                    return Ok(Member::Char('\u{8}'));
                }
                if let Some(class) = self.class_escape()? {
                    return Ok(Member::Set(ClassItem::Nested(class)));
                }
                if self.peek().is_none() {
                    return Err("too short escape sequence".to_owned());
                }
                self.character().map(Member::Char)
            }
            Some(c) => Ok(Member::Char(c)),
        }
    }

    /// `[:alpha:]`, its `[` read. Text that does not end in `:]` within reach is an ordinary set.
    fn posix_bracket(&mut self) -> Result<Option<ClassItem>, String> {
        let Some(rest) = self.rest().strip_prefix(':') else { return Ok(None) };
        let Some((name, _)) = rest.split_once(":]") else { return Ok(None) };
        if name.chars().count() > 20 || name.contains([']', '[']) {
            return Ok(None);
        }
        let bare = name.strip_prefix('^').unwrap_or(name);
        let ascii = self.options.charset == Charset::Ascii;
        let set = posix(bare, ascii).ok_or_else(|| "invalid POSIX bracket type".to_owned())?;
        self.at += name.len() + 3;
        Ok(Some(ClassItem::Named { set, negated: bare.len() != name.len() }))
    }
}

enum Member {
    Char(char),
    Set(ClassItem),
}
