//! Programs, blocks, and calls without parentheses.

use std::sync::OnceLock;

use stdx::Symbol;

use super::{Parsed, Parser};
use crate::ast::{Expr, ExprId, Span};
use crate::token::Kind;

/// Functions that may be called without parentheses. `import` is here so that its call can be refused.
pub(super) fn names() -> &'static [Symbol] {
    static NAMES: OnceLock<Vec<Symbol>> = OnceLock::new();
    NAMES.get_or_init(|| {
        [
            "require", "realize", "include", "contain", "tag", "debug", "info", "notice", "warning", "err",
            "fail", "import", "break", "next", "return",
        ]
        .map(Symbol::new)
        .to_vec()
    })
}

/// Whether a statement can begin with a token.
fn begins_statement(kind: Kind) -> bool {
    use Kind::*;
    matches!(
        kind,
        // Operands.
        Name | Word | ClassRef | Number | String | StringStart | True | False | Heredoc | Regex | Variable
            | Undef | Default | Attr | Private | RenderString | RenderExpr
            // Brackets and prefixes.
            | LeftBracket | ListStart | LeftBrace | LeftParen | LineParen | Minus | Times | Not | At | AtAt
            // Keywords.
            | Case | Class | Define | If | Node | Unless | Function | Type | Plan | Apply
            // The lexer's error comes first.
            | Broken
    )
}

/// A comma list that follows nothing which could be called with it.
struct StrayList {
    comma: Span,
    after: Option<Symbol>,
}

impl Parser<'_> {
    /// The whole text.
    pub(super) fn program(&mut self) -> Parsed {
        if self.kind() == Kind::EppStart {
            return self.template();
        }
        let mark = self.scratch.len();
        if self.kind() == Kind::End {
            let token = self.token();
            return Ok(self.add_at(Expr::Nop, token));
        }
        self.statements(mark)?;
        if self.kind() != Kind::End {
            return self.unexpected();
        }
        Ok(self.block_or_expression(mark, None))
    }

    fn template(&mut self) -> Parsed {
        let start = self.advance();
        let (parameters, parameters_specified) = if self.take(Kind::Pipe).is_some() {
            (self.parameters(Kind::Pipe)?, true)
        } else {
            (Box::default(), false)
        };
        let mark = self.scratch.len();
        if self.kind() != Kind::End {
            self.statements(mark)?;
        }
        if self.kind() != Kind::End {
            return self.unexpected();
        }
        let body = self.body(mark, start.start);
        let epp = Expr::Epp { parameters, parameters_specified, body };
        Ok(self.add(epp, start.start, start.end))
    }

    /// Statements up to a `}` or the end, left on the scratch pad behind `mark`.
    pub(super) fn statements(&mut self, mark: usize) -> Parsed<()> {
        let mut stray = None;
        self.statement(mark, &mut stray)?;
        self.more_statements(mark, stray)
    }

    /// As [`Self::statements`], with the first part of the first statement already read.
    pub(super) fn statements_from(&mut self, first: ExprId, mark: usize) -> Parsed<()> {
        let mut stray = None;
        self.statement_from(first, mark, &mut stray)?;
        self.more_statements(mark, stray)
    }

    fn more_statements(&mut self, mark: usize, mut stray: Option<StrayList>) -> Parsed<()> {
        loop {
            match self.kind() {
                Kind::Semicolon => {
                    self.advance();
                }
                Kind::RightBrace | Kind::End => break,
                // Puppet ends the list before it looks whether the token fits.
                kind if stray.is_some() && !begins_statement(kind) => break,
                _ => {}
            }
            self.statement(mark, &mut stray)?;
        }
        if let Some(stray) = stray {
            return match stray.after {
                Some(name) => self.reject(
                    stray.comma,
                    &format!(
                        "attempt to pass argument list to the function '{name}' which cannot be called without \
                         parentheses"
                    ),
                ),
                None => self.reject(stray.comma, "illegal comma separated argument list"),
            };
        }
        Ok(())
    }

    fn statement(&mut self, mark: usize, stray: &mut Option<StrayList>) -> Parsed<()> {
        let first = self.assignment()?;
        self.statement_from(first, mark, stray)
    }

    /// One statement, or the arguments of the name before it.
    fn statement_from(&mut self, first: ExprId, mark: usize, stray: &mut Option<StrayList>) -> Parsed<()> {
        let callee = match self.scratch[mark..].last() {
            Some(&last) => match self.expr(last) {
                Expr::Name(name) => Some((last, *name)),
                _ => None,
            },
            None => None,
        };
        let is_call = callee.is_some_and(|(_, name)| self.statement_names.contains(&name));
        let from = self.scratch.len();
        self.scratch.push(first);
        let mut comma = None;
        while let Some(token) = self.take(Kind::Comma) {
            comma.get_or_insert(Span { start: token.start, end: token.end });
            let next = self.assignment()?;
            self.scratch.push(next);
        }
        if let Some((functor, _)) = callee
            && is_call
        {
            let args = self.list(from);
            let end = args.last().map_or(0, |&last| self.span(last).end);
            let start = self.span(functor).start;
            let call =
                self.add(Expr::Call { functor, args, lambda: None, statement: true }, start, end.max(start));
            if let Some(last) = self.scratch.last_mut() {
                *last = call;
            }
        } else if let Some(comma) = comma {
            if stray.is_none() {
                *stray = Some(StrayList { comma, after: callee.map(|(_, name)| name) });
            }
            self.scratch.truncate(from);
        } else if let Expr::Call { statement, .. } = &mut self.exprs[first.0 as usize] {
            *statement = true;
        }
        Ok(())
    }

    /// Statements in braces, the opening one taken: a block, the only statement, or nothing.
    pub(super) fn branch(&mut self) -> Parsed {
        let open = self.expect(Kind::LeftBrace)?;
        if let Some(close) = self.take(Kind::RightBrace) {
            return Ok(self.add(Expr::Nop, open.start, close.end));
        }
        let mark = self.scratch.len();
        self.statements(mark)?;
        let close = self.expect(Kind::RightBrace)?;
        Ok(self.block_or_expression(mark, Some(Span { start: open.start, end: close.end })))
    }

    /// What stands on the scratch pad as one node.
    pub(super) fn block_or_expression(&mut self, mark: usize, braces: Option<Span>) -> ExprId {
        if let [only] = self.scratch[mark..] {
            self.scratch.truncate(mark);
            return only;
        }
        let statements = self.list(mark);
        let span = braces.unwrap_or_else(|| match (statements.first(), statements.last()) {
            (Some(&first), Some(&last)) => {
                let start = self.span(first).start;
                Span { start, end: self.span(last).end.max(start) }
            }
            _ => Span::default(),
        });
        self.add(Expr::Block(statements), span.start, span.end)
    }

    /// What stands on the scratch pad as the body of a definition that begins at `start`.
    pub(super) fn body(&mut self, mark: usize, start: u32) -> ExprId {
        if self.scratch.len() == mark {
            return self.add(Expr::Nop, start, start);
        }
        let statements = self.list(mark);
        self.add(Expr::Block(statements), start, start)
    }

    /// `{ statements }` as the body of a definition that begins at `start`, and the end of the brace.
    pub(super) fn braced_body(&mut self, start: u32) -> Parsed<(ExprId, u32)> {
        self.expect(Kind::LeftBrace)?;
        let mark = self.scratch.len();
        if self.kind() != Kind::RightBrace {
            self.statements(mark)?;
        }
        let close = self.expect(Kind::RightBrace)?;
        Ok((self.body(mark, start), close.end))
    }
}
