//! The product as a library, so that whole-product tests can start it in process. `main.rs` only calls [`cli::main`].

pub mod cli;
pub mod config;
pub mod csr_attributes;
pub mod examples;
pub mod serve;
pub mod telemetry;

/// A fifth of a compile was the system's allocator.
#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;
