//! The stack that a compile runs on.
//!
//! Deeply nested code needs a large stack. It is address space, used only as far as a compile really goes. A thread made by
//! [`spawn`] has it and keeps it from compile to compile, and with it what is cached for a thread; any other thread starts one for
//! each compile. What a stack once used stays with its thread, so that a thread on which a compile went deep should be replaced.

use std::cell::Cell;
use std::thread::{Builder, JoinHandle};

/// Room for the nesting that [`crate::Bounds`] allows, in any build.
pub(crate) const STACK_BYTES: usize = 512 * 1024 * 1024;

#[derive(Clone, Copy, PartialEq)]
enum State {
    /// The stack is somebody else's.
    Foreign,
    Deep,
    /// Much of it has been used.
    Worn,
}

thread_local! {
    static STATE: Cell<State> = const { Cell::new(State::Foreign) };
}

/// Starts a thread that compiles may run on directly.
///
/// # Errors
/// When the system has no room for it.
pub fn spawn<T: Send + 'static>(
    name: String,
    run: impl FnOnce() -> T + Send + 'static,
) -> std::io::Result<JoinHandle<T>> {
    Builder::new().name(name).stack_size(STACK_BYTES).spawn(move || {
        STATE.set(State::Deep);
        run()
    })
}

/// True if a compile has used so much of this thread's stack that the thread should end, to give it back.
pub fn is_worn() -> bool {
    STATE.get() == State::Worn
}

/// True if a compile can run here.
pub(crate) fn is_deep() -> bool {
    STATE.get() != State::Foreign
}

/// Notes that a compile goes deep.
pub(crate) fn wear() {
    if STATE.get() == State::Deep {
        STATE.set(State::Worn);
    }
}
