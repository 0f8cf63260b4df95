//! Verifying a directory, and carrying its content elsewhere: a stream of checksummed parts, whole or refused.
//!
//! A directory may be read while a server writes to it: files are only appended to, so what stands in them is one state
//! of the store, that of its latest sync.

use std::io::{self, Read, Write};
use std::path::Path;
use std::time::Duration;

use xxhash_rust::xxh3::Xxh3;

use super::bounds::Opener;
use super::checkpoint::{self, Checkpoint};
use super::disk::Directory;
use super::file::{DirLock, FORMAT};
use super::load::{Loader, Rows};
use super::scan::{self, Visitor};
use super::{EmbeddedStore, Loaded};
use crate::store::StoreError;
use crate::store::codec::{FRAME_BYTES, Reader, frame};
use crate::store::config::StoreConfig;
use crate::store::memory::{clamped, system_clock};
use crate::store::row::{self, Row};

/// First bytes of an export; the last is its version.
const MAGIC: [u8; 8] = *b"PSIEVEX\x02";

/// Kinds of parts.
const END: u8 = 0;
const CHECKPOINT: u8 = 1;
const ROW: u8 = 2;

/// Longest part that is read: a shard's records at 16 GiB of memory have half of it.
const MAX_PART: u32 = 256 << 20;

/// How often a directory is read anew because a server makes and drops files while it is read, and the pause before.
/// A server makes a file for every 8 MiB of rows, so that twice in a row is hardly met.
const TRIES: usize = 5;
const PAUSE: Duration = Duration::from_millis(100);

/// What went by.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Tally {
    /// Documents' journal rows.
    pub rows: u64,
    /// Records of keys with at least two witnesses, from the checkpoint.
    pub records: u64,
    /// Of the rows, those that the importing store's journals did not have.
    pub new_rows: u64,
    /// Of the rows and records, those with a time in the future, which an import sets to now: ages count from there.
    pub future: u64,
    /// Bytes at the end of the last journal that are no whole group: a server is writing them, or a crash has left
    /// them. They were never acknowledged.
    pub torn_bytes: u64,
}

/// Why an export or import ended.
#[derive(Debug, thiserror::Error)]
pub enum CarryError {
    /// The store.
    #[error(transparent)]
    Store(#[from] StoreError),
    /// The stream could not be read or written.
    #[error("{0}")]
    Stream(#[from] io::Error),
    /// The stream is no whole export.
    #[error("{0}; nothing but a whole export is taken, so make it anew with `promosieve store export`")]
    Content(String),
    /// The stream is the export of another version.
    #[error(
        "the export has version {found}, this program reads {FORMAT}: {}",
        if *found > FORMAT { "upgrade this program" } else { "make it anew with `promosieve store export` of this version" }
    )]
    Version {
        /// The version that it has.
        found: u32,
    },
}

/// Writes parts, or only counts them.
struct Exporter<'a> {
    out: Option<&'a mut dyn Write>,
    sum: Xxh3,
    tally: Tally,
    failure: Option<io::Error>,
    progress: &'a mut dyn FnMut(u64),
}

impl Exporter<'_> {
    fn put(&mut self, bytes: &[u8]) {
        self.sum.update(bytes);
        let Some(out) = &mut self.out else { return };
        if let (Err(error), None) = (out.write_all(bytes), &self.failure) {
            self.failure = Some(error);
        }
    }

    fn part(&mut self, kind: u8, bytes: &[u8]) -> Result<(), StoreError> {
        self.put(&[kind]);
        self.put(bytes);
        (self.progress)(bytes.len() as u64);
        // The visitor's errors are those of the store; what is put here only stops the reading.
        match &self.failure {
            None => Ok(()),
            Some(error) => Err(StoreError::Io { path: "the export".into(), what: error.to_string() }),
        }
    }
}

impl Visitor for Exporter<'_> {
    fn checkpoint(&mut self, checkpoint: Checkpoint, bytes: &[u8]) -> Result<(), StoreError> {
        self.tally.records += checkpoint.records.len() as u64;
        self.part(CHECKPOINT, bytes)
    }

    fn row(&mut self, _row: Row, bytes: &[u8]) -> Result<(), StoreError> {
        self.tally.rows += 1;
        self.part(ROW, bytes)
    }

    fn journal(&mut self, _number: u64, _good: u64, torn: Option<u64>) -> Result<(), StoreError> {
        self.tally.torn_bytes = torn.unwrap_or(0);
        Ok(())
    }
}

/// Reads all of a store's directory without changing anything in it, as its owner would; `progress` hears of bytes.
///
/// # Errors
/// If a file cannot be read or is damaged.
pub fn verify(dir: &Path, progress: &mut dyn FnMut(u64)) -> Result<Tally, CarryError> {
    walk(dir, None, progress)
}

/// Writes all that a directory holds to `out`, which is not flushed. The directory may be in use.
///
/// # Errors
/// If a file cannot be read or is damaged, or `out` cannot be written.
pub fn export(dir: &Path, out: &mut dyn Write, progress: &mut dyn FnMut(u64)) -> Result<Tally, CarryError> {
    walk(dir, Some(out), progress)
}

fn walk<'a>(
    dir: &Path,
    out: Option<&'a mut (dyn Write + 'a)>,
    progress: &'a mut dyn FnMut(u64),
) -> Result<Tally, CarryError> {
    let disk = Directory::new(dir);
    let mut exporter = Exporter { out, sum: Xxh3::new(), tally: Tally::default(), failure: None, progress };
    exporter.put(&MAGIC);
    let mut outcome = Ok(());
    for _ in 0..TRIES {
        let listing = scan::list(&disk, dir)?;
        outcome = scan::read(&disk, dir, &listing, &mut exporter);
        // Files that came or went while we looked, seem to be missing, or too long. Telling what was read twice does no
        // harm, since evidence is idempotent.
        let moved = outcome.is_err() && scan::list(&disk, dir)?.has_other_files(&listing);
        if !moved || exporter.failure.is_some() {
            break;
        }
        std::thread::sleep(PAUSE);
        exporter.tally.torn_bytes = 0;
    }
    if let Some(error) = exporter.failure {
        return Err(error.into());
    }
    outcome?;
    let mut end = Vec::new();
    let (rows, sum) = (exporter.tally.rows, exporter.sum.digest());
    frame(&mut end, |out| {
        out.extend_from_slice(&rows.to_le_bytes());
        out.extend_from_slice(&sum.to_le_bytes());
    });
    exporter.put(&[END]);
    exporter.put(&end);
    match exporter.failure {
        Some(error) => Err(error.into()),
        None => Ok(exporter.tally),
    }
}

/// A part of an export.
enum Part {
    Checkpoint(Checkpoint),
    Row(Box<Row>, Vec<u8>),
}

/// Reads an export part by part.
struct Parts<'a> {
    input: &'a mut dyn Read,
    sum: Xxh3,
    rows: u64,
}

impl<'a> Parts<'a> {
    fn new(input: &'a mut dyn Read) -> Result<Self, CarryError> {
        let mut magic = [0; MAGIC.len()];
        let mut parts = Self { input, sum: Xxh3::new(), rows: 0 };
        parts.take(&mut magic)?;
        parts.sum.update(&magic);
        match magic.split_last() {
            _ if magic == MAGIC => Ok(parts),
            Some((version, rest)) if *rest == MAGIC[..rest.len()] => {
                Err(CarryError::Version { found: u32::from(*version) })
            }
            _ => Err(CarryError::Content("this is no export of a store".into())),
        }
    }

    fn take(&mut self, bytes: &mut [u8]) -> Result<(), CarryError> {
        self.input.read_exact(bytes).map_err(|error| match error.kind() {
            io::ErrorKind::UnexpectedEof => CarryError::Content("the export ends too early".into()),
            _ => error.into(),
        })?;
        Ok(())
    }

    /// The next part; `None` at a good end.
    fn next(&mut self) -> Result<Option<Part>, CarryError> {
        let sum = self.sum.digest();
        let mut kind = [0];
        self.take(&mut kind)?;
        let mut bytes = vec![0; FRAME_BYTES];
        self.take(&mut bytes)?;
        let len = u32::from_le_bytes([bytes[0], bytes[1], bytes[2], bytes[3]]);
        let damaged = || CarryError::Content(format!("the export is damaged behind row {}", self.rows));
        if len > MAX_PART {
            return Err(damaged());
        }
        // As much memory as there are bytes, whatever the length says.
        let read = io::Read::take(&mut *self.input, u64::from(len)).read_to_end(&mut bytes)?;
        if read < len as usize {
            return Err(CarryError::Content("the export ends too early".into()));
        }
        let mut reader = Reader::new(&bytes);
        let part = match kind[0] {
            CHECKPOINT => Part::Checkpoint(checkpoint::decode(&bytes).ok_or_else(damaged)?),
            ROW => {
                let row = row::decode(&mut reader).filter(|_| reader.is_empty()).ok_or_else(damaged)?;
                self.rows += 1;
                Part::Row(Box::new(row), bytes.clone())
            }
            END => {
                let mut body = Reader::new(reader.frame().ok_or_else(damaged)?);
                let said = (body.u64(), body.u64());
                let whole = said == (Some(self.rows), Some(sum)) && body.is_empty();
                return if whole { Ok(None) } else { Err(damaged()) };
            }
            _ => return Err(damaged()),
        };
        self.sum.update(&kind);
        self.sum.update(&bytes);
        Ok(Some(part))
    }
}

/// Merges an export into the store in `dir`, which is made if need be and must not be in use. Importing twice changes
/// nothing. What was taken from an export that turns out to be damaged stays: each part has a checksum of its own.
///
/// # Errors
/// If the store cannot be opened or written, or the export cannot be read or is not whole.
pub fn import(
    dir: &Path,
    config: StoreConfig,
    input: &mut dyn Read,
    progress: &mut dyn FnMut(u64),
) -> Result<Tally, CarryError> {
    let mut parts = Parts::new(input)?;
    let _lock = DirLock::take(dir)?;
    let (disk, mut known) = (Box::new(Directory::new(dir)), Rows::default());
    let Loaded { mut writer, clock, .. } =
        EmbeddedStore::loaded(disk, dir, config, (system_clock(), Opener::Guest), Some(&mut known))?;
    let state = std::sync::Arc::clone(&writer.state);
    let now = clamped(clock());
    let mut loader = Loader::new(&state, now);
    let (mut tally, mut rows, mut waiting) = (Tally::default(), Vec::new(), 0);
    let outcome = loop {
        match parts.next() {
            Ok(Some(Part::Checkpoint(mut checkpoint))) => {
                tally.records += checkpoint.records.len() as u64;
                tally.future += checkpoint.not_after(now);
                loader.restore(checkpoint);
            }
            Ok(Some(Part::Row(mut row, mut bytes))) => {
                tally.future += u64::from(row::not_after(now, &mut row, &mut bytes));
                tally.rows += 1;
                progress(bytes.len() as u64);
                // By the row and not by the document, which is learned anew when it comes again with another text.
                if known.insert(&bytes) {
                    tally.new_rows += 1;
                    waiting += bytes.len();
                    rows.push(bytes);
                }
                loader.replay(&row);
            }
            Ok(None) => break Ok(tally),
            Err(error) => break Err(error),
        }
        if waiting > writer.state.config.journal.commit_bytes {
            // Memory first: a checkpoint that begins now says that it includes these rows.
            loader.learn();
            writer.put(&std::mem::take(&mut rows))?;
            waiting = 0;
        }
    };
    loader.learn();
    writer.put(&rows)?;
    if tally.records > 0 {
        // Records have no rows: only a checkpoint keeps them.
        writer.checkpoint_now()?;
    }
    writer.finish_all()?;
    outcome
}

/// See [`crate::store::fuzz_formats`].
pub(crate) fn fuzz_export(bytes: &[u8], framed: bool) -> bool {
    let whole = [&MAGIC[..], bytes].concat();
    let mut input: &[u8] = if framed { &whole } else { bytes };
    let Ok(mut parts) = Parts::new(&mut input) else { return false };
    while let Ok(part) = parts.next() {
        if part.is_none() {
            return true;
        }
    }
    false
}
