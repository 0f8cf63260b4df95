//! Fingerprint → sightings: the only state of the service.
//!
//! # Layout
//! - [`MemoryStore`] and [`EmbeddedStore`] implement [`Store`]; both are a `State` of bounded tables in memory.
//! - `evidence`: 64 `shard`s of `record`s (sets of witnesses, `kmv`) behind a doorkeeper of first sightings (`packed`, `ring`).
//! - `registry`, `sources`, `guard`: known documents, documents per source, near-duplicates.
//! - `carriers`: which documents carried which blocks, for [`Store::affected`].
//! - `row`, `codec`: what is written to disk. `embedded`: the files, the writer thread, opening and recovery, export and import.

mod affected;
mod bits;
mod carriers;
mod codec;
mod config;
mod embedded;
mod error;
mod evidence;
mod guard;
mod kmv;
mod memory;
mod mix;
mod overlap;
mod packed;
mod record;
mod registry;
mod ring;
mod row;
mod shard;
mod sources;
mod state;
mod status;

pub use affected::{Affected, Carried, MAX_LISTED, Page, Position, Query};
pub use config::{GuardConfig, JournalConfig, StoreConfig};
pub use embedded::{CarryError, EmbeddedStore, Tally, export, import, verify};
pub use error::StoreError;
pub use memory::{Clock, MemoryStore};
pub use status::StoreStatus;

use crate::engine::observation::{Observation, Seen};

/// Counts distinct witnesses of fingerprints. Implementations are shared between threads and never make one request
/// wait for another's I/O.
pub trait Store: Send + Sync {
    /// What is known of `observation`'s keys, the document itself included once. With `learn` the document becomes a
    /// witness for later ones, unless it is a near-duplicate of an earlier one; the same (source, id) counts once
    /// however often it is sent. `at` is the document's time in seconds since the Unix epoch, clamped to 1970–2106.
    ///
    /// It also remembers, bounded, what the document `carried`, so that [`Self::affected`] finds it.
    ///
    /// Costs about 0.1 µs per key. An embedded store blocks, with `learn`, only while its queue to the disk is full.
    ///
    /// # Errors
    /// If the document cannot be remembered durably any more; nothing of it was learned then. Without `learn` it
    /// does not fail.
    fn observe_carrier(
        &self,
        observation: &Observation,
        carried: Carried<'_>,
        at: i64,
        learn: bool,
    ) -> Result<Seen, StoreError>;

    /// The same for a document that [`Self::affected`] need not find.
    ///
    /// # Errors
    /// See [`Self::observe_carrier`].
    fn observe(&self, observation: &Observation, at: i64, learn: bool) -> Result<Seen, StoreError> {
        self.observe_carrier(observation, Carried::default(), at, learn)
    }

    /// Documents that carried a template, or whose templates became strong after they were learned: a page of them.
    /// What [`Self::observe`] learned alone is not found, nor what had to be forgotten. A store that keeps no carriers
    /// answers that there are none.
    ///
    /// Examines 10,000 documents at most, from memory: some milliseconds for one template, up to 100 ms with
    /// [`Query::since`]; computed, not measured. Holds no lock for longer than 256 documents take. Not for a thread that must not block.
    fn affected(&self, _query: &Query) -> Page {
        Page::default()
    }

    /// Returns when everything learned so far is safe on disk. Blocks for one write, some milliseconds.
    ///
    /// # Errors
    /// If it cannot be written.
    fn sync(&self) -> Result<(), StoreError>;

    /// How the store is doing, for health and metrics. One that does not know says nothing.
    fn status(&self) -> StoreStatus {
        StoreStatus::default()
    }

    /// [`StoreStatus::degraded`] by itself: cheap enough to ask once a second.
    fn degraded(&self) -> Option<String> {
        self.status().degraded
    }
}

/// What a store holds, for metrics and tests.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Usage {
    /// Keys with at least two witnesses.
    pub records: usize,
    /// Keys seen by one witness.
    pub first_sightings: usize,
    /// Known documents.
    pub documents: usize,
    /// Bytes of all tables in memory, as they count against [`StoreConfig::memory_bytes`].
    pub memory_bytes: usize,
    /// Entries of all tables forgotten since the start for want of room, ageing apart.
    pub evictions: u64,
}

impl Usage {
    fn status(self) -> StoreStatus {
        StoreStatus {
            documents: self.documents as u64,
            records: self.records as u64,
            first_sightings: self.first_sightings as u64,
            memory_bytes: self.memory_bytes as u64,
            evictions: self.evictions,
            ..StoreStatus::default()
        }
    }

    fn of(state: &state::State) -> Self {
        let (records, first_sightings, bytes, evicted) = state.evidence.usage();
        let (guard_bytes, guard_evicted) = state.guard.usage();
        let (documents, document_bytes) = state.registry.usage();
        Self {
            records,
            first_sightings,
            documents,
            memory_bytes: bytes + document_bytes + guard_bytes + state.carriers.bytes(),
            evictions: evicted + guard_evicted + state.registry.evicted() + state.carriers.evicted(),
        }
    }
}

/// For the fuzzers only: reads `bytes` as a journal row and as a checkpoint of a shard, if `framed` behind a right
/// length and checksum; whether it was either.
#[doc(hidden)]
#[must_use]
pub fn fuzz_formats(bytes: &[u8], framed: bool) -> bool {
    let mut frame = Vec::new();
    let bytes = if framed {
        codec::frame(&mut frame, |out| out.extend_from_slice(bytes));
        &frame
    } else {
        bytes
    };
    row::decode(&mut codec::Reader::new(bytes)).is_some() || embedded::fuzz_checkpoint(bytes)
}

/// For the fuzzers only: reads `bytes` as an export, if `framed` behind a right beginning; whether it was a whole one.
#[doc(hidden)]
#[must_use]
pub fn fuzz_import(bytes: &[u8], framed: bool) -> bool {
    embedded::fuzz_export(bytes, framed)
}
