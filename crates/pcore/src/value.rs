//! Values.

use std::fmt;
use std::hash::{BuildHasher, Hash as StdHash, Hasher};
use std::ops::Deref;
use std::sync::{Arc, LazyLock};

use crate::array::Array;
use crate::hash::Hash;
use crate::ty::{ObjectType, Type};

/// Immutable shared text. A type of its own, so that its representation can change without touching callers.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Default)]
pub struct Str(Arc<str>);

impl Str {
    /// The text.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl StdHash for Str {
    // The same as `str`, so that hashes can be probed with borrowed text.
    fn hash<H: Hasher>(&self, state: &mut H) {
        self.0.hash(state);
    }
}

impl Deref for Str {
    type Target = str;
    fn deref(&self) -> &str {
        &self.0
    }
}

impl std::borrow::Borrow<str> for Str {
    fn borrow(&self) -> &str {
        &self.0
    }
}

impl fmt::Debug for Str {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Debug::fmt(&*self.0, f)
    }
}

impl fmt::Display for Str {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl From<&str> for Str {
    fn from(text: &str) -> Str {
        Str(text.into())
    }
}

impl From<String> for Str {
    fn from(text: String) -> Str {
        Str(text.into())
    }
}

impl From<Arc<str>> for Str {
    fn from(text: Arc<str>) -> Str {
        Str(text)
    }
}

impl From<stdx::Symbol> for Str {
    fn from(symbol: stdx::Symbol) -> Str {
        Str(symbol.as_str().into())
    }
}

/// Anything a manifest can compute (language reference, "Values").
///
/// Values are immutable; clones share. `==` here is strict (what hash keys and the catalog need): types and case
/// matter. The language's own `==` is `compare::equals`.
#[derive(Clone, Debug, Default)]
pub enum Value {
    /// `undef`
    #[default]
    Undef,
    /// `default`
    Default,
    /// `true`, `false`
    Bool(bool),
    /// 64-bit integer.
    Int(i64),
    /// 64-bit float.
    Float(f64),
    /// Text.
    Str(Str),
    /// Array.
    Array(Arc<Array>),
    /// Hash.
    Hash(Arc<Hash>),
    /// Regular expression, compiled.
    Regexp(Arc<crate::regexp::Regexp>),
    /// A type, and with it resource and class references.
    Type(Type),
    /// A value that must not be shown.
    Sensitive(Arc<Value>),
    /// A point in time.
    Timestamp(crate::time::Timestamp),
    /// A duration.
    Timespan(crate::time::Timespan),
    /// A semantic version.
    SemVer(Arc<crate::semver::SemVer>),
    /// A range of semantic versions.
    SemVerRange(Arc<crate::semver::SemVerRange>),
    /// Bytes.
    Binary(Arc<[u8]>),
    /// A URI.
    Uri(Arc<crate::uri::Uri>),
    /// A call left to the agent.
    Deferred(Arc<Deferred>),
    /// An instance of an `Object` type.
    Object(Arc<Object>),
    /// A lazy sequence.
    Iterator(Arc<crate::iter::Iterator>),
}

/// A function call that the agent will make: `Deferred('name', [arguments])`.
#[derive(Clone, Debug, PartialEq)]
pub struct Deferred {
    /// Function name, or `$variable`.
    pub name: Str,
    /// Arguments, if it was given a list of them.
    pub arguments: Option<Array>,
}

/// An instance of an `Object` type: attribute values in the order of the type's attributes.
#[derive(Clone, Debug)]
pub struct Object {
    /// The type it was made from.
    pub ty: Arc<ObjectType>,
    /// Values by attribute name.
    pub attributes: Hash,
}

impl PartialEq for Object {
    /// Equal as the type says: by the attributes that it compares.
    fn eq(&self, other: &Object) -> bool {
        crate::object::equals(self, other)
    }
}

impl Value {
    /// A string value.
    pub fn str(text: impl Into<Str>) -> Value {
        Value::Str(text.into())
    }

    /// An array value.
    pub fn array(items: impl Into<Vec<Value>>) -> Value {
        Value::Array(Arc::new(Array::from(items.into())))
    }

    /// A hash value.
    pub fn hash(hash: Hash) -> Value {
        Value::Hash(Arc::new(hash))
    }

    /// A value wrapped as Sensitive.
    pub fn sensitive(value: Value) -> Value {
        Value::Sensitive(Arc::new(value))
    }

    /// Only `false` and `undef` are false.
    pub fn is_true(&self) -> bool {
        !matches!(self, Value::Undef | Value::Bool(false))
    }

    /// True for `undef`.
    pub fn is_undef(&self) -> bool {
        matches!(self, Value::Undef)
    }

    /// The text of a string value.
    pub fn as_str(&self) -> Option<&str> {
        match self {
            Value::Str(text) => Some(text),
            _ => None,
        }
    }

    /// The number of an integer value.
    pub fn as_int(&self) -> Option<i64> {
        match self {
            Value::Int(number) => Some(*number),
            _ => None,
        }
    }

    /// The items of an array value.
    pub fn as_array(&self) -> Option<&[Value]> {
        match self {
            Value::Array(items) => Some(items),
            _ => None,
        }
    }

    /// The hash of a hash value.
    pub fn as_hash(&self) -> Option<&Hash> {
        match self {
            Value::Hash(hash) => Some(hash),
            _ => None,
        }
    }
}

impl PartialEq for Value {
    fn eq(&self, other: &Value) -> bool {
        use Value::*;
        match (self, other) {
            (Undef, Undef) | (Default, Default) => true,
            (Bool(a), Bool(b)) => a == b,
            (Int(a), Int(b)) => a == b,
            (Float(a), Float(b)) => a.to_bits() == b.to_bits() || a == b,
            (Str(a), Str(b)) => a == b,
            (Array(a), Array(b)) => Arc::ptr_eq(a, b) || a == b,
            (Hash(a), Hash(b)) => Arc::ptr_eq(a, b) || a == b,
            (Regexp(a), Regexp(b)) => a.source() == b.source(),
            (Type(a), Type(b)) => a == b,
            (Sensitive(a), Sensitive(b)) => a == b,
            (Timestamp(a), Timestamp(b)) => a == b,
            (Timespan(a), Timespan(b)) => a == b,
            (SemVer(a), SemVer(b)) => a == b,
            (SemVerRange(a), SemVerRange(b)) => a == b,
            (Binary(a), Binary(b)) => a == b,
            (Uri(a), Uri(b)) => a == b,
            (Deferred(a), Deferred(b)) => a == b,
            (Object(a), Object(b)) => a == b,
            (Iterator(a), Iterator(b)) => Arc::ptr_eq(a, b),
            _ => false,
        }
    }
}

impl Eq for Value {}

impl StdHash for Value {
    fn hash<H: Hasher>(&self, state: &mut H) {
        match self {
            // Strings hash like `str`, so that `Hash::get_str` works on borrowed text.
            Value::Str(text) => text.hash(state),
            Value::Undef => state.write_u8(1),
            Value::Default => state.write_u8(2),
            Value::Bool(flag) => state.write_u8(3 + u8::from(*flag)),
            Value::Int(number) => state.write_i64(*number),
            // +0.0 and -0.0 are equal, hence one hash.
            Value::Float(number) => state.write_u64(if *number == 0.0 { 0 } else { number.to_bits() }),
            Value::Array(items) => {
                state.write_usize(items.len());
                items.iter().for_each(|item| item.hash(state));
            }
            // The order of entries does not count.
            Value::Hash(hash) => {
                let entries = hash.iter().map(|entry| SEEDED.hash_one(entry));
                state.write_u64(entries.fold(hash.len() as u64, u64::wrapping_add));
            }
            Value::Timestamp(time) => time.hash(state),
            Value::Timespan(span) => span.hash(state),
            Value::SemVer(version) => version.numbers.hash(state),
            Value::Type(ty) => hash_type(ty, state),
            Value::Regexp(regexp) => regexp.source().hash(state),
            Value::Binary(bytes) => bytes.hash(state),
            Value::Sensitive(inner) => inner.hash(state),
            // The rest is rare as a key; one bucket a kind is enough and cannot disagree with `eq`.
            other => std::mem::discriminant(other).hash(state),
        }
    }
}

/// Hashes entries of hashes.
static SEEDED: LazyLock<foldhash::fast::RandomState> = LazyLock::new(Default::default);

/// As much of a type as tells apart those of which there are many, and nothing that equal types may differ in.
fn hash_type<H: Hasher>(ty: &Type, state: &mut H) {
    std::mem::discriminant(ty).hash(state);
    match ty {
        Type::Integer(from, to) => (from, to).hash(state),
        Type::String(size) | Type::Collection(size) => size.hash(state),
        Type::StringValue(text) | Type::Reference(text) => text.hash(state),
        Type::Enum { values, .. } => values.hash(state),
        Type::Resource(reference) => reference.hash(state),
        Type::Class(name) => name.hash(state),
        Type::Alias(alias) => alias.name.hash(state),
        Type::Array(inner, _)
        | Type::Optional(inner)
        | Type::NotUndef(inner)
        | Type::Type(inner)
        | Type::Sensitive(inner)
        | Type::Iterable(inner)
        | Type::Iterator(inner) => hash_type(inner, state),
        _ => {}
    }
}

impl From<bool> for Value {
    fn from(flag: bool) -> Value {
        Value::Bool(flag)
    }
}

impl From<i64> for Value {
    fn from(number: i64) -> Value {
        Value::Int(number)
    }
}

impl From<f64> for Value {
    fn from(number: f64) -> Value {
        Value::Float(number)
    }
}

impl From<&str> for Value {
    fn from(text: &str) -> Value {
        Value::Str(text.into())
    }
}

impl From<String> for Value {
    fn from(text: String) -> Value {
        Value::Str(text.into())
    }
}

impl From<Str> for Value {
    fn from(text: Str) -> Value {
        Value::Str(text)
    }
}

impl From<Vec<Value>> for Value {
    fn from(items: Vec<Value>) -> Value {
        Value::array(items)
    }
}

impl From<Array> for Value {
    fn from(items: Array) -> Value {
        Value::Array(Arc::new(items))
    }
}

impl From<Hash> for Value {
    fn from(hash: Hash) -> Value {
        Value::hash(hash)
    }
}

impl From<Type> for Value {
    fn from(ty: Type) -> Value {
        Value::Type(ty)
    }
}

impl<T: Into<Value>> From<Option<T>> for Value {
    fn from(value: Option<T>) -> Value {
        value.map_or(Value::Undef, Into::into)
    }
}
