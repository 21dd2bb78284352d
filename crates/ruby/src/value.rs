//! Values of Ruby, as far as templates can make or meet them.
//!
//! Strings, arrays and hashes are shared and mutable, as they are in Ruby. They live on one thread, for as long as a
//! template is rendered or, if a template has changed a value of the manifests, until the end of the compile (see
//! [`crate::heap`]).

use std::cell::{Cell, Ref, RefCell};
use std::rc::Rc;
use std::sync::Arc;

use indexmap::IndexMap;
use pcore::Str;
use rustc_hash::FxBuildHasher;

use crate::class::Class;
use crate::library::Object;
use crate::proc::Proc;
use crate::teardown;

/// Any value.
#[derive(Clone, Default)]
pub(crate) enum Value {
    #[default]
    Nil,
    Bool(bool),
    Int(i64),
    Float(f64),
    Symbol(Str),
    Text(Rc<Text>),
    Array(Rc<Array>),
    Hash(Rc<Hash>),
    Range(Rc<Range>),
    Regexp(Rc<Regex>),
    Match(Rc<Match>),
    Proc(Rc<Proc>),
    Class(Class),
    Exception(Rc<Exception>),
    Enumerator(Rc<Enumerator>),
    /// A value of the Puppet language that Ruby has no type of its own for.
    Puppet(Rc<pcore::Value>),
    /// An object of a library.
    Object(Rc<Object>),
    /// `self` in a template.
    Wrapper,
    /// What `scope` gives.
    Scope,
}

/// What can be said of a mutable object.
#[derive(Default)]
pub(crate) struct Flags {
    frozen: Cell<bool>,
    /// It stands for a value of the manifests.
    imported: Cell<bool>,
    /// It has been changed.
    dirty: Cell<bool>,
}

impl Flags {
    pub(crate) fn is_frozen(&self) -> bool {
        self.frozen.get()
    }

    pub(crate) fn freeze(&self) {
        self.frozen.set(true);
    }

    pub(crate) fn imported() -> Flags {
        Flags { imported: Cell::new(true), ..Flags::default() }
    }

    pub(crate) fn is_imported(&self) -> bool {
        self.imported.get()
    }

    pub(crate) fn is_dirty(&self) -> bool {
        self.dirty.get()
    }

    pub(crate) fn touch(&self) {
        self.dirty.set(true);
    }
}

/// A string.
#[derive(Default)]
pub(crate) struct Text {
    content: RefCell<Content>,
    pub(crate) flags: Flags,
}

/// Text is shared with the template or the manifests until somebody changes it.
enum Content {
    Shared(Str),
    Owned(String),
}

impl Default for Content {
    fn default() -> Content {
        Content::Owned(String::new())
    }
}

impl Text {
    pub(crate) fn new(text: impl Into<Str>) -> Text {
        Text { content: RefCell::new(Content::Shared(text.into())), flags: Flags::default() }
    }

    /// Text of the manifests.
    pub(crate) fn imported(text: Str) -> Text {
        Text { content: RefCell::new(Content::Shared(text)), flags: Flags::imported() }
    }

    pub(crate) fn owned(text: String) -> Text {
        Text { content: RefCell::new(Content::Owned(text)), flags: Flags::default() }
    }

    /// The content, for as long as nobody changes it.
    pub(crate) fn borrow(&self) -> Ref<'_, str> {
        Ref::map(self.content.borrow(), |content| match content {
            Content::Shared(text) => text.as_str(),
            Content::Owned(text) => text.as_str(),
        })
    }

    /// The content, shared. An owned one becomes shared.
    pub(crate) fn share(&self) -> Str {
        let mut content = self.content.borrow_mut();
        match &mut *content {
            Content::Shared(text) => text.clone(),
            Content::Owned(text) => {
                let shared: Str = std::mem::take(text).into();
                *content = Content::Shared(shared.clone());
                shared
            }
        }
    }

    /// Changes the content. Whether it may be changed is the caller's to check.
    pub(crate) fn change<T>(&self, change: impl FnOnce(&mut String) -> T) -> T {
        self.flags.touch();
        let mut content = self.content.borrow_mut();
        if let Content::Shared(text) = &*content {
            *content = Content::Owned(text.to_string());
        }
        match &mut *content {
            Content::Owned(text) => change(text),
            Content::Shared(_) => change(&mut String::new()),
        }
    }

    pub(crate) fn len(&self) -> usize {
        self.borrow().len()
    }
}

/// An array.
#[derive(Default)]
pub(crate) struct Array {
    pub(crate) items: RefCell<Vec<Value>>,
    pub(crate) flags: Flags,
}

impl Drop for Array {
    fn drop(&mut self) {
        teardown::values(std::mem::take(self.items.get_mut()));
    }
}

impl Array {
    pub(crate) fn len(&self) -> usize {
        self.items.borrow().len()
    }

    pub(crate) fn get(&self, index: usize) -> Option<Value> {
        self.items.borrow().get(index).cloned()
    }

    /// A copy of the items.
    pub(crate) fn to_vec(&self) -> Vec<Value> {
        self.items.borrow().clone()
    }
}

/// The entries of a hash in order of insertion.
pub(crate) type Map = IndexMap<Key, Value, FxBuildHasher>;

/// A key with its hash, which stays what it was when the key was put in, as in Ruby.
#[derive(Clone)]
pub(crate) struct Key {
    pub(crate) hash: u64,
    pub(crate) value: Value,
}

/// A hash.
#[derive(Default)]
pub(crate) struct Hash {
    pub(crate) map: RefCell<Map>,
    /// What a key that is not there gives.
    pub(crate) default: RefCell<Value>,
    /// The block of `Hash.new`.
    pub(crate) default_proc: RefCell<Option<Rc<Proc>>>,
    pub(crate) flags: Flags,
    /// Number of iterations that go on; no key may be added meanwhile.
    pub(crate) iterating: Cell<u32>,
}

impl Drop for Hash {
    fn drop(&mut self) {
        let entries = std::mem::take(self.map.get_mut());
        let default = std::mem::take(self.default.get_mut());
        teardown::values(entries.into_iter().flat_map(|(key, value)| [key.value, value]).chain([default]));
    }
}

impl Hash {
    pub(crate) fn new(map: Map, flags: Flags) -> Hash {
        Hash {
            map: RefCell::new(map),
            default: RefCell::default(),
            default_proc: RefCell::default(),
            flags,
            iterating: Cell::default(),
        }
    }

    /// A hash with the entries and defaults of this one.
    pub(crate) fn duplicate(&self) -> Hash {
        let hash = Hash::new(self.map.borrow().clone(), Flags::default());
        hash.default.replace(self.default.borrow().clone());
        hash.default_proc.replace(self.default_proc.borrow().clone());
        hash
    }

    pub(crate) fn len(&self) -> usize {
        self.map.borrow().len()
    }

    /// A copy of the entries.
    pub(crate) fn pairs(&self) -> Vec<(Value, Value)> {
        self.map.borrow().iter().map(|(key, value)| (key.value.clone(), value.clone())).collect()
    }
}

/// `start..end` or `start...end`.
pub(crate) struct Range {
    pub(crate) start: Value,
    pub(crate) end: Value,
    pub(crate) exclusive: bool,
}

impl Drop for Range {
    fn drop(&mut self) {
        teardown::values([std::mem::take(&mut self.start), std::mem::take(&mut self.end)]);
    }
}

/// A regular expression.
pub(crate) struct Regex {
    /// As written, without its options.
    pub(crate) source: Str,
    pub(crate) options: u8,
    /// The source with its options in it.
    pub(crate) program: Arc<pcore::regexp::Regexp>,
}

/// Letter case does not count.
pub(crate) const IGNORE_CASE: u8 = 1;
/// Blanks and comments are allowed.
pub(crate) const EXTENDED: u8 = 2;
/// The dot matches newlines.
pub(crate) const MULTI_LINE: u8 = 4;

/// What a regular expression has found.
pub(crate) struct Match {
    pub(crate) text: Str,
    pub(crate) regex: Rc<Regex>,
    /// Places in the text; the first is the whole match.
    pub(crate) groups: Vec<Option<(usize, usize)>>,
}

impl Match {
    /// The text of a group.
    pub(crate) fn group(&self, number: usize) -> Option<&str> {
        let (start, end) = self.groups.get(number).copied().flatten()?;
        self.text.get(start..end)
    }

    /// First byte of the match and the byte behind it.
    pub(crate) fn range(&self) -> (usize, usize) {
        self.groups.first().copied().flatten().unwrap_or_default()
    }
}

/// An exception.
pub(crate) struct Exception {
    pub(crate) class: Class,
    pub(crate) message: Value,
    /// Line of the template where it was raised; 0 before that.
    pub(crate) line: Cell<u32>,
}

impl Drop for Exception {
    fn drop(&mut self) {
        teardown::values([std::mem::take(&mut self.message)]);
    }
}

/// An iteration that waits for its block.
pub(crate) struct Enumerator {
    pub(crate) receiver: Value,
    pub(crate) method: crate::name::Name,
    pub(crate) arguments: Vec<Value>,
    /// The last argument is a hash of keywords.
    pub(crate) has_keywords: bool,
}

impl Drop for Enumerator {
    fn drop(&mut self) {
        let receiver = std::mem::take(&mut self.receiver);
        teardown::values(std::mem::take(&mut self.arguments).into_iter().chain([receiver]));
    }
}

impl Value {
    /// A new string.
    pub(crate) fn text(text: impl Into<Str>) -> Value {
        Value::Text(Rc::new(Text::new(text)))
    }

    /// A new string of text that was just made.
    pub(crate) fn string(text: String) -> Value {
        Value::Text(Rc::new(Text::owned(text)))
    }

    /// A new array.
    pub(crate) fn array(items: Vec<Value>) -> Value {
        Value::Array(Rc::new(Array { items: RefCell::new(items), flags: Flags::default() }))
    }

    /// A new hash.
    pub(crate) fn hash(map: Map) -> Value {
        Value::Hash(Rc::new(Hash::new(map, Flags::default())))
    }

    /// A symbol.
    pub(crate) fn symbol(name: &str) -> Value {
        Value::Symbol(name.into())
    }

    /// Everything but `nil` and `false`.
    pub(crate) fn is_true(&self) -> bool {
        !matches!(self, Value::Nil | Value::Bool(false))
    }

    pub(crate) fn is_nil(&self) -> bool {
        matches!(self, Value::Nil)
    }

    /// The class.
    pub(crate) fn class(&self) -> Class {
        match self {
            Value::Nil => Class::NilClass,
            Value::Bool(true) => Class::TrueClass,
            Value::Bool(false) => Class::FalseClass,
            Value::Int(_) => Class::Integer,
            Value::Float(_) => Class::Float,
            Value::Symbol(_) => Class::Symbol,
            Value::Text(_) => Class::String,
            Value::Array(_) => Class::Array,
            Value::Hash(_) => Class::Hash,
            Value::Range(_) => Class::Range,
            Value::Regexp(_) => Class::Regexp,
            Value::Match(_) => Class::MatchData,
            Value::Proc(_) => Class::Proc,
            Value::Class(class) if class.is_module() => Class::Module,
            Value::Class(_) => Class::Class,
            Value::Exception(exception) => exception.class,
            Value::Enumerator(_) => Class::Enumerator,
            Value::Puppet(value) => crate::methods::puppet::class(value),
            Value::Object(object) => object.class(),
            Value::Wrapper => Class::TemplateWrapper,
            Value::Scope => Class::Scope,
        }
    }

    /// The same object (`equal?`).
    pub(crate) fn is_same(&self, other: &Value) -> bool {
        match (self, other) {
            (Value::Nil, Value::Nil) | (Value::Wrapper, Value::Wrapper) | (Value::Scope, Value::Scope) => {
                true
            }
            (Value::Bool(a), Value::Bool(b)) => a == b,
            (Value::Int(a), Value::Int(b)) => a == b,
            (Value::Float(a), Value::Float(b)) => a.to_bits() == b.to_bits(),
            (Value::Symbol(a), Value::Symbol(b)) => a == b,
            (Value::Class(a), Value::Class(b)) => a == b,
            (Value::Text(a), Value::Text(b)) => Rc::ptr_eq(a, b),
            (Value::Array(a), Value::Array(b)) => Rc::ptr_eq(a, b),
            (Value::Hash(a), Value::Hash(b)) => Rc::ptr_eq(a, b),
            (Value::Range(a), Value::Range(b)) => Rc::ptr_eq(a, b),
            (Value::Regexp(a), Value::Regexp(b)) => Rc::ptr_eq(a, b),
            (Value::Match(a), Value::Match(b)) => Rc::ptr_eq(a, b),
            (Value::Proc(a), Value::Proc(b)) => Rc::ptr_eq(a, b),
            (Value::Exception(a), Value::Exception(b)) => Rc::ptr_eq(a, b),
            (Value::Enumerator(a), Value::Enumerator(b)) => Rc::ptr_eq(a, b),
            (Value::Puppet(a), Value::Puppet(b)) => Rc::ptr_eq(a, b),
            (Value::Object(a), Value::Object(b)) => Rc::ptr_eq(a, b),
            _ => false,
        }
    }
}

impl From<bool> for Value {
    fn from(flag: bool) -> Value {
        Value::Bool(flag)
    }
}

impl From<i64> for Value {
    fn from(number: i64) -> Value {
        Value::Int(number)
    }
}

impl From<f64> for Value {
    fn from(number: f64) -> Value {
        Value::Float(number)
    }
}

impl From<String> for Value {
    fn from(text: String) -> Value {
        Value::string(text)
    }
}

impl From<&str> for Value {
    fn from(text: &str) -> Value {
        Value::text(text)
    }
}

impl From<Vec<Value>> for Value {
    fn from(items: Vec<Value>) -> Value {
        Value::array(items)
    }
}

impl<T: Into<Value>> From<Option<T>> for Value {
    fn from(value: Option<T>) -> Value {
        value.map_or(Value::Nil, Into::into)
    }
}

/// A length or position as a number.
pub(crate) fn int(number: usize) -> Value {
    Value::Int(i64::try_from(number).unwrap_or(i64::MAX))
}
