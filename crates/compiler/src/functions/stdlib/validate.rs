//! `validate_array`, `validate_bool`, `validate_hash`, `validate_integer`, `validate_numeric`, `validate_re`,
//! `validate_slength`, `validate_string` and those for IP addresses: they fail if an argument is wrong, and give nothing.

use pcore::format::{ruby_inspect, ruby_to_s};
use pcore::regexp::Regexp;
use pcore::{Type, Value};

use super::deprecated::deprecation;
use super::paths;
use crate::context::Context;
use crate::error::Control;
use crate::functions::ruby::ipaddr::IpAddr;
use crate::functions::{Legacy, Native, Overload, collections, ruby};
use crate::signature::Typed;

/// Functions of the newer interface that say they are deprecated, and then do what the older function of the same name
/// does.
macro_rules! deprecated {
    ($($constant:ident $name:literal $instead:literal $legacy:expr;)*) => {
        $(
            #[doc = concat!("The function `", $name, "` of the newer interface: warns or fails, as `strict` says.")]
            pub(super) const $constant: Native = Native {
                name: $name,
                local_types: &[],
                overloads: &[Overload::new("(Any *$args)", |context, arguments| {
                    let text = concat!(
                        "This method is deprecated, please use the stdlib validate_legacy function,\n",
                        "                    with ", $instead,
                        ". There is further documentation for validate_legacy function in the README."
                    );
                    deprecation(context, $name, text, true)?;
                    super::arguments::send(context, $legacy, arguments)?;
                    Ok(Value::Undef)
                })],
            };
        )*
    };
}

deprecated! {
    VALIDATE_ABSOLUTE_PATH "validate_absolute_path" "Stdlib::Compat::Absolute_Path" &paths::VALIDATE_ABSOLUTE_PATH;
    VALIDATE_ARRAY "validate_array" "Stdlib::Compat::Array" &VALIDATE_ARRAY_3X;
    VALIDATE_BOOL "validate_bool" "Stdlib::Compat::Bool" &VALIDATE_BOOL_3X;
    VALIDATE_HASH "validate_hash" "Stdlib::Compat::Hash" &VALIDATE_HASH_3X;
    VALIDATE_INTEGER "validate_integer" "Stdlib::Compat::Integer" &VALIDATE_INTEGER_3X;
    VALIDATE_IP_ADDRESS "validate_ip_address" "Stdlib::Compat::Ip_Address" &VALIDATE_IP_ADDRESS_3X;
    VALIDATE_IPV4_ADDRESS "validate_ipv4_address" "Stdlib::Compat::Ipv4_Address" &VALIDATE_IPV4_ADDRESS_3X;
    VALIDATE_IPV6_ADDRESS "validate_ipv6_address" "Stdlib::Compat::Ipv6_address" &VALIDATE_IPV6_ADDRESS_3X;
    VALIDATE_NUMERIC "validate_numeric" "Stdlib::Compat::Numeric" &VALIDATE_NUMERIC_3X;
    VALIDATE_RE "validate_re" "Pattern[]" &VALIDATE_RE_3X;
    VALIDATE_SLENGTH "validate_slength" "String[]" &VALIDATE_SLENGTH_3X;
    VALIDATE_STRING "validate_string" "Stdlib::Compat::String" &VALIDATE_STRING_3X;
}

/// Fails if one of the arguments is no array.
pub(super) const VALIDATE_ARRAY_3X: Legacy = Legacy::statement("validate_array", -1, |_, arguments| {
    each("validate_array", arguments, "an Array", |value| matches!(value, Value::Array(_)))
});

/// Fails if one of the arguments is no boolean.
pub(super) const VALIDATE_BOOL_3X: Legacy = Legacy::statement("validate_bool", -1, |_, arguments| {
    each("validate_bool", arguments, "a boolean", |value| matches!(value, Value::Bool(_)))
});

/// Fails if one of the arguments is no hash.
pub(super) const VALIDATE_HASH_3X: Legacy = Legacy::statement("validate_hash", -1, |_, arguments| {
    each("validate_hash", arguments, "a Hash", |value| matches!(value, Value::Hash(_)))
});

/// Fails if one of the arguments is no text.
pub(super) const VALIDATE_STRING_3X: Legacy = Legacy::statement("validate_string", -1, |_, arguments| {
    each("validate_string", arguments, "a string", |value| matches!(value, Value::Str(_) | Value::Undef))
});

fn some(name: &str, arguments: &[Value]) -> Result<(), Control> {
    if arguments.is_empty() {
        return Err(format!("{name}(): wrong number of arguments (0; must be > 0)").into());
    }
    Ok(())
}

fn each(name: &str, arguments: &[Value], what: &str, is_right: fn(&Value) -> bool) -> Result<Value, Control> {
    some(name, arguments)?;
    match arguments.iter().find(|argument| !is_right(argument)) {
        None => Ok(Value::Undef),
        Some(wrong) => {
            let (shown, class) = (ruby_inspect(wrong), ruby::legacy_class_name(wrong));
            Err(format!("{shown} is not {what}.  It looks to be a {class}").into())
        }
    }
}

/// Fails if one of the arguments is no IP address.
pub(super) const VALIDATE_IP_ADDRESS_3X: Legacy =
    Legacy::statement("validate_ip_address", -1, |_, arguments| {
        each_address("validate_ip_address", arguments, "IP", |_| true)
    });

/// Fails if one of the arguments is no IPv4 address.
pub(super) const VALIDATE_IPV4_ADDRESS_3X: Legacy =
    Legacy::statement("validate_ipv4_address", -1, |_, arguments| {
        each_address("validate_ipv4_address", arguments, "IPv4", |ip| !ip.is_v6())
    });

/// Fails if one of the arguments is no IPv6 address.
pub(super) const VALIDATE_IPV6_ADDRESS_3X: Legacy =
    Legacy::statement("validate_ipv6_address", -1, |_, arguments| {
        each_address("validate_ipv6_address", arguments, "IPv6", IpAddr::is_v6)
    });

fn each_address(
    name: &str,
    arguments: &[Value],
    what: &str,
    is_right: fn(&IpAddr) -> bool,
) -> Result<Value, Control> {
    some(name, arguments)?;
    for argument in arguments {
        let Value::Str(text) = argument else {
            return Err(format!("{} is not a string.", ruby_inspect(argument)).into());
        };
        if !IpAddr::new(text).is_ok_and(|ip| is_right(&ip)) {
            return Err(format!("{} is not a valid {what} address.", ruby_inspect(argument)).into());
        }
    }
    Ok(Value::Undef)
}

/// Fails if the first argument, or one of its items, is no integer, is above the second or below the third.
pub(super) const VALIDATE_INTEGER_3X: Legacy = Legacy::statement("validate_integer", -1, |_, arguments| {
    Bounds { function: "validate_integer", kind: "Integer", article: "an Integer", read: read_integer }
        .check(arguments)
});

/// Fails if the first argument, or one of its items, is no number, is above the second or below the third.
pub(super) const VALIDATE_NUMERIC_3X: Legacy = Legacy::statement("validate_numeric", -1, |_, arguments| {
    Bounds { function: "validate_numeric", kind: "Numeric", article: "a Numeric", read: read_float }
        .check(arguments)
});

fn read_integer(text: &str) -> Option<Value> {
    ruby::integer(text).map(Value::Int)
}

fn read_float(text: &str) -> Option<Value> {
    ruby::float(text).map(Value::Float)
}

/// A check of numbers.
struct Bounds {
    function: &'static str,
    kind: &'static str,
    article: &'static str,
    read: fn(&str) -> Option<Value>,
}

impl Bounds {
    fn check(&self, arguments: &[Value]) -> Result<Value, Control> {
        let Bounds { function, kind, article, .. } = self;
        let (input, bounds) = match arguments.split_first() {
            Some((input, bounds)) if bounds.len() < 3 => (input, bounds),
            _ => {
                let count = arguments.len();
                let text = format!("{function}(): Wrong number of arguments; must be 1, 2 or 3, got {count}");
                return Err(text.into());
            }
        };
        let bound = |at: usize, place: &str| match bounds.get(at) {
            None => Ok(None),
            // The upper bound may be left open if there is a lower one.
            Some(value) if at == 0 && bounds.len() > 1 && ruby_to_s(value).is_empty() => Ok(None),
            Some(value) => match (self.read)(&ruby_to_s(value)) {
                Some(number) => Ok(Some(number)),
                None => {
                    let (shown, class) = (ruby_to_s(value), ruby::legacy_class_name(value));
                    // The upper bound has become a text by then.
                    let class = if at == 0 { "String".into() } else { class };
                    Err(Control::from(format!(
                        "{function}(): Expected {place} argument to be unset or {article}, got {shown}:{class}"
                    )))
                }
            },
        };
        let (max, min) = (bound(0, "second")?, bound(1, "third")?);
        if let (Some(max), Some(min)) = (&max, &min)
            && is_less(max, min)
        {
            let (max, min) = (ruby_to_s(max), ruby_to_s(min));
            let text =
                format!("Expected second argument to be larger than third argument, got {max} < {min}");
            return Err(format!("{function}(): {text}").into());
        }
        let check = |number: &Value, shown: &str| {
            if let Some(max) = max.as_ref().filter(|max| is_less(max, number)) {
                let max = ruby_to_s(max);
                let text = format!("Expected {shown} to be smaller or equal to {max}, got {shown}.");
                return Err(Control::from(format!("{function}(): {text}")));
            }
            if let Some(min) = min.as_ref().filter(|min| is_less(number, min)) {
                let min = ruby_to_s(min);
                let text = format!("Expected {shown} to be greater or equal to {min}, got {shown}.");
                return Err(Control::from(format!("{function}(): {text}")));
            }
            Ok(())
        };
        match input {
            Value::Array(items) => {
                let shown = ruby_inspect(input);
                for (at, item) in items.iter().enumerate() {
                    let number = match item {
                        Value::Hash(_) => None,
                        item => (self.read)(&ruby_to_s(item)),
                    };
                    let Some(number) = number else {
                        let class = ruby::legacy_class_name(item);
                        let text =
                            format!("Expected element at array position {at} to be {article}, got {class}");
                        return Err(format!("{function}(): {text}").into());
                    };
                    check(&number, &shown)?;
                }
            }
            // Both functions call themselves so here.
            Value::Hash(_) => {
                let text = format!("Expected first argument to be {article} or Array, got Hash");
                return Err(format!("validate_integer(): {text}").into());
            }
            other => match (self.read)(&ruby_to_s(other)) {
                Some(number) => check(&number, &ruby_inspect(&number))?,
                None => {
                    let class = ruby::legacy_class_name(other);
                    let what = if *kind == "Integer" { "an Integer" } else { "a Numeric" };
                    let text = format!("Expected first argument to be {what} or Array, got {class}");
                    return Err(format!("{function}(): {text}").into());
                }
            },
        }
        Ok(Value::Undef)
    }
}

fn is_less(a: &Value, b: &Value) -> bool {
    ruby::compare(a, b) == Some(std::cmp::Ordering::Less)
}

/// Fails if a text matches none of the expressions; a third argument is the message.
pub(super) const VALIDATE_RE_3X: Legacy = Legacy::statement("validate_re", -1, |_, arguments| {
    let (text, patterns) = match arguments {
        [text, patterns] | [text, patterns, _] => (text, patterns),
        _ => {
            let count = arguments.len();
            return Err(format!("validate_re(): wrong number of arguments ({count}; must be 2 or 3)").into());
        }
    };
    let Value::Str(subject) = text else {
        let class = ruby::legacy_class_name(text);
        return Err(format!("validate_re(): input needs to be a String, not a {class}").into());
    };
    let mut flat = Vec::new();
    collections::push_flat(std::slice::from_ref(patterns), &mut flat);
    for pattern in &flat {
        let Value::Str(source) = pattern else {
            return Err(ruby::no_conversion(pattern, "String").into());
        };
        if Regexp::cached(source)?.try_is_match(subject)? {
            return Ok(Value::Undef);
        }
    }
    let message = match arguments.get(2).filter(|message| message.is_true()) {
        Some(message) => ruby_to_s(message),
        None => {
            format!("validate_re(): {} does not match {}", ruby_inspect(text), ruby_inspect(patterns))
        }
    };
    Err(message.into())
});

/// Fails if a text, or one of an array, is longer than the second argument or shorter than the third.
pub(super) const VALIDATE_SLENGTH_3X: Legacy = Legacy::statement("validate_slength", -1, |_, arguments| {
    let (input, max, min) = match arguments {
        [input, max] => (input, max, None),
        [input, max, min] => (input, max, Some(min).filter(|min| min.is_true())),
        _ => {
            let count = arguments.len();
            return Err(
                format!("validate_slength(): Wrong number of arguments ({count}; must be 2 or 3)").into()
            );
        }
    };
    let length = |value: &Value, least: i64| {
        match value {
            Value::Int(number) => Some(*number),
            Value::Float(number) => Some(*number as i64),
            Value::Str(text) => ruby::integer(text),
            _ => None,
        }
        .filter(|number| *number >= least)
    };
    let wrong = |value: &Value, what: &str| {
        let (shown, class) = (ruby_to_s(value), ruby::legacy_class_name(value));
        // A number that was read is one by then.
        let (shown, class) = match length(value, i64::MIN) {
            Some(number) => (number.to_string(), "Integer".into()),
            None => (shown, class),
        };
        Control::from(format!("validate_slength(): Expected {what}, got {shown}:{class}"))
    };
    let max = length(max, 1).ok_or_else(|| wrong(max, "second argument to be a positive Numeric"))?;
    let min = match min {
        None => 0,
        Some(min) => {
            length(min, 0).ok_or_else(|| wrong(min, "third argument to be unset or a positive Numeric"))?
        }
    };
    if max < min {
        let text =
            "validate_slength(): Expected second argument to be equal to or larger than third argument";
        return Err(text.into());
    }
    let check = |text: &str, input: &Value, length_of_input: usize| {
        if (min..=max).contains(&(text.chars().count() as i64)) {
            return Ok(());
        }
        let shown = ruby_inspect(input);
        Err(Control::from(format!(
            "validate_slength(): Expected length of {shown} to be between {min} and {max}, was {length_of_input}"
        )))
    };
    match input {
        Value::Str(text) => check(text, input, text.chars().count())?,
        Value::Array(items) => {
            for (at, item) in items.iter().enumerate() {
                let Value::Str(text) = item else {
                    let class = ruby::legacy_class_name(item);
                    let text = format!("Expected element at array position {at} to be a String, got {class}");
                    return Err(format!("validate_slength(): {text}").into());
                };
                check(text, input, items.len())?;
            }
        }
        other => {
            let class = ruby::legacy_class_name(other);
            let text =
                format!("validate_slength(): Expected first argument to be a String or Array, got {class}");
            return Err(text.into());
        }
    }
    Ok(Value::Undef)
});

/// `validate_legacy` as stdlib 8 has it: fails if a value is neither of a type nor accepted by an older function.
pub(super) const VALIDATE_LEGACY_8: Native = Native {
    name: "validate_legacy",
    local_types: &[],
    overloads: &[Overload::new("(Any *$args)", |context, arguments| {
        let call = LegacyCall::new(context, arguments)?;
        let was_valid = call.was_valid(context)?;
        if pcore::matches::is_instance(&call.ty, &call.value) {
            if !was_valid {
                let text = format!("Accepting previously invalid value for target type '{}'", call.ty);
                context.notice(&text);
            }
            return Ok(Value::Undef);
        }
        let subject = format!("validate_legacy({})", call.function);
        let text = pcore::mismatch::describe_value(&subject, &call.ty, &call.value);
        if was_valid {
            deprecation(context, "validate_legacy", &text, true)?;
            return Ok(Value::Undef);
        }
        context.call_function("fail", vec![text.into()], false)
    })],
};

/// `validate_legacy` as stdlib 9 has it: deprecated; fails if a value is not of a type.
pub(super) const VALIDATE_LEGACY: Native = Native {
    name: "validate_legacy",
    local_types: &[],
    overloads: &[Overload::new("(Any *$args)", |context, arguments| {
        let call = LegacyCall::new(context, arguments)?;
        let text = "This method is deprecated, please use Puppet data types to validate parameters";
        deprecation(context, "validate_legacy", text, true)?;
        if pcore::matches::is_instance(&call.ty, &call.value) {
            return Ok(Value::Undef);
        }
        let subject = format!("validate_legacy({}, ...)", call.ty);
        let text = pcore::mismatch::describe_value(&subject, &call.ty, &call.value);
        context.call_function("fail", vec![text.into()], false)
    })],
};

/// The arguments of `validate_legacy`: a type or the text of one, the name of an older function, and what it takes.
struct LegacyCall {
    ty: Type,
    function: String,
    value: Value,
    arguments: Vec<Value>,
}

/// In the original the scope is an argument, too, and messages count it.
static SIGNATURES: Typed = Typed::new(&Native {
    name: "validate_legacy",
    local_types: &[],
    overloads: &[
        Overload::new(
            "(Any $scope, Type $target_type, String $function_name, Any $value, Any *$args)",
            |_, _| Ok(Value::Undef),
        ),
        Overload::new(
            "(Any $scope, String $type_string, String $function_name, Any $value, Any *$args)",
            |_, _| Ok(Value::Undef),
        ),
    ],
});

impl LegacyCall {
    fn new(context: &mut Context<'_, '_>, arguments: &[Value]) -> Result<LegacyCall, Control> {
        let mut scoped = vec![Value::Undef];
        scoped.extend_from_slice(arguments);
        context.check_arguments(&SIGNATURES, &scoped)?;
        let [ty, function, value, ..] = arguments else { return Err("wrong number of arguments".into()) };
        let ty = match ty {
            Value::Type(ty) => ty.clone(),
            other => context.parse_type(other.as_str().unwrap_or_default())?,
        };
        Ok(LegacyCall {
            ty,
            function: ruby_to_s(function),
            value: value.clone(),
            arguments: arguments.get(2..).unwrap_or_default().to_vec(),
        })
    }

    fn was_valid(&self, context: &mut Context<'_, '_>) -> Result<bool, Control> {
        let Some(legacy) = super::legacy(&self.function) else {
            let scope = context.scope_text();
            let text =
                format!("undefined method `function_{}' for {scope}:Puppet::Parser::Scope", self.function);
            return Err(text.into());
        };
        Ok(super::arguments::send(context, legacy, &self.arguments).is_ok())
    }
}
