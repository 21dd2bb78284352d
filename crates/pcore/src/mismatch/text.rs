//! The sentence about a mismatch.
//!
//! Types are named briefly (`Struct`, `Integer`) unless that would say nothing: when both have the same name, when
//! the wanted one is an alias, or when the value would fit the wanted type without its parameters. Then both are
//! spelt out.

use std::fmt::{Formatter, Result};
use std::sync::Arc;

use crate::ty::Size;
use crate::{Type, infer, label, matches, object, render};

pub(super) fn wrong_type(out: &mut Formatter<'_>, expected: &Type, actual: &Type) -> Result {
    let (expected, optional) = match expected {
        Type::Optional(inner) => (&**inner, true),
        other => (other, false),
    };
    let wanted: &[Type] = match expected {
        Type::Variant(types) => types,
        other => std::slice::from_ref(other),
    };
    let mut names: Vec<String>;
    let actual_name;
    if wanted.iter().any(|ty| is_spelt_out(ty, actual)) {
        actual_name = spelt_out_actual(wanted, actual);
        names = wanted.iter().map(|ty| render::expanded(ty).to_string()).collect();
    } else {
        actual_name = short_name(actual);
        names = Vec::with_capacity(wanted.len());
        for name in wanted.iter().map(short_name) {
            if !names.contains(&name) {
                names.push(name);
            }
        }
    }
    if optional {
        names.insert(0, "Undef".to_owned());
    }
    match &names[..] {
        [] => write!(out, " expects a value of type , got {actual_name}"),
        [only] => write!(out, " expects {} value, got {actual_name}", label::with_article(only)),
        [one, two] => write!(out, " expects a value of type {one} or {two}, got {actual_name}"),
        [most @ .., last] => {
            write!(out, " expects a value of type {}, or {last}, got {actual_name}", most.join(", "))
        }
    }
}

pub(super) fn wrong_text(out: &mut Formatter<'_>, expected: &Type, actual: &Type) -> Result {
    let (expected, or_undef) = match expected {
        Type::Optional(inner) => (&**inner, "an undef value or "),
        other => (other, ""),
    };
    write!(out, " expects {or_undef}a match for {}, got ", render::expanded(expected))?;
    match actual {
        Type::StringValue(text) => write!(out, "'{text}'"),
        other => out.write_str(&short_name(other)),
    }
}

pub(super) fn wrong_size(out: &mut Formatter<'_>, expected: Size, actual: Size) -> Result {
    write!(out, " expects size to be {}, got {}", size(expected, "0"), size(actual, "0"))
}

pub(super) fn wrong_count(out: &mut Formatter<'_>, expected: Size, actual: Size) -> Result {
    let singular = expected.min == 1 && (expected.max == 1 || expected.is_unbounded())
        || expected.min == 0 && expected.max == 1;
    let plural = if singular { "" } else { "s" };
    write!(out, " expects {} argument{plural}, got {}", size(expected, "no"), size(actual, "none"))
}

fn size(size: Size, zero: &str) -> String {
    match (size.min, size.max) {
        (0, 0) => zero.to_owned(),
        (min, max) if min == max => min.to_string(),
        (0, _) if size.is_unbounded() => "unlimited".to_owned(),
        (0, max) => format!("at most {max}"),
        (min, _) if size.is_unbounded() => format!("at least {min}"),
        (min, max) => format!("between {min} and {max}"),
    }
}

/// `Optional`, `NotUndef`, `Sensitive`, `Type` and their like are named with what they hold.
fn short_name(ty: &Type) -> String {
    let inner = match ty {
        Type::Optional(inner)
        | Type::NotUndef(inner)
        | Type::Type(inner)
        | Type::Sensitive(inner)
        | Type::Iterable(inner)
        | Type::Iterator(inner) => Some(&**inner),
        Type::Init(Some(init)) => Some(&init.ty),
        _ => None,
    };
    match inner {
        // Plain `Object` has no name, unlike types that are derived from it.
        Some(Type::AnyObject) => format!("{}[]", name(ty)),
        Some(inner) if !inner.is_unit() && *inner != Type::Any => format!("{}[{}]", name(ty), name(inner)),
        _ => name(ty),
    }
}

/// The name of a type without parameters.
fn name(ty: &Type) -> String {
    match ty {
        Type::Alias(alias) => alias.name.to_string(),
        Type::Object(object) => object::label(object).to_owned(),
        Type::TypeSet(set) => set.name.to_string(),
        Type::AnyTypeSet => "DefaultTypeSet".to_owned(),
        Type::Data => "Data".to_owned(),
        Type::RichData => "RichData".to_owned(),
        Type::RichDataKey => "RichDataKey".to_owned(),
        other => simple_name(other),
    }
}

/// The name of a type's kind.
pub(crate) fn simple_name(ty: &Type) -> String {
    let text = match ty {
        Type::Any => "Any",
        Type::Undef => "Undef",
        Type::Default => "Default",
        Type::Scalar => "Scalar",
        Type::ScalarData => "ScalarData",
        Type::Data | Type::RichData | Type::RichDataKey | Type::Alias(_) => "TypeAlias",
        Type::Numeric => "Numeric",
        Type::CatalogEntry => "CatalogEntry",
        Type::Binary => "Binary",
        Type::SemVerRange => "SemVerRange",
        Type::Deferred => "Deferred",
        Type::Unit => "Unit",
        Type::Integer(..) => "Integer",
        Type::Float(..) => "Float",
        Type::String(_) | Type::StringValue(_) => "String",
        Type::Enum { .. } => "Enum",
        Type::Pattern(_) => "Pattern",
        Type::Boolean(_) => "Boolean",
        Type::Regexp(_) => "Regexp",
        Type::Collection(_) => "Collection",
        Type::Array(..) => "Array",
        Type::Hash(..) => "Hash",
        Type::Tuple(_) => "Tuple",
        Type::Struct(_) => "Struct",
        Type::Variant(_) => "Variant",
        Type::Optional(_) => "Optional",
        Type::NotUndef(_) => "NotUndef",
        Type::Type(_) => "Type",
        Type::Sensitive(_) => "Sensitive",
        Type::Iterable(_) => "Iterable",
        Type::Iterator(_) => "Iterator",
        Type::Init(_) => "Init",
        Type::Callable(_) => "Callable",
        Type::SemVer(_) => "SemVer",
        Type::Timestamp(_) => "Timestamp",
        Type::Timespan(_) => "Timespan",
        Type::Uri(_) => "URI",
        Type::Runtime(_) => "Runtime",
        Type::Resource(_) => "Resource",
        Type::Class(_) => "Class",
        Type::AnyObject => "Object",
        Type::Object(object) => last_segment(object::label(object)),
        Type::ParameterizedObject(object) => last_segment(object::label(&object.base)),
        Type::TypeSet(_) | Type::AnyTypeSet => "TypeSet",
        Type::Reference(_) => "TypeReference",
    };
    text.to_owned()
}

fn last_segment(name: &str) -> &str {
    name.rsplit("::").next().unwrap_or(name)
}

/// Whether names alone would not tell the two apart.
fn is_spelt_out(expected: &Type, actual: &Type) -> bool {
    is_always_spelt_out(expected, actual) || fits_without_parameters(expected, actual)
}

fn is_always_spelt_out(expected: &Type, actual: &Type) -> bool {
    let is_alias = |ty: &Type| simple_name(ty) == "TypeAlias";
    is_same_kind(expected, actual)
        || is_alias(expected)
        || is_alias(actual)
        || matches!((expected, actual), (Type::Struct(_), Type::Hash(..)) | (Type::Tuple(_), Type::Array(..)))
}

fn is_same_kind(one: &Type, two: &Type) -> bool {
    let is_object = |ty: &Type| matches!(ty, Type::Object(_) | Type::AnyObject | Type::Deferred);
    match (one, two) {
        (Type::ParameterizedObject(_), Type::ParameterizedObject(_)) => true,
        (Type::ParameterizedObject(_), _) | (_, Type::ParameterizedObject(_)) => false,
        _ if is_object(one) || is_object(two) => is_object(one) && is_object(two),
        _ => simple_name(one) == simple_name(two),
    }
}

fn fits_without_parameters(expected: &Type, actual: &Type) -> bool {
    let general = match matches::resolve(expected).unwrap_or(expected) {
        Type::Integer(..) => Type::INTEGER,
        Type::Float(..) => Type::FLOAT,
        Type::String(_) | Type::StringValue(_) => Type::STRING,
        Type::Enum { .. } => Type::enumeration(Vec::<crate::Str>::new(), false),
        Type::Pattern(_) => Type::Pattern(Arc::new([])),
        Type::Boolean(_) => Type::BOOLEAN,
        Type::Regexp(_) => Type::Regexp(None),
        Type::Collection(_) => Type::Collection(Size::ANY),
        Type::Array(..) => Type::array_of(Type::Any),
        Type::Hash(..) => Type::hash_of(Type::Any, Type::Any),
        Type::Tuple(_) => Type::tuple(Vec::new()),
        Type::Struct(_) => Type::Struct(Arc::new([])),
        Type::Variant(_) => Type::Variant(Arc::new([])),
        Type::Optional(_) => Type::optional(Type::Unit),
        Type::NotUndef(_) => Type::not_undef(Type::Any),
        Type::Type(_) => Type::type_of(Type::Unit),
        Type::Sensitive(_) => Type::sensitive(Type::Any),
        Type::Iterable(_) => Type::iterable(Type::Unit),
        Type::Iterator(_) => Type::iterator(Type::Unit),
        Type::Init(_) => Type::Init(None),
        Type::Callable(_) => Type::CALLABLE,
        Type::SemVer(_) => Type::SemVer(Arc::new([])),
        Type::Timestamp(_) => Type::Timestamp(None),
        Type::Timespan(_) => Type::Timespan(None),
        Type::Uri(_) => Type::Uri(None),
        Type::Runtime(_) => Type::Runtime(None),
        Type::Resource(_) => Type::any_resource(),
        Type::Class(_) => Type::Class(None),
        Type::Object(_) | Type::Deferred => Type::AnyObject,
        Type::ParameterizedObject(_) => Type::Any,
        Type::TypeSet(_) => Type::AnyTypeSet,
        other => other.clone(),
    };
    matches::is_assignable(&general, actual)
}

/// The actual type next to wanted ones that are spelt out: its name will do if the value could not have fitted any
/// way.
fn spelt_out_actual(expected: &[Type], actual: &Type) -> String {
    let fits_generalized = || {
        let general = infer::generalize(actual);
        expected.iter().any(|ty| matches::is_assignable(matches::resolve_fully(ty), &general))
    };
    if expected.iter().any(|ty| is_always_spelt_out(matches::resolve_fully(ty), actual)) || fits_generalized()
    {
        render::expanded(actual).to_string()
    } else {
        simple_name(actual)
    }
}
