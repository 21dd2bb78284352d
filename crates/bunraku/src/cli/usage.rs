//! Wrong usage: told, and answered with exit code 1, as by all of Puppet's commands. Other codes have a meaning of their own.
//!
//! For `bunraku ca` the words are those of `puppetserver ca`, which scripts may know.

use std::io::Write as _;
use std::process::ExitCode;

use clap::error::{ContextKind, ContextValue, Error, ErrorKind};
use clap::{Command, CommandFactory as _};

use super::Cli;

/// Prints help, or what is wrong with the arguments.
pub(super) fn answer(error: &Error, arguments: &[String]) -> ExitCode {
    // A reader that went away is no error.
    match error.kind() {
        ErrorKind::DisplayHelp | ErrorKind::DisplayVersion => {
            let _ = error.print();
            ExitCode::SUCCESS
        }
        // Puppet's own command tells where help is; that is no failure.
        ErrorKind::DisplayHelpOnMissingArgumentOrSubcommand if arguments.is_empty() => {
            let _ = std::io::stdout().write_all(error.render().to_string().as_bytes());
            ExitCode::SUCCESS
        }
        _ => {
            let of_authority = words(arguments).filter(|words| words.first() == Some(&"ca"));
            match of_authority.and_then(|words| authority(error, &words)) {
                Some(text) => eprintln!("{text}"),
                None => {
                    let _ = error.print();
                }
            }
            ExitCode::FAILURE
        }
    }
}

/// The arguments without the options that all commands have; nothing if they end too early.
fn words(arguments: &[String]) -> Option<Vec<&str>> {
    let mut words = Vec::new();
    let mut arguments = arguments.iter().map(String::as_str);
    while let Some(argument) = arguments.next() {
        match argument {
            "--config" => {
                arguments.next()?;
            }
            "--verbose" => {}
            _ if argument.starts_with("--config=") => {}
            _ => words.push(argument),
        }
    }
    Some(words)
}

/// What `puppetserver ca` says.
fn authority(error: &Error, words: &[&str]) -> Option<String> {
    let context = |kind| match error.get(kind) {
        Some(ContextValue::String(text)) => Some(text.as_str()),
        _ => None,
    };
    let mut command = Cli::command();
    command.build();
    let ca = command.find_subcommand("ca")?;
    let action = |name: &str| ca.find_subcommand(name);
    match error.kind() {
        ErrorKind::InvalidSubcommand | ErrorKind::DisplayHelpOnMissingArgumentOrSubcommand
            if words.get(1).is_none_or(|name| action(name).is_none()) =>
        {
            let name = words.get(1).copied().unwrap_or_default();
            Some(format!("Unknown action: {name}\n{}", help(ca)))
        }
        ErrorKind::UnknownArgument => {
            let argument = context(ContextKind::InvalidArg)?;
            // Puppetserver's takes the word behind an unknown flag for its value.
            let is_value = || {
                let before = words.iter().zip(words.iter().skip(1)).find(|(_, word)| **word == argument);
                before.is_some_and(|(flag, _)| flag.starts_with('-'))
            };
            let kind = if argument.starts_with('-') || is_value() { "flag or argument" } else { "input" };
            wrong(format!("    Unknown {kind} `{argument}`"), action(words.get(1)?)?)
        }
        ErrorKind::InvalidValue if context(ContextKind::InvalidValue).is_none_or(str::is_empty) => {
            let flag = context(ContextKind::InvalidArg)?;
            let flag = flag.split_whitespace().next()?;
            wrong(format!("    Missing argument to flag `{flag}`"), action(words.get(1)?)?)
        }
        _ => None,
    }
}

fn wrong(what: String, action: &Command) -> Option<String> {
    Some(format!("Error:\n{what}\n\n{}", help(action)))
}

fn help(command: &Command) -> String {
    command.clone().render_help().to_string()
}
