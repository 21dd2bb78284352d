//! `realize`

use pcore::Value;

use super::Legacy;

/// Makes virtual resources real.
///
/// ```puppet
/// @user { 'luke': }
/// realize(User['luke'])
/// ```
pub(super) const FUNCTION: Legacy = Legacy {
    name: "realize",
    arity: -2,
    statement: true,
    body: |context, arguments| {
        context.realize(arguments)?;
        Ok(Value::Undef)
    },
};
