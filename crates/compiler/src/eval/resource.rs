//! Resource expressions, defaults and overrides.

use pcore::{Extent, Type, Value};
use smallvec::SmallVec;
use stdx::Symbol;
use syntax::ast::{AttributeOp, Expr, ExprId, Resource as Node, ResourceForm};

use super::{Eval, issue};
use crate::code::{Code, Place};
use crate::error::Control;
use crate::overrides::Override;
use crate::resource::{Parameter, capitalised};
use crate::scope::ScopeId;
use crate::session::Session;
use crate::unique::Unique;

/// What is the same for all resources that one expression declares.
#[derive(Clone, Copy)]
pub(crate) struct Declaration<'i> {
    pub(crate) form: ResourceForm,
    pub(crate) scope: ScopeId,
    pub(crate) place: Option<Place<'i>>,
}

/// Titles and attributes of one body.
struct Body<'i> {
    titles: SmallVec<[pcore::Str; 1]>,
    is_default: bool,
    parameters: Vec<Parameter<'i>>,
}

impl<'i> Session<'i> {
    pub(super) fn eval_resource(
        &mut self,
        code: &'i Code,
        id: ExprId,
        resource: &'i Node,
        scope: ScopeId,
    ) -> Eval {
        let discards = std::mem::take(&mut self.discards);
        let type_name = self.resource_type_name(code, resource.type_name, scope)?;
        let place = Place::new(code, code.span(id));
        if resource.form == ResourceForm::Exported {
            self.warn_without_store(code, id, "export is ignored");
        }
        let mut seen: Unique<pcore::Str> = Unique::default();
        let mut has_default = false;
        let mut bodies: SmallVec<[Body<'i>; 1]> = SmallVec::with_capacity(resource.bodies.len());
        for body in &resource.bodies {
            let title = self.eval(code, body.title, scope)?;
            let mut titles = SmallVec::new();
            let mut is_default = false;
            let mut add = |value: &Value, index: usize| -> Result<(), Control> {
                let blame = |text: String| issue(code, body.title, text);
                let (text, repeated) = match value {
                    Value::Str(text) if text.is_empty() => {
                        return Err(blame(format!(
                            "Empty string title at {index}. Title strings must have a length greater than zero."
                        )));
                    }
                    Value::Str(text) => {
                        let repeated = !seen.insert(text.clone());
                        titles.push(text.clone());
                        (text.clone(), repeated)
                    }
                    Value::Default => {
                        is_default = true;
                        ("default".into(), std::mem::replace(&mut has_default, true))
                    }
                    Value::Undef => {
                        return Err(blame(format!(
                            "Missing title at index {index}. The title expression resulted in an undef title"
                        )));
                    }
                    other => {
                        return Err(blame(format!(
                            "Illegal title type at index {index}. Expected String, got {}",
                            pcore::infer::general_name(other)
                        )));
                    }
                };
                if repeated {
                    let text =
                        format!("The title '{text}' has already been used in this resource expression");
                    return Err(issue(code, id, text));
                }
                Ok(())
            };
            match &title {
                Value::Undef => {
                    let text = "Missing title. The title expression resulted in undef";
                    return Err(issue(code, body.title, text));
                }
                Value::Array(items) => {
                    for (index, item) in flat(items).into_iter().enumerate() {
                        add(item, index)?;
                    }
                }
                single => add(single, 0)?,
            }
            let parameters = self.eval_attributes(code, Some(id), &body.attributes, scope)?;
            bodies.push(Body { titles, is_default, parameters });
        }
        let defaults = bodies
            .iter()
            .position(|body| body.is_default)
            .map_or_else(Vec::new, |at| bodies[at].parameters.clone());
        let declaration = Declaration { form: resource.form, scope, place: Some(place) };
        let mut references = Vec::new();
        for body in bodies {
            let parameters = merged(&defaults, body.parameters);
            let references = if discards { None } else { Some(&mut references) };
            self.declare(declaration, &type_name, &body.titles, parameters, references)?;
        }
        Ok(if discards { Value::Undef } else { Value::array(references) })
    }

    /// Attributes in order, with those of `* => hash`.
    pub(super) fn eval_attributes(
        &mut self,
        code: &'i Code,
        unique_in: Option<ExprId>,
        attributes: &'i [AttributeOp],
        scope: ScopeId,
    ) -> Result<Vec<Parameter<'i>>, Control> {
        let source = Some(self.scope(scope).source);
        let mut parameters: Vec<Parameter<'i>> = Vec::with_capacity(attributes.len());
        for attribute in attributes {
            let value = self.eval(code, attribute.value, scope)?;
            let place = Some(Place::new(code, attribute.span));
            let first = parameters.len();
            match attribute.name {
                Some(name) => {
                    let value = self.catalog_value(code, attribute, value)?;
                    parameters.push(Parameter { name, value, source, place, append: attribute.append });
                }
                None => {
                    let Value::Hash(hash) = value else {
                        let text = format!(
                            "Expected value of type Hash, got {}",
                            pcore::infer::general_name(&value)
                        );
                        return Err(issue(code, attribute.value, text));
                    };
                    for (key, value) in hash.iter() {
                        let name = Symbol::new(&pcore::format::to_s(key));
                        let value = self.catalog_value(code, attribute, value.clone())?;
                        parameters.push(Parameter { name, value, source, place, append: false });
                    }
                }
            }
            if let Some(id) = unique_in {
                let (before, new) = parameters.split_at(first);
                if let Some(twice) = new.iter().find(|new| before.iter().any(|old| old.name == new.name)) {
                    let text = format!("The attribute '{}' has already been set", twice.name);
                    return Err(issue(code, id, text));
                }
            }
        }
        Ok(parameters)
    }

    /// The value as it stands in a catalog.
    fn catalog_value(
        &mut self,
        code: &'i Code,
        attribute: &AttributeOp,
        value: Value,
    ) -> Result<Value, Control> {
        let error = match attribute_value(&value) {
            Ok(None) => return Ok(value),
            Ok(Some(converted)) => {
                self.untitled |= holds_untitled(&converted).is_some();
                return Ok(converted);
            }
            Err(error) => crate::Error::new(error),
        };
        let operator = if attribute.append { "+>" } else { "=>" };
        let label = pcore::label::with_article(&format!("'{operator}' expression"));
        Err(error.at(&label, &code.site_of(attribute.span)).into())
    }

    /// The lower-case name of the type whose resources an expression declares.
    fn resource_type_name(
        &mut self,
        code: &'i Code,
        id: ExprId,
        scope: ScopeId,
    ) -> Result<pcore::Str, Control> {
        let acceptable = match &code[id] {
            Expr::Name(name) => return Ok(self.text(*name)),
            Expr::TypeName(_) => true,
            Expr::Access { left, .. } => matches!(&code[*left], Expr::TypeName(_)),
            _ => false,
        };
        let value = self.eval(code, id, scope)?;
        let illegal = |actual: String| {
            let text = format!(
                "Illegal Resource Type expression, expected result to be a type name, or untitled Resource, got {actual}"
            );
            Err(issue(code, id, text))
        };
        if !acceptable {
            return illegal(pcore::infer::general_name(&value).to_string());
        }
        match &value {
            Value::Type(Type::Class(None)) => Ok("class".into()),
            Value::Type(ty @ Type::Class(_)) => illegal(ty.to_string()),
            Value::Type(ty @ Type::Resource(reference)) => match (&reference.type_name, &reference.title) {
                (Some(name), None) => Ok(name.clone()),
                _ => illegal(ty.to_string()),
            },
            Value::Type(Type::Reference(name)) => {
                Err(issue(code, id, format_args!("Resource type not found: TypeReference['{name}']")))
            }
            other => illegal(pcore::infer::general_name(other).to_string()),
        }
    }

    /// `Type { attributes }`
    pub(super) fn eval_defaults(
        &mut self,
        code: &'i Code,
        type_ref: ExprId,
        attributes: &'i [AttributeOp],
        scope: ScopeId,
    ) -> Eval {
        let value = self.eval(code, type_ref, scope)?;
        let name = match &value {
            Value::Type(Type::Resource(reference)) if reference.title.is_none() => {
                reference.type_name.clone()
            }
            _ => None,
        };
        let Some(name) = name else {
            let text = format!(
                "Illegal Resource Type expression, expected result to be a type name, or untitled Resource, got {}",
                pcore::infer::general_name(&value)
            );
            return Err(issue(code, type_ref, text));
        };
        let parameters = self.eval_attributes(code, None, attributes, scope)?;
        self.set_defaults(scope, Symbol::new(&name), parameters)?;
        Ok(value)
    }

    /// `Type[title] { attributes }`
    pub(super) fn eval_override(
        &mut self,
        code: &'i Code,
        id: ExprId,
        resources: ExprId,
        attributes: &'i [AttributeOp],
        scope: ScopeId,
    ) -> Eval {
        let value = self.eval(code, resources, scope)?;
        let parameters = self.eval_attributes(code, None, attributes, scope)?;
        let list: Vec<&Value> = match &value {
            Value::Array(items) => flat(items),
            single => vec![single],
        };
        for item in list {
            let reference = match item {
                Value::Type(Type::Resource(reference)) => reference,
                other => {
                    let text = format!(
                        "Resource Override can only operate on resources, got: {}",
                        pcore::label::label(other)
                    );
                    return Err(issue(code, id, text));
                }
            };
            let (Some(type_name), Some(title)) = (&reference.type_name, &reference.title) else {
                let type_name = reference.type_name.as_deref().unwrap_or_default();
                let text = format!(
                    "No title provided and {} is not a valid resource reference",
                    pcore::format::ruby_quote(&capitalised(type_name))
                );
                return Err(crate::Error::new(text).into());
            };
            let over = Override {
                source: self.scope(scope).source,
                place: Some(Place::new(code, code.span(id))),
                parameters: parameters.clone(),
            };
            self.override_resource(type_name, title, over)?;
        }
        Ok(value)
    }

    /// Nobody stores exported resources here: say so where they are used.
    pub(super) fn warn_without_store(&mut self, code: &Code, id: ExprId, what: &str) {
        if self.stores_exports() {
            return;
        }
        let site = code.site(id);
        let text =
            format!("You cannot collect exported resources without storeconfigs being set; the {what}");
        self.log(crate::Level::Warning, text, "Puppet".into(), Some(site));
    }
}

/// Attributes of the `default` body, overlaid with those of a body.
fn merged<'i>(defaults: &[Parameter<'i>], own: Vec<Parameter<'i>>) -> Vec<Parameter<'i>> {
    if defaults.is_empty() {
        return own;
    }
    let mut merged = defaults.to_vec();
    for parameter in own {
        match merged.iter_mut().find(|other| other.name == parameter.name) {
            Some(other) => *other = parameter,
            None => merged.push(parameter),
        }
    }
    merged
}

/// Items of nested arrays.
pub(crate) fn flat(items: &[Value]) -> Vec<&Value> {
    let mut all = Vec::with_capacity(items.len());
    for item in items {
        match item {
            Value::Array(inner) => all.extend(flat(inner)),
            other => all.push(other),
        }
    }
    all
}

/// A value as attributes and the functions of the older interface get it, if that is another one: references become
/// what shows as `File[/x]`.
pub(crate) fn attribute_value(value: &Value) -> Result<Option<Value>, &'static str> {
    match value {
        Value::Iterator(_) => Err("Use of an Iterator is not supported here"),
        Value::Array(_) | Value::Hash(_) if !Extent::of(value).has_types => Ok(None),
        Value::Array(items) => {
            let mut all: Option<Vec<Value>> = None;
            for (at, item) in items.iter().enumerate() {
                if let Some(changed) = attribute_value(item)? {
                    all.get_or_insert_with(|| items.to_vec())[at] = changed;
                }
            }
            Ok(all.map(Value::array))
        }
        Value::Hash(hash) => {
            let mut changed = false;
            let mut entries = Vec::new();
            for (at, (key, item)) in hash.iter().enumerate() {
                let (new_key, new_item) = (attribute_value(key)?, attribute_value(item)?);
                if !changed && (new_key.is_some() || new_item.is_some()) {
                    changed = true;
                    entries.extend(hash.iter().take(at).map(|(key, item)| (key.clone(), item.clone())));
                }
                if changed {
                    entries.push((
                        new_key.unwrap_or_else(|| key.clone()),
                        new_item.unwrap_or_else(|| item.clone()),
                    ));
                }
            }
            Ok(changed.then(|| Value::hash(entries.into_iter().collect())))
        }
        Value::Type(ty) => match ty {
            Type::Class(None) => Err("No title provided and \"class\" is not a valid resource reference"),
            Type::CatalogEntry => Err(
                "Cannot split the type Puppet::Pops::Types::PCatalogEntryType, it represents neither a PClassType, nor a PResourceType.",
            ),
            Type::Resource(reference) if reference.type_name.is_none() => {
                Err("undefined method `include?' for nil:NilClass")
            }
            Type::Class(_) | Type::Resource(_) => Ok(Some(Value::Type(ty.of_attribute()))),
            _ => Ok(None),
        },
        _ => Ok(None),
    }
}

/// The type of the first reference without a title in an attribute's value: a bare `File`, where `File['/x']` was meant.
pub(crate) fn holds_untitled(value: &Value) -> Option<pcore::Str> {
    match value {
        Value::Array(_) | Value::Hash(_) if !Extent::of(value).has_types => None,
        Value::Array(items) => items.iter().find_map(holds_untitled),
        Value::Hash(hash) => {
            hash.iter().find_map(|(key, item)| holds_untitled(key).or_else(|| holds_untitled(item)))
        }
        Value::Type(Type::Resource(reference)) if reference.title.as_deref() == Some("") => {
            reference.type_name.clone()
        }
        _ => None,
    }
}

pub(super) fn holds_iterator(value: &Value) -> bool {
    match value {
        Value::Iterator(_) => true,
        Value::Array(_) | Value::Hash(_) if !Extent::of(value).has_types => false,
        Value::Array(items) => items.iter().any(holds_iterator),
        Value::Hash(hash) => hash.iter().any(|(key, value)| holds_iterator(key) || holds_iterator(value)),
        _ => false,
    }
}
