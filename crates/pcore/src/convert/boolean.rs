//! `Boolean(from)`

use super::creator::{Creator, cannot_convert};
use crate::{Type, Value};

pub(super) fn creator() -> Creator {
    let words = Type::enumeration(["false", "true", "yes", "no", "y", "n"], true);
    let from = Type::variant([Type::INTEGER, Type::FLOAT, Type::BOOLEAN, words]);
    Creator::new("new_boolean")
        .takes(1, &[("from", from)], |arguments, _| {
            Ok(Value::Bool(match arguments.first() {
                Some(Value::Int(number)) => *number != 0,
                Some(Value::Float(number)) => *number != 0.0,
                Some(Value::Str(text)) => {
                    !["false", "no", "n"].iter().any(|word| text.eq_ignore_ascii_case(word))
                }
                Some(Value::Bool(flag)) => *flag,
                _ => true,
            }))
        })
        .refuses(1, &[("from", Type::Any)], |arguments, _| {
            Ok(arguments.first().map(|from| cannot_convert(from, "Boolean")).into())
        })
}
