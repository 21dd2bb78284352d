//! Making values of a type from other values: the function `new`, and a call of a type (`Integer('0x1F', 16)`).
//!
//! What can be given stands in one [`Creator`](creator::Creator) for each type: signatures with their code, of which
//! the first that accepts the arguments runs, and texts for arguments that none accepts. Types delegate as in Puppet:
//! `Tuple` to `Array`, `Struct` to `Hash`, `Optional[T]`, `NotUndef[T]` and aliases to what they stand for. Whatever is
//! made is checked against the whole type at the end (`Integer[0].new('-1')` fails).

mod array;
mod binary;
mod boolean;
pub(crate) mod creator;
mod creators;
mod float;
mod hash;
mod init;
mod integer;
mod others;
pub mod string;
mod times;
mod types;
mod uri;
mod version;

use std::sync::Arc;

use crate::error::{Result, ValueError};
use crate::time::Timestamp;
use crate::ty::ObjectType;
use crate::{Type, Value, matches, mismatch, object};

pub(crate) use creators::{creator, parameters};

/// What conversions need to know that no value says.
pub trait Outside {
    /// The time, for `Timestamp()`.
    fn now(&mut self) -> Timestamp;

    /// Seconds east of UTC at the place of the server, for the timezone `current`.
    fn utc_offset(&mut self) -> i32;

    /// The type that text stands for, for `Type('Integer[1]')`.
    ///
    /// # Errors
    /// Text that describes no type.
    fn parse_type(&mut self, text: &str) -> Result<Type>;
}

/// True if the value is of the type already, so that nothing has to be made. `Init` makes a value even then.
pub fn is_made(ty: &Type, value: &Value) -> bool {
    !matches!(ty, Type::Init(_)) && matches::is_instance(ty, value)
}

/// `new(type, arguments...)`. A single argument that is of the type already is the result.
///
/// # Errors
/// Types that make no values, arguments that they do not take, and results that do not fit the type; all with
/// Puppet's texts.
pub fn new(ty: &Type, arguments: &[Value], outside: &mut dyn Outside) -> Result<Value> {
    match arguments {
        [only] if is_made(ty, only) => Ok(only.clone()),
        arguments => make(ty, arguments, outside),
    }
}

/// [`new`] of arguments that are not the result.
///
/// # Errors
/// As of [`new`].
pub fn make(ty: &Type, arguments: &[Value], outside: &mut dyn Outside) -> Result<Value> {
    let made = match common(ty, arguments) {
        Some(made) => made,
        None => create(ty, arguments, outside)?,
    };
    if matches::is_instance(ty, &made) {
        return Ok(made);
    }
    Err(ValueError::new(mismatch::assertion(&format!("Converted value from {ty}.new()"), ty, &made)))
}

/// What most calls ask for, without the search for a signature.
fn common(ty: &Type, arguments: &[Value]) -> Option<Value> {
    match (ty, arguments) {
        (Type::String(_), [from]) if !matches!(from, Value::Iterator(_)) => Some(string::plain(from).into()),
        // No sign, no prefix, nothing that could overflow.
        (Type::Integer(..), [Value::Str(digits)])
            if digits.len() < 19
                && digits.bytes().all(|byte| byte.is_ascii_digit())
                && (digits.len() == 1 || !digits.starts_with('0')) =>
        {
            digits.parse().ok().map(Value::Int)
        }
        (Type::Sensitive(_), [from]) if !matches!(from, Value::Sensitive(_)) => {
            Some(Value::sensitive(from.clone()))
        }
        _ => None,
    }
}

/// The new value, not yet checked against the type.
fn create(ty: &Type, arguments: &[Value], outside: &mut dyn Outside) -> Result<Value> {
    match ty {
        Type::Optional(inner) if inner.is_unit() => {
            Err(ValueError::new("undefined method `new_function' for nil:NilClass"))
        }
        Type::Optional(inner) => create(inner, arguments, outside),
        Type::NotUndef(inner) if **inner != Type::Any => create(inner, arguments, outside),
        Type::Object(object) => instantiate(object, arguments),
        Type::ParameterizedObject(object) => instantiate(&object.base, arguments),
        Type::Init(Some(init)) => init::create(ty, init, arguments, outside),
        ty => match creator(ty) {
            Some(creator) => creator.run(arguments, outside),
            None => match matches::resolve(ty) {
                Some(_) => create(matches::resolve_fully(ty), arguments, outside),
                None => Err(unsupported(ty)),
            },
        },
    }
}

fn instantiate(object: &Arc<ObjectType>, arguments: &[Value]) -> Result<Value> {
    object::instantiate(object, arguments).map_err(|error| ValueError::new(error.message))
}

fn unsupported(ty: &Type) -> ValueError {
    ValueError::new(format!("Creation of new instance of type '{ty}' is not supported"))
}
