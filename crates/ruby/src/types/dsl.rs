//! What Puppet offers to files of types: declarations of types and attributes.

use std::path::{Path, PathBuf};
use std::rc::Rc;

use lib_ruby_parser::Node;

use super::kernel::{PUPPET_VERSION, clean};
use super::value::{Arguments, EXTENDED, Flow, Frame, IGNORE_CASE, MULTI_LINE, Value};
use super::world::{Attribute, ClassId, Kind, OBJECT, TypeInfo, World};

/// Methods of types that say nothing about attributes. Their blocks run later.
const TYPE_TALK: [&str; 27] = [
    "desc",
    "doc",
    "doc=",
    "feature",
    "autorequire",
    "autobefore",
    "autosubscribe",
    "autonotify",
    "validate",
    "apply_to",
    "apply_to_host",
    "apply_to_device",
    "apply_to_all",
    "self_refresh=",
    "defaultprovider=",
    "provider",
    "providers",
    "suitableprovider",
    "instances",
    "features",
    "provider_features",
    "munge",
    "defaultto",
    "debug",
    "warning",
    "notice",
    "info",
];

/// Methods of attributes that do not make them namevars. Their blocks run later.
const ATTRIBUTE_TALK: [&str; 34] = [
    "desc",
    "doc",
    "doc=",
    "nodoc",
    "nodoc=",
    "munge",
    "unmunge",
    "validate",
    "newvalue",
    "newvalues",
    "aliasvalue",
    "defaultto",
    "defaultvalues",
    "nodefault",
    "sensitive",
    "isrequired",
    "required?",
    "required_features=",
    "array_matching",
    "array_matching=",
    "unmanaged",
    "unmanaged=",
    "idempotent",
    "idempotent=",
    "metaparam",
    "metaparam=",
    "value_collection",
    "value_name",
    "value_option",
    "proxymethods",
    "retryable",
    "debug",
    "warning",
    "notice",
];

/// Whether classes of attributes answer this, and no type notices.
pub(super) fn is_attribute_talk(name: &str) -> bool {
    // On a class from which others are made, it marks none of them.
    name == "isnamevar" || ATTRIBUTE_TALK.contains(&name)
}

impl<'a> World<'a> {
    /// Calls of Puppet's and Ruby's own modules that matter here; `None` for the rest.
    pub(super) fn call_puppet(
        &mut self,
        frame: &Frame<'a>,
        node: &'a Node,
        owner: &str,
        name: &str,
        arguments: &Arguments<'a>,
    ) -> Result<Option<Value<'a>>, Flow<'a>> {
        let values = &arguments.values[..];
        Ok(Some(match (owner, name, values) {
            ("Puppet::Type" | "Puppet", "newtype", _) => self.new_type(frame, node, arguments)?,
            ("Puppet::Type", "type", [name]) => {
                let found = name.text().and_then(|name| {
                    let lower = name.to_lowercase();
                    self.types.iter().rev().find(|ty| *ty.name == *lower)
                });
                found.map_or(Value::OtherType, |ty| Value::Class(ty.class))
            }
            ("Puppet::Type", "metaparams", []) => {
                let names = wire::types::metaparameters().iter();
                Value::array(names.map(|name| Value::sym(name.as_str())).collect())
            }
            ("Puppet::ResourceApi", "register_type", [definition]) => {
                self.register_type(frame, node, &definition.clone())?
            }
            ("Puppet::Util::Platform", "windows?", []) => Value::Bool(false),
            ("Puppet", "version", []) => Value::str(PUPPET_VERSION),
            ("Pathname", "new", [Value::Str(path) | Value::Path(path)]) => Value::Path(path.clone()),
            ("File", "join", parts) => join(parts).map_or(Value::Unknown, Value::Str),
            ("File", "dirname", [path]) => match file_text(path) {
                Some(path) => match Path::new(&*path).parent() {
                    Some(parent) => Value::str(parent.to_string_lossy()),
                    None => Value::str("."),
                },
                None => Value::Unknown,
            },
            ("File", "expand_path" | "absolute_path" | "realpath", [path]) => {
                file_text(path).map_or(Value::Unknown, |path| expanded(&path, None))
            }
            ("File", "expand_path" | "absolute_path", [path, folder]) => {
                match (file_text(path), file_text(folder)) {
                    (Some(path), Some(folder)) => expanded(&path, Some(&folder)),
                    _ => Value::Unknown,
                }
            }
            ("File", "basename", [path]) => match file_text(path) {
                Some(path) => Path::new(&*path)
                    .file_name()
                    .map_or(Value::Unknown, |name| Value::str(name.to_string_lossy())),
                None => Value::Unknown,
            },
            ("File", "basename", [path, Value::Str(ending)]) => match file_text(path) {
                Some(path) => Path::new(&*path).file_name().map_or(Value::Unknown, |name| {
                    let name = name.to_string_lossy();
                    Value::str(name.strip_suffix(&**ending).unwrap_or(&name))
                }),
                None => Value::Unknown,
            },
            ("Regexp", "new" | "compile", [Value::Str(source)]) => Value::Regexp(source.clone(), 0),
            ("Regexp", "new", [Value::Str(source), Value::Int(options)]) => match u8::try_from(*options) {
                Ok(options) => Value::Regexp(source.clone(), options & (IGNORE_CASE | EXTENDED | MULTI_LINE)),
                Err(_) => Value::Unknown,
            },
            ("Regexp", "new", [regexp @ Value::Regexp(..)]) => regexp.clone(),
            ("Regexp", "escape" | "quote", [text]) => match text.text() {
                Some(text) => Value::str(pcore::regexp::escape(text)),
                None => Value::Unknown,
            },
            ("Proc", "new", []) => arguments.block.clone().map_or(Value::Unknown, Value::Proc),
            ("Array", "new", []) => Value::array(Vec::new()),
            ("Hash", "new", []) if arguments.block.is_none() => Value::hash(Vec::new()),
            ("Module", "new", []) | ("Class", "new", [] | [_]) => {
                let module = self.add_class("(a class without a name)".into(), true);
                if let Some(parent) = values.first() {
                    let parent = match parent {
                        Value::Class(parent) => *parent,
                        _ => self.add_class("(a class that is computed)".into(), false),
                    };
                    self.class_mut(module).parent = Some(parent);
                }
                if let Some(block) = &arguments.block {
                    let values = vec![Value::Class(module)];
                    let arguments = Arguments { values, ..Arguments::default() };
                    self.run_block_as(block, Value::Class(module), arguments)?;
                }
                Value::Class(module)
            }
            _ => return Ok(None),
        }))
    }

    /// `newtype(:name) { … }`
    fn new_type(
        &mut self,
        frame: &Frame<'a>,
        node: &'a Node,
        arguments: &Arguments<'a>,
    ) -> Result<Value<'a>, Flow<'a>> {
        self.certain(frame, node, "the type is defined")?;
        let Some(name) = arguments.values.first().and_then(Value::text) else {
            return Err(self.stop(frame, node, "a type is defined whose name is not known"));
        };
        let class = self.add_type(frame, node, &name.clone());
        if let Some(block) = &arguments.block {
            let values = vec![Value::Class(class)];
            self.run_block_as(block, Value::Class(class), Arguments { values, ..Arguments::default() })?;
        }
        Ok(Value::Class(class))
    }

    /// A type without attributes.
    pub(super) fn add_type(&mut self, frame: &Frame<'a>, node: &Node, name: &str) -> ClassId {
        let name: Rc<str> = name.to_lowercase().into();
        let constant = capitalized(&name);
        let class = self.add_class(format!("Puppet::Type::{constant}").into(), true);
        self.class_mut(class).kind = Kind::Type(self.types.len());
        self.types.push(TypeInfo {
            name,
            class,
            properties: Vec::new(),
            parameters: Vec::new(),
            place: (frame.file.path.clone(), frame.file.line(node.expression().begin)),
            patterns: None,
        });
        if let Value::Class(puppet) = self.constant_in(OBJECT, "Puppet")
            && let Value::Class(root) = self.constant_in(puppet, "Type")
        {
            self.class_mut(root).constants.insert(constant.into(), Value::Class(class));
        }
        class
    }

    /// A call that a type answers.
    pub(super) fn call_type(
        &mut self,
        frame: &Frame<'a>,
        node: &'a Node,
        ty: usize,
        name: &str,
        arguments: &Arguments<'a>,
    ) -> Result<Option<Value<'a>>, Flow<'a>> {
        let first = arguments.values.first();
        let symbols = |names: &mut dyn Iterator<Item = &Attribute>| {
            Value::array(names.map(|attribute| Value::Sym(attribute.name.clone())).collect())
        };
        Ok(Some(match name {
            "newparam" | "newproperty" => self.new_attribute(frame, node, ty, name, arguments)?,
            "ensurable" => {
                let name = Arguments { values: vec![Value::sym("ensure")], ..arguments.clone() };
                self.new_attribute(frame, node, ty, "newproperty", &name)?
            }
            "provide" => {
                self.certain(frame, node, "the type has providers")?;
                self.providify(ty);
                Value::Unknown
            }
            "parameters" => symbols(&mut self.types[ty].parameters.iter()),
            "validproperties" => symbols(&mut self.types[ty].properties.iter()),
            "paramclass" | "propertybyname" | "attrclass" => match first.and_then(Value::text) {
                Some(name) => {
                    let info = &self.types[ty];
                    let mut all = info.properties.iter().chain(&info.parameters);
                    all.find(|attribute| attribute.name == *name)
                        .map_or(Value::Nil, |attribute| Value::Class(attribute.class))
                }
                None => return Ok(None),
            },
            "validattr?" | "validproperty?" | "validparameter?" | "properties" | "key_attributes"
            | "allattrs" | "eachmetaparam" | "metaparams" | "metaparamclass" | "isomorphic?"
            | "title_patterns" => Value::Unknown,
            "name" => Value::Sym(self.types[ty].name.clone()),
            _ if TYPE_TALK.contains(&name) => Value::Unknown,
            _ => return Ok(None),
        }))
    }

    /// Declares a parameter or property.
    pub(super) fn new_attribute(
        &mut self,
        frame: &Frame<'a>,
        node: &'a Node,
        ty: usize,
        kind: &str,
        arguments: &Arguments<'a>,
    ) -> Result<Value<'a>, Flow<'a>> {
        self.certain(frame, node, "an attribute is declared")?;
        let is_property = kind == "newproperty";
        let name = arguments.values.first().and_then(Value::text).filter(|_| !arguments.is_open);
        let Some(name) = name.map(|name| Rc::<str>::from(name.to_lowercase())) else {
            return Err(self.stop(frame, node, format!("{kind} is called with a name that is not known")));
        };
        let options = arguments.values.get(1).cloned().unwrap_or_else(|| Value::hash(Vec::new()));
        let (parent, is_namevar) = (options.option("parent"), options.option("namevar").truth());
        let is_namevar = match is_namevar {
            _ if is_property => false,
            Some(is_namevar) => is_namevar,
            None => {
                return Err(self.stop(frame, node, format!("whether {name} is a namevar is not known")));
            }
        };
        let info = &self.types[ty];
        let list = if is_property { &info.properties } else { &info.parameters };
        if list.iter().any(|attribute| attribute.name == name) {
            return Err(self.stop(frame, node, format!("{name} is declared twice")));
        }
        let class = self.add_class(format!("(attribute {name})").into(), true);
        self.class_mut(class).kind = Kind::Attribute(ty);
        if let Value::Class(parent) = parent {
            self.class_mut(class).parent = Some(parent);
        }
        let attribute = Attribute { name: name.clone(), class, is_namevar };
        let info = &mut self.types[ty];
        match is_property {
            true if &*name == "ensure" => info.properties.insert(0, attribute),
            true => info.properties.push(attribute),
            false => info.parameters.push(attribute),
        }
        if let Some(block) = &arguments.block {
            let values = vec![Value::Class(class)];
            self.run_block_as(block, Value::Class(class), Arguments { values, ..Arguments::default() })?;
        }
        Ok(Value::Class(class))
    }

    /// A type with providers has a parameter to choose one.
    pub(super) fn providify(&mut self, ty: usize) {
        if self.types[ty].parameters.iter().any(|attribute| &*attribute.name == "provider") {
            return;
        }
        let class = self.add_class("(attribute provider)".into(), true);
        let attribute = Attribute { name: "provider".into(), class, is_namevar: false };
        self.types[ty].parameters.push(attribute);
    }

    /// A call that an attribute answers.
    pub(super) fn call_attribute(
        &mut self,
        frame: &Frame<'a>,
        node: &'a Node,
        class: ClassId,
        ty: usize,
        name: &str,
    ) -> Result<Option<Value<'a>>, Flow<'a>> {
        Ok(Some(match name {
            "isnamevar" => {
                self.certain(frame, node, "an attribute is a namevar")?;
                let info = &mut self.types[ty];
                let all = info.properties.iter_mut().chain(&mut info.parameters);
                for attribute in all.filter(|attribute| attribute.class == class) {
                    attribute.is_namevar = true;
                }
                Value::Bool(true)
            }
            "name" => {
                let info = &self.types[ty];
                let mut all = info.properties.iter().chain(&info.parameters);
                all.find(|attribute| attribute.class == class)
                    .map_or(Value::Unknown, |attribute| Value::Sym(attribute.name.clone()))
            }
            "isnamevar?" => Value::Unknown,
            _ if ATTRIBUTE_TALK.contains(&name) => Value::Unknown,
            _ => return Ok(None),
        }))
    }
}

/// `foo_bar` as `Foo_bar`.
fn capitalized(name: &str) -> String {
    let mut letters = name.chars();
    letters.next().into_iter().flat_map(char::to_uppercase).chain(letters).collect()
}

fn file_text(value: &Value<'_>) -> Option<Rc<str>> {
    match value {
        Value::Str(path) | Value::Path(path) => Some(path.clone()),
        _ => None,
    }
}

fn join(parts: &[Value<'_>]) -> Option<Rc<str>> {
    let mut joined = String::new();
    for (at, part) in parts.iter().enumerate() {
        let part = file_text(part)?;
        if at == 0 {
            joined.push_str(&part);
        } else {
            let trimmed = joined.trim_end_matches('/').len();
            joined.truncate(trimmed);
            joined.push('/');
            joined.push_str(part.trim_start_matches('/'));
        }
    }
    Some(joined.into())
}

fn expanded<'a>(path: &str, folder: Option<&str>) -> Value<'a> {
    let path = match folder {
        Some(folder) => Path::new(folder).join(path),
        None => PathBuf::from(path),
    };
    match path.is_absolute() {
        true => Value::str(clean(&path).to_string_lossy()),
        // Relative to the working directory of the server, which says nothing.
        false => Value::Unknown,
    }
}
