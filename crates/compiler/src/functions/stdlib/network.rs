//! `enclose_ipv6`, `stdlib::ip_in_range`, `has_interface_with`, `has_ip_address`, `has_ip_network`, `is_domain_name`,
//! `is_email_address`, `is_mac_address`

use pcore::Value;
use pcore::format::{ruby_inspect, ruby_to_s};

use super::arguments::{fits, wrong_count, wrong_count_bare};
use crate::context::Context;
use crate::error::Control;
use crate::functions::ruby::ipaddr::IpAddr;
use crate::functions::{Legacy, Native, Overload, collections, ruby};

/// Addresses as they stand in URLs: those of IPv6 in brackets. `*` stays.
///
/// ```puppet
/// enclose_ipv6(['::1', '127.0.0.1']) # ['[::1]', '127.0.0.1']
/// ```
pub(super) const ENCLOSE_IPV6: Legacy = Legacy::value("enclose_ipv6", -1, |_, arguments| {
    let [input] = arguments else { return Err(wrong_count_bare("enclose_ipv6", arguments, "1")) };
    if !matches!(input, Value::Str(_) | Value::Array(_)) {
        let class = ruby::legacy_class_name(input);
        let text = format!("enclose_ipv6(): Wrong argument type given {class} expected String or Array");
        return Err(text.into());
    }
    let mut flat = Vec::new();
    collections::push_flat(arguments, &mut flat);
    let mut result: Vec<Value> = Vec::with_capacity(flat.len());
    for address in flat.iter().filter(|address| !address.is_undef()) {
        let wrong = || {
            let shown = ruby_to_s(address);
            Control::from(format!("enclose_ipv6(): Wrong argument given {shown} is not an ip address."))
        };
        let enclosed = match address {
            Value::Str(text) if text.as_str() == "*" => address.clone(),
            Value::Str(text) => match IpAddr::new(text) {
                Ok(ip) if ip.is_v6() => format!("[{ip}]").into(),
                Ok(_) => address.clone(),
                Err(_) => return Err(wrong()),
            },
            _ => return Err(wrong()),
        };
        if !result.contains(&enclosed) {
            result.push(enclosed);
        }
    }
    Ok(result.into())
});

/// Whether an address lies in a network, or in one of several.
///
/// ```puppet
/// stdlib::ip_in_range('10.10.10.53', ['10.10.10.0/24', '10.10.11.0/24']) # true
/// ```
pub(super) const IP_IN_RANGE: Native = Native {
    name: "stdlib::ip_in_range",
    local_types: &[],
    overloads: &[Overload::new(
        "(String $ipaddress, Variant[String, Array] $range) >> Boolean",
        |_, arguments| {
            let [Value::Str(ip), ranges] = arguments else { return Ok(Value::Undef) };
            let ip = IpAddr::new(ip)?;
            let mut networks = Vec::new();
            for range in ranges.as_array().unwrap_or(std::slice::from_ref(ranges)) {
                let Value::Str(range) = range else { return Err("address family must be specified".into()) };
                networks.push(IpAddr::new(range)?);
            }
            Ok(networks.iter().any(|network| network.includes(&ip)).into())
        },
    )],
};

/// `has_interface_with` as stdlib 8 has it: by the flat facts `interfaces`, `ipaddress_eth0` and so on.
pub(super) const HAS_INTERFACE_WITH_8: Legacy = Legacy::value("has_interface_with", -1, has_interface);

/// Whether the node has an interface of that name, or one with that address.
///
/// ```puppet
/// stdlib::has_interface_with('lo')
/// stdlib::has_interface_with('macaddress', 'x:x:x:x:x:x')
/// ```
pub(super) const HAS_INTERFACE_WITH: Native = Native {
    name: "stdlib::has_interface_with",
    local_types: &[],
    overloads: &[
        Overload::new("(String[1] $interface) >> Boolean", |context, arguments| {
            let name = arguments.first().and_then(Value::as_str).unwrap_or_default();
            match context.fact(&["networking", "interfaces"]) {
                Value::Hash(interfaces) => Ok(interfaces.contains_str(name).into()),
                other => Err(ruby::no_method("key?", &other).into()),
            }
        }),
        Overload::new(
            "(Enum['macaddress','netmask','ipaddress','network','ip','mac'] $kind, String[1] $value) >> Boolean",
            |context, arguments| {
                let [Value::Str(kind), value] = arguments else { return Ok(Value::Undef) };
                let kind = match kind.as_str() {
                    "ipaddress" => "ip",
                    "macaddress" => "mac",
                    kind => kind,
                };
                let interfaces = match context.fact(&["networking", "interfaces"]) {
                    Value::Hash(interfaces) => interfaces,
                    other => return Err(ruby::no_method("any?", &other).into()),
                };
                let has = |interface: &Value| interface.as_hash()?.get_str(kind).map(|other| other == value);
                Ok(interfaces.values().any(|interface| has(interface) == Some(true)).into())
            },
        ),
    ],
};

/// Whether an interface of the node has an address.
pub(super) const HAS_IP_ADDRESS_8: Legacy =
    Legacy::value("has_ip_address", -1, |context, arguments| match arguments {
        [address] => has_interface(context, &["ipaddress".into(), address.clone()]),
        _ => Err(wrong_count("has_ip_address", arguments, "1")),
    });

/// Whether an interface of the node is in a network.
pub(super) const HAS_IP_NETWORK_8: Legacy =
    Legacy::value("has_ip_network", -1, |context, arguments| match arguments {
        [network] => has_interface(context, &["network".into(), network.clone()]),
        _ => Err(wrong_count("has_ip_network", arguments, "1")),
    });

fn has_interface(context: &mut Context<'_, '_>, arguments: &[Value]) -> Result<Value, Control> {
    if !matches!(arguments.len(), 1 | 2) {
        return Err(wrong_count("has_interface_with", arguments, "1 or 2"));
    }
    let interfaces = match context.lookupvar("interfaces")? {
        Value::Str(names) => names,
        Value::Undef => return Ok(false.into()),
        other => return Err(ruby::no_method("split", &other).into()),
    };
    let [kind, value] = arguments else {
        let name = arguments.first().and_then(Value::as_str);
        return Ok(interfaces.split(',').any(|interface| Some(interface) == name).into());
    };
    let kind = ruby_to_s(kind);
    let mut has = |name: &str| -> Result<bool, Control> {
        let fact = context.variable(name)?.unwrap_or_default();
        Ok(ruby::equals(&fact, value))
    };
    if has(&kind)? {
        return Ok(true.into());
    }
    for interface in interfaces.split(',') {
        if has(&format!("{kind}_{}", interface.to_lowercase()))? {
            return Ok(true.into());
        }
    }
    Ok(false.into())
}

/// Whether a text is a domain name; only the form counts.
pub(super) const IS_DOMAIN_NAME: Legacy =
    Legacy::value("is_domain_name", -1, |_, arguments| match arguments {
        [value] => Ok(is_domain_name(value).into()),
        _ => Err(wrong_count_bare("is_domain_name", arguments, "1")),
    });

fn is_domain_name(value: &Value) -> bool {
    let Value::Str(name) = value else { return false };
    if name.as_str() == "." {
        return true;
    }
    let name = name.strip_suffix('.').unwrap_or(name);
    if name.is_empty() || name.chars().count() > 255 || (name.contains('.') && !fits(r"\.[A-Za-z]+$", name)) {
        return false;
    }
    name.trim_end_matches('.').split('.').all(|label| {
        (1..=63).contains(&label.chars().count())
            && !label.starts_with('-')
            && !label.ends_with('-')
            && fits(r"^(?i:[a-z\d-]+)$", label)
    })
}

/// Whether a text is a mail address; only the form counts.
pub(super) const IS_EMAIL_ADDRESS: Legacy =
    Legacy::value("is_email_address", -1, |_, arguments| match arguments {
        [value] => Ok(is_email_address(value).into()),
        _ => Err(wrong_count_bare("is_email_address", arguments, "1")),
    });

fn is_email_address(value: &Value) -> bool {
    value.as_str().is_some_and(|text| fits(r"\A([\w+\-].?)+@[a-z\d\-]+(\.[a-z]+)*\.[a-z]+\z", text))
}

/// Whether a text is a hardware address of an interface.
pub(super) const IS_MAC_ADDRESS: Legacy =
    Legacy::value("is_mac_address", -1, |_, arguments| match arguments {
        [Value::Str(text)] => Ok((fits("^(?i:[a-f0-9]{1,2}(:[a-f0-9]{1,2}){5})$", text)
            || fits("^(?i:[a-f0-9]{1,2}(:[a-f0-9]{1,2}){19})$", text))
        .into()),
        [other] => Err(ruby::no_conversion(other, "String").into()),
        _ => Err(wrong_count_bare("is_mac_address", arguments, "1")),
    });

/// `validate_domain_name` as stdlib 8 has it: fails if one of the arguments is no domain name.
pub(super) const VALIDATE_DOMAIN_NAME_8: Legacy =
    Legacy::statement("validate_domain_name", -1, |_, arguments| {
        validate("validate_domain_name", arguments, is_domain_name, "syntactically correct domain name")
    });

/// `validate_email_address` as stdlib 8 has it: fails if one of the arguments is no mail address.
pub(super) const VALIDATE_EMAIL_ADDRESS_8: Legacy =
    Legacy::statement("validate_email_address", -1, |_, arguments| {
        validate("validate_email_address", arguments, is_email_address, "valid email address")
    });

fn validate(
    name: &str,
    arguments: &[Value],
    is_right: fn(&Value) -> bool,
    what: &str,
) -> Result<Value, Control> {
    if arguments.is_empty() {
        return Err(format!("{name}(): wrong number of arguments (0; must be > 0)").into());
    }
    for argument in arguments {
        if argument.as_str().is_none() {
            return Err(format!("{} is not a string.", ruby_inspect(argument)).into());
        }
        if !is_right(argument) {
            return Err(format!("{} is not a {what}", ruby_inspect(argument)).into());
        }
    }
    Ok(Value::Undef)
}
