//! Merge strategies: what becomes of the values that several places have for one key.

use pcore::{Hash, Type, Value};

use crate::LookupError;
use crate::assert::{assert_instance, pattern};
use crate::deep::{self, DeepOptions};

/// A strategy with its options.
#[derive(Clone, Debug, PartialEq)]
pub(crate) enum Strategy {
    /// Nothing was asked for: the first value.
    Default,
    /// The first value.
    First,
    /// One list without duplicates.
    Unique,
    /// One hash; for a key on both sides the higher priority wins.
    Hash,
    /// Hashes and lists merged at every level.
    Deep(Box<Deep>),
}

/// The deep strategies.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Deep {
    name: &'static str,
    /// The lower priority wins (`reverse_deep`).
    reversed: bool,
    options: DeepOptions,
    /// The options as they were given, for explanations.
    given: Option<Value>,
}

impl Strategy {
    /// From the `merge` argument: a name, or a hash with `strategy` and options.
    pub(crate) fn from_value(merge: &Value) -> Result<Strategy, LookupError> {
        match merge {
            Value::Undef | Value::Bool(false) => Ok(Strategy::Default),
            Value::Hash(hash) => {
                let name = hash.get_str("strategy").filter(|name| !name.is_undef()).ok_or_else(|| {
                    LookupError::argument(
                        "The hash given as 'merge' must contain the name of a strategy in string form for the \
                         key 'strategy'",
                    )
                })?;
                let options = (hash.len() > 1).then_some(merge);
                Strategy::named(name, options)
            }
            name => Strategy::named(name, None),
        }
    }

    fn named(name: &Value, options: Option<&Value>) -> Result<Strategy, LookupError> {
        let strategy = match name.as_str() {
            Some("default") => Strategy::Default,
            Some("first") => Strategy::First,
            Some("unique") => Strategy::Unique,
            Some("hash") => Strategy::Hash,
            Some("deep") => return Strategy::deep("deep", options),
            // Without options it is the plain one, by name too.
            Some("unconstrained_deep") if options.is_none() => return Strategy::deep("deep", None),
            Some("unconstrained_deep") => return Strategy::deep("unconstrained_deep", options),
            Some("reverse_deep") => return Strategy::deep("reverse_deep", options),
            _ => {
                let mut shown = String::new();
                crate::ruby::to_s(&mut shown, name);
                return Err(LookupError::argument(format!("Unknown merge strategy: '{shown}'")));
            }
        };
        if let Some(options) = options {
            assert_instance("The merge options", &options_type(strategy.name()), options)?;
        }
        Ok(strategy)
    }

    fn deep(name: &'static str, given: Option<&Value>) -> Result<Strategy, LookupError> {
        if let Some(given) = given {
            let expected = if name == "deep" {
                deep_options_type()
            } else {
                Type::hash_of(Type::non_empty_string(), Type::Any)
            };
            assert_instance("The merge options", &expected, given)?;
        }
        let options = DeepOptions::from_hash(given.and_then(Value::as_hash));
        let given = given.and_then(Value::as_hash).map(|given| {
            let mut shown = given.clone();
            shown.remove_str("strategy");
            Value::hash(shown)
        });
        Ok(Strategy::Deep(Box::new(Deep { name, reversed: name == "reverse_deep", options, given })))
    }

    /// The name, as explanations show it.
    pub(crate) fn name(&self) -> &'static str {
        match self {
            Strategy::Default => "default",
            Strategy::First => "first",
            Strategy::Unique => "unique",
            Strategy::Hash => "hash",
            Strategy::Deep(deep) => deep.name,
        }
    }

    /// The options, as explanations show them.
    pub(crate) fn options(&self) -> Option<Value> {
        match self {
            Strategy::Deep(deep) => {
                deep.given.clone().filter(|given| given.as_hash().is_some_and(|given| !given.is_empty()))
            }
            _ => None,
        }
    }

    /// Whether the first value ends the search.
    pub(crate) fn is_first(&self) -> bool {
        matches!(self, Strategy::Default | Strategy::First)
    }

    /// A single value where nothing else can be merged with it.
    pub(crate) fn single(&self, value: Value) -> Value {
        match (self, &value) {
            (Strategy::Unique, Value::Array(items)) => unique(items.iter().cloned()),
            _ => value,
        }
    }

    /// The first of perhaps several values.
    pub(crate) fn begin(&self, value: Value) -> Value {
        match self {
            Strategy::Unique => Value::array(flat(&value)),
            _ => value,
        }
    }

    /// Two values; `high` comes from the higher priority.
    pub(crate) fn merge(&self, high: &Value, low: &Value) -> Result<Value, LookupError> {
        let check = |ty: &Type| {
            assert_instance("The first element of the merge", ty, high)?;
            assert_instance("The second element of the merge", ty, low)
        };
        match self {
            Strategy::Default | Strategy::First => Ok(high.clone()),
            Strategy::Unique => {
                check(&Type::variant([Type::Scalar, Type::array_of(Type::Data)]))?;
                Ok(unique(flat(high).into_iter().chain(flat(low))))
            }
            Strategy::Hash => {
                check(&Type::hash_of(Type::STRING, Type::Data))?;
                Ok(merge_hashes(high, low))
            }
            Strategy::Deep(deep) if deep.reversed => deep::merge(low, high, &deep.options),
            Strategy::Deep(deep) => deep::merge(high, low, &deep.options),
        }
    }
}

fn merge_hashes(high: &Value, low: &Value) -> Value {
    match (high.as_hash(), low.as_hash()) {
        (Some(high), Some(low)) => {
            let mut merged = low.clone();
            merged.extend(high.iter().map(|(key, value)| (key.clone(), value.clone())));
            Value::hash(merged)
        }
        _ => high.clone(),
    }
}

/// The items of a list at any depth; a scalar is a list of one.
fn flat(value: &Value) -> Vec<Value> {
    fn collect(value: &Value, out: &mut Vec<Value>) {
        match value {
            Value::Array(items) => items.iter().for_each(|item| collect(item, out)),
            other => out.push(other.clone()),
        }
    }
    let mut out = Vec::new();
    collect(value, &mut out);
    out
}

/// A list without repeated items, in order of first appearance.
pub(crate) fn unique(items: impl Iterator<Item = Value>) -> Value {
    let set: Hash = items.map(|item| (item, Value::Undef)).collect();
    Value::array(set.into_iter().map(|(item, _)| item).collect::<Vec<_>>())
}

fn element(name: &str, value: Type) -> pcore::ty::StructElement {
    pcore::ty::StructElement { name: name.into(), optional: true, value: Type::optional(value) }
}

/// What may stand beside `strategy` for the strategies without options.
fn options_type(name: &'static str) -> Type {
    Type::structure(vec![element("strategy", pattern(name))])
}

fn deep_options_type() -> Type {
    Type::structure(vec![
        element("strategy", pattern("deep")),
        element("knockout_prefix", Type::STRING),
        element("merge_debug", Type::BOOLEAN),
        element("merge_hash_arrays", Type::BOOLEAN),
        element("sort_merged_arrays", Type::BOOLEAN),
    ])
}
