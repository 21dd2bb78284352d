//! Versions of code, and their way to everyone who compiles it.
//!
//! Code is made ready in a staging directory, by people, r10k or a deploy. A commit makes a version of it ([`versions`]): a
//! git commit per environment, in repositories that plain git can read. What a compiler lacks of a version travels as objects
//! ([`transfer`]), and is laid out as a directory that nobody changes any more ([`live`]); which directory serves is a pointer.
//! Versions that nobody needs any more go ([`Retention`]).
//!
//! Nothing here knows what code means: it is files.

pub mod client;
mod content;
mod error;
pub mod git;
pub mod guard;
pub mod handlers;
mod layout;
mod limits;
mod link;
pub mod live;
mod metrics;
pub mod protocol;
mod retention;
mod staging;
mod stat_index;
pub mod sync_machine;
pub mod transfer;
pub mod versions;

pub use content::{code_id, commit_of, content};
pub use error::{Error, Result};
pub use limits::Limits;
pub use retention::{Past, Retention};
