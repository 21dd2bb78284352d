//! The evaluator.
//!
//! A walk over [`crate::ir`] with everything resolved that can be: variables are slots, methods are numbers. Errors
//! know the line because [`Interp::line`] follows the calls.

mod assign;
mod block;
pub(crate) mod call;
mod control;
mod defined;

use std::cell::RefCell;
use std::rc::{Rc, Weak};
use std::sync::Arc;

use pcore::Str;
use rustc_hash::FxHashMap;

use call::Args;

use crate::class::Class;
use crate::flow::{Eval, Flow, limit};
use crate::heap::Heap;
use crate::ir::{Argument, Below, Body, Expr, Global, Pair, Piece};
use crate::limits::{BYTES_MAX, DEPTH_MAX, Limits, OUTPUT_BYTES_MAX, STEPS_MAX};
use crate::methods;
use crate::proc::{Env, Frame, Proc, ProcCode};
use crate::scope::Scope;
use crate::value::{Exception, Flags, Map, Range, Text, Value};

/// One render.
pub(crate) struct Interp<'s> {
    pub(crate) scope: &'s mut dyn Scope,
    pub(crate) heap: &'s Heap,
    /// Path of the template, if it is a file.
    pub(crate) file: Option<&'s str>,
    /// The line that runs.
    pub(crate) line: u32,
    pub(crate) frame: Rc<Frame>,
    /// `$!`
    pub(crate) error: Value,
    limits: Limits,
    /// Instance variables that were read or set; `None` in it is one that is not set.
    instance: FxHashMap<Box<str>, Option<Value>>,
    /// Names of those that the template has set, in order.
    instance_order: Vec<Str>,
    tags: u64,
    /// Variables that procs kept as values see; emptied at the end, since they may hold each other.
    captured: Vec<Weak<Env>>,
}

impl<'s> Interp<'s> {
    pub(crate) fn new(scope: &'s mut dyn Scope, heap: &'s Heap, file: Option<&'s str>) -> Interp<'s> {
        Interp {
            scope,
            heap,
            file,
            line: 1,
            frame: Rc::new(Frame { id: 0, last_match: RefCell::default(), block: None }),
            error: Value::Nil,
            limits: Limits::default(),
            instance: FxHashMap::default(),
            instance_order: Vec::new(),
            tags: 0,
            captured: Vec::new(),
        }
    }

    /// Runs the body of a template with the values of its predefined variables.
    pub(crate) fn run(&mut self, body: &Body, locals: Vec<Value>) -> Eval {
        let env = Env::new(body.slots, None);
        for (slot, value) in locals.into_iter().enumerate() {
            if let Some(variable) = env.vars.borrow_mut().get_mut(slot) {
                *variable = value;
            }
        }
        let result = match self.eval(&body.code, &env) {
            Err(flow) => match *flow {
                Flow::Return(0, value) => Ok(value),
                Flow::Throw(tag, _) => {
                    let tag = self.inspect(&tag)?;
                    Err(self.raise(Class::UncaughtThrowError, format!("uncaught throw {tag}")))
                }
                Flow::BreakFrom(..) => Err(self.raise(Class::LocalJumpError, "break from proc-closure")),
                other => Err(Box::new(other)),
            },
            value => value,
        };
        env.vars.borrow_mut().clear();
        for env in std::mem::take(&mut self.captured) {
            if let Some(env) = env.upgrade() {
                env.vars.borrow_mut().clear();
            }
        }
        result
    }

    /// The text of a template from the value of its script, which is its output unless it has returned early.
    pub(crate) fn join_result(&mut self, value: &Value) -> Eval<String> {
        match value {
            Value::Array(_) => {
                let text = self.send(value, crate::name::M::Join, &[])?;
                self.text_of(&text)
            }
            other => self.text_of(other),
        }
    }

    /// An exception.
    pub(crate) fn raise(&self, class: Class, message: impl Into<String>) -> Box<Flow> {
        let message = Value::string(message.into());
        Box::new(Flow::Raise(Rc::new(Exception { class, message, line: self.line.into() })))
    }

    /// Counts a step of work.
    pub(crate) fn tick(&mut self) -> Eval<()> {
        self.limits.steps += 1;
        if self.limits.is_due() { self.spend() } else { Ok(()) }
    }

    #[cold]
    fn spend(&mut self) -> Eval<()> {
        if self.limits.steps > STEPS_MAX {
            return Err(limit(format!("the template takes too long (more than {STEPS_MAX} steps)")));
        }
        if self.limits.bytes > BYTES_MAX {
            return Err(limit(format!("the template takes too much memory (more than {BYTES_MAX} bytes)")));
        }
        let (steps, bytes) = self.limits.told();
        self.scope.spend(steps, bytes).map_err(|error| self.scope_error(error))
    }

    /// Counts memory that is about to be used.
    pub(crate) fn charge(&mut self, bytes: usize) -> Eval<()> {
        self.limits.bytes = self.limits.bytes.saturating_add(bytes as u64);
        if self.limits.is_due() { self.spend() } else { Ok(()) }
    }

    /// A number that no block or method has yet.
    pub(crate) fn new_tag(&mut self) -> u64 {
        self.tags += 1;
        self.tags
    }

    /// A proc as a value that may outlive the call it was made for.
    pub(crate) fn keep(&mut self, proc: &Rc<Proc>) -> Value {
        if let ProcCode::Body { env, .. } = &proc.code {
            let mut at = Some(env);
            while let Some(env) = at {
                self.captured.push(Rc::downgrade(env));
                at = env.up.as_ref();
            }
        }
        Value::Proc(proc.clone())
    }

    /// The value of an expression.
    pub(crate) fn eval(&mut self, expr: &Expr, env: &Rc<Env>) -> Eval {
        self.limits.depth += 1;
        if self.limits.depth > DEPTH_MAX {
            self.limits.depth -= 1;
            return Err(self.raise(Class::SystemStackError, "stack level too deep"));
        }
        let value = self.eval_inner(expr, env);
        self.limits.depth -= 1;
        value
    }

    fn eval_inner(&mut self, expr: &Expr, env: &Rc<Env>) -> Eval {
        match expr {
            Expr::Nil => Ok(Value::Nil),
            Expr::Bool(flag) => Ok(Value::Bool(*flag)),
            Expr::Int(number) => Ok(Value::Int(*number)),
            Expr::Float(number) => Ok(Value::Float(*number)),
            Expr::Text(text, is_frozen) => {
                let text = Text::new(text.clone());
                if *is_frozen {
                    text.flags.freeze();
                }
                Ok(Value::Text(Rc::new(text)))
            }
            Expr::Symbol(name) => Ok(Value::Symbol(name.clone())),
            Expr::Joined(pieces) => Ok(Value::string(self.join(pieces, env)?)),
            Expr::JoinedSymbol(pieces) => Ok(Value::Symbol(self.join(pieces, env)?.into())),
            Expr::Regexp(source, options, program) => {
                Ok(crate::regexp::value(source.clone(), *options, program.clone()))
            }
            Expr::JoinedRegexp(pieces, options, line) => {
                let source = self.join(pieces, env)?;
                self.line = *line;
                self.regexp(&source, *options)
            }
            Expr::Array(items) => {
                let items = self.eval_list(items, env)?;
                self.charge(items.len() * size_of::<Value>())?;
                Ok(Value::array(items))
            }
            Expr::Hash(pairs) => self.eval_hash(pairs, env),
            Expr::Range { start, end, exclusive } => {
                let start = self.eval(start, env)?;
                let end = self.eval(end, env)?;
                methods::range::check(self, &start, &end)?;
                Ok(Value::Range(Rc::new(Range { start, end, exclusive: *exclusive })))
            }
            Expr::Wrapper => Ok(Value::Wrapper),
            Expr::Constant(class) => Ok(Value::Class(*class)),
            Expr::Local(slot) => Ok(env.get(*slot)),
            Expr::Instance(name) => Ok(self.instance(name)?.unwrap_or_default()),
            Expr::Below(below) => match self.below(below)? {
                Some(value) => Ok(value),
                None => self.eval_call(&below.call, env),
            },
            Expr::Global(global) => Ok(self.global(*global)),
            Expr::Output(slot, text) => self.output(env.get(*slot), text),
            Expr::Insert(slot, value, line) => {
                let value = self.eval(value, env)?;
                self.line = *line;
                self.insert(env.get(*slot), &value)
            }
            Expr::Sequence(exprs) => {
                let mut last = Value::Nil;
                for expr in exprs {
                    last = self.eval(expr, env)?;
                }
                Ok(last)
            }
            Expr::If(condition, yes, no) => {
                let branch = if self.eval(condition, env)?.is_true() { yes } else { no };
                self.eval(branch, env)
            }
            Expr::And(left, right) => {
                let left = self.eval(left, env)?;
                if left.is_true() { self.eval(right, env) } else { Ok(left) }
            }
            Expr::Or(left, right) => {
                let left = self.eval(left, env)?;
                if left.is_true() { Ok(left) } else { self.eval(right, env) }
            }
            Expr::Not(inner) => Ok(Value::Bool(!self.eval(inner, env)?.is_true())),
            Expr::While(node) => self.eval_while(node, env),
            Expr::For(target, node) => self.eval_for(target, node, env),
            Expr::Case(case) => self.eval_case(case, env),
            Expr::Call(call) => self.eval_call(call, env),
            Expr::Yield(arguments, line) => self.eval_yield(arguments, *line, env),
            Expr::Lambda(body) => {
                let proc = self.make_proc(body, env, true);
                Ok(self.keep(&proc))
            }
            Expr::Define(name, body) => {
                self.heap.define(&name.text, body);
                Ok(Value::Symbol(name.text.clone()))
            }
            Expr::Assign(target, value) => self.eval_assign(target, value, env),
            Expr::Spread(multiple, value) => self.eval_spread(multiple, value, env),
            Expr::Operate(operate) => self.eval_operate(operate, env),
            Expr::Begin(begin) => self.eval_begin(begin, env),
            Expr::Return(value) => {
                let value = self.eval_option(value.as_deref(), env)?;
                Err(Box::new(Flow::Return(self.frame.id, value)))
            }
            Expr::Break(value) => {
                let value = self.eval_option(value.as_deref(), env)?;
                Err(Box::new(Flow::Break(value)))
            }
            Expr::Next(value) => {
                let value = self.eval_option(value.as_deref(), env)?;
                Err(Box::new(Flow::Next(value)))
            }
            Expr::Retry => Err(Box::new(Flow::Retry)),
            Expr::Defined(defined) => self.eval_defined(defined, env),
        }
    }

    fn eval_option(&mut self, expr: Option<&Expr>, env: &Rc<Env>) -> Eval {
        expr.map_or(Ok(Value::Nil), |expr| self.eval(expr, env))
    }

    /// Items of an array, or arguments.
    pub(crate) fn eval_list(&mut self, arguments: &[Argument], env: &Rc<Env>) -> Eval<Vec<Value>> {
        let mut values = Vec::with_capacity(arguments.len());
        for argument in arguments {
            match argument {
                Argument::Plain(expr) => values.push(self.eval(expr, env)?),
                Argument::Splat(expr) => {
                    let value = self.eval(expr, env)?;
                    values.extend(self.splat(value)?);
                }
            }
        }
        Ok(values)
    }

    /// What `*value` stands for.
    pub(crate) fn splat(&mut self, value: Value) -> Eval<Vec<Value>> {
        match value {
            Value::Nil => Ok(Vec::new()),
            Value::Array(array) => Ok(array.to_vec()),
            Value::Hash(_) | Value::Range(_) | Value::Enumerator(_) | Value::Object(_) => {
                self.items_of(&value)
            }
            other => Ok(vec![other]),
        }
    }

    fn eval_hash(&mut self, pairs: &[Pair], env: &Rc<Env>) -> Eval {
        let mut map = Map::with_capacity_and_hasher(pairs.len(), Default::default());
        for pair in pairs {
            match pair {
                Pair::Entry(key, value) => {
                    let key = self.eval(key, env)?;
                    let value = self.eval(value, env)?;
                    map.insert(self.key(key)?, value);
                }
                Pair::Splat(hash) => match self.eval(hash, env)? {
                    Value::Hash(hash) => {
                        for (key, value) in hash.map.borrow().iter() {
                            map.insert(key.clone(), value.clone());
                        }
                    }
                    Value::Nil => {
                        return Err(self.raise(Class::TypeError, "no implicit conversion of nil into Hash"));
                    }
                    other => {
                        let class = other.class().name();
                        let text = format!("no implicit conversion of {class} into Hash");
                        return Err(self.raise(Class::TypeError, text));
                    }
                },
            }
        }
        self.charge(map.len() * 64)?;
        Ok(Value::hash(map))
    }

    fn join(&mut self, pieces: &[Piece], env: &Rc<Env>) -> Eval<String> {
        let mut out = String::new();
        for piece in pieces {
            match piece {
                Piece::Text(text) => out.push_str(text),
                Piece::Code(expr) => {
                    let value = self.eval(expr, env)?;
                    self.write_to_s(&mut out, &value)?;
                }
            }
        }
        self.charge(out.len())?;
        Ok(out)
    }

    /// An instance variable of the template, `None` if it is not set.
    pub(crate) fn instance(&mut self, name: &str) -> Eval<Option<Value>> {
        if let Some(known) = self.instance.get(name) {
            return Ok(known.clone());
        }
        match name {
            "__scope__" => return Ok(Some(Value::Scope)),
            "__file__" => return Ok(self.file.map(Value::text)),
            _ => {}
        }
        let found = self.scope.instance_variable(name).map_err(|error| self.scope_error(error))?;
        let value = match found {
            Some(value) => Some(self.import(&value)?),
            None => None,
        };
        self.instance.insert(name.into(), value.clone());
        Ok(value)
    }

    /// Something that the node's variable has at a path; `None` if that has to be found step by step.
    fn below(&mut self, below: &Below) -> Eval<Option<Value>> {
        if below.is_instance && self.instance.contains_key(&*below.variable) {
            return Ok(None);
        }
        self.tick()?;
        let found = self.scope.below(&below.variable, &below.keys, below.is_dig);
        match found.map_err(|error| self.scope_error(error))? {
            Some(value) => self.import(&value).map(Some),
            None => Ok(None),
        }
    }

    pub(crate) fn set_instance(&mut self, name: &str, value: Value) {
        if self.instance.insert(name.into(), Some(value)).flatten().is_none() {
            self.instance_order.push(name.into());
        }
    }

    /// The names of all instance variables, as Ruby lists them: Puppet's own, those of the scope, those that the
    /// template has set.
    pub(crate) fn instance_names(&mut self) -> Eval<Vec<String>> {
        let variables = self.scope.variables().map_err(|error| self.scope_error(error))?;
        let mut names: Vec<String> = vec!["__scope__".to_owned()];
        if self.file.is_some() {
            names.push("__file__".to_owned());
        }
        let known = variables.keys().filter_map(|name| name.as_str());
        names.extend(known.map(|name| name.replace(|c: char| !(c.is_ascii_alphanumeric() || c == '_'), "_")));
        for name in &self.instance_order {
            if !names.iter().any(|other| *other == **name) {
                names.push(name.to_string());
            }
        }
        Ok(names)
    }

    /// A method that the template or one before it has defined.
    pub(crate) fn defined_method(&self, name: &str) -> Option<Arc<Body>> {
        self.heap.method(name)
    }

    fn global(&self, global: Global) -> Value {
        let last_match = self.frame.last_match.borrow();
        let Some(found) = last_match.as_ref() else {
            return match global {
                Global::Error => self.error.clone(),
                Global::Newline => Value::text("\n"),
                Global::File => Value::text(self.file.unwrap_or("(erb)")),
                _ => Value::Nil,
            };
        };
        let (start, end) = found.range();
        match global {
            Global::Match => Value::Match(found.clone()),
            Global::Group(number) => found.group(number).into(),
            Global::Whole => found.group(0).into(),
            Global::Before => found.text.get(..start).into(),
            Global::After => found.text.get(end..).into(),
            Global::Last => (1..found.groups.len()).rev().find_map(|number| found.group(number)).into(),
            Global::Error => self.error.clone(),
            Global::Nil => Value::Nil,
            Global::Newline => Value::text("\n"),
            Global::File => Value::text(self.file.unwrap_or("(erb)")),
        }
    }

    /// Appends text of the template to the output.
    fn output(&mut self, out: Value, text: &Str) -> Eval {
        match &out {
            Value::Text(target) if !target.flags.is_frozen() => {
                target.change(|content| content.push_str(text));
                self.check_output(target.len())?;
                Ok(Value::Nil)
            }
            _ => {
                let text = Value::Text(Rc::new(Text::new(text.clone())));
                self.send(&out, crate::name::M::ShiftLeft, &[text])
            }
        }
    }

    /// `<%= value %>`
    fn insert(&mut self, out: Value, value: &Value) -> Eval {
        match &out {
            Value::Text(target) if !target.flags.is_frozen() => {
                match value {
                    Value::Nil => {}
                    Value::Text(text) if !Rc::ptr_eq(text, target) => {
                        let text = text.borrow();
                        target.change(|content| content.push_str(&text));
                    }
                    other => {
                        let mut text = String::new();
                        self.write_to_s(&mut text, other)?;
                        target.change(|content| content.push_str(&text));
                    }
                }
                self.check_output(target.len())?;
                Ok(Value::Nil)
            }
            _ => {
                let mut text = String::new();
                self.write_to_s(&mut text, value)?;
                self.send(&out, crate::name::M::ShiftLeft, &[Value::string(text)])
            }
        }
    }

    fn check_output(&self, length: usize) -> Eval<()> {
        if length > OUTPUT_BYTES_MAX {
            return Err(limit(format!("the output of the template is longer than {OUTPUT_BYTES_MAX} bytes")));
        }
        Ok(())
    }

    /// Refuses to change what is frozen.
    pub(crate) fn check_frozen(&mut self, flags: &Flags, value: &Value) -> Eval<()> {
        if !flags.is_frozen() {
            return Ok(());
        }
        let shown = self.inspect(value)?;
        let class = value.class().name();
        Err(self.raise(Class::FrozenError, format!("can't modify frozen {class}: {shown}")))
    }
}
