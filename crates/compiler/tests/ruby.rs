//! Functions of modules in Ruby that are not native, run by real workers: both interfaces, Hiera backends, errors.

#![allow(clippy::unwrap_used, clippy::print_stderr, reason = "a test that cannot go on may stop")]

use std::os::unix::fs::PermissionsExt as _;
use std::path::PathBuf;
use std::sync::Arc;
use std::time::Duration;

use compiler::world::Quiet;
use compiler::{Image, ImageOptions, Level, NodeInput, compile};
use pcore::Hash;

const FILES: &[(&str, &str)] = &[
    (
        "lib/puppet/functions/m/twice.rb",
        "require 'puppet_x/helper'
         Puppet::Functions.create_function(:'m::twice') do
           dispatch :text do
             param 'String[1]', :text
           end
           dispatch :each_item do
             param 'Array[Integer]', :items
             block_param 'Callable[1,1]', :block
           end
           dispatch :scoped do
             scope_param
             param 'Enum[scope]', :what
             optional_param 'M::Small', :number
           end
           def text(text) = PuppetX::Helper.double(text)
           def each_item(items) = items.map { |item| yield(item) }
           def scoped(scope, what, number = nil)
             [scope['facts']['kernel'], call_function('upcase', 'x'), number, scope.resource.type, scope.resource.title]
           end
         end",
    ),
    ("lib/puppet_x/helper.rb", "module PuppetX\n  module Helper\n    def self.double(text) = text * 2\n  end\nend\n"),
    (
        "templates/strange.erb",
        // A class of one's own is nothing that the native interpreter knows.
        "<%- Pair = Struct.new(:a, :b) { def sum = a + b } -%>\n<%= Pair.new(@one, scope['m::two']).sum %> <%= @facts['kernel'] %> \
         <%= scope.function_upcase(['x']) %> <%= @none.inspect %> <%= has_variable?('one') %> <%= file.end_with?('strange.erb') %>\n",
    ),
    ("templates/raises.erb", "<%-\nRaiser = Class.new { def go = raise('no luck') } -%>\n\n<%= Raiser.new.go %>\n"),
    ("templates/changes.erb", "<%- Other = Class.new -%><%- @list << 4 -%>\n"),
    ("manifests/init.pp", "class m { $one = 1\n $two = 2\n notify { template('m/strange.erb'): } }"),
    ("types/small.pp", "type M::Small = Integer[0, 9]"),
    (
        "lib/puppet/parser/functions/old.rb",
        "module Puppet::Parser::Functions
           newfunction(:old, type: :rvalue, arity: -2) do |args|
             raise Puppet::ParseError, 'old(): not this' if args[0] == 'bad'
             warning('careful') if args[0] == 'warn'
             \"#{args.inspect} #{lookupvar('top')} #{function_downcase(['ABC'])}\"
           end
         end",
    ),
    (
        "lib/puppet/functions/m/backend.rb",
        "Puppet::Functions.create_function(:'m::backend') do
           dispatch(:find) { param 'String[1]', :key; param 'Hash', :options; param 'Puppet::LookupContext', :context }
           def find(key, options, context)
             return context.interpolate(\"%{facts.kernel} by #{options['who']}\") if key == 'by_ruby'
             context.not_found
           end
         end",
    ),
];

/// Resources `Notify[...]` of a manifest by title, or the error; nothing without a Ruby, where that is allowed.
fn notices(manifest: &str) -> Option<Result<Vec<String>, String>> {
    notices_with(manifest, &[])
}

/// The same with other files of the environment; `DIR` in them is its folder, and `global.yaml` the global hiera.yaml.
fn notices_with(manifest: &str, files: &[(&str, &str)]) -> Option<Result<Vec<String>, String>> {
    let mode = std::env::var("BUNRAKU_TEST_PEERS").unwrap_or_default();
    let ruby = if mode == "none" { None } else { foreign::find_ruby() };
    let Some(ruby) = ruby else {
        assert_ne!(mode, "all", "ruby is missing");
        eprintln!("left out, since there is no ruby");
        return None;
    };
    let folder = tempfile::tempdir().unwrap();
    // Workers have no rights of their own.
    std::fs::set_permissions(folder.path(), std::fs::Permissions::from_mode(0o755)).unwrap();
    let write = |path: PathBuf, text: &str| {
        std::fs::create_dir_all(path.parent().unwrap()).unwrap();
        std::fs::write(path, text).unwrap();
    };
    for (path, text) in FILES {
        write(folder.path().join("modules/m").join(path), text);
    }
    write(folder.path().join("manifests/site.pp"), manifest);
    write(
        folder.path().join("hiera.yaml"),
        "version: 5\nhierarchy:\n  - name: ruby\n    lookup_key: m::backend\n    options: { who: me }\n  - name: yaml\n    path: common.yaml\n",
    );
    write(folder.path().join("data/common.yaml"), "by_yaml: 1\n");
    for (path, text) in files {
        write(folder.path().join(path), &text.replace("DIR", &folder.path().to_string_lossy()));
    }
    let options = ImageOptions {
        directory: Some(folder.path().to_owned()),
        modulepath: vec![folder.path().join("modules")],
        manifest: Some(folder.path().join("manifests/site.pp")),
        hiera_config: Some(folder.path().join("global.yaml")),
        ruby: Some(foreign::Settings {
            ruby,
            load_paths: Vec::new(),
            workers_max: 1,
            memory_max: 1 << 30,
            time_max: if manifest.contains(".erb") {
                Duration::from_secs(5)
            } else {
                Duration::from_secs(60)
            },
            network: false,
            files: None,
        }),
        ..ImageOptions::default()
    };
    let image = Image::load(&options).unwrap();
    let mut facts = Hash::new();
    facts.insert("kernel", "Linux");
    let node = NodeInput { certname: "n".into(), facts: Arc::new(facts), ..NodeInput::default() };
    Some(match compile(&image, &Quiet::default(), &node) {
        Ok(compilation) => {
            assert!(!compilation.reads.is_pure());
            let titles =
                compilation.catalog.resources.iter().filter(|resource| &*resource.type_name == "Notify");
            let told = compilation.logs.iter().filter(|entry| entry.level != Level::Debug);
            let logs = told.map(|entry| entry.message.clone());
            Ok(titles.map(|resource| resource.title.to_string()).chain(logs).collect())
        }
        Err(error) => Err(error.message.replace(&*folder.path().to_string_lossy(), "DIR")),
    })
}

#[test]
fn typed_functions_choose_by_their_signatures() {
    let Some(found) = notices(
        "notify { m::twice('ab'): }
         notify { join(m::twice([1, 2]) |$n| { $n * 10 }, ','): }
         notify { join(m::twice('scope', 3), '-'): }",
    ) else {
        return;
    };
    assert_eq!(found, Ok(vec!["abab".into(), "10,20".into(), "Linux-X-3-Class-main".into()]));
}

#[test]
fn wrong_arguments_are_told_with_the_declared_signatures() {
    let Some(found) = notices("m::twice('scope', 12)") else { return };
    let error = found.unwrap_err();
    assert!(error.contains("It expects one of:\n  (String[1] text)"), "{error}");
    assert!(error.contains("(Enum['scope'] what, M::Small = Integer[0, 9] number?)"), "{error}");
}

#[test]
fn functions_of_the_older_interface() {
    let Some(found) = notices("$top = 't'\nnotify { old('a', undef, { 'k' => [1, undef] }): }\nold('warn')")
    else {
        return;
    };
    let found = found.unwrap();
    assert_eq!(found[0], r#"["a", "", {"k"=>[1, nil]}] t abc"#);
    assert_eq!(found[1], "careful");
    let error = notices("old('bad')").unwrap().unwrap_err();
    assert_eq!(
        error,
        "Evaluation Error: Error while evaluating a Function Call, old(): not this (file: DIR/manifests/site.pp, line: 1, \
         column: 1) on node n"
    );
    let error = notices("old()").unwrap().unwrap_err();
    assert!(error.contains("old(): Wrong number of arguments given (0 for minimum 1)"), "{error}");
}

#[test]
fn errors_from_blocks_and_functions_travel_through_ruby() {
    let Some(found) = notices("m::twice([1]) |$n| { fail('inside') }") else { return };
    let error = found.unwrap_err();
    assert!(error.contains("inside (file: DIR/manifests/site.pp, line: 1, column: 22)"), "{error}");
}

#[test]
fn hiera_asks_backends_in_ruby() {
    let Some(found) = notices("notify { lookup('by_ruby'): }\nnotify { \"${lookup('by_yaml')}\": }") else {
        return;
    };
    assert_eq!(found, Ok(vec!["Linux by me".into(), "1".into()]));
}

#[test]
fn a_template_in_a_worker_that_is_hostile_fails_alone_and_by_name() {
    // Classes of one's own are nothing that the native interpreter knows.
    let cases = [
        ("loop", "<% L = Struct.new(:a); loop { L.new(1) } %>", "did not answer in time"),
        (
            "grows",
            "<% G = Struct.new(:a); a = []; loop { a << G.new('x' * 50_000_000) } %>",
            "failed to allocate memory",
        ),
        ("large", "<% B = Struct.new(:a); x = 'x' * (1 << 40) %>", "failed to allocate memory"),
        ("deep", "<% D = Struct.new(:a) { def go = D.new(1).go }; D.new(1).go %>", "stack level too deep"),
        ("dies", "<% K = Struct.new(:a); Process.kill(:KILL, Process.pid) %>", "ended (signal: 9"),
        ("exits", "<% E = Struct.new(:a); exit!(3) %>", "ended (exit status: 3)"),
        (
            "nested",
            "<% N = Struct.new(:a); x = []; 100_000.times { x = [x] } %><%= scope.function_upcase([x]) %>",
            "stack level too deep",
        ),
        ("asks", "<% A = Struct.new(:a); loop { scope['m::none'] rescue nil } %>", "did not answer in time"),
        (
            "logs",
            "<% O = Struct.new(:a); t = 'x' * 9_000_000; loop { scope.notice(t) } %>",
            "128 MiB in one call",
        ),
    ];
    for (name, template, expected) in cases {
        let path = format!("modules/m/templates/{name}.erb");
        let manifest = format!("notify {{ 'a': message => template('m/{name}.erb') }}");
        let Some(result) = notices_with(&manifest, &[(&path, template)]) else { return };
        let error = result.unwrap_err();
        // On a slow machine any of them may come to the end of its time first.
        assert!(error.contains(expected) || error.contains("in time"), "{name}: {error}");
        assert!(error.contains(&format!("m/{name}.erb")), "{name}: {error}");
    }
}

#[test]
fn types_look_in_a_worker_as_they_do_in_puppet() {
    let template = "<% T = Struct.new(:a) %><%= [@t.class, @t.name, @t.simple_name, @t.is_a?(Puppet::Pops::Types::PScalarType), @t.to_s,
      @t.instance?(3), @t.instance?('x'), @t == @u, [@t, @u].uniq.size, @r.class, @r.type_name, @r.title, @d.inspect].join(' ') %>";
    let manifest = "$t = Integer[1, 5]\n$u = Integer[1, 5]\n$r = File['/x']\n$d = [default]\nnotify { template('m/types.erb'): }";
    let Some(found) = notices_with(manifest, &[("modules/m/templates/types.erb", template)]) else { return };
    let types = "Puppet::Pops::Types::PIntegerType Integer Integer true Integer[1, 5] true false true 1 Puppet::Pops::Types::PResourceType File \
                 /x [:default]";
    assert_eq!(found, Ok(vec![types.into()]));
    let error = notices_with(
        manifest,
        &[("modules/m/templates/types.erb", "<% S = Struct.new(:a) %><%= @t.from %>")],
    );
    let error = error.unwrap().unwrap_err();
    assert!(
        error.contains("Puppet::Pops::Types::PIntegerType#from is not available outside of the compiler"),
        "{error}"
    );
}

/// A function for Hiera that shows what its context can do.
const CONTEXT: &str = "Puppet::Functions.create_function(:'environment::data') do
  dispatch(:find) { param 'String[1]', :key; param 'Hash', :options; param 'Puppet::LookupContext', :context }
  def find(key, options, context)
    case key
    when 'object' then context.cache('o', Struct.new(:a).new([7])) && context.cached_value('o').a
    when 'same' then list = [1]; context.cache('l', list); list << 2; context.cached_value('l')
    when 'entries' then context.cache_all('b' => 1, 'c' => 2); context.cached_entries.to_a
    when 'calls' then context.cache('n', (context.cached_value('n') || 0) + 1); [context.cached_value('n'), context.cache_has_key('x')]
    when 'file' then Array.new(2) { context.cached_file_data('DIR/data/common.yaml') { |text| text.upcase } }.map(&:object_id).uniq.size
    when 'no file' then context.cached_file_data('DIR/nothing')
    when 'names' then [context.environment_name.inspect, context.module_name]
    when 'thrown' then throw :no_such_key
    when 'puppets' then raise Puppet::Error, 'of Puppet'
    when 'rubys' then raise 'of Ruby'
    when 'fatal' then raise Exception, 'of nobody'
    when 'large' then 2**70
    else context.not_found
    end
  end
end";

#[test]
fn functions_for_hiera_have_a_context() {
    let files = [
        ("lib/puppet/functions/environment/data.rb", CONTEXT),
        ("hiera.yaml", "version: 5\nhierarchy:\n  - { name: data, lookup_key: environment::data }\n"),
    ];
    let asked = |key: &str| notices_with(&format!("notify {{ \"${{lookup('{key}')}}\": }}"), &files);
    let Some(found) = asked("object") else { return };
    assert_eq!(found, Ok(vec!["[7]".into()]));
    for (key, expected) in [
        ("same", "[1, 2]"),
        ("entries", "[[b, 1], [c, 2]]"),
        ("calls", "[1, false]"),
        ("file", "1"),
        ("names", "[:production, ]"),
    ] {
        assert_eq!(asked(key).unwrap(), Ok(vec![expected.into()]), "{key}");
    }
    let called = |what: &str| {
        format!(
            "Evaluation Error: Error while evaluating a Function Call, {what} (file: DIR/manifests/site.pp, line: 1, column: 13) on node n"
        )
    };
    for (key, expected) in [
        ("no file", called("No such file or directory @ rb_file_s_stat - DIR/nothing")),
        ("thrown", "Function lookup() did not find a value for the name 'thrown' on node n".into()),
        ("puppets", "of Puppet on node n".into()),
        ("rubys", called("of Ruby")),
        ("fatal", "of nobody on node n".into()),
        ("large", called("1180591620717411303424 has more than 64 bits")),
    ] {
        assert_eq!(asked(key).unwrap(), Err(expected), "{key}");
    }
}

/// A backend of Hiera 3 with files of its own.
const BACKEND: &str = "class Hiera::Backend::Mine_backend
  def initialize
    @cache = Hiera::Filecache.new
  end

  def lookup(key, scope, order_override, resolution_type, context)
    return [@n = (@n || 0) + 1, Hiera::Backend.datadir(:mine, scope)] if key == 'calls'
    return [order_override, resolution_type].inspect if key == 'arguments'
    return scope['nothing'] if key == 'undefined'

    found = false
    answer = nil
    Hiera::Backend.datasourcefiles(:mine, scope, 'yaml', order_override) do |_, file|
      data = @cache.read_file(file, Hash) { |text| YAML.load(text) }
      next unless data.include?(key)
      found = true
      value = Hiera::Backend.parse_answer(data[key], scope, {}, context)
      break answer = value unless resolution_type.is_a?(Hash)
      answer = Hiera::Backend.merge_answer(value, answer || {}, resolution_type)
    end
    found ? answer : throw(:no_such_key)
  end
end";

/// One that was written for Hiera 1.
const OLD_BACKEND: &str = "class Hiera::Backend::Old_backend
  def lookup(key, scope, order_override, resolution_type)
    \"old #{scope['facts']['kernel']} #{resolution_type.inspect}\" if key == 'of_old'
  end
end";

fn with_backends(hiera_yaml: &'static str) -> [(&'static str, &'static str); 6] {
    [
        ("hiera.yaml", "version: 5\nhierarchy: []\n"),
        ("global.yaml", hiera_yaml),
        ("modules/m/lib/hiera/backend/mine_backend.rb", BACKEND),
        ("modules/m/lib/hiera/backend/old_backend.rb", OLD_BACKEND),
        (
            "mine/Linux.yaml",
            "text: 'on %{facts.kernel} %{hiera(\"word\")} %{scope(\"::kernel\")}'\nmerged: { a: { x: 1, l: [1] } }\n\
             all: '%{alias(\"merged\")}'\nloop: '%{hiera(\"loop\")}'\nwrong: '%{nope(\"x\")}'\n",
        ),
        (
            "mine/common.yaml",
            "word: w\ntext: common\nmerged: { a: { y: 2, l: [2] } }\nclass: 'of %{calling_class}'\n",
        ),
    ]
}

#[test]
fn backends_of_hiera_3_are_run() {
    let version_3 = with_backends(
        "---\n:backends: [old, mine, none]\n:hierarchy: ['%{::kernel}', common]\n:mine:\n  :datadir: DIR/mine\n",
    );
    let version_5 = with_backends(
        "version: 5\nhierarchy:\n  - { name: o, hiera3_backend: old }\n  - { name: m, hiera3_backend: mine, datadir: DIR/mine, paths: \
         ['%{facts.kernel}.mine', common] }\n",
    );
    let Some(_) = notices("lookup('by_ruby')") else { return };
    for files in [&version_3, &version_5] {
        let asked = |key: &str, more: &str| {
            let found =
                notices_with(&format!("notify {{ \"${{lookup('{key}'{more})}}\": }}"), files).unwrap();
            found.map(|mut notices| {
                notices.retain(|notice| !notice.contains("version 3 is deprecated"));
                notices
            })
        };
        for (key, more, expected) in [
            ("text", "", "on Linux w Linux"),
            ("of_old", "", "old Linux nil"),
            ("all", "", "{a => {x => 1, l => [1]}}"),
            ("merged", ", { merge => deep }", "{a => {y => 2, l => [2, 1], x => 1}}"),
            ("arguments", ", { merge => unique }", "[[[], :array]]"),
        ] {
            assert_eq!(asked(key, more), Ok(vec![expected.into()]), "{key}");
        }
        let error = asked("loop", "").unwrap_err();
        assert!(
            error.contains("Lookup of key 'loop' failed: Recursive lookup detected in [loop]"),
            "{error}"
        );
        let error = asked("wrong", "").unwrap_err();
        assert!(error.contains("a Function Call, Invalid interpolation method 'nope' (file"), "{error}");
        // Backends take keys apart themselves, or do not.
        assert!(asked("all.a.l.0", "").is_err());
        let error = asked("neither", "").unwrap_err();
        assert!(
            error.starts_with("Function lookup() did not find a value for the name 'neither'"),
            "{error}"
        );
    }
    let error = notices_with("lookup('undefined')", &version_3).unwrap().unwrap_err();
    assert!(error.contains("a Function Call, Undefined variable 'nothing';  (file"), "{error}");
    let classes = "class a { notify { lookup('class'): } }\ninclude a\n\
                   notify { \"${lookup('calls')} ${lookup('calls')[0]}\": }\n\
                   notify { hiera('arguments', '', 'first'): }";
    let found = notices_with(classes, &version_3).unwrap().unwrap();
    assert!(found.contains(&"of a".to_owned()), "{found:?}");
    assert!(found.contains(&"[[\"first\"], nil]".to_owned()), "{found:?}");
    // One backend for a compile.
    assert!(found.iter().any(|text| text.starts_with("[1, ") && text.ends_with("/mine] 2")), "{found:?}");
}

#[test]
fn templates_that_are_not_native_are_rendered_by_a_worker() {
    let Some(found) = notices("include m") else { return };
    assert_eq!(found, Ok(vec!["3 Linux X nil true true\n".into()]));
    let error = notices("notify { template('m/raises.erb'): }").unwrap().unwrap_err();
    assert!(
        error.contains(
            "Failed to parse template m/raises.erb:\n  Filepath: DIR/modules/m/templates/raises.erb\n  Line: 2\n  Detail: no luck\n"
        ),
        "{error}"
    );
    let inline =
        notices("$n = 3\nnotify { inline_template('<% P = Struct.new(:n) %><%= P.new(@n).n %>'): }").unwrap();
    assert_eq!(inline, Ok(vec!["3".into()]));
}

#[test]
fn a_change_in_place_that_nobody_would_see_is_refused() {
    let Some(found) = notices("$list = [1]\nnotify { template('m/changes.erb'): }") else { return };
    let error = found.unwrap_err();
    assert!(error.contains("changes values of the manifest in place"), "{error}");
}

#[test]
fn a_module_named_environment_does_not_hide_the_environments_functions() {
    let function = |name: &str, text: &str| {
        format!(
            "Puppet::Functions.create_function(:'environment::{name}') do\n  def {name}\n    '{text}'\n  end\nend\n"
        )
    };
    let files = [
        ("lib/puppet/functions/environment/own.rb", function("own", "of the environment")),
        ("modules/environment/lib/puppet/functions/environment/other.rb", function("other", "of the module")),
    ];
    let files: Vec<_> = files.iter().map(|(path, text)| (*path, text.as_str())).collect();
    let manifest = "notify { environment::own(): }\nnotify { environment::other(): }";
    let Some(found) = notices_with(manifest, &files) else { return };
    assert_eq!(found, Ok(vec!["of the environment".into(), "of the module".into()]));
}
