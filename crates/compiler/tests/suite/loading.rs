//! When definitions become known, and which of two wins.

use crate::check;

#[test]
fn types_of_parameters_are_read_with_the_manifest() {
    check(
        "class a(Foo $x) {}",
        &[],
        "Evaluation Error: Resource type not found: Foo (line: 1, column: 9) on node n1",
    );
    // What stands behind is not known yet, be it an alias or a define.
    for later in ["type Foo = Integer", "define foo() {}"] {
        let code = format!("class a(Foo $x) {{}}\n{later}");
        check(&code, &[], "Evaluation Error: Resource type not found: Foo (line: 1, column: 9) on node n1");
    }
    let module = [("modules/m/manifests/init.pp", "class m {}\ndefine m::unused(M::No $x) {}")];
    let error = "Evaluation Error: Resource type not found: M::No \
                 (file: DIR/modules/m/manifests/init.pp, line: 2, column: 18) on node n1";
    check("include m", &module, error);
    check(
        "class a {} class a {}\nclass b(Foo $x) {}",
        &[],
        "Evaluation Error: Resource type not found: Foo (line: 2, column: 9) on node n1",
    );
}

#[test]
fn functions_and_types_of_a_module_manifest_are_known_once_it_is_loaded() {
    let module = [(
        "modules/m/manifests/init.pp",
        "class m {}\nfunction m_plain() { 1 }\nfunction m::own() { 2 }\ntype M::One = Integer[1, 1]",
    )];
    check("include m\nnotice(m_plain(), m::own(), 1 =~ M::One)", &module, "1 2 true");
    check(
        "m_plain()",
        &module,
        "Evaluation Error: Unknown function: 'm_plain'. (line: 1, column: 1) on node n1",
    );
    // A type is looked for among classes and defines first, which loads the manifest.
    check("notice(1 =~ M::One)", &module, "true");
}

#[test]
fn functions_of_the_site_stand_in_for_built_in_ones() {
    check("function max($x) { 'mine' }\nnotice(max(1))", &[], "mine");
    let module = [("modules/m/functions/f.pp", "function m::f() { 'theirs' }")];
    check("function m::f() { 'mine' }\nnotice(m::f())", &module, "mine");
}

#[test]
fn nothing_is_defined_twice() {
    let redefined = |what: &str, origin: &str| {
        format!("Attempt to redefine entity 'http://puppet.com/2016.1/runtime/{what}'. {origin} on node n1")
    };
    for (code, what, origin) in [
        ("function a() { 1 }\nfunction a() { 2 }", "function/a", "Originally set at string:?line=1&pos=1."),
        ("type Aa = String\ntype Aa = String", "type/aa", "Originally set at string:?line=1&pos=6."),
        ("type String = Integer", "type/string", "Originally set by Puppet-Type-System/Static-Loader."),
        ("type File = Integer", "type/file", "Set at unknown location"),
        (" define foo() {}\ntype Foo = Integer", "type/foo", "Originally set at string:?line=1&pos=2."),
    ] {
        check(code, &[], &redefined(what, origin));
    }
    check("type Foo = Integer\ndefine foo() {}\nnotice(1 =~ Foo)", &[], "true");
    let module =
        [("modules/m/manifests/init.pp", "class m {}\nfunction m::f() { 1 }\nfunction m::f() { 2 }")];
    let error = "Evaluation Error: Error while evaluating a Function Call, Attempt to redefine entity \
                 'http://puppet.com/2016.1/runtime/function/m::f'. Originally set at \
                 file://DIR/modules/m/manifests/init.pp?line=2&pos=1. (line: 1, column: 1) on node n1";
    check("include m", &module, error);
}

#[test]
fn types_in_a_circle_are_an_error_where_they_are_used() {
    let code = "type Foo = Bar\ntype Fee = Foo\ntype Bar = Variant[Fee, Foo]\nnotice(0 =~ Bar)";
    let error = "Evaluation Error: Error while evaluating a Type-Name, Type alias 'Bar' cannot be resolved to a real \
                 type (line: 4, column: 13) on node n1";
    check(code, &[], error);
}

#[test]
fn a_node_pattern_may_match_the_default() {
    check("node /a.*(l)t/ { notice(\"${0} ${1}\") }", &[], "ault l");
}

#[test]
fn types_of_parameters_are_expressions() {
    check("class a(Integer[size('abc')] $x = 3) { notice($x) }\ninclude a", &[], "3");
    let error = "Evaluation Error: Error while evaluating a Function Call, Class[A]: parameter 'x' expects an \
                 Integer[2] value, got Integer[1, 1] (line: 2, column: 1) on node n1";
    check("class a(Integer[1 + 1] $x = 1) {}\ninclude a", &[], error);
    let error = "Evaluation Error: Error while evaluating a Type-Name, The expression <1+1> is not a valid type \
                 specification. (line: 2, column: 13) on node n1";
    check("type A = Integer[1+1]\nnotice(2 =~ A)", &[], error);
}

#[test]
fn a_type_of_a_set_has_one_parent() {
    let code = "type S = TypeSet[{
          pcore_version => '1.0.0',
          types => { A => {}, B => A { parent => A } }
        }]
        notice(S =~ Type)";
    check(code, &[], "The key 'parent' is declared more than once (line: 3, column: 36) on node n1");
}
