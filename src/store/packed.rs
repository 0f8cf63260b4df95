//! A compact table of small values: fixed places, grown in small steps to a bound, the oldest of a full set makes room.
//!
//! It holds what is mostly never asked for again (first sightings, sketch hashes), so it must cost few bytes and may
//! forget. Of a key it keeps 43 bits: six chose the shard, the others say where in the table it belongs, and what is
//! left of them once the place is known is stored (Knuth calls it quotienting). A stranger is mistaken for an entry
//! with probability n / 2^43: one in 500,000 at 16 million entries. With values of 22 bits an entry costs 6 bytes in a
//! large table, 7 in a small one, and between 71 and 80 % of the places are used.

mod set;

use set::{AWAY, AWAY_BITS, COUNT, Format, Home, SET_BYTES, Set, TRIED};

/// Sets that are allocated together. 8 KiB, so that 64 shards start with half a megabyte.
const BLOCK_SETS: usize = 64;

/// A table grows by this part of its size: memory follows use, and an entry is moved eight times over in all.
const STEP: usize = 8;

/// Sets of the largest table: 8 GiB, and [`Format::home_of`] counts on no more.
const MOST_SETS: usize = 1 << 26;

/// Twentieths of the places that are used when a table grows. Measured for 250,000 keys in one table: at 15 it has
/// forgotten 0.1 % of them by then, at 16 0.35 %, at 17 1.1 %.
const FULL: usize = 16;

/// A table from keys, which must be well mixed, to values; a key may have several.
#[derive(Debug)]
pub(crate) struct Packed {
    blocks: Vec<Box<[Set; BLOCK_SETS]>>,
    format: Format,
    used: usize,
    max_sets: usize,
    evicted: u64,
}

impl Packed {
    /// A table of at most `bytes` bytes, and never less than a block, for values of so many bits, 32 at most.
    pub(crate) fn new(bytes: usize, value_bits: u32) -> Self {
        let max_sets = (bytes / SET_BYTES).clamp(BLOCK_SETS, MOST_SETS) / BLOCK_SETS * BLOCK_SETS;
        let format = Format::new(BLOCK_SETS, value_bits);
        Self { blocks: vec![block()], format, used: 0, max_sets, evicted: 0 }
    }

    /// Fetches the sets of several keys into the cache. Without branches in between, the accesses overlap; the look
    /// that follows would make them one after the other.
    pub(crate) fn warm(&self, keys: impl Iterator<Item = u64>) {
        let touched = keys.fold(0, |sum, key| {
            let set = self.set(self.format.home(key).set);
            sum ^ set.0[0] ^ set.0[COUNT]
        });
        std::hint::black_box(touched);
    }

    /// Values of `key`, the newest first as far as they stand together.
    pub(crate) fn get(&self, key: u64) -> impl Iterator<Item = u32> {
        self.places(key).map(|(set, at)| self.format.value(self.set(set).entry(at, &self.format)))
    }

    /// The first of the values that [`Self::get`] gives, faster.
    pub(crate) fn first(&self, key: u64) -> Option<u32> {
        let (set, at) = self.place(key)?;
        Some(self.format.value(self.set(set).entry(at, &self.format)))
    }

    /// Puts `value` in place of the first `old` of `key`.
    pub(crate) fn replace(&mut self, key: u64, old: u32, value: u32) {
        let format = self.format;
        let place = self.places(key).find(|&(set, at)| format.value(self.set(set).entry(at, &format)) == old);
        if let Some((set, at)) = place {
            let entry = self.set(set).entry(at, &format);
            self.set_mut(set).put(at, entry ^ u64::from(old) ^ u64::from(value), &format);
        }
    }

    /// Adds a value. If there is no room, the table grows, or the oldest entry of the set goes.
    pub(crate) fn push(&mut self, key: u64, value: u32) {
        if self.used * 20 >= self.format.sets * self.format.ways * FULL && self.format.sets < self.max_sets {
            self.grow();
        }
        self.insert(self.format.home(key), value);
    }

    /// Removes the first value of `key`.
    pub(crate) fn remove(&mut self, key: u64) {
        if let Some((set, at)) = self.place(key) {
            self.take_out(set, at);
        }
    }

    /// Keeps the values that `keep` wants.
    pub(crate) fn retain(&mut self, keep: impl Fn(u32) -> bool) {
        let format = self.format;
        for set in 0..format.sets {
            for at in (0..self.set(set).count()).rev() {
                if !keep(format.value(self.set(set).entry(at, &format))) {
                    self.take_out(set, at);
                }
            }
        }
    }

    /// Bytes taken now.
    pub(crate) fn bytes(&self) -> usize {
        self.blocks.len() * BLOCK_SETS * SET_BYTES
    }

    /// Entries held now.
    pub(crate) fn len(&self) -> usize {
        self.used
    }

    /// Entries that had to make room so far.
    pub(crate) fn evicted(&self) -> u64 {
        self.evicted
    }

    fn set(&self, index: usize) -> &Set {
        &self.blocks[index / BLOCK_SETS][index % BLOCK_SETS]
    }

    fn set_mut(&mut self, index: usize) -> &mut Set {
        &mut self.blocks[index / BLOCK_SETS][index % BLOCK_SETS]
    }

    /// The sets that may hold what is at home in this one.
    fn tried(&self, home: usize) -> std::ops::Range<usize> {
        0..if self.set(home).0[AWAY] == 0 { 1 } else { TRIED }
    }

    /// The first of [`Self::places`].
    fn place(&self, key: u64) -> Option<(usize, usize)> {
        let home = self.format.home(key);
        self.tried(home.set).find_map(|away| {
            let index = self.format.behind(home.set, away);
            let at = self.set(index).position(Format::tag(home.rest, away), &self.format)?;
            Some((index, at))
        })
    }

    /// The places with entries of `key`: sets and positions in them.
    fn places(&self, key: u64) -> impl Iterator<Item = (usize, usize)> {
        let format = self.format;
        let home = format.home(key);
        self.tried(home.set).flat_map(move |away| {
            let index = format.behind(home.set, away);
            let (set, wanted) = (self.set(index), Format::tag(home.rest, away));
            let is_wanted = move |at: &usize| set.entry(*at, &format) >> format.value_bits == wanted;
            (0..set.count()).filter(is_wanted).map(move |at| (index, at))
        })
    }

    fn insert(&mut self, home: Home, value: u32) {
        let format = self.format;
        let index = |away| format.behind(home.set, away);
        let free = (0..TRIED).find(|&away| self.set(index(away)).count() < format.ways);
        let away = free.unwrap_or_else(|| {
            self.take_out(home.set, format.ways - 1);
            self.evicted += 1;
            0
        });
        let entry = Format::tag(home.rest, away) << format.value_bits | u64::from(value);
        self.set_mut(index(away)).insert(entry, &format);
        self.set_mut(home.set).0[AWAY] += u8::from(away > 0);
        self.used += 1;
    }

    fn take_out(&mut self, set: usize, at: usize) {
        let format = self.format;
        let away = (self.set(set).entry(at, &format) >> format.value_bits) as usize % TRIED;
        self.set_mut(set).remove(at, &format);
        let home = format.behind(set, format.sets - away);
        self.set_mut(home).0[AWAY] -= u8::from(away > 0);
        self.used -= 1;
    }

    /// Grows in place, from the last set down: an entry's home never moves towards the front. No block is ever given
    /// back, for what else the program allocates would settle in it, and memory would grow by the table over and over.
    fn grow(&mut self) {
        let old = self.format;
        let step = (old.sets / STEP).next_multiple_of(BLOCK_SETS);
        let new = Format::new((old.sets + step).min(self.max_sets), old.value_bits);
        self.blocks.extend((old.sets..new.sets).step_by(BLOCK_SETS).map(|_| block()));
        (self.format, self.used) = (new, 0);
        let mut later = Vec::new();
        for index in (0..old.sets).rev() {
            let set = std::mem::replace(self.set_mut(index), Set([0; SET_BYTES]));
            let first = old.first(index);
            for entry in set.entries(old).rev() {
                let tag = entry >> old.value_bits;
                let first = match tag as usize % TRIED {
                    0 => first,
                    away => old.first(old.behind(index, old.sets - away)),
                };
                let home = new.home_of(first + (tag >> AWAY_BITS));
                // Sets before this one are not ready, nor are those behind the last, which are the first.
                if home.set < index || home.set + TRIED > new.sets {
                    later.push((home, old.value(entry)));
                } else {
                    self.insert(home, old.value(entry));
                }
            }
        }
        for (home, value) in later {
            self.insert(home, value);
        }
    }
}

fn block() -> Box<[Set; BLOCK_SETS]> {
    Box::new([Set([0; SET_BYTES]); BLOCK_SETS])
}

#[cfg(test)]
mod tests;
