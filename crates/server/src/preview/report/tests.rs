//! What is kept of changes, and what is only counted.

use super::*;

fn collected(nodes: usize, bounds: Bounds) -> Collected {
    let names = (0..nodes).map(|node| format!("n{node:03}")).collect();
    let place = Path::new("/code");
    Collected { bounds, ..Collected::new(names, 2, &[(place, place)]) }
}

fn content(collected: &mut Collected, node: u32, resource: &str, value: &str) {
    let alteration =
        Alteration::Parameter { name: "content".into(), old: None, new: Some(Value::from(value)) };
    let change = Change::Altered { resource: resource.to_owned(), alterations: vec![alteration] };
    collected.add(node, Outcome::Compared(vec![change]));
}

/// Nodes, different values, nodes beyond those, examples and values that are no examples.
fn figures(group: &Group) -> [usize; 5] {
    let Group { nodes, variants, variants_not_told_apart, examples, variants_left_out, .. } = group;
    [*nodes, *variants, *variants_not_told_apart, examples.len(), *variants_left_out]
}

#[test]
fn values_are_kept_within_bounds_and_what_is_not_is_counted() {
    let bounds = Bounds { variants: 10, all_variants: 15, value_bytes: 400, bytes: 4_000 };
    let mut all = collected(40, bounds);
    // The second value is the most common one.
    (0..8).for_each(|node| content(&mut all, node, "File[/few]", if node == 0 { "a" } else { "b" }));
    (0..40).for_each(|node| content(&mut all, node, "File[/many]", &format!("value {node}")));
    (0..5).for_each(|node| content(&mut all, node, "File[/late]", &format!("value {node}")));
    content(&mut all, 0, "File[/large]", &"x".repeat(500));
    let report = all.finish();
    let found: Vec<(&str, [usize; 5])> =
        report.changes.iter().map(|group| (group.resource.as_str(), figures(group))).collect();
    assert_eq!(
        found,
        [
            ("File[/many]", [40, 10, 30, 3, 7]),
            ("File[/few]", [8, 2, 0, 2, 0]),
            // There is room for three more variants.
            ("File[/late]", [5, 3, 2, 3, 0]),
            // Each change has one, whatever its size; what is too large is not shown.
            ("File[/large]", [1, 1, 0, 0, 1]),
        ]
    );
    assert_eq!(report.changes[1].examples[0].nodes, 7);
    let json = serde_json::to_value(&report.changes[0]).unwrap();
    assert_eq!((&json["variants_left_out"], &json["variants_not_told_apart"]), (&7.into(), &30.into()));
}

#[test]
fn the_first_value_of_a_change_is_kept_as_long_as_there_is_any_room() {
    let mut all = collected(40, Bounds { bytes: 20_000, ..Bounds::default() });
    for resource in 0..4 {
        let name = format!("File[/{resource}]");
        (0..40).for_each(|node| content(&mut all, node, &name, &format!("{node}{}", "x".repeat(2_000))));
    }
    let kept = all.kept_bytes;
    assert!((10_000..=20_000).contains(&kept), "{kept}");
    let report = all.finish();
    let examples: Vec<usize> = report.changes.iter().map(|group| group.examples.len()).collect();
    assert_eq!(examples, [3, 1, 1, 1]);
    let left_out: Vec<usize> = report.changes.iter().map(|group| group.variants_left_out).collect();
    assert_eq!(left_out, [37, 39, 39, 39]);
}
