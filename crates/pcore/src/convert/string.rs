//! `String(from, formats)`.
//!
//! Without formats values are written straight ([`plain`]): by far the most calls. With formats, one for the value or a
//! map from types to formats, each value is written as the first type in the map says that its own type fits
//! ([`map`]), scalars by [`scalar`] and collections by [`container`]. Directives are those of Ruby's `format`, and
//! what goes beyond is Puppet's.

mod container;
mod format;
mod map;
mod plain;
mod scalar;

pub use plain::{plain, write};

use super::creator::Creator;
use super::types::{alias, pattern, structure};
use crate::error::{Result, check_text};
use crate::{Type, Value};
use map::FormatMap;

pub(super) fn creator() -> Creator {
    let format = alias("Format", pattern(r"^%([\s\[+#0{<(|-]*)([1-9][0-9]*)?(?:\.([0-9]+))?([a-zA-Z])$"));
    let container = structure(&[
        ("format", true, format.clone()),
        ("separator", true, Type::STRING),
        ("separator2", true, Type::STRING),
        ("string_formats", true, Type::hash_of(Type::type_of(Type::Unit), format.clone())),
    ]);
    let formats = Type::variant([format, alias("ContainerFormat", container)]);
    let map = alias("TypeMap", Type::hash_of(Type::type_of(Type::Unit), formats));
    let formats = alias("Formats", Type::variant([Type::Default, Type::non_empty_string(), map]));
    let from = alias("Convertible", Type::Any);
    Creator::new("new_string").takes(1, &[("from", from), ("string_formats", formats)], |arguments, _| {
        Ok(match arguments {
            [from] => {
                let text = plain(from);
                check_text(text.len())?;
                text.into()
            }
            [from, formats] => convert(from, formats)?.into(),
            _ => Value::Undef,
        })
    })
}

/// The text of a value under formats: `default`, one format as a string, or a hash of types and formats.
///
/// # Errors
/// Formats that are none, and formats that the value does not take.
pub fn convert(value: &Value, formats: &Value) -> Result<String> {
    match formats {
        Value::Str(format) => match value {
            Value::Array(_) => map::with(Type::array_of(Type::Any), format)?.convert(value),
            Value::Hash(_) => map::with(Type::hash_of(Type::Any, Type::Any), format)?.convert(value),
            // The type of the value itself is the first in the map, save where it converts as another.
            Value::Iterator(_) | Value::Object(_) | Value::Deferred(_) => {
                map::with(crate::infer::infer(value), format)?.convert(value)
            }
            value => scalar::convert(value, &format::Format::parse(format)?),
        },
        Value::Hash(formats) => FormatMap::from_user(formats)?.convert(value),
        _ => Ok(plain(value)),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::Hash;
    use proptest::prelude::*;

    fn values() -> impl Strategy<Value = Value> {
        let leaf = prop_oneof![
            Just(Value::Undef),
            any::<bool>().prop_map(Value::Bool),
            any::<i64>().prop_map(Value::Int),
            any::<f64>().prop_map(Value::Float),
            "\\PC{0,6}".prop_map(Value::from),
        ];
        leaf.prop_recursive(3, 12, 4, |inner| {
            prop_oneof![
                prop::collection::vec(inner.clone(), 0..4).prop_map(Value::array),
                prop::collection::vec((inner.clone(), inner), 0..4)
                    .prop_map(|entries| Hash::from_iter(entries).into()),
            ]
        })
    }

    proptest! {
        /// The straight way and the way through the map of formats are the same.
        #[test]
        fn plain_text_is_that_of_the_default_formats(value in values()) {
            prop_assert_eq!(plain(&value), convert(&value, &Hash::new().into()).unwrap());
        }

        #[test]
        fn formats_never_panic(value in values(), format in "%[-+# 0({<|\\[]{0,3}[0-9]{0,3}(\\.[0-9]{1,2})?[a-zA-Z]|\\PC{0,6}") {
            let _ = convert(&value, &format.into());
        }
    }
}
