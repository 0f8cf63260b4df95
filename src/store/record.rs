//! What is kept of one key from its second witness on.

use super::kmv::Kmv;
use crate::engine::observation::Sightings;

/// One document's appearance: who, when, and as which document of its source.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Sighting {
    /// The set element that is counted.
    pub(crate) witness: u32,
    /// The document's own time, in seconds since the Unix epoch, clamped to 32 bits (1970 to 2106).
    pub(crate) at: u32,
    /// Distinct witnesses of the source when the document arrived; 0 for keys that are counted over sources.
    pub(crate) ordinal: u32,
    /// When the store met it, by the store's clock. Age counts from here and not from `at`, which callers may set
    /// years off.
    pub(crate) arrived: u32,
}

/// The evidence of one key. Every part merges by minimum, maximum or union: idempotent and in any order.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Record {
    pub(crate) witnesses: Kmv,
    pub(crate) first_seen: u32,
    pub(crate) last_seen: u32,
    pub(crate) first_ordinal: u32,
    pub(crate) last_ordinal: u32,
    pub(crate) arrived: u32,
    /// When the store found it strong, by its clock; 0 if it is not.
    pub(crate) strong_at: u32,
}

impl Record {
    /// A record of one sighting.
    pub(crate) fn of(sighting: Sighting) -> Self {
        let mut witnesses = Kmv::new();
        witnesses.insert(sighting.witness);
        Self {
            witnesses,
            first_seen: sighting.at,
            last_seen: sighting.at,
            first_ordinal: sighting.ordinal,
            last_ordinal: sighting.ordinal,
            arrived: sighting.arrived,
            strong_at: 0,
        }
    }

    /// Notes at `now` whether so many witnesses as make it strong were seen. The first time stays.
    pub(crate) fn note_strength(&mut self, strong: u32, now: u32) {
        if self.witnesses.count() < strong {
            self.strong_at = 0;
        } else if self.strong_at == 0 {
            self.strong_at = now.max(1);
        }
    }

    /// Merges `other` in; whether that changed anything but the time of arrival, which is no evidence.
    pub(crate) fn merge(&mut self, other: &Self) -> bool {
        let first = (self.first_seen.min(other.first_seen), self.first_ordinal.min(other.first_ordinal));
        let last = (self.last_seen.max(other.last_seen), self.last_ordinal.max(other.last_ordinal));
        let changed = first != (self.first_seen, self.first_ordinal) || last != (self.last_seen, self.last_ordinal);
        (self.first_seen, self.first_ordinal) = first;
        (self.last_seen, self.last_ordinal) = last;
        self.arrived = self.arrived.max(other.arrived);
        self.strong_at = match (self.strong_at, other.strong_at) {
            (0, at) | (at, 0) => at,
            (one, two) => one.min(two),
        };
        self.witnesses.merge(&other.witnesses) || changed
    }

    /// As the caller sees it, with this many witnesses.
    pub(crate) fn sightings(&self, witnesses: u32) -> Sightings {
        Sightings {
            witnesses,
            first_seen: i64::from(self.first_seen),
            last_seen: i64::from(self.last_seen),
            first_ordinal: self.first_ordinal,
            last_ordinal: self.last_ordinal,
        }
    }
}
