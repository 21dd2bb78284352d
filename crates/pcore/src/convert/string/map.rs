//! Which format a value gets: a map from types to formats, the special types first.

use std::sync::{Arc, LazyLock};

use super::format::Format;
use crate::error::{Result, ValueError};
use crate::matches::is_assignable;
use crate::{Hash, Str, Type, Value, infer};

/// Formats by type, in the order in which they are tried.
#[derive(Clone, Debug)]
pub(super) struct FormatMap(Vec<(Type, Arc<Format>)>);

impl FormatMap {
    /// What a user gave, merged with the defaults.
    pub(super) fn from_user(formats: &Hash) -> Result<FormatMap> {
        DEFAULT.merged(&read(formats)?)
    }

    /// The formats of a single type only.
    pub(super) fn only(ty: Type, format: Format) -> FormatMap {
        FormatMap(vec![(ty, Arc::new(format))])
    }

    /// The format of a value.
    pub(super) fn of_value(&self, value: &Value) -> Arc<Format> {
        // The way an instance is made does not matter, only its type does.
        let ty = match value {
            Value::Object(object) => Type::Object(object.ty.clone()),
            value => infer::infer(value),
        };
        self.of_type(&ty)
    }

    /// The format of values of a type.
    pub(super) fn of_type(&self, ty: &Type) -> Arc<Format> {
        match self.0.iter().find(|(key, _)| is_assignable(key, ty)) {
            Some((_, format)) => format.clone(),
            None => PLAIN.clone(),
        }
    }

    /// These formats under others, which win: of the lower ones those go that are more special than a higher one.
    pub(super) fn merged(&self, higher: &FormatMap) -> Result<FormatMap> {
        let beaten =
            |lower: &Type| higher.0.iter().any(|(higher, _)| higher != lower && is_assignable(higher, lower));
        let mut merged: Vec<(Type, Arc<Format>)> =
            self.0.iter().filter(|(ty, _)| !beaten(ty)).cloned().collect();
        for (ty, format) in &higher.0 {
            match merged.iter_mut().find(|(known, _)| known == ty) {
                Some((_, known)) => *known = Arc::new(known.merged(format)?),
                None => merged.push((ty.clone(), format.clone())),
            }
        }
        Ok(FormatMap(sorted(merged)))
    }
}

/// The defaults with one format for a type.
pub(super) fn with(ty: Type, format: &Str) -> Result<FormatMap> {
    DEFAULT.merged(&FormatMap::only(ty, Format::parse(format)?))
}

/// Formats of what a collection holds, when it says nothing.
pub(super) fn default_inner() -> Arc<FormatMap> {
    INNER.clone()
}

/// Reads a user's hash.
fn read(formats: &Hash) -> Result<FormatMap> {
    let mut map = Vec::with_capacity(formats.len());
    for (key, format) in formats.iter() {
        let Value::Type(ty) = key else {
            return Err(ValueError::new(format!(
                "top level keys in the format hash must be data types, got instance of '{}'",
                crate::parameterize::class_name(key)
            )));
        };
        let format = match format {
            Value::Hash(container) => read_container(container)?,
            other => Format::parse(&text(other))?,
        };
        map.push((ty.clone(), Arc::new(format)));
    }
    Ok(FormatMap(map))
}

fn read_container(container: &Hash) -> Result<Format> {
    let string = |name: &str| container.get_str(name).filter(|value| !value.is_undef()).map(text);
    let format = Format::parse(&string("format").unwrap_or_default())?;
    let inner = match container.get_str("string_formats") {
        Some(Value::Hash(formats)) => Some(Arc::new(read(formats)?)),
        _ => None,
    };
    Ok(Format { separator: string("separator"), separator2: string("separator2"), inner, ..format })
}

fn text(value: &Value) -> Str {
    match value {
        Value::Str(text) => text.clone(),
        other => crate::format::to_s(other).into(),
    }
}

/// Merge sort as the C library does it: the order is not a total one, so that the way of sorting shows.
fn sorted(mut map: Vec<(Type, Arc<Format>)>) -> Vec<(Type, Arc<Format>)> {
    if map.len() < 2 {
        return map;
    }
    let right = sorted(map.split_off(map.len() / 2));
    let left = sorted(map);
    let mut merged = Vec::with_capacity(left.len() + right.len());
    let (mut left, mut right) = (left.into_iter().peekable(), right.into_iter().peekable());
    while let (Some((a, _)), Some((b, _))) = (left.peek(), right.peek()) {
        let next = if comes_after(a, b) { right.next() } else { left.next() };
        merged.extend(next);
    }
    merged.extend(left);
    merged.extend(right);
    merged
}

/// Special types come first; others by rank or by name.
fn comes_after(a: &Type, b: &Type) -> bool {
    match (is_assignable(b, a), is_assignable(a, b)) {
        _ if a == b => false,
        (true, false) => false,
        (false, true) => true,
        _ => match (rank(a), rank(b)) {
            (0, _) | (_, 0) => a.to_string() > b.to_string(),
            (a, b) => a > b,
        },
    }
}

fn rank(ty: &Type) -> u8 {
    match ty {
        Type::Struct(_) => 1,
        Type::Hash(..) => 2,
        Type::Tuple(_) => 3,
        Type::Array(..) => 4,
        Type::Pattern(_) => 10,
        Type::Enum { .. } => 11,
        Type::String(_) | Type::StringValue(_) => 12,
        _ => 0,
    }
}

static PLAIN: LazyLock<Arc<Format>> = LazyLock::new(|| Arc::new(built_in("%s")));

static INNER: LazyLock<Arc<FormatMap>> =
    LazyLock::new(|| Arc::new(FormatMap::only(Type::Any, built_in("%p"))));

static DEFAULT: LazyLock<FormatMap> = LazyLock::new(|| {
    let collection = |text, separator: &str, separator2: &str| Format {
        separator: Some(separator.into()),
        separator2: Some(separator2.into()),
        inner: Some(default_inner()),
        ..built_in(text)
    };
    let formats = [
        (Type::AnyObject, built_in("%p")),
        (Type::FLOAT, built_in("%f")),
        (Type::Numeric, built_in("%d")),
        (Type::array_of(Type::Any), collection("%a", ", ", ", ")),
        (Type::hash_of(Type::Any, Type::Any), collection("%h", ", ", " => ")),
        (Type::Binary, built_in("%B")),
        (Type::Any, built_in("%s")),
    ];
    FormatMap(formats.into_iter().map(|(ty, format)| (ty, Arc::new(format))).collect())
});

/// A format of ours, which is well formed.
fn built_in(text: &str) -> Format {
    Format::of_letter(text, text.chars().last().unwrap_or('s'))
}
