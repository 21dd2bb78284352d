//! The module openstacklib, whose functions all modules of OpenStack use.

use pcore::format::ruby_to_s;
use pcore::{Hash, Value};

use super::all;
use crate::context::Context;
use crate::error::Control;
use crate::functions::ruby::ipaddr::IpAddr;
use crate::functions::ruby::string::{percent_encoded, url_encode};
use crate::functions::stdlib::fits;
use crate::functions::{Native, OfModule, Overload, ruby};

pub(in crate::functions) const OPENSTACKLIB: OfModule = all(
    "openstacklib",
    &[&INET6_PREFIX, &IS_SERVICE_DEFAULT, &NORMALIZE_IP_FOR_URI, &OS_DATABASE_CONNECTION, &OS_TRANSPORT_URL],
    &[],
);

/// Whether a value is the text `<SERVICE DEFAULT>`, which stands for a setting that is left to the service.
const IS_SERVICE_DEFAULT: Native = Native {
    name: "is_service_default",
    local_types: &[],
    overloads: &[Overload::new("(Any *$args)", |_, arguments| match arguments {
        [value] => Ok((value.as_str() == Some("<SERVICE DEFAULT>")).into()),
        more => {
            let count = more.len();
            Err(format!("is_service_default(): Wrong number of argumentsgiven ({count} for 1)").into())
        }
    })],
};

/// Addresses as they stand in URLs: those of IPv6 in brackets, all else as it is.
const NORMALIZE_IP_FOR_URI: Native = Native {
    name: "normalize_ip_for_uri",
    local_types: &[],
    overloads: &[Overload::new("(Any *$args)", |_, arguments| {
        each_or_one(arguments, |address| match address {
            Value::Str(text) => {
                let is_bare_v6 = IpAddr::new(text).is_ok_and(|ip| ip.is_v6()) && !fits(r"\[.+\]", text);
                Ok(if is_bare_v6 { format!("[{text}]").into() } else { address.clone() })
            }
            other => Ok(other.clone()),
        })
    })],
};

/// Addresses of IPv6 as memcached wants them: `inet6:[::1]`; all else as it is.
const INET6_PREFIX: Native = Native {
    name: "inet6_prefix",
    local_types: &[],
    overloads: &[Overload::new("(Any *$args)", |_, arguments| {
        each_or_one(arguments, |address| {
            let Value::Str(text) = address else { return Ok(address.clone()) };
            if fits("^inet6:.+", text) {
                return Ok(address.clone());
            }
            let is_separator = |c: char| c.is_ascii_whitespace() || matches!(c, '[' | ']' | '\u{b}');
            let mut parts = text.split(is_separator).filter(|part| !part.is_empty());
            match parts.next() {
                Some(ip) if IpAddr::new(ip).is_ok_and(|ip| ip.is_v6()) => {
                    Ok(format!("inet6:[{ip}]{}", parts.collect::<String>()).into())
                }
                _ => Ok(address.clone()),
            }
        })
    })],
};

/// Converts the arguments, or the items of the first one if that is an array; a single result stands alone.
fn each_or_one(
    arguments: &[Value],
    convert: impl Fn(&Value) -> Result<Value, Control>,
) -> Result<Value, Control> {
    let items = match arguments.first() {
        Some(Value::Array(items)) => items,
        _ => arguments,
    };
    let converted = items.iter().map(convert).collect::<Result<Vec<_>, _>>()?;
    Ok(match converted.as_slice() {
        [only] => only.clone(),
        _ => converted.into(),
    })
}

/// A URL of a database from its parts: `dialect`, `database`, maybe `host`, `port`, `username`, `password`, `charset`
/// and `extra`.
const OS_DATABASE_CONNECTION: Native = Native {
    name: "os_database_connection",
    local_types: &[],
    overloads: &[Overload::new("(Any *$args)", |_, arguments| database_connection(arguments))],
};

fn database_connection(arguments: &[Value]) -> Result<Value, Control> {
    let [parts] = arguments else {
        let count = arguments.len();
        return Err(
            format!("os_database_connection(): Wrong number of arguments given ({count} for 1)").into()
        );
    };
    let Value::Hash(parts) = parts else {
        let class = ruby::class_name(parts);
        return Err(format!("os_database_connection(): Requires an hash, got {class}").into());
    };
    for (name, value) in parts.iter() {
        let is_right = if name.as_str() == Some("extra") {
            matches!(value, Value::Hash(_))
        } else {
            matches!(value, Value::Str(_))
        };
        if !is_right {
            let class = if name.as_str() == Some("extra") { "Hash" } else { "String" };
            let name = ruby_to_s(name);
            return Err(format!("os_database_connection(): {name} should be a {class}").into());
        }
    }
    let text = |name: &str| parts.get_str(name).map(ruby_to_s);
    let missing = |what: &str| Control::from(format!("os_database_connection(): {what} is required"));
    let dialect = text("dialect").ok_or_else(|| missing("dialect"))?;
    let host = text("host");
    let database = text("database").ok_or_else(|| missing("database"))?;
    let port = text("port");
    if port.is_some() && host.is_none() {
        return Err("os_database_connection(): host is required with port".into());
    }
    let mut query: Hash = parts.get_str("extra").and_then(Value::as_hash).cloned().unwrap_or_default();
    if let Some(charset) = parts.get_str("charset") {
        query.insert("charset", charset.clone());
    }
    if !fits(r"\A[A-Za-z][A-Za-z0-9+.-]*\z", &dialect) {
        return Err(bad_component("scheme", &dialect));
    }
    let mut url = format!("{dialect}:");
    let user = userinfo(parts);
    match host {
        Some(host) => {
            let host = if host.contains(':') && !(host.starts_with('[') && host.ends_with(']')) {
                format!("[{host}]")
            } else {
                host
            };
            if !fits(r"\A(?:(?:[A-Za-z0-9.-]|%\h\h)+|\[[\h:.]+\])\z", &host) {
                return Err(bad_component("host", &host));
            }
            url.push_str("//");
            if let Some(user) = user {
                url.push_str(&format!("{user}@"));
            }
            url.push_str(&host);
            if let Some(port) = port {
                url.push_str(&format!(":{}", ruby::to_i(&port).unwrap_or(0)));
            }
            url.push_str(&path_of(format!("/{database}"))?);
        }
        None => url.push_str(&path_of(format!("///{database}"))?),
    }
    if !query.is_empty() {
        let is_kept = |byte: u8| byte.is_ascii_graphic() && !b"\"#'<>`".contains(&byte);
        let query = joined(&query).replace(['\t', '\r', '\n'], "");
        url.push_str(&format!("?{}", percent_encoded(&query, is_kept)));
    }
    Ok(url.into())
}

/// The path, if it can stand in a URL.
fn path_of(path: String) -> Result<String, Control> {
    if fits(r"\A/(?:[A-Za-z0-9_.!~*'():@&=+$,;/-]|%\h\h)*\z", &path) {
        Ok(path)
    } else {
        Err(bad_component("path", &path))
    }
}

fn bad_component(name: &str, text: &str) -> Control {
    format!("bad component(expected {name} component): {text}").into()
}

/// User and password as they stand in a URL, if there is a user.
fn userinfo(parts: &Hash) -> Option<String> {
    let given = |name: &str| parts.get_str(name).map(ruby_to_s).filter(|text| !text.is_empty());
    let name = given("username")?;
    let password = given("password").map(|password| format!(":{}", url_encode(&password)));
    Some(format!("{}{}", url_encode(&name), password.unwrap_or_default()))
}

fn joined(query: &Hash) -> String {
    let pairs: Vec<String> =
        query.iter().map(|(name, value)| format!("{}={}", ruby_to_s(name), ruby_to_s(value))).collect();
    pairs.join("&")
}

/// A URL of a message queue from its parts: `transport`, `host` or `hosts`, maybe `port`, `username`, `password`,
/// `virtual_host`, `ssl` and `query`.
const OS_TRANSPORT_URL: Native = Native {
    name: "os_transport_url",
    local_types: &[],
    overloads: &[Overload::new("(Any *$args)", transport_url)],
};

fn transport_url(context: &mut Context<'_, '_>, arguments: &[Value]) -> Result<Value, Control> {
    let [parts] = arguments else { return Err("os_transport_url(): Wrong number of arguments".into()) };
    let Value::Hash(given) = parts else {
        let class = ruby::class_name(parts);
        return Err(format!("os_transport_url(): Requires an hash, got {class}").into());
    };
    let mut parts = Hash::with_capacity(given.len());
    for (name, value) in given.iter() {
        let name = ruby_to_s(name);
        let value = if name == "port" { ruby_to_s(value).into() } else { value.clone() };
        let (is_right, class) = match name.as_str() {
            "hosts" => (matches!(value, Value::Array(_)), "Array"),
            "query" => (matches!(value, Value::Hash(_)), "Hash"),
            _ => (matches!(value, Value::Str(_)), "String"),
        };
        if !is_right {
            return Err(format!("os_transport_url(): {name} should be a {class}").into());
        }
        parts.insert(name, value);
    }
    let Some(transport) = parts.get_str("transport") else {
        return Err("os_transport_url(): transport is required".into());
    };
    let port = parts.get_str("port").map(|port| format!(":{}", ruby_to_s(port))).unwrap_or_default();
    let hosts = match (parts.get_str("host"), parts.get_str("hosts")) {
        (None, None) => return Err("os_transport_url(): host or hosts is required".into()),
        (Some(_), Some(_)) => return Err("os_transport_url(): cannot use both host and hosts.".into()),
        (Some(host), None) | (None, Some(host)) => host.clone(),
    };
    let hosts = context.call_function("normalize_ip_for_uri", vec![hosts], false)?;
    let user = userinfo(&parts).map(|user| format!("{user}@")).unwrap_or_default();
    let hosts: Vec<String> = hosts
        .as_array()
        .unwrap_or(std::slice::from_ref(&hosts))
        .iter()
        .map(|host| format!("{user}{}{port}", ruby_to_s(host)))
        .collect();
    let path = parts.get_str("virtual_host").map_or_else(String::new, ruby_to_s);
    let mut query: Hash = parts.get_str("query").and_then(Value::as_hash).cloned().unwrap_or_default();
    if let Some(Value::Str(ssl)) = parts.get_str("ssl") {
        query.insert("ssl", Value::Int(is_true(ssl)?.into()));
    }
    let query = if query.is_empty() { String::new() } else { format!("?{}", joined(&query)) };
    Ok(format!("{}://{}/{path}{query}", ruby_to_s(transport), hosts.join(",")).into())
}

fn is_true(text: &str) -> Result<bool, Control> {
    if text.is_empty() || fits("^$", text) {
        Ok(false)
    } else if fits("^(?i:1|t|y|true|yes)$", text) {
        Ok(true)
    } else if fits("^(?i:0|f|n|false|no)$", text) || fits("^(undef|undefined)$", text) {
        Ok(false)
    } else {
        Err("os_transport_url _str2bool(): Unknown type of boolean given".into())
    }
}
