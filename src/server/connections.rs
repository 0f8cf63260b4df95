//! The connections that are open: how many there may be, which of them does nothing, and when one has to go.

use crate::config::Transport;
use std::{
    collections::HashMap,
    sync::{
        Arc, Mutex, MutexGuard, PoisonError,
        atomic::{AtomicBool, AtomicU64, AtomicUsize, Ordering::Relaxed},
    },
    time::Duration,
};
use tokio::time::Instant;
use tokio_util::sync::CancellationToken;

/// When a connection is closed whatever it says.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Lifetime {
    /// Without a call for so long.
    pub(super) idle: Duration,
    /// Without a first call for so long: it has not even said what it wants.
    pub(super) first_call: Duration,
    /// So old, calls or not.
    pub(super) age: Duration,
}

impl Lifetime {
    pub(super) fn new(transport: &Transport) -> Self {
        Self {
            idle: transport.connection_idle,
            first_call: transport.connection_first_call.min(transport.connection_idle),
            // At its age it is told to go, and after the grace it is made to.
            age: transport.connection_age.saturating_add(transport.connection_age_grace),
        }
    }
}

/// All open connections.
#[derive(Debug)]
pub(super) struct Connections {
    most: usize,
    lifetime: Lifetime,
    /// Closes all of them.
    sever: CancellationToken,
    next: AtomicU64,
    open: Mutex<HashMap<u64, Arc<Connected>>>,
}

/// What is known of one connection.
#[derive(Debug)]
pub(super) struct Connected {
    sever: CancellationToken,
    accepted: Instant,
    /// Calls under way.
    calls: AtomicUsize,
    has_called: AtomicBool,
    /// Whether a call was turned away of late.
    turned_away: AtomicBool,
    /// Since when there are none, in milliseconds after `accepted`.
    idle_since: AtomicU64,
}

/// A connection's place among the open ones, given back when it is dropped.
#[derive(Debug)]
pub(super) struct Place {
    id: u64,
    connections: Arc<Connections>,
    pub(super) connected: Arc<Connected>,
}

/// A call on a connection; while one is there, the connection is not idle.
#[derive(Debug)]
pub(super) struct Busy(Arc<Connected>);

impl Connections {
    /// Lets `most` be open at once. `sever` closes all of them.
    pub(super) fn new(most: usize, lifetime: Lifetime, sever: CancellationToken) -> Arc<Self> {
        Arc::new(Self { most, lifetime, sever, next: AtomicU64::new(0), open: Mutex::default() })
    }

    /// Connections that are open.
    pub(super) fn count(&self) -> usize {
        self.lock().len()
    }

    /// A place for a new connection. If there is none, the one that has been idle for longest makes room; nothing if
    /// all have calls under way.
    pub(super) fn enter(self: &Arc<Self>) -> Option<Place> {
        let mut open = self.lock();
        if open.len() >= self.most {
            let idle = open.iter().filter(|(_, c)| c.calls.load(Relaxed) == 0);
            let longest = *idle.min_by_key(|(_, c)| c.idle_since())?.0;
            open.remove(&longest)?.sever.cancel();
        }
        let id = self.next.fetch_add(1, Relaxed);
        let connected = Arc::new(Connected {
            sever: self.sever.child_token(),
            accepted: Instant::now(),
            calls: AtomicUsize::new(0),
            has_called: AtomicBool::new(false),
            turned_away: AtomicBool::new(false),
            idle_since: AtomicU64::new(0),
        });
        open.insert(id, Arc::clone(&connected));
        Some(Place { id, connections: Arc::clone(self), connected })
    }

    fn lock(&self) -> MutexGuard<'_, HashMap<u64, Arc<Connected>>> {
        self.open.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Place {
    /// When to look again, or nothing if the connection's time is over.
    pub(super) fn due(&self) -> Option<Instant> {
        let Lifetime { idle, first_call, age } = self.connections.lifetime;
        let connected = &self.connected;
        let patience = if connected.has_called.load(Relaxed) { idle } else { first_call };
        let idle_until = if connected.calls.load(Relaxed) > 0 {
            Instant::now().checked_add(patience)
        } else {
            connected.idle_since().checked_add(patience)
        };
        let due = [idle_until, connected.accepted.checked_add(age)].into_iter().flatten().min()?;
        (due > Instant::now()).then_some(due)
    }

    /// Cancelled when the connection shall go.
    pub(super) fn sever(&self) -> &CancellationToken {
        &self.connected.sever
    }
}

impl Drop for Place {
    fn drop(&mut self) {
        self.connections.lock().remove(&self.id);
    }
}

impl Connected {
    /// A call begins.
    pub(super) fn busy(self: &Arc<Self>) -> Busy {
        self.calls.fetch_add(1, Relaxed);
        self.has_called.store(true, Relaxed);
        Busy(Arc::clone(self))
    }

    /// Whether a call was turned away since this was asked.
    pub(super) fn take_turned_away(&self) -> bool {
        self.turned_away.load(Relaxed) && self.turned_away.swap(false, Relaxed)
    }

    fn idle_since(&self) -> Instant {
        self.accepted + Duration::from_millis(self.idle_since.load(Relaxed))
    }
}

impl Busy {
    /// The call is turned away.
    pub(super) fn turn_away(&self) {
        self.0.turned_away.store(true, Relaxed);
    }
}

impl Drop for Busy {
    fn drop(&mut self) {
        self.0.idle_since.store(millis(self.0.accepted.elapsed()), Relaxed);
        self.0.calls.fetch_sub(1, Relaxed);
    }
}

fn millis(duration: Duration) -> u64 {
    u64::try_from(duration.as_millis()).unwrap_or(u64::MAX)
}

#[cfg(test)]
mod tests {
    use super::*;

    const LONG: Duration = Duration::from_hours(1);

    fn connections(most: usize) -> Arc<Connections> {
        let lifetime = Lifetime { idle: LONG, first_call: LONG / 2, age: LONG * 2 };
        Connections::new(most, lifetime, CancellationToken::new())
    }

    #[tokio::test(start_paused = true)]
    async fn the_one_idle_for_longest_makes_room() {
        let connections = connections(2);
        let first = connections.enter().unwrap();
        tokio::time::advance(Duration::from_secs(1)).await;
        let second = connections.enter().unwrap();
        drop(first.connected.busy());
        tokio::time::advance(Duration::from_secs(1)).await;
        let third = connections.enter().unwrap();
        // Both were idle since the same moment or the second for longer: a call makes young.
        assert!(second.sever().is_cancelled() != first.sever().is_cancelled());
        assert!(!third.sever().is_cancelled());
        assert_eq!(connections.count(), 2);
    }

    #[tokio::test(start_paused = true)]
    async fn who_is_busy_stays_and_a_newcomer_is_refused() {
        let connections = connections(1);
        let first = connections.enter().unwrap();
        let call = first.connected.busy();
        assert!(connections.enter().is_none());
        drop(call);
        let second = connections.enter().unwrap();
        assert!(first.sever().is_cancelled());
        drop((first, second));
        assert_eq!(connections.count(), 0);
    }

    #[tokio::test(start_paused = true)]
    async fn that_calls_were_turned_away_is_told_once() {
        let connections = connections(1);
        let place = connections.enter().unwrap();
        let call = place.connected.busy();
        assert!(!place.connected.take_turned_away());
        call.turn_away();
        assert!(place.connected.take_turned_away());
        assert!(!place.connected.take_turned_away());
    }

    #[tokio::test(start_paused = true)]
    async fn idle_and_old_connections_go() {
        let connections = connections(9);
        let silent = connections.enter().unwrap();
        let talks = connections.enter().unwrap();
        drop(talks.connected.busy());
        tokio::time::advance(LONG / 2).await;
        assert_eq!(silent.due(), None, "it never called");
        assert!(talks.due().is_some());
        tokio::time::advance(LONG / 2).await;
        assert_eq!(talks.due(), None, "it has been idle");
        let _call = talks.connected.busy();
        assert!(talks.due().is_some(), "not with a call");
        tokio::time::advance(LONG).await;
        assert_eq!(talks.due(), None, "it is old");
    }
}
