//! `if`, `unless`, `case` and the selector. Each opens a scope for match variables that ends with it.

use pcore::Value;
use syntax::ast::{CaseOption, Expr, ExprId};

use super::{Eval, issue, without_parentheses};
use crate::code::Code;
use crate::error::Control;
use crate::scope::ScopeId;
use crate::session::Session;

impl<'i> Session<'i> {
    /// Evaluates in a scope for match variables.
    fn guarded(&mut self, scope: ScopeId, body: impl FnOnce(&mut Session<'i>) -> Eval) -> Eval {
        let mark = self.scope(scope).frames.mark();
        let result = body(self);
        self.scope_mut(scope).frames.reset_matches(mark);
        result
    }

    pub(super) fn eval_if(
        &mut self,
        code: &'i Code,
        test: ExprId,
        then: ExprId,
        otherwise: ExprId,
        scope: ScopeId,
    ) -> Eval {
        self.guarded(scope, |session| {
            let branch = if session.eval(code, test, scope)?.is_true() { then } else { otherwise };
            session.eval(code, branch, scope)
        })
    }

    pub(super) fn eval_case(
        &mut self,
        code: &'i Code,
        test: ExprId,
        options: &[CaseOption],
        scope: ScopeId,
    ) -> Eval {
        self.guarded(scope, |session| {
            let test = session.eval(code, test, scope)?;
            let mut default = None;
            for option in options {
                for &value in &option.values {
                    match session.option_matches(code, &test, value, scope)? {
                        Some(true) => return session.eval(code, option.then, scope),
                        Some(false) => {}
                        None => default = Some(option.then),
                    }
                }
            }
            default.map_or(Ok(Value::Undef), |then| session.eval(code, then, scope))
        })
    }

    pub(super) fn eval_selector(
        &mut self,
        code: &'i Code,
        left: ExprId,
        entries: &[(ExprId, ExprId)],
        scope: ScopeId,
    ) -> Eval {
        self.guarded(scope, |session| {
            let test = session.eval(code, left, scope)?;
            let mut default = None;
            for &(value, result) in entries {
                match session.option_matches(code, &test, value, scope)? {
                    Some(true) => return session.eval(code, result, scope),
                    Some(false) => {}
                    None => default = Some(result),
                }
            }
            match default {
                Some(result) => session.eval(code, result, scope),
                None => {
                    let value = super::text_of(test);
                    let text = format!("No matching entry for selector parameter with value '{value}'");
                    Err(issue(code, left, text))
                }
            }
        })
    }

    /// Whether a value fits an option; `None` for `default`.
    fn option_matches(
        &mut self,
        code: &'i Code,
        test: &Value,
        option: ExprId,
        scope: ScopeId,
    ) -> Result<Option<bool>, Control> {
        let option = without_parentheses(code, option);
        match &code[option] {
            Expr::Default => Ok(None),
            Expr::Unfold(_) => {
                let values = self.eval(code, option, scope)?;
                for value in values.as_array().unwrap_or_default() {
                    if self.option_fits(value, test, scope)? {
                        return Ok(Some(true));
                    }
                }
                Ok(Some(false))
            }
            _ => {
                let value = self.eval(code, option, scope)?;
                self.option_fits(&value, test, scope).map(Some)
            }
        }
    }

    /// Whether a value fits a pattern of a `case` or selector; a regular expression sets match variables.
    pub(crate) fn option_fits(
        &mut self,
        pattern: &Value,
        value: &Value,
        scope: ScopeId,
    ) -> Result<bool, Control> {
        Ok(match pattern {
            Value::Regexp(regexp) => match value {
                Value::Str(text) => self.match_text(regexp, text, scope)?,
                _ => false,
            },
            Value::Type(ty) => pcore::matches::is_instance(ty, value),
            Value::Default => true,
            Value::Array(patterns) => match value {
                Value::Array(values) if values.len() == patterns.len() => {
                    for (pattern, value) in patterns.iter().zip(values.iter()) {
                        if !self.option_fits(pattern, value, scope)? {
                            return Ok(false);
                        }
                    }
                    true
                }
                _ => false,
            },
            Value::Hash(patterns) => match value {
                Value::Hash(values) => {
                    for (key, pattern) in patterns.iter() {
                        let value = values.get(key).unwrap_or(&Value::Undef);
                        if !self.option_fits(pattern, value, scope)? {
                            return Ok(false);
                        }
                    }
                    true
                }
                _ => false,
            },
            Value::SemVer(_) | Value::SemVerRange(_) => {
                pcore::compare::matches_option(value, pattern, &mut None)
            }
            _ => pcore::compare::equals(value, pattern),
        })
    }
}
