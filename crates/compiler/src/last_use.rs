//! Which reads of a block's first parameter are its last use.
//!
//! Values are immutable, so `$memo + { $key => $value }` copies `$memo`, and a fold of a thousand steps copies a thousand
//! growing hashes. Where the block cannot read its parameter again, the value may be moved out of it instead, and
//! whoever holds the only reference may change it in place.

use stdx::Symbol;
use syntax::ast::{Ast, BinaryOp, Expr, ExprId, Lambda};

/// A read that is the last use of its variable.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) struct LastUse {
    /// The read.
    pub(crate) variable: ExprId,
    /// The block whose first parameter it reads.
    pub(crate) lambda: ExprId,
}

/// Functions that see their arguments and nothing of the caller's variables.
const PURE: &[&str] = &[
    "capitalize",
    "downcase",
    "flatten",
    "join",
    "keys",
    "length",
    "lstrip",
    "max",
    "merge",
    "min",
    "rstrip",
    "size",
    "sort",
    "split",
    "sprintf",
    "strip",
    "unique",
    "upcase",
    "values",
];

/// All last uses in a file, by the number of the reading node.
pub(crate) fn last_uses(ast: &Ast) -> Vec<LastUse> {
    let mut all = Vec::new();
    for (at, expr) in ast.exprs.iter().enumerate() {
        if let Expr::Lambda(block) = expr
            && let Some(variable) = last_use(ast, block)
        {
            all.push(LastUse { variable, lambda: ExprId(at as u32) });
        }
    }
    all.sort_by_key(|last| last.variable);
    all
}

/// The left operand of `+` or `<<` that is the only read of the first parameter, if all the rest of the block is such that
/// it can neither read the parameter in another way nor run that operand twice.
fn last_use(ast: &Ast, block: &Lambda) -> Option<ExprId> {
    let parameter = block.parameters.first().filter(|parameter| !parameter.captures_rest)?;
    let mut search = Search { ast, name: parameter.name, reads: 0, found: None };
    search.visit(block.body)?;
    search.found.filter(|_| search.reads == 1)
}

struct Search<'a> {
    ast: &'a Ast,
    name: Symbol,
    reads: usize,
    found: Option<ExprId>,
}

impl Search<'_> {
    /// `None` if there is anything of which this does not know what it reads.
    fn visit(&mut self, id: ExprId) -> Option<()> {
        let ast = self.ast;
        match &ast[id] {
            Expr::Var(name) => self.reads += usize::from(*name == self.name),
            Expr::Text(inner) => {
                if let Expr::Name(name) = &ast[*inner] {
                    self.reads += usize::from(*name == self.name);
                }
            }
            Expr::Binary { op: BinaryOp::Add | BinaryOp::ShiftLeft, left, .. } if matches!(&ast[*left], Expr::Var(name) if *name == self.name) =>
            {
                self.found = Some(*left);
            }
            Expr::Call { functor, lambda: None, .. } => match &ast[*functor] {
                Expr::Name(name) if PURE.contains(&name.as_str()) => {}
                Expr::TypeName(_) => {}
                _ => return None,
            },
            Expr::MethodCall { functor, lambda: None, .. } => match &ast[*functor] {
                Expr::NamedAccess { right, .. } => match &ast[*right] {
                    Expr::Name(name) if PURE.contains(&name.as_str()) => {}
                    _ => return None,
                },
                _ => return None,
            },
            Expr::Nop
            | Expr::Undef
            | Expr::Default
            | Expr::Bool(_)
            | Expr::Int(..)
            | Expr::Float(_)
            | Expr::Str(_)
            | Expr::Regex(_)
            | Expr::Name(_)
            | Expr::TypeName(_)
            | Expr::Interpolated(_)
            | Expr::Heredoc { .. }
            | Expr::Array(_)
            | Expr::Hash(_)
            | Expr::Binary { .. }
            | Expr::Assign { .. }
            | Expr::Not(_)
            | Expr::Minus(_)
            | Expr::Unfold(_)
            | Expr::Paren(_)
            | Expr::Access { .. }
            | Expr::NamedAccess { .. }
            | Expr::Block(_)
            | Expr::If { .. }
            | Expr::Unless { .. }
            | Expr::Case { .. }
            | Expr::Selector { .. } => {}
            _ => return None,
        }
        let mut known = Some(());
        ast[id].each_child(&mut |child| {
            if known.is_some() {
                known = self.visit(child);
            }
        });
        known
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn count(code: &str) -> usize {
        let file = syntax::source::SourceFile::new(None, code);
        let parsed = syntax::parse(file, syntax::Options::default());
        last_uses(&parsed.ast).len()
    }

    #[test]
    fn a_block_that_reads_its_memo_once_gives_it_up() {
        assert_eq!(count("$x.reduce({}) |$memo, $i| { $memo + { $i => \"${i}\" } }"), 1);
        assert_eq!(count("$x.reduce([]) |$memo, $i| { if $i > 1 { $memo << $i } else { [] } }"), 1);
        assert_eq!(count("$x.reduce([]) |$m, $i| { $y = $i.upcase $m + [$y] }"), 1);
    }

    #[test]
    fn what_could_read_it_again_keeps_it() {
        for body in [
            "$m + { $i => $m }",
            "$m + { $i => \"${m}\" }",
            "$m + { $i => inline_epp('<%= $m %>') }",
            "$i.map |$j| { $m + [$j] }",
            "if $m { $m + [1] } else { [] }",
            "$m + getvar('m')",
            "$i + $m",
        ] {
            assert_eq!(count(&format!("$x.reduce([]) |$m, $i| {{ {body} }}")), 0, "{body}");
        }
    }
}
