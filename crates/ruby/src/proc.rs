//! Blocks, lambdas and the variables they see.

use std::cell::RefCell;
use std::rc::Rc;
use std::sync::Arc;

use crate::eval::Interp;
use crate::flow::Eval;
use crate::ir::{Body, Slot};
use crate::name::Name;
use crate::teardown;
use crate::value::{Match, Value};

/// Local variables of one run of a body.
pub(crate) struct Env {
    pub(crate) vars: RefCell<Vec<Value>>,
    pub(crate) up: Option<Rc<Env>>,
}

impl Drop for Env {
    fn drop(&mut self) {
        teardown::values(std::mem::take(self.vars.get_mut()));
    }
}

impl Env {
    pub(crate) fn new(slots: usize, up: Option<Rc<Env>>) -> Rc<Env> {
        Rc::new(Env { vars: RefCell::new(vec![Value::Nil; slots]), up })
    }

    pub(crate) fn get(&self, slot: Slot) -> Value {
        self.at(slot.depth, |vars| vars.get(usize::from(slot.index)).cloned()).flatten().unwrap_or_default()
    }

    pub(crate) fn set(&self, slot: Slot, value: Value) {
        self.at(slot.depth, |vars| {
            if let Some(variable) = vars.get_mut(usize::from(slot.index)) {
                *variable = value;
            }
        });
    }

    fn at<T>(&self, depth: u16, act: impl FnOnce(&mut Vec<Value>) -> T) -> Option<T> {
        let mut env = self;
        for _ in 0..depth {
            env = env.up.as_deref()?;
        }
        Some(act(&mut env.vars.borrow_mut()))
    }
}

/// What belongs to one run of a method, or of the template.
pub(crate) struct Frame {
    pub(crate) id: u64,
    /// `$~`
    pub(crate) last_match: RefCell<Option<Rc<Match>>>,
    /// The block that the method was given.
    pub(crate) block: Option<Rc<Proc>>,
}

/// A piece of code that can be called.
pub(crate) struct Proc {
    pub(crate) code: ProcCode,
    /// `return` and wrong numbers of arguments are the lambda's own business.
    pub(crate) is_lambda: bool,
    /// Tells which call a `break` ends.
    pub(crate) tag: u64,
}

/// Where the code of a [`Proc`] comes from.
pub(crate) enum ProcCode {
    /// The template.
    Body { body: Arc<Body>, env: Rc<Env>, frame: Rc<Frame> },
    /// `&:name`
    Symbol(Name),
    /// The interpreter.
    Native(Box<NativeCode>),
}

impl ProcCode {
    /// The same code for another proc.
    pub(crate) fn share(&self) -> Eval<ProcCode> {
        Ok(match self {
            ProcCode::Body { body, env, frame } => {
                ProcCode::Body { body: body.clone(), env: env.clone(), frame: frame.clone() }
            }
            ProcCode::Symbol(name) => ProcCode::Symbol(name.clone()),
            ProcCode::Native(_) => return Err(crate::flow::unsupported("a lambda of this block")),
        })
    }
}

/// Code of the interpreter that stands in for a block.
pub(crate) type NativeCode = dyn Fn(&mut Interp<'_>, &[Value]) -> Eval;

impl Drop for Proc {
    fn drop(&mut self) {
        // A body holds others through its variables only, which know how to go.
        if let ProcCode::Native(code) = &mut self.code {
            teardown::code(std::mem::replace(code, Box::new(|_, _| Ok(Value::Nil))));
        }
    }
}

impl Proc {
    /// A block that runs code of the interpreter.
    pub(crate) fn native(code: impl Fn(&mut Interp<'_>, &[Value]) -> Eval + 'static) -> Rc<Proc> {
        Rc::new(Proc { code: ProcCode::Native(Box::new(code)), is_lambda: false, tag: 0 })
    }

    /// What `&:name` gives.
    pub(crate) fn symbol(name: &str) -> Rc<Proc> {
        Rc::new(Proc { code: ProcCode::Symbol(Name::new(name)), is_lambda: true, tag: 0 })
    }

    /// Ruby's `arity`.
    pub(crate) fn arity(&self) -> i64 {
        let ProcCode::Body { body, .. } = &self.code else { return -2 };
        let parameters = &body.parameters;
        let required = parameters.required.len() + parameters.post.len();
        let needs_keyword = parameters.keywords.iter().any(|keyword| keyword.default.is_none());
        let least = i64::try_from(required + usize::from(needs_keyword)).unwrap_or(i64::MAX);
        let has_more = !parameters.optional.is_empty()
            || parameters.keyword_rest.is_some()
            || (!needs_keyword && !parameters.keywords.is_empty());
        if parameters.rest.is_some() || (self.is_lambda && has_more) { -least - 1 } else { least }
    }
}
