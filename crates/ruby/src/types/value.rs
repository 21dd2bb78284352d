//! Values that may be unknown, and the ways in which evaluation leaves an expression.

use std::cell::RefCell;
use std::collections::HashMap;
use std::rc::Rc;

use lib_ruby_parser::Node;

use super::source::File;
use super::world::ClassId;

/// A value. Arrays and hashes are shared and may change; `None` in them is content that nobody knows.
#[derive(Clone, Debug)]
pub(super) enum Value<'a> {
    Unknown,
    Nil,
    Bool(bool),
    Int(i64),
    Str(Rc<str>),
    Sym(Rc<str>),
    /// `Pathname`
    Path(Rc<str>),
    /// Source and options (`mix`) in Ruby's bits.
    Regexp(Rc<str>, u8),
    /// First and last number.
    Range(i64, i64),
    Array(Shared<Vec<Value<'a>>>),
    Hash(Shared<Vec<(Value<'a>, Value<'a>)>>),
    /// A class or module.
    Class(ClassId),
    /// Another resource type, which is not read.
    OtherType,
    Proc(Rc<Proc<'a>>),
    /// `self` outside of all classes.
    Main,
}

pub(super) type Shared<T> = Rc<RefCell<Option<T>>>;

/// Bits of the options of a regular expression.
pub(super) const IGNORE_CASE: u8 = 1;
pub(super) const EXTENDED: u8 = 2;
pub(super) const MULTI_LINE: u8 = 4;

/// A block, `proc` or `lambda`.
#[derive(Debug)]
pub(super) struct Proc<'a> {
    pub(super) code: ProcCode<'a>,
    pub(super) frame: Frame<'a>,
    pub(super) is_lambda: bool,
}

#[derive(Debug)]
pub(super) enum ProcCode<'a> {
    Block {
        parameters: Option<&'a Node>,
        body: Option<&'a Node>,
    },
    /// `{ _1 + _2 }`
    Numbered(u8, &'a Node),
    /// `&:name`
    Method(Rc<str>),
}

/// Where code runs.
#[derive(Clone, Debug)]
pub(super) struct Frame<'a> {
    pub(super) me: Value<'a>,
    /// Classes and modules around the code, the innermost last.
    pub(super) nesting: Rc<[ClassId]>,
    pub(super) locals: Rc<Locals<'a>>,
    /// The block that the method was given.
    pub(super) block: Option<Rc<Proc<'a>>>,
    pub(super) method: Option<Rc<Running<'a>>>,
    pub(super) definee: Definee,
    pub(super) file: &'a File,
}

/// Whose method `def` defines.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Definee {
    /// That of instances of `self`, as in the body of a class.
    Instances,
    /// That of `self` itself (`instance_eval`).
    Itself,
    /// That of `self` itself, and so do `attr_reader` and the like (`class << self`).
    Inner,
}

/// The method that runs.
#[derive(Debug)]
pub(super) struct Running<'a> {
    pub(super) name: Rc<str>,
    /// Whose method it is, to find what `super` means.
    pub(super) owner: ClassId,
    pub(super) arguments: Arguments<'a>,
}

/// Local variables of a method or block.
#[derive(Debug, Default)]
pub(super) struct Locals<'a> {
    pub(super) values: RefCell<HashMap<Rc<str>, Value<'a>>>,
    pub(super) outer: Option<Rc<Locals<'a>>>,
}

/// Arguments of a call.
#[derive(Clone, Debug, Default)]
pub(super) struct Arguments<'a> {
    pub(super) values: Vec<Value<'a>>,
    /// The last value is a hash written as `key: value`.
    pub(super) has_keywords: bool,
    /// The number of arguments is not known.
    pub(super) is_open: bool,
    pub(super) block: Option<Rc<Proc<'a>>>,
}

/// Why an expression has no value.
#[derive(Clone, Debug)]
pub(super) enum Flow<'a> {
    Return(Value<'a>),
    Next(Value<'a>),
    Break(Value<'a>),
    /// An exception.
    Raise,
    /// The reading is not sure: file, line and reason.
    Stop(Box<(std::path::PathBuf, u32, String)>),
}

pub(super) type Eval<'a> = Result<Value<'a>, Flow<'a>>;

impl<'a> Value<'a> {
    pub(super) fn str(text: impl Into<Rc<str>>) -> Value<'a> {
        Value::Str(text.into())
    }

    pub(super) fn sym(text: impl Into<Rc<str>>) -> Value<'a> {
        Value::Sym(text.into())
    }

    pub(super) fn array(items: Vec<Value<'a>>) -> Value<'a> {
        Value::Array(Rc::new(RefCell::new(Some(items))))
    }

    pub(super) fn hash(entries: Vec<(Value<'a>, Value<'a>)>) -> Value<'a> {
        Value::Hash(Rc::new(RefCell::new(Some(entries))))
    }

    /// Whether a condition holds, if that is known.
    pub(super) fn truth(&self) -> Option<bool> {
        match self {
            Value::Unknown => None,
            Value::Nil | Value::Bool(false) => Some(false),
            _ => Some(true),
        }
    }

    /// `==`, if it is known.
    pub(super) fn equals(&self, other: &Value<'a>) -> Option<bool> {
        self.equals_to(other, 0)
    }

    fn equals_to(&self, other: &Value<'a>, depth: u32) -> Option<bool> {
        Some(match (self, other) {
            (Value::Unknown | Value::OtherType, _) | (_, Value::Unknown | Value::OtherType) => return None,
            (Value::Nil, Value::Nil) | (Value::Main, Value::Main) => true,
            (Value::Bool(a), Value::Bool(b)) => a == b,
            (Value::Int(a), Value::Int(b)) => a == b,
            (Value::Str(a), Value::Str(b))
            | (Value::Sym(a), Value::Sym(b))
            | (Value::Path(a), Value::Path(b)) => a == b,
            (Value::Regexp(a, x), Value::Regexp(b, y)) => a == b && x == y,
            (Value::Range(a, b), Value::Range(c, d)) => a == c && b == d,
            (Value::Class(a), Value::Class(b)) => a == b,
            (Value::Proc(a), Value::Proc(b)) => Rc::ptr_eq(a, b),
            (Value::Array(a), Value::Array(b)) => {
                let (a, b) = (a.borrow(), b.borrow());
                let (a, b) = (a.as_ref()?, b.as_ref()?);
                if a.len() != b.len() {
                    return Some(false);
                }
                // An array can hold itself.
                if depth > 50 {
                    return None;
                }
                let mut all = true;
                for (a, b) in a.iter().zip(b) {
                    all &= a.equals_to(b, depth + 1)?;
                }
                all
            }
            (Value::Hash(_), Value::Hash(_)) => return None,
            _ => false,
        })
    }

    /// The text of a string or symbol.
    pub(super) fn text(&self) -> Option<&Rc<str>> {
        match self {
            Value::Str(text) | Value::Sym(text) => Some(text),
            _ => None,
        }
    }

    /// `to_s`
    pub(super) fn to_s(&self) -> Option<Rc<str>> {
        Some(match self {
            Value::Nil => "".into(),
            Value::Bool(flag) => flag.to_string().into(),
            Value::Int(number) => number.to_string().into(),
            Value::Str(text) | Value::Sym(text) | Value::Path(text) => text.clone(),
            Value::Regexp(source, options) => regexp_text(source, *options).into(),
            _ => return None,
        })
    }

    /// Items of an array that are known.
    pub(super) fn items(&self) -> Option<Vec<Value<'a>>> {
        match self {
            Value::Array(items) => items.borrow().clone(),
            _ => None,
        }
    }

    /// Entries of a hash that are known.
    pub(super) fn entries(&self) -> Option<Vec<(Value<'a>, Value<'a>)>> {
        match self {
            Value::Hash(entries) => entries.borrow().clone(),
            _ => None,
        }
    }

    /// The value of a symbol key; `Unknown` if the hash is.
    pub(super) fn option(&self, key: &str) -> Value<'a> {
        let Some(entries) = self.entries() else { return Value::Unknown };
        let is_it = |name: &Value<'_>| matches!(name, Value::Sym(name) if &**name == key);
        if let Some((_, value)) = entries.iter().rev().find(|(name, _)| is_it(name)) {
            return value.clone();
        }
        match entries.iter().any(|(name, _)| matches!(name, Value::Unknown)) {
            true => Value::Unknown,
            false => Value::Nil,
        }
    }

    /// Forgets what an array or hash holds, since code that is not known has seen it.
    pub(super) fn forget(&self) {
        match self {
            Value::Array(items) => {
                let inner = items.borrow_mut().take();
                inner.iter().flatten().for_each(Value::forget);
            }
            Value::Hash(entries) => {
                let inner = entries.borrow_mut().take();
                inner.iter().flatten().for_each(|(_, value)| value.forget());
            }
            _ => {}
        }
    }
}

/// A regular expression as it stands in another one.
pub(super) fn regexp_text(source: &str, options: u8) -> String {
    let flag = |bit: u8, name: &'static str| if options & bit != 0 { name } else { "" };
    let on = [flag(MULTI_LINE, "m"), flag(IGNORE_CASE, "i"), flag(EXTENDED, "x")].concat();
    let off: String = ["m", "i", "x"].iter().filter(|name| !on.contains(**name)).copied().collect();
    match off.is_empty() {
        true => format!("(?{on}:{source})"),
        false => format!("(?{on}-{off}:{source})"),
    }
}

impl<'a> Locals<'a> {
    pub(super) fn inside(outer: &Rc<Locals<'a>>) -> Rc<Locals<'a>> {
        Rc::new(Locals { values: RefCell::default(), outer: Some(outer.clone()) })
    }

    pub(super) fn get(&self, name: &str) -> Option<Value<'a>> {
        let own = self.values.borrow().get(name).cloned();
        own.or_else(|| self.outer.as_ref()?.get(name))
    }

    /// Sets a variable where it is known, or here.
    pub(super) fn set(&self, name: &str, value: Value<'a>) {
        if !self.replace(name, &value) {
            self.values.borrow_mut().insert(name.into(), value);
        }
    }

    fn replace(&self, name: &str, value: &Value<'a>) -> bool {
        if let Some(slot) = self.values.borrow_mut().get_mut(name) {
            *slot = value.clone();
            return true;
        }
        self.outer.as_ref().is_some_and(|outer| outer.replace(name, value))
    }

    /// Sets a variable here, whatever there is outside.
    pub(super) fn declare(&self, name: &str, value: Value<'a>) {
        self.values.borrow_mut().insert(name.into(), value);
    }
}
