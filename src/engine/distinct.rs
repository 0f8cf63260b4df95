//! Distinct values of a document, numbered in the order of their appearance.
//!
//! A document has hundreds of fingerprints and long words, each looked up once or twice, so the table is made for that:
//! four bytes a slot, numbers instead of values in it, and one allocation if the number of values is known.

use ahash::RandomState;

/// A set that remembers its order.
#[derive(Debug, Default)]
pub(super) struct Distinct {
    values: Vec<u64>,
    /// Numbers of the values plus one; 0 is free. Its length is a power of two, at least twice that of the values.
    slots: Vec<u32>,
    /// Its seed is random: who writes a text cannot make its values meet in one slot.
    hasher: RandomState,
}

impl Distinct {
    /// An empty set with room for so many values.
    pub(super) fn with_capacity(values: usize) -> Self {
        let slots = vec![0; (2 * values).next_power_of_two()];
        Self { values: Vec::with_capacity(values), slots, hasher: RandomState::new() }
    }

    /// The number of `value`, which is added if it is new.
    pub(super) fn add(&mut self, value: u64) -> u32 {
        if 2 * (self.values.len() + 1) > self.slots.len() {
            self.grow();
        }
        let slot = self.slot(value);
        if self.slots[slot] == 0 {
            self.values.push(value);
            self.slots[slot] = self.values.len() as u32;
        }
        self.slots[slot] - 1
    }

    /// The number of `value`, if it is known.
    pub(super) fn find(&self, value: u64) -> Option<u32> {
        if self.slots.is_empty() { None } else { self.slots[self.slot(value)].checked_sub(1) }
    }

    /// The values in their order.
    pub(super) fn into_values(self) -> Vec<u64> {
        self.values
    }

    /// Where `value` is, or the free slot where it belongs.
    fn slot(&self, value: u64) -> usize {
        let mask = self.slots.len() - 1;
        let mut slot = self.hasher.hash_one(value) as usize & mask;
        while self.slots[slot].checked_sub(1).is_some_and(|number| self.values[number as usize] != value) {
            slot = (slot + 1) & mask;
        }
        slot
    }

    fn grow(&mut self) {
        self.slots = vec![0; (4 * self.values.len()).next_power_of_two().max(16)];
        for (number, &value) in (1..).zip(&self.values) {
            let slot = self.slot(value);
            self.slots[slot] = number;
        }
    }
}

/// How often values occur.
#[derive(Debug, Default)]
pub(super) struct Counts {
    distinct: Distinct,
    counts: Vec<u32>,
}

impl Counts {
    /// No counts, with room for so many values.
    pub(super) fn with_capacity(values: usize) -> Self {
        Self { distinct: Distinct::with_capacity(values), counts: Vec::with_capacity(values) }
    }

    /// Counts `value` once more.
    pub(super) fn add(&mut self, value: u64) {
        let number = self.distinct.add(value) as usize;
        self.counts.resize(self.counts.len().max(number + 1), 0);
        self.counts[number] += 1;
    }

    /// How often `value` occurred.
    pub(super) fn get(&self, value: u64) -> u32 {
        self.distinct.find(value).map_or(0, |number| self.counts[number as usize])
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn values_are_numbered_as_they_appear() {
        for capacity in [0, 3, 1000] {
            let mut set = Distinct::with_capacity(capacity);
            assert_eq!(set.find(7), None);
            for value in (0..500).map(|i| i * i % 301) {
                let number = set.add(value);
                assert_eq!((set.add(value), set.find(value)), (number, Some(number)));
            }
            assert_eq!(set.find(1000), None);
            let values = set.into_values();
            assert_eq!(values[..5], [0, 1, 4, 9, 16]);
            assert!((1..values.len()).all(|i| !values[..i].contains(&values[i])));
        }
        assert_eq!(Distinct::default().find(0), None);
    }

    #[test]
    fn occurrences_are_counted() {
        let mut counts = Counts::with_capacity(2);
        for value in [5, 6, 5, 0, 5] {
            counts.add(value);
        }
        assert_eq!([5, 6, 0, 1].map(|value| counts.get(value)), [3, 1, 1, 0]);
    }
}
