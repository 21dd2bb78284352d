//! `any2bool`, `bool2num`, `bool2str`, `num2bool`, `str2bool`

use pcore::Value;
use pcore::format::ruby_quote;

use super::arguments::{fits, given, wrong_count};
use crate::error::Control;
use crate::functions::{Legacy, ruby};

/// Any value as a boolean: numbers above 0, the words `str2bool` knows, and everything else that is not undef.
///
/// ```puppet
/// any2bool('yes') # true
/// any2bool(0)     # false
/// ```
pub(super) const ANY2BOOL: Legacy = Legacy::value("any2bool", -1, |_, arguments| match arguments.first() {
    None => Err(wrong_count("any2bool", arguments, "1")),
    Some(flag @ Value::Bool(_)) => Ok(flag.clone()),
    Some(Value::Undef) => Ok(false.into()),
    Some(number @ (Value::Int(_) | Value::Float(_))) => Ok(num2bool_of(number)?.into()),
    Some(text @ Value::Str(number)) if ruby::float(number).is_some() => Ok(num2bool_of(text)?.into()),
    Some(text @ Value::Str(_)) => Ok(str2bool_of(text)?.into()),
    Some(_) => Ok(true.into()),
});

/// 1 for true, 0 for false; words count as in `str2bool`.
pub(super) const BOOL2NUM: Legacy = Legacy::value("bool2num", -1, |_, arguments| match arguments.first() {
    None => Err(wrong_count("bool2num", arguments, "1")),
    Some(value) => Ok(Value::Int(str2bool_of(value)?.into())),
});

/// `true` and `false` as texts, or as two given ones.
///
/// ```puppet
/// bool2str(true)              # 'true'
/// bool2str(false, 'on', 'off') # 'off'
/// ```
pub(super) const BOOL2STR: Legacy = Legacy::value("bool2str", -1, |_, arguments| {
    if !matches!(arguments.len(), 1 | 3) {
        return Err(wrong_count("bool2str", arguments, "3"));
    }
    let Some(Value::Bool(flag)) = arguments.first() else {
        return Err("bool2str(): Requires a boolean to work with".into());
    };
    let texts = [
        given(arguments, 1).cloned().unwrap_or_else(|| "true".into()),
        given(arguments, 2).cloned().unwrap_or_else(|| "false".into()),
    ];
    if !texts.iter().all(|text| text.as_str().is_some()) {
        return Err("bool2str(): Requires strings to convert to".into());
    }
    let [for_true, for_false] = texts;
    Ok(if *flag { for_true } else { for_false })
});

/// True for numbers above 0, also as text.
pub(super) const NUM2BOOL: Legacy = Legacy::value("num2bool", -1, |_, arguments| match arguments {
    [number] => Ok(num2bool_of(number)?.into()),
    _ => Err(wrong_count("num2bool", arguments, "1")),
});

/// `1`, `t`, `y`, `true`, `yes` in any case are true; `0`, `f`, `n`, `false`, `no`, the empty string, `undef` and
/// `undefined` are false.
pub(super) const STR2BOOL: Legacy = Legacy::value("str2bool", -1, |_, arguments| match arguments.first() {
    None => Err(wrong_count("str2bool", arguments, "1")),
    Some(value) => Ok(str2bool_of(value)?.into()),
});

/// `num2bool` of one value.
pub(super) fn num2bool_of(number: &Value) -> Result<bool, Control> {
    // Whole numbers decide: 0.9 is false.
    Ok(match number {
        Value::Int(number) => *number > 0,
        Value::Float(number) => *number >= 1.0,
        Value::Str(text) => match ruby::float(text) {
            Some(number) => number >= 1.0,
            None => {
                let shown = ruby_quote(text);
                let reason = format!("invalid value for Float(): {shown}");
                return Err(format!("num2bool(): '{text}' does not look like a number: {reason}").into());
            }
        },
        other => ruby::to_i(&ruby::legacy_to_s(other)).unwrap_or(i64::MAX) > 0,
    })
}

/// `str2bool` of one value.
pub(super) fn str2bool_of(value: &Value) -> Result<bool, Control> {
    match value {
        Value::Bool(flag) => Ok(*flag),
        Value::Str(text) if text.is_empty() || fits("^$", text) => Ok(false),
        Value::Str(text) if fits("^(?i:1|t|y|true|yes)$", text) => Ok(true),
        Value::Str(text) if fits("^(?i:0|f|n|false|no)$", text) => Ok(false),
        Value::Str(text) if fits("^(undef|undefined)$", text) => Ok(false),
        Value::Str(_) => Err("str2bool(): Unknown type of boolean given".into()),
        _ => Err("str2bool(): Requires string to work with".into()),
    }
}
