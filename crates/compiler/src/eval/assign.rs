//! Assignment.

use pcore::{Type, Value};
use stdx::Symbol;
use syntax::ast::{AssignOp, Expr, ExprId};

use super::{Eval, issue, label};
use crate::code::Code;
use crate::error::Control;
use crate::scope::ScopeId;
use crate::session::Session;

impl<'i> Session<'i> {
    pub(super) fn eval_assign(
        &mut self,
        code: &'i Code,
        id: ExprId,
        op: AssignOp,
        left: ExprId,
        right: ExprId,
        scope: ScopeId,
    ) -> Eval {
        let value = self.eval(code, right, scope)?;
        let operator = match op {
            AssignOp::Assign => {
                self.assign(code, id, left, right, &value, scope)?;
                return Ok(value);
            }
            AssignOp::Append => "+=",
            AssignOp::Delete => "-=",
        };
        Err(issue(code, id, format_args!("The operator '{operator}' is not supported.")))
    }

    fn assign(
        &mut self,
        code: &'i Code,
        id: ExprId,
        target: ExprId,
        right: ExprId,
        value: &Value,
        scope: ScopeId,
    ) -> Result<(), Control> {
        match &code[target] {
            Expr::Var(name) => self.assign_variable(code, id, target, *name, value.clone(), scope),
            Expr::Array(targets) => self.assign_several(code, id, targets, right, value, scope),
            Expr::Paren(inner) => self.assign(code, id, *inner, right, value, scope),
            _ => {
                let text = format!(
                    "Illegal attempt to assign to '{}'. Not an assignable reference",
                    label::a_an(code, target)
                );
                Err(issue(code, target, text))
            }
        }
    }

    fn assign_variable(
        &mut self,
        code: &'i Code,
        id: ExprId,
        target: ExprId,
        name: Symbol,
        value: Value,
        scope: ScopeId,
    ) -> Result<(), Control> {
        let text = name.as_str();
        if text.contains("::") {
            let text = format!(
                "Illegal attempt to assign to '{text}'. Cannot assign to variables in other namespaces"
            );
            return Err(issue(code, target, text));
        }
        if text.starts_with(|c: char| c.is_ascii_digit()) {
            let text = format!(
                "Illegal attempt to assign to the numeric match result variable '${text}'. Numeric variables are not assignable"
            );
            return Err(issue(code, target, text));
        }
        let known = &self.well_known;
        let reserved = name == known.trusted || name == known.facts;
        if name == known.server_facts || (reserved && self.is_bound(scope, name)) {
            let text = format!("Attempt to assign to a reserved variable name: '${text}'");
            return Err(issue(code, id, text));
        }
        if self.is_bound(scope, name) {
            let built_in = name == self.well_known.name || name == self.well_known.title;
            let what = if built_in { "built in (or already assigned) variable" } else { "variable" };
            return Err(issue(code, id, format_args!("Cannot reassign {what} '${text}'")));
        }
        self.set_variable(scope, name, value)
    }

    /// `[$a, [$b, $c]] = value`
    fn assign_several(
        &mut self,
        code: &'i Code,
        id: ExprId,
        targets: &[ExprId],
        right: ExprId,
        value: &Value,
        scope: ScopeId,
    ) -> Result<(), Control> {
        match value {
            Value::Hash(hash) => {
                for &target in targets {
                    let key = key_of(code, target);
                    let Some(value) = hash.get(&key) else {
                        let key = pcore::format::ruby_to_s(&key);
                        let text =
                            format!("No value for required key '{key}' in assignment to variables from hash");
                        return Err(issue(code, id, text));
                    };
                    self.assign(code, id, target, right, value, scope)?;
                }
                Ok(())
            }
            Value::Type(Type::Class(Some(class))) => {
                let class = class.to_lowercase();
                let class_name = Symbol::new(&class);
                if self.class_resource(class_name).is_none() {
                    let text = format!("Resource not found: Class['{class}']");
                    return Err(issue(code, right, text));
                }
                for &target in targets {
                    let full = format!("{class}::{}", pcore::format::ruby_to_s(&key_of(code, target)));
                    let Some(value) = self.lookup_qualified(&full)? else {
                        let text = format!(
                            "No value for required variable '${full}' in assignment to variables from class reference"
                        );
                        return Err(issue(code, target, text));
                    };
                    self.assign(code, id, target, right, &value, scope)?;
                }
                Ok(())
            }
            other => {
                let single = std::slice::from_ref(other);
                let values = other.as_array().unwrap_or(single);
                if values.len() != targets.len() {
                    let text = format!(
                        "Mismatched number of assignable entries and values, expected {}, got {}",
                        targets.len(),
                        values.len()
                    );
                    return Err(issue(code, id, text));
                }
                for (&target, value) in targets.iter().zip(values) {
                    self.assign(code, id, target, right, value, scope)?;
                }
                Ok(())
            }
        }
    }
}

/// What a target takes from a hash: a variable the value of its name, a list that of the list of its names.
fn key_of(code: &Code, target: ExprId) -> Value {
    match &code[target] {
        Expr::Var(name) => match name.as_str().parse() {
            Ok(number) => Value::Int(number),
            Err(_) => Value::Str((*name).into()),
        },
        Expr::Array(targets) => {
            Value::array(targets.iter().map(|&target| key_of(code, target)).collect::<Vec<_>>())
        }
        Expr::Paren(inner) => key_of(code, *inner),
        _ => Value::Undef,
    }
}
