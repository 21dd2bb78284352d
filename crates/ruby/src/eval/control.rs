//! Loops, `case` and exceptions.

use std::rc::Rc;

use super::Interp;
use crate::class::Class;
use crate::flow::{Eval, Flow};
use crate::ir::{Argument, Begin, Case, Loop, Rescue, Target};
use crate::proc::Env;
use crate::value::{Exception, Value};

impl Interp<'_> {
    pub(super) fn eval_while(&mut self, node: &Loop, env: &Rc<Env>) -> Eval {
        let mut skip_condition = node.body_first;
        loop {
            self.tick()?;
            if !skip_condition && self.eval(&node.condition, env)?.is_true() != node.expected {
                return Ok(Value::Nil);
            }
            skip_condition = false;
            if let Some(value) = self.eval_turn(node, env)? {
                return Ok(value);
            }
        }
    }

    pub(super) fn eval_for(&mut self, target: &Target, node: &Loop, env: &Rc<Env>) -> Eval {
        let list = self.eval(&node.condition, env)?;
        self.line = node.line;
        let items = match &list {
            Value::Array(_) | Value::Hash(_) | Value::Range(_) | Value::Enumerator(_) | Value::Object(_) => {
                self.items_of(&list)?
            }
            other => {
                let shown = self.describe(other)?;
                return Err(self.raise(Class::NoMethodError, format!("undefined method `each' for {shown}")));
            }
        };
        for item in items {
            self.tick()?;
            self.assign(target, item, env)?;
            if let Some(value) = self.eval_turn(node, env)? {
                return Ok(value);
            }
        }
        Ok(list)
    }

    /// One turn of a loop; the value of the loop if `break` ends it.
    fn eval_turn(&mut self, node: &Loop, env: &Rc<Env>) -> Eval<Option<Value>> {
        match self.eval(&node.body, env) {
            Ok(_) => Ok(None),
            Err(flow) => match *flow {
                Flow::Break(value) => Ok(Some(value)),
                Flow::Next(_) => Ok(None),
                other => Err(Box::new(other)),
            },
        }
    }

    pub(super) fn eval_case(&mut self, case: &Case, env: &Rc<Env>) -> Eval {
        let subject = match &case.subject {
            Some(subject) => Some(self.eval(subject, env)?),
            None => None,
        };
        for (patterns, body) in &case.branches {
            for pattern in patterns {
                let candidates = match pattern {
                    Argument::Plain(expr) => vec![self.eval(expr, env)?],
                    Argument::Splat(expr) => {
                        let value = self.eval(expr, env)?;
                        self.splat(value)?
                    }
                };
                for candidate in candidates {
                    let fits = match &subject {
                        Some(subject) => {
                            self.line = case.line.max(self.line);
                            self.case_equals(&candidate, subject)?
                        }
                        None => candidate.is_true(),
                    };
                    if fits {
                        return self.eval(body, env);
                    }
                }
            }
        }
        self.eval(&case.otherwise, env)
    }

    pub(super) fn eval_begin(&mut self, begin: &Begin, env: &Rc<Env>) -> Eval {
        let result = self.eval_rescued(begin, env);
        if let Some(ensure) = &begin.ensure {
            // Limits and the like are no business of the template.
            if let Err(flow) = &result
                && matches!(**flow, Flow::Limit(_) | Flow::Unsupported(_) | Flow::Stop(_))
            {
                return result;
            }
            let line = self.line;
            self.eval(ensure, env)?;
            self.line = line;
        }
        result
    }

    fn eval_rescued(&mut self, begin: &Begin, env: &Rc<Env>) -> Eval {
        loop {
            self.tick()?;
            let exception = match self.eval(&begin.body, env) {
                Ok(value) => {
                    return match &begin.otherwise {
                        Some(otherwise) => self.eval(otherwise, env),
                        None => Ok(value),
                    };
                }
                Err(flow) => match *flow {
                    Flow::Raise(exception) => exception,
                    other => return Err(Box::new(other)),
                },
            };
            let Some(rescue) = self.find_rescue(&begin.rescues, &exception, env)? else {
                return Err(Box::new(Flow::Raise(exception)));
            };
            let outer = std::mem::replace(&mut self.error, Value::Exception(exception.clone()));
            if let Some(variable) = &rescue.variable {
                self.assign(variable, Value::Exception(exception), env)?;
            }
            let result = self.eval(&rescue.body, env);
            self.error = outer;
            match result {
                Err(flow) if matches!(*flow, Flow::Retry) => {}
                result => return result,
            }
        }
    }

    fn find_rescue<'r>(
        &mut self,
        rescues: &'r [Rescue],
        exception: &Rc<Exception>,
        env: &Rc<Env>,
    ) -> Eval<Option<&'r Rescue>> {
        for rescue in rescues {
            for class in self.eval_list(&rescue.classes, env)? {
                match class {
                    Value::Class(class) if exception.class.is_a(class) => return Ok(Some(rescue)),
                    Value::Class(_) => {}
                    _ => {
                        let text = "class or module required for rescue clause";
                        return Err(self.raise(Class::TypeError, text));
                    }
                }
            }
        }
        Ok(None)
    }
}
