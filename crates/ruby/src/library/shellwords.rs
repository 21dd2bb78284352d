//! The library `shellwords`.

use crate::class::Class;
use crate::eval::Interp;
use crate::eval::call::Args;
use crate::flow::Eval;
use crate::name::M;
use crate::value::Value;

pub(crate) fn class_method(it: &mut Interp<'_>, id: M, args: &Args<'_>) -> Eval<Option<Value>> {
    Ok(Some(match id {
        M::Escape | M::Shellescape => {
            let text = it.text_of(args.one(it)?)?;
            Value::string(escape(&text))
        }
        M::Split | M::Shellsplit | M::Shellwords => {
            let text = it.string_argument(args.one(it)?)?;
            split(it, &text)?
        }
        M::Join | M::Shelljoin => {
            let mut words = Vec::new();
            for word in it.items_of(args.one(it)?)? {
                words.push(escape(&it.text_of(&word)?));
            }
            Value::string(words.join(" "))
        }
        _ => return Ok(None),
    }))
}

/// A word as a POSIX shell reads it back.
pub(crate) fn escape(text: &str) -> String {
    if text.is_empty() {
        return "''".to_owned();
    }
    let mut out = String::with_capacity(text.len());
    for c in text.chars() {
        match c {
            '\n' => out.push_str("'\n'"),
            'A'..='Z' | 'a'..='z' | '0'..='9' | '_' | '-' | '.' | ',' | ':' | '+' | '/' | '@' => out.push(c),
            other => {
                out.push('\\');
                out.push(other);
            }
        }
    }
    out
}

/// The words of a command line.
pub(crate) fn split(it: &mut Interp<'_>, line: &str) -> Eval {
    let mut words = Vec::new();
    let mut field = String::new();
    let mut in_word = false;
    let mut chars = line.chars();
    while let Some(c) = chars.next() {
        match c {
            c if c.is_ascii_whitespace() => {
                if std::mem::take(&mut in_word) {
                    words.push(Value::string(std::mem::take(&mut field)));
                }
                continue;
            }
            '\'' => match chars.as_str().split_once('\'') {
                Some((quoted, rest)) => {
                    field.push_str(quoted);
                    chars = rest.chars();
                }
                None => return Err(unmatched(it, line)),
            },
            '"' => loop {
                match chars.next() {
                    None => return Err(unmatched(it, line)),
                    Some('"') => break,
                    Some('\\') => match chars.next() {
                        Some(c @ ('$' | '`' | '"' | '\\')) => field.push(c),
                        Some('\n') => {}
                        Some(other) => {
                            field.push('\\');
                            field.push(other);
                        }
                        None => return Err(unmatched(it, line)),
                    },
                    Some(other) => field.push(other),
                }
            },
            '\\' => match chars.next() {
                Some('\n') => {}
                Some(c) => field.push(c),
                None => field.push('\\'),
            },
            other => field.push(other),
        }
        in_word = true;
    }
    if in_word {
        words.push(Value::string(field));
    }
    it.charge(line.len() * 2)?;
    Ok(Value::array(words))
}

fn unmatched(it: &Interp<'_>, line: &str) -> Box<crate::flow::Flow> {
    it.raise(Class::ArgumentError, format!("Unmatched quote: {line}"))
}
