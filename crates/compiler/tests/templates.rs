//! ERB templates of modules in a compile.

#![allow(missing_docs, clippy::unwrap_used)]

use std::fs;

use compiler::world::Quiet;
use compiler::{Compilation, Image, ImageOptions, NodeInput, compile};
use pcore::{Hash, Value};

/// Compiles code that uses a module `m` with these templates.
fn compiled(code: &str, templates: &[(&str, &str)]) -> Result<Compilation, String> {
    let modules = tempfile::tempdir().unwrap();
    let folder = modules.path().join("m/templates");
    fs::create_dir_all(&folder).unwrap();
    for (name, text) in templates {
        fs::write(folder.join(name), text).unwrap();
    }
    let options = ImageOptions {
        modulepath: vec![modules.path().to_owned()],
        code: Some(code.to_owned()),
        ..ImageOptions::default()
    };
    let image = Image::load(&options).unwrap();
    let facts = Hash::from_iter([("hostname", "web01"), ("os", "Debian")]);
    let node = NodeInput { certname: "web01".into(), facts: facts.into(), ..NodeInput::default() };
    let folder = modules.path().to_string_lossy().into_owned();
    compile(&image, &Quiet::default(), &node).map_err(|error| error.message.replace(&folder, "MODULES"))
}

/// The messages of all notifies.
fn messages(code: &str, templates: &[(&str, &str)]) -> Result<Vec<Value>, String> {
    let catalog = compiled(code, templates)?.catalog;
    let notifies = catalog.resources.iter().filter(|resource| &*resource.type_name == "Notify");
    let messages =
        notifies.flat_map(|notify| &notify.parameters).filter(|(name, _)| name.as_str() == "message");
    Ok(messages.map(|(_, value)| value.clone()).collect())
}

fn texts(code: &str, templates: &[(&str, &str)]) -> Vec<String> {
    messages(code, templates).unwrap().iter().map(pcore::format::to_s).collect()
}

#[test]
fn a_template_sees_the_variables_of_its_caller() {
    let code = "
        $top = 'top'
        class base { $both = 'base'  $only_base = 1 }
        class derived inherits base {
          $both = 'derived'
          $gone = undef
          notify { 'a': message => template('m/a.erb', 'm/b.erb') }
        }
        include derived";
    let a = "<%= [@top, @both, @only_base, @gone, @hostname, @missing].inspect %>\n";
    let b = "<%= scope['base::both'] %> <%= scope.lookupvar('::top') %> <%= @title %> <%= has_variable?('gone') %>";
    assert_eq!(
        texts(code, &[("a.erb", a), ("b.erb", b)]),
        ["[\"top\", \"derived\", 1, nil, \"web01\", nil]\nbase top derived false"]
    );
}

#[test]
fn blocks_have_their_own_variables() {
    let code = "
        $x = 'outer'
        [1, 2].each |$n| { $y = $n * 2  notify { \"n${n}\": message => inline_template('<%= @n %>-<%= @y %>-<%= @x %>') } }";
    assert_eq!(texts(code, &[]), ["1-2-outer", "2-4-outer"]);
}

#[test]
fn templates_call_functions_and_each_other() {
    let code = "notify { 'a': message => template('m/outer.erb') }";
    let outer =
        "<%= scope.function_template(['m/inner.erb']) -%>\n<%= scope.call_function('join', [[1, 2], '+']) %>";
    assert_eq!(
        texts(code, &[("outer.erb", outer), ("inner.erb", "in <%= @hostname %>\n")]),
        ["in web01\n1+2"]
    );
}

#[test]
fn the_older_versioncmp_takes_what_can_be_scanned() {
    let code = "notify { 'a': message => template('m/a.erb') }";
    let said =
        |call: &str| format!("<%= begin; {call}; rescue => e; \"#{{e.class}} #{{e.message}}\"; end %>");
    let template = [
        said("scope.function_versioncmp(['1.10', '1.9'])"),
        said("scope.function_versioncmp([1, '1.9'])"),
        said("scope.function_versioncmp(['1', nil])"),
        said("scope.function_versioncmp(['1', '1', true])"),
    ];
    assert_eq!(
        texts(code, &[("a.erb", &template.join("\n"))]),
        ["1\nNoMethodError undefined method `scan' for 1:Integer\n\
          NoMethodError undefined method `scan' for nil:NilClass\n\
          ArgumentError versioncmp(): Wrong number of arguments given (3 for 2)"]
    );
}

#[test]
fn what_a_template_changes_later_templates_see() {
    let code = "
        $shared = {}
        $text = template('m/set.erb')
        notify { 'a': message => \"${text}${template('m/get.erb')}\" }
        notify { 'b': message => $shared }";
    let set = "<% scope['shared'][:item] = [1] -%>\n<% @shared[:item] << 2 -%>\n";
    assert_eq!(
        texts(code, &[("set.erb", set), ("get.erb", "<%= @shared[:item].inspect %>")]),
        ["[1, 2]", "{item => [1, 2]}"]
    );
}

#[test]
fn reads_of_facts_and_files_are_recorded() {
    let code = "notify { 'a': message => template('m/a.erb') }";
    let reads =
        compiled(code, &[("a.erb", "<%= @hostname %><%= @missing %><%= @os if false %>")]).unwrap().reads;
    let facts: Vec<String> =
        reads.facts.iter().map(|path| path.names().collect::<Vec<_>>().join(".")).collect();
    assert_eq!(facts, ["hostname", "missing"]);
    assert!(reads.files.iter().any(|(file, _)| file.ends_with("m/templates/a.erb")));
}

#[test]
fn errors_name_template_line_and_cause() {
    let code = "notify { 'a': message => template('m/a.erb') }";
    let failure = |template: &str| messages(code, &[("a.erb", template)]).unwrap_err();
    insta::assert_snapshot!(failure("one\n<%= @missing.upcase %>\n"), @r"
    Evaluation Error: Error while evaluating a Function Call, Failed to parse template m/a.erb:
      Filepath: MODULES/m/templates/a.erb
      Line: 2
      Detail: undefined method `upcase' for nil:NilClass
     (line: 1, column: 26) on node web01
    ");
    insta::assert_snapshot!(failure("<%= scope['nope::x'] %>"), @r"
    Evaluation Error: Error while evaluating a Function Call, Failed to parse template m/a.erb:
      Filepath: MODULES/m/templates/a.erb
      Line: 1
      Detail: Undefined variable 'nope::x'; class nope could not be found
     (line: 1, column: 26) on node web01
    ");
    insta::assert_snapshot!(failure("\n\n<% `ls` %>"), @r"
    Evaluation Error: Error while evaluating a Function Call, Failed to parse template m/a.erb:
      Filepath: MODULES/m/templates/a.erb
      Line: 3
      Detail: running a command with backquotes is not supported by the native interpreter, and there is no Ruby here to run it; install one, or name one as interpreter under [ruby] in bunraku.toml
     (line: 1, column: 26) on node web01
    ");
    insta::assert_snapshot!(
        messages("notify { 'a': message => inline_template('<%= nil + 1 %>') }", &[]).unwrap_err(),
        @"Evaluation Error: Error while evaluating a Function Call, Failed to parse inline template: undefined method `+' for nil:NilClass (line: 1, column: 26) on node web01"
    );
    insta::assert_snapshot!(
        messages("notify { 'a': message => template('m/none.erb') }", &[]).unwrap_err(),
        @"Evaluation Error: Error while evaluating a Function Call, Could not find template 'm/none.erb' (line: 1, column: 26) on node web01"
    );
}

#[test]
fn types_have_their_own_classes() {
    let found = texts(
        "$t = Integer[1, 5]
         $r = File['/x']
         $a = Array[String]
         notify { 'a': message => inline_template('<%= [@t.class, @t.name, @t.is_a?(Puppet::Pops::Types::PScalarType), @t.is_a?(String), @r.title].join(\" \") %>') }
         notify { 'b': message => inline_template('<%= case @a when Puppet::Pops::Types::PStringType then 1 when Puppet::Pops::Types::PCollectionType then 2 end %>') }",
        &[],
    );
    assert_eq!(found, ["Puppet::Pops::Types::PIntegerType Integer true false /x", "2"]);
}

#[test]
fn secrets_stay_secret_unless_unwrapped() {
    let code = "$secret = Sensitive('hidden')
        notify { 'a': message => inline_template('<%= @secret %> <%= [@secret].inspect %> <%= @secret.unwrap %>') }";
    assert_eq!(texts(code, &[]), ["Sensitive [value redacted] [#<Sensitive [value redacted]>] hidden"]);
}

#[test]
fn what_a_template_changes_in_place_is_in_the_catalog() {
    let code =
        "define d(Array $list, Hash $map) { $text = inline_template('<% @list << 2; @map[\"k\"] << 3 %>') }
        d { 'x': list => [1], map => { 'k' => [], 'l' => ['l'] } }";
    let catalog = compiled(code, &[]).unwrap().catalog;
    let resource = catalog.resources.iter().find(|resource| &*resource.title == "x").unwrap();
    assert_eq!(pcore::json::to_string(resource.parameter("list").unwrap()), "[1,2]");
    assert_eq!(pcore::json::to_string(resource.parameter("map").unwrap()), r#"{"k":[3],"l":["l"]}"#);
}
