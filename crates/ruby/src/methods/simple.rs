//! `nil`, `true` and `false`.

use crate::eval::Interp;
use crate::eval::call::Args;
use crate::flow::Eval;
use crate::name::M;
use crate::value::{Map, Text, Value};

pub(crate) fn nil(it: &mut Interp<'_>, id: M, args: &Args<'_>) -> Eval<Option<Value>> {
    Ok(Some(match id {
        M::ToA => {
            args.none(it)?;
            Value::array(Vec::new())
        }
        M::ToH => {
            args.none(it)?;
            Value::hash(Map::default())
        }
        M::ToI => {
            args.none(it)?;
            Value::Int(0)
        }
        M::ToF => {
            args.none(it)?;
            Value::Float(0.0)
        }
        M::ToS => {
            args.none(it)?;
            let text = Text::new("");
            text.flags.freeze();
            Value::Text(std::rc::Rc::new(text))
        }
        M::BitAnd => {
            args.one(it)?;
            Value::Bool(false)
        }
        M::BitOr | M::BitXor => Value::Bool(args.one(it)?.is_true()),
        // `nil =~ pattern` is nil without a look at the pattern.
        M::Matches => {
            args.one(it)?;
            Value::Nil
        }
        _ => return Ok(None),
    }))
}

pub(crate) fn boolean(it: &mut Interp<'_>, me: bool, id: M, args: &Args<'_>) -> Eval<Option<Value>> {
    Ok(Some(match id {
        M::BitAnd => Value::Bool(me & args.one(it)?.is_true()),
        M::BitOr => Value::Bool(me | args.one(it)?.is_true()),
        M::BitXor => Value::Bool(me ^ args.one(it)?.is_true()),
        _ => return Ok(None),
    }))
}
