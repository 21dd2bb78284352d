//! Types of the Resource API: one hash says everything.

use std::rc::Rc;

use lib_ruby_parser::Node;

use super::value::{Arguments, Eval, Frame, Value, regexp_text};
use super::world::World;

impl<'a> World<'a> {
    /// `Puppet::ResourceApi.register_type(name: …, attributes: {…})`
    pub(super) fn register_type(
        &mut self,
        frame: &Frame<'a>,
        node: &'a Node,
        definition: &Value<'a>,
    ) -> Eval<'a> {
        self.certain(frame, node, "the type is registered")?;
        let unknown =
            |world: &World<'a>, what: &str| Err(world.stop(frame, node, format!("{what} not known")));
        let Some(name) = definition.option("name").text().cloned() else {
            return unknown(self, "the name of a registered type is");
        };
        let Some(attributes) = definition.option("attributes").entries() else {
            return unknown(self, "the attributes of a registered type are");
        };
        let class = self.add_type(frame, node, &name);
        let ty = self.types.len() - 1;
        let mut namevars: Vec<Rc<str>> = Vec::new();
        let mut has_plain = false;
        let mut declared = Vec::new();
        for (key, options) in attributes {
            let Some(key) = key.text().cloned() else {
                return unknown(self, "the name of an attribute is");
            };
            let behaviour = match options.option("behaviour") {
                Value::Nil => options.option("behavior"),
                given => given,
            };
            let kind = match &behaviour {
                Value::Nil => {
                    has_plain = true;
                    "newproperty"
                }
                Value::Sym(behaviour) => match &**behaviour {
                    "namevar" => {
                        namevars.push(key.clone());
                        "newparam"
                    }
                    "parameter" | "read_only" => "newparam",
                    "init_only" => "newproperty",
                    _ => return unknown(self, "the behaviour of an attribute is"),
                },
                _ => return unknown(self, "the behaviour of an attribute is"),
            };
            declared.push((key, kind));
        }
        if !has_plain {
            let features = definition.option("features");
            match (&features, features.items()) {
                (Value::Nil, _) => {}
                (_, Some(features)) => {
                    let is_custom =
                        |value: &Value<'a>| value.text().is_some_and(|name| &**name == "custom_insync");
                    if features.iter().any(is_custom) {
                        declared.insert(0, ("rsapi_custom_insync_trigger".into(), "newproperty"));
                    }
                }
                _ => return unknown(self, "the features of a registered type are"),
            }
        }
        for (name, kind) in declared {
            let arguments = Arguments { values: vec![Value::Sym(name)], ..Arguments::default() };
            self.new_attribute(frame, node, ty, kind, &arguments)?;
        }
        for attribute in &mut self.types[ty].parameters {
            attribute.is_namevar = namevars.contains(&attribute.name);
        }
        let patterns = match definition.option("title_patterns") {
            Value::Nil => match namevars.first() {
                Some(first) => vec![("(?m-ix:(.*))".to_owned(), vec![first.clone()])],
                None => return unknown(self, "the namevar of a registered type is"),
            },
            given => {
                let Some(given) = given.items() else {
                    return unknown(self, "the title patterns of a registered type are");
                };
                let mut patterns = Vec::with_capacity(given.len());
                for entry in given {
                    // A pattern in a string would be searched in, not with.
                    let Value::Regexp(source, options) = entry.option("pattern") else {
                        return unknown(self, "a title pattern of a registered type is");
                    };
                    let Some(names) = group_names(&source) else {
                        return unknown(self, "the groups of a title pattern are");
                    };
                    let source =
                        if options == 0 { source.to_string() } else { regexp_text(&source, options) };
                    patterns.push((source, names));
                }
                patterns
            }
        };
        self.types[ty].patterns = Some(patterns);
        Ok(Value::Class(class))
    }
}

/// Names of the groups of an expression, in order; `None` if a name stands for several groups.
fn group_names(source: &str) -> Option<Vec<Rc<str>>> {
    let mut names: Vec<Rc<str>> = Vec::new();
    let mut rest = source;
    let mut in_set = 0u32;
    while let Some(at) = rest.find(['\\', '(', '[', ']']) {
        let (found, behind) = (&rest[at..], &rest[at + 1..]);
        rest = behind;
        match found.as_bytes().first() {
            Some(b'\\') => {
                let mut letters = behind.chars();
                letters.next();
                rest = letters.as_str();
            }
            Some(b'[') => in_set += 1,
            Some(b']') => in_set = in_set.saturating_sub(1),
            _ if in_set > 0 => {}
            _ => {
                let name = behind.strip_prefix("?<").or_else(|| behind.strip_prefix("?'"));
                let Some(name) = name.filter(|name| !name.starts_with(['=', '!'])) else { continue };
                let end = name.find(['>', '\''])?;
                let name: Rc<str> = name[..end].into();
                if names.contains(&name) {
                    return None;
                }
                names.push(name);
            }
        }
    }
    Some(names)
}

#[cfg(test)]
mod tests {
    use super::group_names;

    #[test]
    fn groups_are_found_by_name() {
        let names = |source: &str| group_names(source).map(|names| names.join(" "));
        assert_eq!(names(r"^(?<package>.*[^-])-(?<manager>.*)$").as_deref(), Some("package manager"));
        assert_eq!(names(r"\(?<a>[(?<b>](?<=x)(?<c>y)").as_deref(), Some("c"));
        assert_eq!(names("(?<a>x)|(?<a>y)"), None);
        assert_eq!(names("(x)").as_deref(), Some(""));
    }
}
