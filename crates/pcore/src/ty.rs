//! Types (language reference, "Types").
//!
//! A [`Type`] is 24 bytes, and with it a [`Value`]: what does not fit stands behind an `Arc`. Types are immutable
//! and shared; the three kinds that may refer to themselves (aliases, `Object`, `TypeSet`) get their content after
//! they have been made, see [`meta`].

mod equality;
pub(crate) mod make;
pub mod meta;
mod ruby;

pub use meta::{
    Alias, Attribute, AttributeKind, Method, ObjectDefinition, ObjectType, ParameterizedObject, TypeSet,
};

use std::sync::Arc;

use crate::regexp::Regexp;
use crate::semver::SemVerRange;
use crate::time::{Timespan, Timestamp};
use crate::{Str, Value};

/// A type. Clones share; compare with `==` (structural; the members of a `Variant` and of a `Pattern` compare as a
/// set), test with `matches::is_instance` and `matches::is_assignable`.
///
/// `Type`, `Iterable`, `Iterator` and `Optional` without a parameter hold [`Type::Unit`]: `Type` is not the same as
/// `Type[Any]`, neither when printed nor when tested.
#[derive(Clone, Debug)]
#[allow(missing_docs, reason = "each is named after the Pcore type it stands for")]
pub enum Type {
    Any,
    Undef,
    Default,
    Scalar,
    ScalarData,
    Data,
    RichData,
    RichDataKey,
    Numeric,
    CatalogEntry,
    Binary,
    SemVerRange,
    Deferred,
    /// Fits everything and accepts everything: the element of an empty array, the parameters of `Callable[1, 1]`.
    /// It has no name in the language.
    Unit,
    /// `Integer[min, max]`; `i64::MIN` and `i64::MAX` are unbounded.
    Integer(i64, i64),
    /// `Float[min, max]`; infinities are unbounded.
    Float(f64, f64),
    /// `String[min, max]`, lengths in characters.
    String(Size),
    /// The type of one exact string: `Optional['x']`, and what inference yields.
    StringValue(Str),
    /// `Enum['a', 'b']`, sorted and without duplicates ([`Type::enumeration`]); `ignore_case` is `Enum['a', true]`.
    Enum {
        values: Arc<[Str]>,
        ignore_case: bool,
    },
    /// `Pattern[/a/, /b/]`; empty is any string.
    Pattern(Arc<[Arc<Regexp>]>),
    /// `Boolean`, `Boolean[true]`.
    Boolean(Option<bool>),
    /// `Regexp`, `Regexp[/x/]`.
    Regexp(Option<Arc<Regexp>>),
    /// `Collection[min, max]`.
    Collection(Size),
    /// `Array[T, min, max]`.
    Array(Arc<Type>, Size),
    /// `Hash[K, V, min, max]`.
    Hash(Arc<(Type, Type)>, Size),
    /// `Tuple[T..., min, max]`.
    Tuple(Arc<Tuple>),
    /// `Struct[{...}]`; empty is plain `Struct`, which only the empty hash fits.
    Struct(Arc<[StructElement]>),
    /// `Variant[...]`; empty is plain `Variant`, which nothing fits.
    Variant(Arc<[Type]>),
    /// `Optional[T]`.
    Optional(Arc<Type>),
    /// `NotUndef[T]`; `Any` is plain `NotUndef`.
    NotUndef(Arc<Type>),
    /// `Type[T]`.
    Type(Arc<Type>),
    /// `Sensitive[T]`; `Any` is plain `Sensitive`.
    Sensitive(Arc<Type>),
    /// `Iterable[T]`.
    Iterable(Arc<Type>),
    /// `Iterator[T]`.
    Iterator(Arc<Type>),
    /// `Init[T, args...]`; `None` is plain `Init`.
    Init(Option<Arc<crate::matches::Init>>),
    /// `Callable[...]`; `None` is plain `Callable`.
    Callable(Option<Arc<Callable>>),
    /// `SemVer['range', ...]`; empty is any version.
    SemVer(Arc<[Arc<SemVerRange>]>),
    /// `Timestamp[from, to]`; `None` is unbounded at both ends.
    Timestamp(Option<Arc<Range<Timestamp>>>),
    /// `Timespan[from, to]`; `None` is unbounded at both ends.
    Timespan(Option<Arc<Range<Timespan>>>),
    /// `URI`, `URI[parts]`; the parts are a hash.
    Uri(Option<Arc<Value>>),
    /// `Runtime['ruby', 'Name']`.
    Runtime(Option<Arc<(Str, Option<Str>)>>),
    /// `Resource['type', 'title']`, `File['/x']`. The type name is lower case (`apache::vhost`).
    Resource(Arc<ResourceRef>),
    /// `Class['name']`; the name is lower case.
    Class(Option<Str>),
    /// `Object[{...}]`.
    Object(Arc<ObjectType>),
    /// `Mod::Thing[args]`: an `Object` type with values for its type parameters.
    ParameterizedObject(Arc<ParameterizedObject>),
    /// Plain `Object`.
    AnyObject,
    /// `TypeSet[{...}]`.
    TypeSet(Arc<TypeSet>),
    /// Plain `TypeSet`.
    AnyTypeSet,
    /// A named alias: `type Mod::Name = ...`.
    Alias(Arc<Alias>),
    /// A name that no loader knows, kept as text: `TypeReference['X']`.
    Reference(Str),
}

/// Bounds of a length. Longer bounds than 4 billion are unbounded.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Size {
    /// Least length.
    pub min: u32,
    /// Greatest length; from [`Size::UNBOUNDED`] on there is none.
    pub max: u32,
}

impl Size {
    /// A `max` of this or more is no bound.
    pub const UNBOUNDED: u32 = u32::MAX - 1;

    /// Any length.
    pub const ANY: Size = Size { min: 0, max: u32::MAX };

    /// Any length, but written out: `Array[String, 0]` is printed with its 0, unlike `Array[String]`.
    pub const EXPLICIT_ANY: Size = Size { min: 0, max: Size::UNBOUNDED };

    /// No entry.
    pub const ZERO: Size = Size { min: 0, max: 0 };

    /// Bounds from `min` to `max`.
    pub fn new(min: u64, max: u64) -> Size {
        let clamp =
            |bound: u64| u32::try_from(bound).map_or(Size::UNBOUNDED, |bound| bound.min(Size::UNBOUNDED));
        Size { min: clamp(min), max: clamp(max) }
    }

    /// At least `min`.
    pub fn at_least(min: u64) -> Size {
        Size::new(min, u64::MAX)
    }

    /// Exactly this length.
    pub fn exactly(length: usize) -> Size {
        Size::new(length as u64, length as u64)
    }

    /// True if there is no greatest length.
    pub const fn is_unbounded(self) -> bool {
        self.max >= Size::UNBOUNDED
    }

    /// True if the length is within the bounds.
    pub fn contains(self, length: usize) -> bool {
        self.min as usize <= length && (self.is_unbounded() || length <= self.max as usize)
    }

    /// True if every length of `other` is within these bounds.
    pub fn covers(self, other: Size) -> bool {
        self.min <= other.min && (self.is_unbounded() || other.max <= self.max)
    }
}

/// Types of the items of an array, one by one.
#[derive(Clone, Debug, PartialEq)]
pub struct Tuple {
    /// Types of the items; the last repeats up to the greatest length.
    pub types: Vec<Type>,
    /// Bounds, if given; otherwise the number of types is the length (and without types any length will do).
    pub size: Option<Size>,
}

impl Tuple {
    /// Exactly these types.
    pub fn new(types: Vec<Type>) -> Tuple {
        Tuple { types, size: None }
    }

    /// The bounds that hold.
    pub fn range(&self) -> Size {
        match self.size {
            Some(size) => size,
            None if self.types.is_empty() => Size::ANY,
            None => Size::exactly(self.types.len()),
        }
    }

    /// Type of the item at this index, the last type repeating.
    pub fn at(&self, index: usize) -> Option<&Type> {
        self.types.get(index).or_else(|| self.types.last())
    }
}

/// An entry of a `Struct`.
#[derive(Clone, Debug, PartialEq)]
pub struct StructElement {
    /// Key.
    pub name: Str,
    /// True for `Optional['key']`, and for a plain key whose value type accepts undef; `NotUndef['key']` is false.
    pub optional: bool,
    /// Type of the value.
    pub value: Type,
}

/// A callable: parameters, block and result.
#[derive(Clone, Debug, PartialEq)]
pub struct Callable {
    /// Types of the arguments.
    pub parameters: Tuple,
    /// Type of the block: a callable (required) or an optional callable; `None` when no block is taken.
    pub block: Option<Type>,
    /// Type of the result; `None` is any.
    pub result: Option<Type>,
}

/// Bounds of a point in time or a duration; `None` is unbounded.
#[derive(Clone, Debug, PartialEq)]
pub struct Range<T> {
    /// Least value.
    pub from: Option<T>,
    /// Greatest value.
    pub to: Option<T>,
}

impl<T: PartialOrd> Range<T> {
    /// True if the value is within the bounds.
    pub fn contains(&self, value: &T) -> bool {
        self.from.as_ref().is_none_or(|from| from <= value) && self.to.as_ref().is_none_or(|to| value <= to)
    }

    /// True if `other` is within these bounds.
    pub fn covers(&self, other: &Range<T>) -> bool {
        let above =
            self.from.as_ref().is_none_or(|from| other.from.as_ref().is_some_and(|least| from <= least));
        above && self.to.as_ref().is_none_or(|to| other.to.as_ref().is_some_and(|greatest| greatest <= to))
    }
}

/// A reference to resources: all, one type's, or one resource.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct ResourceRef {
    /// Lower-case type name; `None` is plain `Resource`.
    pub type_name: Option<Str>,
    /// Title.
    pub title: Option<Str>,
    /// Whether the reference has been an attribute's value: then Puppet has turned it into something else, which fits
    /// the same types and shows as `File[/x]`, but is not equal to `File['/x']`.
    pub of_attribute: bool,
}

impl Type {
    /// A reference as it is once it has been an attribute's value. Classes show as `Class[Foo::Bar]` then.
    #[must_use]
    pub fn of_attribute(&self) -> Type {
        match self {
            Type::Resource(reference) => Type::Resource(Arc::new(ResourceRef {
                title: Some(reference.title.clone().unwrap_or_default()),
                of_attribute: true,
                ..ResourceRef::clone(reference)
            })),
            Type::Class(Some(name)) => Type::Class(Some(crate::render::capitalize_segments(name).into())),
            other => other.clone(),
        }
    }

    /// A reference as code makes it.
    #[must_use]
    pub(crate) fn of_code(&self) -> Type {
        match self {
            Type::Resource(reference) if reference.of_attribute => {
                Type::Resource(Arc::new(ResourceRef { of_attribute: false, ..ResourceRef::clone(reference) }))
            }
            Type::Class(Some(name)) if name.bytes().any(|byte| byte.is_ascii_uppercase()) => {
                Type::Class(Some(name.to_lowercase().into()))
            }
            other => other.clone(),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn types_and_values_stay_small() {
        // Every array, hash and parameter of a catalog is made of these.
        assert_eq!(size_of::<Type>(), 24);
        assert_eq!(size_of::<Value>(), 24);
    }

    #[test]
    fn bounds_of_lengths() {
        assert!(Size::ANY.covers(Size::EXPLICIT_ANY) && Size::EXPLICIT_ANY.covers(Size::ANY));
        assert!(Size::at_least(1).contains(1) && !Size::at_least(1).contains(0));
        assert!(!Size::new(0, 3).covers(Size::at_least(1)));
        assert_eq!(Size::new(1, u64::MAX), Size::new(1, 1 << 40));
    }
}
