//! Assignments.

use lib_ruby_parser::{Node, nodes};

use super::{Lower, Lowered, bare};
use crate::ir::{Expr, Loop, Multiple, Operate, Operator, Target};
use crate::name::Name;

impl Lower<'_> {
    /// `a = b`, for anything that can stand on the left.
    pub(super) fn assignment(&mut self, node: &Node) -> Lowered {
        let value = match node {
            Node::Lvasgn(node) => node.value.as_deref(),
            Node::Ivasgn(node) => node.value.as_deref(),
            Node::IndexAsgn(node) => node.value.as_deref(),
            _ => None,
        };
        // The variable exists on the right side already, and is nil there.
        let target = self.target(node)?;
        let value = self.option(value)?;
        Ok(Expr::Assign(Box::new(target), Box::new(value)))
    }

    /// What a node on the left side of an assignment stands for.
    pub(super) fn target(&mut self, node: &Node) -> Lowered<Target> {
        match node {
            Node::Lvasgn(node) => Ok(Target::Local(self.local(&node.name)?)),
            Node::Lvar(node) => Ok(Target::Local(self.local(&node.name)?)),
            Node::Ivasgn(node) => Ok(Target::Instance(bare(&node.name))),
            Node::Ivar(node) => Ok(Target::Instance(bare(&node.name))),
            Node::IndexAsgn(index) => {
                let line = self.line(index.begin_l.begin);
                let receiver = self.expr(&index.recv)?;
                Ok(Target::Index { receiver, arguments: self.arguments(&index.indexes)?, line })
            }
            Node::Index(index) => {
                let line = self.line(index.begin_l.begin);
                let receiver = self.expr(&index.recv)?;
                Ok(Target::Index { receiver, arguments: self.arguments(&index.indexes)?, line })
            }
            Node::Send(send) => {
                let line =
                    self.line(send.selector_l.as_ref().map_or(send.expression_l.begin, |loc| loc.begin));
                let Some(receiver) = send.recv.as_deref() else {
                    return self.unsupported("this assignment", node);
                };
                let name = Name::new(send.method_name.trim_end_matches('='));
                Ok(Target::Attribute { receiver: self.expr(receiver)?, name, is_safe: false, line })
            }
            Node::CSend(send) => {
                let line =
                    self.line(send.selector_l.as_ref().map_or(send.expression_l.begin, |loc| loc.begin));
                let name = Name::new(send.method_name.trim_end_matches('='));
                Ok(Target::Attribute { receiver: self.expr(&send.recv)?, name, is_safe: true, line })
            }
            Node::Mlhs(list) => Ok(Target::Multiple(Box::new(self.multiple(&list.items)?))),
            Node::Splat(splat) => match splat.value.as_deref() {
                Some(value) => self.target(value),
                None => Ok(Target::Ignored),
            },
            other => self.unsupported(super::construct_name(other), other),
        }
    }

    fn multiple(&mut self, items: &[Node]) -> Lowered<Multiple> {
        let mut multiple = Multiple { before: Vec::new(), rest: None, after: Vec::new() };
        for item in items {
            let target = self.target(item)?;
            if matches!(item, Node::Splat(_)) {
                multiple.rest = Some(target);
            } else if multiple.rest.is_none() {
                multiple.before.push(target);
            } else {
                multiple.after.push(target);
            }
        }
        Ok(multiple)
    }

    pub(super) fn multiple_assignment(&mut self, masgn: &nodes::Masgn) -> Lowered {
        let multiple = match &*masgn.lhs {
            Node::Mlhs(list) => self.multiple(&list.items)?,
            other => return self.unsupported("this assignment", other),
        };
        Ok(Expr::Spread(Box::new(multiple), self.boxed(&masgn.rhs)?))
    }

    /// `a += b`, `a ||= b`, `a &&= b`
    pub(super) fn operator_assignment(&mut self, node: &Node) -> Lowered {
        let (left, operator, value, at) = match node {
            Node::OpAsgn(node) => {
                let operator = Operator::Method(Name::new(&node.operator));
                (&node.recv, operator, &node.value, node.operator_l.begin)
            }
            Node::OrAsgn(node) => (&node.recv, Operator::Or, &node.value, node.operator_l.begin),
            Node::AndAsgn(node) => (&node.recv, Operator::And, &node.value, node.operator_l.begin),
            other => return self.unsupported("this assignment", other),
        };
        let target = self.target(left)?;
        let value = self.expr(value)?;
        Ok(Expr::Operate(Box::new(Operate { target, operator, value, line: self.line(at) })))
    }

    /// `for a in list`: the variable belongs to the body around the loop.
    pub(super) fn for_loop(&mut self, node: &nodes::For) -> Lowered {
        let target = self.target(&node.iterator)?;
        let list = self.expr(&node.iteratee)?;
        let line = self.line(node.expression_l.begin);
        self.loops += 1;
        let body = self.option(node.body.as_deref());
        self.loops -= 1;
        let body = Loop { condition: list, expected: true, body: body?, body_first: false, line };
        Ok(Expr::For(Box::new(target), Box::new(body)))
    }
}
