//! The libraries that templates ask for with `require`, or find loaded.

pub(crate) mod ipaddr;
pub(crate) mod json;
pub(crate) mod set;
pub(crate) mod shellwords;
pub(crate) mod small;
pub(crate) mod uri;
pub(crate) mod yaml;

use std::cmp::Ordering;

use crate::class::Class;
use crate::eval::Interp;
use crate::eval::call::Args;
use crate::flow::Eval;
use crate::name::M;
use crate::value::{Flags, Value};

/// An object of a library.
pub(crate) enum Object {
    Set(set::Set),
    IpAddr(ipaddr::IpAddr),
}

impl Object {
    pub(crate) fn class(&self) -> Class {
        match self {
            Object::Set(_) => Class::Set,
            Object::IpAddr(_) => Class::IpAddr,
        }
    }

    /// What can be said of it if it can change.
    pub(crate) fn flags(&self) -> Option<&Flags> {
        match self {
            Object::Set(set) => Some(&set.flags),
            Object::IpAddr(_) => None,
        }
    }

    pub(crate) fn duplicate(&self) -> Value {
        match self {
            Object::Set(set) => set.duplicate(),
            Object::IpAddr(address) => ipaddr::value(*address),
        }
    }

    /// `==`
    pub(crate) fn is_equal(&self, other: &Object) -> bool {
        match (self, other) {
            (Object::Set(a), Object::Set(b)) => a.is_equal(b),
            (Object::IpAddr(a), Object::IpAddr(b)) => a == b,
            _ => false,
        }
    }

    /// `<=>`
    pub(crate) fn compare(&self, other: &Object) -> Option<Ordering> {
        match (self, other) {
            (Object::IpAddr(a), Object::IpAddr(b)) => a.compare(b),
            (a, b) => a.is_equal(b).then_some(Ordering::Equal),
        }
    }

    /// `===`
    pub(crate) fn case_equals(&self, it: &mut Interp<'_>, value: &Value) -> Eval<bool> {
        match self {
            Object::Set(set) => set.contains(it, value),
            Object::IpAddr(address) => ipaddr::includes(it, address, value),
        }
    }
}

/// Calls a method of a library's object.
pub(crate) fn call(
    it: &mut Interp<'_>,
    me: &std::rc::Rc<Object>,
    id: M,
    args: &Args<'_>,
) -> Eval<Option<Value>> {
    match &**me {
        Object::Set(set) => set::call(it, me, set, id, args),
        Object::IpAddr(address) => ipaddr::call(it, address, id, args),
    }
}

/// Calls a method of a class or module itself.
pub(crate) fn class_method(it: &mut Interp<'_>, class: Class, id: M, args: &Args<'_>) -> Eval<Option<Value>> {
    match class {
        Class::Set => set::class_method(it, id, args),
        Class::IpAddr => ipaddr::class_method(it, id, args),
        Class::Json => json::class_method(it, id, args),
        Class::Psych => yaml::class_method(it, id, args),
        Class::Shellwords => shellwords::class_method(it, id, args),
        other => small::class_method(it, other, id, args),
    }
}

/// Appends what `to_s` gives.
pub(crate) fn to_s(it: &mut Interp<'_>, out: &mut String, object: &Object) -> Eval<()> {
    match object {
        Object::Set(_) => return inspect(it, out, object),
        Object::IpAddr(address) => out.push_str(&address.to_s()),
    }
    Ok(())
}

/// Appends what `inspect` gives.
pub(crate) fn inspect(it: &mut Interp<'_>, out: &mut String, object: &Object) -> Eval<()> {
    match object {
        Object::Set(set) => {
            let items = Value::array(set.items());
            let shown = it.inspect(&items)?;
            out.push_str("#<Set: {");
            out.push_str(shown.get(1..shown.len() - 1).unwrap_or_default());
            out.push_str("}>");
        }
        Object::IpAddr(address) => out.push_str(&address.inspect()),
    }
    Ok(())
}

/// The items of an object that can be iterated over.
pub(crate) fn items(object: &Object) -> Option<Vec<Value>> {
    match object {
        Object::Set(set) => Some(set.items()),
        Object::IpAddr(_) => None,
    }
}
