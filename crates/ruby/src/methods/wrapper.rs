//! Methods of the object that a template runs in.

use crate::class::Class;
use crate::eval::Interp;
use crate::eval::call::Args;
use crate::flow::Eval;
use crate::name::M;
use crate::value::Value;

pub(crate) fn call(it: &mut Interp<'_>, id: M, args: &Args<'_>) -> Eval<Option<Value>> {
    Ok(Some(match id {
        M::Scope => {
            args.none(it)?;
            Value::Scope
        }
        M::File => {
            args.none(it)?;
            it.file.into()
        }
        M::HasVariableIs => {
            let name = it.text_of(args.one(it)?)?;
            let known = it.scope.has_variable(&name).map_err(|error| it.scope_error(error))?;
            Value::Bool(known)
        }
        M::Classes => {
            args.none(it)?;
            Value::array(it.scope.classes().into_iter().map(Value::from).collect())
        }
        M::AllTags => {
            args.none(it)?;
            Value::array(it.scope.all_tags().into_iter().map(Value::from).collect())
        }
        M::Tags => return Err(it.raise(Class::NotImplementedError, "Call 'all_tags' instead.")),
        M::Debug | M::Info | M::Notice | M::Warning | M::Err | M::Alert | M::Crit | M::Emerg => {
            let message = match args.values {
                [only] => it.text_of(only)?,
                several => {
                    let mut words = Vec::with_capacity(several.len());
                    for word in several {
                        words.push(it.text_of(word)?);
                    }
                    words.join(" ")
                }
            };
            it.scope.log(id.text(), &message);
            Value::Nil
        }
        _ => return Ok(None),
    }))
}
