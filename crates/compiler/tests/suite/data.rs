//! Data: Hiera from within a compile.

use crate::check;

#[test]
fn the_declared_type_of_a_data_function_must_be_data() {
    let files = [
        ("hiera.yaml", "{version: 5, hierarchy: [{name: f, lookup_key: m::f}]}"),
        ("modules/m/functions/f.pp", "function m::f($k, $o, $c) >> Runtime { $c.not_found() }"),
    ];
    let error = "Return type of 'lookup_key' function named 'm::f' is incorrect, expects a RichData value, got \
                 Runtime on node n1";
    check("lookup('a')", &files, error);
}

#[test]
fn an_old_configuration_is_reported_with_its_file() {
    let files = [
        ("hiera.yaml", "version: 4\nhierarchy:\n  - {name: common, backend: yaml}\n"),
        ("data/common.yaml", "a: 1"),
    ];
    let text = "DIR/hiera.yaml: Use of 'hiera.yaml' version 4 is deprecated. It should be converted to version 5\n   \
                (file: DIR/hiera.yaml)\n1";
    check("notice(lookup('a'))", &files, text);
}
