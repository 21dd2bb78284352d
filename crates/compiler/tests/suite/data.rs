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

#[test]
fn functions_that_give_data_for_want_of_a_configuration() {
    let files = [("environment.conf", "environment_data_provider = 'function'")];
    let code = "function environment::data() { { 'a' => { 'b' => 1 } } }\nnotice(lookup('a.b'))";
    let text = "Defining environment_data_provider='function' in environment.conf is deprecated. A 'hiera.yaml' file should be \
                used instead\n   (file: DIR/environment.conf)\nUsing of legacy data provider function 'environment::data'. Please \
                convert to a 'data_hash' function\n   (file & line not available)\n1";
    check(code, &files, text);
}

#[test]
fn global_data_of_version_3_know_who_asks() {
    let files = [
        ("conf/d/m/m/a.yaml", "k: by class"),
        ("conf/d/common.yaml", "k: by nobody in '%{calling_class}'"),
        ("modules/m/manifests/a.pp", "class m::a { notice(lookup('k')) }"),
    ];
    let mut site = crate::Site::new("include m::a\nclass b { notice(lookup('k')) }\ninclude b", &files);
    let folder = site.folder.path().join("conf");
    let config = format!(
        ":hierarchy: ['%{{calling_module}}/%{{calling_class_path}}', common]\n:yaml:\n  :datadir: '{}/d'\n",
        folder.display()
    );
    std::fs::write(folder.join("hiera.yaml"), config).unwrap();
    site.options.hiera_config = Some(folder.join("hiera.yaml"));
    let text = "DIR/conf/hiera.yaml: Use of 'hiera.yaml' version 3 is deprecated. It should be converted to version 5\n   \
                (file: DIR/conf/hiera.yaml)\nby class\nby nobody in 'b'";
    assert_eq!(site.says(), text);
}

#[test]
fn contexts_can_be_made_without_a_lookup() {
    let code = "$c = Puppet::LookupContext.new('m')
        $c.cache_all({ 'a' => 1, 'b' => 2 })
        $c.cache('b', 3)
        notice($c.module_name, $c.environment_name, $c.cached_value('b'), $c.cache_has_key('x'))
        $c.cached_entries |$k, $v| { notice($k, $v) }
        notice(type($c.cached_entries, generalized))
        notice($c =~ Puppet::LookupContext)";
    check(code, &[], "m production 3 false\na 1\nb 3\nIterator[Tuple[String, Integer, 2, 2]]\ntrue");
    let error = "Evaluation Error: Error while evaluating a Method call, uncaught throw :no_such_key (line: 1, column: 33) \
                 on node n1";
    check("Puppet::LookupContext.new(undef).not_found", &[], error);
    let error = "Evaluation Error: Error while evaluating a Method call, 'new_Puppet::LookupContext' parameter \
                 'module_name' expects a value of type Undef or String, got Integer (line: 1, column: 26) on node n1";
    check("Puppet::LookupContext.new(3)", &[], error);
}

#[test]
fn defaults_of_parameters_without_data_name_their_definition() {
    let missing = "Function lookup() did not find a value for the name 'k'";
    check("class c($x = lookup('k')) {}\ninclude c", &[], &format!("{missing} (line: 1) on node n1"));
    check("class c { $x = lookup('k') }\ninclude c", &[], &format!("{missing} on node n1"));
    let frame = "Evaluation Error: Error while evaluating a Resource Statement,";
    check(
        "define d(\n $x = lookup('k')\n) {}\nd { 'x': }",
        &[],
        &format!("{frame} {missing} (line: 1) (line: 4) on node n1"),
    );
    check(
        "define d { $x = lookup('k') }\n\nd { 'x': }",
        &[],
        &format!("{frame} {missing} (line: 3) on node n1"),
    );
}

/// Each way to ask for a key, and some that ask for none.
const ASKING: &str = r#"
include m
class { 'm::two': explicit => 2 }
lookup('greeting')
lookup('whole')
lookup(['none1', 'list', 'unreached'])
lookup('overridden', {override => {'overridden' => 1}})
lookup('defaulted', {default_values_hash => {'defaulted' => 1}})
lookup('absent', {default_value => 1})
lookup('absent', {default_value => 1})
lookup('lookup_options', {default_value => 1})
lookup('lookup_options.x', {default_value => 1})
lookup('inner.deep')
lookup('list.0')
lookup('conv')
lookup('asks')
hiera('inner2')
hiera_array('list')
hiera('old_absent', 3)
lookup('"quoted.key"', {default_value => 1})
lookup('::m::given', {default_value => 1})
"#;

#[test]
fn the_keys_that_are_noted_are_those_that_puppet_notes() {
    let files = [
        (
            "hiera.yaml",
            "{version: 5, hierarchy: [{name: c, path: common.yaml}, {name: x, path: '%{facts.nothing}.yaml'}, \
             {name: f, lookup_key: 'm::backend'}]}",
        ),
        (
            "data/common.yaml",
            "greeting: \"hello %{lookup('inner.deep')} %{hiera('inner2')}\"\nwhole: \"%{alias('list')}\"\n\
             inner: {deep: x}\ninner2: y\nlist: [1]\nm::given: 1\nconv: '7'\n\
             lookup_options:\n  list: {merge: unique}\n  conv: {convert_to: Integer}\n",
        ),
        ("modules/m/hiera.yaml", "{version: 5, hierarchy: [{name: common, path: common.yaml}]}"),
        ("modules/m/data/common.yaml", "m::own: 3"),
        (
            "modules/m/manifests/init.pp",
            "class m($given, $own, $default = 5, $explicit = 1) { }",
        ),
        ("modules/m/manifests/two.pp", "class m::two($explicit = 1) { }"),
        (
            "modules/m/functions/backend.pp",
            "function m::backend($key, $options, $context) {
               if $key == 'asks' { lookup('asked_by_backend', {default_value => 1}) } else { $context.not_found }
             }",
        ),
    ];
    let mut site = crate::Site::new(ASKING, &files);
    assert_eq!(site.compile().unwrap().lookups, None);
    site.options.track_lookups = true;
    let noted = site.compile().unwrap().lookups.unwrap();
    let noted: Vec<&str> = noted.iter().map(|key| key.as_str()).collect();
    let observed = "\"quoted.key\"|::m::given|absent|asked_by_backend|asks|conv|defaulted|greeting|inner.deep|inner2|list|\
                    list.0|m::default|m::explicit|m::given|m::own|none1|old_absent|whole";
    assert_eq!(noted.join("|"), observed);
}
