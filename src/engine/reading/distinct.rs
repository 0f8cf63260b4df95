//! Keys in the order of their appearance, each once.
//!
//! A list and an index into it, four bytes a slot: `indexmap`'s set keeps a hash beside each key, though a key is one, and
//! copies all keys when it becomes a list. Reading a document adds thousands of keys.

use ahash::RandomState;
use std::sync::LazyLock;

/// Distinct keys, numbered in the order of their appearance.
pub(super) struct Distinct {
    keys: Vec<u64>,
    /// The number of a key plus one, at its place or the next free one behind it; 0 is free. A power of two of slots, of
    /// which half stay free at least, so that few are looked at for a key.
    slots: Vec<u32>,
}

/// Fewest slots.
const LEAST: usize = 16;

/// Spreads keys over the slots. Drawn at random for each process, for who writes a text chooses its keys: with a factor
/// that is known, many could be made to meet in one place.
static FACTOR: LazyLock<u64> = LazyLock::new(|| RandomState::new().hash_one(0) | 1);

impl Distinct {
    /// Room for so many keys; more make it grow.
    pub(super) fn with_capacity(keys: usize) -> Self {
        let slots = vec![0; (2 * keys).next_power_of_two().max(LEAST)];
        Self { keys: Vec::with_capacity(keys), slots }
    }

    /// The number of `key`, which is added if it is new.
    pub(super) fn add(&mut self, key: u64) -> u32 {
        let slot = self.slot(key);
        if let Some(known) = self.slots[slot].checked_sub(1) {
            return known;
        }
        self.keys.push(key);
        self.slots[slot] = self.keys.len() as u32;
        if 2 * self.keys.len() > self.slots.len() {
            self.grow();
        }
        self.keys.len() as u32 - 1
    }

    /// All keys in the order of their numbers.
    pub(super) fn into_list(self) -> Vec<u64> {
        self.keys
    }

    /// Where `key` stands, or the free slot where it belongs.
    fn slot(&self, key: u64) -> usize {
        let last = self.slots.len() - 1;
        // The uppermost bits of a product depend on all bits of the key.
        let mut slot = (key.wrapping_mul(*FACTOR) >> (64 - self.slots.len().trailing_zeros())) as usize;
        while self.slots[slot].checked_sub(1).is_some_and(|number| self.keys[number as usize] != key) {
            slot = (slot + 1) & last;
        }
        slot
    }

    fn grow(&mut self) {
        self.slots = vec![0; 2 * self.slots.len()];
        for number in 0..self.keys.len() {
            let slot = self.slot(self.keys[number]);
            self.slots[slot] = number as u32 + 1;
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use ahash::AHashMap;

    proptest::proptest! {
        #[test]
        fn keys_are_numbered_as_they_appear(
            keys in proptest::collection::vec(proptest::prelude::any::<u64>(), 0..200),
            again in proptest::collection::vec(0_usize..200, 0..400),
            room in 0_usize..300,
        ) {
            let (mut distinct, mut expected, mut list) = (Distinct::with_capacity(room), AHashMap::new(), Vec::new());
            // Few of the upper bits differ, as in keys that were chosen to meet.
            let keys: Vec<u64> = keys.iter().map(|key| key % 1000).chain(keys.iter().copied()).collect();
            for at in (0..keys.len()).chain(again).filter(|at| *at < keys.len()) {
                let number = *expected.entry(keys[at]).or_insert_with(|| {
                    list.push(keys[at]);
                    list.len() - 1
                });
                proptest::prop_assert_eq!(distinct.add(keys[at]) as usize, number);
            }
            proptest::prop_assert_eq!(distinct.into_list(), list);
        }
    }
}
