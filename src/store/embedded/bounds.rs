//! The bounds that a directory is kept by. They stand in the directory, so that a tool that opens it, and knows nothing
//! of the server's settings, does not drop what the server keeps.

use std::time::Duration;

use super::disk::Disk;
use super::file::{BOUNDS, NEW_BOUNDS};
use crate::store::StoreConfig;
use crate::store::codec::{Reader, frame};

/// Who opens a directory.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Opener {
    /// Whose bounds hold from now on.
    Owner,
    /// Who drops nothing that the bounds found there would keep.
    Guest,
}

/// The bounds to open with, and what is to be written down of them, if it does not stand there already. A record that
/// cannot be read counts as none: it must not keep anybody from what is worth more.
pub(super) fn agreed(disk: &dyn Disk, mut config: StoreConfig, opener: Opener) -> (StoreConfig, Option<Vec<u8>>) {
    let found = disk.read(BOUNDS, 0, 1 << 10).unwrap_or_default();
    if opener == Opener::Guest
        && let Some(recorded) = decode(&found)
    {
        raise(&mut config, &recorded);
    }
    let wanted = encode(&config);
    (config, Some(wanted).filter(|wanted| *wanted != found))
}

/// Writes them down, durably.
pub(super) fn record(disk: &mut dyn Disk, bytes: &[u8]) -> std::io::Result<()> {
    disk.remove(NEW_BOUNDS)?;
    disk.append(NEW_BOUNDS, bytes)?;
    disk.sync(NEW_BOUNDS)?;
    disk.rename(NEW_BOUNDS, BOUNDS)?;
    disk.sync_names()
}

/// Memory, sources, journal, and three ages in seconds.
type Recorded = [u64; 6];

fn encode(config: &StoreConfig) -> Vec<u8> {
    let StoreConfig { memory_bytes, max_sources, journal, max_age, rare_age, .. } = config;
    let ages = [max_age, rare_age, &journal.max_age].map(Duration::as_secs);
    let values = [&[*memory_bytes as u64, *max_sources as u64, journal.max_bytes][..], &ages].concat();
    let mut out = Vec::new();
    frame(&mut out, |out| values.iter().for_each(|value| out.extend_from_slice(&value.to_le_bytes())));
    out
}

fn decode(bytes: &[u8]) -> Option<Recorded> {
    let mut reader = Reader::new(bytes);
    let mut body = Reader::new(reader.frame()?);
    let mut values = Recorded::default();
    for value in &mut values {
        *value = body.u64()?;
    }
    (reader.is_empty() && body.is_empty()).then_some(values)
}

fn raise(config: &mut StoreConfig, &[memory, sources, journal, max_age, rare_age, journal_age]: &Recorded) {
    let size = |value: u64| usize::try_from(value).unwrap_or(usize::MAX);
    config.memory_bytes = config.memory_bytes.max(size(memory));
    config.max_sources = config.max_sources.max(size(sources));
    config.journal.max_bytes = config.journal.max_bytes.max(journal);
    config.max_age = config.max_age.max(Duration::from_secs(max_age));
    config.rare_age = config.rare_age.max(Duration::from_secs(rare_age));
    config.journal.max_age = config.journal.max_age.max(Duration::from_secs(journal_age));
}

#[cfg(test)]
mod tests {
    use super::super::simulated::Simulated;
    use super::*;

    fn config(memory_mib: usize, days: u64) -> StoreConfig {
        let max_age = Duration::from_secs(days * 86_400);
        StoreConfig { memory_bytes: memory_mib << 20, max_age, ..StoreConfig::default() }
    }

    #[test]
    fn a_guest_gets_the_larger_of_each_and_an_owner_their_own() {
        let mut disk = Simulated::default();
        let (_, wanted) = agreed(&disk, config(64, 900), Opener::Owner);
        record(&mut disk, &wanted.unwrap()).unwrap();
        assert_eq!(agreed(&disk, config(64, 900), Opener::Owner), (config(64, 900), None), "it stands there");
        assert_eq!(agreed(&disk, config(16, 30), Opener::Guest), (config(64, 900), None));
        let (larger, wanted) = agreed(&disk, config(128, 30), Opener::Guest);
        assert_eq!(larger, config(128, 900));
        record(&mut disk, &wanted.unwrap()).unwrap();
        assert_eq!(agreed(&disk, config(16, 30), Opener::Guest).0, config(128, 900));
        let (own, wanted) = agreed(&disk, config(16, 30), Opener::Owner);
        assert!(own == config(16, 30) && wanted.is_some());
    }

    #[test]
    fn a_record_that_does_not_read_counts_as_none() {
        let mut disk = Simulated::default();
        record(&mut disk, b"something else").unwrap();
        let (found, wanted) = agreed(&disk, config(16, 30), Opener::Guest);
        assert!(found == config(16, 30) && wanted.is_some());
    }
}
