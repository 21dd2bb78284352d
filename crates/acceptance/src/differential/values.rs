//! Plausible values of parameters: something that the declared type accepts where that can be seen from its text, and that looks
//! like what the name promises. Where it guesses wrong both compilers must say so in the same words.

use pcore::regexp::Regexp;
use syntax::ast::{Ast, Expr, ExprId, Parameter};

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

/// A value as source text.
pub fn plausible(ast: &Ast, parameter: &Parameter) -> String {
    let name = parameter.name.as_str();
    match parameter.type_expr {
        None => match parameter.value.map(|value| &ast[value]) {
            Some(Expr::Bool(value)) => (!value).to_string(),
            Some(Expr::Int(number, _)) => number.saturating_add(1).to_string(),
            Some(Expr::Array(_)) => "['one', 'two']".to_owned(),
            Some(Expr::Hash(_)) => "{ 'example' => 'value' }".to_owned(),
            _ => untyped(name),
        },
        Some(ty) => of_type(ast, ty, name, 0).unwrap_or_else(|| "'example'".to_owned()),
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

fn of_type(ast: &Ast, ty: ExprId, name: &str, depth: usize) -> Option<String> {
    if depth > 8 {
        return None;
    }
    match &ast[ty] {
        Expr::TypeName(type_name) => named(type_name.as_str(), name),
        Expr::Access { left, keys } => match &ast[*left] {
            Expr::TypeName(type_name) => parameterized(ast, type_name.as_str(), keys, name, depth),
            _ => None,
        },
        Expr::Paren(inner) => of_type(ast, *inner, name, depth),
        _ => None,
    }
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

fn parameterized(ast: &Ast, type_name: &str, keys: &[ExprId], name: &str, depth: usize) -> Option<String> {
    let inner = |key: &ExprId| of_type(ast, *key, name, depth + 1);
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
        "Enum" => keys.iter().find_map(literal),
        "Variant" => keys
            .iter()
            .filter(|key| !matches!(&ast[**key], Expr::TypeName(name) if name.as_str() == "Undef"))
            .find_map(inner),
        "Integer" => Some(integer(keys.first()).or(integer(keys.get(1))).unwrap_or(1).to_string()),
        "Float" => Some(format!("{}.5", integer(keys.first()).unwrap_or(1))),
        "Boolean" => match keys.first().map(|key| &ast[*key]) {
            Some(Expr::Bool(value)) => Some(value.to_string()),
            _ => Some("true".to_owned()),
        },
        "String" => {
            let mut text = text(name).trim_matches('\'').to_owned();
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
                None => Some("{}".to_owned()),
            }
        }
        "Struct" => {
            let Some(Expr::Hash(entries)) = keys.first().map(|key| &ast[*key]) else {
                return Some("{}".to_owned());
            };
            let mut parts = Vec::new();
            for (key, value) in entries {
                if let Some(key) = literal(key) {
                    parts
                        .push(format!("{key} => {}", inner(value).unwrap_or_else(|| "'example'".to_owned())));
                }
            }
            Some(format!("{{ {} }}", parts.join(", ")))
        }
        "Pattern" => keys.iter().find_map(|key| {
            let Expr::Regex(source) = &ast[*key] else { return None };
            let regexp = Regexp::new(source).ok()?;
            TEXTS.iter().find(|text| regexp.is_match(text)).map(|text| quoted(text))
        }),
        "Sensitive" => Some(format!("Sensitive({})", keys.first().and_then(inner)?)),
        _ => None,
    }
}
