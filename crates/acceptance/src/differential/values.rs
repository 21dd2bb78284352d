//! Plausible values of parameters: something that the declared type accepts where that can be seen from its text, and that looks
//! like what the name promises. Where it guesses wrong both compilers must say so in the same words.

use std::collections::HashMap;
use std::path::Path;

use pcore::regexp::Regexp;
use syntax::ast::{Ast, Expr, ExprId, Parameter};
use syntax::source::SourceFile;

use super::cases::gather;

/// Texts tried against patterns.
const TEXTS: &[&str] = &[
    "example",
    "present",
    "/opt/example",
    "8080",
    "1",
    "0644",
    "192.0.2.7",
    "host.example.com",
    "yes",
    "true",
    "1.2.3",
    "10%",
    "1g",
    "10M",
    "5m",
    "a@example.com",
    "https://example.com/x",
    "puppet:///modules/example/x",
    "C:/example",
    "00:11:22:33:44:55",
    "aGk=",
    "2001:db8::7",
    "example::name",
    "EXAMPLE",
    "*",
    "-1",
    "daily",
    "all",
];

/// What is tried last, for parameters that say nothing of themselves.
const LAST: &[&str] = &[
    "'example'",
    "{ 'example' => { 'ensure' => 'present' } }",
    "['example']",
    "'/opt/example'",
    "true",
    "1",
    "{}",
    "'present'",
    "'host.example.com'",
    "'192.0.2.7'",
    "undef",
];

/// The type aliases of all modules.
#[derive(Debug, Default)]
pub struct Aliases(HashMap<String, (std::sync::Arc<Ast>, ExprId)>);

impl Aliases {
    /// Those in the modules of these directories; the first of a name wins.
    pub fn of<'a>(modules: impl Iterator<Item = &'a Path>) -> Aliases {
        let mut aliases = Aliases::default();
        for module in modules {
            let mut files = Vec::new();
            gather(&module.join("types"), "pp", &mut files);
            for file in files {
                let Ok(text) = std::fs::read_to_string(&file) else { continue };
                let source = SourceFile::new(None, text.as_str());
                let ast = std::sync::Arc::new(syntax::parse(source, syntax::Options::default()).ast);
                for &definition in &ast.definitions {
                    if let Expr::TypeAlias(alias) = &ast[definition] {
                        aliases
                            .0
                            .entry(alias.name.as_str().to_lowercase())
                            .or_insert_with(|| (ast.clone(), alias.type_expr));
                    }
                }
            }
        }
        aliases
    }

    fn get(&self, name: &str) -> Option<(&Ast, ExprId)> {
        let (ast, expr) = self.0.get(&name.trim_start_matches("::").to_lowercase())?;
        Some((ast, *expr))
    }
}

/// Values as source text, the most plausible one first.
pub fn plausible(ast: &Ast, parameter: &Parameter, aliases: &Aliases) -> Vec<String> {
    let name = parameter.name.as_str();
    match parameter.type_expr {
        None => {
            let like_default = match parameter.value.map(|value| &ast[value]) {
                Some(Expr::Bool(value)) => Some((!value).to_string()),
                Some(Expr::Int(number, _)) => Some(number.saturating_add(1).to_string()),
                Some(Expr::Array(_)) => Some("['one', 'two']".to_owned()),
                Some(Expr::Hash(_)) => Some("{ 'example' => 'value' }".to_owned()),
                Some(Expr::Str(text)) if !text.is_empty() => Some(quoted(&format!("{text}0"))),
                _ => None,
            };
            let mut all: Vec<String> = like_default.into_iter().chain([untyped(name)]).collect();
            if parameter.value.is_none() {
                all.extend(LAST.iter().map(|text| (*text).to_owned()));
            }
            all
        }
        Some(ty) => {
            let guesses = (0..4).filter_map(|choice| Guess { aliases, name, choice }.of_type(ast, ty, 0));
            let mut all: Vec<String> = guesses.collect();
            if all.is_empty() {
                all.extend(LAST.iter().map(|text| (*text).to_owned()));
            }
            all
        }
    }
}

fn quoted(text: &str) -> String {
    format!("'{}'", text.replace('\\', "\\\\").replace('\'', "\\'"))
}

fn untyped(name: &str) -> String {
    let starts = |prefixes: &[&str]| prefixes.iter().any(|prefix| name.starts_with(prefix));
    let ends = |suffixes: &[&str]| suffixes.iter().any(|suffix| name.ends_with(suffix));
    match name {
        "ensure" => "'present'".to_owned(),
        _ if starts(&["enable", "manage", "use_", "purge"]) || ends(&["_enable", "enabled", "_manage"]) => {
            "true".to_owned()
        }
        _ if ends(&["options", "settings", "config_hash"]) => "{ 'example' => 'value' }".to_owned(),
        _ if ends(&["packages", "servers", "hosts", "list"]) => "['one', 'two']".to_owned(),
        _ => text(name),
    }
}

/// A string that fits a parameter's name.
fn text(name: &str) -> String {
    let has = |parts: &[&str]| parts.iter().any(|part| name.contains(part));
    quoted(match name {
        "mode" => "0644",
        _ if has(&["port"]) => "8080",
        _ if has(&["path", "dir", "file", "target", "home"]) => "/opt/example",
        _ if has(&["url", "uri"]) => "https://example.com/x",
        _ if has(&["ip", "address", "bind"]) => "192.0.2.7",
        _ if has(&["host", "server", "fqdn", "domain"]) => "host.example.com",
        _ if has(&["source"]) => "puppet:///modules/example/x",
        _ if has(&["version"]) => "1.2.3",
        _ => "example",
    })
}

/// One of several values for a type.
struct Guess<'a> {
    aliases: &'a Aliases,
    /// The parameter's.
    name: &'a str,
    /// Which one, where there are several.
    choice: usize,
}

impl Guess<'_> {
    fn of_type(&self, ast: &Ast, ty: ExprId, depth: usize) -> Option<String> {
        if depth > 8 {
            return None;
        }
        match &ast[ty] {
            Expr::TypeName(type_name) => match self.aliases.get(type_name.as_str()) {
                Some((ast, ty)) => self.of_type(ast, ty, depth + 1),
                None => named(type_name.as_str(), self.name),
            },
            Expr::Access { left, keys } => match &ast[*left] {
                Expr::TypeName(type_name) => self.parameterized(ast, type_name.as_str(), keys, depth),
                _ => None,
            },
            Expr::Paren(inner) => self.of_type(ast, *inner, depth),
            _ => None,
        }
    }

    fn parameterized(&self, ast: &Ast, type_name: &str, keys: &[ExprId], depth: usize) -> Option<String> {
        let inner = |key: &ExprId| self.of_type(ast, *key, depth + 1);
        let literal = |key: &ExprId| match &ast[*key] {
            Expr::Str(text) => Some(quoted(text)),
            Expr::Name(name) => Some(quoted(name.as_str())),
            _ => None,
        };
        let integer = |key: Option<&ExprId>| match key.map(|key| &ast[*key]) {
            Some(Expr::Int(number, _)) => Some(*number),
            Some(Expr::Minus(inner)) => match ast[*inner] {
                Expr::Int(number, _) => Some(-number),
                _ => None,
            },
            _ => None,
        };
        match type_name {
            "Optional" | "NotUndef" => keys.first().and_then(|key| literal(key).or_else(|| inner(key))),
            "Enum" => pick(keys.iter().filter_map(literal).collect(), self.choice),
            "Variant" => pick(
                keys.iter()
                    .filter(|key| !matches!(&ast[**key], Expr::TypeName(name) if name.as_str() == "Undef"))
                    .filter_map(inner)
                    .collect(),
                self.choice,
            ),
            "Integer" => Some(integer(keys.first()).or(integer(keys.get(1))).unwrap_or(1).to_string()),
            "Float" => Some(format!("{}.5", integer(keys.first()).unwrap_or(1))),
            "Boolean" => match keys.first().map(|key| &ast[*key]) {
                Some(Expr::Bool(value)) => Some(value.to_string()),
                _ => Some("true".to_owned()),
            },
            "String" => {
                let mut text = text(self.name).trim_matches('\'').to_owned();
                let least = integer(keys.first()).unwrap_or(0).clamp(0, 200) as usize;
                while text.len() < least {
                    text.push('x');
                }
                if let Some(most) = integer(keys.get(1)) {
                    text.truncate(most.clamp(0, 200) as usize);
                }
                Some(quoted(&text))
            }
            "Array" => {
                let item = keys.first().and_then(inner).unwrap_or_else(|| "'example'".to_owned());
                let count = integer(keys.get(1)).unwrap_or(1).clamp(1, 5) as usize;
                Some(format!("[{}]", vec![item; count].join(", ")))
            }
            "Tuple" => Some(format!("[{}]", keys.iter().filter_map(inner).collect::<Vec<_>>().join(", "))),
            "Hash" => {
                let key = keys.first().and_then(inner).unwrap_or_else(|| "'example'".to_owned());
                match keys.get(1).and_then(inner) {
                    Some(value) => Some(format!("{{ {key} => {value} }}")),
                    None if self.choice == 0 => Some("{}".to_owned()),
                    None => Some("{ 'example' => { 'ensure' => 'present' } }".to_owned()),
                }
            }
            "Struct" => {
                let Some(Expr::Hash(entries)) = keys.first().map(|key| &ast[*key]) else {
                    return Some("{}".to_owned());
                };
                let mut parts = Vec::new();
                for (key, value) in entries {
                    let literal_key = match &ast[*key] {
                        Expr::Access { left, keys } => match &ast[*left] {
                            Expr::TypeName(name) if name.as_str() == "Optional" && self.choice % 2 == 1 => {
                                None
                            }
                            _ => keys.first().and_then(literal),
                        },
                        _ => literal(key),
                    };
                    if let Some(key) = literal_key {
                        parts.push(format!(
                            "{key} => {}",
                            inner(value).unwrap_or_else(|| "'example'".to_owned())
                        ));
                    }
                }
                Some(format!("{{ {} }}", parts.join(", ")))
            }
            "Pattern" => keys.iter().find_map(|key| {
                let Expr::Regex(source) = &ast[*key] else { return None };
                let regexp = Regexp::new(source).ok()?;
                // What the name promises first, if the pattern takes it.
                let named = text(self.name);
                let named = named.trim_matches('\'');
                let mut found: Vec<&str> = std::iter::once(named).chain(TEXTS.iter().copied()).collect();
                found.retain(|text| regexp.is_match(text));
                pick(found.into_iter().map(quoted).collect(), self.choice)
            }),
            "Sensitive" => Some(format!("Sensitive({})", keys.first().and_then(inner)?)),
            _ => None,
        }
    }
}

/// One of several, or the last.
fn pick(mut all: Vec<String>, choice: usize) -> Option<String> {
    all.dedup();
    let at = choice.min(all.len().checked_sub(1)?);
    all.into_iter().nth(at)
}

fn named(type_name: &str, name: &str) -> Option<String> {
    let text_of = |text: &str| Some(quoted(text));
    match type_name.trim_start_matches("::") {
        "String" | "Any" | "Scalar" | "ScalarData" | "Data" | "RichData" | "NotUndef" | "Optional"
        | "Pattern" | "Enum" | "Variant" => Some(text(name)),
        "Integer" | "Numeric" => Some("1".to_owned()),
        "Float" => Some("1.5".to_owned()),
        "Boolean" => Some("true".to_owned()),
        "Array" | "Tuple" | "Collection" => Some("['example']".to_owned()),
        "Hash" | "Struct" => Some("{}".to_owned()),
        "Undef" => Some("undef".to_owned()),
        "Sensitive" => Some("Sensitive('secret')".to_owned()),
        "Regexp" => Some("/example/".to_owned()),
        alias => {
            let alias = alias.to_lowercase();
            let ends = |suffixes: &[&str]| suffixes.iter().any(|suffix| alias.ends_with(suffix));
            match alias.as_str() {
                _ if ends(&["windowspath"]) => text_of("C:/example"),
                _ if ends(&["path", "::directory", "::file"]) => text_of("/opt/example"),
                _ if ends(&["url", "uri"]) => text_of("https://example.com/x"),
                _ if ends(&["port", "port::unprivileged", "port::user"]) => Some("8080".to_owned()),
                _ if alias.contains("::ip::address::v6") => text_of("2001:db8::7"),
                _ if alias.contains("::ip::address") => text_of("192.0.2.7"),
                _ if ends(&["fqdn", "host", "hostname", "::dnsname"]) => text_of("host.example.com"),
                _ if ends(&["ensure::service"]) => text_of("running"),
                _ if ends(&["ensure", "ensure::package", "ensure::file", "ensure::package"]) => {
                    text_of("present")
                }
                _ if ends(&["filemode", "::mode"]) => text_of("0644"),
                _ if ends(&["filesource", "::source"]) => text_of("puppet:///modules/example/x"),
                _ if ends(&["base64"]) => text_of("aGk="),
                _ if ends(&["email"]) => text_of("a@example.com"),
                _ if ends(&["yes_no", "yesno"]) => text_of("yes"),
                _ if ends(&["mac"]) => text_of("00:11:22:33:44:55"),
                _ => None,
            }
        }
    }
}
