//! Regular expressions with the semantics of Ruby's engine.
//!
//! The source is parsed as Ruby reads it, with Ruby's messages, and then written in the notation of an engine. Most
//! expressions run on the `regex` crate, in time linear in the text; look-around, back-references, atomic groups and
//! the like need `fancy-regex`, which backtracks and gives up after a bounded number of steps. `^` and `$` match at
//! every line; `\w`, `\d` and `\s` are ASCII, brackets like `[[:alpha:]]` and `\b` are Unicode, as in Ruby.
//!
//! Not supported: `\X`, recursion levels in references, case folding to several characters (`ß` and `ss`).

mod captures;
mod emit;
mod parse;
mod replace;
mod syntax;

use std::fmt;
use std::sync::{Arc, LazyLock, OnceLock, PoisonError, RwLock};

use rustc_hash::FxHashMap;

pub use captures::Captures;
pub use replace::Matches;

use crate::error::{Result, ValueError};
use emit::Caveats;

/// Steps of backtracking before a match is given up.
const BACKTRACK_STEPS_MAX: usize = 1_000_000;
/// Memory a compiled expression may take, in bytes.
const COMPILED_BYTES_MAX: usize = 16 << 20;
/// Expressions that are kept ready.
const KEPT_MAX: usize = 1024;
/// Longest source, in bytes.
const SOURCE_BYTES_MAX: usize = 64 << 10;

/// A regular expression: the source as written, compiled when first used.
pub struct Regexp {
    source: String,
    program: OnceLock<Result<Box<Program>>>,
}

/// The compiled forms.
struct Program {
    linear: Option<(regex::Regex, Caveats)>,
    /// Made when there is no linear form, or when its answer has to be checked.
    backtracking: OnceLock<Result<fancy_regex::Regex>>,
    names: Vec<Option<String>>,
}

impl Regexp {
    /// A regular expression; fails with Ruby's message if the source is malformed.
    pub fn new(source: &str) -> Result<Arc<Regexp>> {
        if source.len() > SOURCE_BYTES_MAX {
            return Err(ValueError::new(format!(
                "regular expression is longer than {SOURCE_BYTES_MAX} bytes"
            )));
        }
        parse::parse(source).map_err(|message| malformed(&message, source))?;
        Ok(Arc::new(Regexp { source: source.to_owned(), program: OnceLock::new() }))
    }

    /// [`Regexp::new`], with the expressions used last kept ready: code meets the same few again and again, and to
    /// compile one takes far longer than to match with it.
    pub fn cached(source: &str) -> Result<Arc<Regexp>> {
        static KEPT: LazyLock<RwLock<FxHashMap<Box<str>, Arc<Regexp>>>> = LazyLock::new(RwLock::default);
        // The table holds whole entries only, so a panic elsewhere cannot have left it half changed.
        if let Some(regexp) = KEPT.read().unwrap_or_else(PoisonError::into_inner).get(source) {
            return Ok(regexp.clone());
        }
        let regexp = Regexp::new(source)?;
        let mut kept = KEPT.write().unwrap_or_else(PoisonError::into_inner);
        if kept.len() >= KEPT_MAX {
            kept.clear();
        }
        kept.insert(source.into(), regexp.clone());
        Ok(regexp)
    }

    /// An expression that matches exactly this text.
    pub fn literal(text: &str) -> Result<Arc<Regexp>> {
        Regexp::new(&escape(text))
    }

    /// The source between the slashes.
    pub fn source(&self) -> &str {
        &self.source
    }

    /// True if the expression matches somewhere in the text. False, too, if the engine gave up;
    /// [`Regexp::try_captures`] tells the difference.
    pub fn is_match(&self, text: &str) -> bool {
        self.try_is_match(text).unwrap_or(false)
    }

    /// True if the expression matches somewhere in the text; fails if the engine gave up.
    pub fn try_is_match(&self, text: &str) -> Result<bool> {
        let program = self.program()?;
        match &program.linear {
            Some((regex, caveats)) if caveats.hold_for(text) => Ok(regex.is_match(text)),
            _ => Ok(self.try_captures(text)?.is_some()),
        }
    }

    /// The first match. `None`, too, if the engine gave up.
    pub fn captures<'t>(&self, text: &'t str) -> Option<Captures<'t>> {
        self.try_captures(text).unwrap_or(None)
    }

    /// The first match; fails if the engine gave up.
    pub fn try_captures<'t>(&self, text: &'t str) -> Result<Option<Captures<'t>>> {
        self.try_captures_at(text, 0)
    }

    /// The first match from a byte on, which must be the start of a character; what stands before it is still seen by
    /// assertions.
    pub fn try_captures_at<'t>(&self, text: &'t str, start: usize) -> Result<Option<Captures<'t>>> {
        if !text.is_char_boundary(start) {
            return Ok(None);
        }
        let program = self.program()?;
        if let Some((regex, caveats)) = &program.linear
            && !(caveats.text_end && text.ends_with('\n'))
        {
            let found = regex.captures_at(text, start);
            let doubtful = caveats.line_start
                && text.ends_with('\n')
                && found
                    .as_ref()
                    .and_then(|found| found.get(0))
                    .is_some_and(|whole| whole.end() == text.len());
            if !doubtful {
                return Ok(found.map(|found| {
                    Captures::new(
                        text,
                        found.iter().map(|group| group.map(|group| (group.start(), group.end()))),
                    )
                }));
            }
        }
        let found = self
            .backtracking(program)?
            .captures_from_pos(text, start)
            .map_err(|error| self.gave_up(&error))?;
        Ok(found.map(|found| {
            Captures::new(text, found.iter().map(|group| group.map(|group| (group.start(), group.end()))))
        }))
    }

    /// Number of a named group; the last one if several share the name.
    pub fn group_number(&self, name: &str) -> Option<usize> {
        let names = &self.program().ok()?.names;
        names.iter().rposition(|group| group.as_deref() == Some(name)).map(|index| index + 1)
    }

    /// The names of groups, in order and without repetition.
    pub fn names(&self) -> Vec<String> {
        let mut names: Vec<String> = Vec::new();
        for name in self.program().map_or(&[][..], |program| &program.names).iter().flatten() {
            if !names.contains(name) {
                names.push(name.clone());
            }
        }
        names
    }

    fn program(&self) -> Result<&Program> {
        let program = self.program.get_or_init(|| {
            let parsed = parse::parse(&self.source).map_err(|message| malformed(&message, &self.source))?;
            let linear = match emit::linear(&parsed.node) {
                None => None,
                Some((pattern, caveats)) => Some((self.compile_linear(&pattern)?, caveats)),
            };
            Ok(Box::new(Program { linear, backtracking: OnceLock::new(), names: parsed.names }))
        });
        program.as_deref().map_err(ValueError::clone)
    }

    fn compile_linear(&self, pattern: &str) -> Result<regex::Regex> {
        regex::RegexBuilder::new(pattern)
            .size_limit(COMPILED_BYTES_MAX)
            .nest_limit(1000)
            .build()
            .map_err(|error| self.unusable(&error))
    }

    fn backtracking<'p>(&self, program: &'p Program) -> Result<&'p fancy_regex::Regex> {
        let compiled = program.backtracking.get_or_init(|| {
            let parsed = parse::parse(&self.source).map_err(|message| malformed(&message, &self.source))?;
            let pattern =
                emit::backtracking(&parsed.node).map_err(|message| malformed(message, &self.source))?;
            fancy_regex::RegexBuilder::new(&pattern)
                .backtrack_limit(BACKTRACK_STEPS_MAX)
                .delegate_size_limit(COMPILED_BYTES_MAX)
                .build()
                .map_err(|error| self.unusable(&error))
        });
        compiled.as_ref().map_err(ValueError::clone)
    }

    fn unusable(&self, error: &dyn fmt::Display) -> ValueError {
        let error = error.to_string();
        let reason = error.lines().last().unwrap_or_default();
        malformed(&format!("cannot be compiled ({reason})"), &self.source)
    }

    fn gave_up(&self, error: &dyn fmt::Display) -> ValueError {
        ValueError::new(format!("matching {} was given up: {error}", slashed(&self.source)))
    }
}

impl Caveats {
    /// True if the linear program is exact for this text.
    fn hold_for(self, text: &str) -> bool {
        !(self.line_start || self.text_end) || !text.ends_with('\n')
    }
}

impl PartialEq for Regexp {
    fn eq(&self, other: &Regexp) -> bool {
        self.source == other.source
    }
}

impl Eq for Regexp {}

impl fmt::Debug for Regexp {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&to_s(&self.source))
    }
}

/// Whether Ruby ties a regular expression to UTF-8, which Puppet takes for an option: with characters beyond ASCII, or `\u`.
fn is_fixed(source: &str) -> bool {
    let mut chars = source.chars();
    while let Some(c) = chars.next() {
        let escaped = if c == '\\' { chars.next() } else { None };
        if !c.is_ascii() || escaped.is_some_and(|c| c == 'u' || !c.is_ascii()) {
            return true;
        }
    }
    false
}

/// The text of a regular expression as types and values show it: the source between slashes, and with its options where Ruby has any.
pub fn to_s(source: &str) -> String {
    let slashed = slashed(source);
    match is_fixed(source) {
        true => format!("/(?-mix:{})/", slashed.get(1..slashed.len() - 1).unwrap_or_default()),
        false => slashed,
    }
}

/// The text of a regular expression without slashes, as conversions to strings give it.
pub fn plain(source: &str) -> std::borrow::Cow<'_, str> {
    match is_fixed(source) {
        true => format!("(?-imx:{source})").into(),
        false => source.into(),
    }
}

/// The source between slashes, as Ruby's `inspect` has it: slashes in it are escaped, unless they are already.
pub fn slashed(source: &str) -> String {
    let mut out = String::with_capacity(source.len() + 2);
    out.push('/');
    let mut chars = source.chars();
    while let Some(c) = chars.next() {
        match c {
            '\\' => {
                out.push('\\');
                out.extend(chars.next());
            }
            '/' => out.push_str("\\/"),
            // Control characters are shown by their code, white space as it is.
            c if c.is_ascii_control() && !matches!(c, '\t'..='\r') => {
                out.push_str(&format!("\\x{:02X}", u32::from(c)))
            }
            c => out.push(c),
        }
    }
    out.push('/');
    out
}

/// A text with everything escaped that means something in a regular expression, as Ruby's `Regexp.escape` does.
pub fn escape(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for c in text.chars() {
        let escape = match c {
            '\n' => 'n',
            '\t' => 't',
            '\r' => 'r',
            '\u{c}' => 'f',
            '\u{b}' => 'v',
            '[' | ']' | '{' | '}' | '(' | ')' | '|' | '-' | '*' | '.' | '\\' | '?' | '+' | '^' | '$'
            | ' ' | '#' => c,
            _ => {
                out.push(c);
                continue;
            }
        };
        out.push('\\');
        out.push(escape);
    }
    out
}

fn malformed(message: &str, source: &str) -> ValueError {
    ValueError::new(format!("{message}: {}", slashed(source)))
}

#[cfg(test)]
mod tests;
