//! Validation: what the grammar lets through and the language does not mean.
//!
//! One walk over the tree, parents before children, in the order in which Puppet walks its model, since the
//! order of messages is seen. The walk keeps its own stack, so that the height of a tree costs no
//! stack of the thread.

mod definitions;
mod heredoc;
mod json;
mod labels;
mod literal;
mod tasks;
mod values;

pub use heredoc::check_text;
pub(crate) use values::is_odd_variable;

use crate::ast::{Ast, AttributeOp, Expr, ExprId, Parameter, ResourceForm, Span};
use crate::lexer::{Place, Trouble};
use crate::location::Namespace;
use crate::{Options, Severity};

/// What the parser knows beyond the tree.
pub(crate) struct Input<'a> {
    pub(crate) ast: &'a Ast,
    /// Where the `=>` of hash entries stand, by key.
    pub(crate) arrows: &'a [(ExprId, u32)],
    /// Integer literals beyond 64 bits, in the order of nodes.
    pub(crate) overflows: &'a [(ExprId, String)],
    /// Some variable has a name that may not be one.
    pub(crate) odd_variables: bool,
    pub(crate) options: Options,
    /// What names the place of the file allows.
    pub(crate) namespace: Option<&'a Namespace>,
    /// How many heredocs that hold Puppet code are around this text.
    pub(crate) level: u32,
}

/// A problem found by validation.
pub(crate) type Problem = (Severity, Trouble);

/// Checks a tree.
pub(crate) fn validate(input: &Input<'_>) -> Vec<Problem> {
    let mut validator =
        Validator { input, ast: input.ast, path: vec![Item::Program], problems: Vec::new(), stop: false };
    validator.run();
    validator.problems
}

/// A node of Puppet's model; some are parts of one node here.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Item {
    Program,
    Expr(ExprId),
    /// The template within the lambda that a template is in Puppet's model.
    Template(ExprId),
    /// A parameter, by its owner.
    Parameter(ExprId, u32),
    /// A body of a resource expression.
    Body(ExprId, u32),
    /// An attribute, by its expression and the body of a resource expression.
    Attribute(ExprId, u32, u32),
    Entry(ExprId, u32),
    Option(ExprId, u32),
    SelectorEntry(ExprId, u32),
    Query(ExprId),
}

enum Visit {
    Enter(Item),
    Leave,
}

struct Validator<'a> {
    input: &'a Input<'a>,
    ast: &'a Ast,
    /// The items around the one being checked, outermost first.
    path: Vec<Item>,
    problems: Vec<Problem>,
    /// A check has ended validation.
    stop: bool,
}

impl<'a> Validator<'a> {
    fn run(&mut self) {
        self.check_top_constructs();
        let mut stack = vec![Visit::Enter(Item::Expr(self.ast.root))];
        while let Some(visit) = stack.pop() {
            let Visit::Enter(item) = visit else {
                self.path.pop();
                continue;
            };
            self.check(item);
            if self.stop {
                return;
            }
            let mark = stack.len();
            stack.push(Visit::Leave);
            self.children(item, &mut stack);
            if stack.len() == mark + 1 {
                stack.pop();
            } else {
                stack[mark + 1..].reverse();
                self.path.push(item);
            }
        }
    }

    fn error(&mut self, code: &'static str, span: Span, message: String) {
        self.problem(Severity::Error, code, span, message);
    }

    fn problem(&mut self, severity: Severity, code: &'static str, span: Span, message: String) {
        let place = Place::Range(span.start, span.end);
        self.problems.push((severity, Trouble { code, message, place }));
    }

    /// The item around the current one; 0 is the nearest.
    fn container(&self, up: usize) -> Option<Item> {
        self.path.len().checked_sub(up + 1).map(|at| self.path[at])
    }

    fn parameters(&self, owner: ExprId) -> &'a [Parameter] {
        match &self.ast[owner] {
            Expr::Class(class) => &class.parameters,
            Expr::Define(define) => &define.parameters,
            Expr::Function(function) | Expr::Plan(function) => &function.parameters,
            Expr::Lambda(lambda) => &lambda.parameters,
            Expr::Epp { parameters, .. } => parameters,
            _ => &[],
        }
    }

    fn attributes(&self, owner: ExprId, body: u32) -> &'a [AttributeOp] {
        match &self.ast[owner] {
            Expr::Resource(resource) => {
                resource.bodies.get(body as usize).map_or(&[], |body| &body.attributes)
            }
            Expr::ResourceDefaults { attributes, .. } | Expr::ResourceOverride { attributes, .. } => {
                attributes
            }
            Expr::Collect(collect) => &collect.attributes,
            _ => &[],
        }
    }

    /// Whether an expression has neither checks nor children, so that the walk can leave it out.
    fn is_plain(&self, id: ExprId) -> bool {
        match &self.ast[id] {
            Expr::Nop
            | Expr::Undef
            | Expr::Default
            | Expr::Bool(_)
            | Expr::Float(_)
            | Expr::Str(_)
            | Expr::Regex(_)
            | Expr::Name(_)
            | Expr::TypeName(_)
            | Expr::RenderString(_) => true,
            Expr::Int(..) => self.input.overflows.is_empty(),
            Expr::Var(_) => !self.input.odd_variables,
            _ => false,
        }
    }

    /// Children in Puppet's order.
    fn children(&self, item: Item, out: &mut Vec<Visit>) {
        match item {
            Item::Program => {}
            Item::Expr(id) => self.expr_children(id, out),
            Item::Template(id) => {
                if let Expr::Epp { body, .. } = &self.ast[id] {
                    self.visit(*body, out);
                }
            }
            Item::Parameter(owner, index) => {
                if let Some(parameter) = self.parameters(owner).get(index as usize) {
                    self.visit_all(parameter.value.iter().chain(&parameter.type_expr), out);
                }
            }
            Item::Body(owner, index) => {
                if let Expr::Resource(resource) = &self.ast[owner]
                    && let Some(body) = resource.bodies.get(index as usize)
                {
                    self.visit(body.title, out);
                    push_range(body.attributes.len(), out, |at| Item::Attribute(owner, index, at));
                }
            }
            Item::Attribute(owner, body, index) => {
                if let Some(attribute) = self.attributes(owner, body).get(index as usize) {
                    self.visit(attribute.value, out);
                }
            }
            Item::Entry(owner, index) => {
                if let Expr::Hash(entries) = &self.ast[owner]
                    && let Some(&(key, value)) = entries.get(index as usize)
                {
                    self.visit_all([&key, &value], out);
                }
            }
            Item::Option(owner, index) => {
                if let Expr::Case { options, .. } = &self.ast[owner]
                    && let Some(option) = options.get(index as usize)
                {
                    self.visit_all(option.values.iter().chain([&option.then]), out);
                }
            }
            Item::SelectorEntry(owner, index) => {
                if let Expr::Selector { entries, .. } = &self.ast[owner]
                    && let Some(&(key, value)) = entries.get(index as usize)
                {
                    self.visit_all([&key, &value], out);
                }
            }
            Item::Query(owner) => {
                if let Expr::Collect(collect) = &self.ast[owner] {
                    self.visit_all(&collect.query, out);
                }
            }
        }
    }

    fn visit(&self, id: ExprId, out: &mut Vec<Visit>) {
        if !self.is_plain(id) {
            out.push(Visit::Enter(Item::Expr(id)));
        }
    }

    fn visit_all<'b>(&self, ids: impl IntoIterator<Item = &'b ExprId>, out: &mut Vec<Visit>) {
        for &id in ids {
            self.visit(id, out);
        }
    }

    fn expr_children(&self, id: ExprId, out: &mut Vec<Visit>) {
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
            | Expr::Var(_)
            | Expr::RenderString(_) => {}
            Expr::Interpolated(ids) | Expr::Array(ids) | Expr::Block(ids) => self.visit_all(&**ids, out),
            Expr::Text(inner)
            | Expr::Heredoc { text: inner, .. }
            | Expr::Not(inner)
            | Expr::Minus(inner)
            | Expr::Unfold(inner)
            | Expr::Paren(inner)
            | Expr::Render(inner) => self.visit(*inner, out),
            Expr::Hash(entries) => push_range(entries.len(), out, |at| Item::Entry(id, at)),
            Expr::Binary { left, right, .. }
            | Expr::Assign { left, right, .. }
            | Expr::Relationship { left, right, .. }
            | Expr::NamedAccess { left, right } => self.visit_all([left, right], out),
            Expr::Access { left, keys } => {
                self.visit(*left, out);
                self.visit_all(&**keys, out);
            }
            Expr::Call { functor, args, lambda, .. } | Expr::MethodCall { functor, args, lambda } => {
                self.visit(*functor, out);
                self.visit_all(&**args, out);
                self.visit_all(lambda, out);
            }
            Expr::Lambda(lambda) => {
                push_range(lambda.parameters.len(), out, |at| Item::Parameter(id, at));
                self.visit_all([&lambda.body].into_iter().chain(&lambda.return_type), out);
            }
            Expr::If { test, then, otherwise } | Expr::Unless { test, then, otherwise } => {
                self.visit_all([test, then, otherwise], out);
            }
            Expr::Case { test, options } => {
                self.visit(*test, out);
                push_range(options.len(), out, |at| Item::Option(id, at));
            }
            Expr::Selector { left, entries } => {
                self.visit(*left, out);
                push_range(entries.len(), out, |at| Item::SelectorEntry(id, at));
            }
            Expr::Resource(resource) => {
                self.visit(resource.type_name, out);
                push_range(resource.bodies.len(), out, |at| Item::Body(id, at));
            }
            Expr::ResourceDefaults { type_ref: of, attributes, .. }
            | Expr::ResourceOverride { resources: of, attributes, .. } => {
                self.visit(*of, out);
                push_range(attributes.len(), out, |at| Item::Attribute(id, 0, at));
            }
            Expr::Collect(collect) => {
                self.visit(collect.type_expr, out);
                out.push(Visit::Enter(Item::Query(id)));
                push_range(collect.attributes.len(), out, |at| Item::Attribute(id, 0, at));
            }
            Expr::Class(class) => {
                push_range(class.parameters.len(), out, |at| Item::Parameter(id, at));
                self.visit(class.body, out);
            }
            Expr::Define(define) => {
                push_range(define.parameters.len(), out, |at| Item::Parameter(id, at));
                self.visit(define.body, out);
            }
            Expr::Function(function) | Expr::Plan(function) => {
                push_range(function.parameters.len(), out, |at| Item::Parameter(id, at));
                self.visit_all([&function.body].into_iter().chain(&function.return_type), out);
            }
            Expr::Node(node) => {
                self.visit_all(node.parent.iter().chain(&*node.matchers).chain([&node.body]), out);
            }
            Expr::TypeAlias(alias) => self.visit(alias.type_expr, out),
            Expr::TypeDefinition { body, .. } => self.visit(*body, out),
            Expr::TypeMapping { type_expr, mapping } => self.visit_all([type_expr, mapping], out),
            Expr::Apply { args, body } => self.visit_all(args.iter().chain([body]), out),
            Expr::Epp { parameters, .. } => {
                push_range(parameters.len(), out, |at| Item::Parameter(id, at));
                out.push(Visit::Enter(Item::Template(id)));
            }
        }
    }

    /// The checks of one item.
    fn check(&mut self, item: Item) {
        match item {
            Item::Program => {}
            Item::Expr(id) => self.check_expr(id),
            Item::Template(id) => self.check_template(id),
            Item::Parameter(owner, index) => self.check_parameter(owner, index),
            Item::Body(owner, index) => self.check_body(owner, index),
            Item::Attribute(owner, body, index) => self.check_attribute(owner, body, index),
            Item::Entry(owner, index) => {
                if let Expr::Hash(entries) = &self.ast[owner]
                    && let Some(&(key, value)) = entries.get(index as usize)
                {
                    self.rvalue(key);
                    self.rvalue(value);
                }
            }
            Item::Option(owner, index) => {
                if let Expr::Case { options, .. } = &self.ast[owner]
                    && let Some(option) = options.get(index as usize)
                {
                    for &value in &option.values {
                        self.rvalue(value);
                    }
                }
            }
            Item::SelectorEntry(owner, index) => {
                if let Expr::Selector { entries, .. } = &self.ast[owner]
                    && let Some(&(key, _)) = entries.get(index as usize)
                {
                    self.rvalue(key);
                }
            }
            Item::Query(owner) => {
                if let Expr::Collect(collect) = &self.ast[owner]
                    && let Some(query) = collect.query
                {
                    self.query(query);
                }
            }
        }
    }

    fn check_expr(&mut self, id: ExprId) {
        if self.input.options.tasks && self.check_tasks(id) {
            return;
        }
        match &self.ast[id] {
            Expr::Binary { left, right, .. } => {
                self.rvalue(*left);
                self.rvalue(*right);
            }
            Expr::Assign { op, left, right } => self.check_assignment(id, *op, *left, *right),
            Expr::Relationship { left, right, .. } => {
                self.relation(*left);
                self.relation(*right);
            }
            Expr::Not(inner)
            | Expr::Minus(inner)
            | Expr::Unfold(inner)
            | Expr::Paren(inner)
            | Expr::Text(inner)
            | Expr::Render(inner) => self.rvalue(*inner),
            Expr::Access { keys, .. } if keys.is_empty() => {}
            Expr::Block(statements) => self.check_block(id, statements),
            Expr::Call { functor, .. } => self.check_call(id, *functor),
            Expr::Heredoc { syntax, text } => {
                if let Expr::Str(content) = &self.ast[*text] {
                    self.check_external_syntax(syntax, content, *text);
                }
            }
            Expr::Case { test, options } => {
                self.rvalue(*test);
                let defaults: Vec<ExprId> = options
                    .iter()
                    .flat_map(|option| option.values.iter().copied())
                    .filter(|&value| matches!(self.ast[value], Expr::Default))
                    .skip(1)
                    .collect();
                for value in defaults {
                    self.duplicate_default(value, "'case' statement");
                }
            }
            Expr::Selector { left, entries } => {
                self.rvalue(*left);
                let mut defaults =
                    entries.iter().map(|&(key, _)| key).filter(|&key| matches!(self.ast[key], Expr::Default));
                if let (Some(_), Some(second)) = (defaults.next(), defaults.next()) {
                    self.duplicate_default(second, "Selector Expression");
                }
            }
            Expr::If { test, .. } | Expr::Unless { test, .. } => self.rvalue(*test),
            Expr::Array(elements) => {
                for &element in elements {
                    self.rvalue(element);
                }
            }
            Expr::Hash(entries) => self.check_hash(entries),
            Expr::Int(..) => self.check_integer(id),
            Expr::Var(name) => self.check_variable(id, name.as_str()),
            Expr::Reserved(word) => self.error(
                "RESERVED_WORD",
                self.ast.span(id),
                format!("Use of reserved word: {word}, must be quoted if intended to be a String value"),
            ),
            Expr::Collect(collect) => {
                if !matches!(self.ast[collect.type_expr], Expr::TypeName(_)) {
                    self.illegal_expression(collect.type_expr, "type name", id);
                }
            }
            Expr::Resource(resource) => {
                let is_class =
                    matches!(self.ast[resource.type_name], Expr::Name(name) if name.as_str() == "class");
                if resource.form != ResourceForm::Regular && is_class {
                    self.error(
                        "CLASS_NOT_VIRTUALIZABLE",
                        self.ast.span(id),
                        "Classes are not virtualizable".into(),
                    );
                }
            }
            Expr::ResourceDefaults { form, .. } | Expr::ResourceOverride { form, .. } => {
                if *form != ResourceForm::Regular {
                    let message = "Resource Defaults are not virtualizable".into();
                    self.error("NOT_VIRTUALIZEABLE", self.ast.span(id), message);
                }
            }
            _ => self.check_definition(id),
        }
    }
}

fn push_range(length: usize, out: &mut Vec<Visit>, item: impl Fn(u32) -> Item) {
    out.extend((0..length as u32).map(|at| Visit::Enter(item(at))));
}
