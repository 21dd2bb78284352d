//! The library `yaml`.

use crate::class::Class;
use crate::eval::Interp;
use crate::eval::call::Args;
use crate::flow::{Eval, unsupported};
use crate::name::M;
use crate::value::Value;

pub(crate) fn class_method(it: &mut Interp<'_>, id: M, args: &Args<'_>) -> Eval<Option<Value>> {
    Ok(Some(match id {
        M::Dump => {
            args.count(it, 1, 2)?;
            dump(it, &args.at(0), args.get(1))?
        }
        M::Load | M::SafeLoad => {
            args.count(it, 1, 1)?;
            let text = it.string_argument(&args.at(0))?;
            it.charge(text.len() * 8)?;
            match pcore::yaml::load(&text, "") {
                Ok(value) => it.import(&value)?,
                Err(error) => return Err(it.raise(Class::PsychSyntaxError, error.to_string())),
            }
        }
        _ => return Ok(None),
    }))
}

/// `to_yaml`
pub(crate) fn dump(it: &mut Interp<'_>, value: &Value, options: Option<&Value>) -> Eval {
    match options {
        None | Some(Value::Nil) => {}
        Some(Value::Hash(options)) if options.len() == 0 => {}
        Some(_) => return Err(unsupported("to_yaml with options")),
    }
    check(it, value, &mut Vec::new())?;
    let value = it.export(value)?;
    let text = pcore::yaml::dump(&value);
    it.charge(text.len())?;
    Ok(Value::string(text))
}

/// Refuses what YAML writes with anchors: a collection that is met twice.
fn check(it: &mut Interp<'_>, value: &Value, seen: &mut Vec<*const ()>) -> Eval<()> {
    it.tick()?;
    let identity: *const () = match value {
        Value::Array(array) => std::rc::Rc::as_ptr(array).cast(),
        Value::Hash(hash) => std::rc::Rc::as_ptr(hash).cast(),
        Value::Text(_) | Value::Nil | Value::Bool(_) | Value::Int(_) | Value::Float(_) => return Ok(()),
        other => {
            let class = other.class().name();
            return Err(unsupported(format!("to_yaml of an object of {class}")));
        }
    };
    if seen.contains(&identity) {
        return Err(unsupported("to_yaml of a value that holds the same collection twice"));
    }
    seen.push(identity);
    match value {
        Value::Array(array) => {
            for item in array.to_vec() {
                check(it, &item, seen)?;
            }
        }
        Value::Hash(hash) => {
            for (key, item) in hash.pairs() {
                check(it, &key, seen)?;
                check(it, &item, seen)?;
            }
        }
        _ => {}
    }
    Ok(())
}
