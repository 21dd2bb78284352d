//! Types that a manifest defines: aliases, `Object` types and type sets.
//!
//! They may mention themselves, so each is made empty and gets its content once, through its `OnceLock`.

use std::sync::{Arc, OnceLock};

use super::Type;
use crate::semver::{SemVer, SemVerRange};
use crate::{Hash, Str, Value};

/// A named alias. The target is set once, when first needed, so that aliases may be recursive.
#[derive(Debug)]
pub struct Alias {
    /// Full name (`Stdlib::Absolutepath`).
    pub name: Str,
    /// What it stands for.
    pub target: OnceLock<Type>,
}

impl Alias {
    /// An alias whose target is known.
    pub fn new(name: impl Into<Str>, target: Type) -> Arc<Alias> {
        Arc::new(Alias { name: name.into(), target: OnceLock::from(target) })
    }
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
        if self.name.is_empty() {
            self.definition.get() == other.definition.get()
        } else {
            self.name == other.name
        }
    }
}

/// What an `Object` type consists of.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct ObjectDefinition {
    /// Parent type.
    pub parent: Option<Type>,
    /// Own type parameters in order; their types are optional.
    pub type_parameters: Vec<Attribute>,
    /// Own attributes in order, constants among them.
    pub attributes: Vec<Attribute>,
    /// Own functions in order.
    pub functions: Vec<Method>,
    /// Names of the attributes that equality compares; `None` compares all but constants.
    pub equality: Option<Vec<Str>>,
    /// Whether equality also compares the type.
    pub equality_include_type: bool,
    /// `checks`, kept and never looked at.
    pub checks: Option<Value>,
    /// `annotations`: hashes by type, for the function `annotate`.
    pub annotations: Option<Hash>,
}

/// An attribute or a type parameter of an `Object` type.
#[derive(Clone, Debug, PartialEq)]
pub struct Attribute {
    /// Name.
    pub name: Str,
    /// Type.
    pub ty: Type,
    /// Kind.
    pub kind: AttributeKind,
    /// Default value, or the value of a constant.
    pub value: Option<Value>,
    /// `final => true`
    pub is_final: bool,
    /// `override => true`
    pub overrides: bool,
}

/// A function of an `Object` type: its declaration, as nothing in a manifest can implement it.
#[derive(Clone, Debug, PartialEq)]
pub struct Method {
    /// Name.
    pub name: Str,
    /// A callable, or a variant of callables.
    pub ty: Type,
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

/// An `Object` type with values for some of its type parameters.
#[derive(Debug, PartialEq)]
pub struct ParameterizedObject {
    /// The type.
    pub base: Arc<ObjectType>,
    /// Values by name of the type parameter.
    pub arguments: Hash,
}

/// A set of types with a version.
#[derive(Debug)]
pub struct TypeSet {
    /// Full name.
    pub name: Str,
    /// Definition.
    pub definition: OnceLock<TypeSetDefinition>,
}

/// What a type set consists of.
#[derive(Clone, Debug, PartialEq)]
pub struct TypeSetDefinition {
    /// `pcore_uri`
    pub pcore_uri: Option<Str>,
    /// `pcore_version`
    pub pcore_version: SemVer,
    /// `name_authority`
    pub name_authority: Option<Str>,
    /// `version`
    pub version: Option<SemVer>,
    /// Types by short name, in order.
    pub types: Vec<(Str, Type)>,
    /// Other type sets by local name, in order.
    pub references: Vec<(Str, TypeSetReference)>,
}

/// A type set that another one uses.
#[derive(Clone, Debug)]
pub struct TypeSetReference {
    /// Name of the type set.
    pub name: Str,
    /// Its name authority, when it differs from that of the owner.
    pub name_authority: Option<Str>,
    /// Acceptable versions.
    pub version_range: Arc<SemVerRange>,
    /// The type set, once found.
    pub type_set: OnceLock<Arc<TypeSet>>,
}

impl PartialEq for TypeSetReference {
    fn eq(&self, other: &TypeSetReference) -> bool {
        self.name == other.name
            && self.name_authority == other.name_authority
            && self.version_range == other.version_range
    }
}

impl PartialEq for TypeSet {
    fn eq(&self, other: &TypeSet) -> bool {
        let identity = |set: &TypeSet| {
            set.definition
                .get()
                .map(|definition| (definition.name_authority.clone(), definition.version.clone()))
        };
        self.name == other.name && identity(self) == identity(other)
    }
}
