//! `scanf`

mod specifier;

use pcore::Value;
use pcore::regexp::Regexp;

use super::{Native, Overload};
use crate::error::Control;
use specifier::Specifier;

/// Takes values out of a string by a format: an array of what was found before the first mismatch. A block gets that
/// array, and its result is the result.
///
/// ```puppet
/// scanf('12 abc', '%d %s')  # [12, 'abc']
/// ```
///
/// Conversions: `%d` and `%u` decimal, `%i` decimal, octal or hexadecimal, `%o`, `%x`, `%f` (also `%a`, `%e`, `%g`),
/// `%s` a word, `%c` a character, `%[a-z]` and `%[^a-z]` characters of a set; a number limits the width, and `*` skips.
pub(super) const FUNCTION: Native = Native {
    name: "scanf",
    local_types: &[],
    overloads: &[Overload::new("(String $data, String $format, [&Callable])", |context, arguments| {
        let text = |index: usize| arguments.get(index).and_then(Value::as_str).unwrap_or_default();
        let found = Value::from(scan(text(0), text(1))?);
        if context.has_block() { context.call_block(&[found]) } else { Ok(found) }
    })],
};

/// A conversion with the blanks before it, or other text.
const PART: &str = r"(?i:\s*%(?:%|\*?\d*(?:\[\[:\w+:\]\]|\[[^\]]*\]|[diuxofegsca])))|[^%\s]+";

fn scan(text: &str, format: &str) -> Result<Vec<Value>, Control> {
    let parts = Regexp::cached(PART)?;
    let mut parts = parts.matches(format);
    let mut found = Vec::new();
    let mut rest = text;
    while let Some(part) = parts.next_match()? {
        let specifier = Specifier::new(part.get(0).unwrap_or_default());
        let Some((value, after)) = specifier.take(rest)? else { break };
        found.extend(value);
        rest = after;
        if rest.is_empty() {
            break;
        }
    }
    Ok(found)
}
