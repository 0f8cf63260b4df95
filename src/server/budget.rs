//! How many bytes of messages calls may hold together, so that many large messages at once do not take the machine.

use std::sync::{
    Arc,
    atomic::{AtomicUsize, Ordering::Relaxed},
};

/// The bytes that all calls may hold.
#[derive(Debug)]
pub(super) struct Budget {
    most: usize,
    held: AtomicUsize,
}

/// The bytes that one call holds, given back when it is dropped.
#[derive(Debug)]
pub(super) struct Charge {
    budget: Arc<Budget>,
    bytes: AtomicUsize,
}

/// The bytes are not to be had at the moment.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Exhausted;

impl Budget {
    pub(super) fn new(most: usize) -> Arc<Self> {
        Arc::new(Self { most, held: AtomicUsize::new(0) })
    }

    /// A charge of nothing.
    pub(super) fn open(self: &Arc<Self>) -> Charge {
        Charge { budget: Arc::clone(self), bytes: AtomicUsize::new(0) }
    }

    /// Bytes held at the moment.
    pub(super) fn held(&self) -> usize {
        self.held.load(Relaxed)
    }
}

impl Charge {
    /// Takes so many bytes more.
    pub(super) fn add(&self, bytes: usize) -> Result<(), Exhausted> {
        let held = self.budget.held.fetch_add(bytes, Relaxed) + bytes;
        if held > self.budget.most {
            self.budget.held.fetch_sub(bytes, Relaxed);
            return Err(Exhausted);
        }
        self.bytes.fetch_add(bytes, Relaxed);
        Ok(())
    }

    /// Gives all of it back.
    pub(super) fn release(&self) {
        let bytes = self.bytes.swap(0, Relaxed);
        self.budget.held.fetch_sub(bytes, Relaxed);
    }
}

impl Drop for Charge {
    fn drop(&mut self) {
        self.release();
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_taken_is_given_back() {
        let budget = Budget::new(100);
        let (one, two) = (budget.open(), budget.open());
        one.add(60).unwrap();
        assert_eq!(two.add(41), Err(Exhausted));
        two.add(40).unwrap();
        assert_eq!(budget.held(), 100);
        one.release();
        two.add(60).unwrap();
        drop((one, two));
        assert_eq!(budget.held(), 0);
    }
}
