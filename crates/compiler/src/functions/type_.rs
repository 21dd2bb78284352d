//! `type`, `assert_type`

use pcore::infer::{generalize, infer, infer_reduced};
use pcore::{Type, Value};

use super::{Native, Overload};
use crate::context::Context;
use crate::error::Control;

/// The type of a value.
///
/// ```puppet
/// type([1, 'a'])                  # Tuple[Integer[1, 1], String]
/// type([1, 'a'], 'reduced')       # Array[ScalarData, 2, 2]
/// type([1, 'a'], 'generalized')   # Array[ScalarData]
/// ```
pub(super) const TYPE: Native = Native {
    name: "type",
    local_types: &[],
    overloads: &[
        Overload::new("(Any $value, [Enum[detailed] $inference_method])", |_, arguments| {
            Ok(arguments.first().map(infer).into())
        }),
        Overload::new("(Any $value, Enum[reduced] $inference_method)", |_, arguments| {
            Ok(arguments.first().map(infer_reduced).into())
        }),
        Overload::new("(Any $value, Enum[generalized] $inference_method)", |_, arguments| {
            Ok(arguments.first().map(|value| generalize(&infer_reduced(value))).into())
        }),
    ],
};

/// The value, if it is of the type; otherwise an error, or what a block gives for the type that was expected and the
/// one that was found.
///
/// ```puppet
/// assert_type(Integer, $x)
/// assert_type(Integer, $x) |$expected, $actual| { 0 }
/// ```
pub(super) const ASSERT_TYPE: Native = Native {
    name: "assert_type",
    local_types: &[],
    overloads: &[
        Overload::new("(Type $type, Any $value, [&Callable[Type, Type]])", |context, arguments| {
            match arguments {
                [Value::Type(ty), value] => assert_type(context, ty, value),
                _ => Ok(Value::Undef),
            }
        }),
        Overload::new("(String $type_string, Any $value, [&Callable[Type, Type]])", |context, arguments| {
            match arguments {
                [Value::Str(text), value] => {
                    let ty = context.parse_type(text)?;
                    assert_type(context, &ty, value)
                }
                _ => Ok(Value::Undef),
            }
        }),
    ],
};

fn assert_type(context: &mut Context<'_, '_>, ty: &Type, value: &Value) -> Result<Value, Control> {
    if pcore::matches::is_instance(ty, value) {
        return Ok(value.clone());
    }
    if context.has_block() {
        return context.call_block(&[ty.clone().into(), infer(value).into()]);
    }
    Err(pcore::mismatch::describe_value("assert_type():", ty, value).into())
}
