//! `deprecation`, and the names that stdlib 9 keeps for functions which are called `stdlib::...` there.

use pcore::Value;

use crate::Strict;
use crate::context::Context;
use crate::error::Control;
use crate::functions::{Native, Overload};

/// Says once for a key that something is deprecated, and where it was called; under `strict=error` it fails.
pub(super) const DEPRECATION_8: Native = Native {
    name: "deprecation",
    local_types: &[],
    overloads: &[Overload::new("(String $key, String $message)", of_arguments)],
};

/// Says once for a key that something is deprecated, and where it was called; under `strict=error` it fails, unless the
/// third argument is false.
pub(super) const DEPRECATION: Native = Native {
    name: "deprecation",
    local_types: &[],
    overloads: &[Overload::new(
        "(String $key, String $message, [Boolean $use_strict_setting])",
        of_arguments,
    )],
};

fn of_arguments(context: &mut Context<'_, '_>, arguments: &[Value]) -> Result<Value, Control> {
    let text = |at: usize| arguments.get(at).and_then(Value::as_str).unwrap_or_default();
    let use_strict = arguments.get(2) != Some(&Value::Bool(false));
    deprecation(context, text(0), text(1), use_strict)?;
    Ok(Value::Undef)
}

/// What the function does.
pub(super) fn deprecation(
    context: &mut Context<'_, '_>,
    key: &str,
    message: &str,
    use_strict: bool,
) -> Result<(), Control> {
    let [called, before] = context.call_places();
    let message = format!("{message} at {called}:{before}");
    match context.strict() {
        Strict::Off if use_strict => Ok(()),
        Strict::Error if use_strict => Err(format!("deprecation. {key}. {message}").into()),
        _ => {
            context.warn_once_for(key, &message);
            Ok(())
        }
    }
}

/// A function that warns and calls `stdlib::` and its name.
macro_rules! renamed {
    ($($constant:ident $name:literal)*) => {
        $(
            #[doc = concat!("The function `stdlib::", $name, "` by its old name; warns once.")]
            pub(super) const $constant: Native = Native {
                name: $name,
                local_types: &[],
                overloads: &[Overload::new("(Any *$args)", call_renamed)],
            };
        )*
    };
}

renamed! {
    BATCH_ESCAPE "batch_escape"
    ENSURE_PACKAGES "ensure_packages"
    FQDN_RAND_STRING "fqdn_rand_string"
    FQDN_ROTATE "fqdn_rotate"
    HAS_INTERFACE_WITH "has_interface_with"
    HAS_IP_ADDRESS "has_ip_address"
    HAS_IP_NETWORK "has_ip_network"
    OS_VERSION_GTE "os_version_gte"
    PARSEHOCON "parsehocon"
    POWERSHELL_ESCAPE "powershell_escape"
    SEEDED_RAND "seeded_rand"
    SEEDED_RAND_STRING "seeded_rand_string"
    SHELL_ESCAPE "shell_escape"
    TO_JSON "to_json"
    TO_JSON_PRETTY "to_json_pretty"
    TO_PYTHON "to_python"
    TO_RUBY "to_ruby"
    TO_TOML "to_toml"
    TO_YAML "to_yaml"
    TYPE_OF "type_of"
    VALIDATE_DOMAIN_NAME "validate_domain_name"
    VALIDATE_EMAIL_ADDRESS "validate_email_address"
}

/// The function `stdlib::merge` by its old name; warns once.
pub(super) const MERGE: Native = Native {
    name: "merge",
    local_types: &[],
    overloads: &[Overload::new("(Any *$args, [&Variant[Callable[2,2], Callable[3,3]]])", call_renamed)],
};

/// Seconds since 1970. Use `Integer(Timestamp().strftime('%s'))`.
pub(super) const TIME: Native = Native {
    name: "time",
    local_types: &[],
    overloads: &[Overload::new("(Any *$args)", |context, arguments| {
        context.call_function("stdlib::time", arguments.to_vec(), false)
    })],
};

fn call_renamed(context: &mut Context<'_, '_>, arguments: &[Value]) -> Result<Value, Control> {
    let name = context.name();
    let text = format!("This function is deprecated, please use stdlib::{name} instead.");
    deprecation(context, name, &text, false)?;
    context.call_function(&format!("stdlib::{name}"), arguments.to_vec(), true)
}
