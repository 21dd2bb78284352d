//! `%{...}` in data and in hiera.yaml.

use pcore::{Hash, Str, Value};

use super::invocation::Watched;
use super::resolve::step_into;
use super::{Invocation, Request, Session};
use crate::data::is_plain;
use crate::error::{Failure, Found, LookupError};
use crate::explain::Kind;
use crate::host::{Host, Strict, Variable};
use crate::key::{Segment, split};
use crate::ruby::{class_name, to_s};

/// What `%{x('...')}` may call.
enum Method {
    Lookup,
    Alias,
    Scope,
    Literal,
}

impl Session {
    /// A value with all its interpolations resolved. In hiera.yaml the method form is not allowed.
    pub(super) fn interpolate(
        &self,
        host: &mut dyn Host,
        invocation: &Invocation,
        value: &Value,
        methods: bool,
    ) -> Found {
        if is_plain(value) {
            return Ok(value.clone());
        }
        match value {
            Value::Str(text) => self.interpolate_text(host, invocation, text, methods),
            Value::Array(items) => {
                let items: Result<Vec<Value>, Failure> =
                    items.iter().map(|item| self.interpolate(host, invocation, item, methods)).collect();
                Ok(Value::array(items?))
            }
            Value::Hash(hash) if hash.keys().all(is_plain) => {
                let mut filled = (**hash).clone();
                for value in filled.values_mut().filter(|value| !is_plain(value)) {
                    *value = self.interpolate(host, invocation, value, methods)?;
                }
                Ok(Value::hash(filled))
            }
            Value::Hash(hash) => {
                let mut filled = Hash::with_capacity(hash.len());
                for (key, value) in hash.iter() {
                    let key = self.interpolate(host, invocation, key, methods)?;
                    filled.insert(key, self.interpolate(host, invocation, value, methods)?);
                }
                Ok(Value::hash(filled))
            }
            other => Ok(other.clone()),
        }
    }

    fn interpolate_text(
        &self,
        host: &mut dyn Host,
        invocation: &Invocation,
        text: &Str,
        methods: bool,
    ) -> Found {
        self.0.with(|| Kind::Interpolate(text.clone()), || {
            let mut out = String::with_capacity(text.len());
            let mut rest = text.as_str();
            while let Some((before, after)) = rest.split_once("%{") {
                let Some((expression, tail)) = after.split_once('}') else { break };
                out.push_str(before);
                rest = tail;
                let expression = expression.trim();
                if is_empty(expression) {
                    continue;
                }
                let (method, key) = parse(expression, methods)?;
                if matches!(method, Method::Alias) {
                    // Not only what stands before and after: `%{}` counts too.
                    if !is_whole(text) {
                        return Err(issue(
                            "HIERA_INTERPOLATION_ALIAS_NOT_ENTIRE_STRING",
                            "'alias' interpolation is only permitted if the expression is equal to the entire \
                             string"
                                .to_owned(),
                        ));
                    }
                    return self.interpolated_lookup(host, invocation, key);
                }
                let value = match method {
                    Method::Lookup | Method::Alias => self.interpolated_lookup(host, invocation, key)?,
                    Method::Literal => Value::str(key),
                    Method::Scope => {
                        self.scope_value(host, invocation, key, text)?.unwrap_or_default()
                    }
                };
                let name = match method {
                    Method::Scope => format!("scope:{key}").into(),
                    _ => Str::from(key),
                };
                let value = self.0.check(name, || self.interpolate(host, invocation, &value, methods))?;
                to_s(&mut out, &value);
            }
            out.push_str(rest);
            Ok(Value::str(out))
        })
    }

    /// `%{lookup('key')}`: what is not found is the empty string.
    fn interpolated_lookup(&self, host: &mut dyn Host, invocation: &Invocation, key: &str) -> Found {
        let request = Request { default: Some(Value::str("")), ..Request::name(key) };
        // Data above the layer of version 3 see what others see.
        if invocation.version_3 && !invocation.global_only {
            let invocation = Invocation { version_3: false, ..invocation.clone() };
            return Ok(self.lookup_names(host, &invocation, &request)?.unwrap_or_default());
        }
        Ok(self.lookup_names(host, invocation, &request)?.unwrap_or_default())
    }

    /// `%{key}`: the value of a variable, or below it.
    pub(super) fn scope_value(
        &self,
        host: &mut dyn Host,
        invocation: &Invocation,
        key: &str,
        text: &str,
    ) -> Result<Option<Value>, Failure> {
        let inner = &*self.0;
        let syntax_error = || LookupError::located(format!("Syntax error in string: {text}"));
        let mut segments = split(key).ok_or_else(syntax_error)?;
        let root = match segments.remove(0) {
            Segment::Name(name) => name,
            Segment::Index(index) => {
                let message = format!("Scope variable name {index} is a Integer, not a string");
                return Err(LookupError::plain(message).into());
            }
        };
        let mut value = inner.with(
            || Kind::Scope("Global Scope".to_owned()),
            || self.root_value(host, invocation, &root, &segments),
        )?;
        if let (Some(found), false) = (&value, segments.is_empty()) {
            value = match self.sub_lookup(key, &segments, found.clone()) {
                Ok(below) => Some(below).filter(|below| !below.is_undef()),
                Err(Failure::NotFound) => None,
                Err(error) => return Err(error),
            };
        }
        if let Some(resolving) = &invocation.resolving {
            // A top-scope variable that is set keeps its value.
            if value.is_none() || !key.starts_with("::") {
                resolving.watched.borrow_mut().push(Watched { root, segments, value: value.clone() });
            }
        }
        Ok(value)
    }

    fn root_value(
        &self,
        host: &mut dyn Host,
        invocation: &Invocation,
        root: &Str,
        segments: &[Segment],
    ) -> Result<Option<Value>, Failure> {
        let inner = &*self.0;
        if let Some(value) = invocation.overrides.as_ref().and_then(|all| all.get_str(root)) {
            inner.note(|explainer| explainer.found_in_overrides(root, value));
            return Ok(Some(value.clone()).filter(|value| !value.is_undef()));
        }
        let local = invocation.resolving.as_ref().and_then(|resolving| resolving.local.as_ref());
        let variable = match local.filter(|(name, _)| name == root) {
            Some((_, value)) => Variable::Value(value.clone()),
            None => self.variable(host, root, segments, invocation.version_3),
        };
        let default = invocation.default_values.as_ref().and_then(|all| all.get_str(root));
        match (variable, default) {
            (Variable::Value(value), _) => {
                inner.note(|explainer| explainer.found(root, &value));
                Ok(Some(value).filter(|value| !value.is_undef()))
            }
            (_, Some(value)) => {
                inner.note(|explainer| explainer.found_in_defaults(root, value));
                Ok(Some(value.clone()).filter(|value| !value.is_undef()))
            }
            (Variable::Unset, None) => Ok(None),
            (Variable::Undefined { name, reason }, None) => {
                self.undefined(host, invocation, &name, &reason)?;
                Ok(None)
            }
        }
    }

    fn undefined(
        &self,
        host: &mut dyn Host,
        invocation: &Invocation,
        name: &str,
        reason: &str,
    ) -> Result<(), LookupError> {
        let once = || format!("Variable: {name}");
        let lenient = invocation.resolving.as_ref().is_some_and(|resolving| resolving.lenient);
        match self.0.store.strict() {
            Strict::Off => {}
            Strict::Warning => {
                host.warn_once(&once(), &format!("Undefined variable '{name}'; {reason}"));
            }
            Strict::Error if lenient => {
                let message =
                    format!("Interpolation failed with '{name}', but compilation continuing; {reason}");
                host.warn_once(&once(), &message);
            }
            Strict::Error => {
                return Err(LookupError::argument(format!("Undefined variable '{name}'; {reason}")));
            }
        }
        Ok(())
    }

    /// Digs for sub-keys, step by step as explanations show it.
    pub(super) fn sub_lookup(&self, key: &str, segments: &[Segment], value: Value) -> Found {
        let inner = &*self.0;
        if !inner.explaining.get() && matches!(value, Value::Hash(_)) {
            // The common case needs no words, unless it fails.
            if let Some(found) = step_into(value.clone(), segments) {
                return Ok(found);
            }
        }
        let shown = || segments.iter().map(ToString::to_string).collect::<Vec<_>>().join(".");
        inner.with(
            || Kind::SubKey(shown()),
            || {
                let mut value = value;
                for segment in segments {
                    value = inner.with(
                        || Kind::Segment,
                        || {
                            let found = one_step(key, segment, &value)?;
                            let name = segment.to_string();
                            found.map(|found| inner.found(&name, found)).ok_or_else(|| inner.missing(&name))
                        },
                    )?;
                }
                Ok(value)
            },
        )
    }
}

fn one_step(key: &str, segment: &Segment, value: &Value) -> Result<Option<Value>, LookupError> {
    match (value, segment) {
        (Value::Undef, _) => Ok(None),
        (Value::Array(items), Segment::Index(index)) => {
            Ok(usize::try_from(*index).ok().and_then(|index| items.get(index)).cloned())
        }
        (Value::Hash(hash), segment) => Ok(hash.get(&segment.to_value()).cloned()),
        (other, segment) => Err(LookupError::located(format!(
            "Data Provider type mismatch: Got {} when a hash-like object was expected to access value using \
             '{segment}' from key '{key}'",
            class_name(other)
        ))),
    }
}

fn is_empty(expression: &str) -> bool {
    matches!(expression, "" | "::" | "\"\"" | "''" | "\"::\"" | "'::'")
}

/// Whether a text is one interpolation and nothing else.
fn is_whole(text: &str) -> bool {
    text.strip_prefix("%{").and_then(|rest| rest.split_once('}')).is_some_and(|(_, tail)| tail.is_empty())
}

/// `name('key')` or `name("key")`; everything else is a variable.
fn parse(expression: &str, methods: bool) -> Result<(Method, &str), Failure> {
    let Some((name, key)) = method_call(expression) else { return Ok((Method::Scope, expression)) };
    if !methods {
        return Err(issue(
            "HIERA_INTERPOLATION_METHOD_SYNTAX_NOT_ALLOWED",
            "Interpolation using method syntax is not allowed in this context".to_owned(),
        ));
    }
    let method = match name {
        "lookup" | "hiera" => Method::Lookup,
        "alias" => Method::Alias,
        "scope" => Method::Scope,
        "literal" => Method::Literal,
        other => {
            return Err(issue(
                "HIERA_INTERPOLATION_UNKNOWN_INTERPOLATION_METHOD",
                format!("Unknown interpolation method '{other}'"),
            ));
        }
    };
    Ok((method, key))
}

fn method_call(expression: &str) -> Option<(&str, &str)> {
    let (name, arguments) = expression.split_once('(')?;
    let is_word = |c: char| c.is_ascii_alphanumeric() || c == '_';
    if name.is_empty() || !name.chars().all(is_word) {
        return None;
    }
    let quoted = arguments.strip_suffix(')')?;
    let quote = quoted.chars().next().filter(|c| matches!(c, '\'' | '"'))?;
    let key = quoted.strip_prefix(quote)?.strip_suffix(quote)?;
    (!key.is_empty() && !key.contains(quote)).then_some((name, key))
}

fn issue(code: &'static str, message: String) -> Failure {
    LookupError::issue(code, message, None, None).into()
}
