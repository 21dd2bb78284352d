//! `annotate`

use std::sync::Arc;

use pcore::ty::ObjectType;
use pcore::{Type, Value, object};

use super::{Native, Overload};
use crate::context::Context;
use crate::error::Control;

/// Attaches an instance of an annotation type, one that inherits from `Annotation`, to an object or a type, and gives it. An
/// annotation that is there already stays unless a hash for another one is given; `clear` takes it away. A block makes the hash
/// only if there is none yet. `Pcore` instead of a type attaches several, and gives the object.
///
/// ```puppet
/// MyAnnotation.annotate($thing, { 'id' => 2 })
/// MyAnnotation.annotate($thing).id             # 2
/// MyAnnotation.annotate($thing) || { { 'id' => 3 } }
/// MyAnnotation.annotate($thing, clear)
/// Pcore.annotate($thing, { MyAnnotation => { 'id' => 2 } })
/// ```
pub(super) const FUNCTION: Native = Native {
    name: "annotate",
    local_types: &[],
    overloads: &[
        Overload::new("(Type[Annotation] $type, Any $value, [&Callable[0, 0]])", |context, arguments| {
            let [Value::Type(Type::Object(ty)), value] = arguments else { return Ok(Value::Undef) };
            if let Some(found) = context.annotation(value, ty) {
                return Ok(found);
            }
            let init = match declared(value, ty) {
                None if context.has_block() => context.call_block(&[])?,
                declared => declared.unwrap_or_default(),
            };
            if init.is_undef() { Ok(init) } else { attach(context, value, ty, &init) }
        }),
        Overload::new(
            "(Type[Annotation] $type, Any $value, Variant[Enum[clear], Hash[Pcore::MemberName, Any]] $annotation_hash)",
            |context, arguments| {
                let [Value::Type(Type::Object(ty)), value, init] = arguments else { return Ok(Value::Undef) };
                let is_clear = matches!(init, Value::Str(_));
                if let (Some(_), Value::Type(Type::Object(on))) = (declared(value, ty), value) {
                    let action = if is_clear { "clear" } else { "redefine" };
                    let text = format!("attempt to {action} {} annotation declared on {}", ty.name, on.name);
                    return Err(text.into());
                }
                if is_clear {
                    return Ok(context.take_annotation(value, ty).unwrap_or_default());
                }
                attach(context, value, ty, init)
            },
        ),
        Overload::new(
            "(Type[Pcore] $type, Any $value, Hash[Type[Annotation], Hash[Pcore::MemberName, Any]] $annotations)",
            |context, arguments| {
                let [_, value, annotations] = arguments else { return Ok(Value::Undef) };
                for (ty, init) in annotations.as_hash().into_iter().flat_map(pcore::Hash::iter) {
                    if let Value::Type(Type::Object(ty)) = ty {
                        attach(context, value, ty, init)?;
                    }
                }
                Ok(value.clone())
            },
        ),
    ],
};

/// The hash of an annotation that the definition of a type has.
fn declared(value: &Value, ty: &Arc<ObjectType>) -> Option<Value> {
    let Value::Type(Type::Object(on)) = value else { return None };
    let all = on.definition.get()?.annotations.as_ref()?;
    let is_of = |key: &Value| matches!(key, Value::Type(Type::Object(other)) if **other == **ty);
    all.iter().find(|(key, _)| is_of(key)).map(|(_, init)| init.clone())
}

fn attach(
    context: &mut Context<'_, '_>,
    value: &Value,
    ty: &Arc<ObjectType>,
    init: &Value,
) -> Result<Value, Control> {
    let made = object::instantiate(ty, std::slice::from_ref(init)).map_err(|error| error.message)?;
    context.take_annotation(value, ty);
    context.add_annotation(value.clone(), ty.clone(), made.clone());
    Ok(made)
}
