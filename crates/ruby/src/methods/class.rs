//! Methods of classes and modules themselves.

use std::rc::Rc;

use crate::class::Class;
use crate::eval::Interp;
use crate::eval::call::Args;
use crate::flow::Eval;
use crate::library;
use crate::name::M;
use crate::value::{EXTENDED, Exception, Hash, IGNORE_CASE, MULTI_LINE, Value};

pub(crate) fn call(it: &mut Interp<'_>, me: Class, id: M, args: &Args<'_>) -> Eval<Option<Value>> {
    Ok(Some(match id {
        M::Name | M::ToS | M::Inspect => {
            args.none(it)?;
            Value::text(me.name())
        }
        M::New => return new(it, me, args),
        M::Ancestors => Value::array(me.ancestors().into_iter().map(Value::Class).collect()),
        M::Superclass if !me.is_module() => {
            if me == Class::BasicObject {
                Value::Nil
            } else {
                Value::Class(me.parent())
            }
        }
        M::Less | M::LessEqual | M::Greater | M::GreaterEqual => {
            let Value::Class(other) = *args.one(it)? else {
                return Err(it.raise(Class::TypeError, "compared with non class/module"));
            };
            let (below, above) = (me.is_a(other), other.is_a(me));
            match id {
                M::Less if me == other => Value::Bool(false),
                M::Greater if me == other => Value::Bool(false),
                M::Less | M::LessEqual if below => Value::Bool(true),
                M::Greater | M::GreaterEqual if above => Value::Bool(true),
                _ if below || above => Value::Bool(false),
                _ => Value::Nil,
            }
        }
        M::Exception if me.is_a(Class::Exception) => return new(it, me, args),
        _ => return library::class_method(it, me, id, args),
    }))
}

fn new(it: &mut Interp<'_>, me: Class, args: &Args<'_>) -> Eval<Option<Value>> {
    Ok(Some(match me {
        Class::String => {
            args.count(it, 0, 1)?;
            match args.get(0) {
                None => Value::text(""),
                Some(text) => Value::text(it.string_argument(text)?),
            }
        }
        Class::Array => return new_array(it, args).map(Some),
        Class::Hash => {
            args.count(it, 0, 1)?;
            let hash = Hash::default();
            if let Some(block) = args.block {
                it.keep(block);
                *hash.default_proc.borrow_mut() = Some(block.clone());
            }
            *hash.default.borrow_mut() = args.at(0);
            Value::Hash(Rc::new(hash))
        }
        Class::Range => {
            args.count(it, 2, 3)?;
            super::range::check(it, &args.at(0), &args.at(1))?;
            let exclusive = args.at(2).is_true();
            Value::Range(Rc::new(crate::value::Range { start: args.at(0), end: args.at(1), exclusive }))
        }
        Class::Regexp => {
            args.count(it, 1, 2)?;
            if let Some(regex @ Value::Regexp(_)) = args.get(0) {
                return Ok(Some(regex.clone()));
            }
            let source = it.string_argument(&args.at(0))?;
            let options = match args.get(1) {
                None | Some(Value::Nil | Value::Bool(false)) => 0,
                Some(Value::Int(options)) => {
                    u8::try_from(*options & i64::from(IGNORE_CASE | EXTENDED | MULTI_LINE))
                        .unwrap_or_default()
                }
                Some(_) => IGNORE_CASE,
            };
            it.regexp(&source, options)?
        }
        Class::Proc => {
            let block = super::object::need_block(it, args)?.clone();
            it.keep(&block)
        }
        class if class.is_a(Class::Exception) => {
            args.count(it, 0, 1)?;
            Value::Exception(Rc::new(Exception { class, message: args.at(0), line: 0.into() }))
        }
        _ => return library::class_method(it, me, M::New, args),
    }))
}

fn new_array(it: &mut Interp<'_>, args: &Args<'_>) -> Eval {
    args.count(it, 0, 2)?;
    match args.get(0) {
        None => return Ok(Value::array(Vec::new())),
        Some(Value::Array(array)) if args.len() == 1 => return Ok(Value::array(array.to_vec())),
        Some(_) => {}
    }
    let count = it.int_argument(&args.at(0))?;
    let Ok(count) = usize::try_from(count) else {
        return Err(it.raise(Class::ArgumentError, "negative array size"));
    };
    it.charge(count.saturating_mul(size_of::<Value>()))?;
    let mut items = Vec::with_capacity(count);
    for index in 0..count {
        items.push(match args.block {
            Some(block) => it.call_block(block, &[crate::value::int(index)])?,
            None => args.at(1),
        });
    }
    Ok(Value::array(items))
}
