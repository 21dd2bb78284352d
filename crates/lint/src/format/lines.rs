//! Lines: where they begin, how far they are indented, and their text.

use syntax::tokens::Kind;

use super::atoms::Atom;
use super::brackets::{Inside, Plan};
use super::spacing::{is_prefix, space};
use crate::manifest::Manifest;

/// Spaces for each level.
const STEP: usize = 2;

/// One line.
#[derive(Debug)]
pub(super) struct Line {
    /// Spaces at its beginning.
    pub indent: usize,
    /// A blank line stands before it.
    pub blank_before: bool,
    /// Atoms, and the spaces before each but the first.
    pub atoms: Vec<(usize, usize)>,
}

/// Brackets that are open.
struct Frame {
    inside: Option<Inside>,
    /// Indentation of what is inside.
    content: usize,
    /// Indentation of the closing bracket.
    close: usize,
    /// Indentations of the lines of keywords whose block is to come.
    headers: Vec<usize>,
    /// In a resource: the title begins a line.
    own_title: bool,
    /// In a resource: the title is over.
    past_title: bool,
}

impl Frame {
    fn new(inside: Option<Inside>, close: usize, content: usize) -> Frame {
        Frame { inside, content, close, headers: Vec::new(), own_title: false, past_title: false }
    }

    fn level(&self) -> usize {
        self.content + if self.own_title && self.past_title { STEP } else { 0 }
    }
}

/// Puts the atoms on lines.
pub(super) fn lines(plan: &Plan) -> Vec<Line> {
    let mut lines: Vec<Line> = Vec::new();
    let mut frames = vec![Frame::new(None, 0, 0)];
    for at in 0..plan.atoms.len() {
        let atom = &plan.atoms[at];
        let closes = plan.is_closing(at);
        let begins = match at.checked_sub(1) {
            None => true,
            Some(before) if plan.atoms[before].what.ends_line() => true,
            Some(_) => plan.line[at].unwrap_or(atom.newlines > 0),
        };
        if begins {
            let indent = match frames.last() {
                Some(frame) if closes => frame.close,
                Some(frame) => indent(plan, at, frame),
                None => 0,
            };
            let after_opening = at.checked_sub(1).is_some_and(|before| plan.is_opening(before));
            let blank_before = atom.newlines > 1 && at > 0 && !after_opening && !closes;
            lines.push(Line { indent, blank_before, atoms: vec![(at, 0)] });
        } else if let Some(line) = lines.last_mut() {
            line.atoms.push((at, space(plan, at)));
        }
        if closes && frames.len() > 1 {
            frames.pop();
        }
        let line_indent = lines.last().map_or(0, |line| line.indent);
        if let Some(frame) = frames.last_mut() {
            note(plan, at, begins, line_indent, frame);
        }
        if let Some(inside) = plan.inside[at] {
            let header = frames
                .last_mut()
                .filter(|_| matches!(inside, Inside::Block | Inside::Case))
                .and_then(|frame| {
                    let header = frame.headers.pop();
                    frame.headers.clear();
                    header
                });
            let close = header.unwrap_or(line_indent);
            frames.push(Frame::new(Some(inside), close, close + STEP));
        }
    }
    lines
}

/// Notes what an atom means for the lines behind it.
fn note(plan: &Plan, at: usize, begins: bool, line_indent: usize, frame: &mut Frame) {
    let atom = &plan.atoms[at];
    if frame.inside == Some(Inside::Resource) && !atom.is_comment() {
        match atom.kind() {
            Some(Kind::Colon) => frame.past_title = true,
            Some(Kind::Semicolon) => (frame.past_title, frame.own_title) = (false, false),
            // The last piece of a title on several lines begins a line as well; the first one decides.
            _ if !frame.past_title && !plan.is_closing(at) && is_first_of_title(plan, at) => {
                frame.own_title = begins;
            }
            _ => {}
        }
    }
    let is_key = plan
        .code_from(at + 1)
        .is_some_and(|next| matches!(plan.atoms[next].kind(), Some(Kind::FatArrow | Kind::PlusArrow)));
    let is_header = matches!(
        atom.kind(),
        Some(
            Kind::If
                | Kind::Unless
                | Kind::Case
                | Kind::Elsif
                | Kind::Else
                | Kind::Class
                | Kind::Define
                | Kind::Node
                | Kind::Function
                | Kind::Type
                | Kind::Plan
                | Kind::Apply
        )
    );
    if is_header && !is_key {
        frame.headers.push(line_indent);
    }
}

fn is_first_of_title(plan: &Plan, at: usize) -> bool {
    plan.code_before(at).is_some_and(|before| {
        plan.partner[at].is_none_or(|partner| partner > at)
            && (plan.around[at] == Some(before) || plan.atoms[before].is(Kind::Semicolon))
    })
}

/// The indentation of a line that begins with an atom, which closes no brackets.
fn indent(plan: &Plan, at: usize, frame: &Frame) -> usize {
    // Comments stand with the code that they are about.
    let code = plan.code_from(at).filter(|&code| !plan.is_closing(code));
    let continues = code.is_some_and(|code| continues(plan, code, frame));
    frame.level() + if continues { STEP } else { 0 }
}

/// Whether an atom goes on with an expression that began on an earlier line.
fn continues(plan: &Plan, at: usize, frame: &Frame) -> bool {
    let Some(before) = plan.code_before(at) else { return false };
    if plan.is_opening(before) || frame.inside == Some(Inside::Group) {
        return false;
    }
    let (Some(left), Some(right)) = (plan.atoms[before].kind(), plan.atoms[at].kind()) else { return false };
    match left {
        // Arguments of a call without parentheses.
        Kind::Comma => matches!(frame.inside, None | Some(Inside::Block | Inside::Lambda)),
        Kind::Semicolon | Kind::Colon => false,
        // What chaining arrows connect stands at the same level.
        Kind::Before | Kind::Notify | Kind::After | Kind::Subscribe => false,
        Kind::If | Kind::Unless | Kind::Case | Kind::Elsif | Kind::Class | Kind::Define | Kind::Node => true,
        Kind::Inherits | Kind::Not => true,
        _ if is_infix(plan, before, left) => true,
        _ => match right {
            Kind::Inherits => true,
            Kind::Pipe => plan.is_opening(at),
            right => is_infix(plan, at, right),
        },
    }
}

/// Whether an atom connects what stands before and behind it.
fn is_infix(plan: &Plan, at: usize, kind: Kind) -> bool {
    match kind {
        Kind::Minus | Kind::Times => !is_prefix(plan, at),
        Kind::Assign
        | Kind::AppendAssign
        | Kind::DeleteAssign
        | Kind::Equal
        | Kind::NotEqual
        | Kind::Match
        | Kind::NotMatch
        | Kind::GreaterEqual
        | Kind::Greater
        | Kind::LessEqual
        | Kind::Less
        | Kind::FatArrow
        | Kind::PlusArrow
        | Kind::ShiftLeft
        | Kind::ShiftRight
        | Kind::Plus
        | Kind::Divide
        | Kind::Modulo
        | Kind::Dot
        | Kind::Question
        | Kind::And
        | Kind::Or
        | Kind::In => true,
        _ => false,
    }
}

/// The text of the lines.
pub(super) fn text(manifest: &Manifest, plan: &Plan, lines: &[Line]) -> String {
    let source = manifest.source();
    let end = if ends_like_windows(source) { "\r\n" } else { "\n" };
    let mut out = String::with_capacity(source.len() + source.len() / 16);
    for line in lines {
        if line.blank_before {
            out.push_str(end);
        }
        push_spaces(&mut out, line.indent);
        let mut heredocs: Vec<&str> = Vec::new();
        for &(at, spaces) in &line.atoms {
            push_spaces(&mut out, spaces);
            let Atom { text, heredoc, .. } = &plan.atoms[at];
            out.push_str(text);
            if plan.comma[at] {
                out.push(',');
            }
            heredocs.extend(heredoc);
        }
        out.push_str(end);
        for heredoc in heredocs {
            out.push_str(heredoc);
            if !heredoc.ends_with('\n') {
                out.push_str(end);
            }
        }
    }
    out
}

/// Whether the first line ends as those of Windows do.
fn ends_like_windows(source: &str) -> bool {
    source.find('\n').is_some_and(|at| source[..at].ends_with('\r'))
}

fn push_spaces(out: &mut String, count: usize) {
    out.extend(std::iter::repeat_n(' ', count));
}
