//! The types that are always there.

use std::sync::{Arc, LazyLock};

use rustc_hash::FxHashMap;

use crate::regexp::Regexp;
use crate::ty::{Alias, ObjectDefinition, ObjectType, Size, Type};
use crate::{Str, object};

/// The built-in type of this name, in any case: `Integer`, `Data`, `Puppet::LookupKey`.
///
/// Resource types (`File`) are not among them; they belong to an environment.
pub fn named(name: &str) -> Option<Type> {
    let name = name.strip_prefix("::").unwrap_or(name);
    if name.len() > LONGEST {
        return None;
    }
    let mut lower = [0; LONGEST];
    let lower = lower.get_mut(..name.len())?;
    lower.copy_from_slice(name.as_bytes());
    lower.make_ascii_lowercase();
    TYPES.get(std::str::from_utf8(lower).ok()?).cloned()
}

/// Longer names need not be looked up.
const LONGEST: usize = 32;

static TYPES: LazyLock<FxHashMap<&'static str, Type>> = LazyLock::new(|| {
    let any = || Arc::new(Type::Any);
    let unit = || Arc::new(Type::Unit);
    let alias = |name: &str, target: Type| Type::Alias(Alias::new(name, target));
    FxHashMap::from_iter([
        ("annotation", plain_object("Annotation")),
        ("any", Type::Any),
        ("array", Type::Array(any(), Size::ANY)),
        ("binary", Type::Binary),
        ("boolean", Type::BOOLEAN),
        ("callable", Type::CALLABLE),
        ("catalogentry", Type::CatalogEntry),
        ("class", Type::Class(None)),
        ("collection", Type::Collection(Size::ANY)),
        ("data", Type::Data),
        ("default", Type::Default),
        ("deferred", Type::Deferred),
        ("enum", Type::enumeration(Vec::<Str>::new(), false)),
        ("error", Type::Object(object::error_type())),
        ("float", Type::FLOAT),
        ("hash", Type::hash_of(Type::Any, Type::Any)),
        ("init", Type::Init(None)),
        ("integer", Type::INTEGER),
        ("iterable", Type::Iterable(unit())),
        ("iterator", Type::Iterator(unit())),
        ("notundef", Type::NotUndef(any())),
        ("numeric", Type::Numeric),
        ("object", Type::AnyObject),
        ("optional", Type::Optional(unit())),
        ("pattern", Type::Pattern(Arc::new([]))),
        ("pcore", plain_object("Pcore")),
        ("pcore::membername", alias("Pcore::MemberName", pattern(r"\A[a-z_]\w*\z"))),
        ("pcore::qref", alias("Pcore::QRef", pattern(r"\A[A-Z]\w*(?:::[A-Z]\w*)*\z"))),
        ("pcore::simpletypename", alias("Pcore::SimpleTypeName", pattern(r"\A[A-Z]\w*\z"))),
        ("pcore::typename", alias("Pcore::TypeName", pattern(r"\A[A-Z]\w*(?:::[A-Z]\w*)*\z"))),
        ("puppet::lookupkey", alias("Puppet::LookupKey", Type::RichDataKey)),
        ("puppet::lookupvalue", alias("Puppet::LookupValue", Type::RichData)),
        ("regexp", Type::Regexp(None)),
        ("resource", Type::any_resource()),
        ("richdata", Type::RichData),
        ("richdatakey", Type::RichDataKey),
        ("runtime", Type::Runtime(None)),
        ("scalar", Type::Scalar),
        ("scalardata", Type::ScalarData),
        ("semver", Type::SemVer(Arc::new([]))),
        ("semverrange", Type::SemVerRange),
        ("sensitive", Type::Sensitive(any())),
        ("string", Type::STRING),
        ("struct", Type::Struct(Arc::new([]))),
        ("timespan", Type::Timespan(None)),
        ("timestamp", Type::Timestamp(None)),
        ("tuple", Type::tuple(Vec::new())),
        ("type", Type::Type(unit())),
        ("typealias", alias("UnresolvedAlias", Type::Reference("UnresolvedReference".into()))),
        ("typereference", Type::Reference("UnresolvedReference".into())),
        ("typeset", Type::AnyTypeSet),
        ("undef", Type::Undef),
        ("uri", Type::Uri(None)),
        ("variant", Type::Variant(Arc::new([]))),
    ])
});

/// An `Object` type without attributes.
fn plain_object(name: &str) -> Type {
    let definition = ObjectDefinition::default();
    Type::Object(Arc::new(ObjectType { name: name.into(), definition: definition.into() }))
}

fn pattern(source: &str) -> Type {
    // The sources are ours, and a test reads them.
    Type::Pattern(Regexp::new(source).into_iter().collect())
}
