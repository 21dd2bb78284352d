//! The functions of modules against what Puppet 8 gives with the originals.
//!
//! `tests/stdlib/*/*.pp` are lists of cases. A case is code, then what is expected of it:
//!
//! ```text
//! member(['a'], 'b')
//! #= false                            the value
//!
//! member('a', 'b')
//! #- warning: ...                     a message
//! #! Evaluation Error: ...            an error, without its place
//! ```
//!
//! `#@ strict=warning facts=modern show=catalog` holds for the cases below it: the setting `strict`, facts without the
//! old flat ones, the declared resources instead of the value; `#@` alone goes back. A line with `#?` says why the
//! cases below differ from the original.
//!
//! Expectations were recorded from Puppet 8.11 on Ruby 3.1 with `tests/stdlib/record.rb`. The folder of a suite names
//! the version of the module; its functions are in `FOLDER/functions.txt`, as names of the files that define them.

#![allow(clippy::unwrap_used, reason = "tests")]

use std::fmt::Write as _;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::Duration;

use compiler::image::{Image, ImageOptions, Strict};
use compiler::world::{ExportQuery, ExportedResource, World};
use compiler::{Level, NodeInput};
use pcore::time::Timestamp;
use pcore::{Hash, Type, Value};

/// The files of this machine, commands, and always the same time.
struct Machine;

impl World for Machine {
    fn now(&self) -> Timestamp {
        Timestamp { seconds: 1_600_000_000, nanoseconds: 0 }
    }

    fn random(&self) -> u128 {
        7
    }

    fn read_file(&self, path: &Path) -> std::io::Result<Vec<u8>> {
        std::fs::read(path)
    }

    fn exists(&self, path: &Path) -> bool {
        path.exists()
    }

    fn run(&self, command: &[String], _: Option<&Path>, _: Duration) -> Result<Vec<u8>, String> {
        let output = std::process::Command::new(&command[0])
            .args(&command[1..])
            .output()
            .map_err(|e| e.to_string())?;
        if output.status.success() { Ok(output.stdout) } else { Err(format!("{:?}", output.status.code())) }
    }

    fn stores_exports(&self) -> bool {
        false
    }

    fn exported_resources(&self, _: &ExportQuery<'_>) -> Result<Vec<ExportedResource>, String> {
        Ok(Vec::new())
    }
}

/// What `#@` sets.
#[derive(Clone, Default)]
struct Settings {
    strict: Strict,
    modern_facts: bool,
    show_catalog: bool,
}

struct Case {
    line: usize,
    settings: Settings,
    code: String,
    expected: String,
}

fn cases(text: &str) -> Vec<Case> {
    let mut cases = Vec::new();
    let mut settings = Settings::default();
    let (mut code, mut expected, mut line) = (String::new(), String::new(), 1);
    for (index, text) in text.lines().chain([""]).enumerate() {
        if ["#=", "#!", "#-"].iter().any(|mark| text.starts_with(mark)) {
            let _ = writeln!(expected, "{text}");
        } else if let Some(given) = text.strip_prefix("#@") {
            settings = Settings::default();
            for word in given.split_whitespace() {
                match word {
                    "strict=warning" => settings.strict = Strict::Warning,
                    "strict=off" => settings.strict = Strict::Off,
                    "facts=modern" => settings.modern_facts = true,
                    "show=catalog" => settings.show_catalog = true,
                    other => panic!("unknown setting {other}"),
                }
            }
        } else if text.is_empty() {
            if !code.is_empty() {
                let (code, expected) = (std::mem::take(&mut code), std::mem::take(&mut expected));
                cases.push(Case { line, settings: settings.clone(), code, expected });
            }
        } else if !text.starts_with("##") && !text.starts_with("#?") {
            if code.is_empty() {
                line = index + 1;
            }
            let _ = writeln!(code, "{text}");
        }
    }
    cases
}

fn folder() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/stdlib")
}

/// An environment with modules of which only the names of the functions count.
///
/// Types that functions refer to are our own, in `FOLDER/types`; the original was recorded with them in place of its
/// own.
struct Environment {
    modules: tempfile::TempDir,
    facts: Arc<Hash>,
    modern_facts: Arc<Hash>,
}

impl Environment {
    /// Of a file with lines `stdlib 8.5.0` (module and version) and below them `functions/x.rb` (a file that defines a
    /// function).
    fn new(folder: &Path) -> Environment {
        let modules = tempfile::tempdir().unwrap();
        let mut module = PathBuf::new();
        for line in std::fs::read_to_string(folder.join("functions.txt")).unwrap().lines() {
            if let Some((name, version)) = line.split_once(' ') {
                module = modules.path().join(name);
                std::fs::create_dir_all(&module).unwrap();
                let metadata = format!("{{\"name\": \"puppetlabs-{name}\", \"version\": \"{version}\"}}");
                std::fs::write(module.join("metadata.json"), metadata).unwrap();
            } else {
                let file = module.join("lib/puppet").join(line);
                std::fs::create_dir_all(file.parent().unwrap()).unwrap();
                std::fs::write(file, "").unwrap();
            }
        }
        if !folder.ends_with("8") && !folder.ends_with("debian") {
            let types = self::folder().join("9/types");
            std::os::unix::fs::symlink(types, modules.path().join("stdlib/types")).unwrap();
        }
        let facts = pcore::json::parse(&std::fs::read(self::folder().join("facts.json")).unwrap());
        let Ok(Value::Hash(facts)) = facts else { panic!("facts") };
        let mut modern_facts = (*facts).clone();
        modern_facts.retain(|name, _| {
            ["os", "networking", "processors", "virtual", "memory"].contains(&name.as_str().unwrap())
        });
        Environment { modules, facts, modern_facts: Arc::new(modern_facts) }
    }

    fn node(&self, settings: &Settings) -> NodeInput {
        let trusted: Hash =
            [("authenticated", "remote"), ("certname", "n1"), ("hostname", "n1")].into_iter().collect();
        let facts = if settings.modern_facts { &self.modern_facts } else { &self.facts };
        NodeInput {
            certname: "n1".into(),
            facts: facts.clone(),
            trusted: trusted.into(),
            ..NodeInput::default()
        }
    }

    /// What a case gives, in the form of expectations.
    fn run(&self, case: &Case) -> String {
        let code = case.code.trim_end().replace("TESTS", folder().to_str().unwrap());
        let options = ImageOptions {
            environment: "production".into(),
            modulepath: vec![self.modules.path().to_owned(), folder().join("modules")],
            code: Some(format!("notify {{ '__r': message => [with() || {{\n{code}\n}}] }}")),
            strict: case.settings.strict,
            ..ImageOptions::default()
        };
        let image = Image::load(&options).unwrap();
        let mut out = String::new();
        let (logs, result) = match compiler::compile(&image, &Machine, &self.node(&case.settings)) {
            Ok(compilation) => {
                let shown = if case.settings.show_catalog {
                    show_catalog(&compilation.catalog)
                } else {
                    let is_result = |resource: &&wire::catalog::Resource| resource.title.as_str() == "__r";
                    let result = compilation.catalog.resources.iter().find(is_result).unwrap();
                    let value = result.parameter("message").unwrap();
                    show(value.as_array().map_or(value, |items| &items[0]))
                };
                (compilation.logs, Ok(shown))
            }
            Err(error) => (error.logs, Err(error.message)),
        };
        for log in &logs {
            if log.level != Level::Err && log.level != Level::Debug {
                self.lines(&format!("#- {}:", log.level.as_str()), &log.message, &mut out);
            }
        }
        match result {
            Ok(shown) => self.lines("#=", &shown, &mut out),
            Err(error) => self.lines("#!", &error, &mut out),
        }
        out
    }

    /// Lines with a mark, without what is different on each machine.
    fn lines(&self, mark: &str, text: &str, out: &mut String) {
        let mut text = text.strip_suffix(" on node n1").unwrap_or(text).to_owned();
        for path in [self.modules.path(), &folder().join("modules")] {
            text = text.replace(path.to_str().unwrap(), "MODULES");
        }
        text = text.replace(folder().to_str().unwrap(), "TESTS");
        text = text.strip_suffix("\n   (file & line not available)").unwrap_or(&text).to_owned();
        let place =
            pcore::regexp::Regexp::cached(r" \((?:file: [^)]*?|line: \d+(?:, column: \d+)?)\)").unwrap();
        for line in place.replace_all(&text, "").unwrap().split('\n') {
            let _ = writeln!(out, "{}", format!("{mark} {line}").trim_end());
        }
    }
}

fn show(value: &Value) -> String {
    match value {
        Value::Undef => "undef".into(),
        Value::Default => "default".into(),
        Value::Str(text) => quote(text),
        Value::Array(items) => format!("[{}]", items.iter().map(show).collect::<Vec<_>>().join(", ")),
        Value::Hash(hash) => {
            let entry = |(key, value)| format!("{} => {}", show(key), show(value));
            format!("{{{}}}", hash.iter().map(entry).collect::<Vec<_>>().join(", "))
        }
        Value::Sensitive(inner) => format!("Sensitive({})", show(inner)),
        Value::Binary(bytes) => {
            format!("binary {}", bytes.iter().map(|byte| format!("{byte:02x}")).collect::<String>())
        }
        Value::Type(Type::Class(Some(name))) => {
            format!("Class[{}]", pcore::render::capitalize_segments(name))
        }
        Value::Type(Type::Resource(reference)) => {
            let name = reference.type_name.as_deref().unwrap_or_default();
            let title = reference.title.as_deref().unwrap_or_default();
            format!("{}[{title}]", pcore::render::capitalize_segments(name))
        }
        other => pcore::format::to_s(other),
    }
}

fn quote(text: &str) -> String {
    let mut out = String::from("\"");
    for c in text.chars() {
        match c {
            '"' | '\\' => out.extend(['\\', c]),
            '\n' => out.push_str("\\n"),
            '\t' => out.push_str("\\t"),
            '\r' => out.push_str("\\r"),
            c if c.is_control() => {
                let _ = write!(out, "\\u{{{:x}}}", u32::from(c));
            }
            c => out.push(c),
        }
    }
    out + "\""
}

fn show_catalog(catalog: &wire::catalog::Catalog) -> String {
    let is_shown = |resource: &&wire::catalog::Resource| {
        !["Stage", "Class"].contains(&resource.type_name.as_str()) && resource.title.as_str() != "__r"
    };
    let show = |resource: &wire::catalog::Resource| {
        let parameters: Hash = resource
            .parameters
            .iter()
            .filter(|(name, _)| name.as_str() != "name")
            .map(|(name, value)| (Value::from(name.as_str()), value.clone()))
            .collect();
        format!("{}[{}] {}", resource.type_name, resource.title, show(&parameters.into()))
    };
    let lines: Vec<String> = catalog.resources.iter().filter(is_shown).map(show).collect();
    if lines.is_empty() { "(none)".into() } else { lines.join("\n") }
}

fn check(suite: &str) {
    let (version, _) = suite.split_once('/').unwrap();
    let environment = Environment::new(&folder().join(version));
    let text = std::fs::read_to_string(folder().join(suite)).unwrap();
    let cases = cases(&text);
    let mut failures = String::new();
    let mut count = 0;
    for case in &cases {
        let actual = environment.run(case);
        if actual != case.expected {
            count += 1;
            let (line, code, expected) = (case.line, &case.code, &case.expected);
            let _ = writeln!(failures, "{suite}:{line}\n{code}{expected}  got\n{actual}");
        }
    }
    assert!(count == 0, "{count} of {} cases differ\n\n{failures}", cases.len());
}

macro_rules! suites {
    ($($name:ident: $file:literal)*) => {
        $(
            #[test]
            fn $name() {
                check($file);
            }
        )*
    };
}

suites! {
    openstack_debian: "debian/openstack.pp"
    others_debian: "debian/others.pp"
    modules_forge: "forge/modules.pp"
    more_forge: "forge/more.pp"
    arrays_8: "8/arrays.pp"
    formats_8: "8/formats.pp"
    new_9: "9/new.pp"
    renamed_9: "9/renamed.pp"
    network_8: "8/network.pp"
    numbers_8: "8/numbers.pp"
    paths_8: "8/paths.pp"
    resources_8: "8/resources.pp"
    strings_8: "8/strings.pp"
    validation_8: "8/validation.pp"
}
