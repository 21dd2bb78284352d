//! `dos2unix`, `unix2dos`, `regexpescape`, `shell_join`, `shell_split`, `squeeze`, `swapcase`, `stdlib::start_with`,
//! `stdlib::end_with`, `stdlib::xml_encode`

use pcore::Value;
use pcore::format::{ruby_inspect, ruby_quote};

use super::arguments::{given, wrong_count, wrong_count_bare};
use crate::error::Control;
use crate::functions::ruby::string::{CharSet, squeeze, swapcase};
use crate::functions::ruby::{self, shellwords};
use crate::functions::{Legacy, Native, Overload};

/// Line breaks of Windows become those of Unix.
pub(super) const DOS2UNIX: Legacy = Legacy::value("dos2unix", 1, |_, arguments| match arguments {
    [Value::Str(text)] => Ok(text.replace("\r\n", "\n").into()),
    _ => Err("dos2unix(): Requires string as argument".into()),
});

/// Line breaks of Unix become those of Windows.
pub(super) const UNIX2DOS: Legacy = Legacy::value("unix2dos", 1, |_, arguments| match arguments {
    [Value::Str(text)] => {
        let mut out = String::with_capacity(text.len() + 16);
        for line in text.split_inclusive('\n') {
            match line.strip_suffix('\n') {
                Some(line) => {
                    out.push_str(line.trim_end_matches('\r'));
                    out.push_str("\r\n");
                }
                None => out.push_str(line),
            }
        }
        Ok(out.into())
    }
    _ => Err("unix2dos(): Requires string as argument".into()),
});

/// A text, or each of an array, so that a regular expression takes it literally.
pub(super) const REGEXPESCAPE: Legacy = Legacy::value("regexpescape", -1, |_, arguments| {
    each_text("regexpescape", arguments, pcore::regexp::escape)
});

/// Upper case letters become lower case, and the other way round.
pub(super) const SWAPCASE: Legacy =
    Legacy::value("swapcase", -1, |_, arguments| each_text("swapcase", arguments, swapcase));

/// Converts a string, or the strings of an array.
pub(super) fn each_text(
    name: &str,
    arguments: &[Value],
    convert: fn(&str) -> String,
) -> Result<Value, Control> {
    match arguments.first() {
        None => Err(wrong_count(name, arguments, "1")),
        Some(Value::Str(text)) => Ok(convert(text).into()),
        Some(Value::Array(items)) => {
            let item = |item: &Value| item.as_str().map_or_else(|| item.clone(), |text| convert(text).into());
            Ok(items.iter().map(item).collect::<Vec<_>>().into())
        }
        Some(_) => Err(format!("{name}(): Requires either array or string to work with").into()),
    }
}

/// A command line of words, quoted for a shell.
///
/// ```puppet
/// shell_join(['echo', 'hello world']) # 'echo hello\ world'
/// ```
pub(super) const SHELL_JOIN: Legacy = Legacy::value("shell_join", -1, |_, arguments| match arguments {
    [Value::Array(items)] => {
        let words: Vec<String> =
            items.iter().map(|item| shellwords::escape(&ruby::legacy_to_s(item))).collect();
        Ok(words.join(" ").into())
    }
    [other] => Err(format!("First argument is not an Array: {}", ruby_inspect(other)).into()),
    _ => Err(wrong_count("shell_join", arguments, "1")),
});

/// The words of a command line, as a shell splits it.
///
/// ```puppet
/// shell_split('echo "hello world"') # ['echo', 'hello world']
/// ```
pub(super) const SHELL_SPLIT: Legacy = Legacy::value("shell_split", -1, |_, arguments| {
    let [line] = arguments else { return Err(wrong_count("shell_split", arguments, "1")) };
    let line = ruby::legacy_to_s(line);
    match shellwords::split(&line) {
        Some(words) => Ok(words.into_iter().map(Value::from).collect::<Vec<_>>().into()),
        None => Err(format!("Unmatched quote: {}", ruby_quote(&line)).into()),
    }
});

/// Runs of the same letter become one; a second argument names the letters (`a-c`, `^x`).
///
/// ```puppet
/// squeeze('aaabbb')        # 'ab'
/// squeeze('aaabbb', 'a')   # 'abbb'
/// ```
pub(super) const SQUEEZE: Legacy = Legacy::value("squeeze", -1, |_, arguments| {
    if !matches!(arguments.len(), 1 | 2) {
        return Err(wrong_count_bare("squeeze", arguments, "2 or 1"));
    }
    let set = || match given(arguments, 1) {
        None => Ok(None),
        Some(Value::Str(spec)) => Ok(Some(CharSet::new(spec)?)),
        Some(other) => Err(Control::from(ruby::no_conversion(other, "String"))),
    };
    let squeezed = |value: &Value| match value {
        Value::Str(text) => Ok(Value::from(squeeze(text, set()?.as_ref()))),
        other => Err(Control::from(ruby::no_method("squeeze", other))),
    };
    match arguments.first() {
        Some(Value::Array(items)) => Ok(items.iter().map(squeezed).collect::<Result<Vec<_>, _>>()?.into()),
        Some(value) => squeezed(value),
        None => Ok(Value::Undef),
    }
});

/// Whether a text begins with another one, or with one of several.
///
/// ```puppet
/// stdlib::start_with('foobar', ['bar', 'foo']) # true
/// ```
pub(super) const START_WITH: Native = Native {
    name: "stdlib::start_with",
    local_types: &[],
    overloads: &[Overload::new(
        "(String $test_string, Variant[String[1],Array[String[1], 1]] $prefixes) >> Boolean",
        |_, arguments| Ok(any_text(arguments, |text, prefix| text.starts_with(prefix))),
    )],
};

/// Whether a text ends with another one, or with one of several.
///
/// ```puppet
/// stdlib::end_with('foobar', 'bar') # true
/// ```
pub(super) const END_WITH: Native = Native {
    name: "stdlib::end_with",
    local_types: &[],
    overloads: &[Overload::new(
        "(String $test_string, Variant[String[1],Array[String[1], 1]] $suffixes) >> Boolean",
        |_, arguments| Ok(any_text(arguments, |text, suffix| text.ends_with(suffix))),
    )],
};

fn any_text(arguments: &[Value], test: fn(&str, &str) -> bool) -> Value {
    let [Value::Str(text), candidates] = arguments else { return Value::Undef };
    let candidates = candidates.as_array().unwrap_or(std::slice::from_ref(candidates));
    candidates.iter().filter_map(Value::as_str).any(|candidate| test(text, candidate)).into()
}

/// A text as XML has it, as text between tags or as an attribute with its quotes.
///
/// ```puppet
/// stdlib::xml_encode('a < "b"')         # 'a &lt; "b"'
/// stdlib::xml_encode('a < "b"', 'attr') # '"a &lt; &quot;b&quot;"'
/// ```
pub(super) const XML_ENCODE: Native = Native {
    name: "stdlib::xml_encode",
    local_types: &[],
    overloads: &[Overload::new("(String $str, [Enum['text','attr'] $type]) >> String", |_, arguments| {
        let text = arguments.first().and_then(Value::as_str).unwrap_or_default();
        let is_attribute = arguments.get(1).and_then(Value::as_str) == Some("attr");
        let mut out = String::with_capacity(text.len() + 2);
        for c in text.chars() {
            match c {
                '&' => out.push_str("&amp;"),
                '<' => out.push_str("&lt;"),
                '>' => out.push_str("&gt;"),
                '"' if is_attribute => out.push_str("&quot;"),
                '\'' if is_attribute => out.push_str("&apos;"),
                c => out.push(c),
            }
        }
        Ok(if is_attribute { format!("\"{out}\"") } else { out }.into())
    })],
};
