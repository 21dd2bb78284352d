//! Assignments.

use std::rc::Rc;

use super::Interp;
use crate::flow::Eval;
use crate::ir::{Expr, Multiple, Operate, Operator, Target};
use crate::name::{M, Name};
use crate::proc::Env;
use crate::value::Value;

/// A target whose parts have been evaluated, so that it can be read and then set.
enum Place<'t> {
    Target(&'t Target),
    Index(Value, Vec<Value>, u32),
    Attribute(Value, &'t Name, u32),
    /// `nil&.name`
    Nothing,
}

impl Interp<'_> {
    pub(super) fn eval_assign(&mut self, target: &Target, value: &Expr, env: &Rc<Env>) -> Eval {
        match target {
            Target::Local(_) | Target::Instance(_) | Target::Ignored | Target::Multiple(_) => {
                let value = self.eval(value, env)?;
                self.assign(target, value.clone(), env)?;
                Ok(value)
            }
            _ => {
                let place = self.place(target, env)?;
                let value = self.eval(value, env)?;
                self.set_place(place, value.clone(), env)?;
                Ok(value)
            }
        }
    }

    pub(super) fn eval_spread(&mut self, multiple: &Multiple, value: &Expr, env: &Rc<Env>) -> Eval {
        let value = self.eval(value, env)?;
        self.destructure(multiple, value.clone(), env)?;
        Ok(value)
    }

    pub(super) fn eval_operate(&mut self, operate: &Operate, env: &Rc<Env>) -> Eval {
        let place = self.place(&operate.target, env)?;
        let old = self.read_place(&place, env)?;
        let value = match &operate.operator {
            Operator::Or if old.is_true() => return Ok(old),
            Operator::And if !old.is_true() => return Ok(old),
            _ if matches!(place, Place::Nothing) => return Ok(Value::Nil),
            Operator::Or | Operator::And => self.eval(&operate.value, env)?,
            Operator::Method(name) => {
                let value = self.eval(&operate.value, env)?;
                self.line = operate.line;
                self.dispatch(&old, name, &super::Args::of(&[value]))?
            }
        };
        self.set_place(place, value.clone(), env)?;
        Ok(value)
    }

    /// Sets a target.
    pub(super) fn assign(&mut self, target: &Target, value: Value, env: &Rc<Env>) -> Eval<()> {
        match target {
            Target::Local(slot) => env.set(*slot, value),
            Target::Instance(name) => self.set_instance(name, value),
            Target::Ignored => {}
            Target::Multiple(multiple) => self.destructure(multiple, value, env)?,
            _ => {
                let place = self.place(target, env)?;
                self.set_place(place, value, env)?;
            }
        }
        Ok(())
    }

    fn place<'t>(&mut self, target: &'t Target, env: &Rc<Env>) -> Eval<Place<'t>> {
        match target {
            Target::Index { receiver, arguments, line } => {
                let receiver = self.eval(receiver, env)?;
                Ok(Place::Index(receiver, self.eval_list(arguments, env)?, *line))
            }
            Target::Attribute { receiver, name, is_safe, line } => {
                let receiver = self.eval(receiver, env)?;
                if *is_safe && receiver.is_nil() {
                    return Ok(Place::Nothing);
                }
                Ok(Place::Attribute(receiver, name, *line))
            }
            other => Ok(Place::Target(other)),
        }
    }

    fn read_place(&mut self, place: &Place<'_>, env: &Rc<Env>) -> Eval {
        match place {
            Place::Target(Target::Local(slot)) => Ok(env.get(*slot)),
            Place::Target(Target::Instance(name)) => Ok(self.instance(name)?.unwrap_or_default()),
            Place::Target(_) | Place::Nothing => Ok(Value::Nil),
            Place::Index(receiver, arguments, line) => {
                self.line = *line;
                self.send(receiver, M::Element, arguments)
            }
            Place::Attribute(receiver, name, line) => {
                self.line = *line;
                self.dispatch(receiver, name, &super::Args::default())
            }
        }
    }

    fn set_place(&mut self, place: Place<'_>, value: Value, env: &Rc<Env>) -> Eval<()> {
        match place {
            Place::Target(target) => self.assign(target, value, env),
            Place::Nothing => Ok(()),
            Place::Index(receiver, mut arguments, line) => {
                self.line = line;
                arguments.push(value);
                self.send(&receiver, M::Put, &arguments).map(drop)
            }
            Place::Attribute(receiver, name, line) => {
                self.line = line;
                let name = Name::new(&format!("{}=", name.text));
                self.dispatch(&receiver, &name, &super::Args::of(&[value])).map(drop)
            }
        }
    }
}
