//! Names and locks of the store's directory, and the system's errors in our words.

use std::fs::{self, File, OpenOptions, TryLockError};
use std::io::{self, ErrorKind};
use std::path::Path;

use crate::store::StoreError;

/// Version of what this program writes: rows, checkpoints, and the fixed hashes behind them. Version 1 was one file of
/// a database.
pub(crate) const FORMAT: u32 = 2;

/// The file of version 1.
pub(crate) const OLD_NAME: &str = "promosieve.redb";

const LOCK_NAME: &str = "promosieve.lock";
const JOURNAL: &str = "journal-";
const CHECKPOINT: &str = "checkpoint-";

/// A checkpoint that is being written.
pub(crate) const NEW_CHECKPOINT: &str = "checkpoint.new";

/// A journal that is being begun.
pub(crate) const NEW_JOURNAL: &str = "journal.new";

/// The bounds that the directory is kept by, and those that are being written.
pub(crate) const BOUNDS: &str = "bounds";
pub(crate) const NEW_BOUNDS: &str = "bounds.new";

/// Says that the store was closed in good order, and how long its last journal was.
pub(crate) const CLOSED: &str = "closed";

/// The journal with this number.
pub(crate) fn journal(number: u64) -> String {
    format!("{JOURNAL}{number:016x}")
}

/// The checkpoint that covers all journals before this number.
pub(crate) fn checkpoint(number: u64) -> String {
    format!("{CHECKPOINT}{number:016x}")
}

/// The number of a journal.
pub(crate) fn journal_number(name: &str) -> Option<u64> {
    number(name.strip_prefix(JOURNAL)?)
}

/// The number of a checkpoint.
pub(crate) fn checkpoint_number(name: &str) -> Option<u64> {
    number(name.strip_prefix(CHECKPOINT)?)
}

fn number(digits: &str) -> Option<u64> {
    if digits.len() == 16 { u64::from_str_radix(digits, 16).ok() } else { None }
}

/// The lock on a directory.
#[derive(Debug)]
pub(super) struct DirLock(#[allow(dead_code, reason = "held for its lock")] File);

impl DirLock {
    /// Makes the directory, if there is none, and takes its lock without waiting.
    pub(super) fn take(dir: &Path) -> Result<Self, StoreError> {
        make(dir).map_err(|error| io_error(dir, &error))?;
        let path = dir.join(LOCK_NAME);
        let file = OpenOptions::new().create(true).append(true).open(&path).map_err(|error| io_error(&path, &error))?;
        match file.try_lock() {
            Ok(()) => Ok(Self(file)),
            Err(TryLockError::WouldBlock) => Err(StoreError::Locked { dir: dir.to_owned() }),
            Err(TryLockError::Error(error)) => Err(io_error(&path, &error)),
        }
    }
}

/// Makes a directory and those above it, durably: what is synced in one that has no name is lost with it.
fn make(dir: &Path) -> io::Result<()> {
    let missing: Vec<&Path> =
        dir.ancestors().take_while(|path| !path.as_os_str().is_empty() && !path.is_dir()).collect();
    fs::create_dir_all(dir)?;
    for made in missing {
        let above = made.parent().filter(|above| !above.as_os_str().is_empty()).unwrap_or(Path::new("."));
        File::open(above)?.sync_all()?;
    }
    Ok(())
}

pub(crate) fn damaged(path: &Path, what: impl Into<String>) -> StoreError {
    StoreError::Damaged { file: path.to_owned(), what: what.into() }
}

pub(crate) fn io_error(path: &Path, error: &io::Error) -> StoreError {
    let (path, what) = (path.to_owned(), error.to_string());
    match error.kind() {
        ErrorKind::StorageFull | ErrorKind::QuotaExceeded | ErrorKind::FileTooLarge => {
            StoreError::Full { file: path, what }
        }
        ErrorKind::InvalidData | ErrorKind::UnexpectedEof => StoreError::Damaged { file: path, what },
        _ => StoreError::Io { path, what },
    }
}
