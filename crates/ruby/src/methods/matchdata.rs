//! What a regular expression has found.

use std::rc::Rc;

use super::string::character_index;
use crate::class::Class;
use crate::eval::Interp;
use crate::eval::call::Args;
use crate::flow::Eval;
use crate::name::M;
use crate::value::{Map, Match, Value, int};

pub(crate) fn call(it: &mut Interp<'_>, me: &Rc<Match>, id: M, args: &Args<'_>) -> Eval<Option<Value>> {
    let groups = || (0..me.groups.len()).map(|number| Value::from(me.group(number)));
    Ok(Some(match id {
        M::Element => match args.values {
            [Value::Text(name)] => group_named(it, me, &name.borrow())?,
            [Value::Symbol(name)] => group_named(it, me, name)?,
            _ => {
                let list = Value::array(groups().collect());
                it.dispatch_id(&list, M::Element, args)?
            }
        },
        M::ToA => Value::array(groups().collect()),
        M::Captures => Value::array(groups().skip(1).collect()),
        M::NamedCaptures => {
            let mut map = Map::default();
            for name in me.regex.program.names() {
                let value = group_named(it, me, &name)?;
                map.insert(it.key(Value::text(name))?, value);
            }
            Value::hash(map)
        }
        M::Names => Value::array(me.regex.program.names().into_iter().map(Value::from).collect()),
        M::PreMatch => me.text.get(..me.range().0).into(),
        M::PostMatch => me.text.get(me.range().1..).into(),
        M::Size | M::Length => int(me.groups.len()),
        M::Begin | M::End | M::Offset => {
            let number = it.int_argument(args.one(it)?)?;
            let Some(range) = usize::try_from(number).ok().and_then(|number| me.groups.get(number)) else {
                return Err(it.raise(Class::IndexError, format!("index {number} out of matches")));
            };
            let place = |at: usize| int(character_index(&me.text, at));
            match (range, id) {
                (Some((start, _)), M::Begin) => place(*start),
                (Some((_, end)), M::End) => place(*end),
                (Some((start, end)), _) => Value::array(vec![place(*start), place(*end)]),
                (None, M::Offset) => Value::array(vec![Value::Nil, Value::Nil]),
                (None, _) => Value::Nil,
            }
        }
        M::ValuesAt => {
            let list = Value::array(groups().collect());
            it.dispatch_id(&list, M::ValuesAt, args)?
        }
        M::String => Value::text(me.text.clone()),
        _ => return Ok(None),
    }))
}

fn group_named(it: &Interp<'_>, me: &Match, name: &str) -> Eval {
    match me.regex.program.group_number(name) {
        Some(number) => Ok(me.group(number).into()),
        None => Err(it.raise(Class::IndexError, format!("undefined group name reference: {name}"))),
    }
}
