//! What the store tests share: a clock to turn, documents to send, and both stores to send them to.
#![allow(dead_code, reason = "each test file uses its part")]
#![allow(clippy::unwrap_used, reason = "a test may fail")]

use std::path::Path;
use std::sync::Arc;
use std::sync::atomic::{AtomicI64, Ordering};

use promosieve::engine::observation::{Observation, Seen, Sightings};
use promosieve::store::{Clock, EmbeddedStore, MemoryStore, Store, StoreConfig, StoreError};
use tempfile::TempDir;

/// A time after 1970 from which the tests count.
pub(crate) const START: i64 = 1_700_000_000;

/// A clock that tests turn by hand.
#[derive(Clone)]
pub(crate) struct TestClock(Arc<AtomicI64>);

impl TestClock {
    pub(crate) fn new() -> Self {
        Self(Arc::new(AtomicI64::new(START)))
    }

    pub(crate) fn pass(&self, seconds: i64) {
        self.0.fetch_add(seconds, Ordering::SeqCst);
    }

    pub(crate) fn clock(&self) -> Clock {
        let time = Arc::clone(&self.0);
        Arc::new(move || time.load(Ordering::SeqCst))
    }
}

/// A store under test, with what it lives on.
pub(crate) struct Subject {
    pub(crate) name: &'static str,
    pub(crate) store: Box<dyn Store>,
    pub(crate) clock: TestClock,
    _dir: Option<TempDir>,
}

impl Subject {
    /// A store that lives on something of its own.
    pub(crate) fn new(name: &'static str, store: Box<dyn Store>, clock: TestClock) -> Self {
        Self { name, store, clock, _dir: None }
    }

    pub(crate) fn observe(&self, document: &Observation, at: i64) -> Seen {
        self.store.observe(document, at, true).unwrap()
    }

    pub(crate) fn look(&self, document: &Observation) -> Seen {
        self.store.observe(document, START, false).unwrap()
    }

    /// Witnesses of one local key of source 1, as a stranger sees them.
    pub(crate) fn others(&self, key: u64) -> Sightings {
        let asked = Observation { source: 1, document: u64::MAX, asked: vec![key], ..Observation::default() };
        self.look(&asked).asked[0]
    }
}

/// Both stores, empty.
pub(crate) fn subjects(config: &StoreConfig) -> Vec<Subject> {
    let (memory, embedded) = (TestClock::new(), TestClock::new());
    let dir = tempfile::tempdir().unwrap();
    let on_disk = open(dir.path(), config, &embedded).unwrap();
    let in_memory = MemoryStore::with_clock(config.clone(), memory.clock());
    vec![
        Subject { name: "memory", store: Box::new(in_memory), clock: memory, _dir: None },
        Subject { name: "embedded", store: Box::new(on_disk), clock: embedded, _dir: Some(dir) },
    ]
}

pub(crate) fn open(dir: &Path, config: &StoreConfig, clock: &TestClock) -> Result<EmbeddedStore, StoreError> {
    EmbeddedStore::open_with_clock(dir, config.clone(), clock.clock())
}

/// Document `n` of `source`: the given keys, and a sketch that no other `n` shares.
pub(crate) fn document(source: u64, n: u64, local: &[u64]) -> Observation {
    Observation {
        source,
        document: source * 1_000_000 + n,
        id: format!("doc-{source}-{n}"),
        local: local.to_vec(),
        sketch: sketch(n * 1000 + source * 1_000_000_000, 20),
        ..Observation::default()
    }
}

/// So many hashes from `from` on.
pub(crate) fn sketch(from: u64, n: u64) -> Vec<u64> {
    (from..from + n).collect()
}

pub(crate) fn witnesses(sightings: &[Sightings]) -> Vec<u32> {
    sightings.iter().map(|s| s.witnesses).collect()
}
