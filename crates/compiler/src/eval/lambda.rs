//! Code with parameters: blocks and functions of the Puppet language.

use std::rc::Rc;
use std::sync::Arc;

use pcore::signature::{Param, Signature};
use pcore::ty::{Callable, Size, Tuple};
use pcore::{Type, Value};
use stdx::Symbol;
use syntax::ast::{Expr, ExprId, Parameter};

use super::{Eval, issue};
use crate::code::{Code, Function};
use crate::context::Block;
use crate::error::{Control, Error};
use crate::resource::ResourceId;
use crate::scope::{Mark, ScopeId, TOP};
use crate::session::Session;

/// A block in the tree, and the scope whose variables it sees.
#[derive(Clone, Copy)]
pub(crate) struct LambdaRef<'i> {
    pub(crate) code: &'i Code,
    pub(crate) lambda: ExprId,
    pub(crate) scope: ScopeId,
}

/// What is computed once from the parameters of a block or function.
pub(crate) struct BlockType {
    signature: Signature,
    pub(crate) callable: Arc<Callable>,
    /// No parameter has a type or a default value, and none has a name that nobody may set.
    is_plain: bool,
    result: Option<Type>,
}

/// Whose parameters have default values.
#[derive(Clone, Copy)]
pub(crate) enum Owner<'n> {
    /// A block, function or template.
    Code(&'n str),
    /// A class or define.
    Resource(ResourceId),
}

/// Parameters, result and body of a block or function.
#[derive(Clone, Copy)]
struct Closure<'i> {
    name: &'static str,
    code: &'i Code,
    id: ExprId,
    parameters: &'i [Parameter],
    return_type: Option<ExprId>,
    body: ExprId,
}

impl<'i> Session<'i> {
    /// The type of a block, for choosing between overloads.
    pub(crate) fn block_callable(&mut self, block: &Block<'_, 'i>) -> Result<Arc<Callable>, Control> {
        match block {
            Block::Lambda(lambda) => {
                let closure = lambda_closure(lambda.code, lambda.lambda)?;
                Ok(self.block_type(closure)?.callable.clone())
            }
            Block::Native(count, _) => Ok(Arc::new(Callable {
                parameters: Tuple::new(vec![Type::Any; *count]),
                block: None,
                result: None,
            })),
        }
    }

    /// Calls a block. `next` ends here; `return` and `break` go on to whoever they concern.
    pub(crate) fn call_lambda(&mut self, lambda: LambdaRef<'i>, args: &[Value]) -> Eval {
        let closure = lambda_closure(lambda.code, lambda.lambda)?;
        self.call_closure(closure, lambda.scope, args)
    }

    /// The declared type of a function's results.
    ///
    /// # Errors
    /// A wrong type in its signature.
    pub(crate) fn result_of(&mut self, function: &'i Function) -> Result<Option<Type>, Control> {
        let closure = function_closure(function)?;
        Ok(self.block_type(closure)?.result.clone())
    }

    /// [`Session::call_lambda`] with arguments of which nobody keeps another reference.
    pub(crate) fn call_lambda_with(&mut self, lambda: LambdaRef<'i>, args: Vec<Value>) -> Eval {
        let closure = lambda_closure(lambda.code, lambda.lambda)?;
        let block_type = self.block_type(closure)?;
        let mark = self.scope(lambda.scope).frames.mark();
        let bound = self.bind_all(closure, &block_type, lambda.scope, &args);
        drop(args);
        self.run_bound(closure, &block_type, lambda.scope, mark, bound)
    }

    /// Calls a function of the Puppet language.
    pub(crate) fn call_puppet(&mut self, function: &'i Function, args: &[Value]) -> Eval {
        let closure = function_closure(function)?;
        // A function sees the top scope, but not the blocks that happen to run there.
        let fresh = self.spare_frames.take();
        let saved = std::mem::replace(&mut self.scope_mut(TOP).frames, fresh);
        let result = self.call_checked(closure, args);
        let used = std::mem::replace(&mut self.scope_mut(TOP).frames, saved);
        self.spare_frames.give_back(used);
        match result {
            Err(Control::Return(jump)) => Ok(jump.value),
            result => result,
        }
    }

    fn call_checked(&mut self, closure: Closure<'i>, args: &[Value]) -> Eval {
        let block_type = self.block_type(closure)?;
        if !block_type.signature.accepts(args, None) {
            return Err(mismatch(closure, &block_type, args));
        }
        let mark = self.scope(TOP).frames.mark();
        let bound = self.bind_all(closure, &block_type, TOP, args);
        self.run_bound(closure, &block_type, TOP, mark, bound)
    }

    fn call_closure(&mut self, closure: Closure<'i>, scope: ScopeId, args: &[Value]) -> Eval {
        let block_type = self.block_type(closure)?;
        let mark = self.scope(scope).frames.mark();
        let bound = self.bind_all(closure, &block_type, scope, args);
        self.run_bound(closure, &block_type, scope, mark, bound)
    }

    fn bind_all(
        &mut self,
        closure: Closure<'i>,
        block_type: &BlockType,
        scope: ScopeId,
        args: &[Value],
    ) -> Result<(), Control> {
        if block_type.is_plain && args.len() >= closure.parameters.len() {
            self.bind_plain(closure, scope, args);
            return Ok(());
        }
        self.bind(closure, block_type, scope, args)
    }

    /// Runs the body, when the arguments could be bound, and forgets them.
    fn run_bound(
        &mut self,
        closure: Closure<'i>,
        block_type: &BlockType,
        scope: ScopeId,
        mark: Mark,
        bound: Result<(), Control>,
    ) -> Eval {
        let result = bound.and_then(|()| self.eval(closure.code, closure.body, scope));
        self.scope_mut(scope).frames.reset(mark);
        let value = match result {
            Err(Control::Next(jump)) => jump.value,
            result => result?,
        };
        if let Some(ty) = &block_type.result
            && !pcore::matches::is_instance(ty, &value)
        {
            let subject = format!("value returned from {}", closure.name);
            return Err(Error::new(pcore::mismatch::assertion(&subject, ty, &value)).into());
        }
        Ok(value)
    }

    /// Opens a frame with the arguments, when they need no check and no default.
    fn bind_plain(&mut self, closure: Closure<'i>, scope: ScopeId, args: &[Value]) {
        let frames = &mut self.scope_mut(scope).frames;
        frames.open();
        for (index, parameter) in closure.parameters.iter().enumerate() {
            let value = if parameter.captures_rest {
                Value::array(&args[index..])
            } else {
                args.get(index).cloned().unwrap_or_default()
            };
            frames.set(parameter.name, Some(value));
        }
    }

    fn check_names(&self, closure: Closure<'i>) -> Result<(), Control> {
        let known = &self.well_known;
        let reserved = [known.facts, known.trusted, known.server_facts];
        match closure.parameters.iter().find(|parameter| reserved.contains(&parameter.name)) {
            Some(parameter) => {
                let name = parameter.name;
                Err(Error::new(format!("Attempt to assign to a reserved variable name: '{name}'")).into())
            }
            None => Ok(()),
        }
    }

    /// Computes the values of all parameters, checks them, and opens a frame with them.
    fn bind(
        &mut self,
        closure: Closure<'i>,
        block_type: &BlockType,
        scope: ScopeId,
        args: &[Value],
    ) -> Result<(), Control> {
        if let Some(args) = args.get(..closure.parameters.len())
            && !closure.parameters.iter().any(|parameter| parameter.captures_rest)
        {
            // Nothing is left to defaults.
            if !block_type.signature.accepts(args, None) {
                return Err(mismatch(closure, block_type, args));
            }
            self.bind_plain(closure, scope, args);
            return self.check_names(closure);
        }
        let mark = self.scope(scope).frames.mark();
        self.open_parameters(scope, closure.parameters.iter().map(|parameter| parameter.name));
        let mut values = Vec::with_capacity(closure.parameters.len());
        for (index, parameter) in closure.parameters.iter().enumerate() {
            let value = self.argument(closure, scope, index, parameter, args)?;
            self.scope_mut(scope).frames.set(parameter.name, Some(value.clone()));
            values.push(value);
        }
        self.scope_mut(scope).frames.reset(mark);
        let mut flat = Vec::with_capacity(values.len());
        for (parameter, value) in closure.parameters.iter().zip(&values) {
            match value {
                Value::Array(rest) if parameter.captures_rest => flat.extend(rest.iter().cloned()),
                value => flat.push(value.clone()),
            }
        }
        if !block_type.signature.accepts(&flat, None) {
            return Err(mismatch(closure, block_type, &flat));
        }
        let frames = &mut self.scope_mut(scope).frames;
        frames.open();
        for (parameter, value) in closure.parameters.iter().zip(values) {
            frames.set(parameter.name, Some(value));
        }
        self.check_names(closure)
    }

    fn argument(
        &mut self,
        closure: Closure<'i>,
        scope: ScopeId,
        index: usize,
        parameter: &'i Parameter,
        args: &[Value],
    ) -> Eval {
        let as_list = |value: Value| match value {
            Value::Array(_) => value,
            other => Value::array(vec![other]),
        };
        let Some(given) = args.get(index) else {
            return match parameter.value {
                Some(default) => {
                    let value = self.eval_default(
                        Owner::Code(closure.name),
                        closure.code,
                        parameter.name,
                        default,
                        scope,
                    )?;
                    Ok(if parameter.captures_rest { as_list(value) } else { value })
                }
                None if parameter.captures_rest => Ok(Value::array(Vec::new())),
                None => {
                    let text = format!("Parameter ${} is required but no value was given", parameter.name);
                    Err(Error::issue_at(text, &closure.code.site_of(parameter.span)).into())
                }
            };
        };
        if !parameter.captures_rest {
            return Ok(given.clone());
        }
        let rest = &args[index..];
        match (rest, parameter.value) {
            // A lone undef asks for the default.
            ([Value::Undef], Some(default)) => self
                .eval_default(Owner::Code(closure.name), closure.code, parameter.name, default, scope)
                .map(as_list),
            _ => Ok(Value::array(rest)),
        }
    }

    /// Opens a frame in which the parameters have no value yet.
    pub(crate) fn open_parameters(&mut self, scope: ScopeId, names: impl Iterator<Item = Symbol>) {
        let frames = &mut self.scope_mut(scope).frames;
        frames.open();
        for name in names {
            frames.set(name, None);
        }
    }

    /// Computes the default value of a parameter in the frame that [`Session::open_parameters`] has opened.
    pub(crate) fn eval_default(
        &mut self,
        callee: Owner<'_>,
        code: &'i Code,
        name: Symbol,
        default: ExprId,
        scope: ScopeId,
    ) -> Eval {
        let frames = &mut self.scope_mut(scope).frames;
        let mark = frames.mark();
        let depth = frames.depth();
        let saved = frames.read_only.replace(depth);
        let result = self.eval(code, default, scope);
        let frames = &mut self.scope_mut(scope).frames;
        frames.read_only = saved;
        frames.reset_matches(mark);
        match result {
            Err(Control::Pending(other)) => {
                let is_later = frames.order(other) < frames.order(name);
                let callee = match callee {
                    Owner::Code(name) => name.to_owned(),
                    Owner::Resource(id) => self.resource(id).reference(),
                };
                let text = if is_later {
                    format!("{callee}: expects a value for parameter ${other}")
                } else {
                    format!(
                        "{callee}: default expression for ${name} tries to illegally access not yet evaluated ${other}"
                    )
                };
                Err(Error::new(text).into())
            }
            result => result,
        }
    }

    fn block_type(&mut self, closure: Closure<'i>) -> Result<Rc<BlockType>, Control> {
        let key = (std::ptr::from_ref(closure.code), closure.id.0);
        if let Some(known) = self.blocks.get(&key) {
            return Ok(known.clone());
        }
        let block_type = Rc::new(self.make_block_type(closure)?);
        self.blocks.insert(key, block_type.clone());
        Ok(block_type)
    }

    fn make_block_type(&mut self, closure: Closure<'i>) -> Result<BlockType, Control> {
        let mut list: Vec<Param> = Vec::with_capacity(closure.parameters.len());
        let mut sizes = None;
        for parameter in closure.parameters {
            let mut ty = match parameter.type_expr {
                Some(expr) => match self.eval(closure.code, expr, TOP)? {
                    Value::Type(ty) => ty,
                    _ => Type::Any,
                },
                None => Type::Any,
            };
            let mut optional = parameter.value.is_some();
            if parameter.captures_rest {
                optional = true;
                // The size of an array type says how many arguments there may be.
                if let Type::Array(element, size) = &ty {
                    sizes = Some(*size);
                    optional = size.min == 0;
                    ty = (**element).clone();
                }
            }
            if !optional && list.last().is_some_and(|before| before.optional) {
                let text = format!(
                    "Parameter ${} is required but appears after optional parameters",
                    parameter.name
                );
                return Err(Error::issue_at(text, &closure.code.site_of(parameter.span)).into());
            }
            let captures_rest = parameter.captures_rest;
            list.push(Param { name: parameter.name.into(), ty, optional, captures_rest });
        }
        let result = match closure.return_type {
            Some(expr) => match self.eval(closure.code, expr, TOP)? {
                Value::Type(ty) => Some(ty),
                _ => return Err(issue(closure.code, expr, "Expected value of type Type")),
            },
            None => None,
        };
        let is_plain = self.check_names(closure).is_ok()
            && closure
                .parameters
                .iter()
                .all(|parameter| parameter.type_expr.is_none() && parameter.value.is_none());
        let before = list.iter().filter(|param| !param.captures_rest);
        let (least, most) =
            before.fold((0, 0), |(least, most), param| (least + u64::from(!param.optional), most + 1));
        let mut signature = Signature::new(list, None, result.clone());
        if let Some(size) = sizes {
            let rest = if size.is_unbounded() { u64::MAX } else { size.max.into() };
            let size = Size::new(least + u64::from(size.min), u64::saturating_add(most, rest));
            signature.callable.parameters.size = Some(size);
        }
        let callable = Arc::new(signature.callable.clone());
        Ok(BlockType { signature, callable, is_plain, result })
    }
}

/// Why the arguments do not fit.
fn mismatch(closure: Closure<'_>, block_type: &BlockType, args: &[Value]) -> Control {
    let signatures = std::slice::from_ref(&block_type.signature);
    Error::new(pcore::mismatch::describe_arguments(closure.name, signatures, args, None)).into()
}

fn function_closure(function: &Function) -> Result<Closure<'_>, Control> {
    let code: &Code = &function.code;
    match &code[function.expr] {
        Expr::Function(definition) => Ok(Closure {
            name: function.name.as_str(),
            code,
            id: function.expr,
            parameters: &definition.parameters,
            return_type: definition.return_type,
            body: definition.body,
        }),
        _ => Err(Error::new(format!("Unknown function: '{}'.", function.name)).into()),
    }
}

fn lambda_closure(code: &Code, id: ExprId) -> Result<Closure<'_>, Control> {
    match &code[id] {
        Expr::Lambda(lambda) => Ok(Closure {
            name: "lambda",
            code,
            id,
            parameters: &lambda.parameters,
            return_type: lambda.return_type,
            body: lambda.body,
        }),
        _ => Err(Error::new("not a block").into()),
    }
}
