//! What every object, class and module can do, and what code gets from outside: other files.

use std::path::{Component, Path, PathBuf};
use std::rc::Rc;

use lib_ruby_parser::Node;

use super::value::{Arguments, Definee, Eval, Flow, Frame, Value};
use super::world::{ClassId, Kind, Method, OBJECT, World};

/// The version that code is told it runs in.
pub(super) const PUPPET_VERSION: &str = "8.11.0";

/// Modules of Puppet and Ruby that bring methods for instances, and nothing that changes who includes them.
const HARMLESS: [&str; 31] = [
    "Comparable",
    "Enumerable",
    "FileUtils",
    "Forwardable",
    "Kernel",
    "Observable",
    "Singleton",
    "Puppet::Util",
    "Puppet::Util::Backups",
    "Puppet::Util::Checksums",
    "Puppet::Util::ClassGen",
    "Puppet::Util::Diff",
    "Puppet::Util::Docs",
    "Puppet::Util::Errors",
    "Puppet::Util::Execution",
    "Puppet::Util::IniConfig",
    "Puppet::Util::InstanceLoader",
    "Puppet::Util::Json",
    "Puppet::Util::Logging",
    "Puppet::Util::NetworkDevice::IPCalc",
    "Puppet::Util::Package",
    "Puppet::Util::PluginFiles",
    "Puppet::Util::POSIX",
    "Puppet::Util::SELinux",
    "Puppet::Util::SymbolicFileMode",
    "Puppet::Util::Tagging",
    "Puppet::Util::Warnings",
    "Puppet::Util::Windows::Registry",
    "Puppet::Util::Windows::SID",
    "Puppet::Util::Windows::String",
    "Puppet::Util::Yaml",
];

impl<'a> World<'a> {
    /// A call that a class or module answers by its nature; `None` if it does not.
    pub(super) fn call_class(
        &mut self,
        frame: &Frame<'a>,
        node: &'a Node,
        class: ClassId,
        name: &str,
        arguments: &Arguments<'a>,
    ) -> Result<Option<Value<'a>>, Flow<'a>> {
        let answer = match self.class(class).kind {
            Kind::Type(ty) => self.call_type(frame, node, ty, name, arguments)?,
            Kind::Attribute(ty) => self.call_attribute(frame, node, class, ty, name)?,
            Kind::Plain => {
                let known = self.class(class).name.clone();
                match self.call_puppet(frame, node, &known, name, arguments)? {
                    None if super::dsl::is_attribute_talk(name) && self.is_attribute(class) => {
                        Some(Value::Unknown)
                    }
                    answer => answer,
                }
            }
        };
        if answer.is_some() {
            return Ok(answer);
        }
        let is_kind_of_type = self.class(class).kind != Kind::Plain;
        Ok(Some(match name {
            "include" | "prepend" => {
                self.include(frame, node, class, arguments)?;
                Value::Class(class)
            }
            "extend" => {
                self.extend(frame, node, class, arguments)?;
                Value::Class(class)
            }
            "class_eval" | "module_eval" | "class_exec" | "module_exec" | "instance_eval"
            | "instance_exec" => {
                let Some(block) = &arguments.block else {
                    return Err(self.stop(frame, node, "code in a string is evaluated"));
                };
                let values = match name.ends_with("exec") {
                    true => arguments.values.clone(),
                    false => vec![Value::Class(class)],
                };
                let arguments = Arguments { values, ..Arguments::default() };
                let definee = if name.starts_with("instance") { Definee::Itself } else { Definee::Instances };
                let frame = Frame { me: Value::Class(class), definee, ..block.frame.clone() };
                self.run_block_in(block, frame, arguments)?
            }
            "attr_accessor" | "attr_reader" | "attr_writer" | "attr" | "delegate" | "def_delegators"
            | "def_delegator" | "define_method" => {
                let method = match (&arguments.block, name) {
                    (Some(block), "define_method") => Method::Block(block.clone()),
                    _ => Method::Unknown,
                };
                let names: Vec<Rc<str>> = arguments.values.iter().filter_map(Value::text).cloned().collect();
                for name in &names {
                    self.instance_method(frame, node, class, name, method.clone())?;
                }
                if name == "define_method" && names.is_empty() && is_kind_of_type {
                    return Err(self.stop(frame, node, "a method is defined whose name is not known"));
                }
                Value::Nil
            }
            "define_singleton_method" => {
                let (Some(name), Some(block)) =
                    (arguments.values.first().and_then(Value::text), &arguments.block)
                else {
                    return Err(self.stop(frame, node, "a method is defined that is not known"));
                };
                self.own_method(frame, node, class, &name.clone(), Method::Block(block.clone()))?;
                Value::Nil
            }
            "module_function" => {
                if arguments.values.is_empty() {
                    self.class_mut(class).copies_methods = true;
                }
                for name in arguments.values.iter().filter_map(Value::text) {
                    if let Some(method) = self.class(class).methods.get(name).cloned() {
                        self.class_mut(class).own.insert(name.clone(), method);
                    }
                }
                Value::Nil
            }
            "private"
            | "public"
            | "protected"
            | "private_class_method"
            | "public_class_method"
            | "private_constant"
            | "undef_method"
            | "remove_method"
            | "private_instance_methods" => arguments.values.first().cloned().unwrap_or(Value::Nil),
            "alias_method" => Value::Nil,
            "const_get" => match arguments.values.first().and_then(Value::text).cloned() {
                Some(name) if !name.contains("::") => self.constant_in(class, &name),
                Some(name) => {
                    let mut found = Value::Class(class);
                    for part in name.split("::").filter(|part| !part.is_empty()) {
                        found = match found {
                            Value::Class(class) => self.constant_in(class, part),
                            _ => Value::Unknown,
                        };
                    }
                    found
                }
                None => Value::Unknown,
            },
            "const_set" => {
                if let [name, value] = &arguments.values[..]
                    && let Some(name) = name.text()
                {
                    let kept = self.assigned(value.clone());
                    self.class_mut(class).constants.insert(name.clone(), kept);
                }
                Value::Unknown
            }
            "instance_variable_get" => match arguments.values.first().and_then(Value::text).cloned() {
                Some(name) => self.variable(&Frame { me: Value::Class(class), ..frame.clone() }, &name),
                None => Value::Unknown,
            },
            "instance_variable_set" if !is_kind_of_type => {
                if let [name, value] = &arguments.values[..]
                    && let Some(name) = name.text()
                {
                    let kept = self.assigned(value.clone());
                    self.class_mut(class).variables.insert(name.clone(), kept);
                }
                Value::Unknown
            }
            "class" if self.class(class).is_defined => self.constant_in(OBJECT, "Class"),
            "to_s" | "name" | "inspect"
                if self.class(class).is_defined && !matches!(self.class(class).kind, Kind::Attribute(_)) =>
            {
                Value::str(self.class(class).name.clone())
            }
            "tap" => {
                if let Some(block) = &arguments.block {
                    let values = vec![Value::Class(class)];
                    self.run_block(block, Arguments { values, ..Arguments::default() })?;
                }
                Value::Class(class)
            }
            "singleton_class" => Value::Unknown,
            "freeze" | "itself" | "hash" | "object_id" => Value::Class(class),
            "==" | "equal?" | "eql?" => match arguments.values.first() {
                Some(other) => Value::Class(class).equals(other).map_or(Value::Unknown, Value::Bool),
                None => Value::Unknown,
            },
            "!=" => match arguments.values.first() {
                Some(other) => {
                    Value::Class(class).equals(other).map_or(Value::Unknown, |same| Value::Bool(!same))
                }
                None => Value::Unknown,
            },
            "!" | "nil?" => Value::Bool(false),
            "instance_methods"
            | "public_instance_methods"
            | "methods"
            | "constants"
            | "ancestors"
            | "instance_method"
            | "method"
            | "superclass"
            | "is_a?"
            | "kind_of?"
            | "instance_of?"
            | "respond_to?"
            | "method_defined?"
            | "public_method_defined?"
            | "instance_methods_list"
            | "const_defined?"
            | "instance_variable_defined?"
            | "class_variable_defined?"
            | "<"
            | "<="
            | "==="
            | "=~" => Value::Unknown,
            _ => return Ok(None),
        }))
    }

    /// `include`: instances get methods, and hooks of the module run.
    fn include(
        &mut self,
        frame: &Frame<'a>,
        node: &'a Node,
        class: ClassId,
        arguments: &Arguments<'a>,
    ) -> Result<(), Flow<'a>> {
        for module in self.modules(frame, node, class, arguments)? {
            if !self.class(class).included.contains(&module) {
                self.class_mut(class).included.push(module);
            }
            self.hook(frame, node, module, "included", class)?;
        }
        Ok(())
    }

    /// `extend`: the class itself gets methods.
    pub(super) fn extend(
        &mut self,
        frame: &Frame<'a>,
        node: &'a Node,
        class: ClassId,
        arguments: &Arguments<'a>,
    ) -> Result<(), Flow<'a>> {
        for module in self.modules(frame, node, class, arguments)? {
            if !self.class(class).extended.contains(&module) {
                self.class_mut(class).extended.push(module);
            }
            self.hook(frame, node, module, "extended", class)?;
        }
        Ok(())
    }

    /// The modules that a class is to have, if they can be trusted with it.
    fn modules(
        &mut self,
        frame: &Frame<'a>,
        node: &'a Node,
        class: ClassId,
        arguments: &Arguments<'a>,
    ) -> Result<Vec<ClassId>, Flow<'a>> {
        let is_kind_of_type = self.class(class).kind != Kind::Plain;
        if is_kind_of_type {
            self.certain(frame, node, "the type includes a module")?;
        }
        let mut modules = Vec::new();
        for value in &arguments.values {
            match value {
                Value::Class(module) => {
                    if is_kind_of_type && let Some(unknown) = self.unknown_part(*module, 0) {
                        let reason = format!("the module {unknown} is used, which is not known here");
                        return Err(self.stop(frame, node, reason));
                    }
                    modules.push(*module);
                }
                _ if is_kind_of_type => {
                    return Err(self.stop(frame, node, "a module is used that is not known here"));
                }
                _ => {
                    let unknown = self.add_class("(a module that is computed)".into(), false);
                    modules.push(unknown);
                }
            }
        }
        if arguments.is_open && is_kind_of_type {
            return Err(self.stop(frame, node, "modules are used that are not known here"));
        }
        Ok(modules)
    }

    /// True for classes that attributes are made from.
    fn is_attribute(&self, class: ClassId) -> bool {
        let mut next = Some(class);
        for _ in 0..20 {
            let Some(id) = next else { return false };
            let class = self.class(id);
            if class.name.starts_with("Puppet::Property") || class.name.starts_with("Puppet::Parameter") {
                return true;
            }
            next = class.parent;
        }
        false
    }

    /// The first module, of this and those it uses itself, that no file defines.
    fn unknown_part(&self, module: ClassId, depth: u32) -> Option<Rc<str>> {
        let class = self.class(module);
        if HARMLESS.contains(&&*class.name) {
            return None;
        }
        if !class.is_defined || depth > 10 {
            return Some(class.name.clone());
        }
        let parts = class.included.iter().chain(&class.extended);
        parts.filter(|&&part| part != module).find_map(|&part| self.unknown_part(part, depth + 1))
    }

    fn hook(
        &mut self,
        frame: &Frame<'a>,
        node: &'a Node,
        module: ClassId,
        name: &str,
        class: ClassId,
    ) -> Result<(), Flow<'a>> {
        if let Some((method, owner)) = self.find_method(module, name, None) {
            let arguments = Arguments { values: vec![Value::Class(class)], ..Arguments::default() };
            self.run_method(frame, node, &method, owner, Value::Class(module), name, arguments)?;
        }
        Ok(())
    }

    /// Functions that can be called anywhere; `None` if there is no such function.
    pub(super) fn call_kernel(
        &mut self,
        frame: &Frame<'a>,
        node: &'a Node,
        name: &str,
        arguments: &Arguments<'a>,
    ) -> Result<Option<Value<'a>>, Flow<'a>> {
        let first = arguments.values.first();
        Ok(Some(match name {
            "require" => {
                let path = match first {
                    Some(Value::Str(path) | Value::Path(path)) => path.clone(),
                    _ => return Ok(Some(Value::Unknown)),
                };
                self.require(&path)?
            }
            "require_relative" | "load" => {
                let path = match first {
                    Some(Value::Str(path) | Value::Path(path)) => path.clone(),
                    _ => return Ok(Some(Value::Unknown)),
                };
                let folder = frame.file.path.parent().unwrap_or(Path::new(""));
                let path = if name == "load" { PathBuf::from(&*path) } else { clean(&folder.join(&*path)) };
                self.require(&path.to_string_lossy())?
            }
            "raise" | "fail" | "abort" | "exit" | "throw" => return Err(Flow::Raise),
            "block_given?" => Value::Bool(frame.block.is_some()),
            "lambda" | "proc" => arguments.block.clone().map_or(Value::Unknown, Value::Proc),
            "__dir__" => Value::str(frame.file.path.parent().unwrap_or(Path::new("")).to_string_lossy()),
            "__method__" => {
                frame.method.as_ref().map_or(Value::Nil, |running| Value::Sym(running.name.clone()))
            }
            "Array" => match first {
                Some(Value::Array(_)) => first.cloned().unwrap_or(Value::Unknown),
                Some(Value::Nil) => Value::array(Vec::new()),
                Some(Value::Unknown | Value::Hash(_)) | None => Value::Unknown,
                Some(single) => Value::array(vec![single.clone()]),
            },
            "String" => first.and_then(Value::to_s).map_or(Value::Unknown, Value::Str),
            "loop" | "catch" | "at_exit" => self.hand_over(frame, node, arguments)?,
            "_" | "n_" => match first {
                Some(text @ Value::Str(_)) => text.clone(),
                _ => Value::Unknown,
            },
            "include" if matches!(frame.me, Value::Main) => {
                self.include(frame, node, OBJECT, arguments)?;
                Value::Unknown
            }
            "format" | "sprintf" | "puts" | "print" | "p" | "pp" | "warn" | "binding" | "caller" | "rand"
            | "sleep" | "Integer" | "Float" | "Hash" | "freeze" | "private" | "public" | "system" | "gem"
            | "autoload" | "`" | "object_id" | "hash" | "to_s" | "inspect" | "using" => Value::Unknown,
            _ => return Ok(None),
        }))
    }

    /// Loads a file of a module; what is no module's business is taken to be there.
    fn require(&mut self, name: &str) -> Eval<'a> {
        let with_ending = if name.ends_with(".rb") { name.to_owned() } else { format!("{name}.rb") };
        let path = Path::new(&with_ending);
        let found = if path.is_absolute() {
            let path = clean(path);
            self.library.read(&path).map(|text| (path, text))
        } else {
            self.library.find(&with_ending)
        };
        let Some((path, text)) = found else { return Ok(Value::Unknown) };
        if self.loaded.contains(&path) {
            return Ok(Value::Bool(false));
        }
        // Whether the file is needed may be in doubt, but not what is in it.
        let (doubts, returns) = (self.doubts, self.returns);
        let result = self.load(path, &text);
        (self.doubts, self.returns) = (doubts, returns);
        match result {
            Ok(()) | Err(Flow::Return(_)) => Ok(Value::Bool(true)),
            // A helper that is not Ruby to us defines nothing that we know, and will be missed if it matters.
            Err(Flow::Stop(stop)) if stop.2.starts_with("the file cannot be read") => Ok(Value::Unknown),
            Err(flow) => Err(flow),
        }
    }

    /// `value.is_a?(class)`, if it is known.
    pub(super) fn is_a(&self, value: &Value<'a>, class: ClassId) -> Option<bool> {
        let name: &str = &self.class(class).name;
        let is_one_of = |names: &[&str]| Some(names.contains(&name));
        match value {
            Value::Str(_) => is_one_of(&["String", "Comparable", "Object"]),
            Value::Sym(_) => is_one_of(&["Symbol", "Comparable", "Object"]),
            Value::Int(_) => is_one_of(&["Integer", "Numeric", "Comparable", "Object"]),
            Value::Array(_) => is_one_of(&["Array", "Enumerable", "Object"]),
            Value::Hash(_) => is_one_of(&["Hash", "Enumerable", "Object"]),
            Value::Nil => is_one_of(&["NilClass", "Object"]),
            Value::Bool(true) => is_one_of(&["TrueClass", "Object"]),
            Value::Bool(false) => is_one_of(&["FalseClass", "Object"]),
            Value::Regexp(..) => is_one_of(&["Regexp", "Object"]),
            Value::Proc(_) => is_one_of(&["Proc", "Object"]),
            _ => None,
        }
    }
}

/// A path without `.` and `..`.
pub(super) fn clean(path: &Path) -> PathBuf {
    let mut cleaned = PathBuf::new();
    for component in path.components() {
        match component {
            Component::CurDir => {}
            Component::ParentDir => {
                cleaned.pop();
            }
            other => cleaned.push(other),
        }
    }
    cleaned
}
