//! Reading a directory of the store from its beginning to its end, whoever owns it: opening, verifying and exporting go
//! the same way.

use std::path::Path;

use super::disk::Disk;
use super::file::{self, OLD_NAME, damaged, io_error};
use super::journal::{self, End};
use super::{FORMAT, checkpoint};
use crate::store::StoreError;
use crate::store::codec::{FRAME_BYTES, Reader, frame};
use crate::store::row::{self, Row};

/// What a directory holds, by name.
#[derive(Debug, Default, Clone, PartialEq, Eq)]
pub(super) struct Listing {
    /// The latest checkpoint and its size.
    pub(super) checkpoint: Option<(u64, u64)>,
    /// Journals, ascending, with their sizes.
    pub(super) journals: Vec<(u64, u64)>,
    /// Files of ours that nothing needs: half-made or outdated ones.
    pub(super) leftovers: Vec<String>,
    /// The last journal and its length, if the store was closed in good order.
    pub(super) closed: Option<(u64, u64)>,
}

impl Listing {
    /// Whether it has files that `other` has not, or the other way round, whatever their sizes.
    pub(super) fn has_other_files(&self, other: &Self) -> bool {
        let files = |listing: &Self| {
            let journals: Vec<u64> = listing.journals.iter().map(|journal| journal.0).collect();
            (listing.checkpoint, journals, listing.closed)
        };
        files(self) != files(other)
    }
}

/// What is told while a directory is read.
pub(super) trait Visitor {
    /// A shard's checkpoint, decoded and as it was read.
    fn checkpoint(&mut self, checkpoint: checkpoint::Checkpoint, bytes: &[u8]) -> Result<(), StoreError>;
    /// A row, decoded and as it was read.
    fn row(&mut self, row: Row, bytes: &[u8]) -> Result<(), StoreError>;
    /// A journal was read: its number, the bytes of it that are good (none if not even the header
    /// is), and how many follow that a crash has left half written, if it has.
    fn journal(&mut self, _number: u64, _good: u64, _torn: Option<u64>) -> Result<(), StoreError> {
        Ok(())
    }
}

/// Looks what there is. Refuses what is of another version.
pub(super) fn list(disk: &dyn Disk, dir: &Path) -> Result<Listing, StoreError> {
    let files = disk.list().map_err(|error| io_error(dir, &error))?;
    let mut listing = Listing::default();
    let mut checkpoints = Vec::new();
    for (name, size) in files {
        if name == OLD_NAME {
            return Err(StoreError::UnknownVersion { file: dir.join(name), found: 1, supported: FORMAT });
        }
        if let Some(number) = file::journal_number(&name) {
            listing.journals.push((number, size));
        } else if let Some(number) = file::checkpoint_number(&name) {
            checkpoints.push((number, size));
        } else if name == file::CLOSED {
            // One that does not read says nothing, which is safe: the store counts as killed.
            listing.closed = disk.read(&name, 0, 64).ok().and_then(|bytes| read_closed(&bytes));
        } else if [file::NEW_CHECKPOINT, file::NEW_JOURNAL, file::NEW_BOUNDS].contains(&name.as_str()) {
            listing.leftovers.push(name);
        }
    }
    listing.checkpoint = checkpoints.iter().copied().max();
    let outdated = checkpoints.iter().filter(|found| Some(**found) != listing.checkpoint);
    listing.leftovers.extend(outdated.map(|&(number, _)| file::checkpoint(number)));
    listing.journals.sort_unstable();
    Ok(listing)
}

/// Tells `visitor` all that the files say.
pub(super) fn read(
    disk: &dyn Disk,
    dir: &Path,
    listing: &Listing,
    visitor: &mut dyn Visitor,
) -> Result<(), StoreError> {
    if let Some((number, _)) = listing.checkpoint {
        read_checkpoint(disk, dir, number, visitor)?;
    }
    if let Some((closed, _)) = listing.closed
        && listing.journals.last().is_none_or(|last| last.0 != closed)
    {
        return Err(damaged(&dir.join(file::journal(closed)), "it was the last journal, and is not any more"));
    }
    let covered = listing.checkpoint.map_or(0, |checkpoint| checkpoint.0);
    // Journals from the covered one on must all be there, and without a checkpoint, all.
    let mut expected = covered.max(1);
    let gap_in_front = listing.journals.first().is_some_and(|first| first.0 > expected);
    // The first one that a checkpoint does not cover was there before the checkpoint.
    if gap_in_front || listing.journals.last().map_or(0, |last| last.0) < covered {
        return Err(damaged(&dir.join(file::journal(expected)), "it is missing"));
    }
    for &(number, size) in &listing.journals {
        // Of those that a checkpoint covers, any may be gone already.
        if number > expected {
            return Err(damaged(&dir.join(file::journal(expected)), "it is missing"));
        }
        expected = expected.max(number + 1);
        let is_last = listing.journals.last().is_some_and(|last| last.0 == number);
        read_journal(disk, dir, (number, size), is_last.then_some(listing), visitor)?;
    }
    Ok(())
}

/// When the latest row was learned, as far as it can be told. What does not read is passed over: [`read`] complains.
pub(super) fn latest(disk: &dyn Disk, dir: &Path, listing: &Listing) -> Result<Option<u32>, StoreError> {
    for &(number, size) in listing.journals.iter().rev() {
        let name = file::journal(number);
        let bytes = disk.read(&name, 0, size).map_err(|error| io_error(&dir.join(&name), &error))?;
        let mut latest = None;
        for group in journal::parse(number, &bytes).groups {
            let mut reader = Reader::new(group);
            while let Some(row) = row::decode(&mut reader) {
                latest = latest.max(Some(row.learned));
            }
        }
        if latest.is_some() {
            return Ok(latest);
        }
    }
    Ok(None)
}

/// `last` is given for the last journal, which alone may be torn, unless it was closed.
fn read_journal(
    disk: &dyn Disk,
    dir: &Path,
    (number, size): (u64, u64),
    last: Option<&Listing>,
    visitor: &mut dyn Visitor,
) -> Result<(), StoreError> {
    let path = dir.join(file::journal(number));
    let bytes = disk.read(&file::journal(number), 0, size).map_err(|error| io_error(&path, &error))?;
    let content = journal::parse(number, &bytes);
    if content.good == 0 {
        other_version(&path, &bytes, journal::MAGIC)?;
    }
    let closed = last.and_then(|listing| listing.closed);
    if let Some((closed, len)) = closed
        && (closed, len) != (number, content.good as u64)
    {
        let what =
            format!("{} good bytes instead of the {len} of journal {closed} that it had when closed", content.good);
        return Err(damaged(&path, what));
    }
    let may_be_torn = last.is_some() && closed.is_none();
    if content.end != End::Whole && !(content.end == End::Torn && may_be_torn) {
        return Err(damaged(&path, format!("it does not read from byte {} on", content.good)));
    }
    for group in content.groups {
        let mut reader = Reader::new(group);
        while !reader.is_empty() {
            let before = reader.len();
            let start = group.len() - before;
            let row = row::decode(&mut reader).ok_or_else(|| damaged(&path, "a row does not read"))?;
            visitor.row(row, &group[start..group.len() - reader.len()])?;
        }
    }
    let torn = (content.end == End::Torn).then(|| (bytes.len() - content.good) as u64);
    visitor.journal(number, content.good as u64, torn)
}

fn read_checkpoint(disk: &dyn Disk, dir: &Path, number: u64, visitor: &mut dyn Visitor) -> Result<(), StoreError> {
    let name = file::checkpoint(number);
    let path = dir.join(&name);
    let read = |from, most| disk.read(&name, from, most).map_err(|error| io_error(&path, &error));
    let header = checkpoint::header(number);
    let head = read(0, header.len() as u64)?;
    if head != header {
        other_version(&path, &head, checkpoint::MAGIC)?;
        return Err(damaged(&path, "it does not begin like one"));
    }
    let mut from = header.len() as u64;
    for shard in 0..crate::store::shard::SHARDS {
        let head = read(from, FRAME_BYTES as u64)?;
        let len = Reader::new(&head).u32().map_or(0, u64::from) + FRAME_BYTES as u64;
        let bytes = read(from, len)?;
        let content =
            checkpoint::decode(&bytes).ok_or_else(|| damaged(&path, format!("part {shard} does not read")))?;
        visitor.checkpoint(content, &bytes)?;
        from += len;
    }
    if read(from, 1)?.is_empty() { Ok(()) } else { Err(damaged(&path, "something follows its end")) }
}

/// Fails if a file begins like one of ours but for the version.
fn other_version(path: &Path, bytes: &[u8], magic: [u8; 8]) -> Result<(), StoreError> {
    match bytes.split_first_chunk::<8>() {
        Some((&[ours @ .., found], _)) if ours == magic[..7] && found != magic[7] => {
            let (found, supported) = (u32::from(found), FORMAT);
            Err(StoreError::UnknownVersion { file: path.to_owned(), found, supported })
        }
        _ => Ok(()),
    }
}

/// What the file [`file::CLOSED`] says.
pub(super) fn closed(number: u64, len: u64) -> Vec<u8> {
    let mut out = Vec::new();
    frame(&mut out, |out| {
        out.extend_from_slice(&number.to_le_bytes());
        out.extend_from_slice(&len.to_le_bytes());
    });
    out
}

fn read_closed(bytes: &[u8]) -> Option<(u64, u64)> {
    let mut reader = Reader::new(bytes);
    let mut body = Reader::new(reader.frame()?);
    Some((body.u64()?, body.u64()?)).filter(|_| reader.is_empty() && body.is_empty())
}
