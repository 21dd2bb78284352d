//! From tokens to nodes: the grammar of YAML, by recursive descent. Nodes go to the [`Builder`], which bounds the
//! depth.

use std::borrow::Cow;

use super::YamlError;
use super::build::{Builder, Node};
use super::cursor::{Mark, Problem};
use super::scanner::Scanner;
use super::token::TokenKind as T;
use crate::Value;

/// An error of syntax, or one the builder made. Boxed, because a result of it is on the stack for every level.
#[derive(Debug)]
pub(super) enum Failure {
    Syntax(Box<Problem>),
    Built(Box<YamlError>),
}

impl From<Problem> for Failure {
    fn from(problem: Problem) -> Failure {
        Failure::Syntax(Box::new(problem))
    }
}

impl From<YamlError> for Failure {
    fn from(error: YamlError) -> Failure {
        Failure::Built(Box::new(error))
    }
}

type Result<T> = std::result::Result<T, Failure>;

pub(super) struct Parser<'t> {
    scanner: Scanner<'t>,
    builder: Builder<'t>,
    /// Tag handles with their prefixes.
    prefixes: Vec<(String, String)>,
}

impl<'t> Parser<'t> {
    pub(super) fn new(scanner: Scanner<'t>, builder: Builder<'t>) -> Parser<'t> {
        Parser { scanner, builder, prefixes: Vec::new() }
    }

    /// The first document. What follows it is only scanned as far as its end is in question.
    pub(super) fn document(mut self) -> Result<Value> {
        match self.peek()? {
            T::StreamEnd => return Ok(Value::Undef),
            T::Version { .. } | T::TagPrefix { .. } | T::DocumentStart => {
                self.directives()?;
                let token = self.scanner.next()?;
                if token.kind != T::DocumentStart {
                    return Err(Problem::new("did not find expected <document start>", token.start).into());
                }
                let is_empty = matches!(
                    self.peek()?,
                    T::Version { .. }
                        | T::TagPrefix { .. }
                        | T::DocumentStart
                        | T::DocumentEnd
                        | T::StreamEnd
                );
                self.node_unless(is_empty, true, false)?;
            }
            _ => self.node(true, false)?,
        }
        self.peek()?;
        Ok(self.builder.finish()?)
    }

    fn peek(&mut self) -> Result<&T<'t>> {
        Ok(&self.scanner.peek()?.kind)
    }

    fn mark(&mut self) -> Result<Mark> {
        Ok(self.scanner.peek()?.start)
    }

    fn directives(&mut self) -> Result<()> {
        let mut has_version = false;
        loop {
            let mark = self.mark()?;
            match self.peek()? {
                T::Version { .. } if has_version => {
                    return Err(Problem::new("found duplicate %YAML directive", mark).into());
                }
                T::Version { major: 1, minor: 1 | 2 } => has_version = true,
                T::Version { .. } => {
                    return Err(Problem::new("found incompatible YAML document", mark).into());
                }
                T::TagPrefix { handle, prefix } => {
                    let (handle, prefix) = (handle.clone(), prefix.clone());
                    if self.prefixes.iter().any(|(known, _)| *known == handle) {
                        return Err(Problem::new("found duplicate %TAG directive", mark).into());
                    }
                    self.prefixes.push((handle, prefix));
                }
                _ => return Ok(()),
            }
            self.scanner.next()?;
        }
    }

    /// A node, or the empty one that stands in its place.
    fn node_unless(&mut self, is_missing: bool, in_block: bool, indentless: bool) -> Result<()> {
        if is_missing {
            let mark = self.mark()?;
            self.empty(mark)
        } else {
            self.node(in_block, indentless)
        }
    }

    fn empty(&mut self, mark: Mark) -> Result<()> {
        let node = Node { anchor: None, tag: None, mark };
        Ok(self.builder.scalar(node, Cow::Borrowed(""), true)?)
    }

    /// A node. `indentless` allows a sequence that is not indented deeper than the key it belongs to.
    fn node(&mut self, in_block: bool, indentless: bool) -> Result<()> {
        let mark = self.mark()?;
        if let T::Alias(name) = *self.peek()? {
            self.scanner.next()?;
            return Ok(self.builder.alias(name, mark)?);
        }
        let mut node = Node { anchor: None, tag: None, mark };
        loop {
            match self.peek()? {
                T::Anchor(name) if node.anchor.is_none() => node.anchor = Some(*name),
                T::Tag { handle, suffix } if node.tag.is_none() => {
                    let (handle, suffix) = (handle.clone(), suffix.clone());
                    node.tag = Some(self.resolve(&handle, &suffix, mark)?);
                }
                _ => break,
            }
            self.scanner.next()?;
        }
        match self.peek()? {
            T::BlockEntry if indentless => self.indentless_sequence(node),
            T::Scalar { .. } => {
                if let T::Scalar { text, is_plain } = self.scanner.next()?.kind {
                    self.builder.scalar(node, text, is_plain)?;
                }
                Ok(())
            }
            T::FlowSequenceStart => self.flow_sequence(node),
            T::FlowMappingStart => self.flow_mapping(node),
            T::BlockSequenceStart if in_block => self.block_sequence(node),
            T::BlockMappingStart if in_block => self.block_mapping(node),
            _ if node.anchor.is_some() || node.tag.is_some() => {
                Ok(self.builder.scalar(node, Cow::Borrowed(""), true)?)
            }
            _ => {
                let context =
                    if in_block { "while parsing a block node" } else { "while parsing a flow node" };
                Err(Problem::within(context, mark, "did not find expected node content").into())
            }
        }
    }

    /// The whole tag that a handle and a suffix mean.
    fn resolve(&self, handle: &str, suffix: &str, mark: Mark) -> Result<String> {
        if handle.is_empty() {
            return Ok(suffix.to_owned());
        }
        let defined =
            self.prefixes.iter().find(|(known, _)| known == handle).map(|(_, prefix)| prefix.as_str());
        let prefix = match (defined, handle) {
            (Some(prefix), _) => prefix,
            (None, "!") => "!",
            (None, "!!") => "tag:yaml.org,2002:",
            _ => {
                return Err(
                    Problem::within("while parsing a node", mark, "found undefined tag handle").into()
                );
            }
        };
        Ok(format!("{prefix}{suffix}"))
    }

    fn block_sequence(&mut self, node: Node<'t>) -> Result<()> {
        let start = self.scanner.next()?.start;
        self.builder.begin_sequence(node)?;
        loop {
            let token = self.scanner.next()?;
            match token.kind {
                T::BlockEntry => {
                    let is_missing = matches!(self.peek()?, T::BlockEntry | T::BlockEnd);
                    self.node_unless(is_missing, true, false)?;
                }
                T::BlockEnd => break,
                _ => {
                    let problem = "did not find expected '-' indicator";
                    return Err(Problem::within("while parsing a block collection", start, problem).into());
                }
            }
        }
        self.builder.end();
        Ok(())
    }

    fn indentless_sequence(&mut self, node: Node<'t>) -> Result<()> {
        self.builder.begin_sequence(node)?;
        while *self.peek()? == T::BlockEntry {
            self.scanner.next()?;
            let is_missing = matches!(self.peek()?, T::BlockEntry | T::Key | T::Value | T::BlockEnd);
            self.node_unless(is_missing, true, false)?;
        }
        self.builder.end();
        Ok(())
    }

    fn block_mapping(&mut self, node: Node<'t>) -> Result<()> {
        let start = self.scanner.next()?.start;
        self.builder.begin_mapping(node)?;
        loop {
            let token = self.scanner.next()?;
            match token.kind {
                T::Key => {
                    self.block_mapping_node()?;
                    if *self.peek()? == T::Value {
                        self.scanner.next()?;
                        self.block_mapping_node()?;
                    } else {
                        let mark = self.mark()?;
                        self.empty(mark)?;
                    }
                }
                T::BlockEnd => break,
                _ => {
                    let problem = "did not find expected key";
                    return Err(Problem::within("while parsing a block mapping", start, problem).into());
                }
            }
        }
        self.builder.end();
        Ok(())
    }

    fn block_mapping_node(&mut self) -> Result<()> {
        let is_missing = matches!(self.peek()?, T::Key | T::Value | T::BlockEnd);
        self.node_unless(is_missing, true, true)
    }

    fn flow_sequence(&mut self, node: Node<'t>) -> Result<()> {
        let start = self.scanner.next()?.start;
        self.builder.begin_sequence(node)?;
        let mut is_first = true;
        while *self.peek()? != T::FlowSequenceEnd {
            if !is_first {
                if *self.peek()? != T::FlowEntry {
                    let problem = "did not find expected ',' or ']'";
                    return Err(Problem::within("while parsing a flow sequence", start, problem).into());
                }
                self.scanner.next()?;
            }
            is_first = false;
            match self.peek()? {
                T::FlowSequenceEnd => break,
                T::Key => self.single_pair()?,
                _ => self.node(false, false)?,
            }
        }
        self.scanner.next()?;
        self.builder.end();
        Ok(())
    }

    /// `[a: b]`: a mapping of one entry without braces.
    fn single_pair(&mut self) -> Result<()> {
        let mark = self.scanner.next()?.start;
        self.builder.begin_mapping(Node { anchor: None, tag: None, mark })?;
        let is_missing = matches!(self.peek()?, T::Value | T::FlowEntry | T::FlowSequenceEnd);
        self.node_unless(is_missing, false, false)?;
        if is_missing {
            // libyaml loses the token behind an empty key.
            self.scanner.next()?;
        }
        let mut is_missing = true;
        if *self.peek()? == T::Value {
            self.scanner.next()?;
            is_missing = matches!(self.peek()?, T::FlowEntry | T::FlowSequenceEnd);
        }
        self.node_unless(is_missing, false, false)?;
        self.builder.end();
        Ok(())
    }

    fn flow_mapping(&mut self, node: Node<'t>) -> Result<()> {
        let start = self.scanner.next()?.start;
        self.builder.begin_mapping(node)?;
        let mut is_first = true;
        while *self.peek()? != T::FlowMappingEnd {
            if !is_first {
                if *self.peek()? != T::FlowEntry {
                    let problem = "did not find expected ',' or '}'";
                    return Err(Problem::within("while parsing a flow mapping", start, problem).into());
                }
                self.scanner.next()?;
            }
            is_first = false;
            match self.peek()? {
                T::FlowMappingEnd => break,
                T::Key => {
                    self.scanner.next()?;
                    let is_missing = matches!(self.peek()?, T::Value | T::FlowEntry | T::FlowMappingEnd);
                    self.node_unless(is_missing, false, false)?;
                    let mut is_missing = true;
                    if *self.peek()? == T::Value {
                        self.scanner.next()?;
                        is_missing = matches!(self.peek()?, T::FlowEntry | T::FlowMappingEnd);
                    }
                    self.node_unless(is_missing, false, false)?;
                }
                // A key alone.
                _ => {
                    self.node(false, false)?;
                    let mark = self.mark()?;
                    self.empty(mark)?;
                }
            }
        }
        self.scanner.next()?;
        self.builder.end();
        Ok(())
    }
}
