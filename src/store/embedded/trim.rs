//! Which journal rows may be dropped, and when a checkpoint is due so that more may be.

use std::collections::VecDeque;

use crate::store::JournalConfig;
use crate::store::config::seconds;

/// One file of the journal.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
struct Part {
    number: u64,
    bytes: u64,
    /// When its newest row arrived; none if it has no rows.
    newest: Option<u32>,
}

/// What files there are.
#[derive(Debug)]
pub(super) struct Journal {
    parts: VecDeque<Part>,
    bytes: u64,
    /// Parts with smaller numbers are in the checkpoint.
    covered: u64,
    covered_bytes: u64,
    checkpoint_bytes: u64,
    max_bytes: u64,
    max_age: u32,
}

impl Journal {
    pub(super) fn new(config: &JournalConfig) -> Self {
        let (max_bytes, max_age) = (config.max_bytes, seconds(config.max_age));
        let parts = VecDeque::new();
        Self { parts, bytes: 0, covered: 0, covered_bytes: 0, checkpoint_bytes: 0, max_bytes, max_age }
    }

    /// Number and size of the file that is written on; number and size 0 if there is none. The first has number 1.
    pub(super) fn last(&self) -> (u64, u64) {
        self.parts.back().map_or((0, 0), |part| (part.number, part.bytes))
    }

    /// Bytes of all files and of the checkpoint.
    pub(super) fn disk_bytes(&self) -> u64 {
        self.bytes + self.checkpoint_bytes
    }

    /// Whether the last file is there, and has no rows yet.
    pub(super) fn ends_empty(&self) -> bool {
        self.parts.back().is_some_and(|last| last.newest.is_none())
    }

    /// Whether the last file is long enough, or there is none. Files go as a whole, so they are a small part of what is
    /// kept, and 8 MiB at most, which is what reading one takes of memory.
    pub(super) fn wants_file(&self) -> bool {
        self.parts.back().is_none_or(|last| last.bytes >= (self.max_bytes / 16).clamp(64 << 10, 8 << 20))
    }

    /// Notes a file that was made or found, and when its newest row arrived, if it has any.
    pub(super) fn push(&mut self, number: u64, bytes: u64, newest: Option<u32>) {
        self.bytes += bytes;
        self.parts.push_back(Part { number, bytes, newest });
    }

    /// Notes that the last file has grown.
    pub(super) fn grow(&mut self, bytes: u64, now: u32) {
        self.bytes += bytes;
        if let Some(last) = self.parts.back_mut() {
            (last.bytes, last.newest) = (last.bytes + bytes, Some(now));
        }
    }

    /// Notes that there is a checkpoint of so many bytes that includes all parts before `number`.
    pub(super) fn cover(&mut self, number: u64, checkpoint_bytes: u64) {
        (self.covered, self.checkpoint_bytes) = (number, checkpoint_bytes);
        self.covered_bytes = self.parts.iter().take_while(|part| part.number < number).map(|part| part.bytes).sum();
    }

    /// Whether a checkpoint should begin: rows will soon have to go, and few of them may.
    pub(super) fn wants_checkpoint(&self, now: u32) -> bool {
        let nearly_full = self.bytes > self.max_bytes / 8 * 7 && self.covered_bytes < self.max_bytes / 8;
        let aged = self.parts.front().is_some_and(|part| part.number >= self.covered && self.has_aged(part, now));
        nearly_full || aged
    }

    /// Whether a running checkpoint must be finished at once: the bound is more than an eighth behind.
    pub(super) fn is_pressing(&self) -> bool {
        self.bytes > self.max_bytes / 8 * 9
    }

    /// Forgets the parts that are to be dropped now; their numbers.
    pub(super) fn trim(&mut self, now: u32) -> Vec<u64> {
        let mut dropped = Vec::new();
        while let Some(&part) = self.parts.front() {
            let over = self.bytes > self.max_bytes || part.newest.is_none() || self.has_aged(&part, now);
            if !over || part.number >= self.covered {
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
        part.newest.is_some_and(|newest| now.saturating_sub(newest) > self.max_age)
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
            journal.push(number, 100, Some(10 + number as u32));
        }
        journal
    }

    #[test]
    fn nothing_is_dropped_before_a_checkpoint_has_it() {
        let mut full = journal(10);
        assert!(full.wants_checkpoint(20) && full.is_pressing());
        assert!(full.trim(20).is_empty());
        full.cover(10, 50);
        assert_eq!(full.trim(20), [0, 1], "down to the bound, oldest first");
        assert!(!full.wants_checkpoint(20) && !full.is_pressing());
    }

    #[test]
    fn old_rows_go_though_there_is_room() {
        let mut small = journal(3);
        assert!(!small.wants_checkpoint(110));
        assert!(small.wants_checkpoint(111));
        small.cover(3, 50);
        assert_eq!(small.trim(111), [0]);
    }

    #[test]
    fn a_file_without_rows_asks_for_no_checkpoint() {
        let mut empty = journal(0);
        empty.push(1, 16, None);
        assert!(empty.ends_empty() && !empty.wants_checkpoint(u32::MAX));
        empty.grow(100, 10);
        assert!(!empty.ends_empty() && empty.wants_checkpoint(111));
    }
}
