//! Spaces between atoms on one line.

use syntax::tokens::Kind;

use super::brackets::{Inside, Plan};

/// Whether a token ends an operand, so that `-` behind it subtracts.
fn ends_operand(kind: Kind) -> bool {
    matches!(
        kind,
        Kind::Variable
            | Kind::Name
            | Kind::Word
            | Kind::ClassRef
            | Kind::Number
            | Kind::String
            | Kind::True
            | Kind::False
            | Kind::Undef
            | Kind::Default
            | Kind::Heredoc
            | Kind::Regex
            | Kind::RightParen
            | Kind::RightBracket
            | Kind::RightBrace
            | Kind::RightCollect
            | Kind::RightExportCollect
    )
}

/// Whether a `-` or `*` belongs to what follows alone.
pub(super) fn is_prefix(plan: &Plan, at: usize) -> bool {
    let Some(before) = plan.code_before(at).and_then(|before| plan.atoms[before].kind()) else { return true };
    if plan.atoms[at].is(Kind::Times) && matches!(plan.place(at), Some(Inside::Parameters | Inside::Pipe)) {
        return true;
    }
    if !ends_operand(before) {
        return true;
    }
    // `return -1`
    let next = plan.code_from(at + 1).map(|next| &plan.atoms[next]);
    before == Kind::Name
        && plan.atoms[at].gap > 0
        && next.is_some_and(|next| next.gap == 0 && next.newlines == 0)
}

/// Spaces between an atom and the one before it: none or one.
pub(super) fn space(plan: &Plan, at: usize) -> usize {
    usize::from(spaced(plan, at))
}

fn spaced(plan: &Plan, at: usize) -> bool {
    let (Some(before), this) = (at.checked_sub(1), &plan.atoms[at]) else { return false };
    if plan.atoms[before].is_comment() || this.is_comment() {
        return true;
    }
    let (Some(left), Some(right)) = (plan.atoms[before].kind(), this.kind()) else { return true };
    // Inside of brackets, at their ends.
    if plan.partner[before] == Some(at) {
        return match plan.inside[before] {
            Some(Inside::Block | Inside::Lambda | Inside::Resource) => this.gap > 0 || this.newlines > 0,
            Some(Inside::Collect) => true,
            _ => false,
        };
    }
    if let Some(inside) = plan.inside[before] {
        return is_roomy(inside);
    }
    if plan.is_closing(at) {
        return plan.partner[at].and_then(|open| plan.inside[open]).is_some_and(is_roomy);
    }
    match right {
        Kind::Comma | Kind::Semicolon | Kind::Colon | Kind::Dot => return false,
        Kind::LeftBracket if plan.inside[at] == Some(Inside::Access) => return false,
        Kind::LeftParen | Kind::LineParen => match plan.inside[at] {
            Some(Inside::Call) => return false,
            Some(Inside::Parameters) => return is_class(plan, before),
            _ => {}
        },
        _ => {}
    }
    match left {
        Kind::Dot | Kind::At | Kind::AtAt | Kind::Not => false,
        Kind::Minus | Kind::Times if is_prefix(plan, before) => right == Kind::FatArrow,
        _ => true,
    }
}

/// Brackets that have a space on their inner sides.
fn is_roomy(inside: Inside) -> bool {
    !matches!(
        inside,
        Inside::Array | Inside::Access | Inside::Call | Inside::Parameters | Inside::Pipe | Inside::Group
    )
}

/// Whether the name before the parameters is that of a class or defined type.
fn is_class(plan: &Plan, name: usize) -> bool {
    plan.code_before(name).is_some_and(|keyword| {
        matches!(plan.atoms[keyword].kind(), Some(Kind::Class | Kind::Define | Kind::Plan))
    })
}
