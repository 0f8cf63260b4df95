//! Shingles: runs of neighbouring words, and which of them are worth keeping.
//!
//! Four words are short enough to find the constant parts between two slots and long enough to be rare in prose;
//! winnowing (Schleimer, Wilkerson, Aiken: "Winnowing: local algorithms for document fingerprinting", SIGMOD 2003)
//! keeps about two in five of them and still guarantees a common fingerprint for every common run of
//! `SHINGLE + WINDOW - 1` = 7 words.

use super::key::mix;

/// Words in a shingle.
pub const SHINGLE: usize = 4;
/// Shingles in a winnowing window.
pub const WINDOW: usize = 4;
/// Words in a shingle of the document's sketch: five are distinctive enough that chance matches between two articles
/// stay rare.
pub const SKETCH_SHINGLE: usize = 5;

/// The winnowed shingles of the elements `hashes`: (index of the first word relative to the slice, value), in order.
/// Linear.
#[must_use]
pub fn winnow(hashes: &[u64]) -> Vec<(usize, u64)> {
    let values: Vec<u64> = rolling(hashes, SHINGLE).collect();
    if values.is_empty() {
        return Vec::new();
    }
    let mut kept: Vec<(usize, u64)> = Vec::new();
    for start in 0..=values.len().saturating_sub(WINDOW) {
        let window = &values[start..(start + WINDOW).min(values.len())];
        // The rightmost minimum, as the paper says: neighbouring windows then agree more often.
        let best = window.iter().enumerate().rev().min_by_key(|(_, value)| **value).map_or(0, |(i, _)| i);
        if kept.last().is_none_or(|last| last.0 != start + best) {
            kept.push((start + best, values[start + best]));
        }
    }
    kept
}

/// The values of all runs of `n` elements.
pub fn rolling(hashes: &[u64], n: usize) -> impl Iterator<Item = u64> + '_ {
    hashes.windows(n).map(move |window| window.iter().fold(n as u64, |value, &hash| mix(value, hash)))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_common_run_of_seven_words_has_a_common_fingerprint() {
        let a: Vec<u64> = (0..40).map(|i| mix(1, i)).collect();
        let mut b: Vec<u64> = (100..140).map(|i| mix(1, i)).collect();
        b[10..17].copy_from_slice(&a[20..27]);
        let of = |words: &[u64]| winnow(words).into_iter().map(|x| x.1).collect::<Vec<_>>();
        let (a, b) = (of(&a), of(&b));
        assert!(a.iter().any(|x| b.contains(x)));
    }

    #[test]
    fn short_runs() {
        assert!(winnow(&[1, 2, 3]).is_empty());
        assert_eq!(winnow(&[1, 2, 3, 4]).len(), 1);
    }
}
