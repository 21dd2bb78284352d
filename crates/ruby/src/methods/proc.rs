//! Procs and lambdas.

use std::rc::Rc;

use crate::eval::Interp;
use crate::eval::call::Args;
use crate::flow::Eval;
use crate::name::M;
use crate::proc::Proc;
use crate::value::Value;

pub(crate) fn call(it: &mut Interp<'_>, me: &Rc<Proc>, id: M, args: &Args<'_>) -> Eval<Option<Value>> {
    Ok(Some(match id {
        M::Call | M::Element | M::CaseEqual => it.call_proc(me, args)?,
        M::ToProc => Value::Proc(me.clone()),
        M::LambdaIs => Value::Bool(me.is_lambda),
        M::Arity => Value::Int(me.arity()),
        _ => return Ok(None),
    }))
}
