//! Checks that differ in code for plans: catalogs exist only within `apply`.

use super::labels::a_an_capital;
use super::{Item, Validator};
use crate::ast::{Expr, ExprId};

impl Validator<'_> {
    /// Checks an expression as code for plans. True when that settles it.
    pub(super) fn check_tasks(&mut self, id: ExprId) -> bool {
        match &self.ast[id] {
            Expr::Class(_) | Expr::Define(_) => self.only_in_catalogs(id),
            Expr::Collect(collect) if self.in_apply() => {
                if !collect.exported {
                    return false;
                }
                self.not_in_catalogs(id);
            }
            Expr::Apply { .. } => {
                if self.in_apply() {
                    self.not_in_catalogs(id);
                }
            }
            Expr::Collect(_)
            | Expr::Node(_)
            | Expr::Relationship { .. }
            | Expr::Resource(_)
            | Expr::ResourceDefaults { .. }
            | Expr::ResourceOverride { .. } => {
                if self.in_apply() {
                    return false;
                }
                self.only_in_catalogs(id);
            }
            _ => return false,
        }
        true
    }

    fn only_in_catalogs(&mut self, id: ExprId) {
        let message =
            format!("{} is only available when compiling a catalog", a_an_capital(&self.expr_label(id)));
        self.error("EXPRESSION_NOT_SUPPORTED_WHEN_SCRIPTING", self.ast.span(id), message);
    }

    fn not_in_catalogs(&mut self, id: ExprId) {
        let message =
            format!("{} is not available when compiling a catalog", a_an_capital(&self.expr_label(id)));
        self.error("EXPRESSION_NOT_SUPPORTED_WHEN_COMPILING", self.ast.span(id), message);
    }

    /// Within the block of an `apply`, rather than its arguments.
    fn in_apply(&self) -> bool {
        self.path.windows(2).any(|pair| match pair {
            [Item::Expr(outer), Item::Expr(inner)] => {
                matches!(&self.ast[*outer], Expr::Apply { body, .. } if body == inner)
            }
            _ => false,
        })
    }
}
