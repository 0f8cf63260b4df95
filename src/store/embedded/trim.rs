//! Which journal rows may be dropped, and when a round of checkpoints is due so that more may be.

use std::collections::VecDeque;

use crate::store::JournalConfig;
use crate::store::config::seconds;

/// Values dropped in one commit at most: removing one costs some 20 µs, and a commit must not take long.
const MAX_DROPPED: usize = 2_000;

/// One value of the journal table.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
struct Part {
    number: u64,
    bytes: u64,
    /// When its newest row arrived.
    newest: u32,
}

/// What the journal table holds.
#[derive(Debug)]
pub(super) struct Journal {
    parts: VecDeque<Part>,
    bytes: u64,
    next: u64,
    /// Parts with smaller numbers are in the checkpoints.
    covered: u64,
    covered_bytes: u64,
    max_bytes: u64,
    max_age: u32,
}

impl Journal {
    pub(super) fn new(config: &JournalConfig) -> Self {
        let (max_bytes, max_age) = (config.max_bytes, seconds(config.max_age));
        Self { parts: VecDeque::new(), bytes: 0, next: 0, covered: 0, covered_bytes: 0, max_bytes, max_age }
    }

    /// The number of the next part.
    pub(super) fn next(&self) -> u64 {
        self.next
    }

    /// Notes a part that was written or found.
    pub(super) fn push(&mut self, number: u64, bytes: usize, newest: u32) {
        self.next = number + 1;
        self.bytes += bytes as u64;
        self.parts.push_back(Part { number, bytes: bytes as u64, newest });
    }

    /// Notes that checkpoints were written that include all parts before `number`.
    pub(super) fn cover(&mut self, number: u64) {
        self.covered = number;
        self.covered_bytes = self.parts.iter().take_while(|part| part.number < number).map(|part| part.bytes).sum();
    }

    /// Whether a round of checkpoints should begin: rows will soon have to go, and few of them may.
    pub(super) fn wants_checkpoint(&self, now: u32) -> bool {
        let nearly_full = self.bytes > self.max_bytes / 8 * 7 && self.covered_bytes < self.max_bytes / 8;
        let aged = self.parts.front().is_some_and(|part| part.number >= self.covered && self.has_aged(part, now));
        nearly_full || aged
    }

    /// Whether a running round must be finished at once: the bound is more than an eighth behind.
    pub(super) fn is_pressing(&self) -> bool {
        self.bytes > self.max_bytes / 8 * 9
    }

    /// Forgets the parts that are to be dropped now; their numbers.
    pub(super) fn trim(&mut self, now: u32) -> Vec<u64> {
        let mut dropped = Vec::new();
        while let Some(&part) = self.parts.front() {
            let over = self.bytes > self.max_bytes || self.has_aged(&part, now);
            if !over || part.number >= self.covered || dropped.len() == MAX_DROPPED {
                break;
            }
            self.bytes -= part.bytes;
            self.covered_bytes -= part.bytes;
            dropped.push(part.number);
            self.parts.pop_front();
        }
        dropped
    }

    fn has_aged(&self, part: &Part, now: u32) -> bool {
        now.saturating_sub(part.newest) > self.max_age
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::time::Duration;

    fn journal(parts: u64) -> Journal {
        let max_age = Duration::from_secs(100);
        let mut journal = Journal::new(&JournalConfig { max_bytes: 800, max_age, ..JournalConfig::default() });
        for number in 0..parts {
            journal.push(number, 100, 10 + number as u32);
        }
        journal
    }

    #[test]
    fn nothing_is_dropped_before_a_checkpoint_has_it() {
        let mut full = journal(10);
        assert!(full.wants_checkpoint(20) && full.is_pressing());
        assert!(full.trim(20).is_empty());
        full.cover(full.next());
        assert_eq!(full.trim(20), [0, 1], "down to the bound, oldest first");
        assert!(!full.wants_checkpoint(20) && !full.is_pressing());
    }

    #[test]
    fn old_rows_go_though_there_is_room() {
        let mut small = journal(3);
        assert!(!small.wants_checkpoint(110));
        assert!(small.wants_checkpoint(111));
        small.cover(3);
        assert_eq!(small.trim(111), [0]);
    }
}
