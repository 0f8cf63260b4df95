//! A set-associative table: fixed places, lazily grown to a bound, the oldest entry of a full set makes room.
//!
//! It holds what is mostly never asked for again (first sightings, sketch hashes), so it must cost few bytes and may
//! forget. Entries carry a 32-bit tag instead of their key: with 2^12 sets to begin with (shards included), a stranger
//! is mistaken for an entry with probability n / 2^44, which is one in 500,000 at 33 million entries.

/// What a table keeps: small, copyable, with a tag. `Default` is the free place.
pub(crate) trait Entry: Copy + Default {
    /// Low 32 bits of the mixed key.
    fn tag(&self) -> u32;
    /// Whether the place is in use.
    fn is_used(&self) -> bool;
}

/// Sets that a table starts with: 64 × 64 shards × 128 bytes = 512 KiB, nothing to a run over five documents.
const BASE_SETS: usize = 64;

/// One set, at the start of a cache line: a look costs a memory access or two, not three.
#[derive(Debug, Clone, Copy)]
#[repr(align(64))]
struct Set<E, const WAYS: usize>([E; WAYS]);

/// A table of sets of `WAYS` entries each, newest first. Keys must be well mixed; their top six bits are not used.
#[derive(Debug)]
pub(crate) struct Assoc<E, const WAYS: usize> {
    sets: Vec<Set<E, WAYS>>,
    used: usize,
    max_sets: usize,
}

impl<E: Entry, const WAYS: usize> Assoc<E, WAYS> {
    /// A table of at most `bytes` bytes, rounded down to a power of two of sets and never less than [`BASE_SETS`].
    pub(crate) fn new(bytes: usize) -> Self {
        let sets = (bytes / size_of::<Set<E, WAYS>>()).max(BASE_SETS);
        Self { sets: vec![Set([E::default(); WAYS]); BASE_SETS], used: 0, max_sets: 1 << sets.ilog2() }
    }

    /// Fetches the sets of several keys into the cache. Without branches in between, the accesses overlap; the look
    /// that follows would make them one after the other.
    pub(crate) fn warm(&self, keys: impl Iterator<Item = u64>) {
        let touched = keys.fold(0, |sum, key| sum ^ self.sets[self.position(key)].0[0].tag());
        std::hint::black_box(touched);
    }

    /// Entries under the tag of `key`, newest first.
    pub(crate) fn get(&self, key: u64) -> impl Iterator<Item = &E> {
        self.sets[self.position(key)].0.iter().filter(move |entry| entry.is_used() && entry.tag() == key as u32)
    }

    /// The first entry under the tag of `key`, to change in place.
    pub(crate) fn get_mut(&mut self, key: u64) -> Option<&mut E> {
        let position = self.position(key);
        self.sets[position].0.iter_mut().find(|entry| entry.is_used() && entry.tag() == key as u32)
    }

    /// Adds an entry, whose tag must be that of `key`. If its set is full, the table grows or the oldest entry goes.
    pub(crate) fn push(&mut self, key: u64, entry: E) {
        debug_assert_eq!(entry.tag(), key as u32, "an entry under a foreign tag is never found again");
        while self.sets[self.position(key)].0[WAYS - 1].is_used() && self.may_grow() {
            self.grow();
        }
        let position = self.position(key);
        let set = &mut self.sets[position].0;
        self.used += usize::from(!set[WAYS - 1].is_used());
        set.copy_within(0..WAYS - 1, 1);
        set[0] = entry;
    }

    /// Removes the first entry under the tag of `key`.
    pub(crate) fn remove(&mut self, key: u64) {
        let position = self.position(key);
        let set = &mut self.sets[position].0;
        if let Some(at) = set.iter().position(|entry| entry.is_used() && entry.tag() == key as u32) {
            set.copy_within(at + 1..WAYS, at);
            set[WAYS - 1] = E::default();
            self.used -= 1;
        }
    }

    /// Bytes taken now.
    pub(crate) fn bytes(&self) -> usize {
        self.sets.len() * size_of::<Set<E, WAYS>>()
    }

    /// Entries held now.
    pub(crate) fn len(&self) -> usize {
        self.used
    }

    /// Whether a full set is a reason to grow. A small table grows from a quarter full on, where a set of eight overflows
    /// by chance in 0.02 % of cases, so that short runs forget nothing; a large one from half full on (2 % near the
    /// end), as it would else be mostly empty places.
    fn may_grow(&self) -> bool {
        /// 128 KiB of first sightings; in all shards 8 MiB, the keys of some 500 documents.
        const SMALL_SETS: usize = 1024;
        let enough = if self.sets.len() <= SMALL_SETS { 4 } else { 2 };
        self.sets.len() < self.max_sets && self.used * enough >= self.sets.len() * WAYS
    }

    /// The base part comes from bits that no entry keeps, the part that grows from the tag, so entries can move
    /// without their key.
    fn position(&self, key: u64) -> usize {
        let base = (key >> 32) as usize % BASE_SETS;
        let group = key as u32 as usize & (self.sets.len() / BASE_SETS - 1);
        group * BASE_SETS + base
    }

    fn grow(&mut self) {
        let old = self.sets.len();
        let groups = old / BASE_SETS;
        self.sets.resize(old * 2, Set([E::default(); WAYS]));
        for from in 0..old {
            let set = std::mem::replace(&mut self.sets[from].0, [E::default(); WAYS]);
            let (mut low, mut high) = (0, 0);
            for entry in set.into_iter().filter(Entry::is_used) {
                let moves = entry.tag() as usize & groups != 0;
                let (to, at) = if moves { (from + old, &mut high) } else { (from, &mut low) };
                self.sets[to].0[*at] = entry;
                *at += 1;
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::store::mix::mix;

    #[derive(Debug, Clone, Copy, Default, PartialEq)]
    struct Probe(u32, u32);

    impl Entry for Probe {
        fn tag(&self) -> u32 {
            self.0
        }
        fn is_used(&self) -> bool {
            self.1 != 0
        }
    }

    fn filled(bytes: usize, n: u64) -> Assoc<Probe, 8> {
        let mut table = Assoc::new(bytes);
        for key in 1..=n {
            table.push(mix(key), Probe(mix(key) as u32, key as u32));
        }
        table
    }

    #[test]
    fn finds_nearly_all_while_there_is_room() {
        let table = filled(1 << 20, 30_000);
        let found = (1..=30_000u64).filter(|&key| table.get(mix(key)).any(|entry| u64::from(entry.1) == key)).count();
        assert!(found > 29_500, "only {found} of 30000 found");
        assert!((30_001..60_000u64).all(|key| table.get(mix(key)).next().is_none()), "strangers found");
    }

    #[test]
    fn a_flood_stays_in_bounds_and_the_newest_stay() {
        let table = filled(1 << 16, 100_000);
        assert!(table.bytes() <= 1 << 16 && table.len() <= 1 << 13);
        assert!((99_900..=100_000u64).all(|key| table.get(mix(key)).next().is_some()));
    }

    #[test]
    fn removing_frees_the_place() {
        let mut table = filled(1 << 16, 10);
        table.remove(mix(3));
        table.remove(mix(3));
        assert_eq!((table.len(), table.get(mix(3)).count(), table.get(mix(4)).count()), (9, 0, 1));
    }
}
