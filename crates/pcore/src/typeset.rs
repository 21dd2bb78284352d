//! Type sets: named, versioned collections of types that may refer to each other.

use std::sync::{Arc, LazyLock, OnceLock};

use crate::matches::is_instance;
use crate::object::{annotations, entry, object_initializer, qualified_name};
use crate::parameterize::TypeError;
use crate::regexp::Regexp;
use crate::semver::{SemVer, SemVerRange};
use crate::ty::meta::{TypeSetDefinition, TypeSetReference};
use crate::ty::{Size, TypeSet};
use crate::{Hash, Str, Type, Value, mismatch};

type Result<T> = std::result::Result<T, TypeError>;

/// The authority under which the names of types that code defines are unique.
pub const RUNTIME_NAME_AUTHORITY: &str = "http://puppet.com/2016.1/runtime";

/// Gives a type set its definition. The types of the set must have been made by the caller, since only it can find
/// the names that they mention: `types` is a hash of short names to types (or to hashes of `Object` types).
///
/// # Errors
/// Puppet's text about what is wrong with the hash.
pub fn define(set: &Arc<TypeSet>, init: &Hash) -> Result<()> {
    let value = Value::hash(init.clone());
    if !is_instance(&INITIALIZER, &value) {
        return Err(TypeError::new(mismatch::assertion("TypeSet initializer", &INITIALIZER, &value)));
    }
    let pcore_version =
        init.get_str("pcore_version").map(version).transpose()?.unwrap_or(SemVer::new(1, 0, 0));
    if pcore_version.numbers.first() != Some(&1) {
        return Err(TypeError::new(format!(
            "The pcore version for TypeSet '{}' is not understood by this runtime. Expected range 1.x, got \
             {pcore_version}",
            set.name
        )));
    }
    let text = |key: &str| init.get_str(key).and_then(Value::as_str).map(Str::from);
    let mut definition = TypeSetDefinition {
        pcore_uri: text("pcore_uri"),
        pcore_version,
        name_authority: Some(text("name_authority").unwrap_or_else(|| RUNTIME_NAME_AUTHORITY.into())),
        version: init.get_str("version").map(version).transpose()?,
        types: Vec::new(),
        references: Vec::new(),
    };
    for (name, value) in entries(init, "types") {
        let ty = match value {
            Value::Type(ty) => ty.clone(),
            Value::Hash(hash) => {
                crate::parameterize::parameterize(&Type::AnyObject, &[Value::Hash(hash.clone())])?
            }
            _ => continue,
        };
        definition.types.push((name.clone(), ty));
    }
    for (alias, value) in entries(init, "references") {
        let reference = reference(&definition, value)?;
        if definition.types.iter().any(|(name, _)| name == alias) {
            return Err(TypeError::new(format!(
                "TypeSet '{}' references a TypeSet using alias '{alias}'. The alias collides with the name of a \
                 declared type",
                set.name
            )));
        }
        definition.references.push((alias.clone(), reference));
    }
    // Another thread may have been first; it made the same.
    let _ = set.definition.set(definition);
    Ok(())
}

fn entries<'a>(init: &'a Hash, key: &str) -> impl Iterator<Item = (&'a Str, &'a Value)> {
    init.get_str(key).and_then(Value::as_hash).into_iter().flat_map(Hash::iter).filter_map(|(name, value)| {
        match name {
            Value::Str(name) => Some((name, value)),
            _ => None,
        }
    })
}

fn version(value: &Value) -> Result<SemVer> {
    match value {
        Value::SemVer(version) => Ok((**version).clone()),
        other => {
            SemVer::parse(other.as_str().unwrap_or_default()).map_err(|error| TypeError::new(error.message))
        }
    }
}

fn reference(owner: &TypeSetDefinition, value: &Value) -> Result<TypeSetReference> {
    let hash = value.as_hash();
    let field = |key: &str| hash.and_then(|hash| hash.get_str(key));
    let text = |key: &str| field(key).and_then(Value::as_str).map(Str::from);
    let version_range = match field("version_range") {
        Some(Value::SemVerRange(range)) => range.clone(),
        other => {
            let text = other.and_then(Value::as_str).unwrap_or_default();
            Arc::new(SemVerRange::parse(text).map_err(|error| TypeError::new(error.message))?)
        }
    };
    Ok(TypeSetReference {
        name: text("name").unwrap_or_default(),
        name_authority: text("name_authority")
            .filter(|authority| owner.name_authority.as_ref() != Some(authority)),
        version_range,
        type_set: OnceLock::new(),
    })
}

/// Finds the type sets that a set refers to. `find` gives a type set by name, `wrong` makes an error of a text.
///
/// # Errors
/// A type set that does not exist, or not in an acceptable version.
pub fn link<E>(
    set: &TypeSet,
    find: impl Fn(&str) -> std::result::Result<Option<Arc<TypeSet>>, E>,
    wrong: impl Fn(String) -> E,
) -> std::result::Result<(), E> {
    for (_, reference) in set.definition.get().into_iter().flat_map(|definition| &definition.references) {
        let subject = format!("TypeSet '{}' reference to TypeSet named '{}'", set.name, reference.name);
        let Some(found) = find(&reference.name)? else {
            return Err(wrong(format!("{subject} cannot be resolved")));
        };
        let version = found.definition.get().and_then(|definition| definition.version.clone());
        if !version.as_ref().is_some_and(|version| reference.version_range.includes(version)) {
            let got = version.map_or_else(String::new, |version| version.to_string());
            return Err(wrong(format!(
                "{subject} resolves to an incompatible version. Expected {}, got {got}",
                reference.version_range.text
            )));
        }
        // Another thread may have been first; it found the same.
        let _ = reference.type_set.set(found);
    }
    Ok(())
}

/// The type of this name, in any case, in the set or (`Alias::Name`) in one that it refers to.
pub fn find(set: &TypeSet, name: &str) -> Option<Type> {
    let definition = set.definition.get()?;
    if let Some((_, ty)) = definition.types.iter().find(|(known, _)| known.eq_ignore_ascii_case(name)) {
        return Some(ty.clone());
    }
    let (first, rest) = name.split_once("::").map_or((name, None), |(first, rest)| (first, Some(rest)));
    let (_, reference) = definition.references.iter().find(|(alias, _)| alias.eq_ignore_ascii_case(first))?;
    let other = reference.type_set.get()?;
    match rest {
        Some(rest) => find(other, rest),
        None => Some(Type::TypeSet(other.clone())),
    }
}

/// True if the type is one of the set.
pub(crate) fn defines(set: &TypeSet, ty: &Type) -> bool {
    set.definition.get().is_some_and(|definition| definition.types.iter().any(|(_, known)| known == ty))
}

/// The name of a type within the set.
pub(crate) fn name_of(set: &TypeSet, ty: &Type) -> Option<String> {
    let definition = set.definition.get()?;
    if let Some((name, _)) = definition.types.iter().find(|(_, known)| known == ty) {
        return Some(name.to_string());
    }
    definition.references.iter().find_map(|(alias, reference)| {
        let name = name_of(reference.type_set.get()?, ty)?;
        Some(format!("{alias}::{name}"))
    })
}

/// The hash that would make the set again.
pub fn init_hash(set: &TypeSet) -> Hash {
    let mut hash = Hash::new();
    let Some(definition) = set.definition.get() else {
        return hash;
    };
    if let Some(uri) = &definition.pcore_uri {
        hash.insert("pcore_uri", uri.clone());
    }
    hash.insert("pcore_version", definition.pcore_version.to_string());
    if let Some(authority) = &definition.name_authority {
        hash.insert("name_authority", authority.clone());
    }
    hash.insert("name", set.name.clone());
    if let Some(version) = &definition.version {
        hash.insert("version", version.to_string());
    }
    if !definition.types.is_empty() {
        let types: Hash = definition.types.iter().map(|(name, ty)| (name.clone(), ty.clone())).collect();
        hash.insert("types", types);
    }
    if !definition.references.is_empty() {
        let references: Hash = definition
            .references
            .iter()
            .map(|(alias, reference)| (alias.clone(), reference_hash(reference)))
            .collect();
        hash.insert("references", references);
    }
    hash
}

fn reference_hash(reference: &TypeSetReference) -> Hash {
    let mut hash = Hash::new();
    if let Some(authority) = &reference.name_authority {
        hash.insert("name_authority", authority.clone());
    }
    hash.insert("name", reference.name.clone());
    hash.insert("version_range", reference.version_range.text.as_str());
    hash
}

/// What plain `TypeSet` prints as.
pub(crate) fn default_set() -> Arc<TypeSet> {
    DEFAULT.clone()
}

static DEFAULT: LazyLock<Arc<TypeSet>> = LazyLock::new(|| {
    let definition = TypeSetDefinition {
        pcore_uri: Some("http://puppet.com/2016.1/pcore".into()),
        pcore_version: SemVer::new(1, 0, 0),
        name_authority: Some(RUNTIME_NAME_AUTHORITY.into()),
        version: Some(SemVer::new(0, 0, 0)),
        types: Vec::new(),
        references: Vec::new(),
    };
    Arc::new(TypeSet { name: "DefaultTypeSet".into(), definition: definition.into() })
});

static INITIALIZER: LazyLock<Type> = LazyLock::new(|| {
    let name =
        Regexp::new(r"\A[A-Z]\w*\z").map_or(Type::STRING, |pattern| Type::Pattern(Arc::new([pattern])));
    let text_or = |ty: Type| Type::variant([Type::non_empty_string(), ty]);
    let version = || text_or(Type::SemVer(Arc::new([])));
    let uri = Type::non_empty_string;
    let reference = Type::structure(vec![
        entry("name", false, qualified_name()),
        entry("version_range", false, text_or(Type::SemVerRange)),
        entry("name_authority", true, uri()),
        entry("annotations", true, annotations()),
    ]);
    let ty = Type::variant([Type::type_of(Type::Unit), object_initializer()]);
    Type::structure(vec![
        entry("pcore_uri", true, uri()),
        entry("pcore_version", false, version()),
        entry("name_authority", true, uri()),
        entry("name", true, qualified_name()),
        entry("version", true, version()),
        entry("types", true, Type::hash_sized(name.clone(), ty, Size::at_least(1))),
        entry("references", true, Type::hash_sized(name, reference, Size::at_least(1))),
        entry("annotations", true, annotations()),
    ])
});
