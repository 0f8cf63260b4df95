//! The one thread that writes: groups of rows, synced; checkpoints of shards in turn; rows that have had their time.

use std::path::PathBuf;
use std::sync::Arc;

use redb::{Database, WriteTransaction};

use super::checkpoint;
use super::file::{JOURNAL, SHARD_TABLE, redb_error};
use super::queue::Queue;
use super::trim::Journal;
use crate::store::StoreError;
use crate::store::memory::{Clock, clamped};
use crate::store::shard::SHARDS;
use crate::store::state::State;

/// Rows are joined to values of this size: few updates per commit, and with its header such a value still fits 64 KiB,
/// which is what the database allocates (it rounds up to powers of two).
const PART_BYTES: usize = 60_000;

/// The writer and all that belongs to it.
pub(super) struct Writer {
    pub(super) database: Database,
    pub(super) path: PathBuf,
    pub(super) state: Arc<State>,
    pub(super) queue: Arc<Queue>,
    pub(super) clock: Clock,
    pub(super) journal: Journal,
}

/// A round of checkpoints: the next shard, and what the journal held when it began.
#[derive(Debug, Clone, Copy)]
struct Round {
    shard: usize,
    covers: u64,
}

/// Fails the queue if the thread ends in any other way than by being told to: nobody must wait for it for ever.
struct Witness<'a>(&'a Queue, &'a PathBuf);

impl Drop for Witness<'_> {
    fn drop(&mut self) {
        let what = "the writer ended unexpectedly".to_owned();
        self.0.fail(StoreError::Io { path: self.1.clone(), what });
    }
}

impl Writer {
    /// Writes until the queue is closed or a write fails.
    pub(super) fn run(mut self) {
        let (queue, path) = (Arc::clone(&self.queue), self.path.clone());
        let _witness = Witness(&queue, &path);
        let mut round = None;
        loop {
            let group = queue.next();
            let bytes = group.rows.iter().map(Vec::len).sum();
            if let Err(failure) = self.commit(&group.rows, &mut round) {
                return queue.fail(failure);
            }
            queue.written(group.rows.len() as u64, bytes);
            if group.last {
                return;
            }
        }
    }

    fn commit(&mut self, rows: &[Vec<u8>], round: &mut Option<Round>) -> Result<(), StoreError> {
        let now = clamped((self.clock)());
        if rows.is_empty() && round.is_none() && !self.journal.wants_checkpoint(now) {
            return Ok(());
        }
        let path = self.path.clone();
        let fail = |error: redb::Error| redb_error(&path, error);
        let write = self.database.begin_write().map_err(|error| fail(error.into()))?;
        self.append(&write, rows, now).map_err(fail)?;
        self.checkpoint(&write, round, now).map_err(fail)?;
        self.drop_rows(&write, now).map_err(fail)?;
        write.commit().map_err(|error| fail(error.into()))
    }

    fn append(&mut self, write: &WriteTransaction, rows: &[Vec<u8>], now: u32) -> Result<(), redb::Error> {
        let mut table = write.open_table(JOURNAL)?;
        let mut part: Vec<u8> = Vec::with_capacity(PART_BYTES);
        let mut rows = rows.iter().peekable();
        while let Some(row) = rows.next() {
            part.extend_from_slice(row);
            if rows.peek().is_none_or(|next| part.len() + next.len() > PART_BYTES) {
                let number = self.journal.next();
                table.insert(number, part.as_slice())?;
                self.journal.push(number, part.len(), now);
                part.clear();
            }
        }
        Ok(())
    }

    /// One shard per commit, so that no commit takes long; all that are left when rows must go now.
    fn checkpoint(&mut self, write: &WriteTransaction, round: &mut Option<Round>, now: u32) -> Result<(), redb::Error> {
        if round.is_none() && self.journal.wants_checkpoint(now) {
            *round = Some(Round { shard: 0, covers: self.journal.next() });
        }
        let Some(current) = round else { return Ok(()) };
        let mut table = write.open_table(SHARD_TABLE)?;
        let until = if self.journal.is_pressing() { SHARDS } else { current.shard + 1 };
        while current.shard < until {
            table.insert(current.shard as u32, self.encoded(current.shard, now).as_slice())?;
            current.shard += 1;
        }
        if current.shard == SHARDS {
            self.journal.cover(current.covers);
            *round = None;
        }
        Ok(())
    }

    fn encoded(&self, index: usize, now: u32) -> Vec<u8> {
        let sources = self.state.sources.shard_entries(index);
        let mut shard = self.state.evidence.shard(index);
        shard.sweep(now, &self.state.config);
        checkpoint::encode(&shard, &sources)
    }

    fn drop_rows(&mut self, write: &WriteTransaction, now: u32) -> Result<(), redb::Error> {
        let mut table = write.open_table(JOURNAL)?;
        for number in self.journal.trim(now) {
            table.remove(number)?;
        }
        Ok(())
    }
}
