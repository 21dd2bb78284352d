//! What error messages call the constructs of the language.

use syntax::ast::{AssignOp, BinaryOp, Expr, ExprId, RelationOp};

use crate::code::Code;

/// The name of a construct: `Function Call`, `'+' expression`.
pub(crate) fn label(code: &Code, id: ExprId) -> String {
    let text = match &code[id] {
        Expr::Nop => "Nop Expression",
        Expr::Undef => "'undef' expression",
        Expr::Default => "'default' expression",
        Expr::Bool(_) => "Boolean",
        Expr::Int(..) => "Literal Integer",
        Expr::Float(_) => "Literal Float",
        Expr::Str(_) => "String",
        Expr::Regex(_) => "Regular Expression",
        Expr::Interpolated(_) => "Double Quoted String",
        Expr::Text(_) => "Expression in Interpolated String",
        Expr::Heredoc { syntax, .. } => return format!("'@({syntax})' expression"),
        Expr::Array(_) => "Array Expression",
        Expr::Hash(_) => "Hash Expression",
        Expr::Name(_) => "Name",
        Expr::TypeName(_) => "Type-Name",
        Expr::Reserved(word) => return format!("Reserved Word '{word}'"),
        Expr::Var(_) => "Variable",
        Expr::Binary { op, .. } => return format!("'{}' expression", operator(*op)),
        Expr::Assign { op: AssignOp::Assign, .. } => "'=' expression",
        Expr::Assign { op: AssignOp::Append, .. } => "'+=' expression",
        Expr::Assign { op: AssignOp::Delete, .. } => "'-=' expression",
        Expr::Relationship { op, .. } => return format!("'{}' expression", arrow(*op)),
        Expr::Not(_) => "'not' expression",
        Expr::Minus(_) => "Unary Minus",
        Expr::Unfold(_) => "Unfold",
        Expr::Paren(_) => "Parenthesized Expression",
        Expr::Access { .. } => "'[]' expression",
        Expr::NamedAccess { .. } => "'.' expression",
        Expr::Call { .. } => "Function Call",
        Expr::MethodCall { .. } => "Method call",
        Expr::Lambda(_) => "Lambda",
        Expr::Block(_) => "Block Expression",
        Expr::If { .. } => "'if' statement",
        Expr::Unless { .. } => "'unless' Statement",
        Expr::Case { .. } => "'case' statement",
        Expr::Selector { .. } => "Selector Expression",
        Expr::Resource(_) => "Resource Statement",
        Expr::ResourceDefaults { .. } => "Resource Defaults Expression",
        Expr::ResourceOverride { .. } => "Resource Override",
        Expr::Collect(collect) if collect.exported => "Exported Query",
        Expr::Collect(_) => "Virtual Query",
        Expr::Class(_) => "Host Class Definition",
        Expr::Define(_) => "'define' expression",
        Expr::Node(_) => "Node Definition",
        Expr::Function(_) => "Function Definition",
        Expr::TypeAlias(_) => "Type Alias",
        Expr::TypeDefinition { .. } => "Type Definition",
        Expr::TypeMapping { .. } => "Type Mapping",
        Expr::Plan(_) => "Plan Definition",
        Expr::Apply { .. } => "'apply' expression",
        Expr::Epp { .. } => "Epp Template",
        Expr::RenderString(_) => "Epp Text",
        Expr::Render(_) => "Epp Interpolated Expression",
    };
    text.into()
}

/// The name with its article: `a Function Call`.
pub(crate) fn a_an(code: &Code, id: ExprId) -> String {
    pcore::label::with_article(&label(code, id))
}

/// An operator as written.
pub(crate) fn operator(op: BinaryOp) -> &'static str {
    match op {
        BinaryOp::And => "and",
        BinaryOp::Or => "or",
        BinaryOp::In => "in",
        BinaryOp::Match => "=~",
        BinaryOp::NotMatch => "!~",
        BinaryOp::Equal => "==",
        BinaryOp::NotEqual => "!=",
        BinaryOp::Less => "<",
        BinaryOp::LessEqual => "<=",
        BinaryOp::Greater => ">",
        BinaryOp::GreaterEqual => ">=",
        BinaryOp::Add => "+",
        BinaryOp::Subtract => "-",
        BinaryOp::Multiply => "*",
        BinaryOp::Divide => "/",
        BinaryOp::Modulo => "%",
        BinaryOp::ShiftLeft => "<<",
        BinaryOp::ShiftRight => ">>",
    }
}

/// An arrow as written.
pub(crate) fn arrow(op: RelationOp) -> &'static str {
    match op {
        RelationOp::Before => "->",
        RelationOp::Notify => "~>",
        RelationOp::After => "<-",
        RelationOp::Subscribe => "<~",
    }
}
