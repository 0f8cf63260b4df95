//! How a store is doing, for health and metrics.

use std::time::Instant;

/// What a store holds and whether it keeps up with its disk. Taking it locks every table for a moment: for a look every
/// few seconds, not for every request. A store in memory has nothing on disk and is always in sync.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct StoreStatus {
    /// Known documents.
    pub documents: u64,
    /// Keys with at least two witnesses.
    pub records: u64,
    /// Keys seen by one witness.
    pub first_sightings: u64,
    /// Bytes of all tables in memory, as they count against [`StoreConfig::memory_bytes`](super::StoreConfig).
    pub memory_bytes: u64,
    /// Bytes of the journals and the checkpoint; one that is being written comes on top.
    pub disk_bytes: u64,
    /// Journal rows, one per learned document, that are not safe on disk yet.
    pub unsynced_rows: u64,
    /// When the oldest of those came, if there are any: the lag is the time since then.
    pub unsynced_since: Option<Instant>,
    /// When rows were last made safe on disk, by this process.
    pub last_sync: Option<Instant>,
    /// Writes that failed since the start. Each was, or will be, tried again.
    pub write_failures: u64,
    /// Entries forgotten since the start because a table was full, ageing apart.
    pub evictions: u64,
    /// Why nothing can be written at the moment, and what would help, if so. Looking up goes on; learning goes on until
    /// the queue to the disk is full.
    pub degraded: Option<String>,
    /// The queue to the disk is full while nothing can be written: learning is refused.
    pub refuses_learning: bool,
}
