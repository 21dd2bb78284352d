//! The functions of the module stdlib.
//!
//! They exist where the module has the files that define them, so that an environment with stdlib 8 has the functions
//! of stdlib 8, and one with stdlib 9 those of stdlib 9. Where a function of that name behaves differently from one
//! version to another, there are two here, in [`BEFORE_9`] and [`SINCE_9`]. Functions of stdlib that Puppet itself
//! has by the same name (`flatten`, `sort`, ...) are not here, since Puppet's own come first.
//!
//! Most are of the older interface: they check their arguments by hand, and their texts (`x(): Wrong number of
//! arguments given (0 for 1)`) are part of what modules see. Some fail by accident of Ruby's when arguments are
//! wrong; they fail here with the same text.
//!
//! To add one: a file or a place by theme, a constant with the reference text as its doc comment, a line in one of the
//! three lists below, and cases in `tests/stdlib`, whose results come from the original.

mod arguments;
mod arrays;
mod base64;
mod booleans;
mod checks;
mod choice;
mod crypt;
mod deprecated;
mod escapes;
mod facts;
mod files;
mod hashes;
mod json;
mod json_place;
mod kinds;
mod members;
mod merge;
mod network;
mod notations;
mod numbers;
mod parse;
mod paths;
mod random;
mod range;
mod resources;
mod secrets;
mod selection;
mod strings;
mod validate;

use super::{Legacy, OfModule};
use crate::error::Control;
use pcore::Value;

pub(super) use arguments::fits;
pub(super) use numbers::size_parts;
pub(super) use parse::json as parse_json;

/// A value as JSON without blanks, as Ruby writes it.
pub(super) fn to_json(value: &Value) -> Result<String, Control> {
    json::compact(value)
}

/// What all versions have.
pub(super) const ALL: OfModule = OfModule {
    module: "stdlib",
    versions: 0..=u64::MAX,
    native: &[
        &facts::FACT,
        &kinds::IS_A,
        &network::IP_IN_RANGE,
        &paths::EXTNAME,
        &resources::STR2RESOURCE,
        &strings::END_WITH,
        &strings::START_WITH,
        &strings::XML_ENCODE,
    ],
    legacy: &[
        &arrays::ANY2ARRAY,
        &arrays::CONCAT,
        &arrays::PREFIX,
        &arrays::REVERSE,
        &arrays::SHUFFLE,
        &arrays::SUFFIX,
        &arrays::ZIP,
        &base64::BASE64,
        &booleans::ANY2BOOL,
        &booleans::BOOL2NUM,
        &booleans::BOOL2STR,
        &booleans::NUM2BOOL,
        &booleans::STR2BOOL,
        &checks::PRY,
        &checks::VALIDATE_AUGEAS,
        &checks::VALIDATE_CMD,
        &checks::VALIDATE_X509_RSA_KEY_PAIR,
        &choice::PICK,
        &choice::PICK_DEFAULT,
        &facts::ASSERT_PRIVATE,
        &files::GLOB,
        &hashes::DEEP_MERGE,
        &hashes::JOIN_KEYS_TO_VALUES,
        &members::COUNT,
        &members::DIFFERENCE,
        &members::INTERSECTION,
        &members::MEMBER,
        &members::UNION,
        &network::ENCLOSE_IPV6,
        &numbers::CLAMP,
        &numbers::CONVERT_BASE,
        &numbers::TO_BYTES,
        &parse::PARSEJSON,
        &parse::PARSEYAML,
        &paths::BASENAME,
        &paths::DIRNAME,
        &paths::GET_MODULE_PATH,
        &random::FQDN_UUID,
        &range::RANGE,
        &resources::DEFINED_WITH_PARAMS,
        &resources::ENSURE_RESOURCE,
        &resources::ENSURE_RESOURCES,
        &resources::GETPARAM,
        &secrets::STR2SALTEDPBKDF2,
        &secrets::STR2SALTEDSHA512,
        &selection::DELETE,
        &selection::DELETE_AT,
        &selection::DELETE_REGEX,
        &selection::DELETE_UNDEF_VALUES,
        &selection::DELETE_VALUES,
        &selection::GREP,
        &selection::REJECT,
        &selection::VALUES_AT,
        &strings::DOS2UNIX,
        &strings::REGEXPESCAPE,
        &strings::SHELL_JOIN,
        &strings::SHELL_SPLIT,
        &strings::SQUEEZE,
        &strings::SWAPCASE,
        &strings::UNIX2DOS,
    ],
};

/// What only versions before 9 have, or have differently.
pub(super) const BEFORE_9: OfModule = OfModule {
    module: "stdlib",
    versions: 0..=8,
    native: &[
        &checks::SPRINTF_HASH,
        &deprecated::DEPRECATION_8,
        &escapes::BATCH_ESCAPE_8,
        &escapes::POWERSHELL_ESCAPE_8,
        &escapes::SHELL_ESCAPE_8,
        &facts::OS_VERSION_GTE_8,
        &json::TO_JSON_8,
        &json::TO_JSON_PRETTY_8,
        &kinds::IS_ABSOLUTE_PATH,
        &kinds::IS_ARRAY,
        &kinds::IS_BOOL,
        &kinds::IS_FLOAT,
        &kinds::IS_IP_ADDRESS,
        &kinds::IS_IPV4_ADDRESS,
        &kinds::IS_IPV6_ADDRESS,
        &kinds::IS_NUMERIC,
        &kinds::IS_STRING,
        &kinds::TYPE_OF_8,
        &merge::MERGE_8,
        &notations::TO_PYTHON_8,
        &notations::TO_RUBY_8,
        &notations::TO_TOML_8,
        &notations::TO_YAML_8,
        &parse::PARSEHOCON_8,
        &parse::PARSEPSON_8,
        &random::SEEDED_RAND_STRING_8,
        &resources::ENSURE_PACKAGES_8,
        &validate::VALIDATE_ABSOLUTE_PATH,
        &validate::VALIDATE_ARRAY,
        &validate::VALIDATE_BOOL,
        &validate::VALIDATE_HASH,
        &validate::VALIDATE_INTEGER,
        &validate::VALIDATE_IP_ADDRESS,
        &validate::VALIDATE_IPV4_ADDRESS,
        &validate::VALIDATE_IPV6_ADDRESS,
        &validate::VALIDATE_LEGACY_8,
        &validate::VALIDATE_NUMERIC,
        &validate::VALIDATE_RE,
        &validate::VALIDATE_SLENGTH,
        &validate::VALIDATE_STRING,
    ],
    legacy: &[
        &escapes::URIESCAPE_8,
        &facts::IS_FUNCTION_AVAILABLE,
        &facts::TIME_8,
        &files::LOADJSON_8,
        &files::LOADYAML_8,
        &hashes::DIG44,
        &hashes::HASH,
        &hashes::HAS_KEY,
        &hashes::TRY_GET_VALUE,
        &kinds::IS_ARRAY_3X,
        &kinds::IS_BOOL_3X,
        &kinds::IS_FLOAT_3X,
        &kinds::IS_HASH,
        &kinds::IS_INTEGER,
        &kinds::IS_IP_ADDRESS_3X,
        &kinds::IS_IPV4_ADDRESS_3X,
        &kinds::IS_IPV6_ADDRESS_3X,
        &kinds::IS_NUMERIC_3X,
        &kinds::IS_STRING_3X,
        &kinds::TYPE3X,
        &network::HAS_INTERFACE_WITH_8,
        &network::HAS_IP_ADDRESS_8,
        &network::HAS_IP_NETWORK_8,
        &network::IS_DOMAIN_NAME,
        &network::IS_EMAIL_ADDRESS,
        &network::IS_MAC_ADDRESS,
        &network::VALIDATE_DOMAIN_NAME_8,
        &network::VALIDATE_EMAIL_ADDRESS_8,
        &paths::IS_ABSOLUTE_PATH,
        &paths::LOAD_MODULE_METADATA_8,
        &paths::VALIDATE_ABSOLUTE_PATH,
        &random::FQDN_RAND_STRING_8,
        &random::FQDN_ROTATE_8,
        &random::SEEDED_RAND_8,
        &secrets::PW_HASH_8,
        &validate::VALIDATE_ARRAY_3X,
        &validate::VALIDATE_BOOL_3X,
        &validate::VALIDATE_HASH_3X,
        &validate::VALIDATE_INTEGER_3X,
        &validate::VALIDATE_IP_ADDRESS_3X,
        &validate::VALIDATE_IPV4_ADDRESS_3X,
        &validate::VALIDATE_IPV6_ADDRESS_3X,
        &validate::VALIDATE_NUMERIC_3X,
        &validate::VALIDATE_RE_3X,
        &validate::VALIDATE_SLENGTH_3X,
        &validate::VALIDATE_STRING_3X,
    ],
};

/// What only versions since 9 have, or have differently.
pub(super) const SINCE_9: OfModule = OfModule {
    module: "stdlib",
    versions: 9..=u64::MAX,
    native: &[
        &checks::VALIDATE_DOMAIN_NAME,
        &checks::VALIDATE_EMAIL_ADDRESS,
        &deprecated::BATCH_ESCAPE,
        &deprecated::DEPRECATION,
        &deprecated::ENSURE_PACKAGES,
        &deprecated::FQDN_RAND_STRING,
        &deprecated::FQDN_ROTATE,
        &deprecated::HAS_INTERFACE_WITH,
        &deprecated::HAS_IP_ADDRESS,
        &deprecated::HAS_IP_NETWORK,
        &deprecated::MERGE,
        &deprecated::OS_VERSION_GTE,
        &deprecated::PARSEHOCON,
        &deprecated::POWERSHELL_ESCAPE,
        &deprecated::SEEDED_RAND,
        &deprecated::SEEDED_RAND_STRING,
        &deprecated::SHELL_ESCAPE,
        &deprecated::TIME,
        &deprecated::TO_JSON,
        &deprecated::TO_JSON_PRETTY,
        &deprecated::TO_PYTHON,
        &deprecated::TO_RUBY,
        &deprecated::TO_TOML,
        &deprecated::TO_YAML,
        &deprecated::TYPE_OF,
        &deprecated::VALIDATE_DOMAIN_NAME,
        &deprecated::VALIDATE_EMAIL_ADDRESS,
        &escapes::BATCH_ESCAPE,
        &escapes::POWERSHELL_ESCAPE,
        &escapes::SHELL_ESCAPE,
        &facts::HAS_FUNCTION,
        &facts::OS_VERSION_GTE,
        &facts::REWRAP_SENSITIVE_DATA,
        &json::TO_JSON,
        &json::TO_JSON_PRETTY,
        &kinds::TYPE_OF,
        &merge::MERGE,
        &merge::NESTED_VALUES,
        &merge::SORT_BY,
        &network::HAS_INTERFACE_WITH,
        &notations::TO_PYTHON,
        &notations::TO_RUBY,
        &notations::TO_TOML,
        &notations::TO_YAML,
        &parse::PARSEHOCON,
        &parse::PARSEPSON,
        &random::FQDN_RAND_STRING,
        &random::FQDN_ROTATE,
        &random::SEEDED_RAND,
        &random::SEEDED_RAND_STRING,
        &resources::ENSURE_PACKAGES,
        &secrets::CRC32,
        &secrets::SHA256,
        &validate::VALIDATE_LEGACY,
    ],
    legacy: &[
        &escapes::URIESCAPE,
        &files::LOADJSON,
        &files::LOADYAML,
        &paths::LOAD_MODULE_METADATA,
        &secrets::PW_HASH,
    ],
};

/// The function of the older interface with this name, in any version: `validate_legacy` calls by name.
fn legacy(name: &str) -> Option<&'static Legacy> {
    let of_module = [&ALL, &BEFORE_9].into_iter().flat_map(|group| group.legacy);
    of_module.chain(super::LEGACY).copied().find(|legacy| legacy.name == name)
}
