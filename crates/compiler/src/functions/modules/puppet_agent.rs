//! The module puppet_agent.

use pcore::format::ruby_to_s;
use pcore::{Hash, Value};

use super::all;
use crate::error::Control;
use crate::functions::{Legacy, Native, OfModule, Overload, ruby};

pub(in crate::functions) const PUPPET_AGENT: OfModule = all(
    "puppet_agent",
    &[&ANY_RESOURCES_OF_TYPE],
    &[&URI_HOST_FROM_STRING, &WINDOWS_MSI_INSTALLARGS, &WINDOWS_NATIVE_PATH],
);

/// Whether a resource of a type, with these parameters, has been declared so far.
const ANY_RESOURCES_OF_TYPE: Native = Native {
    name: "any_resources_of_type",
    local_types: &[],
    overloads: &[Overload::new(
        "(String $resource_type, [Hash[Any, Any] $parameters])",
        |context, arguments| {
            let ty = arguments.first().and_then(Value::as_str).unwrap_or_default();
            let none = Hash::new();
            let wanted = arguments.get(1).and_then(Value::as_hash).unwrap_or(&none);
            let has = |resource: &crate::context::Declared| {
                let fits = |(name, value): (&Value, &Value)| {
                    ruby::equals(&context.value_of(*resource, &ruby_to_s(name)), value)
                };
                wanted.iter().all(fits)
            };
            Ok(context.declared_of_type(ty).iter().any(has).into())
        },
    )],
};

/// The host in a URL, or undef.
const URI_HOST_FROM_STRING: Legacy = Legacy::value("uri_host_from_string", 1, |_, arguments| {
    let Some(Value::Str(text)) = arguments.first() else {
        return Err("bad argument (expected URI object or URI string)".into());
    };
    let uri = pcore::uri::Uri::parse(text).map_err(Control::from)?;
    Ok(uri.part("host").unwrap_or_default())
});

/// Arguments of an MSI package as one text, with the quotes that the command line needs.
const WINDOWS_MSI_INSTALLARGS: Legacy = Legacy::value("windows_msi_installargs", 1, |_, arguments| {
    let options = match arguments.first() {
        Some(Value::Array(options)) => options,
        other => return Err(ruby::no_method("map", other.unwrap_or(&Value::Undef)).into()),
    };
    let text = |option: &Value| match option {
        Value::Hash(hash) => {
            let (name, value) = hash.iter().next().unwrap_or((&Value::Undef, &Value::Undef));
            format!("{}=\"{}\"", ruby_to_s(name), ruby_to_s(value))
        }
        other => ruby_to_s(other),
    };
    let texts: Vec<String> = options.iter().map(text).collect();
    Ok(texts.join(" ").replace('"', "\"\"\"").into())
});

/// A path with backslashes.
const WINDOWS_NATIVE_PATH: Legacy = Legacy::value("windows_native_path", 1, |_, arguments| {
    let path = arguments.first().unwrap_or(&Value::Undef);
    let Value::Str(path) = path else { return Err(ruby::no_method("gsub", path).into()) };
    let mut out = String::with_capacity(path.len());
    let mut chars = path.chars().peekable();
    while let Some(c) = chars.next() {
        match c {
            '/' if chars.peek().is_some_and(|next| next.is_ascii_whitespace() || *next == '\u{b}') => {
                chars.next();
                out.push(' ');
            }
            '/' => out.push('\\'),
            c => out.push(c),
        }
    }
    Ok(out.into())
});
