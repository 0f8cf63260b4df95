//! The documents that the store has learned, by witness; the longest known are forgotten first.

use std::collections::VecDeque;
use std::sync::Mutex;

use ahash::AHashMap;

use super::config::{StoreConfig, seconds};
use super::evidence::lock;
use super::mix::witness;
use super::shard::SHARDS;

/// Memory of an entry without its id: 72 bytes in a map between 7/16 and 7/8 full, 16 of the id's allocation, 8 in the
/// queue.
const ENTRY_BYTES: usize = 152;

/// A learned document.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Entry {
    /// Fingerprint of (source, id).
    pub(crate) document: u64,
    /// Fingerprint of the source.
    pub(crate) source: u64,
    /// The caller's id.
    pub(crate) id: Box<str>,
    /// What it counts as: its own witness, or that of an earlier document.
    pub(crate) witness: u32,
    /// Distinct witnesses of the source when it arrived.
    pub(crate) ordinal: u32,
    /// Its own time.
    pub(crate) at: u32,
    /// When the store met it.
    pub(crate) arrived: u32,
    /// Hashes in its sketch.
    pub(crate) sketch: u32,
    /// Handle of the document that it is a near-duplicate of, or 0.
    pub(crate) duplicate_of: u32,
    /// It counts for its source among sources. False for copies and partial reuse.
    pub(crate) counts_globally: bool,
}

impl Entry {
    fn bytes(&self) -> usize {
        ENTRY_BYTES + self.id.len()
    }
}

#[derive(Debug, Default)]
struct Shard {
    entries: AHashMap<u32, Entry>,
    /// Handles in order of entry, with the time of arrival.
    order: VecDeque<(u32, u32)>,
    bytes: usize,
    evicted: u64,
}

/// Learned documents by handle. A document's handle is its own witness.
#[derive(Debug)]
pub(crate) struct Registry {
    shards: Vec<Mutex<Shard>>,
    max_bytes: usize,
    max_age: u32,
}

impl Registry {
    pub(crate) fn new(config: &StoreConfig) -> Self {
        Self {
            shards: (0..SHARDS).map(|_| Mutex::default()).collect(),
            max_bytes: config.document_bytes() / SHARDS,
            max_age: seconds(config.max_age),
        }
    }

    /// The document, if it is known.
    pub(crate) fn find(&self, document: u64) -> Option<Entry> {
        self.by_handle(witness(document)).filter(|entry| entry.document == document)
    }

    /// The document with this handle, if it is known.
    pub(crate) fn by_handle(&self, handle: u32) -> Option<Entry> {
        lock(self.shard(handle)).entries.get(&handle).cloned()
    }

    /// Calls `f` with the document of this handle, without copying it.
    pub(crate) fn peek<T>(&self, handle: u32, f: impl FnOnce(&Entry) -> T) -> Option<T> {
        lock(self.shard(handle)).entries.get(&handle).map(f)
    }

    /// The entry of `document`, made by `make` if it is not known; whether it was made. Two requests for one document
    /// get the same entry. If another document has the same handle (one in 5,000, with 800,000 known), the entry is
    /// handed out but not kept: the document counts, and is unknown again the next time.
    pub(crate) fn claim(&self, document: u64, make: impl FnOnce() -> Entry) -> (Entry, bool) {
        let handle = witness(document);
        let mut shard = lock(self.shard(handle));
        match shard.entries.get(&handle) {
            Some(entry) if entry.document == document => return (entry.clone(), false),
            Some(_) => return (make(), true),
            None => {}
        }
        let entry = make();
        shard.bytes += entry.bytes();
        shard.order.push_back((handle, entry.arrived));
        shard.entries.insert(handle, entry.clone());
        shard.expire(self.max_bytes, entry.arrived.saturating_sub(self.max_age));
        (entry, true)
    }

    /// Documents and bytes held.
    pub(crate) fn usage(&self) -> (usize, usize) {
        self.shards
            .iter()
            .map(|shard| lock(shard))
            .fold((0, 0), |sum, shard| (sum.0 + shard.entries.len(), sum.1 + shard.bytes))
    }

    /// Documents that had to make room.
    pub(crate) fn evicted(&self) -> u64 {
        self.shards.iter().map(|shard| lock(shard).evicted).sum()
    }

    fn shard(&self, handle: u32) -> &Mutex<Shard> {
        &self.shards[handle as usize % SHARDS]
    }
}

impl Shard {
    /// Forgets what has aged, and an eighth at once if there is no room. What stays is then put in anew: the places of
    /// those that went would stay marked as left, and in time the map would double to be rid of the marks.
    fn expire(&mut self, max_bytes: usize, since: u32) {
        let is_full = self.bytes > max_bytes;
        self.forget(if is_full { max_bytes / 8 * 7 } else { max_bytes }, since);
        if is_full {
            let kept: Vec<_> = self.entries.drain().collect();
            self.entries.extend(kept);
        }
    }

    fn forget(&mut self, most_bytes: usize, since: u32) {
        while let Some(&(handle, arrived)) = self.order.front() {
            // The newest stays whatever its size: it is the one that is being claimed.
            if self.order.len() == 1 || (self.bytes <= most_bytes && arrived >= since) {
                return;
            }
            self.order.pop_front();
            self.evicted += u64::from(arrived >= since);
            if let Some(entry) = self.entries.remove(&handle) {
                self.bytes -= entry.bytes();
            }
        }
    }
}
