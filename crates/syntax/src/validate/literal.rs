//! Values of literal expressions, as far as they can be compared and shown.

use std::borrow::Cow;
use std::fmt;

use crate::ast::{Ast, Expr, ExprId};

/// The value of an expression without variables, calls and operators. Equality is Ruby's `eql?`.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub(super) enum Literal<'a> {
    Undef,
    Default,
    Bool(bool),
    Int(i64),
    /// Bits of the float.
    Float(u64),
    Text(Cow<'a, str>),
    Regex(&'a str),
    List(Vec<Literal<'a>>),
    Map(Vec<(Literal<'a>, Literal<'a>)>),
}

/// How deeply literals are looked into.
const MAX_DEPTH: usize = 64;

impl<'a> Literal<'a> {
    /// The value, or `None` when the expression is not literal.
    pub(super) fn of(ast: &'a Ast, id: ExprId) -> Option<Literal<'a>> {
        literal(ast, id, 0)
    }
}

fn literal(ast: &Ast, id: ExprId, depth: usize) -> Option<Literal<'_>> {
    if depth > MAX_DEPTH {
        return None;
    }
    let all = |ids: &[ExprId]| ids.iter().map(|&id| literal(ast, id, depth + 1)).collect::<Option<Vec<_>>>();
    Some(match &ast[id] {
        Expr::Undef => Literal::Undef,
        Expr::Default => Literal::Default,
        Expr::Bool(value) => Literal::Bool(*value),
        Expr::Int(value, _) => Literal::Int(*value),
        Expr::Float(value) => Literal::Float(value.to_bits()),
        Expr::Str(text) | Expr::RenderString(text) => Literal::Text(Cow::Borrowed(text)),
        Expr::Name(name) => Literal::Text(Cow::Borrowed(name.as_str())),
        Expr::TypeName(name) => Literal::Text(Cow::Owned(name.as_str().to_lowercase())),
        Expr::Regex(source) => Literal::Regex(source),
        // `Optional[[String]]` is not a literal type; the keys stand for the whole access.
        Expr::Access { keys, .. } => match &**keys {
            [only] if matches!(ast[*only], Expr::Array(_)) => return None,
            keys => Literal::List(all(keys)?),
        },
        Expr::Minus(inner) => match literal(ast, *inner, depth + 1)? {
            Literal::Int(value) => Literal::Int(value.wrapping_neg()),
            Literal::Float(bits) => Literal::Float((-f64::from_bits(bits)).to_bits()),
            text @ Literal::Text(_) => text,
            _ => return None,
        },
        Expr::Interpolated(parts) => match &**parts {
            [only] if matches!(ast[*only], Expr::Str(_)) => literal(ast, *only, depth + 1)?,
            _ => return None,
        },
        Expr::Array(elements) => Literal::List(all(elements)?),
        Expr::Hash(entries) => {
            let mut pairs: Vec<(Literal<'_>, Literal<'_>)> = Vec::with_capacity(entries.len());
            for &(key, value) in entries {
                let (key, value) = (literal(ast, key, depth + 1)?, literal(ast, value, depth + 1)?);
                match pairs.iter_mut().find(|(known, _)| *known == key) {
                    Some(pair) => pair.1 = value,
                    None => pairs.push((key, value)),
                }
            }
            Literal::Map(pairs)
        }
        _ => return None,
    })
}

impl fmt::Display for Literal<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Literal::Undef => Ok(()),
            Literal::Default => f.write_str("default"),
            Literal::Text(text) => f.write_str(text),
            Literal::Regex(source) => write!(f, "(?-mix:{source})"),
            other => other.inspect(f),
        }
    }
}

impl Literal<'_> {
    /// As Ruby's `inspect` shows it.
    fn inspect(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Literal::Undef => f.write_str("nil"),
            Literal::Default => f.write_str(":default"),
            Literal::Bool(value) => write!(f, "{value}"),
            Literal::Int(value) => write!(f, "{value}"),
            Literal::Float(bits) => f.write_str(&crate::pn::float(f64::from_bits(*bits))),
            Literal::Text(text) => inspect_text(text, f),
            Literal::Regex(source) => write!(f, "/{}/", source.replace('/', "\\/")),
            Literal::List(elements) => {
                f.write_str("[")?;
                for (index, element) in elements.iter().enumerate() {
                    if index > 0 {
                        f.write_str(", ")?;
                    }
                    element.inspect(f)?;
                }
                f.write_str("]")
            }
            Literal::Map(pairs) => {
                f.write_str("{")?;
                for (index, (key, value)) in pairs.iter().enumerate() {
                    if index > 0 {
                        f.write_str(", ")?;
                    }
                    key.inspect(f)?;
                    f.write_str("=>")?;
                    value.inspect(f)?;
                }
                f.write_str("}")
            }
        }
    }
}

fn inspect_text(text: &str, f: &mut fmt::Formatter<'_>) -> fmt::Result {
    f.write_str("\"")?;
    let mut chars = text.chars().peekable();
    while let Some(c) = chars.next() {
        match c {
            '"' | '\\' => write!(f, "\\{c}")?,
            '\n' => f.write_str("\\n")?,
            '\t' => f.write_str("\\t")?,
            '\r' => f.write_str("\\r")?,
            '\u{7}' => f.write_str("\\a")?,
            '\u{8}' => f.write_str("\\b")?,
            '\u{b}' => f.write_str("\\v")?,
            '\u{c}' => f.write_str("\\f")?,
            '\u{1b}' => f.write_str("\\e")?,
            '#' if matches!(chars.peek(), Some('{' | '$' | '@')) => f.write_str("\\#")?,
            c if c < ' ' || c == '\u{7f}' => write!(f, "\\x{:02X}", c as u32)?,
            c => write!(f, "{c}")?,
        }
    }
    f.write_str("\"")
}
