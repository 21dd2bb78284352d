//! What a template is lowered to: a tree whose variables are slots and whose method names are known.
//!
//! The tree is made once from a template and shared by every thread that renders it.

use std::sync::Arc;

use pcore::Str;

use crate::class::Class;
use crate::name::Name;

/// A local variable: how many blocks outwards, and which one there.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Slot {
    pub(crate) depth: u16,
    pub(crate) index: u16,
}

/// The code of a template, a block or a method.
#[derive(Debug)]
pub(crate) struct Body {
    pub(crate) parameters: Parameters,
    /// Number of local variables, parameters among them.
    pub(crate) slots: usize,
    pub(crate) code: Expr,
}

/// Parameters of a block or method.
#[derive(Debug, Default)]
pub(crate) struct Parameters {
    pub(crate) required: Vec<Target>,
    pub(crate) optional: Vec<(Slot, Expr)>,
    /// `*rest`; `None` in it is a `*` without a name.
    pub(crate) rest: Option<Option<Slot>>,
    /// Required ones behind the optional ones.
    pub(crate) post: Vec<Target>,
    pub(crate) keywords: Vec<Keyword>,
    pub(crate) keyword_rest: Option<Option<Slot>>,
    pub(crate) block: Option<Slot>,
    /// `|a|`: an array is not spread.
    pub(crate) is_single: bool,
}

/// A keyword parameter.
#[derive(Debug)]
pub(crate) struct Keyword {
    pub(crate) name: Str,
    pub(crate) slot: Slot,
    /// `None` if it is required.
    pub(crate) default: Option<Expr>,
}

/// An expression.
#[derive(Debug)]
pub(crate) enum Expr {
    Nil,
    Bool(bool),
    Int(i64),
    Float(f64),
    /// A string literal; `true` if it is frozen.
    Text(Str, bool),
    Symbol(Str),
    /// A string with expressions in it.
    Joined(Vec<Piece>),
    JoinedSymbol(Vec<Piece>),
    /// A regular expression without code in it.
    Regexp(Str, u8, Arc<pcore::regexp::Regexp>),
    JoinedRegexp(Vec<Piece>, u8, u32),
    Array(Vec<Argument>),
    Hash(Vec<Pair>),
    Range {
        start: Box<Expr>,
        end: Box<Expr>,
        exclusive: bool,
    },
    Wrapper,
    Constant(Class),
    Local(Slot),
    Instance(Str),
    /// Something in a variable of the node.
    Below(Box<Below>),
    Global(Global),
    /// Text between tags, written to the output.
    Output(Slot, Str),
    /// `<%= %>`
    Insert(Slot, Box<Expr>, u32),
    Sequence(Vec<Expr>),
    If(Box<Expr>, Box<Expr>, Box<Expr>),
    And(Box<Expr>, Box<Expr>),
    Or(Box<Expr>, Box<Expr>),
    Not(Box<Expr>),
    While(Box<Loop>),
    /// `for`: the condition is the list.
    For(Box<Target>, Box<Loop>),
    Case(Box<Case>),
    Call(Box<Call>),
    Yield(Vec<Argument>, u32),
    Lambda(Arc<Body>),
    Define(Name, Arc<Body>),
    Assign(Box<Target>, Box<Expr>),
    /// `a, b = ...`; the value is the right side.
    Spread(Box<Multiple>, Box<Expr>),
    /// `a += b`, `a ||= b`, `a &&= b`
    Operate(Box<Operate>),
    Begin(Box<Begin>),
    Return(Option<Box<Expr>>),
    Break(Option<Box<Expr>>),
    Next(Option<Box<Expr>>),
    Retry,
    Defined(Box<Defined>),
}

/// Variables that are not local.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Global {
    /// `$~`
    Match,
    /// `$1`
    Group(usize),
    /// `$&`
    Whole,
    /// `` $` ``
    Before,
    /// `$'`
    After,
    /// `$+`
    Last,
    /// `$!`
    Error,
    /// `$,` and `$;`, which are nil unless somebody sets them, which nobody can.
    Nil,
    /// `$/`
    Newline,
    /// `__FILE__`
    File,
}

/// A part of a string.
#[derive(Debug)]
pub(crate) enum Piece {
    Text(Str),
    Code(Expr),
}

/// An argument, or an item of an array.
#[derive(Debug)]
pub(crate) enum Argument {
    Plain(Expr),
    /// `*list`
    Splat(Expr),
}

/// `@facts['os']['family']`, `scope['facts']['os']`, `@facts.dig('os', 'family')`: asked for by its path, so that only that is
/// noted as read.
#[derive(Debug)]
pub(crate) struct Below {
    /// `facts` or `trusted`.
    pub(crate) variable: Str,
    /// Seen as `@name`, not through the scope.
    pub(crate) is_instance: bool,
    pub(crate) keys: Vec<Str>,
    /// Whether it does not matter where the path ends too early.
    pub(crate) is_dig: bool,
    /// The same as calls, for everything that is not found by its path.
    pub(crate) call: Call,
}

/// An entry of a hash.
#[derive(Debug)]
pub(crate) enum Pair {
    Entry(Expr, Expr),
    /// `**hash`
    Splat(Expr),
}

/// A method call.
#[derive(Debug)]
pub(crate) struct Call {
    /// `None`: of `self`, private methods too.
    pub(crate) receiver: Option<Expr>,
    pub(crate) name: Name,
    pub(crate) arguments: Vec<Argument>,
    /// The last argument is a hash of keywords.
    pub(crate) has_keywords: bool,
    /// Whether any argument is spread.
    pub(crate) has_splat: bool,
    pub(crate) block: BlockArgument,
    /// `&.`
    pub(crate) is_safe: bool,
    /// A name without arguments and parentheses, which may have been meant as a variable.
    pub(crate) is_variable_like: bool,
    pub(crate) line: u32,
}

/// The block of a call.
#[derive(Debug)]
pub(crate) enum BlockArgument {
    None,
    Code(Arc<Body>),
    /// `&value`
    Value(Expr),
}

/// What can be assigned to.
#[derive(Debug)]
pub(crate) enum Target {
    Local(Slot),
    Instance(Str),
    /// `receiver[...] =`
    Index {
        receiver: Expr,
        arguments: Vec<Argument>,
        line: u32,
    },
    /// `receiver.name =`
    Attribute {
        receiver: Expr,
        name: Name,
        is_safe: bool,
        line: u32,
    },
    Multiple(Box<Multiple>),
    /// A `*` without a name.
    Ignored,
}

/// `a, (b, *c), d`
#[derive(Debug)]
pub(crate) struct Multiple {
    pub(crate) before: Vec<Target>,
    pub(crate) rest: Option<Target>,
    pub(crate) after: Vec<Target>,
}

/// Assignment with an operator.
#[derive(Debug)]
pub(crate) struct Operate {
    pub(crate) target: Target,
    pub(crate) operator: Operator,
    pub(crate) value: Expr,
    pub(crate) line: u32,
}

/// The operator in an assignment.
#[derive(Debug)]
pub(crate) enum Operator {
    And,
    Or,
    Method(Name),
}

/// `while`, `until`
#[derive(Debug)]
pub(crate) struct Loop {
    pub(crate) condition: Expr,
    /// The loop runs while the condition has this value.
    pub(crate) expected: bool,
    pub(crate) body: Expr,
    /// `begin ... end while`: the body runs once before the condition is looked at.
    pub(crate) body_first: bool,
    pub(crate) line: u32,
}

/// `case`
#[derive(Debug)]
pub(crate) struct Case {
    pub(crate) subject: Option<Expr>,
    pub(crate) branches: Vec<(Vec<Argument>, Expr)>,
    pub(crate) otherwise: Expr,
    pub(crate) line: u32,
}

/// `begin ... rescue ... else ... ensure ... end`
#[derive(Debug)]
pub(crate) struct Begin {
    pub(crate) body: Expr,
    pub(crate) rescues: Vec<Rescue>,
    pub(crate) otherwise: Option<Expr>,
    pub(crate) ensure: Option<Expr>,
}

/// `rescue A, B => e`
#[derive(Debug)]
pub(crate) struct Rescue {
    pub(crate) classes: Vec<Argument>,
    pub(crate) variable: Option<Target>,
    pub(crate) body: Expr,
}

/// What `defined?` asks for.
#[derive(Debug)]
pub(crate) enum Defined {
    /// The answer is known.
    Always(&'static str),
    Never,
    Instance(Str),
    Global(Global),
    Yield,
    /// A method of `self`, with whether arguments are defined, too.
    Function(Name, Vec<Defined>),
    Method {
        receiver: Expr,
        defined: Box<Defined>,
        name: Name,
        arguments: Vec<Defined>,
        line: u32,
    },
}
