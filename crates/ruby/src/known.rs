//! Which methods Ruby has, whether or not the interpreter has them.
//!
//! The lists tell three things apart: a method that nobody has (Ruby's `NoMethodError`), one that Ruby has and we do
//! not (refused, never guessed), and what `respond_to?` answers. They are those of Ruby 3.1 with the libraries that
//! Puppet loads, one class a line in `known.txt`; `Class.` are methods of the class itself, `Kernel#` and
//! `TemplateWrapper#` private ones.

use std::sync::LazyLock;

use rustc_hash::{FxHashMap, FxHashSet};

use crate::class::Class;

static TABLE: LazyLock<FxHashMap<&'static str, FxHashSet<&'static str>>> = LazyLock::new(|| {
    include_str!("known.txt")
        .lines()
        .filter_map(|line| line.split_once(": "))
        .map(|(class, methods)| (class, methods.split(' ').collect()))
        .collect()
});

fn lists(class: &str, method: &str) -> bool {
    TABLE.get(class).is_some_and(|methods| methods.contains(method))
}

/// True if instances of a class have a public method.
pub(crate) fn has(class: Class, method: &str) -> bool {
    let mut at = class;
    loop {
        if lists(at.name(), method) {
            return true;
        }
        let parent = at.parent();
        if parent == at {
            return false;
        }
        at = parent;
    }
}

/// True if a class itself has a public method.
pub(crate) fn class_has(class: Class, method: &str) -> bool {
    let mut at = class;
    loop {
        let name = at.name();
        if TABLE
            .iter()
            .any(|(list, methods)| list.strip_suffix('.') == Some(name) && methods.contains(method))
        {
            return true;
        }
        let parent = at.parent();
        if parent == at {
            break;
        }
        at = parent;
    }
    has(Class::Class, method)
}

/// True if the lists know the methods of a class at all.
pub(crate) fn is_listed(class: Class) -> bool {
    TABLE.contains_key(class.name()) || class.is_a(Class::Exception)
}

/// True if any class has a public method of this name.
pub(crate) fn exists(method: &str) -> bool {
    TABLE.iter().any(|(class, methods)| !class.ends_with('#') && methods.contains(method))
}

/// True for functions: what a template can call without a receiver.
pub(crate) fn is_function(method: &str) -> bool {
    ["Kernel#", "TemplateWrapper#", "Puppet::Parser::TemplateWrapper", "Object"]
        .iter()
        .any(|list| lists(list, method))
}

/// True for methods of every object that only `self` may call.
pub(crate) fn is_private(method: &str) -> bool {
    lists("Kernel#", method)
}
