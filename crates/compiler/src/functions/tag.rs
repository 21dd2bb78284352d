//! `tag`, `tagged`

use pcore::Value;

use super::Legacy;

/// Adds tags to the calling class or define, and with it to what that declares.
///
/// ```puppet
/// tag('web', 'frontend')
/// ```
pub(super) const TAG: Legacy = Legacy {
    name: "tag",
    arity: -2,
    statement: true,
    body: |context, arguments| {
        context.tag(arguments)?;
        Ok(Value::Undef)
    },
};

/// True if the calling class or define, or the catalog, has all of the tags.
///
/// ```puppet
/// if tagged('web') { ... }
/// ```
pub(super) const TAGGED: Legacy = Legacy {
    name: "tagged",
    arity: -2,
    statement: false,
    body: |context, arguments| Ok(context.has_tags(arguments)?.into()),
};
