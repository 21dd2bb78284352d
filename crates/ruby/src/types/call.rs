//! Calls: arguments, who answers, blocks and methods that run.

use std::rc::Rc;

use lib_ruby_parser::Node;

use super::value::{Arguments, Definee, Eval, Flow, Frame, Locals, Proc, ProcCode, Running, Value};
use super::world::{ClassId, Kind, Method, World};

/// Names that declare something about a type, whoever is asked.
const DECLARING: [&str; 14] = [
    "newtype",
    "newparam",
    "newproperty",
    "newmetaparam",
    "ensurable",
    "isnamevar",
    "class_eval",
    "class_exec",
    "module_eval",
    "module_exec",
    "instance_eval",
    "instance_exec",
    "register_type",
    "initvars",
];

impl<'a> World<'a> {
    /// Evaluates arguments; `*x` and `**x` are put in their places.
    pub(super) fn arguments(
        &mut self,
        frame: &Frame<'a>,
        nodes: &'a [Node],
    ) -> Result<Arguments<'a>, Flow<'a>> {
        let mut arguments = Arguments::default();
        for node in nodes {
            match node {
                Node::Splat(splat) => match self.eval_optional(frame, splat.value.as_deref())? {
                    value @ (Value::Array(_) | Value::Range(..)) => match super::core::list(&value) {
                        Some(items) => arguments.values.extend(items),
                        None => arguments.is_open = true,
                    },
                    Value::Nil => {}
                    Value::Unknown | Value::Hash(_) => arguments.is_open = true,
                    single => arguments.values.push(single),
                },
                Node::Kwargs(hash) => {
                    let value = self.hash(frame, &hash.pairs)?;
                    arguments.values.push(value);
                    arguments.has_keywords = true;
                }
                Node::BlockPass(pass) => {
                    let value = match pass.value.as_deref() {
                        Some(value) => self.eval(frame, value)?,
                        None => frame.block.clone().map_or(Value::Nil, Value::Proc),
                    };
                    arguments.block = match value {
                        Value::Proc(block) => Some(block),
                        Value::Sym(name) => Some(Rc::new(Proc {
                            code: ProcCode::Method(name),
                            frame: frame.clone(),
                            is_lambda: true,
                        })),
                        Value::Nil => None,
                        _ => return Err(self.stop(frame, node, "a block is passed on that is not known")),
                    };
                }
                Node::ForwardedArgs(_) => arguments.is_open = true,
                node => arguments.values.push(self.eval(frame, node)?),
            }
        }
        Ok(arguments)
    }

    /// A call as it is written.
    #[allow(clippy::too_many_arguments, reason = "the parts of a call")]
    pub(super) fn call(
        &mut self,
        frame: &Frame<'a>,
        node: &'a Node,
        receiver: Option<&'a Node>,
        name: &str,
        arguments: &'a [Node],
        block: Option<Rc<Proc<'a>>>,
        is_safe: bool,
    ) -> Eval<'a> {
        let target = match receiver {
            Some(receiver) => self.eval(frame, receiver)?,
            None => frame.me.clone(),
        };
        if is_safe && matches!(target, Value::Nil) {
            return Ok(Value::Nil);
        }
        let mut arguments = self.arguments(frame, arguments)?;
        if block.is_some() {
            arguments.block = block;
        }
        if receiver.is_none() {
            return self.call_self(frame, node, name, arguments);
        }
        let value = self.call_value(frame, node, &target, name, arguments)?;
        // Strings are values here; one that is changed in place is not known any more.
        if matches!(target, Value::Str(_)) && (name == "<<" || name.ends_with('!') || name == "replace") {
            match receiver {
                Some(Node::Lvar(variable)) => frame.locals.set(&variable.name, Value::Unknown),
                Some(Node::Ivar(variable)) => {
                    if let Value::Class(class) = frame.me {
                        let name = variable.name.as_str().into();
                        self.class_mut(class).variables.insert(name, Value::Unknown);
                    }
                }
                _ => {}
            }
        }
        Ok(value)
    }

    /// `name(…)` without a receiver.
    fn call_self(
        &mut self,
        frame: &Frame<'a>,
        node: &'a Node,
        name: &str,
        arguments: Arguments<'a>,
    ) -> Eval<'a> {
        if let Some((name, arguments)) = sent(name, &arguments) {
            return self.call_self(frame, node, &name, arguments);
        }
        if let Value::Class(class) = frame.me {
            if frame.definee == Definee::Inner
                && let Some(value) = self.call_inner(frame, node, class, name, &arguments)?
            {
                return Ok(value);
            }
            if let Some((method, owner)) = self.find_method(class, name, None) {
                return self.run_method(frame, node, &method, owner, frame.me.clone(), name, arguments);
            }
            if let Some(value) = self.call_class(frame, node, class, name, &arguments)? {
                return Ok(value);
            }
        }
        if let Some((method, owner)) = self.global_method(name) {
            return self.run_method(frame, node, &method, owner, frame.me.clone(), name, arguments);
        }
        if let Some(value) = self.call_kernel(frame, node, name, &arguments)? {
            return Ok(value);
        }
        self.call_unknown(frame, node, &frame.me.clone(), name, &arguments)
    }

    /// `target.name(…)`
    pub(super) fn call_value(
        &mut self,
        frame: &Frame<'a>,
        node: &'a Node,
        target: &Value<'a>,
        name: &str,
        arguments: Arguments<'a>,
    ) -> Eval<'a> {
        if let Some((name, arguments)) = sent(name, &arguments) {
            let is_self = target.equals(&frame.me) == Some(true);
            return match is_self {
                true => self.call_self(frame, node, &name, arguments),
                false => self.call_value(frame, node, target, &name, arguments),
            };
        }
        match target {
            Value::Class(class) => {
                if let Some((method, owner)) = self.find_method(*class, name, None) {
                    return self.run_method(frame, node, &method, owner, target.clone(), name, arguments);
                }
                match self.call_class(frame, node, *class, name, &arguments)? {
                    Some(value) => Ok(value),
                    None => self.call_unknown(frame, node, target, name, &arguments),
                }
            }
            Value::Proc(block) if matches!(name, "call" | "()" | "yield" | "[]" | "===") => {
                self.run_block(block, arguments)
            }
            _ => match self.call_core(frame, node, target, name, &arguments)? {
                Some(value) => Ok(value),
                None => self.call_unknown(frame, node, target, name, &arguments),
            },
        }
    }

    /// A call that nobody we know answers.
    pub(super) fn call_unknown(
        &mut self,
        frame: &Frame<'a>,
        node: &'a Node,
        target: &Value<'a>,
        name: &str,
        arguments: &Arguments<'a>,
    ) -> Eval<'a> {
        let kind = match target {
            Value::Class(class) => self.class(*class).kind,
            _ => Kind::Plain,
        };
        match kind {
            Kind::Type(_) => {
                return Err(self.stop(
                    frame,
                    node,
                    format!("the type calls {name}, which is not known here"),
                ));
            }
            Kind::Attribute(_) => {
                let reason = format!("an attribute calls {name}, which is not known here");
                return Err(self.stop(frame, node, reason));
            }
            // Providers are classes with variables of their own.
            Kind::Plain if name == "initvars" && matches!(target, Value::Class(_)) => {}
            Kind::Plain if DECLARING.contains(&name) && !matches!(target, Value::OtherType) => {
                return Err(self.stop(
                    frame,
                    node,
                    format!("{name} is called on something that is not known"),
                ));
            }
            Kind::Plain => {}
        }
        if matches!(target, Value::OtherType) && name == "provide" {
            return Ok(Value::Unknown);
        }
        target.forget();
        self.hand_over(frame, node, arguments)
    }

    /// Code that is not known gets these arguments: it may change arrays, run the block, and do what it likes to a type.
    pub(super) fn hand_over(
        &mut self,
        frame: &Frame<'a>,
        node: &'a Node,
        arguments: &Arguments<'a>,
    ) -> Eval<'a> {
        for value in &arguments.values {
            if self.holds_type(value, 0) {
                return Err(self.stop(frame, node, "the type is given to code that is not known here"));
            }
        }
        arguments.values.iter().for_each(Value::forget);
        if let Some(block) = &arguments.block {
            let unknown = Arguments { is_open: true, ..Arguments::default() };
            self.perhaps(frame, node, |world| world.run_block(block, unknown))?;
        }
        Ok(Value::Unknown)
    }

    fn holds_type(&self, value: &Value<'a>, depth: u32) -> bool {
        match value {
            Value::Class(class) => self.class(*class).kind != Kind::Plain,
            Value::Array(_) if depth < 8 => {
                value.items().iter().flatten().any(|item| self.holds_type(item, depth + 1))
            }
            Value::Hash(_) if depth < 8 => {
                value.entries().iter().flatten().any(|(_, item)| self.holds_type(item, depth + 1))
            }
            _ => false,
        }
    }

    /// `super`; without arguments those of the running method are passed on.
    pub(super) fn call_super(
        &mut self,
        frame: &Frame<'a>,
        node: &'a Node,
        arguments: Option<&'a [Node]>,
        block: Option<Rc<Proc<'a>>>,
    ) -> Eval<'a> {
        let Some(running) = frame.method.clone() else { return Ok(Value::Unknown) };
        let mut given = match arguments {
            Some(nodes) => self.arguments(frame, nodes)?,
            None => running.arguments.clone(),
        };
        given.block = block.or(given.block).or_else(|| frame.block.clone());
        let Value::Class(class) = frame.me else { return self.hand_over(frame, node, &given) };
        if let Some((method, owner)) = self.find_method(class, &running.name, Some(running.owner)) {
            return self.run_method(frame, node, &method, owner, frame.me.clone(), &running.name, given);
        }
        match self.call_class(frame, node, class, &running.name, &given)? {
            Some(value) => Ok(value),
            None => self.call_unknown(frame, node, &frame.me.clone(), &running.name, &given),
        }
    }

    /// Runs a method.
    #[allow(clippy::too_many_arguments, reason = "the parts of a call")]
    pub(super) fn run_method(
        &mut self,
        frame: &Frame<'a>,
        node: &'a Node,
        method: &Method<'a>,
        owner: ClassId,
        me: Value<'a>,
        name: &str,
        arguments: Arguments<'a>,
    ) -> Eval<'a> {
        match method {
            Method::Unknown => self.call_unknown(frame, node, &me, name, &arguments),
            Method::Reader(variable) => Ok(self.variable(&Frame { me, ..frame.clone() }, variable)),
            Method::Writer(variable) => {
                let value = arguments.values.first().cloned().unwrap_or(Value::Unknown);
                if let Value::Class(class) = me {
                    let kept = self.assigned(value.clone());
                    self.class_mut(class).variables.insert(variable.clone(), kept);
                }
                Ok(value)
            }
            Method::Block(block) => self.run_block_as(block, me, arguments),
            Method::Def { parameters, body, nesting, file } => {
                let running = Running { name: name.into(), owner, arguments: arguments.clone() };
                let inside = Frame {
                    me,
                    nesting: nesting.clone(),
                    locals: Rc::new(Locals::default()),
                    block: arguments.block.clone(),
                    method: Some(Rc::new(running)),
                    definee: Definee::Instances,
                    file,
                };
                let (doubts, returns) = (self.doubts, self.returns);
                let result = self
                    .bind(&inside, *parameters, arguments, true)
                    .and_then(|()| self.eval_optional(&inside, *body));
                let in_doubt = self.returns > returns;
                (self.doubts, self.returns) = (doubts, returns);
                match result {
                    Ok(_) | Err(Flow::Return(_)) if in_doubt => Ok(Value::Unknown),
                    Err(Flow::Return(value)) => Ok(value),
                    other => other,
                }
            }
        }
    }

    /// Runs a block with the `self` it was written under.
    pub(super) fn run_block(&mut self, block: &Proc<'a>, arguments: Arguments<'a>) -> Eval<'a> {
        self.run_block_in(block, block.frame.clone(), arguments)
    }

    /// Runs a block with another `self` (`class_eval`).
    pub(super) fn run_block_as(
        &mut self,
        block: &Proc<'a>,
        me: Value<'a>,
        arguments: Arguments<'a>,
    ) -> Eval<'a> {
        let frame = Frame { me, definee: Definee::Instances, ..block.frame.clone() };
        self.run_block_in(block, frame, arguments)
    }

    /// Runs a block in the place of a frame.
    pub(super) fn run_block_in(
        &mut self,
        block: &Proc<'a>,
        frame: Frame<'a>,
        mut arguments: Arguments<'a>,
    ) -> Eval<'a> {
        self.step(frame.file, None)?;
        let inside = Frame { locals: Locals::inside(&frame.locals), ..frame };
        let (parameters, body) = match &block.code {
            ProcCode::Block { parameters, body } => (*parameters, *body),
            ProcCode::Numbered(count, body) => {
                let mut values = std::mem::take(&mut arguments.values);
                if *count > 1
                    && let [Value::Array(_)] = values[..]
                {
                    values = values[0].items().unwrap_or_default();
                }
                for at in 1..=usize::from(*count) {
                    let value = match values.get(at - 1) {
                        Some(value) => value.clone(),
                        None if arguments.is_open => Value::Unknown,
                        None => Value::Nil,
                    };
                    inside.locals.declare(&format!("_{at}"), value);
                }
                (None, Some(*body))
            }
            ProcCode::Method(name) => {
                // What calls it is a place in the code all the same.
                let Some(tree) = block.frame.file.tree() else { return Ok(Value::Unknown) };
                let Some((target, rest)) = arguments.values.split_first() else {
                    return Ok(Value::Unknown);
                };
                let rest = Arguments { values: rest.to_vec(), ..Arguments::default() };
                return self.call_value(&inside, tree, target, name, rest);
            }
        };
        let (doubts, returns) = (self.doubts, self.returns);
        if matches!(block.code, ProcCode::Block { .. }) {
            self.bind(&inside, parameters, arguments, block.is_lambda)?;
        }
        let result = self.eval_optional(&inside, body);
        let in_doubt = self.doubts > doubts;
        // A method that may have returned from within the block stays in doubt.
        self.doubts = doubts + (self.returns - returns);
        match result {
            Ok(_) | Err(Flow::Next(_)) if in_doubt => Ok(Value::Unknown),
            Err(Flow::Next(value)) => Ok(value),
            Err(Flow::Return(value)) if block.is_lambda => Ok(value),
            other => other,
        }
    }

    /// Gives parameters their values.
    fn bind(
        &mut self,
        frame: &Frame<'a>,
        parameters: Option<&'a Node>,
        arguments: Arguments<'a>,
        is_method: bool,
    ) -> Result<(), Flow<'a>> {
        let Some(Node::Args(parameters)) = parameters else { return Ok(()) };
        let parameters = &parameters.args[..];
        let Arguments { mut values, has_keywords, is_open, block } = arguments;
        let is_positional = |node: &&Node| {
            matches!(
                node,
                Node::Arg(_) | Node::Optarg(_) | Node::Restarg(_) | Node::Mlhs(_) | Node::Procarg0(_)
            )
        };
        let takes_keywords = parameters
            .iter()
            .any(|node| matches!(node, Node::Kwarg(_) | Node::Kwoptarg(_) | Node::Kwrestarg(_)));
        let keywords = match takes_keywords && has_keywords {
            true => values.pop(),
            false => None,
        };
        let positional: Vec<&'a Node> = parameters.iter().filter(is_positional).collect();
        let several = positional.len() > 1
            || matches!(positional[..], [Node::Mlhs(_)] | [Node::Restarg(_)] if !is_method)
            || matches!(positional[..], [Node::Procarg0(arg)] if arg.args.len() > 1 || matches!(arg.args[..], [Node::Mlhs(_)]));
        let mut is_open = is_open;
        // A block with several parameters takes an array apart.
        if !is_method
            && several
            && let [single @ (Value::Array(_) | Value::Unknown)] = &values[..]
            && !matches!(positional[..], [Node::Restarg(_)])
        {
            match single.items() {
                Some(items) => values = items,
                None => {
                    values.clear();
                    is_open = true;
                }
            }
        }
        let required = positional
            .iter()
            .filter(|node| matches!(node, Node::Arg(_) | Node::Mlhs(_) | Node::Procarg0(_)))
            .count();
        let mut spare = values.len().saturating_sub(required);
        let mut left = positional.len();
        let mut values = values.into_iter();
        for node in positional {
            left -= 1;
            match node {
                Node::Optarg(parameter) => {
                    let value = if spare > 0 {
                        spare -= 1;
                        values.next().unwrap_or(Value::Unknown)
                    } else if is_open {
                        Value::Unknown
                    } else {
                        self.eval(frame, &parameter.default)?
                    };
                    frame.locals.declare(&parameter.name, value);
                }
                Node::Restarg(parameter) => {
                    let count = values.len().saturating_sub(left);
                    let rest = Value::array(values.by_ref().take(count).collect());
                    if is_open {
                        rest.forget();
                    }
                    if let Some(name) = &parameter.name {
                        frame.locals.declare(name, rest);
                    }
                }
                node => {
                    let value = match values.next() {
                        Some(value) => value,
                        None if is_open => Value::Unknown,
                        None => Value::Nil,
                    };
                    self.bind_one(frame, node, value);
                }
            }
        }
        for node in parameters {
            match node {
                Node::Kwarg(parameter) => {
                    let value = self.keyword(keywords.as_ref(), &parameter.name, is_open);
                    frame.locals.declare(&parameter.name, value.unwrap_or(Value::Unknown));
                }
                Node::Kwoptarg(parameter) => {
                    let value = match self.keyword(keywords.as_ref(), &parameter.name, is_open) {
                        Some(value) => value,
                        None => self.eval(frame, &parameter.default)?,
                    };
                    frame.locals.declare(&parameter.name, value);
                }
                Node::Kwrestarg(parameter) => {
                    let named = |key: &Value<'a>| {
                        parameters.iter().any(|node| match node {
                            Node::Kwarg(other) => key.text().is_some_and(|key| **key == *other.name),
                            Node::Kwoptarg(other) => key.text().is_some_and(|key| **key == *other.name),
                            _ => false,
                        })
                    };
                    let rest = match keywords.as_ref().map(Value::entries) {
                        Some(Some(entries)) => {
                            Value::hash(entries.into_iter().filter(|(key, _)| !named(key)).collect())
                        }
                        None if !is_open => Value::hash(Vec::new()),
                        _ => {
                            let unknown = Value::hash(Vec::new());
                            unknown.forget();
                            unknown
                        }
                    };
                    if let Some(name) = &parameter.name {
                        frame.locals.declare(name, rest);
                    }
                }
                Node::Blockarg(parameter) => {
                    if let Some(name) = &parameter.name {
                        frame.locals.declare(name, block.clone().map_or(Value::Nil, Value::Proc));
                    }
                }
                Node::Shadowarg(parameter) => frame.locals.declare(&parameter.name, Value::Nil),
                _ => {}
            }
        }
        Ok(())
    }

    /// The value given to a keyword; `None` if the default holds.
    fn keyword(&self, keywords: Option<&Value<'a>>, name: &str, is_open: bool) -> Option<Value<'a>> {
        let Some(keywords) = keywords else { return is_open.then_some(Value::Unknown) };
        let Some(entries) = keywords.entries() else { return Some(Value::Unknown) };
        let found = entries.iter().find(|(key, _)| matches!(key, Value::Sym(key) if **key == *name));
        if let Some((_, value)) = found {
            return Some(value.clone());
        }
        entries.iter().any(|(key, _)| matches!(key, Value::Unknown)).then_some(Value::Unknown)
    }

    /// A parameter that is a name or takes an array apart.
    fn bind_one(&mut self, frame: &Frame<'a>, node: &'a Node, value: Value<'a>) {
        match node {
            Node::Arg(parameter) => frame.locals.declare(&parameter.name, value),
            Node::Procarg0(group) if group.args.len() == 1 => self.bind_one(frame, &group.args[0], value),
            Node::Procarg0(group) => self.bind_group(frame, &group.args, &value),
            Node::Mlhs(group) => self.bind_group(frame, &group.items, &value),
            Node::Restarg(parameter) => {
                if let Some(name) = &parameter.name {
                    frame.locals.declare(name, value);
                }
            }
            _ => {}
        }
    }

    fn bind_group(&mut self, frame: &Frame<'a>, nodes: &'a [Node], value: &Value<'a>) {
        let items = match value {
            Value::Array(_) => value.items(),
            Value::Unknown => None,
            single => Some(vec![single.clone()]),
        };
        for (at, node) in nodes.iter().enumerate() {
            let value = match (&items, node) {
                (None, _) => Value::Unknown,
                (Some(items), Node::Restarg(_)) => {
                    let behind = nodes.len() - at - 1;
                    let end = items.len().saturating_sub(behind).max(at);
                    Value::array(items.get(at..end).unwrap_or_default().to_vec())
                }
                (Some(items), _) => items.get(at).cloned().unwrap_or(Value::Nil),
            };
            self.bind_one(frame, node, value);
        }
    }
}

/// The call that `send(:name, …)` stands for, if the name is known.
fn sent<'a>(name: &str, arguments: &Arguments<'a>) -> Option<(Rc<str>, Arguments<'a>)> {
    if !matches!(name, "send" | "public_send" | "__send__") || arguments.is_open {
        return None;
    }
    let (first, rest) = arguments.values.split_first()?;
    Some((first.text()?.clone(), Arguments { values: rest.to_vec(), ..arguments.clone() }))
}
