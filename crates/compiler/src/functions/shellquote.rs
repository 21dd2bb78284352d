//! `shellquote`

use pcore::Value;

use super::{Legacy, ruby};
use crate::context::Context;
use crate::error::Control;

/// Quotes words for a Bourne shell and joins them with blanks. Arrays count as their items.
///
/// ```puppet
/// shellquote('rm', "it's mine") # rm "it's mine"
/// ```
pub(super) const FUNCTION: Legacy =
    Legacy { name: "shellquote", arity: -1, statement: false, body: shellquote };

fn shellquote(_: &mut Context<'_, '_>, arguments: &[Value]) -> Result<Value, Control> {
    let mut line = String::new();
    for argument in arguments {
        push(argument, &mut line)?;
    }
    Ok(line.into())
}

fn push(word: &Value, line: &mut String) -> Result<(), Control> {
    let word = match word {
        Value::Array(words) => return words.iter().try_for_each(|word| push(word, line)),
        Value::Str(word) => word.as_str(),
        Value::Hash(_) => return Err(ruby::no_conversion(word, "String").into()),
        Value::Default => return Err(ruby::no_method("count", word).into()),
        other => return Err(ruby::no_method("length", other).into()),
    };
    if !line.is_empty() {
        line.push(' ');
    }
    let is_safe = |c: char| c.is_ascii_alphanumeric() || "@%_+=:,./-".contains(c);
    let is_dangerous = |c: char| "!\"`$\\".contains(c);
    let (quote, word) = if !word.is_empty() && word.chars().all(is_safe) {
        ("", word.to_owned())
    } else if !word.contains(is_dangerous) {
        ("\"", word.to_owned())
    } else if !word.contains('\'') {
        ("'", word.to_owned())
    } else {
        // Byte by byte, each read as Latin-1: what Puppet gives for such words is garbled in the same way.
        let mut escaped = String::with_capacity(word.len() + 8);
        for byte in word.bytes().map(char::from) {
            if is_dangerous(byte) {
                escaped.push('\\');
            }
            escaped.push(byte);
        }
        ("\"", escaped)
    };
    line.push_str(quote);
    line.push_str(&word);
    line.push_str(quote);
    Ok(())
}
