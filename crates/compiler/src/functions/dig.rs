//! `dig`, `get`, `getvar`

mod path;

use std::sync::Arc;

use pcore::format::ruby_inspect;
use pcore::value::Object;
use pcore::{Hash, Value};

use super::{Native, Overload};
use crate::context::Context;
use crate::error::Control;

/// The value at a path of keys and indexes within nested hashes and arrays; `undef` where the path ends early.
///
/// ```puppet
/// dig({ 'a' => [{ 'b' => 1 }] }, 'a', 0, 'b') # 1
/// dig({ 'a' => 1 }, 'x', 'y')                 # undef
/// ```
///
/// A path through something that is neither hash nor array is an error.
pub(super) const DIG: Native = Native {
    name: "dig",
    local_types: &[],
    overloads: &[Overload::new("(Optional[Collection] $data, Any *$arg)", |_, arguments| match arguments {
        [data, path @ ..] => dig(data, path).map_err(|problem| problem.message.into()),
        [] => Ok(Value::Undef),
    })],
};

/// The value at a dotted path within nested hashes and arrays, or a default (`undef`) if there is none.
///
/// ```puppet
/// get($facts, 'os.release.major')
/// get([1, { 'a b' => 2 }], '1."a b"')     # 2: quotes around segments with dots
/// get({ 'a' => 1 }, 'b', 'none')          # 'none'
/// ```
///
/// A block gets the error when the path leads through something that is neither hash nor array.
pub(super) const GET: Native = Native {
    name: "get",
    local_types: &[],
    overloads: &[Overload::new(
        "(Any $value, String $dotted_string, [Any $default_value], [&Callable[1,1]])",
        |context, arguments| match arguments {
            [value, path, options @ ..] => get(
                context,
                value,
                path.as_str().unwrap_or_default(),
                options.first().unwrap_or(&Value::Undef),
            ),
            _ => Ok(Value::Undef),
        },
    )],
};

/// The value of a variable, or at a dotted path within it, or a default (`undef`) if there is none. Unlike the variable
/// itself, an unknown one is no error.
///
/// ```puppet
/// getvar('facts.os.release.major')
/// getvar('apache::port', 80)
/// ```
pub(super) const GETVAR: Native = Native {
    name: "getvar",
    local_types: &[],
    overloads: &[
        Overload::new(
            r"(Pattern[/\A(?:::)?(?:[a-z]\w*::)*[a-z_]\w*(?:\.|\Z)/] $get_string, [Any $default_value], [&Callable[1,1]])",
            getvar,
        ),
        Overload::mismatch("(String $get_string, [Any $default_value], [&Callable])", |_, _| {
            Ok("The given string does not start with a valid variable name".into())
        }),
    ],
};

/// A path that does not fit the data.
struct Problem {
    message: String,
    issue_code: &'static str,
    walked: Vec<Value>,
    /// Name and type of the value that does not fit.
    culprit: (&'static str, pcore::Type),
}

fn dig(data: &Value, path: &[Value]) -> Result<Value, Box<Problem>> {
    let mut at = data;
    for (depth, key) in path.iter().enumerate() {
        let walked = |length: usize| path.get(..length).unwrap_or_default();
        at = match (at, key) {
            (Value::Undef, _) | (_, Value::Undef) => return Ok(Value::Undef),
            (Value::Hash(hash), key) => hash.get(key).unwrap_or(&Value::Undef),
            (Value::Array(items), Value::Int(index)) => {
                let index = if *index < 0 {
                    items.len().checked_add_signed(*index as isize)
                } else {
                    Some(*index as usize)
                };
                index.and_then(|index| items.get(index)).unwrap_or(&Value::Undef)
            }
            (Value::Array(_), key) => {
                return Err(Problem::new("EXPECTED_INTEGER_INDEX", walked(depth + 1), "index_type", key));
            }
            (other, _) => {
                return Err(Problem::new("EXPECTED_COLLECTION", walked(depth), "value_type", other));
            }
        };
    }
    Ok(at.clone())
}

impl Problem {
    fn new(issue_code: &'static str, walked: &[Value], culprit: &'static str, value: &Value) -> Box<Problem> {
        let ty = pcore::infer::infer_reduced(value);
        let place = ruby_inspect(&Value::array(walked));
        let message = match issue_code {
            "EXPECTED_COLLECTION" => {
                format!("The given data does not contain a Collection at {place}, got '{ty}'")
            }
            _ => format!("The given data requires an Integer index at {place}, got '{ty}'"),
        };
        Box::new(Problem { message, issue_code, walked: walked.to_vec(), culprit: (culprit, ty) })
    }

    /// The error as a value of the language.
    fn into_error(self) -> Value {
        let (culprit, ty) = self.culprit;
        let details: Hash =
            [("walked_path", Value::from(self.walked)), (culprit, ty.into())].into_iter().collect();
        let attributes = [
            ("msg", Value::from(self.message)),
            ("kind", "SLICE_ERROR".into()),
            ("details", details.into()),
            ("issue_code", self.issue_code.into()),
        ];
        let attributes = attributes.into_iter().collect();
        Value::Object(Arc::new(Object { ty: pcore::object::error_type(), attributes }))
    }
}

fn get(context: &mut Context<'_, '_>, value: &Value, path: &str, default: &Value) -> Result<Value, Control> {
    if value.is_undef() {
        return Ok(default.clone());
    }
    if path.is_empty() {
        return Ok(value.clone());
    }
    let segments = path::segments(path).ok_or("Syntax error in dotted-navigation string")?;
    if !matches!(value, Value::Array(_) | Value::Hash(_)) {
        return context.call_function("dig", std::iter::once(value.clone()).chain(segments).collect(), false);
    }
    match dig(value, &segments) {
        Ok(Value::Undef) => Ok(default.clone()),
        Ok(found) => Ok(found),
        Err(problem) if context.has_block() => context.call_block(&[problem.into_error()]),
        Err(problem) => Err(problem.message.into()),
    }
}

fn getvar(context: &mut Context<'_, '_>, arguments: &[Value]) -> Result<Value, Control> {
    let text = arguments.first().and_then(Value::as_str).unwrap_or_default();
    let default = arguments.get(1).unwrap_or(&Value::Undef);
    let (name, path) = text.split_once('.').unwrap_or((text.trim_end_matches('\n'), ""));
    match context.variable(name)? {
        Some(value) => get(context, &value, path, default),
        None => Ok(default.clone()),
    }
}
