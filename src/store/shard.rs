//! One shard of the evidence: first sightings in a doorkeeper, the rest as records, both bounded.

use ahash::AHashMap;

use super::config::StoreConfig;
use super::packed::Packed;
use super::record::{Record, Sighting};
use super::ring::{Known, NUMBER_BITS, Ring};
use crate::engine::observation::Sightings;

/// Shards of every table. Two threads on 64 locks, each held for microseconds, hardly ever meet.
pub(crate) const SHARDS: usize = 64;

/// Memory of a place for a record: the map has a byte of its own for each.
const PLACE_BYTES: usize = size_of::<(u64, Record)>() + 1;

/// Memory of a set of more than four witnesses, as malloc rounds it. In the end most of the records that stay have one:
/// computing with one in ten, memory was a quarter over the bound.
const WITNESSES_BYTES: usize = 80;

/// When the table of records is full, an eighth of it goes: looking for the oldest takes a millisecond in a shard of
/// 30,000, so it should not happen for each new one.
const GOING: usize = 8;

/// Rare records may have this part of a full table, the others the rest. Most keys that come a second time never come a
/// third; by age alone they would wash out those that recur, by rarity alone nothing new would find a way in past
/// campaigns that ended long ago. Measured in the stream of `examples/growth.rs` with ten accidental pairs in each
/// document: with a tenth, 0.4 % of the recurring blocks were not known, with a quarter 2.3 %, with a half 8.7 %, by age
/// alone 2.6 %.
const PROBATION: usize = 8;

/// The shard of a mixed key: its top six bits.
pub(crate) fn shard_of(key: u64) -> usize {
    (key >> 58) as usize
}

/// Who counts: a document's sighting of one kind of key, and the number of it if first sightings refer to it already.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Entering {
    pub(crate) sighting: Sighting,
    number: Option<u32>,
    /// The first sighting that was replaced last and what replaced it: of a copy's keys, most are the original's.
    merged: Option<(u32, u32)>,
}

impl Entering {
    pub(crate) fn new(sighting: Sighting) -> Self {
        Self { sighting, number: None, merged: None }
    }

    /// The same with its number already given.
    pub(crate) fn entered(sighting: Sighting, ring: &Ring) -> Self {
        Self { number: Some(ring.enter(Known::of(&sighting))), ..Self::new(sighting) }
    }

    fn number(&mut self, ring: &Ring) -> u32 {
        *self.number.get_or_insert_with(|| ring.enter(Known::of(&self.sighting)))
    }

    fn merged(&mut self, old: u32, known: Known, ring: &Ring) -> u32 {
        match self.merged {
            Some((replaced, by)) if replaced == old => by,
            _ => {
                let by = ring.enter(known);
                self.merged = Some((old, by));
                by
            }
        }
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

impl View {
    fn of_record(self, record: &Record) -> Sightings {
        record.sightings(match self {
            Self::Including(own) => record.witnesses.count_with(own),
            Self::Excluding(own) => record.witnesses.count_without(own),
            Self::AsIs(_) => record.witnesses.count(),
        })
    }

    fn of_first(self, first: Option<Known>) -> Sightings {
        let (Self::Including(own) | Self::Excluding(own) | Self::AsIs(own)) = self;
        match first {
            Some(first) if first.witness != own => {
                let witnesses = 1 + u32::from(matches!(self, Self::Including(_)));
                Sightings {
                    witnesses,
                    first_seen: i64::from(first.at),
                    last_seen: i64::from(first.at),
                    first_ordinal: first.ordinal,
                    last_ordinal: first.ordinal,
                }
            }
            _ => Sightings { witnesses: u32::from(!matches!(self, Self::Excluding(_))), ..Sightings::default() },
        }
    }
}

/// Counts a sighting of a key that has a record; whether that changed the evidence.
fn learn_again(record: &mut Record, sighting: Sighting, strong: u32) -> bool {
    let changed = record.merge(&Record::of(sighting));
    record.note_strength(strong, sighting.arrived);
    changed
}

/// One shard of the evidence. Keys are mixed.
#[derive(Debug)]
pub(crate) struct Shard {
    /// Keys seen by one witness so far, with the number of its sighting. These do not age, they are overwritten.
    firsts: Packed,
    cleaned: u32,
    evicted: u64,
    records: AHashMap<u64, Record>,
    max_records: usize,
    /// Up to so many witnesses a record is on probation.
    rare: u32,
    strong: u32,
    swept: u32,
}

impl Shard {
    pub(crate) fn new(config: &StoreConfig) -> Self {
        Self {
            firsts: Packed::new(config.first_bytes() / SHARDS, NUMBER_BITS),
            cleaned: 0,
            evicted: 0,
            records: AHashMap::new(),
            max_records: most_records(config.record_bytes() / SHARDS),
            rare: config.rare_witnesses,
            strong: config.strong(),
            swept: 0,
        }
    }

    /// Makes ready for a look at several keys.
    pub(crate) fn warm(&mut self, keys: impl Iterator<Item = u64> + Clone, ring: &Ring) {
        if self.cleaned != ring.epoch() {
            self.cleaned = ring.epoch();
            self.firsts.retain(|number| ring.knows(number));
        }
        self.firsts.warm(keys.clone());
        std::hint::black_box(keys.filter(|key| self.records.contains_key(key)).count());
    }

    /// What is known of `key`; then counts a sighting, if there is one to count, and whether that changed the evidence.
    /// Both with one look at the tables.
    pub(crate) fn visit(
        &mut self,
        key: u64,
        view: View,
        entering: Option<&mut Entering>,
        ring: &Ring,
    ) -> (Sightings, bool) {
        if let Some(record) = self.records.get_mut(&key) {
            let seen = view.of_record(record);
            let strong = self.strong;
            return (seen, entering.is_some_and(|entering| learn_again(record, entering.sighting, strong)));
        }
        let number = self.firsts.first(key);
        let first = number.and_then(|number| ring.get(number));
        let seen = view.of_first(first);
        (seen, entering.is_some_and(|entering| self.learn_first(key, number.zip(Some(first)), entering, ring)))
    }

    /// When `key` became strong, if it is.
    pub(crate) fn strong_since(&self, key: u64) -> Option<u32> {
        self.records.get(&key).map(|record| record.strong_at).filter(|&at| at != 0)
    }

    /// Counts a sighting of a key that has no record; whether that changed the evidence. `known` is the number of its
    /// first sighting, and that sighting unless it was forgotten.
    fn learn_first(
        &mut self,
        key: u64,
        known: Option<(u32, Option<Known>)>,
        entering: &mut Entering,
        ring: &Ring,
    ) -> bool {
        let sighting = entering.sighting;
        let Some((number, first)) = known else {
            self.firsts.push(key, entering.number(ring));
            return true;
        };
        let Some(first) = first else {
            // Forgotten, and not cleaned away yet.
            self.firsts.replace(key, number, entering.number(ring));
            return true;
        };
        if first.witness == sighting.witness {
            let earlier =
                Known { at: first.at.min(sighting.at), ordinal: first.ordinal.min(sighting.ordinal), ..first };
            if earlier != first {
                self.firsts.replace(key, number, entering.merged(number, earlier, ring));
            }
            return earlier != first;
        }
        let mut record = Record::of(first.sighting(sighting.arrived));
        record.merge(&Record::of(sighting));
        record.note_strength(self.strong, sighting.arrived);
        self.firsts.remove(key);
        self.make_room();
        self.records.insert(key, record);
        true
    }

    /// Counts sightings in their order: keys, and positions in `sightings`.
    pub(crate) fn learn_all(&mut self, sightings: &[Entering], keys: &[(u64, u32)], ring: &Ring) {
        /// As many memory accesses as a core keeps in flight, roughly.
        const AT_ONCE: usize = 16;
        let mut current: Option<(u32, Entering)> = None;
        for some in keys.chunks(AT_ONCE) {
            self.warm(some.iter().map(|(key, _)| *key), ring);
            for &(key, at) in some {
                // What was merged is remembered as long as keys of one document follow each other.
                if current.is_none_or(|(position, _)| position != at) {
                    current = Some((at, sightings[at as usize]));
                }
                if let Some((_, entering)) = &mut current {
                    let own = entering.sighting.witness;
                    self.visit(key, View::AsIs(own), Some(entering), ring);
                }
            }
        }
    }

    /// Merges a record from a checkpoint.
    pub(crate) fn restore(&mut self, key: u64, record: Record) {
        let arrived = record.arrived;
        if !self.records.contains_key(&key) {
            self.make_room();
        }
        let known = self.records.entry(key).and_modify(|known| _ = known.merge(&record)).or_insert(record);
        // The threshold may be another than it was.
        known.note_strength(self.strong, arrived);
    }

    /// Forgets records that have aged, at most once in a sixteenth of the shorter age: looking
    /// through a full shard takes time under its lock, and nobody needs the day to the minute.
    pub(crate) fn sweep(&mut self, now: u32, config: &StoreConfig) {
        if now.saturating_sub(self.swept) < config.sweep_interval() {
            return;
        }
        self.swept = now;
        self.keep(|_, record| now.saturating_sub(record.arrived) <= config.age_of(record.witnesses.count()));
    }

    pub(crate) fn records(&self) -> impl Iterator<Item = (u64, &Record)> {
        self.records.iter().map(|(&key, record)| (key, record))
    }

    /// Records, first sightings and bytes held, and entries that had to make room.
    pub(crate) fn usage(&self) -> (usize, usize, usize, u64) {
        let records = self.records.capacity().div_ceil(7) * 8 * PLACE_BYTES + self.records.len() * WITNESSES_BYTES;
        let bytes = self.firsts.bytes() + records;
        (self.records.len(), self.firsts.len(), bytes, self.evicted + self.firsts.evicted())
    }

    /// Forgets an eighth of the records if there is no place for another: the longest unmet of the rare ones, as far as
    /// these have more than their share, then the longest unmet of the others. The key breaks ties, so that the same
    /// stream always leaves the same records.
    fn make_room(&mut self) {
        if self.records.len() < self.max_records {
            return;
        }
        let (mut rare, mut others) = (Vec::new(), Vec::new());
        for (&key, record) in &self.records {
            let part = if record.witnesses.count() <= self.rare { &mut rare } else { &mut others };
            part.push((record.arrived, key));
        }
        let going = self.max_records.div_ceil(GOING);
        let of_rare =
            rare.len().saturating_sub(self.max_records / PROBATION).clamp(going - going.min(others.len()), going);
        let (last_rare, last_other) = (nth(&mut rare, of_rare), nth(&mut others, going - of_rare));
        self.evicted += going as u64;
        let witnesses = self.rare;
        self.keep(|key, record| {
            let last = if record.witnesses.count() <= witnesses { last_rare } else { last_other };
            last.is_none_or(|last| (record.arrived, key) > last)
        });
    }

    /// Keeps the records that `keep` wants. They are put in anew: the places of those that go would stay marked as left,
    /// and in time the map would double to be rid of the marks.
    fn keep(&mut self, keep: impl Fn(u64, &Record) -> bool) {
        let kept: Vec<_> = self.records.drain().filter(|(key, record)| keep(*key, record)).collect();
        self.records.extend(kept);
    }
}

/// Of a full table within so many bytes, how many records it has, if all of them have many witnesses.
fn most_records(bytes: usize) -> usize {
    // The map has a power of two of places and uses seven in eight.
    let places = (4..usize::BITS - 8).map(|bits| 1 << bits).take_while(|places| places * PLACE_BYTES < bytes);
    let records = places.map(|places| (places / 8 * 7).min((bytes - places * PLACE_BYTES) / WITNESSES_BYTES));
    records.max().unwrap_or(1).max(1)
}

/// The `n`th smallest; nothing if `n` is 0.
fn nth(ages: &mut [(u32, u64)], n: usize) -> Option<(u32, u64)> {
    (n > 0).then(|| *ages.select_nth_unstable(n - 1).1)
}
