//! Fingerprint → sightings: the only state of the service.
//!
//! # Layout
//! - [`MemoryStore`] and [`EmbeddedStore`] implement [`Store`]; both are a `State` of bounded tables in memory.
//! - `evidence`: 64 `shard`s of `record`s (sets of witnesses, `kmv`) behind a doorkeeper of first sightings (`assoc`).
//! - `registry`, `sources`, `guard`: known documents, documents per source, near-duplicates.
//! - `row`, `codec`: what is written to disk. `embedded`: the file, the writer thread, opening and recovery.

mod assoc;
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
mod record;
mod registry;
mod row;
mod shard;
mod sources;
mod state;

pub use config::{GuardConfig, JournalConfig, StoreConfig};
pub use embedded::EmbeddedStore;
pub use error::StoreError;
pub use memory::{Clock, MemoryStore};

use crate::engine::observation::{Observation, Seen};

/// Counts distinct witnesses of fingerprints. Implementations are shared between threads and never make one request
/// wait for another's I/O.
pub trait Store: Send + Sync {
    /// What is known of `observation`'s keys, the document itself included once. With `learn` the document becomes a
    /// witness for later ones, unless it is a near-duplicate of an earlier one; the same (source, id) counts once
    /// however often it is sent. `at` is the document's time in seconds since the Unix epoch, clamped to 1970–2106.
    ///
    /// Costs about 0.1 µs per key. An embedded store blocks, with `learn`, only while its queue to the disk is full.
    ///
    /// # Errors
    /// If the document cannot be remembered durably any more; nothing of it was learned then. Without `learn` it
    /// does not fail.
    fn observe(&self, observation: &Observation, at: i64, learn: bool) -> Result<Seen, StoreError>;

    /// Returns when everything learned so far is safe on disk. Blocks for one write, some milliseconds.
    ///
    /// # Errors
    /// If it cannot be written.
    fn sync(&self) -> Result<(), StoreError>;
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
}

impl Usage {
    fn of(state: &state::State) -> Self {
        let (records, first_sightings, bytes) = state.evidence.usage();
        let (documents, document_bytes) = state.registry.usage();
        Self { records, first_sightings, documents, memory_bytes: bytes + document_bytes + state.guard.bytes() }
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
