//! The module ssh.

use pcore::format::ruby_to_s;
use pcore::regexp::Regexp;
use pcore::{Hash, Value};

use super::all;
use crate::context::Context;
use crate::error::Control;
use crate::functions::ruby::ipaddr::IpAddr;
use crate::functions::{Legacy, Native, OfModule, Overload, ruby};

pub(in crate::functions) const SSH: OfModule =
    all("ssh", &[&IPADDRESSES], &[&CLIENT_OPTIONS, &OLD_IPADDRESSES, &SERVER_OPTIONS]);

/// The addresses of the node's interfaces but those of `lo`, of excluded ones, and link-local addresses of IPv6.
const IPADDRESSES: Native = Native {
    name: "ssh::ipaddresses",
    local_types: &[],
    overloads: &[Overload::new(
        "(Array[String[1]] $excluded_interfaces, Array $excluded_interfaces_re)",
        ipaddresses,
    )],
};

fn ipaddresses(context: &mut Context<'_, '_>, arguments: &[Value]) -> Result<Value, Control> {
    let [excluded, patterns] = arguments else { return Ok(Value::Undef) };
    let interfaces = match context.fact(&["networking", "interfaces"]) {
        Value::Hash(interfaces) => interfaces,
        other => return Err(ruby::no_method("each", &other).into()),
    };
    let link_local = IpAddr::new("fe80::/64")?;
    let mut found: Vec<Value> = Vec::new();
    for (name, interface) in interfaces.iter() {
        let text = ruby_to_s(name);
        if text == "lo" || excluded.as_array().is_some_and(|names| names.contains(name)) {
            continue;
        }
        let mut is_excluded = false;
        for pattern in patterns.as_array().unwrap_or_default() {
            let regexp = match pattern {
                Value::Regexp(regexp) => regexp.clone(),
                Value::Str(source) => Regexp::cached(source)?,
                other => return Err(ruby::no_conversion(other, "String").into()),
            };
            is_excluded |= regexp.try_is_match(&text)?;
        }
        if is_excluded {
            continue;
        }
        for kind in ["bindings", "bindings6"] {
            let bindings = interface.as_hash().and_then(|interface| interface.get_str(kind)?.as_array());
            for binding in bindings.unwrap_or_default() {
                let Some(Value::Str(address)) =
                    binding.as_hash().and_then(|binding| binding.get_str("address"))
                else {
                    continue;
                };
                let is_local = link_local.includes(&IpAddr::new(address)?);
                let address = Value::Str(address.clone());
                if !is_local && !found.contains(&address) {
                    found.push(address);
                }
            }
        }
    }
    Ok(found.into())
}

/// The addresses of the node's interfaces but `lo`, by the flat facts `interfaces`, `ipaddress_eth0` and so on.
const OLD_IPADDRESSES: Legacy = Legacy::value("ipaddresses", -1, |context, _| {
    let names = match context.lookupvar("interfaces")? {
        Value::Str(names) => names,
        Value::Undef => return Ok(false.into()),
        other => return Err(ruby::no_method("count", &other).into()),
    };
    let mut found = Vec::new();
    for name in names.split(',').filter(|name| !name.contains("lo")) {
        for kind in ["ipaddress", "ipaddress6"] {
            let address = context.lookupvar(&format!("{kind}_{name}"))?;
            if address.is_true() {
                found.push(address);
            }
        }
    }
    Ok(found.into())
});

/// Options of `ssh_config` as resources of Augeas: the options, names of absent ones, and parameters for all.
const CLIENT_OPTIONS: Legacy =
    Legacy::value("sshclient_options_to_augeas_ssh_config", -1, |context, arguments| {
        options(context.name(), arguments, "host", "Host ")
    });

/// Options of `sshd_config` as resources of Augeas: the options, names of absent ones, and parameters for all.
const SERVER_OPTIONS: Legacy =
    Legacy::value("sshserver_options_to_augeas_sshd_config", -1, |context, arguments| {
        options(context.name(), arguments, "condition", "Match ")
    });

fn options(function: &str, arguments: &[Value], block: &str, prefix: &str) -> Result<Value, Control> {
    let given = |at: usize| arguments.get(at).filter(|value| value.is_true());
    let Some(options) = arguments.first() else {
        return Err(format!("{function}: expects at least one argument").into());
    };
    let Value::Hash(options) = options else {
        return Err(format!("{function}: first argument must be a hash").into());
    };
    let absent = given(1);
    if absent.is_some_and(|absent| !matches!(absent, Value::Array(_) | Value::Str(_))) {
        let text = "second argument, if supplied, must be an array or a string";
        return Err(format!("{function}: {text}").into());
    }
    let common = match given(2) {
        None => None,
        Some(Value::Hash(common)) => Some(&**common),
        Some(_) => return Err(format!("{function}: third argument, if supplied, must be a hash").into()),
    };
    let mut resources = Hash::new();
    let mut add = |title: String, mut resource: Hash| -> Result<(), Control> {
        let common = common.ok_or_else(|| ruby::no_conversion(&Value::Undef, "Hash"))?;
        resource.extend(common.iter().map(|(name, value)| (name.clone(), value.clone())));
        resources.insert(title, resource);
        Ok(())
    };
    let present = || Hash::from_iter([("ensure", "present")]);
    for (name, value) in options.iter() {
        let Value::Hash(inner) = value else {
            let mut resource = present();
            resource.insert("key", name.clone());
            resource.insert("value", value.clone());
            add(ruby_to_s(name), resource)?;
            continue;
        };
        let Value::Str(name) = name else { return Err(ruby::no_method("gsub", name).into()) };
        let place = name.replace(prefix, "");
        for (key, value) in inner.iter() {
            let mut resource = present();
            resource.insert(block, place.as_str());
            resource.insert("key", key.clone());
            resource.insert("value", value.clone());
            add(format!("{} {place}", ruby_to_s(key)), resource)?;
        }
    }
    let Some(absent) = absent.and_then(Value::as_array) else {
        let receiver = absent.unwrap_or(&Value::Undef);
        return Err(ruby::no_method("each", receiver).into());
    };
    for name in absent {
        let mut resource = Hash::from_iter([("ensure", "absent")]);
        resource.insert("key", name.clone());
        add(ruby_to_s(name), resource)?;
    }
    Ok(resources.into())
}
