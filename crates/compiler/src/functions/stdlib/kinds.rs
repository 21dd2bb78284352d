//! `is_array`, `is_bool`, `is_float`, `is_hash`, `is_integer`, `is_ip_address` and the like, `is_numeric`, `is_string`,
//! `is_a`, `type_of`, `type3x`: what a value is.

use pcore::{Value, infer, matches};

use super::arguments::{fits, wrong_count, wrong_count_bare};
use super::deprecated::deprecation;
use super::paths;
use crate::context::Context;
use crate::error::Control;
use crate::functions::ruby::ipaddr::IpAddr;
use crate::functions::{Body, Legacy, Native, Overload, ruby};

/// Functions that say they are deprecated, and then do what the older function of the same name does.
macro_rules! deprecated {
    ($($constant:ident $name:literal $instead:literal $body:expr;)*) => {
        $(
            #[doc = concat!("The function `", $name, "` of the newer interface: warns or fails, as `strict` says.")]
            pub(super) const $constant: Native = Native {
                name: $name,
                local_types: &[],
                overloads: &[Overload::new("(Any *$args)", |context, arguments| {
                    match_expression(context, arguments, $instead, $body)
                })],
            };
        )*
    };
}

deprecated! {
    IS_ABSOLUTE_PATH "is_absolute_path" "Stdlib::Compat::Absolute_Path" |context, arguments| {
        super::arguments::send(context, &paths::IS_ABSOLUTE_PATH, arguments)
    };
    IS_ARRAY "is_array" "Stdlib::Compat::Array" is_array;
    IS_BOOL "is_bool" "Stdlib::Compat::Bool" is_bool;
    IS_FLOAT "is_float" "Stdlib::Compat::Float" is_float;
    IS_IP_ADDRESS "is_ip_address" "Stdlib::Compat::Ip_address" is_ip_address;
    IS_IPV4_ADDRESS "is_ipv4_address" "Stdlib::Compat::Ipv4" is_ipv4_address;
    IS_IPV6_ADDRESS "is_ipv6_address" "Stdlib::Compat::Ipv6" is_ipv6_address;
    IS_NUMERIC "is_numeric" "Stdlib::Compat::Numeric" is_numeric;
    IS_STRING "is_string" "Stdlib::Compat::String" is_string;
}

fn match_expression(
    context: &mut Context<'_, '_>,
    arguments: &[Value],
    instead: &str,
    body: Body,
) -> Result<Value, Control> {
    // stdlib tells of the one by the name of the other.
    let key = if context.name() == "is_ipv6_address" { "is_ipv4_address" } else { context.name() };
    let text = format!(
        "This method is deprecated, please use match expressions with {instead} instead. They are described at \
         https://docs.puppet.com/puppet/latest/reference/lang_data_type.html#match-expressions."
    );
    deprecation(context, key, &text, true)?;
    body(context, arguments)
}

/// Whether a value is an array.
pub(super) const IS_ARRAY_3X: Legacy = Legacy::value("is_array", -1, is_array);
/// Whether a value is a boolean.
pub(super) const IS_BOOL_3X: Legacy = Legacy::value("is_bool", -1, is_bool);
/// Whether a value is a float, or a text that shows one.
pub(super) const IS_FLOAT_3X: Legacy = Legacy::value("is_float", -1, is_float);
/// Whether a text is an IP address.
pub(super) const IS_IP_ADDRESS_3X: Legacy = Legacy::value("is_ip_address", -1, is_ip_address);
/// Whether a text is an IPv4 address.
pub(super) const IS_IPV4_ADDRESS_3X: Legacy = Legacy::value("is_ipv4_address", -1, is_ipv4_address);
/// Whether a text is an IPv6 address.
pub(super) const IS_IPV6_ADDRESS_3X: Legacy = Legacy::value("is_ipv6_address", -1, is_ipv6_address);
/// Whether a value is a number, or a text of one.
pub(super) const IS_NUMERIC_3X: Legacy = Legacy::value("is_numeric", -1, is_numeric);
/// Whether a value is a text that is no number.
pub(super) const IS_STRING_3X: Legacy = Legacy::value("is_string", -1, is_string);

fn is_array(_: &mut Context<'_, '_>, arguments: &[Value]) -> Result<Value, Control> {
    let value = arguments.first().ok_or_else(|| wrong_count("is_array", arguments, "1"))?;
    Ok(matches!(value, Value::Array(_)).into())
}

fn is_bool(_: &mut Context<'_, '_>, arguments: &[Value]) -> Result<Value, Control> {
    let [value] = arguments else { return Err(wrong_count("is_bool", arguments, "1")) };
    Ok(matches!(value, Value::Bool(_)).into())
}

fn is_float(_: &mut Context<'_, '_>, arguments: &[Value]) -> Result<Value, Control> {
    let [value] = arguments else { return Err(wrong_count_bare("is_float", arguments, "1")) };
    Ok(match value {
        Value::Float(_) => true,
        Value::Str(text) => shows_float(text),
        _ => false,
    }
    .into())
}

/// True if a text is what its number as a float would be shown as.
fn shows_float(text: &str) -> bool {
    pcore::number::float_text(ruby::to_f(text)) == text
}

fn shows_integer(text: &str) -> bool {
    ruby::to_i(text).is_some_and(|number| number.to_string() == text)
}

fn address(name: &str, arguments: &[Value]) -> Result<Option<IpAddr>, Control> {
    match arguments {
        [Value::Str(text)] => Ok(IpAddr::new(text).ok()),
        [_] => Ok(None),
        _ => Err(wrong_count_bare(name, arguments, "1")),
    }
}

fn is_ip_address(_: &mut Context<'_, '_>, arguments: &[Value]) -> Result<Value, Control> {
    Ok(address("is_ip_address", arguments)?.is_some().into())
}

fn is_ipv4_address(_: &mut Context<'_, '_>, arguments: &[Value]) -> Result<Value, Control> {
    Ok(address("is_ipv4_address", arguments)?.is_some_and(|ip| !ip.is_v6()).into())
}

fn is_ipv6_address(_: &mut Context<'_, '_>, arguments: &[Value]) -> Result<Value, Control> {
    Ok(address("is_ipv6_address", arguments)?.is_some_and(|ip| ip.is_v6()).into())
}

fn is_numeric(_: &mut Context<'_, '_>, arguments: &[Value]) -> Result<Value, Control> {
    let [value] = arguments else { return Err(wrong_count_bare("is_numeric", arguments, "1")) };
    Ok(match value {
        Value::Int(_) | Value::Float(_) => true,
        Value::Str(text) => fits(r"^-?(?:(?:[1-9]\d*)|0)(?:\.\d+)?(?:[eE]-?\d+)?$", text),
        _ => false,
    }
    .into())
}

fn is_string(_: &mut Context<'_, '_>, arguments: &[Value]) -> Result<Value, Control> {
    let value = arguments.first().ok_or_else(|| wrong_count("is_string", arguments, "1"))?;
    Ok(match value {
        Value::Undef => true,
        Value::Str(text) => !shows_float(text) && !shows_integer(text),
        _ => false,
    }
    .into())
}

/// Whether a value is a hash.
pub(super) const IS_HASH: Legacy = Legacy::value("is_hash", -1, |_, arguments| match arguments {
    [value] => Ok(matches!(value, Value::Hash(_)).into()),
    _ => Err(wrong_count("is_hash", arguments, "1")),
});

/// Whether a value is an integer, or a text of one.
pub(super) const IS_INTEGER: Legacy = Legacy::value("is_integer", -1, |_, arguments| match arguments {
    [Value::Int(_)] => Ok(true.into()),
    [Value::Str(text)] => Ok(fits(r"^-?(?:(?:[1-9]\d*)|0)$", text).into()),
    [_] => Ok(false.into()),
    _ => Err(wrong_count_bare("is_integer", arguments, "1")),
});

/// Whether a value is of a type. `$value =~ Type` says the same.
pub(super) const IS_A: Native = Native {
    name: "is_a",
    local_types: &[],
    overloads: &[Overload::new("(Any $value, Type $type)", |_, arguments| match arguments {
        [value, Value::Type(ty)] => Ok(matches::is_instance(ty, value).into()),
        _ => Ok(Value::Undef),
    })],
};

/// `type_of` as stdlib 8 has it.
pub(super) const TYPE_OF_8: Native =
    Native { name: "type_of", local_types: &[], overloads: TYPE_OF_OVERLOADS };

/// The type of a value, as `type` gives it.
pub(super) const TYPE_OF: Native =
    Native { name: "stdlib::type_of", local_types: &[], overloads: TYPE_OF_OVERLOADS };

const TYPE_OF_OVERLOADS: &[Overload] = &[Overload::new("(Any $value)", |_, arguments| {
    Ok(infer::infer(arguments.first().unwrap_or(&Value::Undef)).into())
})];

/// The name of a value's kind: `string`, `array`, `hash`, `float`, `integer` or `boolean`. Texts of numbers count as
/// numbers.
pub(super) const TYPE3X: Legacy = Legacy::value("type3x", -1, |_, arguments| {
    let [value] = arguments else { return Err(wrong_count("type3x", arguments, "1")) };
    Ok(match value {
        Value::Bool(_) => "boolean",
        Value::Array(_) => "array",
        Value::Hash(_) => "hash",
        Value::Int(_) => "integer",
        Value::Float(_) => "float",
        Value::Str(text) if shows_integer(text) => "integer",
        Value::Str(text) if shows_float(text) => "float",
        Value::Str(_) => "string",
        _ => return Err("type3x(): Unknown type".into()),
    }
    .into())
});
