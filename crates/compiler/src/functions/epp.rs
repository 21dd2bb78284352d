//! `epp`, `inline_epp`

use pcore::Value;

use super::{Native, Overload};

/// Renders an EPP template of a module (`module/file`, in its folder `templates`) or at an absolute path. The hash gives
/// its parameters.
///
/// ```puppet
/// epp('apache/vhost.conf.epp', { 'port' => 80 })
/// ```
///
/// The template sees its parameters and the variables of the top scope. If it renders a Sensitive value, the result
/// is Sensitive.
pub(super) const EPP: Native = Native {
    name: "epp",
    local_types: &[],
    overloads: &[Overload::new(
        "(String $path, [Hash[Pattern[/^\\w+$/], Any] $parameters]) >> Variant[String, Sensitive[String]]",
        |context, arguments| {
            let path = arguments.first().and_then(Value::as_str).unwrap_or_default();
            let extension = if path.ends_with(".epp") { "" } else { ".epp" };
            context.debug(|| format!("Retrieving epp template {path}{extension}"));
            context.epp(path, arguments.get(1).and_then(Value::as_hash))
        },
    )],
};

/// Renders a string as an EPP template. The hash gives its parameters.
///
/// ```puppet
/// inline_epp('port=<%= $port %>')
/// inline_epp('<%- | $port | -%>port=<%= $port %>', { 'port' => 80 })
/// ```
///
/// The template sees the variables of the caller.
pub(super) const INLINE_EPP: Native = Native {
    name: "inline_epp",
    local_types: &[],
    overloads: &[Overload::new(
        "(String $template, [Hash[Pattern[/^\\w+$/], Any] $parameters]) >> Variant[String, Sensitive[String]]",
        |context, arguments| {
            let template = arguments.first().and_then(Value::as_str).unwrap_or_default();
            context.inline_epp(template, arguments.get(1).and_then(Value::as_hash))
        },
    )],
};
