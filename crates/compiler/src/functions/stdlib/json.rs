//! `to_json`, `to_json_pretty`

use pcore::format::ruby_to_s;
use pcore::json::write_string;
use pcore::number::write_float;
use pcore::{Hash, Value};

use super::facts::unwrapped;
use crate::error::Control;
use crate::functions::{Native, Overload};

/// Nesting that is written unless options say otherwise.
const NESTING_MAX: usize = 100;

/// `to_json` as stdlib 8 has it.
pub(super) const TO_JSON_8: Native = Native {
    name: "to_json",
    local_types: &[],
    overloads: &[Overload::new("(Any $data)", |_, arguments| {
        let data = arguments.first().unwrap_or(&Value::Undef);
        Ok(Style::default().write(data)?.into())
    })],
};

/// A value as JSON. With Sensitive values in it, the text is Sensitive.
///
/// ```puppet
/// stdlib::to_json({ 'key' => 'value' }) # '{"key":"value"}'
/// ```
pub(super) const TO_JSON: Native = Native {
    name: "stdlib::to_json",
    local_types: &[],
    overloads: &[Overload::new("(Any $data)", |_, arguments| {
        let (data, was_sensitive) = unwrapped(arguments.first().unwrap_or(&Value::Undef));
        let text = Value::from(Style::default().write(&data)?);
        Ok(if was_sensitive { Value::sensitive(text) } else { text })
    })],
};

/// `to_json_pretty` as stdlib 8 has it.
pub(super) const TO_JSON_PRETTY_8: Native = Native {
    name: "to_json_pretty",
    local_types: &[],
    overloads: &[Overload::new(PRETTY_SIGNATURE, |_, arguments| {
        Ok(pretty(arguments.first().unwrap_or(&Value::Undef), arguments)?.into())
    })],
};

/// A hash or an array as JSON with each entry on a line. A true second argument leaves out entries that are undef; the
/// third says what stands between the tokens.
///
/// ```puppet
/// stdlib::to_json_pretty({ 'key' => undef }, true)
/// stdlib::to_json_pretty($data, false, { 'indent' => '    ', 'space' => ' ' })
/// ```
///
/// With Sensitive values in it, the text is Sensitive.
pub(super) const TO_JSON_PRETTY: Native = Native {
    name: "stdlib::to_json_pretty",
    local_types: &[],
    overloads: &[Overload::new(PRETTY_SIGNATURE, |_, arguments| {
        let (data, was_sensitive) = unwrapped(arguments.first().unwrap_or(&Value::Undef));
        let text = Value::from(pretty(&data, arguments)?);
        Ok(if was_sensitive { Value::sensitive(text) } else { text })
    })],
};

/// A value without blanks.
pub(super) fn compact(value: &Value) -> Result<String, Control> {
    Style::default().write(value)
}

const PRETTY_SIGNATURE: &str = "(Variant[Hash, Array] $data, [Optional[Boolean] $skip_undef], [Struct[{\
     indent => Optional[String], space => Optional[String], space_before => Optional[String], \
     object_nl => Optional[String], array_nl => Optional[String], allow_nan => Optional[Boolean], \
     max_nesting => Optional[Integer[-1,default]]}] $opts])";

fn pretty(data: &Value, arguments: &[Value]) -> Result<String, Control> {
    let mut style = Style {
        indent: "  ".into(),
        space: " ".into(),
        object_nl: "\n".into(),
        array_nl: "\n".into(),
        ..Style::default()
    };
    if let Some(Value::Hash(options)) = arguments.get(2) {
        style.set(options);
    }
    let skip_undef = arguments.get(1).is_some_and(Value::is_true);
    let data = match data {
        Value::Array(items) if skip_undef => {
            items.iter().filter(|item| !item.is_undef()).cloned().collect::<Vec<_>>().into()
        }
        Value::Hash(hash) if skip_undef => {
            let mut hash = (**hash).clone();
            hash.retain(|_, value| !value.is_undef());
            hash.into()
        }
        other => other.clone(),
    };
    Ok(style.write(&data)? + "\n")
}

/// What stands between the tokens.
struct Style {
    indent: String,
    space: String,
    space_before: String,
    object_nl: String,
    array_nl: String,
    allow_nan: bool,
    nesting_max: Option<usize>,
}

impl Default for Style {
    fn default() -> Style {
        Style {
            indent: String::new(),
            space: String::new(),
            space_before: String::new(),
            object_nl: String::new(),
            array_nl: String::new(),
            allow_nan: false,
            nesting_max: Some(NESTING_MAX),
        }
    }
}

impl Style {
    fn set(&mut self, options: &Hash) {
        for (name, slot) in [
            ("indent", &mut self.indent),
            ("space", &mut self.space),
            ("space_before", &mut self.space_before),
            ("object_nl", &mut self.object_nl),
            ("array_nl", &mut self.array_nl),
        ] {
            if let Some(text) = options.get_str(name).and_then(Value::as_str) {
                text.clone_into(slot);
            }
        }
        self.allow_nan = options.get_str("allow_nan").is_some_and(Value::is_true);
        if let Some(max) = options.get_str("max_nesting").and_then(Value::as_int) {
            // Neither -1 nor 0 is a bound.
            self.nesting_max = usize::try_from(max).ok().filter(|&max| max > 0);
        }
    }

    fn write(&self, value: &Value) -> Result<String, Control> {
        let mut out = Vec::new();
        self.value(value, 0, &mut out)?;
        // Only whole texts are copied, so this cannot fail.
        Ok(String::from_utf8(out).unwrap_or_default())
    }

    fn value(&self, value: &Value, depth: usize, out: &mut Vec<u8>) -> Result<(), Control> {
        match value {
            Value::Undef => out.extend_from_slice(b"null"),
            Value::Bool(flag) => out.extend_from_slice(flag.to_string().as_bytes()),
            Value::Int(number) => out.extend_from_slice(number.to_string().as_bytes()),
            Value::Float(number) => {
                let mut text = String::new();
                write_float(&mut text, *number);
                if !number.is_finite() && !self.allow_nan {
                    return Err(format!("{text} not allowed in JSON").into());
                }
                out.extend_from_slice(text.as_bytes());
            }
            Value::Str(text) => write_string(text, out),
            Value::Array(items) => self.array(items, depth + 1, out)?,
            Value::Hash(hash) => self.object(hash, depth + 1, out)?,
            other => write_string(&ruby_to_s(other), out),
        }
        Ok(())
    }

    fn check(&self, depth: usize) -> Result<(), Control> {
        match self.nesting_max {
            Some(max) if depth > max => Err(format!("nesting of {} is too deep", depth - 1).into()),
            _ => Ok(()),
        }
    }

    fn indent(&self, depth: usize, out: &mut Vec<u8>) {
        (0..depth).for_each(|_| out.extend_from_slice(self.indent.as_bytes()));
    }

    fn array(&self, items: &[Value], depth: usize, out: &mut Vec<u8>) -> Result<(), Control> {
        self.check(depth)?;
        out.push(b'[');
        out.extend_from_slice(self.array_nl.as_bytes());
        for (at, item) in items.iter().enumerate() {
            if at > 0 {
                out.push(b',');
                out.extend_from_slice(self.array_nl.as_bytes());
            }
            self.indent(depth, out);
            self.value(item, depth, out)?;
        }
        out.extend_from_slice(self.array_nl.as_bytes());
        self.indent(depth - 1, out);
        out.push(b']');
        Ok(())
    }

    fn object(&self, hash: &Hash, depth: usize, out: &mut Vec<u8>) -> Result<(), Control> {
        self.check(depth)?;
        out.push(b'{');
        for (at, (key, value)) in hash.iter().enumerate() {
            if at > 0 {
                out.push(b',');
            }
            out.extend_from_slice(self.object_nl.as_bytes());
            self.indent(depth, out);
            write_string(&ruby_to_s(key), out);
            out.extend_from_slice(self.space_before.as_bytes());
            out.push(b':');
            out.extend_from_slice(self.space.as_bytes());
            self.value(value, depth, out)?;
        }
        if !self.object_nl.is_empty() {
            out.extend_from_slice(self.object_nl.as_bytes());
            self.indent(depth - 1, out);
        }
        out.push(b'}');
        Ok(())
    }
}
