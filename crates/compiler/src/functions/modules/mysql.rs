//! The module mysql.

use pcore::format::ruby_to_s;
use pcore::{Hash, Value};
use sha1::{Digest, Sha1};

use super::{all, closed, opened};
use crate::error::Control;
use crate::functions::stdlib::fits;
use crate::functions::{Legacy, Native, OfModule, Overload, ruby};

pub(in crate::functions) const MYSQL: OfModule =
    all("mysql", &[&INNOBACKUPEX_ARGS, &NORMALISE_AND_DEEPMERGE, &STRIP_HASH], &[&OLD_PASSWORD_3X]);

/// Up to version 10 a password is a plain text.
pub(in crate::functions) const MYSQL_BEFORE_11: OfModule =
    OfModule { module: "mysql", versions: 0..=10, native: &[&PASSWORD_10], legacy: &[] };

/// Since version 11 it may be Sensitive,
pub(in crate::functions) const MYSQL_11_TO_15: OfModule =
    OfModule { module: "mysql", versions: 11..=15, native: &[&PASSWORD_15, &OLD_PASSWORD], legacy: &[] };

/// and since version 16 a hash is one only if nothing stands in front of it.
pub(in crate::functions) const MYSQL_SINCE_16: OfModule =
    OfModule { module: "mysql", versions: 16..=u64::MAX, native: &[&PASSWORD, &OLD_PASSWORD], legacy: &[] };

const HASHED: &str = r"^\*[A-F0-9]{40}$";
const HASHED_AT_END: &str = r"\*[A-F0-9]{40}$";

/// A password as MySQL keeps it; one that is hashed already stays as it is.
const PASSWORD: Native = Native {
    name: "mysql::password",
    local_types: &[],
    overloads: &[Overload::new(SIGNATURE, |_, arguments| {
        let password = arguments.first().map(opened).and_then(Value::as_str).unwrap_or_default();
        Ok(closed(hashed(password, HASHED).into(), arguments.get(1)))
    })],
};

const PASSWORD_15: Native = Native {
    name: "mysql::password",
    local_types: &[],
    overloads: &[Overload::new(SIGNATURE, |_, arguments| {
        let password = arguments.first().map(opened).and_then(Value::as_str).unwrap_or_default();
        Ok(closed(hashed(password, HASHED_AT_END).into(), arguments.get(1)))
    })],
};

const PASSWORD_10: Native = Native {
    name: "mysql::password",
    local_types: &[],
    overloads: &[Overload::new("(String $password) >> String", |_, arguments| {
        let password = arguments.first().and_then(Value::as_str).unwrap_or_default();
        Ok(hashed(password, HASHED_AT_END).into())
    })],
};

const SIGNATURE: &str = "(Variant[String, Sensitive[String]] $password, [Boolean $sensitive]) >> Variant[String, Sensitive[String]]";

/// `mysql::password` by its old name.
const OLD_PASSWORD: Native = Native {
    name: "mysql_password",
    local_types: &[],
    overloads: &[Overload::new(SIGNATURE, |context, arguments| {
        let text =
            "This method has been deprecated, please use the namespaced version 'mysql::password' instead.";
        context.call_function("deprecation", vec!["mysql_password".into(), text.into()], false)?;
        let sensitive = arguments.get(1).cloned().unwrap_or(Value::Bool(false));
        let password = arguments.first().cloned().unwrap_or_default();
        context.call_function("mysql::password", vec![password, sensitive], false)
    })],
};

/// `mysql::password` as it was first.
const OLD_PASSWORD_3X: Legacy = Legacy::value("mysql_password", -1, |_, arguments| match arguments {
    [Value::Str(password)] => Ok(hashed(password, HASHED_AT_END).into()),
    [other] => Err(ruby::no_method("empty?", other).into()),
    _ => {
        let count = arguments.len();
        Err(format!("mysql_password(): Wrong number of arguments given ({count} for 1)").into())
    }
});

fn hashed(password: &str, is_hashed: &str) -> String {
    if password.is_empty() || fits(is_hashed, password) {
        return password.to_owned();
    }
    format!("*{}", hex::encode_upper(Sha1::digest(Sha1::digest(password.as_bytes()))))
}

/// A hash without entries that are empty texts, in it and in hashes that are its values.
const STRIP_HASH: Native = Native {
    name: "mysql::strip_hash",
    local_types: &[],
    overloads: &[Overload::new("(Hash $hash) >> Hash", |_, arguments| {
        let is_kept = |_: &Value, value: &Value| value.as_str() != Some("");
        let mut hash = arguments.first().and_then(Value::as_hash).cloned().unwrap_or_default();
        hash.retain(is_kept);
        for value in hash.values_mut() {
            if let Value::Hash(inner) = value {
                let mut inner = (**inner).clone();
                inner.retain(is_kept);
                *value = inner.into();
            }
        }
        Ok(hash.into())
    })],
};

/// Merges hashes, and hashes within them; of other values the last one counts. Keys that differ only by `-` and `_` are
/// the same.
const NORMALISE_AND_DEEPMERGE: Native = Native {
    name: "mysql::normalise_and_deepmerge",
    local_types: &[],
    overloads: &[Overload::new("(Any *$args)", |_, arguments| {
        if arguments.len() < 2 {
            let count = arguments.len();
            let text = format!("wrong number of arguments ({count}; must be at least 2)");
            return Err(format!("mysql::normalise_and_deepmerge(): {text}").into());
        }
        let mut merged = Hash::new();
        for argument in arguments {
            match argument {
                Value::Str(text) if text.is_empty() => {}
                Value::Hash(hash) => overlay(&mut merged, hash)?,
                // The original names the class by a key that its text has not.
                _ => {
                    // The original never fills in the placeholder.
                    return Err("mysql::normalise_and_deepmerge: unexpected argument type %{arg_class}, \
                                only expects hash arguments."
                        .into());
                }
            }
        }
        Ok(merged.into())
    })],
};

fn overlay(target: &mut Hash, source: &Hash) -> Result<(), Control> {
    for (key, value) in source.iter() {
        if !target.contains_key(key) {
            let Value::Str(name) = key else { return Err(ruby::no_conversion(key, "String").into()) };
            let other = if name.contains('-') { name.replace('-', "_") } else { name.replace('_', "-") };
            if other != name.as_str()
                && let Some(known) = target.remove_str(&other)
            {
                target.insert(key.clone(), known);
            }
        }
        let merged = match (target.get(key), value) {
            (Some(Value::Hash(old)), Value::Hash(new)) => {
                let mut both = (**old).clone();
                overlay(&mut both, new)?;
                both.into()
            }
            _ => value.clone(),
        };
        target.insert(key.clone(), merged);
    }
    Ok(())
}

/// The arguments of the command `innobackupex`.
const INNOBACKUPEX_ARGS: Native = Native {
    name: "mysql::innobackupex_args",
    local_types: &[],
    overloads: &[Overload::new(
        "(Optional[String] $backupuser, Boolean $backupcompress, \
         Optional[Variant[String, Sensitive[String]]] $backuppassword_unsensitive, \
         Array[String[1]] $backupdatabases, Array[String[1]] $optional_args) >> Variant[String]",
        |_, arguments| {
            let [user, compress, password, databases, more] = arguments else { return Ok(Value::Undef) };
            let mut text = String::new();
            if user.is_true() && password.is_true() {
                text = format!("--user=\"{}\" --password=\"{}\"", ruby_to_s(user), ruby_to_s(password));
            }
            if compress.is_true() {
                text.push_str(" --compress");
            }
            let words = |value: &Value| -> Vec<String> {
                value.as_array().unwrap_or_default().iter().map(ruby_to_s).collect()
            };
            let databases = words(databases);
            if !databases.is_empty() {
                text.push_str(&format!(" --databases=\"{}\"", databases.join(" ")));
            }
            for argument in words(more) {
                text.push_str(&format!(" {argument}"));
            }
            Ok(text.into())
        },
    )],
};
