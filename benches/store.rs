//! What the stores cost: observations and keys per second on one and two threads, memory per key, and how long a
//! restart takes. Run with `cargo bench --bench store [documents]`.
#![allow(clippy::unwrap_used, reason = "a benchmark may fail")]

use std::time::Instant;

use promosieve::engine::observation::Observation;
use promosieve::store::{EmbeddedStore, MemoryStore, Store, StoreConfig};

/// Keys per document: as many as an article of 3 KB has.
const LOCAL: u64 = 230;
const GLOBAL: u64 = 20;
const SKETCH: u64 = 30;

fn random(seed: u64) -> u64 {
    let z = (seed.wrapping_mul(0x9e37_79b9_7f4a_7c15)) ^ (seed >> 7);
    (z ^ (z >> 31)).wrapping_mul(0x94d0_49bb_1331_11eb) ^ (z >> 29)
}

/// Document `n` of a stream of 200 sources: one key in fifty recurs in its source.
fn document(n: u64) -> Observation {
    let source = n % 200;
    let key = |i: u64| match i % 50 {
        0 => random(source * 1000 + i + (n / 200 % 5) * 100_000),
        _ => random(n * 1000 + i + (1 << 40)),
    };
    Observation {
        source,
        document: random(n + (1 << 50)),
        id: format!("https://example.org/{source}/{n}"),
        local: (0..LOCAL).map(key).collect(),
        global: (0..GLOBAL).map(|i| key(i + LOCAL)).collect(),
        asked: vec![random(n + (1 << 51))],
        pointers: Vec::new(),
        sketch: (0..SKETCH).map(|i| random(n * 100 + i + (1 << 52))).collect(),
    }
}

fn run(store: &(impl Store + ?Sized), documents: &[Observation], threads: usize, learn: bool) -> f64 {
    let start = Instant::now();
    std::thread::scope(|scope| {
        for part in documents.chunks(documents.len().div_ceil(threads)) {
            scope.spawn(move || part.iter().for_each(|document| _ = store.observe(document, 0, learn).unwrap()));
        }
    });
    store.sync().unwrap();
    start.elapsed().as_secs_f64()
}

fn report(name: &str, documents: usize, seconds: f64) {
    let rate = documents as f64 / seconds;
    println!("{name:32} {rate:10.0} observes/s {:8.2} M keys/s", rate * (LOCAL + GLOBAL + 1) as f64 / 1e6);
}

/// Resident memory in bytes, where the system tells.
fn resident() -> u64 {
    let status = std::fs::read_to_string("/proc/self/status").unwrap_or_default();
    let line = status.lines().find_map(|line| line.strip_prefix("VmRSS:")).unwrap_or("0");
    line.split_whitespace().next().and_then(|kb| kb.parse::<u64>().ok()).unwrap_or(0) * 1024
}

fn main() {
    let n = std::env::args().find_map(|arg| arg.parse().ok()).unwrap_or(40_000);
    let documents: Vec<Observation> = (0..n).map(document).collect();

    let before = resident();
    let memory = MemoryStore::new(StoreConfig::default());
    report("memory, learning, 1 thread", documents.len(), run(&memory, &documents, 1, true));
    let (taken, usage) = (resident() - before, memory.usage());
    report("memory, learned again, 1 thread", documents.len(), run(&memory, &documents, 1, true));
    report("memory, looking, 1 thread", documents.len(), run(&memory, &documents, 1, false));
    report("memory, looking, 2 threads", documents.len(), run(&memory, &documents, 2, false));
    let keys = usage.records + usage.first_sightings;
    println!("{usage:?}; {:.1} resident bytes per key, all tables included", taken as f64 / keys as f64);
    let two = MemoryStore::new(StoreConfig::default());
    report("memory, learning, 2 threads", documents.len(), run(&two, &documents, 2, true));
    drop((memory, two));

    for threads in [1, 2] {
        let dir = tempfile::tempdir().unwrap();
        let store = EmbeddedStore::open(dir.path(), StoreConfig::default()).unwrap();
        let seconds = run(&store, &documents, threads, true);
        report(&format!("embedded, learning, {threads} thread(s)"), documents.len(), seconds);
        drop(store);
        let size = EmbeddedStore::open(dir.path(), StoreConfig::default()).unwrap().status().disk_bytes;
        let start = Instant::now();
        let store = EmbeddedStore::open(dir.path(), StoreConfig::default()).unwrap();
        let usage = store.usage();
        println!("restart: {} MB in {:.2} s, {} documents", size >> 20, start.elapsed().as_secs_f64(), usage.documents);
    }
}
