//! `downcase`, `upcase`: strings, and strings within arrays and hashes.

use pcore::{Hash, Value};

use super::{Native, Overload};

const STRING_DATA: (&str, &str) =
    ("StringData", "Variant[String, Numeric, Array[StringData], Hash[StringData, StringData]]");

/// The signatures that both functions share: numbers stay as they are.
macro_rules! overloads {
    ($change:expr) => {
        &[
            Overload::new("(Numeric $arg)", |_, arguments| Ok(deeply(arguments, $change))),
            Overload::new("(String $arg)", |_, arguments| Ok(deeply(arguments, $change))),
            Overload::new("(Array[StringData] $arg)", |_, arguments| Ok(deeply(arguments, $change))),
            Overload::new("(Hash[StringData, StringData] $arg)", |_, arguments| {
                Ok(deeply(arguments, $change))
            }),
        ]
    };
}

/// Makes letters small, in a string or in all strings (keys too) within an array or hash.
///
/// ```puppet
/// downcase('HeLLo')          # 'hello'
/// downcase(['A', { 'B' => 'C' }]) # ['a', { 'b' => 'c' }]
/// ```
pub(super) const DOWNCASE: Native = Native {
    name: "downcase",
    local_types: &[STRING_DATA],
    // Letter by letter: a sigma at the end of a word is no special case in Ruby.
    overloads: overloads!(|text| text.chars().flat_map(char::to_lowercase).collect()),
};

/// Makes letters capital, in a string or in all strings (keys too) within an array or hash.
///
/// ```puppet
/// upcase('hello') # 'HELLO'
/// ```
pub(super) const UPCASE: Native = Native {
    name: "upcase",
    local_types: &[STRING_DATA],
    overloads: overloads!(|text| text.chars().flat_map(char::to_uppercase).collect()),
};

fn deeply(arguments: &[Value], change: fn(&str) -> String) -> Value {
    arguments.first().map(|value| changed(value, change)).unwrap_or_default()
}

fn changed(value: &Value, change: fn(&str) -> String) -> Value {
    match value {
        Value::Str(text) => change(text).into(),
        Value::Array(items) => items.iter().map(|item| changed(item, change)).collect::<Vec<_>>().into(),
        Value::Hash(hash) => {
            let entries = hash.iter().map(|(key, value)| (changed(key, change), changed(value, change)));
            entries.collect::<Hash>().into()
        }
        other => other.clone(),
    }
}
