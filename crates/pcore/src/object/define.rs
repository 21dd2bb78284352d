//! From a hash to a definition, with all the checks.

use std::sync::{Arc, LazyLock};

use super::members::{attributes, definition, equality_attributes, label, method, parent};
use crate::matches::{is_assignable, is_instance, resolve_fully};
use crate::parameterize::TypeError;
use crate::regexp::Regexp;
use crate::ty::{Attribute, AttributeKind, Method, ObjectDefinition, ObjectType, StructElement};
use crate::{Hash, Str, Type, Value, infer, mismatch};

type Result<T> = std::result::Result<T, TypeError>;

/// Gives a type its definition: parent, type parameters, attributes, constants, functions, equality.
///
/// # Errors
/// Puppet's text about what is wrong with the hash.
pub fn define(object: &Arc<ObjectType>, init: &Hash) -> Result<()> {
    let value = Value::hash(init.clone());
    if !is_instance(&INITIALIZER, &value) {
        return Err(TypeError::new(mismatch::assertion("object initializer", &INITIALIZER, &value)));
    }
    let mut made = ObjectDefinition {
        parent: init.get_str("parent").and_then(as_type).cloned(),
        equality_include_type: !matches!(init.get_str("equality_include_type"), Some(Value::Bool(false))),
        checks: init.get_str("checks").cloned(),
        annotations: init.get_str("annotations").and_then(Value::as_hash).cloned(),
        ..ObjectDefinition::default()
    };
    let parent = made.parent.as_ref().map(|parent| parent_object(object, parent)).transpose()?.flatten();
    for (name, spec) in members(init, "type_parameters") {
        made.type_parameters.push(type_parameter(object, parent.as_ref(), name, spec)?);
    }
    for (name, spec) in members(init, "attributes") {
        let attribute = attribute(object, name, spec)?;
        check_attribute(object, parent.as_ref(), &attribute)?;
        made.attributes.push(attribute);
    }
    for (name, value) in members(init, "constants") {
        if made.attributes.iter().any(|attribute| attribute.name == *name) {
            return Err(TypeError::new(format!(
                "attribute {}[{name}] is defined as both a constant and an attribute",
                label(object)
            )));
        }
        let constant = Attribute {
            name: name.clone(),
            ty: infer::generalize(&infer::infer_reduced(value)),
            kind: AttributeKind::Constant,
            value: Some(value.clone()),
            is_final: true,
            overrides: parent.as_ref().is_some_and(|parent| super::has_member(parent, name)),
        };
        check_attribute(object, parent.as_ref(), &constant)?;
        made.attributes.push(constant);
    }
    for (name, spec) in members(init, "functions") {
        let method = function(object, name, spec)?;
        if made.attributes.iter().any(|attribute| attribute.name == *name) {
            return Err(TypeError::new(format!(
                "function {}[{name}] conflicts with attribute with the same name",
                label(object)
            )));
        }
        check_function(object, parent.as_ref(), &method)?;
        made.functions.push(method);
    }
    made.equality = equality(object, parent.as_ref(), &made, init.get_str("equality"))?;
    // Another thread may have been first; it made the same.
    let _ = object.definition.set(made);
    Ok(())
}

fn as_type(value: &Value) -> Option<&Type> {
    match value {
        Value::Type(ty) => Some(ty),
        _ => None,
    }
}

fn members<'a>(init: &'a Hash, key: &str) -> impl Iterator<Item = (&'a Str, &'a Value)> {
    init.get_str(key).and_then(Value::as_hash).into_iter().flat_map(Hash::iter).filter_map(
        |(name, member)| match name {
            Value::Str(name) => Some((name, member)),
            _ => None,
        },
    )
}

/// The parent as an `Object` type; other types may be parents too, without members.
fn parent_object(object: &Arc<ObjectType>, given: &Type) -> Result<Option<Arc<ObjectType>>> {
    match resolve_fully(given) {
        Type::Reference(name) => Err(TypeError::new(format!("reference to unresolved type '{name}'"))),
        Type::Object(first) => {
            let mut ty = first;
            loop {
                if Arc::ptr_eq(ty, object) {
                    let message = format!("The Object type '{}' inherits from itself", label(object));
                    return Err(TypeError::new(message));
                }
                match parent(ty) {
                    Some(next) => ty = next,
                    None => return Ok(Some(first.clone())),
                }
            }
        }
        _ => Ok(None),
    }
}

fn type_parameter(
    object: &ObjectType,
    parent: Option<&Arc<ObjectType>>,
    name: &Str,
    spec: &Value,
) -> Result<Attribute> {
    let subject = format!("type_parameter {}[{name}]", label(object));
    let (ty, value) = match spec {
        Value::Hash(spec) => {
            (spec.get_str("type").and_then(as_type).cloned(), spec.get_str("value").cloned())
        }
        spec => (Some(expect_type(&subject, spec)?.clone()), None),
    };
    let ty = match ty {
        Some(ty @ Type::Optional(_)) => ty,
        Some(ty) => Type::optional(ty),
        None => return Err(TypeError::new(mismatch::assertion(&subject, &Type::type_of(Type::Unit), spec))),
    };
    if let Some(value) = value.as_ref().filter(|value| !is_instance(&ty, value)) {
        return Err(TypeError::new(mismatch::assertion(&format!("{subject} value"), &ty, value)));
    }
    let inherited = parent.and_then(|parent| {
        super::type_parameters(parent).into_iter().find(|(_, parameter)| parameter.name == *name)
    });
    if let Some((owner, _)) = inherited {
        let other = format!("type_parameter {}[{name}]", label(&owner));
        return Err(TypeError::new(format!(
            "{subject} attempts to override {other} without having override => true"
        )));
    }
    Ok(Attribute {
        name: name.clone(),
        ty,
        kind: AttributeKind::Plain,
        value,
        is_final: false,
        overrides: false,
    })
}

fn expect_type<'a>(subject: &str, spec: &'a Value) -> Result<&'a Type> {
    as_type(spec)
        .ok_or_else(|| TypeError::new(mismatch::assertion(subject, &Type::type_of(Type::Unit), spec)))
}

fn flag(spec: &Hash, key: &str) -> Option<bool> {
    match spec.get_str(key) {
        Some(Value::Bool(flag)) => Some(*flag),
        _ => None,
    }
}

fn attribute(object: &ObjectType, name: &Str, spec: &Value) -> Result<Attribute> {
    let subject = format!("attribute {}[{name}]", label(object));
    let Value::Hash(given) = spec else {
        let ty = expect_type(&subject, spec)?.clone();
        // An optional attribute need not be given.
        let value = matches!(ty, Type::Optional(_)).then_some(Value::Undef);
        reserved(name)?;
        return Ok(Attribute {
            name: name.clone(),
            ty,
            kind: AttributeKind::Plain,
            value,
            is_final: false,
            overrides: false,
        });
    };
    if !is_instance(&ATTRIBUTE, spec) {
        let subject = format!("initializer for {subject}");
        return Err(TypeError::new(mismatch::assertion(&subject, &ATTRIBUTE, spec)));
    }
    reserved(name)?;
    let ty = given.get_str("type").and_then(as_type).cloned().unwrap_or(Type::Any);
    let kind_name = given.get_str("kind").and_then(Value::as_str).unwrap_or_default();
    let kind = kind(kind_name);
    let is_final = flag(given, "final");
    if kind == AttributeKind::Constant && is_final == Some(false) {
        return Err(TypeError::new(format!(
            "{subject} of kind 'constant' cannot be combined with final => false"
        )));
    }
    let value = given.get_str("value").cloned();
    match &value {
        Some(_) if matches!(kind, AttributeKind::Derived | AttributeKind::GivenOrDerived) => {
            return Err(TypeError::new(format!(
                "{subject} of kind '{kind_name}' cannot be combined with an attribute value"
            )));
        }
        None if kind == AttributeKind::Constant => {
            return Err(TypeError::new(format!("{subject} of kind 'constant' requires a value")));
        }
        Some(Value::Default) | None => {}
        Some(value) if !is_instance(&ty, value) => {
            return Err(TypeError::new(mismatch::assertion(&format!("{subject} value"), &ty, value)));
        }
        Some(_) => {}
    }
    Ok(Attribute {
        name: name.clone(),
        ty,
        kind,
        value,
        is_final: is_final.unwrap_or(kind == AttributeKind::Constant),
        overrides: flag(given, "override").unwrap_or(false),
    })
}

fn reserved(name: &str) -> Result<()> {
    if matches!(name, "__ptype" | "__pvalue") {
        return Err(TypeError::new(format!("The attribute '{name}' is reserved and cannot be used")));
    }
    Ok(())
}

fn kind(name: &str) -> AttributeKind {
    match name {
        "constant" => AttributeKind::Constant,
        "derived" => AttributeKind::Derived,
        "given_or_derived" => AttributeKind::GivenOrDerived,
        "reference" => AttributeKind::Reference,
        _ => AttributeKind::Plain,
    }
}

fn function(object: &ObjectType, name: &Str, spec: &Value) -> Result<Method> {
    let Value::Hash(given) = spec else {
        if !is_instance(&FUNCTION_TYPE, spec) {
            let subject = format!("function {}[{name}]", label(object));
            return Err(TypeError::new(mismatch::assertion(&subject, &FUNCTION_TYPE, spec)));
        }
        let ty = as_type(spec).cloned().unwrap_or(Type::CALLABLE);
        return Ok(Method { name: name.clone(), ty, is_final: false, overrides: false });
    };
    if !is_instance(&FUNCTION, spec) {
        let subject = format!("initializer for function '{name}'");
        return Err(TypeError::new(mismatch::assertion(&subject, &FUNCTION, spec)));
    }
    Ok(Method {
        name: name.clone(),
        ty: given.get_str("type").and_then(as_type).cloned().unwrap_or(Type::CALLABLE),
        is_final: flag(given, "final").unwrap_or(false),
        overrides: flag(given, "override").unwrap_or(false),
    })
}

/// A member as the checks on overriding see it.
struct Member<'a> {
    feature: &'static str,
    owner: &'a ObjectType,
    name: &'a str,
    ty: &'a Type,
    is_final: bool,
    overrides: bool,
    is_constant: bool,
}

impl Member<'_> {
    fn label(&self) -> String {
        format!("{} {}[{}]", self.feature, label(self.owner), self.name)
    }
}

fn attribute_member<'a>(owner: &'a ObjectType, attribute: &'a Attribute) -> Member<'a> {
    Member {
        feature: "attribute",
        owner,
        name: &attribute.name,
        ty: &attribute.ty,
        is_final: attribute.is_final,
        overrides: attribute.overrides,
        is_constant: attribute.kind == AttributeKind::Constant,
    }
}

fn function_member<'a>(owner: &'a ObjectType, method: &'a Method) -> Member<'a> {
    Member {
        feature: "function",
        owner,
        name: &method.name,
        ty: &method.ty,
        is_final: method.is_final,
        overrides: method.overrides,
        is_constant: false,
    }
}

fn check_attribute(
    object: &ObjectType,
    parent: Option<&Arc<ObjectType>>,
    attribute: &Attribute,
) -> Result<()> {
    check_override(parent, &attribute_member(object, attribute))
}

fn check_function(object: &ObjectType, parent: Option<&Arc<ObjectType>>, method: &Method) -> Result<()> {
    check_override(parent, &function_member(object, method))
}

/// A member may replace an inherited one only when both say so and the types agree.
fn check_override(parent: Option<&Arc<ObjectType>>, member: &Member<'_>) -> Result<()> {
    let (name, subject) = (member.name, member.label());
    let mut owner = parent;
    let inherited = loop {
        let Some(ty) = owner else { break None };
        let own = definition(ty);
        let attribute = own.and_then(|own| own.attributes.iter().find(|attribute| *attribute.name == *name));
        let function = own.and_then(|own| own.functions.iter().find(|method| *method.name == *name));
        match (attribute, function) {
            (Some(attribute), _) => break Some(attribute_member(ty, attribute)),
            (None, Some(function)) => break Some(function_member(ty, function)),
            (None, None) => owner = super::members::parent(ty),
        }
    };
    let Some(inherited) = inherited else {
        if member.overrides {
            let feature = member.feature;
            return Err(TypeError::new(format!(
                "expected {subject} to override an inherited {feature}, but no such {feature} was found"
            )));
        }
        return Ok(());
    };
    let other = inherited.label();
    let message = if inherited.feature != member.feature {
        format!("{subject} attempts to override {other}")
    } else if inherited.is_final && !(inherited.is_constant && member.is_constant) {
        format!("{subject} attempts to override final {other}")
    } else if !member.overrides {
        format!("{subject} attempts to override {other} without having override => true")
    } else if !is_assignable(inherited.ty, member.ty) {
        format!("{subject} attempts to override {other} with a type that does not match")
    } else {
        return Ok(());
    };
    Err(TypeError::new(message))
}

fn equality(
    object: &ObjectType,
    parent: Option<&Arc<ObjectType>>,
    made: &ObjectDefinition,
    given: Option<&Value>,
) -> Result<Option<Vec<Str>>> {
    let names: Vec<Str> = match given {
        None | Some(Value::Undef) => return Ok(None),
        Some(Value::Str(name)) => vec![name.clone()],
        Some(other) => other
            .as_array()
            .unwrap_or_default()
            .iter()
            .filter_map(|name| match name {
                Value::Str(name) => Some(name.clone()),
                _ => None,
            })
            .collect(),
    };
    if !names.is_empty() && !made.equality_include_type {
        return Err(TypeError::new(
            "equality_include_type = false cannot be combined with non empty equality specification",
        ));
    }
    for name in &names {
        check_equality(object, parent, made, name)?;
    }
    Ok(Some(names))
}

fn check_equality(
    object: &ObjectType,
    parent: Option<&Arc<ObjectType>>,
    made: &ObjectDefinition,
    name: &Str,
) -> Result<()> {
    let subject = label(object);
    if let Some(parent) = parent {
        let inherited = attributes(parent).into_iter().find(|(_, attribute)| attribute.name == *name);
        if let Some((owner, attribute)) = inherited {
            if equality_attributes(parent).contains(name) {
                let definer = equality_definer(parent, name);
                return Err(TypeError::new(format!(
                    "{subject} equality is referencing attribute {}[{name}] which is included in equality of {}",
                    label(&owner),
                    label(&definer)
                )));
            }
            return check_constant(subject, label(&owner), &attribute);
        }
        if method(parent, name).is_some() {
            return Err(only_attributes(subject, label(parent), name));
        }
    }
    match made.attributes.iter().find(|attribute| attribute.name == *name) {
        Some(attribute) => check_constant(subject, subject, attribute),
        None if made.functions.iter().any(|method| method.name == *name) => {
            Err(only_attributes(subject, subject, name))
        }
        None => {
            Err(TypeError::new(format!("{subject} equality is referencing non existent attribute '{name}'")))
        }
    }
}

fn only_attributes(subject: &str, owner: &str, name: &str) -> TypeError {
    TypeError::new(format!(
        "{subject} equality is referencing function {owner}[{name}]. Only attribute references are allowed"
    ))
}

fn check_constant(subject: &str, owner: &str, attribute: &Attribute) -> Result<()> {
    if attribute.kind == AttributeKind::Constant {
        return Err(TypeError::new(format!(
            "{subject} equality is referencing constant attribute {owner}[{}]. Reference to constant is not \
             allowed in equality",
            attribute.name
        )));
    }
    Ok(())
}

/// The topmost type whose equality includes the attribute.
fn equality_definer(object: &Arc<ObjectType>, name: &Str) -> Arc<ObjectType> {
    let mut ty = object;
    while let Some(next) = parent(ty) {
        if !equality_attributes(next).contains(name) {
            break;
        }
        ty = next;
    }
    ty.clone()
}

fn pattern(source: &str) -> Type {
    // Our own sources: they compile, as the tests show.
    Regexp::new(source).map_or(Type::Variant(Arc::new([])), |regexp| Type::Pattern(Arc::new([regexp])))
}

/// Names of attributes and functions.
pub(crate) fn member_name() -> Type {
    pattern(r"\A[a-z_]\w*\z")
}

/// Names of types.
pub(crate) fn qualified_name() -> Type {
    pattern(r"\A[A-Z]\w*(?:::[A-Z]\w*)*\z")
}

pub(crate) fn entry(name: &str, optional: bool, value: Type) -> StructElement {
    StructElement { name: name.into(), optional, value }
}

pub(crate) fn annotations() -> Type {
    let annotation = crate::parameterize::named("annotation").unwrap_or(Type::Unit);
    Type::optional(Type::hash_of(Type::type_of(annotation), Type::hash_of(member_name(), Type::Any)))
}

static FUNCTION_TYPE: LazyLock<Type> = LazyLock::new(|| Type::type_of(Type::CALLABLE));

static ATTRIBUTE: LazyLock<Type> = LazyLock::new(|| {
    let kinds = Type::enumeration(["constant", "derived", "given_or_derived", "reference"], false);
    Type::structure(vec![
        entry("type", false, Type::type_of(Type::Unit)),
        entry("final", true, Type::BOOLEAN),
        entry("override", true, Type::BOOLEAN),
        entry("kind", true, kinds),
        entry("value", true, Type::Any),
        entry("annotations", true, annotations()),
    ])
});

static FUNCTION: LazyLock<Type> = LazyLock::new(|| {
    Type::structure(vec![
        entry("type", false, FUNCTION_TYPE.clone()),
        entry("final", true, Type::BOOLEAN),
        entry("override", true, Type::BOOLEAN),
        entry("annotations", true, annotations()),
    ])
});

/// What the hash of an `Object` type has to look like.
pub(crate) fn object_initializer() -> Type {
    INITIALIZER.clone()
}

static INITIALIZER: LazyLock<Type> = LazyLock::new(|| {
    let members = |name: Type, value: Type| Type::hash_of(name, value);
    let given = || Type::not_undef(Type::Any);
    let function_name = Type::variant([member_name(), Type::StringValue("[]".into())]);
    Type::structure(vec![
        entry("name", true, qualified_name()),
        entry("parent", true, Type::type_of(Type::Unit)),
        entry("type_parameters", true, members(member_name(), given())),
        entry("attributes", true, members(member_name(), given())),
        entry("constants", true, members(member_name(), Type::Any)),
        entry("functions", true, members(function_name, given())),
        entry("equality", true, Type::variant([member_name(), Type::array_of(member_name())])),
        entry("equality_include_type", true, Type::BOOLEAN),
        entry("checks", true, Type::Any),
        entry("annotations", true, annotations()),
    ])
});
