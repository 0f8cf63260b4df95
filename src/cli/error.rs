//! Why a command failed, and the exit code that says so.

use crate::{access::KeyFileError, config::ConfigError, grpc::json::JsonError, server::ServeError, store::StoreError};
use std::io;

/// Exit codes of `sysexits.h`, which scripts know.
pub(super) mod exit_code {
    /// `EX_USAGE`: wrong arguments or configuration.
    pub(in crate::cli) const USAGE: u8 = 64;
    /// `EX_DATAERR`: the input is not what it should be.
    pub(in crate::cli) const DATA: u8 = 65;
    /// `EX_UNAVAILABLE`: the address or the store cannot be had.
    pub(in crate::cli) const UNAVAILABLE: u8 = 69;
    /// `EX_SOFTWARE`: a bug.
    pub(in crate::cli) const SOFTWARE: u8 = 70;
    /// `EX_IOERR`: reading or writing failed.
    pub(in crate::cli) const IO: u8 = 74;
}

/// Why a command failed.
#[derive(Debug, thiserror::Error)]
pub(super) enum CliError {
    /// Wrong arguments that clap cannot know of.
    #[error("{0}")]
    Usage(String),
    /// Wrong configuration.
    #[error(transparent)]
    Config(#[from] ConfigError),
    /// The file of API keys cannot be used, or not as asked.
    #[error(transparent)]
    Keys(#[from] KeyFileError),
    /// Bad input at a place.
    #[error("{place}: {what}")]
    Data {
        /// File, and line if it has lines: `file.jsonl:17`.
        place: String,
        /// What is wrong, and what would be right.
        what: String,
    },
    /// A file could not be read or written.
    #[error("{name}: {source}")]
    Input {
        /// The file.
        name: String,
        /// What the system says.
        source: io::Error,
    },
    /// Standard output could not be written.
    #[error("cannot write the output: {0}")]
    Output(#[from] io::Error),
    /// The store cannot be opened or written.
    #[error(transparent)]
    Store(#[from] StoreError),
    /// The server failed.
    #[error(transparent)]
    Serve(#[from] ServeError),
    /// A bug.
    #[error("{0}")]
    Bug(String),
}

impl From<JsonError> for CliError {
    fn from(error: JsonError) -> Self {
        Self::Bug(error.to_string())
    }
}

impl CliError {
    pub(super) fn exit_code(&self) -> u8 {
        match self {
            Self::Usage(_)
            | Self::Config(_)
            | Self::Keys(KeyFileError::Refused(_))
            | Self::Serve(ServeError::Keys(_) | ServeError::Tls(_)) => exit_code::USAGE,
            Self::Data { .. } | Self::Keys(KeyFileError::Broken { .. }) => exit_code::DATA,
            Self::Store(_) | Self::Serve(ServeError::Bind { .. }) => exit_code::UNAVAILABLE,
            Self::Bug(_) | Self::Serve(ServeError::Descriptors(_) | ServeError::Transport(_)) => exit_code::SOFTWARE,
            Self::Input { .. }
            | Self::Output(_)
            | Self::Keys(KeyFileError::Io { .. })
            | Self::Serve(ServeError::Store(_)) => exit_code::IO,
        }
    }

    pub(super) fn is_broken_pipe(&self) -> bool {
        matches!(self, Self::Output(error) if error.kind() == io::ErrorKind::BrokenPipe)
    }
}
