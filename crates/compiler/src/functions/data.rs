//! `yaml_data`, `json_data`, `hocon_data`, `eyaml_lookup_key`: what Hiera calls by itself, for functions that build on
//! them.

use std::path::Path;

use pcore::Value;

use super::{Native, Overload};
use crate::Strict;
use crate::context::Context;
use crate::error::{Control, Error};

/// The signatures that the data functions share.
macro_rules! overloads {
    () => {
        &[
            Overload::new("(Struct[{path=>String[1]}] $options, Puppet::LookupContext $context)", data),
            Overload::mismatch("(Hash $options, Puppet::LookupContext $context)", |_, _| {
                Ok("one of 'path', 'paths' 'glob', 'globs' or 'mapped_paths' must be declared in hiera.yaml when using \
                    this data_hash function"
                    .into())
            }),
        ]
    };
}

/// The content of a YAML file as Hiera reads it. A function for `data_hash` in `hiera.yaml`.
pub(super) const YAML_DATA: Native = Native { name: "yaml_data", local_types: &[], overloads: overloads!() };

/// The content of a JSON file as Hiera reads it. A function for `data_hash` in `hiera.yaml`.
pub(super) const JSON_DATA: Native = Native { name: "json_data", local_types: &[], overloads: overloads!() };

/// The content of a HOCON file as Hiera reads it. A function for `data_hash` in `hiera.yaml`.
pub(super) const HOCON_DATA: Native =
    Native { name: "hocon_data", local_types: &[], overloads: overloads!() };

/// Would decrypt a value of a YAML file. It takes the library hiera-eyaml.
pub(super) const EYAML_LOOKUP_KEY: Native = Native {
    name: "eyaml_lookup_key",
    local_types: &[],
    overloads: &[Overload::new(
        "(String[1] $key, Hash[String[1],Any] $options, Puppet::LookupContext $context)",
        |_, _| {
            let text = "Lookup using eyaml lookup_key function is only supported when the hiera_eyaml library is present";
            Err(Error::complete(text).into())
        },
    )],
};

fn data(context: &mut Context<'_, '_>, arguments: &[Value]) -> Result<Value, Control> {
    let options = arguments.first().and_then(Value::as_hash);
    let path = options.and_then(|options| options["path"].as_str()).unwrap_or_default();
    let bytes = context
        .read_file(Path::new(path))
        .map_err(|error| Error::complete(format!("Unable to read ({path}): {error}")))?;
    let strict = match context.session.image.options.strict {
        Strict::Off => hiera::Strict::Off,
        Strict::Warning => hiera::Strict::Warning,
        Strict::Error => hiera::Strict::Error,
    };
    match hiera::read_data(context.name(), path, &String::from_utf8_lossy(&bytes), strict) {
        None => Ok(Value::Undef),
        Some(Err(error)) => Err(Error::complete(error.message).into()),
        Some(Ok((value, warning))) => {
            if let Some(warning) = warning {
                context.warn_once(&warning);
            }
            Ok(value)
        }
    }
}
