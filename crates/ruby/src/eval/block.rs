//! Blocks, lambdas and methods of the template: calling them, and giving their parameters values.

use std::cell::RefCell;
use std::rc::Rc;
use std::sync::Arc;

use super::Interp;
use super::call::Args;
use crate::class::Class;
use crate::flow::{Eval, Flow};
use crate::ir::{Argument, Body, Multiple, Parameters, Target};
use crate::proc::{Env, Frame, Proc, ProcCode};
use crate::value::{Map, Value};

impl Interp<'_> {
    pub(super) fn make_proc(&mut self, body: &Arc<Body>, env: &Rc<Env>, is_lambda: bool) -> Rc<Proc> {
        let tag = self.new_tag();
        let code = ProcCode::Body { body: body.clone(), env: env.clone(), frame: self.frame.clone() };
        Rc::new(Proc { code, is_lambda, tag })
    }

    pub(super) fn eval_yield(&mut self, arguments: &[Argument], line: u32, env: &Rc<Env>) -> Eval {
        let values = self.eval_list(arguments, env)?;
        self.line = line;
        let Some(block) = self.frame.block.clone() else {
            return Err(self.raise(Class::LocalJumpError, "no block given (yield)"));
        };
        self.call_block(&block, &values)
    }

    /// Calls a block with values.
    pub(crate) fn call_block(&mut self, proc: &Rc<Proc>, values: &[Value]) -> Eval {
        self.call_proc(proc, &Args::of(values))
    }

    /// Calls a proc. `next` gives its value here; `break` travels on to the call that the block was given to.
    pub(crate) fn call_proc(&mut self, proc: &Rc<Proc>, args: &Args<'_>) -> Eval {
        self.tick()?;
        match &proc.code {
            ProcCode::Native(code) => code(self, args.values),
            ProcCode::Symbol(name) => {
                let Some((receiver, rest)) = args.values.split_first() else {
                    return Err(self.raise(Class::ArgumentError, "no receiver given"));
                };
                self.dispatch(receiver, name, &Args { values: rest, ..*args })
            }
            ProcCode::Body { body, env, frame } => {
                let line = self.line;
                let env = Env::new(body.slots, Some(env.clone()));
                let outer = std::mem::replace(&mut self.frame, frame.clone());
                let result = match self.bind(&body.parameters, args, proc.is_lambda, &env) {
                    Ok(()) => self.eval(&body.code, &env),
                    Err(flow) => Err(flow),
                };
                let frame = std::mem::replace(&mut self.frame, outer);
                let result = match result {
                    Ok(value) => Ok(value),
                    Err(flow) => match *flow {
                        Flow::Next(value) => Ok(value),
                        Flow::Break(value) if proc.is_lambda => Ok(value),
                        Flow::Break(value) => Err(Box::new(Flow::BreakFrom(proc.tag, value))),
                        Flow::Return(id, value) if proc.is_lambda && id == frame.id => Ok(value),
                        other => Err(Box::new(other)),
                    },
                };
                if result.is_ok() {
                    self.line = line;
                }
                result
            }
        }
    }

    /// Calls a method that the template has defined.
    pub(super) fn call_method(&mut self, body: &Arc<Body>, args: &Args<'_>) -> Eval {
        let line = self.line;
        let env = Env::new(body.slots, None);
        let id = self.new_tag();
        let frame = Frame { id, last_match: RefCell::default(), block: args.block.cloned() };
        let outer = std::mem::replace(&mut self.frame, Rc::new(frame));
        let result = match self.bind(&body.parameters, args, true, &env) {
            Ok(()) => self.eval(&body.code, &env),
            Err(flow) => Err(flow),
        };
        self.frame = outer;
        match result {
            Ok(value) => {
                self.line = line;
                Ok(value)
            }
            Err(flow) => match *flow {
                Flow::Return(returned, value) if returned == id => {
                    self.line = line;
                    Ok(value)
                }
                other => Err(Box::new(other)),
            },
        }
    }

    /// Gives parameters their values.
    fn bind(&mut self, parameters: &Parameters, args: &Args<'_>, is_strict: bool, env: &Rc<Env>) -> Eval<()> {
        let takes_keywords = !parameters.keywords.is_empty() || parameters.keyword_rest.is_some();
        if !takes_keywords && parameters.optional.is_empty() && parameters.post.is_empty() {
            // What most blocks have.
            if let ([Target::Local(slot)], [value], None, None, true) = (
                &parameters.required[..],
                args.values,
                parameters.rest,
                parameters.block,
                parameters.is_single || is_strict,
            ) {
                env.set(*slot, value.clone());
                return Ok(());
            }
        }
        let spread;
        let mut values = args.values;
        if !is_strict
            && let [Value::Array(only)] = values
            && !parameters.is_single
            && (!parameters.required.is_empty()
                || !parameters.post.is_empty()
                || parameters.optional.len() > 1)
        {
            spread = only.to_vec();
            values = &spread;
        }
        let mut keywords: Option<Map> = None;
        if takes_keywords
            && args.has_keywords
            && let Some((Value::Hash(last), rest)) = values.split_last()
        {
            keywords = Some(last.map.borrow().clone());
            values = rest;
        }
        let required = parameters.required.len() + parameters.post.len();
        let most = required + parameters.optional.len();
        if is_strict && (values.len() < required || (parameters.rest.is_none() && values.len() > most)) {
            let expected = match parameters.rest {
                Some(_) => format!("{required}+"),
                None if parameters.optional.is_empty() => required.to_string(),
                None => format!("{required}..{most}"),
            };
            let text = format!("wrong number of arguments (given {}, expected {expected})", values.len());
            return Err(self.raise(Class::ArgumentError, text));
        }
        let at = |index: usize| values.get(index).cloned().unwrap_or_default();
        for (index, target) in parameters.required.iter().enumerate() {
            self.set_parameter(target, at(index), env)?;
        }
        let first = parameters.required.len();
        let available = values.len().saturating_sub(required);
        for (index, (slot, default)) in parameters.optional.iter().enumerate() {
            let value = if index < available { at(first + index) } else { self.eval(default, env)? };
            env.set(*slot, value);
        }
        let taken = first + available.min(parameters.optional.len());
        let rest_count = available.saturating_sub(parameters.optional.len());
        if let Some(Some(slot)) = parameters.rest {
            let rest = values.iter().skip(taken).take(rest_count).cloned().collect::<Vec<_>>();
            env.set(slot, Value::array(rest));
        }
        let behind = if parameters.rest.is_some() { taken + rest_count } else { taken };
        for (index, target) in parameters.post.iter().enumerate() {
            self.set_parameter(target, at(behind + index), env)?;
        }
        if takes_keywords {
            self.bind_keywords(parameters, keywords.unwrap_or_default(), env)?;
        }
        if let Some(slot) = parameters.block {
            let block = match args.block {
                Some(block) => self.keep(block),
                None => Value::Nil,
            };
            env.set(slot, block);
        }
        Ok(())
    }

    fn bind_keywords(&mut self, parameters: &Parameters, mut given: Map, env: &Rc<Env>) -> Eval<()> {
        let mut missing = Vec::new();
        for keyword in &parameters.keywords {
            let key = self.key(Value::Symbol(keyword.name.clone()))?;
            let value = match (given.shift_remove(&key), &keyword.default) {
                (Some(value), _) => value,
                (None, Some(default)) => self.eval(default, env)?,
                (None, None) => {
                    missing.push(format!(":{}", keyword.name));
                    continue;
                }
            };
            env.set(keyword.slot, value);
        }
        let plural = |count: usize| if count == 1 { "" } else { "s" };
        if !missing.is_empty() {
            let text = format!("missing keyword{}: {}", plural(missing.len()), missing.join(", "));
            return Err(self.raise(Class::ArgumentError, text));
        }
        match parameters.keyword_rest {
            Some(Some(slot)) => env.set(slot, Value::hash(given)),
            Some(None) => {}
            None if given.is_empty() => {}
            None => {
                let mut names = Vec::new();
                for key in given.keys() {
                    names.push(self.inspect(&key.value)?);
                }
                let text = format!("unknown keyword{}: {}", plural(names.len()), names.join(", "));
                return Err(self.raise(Class::ArgumentError, text));
            }
        }
        Ok(())
    }

    fn set_parameter(&mut self, target: &Target, value: Value, env: &Rc<Env>) -> Eval<()> {
        match target {
            Target::Local(slot) => {
                env.set(*slot, value);
                Ok(())
            }
            Target::Multiple(multiple) => self.destructure(multiple, value, env),
            other => self.assign(other, value, env),
        }
    }

    /// `a, (b, *c) = value`
    pub(super) fn destructure(&mut self, multiple: &Multiple, value: Value, env: &Rc<Env>) -> Eval<()> {
        let values = match value {
            Value::Array(array) => array.to_vec(),
            other => vec![other],
        };
        let at = |index: usize| values.get(index).cloned().unwrap_or_default();
        for (index, target) in multiple.before.iter().enumerate() {
            self.set_parameter(target, at(index), env)?;
        }
        let before = multiple.before.len();
        let rest = values.len().saturating_sub(before + multiple.after.len());
        if let Some(target) = &multiple.rest {
            let items = values.iter().skip(before).take(rest).cloned().collect::<Vec<_>>();
            self.set_parameter(target, Value::array(items), env)?;
        }
        for (index, target) in multiple.after.iter().enumerate() {
            self.set_parameter(target, at(before + rest + index), env)?;
        }
        Ok(())
    }
}
