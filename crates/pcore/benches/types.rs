//! What it costs to hold values against types, as each call and each declared parameter does.

#![allow(missing_docs, clippy::unwrap_used, reason = "a benchmark program")]

use std::hint::black_box;

use criterion::{Criterion, criterion_group, criterion_main};
use pcore::matches::is_instance;
use pcore::regexp::Regexp;
use pcore::ty::{Size, StructElement};
use pcore::{Hash, Type, Value};

fn text(least: u32) -> Type {
    Type::String(Size { min: least, ..Size::ANY })
}

/// An account of a machine: what `Struct` is used for.
fn account() -> Type {
    let element = |name: &str, optional, value| StructElement { name: name.into(), optional, value };
    let path = Type::Pattern([Regexp::new(r"\A/").unwrap()].into());
    let kind = Type::enumeration(["ssh-rsa", "ssh-ed25519"], false);
    let key = Type::Struct([element("type", false, kind), element("key", false, text(20))].into());
    Type::Struct(
        [
            element("uid", false, Type::Integer(1000, 65_000)),
            element("shell", true, path),
            element("groups", true, Type::array_of(text(1))),
            element("keys", true, Type::hash_of(text(1), key)),
        ]
        .into(),
    )
}

fn person(number: i64) -> Value {
    let key: Hash = [("type", "ssh-ed25519"), ("key", "AAAAC3NzaC1lZDI1NTE5AAAAI")].into_iter().collect();
    let mut person = Hash::new();
    person.insert("uid", 2000 + number);
    person.insert("shell", "/bin/zsh");
    person.insert("groups", vec!["adm".into(), "docker".into()]);
    person.insert("keys", [(format!("person{number}"), key)].into_iter().collect::<Hash>());
    person.into()
}

fn types(criterion: &mut Criterion) {
    let one = person(1);
    let people: Hash = (0..100).map(|number| (format!("person{number}"), person(number))).collect();
    let people = Value::from(people);
    let words = Value::from((0..100).map(|n| format!("word {n}").into()).collect::<Vec<Value>>());
    let all_people = Type::hash_of(text(1), account());
    let plain = Type::variant([Type::INTEGER, Type::hash_of(Type::STRING, Type::Any), Type::STRING]);
    let mut group = criterion.benchmark_group("types");
    for (name, ty, value) in [
        ("Struct of an account", account(), &one),
        ("Hash of 100 accounts", all_people, &people),
        ("Data of 100 accounts", Type::Data, &people),
        ("Array of 100 texts", Type::array_of(text(1)), &words),
        ("Array of 100 variants", Type::array_of(plain), &words),
    ] {
        assert!(is_instance(&ty, value), "{name}");
        group.bench_function(name, |bencher| bencher.iter(|| is_instance(black_box(&ty), black_box(value))));
    }
    group.finish();
}

criterion_group!(benches, types);
criterion_main!(benches);
