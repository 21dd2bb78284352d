//! `flatten`, `join`, `keys`, `values`

use pcore::Value;
use pcore::format::ruby_to_s;

use super::{Native, Overload};

/// All items of the arguments and of arrays within them, as one flat array.
///
/// ```puppet
/// flatten([1, [2, [3]]], 4) # [1, 2, 3, 4]
/// ```
pub(super) const FLATTEN: Native = Native {
    name: "flatten",
    local_types: &[],
    overloads: &[Overload::new("(Any *$args)", |_, arguments| {
        let mut flat = Vec::with_capacity(arguments.len());
        push_flat(arguments, &mut flat);
        Ok(flat.into())
    })],
};

/// Joins the items of an array, and of arrays within it, to a string.
///
/// ```puppet
/// join(['a', ['b', 1]], ',') # 'a,b,1'
/// ```
///
/// `undef` is empty, and a hash is shown as Ruby shows it; convert it before.
pub(super) const JOIN: Native = Native {
    name: "join",
    local_types: &[],
    overloads: &[Overload::new("(Array $arg, [String $delimiter])", |context, arguments| {
        let items = arguments.first().and_then(Value::as_array).unwrap_or_default();
        let delimiter = arguments.get(1).and_then(Value::as_str).unwrap_or_default();
        context.check_joined(arguments.first(), delimiter)?;
        Ok(joined(items, delimiter).into())
    })],
};

/// The keys of a hash, in order.
pub(super) const KEYS: Native = Native {
    name: "keys",
    local_types: &[],
    overloads: &[Overload::new("(Hash $hsh)", |_, arguments| {
        Ok(arguments
            .first()
            .and_then(Value::as_hash)
            .map(|hash| hash.keys().cloned().collect::<Vec<_>>())
            .into())
    })],
};

/// The values of a hash, in order.
pub(super) const VALUES: Native = Native {
    name: "values",
    local_types: &[],
    overloads: &[Overload::new("(Hash $hsh)", |_, arguments| {
        let values = |hash: &pcore::Hash| hash.values().cloned().collect::<Vec<_>>();
        Ok(arguments.first().and_then(Value::as_hash).map(values).into())
    })],
};

/// Appends the items, and the items of arrays among them.
pub(super) fn push_flat(items: &[Value], flat: &mut Vec<Value>) {
    for item in items {
        match item {
            Value::Array(inner) => push_flat(inner, flat),
            other => flat.push(other.clone()),
        }
    }
}

/// The items and those of arrays among them as Ruby's `join` gives them.
pub(super) fn joined(items: &[Value], delimiter: &str) -> String {
    let mut out = String::new();
    push_joined(items, delimiter, &mut out);
    out
}

fn push_joined(items: &[Value], delimiter: &str, out: &mut String) {
    for (index, item) in items.iter().enumerate() {
        if index > 0 {
            out.push_str(delimiter);
        }
        match item {
            Value::Str(text) => out.push_str(text),
            Value::Array(inner) => push_joined(inner, delimiter, out),
            other => out.push_str(&ruby_to_s(other)),
        }
    }
}
