//! Parameters of types where types are only described: in the definition of an alias, in the text given to `Type(...)`.
//!
//! The same types as by [`super::access`], but nothing is flattened, references are single, and the complaints are
//! others.

use super::single;
use crate::{Str, Type, Value};

/// Why a description makes no type.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Misuse {
    /// `The expression <...> is not a valid type specification.`
    Invalid,
    /// `Not a parameterized type <...>`
    NotParameterized,
    /// Anything else, as text.
    Text(String),
}

/// `base[arguments]` in a description. `name` is the name of the base as it is written.
///
/// # Errors
/// Arguments that the type does not take.
pub fn interpret(name: &Str, base: &Type, arguments: &[Value]) -> Result<Type, Misuse> {
    check_count(name, base, arguments)?;
    match base {
        Type::Any
        | Type::Data
        | Type::CatalogEntry
        | Type::Scalar
        | Type::Undef
        | Type::Numeric
        | Type::Default
        | Type::SemVerRange
        | Type::Alias(_)
        | Type::RichData
        | Type::RichDataKey => return Err(Misuse::NotParameterized),
        Type::Enum { .. }
            if !arguments.iter().all(|argument| matches!(argument, Value::Str(_) | Value::Bool(_))) =>
        {
            return Err(Misuse::Text("Enum parameters must be identifiers or strings".to_owned()));
        }
        Type::Boolean(_) if !matches!(arguments, [Value::Bool(_)]) => {
            return Err(Misuse::Text("Boolean parameter must be true or false".to_owned()));
        }
        Type::Resource(_) | Type::Class(_) => {
            let by_name = match arguments {
                [Value::Type(Type::Reference(text))] => unknown_resource(text),
                _ => None,
            };
            return match super::access(base, by_name.as_deref().unwrap_or(arguments)) {
                Ok(Value::Type(ty)) => Ok(ty),
                Ok(_) => Err(Misuse::Invalid),
                Err(error) => Err(Misuse::Text(error.message)),
            };
        }
        _ => {}
    }
    // Only the result of a callable may stand beside an array.
    let takes_arrays = matches!(base, Type::Callable(_) | Type::Init(_) | Type::Object(_));
    if !takes_arrays && arguments.iter().any(|argument| matches!(argument, Value::Array(_))) {
        return Err(Misuse::Invalid);
    }
    single(base, arguments).map_err(|error| match error.code {
        "RUNTIME_ERROR" => Misuse::Text(error.message),
        _ => Misuse::Invalid,
    })
}

/// Name and title in `Nonesuch` and `Nonesuch['title']`, types that nobody knows.
fn unknown_resource(text: &str) -> Option<Vec<Value>> {
    let Some((name, title)) = text.split_once('[') else { return Some(vec![text.into()]) };
    let title = title.strip_suffix(']')?;
    let quoted = ['\'', '"'].iter().find_map(|quote| title.strip_prefix(*quote)?.strip_suffix(*quote));
    Some(vec![name.into(), quoted.unwrap_or(title).into()])
}

/// How many arguments each type takes, in Puppet's words.
fn check_count(name: &Str, base: &Type, arguments: &[Value]) -> Result<(), Misuse> {
    let mut count = arguments.len();
    let (name, min, max, required): (&str, usize, usize, &str) = match base {
        Type::Array(..) => ("Array", 1, 3, "1 to 3"),
        Type::Hash(..) => ("Hash", 2, 4, "2 to 4"),
        Type::Collection(_) => ("Collection", 1, 2, "1 to 2"),
        Type::Class(_) => ("Class", 1, 1, "1"),
        Type::Resource(reference) if reference.type_name.is_none() => ("Resource", 1, 2, "1 or 2"),
        Type::Resource(_) => (name, 1, 1, "1"),
        Type::Regexp(_) => ("Regexp", 1, 1, "1"),
        Type::Enum { .. } => {
            count -= usize::from(matches!(arguments.last(), Some(Value::Bool(_))));
            ("Enum", 1, usize::MAX, "1 or more")
        }
        Type::Pattern(_) => ("Pattern", 1, usize::MAX, "1 or more"),
        Type::Uri(_) => ("URI", 1, 1, "1"),
        Type::Variant(_) => ("Variant", 1, usize::MAX, "1 or more"),
        Type::Tuple(_) => ("Tuple", 1, usize::MAX, "1 or more"),
        Type::Callable(_) if count > 1 && matches!(arguments.first(), Some(Value::Array(_))) => {
            ("callable", 2, 2, "2 when first parameter is an array")
        }
        Type::Struct(_) => ("Struct", 1, 1, "1"),
        Type::Boolean(_) => ("Boolean", 1, 1, "1"),
        Type::Integer(..) => ("Integer", 1, 2, "1 or 2"),
        Type::Float(..) => ("Float", 1, 2, "1 or 2"),
        Type::AnyObject | Type::AnyTypeSet => ("Object", 1, 1, "1"),
        Type::Iterable(_) => ("Iterable", 1, 1, "1"),
        Type::Iterator(_) => ("Iterator", 1, 1, "1"),
        Type::String(_) | Type::StringValue(_) => ("String", 1, 2, "1 to 2"),
        Type::Sensitive(_) => ("Sensitive", 0, 1, "0 to 1"),
        Type::Optional(_) => ("Optional", 1, 1, "1"),
        Type::NotUndef(_) => ("NotUndef", 0, 1, "0 to 1"),
        Type::Type(_) => ("Type", 1, 1, "1"),
        Type::Runtime(_) => ("Runtime", 2, 2, "2"),
        Type::Timespan(_) => ("Timespan", 0, 2, "0 to 2"),
        Type::Timestamp(_) => ("Timestamp", 0, 2, "0 to 2"),
        Type::SemVer(_) => ("SemVer", 1, usize::MAX, "1 or more"),
        _ => return Ok(()),
    };
    if (min..=max).contains(&count) {
        return Ok(());
    }
    Err(Misuse::Text(format!(
        "Invalid number of type parameters specified: {name} requires {required}, {count} provided"
    )))
}
