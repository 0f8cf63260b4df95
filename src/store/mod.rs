//! Fingerprint → sightings: the only state of the service.

pub mod scratch;

use crate::engine::observation::{Observation, Seen};

/// Counts distinct witnesses of fingerprints. Implementations are shared between threads and never make one request
/// wait for another's I/O.
pub trait Store: Send + Sync {
    /// What is known of `observation`'s keys, the document itself included once. With `learn` the document becomes a
    /// witness for later ones, unless it is a near-duplicate of an earlier one; the same (source, id) counts once
    /// however often it is sent. `at` is the document's time in seconds since the Unix epoch.
    ///
    /// # Errors
    /// If the document cannot be remembered durably any more; nothing of it was learned then.
    fn observe(&self, observation: &Observation, at: i64, learn: bool) -> Result<Seen, StoreError>;

    /// Returns when everything learned so far is safe on disk.
    ///
    /// # Errors
    /// If it cannot be written.
    fn sync(&self) -> Result<(), StoreError>;
}

/// Why the store cannot serve.
#[derive(Debug, thiserror::Error)]
pub enum StoreError {
    /// Placeholder until the implementations land.
    #[error("the store failed: {0}")]
    Failed(String),
}
