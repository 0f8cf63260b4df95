//! How a packed table grows.

use super::set::{AWAY_BITS, Format, Home, SET_BYTES, Set, TRIED};
use super::{BLOCK_SETS, Packed, STEP, block};

/// Entries of a set that is moved at once. More than sets of first sightings have: of 5 bytes at least, 25. A power of two,
/// so that positions need no check.
const PART_PLACES: usize = 32;

/// Sets that the entries of one go to when a table grows by an eighth: two, or three with the borders unluckily placed.
const SPREAD: usize = 3;

/// Entries of one set that go into the same set of the table as it becomes.
#[derive(Debug, Clone, Copy, Default)]
struct Part {
    entries: [u64; PART_PLACES],
    len: usize,
}

impl Part {
    /// Adds an entry if it is `wanted`. It is written in any case, and overwritten by the next: a branch would be
    /// mispredicted for one in three.
    fn offer(&mut self, entry: u64, wanted: bool) {
        self.entries[self.len % PART_PLACES] = entry;
        self.len += usize::from(wanted);
    }
}

impl Packed {
    /// Grows in place, from the last set down: an entry's home never moves towards the front. No block is ever given
    /// back, for what else the program allocates would settle in it, and memory would grow by the table over and over.
    pub(super) fn grow(&mut self) {
        let old = self.extend();
        let (mut later, mut parts) = (Vec::new(), [Part::default(); SPREAD]);
        for index in (0..old.sets).rev() {
            let set = std::mem::replace(self.set_mut(index), Set([0; SET_BYTES]));
            let first = old.first(index);
            if !self.take_over(&set, first, &old, &mut parts) {
                self.take_apart(&set, index, &old, &mut later);
            }
        }
        for (home, value) in later {
            self.insert(home, value);
        }
    }

    /// Adds empty sets and becomes a table of their number, without entries as yet; the format that it had.
    fn extend(&mut self) -> Format {
        let old = self.format;
        let step = (old.sets / STEP).next_multiple_of(BLOCK_SETS);
        let new = Format::new((old.sets + step).min(self.max_sets), old.value_bits);
        self.blocks.extend((old.sets..new.sets).step_by(BLOCK_SETS).map(|_| block()));
        (self.format, self.used) = (new, 0);
        old
    }

    /// Inserts the entries of a set of the table as it was, the oldest first, or puts them off until all sets are ready.
    fn take_apart(&mut self, set: &Set, index: usize, old: &Format, later: &mut Vec<(Home, u32)>) {
        let new = self.format;
        for entry in set.entries(*old).rev() {
            let tag = entry >> old.value_bits;
            let home = old.behind(index, old.sets - tag as usize % TRIED);
            let home = new.home_of(old.first(home) + (tag >> AWAY_BITS));
            // Sets before this one are not ready, nor are those behind the last, which are the first.
            if home.set < index || home.set + TRIED > new.sets {
                later.push((home, old.value(entry)));
            } else {
                self.insert(home, old.value(entry));
            }
        }
    }

    /// The same at once, in half of the time, for entries that all stand in their home and will find room in it: nearly
    /// four sets in five. `first` are the lowest bits that belonged there. Whether it did; if not, nothing has changed.
    fn take_over(&mut self, set: &Set, first: u64, old: &Format, parts: &mut [Part; SPREAD]) -> bool {
        let new = self.format;
        let Home { set: base, rest } = new.home_of(first);
        if base + SPREAD + TRIED > new.sets || set.count() > PART_PLACES {
            return false;
        }
        let [second, third, end] = [1, 2, 3].map(|at| new.first(base + at) - first);
        let borders = [0_u64.wrapping_sub(rest), second, third, end];
        if !part(set, old, borders, parts) {
            return false;
        }
        if (0..SPREAD).any(|at| self.set(base + at).count() + parts[at].len > new.ways) {
            return false;
        }
        for (at, part) in parts.iter().enumerate().filter(|(_, part)| part.len > 0) {
            self.set_mut(base + at).put_all(&part.entries[..part.len], &new);
            self.used += part.len;
        }
        true
    }
}

/// Parts the entries of a set by their new homes, of which `borders` are the lowest bits, counted from those that belonged
/// into the set; entries come out as they will be written. Whether all stood in their home, and have one of these now.
fn part(set: &Set, old: &Format, borders: [u64; SPREAD + 1], parts: &mut [Part; SPREAD]) -> bool {
    let shift = AWAY_BITS + old.value_bits;
    let [from, second, third, end] = borders.map(|border| border << shift);
    let [a, b, c] = parts;
    (a.len, b.len, c.len) = (0, 0, 0);
    let mut all = 0;
    for entry in set.entries(*old) {
        all |= entry;
        a.offer(entry.wrapping_sub(from), entry < second);
        b.offer(entry.wrapping_sub(second), entry >= second && entry < third);
        c.offer(entry.wrapping_sub(third), entry >= third && entry < end);
    }
    let away = (all >> old.value_bits) as usize % TRIED;
    away == 0 && a.len + b.len + c.len == set.count()
}

#[cfg(test)]
mod tests;
