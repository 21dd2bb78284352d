//! Reads types and values as the language writes them: literals, names, brackets and a few constructors. The
//! compiler has the real thing; this is as much of it as the cases need.

use std::collections::HashMap;
use std::sync::{Arc, OnceLock};

use base64::Engine;
use pcore::iter::{Iterator, Walk};
use pcore::parameterize::TypeError;
use pcore::regexp::Regexp;
use pcore::semver::{SemVer, SemVerRange};
use pcore::time::{Timespan, Timestamp};
use pcore::ty::{Alias, ObjectType, TypeSet};
use pcore::uri::Uri;
use pcore::value::Deferred;
use pcore::{Hash, Type, Value, object, parameterize};

/// Types that code has defined.
#[derive(Default)]
pub struct Names(HashMap<String, Type>);

impl Names {
    /// Defines `name` as an alias or, if the text says so, as an `Object` type or a type set.
    pub fn define(&mut self, name: &str, text: &str) {
        self.try_define(name, text).unwrap_or_else(|error| panic!("{name}: {error}"));
    }

    /// [`Names::define`], or what is wrong with the definition.
    pub fn try_define(&mut self, name: &str, text: &str) -> Result<(), TypeError> {
        let inside = |kind: &str| text.strip_prefix(kind).and_then(|rest| rest.strip_suffix(']'));
        let hash = |text: &str| match self.value(text) {
            Value::Hash(hash) => hash,
            other => panic!("{other:?}"),
        };
        if let Some(text) = inside("TypeSet[") {
            let set = Arc::new(TypeSet { name: name.into(), definition: OnceLock::new() });
            let mut init = (*hash(text)).clone();
            for value in init.values_mut() {
                // Short names of types stand as names.
                if let Value::Hash(members) = value {
                    *value = Value::hash(
                        members.iter().map(|(name, member)| (short_name(name), member.clone())).collect(),
                    );
                }
            }
            pcore::typeset::define(&set, &init)?;
            self.0.insert(name.to_owned(), Type::TypeSet(set));
            return Ok(());
        }
        if let Some(text) = inside("Object[").or(text.starts_with('{').then_some(text)) {
            let ty = Arc::new(ObjectType { name: name.into(), definition: OnceLock::new() });
            self.0.insert(name.to_owned(), Type::Object(ty.clone()));
            let Value::Hash(init) = self.value(text) else { panic!("{text}") };
            return object::define(&ty, &init);
        }
        let alias = Arc::new(Alias { name: name.into(), target: OnceLock::new() });
        self.0.insert(name.to_owned(), Type::Alias(alias.clone()));
        pcore::alias::define(&alias, &self.ty(text))
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
        self.read(text).unwrap_or_else(|wrong| panic!("{text}: {}", wrong.error))
    }

    /// A value, or what is wrong with the parameters of a type in the text.
    pub fn read(&self, text: &str) -> Result<Value, Wrong> {
        let mut reader = Reader { names: self, text, rest: text };
        let value = reader.value()?;
        reader.blank();
        assert!(reader.rest.is_empty(), "{text}: left over: {}", reader.rest);
        Ok(value)
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

fn short_name(key: &Value) -> Value {
    match key {
        Value::Type(Type::Reference(name)) => Value::Str(name.clone()),
        other => other.clone(),
    }
}

/// Wrong parameters of a type.
#[derive(Debug)]
pub struct Wrong {
    pub error: TypeError,
    /// Where the argument or the whole expression that is to blame starts, from 1.
    pub column: usize,
}

type Read = Result<Value, Wrong>;

struct Reader<'a> {
    names: &'a Names,
    text: &'a str,
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

    fn column(&mut self) -> usize {
        self.blank();
        self.text.len() - self.rest.len() + 1
    }

    fn list(&mut self, end: &str) -> Result<Vec<Value>, Wrong> {
        let mut items = Vec::new();
        while !self.take(end) {
            items.push(self.value()?);
            self.take(",");
        }
        Ok(items)
    }

    fn access(&mut self, left: &Value, start: usize) -> Read {
        self.rest = &self.rest[1..];
        let (mut arguments, mut columns) = (Vec::new(), Vec::new());
        while !self.take("]") {
            columns.push(self.column());
            arguments.push(self.value()?);
            self.take(",");
        }
        match left {
            Value::Type(ty) => parameterize::access(ty, &arguments).map_err(|error| Wrong {
                column: error.argument.map_or(start, |index| columns[index.min(columns.len() - 1)]),
                error,
            }),
            other => panic!("{}: {other:?} has no parameters", self.text),
        }
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

    fn value(&mut self) -> Read {
        let start = self.column();
        let mut value = self.primary()?;
        loop {
            if matches!(value, Value::Type(_)) && self.rest.starts_with('[') {
                value = self.access(&value, start)?;
            } else if let Some(rest) = self.rest.strip_prefix(".reverse_each") {
                self.rest = rest;
                value = Value::Iterator(Arc::new(Iterator { source: value, walk: Walk::Reverse }));
            } else if let Some(rest) = self.rest.strip_prefix(".step(") {
                self.rest = rest;
                let step = self.list(")")?[0].as_int().unwrap();
                value = Value::Iterator(Arc::new(Iterator { source: value, walk: Walk::Step(step as u64) }));
            } else if let Value::Object(object) = &value
                && let Some(rest) = self.rest.strip_prefix('.')
            {
                let end =
                    rest.find(|char: char| !char.is_alphanumeric() && char != '_').unwrap_or(rest.len());
                self.rest = &rest[end..];
                value = object::attribute(object, &rest[..end]).unwrap();
            } else {
                return Ok(value);
            }
        }
    }

    fn primary(&mut self) -> Read {
        self.blank();
        let first = self.rest.chars().next().unwrap_or_default();
        match first {
            '[' => {
                self.rest = &self.rest[1..];
                Ok(Value::array(self.list("]")?))
            }
            '{' => {
                self.rest = &self.rest[1..];
                let mut hash = Hash::new();
                while !self.take("}") {
                    let key = self.value()?;
                    assert!(self.take("=>"), "{}", self.rest);
                    hash.insert(key, self.value()?);
                    self.take(",");
                }
                Ok(Value::hash(hash))
            }
            '\'' | '"' => {
                self.rest = &self.rest[1..];
                let end = self.rest.find(first).unwrap();
                let text = self.rest[..end].to_owned();
                self.rest = &self.rest[end + 1..];
                Ok(Value::from(text))
            }
            '/' => {
                self.rest = &self.rest[1..];
                let end = self.rest.find('/').unwrap();
                let source = self.rest[..end].to_owned();
                self.rest = &self.rest[end + 1..];
                Ok(Value::Regexp(Regexp::new(&source).unwrap()))
            }
            _ => self.name_or_number(),
        }
    }

    fn name_or_number(&mut self) -> Read {
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
            return Ok(number
                .parse::<i64>()
                .map_or_else(|_| Value::Float(number.parse().unwrap()), Value::Int));
        }
        if word.starts_with(|first: char| first.is_ascii_uppercase()) {
            if let Some(rest) = self.rest.strip_prefix('(') {
                self.rest = rest;
                let arguments = self.list(")")?;
                return self.make(&word, &arguments).map_err(|error| Wrong { error, column: 1 });
            }
            return Ok(Value::Type(self.names.named(&word)));
        }
        Ok(match word.as_str() {
            "undef" => Value::Undef,
            "default" => Value::Default,
            "true" => Value::Bool(true),
            "false" => Value::Bool(false),
            _ => Value::from(word),
        })
    }

    fn make(&self, name: &str, arguments: &[Value]) -> Result<Value, TypeError> {
        if let Type::Object(ty) = self.names.named(name) {
            return object::instantiate(&ty, arguments);
        }
        let first = arguments[0].clone();
        let text = || first.as_str().unwrap().to_owned();
        Ok(match name {
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
                arguments: Some(arguments[1].as_array().unwrap().to_vec().into()),
            })),
            _ => panic!("no constructor for {name}"),
        })
    }
}
