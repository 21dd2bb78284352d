//! The module neutron.

use std::path::Path;

use pcore::regexp::Regexp;
use pcore::{Hash, Value};

use super::all;
use crate::error::Control;
use crate::functions::stdlib::to_json;
use crate::functions::{Native, OfModule, Overload, ruby};

pub(in crate::functions) const NEUTRON: OfModule = all(
    "neutron",
    &[
        &CONVERT_CERT_TO_STRING,
        &CONVERT_TO_JSON_STRING,
        &VALIDATE_NETWORK_VLAN_RANGES,
        &VALIDATE_TUNNEL_ID_RANGES,
        &VALIDATE_VNI_RANGES,
        &VALIDATE_VXLAN_UDP_PORT,
    ],
    &[],
);

/// The content of a certificate's file in one line, without the lines that frame it.
const CONVERT_CERT_TO_STRING: Native = Native {
    name: "convert_cert_to_string",
    local_types: &[],
    overloads: &[Overload::new("(String $cert_file)", |context, arguments| {
        let path = arguments.first().and_then(Value::as_str).unwrap_or_default();
        let Ok(bytes) = context.read_file(Path::new(path)) else {
            return Err(format!("Certificate file not found: {path}").into());
        };
        let text = String::from_utf8_lossy(&bytes);
        Ok(text.lines().filter(|line| !line.contains("-----")).map(str::trim).collect::<String>().into())
    })],
};

/// A value as JSON; of an array of texts with colons an object.
const CONVERT_TO_JSON_STRING: Native = Native {
    name: "convert_to_json_string",
    local_types: &[],
    overloads: &[Overload::new("(Any *$args)", |_, arguments| {
        let value = arguments.first().unwrap_or(&Value::Undef);
        let Value::Array(items) = value else { return Ok(to_json(value)?.into()) };
        let mut object = Hash::new();
        for item in items.iter() {
            let has_colon = match item {
                Value::Str(text) => text.contains(':'),
                Value::Array(items) => items.contains(&":".into()),
                Value::Hash(hash) => hash.contains_str(":"),
                other => return Err(ruby::no_method("include?", other).into()),
            };
            if !has_colon {
                return Ok(to_json(value)?.into());
            }
            let Value::Str(text) = item else { return Err(ruby::no_method("split", item).into()) };
            let mut parts = text.split(':');
            let key = parts.next().unwrap_or_default();
            object.insert(key, parts.next().filter(|_| text.trim_end_matches(':').contains(':')));
        }
        Ok(to_json(&object.into())?.into())
    })],
};

/// Fails if a range of VLAN ids, or one of several, is wrong.
const VALIDATE_NETWORK_VLAN_RANGES: Native = Native {
    name: "validate_network_vlan_ranges",
    local_types: &[],
    overloads: &[Overload::new("(Any *$args)", |_, arguments| {
        each_range(arguments, |range| {
            if let Some((first, last)) = ids(r"^(?:.+:)?(\d+):(\d+)$", range)? {
                if first > 4094 || last > 4094 {
                    return Err("vlan id are invalid.".into());
                }
                if last < first {
                    return Err("network vlan ranges are invalid.".into());
                }
            } else if !Regexp::cached(r"^([^:]+)?(:\d+)?$")?.try_is_match(range)? {
                return Err("network vlan ranges are invalid.".into());
            }
            Ok(())
        })
    })],
};

/// Fails if a range of tunnel ids, or one of several, is wrong.
const VALIDATE_TUNNEL_ID_RANGES: Native = Native {
    name: "validate_tunnel_id_ranges",
    local_types: &[],
    overloads: &[Overload::new("(Any *$args)", |_, arguments| {
        each_range(arguments, |range| match ids(r"^(\d+):(\d+)$", range)? {
            Some((first, last)) if last - first > 1_000_000 => Err("tunnel id ranges are to large.".into()),
            Some((first, last)) if first <= last => Ok(()),
            _ => Err("tunnel id ranges are invalid.".into()),
        })
    })],
};

/// Fails if a range of VXLAN network ids, or one of several, is wrong.
const VALIDATE_VNI_RANGES: Native = Native {
    name: "validate_vni_ranges",
    local_types: &[],
    overloads: &[Overload::new("(Any *$args)", |_, arguments| {
        each_range(arguments, |range| match ids(r"^(\d+):(\d+)$", range)? {
            Some((first, last)) if first <= last && last <= 16_777_215 => Ok(()),
            _ => Err("vni ranges are invalid.".into()),
        })
    })],
};

/// Fails if a port is not one for VXLAN.
const VALIDATE_VXLAN_UDP_PORT: Native = Native {
    name: "validate_vxlan_udp_port",
    local_types: &[],
    overloads: &[Overload::new("(Any *$args)", |_, arguments| {
        let port = match arguments.first().unwrap_or(&Value::Undef) {
            Value::Int(port) => *port,
            Value::Float(port) => *port as i64,
            Value::Str(text) => ruby::integer(text)
                .ok_or_else(|| format!("invalid value for Integer(): {}", pcore::format::ruby_quote(text)))?,
            Value::Undef => return Err("can't convert nil into Integer".into()),
            other => return Err(format!("can't convert {} into Integer", ruby::class_name(other)).into()),
        };
        if port != 4789 && !(49152..=65535).contains(&port) {
            return Err("vxlan udp port is invalid.".into());
        }
        Ok(Value::Undef)
    })],
};

/// Checks the first argument, or each of its items; gives them as an array.
fn each_range(arguments: &[Value], check: impl Fn(&str) -> Result<(), Control>) -> Result<Value, Control> {
    let value = arguments.first().unwrap_or(&Value::Undef);
    let ranges = match value {
        Value::Array(ranges) => ranges.to_vec(),
        other => vec![other.clone()],
    };
    for range in &ranges {
        match range {
            Value::Str(text) => check(text)?,
            // Nothing is no range, and not a wrong one.
            Value::Undef => {}
            other => return Err(ruby::no_conversion(other, "String").into()),
        }
    }
    Ok(ranges.into())
}

/// The numbers of two groups.
fn ids(pattern: &str, text: &str) -> Result<Option<(i64, i64)>, Control> {
    let Some(found) = Regexp::cached(pattern)?.try_captures(text)? else { return Ok(None) };
    let number = |at: usize| {
        let digits = found.get(at).unwrap_or_default();
        // A leading zero makes the number octal.
        ruby::integer(digits).ok_or_else(|| format!("invalid value for Integer(): \"{digits}\""))
    };
    Ok(Some((number(1)?, number(2)?)))
}
