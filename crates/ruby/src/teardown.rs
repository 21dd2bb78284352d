//! Giving up values that nest deeply.
//!
//! A loop nests a value as deep as it has turns, and what Rust does by itself to drop it is a recursion. Everything that holds values
//! therefore hands them over here when it goes: from some depth on they wait until what is above them is gone.

use std::cell::{Cell, RefCell};

use crate::proc::NativeCode;
use crate::value::Value;

/// Depth from which on values wait.
const DEPTH_MAX: u32 = 64;

/// What is to be dropped.
enum Waste {
    Values(#[expect(dead_code, reason = "it is there to be dropped")] Vec<Value>),
    Code(#[expect(dead_code, reason = "it is there to be dropped")] Box<NativeCode>),
}

thread_local! {
    static DEPTH: Cell<u32> = const { Cell::new(0) };
    static WAITING: RefCell<Vec<Waste>> = const { RefCell::new(Vec::new()) };
}

/// True if dropping the value may drop others.
fn holds_others(value: &Value) -> bool {
    matches!(
        value,
        Value::Array(_)
            | Value::Hash(_)
            | Value::Range(_)
            | Value::Proc(_)
            | Value::Exception(_)
            | Value::Enumerator(_)
            | Value::Object(_)
    )
}

/// Drops values.
pub(crate) fn values(values: impl IntoIterator<Item = Value>) {
    let mut deep = Vec::new();
    deep.extend(values.into_iter().filter(holds_others));
    if !deep.is_empty() {
        waste(Waste::Values(deep));
    }
}

/// Drops the code of a proc.
pub(crate) fn code(code: Box<NativeCode>) {
    waste(Waste::Code(code));
}

fn waste(waste: Waste) {
    // At the end of a thread there may be no list any more; then nothing deep is left either.
    let depth = DEPTH.try_with(Cell::get).unwrap_or_default();
    if depth >= DEPTH_MAX {
        let mut waste = Some(waste);
        let _ = WAITING.try_with(|waiting| waiting.borrow_mut().extend(waste.take()));
        return;
    }
    let _ = DEPTH.try_with(|cell| cell.set(depth + 1));
    drop(waste);
    if depth == 0 {
        while let Ok(Some(next)) = WAITING.try_with(|waiting| waiting.borrow_mut().pop()) {
            drop(next);
        }
    }
    let _ = DEPTH.try_with(|cell| cell.set(depth));
}
