//! The documents that follow from the table: the example file, and the table of CONFIGURATION.md.

use super::{setting::Setting, table::GROUPS};
use std::fmt::Write as _;

const HEAD: &str = "\
# Settings of promosieve, all with their defaults; what is commented out holds as it stands here. Flags win over the
# environment, the environment over this file. `promosieve config check --config FILE` reports every mistake at once.
";

/// A file with all settings, commented out, that says what each is for: `promosieve config example` prints it.
#[must_use]
pub fn example() -> String {
    let mut text = HEAD.to_owned();
    for group in GROUPS {
        // Writing to a string does not fail; the same below.
        let _ = writeln!(text, "\n# --- {} ---", group.heading);
        for setting in group.settings {
            let _ = writeln!(text, "\n# {}. Takes {}.", capital(setting.help), setting.right());
            let _ = match (setting.preset_said, setting.default_said()) {
                (Some(words), _) => writeln!(text, "# Default: {words}.\n# {} =", setting.key),
                (None, Some(value)) => writeln!(text, "# {} = {value}", setting.key),
                (None, None) => writeln!(text, "# Unset by default.\n# {} =", setting.key),
            };
        }
    }
    text
}

/// A table of all settings in Markdown.
#[must_use]
pub fn markdown() -> String {
    let mut text = String::new();
    for group in GROUPS {
        let gap = if text.is_empty() { "" } else { "\n" };
        let _ = writeln!(text, "{gap}### {}\n\n| setting | default | |\n| --- | --- | --- |", group.heading);
        for setting in group.settings {
            let _ = writeln!(text, "| `{}` | {} | {} |", setting.key, markdown_default(setting), setting.help);
        }
    }
    text
}

fn markdown_default(setting: &Setting) -> String {
    match (setting.preset_said, setting.default_said()) {
        (Some(words), _) => words.into(),
        (None, Some(value)) => format!("`{value}`"),
        (None, None) => "unset".into(),
    }
}

/// `text` with a capital at its start.
#[must_use]
pub fn capital(text: &str) -> String {
    let mut letters = text.chars();
    letters.next().map_or_else(String::new, |first| first.to_uppercase().chain(letters).collect())
}
