//! `to_yaml`, `to_toml`, `to_python`, `to_ruby`: values in other notations.

use pcore::format::{ruby_inspect, ruby_quote, ruby_to_s};
use pcore::yaml::{DumpOptions, dump_with};
use pcore::{Hash, Value, rich};

use super::arguments::fits;
use super::facts::unwrapped;
use crate::error::Control;
use crate::functions::{Native, Overload, ruby};

/// `to_yaml` as stdlib 8 has it.
pub(super) const TO_YAML_8: Native = Native {
    name: "to_yaml",
    local_types: &[],
    overloads: &[Overload::new("(Any $data, [Hash $options])", |_, arguments| {
        Ok(yaml(arguments.first().unwrap_or(&Value::Undef), arguments.get(1))?.into())
    })],
};

/// A value as YAML. Options are `indentation` (blanks a level, 2 to 9), `line_width` (-1 for no limit) and `header`.
///
/// ```puppet
/// stdlib::to_yaml({ 'key' => ['value'] }, { 'indentation' => 4 })
/// ```
///
/// With Sensitive values in it, the text is Sensitive.
pub(super) const TO_YAML: Native = Native {
    name: "stdlib::to_yaml",
    local_types: &[],
    overloads: &[Overload::new("(Any $data, [Hash $options])", |_, arguments| {
        rewrapped(arguments, |data| yaml(data, arguments.get(1)))
    })],
};

fn yaml(data: &Value, options: Option<&Value>) -> Result<String, Control> {
    let none = Hash::new();
    let options = options.and_then(Value::as_hash).unwrap_or(&none);
    if options.get_str("canonical").is_some_and(Value::is_true) {
        return Err("to_yaml(): the option canonical is not supported".into());
    }
    let number = |name: &str| options.get_str(name).and_then(Value::as_int);
    let dumped = DumpOptions { indentation: number("indentation"), line_width: number("line_width") };
    let text = dump_with(data, &dumped);
    let has_header = options.get_str("header").is_some_and(Value::is_true);
    Ok(if has_header { format!("%YAML 1.1\n{text}") } else { text })
}

/// What a writer gives for the first argument without wrappers of Sensitive, which come back around the whole.
fn rewrapped(
    arguments: &[Value],
    write: impl Fn(&Value) -> Result<String, Control>,
) -> Result<Value, Control> {
    let (data, was_sensitive) = unwrapped(arguments.first().unwrap_or(&Value::Undef));
    let text = Value::from(write(&data)?);
    Ok(if was_sensitive { Value::sensitive(text) } else { text })
}

/// `to_toml` as stdlib 8 has it.
pub(super) const TO_TOML_8: Native = Native {
    name: "to_toml",
    local_types: &[],
    overloads: &[Overload::new("(Hash $data) >> String", |_, arguments| {
        Ok(toml(arguments.first().unwrap_or(&Value::Undef))?.into())
    })],
};

/// A hash as TOML, keys in order of the alphabet. With Sensitive values in it, the text is Sensitive.
///
/// ```puppet
/// stdlib::to_toml({ 'a' => { 'b' => 1 } }) # "[a]\nb = 1\n"
/// ```
pub(super) const TO_TOML: Native = Native {
    name: "stdlib::to_toml",
    local_types: &[],
    overloads: &[Overload::new("(Hash $data) >> Variant[String, Sensitive[String]]", |_, arguments| {
        rewrapped(arguments, toml)
    })],
};

fn toml(data: &Value) -> Result<String, Control> {
    let mut out = String::new();
    toml_table(data, &[], &mut out)?;
    Ok(out)
}

/// Entries of a table: plain ones, tables, arrays of tables.
type Entries<'v> = [Vec<(&'v Value, &'v Value)>; 3];

fn sorted_entries(table: &Value) -> Result<Entries<'_>, Control> {
    let Value::Hash(hash) = table else { return Err(ruby::no_method("keys", table).into()) };
    let keys: Vec<Value> = hash.keys().cloned().collect();
    let mut entries = Entries::default();
    for key in ruby::sort_naturally(&keys)? {
        let Some(at) = hash.keys().position(|other| *other == key) else { continue };
        let Some((key, value)) = hash.get_index(at) else { continue };
        let [plain, tables, arrays] = &mut entries;
        match value {
            Value::Hash(_) => tables.push((key, value)),
            Value::Array(items) if matches!(items.first(), Some(Value::Hash(_))) => arrays.push((key, value)),
            _ => plain.push((key, value)),
        }
    }
    Ok(entries)
}

fn toml_table(table: &Value, path: &[String], out: &mut String) -> Result<(), Control> {
    let entries = sorted_entries(table)?;
    let is_empty = table.as_hash().is_some_and(Hash::is_empty);
    if !path.is_empty() && (!entries[0].is_empty() || is_empty) {
        out.push_str(&format!("[{}]\n", path.join(".")));
    }
    toml_entries(&entries, path, out)
}

fn toml_entries(entries: &Entries<'_>, path: &[String], out: &mut String) -> Result<(), Control> {
    let [plain, tables, arrays] = entries;
    for (key, value) in plain {
        out.push_str(&format!("{} = {}\n", toml_key(key)?, toml_value(value)));
    }
    let below = |key: &Value| -> Result<Vec<String>, Control> {
        let mut path = path.to_vec();
        path.push(toml_key(key)?);
        Ok(path)
    };
    for (key, table) in tables {
        toml_table(table, &below(key)?, out)?;
    }
    for (key, items) in arrays {
        let path = below(key)?;
        for item in items.as_array().unwrap_or_default() {
            out.push_str(&format!("[[{}]]\n", path.join(".")));
            toml_entries(&sorted_entries(item)?, &path, out)?;
        }
    }
    Ok(())
}

fn toml_key(key: &Value) -> Result<String, Control> {
    let text = ruby_to_s(key);
    if fits("^[a-zA-Z0-9_-]*$", &text) {
        return Ok(text);
    }
    match key {
        Value::Str(text) => Ok(format!("\"{}\"", text.replace('"', "\\\""))),
        other => Err(ruby::no_method("gsub", other).into()),
    }
}

fn toml_value(value: &Value) -> String {
    match value {
        Value::Regexp(_) => ruby_quote(&ruby_inspect(value)),
        // Ruby escapes what would be interpolated there; TOML knows no such escape.
        Value::Str(text) => {
            let quoted = ruby_quote(text);
            ["#{", "#$", "#@"].iter().fold(quoted, |text, mark| text.replace(&format!("\\{mark}"), mark))
        }
        other => ruby_inspect(other),
    }
}

/// `to_python` as stdlib 8 has it.
pub(super) const TO_PYTHON_8: Native = Native { name: "to_python", local_types: &[], overloads: PYTHON };

/// A value as Python writes it. Values that are no plain data become tables as in catalogs with rich data.
///
/// ```puppet
/// stdlib::to_python([true, undef]) # '[True, None]'
/// ```
pub(super) const TO_PYTHON: Native =
    Native { name: "stdlib::to_python", local_types: &[], overloads: PYTHON };

const PYTHON: &[Overload] = &[Overload::new("(Any $object)", |_, arguments| {
    Ok(Notation { arrow: ": ", for_true: "True", for_false: "False", for_undef: "None" }.of(arguments))
})];

/// `to_ruby` as stdlib 8 has it.
pub(super) const TO_RUBY_8: Native = Native { name: "to_ruby", local_types: &[], overloads: RUBY };

/// A value as Ruby writes it. Values that are no plain data become tables as in catalogs with rich data.
///
/// ```puppet
/// stdlib::to_ruby([true, undef]) # '[true, nil]'
/// ```
pub(super) const TO_RUBY: Native = Native { name: "stdlib::to_ruby", local_types: &[], overloads: RUBY };

const RUBY: &[Overload] = &[Overload::new("(Any $object)", |_, arguments| {
    Ok(Notation { arrow: " => ", for_true: "true", for_false: "false", for_undef: "nil" }.of(arguments))
})];

/// A notation that differs from others in a few words.
struct Notation {
    arrow: &'static str,
    for_true: &'static str,
    for_false: &'static str,
    for_undef: &'static str,
}

impl Notation {
    fn of(&self, arguments: &[Value]) -> Value {
        let mut out = String::new();
        self.write(&rich::to_data(arguments.first().unwrap_or(&Value::Undef)), &mut out);
        out.into()
    }

    fn write(&self, value: &Value, out: &mut String) {
        match value {
            Value::Undef => out.push_str(self.for_undef),
            Value::Bool(flag) => out.push_str(if *flag { self.for_true } else { self.for_false }),
            Value::Array(items) => {
                out.push('[');
                for (at, item) in items.iter().enumerate() {
                    if at > 0 {
                        out.push_str(", ");
                    }
                    self.write(item, out);
                }
                out.push(']');
            }
            Value::Hash(hash) => {
                out.push('{');
                for (at, (key, item)) in hash.iter().enumerate() {
                    if at > 0 {
                        out.push_str(", ");
                    }
                    self.write(key, out);
                    out.push_str(self.arrow);
                    self.write(item, out);
                }
                out.push('}');
            }
            other => out.push_str(&ruby_inspect(other)),
        }
    }
}
