//! `sprintf`

mod directive;
mod number;

use pcore::Value;
use pcore::format::{ruby_inspect, ruby_to_s};

use super::{Legacy, ruby};
use crate::error::Control;
use directive::{Directive, Parser};

/// Formats values by a format string, as Ruby's `sprintf` does.
///
/// ```puppet
/// sprintf('%s has %05.1f%%', 'disk', 12.345)                 # 'disk has 012.3%'
/// sprintf('%<name>s: %<count>d', { 'name' => 'a', 'count' => 3 }) # 'a: 3'
/// ```
///
/// Conversions: `%s` text, `%p` text in Ruby's notation, `%c` a character, `%d` (also `%i`, `%u`) decimal, `%x`, `%X`,
/// `%o`, `%b`, `%B` in other bases, `%f`, `%e`, `%g`, `%a` floats, `%%` a percent sign. Between them flags (`-` left, `0`
/// zeroes, `+` and blank signs, `#` prefixes), a width, and a precision after a dot; `*` takes one from the arguments.
/// `%1$s` names an argument by position, `%<name>s` and `%{name}` one in a hash.
pub(super) const FUNCTION: Legacy = Legacy {
    name: "sprintf",
    arity: -2,
    statement: false,
    body: |_, arguments| match arguments {
        [Value::Str(format), arguments @ ..] => Ok(sprintf(format, arguments)?.into()),
        [other, ..] => Err(ruby::no_conversion(other, "String").into()),
        [] => Ok(Value::Undef),
    },
};

fn sprintf(format: &str, arguments: &[Value]) -> Result<String, Control> {
    let mut out = String::with_capacity(format.len() + 16);
    let mut parser = Parser::new(format, arguments);
    while let Some(directive) = parser.next_directive(&mut out)? {
        match directive.value {
            Some(value) => write(&directive, value, &mut out)?,
            None => out.push('%'),
        }
    }
    Ok(out)
}

fn write(directive: &Directive<'_>, value: &Value, out: &mut String) -> Result<(), Control> {
    match directive.conversion {
        's' => pad(directive, &ruby_to_s(value), out),
        'p' => pad(directive, &ruby_inspect(value), out),
        'c' => pad_only(directive, &character(value)?, out),
        'd' | 'i' | 'u' | 'x' | 'X' | 'o' | 'b' | 'B' => {
            number::write_integer(directive, number::integer_of(value)?, out)
        }
        _ => match value {
            Value::Int(int) if directive.conversion == 'f' => number::write_whole(directive, *int, out),
            value => number::write_float(directive, number::float_of(value)?, out),
        },
    }
    Ok(())
}

fn character(value: &Value) -> Result<String, Control> {
    match value {
        Value::Str(text) => {
            let mut letters = text.chars();
            match (letters.next(), letters.next()) {
                (Some(letter), None) => Ok(letter.into()),
                _ => Err("%c requires a character".into()),
            }
        }
        other => {
            let code = directive::int_of(other)?;
            let letter = u32::try_from(code).ok().and_then(char::from_u32);
            letter.map(String::from).ok_or_else(|| "invalid character".into())
        }
    }
}

/// Text, cut off at the precision and padded to the width; both count characters.
fn pad(directive: &Directive<'_>, text: &str, out: &mut String) {
    let text = match directive.precision {
        Some(length) => match text.char_indices().nth(length) {
            Some((end, _)) => text.get(..end).unwrap_or(text),
            None => text,
        },
        None => text,
    };
    pad_only(directive, text, out);
}

fn pad_only(directive: &Directive<'_>, text: &str, out: &mut String) {
    let fill = directive.width.unwrap_or(0).saturating_sub(text.chars().count());
    if directive.left {
        out.push_str(text);
    }
    out.extend(std::iter::repeat_n(' ', fill));
    if !directive.left {
        out.push_str(text);
    }
}
