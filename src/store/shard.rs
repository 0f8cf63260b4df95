//! One shard of the evidence: first sightings in a doorkeeper, the rest as records, both bounded.

use ahash::AHashMap;

use super::assoc::{Assoc, Entry};
use super::config::StoreConfig;
use super::record::{Record, Sighting};
use crate::engine::observation::Sightings;

/// Shards of every table. Two threads on 64 locks, each held for microseconds, hardly ever meet.
pub(crate) const SHARDS: usize = 64;

/// Memory of a record with its place in the map: 64 bytes in a map between 7/16 and 7/8 full, and for one in ten an
/// allocation of 80 bytes. Computed, not measured.
const RECORD_BYTES: usize = 128;

/// The shard of a mixed key: its top six bits.
pub(crate) fn shard_of(key: u64) -> usize {
    (key >> 58) as usize
}

/// A key seen by one witness so far. 16 bytes; the time of arrival is left out, so these do not age, they are
/// overwritten.
#[derive(Debug, Clone, Copy, Default)]
struct First {
    tag: u32,
    witness: u32,
    at: u32,
    ordinal: u32,
}

impl Entry for First {
    fn tag(&self) -> u32 {
        self.tag
    }

    fn is_used(&self) -> bool {
        self.witness != 0
    }
}

impl First {
    fn of(key: u64, sighting: Sighting) -> Self {
        Self { tag: key as u32, witness: sighting.witness, at: sighting.at, ordinal: sighting.ordinal }
    }

    fn record(self, arrived: u32) -> Record {
        Record::of(Sighting { witness: self.witness, at: self.at, ordinal: self.ordinal, arrived })
    }
}

/// How a document looks at a key.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum View {
    /// Itself included once.
    Including(u32),
    /// Itself not counted.
    Excluding(u32),
    /// As the evidence stands, but at least one: the document is no witness of its own here.
    AsIs(u32),
}

/// One shard of the evidence. Keys are mixed.
#[derive(Debug)]
pub(crate) struct Shard {
    firsts: Assoc<First, 8>,
    records: AHashMap<u64, Record>,
    max_records: usize,
    strong: u32,
    swept: u32,
}

impl Shard {
    pub(crate) fn new(config: &StoreConfig) -> Self {
        Self {
            firsts: Assoc::new(config.first_bytes() / SHARDS),
            records: AHashMap::new(),
            max_records: (config.record_bytes() / SHARDS / RECORD_BYTES).max(1),
            strong: config.strong(),
            swept: 0,
        }
    }

    /// Makes ready for a look at several keys.
    pub(crate) fn warm(&self, keys: impl Iterator<Item = u64>) {
        self.firsts.warm(keys);
    }

    /// What is known of `key`.
    pub(crate) fn sightings(&self, key: u64, view: View) -> Sightings {
        if let Some(record) = self.records.get(&key) {
            let witnesses = match view {
                View::Including(own) => record.witnesses.count_with(own),
                View::Excluding(own) => record.witnesses.count_without(own),
                View::AsIs(_) => record.witnesses.count(),
            };
            return record.sightings(witnesses);
        }
        let (View::Including(own) | View::Excluding(own) | View::AsIs(own)) = view;
        let least = u32::from(!matches!(view, View::Excluding(_)));
        match self.firsts.get(key).next() {
            Some(first) if first.witness != own => {
                let witnesses = 1 + u32::from(matches!(view, View::Including(_)));
                first.record(0).sightings(witnesses)
            }
            _ => Sightings { witnesses: least, ..Sightings::default() },
        }
    }

    /// When `key` became strong, if it is.
    pub(crate) fn strong_since(&self, key: u64) -> Option<u32> {
        self.records.get(&key).map(|record| record.strong_at).filter(|&at| at != 0)
    }

    /// Counts a sighting; whether that changed the evidence.
    pub(crate) fn learn(&mut self, key: u64, sighting: Sighting) -> bool {
        if let Some(record) = self.records.get_mut(&key) {
            let changed = record.merge(&Record::of(sighting));
            record.note_strength(self.strong, sighting.arrived);
            return changed;
        }
        let Some(first) = self.firsts.get_mut(key) else {
            self.firsts.push(key, First::of(key, sighting));
            return true;
        };
        if first.witness == sighting.witness {
            let earlier = (first.at.min(sighting.at), first.ordinal.min(sighting.ordinal));
            let changed = earlier != (first.at, first.ordinal);
            (first.at, first.ordinal) = earlier;
            return changed;
        }
        let mut record = first.record(sighting.arrived);
        record.merge(&Record::of(sighting));
        record.note_strength(self.strong, sighting.arrived);
        self.firsts.remove(key);
        self.records.insert(key, record);
        if self.records.len() > self.max_records {
            self.evict();
        }
        true
    }

    /// Counts sightings in their order.
    pub(crate) fn learn_all(&mut self, sightings: &[(u64, Sighting)]) {
        /// As many memory accesses as a core keeps in flight, roughly.
        const AT_ONCE: usize = 16;
        for some in sightings.chunks(AT_ONCE) {
            self.warm(some.iter().map(|(key, _)| *key));
            for &(key, sighting) in some {
                self.learn(key, sighting);
            }
        }
    }

    /// Merges a record from a checkpoint.
    pub(crate) fn restore(&mut self, key: u64, record: Record) {
        let arrived = record.arrived;
        let known = self.records.entry(key).and_modify(|known| _ = known.merge(&record)).or_insert(record);
        // The threshold may be another than it was.
        known.note_strength(self.strong, arrived);
        if self.records.len() > self.max_records {
            self.evict();
        }
    }

    /// Forgets records that have aged, at most once in a sixteenth of the shorter age: looking
    /// through a full shard takes time under its lock, and nobody needs the day to the minute.
    pub(crate) fn sweep(&mut self, now: u32, config: &StoreConfig) {
        if now.saturating_sub(self.swept) < config.sweep_interval() {
            return;
        }
        self.swept = now;
        self.records.retain(|_, record| {
            let age = now.saturating_sub(record.arrived);
            age <= config.age_of(record.witnesses.count())
        });
    }

    pub(crate) fn records(&self) -> impl Iterator<Item = (u64, &Record)> {
        self.records.iter().map(|(&key, record)| (key, record))
    }

    /// Records, first sightings and bytes held.
    pub(crate) fn usage(&self) -> (usize, usize, usize) {
        let bytes = self.firsts.bytes() + self.records.len() * RECORD_BYTES;
        (self.records.len(), self.firsts.len(), bytes)
    }

    /// Forgets an eighth of the records, the rarest and among them the longest unmet; the key breaks ties, so that the
    /// same stream always leaves the same records.
    fn evict(&mut self) {
        let mut order: Vec<(u32, u32, u64)> =
            self.records.iter().map(|(&key, record)| (record.witnesses.count(), record.arrived, key)).collect();
        let keep = self.max_records * 7 / 8;
        let surplus = order.len() - keep;
        let (out, _, _) = order.select_nth_unstable(surplus);
        for (_, _, key) in out {
            self.records.remove(key);
        }
    }
}
