//! Checks of classes, defines, nodes, functions, types and their parameters.

use rustc_hash::FxHashSet;

use super::labels::{a_an, a_an_capital};
use super::literal::Literal;
use super::{Item, Validator};
use crate::Severity;
use crate::ast::{Expr, ExprId, Span};
use crate::chars::{is_lower, is_upper, is_word};
use crate::location::Namespace;

/// Names that classes, defines, functions and types may not have.
const RESERVED_TYPE_NAMES: [&str; 28] = [
    "type",
    "any",
    "unit",
    "scalar",
    "boolean",
    "numeric",
    "integer",
    "float",
    "collection",
    "array",
    "hash",
    "tuple",
    "struct",
    "variant",
    "optional",
    "enum",
    "regexp",
    "pattern",
    "runtime",
    "init",
    "object",
    "sensitive",
    "semver",
    "semverrange",
    "string",
    "timestamp",
    "timespan",
    "typeset",
];

impl Validator<'_> {
    pub(super) fn check_definition(&mut self, id: ExprId) {
        match &self.ast[id] {
            Expr::Class(class) => {
                self.check_named(id, class.name.as_str());
                self.check_no_capture(id, Item::Expr(id));
                self.check_parameter_names(id);
                self.check_reserved_parameters(id);
                self.check_body_end(id, class.body);
                self.check_literal_types(id);
            }
            Expr::Define(define) => {
                self.check_named(id, define.name.as_str());
                self.check_no_capture(id, Item::Expr(id));
                self.check_parameter_names(id);
                self.check_reserved_parameters(id);
                self.check_body_end(id, define.body);
            }
            Expr::Function(function) | Expr::Plan(function) => {
                self.check_named(id, function.name.as_str());
                self.check_return_type(id, function.return_type);
                self.check_parameter_names(id);
            }
            Expr::Node(node) => {
                for &matcher in &node.matchers {
                    self.check_host_name(matcher, id);
                }
                self.check_top(id);
                self.check_body_end(id, node.body);
                if let Some(parent) = node.parent {
                    let message = "Node inheritance is not supported in Puppet >= 4.0.0. See \
                                   http://links.puppet.com/puppet-node-inheritance-deprecation";
                    self.error("ILLEGAL_NODE_INHERITANCE", self.ast.span(parent), message.into());
                }
            }
            Expr::TypeAlias(alias) => {
                self.check_top(id);
                let name = alias.name.as_str();
                let good = name
                    .split("::")
                    .all(|part| part.bytes().next().is_some_and(is_upper) && part.bytes().all(is_word));
                if !good {
                    self.illegal_name(id, name);
                }
                self.check_type_reference(id, alias.type_expr);
            }
            Expr::TypeDefinition { .. } => {
                self.check_top(id);
                self.unsupported(id);
            }
            Expr::TypeMapping { type_expr, mapping } => self.check_mapping(id, *type_expr, *mapping),
            Expr::Lambda(lambda) => {
                self.check_capture_last(id);
                self.check_return_type(id, lambda.return_type);
            }
            Expr::Epp { .. } => self.check_capture_last(id),
            _ => {}
        }
    }

    /// Classes, defines and functions.
    fn check_named(&mut self, id: ExprId, name: &str) {
        self.check_top(id);
        let good = name
            .split("::")
            .all(|part| part.bytes().next().is_some_and(is_lower) && part.bytes().all(is_word));
        if !good {
            self.illegal_name(id, name);
        }
        if let Some(namespace) = self.input.namespace
            && !namespace.allows(name)
        {
            let file = self.ast.file.path.as_ref().map(|path| path.display().to_string()).unwrap_or_default();
            let message =
                format!("Unacceptable location. The name '{name}' is unacceptable in file '{file}'");
            self.error("ILLEGAL_DEFINITION_LOCATION", self.ast.span(id), message);
        }
        if RESERVED_TYPE_NAMES.contains(&name) {
            let message = format!(
                "The name: '{name}' is already defined by Puppet and can not be used as the name of {}.",
                a_an(&self.expr_label(id))
            );
            self.error("RESERVED_TYPE_NAME", self.ast.span(id), message);
        }
        self.check_future_word(self.ast.span(id), name);
    }

    fn illegal_name(&mut self, id: ExprId, name: &str) {
        let message = format!(
            "Unacceptable name. The name '{name}' is unacceptable as the name of {}",
            a_an(&self.expr_label(id))
        );
        self.error("ILLEGAL_DEFINITION_NAME", self.ast.span(id), message);
    }

    fn check_future_word(&mut self, span: Span, word: &str) {
        if word == "plan" {
            let message = format!("Use of future reserved word: '{word}'");
            self.problem(Severity::Deprecation, "FUTURE_RESERVED_WORD", span, message);
        }
    }

    /// Only top level and classes may hold definitions; functions and types only the top level.
    fn check_top(&mut self, id: ExprId) {
        let only_top = matches!(
            self.ast[id],
            Expr::Function(_) | Expr::Plan(_) | Expr::TypeAlias(_) | Expr::TypeDefinition { .. }
        );
        let mut up = 0;
        loop {
            match self.container(up) {
                None | Some(Item::Program) => return,
                Some(Item::Expr(container)) => match &self.ast[container] {
                    Expr::Apply { .. } | Expr::Class(_) => return,
                    Expr::Block(_) => {
                        if only_top && self.container(up + 1) != Some(Item::Program) {
                            let message =
                                format!("{} may only appear at toplevel", a_an_capital(&self.expr_label(id)));
                            return self.error("NOT_ABSOLUTE_TOP_LEVEL", self.ast.span(id), message);
                        }
                    }
                    _ => break,
                },
                Some(_) => break,
            }
            up += 1;
        }
        let message = "Classes, definitions, and nodes may only appear at toplevel or inside other classes";
        self.error("NOT_TOP_LEVEL", self.ast.span(id), message.into());
    }

    /// In a module's file only definitions may stand at the top.
    pub(super) fn check_top_constructs(&mut self) {
        if self.input.namespace.is_none_or(|namespace| *namespace == Namespace::Any) {
            return;
        }
        let root = self.ast.root;
        let statements = match &self.ast[root] {
            Expr::Nop => return,
            Expr::Block(statements) => statements.to_vec(),
            _ => vec![root],
        };
        for id in statements {
            let good = matches!(
                self.ast[id],
                Expr::Class(_)
                    | Expr::Define(_)
                    | Expr::Function(_)
                    | Expr::Plan(_)
                    | Expr::TypeAlias(_)
                    | Expr::TypeDefinition { .. }
                    | Expr::TypeMapping { .. }
            );
            if !good {
                let message = format!(
                    "This {} is unacceptable as a top level construct in this location",
                    self.expr_label(id)
                );
                self.error("ILLEGAL_TOP_CONSTRUCT_LOCATION", self.ast.span(id), message);
            }
        }
    }

    fn check_return_type(&mut self, id: ExprId, return_type: Option<ExprId>) {
        if let Some(return_type) = return_type {
            self.check_type_reference(id, return_type);
        }
    }

    fn check_type_reference(&mut self, owner: ExprId, id: ExprId) {
        let named = match &self.ast[id] {
            Expr::Access { left, .. } => *left,
            _ => id,
        };
        match &self.ast[named] {
            Expr::TypeName(name) => {
                let name = name.as_str().to_lowercase();
                self.check_future_word(self.ast.span(id), &name);
            }
            _ => self.illegal_expression(id, "a type reference", owner),
        }
    }

    fn check_body_end(&mut self, id: ExprId, body: ExprId) {
        if let Some(idle) = self.idle_end(body)
            && self.forgotten_title(idle).is_none()
        {
            let message = format!(
                "This {} has no effect. {} can not end with a value-producing expression without other effect",
                self.expr_label(idle),
                a_an_capital(&self.expr_label(id))
            );
            self.error("IDEM_NOT_ALLOWED_LAST", self.ast.span(idle), message);
        }
    }

    fn check_capture_last(&mut self, id: ExprId) {
        let parameters = self.parameters(id);
        let Some((_, all_but_last)) = parameters.split_last() else { return };
        for parameter in all_but_last.iter().filter(|parameter| parameter.captures_rest) {
            let message = format!("Parameter ${} is not last, and has 'captures rest'", parameter.name);
            self.error("CAPTURES_REST_NOT_LAST", parameter.span, message);
        }
    }

    fn check_no_capture(&mut self, owner: ExprId, container: Item) {
        for parameter in self.parameters(owner).iter().filter(|parameter| parameter.captures_rest) {
            let message = format!(
                "Parameter ${} has 'captures rest' - not supported in {}",
                parameter.name,
                a_an(&self.label(container))
            );
            self.error("CAPTURES_REST_NOT_SUPPORTED", parameter.span, message);
        }
    }

    fn check_parameter_names(&mut self, owner: ExprId) {
        let mut seen = FxHashSet::default();
        for parameter in self.parameters(owner) {
            if !seen.insert(parameter.name) {
                let message = format!(
                    "The parameter '{}' is declared more than once in the parameter list",
                    parameter.name
                );
                self.error("DUPLICATE_PARAMETER", parameter.span, message);
            }
        }
    }

    fn check_reserved_parameters(&mut self, owner: ExprId) {
        for parameter in self.parameters(owner) {
            if matches!(parameter.name.as_str(), "name" | "title") {
                let message = format!(
                    "The parameter ${} redefines a built in parameter in the {}",
                    parameter.name,
                    self.expr_label(owner)
                );
                self.error("RESERVED_PARAMETER", parameter.span, message);
            }
        }
    }

    fn check_literal_types(&mut self, owner: ExprId) {
        for parameter in self.parameters(owner) {
            let Some(type_expr) = parameter.type_expr else { continue };
            let literal = match &self.ast[type_expr] {
                Expr::TypeName(_) => true,
                _ => Literal::of(self.ast, type_expr).is_some(),
            };
            if !literal {
                // The grammar makes nothing else than names and accesses here.
                let message = format!(
                    "The parameter '${}' must be a literal type, not a Puppet::Pops::Model::AccessExpression",
                    parameter.name
                );
                self.problem(
                    Severity::Deprecation,
                    "ILLEGAL_NONLITERAL_PARAMETER_TYPE",
                    parameter.span,
                    message,
                );
            }
        }
    }

    pub(super) fn check_template(&mut self, id: ExprId) {
        self.check_no_capture(id, Item::Template(id));
        self.check_parameter_names(id);
    }

    pub(super) fn check_parameter(&mut self, owner: ExprId, index: u32) {
        let Some(parameter) = self.parameters(owner).get(index as usize) else { return };
        let name = parameter.name.as_str();
        let digits = name.strip_prefix("0x").unwrap_or(name);
        if !digits.is_empty() && digits.bytes().all(|b| b.is_ascii_digit()) {
            let message = format!(
                "The numeric parameter name '${name}' cannot be used (clashes with numeric match result variables)"
            );
            self.error("ILLEGAL_NUMERIC_PARAMETER", parameter.span, message);
        }
        let good = name.bytes().next().is_some_and(|b| is_lower(b) || b == b'_') && name.bytes().all(is_word);
        if !good {
            let message = format!(
                "Illegal parameter name. The given name '{name}' does not conform to the naming rule \
                 /^[a-z_]\\w*$/"
            );
            self.error("ILLEGAL_PARAM_NAME", parameter.span, message);
        }
        if let Some(value) = parameter.value {
            self.check_no_assignment(value);
        }
    }

    /// A default value may not assign, except within lambdas.
    fn check_no_assignment(&mut self, value: ExprId) {
        let mut pending = vec![super::Visit::Enter(Item::Expr(value))];
        while let Some(visit) = pending.pop() {
            let super::Visit::Enter(item) = visit else { continue };
            if let Item::Expr(id) = item {
                match &self.ast[id] {
                    Expr::Assign { .. } => {
                        let message = "Assignment not allowed here".into();
                        self.error("ILLEGAL_ASSIGNMENT_CONTEXT", self.ast.span(id), message);
                        continue;
                    }
                    Expr::Lambda(_) => continue,
                    _ => {}
                }
            }
            let mark = pending.len();
            self.children(item, &mut pending);
            pending[mark..].reverse();
        }
    }

    fn check_host_name(&mut self, id: ExprId, node: ExprId) {
        let name = match &self.ast[id] {
            Expr::Str(name) => name,
            Expr::Default | Expr::Regex(_) | Expr::Int(..) | Expr::Float(_) => return,
            Expr::Interpolated(parts) => {
                let inner = parts.iter().find_map(|&part| match &self.ast[part] {
                    Expr::Text(inner) => Some(*inner),
                    _ => None,
                });
                let message = "An interpolated expression is not allowed in a hostname of a node".into();
                return self.error(
                    "ILLEGAL_HOSTNAME_INTERPOLATION",
                    self.ast.span(inner.unwrap_or(id)),
                    message,
                );
            }
            _ => return self.illegal_expression(id, "hostname", node),
        };
        if !name.bytes().all(|b| is_word(b) || b == b'-' || b == b'.') {
            let message = format!(
                "The hostname '{name}' contains illegal characters (only letters, digits, '_', '-', and '.' are \
                 allowed)"
            );
            self.error("ILLEGAL_HOSTNAME_CHARS", self.ast.span(id), message);
        }
    }

    fn unsupported(&mut self, id: ExprId) {
        let message = format!(
            "Expressions of type {} are not supported in this version of Puppet",
            a_an(&self.expr_label(id))
        );
        self.error("UNSUPPORTED_EXPRESSION", self.ast.span(id), message);
    }

    /// `type Runtime[ruby, 'X'] = Type` and `type Runtime[ruby, [/x/, 'y']] = [/x/, 'y']`.
    fn check_mapping(&mut self, id: ExprId, left: ExprId, right: ExprId) {
        self.check_top(id);
        let keys = match &self.ast[left] {
            Expr::Access { left, keys } if matches!(self.ast[*left], Expr::TypeName(name) if name.as_str() == "Runtime") => {
                keys
            }
            _ => return self.unsupported(id),
        };
        let by_pattern = matches!(&**keys, [_, second] if self.is_replacement(*second));
        let is_type = match &self.ast[right] {
            Expr::TypeName(_) => true,
            Expr::Access { left, .. } => matches!(self.ast[*left], Expr::TypeName(_)),
            _ => false,
        };
        let good = if by_pattern { self.is_replacement(right) } else { is_type };
        if !good {
            let expected = if by_pattern { "Tuple[Regexp,String]" } else { "Type" };
            let message = format!(
                "Illegal type mapping. Expected a {expected} on the left side, got {}",
                a_an_capital(&self.expr_label(id))
            );
            self.error("ILLEGAL_TYPE_MAPPING", self.ast.span(id), message);
        }
    }

    fn is_replacement(&self, id: ExprId) -> bool {
        match &self.ast[id] {
            Expr::Array(elements) => match &**elements {
                [pattern, text] => {
                    matches!(self.ast[*pattern], Expr::Regex(_)) && matches!(self.ast[*text], Expr::Str(_))
                }
                _ => false,
            },
            _ => false,
        }
    }
}
