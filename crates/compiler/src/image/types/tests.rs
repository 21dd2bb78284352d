//! Definitions of types against what Puppet 8.11 makes of them.

use stdx::Symbol;

use crate::image::{Image, ImageOptions};

fn image(code: &str) -> Image {
    let options = ImageOptions { code: Some(code.to_owned()), ..ImageOptions::default() };
    Image::load(&options).unwrap()
}

/// The type as it prints, or what is wrong with its definition.
fn shown(image: &Image, name: &str) -> String {
    match image.named_type(Symbol::new(name)) {
        Ok(Some(ty)) => ty.to_string(),
        Ok(None) => "unknown".to_owned(),
        Err(error) => error.message().to_owned(),
    }
}

#[test]
fn aliases() {
    for (definition, observed) in [
        ("Integer", "X = Integer"),
        ("Foo", "X = TypeReference['Foo']"),
        ("Variant[X, Integer]", "X = Integer"),
        ("Variant[Integer, Array[X]]", "X = Variant[Integer, Array[X]]"),
        ("X", "Type alias 'X' cannot be resolved to a real type"),
        ("Array['a']", "The expression <X = Array['a'> is not a valid type specification."),
        (
            "Array[String,1,2,3]",
            "Invalid number of type parameters specified: Array requires 1 to 3, 4 provided",
        ),
        ("Data[1]", "Not a parameterized type <Data>"),
        ("Enum[1]", "Enum parameters must be identifiers or strings"),
        ("File['/a']", "X = File['/a']"),
        ("{attributes => {x => Integer}}", "Object[{name => 'X', attributes => {'x' => Integer}}]"),
    ] {
        let image = image(&format!("type X = {definition}"));
        // A wrong definition is as wrong the second time.
        for _ in 0..2 {
            assert_eq!(shown(&image, "X"), observed, "{definition}");
        }
    }
}

#[test]
fn types_refer_to_each_other() {
    let image = image(
        "type A = Variant[Integer, Array[B]]
         type B = Struct[{a => Optional[A]}]
         type C = Object[{parent => D, attributes => {next => Optional[C]}}]
         type D = {attributes => {x => A}}",
    );
    assert_eq!(shown(&image, "A"), "A = Variant[Integer, Array[B = Struct[{'a' => Optional[A]}]]]");
    assert_eq!(
        shown(&image, "C"),
        "Object[{name => 'C', parent => D, attributes => {'next' => {type => Optional[C], value => undef}}}]"
    );
}

#[test]
fn type_sets() {
    let image = image(
        "type T = TypeSet[{
           pcore_version => '1.0.0', version => '1.2.3',
           types => {A => Integer, B => {attributes => {x => A}}, C => Variant[A, Array[C]]}}]
         type U = TypeSet[{
           pcore_version => '1.0.0', version => '0.1.0',
           types => {D => Other::A},
           references => {Other => {name => 'T', version_range => '1.x'}}}]
         type V = TypeSet[{
           pcore_version => '1.0.0', version => '0.1.0',
           references => {Other => {name => 'T', version_range => '2.x'}}}]
         type W = TypeSet[{
           pcore_version => '1.0.0', version => '0.1.0',
           references => {Other => {name => 'Nowhere', version_range => '2.x'}}}]",
    );
    assert_eq!(
        shown(&image, "T"),
        "TypeSet[{pcore_version => '1.0.0', name_authority => 'http://puppet.com/2016.1/runtime', name => 'T', \
         version => '1.2.3', types => {A => Integer, B => Object[{attributes => {'x' => A}}], \
         C => Variant[Integer, Array[C]]}}]"
    );
    assert_eq!(shown(&image, "T::A"), "T::A = Integer");
    assert_eq!(shown(&image, "T::c"), "T::C = Variant[T::A = Integer, Array[T::C]]");
    assert_eq!(shown(&image, "T::Q"), "unknown");
    assert_eq!(shown(&image, "U::D"), "U::D = T::A = Integer");
    assert_eq!(
        shown(&image, "V"),
        "TypeSet 'V' reference to TypeSet named 'T' resolves to an incompatible version. Expected 2.x, got 1.2.3"
    );
    assert_eq!(shown(&image, "W"), "TypeSet 'W' reference to TypeSet named 'Nowhere' cannot be resolved");
}
