//! `loadjson`, `loadyaml`, `glob`: files of the server.

use std::path::Path;

use pcore::Value;

use super::parse::{json, or_default, yaml_error};
use crate::context::Context;
use crate::error::Control;
use crate::functions::{Legacy, ruby};
use crate::log::Level;

/// `loadjson` as stdlib 8 has it. Under Puppet 8 it fails unless there is a default, since the library it reads with is
/// gone.
pub(super) const LOADJSON_8: Legacy =
    Legacy::value("loadjson", -2, |context, arguments| load(context, arguments, |_, _| Err(no_pson())));

/// The data of a JSON file on the server; with a second argument that if there is no such file, or it is wrong.
///
/// ```puppet
/// loadjson('/etc/puppet/data.json', {})
/// ```
///
/// URLs are refused.
pub(super) const LOADJSON: Legacy =
    Legacy::value("loadjson", -2, |context, arguments| load(context, arguments, |text, _| json(text)));

/// `loadyaml` as stdlib 8 has it: without aliases.
pub(super) const LOADYAML_8: Legacy = Legacy::value("loadyaml", -2, |context, arguments| {
    load(context, arguments, |text, path| pcore::yaml::load_without_aliases(text, path).map_err(yaml_error))
});

/// The data of a YAML file on the server; with a second argument that if there is no such file, or it is wrong.
///
/// ```puppet
/// loadyaml('/etc/puppet/data.yaml', {})
/// ```
///
/// URLs are refused.
pub(super) const LOADYAML: Legacy = Legacy::value("loadyaml", -2, |context, arguments| {
    load(context, arguments, |text, _| pcore::yaml::load(text, "<unknown>").map_err(yaml_error))
});

/// What the old functions end with, since Puppet 8 has no PSON.
pub(super) fn no_pson() -> Control {
    "uninitialized constant Puppet::Parser::Functions::PSON".into()
}

fn load(
    context: &mut Context<'_, '_>,
    arguments: &[Value],
    parse: fn(&str, &str) -> Result<Value, Control>,
) -> Result<Value, Control> {
    let default = arguments.get(1);
    let Some(Value::Str(path)) = arguments.first() else {
        let first = arguments.first().unwrap_or(&Value::Undef);
        return or_default(Err(ruby::no_method("start_with?", first).into()), default);
    };
    if path.starts_with("http://") || path.starts_with("https://") {
        let text = format!("{}(): '{path}' is a URL; only files of the server are read", context.name());
        return or_default(Err(text.into()), default);
    }
    if path.is_empty() || context.find_file("files", &absolute(path)).is_none() {
        context.log(Level::Warning, format!("Can't load '{path}' File does not exist!"));
        return Ok(default.cloned().unwrap_or_default());
    }
    let read = context.read_file(Path::new(path.as_str()));
    let result = match read {
        Ok(bytes) => parse(&String::from_utf8_lossy(&bytes), path),
        Err(error) => Err(format!("Could not read {path}: {error}").into()),
    };
    or_default(result, default)
}

/// Relative paths begin at the root, since a server has no folder of its own that code could know of.
fn absolute(path: &str) -> String {
    if path.starts_with('/') { path.to_owned() } else { format!("/{path}") }
}

/// Names of files on the server that fit a pattern, or one of several.
///
/// ```puppet
/// glob('/var/www/*/conf.d/*.conf')
/// ```
///
/// `*` is any part of a name, `?` a character, `[a-z]` one of a set, `{a,b}` alternatives, `**/` any folders. Names that
/// begin with a dot must be asked for.
pub(super) const GLOB: Legacy = Legacy::value("glob", -1, |context, arguments| {
    let [patterns] = arguments else {
        let count = arguments.len();
        return Err(format!("glob(): Wrong number of arguments given ({count} for 1)").into());
    };
    let patterns = match patterns {
        Value::Str(_) => std::slice::from_ref(patterns),
        Value::Array(patterns) => patterns,
        _ => return Err("glob(): Requires either array or string to work".into()),
    };
    let mut found = Vec::new();
    for pattern in patterns {
        let Value::Str(pattern) = pattern else {
            return Err(ruby::no_conversion(pattern, "String").into());
        };
        found.extend(context.glob(pattern));
    }
    Ok(found.into_iter().map(Value::from).collect::<Vec<_>>().into())
});
