//! Operators with one or two operands.

use pcore::compare::{self, Relation};
use pcore::error::{Operand, ValueError};
use pcore::{Value, arithmetic, label as value_label};
use syntax::ast::{BinaryOp, ExprId};

use super::{Eval, issue, label};
use crate::code::Code;
use crate::error::{Control, Error};
use crate::scope::{Match, ScopeId};
use crate::session::Session;

impl<'i> Session<'i> {
    pub(super) fn eval_binary(
        &mut self,
        code: &'i Code,
        id: ExprId,
        op: BinaryOp,
        left: ExprId,
        right: ExprId,
        scope: ScopeId,
    ) -> Eval {
        if matches!(op, BinaryOp::Add | BinaryOp::ShiftLeft) && code.is_last_use(left) {
            // The other operand may read what is taken here.
            let second = self.eval(code, right, scope)?;
            let first = self.eval(code, left, scope)?;
            self.limits.walks(&second)?;
            return self.calculate(code, id, op, (left, first), (right, second));
        }
        let first = self.eval(code, left, scope)?;
        match op {
            BinaryOp::And if !first.is_true() => return Ok(Value::Bool(false)),
            BinaryOp::Or if first.is_true() => return Ok(Value::Bool(true)),
            _ => {}
        }
        let second = self.eval(code, right, scope)?;
        self.limits.walks(&second)?;
        match op {
            BinaryOp::And | BinaryOp::Or => Ok(Value::Bool(second.is_true())),
            BinaryOp::Equal => Ok(Value::Bool(compare::equals(&first, &second))),
            BinaryOp::NotEqual => Ok(Value::Bool(!compare::equals(&first, &second))),
            BinaryOp::Less => relate(code, id, Relation::Less, &first, &second),
            BinaryOp::LessEqual => relate(code, id, Relation::LessOrEqual, &first, &second),
            BinaryOp::Greater => relate(code, id, Relation::Greater, &first, &second),
            BinaryOp::GreaterEqual => relate(code, id, Relation::GreaterOrEqual, &first, &second),
            BinaryOp::In => self.includes(&second, &first, scope).map(Value::Bool),
            BinaryOp::Match | BinaryOp::NotMatch => {
                let found = self.eval_match(code, left, right, &first, &second, scope)?;
                Ok(Value::Bool(found == (op == BinaryOp::Match)))
            }
            BinaryOp::Add
            | BinaryOp::Subtract
            | BinaryOp::Multiply
            | BinaryOp::Divide
            | BinaryOp::Modulo
            | BinaryOp::ShiftLeft
            | BinaryOp::ShiftRight => self.calculate(code, id, op, (left, first), (right, second)),
        }
    }

    /// `-x`
    pub(super) fn eval_minus(&mut self, code: &'i Code, id: ExprId, inner: ExprId, scope: ScopeId) -> Eval {
        let value = self.eval(code, inner, scope)?;
        let value = self.numeric(code, id, value)?;
        arithmetic::negate(&value).map_err(|error| at_operand(code, error, id, id, id))
    }

    /// A number, from a number or a string that looks like one, which the setting `strict` may refuse.
    pub(super) fn numeric(&mut self, code: &'i Code, blamed: ExprId, value: Value) -> Eval {
        match value {
            Value::Int(_) | Value::Float(_) | Value::Timespan(_) | Value::Timestamp(_) => Ok(value),
            // A version is a number to Ruby, which then finds that it cannot calculate with it.
            Value::SemVer(_) => Ok(value),
            Value::Str(text) => match pcore::number::parse_numeric(&text) {
                Some(number) => {
                    let message = format!(
                        "The string '{text}' was automatically coerced to the numerical value {}",
                        pcore::format::to_s(&number)
                    );
                    self.doubt(&message, code.site(blamed))?;
                    Ok(number)
                }
                None => Err(not_numeric(code, blamed, &Value::Str(text))),
            },
            other => Err(not_numeric(code, blamed, &other)),
        }
    }

    fn calculate(
        &mut self,
        code: &'i Code,
        id: ExprId,
        op: BinaryOp,
        (left, mut first): (ExprId, Value),
        (right, mut second): (ExprId, Value),
    ) -> Eval {
        let on_collection = match op {
            BinaryOp::Add => {
                matches!(first, Value::Array(_) | Value::Hash(_) | Value::Uri(_) | Value::Binary(_))
            }
            BinaryOp::Subtract | BinaryOp::ShiftLeft => matches!(first, Value::Array(_) | Value::Hash(_)),
            _ => false,
        };
        if !on_collection {
            first = self.numeric(code, left, first)?;
            second = self.numeric(code, right, second)?;
        }
        let result = match op {
            BinaryOp::Add | BinaryOp::ShiftLeft if on_collection => {
                arithmetic::extend(first, &second, op == BinaryOp::ShiftLeft)
            }
            BinaryOp::Add => arithmetic::add(&first, &second),
            BinaryOp::Subtract => arithmetic::subtract(&first, &second),
            BinaryOp::Multiply => arithmetic::multiply(&first, &second),
            BinaryOp::Divide => arithmetic::divide(&first, &second),
            BinaryOp::Modulo => arithmetic::modulo(&first, &second),
            BinaryOp::ShiftLeft => arithmetic::shift_left(&first, &second),
            _ => arithmetic::shift_right(&first, &second),
        };
        if let Ok(Value::Array(items)) = &result {
            self.limits.made(items.len() * size_of::<Value>() / 2);
        }
        let value = result.map_err(|error| at_operand(code, error, id, left, right))?;
        self.limits.value(&value)?;
        Ok(value)
    }

    fn eval_match(
        &mut self,
        code: &'i Code,
        left: ExprId,
        right: ExprId,
        value: &Value,
        pattern: &Value,
        scope: ScopeId,
    ) -> Result<bool, Control> {
        let regexp = match pattern {
            Value::Type(ty) => return Ok(pcore::matches::is_instance(ty, value)),
            Value::SemVerRange(range) => return Ok(compare::is_in_range(range, value)),
            Value::Regexp(regexp) => regexp.clone(),
            Value::Str(source) => pcore::regexp::Regexp::cached(source).map_err(|error| {
                let text = format!(
                    "Can not convert right match operand to a regular expression. Caused by '{}'.",
                    error.message
                );
                issue(code, right, text)
            })?,
            other => {
                let text = format!(
                    "Can not convert right match operand to a regular expression. Caused by 'no implicit conversion of {} into String'.",
                    ruby_class(other)
                );
                return Err(issue(code, right, text));
            }
        };
        match value {
            Value::Str(text) => self.match_text(&regexp, text, scope),
            other => {
                let text = format!(
                    "Left match operand must result in a String value. Got {}.",
                    value_label::a_an(other)
                );
                Err(issue(code, left, text))
            }
        }
    }

    /// Matches text, and sets the match variables if it does.
    pub(crate) fn match_text(
        &mut self,
        regexp: &pcore::regexp::Regexp,
        text: &str,
        scope: ScopeId,
    ) -> Result<bool, Control> {
        let Some(captures) = regexp.try_captures(text)? else { return Ok(false) };
        let groups: Match = (0..captures.group_count()).map(|at| captures.get(at).map(Into::into)).collect();
        self.scope_mut(scope).frames.push_match(Some(groups));
        Ok(true)
    }

    /// The operator `in`.
    fn includes(&mut self, container: &Value, item: &Value, scope: ScopeId) -> Result<bool, Control> {
        match (container, item) {
            (Value::Str(text), Value::Regexp(regexp)) => self.match_text(regexp, text, scope),
            (Value::Array(items), Value::Regexp(regexp)) => {
                for text in items.iter().filter_map(Value::as_str) {
                    if self.match_text(regexp, text, scope)? {
                        return Ok(true);
                    }
                }
                Ok(false)
            }
            (Value::Hash(hash), Value::Regexp(_)) => {
                let keys = Value::array(hash.keys().cloned().collect::<Vec<_>>());
                self.includes(&keys, item, scope)
            }
            _ => Ok(compare::includes(container, item)),
        }
    }
}

fn relate(code: &Code, id: ExprId, relation: Relation, left: &Value, right: &Value) -> Eval {
    compare::relate(relation, left, right)
        .map(Value::Bool)
        .map_err(|error| at_operand(code, error, id, id, id))
}

fn not_numeric(code: &Code, blamed: ExprId, value: &Value) -> Control {
    let text = format!("The value '{}' cannot be converted to Numeric.", pcore::format::ruby_to_s(value));
    issue(code, blamed, text)
}

/// An error of a calculation at the operand it is about.
fn at_operand(code: &Code, error: ValueError, whole: ExprId, left: ExprId, right: ExprId) -> Control {
    let blamed = match error.at {
        Operand::Whole => whole,
        Operand::Left => left,
        Operand::Right => right,
    };
    if error.code == "RUNTIME_ERROR" {
        return Error::new(error.message).at(&label::a_an(code, whole), &code.site(blamed)).into();
    }
    issue(code, blamed, error.message)
}

/// What Ruby calls the class of a value, in messages that come from Ruby itself.
fn ruby_class(value: &Value) -> &'static str {
    match value {
        Value::Undef => "nil",
        Value::Bool(true) => "true",
        Value::Bool(false) => "false",
        Value::Default => "Symbol",
        Value::Int(_) => "Integer",
        Value::Float(_) => "Float",
        Value::Array(_) => "Array",
        Value::Hash(_) => "Hash",
        Value::Timestamp(_) => "Puppet::Pops::Time::Timestamp",
        Value::Timespan(_) => "Puppet::Pops::Time::Timespan",
        Value::SemVer(_) => "SemanticPuppet::Version",
        Value::Binary(_) => "Puppet::Pops::Types::PBinaryType::Binary",
        Value::Sensitive(_) => "Puppet::Pops::Types::PSensitiveType::Sensitive",
        Value::Uri(uri) => match uri.to_string().split(':').next().unwrap_or_default() {
            "http" => "URI::HTTP",
            "https" => "URI::HTTPS",
            "ftp" => "URI::FTP",
            "file" => "URI::File",
            "ldap" => "URI::LDAP",
            "mailto" => "URI::MailTo",
            _ => "URI::Generic",
        },
        _ => "Object",
    }
}
