//! How large a value is when nothing of it is shared.
//!
//! Clones share, so that a few lines make a value which is small in memory and endless to whoever walks it:
//! `Integer[1,40].reduce([1]) |$m, $i| { [$m, $m] }` doubles forty times. Arrays and hashes therefore keep what they would come to, and how
//! deep they nest, once it has been asked for. Whoever evaluates code asks for each value that is made and refuses what is too
//! large; every walk over values may then be a plain recursion.

use std::fmt;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

use crate::ty::{ObjectType, Type};
use crate::value::{Object, Value};

/// Levels of which the extent is not known that are followed at once; what is deeper counts as endlessly deep.
const LEVELS_MAX: u32 = 1_000;
/// Nodes of a type that are counted; a larger one counts as endlessly large.
const TYPE_NODES_MAX: u32 = 1_000_000;
/// Bytes of a value beyond its own content, and of a type.
const SLOT_BYTES: u64 = size_of::<Value>() as u64;

/// The depth from which on it is counted again when something goes away.
const DEPTH_DOUBTED: u32 = 500;

const DEPTH_BITS: u32 = 16;
const DEPTH_MASK: u64 = (1 << DEPTH_BITS) - 1;
const BYTES_MAX: u64 = u64::MAX >> (DEPTH_BITS + 1);

/// How large a value is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Extent {
    /// Levels of collections and types: 0 for a number, 1 for an empty array. From [`Extent::DEPTH_MAX`] on it is not told apart.
    pub depth: u32,
    /// Bytes that it takes if what it shares is counted each time, roughly.
    pub bytes: u64,
    /// Types or iterators may be in it. Without them a value is the same in a catalog as in a manifest.
    pub has_types: bool,
}

impl Extent {
    /// The greatest depth that is counted.
    pub const DEPTH_MAX: u32 = DEPTH_MASK as u32;

    const ENDLESS: Extent = Extent { depth: Extent::DEPTH_MAX, bytes: BYTES_MAX, has_types: true };

    /// The extent of a value.
    pub fn of(value: &Value) -> Extent {
        of(value, 0)
    }

    const fn plain(bytes: u64) -> Extent {
        Extent { depth: 0, bytes: SLOT_BYTES + bytes, has_types: false }
    }

    fn and(self, other: Extent) -> Extent {
        Extent {
            depth: self.depth.max(other.depth),
            bytes: self.bytes.saturating_add(other.bytes).min(BYTES_MAX),
            has_types: self.has_types | other.has_types,
        }
    }

    fn within(self) -> Extent {
        Extent { depth: (self.depth + 1).min(Extent::DEPTH_MAX), ..self }
    }

    /// In one number, which is never 0.
    fn pack(self) -> u64 {
        self.bytes << (DEPTH_BITS + 1) | u64::from(self.has_types) << DEPTH_BITS | u64::from(self.depth)
    }

    fn unpack(packed: u64) -> Extent {
        Extent {
            depth: (packed & DEPTH_MASK) as u32,
            bytes: packed >> (DEPTH_BITS + 1),
            has_types: packed >> DEPTH_BITS & 1 != 0,
        }
    }
}

/// The extent of a collection, if it has been asked for.
#[derive(Default)]
pub(crate) struct Known(AtomicU64);

impl Known {
    /// What is known, or what `compute` says.
    fn get_or(&self, compute: impl FnOnce() -> Extent) -> Extent {
        // Whoever computes it gets the same, so that no order is needed.
        match self.0.load(Ordering::Relaxed) {
            0 => {
                let extent = compute();
                self.0.store(extent.pack(), Ordering::Relaxed);
                extent
            }
            packed => Extent::unpack(packed),
        }
    }

    /// Forgets it: the collection changes.
    pub(crate) fn reset(&mut self) {
        *self.0.get_mut() = 0;
    }

    /// The collection gets values more.
    pub(crate) fn add<'a>(&mut self, values: impl IntoIterator<Item = &'a Value>) {
        let packed = *self.0.get_mut();
        if packed == 0 {
            return;
        }
        let before = Extent::unpack(packed);
        let after = values.into_iter().fold(before, |extent, value| extent.and(of(value, 0).within()));
        *self.0.get_mut() = after.pack();
    }

    /// The collection loses values. It may keep a depth that it no longer has, and stay one that may have types.
    pub(crate) fn remove<'a>(&mut self, values: impl IntoIterator<Item = &'a Value>) {
        let packed = *self.0.get_mut();
        if packed == 0 {
            return;
        }
        let before = Extent::unpack(packed);
        *self.0.get_mut() = if before.bytes == BYTES_MAX || before.depth > DEPTH_DOUBTED {
            0
        } else {
            let gone = values.into_iter().map(|value| of(value, 0).bytes).sum();
            Extent { bytes: before.bytes.saturating_sub(gone), ..before }.pack()
        };
    }
}

impl Clone for Known {
    fn clone(&self) -> Known {
        Known(AtomicU64::new(self.0.load(Ordering::Relaxed)))
    }
}

impl fmt::Debug for Known {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Known")
    }
}

fn of(value: &Value, level: u32) -> Extent {
    match value {
        Value::Undef
        | Value::Default
        | Value::Bool(_)
        | Value::Int(_)
        | Value::Float(_)
        | Value::Timestamp(_)
        | Value::Timespan(_) => Extent::plain(0),
        Value::Str(text) => Extent::plain(text.len() as u64),
        Value::Binary(bytes) => Extent::plain(bytes.len() as u64),
        Value::Regexp(regexp) => Extent::plain(regexp.source().len() as u64),
        Value::SemVer(_) | Value::SemVerRange(_) => Extent::plain(64),
        Value::Uri(uri) => Extent::plain(uri.text.len() as u64),
        Value::Array(items) => items.known().get_or(|| of_all(items.iter(), level)),
        Value::Hash(hash) => of_hash(hash, level),
        Value::Object(object) => of_object(object, level),
        Value::Sensitive(inner) => of_all([&**inner], level),
        Value::Deferred(call) => match &call.arguments {
            Some(arguments) => arguments.known().get_or(|| of_all(arguments.iter(), level)),
            None => Extent::plain(0).within(),
        },
        Value::Iterator(iterator) => Extent { has_types: true, ..of_all([&iterator.source], level) },
        // References, nearly always, and with nothing to walk into.
        Value::Type(Type::Class(_) | Type::Resource(_)) => Extent { has_types: true, ..Extent::plain(0) },
        Value::Type(ty) => of_type(ty, level),
    }
}

fn of_all<'a>(values: impl IntoIterator<Item = &'a Value>, level: u32) -> Extent {
    if level >= LEVELS_MAX {
        return Extent::ENDLESS;
    }
    let all = values.into_iter().fold(Extent::plain(0), |extent, value| extent.and(of(value, level + 1)));
    all.within()
}

fn of_hash(hash: &crate::Hash, level: u32) -> Extent {
    hash.known().get_or(|| of_all(hash.iter().flat_map(|(key, value)| [key, value]), level))
}

fn of_object(object: &Object, level: u32) -> Extent {
    of_hash(&object.attributes, level)
}

/// Types are seldom large, and are counted each time.
fn of_type(ty: &Type, level: u32) -> Extent {
    let mut nodes = 0;
    let mut extent = Extent { has_types: true, ..Extent::plain(0) };
    // Types with content of their own may lead back to themselves; each counts once.
    let mut seen: Vec<*const ObjectType> = Vec::new();
    let mut open: Vec<(&Type, u32)> = vec![(ty, 0)];
    while let Some((ty, depth)) = open.pop() {
        nodes += 1;
        if nodes > TYPE_NODES_MAX {
            return Extent { bytes: BYTES_MAX, ..extent };
        }
        extent = extent.and(Extent { depth, ..Extent::plain(0) });
        let value = |value: &Value| {
            let inner = of(value, level + 1);
            Extent { depth: (inner.depth + depth).min(Extent::DEPTH_MAX), ..inner }
        };
        let depth = depth + 1;
        match ty {
            Type::Array(inner, _)
            | Type::Optional(inner)
            | Type::NotUndef(inner)
            | Type::Type(inner)
            | Type::Sensitive(inner)
            | Type::Iterable(inner)
            | Type::Iterator(inner) => open.push((inner, depth)),
            Type::Hash(inner, _) => open.extend([(&inner.0, depth), (&inner.1, depth)]),
            Type::Tuple(tuple) => open.extend(tuple.types.iter().map(|ty| (ty, depth))),
            Type::Struct(elements) => {
                open.extend(elements.iter().map(|element| (&element.value, depth)));
                let names = elements.iter().map(|element| element.name.len() as u64).sum();
                extent = extent.and(Extent::plain(names));
            }
            Type::Variant(types) => open.extend(types.iter().map(|ty| (ty, depth))),
            Type::Callable(Some(callable)) => {
                open.extend(callable.parameters.types.iter().map(|ty| (ty, depth)));
                open.extend(callable.block.iter().chain(&callable.result).map(|ty| (ty, depth)));
            }
            Type::Init(Some(init)) if level < LEVELS_MAX => {
                open.push((&init.ty, depth));
                extent = init.arguments.iter().map(value).fold(extent, Extent::and);
            }
            Type::Uri(Some(parts)) if level < LEVELS_MAX => extent = extent.and(value(parts)),
            Type::ParameterizedObject(object) if level < LEVELS_MAX => {
                let arguments = object.arguments.iter().flat_map(|(key, argument)| [key, argument]);
                extent = arguments.map(value).fold(extent, Extent::and);
            }
            Type::Init(Some(_)) | Type::Uri(Some(_)) | Type::ParameterizedObject(_) => {
                return Extent::ENDLESS;
            }
            Type::Enum { values, .. } => {
                let bytes = values.iter().map(|value| SLOT_BYTES + value.len() as u64).sum();
                extent = extent.and(Extent::plain(bytes));
            }
            Type::StringValue(text) | Type::Reference(text) => {
                extent = extent.and(Extent::plain(text.len() as u64));
            }
            Type::Pattern(list) => extent = extent.and(Extent::plain(list.len() as u64 * 64)),
            Type::Object(object) => {
                let pointer = Arc::as_ptr(object);
                let Some(definition) = object.definition.get() else { continue };
                if seen.contains(&pointer) {
                    continue;
                }
                seen.push(pointer);
                open.extend(definition.parent.iter().map(|ty| (ty, depth)));
                open.extend(definition.functions.iter().map(|method| (&method.ty, depth)));
                for attribute in definition.attributes.iter().chain(&definition.type_parameters) {
                    open.push((&attribute.ty, depth));
                    if let Some(default) = &attribute.value {
                        if level >= LEVELS_MAX {
                            return Extent::ENDLESS;
                        }
                        extent = extent.and(value(default));
                    }
                }
            }
            // Aliases and type sets are made by definitions, not by computation; the rest has no content.
            _ => {}
        }
    }
    extent
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{Array, Hash};

    fn plain(depth: u32, bytes: u64) -> Extent {
        Extent { depth, bytes, has_types: false }
    }

    #[test]
    fn what_is_shared_counts_each_time() {
        let mut value = Value::from(1);
        for _ in 0..40 {
            value = Value::array(vec![value.clone(), value]);
            Extent::of(&value);
        }
        let extent = Extent::of(&value);
        assert_eq!(extent.depth, 40);
        assert!(extent.bytes > 24 << 40, "{extent:?}");
        for _ in 0..40 {
            value = Value::array(vec![value.clone(), value]);
        }
        assert_eq!(Extent::of(&value), plain(80, BYTES_MAX));
    }

    #[test]
    fn a_change_is_seen() {
        let mut array = Array::from(vec![1.into()]);
        let before = Extent::of(&Value::Array(Arc::new(array.clone())));
        assert_eq!(before, plain(1, 48));
        Extent::of(&Value::Array(Arc::new(array.clone())));
        array.add(&[Value::array(vec![2.into()])]);
        assert_eq!(Extent::of(&Value::Array(Arc::new(array.clone()))), plain(2, 96));
        array.clear();
        assert_eq!(Extent::of(&Value::Array(Arc::new(array))), plain(1, 24));

        let mut hash = Hash::from_iter([("a", 1)]);
        let of = |hash: &Hash| Extent::of(&Value::hash(hash.clone()));
        assert_eq!(of(&hash), plain(1, 73));
        hash.insert("b", Hash::new());
        assert_eq!(of(&hash), plain(2, 122));
        hash.insert("b", Hash::from_iter([("c", 1)]));
        assert_eq!(of(&hash), plain(2, 171));
        hash.insert("b", Hash::new());
        assert_eq!(of(&hash), plain(2, 122));
        hash.remove_str("b");
        assert_eq!(of(&hash), plain(1, 73));
    }

    #[test]
    fn additions_are_counted_without_a_walk() {
        let mut array = Array::from(vec![1.into()]);
        array.known().get_or(|| plain(1, 1000));
        array.add(&[2.into()]);
        assert_eq!(Extent::of(&Value::Array(Arc::new(array))), plain(1, 1024));
    }

    #[test]
    fn endless_depth_is_noticed_without_following_it() {
        let mut value = Value::from(1);
        for _ in 0..3_000 {
            value = Value::array(vec![value]);
        }
        assert_eq!(Extent::of(&value).depth, Extent::DEPTH_MAX);
        // Known on the way, it is followed further.
        let mut value = Value::from(1);
        for _ in 0..3_000 {
            value = Value::array(vec![value]);
            Extent::of(&value);
        }
        assert_eq!(Extent::of(&value).depth, 3_000);
    }

    #[test]
    fn types_are_known_to_be_there() {
        let has = |value: &Value| Extent::of(value).has_types;
        let ty = Value::Type(Type::INTEGER);
        assert!(has(&ty) && has(&Value::array(vec![1.into(), Value::array(vec![ty.clone()])])));
        assert!(!has(&Value::array(vec!["x".into(), Value::Undef])));
        let mut hash = Hash::from_iter([("a", 1)]);
        assert!(!has(&Value::hash(hash.clone())));
        hash.insert("b", ty);
        assert!(has(&Value::hash(hash.clone())));
        hash.insert("c", 2);
        assert!(has(&Value::hash(hash)));
    }

    #[test]
    fn types_are_counted_too() {
        let mut ty = Type::INTEGER;
        for _ in 0..20 {
            ty = Type::Tuple(Arc::new(crate::ty::Tuple::new(vec![ty.clone(), ty])));
        }
        assert_eq!(Extent::of(&Value::Type(ty)).bytes, BYTES_MAX);
        let small = Type::optional(Type::array_of(Type::STRING));
        assert_eq!(Extent::of(&Value::Type(small)).depth, 2);
    }
}
