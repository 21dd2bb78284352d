//! Numbers, strings, regular expressions, hashes, ranges and constants.

use lib_ruby_parser::{Bytes, Node, nodes};
use pcore::Str;

use super::{Lower, Lowered};
use crate::class::Class;
use crate::error::CompileError;
use crate::ir::{Argument, Expr, Pair, Piece};
use crate::value::{EXTENDED, IGNORE_CASE, MULTI_LINE};

impl Lower<'_> {
    pub(super) fn integer(&self, node: &Node, text: &str) -> Lowered {
        let digits = text.replace('_', "");
        let (negative, digits) = match digits.strip_prefix('-') {
            Some(digits) => (true, digits.to_owned()),
            None => (false, digits.trim_start_matches('+').to_owned()),
        };
        let lower = digits.to_ascii_lowercase();
        let (radix, digits) = if let Some(digits) = lower.strip_prefix("0x") {
            (16, digits)
        } else if let Some(digits) = lower.strip_prefix("0b") {
            (2, digits)
        } else if let Some(digits) = lower.strip_prefix("0o") {
            (8, digits)
        } else if let Some(digits) = lower.strip_prefix("0d") {
            (10, digits)
        } else if lower.len() > 1 && lower.starts_with('0') {
            (8, &lower[1..])
        } else {
            (10, &*lower)
        };
        let signed = format!("{}{digits}", if negative { "-" } else { "" });
        match i64::from_str_radix(&signed, radix) {
            Ok(number) => Ok(Expr::Int(number)),
            Err(_) => self.unsupported("an integer beyond 64 bits", node),
        }
    }

    pub(super) fn text(&self, node: &Node, bytes: &Bytes) -> Lowered<Str> {
        match std::str::from_utf8(bytes.as_raw()) {
            Ok(text) => Ok(text.into()),
            Err(_) => self.unsupported("a string that is not UTF-8", node),
        }
    }

    pub(super) fn pieces(&mut self, parts: &[Node]) -> Lowered<Vec<Piece>> {
        let mut pieces = Vec::with_capacity(parts.len());
        for part in parts {
            match part {
                Node::Str(text) => pieces.push(Piece::Text(self.text(part, &text.value)?)),
                Node::Dstr(inner) => pieces.extend(self.pieces(&inner.parts)?),
                Node::Begin(begin) => pieces.push(Piece::Code(self.sequence(&begin.statements)?)),
                other => pieces.push(Piece::Code(self.expr(other)?)),
            }
        }
        Ok(pieces)
    }

    pub(super) fn regexp(&mut self, node: &Node, regexp: &nodes::Regexp) -> Lowered {
        let mut options = 0;
        if let Some(Node::RegOpt(given)) = regexp.options.as_deref() {
            for option in given.options.as_deref().unwrap_or_default().chars() {
                options |= match option {
                    'i' => IGNORE_CASE,
                    'x' => EXTENDED,
                    'm' => MULTI_LINE,
                    'o' | 'u' => 0,
                    other => {
                        return self.unsupported(format!("the option {other} of a regular expression"), node);
                    }
                };
            }
        }
        let pieces = self.pieces(&regexp.parts)?;
        let Some(source) = fixed_source(&pieces) else {
            return Ok(Expr::JoinedRegexp(pieces, options, self.line_of(node)));
        };
        match crate::regexp::compile(&source, options) {
            Ok(program) => Ok(Expr::Regexp(source.into(), options, program)),
            // Ruby finds the error when it reads the template, too.
            Err(message) => Err(CompileError::Syntax { message, line: self.line_of(node) }),
        }
    }

    pub(super) fn hash(&mut self, pairs: &[Node]) -> Lowered {
        Ok(Expr::Hash(self.pairs(pairs)?))
    }

    pub(super) fn pairs(&mut self, pairs: &[Node]) -> Lowered<Vec<Pair>> {
        let mut entries = Vec::with_capacity(pairs.len());
        for pair in pairs {
            entries.push(match pair {
                Node::Pair(pair) => Pair::Entry(self.expr(&pair.key)?, self.expr(&pair.value)?),
                Node::Kwsplat(splat) => Pair::Splat(self.expr(&splat.value)?),
                other => return self.unsupported(super::construct_name(other), other),
            });
        }
        Ok(entries)
    }

    pub(super) fn range(&mut self, left: Option<&Node>, right: Option<&Node>, exclusive: bool) -> Lowered {
        let start = Box::new(self.option(left)?);
        Ok(Expr::Range { start, end: Box::new(self.option(right)?), exclusive })
    }

    /// Items of an array, or arguments.
    pub(super) fn arguments(&mut self, nodes: &[Node]) -> Lowered<Vec<Argument>> {
        nodes
            .iter()
            .map(|node| match node {
                Node::Splat(splat) => match splat.value.as_deref() {
                    Some(value) => Ok(Argument::Splat(self.expr(value)?)),
                    None => self.unsupported("a * without a name", node),
                },
                node => Ok(Argument::Plain(self.expr(node)?)),
            })
            .collect()
    }

    pub(super) fn constant(&self, node: &Node, constant: &nodes::Const) -> Lowered {
        let Some(path) = constant_path(constant) else {
            return self.unsupported(format!("the constant {} of an object", constant.name), node);
        };
        if let Some(class) = Class::named(&path) {
            return Ok(Expr::Constant(class));
        }
        match &*path {
            "Float::INFINITY" => Ok(Expr::Float(f64::INFINITY)),
            "Float::NAN" => Ok(Expr::Float(f64::NAN)),
            "Float::MAX" => Ok(Expr::Float(f64::MAX)),
            "Float::MIN" => Ok(Expr::Float(f64::MIN_POSITIVE)),
            "Float::EPSILON" => Ok(Expr::Float(f64::EPSILON)),
            "Math::PI" => Ok(Expr::Float(std::f64::consts::PI)),
            "Math::E" => Ok(Expr::Float(std::f64::consts::E)),
            "Regexp::IGNORECASE" => Ok(Expr::Int(1)),
            "Regexp::EXTENDED" => Ok(Expr::Int(2)),
            "Regexp::MULTILINE" => Ok(Expr::Int(4)),
            "File::SEPARATOR" => Ok(Expr::Text("/".into(), true)),
            _ => self.unsupported(format!("the constant {path}"), node),
        }
    }
}

/// `A::B`, without a leading `::`.
pub(super) fn constant_path(constant: &nodes::Const) -> Option<String> {
    match constant.scope.as_deref() {
        None | Some(Node::Cbase(_)) => Some(constant.name.clone()),
        Some(Node::Const(scope)) => Some(format!("{}::{}", constant_path(scope)?, constant.name)),
        Some(_) => None,
    }
}

/// The source of a regular expression without code in it.
fn fixed_source(pieces: &[Piece]) -> Option<String> {
    let mut source = String::new();
    for piece in pieces {
        match piece {
            Piece::Text(text) => source.push_str(text),
            Piece::Code(_) => return None,
        }
    }
    Some(source)
}
