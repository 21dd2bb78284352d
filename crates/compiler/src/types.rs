//! Type expressions that consist of types and literals: parameters, aliases, signatures.
//!
//! They need no scope, so they are evaluated once and kept.

mod generated;

use pcore::parameterize::{Misuse, parameterize};
use pcore::{Hash, Type, Value};
use stdx::Symbol;
use syntax::ast::{Expr, ExprId};

use crate::code::Code;
use crate::error::Error;

/// Finds a type by its capitalised name.
pub(crate) type Named<'a> = dyn Fn(Symbol) -> Result<Option<Type>, Error> + 'a;

/// A type that the language itself names.
pub(crate) fn builtin(name: &str) -> Option<Type> {
    pcore::parameterize::named(name)
        .or_else(|| crate::lookup::builtin_type(name))
        .or_else(|| generated::builtin_type(name))
}

/// True for an expression that [`evaluate_type`] can do: its value is the same wherever the names in it mean the same.
pub(crate) fn is_constant(code: &Code, id: ExprId) -> bool {
    let all = |ids: &[ExprId]| ids.iter().all(|&id| is_constant(code, id));
    match &code[id] {
        Expr::TypeName(_)
        | Expr::Undef
        | Expr::Default
        | Expr::Bool(_)
        | Expr::Int(..)
        | Expr::Float(_)
        | Expr::Str(_)
        | Expr::Name(_)
        | Expr::Regex(_) => true,
        Expr::Access { left, keys } => matches!(&code[*left], Expr::TypeName(_)) && all(keys),
        Expr::Paren(inner) | Expr::Heredoc { text: inner, .. } => is_constant(code, *inner),
        Expr::Minus(inner) => matches!(&code[*inner], Expr::Int(..) | Expr::Float(_)),
        Expr::Block(statements) => statements.len() == 1 && all(statements),
        Expr::Array(items) => all(items),
        Expr::Hash(entries) => {
            entries.iter().all(|&(key, value)| is_constant(code, key) && is_constant(code, value))
        }
        _ => false,
    }
}

/// The value of a type expression.
///
/// # Errors
/// Unknown names, arguments that a type does not take, and expressions of other kinds.
pub(crate) fn evaluate_type(code: &Code, id: ExprId, named: &Named<'_>) -> Result<Value, Error> {
    let all = |ids: &[ExprId]| -> Result<Vec<Value>, Error> {
        ids.iter().map(|&id| evaluate_type(code, id, named)).collect()
    };
    Ok(match &code[id] {
        Expr::TypeName(name) => match named(*name)? {
            Some(ty) => Value::Type(ty),
            None => {
                let text = format!("Resource type not found: {name}");
                return Err(Error::issue_at(text, &code.site(id)));
            }
        },
        Expr::Access { left, keys } => {
            let Value::Type(base) = evaluate_type(code, *left, named)? else {
                return Err(not_a_type(code, *left));
            };
            let values = all(keys)?;
            match parameterize(&base, &values) {
                Ok(ty) => Value::Type(ty),
                Err(error) => {
                    let blamed = error.argument.and_then(|at| keys.get(at)).copied().unwrap_or(id);
                    return Err(Error::issue_at(error.message, &code.site(blamed)));
                }
            }
        }
        Expr::Paren(inner) | Expr::Heredoc { text: inner, .. } => evaluate_type(code, *inner, named)?,
        Expr::Block(statements) if statements.len() == 1 => evaluate_type(code, statements[0], named)?,
        Expr::Undef => Value::Undef,
        Expr::Default => Value::Default,
        Expr::Bool(flag) => Value::Bool(*flag),
        Expr::Int(number, _) => Value::Int(*number),
        Expr::Float(number) => Value::Float(*number),
        Expr::Str(text) => Value::Str(text.clone().into()),
        Expr::Name(name) => Value::Str((*name).into()),
        Expr::Minus(inner) => match evaluate_type(code, *inner, named)? {
            Value::Int(number) => Value::Int(number.wrapping_neg()),
            Value::Float(number) => Value::Float(-number),
            _ => return Err(not_a_type(code, id)),
        },
        Expr::Regex(source) => Value::Regexp(
            pcore::regexp::Regexp::new(source)
                .map_err(|error| Error::issue_at(error.message, &code.site(id)))?,
        ),
        Expr::Array(items) => Value::array(all(items)?),
        Expr::Hash(entries) => {
            let mut hash = Hash::with_capacity(entries.len());
            for (key, value) in entries {
                hash.insert(evaluate_type(code, *key, named)?, evaluate_type(code, *value, named)?);
            }
            Value::hash(hash)
        }
        _ => return Err(not_a_type(code, id)),
    })
}

/// The value of a description of a type: the definition of an alias, or text that names a type. A name that nothing
/// defines is kept as a reference, which fits nothing and fails no sooner than it is needed.
///
/// `outer` is where the definition of which `id` is the content starts: Puppet takes the text of such an expression
/// for a little more and a little less than it is.
///
/// # Errors
/// Arguments that a type does not take, and expressions of other kinds. The errors have no place.
pub(crate) fn interpret_type(
    code: &Code,
    id: ExprId,
    outer: Option<u32>,
    named: &Named<'_>,
) -> Result<Value, Error> {
    let inner = |id: ExprId| interpret_type(code, id, None, named);
    Ok(match &code[id] {
        Expr::TypeName(name) => Value::Type(
            named(*name)?.unwrap_or_else(|| Type::Reference(name.as_str().trim_start_matches("::").into())),
        ),
        Expr::Access { left, keys } => {
            let text = || match outer {
                Some(start) => text_between(code, start, code.span(id).end.saturating_sub(1)),
                None => text_of(code, id),
            };
            let arguments = keys.iter().map(|&key| inner(key)).collect::<Result<Vec<Value>, Error>>()?;
            let Expr::TypeName(name) = &code[*left] else { return Err(invalid(text())) };
            let Some(base) = named(*name)? else { return Ok(Value::Type(Type::Reference(text().into()))) };
            Value::Type(pcore::parameterize::interpret(&(*name).into(), &base, &arguments).map_err(
                |misuse| match misuse {
                    Misuse::Invalid => invalid(text()),
                    Misuse::NotParameterized => Error::new(format!("Not a parameterized type <{name}>")),
                    Misuse::Text(text) => Error::new(text),
                },
            )?)
        }
        Expr::Heredoc { text, .. } => inner(*text)?,
        Expr::Block(statements) if statements.len() == 1 => inner(statements[0])?,
        Expr::Undef => Value::Undef,
        Expr::Default => Value::Default,
        Expr::Bool(flag) => Value::Bool(*flag),
        Expr::Int(number, _) => Value::Int(*number),
        Expr::Float(number) => Value::Float(*number),
        Expr::Str(text) => Value::Str(text.clone().into()),
        Expr::Name(name) => Value::Str((*name).into()),
        Expr::Minus(number) => match inner(*number)? {
            Value::Int(number) => Value::Int(number.wrapping_neg()),
            Value::Float(number) => Value::Float(-number),
            _ => return Err(invalid(text_of(code, id))),
        },
        Expr::Regex(source) => Value::Regexp(
            pcore::regexp::Regexp::new(source)
                .map_err(|error| Error::issue_at(error.message, &code.site(id)))?,
        ),
        Expr::Array(items) => {
            Value::array(items.iter().map(|&item| inner(item)).collect::<Result<Vec<Value>, Error>>()?)
        }
        Expr::Hash(entries) => {
            let mut hash = Hash::with_capacity(entries.len());
            for (key, value) in entries {
                hash.insert(inner(*key)?, inner(*value)?);
            }
            Value::hash(hash)
        }
        _ => return Err(invalid(text_of(code, id))),
    })
}

/// The error of an expression that describes no type.
pub(crate) fn invalid(text: &str) -> Error {
    Error::new(format!("The expression <{text}> is not a valid type specification."))
}

/// The source text of an expression, with that of its operands. What is only there to close it is left out, as in Puppet.
pub(crate) fn text_of(code: &Code, id: ExprId) -> &str {
    let span = code.span(id);
    let (mut start, mut end) = (span.start, span.end);
    let mut open = vec![id];
    while let Some(id) = open.pop() {
        let span = code.span(id);
        (start, end) = (start.min(span.start), end.max(span.end));
        code[id].each_child(&mut |child| open.push(child));
    }
    text_between(code, start, end)
}

fn text_between(code: &Code, start: u32, end: u32) -> &str {
    code.ast.file.text.get(start as usize..end as usize).unwrap_or_default()
}

fn not_a_type(code: &Code, id: ExprId) -> Error {
    invalid(text_of(code, id))
}
