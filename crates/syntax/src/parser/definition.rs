//! Classes, defines, nodes, functions, plans, type aliases, and their parameters.

use stdx::Symbol;

use super::{Parsed, Parser};
use crate::ast::{ClassDef, DefineDef, Expr, ExprId, FunctionDef, NodeDef, Parameter, Span, TypeAlias};
use crate::token::{Kind, Token};

impl Parser<'_> {
    /// A definition, at its keyword.
    pub(super) fn definition(&mut self) -> Parsed {
        let token = self.advance();
        match token.kind {
            Kind::Class => self.class(token),
            Kind::Define => self.define(token),
            Kind::Node => self.node(token),
            Kind::Function => self.function(token),
            Kind::Type => self.type_keyword(token),
            Kind::Plan => self.plan(token),
            Kind::Apply => self.apply(token),
            _ => self.unexpected(),
        }
    }

    fn define_node(&mut self, expr: Expr, start: u32, end: u32) -> ExprId {
        let id = self.add(expr, start, end);
        self.definitions.push(id);
        id
    }

    /// A name as definitions take it.
    fn definition_name(&mut self) -> Parsed<Token> {
        let token = self.token();
        match token.kind {
            Kind::Name | Kind::Word | Kind::ClassRef => Ok(self.advance()),
            Kind::Class => self.reject(token.span(), "'class' keyword not allowed at this location"),
            Kind::String => self.reject(token.span(), "A quoted string is not valid as a name here"),
            _ => self.unexpected(),
        }
    }

    /// The name with those of the classes around it.
    fn full_name(&self, name: Token) -> Symbol {
        let name = self.lexeme(name);
        if self.names.is_empty() {
            return name.into();
        }
        let mut full = String::new();
        for outer in &self.names {
            full.push_str(outer.as_str());
            full.push_str("::");
        }
        full.push_str(name);
        full.strip_prefix("::").unwrap_or(&full).into()
    }

    fn class(&mut self, token: Token) -> Parsed {
        let name_token = self.definition_name()?;
        let name = self.full_name(name_token);
        let own = self.symbol(name_token);
        self.names.push(own);
        let parameters = self.optional_parameters()?;
        let parent = match self.take(Kind::Inherits) {
            None => None,
            Some(_) if self.kind() == Kind::Default => {
                let parent = self.advance();
                Some(self.symbol(parent))
            }
            Some(_) => {
                let parent = self.definition_name()?;
                Some(self.symbol(parent))
            }
        };
        let (body, end) = self.braced_body(token.start)?;
        self.names.pop();
        let class = Expr::Class(Box::new(ClassDef { name, parent, parameters, body }));
        Ok(self.define_node(class, token.start, end))
    }

    fn define(&mut self, token: Token) -> Parsed {
        let name = self.definition_name()?;
        let name = self.full_name(name);
        let parameters = self.optional_parameters()?;
        let (body, end) = self.braced_body(token.start)?;
        let define = Expr::Define(Box::new(DefineDef { name, parameters, body }));
        Ok(self.define_node(define, token.start, end))
    }

    fn plan(&mut self, token: Token) -> Parsed {
        let name_token = self.definition_name()?;
        let name = self.full_name(name_token);
        let own = self.symbol(name_token);
        self.names.push(own);
        let parameters = self.optional_parameters()?;
        let (body, end) = self.braced_body(token.start)?;
        self.names.pop();
        let plan = Expr::Plan(Box::new(FunctionDef { name, parameters, return_type: None, body }));
        Ok(self.define_node(plan, token.start, end))
    }

    fn apply(&mut self, token: Token) -> Parsed {
        self.expect(Kind::LeftParen)?;
        let args = self.arguments(true)?;
        self.expect(Kind::RightParen)?;
        self.expect(Kind::LeftBrace)?;
        let mark = self.scratch.len();
        if self.kind() != Kind::RightBrace {
            self.statements(mark)?;
        }
        let close = self.expect(Kind::RightBrace)?;
        let statements = self.list(mark);
        let body = self.add(Expr::Block(statements), token.start, token.start);
        Ok(self.add(Expr::Apply { args, body }, token.start, close.end))
    }

    fn function(&mut self, token: Token) -> Parsed {
        let name = self.definition_name()?;
        let name = self.symbol(name);
        let parameters = self.optional_parameters()?;
        let return_type = self.return_type()?;
        let (body, end) = self.braced_body(token.start)?;
        let function = Expr::Function(Box::new(FunctionDef { name, parameters, return_type, body }));
        Ok(self.define_node(function, token.start, end))
    }

    fn node(&mut self, token: Token) -> Parsed {
        let mark = self.scratch.len();
        loop {
            let host = self.host_name()?;
            self.scratch.push(host);
            if self.take(Kind::Comma).is_none() || matches!(self.kind(), Kind::LeftBrace | Kind::Inherits) {
                break;
            }
        }
        let matchers = self.list(mark);
        let parent = match self.take(Kind::Inherits) {
            Some(_) => Some(self.host_name()?),
            None => None,
        };
        let (body, end) = self.braced_body(token.start)?;
        let node = Expr::Node(Box::new(NodeDef { matchers, parent, body }));
        Ok(self.define_node(node, token.start, end))
    }

    fn host_name(&mut self) -> Parsed {
        let token = self.token();
        let expr = match token.kind {
            Kind::Name | Kind::Number => return self.dotted_name(),
            Kind::String | Kind::Word => Expr::Str(self.string(token)),
            Kind::Default => Expr::Default,
            Kind::Regex => Expr::Regex(self.string(token)),
            Kind::StringStart => return self.interpolated(),
            Kind::Heredoc => return self.heredoc(),
            _ => return self.unexpected(),
        };
        self.advance();
        Ok(self.add_at(expr, token))
    }

    fn dotted_name(&mut self) -> Parsed {
        let first = self.advance();
        let mut end = first.end;
        let mut name = String::from(self.lexeme(first));
        while self.take(Kind::Dot).is_some() {
            if !matches!(self.kind(), Kind::Name | Kind::Number) {
                return self.unexpected();
            }
            let part = self.advance();
            name.push('.');
            name.push_str(self.lexeme(part));
            end = part.end;
        }
        Ok(self.add(Expr::Str(name.into()), first.start, end))
    }

    /// `type`: a call, an alias, a mapping or a definition.
    fn type_keyword(&mut self, token: Token) -> Parsed {
        if self.kind() == Kind::LeftParen {
            let name = self.symbol(token);
            let functor = self.add_at(Expr::Name(name), token);
            return self.call(functor);
        }
        let name = self.expect(Kind::ClassRef)?;
        if matches!(self.kind(), Kind::LeftBrace | Kind::Inherits) {
            return self.type_definition(token, name);
        }
        let left = self.type_reference(name)?;
        self.expect(Kind::Assign)?;
        let (type_expr, end) = self.aliased_type()?;
        let expr = match self.expr(left) {
            Expr::TypeName(name) => Expr::TypeAlias(Box::new(TypeAlias { name: *name, type_expr })),
            _ => Expr::TypeMapping { type_expr: left, mapping: type_expr },
        };
        // Puppet places an alias at its name, other definitions at their keyword.
        Ok(self.define_node(expr, name.start, end))
    }

    fn type_definition(&mut self, token: Token, name: Token) -> Parsed {
        let parent = match self.take(Kind::Inherits) {
            Some(_) => {
                let parent = self.expect(Kind::ClassRef)?;
                Some(self.symbol(parent))
            }
            None => None,
        };
        let name = self.symbol(name);
        let (body, end) = self.braced_body(token.start)?;
        Ok(self.define_node(Expr::TypeDefinition { name, parent, body }, token.start, end))
    }

    /// The right side of a type alias.
    fn aliased_type(&mut self) -> Parsed<(ExprId, u32)> {
        let token = self.token();
        match token.kind {
            Kind::LeftBrace => {
                self.advance();
                let hash = self.hash(token.start, None)?;
                let Span { start, end } = self.span(hash);
                let object = self.add(Expr::TypeName("Object".into()), start, start);
                let keys = Box::new([hash]);
                Ok((self.add(Expr::Access { left: object, keys }, start, end), end))
            }
            Kind::LeftBracket | Kind::ListStart => {
                self.advance();
                let elements =
                    if self.kind() == Kind::RightBracket { Box::default() } else { self.elements()? };
                let close = self.expect(Kind::RightBracket)?;
                Ok((self.add(Expr::Array(elements), token.start, close.end), close.end))
            }
            Kind::ClassRef => {
                self.advance();
                let name = self.symbol(token);
                let left = self.add_at(Expr::TypeName(name), token);
                match self.kind() {
                    Kind::LeftBrace => self.object_with_parent(left, name),
                    Kind::LeftBracket => {
                        self.advance();
                        let keys = self.access_keys(true)?;
                        let close = self.expect(Kind::RightBracket)?;
                        let access = self.add(Expr::Access { left, keys }, token.start, close.end);
                        Ok((access, close.end))
                    }
                    _ => Ok((left, token.end)),
                }
            }
            _ => self.unexpected(),
        }
    }

    /// `Parent {..}` stands for `Object[{.., parent => Parent}]`.
    fn object_with_parent(&mut self, parent: ExprId, name: Symbol) -> Parsed<(ExprId, u32)> {
        let open = self.advance();
        let key = self.add(Expr::Name("parent".into()), open.start, open.start);
        let object = self.add(Expr::TypeName("Object".into()), open.start, open.start);
        let hash = self.hash(open.start, None)?;
        let end = self.span(hash).end;
        let mut left = parent;
        if !matches!(name.as_str(), "Object" | "TypeSet") {
            self.arrows.push((key, open.start));
            if let Expr::Hash(entries) = &mut self.exprs[hash.0 as usize] {
                let mut all = std::mem::take(entries).into_vec();
                all.push((key, parent));
                *entries = all.into();
            }
            left = object;
        }
        let keys = Box::new([hash]);
        let start = self.span(parent).start;
        Ok((self.add(Expr::Access { left, keys }, start, end), end))
    }

    /// `Name` or `Name[keys]`, the name taken.
    fn type_reference(&mut self, token: Token) -> Parsed {
        let name = self.symbol(token);
        let left = self.add_at(Expr::TypeName(name), token);
        if self.take(Kind::LeftBracket).is_none() {
            return Ok(left);
        }
        let keys = self.access_keys(false)?;
        let close = self.expect(Kind::RightBracket)?;
        Ok(self.add(Expr::Access { left, keys }, token.start, close.end))
    }

    /// `>> Type`, if it stands here.
    pub(super) fn return_type(&mut self) -> Parsed<Option<ExprId>> {
        if self.take(Kind::ShiftRight).is_none() {
            return Ok(None);
        }
        let name = self.expect(Kind::ClassRef)?;
        self.type_reference(name).map(Some)
    }

    fn optional_parameters(&mut self) -> Parsed<Box<[Parameter]>> {
        if !matches!(self.kind(), Kind::LeftParen | Kind::LineParen) {
            return Ok(Box::default());
        }
        self.advance();
        self.parameters(Kind::RightParen)
    }

    /// Parameters up to a closing token, which is taken.
    pub(super) fn parameters(&mut self, close: Kind) -> Parsed<Box<[Parameter]>> {
        let mut parameters = Vec::new();
        while self.kind() != close {
            parameters.push(self.parameter()?);
            if self.take(Kind::Comma).is_none() {
                break;
            }
        }
        self.expect(close)?;
        Ok(parameters.into())
    }

    fn parameter(&mut self) -> Parsed<Parameter> {
        let type_expr = match self.take(Kind::ClassRef) {
            Some(name) => Some(self.type_reference(name)?),
            None => None,
        };
        let captures_rest = self.take(Kind::Times).is_some();
        let token = self.expect(Kind::Variable)?;
        let lexeme = self.lexeme(token);
        let name = lexeme.strip_prefix('$').unwrap_or(lexeme).into();
        let value = match self.take(Kind::Assign) {
            Some(_) => Some(self.expression(0)?),
            None => None,
        };
        Ok(Parameter { name, type_expr, value, captures_rest, span: token.span() })
    }
}
