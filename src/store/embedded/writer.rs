//! The one thread that writes: groups of rows, synced; checkpoints shard by shard; journals that have had their time.

use std::path::PathBuf;
use std::sync::Arc;

use super::disk::Disk;
use super::file::{self, BOUNDS, CLOSED, NEW_CHECKPOINT, NEW_JOURNAL, io_error};
use super::journal;
use super::queue::Queue;
use super::scan;
use super::trim::Journal;
use super::{bounds, checkpoint};
use crate::store::StoreError;
use crate::store::memory::{Clock, clamped};
use crate::store::shard::SHARDS;
use crate::store::state::State;

/// The writer and all that belongs to it.
pub(super) struct Writer {
    pub(super) disk: Box<dyn Disk>,
    pub(super) dir: PathBuf,
    pub(super) state: Arc<State>,
    pub(super) queue: Arc<Queue>,
    pub(super) clock: Clock,
    pub(super) journal: Journal,
    /// Bounds that are to be written down.
    pub(super) bounds: Option<Vec<u8>>,
    /// A checkpoint that is being written.
    pub(super) round: Option<Round>,
    /// A write failed: what stands behind the good part of the last journal must go before more is written.
    pub(super) dirty: bool,
}

/// A checkpoint under way: the next shard, and the first journal that it does not cover.
#[derive(Debug, Clone, Copy)]
pub(super) struct Round {
    shard: usize,
    covers: u64,
}

/// Fails the queue for good if the thread ends in any other way than by being told to: nobody must wait for ever.
struct Witness<'a>(&'a Queue, &'a PathBuf);

impl Drop for Witness<'_> {
    fn drop(&mut self) {
        let what = "the writer ended".to_owned();
        self.0.end(StoreError::Io { path: self.1.clone(), what });
    }
}

impl Writer {
    /// Writes until the queue is closed. What cannot be written is kept and tried again.
    pub(super) fn run(mut self) {
        let (queue, dir) = (Arc::clone(&self.queue), self.dir.clone());
        let _witness = Witness(&queue, &dir);
        if let Err(failure) = self.record() {
            queue.failed(Vec::new(), failure);
        }
        loop {
            let group = queue.next();
            let bytes = group.rows.iter().map(Vec::len).sum();
            match self.write(&group.rows) {
                Ok(()) => queue.written(group.rows.len() as u64, bytes, self.journal.disk_bytes()),
                Err(failure) => {
                    queue.failed(group.rows, failure);
                    if group.last {
                        return;
                    }
                    continue;
                }
            }
            if let Err(failure) = self.tend() {
                self.round = None;
                queue.failed(Vec::new(), failure);
            }
            if group.last {
                // Without the mark the next start takes us for killed, which does no harm.
                _ = self.close();
                return;
            }
        }
    }

    fn write(&mut self, rows: &[Vec<u8>]) -> Result<(), StoreError> {
        self.record()?;
        self.mend()?;
        if rows.is_empty() {
            return Ok(());
        }
        if self.journal.wants_file() {
            self.next_file()?;
        }
        let (number, _) = self.journal.last();
        let group = journal::group(number, rows);
        self.append(&file::journal(number), &group)?;
        self.journal.grow(group.len() as u64, self.now());
        Ok(())
    }

    fn record(&mut self) -> Result<(), StoreError> {
        if let Some(bytes) = &self.bounds {
            let outcome = bounds::record(self.disk.as_mut(), bytes);
            outcome.map_err(|error| io_error(&self.dir.join(BOUNDS), &error))?;
            self.bounds = None;
        }
        Ok(())
    }

    /// Cuts off what a failed write may have left.
    fn mend(&mut self) -> Result<(), StoreError> {
        if self.dirty {
            let (number, len) = self.journal.last();
            let name = file::journal(number);
            if number > 0 {
                self.disk.truncate(&name, len).map_err(|error| io_error(&self.dir.join(name), &error))?;
            }
            self.dirty = false;
        }
        Ok(())
    }

    fn append(&mut self, name: &str, bytes: &[u8]) -> Result<(), StoreError> {
        self.dirty = true;
        let outcome = self.disk.append(name, bytes).and_then(|()| self.disk.sync(name));
        outcome.map_err(|error| io_error(&self.dir.join(name), &error))?;
        self.dirty = false;
        Ok(())
    }

    /// Begins a file. It gets its name when its header is durable, and is noted when its name is: half a header cannot be
    /// told from a foreign file.
    fn next_file(&mut self) -> Result<(), StoreError> {
        let number = self.journal.last().0 + 1;
        let (name, header) = (file::journal(number), journal::header(number));
        let outcome = self
            .disk
            .remove(NEW_JOURNAL)
            .and_then(|()| self.disk.append(NEW_JOURNAL, &header))
            .and_then(|()| self.disk.sync(NEW_JOURNAL))
            .and_then(|()| self.disk.rename(NEW_JOURNAL, &name))
            .and_then(|()| self.disk.sync_names());
        outcome.map_err(|error| io_error(&self.dir.join(name), &error))?;
        self.journal.push(number, header.len() as u64, None);
        Ok(())
    }

    /// What is to do beside the rows: checkpoints, and files that may go.
    fn tend(&mut self) -> Result<(), StoreError> {
        let now = self.now();
        if self.round.is_none() && self.journal.wants_checkpoint(now) {
            self.begin()?;
        }
        self.checkpoint(now)?;
        let dropped = self.journal.trim(now);
        if dropped.is_empty() {
            return Ok(());
        }
        let mut outcome = Ok(());
        for number in dropped {
            outcome = outcome.and_then(|()| self.disk.remove(&file::journal(number)));
        }
        outcome.map_err(|error| io_error(&self.dir, &error))
    }

    pub(super) fn begin(&mut self) -> Result<(), StoreError> {
        // One that fails is begun again twice a second: that must not make a file each time.
        if !self.journal.ends_empty() {
            self.next_file()?;
        }
        let covers = self.journal.last().0;
        let outcome = self
            .disk
            .remove(NEW_CHECKPOINT)
            .and_then(|()| self.disk.append(NEW_CHECKPOINT, &checkpoint::header(covers)));
        outcome.map_err(|error| io_error(&self.dir.join(NEW_CHECKPOINT), &error))?;
        self.round = Some(Round { shard: 0, covers });
        Ok(())
    }

    /// One shard per group, so that no group waits long; all that are left when files must go now. The file gets its
    /// name a group later: by then the rows of all that it tells of are durable as well.
    fn checkpoint(&mut self, now: u32) -> Result<(), StoreError> {
        let Some(mut round) = self.round else { return Ok(()) };
        if round.shard == SHARDS {
            return self.finish(round);
        }
        let until = if self.journal.is_pressing() { SHARDS } else { round.shard + 1 };
        while round.shard < until {
            let part = self.encoded(round.shard, now);
            let outcome = self.disk.append(NEW_CHECKPOINT, &part);
            outcome.map_err(|error| io_error(&self.dir.join(NEW_CHECKPOINT), &error))?;
            round.shard += 1;
        }
        self.round = Some(round);
        Ok(())
    }

    fn finish(&mut self, round: Round) -> Result<(), StoreError> {
        let name = file::checkpoint(round.covers);
        let outcome = self
            .disk
            .sync(NEW_CHECKPOINT)
            .and_then(|()| self.disk.rename(NEW_CHECKPOINT, &name))
            .and_then(|()| self.disk.sync_names())
            .and_then(|()| self.disk.list());
        let files = outcome.map_err(|error| io_error(&self.dir.join(NEW_CHECKPOINT), &error))?;
        let bytes = files.iter().find(|file| file.0 == name).map_or(0, |file| file.1);
        self.journal.cover(round.covers, bytes);
        self.round = None;
        for (name, _) in files {
            if file::checkpoint_number(&name).is_some_and(|number| number < round.covers) {
                self.disk.remove(&name).map_err(|error| io_error(&self.dir.join(name), &error))?;
            }
        }
        Ok(())
    }

    fn encoded(&self, index: usize, now: u32) -> Vec<u8> {
        let sources = self.state.sources.shard_entries(index);
        let mut shard = self.state.evidence.shard(index);
        shard.sweep(now, &self.state.config);
        checkpoint::encode(&shard, &sources)
    }

    /// Writes a whole checkpoint at once.
    pub(super) fn checkpoint_now(&mut self) -> Result<(), StoreError> {
        self.begin()?;
        while let Some(round) = self.round {
            if round.shard == SHARDS {
                self.finish(round)?;
            } else {
                self.checkpoint(self.now())?;
            }
        }
        Ok(())
    }

    /// Writes rows, and does what is due beside them: for who writes without the thread.
    pub(super) fn put(&mut self, rows: &[Vec<u8>]) -> Result<(), StoreError> {
        self.write(rows)?;
        self.tend()
    }

    /// Ends in good order, for who writes without the thread.
    pub(super) fn finish_all(&mut self) -> Result<(), StoreError> {
        self.close().map_err(|error| io_error(&self.dir.join(CLOSED), &error))
    }

    /// Leaves the mark of a good end.
    fn close(&mut self) -> std::io::Result<()> {
        let (number, len) = self.journal.last();
        if number == 0 {
            return Ok(());
        }
        self.disk.remove(NEW_CHECKPOINT)?;
        self.disk.remove(NEW_JOURNAL)?;
        // One that got its name, but perhaps not for good, must not stand behind what the mark calls the last.
        self.disk.remove(&file::journal(number + 1))?;
        self.disk.remove(CLOSED)?;
        self.disk.append(CLOSED, &scan::closed(number, len))?;
        self.disk.sync(CLOSED)?;
        self.disk.sync_names()
    }

    pub(super) fn now(&self) -> u32 {
        clamped((self.clock)())
    }
}
