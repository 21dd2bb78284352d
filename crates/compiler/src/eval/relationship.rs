//! `->`, `~>`, `<-` and `<~`.

use pcore::{Str, Type, Value};
use syntax::ast::{Expr, ExprId, RelationOp};

use super::{Eval, issue, label, without_parentheses};
use crate::code::Code;
use crate::collector::CollectorId;
use crate::error::Control;
use crate::relationship::{End, Relationship};
use crate::scope::ScopeId;
use crate::session::Session;
use crate::unique::Unique;

/// What stands on one side of an arrow: a value, or a collector, which is none.
enum Side {
    Value(Value),
    Collector(CollectorId),
    /// What an inner arrow gave.
    Ends(Vec<(End, Value)>),
}

impl<'i> Session<'i> {
    pub(super) fn eval_relationship(
        &mut self,
        code: &'i Code,
        id: ExprId,
        op: RelationOp,
        left: ExprId,
        right: ExprId,
        scope: ScopeId,
    ) -> Eval {
        let ends = self.relate(code, id, op, left, right, scope)?;
        Ok(Value::array(ends.into_iter().map(|(_, value)| value).collect::<Vec<_>>()))
    }

    /// Notes an arrow and gives the ends that an arrow to the right of it connects to.
    fn relate(
        &mut self,
        code: &'i Code,
        id: ExprId,
        op: RelationOp,
        left: ExprId,
        right: ExprId,
        scope: ScopeId,
    ) -> Result<Vec<(End, Value)>, Control> {
        let first = self.side(code, left, scope)?;
        let second = self.side(code, right, scope)?;
        let first = self.ends_of(code, id, first)?;
        let second = self.ends_of(code, id, second)?;
        let (sources, targets) = match op {
            RelationOp::Before | RelationOp::Notify => (&first, &second),
            RelationOp::After | RelationOp::Subscribe => (&second, &first),
        };
        let notifies = matches!(op, RelationOp::Notify | RelationOp::Subscribe);
        for (source, _) in sources {
            for (target, _) in targets {
                let (source, target) = (source.clone(), target.clone());
                self.relationships.push(Relationship { source, target, notifies });
            }
        }
        if second.is_empty() {
            return Ok(first);
        }
        if let [(End::Collector(collector), _)] = &second[..] {
            self.collected[collector.0].alternative = first;
        }
        Ok(second)
    }

    fn side(&mut self, code: &'i Code, id: ExprId, scope: ScopeId) -> Result<Side, Control> {
        let id = without_parentheses(code, id);
        let framed = |error: Control| match error {
            Control::Error(error) if !error.is_complete() => {
                error.at(&label::a_an(code, id), &code.site(id)).into()
            }
            other => other,
        };
        match &code[id] {
            Expr::Collect(collect) => {
                self.make_collector(code, id, collect, scope).map(Side::Collector).map_err(framed)
            }
            Expr::Relationship { op, left, right } => {
                self.relate(code, id, *op, *left, *right, scope).map(Side::Ends).map_err(framed)
            }
            _ => self.eval(code, id, scope).map(Side::Value),
        }
    }

    fn ends_of(&mut self, code: &'i Code, id: ExprId, side: Side) -> Result<Vec<(End, Value)>, Control> {
        let value = match side {
            Side::Collector(collector) => return Ok(vec![(End::Collector(collector), Value::Undef)]),
            Side::Ends(ends) => return Ok(ends),
            Side::Value(value) => value,
        };
        let mut ends: Vec<(End, Value)> = Vec::new();
        let mut seen: Unique<End> = Unique::default();
        let list: Vec<&Value> = match &value {
            Value::Array(items) => super::resource::flat(items),
            single => vec![single],
        };
        for item in list {
            let ty = match item {
                Value::Type(ty) => ty.clone(),
                Value::Str(text) => self.parse_type(text)?,
                other => {
                    let text = format!(
                        "Illegal relationship operand, can not form a relationship with {}. A Catalog type is required.",
                        pcore::label::with_article(&pcore::label::label(other))
                    );
                    return Err(issue(code, id, text));
                }
            };
            let inner = match &ty {
                Type::Type(inner) => (**inner).clone(),
                _ => ty.clone(),
            };
            let end = self.reference_end(&inner).ok_or_else(|| {
                let text = format!(
                    "Illegal relationship operand, can not form a relationship with something of type {ty}. A Catalog type is required."
                );
                issue(code, id, text)
            })?;
            if seen.insert(end.clone()) {
                ends.push((end, Value::Type(ty)));
            }
        }
        Ok(ends)
    }

    fn reference_end(&self, ty: &Type) -> Option<End> {
        match ty {
            Type::Class(name) => Some(End::Reference("class".into(), name.clone().unwrap_or_default())),
            Type::Resource(reference) => {
                let name: Str = reference.type_name.clone().unwrap_or_default();
                Some(End::Reference(name, reference.title.clone().unwrap_or_default()))
            }
            Type::CatalogEntry => Some(End::Reference(Str::default(), Str::default())),
            _ => None,
        }
    }
}
