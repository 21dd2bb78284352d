//! Reads types and values as the language writes them: literals, names, brackets and a few constructors. The
//! compiler has the real thing; this is as much of it as the cases need.

use std::collections::HashMap;
use std::sync::{Arc, OnceLock};

use base64::Engine;
use pcore::iter::{Iterator, Walk};
use pcore::regexp::Regexp;
use pcore::semver::{SemVer, SemVerRange};
use pcore::time::{Timespan, Timestamp};
use pcore::ty::{Alias, ObjectType};
use pcore::uri::Uri;
use pcore::value::Deferred;
use pcore::{Hash, Type, Value, object, parameterize};

/// Types that code has defined.
#[derive(Default)]
pub struct Names(HashMap<String, Type>);

impl Names {
    /// Defines `name` as an alias or, if the text says `Object[...]`, as an `Object` type.
    pub fn define(&mut self, name: &str, text: &str) {
        if let Some(hash) = text.strip_prefix("Object[").and_then(|rest| rest.strip_suffix(']')) {
            let ty = Arc::new(ObjectType { name: name.into(), definition: OnceLock::new() });
            self.0.insert(name.to_owned(), Type::Object(ty.clone()));
            let Value::Hash(init) = self.value(hash) else { panic!("{text}") };
            object::define(&ty, &init).unwrap();
            return;
        }
        let alias = Arc::new(Alias { name: name.into(), target: OnceLock::new() });
        self.0.insert(name.to_owned(), Type::Alias(alias.clone()));
        let target = pcore::normalize::normalize(&self.ty(text));
        alias.target.set(target).unwrap();
    }

    /// A type.
    pub fn ty(&self, text: &str) -> Type {
        match self.value(text) {
            Value::Type(ty) => ty,
            other => panic!("{text} is {other:?}"),
        }
    }

    /// A value.
    pub fn value(&self, text: &str) -> Value {
        let mut reader = Reader { names: self, rest: text };
        let value = reader.value();
        reader.blank();
        assert!(reader.rest.is_empty(), "{text}: left over: {}", reader.rest);
        value
    }

    fn named(&self, name: &str) -> Type {
        if let Some(ty) = self.0.get(name) {
            return ty.clone();
        }
        match (parameterize::named(name), name) {
            (Some(ty), _) => ty,
            (None, "File" | "Notify") => Type::resource(name, None),
            (None, _) => Type::Reference(name.into()),
        }
    }
}

struct Reader<'a> {
    names: &'a Names,
    rest: &'a str,
}

impl Reader<'_> {
    fn blank(&mut self) {
        self.rest = self.rest.trim_start();
    }

    fn take(&mut self, token: &str) -> bool {
        self.blank();
        let found = self.rest.strip_prefix(token);
        self.rest = found.unwrap_or(self.rest);
        found.is_some()
    }

    fn list(&mut self, end: &str) -> Vec<Value> {
        let mut items = Vec::new();
        while !self.take(end) {
            items.push(self.value());
            self.take(",");
        }
        items
    }

    fn word(&mut self) -> &str {
        let length = self
            .rest
            .find(|char: char| !char.is_alphanumeric() && !matches!(char, '_' | ':' | '.' | '-'))
            .unwrap_or(self.rest.len());
        let (word, rest) = self.rest.split_at(length);
        self.rest = rest;
        word
    }

    fn value(&mut self) -> Value {
        let mut value = self.primary();
        loop {
            if let Value::Type(ty) = &value
                && self.rest.starts_with('[')
            {
                self.rest = &self.rest[1..];
                let arguments = self.list("]");
                value = parameterize::access(ty, &arguments).unwrap_or_else(|error| panic!("{error}"));
            } else if let Some(rest) = self.rest.strip_prefix(".reverse_each") {
                self.rest = rest;
                value = Value::Iterator(Arc::new(Iterator { source: value, walk: Walk::Reverse }));
            } else if let Some(rest) = self.rest.strip_prefix(".step(") {
                self.rest = rest;
                let step = self.list(")")[0].as_int().unwrap();
                value = Value::Iterator(Arc::new(Iterator { source: value, walk: Walk::Step(step as u64) }));
            } else {
                return value;
            }
        }
    }

    fn primary(&mut self) -> Value {
        self.blank();
        let first = self.rest.chars().next().unwrap_or_default();
        match first {
            '[' => {
                self.rest = &self.rest[1..];
                Value::array(self.list("]"))
            }
            '{' => {
                self.rest = &self.rest[1..];
                let mut hash = Hash::new();
                while !self.take("}") {
                    let key = self.value();
                    assert!(self.take("=>"), "{}", self.rest);
                    hash.insert(key, self.value());
                    self.take(",");
                }
                Value::hash(hash)
            }
            '\'' | '"' => {
                self.rest = &self.rest[1..];
                let end = self.rest.find(first).unwrap();
                let text = self.rest[..end].to_owned();
                self.rest = &self.rest[end + 1..];
                Value::from(text)
            }
            '/' => {
                self.rest = &self.rest[1..];
                let end = self.rest.find('/').unwrap();
                let source = self.rest[..end].to_owned();
                self.rest = &self.rest[end + 1..];
                Value::Regexp(Regexp::new(&source).unwrap())
            }
            _ => self.name_or_number(),
        }
    }

    fn name_or_number(&mut self) -> Value {
        let before = self.rest;
        let word = self.word().to_owned();
        if word.starts_with(|first: char| first.is_ascii_digit() || first == '-') {
            // `5.reverse_each` and `1.5` start alike.
            let digits = word.trim_start_matches('-');
            let length = digits
                .split_once('.')
                .filter(|(_, rest)| !rest.starts_with(|first: char| first.is_ascii_digit()))
                .map_or(word.len(), |(whole, _)| word.len() - digits.len() + whole.len());
            self.rest = &before[length..];
            let number = &word[..length];
            return number.parse::<i64>().map_or_else(|_| Value::Float(number.parse().unwrap()), Value::Int);
        }
        if word.starts_with(|first: char| first.is_ascii_uppercase()) {
            if let Some(rest) = self.rest.strip_prefix('(') {
                self.rest = rest;
                let arguments = self.list(")");
                return self.make(&word, &arguments);
            }
            return Value::Type(self.names.named(&word));
        }
        match word.as_str() {
            "undef" => Value::Undef,
            "default" => Value::Default,
            "true" => Value::Bool(true),
            "false" => Value::Bool(false),
            _ => Value::from(word),
        }
    }

    fn make(&self, name: &str, arguments: &[Value]) -> Value {
        let first = arguments[0].clone();
        let text = || first.as_str().unwrap().to_owned();
        match name {
            "Sensitive" => Value::sensitive(first),
            "Timestamp" => Value::Timestamp(Timestamp { seconds: first.as_int().unwrap(), nanoseconds: 0 }),
            "Timespan" => Value::Timespan(Timespan { nanoseconds: first.as_int().unwrap() * 1_000_000_000 }),
            "SemVer" => Value::SemVer(Arc::new(SemVer::parse(&text()).unwrap())),
            "SemVerRange" => Value::SemVerRange(Arc::new(SemVerRange::parse(&text()).unwrap())),
            "Binary" => {
                Value::Binary(base64::engine::general_purpose::STANDARD.decode(text()).unwrap().into())
            }
            "URI" => Value::Uri(Arc::new(Uri::parse(&text()).unwrap())),
            "Deferred" => Value::Deferred(Arc::new(Deferred {
                name: text().into(),
                arguments: arguments[1].as_array().unwrap().to_vec(),
            })),
            _ => match self.names.named(name) {
                Type::Object(ty) => object::instantiate(&ty, arguments).unwrap(),
                other => panic!("no constructor for {other}"),
            },
        }
    }
}
