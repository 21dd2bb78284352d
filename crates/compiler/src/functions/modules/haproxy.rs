//! The module haproxy.

use pcore::Value;
use pcore::regexp::Regexp;

use super::all;
use crate::functions::ruby::ipaddr::IpAddr;
use crate::functions::{Native, OfModule, Overload, ruby};

pub(in crate::functions) const HAPROXY: OfModule =
    all("haproxy", &[&GENERATE_ERROR_MESSAGE, &SORT_BIND, &VALIDATE_IP_ADDR], &[]);

/// Fails with the text.
const GENERATE_ERROR_MESSAGE: Native = Native {
    name: "haproxy::generate_error_message",
    local_types: &[],
    overloads: &[Overload::new("(String $error_message)", |_, arguments| {
        Err(arguments.first().and_then(Value::as_str).unwrap_or_default().into())
    })],
};

/// The entries of a hash of addresses, as pairs in the order of addresses and of what follows them.
const SORT_BIND: Native = Native {
    name: "haproxy::sort_bind",
    local_types: &[],
    overloads: &[Overload::new("(Hash $bind) >> Array", |_, arguments| {
        let regexp = Regexp::cached(r"^((\d+)\.(\d+)\.(\d+)\.(\d+))?(.*)")?;
        let mut keyed: Vec<(i64, String, Value)> = Vec::new();
        for (name, value) in
            arguments.first().and_then(Value::as_hash).into_iter().flat_map(pcore::Hash::iter)
        {
            let Value::Str(text) = name else { return Err(ruby::no_conversion(name, "String").into()) };
            let pair = Value::from(vec![name.clone(), value.clone()]);
            let Some(found) = regexp.try_captures(text)? else {
                return Err(ruby::no_method("[]", &Value::Undef).into());
            };
            let octet = |at| ruby::to_i(found.get(at).unwrap_or_default()).unwrap_or(i64::MAX >> 32);
            let address = match found.get(1) {
                Some(_) => (2..6).fold(0, |address: i64, at| (address << 8) + octet(at)),
                None => -1,
            };
            keyed.push((address, found.get(6).unwrap_or_default().to_owned(), pair));
        }
        keyed.sort_by(|(a, b, _), (c, d, _)| (a, b).cmp(&(c, d)));
        Ok(keyed.into_iter().map(|(_, _, pair)| pair).collect::<Vec<_>>().into())
    })],
};

/// Whether a text is an IP address.
const VALIDATE_IP_ADDR: Native = Native {
    name: "haproxy::validate_ip_addr",
    local_types: &[],
    overloads: &[Overload::new("(String $virtual_ip) >> Boolean", |_, arguments| {
        let text = arguments.first().and_then(Value::as_str).unwrap_or_default();
        Ok(IpAddr::new(text).is_ok().into())
    })],
};
