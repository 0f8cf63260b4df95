//! What happens when the disk gives up under a running store, or the power goes.

use std::io::ErrorKind;
use std::time::Duration;

use super::simulated::{Dice, Simulated};
use super::*;
use crate::store::JournalConfig;
use crate::store::memory::system_clock;

/// How many seeds the power failures are tried with; by default a few.
const SEEDS: &str = "PROMOSIEVE_POWER_LOSS_SEEDS";

fn start(disk: &Simulated, config: &StoreConfig) -> Result<EmbeddedStore, StoreError> {
    EmbeddedStore::start(
        Box::new(disk.clone()),
        Path::new("simulated"),
        None,
        config.clone(),
        (system_clock(), Opener::Owner),
    )
}

fn config(queue_bytes: usize) -> StoreConfig {
    let journal = JournalConfig {
        max_bytes: 512 << 10,
        queue_bytes,
        commit_interval: Duration::from_millis(1),
        ..JournalConfig::default()
    };
    StoreConfig { memory_bytes: 16 << 20, journal, ..StoreConfig::default() }
}

/// A document with a key that all share, and so many of its own.
fn document(n: u64, keys: u64) -> Observation {
    let local = [7].into_iter().chain((0..keys).map(|key| n * 10_000 + key + 100)).collect();
    Observation { source: 1, document: n + 1, id: format!("doc-{n}"), local, ..Observation::default() }
}

fn knows(store: &EmbeddedStore, n: u64) -> bool {
    store.state.registry.find(n + 1).is_some()
}

fn shared(store: &EmbeddedStore) -> u32 {
    store.observe(&document(1 << 40, 0), 0, false).unwrap().local[0].witnesses - 1
}

#[test]
fn a_failing_disk_stops_no_answer_and_what_waited_is_written_later() {
    for fault in [ErrorKind::StorageFull, ErrorKind::Other, ErrorKind::ReadOnlyFilesystem] {
        let disk = Simulated::default();
        let store = start(&disk, &config(1 << 20)).unwrap();
        store.observe(&document(1, 3), 0, true).unwrap();
        store.sync().unwrap();
        assert_eq!((store.status().degraded, store.status().unsynced_rows), (None, 0));

        disk.fail(Some(fault));
        for n in 2..6 {
            store.observe(&document(n, 3), 0, true).unwrap();
            assert!(store.sync().is_err(), "it is not safe, and that is said");
        }
        let status = store.status();
        assert_eq!((status.unsynced_rows, status.refuses_learning), (4, false));
        assert!(status.write_failures >= 4 && status.unsynced_since.is_some(), "{status:?}");
        let says = status.degraded.unwrap();
        assert!(says.contains(if fault == ErrorKind::StorageFull { "free some" } else { "check" }), "{says}");
        assert_eq!(shared(&store), 5, "it learned all the same");

        disk.fail(None);
        store.sync().unwrap();
        let status = store.status();
        assert_eq!((status.degraded, status.unsynced_rows, status.unsynced_since), (None, 0, None));
        let after = start(&Simulated::with(disk.left_now(1)), &config(1 << 20)).unwrap();
        assert!((1..6).all(|n| knows(&after, n)) && shared(&after) == 5, "all of it survived");
    }
}

/// A file system that is mounted read-only, as after an error of its own.
#[test]
fn a_directory_that_cannot_be_written_is_refused_with_a_reason() {
    let disk = Simulated::default();
    let store = start(&disk, &config(1 << 20)).unwrap();
    store.observe(&document(1, 3), 0, true).unwrap();
    drop(store);
    disk.fail(Some(ErrorKind::ReadOnlyFilesystem));
    let error = start(&disk, &config(1 << 20)).err().expect("it cannot be written");
    assert!(matches!(error, StoreError::Io { .. }) && error.to_string().contains("permissions"), "{error}");
    disk.fail(None);
    assert!(knows(&start(&disk, &config(1 << 20)).unwrap(), 1));
}

#[test]
fn it_recovers_by_itself() {
    let disk = Simulated::default();
    let store = start(&disk, &config(1 << 20)).unwrap();
    disk.fail(Some(ErrorKind::StorageFull));
    store.observe(&document(1, 3), 0, true).unwrap();
    assert!(store.sync().is_err());
    disk.fail(None);
    // Nobody asks for it. A minute is for slow machines; it takes half a second.
    let well = (0..600).any(|_| {
        std::thread::sleep(Duration::from_millis(100));
        store.status().degraded.is_none()
    });
    assert!(well && store.status().unsynced_rows == 0, "{:?}", store.status());
}

#[test]
fn a_full_queue_refuses_to_learn_and_only_that() {
    let disk = Simulated::default();
    let store = start(&disk, &config(4000)).unwrap();
    disk.fail(Some(ErrorKind::StorageFull));
    let refused = (0..1000).find(|&n| store.observe(&document(n, 20), 0, true).is_err()).unwrap();
    assert!(refused > 3, "a queue of 4,000 bytes has room for some");
    assert!(store.status().refuses_learning);
    assert!(!knows(&store, refused), "what was refused was not learned");
    assert!(u64::from(shared(&store)) >= refused.min(16), "looking goes on");
    disk.fail(None);
    store.sync().unwrap();
    assert!(!store.status().refuses_learning);
    store.observe(&document(refused, 20), 0, true).unwrap();
    drop(store);
    let after = start(&disk, &config(4000)).unwrap();
    assert!((0..=refused).all(|n| knows(&after, n)));
}

/// A writer without its thread, over what a disk has.
fn writer(disk: &Simulated) -> Result<Writer, StoreError> {
    let (disk, clock) = (Box::new(disk.clone()), (system_clock(), Opener::Owner));
    Ok(EmbeddedStore::loaded(disk, Path::new("simulated"), config(1 << 20), clock, None)?.writer)
}

/// Rows of a document, as the writer gets them.
fn rows(n: u64) -> Vec<Vec<u8>> {
    let state = State::new(config(1 << 20));
    let (entry, _) = state.observe(&document(n, 3), Carried::default(), 0, 100, true).learned.unwrap();
    let keys: &[u64] = &[];
    let parts = row::Parts {
        entry: &entry,
        source: "",
        learned: clamped(system_clock()()),
        templates: keys,
        weak: 0,
        local: &[n],
        global: keys,
        sketch: keys,
    };
    vec![row::encode(&parts)]
}

#[test]
fn a_file_that_was_not_made_whole_does_not_spoil_a_good_end() {
    let mut disk = Simulated::default();
    let mut open = writer(&disk).unwrap();
    open.put(&rows(1)).unwrap();
    disk.append(&file::journal(2), &journal::header(2)).unwrap();
    open.finish_all().unwrap();
    writer(&disk).unwrap();
}

#[test]
fn a_checkpoint_that_fails_and_fails_makes_one_file() {
    let disk = Simulated::default();
    let mut open = writer(&disk).unwrap();
    open.put(&rows(1)).unwrap();
    for _ in 0..5 {
        open.begin().unwrap();
        open.round = None;
    }
    let journals = disk.list().unwrap().into_iter().filter(|file| file::journal_number(&file.0).is_some());
    assert_eq!(journals.count(), 2, "the rows', and the one that the checkpoint will not cover");
}

#[test]
fn what_follows_a_checkpoint_must_be_there() {
    let mut disk = Simulated::default();
    let mut open = writer(&disk).unwrap();
    open.put(&rows(1)).unwrap();
    open.checkpoint_now().unwrap();
    let files = disk.list().unwrap().into_iter().filter(|file| file.0 != file::BOUNDS);
    let bytes: u64 = files.map(|file| file.1).sum();
    assert_eq!(open.journal.disk_bytes(), bytes);
    let again = writer(&disk).unwrap();
    assert_eq!(again.journal.disk_bytes(), bytes, "after a start as well");
    assert!(!again.journal.wants_checkpoint(again.now()), "nothing was learned since the last one");
    disk.remove(&file::journal(2)).unwrap();
    let error = writer(&disk).map(|_| ()).unwrap_err().to_string();
    assert!(error.contains("journal-0000000000000002") && error.contains("missing"), "{error}");
}

/// Learns, syncs now and then, meets errors, until the power goes; then starts with what is left, again and again.
fn power_goes(seed: u64) {
    let mut dice = Dice(seed);
    let config = config(1 << 20);
    let mut left = std::collections::BTreeMap::new();
    let (mut next, mut acknowledged) = (0, Vec::new());
    for life in 0..8 {
        let disk = Simulated::with(left);
        // Often in the middle of recovery.
        disk.cut_power(if life % 3 == 1 { dice.roll(6) } else { dice.roll(200) }, dice.roll(1 << 40));
        let store = start(&disk, &config).unwrap_or_else(|error| panic!("seed {seed}, life {life}: {error}"));
        // The journal keeps some 120 documents; which of the older ones are left is chance.
        let missing = acknowledged.iter().rev().take(30).find(|&&n| !knows(&store, n));
        assert_eq!(missing, None, "seed {seed}, life {life}: lost, of {acknowledged:?}");
        if !acknowledged.is_empty() {
            assert!(shared(&store) as usize >= acknowledged.len().min(16), "seed {seed}, life {life}");
        }
        let mut fresh = Vec::new();
        for _ in 0..dice.roll(60) {
            if dice.roll(20) == 0 {
                disk.fail(Some(ErrorKind::Other));
            }
            store.observe(&document(next, dice.roll(1500)), 0, true).unwrap();
            fresh.push(next);
            next += 1;
            if dice.roll(6) == 0 && store.sync().is_ok() && disk.left().is_none() {
                acknowledged.append(&mut fresh);
            }
            disk.fail(None);
        }
        left = disk.left().unwrap_or_else(|| disk.left_now(dice.roll(1 << 40)));
    }
}

#[test]
fn no_power_failure_loses_what_was_acknowledged_or_leaves_what_does_not_start() {
    let seeds = std::env::var(SEEDS).ok().and_then(|seeds| seeds.parse().ok()).unwrap_or(40);
    for seed in 0..seeds {
        power_goes(seed);
        if seeds > 100 && seed % 100 == 99 {
            eprintln!("{} of {seeds} seeds", seed + 1);
        }
    }
}
