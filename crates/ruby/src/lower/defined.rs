//! `defined?`

use lib_ruby_parser::Node;

use super::{Lower, Lowered, bare};
use crate::class::Class;
use crate::ir::Defined;
use crate::name::Name;

impl Lower<'_> {
    pub(super) fn defined(&mut self, node: &Node) -> Lowered<Defined> {
        Ok(match node {
            Node::Begin(begin) => match &begin.statements[..] {
                [only] => self.defined(only)?,
                [] => Defined::Always("nil"),
                _ => Defined::Always("expression"),
            },
            Node::Nil(_) => Defined::Always("nil"),
            Node::Self_(_) => Defined::Always("self"),
            Node::True(_) => Defined::Always("true"),
            Node::False(_) => Defined::Always("false"),
            Node::Lvar(_) => Defined::Always("local-variable"),
            Node::Ivar(variable) => Defined::Instance(bare(&variable.name)),
            Node::Gvar(variable) => Defined::Global(self.global(node, &variable.name)?),
            Node::NthRef(group) => match group.name.trim_start_matches('$').parse() {
                Ok(number) => Defined::Global(crate::ir::Global::Group(number)),
                Err(_) => Defined::Never,
            },
            Node::Const(constant) => {
                let path = super::literal::constant_path(constant).unwrap_or_default();
                match Class::named(&path) {
                    Some(_) => Defined::Always("constant"),
                    None => return self.unsupported(format!("the constant {path}"), node),
                }
            }
            Node::Yield(_) => Defined::Yield,
            Node::Lvasgn(_)
            | Node::Ivasgn(_)
            | Node::IndexAsgn(_)
            | Node::OpAsgn(_)
            | Node::OrAsgn(_)
            | Node::AndAsgn(_)
            | Node::Masgn(_) => Defined::Always("assignment"),
            Node::Send(send) => {
                let arguments = self.all_defined(&send.args)?;
                let line = self.line(send.expression_l.begin);
                let name = Name::new(&send.method_name);
                match send.recv.as_deref() {
                    None | Some(Node::Self_(_)) => Defined::Function(name, arguments),
                    Some(receiver) => Defined::Method {
                        defined: Box::new(self.defined(receiver)?),
                        receiver: self.expr(receiver)?,
                        name,
                        arguments,
                        line,
                    },
                }
            }
            Node::Index(index) => Defined::Method {
                defined: Box::new(self.defined(&index.recv)?),
                receiver: self.expr(&index.recv)?,
                name: Name::new("[]"),
                arguments: self.all_defined(&index.indexes)?,
                line: self.line(index.expression_l.begin),
            },
            _ => Defined::Always("expression"),
        })
    }

    fn all_defined(&mut self, nodes: &[Node]) -> Lowered<Vec<Defined>> {
        nodes.iter().map(|node| self.defined(node)).collect()
    }
}
