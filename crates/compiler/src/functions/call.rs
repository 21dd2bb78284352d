//! `call`

use pcore::{Hash, Value};

use super::{Native, Overload};
use crate::context::Context;
use crate::error::Control;

/// Calls a function by its name, or makes a Deferred call at once.
///
/// ```puppet
/// call('notice', 'hello')
/// call('map', [1, 2]) |$x| { $x * 10 }     # [10, 20]
/// call(Deferred('join', [['a', 'b'], '-'])) # 'a-b'
/// ```
pub(super) const FUNCTION: Native = Native {
    name: "call",
    local_types: &[],
    overloads: &[
        Overload::new("(String $function_name, Any *$arguments, [&Callable])", |context, arguments| {
            match arguments {
                [Value::Str(name), arguments @ ..] => call_by_name(context, name, arguments.to_vec(), true),
                _ => Ok(Value::Undef),
            }
        }),
        Overload::new("(Deferred $deferred)", |context, arguments| match arguments {
            [deferred] => resolve(context, deferred),
            _ => Ok(Value::Undef),
        }),
    ],
};

fn call_by_name(
    context: &mut Context<'_, '_>,
    name: &str,
    arguments: Vec<Value>,
    pass_block: bool,
) -> Result<Value, Control> {
    let plain = name.strip_prefix("::").unwrap_or(name).to_lowercase();
    if !context.has_function(&plain)? {
        return Err(format!("Unknown function '{name}'").into());
    }
    context.call_function(&plain, arguments, pass_block)
}

/// Makes the Deferred calls in a value.
fn resolve(context: &mut Context<'_, '_>, value: &Value) -> Result<Value, Control> {
    Ok(match value {
        Value::Deferred(call) => {
            let given = call.arguments.as_ref().map_or(&[][..], |arguments| arguments);
            let mut arguments = Vec::with_capacity(given.len() + 1);
            let name = match call.name.strip_prefix('$') {
                Some(variable) => {
                    arguments.push(variable_of(context, variable)?);
                    "dig"
                }
                None => call.name.as_str(),
            };
            for argument in given {
                arguments.push(resolve(context, argument)?);
            }
            call_by_name(context, name, arguments, false)?
        }
        Value::Array(items) => {
            items.iter().map(|item| resolve(context, item)).collect::<Result<Vec<_>, _>>()?.into()
        }
        Value::Hash(hash) => {
            let mut resolved = Hash::with_capacity(hash.len());
            for (key, value) in hash.iter() {
                resolved.insert(key.clone(), resolve(context, value)?);
            }
            resolved.into()
        }
        Value::Sensitive(inner) => match resolve(context, inner)? {
            already @ Value::Sensitive(_) => already,
            plain => Value::sensitive(plain),
        },
        other => other.clone(),
    })
}

/// A Deferred variable is one of the top scope.
fn variable_of(context: &mut Context<'_, '_>, name: &str) -> Result<Value, Control> {
    let qualified = if name.contains("::") { name.to_owned() } else { format!("::{name}") };
    match context.variable(&qualified)? {
        Some(value) => Ok(value),
        None => Err(format!("Undefined variable '{name}'; ").into()),
    }
}
