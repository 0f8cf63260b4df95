//! The store in memory: for single runs, tests and servers that may forget.

use std::sync::Arc;
use std::time::{SystemTime, UNIX_EPOCH};

use super::state::State;
use super::{Carried, Page, Query, Store, StoreConfig, StoreError, StoreStatus, Usage};
use crate::engine::observation::{Observation, Seen};

/// Tells the time in seconds since the Unix epoch. Evidence ages by it, so tests bring their own.
pub type Clock = Arc<dyn Fn() -> i64 + Send + Sync>;

/// The system's clock.
pub(crate) fn system_clock() -> Clock {
    Arc::new(|| SystemTime::now().duration_since(UNIX_EPOCH).map_or(0, |since| since.as_secs().cast_signed()))
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
    fn observe(&self, observation: &Observation, at: i64, learn: bool) -> Result<Seen, StoreError> {
        self.observe_carrier(observation, Carried::default(), at, learn)
    }

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
