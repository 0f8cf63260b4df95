//! The store on disk: what it knows after a restart, after a kill, and how much room it takes.
#![allow(clippy::unwrap_used, reason = "a test may fail")]

mod store_support;

use std::io::{BufRead, BufReader, Write};
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::time::Duration;

use promosieve::engine::observation::{Observation, Pointer};
use promosieve::store::{Carried, EmbeddedStore, JournalConfig, Query, Store, StoreConfig};
use store_support::{START, TestClock, document, open, sketch};

/// Set for the child process of the crash tests: the directory that it shall write to.
const CHILD_DIR: &str = "PROMOSIEVE_TEST_CHILD_DIR";
/// Set to make the child wait for the disk now and then, and say so.
const CHILD_SYNCS: &str = "PROMOSIEVE_TEST_CHILD_SYNCS";
/// How often the child is killed; by default a few times.
const KILL_CYCLES: &str = "PROMOSIEVE_KILL_CYCLES";

fn small() -> StoreConfig {
    let journal = JournalConfig { max_bytes: 1 << 20, ..JournalConfig::default() };
    StoreConfig { memory_bytes: 16 << 20, journal, ..StoreConfig::default() }
}

/// Document `n` with `keys` keys of its own and one that all share.
fn bulky(n: u64, keys: u64) -> Observation {
    let mut local: Vec<u64> = (n * 1000 + 1000..n * 1000 + 1000 + keys).collect();
    local.push(7);
    Observation { global: vec![99], ..document(1, n, &local) }
}

/// Whether document `n` was learned. A doorkeeper may forget a key or two of many thousands, so most of its keys count.
fn known(store: &EmbeddedStore, n: u64) -> bool {
    let asked: Vec<u64> = (n * 1000 + 1000..n * 1000 + 1003).collect();
    let stranger = Observation { source: 1, document: u64::MAX, asked, ..Observation::default() };
    let asked = store.observe(&stranger, START, false).unwrap().asked;
    asked.iter().filter(|sightings| sightings.witnesses == 1).count() >= 2
}

/// Counted for documents that point to a known title.
const STYLE: u64 = 99_999_999;

#[test]
fn a_restart_changes_no_answer() {
    let (dir, clock) = (tempfile::tempdir().unwrap(), TestClock::new());
    let documents: Vec<Observation> = (0..200)
        .map(|n| match n % 10 {
            3 => Observation { sketch: sketch((n - 1) * 1000 + 1_000_000_000, 20), ..bulky(n, 20) },
            6 => Observation { sketch: sketch((n - 1) * 1000 + 1_000_000_000, 4), ..bulky(n, 20) },
            7 => Observation {
                asked: vec![bulky(n - 1, 20).local[0], STYLE],
                pointers: vec![Pointer { title: 0, style: 1 }],
                ..bulky(n, 20)
            },
            _ => Observation { source: 1 + n % 2, ..bulky(n, 20) },
        })
        .collect();
    let ask = |store: &EmbeddedStore| {
        let sketch = documents[50].sketch.clone();
        let unknown = Observation { document: 5, asked: vec![STYLE], sketch, ..bulky(500, 1) };
        let all = documents.iter().chain([&unknown]);
        all.map(|document| store.observe(document, START, false).unwrap()).collect::<Vec<_>>()
    };
    let store = open(dir.path(), &StoreConfig::default(), &clock).unwrap();
    for (at, document) in (START..).zip(&documents) {
        store.observe(document, at, true).unwrap();
    }
    let before = ask(&store);
    assert!(before.iter().filter(|seen| seen.near_duplicate_of.is_some()).count() > 10);
    assert!(before.last().unwrap().asked[0].witnesses > 15, "documents that point to a known title");
    drop(store);
    for round in 0..3 {
        let store = open(dir.path(), &StoreConfig::default(), &clock).unwrap();
        assert_eq!(ask(&store), before, "restart {round}");
        // Learning it all again must not change anything either.
        for document in &documents {
            store.observe(document, START + 999, true).unwrap();
        }
        assert_eq!(ask(&store), before, "restart {round}, sent again");
    }
}

#[test]
fn records_outlive_their_journal_rows() {
    let (dir, clock) = (tempfile::tempdir().unwrap(), TestClock::new());
    let store = open(dir.path(), &small(), &clock).unwrap();
    for n in 0..12 {
        store.observe(&document(1, n, &[5]), START, true).unwrap();
    }
    // Twenty times what the journal keeps, in portions, so that checkpoints run in between.
    for n in 100..2100 {
        store.observe(&Observation { source: 2, ..bulky(n, 100) }, START, true).unwrap();
        if n % 100 == 0 {
            store.sync().unwrap();
        }
    }
    drop(store);
    let store = open(dir.path(), &small(), &clock).unwrap();
    let seen = store.observe(&document(1, 50, &[5]), START, false).unwrap();
    assert_eq!((seen.local[0].witnesses, seen.source_documents), (13, 13));
    assert!(known(&store, 2099), "the newest first sightings are in the journal");
    assert!(!known(&store, 100), "the oldest are dropped from it");
}

#[test]
fn rows_and_records_age_on_disk() {
    let (dir, clock) = (tempfile::tempdir().unwrap(), TestClock::new());
    let config = StoreConfig::default();
    let store = open(dir.path(), &config, &clock).unwrap();
    (0..5).for_each(|n| _ = store.observe(&bulky(n, 3), START, true).unwrap());
    clock.pass(91 * 86_400);
    store.observe(&document(2, 1, &[1]), START, true).unwrap();
    drop(store);
    let store = open(dir.path(), &config, &clock).unwrap();
    assert!(!known(&store, 1));
    assert_eq!(store.usage().documents, 1);
}

/// A machine that boots with a clock years ahead or behind, and has the right time at the next start.
#[test]
fn a_clock_that_stands_wrong_at_a_start_costs_no_learning() {
    const YEARS: i64 = 20 * 365 * 86_400;
    for wrong in [YEARS, -YEARS, i64::from(u32::MAX)] {
        let dir = tempfile::tempdir().unwrap();
        let set = |offset: i64| {
            let clock = TestClock::new();
            clock.pass(offset);
            open(dir.path(), &StoreConfig::default(), &clock).unwrap()
        };
        let mut learned = 0;
        for offset in [0, wrong, 60, wrong + 60, 120] {
            let store = set(offset);
            assert!((0..learned).all(|n| known(&store, n)), "{offset} of {wrong}: known before it learns");
            (learned..learned + 5).for_each(|n| _ = store.observe(&bulky(n, 3), START, true).unwrap());
            learned += 5;
        }
        let store = set(180);
        assert!((0..learned).all(|n| known(&store, n)));
        let shared = store.observe(&document(1, 999, &[7]), START, false).unwrap();
        assert!(shared.local[0].witnesses >= 16, "{wrong}: the records as well");
    }
}

#[test]
fn who_asks_by_the_clock_of_the_world_is_understood_after_a_long_rest() {
    let (dir, clock) = (tempfile::tempdir().unwrap(), TestClock::new());
    let store = open(dir.path(), &StoreConfig::default(), &clock).unwrap();
    let carried = Carried { source: "a.example", templates: &[0] };
    store.observe_carrier(&document(1, 1, &[5]), carried, START, true).unwrap();
    drop(store);
    clock.pass(300 * 86_400);
    let store = open(dir.path(), &StoreConfig::default(), &clock).unwrap();
    let asked_at = START + 300 * 86_400;
    for n in 2..5 {
        store.observe_carrier(&document(1, n, &[5]), carried, START, true).unwrap();
    }
    let query = Query { since: Some(asked_at), most: 10, ..Query::default() };
    assert!(store.affected(&query).documents.iter().any(|found| found.id == "doc-1-1"));
}

#[test]
fn a_guest_drops_nothing_that_the_owner_keeps() {
    let (dir, clock) = (tempfile::tempdir().unwrap(), TestClock::new());
    let journal = JournalConfig { max_bytes: 64 << 20, ..JournalConfig::default() };
    let large = StoreConfig { memory_bytes: 64 << 20, journal, ..StoreConfig::default() };
    let store = open(dir.path(), &large, &clock).unwrap();
    (0..3000).for_each(|n| _ = store.observe(&bulky(n, 100), START, true).unwrap());
    drop(store);
    let guest = EmbeddedStore::open_as_guest(dir.path(), small()).unwrap();
    for n in 3000..3100 {
        guest.observe(&bulky(n, 100), START, true).unwrap();
        // As many groups as a checkpoint has parts.
        guest.sync().unwrap();
    }
    drop(guest);
    let store = open(dir.path(), &large, &clock).unwrap();
    assert!((0..3100).all(|n| known(&store, n)));
    assert_eq!(store.usage().documents, 3100);
    drop(store);
    // An owner may keep less.
    drop(open(dir.path(), &small(), &clock).unwrap());
    let guest = EmbeddedStore::open_as_guest(dir.path(), small()).unwrap();
    assert!(guest.usage().memory_bytes <= 17 << 20, "the owner's bounds are the latest");
}

#[test]
fn a_row_is_as_old_as_what_it_taught_and_not_as_its_document() {
    let (dir, clock) = (tempfile::tempdir().unwrap(), TestClock::new());
    let store = open(dir.path(), &StoreConfig::default(), &clock).unwrap();
    store.observe(&document(1, 1, &[1]), START, true).unwrap();
    clock.pass(100 * 24 * 60 * 60);
    store.observe(&document(1, 1, &[2]), START, true).unwrap();
    drop(store);
    let store = open(dir.path(), &StoreConfig::default(), &clock).unwrap();
    let seen = store.observe(&document(1, 2, &[2]), START, false).unwrap();
    assert_eq!(seen.local[0].witnesses, 2, "journals are kept for 90 days, and it was learned today");
}

#[test]
fn a_flood_stays_in_bounds() {
    let (dir, clock) = (tempfile::tempdir().unwrap(), TestClock::new());
    let store = open(dir.path(), &small(), &clock).unwrap();
    for n in 0..4000u64 {
        // All sources new, half of the keys twice: everything that can be filled is.
        let flood = Observation { source: n, id: "x".repeat(2000), ..bulky(n / 2, 100) };
        store.observe(&Observation { document: n, sketch: sketch(n * 1000, 40), ..flood }, START, true).unwrap();
    }
    store.sync().unwrap();
    let usage = store.usage();
    assert!(usage.memory_bytes <= 16 << 20, "{usage:?}");
    assert!(usage.documents > 100 && usage.records > 1000, "{usage:?}");
    let files = std::fs::read_dir(dir.path()).unwrap().map(|file| file.unwrap().metadata().unwrap().len());
    let bytes: u64 = files.sum();
    assert!(bytes <= 10 << 20, "{bytes} bytes on disk");
    assert!(usage.evictions > 1000, "{usage:?}");
}

#[test]
fn a_small_queue_slows_down_but_loses_nothing() {
    let (dir, clock) = (tempfile::tempdir().unwrap(), TestClock::new());
    let journal = JournalConfig { queue_bytes: 3000, ..JournalConfig::default() };
    let config = StoreConfig { journal, ..StoreConfig::default() };
    let store = open(dir.path(), &config, &clock).unwrap();
    std::thread::scope(|scope| {
        for thread in 0..4 {
            let store = &store;
            scope.spawn(move || {
                for n in 0..25 {
                    store.observe(&bulky(thread * 25 + n, 50), START, true).unwrap();
                }
            });
        }
    });
    // One row is larger than the whole queue.
    store.observe(&bulky(200, 600), START, true).unwrap();
    drop(store);
    let store = open(dir.path(), &config, &clock).unwrap();
    assert!((0..100).chain([200]).all(|n| known(&store, n)));
}

/// Not a test of its own: the child process that the crash tests kill.
#[test]
fn child_that_is_killed() {
    let Some(dir) = std::env::var_os(CHILD_DIR) else { return };
    let store = EmbeddedStore::open(Path::new(&dir), StoreConfig::default()).unwrap();
    let syncs = std::env::var_os(CHILD_SYNCS).is_some();
    for n in 0..u64::MAX {
        store.observe(&bulky(n, 50), START, true).unwrap();
        if syncs && n % 20 == 0 {
            store.sync().unwrap();
            writeln!(std::io::stderr(), "synced {n}").unwrap();
        }
        if !syncs && n == 300 {
            writeln!(std::io::stderr(), "learned {n}").unwrap();
            std::thread::sleep(Duration::from_mins(10));
        }
    }
}

fn spawn_child(dir: &Path, syncs: bool) -> Child {
    let mut command = Command::new(std::env::current_exe().unwrap());
    command.args(["--exact", "child_that_is_killed", "--nocapture"]).env(CHILD_DIR, dir);
    if syncs {
        command.env(CHILD_SYNCS, "1");
    }
    command.stdout(Stdio::null()).stderr(Stdio::piped()).spawn().unwrap()
}

/// The number in the `nth` line that the child says.
fn heard(child: &mut Child, nth: usize) -> u64 {
    let lines = BufReader::new(child.stderr.take().unwrap()).lines();
    let line = lines.map(Result::unwrap).filter(|line| line.contains("ed ")).nth(nth).unwrap();
    line.rsplit(' ').next().unwrap().parse().unwrap()
}

#[test]
fn killed_in_the_middle_of_writing_it_knows_what_was_synced() {
    let cycles = std::env::var(KILL_CYCLES).ok().and_then(|cycles| cycles.parse().ok()).unwrap_or(5);
    let dir = tempfile::tempdir().unwrap();
    for round in 1..=cycles {
        let mut child = spawn_child(dir.path(), true);
        let last = heard(&mut child, 1 + round % 6 * 4);
        child.kill().unwrap();
        child.wait().unwrap();
        let store = EmbeddedStore::open(dir.path(), StoreConfig::default()).unwrap();
        let missing: Vec<u64> = (0..=last).filter(|&n| !known(&store, n)).collect();
        assert!(last > 0 && missing.is_empty(), "round {round}: of {last}, lost {missing:?}");
    }
}

#[test]
fn killed_later_it_knows_what_nobody_synced() {
    let dir = tempfile::tempdir().unwrap();
    let mut child = spawn_child(dir.path(), false);
    let last = heard(&mut child, 0);
    // A second is promised; three, so that a slow machine does not decide the test.
    std::thread::sleep(Duration::from_secs(3));
    child.kill().unwrap();
    child.wait().unwrap();
    let store = EmbeddedStore::open(dir.path(), StoreConfig::default()).unwrap();
    assert!((0..=last).all(|n| known(&store, n)));
}
