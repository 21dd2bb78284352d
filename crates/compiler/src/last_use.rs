//! Which reads of a block's first parameter are its last use.
//!
//! Values are immutable, so `$memo + { $key => $value }` copies `$memo`, and a fold of a thousand steps copies a thousand
//! growing hashes. Where nothing of the block can read its parameter afterwards, the value may be moved out of it instead, and
//! whoever holds the only reference may change it in place.
//!
//! The block is walked against the order in which it is evaluated, with the knowledge whether the parameter may still be read. A block
//! with anything in it that could see the parameter in another way, or end the fold with what it has so far, is left alone.

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

/// Functions that see their arguments and nothing of the caller's variables, and never `break`. Sorted.
const PURE: &[&str] = &[
    "abs",
    "all",
    "any",
    "any2array",
    "assert_type",
    "capitalize",
    "ceiling",
    "chomp",
    "chop",
    "compact",
    "compare",
    "concat",
    "convert_to",
    "count",
    "deep_merge",
    "delete",
    "delete_undef_values",
    "delete_values",
    "difference",
    "dig",
    "downcase",
    "each",
    "empty",
    "fail",
    "filter",
    "flatten",
    "floor",
    "get",
    "group_by",
    "has_key",
    "index",
    "intersection",
    "join",
    "join_keys_to_values",
    "keys",
    "length",
    "lest",
    "lstrip",
    "map",
    "max",
    "md5",
    "member",
    "merge",
    "min",
    "next",
    "pick",
    "pick_default",
    "prefix",
    "reduce",
    "regsubst",
    "reverse_each",
    "round",
    "rstrip",
    "size",
    "slice",
    "sort",
    "split",
    "sprintf",
    "stdlib::deep_merge",
    "stdlib::merge",
    "strip",
    "suffix",
    "then",
    "type",
    "union",
    "unique",
    "unwrap",
    "upcase",
    "values",
    "values_at",
    "versioncmp",
    "with",
    "zip",
];

/// All last uses in a file, by the number of the reading node.
pub(crate) fn last_uses(ast: &Ast) -> Vec<LastUse> {
    let mut all = Vec::new();
    for (at, expr) in ast.exprs.iter().enumerate() {
        if let Expr::Lambda(block) = expr {
            last_uses_of(ast, ExprId(at as u32), block, &mut all);
        }
    }
    all.sort_by_key(|last| last.variable);
    all
}

fn last_uses_of(ast: &Ast, lambda: ExprId, block: &Lambda, all: &mut Vec<LastUse>) {
    let Some(parameter) = block.parameters.first().filter(|parameter| !parameter.captures_rest) else {
        return;
    };
    let mut walk = Walk { ast, name: parameter.name, found: Vec::new() };
    if walk.back(block.body, false).is_some() {
        all.extend(walk.found.into_iter().map(|variable| LastUse { variable, lambda }));
    }
}

struct Walk<'a> {
    ast: &'a Ast,
    name: Symbol,
    found: Vec<ExprId>,
}

impl Walk<'_> {
    /// Whether the parameter may be read from a node on, if it may be (`live`) behind it. `None` if there is anything of which this
    /// does not know what it reads.
    fn back(&mut self, id: ExprId, live: bool) -> Option<bool> {
        let ast = self.ast;
        Some(match &ast[id] {
            Expr::Var(name) if *name == self.name => {
                if !live {
                    self.found.push(id);
                }
                true
            }
            // The copy that becomes text is not made in place.
            Expr::Text(inner) if matches!(&ast[*inner], Expr::Name(name) | Expr::Var(name) if *name == self.name) => {
                true
            }
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
            | Expr::Var(_) => live,
            Expr::Text(inner) | Expr::Heredoc { text: inner, .. } => self.back(*inner, live)?,
            Expr::Not(inner) | Expr::Minus(inner) | Expr::Unfold(inner) | Expr::Paren(inner) => {
                self.back(*inner, live)?
            }
            Expr::Interpolated(items) | Expr::Array(items) | Expr::Block(items) => {
                self.back_all(items, live)?
            }
            Expr::Hash(entries) => {
                let mut each = entries.iter().rev();
                each.try_fold(live, |live, &(key, value)| {
                    let live = self.back(value, live)?;
                    self.back(key, live)
                })?
            }
            Expr::Access { left, keys } => {
                let live = self.back_all(keys, live)?;
                self.back(*left, live)?
            }
            Expr::Assign { left, right, .. } => {
                self.is_target(*left)?;
                self.back(*right, live)?
            }
            Expr::Binary { op: BinaryOp::And | BinaryOp::Or, left, right } => {
                let live = self.back(*right, live)? || live;
                self.back(*left, live)?
            }
            // The evaluator takes a parameter that is used here for the last time after it has the other operand.
            Expr::Binary { op: BinaryOp::Add | BinaryOp::ShiftLeft, left, right }
                if !live && matches!(&ast[*left], Expr::Var(name) if *name == self.name) =>
            {
                self.found.push(*left);
                self.back(*right, true)?
            }
            Expr::Binary { left, right, .. } => {
                let live = self.back(*right, live)?;
                self.back(*left, live)?
            }
            Expr::If { test, then, otherwise } | Expr::Unless { test, then, otherwise } => {
                let (then, otherwise) = (self.back(*then, live)?, self.back(*otherwise, live)?);
                self.back(*test, then || otherwise)?
            }
            Expr::Case { test, options } => {
                let mut any = live;
                for option in options {
                    any |= self.back(option.then, live)?;
                }
                for &value in options.iter().flat_map(|option| &option.values) {
                    any |= self.reads(value)?;
                }
                self.back(*test, any)?
            }
            Expr::Selector { left, entries } => {
                let mut any = live;
                for &(key, value) in entries {
                    any |= self.back(value, live)?;
                    any |= self.reads(key)?;
                }
                self.back(*left, any)?
            }
            Expr::Call { functor, args, lambda, .. } => {
                match &ast[*functor] {
                    Expr::Name(name) => is_pure(*name)?,
                    Expr::TypeName(_) => {}
                    _ => return None,
                }
                let live = self.block(*lambda)? || live;
                self.back_all(args, live)?
            }
            Expr::MethodCall { functor, args, lambda } => {
                let Expr::NamedAccess { left, right } = &ast[*functor] else { return None };
                let Expr::Name(name) = &ast[*right] else { return None };
                is_pure(*name)?;
                let live = self.block(*lambda)? || live;
                let live = self.back_all(args, live)?;
                self.back(*left, live)?
            }
            _ => return None,
        })
    }

    fn back_all(&mut self, items: &[ExprId], live: bool) -> Option<bool> {
        items.iter().rev().try_fold(live, |live, &item| self.back(item, live))
    }

    /// Whether a block within this one reads the parameter: any number of times, while its call lasts.
    fn block(&mut self, lambda: Option<ExprId>) -> Option<bool> {
        let Some(lambda) = lambda else { return Some(false) };
        let Expr::Lambda(block) = &self.ast[lambda] else { return None };
        let mut any = false;
        for parameter in &block.parameters {
            for expr in parameter.value.into_iter().chain(parameter.type_expr) {
                any |= self.reads(expr)?;
            }
        }
        Some(self.reads(block.body)? || any)
    }

    /// Whether a node reads the parameter.
    fn reads(&mut self, id: ExprId) -> Option<bool> {
        let mut inner = Walk { ast: self.ast, name: self.name, found: Vec::new() };
        inner.back(id, false)
    }

    /// What is set is not read.
    fn is_target(&self, id: ExprId) -> Option<()> {
        match &self.ast[id] {
            Expr::Var(_) => Some(()),
            Expr::Array(items) => items.iter().try_for_each(|&item| self.is_target(item)),
            _ => None,
        }
    }
}

fn is_pure(name: Symbol) -> Option<()> {
    let name = name.as_str();
    PURE.binary_search(&name.strip_prefix("::").unwrap_or(name)).ok().map(|_| ())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn count(code: &str) -> usize {
        let file = syntax::source::SourceFile::new(None, code);
        let parsed = syntax::parse(file, syntax::Options::default());
        let all = last_uses(&parsed.ast);
        all.iter().filter(|last| parsed.ast[last.variable] == Expr::Var(Symbol::new("m"))).count()
    }

    #[test]
    fn names_are_sorted() {
        assert!(PURE.is_sorted());
    }

    #[test]
    fn a_block_gives_up_its_memo_where_it_reads_it_last() {
        for (body, uses) in [
            ("$m + { $i => \"${i}\" }", 1),
            ("if $i > 1 { $m << $i } else { [] }", 1),
            ("$y = $i.upcase $m + [$y]", 1),
            ("if $m { $m + [1] } else { [] }", 1),
            ("if $i in $m { $m } else { $m + [$i] }", 2),
            ("$m + { $i => $m.size }", 1),
            ("$old = $m[$i] $new = pick($old, []) + [1] $m + { $i => $new }", 1),
            ("merge($m, { $i => 1 })", 1),
            ("$m.merge({ $i => $i.map |$j| { $j + 1 } })", 1),
            ("case $i { 1: { $m + [1] } default: { $m << 2 } }", 2),
            ("$i ? { 1 => $m + [1], default => $m }", 2),
            ("if $i { next($m) } $m + [1]", 1),
        ] {
            assert_eq!(count(&format!("$x.reduce([]) |$m, $i| {{ {body} }}")), uses, "{body}");
        }
    }

    #[test]
    fn what_could_read_it_again_keeps_it() {
        for body in [
            "$y = $m + [1] [$y, $m.size, \"${m}\"]",
            "$m + { $i => inline_epp('<%= $m %>') }",
            "$i.map |$j| { $m + [$j] }",
            "$m + getvar('m')",
            "if $i { break() } $m + [1]",
            "$i + \"${m}\"",
            "merge($m, { $i => \"${m}\" })",
        ] {
            let all = count(&format!("$x.reduce([]) |$m, $i| {{ {body} }}"));
            assert_eq!(all, 0, "{body}");
        }
    }
}
