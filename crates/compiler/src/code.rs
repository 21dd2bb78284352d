//! Parsed files and the definitions in them, as the image keeps and the evaluator walks them.

use std::borrow::Cow;
use std::ops::Deref;
use std::sync::{Arc, OnceLock};

use pcore::regexp::Regexp;
use pcore::ty::StructElement;
use pcore::{Str, Type, ValueError};
use stdx::Symbol;
use syntax::ast::{Ast, Expr, ExprId, Parameter, Span};

use crate::error::Site;
use crate::last_use::LastUse;

/// One parsed file, and the module whose view of names its code has.
#[derive(Debug)]
pub(crate) struct Code {
    pub(crate) ast: Ast,
    /// The module the file belongs to; `None` for the environment's own code.
    pub(crate) module: Option<Symbol>,
    /// The regular expressions in the code, in order of their nodes, kept for all compiles.
    regexps: Vec<(ExprId, Arc<Regexp>)>,
    /// Reads that may take the value out of the variable: a bit for each node.
    last_uses: Vec<u64>,
    /// Blocks whose first parameter is given up in one of these reads, in order.
    giving: Vec<ExprId>,
    /// What the parser warned of, complete with places.
    pub(crate) warnings: Vec<String>,
    /// The file's name as catalogs have it.
    path: Option<Str>,
}

impl Deref for Code {
    type Target = Ast;
    fn deref(&self) -> &Ast {
        &self.ast
    }
}

impl Code {
    /// # Errors
    /// A malformed regular expression.
    pub(crate) fn new(ast: Ast, module: Option<Symbol>, warnings: Vec<String>) -> Result<Code, ValueError> {
        let mut regexps = Vec::new();
        for (at, expr) in ast.exprs.iter().enumerate() {
            if let Expr::Regex(source) = expr {
                regexps.push((ExprId(at as u32), Regexp::new(source)?));
            }
        }
        let (mut last_uses, mut giving) = (Vec::new(), Vec::new());
        for LastUse { variable, lambda } in crate::last_use::last_uses(&ast) {
            let (word, bit) = place_of(variable);
            if last_uses.len() <= word {
                last_uses.resize(word + 1, 0);
            }
            last_uses[word] |= bit;
            giving.push(lambda);
        }
        giving.sort_unstable();
        giving.dedup();
        let path = ast.file.path.as_ref().map(|path| path.to_string_lossy().into_owned().into());
        Ok(Code { ast, module, regexps, last_uses, giving, warnings, path })
    }

    /// The regular expression of a literal.
    ///
    /// # Errors
    /// When its source is malformed.
    pub(crate) fn regexp(&self, id: ExprId, source: &str) -> Result<Arc<Regexp>, ValueError> {
        match self.regexps.binary_search_by_key(&id, |(other, _)| *other) {
            Ok(at) => Ok(self.regexps[at].1.clone()),
            Err(_) => Regexp::new(source),
        }
    }

    /// True if a read is the last use of its variable.
    #[inline]
    pub(crate) fn is_last_use(&self, id: ExprId) -> bool {
        let (word, bit) = place_of(id);
        self.last_uses.get(word).is_some_and(|bits| bits & bit != 0)
    }

    /// True if a block gives its first argument up when it reads it for the last time.
    pub(crate) fn gives_up_first(&self, lambda: ExprId) -> bool {
        self.giving.binary_search(&lambda).is_ok()
    }

    /// The place of a node.
    pub(crate) fn site(&self, id: ExprId) -> Site {
        Site::new(&self.ast.file, self.ast.span(id))
    }

    /// The place of a span.
    pub(crate) fn site_of(&self, span: Span) -> Site {
        Site::new(&self.ast.file, span)
    }
}

/// The word and the bit of a node among flags of nodes.
const fn place_of(id: ExprId) -> (usize, u64) {
    ((id.0 / u64::BITS) as usize, 1 << (id.0 % u64::BITS))
}

/// A place that costs nothing to keep: two words, no counting.
#[derive(Clone, Copy)]
pub(crate) struct Place<'i> {
    pub(crate) code: &'i Code,
    pub(crate) span: Span,
    /// Whether the catalog calls code without a file `unknown`: where a function knows it from the stack of calls only.
    pub(crate) is_of_stack: bool,
}

impl<'i> Place<'i> {
    pub(crate) fn new(code: &'i Code, span: Span) -> Place<'i> {
        Place { code, span, is_of_stack: false }
    }

    /// The place as messages about resources show it, without a column.
    pub(crate) fn site(self) -> Site {
        Site { column: false, unnamed: self.unnamed(), ..self.code.site_of(self.span) }
    }

    pub(crate) fn line(self) -> u32 {
        self.code.ast.file.line(self.span.start)
    }

    /// The file's name.
    pub(crate) fn path(self) -> Str {
        self.code.path.clone().unwrap_or_else(|| self.unnamed().into())
    }

    /// What code without a file is called.
    fn unnamed(self) -> &'static str {
        if self.is_of_stack { "unknown" } else { "" }
    }
}

/// What a definition defines.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum DefinitionKind {
    Class,
    Define,
    Node,
}

impl DefinitionKind {
    /// The name that messages use for resources of the kind.
    pub(crate) fn as_str(self) -> &'static str {
        match self {
            DefinitionKind::Class => "hostclass",
            DefinitionKind::Define => "definition",
            DefinitionKind::Node => "node",
        }
    }
}

/// A class, a define or a node block.
#[derive(Debug)]
pub(crate) struct Definition {
    pub(crate) kind: DefinitionKind,
    /// Lower-case full name; of a node block the name under which it is listed.
    pub(crate) name: Symbol,
    /// For a node block matched by pattern.
    pub(crate) pattern: Option<Arc<pcore::regexp::Regexp>>,
    /// The file and the bodies in it, in order. More than one file only for the main class.
    pub(crate) bodies: Vec<(Arc<Code>, ExprId)>,
    pub(crate) parent: Option<Symbol>,
    pub(crate) module: Option<Symbol>,
    /// Where the definition stands; `None` for the two classes that no code defines.
    pub(crate) span: Option<Span>,
    pub(crate) parameters: Parameters,
}

impl Definition {
    /// The file of the definition.
    pub(crate) fn code(&self) -> Option<&Code> {
        self.bodies.first().map(|(code, _)| &**code)
    }

    /// Where the definition stands, without a column.
    pub(crate) fn site(&self) -> Option<Site> {
        Some(self.code()?.site_of(self.span?).line_only())
    }

    /// A class without code and parameters.
    pub(crate) fn empty_class(name: &str) -> Definition {
        Definition {
            kind: DefinitionKind::Class,
            name: Symbol::new(name),
            pattern: None,
            bodies: Vec::new(),
            parent: None,
            module: None,
            span: None,
            parameters: Parameters::default(),
        }
    }

    /// The definition that a node of the tree makes; several for a node block with several matchers.
    pub(crate) fn of(code: &Arc<Code>, id: ExprId) -> Vec<Definition> {
        let make = |kind, name: Symbol, parameters: &[Parameter], body| Definition {
            kind,
            name: lower(name),
            pattern: None,
            bodies: vec![(code.clone(), body)],
            parent: None,
            module: code.module,
            span: Some(code.span(id)),
            parameters: Parameters::new(parameters),
        };
        match &code[id] {
            Expr::Class(class) => {
                let parent =
                    class.parent.map(|name| lower(Symbol::new(name.as_str().trim_start_matches("::"))));
                let class = make(DefinitionKind::Class, class.name, &class.parameters, class.body);
                vec![Definition { parent, ..class }]
            }
            Expr::Define(define) => {
                vec![make(DefinitionKind::Define, define.name, &define.parameters, define.body)]
            }
            Expr::Node(node) => {
                let one = |&matcher| {
                    let (name, pattern) = node_name(code, matcher);
                    Definition { pattern, ..make(DefinitionKind::Node, name, &[], node.body) }
                };
                node.matchers.iter().map(one).collect()
            }
            _ => Vec::new(),
        }
    }
}

/// A name in lower case, as classes and defines are found.
fn lower(name: Symbol) -> Symbol {
    let text = name.as_str();
    if text.bytes().any(|byte| byte.is_ascii_uppercase()) { Symbol::new(&text.to_lowercase()) } else { name }
}

/// The name under which a node block is listed, and its pattern.
fn node_name(code: &Code, matcher: ExprId) -> (Symbol, Option<Arc<pcore::regexp::Regexp>>) {
    match &code[matcher] {
        Expr::Regex(source) => {
            let name = format!("__node_regexp__{}", sanitised(source));
            (Symbol::new(&name), pcore::regexp::Regexp::new(source).ok())
        }
        Expr::Str(text) => (Symbol::new(&text.to_lowercase()), None),
        Expr::Name(name) => (Symbol::new(&name.as_str().to_lowercase()), None),
        Expr::Paren(inner) => node_name(code, *inner),
        _ => (Symbol::new("default"), None),
    }
}

/// The text of a pattern as a name: look-around groups spelled out, and only characters of names kept.
fn sanitised(source: &str) -> String {
    let mut text = String::new();
    let mut rest = source;
    while let Some(at) = rest.find("(?") {
        let Some(end) = rest[at..].find(')') else { break };
        text.push_str(&rest[..at].to_lowercase());
        for character in rest[at..=at + end].chars() {
            match character {
                '(' => text.push_str("LP"),
                '?' => text.push_str("QU"),
                '<' => text.push_str("LT"),
                '>' => text.push_str("GT"),
                '!' => text.push_str("EX"),
                '=' => text.push_str("EQ"),
                ')' => text.push_str("RP"),
                other => text.extend(other.to_lowercase()),
            }
        }
        rest = &rest[at + end + 1..];
    }
    text.push_str(&rest.to_lowercase());
    let kept: String =
        text.chars().filter(|c| c.is_ascii_alphanumeric() || matches!(c, '-' | '_' | ':' | '.')).collect();
    kept.trim_start_matches('.').to_owned()
}

/// Parameters of a definition, with what is computed from them once in the life of an image.
#[derive(Debug, Default)]
pub(crate) struct Parameters {
    pub(crate) list: Vec<Parameter>,
    /// Declared types, `Any` where none is; set when first needed, since they may name types of other files.
    types: OnceLock<Arc<[Type]>>,
    /// All attributes that a resource of this definition takes.
    attributes: OnceLock<Vec<StructElement>>,
}

impl Parameters {
    pub(crate) fn new(list: &[Parameter]) -> Parameters {
        Parameters { list: list.to_vec(), ..Parameters::default() }
    }

    pub(crate) fn position(&self, name: Symbol) -> Option<usize> {
        self.list.iter().position(|parameter| parameter.name == name)
    }

    /// The declared types, where they are known for all compiles.
    pub(crate) fn types(&self) -> Option<&Arc<[Type]>> {
        self.types.get()
    }

    /// Keeps the declared types for all compiles.
    pub(crate) fn keep_types(&self, types: Arc<[Type]>) -> Arc<[Type]> {
        self.types.get_or_init(|| types).clone()
    }

    /// All attributes that a resource of this definition takes, kept where the declared types are.
    pub(crate) fn attributes_or(
        &self,
        make: impl FnOnce() -> Vec<StructElement>,
    ) -> Cow<'_, [StructElement]> {
        if self.types.get().is_none() {
            return make().into();
        }
        self.attributes.get_or_init(make).into()
    }
}

/// A function of the Puppet language.
#[derive(Debug)]
pub(crate) struct Function {
    pub(crate) name: Symbol,
    pub(crate) code: Arc<Code>,
    pub(crate) expr: ExprId,
}

/// The definition of a type.
#[derive(Debug)]
pub(crate) struct TypeDefinition {
    /// Lower-case full name.
    pub(crate) name: String,
    pub(crate) code: Arc<Code>,
    pub(crate) expr: ExprId,
}

impl TypeDefinition {
    /// The name as it is written.
    pub(crate) fn shown(&self) -> &'static str {
        match &self.code[self.expr] {
            Expr::TypeAlias(alias) => alias.name.as_str(),
            _ => "",
        }
    }
}

/// What a manifest defines.
#[derive(Debug)]
pub(crate) enum Item {
    Definition(Definition),
    Function(Function),
    Type(TypeDefinition),
}

impl Item {
    /// Everything that a file defines, in order.
    pub(crate) fn all(code: &Arc<Code>) -> Vec<Item> {
        let mut items = Vec::new();
        for &expr in &code.definitions {
            match &code[expr] {
                Expr::Function(function) => {
                    items.push(Item::Function(Function { name: function.name, code: code.clone(), expr }));
                }
                Expr::TypeAlias(alias) => {
                    let name = alias.name.as_str().to_lowercase();
                    items.push(Item::Type(TypeDefinition { name, code: code.clone(), expr }));
                }
                _ => items.extend(Definition::of(code, expr).into_iter().map(Item::Definition)),
            }
        }
        items
    }

    /// The class, define or node block.
    pub(crate) fn definition(&self) -> Option<&Definition> {
        match self {
            Item::Definition(definition) => Some(definition),
            _ => None,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::sanitised;

    #[test]
    fn node_patterns_become_names() {
        assert_eq!(sanitised("^Web\\d+"), "webd");
        assert_eq!(sanitised("(?<!x)a"), "LPQULTEXxRPa");
        assert_eq!(sanitised("..a.b"), "a.b");
    }
}
