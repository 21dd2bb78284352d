//! Methods of `scope`.

use crate::class::Class;
use crate::eval::Interp;
use crate::eval::call::Args;
use crate::flow::{Eval, unsupported};
use crate::name::M;
use crate::value::Value;

pub(crate) fn call(it: &mut Interp<'_>, id: M, args: &Args<'_>) -> Eval<Option<Value>> {
    Ok(Some(match id {
        M::Element | M::Lookupvar => {
            args.count(it, 1, 2)?;
            let name = variable_name(it, &args.at(0))?;
            let value = it.scope.lookup(&name).map_err(|error| it.scope_error(error))?;
            it.import(&value)?
        }
        M::IncludeIs => {
            let name = variable_name(it, args.one(it)?)?;
            let known = it.scope.has_variable(&name).map_err(|error| it.scope_error(error))?;
            Value::Bool(known)
        }
        M::ExistIs => {
            let name = variable_name(it, args.one(it)?)?;
            let known = it.scope.exists(&name).map_err(|error| it.scope_error(error))?;
            Value::Bool(known)
        }
        M::ToHash => {
            args.count(it, 0, 2)?;
            if args.len() > 0 {
                return Err(unsupported("scope.to_hash with arguments"));
            }
            let variables = it.scope.variables().map_err(|error| it.scope_error(error))?;
            it.import(&pcore::Value::hash(variables))?
        }
        M::Setvar | M::Put => {
            args.count(it, 2, 3)?;
            let name = variable_name(it, &args.at(0))?;
            let value = it.export(&args.at(1))?;
            it.scope.set_variable(&name, value).map_err(|error| it.scope_error(error))?;
            args.at(1)
        }
        M::CallFunction => {
            args.count(it, 2, 2)?;
            if args.block.is_some() {
                return Err(unsupported("scope.call_function with a block"));
            }
            let name = super::object::method_name(it, &args.at(0))?;
            let values = it.splat(args.at(1))?;
            match function_value(it, &name, &values)? {
                Some(value) => value,
                None => return Err(it.raise(Class::ArgumentError, format!("Unknown function '{name}'"))),
            }
        }
        M::Debug | M::Info | M::Notice | M::Warning | M::Err | M::Alert | M::Crit | M::Emerg => {
            return super::wrapper::call(it, id, args);
        }
        _ => return Ok(None),
    }))
}

/// `scope.function_name([arguments])`
pub(crate) fn function(it: &mut Interp<'_>, name: &str, args: &Args<'_>) -> Eval {
    let Some(Value::Array(arguments)) = args.get(0) else {
        let text = "custom functions must be called with a single array that contains the arguments. \
                    For example, function_example([1]) instead of function_example(1)";
        return Err(it.raise(Class::ArgumentError, text));
    };
    if TYPED_ONLY.contains(&name) {
        let text = format!("{name}() can only be called using the 4.x function API. See Scope#call_function");
        return Err(it.raise(Class::ParseError, text));
    }
    let arguments = arguments.to_vec();
    // The older function of that name demands no strings, and knows no third argument.
    if name == "versioncmp" {
        if arguments.len() != 2 {
            let text = format!("versioncmp(): Wrong number of arguments given ({} for 2)", arguments.len());
            return Err(it.raise(Class::ArgumentError, text));
        }
        return crate::library::small::versioncmp(it, &arguments);
    }
    match function_value(it, name, &arguments)? {
        Some(value) => Ok(value),
        None => {
            let text = format!("undefined method `function_{name}' for #<{}>", Class::Scope.name());
            Err(it.raise(Class::NoMethodError, text))
        }
    }
}

/// Functions that refuse to be called in the older way.
const TYPED_ONLY: &[&str] = &[
    "assert_type",
    "binary_file",
    "break",
    "defined",
    "dig",
    "each",
    "epp",
    "filter",
    "find_file",
    "hiera",
    "hiera_array",
    "hiera_hash",
    "hiera_include",
    "inline_epp",
    "lest",
    "lookup",
    "map",
    "match",
    "new",
    "next",
    "reduce",
    "regsubst",
    "return",
    "reverse_each",
    "slice",
    "split",
    "step",
    "strftime",
    "then",
    "type",
    "with",
];

fn function_value(it: &mut Interp<'_>, name: &str, values: &[Value]) -> Eval<Option<Value>> {
    let mut arguments = Vec::with_capacity(values.len());
    for value in values {
        arguments.push(it.export(value)?);
    }
    let result = it.scope.call_function(name, arguments).map_err(|error| it.scope_error(error))?;
    match result {
        Some(value) => it.import(&value).map(Some),
        None => Ok(None),
    }
}

/// The name of a variable, which must be a string.
fn variable_name(it: &mut Interp<'_>, value: &Value) -> Eval<String> {
    match value {
        Value::Text(text) => Ok(text.borrow().to_owned()),
        other => {
            let shown = it.inspect(other)?;
            let class = other.class().name();
            Err(it
                .raise(Class::ParseError, format!("Scope variable name {shown} is a {class}, not a string")))
        }
    }
}
