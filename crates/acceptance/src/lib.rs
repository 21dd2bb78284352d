//! Tools for whole-product tests: the repository's examples, a primary in a scratch folder, simulated agents.
//!
//! The tests themselves are in `tests/`. A test that needs a program of somebody else's asks [`peers`] for it and is left out, with a
//! printed line, where the program is not installed; with `BUNRAKU_TEST_PEERS=all` its absence is a failure.

// Whole-product tests may stop at once when something is wrong.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::print_stderr, reason = "test support")]

pub mod agent;
pub mod bench;
pub mod cluster;
pub mod compiler;
pub mod differential;
pub mod examples;
pub mod fresh;
pub mod lan;
pub mod peers;
pub mod process;
pub mod program;
pub mod puppetdb;
pub mod puppetserver;
pub mod stock_agent;
