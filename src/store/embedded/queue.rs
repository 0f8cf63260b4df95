//! Rows on their way to the disk.

use std::sync::{Condvar, Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

use crate::store::evidence::lock;
use crate::store::{JournalConfig, StoreError, StoreStatus};

/// How long an idle writer sleeps before it looks for rows that have aged.
const IDLE: Duration = Duration::from_mins(1);

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
    failure: Option<StoreError>,
    failures: u64,
    last_sync: Option<Instant>,
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

    /// Waits until there is room for a row of so many bytes. A row larger than the whole queue is let in alone.
    pub(super) fn reserve(&self, bytes: usize) -> Result<Room<'_>, StoreError> {
        let mut inner = lock(&self.inner);
        while inner.failure.is_none() && inner.taken > 0 && inner.taken + bytes > self.max_bytes {
            inner.flush = true;
            self.work.notify_one();
            inner = wait(&self.done, inner);
        }
        if let Some(failure) = &inner.failure {
            return Err(failure.clone());
        }
        inner.taken += bytes;
        Ok(Room { queue: self, bytes })
    }

    /// Waits until all rows pushed so far are on disk.
    pub(super) fn sync(&self) -> Result<(), StoreError> {
        let mut inner = lock(&self.inner);
        let target = inner.pushed;
        while inner.failure.is_none() && inner.written < target {
            inner.flush = true;
            self.work.notify_one();
            inner = wait(&self.done, inner);
        }
        inner.failure.clone().map_or(Ok(()), Err)
    }

    /// Asks the writer to write what is there and to end.
    pub(super) fn close(&self) {
        lock(&self.inner).closed = true;
        self.work.notify_one();
    }

    /// For the writer: waits until a group is due. May be empty when nothing came for a minute.
    pub(super) fn next(&self) -> Group {
        let idle_since = Instant::now();
        let mut inner = lock(&self.inner);
        loop {
            let due = inner.since.map_or(idle_since + IDLE, |since| since + self.interval);
            let left = due.saturating_duration_since(Instant::now());
            if inner.closed || inner.flush || inner.waiting >= self.commit_bytes.max(1) || left.is_zero() {
                break;
            }
            inner = self.work.wait_timeout(inner, left).unwrap_or_else(PoisonError::into_inner).0;
        }
        (inner.since, inner.flush, inner.waiting) = (None, false, 0);
        Group { rows: std::mem::take(&mut inner.rows), last: inner.closed }
    }

    /// For the writer: so many rows of so many bytes are on disk.
    pub(super) fn written(&self, rows: u64, bytes: usize) {
        let mut inner = lock(&self.inner);
        inner.written += rows;
        inner.taken -= bytes;
        inner.last_sync = Some(Instant::now());
        self.done.notify_all();
    }

    /// Adds what the queue knows to `status`.
    pub(super) fn tell(&self, status: &mut StoreStatus) {
        let inner = lock(&self.inner);
        status.unsynced_rows = inner.pushed - inner.written;
        status.unsynced_since = inner.since;
        status.last_sync = inner.last_sync;
        status.write_failures = inner.failures;
        status.degraded = inner.failure.as_ref().map(ToString::to_string);
        status.refuses_learning = inner.failure.is_some();
    }

    /// For the writer: nothing will be written any more. The first failure stays.
    pub(super) fn fail(&self, failure: StoreError) {
        let mut inner = lock(&self.inner);
        inner.failure.get_or_insert(failure);
        inner.failures += 1;
        drop(inner);
        self.done.notify_all();
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
        let wakes = inner.since.is_none() || inner.waiting >= self.queue.commit_bytes;
        inner.since.get_or_insert_with(Instant::now);
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
