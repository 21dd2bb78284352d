//! Functions of other modules than stdlib that are written in Ruby there: those which are used much, and all of the
//! modules in Debian that need nothing but their arguments, facts and files.
//!
//! As with stdlib, one exists where the module has the file that defines it. To add one: a constant in the file of its
//! module, a line in the list there (and the list in [`super::OF_MODULES`]), and cases in `tests/stdlib`.

pub(super) mod apache;
pub(super) mod archive;
pub(super) mod consul;
pub(super) mod docker;
pub(super) mod extlib;
pub(super) mod haproxy;
pub(super) mod mysql;
pub(super) mod neutron;
pub(super) mod openstack;
pub(super) mod openstacklib;
pub(super) mod postgresql;
pub(super) mod puppet_agent;
pub(super) mod small;
pub(super) mod ssh;

use pcore::Value;

use super::{Legacy, Native, OfModule};
use crate::context::Context;
use crate::error::Control;

/// All versions of a module.
const fn all(
    module: &'static str,
    native: &'static [&'static Native],
    legacy: &'static [&'static Legacy],
) -> OfModule {
    OfModule { module, versions: 0..=u64::MAX, native, legacy }
}

/// Calls stdlib's `deprecation`, and then the function that has taken over.
fn call_instead(
    context: &mut Context<'_, '_>,
    arguments: &[Value],
    kind: &str,
    instead: &str,
) -> Result<Value, Control> {
    let key = context.name();
    let text = format!("This {kind} is deprecated, please use {instead} instead.");
    context.call_function("deprecation", vec![key.into(), text.into()], false)?;
    context.call_function(instead, arguments.to_vec(), false)
}

/// The text inside of a value that may be Sensitive.
fn opened(value: &Value) -> &Value {
    match value {
        Value::Sensitive(inner) => inner,
        other => other,
    }
}

/// The value as Sensitive, if that is asked for.
fn closed(value: Value, sensitive: Option<&Value>) -> Value {
    if sensitive.is_some_and(Value::is_true) { Value::sensitive(value) } else { value }
}
