//! Reading `auth.conf`.

use std::path::Path;

use http::Method;
use pki::OidNames;
use regex::RegexBuilder;
use stdx::hocon::{self, HoconError, Object, Value};

use super::entry::Entry;
use super::{Pattern, Rule, Rules};

/// Most memory that one compiled pattern may take.
const REGEX_BYTES_MAX: usize = 1024 * 1024;
/// Sort order of a rule that gives none is an error; these are the bounds.
const SORT_ORDERS: std::ops::RangeInclusive<i64> = 1..=999;

/// Why an `auth.conf` cannot be used.
#[derive(Debug, thiserror::Error)]
pub enum AuthConfigError {
    /// It is no HOCON, or cannot be read.
    #[error(transparent)]
    Syntax(#[from] HoconError),
    /// It is HOCON, but no set of rules.
    #[error("{file}: {place}: {message}")]
    Rule {
        /// The file.
        file: String,
        /// The rule, or the setting.
        place: String,
        /// What is wrong.
        message: String,
    },
}

impl Rules {
    /// Reads the rules of a file. `names` has the short names of certificate extensions.
    pub fn load(path: &Path, names: &OidNames) -> Result<Rules, AuthConfigError> {
        Rules::from_hocon(&hocon::load(path)?, &path.display().to_string(), names)
    }

    /// Reads the rules of a text, which may include nothing.
    pub fn parse(text: &str, name: &str, names: &OidNames) -> Result<Rules, AuthConfigError> {
        Rules::from_hocon(&hocon::parse(text, name)?, name, names)
    }

    fn from_hocon(document: &Value, file: &str, names: &OidNames) -> Result<Rules, AuthConfigError> {
        let fail = |(place, message): (String, String)| AuthConfigError::Rule {
            file: file.to_owned(),
            place,
            message,
        };
        let at = |place: &str, message: String| fail((place.to_owned(), message));
        let section = document
            .get(&["authorization"])
            .and_then(Value::as_object)
            .ok_or_else(|| at("authorization", "the section is missing".to_owned()))?;
        known_keys(section, &["version", "rules", "allow-header-cert-info"])
            .map_err(|message| at("authorization", message))?;
        if section.get("version") != Some(&Value::Int(1)) {
            return Err(at("authorization.version", "must be 1".to_owned()));
        }
        let allow_header_cert_info = match section.get("allow-header-cert-info") {
            None => false,
            Some(Value::Bool(flag)) => *flag,
            Some(Value::String(text)) if text == "true" || text == "false" => text == "true",
            Some(other) => {
                let message = format!("must be true or false, not {}", other.kind());
                return Err(at("authorization.allow-header-cert-info", message));
            }
        };
        let Some(Value::Array(list)) = section.get("rules") else {
            return Err(at("authorization.rules", "must be an array of rules".to_owned()));
        };
        let mut rules: Vec<Rule> = Vec::with_capacity(list.len());
        for (index, value) in list.iter().enumerate() {
            let rule = rule(value, names).map_err(|message| {
                let name = value.get(&["name"]).and_then(Value::as_str);
                let place =
                    name.map_or_else(|| format!("rule {}", index + 1), |name| format!("rule '{name}'"));
                fail((place, message))
            })?;
            if rules.iter().any(|other| other.name == rule.name) {
                let message = "the name is used by another rule".to_owned();
                return Err(at(&format!("rule '{}'", rule.name), message));
            }
            rules.push(rule);
        }
        Ok(Rules::sorted(rules, allow_header_cert_info))
    }
}

fn known_keys(object: &Object, known: &[&str]) -> Result<(), String> {
    match object.keys().find(|key| !known.contains(&key.as_str())) {
        Some(key) => Err(format!("unknown key '{key}'; known are {}", known.join(", "))),
        None => Ok(()),
    }
}

fn rule(value: &Value, names: &OidNames) -> Result<Rule, String> {
    let object =
        value.as_object().ok_or_else(|| format!("a rule must be an object, not {}", value.kind()))?;
    known_keys(object, &["match-request", "allow", "allow-unauthenticated", "deny", "sort-order", "name"])?;
    let name = match object.get("name") {
        Some(Value::String(name)) if !name.is_empty() => name.clone(),
        _ => return Err("needs a 'name'".to_owned()),
    };
    let sort_order = match object.get("sort-order") {
        Some(Value::Int(order)) if SORT_ORDERS.contains(order) => *order as u16,
        _ => return Err("needs a 'sort-order' from 1 to 999".to_owned()),
    };
    let request = object
        .get("match-request")
        .and_then(Value::as_object)
        .ok_or("needs a 'match-request' with 'path' and 'type'")?;
    known_keys(request, &["path", "type", "method", "query-params"])?;
    let Some(Value::String(path)) = request.get("path") else {
        return Err("'match-request' needs a 'path'".to_owned());
    };
    let path = match request.get("type").and_then(Value::as_str) {
        Some("path") => Pattern::Prefix(path.clone()),
        Some("regex") => RegexBuilder::new(path)
            .size_limit(REGEX_BYTES_MAX)
            .build()
            .map(Pattern::Regex)
            .map_err(|error| format!("invalid regular expression '{path}': {error}"))?,
        _ => return Err("'match-request' needs a 'type': path or regex".to_owned()),
    };
    let allow_unauthenticated = match object.get("allow-unauthenticated") {
        None => false,
        Some(Value::Bool(flag)) => *flag,
        Some(other) => return Err(format!("'allow-unauthenticated' must be true, not {}", other.kind())),
    };
    let allow = entries(object.get("allow"), names).map_err(|message| format!("'allow': {message}"))?;
    let deny = entries(object.get("deny"), names).map_err(|message| format!("'deny': {message}"))?;
    if allow.is_none() && deny.is_none() && !allow_unauthenticated {
        return Err("needs 'allow', 'deny' or 'allow-unauthenticated'".to_owned());
    }
    if allow_unauthenticated && (allow.is_some() || deny.is_some()) {
        return Err("'allow-unauthenticated' cannot stand beside 'allow' or 'deny'".to_owned());
    }
    Ok(Rule {
        name,
        sort_order,
        path,
        methods: methods(request.get("method"))?,
        query: query(request.get("query-params"))?,
        allow: allow.unwrap_or_default(),
        deny: deny.unwrap_or_default(),
        allow_unauthenticated,
    })
}

/// One text or a list of texts.
fn texts(value: &Value) -> Result<Vec<String>, String> {
    match value {
        Value::String(text) => Ok(vec![text.clone()]),
        // An extension's value may look like something else in the file; on the wire it is text.
        Value::Bool(flag) => Ok(vec![flag.to_string()]),
        Value::Int(number) => Ok(vec![number.to_string()]),
        Value::Array(items) => {
            items.iter().map(texts).collect::<Result<Vec<_>, _>>().map(|lists| lists.concat())
        }
        other => Err(format!("must be text or a list of texts, not {}", other.kind())),
    }
}

fn methods(value: Option<&Value>) -> Result<Vec<Method>, String> {
    let Some(value) = value else { return Ok(Vec::new()) };
    let names = texts(value).map_err(|message| format!("'method' {message}"))?;
    let mut methods = Vec::new();
    for name in names {
        match name.to_ascii_lowercase().as_str() {
            "any" => return Ok(Vec::new()),
            "get" => methods.push(Method::GET),
            "put" => methods.push(Method::PUT),
            "post" => methods.push(Method::POST),
            "delete" => methods.push(Method::DELETE),
            "head" => methods.push(Method::HEAD),
            _ => return Err(format!("unknown method '{name}'; known are get, put, post, delete, head, any")),
        }
    }
    // An empty list must not mean "any".
    if methods.is_empty() {
        return Err("'method' names no method".to_owned());
    }
    Ok(methods)
}

fn query(value: Option<&Value>) -> Result<Vec<(String, Vec<String>)>, String> {
    match value {
        None => Ok(Vec::new()),
        Some(Value::Object(params)) => params
            .iter()
            .map(|(key, values)| {
                let values = texts(values).map_err(|message| format!("'query-params': '{key}' {message}"))?;
                Ok((key.clone(), values))
            })
            .collect(),
        Some(other) => Err(format!("'query-params' must be an object, not {}", other.kind())),
    }
}

fn entries(value: Option<&Value>, names: &OidNames) -> Result<Option<Vec<Entry>>, String> {
    Ok(match value {
        None => None,
        Some(Value::Array(items)) => {
            Some(items.iter().map(|item| entry(item, names)).collect::<Result<_, _>>()?)
        }
        Some(one) => Some(vec![entry(one, names)?]),
    })
}

fn entry(value: &Value, names: &OidNames) -> Result<Entry, String> {
    let object = match value {
        Value::String(text) => return Entry::parse(text),
        Value::Object(object) => object,
        other => return Err(format!("an entry must be text or an object, not {}", other.kind())),
    };
    let mut parts = Vec::new();
    for (key, value) in object {
        match (key.as_str(), value) {
            ("certname", Value::String(name)) => parts.push(Entry::parse(name)?),
            ("extensions", Value::Object(extensions)) if !extensions.is_empty() => {
                let mut wanted = Vec::new();
                for (name, values) in extensions {
                    let oid =
                        names.oid(name).ok_or_else(|| format!("'{name}' is no known extension or OID"))?;
                    let values = texts(values).map_err(|message| format!("extension '{name}' {message}"))?;
                    wanted.push((oid.to_string(), values));
                }
                parts.push(Entry::Extensions(wanted));
            }
            ("certname" | "extensions", other) => {
                return Err(format!("'{key}' cannot be {}", other.kind()));
            }
            _ => return Err(format!("unknown key '{key}'; known are certname, extensions")),
        }
    }
    match parts.len() {
        0 => Err("an entry needs 'certname' or 'extensions'".to_owned()),
        1 => Ok(parts.remove(0)),
        _ => Ok(Entry::All(parts)),
    }
}
