//! What holds for all types and values.

use std::sync::Arc;

use pcore::common::common_type;
use pcore::infer::{generalize, infer, infer_reduced};
use pcore::matches::{is_assignable, is_instance};
use pcore::normalize::normalize;
use pcore::regexp::Regexp;
use pcore::ty::{Callable, Size, StructElement, Tuple};
use pcore::{Hash, Str, Type, Value};
use proptest::prelude::*;

fn word() -> impl Strategy<Value = Str> {
    prop::sample::select(vec!["a", "b", "abc", "B", "é", "x y"]).prop_map(Str::from)
}

fn size() -> impl Strategy<Value = Size> {
    prop_oneof![
        Just(Size::ANY),
        (0u64..3).prop_map(Size::at_least),
        (0u64..3, 0u64..3).prop_map(|(min, more)| Size::new(min, min + more)),
    ]
}

fn leaf() -> impl Strategy<Value = Type> {
    prop_oneof![
        prop::sample::select(vec![
            Type::Any,
            Type::Undef,
            Type::Default,
            Type::Scalar,
            Type::ScalarData,
            Type::Data,
            Type::RichData,
            Type::Numeric,
            Type::Binary,
            Type::CatalogEntry,
            Type::BOOLEAN,
            Type::INTEGER,
            Type::FLOAT,
            Type::CALLABLE,
            Type::AnyObject,
            Type::Regexp(None),
            Type::Boolean(Some(true)),
            Type::Class(None),
            Type::any_resource(),
            Type::resource("file", Some("/a".into())),
        ]),
        (-5i64..5, 0i64..5).prop_map(|(from, length)| Type::Integer(from, from + length)),
        size().prop_map(Type::String),
        size().prop_map(Type::Collection),
        word().prop_map(Type::StringValue),
        (prop::collection::vec(word(), 1..4), any::<bool>())
            .prop_map(|(values, ignore_case)| Type::enumeration(values, ignore_case)),
        Just(Type::Pattern(Arc::new([Regexp::new("a").unwrap()]))),
    ]
}

fn ty() -> impl Strategy<Value = Type> {
    leaf().prop_recursive(3, 24, 4, |inner| {
        let types = prop::collection::vec(inner.clone(), 1..4);
        prop_oneof![
            (inner.clone(), size()).prop_map(|(element, size)| Type::array_sized(element, size)),
            (inner.clone(), inner.clone(), size())
                .prop_map(|(key, value, size)| Type::hash_sized(key, value, size)),
            types.clone().prop_map(Type::tuple),
            (types.clone(), size()).prop_map(|(types, size)| Type::tuple_sized(types, size)),
            types.clone().prop_map(Type::variant),
            prop::collection::vec((word(), any::<bool>(), inner.clone()), 0..3).prop_map(structure),
            inner.clone().prop_map(Type::optional),
            // `NotUndef[Undef]` and, in Puppet, `NotUndef[Data]` do not fit themselves.
            leaf()
                .prop_filter("holds something", |ty| {
                    !matches!(ty, Type::Undef | Type::Data | Type::RichData)
                })
                .prop_map(Type::not_undef),
            inner.clone().prop_map(Type::type_of),
            inner.clone().prop_map(Type::sensitive),
            inner.clone().prop_map(Type::iterable),
            (types, inner).prop_map(|(types, result)| Type::callable(Callable {
                parameters: Tuple::new(types),
                block: None,
                result: Some(result),
            })),
        ]
    })
}

fn structure(entries: Vec<(Str, bool, Type)>) -> Type {
    let mut elements: Vec<StructElement> = Vec::new();
    for (name, optional, value) in entries {
        if !elements.iter().any(|element| element.name == name) {
            elements.push(StructElement { name, optional, value });
        }
    }
    Type::structure(elements)
}

fn value() -> impl Strategy<Value = Value> {
    let leaf = prop_oneof![
        prop::sample::select(vec![Value::Undef, Value::Default, Value::Bool(true), Value::Bool(false)]),
        (-5i64..5).prop_map(Value::Int),
        (-3i8..3).prop_map(|number| Value::Float(f64::from(number) / 2.0)),
        word().prop_map(Value::Str),
        Just(Value::Regexp(Regexp::new("a").unwrap())),
        leaf().prop_map(Value::Type),
    ];
    // What is inside Sensitive is known roughly only, and an undef there not at all.
    let leaf = prop_oneof![4 => leaf.clone(), 1 => leaf.prop_map(Value::sensitive)];
    leaf.prop_recursive(3, 24, 4, |inner| {
        prop_oneof![
            prop::collection::vec(inner.clone(), 0..4).prop_map(Value::array),
            prop::collection::vec((inner.clone(), inner.clone()), 0..4)
                .prop_map(|entries| Value::hash(entries.into_iter().collect::<Hash>())),
            prop::collection::vec((word(), inner), 0..4)
                .prop_map(|entries| Value::hash(entries.into_iter().collect::<Hash>())),
        ]
    })
}

proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn a_value_fits_its_own_type(value in value()) {
        let exact = infer(&value);
        prop_assert!(is_instance(&exact, &value), "{exact}");
        let reduced = infer_reduced(&value);
        let general = generalize(&reduced);
        prop_assert!(is_assignable(&general, &reduced), "{general} <- {reduced}");
    }

    #[test]
    fn a_type_fits_itself(ty in ty()) {
        prop_assert!(is_assignable(&ty, &ty));
        prop_assert!(is_assignable(&Type::Any, &ty));
        prop_assert_eq!(&ty, &ty.clone());
    }

    #[test]
    fn a_value_that_fits_one_of_two_types_fits_both_together(one in ty(), two in ty(), value in value()) {
        let either = is_instance(&one, &value) || is_instance(&two, &value);
        prop_assert_eq!(is_instance(&Type::variant([one.clone(), two]), &value), either);
        let optional = Type::optional(one.clone());
        prop_assert_eq!(is_instance(&optional, &value), value.is_undef() || is_instance(&one, &value));
    }

    #[test]
    fn a_common_type_takes_both(one in leaf(), two in leaf()) {
        // `Undef` is left out of account, and so is case, in Puppet.
        let is_plain = |ty: &Type| !matches!(ty, Type::Undef | Type::Enum { ignore_case: true, .. });
        prop_assume!(is_plain(&one) && is_plain(&two));
        let common = common_type(&one, &two);
        prop_assert!(is_assignable(&common, &one), "{common} <- {one}");
        prop_assert!(is_assignable(&common, &two), "{common} <- {two}");
    }

    #[test]
    fn the_simplest_form_is_stable_enough(ty in ty(), value in value()) {
        // `Array[Any, 1]` and `Collection[1]` lose their size, as in Puppet; no value may be lost.
        let simple = normalize(&ty);
        prop_assert!(!is_instance(&ty, &value) || is_instance(&simple, &value), "{simple}");
        let _ = (simple.to_string(), pcore::mismatch::describe_value("x", &ty, &value));
    }
}
