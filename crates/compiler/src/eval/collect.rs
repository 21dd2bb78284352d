//! Collector expressions.

use pcore::{Str, Type, Value};
use syntax::ast::{BinaryOp, Collect, Expr, ExprId};

use super::Eval;
use crate::code::{Code, Place};
use crate::collector::{CollectorId, Overrides, Query, What};
use crate::error::{Control, Error};
use crate::scope::ScopeId;
use crate::session::Session;

impl<'i> Session<'i> {
    pub(super) fn eval_collect(
        &mut self,
        code: &'i Code,
        id: ExprId,
        collect: &'i Collect,
        scope: ScopeId,
    ) -> Eval {
        self.make_collector(code, id, collect, scope)?;
        // A collector is no value; only arrows, which ask for it themselves, can use it.
        Ok(Value::Undef)
    }

    /// Makes the collector of an expression.
    pub(super) fn make_collector(
        &mut self,
        code: &'i Code,
        id: ExprId,
        collect: &'i Collect,
        scope: ScopeId,
    ) -> Result<CollectorId, Control> {
        if collect.exported {
            self.warn_without_store(code, id, "collection will be ignored");
        }
        let Expr::TypeName(name) = &code[collect.type_expr] else {
            return Err(Error::new("LHS is not a type").into());
        };
        let lower = name.as_str().to_lowercase();
        if lower == "class" {
            return Err(Error::new("Classes cannot be collected").into());
        }
        let Some(ty) = self.resource_type(&lower)? else {
            return Err(Error::new(format!("Resource type {lower} doesn't exist")).into());
        };
        let overrides = if collect.attributes.is_empty() {
            None
        } else {
            let parameters = self.eval_attributes(code, None, &collect.attributes, scope)?;
            Some(Overrides { parameters, place: Place::new(code, code.span(id)) })
        };
        let query = match collect.query {
            Some(query) if !matches!(&code[query], Expr::Nop) => Some(self.query(code, query, scope)?),
            _ => None,
        };
        let what = What::Query { ty, query, exported: collect.exported, overrides };
        Ok(self.add_collector(scope, what))
    }

    fn query(&mut self, code: &'i Code, id: ExprId, scope: ScopeId) -> Result<Query, Control> {
        match &code[id] {
            Expr::Paren(inner) => self.query(code, *inner, scope),
            Expr::Binary { op: op @ (BinaryOp::And | BinaryOp::Or), left, right } => {
                let left = Box::new(self.query(code, *left, scope)?);
                let right = Box::new(self.query(code, *right, scope)?);
                Ok(if *op == BinaryOp::And { Query::And(left, right) } else { Query::Or(left, right) })
            }
            Expr::Binary { op: op @ (BinaryOp::Equal | BinaryOp::NotEqual), left, right } => {
                let name = self.query_operand(code, *left, scope)?;
                let value = self.query_operand(code, *right, scope)?;
                let name: Str = pcore::format::to_s(&name).into();
                if *op == BinaryOp::NotEqual {
                    return Ok(Query::NotEqual(name, value));
                }
                if name.as_str() != "tag" {
                    return Ok(Query::Equal(name, value));
                }
                let single = std::slice::from_ref(&value);
                let mut tags = Vec::new();
                for tag in value.as_array().unwrap_or(single) {
                    if matches!(tag, Value::Int(_) | Value::Float(_)) {
                        return Err(Error::new("Cannot transform a number to a tag").into());
                    }
                    tags.push(pcore::format::to_s(tag).to_lowercase());
                }
                Ok(Query::Tag(tags))
            }
            other => Err(not_in_a_query(other)),
        }
    }

    fn query_operand(&mut self, code: &'i Code, id: ExprId, scope: ScopeId) -> Eval {
        match &code[id] {
            Expr::Paren(inner) => self.query_operand(code, *inner, scope),
            Expr::Access { .. } => {
                let value = self.eval(code, id, scope)?;
                Ok(super::resource::attribute_value(&value)?.unwrap_or(value))
            }
            Expr::Var(_)
            | Expr::Bool(_)
            | Expr::Str(_)
            | Expr::Interpolated(_)
            | Expr::Int(..)
            | Expr::Float(_)
            | Expr::Undef
            | Expr::Name(_) => self.eval(code, id, scope),
            other => Err(not_in_a_query(other)),
        }
    }
}

/// The error of an expression that a query cannot contain, with the name of the class that Puppet's parser has for it.
fn not_in_a_query(expr: &Expr) -> Control {
    let class = match expr {
        Expr::Nop => "Nop",
        Expr::Default => "LiteralDefault",
        Expr::Undef => "LiteralUndef",
        Expr::Bool(_) => "LiteralBoolean",
        Expr::Int(..) => "LiteralInteger",
        Expr::Float(_) => "LiteralFloat",
        Expr::Str(_) => "LiteralString",
        Expr::Interpolated(_) => "ConcatenatedString",
        Expr::Name(_) => "QualifiedName",
        Expr::Var(_) => "VariableExpression",
        Expr::Access { .. } => "AccessExpression",
        Expr::Regex(_) => "LiteralRegularExpression",
        Expr::Heredoc { .. } => "HeredocExpression",
        Expr::Array(_) => "LiteralList",
        Expr::Hash(_) => "LiteralHash",
        Expr::TypeName(_) => "QualifiedReference",
        Expr::Reserved(_) => "ReservedWord",
        Expr::Binary { op, .. } => match op {
            BinaryOp::And => "AndExpression",
            BinaryOp::Or => "OrExpression",
            BinaryOp::In => "InExpression",
            BinaryOp::Match | BinaryOp::NotMatch => "MatchExpression",
            BinaryOp::Add
            | BinaryOp::Subtract
            | BinaryOp::Multiply
            | BinaryOp::Divide
            | BinaryOp::Modulo
            | BinaryOp::ShiftLeft
            | BinaryOp::ShiftRight => "ArithmeticExpression",
            _ => "ComparisonExpression",
        },
        Expr::Not(_) => "NotExpression",
        Expr::Minus(_) => "UnaryMinusExpression",
        Expr::Unfold(_) => "UnfoldExpression",
        Expr::Call { .. } => "CallNamedFunctionExpression",
        Expr::MethodCall { .. } => "CallMethodExpression",
        Expr::Selector { .. } => "SelectorExpression",
        Expr::If { .. } => "IfExpression",
        Expr::Unless { .. } => "UnlessExpression",
        Expr::Case { .. } => "CaseExpression",
        Expr::Assign { .. } => "AssignmentExpression",
        Expr::Relationship { .. } => "RelationshipExpression",
        _ => "Expression",
    };
    Error::new(format!("Cannot transform object of class Puppet::Pops::Model::{class}")).into()
}

/// A reference as the pair of lower-case type name and title.
pub(crate) fn split_reference(ty: &Type) -> Option<(Str, Str)> {
    match ty {
        Type::Class(Some(name)) => Some(("class".into(), name.clone())),
        Type::Resource(reference) => Some((reference.type_name.clone()?, reference.title.clone()?)),
        _ => None,
    }
}
