//! Numbers, strings with interpolation, heredocs and what templates render.

use super::{Parsed, Parser};
use crate::ast::{Expr, ExprId};
use crate::token::{Kind, Token};

impl Parser<'_> {
    pub(super) fn number(&mut self) -> Parsed {
        let token = self.advance();
        let text = self.lexeme(token);
        let (digits, radix) = match text.as_bytes() {
            [b'0', b'x' | b'X', ..] => (&text[2..], 16),
            _ if text.contains(['.', 'e', 'E']) => return self.float(token, text),
            [b'0', _, ..] => (&text[1..], 8),
            _ => (text, 10),
        };
        Ok(match i64::from_str_radix(digits, radix) {
            Ok(value) => self.add_at(Expr::Int(value, radix as u8), token),
            Err(_) => {
                // The lexer has seen to it that these are digits, so there are too many.
                let id = self.add_at(Expr::Int(i64::MAX, radix as u8), token);
                self.overflows.push((id, to_hex(digits, radix)));
                id
            }
        })
    }

    fn float(&mut self, token: Token, text: &str) -> Parsed {
        // Puppet takes neither infinity nor a zero with an exponent.
        match text.parse::<f64>() {
            Ok(value) if value.is_finite() && !is_scaled_zero(text) => {
                Ok(self.add_at(Expr::Float(value), token))
            }
            _ => self.reject(
                token.span(),
                &format!("Internal Error, NUMBER token does not contain a valid number, {text}"),
            ),
        }
    }

    /// A string from its first part to its last.
    pub(super) fn interpolated(&mut self) -> Parsed {
        let first = self.advance();
        let mark = self.scratch.len();
        self.text_part(first);
        loop {
            let value = self.assignment()?;
            self.name_to_variable(value);
            let text = self.add(Expr::Text(value), first.start, first.start);
            self.scratch.push(text);
            let part = self.token();
            if !matches!(part.kind, Kind::StringMiddle | Kind::StringEnd) {
                return self.unexpected();
            }
            self.advance();
            self.text_part(part);
            if part.kind == Kind::StringEnd {
                let parts = self.list(mark);
                return Ok(self.add(Expr::Interpolated(parts), first.start, part.end));
            }
        }
    }

    /// Makes a variable of a name at the front of an interpolation. The lexer does so where a brace closes it;
    /// this is for a heredoc that ends before.
    fn name_to_variable(&mut self, value: ExprId) {
        let mut id = value;
        loop {
            id = match self.expr(id) {
                Expr::Name(name) => {
                    let variable = Expr::Var(*name);
                    self.exprs[id.0 as usize] = variable;
                    return;
                }
                Expr::Access { left, .. } | Expr::NamedAccess { left, .. } => *left,
                Expr::MethodCall { functor, .. } => *functor,
                _ => return,
            }
        }
    }

    fn text_part(&mut self, token: Token) {
        if !self.lexeme(token).is_empty() {
            let part = Expr::Str(self.string(token));
            let part = self.add_at(part, token);
            self.scratch.push(part);
        }
    }

    pub(super) fn heredoc(&mut self) -> Parsed {
        let token = self.advance();
        self.expect(Kind::HeredocText)?;
        let text = match self.kind() {
            Kind::StringStart => self.interpolated()?,
            Kind::String => {
                let part = self.advance();
                let text = Expr::Str(self.string(part));
                self.add_at(text, part)
            }
            _ => return self.unexpected(),
        };
        let syntax = self.string(token);
        Ok(self.add_at(Expr::Heredoc { syntax, text }, token))
    }

    /// `<%= ... %>`: an expression, or statements in braces.
    pub(super) fn render(&mut self) -> Parsed {
        let token = self.advance();
        let value = if self.kind() == Kind::LeftBrace { self.render_braces()? } else { self.expression(0)? };
        let end = self.token();
        if !matches!(end.kind, Kind::EppEnd | Kind::EppEndTrim) {
            return self.unexpected();
        }
        self.advance();
        Ok(self.add(Expr::Render(value), token.start, end.end))
    }

    fn render_braces(&mut self) -> Parsed<ExprId> {
        let open = self.advance();
        let mut first = None;
        if self.kind() != Kind::RightBrace {
            let is_word = matches!(self.kind(), Kind::Type | Kind::Function);
            let entry = self.hash_entry()?;
            if self.kind() != Kind::FatArrow {
                if is_word && matches!(self.expr(entry), Expr::Str(_)) {
                    return self.unexpected();
                }
                let mark = self.scratch.len();
                self.statements_from(entry, mark)?;
                let close = self.expect(Kind::RightBrace)?;
                let braces = crate::ast::Span { start: open.start, end: close.end };
                return Ok(self.block_or_expression(mark, Some(braces)));
            }
            first = Some(entry);
        }
        let hash = self.hash(open.start, first)?;
        self.expression_from(hash, 0)
    }
}

/// `0.0e5` and the like.
fn is_scaled_zero(text: &str) -> bool {
    match text.split_once(['e', 'E']) {
        Some((mantissa, _)) => mantissa.bytes().all(|b| b == b'0' || b == b'.'),
        None => false,
    }
}

/// A number of any size in hexadecimal.
fn to_hex(digits: &str, radix: u32) -> String {
    // Base 2^32, least significant first.
    let mut limbs: Vec<u32> = Vec::new();
    for digit in digits.chars().filter_map(|c| c.to_digit(radix)) {
        let mut carry = u64::from(digit);
        for limb in &mut limbs {
            let value = u64::from(*limb) * u64::from(radix) + carry;
            *limb = value as u32;
            carry = value >> 32;
        }
        if carry > 0 {
            limbs.push(carry as u32);
        }
        // A literal of this length is refused whatever its value; its message need not be exact.
        if limbs.len() > 1024 {
            break;
        }
    }
    let mut hex = String::new();
    for (index, limb) in limbs.iter().rev().enumerate() {
        hex.push_str(&if index == 0 { format!("{limb:x}") } else { format!("{limb:08x}") });
    }
    hex
}
