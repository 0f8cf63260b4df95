//! Bounds-checked reading and writing of the little-endian records on disk. Nothing here panics on any bytes.

use xxhash_rust::xxh3::xxh3_64;

/// Reads from the front of a slice; `None` as soon as it is too short.
#[derive(Debug)]
pub(crate) struct Reader<'a> {
    rest: &'a [u8],
}

impl<'a> Reader<'a> {
    pub(crate) fn new(bytes: &'a [u8]) -> Self {
        Self { rest: bytes }
    }

    pub(crate) fn is_empty(&self) -> bool {
        self.rest.is_empty()
    }

    /// Bytes left.
    pub(crate) fn len(&self) -> usize {
        self.rest.len()
    }

    pub(crate) fn bytes(&mut self, n: usize) -> Option<&'a [u8]> {
        let (head, rest) = self.rest.split_at_checked(n)?;
        self.rest = rest;
        Some(head)
    }

    pub(crate) fn u8(&mut self) -> Option<u8> {
        self.bytes(1).map(|bytes| bytes[0])
    }

    pub(crate) fn u32(&mut self) -> Option<u32> {
        self.bytes(4)?.try_into().ok().map(u32::from_le_bytes)
    }

    pub(crate) fn u64(&mut self) -> Option<u64> {
        self.bytes(8)?.try_into().ok().map(u64::from_le_bytes)
    }

    /// A length, then so many 64-bit values. The bytes must be there before memory is taken for them.
    pub(crate) fn list(&mut self) -> Option<Vec<u64>> {
        let n = self.u32()? as usize;
        let bytes = self.bytes(n.checked_mul(8)?)?;
        Some(bytes.as_chunks::<8>().0.iter().map(|value| u64::from_le_bytes(*value)).collect())
    }

    /// A frame written by [`frame`], if its checksum holds.
    pub(crate) fn frame(&mut self) -> Option<&'a [u8]> {
        let len = self.u32()? as usize;
        let sum = self.u32()?;
        self.bytes(len).filter(|body| checksum(body) == sum)
    }
}

/// Appends a length and that many values.
pub(crate) fn put_list(out: &mut Vec<u8>, values: &[u64]) {
    out.extend_from_slice(&(values.len() as u32).to_le_bytes());
    for value in values {
        out.extend_from_slice(&value.to_le_bytes());
    }
}

/// Wraps what `fill` appends in its length and checksum: nothing underneath verifies what is read later on, and a
/// flipped bit must not become evidence.
pub(crate) fn frame(out: &mut Vec<u8>, fill: impl FnOnce(&mut Vec<u8>)) {
    let start = out.len();
    out.extend_from_slice(&[0; FRAME_BYTES]);
    fill(out);
    let body = &out[start + FRAME_BYTES..];
    let (len, sum) = (body.len() as u32, checksum(body));
    out[start..start + 4].copy_from_slice(&len.to_le_bytes());
    out[start + 4..start + FRAME_BYTES].copy_from_slice(&sum.to_le_bytes());
}

/// Bytes that [`frame`] adds.
pub(crate) const FRAME_BYTES: usize = 8;

pub(crate) fn checksum(bytes: &[u8]) -> u32 {
    xxh3_64(bytes) as u32
}
