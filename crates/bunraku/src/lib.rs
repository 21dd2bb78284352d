//! The product as a library, so that whole-product tests can start it in process. `main.rs` only calls [`cli::main`].

mod allocator;
pub mod cli;
pub mod config;
pub mod csr_attributes;
pub mod examples;
pub mod serve;
pub mod telemetry;

#[global_allocator]
static ALLOCATOR: allocator::Allocator = allocator::Allocator;
