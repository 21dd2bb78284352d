//! Making the types that code defines: aliases, `Object` types and type sets.

use std::sync::{Arc, OnceLock};

use pcore::ty::{Alias, ObjectType, TypeSet};
use pcore::{Hash, Str, Type, Value, typeset};
use syntax::ast::{Expr, ExprId};

use super::super::{Image, Strict};
use crate::code::Code;
use crate::error::Error;
use crate::types::{Named, interpret_type, invalid, text_of};

/// A type that has a name and no content yet.
pub(super) struct Blank {
    pub(super) ty: Type,
    /// The expression that describes the content.
    content: ExprId,
}

impl Blank {
    /// A type as its definition shapes it: `Object[{}]` (or `{}`) and `TypeSet[{}]` are types of their own, all else is
    /// an alias.
    pub(super) fn new(code: &Code, name: &str, id: ExprId) -> Blank {
        let object = || Type::Object(Arc::new(ObjectType { name: name.into(), definition: OnceLock::new() }));
        match &code[id] {
            Expr::Hash(_) | Expr::ResourceDefaults { .. } => return Blank { ty: object(), content: id },
            Expr::Access { left, keys } => {
                if let (Expr::TypeName(kind), [only]) = (&code[*left], &keys[..]) {
                    match kind.as_str() {
                        "Object" => return Blank { ty: object(), content: *only },
                        "TypeSet" => {
                            let set = TypeSet { name: name.into(), definition: OnceLock::new() };
                            return Blank { ty: Type::TypeSet(Arc::new(set)), content: *only };
                        }
                        _ => {}
                    }
                }
            }
            _ => {}
        }
        let alias = Alias { name: name.into(), target: OnceLock::new() };
        Blank { ty: Type::Alias(Arc::new(alias)), content: id }
    }

    /// Gives the type its content. `start` is where the name of the definition stands.
    pub(super) fn fill(
        &self,
        image: &Image,
        code: &Code,
        start: Option<u32>,
        named: &Named<'_>,
    ) -> Result<(), Error> {
        match &self.ty {
            Type::Alias(alias) => match interpret_type(code, self.content, start, named)? {
                Value::Type(target) => {
                    pcore::alias::define(alias, &target).map_err(|error| Error::new(error.message))
                }
                _ => Err(invalid(text_of(code, self.content))),
            },
            Type::Object(object) => {
                let init = object_hash(image, code, self.content, named)?;
                pcore::object::define(object, &init).map_err(|error| Error::new(error.message))
            }
            Type::TypeSet(set) => type_set(image, code, set, self.content),
            _ => Ok(()),
        }
    }
}

/// The hash of an `Object` type; `Parent { ... }` is one with that parent.
fn object_hash(image: &Image, code: &Code, id: ExprId, named: &Named<'_>) -> Result<Hash, Error> {
    if let Expr::ResourceDefaults { type_ref, attributes, .. } = &code[id] {
        let names_parent = |name: Option<stdx::Symbol>| name.is_some_and(|name| name.as_str() == "parent");
        if image.options.strict == Strict::Error && attributes.iter().any(|one| names_parent(one.name)) {
            let text = "The key 'parent' is declared more than once".to_owned();
            return Err(Error::unframed(text, Some(&code.site(id))));
        }
        let mut init = Hash::new();
        init.insert("parent", interpret_type(code, *type_ref, None, named)?);
        for attribute in attributes {
            let Some(name) = attribute.name else { return Err(invalid(text_of(code, id))) };
            init.insert(name.as_str(), interpret_type(code, attribute.value, None, named)?);
        }
        return Ok(init);
    }
    match interpret_type(code, id, None, named)? {
        Value::Hash(init) => Ok((*init).clone()),
        _ => Err(invalid(text_of(code, id))),
    }
}

/// Types of a set may use each other and those of other sets by their short names.
fn type_set(image: &Image, code: &Code, set: &Arc<TypeSet>, id: ExprId) -> Result<(), Error> {
    let global = |name| image.named_type(name);
    let Expr::Hash(entries) = &code[id] else {
        return Err(invalid(text_of(code, id)));
    };
    let mut init = Hash::new();
    let mut members: Vec<(Str, Blank, ExprId)> = Vec::new();
    for (key, value) in entries {
        let name = interpret_type(code, *key, None, &global)?;
        match (name.as_str(), &code[*value]) {
            (Some("types"), Expr::Hash(types)) => {
                for (key, value) in types {
                    let name = short_name(code, *key)?;
                    let blank = Blank::new(code, &format!("{}::{name}", set.name), *value);
                    members.push((name, blank, *value));
                }
                let types: Hash =
                    members.iter().map(|(name, blank, _)| (name.clone(), blank.ty.clone())).collect();
                init.insert("types", types);
            }
            (Some("references"), Expr::Hash(references)) => {
                let mut hash = Hash::new();
                for (key, value) in references {
                    hash.insert(short_name(code, *key)?, interpret_type(code, *value, None, &global)?);
                }
                init.insert("references", hash);
            }
            _ => {
                init.insert(name, interpret_type(code, *value, None, &global)?);
            }
        }
    }
    typeset::define(set, &init).map_err(|error| Error::new(error.message))?;
    let referenced = |name: &str| match image.named_type(stdx::Symbol::new(name))? {
        Some(Type::TypeSet(found)) => Ok(Some(found)),
        Some(other) => Err(Error::new(format!(
            "TypeSet '{}' reference to TypeSet named '{name}' resolves to a {other}",
            set.name
        ))),
        None => Ok(None),
    };
    typeset::link(set, referenced, Error::new)?;
    let named = |name: stdx::Symbol| match typeset::find(set, name.as_str()) {
        Some(ty) => Ok(Some(ty)),
        None => image.named_type(name),
    };
    for (_, blank, value) in &members {
        blank.fill(image, code, None, &named).map_err(|error| match &code[*value] {
            Expr::Str(_) | Expr::Int(..) | Expr::Name(_) => invalid(text_of(code, *value)),
            _ => error,
        })?;
    }
    Ok(())
}

/// `A` and `'A'` both name the type `A` of a set.
fn short_name(code: &Code, id: ExprId) -> Result<Str, Error> {
    match &code[id] {
        Expr::TypeName(name) => Ok((*name).into()),
        Expr::Name(name) => Ok((*name).into()),
        Expr::Str(text) => Ok(text.clone().into()),
        _ => Err(invalid(text_of(code, id))),
    }
}

/// Where the name of a definition starts.
pub(super) fn start_of_name(code: &Code, definition: ExprId) -> u32 {
    let text = text_of(code, definition);
    let name = match text.strip_prefix("type") {
        Some(rest) if rest.starts_with(char::is_whitespace) => rest.trim_start(),
        _ => text,
    };
    code.span(definition).start + (text.len() - name.len()) as u32
}
