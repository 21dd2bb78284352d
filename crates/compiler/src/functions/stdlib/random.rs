//! `fqdn_rand_string`, `fqdn_rotate`, `fqdn_uuid`, `seeded_rand`, `seeded_rand_string`: chance that is always the same
//! for the same node or seed.

use md5::{Digest, Md5};
use pcore::Value;
use sha1::Sha1;
use sha2::Sha256;

use super::arguments::{fits, wrong_count};
use crate::context::Context;
use crate::error::Control;
use crate::functions::fqdn_rand::{self, mersenne::Mersenne, seed_words};
use crate::functions::{Legacy, Native, Overload, collections, ruby};

const DIGITS_AND_LETTERS: &str = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz";
const LOWER_CASE_FIRST: &str = "0123456789abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ";
/// Longest text that is made.
const LENGTH_MAX: usize = 1 << 20;

/// A text that is random from node to node, but always the same for one node: length, characters (digits and letters
/// if undef), and any number of seeds.
///
/// ```puppet
/// fqdn_rand_string(10)
/// fqdn_rand_string(10, 'ABCDEF', 'seed')
/// ```
pub(super) const FQDN_RAND_STRING_8: Legacy = Legacy::value("fqdn_rand_string", -2, |context, arguments| {
    let length = match arguments.first().and_then(positive) {
        Some(length) => length,
        None => return Err("fqdn_rand_string(): first argument must be a positive integer".into()),
    };
    let charset = match arguments.get(1) {
        None => "",
        Some(Value::Str(charset)) => charset.as_str(),
        Some(_) => return Err("fqdn_rand_string(): second argument must be undef or a string".into()),
    };
    rand_string(context, length, charset, arguments.get(2..).unwrap_or_default())
});

/// `fqdn_rand_string` as stdlib 9 has it.
pub(super) const FQDN_RAND_STRING: Native = Native {
    name: "stdlib::fqdn_rand_string",
    local_types: &[],
    overloads: &[Overload::new(
        "(Integer[1] $length, [Optional[String] $charset], Any *$seed)",
        |context, arguments| {
            let length = arguments.first().and_then(positive).unwrap_or_default();
            let charset = arguments.get(1).and_then(Value::as_str).unwrap_or_default();
            rand_string(context, length, charset, arguments.get(2..).unwrap_or_default())
        },
    )],
};

fn rand_string(
    context: &mut Context<'_, '_>,
    length: i64,
    charset: &str,
    seeds: &[Value],
) -> Result<Value, Control> {
    let letters: Vec<char> = if charset.is_empty() { DIGITS_AND_LETTERS } else { charset }.chars().collect();
    let length = checked_length(length)?;
    let mut out = String::with_capacity(length);
    for position in 1..=length {
        let mut seed = seeds.to_vec();
        seed.push(Value::Int(position as i64));
        let seed = Value::from(collections::joined(&seed, ":"));
        let at = fqdn_rand::number(context, letters.len() as i64, &seed, false)?;
        out.extend(letters.get(at as usize));
    }
    Ok(out.into())
}

fn checked_length(length: i64) -> Result<usize, Control> {
    usize::try_from(length).ok().filter(|&length| length <= LENGTH_MAX).ok_or_else(|| {
        format!("a random text of {length} characters is too long (more than {LENGTH_MAX})").into()
    })
}

/// A whole number above 0, or a text of one.
fn positive(value: &Value) -> Option<i64> {
    let number = match value {
        Value::Int(number) => *number,
        Value::Str(text) if fits(r"^-?(?:(?:[1-9]\d*)|0)$", text) => ruby::to_i(text)?,
        _ => return None,
    };
    (number > 0).then_some(number)
}

/// Moves items or letters from the front to the end, as many as are random from node to node.
///
/// ```puppet
/// fqdn_rotate(['a', 'b', 'c'])
/// ```
pub(super) const FQDN_ROTATE_8: Legacy = Legacy::value("fqdn_rotate", -1, |context, arguments| {
    let Some((value, seeds)) = arguments.split_first() else {
        return Err(wrong_count("fqdn_rotate", arguments, "1"));
    };
    let fqdn = |context: &mut Context<'_, '_>| context.lookupvar("::fqdn");
    match value {
        Value::Array(items) if items.len() > 1 => {
            let fqdn = fqdn(context)?;
            Ok(rotated(items.to_vec(), fqdn, seeds.to_vec().into()).into())
        }
        Value::Str(text) if text.chars().nth(1).is_some() => {
            let fqdn = fqdn(context)?;
            let letters: String =
                rotated(text.chars().collect(), fqdn, seeds.to_vec().into()).into_iter().collect();
            Ok(letters.into())
        }
        Value::Array(_) | Value::Str(_) => Ok(value.clone()),
        _ => Err("fqdn_rotate(): Requires either array or string to work with".into()),
    }
});

/// `fqdn_rotate` as stdlib 9 has it.
pub(super) const FQDN_ROTATE: Native = Native {
    name: "stdlib::fqdn_rotate",
    local_types: &[],
    overloads: &[
        Overload::new("(String $input, Variant[Integer,String] *$seeds) >> String", |context, arguments| {
            let (text, seeds) = arguments.split_first().unwrap_or((&Value::Undef, &[]));
            let letters: Vec<char> = text.as_str().unwrap_or_default().chars().collect();
            if letters.len() < 2 {
                return Ok(text.clone());
            }
            let fqdn = context.fact(&["networking", "fqdn"]);
            Ok(rotated(letters, fqdn, seeds.to_vec().into()).into_iter().collect::<String>().into())
        }),
        Overload::new("(Array $input, Variant[Integer,String] *$seeds) >> Array", |context, arguments| {
            let (array, seeds) = arguments.split_first().unwrap_or((&Value::Undef, &[]));
            let items = array.as_array().unwrap_or_default();
            if items.len() < 2 {
                return Ok(array.clone());
            }
            let fqdn = context.fact(&["networking", "fqdn"]);
            Ok(rotated(items.to_vec(), fqdn, seeds.to_vec().into()).into())
        }),
    ],
};

fn rotated<T>(mut items: Vec<T>, fqdn: Value, seeds: Value) -> Vec<T> {
    let text = collections::joined(&[fqdn, seeds], ":");
    let offset = random_below(&text, items.len() as u64) as usize;
    items.rotate_left(offset);
    items
}

/// A number from 0 to below a limit, from the MD5 of a text.
fn random_below(seed: &str, limit: u64) -> u64 {
    let digest: [u8; 16] = Md5::digest(seed.as_bytes()).into();
    Mersenne::new(&seed_words(&digest)).below_or_equal(limit.saturating_sub(1))
}

/// A UUID of version 5 that belongs to a DNS name.
///
/// ```puppet
/// fqdn_uuid('puppetlabs.com') # '9c70320f-6815-5fc5-ab0f-debe68bf764c'
/// ```
pub(super) const FQDN_UUID: Legacy = Legacy::value("fqdn_uuid", -1, |_, arguments| match arguments {
    [] => Err("fqdn_uuid: No arguments given".into()),
    [Value::Str(name)] => {
        let mut sha1 = Sha1::new();
        sha1.update(uuid::Uuid::NAMESPACE_DNS.as_bytes());
        sha1.update(name.as_bytes());
        let digest = sha1.finalize();
        let mut bytes = [0; 16];
        bytes.copy_from_slice(digest.get(..16).unwrap_or(&[0; 16]));
        Ok(uuid::Builder::from_sha1_bytes(bytes).into_uuid().hyphenated().to_string().into())
    }
    [other] => Err(ruby::no_conversion(other, "String").into()),
    more => Err(format!("fqdn_uuid: Too many arguments given ({})", more.len()).into()),
});

/// A number from 0 to below a maximum that is always the same for a seed.
///
/// ```puppet
/// seeded_rand(1000, $facts['networking']['mac'])
/// ```
pub(super) const SEEDED_RAND_8: Legacy = Legacy::value("seeded_rand", 2, |_, arguments| {
    let [max, seed] = arguments else { return Ok(Value::Undef) };
    let Some(max) = positive(max) else {
        return Err("seeded_rand(): first argument must be a positive integer".into());
    };
    let Value::Str(seed) = seed else {
        return Err("seeded_rand(): second argument must be a string".into());
    };
    Ok(Value::Int(random_below(seed, max as u64) as i64))
});

/// `seeded_rand` as stdlib 9 has it.
pub(super) const SEEDED_RAND: Native = Native {
    name: "stdlib::seeded_rand",
    local_types: &[],
    overloads: &[Overload::new("(Integer[1] $max, String $seed)", |_, arguments| {
        let max = arguments.first().and_then(positive).unwrap_or(1);
        let seed = arguments.get(1).and_then(Value::as_str).unwrap_or_default();
        Ok(Value::Int(random_below(seed, max as u64) as i64))
    })],
};

/// `seeded_rand_string` as stdlib 8 has it.
pub(super) const SEEDED_RAND_STRING_8: Native =
    Native { name: "seeded_rand_string", local_types: &[], overloads: SEEDED_TEXT };

/// A text that is always the same for a seed: length, seed and maybe characters.
///
/// ```puppet
/// stdlib::seeded_rand_string(8, $facts['networking']['fqdn'], 'abcdef')
/// ```
pub(super) const SEEDED_RAND_STRING: Native =
    Native { name: "stdlib::seeded_rand_string", local_types: &[], overloads: SEEDED_TEXT };

const SEEDED_TEXT: &[Overload] =
    &[Overload::new("(Integer[1] $length, String $seed, [String[2] $charset])", |_, arguments| {
        let [Value::Int(length), Value::Str(seed), rest @ ..] = arguments else { return Ok(Value::Undef) };
        let charset = rest.first().and_then(Value::as_str).unwrap_or(LOWER_CASE_FIRST);
        let letters: Vec<char> = charset.chars().collect();
        let mut random = Mersenne::new(&seed_words(&Sha256::digest(seed.as_bytes())));
        let length = checked_length(*length)?;
        let letter = |_| letters.get(random.below_or_equal(letters.len() as u64 - 1) as usize);
        Ok((0..length).filter_map(letter).collect::<String>().into())
    })];
