//! Whether the server can be given work, as grpc.health.v1.Health tells it.

use super::SERVICES;
use crate::detector::Detector;
use std::{sync::Arc, time::Duration};
use tokio::sync::watch;
use tonic_health::{ServingStatus, server::HealthReporter};

/// How often a failed store is tried again. Nobody sends work to a server that is not ready, so nothing else would
/// find out that the disk has room again.
const PROBE: Duration = Duration::from_secs(5);

/// The name under which health tells whether what is learned can be saved. It is a name of its own because a server
/// that cannot save is still worth asking: were it told under the empty name, a full disk would take out of service
/// what works.
const STORE: &str = "store";

/// How often the store is looked at: what is learned is promised to be on disk within a second.
const LOOK: Duration = Duration::from_secs(1);

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum State {
    Ready,
    StoreFailed,
    Draining,
}

/// The server's state, shared by all who learn something about it.
#[derive(Debug, Clone)]
pub(super) struct Readiness(watch::Sender<State>);

impl Readiness {
    pub(super) fn new() -> Self {
        Self(watch::Sender::new(State::Ready))
    }

    /// The store answered (or not). A store that answers again makes the server ready again.
    pub(super) fn store_answered(&self, well: bool) {
        let (from, to) = if well { (State::StoreFailed, State::Ready) } else { (State::Ready, State::StoreFailed) };
        // The common case, without the lock for writing.
        if *self.0.borrow() != from {
            return;
        }
        self.0.send_if_modified(|state| {
            let changes = *state == from;
            if changes {
                *state = to;
            }
            changes
        });
    }

    /// Whether health says SERVING.
    pub(super) fn is_ready(&self) -> bool {
        *self.0.borrow() == State::Ready
    }

    /// The server stops; there is no way back.
    pub(super) fn drain(&self) {
        self.0.send_replace(State::Draining);
    }

    /// Tells `reporter` the state as it is. Before the first connection: the service is unknown to it until then.
    pub(super) async fn announce(&self, reporter: &HealthReporter) {
        let state = *self.0.borrow();
        report(reporter, state).await;
        reporter.set_service_status(STORE, ServingStatus::Serving).await;
    }

    /// Tells `reporter` under the name [`STORE`] whether the store can be written. Never ends.
    pub(super) async fn publish_store(reporter: HealthReporter, detector: Arc<Detector>) {
        let mut well = true;
        loop {
            tokio::time::sleep(LOOK).await;
            let writes = detector.store_degraded().is_none();
            if writes != well {
                reporter.set_service_status(STORE, status(writes)).await;
                well = writes;
            }
        }
    }

    /// Tells `reporter` every change, until the server drains, and looks after a failed store.
    pub(super) async fn publish(self, reporter: HealthReporter, detector: Arc<Detector>) {
        let mut changes = self.0.subscribe();
        loop {
            let state = *changes.borrow_and_update();
            report(&reporter, state).await;
            match state {
                State::Ready => {
                    tracing::debug!("ready");
                    if changes.changed().await.is_err() {
                        return;
                    }
                }
                State::StoreFailed => {
                    tracing::error!("the store failed; not ready until it recovers");
                    while *changes.borrow() == State::StoreFailed {
                        if tokio::time::timeout(PROBE, changes.changed()).await.is_err() {
                            self.probe(&detector).await;
                        }
                    }
                }
                State::Draining => return,
            }
        }
    }

    async fn probe(&self, detector: &Arc<Detector>) {
        let detector = Arc::clone(detector);
        let well = tokio::task::spawn_blocking(move || detector.sync().is_ok()).await.unwrap_or(false);
        self.store_answered(well);
    }
}

/// The services and, under the empty name, the server as a whole.
fn names() -> impl Iterator<Item = &'static str> {
    SERVICES.into_iter().chain([""])
}

async fn report(reporter: &HealthReporter, state: State) {
    let status = status(state == State::Ready);
    for name in names() {
        reporter.set_service_status(name, status).await;
    }
}

fn status(well: bool) -> ServingStatus {
    if well { ServingStatus::Serving } else { ServingStatus::NotServing }
}
