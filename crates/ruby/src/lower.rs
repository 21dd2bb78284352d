//! From Ruby's syntax tree to [`crate::ir`].
//!
//! Whatever the interpreter does not know is refused here, by its name in Ruby and with its line, as far as the tree
//! shows it; so a template that gets through can fail only over values.

mod assign;
mod call;
mod defined;
mod literal;

use std::sync::Arc;

use lib_ruby_parser::{Node, nodes};
use pcore::Str;

use crate::class::Class;
use crate::erb::{OUTPUT, Script};
use crate::error::CompileError;
use crate::ir::{Argument, Begin, Body, Case, Expr, Global, Loop, Rescue, Slot};
use crate::name::Name;

/// Nesting of expressions in a template; the stack of a render is measured for it.
const DEPTH_MAX: u32 = 400;
/// Local variables in one body.
const LOCALS_MAX: usize = 10_000;

type Lowered<T = Expr> = Result<T, CompileError>;

/// Lowers the script of a template. `locals` are variables that exist before it runs.
pub(crate) fn lower(script: &Script, locals: &[&str], tree: Option<&Node>) -> Lowered<Body> {
    let newlines =
        script.code.bytes().enumerate().filter(|(_, byte)| *byte == b'\n').map(|(at, _)| at).collect();
    let mut lower = Lower {
        script,
        newlines,
        scopes: vec![Locals {
            names: locals.iter().map(|&name| name.into()).collect(),
            kind: Kind::Template,
        }],
        loops: 0,
        depth: 0,
        methods: Vec::new(),
        frozen_literals: script.code.lines().nth(1) == Some("#frozen-string-literal:true"),
    };
    if let Some(tree) = tree {
        collect_methods(tree, &mut lower.methods);
    }
    let code = lower.option(tree)?;
    let slots = lower.scopes.first().map_or(0, |locals| locals.names.len());
    Ok(Body { parameters: Default::default(), slots, code })
}

/// What a list of local variables belongs to.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Kind {
    Template,
    Block,
    Method,
}

struct Locals {
    names: Vec<String>,
    kind: Kind,
}

struct Lower<'s> {
    script: &'s Script,
    newlines: Vec<usize>,
    scopes: Vec<Locals>,
    /// Loops around the expression, up to the next block or method.
    loops: u32,
    depth: u32,
    /// Methods that the template defines.
    methods: Vec<String>,
    frozen_literals: bool,
}

/// The names of methods that statements of a template define.
fn collect_methods(node: &Node, methods: &mut Vec<String>) {
    match node {
        Node::Begin(begin) => begin.statements.iter().for_each(|node| collect_methods(node, methods)),
        Node::Def(def) => methods.push(def.name.clone()),
        Node::If(branch) => {
            for node in [&branch.if_true, &branch.if_false].into_iter().flatten() {
                collect_methods(node, methods);
            }
        }
        _ => {}
    }
}

impl Lower<'_> {
    fn line(&self, at: usize) -> u32 {
        u32::try_from(self.newlines.partition_point(|&newline| newline < at)).unwrap_or(u32::MAX)
    }

    fn line_of(&self, node: &Node) -> u32 {
        self.line(node.expression().begin)
    }

    fn unsupported<T>(&self, construct: impl Into<String>, node: &Node) -> Lowered<T> {
        Err(CompileError::Unsupported { construct: construct.into(), line: self.line_of(node) })
    }

    fn syntax<T>(&self, message: &str, node: &Node) -> Lowered<T> {
        Err(CompileError::Syntax { message: message.to_owned(), line: self.line_of(node) })
    }

    /// The slot of a local variable that exists.
    fn find_local(&self, name: &str) -> Option<Slot> {
        for (depth, locals) in self.scopes.iter().rev().enumerate() {
            if let Some(index) = locals.names.iter().position(|other| other == name) {
                return Some(slot(depth, index));
            }
            if locals.kind != Kind::Block {
                break;
            }
        }
        None
    }

    /// The slot of a variable that is assigned to here.
    fn local(&mut self, name: &str) -> Lowered<Slot> {
        match self.find_local(name) {
            Some(found) => Ok(found),
            None => self.declare(name),
        }
    }

    /// A new variable of the innermost body.
    fn declare(&mut self, name: &str) -> Lowered<Slot> {
        let Some(locals) = self.scopes.last_mut() else { return Ok(slot(0, 0)) };
        if locals.names.len() >= LOCALS_MAX {
            return Err(CompileError::Limit(format!(
                "the template has more than {LOCALS_MAX} local variables"
            )));
        }
        locals.names.push(name.to_owned());
        Ok(slot(0, locals.names.len() - 1))
    }

    fn option(&mut self, node: Option<&Node>) -> Lowered {
        node.map_or(Ok(Expr::Nil), |node| self.expr(node))
    }

    fn boxed(&mut self, node: &Node) -> Lowered<Box<Expr>> {
        self.expr(node).map(Box::new)
    }

    fn sequence(&mut self, nodes: &[Node]) -> Lowered {
        match nodes {
            [] => Ok(Expr::Nil),
            [only] => self.expr(only),
            several => {
                Ok(Expr::Sequence(several.iter().map(|node| self.expr(node)).collect::<Lowered<_>>()?))
            }
        }
    }

    fn expr(&mut self, node: &Node) -> Lowered {
        self.depth += 1;
        if self.depth > DEPTH_MAX {
            return Err(CompileError::Limit(format!("the template nests more than {DEPTH_MAX} expressions")));
        }
        let lowered = self.expr_inner(node);
        self.depth -= 1;
        lowered
    }

    fn expr_inner(&mut self, node: &Node) -> Lowered {
        match node {
            Node::Nil(_) | Node::EmptyElse(_) => Ok(Expr::Nil),
            Node::True(_) => Ok(Expr::Bool(true)),
            Node::False(_) => Ok(Expr::Bool(false)),
            Node::Self_(_) => Ok(Expr::Wrapper),
            Node::Line(_) => Ok(Expr::Int(i64::from(self.line_of(node)))),
            Node::File(_) => Ok(Expr::Global(Global::File)),
            Node::Int(int) => self.integer(node, &int.value),
            Node::Float(float) => match float.value.replace('_', "").parse() {
                Ok(number) => Ok(Expr::Float(number)),
                Err(_) => self.unsupported(format!("the number {}", float.value), node),
            },
            Node::Str(text) => Ok(Expr::Text(self.text(node, &text.value)?, self.frozen_literals)),
            Node::Sym(symbol) => Ok(Expr::Symbol(self.text(node, &symbol.name)?)),
            Node::Dstr(dstr) => Ok(Expr::Joined(self.pieces(&dstr.parts)?)),
            Node::Heredoc(heredoc) => Ok(Expr::Joined(self.pieces(&heredoc.parts)?)),
            Node::Dsym(dsym) => Ok(Expr::JoinedSymbol(self.pieces(&dsym.parts)?)),
            Node::Regexp(regexp) => self.regexp(node, regexp),
            Node::Array(array) => Ok(Expr::Array(self.arguments(&array.elements)?)),
            Node::Hash(hash) => self.hash(&hash.pairs),
            Node::Kwargs(hash) => self.hash(&hash.pairs),
            Node::Irange(range) => self.range(range.left.as_deref(), range.right.as_deref(), false),
            Node::Erange(range) => self.range(range.left.as_deref(), range.right.as_deref(), true),
            Node::Lvar(variable) => match self.find_local(&variable.name) {
                Some(slot) => Ok(Expr::Local(slot)),
                // The parser knows it, but its assignment was not reached yet: `x = x`.
                None => Ok(Expr::Local(self.declare(&variable.name)?)),
            },
            Node::Ivar(variable) => Ok(Expr::Instance(bare(&variable.name))),
            Node::Gvar(variable) => self.global(node, &variable.name).map(Expr::Global),
            Node::BackRef(variable) => self.global(node, &variable.name).map(Expr::Global),
            Node::NthRef(group) => match group.name.trim_start_matches('$').parse() {
                Ok(number) => Ok(Expr::Global(Global::Group(number))),
                Err(_) => self.unsupported(format!("the variable ${}", group.name), node),
            },
            Node::Const(constant) => self.constant(node, constant),
            Node::Begin(begin) => self.sequence(&begin.statements),
            Node::KwBegin(begin) => self.sequence(&begin.statements),
            Node::If(branch) => {
                self.branch(&branch.cond, branch.if_true.as_deref(), branch.if_false.as_deref())
            }
            Node::IfMod(branch) => {
                self.branch(&branch.cond, branch.if_true.as_deref(), branch.if_false.as_deref())
            }
            Node::IfTernary(branch) => {
                self.branch(&branch.cond, Some(&branch.if_true), Some(&branch.if_false))
            }
            Node::And(and) => Ok(Expr::And(self.boxed(&and.lhs)?, self.boxed(&and.rhs)?)),
            Node::Or(or) => Ok(Expr::Or(self.boxed(&or.lhs)?, self.boxed(&or.rhs)?)),
            Node::While(node) => self.looping(&node.cond, true, node.body.as_deref(), false),
            Node::Until(node) => self.looping(&node.cond, false, node.body.as_deref(), false),
            Node::WhilePost(node) => self.looping(&node.cond, true, Some(&node.body), true),
            Node::UntilPost(node) => self.looping(&node.cond, false, Some(&node.body), true),
            Node::For(node) => self.for_loop(node),
            Node::Case(case) => self.case(node, case),
            Node::Send(send) => self.send(node, send),
            Node::CSend(send) => self.safe_send(send),
            Node::Index(index) => self.index(node, index),
            Node::Block(block) => self.block(node, block),
            Node::Numblock(block) => self.numbered_block(node, block),
            Node::Yield(node) => {
                let line = self.line(node.expression_l.begin);
                Ok(Expr::Yield(self.arguments(&node.args)?, line))
            }
            Node::Def(def) => self.def(node, def),
            Node::Lvasgn(_) | Node::Ivasgn(_) | Node::IndexAsgn(_) => self.assignment(node),
            Node::Masgn(masgn) => self.multiple_assignment(masgn),
            Node::OpAsgn(_) | Node::OrAsgn(_) | Node::AndAsgn(_) => self.operator_assignment(node),
            Node::Rescue(rescue) => self.rescue(rescue, None),
            Node::Ensure(ensure) => match ensure.body.as_deref() {
                Some(Node::Rescue(rescue)) => self.rescue(rescue, ensure.ensure.as_deref()),
                body => {
                    let body = self.option(body)?;
                    let ensure = Some(self.option(ensure.ensure.as_deref())?);
                    Ok(Expr::Begin(Box::new(Begin { body, rescues: Vec::new(), otherwise: None, ensure })))
                }
            },
            Node::Return(node) => Ok(Expr::Return(self.jump_value(&node.args)?)),
            Node::Break(jump) => {
                self.check_jump("break", node)?;
                Ok(Expr::Break(self.jump_value(&jump.args)?))
            }
            Node::Next(jump) => {
                self.check_jump("next", node)?;
                Ok(Expr::Next(self.jump_value(&jump.args)?))
            }
            Node::Retry(_) => Ok(Expr::Retry),
            Node::Defined(defined) => Ok(Expr::Defined(Box::new(self.defined(&defined.value)?))),
            other => self.unsupported(construct_name(other), node),
        }
    }

    /// `break` and `next` need a loop or block around them.
    fn check_jump(&self, word: &str, node: &Node) -> Lowered<()> {
        let in_block = self.scopes.last().is_some_and(|locals| locals.kind == Kind::Block);
        if self.loops > 0 || in_block {
            return Ok(());
        }
        self.syntax(&format!("Can't escape from eval with {word}"), node)
    }

    fn jump_value(&mut self, nodes: &[Node]) -> Lowered<Option<Box<Expr>>> {
        match nodes {
            [] => Ok(None),
            [only] if !matches!(only, Node::Splat(_)) => Ok(Some(self.boxed(only)?)),
            several => Ok(Some(Box::new(Expr::Array(self.arguments(several)?)))),
        }
    }

    fn branch(&mut self, cond: &Node, yes: Option<&Node>, no: Option<&Node>) -> Lowered {
        let cond = self.condition(cond)?;
        let yes = self.option(yes)?;
        Ok(Expr::If(Box::new(cond), Box::new(yes), Box::new(self.option(no)?)))
    }

    /// An expression where only its truth counts. Some mean something else there.
    fn condition(&mut self, node: &Node) -> Lowered {
        match node {
            Node::MatchCurrentLine(_) => self.unsupported("a regular expression as a condition", node),
            Node::IFlipFlop(_) | Node::EFlipFlop(_) => self.unsupported("a flip-flop", node),
            _ => self.expr(node),
        }
    }

    fn looping(&mut self, cond: &Node, expected: bool, body: Option<&Node>, body_first: bool) -> Lowered {
        let line = self.line_of(cond);
        self.loops += 1;
        let condition = self.condition(cond);
        let body = self.option(body);
        self.loops -= 1;
        Ok(Expr::While(Box::new(Loop { condition: condition?, expected, body: body?, body_first, line })))
    }

    fn case(&mut self, node: &Node, case: &nodes::Case) -> Lowered {
        let subject = match case.expr.as_deref() {
            Some(subject) => Some(self.expr(subject)?),
            None => None,
        };
        let mut branches = Vec::with_capacity(case.when_bodies.len());
        for when in &case.when_bodies {
            let Node::When(when) = when else { return self.unsupported(construct_name(when), when) };
            branches.push((self.arguments(&when.patterns)?, self.option(when.body.as_deref())?));
        }
        let otherwise = self.option(case.else_body.as_deref())?;
        Ok(Expr::Case(Box::new(Case { subject, branches, otherwise, line: self.line_of(node) })))
    }

    fn rescue(&mut self, rescue: &nodes::Rescue, ensure: Option<&Node>) -> Lowered {
        let body = self.option(rescue.body.as_deref())?;
        let mut rescues = Vec::with_capacity(rescue.rescue_bodies.len());
        for node in &rescue.rescue_bodies {
            let Node::RescueBody(rescue) = node else { return self.unsupported(construct_name(node), node) };
            let classes = match rescue.exc_list.as_deref() {
                Some(Node::Array(list)) => self.arguments(&list.elements)?,
                Some(node) => vec![Argument::Plain(self.expr(node)?)],
                None => vec![Argument::Plain(Expr::Constant(Class::StandardError))],
            };
            let variable = match rescue.exc_var.as_deref() {
                Some(node) => Some(self.target(node)?),
                None => None,
            };
            rescues.push(Rescue { classes, variable, body: self.option(rescue.body.as_deref())? });
        }
        let otherwise = match rescue.else_.as_deref() {
            Some(node) => Some(self.expr(node)?),
            None => None,
        };
        let ensure = match ensure {
            Some(node) => Some(self.expr(node)?),
            None => None,
        };
        Ok(Expr::Begin(Box::new(Begin { body, rescues, otherwise, ensure })))
    }

    /// A body with local variables of its own.
    fn body<T>(&mut self, kind: Kind, fill: impl FnOnce(&mut Self) -> Lowered<T>) -> Lowered<(T, usize)> {
        self.scopes.push(Locals { names: Vec::new(), kind });
        let loops = std::mem::take(&mut self.loops);
        let filled = fill(self);
        self.loops = loops;
        let slots = self.scopes.pop().map_or(0, |locals| locals.names.len());
        Ok((filled?, slots))
    }

    fn def(&mut self, node: &Node, def: &nodes::Def) -> Lowered {
        if let Some(wrong) =
            ["initialize", "method_missing", "respond_to_missing?", "inspect", "to_s", "scope"]
                .iter()
                .find(|&&name| name == def.name)
        {
            return self.unsupported(format!("a definition of the method {wrong}"), node);
        }
        let ((parameters, code), slots) = self.body(Kind::Method, |lower| {
            let parameters = lower.parameters(def.args.as_deref())?;
            Ok((parameters, lower.option(def.body.as_deref())?))
        })?;
        Ok(Expr::Define(Name::new(&def.name), Arc::new(Body { parameters, slots, code })))
    }

    fn global(&self, node: &Node, name: &str) -> Lowered<Global> {
        match name.trim_start_matches('$') {
            "~" => Ok(Global::Match),
            "&" => Ok(Global::Whole),
            "`" => Ok(Global::Before),
            "'" => Ok(Global::After),
            "+" => Ok(Global::Last),
            "!" => Ok(Global::Error),
            "," | ";" => Ok(Global::Nil),
            "/" => Ok(Global::Newline),
            other => self.unsupported(format!("the variable ${other}"), node),
        }
    }

    /// The local variable that holds the output.
    fn output(&self) -> Option<Slot> {
        self.find_local(OUTPUT)
    }
}

fn slot(depth: usize, index: usize) -> Slot {
    Slot { depth: u16::try_from(depth).unwrap_or(u16::MAX), index: u16::try_from(index).unwrap_or(u16::MAX) }
}

/// The name of an instance variable without its `@`.
fn bare(name: &str) -> Str {
    name.trim_start_matches('@').into()
}

/// What Ruby's documentation calls a construct.
pub(crate) fn construct_name(node: &Node) -> &'static str {
    match node {
        Node::Alias(_) => "alias",
        Node::ArrayPattern(_) | Node::CaseMatch(_) | Node::MatchPattern(_) | Node::MatchPatternP(_) => {
            "pattern matching"
        }
        Node::Casgn(_) => "the definition of a constant",
        Node::Class(_) => "the definition of a class",
        Node::Module(_) => "the definition of a module",
        Node::SClass(_) => "class << object",
        Node::Defs(_) => "the definition of a singleton method",
        Node::Cvar(_) | Node::Cvasgn(_) => "a class variable",
        Node::Gvasgn(_) => "assignment to a global variable",
        Node::Complex(_) => "a complex number",
        Node::Rational(_) => "a rational number",
        Node::IFlipFlop(_) | Node::EFlipFlop(_) => "a flip-flop",
        Node::Xstr(_) | Node::XHeredoc(_) => "running a command with backquotes",
        Node::Super(_) | Node::ZSuper(_) => "super",
        Node::Undef(_) => "undef",
        Node::Preexe(_) => "BEGIN",
        Node::Postexe(_) => "END",
        Node::Redo(_) => "redo",
        Node::Encoding(_) => "__ENCODING__",
        Node::ForwardedArgs(_) | Node::ForwardArg(_) => "passing all arguments with ...",
        Node::MatchCurrentLine(_) => "a regular expression as a condition",
        _ => "this construct",
    }
}
