//! `promosieve config`: what the server would be told, without starting it.

use super::{error::CliError, settings::Settings, shared};
use crate::config::{self, Inspection};
use clap::Subcommand;

/// Arguments of `config`.
#[derive(Debug, clap::Args)]
pub(super) struct Args {
    #[command(subcommand)]
    command: Command,
}

#[derive(Debug, Subcommand)]
enum Command {
    /// Report every mistake at once, each with its place: file and line, variable or flag
    #[command(after_help = CHECK_HELP)]
    Check(Settings),
    /// Print the settings that hold, each with its origin
    #[command(after_help = SHOW_HELP)]
    Show(Show),
    /// Print a file with all settings, their defaults and what they are for
    Example,
}

#[derive(Debug, clap::Args)]
struct Show {
    /// Print JSON; its fields stay what they are over releases
    #[arg(long)]
    json: bool,

    #[command(flatten)]
    settings: Settings,
}

const CHECK_HELP: &str = "\
Give the same flags and environment as to `serve`. Exit codes: 0 valid; 64 not.

Example:
  promosieve config check --config promosieve.toml";

const SHOW_HELP: &str = "\
Origins are flag, env, file and default, the strongest first. The output is itself a file that `--config` takes. It has
no secrets: keys are given as files.

Examples:
  promosieve config show --config promosieve.toml
  promosieve config show --json | jq '.settings[] | select(.origin != \"default\")'";

/// Runs a command about the configuration.
pub(super) fn run(args: Args) -> Result<(), CliError> {
    match args.command {
        Command::Check(settings) => {
            inspect(&settings)?.config?;
            shared::print("the configuration is valid\n")
        }
        Command::Show(Show { json, settings }) => {
            let Inspection { effective, config, .. } = inspect(&settings)?;
            config?;
            shared::print(&if json { effective.json_form() } else { effective.text_form() })
        }
        Command::Example => shared::print(&config::example()),
    }
}

fn inspect(settings: &Settings) -> Result<Inspection, CliError> {
    let inspection = config::inspect(&settings.0);
    for note in &inspection.notes {
        shared::complain(&format!("note: {note}"))?;
    }
    Ok(inspection)
}
