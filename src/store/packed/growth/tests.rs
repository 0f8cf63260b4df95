//! Tests of growth.

use super::*;
use crate::store::mix::mix;
use crate::store::packed::set::AWAY;
use proptest::prelude::*;

impl Packed {
    /// Growth as it is by definition: one entry after the other.
    fn grow_one_by_one(&mut self) {
        let (old, mut later) = (self.extend(), Vec::new());
        for index in (0..old.sets).rev() {
            let set = std::mem::replace(self.set_mut(index), Set([0; SET_BYTES]));
            self.take_apart(&set, index, &old, &mut later);
        }
        for (home, value) in later {
            self.insert(home, value);
        }
    }

    /// What its sets hold: entries, and how many of their own stand elsewhere.
    fn contents(&self) -> Vec<(Vec<u64>, u8)> {
        let sets = (0..self.format.sets).map(|index| self.set(index));
        sets.map(|set| (set.entries(self.format).collect(), set.0[AWAY])).collect()
    }
}

/// A table that had these keys pushed, grown `steps` times by hand besides as it filled.
fn filled(keys: &[u64], value_bits: u32, steps: usize, grow: fn(&mut Packed)) -> Packed {
    let mut table = Packed::new(1 << 20, value_bits);
    for part in keys.chunks(keys.len().div_ceil(steps).max(1)) {
        for (value, &key) in (0..).zip(part) {
            // Eight bits: no value may be larger than the fewest bits allow.
            table.insert(table.format.home(key), value % 256);
        }
        grow(&mut table);
    }
    table
}

proptest! {
    #[test]
    fn at_once_is_as_one_by_one(
        value_bits in prop::sample::select(vec![8_u32, 22, 32]),
        n in 0..4000_u64,
        crowd in 0..200_u64,
        steps in 1..12_usize,
        seed in any::<u64>(),
    ) {
        // Some are neighbours in the table, so that sets overflow; the last sets are among them.
        let crowded = (0..crowd).flat_map(|i| [(i << 42) | 5, !(i << 42)]);
        let mut keys: Vec<u64> = (0..n).map(|i| mix(seed.wrapping_add(i))).chain(crowded).collect();
        keys.sort_unstable_by_key(|key| mix(*key));
        let at_once = filled(&keys, value_bits, steps, Packed::grow);
        let one_by_one = filled(&keys, value_bits, steps, Packed::grow_one_by_one);
        prop_assert_eq!(at_once.contents(), one_by_one.contents());
        prop_assert_eq!((at_once.used, at_once.evicted), (one_by_one.used, one_by_one.evicted));
    }
}
