//! The frame of benchmark programs that are also the servers they measure.

use std::path::Path;
use std::process::ExitCode;

/// Under the name `bunraku` the program is what the binary of that name is made of, and nothing else runs. Otherwise it measures,
/// as its arguments say.
#[allow(clippy::print_stderr, reason = "a benchmark program's only error")]
pub fn main(measure: impl FnOnce(&[String]) -> anyhow::Result<()>) -> ExitCode {
    if std::env::args_os().next().is_some_and(|name| Path::new(&name).ends_with("bunraku")) {
        return bunraku::cli::main();
    }
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    match measure(&arguments) {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("Error: {error:#}");
            ExitCode::FAILURE
        }
    }
}
