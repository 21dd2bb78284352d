//! `pw_hash`, `str2saltedsha512`, `str2saltedpbkdf2`, `stdlib::crc32`, `stdlib::sha256`

use pcore::format::ruby_to_s;
use pcore::{Hash, Value};
use sha2::{Digest, Sha256, Sha512};

use super::arguments::fits;
use super::crypt;
use crate::error::Control;
use crate::functions::{Legacy, Native, Overload, ruby};

/// Highest cost of bcrypt that is computed: each one more takes twice as long, and 16 takes seconds.
const BCRYPT_COST_MAX: u32 = 16;

/// `pw_hash` as stdlib 8 has it.
pub(super) const PW_HASH_8: Legacy = Legacy::value("pw_hash", 3, |_, arguments| {
    pw_hash(arguments, r"^[0-9]{2}\$[./A-Za-z0-9]{22}", r"(?-mix:^[0-9]{2}\$[.\/A-Za-z0-9]{22})")
});

/// The hash of a password as in `/etc/shadow`: password, kind (`MD5`, `SHA-256`, `SHA-512`, `bcrypt`, `bcrypt-a`,
/// `bcrypt-x`, `bcrypt-y`), and salt; that of bcrypt is its cost, `$` and 22 characters.
///
/// ```puppet
/// pw_hash('password', 'SHA-512', 'mysalt')
/// ```
///
/// The password may be Sensitive; an empty one gives undef.
pub(super) const PW_HASH: Legacy = Legacy::value("pw_hash", 3, |_, arguments| {
    pw_hash(
        arguments,
        r"^(0[4-9]|[12][0-9]|3[01])\$[./A-Za-z0-9]{22}",
        r"(?-mix:^(0[4-9]|[12][0-9]|3[01])\$[.\/A-Za-z0-9]{22})",
    )
});

fn pw_hash(arguments: &[Value], bcrypt_salt: &str, shown: &str) -> Result<Value, Control> {
    let open = |value: &Value| match value {
        Value::Sensitive(inner) => (**inner).clone(),
        other => other.clone(),
    };
    let arguments: Vec<Value> = arguments.iter().map(open).collect();
    let [password, kind, salt] = arguments.as_slice() else { return Ok(Value::Undef) };
    let text = |value: &Value, place: &str| match value {
        Value::Str(text) => Ok(text.clone()),
        _ => Err(Control::from(format!("pw_hash(): {place} argument must be a string"))),
    };
    let password = if password.is_undef() { None } else { Some(text(password, "first")?) };
    let kind = text(kind, "second")?;
    let prefix = match kind.to_lowercase().as_str() {
        "md5" => "1",
        "sha-256" => "5",
        "sha-512" => "6",
        "bcrypt" => "2b",
        "bcrypt-a" => "2a",
        "bcrypt-x" => "2x",
        "bcrypt-y" => "2y",
        _ => return Err(format!("pw_hash(): {kind} is not a valid hash type").into()),
    };
    let salt = text(salt, "third")?;
    if salt.is_empty() {
        return Err("pw_hash(): third argument must not be empty".into());
    }
    let is_bcrypt = prefix.starts_with('2');
    if !fits(if is_bcrypt { bcrypt_salt } else { r"\A[a-zA-Z0-9./]+\z" }, &salt) {
        let wanted =
            if is_bcrypt { format!("match {shown}") } else { "be in the set [a-zA-Z0-9./]".to_owned() };
        return Err(format!("pw_hash(): characters in salt must {wanted}").into());
    }
    let Some(password) = password.filter(|password| !password.is_empty()) else { return Ok(Value::Undef) };
    if password.contains('\0') {
        return Err("string contains null byte".into());
    }
    let password = password.as_bytes();
    Ok(match prefix {
        "1" => crypt::md5(password, &salt),
        "5" => crypt::sha256(password, &salt),
        "6" => crypt::sha512(password, &salt),
        version => match salt.get(..2).and_then(|cost| cost.parse().ok()) {
            Some(cost @ 4..=31u32) if cost > BCRYPT_COST_MAX => {
                let text =
                    format!("pw_hash(): a cost of {cost} takes too long; the highest is {BCRYPT_COST_MAX}");
                return Err(text.into());
            }
            // What the C library gives for a setting it cannot use.
            Some(4..=31u32) => crypt::bcrypt(password, version, &salt).unwrap_or_else(|| "*0".into()),
            _ => "*0".into(),
        },
    }
    .into())
}

/// A password with a random salt as macOS 10.7 has it: salt and SHA-512 in hexadecimal. It is another one with each
/// compile.
pub(super) const STR2SALTEDSHA512: Legacy =
    Legacy::value("str2saltedsha512", -1, |context, arguments| match arguments {
        [Value::Str(password)] => {
            context.mark_impure();
            let salt = (context.world().random() as u32 % ((1 << 31) - 1)).to_le_bytes();
            let digest = Sha512::new().chain_update(salt).chain_update(password.as_bytes()).finalize();
            Ok(format!("{}{}", hex::encode(salt), hex::encode(digest)).into())
        }
        [other] => {
            let class = ruby::legacy_class_name(other);
            Err(format!("str2saltedsha512(): Requires a String argument, you passed: {class}").into())
        }
        _ => {
            let count = arguments.len();
            let text =
                format!("str2saltedsha512(): Wrong number of arguments passed ({count} but we require 1)");
            Err(text.into())
        }
    });

/// A password as macOS since 10.8 has it: PBKDF2 of password, salt and number of rounds (40,000 to 70,000), as a hash of
/// `password_hex`, `salt_hex` and `iterations`.
pub(super) const STR2SALTEDPBKDF2: Legacy = Legacy::value("str2saltedpbkdf2", -1, |_, arguments| {
    if arguments.len() != 3 {
        let count = arguments.len();
        return Err(format!("str2saltedpbkdf2(): wrong number of arguments ({count} for 3)").into());
    }
    let open = |value: &Value| match value {
        Value::Sensitive(inner) => (**inner).clone(),
        other => other.clone(),
    };
    let arguments: Vec<Value> = arguments.iter().map(open).collect();
    let wrong = |what: &str| Err(format!("str2saltedpbkdf2(): {what}").into());
    let Some(Value::Str(password)) = arguments.first() else {
        return wrong("first argument must be a string");
    };
    let Some(Value::Str(salt)) = arguments.get(1) else { return wrong("second argument must be a string") };
    if salt.len() < 8 {
        return wrong("second argument must be at least 8 bytes long");
    }
    let Some(Value::Int(rounds)) = arguments.get(2) else {
        return wrong("third argument must be an integer");
    };
    if !(40_001..70_000).contains(rounds) {
        return wrong("third argument must be between 40,000 and 70,000");
    }
    let mut derived = [0; 128];
    pbkdf2::pbkdf2_hmac::<Sha512>(password.as_bytes(), salt.as_bytes(), *rounds as u32, &mut derived);
    let result: Hash = [
        ("password_hex", Value::from(hex::encode(derived))),
        ("salt_hex", hex::encode(salt.as_bytes()).into()),
        ("iterations", Value::Int(*rounds)),
    ]
    .into_iter()
    .collect();
    Ok(result.into())
});

/// The CRC-32 of a value's text, in hexadecimal. A Sensitive value is looked into.
pub(super) const CRC32: Native = Native {
    name: "stdlib::crc32",
    local_types: &[],
    overloads: &[Overload::new(DIGESTED, |_, arguments| {
        Ok(format!("{:x}", crc32fast::hash(digested(arguments).as_bytes())).into())
    })],
};

/// The SHA-256 of a value's text, in hexadecimal. A Sensitive value is looked into.
pub(super) const SHA256: Native = Native {
    name: "stdlib::sha256",
    local_types: &[],
    overloads: &[Overload::new(DIGESTED, |_, arguments| {
        Ok(hex::encode(Sha256::digest(digested(arguments).as_bytes())).into())
    })],
};

const DIGESTED: &str =
    "(Variant[ScalarData, Sensitive[ScalarData], Binary, Sensitive[Binary]] $my_data) >> String";

fn digested(arguments: &[Value]) -> String {
    match arguments.first() {
        Some(Value::Sensitive(inner)) => ruby_to_s(inner),
        Some(other) => ruby_to_s(other),
        None => String::new(),
    }
}
