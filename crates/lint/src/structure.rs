//! Where in the text the resources, definitions and braces of the tree are.

use syntax::ast::{Expr, Span};
use syntax::tokens::Kind;

use crate::manifest::Manifest;

/// What a `{` opens.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Brace {
    /// Statements.
    Block,
    /// The options of a `case`.
    Case,
    /// The entries of a selector.
    Selector,
    /// A hash.
    Hash,
    /// Bodies of a resource.
    Resource,
    /// Attributes without a title: defaults, overrides, those of a collector.
    Attributes,
}

/// `title: attributes`
#[derive(Clone, Debug)]
pub struct Body {
    /// First piece of the type's name.
    pub type_name: usize,
    /// First piece of the title.
    pub title: usize,
    /// The `:` behind the title.
    pub colon: usize,
    /// The `;` or `}` that ends the body.
    pub end: usize,
    /// Attributes in order.
    pub attributes: Vec<Attribute>,
}

/// `name => value`
#[derive(Clone, Copy, Debug)]
pub struct Attribute {
    /// The name, or `*`.
    pub name: usize,
    /// First piece of the value.
    pub value: usize,
    /// The piece behind the value: `,`, or what ends the body.
    pub end: usize,
}

/// A class or a defined type.
#[derive(Clone, Debug)]
pub struct Definition {
    /// A class rather than a defined type.
    pub is_class: bool,
    /// The keyword.
    pub keyword: usize,
    /// The name.
    pub name: usize,
    /// The parentheses around the parameters.
    pub parameters: Option<(usize, usize)>,
    /// The name of the base class.
    pub inherited: Option<usize>,
    /// The closing brace.
    pub end: usize,
}

impl Definition {
    /// `class` or `defined type`, as messages say.
    pub fn label(&self) -> &'static str {
        if self.is_class { "class" } else { "defined type" }
    }
}

/// What each `{` opens that is not the start of a block, in the order of the text.
pub(crate) fn braces(manifest: &Manifest) -> Vec<(u32, Brace)> {
    let mut braces = Vec::new();
    let mut add = |at: Option<usize>, brace: Brace| {
        if let Some(at) = at {
            braces.push((at as u32, brace));
        }
    };
    for (expr, span) in manifest.nodes() {
        match expr {
            Expr::Hash(_) => {
                // Pairs without braces are placed at their arrow.
                let open = manifest.at_offset(span.start).filter(|&at| manifest.is(at, Kind::LeftBrace));
                add(open, Brace::Hash);
            }
            Expr::Resource(_) => add(opening(manifest, span), Brace::Resource),
            Expr::ResourceDefaults { .. } | Expr::ResourceOverride { .. } => {
                add(opening(manifest, span), Brace::Attributes);
            }
            Expr::Collect(_) => add(opening(manifest, span), Brace::Attributes),
            Expr::Case { .. } => add(opening(manifest, span), Brace::Case),
            _ => {}
        }
    }
    for at in 0..manifest.pieces.len() {
        if manifest.is(at, Kind::SelectorBrace) {
            braces.push((at as u32, Brace::Selector));
        }
    }
    braces.sort_unstable_by_key(|&(at, _)| at);
    braces.dedup_by_key(|brace| brace.0);
    braces
}

/// The `{` whose `}` ends a node.
fn opening(manifest: &Manifest, span: Span) -> Option<usize> {
    let close = manifest.ending_at(span.end).filter(|&at| manifest.is(at, Kind::RightBrace))?;
    manifest.partner(close)
}

/// All resource bodies.
pub(crate) fn bodies(manifest: &Manifest) -> Vec<Body> {
    let mut bodies = Vec::new();
    for (expr, span) in manifest.nodes() {
        let Expr::Resource(resource) = expr else { continue };
        let Some(open) = opening(manifest, span) else { continue };
        let type_span = manifest.ast.span(resource.type_name);
        let Some(type_name) = manifest.at_offset(type_span.start) else { continue };
        let Some(close) = manifest.partner(open) else { continue };
        let mut at = manifest.next(open);
        while let Some(title) = at.filter(|&title| title < close) {
            let Some(colon) = find(manifest, title, close, &[Kind::Colon]) else { break };
            let end = find(manifest, colon, close, &[Kind::Semicolon]).unwrap_or(close);
            let attributes = attributes(manifest, colon, end);
            bodies.push(Body { type_name, title, colon, end, attributes });
            at = manifest.next(end);
        }
    }
    bodies.sort_by_key(|body| body.colon);
    bodies
}

/// The first token of some kinds from `from` on and before `end`, outside of brackets and strings.
pub(crate) fn find(manifest: &Manifest, from: usize, end: usize, kinds: &[Kind]) -> Option<usize> {
    let mut at = from;
    while at < end {
        if manifest.token(at).is_some_and(|kind| kinds.contains(&kind)) {
            return Some(at);
        }
        at = match manifest.partner(at) {
            Some(close) if close > at => close + 1,
            _ => at + 1,
        };
    }
    None
}

/// Attributes between a colon or brace and what ends the body.
pub(crate) fn attributes(manifest: &Manifest, open: usize, end: usize) -> Vec<Attribute> {
    let mut attributes = Vec::new();
    let mut at = manifest.next(open);
    while let Some(name) = at.filter(|&name| name < end) {
        if manifest.is(name, Kind::Comma) {
            at = manifest.next(name);
            continue;
        }
        let Some(arrow) = manifest.next(name).filter(|&arrow| {
            arrow < end && matches!(manifest.token(arrow), Some(Kind::FatArrow | Kind::PlusArrow))
        }) else {
            break;
        };
        let Some(value) = manifest.next(arrow).filter(|&value| value < end) else { break };
        let comma = find(manifest, value, end, &[Kind::Comma]);
        attributes.push(Attribute { name, value, end: comma.unwrap_or(end) });
        at = comma.and_then(|comma| manifest.next(comma));
    }
    attributes
}

/// Classes, then defined types.
pub(crate) fn definitions(manifest: &Manifest) -> Vec<Definition> {
    let mut definitions: Vec<Definition> = manifest
        .ast
        .definitions
        .iter()
        .filter_map(|&id| {
            let is_class = match &manifest.ast[id] {
                Expr::Class(_) => true,
                Expr::Define(_) => false,
                _ => return None,
            };
            definition(manifest, is_class, manifest.ast.span(id))
        })
        .collect();
    definitions.sort_by_key(|definition| (!definition.is_class, definition.keyword));
    definitions
}

fn definition(manifest: &Manifest, is_class: bool, span: Span) -> Option<Definition> {
    let keyword = manifest.at_offset(span.start)?;
    let name = manifest.next(keyword)?;
    let end = manifest.ending_at(span.end)?;
    let mut found = Definition { is_class, keyword, name, parameters: None, inherited: None, end };
    let mut at = manifest.next(name)?;
    loop {
        match manifest.token(at)? {
            Kind::LeftParen | Kind::LineParen if found.parameters.is_none() => {
                let close = manifest.partner(at)?;
                found.parameters = Some((at, close));
                at = manifest.next(close)?;
            }
            Kind::Inherits => {
                found.inherited = manifest.next(at);
                at = manifest.next(at)?;
            }
            Kind::LeftBrace => return Some(found),
            _ => at = manifest.next(at)?,
        }
    }
}
