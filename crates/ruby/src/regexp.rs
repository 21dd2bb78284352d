//! Regular expressions: [`pcore::regexp`] with Ruby's options and objects.

use std::rc::Rc;
use std::sync::Arc;

use pcore::Str;
use pcore::regexp::{Captures, Regexp};

use crate::class::Class;
use crate::eval::Interp;
use crate::flow::Eval;
use crate::value::{EXTENDED, IGNORE_CASE, MULTI_LINE, Match, Regex, Value};

/// Compiles the source of a regular expression; fails with Ruby's message.
pub(crate) fn compile(source: &str, options: u8) -> Result<Arc<Regexp>, String> {
    let compiled = if options == 0 {
        Regexp::cached(source)
    } else {
        // A comment may stand at the end of an extended expression.
        let end = if options & EXTENDED == 0 { "" } else { "\n" };
        Regexp::cached(&format!("(?{}:{source}{end})", option_letters(options)))
    };
    compiled.map_err(|error| error.message)
}

/// The letters of the options that are set, in Ruby's order.
pub(crate) fn option_letters(options: u8) -> String {
    let mut letters = String::new();
    for (option, letter) in [(MULTI_LINE, 'm'), (IGNORE_CASE, 'i'), (EXTENDED, 'x')] {
        if options & option != 0 {
            letters.push(letter);
        }
    }
    letters
}

/// A regular expression as an object.
pub(crate) fn value(source: Str, options: u8, program: Arc<Regexp>) -> Value {
    Value::Regexp(Rc::new(Regex { source, options, program }))
}

impl Regex {
    /// The source as it stands between slashes.
    fn slashed(&self) -> String {
        let mut out = String::with_capacity(self.source.len());
        let mut is_escaped = false;
        for c in self.source.chars() {
            match c {
                '/' if !is_escaped => out.push_str("\\/"),
                '\n' if !is_escaped => out.push('\n'),
                c => out.push(c),
            }
            is_escaped = c == '\\' && !is_escaped;
        }
        out
    }

    /// `/source/options`
    pub(crate) fn inspect(&self) -> String {
        format!("/{}/{}", self.slashed(), option_letters(self.options))
    }

    /// `(?options-others:source)`
    pub(crate) fn to_s(&self) -> String {
        let on = option_letters(self.options);
        let off = option_letters(!self.options & (IGNORE_CASE | EXTENDED | MULTI_LINE));
        let dash = if off.is_empty() { "" } else { "-" };
        format!("(?{on}{dash}{off}:{})", self.slashed())
    }
}

impl Interp<'_> {
    /// A regular expression from text that was computed.
    pub(crate) fn regexp(&self, source: &str, options: u8) -> Eval {
        match compile(source, options) {
            Ok(program) => Ok(value(source.into(), options, program)),
            Err(message) => Err(self.raise(Class::RegexpError, message)),
        }
    }

    /// The first match from a byte on, which `$~` then holds.
    pub(crate) fn match_at(
        &mut self,
        regex: &Rc<Regex>,
        text: &Str,
        start: usize,
    ) -> Eval<Option<Rc<Match>>> {
        let found = self.find_at(regex, text, start)?;
        self.set_match(found.clone());
        Ok(found)
    }

    /// The first match from a byte on.
    pub(crate) fn find_at(&mut self, regex: &Rc<Regex>, text: &Str, start: usize) -> Eval<Option<Rc<Match>>> {
        self.tick()?;
        self.charge((text.len() - start.min(text.len())) / 64)?;
        match regex.program.try_captures_at(text, start) {
            Ok(found) => Ok(found.map(|found| Rc::new(match_of(regex, text, &found)))),
            Err(error) => Err(crate::flow::limit(error.message)),
        }
    }

    /// Sets `$~`.
    pub(crate) fn set_match(&mut self, found: Option<Rc<Match>>) {
        *self.frame.last_match.borrow_mut() = found;
    }
}

fn match_of(regex: &Rc<Regex>, text: &Str, found: &Captures<'_>) -> Match {
    let groups = (0..found.group_count()).map(|group| found.range(group)).collect();
    Match { text: text.clone(), regex: regex.clone(), groups }
}
