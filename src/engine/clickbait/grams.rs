//! Hashed n-grams of a headline in three blocks: words, the skeleton of the sentence, and characters.
//!
//! In each block the counts are damped (1 + ln n) and brought to one Euclidean length, so that long headlines do not
//! shout and no block drowns another.

use super::items::{Headline, Item, Sort};
use crate::learning::random::mix;

/// The blocks, each with a table of its own.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Block {
    /// One to three words and marks, folded.
    Words,
    /// Two to five places where only words of the closed classes stand for themselves and the others for their sort:
    /// "This is what Capital eats" and "This is what Capital wore" are one.
    Skeleton,
    /// Three to five characters within what white space parts.
    Characters,
}

impl Block {
    /// All blocks, in the order of their sections.
    pub(super) const ALL: [Self; 3] = [Self::Words, Self::Skeleton, Self::Characters];

    /// Euclidean length of the block's rows: how much of the score it may carry. Words say a little more than the others:
    /// in cross-validation 1 instead of 1.3 costs 0.0002 of the AUC, 1.3 for the skeleton as well 0.0008.
    fn length(self) -> f32 {
        if self == Self::Words { 1.3 } else { 1.0 }
    }

    /// Name of the block's section in the model.
    pub(super) fn section(self) -> &'static str {
        match self {
            Self::Words => "clickbait.words",
            Self::Skeleton => "clickbait.skeleton",
            Self::Characters => "clickbait.characters",
        }
    }
}

/// Binary logarithm of the size of a block's table. Three tables of 2^16 bytes keep the model below
/// the 400 KB that it may have.
pub(super) const BITS: u32 = 16;

/// Stand before and behind the headline in n-grams.
const START: u64 = 0x5354_4152;
const END: u64 = 0x0045_4e44;

/// The features of `block`: (bucket below 2^[`BITS`], value), buckets ascending.
pub(super) fn features(headline: &Headline, block: Block) -> Vec<(u32, f32)> {
    let mut buckets = match block {
        Block::Words => ngrams(headline.items.iter().map(|item| item.hash), 1, 3),
        Block::Skeleton => ngrams(headline.items.iter().map(|item| place(headline, item)), 2, 5),
        Block::Characters => characters(headline),
    };
    buckets.sort_unstable();
    let mut out: Vec<(u32, f32)> = Vec::with_capacity(buckets.len());
    for same in buckets.chunk_by(|a, b| a == b) {
        out.push((same[0], 1.0 + (same.len() as f32).ln()));
    }
    let length = out.iter().map(|(_, v)| v * v).sum::<f32>().sqrt().max(f32::MIN_POSITIVE);
    let factor = block.length() / length;
    for (_, value) in &mut out {
        *value *= factor;
    }
    out
}

/// Buckets of all runs of `shortest` to `longest` hashes, the edges included.
fn ngrams(hashes: impl Iterator<Item = u64>, shortest: usize, longest: usize) -> Vec<u32> {
    let row: Vec<u64> = [START].into_iter().chain(hashes).chain([END]).collect();
    let mut out = Vec::with_capacity(row.len() * (longest - shortest + 1));
    for from in 0..row.len() {
        let mut hash = 0;
        for (length, next) in (1..=longest).zip(&row[from..]) {
            hash = mix(hash ^ next);
            if length >= shortest {
                out.push(bucket(hash));
            }
        }
    }
    out
}

/// The upper bits: [`mix`] spreads its input over all of them.
fn bucket(hash: u64) -> u32 {
    (hash >> (64 - BITS)) as u32
}

/// What a word stands for in the skeleton.
fn place(headline: &Headline, item: &Item) -> u64 {
    match item.sort {
        Sort::Closed | Sort::Mark(_) => item.hash,
        Sort::Slot(class) => 1 + class as u64,
        Sort::Capital => 10,
        Sort::Upper => 11,
        Sort::Lower => 12 + ending(headline.folded(item)),
    }
}

/// English endings that tell the word's function.
fn ending(word: &str) -> u64 {
    let endings = ["ing", "ed", "ly", "est", "s"];
    endings.iter().zip(1..).find(|(ending, _)| word.ends_with(*ending)).map_or(0, |(_, code)| code)
}

fn characters(headline: &Headline) -> Vec<u32> {
    let mut out = Vec::with_capacity(headline.tokens.folded.len() * 3);
    let mut chunk: Vec<char> = Vec::new();
    for (i, item) in headline.items.iter().enumerate() {
        if i == 0 || !item.glued {
            chunk.clear();
            chunk.push(' ');
        }
        match item.sort {
            Sort::Mark(c) => chunk.push(c),
            _ => chunk.extend(headline.folded(item).chars()),
        }
        if headline.items.get(i + 1).is_none_or(|next| !next.glued) {
            chunk.push(' ');
            windows(&chunk, &mut out);
        }
    }
    out
}

fn windows(chunk: &[char], out: &mut Vec<u32>) {
    for from in 0..chunk.len() {
        let mut hash = 1;
        for (length, &c) in (1..=5).zip(&chunk[from..]) {
            hash = mix(hash ^ u64::from(c));
            if length >= 3 {
                out.push(bucket(hash));
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn of(title: &str, block: Block) -> Vec<(u32, f32)> {
        features(&Headline::read(title), block)
    }

    #[test]
    fn rows_have_one_length_and_ascending_buckets() {
        for block in Block::ALL {
            let row = of("This is what the dog did, and what the cat did", block);
            let length = row.iter().map(|(_, v)| v * v).sum::<f32>().sqrt();
            assert!((length - block.length()).abs() < 1e-5, "{block:?}");
            assert!(row.is_sorted_by(|a, b| a.0 < b.0) && row.iter().all(|&(b, _)| b < 1 << BITS));
        }
    }

    #[test]
    fn the_skeleton_forgets_what_is_reported() {
        assert_eq!(of("This is what Anna ate", Block::Skeleton), of("This is what Peter saw", Block::Skeleton));
        assert_ne!(of("This is what Anna ate", Block::Words), of("This is what Peter saw", Block::Words));
        assert_ne!(of("He was jumping", Block::Skeleton), of("He was tired", Block::Skeleton));
    }

    #[test]
    fn an_empty_headline_has_edges_only() {
        assert_eq!(of("", Block::Words).len(), 3);
        assert!(of("", Block::Characters).is_empty());
    }
}
