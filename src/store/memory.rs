//! The store in memory: for single runs, tests and servers that may forget.

use std::sync::{Arc, Mutex};
use std::time::{Instant, SystemTime, UNIX_EPOCH};

use super::evidence::lock;
use super::state::State;
use super::{Carried, Page, Query, Store, StoreConfig, StoreError, StoreStatus, Usage};
use crate::engine::observation::{Observation, Seen};

/// Tells the time in seconds since the Unix epoch. Evidence ages by it, so tests bring their own.
pub type Clock = Arc<dyn Fn() -> i64 + Send + Sync>;

/// The system's clock, but for jumps: evidence ages by it, and a clock that stands a year ahead for a minute would
/// make all of it forgotten.
pub(crate) fn system_clock() -> Clock {
    let (start, steady) = (Instant::now(), Mutex::new(Steady { time: system_time(), elapsed: 0 }));
    Arc::new(move || lock(&steady).tell(system_time(), start.elapsed().as_secs().cast_signed()))
}

fn system_time() -> i64 {
    SystemTime::now().duration_since(UNIX_EPOCH).map_or(0, |since| since.as_secs().cast_signed())
}

/// A time, and how long the process had run then.
#[derive(Debug)]
struct Steady {
    time: i64,
    elapsed: i64,
}

impl Steady {
    /// A clock that is set by more than this is not believed until the next start. Corrections are smaller.
    const JUMP: i64 = 24 * 60 * 60;

    fn tell(&mut self, system: i64, elapsed: i64) -> i64 {
        let expected = self.time + (elapsed - self.elapsed);
        let time = if (system - expected).abs() <= Self::JUMP { system } else { expected };
        // It never goes back.
        (self.time, self.elapsed) = (time.max(self.time), elapsed);
        self.time
    }
}

/// Times are kept in 32 bits, 1970 to 2106; a caller's wrong time must not do harm, so it is clamped.
pub(crate) fn clamped(time: i64) -> u32 {
    time.clamp(0, i64::from(u32::MAX)) as u32
}

/// A bounded store in memory. It starts at about a megabyte and never fails.
pub struct MemoryStore {
    state: State,
    clock: Clock,
}

impl MemoryStore {
    /// An empty store.
    #[must_use]
    pub fn new(config: StoreConfig) -> Self {
        Self::with_clock(config, system_clock())
    }

    /// An empty store that ages by `clock`.
    #[must_use]
    pub fn with_clock(config: StoreConfig, clock: Clock) -> Self {
        Self { state: State::new(config), clock }
    }

    /// What the store holds. Takes every lock once; for metrics and tests.
    #[must_use]
    pub fn usage(&self) -> Usage {
        Usage::of(&self.state)
    }
}

impl Store for MemoryStore {
    fn observe_carrier(
        &self,
        observation: &Observation,
        carried: Carried<'_>,
        at: i64,
        learn: bool,
    ) -> Result<Seen, StoreError> {
        Ok(self.state.observe(observation, carried, clamped(at), clamped((self.clock)()), learn).seen)
    }

    fn affected(&self, query: &Query) -> Page {
        self.state.affected(query)
    }

    fn sync(&self) -> Result<(), StoreError> {
        Ok(())
    }

    fn status(&self) -> StoreStatus {
        self.usage().status()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_clock_that_jumps_is_not_followed() {
        let mut steady = Steady { time: 1_000_000, elapsed: 0 };
        assert_eq!(steady.tell(1_000_010, 10), 1_000_010);
        assert_eq!(steady.tell(1_003_600, 20), 1_003_600, "it was set by an hour");
        assert_eq!(steady.tell(99_000_000, 30), 1_003_610, "or by years");
        assert_eq!(steady.tell(0, 40), 1_003_620);
        assert_eq!(steady.tell(1_003_000, 50), 1_003_620, "never back");
        assert_eq!(steady.tell(1_003_700, 60), 1_003_700);
    }
}
