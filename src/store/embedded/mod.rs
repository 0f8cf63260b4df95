//! The store on disk: the tables in memory, and one thread that writes down what they learn.

mod checkpoint;
mod file;
mod load;
mod queue;
mod trim;
mod writer;

#[cfg(test)]
mod tests;

use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::thread::JoinHandle;

use super::memory::{Clock, clamped, system_clock};
use super::state::State;
use super::{Carried, Page, Query, Store, StoreConfig, StoreError, StoreStatus, Usage, row};
use crate::engine::observation::{Observation, Seen};
use queue::Queue;

/// A bounded store that survives its process. What it learned is on disk after
/// [`JournalConfig::commit_interval`](super::JournalConfig::commit_interval) and one write, well within a second; a
/// kill in between loses only what came later. One process at a time may have a directory open.
///
/// Dropping it writes down what is waiting.
pub struct EmbeddedStore {
    state: Arc<State>,
    queue: Arc<Queue>,
    clock: Clock,
    path: PathBuf,
    writer: Option<JoinHandle<()>>,
    /// Held for its lock, and released after the writer has gone.
    _lock: file::DirLock,
}

impl EmbeddedStore {
    /// Opens the store in `dir`, or makes an empty one. Reads the whole file and counts every key
    /// again: some 5 s for a full journal of 120,000 documents with 250 keys each, on two busy cores.
    ///
    /// # Errors
    /// If the directory is in use, or the file is of another version, damaged, not ours, or cannot be read and
    /// written. Nothing is overwritten then.
    pub fn open(dir: &Path, config: StoreConfig) -> Result<Self, StoreError> {
        Self::open_with_clock(dir, config, system_clock())
    }

    /// The same, ageing by `clock`.
    ///
    /// # Errors
    /// See [`Self::open`].
    pub fn open_with_clock(dir: &Path, config: StoreConfig, clock: Clock) -> Result<Self, StoreError> {
        let lock = file::DirLock::take(dir)?;
        let (database, path) = file::open(dir)?;
        Self::start(database, &path, lock, config, clock)
    }

    /// What the store holds in memory. Takes every lock once; for metrics and tests.
    #[must_use]
    pub fn usage(&self) -> Usage {
        Usage::of(&self.state)
    }

    fn start(
        database: redb::Database,
        path: &Path,
        lock: file::DirLock,
        config: StoreConfig,
        clock: Clock,
    ) -> Result<Self, StoreError> {
        let queue = Arc::new(Queue::new(&config.journal));
        let state = Arc::new(State::new(config));
        let journal = file::guarded(path, || load::load(&database, &state, path, clamped(clock())))?;
        let writer = writer::Writer {
            database,
            path: path.to_owned(),
            state: Arc::clone(&state),
            queue: Arc::clone(&queue),
            clock: Arc::clone(&clock),
            journal,
        };
        let writer = std::thread::Builder::new()
            .name("store-writer".into())
            .spawn(move || writer.run())
            .map_err(|error| StoreError::Io { path: path.to_owned(), what: error.to_string() })?;
        Ok(Self { state, queue, clock, path: path.to_owned(), writer: Some(writer), _lock: lock })
    }
}

impl Store for EmbeddedStore {
    fn observe(&self, observation: &Observation, at: i64, learn: bool) -> Result<Seen, StoreError> {
        self.observe_carrier(observation, Carried::default(), at, learn)
    }

    fn observe_carrier(
        &self,
        observation: &Observation,
        carried: Carried<'_>,
        at: i64,
        learn: bool,
    ) -> Result<Seen, StoreError> {
        let (at, now) = (clamped(at), clamped((self.clock)()));
        if !learn {
            return Ok(self.state.observe(observation, carried, at, now, false).seen);
        }
        let values = observation.local.len() + observation.global.len() + observation.sketch.len();
        // Room first, memory second: what could not be written down must not have been learned.
        let room = self.queue.reserve(row::encoded_len(&observation.id, carried.source, values))?;
        let outcome = self.state.observe(observation, carried, at, now, true);
        if let Some((entry, keys)) = outcome.learned {
            room.fill(row::encode(&row::Parts {
                entry: &entry,
                source: carried.source,
                learned: now,
                keys: &keys,
                global: &observation.global,
                sketch: &observation.sketch,
            }));
        }
        Ok(outcome.seen)
    }

    fn affected(&self, query: &Query) -> Page {
        self.state.affected(query)
    }

    fn sync(&self) -> Result<(), StoreError> {
        self.queue.sync()
    }

    fn status(&self) -> StoreStatus {
        let mut status = self.usage().status();
        self.queue.tell(&mut status);
        status.disk_bytes = std::fs::metadata(&self.path).map_or(0, |meta| meta.len());
        status
    }
}

impl Drop for EmbeddedStore {
    fn drop(&mut self) {
        self.queue.close();
        if let Some(writer) = self.writer.take() {
            // A writer that panicked has already failed the queue; there is nobody left to tell.
            _ = writer.join();
        }
    }
}

/// See [`super::fuzz_formats`].
pub(crate) fn fuzz_checkpoint(bytes: &[u8]) -> bool {
    checkpoint::decode(bytes).is_some()
}
