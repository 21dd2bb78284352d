//! The lookup suite: `tests/suite/*.hiera`.
//!
//! A file has one or more scenarios (`### title`). A scenario has files (`=== path`, then the content) and queries
//! (`>>> verb names options`, then what comes out). Paths begin with `global/` (configuration folder), `env/`
//! (environment), `modules/` or `code/`; `facts.yaml` and `vars.yaml` are the variables of the node, `strict` the
//! setting. `ROOT` is the folder of all that. Verbs are `lookup`, `parameter`, `explain`, `explain_json` and `explain_options`; options are JSON.
//! Every expectation is what Puppet 8.11 gives.
//!
//! With `UPDATE_SUITE=1` in the environment the outcome is written into the files instead. `SUITE_FOLDER` names another
//! folder of files: scenarios made up by the thousand are compared with Puppet that way, and a sample of them is here
//! (`*_made_up.hiera`).
#![allow(clippy::unwrap_used, reason = "tests")]

use std::fmt::Write as _;
use std::path::Path;
use std::sync::Arc;

use hiera::source::Disk;
use hiera::{
    BackendCall, BackendFunction, Environment, ErrorKind, Host, LookupError, Module, Request, Segment,
    Session, Store, Strict, Variable,
};
use pcore::{Hash, Str, Type, Value};

#[test]
fn suite() {
    let folder = match std::env::var_os("SUITE_FOLDER") {
        Some(folder) => folder.into(),
        None => Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/suite"),
    };
    let mut failures = String::new();
    let mut files: Vec<_> = std::fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path()).collect();
    files.sort();
    assert!(!files.is_empty(), "the suite is there");
    for path in files {
        let text = std::fs::read_to_string(&path).unwrap();
        let actual = run_file(&text);
        if std::env::var_os("UPDATE_SUITE").is_some() {
            std::fs::write(&path, actual).unwrap();
        } else if actual != text {
            let name = path.file_name().unwrap().to_string_lossy().into_owned();
            failures.push_str(&difference(&name, &text, &actual));
        }
    }
    assert!(failures.is_empty(), "\n{failures}");
}

/// For each query whose outcome differs, the first line that does.
fn difference(name: &str, expected: &str, actual: &str) -> String {
    let mut out = String::new();
    for (expected, actual) in expected.split(">>> ").zip(actual.split(">>> ")) {
        let lines = expected.lines().map(Some).chain([None]).zip(actual.lines().map(Some).chain([None]));
        if let Some((expected_line, actual_line)) = lines.into_iter().find(|(a, b)| a != b) {
            let query = expected.lines().next().unwrap_or_default();
            let show = |line: Option<&str>| line.unwrap_or("(end)").to_owned();
            let (expected, actual) = (show(expected_line), show(actual_line));
            let _ = writeln!(out, "{name}: {query}\n  expected: {expected}\n  actual:   {actual}");
        }
    }
    out
}

enum Block<'t> {
    Text,
    File(&'t str),
    Query(&'t str),
}

fn run_file(text: &str) -> String {
    let mut scenarios: Vec<String> = Vec::new();
    for line in text.split_inclusive('\n') {
        if line.starts_with("### ") || scenarios.is_empty() {
            scenarios.push(String::new());
        }
        scenarios.last_mut().unwrap().push_str(line);
    }
    let mut results = scenarios.iter().map(|scenario| run_scenario(scenario).trim_end().to_owned() + "\n");
    let first = results.next().unwrap_or_default();
    results.fold(first, |all, next| all + "\n" + &next)
}

fn run_scenario(text: &str) -> String {
    let mut blocks: Vec<(Block<'_>, String)> = Vec::new();
    for line in text.split_inclusive('\n') {
        if let Some(path) = line.strip_prefix("=== ") {
            blocks.push((Block::File(path.trim_end()), String::new()));
        } else if let Some(query) = line.strip_prefix(">>> ") {
            blocks.push((Block::Query(query.trim_end_matches('\n')), String::new()));
        } else {
            if blocks.is_empty() {
                blocks.push((Block::Text, String::new()));
            }
            blocks.last_mut().unwrap().1.push_str(line);
        }
    }
    let folder = tempfile::tempdir().unwrap();
    let scenario = Scenario::new(folder.path(), &blocks);
    let mut out = String::new();
    for (block, body) in &blocks {
        match block {
            Block::Text => out.push_str(body),
            Block::File(path) => out.push_str(&format!("=== {path}\n{body}")),
            Block::Query(query) => {
                let result = scenario.query(query);
                out.push_str(&format!(">>> {query}\n{}\n", result.replace(&scenario.root, "ROOT")));
            }
        }
    }
    out
}

struct Scenario {
    root: String,
    variables: Hash,
    strict: Strict,
    environment: Arc<Environment>,
}

impl Scenario {
    fn new(root: &Path, blocks: &[(Block<'_>, String)]) -> Scenario {
        let text_root = root.to_str().unwrap().to_owned();
        let production = format!("{text_root}/code/environments/production");
        std::fs::create_dir_all(format!("{production}/modules")).unwrap();
        let mut variables = Hash::from_iter([("environment", Value::str("production"))]);
        variables.insert("trusted", Hash::new());
        let mut strict = Strict::Error;
        for (block, body) in blocks {
            let Block::File(path) = block else { continue };
            let (top, rest) = path.split_once('/').unwrap_or((path, ""));
            let target = match top {
                "facts.yaml" => {
                    variables.insert("facts", pcore::yaml::load(body, "facts").unwrap());
                    continue;
                }
                "vars.yaml" => {
                    let vars = pcore::yaml::load(body, "vars").unwrap();
                    variables.extend(vars.as_hash().unwrap().clone());
                    continue;
                }
                "strict" => {
                    strict = match body.trim() {
                        "off" => Strict::Off,
                        "warning" => Strict::Warning,
                        _ => Strict::Error,
                    };
                    continue;
                }
                "env" => format!("{production}/{rest}"),
                "modules" => format!("{production}/modules/{rest}"),
                "global" => format!("{text_root}/conf/{rest}"),
                _ => format!("{text_root}/{path}"),
            };
            std::fs::create_dir_all(Path::new(&target).parent().unwrap()).unwrap();
            let body = if body.ends_with("\n\n") { body.trim_end().to_owned() + "\n" } else { body.clone() };
            std::fs::write(target, body.replace("ROOT", &text_root)).unwrap();
        }
        let modules = std::fs::read_dir(format!("{production}/modules")).unwrap().map(|entry| {
            let entry = entry.unwrap();
            let name = entry.file_name().into_string().unwrap();
            (Str::from(name), Module::new(entry.path().to_str().unwrap(), &Disk))
        });
        let environment = Arc::new(Environment {
            name: "production".into(),
            global: format!("{text_root}/conf/hiera.yaml").into(),
            modules: modules.collect(),
            data_provider: hiera::provider_of_environment(&production, &Disk),
            codedir: format!("{text_root}/code").into(),
            root: Some(production.into()),
        });
        Scenario { root: text_root, variables, strict, environment }
    }

    fn query(&self, query: &str) -> String {
        let (verb, rest) = query.split_once(' ').unwrap();
        let (names, options) = rest
            .split_once(" {")
            .map_or((rest, "{}".to_owned()), |(names, options)| (names, format!("{{{options}")));
        let options = pcore::json::parse(options.as_bytes()).unwrap();
        let option = |name: &str| options.as_hash().unwrap().get_str(name).cloned();
        let request = Request {
            names: names.split(',').map(Str::from).collect(),
            merge: option("merge"),
            value_type: option("value_type").map(|name| {
                assert_eq!(name.as_str(), Some("Integer"), "the only type the test host knows here");
                Type::INTEGER
            }),
            default: option("default"),
            overrides: option("override").map(|hash| Arc::new(hash.as_hash().unwrap().clone())),
            default_values: option("default_values_hash")
                .map(|hash| Arc::new(hash.as_hash().unwrap().clone())),
            legacy: option("legacy").is_some(),
            places: match option("legacy") {
                Some(Value::Str(place)) => vec![place],
                _ => Vec::new(),
            },
        };
        let store = Arc::new(Store::new(Box::new(Disk), self.strict));
        let session = Session::new(self.environment.clone(), store);
        let mut host = TestHost {
            variables: &self.variables,
            session: session.clone(),
            log: String::new(),
            once: Vec::new(),
        };
        let out = match verb {
            "lookup" => {
                let found = session.lookup(&mut host, &request).and_then(|found| {
                    let message = || LookupError::located(hiera::not_found_message(&request.names));
                    found.ok_or_else(message)
                });
                shown(found)
            }
            "parameter" => match session.parameter(&mut host, names) {
                Ok(None) => "not found\n".to_owned(),
                Ok(Some(value)) => shown(Ok(value)),
                Err(error) => shown(Err(error)),
            },
            _ => {
                let explained = session.explain(&mut host, &request, verb == "explain_options");
                match explained.result {
                    Err(error) if error.kind != ErrorKind::Located => shown(Err(error)),
                    _ if verb == "explain_json" => pretty(&explained.explanation.to_value(), 0) + "\n",
                    _ => explained.explanation.text(),
                }
            }
        };
        host.log + &out
    }
}

fn shown(result: Result<Value, LookupError>) -> String {
    match result {
        Ok(value) => one_line(&value) + "\n",
        Err(error) => {
            let kind = match error.kind {
                ErrorKind::Located => "located",
                ErrorKind::Plain => "plain",
                ErrorKind::Argument => "argument",
            };
            format!("{kind} error: {}\n", error.message)
        }
    }
}

fn text(value: &str) -> String {
    let mut out = Vec::new();
    pcore::json::write(&Value::str(value), &mut out);
    String::from_utf8(out).unwrap()
}

/// JSON on one line; what JSON does not know stands in `<>`.
fn one_line(value: &Value) -> String {
    match value {
        Value::Array(items) => format!("[{}]", items.iter().map(one_line).collect::<Vec<_>>().join(", ")),
        Value::Hash(hash) => {
            let entry = |(key, value): (&Value, &Value)| format!("{}: {}", one_line(key), one_line(value));
            format!("{{{}}}", hash.iter().map(entry).collect::<Vec<_>>().join(", "))
        }
        Value::Undef => "null".into(),
        Value::Str(value) => text(value),
        Value::Bool(_) | Value::Int(_) | Value::Float(_) => pcore::format::to_s(value),
        Value::Sensitive(_) => "<#<Sensitive [value redacted]>>".into(),
        other => format!("<{}>", pcore::format::to_s(other)),
    }
}

/// JSON over several lines, as Ruby writes it.
fn pretty(value: &Value, depth: usize) -> String {
    let inner = "  ".repeat(depth + 1);
    let list = |open: &str, items: Vec<String>, close: &str| match items.is_empty() {
        true => format!("{open}{close}"),
        false => {
            format!("{open}\n{inner}{}\n{}{close}", items.join(&format!(",\n{inner}")), "  ".repeat(depth))
        }
    };
    match value {
        Value::Array(items) => list("[", items.iter().map(|item| pretty(item, depth + 1)).collect(), "]"),
        Value::Hash(hash) => {
            let entry =
                |(key, value): (&Value, &Value)| format!("{}: {}", one_line(key), pretty(value, depth + 1));
            list("{", hash.iter().map(entry).collect(), "}")
        }
        scalar => one_line(scalar),
    }
}

/// A node with variables, and the functions of the scenarios in Rust.
struct TestHost<'a> {
    variables: &'a Hash,
    session: Session,
    log: String,
    once: Vec<String>,
}

impl Host for TestHost<'_> {
    fn variable(&mut self, name: &str, _: &[Segment]) -> Variable {
        let top = name.strip_prefix("::").unwrap_or(name);
        if let Some(value) = self.variables.get_str(top) {
            return Variable::Value(value.clone());
        }
        if top.bytes().all(|byte| byte.is_ascii_digit()) {
            return Variable::Unset;
        }
        match top.rsplit_once("::") {
            Some((class, _)) => Variable::Undefined {
                name: top.to_owned(),
                reason: format!("class {class} could not be found"),
            },
            None => Variable::Undefined { name: name.to_owned(), reason: String::new() },
        }
    }

    fn warn(&mut self, message: &str) {
        let _ = writeln!(self.log, "warning: {message}");
    }

    fn warn_once(&mut self, key: &str, message: &str) {
        if !self.once.iter().any(|known| known == key) {
            self.once.push(key.to_owned());
            self.warn(message);
        }
    }

    fn function(&mut self, name: &str) -> Option<BackendFunction> {
        match name {
            "b::hash" | "b::key" | "b::dig" | "b::text" | "m::data" => Some(BackendFunction::default()),
            "b::wide" => Some(BackendFunction { results: vec![Type::hash_of(Type::Any, Type::Any)] }),
            _ => None,
        }
    }

    fn call(&mut self, call: BackendCall<'_>) -> Result<Value, LookupError> {
        let key = call.key.as_ref().and_then(Value::as_str).unwrap_or_default().to_owned();
        let hash = |entries: Vec<(&str, Value)>| Ok(Value::hash(entries.into_iter().collect()));
        match (call.function, key.as_str()) {
            ("b::hash", _) => {
                call.context.explain(|| "hash was called".into());
                hash(vec![
                    ("h_interpolated", "host %{facts.host}".into()),
                    ("h_options", call.options),
                    ("h_lookup", "%{lookup('last')}".into()),
                    ("h_rec", "%{lookup('h_rec')}".into()),
                ])
            }
            ("b::text", _) => Ok("text".into()),
            ("b::key", "k_plain") => Ok("%{facts.host}".into()),
            ("b::key", "k_interpolate") => call.context.interpolate(self, &"<%{facts.host}>".into()),
            ("b::key", "k_options") => Ok(call.options),
            ("b::key", "k_lookup") => self.lookup("last"),
            // The evaluator puts the place of the call around what a function raises.
            ("b::key", "k_rec") => self.lookup("k_rec").map_err(|error| {
                let file = "/code/environments/production/modules/b/functions/key.pp";
                let root = call.options.as_hash().unwrap()["path"].as_str().unwrap().split("/code").next().unwrap();
                LookupError::located(format!(
                    "Evaluation Error: Error while evaluating a Function Call, {} (file: {root}{file}, line: 7, \
                     column: 16)",
                    error.message
                ))
            }),
            ("b::key", "k_undef") => Ok(Value::Undef),
            ("b::key", "k_default") => Ok(Value::Default),
            ("b::key", "k_uri") if call.options.as_hash().unwrap().contains_str("uri") => {
                Ok(call.options.as_hash().unwrap()["uri"].clone())
            }
            ("b::key", "k_uri") => not_found(&call),
            ("b::key", key) => {
                call.context.explain(|| format!("do not know {key}"));
                not_found(&call)
            }
            ("b::dig", _) => match call.key.as_ref().and_then(Value::as_array) {
                Some([Value::Str(first), ..]) if first.starts_with("d_") => Ok(call.key.clone().unwrap()),
                _ => not_found(&call),
            },
            ("m::data", _) => hash(vec![
                ("m::name", call.context.module_name().map_or(Value::Undef, Value::Str)),
                ("foreign", Value::Int(1)),
                (
                    "lookup_options",
                    pcore::json::parse(br#"{"m::list": {"merge": "unique"}}"#).unwrap(),
                ),
                ("m::list", Value::array([Value::Int(1), Value::Int(1)])),
            ]),
            (name, key) => panic!("the test host has no {name} for {key}"),
        }
    }

    fn parse_type(&mut self, text: &str) -> Result<Type, String> {
        // What Puppet's parser says about `Nope[`.
        parse_type(text).ok_or_else(|| "Syntax error at end of input".into())
    }

    fn new_value(&mut self, ty: &Value, arguments: &[Value]) -> Result<Value, String> {
        let Value::Type(ty) = ty else { return Err("not a type".into()) };
        pcore::convert::new(ty, arguments, &mut Nowhere).map_err(|error| error.message)
    }
}

/// `Name` and `Name[arguments]`, where arguments are names and numbers.
fn parse_type(text: &str) -> Option<Type> {
    let Some((name, arguments)) = text.split_once('[') else {
        return Some(pcore::parameterize::named(text).unwrap_or_else(|| Type::Reference(text.into())));
    };
    let argument = |text: &str| match text.trim().parse() {
        Ok(number) => Some(Value::Int(number)),
        Err(_) => parse_type(text.trim()).map(Value::Type),
    };
    let arguments: Vec<Value> =
        arguments.strip_suffix(']')?.split(',').map(argument).collect::<Option<_>>()?;
    pcore::parameterize::parameterize(&pcore::parameterize::named(name)?, &arguments).ok()
}

/// Conversions here need nothing from outside.
struct Nowhere;

impl pcore::convert::Outside for Nowhere {
    fn now(&mut self) -> pcore::time::Timestamp {
        pcore::time::Timestamp { seconds: 0, nanoseconds: 0 }
    }

    fn utc_offset(&mut self) -> i32 {
        0
    }

    fn parse_type(&mut self, text: &str) -> Result<Type, pcore::ValueError> {
        parse_type(text).ok_or_else(|| pcore::ValueError::new("no type"))
    }
}

impl TestHost<'_> {
    fn lookup(&mut self, name: &str) -> Result<Value, LookupError> {
        let session = self.session.clone();
        Ok(session.lookup(self, &Request::name(name))?.unwrap_or_default())
    }
}

fn not_found(call: &BackendCall<'_>) -> Result<Value, LookupError> {
    call.context.not_found();
    Err(LookupError::argument("left after not_found"))
}
