//! Files that cannot be used: a clear error, and nothing overwritten.
#![allow(clippy::unwrap_used, reason = "a test may fail")]

mod store_support;

use std::fs;
use std::path::{Path, PathBuf};

use promosieve::store::{Store, StoreConfig, StoreError};
use redb::TableDefinition;
use store_support::{START, TestClock, document, open};
use tempfile::TempDir;

const NAME: &str = "promosieve.redb";

fn try_open(dir: &Path) -> Result<Vec<u32>, StoreError> {
    let store = open(dir, &StoreConfig::default(), &TestClock::new())?;
    let counts = (0..30).map(|key| store.observe(&document(1, 99, &[key]), START, false).unwrap().local[0].witnesses);
    Ok(counts.collect())
}

/// A directory with a store that learned a little, its file, and what it answers.
fn sound() -> (TempDir, PathBuf, Vec<u32>) {
    let dir = tempfile::tempdir().unwrap();
    let store = open(dir.path(), &StoreConfig::default(), &TestClock::new()).unwrap();
    for n in 0..30 {
        store.observe(&document(1, n, &(0..n).collect::<Vec<_>>()), START, true).unwrap();
    }
    drop(store);
    let file = dir.path().join(NAME);
    let answers = try_open(dir.path()).unwrap();
    assert!(answers[0] > 10);
    (dir, file, answers)
}

/// Opens a directory whose file must be refused; the error. The file must stay as it is.
fn refused(dir: &Path) -> StoreError {
    let before = fs::read(dir.join(NAME)).unwrap();
    let error = try_open(dir).unwrap_err();
    assert!(fs::read(dir.join(NAME)).unwrap() == before, "the file was changed: {error}");
    error
}

#[test]
fn a_foreign_file_is_left_alone() {
    for content in [&b""[..], b"x", b"my thesis, the only copy", &[0; 5000]] {
        let dir = tempfile::tempdir().unwrap();
        fs::write(dir.path().join(NAME), content).unwrap();
        assert!(matches!(refused(dir.path()), StoreError::Damaged { .. }));
    }
    let dir = tempfile::tempdir().unwrap();
    fs::write(dir.path().join("promosieve.redb.new"), b"my thesis").unwrap();
    assert!(matches!(try_open(dir.path()), Err(StoreError::Damaged { .. })));
    assert_eq!(fs::read(dir.path().join("promosieve.redb.new")).unwrap(), b"my thesis");
}

#[test]
fn a_half_made_file_of_ours_is_made_anew() {
    let dir = tempfile::tempdir().unwrap();
    fs::write(dir.path().join("promosieve.redb.new"), [0; 4096]).unwrap();
    assert!(try_open(dir.path()).is_ok());
}

fn database(dir: &Path, table: &str, version: u64) {
    let database = redb::Database::create(dir.join(NAME)).unwrap();
    let write = database.begin_write().unwrap();
    write.open_table(TableDefinition::<&str, u64>::new(table)).unwrap().insert("format", version).unwrap();
    write.commit().unwrap();
}

#[test]
fn another_version_is_named() {
    let dir = tempfile::tempdir().unwrap();
    database(dir.path(), "promosieve.meta", 99);
    let error = refused(dir.path());
    assert!(matches!(error, StoreError::UnknownVersion { found: 99, supported: 1, .. }), "{error}");
}

#[test]
fn a_database_of_another_program_is_left_alone() {
    let dir = tempfile::tempdir().unwrap();
    database(dir.path(), "bookmarks", 1);
    assert!(matches!(refused(dir.path()), StoreError::Damaged { .. }));
}

#[test]
fn a_directory_is_opened_once() {
    let dir = tempfile::tempdir().unwrap();
    let clock = TestClock::new();
    let store = open(dir.path(), &StoreConfig::default(), &clock).unwrap();
    assert!(matches!(try_open(dir.path()), Err(StoreError::Locked { .. })));
    drop(store);
    assert!(try_open(dir.path()).is_ok(), "the lock goes with the store");
}

#[test]
fn a_path_that_cannot_be_written_is_named() {
    let dir = tempfile::tempdir().unwrap();
    let file = dir.path().join("file");
    fs::write(&file, b"").unwrap();
    let error = try_open(&file.join("store")).unwrap_err();
    assert!(matches!(error, StoreError::Io { .. }) && error.to_string().contains("file"), "{error}");
}

#[test]
fn a_truncated_file_is_refused() {
    let (dir, file, _) = sound();
    let content = fs::read(&file).unwrap();
    for len in [0, 1, 9, 320, 4096, content.len() / 2, content.len() - 4096, content.len() - 1] {
        fs::write(&file, &content[..len]).unwrap();
        let error = refused(dir.path());
        assert!(matches!(error, StoreError::Damaged { .. }), "cut to {len}: {error}");
    }
}

#[test]
fn flipped_bits_never_become_evidence() {
    let (dir, file, answers) = sound();
    let content = fs::read(&file).unwrap();
    // Most of a new file is empty, so flip where there is something.
    let used: Vec<usize> = (0..content.len()).filter(|&at| content[at] != 0).collect();
    for step in 0..60 {
        let mut flipped = content.clone();
        flipped[used[step * used.len() / 60]] ^= 1 << (step % 8);
        fs::write(&file, &flipped).unwrap();
        match try_open(dir.path()) {
            Ok(found) => assert_eq!(found, answers, "flip {step} changed the answers"),
            Err(StoreError::Damaged { .. } | StoreError::UnknownVersion { .. }) => {}
            Err(error) => panic!("flip {step}: {error}"),
        }
    }
}

#[test]
fn a_flipped_bit_in_a_row_is_noticed() {
    let (dir, file, _) = sound();
    let mut content = fs::read(&file).unwrap();
    let id = b"doc-1-17";
    let at = content.windows(id.len()).position(|window| window == id).unwrap();
    content[at + 3] ^= 1;
    fs::write(&file, &content).unwrap();
    assert!(matches!(refused(dir.path()), StoreError::Damaged { .. }));
}
