//! Expressions and statements.

use std::rc::Rc;

use lib_ruby_parser::Node;
use lib_ruby_parser::nodes::{Case, Rescue};

use super::value::{
    Arguments, EXTENDED, Eval, Flow, Frame, IGNORE_CASE, MULTI_LINE, Proc, ProcCode, Value, regexp_text,
};
use super::world::World;

/// Expressions within expressions, and calls within calls.
const DEPTH_MAX: u32 = 600;
/// Rounds of a loop.
const ROUNDS_MAX: u32 = 10_000;

impl<'a> World<'a> {
    /// The value of an expression.
    pub(super) fn eval(&mut self, frame: &Frame<'a>, node: &'a Node) -> Eval<'a> {
        self.step(frame.file, Some(node))?;
        if self.depth > DEPTH_MAX {
            return Err(self.stop(frame, node, "the code is nested too deeply to be followed"));
        }
        self.depth += 1;
        let value = self.eval_node(frame, node);
        self.depth -= 1;
        value
    }

    pub(super) fn eval_optional(&mut self, frame: &Frame<'a>, node: Option<&'a Node>) -> Eval<'a> {
        node.map_or(Ok(Value::Nil), |node| self.eval(frame, node))
    }

    fn eval_all(&mut self, frame: &Frame<'a>, nodes: &'a [Node]) -> Eval<'a> {
        let mut last = Value::Nil;
        for node in nodes {
            last = self.eval(frame, node)?;
        }
        Ok(last)
    }

    fn eval_node(&mut self, frame: &Frame<'a>, node: &'a Node) -> Eval<'a> {
        Ok(match node {
            Node::Nil(_) | Node::EmptyElse(_) => Value::Nil,
            Node::True(_) => Value::Bool(true),
            Node::False(_) => Value::Bool(false),
            Node::Self_(_) => frame.me.clone(),
            Node::Int(int) => int.value.replace('_', "").parse().map_or(Value::Unknown, Value::Int),
            Node::Str(text) => Value::str(text.value.to_string_lossy()),
            Node::Sym(name) => Value::sym(name.name.to_string_lossy()),
            Node::Dstr(text) => self.text(frame, &text.parts)?.map_or(Value::Unknown, Value::Str),
            Node::Heredoc(text) => self.text(frame, &text.parts)?.map_or(Value::Unknown, Value::Str),
            Node::Dsym(text) => self.text(frame, &text.parts)?.map_or(Value::Unknown, Value::Sym),
            Node::Regexp(regexp) => self.regexp(frame, regexp)?,
            Node::File(_) => Value::str(frame.file.path.to_string_lossy()),
            Node::Line(line) => Value::Int(i64::from(frame.file.line(line.expression_l.begin))),
            Node::Begin(begin) => self.eval_all(frame, &begin.statements)?,
            Node::KwBegin(begin) => self.eval_all(frame, &begin.statements)?,
            Node::Array(array) => self.array(frame, &array.elements)?,
            Node::Hash(hash) => self.hash(frame, &hash.pairs)?,
            Node::Kwargs(hash) => self.hash(frame, &hash.pairs)?,
            Node::Irange(range) => self.range(frame, &range.left, &range.right, 0)?,
            Node::Erange(range) => self.range(frame, &range.left, &range.right, -1)?,
            Node::Lvar(variable) => frame.locals.get(&variable.name).unwrap_or(Value::Nil),
            Node::Ivar(variable) => {
                if self.is_bookkeeping(frame, &variable.name) {
                    return Err(self.stop(frame, node, format!("{} is used by hand", variable.name)));
                }
                self.variable(frame, &variable.name)
            }
            Node::Cvar(variable) => self.class_variable(frame, &variable.name),
            Node::Const(constant) => self.eval_constant(frame, constant)?,
            Node::Lvasgn(_)
            | Node::Ivasgn(_)
            | Node::Cvasgn(_)
            | Node::Gvasgn(_)
            | Node::Casgn(_)
            | Node::OpAsgn(_)
            | Node::OrAsgn(_)
            | Node::AndAsgn(_)
            | Node::Masgn(_)
            | Node::IndexAsgn(_) => self.eval_assignment(frame, node)?,
            Node::Send(send) => {
                self.call(frame, node, send.recv.as_deref(), &send.method_name, &send.args, None, false)?
            }
            Node::CSend(send) => {
                self.call(frame, node, Some(&send.recv), &send.method_name, &send.args, None, true)?
            }
            Node::Index(index) => {
                self.call(frame, node, Some(&index.recv), "[]", &index.indexes, None, false)?
            }
            Node::Block(block) => {
                let code = ProcCode::Block { parameters: block.args.as_deref(), body: block.body.as_deref() };
                self.call_with_block(frame, node, &block.call, code)?
            }
            Node::Numblock(block) => {
                let code = ProcCode::Numbered(block.numargs, &block.body);
                self.call_with_block(frame, node, &block.call, code)?
            }
            Node::Super(call) => self.call_super(frame, node, Some(&call.args), None)?,
            Node::ZSuper(_) => self.call_super(frame, node, None, None)?,
            Node::Yield(call) => {
                let mut arguments = self.arguments(frame, &call.args)?;
                match frame.block.clone() {
                    Some(block) => {
                        arguments.block = None;
                        self.run_block(&block, arguments)?
                    }
                    None => self.hand_over(frame, node, &arguments)?,
                }
            }
            Node::If(test) => {
                self.branch(frame, &test.cond, test.if_true.as_deref(), test.if_false.as_deref())?
            }
            Node::IfMod(test) => {
                self.branch(frame, &test.cond, test.if_true.as_deref(), test.if_false.as_deref())?
            }
            Node::IfTernary(test) => {
                self.branch(frame, &test.cond, Some(&test.if_true), Some(&test.if_false))?
            }
            Node::Case(case) => self.case(frame, case)?,
            Node::And(and) => match self.eval(frame, &and.lhs)? {
                left if left.truth() == Some(true) => self.eval(frame, &and.rhs)?,
                left if left.truth() == Some(false) => left,
                _ => self.perhaps(frame, node, |world| world.eval(frame, &and.rhs))?,
            },
            Node::Or(or) => match self.eval(frame, &or.lhs)? {
                left if left.truth() == Some(true) => left,
                left if left.truth() == Some(false) => self.eval(frame, &or.rhs)?,
                _ => self.perhaps(frame, node, |world| world.eval(frame, &or.rhs))?,
            },
            Node::While(test) => self.repeat(frame, node, &test.cond, test.body.as_deref(), true)?,
            Node::Until(test) => self.repeat(frame, node, &test.cond, test.body.as_deref(), false)?,
            Node::WhilePost(test) => {
                self.eval(frame, &test.body)?;
                self.repeat(frame, node, &test.cond, Some(&test.body), true)?
            }
            Node::UntilPost(test) => {
                self.eval(frame, &test.body)?;
                self.repeat(frame, node, &test.cond, Some(&test.body), false)?
            }
            Node::For(each) => {
                let list = self.eval(frame, &each.iteratee)?;
                let Some(items) = list.items() else {
                    self.assign(frame, &each.iterator, Value::Unknown)?;
                    let body = each.body.as_deref();
                    return self.perhaps(frame, node, |world| world.round(frame, body).map(|_| Value::Nil));
                };
                for item in items {
                    self.assign(frame, &each.iterator, item)?;
                    if let Some(value) = self.round(frame, each.body.as_deref())? {
                        return Ok(value);
                    }
                }
                list
            }
            Node::Rescue(rescue) => self.rescue(frame, node, rescue)?,
            Node::Ensure(ensure) => {
                let value = self.eval_optional(frame, ensure.body.as_deref());
                self.eval_optional(frame, ensure.ensure.as_deref())?;
                value?
            }
            Node::Return(flow) => return Err(Flow::Return(self.flow_value(frame, &flow.args)?)),
            Node::Next(flow) => return Err(Flow::Next(self.flow_value(frame, &flow.args)?)),
            Node::Break(flow) => return Err(Flow::Break(self.flow_value(frame, &flow.args)?)),
            Node::Def(def) => {
                self.define_method(frame, node, &def.name, def.args.as_deref(), def.body.as_deref())?
            }
            Node::Defs(def) => self.define_own(frame, node, def)?,
            Node::Class(class) => self.define_class(frame, node, class)?,
            Node::Module(module) => self.define_module(frame, node, module)?,
            Node::SClass(class) => self.open_own(frame, class)?,
            Node::Alias(alias) => self.alias(frame, node, &alias.to, &alias.from)?,
            Node::Defined(defined) => self.is_defined(frame, &defined.value)?,
            Node::Splat(splat) => self.eval_optional(frame, splat.value.as_deref())?,
            Node::BlockPass(pass) => self.eval_optional(frame, pass.value.as_deref())?,
            Node::MatchWithLvasgn(found) => {
                self.eval(frame, &found.value)?;
                Value::Unknown
            }
            // What does not occur where types are declared: shell commands, patterns, flip-flops, global variables.
            _ => Value::Unknown,
        })
    }

    /// Evaluates code of which it is not known whether it runs, or with which values. It may do anything but touch a
    /// type.
    pub(super) fn perhaps(
        &mut self,
        frame: &Frame<'a>,
        node: &'a Node,
        run: impl FnOnce(&mut World<'a>) -> Eval<'a>,
    ) -> Eval<'a> {
        self.doubts += 1;
        let result = run(self);
        self.doubts -= 1;
        match result {
            // If it did raise, the type would not load.
            Ok(_) | Err(Flow::Raise) => {}
            Err(Flow::Stop(stop)) => return Err(Flow::Stop(stop)),
            // The rest of the block or method is in doubt; whoever runs it ends that.
            Err(Flow::Next(_)) => self.doubts += 1,
            Err(Flow::Return(_)) => {
                self.doubts += 1;
                self.returns += 1;
            }
            Err(Flow::Break(_)) => {
                return Err(self.stop(
                    frame,
                    node,
                    "the end of a loop depends on something that is not known",
                ));
            }
        }
        Ok(Value::Unknown)
    }

    fn branch(
        &mut self,
        frame: &Frame<'a>,
        test: &'a Node,
        then: Option<&'a Node>,
        otherwise: Option<&'a Node>,
    ) -> Eval<'a> {
        match self.eval(frame, test)?.truth() {
            Some(true) => self.eval_optional(frame, then),
            Some(false) => self.eval_optional(frame, otherwise),
            None => self.either(frame, test, &[then, otherwise]),
        }
    }

    /// One of several pieces of code runs.
    fn either(&mut self, frame: &Frame<'a>, test: &'a Node, codes: &[Option<&'a Node>]) -> Eval<'a> {
        for code in codes {
            self.perhaps(frame, test, |world| world.eval_optional(frame, *code))?;
        }
        Ok(Value::Unknown)
    }

    fn case(&mut self, frame: &Frame<'a>, case: &'a Case) -> Eval<'a> {
        let Some(subject) = case.expr.as_deref() else {
            let codes: Vec<Option<&'a Node>> = case.when_bodies.iter().map(when_body).collect();
            for (at, when) in case.when_bodies.iter().enumerate() {
                let Node::When(when) = when else { continue };
                for pattern in &when.patterns {
                    match self.eval(frame, pattern)?.truth() {
                        Some(true) => return self.eval_optional(frame, codes[at]),
                        Some(false) => {}
                        None => {
                            let mut codes = codes[at..].to_vec();
                            codes.push(case.else_body.as_deref());
                            return self.either(frame, pattern, &codes);
                        }
                    }
                }
            }
            return self.eval_optional(frame, case.else_body.as_deref());
        };
        let value = self.eval(frame, subject)?;
        for (at, when) in case.when_bodies.iter().enumerate() {
            let Node::When(when) = when else { continue };
            for pattern in &when.patterns {
                let pattern = self.eval(frame, pattern)?;
                match self.case_equals(&pattern, &value) {
                    Some(true) => return self.eval_optional(frame, when.body.as_deref()),
                    Some(false) => {}
                    None => {
                        let mut codes: Vec<_> = case.when_bodies[at..].iter().map(when_body).collect();
                        codes.push(case.else_body.as_deref());
                        return self.either(frame, subject, &codes);
                    }
                }
            }
        }
        self.eval_optional(frame, case.else_body.as_deref())
    }

    /// `pattern === value`
    fn case_equals(&self, pattern: &Value<'a>, value: &Value<'a>) -> Option<bool> {
        match (pattern, value) {
            (Value::Class(class), value) => self.is_a(value, *class),
            (Value::Regexp(source, options), value) => {
                let regexp = pcore::regexp::Regexp::new(&regexp_text(source, *options)).ok()?;
                Some(regexp.is_match(value.text()?))
            }
            (Value::Range(first, last), Value::Int(number)) => Some((first..=last).contains(&number)),
            (Value::Proc(_), _) => None,
            (pattern, value) => pattern.equals(value),
        }
    }

    fn repeat(
        &mut self,
        frame: &Frame<'a>,
        node: &'a Node,
        test: &'a Node,
        body: Option<&'a Node>,
        wanted: bool,
    ) -> Eval<'a> {
        for _ in 0..ROUNDS_MAX {
            match self.eval(frame, test)?.truth() {
                Some(holds) if holds == wanted => {
                    if let Some(value) = self.round(frame, body)? {
                        return Ok(value);
                    }
                }
                Some(_) => return Ok(Value::Nil),
                None => {
                    return self.perhaps(frame, node, |world| world.round(frame, body).map(|_| Value::Nil));
                }
            }
        }
        Err(self.stop(frame, node, "a loop takes too long to be followed"))
    }

    /// One round of a loop; the value with which it has ended, if it has.
    fn round(&mut self, frame: &Frame<'a>, body: Option<&'a Node>) -> Result<Option<Value<'a>>, Flow<'a>> {
        match self.eval_optional(frame, body) {
            Ok(_) | Err(Flow::Next(_)) => Ok(None),
            Err(Flow::Break(value)) => Ok(Some(value)),
            Err(flow) => Err(flow),
        }
    }

    fn rescue(&mut self, frame: &Frame<'a>, node: &'a Node, rescue: &'a Rescue) -> Eval<'a> {
        let result = self.eval_optional(frame, rescue.body.as_deref());
        let bodies = rescue.rescue_bodies.iter().filter_map(|body| match body {
            Node::RescueBody(body) => Some(body),
            _ => None,
        });
        match result {
            Err(Flow::Raise) => {
                // Which of them takes it depends on its class, which is not followed.
                let bodies: Vec<Option<&'a Node>> = bodies.map(|body| body.body.as_deref()).collect();
                self.either(frame, node, &bodies)
            }
            Err(flow) => Err(flow),
            Ok(value) => match rescue.else_.as_deref() {
                Some(code) => self.eval(frame, code),
                None => Ok(value),
            },
        }
    }

    fn flow_value(&mut self, frame: &Frame<'a>, nodes: &'a [Node]) -> Eval<'a> {
        match nodes {
            [] => Ok(Value::Nil),
            [only] => self.eval(frame, only),
            several => self.array(frame, several),
        }
    }

    /// Parts of a text, if all are known.
    pub(super) fn text(&mut self, frame: &Frame<'a>, parts: &'a [Node]) -> Result<Option<Rc<str>>, Flow<'a>> {
        let mut text = Some(String::new());
        for part in parts {
            let value = self.eval(frame, part)?;
            let piece = value.to_s();
            text = match (text, piece) {
                (Some(mut text), Some(piece)) if text.len() + piece.len() <= super::core::TEXT_BYTES_MAX => {
                    text.push_str(&piece);
                    Some(text)
                }
                _ => None,
            };
        }
        Ok(text.map(Rc::from))
    }

    fn regexp(&mut self, frame: &Frame<'a>, regexp: &'a lib_ruby_parser::nodes::Regexp) -> Eval<'a> {
        let mut options = 0;
        if let Some(Node::RegOpt(given)) = regexp.options.as_deref() {
            for letter in given.options.iter().flat_map(|options| options.chars()) {
                options |= match letter {
                    'i' => IGNORE_CASE,
                    'x' => EXTENDED,
                    'm' => MULTI_LINE,
                    _ => 0,
                };
            }
        }
        let text = self.text(frame, &regexp.parts)?;
        Ok(text.map_or(Value::Unknown, |source| Value::Regexp(source, options)))
    }

    fn array(&mut self, frame: &Frame<'a>, nodes: &'a [Node]) -> Eval<'a> {
        let arguments = self.arguments(frame, nodes)?;
        Ok(if arguments.is_open { Value::Unknown } else { Value::array(arguments.values) })
    }

    pub(super) fn hash(&mut self, frame: &Frame<'a>, nodes: &'a [Node]) -> Eval<'a> {
        let mut entries: Vec<(Value<'a>, Value<'a>)> = Vec::with_capacity(nodes.len());
        let mut is_known = true;
        for node in nodes {
            match node {
                Node::Pair(pair) => {
                    let key = self.eval(frame, &pair.key)?;
                    let value = self.eval(frame, &pair.value)?;
                    super::core::insert(&mut entries, key, value);
                }
                Node::Kwsplat(splat) => match self.eval(frame, &splat.value)? {
                    Value::Nil => {}
                    value => match value.entries() {
                        Some(all) => {
                            all.into_iter().for_each(|(k, v)| super::core::insert(&mut entries, k, v))
                        }
                        None => is_known = false,
                    },
                },
                other => {
                    self.eval(frame, other)?;
                    is_known = false;
                }
            }
        }
        let hash = Value::hash(entries);
        if !is_known {
            hash.forget();
        }
        Ok(hash)
    }

    fn range(
        &mut self,
        frame: &Frame<'a>,
        left: &'a Option<Box<Node>>,
        right: &'a Option<Box<Node>>,
        end: i64,
    ) -> Eval<'a> {
        let left = self.eval_optional(frame, left.as_deref())?;
        let right = self.eval_optional(frame, right.as_deref())?;
        Ok(match (left, right) {
            (Value::Int(first), Value::Int(last)) => Value::Range(first, last.saturating_add(end)),
            // An open end means "to the last".
            (Value::Int(first), Value::Nil) => Value::Range(first, i64::MAX),
            _ => Value::Unknown,
        })
    }

    /// A call with a block; `lambda { }`, `-> { }` and `proc { }` are values.
    fn call_with_block(
        &mut self,
        frame: &Frame<'a>,
        node: &'a Node,
        call: &'a Node,
        code: ProcCode<'a>,
    ) -> Eval<'a> {
        let block = |is_lambda| Rc::new(Proc { code, frame: frame.clone(), is_lambda });
        let result = match call {
            Node::Lambda(_) => Ok(Value::Proc(block(true))),
            Node::Send(send) => {
                let (receiver, name) = (send.recv.as_deref(), &*send.method_name);
                if receiver.is_none() && matches!(name, "lambda" | "proc") {
                    return Ok(Value::Proc(block(name == "lambda")));
                }
                self.call(frame, node, receiver, name, &send.args, Some(block(false)), false)
            }
            Node::CSend(send) => {
                let name = &*send.method_name;
                self.call(frame, node, Some(&send.recv), name, &send.args, Some(block(false)), true)
            }
            Node::Super(call) => self.call_super(frame, node, Some(&call.args), Some(block(false))),
            Node::ZSuper(_) => self.call_super(frame, node, None, Some(block(false))),
            _ => {
                let block = block(false);
                let arguments = Arguments { is_open: true, block: Some(block), ..Arguments::default() };
                self.eval(frame, call)?;
                self.hand_over(frame, node, &arguments)
            }
        };
        match result {
            Err(Flow::Break(value)) => Ok(value),
            other => other,
        }
    }
}

fn when_body(node: &Node) -> Option<&Node> {
    match node {
        Node::When(when) => when.body.as_deref(),
        _ => None,
    }
}
