//! Scopes and variables.
//!
//! A scope belongs to the top level, a node block, a class or an instance of a define. Blocks do not have scopes of
//! their own: each scope has a stack of frames for the parameters and variables of the blocks that run in it, and
//! a stack of match results. A name is looked for in the frames from the innermost outwards, in the scope's own
//! variables, and then in the next scope outwards: the inherited class, the node, the top level.

use std::rc::Rc;

use pcore::{Str, Value};
use rustc_hash::FxHashMap;
use stdx::Symbol;

use crate::code::Definition;
use crate::resource::{Parameter, ResourceId};

/// Index of a scope in the session.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(crate) struct ScopeId(pub(crate) u32);

/// The scope at the top.
pub(crate) const TOP: ScopeId = ScopeId(0);

/// A scope.
pub(crate) struct Scope<'i> {
    /// The scope in which the class or define was declared: resource defaults are found along these.
    pub(crate) parent: Option<ScopeId>,
    /// Where names are looked for next.
    pub(crate) outer: Option<ScopeId>,
    /// The node or top scope that this one is in.
    pub(crate) enclosing: Option<ScopeId>,
    /// The definition whose body runs here.
    pub(crate) source: &'i Definition,
    /// The resource whose body runs here.
    pub(crate) resource: ResourceId,
    pub(crate) is_node: bool,
    pub(crate) vars: Variables,
    pub(crate) frames: Frames,
    /// Defaults by resource type.
    pub(crate) defaults: Vec<(Symbol, Vec<Parameter<'i>>)>,
}

/// Up to this number of variables a scan is faster than an index.
const SCANNED_MAX: usize = 48;

/// Variables in order of assignment. `None` is a parameter that has no value yet.
#[derive(Default)]
pub(crate) struct Variables {
    names: Vec<Symbol>,
    values: Vec<Option<Value>>,
    /// The last position of each name, once there are more than [`SCANNED_MAX`].
    index: Option<Box<FxHashMap<Symbol, u32>>>,
}

impl Variables {
    pub(crate) fn position(&self, name: Symbol) -> Option<usize> {
        match &self.index {
            Some(index) => index.get(&name).map(|&at| at as usize),
            None => self.names.iter().rposition(|&other| other == name),
        }
    }

    pub(crate) fn get(&self, name: Symbol) -> Option<&Option<Value>> {
        self.position(name).map(|at| &self.values[at])
    }

    /// Makes room for so many more.
    pub(crate) fn reserve(&mut self, count: usize) {
        self.names.reserve(count);
        self.values.reserve(count);
    }

    pub(crate) fn push(&mut self, name: Symbol, value: Option<Value>) {
        let at = self.names.len();
        self.names.push(name);
        self.values.push(value);
        match &mut self.index {
            Some(index) => {
                index.insert(name, at as u32);
            }
            None if at == SCANNED_MAX => {
                let all = self.names.iter().enumerate().map(|(at, &name)| (name, at as u32));
                self.index = Some(Box::new(all.collect()));
            }
            None => {}
        }
    }

    /// Names and values in order of assignment.
    pub(crate) fn iter(&self) -> impl Iterator<Item = (Symbol, &Option<Value>)> {
        self.names.iter().copied().zip(&self.values)
    }
}

/// Variables of blocks, those of inner blocks behind those of outer ones. A name may be there several times.
#[derive(Default)]
struct Locals {
    names: Vec<Symbol>,
    values: Vec<Option<Value>>,
    index: Option<Box<LocalIndex>>,
}

/// Where the names are, once there are more than [`SCANNED_MAX`].
#[derive(Default)]
struct LocalIndex {
    /// The last position of each name.
    last: FxHashMap<Symbol, u32>,
    /// For each position that of the same name before it.
    before: Vec<Option<u32>>,
}

impl LocalIndex {
    fn push(&mut self, name: Symbol) {
        let at = self.before.len() as u32;
        self.before.push(self.last.insert(name, at));
    }

    fn pop(&mut self, name: Symbol) {
        match self.before.pop().flatten() {
            Some(before) => self.last.insert(name, before),
            None => self.last.remove(&name),
        };
    }
}

impl Locals {
    fn len(&self) -> usize {
        self.names.len()
    }

    /// The last position of a name from `start` on.
    fn position(&self, name: Symbol, start: usize) -> Option<usize> {
        match &self.index {
            Some(index) => index.last.get(&name).map(|&at| at as usize).filter(|&at| at >= start),
            None => {
                let names = self.names.get(start..)?;
                names.iter().rposition(|&other| other == name).map(|at| start + at)
            }
        }
    }

    fn push(&mut self, name: Symbol, value: Option<Value>) {
        self.names.push(name);
        self.values.push(value);
        match &mut self.index {
            Some(index) => index.push(name),
            None if self.names.len() > SCANNED_MAX => {
                let mut index = LocalIndex::default();
                self.names.iter().for_each(|&name| index.push(name));
                self.index = Some(Box::new(index));
            }
            None => {}
        }
    }

    fn truncate(&mut self, length: usize) {
        if let Some(index) = &mut self.index {
            if length <= SCANNED_MAX / 2 {
                self.index = None;
            } else {
                let gone = self.names.get(length..).unwrap_or_default();
                gone.iter().rev().for_each(|&name| index.pop(name));
            }
        }
        self.names.truncate(length);
        self.values.truncate(length);
    }
}

/// What a regular expression matched: the whole and its groups.
pub(crate) type Match = Rc<[Option<Str>]>;

/// The frames of blocks that run in a scope.
#[derive(Default)]
pub(crate) struct Frames {
    locals: Locals,
    starts: Vec<usize>,
    matches: Vec<Option<Match>>,
    /// The number of the frame that takes no assignment, since default values of parameters are computed in it.
    pub(crate) read_only: Option<usize>,
}

/// Frames that nobody uses any more: those of the next block or body have their room.
#[derive(Default)]
pub(crate) struct SpareFrames(Vec<Frames>);

impl SpareFrames {
    /// As many as are nested in one another, as a rule.
    const MOST: usize = 8;

    /// Empty frames.
    pub(crate) fn take(&mut self) -> Frames {
        self.0.pop().unwrap_or_default()
    }

    /// Keeps the room of frames.
    pub(crate) fn give_back(&mut self, mut frames: Frames) {
        if self.0.len() < SpareFrames::MOST && frames.locals.values.capacity() > 0 {
            frames.reset(Mark { locals: 0, starts: 0, matches: 0 });
            frames.read_only = None;
            self.0.push(frames);
        }
    }
}

/// A state of [`Frames`] to return to.
#[derive(Clone, Copy)]
pub(crate) struct Mark {
    locals: usize,
    starts: usize,
    matches: usize,
}

impl Frames {
    pub(crate) fn mark(&self) -> Mark {
        Mark { locals: self.locals.len(), starts: self.starts.len(), matches: self.matches.len() }
    }

    /// Forgets frames and matches since the mark.
    pub(crate) fn reset(&mut self, mark: Mark) {
        self.locals.truncate(mark.locals);
        self.starts.truncate(mark.starts);
        self.matches.truncate(mark.matches);
    }

    /// Forgets matches since the mark; what has been assigned stays.
    pub(crate) fn reset_matches(&mut self, mark: Mark) {
        self.matches.truncate(mark.matches);
    }

    /// True if there is nothing in them.
    pub(crate) fn is_empty(&self) -> bool {
        self.locals.len() == 0 && self.starts.is_empty() && self.matches.is_empty()
    }

    /// Opens a frame.
    pub(crate) fn open(&mut self) {
        self.starts.push(self.locals.len());
    }

    /// True if there is a frame.
    pub(crate) fn is_open(&self) -> bool {
        !self.starts.is_empty()
    }

    /// Number of frames.
    pub(crate) fn depth(&self) -> usize {
        self.starts.len()
    }

    /// True if the innermost frame takes no assignment.
    pub(crate) fn is_read_only(&self) -> bool {
        self.read_only == Some(self.starts.len())
    }

    /// True if the variable is in the innermost frame. `None` if there is no frame.
    pub(crate) fn is_bound(&self, name: Symbol) -> Option<bool> {
        let start = *self.starts.last()?;
        Some(self.locals.position(name, start).is_some())
    }

    /// Where a variable stands in the order of the innermost frame.
    pub(crate) fn order(&self, name: Symbol) -> Option<usize> {
        let start = *self.starts.last()?;
        self.locals.position(name, start).map(|at| at - start)
    }

    /// Sets a variable of the innermost frame.
    pub(crate) fn set(&mut self, name: Symbol, value: Option<Value>) {
        let start = self.starts.last().copied().unwrap_or_default();
        match self.locals.position(name, start) {
            Some(at) => self.locals.values[at] = value,
            None => self.locals.push(name, value),
        }
    }

    pub(crate) fn get(&self, name: Symbol) -> Option<&Option<Value>> {
        self.locals.position(name, 0).map(|at| &self.locals.values[at])
    }

    /// Variables of all frames, from the outermost inwards.
    pub(crate) fn iter(&self) -> impl Iterator<Item = (Symbol, &Option<Value>)> {
        self.locals.names.iter().copied().zip(&self.locals.values)
    }

    /// Takes the value of a variable of the innermost frame out of it.
    pub(crate) fn take(&mut self, name: Symbol) -> Option<Value> {
        let start = *self.starts.last()?;
        let at = self.locals.position(name, start)?;
        self.locals.values[at].take()
    }

    /// Adds the result of a match, or (with `None`) hides those before.
    pub(crate) fn push_match(&mut self, found: Option<Match>) {
        self.matches.push(found);
    }

    /// A group of the last match: `None` when there was no match.
    pub(crate) fn group(&self, number: usize) -> Option<Value> {
        let found = self.matches.iter().rev().find_map(|found| found.as_ref())?;
        let text = found.get(number).and_then(Clone::clone);
        Some(text.map_or(Value::Undef, Value::Str))
    }
}

impl<'i> Scope<'i> {
    pub(crate) fn new(
        parent: Option<ScopeId>,
        outer: Option<ScopeId>,
        source: &'i Definition,
        resource: ResourceId,
    ) -> Scope<'i> {
        Scope {
            parent,
            outer,
            enclosing: outer,
            source,
            resource,
            is_node: false,
            vars: Variables::default(),
            frames: Frames::default(),
            defaults: Vec::new(),
        }
    }

    /// A variable of this scope and its frames.
    pub(crate) fn own(&self, name: Symbol) -> Option<&Option<Value>> {
        self.frames.get(name).or_else(|| self.vars.get(name))
    }

    /// True if the innermost frame, or the scope if there is none, has the variable.
    pub(crate) fn is_bound(&self, name: Symbol) -> bool {
        self.frames.is_bound(name).unwrap_or_else(|| self.vars.position(name).is_some())
    }

    /// Sets a variable of the innermost frame, or of the scope if there is none.
    pub(crate) fn set(&mut self, name: Symbol, value: Value) {
        if self.frames.is_bound(name).is_some() {
            self.frames.set(name, Some(value));
        } else {
            self.vars.push(name, Some(value));
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn frames_of_any_size_hide_and_show_names() {
        let mut frames = Frames::default();
        let name = |at: usize| Symbol::new(&format!("v{at}"));
        let value = |frames: &Frames, at: usize| frames.get(name(at)).cloned().flatten();
        for depth in 0..4 {
            frames.open();
            assert_eq!(frames.is_bound(name(0)), Some(false));
            for at in 0..100 {
                frames.set(name(at), Some(Value::from(depth)));
            }
            frames.set(name(7), Some(Value::from(-depth)));
            assert_eq!((frames.is_bound(name(99)), frames.order(name(7))), (Some(true), Some(7)));
            assert_eq!(value(&frames, 99), Some(Value::from(depth)));
        }
        assert_eq!(frames.take(name(5)), Some(Value::from(3)));
        assert_eq!((value(&frames, 5), value(&frames, 6)), (None, Some(Value::from(3))));
        let all = Mark { locals: 400, starts: 4, matches: 0 };
        for depth in (0..4).rev() {
            frames.reset(Mark { locals: (depth + 1) * 100, starts: depth + 1, ..all });
            assert_eq!(value(&frames, 7), Some(Value::from(-(depth as i64))), "{depth}");
            assert_eq!(frames.order(name(99)), Some(99));
        }
        frames.reset(Mark { locals: 10, starts: 1, ..all });
        assert_eq!((value(&frames, 9), value(&frames, 10)), (Some(Value::from(0)), None));
    }
}
