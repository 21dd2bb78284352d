//! The modules ironic, murano, nova and openstack_extras.

use pcore::Value;
use pcore::format::ruby_to_s;

use super::all;
use crate::context::Context;
use crate::error::Control;
use crate::functions::ruby::ipaddr::IpAddr;
use crate::functions::stdlib::{parse_json, to_json};
use crate::functions::{Native, OfModule, Overload, ruby};

pub(in crate::functions) const IRONIC: OfModule = all("ironic", &[&IPV6_NORMALIZE_DNSMASQ_IP_SUBNETS], &[]);
pub(in crate::functions) const MURANO: OfModule = all("murano", &[&GET_EXT_NET_NAME], &[]);
pub(in crate::functions) const NOVA: OfModule = all("nova", &[&TO_ARRAY_OF_JSON_STRINGS], &[]);
pub(in crate::functions) const OPENSTACK_EXTRAS: OfModule =
    all("openstack_extras", &[&VALIDATE_YUM_HASH], &[]);

/// Subnets as dnsmasq wants them: those of IPv6 have a prefix length for a netmask, and no gateway.
const IPV6_NORMALIZE_DNSMASQ_IP_SUBNETS: Native = Native {
    name: "ipv6_normalize_dnsmasq_ip_subnets",
    local_types: &[],
    overloads: &[Overload::new("(Any $args)", |_, arguments| {
        let subnets = match arguments.first().unwrap_or(&Value::Undef) {
            Value::Array(subnets) => subnets.clone(),
            other => return Err(ruby::no_method("each", other).into()),
        };
        let mut normal = Vec::with_capacity(subnets.len());
        for subnet in subnets.iter() {
            let subnet = match subnet {
                Value::Hash(subnet) => subnet,
                // What looks for a part of a text, which is no address.
                Value::Str(_) => {
                    normal.push(subnet.clone());
                    continue;
                }
                Value::Array(_) => return Err("no implicit conversion of String into Integer".into()),
                other => return Err(ruby::no_method("[]", other).into()),
            };
            let mut subnet = (**subnet).clone();
            let address = |value: Option<&Value>| {
                value.and_then(Value::as_str).and_then(|text| IpAddr::new(text).ok()).filter(IpAddr::is_v6)
            };
            if let Some(mask) = address(subnet.get_str("netmask")) {
                subnet.insert("netmask", i64::from(mask.bits().count_ones()));
            }
            if address(subnet.get_str("gateway")).is_some() {
                subnet.remove_str("gateway");
            }
            normal.push(subnet.into());
        }
        Ok(normal.into())
    })],
};

/// The name of the first network with an external router, or undef.
const GET_EXT_NET_NAME: Native = Native {
    name: "get_ext_net_name",
    local_types: &[],
    overloads: &[Overload::new("(Any *$args)", |_, arguments| {
        let Some(Value::Hash(networks)) = arguments.first() else {
            return Err("get_ext_net_name(): No network data provided!".into());
        };
        for (name, network) in networks.iter() {
            let Value::Hash(network) = network else { return Err(ruby::no_method("fetch", network).into()) };
            let layer = network.get_str("L2");
            let is_external = match layer {
                None => false,
                Some(Value::Hash(layer)) => layer.get_str("router_ext").is_some_and(Value::is_true),
                Some(other) => return Err(ruby::no_method("[]", other).into()),
            };
            if is_external {
                return Ok(name.clone());
            }
        }
        Ok(Value::Undef)
    })],
};

/// The hashes of an array, or of a JSON text, each as JSON.
const TO_ARRAY_OF_JSON_STRINGS: Native = Native {
    name: "to_array_of_json_strings",
    local_types: &[],
    overloads: &[Overload::new("(Any *$args)", to_array_of_json_strings)],
};

fn to_array_of_json_strings(context: &mut Context<'_, '_>, arguments: &[Value]) -> Result<Value, Control> {
    let [given] = arguments else {
        return Err("to_array_of_json_strings(): Wrong number of arguments".into());
    };
    let shown = ruby_to_s(given);
    let list = match given {
        Value::Str(text) => {
            // Ruby reads an empty text as nil.
            let text = if text.is_empty() { "null" } else { text.as_str() };
            let read = match parse_json(text) {
                Ok(value) => Ok(value),
                Err(_) => {
                    let value = parse_json(&text.replace('\'', "\""));
                    if value.is_ok() {
                        context.warn(&format!(
                            "{shown} is not valid JSON. Support for this format is deprecated and may be removed in future."
                        ));
                    }
                    value
                }
            };
            match read {
                Ok(list @ Value::Array(_)) => list,
                Ok(other) => vec![other].into(),
                Err(_) => return Err(format!("Syntax error: {shown} is not valid").into()),
            }
        }
        other => other.clone(),
    };
    let hashes = list.as_array().filter(|items| items.iter().all(|item| matches!(item, Value::Hash(_))));
    let Some(hashes) = hashes else {
        return Err(format!("Syntax error: {shown} is not an Array or JSON encoded String").into());
    };
    Ok(hashes.iter().map(|hash| to_json(hash).map(Value::from)).collect::<Result<Vec<_>, _>>()?.into())
}

/// Fails if a hash of resources `yumrepo` has parameters that the type has not.
const VALIDATE_YUM_HASH: Native = Native {
    name: "validate_yum_hash",
    local_types: &[],
    overloads: &[Overload::new("(Any *$args)", |_, arguments| {
        if arguments.len() > 1 {
            let count = arguments.len();
            return Err(format!("validate_yum_hash takes only a single argument, {count} provided").into());
        }
        let Some(Value::Hash(repositories)) = arguments.first() else {
            return Err("non-hash argument provided to validate_yum_hash".into());
        };
        for parameters in repositories.values() {
            let Value::Hash(parameters) = parameters else {
                return Err(ruby::no_method("each", parameters).into());
            };
            let unknown = |name: &&Value| !name.as_str().is_some_and(|name| YUMREPO.contains(&name));
            if let Some(name) = parameters.keys().find(unknown) {
                let name = ruby_to_s(name);
                return Err(format!("Parameter {name} is not valid for the yumrepo type").into());
            }
        }
        // What the loop of the original leaves behind.
        Ok(if repositories.is_empty() { Value::Undef } else { Value::Hash(repositories.clone()) })
    })],
};

/// Parameters of `yumrepo` that the function knows.
const YUMREPO: [&str; 33] = [
    "name",
    "ensure",
    "baseurl",
    "cost",
    "descr",
    "enabled",
    "enablegroups",
    "exclude",
    "failovermethod",
    "gpgcheck",
    "gpgkey",
    "http_caching",
    "include",
    "includepkgs",
    "keepalive",
    "metadata_expire",
    "metalink",
    "mirrorlist",
    "priority",
    "protect",
    "provider",
    "proxy",
    "proxy_password",
    "proxy_username",
    "repo_gpgcheck",
    "s3_enabled",
    "skip_if_unavailable",
    "sslcacert",
    "sslclientcert",
    "sslclientkey",
    "sslverify",
    "target",
    "timeout",
];
