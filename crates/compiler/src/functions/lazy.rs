//! `reverse_each`, `step`, `tree_each`

use std::sync::Arc;

use pcore::iter::{Iterator, TreeOptions, Walk, items};
use pcore::{Type, Value};

use super::{Native, Overload};
use crate::context::Context;
use crate::error::Control;

/// Walks an iterable from its end: calls a block for each item, or gives a lazy iterator for another function.
///
/// ```puppet
/// [1, 2].reverse_each |$x| { notice($x) }
/// [1, 2].reverse_each.map |$x| { $x * 10 } # [20, 10]
/// ```
pub(super) const REVERSE_EACH: Native = Native {
    name: "reverse_each",
    local_types: &[],
    overloads: &[
        Overload::new("(Iterable $iterable)", |_, arguments| Ok(lazy(arguments, Walk::Reverse))),
        Overload::new("(Iterable $iterable, &Callable[1,1])", |context, arguments| {
            each(context, &lazy(arguments, Walk::Reverse))?;
            Ok(Value::Undef)
        }),
    ],
};

/// Walks an iterable in steps: calls a block for the first item and each n-th after it, or gives a lazy iterator.
///
/// ```puppet
/// Integer[0, 10].step(5) |$x| { notice($x) }
/// ['a', 'b', 'c'].step(2).map |$x| { $x } # ['a', 'c']
/// ```
pub(super) const STEP: Native = Native {
    name: "step",
    local_types: &[],
    overloads: &[
        Overload::new("(Iterable $iterable, Integer[1] $step)", |_, arguments| {
            Ok(lazy(arguments, step_of(arguments)))
        }),
        Overload::new("(Iterable $iterable, Integer[1] $step, &Callable[1,1])", |context, arguments| {
            each(context, &lazy(arguments, step_of(arguments)))?;
            Ok(Value::Undef)
        }),
    ],
};

/// Walks nested collections: calls a block with the path and the value of each node (or with the value alone), or
/// gives a lazy iterator over such pairs.
///
/// ```puppet
/// tree_each([1, [2]]) |$path, $value| { notice("${path} ${value}") }
/// tree_each($data, { 'include_containers' => false }).map |$pair| { $pair[1] }
/// ```
///
/// Options: `order` (`depth_first`, which is the default, or `breadth_first`), `include_root`, `include_containers`,
/// `include_values`, `include_refs` and `container_type`, which says what is walked into.
pub(super) const TREE_EACH: Native = Native {
    name: "tree_each",
    local_types: &[(
        "OptionsType",
        "Struct[{ container_type => Optional[Type], include_root => Optional[Boolean], include_containers => \
         Optional[Boolean], include_values => Optional[Boolean], order => Optional[Enum[depth_first, \
         breadth_first]], include_refs => Optional[Boolean] }]",
    )],
    overloads: &[
        Overload::new(
            "(Variant[Iterator, Array, Hash, Object] $tree, [OptionsType $options], &Callable[2,2])",
            |context, arguments| {
                let tree = tree(arguments)?;
                for pair in items(&tree).into_iter().flatten() {
                    if context.iterate(pair.as_array().unwrap_or_default())?.is_none() {
                        break;
                    }
                }
                Ok(arguments.first().cloned().unwrap_or_default())
            },
        ),
        Overload::new(
            "(Variant[Iterator, Array, Hash, Object] $tree, [OptionsType $options], &Callable[1,1])",
            |context, arguments| {
                let tree = tree(arguments)?;
                for pair in items(&tree).into_iter().flatten() {
                    let value = pair.as_array().and_then(|pair| pair.get(1..)).unwrap_or_default();
                    if context.iterate(value)?.is_none() {
                        break;
                    }
                }
                Ok(arguments.first().cloned().unwrap_or_default())
            },
        ),
        Overload::new(
            "(Variant[Iterator, Array, Hash, Object] $tree, [OptionsType $options])",
            |_, arguments| tree(arguments),
        ),
    ],
};

fn lazy(arguments: &[Value], walk: Walk) -> Value {
    let source = arguments.first().cloned().unwrap_or_default();
    Value::Iterator(Arc::new(Iterator { source, walk }))
}

fn step_of(arguments: &[Value]) -> Walk {
    Walk::Step(arguments.get(1).and_then(Value::as_int).and_then(|step| step.try_into().ok()).unwrap_or(1))
}

fn each(context: &mut Context<'_, '_>, source: &Value) -> Result<(), Control> {
    for item in items(source).into_iter().flatten() {
        if context.iterate(&[item])?.is_none() {
            break;
        }
    }
    Ok(())
}

fn tree(arguments: &[Value]) -> Result<Value, Control> {
    let given = arguments.get(1).and_then(Value::as_hash);
    let flag = |name: &str| match given.and_then(|given| given.get_str(name)) {
        Some(Value::Bool(flag)) => Some(*flag),
        _ => None,
    };
    let include_containers = flag("include_containers").unwrap_or(true);
    let options = TreeOptions {
        breadth_first: given.is_some_and(|given| given["order"].as_str() == Some("breadth_first")),
        containers: match given.map(|given| &given["container_type"]) {
            Some(Value::Type(ty)) => Some(container_type(ty)?),
            _ => None,
        },
        include_containers,
        include_values: flag("include_values").unwrap_or(true),
        include_root: flag("include_root").unwrap_or(include_containers),
        include_refs: flag("include_refs").unwrap_or(false),
    };
    if !options.include_containers && !options.include_values {
        return Err("Options 'include_containers' and 'include_values' cannot both be false".into());
    }
    Ok(lazy(arguments, Walk::Tree(options)))
}

fn container_type(ty: &Type) -> Result<Type, Control> {
    let is_container = |ty: &Type| {
        use Type::{AnyObject, Array, Hash, Object, Struct, Tuple};
        matches!(ty, Array(..) | Hash(..) | Tuple(..) | Struct(_) | AnyObject | Object(_))
    };
    let allowed = match ty {
        Type::Variant(types) => types.iter().all(is_container),
        ty => is_container(ty),
    };
    if allowed {
        return Ok(ty.clone());
    }
    Err(format!("Only Array, Hash, and Object types can be used as container types. Got {ty}").into())
}
