//! Classes, constants and methods, and the state of a reading.

use std::collections::{HashMap, HashSet};
use std::path::{Path, PathBuf};
use std::rc::Rc;

use lib_ruby_parser::Node;

use super::source::{File, Files};
use super::value::{Definee, Flow, Frame, Locals, Proc, Value};
use super::{Library, Unsure};

/// Expressions that one reading evaluates.
const STEPS_MAX: u32 = 500_000;
/// Classes that one reading meets.
const CLASSES_MAX: usize = 10_000;

/// Index of a class or module.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(super) struct ClassId(usize);

/// `Object`, whose constants and methods are everybody's.
pub(super) const OBJECT: ClassId = ClassId(0);

/// What a class is to us.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Kind {
    Plain,
    /// A resource type, by index.
    Type(usize),
    /// An attribute of a type, by the index of the type.
    Attribute(usize),
}

/// A class or module.
#[derive(Debug)]
pub(super) struct Class<'a> {
    /// Full name.
    pub(super) name: Rc<str>,
    pub(super) kind: Kind,
    pub(super) parent: Option<ClassId>,
    /// False for a name that has only been mentioned: Puppet's own classes, and everything that no file we saw defines.
    pub(super) is_defined: bool,
    pub(super) constants: HashMap<Rc<str>, Value<'a>>,
    /// Methods of instances.
    pub(super) methods: HashMap<Rc<str>, Method<'a>>,
    /// Methods of the class itself.
    pub(super) own: HashMap<Rc<str>, Method<'a>>,
    pub(super) included: Vec<ClassId>,
    pub(super) extended: Vec<ClassId>,
    /// Variables `@x` and `@@x`.
    pub(super) variables: HashMap<Rc<str>, Value<'a>>,
    /// Methods that follow are the module's, too (`module_function`).
    pub(super) copies_methods: bool,
}

/// A method.
#[derive(Clone, Debug)]
pub(super) enum Method<'a> {
    Def {
        parameters: Option<&'a Node>,
        body: Option<&'a Node>,
        nesting: Rc<[ClassId]>,
        file: &'a File,
    },
    Block(Rc<Proc<'a>>),
    Reader(Rc<str>),
    Writer(Rc<str>),
    /// Somebody defines it, perhaps.
    Unknown,
}

/// A type that is being read.
#[derive(Debug)]
pub(super) struct TypeInfo {
    pub(super) name: Rc<str>,
    pub(super) class: ClassId,
    pub(super) properties: Vec<Attribute>,
    pub(super) parameters: Vec<Attribute>,
    /// Where the definition stands.
    pub(super) place: (PathBuf, u32),
    /// How a type of the Resource API reads titles; `None` for other types.
    pub(super) patterns: Option<Vec<(String, Vec<Rc<str>>)>>,
}

/// An attribute of a type.
#[derive(Debug)]
pub(super) struct Attribute {
    pub(super) name: Rc<str>,
    pub(super) class: ClassId,
    pub(super) is_namevar: bool,
}

/// Everything that code can see.
pub(super) struct World<'a> {
    pub(super) library: &'a dyn Library,
    pub(super) files: &'a Files,
    classes: Vec<Class<'a>>,
    pub(super) types: Vec<TypeInfo>,
    pub(super) loaded: HashSet<PathBuf>,
    steps: u32,
    pub(super) depth: u32,
    /// How many conditions around the running code are not known to hold.
    pub(super) doubts: u32,
    /// How many of the running methods may have returned before.
    pub(super) returns: u32,
}

impl<'a> World<'a> {
    pub(super) fn new(library: &'a dyn Library, files: &'a Files) -> World<'a> {
        let mut world = World {
            library,
            files,
            classes: Vec::new(),
            types: Vec::new(),
            loaded: HashSet::new(),
            steps: 0,
            depth: 0,
            doubts: 0,
            returns: 0,
        };
        world.classes.push(Class::new("".into(), true));
        world
    }

    pub(super) fn class(&self, id: ClassId) -> &Class<'a> {
        &self.classes[id.0]
    }

    pub(super) fn class_mut(&mut self, id: ClassId) -> &mut Class<'a> {
        &mut self.classes[id.0]
    }

    /// A new class without a place among the constants.
    pub(super) fn add_class(&mut self, name: Rc<str>, is_defined: bool) -> ClassId {
        self.classes.push(Class::new(name, is_defined));
        ClassId(self.classes.len() - 1)
    }

    /// The constant of this name in a class; a name that nobody has defined is a class that is not known.
    pub(super) fn constant_in(&mut self, class: ClassId, name: &str) -> Value<'a> {
        if let Some(found) = self.inherited_constant(class, name) {
            return found;
        }
        let full = self.full_name(class, name);
        if self.classes.len() > CLASSES_MAX {
            return Value::Unknown;
        }
        let id = self.add_class(full, false);
        self.class_mut(class).constants.insert(name.into(), Value::Class(id));
        Value::Class(id)
    }

    pub(super) fn full_name(&self, class: ClassId, name: &str) -> Rc<str> {
        match &*self.class(class).name {
            "" => name.into(),
            outer => format!("{outer}::{name}").into(),
        }
    }

    fn inherited_constant(&self, class: ClassId, name: &str) -> Option<Value<'a>> {
        let mut next = Some(class);
        while let Some(id) = next {
            let class = self.class(id);
            let here = std::iter::once(id).chain(class.included.iter().copied());
            for id in here {
                if let Some(found) = self.class(id).constants.get(name) {
                    return Some(found.clone());
                }
            }
            next = class.parent;
        }
        None
    }

    /// The constant that a bare name stands for in code within these classes.
    pub(super) fn constant(&mut self, nesting: &[ClassId], name: &str) -> Value<'a> {
        let is_known = |value: &Value<'_>| match value {
            Value::Class(id) => self.class(*id).is_defined,
            _ => true,
        };
        let mut mentioned = None;
        for &class in nesting.iter().rev() {
            if let Some(found) = self.class(class).constants.get(name) {
                if is_known(found) {
                    return found.clone();
                }
                mentioned.get_or_insert(found.clone());
            }
        }
        if let Some(found) = nesting.last().and_then(|&class| self.inherited_constant(class, name))
            && is_known(&found)
        {
            return found;
        }
        if let Some(found) = self.class(OBJECT).constants.get(name)
            && (is_known(found) || mentioned.is_none())
        {
            return found.clone();
        }
        // Puppet's own names are seen from within `module Puppet`.
        if let Some(&class) = nesting.iter().find(|&&class| &*self.class(class).name == "Puppet")
            && matches!(name, "Type" | "Parameter" | "Property" | "Provider" | "Util" | "ResourceApi")
        {
            return self.constant_in(class, name);
        }
        mentioned.unwrap_or_else(|| self.constant_in(OBJECT, name))
    }

    /// Where to look for a method of a class itself, in order: a class, and whether its methods of instances count.
    fn lookup_order(&self, class: ClassId) -> Vec<(ClassId, bool)> {
        let mut order = Vec::new();
        let mut next = Some(class);
        while let Some(id) = next {
            order.push((id, false));
            for &module in self.class(id).extended.iter().rev() {
                self.instance_order(module, &mut order);
            }
            next = self.class(id).parent;
            if order.len() > 100 {
                break;
            }
        }
        order
    }

    fn instance_order(&self, class: ClassId, order: &mut Vec<(ClassId, bool)>) {
        if order.len() > 100 || order.contains(&(class, true)) {
            return;
        }
        order.push((class, true));
        for &module in self.class(class).included.iter().rev() {
            self.instance_order(module, order);
        }
    }

    /// The method that a class answers to, and whose it is. `after` is the owner of the method that calls `super`.
    pub(super) fn find_method(
        &self,
        class: ClassId,
        name: &str,
        after: Option<ClassId>,
    ) -> Option<(Method<'a>, ClassId)> {
        let order = self.lookup_order(class);
        let from = match after {
            Some(owner) => order.iter().position(|(id, _)| *id == owner)? + 1,
            None => 0,
        };
        order.get(from..)?.iter().find_map(|&(id, of_instances)| {
            let class = self.class(id);
            let methods = if of_instances { &class.methods } else { &class.own };
            methods.get(name).map(|method| (method.clone(), id))
        })
    }

    /// A method of everybody, defined outside of all classes.
    pub(super) fn global_method(&self, name: &str) -> Option<(Method<'a>, ClassId)> {
        let mut order = Vec::new();
        self.instance_order(OBJECT, &mut order);
        let mut found = order.into_iter().filter_map(|(id, _)| Some((self.class(id).methods.get(name)?, id)));
        found.next().map(|(method, id)| (method.clone(), id))
    }

    /// True if instances of a class have the method, as far as is known.
    pub(super) fn has_instance_method(&self, class: ClassId, name: &str) -> bool {
        let mut order = Vec::new();
        let mut next = Some(class);
        while let Some(id) = next {
            self.instance_order(id, &mut order);
            next = self.class(id).parent;
        }
        order.iter().any(|&(id, _)| id != OBJECT && self.class(id).methods.contains_key(name))
    }

    /// The code outside of all classes of a file.
    pub(super) fn top_frame(&self, file: &'a File) -> Frame<'a> {
        Frame {
            me: Value::Main,
            nesting: Rc::new([]),
            locals: Rc::new(Locals::default()),
            block: None,
            method: None,
            definee: Definee::Instances,
            file,
        }
    }

    /// Parses and evaluates a file.
    pub(super) fn load(&mut self, path: PathBuf, text: &str) -> Result<(), Flow<'a>> {
        if !self.loaded.insert(path.clone()) {
            return Ok(());
        }
        let file = self.files.add(path.clone(), text).map_err(|(line, reason)| {
            Flow::Stop(Box::new((path, line, format!("the file cannot be read as Ruby: {reason}"))))
        })?;
        let frame = self.top_frame(file);
        match file.tree() {
            Some(tree) => self.eval(&frame, tree).map(|_| ()),
            None => Ok(()),
        }
    }

    /// Counts a step; too many are the end.
    pub(super) fn step(&mut self, file: &'a File, node: Option<&Node>) -> Result<(), Flow<'a>> {
        self.steps += 1;
        if self.steps > STEPS_MAX {
            let line = node.map_or(0, |node| file.line(node.expression().begin));
            let reason = "loading the file takes too long to be followed".into();
            return Err(Flow::Stop(Box::new((file.path.clone(), line, reason))));
        }
        Ok(())
    }

    /// The reading ends here, unsure.
    pub(super) fn stop(&self, frame: &Frame<'a>, node: &Node, reason: impl Into<String>) -> Flow<'a> {
        let line = frame.file.line(node.expression().begin);
        Flow::Stop(Box::new((frame.file.path.clone(), line, reason.into())))
    }

    /// Something is about to happen to a type, which must not hang on what is not known.
    pub(super) fn certain(&self, frame: &Frame<'a>, node: &Node, what: &str) -> Result<(), Flow<'a>> {
        if self.doubts == 0 {
            return Ok(());
        }
        Err(self.stop(frame, node, format!("whether {what} depends on something that is not known")))
    }

    /// A value that is assigned: not known if it is not known whether it is assigned.
    pub(super) fn assigned(&self, value: Value<'a>) -> Value<'a> {
        if self.doubts == 0 { value } else { Value::Unknown }
    }

    /// The report of a reading that came to nothing.
    pub(super) fn blame(&self, flow: Flow<'a>, path: &Path) -> Unsure {
        match flow {
            Flow::Stop(stop) => {
                let (path, line, reason) = *stop;
                Unsure { path, line, reason }
            }
            _ => {
                let reason = "the file raises an error or ends early".into();
                Unsure { path: path.to_owned(), line: 0, reason }
            }
        }
    }
}

impl Class<'_> {
    fn new(name: Rc<str>, is_defined: bool) -> Self {
        Class {
            name,
            kind: Kind::Plain,
            parent: None,
            is_defined,
            constants: HashMap::new(),
            methods: HashMap::new(),
            own: HashMap::new(),
            included: Vec::new(),
            extended: Vec::new(),
            variables: HashMap::new(),
            copies_methods: false,
        }
    }
}
