//! Reading the file back into memory: checkpoints first, then the rows of the journal over them.
//!
//! Evidence is idempotent, so rows that a checkpoint already includes do no harm, and it does not matter how far the
//! checkpoints lag behind.

use std::path::Path;

use redb::{Database, ReadableDatabase, ReadableTable};

use super::checkpoint;
use super::file::{JOURNAL, SHARD_TABLE, damaged, redb_error};
use super::trim::Journal;
use crate::store::StoreError;
use crate::store::codec::Reader;
use crate::store::config::seconds;
use crate::store::record::Sighting;
use crate::store::row;
use crate::store::state::State;

/// Sightings that are gathered before they are learned together: 24 MB, 16,000 per shard.
const TOGETHER: usize = 1 << 20;

/// Fills `state` from the database; what is in the journal.
pub(super) fn load(database: &Database, state: &State, path: &Path, now: u32) -> Result<Journal, StoreError> {
    let read = database.begin_read().map_err(|error| redb_error(path, error))?;
    let shards = read.open_table(SHARD_TABLE).map_err(|error| redb_error(path, error))?;
    for entry in shards.iter().map_err(|error| redb_error(path, error))? {
        let (number, value) = entry.map_err(|error| redb_error(path, error))?;
        let checkpoint = checkpoint::decode(value.value())
            .ok_or_else(|| damaged(path, format!("checkpoint {} does not read", number.value())))?;
        for (source, known) in checkpoint.sources {
            state.sources.raise(source, known);
        }
        for (key, record) in checkpoint.records {
            if now.saturating_sub(record.arrived) <= state.config.age_of(record.witnesses.count()) {
                state.evidence.restore(key, record);
            }
        }
    }
    let mut journal = Journal::new(&state.config.journal);
    let oldest = now.saturating_sub(seconds(state.config.journal.max_age));
    let mut sightings = Vec::new();
    let table = read.open_table(JOURNAL).map_err(|error| redb_error(path, error))?;
    for entry in table.iter().map_err(|error| redb_error(path, error))? {
        let (number, value) = entry.map_err(|error| redb_error(path, error))?;
        let newest = replay(value.value(), state, oldest, &mut sightings)
            .ok_or_else(|| damaged(path, format!("journal entry {} does not read", number.value())))?;
        journal.push(number.value(), value.value().len(), newest);
        if sightings.len() >= TOGETHER {
            state.evidence.learn_all(&sightings);
            sightings.clear();
        }
    }
    state.evidence.learn_all(&sightings);
    Ok(journal)
}

/// Replays the rows of one value, but those that have aged; when the newest of them arrived.
fn replay(bytes: &[u8], state: &State, oldest: u32, sightings: &mut Vec<(u64, Sighting)>) -> Option<u32> {
    let mut reader = Reader::new(bytes);
    let mut newest = 0;
    while !reader.is_empty() {
        let row = row::decode(&mut reader)?;
        newest = newest.max(row.entry.arrived);
        if row.entry.arrived >= oldest {
            state.replay(&row, sightings);
        }
    }
    Some(newest)
}
