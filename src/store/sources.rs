//! How many distinct documents each source has had.

use std::sync::Mutex;

use ahash::AHashMap;

use super::config::StoreConfig;
use super::evidence::lock;
use super::mix::mix;
use super::shard::{SHARDS, shard_of};

/// What is kept of a source.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(crate) struct Source {
    /// Distinct witnesses so far.
    pub(crate) documents: u32,
    /// When the store last met it.
    pub(crate) arrived: u32,
}

/// Counts per source, bounded.
#[derive(Debug)]
pub(crate) struct Sources {
    shards: Vec<Mutex<AHashMap<u64, Source>>>,
    max: usize,
}

impl Sources {
    pub(crate) fn new(config: &StoreConfig) -> Self {
        Self { shards: (0..SHARDS).map(|_| Mutex::default()).collect(), max: (config.max_sources / SHARDS).max(1) }
    }

    /// Documents of the source so far.
    pub(crate) fn documents(&self, source: u64) -> u32 {
        lock(self.shard(source)).get(&source).map_or(0, |known| known.documents)
    }

    /// Adds `n` documents; the count after.
    pub(crate) fn advance(&self, source: u64, n: u32, arrived: u32) -> u32 {
        self.update(source, |known| Source { documents: known.documents.saturating_add(n), arrived })
    }

    /// Sees to it that the source has at least so many documents: idempotent, for replays and checkpoints.
    pub(crate) fn raise(&self, source: u64, to: Source) {
        self.update(source, |known| Source {
            documents: known.documents.max(to.documents),
            arrived: known.arrived.max(to.arrived),
        });
    }

    /// The sources of one shard, for a checkpoint.
    pub(crate) fn shard_entries(&self, index: usize) -> Vec<(u64, Source)> {
        lock(&self.shards[index]).iter().map(|(&source, &known)| (source, known)).collect()
    }

    fn update(&self, source: u64, change: impl FnOnce(Source) -> Source) -> u32 {
        let mut shard = lock(self.shard(source));
        let known = shard.entry(source).or_default();
        *known = change(*known);
        let documents = known.documents;
        if shard.len() > self.max {
            evict(&mut shard, self.max * 7 / 8, source);
        }
        documents
    }

    fn shard(&self, source: u64) -> &Mutex<AHashMap<u64, Source>> {
        &self.shards[shard_of(mix(source))]
    }
}

/// Forgets the longest unmet sources but `current`; the fingerprint breaks ties.
fn evict(shard: &mut AHashMap<u64, Source>, keep: usize, current: u64) {
    let mut order: Vec<(u32, u64)> = shard
        .iter()
        .filter(|(source, _)| **source != current)
        .map(|(&source, known)| (known.arrived, source))
        .collect();
    order.sort_unstable();
    let surplus = shard.len() - keep.max(1);
    for (_, source) in order.into_iter().take(surplus) {
        shard.remove(&source);
    }
}
