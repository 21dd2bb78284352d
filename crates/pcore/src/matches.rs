//! Does a value fit a type, does one type fit another.
//!
//! [`is_instance`] walks value and type together. It infers no type and allocates nothing, save for the rare
//! `Iterable[T]` and `Init[T]`. [`is_assignable`] compares two types. Both follow aliases, which may be
//! recursive: instances end because values do, assignability because a pair of types that is already being compared
//! counts as fitting (that is what makes `Data` fit `Data`).

mod assignable;
mod init;
mod instance;
mod iterables;
mod special;

pub use init::Init;
pub use iterables::{element_type, is_iterable};

use std::sync::LazyLock;

use crate::{Type, Value};

/// True if the value fits the type.
pub fn is_instance(ty: &Type, value: &Value) -> bool {
    instance::is_instance(ty, value, None)
}

/// True if everything that fits `from` fits `to`.
pub fn is_assignable(to: &Type, from: &Type) -> bool {
    assignable::is_assignable(to, from, None)
}

/// True if `from` can be called wherever `to` is wanted.
pub(crate) fn callable_accepts(to: &crate::ty::Callable, from: &crate::ty::Callable) -> bool {
    assignable::callable_accepts(to, from, None)
}

/// True if `undef` fits the type: what makes a parameter or an entry optional.
pub fn accepts_undef(ty: &Type) -> bool {
    match ty {
        Type::Optional(_) | Type::Undef | Type::Any => true,
        Type::String(_) | Type::Integer(..) | Type::Boolean(_) | Type::Array(..) | Type::Hash(..) => false,
        other => is_assignable(other, &Type::Undef),
    }
}

/// What an alias stands for, one step: user-defined ones, and `Data` and its kin.
pub fn resolve(ty: &Type) -> Option<&Type> {
    match ty {
        Type::Alias(alias) => Some(alias.target.get().unwrap_or(&UNRESOLVED)),
        Type::Data => Some(&DATA),
        Type::RichData => Some(&RICH_DATA),
        Type::RichDataKey => Some(&RICH_DATA_KEY),
        _ => None,
    }
}

/// What an alias stands for in the end; other types are themselves.
pub fn resolve_fully(ty: &Type) -> &Type {
    let mut ty = ty;
    // An alias that stands for nothing but itself is refused when it is defined; the limit is for safety.
    for _ in 0..64 {
        match resolve(ty) {
            Some(target) => ty = target,
            None => return ty,
        }
    }
    &UNRESOLVED
}

/// An alias that has not got its target yet fits nothing.
static UNRESOLVED: LazyLock<Type> = LazyLock::new(|| Type::Reference("UnresolvedReference".into()));

static DATA: LazyLock<Type> = LazyLock::new(|| {
    Type::variant([
        Type::ScalarData,
        Type::Undef,
        Type::hash_of(Type::STRING, Type::Data),
        Type::array_of(Type::Data),
    ])
});

static RICH_DATA: LazyLock<Type> = LazyLock::new(|| {
    Type::variant([
        Type::Scalar,
        Type::SemVerRange,
        Type::Binary,
        Type::sensitive(Type::Any),
        Type::type_of(Type::Unit),
        Type::AnyTypeSet,
        Type::Uri(None),
        Type::AnyObject,
        Type::Undef,
        Type::Default,
        Type::hash_of(Type::RichDataKey, Type::RichData),
        Type::array_of(Type::RichData),
    ])
});

static RICH_DATA_KEY: LazyLock<Type> = LazyLock::new(|| Type::variant([Type::STRING, Type::Numeric]));

/// A pair that is being compared further up; a list on the stack.
#[derive(Clone, Copy)]
struct Frame<'a> {
    to: *const (),
    from: *const (),
    depth: u32,
    up: Option<&'a Frame<'a>>,
}

/// Aliases within aliases beyond this are taken not to fit.
const DEPTH_MAX: u32 = 256;

/// What [`enter`] found.
enum Entry<'a> {
    /// Compare on, with this frame.
    New(Frame<'a>),
    /// The pair is being compared already.
    Again,
    /// Too deep.
    TooDeep,
}

fn enter<'a>(to: *const (), from: *const (), up: Option<&'a Frame<'a>>) -> Entry<'a> {
    let mut frame = up;
    while let Some(above) = frame {
        if above.to == to && above.from == from {
            return Entry::Again;
        }
        frame = above.up;
    }
    let depth = up.map_or(0, |above| above.depth + 1);
    if depth > DEPTH_MAX { Entry::TooDeep } else { Entry::New(Frame { to, from, depth, up }) }
}

/// What tells one type from another while comparing: an alias is known by its definition, others by their place.
fn identity(ty: &Type) -> *const () {
    match ty {
        Type::Alias(alias) => std::sync::Arc::as_ptr(alias).cast(),
        Type::Data => std::ptr::from_ref(&DATA).cast(),
        Type::RichData => std::ptr::from_ref(&RICH_DATA).cast(),
        Type::RichDataKey => std::ptr::from_ref(&RICH_DATA_KEY).cast(),
        other => std::ptr::from_ref(other).cast(),
    }
}
