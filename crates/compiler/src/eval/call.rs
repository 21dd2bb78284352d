//! Function calls.

use std::sync::Arc;

use pcore::ty::{Callable, Tuple};
use pcore::{Type, Value};
use stdx::Symbol;
use syntax::ast::{Expr, ExprId};

use super::{Eval, issue};
use crate::code::{Code, Function};
use crate::context::{Block, Context};
use crate::error::{Control, Error};
use crate::eval::lambda::LambdaRef;
use crate::functions::{Legacy, Run};
use crate::image::RubyFunction;
use crate::scope::ScopeId;
use crate::session::Session;
use crate::signature::{Builtin, Typed};

/// What the name of a function stands for.
#[derive(Clone, Copy)]
pub(crate) enum Callee<'i> {
    /// Built in, with signatures.
    Typed(&'static Typed),
    /// Built in, of the older interface.
    Legacy(&'static Legacy),
    /// Written in the Puppet language.
    Puppet(&'i Function),
    /// Written in Ruby, and not known here.
    Ruby(&'i RubyFunction),
}

/// The place of a call: messages and calls that a function makes on its own need it.
#[derive(Clone, Copy)]
pub(crate) struct CallSite<'i> {
    pub(crate) code: &'i Code,
    pub(crate) id: ExprId,
    pub(crate) scope: ScopeId,
}

impl<'i> Session<'i> {
    pub(super) fn eval_call(
        &mut self,
        code: &'i Code,
        id: ExprId,
        functor: ExprId,
        args: &[ExprId],
        lambda: Option<ExprId>,
        scope: ScopeId,
    ) -> Eval {
        let at = CallSite { code, id, scope };
        let is_type = match &code[functor] {
            Expr::Name(name) => {
                let args = self.eval_list(code, args, scope)?;
                return self.call_named(*name, args, lambda, at);
            }
            Expr::TypeName(_) => true,
            Expr::Access { left, .. } => matches!(&code[*left], Expr::TypeName(_)),
            Expr::RenderString(_) => {
                let text = "Ambiguous EPP parameter expression. Probably missing '<%-' before parameters to remove leading whitespace";
                return Err(issue(code, id, text));
            }
            _ => false,
        };
        if !is_type {
            let text = format!(
                "Illegal expression. {} is unacceptable as function name in {}",
                pcore::label::with_article_capitalized(&super::label::label(code, functor)),
                super::label::a_an(code, id)
            );
            return Err(issue(code, functor, text));
        }
        let mut values = vec![self.eval(code, functor, scope)?];
        self.eval_into(code, args, scope, &mut values)?;
        self.call_named(Symbol::new("new"), values, lambda, at)
    }

    pub(super) fn eval_method_call(
        &mut self,
        code: &'i Code,
        id: ExprId,
        functor: ExprId,
        args: &[ExprId],
        lambda: Option<ExprId>,
        scope: ScopeId,
    ) -> Eval {
        let at = CallSite { code, id, scope };
        let illegal = |blamed, feature: &str| {
            let text = format!(
                "Illegal expression. {} is unacceptable as {feature} in {}",
                pcore::label::with_article_capitalized(&super::label::label(code, blamed)),
                super::label::a_an(code, id)
            );
            issue(code, blamed, text)
        };
        let Expr::NamedAccess { left, right } = &code[functor] else {
            return Err(illegal(functor, "function accessor"));
        };
        let Expr::Name(name) = &code[*right] else {
            return Err(illegal(*right, "function name"));
        };
        let mut values = Vec::with_capacity(1 + args.len());
        self.eval_into(code, &[*left], scope, &mut values)?;
        if let Some(Value::Object(object)) = values.first() {
            let object = object.clone();
            let args = self.eval_list(code, args, scope)?;
            let block = lambda.map(|lambda| LambdaRef { code, lambda, scope });
            if let Some(result) = self.call_context(&object, name.as_str(), &args, block, at) {
                return result;
            }
            if let Some(result) = object_member(&object, name.as_str(), &args) {
                return result;
            }
            values.extend(args);
            return self.call_named(*name, values, lambda, at);
        }
        if let Some(Some(member)) = values.first().map(|value| value_member(value, name.as_str())) {
            let args = self.eval_list(code, args, scope)?;
            return member.get(&args);
        }
        self.eval_into(code, args, scope, &mut values)?;
        self.call_named(*name, values, lambda, at)
    }

    fn call_named(
        &mut self,
        name: Symbol,
        args: Vec<Value>,
        lambda: Option<ExprId>,
        at: CallSite<'i>,
    ) -> Eval {
        let Some(callee) = self.callee_from(name, at.code.module)? else {
            return Err(issue(at.code, at.id, format_args!("Unknown function: '{name}'.")));
        };
        let block = lambda.map(|lambda| Block::Lambda(LambdaRef { code: at.code, lambda, scope: at.scope }));
        self.call_stack.push((at.code, Some(at.id)));
        let result = self.call(callee, args, block.as_ref(), at);
        self.call_stack.pop();
        result
    }

    /// What a function name stands for in code of the environment.
    ///
    /// # Errors
    /// When the file that should define the function is wrong.
    pub(crate) fn callee(&mut self, name: Symbol) -> Result<Option<Callee<'i>>, Control> {
        self.callee_from(name, None)
    }

    /// What a function name stands for in code of a module.
    ///
    /// # Errors
    /// When the file that should define the function is wrong.
    pub(crate) fn callee_from(
        &mut self,
        name: Symbol,
        module: Option<Symbol>,
    ) -> Result<Option<Callee<'i>>, Control> {
        if let Some(known) = self.callees.get(&name) {
            return Ok(*known);
        }
        let text = name.as_str();
        let plain = text.strip_prefix("::").map_or(name, Symbol::new);
        let (found, for_all) = match self.find_callee(plain, module) {
            Ok(found) => found,
            Err(error) => {
                // The name is not noted, and another file may mend it.
                self.reads.opaque = true;
                return Err(error);
            }
        };
        match for_all {
            true => _ = self.callees.insert(name, found),
            // Which of several it is depends on who asks, and is not noted.
            false => self.reads.opaque = true,
        }
        Ok(found)
    }

    /// What a name stands for, and whether it does so in all modules.
    fn find_callee(
        &self,
        name: Symbol,
        module: Option<Symbol>,
    ) -> Result<(Option<Callee<'i>>, bool), Control> {
        let builtin = crate::signature::builtin(name);
        // A function of the site manifest stands in for one that is built in; one of a module's manifest does not.
        let of_manifests = self.definitions.functions.get(&name).map_or(&[][..], |found| found);
        let is_of_site = |function: &&&Function| function.code.module.is_none();
        if let Some(function) = of_manifests.iter().find(is_of_site) {
            return Ok((Some(Callee::Puppet(function)), true));
        }
        if let Some(Builtin::Typed(typed)) = builtin {
            return Ok((Some(Callee::Typed(typed)), true));
        }
        if let Some(function) = of_manifests.first() {
            return Ok((Some(Callee::Puppet(function)), true));
        }
        let ruby = self.image.ruby_function(name, module).map(|(function, for_all)| {
            let callee = match function.native {
                Some(Builtin::Typed(typed)) => Callee::Typed(typed),
                Some(Builtin::Legacy(legacy)) => Callee::Legacy(legacy),
                None => Callee::Ruby(function),
            };
            (callee, function.is_legacy, for_all)
        });
        // Of one module, files in the language come between those of the newer and of the older interface.
        if let Some((callee, false, for_all)) = ruby
            && builtin.is_none()
        {
            return Ok((Some(callee), for_all));
        }
        match self.image.function(name) {
            Some(Ok(function)) => return Ok((Some(Callee::Puppet(function)), true)),
            Some(Err(error)) => return Err(error.error().into()),
            None => {}
        }
        if let Some(Builtin::Legacy(legacy)) = builtin {
            return Ok((Some(Callee::Legacy(legacy)), true));
        }
        Ok(ruby.map_or((None, true), |(callee, _, for_all)| (Some(callee), for_all)))
    }

    /// Calls a function with values.
    pub(crate) fn call(
        &mut self,
        callee: Callee<'i>,
        args: Vec<Value>,
        block: Option<&Block<'_, 'i>>,
        at: CallSite<'i>,
    ) -> Eval {
        for argument in &args {
            self.limits.walks(argument)?;
        }
        let value = match callee {
            Callee::Typed(typed) => self.call_typed(typed, args, block, at),
            Callee::Legacy(legacy) => self.call_legacy(legacy, args, block, at),
            Callee::Puppet(function) => self.call_puppet(function, &args),
            Callee::Ruby(function) => self.call_ruby(function, args, block, at),
        }?;
        self.limits.value(&value)?;
        Ok(value)
    }

    fn call_typed(
        &mut self,
        typed: &'static Typed,
        args: Vec<Value>,
        block: Option<&Block<'_, 'i>>,
        at: CallSite<'i>,
    ) -> Eval {
        let block_type = match block {
            Some(block) if typed.takes_block() => Some(self.block_callable(block)?),
            Some(_) => {
                Some(Arc::new(Callable { parameters: Tuple::new(Vec::new()), block: None, result: None }))
            }
            None => None,
        };
        let Some(overload) = typed.select(&args, block_type.as_deref()) else {
            return Err(Error::new(typed.describe_mismatch(&args, block_type.as_deref())).into());
        };
        let mut context = Context::new(self, typed.native.name, block, at);
        let value = match overload.body {
            Run::Borrowing(body) => body(&mut context, &args),
            Run::Owning(body) => body(&mut context, args),
        }?;
        if overload.is_mismatch {
            let text = value.as_str().unwrap_or_default();
            return Err(Error::new(format!("'{}' {text}", typed.native.name)).into());
        }
        if let Some(result) = &overload.signature.callable.result
            && !pcore::matches::is_instance(result, &value)
        {
            let subject = format!("value returned from function '{}'", overload.name);
            return Err(Error::new(pcore::mismatch::assertion(&subject, result, &value)).into());
        }
        Ok(value)
    }

    fn call_legacy(
        &mut self,
        legacy: &'static Legacy,
        args: Vec<Value>,
        block: Option<&Block<'_, 'i>>,
        at: CallSite<'i>,
    ) -> Eval {
        let args = legacy_arguments(legacy.name, legacy.arity, args)?;
        let mut context = Context::new(self, legacy.name, block, at);
        let value = (legacy.body)(&mut context, &args)?;
        // What this interface passes are copies; that matters where a template changes one in place.
        let is_argument = args.iter().any(|arg| is_same_object(arg, &value));
        Ok(match () {
            () if legacy.statement => Value::Undef,
            () if is_argument => copied(&value),
            () => value,
        })
    }
}

fn is_same_object(one: &Value, other: &Value) -> bool {
    match (one, other) {
        (Value::Array(one), Value::Array(other)) => Arc::ptr_eq(one, other),
        (Value::Hash(one), Value::Hash(other)) => Arc::ptr_eq(one, other),
        (Value::Str(one), Value::Str(other)) => std::ptr::eq(one.as_str(), other.as_str()),
        _ => false,
    }
}

/// The same value as another object, and all that is in it.
fn copied(value: &Value) -> Value {
    match value {
        Value::Str(text) => Value::from(text.as_str()),
        Value::Array(items) => Value::array(items.iter().map(copied).collect::<Vec<_>>()),
        Value::Hash(hash) => {
            let mut copy = pcore::Hash::with_capacity(hash.len());
            for (key, item) in hash.iter() {
                copy.insert(key.clone(), copied(item));
            }
            Value::hash(copy)
        }
        other => other.clone(),
    }
}

/// Arguments as the older interface passes them, if their number is right.
pub(crate) fn legacy_arguments(name: &str, arity: i32, args: Vec<Value>) -> Result<Vec<Value>, Control> {
    if args.iter().any(super::resource::holds_iterator) {
        return Err(Error::new("Use of an Iterator is not supported here").into());
    }
    let count = args.len();
    let least = if arity < 0 { (-arity - 1) as usize } else { arity as usize };
    if (arity >= 0 && count != least) || count < least {
        let minimum = if arity < 0 { "minimum " } else { "" };
        let text = format!("{name}(): Wrong number of arguments given ({count} for {minimum}{least})");
        return Err(Error::new(text).into());
    }
    args.into_iter().map(legacy_argument).collect()
}

/// A value as the older interface passes it.
fn legacy_argument(value: Value) -> Result<Value, Control> {
    if value.is_undef() {
        return Ok(Value::from(""));
    }
    let converted = super::resource::attribute_value(&value)?;
    Ok(legacy_inner(converted.unwrap_or(value)))
}

fn legacy_inner(value: Value) -> Value {
    if !is_legacy_text(&value) {
        return value;
    }
    match value {
        Value::Array(items) => Value::array(items.iter().cloned().map(legacy_inner).collect::<Vec<_>>()),
        Value::Hash(hash) => Value::hash(
            hash.iter()
                .map(|(key, value)| (legacy_inner(key.clone()), legacy_inner(value.clone())))
                .collect(),
        ),
        Value::Regexp(_)
        | Value::SemVer(_)
        | Value::SemVerRange(_)
        | Value::Binary(_)
        | Value::Timespan(_)
        | Value::Timestamp(_) => Value::from(pcore::format::to_s(&value)),
        other => other,
    }
}

/// True if there is anything in a value that the older interface passes as text.
fn is_legacy_text(value: &Value) -> bool {
    match value {
        Value::Array(items) => items.iter().any(is_legacy_text),
        Value::Hash(hash) => hash.iter().any(|(key, value)| is_legacy_text(key) || is_legacy_text(value)),
        Value::Regexp(_)
        | Value::SemVer(_)
        | Value::SemVerRange(_)
        | Value::Binary(_)
        | Value::Timespan(_)
        | Value::Timestamp(_) => true,
        _ => false,
    }
}

/// A member of a value that is no instance of an `Object` type.
enum Member {
    /// Parts of URIs are given whatever the arguments are.
    Part(Value),
    /// An attribute, with the type it belongs to.
    Attribute(&'static str, Value),
}

impl Member {
    fn get(self, args: &[Value]) -> Eval {
        match self {
            Member::Part(value) => Ok(value),
            Member::Attribute(_, value) if args.is_empty() => Ok(value),
            Member::Attribute(label, _) => {
                Err(Error::new(format!("'{label}' expects no arguments, got {}", args.len())).into())
            }
        }
    }
}

fn value_member(value: &Value, name: &str) -> Option<Member> {
    match (value, name) {
        (
            Value::Uri(uri),
            "scheme" | "userinfo" | "host" | "port" | "path" | "query" | "fragment" | "opaque",
        ) => Some(Member::Part(uri.part(name).unwrap_or_default())),
        (Value::Deferred(call), "name") => {
            Some(Member::Attribute("attribute Deferred[name]", Value::Str(call.name.clone())))
        }
        (Value::Deferred(call), "arguments") => {
            Some(Member::Attribute("attribute Deferred[arguments]", call.arguments.clone().into()))
        }
        _ => None,
    }
}

/// What a member of an instance gives; `None` if it has no such member.
fn object_member(object: &pcore::value::Object, name: &str, args: &[Value]) -> Option<Eval> {
    if !pcore::object::has_member(&object.ty, name) {
        return None;
    }
    if pcore::object::method(&object.ty, name).is_some() {
        if &*object.ty.name == "Error" && name == "message" && args.is_empty() {
            return pcore::object::attribute(object, "msg").map(Ok);
        }
        let text = format!("undefined method `{name}' for {}", pcore::object::label(&object.ty));
        return Some(Err(Error::new(text).into()));
    }
    if !args.is_empty() {
        let label = pcore::object::label(&object.ty);
        let text = format!("'attribute {label}[{name}]' expects no arguments, got {}", args.len());
        return Some(Err(Error::new(text).into()));
    }
    pcore::object::attribute(object, name).map(Ok)
}

/// A type as the value of a capitalised name.
impl<'i> Session<'i> {
    pub(super) fn eval_type_name(&mut self, code: &'i Code, id: ExprId, name: Symbol) -> Eval {
        match self.named_type(name)? {
            Some(ty) => Ok(Value::Type(ty)),
            None => Err(issue(code, id, format_args!("Resource type not found: {name}"))),
        }
    }

    /// The type that text stands for, as `assert_type('String', ...)` reads it.
    ///
    /// # Errors
    /// When the text is no type.
    pub(crate) fn parse_type(&mut self, text: &str) -> Result<Type, Control> {
        self.image.parse_type(text).map_err(Control::from)
    }
}
