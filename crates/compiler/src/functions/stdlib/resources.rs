//! `ensure_packages`, `ensure_resource`, `ensure_resources`, `defined_with_params`, `getparam`, `stdlib::str2resource`

use pcore::format::{ruby_quote, ruby_to_s};
use pcore::{Hash, Str, Type, Value};

use crate::context::Context;
use crate::error::Control;
use crate::functions::{Legacy, Native, Overload, collections, create_resources, ruby};

/// Declares a resource unless there is one with these parameters (it may have more).
///
/// ```puppet
/// ensure_resource('user', 'dan', { 'ensure' => 'present' })
/// ensure_resource('package', ['a', 'b'], { 'ensure' => 'installed' })
/// ```
pub(super) const ENSURE_RESOURCE: Legacy = Legacy::statement("ensure_resource", -1, |context, arguments| {
    let argument = |at: usize| arguments.get(at).filter(|value| value.is_true());
    let Some(ty) = argument(0) else { return Err("Must specify a type".into()) };
    let Some(title) = argument(1) else { return Err("Must specify a title".into()) };
    let parameters = argument(2).cloned().unwrap_or_else(|| Hash::new().into());
    ensure_resource(context, ty, title, &parameters)?;
    Ok(Value::Undef)
});

fn ensure_resource(
    context: &mut Context<'_, '_>,
    ty: &Value,
    titles: &Value,
    parameters: &Value,
) -> Result<(), Control> {
    let mut flat = Vec::new();
    collections::push_flat(std::slice::from_ref(titles), &mut flat);
    for title in &flat {
        let reference = format!("{}[{}]", ruby::legacy_to_s(ty), ruby::legacy_to_s(title));
        if is_defined(context, &reference.into(), parameters)? {
            continue;
        }
        let Value::Str(type_name) = ty else { return Err(ruby::no_method("capitalize", ty).into()) };
        let instances: Hash = [(title.clone(), parameters.clone())].into_iter().collect();
        create_resources::create_resources(context, &[type_name.clone().into(), instances.into()])?;
    }
    Ok(())
}

/// Declares the resources of a hash of titles and parameters, unless there are such ones. A third argument gives
/// parameters for all of them.
///
/// ```puppet
/// ensure_resources('user', { 'dan' => { 'gid' => 'mygroup' } }, { 'ensure' => 'present' })
/// ```
pub(super) const ENSURE_RESOURCES: Legacy =
    Legacy::statement("ensure_resources", -1, |context, arguments| {
        let argument = |at: usize| arguments.get(at).filter(|value| value.is_true());
        let Some(ty) = argument(0) else { return Err("Must specify a type".into()) };
        let Some(titles) = argument(1) else { return Err("Must specify a title".into()) };
        let Value::Hash(titles) = titles else {
            return Err("ensure_resources(): Requires second argument to be a Hash".into());
        };
        ensure_resources(context, ty, titles, argument(2))?;
        Ok(Value::Undef)
    });

fn ensure_resources(
    context: &mut Context<'_, '_>,
    ty: &Value,
    titles: &Hash,
    common: Option<&Value>,
) -> Result<(), Control> {
    for (title, own) in titles.iter() {
        let parameters = match (common, own) {
            (common, own) if !own.is_true() => common.cloned().unwrap_or_else(|| Hash::new().into()),
            (Some(other), _) if other.as_hash().is_none() => {
                return Err(ruby::no_method("merge", other).into());
            }
            (common, Value::Hash(own)) => {
                let mut all = common.and_then(Value::as_hash).cloned().unwrap_or_default();
                all.extend(own.iter().map(|(name, value)| (name.clone(), value.clone())));
                all.into()
            }
            (_, other) => return Err(ruby::no_conversion(other, "Hash").into()),
        };
        ensure_resource(context, ty, title, &parameters)?;
    }
    Ok(())
}

/// `ensure_packages` as stdlib 8 has it.
pub(super) const ENSURE_PACKAGES_8: Native = Native {
    name: "ensure_packages",
    local_types: &[],
    overloads: &[Overload::new(
        "(Variant[String[1], Array[String[1]], Hash[String[1], Any]] $packages, [Hash $default_attributes]) >> Undef",
        |context, arguments| {
            let mut defaults: Hash = [("ensure", "installed")].into_iter().collect();
            if let Some(Value::Hash(given)) = arguments.get(1) {
                defaults.extend(given.iter().map(|(name, value)| (name.clone(), value.clone())));
                if defaults.get_str("ensure").and_then(Value::as_str) == Some("present") {
                    defaults.insert("ensure", "installed");
                }
            }
            let ty = Value::from("package");
            match arguments.first() {
                Some(Value::Hash(packages)) => {
                    ensure_resources(context, &ty, packages, Some(&defaults.into()))?;
                }
                Some(names) => {
                    let defaults = Value::from(defaults);
                    for name in names.as_array().unwrap_or(std::slice::from_ref(names)) {
                        ensure_resource(context, &ty, name, &defaults)?;
                    }
                }
                None => {}
            }
            Ok(Value::Undef)
        },
    )],
};

/// Declares packages unless they are declared already: names, or a hash of names and parameters; and parameters for all
/// of them.
///
/// ```puppet
/// stdlib::ensure_packages(['ksh', 'openssl'], { 'ensure' => 'latest' })
/// ```
pub(super) const ENSURE_PACKAGES: Native = Native {
    name: "stdlib::ensure_packages",
    local_types: &[],
    overloads: &[
        Overload::new(
            "(Variant[String[1], Array[String[1]]] $packages, [Hash $default_attributes]) >> Undef",
            |context, arguments| {
                let names = arguments.first().unwrap_or(&Value::Undef);
                let given = arguments.get(1).and_then(Value::as_hash).cloned().unwrap_or_default();
                for name in names.as_array().unwrap_or(std::slice::from_ref(names)) {
                    ensure_package(context, name, &given)?;
                }
                Ok(Value::Undef)
            },
        ),
        Overload::new(
            "(Hash[String[1], Any] $packages, [Hash $default_attributes]) >> Undef",
            |context, arguments| {
                let given = arguments.get(1).and_then(Value::as_hash).cloned().unwrap_or_default();
                for (name, own) in arguments.first().and_then(Value::as_hash).into_iter().flat_map(Hash::iter)
                {
                    let Value::Hash(own) = own else { return Err(ruby::no_conversion(own, "Hash").into()) };
                    let mut all = given.clone();
                    all.extend(own.iter().map(|(name, value)| (name.clone(), value.clone())));
                    ensure_package(context, name, &all)?;
                }
                Ok(Value::Undef)
            },
        ),
    ],
};

fn ensure_package(context: &mut Context<'_, '_>, name: &Value, given: &Hash) -> Result<(), Control> {
    let mut parameters: Hash = [("ensure", "installed")].into_iter().collect();
    parameters.extend(given.iter().map(|(name, value)| (name.clone(), value.clone())));
    if let Some("present" | "installed") = parameters.get_str("ensure").and_then(Value::as_str) {
        // Of the two words for the same, the one that a declared package has.
        let present: Hash = [("ensure", "present")].into_iter().collect();
        let reference = format!("Package[{}]", ruby_to_s(name));
        let is_present = is_defined(context, &reference.into(), &present.into())?;
        parameters.insert("ensure", if is_present { "present" } else { "installed" });
    }
    ensure_resource(context, &"package".into(), name, &parameters.into())
}

/// Whether a resource with these parameters has been declared (it may have more).
///
/// ```puppet
/// defined_with_params(User['dan'], { 'ensure' => 'present' })
/// defined_with_params('User[dan]', { 'ensure' => 'present' })
/// ```
pub(super) const DEFINED_WITH_PARAMS: Legacy =
    Legacy::value("defined_with_params", -1, |context, arguments| {
        let Some(reference) = arguments.first().filter(|value| value.is_true()) else {
            return Err("Must specify a reference".into());
        };
        let parameters = arguments.get(1).unwrap_or(&Value::Undef);
        Ok(is_defined(context, reference, parameters)?.into())
    });

fn is_defined(context: &mut Context<'_, '_>, reference: &Value, parameters: &Value) -> Result<bool, Control> {
    let candidates = match reference {
        Value::Str(text) => {
            let (ty, title) = split(text)?;
            context.declared(&ty, &title)?.into_iter().collect()
        }
        Value::Type(ty @ (Type::Resource(_) | Type::Class(_))) => match parts(ty) {
            (ty, Some(title)) => context.declared(&ty, &title)?.into_iter().collect(),
            (ty, None) => context.declared_of_type(&ty),
        },
        other => {
            let class = ruby::legacy_class_name(other);
            return Err(format!("Reference is not understood: '{class}'").into());
        }
    };
    let caller = context.caller_reference();
    let none = Hash::new();
    for candidate in candidates {
        if Some(context.reference_of(candidate)) == caller {
            continue;
        }
        let wanted = match parameters {
            Value::Hash(wanted) => wanted,
            Value::Undef | Value::Bool(false) => &none,
            Value::Str(text) if text.is_empty() => &none,
            other => return Err(ruby::no_method("map", other).into()),
        };
        let fits = |(name, value): (&Value, &Value)| {
            ruby::equals(&context.value_of(candidate, &ruby_to_s(name)), value)
        };
        if wanted.iter().all(fits) {
            return Ok(true);
        }
    }
    Ok(false)
}

/// Type and title of a reference in text.
fn split(text: &str) -> Result<(Str, Str), Control> {
    crate::finish::parse_reference(text).ok_or_else(|| {
        let text = ruby_quote(text);
        format!("No title provided and {text} is not a valid resource reference").into()
    })
}

/// Type and title of a reference.
fn parts(ty: &Type) -> (Str, Option<Str>) {
    match ty {
        Type::Class(name) => ("class".into(), name.clone()),
        Type::Resource(reference) => {
            // What has been an attribute's value has an empty title where there was none.
            let title = reference.title.clone().filter(|title| !title.is_empty());
            (reference.type_name.clone().unwrap_or_default(), title)
        }
        _ => (Str::default(), None),
    }
}

/// The value of a parameter of a resource that has been declared; an empty text if it has none.
///
/// ```puppet
/// getparam(File['/etc/motd'], 'mode')
/// ```
pub(super) const GETPARAM: Legacy = Legacy::value("getparam", -1, |context, arguments| {
    let Some(reference) = arguments.first().filter(|value| value.is_true()) else {
        return Err("Must specify a reference".into());
    };
    let Some(Value::Str(name)) = arguments.get(1) else {
        return Err("Must specify name of a parameter".into());
    };
    if name.is_empty() {
        return Ok("".into());
    }
    let (ty, title) = match reference {
        Value::Type(ty @ (Type::Resource(_) | Type::Class(_))) => match parts(ty) {
            (ty, Some(title)) => (ty, title),
            _ => split(&ruby::legacy_to_s(reference))?,
        },
        other => split(&ruby::legacy_to_s(other))?,
    };
    let value = match context.declared(&ty, &title)? {
        Some(resource) => context.value_of(resource, name),
        None => Value::Undef,
    };
    Ok(if value.is_undef() { "".into() } else { value })
});

/// The reference that a text names, of a resource that has been declared.
///
/// ```puppet
/// stdlib::str2resource('File[/etc/motd]')
/// ```
pub(super) const STR2RESOURCE: Native = Native {
    name: "stdlib::str2resource",
    local_types: &[],
    overloads: &[Overload::new("(String $res_string) >> Any", |context, arguments| {
        let (ty, title) = split(arguments.first().and_then(Value::as_str).unwrap_or_default())?;
        match context.declared(&ty, &title)? {
            Some(resource) => Ok(context.reference_value(resource)),
            None => {
                let ty = pcore::render::capitalize_segments(&ty);
                let text = format!(
                    "stdlib::str2resource(): could not find {ty}[{title}], this is parse order dependent and values \
                     should not be quoted"
                );
                Err(text.into())
            }
        }
    })],
};
