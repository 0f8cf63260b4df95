//! Sets of keys in few bytes: sorted, as differences, in Rice code (Golomb 1966, Rice 1979).
//!
//! Of a mixed key 44 bits are kept, in memory and on disk; two of a million keys share theirs with probability 3 %. In
//! a document of 250 keys one then costs some 4.7 bytes, a bit more than the least possible.

use super::codec::Reader;

/// The bits of a mixed key that count: the upper 44.
pub(crate) const KEY_MASK: u64 = !((1 << LOST_BITS) - 1);
const LOST_BITS: u32 = 20;

/// Most keys of one list: no text of 4 MiB has as many. It bounds what a damaged length can ask for.
const MAX_KEYS: u32 = 1 << 24;

/// Appends the set of `keys`, which it sorts; of each, only what [`KEY_MASK`] leaves.
pub(crate) fn put_set(out: &mut Vec<u8>, keys: &mut Vec<u64>) {
    for key in keys.iter_mut() {
        *key >>= LOST_BITS;
    }
    keys.sort_unstable();
    keys.dedup();
    out.extend_from_slice(&(keys.len() as u32).to_le_bytes());
    if keys.is_empty() {
        return;
    }
    let low = rice(keys.len());
    let mut writer = BitWriter { out, bits: 0, held: 0 };
    let mut before = 0;
    for &key in &*keys {
        let step = key - before;
        before = key;
        (0..step >> low).for_each(|_| writer.put(1, 1));
        writer.put(0, 1);
        writer.put(step & ((1 << low) - 1), low);
    }
    writer.finish();
}

/// Reads what [`put_set`] wrote: ascending.
pub(crate) fn set(body: &mut Reader<'_>) -> Option<Vec<u64>> {
    let n = body.u32()?;
    // A key takes more than its low bits: the bytes must be there before memory is taken for them.
    let low = rice(n as usize);
    if n > MAX_KEYS || u64::from(n) * u64::from(low) / 8 > body.len() as u64 {
        return None;
    }
    let mut keys = Vec::with_capacity(n as usize);
    let mut reader = BitReader { body, bits: 0, held: 0 };
    let mut before = 0u64;
    for at in 0..n {
        let mut high = 0u64;
        while reader.bit()? == 1 {
            high += 1;
        }
        let mut step = high.checked_mul(1 << low)?;
        for bit in 0..low {
            step |= reader.bit()? << bit;
        }
        before =
            before.checked_add(step).filter(|&key| key >> (u64::BITS - LOST_BITS) == 0 && (at == 0 || step > 0))?;
        keys.push(before << LOST_BITS);
    }
    reader.finish()?;
    Some(keys)
}

/// Low bits of a difference: its expected size, of n evenly spread keys.
fn rice(n: usize) -> u32 {
    (u64::BITS - LOST_BITS).saturating_sub(n.max(1).ilog2() + 1)
}

struct BitWriter<'a> {
    out: &'a mut Vec<u8>,
    bits: u64,
    held: u32,
}

impl BitWriter<'_> {
    /// Appends the lowest `n` bits of `value`, which has no others; up to 44.
    fn put(&mut self, value: u64, n: u32) {
        self.bits |= value << self.held;
        self.held += n;
        while self.held >= 8 {
            self.out.push(self.bits as u8);
            self.bits >>= 8;
            self.held -= 8;
        }
    }

    fn finish(self) {
        if self.held > 0 {
            self.out.push(self.bits as u8);
        }
    }
}

struct BitReader<'a, 'b> {
    body: &'a mut Reader<'b>,
    bits: u8,
    held: u32,
}

impl BitReader<'_, '_> {
    fn bit(&mut self) -> Option<u64> {
        if self.held == 0 {
            self.bits = self.body.u8()?;
            self.held = 8;
        }
        let bit = self.bits & 1;
        self.bits >>= 1;
        self.held -= 1;
        Some(u64::from(bit))
    }

    /// What is left of the last byte must be as it was written.
    fn finish(self) -> Option<()> {
        (self.bits == 0).then_some(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::store::mix::mix;
    use proptest::prelude::*;

    #[test]
    fn an_articles_keys_are_small() {
        for (n, most) in [(1, 8.0), (250, 4.8), (650, 4.7), (10_000, 4.2)] {
            let mut out = Vec::new();
            put_set(&mut out, &mut (0..n).map(mix).collect());
            let each = (out.len() - 4) as f64 / n as f64;
            assert!(each < most, "{n} keys cost {each} bytes each");
        }
    }

    proptest! {
        #[test]
        fn what_was_written_is_read(keys in prop::collection::vec(any::<u64>(), 0..300), near in any::<bool>()) {
            let mut keys: Vec<u64> = keys.iter().map(|key| if near { key >> 20 } else { *key }).collect();
            let mut expected: Vec<u64> = keys.iter().map(|key| key & KEY_MASK).collect();
            expected.sort_unstable();
            expected.dedup();
            let mut out = Vec::new();
            put_set(&mut out, &mut keys);
            let mut reader = Reader::new(&out);
            prop_assert_eq!(set(&mut reader), Some(expected));
            prop_assert!(reader.is_empty());
        }

        #[test]
        fn any_bytes_are_read_or_refused(bytes in prop::collection::vec(any::<u8>(), 0..100), n in 0..40u32) {
            let mut framed = n.to_le_bytes().to_vec();
            framed.extend(bytes);
            let mut reader = Reader::new(&framed);
            if let Some(mut keys) = set(&mut reader) {
                let mut again = Vec::new();
                put_set(&mut again, &mut keys);
                prop_assert_eq!(&framed[..framed.len() - reader.len()], again);
            }
        }
    }
}
