//! All shards of the evidence, visited once per document.

use std::sync::{Mutex, MutexGuard, PoisonError};

use super::config::StoreConfig;
use super::mix::mix;
use super::record::{Record, Sighting};
use super::shard::{SHARDS, Shard, View, shard_of};
use crate::engine::observation::Sightings;

/// One key to visit: read as `view`, then count as `learn` unless that is `None`.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Visit {
    /// The mixed key.
    pub(crate) key: u64,
    /// How to read it.
    pub(crate) view: View,
    /// What to count.
    pub(crate) learn: Option<Sighting>,
}

/// Evidence of all keys.
#[derive(Debug)]
pub(crate) struct Evidence {
    shards: Vec<Mutex<Shard>>,
}

/// A lock is held over plain memory operations only; should one panic nonetheless, the others go on with what is
/// there, since every state in between is a valid one.
pub(crate) fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

impl Evidence {
    pub(crate) fn new(config: &StoreConfig) -> Self {
        Self { shards: (0..SHARDS).map(|_| Mutex::new(Shard::new(config))).collect() }
    }

    /// Makes the visits, taking each shard's lock once. The answers are in the order of `visits`; the flag tells
    /// whether any evidence changed.
    pub(crate) fn visit(&self, visits: &[Visit], now: u32, config: &StoreConfig) -> (Vec<Sightings>, bool) {
        let mut answers = vec![Sightings::default(); visits.len()];
        let mut changed = false;
        let order = by_shard(visits);
        for group in order.chunk_by(|a, b| a.0 == b.0) {
            let mut shard = lock(&self.shards[usize::from(group[0].0)]);
            shard.sweep(now, config);
            shard.warm(group.iter().map(|&(_, at)| visits[at as usize].key));
            for &(_, at) in group {
                let visit = &visits[at as usize];
                answers[at as usize] = shard.sightings(visit.key, visit.view);
                if let Some(sighting) = visit.learn {
                    changed |= shard.learn(visit.key, sighting);
                }
            }
        }
        (answers, changed)
    }

    /// Counts sightings of mixed keys, when the journal is replayed: in their order per key, and by several threads at
    /// once, since no shard knows of another.
    pub(crate) fn learn_all(&self, sightings: &[(u64, Sighting)]) {
        let mut by_shard: Vec<Vec<(u64, Sighting)>> = vec![Vec::new(); SHARDS];
        for sighting in sightings {
            by_shard[shard_of(sighting.0)].push(*sighting);
        }
        let threads = std::thread::available_parallelism().map_or(1, usize::from).min(SHARDS);
        let work: Vec<_> = self.shards.iter().zip(by_shard).collect();
        std::thread::scope(|scope| {
            for part in work.chunks(SHARDS.div_ceil(threads)) {
                scope.spawn(move || part.iter().for_each(|(shard, sightings)| lock(shard).learn_all(sightings)));
            }
        });
    }

    /// Merges a record from a checkpoint.
    pub(crate) fn restore(&self, key: u64, record: Record) {
        lock(&self.shards[shard_of(key)]).restore(key, record);
    }

    /// When a key, not mixed, became strong, if it is.
    pub(crate) fn strong_since(&self, key: u64) -> Option<u32> {
        let key = mix(key);
        lock(&self.shards[shard_of(key)]).strong_since(key)
    }

    /// One shard, for a checkpoint.
    pub(crate) fn shard(&self, index: usize) -> MutexGuard<'_, Shard> {
        lock(&self.shards[index])
    }

    /// Records, first sightings and bytes held.
    pub(crate) fn usage(&self) -> (usize, usize, usize) {
        self.shards.iter().map(|shard| lock(shard).usage()).fold((0, 0, 0), |a, b| (a.0 + b.0, a.1 + b.1, a.2 + b.2))
    }
}

/// Positions of the visits, grouped by shard and in their own order within it.
fn by_shard(visits: &[Visit]) -> Vec<(u16, u32)> {
    let mut order: Vec<(u16, u32)> =
        visits.iter().enumerate().map(|(at, visit)| (shard_of(visit.key) as u16, at as u32)).collect();
    order.sort_unstable();
    order
}
