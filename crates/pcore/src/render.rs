//! Types as text.
//!
//! Three forms are in use. [`plain`] is what stands inside another type and in most messages. [`expanded`] also
//! says what an alias stands for (`Mod::Port = Integer[0, 65535]`) and what an `Object` type consists of; messages
//! about mismatches use it. `Display` is the language's own conversion: expanded for aliases, `Object` types and
//! type sets, plain for all others.

mod indent;
mod quote;

pub use indent::indented;
pub use quote::{double_quote, quote};

pub use crate::regexp::to_s as regexp;

use std::fmt::{self, Display, Formatter, Write};
use std::sync::Arc;

use crate::number::float_text;
use crate::ty::{Alias, Callable, Range, Size, StructElement, Type, TypeSet};
use crate::{Hash, Str, Value, infer, matches, object, typeset};

/// The text of a type with the names of aliases and `Object` types only.
pub fn plain(ty: &Type) -> impl Display {
    Text { ty, expanded: false }
}

/// The text of a type with aliases and `Object` types spelt out.
pub fn expanded(ty: &Type) -> impl Display {
    Text { ty, expanded: true }
}

/// The text of a value as it stands inside a type: strings in quotes, instances with what they are made from.
pub fn value(value: &Value) -> impl Display {
    InstanceText(value)
}

struct InstanceText<'a>(&'a Value);

impl Display for InstanceText<'_> {
    fn fmt(&self, out: &mut Formatter<'_>) -> fmt::Result {
        Printer { out, expanded: false, open: Vec::new(), set: None }.value(self.0)
    }
}

impl Display for Type {
    fn fmt(&self, out: &mut Formatter<'_>) -> fmt::Result {
        let expanded = matches!(
            self,
            Type::Alias(_)
                | Type::Object(_)
                | Type::AnyObject
                | Type::Deferred
                | Type::TypeSet(_)
                | Type::AnyTypeSet
        );
        Text { ty: self, expanded }.fmt(out)
    }
}

/// `Apache::Vhost` for `apache::vhost`. A name that starts with a capital is left alone.
pub fn capitalize_segments(name: &str) -> String {
    if name.starts_with(|first: char| first.is_ascii_uppercase()) {
        return name.to_owned();
    }
    let mut text = String::with_capacity(name.len());
    for (index, segment) in name.split("::").enumerate() {
        if index > 0 {
            text.push_str("::");
        }
        let mut chars = segment.chars();
        text.extend(chars.next().into_iter().flat_map(char::to_uppercase));
        text.extend(chars.flat_map(char::to_lowercase));
    }
    text
}

struct Text<'a> {
    ty: &'a Type,
    expanded: bool,
}

impl Display for Text<'_> {
    fn fmt(&self, out: &mut Formatter<'_>) -> fmt::Result {
        Printer { out, expanded: self.expanded, open: Vec::new(), set: None }.ty(self.ty)
    }
}

/// Writes types; one for each text.
struct Printer<'a, 'f> {
    out: &'a mut Formatter<'f>,
    /// Whether aliases and `Object` types are spelt out.
    expanded: bool,
    /// Aliases being spelt out: inside themselves they are names.
    open: Vec<Arc<Alias>>,
    /// The type set being written: its types go by their short names.
    set: Option<Arc<TypeSet>>,
}

/// Something in a list: types, values and bounds stand side by side.
enum Item<'a> {
    Type(&'a Type),
    Value(&'a Value),
    Text(String),
}

impl Printer<'_, '_> {
    fn ty(&mut self, ty: &Type) -> fmt::Result {
        match ty {
            Type::Any => self.out.write_str("Any"),
            Type::Undef => self.out.write_str("Undef"),
            Type::Default => self.out.write_str("Default"),
            Type::Scalar => self.out.write_str("Scalar"),
            Type::ScalarData => self.out.write_str("ScalarData"),
            Type::Data => self.out.write_str("Data"),
            Type::RichData => self.out.write_str("RichData"),
            Type::RichDataKey => self.out.write_str("RichDataKey"),
            Type::Numeric => self.out.write_str("Numeric"),
            Type::CatalogEntry => self.out.write_str("CatalogEntry"),
            Type::Binary => self.out.write_str("Binary"),
            Type::SemVerRange => self.out.write_str("SemVerRange"),
            Type::Unit => self.out.write_str("Unit"),
            Type::Integer(from, to) => {
                let bounds = bounds(
                    (*from != i64::MIN).then(|| from.to_string()),
                    (*to != i64::MAX).then(|| to.to_string()),
                );
                self.list("Integer", &bounds)
            }
            Type::Float(from, to) => {
                let bounds = bounds(
                    from.is_finite().then(|| float_text(*from)),
                    to.is_finite().then(|| float_text(*to)),
                );
                self.list("Float", &bounds)
            }
            Type::String(size) => self.list("String", &sizes(*size)),
            // The text itself would often be a secret or very long.
            Type::StringValue(_) => self.out.write_str("String"),
            Type::Enum { values, ignore_case } => {
                let case = ignore_case.then(|| Item::Text("true".to_owned()));
                let items: Vec<Item<'_>> =
                    values.iter().map(|value| Item::Text(quote(value))).chain(case).collect();
                self.list("Enum", if values.is_empty() { &[] } else { &items })
            }
            Type::Pattern(patterns) => {
                let items: Vec<Item<'_>> =
                    patterns.iter().map(|pattern| Item::Text(regexp(pattern.source()))).collect();
                self.list("Pattern", &items)
            }
            Type::Boolean(None) => self.out.write_str("Boolean"),
            Type::Boolean(Some(value)) => write!(self.out, "Boolean[{value}]"),
            Type::Regexp(None) => self.out.write_str("Regexp"),
            Type::Regexp(Some(pattern)) => write!(self.out, "Regexp[{}]", regexp(pattern.source())),
            Type::Collection(size) => self.list("Collection", &sizes(*size)),
            Type::Array(_, Size::ZERO) => self.out.write_str("Array[0, 0]"),
            Type::Array(element, size) if **element == Type::Any && *size == Size::ANY => {
                self.out.write_str("Array")
            }
            Type::Array(element, size) => self.typed("Array", [&**element], *size),
            Type::Hash(_, Size::ZERO) => self.out.write_str("Hash[0, 0]"),
            Type::Hash(entry, size) if **entry == (Type::Any, Type::Any) && *size == Size::ANY => {
                self.out.write_str("Hash")
            }
            Type::Hash(entry, size) => self.typed("Hash", [&entry.0, &entry.1], *size),
            Type::Tuple(tuple) if tuple.types.is_empty() => self.out.write_str("Tuple"),
            Type::Tuple(tuple) => self.typed("Tuple", &tuple.types, tuple.size.unwrap_or(Size::ANY)),
            Type::Struct(elements) => self.structure(elements),
            Type::Variant(types) => {
                let items: Vec<Item<'_>> = types.iter().map(Item::Type).collect();
                self.list("Variant", &items)
            }
            Type::Optional(inner) => self.optional("Optional", inner),
            Type::NotUndef(inner) if **inner == Type::Any => self.out.write_str("NotUndef"),
            Type::NotUndef(inner) => self.optional("NotUndef", inner),
            Type::Type(inner) => self.one("Type", inner),
            Type::Sensitive(inner) if **inner == Type::Any => self.out.write_str("Sensitive"),
            Type::Sensitive(inner) => self.one("Sensitive", inner),
            Type::Iterable(inner) => self.one("Iterable", inner),
            Type::Iterator(inner) => self.one("Iterator", inner),
            Type::Init(None) => self.out.write_str("Init"),
            Type::Init(Some(init)) => {
                let items: Vec<Item<'_>> = std::iter::once(Item::Type(&init.ty))
                    .chain(init.arguments.iter().map(Item::Value))
                    .collect();
                self.list("Init", &items)
            }
            Type::Callable(None) => self.out.write_str("Callable"),
            Type::Callable(Some(callable)) => self.callable(callable),
            Type::SemVer(ranges) => {
                let items: Vec<Item<'_>> =
                    ranges.iter().map(|range| Item::Text(format!("'{}'", range.text))).collect();
                self.list("SemVer", &items)
            }
            Type::Timestamp(range) => self.range("Timestamp", range.as_deref(), |at| Value::Timestamp(*at)),
            Type::Timespan(range) => self.range("Timespan", range.as_deref(), |span| Value::Timespan(*span)),
            Type::Uri(None) => self.out.write_str("URI"),
            Type::Uri(Some(parts)) => self.list("URI", &[Item::Value(parts)]),
            Type::Runtime(None) => self.out.write_str("Runtime"),
            Type::Runtime(Some(runtime)) => {
                let name = runtime.1.as_ref().map_or_else(|| "undef".to_owned(), |name| quote(name));
                write!(self.out, "Runtime[{}, {name}]", runtime.0)
            }
            Type::Resource(reference) => match (&reference.type_name, &reference.title) {
                (None, _) => self.out.write_str("Resource"),
                (Some(name), None) => self.out.write_str(&capitalize_segments(name)),
                (Some(name), Some(title)) if reference.of_attribute => {
                    write!(self.out, "{}[{title}]", capitalize_segments(name))
                }
                (Some(name), Some(title)) => {
                    write!(self.out, "{}[{}]", capitalize_segments(name), quote(title))
                }
            },
            Type::Class(None) => self.out.write_str("Class"),
            Type::Class(Some(name)) => write!(self.out, "Class[{name}]"),
            Type::AnyObject => self.out.write_str(if self.expanded { "Object[{}]" } else { "Object" }),
            Type::Deferred if self.expanded => self.object_hash(&object::deferred_init_hash()),
            Type::Deferred => self.out.write_str("Deferred"),
            Type::Object(object) => {
                let listed = self.set.as_ref().is_some_and(|set| typeset::defines(set, ty));
                match object.definition.get() {
                    Some(definition) if self.expanded => {
                        let name = if listed { "" } else { object.name.as_str() };
                        self.object_hash(&object::init_hash(name, definition))
                    }
                    _ if object.name.is_empty() => self.out.write_str("Object"),
                    _ => self.name(ty, &object.name),
                }
            }
            Type::ParameterizedObject(object) => {
                let name = object.base.name.rsplit("::").next().unwrap_or_default();
                self.name(&Type::Object(object.base.clone()), &name.into())?;
                match object::positional_arguments(object) {
                    Some(arguments) => {
                        let items: Vec<Item<'_>> = arguments.iter().map(Item::Value).collect();
                        self.out.write_char('[')?;
                        self.items(&items)?;
                    }
                    None => {
                        self.out.write_char('[')?;
                        self.hash(&object.arguments)?;
                    }
                }
                self.out.write_char(']')
            }
            Type::TypeSet(set) => self.type_set(set),
            Type::AnyTypeSet => self.type_set(&typeset::default_set()),
            Type::Alias(alias) => self.alias(ty, alias),
            Type::Reference(name) => write!(self.out, "TypeReference[{}]", quote(name)),
        }
    }

    /// `Name[items]`, without brackets if there is no item.
    fn list(&mut self, name: &str, items: &[Item<'_>]) -> fmt::Result {
        self.out.write_str(name)?;
        if items.is_empty() {
            return Ok(());
        }
        self.out.write_char('[')?;
        self.items(items)?;
        self.out.write_char(']')
    }

    fn items(&mut self, items: &[Item<'_>]) -> fmt::Result {
        for (index, item) in items.iter().enumerate() {
            if index > 0 {
                self.out.write_str(", ")?;
            }
            match item {
                Item::Type(ty) => self.ty(ty)?,
                Item::Value(value) => self.value(value)?,
                Item::Text(text) => self.out.write_str(text)?,
            }
        }
        Ok(())
    }

    /// `Name[types, min, max]`
    fn typed<'t>(
        &mut self,
        name: &str,
        types: impl IntoIterator<Item = &'t Type>,
        size: Size,
    ) -> fmt::Result {
        let items: Vec<Item<'_>> = types.into_iter().map(Item::Type).chain(sizes(size)).collect();
        self.list(name, &items)
    }

    /// `Name[T]`, or `Name` when it holds no type.
    fn one(&mut self, name: &str, inner: &Type) -> fmt::Result {
        if inner.is_unit() { self.out.write_str(name) } else { self.list(name, &[Item::Type(inner)]) }
    }

    /// `Optional` and `NotUndef`: an exact string inside is written as that string.
    fn optional(&mut self, name: &str, inner: &Type) -> fmt::Result {
        match inner {
            Type::StringValue(text) => write!(self.out, "{name}[{}]", quote(text)),
            inner => self.one(name, inner),
        }
    }

    fn structure(&mut self, elements: &[StructElement]) -> fmt::Result {
        if elements.is_empty() {
            return self.out.write_str("Struct");
        }
        self.out.write_str("Struct[{")?;
        for (index, element) in elements.iter().enumerate() {
            if index > 0 {
                self.out.write_str(", ")?;
            }
            let key = quote(&element.name);
            match (element.optional, matches::accepts_undef(&element.value)) {
                (true, false) => write!(self.out, "Optional[{key}]")?,
                (false, true) => write!(self.out, "NotUndef[{key}]")?,
                _ => self.out.write_str(&key)?,
            }
            self.out.write_str(" => ")?;
            self.ty(&element.value)?;
        }
        self.out.write_str("}]")
    }

    fn callable(&mut self, callable: &Callable) -> fmt::Result {
        self.out.write_str("Callable[")?;
        if let Some(result) = &callable.result {
            self.out.write_char('[')?;
            self.parameters(callable)?;
            self.out.write_str("], ")?;
            self.ty(result)?;
        } else {
            self.parameters(callable)?;
        }
        self.out.write_char(']')
    }

    fn parameters(&mut self, callable: &Callable) -> fmt::Result {
        let tuple = &callable.parameters;
        let mut items: Vec<Item<'_>> =
            tuple.types.iter().filter(|ty| !ty.is_unit()).map(Item::Type).collect();
        if tuple.types.is_empty() {
            items.push(Item::Text("0, 0".to_owned()));
        } else {
            items.extend(tuple.size.map(sizes).unwrap_or_default());
        }
        items.extend(callable.block.as_ref().map(Item::Type));
        self.items(&items)
    }

    fn range<T: PartialEq>(
        &mut self,
        name: &str,
        range: Option<&Range<T>>,
        value: fn(&T) -> Value,
    ) -> fmt::Result {
        let Some(range) = range else {
            return self.out.write_str(name);
        };
        write!(self.out, "{name}[")?;
        match &range.from {
            Some(from) => self.value(&value(from))?,
            None => self.out.write_str("default")?,
        }
        if let Some(to) = range.to.as_ref().filter(|to| range.from.as_ref() != Some(to)) {
            self.out.write_str(", ")?;
            self.value(&value(to))?;
        }
        self.out.write_char(']')
    }

    fn alias(&mut self, ty: &Type, alias: &Arc<Alias>) -> fmt::Result {
        let open = self.open.iter().any(|open| Arc::ptr_eq(open, alias));
        // Built-in aliases are never spelt out, no more than `Data` is.
        let builtin = matches!(alias.name.as_str(), "Puppet::LookupKey" | "Puppet::LookupValue");
        let target = alias.target.get().filter(|_| self.expanded && !open && !builtin);
        match (target, self.set.clone()) {
            (Some(target), None) => {
                write!(self.out, "{} = ", alias.name)?;
                self.open.push(alias.clone());
                self.ty(target)?;
                self.open.pop();
                Ok(())
            }
            (Some(target), Some(set)) if typeset::defines(&set, ty) => {
                self.open.push(alias.clone());
                self.ty(target)?;
                self.open.pop();
                Ok(())
            }
            _ => self.name(ty, &alias.name),
        }
    }

    /// The name of an alias or `Object` type, inside a type set its short name.
    fn name(&mut self, ty: &Type, name: &Str) -> fmt::Result {
        match self.set.as_ref().and_then(|set| typeset::name_of(set, ty)) {
            Some(short) => self.out.write_str(&short),
            None => self.out.write_str(name),
        }
    }

    /// `Object[{...}]` from the hash it can be made from.
    fn object_hash(&mut self, init: &Hash) -> fmt::Result {
        let expanded = std::mem::replace(&mut self.expanded, false);
        self.out.write_str("Object[")?;
        self.entries(init, |printer, key, value| match (key.as_str(), value) {
            (Some("attributes" | "functions"), Value::Hash(members)) => printer.members(members),
            (_, value) => printer.value(value),
        })?;
        self.out.write_char(']')?;
        self.expanded = expanded;
        Ok(())
    }

    fn members(&mut self, members: &Hash) -> fmt::Result {
        self.out.write_char('{')?;
        for (index, (name, member)) in members.iter().enumerate() {
            if index > 0 {
                self.out.write_str(", ")?;
            }
            self.value(name)?;
            self.out.write_str(" => ")?;
            match member {
                Value::Hash(features) => {
                    self.entries(features, |printer, key, value| match (key.as_str(), value) {
                        (Some("kind"), Value::Str(kind)) => printer.out.write_str(kind),
                        (_, value) => printer.value(value),
                    })?
                }
                other => self.value(other)?,
            }
        }
        self.out.write_char('}')
    }

    /// `{key => value}` with well-known keys, which are not quoted.
    fn entries(
        &mut self,
        hash: &Hash,
        mut write: impl FnMut(&mut Self, &Value, &Value) -> fmt::Result,
    ) -> fmt::Result {
        self.out.write_char('{')?;
        for (index, (key, value)) in hash.iter().enumerate() {
            if index > 0 {
                self.out.write_str(", ")?;
            }
            match key {
                Value::Str(key) => self.out.write_str(key)?,
                other => self.value(other)?,
            }
            self.out.write_str(" => ")?;
            write(self, key, value)?;
        }
        self.out.write_char('}')
    }

    fn type_set(&mut self, set: &Arc<TypeSet>) -> fmt::Result {
        let init = typeset::init_hash(set);
        let outer = self.set.replace(set.clone());
        self.out.write_str("TypeSet[")?;
        self.entries(&init, |printer, key, value| match (key.as_str(), value) {
            (Some("types" | "references"), Value::Hash(members)) => {
                printer.entries(members, |printer, _, member| printer.value(member))
            }
            (_, value) => printer.value(value),
        })?;
        self.out.write_char(']')?;
        self.set = outer;
        Ok(())
    }

    /// A value inside a type.
    fn value(&mut self, value: &Value) -> fmt::Result {
        match value {
            Value::Undef => self.out.write_str("undef"),
            Value::Default => self.out.write_str("default"),
            Value::Bool(flag) => write!(self.out, "{flag}"),
            Value::Int(number) => write!(self.out, "{number}"),
            Value::Float(number) => self.out.write_str(&float_text(*number)),
            Value::Str(text) => self.out.write_str(&quote(text)),
            Value::Array(items) => {
                let items: Vec<Item<'_>> = items.iter().map(Item::Value).collect();
                self.out.write_char('[')?;
                self.items(&items)?;
                self.out.write_char(']')
            }
            Value::Hash(hash) => self.hash(hash),
            Value::Regexp(pattern) => self.out.write_str(&regexp(pattern.source())),
            Value::Type(ty) => self.ty(ty),
            Value::Timestamp(at) => write!(self.out, "'{at}'"),
            Value::Timespan(span) => write!(self.out, "'{span}'"),
            Value::SemVer(version) => write!(self.out, "'{version}'"),
            Value::SemVerRange(range) => write!(self.out, "'{}'", range.text),
            Value::Uri(uri) => write!(self.out, "URI({})", quote(&uri.text)),
            Value::Object(object) => {
                self.out.write_str(&object.ty.name)?;
                self.out.write_char('(')?;
                self.hash(&object::instance_init_hash(object))?;
                self.out.write_char(')')
            }
            Value::Deferred(deferred) => {
                write!(self.out, "Deferred({{'name' => {}", quote(&deferred.name))?;
                if let Some(arguments) = &deferred.arguments {
                    self.out.write_str(", 'arguments' => ")?;
                    self.value(&Value::from(arguments.clone()))?;
                }
                self.out.write_str("})")
            }
            Value::Sensitive(_) | Value::Binary(_) | Value::Iterator(_) => {
                self.out.write_str("Instance of ")?;
                self.ty(&infer::infer_reduced(value))
            }
        }
    }

    fn hash(&mut self, hash: &Hash) -> fmt::Result {
        self.out.write_char('{')?;
        for (index, (key, value)) in hash.iter().enumerate() {
            if index > 0 {
                self.out.write_str(", ")?;
            }
            self.value(key)?;
            self.out.write_str(" => ")?;
            self.value(value)?;
        }
        self.out.write_char('}')
    }
}

/// Bounds as they are written: `[from]`, `[default, to]`, `[from, to]`, nothing.
fn bounds(from: Option<String>, to: Option<String>) -> Vec<Item<'static>> {
    match (from, to) {
        (None, None) => Vec::new(),
        (from, to) => {
            std::iter::once(from.unwrap_or_else(|| "default".to_owned())).chain(to).map(Item::Text).collect()
        }
    }
}

/// Bounds of a length; `0` is only written when it was given.
fn sizes(size: Size) -> Vec<Item<'static>> {
    match size {
        Size::ANY => Vec::new(),
        size => bounds(Some(size.min.to_string()), (!size.is_unbounded()).then(|| size.max.to_string())),
    }
}
