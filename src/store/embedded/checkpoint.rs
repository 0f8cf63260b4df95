//! All records and sources as one file: a header, then one part per shard.
//!
//! Whole shards are written in turn, not single records: a shard is a sequential megabyte at most, needs no list of
//! what changed, and what memory has forgotten is gone from disk as well.

use crate::store::codec::{Reader, frame};
use crate::store::kmv::{K, Kmv};
use crate::store::record::Record;
use crate::store::shard::Shard;
use crate::store::sources::Source;

/// First byte of a part. Another one is refused.
const VERSION: u8 = 2;

/// Set in the length of a record's set if more witnesses were seen than are kept.
const SATURATED: u8 = 0x80;

/// First bytes of the file; the last is the version of all formats here.
pub(super) const MAGIC: [u8; 8] = *b"PSIEVEC\x02";

/// What the file begins with: the magic, and the number of the first journal that it does not cover.
pub(super) fn header(number: u64) -> Vec<u8> {
    [MAGIC, number.to_le_bytes()].concat()
}

/// What a part says.
#[derive(Debug, Default, PartialEq, Eq)]
pub(super) struct Checkpoint {
    pub(super) sources: Vec<(u64, Source)>,
    pub(super) records: Vec<(u64, Record)>,
}

impl Checkpoint {
    /// Sets times of arrival that lie in the future to `now`; how many records had one. Nothing would ever age else.
    pub(super) fn not_after(&mut self, now: u32) -> u64 {
        self.sources.iter_mut().for_each(|(_, source)| source.arrived = source.arrived.min(now));
        let mut found = 0;
        for (_, record) in &mut self.records {
            found += u64::from(record.arrived.max(record.strong_at) > now);
            (record.arrived, record.strong_at) = (record.arrived.min(now), record.strong_at.min(now));
        }
        found
    }
}

/// The part of a shard. The caller holds its lock, so this only copies.
pub(super) fn encode(shard: &Shard, sources: &[(u64, Source)]) -> Vec<u8> {
    let mut out = Vec::new();
    frame(&mut out, |out| {
        out.push(VERSION);
        out.extend_from_slice(&(sources.len() as u32).to_le_bytes());
        for (source, known) in sources {
            out.extend_from_slice(&source.to_le_bytes());
            put(out, &[known.documents, known.arrived]);
        }
        for (key, record) in shard.records() {
            out.extend_from_slice(&key.to_le_bytes());
            put(out, &[record.first_seen, record.last_seen, record.first_ordinal, record.last_ordinal]);
            put(out, &[record.arrived, record.strong_at]);
            let values = record.witnesses.values();
            let saturated = if record.witnesses.saturated() { SATURATED } else { 0 };
            out.push(values.len() as u8 | saturated);
            put(out, values);
        }
    });
    out
}

/// Reads a part. `None` if it is not exactly one.
pub(super) fn decode(bytes: &[u8]) -> Option<Checkpoint> {
    let mut reader = Reader::new(bytes);
    let mut body = Reader::new(reader.frame()?);
    if !reader.is_empty() || body.u8()? != VERSION {
        return None;
    }
    let mut checkpoint = Checkpoint::default();
    for _ in 0..body.u32()? {
        let source = body.u64()?;
        checkpoint.sources.push((source, Source { documents: body.u32()?, arrived: body.u32()? }));
    }
    while !body.is_empty() {
        checkpoint.records.push((body.u64()?, record(&mut body)?));
    }
    Some(checkpoint)
}

fn record(body: &mut Reader<'_>) -> Option<Record> {
    let (first_seen, last_seen) = (body.u32()?, body.u32()?);
    let (first_ordinal, last_ordinal) = (body.u32()?, body.u32()?);
    let (arrived, strong_at) = (body.u32()?, body.u32()?);
    let len = body.u8()?;
    let mut values = [0; K];
    let values = values.get_mut(..usize::from(len & !SATURATED))?;
    for value in values.iter_mut() {
        *value = body.u32()?;
    }
    let witnesses = Kmv::restore(values, len & SATURATED != 0)?;
    Some(Record { witnesses, first_seen, last_seen, first_ordinal, last_ordinal, arrived, strong_at })
}

fn put(out: &mut Vec<u8>, values: &[u32]) {
    for value in values {
        out.extend_from_slice(&value.to_le_bytes());
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::store::StoreConfig;
    use crate::store::record::Sighting;
    use crate::store::ring::Ring;
    use crate::store::shard::{Entering, View};
    use proptest::prelude::*;

    proptest! {
        #[test]
        fn what_was_written_is_read(sightings in prop::collection::vec((0..20u64, 1..60u32, any::<u32>()), 0..300)) {
            let (mut shard, ring) = (Shard::new(&StoreConfig::default()), Ring::new(1 << 16));
            for (key, witness, at) in sightings {
                let sighting = Sighting { witness, at, ordinal: at / 2, arrived: at / 3 };
                shard.visit(key, View::AsIs(0), Some(&mut Entering::new(sighting)), &ring);
            }
            let sources = [(7, Source { documents: 3, arrived: 9 })];
            let bytes = encode(&shard, &sources);
            let read = decode(&bytes).unwrap();
            prop_assert_eq!(&read.sources, &sources);
            let written: Vec<_> = shard.records().map(|(key, record)| (key, record.clone())).collect();
            prop_assert_eq!(read.records, written);
            prop_assert_eq!(decode(&bytes[..bytes.len() - 1]), None);
        }

        #[test]
        fn any_body_is_read_or_refused(body in prop::collection::vec(any::<u8>(), 0..200)) {
            let mut bytes = Vec::new();
            frame(&mut bytes, |out| {
                out.extend_from_slice(&[VERSION, 0, 0, 0, 0]);
                out.extend_from_slice(&body);
            });
            for (_, record) in decode(&bytes).unwrap_or_default().records {
                prop_assert!(record.witnesses.values().len() <= K);
            }
        }
    }
}
