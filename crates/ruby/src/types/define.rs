//! Variables, constants, classes and methods.

use std::rc::Rc;

use lib_ruby_parser::Node;
use lib_ruby_parser::nodes::{Class as ClassNode, Const, Defs, Module as ModuleNode, SClass};

use super::value::{Arguments, Definee, Eval, Flow, Frame, Locals, Value};
use super::world::{ClassId, Kind, Method, OBJECT, World};

/// Variables in which Puppet keeps the attributes of a type.
const BOOKKEEPING: [&str; 8] = [
    "@parameters",
    "@paramhash",
    "@properties",
    "@validproperties",
    "@key_attribute_parameters",
    "@key_attributes_cache",
    "@validattrs",
    "@isnamevar",
];

impl<'a> World<'a> {
    /// True for a variable in which Puppet keeps what is being declared.
    pub(super) fn is_bookkeeping(&self, frame: &Frame<'a>, name: &str) -> bool {
        let is_type = matches!(frame.me, Value::Class(class) if self.class(class).kind != Kind::Plain);
        is_type && BOOKKEEPING.contains(&name)
    }

    /// `@x` of whatever `self` is.
    pub(super) fn variable(&mut self, frame: &Frame<'a>, name: &str) -> Value<'a> {
        match frame.me {
            Value::Class(class) => self.class(class).variables.get(name).cloned().unwrap_or(Value::Nil),
            _ => Value::Unknown,
        }
    }

    /// `@@x`
    pub(super) fn class_variable(&mut self, frame: &Frame<'a>, name: &str) -> Value<'a> {
        let class = frame.nesting.last().copied().unwrap_or(OBJECT);
        self.class(class).variables.get(name).cloned().unwrap_or(Value::Unknown)
    }

    pub(super) fn eval_constant(&mut self, frame: &Frame<'a>, constant: &'a Const) -> Eval<'a> {
        let value = match constant.scope.as_deref() {
            None => self.constant(&frame.nesting, &constant.name),
            Some(Node::Cbase(_)) => self.constant(&[], &constant.name),
            Some(scope) => match self.eval(frame, scope)? {
                Value::Class(class) => self.constant_in(class, &constant.name),
                _ => Value::Unknown,
            },
        };
        Ok(match value {
            Value::Class(class) => match &*self.class(class).name {
                "Puppet::PUPPETVERSION" => Value::str(super::kernel::PUPPET_VERSION),
                "RUBY_VERSION" => Value::Unknown,
                _ => Value::Class(class),
            },
            value => value,
        })
    }

    pub(super) fn eval_assignment(&mut self, frame: &Frame<'a>, node: &'a Node) -> Eval<'a> {
        match node {
            Node::Lvasgn(target) => {
                let value = self.eval_optional(frame, target.value.as_deref())?;
                self.assign(frame, node, value)
            }
            Node::Ivasgn(target) => {
                let value = self.eval_optional(frame, target.value.as_deref())?;
                self.assign(frame, node, value)
            }
            Node::Cvasgn(target) => {
                let value = self.eval_optional(frame, target.value.as_deref())?;
                self.assign(frame, node, value)
            }
            Node::Gvasgn(target) => self.eval_optional(frame, target.value.as_deref()),
            Node::Casgn(target) => {
                let value = self.eval_optional(frame, target.value.as_deref())?;
                self.assign(frame, node, value)
            }
            Node::IndexAsgn(target) => {
                let value = self.eval_optional(frame, target.value.as_deref())?;
                self.assign(frame, node, value)
            }
            Node::OrAsgn(or) => {
                let old = match &*or.recv {
                    // A constant that nobody has defined is no reason not to define it.
                    Node::Casgn(target) if target.scope.is_none() => {
                        match self.constant(&frame.nesting, &target.name) {
                            Value::Class(class) if !self.class(class).is_defined => Value::Nil,
                            value => value,
                        }
                    }
                    target => self.read(frame, target)?,
                };
                match old.truth() {
                    Some(true) => Ok(old),
                    Some(false) => {
                        let value = self.eval(frame, &or.value)?;
                        self.assign(frame, &or.recv, value)
                    }
                    None => {
                        self.perhaps(frame, node, |world| world.eval(frame, &or.value))?;
                        self.assign(frame, &or.recv, Value::Unknown)
                    }
                }
            }
            Node::AndAsgn(and) => {
                self.perhaps(frame, node, |world| world.eval(frame, &and.value))?;
                self.assign(frame, &and.recv, Value::Unknown)
            }
            Node::OpAsgn(op) => {
                let old = self.read(frame, &op.recv)?;
                let value = self.eval(frame, &op.value)?;
                let arguments = Arguments { values: vec![value], ..Arguments::default() };
                let value = self.call_value(frame, node, &old, &op.operator, arguments)?;
                self.assign(frame, &op.recv, value)
            }
            Node::Masgn(several) => {
                let value = self.eval(frame, &several.rhs)?;
                self.assign(frame, &several.lhs, value)
            }
            _ => Ok(Value::Unknown),
        }
    }

    /// The present value of what an assignment like `x ||= y` assigns to.
    fn read(&mut self, frame: &Frame<'a>, target: &'a Node) -> Eval<'a> {
        Ok(match target {
            Node::Lvasgn(target) => frame.locals.get(&target.name).unwrap_or(Value::Nil),
            Node::Ivasgn(target) => self.variable(frame, &target.name),
            Node::Cvasgn(target) => self.class_variable(frame, &target.name),
            Node::Casgn(target) => match target.scope.as_deref() {
                None => self.constant(&frame.nesting, &target.name),
                Some(_) => Value::Unknown,
            },
            Node::IndexAsgn(index) => {
                let receiver = self.eval(frame, &index.recv)?;
                let arguments = self.arguments(frame, &index.indexes)?;
                self.call_value(frame, target, &receiver, "[]", arguments)?
            }
            Node::Index(index) => {
                let receiver = self.eval(frame, &index.recv)?;
                let arguments = self.arguments(frame, &index.indexes)?;
                self.call_value(frame, target, &receiver, "[]", arguments)?
            }
            Node::Send(send) => {
                self.call(frame, target, send.recv.as_deref(), &send.method_name, &send.args, None, false)?
            }
            _ => Value::Unknown,
        })
    }

    /// Assigns to a variable, constant, index or attribute.
    pub(super) fn assign(&mut self, frame: &Frame<'a>, target: &'a Node, value: Value<'a>) -> Eval<'a> {
        let kept = self.assigned(value.clone());
        match target {
            Node::Lvasgn(target) => frame.locals.set(&target.name, kept),
            Node::Ivasgn(variable) => {
                let Value::Class(class) = frame.me else { return Ok(value) };
                let kind = self.class(class).kind;
                if self.is_bookkeeping(frame, &variable.name) {
                    return Err(self.stop(frame, target, format!("{} is set by hand", variable.name)));
                }
                if kind != Kind::Plain && variable.name == "@isomorphic" {
                    self.certain(frame, target, "resources of the type are isomorphic")?;
                }
                self.class_mut(class).variables.insert(variable.name.as_str().into(), kept);
            }
            Node::Cvasgn(variable) => {
                let class = frame.nesting.last().copied().unwrap_or(OBJECT);
                self.class_mut(class).variables.insert(variable.name.as_str().into(), kept);
            }
            Node::Casgn(constant) => {
                let class = match constant.scope.as_deref() {
                    None => frame.nesting.last().copied().unwrap_or(OBJECT),
                    Some(Node::Cbase(_)) => OBJECT,
                    Some(scope) => match self.eval(frame, scope)? {
                        Value::Class(class) => class,
                        _ => return Ok(value),
                    },
                };
                self.class_mut(class).constants.insert(constant.name.as_str().into(), kept);
            }
            Node::IndexAsgn(index) => {
                let receiver = self.eval(frame, &index.recv)?;
                let mut arguments = self.arguments(frame, &index.indexes)?;
                arguments.values.push(kept);
                self.call_value(frame, target, &receiver, "[]=", arguments)?;
            }
            Node::Index(index) => {
                let receiver = self.eval(frame, &index.recv)?;
                let mut arguments = self.arguments(frame, &index.indexes)?;
                arguments.values.push(kept);
                self.call_value(frame, target, &receiver, "[]=", arguments)?;
            }
            Node::Send(send) => {
                let receiver = self.eval_optional(frame, send.recv.as_deref())?;
                let name = match send.method_name.strip_suffix('=') {
                    Some(_) => send.method_name.clone(),
                    None => format!("{}=", send.method_name),
                };
                let arguments = Arguments { values: vec![kept], ..Arguments::default() };
                self.call_value(frame, target, &receiver, &name, arguments)?;
            }
            Node::Mlhs(several) => {
                let items = match &value {
                    Value::Array(_) => value.items(),
                    Value::Unknown => None,
                    single => Some(vec![single.clone()]),
                };
                self.spread(frame, &several.items, items)?;
            }
            Node::Splat(splat) => {
                if let Some(target) = splat.value.as_deref() {
                    self.assign(frame, target, value.clone())?;
                }
            }
            _ => {}
        }
        Ok(value)
    }

    /// Assigns the items of an array, one of the targets perhaps taking what the others leave.
    fn spread(
        &mut self,
        frame: &Frame<'a>,
        targets: &'a [Node],
        items: Option<Vec<Value<'a>>>,
    ) -> Result<(), Flow<'a>> {
        let Some(items) = items else {
            for target in targets {
                self.assign(frame, target, Value::Unknown)?;
            }
            return Ok(());
        };
        let rest = targets.iter().position(|target| matches!(target, Node::Splat(_)));
        let behind = rest.map_or(0, |at| targets.len() - at - 1);
        let mut next = 0;
        for (at, target) in targets.iter().enumerate() {
            if Some(at) == rest {
                let end = items.len().saturating_sub(behind).max(next);
                let taken = items.get(next..end).unwrap_or_default().to_vec();
                self.assign(frame, target, Value::array(taken))?;
                next = end;
            } else {
                self.assign(frame, target, items.get(next).cloned().unwrap_or(Value::Nil))?;
                next += 1;
            }
        }
        Ok(())
    }

    /// The class or module that a definition names; made if there is none.
    fn named_class(&mut self, frame: &Frame<'a>, name: &'a Node) -> Result<Option<ClassId>, Flow<'a>> {
        let Node::Const(constant) = name else { return Ok(None) };
        let found = match constant.scope.as_deref() {
            None => {
                let inside = frame.nesting.last().copied().unwrap_or(OBJECT);
                match self.class(inside).constants.get(&*constant.name) {
                    Some(found) => found.clone(),
                    None => self.constant_in(inside, &constant.name),
                }
            }
            Some(Node::Cbase(_)) => self.constant_in(OBJECT, &constant.name),
            Some(scope) => match self.eval(frame, scope)? {
                Value::Class(class) => self.constant_in(class, &constant.name),
                _ => return Ok(None),
            },
        };
        Ok(match found {
            Value::Class(class) => Some(class),
            _ => None,
        })
    }

    pub(super) fn define_module(
        &mut self,
        frame: &Frame<'a>,
        node: &'a Node,
        module: &'a ModuleNode,
    ) -> Eval<'a> {
        let class = self.named_class(frame, &module.name)?;
        self.class_body(frame, node, class, module.body.as_deref())
    }

    pub(super) fn define_class(
        &mut self,
        frame: &Frame<'a>,
        node: &'a Node,
        definition: &'a ClassNode,
    ) -> Eval<'a> {
        let parent = match definition.superclass.as_deref() {
            Some(parent) => Some(self.eval(frame, parent)?),
            None => None,
        };
        let class = self.named_class(frame, &definition.name)?;
        if let Some(class) = class {
            match parent {
                Some(Value::Class(parent)) if parent != class => {
                    self.class_mut(class).parent = Some(parent);
                }
                Some(_) => {
                    // A parent that cannot be seen may bring any method.
                    let unseen = self.add_class("(a class that is computed)".into(), false);
                    self.class_mut(class).parent = Some(unseen);
                }
                None => {}
            }
        }
        self.class_body(frame, node, class, definition.body.as_deref())
    }

    fn class_body(
        &mut self,
        frame: &Frame<'a>,
        node: &'a Node,
        class: Option<ClassId>,
        body: Option<&'a Node>,
    ) -> Eval<'a> {
        let Some(class) = class else {
            return Err(self.stop(frame, node, "a class is defined whose name is not known"));
        };
        if self.doubts == 0 {
            self.class_mut(class).is_defined = true;
        }
        let mut nesting = frame.nesting.to_vec();
        nesting.push(class);
        let inside = Frame {
            me: Value::Class(class),
            nesting: nesting.into(),
            locals: Rc::new(Locals::default()),
            block: None,
            method: None,
            definee: Definee::Instances,
            file: frame.file,
        };
        self.class_mut(class).copies_methods = false;
        let value = self.eval_optional(&inside, body);
        self.class_mut(class).copies_methods = false;
        value
    }

    /// `class << self`
    pub(super) fn open_own(&mut self, frame: &Frame<'a>, class: &'a SClass) -> Eval<'a> {
        let Value::Class(target) = self.eval(frame, &class.expr)? else { return Ok(Value::Unknown) };
        let inside = Frame {
            me: Value::Class(target),
            locals: Rc::new(Locals::default()),
            block: None,
            method: None,
            definee: Definee::Inner,
            ..frame.clone()
        };
        self.eval_optional(&inside, class.body.as_deref())
    }

    /// A call without a receiver in `class << self`; `None` if it means what it means elsewhere.
    pub(super) fn call_inner(
        &mut self,
        frame: &Frame<'a>,
        node: &'a Node,
        class: ClassId,
        name: &str,
        arguments: &Arguments<'a>,
    ) -> Result<Option<Value<'a>>, Flow<'a>> {
        let names: Vec<Rc<str>> = arguments.values.iter().filter_map(Value::text).cloned().collect();
        match name {
            "attr_accessor" | "attr_reader" | "attr_writer" | "attr" => {
                for attribute in names {
                    let variable: Rc<str> = format!("@{attribute}").into();
                    if name != "attr_writer" {
                        self.own_method(frame, node, class, &attribute, Method::Reader(variable.clone()))?;
                    }
                    if matches!(name, "attr_accessor" | "attr_writer") {
                        let writer = Method::Writer(variable);
                        self.own_method(frame, node, class, &format!("{attribute}="), writer)?;
                    }
                }
            }
            "alias_method" => {
                if let [to, from] = &names[..] {
                    let found = self.find_method(class, from, None);
                    let method = found.map_or(Method::Unknown, |(method, _)| method);
                    self.own_method(frame, node, class, to, method)?;
                }
            }
            "define_method" => {
                let method = arguments.block.clone().map_or(Method::Unknown, Method::Block);
                match &names[..] {
                    [only] => self.own_method(frame, node, class, only, method)?,
                    _ if self.class(class).kind == Kind::Plain => {}
                    _ => return Err(self.stop(frame, node, "a method is defined that is not known")),
                }
            }
            "include" | "prepend" => self.extend(frame, node, class, arguments)?,
            "private" | "public" | "protected" | "undef_method" | "remove_method" => {}
            _ if self.class(class).kind == Kind::Plain => return Ok(None),
            _ => return Err(self.stop(frame, node, "the class itself is changed by code")),
        }
        Ok(Some(Value::Unknown))
    }

    fn method(&self, frame: &Frame<'a>, parameters: Option<&'a Node>, body: Option<&'a Node>) -> Method<'a> {
        match self.doubts {
            0 => Method::Def { parameters, body, nesting: frame.nesting.clone(), file: frame.file },
            _ => Method::Unknown,
        }
    }

    /// `def name`
    pub(super) fn define_method(
        &mut self,
        frame: &Frame<'a>,
        node: &'a Node,
        name: &str,
        parameters: Option<&'a Node>,
        body: Option<&'a Node>,
    ) -> Eval<'a> {
        let method = self.method(frame, parameters, body);
        match frame.me {
            Value::Class(class) if frame.definee != Definee::Instances => {
                self.own_method(frame, node, class, name, method)?;
            }
            Value::Class(class) => {
                self.instance_method(frame, node, class, name, method.clone())?;
                if self.class(class).copies_methods {
                    self.class_mut(class).own.insert(name.into(), method);
                }
            }
            Value::Main => {
                self.class_mut(OBJECT).methods.insert(name.into(), method);
            }
            _ => {}
        }
        Ok(Value::sym(name))
    }

    /// Gives the instances of a class a method.
    pub(super) fn instance_method(
        &mut self,
        frame: &Frame<'a>,
        node: &Node,
        class: ClassId,
        name: &str,
        method: Method<'a>,
    ) -> Result<(), Flow<'a>> {
        if matches!(self.class(class).kind, Kind::Type(_)) && super::finish::ENSURABLE.contains(&name) {
            self.certain(frame, node, "the type has `ensure`")?;
        }
        self.class_mut(class).methods.insert(name.into(), method);
        Ok(())
    }

    /// `def self.name`
    pub(super) fn define_own(&mut self, frame: &Frame<'a>, node: &'a Node, def: &'a Defs) -> Eval<'a> {
        let method = self.method(frame, def.args.as_deref(), def.body.as_deref());
        match self.eval(frame, &def.definee)? {
            Value::Class(class) => self.own_method(frame, node, class, &def.name, method)?,
            Value::Main => {
                self.class_mut(OBJECT).methods.insert(def.name.as_str().into(), method);
            }
            _ => {}
        }
        Ok(Value::sym(def.name.as_str()))
    }

    /// Gives a class a method of its own.
    pub(super) fn own_method(
        &mut self,
        frame: &Frame<'a>,
        node: &Node,
        class: ClassId,
        name: &str,
        method: Method<'a>,
    ) -> Result<(), Flow<'a>> {
        if self.class(class).kind != Kind::Plain {
            self.certain(frame, node, &format!("{name} is defined"))?;
        }
        self.class_mut(class).own.insert(name.into(), method);
        Ok(())
    }

    pub(super) fn alias(&mut self, frame: &Frame<'a>, node: &Node, to: &Node, from: &Node) -> Eval<'a> {
        if let (Node::Sym(to), Node::Sym(from), Value::Class(class)) = (to, from, &frame.me) {
            let (to, from) = (to.name.to_string_lossy(), from.name.to_string_lossy());
            if frame.definee == Definee::Instances {
                let method = self.class(*class).methods.get(&*from).cloned().unwrap_or(Method::Unknown);
                self.instance_method(frame, node, *class, &to, method)?;
            } else {
                let found = self.find_method(*class, &from, None);
                let method = found.map_or(Method::Unknown, |(method, _)| method);
                self.own_method(frame, node, *class, &to, method)?;
            }
        }
        Ok(Value::Nil)
    }

    /// `defined?(x)`
    pub(super) fn is_defined(&mut self, frame: &Frame<'a>, node: &'a Node) -> Eval<'a> {
        let is_defined = match node {
            Node::Begin(begin) => match &begin.statements[..] {
                [only] => return self.is_defined(frame, only),
                _ => None,
            },
            Node::Const(constant) => match self.eval_constant(frame, constant)? {
                Value::Class(class) if self.class(class).is_defined => Some(true),
                Value::Class(class) if self.class(class).name.starts_with("PuppetX") => Some(false),
                // Who knows what Ruby and Puppet define.
                Value::Class(_) | Value::Unknown => None,
                _ => Some(true),
            },
            Node::Lvar(variable) => Some(frame.locals.get(&variable.name).is_some()),
            Node::Ivar(variable) => match frame.me {
                Value::Class(class) if !BOOKKEEPING.contains(&variable.name.as_str()) => {
                    Some(self.class(class).variables.contains_key(&*variable.name))
                }
                _ => None,
            },
            _ => None,
        };
        Ok(match is_defined {
            Some(true) => Value::str("expression"),
            Some(false) => Value::Nil,
            None => Value::Unknown,
        })
    }
}
