//! `file`, `binary_file`, `find_file`, `find_template`, `module_directory`

use std::path::PathBuf;

use pcore::format::to_s;
use pcore::{Str, Value};

use super::{Legacy, Native, Overload};
use crate::context::Context;
use crate::error::Control;

/// The content of the first of several files that exists: `module/file` in the folder `files` of a module, or an
/// absolute path on the server.
///
/// ```puppet
/// file('mysql/my.cnf', '/etc/my.cnf')
/// ```
///
/// The content must be UTF-8; use `binary_file` for anything else.
pub(super) const FILE: Legacy = Legacy {
    name: "file",
    arity: -2,
    statement: false,
    body: |context, arguments| {
        for argument in arguments {
            if let Some(path) = context.find_file("files", &to_s(argument)) {
                let bytes = read(context, &path)?;
                return match String::from_utf8(bytes) {
                    Ok(text) => Ok(text.into()),
                    Err(_) => Err(format!(
                        "file(): {} is not UTF-8; use binary_file() for binary content",
                        path.display()
                    )
                    .into()),
                };
            }
        }
        let names: Vec<String> = arguments.iter().map(to_s).collect();
        Err(format!("Could not find any files from {}", names.join(", ")).into())
    },
};

/// The content of a file as Binary: `module/file` in the folder `files` of a module, or an absolute path on the server.
pub(super) const BINARY_FILE: Native = Native {
    name: "binary_file",
    local_types: &[],
    overloads: &[Overload::new("(String $path)", |context, arguments| {
        let name = arguments.first().and_then(Value::as_str).unwrap_or_default();
        match context.find_file("files", name) {
            Some(path) => Ok(Value::Binary(read(context, &path)?.into())),
            None => Err(format!("binary_file(): The given file '{name}' does not exist").into()),
        }
    })],
};

/// The path of the first of several files that exists, or `undef`: `module/file` in the folder `files` of a module, or
/// an absolute path on the server.
pub(super) const FIND_FILE: Native = Native {
    name: "find_file",
    local_types: &[],
    overloads: &[
        Overload::new("(String *$paths)", |context, arguments| find(context, "files", arguments)),
        Overload::new("(Array[String] *$paths_array)", |context, arguments| {
            find(context, "files", only_array(arguments)?)
        }),
    ],
};

/// The path of the first of several templates that exists, or `undef`: `module/file` in the folder `templates` of a
/// module, or an absolute path on the server.
pub(super) const FIND_TEMPLATE: Native = Native {
    name: "find_template",
    local_types: &[],
    overloads: &[
        Overload::new("(String *$paths)", |context, arguments| find(context, "templates", arguments)),
        Overload::new("(Array[String] *$paths_array)", |context, arguments| {
            find(context, "templates", only_array(arguments)?)
        }),
    ],
};

/// The folder of the first of several modules that exists, or `undef`.
pub(super) const MODULE_DIRECTORY: Native = Native {
    name: "module_directory",
    local_types: &[],
    overloads: &[
        Overload::new("(String *$names)", |context, arguments| Ok(module_directory(context, arguments))),
        Overload::new("(Array[String] *$names)", |context, arguments| {
            Ok(module_directory(context, only_array(arguments)?))
        }),
    ],
};

/// Puppet's signature allows several arrays, and its code then fails.
fn only_array(arguments: &[Value]) -> Result<&[Value], Control> {
    match arguments {
        [names] => Ok(names.as_array().unwrap_or_default()),
        more => Err(format!("wrong number of arguments (given {}, expected 2)", more.len() + 1).into()),
    }
}

fn find(context: &mut Context<'_, '_>, folder: &str, names: &[Value]) -> Result<Value, Control> {
    let mut names = names.iter().filter_map(Value::as_str);
    Ok(names.find_map(|name| context.find_file(folder, name)).map(path_text).into())
}

fn module_directory(context: &mut Context<'_, '_>, names: &[Value]) -> Value {
    let mut names = names.iter().filter_map(Value::as_str);
    names.find_map(|name| context.module_directory(name)).map(|path| path_text(path.to_owned())).into()
}

fn path_text(path: PathBuf) -> Str {
    path.to_string_lossy().into_owned().into()
}

fn read(context: &mut Context<'_, '_>, path: &std::path::Path) -> Result<Vec<u8>, Control> {
    context.read_file(path).map_err(|error| format!("Could not read {}: {error}", path.display()).into())
}
