//! `fail`

use pcore::format::ruby_to_s;
use pcore::{Type, Value};

use super::Legacy;
use crate::resource::capitalised;

/// Ends the compile with an error. The arguments, joined with blanks, are its text.
///
/// ```puppet
/// fail("unsupported: ${facts['os']['name']}")
/// ```
pub(super) const FUNCTION: Legacy = Legacy {
    name: "fail",
    arity: -1,
    statement: true,
    body: |_, arguments| {
        let texts: Vec<String> = arguments.iter().map(text).collect();
        Err(texts.join(" ").into())
    },
};

/// A reference is a resource here, and shown as such.
fn text(value: &Value) -> String {
    match value {
        Value::Type(Type::Class(Some(name))) => format!("Class[{}]", capitalised(name)),
        Value::Type(Type::Resource(reference)) => {
            let ty = capitalised(reference.type_name.as_deref().unwrap_or_default());
            format!("{ty}[{}]", reference.title.as_deref().unwrap_or_default())
        }
        other => ruby_to_s(other),
    }
}
