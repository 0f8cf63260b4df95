//! Finding, making and locking the file. What is not understood is left as it is.

use std::fs::{self, File, OpenOptions, TryLockError};
use std::io::{ErrorKind, Read};
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::path::{Path, PathBuf};

use redb::{Builder, Database, DatabaseError, ReadableDatabase, StorageError, TableDefinition, TableError};

use crate::store::StoreError;

/// Version of what this program writes: the tables, rows, checkpoints, and the fixed hashes behind them.
pub(super) const FORMAT: u64 = 1;

/// `"format"` → [`FORMAT`].
pub(super) const META: TableDefinition<&str, u64> = TableDefinition::new("promosieve.meta");
/// Running number → rows.
pub(super) const JOURNAL: TableDefinition<u64, &[u8]> = TableDefinition::new("promosieve.journal");
/// Number of a shard → its checkpoint.
pub(super) const SHARD_TABLE: TableDefinition<u32, &[u8]> = TableDefinition::new("promosieve.shards");

const NAME: &str = "promosieve.redb";
const NEW_NAME: &str = "promosieve.redb.new";
const LOCK_NAME: &str = "promosieve.lock";

/// First bytes of every file of the database layer.
const MAGIC: [u8; 9] = *b"redb\x1a\x0a\xa9\x0d\x0a";

/// Everything is read once on opening and only appended later; a large page cache would hold what memory has already.
const CACHE_BYTES: usize = 8 << 20;

/// The lock on a directory. The database locks its file as well, but not while there is none yet.
#[derive(Debug)]
pub(super) struct DirLock(#[allow(dead_code, reason = "held for its lock")] File);

impl DirLock {
    /// Makes the directory, if there is none, and takes its lock without waiting.
    pub(super) fn take(dir: &Path) -> Result<Self, StoreError> {
        fs::create_dir_all(dir).map_err(|error| io_error(dir, &error))?;
        let path = dir.join(LOCK_NAME);
        let file = OpenOptions::new().create(true).append(true).open(&path).map_err(|error| io_error(&path, &error))?;
        match file.try_lock() {
            Ok(()) => Ok(Self(file)),
            Err(TryLockError::WouldBlock) => Err(StoreError::Locked { dir: dir.to_owned() }),
            Err(TryLockError::Error(error)) => Err(io_error(&path, &error)),
        }
    }
}

/// Opens the database in a locked directory, or makes one.
pub(super) fn open(dir: &Path) -> Result<(Database, PathBuf), StoreError> {
    let path = dir.join(NAME);
    let exists = path.try_exists().map_err(|error| io_error(&path, &error))?;
    if !exists {
        create(dir, &path)?;
    }
    check_magic(&path, false)?;
    let database = guarded(&path, || {
        check_untouched(&path)?;
        let database = builder().open(&path).map_err(|error| database_error(&path, error))?;
        check_format(&database, &path)?;
        Ok(database)
    })?;
    Ok((database, path))
}

/// Runs `f`; a panic of the database layer over damaged pages becomes an error.
pub(super) fn guarded<T>(path: &Path, f: impl FnOnce() -> Result<T, StoreError>) -> Result<T, StoreError> {
    catch_unwind(AssertUnwindSafe(f)).unwrap_or_else(|_| Err(damaged(path, "the database layer gave up on it")))
}

pub(super) fn damaged(path: &Path, what: impl Into<String>) -> StoreError {
    StoreError::Damaged { file: path.to_owned(), what: what.into() }
}

/// An error of the database layer in our words.
pub(super) fn redb_error(path: &Path, error: impl Into<redb::Error>) -> StoreError {
    match error.into() {
        redb::Error::Io(error) => io_error(path, &error),
        redb::Error::DatabaseAlreadyOpen => StoreError::Locked { dir: path.parent().unwrap_or(path).to_owned() },
        redb::Error::UpgradeRequired(version) => damaged(path, format!("database layer version {version}")),
        other => damaged(path, other.to_string()),
    }
}

fn io_error(path: &Path, error: &std::io::Error) -> StoreError {
    let (path, what) = (path.to_owned(), error.to_string());
    match error.kind() {
        ErrorKind::StorageFull | ErrorKind::QuotaExceeded | ErrorKind::FileTooLarge => {
            StoreError::Full { file: path, what }
        }
        ErrorKind::InvalidData | ErrorKind::UnexpectedEof => StoreError::Damaged { file: path, what },
        _ => StoreError::Io { path, what },
    }
}

fn database_error(path: &Path, error: DatabaseError) -> StoreError {
    redb_error(path, error)
}

fn builder() -> Builder {
    let mut builder = Builder::new();
    // Without this check a damaged page is found, by a panic, when it is read. Opening reads every page anyway.
    builder.set_cache_size(CACHE_BYTES).set_check_integrity_on_open(true);
    builder
}

/// Makes the file under another name first: one that has our name is complete, even if we are killed here.
fn create(dir: &Path, path: &Path) -> Result<(), StoreError> {
    let new = dir.join(NEW_NAME);
    if new.try_exists().map_err(|error| io_error(&new, &error))? {
        check_magic(&new, true)?;
        fs::remove_file(&new).map_err(|error| io_error(&new, &error))?;
    }
    let database = Builder::new().create(&new).map_err(|error| database_error(&new, error))?;
    prepare(&database).map_err(|error| redb_error(&new, error))?;
    drop(database);
    fs::rename(&new, path).map_err(|error| io_error(path, &error))?;
    File::open(dir).and_then(|dir| dir.sync_all()).map_err(|error| io_error(dir, &error))
}

/// Writes the version and makes the tables.
pub(super) fn prepare(database: &Database) -> Result<(), redb::Error> {
    let write = database.begin_write()?;
    write.open_table(META)?.insert("format", FORMAT)?;
    write.open_table(JOURNAL)?;
    write.open_table(SHARD_TABLE)?;
    write.commit()?;
    Ok(())
}

/// Refuses a file that the database layer did not write. A half-made one (`or_unborn`) may be empty or begin with
/// zeros: the layer writes its magic last.
fn check_magic(path: &Path, or_unborn: bool) -> Result<(), StoreError> {
    let mut head = Vec::new();
    let file = File::open(path).map_err(|error| io_error(path, &error))?;
    file.take(MAGIC.len() as u64).read_to_end(&mut head).map_err(|error| io_error(path, &error))?;
    if head == MAGIC || (or_unborn && head.iter().all(|&byte| byte == 0)) {
        return Ok(());
    }
    Err(damaged(path, "it does not begin like one"))
}

/// Looks at a file that was closed in good order without writing to it. One that was not needs the recovery that
/// comes with opening it to write.
fn check_untouched(path: &Path) -> Result<(), StoreError> {
    match builder().open_read_only(path) {
        Ok(database) => check_format(&database, path),
        Err(DatabaseError::RepairAborted) => Ok(()),
        Err(error) => Err(database_error(path, error)),
    }
}

fn check_format(database: &impl ReadableDatabase, path: &Path) -> Result<(), StoreError> {
    let read = database.begin_read().map_err(|error| redb_error(path, error))?;
    let meta = match read.open_table(META) {
        Ok(meta) => meta,
        Err(TableError::Storage(error)) => return Err(redb_error(path, error)),
        Err(error) => return Err(damaged(path, format!("a database of another program: {error}"))),
    };
    let found = meta.get("format").map_err(|error: StorageError| redb_error(path, error))?;
    match found.map(|value| value.value()) {
        Some(FORMAT) => Ok(()),
        Some(found) => Err(StoreError::UnknownVersion {
            file: path.to_owned(),
            found: u32::try_from(found).unwrap_or(u32::MAX),
            supported: FORMAT as u32,
        }),
        None => Err(damaged(path, "it has no format version")),
    }
}
