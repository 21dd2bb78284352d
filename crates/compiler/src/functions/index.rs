//! `index`

use pcore::{Hash, Value};

use super::iteration::Turns;
use super::{Native, Overload, ruby};
use crate::context::Context;
use crate::error::Control;

/// Where something is: the position in an array or string, the key in a hash, `undef` if it is nowhere.
///
/// ```puppet
/// index(['a', 'b'], 'b')                 # 1
/// index({ 'a' => 1, 'b' => 2 }, 2)       # 'b'
/// index('hello', /l+/)                   # 2
/// [1, 2, 3].index |$x| { $x > 1 }        # 1
/// ```
///
/// With a block, the first item for which it gives a true value counts; a block with one parameter gets the values of
/// a hash.
pub(super) const FUNCTION: Native = Native {
    name: "index",
    local_types: &[],
    overloads: &[
        Overload::new("(Hash[Any, Any] $hash, &Callable[2,2])", |context, arguments| {
            in_hash(context, arguments, true)
        }),
        Overload::new("(Hash[Any, Any] $hash, &Callable[1,1])", |context, arguments| {
            in_hash(context, arguments, false)
        }),
        Overload::new("(Iterable $enumerable, &Callable[2,2])", |context, arguments| {
            in_items(context, arguments, true)
        }),
        Overload::new("(Iterable $enumerable, &Callable[1,1])", |context, arguments| {
            in_items(context, arguments, false)
        }),
        Overload::new("(String $str, Variant[String,Regexp] $match)", |_, arguments| match arguments {
            [Value::Str(text), Value::Str(part)] => Ok(position(text, text.find(part.as_str()))),
            [Value::Str(text), Value::Regexp(pattern)] => {
                Ok(position(text, pattern.try_captures(text)?.map(|found| found.start())))
            }
            _ => Ok(Value::Undef),
        }),
        Overload::new("(Iterable $enumerable, Any $match)", |context, arguments| {
            let wanted = arguments.get(1).unwrap_or(&Value::Undef);
            if let Some(Value::Hash(hash)) = arguments.first() {
                return Ok(key_of(hash, wanted));
            }
            for (index, turn) in Turns::new(arguments, false)?.enumerate() {
                context.step()?;
                if ruby::equals(&turn.into_item(), wanted) {
                    return Ok(Value::Int(index as i64));
                }
            }
            Ok(Value::Undef)
        }),
    ],
};

fn in_hash(context: &mut Context<'_, '_>, arguments: &[Value], two: bool) -> Result<Value, Control> {
    let hash = arguments.first().and_then(Value::as_hash);
    for (key, value) in hash.into_iter().flat_map(Hash::iter) {
        let result = if two {
            context.call_block(&[key.clone(), value.clone()])
        } else {
            context.call_block(std::slice::from_ref(value))
        };
        if result?.is_true() {
            return Ok(key.clone());
        }
    }
    Ok(Value::Undef)
}

fn in_items(context: &mut Context<'_, '_>, arguments: &[Value], two: bool) -> Result<Value, Control> {
    for (index, turn) in Turns::new(arguments, two)?.enumerate() {
        if context.call_block(turn.arguments())?.is_true() {
            return Ok(Value::Int(index as i64));
        }
    }
    Ok(Value::Undef)
}

fn key_of(hash: &Hash, wanted: &Value) -> Value {
    hash.iter().find(|(_, value)| ruby::equals(value, wanted)).map(|(key, _)| key.clone()).unwrap_or_default()
}

/// Byte position to position in characters.
fn position(text: &str, at: Option<usize>) -> Value {
    at.and_then(|at| text.get(..at)).map(|before| before.chars().count() as i64).into()
}
