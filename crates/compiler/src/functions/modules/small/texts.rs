//! Functions that give a text, a number or a list.

use std::path::Path;

use md5::{Digest, Md5};
use pcore::Value;
use pcore::format::{ruby_quote, ruby_to_s};
use pcore::uri::Uri;

use super::super::{closed, opened};
use crate::error::Control;
use crate::functions::ruby::file;
use crate::functions::stdlib::size_parts;
use crate::functions::{Legacy, Native, Overload, ruby};

/// augeas_core: fails; it needs the library Augeas.
pub(super) const AUGEAS: Native = Native {
    name: "augeas",
    local_types: &[],
    overloads: &[Overload::new("(String $content, String $lens, Array[String] $changes)", |_, _| {
        Err("augeas(): this function requires the augeas feature. See \
             http://projects.puppetlabs.com/projects/puppet/wiki/Puppet_Augeas#Pre-requisites for how to activate it."
            .into())
    })],
};

/// datacat: the text of templates, as it is.
pub(super) const TEMPLATE_BODY: Legacy = Legacy::value("template_body", -1, |context, arguments| {
    let mut text = String::new();
    for name in arguments {
        let name = ruby_to_s(name);
        let Some(path) = context.find_file("templates", &name) else {
            return Err(format!("Could not find template '{name}'").into());
        };
        let bytes = context.read_file(&path).map_err(|error| format!("{}: {error}", path.display()))?;
        text.push_str(&String::from_utf8_lossy(&bytes));
    }
    Ok(text.into())
});

/// dns: the time now in seconds since 1970, as a text.
pub(super) const DATE: Legacy =
    Legacy::value("date", -1, |context, _| Ok(context.now().seconds.to_string().into()));

/// dns: the name of a network in DNS the other way round.
pub(super) const GET_IN_ADDR_ARPA: Legacy = Legacy::value("get_in_addr_arpa", -1, |_, arguments| {
    let address = arguments.first().unwrap_or(&Value::Undef);
    let Value::Str(address) = address else { return Err(ruby::no_method("split", address).into()) };
    let mut parts: Vec<&str> = address.trim_end_matches('.').split('.').collect();
    parts.reverse();
    Ok(format!("{}.in-addr.arpa", parts.join(".")).into())
});

/// elasticsearch: the folder of a plugin from its name.
pub(super) const PLUGIN_DIR: Legacy = Legacy::value("plugin_dir", -1, |_, arguments| {
    let name = match arguments {
        [] => return Err("plugin_dir(): No arguments given".into()),
        [_, _, _, ..] => {
            let count = arguments.len();
            return Err(format!("plugin_dir(): Too many arguments given ({count})").into());
        }
        [Value::Str(name), ..] => name,
        _ => return Err("plugin_dir(): Requires string as first argument".into()),
    };
    let parts: Vec<&str> = name.trim_end_matches('/').split('/').collect();
    let plugin = match parts.as_slice() {
        [only] => return Ok((!only.is_empty()).then_some(*only).into()),
        [_, plugin, ..] => *plugin,
        [] => return Ok(Value::Undef),
    };
    Ok(if plugin.starts_with("elasticsearch-") {
        plugin.replace("elasticsearch-", "").into()
    } else if plugin.starts_with("es-") {
        plugin.replace("es-", "").into()
    } else {
        plugin.into()
    })
});

/// grafana: the folders above a path, outermost first, without the root.
pub(super) const GET_SUB_PATHS: Native = Native {
    name: "grafana::get_sub_paths",
    local_types: &[],
    overloads: &[Overload::new("(String $inputpath) >> Array", |_, arguments| {
        let path = arguments.first().and_then(Value::as_str).unwrap_or_default();
        // The first part stands before the first slash, the last one is the path itself.
        let parts = path.trim_end_matches('/').split('/').skip(1);
        let mut parts: Vec<&str> = parts.filter(|part| !part.is_empty()).collect();
        parts.pop();
        let mut folders = Vec::new();
        let mut folder = String::new();
        for part in parts {
            folder.push('/');
            folder.push_str(part);
            folders.push(folder.as_str().into());
        }
        Ok(folders.into())
    })],
};

/// icinga2: the ticket that lets a node get a certificate from Icinga.
pub(super) const ICINGA2_TICKET_ID: Native = Native {
    name: "icinga2::icinga2_ticket_id",
    local_types: &[],
    overloads: &[Overload::new(
        "(String $cn, Variant[String, Sensitive[String]] $salt) >> String",
        |_, arguments| {
            let name = arguments.first().and_then(Value::as_str).unwrap_or_default();
            let salt = arguments.get(1).map(opened).and_then(Value::as_str).unwrap_or_default();
            let mut ticket = [0; 20];
            pbkdf2::pbkdf2_hmac::<sha1::Sha1>(name.as_bytes(), salt.as_bytes(), TICKET_ROUNDS, &mut ticket);
            Ok(hex::encode(ticket).into())
        },
    )],
};

const TICKET_ROUNDS: u32 = 50_000;

/// mcollective: the items of an array as texts.
pub(super) const MCO_ARRAY_TO_STRING: Legacy =
    Legacy::value("mco_array_to_string", -1, |_, arguments| match arguments.first() {
        Some(Value::Array(items)) => {
            Ok(items.iter().map(|item| ruby::legacy_to_s(item).into()).collect::<Vec<Value>>().into())
        }
        other => {
            let class = ruby::legacy_class_name(other.unwrap_or(&Value::Undef));
            Err(format!("Expected an array, but got a {class}").into())
        }
    });

/// memcached: megabytes from a number of them, or from a share of the node's memory (`50%`; 95 % if undef).
pub(super) const MAX_MEMORY: Native = Native {
    name: "memcached::max_memory",
    local_types: &[],
    overloads: &[Overload::new("(Any $arg) >> Integer", |context, arguments| {
        let memory = match context.fact(&["memory"]) {
            Value::Undef => context.fact(&["memorysize"]),
            _ => context.fact(&["memory", "system", "total"]),
        };
        max_memory(&memory, arguments, "suffix")
    })],
};

/// memcached: the same in older versions.
pub(super) const MAX_MEMORY_7: Native = Native {
    name: "memcached::max_memory",
    local_types: &[],
    overloads: &[Overload::new("(Any $arg) >> Integer", |context, arguments| {
        max_memory(&context.fact(&["memorysize"]), arguments, "prefix")
    })],
};

fn max_memory(memory: &Value, arguments: &[Value], unit_name: &str) -> Result<Value, Control> {
    let given = arguments.first().unwrap_or(&Value::Undef);
    if given.is_true() && !ruby_to_s(given).ends_with('%') {
        return Ok(Value::Int(ruby::value_to_i(given)?));
    }
    let percent = if given.is_true() { ruby::to_f(&ruby_to_s(given)) } else { 95.0 };
    let Value::Str(memory) = memory else {
        return Err(ruby::no_method("[]", memory).into());
    };
    let (number, unit) = size_parts(memory)?;
    let power = match unit.as_str() {
        "" if unit_name == "prefix" => 0,
        "k" => 10,
        "M" => 20,
        "G" => 30,
        "T" => 40,
        // As the original has it.
        "E" => 50,
        other => return Err(format!("memcached_max_memory(): Unknown {unit_name} {other}").into()),
    };
    let bytes = (number * (1u64 << power) as f64) as i64;
    Ok(Value::Int(((bytes / (1 << 20)) as f64 * (percent / 100.0)).floor() as i64))
}

/// mongodb: a password as MongoDB keeps it.
pub(super) const MONGODB_PASSWORD: Native = Native {
    name: "mongodb_password",
    local_types: &[],
    overloads: &[Overload::new(
        "(String[1] $username, Variant[String[1], Sensitive[String[1]]] $password, [Boolean $sensitive]) >> \
         Variant[String, Sensitive[String]]",
        |_, arguments| {
            let [name, password, rest @ ..] = arguments else { return Ok(Value::Undef) };
            Ok(closed(mongodb(name, opened(password)), rest.first()))
        },
    )],
};

/// mongodb: the same in older versions.
pub(super) const OLD_MONGODB_PASSWORD: Legacy =
    Legacy::value("mongodb_password", -1, |_, arguments| match arguments {
        [name, password] => Ok(mongodb(name, password)),
        _ => {
            let count = arguments.len();
            Err(format!("mongodb_password(): Wrong number of arguments given ({count} for 2)").into())
        }
    });

fn mongodb(name: &Value, password: &Value) -> Value {
    let text = format!("{}:mongo:{}", ruby::legacy_to_s(name), ruby::legacy_to_s(password));
    hex::encode(Md5::digest(text.as_bytes())).into()
}

/// openssl: the seconds for which the certificate in a file is still valid, or false if it is not.
pub(super) const CERT_DATE_VALID: Legacy = Legacy::value("cert_date_valid", -1, |context, arguments| {
    let path = arguments.first().map(ruby::legacy_to_s).unwrap_or_default();
    let certificate =
        context.read_file(Path::new(&path)).ok().and_then(|bytes| pki::Certificate::from_pem(&bytes).ok());
    let Some(certificate) = certificate else { return Err("No date found in certificate".into()) };
    let now = std::time::UNIX_EPOCH + std::time::Duration::from_secs(context.now().seconds.max(0) as u64);
    let (from, to) = (certificate.not_before(), certificate.not_after());
    if now < from || to <= from {
        return Ok(false.into());
    }
    Ok(match to.duration_since(now) {
        Ok(left) => Value::Int(left.as_secs() as i64),
        Err(_) => false.into(),
    })
});

/// redis: the value of a variable, or an empty text if there is none.
pub(super) const GETVAR_EMPTYSTRING: Legacy =
    Legacy::value("getvar_emptystring", -1, |context, arguments| match arguments {
        [name] => {
            let value = context.lookupvar(&ruby_to_s(name))?;
            Ok(if value.is_undef() { "".into() } else { value })
        }
        _ => {
            let count = arguments.len();
            Err(format!("getvar_emptystring(): wrong number of arguments ({count}; must be 1)").into())
        }
    });

/// staging: a part of a URL: `filename`, `basename`, `extname` or `parent`.
pub(super) const STAGING_PARSE: Legacy = Legacy::value("staging_parse", -1, |_, arguments| {
    let (source, info, extension) = match arguments {
        [source] => (source, None, None),
        [source, info] => (source, Some(info), None),
        [source, info, extension] => (source, Some(info), Some(extension)),
        _ => {
            let count = arguments.len();
            return Err(
                format!("staging_parse(): Wrong number of arguments given ({count} for 1, 2, 3)").into()
            );
        }
    };
    let Value::Str(text) = source else { return Err(ruby::no_method("gsub", source).into()) };
    let uri = Uri::parse(&text.replace('\\', "/"))?;
    let Some(Value::Str(path)) = uri.part("path") else {
        let shown = ruby_quote(text);
        return Err(format!("staging_parse(): {shown} has no URI 'path' component").into());
    };
    let info = info.filter(|info| info.is_true()).map_or("filename".to_owned(), ruby_to_s);
    let extension = extension.filter(|extension| extension.is_true()).map(ruby_to_s);
    let extension = extension.unwrap_or_else(|| file::extname(&path).to_owned());
    Ok(match info.as_str() {
        "filename" => file::basename(&path).into(),
        "basename" => file::basename_without(&path, &extension).into(),
        "extname" => file::extname(&path).into(),
        "parent" => file::dirname(&path).into(),
        other => return Err(format!("staging_parse(), unknown parse info {other}.").into()),
    })
});

/// systemd: a text as it stands in the name of a unit, or a path.
pub(super) const SYSTEMD_ESCAPE: Native = Native {
    name: "systemd::systemd_escape",
    local_types: &[],
    overloads: &[Overload::new("(String $input, [Optional[Boolean] $path]) >> String", |_, arguments| {
        let text = arguments.first().and_then(Value::as_str).unwrap_or_default();
        let is_path = arguments.get(1).is_some_and(Value::is_true);
        let path: Vec<&str> = text.split('/').filter(|part| !part.is_empty() && *part != ".").collect();
        if is_path && path.contains(&"..") {
            return Err(format!("Execution of 'systemd-escape --path {text}' returned 1: ").into());
        }
        if is_path && path.is_empty() {
            return Ok("-".into());
        }
        let text = if is_path { path.join("/") } else { text.to_owned() };
        let mut out = String::with_capacity(text.len());
        for (at, byte) in text.bytes().enumerate() {
            match byte {
                b'/' => out.push('-'),
                b'.' if at == 0 => out.push_str("\\x2e"),
                b'A'..=b'Z' | b'a'..=b'z' | b'0'..=b'9' | b':' | b'_' | b'.' => out.push(byte.into()),
                _ => out.push_str(&format!("\\x{byte:02x}")),
            }
        }
        Ok(out.into())
    })],
};

/// translate: a message in the language of the server, which is English here; values may be put in.
pub(super) const TRANSLATE: Native = Native {
    name: "translate",
    local_types: &[],
    overloads: &[Overload::new("(String $message, [Hash $interpolation_values])", |_, arguments| {
        match arguments {
            [Value::Str(message), Value::Hash(values)] => {
                // Placeholders without a value stay.
                let mut values = (**values).clone();
                for part in message.split("%{").skip(1) {
                    if let Some((name, _)) = part.split_once('}')
                        && values.get_str(name).is_none()
                    {
                        values.insert(name, Value::from(format!("%{{{name}}}")));
                    }
                }
                Ok(pcore::format::sprintf(message, &[values.into()])?.into())
            }
            [message, ..] => Ok(message.clone()),
            [] => Ok(Value::Undef),
        }
    })],
};

/// vswitch: ranges of numbers (`0-3,5`) as a bit mask in hexadecimal.
pub(super) const RANGE_TO_MASK: Native = Native {
    name: "range_to_mask",
    local_types: &[],
    overloads: &[
        Overload::new("(Pattern[/^$/] $range)", |_, _| Ok(Value::Undef)),
        Overload::new(r"(Pattern[/^[0-9\-\,]/] $range)", |_, arguments| {
            range_to_mask(arguments.first().and_then(Value::as_str).unwrap_or_default())
        }),
        Overload::new("(Undef $range)", |_, _| Ok(Value::Undef)),
    ],
};

/// Highest number in a range.
const BIT_MAX: usize = 1 << 16;

fn range_to_mask(text: &str) -> Result<Value, Control> {
    let mut digits = vec![0u8; 1];
    let mut set = |bit: i64| -> Result<(), Control> {
        let bit = usize::try_from(bit).ok().filter(|&bit| bit <= BIT_MAX);
        let Some(bit) = bit else { return Err(format!("range_to_mask(): {text} is out of range").into()) };
        if digits.len() <= bit / 4 {
            digits.resize(bit / 4 + 1, 0);
        }
        if let Some(digit) = digits.get_mut(bit / 4) {
            *digit |= 1 << (bit % 4);
        }
        Ok(())
    };
    let number = |text: &str| ruby::to_i(text).unwrap_or(i64::MAX);
    for part in text.trim_end_matches(',').split(',') {
        match part.split_once('-') {
            Some((from, to)) => {
                let to = to.split('-').next().unwrap_or_default();
                for bit in number(from)..=number(to).min(BIT_MAX as i64 + 1) {
                    set(bit)?;
                }
            }
            None => set(number(part))?,
        }
    }
    let text: String = digits.iter().rev().filter_map(|&digit| char::from_digit(digit.into(), 16)).collect();
    let trimmed = text.trim_start_matches('0');
    Ok(if trimmed.is_empty() { "0" } else { trimmed }.into())
}
