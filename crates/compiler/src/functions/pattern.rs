//! Regular expressions from strings. `split` and its like compile the same few texts again and again, so the last ones
//! are kept.

use std::cell::RefCell;
use std::sync::Arc;

use pcore::regexp::Regexp;
use pcore::{Type, Value};
use rustc_hash::FxHashMap;

use crate::error::Control;

/// Expressions kept by each thread.
const KEPT_MAX: usize = 256;

thread_local! {
    static KEPT: RefCell<FxHashMap<String, Arc<Regexp>>> = RefCell::default();
}

/// The expression of a source text.
///
/// # Errors
/// Ruby's message if the source is malformed.
pub(super) fn compile(source: &str) -> Result<Arc<Regexp>, Control> {
    KEPT.with_borrow_mut(|kept| {
        if let Some(regexp) = kept.get(source) {
            return Ok(regexp.clone());
        }
        let regexp = Regexp::new(source)?;
        if kept.len() >= KEPT_MAX {
            kept.clear();
        }
        kept.insert(source.to_owned(), regexp.clone());
        Ok(regexp)
    })
}

/// The expression that a string, a regular expression or a type `Regexp[...]` stands for; an unparameterised `Regexp`
/// is the empty expression.
pub(super) fn of(pattern: &Value) -> Result<Arc<Regexp>, Control> {
    match pattern {
        Value::Regexp(regexp) | Value::Type(Type::Regexp(Some(regexp))) => Ok(regexp.clone()),
        Value::Str(source) => compile(source),
        _ => compile(""),
    }
}
