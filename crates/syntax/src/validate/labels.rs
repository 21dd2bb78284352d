//! What messages call things.

use super::{Item, Validator};
use crate::ast::{AssignOp, Expr, ExprId, RelationOp};
use crate::pn::binary_name;

/// The label with its article: `a Virtual Query`, `an 'if' statement`.
pub(super) fn a_an(label: &str) -> String {
    format!("{} {label}", article(label))
}

/// As [`a_an`], for the start of a sentence.
pub(super) fn a_an_capital(label: &str) -> String {
    format!("{} {label}", if article(label) == "an" { "An" } else { "A" })
}

fn article(label: &str) -> &'static str {
    let first = label.trim_start_matches(['\'', '"']).chars().next().unwrap_or(' ');
    if matches!(first.to_ascii_lowercase(), 'a' | 'e' | 'i' | 'o' | 'u' | 'y') { "an" } else { "a" }
}

impl Validator<'_> {
    pub(super) fn label(&self, item: Item) -> String {
        match item {
            Item::Expr(id) => self.expr_label(id),
            Item::Program => "Program".into(),
            Item::Template(_) => "Epp Template".into(),
            Item::Parameter(..) => "Parameter Definition".into(),
            Item::Body(..) => "Resource Instance Definition".into(),
            Item::Attribute(owner, body, index) => match self.attributes(owner, body).get(index as usize) {
                Some(attribute) if attribute.append => "'+>' expression".into(),
                _ => "'=>' expression".into(),
            },
            Item::Entry(..) => "Hash Entry".into(),
            Item::Option(..) => "Case Option".into(),
            Item::SelectorEntry(..) => "Selector Option".into(),
            Item::Query(owner) => self.expr_label(owner),
        }
    }

    pub(super) fn expr_label(&self, id: ExprId) -> String {
        match &self.ast[id] {
            Expr::Nop => "Nop Expression".into(),
            Expr::Undef => "'undef' expression".into(),
            Expr::Default => "'default' expression".into(),
            Expr::Bool(_) => "Boolean".into(),
            Expr::Int(..) => "Literal Integer".into(),
            Expr::Float(_) => "Literal Float".into(),
            Expr::Str(_) => "String".into(),
            Expr::Regex(_) => "Regular Expression".into(),
            Expr::Interpolated(_) => "Double Quoted String".into(),
            Expr::Text(_) => "Expression in Interpolated String".into(),
            Expr::Heredoc { syntax, .. } => format!("'@({syntax})' expression"),
            Expr::Array(_) => "Array Expression".into(),
            Expr::Hash(_) => "Hash Expression".into(),
            Expr::Name(_) => "Name".into(),
            Expr::TypeName(_) => "Type-Name".into(),
            Expr::Reserved(word) => format!("Reserved Word '{word}'"),
            Expr::Var(_) => "Variable".into(),
            Expr::Binary { op, .. } => format!("'{}' expression", binary_name(*op)),
            Expr::Assign { op, .. } => match op {
                AssignOp::Assign => "'=' expression".into(),
                AssignOp::Append => "'+=' expression".into(),
                AssignOp::Delete => "'-=' expression".into(),
            },
            Expr::Relationship { op, .. } => match op {
                RelationOp::Before => "'->' expression".into(),
                RelationOp::Notify => "'~>' expression".into(),
                RelationOp::After => "'<-' expression".into(),
                RelationOp::Subscribe => "'<~' expression".into(),
            },
            Expr::Not(_) => "'not' expression".into(),
            Expr::Minus(_) => "Unary Minus".into(),
            Expr::Unfold(_) => "Unfold".into(),
            Expr::Paren(_) => "Parenthesized Expression".into(),
            Expr::Access { .. } => "'[]' expression".into(),
            Expr::NamedAccess { .. } => "'.' expression".into(),
            Expr::Call { .. } => "Function Call".into(),
            Expr::MethodCall { .. } => "Method call".into(),
            Expr::Lambda(_) => "Lambda".into(),
            Expr::Block(_) => "Block Expression".into(),
            Expr::If { .. } => "'if' statement".into(),
            Expr::Unless { .. } => "'unless' Statement".into(),
            Expr::Case { .. } => "'case' statement".into(),
            Expr::Selector { .. } => "Selector Expression".into(),
            Expr::Resource(_) => "Resource Statement".into(),
            Expr::ResourceDefaults { .. } => "Resource Defaults Expression".into(),
            Expr::ResourceOverride { .. } => "Resource Override".into(),
            Expr::Collect(collect) if collect.exported => "Exported Query".into(),
            Expr::Collect(_) => "Virtual Query".into(),
            Expr::Class(_) => "Host Class Definition".into(),
            Expr::Define(_) => "'define' expression".into(),
            Expr::Node(_) => "Node Definition".into(),
            Expr::Function(_) => "Function Definition".into(),
            Expr::TypeAlias(_) => "Type Alias".into(),
            Expr::TypeDefinition { .. } => "Type Definition".into(),
            Expr::TypeMapping { .. } => "Type Mapping".into(),
            Expr::Plan(_) => "Plan Definition".into(),
            Expr::Apply { .. } => "'apply' expression".into(),
            Expr::Epp { .. } => "Lambda".into(),
            Expr::RenderString(_) => "Epp Text".into(),
            Expr::Render(_) => "Epp Interpolated Expression".into(),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn articles_look_behind_a_quote() {
        assert_eq!(a_an("'if' statement"), "an 'if' statement");
        assert_eq!(a_an("Virtual Query"), "a Virtual Query");
        assert_eq!(a_an_capital("Epp Text"), "An Epp Text");
    }
}
