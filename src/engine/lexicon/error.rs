//! What can be wrong with a rule file.

use super::pattern::PatternError;

/// Why rule files were refused: names the file, the place in it and what is wrong.
#[derive(Debug, thiserror::Error)]
pub enum RuleError {
    /// The file is not TOML, or not of the expected shape.
    #[error("{file}: {source}")]
    Toml {
        /// Name of the file.
        file: String,
        /// Where and what.
        source: Box<toml::de::Error>,
    },
    /// Two files claim the same group.
    #[error("{file}: the group {id:?} exists already")]
    DuplicateGroup {
        /// Name of the second file.
        file: String,
        /// The id.
        id: String,
    },
    /// A group's id, kinds or weight is unusable.
    #[error("{file}: {what}")]
    Group {
        /// Name of the file.
        file: String,
        /// What is wrong.
        what: &'static str,
    },
    /// A cue block's language, weight or list of phrases is unusable.
    #[error("{file}, cue {cue}: {what}")]
    Cue {
        /// Name of the file.
        file: String,
        /// Number of the block in the file, from 1.
        cue: usize,
        /// What is wrong.
        what: &'static str,
    },
    /// A phrase cannot be read as a pattern.
    #[error("{file}, cue {cue}, phrase {phrase:?}: {source}")]
    Phrase {
        /// Name of the file.
        file: String,
        /// Number of the block in the file, from 1.
        cue: usize,
        /// The phrase as written.
        phrase: String,
        /// What is wrong.
        source: PatternError,
    },
    /// A list of head words names a group that no file defines.
    #[error("{file}: no group {id:?}")]
    UnknownGroup {
        /// Name of the file.
        file: String,
        /// The id.
        id: String,
    },
    /// The phrases are too many or too long for the automaton.
    #[error("the phrases do not fit into one automaton: {0}")]
    Automaton(String),
}
