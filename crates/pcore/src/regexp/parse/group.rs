//! What stands behind `(`.

use super::{Charset, Parser};
use crate::regexp::syntax::Node;

impl Parser<'_> {
    /// A group, its `(` read. `None` for a comment.
    pub(super) fn group(&mut self) -> Result<Option<Node>, String> {
        if !self.eat("?") {
            if self.named {
                return self.plain_group().map(Some);
            }
            return self.capture(None).map(Some);
        }
        let Some(c) = self.bump() else { return Err(unfinished()) };
        match c {
            ':' => self.plain_group().map(Some),
            '=' => self.look(false, false).map(Some),
            '!' => self.look(false, true).map(Some),
            '>' => Ok(Some(Node::Atomic(Box::new(self.group_body()?)))),
            '~' => Ok(Some(Node::Absent(Box::new(self.group_body()?)))),
            '#' => self.comment(),
            '\'' => {
                let name = self.group_name('\'')?;
                self.capture(Some(name)).map(Some)
            }
            '<' if self.eat("=") => self.look(true, false).map(Some),
            '<' if self.eat("!") => self.look(true, true).map(Some),
            '<' => {
                let name = self.group_name('>')?;
                self.capture(Some(name)).map(Some)
            }
            '(' => self.conditional().map(Some),
            c => self.option_group(c),
        }
    }

    fn plain_group(&mut self) -> Result<Node, String> {
        self.group_body()
    }

    /// The content up to `)`, options inside staying inside.
    fn group_body(&mut self) -> Result<Node, String> {
        let options = self.options;
        let node = self.alternation()?;
        self.options = options;
        if !self.eat(")") {
            return Err("end pattern with unmatched parenthesis".to_owned());
        }
        Ok(node)
    }

    fn capture(&mut self, name: Option<String>) -> Result<Node, String> {
        self.names.push(name);
        let index = self.names.len();
        let node = Box::new(self.group_body()?);
        Ok(Node::Capture { index, node })
    }

    fn look(&mut self, behind: bool, negated: bool) -> Result<Node, String> {
        let node = Box::new(self.group_body()?);
        if behind && !is_fixed_behind(&node, negated) {
            return Err("invalid pattern in look-behind".to_owned());
        }
        Ok(Node::Look { behind, negated, node })
    }

    fn comment(&mut self) -> Result<Option<Node>, String> {
        loop {
            match self.bump() {
                None => return Err(unfinished()),
                Some('\\') => {
                    self.bump();
                }
                Some(')') => return Ok(None),
                Some(_) => {}
            }
        }
    }

    /// A name up to its closing delimiter.
    pub(super) fn group_name(&mut self, end: char) -> Result<String, String> {
        let rest = self.rest();
        if rest.is_empty() {
            return Err("end pattern with unmatched parenthesis".to_owned());
        }
        let Some((name, _)) = rest.split_once(end) else {
            return Err(format!("invalid group name <{rest}>"));
        };
        if name.is_empty() {
            return Err("group name is empty".to_owned());
        }
        let is_word = |c: char| c.is_alphanumeric() || c == '_' || !c.is_ascii();
        if name.starts_with(|c: char| c.is_ascii_digit()) || !name.chars().all(is_word) {
            return Err(format!("invalid group name <{name}>"));
        }
        self.at += name.len() + end.len_utf8();
        Ok(name.to_owned())
    }

    /// `(?(1)yes|no)`, the second `(` read.
    fn conditional(&mut self) -> Result<Node, String> {
        let (reference, skip) = match self.rest().split_once(')') {
            Some((reference, _)) => (reference, reference.len() + 1),
            None => return Err("invalid conditional pattern".to_owned()),
        };
        let name = reference
            .strip_prefix('<')
            .and_then(|name| name.strip_suffix('>'))
            .or_else(|| reference.strip_prefix('\'').and_then(|name| name.strip_suffix('\'')))
            .unwrap_or(reference);
        self.at += skip;
        let group = self.reference(name)?.last().copied().unwrap_or_default();
        let body = self.group_body()?;
        let (yes, no) = match body {
            Node::Alternation(branches) => match <[Node; 2]>::try_from(branches) {
                Ok([yes, no]) => (yes, no),
                Err(_) if self.groups.is_some() => return Err("invalid conditional pattern".to_owned()),
                Err(_) => (Node::Empty, Node::Empty),
            },
            only => (only, Node::Empty),
        };
        Ok(Node::Conditional { group, yes: Box::new(yes), no: Box::new(no) })
    }

    /// `(?im-x)` for the rest of the enclosing group, or `(?im-x:...)`.
    fn option_group(&mut self, first: char) -> Result<Option<Node>, String> {
        let before = self.options;
        let mut options = before;
        let mut on = true;
        let mut c = first;
        loop {
            match c {
                '-' => on = false,
                'i' => options.ignore_case = on,
                'm' => options.dot_all = on,
                'x' => options.extended = on,
                'a' if on => options.charset = Charset::Ascii,
                'd' if on => options.charset = Charset::Default,
                'u' if on => options.charset = Charset::Unicode,
                ')' => {
                    // The rest of the group belongs to the option, its alternatives included.
                    self.options = options;
                    let node = self.alternation()?;
                    self.options = before;
                    return Ok(Some(node));
                }
                ':' => {
                    self.options = options;
                    let node = self.group_body()?;
                    self.options = before;
                    return Ok(Some(node));
                }
                _ => return Err("undefined group option".to_owned()),
            }
            c = self.bump().ok_or_else(unfinished)?;
        }
    }
}

fn unfinished() -> String {
    "end pattern in group".to_owned()
}

/// Look-behind takes patterns of one length; alternatives at its top may each have their own. A negative one must not
/// capture.
fn is_fixed_behind(node: &Node, negated: bool) -> bool {
    let is_fixed = |node: &Node| fixed_length(node, negated).is_some();
    match node {
        Node::Alternation(branches) => branches.iter().all(is_fixed),
        node => is_fixed(node),
    }
}

/// Length in characters, if there is only one.
fn fixed_length(node: &Node, negated: bool) -> Option<u64> {
    match node {
        Node::Empty | Node::Assertion(_) | Node::Look { .. } => Some(0),
        Node::Literal { .. } | Node::Any { .. } | Node::Class { .. } => Some(1),
        Node::Capture { node, .. } => {
            if negated {
                None
            } else {
                fixed_length(node, negated)
            }
        }
        Node::Atomic(node) => fixed_length(node, negated),
        Node::Repeat { node, min, max, .. } => {
            (*max == Some(*min)).then_some(())?;
            fixed_length(node, negated)?.checked_mul(u64::from(*min))
        }
        Node::Concat(nodes) => {
            nodes.iter().try_fold(0_u64, |sum, node| sum.checked_add(fixed_length(node, negated)?))
        }
        Node::Alternation(branches) => {
            let mut lengths = branches.iter().map(|branch| fixed_length(branch, negated));
            let first = lengths.next()??;
            lengths.all(|length| length == Some(first)).then_some(first)
        }
        Node::Absent(_)
        | Node::Backreference { .. }
        | Node::Call(_)
        | Node::Conditional { .. }
        | Node::LineBreak
        | Node::Grapheme => None,
    }
}
