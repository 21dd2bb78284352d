//! Bounds of a render. A template that is wrong or hostile must end with an error, not with the server.

/// Calls, turns of loops and the like: some tens of seconds of work.
pub(crate) const STEPS_MAX: u64 = 50_000_000;
/// Bytes of strings, arrays and hashes that a render makes in all, garbage counted.
pub(crate) const BYTES_MAX: u64 = 1 << 30;
/// Longest output of a template.
pub(crate) const OUTPUT_BYTES_MAX: usize = 64 << 20;
/// Nesting of calls and expressions. A render needs at most about 48 MiB of stack for this many.
pub(crate) const DEPTH_MAX: u32 = 4_000;
/// Nesting of collections that is followed when they are compared, shown or converted.
pub(crate) const NESTING_MAX: u32 = 500;

/// What a render has used up.
#[derive(Debug, Default)]
pub(crate) struct Limits {
    pub(crate) steps: u64,
    pub(crate) bytes: u64,
    pub(crate) depth: u32,
}
