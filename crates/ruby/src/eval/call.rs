//! Method calls.

use std::rc::Rc;

use super::Interp;
use crate::class::Class;
use crate::flow::{Eval, Flow, unsupported};
use crate::ir::{Argument, BlockArgument, Call};
use crate::name::{M, Name};
use crate::proc::{Env, Proc};
use crate::value::Value;
use crate::{known, methods};

/// What a method is called with.
#[derive(Clone, Copy, Default)]
pub(crate) struct Args<'a> {
    pub(crate) values: &'a [Value],
    /// The last value is a hash of keywords.
    pub(crate) has_keywords: bool,
    pub(crate) block: Option<&'a Rc<Proc>>,
}

impl<'a> Args<'a> {
    pub(crate) fn of(values: &'a [Value]) -> Args<'a> {
        Args { values, has_keywords: false, block: None }
    }

    pub(crate) fn len(&self) -> usize {
        self.values.len()
    }

    pub(crate) fn get(&self, index: usize) -> Option<&'a Value> {
        self.values.get(index)
    }

    /// An argument; nil if it was not given.
    pub(crate) fn at(&self, index: usize) -> Value {
        self.values.get(index).cloned().unwrap_or_default()
    }

    /// Fails unless the number of arguments is in the range.
    pub(crate) fn count(&self, it: &Interp<'_>, least: usize, most: usize) -> Eval<()> {
        let given = self.values.len();
        if (least..=most).contains(&given) {
            return Ok(());
        }
        let expected = match most {
            usize::MAX => format!("{least}+"),
            _ if most == least => least.to_string(),
            _ => format!("{least}..{most}"),
        };
        let text = format!("wrong number of arguments (given {given}, expected {expected})");
        Err(it.raise(Class::ArgumentError, text))
    }

    /// Fails if there are arguments.
    pub(crate) fn none(&self, it: &Interp<'_>) -> Eval<()> {
        self.count(it, 0, 0)
    }

    /// The only argument.
    pub(crate) fn one(&self, it: &Interp<'_>) -> Eval<&'a Value> {
        match self.values {
            [only] => Ok(only),
            _ => {
                self.count(it, 1, 1)?;
                Err(unsupported("this call"))
            }
        }
    }
}

impl Interp<'_> {
    pub(super) fn eval_call(&mut self, call: &Call, env: &Rc<Env>) -> Eval {
        let receiver = match &call.receiver {
            Some(receiver) => self.eval(receiver, env)?,
            None => Value::Wrapper,
        };
        if call.is_safe && receiver.is_nil() {
            return Ok(Value::Nil);
        }
        let mut has_keywords = call.has_keywords;
        let values;
        let mut single = [Value::Nil];
        let arguments: &[Value] = match &call.arguments[..] {
            [] => &[],
            [Argument::Plain(only)] if !call.has_splat => {
                single[0] = self.eval(only, env)?;
                &single
            }
            several => {
                let mut list = self.eval_list(several, env)?;
                if has_keywords
                    && call.has_splat
                    && matches!(list.last(), Some(Value::Hash(hash)) if hash.len() == 0)
                {
                    list.pop();
                    has_keywords = false;
                }
                values = list;
                &values
            }
        };
        let block = match &call.block {
            BlockArgument::None => None,
            BlockArgument::Code(body) => Some(self.make_proc(body, env, false)),
            BlockArgument::Value(value) => {
                let value = self.eval(value, env)?;
                self.line = call.line;
                self.block_of(&value)?
            }
        };
        self.line = call.line;
        let args = Args { values: arguments, has_keywords, block: block.as_ref() };
        let result = if call.receiver.is_none() {
            self.call_function(&call.name, &args, call.is_variable_like)
        } else {
            self.dispatch(&receiver, &call.name, &args)
        };
        match (result, &call.block, &block) {
            (Err(flow), BlockArgument::Code(_), Some(block)) => match *flow {
                Flow::BreakFrom(tag, value) if tag == block.tag => Ok(value),
                other => Err(Box::new(other)),
            },
            (result, ..) => result,
        }
    }

    /// The block that `&value` passes.
    fn block_of(&mut self, value: &Value) -> Eval<Option<Rc<Proc>>> {
        match value {
            Value::Nil => Ok(None),
            Value::Proc(proc) => Ok(Some(proc.clone())),
            Value::Symbol(name) => Ok(Some(Proc::symbol(name))),
            Value::Hash(_) => {
                let hash = value.clone();
                Ok(Some(Proc::native(move |it, args| {
                    let key = args.first().cloned().unwrap_or_default();
                    it.send(&hash, M::Element, &[key])
                })))
            }
            other => {
                let class = other.class().name();
                let text = format!("wrong argument type {class} (expected Proc)");
                Err(self.raise(Class::TypeError, text))
            }
        }
    }

    /// Calls a method without a receiver: a method of the template, of the wrapper or of every object.
    fn call_function(&mut self, name: &Name, args: &Args<'_>, is_variable_like: bool) -> Eval {
        self.tick()?;
        if let Some(body) = self.defined_method(&name.text) {
            return self.call_method(&body, args);
        }
        if let Some(id) = name.id {
            if let Some(value) = methods::kernel::call(self, id, args)? {
                return Ok(value);
            }
            if let Some(value) = methods::wrapper::call(self, id, args)? {
                return Ok(value);
            }
            if let Some(value) = methods::object::call(self, &Value::Wrapper, name, args)? {
                return Ok(value);
            }
        }
        if known::is_function(&name.text) {
            return Err(unsupported(format!("the method {}", name.text)));
        }
        let name = &name.text;
        if is_variable_like {
            let text = format!(
                "undefined local variable or method `{name}' for #<{}>",
                Class::TemplateWrapper.name()
            );
            return Err(self.raise(Class::NameError, text));
        }
        let text = format!("undefined method `{name}' for #<{}>", Class::TemplateWrapper.name());
        Err(self.raise(Class::NoMethodError, text))
    }

    /// `send(name, ...)` on the wrapper.
    pub(crate) fn call_named_function(&mut self, name: &str, args: &Args<'_>) -> Eval {
        self.call_function(&Name::new(name), args, false)
    }

    /// Calls a method with values, from code of the interpreter.
    pub(crate) fn send(&mut self, receiver: &Value, name: M, values: &[Value]) -> Eval {
        self.dispatch_id(receiver, name, &Args::of(values))
    }

    /// Calls a method by its number.
    pub(crate) fn dispatch_id(&mut self, receiver: &Value, id: M, args: &Args<'_>) -> Eval {
        self.tick()?;
        if let Some(value) = methods::call(self, receiver, id, args)? {
            return Ok(value);
        }
        let name = Name::from(id);
        match methods::object::call(self, receiver, &name, args)? {
            Some(value) => Ok(value),
            None => self.missing(receiver, &name.text),
        }
    }

    /// Calls a public method.
    pub(crate) fn dispatch(&mut self, receiver: &Value, name: &Name, args: &Args<'_>) -> Eval {
        self.tick()?;
        if let Some(id) = name.id {
            if let Some(value) = methods::call(self, receiver, id, args)? {
                return Ok(value);
            }
            if let Some(value) = methods::object::call(self, receiver, name, args)? {
                return Ok(value);
            }
        }
        if matches!(receiver, Value::Wrapper)
            && let Some(body) = self.defined_method(&name.text)
        {
            return self.call_method(&body, args);
        }
        if matches!(receiver, Value::Scope)
            && let Some(function) = name.text.strip_prefix("function_")
        {
            return methods::scope::function(self, function, args);
        }
        self.missing(receiver, &name.text)
    }

    /// The error of a call that no method answers: Ruby's if Ruby has no such method either.
    pub(crate) fn missing(&mut self, receiver: &Value, name: &str) -> Eval {
        let class = receiver.class();
        let exists = match receiver {
            Value::Class(class) => known::class_has(*class, name),
            _ => known::has(class, name),
        };
        if exists || !(known::is_listed(class) || matches!(receiver, Value::Class(_))) {
            let owner = match receiver {
                Value::Class(class) => format!("{}.{name}", class.name()),
                _ => format!("{}#{name}", class.name()),
            };
            return Err(unsupported(format!("the method {owner}")));
        }
        if known::is_private(name) {
            let shown = self.describe(receiver)?;
            let text = format!("private method `{name}' called for {shown}");
            return Err(self.raise(Class::NoMethodError, text));
        }
        let shown = self.describe(receiver)?;
        Err(self.raise(Class::NoMethodError, format!("undefined method `{name}' for {shown}")))
    }

    /// An object as messages about its type show it: the few that stand for themselves, or the class.
    pub(crate) fn name_in_error(&mut self, value: &Value) -> Eval<String> {
        match value {
            Value::Nil | Value::Bool(_) | Value::Symbol(_) => self.inspect(value),
            other => Ok(other.class().name().to_owned()),
        }
    }

    /// An object as messages about methods show it: `"text":String`.
    pub(crate) fn describe(&mut self, value: &Value) -> Eval<String> {
        let class = value.class().name();
        match value {
            Value::Class(class) => return Ok(format!("{}:{}", class.name(), value.class().name())),
            Value::Wrapper | Value::Scope => return Ok(format!("#<{class}>")),
            _ => {}
        }
        let shown = self.inspect(value)?;
        if shown.starts_with('#') { Ok(shown) } else { Ok(format!("{shown}:{class}")) }
    }
}
