//! The sets that a packed table is made of, and how entries are written in them.

use super::BLOCK_SETS;

/// Bits of a key that say where it belongs, below the six of the shard; fewer where values leave less room for them.
pub(super) const HOME_BITS: u32 = 37;

/// Bits for how far behind its home an entry stands.
pub(super) const AWAY_BITS: u32 = 2;

/// Sets that are tried in all: with three to move on to, sets of 15 to 21 places overflow hardly ever at 80 %.
pub(super) const TRIED: usize = 1 << AWAY_BITS;

/// Bytes of a set: two cache lines.
pub(super) const SET_BYTES: usize = 128;

/// The last two bytes of a set: how many entries it holds, and how many of its own stand elsewhere.
pub(super) const COUNT: usize = SET_BYTES - 2;
pub(super) const AWAY: usize = SET_BYTES - 1;

/// So many entries, newest first, and the two counts at the end.
#[derive(Debug, Clone, Copy)]
#[repr(align(64))]
pub(super) struct Set(pub(super) [u8; SET_BYTES]);

/// How entries are written while the table has a certain size.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Format {
    pub(super) sets: usize,
    /// Bytes of an entry.
    pub(super) width: usize,
    /// Entries of a set.
    pub(super) ways: usize,
    pub(super) value_bits: u32,
    pub(super) home_bits: u32,
    /// 2^64 / `sets`, rounded up: a multiplication by it divides, in a fifth of the time.
    pub(super) reciprocal: u64,
}

/// Where a key belongs, and what is stored of it there.
#[derive(Debug, Clone, Copy)]
pub(super) struct Home {
    pub(super) set: usize,
    pub(super) rest: u64,
}

impl Format {
    pub(super) fn new(sets: usize, value_bits: u32) -> Self {
        // An entry of the smallest table must fit 64 bits.
        let home_bits = HOME_BITS.min(u64::BITS - AWAY_BITS - value_bits - 1 + BLOCK_SETS.ilog2());
        let rest_bits = u64::BITS - ((1u64 << home_bits) / sets as u64).leading_zeros();
        let width = (value_bits + AWAY_BITS + rest_bits).div_ceil(8) as usize;
        Self { sets, width, ways: COUNT / width, value_bits, home_bits, reciprocal: u64::MAX / sets as u64 + 1 }
    }

    pub(super) fn home(&self, key: u64) -> Home {
        self.home_of((key << 6) >> (u64::BITS - self.home_bits))
    }

    /// The bits, a number below 2^37, times the sets: the upper half of the product is the set, the lower half divided
    /// by the sets is how far the bits lie above the first that belong there. With at most 2^26 sets nothing overflows,
    /// and the reciprocal's error is too small to show.
    pub(super) fn home_of(&self, bits: u64) -> Home {
        let product = bits * self.sets as u64;
        let within = product & ((1 << self.home_bits) - 1);
        let rest = (u128::from(within) * u128::from(self.reciprocal)) >> 64;
        Home { set: (product >> self.home_bits) as usize, rest: rest as u64 }
    }

    /// The lowest bits that belong into a set.
    pub(super) fn first(&self, set: usize) -> u64 {
        ((set as u64) << self.home_bits).div_ceil(self.sets as u64)
    }

    /// The set so many places behind another; the first follows the last.
    pub(super) fn behind(&self, set: usize, away: usize) -> usize {
        let index = set + away;
        if index < self.sets { index } else { index - self.sets }
    }

    /// An entry without its value.
    pub(super) fn tag(rest: u64, away: usize) -> u64 {
        rest << AWAY_BITS | away as u64
    }

    fn mask(&self) -> u64 {
        u64::MAX >> (64 - 8 * self.width)
    }

    pub(super) fn value(&self, entry: u64) -> u32 {
        (entry & ((1 << self.value_bits) - 1)) as u32
    }
}

impl Set {
    pub(super) fn count(&self) -> usize {
        usize::from(self.0[COUNT])
    }

    /// The entry at a place; the bytes behind it are cut off.
    pub(super) fn entry(&self, at: usize, format: &Format) -> u64 {
        self.word(at, format) & format.mask()
    }

    /// The entry at a place, with the bytes behind it.
    fn word(&self, at: usize, format: &Format) -> u64 {
        let from = at * format.width;
        let bytes: [u8; 8] = self.0[from..from + 8].try_into().unwrap_or_default();
        u64::from_le_bytes(bytes)
    }

    /// The first place with an entry of this tag.
    pub(super) fn position(&self, tag: u64, format: &Format) -> Option<usize> {
        let wanted = tag << format.value_bits;
        let mask = format.mask() & (u64::MAX << format.value_bits);
        let may_have = match format.width {
            6 => self.may_have::<6>(wanted, mask),
            7 => self.may_have::<7>(wanted, mask),
            8 => self.may_have::<8>(wanted, mask),
            _ => true,
        };
        if !may_have {
            return None;
        }
        (0..self.count()).find(|&at| (self.word(at, format) ^ wanted) & mask == 0)
    }

    /// Whether any place, in use or not, may have an entry that agrees with `wanted` in the bits of `mask`: a no is certain.
    /// Most keys are not there, and where a branch for each place would end is a guess.
    fn may_have<const WIDTH: usize>(&self, wanted: u64, mask: u64) -> bool {
        let mut any = 0;
        for at in 0..COUNT / WIDTH {
            let bytes: [u8; 8] = self.0[at * WIDTH..at * WIDTH + 8].try_into().unwrap_or_default();
            // What agrees is 0, and only below 0 is the highest bit set, but for an entry that has it itself.
            any |= ((u64::from_le_bytes(bytes) ^ wanted) & mask).wrapping_sub(1);
        }
        any >> 63 != 0
    }

    pub(super) fn entries(&self, format: Format) -> impl DoubleEndedIterator<Item = u64> + '_ {
        (0..self.count()).map(move |at| self.entry(at, &format))
    }

    pub(super) fn put(&mut self, at: usize, entry: u64, format: &Format) {
        // Eight bytes are written, those behind the entry as they were: a copy of a length not known beforehand is a call.
        let (from, word) = (at * format.width, self.word(at, format));
        self.0[from..from + 8].copy_from_slice(&(word & !format.mask() | entry).to_le_bytes());
    }

    pub(super) fn insert(&mut self, entry: u64, format: &Format) {
        // All bytes move, used or not: a length known beforehand needs no call. Most tables have these widths.
        match format.width {
            6 => self.put_first::<6>(entry),
            7 => self.put_first::<7>(entry),
            8 => self.put_first::<8>(entry),
            width => {
                self.0.copy_within(0..COUNT - width, width);
                self.put(0, entry, format);
            }
        }
        self.0[COUNT] += 1;
    }

    fn put_first<const WIDTH: usize>(&mut self, entry: u64) {
        let old = self.0;
        self.0[WIDTH..COUNT].copy_from_slice(&old[..COUNT - WIDTH]);
        self.0[..WIDTH].copy_from_slice(&entry.to_le_bytes()[..WIDTH]);
    }

    pub(super) fn remove(&mut self, at: usize, format: &Format) {
        let end = self.count() * format.width;
        self.0.copy_within((at + 1) * format.width..end, at * format.width);
        self.0[COUNT] -= 1;
    }
}
