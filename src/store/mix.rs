//! The fixed mixing of caller's fingerprints into table positions and witnesses. Part of the format on disk.

use super::bits::KEY_MASK;

/// Spreads every bit of `value` over all 64 (the finaliser of `SplitMix64`, Steele, Lea and Flood 2014). A bijection,
/// so distinct keys stay distinct; it makes the tables indifferent to how well the caller's hashes are mixed.
pub(crate) fn mix(value: u64) -> u64 {
    let value = (value ^ (value >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
    let value = (value ^ (value >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
    value ^ (value >> 31)
}

/// What tables and files know a caller's key by: mixed, and cut to the bits that count.
pub(crate) fn key(value: u64) -> u64 {
    mix(value) & KEY_MASK
}

/// The 32-bit element that stands for a document or a source in a set. Never 0, which marks free places in tables.
/// Two of a million documents share one with probability 2^-32; such a pair counts once.
pub(crate) fn witness(fingerprint: u64) -> u32 {
    // Salted, so that a document's witness does not coincide with the table position of an equal key.
    ((mix(fingerprint ^ 0x7769_746e_6573_7300) >> 32) as u32).max(1)
}

/// The identity under which a source's first copy of a foreign document is registered.
pub(crate) fn copy_identity(source: u64, witness: u32) -> u64 {
    mix(mix(source).wrapping_add(u64::from(witness)))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn format_values_never_change() {
        assert_eq!(mix(0), 0);
        assert_eq!(mix(1), 0x5692_161d_100b_05e5);
        assert_eq!(witness(0), witness(0));
        assert_ne!(witness(1), witness(2));
    }
}
