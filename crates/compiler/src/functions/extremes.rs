//! `max`, `min`

use std::cmp::Ordering;

use pcore::Value;
use pcore::format::ruby_to_s;

use super::{Native, Overload, ruby};
use crate::context::Context;
use crate::error::Control;

/// Both functions have the same signatures, but for the order in which two of them are tried.
macro_rules! overloads {
    ($name:literal, $wanted:expr, $first:literal, $second:literal, $third:literal, $fourth:literal) => {
        &[
            Overload::new("(Numeric *$values)", |context, arguments| {
                extreme(context, arguments, $name, $wanted, natural)
            }),
            Overload::new("(String *$values)", |context, arguments| {
                extreme(context, arguments, $name, $wanted, strings)
            }),
            Overload::new("(Semver *$values)", |context, arguments| {
                extreme(context, arguments, $name, $wanted, natural)
            }),
            Overload::new("(Timespan *$values)", |context, arguments| {
                extreme(context, arguments, $name, $wanted, natural)
            }),
            Overload::new("(Timestamp *$values)", |context, arguments| {
                extreme(context, arguments, $name, $wanted, natural)
            }),
            Overload::new("(Array[Numeric] $values, [&Callable[2,2]])", |context, arguments| {
                of_array(context, arguments, $name, $wanted, natural)
            }),
            Overload::new($first, |context, arguments| of_array(context, arguments, $name, $wanted, typed)),
            Overload::new($second, |context, arguments| of_array(context, arguments, $name, $wanted, typed)),
            Overload::new($third, |context, arguments| of_array(context, arguments, $name, $wanted, typed)),
            Overload::new($fourth, |context, arguments| of_array(context, arguments, $name, $wanted, typed)),
            Overload::new("(Array $values, [&Callable[2,2]])", |context, arguments| {
                of_array(context, arguments, $name, $wanted, any)
            }),
            Overload::new("(Any *$values, &Callable[2,2])", |context, arguments| {
                by_block(context, arguments, $wanted)
            }),
            Overload::new("(Any *$values)", |context, arguments| {
                extreme(context, arguments, $name, $wanted, any)
            }),
        ]
    };
}

/// The greatest of its arguments, or of the items of an array.
///
/// ```puppet
/// max(1, 2.5, 2)                               # 2.5
/// max(['a', 'B', 'c'])                         # 'c'
/// max([1, 3, 2]) |$a, $b| { compare($b, $a) }  # 1: by the block's order
/// ```
///
/// Strings that are numbers still compare as numbers, and values of different kinds as text; both are deprecated.
pub(super) const MAX: Native = Native {
    name: "max",
    local_types: &[],
    overloads: overloads!(
        "max",
        Ordering::Greater,
        "(Array[String] $values, [&Callable[2,2]])",
        "(Array[Semver] $values, [&Callable[2,2]])",
        "(Array[Timespan] $values, [&Callable[2,2]])",
        "(Array[Timestamp] $values, [&Callable[2,2]])"
    ),
};

/// The least of its arguments, or of the items of an array.
///
/// ```puppet
/// min(1, 2.5, 2)                               # 1
/// min(['a', 'B', 'c'])                         # 'B'
/// min([1, 3, 2]) |$a, $b| { compare($b, $a) }  # 3: by the block's order
/// ```
///
/// Strings that are numbers still compare as numbers, and values of different kinds as text; both are deprecated.
pub(super) const MIN: Native = Native {
    name: "min",
    local_types: &[],
    overloads: overloads!(
        "min",
        Ordering::Less,
        "(Array[Semver] $values, [&Callable[2,2]])",
        "(Array[Timespan] $values, [&Callable[2,2]])",
        "(Array[Timestamp] $values, [&Callable[2,2]])",
        "(Array[String] $values, [&Callable[2,2]])"
    ),
};

/// How two values compare; may warn.
type Order = fn(&mut Context<'_, '_>, &Value, &Value, &str) -> Ordering;

fn of_array(
    context: &mut Context<'_, '_>,
    arguments: &[Value],
    name: &str,
    wanted: Ordering,
    order: Order,
) -> Result<Value, Control> {
    let items = arguments.first().and_then(Value::as_array).unwrap_or_default();
    if context.has_block() {
        by_block(context, items, wanted)
    } else {
        extreme(context, items, name, wanted, order)
    }
}

fn extreme(
    context: &mut Context<'_, '_>,
    items: &[Value],
    name: &str,
    wanted: Ordering,
    order: Order,
) -> Result<Value, Control> {
    let Some((mut best, rest)) = items.split_first() else {
        return Err(format!("{name}(): Wrong number of arguments need at least one").into());
    };
    for item in rest {
        if order(context, item, best, name) == wanted {
            best = item;
        }
    }
    Ok(best.clone())
}

fn by_block(context: &mut Context<'_, '_>, items: &[Value], wanted: Ordering) -> Result<Value, Control> {
    let Some((mut best, rest)) = items.split_first() else { return Ok(Value::Undef) };
    for item in rest {
        let result = context.call_block(&[item.clone(), best.clone()])?;
        if ruby::sign(&result, item, best)? == wanted {
            best = item;
        }
    }
    Ok(best.clone())
}

fn natural(_: &mut Context<'_, '_>, a: &Value, b: &Value, _: &str) -> Ordering {
    ruby::compare(a, b).unwrap_or(Ordering::Equal)
}

/// For arrays of one kind.
fn typed(context: &mut Context<'_, '_>, a: &Value, b: &Value, name: &str) -> Ordering {
    match a {
        Value::Str(_) => strings(context, a, b, name),
        _ => natural(context, a, b, name),
    }
}

fn strings(context: &mut Context<'_, '_>, a: &Value, b: &Value, name: &str) -> Ordering {
    texts(context, a.as_str().unwrap_or_default(), b.as_str().unwrap_or_default(), name, false)
}

fn any(context: &mut Context<'_, '_>, a: &Value, b: &Value, name: &str) -> Ordering {
    texts(context, &ruby_to_s(a), &ruby_to_s(b), name, true)
}

fn texts(context: &mut Context<'_, '_>, a: &str, b: &str, name: &str, coerced: bool) -> Ordering {
    if looks_numeric(a) && looks_numeric(b) {
        context.warn_once(&format!(
            "The {name}() function's auto conversion of String to Numeric is deprecated - change to convert \
                 input before calling, or use lambda"
        ));
        return ruby::to_f(a).partial_cmp(&ruby::to_f(b)).unwrap_or(Ordering::Equal);
    }
    if coerced {
        context.warn_once(
            &format!(
                "The {name}() function's auto conversion of Any to String is deprecated - change to convert input \
                 before calling, or use lambda"
            ),
        );
    }
    a.cmp(b)
}

/// `\A-?\d+([._eE]\d+)?\z`
fn looks_numeric(text: &str) -> bool {
    let digits = |text: &str| !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit());
    let text = text.strip_prefix('-').unwrap_or(text);
    match text.split_once(['.', '_', 'e', 'E']) {
        Some((whole, rest)) => digits(whole) && digits(rest),
        None => digits(text),
    }
}
