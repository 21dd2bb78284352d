//! How many arguments Ruby's methods take, as `tests/arity.rb` has recorded it: a wrong number is an error before anything else is
//! looked at.

use std::sync::LazyLock;

use crate::eval::Interp;
use crate::eval::call::Args;
use crate::flow::Eval;
use crate::name::M;
use crate::value::Value;

/// The classes in the table.
const CLASSES: [&str; 10] =
    ["NilClass", "TrueClass", "Integer", "Float", "String", "Symbol", "Array", "Hash", "Range", "Regexp"];
/// No limit.
const MANY: u8 = u8::MAX;

/// The least and the most arguments, a row for each class; the least is more than the most where nothing is known.
static TABLE: LazyLock<Vec<[u8; 2]>> = LazyLock::new(|| {
    let mut table = vec![[1, 0]; CLASSES.len() * M::COUNT];
    for line in include_str!("arity.txt").lines() {
        let Some((head, methods)) = line.split_once(": ") else { continue };
        let Some((class, numbers)) = head.split_once(' ') else { continue };
        let Some(row) = CLASSES.iter().position(|known| *known == class) else { continue };
        let (least, most) = match numbers.split_once("..") {
            Some((least, most)) => (least.parse().unwrap_or(0), most.parse().unwrap_or(MANY)),
            None => match numbers.strip_suffix('+') {
                Some(least) => (least.parse().unwrap_or(0), MANY),
                None => (numbers.parse().unwrap_or(0), numbers.parse().unwrap_or(MANY)),
            },
        };
        for method in methods.split(' ').filter_map(M::of) {
            if let Some(entry) = table.get_mut(row * M::COUNT + method as usize) {
                *entry = [least, most];
            }
        }
    }
    table
});

/// Fails if the method of the receiver's class takes another number of arguments.
pub(super) fn check(it: &Interp<'_>, receiver: &Value, id: M, args: &Args<'_>) -> Eval<()> {
    let row = match receiver {
        Value::Nil => 0,
        Value::Bool(_) => 1,
        Value::Int(_) => 2,
        Value::Float(_) => 3,
        Value::Text(_) => 4,
        Value::Symbol(_) => 5,
        Value::Array(_) => 6,
        Value::Hash(_) => 7,
        Value::Range(_) => 8,
        Value::Regexp(_) => 9,
        _ => return Ok(()),
    };
    // Whether keywords count depends on the method.
    if args.has_keywords {
        return Ok(());
    }
    match TABLE.get(row * M::COUNT + id as usize) {
        Some(&[least, most]) if least <= most => {
            let most = if most == MANY { usize::MAX } else { most.into() };
            args.count(it, least.into(), most)
        }
        _ => Ok(()),
    }
}
