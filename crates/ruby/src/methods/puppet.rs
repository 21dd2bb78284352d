//! Values of the Puppet language that have no counterpart in Ruby: types, references, Sensitive, points in time.

use std::cmp::Ordering;
use std::fmt::Write as _;
use std::rc::Rc;

use pcore::{Type, Value as Puppet};

use crate::class::Class;
use crate::compare::is_equal;
use crate::eval::Interp;
use crate::eval::call::Args;
use crate::flow::{Eval, unsupported};
use crate::library::uri;
use crate::name::M;
use crate::value::Value;

/// The class that such a value has in Puppet.
pub(crate) fn class(value: &Puppet) -> Class {
    match value {
        Puppet::Sensitive(_) => Class::Sensitive,
        Puppet::Timestamp(_) => Class::Timestamp,
        Puppet::Timespan(_) => Class::Timespan,
        Puppet::SemVer(_) => Class::Version,
        Puppet::SemVerRange(_) => Class::VersionRange,
        Puppet::Binary(_) => Class::Binary,
        Puppet::Uri(_) => Class::PuppetUri,
        Puppet::Deferred(_) => Class::Deferred,
        Puppet::Object(_) => Class::PuppetObject,
        Puppet::Iterator(_) => Class::Iterator,
        Puppet::Type(ty) => Class::named(ty.ruby_class()).unwrap_or(Class::PAnyType),
        _ => Class::PAnyType,
    }
}

/// Appends what `to_s` gives.
pub(crate) fn to_s(out: &mut String, value: &Puppet) {
    pcore::format::write(out, value);
}

/// Appends what `inspect` gives.
pub(crate) fn inspect(out: &mut String, value: &Puppet) {
    match value {
        Puppet::Sensitive(_) => {
            let _ = write!(out, "#<{}>", pcore::format::REDACTED);
        }
        Puppet::Uri(uri) => out.push_str(&uri::inspect(uri)),
        other => pcore::format::write(out, other),
    }
}

/// `<=>` of two such values.
pub(crate) fn compare(a: &Puppet, b: &Puppet) -> Option<Ordering> {
    match (a, b) {
        (Puppet::SemVer(a), Puppet::SemVer(b)) => a.partial_cmp(b),
        (Puppet::Timestamp(a), Puppet::Timestamp(b)) => Some(a.cmp(b)),
        (Puppet::Timespan(a), Puppet::Timespan(b)) => Some(a.cmp(b)),
        (a, b) => (a == b).then_some(Ordering::Equal),
    }
}

pub(crate) fn call(it: &mut Interp<'_>, me: &Rc<Puppet>, id: M, args: &Args<'_>) -> Eval<Option<Value>> {
    if let Puppet::Uri(uri) = &**me
        && let Some(value) = uri::call(it, uri, id, args)?
    {
        return Ok(Some(value));
    }
    Ok(Some(match (&**me, id) {
        (Puppet::Sensitive(inner), M::Unwrap) => {
            args.none(it)?;
            match args.block {
                Some(block) => {
                    let inner = it.import(inner)?;
                    it.call_block(block, &[inner])?
                }
                None => it.import(inner)?,
            }
        }
        (Puppet::Iterator(_), M::ToA) => {
            let items = pcore::iter::items(me).map(Iterator::collect::<Vec<_>>).unwrap_or_default();
            let mut list = Vec::with_capacity(items.len());
            for item in &items {
                list.push(it.import(item)?);
            }
            Value::array(list)
        }
        (_, M::ToS) => {
            args.none(it)?;
            let mut out = String::new();
            to_s(&mut out, me);
            Value::string(out)
        }
        (_, M::Equal) => Value::Bool(is_equal(&Value::Puppet(me.clone()), args.one(it)?)),
        (
            Puppet::SemVer(_) | Puppet::Timestamp(_) | Puppet::Timespan(_),
            M::Less | M::LessEqual | M::Greater | M::GreaterEqual | M::BetweenIs,
        ) => return super::string::comparable(it, &Value::Puppet(me.clone()), id, args),
        (Puppet::Type(_) | Puppet::Object(_) | Puppet::Deferred(_), M::ToYaml | M::ToJson) => {
            let class = class(me).name();
            return Err(unsupported(format!("{}#{}", class, id.text())));
        }
        (Puppet::Type(ty), M::Name) => {
            args.none(it)?;
            ty.ruby_name().map_or(Value::Nil, Value::string)
        }
        (Puppet::Type(Type::Resource(resource)), M::Title) => {
            args.none(it)?;
            resource.title.as_ref().map_or(Value::Nil, |title| Value::string(title.to_string()))
        }
        _ => return Ok(None),
    }))
}
