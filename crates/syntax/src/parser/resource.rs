//! Assignments, relationships, resources and their attributes.

use super::{Parsed, Parser};
use crate::ast::{
    AssignOp, AttributeOp, Expr, ExprId, RelationOp, Resource, ResourceBody, ResourceForm, Span,
};
use crate::token::{Kind, Token};
use stdx::Symbol;

impl Parser<'_> {
    /// `a = b = c`, where each part is a relationship.
    pub(super) fn assignment(&mut self) -> Parsed {
        let left = self.resource()?;
        self.assignment_from(left)
    }

    /// The rest of an assignment whose first resource is read.
    pub(super) fn assignment_from(&mut self, left: ExprId) -> Parsed {
        let left = self.relationship_from(left)?;
        let op = match self.kind() {
            Kind::Assign => AssignOp::Assign,
            Kind::AppendAssign => AssignOp::Append,
            Kind::DeleteAssign => AssignOp::Delete,
            _ => return Ok(left),
        };
        let token = self.advance();
        self.enter()?;
        let right = self.assignment()?;
        self.leave();
        Ok(self.add_at(Expr::Assign { op, left, right }, token))
    }

    fn relationship_from(&mut self, left: ExprId) -> Parsed {
        let mut left = left;
        let mut run = 0;
        loop {
            let op = match self.kind() {
                Kind::Before => RelationOp::Before,
                Kind::Notify => RelationOp::Notify,
                Kind::After => RelationOp::After,
                Kind::Subscribe => RelationOp::Subscribe,
                _ => break,
            };
            let token = self.advance();
            let right = self.resource()?;
            left = self.add_at(Expr::Relationship { op, left, right }, token);
            run += 1;
        }
        self.note_run(run);
        Ok(left)
    }

    /// An expression with as many `{ }` behind it as there are, or `@`, `@@` before all that.
    fn resource(&mut self) -> Parsed {
        match self.kind() {
            Kind::At | Kind::AtAt => self.virtual_resource(),
            Kind::Class if self.next_kind() == Kind::LeftBrace => {
                let class = self.class_resource()?;
                self.resource_from(class)
            }
            _ => {
                let left = self.expression(0)?;
                self.resource_from(left)
            }
        }
    }

    fn virtual_resource(&mut self) -> Parsed {
        let token = self.advance();
        self.enter()?;
        let inner = self.resource()?;
        self.leave();
        let (wanted, message) = if token.kind == Kind::At {
            (ResourceForm::Virtual, "Virtual (@) can only be applied to a Resource Expression")
        } else {
            (ResourceForm::Exported, "Exported (@@) can only be applied to a Resource Expression")
        };
        match &mut self.exprs[inner.0 as usize] {
            Expr::Resource(resource) => resource.form = wanted,
            Expr::ResourceDefaults { form, .. } | Expr::ResourceOverride { form, .. } => *form = wanted,
            _ => return self.reject_after_reading(token.span(), message),
        }
        self.spans[inner.0 as usize].start = token.start;
        Ok(inner)
    }

    /// `class { title: ... }`
    fn class_resource(&mut self) -> Parsed {
        let class = self.advance();
        self.advance();
        let type_name = self.add(Expr::Name(Symbol::new("class")), class.start, class.start);
        let mut bodies = Vec::new();
        loop {
            bodies.push(self.resource_body(class.start)?);
            if self.take(Kind::Semicolon).is_none() || self.kind() == Kind::RightBrace {
                break;
            }
        }
        let close = self.expect(Kind::RightBrace)?;
        let resource = Resource { form: ResourceForm::Regular, type_name, bodies: bodies.into() };
        Ok(self.add(Expr::Resource(Box::new(resource)), class.start, close.end))
    }

    /// `title: attributes`; the body is placed where its resource begins.
    fn resource_body(&mut self, start: u32) -> Parsed<ResourceBody> {
        let title = self.expression(0)?;
        self.expect(Kind::Colon)?;
        let attributes = self.attributes()?;
        Ok(ResourceBody { title, attributes, span: Span { start, end: start } })
    }

    /// The braces behind an expression that is read.
    pub(super) fn resource_from(&mut self, left: ExprId) -> Parsed {
        let mut left = left;
        let mut run = 0;
        while self.kind() == Kind::LeftBrace {
            left = self.braced(left)?;
            run += 1;
        }
        if run > 1 {
            self.note_run(run);
        }
        Ok(left)
    }

    fn braced(&mut self, left: ExprId) -> Parsed {
        let open = self.advance();
        if self.at_attribute() {
            let attributes = self.attributes()?;
            let close = self.expect(Kind::RightBrace)?;
            return self.untitled(left, attributes, open, close);
        }
        let start = self.span(left).start;
        let mut bodies = Vec::new();
        loop {
            bodies.push(self.resource_body(start)?);
            if self.take(Kind::Semicolon).is_none() || self.kind() == Kind::RightBrace {
                break;
            }
        }
        let close = self.expect(Kind::RightBrace)?;
        let resource = Resource { form: ResourceForm::Regular, type_name: left, bodies: bodies.into() };
        Ok(self.add(Expr::Resource(Box::new(resource)), start, close.end))
    }

    /// After `{`: attributes without a title, rather than a title.
    fn at_attribute(&self) -> bool {
        match self.kind() {
            Kind::RightBrace | Kind::Comma => true,
            Kind::Times => self.next_kind() == Kind::FatArrow,
            // These begin no expression.
            Kind::And | Kind::Or | Kind::In | Kind::Else | Kind::Elsif | Kind::Inherits => true,
            kind if kind == Kind::Name || kind.is_keyword() => {
                matches!(self.next_kind(), Kind::FatArrow | Kind::PlusArrow)
            }
            _ => false,
        }
    }

    /// Attributes up to what cannot be one, with a comma at the end if there is one. A comma may also
    /// stand before the first.
    pub(super) fn attributes(&mut self) -> Parsed<Box<[AttributeOp]>> {
        let mut attributes = Vec::new();
        loop {
            let kind = self.kind();
            if kind == Kind::Name || kind == Kind::Times || kind.is_keyword() {
                attributes.push(self.attribute()?);
            } else if !attributes.is_empty() || kind != Kind::Comma {
                break;
            }
            if self.take(Kind::Comma).is_none() {
                break;
            }
            if self.kind() == Kind::Comma {
                // Only one comma may stand before the first attribute.
                break;
            }
        }
        Ok(attributes.into())
    }

    fn attribute(&mut self) -> Parsed<AttributeOp> {
        let token = self.advance();
        let name = (token.kind != Kind::Times).then(|| self.symbol(token));
        let append = match self.kind() {
            Kind::FatArrow => false,
            Kind::PlusArrow if name.is_some() => true,
            _ => return self.unexpected(),
        };
        self.advance();
        let value = self.expression(0)?;
        let end = self.span(value).end.max(token.end);
        Ok(AttributeOp { name, append, value, span: Span { start: token.start, end } })
    }

    /// `left { attributes }`: defaults, overrides, or a resource whose title was forgotten.
    fn untitled(
        &mut self,
        left: ExprId,
        attributes: Box<[AttributeOp]>,
        open: Token,
        close: Token,
    ) -> Parsed {
        let start = self.span(left).start;
        let form = ResourceForm::Regular;
        let expr = match self.expr(left) {
            Expr::Name(_) => return self.forgotten_title(left, &attributes, open, close),
            Expr::TypeName(_) => Expr::ResourceDefaults { form, type_ref: left, attributes },
            Expr::Access { .. } => Expr::ResourceOverride { form, resources: left, attributes },
            _ => {
                let span = self.span(left);
                return self.reject(
                    span,
                    "Expression is not valid as a resource, resource-default, or resource-override",
                );
            }
        };
        Ok(self.add(expr, start, close.end))
    }

    /// `name { a => b }` is the name and a hash; a call if the name is a statement function.
    fn forgotten_title(
        &mut self,
        left: ExprId,
        attributes: &[AttributeOp],
        open: Token,
        close: Token,
    ) -> Parsed {
        if attributes.iter().any(|attribute| attribute.append) {
            return self.reject(open.span(), "Syntax error resource body without title or hash with +>");
        }
        let mut entries = Vec::with_capacity(attributes.len());
        for attribute in attributes {
            let key = match attribute.name {
                Some(name) => Expr::Str(name.as_str().into()),
                None => Expr::Nop,
            };
            let key = self.add(key, open.start, open.start);
            self.arrows.push((key, open.start));
            entries.push((key, attribute.value));
        }
        let hash = self.add(Expr::Hash(entries.into()), open.start, close.end);
        let start = self.span(left).start;
        let is_call = matches!(self.expr(left), Expr::Name(name) if self.statement_names.contains(name));
        let expr = if is_call {
            Expr::Call { functor: left, args: Box::new([hash]), lambda: None, statement: true }
        } else {
            Expr::Block(Box::new([left, hash]))
        };
        Ok(self.add(expr, start, close.end))
    }
}
