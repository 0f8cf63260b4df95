//! Reading the files back into memory: the checkpoint first, then the rows of the journals over it.
//!
//! Evidence is idempotent, so rows that a checkpoint already includes do no harm, and it does not matter how far the
//! checkpoint lags behind.

use std::path::Path;

use ahash::AHashSet;
use xxhash_rust::xxh3::xxh3_64;

use super::checkpoint::Checkpoint;
use super::disk::Disk;
use super::file::{self, io_error};
use super::scan::{self, Listing, Visitor};
use super::trim::Journal;
use crate::store::StoreError;
use crate::store::config::seconds;
use crate::store::row::Row;
use crate::store::state::{Gathered, State};

/// Keys that are gathered before they are learned together: 4 MB, 4,000 per shard.
const TOGETHER: usize = 1 << 18;

/// Makes a directory's content known to a state.
#[derive(Debug)]
pub(super) struct Loader<'a> {
    state: &'a State,
    gathered: Gathered,
    now: u32,
    /// When the newest row of the current journal arrived.
    newest: Option<u32>,
    journal: Journal,
    torn: Option<(u64, u64)>,
    /// Told of all rows, for who wants to know them.
    rows: Option<&'a mut Rows>,
}

/// Rows by their bytes, so that an import does not write down again what stands there.
#[derive(Debug, Default)]
pub(super) struct Rows(AHashSet<u64>);

impl Rows {
    /// Notes a row; whether it was not known. Two of 200,000 are taken for one with probability 10^-9.
    pub(super) fn insert(&mut self, bytes: &[u8]) -> bool {
        self.0.insert(xxh3_64(bytes))
    }
}

impl<'a> Loader<'a> {
    pub(super) fn new(state: &'a State, now: u32) -> Self {
        let journal = Journal::new(&state.config.journal);
        let gathered = Gathered::default();
        Self { state, gathered, now, newest: None, journal, torn: None, rows: None }
    }

    pub(super) fn learn(&mut self) {
        self.state.learn_gathered(&mut self.gathered);
    }

    pub(super) fn restore(&self, checkpoint: Checkpoint) {
        for (source, known) in checkpoint.sources {
            self.state.sources.raise(source, known);
        }
        for (key, record) in checkpoint.records {
            if self.now.saturating_sub(record.arrived) <= self.state.config.age_of(record.witnesses.count()) {
                self.state.evidence.restore(key, record);
            }
        }
    }

    pub(super) fn replay(&mut self, row: &Row) {
        let oldest = self.now.saturating_sub(seconds(self.state.config.journal.max_age));
        self.newest = self.newest.max(Some(row.learned));
        if row.learned >= oldest {
            self.state.replay(row, &mut self.gathered);
        }
        if self.gathered.len() >= TOGETHER {
            self.learn();
        }
    }
}

impl Visitor for Loader<'_> {
    fn checkpoint(&mut self, checkpoint: Checkpoint, _bytes: &[u8]) -> Result<(), StoreError> {
        self.restore(checkpoint);
        Ok(())
    }

    fn row(&mut self, row: Row, bytes: &[u8]) -> Result<(), StoreError> {
        if let Some(rows) = &mut self.rows {
            rows.insert(bytes);
        }
        self.replay(&row);
        Ok(())
    }

    fn journal(&mut self, number: u64, good: u64, torn: Option<u64>) -> Result<(), StoreError> {
        // One without its header is made anew when it is needed.
        if good > 0 {
            self.journal.push(number, good, self.newest);
        }
        self.newest = None;
        self.torn = torn.map(|_| (number, good));
        Ok(())
    }
}

/// Fills `state` from the files, and makes them ready to be written on; what there is of journals. `rows` is told of
/// them.
pub(super) fn load(
    disk: &mut dyn Disk,
    dir: &Path,
    listing: &Listing,
    state: &State,
    now: u32,
    rows: Option<&mut Rows>,
) -> Result<Journal, StoreError> {
    let mut loader = Loader { rows, ..Loader::new(state, now) };
    scan::read(disk, dir, listing, &mut loader)?;
    loader.learn();
    let Loader { mut journal, torn, .. } = loader;
    let (covered, bytes) = listing.checkpoint.unwrap_or_default();
    journal.cover(covered, bytes);
    // Now that all of it is understood, it may be changed.
    if let Some((number, good)) = torn {
        let name = file::journal(number);
        let outcome = if good > 0 { disk.truncate(&name, good) } else { disk.remove(&name) };
        outcome.map_err(|error| io_error(&dir.join(&name), &error))?;
    }
    let failed = |error| io_error(dir, &error);
    for name in listing.leftovers.iter().map(String::as_str).chain([file::CLOSED]) {
        disk.remove(name).map_err(failed)?;
    }
    disk.sync_names().map_err(failed)?;
    Ok(journal)
}
