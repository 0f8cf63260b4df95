//! Stable 64-bit keys. They are stored, so they come from a fixed function: xxh3 (<https://xxhash.com>, specification
//! of 2020) of the folded words, combined by the mixer below. Any change of folding, slots or mixing must raise
//! [`FORMAT_VERSION`], which is part of every key.

use xxhash_rust::xxh3::{xxh3_64, xxh3_64_with_seed};

/// Version of all fingerprints: keys of different versions never meet.
pub const FORMAT_VERSION: u64 = 2;

/// What a key stands for; keys of different namespaces never meet.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[repr(u64)]
pub enum Space {
    /// A unit or line, slots masked.
    Exact = 1,
    /// A unit or line, runs of names and slots masked.
    Template = 2,
    /// The words before a colon.
    Label = 3,
    /// Four neighbouring words.
    Shingle = 4,
    /// A title.
    Title = 5,
    /// A unit or line over all sources.
    Global = 6,
    /// A five-word shingle of the document's sketch, over all sources.
    Sketch = 7,
    /// A source's name.
    Source = 8,
    /// (source, id).
    Document = 9,
    /// Four neighbouring words of a title.
    TitleShingle = 10,
    /// How something that may point to another article is set.
    Style = 11,
    /// The same, where it did.
    ProvenStyle = 12,
}

/// Combines two 64-bit values. The multiplier and rotation are those of wyhash's and xxh3's mixers (an odd constant
/// with a balanced number of bits); what matters here is only that they never change.
#[must_use]
pub fn mix(a: u64, b: u64) -> u64 {
    let x = (a.rotate_left(23) ^ b).wrapping_mul(0xd6e8_feb8_6659_fd93);
    x ^ (x >> 32)
}

/// The key of `value` in `space`, for one source or (`source` = 0) for all.
#[must_use]
pub fn key(space: Space, source: u64, value: u64) -> u64 {
    mix(mix(space as u64 ^ (FORMAT_VERSION << 32), source), value)
}

/// Fingerprint of a source's name. Case and surrounding white space do not part sources.
#[must_use]
pub fn source_key(source: &str) -> u64 {
    key(Space::Source, 0, xxh3_64(source.trim().to_lowercase().as_bytes()))
}

/// Fingerprint of a document's identity.
#[must_use]
pub fn document_key(source: u64, id: &str) -> u64 {
    key(Space::Document, source, xxh3_64_with_seed(id.as_bytes(), FORMAT_VERSION))
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Golden values: stored fingerprints depend on them. If this fails, raise [`FORMAT_VERSION`].
    #[test]
    fn keys_are_stable() {
        assert_eq!(source_key(" Example.ORG "), source_key("example.org"));
        assert_eq!(source_key("example.org"), 5_938_587_532_973_583_783);
        assert_eq!(document_key(source_key("example.org"), "1"), 16_437_868_324_012_192_978);
        assert_ne!(key(Space::Exact, 1, 2), key(Space::Template, 1, 2));
    }
}
