//! The near-duplicate guard: which earlier document is this one a copy of, or a reworking?
//!
//! A re-crawl, a growing live blog and an agency text in a second source are one witness: what repeats in them repeats
//! because the article does. The index maps each sketch hash to the first documents that carried it.

use std::sync::Mutex;

use super::config::{GuardConfig, StoreConfig};
use super::evidence::lock;
use super::mix;
use super::overlap::{Overlap, Size};
use super::packed::Packed;
use super::registry::Registry;
use super::shard::{SHARDS, shard_of};

/// Documents kept per hash. As many as make it common: a hash that six documents carried says nothing any more about
/// where a text comes from.
pub(crate) const MAX_CARRIERS: usize = 6;

/// What the guard makes of a document.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Judgement {
    /// Nothing like it was seen.
    Fresh,
    /// Parts of it were: it counts as this witness.
    Reuse(u32),
    /// It is a copy.
    Copy {
        /// Counts as this witness.
        witness: u32,
        /// Handle of the original.
        of: u32,
    },
}

/// Sketch hashes and who carried them.
#[derive(Debug)]
pub(crate) struct Guard {
    /// Handles of documents by hash.
    shards: Vec<Mutex<Packed>>,
    config: GuardConfig,
}

/// One earlier document that carried a hash of the sketch.
#[derive(Debug, Clone, Copy)]
struct Member {
    /// Handle of the original if it is a copy, else its own. Copies are compared together: a hash remembers its first
    /// six carriers only, so of a live blog's thirty versions none is known whole, but all of them are.
    family: u32,
    witness: u32,
    sketch: u32,
    since: (u32, u64),
}

/// A hash of the sketch, by its position, and an earlier document that carried it.
#[derive(Debug, Clone, Copy)]
struct Hit {
    handle: u32,
    position: u32,
    fresh: bool,
}

impl Guard {
    pub(crate) fn new(config: &StoreConfig) -> Self {
        let table = || Mutex::new(Packed::new(config.guard_bytes() / SHARDS, u32::BITS));
        Self { shards: (0..SHARDS).map(|_| table()).collect(), config: config.guard.clone() }
    }

    /// Compares a sketch with all earlier documents but the one with the handle `own`. Two copies that arrive at the
    /// very same moment may not notice each other.
    pub(crate) fn judge(&self, sketch: &[u64], own: u32, registry: &Registry) -> Judgement {
        let (hits, size) = self.hits(sketch);
        let known = members(hits, own, registry);
        let best = known
            .chunk_by(|a, b| a.0.family == b.0.family)
            .filter_map(|family| {
                let first = family.iter().map(|(member, _)| member).min_by_key(|member| member.since)?;
                overlap(family).rank(size, first.since, &self.config).map(|rank| (rank, first))
            })
            .max_by_key(|(rank, _)| *rank);
        match best {
            Some((rank, first)) if rank.copy => Judgement::Copy { witness: first.witness, of: first.family },
            Some((_, first)) => Judgement::Reuse(first.witness),
            None => Judgement::Fresh,
        }
    }

    /// Remembers that the document with this handle carried the sketch, a set of mixed keys; whether that was news.
    pub(crate) fn learn(&self, sketch: impl Iterator<Item = u64>, handle: u32) -> bool {
        let mut changed = false;
        for key in sketch {
            let mut table = lock(&self.shards[shard_of(key)]);
            let (mut carriers, mut known) = (0, false);
            for carrier in table.get(key) {
                carriers += 1;
                known |= carrier == handle;
            }
            if !known && carriers < MAX_CARRIERS {
                table.push(key, handle);
                changed = true;
            }
        }
        changed
    }

    /// Bytes taken now, and entries that had to make room.
    pub(crate) fn usage(&self) -> (usize, u64) {
        let usages = self.shards.iter().map(|table| lock(table)).map(|table| (table.bytes(), table.evicted()));
        usages.fold((0, 0), |a, b| (a.0 + b.0, a.1 + b.1))
    }

    fn hits(&self, sketch: &[u64]) -> (Vec<Hit>, Size) {
        let mut hits: Vec<Hit> = Vec::new();
        let mut size = Size { all: sketch.len() as u32, fresh: 0 };
        for (position, key) in (0..).zip(sketch.iter().copied().map(mix::key)) {
            let table = lock(&self.shards[shard_of(key)]);
            let fresh = table.get(key).count() < self.config.common as usize;
            size.fresh += u32::from(fresh);
            hits.extend(table.get(key).map(|handle| Hit { handle, position, fresh }));
        }
        (hits, size)
    }
}

/// The hits with what is known of their documents, sorted by family and position.
fn members(mut hits: Vec<Hit>, own: u32, registry: &Registry) -> Vec<(Member, Hit)> {
    hits.sort_unstable_by_key(|hit| hit.handle);
    let mut known = Vec::with_capacity(hits.len());
    for group in hits.chunk_by(|a, b| a.handle == b.handle) {
        let handle = group[0].handle;
        let member = registry.peek(handle, |entry| Member {
            family: if entry.duplicate_of == 0 { handle } else { entry.duplicate_of },
            witness: entry.witness,
            sketch: entry.sketch,
            since: (entry.at, entry.document),
        });
        if let Some(member) = member.filter(|member| member.family != own && handle != own) {
            known.extend(group.iter().map(|hit| (member, *hit)));
        }
    }
    known.sort_unstable_by_key(|(member, hit)| (member.family, hit.position));
    known
}

/// The overlap with one family; a hash that several of its members carried counts once.
fn overlap(family: &[(Member, Hit)]) -> Overlap {
    let mut overlap = Overlap { all: 0, fresh: 0, earlier: 0 };
    for hash in family.chunk_by(|a, b| a.1.position == b.1.position) {
        overlap.all += 1;
        overlap.fresh += u32::from(hash[0].1.fresh);
    }
    overlap.earlier = family.iter().map(|(member, _)| member.sketch).max().unwrap_or(0);
    overlap
}
