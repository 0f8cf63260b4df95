//! A journal row: all that one document taught, in about 8 bytes per key.
//!
//! One sequential row instead of an update per key: a document has about 250 keys, and an embedded store makes 40,000
//! updates a second, which would cap the service at 160 documents a second.

use super::codec::{FRAME_BYTES, Reader, frame, put_list};
use super::registry::Entry;

/// First byte of a row. Another one is refused.
const VERSION: u8 = 1;

/// The entry counts globally.
const GLOBALLY: u8 = 1;

/// A document and what it was counted under.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Row {
    pub(crate) entry: Entry,
    pub(crate) local: Vec<u64>,
    pub(crate) global: Vec<u64>,
    pub(crate) sketch: Vec<u64>,
}

/// Fields of fixed size: version, flags, document, source, seven 32-bit values and four lengths less the one in them.
const FIXED_BYTES: usize = 2 + 2 * 8 + 6 * 4 + 4 * 4;

/// Bytes that [`encode`] will give.
pub(crate) fn encoded_len(id: &str, values: usize) -> usize {
    FRAME_BYTES + FIXED_BYTES + id.len() + values * 8
}

/// The row as a frame.
pub(crate) fn encode(entry: &Entry, local: &[u64], global: &[u64], sketch: &[u64]) -> Vec<u8> {
    let values = local.len() + global.len() + sketch.len();
    let mut out = Vec::with_capacity(encoded_len(&entry.id, values));
    frame(&mut out, |out| {
        out.push(VERSION);
        out.push(if entry.counts_globally { GLOBALLY } else { 0 });
        for value in [entry.document, entry.source] {
            out.extend_from_slice(&value.to_le_bytes());
        }
        let numbers = [entry.witness, entry.ordinal, entry.at, entry.arrived, entry.sketch, entry.duplicate_of];
        for value in numbers.into_iter().chain([entry.id.len() as u32]) {
            out.extend_from_slice(&value.to_le_bytes());
        }
        out.extend_from_slice(entry.id.as_bytes());
        for list in [local, global, sketch] {
            put_list(out, list);
        }
    });
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
    let id_len = body.u32()? as usize;
    let id = str::from_utf8(body.bytes(id_len)?).ok()?.into();
    let counts_globally = flags == GLOBALLY;
    let entry = Entry { document, source, id, witness, ordinal, at, arrived, sketch, duplicate_of, counts_globally };
    let row = Row { entry, local: body.list()?, global: body.list()?, sketch: body.list()? };
    (body.is_empty() && witness != 0).then_some(row)
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn rows() -> impl Strategy<Value = Row> {
        let list = || prop::collection::vec(any::<u64>(), 0..20);
        let numbers = (any::<[u64; 2]>(), any::<[u32; 5]>(), 1..=u32::MAX, any::<bool>());
        (numbers, ".*", list(), list(), list()).prop_map(
            |((long, short, witness, counts_globally), id, local, global, sketch)| {
                let [document, source] = long;
                let [ordinal, at, arrived, size, duplicate_of] = short;
                let id = id.into();
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
                Row { entry, local, global, sketch }
            },
        )
    }

    proptest! {
        #[test]
        fn what_was_written_is_read(row in rows()) {
            let bytes = encode(&row.entry, &row.local, &row.global, &row.sketch);
            let values = row.local.len() + row.global.len() + row.sketch.len();
            prop_assert_eq!(bytes.len(), encoded_len(&row.entry.id, values));
            prop_assert_eq!(decode(&mut Reader::new(&bytes)), Some(row));
        }

        #[test]
        fn a_changed_or_cut_row_is_refused(row in rows(), at in any::<prop::sample::Index>(), bit in 0..8u8) {
            let mut bytes = encode(&row.entry, &row.local, &row.global, &row.sketch);
            let at = at.index(bytes.len());
            prop_assert_eq!(decode(&mut Reader::new(&bytes[..at])), None);
            bytes[at] ^= 1 << bit;
            prop_assert_eq!(decode(&mut Reader::new(&bytes)), None);
        }

        #[test]
        fn any_body_is_read_or_refused(body in prop::collection::vec(any::<u8>(), 0..200), version in any::<bool>()) {
            let mut bytes = Vec::new();
            frame(&mut bytes, |out| {
                if version {
                    out.extend_from_slice(&[VERSION, 0]);
                }
                out.extend_from_slice(&body);
            });
            // Behind a right checksum too, nothing but the encoding of the row itself is accepted.
            if let Some(row) = decode(&mut Reader::new(&bytes)) {
                prop_assert_eq!(encode(&row.entry, &row.local, &row.global, &row.sketch), bytes);
            }
        }
    }
}
