//! Collectors over many resources, which are found by index, collect what they would by looking at each.

#![allow(missing_docs, clippy::unwrap_used)]

use std::collections::BTreeSet;

use compiler::world::Quiet;
use compiler::{Image, ImageOptions, NodeInput, compile};

/// Titles of the notifies in the catalog of some code.
fn notifies(code: &str) -> BTreeSet<String> {
    let options = ImageOptions { code: Some(code.to_owned()), ..ImageOptions::default() };
    let image = Image::load(&options).unwrap();
    let node = NodeInput { certname: "node.example.com".into(), ..NodeInput::default() };
    let compiled =
        compile(&image, &Quiet::default(), &node).unwrap_or_else(|error| panic!("{}", error.message));
    let resources = compiled.catalog.resources.iter().filter(|resource| &*resource.type_name == "Notify");
    resources.map(|resource| resource.title.to_string()).collect()
}

/// Resources enough for an index.
const MANY: usize = 200;
/// Conditions enough for one to be made; they collect nothing.
const CONDITIONS: usize = 8;

/// Conditions that nothing fits, before and after some code, so that it runs with an index of that kind.
fn among(condition: impl Fn(usize) -> String, code: &str) -> String {
    let none: String = (0..CONDITIONS).map(|at| format!("Notify<| {} |>\n", condition(at))).collect();
    format!("{none}{code}\n{none}")
}

fn titles(numbers: impl IntoIterator<Item = usize>) -> BTreeSet<String> {
    numbers.into_iter().map(|number| format!("n{number}")).collect()
}

#[test]
fn by_tag_of_their_own_and_of_what_contains_them() {
    let code = among(
        |at| format!("tag == 'none{at}'"),
        "class holder { Integer[0, 9].each |$i| { @notify { \"n${i}\": } } }
         include holder
         Notify<| tag == 'Holder' |>
         Notify<| tag == 't15' or tag == 't16' or tag == 't17' |>
         Notify<| tag == 't18' and message == 'm18' |>
         Notify<| tag == 't19' and message == 'm18' |>",
    );
    let many = format!(
        "Integer[10, {MANY}].each |$i| {{ @notify {{ \"n${{i}}\": message => \"m${{i}}\", tag => \"t${{i}}\" }} }}\n"
    );
    assert_eq!(notifies(&(many + &code)), titles((0..10).chain(15..19)));
}

#[test]
fn a_tag_that_a_collector_gives_is_seen_by_others() {
    let code = among(
        |at| format!("tag == 'none{at}'"),
        "Notify<| tag == 't3' |> { tag +> 'late' }
         Notify<| tag == 'late' and message == 'm3' |> { message => 'changed' }
         Notify<| message == 'changed' |> { tag +> 'last' }",
    );
    let many = format!(
        "Integer[0, {MANY}].each |$i| {{ @notify {{ \"n${{i}}\": message => \"m${{i}}\", tag => \"t${{i}}\" }} }}\n\
         Integer[0, {MANY}].each |$i| {{ @notify {{ \"x${{i}}\": tag => 'other' }} }}\n"
    );
    assert_eq!(notifies(&(many + &code)), titles([3]));
}

#[test]
fn by_text_in_an_attribute_without_case_and_in_arrays() {
    let code = among(
        |at| format!("message == 'none{at}'"),
        "Notify<| message == 'M7' |>
         Notify<| message == 'listed8' |>
         Notify<| title == 'N9' or message == 'm10' |>
         Notify<| message != 'm11' and title == 'n11' |>",
    );
    let many = format!(
        "Integer[0, {MANY}].each |$i| {{ @notify {{ \"n${{i}}\": message => $i ? {{ 8 => ['x', 'Listed8'], default => \"m${{i}}\" }} }} }}\n"
    );
    assert_eq!(notifies(&(many + &code)), titles(7..11));
}

#[test]
fn what_defines_declare_later_is_found_too() {
    let code = among(
        |at| format!("tag == 'none{at}'"),
        "define thing() { @notify { $title: tag => 'inner' } }
         Integer[0, 49].each |$i| { thing { \"n${i}\": } }
         Notify<| tag == 'inner' |>",
    );
    let many = format!("Integer[0, {MANY}].each |$i| {{ @notify {{ \"other${{i}}\": }} }}\n");
    assert_eq!(notifies(&(many + &code)), titles(0..50));
}

#[test]
fn by_numbers_and_flags_whatever_their_kind() {
    let code = among(
        |at| format!("message == {}", 1_000_000 + at),
        "Notify<| message == 7 |>
         Notify<| message == 8.0 |>
         Notify<| message == '9' |>
         Notify<| message == true |>
         Notify<| message == 250 |>",
    );
    let many = format!(
        "Integer[0, {MANY}].each |$i| {{ @notify {{ \"n${{i}}\": message => $i ? {{ 9 => '9', 10 => true, 11 => [1, 250], default => $i }} }} }}\n"
    );
    assert_eq!(notifies(&(many + &code)), titles(7..12));
}

#[test]
fn by_the_rarer_of_two_tags() {
    let code = among(
        |at| format!("tag == 'none{at}'"),
        "Notify<| tag == 'all' and tag == 't5' |>
         Notify<| tag == 't6' and (tag == 'all' or tag == 'none') |>
         Notify<| tag == 'all' and tag == 'none' |>",
    );
    let many = format!(
        "Integer[0, {MANY}].each |$i| {{ @notify {{ \"n${{i}}\": tag => ['all', \"t${{i}}\"] }} }}\n"
    );
    assert_eq!(notifies(&(many + &code)), titles(5..7));
}

#[test]
fn a_container_that_is_tagged_late_is_seen() {
    let code = among(
        |at| format!("tag == 'none{at}'"),
        "define holder() { @notify { $title: } }
         holder { 'n3': }
         Holder<| title == 'n3' |> { tag +> 'marked' }
         Notify<| tag == 'marked' |>",
    );
    let many = format!("Integer[10, {MANY}].each |$i| {{ @notify {{ \"n${{i}}\": }} }}\n");
    assert_eq!(notifies(&(many + &code)), titles([3]));
}
