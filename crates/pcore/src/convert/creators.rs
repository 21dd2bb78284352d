//! The creator of each type.

use std::sync::LazyLock;

use super::creator::Creator;
use super::{array, binary, boolean, float, hash, integer, others, string, times, uri, version};
use crate::matches::{resolve, resolve_fully};
use crate::object;
use crate::ty::{Tuple, Type};

/// What makes the values of a type; `None` if nothing does, or another type on its behalf.
pub(crate) fn creator(ty: &Type) -> Option<&'static Creator> {
    macro_rules! made_by {
        ($function:path) => {{
            static CREATOR: LazyLock<Creator> = LazyLock::new($function);
            &CREATOR
        }};
    }
    Some(match ty {
        Type::Integer(..) => made_by!(integer::creator),
        Type::Float(..) => made_by!(float::float),
        Type::Numeric => made_by!(float::numeric),
        Type::String(_) | Type::StringValue(_) => made_by!(string::creator),
        Type::Boolean(_) => made_by!(boolean::creator),
        Type::Array(..) | Type::Tuple(_) => made_by!(array::creator),
        Type::Hash(..) | Type::Struct(_) => made_by!(hash::creator),
        Type::Regexp(_) => made_by!(others::regexp),
        Type::Type(_) => made_by!(others::type_),
        Type::Timespan(_) => made_by!(times::timespan),
        Type::Timestamp(_) => made_by!(times::timestamp),
        Type::SemVer(_) => made_by!(version::version),
        Type::SemVerRange => made_by!(version::range),
        Type::Binary => made_by!(binary::creator),
        Type::Sensitive(_) => made_by!(others::sensitive),
        Type::Uri(_) => made_by!(uri::creator),
        Type::Deferred => made_by!(others::deferred),
        // Nothing is known but that something is wanted: the argument itself.
        Type::Unit | Type::NotUndef(_) => made_by!(others::unit),
        _ => return None,
    })
}

/// The types of what `new` of a type takes, form by form; `None` for types that `Init` cannot hold.
pub(crate) fn parameters(ty: &Type) -> Option<Vec<Tuple>> {
    match ty {
        Type::Object(object) => Some(object::new_parameters(object)),
        Type::ParameterizedObject(object) => Some(object::new_parameters(&object.base)),
        Type::Init(_) | Type::Optional(_) | Type::NotUndef(_) => None,
        ty => match creator(ty) {
            Some(creator) => Some(creator.parameters()),
            None => resolve(ty).and_then(|_| parameters(resolve_fully(ty))),
        },
    }
}
