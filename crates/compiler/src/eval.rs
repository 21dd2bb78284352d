//! The evaluator: a walk over the tree, one file a construct.
//!
//! [`Session::eval`] gives every expression its value and puts errors that know no place into the frame of the
//! innermost expression that saw them. Definitions are not evaluated; they have been collected when their file
//! was parsed.

pub(crate) mod access;
pub(crate) mod assign;
pub(crate) mod call;
pub(crate) mod choice;
pub(crate) mod collect;
pub(crate) mod epp;
pub(crate) mod label;
pub(crate) mod lambda;
pub(crate) mod operator;
pub(crate) mod relationship;
pub(crate) mod resource;
pub(crate) mod variable;

use pcore::{Hash, Str, Value};
use syntax::ast::{Expr, ExprId};

use crate::code::Code;
use crate::error::{Control, Error};
use crate::limits::LARGE_BYTES;
use crate::scope::ScopeId;
use crate::session::Session;

/// The buffer of strings keeps no more than this, in bytes.
const BUFFER_MAX: usize = 1 << 20;

/// The value of an expression, or why there is none.
pub(crate) type Eval = Result<Value, Control>;

/// A finding about a node.
pub(crate) fn issue(code: &Code, id: ExprId, message: impl std::fmt::Display) -> Control {
    Error::issue_at(message, &code.site(id)).into()
}

impl<'i> Session<'i> {
    /// The value of an expression.
    pub(crate) fn eval(&mut self, code: &'i Code, id: ExprId, scope: ScopeId) -> Eval {
        if let Err(refused) = self.limits.enter() {
            self.discards = false;
            return Err(refused);
        }
        let mut result = self.eval_inner(code, id, scope);
        self.limits.leave();
        // Changed in place: a value that is matched and given on is copied once more.
        if let Err(Control::Error(error)) = &mut result
            && !error.is_complete()
        {
            **error = (**error).clone().at(&label::a_an(code, id), &code.site(id));
        }
        result
    }

    /// Evaluates an expression for what it does; declarations then make no references to what they have declared.
    pub(crate) fn eval_statement(&mut self, code: &'i Code, id: ExprId, scope: ScopeId) -> Eval {
        self.discards = matches!(&code[id], Expr::Resource(_) | Expr::Block(_));
        self.eval(code, id, scope)
    }

    fn eval_inner(&mut self, code: &'i Code, id: ExprId, scope: ScopeId) -> Eval {
        match &code[id] {
            Expr::Nop | Expr::Undef => Ok(Value::Undef),
            Expr::Default => Ok(Value::Default),
            Expr::Bool(flag) => Ok(Value::Bool(*flag)),
            Expr::Int(number, _) => Ok(Value::Int(*number)),
            Expr::Float(number) => Ok(Value::Float(*number)),
            Expr::Str(text) => Ok(Value::Str(text.clone().into())),
            Expr::Regex(source) => Ok(Value::Regexp(code.regexp(id, source)?)),
            Expr::Name(name) => Ok(Value::Str(self.text(*name))),
            Expr::TypeName(name) => self.eval_type_name(code, id, *name),
            Expr::Reserved(word) => Err(issue(
                code,
                id,
                format_args!("Use of reserved word: {word}, must be quoted if intended to be a String value"),
            )),
            Expr::Var(name) => {
                if code.is_last_use(id)
                    && let Some(value) = self.scope_mut(scope).frames.take(*name)
                {
                    return Ok(value);
                }
                self.eval_variable(code, id, *name, scope)
            }
            Expr::Interpolated(parts) => self.eval_interpolated(code, parts, scope),
            Expr::Text(inner) => {
                let value = self.eval_text(code, *inner, scope)?;
                Ok(Value::Str(text_of(value)))
            }
            Expr::Heredoc { text, .. } => self.eval(code, *text, scope),
            Expr::Array(items) => {
                let array = Value::array(self.eval_list(code, items, scope)?);
                self.limits.value(&array)?;
                Ok(array)
            }
            Expr::Hash(entries) => {
                let mut hash = Hash::with_capacity(entries.len());
                for (key, value) in entries {
                    let key = self.eval(code, *key, scope)?;
                    let value = self.eval(code, *value, scope)?;
                    hash.insert(key, value);
                }
                let hash = Value::hash(hash);
                self.limits.value(&hash)?;
                Ok(hash)
            }
            Expr::Binary { op, left, right } => self.eval_binary(code, id, *op, *left, *right, scope),
            Expr::Assign { op, left, right } => self.eval_assign(code, id, *op, *left, *right, scope),
            Expr::Relationship { op, left, right } => {
                self.eval_relationship(code, id, *op, *left, *right, scope)
            }
            Expr::Not(inner) => Ok(Value::Bool(!self.eval(code, *inner, scope)?.is_true())),
            Expr::Minus(inner) => self.eval_minus(code, id, *inner, scope),
            Expr::Unfold(inner) => {
                let value = self.eval(code, *inner, scope)?;
                Ok(Value::array(self.unfold(value)?))
            }
            Expr::Paren(inner) => self.eval(code, *inner, scope),
            Expr::Access { left, keys } => self.eval_access(code, id, *left, keys, scope),
            Expr::Call { functor, args, lambda, .. } => {
                self.eval_call(code, id, *functor, args, *lambda, scope)
            }
            Expr::MethodCall { functor, args, lambda } => {
                self.eval_method_call(code, id, *functor, args, *lambda, scope)
            }
            Expr::Block(statements) => {
                let discards_last = std::mem::take(&mut self.discards);
                let Some((&last, statements)) = statements.split_last() else { return Ok(Value::Undef) };
                for &statement in statements {
                    self.eval_statement(code, statement, scope)?;
                }
                if discards_last {
                    self.eval_statement(code, last, scope)
                } else {
                    self.eval(code, last, scope)
                }
            }
            Expr::If { test, then, otherwise } => self.eval_if(code, *test, *then, *otherwise, scope),
            Expr::Unless { test, then, otherwise } => self.eval_if(code, *test, *otherwise, *then, scope),
            Expr::Case { test, options } => self.eval_case(code, *test, options, scope),
            Expr::Selector { left, entries } => self.eval_selector(code, *left, entries, scope),
            Expr::Resource(resource) => self.eval_resource(code, id, resource, scope),
            Expr::ResourceDefaults { type_ref, attributes, .. } => {
                self.eval_defaults(code, *type_ref, attributes, scope)
            }
            Expr::ResourceOverride { resources, attributes, .. } => {
                self.eval_override(code, id, *resources, attributes, scope)
            }
            Expr::Collect(collect) => self.eval_collect(code, id, collect, scope),
            Expr::Class(_)
            | Expr::Define(_)
            | Expr::Node(_)
            | Expr::Function(_)
            | Expr::TypeAlias(_)
            | Expr::TypeDefinition { .. }
            | Expr::TypeMapping { .. }
            | Expr::Plan(_) => Ok(Value::Undef),
            Expr::Epp { body, .. } => self.eval_epp_body(code, *body, scope),
            Expr::RenderString(text) => {
                self.render_text(text)?;
                Ok(Value::Undef)
            }
            Expr::Render(inner) => {
                if self.render_peeked(code, *inner, scope) {
                    return Ok(Value::Undef);
                }
                let value = self.eval(code, *inner, scope)?;
                self.render(&value)?;
                Ok(Value::Undef)
            }
            Expr::NamedAccess { .. } | Expr::Lambda(_) | Expr::Apply { .. } => {
                let text = format!(
                    "Expressions of type {} are not supported in this version of Puppet",
                    label::a_an(code, id)
                );
                Err(issue(code, id, text))
            }
        }
    }

    /// Values of expressions in order; `*x` gives several.
    pub(crate) fn eval_list(
        &mut self,
        code: &'i Code,
        items: &[ExprId],
        scope: ScopeId,
    ) -> Result<Vec<Value>, Control> {
        let mut values = Vec::with_capacity(items.len());
        self.eval_into(code, items, scope, &mut values)?;
        Ok(values)
    }

    pub(crate) fn eval_into(
        &mut self,
        code: &'i Code,
        items: &[ExprId],
        scope: ScopeId,
        values: &mut Vec<Value>,
    ) -> Result<(), Control> {
        for &item in items {
            let item = without_parentheses(code, item);
            let value = self.eval(code, item, scope)?;
            match (&code[item], value) {
                (Expr::Unfold(_), Value::Array(several)) => values.extend(several.iter().cloned()),
                (_, value) => values.push(value),
            }
        }
        Ok(())
    }

    fn eval_interpolated(&mut self, code: &'i Code, parts: &[ExprId], scope: ScopeId) -> Eval {
        // One buffer serves all strings; one within another stands behind what there is of that.
        let start = self.buffer.len();
        let result = self.append_parts(code, parts, start, scope);
        let text = result.map(|()| Str::from(self.buffer.get(start..).unwrap_or_default()));
        self.buffer.truncate(start);
        if start == 0 && self.buffer.capacity() > BUFFER_MAX {
            self.buffer.shrink_to(BUFFER_MAX);
        }
        let text = text?;
        self.limits.made(text.len());
        Ok(Value::Str(text))
    }

    /// Appends the parts of a string to the buffer, in which it begins at `start`.
    fn append_parts(
        &mut self,
        code: &'i Code,
        parts: &[ExprId],
        start: usize,
        scope: ScopeId,
    ) -> Result<(), Control> {
        for &part in parts {
            let value = match &code[part] {
                Expr::Str(literal) => {
                    self.buffer.push_str(literal);
                    continue;
                }
                Expr::Text(inner) => {
                    // The buffer is taken out for a moment, since the value is not.
                    let mut buffer = std::mem::take(&mut self.buffer);
                    let is_short = match self.peek_text(code, *inner, scope) {
                        Some(Value::Str(text)) if text.len() <= LARGE_BYTES => {
                            buffer.push_str(text);
                            true
                        }
                        _ => false,
                    };
                    self.buffer = buffer;
                    if is_short {
                        continue;
                    }
                    self.eval_text(code, *inner, scope)?
                }
                _ => self.eval(code, part, scope)?,
            };
            match &value {
                Value::Str(text) => {
                    if text.len() > LARGE_BYTES {
                        self.limits.length((self.buffer.len() - start + text.len()) as u64)?;
                    }
                    self.buffer.push_str(text);
                }
                Value::Undef => {}
                Value::Int(number) => self.buffer.push_str(itoa::Buffer::new().format(*number)),
                other => {
                    self.limits.walks(other)?;
                    self.buffer.push_str(&pcore::format::to_s(other));
                    self.limits.length((self.buffer.len() - start) as u64)?;
                }
            }
        }
        Ok(())
    }

    pub(super) fn append_text(&mut self, text: &mut String, value: &Value) -> Result<(), Control> {
        match value {
            Value::Str(part) => {
                if part.len() > LARGE_BYTES {
                    self.limits.length((text.len() + part.len()) as u64)?;
                }
                text.push_str(part);
            }
            Value::Undef => {}
            other => {
                self.limits.walks(other)?;
                text.push_str(&pcore::format::to_s(other));
                self.limits.length(text.len() as u64)?;
            }
        }
        Ok(())
    }

    /// What `*x` gives.
    fn unfold(&mut self, value: Value) -> Result<Vec<Value>, Control> {
        Ok(match value {
            Value::Undef => Vec::new(),
            Value::Array(items) => items.to_vec(),
            Value::Hash(hash) => {
                hash.iter().map(|(key, value)| Value::array(vec![key.clone(), value.clone()])).collect()
            }
            Value::Iterator(_) => {
                let mut items = Vec::new();
                for item in pcore::iter::items(&value).into_iter().flatten() {
                    self.limits.step()?;
                    items.push(item);
                }
                items
            }
            other => vec![other],
        })
    }

    /// The value inside `${}`, where a name stands for the variable.
    fn eval_text(&mut self, code: &'i Code, inner: ExprId, scope: ScopeId) -> Eval {
        match &code[inner] {
            Expr::Name(name) => self.eval_variable(code, inner, *name, scope),
            _ => self.eval(code, inner, scope),
        }
    }
}

/// The expression inside any parentheses.
pub(crate) fn without_parentheses(code: &Code, mut id: ExprId) -> ExprId {
    while let Expr::Paren(inner) = &code[id] {
        id = *inner;
    }
    id
}

/// A value as interpolation shows it.
pub(crate) fn text_of(value: Value) -> Str {
    match value {
        Value::Str(text) => text,
        other => pcore::format::to_s(&other).into(),
    }
}
