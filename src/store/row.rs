//! A journal row: all that one document taught, in about 5 bytes per key.
//!
//! One sequential row instead of an update per key: a document has about 250 keys, and an embedded store makes 40,000
//! updates a second, which would cap the service at 160 documents a second.

use super::bits::{put_set, set};
use super::codec::{FRAME_BYTES, Reader, checksum, frame, put_list};
use super::mix::key;
use super::registry::Entry;

/// First byte of a row. Another one is refused.
const VERSION: u8 = 2;

/// The entry counts globally.
const GLOBALLY: u8 = 1;

/// A document and what it was counted under.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Row {
    pub(crate) entry: Entry,
    /// The source's name, or nothing if the document was learned without it.
    pub(crate) source: Box<str>,
    /// When this was learned. Later than the entry's arrival if the document was known.
    pub(crate) learned: u32,
    /// Local keys that can be a template's id, as callers know them; those that were not strong in front.
    pub(crate) templates: Vec<u64>,
    /// How many were not strong.
    pub(crate) weak: u32,
    /// The other local keys, those over sources, and the sketch: sets of mixed keys, ascending.
    pub(crate) local: Vec<u64>,
    pub(crate) global: Vec<u64>,
    pub(crate) sketch: Vec<u64>,
}

/// What a row is made of, with keys as callers know them; see [`Row`].
#[derive(Debug, Clone, Copy)]
pub(crate) struct Parts<'a> {
    pub(crate) entry: &'a Entry,
    pub(crate) source: &'a str,
    pub(crate) learned: u32,
    pub(crate) templates: &'a [u64],
    pub(crate) weak: u32,
    pub(crate) local: &'a [u64],
    pub(crate) global: &'a [u64],
    pub(crate) sketch: &'a [u64],
}

/// Fields of fixed size: version, flags, document, source, eight 32-bit values, and six lengths.
const FIXED_BYTES: usize = 2 + 2 * 8 + 8 * 4 + 6 * 4;

/// More bytes than [`encode`] will give, or as many. A key of a set takes fewer than 8.
pub(crate) fn most_bytes(id: &str, source: &str, values: usize) -> usize {
    FRAME_BYTES + FIXED_BYTES + id.len() + source.len() + values * 8
}

/// The row as a frame.
pub(crate) fn encode(parts: &Parts<'_>) -> Vec<u8> {
    let Parts { entry, source, learned, templates, weak, local, global, sketch } = *parts;
    let values = templates.len() + local.len() + global.len() + sketch.len();
    let mut out = Vec::with_capacity(most_bytes(&entry.id, source, values));
    frame(&mut out, |out| {
        out.push(VERSION);
        out.push(if entry.counts_globally { GLOBALLY } else { 0 });
        for value in [entry.document, entry.source] {
            out.extend_from_slice(&value.to_le_bytes());
        }
        let numbers = [entry.witness, entry.ordinal, entry.at, entry.arrived, entry.sketch, entry.duplicate_of];
        for value in numbers.into_iter().chain([learned, weak]) {
            out.extend_from_slice(&value.to_le_bytes());
        }
        for text in [&*entry.id, source] {
            out.extend_from_slice(&(text.len() as u32).to_le_bytes());
            out.extend_from_slice(text.as_bytes());
        }
        put_list(out, templates);
        for list in [local, global, sketch] {
            put_set(out, &mut list.iter().copied().map(key).collect());
        }
    });
    // It waits in memory for its turn.
    out.shrink_to_fit();
    out
}

/// Reads the row in front of `reader`. `None` if it is not exactly such a row.
pub(crate) fn decode(reader: &mut Reader<'_>) -> Option<Row> {
    let mut body = Reader::new(reader.frame()?);
    let (version, flags) = (body.u8()?, body.u8()?);
    if version != VERSION || flags > GLOBALLY {
        return None;
    }
    let (document, source) = (body.u64()?, body.u64()?);
    let (witness, ordinal, at) = (body.u32()?, body.u32()?, body.u32()?);
    let (arrived, sketch, duplicate_of) = (body.u32()?, body.u32()?, body.u32()?);
    let (learned, weak) = (body.u32()?, body.u32()?);
    let (id, name) = (text(&mut body)?, text(&mut body)?);
    let counts_globally = flags == GLOBALLY;
    let entry = Entry { document, source, id, witness, ordinal, at, arrived, sketch, duplicate_of, counts_globally };
    let templates = body.list()?;
    let (local, global, sketch) = (set(&mut body)?, set(&mut body)?, set(&mut body)?);
    let row = Row { entry, source: name, learned, templates, weak, local, global, sketch };
    let ordered = weak as usize <= row.templates.len();
    (body.is_empty() && witness != 0 && ordered).then_some(row)
}

/// Sets times of arrival that lie in the future to `now`, in the row and in the bytes that it was read from; whether
/// there were any. A row of the future would hold the clock of the store that takes it.
pub(crate) fn not_after(now: u32, row: &mut Row, bytes: &mut [u8]) -> bool {
    /// Where the two times stand: behind version, flags, two fingerprints, and three or six values.
    const ARRIVED: usize = FRAME_BYTES + 2 + 2 * 8 + 3 * 4;
    const LEARNED: usize = FRAME_BYTES + 2 + 2 * 8 + 6 * 4;
    if row.entry.arrived.max(row.learned) <= now {
        return false;
    }
    (row.entry.arrived, row.learned) = (row.entry.arrived.min(now), row.learned.min(now));
    for (at, value) in [(ARRIVED, row.entry.arrived), (LEARNED, row.learned)] {
        bytes[at..at + 4].copy_from_slice(&value.to_le_bytes());
    }
    let sum = checksum(&bytes[FRAME_BYTES..]);
    bytes[4..FRAME_BYTES].copy_from_slice(&sum.to_le_bytes());
    true
}

fn text(body: &mut Reader<'_>) -> Option<Box<str>> {
    let len = body.u32()? as usize;
    Some(str::from_utf8(body.bytes(len)?).ok()?.into())
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    /// A row, and the keys behind its sets as callers know them.
    fn rows() -> impl Strategy<Value = (Row, [Vec<u64>; 3])> {
        let list = || prop::collection::vec(any::<u64>(), 0..20);
        let numbers = (any::<[u64; 2]>(), any::<[u32; 6]>(), 1..=u32::MAX, any::<bool>());
        (numbers, ".*", ".*", list(), [list(), list(), list()], any::<prop::sample::Index>()).prop_map(
            |((long, short, witness, counts_globally), id, name, templates, lists, weak)| {
                let [document, source] = long;
                let [ordinal, at, arrived, size, duplicate_of, learned] = short;
                let (id, source_name) = (id.into(), name.into());
                let entry = Entry {
                    document,
                    source,
                    id,
                    witness,
                    ordinal,
                    at,
                    arrived,
                    sketch: size,
                    duplicate_of,
                    counts_globally,
                };
                let [local, global, sketch] = lists.clone().map(|list| {
                    let mut keys: Vec<u64> = list.into_iter().map(key).collect();
                    keys.sort_unstable();
                    keys.dedup();
                    keys
                });
                let weak = weak.index(templates.len() + 1) as u32;
                (Row { entry, source: source_name, learned, templates, weak, local, global, sketch }, lists)
            },
        )
    }

    fn encoded((row, [local, global, sketch]): &(Row, [Vec<u64>; 3])) -> Vec<u8> {
        let Row { entry, source, learned, templates, weak, .. } = row;
        let (learned, weak) = (*learned, *weak);
        encode(&Parts { entry, source, learned, templates, weak, local, global, sketch })
    }

    proptest! {
        #[test]
        fn what_was_written_is_read(row in rows()) {
            let bytes = encoded(&row);
            let values = row.0.templates.len() + row.1.iter().map(Vec::len).sum::<usize>();
            prop_assert!(bytes.len() <= most_bytes(&row.0.entry.id, &row.0.source, values));
            prop_assert_eq!(decode(&mut Reader::new(&bytes)), Some(row.0));
        }

        #[test]
        fn a_changed_or_cut_row_is_refused(row in rows(), at in any::<prop::sample::Index>(), bit in 0..8u8) {
            let mut bytes = encoded(&row);
            let at = at.index(bytes.len());
            prop_assert_eq!(decode(&mut Reader::new(&bytes[..at])), None);
            bytes[at] ^= 1 << bit;
            prop_assert_eq!(decode(&mut Reader::new(&bytes)), None);
        }

        #[test]
        fn any_body_is_read_or_refused(body in prop::collection::vec(any::<u8>(), 0..200)) {
            let mut bytes = Vec::new();
            frame(&mut bytes, |out| {
                out.extend_from_slice(&[VERSION, 0]);
                out.extend_from_slice(&body);
            });
            _ = decode(&mut Reader::new(&bytes));
        }
    }
}
