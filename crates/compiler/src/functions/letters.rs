//! `camelcase`, `capitalize`, `chomp`, `chop`, `lstrip`, `rstrip`, `strip`: strings, and iterables of strings.

use pcore::Value;
use pcore::iter::items;

use super::{Native, Overload};
use crate::error::Control;

/// The signatures that these functions share: numbers stay as they are.
macro_rules! overloads {
    ($change:expr) => {
        &[
            Overload::new("(Numeric $arg)", |_, arguments| {
                Ok(arguments.first().cloned().unwrap_or_default())
            }),
            Overload::new("(String $arg)", |_, arguments| each(arguments, $change)),
            Overload::new("(Iterable[Variant[String, Numeric]] $arg)", |_, arguments| {
                each(arguments, $change)
            }),
        ]
    };
}

/// Turns `snake_case` into `CamelCase`, in a string or in each of an iterable.
///
/// ```puppet
/// camelcase('foo_bar') # 'FooBar'
/// ```
pub(super) const CAMELCASE: Native = Native {
    name: "camelcase",
    local_types: &[],
    overloads: overloads!(|text| text.split('_').map(capitalize).collect::<String>().into()),
};

/// Makes the first letter a capital and the others small, in a string or in each of an iterable.
///
/// ```puppet
/// capitalize('hello WORLD') # 'Hello world'
/// ```
pub(super) const CAPITALIZE: Native =
    Native { name: "capitalize", local_types: &[], overloads: overloads!(|text| capitalize(text).into()) };

/// Removes one line break from the end of a string, or of each of an iterable.
///
/// ```puppet
/// chomp("hello\r\n") # 'hello'
/// ```
pub(super) const CHOMP: Native = Native {
    name: "chomp",
    local_types: &[],
    overloads: overloads!(|text| {
        let line = text.strip_suffix("\r\n").or_else(|| text.strip_suffix(['\n', '\r']));
        line.unwrap_or(text).into()
    }),
};

/// Removes the last character of a string (or `\r\n`), or of each of an iterable.
///
/// ```puppet
/// chop('hello') # 'hell'
/// ```
pub(super) const CHOP: Native = Native {
    name: "chop",
    local_types: &[],
    overloads: overloads!(|text| match text.strip_suffix("\r\n") {
        Some(line) => line.into(),
        None => {
            let mut letters = text.chars();
            letters.next_back();
            letters.as_str().into()
        }
    }),
};

/// Removes white space and NUL from the start of a string, or of each of an iterable.
pub(super) const LSTRIP: Native = Native {
    name: "lstrip",
    local_types: &[],
    overloads: overloads!(|text| text.trim_start_matches(is_space).into()),
};

/// Removes white space and NUL from the end of a string, or of each of an iterable.
pub(super) const RSTRIP: Native = Native {
    name: "rstrip",
    local_types: &[],
    overloads: overloads!(|text| text.trim_end_matches(is_space).into()),
};

/// Removes white space and NUL from both ends of a string, or of each of an iterable.
///
/// ```puppet
/// strip("  hello\n") # 'hello'
/// ```
pub(super) const STRIP: Native = Native {
    name: "strip",
    local_types: &[],
    overloads: overloads!(|text| text.trim_matches(is_space).into()),
};

fn each(arguments: &[Value], change: fn(&str) -> Value) -> Result<Value, Control> {
    let one = |value: &Value| value.as_str().map(change).unwrap_or_else(|| value.clone());
    match arguments {
        [text @ Value::Str(_)] => Ok(one(text)),
        [list] => Ok(items(list).into_iter().flatten().map(|item| one(&item)).collect::<Vec<_>>().into()),
        _ => Ok(Value::Undef),
    }
}

/// Only the white space of ASCII, as in Ruby.
fn is_space(letter: char) -> bool {
    matches!(letter, '\0' | '\t'..='\r' | ' ')
}

fn capitalize(text: &str) -> String {
    let mut letters = text.chars();
    let mut capitalized = String::with_capacity(text.len());
    if let Some(first) = letters.next() {
        push_title(first, &mut capitalized);
    }
    capitalized.extend(letters.flat_map(char::to_lowercase));
    capitalized
}

/// The form a letter has at the start of a word. It differs from the capital where that is more than one letter.
fn push_title(letter: char, out: &mut String) {
    match letter {
        '\u{1c4}'..='\u{1c6}' => out.push('\u{1c5}'),
        '\u{1c7}'..='\u{1c9}' => out.push('\u{1c8}'),
        '\u{1ca}'..='\u{1cc}' => out.push('\u{1cb}'),
        '\u{1f1}'..='\u{1f3}' => out.push('\u{1f2}'),
        // Georgian has no capitals at the start of words.
        '\u{10d0}'..='\u{10ff}' => out.push(letter),
        '\u{149}' => out.push_str("\u{2bc}N"),
        letter => {
            let mut capital = letter.to_uppercase();
            out.extend(capital.next());
            out.extend(capital.flat_map(char::to_lowercase));
        }
    }
}
