//! A compact table of small values: fixed places, grown in small steps to a bound, the oldest of a full set makes room.
//!
//! It holds what is mostly never asked for again (first sightings, sketch hashes), so it must cost few bytes and may
//! forget. Of a key it keeps 43 bits: six chose the shard, the others say where in the table it belongs, and what is
//! left of them once the place is known is stored (Knuth calls it quotienting). A stranger is mistaken for an entry
//! with probability n / 2^43: one in 500,000 at 16 million entries. With values of 22 bits an entry costs 6 bytes in a
//! large table, 7 in a small one, and between 71 and 80 % of the places are used.

/// Bits of a key that say where it belongs, below the six of the shard; fewer where values leave less room for them.
const HOME_BITS: u32 = 37;

/// Bits for how far behind its home an entry stands.
const AWAY_BITS: u32 = 2;

/// Sets that are tried in all: with three to move on to, sets of 15 to 21 places overflow hardly ever at 80 %.
const TRIED: usize = 1 << AWAY_BITS;

/// Bytes of a set: two cache lines.
const SET_BYTES: usize = 128;

/// The last two bytes of a set: how many entries it holds, and how many of its own stand elsewhere.
const COUNT: usize = SET_BYTES - 2;
const AWAY: usize = SET_BYTES - 1;

/// Sets that are allocated together. 8 KiB, so that 64 shards start with half a megabyte.
const BLOCK_SETS: usize = 64;

/// A table grows by this part of its size: memory follows use, and an entry is moved eight times over in all.
const STEP: usize = 8;

/// Sets of the largest table: 8 GiB, and [`Format::home_of`] counts on no more.
const MOST_SETS: usize = 1 << 26;

/// Twentieths of the places that are used when a table grows. Measured for 250,000 keys in one table: at 15 it has
/// forgotten 0.1 % of them by then, at 16 0.35 %, at 17 1.1 %.
const FULL: usize = 16;

/// So many entries, newest first, and the two counts at the end.
#[derive(Debug, Clone, Copy)]
#[repr(align(64))]
struct Set([u8; SET_BYTES]);

/// How entries are written while the table has a certain size.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
struct Format {
    sets: usize,
    /// Bytes of an entry.
    width: usize,
    /// Entries of a set.
    ways: usize,
    value_bits: u32,
    home_bits: u32,
    /// 2^64 / `sets`, rounded up: a multiplication by it divides, in a fifth of the time.
    reciprocal: u64,
}

/// Where a key belongs, and what is stored of it there.
#[derive(Debug, Clone, Copy)]
struct Home {
    set: usize,
    rest: u64,
}

/// A table from keys, which must be well mixed, to values; a key may have several.
#[derive(Debug)]
pub(crate) struct Packed {
    blocks: Vec<Box<[Set; BLOCK_SETS]>>,
    format: Format,
    used: usize,
    max_sets: usize,
    evicted: u64,
}

impl Format {
    fn new(sets: usize, value_bits: u32) -> Self {
        // An entry of the smallest table must fit 64 bits.
        let home_bits = HOME_BITS.min(u64::BITS - AWAY_BITS - value_bits - 1 + BLOCK_SETS.ilog2());
        let rest_bits = u64::BITS - ((1u64 << home_bits) / sets as u64).leading_zeros();
        let width = (value_bits + AWAY_BITS + rest_bits).div_ceil(8) as usize;
        Self { sets, width, ways: COUNT / width, value_bits, home_bits, reciprocal: u64::MAX / sets as u64 + 1 }
    }

    fn home(&self, key: u64) -> Home {
        self.home_of((key << 6) >> (u64::BITS - self.home_bits))
    }

    /// The bits, a number below 2^37, times the sets: the upper half of the product is the set, the lower half divided
    /// by the sets is how far the bits lie above the first that belong there. With at most 2^26 sets nothing overflows,
    /// and the reciprocal's error is too small to show.
    fn home_of(&self, bits: u64) -> Home {
        let product = bits * self.sets as u64;
        let within = product & ((1 << self.home_bits) - 1);
        let rest = (u128::from(within) * u128::from(self.reciprocal)) >> 64;
        Home { set: (product >> self.home_bits) as usize, rest: rest as u64 }
    }

    /// The lowest bits that belong into a set.
    fn first(&self, set: usize) -> u64 {
        ((set as u64) << self.home_bits).div_ceil(self.sets as u64)
    }

    /// The set so many places behind another; the first follows the last.
    fn behind(&self, set: usize, away: usize) -> usize {
        let index = set + away;
        if index < self.sets { index } else { index - self.sets }
    }

    /// An entry without its value.
    fn tag(rest: u64, away: usize) -> u64 {
        rest << AWAY_BITS | away as u64
    }

    fn mask(&self) -> u64 {
        u64::MAX >> (64 - 8 * self.width)
    }

    fn value(&self, entry: u64) -> u32 {
        (entry & ((1 << self.value_bits) - 1)) as u32
    }
}

impl Set {
    fn count(&self) -> usize {
        usize::from(self.0[COUNT])
    }

    /// The entry at a place; the bytes behind it are cut off.
    fn entry(&self, at: usize, format: &Format) -> u64 {
        self.word(at, format) & format.mask()
    }

    /// The entry at a place, with the bytes behind it.
    fn word(&self, at: usize, format: &Format) -> u64 {
        let from = at * format.width;
        let bytes: [u8; 8] = self.0[from..from + 8].try_into().unwrap_or_default();
        u64::from_le_bytes(bytes)
    }

    /// The first place with an entry of this tag.
    fn position(&self, tag: u64, format: &Format) -> Option<usize> {
        let wanted = tag << format.value_bits;
        let mask = format.mask() & (u64::MAX << format.value_bits);
        (0..self.count()).find(|&at| (self.word(at, format) ^ wanted) & mask == 0)
    }

    fn entries(&self, format: Format) -> impl DoubleEndedIterator<Item = u64> + '_ {
        (0..self.count()).map(move |at| self.entry(at, &format))
    }

    fn put(&mut self, at: usize, entry: u64, format: &Format) {
        let from = at * format.width;
        self.0[from..from + format.width].copy_from_slice(&entry.to_le_bytes()[..format.width]);
    }

    fn insert(&mut self, entry: u64, format: &Format) {
        // All bytes move, used or not: a length known beforehand needs no call. Most tables have these widths.
        match format.width {
            6 => self.make_room::<6>(),
            7 => self.make_room::<7>(),
            8 => self.make_room::<8>(),
            width => self.0.copy_within(0..COUNT - width, width),
        }
        self.put(0, entry, format);
        self.0[COUNT] += 1;
    }

    fn make_room<const WIDTH: usize>(&mut self) {
        let old = self.0;
        self.0[WIDTH..COUNT].copy_from_slice(&old[..COUNT - WIDTH]);
    }

    fn remove(&mut self, at: usize, format: &Format) {
        let end = self.count() * format.width;
        self.0.copy_within((at + 1) * format.width..end, at * format.width);
        self.0[COUNT] -= 1;
    }
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
