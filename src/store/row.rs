//! A journal row: all that one document taught, in about 8 bytes per key.
//!
//! One sequential row instead of an update per key: a document has about 250 keys, and an embedded store makes 40,000
//! updates a second, which would cap the service at 160 documents a second.

use super::carriers::Keys;
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
    /// The source's name, or nothing if the document was learned without it.
    pub(crate) source: Box<str>,
    /// When this was learned. Later than the entry's arrival if the document was known.
    pub(crate) learned: u32,
    pub(crate) keys: Keys,
    pub(crate) global: Vec<u64>,
    pub(crate) sketch: Vec<u64>,
}

/// What a row is made of; see [`Row`].
#[derive(Debug, Clone, Copy)]
pub(crate) struct Parts<'a> {
    pub(crate) entry: &'a Entry,
    pub(crate) source: &'a str,
    pub(crate) learned: u32,
    pub(crate) keys: &'a Keys,
    pub(crate) global: &'a [u64],
    pub(crate) sketch: &'a [u64],
}

/// Fields of fixed size: version, flags, document, source, nine 32-bit values, and five lengths.
const FIXED_BYTES: usize = 2 + 2 * 8 + 9 * 4 + 5 * 4;

/// Bytes that [`encode`] will give.
pub(crate) fn encoded_len(id: &str, source: &str, values: usize) -> usize {
    FRAME_BYTES + FIXED_BYTES + id.len() + source.len() + values * 8
}

/// The row as a frame.
pub(crate) fn encode(parts: &Parts<'_>) -> Vec<u8> {
    let Parts { entry, source, learned, keys, global, sketch } = *parts;
    let values = keys.local.len() + global.len() + sketch.len();
    let mut out = Vec::with_capacity(encoded_len(&entry.id, source, values));
    frame(&mut out, |out| {
        out.push(VERSION);
        out.push(if entry.counts_globally { GLOBALLY } else { 0 });
        for value in [entry.document, entry.source] {
            out.extend_from_slice(&value.to_le_bytes());
        }
        let numbers = [entry.witness, entry.ordinal, entry.at, entry.arrived, entry.sketch, entry.duplicate_of];
        for value in numbers.into_iter().chain([learned, keys.weak, keys.templates]) {
            out.extend_from_slice(&value.to_le_bytes());
        }
        for text in [&*entry.id, source] {
            out.extend_from_slice(&(text.len() as u32).to_le_bytes());
            out.extend_from_slice(text.as_bytes());
        }
        for list in [&keys.local, global, sketch] {
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
    let (learned, weak, templates) = (body.u32()?, body.u32()?, body.u32()?);
    let (id, name) = (text(&mut body)?, text(&mut body)?);
    let counts_globally = flags == GLOBALLY;
    let entry = Entry { document, source, id, witness, ordinal, at, arrived, sketch, duplicate_of, counts_globally };
    let keys = Keys { local: body.list()?, weak, templates };
    let row = Row { entry, source: name, learned, keys, global: body.list()?, sketch: body.list()? };
    let ordered = weak <= templates && templates as usize <= row.keys.local.len();
    (body.is_empty() && witness != 0 && ordered).then_some(row)
}

fn text(body: &mut Reader<'_>) -> Option<Box<str>> {
    let len = body.u32()? as usize;
    Some(str::from_utf8(body.bytes(len)?).ok()?.into())
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn rows() -> impl Strategy<Value = Row> {
        let list = || prop::collection::vec(any::<u64>(), 0..20);
        let numbers = (any::<[u64; 2]>(), any::<[u32; 6]>(), 1..=u32::MAX, any::<bool>());
        let marks = any::<[prop::sample::Index; 2]>();
        (numbers, ".*", ".*", list(), list(), list(), marks).prop_map(
            |((long, short, witness, counts_globally), id, name, local, global, sketch, marks)| {
                let [document, source] = long;
                let [ordinal, at, arrived, size, duplicate_of, learned] = short;
                let (id, name) = (id.into(), name.into());
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
                let templates = marks[0].index(local.len() + 1);
                let weak = marks[1].index(templates + 1) as u32;
                let keys = Keys { local, weak, templates: templates as u32 };
                Row { entry, source: name, learned, keys, global, sketch }
            },
        )
    }

    fn encoded(row: &Row) -> Vec<u8> {
        let Row { entry, source, learned, keys, global, sketch } = row;
        encode(&Parts { entry, source, learned: *learned, keys, global, sketch })
    }

    proptest! {
        #[test]
        fn what_was_written_is_read(row in rows()) {
            let bytes = encoded(&row);
            let values = row.keys.local.len() + row.global.len() + row.sketch.len();
            prop_assert_eq!(bytes.len(), encoded_len(&row.entry.id, &row.source, values));
            prop_assert_eq!(decode(&mut Reader::new(&bytes)), Some(row));
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
                prop_assert_eq!(encoded(&row), bytes);
            }
        }
    }
}
