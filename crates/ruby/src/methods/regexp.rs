//! Regular expressions.

use std::rc::Rc;

use pcore::Str;

use super::string::{byte_index, character_index};
use crate::class::Class;
use crate::eval::Interp;
use crate::eval::call::Args;
use crate::flow::Eval;
use crate::name::M;
use crate::value::{Regex, Value, int};

pub(crate) fn call(it: &mut Interp<'_>, me: &Rc<Regex>, id: M, args: &Args<'_>) -> Eval<Option<Value>> {
    Ok(Some(match id {
        M::Matches => match subject(it, args.one(it)?)? {
            None => {
                it.set_match(None);
                Value::Nil
            }
            Some(text) => match it.match_at(me, &text, 0)? {
                Some(found) => int(character_index(&text, found.range().0)),
                None => Value::Nil,
            },
        },
        M::Match | M::MatchIs => {
            args.count(it, 1, 2)?;
            let text = match (subject(it, &args.at(0))?, id) {
                (Some(text), _) => text,
                (None, M::Match) => {
                    it.set_match(None);
                    return Ok(Some(Value::Nil));
                }
                (None, _) => return Ok(Some(Value::Bool(false))),
            };
            let start = match args.get(1) {
                None => Some(0),
                Some(position) => byte_index(&text, it.int_argument(position)?),
            };
            let Some(start) = start else {
                if id == M::Match {
                    it.set_match(None);
                    return Ok(Some(Value::Nil));
                }
                return Ok(Some(Value::Bool(false)));
            };
            if id == M::MatchIs {
                return Ok(Some(Value::Bool(it.find_at(me, &text, start)?.is_some())));
            }
            match (it.match_at(me, &text, start)?, args.block) {
                (Some(found), Some(block)) => it.call_block(block, &[Value::Match(found)])?,
                (Some(found), None) => Value::Match(found),
                (None, _) => Value::Nil,
            }
        }
        M::Source => {
            args.none(it)?;
            Value::text(me.source.clone())
        }
        M::Names => Value::array(me.program.names().into_iter().map(Value::from).collect()),
        M::Options => Value::Int(i64::from(me.options)),
        _ => return Ok(None),
    }))
}

/// The text that is searched; nil is not.
fn subject(it: &mut Interp<'_>, value: &Value) -> Eval<Option<Str>> {
    match value {
        Value::Nil => Ok(None),
        Value::Text(text) => Ok(Some(text.share())),
        Value::Symbol(name) => Ok(Some(name.clone())),
        other => {
            let class = other.class().name();
            Err(it.raise(Class::TypeError, format!("no implicit conversion of {class} into String")))
        }
    }
}
