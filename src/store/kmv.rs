//! A saturating, idempotent, mergeable set of witnesses: the k smallest of well-mixed 32-bit values.
//!
//! A counter would count a retried request twice and could not be merged across machines; a set of everything is not
//! bounded. The k minimum values (Bar-Yossef et al. 2002; Beyer et al. 2007) are exact up to k, and estimate beyond.

/// Values kept. 16 tells apart all the counts that rules ask for (2 to 10) exactly; beyond, the standard error is
/// about 1/sqrt(14) = 27 %, which is plenty for "very often".
pub(crate) const K: usize = 16;

/// Most records never have more than four witnesses, so four are kept without an allocation.
const FEW: usize = 4;

#[derive(Debug, Clone, PartialEq, Eq)]
enum Values {
    Few(u8, [u32; FEW]),
    Many(Box<Many>),
}

#[derive(Debug, Clone, PartialEq, Eq)]
struct Many {
    len: u8,
    /// More than [`K`] distinct values were seen, so the count is an estimate.
    saturated: bool,
    values: [u32; K],
}

/// A set of witnesses, ascending. At most `K` are kept.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Kmv(Values);

impl Kmv {
    /// The empty set.
    pub(crate) fn new() -> Self {
        Self(Values::Few(0, [0; FEW]))
    }

    /// The kept values, ascending.
    pub(crate) fn values(&self) -> &[u32] {
        match &self.0 {
            Values::Few(len, values) => &values[..usize::from(*len)],
            Values::Many(many) => &many.values[..usize::from(many.len)],
        }
    }

    /// Whether more than `K` distinct values were seen.
    pub(crate) fn saturated(&self) -> bool {
        matches!(&self.0, Values::Many(many) if many.saturated)
    }

    /// Rebuilds a set from what [`Self::values`] and [`Self::saturated`] gave. `None` if that could not have been.
    pub(crate) fn restore(values: &[u32], saturated: bool) -> Option<Self> {
        let ascending = values.windows(2).all(|pair| pair[0] < pair[1]);
        if !ascending || values.len() > K || (saturated && values.len() < K) {
            return None;
        }
        let mut set = Self::new();
        for &value in values {
            set.insert(value);
        }
        if let Values::Many(many) = &mut set.0 {
            many.saturated = saturated;
        }
        Some(set)
    }

    /// Whether `value` is among the kept values. Exact unless saturated.
    pub(crate) fn contains(&self, value: u32) -> bool {
        self.values().binary_search(&value).is_ok()
    }

    /// Adds `value`; whether that changed anything.
    pub(crate) fn insert(&mut self, value: u32) -> bool {
        let Err(at) = self.values().binary_search(&value) else { return false };
        match &mut self.0 {
            Values::Few(len, values) if usize::from(*len) < FEW => {
                values.copy_within(at..usize::from(*len), at + 1);
                values[at] = value;
                *len += 1;
                true
            }
            Values::Few(..) => {
                self.grow();
                self.insert(value)
            }
            Values::Many(many) => many.insert(at, value),
        }
    }

    /// Adds all that `other` has; whether that changed anything.
    pub(crate) fn merge(&mut self, other: &Self) -> bool {
        let mut changed = false;
        for &value in other.values() {
            changed |= self.insert(value);
        }
        if let (true, Values::Many(many)) = (other.saturated(), &mut self.0) {
            changed |= !many.saturated;
            many.saturated = true;
        }
        changed
    }

    /// Distinct values seen: exact up to `K`, then (k - 1) / kth minimum.
    pub(crate) fn count(&self) -> u32 {
        match &self.0 {
            Values::Many(many) if many.saturated => estimate(many.values[K - 1]),
            _ => self.values().len() as u32,
        }
    }

    /// What [`Self::count`] would be with `value` added.
    pub(crate) fn count_with(&self, value: u32) -> u32 {
        if self.contains(value) {
            return self.count();
        }
        let full = self.values().len() == K;
        if !full {
            return self.count() + 1;
        }
        let mut with = self.clone();
        with.insert(value);
        with.count()
    }

    /// What [`Self::count`] would be without `value`.
    pub(crate) fn count_without(&self, value: u32) -> u32 {
        self.count() - u32::from(self.contains(value))
    }

    fn grow(&mut self) {
        let mut values = [0; K];
        let kept = self.values();
        values[..kept.len()].copy_from_slice(kept);
        self.0 = Values::Many(Box::new(Many { len: kept.len() as u8, saturated: false, values }));
    }
}

impl Many {
    fn insert(&mut self, at: usize, value: u32) -> bool {
        let len = usize::from(self.len);
        if len < K {
            self.values.copy_within(at..len, at + 1);
            self.values[at] = value;
            self.len += 1;
            return true;
        }
        let changed = at < K || !self.saturated;
        self.saturated = true;
        if at < K {
            self.values.copy_within(at..K - 1, at + 1);
            self.values[at] = value;
        }
        changed
    }
}

/// (k - 1) / kth minimum over the 32-bit range; never less than what saturation proves.
fn estimate(kth: u32) -> u32 {
    let estimate = ((K as u64 - 1) << 32) / u64::from(kth.max(1));
    u32::try_from(estimate).unwrap_or(u32::MAX).max(K as u32 + 1)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::store::mix::witness;
    use proptest::prelude::*;

    fn set(values: impl IntoIterator<Item = u32>) -> Kmv {
        let mut set = Kmv::new();
        for value in values {
            set.insert(value);
        }
        set
    }

    #[test]
    fn exact_up_to_k_then_near() {
        for n in 0..=16u64 {
            assert_eq!(u64::from(set((0..n).map(witness)).count()), n);
        }
        for n in [17u64, 100, 10_000] {
            let count = f64::from(set((0..n).map(witness)).count());
            assert!((count / n as f64 - 1.0).abs() < 0.6, "{n} estimated as {count}");
        }
    }

    proptest! {
        #[test]
        fn a_set_is_a_set(mut values in prop::collection::vec(1u32..60, 0..80), split in 0usize..80, other in 1u32..60) {
            let whole = set(values.iter().copied());
            let (left, right) = values.split_at(split.min(values.len()));
            let mut merged = set(left.iter().copied());
            merged.merge(&set(right.iter().copied()));
            prop_assert_eq!(&merged, &whole);
            prop_assert!(!merged.merge(&whole), "merging what is known changes nothing");
            let mut with = whole.clone();
            with.insert(other);
            prop_assert_eq!(whole.count_with(other), with.count());
            prop_assert_eq!(&Kmv::restore(whole.values(), whole.saturated()), &Some(whole.clone()));
            values.reverse();
            prop_assert_eq!(&set(values.iter().copied()), &whole);
            values.sort_unstable();
            values.dedup();
            prop_assert_eq!(whole.saturated(), values.len() > K);
        }
    }
}
