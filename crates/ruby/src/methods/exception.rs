//! Exceptions.

use std::rc::Rc;

use crate::eval::Interp;
use crate::eval::call::Args;
use crate::flow::Eval;
use crate::name::M;
use crate::value::{Exception, Value};

pub(crate) fn call(it: &mut Interp<'_>, me: &Rc<Exception>, id: M, args: &Args<'_>) -> Eval<Option<Value>> {
    Ok(Some(match id {
        M::Message | M::ToS => {
            args.none(it)?;
            match &me.message {
                Value::Nil => Value::text(me.class.name()),
                text @ Value::Text(_) => text.clone(),
                other => Value::string(it.text_of(other)?),
            }
        }
        _ => return Ok(None),
    }))
}
