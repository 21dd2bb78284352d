use super::*;
use crate::catalog::{Kind, ResourceId};
use stdx::Symbol;

fn resource(type_name: &str, title: &str, parameters: &[(&str, Value)]) -> Resource {
    Resource {
        type_name: type_name.into(),
        title: title.into(),
        tags: vec!["a".into()].into(),
        exported: false,
        file: Some("/site.pp".into()),
        line: Some(1),
        kind: Kind::CompilableType,
        parameters: parameters.iter().map(|(name, value)| (Symbol::new(name), value.clone())).collect(),
        sensitive_parameters: Vec::new(),
    }
}

fn catalog(resources: Vec<Resource>) -> Catalog {
    Catalog { name: "n".into(), resources, ..Catalog::default() }
}

#[test]
fn resources_come_and_go() {
    let old = catalog(vec![resource("File", "/a", &[]), resource("File", "/b", &[])]);
    let new =
        catalog(vec![resource("File", "/b", &[]), resource("File", "/c", &[("mode", Value::str("0644"))])]);
    assert_eq!(
        diff(&old, &new, Scope::default()),
        [
            Change::Removed { resource: "File[/a]".into() },
            Change::Added {
                resource: "File[/c]".into(),
                parameters: vec![("mode".into(), Some(Value::str("0644")))]
            },
        ]
    );
    assert_eq!(diff(&old, &old, Scope::ALL), []);
}

#[test]
fn parameters_are_compared_by_name_and_their_order_on_demand() {
    let (one, two) = (("a", Value::Int(1)), ("b", Value::Int(2)));
    let old = catalog(vec![resource("Notify", "x", &[one.clone(), two.clone(), ("c", Value::Int(3))])]);
    let new =
        catalog(vec![resource("Notify", "x", &[two, one, ("c", Value::str("3")), ("d", Value::Undef)])]);
    let altered = |scope| match &diff(&old, &new, scope)[..] {
        [Change::Altered { alterations, .. }] => alterations.clone(),
        other => panic!("{other:?}"),
    };
    let values = [
        Alteration::Parameter { name: "c".into(), old: Some(Value::Int(3)), new: Some(Value::str("3")) },
        Alteration::Parameter { name: "d".into(), old: None, new: Some(Value::Undef) },
    ];
    assert_eq!(altered(Scope::default()), values);
    let all = altered(Scope { parameter_order: true, ..Scope::default() });
    assert_eq!(all[..2], values);
    assert!(matches!(all[2], Alteration::Field { field: "order of parameters", .. }), "{all:?}");
}

#[test]
fn secrets_are_not_shown() {
    let mut old = resource("User", "u", &[("password", Value::str("old")), ("env", Value::str("x"))]);
    old.sensitive_parameters.push(Symbol::new("password"));
    let mut new = resource("User", "u", &[("password", Value::str("new"))]);
    new.parameters.push((
        Symbol::new("env"),
        Value::from(vec![Value::Sensitive(std::sync::Arc::new(Value::str("deep")))]),
    ));
    let changes = diff(&catalog(vec![old.clone()]), &catalog(vec![new.clone()]), Scope::default());
    let text = format!("{changes:?}");
    assert!(!text.contains("old\"") && !text.contains("deep"), "{text}");
    let secret = |name: &str| Alteration::Secret { name: name.into(), old: true, new: true };
    match &changes[..] {
        [Change::Altered { alterations, .. }] => {
            assert_eq!(alterations[..2], [secret("password"), secret("env")])
        }
        other => panic!("{other:?}"),
    }
    assert_eq!(
        diff(&catalog(vec![old]), &catalog(vec![new]), Scope { without_sensitive: true, ..Scope::default() }),
        []
    );
}

#[test]
fn order_is_compared_among_common_resources() {
    let notify = |title| resource("Notify", title, &[]);
    let old = catalog(vec![notify("a"), notify("b"), notify("c")]);
    let new = catalog(vec![notify("c"), notify("new"), notify("a"), notify("b")]);
    assert_eq!(
        diff(&old, &new, Scope::default())[1..],
        [Change::Moved {
            resource: "Notify[c]".into(),
            old_after: Some("Notify[b]".into()),
            new_after: None,
        }]
    );
}

#[test]
fn containment_is_compared_as_a_set_and_then_in_order() {
    let notify = |title| resource("Notify", title, &[]);
    let scope = Scope { edges: true, ..Scope::default() };
    let mut old = catalog(vec![notify("a"), notify("b"), notify("c")]);
    let mut new = old.clone();
    let edge = |source, target| (ResourceId(source), ResourceId(target));
    old.edges = vec![edge(0, 1), edge(0, 2)];
    new.edges = vec![edge(0, 2), edge(0, 1)];
    assert!(matches!(diff(&old, &new, scope)[..], [Change::Head { field: "order of edges", .. }]));
    new.edges = vec![edge(0, 1), edge(1, 2)];
    let name = |title: &str| format!("Notify[{title}]");
    assert_eq!(
        diff(&old, &new, scope),
        [
            Change::EdgeRemoved { source: name("a"), target: name("c") },
            Change::EdgeAdded { source: name("b"), target: name("c") },
        ]
    );
}

#[test]
fn tags_places_and_the_head_count_when_asked_for() {
    let old = catalog(vec![resource("Notify", "a", &[])]);
    let mut new = old.clone();
    new.resources[0].tags = vec!["b".into()].into();
    new.resources[0].line = Some(2);
    new.classes = vec!["settings".into()];
    assert_eq!(diff(&old, &new, Scope::default()), []);
    let changes = diff(&old, &new, Scope::ALL);
    assert!(matches!(changes[0], Change::Head { field: "classes", .. }), "{changes:?}");
    match &changes[1] {
        Change::Altered { alterations, .. } => assert_eq!(
            alterations[..],
            [
                Alteration::Field { field: "line", old: Value::Int(1), new: Value::Int(2) },
                Alteration::Tags { removed: vec!["a".into()], added: vec!["b".into()] },
            ]
        ),
        other => panic!("{other:?}"),
    }
}
