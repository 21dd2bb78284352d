//! The tree that the parser makes and the compiler walks.
//!
//! One [`Ast`] holds one file. Nodes live in one vector and refer to each other by [`ExprId`], so
//! that a tree of a hundred thousand nodes is three allocations and can be shared between threads.
//! Each node knows where it came from; line and column are computed only for messages.
//!
//! A span is the place that messages name, not always the whole text of the node: an operator's span is
//! the operator (`+`, `=`, `=>`, `->`), a method call's its `.` or `(`, a parenthesis' its `(`; resources,
//! accesses, calls, definitions and literals span from their first to their last byte. Nodes without a
//! place of their own (a text part, a body block of a definition) carry their container's start.
//!
//! The shapes follow Puppet's own model (`Puppet::Pops::Model`), since its textual form (`parser dump`) and
//! its error messages speak of these nodes. What the compiler need not tell apart is one node here.

use std::sync::Arc;

use stdx::Symbol;

use crate::source::SourceFile;

/// Index of a node in its [`Ast`].
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct ExprId(pub u32);

/// Half-open byte range in the file.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Default)]
pub struct Span {
    /// Offset of the first byte.
    pub start: u32,
    /// Offset after the last byte.
    pub end: u32,
}

/// One parsed file.
#[derive(Debug)]
pub struct Ast {
    /// The text and its name.
    pub file: Arc<SourceFile>,
    /// All nodes; children stand before their parents.
    pub exprs: Vec<Expr>,
    /// Where each node came from, parallel to `exprs`.
    pub spans: Vec<Span>,
    /// The whole program: a [`Expr::Block`], a single expression, an [`Expr::Epp`] or [`Expr::Nop`].
    pub root: ExprId,
    /// Every class, define, node, function, type alias and plan of the file, nested ones too, in the
    /// order in which they end (an inner class stands before its outer one), so that a loader need not
    /// walk the tree.
    pub definitions: Vec<ExprId>,
}

impl std::ops::Index<ExprId> for Ast {
    type Output = Expr;
    fn index(&self, id: ExprId) -> &Expr {
        &self.exprs[id.0 as usize]
    }
}

impl Ast {
    /// How many nodes stand above each other in the deepest place, which is what a recursive walk needs stack
    /// for. At most [`crate::MAX_HEIGHT`].
    pub fn height(&self) -> usize {
        let mut heights: Vec<u32> = Vec::with_capacity(self.exprs.len());
        let mut highest = 0;
        for expr in &self.exprs {
            let mut height = 0;
            expr.each_child(&mut |child| {
                height = height.max(heights.get(child.0 as usize).copied().unwrap_or(0))
            });
            highest = highest.max(height + 1);
            heights.push(height + 1);
        }
        highest as usize
    }

    /// The byte range of a node.
    pub fn span(&self, id: ExprId) -> Span {
        self.spans[id.0 as usize]
    }
}

/// A node.
#[derive(Clone, Debug, PartialEq)]
#[allow(missing_docs, reason = "each variant says what its fields are")]
pub enum Expr {
    /// Nothing at all: an empty program or body.
    Nop,
    /// `undef`
    Undef,
    /// `default`
    Default,
    /// `true`, `false`
    Bool(bool),
    /// An integer literal and the base it was written in (8, 10 or 16).
    Int(i64, u8),
    /// A float literal.
    Float(f64),
    /// A string without interpolation, escapes resolved; also bare words (`foo-bar`).
    Str(Arc<str>),
    /// `/source/`, with `\/` already reduced to `/`.
    Regex(Arc<str>),
    /// A string with interpolation: [`Expr::Str`] and [`Expr::Text`] parts in order.
    Interpolated(Box<[ExprId]>),
    /// `${...}` or `$name` inside a string; the value is converted to text.
    Text(ExprId),
    /// A heredoc; `text` is a `Str` or `Interpolated`, `syntax` is empty when none was given.
    Heredoc { syntax: Arc<str>, text: ExprId },
    /// `[...]`
    Array(Box<[ExprId]>),
    /// `{...}`: keys and values in order.
    Hash(Box<[(ExprId, ExprId)]>),
    /// A lower-case name, possibly qualified (`foo`, `a::b`): a string value, or the name called.
    Name(Symbol),
    /// An upper-case name as written (`File`, `Apache::Vhost`), leading `::` kept.
    TypeName(Symbol),
    /// `private`, `attr` and the like, which validation refuses.
    Reserved(Symbol),
    /// `$name`; the symbol has no `$` but keeps a leading `::`. Numeric match variables are `0`, `1`, ...
    Var(Symbol),
    /// An operator with two operands.
    Binary { op: BinaryOp, left: ExprId, right: ExprId },
    /// `=`, `+=`, `-=`
    Assign { op: AssignOp, left: ExprId, right: ExprId },
    /// `->`, `~>`, `<-`, `<~`
    Relationship { op: RelationOp, left: ExprId, right: ExprId },
    /// `!x`
    Not(ExprId),
    /// `-x`
    Minus(ExprId),
    /// `*x` (splat)
    Unfold(ExprId),
    /// `(x)`: kept, since validation and messages see it.
    Paren(ExprId),
    /// `x[a, b]`
    Access { left: ExprId, keys: Box<[ExprId]> },
    /// `x.name`, the functor of a method call.
    NamedAccess { left: ExprId, right: ExprId },
    /// `f(a, b) |..| {..}`; `functor` is a `Name`, a `TypeName` or an expression. `statement` is true
    /// where no value is wanted (a statement call without parentheses).
    Call { functor: ExprId, args: Box<[ExprId]>, lambda: Option<ExprId>, statement: bool },
    /// `x.f(a) |..| {..}`; `functor` is a [`Expr::NamedAccess`].
    MethodCall { functor: ExprId, args: Box<[ExprId]>, lambda: Option<ExprId> },
    /// `|params| >> Type { body }`
    Lambda(Box<Lambda>),
    /// Statements in order; the value is the last one's. Bodies of definitions, lambdas and case options
    /// are always blocks (or `Nop`); branches of `if` and the program only when they have several statements.
    Block(Box<[ExprId]>),
    /// `if`; `elsif` is an `If` in `otherwise`. An absent branch is `Nop`.
    If { test: ExprId, then: ExprId, otherwise: ExprId },
    /// `unless`
    Unless { test: ExprId, then: ExprId, otherwise: ExprId },
    /// `case test { ... }`
    Case { test: ExprId, options: Box<[CaseOption]> },
    /// `x ? { a => b, ... }`
    Selector { left: ExprId, entries: Box<[(ExprId, ExprId)]> },
    /// `type { title: ... }`
    Resource(Box<Resource>),
    /// `Type { attr => v }`
    ResourceDefaults { form: ResourceForm, type_ref: ExprId, attributes: Box<[AttributeOp]> },
    /// `Type[t] { attr => v }`
    ResourceOverride { form: ResourceForm, resources: ExprId, attributes: Box<[AttributeOp]> },
    /// `Type <| query |> { overrides }`
    Collect(Box<Collect>),
    /// `class`
    Class(Box<ClassDef>),
    /// `define`
    Define(Box<DefineDef>),
    /// `node`
    Node(Box<NodeDef>),
    /// `function`
    Function(Box<FunctionDef>),
    /// `type Name = Type`
    TypeAlias(Box<TypeAlias>),
    /// `type Name inherits Parent { }`, which parses and is refused.
    TypeDefinition { name: Symbol, parent: Option<Symbol>, body: ExprId },
    /// `type Runtime[ruby, 'X'] = Type`
    TypeMapping { type_expr: ExprId, mapping: ExprId },
    /// `plan`, only with tasks enabled.
    Plan(Box<FunctionDef>),
    /// `apply(targets) { }`, only with tasks enabled.
    Apply { args: Box<[ExprId]>, body: ExprId },
    /// A whole EPP template; `body` renders.
    Epp { parameters: Box<[Parameter]>, parameters_specified: bool, body: ExprId },
    /// Literal text of an EPP template.
    RenderString(Arc<str>),
    /// `<%= x %>`
    Render(ExprId),
}

impl Expr {
    /// Calls `visit` with each node directly below this one, in Puppet's order.
    pub fn each_child(&self, visit: &mut impl FnMut(ExprId)) {
        let mut all = |ids: &[ExprId]| ids.iter().for_each(|&id| visit(id));
        match self {
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
            Expr::Interpolated(ids) | Expr::Array(ids) | Expr::Block(ids) => all(ids),
            Expr::Text(inner)
            | Expr::Heredoc { text: inner, .. }
            | Expr::Not(inner)
            | Expr::Minus(inner)
            | Expr::Unfold(inner)
            | Expr::Paren(inner)
            | Expr::Render(inner)
            | Expr::TypeDefinition { body: inner, .. } => visit(*inner),
            Expr::Hash(entries) => entries.iter().for_each(|&(key, value)| all(&[key, value])),
            Expr::Binary { left, right, .. }
            | Expr::Assign { left, right, .. }
            | Expr::Relationship { left, right, .. }
            | Expr::NamedAccess { left, right } => all(&[*left, *right]),
            Expr::Access { left, keys } => {
                all(&[*left]);
                all(keys);
            }
            Expr::Call { functor, args, lambda, .. } | Expr::MethodCall { functor, args, lambda } => {
                all(&[*functor]);
                all(args);
                all(lambda.as_slice());
            }
            Expr::Lambda(lambda) => {
                each_in_parameters(&lambda.parameters, visit);
                visit(lambda.body);
                lambda.return_type.into_iter().for_each(visit);
            }
            Expr::If { test, then, otherwise } | Expr::Unless { test, then, otherwise } => {
                all(&[*test, *then, *otherwise]);
            }
            Expr::Case { test, options } => {
                all(&[*test]);
                for option in options {
                    all(&option.values);
                    all(&[option.then]);
                }
            }
            Expr::Selector { left, entries } => {
                all(&[*left]);
                entries.iter().for_each(|&(key, value)| all(&[key, value]));
            }
            Expr::Resource(resource) => {
                all(&[resource.type_name]);
                for body in &resource.bodies {
                    all(&[body.title]);
                    body.attributes.iter().for_each(|attribute| all(&[attribute.value]));
                }
            }
            Expr::ResourceDefaults { type_ref: of, attributes, .. }
            | Expr::ResourceOverride { resources: of, attributes, .. } => {
                all(&[*of]);
                attributes.iter().for_each(|attribute| all(&[attribute.value]));
            }
            Expr::Collect(collect) => {
                all(&[collect.type_expr]);
                all(collect.query.as_slice());
                collect.attributes.iter().for_each(|attribute| all(&[attribute.value]));
            }
            Expr::Class(class) => {
                each_in_parameters(&class.parameters, visit);
                visit(class.body);
            }
            Expr::Define(define) => {
                each_in_parameters(&define.parameters, visit);
                visit(define.body);
            }
            Expr::Function(function) | Expr::Plan(function) => {
                each_in_parameters(&function.parameters, visit);
                visit(function.body);
                function.return_type.into_iter().for_each(visit);
            }
            Expr::Node(node) => {
                all(node.parent.as_slice());
                all(&node.matchers);
                all(&[node.body]);
            }
            Expr::TypeAlias(alias) => visit(alias.type_expr),
            Expr::TypeMapping { type_expr, mapping } => all(&[*type_expr, *mapping]),
            Expr::Apply { args, body } => {
                all(args);
                all(&[*body]);
            }
            Expr::Epp { parameters, body, .. } => {
                each_in_parameters(parameters, visit);
                visit(*body);
            }
        }
    }
}

fn each_in_parameters(parameters: &[Parameter], visit: &mut impl FnMut(ExprId)) {
    for parameter in parameters {
        parameter.value.into_iter().chain(parameter.type_expr).for_each(&mut *visit);
    }
}

/// Operators with two operands and no special form.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[allow(missing_docs, reason = "the names say it")]
pub enum BinaryOp {
    And,
    Or,
    In,
    Match,
    NotMatch,
    Equal,
    NotEqual,
    Less,
    LessEqual,
    Greater,
    GreaterEqual,
    Add,
    Subtract,
    Multiply,
    Divide,
    Modulo,
    ShiftLeft,
    ShiftRight,
}

/// `=`, and the two that Puppet 4 took away.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[allow(missing_docs, reason = "the names say it")]
pub enum AssignOp {
    Assign,
    Append,
    Delete,
}

/// Relationship arrows.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum RelationOp {
    /// `->`
    Before,
    /// `~>`
    Notify,
    /// `<-`
    After,
    /// `<~`
    Subscribe,
}

/// A block of code with parameters.
#[derive(Clone, Debug, PartialEq)]
pub struct Lambda {
    /// Parameters in order.
    pub parameters: Box<[Parameter]>,
    /// Declared type of the result.
    pub return_type: Option<ExprId>,
    /// The code.
    pub body: ExprId,
}

/// A parameter of a class, define, function, lambda or template.
#[derive(Clone, Debug, PartialEq)]
pub struct Parameter {
    /// Name without `$`.
    pub name: Symbol,
    /// Declared type.
    pub type_expr: Option<ExprId>,
    /// Default value.
    pub value: Option<ExprId>,
    /// `*$rest`
    pub captures_rest: bool,
    /// Where it stands.
    pub span: Span,
}

/// `v1, v2: { body }`
#[derive(Clone, Debug, PartialEq)]
pub struct CaseOption {
    /// Values, at least one.
    pub values: Box<[ExprId]>,
    /// The code, or `Nop`.
    pub then: ExprId,
    /// Where it stands.
    pub span: Span,
}

/// `@` and `@@`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[allow(missing_docs, reason = "the names say it")]
pub enum ResourceForm {
    Regular,
    Virtual,
    Exported,
}

/// A resource expression.
#[derive(Clone, Debug, PartialEq)]
pub struct Resource {
    /// Virtual, exported or neither.
    pub form: ResourceForm,
    /// A `Name`, `TypeName`, or any expression that gives a resource type; `class` is `Name("class")`.
    pub type_name: ExprId,
    /// One body a `;`-separated part.
    pub bodies: Box<[ResourceBody]>,
}

/// `title: attributes`
#[derive(Clone, Debug, PartialEq)]
pub struct ResourceBody {
    /// The title expression; `default` for the defaults body.
    pub title: ExprId,
    /// Attributes in order.
    pub attributes: Box<[AttributeOp]>,
    /// Where it stands.
    pub span: Span,
}

/// One attribute.
#[derive(Clone, Debug, PartialEq)]
pub struct AttributeOp {
    /// Name, or `None` for `* => hash`.
    pub name: Option<Symbol>,
    /// True for `+>`.
    pub append: bool,
    /// The value.
    pub value: ExprId,
    /// Where it stands.
    pub span: Span,
}

/// A collector.
#[derive(Clone, Debug, PartialEq)]
pub struct Collect {
    /// The resource type.
    pub type_expr: ExprId,
    /// `<<| |>>` rather than `<| |>`.
    pub exported: bool,
    /// The query, a tree of `Binary` nodes (`And`, `Or`, `Equal`, `NotEqual`) and `Paren`; `None` collects all.
    pub query: Option<ExprId>,
    /// Overrides.
    pub attributes: Box<[AttributeOp]>,
}

/// A class.
#[derive(Clone, Debug, PartialEq)]
pub struct ClassDef {
    /// Full lower-case name, the outer class's name included.
    pub name: Symbol,
    /// Base class.
    pub parent: Option<Symbol>,
    /// Parameters in order.
    pub parameters: Box<[Parameter]>,
    /// The code, or `Nop`.
    pub body: ExprId,
}

/// A defined resource type.
#[derive(Clone, Debug, PartialEq)]
pub struct DefineDef {
    /// Full lower-case name.
    pub name: Symbol,
    /// Parameters in order.
    pub parameters: Box<[Parameter]>,
    /// The code, or `Nop`.
    pub body: ExprId,
}

/// A node definition.
#[derive(Clone, Debug, PartialEq)]
pub struct NodeDef {
    /// Matchers: `Str`, `Name`, `Regex`, `Default` or `Interpolated`, in order.
    pub matchers: Box<[ExprId]>,
    /// Node inheritance, which validation refuses.
    pub parent: Option<ExprId>,
    /// The code, or `Nop`.
    pub body: ExprId,
}

/// A function in the Puppet language, or a plan.
#[derive(Clone, Debug, PartialEq)]
pub struct FunctionDef {
    /// Full name.
    pub name: Symbol,
    /// Parameters in order.
    pub parameters: Box<[Parameter]>,
    /// Declared type of the result.
    pub return_type: Option<ExprId>,
    /// The code, or `Nop`.
    pub body: ExprId,
}

/// A type alias.
#[derive(Clone, Debug, PartialEq)]
pub struct TypeAlias {
    /// Full name as written (`Mod::Name`).
    pub name: Symbol,
    /// The type expression; `type X = {..}` is `Object[{..}]` and `type X = Parent {..}` is
    /// `Object[{.., parent => Parent}]` here.
    pub type_expr: ExprId,
}
