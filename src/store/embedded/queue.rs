//! Rows on their way to the disk.

use std::sync::{Condvar, Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

use crate::store::evidence::lock;
use crate::store::{JournalConfig, StoreError, StoreStatus};

/// How long an idle writer sleeps before it looks for rows that have aged.
const IDLE: Duration = Duration::from_mins(1);

/// After a failed write, how long until the next attempt, unless somebody asks for it. A full disk must not cost a core.
const RETRY: Duration = Duration::from_millis(500);

/// A bounded queue from many observers to one writer.
#[derive(Debug)]
pub(super) struct Queue {
    inner: Mutex<Inner>,
    /// Something for the writer to do.
    work: Condvar,
    /// Something was written, or nothing ever will be again.
    done: Condvar,
    max_bytes: usize,
    commit_bytes: usize,
    interval: Duration,
}

#[derive(Debug, Default)]
#[allow(clippy::struct_excessive_bools, reason = "they are independent of each other")]
struct Inner {
    rows: Vec<Vec<u8>>,
    /// Bytes of `rows`.
    waiting: usize,
    /// Bytes waiting, promised or being written.
    taken: usize,
    /// When the oldest row came.
    since: Option<Instant>,
    pushed: u64,
    written: u64,
    flush: bool,
    closed: bool,
    /// Why the latest attempt to write failed, until one succeeds.
    failure: Option<StoreError>,
    /// The writer is gone: nothing will be written any more.
    ended: bool,
    /// A row was refused since then.
    refused: bool,
    /// Writes that ended, well or not.
    attempts: u64,
    failures: u64,
    last_sync: Option<Instant>,
    /// When the oldest row came that is not on disk.
    oldest: Option<Instant>,
    disk_bytes: u64,
}

/// What the writer shall write next.
#[derive(Debug)]
pub(super) struct Group {
    pub(super) rows: Vec<Vec<u8>>,
    /// The store is being dropped: this is the last one.
    pub(super) last: bool,
}

/// Room for one row, given back if it is not filled.
#[derive(Debug)]
pub(super) struct Room<'a> {
    queue: &'a Queue,
    bytes: usize,
}

impl Queue {
    pub(super) fn new(config: &JournalConfig) -> Self {
        Self {
            inner: Mutex::default(),
            work: Condvar::new(),
            done: Condvar::new(),
            max_bytes: config.queue_bytes.max(1),
            commit_bytes: config.commit_bytes.min(config.queue_bytes / 2),
            interval: config.commit_interval,
        }
    }

    /// Waits until there is room for a row of so many bytes. A row larger than the whole queue is let in alone. While
    /// nothing can be written, nobody waits: a full queue refuses.
    pub(super) fn reserve(&self, bytes: usize) -> Result<Room<'_>, StoreError> {
        let mut inner = lock(&self.inner);
        while inner.is_full(bytes, self.max_bytes) && inner.failure.is_none() {
            inner.flush = true;
            self.work.notify_one();
            inner = wait(&self.done, inner);
        }
        let refused = inner.ended || inner.is_full(bytes, self.max_bytes);
        if let Some(failure) = inner.failure.as_ref().filter(|_| refused) {
            let failure = failure.clone();
            inner.refused = true;
            return Err(failure);
        }
        inner.taken += bytes;
        Ok(Room { queue: self, bytes })
    }

    /// Waits until all rows pushed so far are on disk, or an attempt to write them has failed.
    pub(super) fn sync(&self) -> Result<(), StoreError> {
        let mut inner = lock(&self.inner);
        // An attempt that is under way may not have seen that the disk is well again, nor the latest rows.
        let (target, enough) = (inner.pushed, inner.attempts + 2);
        while inner.written < target || inner.failure.is_some() {
            if let Some(failure) = inner.failure.as_ref().filter(|_| inner.ended || inner.attempts >= enough) {
                return Err(failure.clone());
            }
            inner.flush = true;
            self.work.notify_one();
            inner = wait(&self.done, inner);
        }
        Ok(())
    }

    /// Asks the writer to write what is there and to end.
    pub(super) fn close(&self) {
        lock(&self.inner).closed = true;
        self.work.notify_one();
    }

    /// For the writer: waits until a group is due. The last one apart, it has no more bytes than are written without
    /// waiting: it is copied on its way to the disk, and all that waited for a slow one would be there twice. May be empty when nothing came for a minute, or to try whether the
    /// disk is well again.
    pub(super) fn next(&self) -> Group {
        let idle_since = Instant::now();
        let mut inner = lock(&self.inner);
        loop {
            let due = match (&inner.failure, inner.since) {
                (Some(_), _) => idle_since + RETRY,
                (None, Some(since)) => since + self.interval,
                (None, None) => idle_since + IDLE,
            };
            let left = due.saturating_duration_since(Instant::now());
            let full = inner.failure.is_none() && inner.waiting >= self.commit_bytes.max(1);
            if inner.closed || inner.flush || full || left.is_zero() {
                break;
            }
            inner = self.work.wait_timeout(inner, left).unwrap_or_else(PoisonError::into_inner).0;
        }
        inner.take(self.commit_bytes)
    }

    /// For the writer: so many rows of so many bytes are on disk, where all files now have so many.
    pub(super) fn written(&self, rows: u64, bytes: usize, disk_bytes: u64) {
        let mut inner = lock(&self.inner);
        inner.written += rows;
        inner.taken -= bytes;
        inner.attempts += 1;
        if inner.failure.is_some() {
            tracing::warn!("the store can be written again; nothing of what waited is lost");
        }
        (inner.failure, inner.refused) = (None, false);
        inner.disk_bytes = disk_bytes;
        inner.oldest = inner.since;
        if rows > 0 {
            inner.last_sync = Some(Instant::now());
        }
        self.done.notify_all();
    }

    /// For the writer: an attempt failed. Its rows stand first in line for the next one.
    pub(super) fn failed(&self, mut rows: Vec<Vec<u8>>, failure: StoreError) {
        let mut inner = lock(&self.inner);
        rows.append(&mut inner.rows);
        inner.rows = rows;
        inner.waiting = inner.rows.iter().map(Vec::len).sum();
        inner.since = inner.oldest;
        inner.attempts += 1;
        inner.failures += 1;
        if inner.failure.is_none() {
            tracing::warn!(%failure, "the store cannot be written; what is learned waits in memory until it can");
        }
        inner.failure = Some(failure);
        self.done.notify_all();
    }

    /// For the writer: nothing will be written any more.
    pub(super) fn end(&self, failure: StoreError) {
        let mut inner = lock(&self.inner);
        inner.ended = true;
        inner.failure.get_or_insert(failure);
        self.done.notify_all();
    }

    /// Why nothing can be written at the moment, if so.
    pub(super) fn degraded(&self) -> Option<String> {
        lock(&self.inner).degraded()
    }

    /// Adds what the queue knows to `status`.
    pub(super) fn tell(&self, status: &mut StoreStatus) {
        let inner = lock(&self.inner);
        status.unsynced_rows = inner.pushed - inner.written;
        status.unsynced_since = inner.oldest;
        status.last_sync = inner.last_sync;
        status.write_failures = inner.failures;
        status.degraded = inner.degraded();
        status.refuses_learning = inner.refused || inner.ended;
        status.disk_bytes = inner.disk_bytes;
    }
}

impl Inner {
    fn degraded(&self) -> Option<String> {
        self.failure.as_ref().map(ToString::to_string)
    }

    /// The rows in front, of at most so many bytes, but one at least; all, if there will be no other group.
    fn take(&mut self, most: usize) -> Group {
        let mut bytes = 0;
        let fits = |row: &&Vec<u8>| {
            let fits = bytes == 0 || bytes + row.len() <= most || self.closed;
            bytes += if fits { row.len() } else { 0 };
            fits
        };
        let count = self.rows.iter().take_while(fits).count();
        let rest = self.rows.split_off(count);
        self.waiting -= bytes;
        if rest.is_empty() {
            (self.since, self.flush) = (None, false);
        }
        Group { rows: std::mem::replace(&mut self.rows, rest), last: self.closed }
    }

    fn is_full(&self, bytes: usize, max_bytes: usize) -> bool {
        self.taken > 0 && self.taken + bytes > max_bytes
    }
}

impl Room<'_> {
    /// Uses the room for `row`, which should have the reserved length. Does not wait.
    pub(super) fn fill(mut self, row: Vec<u8>) {
        let mut inner = lock(&self.queue.inner);
        inner.taken = inner.taken - self.bytes + row.len();
        self.bytes = 0;
        inner.waiting += row.len();
        inner.pushed += 1;
        // The writer sleeps until the first row of a group or a full group; waking it for each would cost a switch.
        let wakes = inner.since.is_none() || inner.failure.is_none() && inner.waiting >= self.queue.commit_bytes;
        let now = Instant::now();
        inner.since.get_or_insert(now);
        inner.oldest.get_or_insert(now);
        inner.rows.push(row);
        drop(inner);
        if wakes {
            self.queue.work.notify_one();
        }
    }
}

impl Drop for Room<'_> {
    fn drop(&mut self) {
        if self.bytes > 0 {
            lock(&self.queue.inner).taken -= self.bytes;
            self.queue.done.notify_all();
        }
    }
}

fn wait<'a>(condition: &Condvar, guard: MutexGuard<'a, Inner>) -> MutexGuard<'a, Inner> {
    condition.wait(guard).unwrap_or_else(PoisonError::into_inner)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_waited_long_is_written_in_small_groups_and_in_order() {
        let (interval, commit_bytes) = (Duration::ZERO, 100);
        let queue = Queue::new(&JournalConfig { commit_interval: interval, commit_bytes, ..JournalConfig::default() });
        for n in 0..10 {
            queue.reserve(30).unwrap().fill(vec![n; 30]);
        }
        queue.reserve(300).unwrap().fill(vec![10; 300]);
        let numbers = |group: &Group| group.rows.iter().map(|row| row[0]).collect::<Vec<_>>();
        let group = queue.next();
        assert_eq!((numbers(&group), group.last), (vec![0, 1, 2], false));
        let failure = StoreError::Io { path: "d".into(), what: "full".into() };
        queue.failed(group.rows, failure);
        for expected in [[0, 1, 2], [3, 4, 5], [6, 7, 8]] {
            let group = queue.next();
            assert_eq!(numbers(&group), expected);
            queue.written(3, 90, 0);
        }
        queue.close();
        let group = queue.next();
        assert_eq!((numbers(&group), group.last), (vec![9, 10], true), "one that is larger than a group goes as well");
        queue.written(2, 330, 0);
        assert!(queue.sync().is_ok());
    }
}
