//! The tree as text: Puppet's Extended S-Expression Notation.
//!
//! `puppet parser dump --format pn` prints it. It shows exactly what was parsed, so it is what tests compare.

use std::fmt::Write as _;
use std::sync::Arc;

use crate::ast::{
    AssignOp, Ast, AttributeOp, BinaryOp, Collect, Expr, ExprId, Parameter, RelationOp, Resource,
    ResourceForm,
};

/// The whole tree on one line.
pub fn dump(ast: &Ast) -> String {
    write(ast, |pn, out| pn.write(None, out))
}

/// The whole tree with line breaks and two blanks of indentation a level.
pub fn dump_pretty(ast: &Ast) -> String {
    write(ast, |pn, out| pn.write(Some(0), out))
}

/// The whole tree as JSON: calls are `{"^": [name, ...]}`, maps `{"#": [key, value, ...]}`.
pub fn dump_json(ast: &Ast) -> String {
    write(ast, Pn::write_json)
}

/// Trees up to this height are walked on the caller's stack.
const SMALL_HEIGHT: usize = 60;

/// Stack for trees of any height that the parser makes.
const LARGE_STACK: usize = 256 << 20;

fn write(ast: &Ast, form: impl Fn(&Pn, &mut String) + Send + Sync) -> String {
    let write = || {
        let mut out = String::new();
        form(&Dumper { ast }.expr(ast.root), &mut out);
        out
    };
    if ast.height() <= SMALL_HEIGHT {
        return write();
    }
    std::thread::scope(|scope| {
        let large = std::thread::Builder::new().stack_size(LARGE_STACK);
        match large.spawn_scoped(scope, write) {
            Ok(thread) => thread.join().unwrap_or_default(),
            Err(_) => String::new(),
        }
    })
}

/// A value of the notation.
enum Pn {
    Nil,
    Bool(bool),
    Int(i64),
    Float(f64),
    Text(Arc<str>),
    List(Vec<Pn>),
    Map(Vec<(&'static str, Pn)>),
    /// A map whose keys come from the program.
    Named(Vec<(&'static str, Pn)>),
    Call(&'static str, Vec<Pn>),
}

fn text(text: &str) -> Pn {
    Pn::Text(text.into())
}

struct Dumper<'a> {
    ast: &'a Ast,
}

impl Dumper<'_> {
    fn expr(&self, id: ExprId) -> Pn {
        match &self.ast[id] {
            Expr::Nop => Pn::Call("nop", Vec::new()),
            Expr::Undef => Pn::Nil,
            Expr::Default => Pn::Call("default", Vec::new()),
            Expr::Bool(value) => Pn::Bool(*value),
            Expr::Int(value, 10) => Pn::Int(*value),
            Expr::Int(value, radix) => {
                let entries = vec![("radix", Pn::Int(i64::from(*radix))), ("value", Pn::Int(*value))];
                Pn::Call("int", vec![Pn::Map(entries)])
            }
            Expr::Float(value) => Pn::Float(*value),
            Expr::Str(value) => Pn::Text(Arc::clone(value)),
            Expr::Regex(source) if has_encoding(source) => {
                Pn::Call("regexp", vec![text(&format!("(?-imx:{source})"))])
            }
            Expr::Regex(source) => Pn::Call("regexp", vec![Pn::Text(Arc::clone(source))]),
            Expr::Interpolated(parts) => Pn::Call("concat", self.all(parts)),
            Expr::Text(inner) => Pn::Call("str", vec![self.expr(*inner)]),
            Expr::Heredoc { syntax, text } => {
                let mut entries = Vec::new();
                if !syntax.is_empty() {
                    entries.push(("syntax", Pn::Text(Arc::clone(syntax))));
                }
                entries.push(("text", self.expr(*text)));
                Pn::Call("heredoc", vec![Pn::Map(entries)])
            }
            Expr::Array(elements) => Pn::Call("array", self.all(elements)),
            Expr::Hash(entries) => Pn::Call("hash", self.pairs(entries)),
            Expr::Name(name) => Pn::Call("qn", vec![text(name.as_str())]),
            Expr::TypeName(name) => Pn::Call("qr", vec![text(name.as_str())]),
            Expr::Reserved(word) => Pn::Call("reserved", vec![text(word.as_str())]),
            Expr::Var(name) => Pn::Call("var", vec![text(name.as_str())]),
            Expr::Binary { op, left, right } => self.binary(binary_name(*op), *left, *right),
            Expr::Assign { op, left, right } => {
                let name = match op {
                    AssignOp::Assign => "=",
                    AssignOp::Append => "+=",
                    AssignOp::Delete => "-=",
                };
                self.binary(name, *left, *right)
            }
            Expr::Relationship { op, left, right } => {
                let name = match op {
                    RelationOp::Before => "->",
                    RelationOp::Notify => "~>",
                    RelationOp::After => "<-",
                    RelationOp::Subscribe => "<~",
                };
                self.binary(name, *left, *right)
            }
            Expr::Not(inner) => Pn::Call("!", vec![self.expr(*inner)]),
            Expr::Minus(inner) => match self.ast[*inner] {
                Expr::Int(value, _) => Pn::Int(value.wrapping_neg()),
                Expr::Float(value) => Pn::Float(-value),
                _ => Pn::Call("-", vec![self.expr(*inner)]),
            },
            Expr::Unfold(inner) => Pn::Call("unfold", vec![self.expr(*inner)]),
            Expr::Paren(inner) => Pn::Call("paren", vec![self.expr(*inner)]),
            Expr::Access { left, keys } => {
                let mut parts = vec![self.expr(*left)];
                parts.extend(self.all(keys));
                Pn::Call("access", parts)
            }
            Expr::NamedAccess { left, right } => self.binary(".", *left, *right),
            Expr::Call { functor, args, lambda, statement } => {
                self.call(if *statement { "invoke" } else { "call" }, *functor, args, *lambda)
            }
            Expr::MethodCall { functor, args, lambda } => self.call("call-method", *functor, args, *lambda),
            Expr::Lambda(lambda) => {
                let mut entries = self.parameters(&lambda.parameters);
                if let Some(return_type) = lambda.return_type {
                    entries.push(("returns", self.expr(return_type)));
                }
                entries.extend(self.body("body", lambda.body));
                Pn::Call("lambda", vec![Pn::Map(entries)])
            }
            Expr::Block(statements) => Pn::Call("block", self.all(statements)),
            Expr::If { test, then, otherwise } => self.conditional("if", *test, *then, *otherwise),
            Expr::Unless { test, then, otherwise } => self.conditional("unless", *test, *then, *otherwise),
            Expr::Case { test, options } => {
                let options = options
                    .iter()
                    .map(|option| {
                        let when = Pn::List(self.all(&option.values));
                        Pn::Map(vec![("when", when), ("then", self.statements(option.then))])
                    })
                    .collect();
                Pn::Call("case", vec![self.expr(*test), Pn::List(options)])
            }
            Expr::Selector { left, entries } => {
                Pn::Call("?", vec![self.expr(*left), Pn::List(self.pairs(entries))])
            }
            Expr::Resource(resource) => self.resource(resource),
            Expr::ResourceDefaults { form, type_ref, attributes } => {
                self.untitled("resource-defaults", "type", *form, *type_ref, attributes)
            }
            Expr::ResourceOverride { form, resources, attributes } => {
                self.untitled("resource-override", "resources", *form, *resources, attributes)
            }
            Expr::Collect(collect) => self.collect(collect),
            other => self.definition(other),
        }
    }

    fn definition(&self, expr: &Expr) -> Pn {
        match expr {
            Expr::Class(class) => {
                let mut entries = vec![("name", text(class.name.as_str()))];
                if let Some(parent) = class.parent {
                    entries.push(("parent", text(parent.as_str())));
                }
                entries.extend(self.parameters(&class.parameters));
                entries.extend(self.body("body", class.body));
                Pn::Call("class", vec![Pn::Map(entries)])
            }
            Expr::Define(define) => {
                let mut entries = vec![("name", text(define.name.as_str()))];
                entries.extend(self.parameters(&define.parameters));
                entries.extend(self.body("body", define.body));
                Pn::Call("define", vec![Pn::Map(entries)])
            }
            Expr::Function(function) | Expr::Plan(function) => {
                let mut entries = vec![("name", text(function.name.as_str()))];
                entries.extend(self.parameters(&function.parameters));
                entries.extend(self.body("body", function.body));
                if let Some(return_type) = function.return_type {
                    entries.push(("returns", self.expr(return_type)));
                }
                let name = if matches!(expr, Expr::Plan(_)) { "plan" } else { "function" };
                Pn::Call(name, vec![Pn::Map(entries)])
            }
            Expr::Node(node) => {
                let mut entries = vec![("matches", Pn::List(self.all(&node.matchers)))];
                if let Some(parent) = node.parent {
                    entries.push(("parent", self.expr(parent)));
                }
                entries.extend(self.body("body", node.body));
                Pn::Call("node", vec![Pn::Map(entries)])
            }
            Expr::TypeAlias(alias) => {
                Pn::Call("type-alias", vec![text(alias.name.as_str()), self.expr(alias.type_expr)])
            }
            Expr::TypeMapping { type_expr, mapping } => {
                Pn::Call("type-mapping", vec![self.expr(*type_expr), self.expr(*mapping)])
            }
            Expr::TypeDefinition { name, parent, body } => {
                let parent = parent.map_or(Pn::Nil, |parent| text(parent.as_str()));
                Pn::Call("type-definition", vec![text(name.as_str()), parent, self.expr(*body)])
            }
            Expr::Apply { args, body } => {
                let entries = vec![("args", Pn::List(self.all(args))), ("body", self.statements(*body))];
                Pn::Call("apply", vec![Pn::Map(entries)])
            }
            Expr::Epp { parameters, body, .. } => {
                let mut entries = self.parameters(parameters);
                let statements = match &self.ast[*body] {
                    Expr::Block(statements) => self.all(statements),
                    _ => Vec::new(),
                };
                entries.push(("body", Pn::List(vec![Pn::Call("epp", statements)])));
                Pn::Call("lambda", vec![Pn::Map(entries)])
            }
            Expr::RenderString(string) => Pn::Call("render-s", vec![Pn::Text(Arc::clone(string))]),
            Expr::Render(inner) => Pn::Call("render", vec![self.expr(*inner)]),
            _ => Pn::Nil,
        }
    }

    fn all(&self, ids: &[ExprId]) -> Vec<Pn> {
        ids.iter().map(|&id| self.expr(id)).collect()
    }

    fn pairs(&self, pairs: &[(ExprId, ExprId)]) -> Vec<Pn> {
        pairs.iter().map(|&(key, value)| self.binary("=>", key, value)).collect()
    }

    fn binary(&self, name: &'static str, left: ExprId, right: ExprId) -> Pn {
        Pn::Call(name, vec![self.expr(left), self.expr(right)])
    }

    fn call(&self, name: &'static str, functor: ExprId, args: &[ExprId], lambda: Option<ExprId>) -> Pn {
        let mut entries = vec![("functor", self.expr(functor)), ("args", Pn::List(self.all(args)))];
        if let Some(lambda) = lambda {
            entries.push(("block", self.expr(lambda)));
        }
        Pn::Call(name, vec![Pn::Map(entries)])
    }

    fn conditional(&self, name: &'static str, test: ExprId, then: ExprId, otherwise: ExprId) -> Pn {
        let mut entries = vec![("test", self.expr(test))];
        entries.extend(self.body("then", then));
        entries.extend(self.body("else", otherwise));
        Pn::Call(name, vec![Pn::Map(entries)])
    }

    /// A block's statements, or the one node, as a list.
    fn statements(&self, body: ExprId) -> Pn {
        Pn::List(match &self.ast[body] {
            Expr::Block(statements) => self.all(statements),
            _ => vec![self.expr(body)],
        })
    }

    fn body(&self, name: &'static str, body: ExprId) -> Option<(&'static str, Pn)> {
        (self.ast[body] != Expr::Nop).then(|| (name, self.statements(body)))
    }

    fn parameters(&self, parameters: &[Parameter]) -> Vec<(&'static str, Pn)> {
        if parameters.is_empty() {
            return Vec::new();
        }
        let parameters = parameters
            .iter()
            .map(|parameter| {
                let mut entries = Vec::new();
                if let Some(type_expr) = parameter.type_expr {
                    entries.push(("type", self.expr(type_expr)));
                }
                if parameter.captures_rest {
                    entries.push(("splat", Pn::Bool(true)));
                }
                if let Some(value) = parameter.value {
                    entries.push(("value", self.expr(value)));
                }
                (parameter.name.as_str(), Pn::Map(entries))
            })
            .collect();
        vec![("params", Pn::Named(parameters))]
    }

    fn attributes(&self, attributes: &[AttributeOp]) -> Pn {
        let attribute = |attribute: &AttributeOp| {
            let value = self.expr(attribute.value);
            match attribute.name {
                None => Pn::Call("splat-hash", vec![value]),
                Some(name) => {
                    Pn::Call(if attribute.append { "+>" } else { "=>" }, vec![text(name.as_str()), value])
                }
            }
        };
        Pn::List(attributes.iter().map(attribute).collect())
    }

    fn resource(&self, resource: &Resource) -> Pn {
        let bodies = resource
            .bodies
            .iter()
            .map(|body| {
                Pn::Map(vec![("title", self.expr(body.title)), ("ops", self.attributes(&body.attributes))])
            })
            .collect();
        let mut entries = vec![("type", self.expr(resource.type_name)), ("bodies", Pn::List(bodies))];
        entries.extend(form(resource.form));
        Pn::Call("resource", vec![Pn::Map(entries)])
    }

    fn untitled(
        &self,
        name: &'static str,
        key: &'static str,
        resource_form: ResourceForm,
        of: ExprId,
        attributes: &[AttributeOp],
    ) -> Pn {
        let mut entries = vec![(key, self.expr(of)), ("ops", self.attributes(attributes))];
        entries.extend(form(resource_form));
        Pn::Call(name, vec![Pn::Map(entries)])
    }

    fn collect(&self, collect: &Collect) -> Pn {
        let name = if collect.exported { "exported-query" } else { "virtual-query" };
        let query = collect.query.map(|query| self.expr(query)).into_iter().collect();
        let mut entries = vec![("type", self.expr(collect.type_expr)), ("query", Pn::Call(name, query))];
        if !collect.attributes.is_empty() {
            entries.push(("ops", self.attributes(&collect.attributes)));
        }
        Pn::Call("collect", vec![Pn::Map(entries)])
    }
}

/// Whether Ruby ties a pattern to UTF-8, which it shows as a group without flags.
fn has_encoding(source: &str) -> bool {
    !source.is_ascii()
        || source.match_indices("\\u").any(|(at, _)| {
            let digits = &source[at + 2..];
            let points = match digits.strip_prefix('{') {
                Some(braced) => braced.split('}').next().unwrap_or(""),
                None => digits.get(..4).unwrap_or(""),
            };
            points.split(' ').any(|point| u32::from_str_radix(point, 16).is_ok_and(|value| value >= 0x80))
        })
}

fn form(form: ResourceForm) -> Option<(&'static str, Pn)> {
    match form {
        ResourceForm::Regular => None,
        ResourceForm::Virtual => Some(("form", text("virtual"))),
        ResourceForm::Exported => Some(("form", text("exported"))),
    }
}

/// An operator as it is written.
pub(crate) fn binary_name(op: BinaryOp) -> &'static str {
    match op {
        BinaryOp::And => "and",
        BinaryOp::Or => "or",
        BinaryOp::In => "in",
        BinaryOp::Match => "=~",
        BinaryOp::NotMatch => "!~",
        BinaryOp::Equal => "==",
        BinaryOp::NotEqual => "!=",
        BinaryOp::Less => "<",
        BinaryOp::LessEqual => "<=",
        BinaryOp::Greater => ">",
        BinaryOp::GreaterEqual => ">=",
        BinaryOp::Add => "+",
        BinaryOp::Subtract => "-",
        BinaryOp::Multiply => "*",
        BinaryOp::Divide => "/",
        BinaryOp::Modulo => "%",
        BinaryOp::ShiftLeft => "<<",
        BinaryOp::ShiftRight => ">>",
    }
}

impl Pn {
    /// `indent` is the current level, or `None` for one line.
    fn write(&self, indent: Option<usize>, out: &mut String) {
        match self {
            Pn::Nil => out.push_str("nil"),
            Pn::Bool(value) => out.push_str(if *value { "true" } else { "false" }),
            Pn::Int(value) => {
                let _ = write!(out, "{value}");
            }
            Pn::Float(value) => out.push_str(&float(*value)),
            Pn::Text(text) => quote(text, out),
            Pn::List(elements) => {
                out.push('[');
                write_elements(elements, indent.map(|level| level + 1), out);
                out.push(']');
            }
            Pn::Call(name, elements) => {
                out.push('(');
                out.push_str(name);
                if indent.is_none() && !elements.is_empty() {
                    out.push(' ');
                }
                write_elements(elements, indent.map(|level| level + 1), out);
                out.push(')');
            }
            Pn::Map(entries) | Pn::Named(entries) => {
                let inner = indent.map(|level| level + 1);
                out.push('{');
                for (index, (key, value)) in entries.iter().enumerate() {
                    separate(index, inner, out);
                    out.push(':');
                    out.push_str(key);
                    out.push(' ');
                    value.write(inner, out);
                }
                out.push('}');
            }
        }
    }

    fn write_json(&self, out: &mut String) {
        match self {
            Pn::Nil => out.push_str("null"),
            Pn::Bool(_) | Pn::Int(_) | Pn::Float(_) => self.write(None, out),
            Pn::Text(text) => quote_json(text, out),
            Pn::List(elements) => {
                out.push('[');
                for (index, element) in elements.iter().enumerate() {
                    if index > 0 {
                        out.push(',');
                    }
                    element.write_json(out);
                }
                out.push(']');
            }
            Pn::Call(name, elements) => {
                out.push_str("{\"^\":[");
                quote_json(name, out);
                for element in elements {
                    out.push(',');
                    element.write_json(out);
                }
                out.push_str("]}");
            }
            Pn::Map(entries) | Pn::Named(entries) => {
                out.push_str("{\"#\":[");
                for (index, (key, value)) in entries.iter().enumerate() {
                    if index > 0 {
                        out.push(',');
                    }
                    quote_json(key, out);
                    out.push(',');
                    value.write_json(out);
                }
                out.push_str("]}");
            }
        }
    }
}

fn write_elements(elements: &[Pn], indent: Option<usize>, out: &mut String) {
    for (index, element) in elements.iter().enumerate() {
        separate(index, indent, out);
        element.write(indent, out);
    }
}

fn separate(index: usize, indent: Option<usize>, out: &mut String) {
    match indent {
        Some(level) => {
            out.push('\n');
            for _ in 0..level {
                out.push_str("  ");
            }
        }
        None if index > 0 => out.push(' '),
        None => {}
    }
}

fn quote(text: &str, out: &mut String) {
    out.push('"');
    for c in text.chars() {
        match c {
            '\t' => out.push_str("\\t"),
            '\n' => out.push_str("\\n"),
            '\r' => out.push_str("\\r"),
            '"' => out.push_str("\\\""),
            '\\' => out.push_str("\\\\"),
            c if c < ' ' => {
                let _ = write!(out, "\\o{:03o}", c as u32);
            }
            c => out.push(c),
        }
    }
    out.push('"');
}

fn quote_json(text: &str, out: &mut String) {
    out.push('"');
    for c in text.chars() {
        match c {
            '\u{8}' => out.push_str("\\b"),
            '\u{c}' => out.push_str("\\f"),
            '\t' => out.push_str("\\t"),
            '\n' => out.push_str("\\n"),
            '\r' => out.push_str("\\r"),
            '"' => out.push_str("\\\""),
            '\\' => out.push_str("\\\\"),
            c if c < ' ' => {
                let _ = write!(out, "\\u{:04x}", c as u32);
            }
            c => out.push(c),
        }
    }
    out.push('"');
}

/// A float as Ruby writes it: the shortest digits, with an exponent below 1e-4 and from 1e16 on.
pub(crate) fn float(value: f64) -> String {
    let scientific = format!("{value:e}");
    let Some((mantissa, exponent)) = scientific.split_once('e') else { return scientific };
    let exponent: i32 = exponent.parse().unwrap_or(0);
    if value != 0.0 && !(-4..16).contains(&exponent) {
        let point = if mantissa.contains('.') { "" } else { ".0" };
        let sign = if exponent < 0 { '-' } else { '+' };
        return format!("{mantissa}{point}e{sign}{:02}", exponent.abs());
    }
    let plain = format!("{value}");
    if plain.contains('.') { plain } else { format!("{plain}.0") }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn floats_look_like_rubys() {
        for (value, expected) in [
            (1.0, "1.0"),
            (1.5, "1.5"),
            (-0.0, "-0.0"),
            (1e16, "1.0e+16"),
            (1e15, "1000000000000000.0"),
            (1.25e-5, "1.25e-05"),
            (0.0001, "0.0001"),
            (1.7976931348623157e308, "1.7976931348623157e+308"),
        ] {
            assert_eq!(float(value), expected);
        }
    }
}
