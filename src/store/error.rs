//! Why a store cannot serve, and what its operator can do about it.

use std::path::PathBuf;

/// Why the store cannot serve. Every message says what to do; none of these conditions makes the store overwrite
/// anything that it found.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum StoreError {
    /// Another process, or another handle in this one, has the directory open.
    #[error("{} is in use by another process: stop that process, or name another directory", dir.display())]
    Locked {
        /// The store's directory.
        dir: PathBuf,
    },
    /// The file was written by another version of the program.
    #[error(
        "{} has format version {found}, this program reads version {supported}: {}, or move the directory away to \
         start empty",
        file.display(),
        if found > supported { "upgrade this program, for a newer one wrote it" } else { "use the program version that wrote it" }
    )]
    UnknownVersion {
        /// The store's file.
        file: PathBuf,
        /// Version found in the file.
        found: u32,
        /// The only version that this program reads and writes.
        supported: u32,
    },
    /// The file is not a store of ours, or not intact any more.
    #[error("{} is damaged or not a store ({what}): restore it from a backup, or move it away to start empty", file.display())]
    Damaged {
        /// The store's file.
        file: PathBuf,
        /// What was found wrong.
        what: String,
    },
    /// The disk is full, or a quota is reached.
    #[error("no space left for {} ({what}): free some; a running server then writes what waits by itself", file.display())]
    Full {
        /// The store's file.
        file: PathBuf,
        /// The system's own words.
        what: String,
    },
    /// The operating system refused to read or write.
    #[error("cannot read or write {} ({what}): check that it exists, its permissions and the disk; a running server tries \
         again by itself", path.display())]
    Io {
        /// The file or directory.
        path: PathBuf,
        /// The system's own words.
        what: String,
    },
}
