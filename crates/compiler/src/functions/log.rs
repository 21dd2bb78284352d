//! `alert`, `crit`, `debug`, `emerg`, `err`, `info`, `notice`, `warning`: messages of a compile.

use pcore::Value;
use pcore::format::to_s;

use super::{Native, Overload};
use crate::log::Level;

macro_rules! function {
    ($name:literal, $level:expr) => {
        Native {
            name: $name,
            local_types: &[],
            overloads: &[Overload::new("(Any *$values) >> Undef", |context, arguments| {
                context.log($level, message(arguments));
                Ok(Value::Undef)
            })],
        }
    };
}

/// Logs its arguments on the server, at level alert.
pub(super) const ALERT: Native = function!("alert", Level::Alert);

/// Logs its arguments on the server, at level critical.
pub(super) const CRIT: Native = function!("crit", Level::Crit);

/// Logs its arguments on the server, at level debug.
pub(super) const DEBUG: Native = function!("debug", Level::Debug);

/// Logs its arguments on the server, at level emergency.
pub(super) const EMERG: Native = function!("emerg", Level::Emerg);

/// Logs its arguments on the server, at level error. The compile goes on.
pub(super) const ERR: Native = function!("err", Level::Err);

/// Logs its arguments on the server, at level info.
pub(super) const INFO: Native = function!("info", Level::Info);

/// Logs its arguments on the server, at level notice.
///
/// ```puppet
/// notice('hello', $facts['os']['name']) # hello Debian
/// ```
pub(super) const NOTICE: Native = function!("notice", Level::Notice);

/// Logs its arguments on the server, at level warning.
pub(super) const WARNING: Native = function!("warning", Level::Warning);

fn message(arguments: &[Value]) -> String {
    match arguments {
        [only] => to_s(only),
        several => several.iter().map(to_s).collect::<Vec<_>>().join(" "),
    }
}
