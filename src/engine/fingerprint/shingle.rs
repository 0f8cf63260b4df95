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

/// Tells `keep` the winnowed shingles of the elements `hashes`: index of the first word relative to the slice and value,
/// in order. Linear, and without memory of its own.
pub fn winnow(hashes: &[u64], mut keep: impl FnMut(usize, u64)) {
    let mut window = [u64::MAX; WINDOW];
    let mut kept = None;
    let shingles = (hashes.len() + 1).saturating_sub(SHINGLE);
    for (at, value) in rolling(hashes, SHINGLE).enumerate() {
        window[at % WINDOW] = value;
        // The first window is full, or as full as it gets.
        if at + 1 < WINDOW.min(shingles) {
            continue;
        }
        // The rightmost minimum, as the paper says: neighbouring windows then agree more often.
        let places = (0..WINDOW.min(at + 1)).map(|back| at - back);
        let best = places.min_by_key(|place| window[place % WINDOW]).unwrap_or(at);
        if kept != Some(best) {
            kept = Some(best);
            keep(best, window[best % WINDOW]);
        }
    }
}

/// The values of all runs of `n` elements.
pub fn rolling(hashes: &[u64], n: usize) -> impl Iterator<Item = u64> + '_ {
    hashes.windows(n).map(move |window| window.iter().fold(n as u64, |value, &hash| mix(value, hash)))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn winnowed(words: &[u64]) -> Vec<(usize, u64)> {
        let mut kept = Vec::new();
        winnow(words, |at, value| kept.push((at, value)));
        kept
    }

    #[test]
    fn a_common_run_of_seven_words_has_a_common_fingerprint() {
        let a: Vec<u64> = (0..40).map(|i| mix(1, i)).collect();
        let mut b: Vec<u64> = (100..140).map(|i| mix(1, i)).collect();
        b[10..17].copy_from_slice(&a[20..27]);
        let (a, b) = (winnowed(&a), winnowed(&b));
        assert!(a.iter().any(|x| b.iter().any(|y| x.1 == y.1)));
    }

    #[test]
    fn short_runs() {
        for (words, kept) in [(0, 0), (3, 0), (4, 1), (5, 1), (7, 1)] {
            let words: Vec<u64> = (0..words).collect();
            assert_eq!(winnowed(&words).len(), kept, "{words:?}");
        }
    }
}
