//! Types by name, and types with parameters: what `X[args]` means in the language.
//!
//! [`access`] is the whole operator on types; its result is a value because references come in several:
//! `File['/a', '/b']` and `Class['a', 'b']` are arrays. [`parameterize`] is for places where only a type will do.
//! Looking a parameter of a resource up (`File['/a']['mode']`) is not a matter of types and stands elsewhere.

mod error;
mod interpret;
mod keys;
mod names;
mod objects;
mod references;
mod structure;
mod time;
mod uri;

pub use error::{TypeError, class_name};
pub use interpret::{Misuse, interpret};
pub use names::named;
pub use uri::uri_parts;

use std::sync::Arc;

use crate::matches::Init;
use crate::regexp::Regexp;
use crate::semver::SemVerRange;
use crate::ty::{Callable, Size, Tuple};
use crate::{Str, Type, Value, infer};
use error::{Result, arity, not_applicable, not_type, wrong_key};
use keys::{collection_size, flatten, is_range_key, range_size};

/// What `base[arguments]` gives in the language.
///
/// # Errors
/// Arguments that the type does not take, types that take none, and references to a resource with a title, whose
/// parameters only a catalog knows.
pub fn access(base: &Type, arguments: &[Value]) -> Result<Value> {
    match base {
        Type::Resource(reference) => references::resources(base, reference, arguments),
        Type::Class(name) => references::classes(base, name.as_ref(), arguments),
        _ => single(base, arguments).map(Value::Type),
    }
}

/// [`access`] where a single type is expected.
///
/// # Errors
/// As of [`access`], and when there are several references.
pub fn parameterize(base: &Type, arguments: &[Value]) -> Result<Type> {
    match access(base, arguments)? {
        Value::Type(ty) => Ok(ty),
        other => Err(TypeError::new(format!("{} is not a type", infer::general_name(&other)))),
    }
}

/// Types other than references.
fn single(base: &Type, arguments: &[Value]) -> Result<Type> {
    let flat = || flatten(arguments);
    match base {
        Type::Boolean(_) => {
            let keys = flat();
            match keys[..] {
                [Value::Bool(flag)] => Ok(Type::Boolean(Some(*flag))),
                [key] => Err(wrong_key(base, 0, key, "TrueClass or FalseClass")),
                _ => Err(arity(base, 1, Some(1), keys.len())),
            }
        }
        Type::Integer(..) => integer(&flat()),
        Type::Float(..) => float(&flat()),
        Type::String(_) | Type::StringValue(_) => match flat()[..] {
            [only] => Ok(Type::String(collection_size(0, &[only])?)),
            [min, max] => Ok(Type::String(collection_size(0, &[min, max])?)),
            ref keys => Err(TypeError::issue(
                "BAD_STRING_SLICE_ARITY",
                None,
                format!("String supports [] with one or two arguments. Got {}", keys.len()),
            )),
        },
        Type::Enum { .. } => enumeration(base, &flat()),
        Type::Pattern(_) => pattern(base, &flat()),
        Type::Regexp(_) => {
            let keys = flat();
            match keys[..] {
                [Value::Str(source)] => Ok(Type::Regexp(Some(compile(source)?))),
                [Value::Regexp(regexp)] => Ok(Type::Regexp(Some(regexp.clone()))),
                [key] => Err(wrong_key(base, 0, key, "String or Regexp")),
                _ => Err(TypeError {
                    argument: (keys.len() > 1).then_some(1),
                    ..arity(base, 1, Some(1), keys.len())
                }),
            }
        }
        Type::Collection(_) => match flat()[..] {
            [only] => Ok(Type::Collection(collection_size(0, &[only])?)),
            [min, max] => Ok(Type::Collection(collection_size(0, &[min, max])?)),
            ref keys => Err(named_arity("Collection-Type", 1, Some(2), keys.len())),
        },
        Type::Array(..) => array(&flat()),
        Type::Hash(..) => hash(&flat()),
        Type::Tuple(_) => tuple(base, &flat()),
        Type::Struct(_) => structure::structure(base, arguments),
        Type::Variant(_) => {
            let keys = flat();
            if keys.is_empty() {
                return Err(arity(base, 1, None, 0));
            }
            types(base, &keys).map(Type::variant)
        }
        Type::Optional(_) => match flat()[..] {
            [Value::Type(ty)] => Ok(Type::optional(ty.clone())),
            [Value::Str(text)] => Ok(Type::optional(Type::StringValue(text.clone()))),
            ref keys => Err(one_type("Optional-Type", keys)),
        },
        Type::NotUndef(_) => match flat()[..] {
            [] => Ok(Type::not_undef(Type::Any)),
            [Value::Type(ty)] => Ok(Type::not_undef(ty.clone())),
            [Value::Str(text)] => Ok(Type::not_undef(Type::StringValue(text.clone()))),
            [key] => Err(TypeError::issue(
                "BAD_NOT_UNDEF_SLICE_TYPE",
                Some(0),
                format!("NotUndef-Type[] argument must be a Type or a String. Got {}", class_name(key)),
            )),
            ref keys => Err(named_arity("NotUndef-Type", 0, Some(1), keys.len())),
        },
        Type::Type(_) => match flat()[..] {
            [Value::Type(ty)] => Ok(Type::type_of(ty.clone())),
            ref keys => Err(one_type("Type-Type", keys)),
        },
        Type::Sensitive(_) => match flat()[..] {
            // What the content is exactly must not show.
            [Value::Type(ty)] => Ok(Type::sensitive(infer::generalize(ty))),
            ref keys => Err(one_type("Sensitive-Type", keys)),
        },
        Type::Iterable(_) => match flat()[..] {
            [Value::Type(ty)] => Ok(Type::iterable(ty.clone())),
            ref keys => Err(one_type("Iterable-Type", keys)),
        },
        Type::Iterator(_) => match flat()[..] {
            [Value::Type(ty)] => Ok(Type::iterator(ty.clone())),
            ref keys => Err(one_type("Iterator-Type", keys)),
        },
        Type::Init(_) => match arguments {
            [Value::Type(ty), rest @ ..] => {
                Ok(Type::Init(Some(Arc::new(Init::new(ty.clone(), rest.to_vec())))))
            }
            _ => Err(not_type("Init-Type", 0, arguments.first().unwrap_or(&Value::Undef))),
        },
        Type::Callable(_) => callable(base, arguments),
        Type::SemVer(_) => sem_ver(base, &flat()),
        Type::Timestamp(_) => time::timestamp(base, &flat()),
        Type::Timespan(_) => time::timespan(base, &flat()),
        Type::Uri(_) => uri::uri(&flat()),
        Type::Runtime(_) => match flat()[..] {
            [Value::Str(runtime), Value::Str(name)] => {
                Ok(Type::Runtime(Some(Arc::new((runtime.clone(), Some(name.clone()))))))
            }
            [runtime, name] => {
                let (index, key) = if matches!(runtime, Value::Str(_)) { (1, name) } else { (0, runtime) };
                Err(wrong_key(base, index, key, "String or String"))
            }
            // Two are meant; the text is Puppet's.
            ref keys => Err(arity(base, 1, Some(2), keys.len())),
        },
        Type::AnyObject => objects::object(&flat()),
        Type::Object(object) => objects::parameterized(object, &flat()),
        Type::Deferred => {
            Err(TypeError::framed("The Deferred-Type cannot be parameterized using []".to_owned()))
        }
        Type::AnyTypeSet => objects::type_set(&flat()),
        Type::Reference(name) => {
            Err(TypeError::issue("UNKNOWN_RESOURCE_TYPE", None, format!("Resource type not found: {name}")))
        }
        _ => Err(not_applicable(base)),
    }
}

/// The error of a type that takes exactly one type.
fn one_type(name: &str, keys: &[&Value]) -> TypeError {
    match keys {
        [key] => not_type(name, 0, key),
        keys => named_arity(name, 1, Some(1), keys.len()),
    }
}

fn named_arity(name: &str, min: usize, max: Option<usize>, actual: usize) -> TypeError {
    error::arity_named(name, min, max, actual)
}

fn compile(source: &Str) -> Result<Arc<Regexp>> {
    Regexp::new(source).map_err(|error| TypeError::framed(error.message))
}

fn types(base: &Type, keys: &[&Value]) -> Result<Vec<Type>> {
    keys.iter()
        .enumerate()
        .map(|(index, key)| match key {
            Value::Type(ty) => Ok(ty.clone()),
            other => Err(wrong_key(base, index, other, "Any-Type")),
        })
        .collect()
}

fn integer(keys: &[&Value]) -> Result<Type> {
    if !(1..=2).contains(&keys.len()) {
        let message =
            format!("Integer-Type supports [] with one or two arguments (from, to). Got {}", keys.len());
        return Err(TypeError::issue("BAD_INTEGER_SLICE_ARITY", None, message));
    }
    let bound = |index: usize, unbounded: i64| match keys.get(index) {
        Some(Value::Int(number)) => Ok(*number),
        None | Some(Value::Default) => Ok(unbounded),
        Some(other) => Err(TypeError::issue(
            "BAD_INTEGER_SLICE_TYPE",
            Some(index),
            format!(
                "Integer-Type [] requires all arguments to be integers (or default). Got {}",
                class_name(other)
            ),
        )),
    };
    let (from, to) = (bound(0, i64::MIN)?, bound(1, i64::MAX)?);
    if from > to { Err(error::inverted(from, to)) } else { Ok(Type::Integer(from, to)) }
}

fn float(keys: &[&Value]) -> Result<Type> {
    if !(1..=2).contains(&keys.len()) {
        let message =
            format!("Float-Type supports [] with one or two arguments (from, to). Got {}", keys.len());
        return Err(TypeError::issue("BAD_INTEGER_SLICE_ARITY", None, message));
    }
    let bound = |index: usize, unbounded: f64| match keys.get(index) {
        Some(Value::Float(number)) => Ok(*number),
        Some(Value::Int(number)) => Ok(*number as f64),
        None | Some(Value::Default) => Ok(unbounded),
        Some(other) => Err(TypeError::issue(
            "BAD_INTEGER_SLICE_TYPE",
            Some(index),
            format!(
                "Float-Type [] requires all arguments to be floats, or integers (or default). Got {}",
                class_name(other)
            ),
        )),
    };
    let (from, to) = (bound(0, f64::NEG_INFINITY)?, bound(1, f64::INFINITY)?);
    if from > to {
        let text = crate::number::float_text;
        return Err(error::inverted(text(from), text(to)));
    }
    Ok(Type::Float(from, to))
}

fn enumeration(base: &Type, keys: &[&Value]) -> Result<Type> {
    let (values, ignore_case) = match keys {
        [values @ .., Value::Bool(flag)] => (values, *flag),
        values => (values, false),
    };
    if values.is_empty() {
        return Err(arity(base, 1, None, 0));
    }
    let strings: Vec<Str> = values
        .iter()
        .enumerate()
        .map(|(index, key)| match key {
            Value::Str(text) => Ok(text.clone()),
            other => Err(wrong_key(base, index, other, "String")),
        })
        .collect::<Result<_>>()?;
    Ok(Type::enumeration(strings, ignore_case))
}

fn pattern(base: &Type, keys: &[&Value]) -> Result<Type> {
    if keys.is_empty() {
        return Err(arity(base, 1, None, 0));
    }
    let mut patterns: Vec<Arc<Regexp>> = Vec::with_capacity(keys.len());
    let mut add = |pattern: Arc<Regexp>| {
        if !patterns.contains(&pattern) {
            patterns.push(pattern);
        }
    };
    for (index, key) in keys.iter().enumerate() {
        match key {
            Value::Str(source) => add(compile(source)?),
            Value::Regexp(regexp) => add(regexp.clone()),
            Value::Type(Type::Regexp(regexp)) => add(match regexp {
                Some(regexp) => regexp.clone(),
                None => compile(&"".into())?,
            }),
            Value::Type(Type::Pattern(others)) => others.iter().cloned().for_each(&mut add),
            other => {
                return Err(wrong_key(base, index, other, "String or Regexp or Pattern-Type or Regexp-Type"));
            }
        }
    }
    Ok(Type::Pattern(patterns.into()))
}

fn array(keys: &[&Value]) -> Result<Type> {
    let sized = |ty: &Type, size| Ok(Type::array_sized(ty.clone(), size));
    match keys {
        [Value::Type(ty)] => Ok(Type::array_of(ty.clone())),
        [Value::Type(ty), size] => sized(ty, collection_size(1, &[size])?),
        [min, max] => sized(&Type::Any, collection_size(0, &[min, max])?),
        [Value::Type(ty), min, max] => sized(ty, collection_size(1, &[min, max])?),
        [other] | [other, _, _] => Err(not_type("Array-Type", 0, other)),
        keys => Err(named_arity("Array-Type", 1, Some(3), keys.len())),
    }
}

fn hash(keys: &[&Value]) -> Result<Type> {
    if let [min @ Value::Int(_), max @ Value::Int(_)] = keys {
        return Ok(Type::hash_sized(Type::Any, Type::Any, collection_size(0, &[min, max])?));
    }
    if let Some(index) = keys.iter().take(2).position(|key| !matches!(key, Value::Type(_))) {
        return Err(not_type("Hash-Type", index, keys.get(index).unwrap_or(&&Value::Undef)));
    }
    match keys {
        [Value::Type(key), Value::Type(value)] => Ok(Type::hash_of(key.clone(), value.clone())),
        [Value::Type(key), Value::Type(value), bounds @ ..] if bounds.len() <= 2 => {
            Ok(Type::hash_sized(key.clone(), value.clone(), collection_size(2, bounds)?))
        }
        keys => Err(named_arity("Hash-Type", 2, Some(4), keys.len())),
    }
}

fn tuple(base: &Type, keys: &[&Value]) -> Result<Type> {
    let (members, size) = match keys {
        [members @ .., min, max] if is_range_key(min) && is_range_key(max) => {
            (members, Some(range_size(min, max)?))
        }
        [members @ .., min] if is_range_key(min) => (members, Some(range_size(min, &Value::Default)?)),
        members => (members, None),
    };
    if members.is_empty() {
        return Err(arity(base, 1, None, 0));
    }
    Ok(Type::Tuple(Arc::new(Tuple { types: types(base, members)?, size })))
}

fn callable(base: &Type, arguments: &[Value]) -> Result<Type> {
    let (keys, result) = match arguments {
        [Value::Array(parameters), Value::Type(result)] => (&parameters[..], Some(result.clone())),
        [Value::Array(_), _] => {
            return Err(TypeError::framed(
                "Cannot use anything but a type for the result of a Callable".to_owned(),
            ));
        }
        [Value::Array(_), ..] => return Err(arity(base, 2, Some(2), arguments.len())),
        keys => (keys, None),
    };
    let (keys, block) = match keys {
        [keys @ .., Value::Type(last)] if is_kind_of_callable(last) => (keys, Some(last.clone())),
        keys => (keys, None),
    };
    let (keys, size) = match keys {
        [keys @ .., min, max] if is_range_key(min) && is_range_key(max) => {
            (keys, Some(range_size(min, max)?))
        }
        [keys @ .., min] if is_range_key(min) => (keys, Some(range_size(min, &Value::Default)?)),
        keys => (keys, None),
    };
    let mut types: Vec<Type> = keys
        .iter()
        .map(|key| match key {
            Value::Type(ty) => ty.clone(),
            Value::Str(name) => Type::Runtime(Some(Arc::new(("ruby".into(), Some(name.clone()))))),
            other => infer::generalize(&infer::infer_reduced(other)),
        })
        .collect();
    if types.is_empty() && size.is_some_and(|size| size.max > 0) {
        types.push(Type::Unit);
    }
    let result = result.filter(|result| *result != Type::Any);
    Ok(Type::callable(Callable { parameters: Tuple { types, size }, block, result }))
}

/// True for callables, variants of them and optional ones: what the last parameter of `Callable` may be.
pub fn is_kind_of_callable(ty: &Type) -> bool {
    match ty {
        Type::Callable(_) => true,
        Type::Variant(types) => types.iter().all(is_kind_of_callable),
        Type::Optional(inner) => is_kind_of_callable(inner),
        Type::Alias(alias) => alias.target.get().is_some_and(is_kind_of_callable),
        _ => false,
    }
}

fn sem_ver(base: &Type, keys: &[&Value]) -> Result<Type> {
    if keys.is_empty() {
        return Err(arity(base, 1, None, 0));
    }
    let ranges: Vec<Arc<SemVerRange>> = keys
        .iter()
        .enumerate()
        .map(|(index, key)| match key {
            Value::SemVerRange(range) => Ok(range.clone()),
            Value::Str(text) => {
                SemVerRange::parse(text).map(Arc::new).map_err(|error| TypeError::framed(error.message))
            }
            other => Err(wrong_key(base, index, other, "String or SemanticPuppet::VersionRange")),
        })
        .collect::<Result<_>>()?;
    Ok(Type::SemVer(if ranges.len() > 1 { SemVerRange::merge_ranges(ranges) } else { ranges }.into()))
}

/// A size that was written as an `Integer` type.
pub(crate) fn size_of_integer(from: i64, to: i64) -> Size {
    let from = u64::try_from(from).unwrap_or(0);
    if to == i64::MAX { Size::at_least(from) } else { Size::new(from, u64::try_from(to).unwrap_or(0)) }
}
