//! What ends up in the catalog: overrides, defaults, parameters without a value.

use crate::{Site, check, parameters};

#[test]
fn overrides_of_collectors_bring_the_defaults_of_their_scope() {
    let code = "define d($x = 'own', $y = 'own') { notice($x, $y) }\nD <| |> { y => 'given' }\nd { 'a': }\nD { x => 'later' }";
    check(code, &[], "later given");
    let code = "File <| |> { owner => 'o' }\nfile { '/a': }\nFile { mode => '0600' }";
    assert_eq!(parameters(code, "File[/a]"), r#"{"owner":"o","mode":"0600"}"#);
}

#[test]
fn an_override_that_waits_is_for_an_exact_title() {
    let code = "class b { File['/tmp/x'] { mode => '0600' } }\ninclude b\nfile { '/tmp/x/': }";
    check(code, &[], "Could not find resource(s) File[/tmp/x] for overriding on node n1");
}

#[test]
fn created_resources_keep_parameters_that_are_undef() {
    check("define d($x) { notice(\"<${x}>\") }\ncreate_resources('d', {'a' => {'x' => undef}})", &[], "<>");
    let error = "Evaluation Error: Error while evaluating a Resource Statement, D[c]: parameter 'x' expects an Integer \
                 value, got Undef (file: unknown, line: 2) on node n1";
    check("define d(Integer $x) {}\ncreate_resources('d', {'c' => {'x' => undef}})", &[], error);
    let code = "Notify { message => 'default' }\ncreate_resources('notify', {'a' => {'message' => undef}})";
    assert_eq!(parameters(code, "Notify[a]"), "null");
    let error =
        "no parameter named 'nope' (file: unknown, line: 1) on Notify[a] (file: unknown, line: 1) on node n1";
    check("create_resources('notify', {'a' => {'nope' => undef}})", &[], error);
}

#[test]
fn a_created_title_need_not_be_a_string() {
    let code =
        "define d($a = 1) { notice($title =~ Integer, $name =~ Integer) }\ncreate_resources('d', {80 => {}})";
    check(code, &[], "true true");
    assert_eq!(parameters(code, "D[80]"), r#"{"name":"80","a":1}"#);
    let created = |code: &str, reference: &str| parameters(code, reference);
    assert_eq!(created("create_resources('user', {80 => {}})", "User[80]"), r#"{"name":"80"}"#);
    assert_eq!(
        created("create_resources('file', {80 => {mode => '1'}})", "File[80]"),
        r#"{"path":"80","mode":"1"}"#
    );
    assert_eq!(created("create_resources('notify', {80 => {name => 'x'}})", "Notify[80]"), r#"{"name":"x"}"#);
    assert_eq!(created("create_resources('notify', {'80' => {}})", "Notify[80]"), "null");
    let code = "create_resources('notify', {80 => {}})\nNotify <| title == '80' |> { message => 's' }\nNotify <| title == 80 |> { message => 'm' }";
    assert_eq!(created(code, "Notify[80]"), r#"{"name":"80","message":"m"}"#);
    let error = "Evaluation Error: Error while evaluating a Function Call, No title provided and :notify is not a valid \
                 resource reference (line: 1, column: 1) on node n1";
    check("create_resources('notify', {undef => {}})", &[], error);
    let error = "Evaluation Error: Error while evaluating a Function Call, No title provided and \"d\" is not a valid \
                 resource reference (line: 2, column: 1) on node n1";
    check("define d() {}\ncreate_resources('d', {false => {}})", &[], error);
}

#[test]
fn code_outside_of_modules_has_a_module_without_a_name() {
    let seen = "notice(\"${title} <${module_name}> ${$caller_module_name =~ Undef}\")";
    check(&format!("define d() {{ {seen} }}\nd {{ 'a': }}"), &[], "a <> false");
    check(&format!("class c() {{ {seen} }}\ninclude c"), &[], "c <> false");
    check(&format!("node default {{ {seen} }}"), &[], "default <> false");
    check(seen, &[], "main <> true");
}

#[test]
fn classes_cannot_be_created_virtual() {
    for at in ["@", "@@"] {
        let code = format!("class c {{}}\ncreate_resources('{at}class', {{'c' => {{}}}})");
        check(
            &code,
            &[],
            "Evaluation Error: Classes are not virtualizable (file: unknown, line: 2) on node n1",
        );
    }
}

#[test]
fn scripts_have_no_catalog() {
    for (call, operation) in [
        ("include(bar)", "include"),
        ("contain(bar)", "contain"),
        ("require(bar)", "require"),
        ("realize([])", "realize"),
        ("tag('x')", "tag"),
        ("tagged('x')", "tagged"),
        ("create_resources('class', {'bar' => {}})", "create_resources"),
    ] {
        let mut site = Site::new(call, &[]);
        site.options.tasks = true;
        let error = format!(
            "The catalog operation '{operation}' is only available when compiling a catalog (file: unknown, line: 1) \
             on node n1"
        );
        assert_eq!(site.says(), error);
    }
}

#[test]
fn a_circle_of_inheritance_is_an_error() {
    let site =
        Site::new("class a inherits b {}\nclass b inherits c {}\nclass c inherits a {}\ninclude a", &[]);
    let error = site.says();
    assert!(error.contains("stack level too deep: class "), "{error}");
    let site = Site::new("class a inherits a {}\ninclude a", &[]);
    assert!(!site.says().is_empty());
}

#[test]
fn references_given_as_attributes_show_without_quotes() {
    let code = "define d($p, $q = Class['c::d']) { notice(\"${p} ${q}\", type($p), $p =~ Type[File], $p == File['/a']) }
        class c::d {} include c::d
        file { '/a': }
        d { 'x': p => [File['/a']][0] }
        notice(File['/a'], sprintf('%s', File['/a']))";
    check(code, &[], "File['/a'] File[/a]\nFile[/a] Class[C::D] Type[File['/a']] true false");
    let error = "Evaluation Error: Error while evaluating a '=>' expression, No title provided and \"class\" is not a \
                 valid resource reference (line: 1, column: 15) on node n1";
    check("notify { 'a': message => Class }", &[], error);
    let error = "No set of title patterns matched the title \"\". on node n1";
    check("notify { 'a': message => [File] }", &[], error);
    assert_eq!(parameters("notify { 'a': message => Exec }", "Notify[a]"), r#"{"message":"Exec[]"}"#);
}

#[test]
fn an_arrow_from_an_empty_collector_names_what_stands_in_for_it() {
    let error = "Could not find resource 'Notify['x']' for relationship on 'Notify[x]' on node n1";
    check("Notify['x'] <~ File <| title == 'none' |>", &[], error);
}

#[test]
fn a_list_that_several_resources_were_given_grows_for_all() {
    let code = "notify { ['a', 'b']: before => [] }\nnotify { 'c': }\nNotify['a'] -> Notify['c']";
    assert_eq!(parameters(code, "Notify[b]"), r#"{"before":["Notify[c]"]}"#);
    let code = "$l = []\nnotify { 'a': before => $l }\nnotify { 'b': before => $l }\nnotify { 'c': }\nNotify['a'] -> Notify['c']";
    assert_eq!(parameters(code, "Notify[b]"), r#"{"before":[]}"#);
}

#[test]
fn a_collector_with_overrides_gives_the_right_to_classes_that_inherit() {
    let code = "class b { notify { 'n': } }
        class c { Exec <| |> { tag => 'x' } exec { '/e': } }
        class d inherits c { Notify['n'] { message => 'm' } }
        include d
        include b";
    assert_eq!(parameters(code, "Notify[n]"), r#"{"message":"m"}"#);
}

#[test]
fn queries_hold_plain_values_only() {
    let error = "Evaluation Error: Error while evaluating a Virtual Query, Cannot transform object of class \
                 Puppet::Pops::Model::LiteralList (line: 1, column: 1) on node n1";
    check("Notify <| message == ['a'] |>", &[], error);
    check("realize(Class['a::b'])", &[], "Failed to realize virtual resources Class[A::B] on node n1");
}

#[test]
fn an_alias_of_a_title_with_a_bracket_is_no_alias_of_the_type() {
    let code =
        "notify { '[z]': alias => 'al' }\nnotify { 'b': alias => 'al' }\nnotice(defined(Notify['al']))";
    check(code, &[], "true");
}

#[test]
fn titles_that_functions_give_as_numbers() {
    let define = "define d($p = 1) { notice(type($name), $name == $title, tagged('5000')) }\n";
    check(&format!("{define}create_resources('d', {{5000 => {{}}}})"), &[], "Integer[5000, 5000] true false");
    let code = format!("{define}create_resources('d', {{5000 => {{}}}})");
    assert_eq!(parameters(&code, "D[5000]"), r#"{"name":"5000","p":1}"#);
    assert_eq!(parameters("create_resources('notify', {5000 => {}})", "Notify[5000]"), r#"{"name":"5000"}"#);
}

#[test]
fn names_of_parameters_lose_their_capitals() {
    let define = "define d($aB = 1, $ab = 2) {}\n";
    let of = |parameters: &str| crate::parameters(&format!("{define}d {{ 'x': {parameters} }}"), "D[x]");
    assert_eq!(of("aB => 3"), r#"{"ab":2}"#);
    assert_eq!(of("ab => 4, aB => 5"), r#"{"ab":5}"#);
    let class = "class c($xY = 1) { notice($xY) }\ninclude c";
    assert_eq!(crate::parameters(class, "Class[C]"), r#"{"xy":1}"#);
}
