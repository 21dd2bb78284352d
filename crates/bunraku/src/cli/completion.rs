//! `bunraku completion`: scripts for shells.

use std::process::ExitCode;

/// Print a completion script for a shell
///
/// For bash: `bunraku completion bash > /etc/bash_completion.d/bunraku`
#[derive(clap::Args, Debug)]
pub struct Args {
    /// The shell
    shell: clap_complete::Shell,
}

/// Prints the script.
pub fn run(args: Args, mut command: clap::Command) -> anyhow::Result<ExitCode> {
    let mut script = Vec::new();
    clap_complete::generate(args.shell, &mut command, "bunraku", &mut script);
    std::io::Write::write_all(&mut std::io::stdout(), &script)?;
    Ok(ExitCode::SUCCESS)
}
