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

/// After so many steps or bytes the compile is told of them.
const STEPS_TOLD: u64 = 16_384;
const BYTES_TOLD: u64 = 4 << 20;

/// What a render has used up.
#[derive(Debug)]
pub(crate) struct Limits {
    pub(crate) steps: u64,
    pub(crate) bytes: u64,
    pub(crate) depth: u32,
    /// What the compile has been told of.
    steps_told: u64,
    bytes_told: u64,
    /// Steps and bytes at which there is something to do next.
    next_steps: u64,
    next_bytes: u64,
}

impl Default for Limits {
    fn default() -> Limits {
        Limits {
            steps: 0,
            bytes: 0,
            depth: 0,
            steps_told: 0,
            bytes_told: 0,
            next_steps: STEPS_TOLD,
            next_bytes: BYTES_TOLD,
        }
    }
}

impl Limits {
    /// True if it is time for [`Limits::told`].
    pub(crate) fn is_due(&self) -> bool {
        self.steps > self.next_steps || self.bytes > self.next_bytes
    }

    /// Steps and bytes since this was asked for last.
    pub(crate) fn told(&mut self) -> (u64, u64) {
        let more = (self.steps - self.steps_told, self.bytes - self.bytes_told);
        (self.steps_told, self.bytes_told) = (self.steps, self.bytes);
        self.next_steps = self.steps + STEPS_TOLD;
        self.next_bytes = self.bytes.saturating_add(BYTES_TOLD);
        more
    }
}
