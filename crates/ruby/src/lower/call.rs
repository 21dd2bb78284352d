//! Method calls, blocks and their parameters.

use std::sync::Arc;

use lib_ruby_parser::{Node, nodes};
use pcore::Str;

use super::{Kind, Lower, Lowered};
use crate::erb::OUTPUT;
use crate::error::CompileError;
use crate::ir::{
    Argument, Below, BlockArgument, Body, Call, Expr, Keyword, Multiple, Pair, Parameters, Target,
};
use crate::known;
use crate::name::{M, Name};

impl Lower<'_> {
    pub(super) fn send(&mut self, node: &Node, send: &nodes::Send) -> Lowered {
        if let Some(output) = self.template_output(send)? {
            return Ok(output);
        }
        let line = self.line(send.selector_l.as_ref().map_or(send.expression_l.begin, |loc| loc.begin));
        if let (Some(receiver), [], "!") = (&send.recv, &send.args[..], &*send.method_name) {
            return Ok(Expr::Not(Box::new(self.condition(receiver)?)));
        }
        if let (Some(Node::Regexp(regexp)), "=~") = (send.recv.as_deref(), &*send.method_name)
            && regexp.parts.iter().any(|part| crate::parse::source(&self.script.code, part).contains("(?<"))
        {
            return self.unsupported("a match that assigns named groups to variables", node);
        }
        let is_variable_like = send.recv.is_none() && send.args.is_empty() && send.begin_l.is_none();
        let call = self.call(send.recv.as_deref(), &send.method_name, &send.args, line)?;
        Ok(below(Call { is_variable_like, ..call }))
    }

    /// `receiver&.name`
    pub(super) fn safe_send(&mut self, send: &nodes::CSend) -> Lowered {
        let line = self.line(send.selector_l.as_ref().map_or(send.expression_l.begin, |loc| loc.begin));
        let call = self.call(Some(&send.recv), &send.method_name, &send.args, line)?;
        Ok(Expr::Call(Box::new(Call { is_safe: true, ..call })))
    }

    pub(super) fn index(&mut self, _: &Node, index: &nodes::Index) -> Lowered {
        let line = self.line(index.begin_l.begin);
        let call = self.call(Some(&index.recv), "[]", &index.indexes, line)?;
        Ok(below(call))
    }

    /// Commands that the ERB compiler makes.
    fn template_output(&mut self, send: &nodes::Send) -> Lowered<Option<Expr>> {
        let (Some(Node::Lvar(receiver)), "<<", [argument]) =
            (send.recv.as_deref(), &*send.method_name, &send.args[..])
        else {
            return Ok(None);
        };
        let Some(output) = self.output().filter(|_| receiver.name == OUTPUT) else { return Ok(None) };
        let Node::Send(argument) = argument else { return Ok(None) };
        match (argument.recv.as_deref(), &*argument.method_name, &argument.args[..]) {
            (Some(Node::Str(literal)), "freeze", []) => {
                let piece = self.script.literals.get(&literal.expression_l.begin);
                let text = piece.and_then(|&piece| self.script.texts.get(piece));
                Ok(text.map(|text| Expr::Output(output, text.as_str().into())))
            }
            (Some(value @ Node::Begin(_)), "to_s", []) => {
                let line = self.line(argument.selector_l.as_ref().map_or(0, |loc| loc.begin));
                Ok(Some(Expr::Insert(output, self.boxed(value)?, line)))
            }
            _ => Ok(None),
        }
    }

    fn call(&mut self, receiver: Option<&Node>, name: &str, args: &[Node], line: u32) -> Lowered<Call> {
        let lowered = match receiver {
            Some(Node::Self_(_)) | None => None,
            Some(receiver) => Some(self.expr(receiver)?),
        };
        self.check_name(receiver.is_none(), name, line)?;
        let (args, block) = match args.split_last() {
            Some((Node::BlockPass(pass), rest)) => match pass.value.as_deref() {
                Some(value) => (rest, BlockArgument::Value(self.expr(value)?)),
                None => {
                    return Err(CompileError::Unsupported {
                        construct: "a & without a name".to_owned(),
                        line,
                    });
                }
            },
            _ => (args, BlockArgument::None),
        };
        let has_keywords = matches!(args.last(), Some(Node::Kwargs(_)));
        let arguments = self.arguments(args)?;
        // `f(**{})` passes nothing; keywords that are all spread are looked at when they are known.
        let has_splat = arguments.iter().any(|argument| matches!(argument, Argument::Splat(_)))
            || (has_keywords
                && matches!(arguments.last(), Some(Argument::Plain(Expr::Hash(pairs))) if pairs.iter().all(|pair| matches!(pair, Pair::Splat(_)))));
        Ok(Call {
            receiver: lowered,
            name: Name::new(name),
            arguments,
            has_keywords,
            has_splat,
            block,
            is_safe: false,
            is_variable_like: false,
            line,
        })
    }

    /// Refuses methods that Ruby has and the interpreter has not.
    fn check_name(&self, is_function: bool, name: &str, line: u32) -> Lowered<()> {
        if M::of(name).is_some() || self.methods.iter().any(|method| method == name) {
            return Ok(());
        }
        if name.starts_with("function_") {
            return Ok(());
        }
        if is_function && known::is_function(name) {
            return Err(CompileError::Unsupported { construct: format!("the method {name}"), line });
        }
        if !is_function && known::exists(name) {
            return Err(CompileError::Unsupported { construct: format!("the method {name}"), line });
        }
        Ok(())
    }

    pub(super) fn block(&mut self, node: &Node, block: &nodes::Block) -> Lowered {
        let is_lambda = matches!(&*block.call, Node::Lambda(_));
        // What is called is evaluated outside of the block.
        let call = if is_lambda { None } else { Some(self.expr(&block.call)?) };
        let ((parameters, code), slots) = self.body(Kind::Block, |lower| {
            let parameters = lower.parameters(block.args.as_deref())?;
            Ok((parameters, lower.option(block.body.as_deref())?))
        })?;
        let body = Arc::new(Body { parameters, slots, code });
        match call {
            None => Ok(Expr::Lambda(body)),
            Some(Expr::Below(mut below)) => {
                below.call.block = BlockArgument::Code(body);
                Ok(Expr::Call(Box::new(below.call)))
            }
            Some(Expr::Call(mut call)) => {
                call.block = BlockArgument::Code(body);
                call.is_variable_like = false;
                Ok(Expr::Call(call))
            }
            Some(_) => self.unsupported("a block of this construct", node),
        }
    }

    /// A block with parameters `_1`, `_2`.
    pub(super) fn numbered_block(&mut self, node: &Node, block: &nodes::Numblock) -> Lowered {
        let is_lambda = matches!(&*block.call, Node::Lambda(_));
        let call = if is_lambda { None } else { Some(self.expr(&block.call)?) };
        let ((parameters, code), slots) = self.body(Kind::Block, |lower| {
            let mut required = Vec::new();
            for number in 1..=block.numargs {
                required.push(Target::Local(lower.declare(&format!("_{number}"))?));
            }
            let is_single = required.len() == 1;
            let parameters = Parameters { required, is_single, ..Parameters::default() };
            Ok((parameters, lower.expr(&block.body)?))
        })?;
        let body = Arc::new(Body { parameters, slots, code });
        match call {
            None => Ok(Expr::Lambda(body)),
            Some(Expr::Call(mut call)) => {
                call.block = BlockArgument::Code(body);
                Ok(Expr::Call(call))
            }
            Some(_) => self.unsupported("a block of this construct", node),
        }
    }

    pub(super) fn parameters(&mut self, args: Option<&Node>) -> Lowered<Parameters> {
        let mut parameters = Parameters::default();
        let nodes = match args {
            Some(Node::Args(args)) => &args.args[..],
            Some(other) => return self.unsupported(super::construct_name(other), other),
            None => &[],
        };
        for node in nodes {
            match node {
                Node::Arg(arg) => {
                    let target = Target::Local(self.declare(&arg.name)?);
                    if parameters.optional.is_empty() && parameters.rest.is_none() {
                        parameters.required.push(target);
                    } else {
                        parameters.post.push(target);
                    }
                }
                Node::Procarg0(arg) => {
                    let target = match &arg.args[..] {
                        [Node::Arg(only)] => {
                            parameters.is_single = true;
                            Target::Local(self.declare(&only.name)?)
                        }
                        several => {
                            parameters.is_single = true;
                            Target::Multiple(Box::new(self.destructured(several)?))
                        }
                    };
                    parameters.required.push(target);
                }
                Node::Mlhs(list) => {
                    let target = Target::Multiple(Box::new(self.destructured(&list.items)?));
                    if parameters.optional.is_empty() && parameters.rest.is_none() {
                        parameters.required.push(target);
                    } else {
                        parameters.post.push(target);
                    }
                }
                Node::Optarg(arg) => {
                    let slot = self.declare(&arg.name)?;
                    let default = self.expr(&arg.default)?;
                    parameters.optional.push((slot, default));
                }
                Node::Restarg(rest) => {
                    parameters.rest = Some(match &rest.name {
                        Some(name) => Some(self.declare(name)?),
                        None => None,
                    });
                }
                Node::Kwarg(arg) => {
                    let slot = self.declare(&arg.name)?;
                    parameters.keywords.push(Keyword { name: arg.name.as_str().into(), slot, default: None });
                }
                Node::Kwoptarg(arg) => {
                    let slot = self.declare(&arg.name)?;
                    let default = Some(self.expr(&arg.default)?);
                    parameters.keywords.push(Keyword { name: arg.name.as_str().into(), slot, default });
                }
                Node::Kwrestarg(rest) => {
                    parameters.keyword_rest = Some(match &rest.name {
                        Some(name) => Some(self.declare(name)?),
                        None => None,
                    });
                }
                Node::Blockarg(block) => match &block.name {
                    Some(name) => parameters.block = Some(self.declare(name)?),
                    None => return self.unsupported("a & without a name", node),
                },
                Node::Shadowarg(local) => {
                    self.declare(&local.name)?;
                }
                other => return self.unsupported(super::construct_name(other), other),
            }
        }
        Ok(parameters)
    }

    /// `(a, (b, *c))` among parameters.
    fn destructured(&mut self, items: &[Node]) -> Lowered<Multiple> {
        let mut multiple = Multiple { before: Vec::new(), rest: None, after: Vec::new() };
        for item in items {
            let target = match item {
                Node::Arg(arg) => Target::Local(self.declare(&arg.name)?),
                Node::Mlhs(list) => Target::Multiple(Box::new(self.destructured(&list.items)?)),
                Node::Restarg(rest) => {
                    multiple.rest = Some(match &rest.name {
                        Some(name) => Target::Local(self.declare(name)?),
                        None => Target::Ignored,
                    });
                    continue;
                }
                other => return self.unsupported(super::construct_name(other), other),
            };
            if multiple.rest.is_none() { multiple.before.push(target) } else { multiple.after.push(target) }
        }
        Ok(multiple)
    }
}

/// The variables of the node whose parts are read by their paths.
const OF_NODE: [&str; 2] = ["facts", "trusted"];

/// A call, as a path into a variable of the node where it is one.
fn below(call: Call) -> Expr {
    match path(&call) {
        Some((variable, is_instance, keys, is_dig)) => {
            Expr::Below(Box::new(Below { variable, is_instance, keys, is_dig, call }))
        }
        None => Expr::Call(Box::new(call)),
    }
}

fn path(call: &Call) -> Option<(Str, bool, Vec<Str>, bool)> {
    if call.is_safe || call.has_keywords || !matches!(call.block, BlockArgument::None) {
        return None;
    }
    let is_dig = match call.name.id? {
        M::Element if call.arguments.len() == 1 => false,
        M::Dig if !call.arguments.is_empty() => true,
        _ => return None,
    };
    let more = call.arguments.iter().map(literal).collect::<Option<Vec<Str>>>()?;
    match call.receiver.as_ref()? {
        Expr::Instance(name) if OF_NODE.contains(&name.as_str()) => Some((name.clone(), true, more, is_dig)),
        Expr::Below(above) if !above.is_dig && !is_dig => {
            let keys = above.keys.iter().cloned().chain(more).collect();
            Some((above.variable.clone(), above.is_instance, keys, false))
        }
        Expr::Call(lookup) => Some((of_scope(lookup)?, false, more, is_dig)),
        _ => None,
    }
}

/// `scope['facts']`, `scope.lookupvar('::facts')`
fn of_scope(lookup: &Call) -> Option<Str> {
    let Expr::Call(scope) = lookup.receiver.as_ref()? else { return None };
    let is_scope = scope.receiver.is_none() && &*scope.name.text == "scope" && scope.arguments.is_empty();
    let looks_up = matches!(lookup.name.id?, M::Element | M::Lookupvar);
    let [name] = &lookup.arguments[..] else { return None };
    let name = literal(name)?;
    let plain = name.strip_prefix("::").unwrap_or(&name);
    (is_scope && looks_up && !lookup.is_safe && OF_NODE.contains(&plain)).then(|| plain.into())
}

fn literal(argument: &Argument) -> Option<Str> {
    match argument {
        Argument::Plain(Expr::Text(text, _)) => Some(text.clone()),
        _ => None,
    }
}
