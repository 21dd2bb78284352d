//! Types (language reference, "Types").

use std::sync::{Arc, OnceLock};

use stdx::Symbol;

use crate::hash::Hash;
use crate::regexp::Regexp;
use crate::semver::SemVerRange;
use crate::time::{Timespan, Timestamp};
use crate::{Str, Value};

/// A type. Clones share; compare with `==` (structural), test with `matches::is_instance` and
/// `matches::is_assignable`.
#[derive(Clone, Debug, PartialEq)]
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
    /// `Integer[min, max]`; `i64::MIN` and `i64::MAX` are unbounded.
    Integer(i64, i64),
    /// `Float[min, max]`; infinities are unbounded.
    Float(f64, f64),
    /// `String[min, max]`, lengths in characters.
    String(Size),
    /// The type of one exact string: `Optional['x']`, and what inference yields.
    StringValue(Str),
    /// `Enum['a', 'b']`; `ignore_case` is `Enum['a', true]`.
    Enum { values: Arc<[Str]>, ignore_case: bool },
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
    /// `Tuple[T..., min, max]`; with no size the number of types is the size.
    Tuple(Arc<[Type]>, Option<Size>),
    /// `Struct[{...}]`.
    Struct(Arc<[StructElement]>),
    /// `Variant[...]`.
    Variant(Arc<[Type]>),
    /// `Optional[T]`.
    Optional(Arc<Type>),
    /// `NotUndef[T]`.
    NotUndef(Arc<Type>),
    /// `Type[T]`.
    Type(Arc<Type>),
    /// `Sensitive[T]`.
    Sensitive(Arc<Type>),
    /// `Iterable[T]`.
    Iterable(Arc<Type>),
    /// `Iterator[T]`.
    Iterator(Arc<Type>),
    /// `Init[T, args...]`; `None` is plain `Init`.
    Init(Option<Arc<(Type, Vec<Value>)>>),
    /// `Callable[...]`; `None` is plain `Callable`.
    Callable(Option<Arc<Callable>>),
    /// `SemVer['range', ...]`; empty is any version.
    SemVer(Arc<[Arc<SemVerRange>]>),
    /// `Timestamp[from, to]`.
    Timestamp(Option<Timestamp>, Option<Timestamp>),
    /// `Timespan[from, to]`.
    Timespan(Option<Timespan>, Option<Timespan>),
    /// `URI`, `URI[parts]`; the parts as given.
    Uri(Option<Arc<Value>>),
    /// `Runtime['ruby', 'Name']`.
    Runtime(Option<Arc<(Str, Option<Str>)>>),
    /// `Resource['type', 'title']`, `File['/x']`. The type name is lower case (`apache::vhost`).
    Resource(Arc<ResourceRef>),
    /// `Class['name']`; the name is lower case.
    Class(Option<Str>),
    /// `Object[{...}]`.
    Object(Arc<ObjectType>),
    /// Plain `Object`.
    AnyObject,
    /// `TypeSet[{...}]`.
    TypeSet(Arc<TypeSet>),
    /// A named alias: `type Mod::Name = ...`.
    Alias(Arc<Alias>),
    /// A name that no loader knows, kept as text: `TypeReference['X']`.
    Reference(Str),
}

/// Bounds of a length; `u64::MAX` is unbounded.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Size {
    /// Least length.
    pub min: u64,
    /// Greatest length.
    pub max: u64,
}

impl Size {
    /// Any length.
    pub const ANY: Size = Size { min: 0, max: u64::MAX };

    /// Bounds from `min` to `max`.
    pub const fn new(min: u64, max: u64) -> Size {
        Size { min, max }
    }

    /// At least `min`.
    pub const fn at_least(min: u64) -> Size {
        Size { min, max: u64::MAX }
    }

    /// True if the length is within the bounds.
    pub fn contains(self, length: usize) -> bool {
        self.min <= length as u64 && length as u64 <= self.max
    }

    /// True if every length of `other` is within these bounds.
    pub fn covers(self, other: Size) -> bool {
        self.min <= other.min && other.max <= self.max
    }
}

/// An entry of a `Struct`.
#[derive(Clone, Debug, PartialEq)]
pub struct StructElement {
    /// Key.
    pub name: Str,
    /// True for `Optional['key']`, and for a plain key whose value type accepts undef.
    pub optional: bool,
    /// True when the key was written as `NotUndef['key']`, for rendering.
    pub explicit_required: bool,
    /// Type of the value.
    pub value: Type,
}

/// A callable: parameters, block and result.
#[derive(Clone, Debug, PartialEq)]
pub struct Callable {
    /// Parameter types; the last repeats up to `size.max`.
    pub parameters: Vec<Type>,
    /// How many arguments.
    pub size: Size,
    /// Type of the block: a callable (required) or an optional callable; `None` when no block is taken.
    pub block: Option<Type>,
    /// Type of the result.
    pub result: Option<Type>,
}

/// A reference to resources: all, one type's, or one resource.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct ResourceRef {
    /// Lower-case type name; `None` is plain `Resource`.
    pub type_name: Option<Str>,
    /// Title.
    pub title: Option<Str>,
}

/// A named alias. The target is set once, when first needed, so that aliases may be recursive.
#[derive(Debug)]
pub struct Alias {
    /// Full name (`Stdlib::Absolutepath`).
    pub name: Str,
    /// What it stands for.
    pub target: OnceLock<Type>,
}

impl PartialEq for Alias {
    fn eq(&self, other: &Alias) -> bool {
        self.name == other.name
    }
}

/// An `Object` type. Set once like an alias, since attributes may mention the type itself.
#[derive(Debug)]
pub struct ObjectType {
    /// Full name; empty for an anonymous one.
    pub name: Str,
    /// Definition.
    pub definition: OnceLock<ObjectDefinition>,
}

impl PartialEq for ObjectType {
    fn eq(&self, other: &ObjectType) -> bool {
        if self.name.is_empty() { self.definition.get() == other.definition.get() } else { self.name == other.name }
    }
}

/// What an `Object` type consists of.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct ObjectDefinition {
    /// The hash it was made from (`Object[{...}]`), for rendering and serialisation.
    pub init: Hash,
    /// Parent type.
    pub parent: Option<Type>,
    /// Own attributes in order.
    pub attributes: Vec<Attribute>,
    /// Own functions: name and callable type.
    pub functions: Vec<(Str, Type)>,
    /// Names of the attributes that equality compares; `None` compares all.
    pub equality: Option<Vec<Str>>,
    /// Whether equality also compares the type.
    pub equality_include_type: bool,
    /// Type parameters in order.
    pub type_parameters: Vec<(Str, Type)>,
    /// Values of type parameters, when this is a parameterised use of the type.
    pub type_arguments: Option<Hash>,
}

/// An attribute of an `Object` type.
#[derive(Clone, Debug, PartialEq)]
pub struct Attribute {
    /// Name.
    pub name: Str,
    /// Type.
    pub ty: Type,
    /// Kind.
    pub kind: AttributeKind,
    /// Default value.
    pub value: Option<Value>,
    /// `final => true`
    pub is_final: bool,
    /// `override => true`
    pub overrides: bool,
}

/// Kinds of attributes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[allow(missing_docs, reason = "the names say it")]
pub enum AttributeKind {
    Plain,
    Constant,
    Derived,
    GivenOrDerived,
    Reference,
}

/// A set of types with a version.
#[derive(Clone, Debug, PartialEq)]
pub struct TypeSet {
    /// Full name.
    pub name: Str,
    /// The hash it was made from.
    pub init: Hash,
    /// Types by short name.
    pub types: Vec<(Symbol, Type)>,
}
