//! All shards of the evidence, visited once per document.

use std::sync::{Mutex, MutexGuard, PoisonError};

use super::config::StoreConfig;
use super::mix;
use super::record::{Record, Sighting};
use super::ring::Ring;
use super::shard::{Entering, SHARDS, Shard, View, shard_of};
use crate::engine::observation::Sightings;

/// One key to visit: read as `view`, then count as `learn` unless that is `None`.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Visit {
    /// The mixed key.
    pub(crate) key: u64,
    /// How to read it.
    pub(crate) view: View,
    /// What to count: which of the sightings that go with the visits.
    pub(crate) learn: Option<usize>,
}

/// A document's sightings of local and of global keys.
pub(crate) const KINDS: usize = 2;

/// Evidence of all keys.
#[derive(Debug)]
pub(crate) struct Evidence {
    shards: Vec<Mutex<Shard>>,
    /// What first sightings refer to. Its locks are taken under those of shards, never the other way round.
    ring: Ring,
}

/// A lock is held over plain memory operations only; should one panic nonetheless, the others go on with what is
/// there, since every state in between is a valid one.
pub(crate) fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

impl Evidence {
    pub(crate) fn new(config: &StoreConfig) -> Self {
        let shards = (0..SHARDS).map(|_| Mutex::new(Shard::new(config))).collect();
        Self { shards, ring: Ring::new(config.ring_bytes()) }
    }

    /// Makes the visits, taking each shard's lock once. The answers are in the order of `visits`; the flag tells
    /// whether any evidence changed.
    pub(crate) fn visit(
        &self,
        visits: &[Visit],
        sightings: [Sighting; KINDS],
        now: u32,
        config: &StoreConfig,
    ) -> (Vec<Sightings>, bool) {
        let (ring, mut entering) = (&self.ring, sightings.map(Entering::new));
        let mut answers = vec![Sightings::default(); visits.len()];
        let mut changed = false;
        let order = by_shard(visits);
        for group in order.chunk_by(|&a, &b| shard_of(visits[a as usize].key) == shard_of(visits[b as usize].key)) {
            let mut shard = lock(&self.shards[shard_of(visits[group[0] as usize].key)]);
            shard.sweep(now, config);
            shard.warm(group.iter().map(|&at| visits[at as usize].key), ring);
            for &at in group {
                let visit = &visits[at as usize];
                let entering = visit.learn.map(|kind| &mut entering[kind]);
                let (seen, news) = shard.visit(visit.key, visit.view, entering, ring);
                answers[at as usize] = seen;
                changed |= news;
            }
        }
        (answers, changed)
    }

    /// Counts sightings of mixed keys, when the journal is replayed: for each key the sighting at a position in the list,
    /// in their order per key, and by several threads at once, since no shard knows of another.
    pub(crate) fn learn_all(&self, sightings: &[Sighting], keys: &[(u64, u32)]) {
        let mut by_shard: Vec<Vec<(u64, u32)>> = vec![Vec::new(); SHARDS];
        for key in keys {
            by_shard[shard_of(key.0)].push(*key);
        }
        // Numbers are given here, so that threads do not give two for one sighting.
        let entered: Vec<Entering> =
            sightings.iter().map(|&sighting| Entering::entered(sighting, &self.ring)).collect();
        let threads = std::thread::available_parallelism().map_or(1, usize::from).min(SHARDS);
        let work: Vec<_> = self.shards.iter().zip(by_shard).collect();
        std::thread::scope(|scope| {
            for part in work.chunks(SHARDS.div_ceil(threads)) {
                let learn = || part.iter().for_each(|(shard, keys)| lock(shard).learn_all(&entered, keys, &self.ring));
                scope.spawn(learn);
            }
        });
    }

    /// Merges a record from a checkpoint.
    pub(crate) fn restore(&self, key: u64, record: Record) {
        lock(&self.shards[shard_of(key)]).restore(key, record);
    }

    /// When a key, not mixed, became strong, if it is.
    pub(crate) fn strong_since(&self, key: u64) -> Option<u32> {
        let key = mix::key(key);
        lock(&self.shards[shard_of(key)]).strong_since(key)
    }

    /// One shard, for a checkpoint.
    pub(crate) fn shard(&self, index: usize) -> MutexGuard<'_, Shard> {
        lock(&self.shards[index])
    }

    /// Records, first sightings and bytes held, and entries that had to make room.
    pub(crate) fn usage(&self) -> (usize, usize, usize, u64) {
        let start = (0, 0, self.ring.bytes(), 0);
        let usages = self.shards.iter().map(|shard| lock(shard).usage());
        usages.fold(start, |a, b| (a.0 + b.0, a.1 + b.1, a.2 + b.2, a.3 + b.3))
    }
}

/// Positions of the visits, grouped by shard and in their own order within it: sorted by counting, in two passes.
fn by_shard(visits: &[Visit]) -> Vec<u32> {
    let mut next = [0; SHARDS];
    for visit in visits {
        next[shard_of(visit.key)] += 1;
    }
    let mut start = 0;
    for count in &mut next {
        start += std::mem::replace(count, start);
    }
    let mut order = vec![0; visits.len()];
    for (at, visit) in visits.iter().enumerate() {
        let place: &mut usize = &mut next[shard_of(visit.key)];
        order[*place] = at as u32;
        *place += 1;
    }
    order
}
