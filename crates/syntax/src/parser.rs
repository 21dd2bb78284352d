//! The parser: tokens in, the tree out.
//!
//! Recursive descent for statements, precedence climbing for operators. Puppet's own parser is generated
//! from an LALR grammar; this one accepts the same language and stops at the same token, including where the
//! grammar's conflicts are settled by precedence: a `{` after anything that could name a resource begins a
//! resource, and a `(` on the same line begins a call.

mod definition;
mod expression;
mod list;
mod resource;
mod statement;
mod text;

use std::sync::Arc;

use stdx::Symbol;

use crate::Options;
use crate::ast::{Expr, ExprId, Span};
use crate::lexer::{self, Place, Trouble};
use crate::source::SourceFile;
use crate::token::{Kind, SLICE, Token};

/// How deeply expressions may nest. Real code stays below 50; a thread's stack bounds it from above.
pub(crate) const MAX_NESTING: usize = 300;

/// The largest height of a tree, in which a chain of operators counts with each of them. Whoever walks a tree
/// recursively needs stack for as many levels.
pub const MAX_HEIGHT: usize = 1000;

/// Nodes that one level of nesting adds to the height, apart from chains.
const LEVEL_HEIGHT: usize = 8;

/// The largest text in bytes. Offsets and node numbers have 32 bits.
const MAX_LENGTH: usize = 1 << 28;

/// The parser has met an error, which is kept in [`Parser::failure`].
#[derive(Debug)]
pub(crate) struct Stop;

pub(crate) type Parsed<T = ExprId> = Result<T, Stop>;

/// What the parser found.
pub(crate) struct Output {
    pub(crate) exprs: Vec<Expr>,
    pub(crate) spans: Vec<Span>,
    pub(crate) root: ExprId,
    pub(crate) definitions: Vec<ExprId>,
    pub(crate) failure: Option<Box<Trouble>>,
    pub(crate) warnings: Vec<Trouble>,
    /// Where the `=>` of each hash entry stands, by key, in the order of keys.
    pub(crate) arrows: Vec<(ExprId, u32)>,
    /// Integer literals beyond 64 bits, with their value in hexadecimal.
    pub(crate) overflows: Vec<(ExprId, String)>,
    /// Some variable has a name that may not be one.
    pub(crate) odd_variables: bool,
}

/// Parses a text, without validation.
pub(crate) fn parse(file: &SourceFile, options: Options) -> Output {
    let text: &str = &file.text;
    if text.len() > MAX_LENGTH {
        return failed(Box::new(Trouble {
            code: "SOURCE_TOO_LARGE",
            message: format!("The text has {} bytes, more than the limit of {MAX_LENGTH}", text.len()),
            place: Place::File,
        }));
    }
    let lexed = lexer::lex(text, options.epp, options.tasks);
    let mut parser = Parser {
        text,
        tokens: &lexed.tokens,
        texts: &lexed.texts,
        lexer_failure: lexed.failure,
        at: 0,
        exprs: Vec::with_capacity(lexed.tokens.len()),
        spans: Vec::with_capacity(lexed.tokens.len()),
        definitions: Vec::new(),
        scratch: Vec::new(),
        names: Vec::new(),
        failure: None,
        arrows: Vec::new(),
        overflows: Vec::new(),
        odd_variables: false,
        depth: 0,
        runs: Vec::new(),
        statement_names: statement::names(),
    };
    let root = match parser.program().and_then(|root| parser.check_height().map(|()| root)) {
        Ok(root) => root,
        Err(Stop) => {
            let mut output = failed(parser.failure.unwrap_or_else(|| {
                // Every `Stop` is made together with its failure.
                Box::new(Trouble { code: "SYNTAX_ERROR", message: "Syntax error".into(), place: Place::File })
            }));
            output.warnings = lexed.warnings;
            return output;
        }
    };
    Output {
        exprs: parser.exprs,
        spans: parser.spans,
        root,
        definitions: parser.definitions,
        failure: None,
        warnings: lexed.warnings,
        arrows: parser.arrows,
        overflows: parser.overflows,
        odd_variables: parser.odd_variables,
    }
}

/// An empty tree with an error.
fn failed(failure: Box<Trouble>) -> Output {
    Output {
        exprs: vec![Expr::Nop],
        spans: vec![Span::default()],
        root: ExprId(0),
        definitions: Vec::new(),
        failure: Some(failure),
        warnings: Vec::new(),
        arrows: Vec::new(),
        overflows: Vec::new(),
        odd_variables: false,
    }
}

pub(crate) struct Parser<'a> {
    text: &'a str,
    /// Ends in [`Kind::End`] or [`Kind::Broken`].
    tokens: &'a [Token],
    texts: &'a [Arc<str>],
    lexer_failure: Option<Box<Trouble>>,
    at: usize,
    exprs: Vec<Expr>,
    spans: Vec<Span>,
    definitions: Vec<ExprId>,
    /// Lists under construction, one behind the other.
    scratch: Vec<ExprId>,
    /// Names of the classes and plans around the current place.
    names: Vec<Symbol>,
    failure: Option<Box<Trouble>>,
    arrows: Vec<(ExprId, u32)>,
    overflows: Vec<(ExprId, String)>,
    odd_variables: bool,
    depth: usize,
    /// Longest chain of operators at each depth, which bounds the height of the tree.
    runs: Vec<u32>,
    statement_names: &'static [Symbol],
}

impl<'a> Parser<'a> {
    /// The current token.
    #[inline]
    fn token(&self) -> Token {
        self.tokens[self.at]
    }

    /// Kind of the current token.
    #[inline]
    fn kind(&self) -> Kind {
        self.tokens[self.at].kind
    }

    /// Kind of the token behind the current one.
    #[inline]
    fn next_kind(&self) -> Kind {
        self.tokens[(self.at + 1).min(self.tokens.len() - 1)].kind
    }

    /// Takes the current token. The last one is never passed.
    #[inline]
    fn advance(&mut self) -> Token {
        let token = self.tokens[self.at];
        if self.at + 1 < self.tokens.len() {
            self.at += 1;
        }
        token
    }

    /// Takes the current token if it is of a kind.
    #[inline]
    fn take(&mut self, kind: Kind) -> Option<Token> {
        (self.kind() == kind).then(|| self.advance())
    }

    /// Takes a token of a kind, or stops.
    #[inline]
    fn expect(&mut self, kind: Kind) -> Parsed<Token> {
        if self.kind() == kind { Ok(self.advance()) } else { self.unexpected() }
    }

    /// Source text of a token.
    #[inline]
    fn lexeme(&self, token: Token) -> &'a str {
        if token.text == SLICE {
            &self.text[token.start as usize..token.end as usize]
        } else {
            &self.texts[token.text as usize]
        }
    }

    fn symbol(&self, token: Token) -> Symbol {
        Symbol::new(self.lexeme(token))
    }

    /// The shared text of a string-like token.
    fn string(&self, token: Token) -> Arc<str> {
        if token.text == SLICE {
            Arc::from(self.lexeme(token))
        } else {
            Arc::clone(&self.texts[token.text as usize])
        }
    }

    /// Adds a node.
    #[inline]
    fn add(&mut self, expr: Expr, start: u32, end: u32) -> ExprId {
        let id = ExprId(self.exprs.len() as u32);
        self.exprs.push(expr);
        self.spans.push(Span { start, end });
        id
    }

    /// Adds a node that covers one token.
    #[inline]
    fn add_at(&mut self, expr: Expr, token: Token) -> ExprId {
        self.add(expr, token.start, token.end)
    }

    fn span(&self, id: ExprId) -> Span {
        self.spans[id.0 as usize]
    }

    fn expr(&self, id: ExprId) -> &Expr {
        &self.exprs[id.0 as usize]
    }

    /// Takes a list off the scratch pad.
    fn list(&mut self, from: usize) -> Box<[ExprId]> {
        self.scratch.drain(from..).collect()
    }

    /// Stops at the current token.
    #[cold]
    fn unexpected<T>(&mut self) -> Parsed<T> {
        let token = self.token();
        let trouble = match token.kind {
            Kind::Broken if self.lexer_failure.is_some() => self.lexer_failure.take(),
            Kind::End | Kind::Broken => Some(Box::new(Trouble {
                code: "SYNTAX_ERROR",
                message: "Syntax error at end of input".into(),
                place: Place::File,
            })),
            _ => Some(Box::new(Trouble {
                code: "SYNTAX_ERROR",
                message: format!("Syntax error at '{}'", self.shown(token)),
                place: Place::Range(token.start, token.end),
            })),
        };
        self.failure = trouble;
        Err(Stop)
    }

    /// Stops with a message of the grammar at a place.
    #[cold]
    fn reject<T>(&mut self, span: Span, message: &str) -> Parsed<T> {
        self.failure = Some(Box::new(Trouble {
            code: "SYNTAX_ERROR",
            message: message.into(),
            place: Place::Range(span.start, span.end),
        }));
        Err(Stop)
    }

    /// As [`Self::reject`], where Puppet has already read the next token, so that its errors come first.
    #[cold]
    fn reject_after_reading<T>(&mut self, span: Span, message: &str) -> Parsed<T> {
        if self.kind() == Kind::Broken { self.unexpected() } else { self.reject(span, message) }
    }

    /// A token's value as messages show it.
    fn shown(&self, token: Token) -> String {
        let lexeme = self.lexeme(token);
        match token.kind {
            Kind::Variable => lexeme.strip_prefix('$').unwrap_or(lexeme).into(),
            Kind::Regex => {
                let mut shown = String::from("(?-mix:");
                let mut escaped = false;
                for c in lexeme.chars() {
                    if c == '/' && !escaped {
                        shown.push('\\');
                    }
                    escaped = c == '\\' && !escaped;
                    shown.push(c);
                }
                shown.push(')');
                shown
            }
            _ => lexeme.into(),
        }
    }

    /// Goes one level deeper, or stops.
    fn enter(&mut self) -> Parsed<()> {
        if self.depth >= MAX_NESTING {
            let token = self.token();
            self.failure = Some(Box::new(Trouble {
                code: "NESTING_TOO_DEEP",
                message: format!("Expressions are nested more than {MAX_NESTING} levels deep"),
                place: Place::Range(token.start, token.end),
            }));
            return Err(Stop);
        }
        self.depth += 1;
        Ok(())
    }

    fn leave(&mut self) {
        self.depth -= 1;
    }

    /// Refuses a tree that is too high. Few texts get so close to the limit that heights must be counted.
    fn check_height(&mut self) -> Parsed<()> {
        let bound: usize = self.runs.iter().map(|&run| run as usize + LEVEL_HEIGHT).sum();
        if bound <= MAX_HEIGHT {
            return Ok(());
        }
        let mut heights: Vec<u32> = Vec::with_capacity(self.exprs.len());
        for (index, expr) in self.exprs.iter().enumerate() {
            let mut height = 0;
            // Children stand before their parents.
            expr.each_child(&mut |child| {
                height = height.max(heights.get(child.0 as usize).copied().unwrap_or(0))
            });
            heights.push(height + 1);
            if height as usize >= MAX_HEIGHT {
                let span = self.spans[index];
                self.failure = Some(Box::new(Trouble {
                    code: "NESTING_TOO_DEEP",
                    message: format!(
                        "Expressions and chains of operators are more than {MAX_HEIGHT} levels deep"
                    ),
                    place: Place::Range(span.start, span.end),
                }));
                return Err(Stop);
            }
        }
        Ok(())
    }

    /// Notes a chain of operators.
    fn note_run(&mut self, length: u32) {
        if self.runs.len() <= self.depth {
            self.runs.resize(self.depth + 1, 0);
        }
        let run = &mut self.runs[self.depth];
        *run = (*run).max(length);
    }
}
