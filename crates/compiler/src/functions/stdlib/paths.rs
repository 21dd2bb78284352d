//! `basename`, `dirname`, `stdlib::extname`, `is_absolute_path`, `validate_absolute_path`, `get_module_path`,
//! `load_module_metadata`

use pcore::Value;
use pcore::format::{ruby_inspect, ruby_to_s};

use super::arguments::fits;
use crate::context::Context;
use crate::error::Control;
use crate::functions::ruby::{self, file};
use crate::functions::{Legacy, Native, Overload};

/// The last part of a path, maybe without a suffix; `.*` is any extension.
///
/// ```puppet
/// basename('/path/to/a/file.ext')         # 'file.ext'
/// basename('/path/to/a/file.ext', '.ext') # 'file'
/// ```
pub(super) const BASENAME: Legacy = Legacy::value("basename", -1, |_, arguments| match arguments {
    [] => Err("basename(): No arguments given".into()),
    [Value::Str(path)] => Ok(file::basename(path).into()),
    [Value::Str(path), Value::Str(suffix)] => Ok(file::basename_without(path, suffix).into()),
    [_, _, _, ..] => Err(format!("basename(): Too many arguments given ({})", arguments.len()).into()),
    [Value::Str(_), ..] => Err("basename(): Requires string as second argument".into()),
    _ => Err("basename(): Requires string as first argument".into()),
});

/// A path without its last part.
///
/// ```puppet
/// dirname('/path/to/a/file.ext') # '/path/to/a'
/// ```
pub(super) const DIRNAME: Legacy = Legacy::value("dirname", -1, |_, arguments| match arguments {
    [] => Err("dirname(): No arguments given".into()),
    [Value::Str(path)] if path.is_empty() => Err("dirname(): Requires a non-empty string as argument".into()),
    [Value::Str(path)] => Ok(file::dirname(path).into()),
    [_] => Err("dirname(): Requires string as argument".into()),
    more => Err(format!("dirname(): Too many arguments given ({})", more.len()).into()),
});

/// The extension of a file name with its dot, or an empty text.
///
/// ```puppet
/// stdlib::extname('test.rb')  # '.rb'
/// stdlib::extname('.profile') # ''
/// ```
pub(super) const EXTNAME: Native = Native {
    name: "stdlib::extname",
    local_types: &[],
    overloads: &[Overload::new("(String $filename) >> String", |_, arguments| {
        Ok(file::extname(arguments.first().and_then(Value::as_str).unwrap_or_default()).into())
    })],
};

/// Whether a text is an absolute path of Unix or Windows.
pub(super) const IS_ABSOLUTE_PATH: Legacy = Legacy::value("is_absolute_path", 1, |context, arguments| {
    Ok(is_absolute(context, arguments.first().unwrap_or(&Value::Undef)).into())
});

/// Fails if one of the arguments, or of their items, is no absolute path.
pub(super) const VALIDATE_ABSOLUTE_PATH: Legacy =
    Legacy::statement("validate_absolute_path", -1, |context, arguments| {
        if arguments.is_empty() {
            return Err("validate_absolute_path(): wrong number of arguments (0; must be > 0)".into());
        }
        for argument in arguments {
            let candidates = argument.as_array().unwrap_or(std::slice::from_ref(argument));
            for path in candidates {
                if !is_absolute(context, path) {
                    return Err(format!("{} is not an absolute path.", ruby_inspect(path)).into());
                }
            }
        }
        Ok(Value::Undef)
    });

fn is_absolute(context: &mut Context<'_, '_>, path: &Value) -> bool {
    if let Value::Str(path) = path {
        return fits("^/", path)
            || fits(
                r"(?i:^(?:(?:[A-Z]:[\\/])|(?:[\\/][\\/][^\\/]+[\\/][^\\/]+)|(?:[\\/][\\/]\?[\\/][^\\/]+)))",
                path,
            );
    }
    let (shown, class) = (ruby_to_s(path), ruby::class_name(path));
    let text =
        format!("Cannot check if {shown} is an absolute path because it is a '{class}' and not a String'");
    // Once for each kind of path.
    context.warn(&text);
    context.warn(&text);
    false
}

/// The folder of a module.
///
/// ```puppet
/// get_module_path('stdlib')
/// ```
pub(super) const GET_MODULE_PATH: Legacy = Legacy::value("get_module_path", -1, |context, arguments| {
    let [name] = arguments else {
        return Err("get_module_path(): Wrong number of arguments, expects one".into());
    };
    Ok(module_path(context, name)?.to_string_lossy().into_owned().into())
});

fn module_path<'i>(context: &mut Context<'_, 'i>, name: &Value) -> Result<&'i std::path::Path, Control> {
    name.as_str().and_then(|name| context.module_directory(name)).ok_or_else(|| {
        let environment = context.environment();
        format!("Could not find module {} in environment {environment}", ruby_to_s(name)).into()
    })
}

/// `load_module_metadata` as stdlib 8 has it. Under Puppet 8 it fails, since the library it reads with is gone.
pub(super) const LOAD_MODULE_METADATA_8: Legacy =
    Legacy::value("load_module_metadata", -1, |context, arguments| {
        metadata(context, arguments, |_| Err(super::files::no_pson()))
    });

/// The content of a module's `metadata.json`; an empty hash if there is none and the second argument is true.
pub(super) const LOAD_MODULE_METADATA: Legacy =
    Legacy::value("load_module_metadata", -1, |context, arguments| {
        metadata(context, arguments, super::parse::json)
    });

fn metadata(
    context: &mut Context<'_, '_>,
    arguments: &[Value],
    parse: fn(&str) -> Result<Value, Control>,
) -> Result<Value, Control> {
    let (name, allow_empty) = match arguments {
        [name] => (name, false),
        [name, allow_empty] => (name, allow_empty.is_true()),
        _ => return Err("load_module_metadata(): Wrong number of arguments, expects one or two".into()),
    };
    let path = module_path(context, name)?.join("metadata.json");
    match context.read_file(&path) {
        Ok(bytes) => parse(&String::from_utf8_lossy(&bytes)),
        Err(_) if allow_empty => Ok(pcore::Hash::new().into()),
        Err(_) => {
            let name = ruby_to_s(name);
            Err(format!("load_module_metadata(): No metadata.json file for module {name}").into())
        }
    }
}
