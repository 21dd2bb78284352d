//! `sort`

use pcore::Value;

use super::{Native, Overload, ruby};
use crate::context::Context;
use crate::error::Control;

/// Sorts an array, or the characters of a string. A block compares two items and gives a negative number, 0 or a
/// positive one.
///
/// ```puppet
/// sort([3, 1, 2])                                      # [1, 2, 3]
/// sort(['b', 'A', 'c'])                                # ['A', 'b', 'c']: by code point
/// sort([3, 1, 2]) |$a, $b| { compare($b, $a) }         # [3, 2, 1]
/// ```
///
/// Without a block, items of kinds that do not compare are an error.
pub(super) const FUNCTION: Native = Native {
    name: "sort",
    local_types: &[],
    overloads: &[
        Overload::new("(String $string_value, [&Callable[2,2]])", |context, arguments| {
            let text = arguments.first().and_then(Value::as_str).unwrap_or_default();
            if !context.has_block() {
                let mut letters: Vec<char> = text.chars().collect();
                letters.sort_unstable();
                return Ok(letters.into_iter().collect::<String>().into());
            }
            let letters = text.chars().map(|letter| Value::from(letter.to_string())).collect();
            let sorted = sort_by_block(context, letters)?;
            Ok(sorted.iter().filter_map(Value::as_str).collect::<String>().into())
        }),
        Overload::new("(Array $array_value, [&Callable[2,2]])", |context, arguments| {
            let items = arguments.first().and_then(Value::as_array).unwrap_or_default();
            if context.has_block() {
                Ok(sort_by_block(context, items.to_vec())?.into())
            } else {
                Ok(ruby::sort_naturally(items)?.into())
            }
        }),
    ],
};

fn sort_by_block(context: &mut Context<'_, '_>, items: Vec<Value>) -> Result<Vec<Value>, Control> {
    ruby::sort(items, &mut |a, b| {
        let result = context.call_block(&[a.clone(), b.clone()])?;
        ruby::sign(&result, a, b)
    })
}
