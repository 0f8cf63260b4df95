//! The command line: arguments, dispatch, exit codes.

mod clean;
mod configuration;
mod corpus;
mod error;
mod eval;
mod explain;
mod input;
mod keys;
mod logging;
mod parallel;
mod serve;
mod settings;
mod shared;
mod store;
mod train;

use crate::engine::Engine;
use clap::{CommandFactory as _, Parser, Subcommand, error::ErrorKind};
use error::{CliError, exit_code};
use std::{ffi::OsString, process::ExitCode};

const AFTER_HELP: &str = "\
Examples:
  promosieve serve --data /var/lib/promosieve
  promosieve config check --config promosieve.toml
  promosieve keys add --api-keys keys.toml --name crawler --role write
  promosieve clean article.txt
  promosieve clean --jsonl articles.jsonl > clean.jsonl
  promosieve explain article.txt --source example.org --learn archive.jsonl
  promosieve store export --data /var/lib/promosieve backup.psx
  promosieve eval gold.jsonl --stream stream.jsonl
  promosieve train --gold gold.jsonl --stream stream.jsonl --out models

Exit codes: 0 done; 64 wrong usage or configuration; 65 bad input; 69 address or store unavailable; 70 a bug; 74 input
or output failed.";

/// Finds and removes promotion, calls to action and page residue in article texts.
#[derive(Debug, Parser)]
#[command(name = "promosieve", disable_version_flag = true, after_help = AFTER_HELP)]
struct Cli {
    /// Print the versions of program and rules
    #[arg(short = 'V', long)]
    version: bool,

    #[command(subcommand)]
    command: Option<Command>,
}

#[derive(Debug, Subcommand)]
enum Command {
    /// Serve the gRPC API
    Serve(serve::Args),
    /// Check or show the configuration of `serve`
    Config(configuration::Args),
    /// Make, list and revoke API keys
    Keys(keys::Args),
    /// Clean articles from files or standard input
    Clean(clean::Args),
    /// Show what would be removed from an article, and why
    Explain(explain::Args),
    /// Verify, export or import a store
    Store(store::Args),
    /// Measure against annotated documents
    Eval(eval::Args),
    /// Train the models and cross-validate them
    Train(train::Args),
}

/// Runs the command that `arguments` (the program's name first) ask for, and returns the process's exit code.
pub fn run(arguments: impl IntoIterator<Item = OsString>) -> ExitCode {
    match Cli::try_parse_from(arguments) {
        Ok(cli) => finish(dispatch(cli)),
        Err(error) => refuse(&error),
    }
}

fn dispatch(cli: Cli) -> Result<(), CliError> {
    if cli.version {
        return shared::print(&version());
    }
    match cli.command {
        Some(Command::Serve(args)) => serve::run(&args),
        Some(Command::Config(args)) => configuration::run(args),
        Some(Command::Keys(args)) => keys::run(args),
        Some(Command::Clean(args)) => clean::run(&args),
        Some(Command::Explain(args)) => explain::run(&args),
        Some(Command::Store(args)) => store::run(&args),
        Some(Command::Eval(args)) => eval::run(&args),
        Some(Command::Train(args)) => train::run(&args),
        None => Err(CliError::Usage(Cli::command().render_help().to_string())),
    }
}

fn version() -> String {
    format!("promosieve {} (ruleset {})\n", env!("CARGO_PKG_VERSION"), Engine::shipped_version())
}

fn finish(outcome: Result<(), CliError>) -> ExitCode {
    match outcome {
        Ok(()) => ExitCode::SUCCESS,
        // Whoever read our output has enough of it: `| head` is no failure.
        Err(error) if error.is_broken_pipe() => ExitCode::SUCCESS,
        Err(error) => {
            // Nobody is left to tell if standard error is closed as well.
            let _ = shared::complain(&error.to_string());
            error.exit_code().into()
        }
    }
}

/// clap's own errors, with the exit code of `sysexits.h` instead of 2; help is no error.
fn refuse(error: &clap::Error) -> ExitCode {
    // As above.
    let _ = error.print();
    match error.kind() {
        ErrorKind::DisplayHelp | ErrorKind::DisplayVersion => ExitCode::SUCCESS,
        _ => exit_code::USAGE.into(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_definition_is_consistent() {
        Cli::command().debug_assert();
    }
}
