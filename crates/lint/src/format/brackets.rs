//! Brackets, what they hold, and where lines have to break or must not.

use syntax::tokens::Kind;

use super::atoms::{Atom, What};
use crate::manifest::Manifest;
use crate::structure::Brace;

/// What stands between a pair of brackets.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Inside {
    /// Statements.
    Block,
    /// Statements of a lambda.
    Lambda,
    /// Options.
    Case,
    Selector,
    Hash,
    /// Titles and attributes.
    Resource,
    Attributes,
    Array,
    /// Keys or parameters of a type.
    Access,
    /// Arguments.
    Call,
    /// Parameters of a definition.
    Parameters,
    /// Parameters of a lambda.
    Pipe,
    /// An expression.
    Group,
    /// A query.
    Collect,
}

/// What is known of each atom besides itself.
pub(super) struct Plan<'m> {
    pub atoms: Vec<Atom<'m>>,
    /// The other end of a bracket.
    pub partner: Vec<Option<usize>>,
    /// What an opening bracket opens.
    pub inside: Vec<Option<Inside>>,
    /// The opening bracket directly around an atom; that of a bracket is the one around both ends.
    pub around: Vec<Option<usize>>,
    /// Whether a line has to begin here, or must not; otherwise it is the author's choice.
    pub line: Vec<Option<bool>>,
    /// A comma is to be put behind the atom.
    pub comma: Vec<bool>,
}

impl Plan<'_> {
    pub fn is_opening(&self, at: usize) -> bool {
        self.inside[at].is_some()
    }

    pub fn is_closing(&self, at: usize) -> bool {
        self.inside[at].is_none() && self.partner[at].is_some()
    }

    /// The previous atom that is no comment.
    pub fn code_before(&self, at: usize) -> Option<usize> {
        (0..at).rev().find(|&before| !self.atoms[before].is_comment())
    }

    /// The next atom that is no comment, from `at` on.
    pub fn code_from(&self, at: usize) -> Option<usize> {
        (at..self.atoms.len()).find(|&after| !self.atoms[after].is_comment())
    }

    fn kind(&self, at: usize) -> Option<Kind> {
        self.atoms.get(at).and_then(Atom::kind)
    }

    /// What the brackets around an atom hold.
    pub fn place(&self, at: usize) -> Option<Inside> {
        self.around[at].and_then(|open| self.inside[open])
    }
}

/// Finds the brackets and decides on line ends.
pub(super) fn plan<'m>(manifest: &'m Manifest, atoms: Vec<Atom<'m>>) -> Plan<'m> {
    let mut atoms = atoms;
    move_arrows(&mut atoms);
    let count = atoms.len();
    let mut plan = Plan {
        atoms,
        partner: vec![None; count],
        inside: vec![None; count],
        around: vec![None; count],
        line: vec![None; count],
        comma: vec![false; count],
    };
    plan.pair(manifest);
    plan.join();
    for open in 0..count {
        if let (Some(inside), Some(close)) = (plan.inside[open], plan.partner[open]) {
            plan.spread(inside, open, close);
        }
    }
    plan.spread_arms();
    plan
}

/// Takes chaining arrows from the ends of lines to the beginnings of the next, past comments.
fn move_arrows(atoms: &mut [Atom]) {
    for at in 1..atoms.len() {
        if !matches!(atoms[at].kind(), Some(Kind::Before | Kind::Notify)) {
            continue;
        }
        let Some(right) = (at + 1..atoms.len()).find(|&right| !atoms[right].is_comment()) else { break };
        let newlines = atoms[right].newlines;
        let after_comment = atoms[at - 1].what.ends_line();
        if newlines > 0 && !after_comment {
            atoms[right].newlines = 0;
            atoms[at].newlines = atoms[at].newlines.max(newlines);
            atoms[at..right].rotate_left(1);
        }
    }
}

impl Plan<'_> {
    /// Pairs brackets and says what they hold.
    fn pair(&mut self, manifest: &Manifest) {
        let mut open: Vec<usize> = Vec::new();
        for at in 0..self.atoms.len() {
            let Some(kind) = self.kind(at) else {
                self.around[at] = open.last().copied();
                continue;
            };
            let closes = match kind {
                Kind::RightBrace
                | Kind::RightBracket
                | Kind::RightParen
                | Kind::RightCollect
                | Kind::RightExportCollect => true,
                Kind::Pipe => open.last().is_some_and(|&open| self.inside[open] == Some(Inside::Pipe)),
                _ => false,
            };
            if closes && let Some(opening) = open.pop() {
                self.partner[at] = Some(opening);
                self.partner[opening] = Some(at);
            }
            self.around[at] = open.last().copied();
            if !closes && let Some(inside) = self.opens(manifest, at, kind) {
                self.inside[at] = Some(inside);
                open.push(at);
            }
        }
    }

    fn opens(&self, manifest: &Manifest, at: usize, kind: Kind) -> Option<Inside> {
        let before = self.code_before(at);
        let kind_before = before.and_then(|before| self.kind(before));
        Some(match kind {
            Kind::LeftBrace | Kind::SelectorBrace => match manifest.brace(self.atoms[at].piece) {
                Brace::Case => Inside::Case,
                Brace::Selector => Inside::Selector,
                Brace::Hash => Inside::Hash,
                Brace::Resource => Inside::Resource,
                Brace::Attributes => Inside::Attributes,
                Brace::Block if self.follows_pipe(at) => Inside::Lambda,
                Brace::Block => Inside::Block,
            },
            Kind::ListStart => Inside::Array,
            Kind::LeftBracket if manifest.is_access(self.atoms[at].piece) => Inside::Access,
            Kind::LeftBracket => Inside::Array,
            Kind::LeftParen | Kind::LineParen => {
                let defines = before.and_then(|name| self.code_before(name)).is_some_and(|keyword| {
                    matches!(
                        self.kind(keyword),
                        Some(Kind::Class | Kind::Define | Kind::Function | Kind::Plan)
                    )
                });
                match kind_before {
                    Some(Kind::Name | Kind::Word | Kind::ClassRef) if defines => Inside::Parameters,
                    Some(Kind::Name | Kind::Word | Kind::ClassRef | Kind::Type | Kind::Apply)
                        if kind == Kind::LeftParen =>
                    {
                        Inside::Call
                    }
                    // A call of what an expression gives.
                    Some(Kind::Variable | Kind::RightBracket | Kind::RightParen)
                        if kind == Kind::LeftParen && self.atoms[at].gap == 0 =>
                    {
                        Inside::Call
                    }
                    _ => Inside::Group,
                }
            }
            Kind::Pipe => Inside::Pipe,
            Kind::LeftCollect | Kind::LeftExportCollect => Inside::Collect,
            _ => return None,
        })
    }

    /// Whether a brace follows the parameters of a lambda, with a type between or not.
    fn follows_pipe(&self, at: usize) -> bool {
        let mut before = self.code_before(at);
        // `|x| >> Type[..] {`
        while let Some(at) = before {
            match self.kind(at) {
                Some(Kind::Pipe) => return true,
                Some(Kind::RightBracket) => before = self.partner[at].and_then(|open| self.code_before(open)),
                Some(Kind::ClassRef) => match self.code_before(at) {
                    Some(arrow) if self.kind(arrow) == Some(Kind::ShiftRight) => {
                        before = self.code_before(arrow);
                    }
                    _ => return false,
                },
                _ => return false,
            }
        }
        false
    }

    /// Notes where no line may begin.
    fn join(&mut self) {
        for at in 1..self.atoms.len() {
            if self.atoms[at - 1].is_comment() {
                continue;
            }
            let before = self.kind(at - 1);
            let joins = match self.kind(at) {
                Some(Kind::Comma | Kind::Semicolon | Kind::Colon | Kind::FatArrow | Kind::PlusArrow) => true,
                Some(Kind::Else | Kind::Elsif) => before == Some(Kind::RightBrace),
                Some(Kind::Inherits) => true,
                _ => match self.inside[at] {
                    Some(Inside::Hash) => matches!(before, Some(Kind::FatArrow | Kind::Assign)),
                    Some(
                        Inside::Block
                        | Inside::Lambda
                        | Inside::Case
                        | Inside::Selector
                        | Inside::Resource
                        | Inside::Attributes
                        | Inside::Parameters,
                    ) => true,
                    _ => false,
                },
            };
            if joins {
                self.line[at] = Some(false);
                // Commas at the beginnings of lines move to their ends.
                if self.atoms[at].is(Kind::Comma) && self.atoms[at].newlines > 0 && at + 1 < self.atoms.len()
                {
                    let next = &mut self.atoms[at + 1];
                    next.newlines = next.newlines.max(1);
                }
            }
        }
    }

    /// Begins a line at an atom, or behind comments that stay on the line before.
    fn break_before(&mut self, at: usize) {
        let mut at = at;
        while self.atoms.get(at).is_some_and(|atom| atom.is_comment() && atom.newlines == 0) {
            at += 1;
        }
        if at < self.atoms.len() {
            self.line[at] = Some(true);
        }
    }

    /// Atoms directly within brackets.
    fn direct(&self, open: usize, close: usize) -> impl Iterator<Item = usize> {
        (open + 1..close).filter(move |&at| self.around[at] == Some(open))
    }

    fn begins_line(&self, at: usize) -> bool {
        self.atoms[at].newlines > 0 && self.line[at] != Some(false)
    }

    /// Breaks the lines of what stands between brackets, if it is on several lines.
    fn spread(&mut self, inside: Inside, open: usize, close: usize) {
        if close == open + 1 {
            // Nothing between: as the author has it in blocks, on one line elsewhere.
            if !matches!(inside, Inside::Block | Inside::Lambda) {
                self.line[close] = Some(false);
            }
            return;
        }
        let anywhere = (open + 1..=close).any(|at| self.begins_line(at));
        // Where something within begins its lines is its own business, and so is where it ends.
        let directly = self.direct(open, close).any(|at| !self.is_closing(at) && self.begins_line(at));
        match inside {
            Inside::Block | Inside::Lambda if anywhere => self.fence(open, close),
            Inside::Case if anywhere => {
                self.fence(open, close);
                self.split(open, close, Kind::RightBrace);
            }
            Inside::Hash | Inside::Selector if directly || self.begins_line(close) => {
                self.fence(open, close);
                self.split(open, close, Kind::Comma);
                self.close_list(close);
            }
            Inside::Attributes if anywhere => {
                self.fence(open, close);
                self.split(open, close, Kind::Comma);
                self.close_list(close);
            }
            Inside::Resource if anywhere => self.spread_resource(open, close),
            Inside::Parameters if directly || self.begins_line(close) => {
                self.fence(open, close);
                self.split(open, close, Kind::Comma);
                self.close_list(close);
            }
            Inside::Pipe if directly => {
                self.fence(open, close);
                self.split(open, close, Kind::Comma);
            }
            Inside::Array if directly => {
                self.fence(open, close);
                self.close_list(close);
            }
            Inside::Call | Inside::Access if directly => self.fence(open, close),
            Inside::Group => self.end_with(open, close),
            Inside::Array | Inside::Call | Inside::Access | Inside::Pipe => self.line[close] = Some(false),
            _ => {}
        }
    }

    /// If one block of an `if` is on several lines, or each on its own, all are on several.
    fn spread_arms(&mut self) {
        let mut arms: Vec<(usize, usize)> = Vec::new();
        for close in 0..self.atoms.len() {
            let Some(open) = self.partner[close].filter(|&open| self.inside[open] == Some(Inside::Block))
            else {
                continue;
            };
            let Some(keyword) = self.code_from(close + 1) else { continue };
            if open < close && matches!(self.kind(keyword), Some(Kind::Else | Kind::Elsif)) {
                let next = (keyword..self.atoms.len()).find(|&at| {
                    self.inside[at] == Some(Inside::Block) && self.around[at] == self.around[open]
                });
                arms.extend(next.map(|next| (open, next)));
                if self.atoms[keyword].newlines > 0 {
                    self.spread_block(open, close);
                }
            }
        }
        let both = arms.iter().map(|&(one, other)| (one, other));
        let back = arms.iter().rev().map(|&(one, other)| (other, one));
        for (from, to) in both.chain(back).collect::<Vec<_>>() {
            let spread = |open: usize| self.partner[open].is_some_and(|close| self.line[close] == Some(true));
            if spread(from)
                && !spread(to)
                && let Some(close) = self.partner[to]
            {
                self.spread_block(to, close);
            }
        }
    }

    fn spread_block(&mut self, open: usize, close: usize) {
        if close > open + 1 {
            self.fence(open, close);
        }
        self.line[close] = Some(true);
    }

    /// The closing bracket begins a line if the opening one ends one.
    fn end_with(&mut self, open: usize, close: usize) {
        self.line[close] = Some(self.begins_line(open + 1));
    }

    /// Lines begin behind the opening and at the closing bracket.
    fn fence(&mut self, open: usize, close: usize) {
        self.break_before(open + 1);
        self.line[close] = Some(true);
    }

    /// Lines begin behind each direct atom of a kind.
    fn split(&mut self, open: usize, close: usize, kind: Kind) {
        for at in open + 1..close {
            if self.around[at] == Some(open) && self.atoms[at].is(kind) && at + 1 < close {
                self.break_before(at + 1);
            }
        }
    }

    /// A comma behind the last entry before a closing bracket.
    fn close_list(&mut self, close: usize) {
        if let Some(last) = self.code_before(close)
            && !self.is_opening(last)
            && !matches!(self.kind(last), Some(Kind::Comma | Kind::Semicolon | Kind::Colon))
        {
            self.comma[last] = true;
        }
    }

    fn spread_resource(&mut self, open: usize, close: usize) {
        let ends: Vec<usize> = self
            .direct(open, close)
            .filter(|&at| self.atoms[at].is(Kind::Semicolon))
            .chain([close])
            .collect();
        let mut start = open + 1;
        let mut bodies = Vec::new();
        for &end in &ends {
            if let Some(colon) =
                (start..end).find(|&at| self.around[at] == Some(open) && self.atoms[at].is(Kind::Colon))
            {
                bodies.push((colon, end));
            }
            start = end + 1;
        }
        let several = bodies.len() > 1;
        // Bodies whose titles begin lines may be on one line each.
        let titles_on_lines = several || self.begins_line(open + 1);
        self.line[close] = Some(true);
        if several {
            self.break_before(open + 1);
            self.split(open, close, Kind::Semicolon);
        }
        for (colon, end) in bodies {
            let on_lines = (colon + 1..end).any(|at| self.around[at] == Some(open) && self.begins_line(at));
            let has_attributes = (colon + 1..end).any(|at| !self.atoms[at].is_comment());
            if has_attributes && (on_lines || !titles_on_lines) {
                self.break_before(colon + 1);
                for at in colon + 1..end {
                    if self.around[at] == Some(open) && self.atoms[at].is(Kind::Comma) && at + 1 < end {
                        self.break_before(at + 1);
                    }
                }
                if end == close {
                    self.close_list(close);
                }
            }
        }
    }
}

impl What {
    /// Whether nothing can follow on the line.
    pub(super) fn ends_line(self) -> bool {
        self == What::Comment
    }
}
