//! Functions: what can be called without a receiver anywhere.

use std::rc::Rc;

use super::number;
use super::object::need_block;
use crate::class::Class;
use crate::eval::Interp;
use crate::eval::call::Args;
use crate::flow::{Eval, Flow, unsupported};
use crate::name::M;
use crate::value::{Exception, Map, Value};

/// Libraries that are there without being asked for, by the names that `require` knows.
const LIBRARIES: &[&str] = &[
    "base64",
    "bigdecimal",
    "cgi",
    "date",
    "digest",
    "digest/md5",
    "digest/sha1",
    "digest/sha2",
    "English",
    "erb",
    "ipaddr",
    "json",
    "ostruct",
    "pp",
    "puppet",
    "securerandom",
    "set",
    "shellwords",
    "strscan",
    "time",
    "uri",
    "yaml",
];

pub(crate) fn call(it: &mut Interp<'_>, id: M, args: &Args<'_>) -> Eval<Option<Value>> {
    Ok(Some(match id {
        M::ArrayFunction => {
            let value = args.one(it)?;
            match value {
                Value::Nil => Value::array(Vec::new()),
                Value::Array(_) => value.clone(),
                Value::Hash(_) | Value::Range(_) | Value::Enumerator(_) | Value::Object(_) => {
                    Value::array(it.items_of(value)?)
                }
                other => Value::array(vec![other.clone()]),
            }
        }
        M::StringFunction => Value::string(it.text_of(args.one(it)?)?),
        M::HashFunction => match args.one(it)? {
            Value::Nil => Value::hash(Map::default()),
            Value::Array(array) if array.len() == 0 => Value::hash(Map::default()),
            hash @ Value::Hash(_) => hash.clone(),
            other => {
                let class = other.class().name();
                return Err(it.raise(Class::TypeError, format!("can't convert {class} into Hash")));
            }
        },
        M::UriFunction => crate::library::uri::function(it, args)?,
        M::IntegerFunction => return number::integer(it, args).map(Some),
        M::FloatFunction => return number::float(it, args).map(Some),
        M::Raise | M::Fail => return Err(raise(it, args)?),
        M::Format | M::Sprintf => {
            let Some((format, rest)) = args.values.split_first() else {
                return Err(it.raise(Class::ArgumentError, "too few arguments"));
            };
            let format = it.string_argument(format)?;
            it.format(&format, rest)?
        }
        M::Lambda => {
            let block = need_block(it, args)?;
            let lambda = crate::proc::Proc { code: block.code.share()?, is_lambda: true, tag: block.tag };
            it.keep(&Rc::new(lambda))
        }
        M::Proc => {
            let block = need_block(it, args)?.clone();
            it.keep(&block)
        }
        M::Loop => {
            let block = need_block(it, args)?;
            loop {
                match it.call_block(block, &[]) {
                    Ok(_) => {}
                    Err(flow) => match *flow {
                        Flow::Raise(exception) if exception.class.is_a(Class::StopIteration) => {
                            return Ok(Some(Value::Nil));
                        }
                        other => return Err(Box::new(other)),
                    },
                }
            }
        }
        M::Catch => {
            let block = need_block(it, args)?;
            let tag = args.at(0);
            match it.call_block(block, std::slice::from_ref(&tag)) {
                Ok(value) => value,
                Err(flow) => match *flow {
                    Flow::Throw(thrown, value) if thrown.is_same(&tag) => value,
                    other => return Err(Box::new(other)),
                },
            }
        }
        M::Throw => {
            args.count(it, 1, 2)?;
            return Err(Box::new(Flow::Throw(args.at(0), args.at(1))));
        }
        M::BlockGivenIs => Value::Bool(it.frame.block.is_some()),
        M::Require => {
            let name = it.string_argument(args.one(it)?)?;
            if !LIBRARIES.contains(&name.trim_end_matches(".rb")) {
                return Err(unsupported(format!("the library {name}")));
            }
            Value::Bool(false)
        }
        // A server has no terminal: what would be written there goes nowhere.
        M::Puts | M::Print | M::Warn => {
            for value in args.values {
                it.text_of(value)?;
            }
            Value::Nil
        }
        M::P | M::Pp => match args.values {
            [] => Value::Nil,
            [only] => only.clone(),
            several => Value::array(several.to_vec()),
        },
        _ => return Ok(None),
    }))
}

/// The exception that `raise` makes of its arguments.
fn raise(it: &mut Interp<'_>, args: &Args<'_>) -> Eval<Box<Flow>> {
    let values = match args.values {
        // `raise A, 'text', cause: e`
        [rest @ .., Value::Hash(_)] if args.has_keywords => rest,
        values => values,
    };
    let (class, message) = match values {
        [] => match &it.error {
            Value::Exception(exception) => return Ok(Box::new(Flow::Raise(exception.clone()))),
            _ => (Class::RuntimeError, Value::text("unhandled exception")),
        },
        [text @ Value::Text(_)] => (Class::RuntimeError, text.clone()),
        [Value::Exception(exception)] => {
            if exception.line.get() == 0 {
                exception.line.set(it.line);
            }
            return Ok(Box::new(Flow::Raise(exception.clone())));
        }
        [Value::Exception(exception), message, ..] => (exception.class, message.clone()),
        [Value::Class(class)] if class.is_a(Class::Exception) => (*class, Value::Nil),
        [Value::Class(class), message, ..] if class.is_a(Class::Exception) => (*class, message.clone()),
        _ => return Ok(it.raise(Class::TypeError, "exception class/object expected")),
    };
    Ok(Box::new(Flow::Raise(Rc::new(Exception { class, message, line: it.line.into() }))))
}
