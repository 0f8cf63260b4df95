//! Who may compute, and who waits: a queue that is bounded by time.
//!
//! Computing threads are few. A document waits for one of them, single calls and members of batches and streams in two
//! lines that take turns, so that neither can starve the other. The wait is estimated from the bytes ahead and the
//! speed of late; a single call that would wait too long is turned away while there is still something to turn to.

use std::{
    collections::VecDeque,
    sync::{Arc, Mutex, MutexGuard, PoisonError},
    time::{Duration, Instant},
};
use tokio::sync::oneshot;

/// Speed before anything was measured, in nanoseconds per byte: about that of one core in BENCHMARKS.md.
const FIRST_GUESS: f64 = 150.0;

/// Size of a document before there was one: an average article.
const FIRST_BYTES: f64 = 3_000.0;

/// Weight of a new measurement of the speed: some fifty documents make a change felt, one odd document does not.
const WEIGHT: f64 = 0.02;

/// The shortest text counts as so many bytes: each document costs something before its first word.
pub(super) const LEAST_BYTES: usize = 256;

/// Which line a document stands in.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Line {
    /// A call of its own. Its caller can be told to come back later.
    Single,
    /// The same, let in already by [`Turns::announce`].
    Announced,
    /// A member of a batch or a stream. It waits: what stands behind it in its call waits with it, and flow control
    /// stops the sender. At most one per core and call stands here, so the number of calls bounds this line.
    Member,
}

/// The line is so long that the answer would come late.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Full;

/// A bounded number of turns to compute, and the lines of those who wait for one.
#[derive(Debug)]
pub(super) struct Turns {
    slots: usize,
    patience: Duration,
    lines: Mutex<Lines>,
}

#[derive(Debug)]
struct Lines {
    free: usize,
    single: VecDeque<Waiter>,
    member: VecDeque<Waiter>,
    /// Bytes of those who wait in `single`.
    single_bytes: usize,
    /// Calls that were let in and are about to stand in line.
    announced: usize,
    /// Bytes of an average document, for those that are only announced.
    mean_bytes: f64,
    /// Whose turn it is when both lines wait.
    member_next: bool,
    nanos_per_byte: f64,
}

#[derive(Debug)]
struct Waiter {
    bytes: usize,
    call: oneshot::Sender<Turn>,
}

/// The right to compute, given on when it is dropped.
#[derive(Debug)]
pub(super) struct Turn {
    turns: Option<Arc<Turns>>,
    bytes: usize,
    began: Instant,
}

impl Turns {
    /// `slots` may compute at once; a single call that would wait longer than `patience` is turned away.
    pub(super) fn new(slots: usize, patience: Duration) -> Arc<Self> {
        let lines = Lines {
            free: slots,
            single: VecDeque::new(),
            member: VecDeque::new(),
            single_bytes: 0,
            announced: 0,
            mean_bytes: FIRST_BYTES,
            member_next: false,
            nanos_per_byte: FIRST_GUESS,
        };
        Arc::new(Self { slots, patience, lines: Mutex::new(lines) })
    }

    /// Lets a single call in, or turns it away before its message is read, when that costs next to nothing. Of many that
    /// come at once none has a place in line yet; counting them keeps them from being turned away later, when they
    /// have cost more. To be withdrawn when the call stands in line, fails, or keeps its message waiting.
    pub(super) fn announce(&self) -> Result<(), Full> {
        let mut lines = self.lock();
        if self.late(&lines) {
            return Err(Full);
        }
        lines.announced += 1;
        Ok(())
    }

    /// Takes an announcement back.
    pub(super) fn withdraw(&self) {
        let mut lines = self.lock();
        lines.announced = lines.announced.saturating_sub(1);
    }

    /// Calls and members that wait.
    pub(super) fn waiting(&self) -> usize {
        let lines = self.lock();
        lines.single.len() + lines.member.len()
    }

    /// A turn for a document of so many bytes, after those ahead of it. Dropping the future leaves the line.
    pub(super) async fn take(self: &Arc<Self>, bytes: usize, line: Line) -> Result<Turn, Full> {
        let bytes = bytes.max(LEAST_BYTES);
        let called = {
            let mut lines = self.lock();
            if lines.free > 0 {
                lines.free -= 1;
                return Ok(self.turn(bytes));
            }
            if line == Line::Single && self.late(&lines) {
                return Err(Full);
            }
            let (call, called) = oneshot::channel();
            lines.queue(Waiter { bytes, call }, line);
            called
        };
        // The sender is dropped without a word only together with the whole queue.
        let mut turn = called.await.map_err(|_| Full)?;
        turn.began = Instant::now();
        Ok(turn)
    }

    fn late(&self, lines: &Lines) -> bool {
        // If members wait, every other turn is theirs.
        let share = if lines.member.is_empty() { 1.0 } else { 2.0 };
        let bytes = lines.single_bytes as f64 + lines.announced as f64 * lines.mean_bytes;
        let nanos = bytes * lines.nanos_per_byte * share / self.slots as f64;
        nanos > self.patience.as_nanos() as f64
    }

    fn turn(self: &Arc<Self>, bytes: usize) -> Turn {
        Turn { turns: Some(Arc::clone(self)), bytes, began: Instant::now() }
    }

    /// Hands `turn` to the next in line who is still there.
    fn pass(self: &Arc<Self>) {
        loop {
            let next = {
                let mut lines = self.lock();
                let next = lines.next();
                lines.free += usize::from(next.is_none());
                next
            };
            let Some(Waiter { bytes, call }) = next else { return };
            // Outside the lock: a turn that cannot be delivered must not be dropped inside.
            match call.send(self.turn(bytes)) {
                Ok(()) => return,
                Err(mut undelivered) => undelivered.turns = None,
            }
        }
    }

    fn learn(&self, bytes: usize, took: Duration) {
        let speed = took.as_nanos() as f64 / bytes as f64;
        let mut lines = self.lock();
        lines.mean_bytes += (bytes as f64 - lines.mean_bytes) * WEIGHT;
        lines.nanos_per_byte += (speed - lines.nanos_per_byte) * WEIGHT;
    }

    fn lock(&self) -> MutexGuard<'_, Lines> {
        self.lines.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Lines {
    fn queue(&mut self, waiter: Waiter, line: Line) {
        match line {
            Line::Single | Line::Announced => {
                self.single_bytes += waiter.bytes;
                self.single.push_back(waiter);
            }
            Line::Member => self.member.push_back(waiter),
        }
    }

    fn next(&mut self) -> Option<Waiter> {
        self.member_next = !self.member_next;
        let of_member = if self.member_next { self.member.pop_front() } else { None };
        if of_member.is_some() {
            return of_member;
        }
        if let Some(waiter) = self.single.pop_front() {
            self.single_bytes -= waiter.bytes;
            return Some(waiter);
        }
        self.member.pop_front()
    }
}

impl Turn {
    /// The work is done: how long it took tells how long others will wait.
    pub(super) fn done(self) {
        if let Some(turns) = &self.turns {
            turns.learn(self.bytes, self.began.elapsed());
        }
    }
}

impl Drop for Turn {
    fn drop(&mut self) {
        if let Some(turns) = self.turns.take() {
            turns.pass();
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use futures_util::FutureExt as _;
    use std::pin::pin;

    const SECOND: Duration = Duration::from_secs(1);

    fn is_full(turns: &Turns) -> bool {
        turns.late(&turns.lock())
    }

    #[test]
    fn those_who_come_at_once_are_counted_before_they_stand_in_line() {
        // A hundred milliseconds are some 220 average articles at the first guess.
        let turns = Turns::new(1, SECOND / 10);
        let let_in = (0..1000).filter(|_| turns.announce().is_ok()).count();
        assert_eq!(let_in, 223);
        turns.withdraw();
        assert!(turns.announce().is_ok());
        let _busy = turns.take(1, Line::Single).now_or_never().unwrap().unwrap();
        assert_eq!(turns.take(1, Line::Single).now_or_never().unwrap().unwrap_err(), Full);
        assert!(turns.take(1, Line::Announced).now_or_never().is_none(), "it was let in");
    }

    #[test]
    fn a_turn_goes_to_the_next_in_line_and_lines_alternate() {
        let turns = Turns::new(1, SECOND);
        let first = turns.take(1, Line::Single).now_or_never().unwrap().unwrap();
        let mut singles = [pin!(turns.take(1, Line::Single)), pin!(turns.take(1, Line::Single))];
        let mut members = [pin!(turns.take(1, Line::Member)), pin!(turns.take(1, Line::Member))];
        for waiter in &mut singles {
            assert!(waiter.as_mut().now_or_never().is_none());
        }
        for waiter in &mut members {
            assert!(waiter.as_mut().now_or_never().is_none());
        }
        assert_eq!(turns.waiting(), 4);
        drop(first);
        let mut order = Vec::new();
        for _ in 0..4 {
            for (name, waiter) in ["s1", "s2"].into_iter().zip(&mut singles) {
                if !order.contains(&name) && waiter.as_mut().now_or_never().is_some() {
                    order.push(name);
                }
            }
            for (name, waiter) in ["m1", "m2"].into_iter().zip(&mut members) {
                if !order.contains(&name) && waiter.as_mut().now_or_never().is_some() {
                    order.push(name);
                }
            }
        }
        assert_eq!(order.len(), 4, "{order:?}");
        assert_eq!(turns.waiting(), 0);
    }

    #[test]
    fn who_leaves_the_line_does_not_keep_the_turn() {
        let turns = Turns::new(1, SECOND);
        let first = turns.take(1, Line::Single).now_or_never().unwrap().unwrap();
        let mut stays = pin!(turns.take(1, Line::Member));
        {
            let mut leaves = Box::pin(turns.take(1, Line::Single));
            assert!(leaves.as_mut().now_or_never().is_none());
            assert!(stays.as_mut().now_or_never().is_none());
        }
        drop(first);
        drop(stays.as_mut().now_or_never().expect("the turn of the one who left"));
        assert!(turns.take(1, Line::Single).now_or_never().is_some(), "the slot is free again");
    }

    #[test]
    fn a_turn_that_was_given_and_not_fetched_is_given_on() {
        let turns = Turns::new(1, SECOND);
        let first = turns.take(1, Line::Single).now_or_never().unwrap().unwrap();
        let mut waiter = Box::pin(turns.take(1, Line::Single));
        assert!(waiter.as_mut().now_or_never().is_none());
        drop(first);
        drop(waiter);
        assert!(turns.take(1, Line::Single).now_or_never().is_some());
    }

    #[test]
    fn single_calls_are_turned_away_when_the_wait_is_long_and_members_wait() {
        // A hundred milliseconds are some 700 kB at the first guess.
        let turns = Turns::new(1, SECOND / 10);
        let _busy = turns.take(1, Line::Single).now_or_never().unwrap().unwrap();
        assert!(!is_full(&turns), "nobody waits");
        let mut waiting = Vec::new();
        while !is_full(&turns) {
            let mut waiter = Box::pin(turns.take(10_000, Line::Single));
            assert!(waiter.as_mut().now_or_never().is_none());
            waiting.push(waiter);
        }
        assert_eq!(waiting.len(), 67);
        assert_eq!(turns.take(1, Line::Single).now_or_never().unwrap().unwrap_err(), Full);
        assert!(turns.take(1, Line::Member).now_or_never().is_none());
    }

    #[test]
    fn the_estimate_follows_the_speed() {
        let turns = Turns::new(1, SECOND);
        for _ in 0..500 {
            turns.learn(1000, Duration::from_millis(1));
        }
        assert!((turns.lock().nanos_per_byte - 1000.0).abs() < 1.0);
    }
}
