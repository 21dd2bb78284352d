//! `fqdn_rand`

pub(super) mod mersenne;

use md5::{Digest, Md5};
use pcore::Value;

use super::{Legacy, collections, ruby};
use crate::context::Context;
use crate::error::Control;
use mersenne::Mersenne;

/// A number from 0 to below a maximum that is random from node to node, but always the same for one node: it is drawn
/// from the fact `networking.fqdn`, the maximum and an optional seed.
///
/// ```puppet
/// fqdn_rand(60)            # a minute
/// fqdn_rand(60, 'backup')  # another one
/// fqdn_rand(60, '', true)  # without regard to the case of the name
/// ```
pub(super) const FUNCTION: Legacy =
    Legacy { name: "fqdn_rand", arity: -2, statement: false, body: fqdn_rand };

fn fqdn_rand(context: &mut Context<'_, '_>, arguments: &[Value]) -> Result<Value, Control> {
    let max = match arguments.first().unwrap_or(&Value::Undef) {
        Value::Int(max) => *max,
        Value::Float(max) => *max as i64,
        Value::Str(text) => ruby::to_i(text).unwrap_or(i64::MAX),
        other => return Err(ruby::no_method("to_i", other).into()),
    };
    let seed = arguments.get(1).unwrap_or(&Value::Undef);
    let downcase = arguments.get(2).is_some_and(Value::is_true);
    Ok(Value::Int(number(context, max, seed, downcase)?))
}

/// A number from 0 to below a maximum that belongs to the node.
///
/// # Errors
/// A maximum below 1.
pub(super) fn number(
    context: &mut Context<'_, '_>,
    max: i64,
    seed: &Value,
    downcase: bool,
) -> Result<i64, Control> {
    let fqdn = match (context.fact(&["networking", "fqdn"]), downcase) {
        (Value::Str(name), true) => name.chars().flat_map(char::to_lowercase).collect::<String>().into(),
        (other @ Value::Undef, true) => return Err(ruby::no_method("downcase", &other).into()),
        (name, _) => name,
    };
    let text = collections::joined(&[fqdn, Value::Int(max), seed.clone()], ":");
    match u64::try_from(max) {
        Ok(max @ 1..) => {
            let digest: [u8; 16] = Md5::digest(text.as_bytes()).into();
            Ok(Mersenne::new(&seed_words(&digest)).below_or_equal(max - 1) as i64)
        }
        _ => Err(format!("invalid argument - {max}").into()),
    }
}

/// A digest, read as one large integer, in the words from which the generator is seeded.
pub(super) fn seed_words(digest: &[u8]) -> Vec<u32> {
    let mut words: Vec<u32> = digest
        .rchunks(4)
        .map(|word| word.iter().fold(0, |number, &byte| number << 8 | u32::from(byte)))
        .collect();
    while words.len() > 1 && words.last() == Some(&0) {
        words.pop();
    }
    // Ruby takes a highest word of 1 for the guard it puts before leading zeroes.
    if words.len() > 1 && words.last() == Some(&1) {
        words.pop();
    }
    words
}
