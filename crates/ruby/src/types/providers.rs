//! Whether a type has providers, and so the parameter `provider`.
//!
//! Loading a type loads all files in `lib/puppet/provider/TYPE`; the first that calls `provide` for the type gives it
//! the parameter. Providers are not evaluated, unless they declare attributes; their trees are searched for that call.

use lib_ruby_parser::Node;
use lib_ruby_parser::traverse::visitor::{Visitor, visit_send};

use super::value::Flow;
use super::world::World;

/// Types for which Puppet itself has providers.
const PROVIDED: [&str; 6] = ["exec", "file", "group", "package", "service", "user"];

/// Calls that change a type.
const DECLARATIONS: [&str; 4] = ["newparam", "newproperty", "isnamevar", "ensurable"];

impl<'a> World<'a> {
    /// Whether the type has providers.
    pub(super) fn has_providers(&mut self, name: &str) -> Result<bool, Flow<'a>> {
        let files = self.library.providers(name);
        for (path, text) in &files {
            // A few open the type again and give it more attributes.
            if DECLARATIONS.iter().any(|call| text.contains(call)) {
                self.load(path.clone(), text)?;
            }
        }
        if PROVIDED.contains(&name) {
            return Ok(true);
        }
        let mut doubt = None;
        for (path, text) in files {
            // Nearly all files are settled by a look at their text.
            if !text.contains("provide") {
                continue;
            }
            let Ok(file) = self.files.add(path.clone(), &text) else {
                doubt.get_or_insert(path);
                continue;
            };
            let mut search = Search { name, found: false, doubt: false };
            if let Some(tree) = file.tree() {
                search.visit(tree);
            }
            if search.found {
                return Ok(true);
            }
            if search.doubt {
                doubt.get_or_insert(path);
            }
        }
        match doubt {
            None => Ok(false),
            Some(path) => {
                let reason = "whether this file provides for the type is not known".into();
                Err(Flow::Stop(Box::new((path, 0, reason))))
            }
        }
    }
}

struct Search<'n> {
    name: &'n str,
    found: bool,
    doubt: bool,
}

impl Visitor for Search<'_> {
    fn on_send(&mut self, node: &lib_ruby_parser::nodes::Send) {
        if node.method_name == "provide" {
            match node.recv.as_deref() {
                Some(receiver) => match type_name(receiver) {
                    Some(name) => self.found |= name == self.name,
                    None => self.doubt = true,
                },
                None => self.doubt = true,
            }
        }
        visit_send(self, node);
    }
}

/// The type that `Puppet::Type.type(:name)` or `Puppet::Type::Name` stands for.
fn type_name(node: &Node) -> Option<String> {
    match node {
        Node::Send(send) if send.method_name == "type" => match &send.args[..] {
            [Node::Sym(name)] => Some(name.name.to_string_lossy().to_lowercase()),
            [Node::Str(name)] => Some(name.value.to_string_lossy().to_lowercase()),
            _ => None,
        },
        Node::Const(constant) => match constant.scope.as_deref() {
            Some(Node::Const(scope)) if scope.name == "Type" => Some(constant.name.to_lowercase()),
            _ => None,
        },
        _ => None,
    }
}
