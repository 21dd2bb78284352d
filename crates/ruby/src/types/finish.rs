//! From what was declared to what a compile needs.

use std::rc::Rc;

use pcore::regexp::Regexp;
use stdx::Symbol;
use wire::types::{AttributeKind, ResourceType, TitlePattern, TitleRule};

use super::value::{Arguments, Eval, Flow, Frame, Value, regexp_text};
use super::world::{OBJECT, TypeInfo, World};

/// Methods with which a type says that its resources come and go: with all three of them it has `ensure`.
pub(super) const ENSURABLE: [&str; 3] = ["exists?", "create", "destroy"];
/// Methods of the class that decide about attributes. Types that have their own are not followed.
const DECIDING: [&str; 7] = [
    "key_attributes",
    "key_attribute_parameters",
    "validattr?",
    "valid_parameter?",
    "validparameter?",
    "validproperty?",
    "ensurable?",
];

impl<'a> World<'a> {
    /// The type of this name, if the files have defined it.
    pub(super) fn finish(&mut self, name: &str) -> Result<Option<ResourceType>, Flow<'a>> {
        let Some(ty) = self.types.iter().rposition(|ty| &*ty.name == name) else { return Ok(None) };
        let class = self.types[ty].class;
        for name in DECIDING {
            if self.find_method(class, name, None).is_some() {
                return Err(self.unsure(ty, format!("the type has its own {name}")));
            }
        }
        let has_ensure = self.types[ty].properties.iter().any(|attribute| &*attribute.name == "ensure");
        if !has_ensure && ENSURABLE.iter().all(|name| self.has_instance_method(class, name)) {
            let ensure = self.add_class("(attribute ensure)".into(), true);
            let attribute =
                super::world::Attribute { name: "ensure".into(), class: ensure, is_namevar: false };
            self.types[ty].properties.insert(0, attribute);
        }
        if self.has_providers(name)? {
            self.providify(ty);
        }
        let isomorphic = self.is_isomorphic(ty)?;
        let namevars = namevars(&self.types[ty]);
        let title = self.title_rule(ty, &namevars)?;
        let info = &self.types[ty];
        let of = |list: &[super::world::Attribute], kind| {
            list.iter().map(|attribute| (Symbol::new(&attribute.name), kind)).collect::<Vec<_>>()
        };
        let mut attributes = of(&info.properties, AttributeKind::Property);
        attributes.extend(of(&info.parameters, AttributeKind::Parameter));
        Ok(Some(ResourceType::new(Symbol::new(name), isomorphic, namevars, title, attributes)))
    }

    fn is_isomorphic(&mut self, ty: usize) -> Result<bool, Flow<'a>> {
        let class = self.types[ty].class;
        let value = match self.own_answer(ty, "isomorphic?")? {
            Some(value) => value,
            None => match self.class(class).variables.get("@isomorphic") {
                Some(value) => value.clone(),
                None => return Ok(true),
            },
        };
        value.truth().ok_or_else(|| self.unsure(ty, "whether the type is isomorphic is not known".into()))
    }

    /// What a method of the class returns that the type defines itself.
    fn own_answer(&mut self, ty: usize, name: &str) -> Result<Option<Value<'a>>, Flow<'a>> {
        let class = self.types[ty].class;
        let Some((method, owner)) = self.find_method(class, name, None) else { return Ok(None) };
        let (file, tree) = match &method {
            super::world::Method::Def { file, .. } => (*file, file.tree()),
            super::world::Method::Block(block) => (block.frame.file, block.frame.file.tree()),
            _ => return Err(self.unsure(ty, format!("the type's own {name} is not known"))),
        };
        let Some(tree) = tree else { return Ok(None) };
        let frame = Frame { me: Value::Class(class), nesting: Rc::new([OBJECT]), ..self.top_frame(file) };
        let result: Eval<'a> =
            self.run_method(&frame, tree, &method, owner, Value::Class(class), name, Arguments::default());
        match result {
            Ok(value) => Ok(Some(value)),
            Err(Flow::Stop(stop)) => Err(Flow::Stop(stop)),
            Err(_) => Err(self.unsure(ty, format!("the type's own {name} fails"))),
        }
    }

    fn title_rule(&mut self, ty: usize, namevars: &[Symbol]) -> Result<TitleRule, Flow<'a>> {
        let given = match self.own_answer(ty, "title_patterns")? {
            Some(value) => Some(
                patterns(&value).ok_or_else(|| self.unsure(ty, "the title patterns are not known".into()))?,
            ),
            None => self.types[ty].patterns.take(),
        };
        let Some(given) = given else {
            return Ok(match namevars {
                [] => TitleRule::patterns(Vec::new()),
                [only] => TitleRule::Whole(*only),
                _ => TitleRule::Missing,
            });
        };
        let mut rule = Vec::with_capacity(given.len());
        for (source, names) in given {
            let regexp = Regexp::new(&source)
                .map_err(|error| self.unsure(ty, format!("a title pattern: {}", error.message)))?;
            let attributes = names.iter().map(|name| Symbol::new(name)).collect();
            rule.push(TitlePattern { regexp, attributes });
        }
        Ok(TitleRule::patterns(rule))
    }

    fn unsure(&self, ty: usize, reason: String) -> Flow<'a> {
        let (path, line) = self.types[ty].place.clone();
        Flow::Stop(Box::new((path, line, reason)))
    }
}

/// The attributes that name a resource. Properties do not count, though they can be marked.
fn namevars(info: &TypeInfo) -> Vec<Symbol> {
    let named = info.parameters.iter().filter(|attribute| attribute.is_namevar || &*attribute.name == "name");
    named.map(|attribute| Symbol::new(&attribute.name)).collect()
}

/// `[[/regexp/, [[:name], [:other]]]]`
fn patterns(value: &Value<'_>) -> Option<Vec<(String, Vec<Rc<str>>)>> {
    let mut all = Vec::new();
    for pattern in value.items()? {
        let parts = pattern.items()?;
        let [Value::Regexp(source, options), names] = &parts[..] else { return None };
        let mut attributes = Vec::new();
        for name in names.items()? {
            let name = match &name {
                Value::Sym(name) => name.clone(),
                // The second item would be code that computes the value.
                list => match &list.items()?[..] {
                    [Value::Sym(name)] | [Value::Sym(name), Value::Nil] => name.clone(),
                    [Value::Sym(name), Value::Proc(code)] if is_identity(code) => name.clone(),
                    _ => return None,
                },
            };
            attributes.push(name);
        }
        let source = match options {
            0 => source.to_string(),
            options => regexp_text(source, *options),
        };
        all.push((source, attributes));
    }
    Some(all)
}

/// `lambda { |x| x }`
fn is_identity(code: &super::value::Proc<'_>) -> bool {
    use lib_ruby_parser::Node;

    let super::value::ProcCode::Block { parameters: Some(Node::Args(args)), body: Some(Node::Lvar(body)) } =
        &code.code
    else {
        return false;
    };
    match &args.args[..] {
        [Node::Arg(only)] => only.name == body.name,
        [Node::Procarg0(group)] => matches!(&group.args[..], [Node::Arg(only)] if only.name == body.name),
        _ => false,
    }
}
