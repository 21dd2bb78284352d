//! Reads Ruby's notation of regular expressions, with the messages of its engine.

mod class;
mod escape;
mod group;

use super::syntax::{Assertion, Class, Greed, Node, posix};

/// Deeper nesting is refused: the engines and the parser recurse.
const DEPTH_MAX: usize = 120;
/// Greatest bound of a repetition.
const REPEAT_MAX: u32 = 100_000;

/// A parsed expression.
#[derive(Debug)]
pub(super) struct Parsed {
    pub(super) node: Node,
    /// Names of the groups; index 0 is group 1. Unnamed groups have an empty name.
    pub(super) names: Vec<Option<String>>,
}

/// Reads an expression. The error is the engine's message without the source.
pub(super) fn parse(source: &str) -> Result<Parsed, String> {
    let parsed = Parser::new(source, false, None).whole()?;
    if parsed.names.iter().all(Option::is_none) {
        return finish(source, parsed, false);
    }
    // With a named group anywhere, unnamed ones do not capture.
    let parsed = Parser::new(source, true, None).whole()?;
    finish(source, parsed, true)
}

/// References may point forward, so they are resolved in a second pass that knows all groups.
fn finish(source: &str, parsed: Parsed, named: bool) -> Result<Parsed, String> {
    Parser::new(source, named, Some(parsed.names)).whole()
}

/// Options in force.
#[derive(Clone, Copy, Debug, Default)]
struct Options {
    ignore_case: bool,
    dot_all: bool,
    extended: bool,
    charset: Charset,
}

/// What `\w`, `\d`, `\s`, `\b` and POSIX brackets mean.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
enum Charset {
    /// `(?d)`, the default: shorthands are ASCII, brackets and word boundaries are Unicode.
    #[default]
    Default,
    /// `(?a)`
    Ascii,
    /// `(?u)`
    Unicode,
}

struct Parser<'a> {
    source: &'a str,
    at: usize,
    depth: usize,
    options: Options,
    /// Names of the groups seen so far.
    names: Vec<Option<String>>,
    /// Whether unnamed groups do not capture.
    named: bool,
    /// All groups, in the pass that resolves references.
    groups: Option<Vec<Option<String>>>,
}

impl<'a> Parser<'a> {
    fn new(source: &'a str, named: bool, groups: Option<Vec<Option<String>>>) -> Parser<'a> {
        Parser { source, at: 0, depth: 0, options: Options::default(), names: Vec::new(), named, groups }
    }

    fn whole(mut self) -> Result<Parsed, String> {
        let node = self.alternation()?;
        if self.peek().is_some() {
            return Err("unmatched close parenthesis".to_owned());
        }
        Ok(Parsed { node, names: self.names })
    }

    fn peek(&self) -> Option<char> {
        self.rest().chars().next()
    }

    fn rest(&self) -> &'a str {
        self.source.get(self.at..).unwrap_or_default()
    }

    fn bump(&mut self) -> Option<char> {
        let c = self.peek()?;
        self.at += c.len_utf8();
        Some(c)
    }

    fn eat(&mut self, text: &str) -> bool {
        let found = self.rest().starts_with(text);
        if found {
            self.at += text.len();
        }
        found
    }

    /// What stands between `|`, up to `)` or the end.
    fn alternation(&mut self) -> Result<Node, String> {
        self.depth += 1;
        if self.depth > DEPTH_MAX {
            return Err("too deep nest level".to_owned());
        }
        let mut branches = vec![self.sequence()?];
        while self.eat("|") {
            branches.push(self.sequence()?);
        }
        self.depth -= 1;
        match branches.pop() {
            Some(only) if branches.is_empty() => Ok(only),
            last => {
                branches.extend(last);
                Ok(Node::Alternation(branches))
            }
        }
    }

    fn sequence(&mut self) -> Result<Node, String> {
        let mut nodes = Vec::new();
        loop {
            if self.options.extended {
                self.skip_blanks();
            }
            match self.peek() {
                None | Some('|' | ')') => break,
                _ => {}
            }
            let Some(atom) = self.atom()? else { continue };
            let node = self.quantified(atom)?;
            nodes.push(node);
        }
        Ok(match nodes.pop() {
            None => Node::Empty,
            Some(only) if nodes.is_empty() => only,
            last => {
                nodes.extend(last);
                Node::Concat(nodes)
            }
        })
    }

    /// White space and comments of the extended notation.
    fn skip_blanks(&mut self) {
        loop {
            match self.peek() {
                Some(' ' | '\t' | '\n' | '\r' | '\u{b}' | '\u{c}') => {
                    self.bump();
                }
                Some('#') => while self.bump().is_some_and(|c| c != '\n') {},
                _ => return,
            }
        }
    }

    /// One atom; `None` for what leaves no node (comments).
    fn atom(&mut self) -> Result<Option<Node>, String> {
        if self.rest().starts_with('{') && self.interval().is_some() {
            return Err("target of repeat operator is not specified".to_owned());
        }
        let Some(c) = self.bump() else { return Ok(None) };
        Ok(Some(match c {
            '.' => Node::Any { newline: self.options.dot_all },
            '^' => Node::Assertion(Assertion::LineStart),
            '$' => Node::Assertion(Assertion::LineEnd),
            '[' => {
                let class = self.class()?;
                Node::Class { class, ignore_case: self.options.ignore_case }
            }
            '(' => return self.group(),
            '\\' => self.escape()?,
            '*' | '+' | '?' => return Err("target of repeat operator is not specified".to_owned()),
            c => self.literal(c),
        }))
    }

    fn literal(&self, c: char) -> Node {
        Node::Literal { c, ignore_case: self.options.ignore_case }
    }

    /// An atom with the quantifiers behind it. Quantifiers may be stacked; `+` behind a bare operator makes it
    /// possessive, behind an interval it repeats once more.
    fn quantified(&mut self, atom: Node) -> Result<Node, String> {
        let mut node = atom;
        let mut stacked = 0;
        loop {
            if self.options.extended {
                self.skip_blanks();
            }
            let (min, max, is_interval) = if self.eat("*") {
                (0, None, false)
            } else if self.eat("+") {
                (1, None, false)
            } else if self.eat("?") {
                (0, Some(1), false)
            } else if self.peek() == Some('{')
                && let Some((min, max, end)) = self.interval()
            {
                if min > REPEAT_MAX || max.is_some_and(|max| max > REPEAT_MAX) {
                    return Err("too big number for repeat range".to_owned());
                }
                if max.is_some_and(|max| max < min) {
                    return Err("upper is smaller than lower in repeat range".to_owned());
                }
                self.at = end;
                (min, max, true)
            } else {
                return Ok(node);
            };
            stacked += 1;
            if stacked > 8 {
                return Err("too deep nest level".to_owned());
            }
            let is_exact = is_interval && max == Some(min);
            let greed = if !is_exact && self.eat("?") {
                Greed::Lazy
            } else if !is_interval && self.eat("+") {
                Greed::Possessive
            } else {
                Greed::Greedy
            };
            node = Node::Repeat { node: Box::new(node), min, max, greed };
        }
    }

    /// `{n}`, `{n,}`, `{,m}` or `{n,m}` at this place, with the place behind it. Anything else is literal text.
    fn interval(&self) -> Option<(u32, Option<u32>, usize)> {
        let (body, _) = self.rest().strip_prefix('{')?.split_once('}')?;
        let number = |digits: &str| {
            digits
                .bytes()
                .all(|byte| byte.is_ascii_digit())
                .then(|| digits.parse::<u32>().unwrap_or(u32::MAX))
        };
        let (min, max) = match body.split_once(',') {
            None if body.is_empty() => return None,
            None => {
                let exact = number(body)?;
                (exact, Some(exact))
            }
            Some(("", "")) => return None,
            Some(("", max)) => (0, Some(number(max)?)),
            Some((min, "")) => (number(min)?, None),
            Some((min, max)) => (number(min)?, Some(number(max)?)),
        };
        Some((min, max, self.at + body.len() + 2))
    }

    /// A named set of the charset in force. Shorthands (`\w`) are ASCII unless `(?u)`, brackets Unicode unless `(?a)`.
    fn shorthand(&self, name: &str) -> Class {
        let ascii = self.options.charset != Charset::Unicode;
        posix(name, ascii).map(|set| Class::of(set, false)).unwrap_or_default()
    }
}
