//! Symbols.

use pcore::Str;

use super::string;
use crate::eval::Interp;
use crate::eval::call::Args;
use crate::flow::Eval;
use crate::name::M;
use crate::proc::Proc;
use crate::value::{Text, Value};

pub(crate) fn call(it: &mut Interp<'_>, me: &Str, id: M, args: &Args<'_>) -> Eval<Option<Value>> {
    Ok(Some(match id {
        M::ToS | M::Name => {
            args.none(it)?;
            Value::text(me.clone())
        }
        M::ToSym => {
            args.none(it)?;
            Value::Symbol(me.clone())
        }
        M::ToProc => Value::Proc(Proc::symbol(me)),
        // What a symbol shares with a string, it has in the same words; some give a symbol again.
        M::Length
        | M::Size
        | M::EmptyIs
        | M::StartWithIs
        | M::EndWithIs
        | M::Element
        | M::Matches
        | M::Match
        | M::MatchIs => {
            let text = std::rc::Rc::new(Text::new(me.clone()));
            return string::call(it, &text, id, args);
        }
        M::Upcase | M::Downcase | M::Capitalize | M::Swapcase | M::Succ | M::Next => {
            let text = std::rc::Rc::new(Text::new(me.clone()));
            match string::call(it, &text, id, args)? {
                Some(Value::Text(text)) => Value::Symbol(text.share()),
                other => return Ok(other),
            }
        }
        M::Less | M::LessEqual | M::Greater | M::GreaterEqual | M::BetweenIs | M::Clamp => {
            return string::comparable(it, &Value::Symbol(me.clone()), id, args);
        }
        M::Casecmp | M::CasecmpIs => match args.one(it)? {
            Value::Symbol(other) => {
                let text = std::rc::Rc::new(Text::new(me.clone()));
                let other = Value::text(other.clone());
                return string::call(it, &text, id, &Args::of(&[other]));
            }
            _ => Value::Nil,
        },
        _ => return Ok(None),
    }))
}
