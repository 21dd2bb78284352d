//! Checks of expressions: what has a value, what has an effect, what may be assigned to or queried.

use std::collections::hash_map::Entry;

use rustc_hash::FxHashMap;

use super::labels::{a_an, a_an_capital};
use super::literal::Literal;
use super::{Item, Validator};
use crate::ast::{AssignOp, BinaryOp, Expr, ExprId, Span};
use crate::chars::{is_digit, is_lower, is_word};
use crate::{Severity, Strictness};

impl Validator<'_> {
    /// Refuses what has no value where one is needed.
    pub(super) fn rvalue(&mut self, id: ExprId) {
        let mut id = id;
        loop {
            match &self.ast[id] {
                Expr::Not(inner)
                | Expr::Minus(inner)
                | Expr::Unfold(inner)
                | Expr::Paren(inner)
                | Expr::Text(inner)
                | Expr::Render(inner) => id = *inner,
                Expr::Collect(_)
                | Expr::Class(_)
                | Expr::Define(_)
                | Expr::Node(_)
                | Expr::Function(_)
                | Expr::Plan(_)
                | Expr::TypeAlias(_)
                | Expr::TypeDefinition { .. }
                | Expr::TypeMapping { .. } => {
                    let label = a_an_capital(&self.expr_label(id));
                    let message = format!("Invalid use of expression. {label} does not produce a value");
                    return self.error("NOT_RVALUE", self.ast.span(id), message);
                }
                _ => return,
            }
        }
    }

    /// Checks an operand of an arrow.
    pub(super) fn relation(&mut self, id: ExprId) {
        if !matches!(self.ast[id], Expr::Collect(_) | Expr::Relationship { .. }) {
            self.rvalue(id);
        }
    }

    /// Whether an expression is known to change nothing.
    pub(super) fn idem(&self, id: ExprId) -> bool {
        match &self.ast[id] {
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
            | Expr::Reserved(_)
            | Expr::Array(_)
            | Expr::Hash(_)
            | Expr::Access { .. }
            | Expr::NamedAccess { .. }
            | Expr::Not(_)
            | Expr::Minus(_)
            | Expr::Unfold(_)
            | Expr::Text(_)
            | Expr::Var(_)
            | Expr::Interpolated(_)
            | Expr::Heredoc { .. }
            | Expr::Selector { .. } => true,
            // A match sets the numeric variables.
            Expr::Binary { op, .. } => !matches!(op, BinaryOp::Match | BinaryOp::NotMatch),
            Expr::Paren(inner) => self.idem(*inner),
            Expr::Block(statements) => statements.iter().all(|&statement| self.idem(statement)),
            Expr::If { test, then, otherwise } | Expr::Unless { test, then, otherwise } => {
                self.idem(*test) && self.idem(*then) && self.idem(*otherwise)
            }
            Expr::Case { test, options } => {
                self.idem(*test)
                    && options.iter().all(|option| {
                        option.values.iter().all(|&value| self.idem(value)) && self.idem(option.then)
                    })
            }
            _ => false,
        }
    }

    /// A body's last expression, if it has no effect.
    pub(super) fn idle_end(&self, body: ExprId) -> Option<ExprId> {
        let last = match &self.ast[body] {
            Expr::Nop => return None,
            Expr::Block(statements) => *statements.last()?,
            _ => body,
        };
        self.idem(last).then_some(last)
    }

    /// `name { ... }`, which is the name and a hash.
    pub(super) fn forgotten_title(&self, id: ExprId) -> Option<&'static str> {
        match &self.ast[id] {
            Expr::Block(statements) if !self.input.options.tasks => match &**statements {
                [name, hash] => match (&self.ast[*name], &self.ast[*hash]) {
                    (Expr::Name(name), Expr::Hash(_)) => Some(name.as_str()),
                    _ => None,
                },
                _ => None,
            },
            _ => None,
        }
    }

    pub(super) fn check_block(&mut self, id: ExprId, statements: &[ExprId]) {
        if let Some(name) = self.forgotten_title(id) {
            let message = format!(
                "This expression is invalid. Did you try declaring a '{name}' resource without a title?"
            );
            return self.error("RESOURCE_WITHOUT_TITLE", self.ast.span(id), message);
        }
        let Some((_, all_but_last)) = statements.split_last() else { return };
        if let Some(&idle) = all_but_last.iter().find(|&&statement| self.idem(statement)) {
            let message = format!(
                "This {} has no effect. A value was produced and then forgotten (one or more preceding \
                 expressions may have the wrong form)",
                self.expr_label(idle)
            );
            self.error("IDEM_EXPRESSION_NOT_LAST", self.ast.span(idle), message);
        }
    }

    pub(super) fn check_assignment(&mut self, id: ExprId, op: AssignOp, left: ExprId, right: ExprId) {
        let operator = match op {
            AssignOp::Assign => {
                self.assign(left);
                return self.rvalue(right);
            }
            AssignOp::Append => "+=",
            AssignOp::Delete => "-=",
        };
        let message = format!(
            "The operator '{operator}' is no longer supported. See http://links.puppet.com/remove-plus-equals"
        );
        self.error("APPENDS_DELETES_NO_LONGER_SUPPORTED", self.ast.span(id), message);
    }

    /// Checks the left side of an assignment.
    fn assign(&mut self, id: ExprId) {
        let mut pending = vec![id];
        while let Some(id) = pending.pop() {
            let span = self.ast.span(id);
            match &self.ast[id] {
                Expr::Var(name) => {
                    let name = name.as_str();
                    if is_match_variable(name) {
                        let message = format!(
                            "Illegal attempt to assign to the numeric match result variable '${name}'. Numeric \
                             variables are not assignable"
                        );
                        self.error("ILLEGAL_NUMERIC_ASSIGNMENT", span, message);
                    }
                    if name.contains("::") {
                        let message = format!(
                            "Illegal attempt to assign to '{name}'. Cannot assign to variables in other \
                             namespaces"
                        );
                        self.error("CROSS_SCOPE_ASSIGNMENT", span, message);
                    }
                }
                Expr::Access { .. } => self.error(
                    "ILLEGAL_INDEXED_ASSIGNMENT",
                    span,
                    "Illegal attempt to assign via [index/key]. Not an assignable reference".into(),
                ),
                Expr::Array(elements) => pending.extend(elements.iter().rev()),
                _ => {
                    let label = a_an(&self.expr_label(id));
                    let message =
                        format!("Illegal attempt to assign to '{label}'. Not an assignable reference");
                    self.error("ILLEGAL_ASSIGNMENT", span, message);
                }
            }
        }
    }

    pub(super) fn check_call(&mut self, id: ExprId, functor: ExprId) {
        match &self.ast[functor] {
            Expr::Name(_) | Expr::TypeName(_) => {}
            Expr::Access { left, .. } if matches!(self.ast[*left], Expr::TypeName(_)) => {}
            Expr::RenderString(_) => self.error(
                "ILLEGAL_EPP_PARAMETERS",
                self.ast.span(id),
                "Ambiguous EPP parameter expression. Probably missing '<%-' before parameters to remove leading \
                 whitespace"
                    .into(),
            ),
            _ => self.illegal_expression(functor, "function name", id),
        }
    }

    pub(super) fn illegal_expression(&mut self, id: ExprId, feature: &str, container: ExprId) {
        let message = format!(
            "Illegal expression. {} is unacceptable as {feature} in {}",
            a_an_capital(&self.expr_label(id)),
            a_an(&self.expr_label(container))
        );
        self.error("ILLEGAL_EXPRESSION", self.ast.span(id), message);
    }

    pub(super) fn duplicate_default(&mut self, value: ExprId, container: &str) {
        let message = format!("This {container} already has a 'default' entry - this is a duplicate");
        self.error("DUPLICATE_DEFAULT", self.ast.span(value), message);
    }

    /// Literal keys must differ. Others cannot be compared before evaluation.
    pub(super) fn check_hash(&mut self, entries: &[(ExprId, ExprId)]) {
        let severity = match self.input.options.strict {
            Strictness::Off => return,
            Strictness::Warning => Severity::Warning,
            Strictness::Error => Severity::Error,
        };
        if entries.len() < 2 {
            return;
        }
        let mut seen: FxHashMap<Literal<'_>, ()> = FxHashMap::default();
        seen.reserve(entries.len());
        let mut repeated = Vec::new();
        for &(key, _) in entries {
            let Some(literal) = Literal::of(self.ast, key) else { continue };
            match seen.entry(literal) {
                Entry::Occupied(entry) => repeated.push((key, entry.key().to_string())),
                Entry::Vacant(entry) => {
                    entry.insert(());
                }
            }
        }
        if repeated.is_empty() {
            return;
        }
        let arrows: FxHashMap<ExprId, u32> = self.input.arrows.iter().copied().collect();
        for (key, shown) in repeated {
            let at = arrows.get(&key).copied().unwrap_or_default();
            let message = format!("The key '{shown}' is declared more than once");
            self.problem(severity, "DUPLICATE_KEY", Span { start: at, end: at + 2 }, message);
        }
    }

    pub(super) fn check_integer(&mut self, id: ExprId) {
        let overflows = self.input.overflows;
        if let Ok(index) = overflows.binary_search_by_key(&id, |(overflow, _)| *overflow) {
            let hex = &overflows[index].1;
            let message = format!(
                "A Literal Integer resulted in a value outside of Puppet Integer max range, got '+0x{hex}'"
            );
            self.error("NUMERIC_OVERFLOW", self.ast.span(id), message);
        }
    }

    pub(super) fn check_variable(&mut self, id: ExprId, name: &str) {
        let (code, message) = if name.as_bytes().first().is_some_and(|&b| is_digit(b)) {
            if is_match_variable(name) {
                return;
            }
            let message = format!(
                "Illegal numeric variable name, The given name '{name}' must be a decimal value if it starts with \
                 a digit 0-9"
            );
            ("ILLEGAL_NUMERIC_VAR_NAME", message)
        } else {
            if is_variable_name(name) {
                return;
            }
            let message = format!(
                "Illegal variable name, The given name '{name}' does not conform to the naming rule \
                 /^((::)?[a-z]\\w*)*((::)?[a-z_]\\w*)$/"
            );
            ("ILLEGAL_VAR_NAME", message)
        };
        self.error(code, self.ast.span(id), message);
    }

    /// Checks what a collector may ask.
    pub(super) fn query(&mut self, id: ExprId) {
        let mut pending = vec![id];
        while let Some(id) = pending.pop() {
            match &self.ast[id] {
                Expr::Binary { op: BinaryOp::And | BinaryOp::Or, left, right } => {
                    pending.extend([*right, *left])
                }
                Expr::Paren(inner) => pending.push(*inner),
                Expr::Binary { op: BinaryOp::Equal | BinaryOp::NotEqual, .. }
                | Expr::Var(_)
                | Expr::Name(_)
                | Expr::Int(..)
                | Expr::Float(_)
                | Expr::Str(_)
                | Expr::RenderString(_)
                | Expr::Bool(_) => {}
                _ => {
                    let label = a_an_capital(&self.expr_label(id));
                    let message = format!("Illegal query expression. {label} cannot be used in a query");
                    self.error("ILLEGAL_QUERY_EXPRESSION", self.ast.span(id), message);
                }
            }
        }
    }

    pub(super) fn check_body(&mut self, owner: ExprId, index: u32) {
        let repeated: Vec<Span> = self
            .attributes(owner, index)
            .iter()
            .filter(|attribute| attribute.name.is_none())
            .skip(1)
            .map(|attribute| attribute.span)
            .collect();
        for span in repeated {
            let message = "Unfolding of attributes from Hash can only be used once per resource body".into();
            self.error("MULTIPLE_ATTRIBUTES_UNFOLD", span, message);
        }
    }

    pub(super) fn check_attribute(&mut self, owner: ExprId, body: u32, index: u32) {
        let Some(attribute) = self.attributes(owner, body).get(index as usize) else { return };
        let can_append = matches!(self.ast[owner], Expr::Collect(_) | Expr::ResourceOverride { .. });
        if let Some(name) = attribute.name
            && attribute.append
            && !can_append
        {
            let container = self.container(0).unwrap_or(Item::Expr(owner));
            let message = format!(
                "Illegal +> operation on attribute {name}. This operator can not be used in {}",
                a_an(&self.label(container))
            );
            self.error("ILLEGAL_ATTRIBUTE_APPEND", attribute.span, message);
        }
        self.rvalue(attribute.value);
    }
}

/// `0`, or a number without leading zeros.
fn is_match_variable(name: &str) -> bool {
    name == "0" || !name.is_empty() && !name.starts_with('0') && name.bytes().all(is_digit)
}

/// `(::)?([a-z]\w*::)*[a-z_]\w*`
fn is_variable_name(name: &str) -> bool {
    let name = name.strip_prefix("::").unwrap_or(name);
    let mut parts = name.split("::").peekable();
    while let Some(part) = parts.next() {
        let last = parts.peek().is_none();
        let bytes = part.as_bytes();
        let good_start = bytes.first().is_some_and(|&b| is_lower(b) || last && b == b'_');
        if !good_start || !bytes.iter().all(|&b| is_word(b)) {
            return false;
        }
    }
    true
}

/// Whether a variable's name may be wrong, so that validation has to look at it.
pub(crate) fn is_odd_variable(name: &str) -> bool {
    !is_match_variable(name) && !is_variable_name(name)
}
