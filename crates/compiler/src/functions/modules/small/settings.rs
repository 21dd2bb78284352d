//! Functions that make hashes, or look into them.

use pcore::format::{ruby_inspect, ruby_to_s};
use pcore::{Hash, Value};

use super::super::call_instead;
use crate::context::Context;
use crate::error::Control;
use crate::functions::{Legacy, Native, Overload, ruby};

/// collectd: processes as a hash of names and settings, from an array of names and of hashes with a `name`.
pub(super) const COLLECTD_CONVERT_PROCESSES: Legacy =
    Legacy::value("collectd_convert_processes", 1, |_, arguments| {
        let processes = match arguments.first() {
            Some(hash @ Value::Hash(_)) => return Ok(hash.clone()),
            Some(Value::Array(processes)) => processes,
            _ => return Err("convert_process_array(): Needs an array as argument".into()),
        };
        let mut converted = Hash::new();
        for process in processes.iter() {
            match process {
                Value::Str(name) => {
                    converted.insert(name.clone(), Hash::new());
                }
                Value::Hash(settings) => {
                    let mut settings = (**settings).clone();
                    let name = settings.remove_str("name").unwrap_or_default();
                    converted.insert(name, settings);
                }
                _ => return Err("convert_process_array(): array element must be string or hash".into()),
            }
        }
        Ok(converted.into())
    });

/// elasticsearch: puts a text behind each item of an array.
pub(super) const ARRAY_SUFFIX: Legacy = Legacy::value("array_suffix", -1, |_, arguments| {
    let items = match arguments.first() {
        None => return Err("array_suffix(): Wrong number of arguments given (0 for 1)".into()),
        Some(Value::Array(items)) => items,
        Some(other) => {
            let shown = ruby_inspect(other);
            let text = format!("array_suffix(): expected first argument to be an Array, got {shown}");
            return Err(text.into());
        }
    };
    let suffix = match arguments.get(1).filter(|suffix| suffix.is_true()) {
        None => "",
        Some(Value::Str(suffix)) => suffix.as_str(),
        Some(other) => {
            let shown = ruby_inspect(other);
            let text = format!("array_suffix(): expected second argument to be a String, got {shown}");
            return Err(text.into());
        }
    };
    let with = |item: &Value| Value::from(format!("{}{suffix}", ruby::legacy_to_s(item)));
    Ok(items.iter().map(with).collect::<Vec<_>>().into())
});

/// elasticsearch: merges hashes; of arrays with the same key the items of all, of other values the last one.
pub(super) const CONCAT_MERGE: Legacy = Legacy::value("concat_merge", -1, |_, arguments| {
    if arguments.len() < 2 {
        let count = arguments.len();
        return Err(format!("concat_merge(): wrong number of arguments ({count}; must be at least 2)").into());
    }
    let mut merged = Hash::new();
    for argument in arguments {
        let hash = match argument {
            Value::Str(text) if text.is_empty() => continue,
            Value::Hash(hash) => hash,
            other => {
                let class = ruby::legacy_class_name(other);
                let text =
                    format!("concat_merge: unexpected argument type {class}, only expects hash arguments");
                return Err(text.into());
            }
        };
        for (key, value) in hash.iter() {
            let both = match (merged.get(key), value) {
                (Some(Value::Array(old)), Value::Array(new)) => {
                    let mut both = old.to_vec();
                    both.extend(new.iter().cloned());
                    both.into()
                }
                _ => value.clone(),
            };
            merged.insert(key.clone(), both);
        }
    }
    Ok(merged.into())
});

/// inifile: declares `ini_setting` resources from a hash of sections, with parameters for all of them.
pub(super) const CREATE_INI_SETTINGS: Native = Native {
    name: "inifile::create_ini_settings",
    local_types: &[],
    overloads: &[Overload::new("(Hash $settings, [Hash $defaults])", create_ini_settings)],
};

/// inifile: `inifile::create_ini_settings` by its old name.
pub(super) const OLD_CREATE_INI_SETTINGS: Native = Native {
    name: "create_ini_settings",
    local_types: &[],
    overloads: &[Overload::new("(Any *$args)", |context, arguments| {
        call_instead(context, arguments, "method", "inifile::create_ini_settings")
    })],
};

fn create_ini_settings(context: &mut Context<'_, '_>, arguments: &[Value]) -> Result<Value, Control> {
    let Some(Value::Hash(settings)) = arguments.first() else { return Ok(Value::Undef) };
    let defaults = arguments.get(1).and_then(Value::as_hash).cloned().unwrap_or_default();
    let mut resources = Hash::new();
    for (section, entries) in settings.iter() {
        let name = ruby_to_s(section);
        let Value::Hash(entries) = entries else {
            return Err(format!("create_ini_settings(): Section {name} must contain a Hash").into());
        };
        let path = settings.get_str("path").or(defaults.get_str("path")).filter(|path| path.is_true());
        let Some(path) = path.map(ruby_to_s) else {
            let text = "create_ini_settings(): must pass the path parameter to the Ini_setting resource!";
            return Err(text.into());
        };
        for (setting, value) in entries.iter() {
            let mut resource: Hash = [("ensure", "present")].into_iter().collect();
            resource.insert("section", section.clone());
            resource.insert("setting", setting.clone());
            match value {
                Value::Hash(own) => {
                    resource.extend(own.iter().map(|(name, value)| (name.clone(), value.clone())));
                }
                other => {
                    resource.insert("value", other.clone());
                }
            }
            resources.insert(format!("{path} [{name}] {}", ruby_to_s(setting)), resource);
        }
    }
    context.call_function(
        "create_resources",
        vec!["ini_setting".into(), resources.into(), defaults.into()],
        false,
    )
}

/// jenkins: the port that the class is configured with.
pub(super) const JENKINS_PORT: Legacy = Legacy::value("jenkins_port", -1, |context, _| {
    Ok(jenkins(context, "JENKINS_PORT")?.unwrap_or(Value::Int(8080)))
});

/// jenkins: the prefix of URLs that the class is configured with.
pub(super) const JENKINS_PREFIX: Legacy =
    Legacy::value("jenkins_prefix", -1, |context, _| Ok(jenkins(context, "PREFIX")?.unwrap_or("".into())));

fn jenkins(context: &mut Context<'_, '_>, name: &str) -> Result<Option<Value>, Control> {
    let config = context.lookupvar("jenkins::config_hash")?;
    let entry = config.as_hash().and_then(|config| config.get_str(name)?.as_hash()?.get_str("value"));
    Ok(entry.filter(|value| value.is_true()).cloned())
}

/// letsencrypt: the folder of a certificate, or of the wildcard certificate for its domain.
pub(super) const LETSENCRYPT_LOOKUP: Native = Native {
    name: "letsencrypt::letsencrypt_lookup",
    local_types: &[],
    overloads: &[Overload::new("(Any $common_name)", |context, arguments| {
        let name = arguments.first().unwrap_or(&Value::Undef);
        let Value::Str(name) = name else { return Err(ruby::no_method("split", name).into()) };
        let domain = name.split_once('.').map_or("", |(_, domain)| domain);
        Ok(match context.fact(&["letsencrypt_directory"]) {
            Value::Hash(folders) => {
                let found = folders.get_str(name).or_else(|| folders.get_str(&format!("*.{domain}")));
                found.cloned().unwrap_or_default()
            }
            _ => Value::Undef,
        })
    })],
};

/// php: puts a text in front of items or keys, unless they begin with it.
pub(super) const ENSURE_PREFIX: Native = Native {
    name: "php::ensure_prefix",
    local_types: &[],
    overloads: &[
        Overload::new(
            "(Variant[Array, Hash] $enumerable, Variant[Undef, String[0,0]] $prefix) >> \
             Variant[Array[String], Hash[String, Any]]",
            |_, arguments| Ok(arguments.first().cloned().unwrap_or_default()),
        ),
        Overload::new("(Array $array, String[1] $prefix) >> Array[String]", |_, arguments| {
            let prefix = arguments.get(1).and_then(Value::as_str).unwrap_or_default();
            let items = arguments.first().and_then(Value::as_array).unwrap_or_default();
            Ok(items.iter().map(|item| prefixed(item, prefix)).collect::<Vec<_>>().into())
        }),
        Overload::new("(Hash $hash, String[1] $prefix) >> Hash[String, Any]", |_, arguments| {
            let prefix = arguments.get(1).and_then(Value::as_str).unwrap_or_default();
            let entries = arguments.first().and_then(Value::as_hash).into_iter().flat_map(Hash::iter);
            Ok(entries.map(|(key, value)| (prefixed(key, prefix), value.clone())).collect::<Hash>().into())
        }),
    ],
};

fn prefixed(value: &Value, prefix: &str) -> Value {
    let text = ruby_to_s(value);
    if text.starts_with(prefix) { text.into() } else { format!("{prefix}{text}").into() }
}

/// php: the entries of a hash as resources with `key` and `value`, titles maybe with a text in front.
pub(super) const TO_HASH_SETTINGS: Legacy = Legacy::value("to_hash_settings", -1, |_, arguments| {
    let Some(Value::Hash(settings)) = arguments.first() else {
        return Err("to_hash_settings(): Requires hash to work with".into());
    };
    let prefix = arguments.get(1).map(|id| format!("{}: ", ruby::legacy_to_s(id))).unwrap_or_default();
    let mut resources = Hash::with_capacity(settings.len());
    for (key, value) in settings.iter() {
        let Value::Str(name) = key else { return Err(ruby::no_conversion(key, "String").into()) };
        let resource: Hash = [("key", key.clone()), ("value", value.clone())].into_iter().collect();
        resources.insert(format!("{prefix}{name}"), resource);
    }
    Ok(resources.into())
});

/// staging: whether a parameter has a default for resources of a type where the call stands.
pub(super) const SCOPE_DEFAULTS: Legacy = Legacy::value("scope_defaults", -1, |context, arguments| {
    let [ty, parameter] = arguments else {
        let count = arguments.len();
        return Err(format!("scope_defaults(): Wrong number of arguments given ({count} for 2)").into());
    };
    let text = |value: &Value, method: &str| match value {
        Value::Str(text) => Ok(text.clone()),
        other => Err(Control::from(ruby::no_method(method, other))),
    };
    Ok(context.has_default(&text(ty, "split")?, &text(parameter, "to_sym")?).into())
});

/// tomcat: gives its argument.
pub(super) const CHANGE: Native = Native {
    name: "tomcat::change",
    local_types: &[],
    overloads: &[Overload::new("(Any $arg) >> Any", |_, arguments| {
        Ok(arguments.first().cloned().unwrap_or_default())
    })],
};

/// wildfly: names, and hashes, as one hash.
pub(super) const OBJECTIFY: Native = Native {
    name: "wildfly::objectify",
    local_types: &[],
    overloads: &[Overload::new(
        "(Array[Variant[String, Hash[String, Any]]] $input_list) >> Hash",
        |_, arguments| {
            let mut object = Hash::new();
            for item in arguments.first().and_then(Value::as_array).unwrap_or_default() {
                match item {
                    Value::Hash(hash) => {
                        object.extend(hash.iter().map(|(key, value)| (key.clone(), value.clone())));
                    }
                    name => {
                        object.insert(name.clone(), Hash::new());
                    }
                }
            }
            Ok(object.into())
        },
    )],
};
