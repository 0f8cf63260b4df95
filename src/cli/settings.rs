//! The settings as flags: one each, made from the table of settings.

use crate::config::{Flags, GROUPS, Setting, capital};
use clap::{Arg, ArgAction, ArgMatches, Args, Command, Error, FromArgMatches, value_parser};
use std::path::PathBuf;

/// `--config` and a flag for each setting.
#[derive(Debug, Default)]
pub(super) struct Settings(pub(super) Flags);

const FILE: &str = "config";

fn file() -> Arg {
    Arg::new(FILE)
        .long(FILE)
        .value_name("FILE")
        .value_parser(value_parser!(PathBuf))
        .help("TOML file with settings [env: PROMOSIEVE_CONFIG]; `promosieve config example` prints one")
}

fn flag(setting: &Setting) -> Arg {
    let flag = Arg::new(setting.key).long(setting.flag()).value_name(setting.value_name()).action(ArgAction::Set);
    let default = setting.default_said().map_or_else(String::new, |said| format!(" [default: {said}]"));
    let flag = flag.help(format!("{}{default}", capital(setting.help))).long_help(format!(
        "{}. Takes {}{default} [env: {}]",
        capital(setting.help),
        setting.right(),
        setting.variable()
    ));
    // A switch stands alone or is told a value: `--memory`, `--memory=false`.
    if setting.is_switch() {
        return flag.num_args(0..=1).require_equals(true).default_missing_value("true");
    }
    // So that `--min-confidence -1` is told what would be right.
    flag.allow_hyphen_values(true)
}

impl Args for Settings {
    fn augment_args(command: Command) -> Command {
        let command = command.arg(file());
        GROUPS.iter().fold(command, |command, group| {
            command.args(group.settings.iter().map(|setting| flag(setting).help_heading(group.heading)))
        })
    }

    fn augment_args_for_update(command: Command) -> Command {
        Self::augment_args(command)
    }
}

impl FromArgMatches for Settings {
    fn from_arg_matches(matches: &ArgMatches) -> Result<Self, Error> {
        let mut settings = Self::default();
        settings.update_from_arg_matches(matches)?;
        Ok(settings)
    }

    fn update_from_arg_matches(&mut self, matches: &ArgMatches) -> Result<(), Error> {
        self.0.file = matches.get_one::<PathBuf>(FILE).cloned();
        let given = GROUPS
            .iter()
            .flat_map(|group| group.settings)
            .filter_map(|setting| Some((setting.key.to_owned(), matches.get_one::<String>(setting.key)?.clone())));
        self.0.given = given.collect();
        Ok(())
    }
}
