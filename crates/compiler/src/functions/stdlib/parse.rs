//! `parsejson`, `parseyaml`, `parsehocon`, `parsepson`: text to data.

use pcore::Value;

use crate::context::Context;
use crate::error::Control;
use crate::functions::{Legacy, Native, Overload, ruby};

/// The data of a JSON text; with a second argument that instead of an error, and instead of `null` and `false`.
///
/// ```puppet
/// parsejson('{"a": [1, 2]}', {})
/// ```
pub(super) const PARSEJSON: Legacy = Legacy::value("parsejson", -1, |_, arguments| parsed(arguments, json));

/// The data of a YAML text; with a second argument that instead of an error, and instead of `null` and `false`.
///
/// ```puppet
/// parseyaml("a: [1, 2]", {})
/// ```
pub(super) const PARSEYAML: Legacy = Legacy::value("parseyaml", -1, |_, arguments| parsed(arguments, yaml));

fn parsed(arguments: &[Value], parse: fn(&str) -> Result<Value, Control>) -> Result<Value, Control> {
    let Some(text) = arguments.first() else {
        return Err("Wrong number of arguments. 1 or 2 arguments should be provided.".into());
    };
    let result = match text {
        Value::Str(text) => parse(text),
        other => Err(ruby::no_conversion(other, "String").into()),
    };
    or_default(result, arguments.get(1))
}

/// The result, or a default in place of an error or of nothing.
pub(super) fn or_default(result: Result<Value, Control>, default: Option<&Value>) -> Result<Value, Control> {
    match (result, default) {
        (Ok(value), _) if value.is_true() => Ok(value),
        (Ok(_), default) => Ok(default.cloned().unwrap_or_default()),
        (Err(_), Some(default)) if default.is_true() => Ok(default.clone()),
        (Err(error), _) => Err(error),
    }
}

/// The data of a JSON text.
pub(in crate::functions) fn json(text: &str) -> Result<Value, Control> {
    pcore::json::parse(text.as_bytes()).map_err(|error| {
        if error.message.starts_with("nesting") {
            return error.message.into();
        }
        format!("unexpected token at '{}'", super::json_place::unexpected(text)).into()
    })
}

/// The data of a YAML text, in which nothing may be named and referred to.
fn yaml(text: &str) -> Result<Value, Control> {
    pcore::yaml::load_without_aliases(text, "<unknown>").map_err(yaml_error)
}

/// Psych's text of an error.
pub(super) fn yaml_error(error: pcore::yaml::YamlError) -> Control {
    match error.kind {
        pcore::yaml::YamlErrorKind::Class => error.message.into(),
        _ => error.to_string().into(),
    }
}

/// `parsehocon` as stdlib 8 has it.
pub(super) const PARSEHOCON_8: Native = Native { name: "parsehocon", local_types: &[], overloads: HOCON };

/// The data of a HOCON text; with a second argument that instead of an error.
///
/// ```puppet
/// stdlib::parsehocon('a { b = 1 }', {})
/// ```
pub(super) const PARSEHOCON: Native =
    Native { name: "stdlib::parsehocon", local_types: &[], overloads: HOCON };

const HOCON: &[Overload] = &[Overload::new("(String $hocon_string, [Any $default])", |_, arguments| {
    let text = arguments.first().and_then(Value::as_str).unwrap_or_default();
    match (stdx::hocon::parse(text, "String"), arguments.get(1)) {
        (Ok(object @ stdx::hocon::Value::Object(_)), _) => Ok(hocon_value(object)),
        (Ok(_), _) => Err("String: 1:  has type LIST rather than object at file root".into()),
        (Err(_), Some(default)) => Ok(default.clone()),
        (Err(error), None) => Err(error.to_string().into()),
    }
})];

fn hocon_value(value: stdx::hocon::Value) -> Value {
    use stdx::hocon::Value as Hocon;
    match value {
        Hocon::Null => Value::Undef,
        Hocon::Bool(flag) => flag.into(),
        Hocon::Int(number) => number.into(),
        Hocon::Float(number) => number.into(),
        Hocon::String(text) => text.into(),
        Hocon::Array(items) => items.into_iter().map(hocon_value).collect::<Vec<_>>().into(),
        Hocon::Object(object) => {
            object.into_iter().map(|(key, value)| (key, hocon_value(value))).collect::<pcore::Hash>().into()
        }
    }
}

/// `parsepson` as stdlib 8 has it: gives the default, or fails, since Puppet 8 has no PSON.
pub(super) const PARSEPSON_8: Native = Native {
    name: "parsepson",
    local_types: &[],
    overloads: &[Overload::new("(String[1] $pson_string, [Any $default])", |_, arguments| {
        match arguments.get(1) {
            Some(default) => Ok(default.clone()),
            None => Err("uninitialized constant Puppet::Pops::Loader::RubyFunctionInstantiator::PSON".into()),
        }
    })],
};

/// `parsepson` as stdlib 9 has it: deprecated, and undef under Puppet 8.
pub(super) const PARSEPSON: Native = Native {
    name: "parsepson",
    local_types: &[],
    overloads: &[Overload::new("(String[1] $pson_string, [Any $default])", |context, arguments| {
        let text = "This method is deprecated. From Puppet 8, PSON is no longer natively supported. Please use JSON.parse().";
        match (deprecated(context, text), arguments.get(1)) {
            (Err(_), Some(default)) => Ok(default.clone()),
            (result, _) => result.map(|()| Value::Undef),
        }
    })],
};

fn deprecated(context: &mut Context<'_, '_>, text: &str) -> Result<(), Control> {
    super::deprecated::deprecation(context, "parsepson", text, true)
}
