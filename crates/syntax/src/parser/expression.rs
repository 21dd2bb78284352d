//! Operators, calls, access, and what they are applied to.

use super::{Parsed, Parser};
use crate::ast::{BinaryOp, CaseOption, Collect, Expr, ExprId, Lambda, Span};
use crate::token::{Kind, Token};
use crate::validate::is_odd_variable;

/// Binding powers, low to high. Note that `in` binds tighter than `=~`, and `==` tighter than `<`.
const OR: u8 = 1;
const AND: u8 = 2;
const SELECT: u8 = 3;
const RELATE: u8 = 4;
const EQUATE: u8 = 5;
const SHIFT: u8 = 6;
const SUM: u8 = 7;
const PRODUCT: u8 = 8;
const MATCH: u8 = 9;
const IN: u8 = 10;
/// Above all operators with two operands.
const UNARY: u8 = 11;

/// Operator and binding power of a token.
#[inline]
fn binary(kind: Kind) -> Option<(BinaryOp, u8)> {
    Some(match kind {
        Kind::Or => (BinaryOp::Or, OR),
        Kind::And => (BinaryOp::And, AND),
        Kind::Less => (BinaryOp::Less, RELATE),
        Kind::LessEqual => (BinaryOp::LessEqual, RELATE),
        Kind::Greater => (BinaryOp::Greater, RELATE),
        Kind::GreaterEqual => (BinaryOp::GreaterEqual, RELATE),
        Kind::Equal => (BinaryOp::Equal, EQUATE),
        Kind::NotEqual => (BinaryOp::NotEqual, EQUATE),
        Kind::ShiftLeft => (BinaryOp::ShiftLeft, SHIFT),
        Kind::ShiftRight => (BinaryOp::ShiftRight, SHIFT),
        Kind::Plus => (BinaryOp::Add, SUM),
        Kind::Minus => (BinaryOp::Subtract, SUM),
        Kind::Times => (BinaryOp::Multiply, PRODUCT),
        Kind::Divide => (BinaryOp::Divide, PRODUCT),
        Kind::Modulo => (BinaryOp::Modulo, PRODUCT),
        Kind::Match => (BinaryOp::Match, MATCH),
        Kind::NotMatch => (BinaryOp::NotMatch, MATCH),
        Kind::In => (BinaryOp::In, IN),
        _ => return None,
    })
}

impl Parser<'_> {
    /// An expression whose operators bind at least as tightly as `min`.
    pub(super) fn expression(&mut self, min: u8) -> Parsed {
        self.enter()?;
        let left = self.prefix()?;
        let whole = self.expression_from(left, min)?;
        self.leave();
        Ok(whole)
    }

    fn prefix(&mut self) -> Parsed {
        let wrap = match self.kind() {
            Kind::Not => Expr::Not,
            Kind::Minus => Expr::Minus,
            Kind::Times => Expr::Unfold,
            _ => return self.primary(),
        };
        let token = self.advance();
        let operand = self.expression(UNARY)?;
        Ok(self.add_at(wrap(operand), token))
    }

    /// Calls, accesses and operators behind an operand.
    pub(super) fn expression_from(&mut self, left: ExprId, min: u8) -> Parsed {
        let mut left = left;
        let mut run = 0;
        loop {
            left = match self.kind() {
                Kind::LeftParen => self.call(left)?,
                Kind::LeftBracket => self.access(left)?,
                Kind::Dot => self.method_call(left)?,
                Kind::LeftCollect | Kind::LeftExportCollect => self.collect(left)?,
                Kind::Question if min <= SELECT => self.selector(left)?,
                kind => match binary(kind) {
                    Some((op, power)) if power >= min => {
                        let token = self.advance();
                        let right = self.expression(power + 1)?;
                        self.add_at(Expr::Binary { op, left, right }, token)
                    }
                    _ => break,
                },
            };
            run += 1;
        }
        if run > 1 {
            self.note_run(run);
        }
        Ok(left)
    }

    fn primary(&mut self) -> Parsed {
        let token = self.token();
        let expr = match token.kind {
            Kind::Variable => {
                let lexeme = self.lexeme(token);
                let name = lexeme.strip_prefix('$').unwrap_or(lexeme);
                if is_odd_variable(name) {
                    self.odd_variables = true;
                }
                Expr::Var(name.into())
            }
            Kind::Name => Expr::Name(self.symbol(token)),
            Kind::ClassRef => Expr::TypeName(self.symbol(token)),
            Kind::String | Kind::Word => Expr::Str(self.string(token)),
            Kind::Regex => Expr::Regex(self.string(token)),
            Kind::True => Expr::Bool(true),
            Kind::False => Expr::Bool(false),
            Kind::Undef => Expr::Undef,
            Kind::Default => Expr::Default,
            Kind::Attr | Kind::Private => Expr::Reserved(self.symbol(token)),
            Kind::RenderString => Expr::RenderString(self.string(token)),
            Kind::Number => return self.number(),
            Kind::StringStart => return self.interpolated(),
            Kind::Heredoc => return self.heredoc(),
            Kind::LeftBracket | Kind::ListStart => return self.array(),
            Kind::LeftBrace => {
                self.advance();
                return self.hash(token.start, None);
            }
            Kind::LeftParen | Kind::LineParen => {
                self.advance();
                let inner = self.assignment()?;
                self.expect(Kind::RightParen)?;
                return Ok(self.add_at(Expr::Paren(inner), token));
            }
            Kind::If => return self.conditional(),
            Kind::Unless => return self.unless(),
            Kind::Case => return self.case(),
            Kind::RenderExpr => return self.render(),
            Kind::Class
            | Kind::Define
            | Kind::Node
            | Kind::Function
            | Kind::Type
            | Kind::Plan
            | Kind::Apply => return self.definition(),
            _ => return self.unexpected(),
        };
        self.advance();
        Ok(self.add_at(expr, token))
    }

    fn array(&mut self) -> Parsed {
        let open = self.advance();
        let elements = if self.kind() == Kind::RightBracket { Box::default() } else { self.elements()? };
        let close = self.expect(Kind::RightBracket)?;
        Ok(self.add(Expr::Array(elements), open.start, close.end))
    }

    fn access(&mut self, left: ExprId) -> Parsed {
        self.advance();
        let keys = self.access_keys(true)?;
        let close = self.expect(Kind::RightBracket)?;
        let start = self.span(left).start;
        Ok(self.add(Expr::Access { left, keys }, start, close.end))
    }

    /// `f(...)`, at the parenthesis.
    pub(super) fn call(&mut self, functor: ExprId) -> Parsed {
        self.advance();
        let args = if self.kind() == Kind::RightParen { Box::default() } else { self.arguments(true)? };
        let mut end = self.expect(Kind::RightParen)?.end;
        let lambda = self.lambda()?;
        if let Some(lambda) = lambda {
            end = self.span(lambda).end;
        }
        let start = self.span(functor).start;
        Ok(self.add(Expr::Call { functor, args, lambda, statement: false }, start, end))
    }

    /// `x.f(...)`, at the dot.
    fn method_call(&mut self, left: ExprId) -> Parsed {
        let dot = self.advance();
        if !matches!(self.kind(), Kind::Name | Kind::Type) {
            return self.unexpected();
        }
        let token = self.advance();
        let name = self.symbol(token);
        let right = self.add(Expr::Name(name), dot.start, dot.start);
        let functor = self.add(Expr::NamedAccess { left, right }, dot.start, token.end);
        let (mut start, mut end) = (dot.start, token.end);
        let mut args = Box::default();
        if let Some(open) = self.take(Kind::LeftParen) {
            if self.kind() != Kind::RightParen {
                args = self.arguments(false)?;
            }
            end = self.expect(Kind::RightParen)?.end;
            start = open.start;
        }
        let lambda = self.lambda()?;
        Ok(self.add(Expr::MethodCall { functor, args, lambda }, start, end))
    }

    /// `|params| >> Type { body }`, if a `|` stands here.
    fn lambda(&mut self) -> Parsed<Option<ExprId>> {
        let Some(open) = self.take(Kind::Pipe) else { return Ok(None) };
        let parameters = self.parameters(Kind::Pipe)?;
        let return_type = self.return_type()?;
        let (body, end) = self.braced_body(open.start)?;
        let lambda = Expr::Lambda(Box::new(Lambda { parameters, return_type, body }));
        Ok(Some(self.add(lambda, open.start, end)))
    }

    fn collect(&mut self, type_expr: ExprId) -> Parsed {
        let open = self.advance();
        let exported = open.kind == Kind::LeftExportCollect;
        let close = if exported { Kind::RightExportCollect } else { Kind::RightCollect };
        let query = if self.kind() == close { None } else { Some(self.expression(0)?) };
        let mut end = self.expect(close)?.end;
        let mut attributes = Box::default();
        if self.take(Kind::LeftBrace).is_some() {
            attributes = self.attributes()?;
            end = self.expect(Kind::RightBrace)?.end;
        }
        let start = self.span(type_expr).start;
        let collect = Collect { type_expr, exported, query, attributes };
        Ok(self.add(Expr::Collect(Box::new(collect)), start, end))
    }

    /// `x ? a => b` or `x ? { a => b, ... }`, at the question mark.
    fn selector(&mut self, left: ExprId) -> Parsed {
        self.advance();
        let mut entries = Vec::new();
        if self.take(Kind::SelectorBrace).is_some() {
            loop {
                entries.push(self.selector_entry()?);
                if self.take(Kind::Comma).is_none() || self.kind() == Kind::RightBrace {
                    break;
                }
            }
            self.expect(Kind::RightBrace)?;
        } else {
            entries.push(self.selector_entry()?);
        }
        let Span { start, end } = self.span(left);
        Ok(self.add(Expr::Selector { left, entries: entries.into() }, start, end))
    }

    fn selector_entry(&mut self) -> Parsed<(ExprId, ExprId)> {
        let key = self.expression(0)?;
        self.expect(Kind::FatArrow)?;
        let value = self.expression(0)?;
        Ok((key, value))
    }

    /// `if`, with its `elsif`s read in a loop and nested from the last to the first.
    fn conditional(&mut self) -> Parsed {
        let mut arms: Vec<(Token, ExprId, ExprId)> = Vec::new();
        loop {
            let token = self.advance();
            let test = self.expression(0)?;
            let then = self.branch()?;
            arms.push((token, test, then));
            if self.kind() != Kind::Elsif {
                break;
            }
        }
        let mut otherwise = self.otherwise()?;
        let end = self.span(otherwise).end;
        self.note_run(arms.len() as u32);
        for (token, test, then) in arms.into_iter().rev() {
            let end = end.max(self.span(then).end);
            otherwise = self.add(Expr::If { test, then, otherwise }, token.start, end);
        }
        Ok(otherwise)
    }

    fn otherwise(&mut self) -> Parsed {
        if self.take(Kind::Else).is_some() { self.branch() } else { Ok(self.add(Expr::Nop, 0, 0)) }
    }

    fn unless(&mut self) -> Parsed {
        let token = self.advance();
        let test = self.expression(0)?;
        let then = self.branch()?;
        let otherwise = self.otherwise()?;
        let end = self.span(then).end.max(self.span(otherwise).end);
        Ok(self.add(Expr::Unless { test, then, otherwise }, token.start, end))
    }

    fn case(&mut self) -> Parsed {
        let token = self.advance();
        let test = self.expression(0)?;
        self.expect(Kind::LeftBrace)?;
        let mut options = Vec::new();
        loop {
            let mark = self.scratch.len();
            loop {
                let value = self.expression(0)?;
                self.scratch.push(value);
                if self.take(Kind::Comma).is_none() {
                    break;
                }
            }
            let values = self.list(mark);
            let colon = self.expect(Kind::Colon)?;
            let (then, end) = self.braced_body(colon.start)?;
            options.push(CaseOption { values, then, span: Span { start: colon.start, end } });
            if self.kind() == Kind::RightBrace {
                break;
            }
        }
        let close = self.expect(Kind::RightBrace)?;
        Ok(self.add(Expr::Case { test, options: options.into() }, token.start, close.end))
    }
}
