//! The module extlib. Functions that ask other servers or take resources out of a catalog are not here.

use std::path::Path;

use pcore::format::{ruby_inspect, ruby_to_s};
use pcore::{Hash, Value};

use super::all;
use crate::context::Context;
use crate::error::Control;
use crate::functions::fqdn_rand::mersenne::Mersenne;
use crate::functions::ruby::ipaddr::IpAddr;
use crate::functions::{Native, OfModule, Overload, ruby};

pub(in crate::functions) const EXTLIB: OfModule = all(
    "extlib",
    &[
        &CACHE_DATA,
        &CIDR_TO_NETMASK,
        &CIDR_TO_NETWORK,
        &COMPARE_IP,
        &DEFAULT_CONTENT,
        &DUMP_PARAMS,
        &ECHO,
        &GET_IP_IN_CIDR,
        &HAS_MODULE,
        &IP_TO_CRON,
        &IP_TO_REVERSE,
        &IS_IN_CIDR,
        &LAST_IN_CIDR,
        &NETMASK_TO_CIDR,
        &RANDOM_PASSWORD,
        &RESOURCES_DEEP_MERGE,
        &SORT_BY_VERSION,
        &SORT_HASH_DEEP,
        &TO_INI,
    ],
    &[],
);

const CIDR: &str = "Variant[Stdlib::IP::Address::V4::CIDR,Stdlib::IP::Address::V6::CIDR]";

/// The address that the first argument is, after a check of all arguments.
fn address(context: &mut Context<'_, '_>, arguments: &[Value], signature: &str) -> Result<IpAddr, Control> {
    context.check_signatures(&[signature], arguments)?;
    Ok(IpAddr::new(arguments.first().and_then(Value::as_str).unwrap_or_default())?)
}

/// Data that the server keeps in a file: what the first call was given. For passwords that are made up once.
const CACHE_DATA: Native = Native {
    name: "extlib::cache_data",
    local_types: &[],
    overloads: &[Overload::new(
        "(String[1] $namespace, String[1] $name, Any $initial_data)",
        |context, arguments| {
            let [Value::Str(namespace), Value::Str(name), initial] = arguments else {
                return Ok(Value::Undef);
            };
            if !pcore::rich::is_data(initial) {
                let kind = pcore::infer::infer(initial);
                return Err(format!("only data can be kept, and {kind} is none").into());
            }
            let text = pcore::yaml::dump(initial);
            let kept = context.kept_file(&format!("{namespace}/{name}"), text.as_bytes())?;
            if kept == text.as_bytes() {
                return Ok(initial.clone());
            }
            let kept = String::from_utf8(kept).map_err(|_| format!("{namespace}/{name} is not UTF-8"))?;
            pcore::yaml::load_without_aliases(&kept, "<unknown>").map_err(|error| error.to_string().into())
        },
    )],
};

/// The netmask of a network.
const CIDR_TO_NETMASK: Native = Native {
    name: "extlib::cidr_to_netmask",
    local_types: &[],
    overloads: &[Overload::new("(Any *$args)", |context, arguments| {
        Ok(address(context, arguments, &format!("({CIDR} $ip)"))?.netmask().into())
    })],
};

/// The first address of a network.
const CIDR_TO_NETWORK: Native = Native {
    name: "extlib::cidr_to_network",
    local_types: &[],
    overloads: &[Overload::new("(Any *$args)", |context, arguments| {
        Ok(address(context, arguments, &format!("({CIDR} $ip)"))?.to_string().into())
    })],
};

/// The last address of a network.
const LAST_IN_CIDR: Native = Native {
    name: "extlib::last_in_cidr",
    local_types: &[],
    overloads: &[Overload::new("(Any *$args)", |context, arguments| {
        Ok(address(context, arguments, &format!("({CIDR} $ip)"))?.last().to_string().into())
    })],
};

/// -1, 0 or 1: whether an address is below another one, the same, or above.
const COMPARE_IP: Native = Native {
    name: "extlib::compare_ip",
    local_types: &[],
    overloads: &[Overload::new("(Any *$args)", |context, arguments| {
        let signature = "(Stdlib::IP::Address $left, Stdlib::IP::Address $right)";
        let left = address(context, arguments, signature)?;
        let right = IpAddr::new(arguments.get(1).and_then(Value::as_str).unwrap_or_default())?;
        Ok(Value::Int(left.bits().cmp(&right.bits()) as i64))
    })],
};

/// The content, or what a template gives, or undef.
const DEFAULT_CONTENT: Native = Native {
    name: "extlib::default_content",
    local_types: &[],
    overloads: &[Overload::new(
        "(Optional[String] $content, Optional[String] $template_name) >> Optional[String]",
        |context, arguments| {
            let text = |at: usize| arguments.get(at).and_then(Value::as_str).unwrap_or_default();
            if !text(0).is_empty() {
                return Ok(text(0).into());
            }
            match text(1) {
                "" => Ok(Value::Undef),
                name => {
                    let function = if name.ends_with(".epp") { "epp" } else { "template" };
                    context.call_function(function, vec![name.into()], false)
                }
            }
        },
    )],
};

/// The parameters of the class or define that calls, but for some.
const DUMP_PARAMS: Native = Native {
    name: "extlib::dump_params",
    local_types: &[],
    overloads: &[Overload::new("([Array[String[1]] $filter_keys])", |context, arguments| {
        let default = [Value::from("name")];
        let left_out = arguments.first().and_then(Value::as_array).unwrap_or(&default);
        let mut parameters = context.caller_parameters();
        parameters.retain(|name, _| !left_out.contains(name));
        Ok(parameters.into())
    })],
};

/// Logs the kind and the content of a value at level debug.
const ECHO: Native = Native {
    name: "extlib::echo",
    local_types: &[],
    overloads: &[Overload::new("(Any $value, [String $comment])", |context, arguments| {
        let value = arguments.first().unwrap_or(&Value::Undef);
        let comment = arguments.get(1).map(|comment| format!("{} ", ruby_to_s(comment))).unwrap_or_default();
        let text = format!("{comment}({}) {}", ruby::class_name(value), ruby_inspect(value));
        context.log(crate::Level::Debug, text);
        Ok(Value::Undef)
    })],
};

/// An address in a network by its place: a number, from the end if it is negative, or `first`, `second`, `last`.
const GET_IP_IN_CIDR: Native = Native {
    name: "extlib::get_ip_in_cidr",
    local_types: &[],
    overloads: &[Overload::new("(Any *$args)", |context, arguments| {
        let signature =
            format!("({CIDR} $cidr, [Variant[Enum[\"first\",\"second\",\"last\"], Integer] $index])");
        let network = address(context, arguments, &signature)?;
        let index = match arguments.get(1) {
            None => 1,
            Some(Value::Int(index)) => *index,
            Some(place) => match place.as_str() {
                Some("second") => 2,
                Some("last") => -1,
                _ => 1,
            },
        };
        let at = if index < 0 {
            network.span().checked_sub(u128::from(index.unsigned_abs()) - 1)
        } else {
            u128::try_from(index).ok()
        };
        match at.and_then(|at| network.nth(at)) {
            Some(ip) => Ok(ip.to_string().into()),
            None => Err("Index is outside of the CIDR".into()),
        }
    })],
};

/// Whether the environment has a module of an author: `author/name`.
const HAS_MODULE: Native = Native {
    name: "extlib::has_module",
    local_types: &[],
    overloads: &[Overload::new(
        r"(Pattern[/\A\w+[-\/]\w+\z/] $module_name) >> Boolean",
        |context, arguments| {
            let full = arguments.first().and_then(Value::as_str).unwrap_or_default().replace('/', "-");
            let name = full.split_once('-').map_or("", |(_, name)| name);
            let Some(folder) = context.module_directory(name) else { return Ok(false.into()) };
            let Ok(bytes) = context.read_file(&folder.join(Path::new("metadata.json"))) else {
                return Ok(false.into());
            };
            let metadata = crate::functions::stdlib::parse_json(&String::from_utf8_lossy(&bytes))?;
            let owner = metadata.as_hash().and_then(|metadata| metadata.get_str("name"));
            Ok((owner.and_then(Value::as_str) == Some(&full)).into())
        },
    )],
};

/// Hours and minutes for a cron job that runs every so many seconds, spread by the last octet of the node's address.
const IP_TO_CRON: Native = Native {
    name: "extlib::ip_to_cron",
    local_types: &[],
    overloads: &[Overload::new("([Integer[1] $runinterval]) >> Array", |context, arguments| {
        let interval = arguments.first().and_then(Value::as_int).unwrap_or(1800);
        let ip = ruby_to_s(&context.fact(&["networking", "ip"]));
        let octet = ip.split('.').nth(3).and_then(ruby::to_i).unwrap_or(0);
        let spread = |count: i64, scope: i64| {
            let base = octet % scope;
            let mut places: Vec<i64> =
                (1..=count).map(|at| (base - scope / count * at).rem_euclid(scope)).collect();
            places.sort_unstable();
            Value::from(places.into_iter().map(Value::Int).collect::<Vec<_>>())
        };
        Ok(if interval <= 3600 {
            vec!["*".into(), spread(3600 / interval, 60)]
        } else {
            vec![spread(86_400 / interval, 24), Value::Int(octet % 60)]
        }
        .into())
    })],
};

/// The name of an address in DNS the other way round.
const IP_TO_REVERSE: Native = Native {
    name: "extlib::ip_to_reverse",
    local_types: &[],
    overloads: &[Overload::new("(Any *$args)", |context, arguments| {
        Ok(address(context, arguments, "(Stdlib::IP::Address $ip)")?.reverse().into())
    })],
};

/// Whether an address lies in a network.
const IS_IN_CIDR: Native = Native {
    name: "extlib::is_in_cidr",
    local_types: &[],
    overloads: &[Overload::new("(Any *$args)", |context, arguments| {
        let ip = address(context, arguments, &format!("(Stdlib::IP::Address::Nosubnet $ip, {CIDR} $cidr)"))?;
        let network = IpAddr::new(arguments.get(1).and_then(Value::as_str).unwrap_or_default())?;
        Ok(network.includes(&ip).into())
    })],
};

/// The length of the prefix that a netmask stands for.
const NETMASK_TO_CIDR: Native = Native {
    name: "extlib::netmask_to_cidr",
    local_types: &[],
    overloads: &[Overload::new("(Any *$args)", |context, arguments| {
        let mask = address(context, arguments, "(Stdlib::IP::Address::Nosubnet $netmask)")?;
        let text = arguments.first().and_then(Value::as_str).unwrap_or_default();
        let any = if mask.is_v6() { "::" } else { "0.0.0.0" };
        Ok(Value::Int(IpAddr::new(&format!("{any}/{text}"))?.prefix().into()))
    })],
};

/// A text of letters and digits that are not mistaken for others. It is another one with each compile.
const RANDOM_PASSWORD: Native = Native {
    name: "extlib::random_password",
    local_types: &[],
    overloads: &[Overload::new("(Integer[1] $length) >> String", |context, arguments| {
        let length = arguments.first().and_then(Value::as_int).unwrap_or_default();
        let letters = b"abcdefghijkmnopqrstuvwxyzABCDEFGHIJKLMNPQRSTUVWXYZ23456789";
        let length =
            usize::try_from(length).ok().filter(|&length| length <= PASSWORD_MAX).ok_or_else(|| {
                Control::from(format!(
                    "a password of {length} characters is too long (more than {PASSWORD_MAX})"
                ))
            })?;
        context.mark_impure();
        let mut password = String::with_capacity(length);
        while password.len() < length {
            let seed = context.world().random();
            let words: Vec<u32> = (0..4).map(|at| (seed >> (32 * at)) as u32).collect();
            let mut random = Mersenne::new(&words);
            for _ in 0..PER_SEED.min(length - password.len()) {
                let at = random.below_or_equal(letters.len() as u64 - 1) as usize;
                password.push(letters.get(at).copied().unwrap_or(b'x').into());
            }
        }
        Ok(password.into())
    })],
};

/// Longest password that is made.
const PASSWORD_MAX: usize = 1 << 16;
/// Characters that are drawn from one seed, so that a password has more of chance in it than a single seed.
const PER_SEED: usize = 16;

/// The resources of a hash, each merged into the defaults as `deep_merge` does.
const RESOURCES_DEEP_MERGE: Native = Native {
    name: "extlib::resources_deep_merge",
    local_types: &[],
    overloads: &[Overload::new("(Hash $resources, Hash $defaults) >> Hash", |context, arguments| {
        let [Value::Hash(resources), defaults] = arguments else { return Ok(Value::Undef) };
        let mut merged = Hash::with_capacity(resources.len());
        for (title, parameters) in resources.iter() {
            let both = vec![defaults.clone(), parameters.clone()];
            merged.insert(title.clone(), context.call_function("deep_merge", both, false)?);
        }
        Ok(merged.into())
    })],
};

/// Versions in their order, as RubyGems has it.
const SORT_BY_VERSION: Native = Native {
    name: "extlib::sort_by_version",
    local_types: &[],
    overloads: &[Overload::new("(Array[String] $versions) >> Array[String]", |_, arguments| {
        let mut versions = Vec::new();
        for version in arguments.first().and_then(Value::as_array).unwrap_or_default() {
            let text = version.as_str().unwrap_or_default();
            let parts = ruby::gem_version::parts(text)
                .ok_or_else(|| format!("Malformed version number string {text}"))?;
            versions.push((parts, version.clone()));
        }
        versions.sort_by(|(a, _), (b, _)| ruby::gem_version::compare(a, b));
        Ok(versions.into_iter().map(|(_, version)| version).collect::<Vec<_>>().into())
    })],
};

/// A hash, and hashes within it, in the order of their keys.
const SORT_HASH_DEEP: Native = Native {
    name: "extlib::sort_hash_deep",
    local_types: &[],
    overloads: &[Overload::new("(Hash $input) >> Hash", |_, arguments| {
        sorted(arguments.first().unwrap_or(&Value::Undef))
    })],
};

fn sorted(value: &Value) -> Result<Value, Control> {
    let Value::Hash(hash) = value else { return Ok(value.clone()) };
    let keys: Vec<Value> = hash.keys().cloned().collect();
    let mut ordered = Hash::with_capacity(hash.len());
    for key in ruby::sort_naturally(&keys)? {
        let value = match hash.get(&key).unwrap_or(&Value::Undef) {
            Value::Array(items) => items.iter().map(sorted).collect::<Result<Vec<_>, _>>()?.into(),
            other => sorted(other)?,
        };
        ordered.insert(key, value);
    }
    Ok(ordered.into())
}

/// Sections of settings as an INI file.
const TO_INI: Native = Native {
    name: "extlib::to_ini",
    local_types: &[],
    overloads: &[Overload::new("(Hash $data, [Hash $settings]) >> String", |_, arguments| {
        let settings = arguments.get(1).and_then(Value::as_hash);
        let setting = |name: &str, default: Value| {
            settings.and_then(|settings| settings.get_str(name)).cloned().unwrap_or(default)
        };
        let text = |name: &str, default: &str| ruby_to_s(&setting(name, default.into()));
        let (prefix, suffix) = (text("section_prefix", "["), text("section_suffix", "]"));
        let (separator, quote) = (text("key_val_separator", "="), text("quote_char", "\""));
        let quotes_flags = setting("quote_booleans", true.into()).is_true();
        let quotes_numbers = setting("quote_numerics", true.into()).is_true();
        let mut lines = vec![text("header", "# THIS FILE IS CONTROLLED BY PUPPET"), String::new()];
        for (section, entries) in arguments.first().and_then(Value::as_hash).into_iter().flat_map(Hash::iter)
        {
            lines.push(format!("{prefix}{}{suffix}", ruby_to_s(section)));
            let Value::Hash(entries) = entries else { return Err(ruby::no_method("each", entries).into()) };
            for (name, value) in entries.iter() {
                let is_bare = match value {
                    Value::Bool(_) => !quotes_flags,
                    Value::Int(_) | Value::Float(_) => !quotes_numbers,
                    _ => false,
                };
                let quote = if is_bare { "" } else { &quote };
                let (name, value) = (ruby_to_s(name), ruby_to_s(value));
                lines.push(format!("{name}{separator}{quote}{value}{quote}"));
            }
            lines.push(String::new());
        }
        Ok(lines.join("\n").into())
    })],
};
