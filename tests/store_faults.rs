//! Files that cannot be used: a clear error, and nothing overwritten.
#![allow(clippy::unwrap_used, reason = "a test may fail")]

mod store_support;

use std::fs;
use std::path::{Path, PathBuf};

use promosieve::store::{Store, StoreConfig, StoreError};
use store_support::{START, TestClock, document, open};
use tempfile::TempDir;

const NAME: &str = "journal-0000000000000001";

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
    for content in [&b"x"[..], b"my thesis, the only copy", &[7; 5000]] {
        let dir = tempfile::tempdir().unwrap();
        fs::write(dir.path().join(NAME), content).unwrap();
        assert!(matches!(refused(dir.path()), StoreError::Damaged { .. }));
    }
    let dir = tempfile::tempdir().unwrap();
    fs::write(dir.path().join("notes.txt"), b"my thesis").unwrap();
    assert!(try_open(dir.path()).is_ok());
    assert_eq!(fs::read(dir.path().join("notes.txt")).unwrap(), b"my thesis", "nothing to do with us");
}

#[test]
fn a_half_made_file_of_ours_is_made_anew() {
    for content in [&b""[..], &[0; 4096], b"PSIE"] {
        let dir = tempfile::tempdir().unwrap();
        fs::write(dir.path().join(NAME), content).unwrap();
        fs::write(dir.path().join("checkpoint.new"), b"half").unwrap();
        let store = open(dir.path(), &StoreConfig::default(), &TestClock::new()).unwrap();
        store.observe(&document(1, 1, &[0]), START, true).unwrap();
        drop(store);
        assert_eq!(try_open(dir.path()).unwrap()[0], 2);
    }
}

#[test]
fn another_version_is_named() {
    let dir = tempfile::tempdir().unwrap();
    fs::write(dir.path().join("promosieve.redb"), b"of before").unwrap();
    let error = try_open(dir.path()).unwrap_err();
    assert!(matches!(error, StoreError::UnknownVersion { found: 1, supported: 2, .. }), "{error}");
    assert_eq!(fs::read(dir.path().join("promosieve.redb")).unwrap(), b"of before");
}

#[test]
fn a_newer_version_is_not_called_damage() {
    for name in [NAME, "checkpoint-0000000000000002"] {
        let (dir, file, _) = sound();
        let mut bytes = fs::read(&file).unwrap();
        if name != NAME {
            bytes[6] = b'C';
        }
        bytes[7] = 3;
        fs::write(dir.path().join(name), &bytes).unwrap();
        let error = try_open(dir.path()).unwrap_err();
        assert!(matches!(error, StoreError::UnknownVersion { found: 3, supported: 2, .. }), "{error}");
        assert!(error.to_string().contains("upgrade"), "{error}");
        assert!(fs::read(dir.path().join(name)).unwrap() == bytes, "it is left as it is");
    }
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
    let (content, closed) = (fs::read(&file).unwrap(), fs::read(dir.path().join("closed")).unwrap());
    for len in [0, 1, 9, 320, content.len() / 2, content.len() - 1] {
        fs::write(&file, &content[..len]).unwrap();
        fs::write(dir.path().join("closed"), &closed).unwrap();
        let error = refused(dir.path());
        assert!(matches!(error, StoreError::Damaged { .. }), "cut to {len}: {error}");
    }
    fs::remove_file(&file).unwrap();
    let error = try_open(dir.path()).unwrap_err();
    assert!(matches!(error, StoreError::Damaged { .. }) && error.to_string().contains("backup"), "{error}");
}

#[test]
fn what_a_kill_leaves_half_written_is_cut_off() {
    let (dir, file, answers) = sound();
    let content = fs::read(&file).unwrap();
    fs::remove_file(dir.path().join("closed")).unwrap();
    for torn in [&[0; 3000][..], b"\x20\0\0\0half a group"] {
        fs::write(&file, [&content[..], torn].concat()).unwrap();
        assert_eq!(try_open(dir.path()).unwrap(), answers);
        assert_eq!(fs::read(&file).unwrap(), content);
        fs::remove_file(dir.path().join("closed")).unwrap();
    }
}

#[test]
fn flipped_bits_never_become_evidence() {
    let (dir, file, _) = sound();
    let (content, closed) = (fs::read(&file).unwrap(), fs::read(dir.path().join("closed")).unwrap());
    for step in 0..100 {
        let mut flipped = content.clone();
        flipped[step * content.len() / 100] ^= 1 << (step % 8);
        fs::write(&file, &flipped).unwrap();
        fs::write(dir.path().join("closed"), &closed).unwrap();
        let error = refused(dir.path());
        assert!(matches!(error, StoreError::Damaged { .. }), "flip {step}: {error}");
    }
}
