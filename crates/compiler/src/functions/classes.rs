//! `include`, `contain`, `require`: declaring classes.

use super::{Native, Overload};

/// Declares classes and evaluates them, unless that has happened already. Gives references to them.
///
/// ```puppet
/// include apache
/// include('apache', Class['mysql'], $more_classes)
/// ```
pub(super) const INCLUDE: Native = Native {
    name: "include",
    local_types: &[],
    overloads: &[Overload::new("(Any +$names)", |context, arguments| Ok(context.include(arguments)?.into()))],
};

/// Includes classes and makes the calling class or define contain them: what waits for the caller waits for them too.
///
/// ```puppet
/// contain apache
/// ```
pub(super) const CONTAIN: Native = Native {
    name: "contain",
    local_types: &[],
    overloads: &[Overload::new("(Any +$names)", |context, arguments| Ok(context.contain(arguments)?.into()))],
};

/// Includes classes and makes the calling class or define require them: they are applied before it.
///
/// ```puppet
/// require apache
/// ```
pub(super) const REQUIRE: Native = Native {
    name: "require",
    local_types: &[],
    overloads: &[Overload::new("(Any +$names)", |context, arguments| Ok(context.require(arguments)?.into()))],
};
