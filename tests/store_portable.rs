//! Verify, export and import: what is carried, from where, and what is refused.
#![allow(clippy::unwrap_used, reason = "a test may fail")]

mod store_support;

use std::fs;
use std::path::Path;
use std::process::{Command, Output};
use std::sync::Arc;

use promosieve::engine::observation::Observation;
use promosieve::store::{CarryError, EmbeddedStore, JournalConfig, Store, StoreConfig, Tally, export, import, verify};
use store_support::{START, document, witnesses};
use tempfile::TempDir;

fn small() -> StoreConfig {
    let journal = JournalConfig { max_bytes: 1 << 20, ..JournalConfig::default() };
    StoreConfig { memory_bytes: 16 << 20, journal, ..StoreConfig::default() }
}

fn page(n: u64) -> Observation {
    let local: Vec<u64> = [7].into_iter().chain((0..60).map(|key| n * 1000 + key + 100)).collect();
    Observation { global: vec![9], ..document(1, n, &local) }
}

/// A store that learned these documents, closed.
fn learned(documents: std::ops::Range<u64>) -> TempDir {
    let dir = tempfile::tempdir().unwrap();
    learn(&EmbeddedStore::open(dir.path(), small()).unwrap(), documents);
    dir
}

/// A pause now and then, in which a journal that is full becomes records, however fast the machine is.
fn learn(store: &EmbeddedStore, documents: std::ops::Range<u64>) {
    for n in documents {
        store.observe(&page(n), START, true).unwrap();
        if n % 500 == 0 {
            store.sync().unwrap();
        }
    }
}

fn exported(dir: &Path) -> (Vec<u8>, Tally) {
    let mut bytes = Vec::new();
    let tally = export(dir, &mut bytes, &mut |_| {}).unwrap();
    (bytes, tally)
}

fn imported(dir: &Path, bytes: &[u8]) -> Result<Tally, CarryError> {
    import(dir, small(), &mut &*bytes, &mut |_| {})
}

/// What documents look like to a store.
fn answers(dir: &Path, documents: std::ops::Range<u64>) -> Vec<Vec<u32>> {
    let store = EmbeddedStore::open(dir, small()).unwrap();
    documents.map(|n| witnesses(&store.observe(&page(n), START, false).unwrap().local)).collect()
}

#[test]
fn an_import_knows_what_the_export_knew_and_twice_is_once() {
    let from = learned(0..50);
    let (bytes, tally) = exported(from.path());
    assert_eq!(tally.rows, 50);
    let to = tempfile::tempdir().unwrap();
    assert_eq!(imported(to.path(), &bytes).unwrap().new_rows, 50);
    assert_eq!(answers(to.path(), 0..60), answers(from.path(), 0..60));
    let again = imported(to.path(), &bytes).unwrap();
    assert_eq!((again.rows, again.new_rows), (50, 0));
    assert_eq!(answers(to.path(), 0..60), answers(from.path(), 0..60));
    assert_eq!(verify(to.path(), &mut |_| {}).unwrap().rows, 50, "nothing was written twice");
}

#[test]
fn imports_merge() {
    let (one, two) = (learned(0..10), learned(5..20));
    imported(one.path(), &exported(two.path()).0).unwrap();
    let store = EmbeddedStore::open(one.path(), small()).unwrap();
    assert_eq!(store.usage().documents, 20);
    assert!(witnesses(&store.observe(&page(99), START, false).unwrap().local)[0] > 16, "of 20, estimated");
}

#[test]
fn what_a_document_taught_when_it_came_again_is_carried_and_kept() {
    let from = tempfile::tempdir().unwrap();
    let store = EmbeddedStore::open(from.path(), small()).unwrap();
    store.observe(&document(1, 1, &[1, 2]), START, true).unwrap();
    store.observe(&document(1, 1, &[3, 4]), START, true).unwrap();
    drop(store);
    let (bytes, _) = exported(from.path());
    let to = tempfile::tempdir().unwrap();
    assert_eq!(imported(to.path(), &bytes).unwrap().new_rows, 2);
    let store = EmbeddedStore::open(to.path(), small()).unwrap();
    assert_eq!(witnesses(&store.observe(&document(1, 2, &[1, 3]), START, false).unwrap().local), [2, 2]);
}

#[test]
fn an_import_into_a_store_that_learned_apart_is_idempotent_too() {
    let (one, two) = (learned(0..10), learned(5..20));
    let (bytes, _) = exported(two.path());
    imported(one.path(), &bytes).unwrap();
    let size = verify(one.path(), &mut |_| {}).unwrap();
    assert_eq!(imported(one.path(), &bytes).unwrap().new_rows, 0);
    assert_eq!(verify(one.path(), &mut |_| {}).unwrap(), size);
}

#[test]
fn records_without_rows_are_carried_too() {
    let from = learned(0..8000);
    let (bytes, tally) = exported(from.path());
    assert!(tally.records > 0 && tally.rows < 8000, "{tally:?}");
    let to = tempfile::tempdir().unwrap();
    imported(to.path(), &bytes).unwrap();
    let (before, after) = (answers(from.path(), 9000..9001), answers(to.path(), 9000..9001));
    assert_eq!(before[0][0], after[0][0], "the key that all share");
    assert!(after[0][0] > 1000);
}

#[test]
fn times_of_a_wild_clock_are_set_right_by_an_import() {
    let from = tempfile::tempdir().unwrap();
    let wild = EmbeddedStore::open_with_clock(from.path(), small(), Arc::new(|| i64::from(u32::MAX) - 9)).unwrap();
    learn(&wild, 0..8000);
    drop(wild);
    let (bytes, tally) = exported(from.path());
    assert!(tally.records > 0, "{tally:?}");
    let to = learned(9000..9010);
    let tally = imported(to.path(), &bytes).unwrap();
    assert!(tally.future >= tally.rows && tally.rows > 0, "{tally:?}");
    imported(to.path(), &bytes).unwrap();
    // Had the store taken the times over, its clock would stand in 2106 and it would forget what was learned before.
    let ages = StoreConfig { memory_bytes: 64 << 20, ..StoreConfig::default() };
    let store = EmbeddedStore::open(to.path(), ages).unwrap();
    let seen = store.observe(&page(9000), START, false).unwrap();
    assert!(seen.local[0].witnesses > 1000 && seen.local[1].witnesses == 1, "{:?}", &seen.local[..2]);
    assert_eq!(verify(to.path(), &mut |_| {}).unwrap().future, 0);
    let (bytes, _) = exported(to.path());
    let other = tempfile::tempdir().unwrap();
    assert_eq!(imported(other.path(), &bytes).unwrap().future, 0, "none is left");
}

#[test]
fn the_export_of_a_newer_version_is_not_called_damage() {
    let (mut bytes, _) = exported(learned(0..2).path());
    bytes[7] = 9;
    let error = imported(tempfile::tempdir().unwrap().path(), &bytes).unwrap_err();
    assert!(error.to_string().contains("version 9") && error.to_string().contains("upgrade"), "{error}");
}

#[test]
fn a_directory_in_use_is_exported_but_not_imported_into() {
    let dir = tempfile::tempdir().unwrap();
    let store = EmbeddedStore::open(dir.path(), small()).unwrap();
    let done = std::sync::atomic::AtomicBool::new(false);
    std::thread::scope(|scope| {
        scope.spawn(|| {
            for n in 0..4000 {
                store.observe(&page(n), START, true).unwrap();
            }
            store.sync().unwrap();
            done.store(true, std::sync::atomic::Ordering::SeqCst);
        });
        let mut last = 0;
        while !done.load(std::sync::atomic::Ordering::SeqCst) {
            verify(dir.path(), &mut |_| {}).unwrap();
            let (bytes, _) = exported(dir.path());
            let to = tempfile::tempdir().unwrap();
            let tally = imported(to.path(), &bytes).unwrap();
            assert!(tally.rows + tally.records >= last.min(1), "it never shrinks to nothing");
            last = tally.rows;
        }
    });
    let (bytes, _) = exported(dir.path());
    let error = imported(dir.path(), &bytes).unwrap_err();
    assert!(error.to_string().contains("in use"), "{error}");
}

#[test]
fn what_is_no_whole_export_is_refused() {
    let (bytes, _) = exported(learned(0..5).path());
    let refused =
        |bytes: &[u8]| matches!(imported(tempfile::tempdir().unwrap().path(), bytes), Err(CarryError::Content(_)));
    for cut in (0..bytes.len()).step_by(97) {
        assert!(refused(&bytes[..cut]), "cut to {cut}");
    }
    for at in (0..bytes.len()).step_by(53) {
        let mut flipped = bytes.clone();
        flipped[at] ^= 4;
        assert!(refused(&flipped), "flip at {at}");
    }
    let mut huge = bytes[..9].to_vec();
    huge.extend(u32::MAX.to_le_bytes());
    assert!(refused(&huge));
}

fn promosieve(args: &[&str]) -> Output {
    Command::new(env!("CARGO_BIN_EXE_promosieve")).args(args).output().unwrap()
}

#[test]
fn the_commands_say_what_they_did_and_exit_as_documented() {
    let from = learned(0..5);
    let to = tempfile::tempdir().unwrap();
    let (source, target) = (from.path().to_str().unwrap(), to.path().to_str().unwrap());
    let file = to.path().join("backup.psx");
    let file = file.to_str().unwrap();
    let says = |output: &Output| String::from_utf8_lossy(&output.stderr).into_owned();

    let output = promosieve(&["store", "verify", "--data", source]);
    assert!(output.status.success() && says(&output).contains("sound: 5 journal rows"), "{output:?}");
    let output = promosieve(&["store", "export", "--data", source, file]);
    assert!(output.status.success(), "{output:?}");
    let piped = promosieve(&["store", "export", "--data", source, "-"]);
    assert_eq!(piped.stdout, fs::read(file).unwrap(), "the same state, the same bytes");
    let output = promosieve(&["store", "import", "--data", target, file]);
    assert!(says(&output).contains("5 journal rows, 5 of them new"), "{output:?}");

    let journal = from.path().join("journal-0000000000000001");
    let mut damaged = fs::read(&journal).unwrap();
    damaged[100] ^= 1;
    fs::write(&journal, damaged).unwrap();
    let output = promosieve(&["store", "verify", "--data", source]);
    assert_eq!(output.status.code(), Some(65));
    assert!(says(&output).contains("good bytes instead of") && says(&output).contains("backup"), "{output:?}");
    fs::write(file, b"something else").unwrap();
    let output = promosieve(&["store", "import", "--data", target, file]);
    assert_eq!(output.status.code(), Some(65));
    assert!(says(&output).contains("no export") && says(&output).contains("store export"), "{output:?}");
    assert_eq!(promosieve(&["store", "export", "--data", "/nowhere/at/all", "-"]).status.code(), Some(69));
    let _server = EmbeddedStore::open(to.path(), small()).unwrap();
    fs::write(file, &piped.stdout).unwrap();
    assert_eq!(promosieve(&["store", "import", "--data", target, file]).status.code(), Some(69));
}
