//! Real Ruby in real processes: what code can do, and what it cannot.

#![allow(clippy::unwrap_used, clippy::print_stderr, reason = "a test that cannot go on may stop")]

use std::path::PathBuf;
use std::time::Duration;

use foreign::{Api, Blocks, Call, ForeignError, Host, Kind, Pool, Settings, find_ruby};
use pcore::{Hash, Value};

struct Scratch {
    folder: tempfile::TempDir,
    settings: Settings,
    pool: Pool,
}

/// Nothing without a Ruby on this machine, where that is allowed.
fn scratch(time_max: Duration) -> Option<Scratch> {
    let mode = std::env::var("BUNRAKU_TEST_PEERS").unwrap_or_default();
    let ruby = if mode == "none" { None } else { find_ruby() };
    let Some(ruby) = ruby else {
        assert_ne!(mode, "all", "ruby is missing");
        eprintln!("left out, since there is no ruby");
        return None;
    };
    let folder = tempfile::tempdir().unwrap();
    // Workers have no rights of their own.
    std::fs::set_permissions(folder.path(), std::os::unix::fs::PermissionsExt::from_mode(0o755)).unwrap();
    let settings = Settings {
        ruby,
        load_paths: vec![folder.path().to_owned()],
        workers_max: 2,
        memory_max: 1 << 30,
        time_max,
        network: false,
        files: None,
    };
    Some(Scratch { folder, pool: Pool::new(settings.clone()), settings })
}

fn usual() -> Option<Scratch> {
    scratch(Duration::from_secs(60))
}

impl Scratch {
    /// Those of a pool whose code may write to a folder.
    fn pool_settings(&self, folder: &std::path::Path) -> Settings {
        let files = foreign::Files { folder: folder.to_owned(), bytes_max: 3000 };
        Settings { files: Some(files), ..self.settings.clone() }
    }

    fn file(&self, name: &str, text: &str) -> PathBuf {
        let file = self.folder.path().join(name);
        std::fs::write(&file, text).unwrap();
        file
    }

    fn call(&self, api: Api, body: &str, arguments: &[Value]) -> Result<String, ForeignError> {
        let text = match api {
            Api::Legacy => {
                format!("Puppet::Parser::Functions.newfunction(:f, type: :rvalue) do |args|\n{body}\nend\n")
            }
            Api::Typed => {
                format!("Puppet::Functions.create_function(:f) do\ndef f(*args)\n{body}\nend\nend\n")
            }
        };
        let file = self.file("f.rb", &text);
        let arguments = arguments.to_vec();
        let call = Call { api, file: &file, name: "f", index: 0, arguments, block: None, compile: 0 };
        self.pool.call(&call, &mut Variables).map(|value| pcore::json::to_string(&value))
    }
}

/// Knows some variables and one function.
struct Variables;

impl Host for Variables {
    fn answer(&mut self, question: &str, details: &Hash, blocks: &mut dyn Blocks) -> Result<Value, String> {
        match (question, details["name"].as_str()) {
            ("lookup", Some("x")) => Ok(Value::str("of x")),
            ("lookup", _) => Ok(Value::Undef),
            ("variable", Some("x")) => {
                let mut found = Hash::new();
                found.insert("found", true);
                found.insert("value", "of x");
                Ok(Value::hash(found))
            }
            ("variable", _) => {
                let mut found = Hash::new();
                found.insert("found", false);
                Ok(Value::hash(found))
            }
            ("function", Some("upcase")) => {
                let text =
                    details["args"].as_array().and_then(|args| args.first()?.as_str()).unwrap_or_default();
                Ok(Value::str(text.to_uppercase()))
            }
            ("function", Some("twice")) => {
                let first = blocks.call(vec![Value::Int(1)])?;
                Ok(Value::array([first, blocks.call(vec![Value::Int(2)])?]))
            }
            (what, name) => Err(format!("unknown: {what} {name:?}")),
        }
    }
}

#[test]
fn values_go_there_and_back() {
    let Some(scratch) = usual() else { return };
    let text = r#"[1, 2.5, "é\u0000", null, true, {"a": [], "__ptype": "Sensitive", "__pvalue": "s"}, {"b": {"c": 1}}]"#;
    let value = pcore::json::parse(text.as_bytes()).unwrap();
    let there = scratch.call(Api::Typed, "args.first", std::slice::from_ref(&value)).unwrap();
    let sensitive = r#"{"__ptype":"Sensitive","__pvalue":"s"}"#;
    assert_eq!(there, format!("[1,2.5,\"é\\u0000\",null,true,{sensitive},{{\"b\":{{\"c\":1}}}}]"));
    let scratch = usual().unwrap();
    let made =
        scratch.call(Api::Typed, "[:sym, {1 => /x/, k: \"\\xff\"}, nil, 1..3, args.size]", &[]).unwrap();
    assert_eq!(
        made,
        r#"["sym",{"__ptype":"Hash","__pvalue":[1,{"__ptype":"Regexp","__pvalue":"x"},"k",{"__ptype":"Binary","__pvalue":"/w=="}]},null,[1,2,3],0]"#
    );
}

#[test]
fn files_that_define_functions_of_one_name_stay_apart() {
    let Some(scratch) = usual() else { return };
    let call = |name: &str| {
        let text = format!("Puppet::Functions.create_function(:g) do\ndef g\n'{name}'\nend\nend\n");
        let file = scratch.file(name, &text);
        let call = Call {
            api: Api::Typed,
            file: &file,
            name: "g",
            index: 0,
            arguments: Vec::new(),
            block: None,
            compile: 0,
        };
        pcore::json::to_string(&scratch.pool.call(&call, &mut Variables).unwrap())
    };
    assert_eq!([call("one"), call("two"), call("one")], [r#""one""#, r#""two""#, r#""one""#]);
}

#[test]
fn both_interfaces_ask_the_compiler() {
    let Some(scratch) = usual() else { return };
    let body = "[lookupvar('x'), self['none'], include?('none'), function_upcase(['a']), call_function('upcase', ['b'])]";
    assert_eq!(scratch.call(Api::Legacy, body, &[]).unwrap(), r#"["of x",null,false,"A","B"]"#);
    let scratch = usual().unwrap();
    let body = "[closure_scope['x'], call_function('upcase', 'c')]";
    assert_eq!(scratch.call(Api::Typed, body, &[]).unwrap(), r#"["of x","C"]"#);
    let scratch = usual().unwrap();
    let body = "[catch(:undefined_variable) { lookupvar('none'); 1 }, catch(:undefined_variable) { lookupvar('x') }]";
    assert_eq!(scratch.call(Api::Legacy, body, &[]).unwrap(), r#"[null,"of x"]"#);
}

#[test]
fn helpers_of_puppet_are_there() {
    let Some(scratch) = usual() else { return };
    let body = "extend(Puppet::Util::SymbolicFileMode)
         [symbolic_mode_to_int('u+rwX,g+rX,o-rwx', 0o457, false).to_s(8), symbolic_mode_to_int('go=u', 0o750).to_s(8),
          (begin; symbolic_mode_to_int('u=X'); rescue Puppet::Error => e; e.message; end),
          Puppet::Util::Yaml.safe_load('a: [1]'), Puppet::Util::Json.load('{}'),
          (begin; Puppet::Util::Yaml.safe_load('a: ['); rescue Puppet::Util::Yaml::YamlLoadError; 'no YAML'; end)]";
    assert_eq!(
        scratch.call(Api::Typed, body, &[]).unwrap(),
        r#"["750","777","X only works with the '+' operator in symbolic mode \"u=X\"",{"a":[1]},{},"no YAML"]"#
    );
}

#[test]
fn functions_may_have_a_constructor() {
    let Some(scratch) = usual() else { return };
    let text = "Puppet::Functions.create_function(:c) do
      def initialize(closure_scope, loader)
        super
        @made = closure_scope['x']
      end
      def c = @made
    end";
    let file = scratch.file("c.rb", text);
    let call = Call {
        api: Api::Typed,
        file: &file,
        name: "c",
        index: 0,
        arguments: Vec::new(),
        block: None,
        compile: 0,
    };
    assert_eq!(scratch.pool.call(&call, &mut Variables).unwrap(), Value::str("of x"));
}

#[test]
fn functions_call_blocks_in_ruby() {
    let Some(scratch) = usual() else { return };
    let body = "said = []
         [call_function('twice') { |x| x + 10 },
          (begin; call_function('twice') { |x| raise \"no #{x}\" }; rescue RuntimeError => e; e.message; end),
          [1].each { |i| call_function('twice') { |x| said << x; break } },
          call_function('twice') { |x| begin; closure_scope['x']; rescue StandardError => e; e.message[0, 7]; end },
          call_function('upcase', 'c'), said]";
    assert_eq!(
        scratch.call(Api::Typed, body, &[]).unwrap(),
        r#"[[11,12],"no 1",[1],["a block","a block"],"C",[1]]"#
    );
}

#[test]
fn settings_are_changed_for_a_call() {
    let Some(scratch) = usual() else { return };
    let body = "next Puppet[:strict] if args.size == 1\n\
                Puppet[:strict] = :off; [Puppet[:strict].to_s, find_global_scope['none'], find_global_scope['::x']]";
    assert_eq!(scratch.call(Api::Legacy, body, &[]).unwrap(), r#"["off",null,null]"#);
    let error = scratch.call(Api::Legacy, body, &[Value::Int(1)]).unwrap_err().to_string();
    assert_eq!(error, "unknown: setting Some(\"strict\")");
}

#[test]
fn signatures_are_told() {
    let Some(scratch) = usual() else { return };
    let file = scratch.file(
        "g.rb",
        "Puppet::Functions.create_function(:'m::g') do
           local_types { type 'Small = Integer[0, 9]' }
           dispatch(:one) { scope_param; param 'Small', :a; optional_param 'String', :b; return_type 'Integer' }
           dispatch(:two) { repeated_param 'Any', :rest; block_param 'Callable[1]' }
           def one(scope, a, b = nil) = a
           def two(*rest) = yield(rest)
         end",
    );
    let described = scratch.pool.describe(Api::Typed, &file, "m::g").unwrap();
    let text = pcore::json::to_string(&described);
    assert!(text.contains(r#""local_types":["Small = Integer[0, 9]"]"#), "{text}");
    assert!(text.contains(r#"{"type":"Small","name":"a","kind":"required"}"#), "{text}");
    assert!(text.contains(r#""block":{"type":"Callable[1]","optional":false}"#), "{text}");
    let call = Call {
        api: Api::Typed,
        file: &file,
        name: "m::g",
        index: 0,
        arguments: vec![Value::Int(7)],
        block: None,
        compile: 0,
    };
    assert_eq!(scratch.pool.call(&call, &mut Variables).unwrap(), Value::Int(7));
}

#[test]
fn what_puppet_has_loaded_is_there() {
    let Some(scratch) = usual() else { return };
    let body = "[Digest::MD5.hexdigest('a'), _('text %{x}') % { x: 1 }, { 'a' => 1 }.to_yaml, URI('http://h/p').host, Time.parse('2026-01-02').year]";
    let made = scratch.call(Api::Legacy, body, &[]).unwrap();
    assert_eq!(made, r#"["0cc175b9c0f1b6a831c399e269772661","text 1","---\na: 1\n","h",2026]"#);
}

#[test]
fn rubygems_come_when_they_are_asked_for() {
    let Some(scratch) = usual() else { return };
    let body = "[Gem::Version.new('1.10') > Gem::Version.new('1.9'), begin; require 'not/there'; rescue LoadError => e; e.message; end]";
    let made = scratch.call(Api::Typed, body, &[]).unwrap();
    assert_eq!(made, r#"[true,"cannot load such file -- not/there"]"#);
}

#[test]
fn parts_of_puppet_are_loaded_already() {
    let Some(scratch) = usual() else { return };
    std::fs::create_dir_all(scratch.folder.path().join("puppet/util")).unwrap();
    scratch.file("puppet/util/own.rb", "module Own\n VALUE = 1\nend\n");
    let body = "require 'puppet'; require 'puppet/util/execution'; require 'puppet/util/own'\n\
                [Own::VALUE, Puppet::Util::Execution.execute(['echo', 'a', 'b c']), Puppet::Util.which('sh').nil?, begin; \
                Puppet::Util::Execution.execute('exit 3'); rescue Puppet::ExecutionFailure => e; e.message; end]";
    let made = scratch.call(Api::Typed, body, &[]).unwrap();
    assert_eq!(made, r#"[1,"a b c\n",false,"Execution of 'exit 3' returned 3: "]"#);
    let scratch = usual().unwrap();
    let body = "require 'facter'; [Facter.value(:kernel), Facter['os'].value['family'].empty?, Facter.value('no.such'), Facter[:none]]";
    assert_eq!(scratch.call(Api::Typed, body, &[]).unwrap(), r#"["Linux",false,null,null]"#);
    let scratch = usual().unwrap();
    let body = "require 'puppet/util/log'; Puppet::Util::Log.create(level: :info, message: 'x')";
    assert_eq!(scratch.call(Api::Typed, body, &[]).unwrap_err().to_string(), "unknown: log None");
}

#[test]
fn errors_say_what_and_where() {
    let Some(scratch) = usual() else { return };
    let error = scratch.call(Api::Legacy, "\nraise Puppet::ParseError, 'no good'", &[]).unwrap_err();
    let ForeignError::Raised { message, kind, line, .. } = error else { panic!("{error}") };
    assert_eq!((message.as_str(), kind, line), ("no good", Kind::Puppet, Some(3)));
    let scratch = usual().unwrap();
    let error = scratch.call(Api::Typed, "call_function('none')", &[]).unwrap_err();
    assert!(matches!(error, ForeignError::Raised { kind: Kind::Compiler, .. }), "{error}");
    let scratch = usual().unwrap();
    let error = scratch.call(Api::Typed, "nil.upcase", &[]).unwrap_err().to_string();
    assert!(error.starts_with("undefined method `upcase' for nil"), "{error}");
    let scratch = usual().unwrap();
    let error = scratch.call(Api::Typed, "def", &[]).unwrap_err().to_string();
    assert!(error.contains("syntax error"), "{error}");
}

#[test]
fn templates_see_their_variables() {
    let Some(scratch) = usual() else { return };
    let mut variables = Hash::new();
    variables.insert("a", Value::array(vec![Value::Int(1), Value::str("b")]));
    let text = "<% def twice(t) = t * 2 -%>\n<%= @a %> <%= scope['x'] %> <%= inspect.sub(/0x\\h+/, '') %> <%= twice('z') %>\n<%- @a.each do |i| -%>\n* <%= i %>\n<%- end -%>\n";
    let rendered = scratch.pool.render(Some("t.erb"), text, variables, &mut Variables).unwrap();
    assert_eq!(
        rendered.as_str().unwrap(),
        "[1, \"b\"] of x #<Puppet::Parser::TemplateWrapper:> zz\n* 1\n* b\n"
    );
}

#[test]
fn nothing_is_written_and_nobody_is_called() {
    let Some(scratch) = usual() else { return };
    let target = scratch.folder.path().join("written");
    let body = format!(
        "begin; File.write('{}', 'x'); rescue SystemCallError => e; e.class.name; end",
        target.display()
    );
    let result = scratch.call(Api::Typed, &body, &[]);
    assert!(!target.exists() || std::fs::read(&target).unwrap().is_empty(), "{result:?}");
    if !foreign::is_isolated() {
        eprintln!("left out, since no network namespace can be made here: no network");
        return;
    }
    let scratch = usual().unwrap();
    let listener = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
    let port = listener.local_addr().unwrap().port();
    let body = format!(
        "require 'socket'\nbegin; TCPSocket.new('127.0.0.1', {port}); 'connected'; rescue SystemCallError => e; e.class.name; end"
    );
    let result = scratch.call(Api::Typed, &body, &[]).unwrap();
    assert_ne!(result, "\"connected\"");
}

#[test]
fn files_are_kept_in_one_folder_only() {
    let Some(mut scratch) = usual() else { return };
    let folder = scratch.folder.path().join("files");
    scratch.pool = Pool::new(scratch.pool_settings(&folder));
    let outside = scratch.folder.path().join("outside");
    std::fs::create_dir(&outside).unwrap();
    std::fs::set_permissions(&outside, std::os::unix::fs::PermissionsExt::from_mode(0o777)).unwrap();
    std::fs::write(outside.join("old"), "old").unwrap();
    let body = format!(
        "folder = Puppet[:vardir]
         tries = [-> {{ File.write('{0}/new', '') }}, -> {{ Dir.mkdir('{0}/d') }}, -> {{ File.delete('{0}/old') }},
                  -> {{ File.truncate('{0}/old', 0) }}, -> {{ File.rename('{0}/old', folder + '/x') }}]
         refused = tries.map {{ |try| begin; try.call; nil; rescue SystemCallError => e; e.class.name; end }}
         Dir.mkdir(File.join(folder, 'deep')) unless Dir.exist?(File.join(folder, 'deep'))
         count = File.join(folder, 'deep/count')
         File.write(count, (File.exist?(count) ? File.read(count).to_i : 0) + 1)
         require 'tempfile'
         Tempfile.create('x') {{ |file| file.write('temporary') }}
         [refused.compact.size, File.read(count), Puppet[:statedir] == folder + '/state']",
        outside.display()
    );
    let first = scratch.call(Api::Typed, &body, &[]);
    if first.as_ref().is_err_and(|error| error.to_string().contains("setting")) {
        eprintln!("left out, since this kernel cannot confine a process");
        return;
    }
    assert_eq!(first.unwrap(), r#"[5,"1",true]"#);
    assert_eq!(std::fs::read_to_string(outside.join("old")).unwrap(), "old");
    // What was written is there for the next process, too.
    scratch.pool = Pool::new(scratch.pool_settings(&folder));
    assert_eq!(scratch.call(Api::Typed, &body, &[]).unwrap(), r#"[5,"2",true]"#);
    let fill = "File.write(File.join(Puppet[:vardir], 'much'), 'x' * 2900); 1";
    let fills = |scratch: &mut Scratch| {
        scratch.pool = Pool::new(scratch.pool_settings(&folder));
        scratch.call(Api::Typed, fill, &[])
    };
    assert_eq!(fills(&mut scratch).unwrap(), "1");
    std::fs::write(folder.join("more"), vec![0; 200]).unwrap();
    let error = fills(&mut scratch).unwrap_err().to_string();
    assert!(error.contains("holds more than 3000 bytes"), "{error}");
}

#[test]
fn temporary_files_go_with_their_process() {
    let Some(mut scratch) = usual() else { return };
    let folder = scratch.folder.path().join("files");
    scratch.pool = Pool::new(scratch.pool_settings(&folder));
    let names = || {
        let entries = std::fs::read_dir(&folder).unwrap();
        let mut names: Vec<_> =
            entries.map(|entry| entry.unwrap().file_name().into_string().unwrap()).collect();
        names.sort();
        names
    };
    // What a server that was killed has left.
    std::fs::create_dir_all(folder.join("tmp.0123")).unwrap();
    let body = "require 'tempfile'
        $kept = Tempfile.new('x')
        $kept.write('y' * 500)
        $kept.flush
        File.write(File.join(Puppet[:vardir], 'own'), '')
        Process.kill('KILL', Process.pid) && sleep if args[0] == 'die'
        File.dirname($kept.path)";
    let first = scratch.call(Api::Typed, body, &[]);
    if first.as_ref().is_err_and(|error| error.to_string().contains("setting")) {
        eprintln!("left out, since this kernel cannot confine a process");
        return;
    }
    let temporary = first.unwrap();
    let name = temporary.trim_matches('"').rsplit('/').next().unwrap().to_owned();
    assert_eq!(names(), ["own", name.as_str()]);
    assert_eq!(std::fs::read_dir(folder.join(&name)).unwrap().count(), 1);
    // Killed where it stands, it removes nothing; its folder goes all the same.
    let killed = scratch.call(Api::Typed, body, &[Value::str("die")]);
    assert!(matches!(killed, Err(ForeignError::Broken(_))), "{killed:?}");
    assert_eq!(names(), ["own"]);
    // The next process has another one.
    assert_ne!(scratch.call(Api::Typed, body, &[]).unwrap(), temporary);
    assert_eq!(names().len(), 2);
    scratch.pool = Pool::new(scratch.settings.clone());
    assert_eq!(names(), ["own"]);
}

/// What is no Ruby at all, and says what it likes; it may listen until it is told to go.
fn liar(says: &[u8], listens: bool) -> (tempfile::TempDir, Pool) {
    let folder = tempfile::tempdir().unwrap();
    std::fs::set_permissions(folder.path(), std::os::unix::fs::PermissionsExt::from_mode(0o755)).unwrap();
    let (script, words) = (folder.path().join("ruby"), folder.path().join("words"));
    std::fs::write(&words, says).unwrap();
    let rest = if listens { "cat > /dev/null" } else { "" };
    std::fs::write(&script, format!("#!/bin/sh\ncat {}\n{rest}\n", words.display())).unwrap();
    std::fs::set_permissions(&script, std::os::unix::fs::PermissionsExt::from_mode(0o755)).unwrap();
    let pool = Pool::new(Settings {
        ruby: script,
        load_paths: Vec::new(),
        workers_max: 1,
        memory_max: 1 << 30,
        time_max: Duration::from_secs(5),
        network: false,
        files: None,
    });
    (folder, pool)
}

fn framed(messages: &[&str]) -> Vec<u8> {
    let frame = |message: &&str| [&(message.len() as u32).to_be_bytes()[..], message.as_bytes()].concat();
    messages.iter().flat_map(frame).collect()
}

#[test]
fn what_a_process_says_is_believed_only_as_far_as_it_makes_sense() {
    let ready = r#"{"result":{"ruby":"9"}}"#;
    let deep = format!("{}{}", "[".repeat(50_000), "]".repeat(50_000));
    let ask = r#"{"ask":"log","level":"x","message":"y"}"#;
    let asks: Vec<&str> = std::iter::once(ready).chain(std::iter::repeat_n(ask, 2_000)).collect();
    let cases: [(Vec<u8>, &str); 9] = [
        (Vec::new(), "ended"),
        (vec![0, 0, 1], "ended"),
        (vec![0xff; 64], "sent more than 64 MiB"),
        (framed(&[ready, "{"]), "sent no JSON"),
        (framed(&[ready, &deep]), "sent no JSON"),
        (framed(&[ready, "[1]"]), "sent a message that is no hash"),
        (framed(&[ready, "{}"]), "sent neither a question nor a result"),
        (framed(&[ready, r#"{"error":7}"#]), "sent neither a question nor a result"),
        (framed(&asks), "ended"),
    ];
    for (says, expected) in cases {
        let (_folder, pool) = liar(&says, expected != "ended");
        let error = pool.render(None, "", Hash::new(), &mut Variables).unwrap_err().to_string();
        assert!(error.contains(expected), "{expected}: {error}");
    }
    // A result that was never asked for counts for nobody else.
    let (_folder, pool) = liar(&framed(&[ready, r#"{"result":1}"#, r#"{"result":2}"#]), true);
    assert_eq!(pool.render(None, "", Hash::new(), &mut Variables).unwrap(), Value::Int(1));
    // More than a call may say.
    let long = format!(r#"{{"ask":"log","message":"{}"}}"#, "x".repeat(60 << 20));
    let (_folder, pool) = liar(&framed(&[ready, &long, &long, &long]), true);
    let error = pool.render(None, "", Hash::new(), &mut Variables).unwrap_err().to_string();
    assert!(error.contains("more than 128 MiB in one call") || error.contains("in time"), "{error}");
}

#[test]
fn what_hangs_grows_or_dies_fails_alone() {
    let Some(scratch) = scratch(Duration::from_secs(2)) else { return };
    let error = scratch.call(Api::Typed, "loop { }", &[]).unwrap_err().to_string();
    assert_eq!(error, "the Ruby process did not answer in time");
    let error = scratch.call(Api::Typed, "Process.kill(:KILL, Process.pid)", &[]).unwrap_err();
    assert!(matches!(error, ForeignError::Broken(_)), "{error}");
    let error = scratch.call(Api::Typed, "'x' * (1 << 32)", &[]).unwrap_err().to_string();
    assert!(error.contains("failed to allocate memory"), "{error}");
    let error =
        scratch.pool.render(None, "<% exit!(3) %>", Hash::new(), &mut Variables).unwrap_err().to_string();
    assert_eq!(error, "the Ruby process ended (exit status: 3)");
    let again = scratch.pool.render(None, "<%= 1 + 1 %>", Hash::new(), &mut Variables).unwrap();
    assert_eq!(again.as_str(), Some("2"));
}

#[test]
fn what_is_printed_does_not_disturb() {
    let Some(scratch) = usual() else { return };
    let body = "puts 'hello'; $stdout.print('x' * 100_000); STDOUT.flush; system('echo out'); 5";
    assert_eq!(scratch.call(Api::Legacy, body, &[]).unwrap(), "5");
}

#[test]
fn code_that_others_may_not_read_is_loaded() {
    let Some(scratch) = usual() else { return };
    let lib = scratch.folder.path();
    let write = |name: &str, text: &str| {
        let file = scratch.file(name, text);
        std::fs::set_permissions(&file, std::os::unix::fs::PermissionsExt::from_mode(0o600)).unwrap();
        file
    };
    std::fs::create_dir(lib.join("deep")).unwrap();
    write("deep/one.rb", "require_relative 'two'\nmodule One\n def self.go = Two.go + 1\nend\n");
    write("deep/two.rb", "require 'set'\nmodule Two\n def self.go = 1\nend\n");
    write("broken.rb", "require 'not/there'\n");
    let text = "require 'deep/one'\nPuppet::Functions.create_function(:g) do\ndef g\nOne.go + (require('deep/one') ? 10 : 0)\nend\nend\n";
    let call = |file: &std::path::Path| {
        scratch.pool.call(
            &Call {
                api: Api::Typed,
                file,
                name: "g",
                index: 0,
                arguments: Vec::new(),
                block: None,
                compile: 0,
            },
            &mut Variables,
        )
    };
    assert_eq!(call(&write("g.rb", text)).unwrap(), Value::Int(2));
    let error = call(&write("h.rb", "require 'broken'\n")).unwrap_err().to_string();
    assert_eq!(error, "cannot load such file -- not/there");
}

#[test]
fn what_patient_threads_start_serves_nobody_else() {
    let Some(scratch) = usual() else { return };
    let niceness =
        || scratch.call(Api::Legacy, "Process.getpriority(Process::PRIO_PROCESS, 0)", &[]).unwrap();
    let own = rustix::process::getpriority_process(None).unwrap();
    let patient = std::thread::scope(|scope| {
        let thread = scope.spawn(|| {
            rustix::process::nice(3).unwrap();
            niceness()
        });
        thread.join().unwrap()
    });
    assert_eq!((patient, niceness()), ((own + 3).min(19).to_string(), own.to_string()));
}

#[test]
fn nobody_waits_for_a_place_of_patient_threads() {
    let Some(scratch) = usual() else { return };
    let pool = Pool::new(Settings { workers_max: 1, ..scratch.settings.clone() });
    let file = scratch.file(
        "slow.rb",
        "Puppet::Parser::Functions.newfunction(:f, type: :rvalue) { |args| sleep args[0]; Process.pid }\n",
    );
    let call = |seconds: i64| {
        let arguments = vec![Value::Int(seconds)];
        let call =
            Call { api: Api::Legacy, file: &file, name: "f", index: 0, arguments, block: None, compile: 0 };
        pool.call(&call, &mut Variables).map(|pid| pcore::json::to_string(&pid)).unwrap()
    };
    let own = call(0);
    let (told, told_of) = std::sync::mpsc::channel();
    std::thread::scope(|scope| {
        let patient = scope.spawn(|| {
            rustix::process::nice(3).unwrap();
            let pid = call(0);
            told.send(()).unwrap();
            assert_eq!(call(6), pid);
            pid
        });
        told_of.recv().unwrap();
        // The only place is taken, or is about to be.
        std::thread::sleep(Duration::from_millis(300));
        assert_eq!(call(0), own);
        assert!(!patient.is_finished());
        assert_ne!(own, patient.join().unwrap());
    });
}
