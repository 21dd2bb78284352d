//! `generate`

use std::path::Path;
use std::time::Duration;

use pcore::Value;
use pcore::format::to_s;

use super::{Legacy, collections};
use crate::context::Context;
use crate::error::Control;

/// Longest run of a command.
const TIME_MAX: Duration = Duration::from_secs(300);

/// Runs a command on the server, in its own folder and without a shell, and gives all that it writes.
///
/// ```puppet
/// generate('/usr/local/bin/serial', $trusted['certname'])
/// ```
///
/// The command is an absolute path of letters, digits, dashes, dots and slashes, without `..`. A command that fails ends
/// the compile.
pub(super) const FUNCTION: Legacy = Legacy { name: "generate", arity: -2, statement: false, body: generate };

fn generate(context: &mut Context<'_, '_>, arguments: &[Value]) -> Result<Value, Control> {
    let mut words = Vec::with_capacity(arguments.len());
    collections::push_flat(arguments, &mut words);
    let command: Vec<String> = words.iter().map(to_s).collect();
    let name = command.first().map(String::as_str).unwrap_or_default();
    if !name.starts_with('/') {
        return Err("Generators must be fully qualified".into());
    }
    let is_allowed = |c: char| c.is_ascii_alphanumeric() || matches!(c, '-' | '/' | '_' | '.' | '+');
    if !name.chars().all(is_allowed) {
        return Err("Generators can only contain alphanumerics, file separators, and dashes".into());
    }
    if name.contains("..") {
        return Err("Can not use generators with '..' in them.".into());
    }
    let folder = Path::new(name).parent().unwrap_or(Path::new("/"));
    if !context.world().exists(folder) {
        return Err(format!("Working directory {} does not exist!", folder.display()).into());
    }
    context.mark_impure();
    match context.world().run(&command, Some(folder), TIME_MAX) {
        Ok(output) => Ok(String::from_utf8_lossy(&output).into_owned().into()),
        Err(detail) => Err(format!("Failed to execute generator {name}: {detail}").into()),
    }
}
