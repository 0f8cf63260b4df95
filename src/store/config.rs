//! Bounds and thresholds of a store, with their reasons.

use std::time::Duration;

const MIB: usize = 1 << 20;
const DAY: Duration = Duration::from_hours(24);

/// Bounds of a store. `StoreConfig::default()` suits a server; every field may be changed on its own.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct StoreConfig {
    /// Bytes of memory for all tables together; they start small and grow to this. Seven sixteenths go to first
    /// sightings (6 to 9 bytes each), a quarter to records, an eighth each to known documents and to the near-duplicate
    /// guard, a sixteenth to what documents carried. The default of 1 GiB holds 60 million first sightings (about
    /// 240,000 articles of 250 keys), 1.8 million records, 800,000 documents, the sketches of 500,000, and what the last
    /// 90,000 carried (60 keys of blocks each). Least: 16 MiB.
    pub memory_bytes: usize,
    /// A record that was not met for this long is forgotten. Default: 365 days, so that yearly campaigns are known.
    pub max_age: Duration,
    /// The same for rare records. Default: 90 days; a promotion that came twice in a season will hardly come again.
    pub rare_age: Duration,
    /// Up to this many witnesses a record is rare: it ages sooner, and of a full table such records have an eighth.
    /// Default: 2, one less than most rules ask for.
    pub rare_witnesses: u32,
    /// From this many witnesses on a template is strong: documents that were learned before are affected by it. Default:
    /// 3, from which a block is reported as recurring, and what most rules ask for. 2 to 16, as far as counts are exact.
    pub strong_witnesses: u32,
    /// Sources whose document count is kept; the longest unmet are forgotten. Default: 200,000, at 32 bytes each.
    pub max_sources: usize,
    /// The near-duplicate guard.
    pub guard: GuardConfig,
    /// What the embedded store keeps on disk. Not used by the one in memory.
    pub journal: JournalConfig,
}

/// When a document is no witness of its own. Shares are per cent of sketch hashes.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct GuardConfig {
    /// A document of which this share was in one earlier document is its near-duplicate. Default: 50, not tuned yet: an edited re-crawl
    /// should keep more than half.
    pub near_share: u32,
    /// But with at least so many common hashes (all of them, if the sketch has only four). Default: 3; at a sampling
    /// of 1 in 16 that is about 50 words.
    pub near_least: u32,
    /// The same for a document that contains most of an earlier one: a live blog that has grown. Default: 4.
    pub grown_least: u32,
    /// Which holds only if the earlier one has this share of the later one's size. Default: 30; less is a quotation.
    pub grown_size: u32,
    /// Of the hashes that are not common yet, a document that shares this much with one earlier document takes its
    /// witness: background paragraphs are reused. Default: 15, measured: without it, 3,250 edited re-crawls in a
    /// stream pushed the loss of content to 75 %.
    pub reuse_share: u32,
    /// But with at least so many hashes. Default: 3.
    pub reuse_least: u32,
    /// A hash that so many documents carried is common: template text, no sign of a copy. Without this, a source whose
    /// pages are mostly template would forever count as one document. 2 to 6; default: 6.
    pub common: u32,
}

/// What the embedded store keeps and when it writes.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct JournalConfig {
    /// Journal rows kept, in bytes; about 1.5 KiB per document of 250 keys. The checkpoint with the
    /// records comes on top, twice while it is written. More keeps more first sightings over a restart, and makes the restart slower. Default: 256 MiB.
    pub max_bytes: u64,
    /// Rows older than this are dropped. Default: 90 days.
    pub max_age: Duration,
    /// Rows waiting to be written, in bytes; when so many wait, learning waits for the disk. Default: 32 MiB,
    /// some 20,000 documents: two seconds and more of what one core can learn.
    pub queue_bytes: usize,
    /// A row is on disk after this much plus one write. Default: 250 ms, a quarter of the promised second.
    pub commit_interval: Duration,
    /// So many waiting bytes are written without waiting for the interval, and no more at once. Default: 4 MiB.
    pub commit_bytes: usize,
}

impl Default for StoreConfig {
    fn default() -> Self {
        Self {
            memory_bytes: 1024 * MIB,
            max_age: 365 * DAY,
            rare_age: 90 * DAY,
            rare_witnesses: 2,
            strong_witnesses: 3,
            max_sources: 200_000,
            guard: GuardConfig::default(),
            journal: JournalConfig::default(),
        }
    }
}

impl Default for GuardConfig {
    fn default() -> Self {
        Self {
            near_share: 50,
            near_least: 3,
            grown_least: 4,
            grown_size: 30,
            reuse_share: 15,
            reuse_least: 3,
            common: super::guard::MAX_CARRIERS as u32,
        }
    }
}

impl Default for JournalConfig {
    fn default() -> Self {
        Self {
            max_bytes: 256 * MIB as u64,
            max_age: 90 * DAY,
            queue_bytes: 32 * MIB,
            commit_interval: Duration::from_millis(250),
            commit_bytes: 4 * MIB,
        }
    }
}

impl StoreConfig {
    /// Below this the smallest tables do not fit.
    const LEAST_MEMORY: usize = 16 * MIB;

    fn memory(&self) -> usize {
        self.memory_bytes.max(Self::LEAST_MEMORY)
    }

    /// Bytes for first sightings and what they refer to.
    fn sightings_bytes(&self) -> usize {
        self.memory() / 16 * 7
    }

    /// Bytes for first sightings, what they refer to apart.
    pub(crate) fn first_bytes(&self) -> usize {
        self.sightings_bytes() - self.ring_bytes()
    }

    /// Bytes for what first sightings refer to: one in 24 sightings may belong to another document or kind of key.
    pub(crate) fn ring_bytes(&self) -> usize {
        self.sightings_bytes() / 16
    }

    /// Bytes for records.
    pub(crate) fn record_bytes(&self) -> usize {
        self.memory() / 4
    }

    /// Bytes for what documents carried.
    pub(crate) fn carrier_bytes(&self) -> usize {
        self.memory() / 16
    }

    /// Witnesses of a strong template, within the range in which they are counted exactly.
    pub(crate) fn strong(&self) -> u32 {
        self.strong_witnesses.clamp(2, super::kmv::K as u32)
    }

    /// Bytes for known documents.
    pub(crate) fn document_bytes(&self) -> usize {
        self.memory() / 8
    }

    /// Bytes for the guard's index.
    pub(crate) fn guard_bytes(&self) -> usize {
        self.memory() / 8
    }

    /// How long a record of so many witnesses may stay unmet, in seconds.
    pub(crate) fn age_of(&self, witnesses: u32) -> u32 {
        seconds(if witnesses <= self.rare_witnesses { self.rare_age } else { self.max_age })
    }

    /// Seconds between two looks through a shard.
    pub(crate) fn sweep_interval(&self) -> u32 {
        (seconds(self.rare_age.min(self.max_age)) / 16).max(1)
    }
}

/// Whole seconds, clamped to 32 bits.
pub(crate) fn seconds(duration: Duration) -> u32 {
    u32::try_from(duration.as_secs()).unwrap_or(u32::MAX)
}
