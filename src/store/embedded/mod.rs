//! The store on disk: the tables in memory, and one thread that writes down what they learn.

mod bounds;
mod checkpoint;
mod disk;
mod file;
mod journal;
mod load;
mod portable;
mod queue;
mod scan;
mod trim;
mod writer;

#[cfg(test)]
mod simulated;
#[cfg(test)]
mod tests;

use std::path::Path;
use std::sync::Arc;
use std::thread::JoinHandle;

use super::memory::{Clock, clamped, system_clock};
use super::state::State;
use super::{Carried, Page, Query, Store, StoreConfig, StoreError, StoreStatus, Usage, row};
use crate::engine::observation::{Observation, Seen};
use bounds::Opener;
use disk::{Directory, Disk};
use file::{DirLock, FORMAT};
use load::Rows;
pub(crate) use portable::fuzz_export;
pub use portable::{CarryError, Tally, export, import, verify};
use queue::Queue;
use writer::Writer;

/// A bounded store that survives its process. What it learned is on disk after
/// [`JournalConfig::commit_interval`](super::JournalConfig::commit_interval) and one write, well within a second; a
/// kill in between loses only what came later. One process at a time may have a directory open.
///
/// Dropping it writes down what is waiting.
pub struct EmbeddedStore {
    state: Arc<State>,
    queue: Arc<Queue>,
    clock: Clock,
    /// How many seconds it stands behind the clock of the world.
    lag: i64,
    writer: Option<JoinHandle<()>>,
    /// Held for its lock, and released after the writer has gone.
    _lock: Option<DirLock>,
}

/// A store that was away for longer has aged by this much only, in seconds: 30 days. A clock that stands years ahead at a
/// start, or a backup of last year, then costs no more than that; less than the shortest age by default, and more
/// than most holidays.
const MOST_AWAY: i64 = 30 * 24 * 60 * 60;

/// A directory that was read.
struct Loaded {
    writer: Writer,
    /// Never before the latest row, and at first no more than [`MOST_AWAY`] behind it.
    clock: Clock,
    lag: i64,
}

impl EmbeddedStore {
    /// Opens the store in `dir`, or makes an empty one. Reads all files and counts every key
    /// again: some 5 s for a full journal of 120,000 documents with 250 keys each, on two busy cores.
    ///
    /// # Errors
    /// If the directory is in use, or a file is of another version, damaged, not ours, or cannot be read and
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
        Self::start(Box::new(Directory::new(dir)), dir, Some(lock), config, (clock, Opener::Owner))
    }

    /// Opens the store of somebody else, who keeps it by bounds of their own: the larger of those and of `config` hold
    /// as long as it is open, so that nothing is dropped that the owner keeps.
    ///
    /// # Errors
    /// See [`Self::open`].
    pub fn open_as_guest(dir: &Path, config: StoreConfig) -> Result<Self, StoreError> {
        let lock = file::DirLock::take(dir)?;
        let (clock, opener) = (system_clock(), Opener::Guest);
        Self::start(Box::new(Directory::new(dir)), dir, Some(lock), config, (clock, opener))
    }

    /// What the store holds in memory. Takes every lock once; for metrics and tests.
    #[must_use]
    pub fn usage(&self) -> Usage {
        Usage::of(&self.state)
    }

    fn start(
        disk: Box<dyn Disk>,
        dir: &Path,
        lock: Option<DirLock>,
        config: StoreConfig,
        (clock, opener): (Clock, Opener),
    ) -> Result<Self, StoreError> {
        let Loaded { writer, clock, lag } = Self::loaded(disk, dir, config, (clock, opener), None)?;
        let (state, queue) = (Arc::clone(&writer.state), Arc::clone(&writer.queue));
        let writer = std::thread::Builder::new()
            .name("store-writer".into())
            .spawn(move || writer.run())
            .map_err(|error| StoreError::Io { path: dir.to_owned(), what: error.to_string() })?;
        Ok(Self { state, queue, clock, lag, writer: Some(writer), _lock: lock })
    }

    /// The writer over what was read. `rows` is told of what stands in the journals.
    fn loaded(
        mut disk: Box<dyn Disk>,
        dir: &Path,
        config: StoreConfig,
        (system, opener): (Clock, Opener),
        rows: Option<&mut Rows>,
    ) -> Result<Loaded, StoreError> {
        let listing = scan::list(disk.as_ref(), dir)?;
        let latest = scan::latest(disk.as_ref(), dir, &listing)?;
        let lag = latest.map_or(0, |latest| (system() - i64::from(latest) - MOST_AWAY).max(0));
        let latest = i64::from(latest.unwrap_or(0));
        let clock: Clock = Arc::new(move || (system() - lag).max(latest));
        let (config, bounds) = bounds::agreed(disk.as_ref(), config, opener);
        let queue = Arc::new(Queue::new(&config.journal));
        let state = Arc::new(State::new(config));
        let journal = load::load(disk.as_mut(), dir, &listing, &state, clamped(clock()), rows)?;
        queue.written(0, 0, journal.disk_bytes());
        let (dir, shared) = (dir.to_owned(), Arc::clone(&clock));
        let writer = Writer { disk, dir, state, queue, clock: shared, journal, bounds, round: None, dirty: false };
        Ok(Loaded { writer, clock, lag })
    }
}

impl Store for EmbeddedStore {
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
        let lists = [observation.local.len(), observation.global.len(), observation.sketch.len()];
        let values = lists.iter().sum::<usize>() + observation.pointers.len();
        // Room first, memory second: what could not be written down must not have been learned.
        let room = self.queue.reserve(row::most_bytes(&observation.id, carried.source, values))?;
        let outcome = self.state.observe(observation, carried, at, now, true);
        if let Some((entry, keys)) = outcome.learned {
            room.fill(row::encode(&row::Parts {
                entry: &entry,
                source: carried.source,
                learned: now,
                templates: &keys.templates,
                weak: keys.weak,
                local: &keys.others,
                global: &observation.global,
                sketch: &observation.sketch,
            }));
        }
        Ok(outcome.seen)
    }

    fn affected(&self, query: &Query) -> Page {
        // They ask by the clock of the world.
        let since = query.since.map(|since| since.saturating_sub(self.lag));
        self.state.affected(&Query { since, ..query.clone() })
    }

    fn sync(&self) -> Result<(), StoreError> {
        self.queue.sync()
    }

    fn status(&self) -> StoreStatus {
        let mut status = self.usage().status();
        self.queue.tell(&mut status);
        status
    }

    fn degraded(&self) -> Option<String> {
        self.queue.degraded()
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
