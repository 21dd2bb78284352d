//! Types that `puppet generate types` has written down.
//!
//! Such a file is one call, `Puppet::Resource::ResourceType3.new(name, properties, parameters, title patterns, isomorphic,
//! capability)`, of literals and of calls `Puppet::Resource::Param(Type, name, is namevar)`. Puppet evaluates it; here it is
//! read, which for what Puppet writes is the same. The types of attributes are not looked at, as in Puppet's compiler.

use std::path::Path;

use pcore::Value;
use pcore::regexp::Regexp;
use stdx::Symbol;
use syntax::ast::{Expr, ExprId};
use wire::types::{AttributeKind, ResourceType, TitlePattern, TitleRule};

use crate::code::Code;
use crate::error::Error;
use crate::image::Source;

const NAME: &str = "Puppet::Resource::ResourceType3";
const PARAM: &str = "Puppet::Resource::Param";
/// What the six arguments are called in messages.
const PARAMETERS: [&str; 6] =
    ["name", "properties", "parameters", "title_patterns_hash", "isomorphic", "capability"];

/// The type that a file describes.
pub(super) fn read(name: Symbol, path: &Path, source: &Source) -> Result<ResourceType, Error> {
    let code = source.code().map_err(|error| error.error())?;
    let from = path.display();
    let statements: Vec<ExprId> = match &code[code.root] {
        Expr::Block(statements) => statements.to_vec(),
        _ => vec![code.root],
    };
    let statements: Vec<ExprId> =
        statements.into_iter().filter(|&id| !matches!(code[id], Expr::Nop)).collect();
    if statements.is_empty() {
        return Err(Error::new(format!(
            "The code loaded from {from} does not create the resource type '{name}' - it is empty"
        )));
    }
    let Some((call, arguments)) = statements.iter().find_map(|&id| Some((id, creation(code, id)?))) else {
        return Err(Error::new(format!(
            "The code loaded from {from} does not create the resource type '{name}' - no call to {NAME}.new found."
        )));
    };
    if statements.len() > 1 {
        return Err(Error::new(format!(
            "The code loaded from {from} must contain only the creation of resource type '{name}' - it has additional logic."
        )));
    }
    let (actual, ty) = Reader { code, call }.resource_type(arguments)?;
    if actual != name.as_str() {
        return Err(Error::new(format!(
            "The code loaded from {from} produced resource type with the wrong name, expected '{name}', actual '{actual}'"
        )));
    }
    Ok(ty)
}

/// The arguments of `Puppet::Resource::ResourceType3.new(…)`.
fn creation(code: &Code, id: ExprId) -> Option<&[ExprId]> {
    let Expr::MethodCall { functor, args, .. } = &code[id] else { return None };
    let Expr::NamedAccess { left, right } = &code[*functor] else { return None };
    let is_it = matches!(&code[*left], Expr::TypeName(name) if name.as_str() == NAME)
        && matches!(&code[*right], Expr::Name(name) if name.as_str() == "new");
    is_it.then_some(&args[..])
}

/// An attribute as a file names it.
struct Param {
    name: Symbol,
    is_namevar: bool,
}

struct Reader<'c> {
    code: &'c Code,
    call: ExprId,
}

impl Reader<'_> {
    fn resource_type(&self, arguments: &[ExprId]) -> Result<(String, ResourceType), Error> {
        if arguments.is_empty() || arguments.len() > PARAMETERS.len() {
            let given = if arguments.is_empty() { "none".into() } else { arguments.len().to_string() };
            let text = format!("'new_{NAME}' expects between 1 and 6 arguments, got {given}");
            return Err(self.failed(text));
        }
        let name = match self.literal(arguments[0])? {
            Value::Str(name) if !name.is_empty() => name.to_string(),
            other => return Err(self.unexpected(0, "a String[1]", &other)),
        };
        let params = |at: usize| match arguments.get(at) {
            Some(&id) => self.params(at, id),
            None => Ok(Vec::new()),
        };
        let (properties, parameters) = (params(1)?, params(2)?);
        let patterns = match arguments.get(3) {
            Some(&id) => self.patterns(id)?,
            None => None,
        };
        let flag = |at: usize, default: bool| match arguments.get(at).map(|&id| self.literal(id)) {
            None => Ok(default),
            Some(Ok(Value::Bool(flag))) => Ok(flag),
            Some(Ok(other)) => Err(self.unexpected(at, "a Boolean", &other)),
            Some(Err(error)) => Err(error),
        };
        let isomorphic = flag(4, true)?;
        flag(5, false)?;

        let all = || properties.iter().chain(&parameters);
        let namevars: Vec<Symbol> = all().filter(|param| param.is_namevar).map(|param| param.name).collect();
        let title = match (&namevars[..], patterns) {
            // Puppet takes no notice of patterns then.
            ([], _) => TitleRule::Whole(Symbol::new("name")),
            ([only], None) => TitleRule::Whole(*only),
            ([_], Some(patterns)) => TitleRule::patterns(patterns),
            (_, Some(patterns)) if !patterns.is_empty() => TitleRule::patterns(patterns),
            _ => {
                let text = "you must specify title patterns when there are two or more key attributes";
                return Err(self.failed(text.into()));
            }
        };
        let of = |params: &[Param], kind| params.iter().map(|param| (param.name, kind)).collect::<Vec<_>>();
        let mut attributes = of(&properties, AttributeKind::Property);
        attributes.extend(of(&parameters, AttributeKind::Parameter));
        let ty =
            ResourceType::new(Symbol::new(&name), isomorphic, namevars, title, attributes).without_name();
        Ok((name, ty))
    }

    fn params(&self, at: usize, id: ExprId) -> Result<Vec<Param>, Error> {
        let Expr::Array(items) = &self.code[id] else {
            return Err(self.unexpected(at, "an Array", &self.literal(id)?));
        };
        items.iter().map(|&item| self.param(item)).collect()
    }

    /// `Puppet::Resource::Param(Type, 'name', true)`
    fn param(&self, id: ExprId) -> Result<Param, Error> {
        let Expr::Call { functor, args, .. } = &self.code[id] else { return Err(self.unreadable(id)) };
        if !matches!(&self.code[*functor], Expr::TypeName(name) if name.as_str() == PARAM) {
            return Err(self.unreadable(id));
        }
        let (name, flag) = match args[..] {
            [_, name] => (name, None),
            [_, name, flag] => (name, Some(flag)),
            _ => return Err(self.unreadable(id)),
        };
        let Value::Str(name) = self.literal(name)? else { return Err(self.unreadable(id)) };
        let is_namevar = match flag.map(|flag| self.literal(flag)).transpose()? {
            None => false,
            Some(Value::Bool(flag)) => flag,
            Some(_) => return Err(self.unreadable(id)),
        };
        Ok(Param { name: Symbol::new(&name), is_namevar })
    }

    fn patterns(&self, id: ExprId) -> Result<Option<Vec<TitlePattern>>, Error> {
        let entries = match &self.code[id] {
            Expr::Undef => return Ok(None),
            Expr::Hash(entries) => entries,
            _ => return Err(self.unexpected(3, "a value of type Undef or Hash", &self.literal(id)?)),
        };
        let pattern = |(key, value): &(ExprId, ExprId)| {
            let Value::Regexp(regexp) = self.literal(*key)? else { return Err(self.unreadable(*key)) };
            let Expr::Array(names) = &self.code[*value] else { return Err(self.unreadable(*value)) };
            let mut attributes = Vec::with_capacity(names.len());
            for &name in names {
                let Value::Str(name) = self.literal(name)? else { return Err(self.unreadable(name)) };
                attributes.push(Symbol::new(&name));
            }
            Ok(TitlePattern { regexp, attributes })
        };
        Ok(Some(entries.iter().map(pattern).collect::<Result<_, Error>>()?))
    }

    fn literal(&self, id: ExprId) -> Result<Value, Error> {
        Ok(match &self.code[id] {
            Expr::Undef => Value::Undef,
            Expr::Bool(flag) => Value::Bool(*flag),
            Expr::Int(number, _) => Value::Int(*number),
            Expr::Float(number) => Value::Float(*number),
            Expr::Str(text) => Value::Str(text.clone().into()),
            Expr::Name(name) => Value::Str((*name).into()),
            Expr::Regex(source) => Value::Regexp(
                Regexp::new(source).map_err(|error| Error::issue_at(error.message, &self.code.site(id)))?,
            ),
            Expr::Array(_) => Value::array(Vec::new()),
            Expr::Hash(_) => Value::hash(pcore::Hash::new()),
            _ => return Err(self.unreadable(id)),
        })
    }

    fn unexpected(&self, at: usize, expected: &str, actual: &Value) -> Error {
        let actual = pcore::infer::general_name(actual);
        let parameter = PARAMETERS[at];
        self.failed(format!("'new_{NAME}' parameter '{parameter}' expects {expected} value, got {actual}"))
    }

    fn failed(&self, text: String) -> Error {
        Error::new(text).at("a Method call", &self.code.site(self.call))
    }

    fn unreadable(&self, id: ExprId) -> Error {
        let text =
            "A generated resource type consists of literal values only; run 'puppet generate types' again";
        Error::issue_at(text, &self.code.site(id))
    }
}
