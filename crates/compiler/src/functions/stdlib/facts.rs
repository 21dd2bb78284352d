//! `fact`, `os_version_gte`, `assert_private`, `private`

use pcore::format::ruby_to_s;
use pcore::regexp::Regexp;
use pcore::{Hash, Value};

use crate::context::Context;
use crate::error::Control;
use crate::functions::versioncmp::versioncmp;
use crate::functions::{Legacy, Native, Overload, ruby};

/// A fact by the dotted path to it; undef where the path ends early. Parts with dots are quoted.
///
/// ```puppet
/// fact('os.family')
/// fact('vmware."VRA.version"')
/// ```
pub(super) const FACT: Native = Native {
    name: "fact",
    local_types: &[],
    overloads: &[Overload::new("(String $fact_name)", |context, arguments| {
        fact(context, arguments.first().and_then(Value::as_str).unwrap_or_default())
    })],
};

fn fact(context: &mut Context<'_, '_>, name: &str) -> Result<Value, Control> {
    let regexp = Regexp::cached(r#"([^."]+)|(?:")([^"]+)(?:")"#)?;
    let mut path = Vec::new();
    let mut found = regexp.matches(name);
    while let Some(part) = found.next_match()? {
        path.push(part.get(1).or(part.get(2)).unwrap_or_default().to_owned());
    }
    // Hashes are walked by the context, which notes what is read; within arrays the whole array counts.
    let names: Vec<&str> = path.iter().map(String::as_str).collect();
    let mut at = Value::Hash(context.facts_unread());
    let mut hashes = 0;
    while let (Value::Hash(hash), Some(name)) = (&at, names.get(hashes)) {
        at = hash.get_str(name).cloned().unwrap_or_default();
        hashes += 1;
    }
    at = match hashes {
        0 => Value::Hash(context.facts()),
        _ => context.fact(names.get(..hashes).unwrap_or_default()),
    };
    for (depth, key) in names.iter().enumerate().skip(hashes) {
        let walked = || names.iter().take(depth).map(|part| quoted(part)).collect::<Vec<_>>().join(".");
        at = match &at {
            Value::Undef => return Ok(Value::Undef),
            Value::Hash(hash) => hash.get_str(key).cloned().unwrap_or_default(),
            Value::Array(items) => match ruby::integer(key) {
                Some(index) => {
                    let index = if index < 0 { index + items.len() as i64 } else { index };
                    usize::try_from(index).ok().and_then(|at| items.get(at)).cloned().unwrap_or_default()
                }
                None => {
                    let place = walked();
                    context.warn(&format!(
                        "fact request for {name} returning nil: '{place}' is an array; cannot index to '{key}'"
                    ));
                    Value::Undef
                }
            },
            _ => {
                let place = walked();
                context.warn(&format!(
                    "fact request for {name} returning nil: '{place}' is not a collection; cannot walk to '{key}'"
                ));
                Value::Undef
            }
        };
    }
    Ok(at)
}

fn quoted(part: &str) -> String {
    if part.contains('.') { format!("\"{part}\"") } else { part.to_owned() }
}

/// `os_version_gte` as stdlib 8 has it: by the facts `operatingsystem` and `operatingsystemmajrelease`.
pub(super) const OS_VERSION_GTE_8: Native = Native {
    name: "os_version_gte",
    local_types: &[],
    overloads: &[Overload::new("(String[1] $os, String[1] $version) >> Boolean", |context, arguments| {
        let name = context.fact(&["operatingsystem"]);
        if Some(&name) != arguments.first() {
            return Ok(false.into());
        }
        let release = context.fact(&["operatingsystemmajrelease"]);
        is_at_least(&release, arguments)
    })],
};

/// Whether the node runs an operating system of a version, or a newer one.
///
/// ```puppet
/// stdlib::os_version_gte('Debian', '12')
/// ```
pub(super) const OS_VERSION_GTE: Native = Native {
    name: "stdlib::os_version_gte",
    local_types: &[],
    overloads: &[Overload::new("(String[1] $os, String[1] $version) >> Boolean", |context, arguments| {
        let name = context.fact(&["os", "name"]);
        if Some(&name) != arguments.first() {
            return Ok(false.into());
        }
        let release = context.fact(&["os", "release", "major"]);
        is_at_least(&release, arguments)
    })],
};

fn is_at_least(release: &Value, arguments: &[Value]) -> Result<Value, Control> {
    let Value::Str(release) = release else { return Err(ruby::no_method("scan", release).into()) };
    let version = arguments.get(1).and_then(Value::as_str).unwrap_or_default();
    Ok(versioncmp(release, version, false).is_ge().into())
}

/// Fails if the class or define is used by another module than its own. The message may be given.
///
/// ```puppet
/// class mymodule::install {
///   assert_private()
/// }
/// ```
pub(super) const ASSERT_PRIVATE: Legacy = Legacy::statement("assert_private", -1, |context, arguments| {
    if arguments.len() > 1 {
        let count = arguments.len();
        let text = format!("assert_private(): Wrong number of arguments given ({count}}}) for 0 or 1)");
        return Err(text.into());
    }
    if context.lookupvar("module_name")? == context.lookupvar("caller_module_name")? {
        return Ok(Value::Undef);
    }
    if let Some(Value::Str(message)) = arguments.first() {
        return Err(message.to_string().into());
    }
    let (is_class, name) = context.source();
    let kind = if is_class { "Class" } else { "Definition" };
    Err(format!("{kind} {name} is private").into())
});

/// Sensitive values anywhere in a value come out of their wrappers, and the whole becomes Sensitive if there were any.
/// A block may change the bare value.
///
/// ```puppet
/// stdlib::rewrap_sensitive_data({ 'password' => Sensitive('x') }) # Sensitive({ 'password' => 'x' })
/// ```
pub(super) const REWRAP_SENSITIVE_DATA: Native = Native {
    name: "stdlib::rewrap_sensitive_data",
    local_types: &[],
    overloads: &[Overload::new("(Any $data, [&Callable[Any]]) >> Any", |context, arguments| {
        let (bare, was_sensitive) = unwrapped(arguments.first().unwrap_or(&Value::Undef));
        let result = if context.has_block() { context.call_block(&[bare])? } else { bare };
        Ok(if was_sensitive { Value::sensitive(result) } else { result })
    })],
};

/// A value without the wrappers of Sensitive, and whether there were any.
pub(super) fn unwrapped(value: &Value) -> (Value, bool) {
    match value {
        Value::Sensitive(inner) => (unwrapped(inner).0, true),
        Value::Array(items) => {
            let items: Vec<(Value, bool)> = items.iter().map(unwrapped).collect();
            let any = items.iter().any(|(_, was_sensitive)| *was_sensitive);
            (items.into_iter().map(|(item, _)| item).collect::<Vec<_>>().into(), any)
        }
        Value::Hash(hash) => {
            let mut any = false;
            let mut bare = Hash::with_capacity(hash.len());
            for (key, value) in hash.iter() {
                let key = match key {
                    Value::Sensitive(inner) => {
                        any = true;
                        (**inner).clone()
                    }
                    key => key.clone(),
                };
                let (value, was_sensitive) = unwrapped(value);
                any |= was_sensitive;
                bare.insert(key, value);
            }
            (bare.into(), any)
        }
        other => (other.clone(), false),
    }
}

/// The time now in seconds since 1970. Use `Integer(Timestamp().strftime('%s'))`.
pub(super) const TIME_8: Legacy = Legacy::value("time", -1, |context, arguments| {
    if arguments.len() > 1 {
        return Err(super::arguments::wrong_count_bare("time", arguments, "0 or 1"));
    }
    if let Some(zone) = arguments.first().filter(|zone| zone.is_true() && zone.as_str().is_none()) {
        return Err(ruby::no_method("empty?", zone).into());
    }
    Ok(Value::Int(context.now().seconds))
});

/// Whether there is a function of the older interface with that name.
pub(super) const IS_FUNCTION_AVAILABLE: Legacy =
    Legacy::value("is_function_available", -1, |context, arguments| {
        let [name] = arguments else {
            let count = arguments.len();
            let text = format!("is_function_available?(): Wrong number of arguments given {count} for 1");
            return Err(text.into());
        };
        Ok(name.as_str().is_some_and(|name| context.has_legacy_function(name)).into())
    });

/// Whether there is a function of that name.
///
/// ```puppet
/// stdlib::has_function('stdlib::merge')
/// ```
pub(super) const HAS_FUNCTION: Native = Native {
    name: "stdlib::has_function",
    local_types: &[],
    overloads: &[Overload::new("(String[1] $function_name) >> Boolean", |context, arguments| {
        Ok(context.has_function(&arguments.first().map(ruby_to_s).unwrap_or_default())?.into())
    })],
};
