//! What every object has.

use std::rc::Rc;

use super::responds;
use crate::class::Class;
use crate::compare::{is_eql, is_equal};
use crate::eval::Interp;
use crate::eval::call::Args;
use crate::flow::{Eval, unsupported};
use crate::name::{M, Name};
use crate::value::{Array, Flags, Hash, Text, Value};

pub(crate) fn call(it: &mut Interp<'_>, me: &Value, name: &Name, args: &Args<'_>) -> Eval<Option<Value>> {
    let Some(id) = name.id else { return Ok(None) };
    Ok(Some(match id {
        M::NilIs => {
            args.none(it)?;
            Value::Bool(me.is_nil())
        }
        M::Not => Value::Bool(!me.is_true()),
        M::Equal => Value::Bool(is_equal(me, args.one(it)?)),
        M::NotEqual => {
            let other = args.one(it)?.clone();
            Value::Bool(!it.send(me, M::Equal, &[other])?.is_true())
        }
        M::CaseEqual => {
            let other = args.one(it)?;
            Value::Bool(it.case_equals(me, other)?)
        }
        M::EqualIs => Value::Bool(me.is_same(args.one(it)?)),
        M::EqlIs => Value::Bool(is_eql(me, args.one(it)?, 0)),
        M::Compare => match it.compare(me, args.one(it)?)? {
            Some(ordering) => Value::Int(ordering as i64),
            None => Value::Nil,
        },
        M::Matches => {
            args.one(it)?;
            Value::Nil
        }
        M::MatchesNot => {
            let other = args.one(it)?.clone();
            Value::Bool(!it.send(me, M::Matches, &[other])?.is_true())
        }
        M::Class => {
            args.none(it)?;
            Value::Class(me.class())
        }
        M::IsAIs | M::KindOfIs => {
            let class = class_argument(it, args)?;
            Value::Bool(me.class().is_a(class))
        }
        M::InstanceOfIs => {
            let class = class_argument(it, args)?;
            Value::Bool(me.class() == class)
        }
        M::RespondToIs => {
            args.count(it, 1, 2)?;
            let method = method_name(it, &args.at(0))?;
            let is_own = matches!(me, Value::Wrapper) && it.defined_method(&method).is_some();
            let is_function = matches!(me, Value::Scope) && method.starts_with("function_");
            if is_function {
                return Err(unsupported("asking whether a function exists with respond_to?"));
            }
            Value::Bool(is_own || responds(me, &method))
        }
        M::ToS => {
            args.none(it)?;
            Value::string(it.text_of(me)?)
        }
        M::Inspect => {
            args.none(it)?;
            Value::string(it.inspect(me)?)
        }
        M::Freeze => {
            args.none(it)?;
            if let Some(flags) = flags(me) {
                flags.freeze();
            }
            me.clone()
        }
        M::FrozenIs => {
            args.none(it)?;
            Value::Bool(flags(me).is_none_or(Flags::is_frozen))
        }
        M::Dup => {
            args.none(it)?;
            duplicate(me)?
        }
        M::Clone => {
            args.count(it, 0, 1)?;
            let copy = duplicate(me)?;
            let wants_frozen = match args.get(0) {
                Some(Value::Hash(options)) => {
                    let options = Value::Hash(options.clone());
                    match it.send(&options, M::Element, &[Value::symbol("freeze")])? {
                        Value::Bool(flag) => flag,
                        _ => flags(me).is_some_and(Flags::is_frozen),
                    }
                }
                _ => flags(me).is_some_and(Flags::is_frozen),
            };
            if wants_frozen && let Some(flags) = flags(&copy) {
                flags.freeze();
            }
            copy
        }
        M::Itself => {
            args.none(it)?;
            me.clone()
        }
        M::Tap => {
            let block = need_block(it, args)?;
            it.call_block(block, std::slice::from_ref(me))?;
            me.clone()
        }
        M::Then | M::YieldSelf => {
            let block = need_block(it, args)?;
            it.call_block(block, std::slice::from_ref(me))?
        }
        M::Send | M::PublicSend | M::SendAlways => {
            let Some((method, rest)) = args.values.split_first() else {
                return Err(it.raise(Class::ArgumentError, "no method name given"));
            };
            let method = method_name(it, method)?;
            let args = Args { values: rest, ..*args };
            if matches!(me, Value::Wrapper) {
                return it.call_named_function(&method, &args).map(Some);
            }
            it.dispatch(me, &Name::new(&method), &args)?
        }
        M::InstanceVariableGet if matches!(me, Value::Wrapper) => {
            let name = method_name(it, args.one(it)?)?;
            let Some(name) = name.strip_prefix('@') else {
                let text = format!("'{name}' is not allowed as an instance variable name");
                return Err(it.raise(Class::NameError, text));
            };
            it.instance(name)?.unwrap_or_default()
        }
        M::InstanceVariableDefinedIs if matches!(me, Value::Wrapper) => {
            let name = method_name(it, args.one(it)?)?;
            let Some(name) = name.strip_prefix('@') else {
                let text = format!("'{name}' is not allowed as an instance variable name");
                return Err(it.raise(Class::NameError, text));
            };
            Value::Bool(it.instance(name)?.is_some())
        }
        M::InstanceVariableSet if matches!(me, Value::Wrapper) => {
            args.count(it, 2, 2)?;
            let name = method_name(it, &args.at(0))?;
            let Some(name) = name.strip_prefix('@') else {
                let text = format!("'{name}' is not allowed as an instance variable name");
                return Err(it.raise(Class::NameError, text));
            };
            it.set_instance(name, args.at(1));
            args.at(1)
        }
        M::InstanceVariables if matches!(me, Value::Wrapper) => {
            args.none(it)?;
            let names = it.instance_names()?;
            Value::array(names.into_iter().map(|name| Value::Symbol(format!("@{name}").into())).collect())
        }
        M::ToEnum => return super::enumerator::to_enum(it, me, args).map(Some),
        M::ToJson => {
            let text = crate::library::json::generate(it, me)?;
            Value::string(text)
        }
        M::ToYaml => {
            args.count(it, 0, 1)?;
            crate::library::yaml::dump(it, me, args.get(0))?
        }
        _ => return Ok(None),
    }))
}

/// What is known of an object that can change.
pub(crate) fn flags(value: &Value) -> Option<&Flags> {
    match value {
        Value::Text(text) => Some(&text.flags),
        Value::Array(array) => Some(&array.flags),
        Value::Hash(hash) => Some(&hash.flags),
        Value::Object(object) => object.flags(),
        _ => None,
    }
}

fn duplicate(value: &Value) -> Eval {
    Ok(match value {
        Value::Text(text) => Value::text(text.share()),
        Value::Array(array) => Value::array(array.to_vec()),
        Value::Hash(hash) => Value::Hash(Rc::new(hash.duplicate())),
        Value::Object(object) => object.duplicate(),
        Value::Wrapper | Value::Scope | Value::Puppet(_) | Value::Enumerator(_) => {
            return Err(unsupported(format!("copying an object of {}", value.class().name())));
        }
        other => other.clone(),
    })
}

fn class_argument(it: &Interp<'_>, args: &Args<'_>) -> Eval<Class> {
    match args.one(it)? {
        Value::Class(class) => Ok(*class),
        _ => Err(it.raise(Class::TypeError, "class or module required")),
    }
}

/// A name given as a symbol or string.
pub(crate) fn method_name(it: &mut Interp<'_>, value: &Value) -> Eval<String> {
    match value {
        Value::Symbol(name) => Ok(name.to_string()),
        Value::Text(text) => Ok(text.borrow().to_owned()),
        other => {
            let shown = it.inspect(other)?;
            Err(it.raise(Class::TypeError, format!("{shown} is not a symbol nor a string")))
        }
    }
}

/// The block of a call that needs one.
pub(crate) fn need_block<'a>(it: &Interp<'_>, args: &Args<'a>) -> Eval<&'a Rc<crate::proc::Proc>> {
    match args.block {
        Some(block) => Ok(block),
        None => Err(it.raise(Class::LocalJumpError, "no block given (yield)")),
    }
}

/// Checks that a string may change, and notes that it is about to.
pub(crate) fn modify_text(it: &mut Interp<'_>, text: &Rc<Text>) -> Eval<()> {
    if text.flags.is_frozen() {
        it.check_frozen(&text.flags, &Value::Text(text.clone()))?;
    }
    it.heap.keep_text(text);
    Ok(())
}

/// Checks that an array may change, and notes that it is about to.
pub(crate) fn modify_array(it: &mut Interp<'_>, array: &Rc<Array>) -> Eval<()> {
    if array.flags.is_frozen() {
        it.check_frozen(&array.flags, &Value::Array(array.clone()))?;
    }
    array.flags.touch();
    Ok(())
}

/// Checks that a hash may change, and notes that it is about to.
pub(crate) fn modify_hash(it: &mut Interp<'_>, hash: &Rc<Hash>) -> Eval<()> {
    if hash.flags.is_frozen() {
        it.check_frozen(&hash.flags, &Value::Hash(hash.clone()))?;
    }
    hash.flags.touch();
    Ok(())
}
