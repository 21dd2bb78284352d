//! The module apache.

use pcore::Value;
use pcore::format::ruby_to_s;
use sha1::{Digest, Sha1};

use super::{all, call_instead};
use crate::error::Control;
use crate::functions::ruby::{self, base64};
use crate::functions::{Native, OfModule, Overload};

pub(in crate::functions) const APACHE: OfModule = all(
    "apache",
    &[&APACHE_PW_HASH, &AUTHZ_CORE_CONFIG, &BOOL2HTTPD, &OLD_BOOL2HTTPD, &OLD_PW_HASH, &PW_HASH],
    &[],
);

/// `On` for true and texts with `true` in them, `Off` for false, undef and texts with `false`, else the text.
const BOOL2HTTPD: Native = Native {
    name: "apache::bool2httpd",
    local_types: &[],
    overloads: &[Overload::new("(Any $arg)", |_, arguments| {
        let has = |text: &str, word: &str| text.to_ascii_lowercase().contains(word);
        Ok(match arguments.first().unwrap_or(&Value::Undef) {
            Value::Undef | Value::Bool(false) => "Off".into(),
            Value::Str(text) if has(text, "false") => "Off".into(),
            Value::Bool(true) => "On".into(),
            Value::Str(text) if has(text, "true") => "On".into(),
            other => ruby_to_s(other).into(),
        })
    })],
};

/// A password as `htpasswd` writes it: `{SHA}` and the SHA-1 in Base64.
const PW_HASH: Native = Native {
    name: "apache::pw_hash",
    local_types: &[],
    overloads: &[Overload::new("(String[1] $password) >> String", |_, arguments| {
        let password = arguments.first().and_then(Value::as_str).unwrap_or_default();
        Ok(format!("{{SHA}}{}", base64::encode_strict(&Sha1::digest(password.as_bytes()))).into())
    })],
};

/// `apache::pw_hash` by an older name.
const APACHE_PW_HASH: Native = Native {
    name: "apache::apache_pw_hash",
    local_types: &[],
    overloads: &[Overload::new("(Any *$args)", |context, arguments| {
        call_instead(context, arguments, "function", "apache::pw_hash")
    })],
};

/// `apache::pw_hash` by its oldest name.
const OLD_PW_HASH: Native = Native {
    name: "apache_pw_hash",
    local_types: &[],
    overloads: &[Overload::new("(Any *$args)", |context, arguments| {
        call_instead(context, arguments, "function", "apache::pw_hash")
    })],
};

/// `apache::bool2httpd` by its old name.
const OLD_BOOL2HTTPD: Native = Native {
    name: "bool2httpd",
    local_types: &[],
    overloads: &[Overload::new("(Any *$args)", |context, arguments| {
        call_instead(context, arguments, "function", "apache::bool2httpd")
    })],
};

/// Lines of directives and blocks (`require_all` becomes `RequireAll`) from nested hashes with arrays in them.
const AUTHZ_CORE_CONFIG: Native = Native {
    name: "apache::authz_core_config",
    local_types: &[],
    overloads: &[Overload::new("(Hash $config) >> Array", |_, arguments| {
        let mut lines = Vec::new();
        push_directives(arguments.first().unwrap_or(&Value::Undef), 1, &mut lines)?;
        Ok(lines.into())
    })],
};

fn push_directives(config: &Value, depth: usize, lines: &mut Vec<Value>) -> Result<(), Control> {
    let indent = "  ".repeat(depth);
    for (name, value) in config.as_hash().into_iter().flat_map(pcore::Hash::iter) {
        let Value::Str(name) = name else { return Err(ruby::no_method("split", name).into()) };
        let directive: String = name.split('_').map(ruby::string::capitalize).collect();
        match value {
            Value::Hash(_) => {
                lines.push(format!("{indent}<{directive}>").into());
                push_directives(value, depth + 1, lines)?;
                lines.push(format!("{indent}</{directive}>").into());
            }
            Value::Array(items) => {
                lines.extend(
                    items.iter().map(|item| format!("{indent}{directive} {}", ruby_to_s(item)).into()),
                );
            }
            other => return Err(ruby::no_method("map", other).into()),
        }
    }
    Ok(())
}
