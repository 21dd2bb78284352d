//! References to resources and classes, and the parameters of what they refer to.

use pcore::ty::ResourceRef;
use pcore::{Str, Type, Value};
use stdx::Symbol;

use super::{Node, flatten};
use crate::eval::{Eval, issue};
use crate::resource::{ResourceId, capitalised};
use crate::scope::ScopeId;
use crate::session::Session;

impl<'i> Session<'i> {
    /// `File[...]`, `File['/x'][...]`, `Resource[...]`
    pub(super) fn access_resource(
        &mut self,
        node: Node<'_, 'i>,
        reference: &ResourceRef,
        keys: &mut Vec<Value>,
        _scope: ScopeId,
    ) -> Eval {
        if keys.is_empty() {
            let shown = Type::Resource(std::sync::Arc::new(reference.clone())).to_string();
            return Err(issue(node.code, node.id, format!("{shown}[] accepts 1 or more arguments. Got 0")));
        }
        let blamed = node.key(0);
        let type_name = match &reference.type_name {
            Some(name) => name.clone(),
            None => match keys.remove(0) {
                Value::Type(Type::Resource(inner)) if inner.type_name.is_some() => {
                    inner.type_name.clone().unwrap_or_default()
                }
                Value::Str(name) => name,
                other => {
                    let text = format!(
                        "First argument to Resource[] must be a resource type or a String. Got {}.",
                        key_name(&other)
                    );
                    return Err(issue(node.code, blamed, text));
                }
            },
        };
        if !is_type_name(&type_name) {
            let text = format!(
                "Illegal type reference. The given name '{}' does not conform to the naming rule",
                capitalised(&type_name)
            );
            return Err(issue(node.code, blamed, text));
        }
        let several = keys.len() > 1 || matches!(keys.first(), Some(Value::Array(_)));
        let given = keys.len();
        let mut keys = flatten(std::mem::take(keys));
        keys.retain(|key| !key.is_undef());
        if keys.is_empty() && given > 0 {
            return Ok(if several { Value::array(Vec::new()) } else { Value::Undef });
        }
        if let Some(title) = &reference.title {
            return self.resource_values(node, &type_name, title, &keys, several);
        }
        let is_lower = type_name.bytes().all(|byte| byte.is_ascii() && !byte.is_ascii_uppercase());
        let lower: Str = if is_lower { type_name.clone() } else { type_name.to_lowercase().into() };
        let make = |title| Value::Type(Type::resource_of(&lower, title));
        if keys.is_empty() {
            return Ok(make(None));
        }
        let mut found = Vec::with_capacity(keys.len());
        for (index, key) in keys.iter().enumerate() {
            let Value::Str(title) = key else {
                let index = if given == keys.len() { index } else { index + 1 };
                let base = Type::Resource(std::sync::Arc::new(reference.clone()));
                let text = format!(
                    "Error creating type specialization of {}, Cannot use {} where a resource title String is expected",
                    pcore::label::with_article(&format!("{base}-Type")),
                    key_name(key)
                );
                return Err(issue(node.code, node.key(index), text));
            };
            found.push(make(Some(title.clone())));
        }
        Ok(single_or_array(found, several))
    }

    fn resource_values(
        &mut self,
        node: Node<'_, 'i>,
        type_name: &Str,
        title: &Str,
        keys: &[Value],
        several: bool,
    ) -> Eval {
        let shown = capitalised(type_name);
        let Some(id) = self.find_resource(type_name, title)? else {
            let text = format!("Resource not found: {shown}['{title}']");
            return Err(issue(node.code, node.id, text));
        };
        self.parameter_values(node, id, &shown, title, keys, several)
    }

    fn parameter_values(
        &mut self,
        node: Node<'_, 'i>,
        id: ResourceId,
        type_name: &str,
        title: &str,
        keys: &[Value],
        several: bool,
    ) -> Eval {
        let mut values = Vec::with_capacity(keys.len());
        for key in keys {
            let name = key.as_str().and_then(Symbol::existing);
            let ty = self.resource(id).ty;
            match name.filter(|&name| ty.has_attribute(name)) {
                Some(name) => values.push(self.parameter_or_default(id, name)),
                None => {
                    let text = format!(
                        "The resource {}['{title}'] does not have a parameter called '{}'",
                        first_letter_only(type_name),
                        pcore::format::to_s(key)
                    );
                    return Err(issue(node.code, node.id, text));
                }
            }
        }
        Ok(single_or_array(values, several))
    }

    /// The value of a parameter, or the default that holds where the resource was declared.
    pub(crate) fn parameter_or_default(&self, id: ResourceId, name: Symbol) -> Value {
        let resource = self.resource(id);
        if name == self.well_known.title {
            return Value::Str(resource.title.clone());
        }
        if let Some(value) = resource.value(name) {
            return value.clone();
        }
        let defaults = self.defaults_for(resource.scope, resource.ty.name());
        defaults.into_iter().find(|parameter| parameter.name == name).map_or(Value::Undef, |p| p.value)
    }

    /// `Class[...]`, `Class['a'][...]`
    pub(super) fn access_class(&mut self, node: Node<'_, 'i>, class: Option<&Str>, keys: Vec<Value>) -> Eval {
        if keys.is_empty() {
            let shown = Type::Class(class.cloned()).to_string();
            return Err(issue(node.code, node.id, format!("{shown}[] accepts 1 or more arguments. Got 0")));
        }
        let several = keys.len() > 1 || matches!(keys.first(), Some(Value::Array(_)));
        let mut keys = flatten(keys);
        keys.retain(|key| !key.is_undef());
        if keys.is_empty() {
            return Ok(if several { Value::array(Vec::new()) } else { Value::Undef });
        }
        if let Some(class) = class {
            let name = Symbol::existing(&class.to_lowercase());
            let Some(id) = name.and_then(|name| self.class_resource(name)) else {
                return Err(issue(node.code, node.id, format!("Resource not found: Class['{class}']")));
            };
            return self.parameter_values(node, id, "Class", class, &keys, several);
        }
        let mut found = Vec::with_capacity(keys.len());
        for (index, key) in keys.iter().enumerate() {
            found.push(self.class_reference(node, index, key)?);
        }
        Ok(single_or_array(found, several))
    }

    fn class_reference(&self, node: Node<'_, 'i>, index: usize, key: &Value) -> Eval {
        let Value::Str(name) = key else {
            let label = pcore::label::label(key);
            let text = format!(
                "Illegal Class name in class reference. {} cannot be used where a String is expected",
                pcore::label::with_article_capitalized(&label)
            );
            return Err(issue(node.code, node.key(index), text));
        };
        let lower = name.to_lowercase();
        let lower = lower.strip_prefix("::").unwrap_or(&lower);
        if !is_name(lower) {
            let text = format!(
                "Illegal name. The given name '{name}' does not conform to the naming rule /^((::)?[a-z_]\\w*)(::[a-z]\\w*)*$/"
            );
            return Err(issue(node.code, node.key(index), text));
        }
        Ok(Value::Type(Type::Class(Some(lower.into()))))
    }
}

fn single_or_array(mut values: Vec<Value>, several: bool) -> Value {
    if several { Value::array(values) } else { values.pop().unwrap_or_default() }
}

/// What messages call a key that does not fit.
fn key_name(key: &Value) -> String {
    match key {
        Value::Undef => "Undef".into(),
        Value::Default => "Default".into(),
        other => pcore::infer::general_name(other).to_string(),
    }
}

/// `((::)?[A-Za-z]\w*)+`
fn is_type_name(name: &str) -> bool {
    name.strip_prefix("::").unwrap_or(name).split("::").all(|segment| {
        segment.starts_with(|c: char| c.is_ascii_alphabetic())
            && segment.chars().all(|c| c.is_ascii_alphanumeric() || c == '_')
    })
}

/// `[a-z_]\w*(::[a-z]\w*)*`
pub(crate) fn is_name(name: &str) -> bool {
    name.split("::").enumerate().all(|(index, segment)| {
        segment.starts_with(|c: char| c.is_ascii_lowercase() || (index == 0 && c == '_'))
            && segment.chars().all(|c| c.is_ascii_alphanumeric() || c == '_')
    })
}

/// `Apache::Vhost` as `Apache::vhost`, which is what Ruby's `capitalize` makes of it.
fn first_letter_only(name: &str) -> String {
    let mut characters = name.chars();
    characters.next().map_or_else(String::new, |first| {
        first.to_uppercase().collect::<String>() + &characters.as_str().to_lowercase()
    })
}
