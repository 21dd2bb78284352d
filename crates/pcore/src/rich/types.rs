//! Types as rich data: `{"__ptype": "Pcore::IntegerType", "from": 1}`.
//!
//! Each type has its parameters under fixed names, in order; those at the end that have their default are left out.

use std::sync::Arc;

use super::{tagged, to_data as value_data, typed};
use crate::ty::{Alias, Callable, Range, Size, StructElement, Tuple, Type};
use crate::{Value, object, render, typeset};

/// The type as data.
pub(super) fn to_data(ty: &Type) -> Value {
    Encoder { open: Vec::new() }.encode(ty)
}

struct Encoder {
    /// Aliases being written: inside themselves they are references by name.
    open: Vec<Arc<Alias>>,
}

/// A parameter; `None` is the default.
type Parameter = (&'static str, Option<Value>);

impl Encoder {
    fn encode(&mut self, ty: &Type) -> Value {
        match ty {
            Type::Any => simple("Any"),
            Type::Undef => simple("Undef"),
            Type::Default => simple("Default"),
            Type::Unit => simple("Unit"),
            Type::Scalar => simple("Scalar"),
            Type::ScalarData => simple("ScalarData"),
            Type::Numeric => simple("Numeric"),
            Type::CatalogEntry => simple("CatalogEntry"),
            Type::Binary => simple("Binary"),
            Type::SemVerRange => simple("SemVerRange"),
            // What an agent knows by name needs no definition, and these define themselves by themselves.
            Type::Data | Type::RichData | Type::RichDataKey => reference(&render::plain(ty).to_string()),
            Type::Integer(from, to) => integer(*from, *to),
            Type::Float(from, to) => bounds(
                "Float",
                from.is_finite().then_some(Value::Float(*from)),
                to.is_finite().then_some(Value::Float(*to)),
            ),
            Type::String(size) => positional("String", [("size_type_or_value", size_type(*size))]),
            Type::StringValue(text) => {
                positional("String", [("size_type_or_value", Some(text.clone().into()))])
            }
            Type::Enum { values, ignore_case } => {
                let values = values.iter().map(|value| Value::Str(value.clone())).collect::<Vec<_>>();
                positional(
                    "Enum",
                    [
                        ("values", Some(values.into())),
                        ("case_insensitive", ignore_case.then_some(true.into())),
                    ],
                )
            }
            Type::Pattern(patterns) => {
                let patterns: Vec<Value> =
                    patterns.iter().map(|pattern| regexp_type(Some(pattern.source()))).collect();
                positional("Pattern", [("patterns", Some(patterns.into()))])
            }
            Type::Regexp(pattern) => regexp_type(pattern.as_ref().map(|pattern| pattern.source())),
            // The value is lost, as in Puppet.
            Type::Boolean(_) => simple("Boolean"),
            Type::Sensitive(_) => simple("Sensitive"),
            Type::Collection(size) => positional("Collection", [("size_type", size_type(*size))]),
            Type::Array(element, size) => {
                let size = size_type(*size);
                let element = (**element != Type::Any || size.is_some()).then(|| self.encode(element));
                positional("Array", [("element_type", element), ("size_type", size)])
            }
            Type::Hash(entry, size) => {
                let size = size_type(*size);
                let value = (entry.1 != Type::Any || size.is_some()).then(|| self.encode(&entry.1));
                let key = (entry.0 != Type::Any || value.is_some()).then(|| self.encode(&entry.0));
                positional("Hash", [("key_type", key), ("value_type", value), ("size_type", size)])
            }
            Type::Tuple(tuple) => self.tuple(tuple),
            Type::Struct(elements) => {
                let elements: Vec<Value> = elements.iter().map(|element| self.element(element)).collect();
                positional("Struct", [("elements", Some(elements.into()))])
            }
            Type::Variant(types) => {
                let types: Vec<Value> = types.iter().map(|ty| self.encode(ty)).collect();
                positional("Variant", [("types", Some(types.into()))])
            }
            Type::Optional(inner) => self.one("Optional", inner),
            Type::NotUndef(inner) if **inner == Type::Any => simple("NotUndef"),
            Type::NotUndef(inner) => self.one("NotUndef", inner),
            Type::Type(inner) => self.one("Type", inner),
            Type::Iterable(inner) => self.one("Iterable", inner),
            Type::Iterator(inner) => self.one("Iterator", inner),
            Type::Init(None) => simple("Init"),
            Type::Init(Some(init)) => {
                let arguments = (!init.arguments.is_empty())
                    .then(|| init.arguments.iter().map(value_data).collect::<Vec<_>>().into());
                positional("Init", [("type", Some(self.encode(&init.ty))), ("init_args", arguments)])
            }
            Type::Callable(callable) => self.callable(callable.as_deref()),
            Type::SemVer(ranges) => {
                let list: Vec<Value> =
                    ranges.iter().map(|range| tagged("SemVerRange", range.text.as_str().into())).collect();
                positional("SemVer", [("ranges", (!list.is_empty()).then(|| list.into()))])
            }
            Type::Timestamp(range) => time_range("Timestamp", range.as_deref(), |at| Value::Timestamp(*at)),
            Type::Timespan(range) => time_range("Timespan", range.as_deref(), |span| Value::Timespan(*span)),
            Type::Uri(parts) => positional("URI", [("parameters", parts.as_deref().map(value_data))]),
            Type::Runtime(runtime) => {
                let (name, class) = match runtime.as_deref() {
                    Some((name, class)) => (Some(name.clone()), class.clone()),
                    None => (None, None),
                };
                positional(
                    "Runtime",
                    [("runtime", name.map(Value::Str)), ("name_or_pattern", class.map(Value::Str))],
                )
            }
            Type::Resource(resource) => {
                let name = resource.type_name.as_deref().map(render::capitalize_segments);
                let title = resource.title.clone().map(Value::Str);
                positional("Resource", [("type_name", name.map(Value::from)), ("title", title)])
            }
            Type::Class(name) => positional("Class", [("class_name", name.clone().map(Value::Str))]),
            Type::AnyObject => init_hash("Object", Value::hash(crate::Hash::new())),
            Type::Deferred => init_hash("Object", value_data(&object::deferred_init_hash().into())),
            Type::Object(object) => match object.definition.get() {
                Some(definition) => {
                    init_hash("Object", value_data(&object::init_hash(&object.name, definition).into()))
                }
                None => reference(&object.name),
            },
            Type::ParameterizedObject(_) => reference(&render::plain(ty).to_string()),
            Type::TypeSet(set) => init_hash("TypeSet", value_data(&typeset::init_hash(set).into())),
            Type::AnyTypeSet => simple("TypeSet"),
            Type::Alias(alias) => self.alias(alias),
            Type::Reference(name) => reference(name),
        }
    }

    /// A type with a single type as parameter; without one it holds `Unit`.
    fn one(&mut self, name: &str, inner: &Type) -> Value {
        let inner = (!matches!(inner, Type::Unit)).then(|| self.encode(inner));
        positional(name, [("type", inner)])
    }

    fn tuple(&mut self, tuple: &Tuple) -> Value {
        let types: Vec<Value> = tuple.types.iter().map(|ty| self.encode(ty)).collect();
        let size = tuple.size.map(|size| integer(size.min.into(), upper(size)));
        positional("Tuple", [("types", Some(types.into())), ("size_type", size)])
    }

    fn element(&mut self, element: &StructElement) -> Value {
        let mut key = self.encode(&Type::StringValue(element.name.clone()));
        if element.optional {
            key = positional("Optional", [("type", Some(key))]);
        }
        let mut hash = typed("Pcore::StructElement");
        hash.insert("key_type", key);
        hash.insert("value_type", self.encode(&element.value));
        Value::hash(hash)
    }

    fn callable(&mut self, callable: Option<&Callable>) -> Value {
        let mut hash = typed("Pcore::CallableType");
        hash.insert("param_types", callable.map(|callable| self.tuple(&callable.parameters)));
        let part = |encoder: &mut Self, ty: Option<&Type>| ty.map(|ty| encoder.encode(ty));
        hash.insert("block_type", part(self, callable.and_then(|callable| callable.block.as_ref())));
        hash.insert("return_type", part(self, callable.and_then(|callable| callable.result.as_ref())));
        Value::hash(hash)
    }

    fn alias(&mut self, alias: &Arc<Alias>) -> Value {
        let is_open = self.open.iter().any(|open| Arc::ptr_eq(open, alias));
        let Some(target) = alias.target.get().filter(|_| !is_open) else { return reference(&alias.name) };
        self.open.push(alias.clone());
        let target = self.encode(target);
        self.open.pop();
        let mut hash = typed("Pcore::TypeAliasType");
        hash.insert("name", alias.name.clone());
        hash.insert("type_expr", Value::Undef);
        hash.insert("resolved_type", target);
        Value::hash(hash)
    }
}

fn simple(name: &str) -> Value {
    Value::hash(typed(&format!("Pcore::{name}Type")))
}

/// A type with its parameters up to the last that is given; those before it are undef when they have their default.
fn positional<const N: usize>(name: &str, parameters: [Parameter; N]) -> Value {
    let mut hash = typed(&format!("Pcore::{name}Type"));
    let given = parameters.iter().rposition(|(_, value)| value.is_some()).map_or(0, |last| last + 1);
    for (name, value) in parameters.into_iter().take(given) {
        hash.insert(name, value);
    }
    Value::hash(hash)
}

fn bounds(name: &str, from: Option<Value>, to: Option<Value>) -> Value {
    positional(name, [("from", from), ("to", to)])
}

fn integer(from: i64, to: i64) -> Value {
    bounds("Integer", (from != i64::MIN).then_some(from.into()), (to != i64::MAX).then_some(to.into()))
}

/// A length as the integer type it is; `None` for any length.
fn size_type(size: Size) -> Option<Value> {
    (size != Size::ANY).then(|| integer(size.min.into(), upper(size)))
}

fn upper(size: Size) -> i64 {
    if size.is_unbounded() { i64::MAX } else { size.max.into() }
}

fn regexp_type(pattern: Option<&str>) -> Value {
    positional("Regexp", [("pattern", pattern.map(Value::from))])
}

fn time_range<T>(name: &str, range: Option<&Range<T>>, value: fn(&T) -> Value) -> Value {
    let bound = |bound: Option<&T>| bound.map(|bound| value_data(&value(bound)));
    bounds(
        name,
        bound(range.and_then(|range| range.from.as_ref())),
        bound(range.and_then(|range| range.to.as_ref())),
    )
}

fn reference(name: &str) -> Value {
    positional("TypeReference", [("type_string", Some(name.into()))])
}

fn init_hash(name: &str, hash: Value) -> Value {
    positional(name, [("_pcore_init_hash", Some(hash))])
}
