//! What happens when the disk gives up under a running store.

use std::io;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use redb::StorageBackend;
use redb::backends::InMemoryBackend;

use super::*;
use crate::store::memory::system_clock;

/// A disk that is full as soon as the flag is up.
#[derive(Debug)]
struct Disk(InMemoryBackend, Arc<AtomicBool>);

impl Disk {
    fn check(&self) -> io::Result<()> {
        if self.1.load(Ordering::SeqCst) { Err(io::ErrorKind::StorageFull.into()) } else { Ok(()) }
    }
}

impl StorageBackend for Disk {
    fn len(&self) -> io::Result<u64> {
        self.0.len()
    }

    fn read(&self, offset: u64, out: &mut [u8]) -> io::Result<()> {
        self.0.read(offset, out)
    }

    fn set_len(&self, len: u64) -> io::Result<()> {
        self.check()?;
        self.0.set_len(len)
    }

    fn sync_data(&self) -> io::Result<()> {
        self.check()?;
        self.0.sync_data()
    }

    fn write(&self, offset: u64, data: &[u8]) -> io::Result<()> {
        self.check()?;
        self.0.write(offset, data)
    }
}

fn document(n: u64) -> Observation {
    Observation { source: 1, document: n, local: vec![7, n + 100], ..Observation::default() }
}

#[test]
fn a_full_disk_stops_learning_and_nothing_else() {
    let (full, dir) = (Arc::new(AtomicBool::new(false)), tempfile::tempdir().unwrap());
    let disk = Disk(InMemoryBackend::new(), Arc::clone(&full));
    let database = redb::Builder::new().create_with_backend(disk).unwrap();
    file::prepare(&database).unwrap();
    let lock = file::DirLock::take(dir.path()).unwrap();
    let store = EmbeddedStore::start(database, dir.path(), lock, StoreConfig::default(), system_clock()).unwrap();
    store.observe(&document(1), 0, true).unwrap();
    store.sync().unwrap();

    full.store(true, Ordering::SeqCst);
    // This one is taken before the writer notices; that it is not safe is said by the sync.
    store.observe(&document(2), 0, true).unwrap();
    assert!(matches!(store.sync(), Err(StoreError::Full { .. })));

    let error = store.observe(&document(3), 0, true).unwrap_err();
    assert!(matches!(error, StoreError::Full { .. }) && error.to_string().contains("free some"), "{error}");
    let seen = store.observe(&document(4), 0, false).unwrap();
    assert_eq!(seen.local[0].witnesses, 3, "documents 1, 2 and itself; 3 was not learned");
}
