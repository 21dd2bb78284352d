//! `defined?`

use std::rc::Rc;

use super::Interp;
use crate::flow::{Eval, Flow};
use crate::ir::{Defined, Global};
use crate::methods;
use crate::proc::Env;
use crate::value::Value;

impl Interp<'_> {
    pub(super) fn eval_defined(&mut self, defined: &Defined, env: &Rc<Env>) -> Eval {
        Ok(self.what_is(defined, env)?.into())
    }

    fn what_is(&mut self, defined: &Defined, env: &Rc<Env>) -> Eval<Option<&'static str>> {
        Ok(match defined {
            Defined::Always(text) => Some(*text),
            Defined::Never => None,
            Defined::Instance(name) => self.instance(name)?.map(|_| "instance-variable"),
            Defined::Global(
                global @ (Global::Group(_) | Global::Whole | Global::Before | Global::After | Global::Last),
            ) => (!self.global(*global).is_nil()).then_some("global-variable"),
            Defined::Global(_) => Some("global-variable"),
            Defined::Yield => self.frame.block.is_some().then_some("yield"),
            Defined::Function(name, arguments) => {
                for argument in arguments {
                    if self.what_is(argument, env)?.is_none() {
                        return Ok(None);
                    }
                }
                let exists = self.defined_method(&name.text).is_some()
                    || methods::responds(&Value::Wrapper, &name.text)
                    || crate::known::is_function(&name.text);
                exists.then_some("method")
            }
            Defined::Method { receiver, defined, name, arguments, line } => {
                if self.what_is(defined, env)?.is_none() {
                    return Ok(None);
                }
                for argument in arguments {
                    if self.what_is(argument, env)?.is_none() {
                        return Ok(None);
                    }
                }
                self.line = *line;
                let receiver = match self.eval(receiver, env) {
                    Ok(receiver) => receiver,
                    // An exception on the way only means that it is not defined.
                    Err(flow) if matches!(*flow, Flow::Raise(_)) => return Ok(None),
                    Err(flow) => return Err(flow),
                };
                methods::responds(&receiver, &name.text).then_some("method")
            }
        })
    }
}
