//! `defined`

use pcore::{Type, Value};

use super::{Native, Overload};
use crate::context::Context;
use crate::error::Control;

/// True if one of the arguments is defined: a class or resource type of that name, a variable (`'$name'`), or a resource
/// or class that has been declared so far.
///
/// ```puppet
/// defined('apache')        # there is such a class, define or type
/// defined('$port')         # the variable is set here
/// defined(File['/tmp'])    # the resource has been declared
/// defined(Class['apache']) # the class has been declared
/// ```
///
/// Whether something has been declared depends on the order of evaluation.
pub(super) const FUNCTION: Native = Native {
    name: "defined",
    local_types: &[],
    overloads: &[Overload::new(
        "(Variant[String, Type[CatalogEntry], Type[Type[CatalogEntry]]] +$vals)",
        |context, arguments| {
            for argument in arguments {
                let is_defined = match argument {
                    Value::Str(name) => is_name_defined(context, name)?,
                    Value::Type(ty) => is_type_defined(context, ty)?,
                    _ => false,
                };
                if is_defined {
                    return Ok(true.into());
                }
            }
            Ok(false.into())
        },
    )],
};

fn is_name_defined(context: &mut Context<'_, '_>, name: &str) -> Result<bool, Control> {
    if let Some(variable) = name.strip_prefix('$').filter(|variable| !variable.is_empty()) {
        let is_built_in = matches!(variable, "module_name" | "caller_module_name");
        return Ok(is_built_in || context.variable(variable)?.is_some());
    }
    match name {
        "" => Ok(false),
        "main" => Ok(true),
        name => Ok(context.has_resource_type(name)? || context.has_class(name)?),
    }
}

fn is_type_defined(context: &mut Context<'_, '_>, ty: &Type) -> Result<bool, Control> {
    match ty {
        Type::Resource(reference) => match (&reference.type_name, &reference.title) {
            (None, _) => Err("The given resource type is a reference to all kind of types".into()),
            (Some(name), None) => context.has_resource_type(name),
            (Some(_), Some(_)) => context.is_declared(ty),
        },
        Type::Class(None) => Err("The given class type is a reference to all classes".into()),
        Type::Class(Some(_)) => context.is_declared(ty),
        Type::Type(inner) => match &**inner {
            Type::Class(Some(name)) => context.has_class(name),
            inner => is_type_defined(context, inner),
        },
        _ => Ok(false),
    }
}
