//! Batches that are worked on side by side but take their turns where order matters.

use std::sync::{Condvar, Mutex, MutexGuard, PoisonError};

/// A desk that batches come to one after the other, in the order of their numbers.
#[derive(Debug, Default)]
pub(super) struct Turns {
    /// The batch whose turn it is; none any more once a worker has died, as its batches will never come.
    next: Mutex<Option<u64>>,
    changed: Condvar,
}

/// A batch's turn. It passes to the next batch when this is dropped.
#[derive(Debug)]
pub(super) struct Turn<'a>(&'a Turns);

impl Turns {
    /// A desk that waits for batch 0.
    pub(super) fn new() -> Self {
        Self { next: Mutex::new(Some(0)), changed: Condvar::new() }
    }

    /// Waits for the turn of batch `number`; `None` if it will not come.
    pub(super) fn wait(&self, number: u64) -> Option<Turn<'_>> {
        let next = self.lock();
        let next = self.changed.wait_while(next, |next| next.is_some_and(|next| next != number));
        next.unwrap_or_else(PoisonError::into_inner).map(|_| Turn(self))
    }

    /// Sends all away who wait or will come.
    pub(super) fn close(&self) {
        *self.lock() = None;
        self.changed.notify_all();
    }

    fn lock(&self) -> MutexGuard<'_, Option<u64>> {
        self.next.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Drop for Turn<'_> {
    fn drop(&mut self) {
        let mut next = self.0.lock();
        *next = next.map(|number| number + 1);
        self.0.changed.notify_all();
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn batches_come_in_order_whoever_is_first() {
        let (turns, order) = (Turns::new(), Mutex::new(Vec::new()));
        std::thread::scope(|scope| {
            for number in (0..50).rev() {
                let (turns, order) = (&turns, &order);
                scope.spawn(move || {
                    let _turn = turns.wait(number).unwrap();
                    order.lock().unwrap().push(number);
                });
            }
        });
        assert_eq!(order.into_inner().unwrap(), (0..50).collect::<Vec<_>>());
    }

    #[test]
    fn who_waits_for_a_turn_that_will_not_come_is_sent_away() {
        let turns = Turns::new();
        std::thread::scope(|scope| {
            let waiting = scope.spawn(|| turns.wait(1).is_none());
            turns.close();
            assert!(waiting.join().unwrap());
        });
        assert!(turns.wait(0).is_none());
    }
}
