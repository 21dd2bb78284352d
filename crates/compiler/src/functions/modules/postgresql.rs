//! The module postgresql.

use hmac::{Hmac, KeyInit, Mac};
use md5::{Digest, Md5};
use pcore::format::ruby_to_s;
use pcore::{Hash, Value};
use sha2::Sha256;

use super::{all, call_instead, closed, opened};
use crate::error::Control;
use crate::functions::ruby::base64;
use crate::functions::stdlib::fits;
use crate::functions::{Native, OfModule, Overload, ruby};

pub(in crate::functions) const POSTGRESQL: OfModule = all(
    "postgresql",
    &[&ACLS_TO_RESOURCES_HASH, &ESCAPE, &OLD_ESCAPE, &OLD_PASSWORD, &PREPEND_SQL_PASSWORD],
    &[],
);

pub(in crate::functions) const POSTGRESQL_BEFORE_7: OfModule =
    OfModule { module: "postgresql", versions: 0..=6, native: &[&PASSWORD_6], legacy: &[] };

pub(in crate::functions) const POSTGRESQL_7_TO_9: OfModule =
    OfModule { module: "postgresql", versions: 7..=9, native: &[&PASSWORD_9], legacy: &[] };

pub(in crate::functions) const POSTGRESQL_SINCE_10: OfModule =
    OfModule { module: "postgresql", versions: 10..=u64::MAX, native: &[&PASSWORD], legacy: &[] };

/// Rounds of SCRAM that servers use unless told otherwise.
const SCRAM_ROUNDS: u32 = 4096;

/// Up to version 6: always MD5.
const PASSWORD_6: Native = Native {
    name: "postgresql::postgresql_password",
    local_types: &[],
    overloads: &[Overload::new(
        "(Variant[String[1],Integer] $username, Variant[String[1],Integer] $password)",
        |_, arguments| {
            let [name, password] = arguments else { return Ok(Value::Undef) };
            Ok(md5_hash(&ruby_to_s(name), &ruby_to_s(password)).into())
        },
    )],
};

/// Versions 7 to 9: MD5 unless asked otherwise.
const PASSWORD_9: Native = Native {
    name: "postgresql::postgresql_password",
    local_types: &[],
    overloads: &[Overload::new(
        "(Variant[String[1], Integer] $username, Variant[String[1], Sensitive[String[1]], Integer] $password, \
         [Boolean $sensitive], [Optional[Enum['md5', 'scram-sha-256']] $hash], \
         [Optional[Variant[String[1], Integer]] $salt]) >> Variant[String, Sensitive[String]]",
        |_, arguments| {
            let [name, password, rest @ ..] = arguments else { return Ok(Value::Undef) };
            if password.as_str().is_some_and(|text| fits("^(md5|SCRAM-SHA-256).+", text)) {
                return Ok(password.clone());
            }
            let hashed = match rest.get(1) {
                None => md5_hash(&ruby_to_s(name), &ruby_to_s(opened(password))),
                Some(Value::Str(kind)) if kind.as_str() == "md5" => {
                    md5_hash(&ruby_to_s(name), &ruby_to_s(opened(password)))
                }
                Some(_) => {
                    scram(opened(password), rest.get(2).filter(|salt| salt.is_true()).unwrap_or(name))?
                }
            };
            Ok(closed(hashed.into(), rest.first()))
        },
    )],
};

/// A password as PostgreSQL keeps it, with MD5 or SCRAM (by default as the module is configured); one that is hashed
/// already stays as it is. The salt of SCRAM is the user's name unless it is given.
const PASSWORD: Native = Native {
    name: "postgresql::postgresql_password",
    local_types: &[],
    overloads: &[Overload::new(
        "(Variant[String[1], Integer] $username, Variant[String[1], Sensitive[String[1]], Integer] $password, \
         [Boolean $sensitive], [Optional[Enum[\"md5\", \"scram-sha-256\"]] $hash], \
         [Optional[Variant[String[1], Integer]] $salt]) >> Variant[String, Sensitive[String]]",
        |context, arguments| {
            let [name, password, rest @ ..] = arguments else { return Ok(Value::Undef) };
            let kind = match rest.get(1) {
                None | Some(Value::Undef) => {
                    context.call_function("postgresql::default", vec!["password_encryption".into()], false)?
                }
                Some(kind) => kind.clone(),
            };
            let password = opened(password);
            if password.as_str().is_some_and(|text| fits(r"^(md5[0-9a-f]{32}$|SCRAM-SHA-256\$)", text)) {
                return Ok(closed(password.clone(), rest.first()));
            }
            let hashed = match kind.as_str() {
                Some("md5") => md5_hash(&ruby_to_s(name), &ruby_to_s(password)),
                None if kind.is_undef() => md5_hash(&ruby_to_s(name), &ruby_to_s(password)),
                Some("scram-sha-256") => {
                    scram(password, rest.get(2).filter(|salt| salt.is_true()).unwrap_or(name))?
                }
                _ => {
                    let kind = ruby_to_s(&kind);
                    return Err(
                        format!("postgresql::postgresql_password(): got unkown hash type '{kind}'").into()
                    );
                }
            };
            Ok(closed(hashed.into(), rest.first()))
        },
    )],
};

fn md5_hash(name: &str, password: &str) -> String {
    format!("md5{}", hex::encode(Md5::new().chain_update(password).chain_update(name).finalize()))
}

fn scram(password: &Value, salt: &Value) -> Result<String, Control> {
    let text = |value: &Value| match value {
        Value::Str(text) => Ok(text.clone()),
        other => Err(Control::from(ruby::no_conversion(other, "String"))),
    };
    let (password, salt) = (text(password)?, text(salt)?);
    let mut key = [0; 32];
    pbkdf2::pbkdf2_hmac::<Sha256>(password.as_bytes(), salt.as_bytes(), SCRAM_ROUNDS, &mut key);
    let client = Sha256::digest(hmac(&key, b"Client Key")?);
    let server = hmac(&key, b"Server Key")?;
    Ok(format!(
        "SCRAM-SHA-256${SCRAM_ROUNDS}:{}${}:{}",
        base64::encode_strict(salt.as_bytes()),
        base64::encode_strict(&client),
        base64::encode_strict(&server)
    ))
}

fn hmac(key: &[u8], text: &[u8]) -> Result<Vec<u8>, Control> {
    let mut mac = Hmac::<Sha256>::new_from_slice(key).map_err(|error| Control::from(error.to_string()))?;
    mac.update(text);
    Ok(mac.finalize().into_bytes().to_vec())
}

/// `postgresql::postgresql_password` by its old name.
const OLD_PASSWORD: Native = Native {
    name: "postgresql_password",
    local_types: &[],
    overloads: &[Overload::new("(Any *$args)", |context, arguments| {
        call_instead(context, arguments, "method", "postgresql::postgresql_password")
    })],
};

/// A text in dollar quotes, with a tag in them if the text has such quotes itself.
const ESCAPE: Native = Native {
    name: "postgresql::postgresql_escape",
    local_types: &[],
    overloads: &[Overload::new("(String[1] $input_string)", |_, arguments| {
        let text = arguments.first().and_then(Value::as_str).unwrap_or_default();
        if !text.contains("$$") && !text.ends_with('$') {
            return Ok(format!("$${text}$$").into());
        }
        let letters = |text: &str| -> String {
            let digest = hex::encode(Md5::digest(text.as_bytes()));
            digest.chars().take(6).filter(|c| !c.is_ascii_digit()).collect()
        };
        let mut tag = letters(text);
        for _ in 0..TAGS_MAX {
            if !text.contains(&tag) {
                return Ok(format!("${tag}${text}${tag}$").into());
            }
            tag = letters(&tag);
        }
        Err("postgresql::postgresql_escape(): no tag was found that the text does not have".into())
    })],
};

/// Tags that are tried. The original tries for ever.
const TAGS_MAX: usize = 10_000;

/// `postgresql::postgresql_escape` by its old name.
const OLD_ESCAPE: Native = Native {
    name: "postgresql_escape",
    local_types: &[],
    overloads: &[Overload::new("(Any *$args)", |context, arguments| {
        call_instead(context, arguments, "method", "postgresql::postgresql_escape")
    })],
};

/// A password as it stands in a statement.
const PREPEND_SQL_PASSWORD: Native = Native {
    name: "postgresql::prepend_sql_password",
    local_types: &[],
    overloads: &[Overload::new("(String $password) >> String", |_, arguments| {
        let password = arguments.first().map(ruby_to_s).unwrap_or_default();
        Ok(format!("ENCRYPTED PASSWORD '{password}'").into())
    })],
};

/// Lines of `pg_hba.conf` as a hash of resources.
const ACLS_TO_RESOURCES_HASH: Native = Native {
    name: "postgresql::postgresql_acls_to_resources_hash",
    local_types: &[],
    overloads: &[Overload::new(
        "(Array[String] $acls, String[1] $id, Integer[0] $offset)",
        |_, arguments| {
            let [acls, Value::Str(id), Value::Int(offset)] = arguments else { return Ok(Value::Undef) };
            let acls = acls.as_array().unwrap_or_default();
            let mut resources = Hash::new();
            for acl in acls {
                // A line that is there twice counts at its first place.
                let index = acls.iter().position(|other| other == acl).unwrap_or_default();
                let parts: Vec<&str> = acl.as_str().unwrap_or_default().split_ascii_whitespace().collect();
                let resource = acl_resource(&parts, *offset + index as i64).ok_or_else(|| {
                    format!(
                        "postgresql::postgresql_acls_to_resources_hash(): acl line {index} does not have enough parts"
                    )
                })?;
                resources.insert(format!("postgresql class generated rule {id} {index}"), resource);
            }
            Ok(resources.into())
        },
    )],
};

fn acl_resource(parts: &[&str], order: i64) -> Option<Hash> {
    let [kind, database, user, fourth, rest @ ..] = parts else { return None };
    let mut resource = Hash::new();
    resource.insert("type", *kind);
    resource.insert("database", *database);
    resource.insert("user", *user);
    resource.insert("order", format!("{order:03}"));
    let has_mask = rest.first().is_some_and(|part| part.starts_with(|c: char| c.is_ascii_digit()));
    let (method, options) = if *kind == "local" {
        (Some(*fourth), rest)
    } else if has_mask {
        let mask = rest.first().copied().unwrap_or_default();
        resource.insert("address", format!("{fourth} {mask}"));
        (rest.get(1).copied(), rest.get(2..).unwrap_or_default())
    } else {
        resource.insert("address", *fourth);
        (rest.first().copied(), rest.get(1..).unwrap_or_default())
    };
    resource.insert("auth_method", method);
    if !options.is_empty() {
        resource.insert("auth_option", options.join(" "));
    }
    Some(resource)
}
