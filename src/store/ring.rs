//! Sightings that first sightings refer to: one per document and kind of key, instead of one per key.
//!
//! A key seen once needs its witness, time and ordinal when the second witness comes. They are the same for all of a
//! document's keys, so a table of first sightings keeps a short number instead, under which they stand here. The oldest
//! make room; a number that has been given away again is noticed by its age.

use std::sync::atomic::{AtomicU32, Ordering};
use std::sync::{PoisonError, RwLock};

use super::record::Sighting;

/// Bits of a number.
pub(crate) const NUMBER_BITS: u32 = 22;

/// Locks of a ring. A look takes some nanoseconds; two threads hardly meet.
const STRIPES: usize = 16;

/// After so many sightings, tables must have got rid of numbers that are no longer known, lest they come to mean
/// others: a quarter of all numbers.
const CLEAN_EVERY: u32 = 1 << (NUMBER_BITS - 2);

/// What is kept of a sighting; its arrival is that of the second one, then.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(crate) struct Known {
    pub(crate) witness: u32,
    pub(crate) at: u32,
    pub(crate) ordinal: u32,
}

impl Known {
    pub(crate) fn of(sighting: &Sighting) -> Self {
        Self { witness: sighting.witness, at: sighting.at, ordinal: sighting.ordinal }
    }

    pub(crate) fn sighting(self, arrived: u32) -> Sighting {
        Sighting { witness: self.witness, at: self.at, ordinal: self.ordinal, arrived }
    }
}

/// The latest sightings by number.
#[derive(Debug)]
pub(crate) struct Ring {
    stripes: Vec<RwLock<Vec<Known>>>,
    /// The next number; its low bits are what tables keep.
    next: AtomicU32,
    /// Sightings kept.
    size: u32,
}

impl Ring {
    /// A ring of at most `bytes` bytes and half of all numbers; it starts empty.
    pub(crate) fn new(bytes: usize) -> Self {
        let size = (bytes / size_of::<Known>()).clamp(1 << 10, 1 << (NUMBER_BITS - 1));
        let size = size / STRIPES * STRIPES;
        Self { stripes: (0..STRIPES).map(|_| RwLock::default()).collect(), next: AtomicU32::new(0), size: size as u32 }
    }

    /// Keeps a sighting; its number.
    pub(crate) fn enter(&self, known: Known) -> u32 {
        let number = self.next.fetch_add(1, Ordering::AcqRel);
        let (stripe, at) = self.place(number);
        let mut stripe = self.stripes[stripe].write().unwrap_or_else(PoisonError::into_inner);
        if stripe.len() <= at {
            // Two threads may come in the other order than their numbers.
            stripe.resize(at + 1, Known::default());
        }
        stripe[at] = known;
        number % (1 << NUMBER_BITS)
    }

    /// The sighting with this number, if it is still known.
    pub(crate) fn get(&self, number: u32) -> Option<Known> {
        let full = self.full(number)?;
        let (stripe, at) = self.place(full);
        let stripe = self.stripes[stripe].read().unwrap_or_else(PoisonError::into_inner);
        stripe.get(at).copied().filter(|known| known.witness != 0)
    }

    /// Whether this number is still known.
    pub(crate) fn knows(&self, number: u32) -> bool {
        self.full(number).is_some()
    }

    /// The mark that changes whenever tables should be cleaned.
    pub(crate) fn epoch(&self) -> u32 {
        self.next.load(Ordering::Acquire) / CLEAN_EVERY
    }

    /// Bytes taken now.
    pub(crate) fn bytes(&self) -> usize {
        let stripes =
            self.stripes.iter().map(|stripe| stripe.read().unwrap_or_else(PoisonError::into_inner).capacity());
        stripes.sum::<usize>() * size_of::<Known>()
    }

    /// The number with its high bits: the latest that ends like it.
    fn full(&self, number: u32) -> Option<u32> {
        let next = self.next.load(Ordering::Acquire);
        let age = next.wrapping_sub(number) % (1 << NUMBER_BITS);
        (age > 0 && age <= self.size).then(|| next.wrapping_sub(age))
    }

    fn place(&self, number: u32) -> (usize, usize) {
        // The size divides no power of two in general, so a jump after 2^32 sightings is possible: it loses some once.
        let at = number % self.size;
        (at as usize % STRIPES, at as usize / STRIPES)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_latest_are_known_and_the_others_are_not_mistaken() {
        let ring = Ring::new(1 << 14);
        let known = |n: u32| Known { witness: n + 1, at: n, ordinal: 0 };
        let numbers: Vec<u32> = (0..5000).map(|n| ring.enter(known(n))).collect();
        for (n, &number) in (0..).zip(&numbers) {
            let expected = (n + ring.size >= 5000).then(|| known(n));
            assert_eq!(ring.get(number), expected, "{n}");
            assert_eq!(ring.knows(number), expected.is_some());
        }
        assert!(ring.bytes() <= 1 << 15);
    }
}
