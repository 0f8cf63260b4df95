//! Word vectors from plain text: words that stand between the same words get similar vectors.
//!
//! Counts of neighbours, positive pointwise mutual information with smoothed contexts (Levy, Goldberg, Dagan 2015),
//! reduced by a randomised singular value decomposition (Halko, Martinsson, Tropp 2011). Deterministic, without
//! gradient descent; a linear model over means of such vectors folds back into one weight per word.

use super::linear::{Columns, symmetric_eigen};
use super::random::SplitMix;
use ahash::AHashMap;

/// How to build vectors.
#[derive(Debug, Clone, Copy)]
pub struct VectorOptions {
    /// Keep this many words, the most frequent ones.
    pub words: usize,
    /// Of them, this many serve as contexts.
    pub contexts: usize,
    /// Length of the vectors.
    pub dimensions: usize,
}

impl Default for VectorOptions {
    /// Starting points of the usual size, not tuned: 2,000 contexts hold the grammar and the common topics, and 12,000
    /// words of 64 dimensions are learned from 12 million words in ten seconds.
    fn default() -> Self {
        Self { words: 12_000, contexts: 2_000, dimensions: 64 }
    }
}

/// Vectors of unit length by word hash.
#[derive(Debug, Clone, Default)]
pub struct WordVectors {
    index: AHashMap<u64, usize>,
    hashes: Vec<u64>,
    dimensions: usize,
    values: Vec<f32>,
}

impl WordVectors {
    /// The vector of the word with hash `hash`, if it is known.
    #[must_use]
    pub fn get(&self, hash: u64) -> Option<&[f32]> {
        self.index.get(&hash).map(|&at| &self.values[at * self.dimensions..(at + 1) * self.dimensions])
    }

    /// Hashes of the known words, most frequent first.
    #[must_use]
    pub fn hashes(&self) -> &[u64] {
        &self.hashes
    }

    /// Length of a vector; 0 for no vectors at all.
    #[must_use]
    pub fn dimensions(&self) -> usize {
        self.dimensions
    }
}

/// Counts words and neighbours over documents. Two passes over the same documents: [`VectorBuilder::count`] on each,
/// then [`VectorBuilder::observe`] on each.
#[derive(Debug)]
pub struct VectorBuilder {
    options: VectorOptions,
    counts: AHashMap<u64, u32>,
    vocabulary: Vec<u64>,
    index: AHashMap<u64, u32>,
    pairs: AHashMap<u64, f32>,
}

/// Neighbours up to this far away count, with weight 1 / distance: what stands next to a word is its grammar, what
/// stands further away its topic.
const REACH: usize = 3;

impl VectorBuilder {
    /// An empty builder.
    #[must_use]
    pub fn new(options: VectorOptions) -> Self {
        Self {
            options,
            counts: AHashMap::new(),
            vocabulary: Vec::new(),
            index: AHashMap::new(),
            pairs: AHashMap::new(),
        }
    }

    /// First pass: counts the words of a document, given by their hashes.
    pub fn count(&mut self, words: &[u64]) {
        for &word in words {
            *self.counts.entry(word).or_default() += 1;
        }
    }

    /// Second pass: counts neighbours among the most frequent words.
    pub fn observe(&mut self, words: &[u64]) {
        self.choose();
        let ids: Vec<Option<u32>> = words.iter().map(|word| self.index.get(word).copied()).collect();
        let contexts = self.options.contexts as u32;
        for distance in 1..=REACH {
            let weight = 1.0 / distance as f32;
            // Left and right neighbours are different contexts, the wider surroundings are one.
            let (left, right) = if distance == 1 { (0, contexts) } else { (2 * contexts, 2 * contexts) };
            for (before, after) in ids.iter().zip(ids.iter().skip(distance)) {
                let (Some(before), Some(after)) = (*before, *after) else { continue };
                if after < contexts {
                    *self.pairs.entry(pair(before, after + right)).or_default() += weight;
                }
                if before < contexts {
                    *self.pairs.entry(pair(after, before + left)).or_default() += weight;
                }
            }
        }
    }

    /// Fixes the vocabulary at the first call: by frequency, equal ones by hash.
    fn choose(&mut self) {
        if !self.vocabulary.is_empty() {
            return;
        }
        let mut all: Vec<(u64, u32)> = self.counts.drain().collect();
        all.sort_unstable_by_key(|&(hash, count)| (std::cmp::Reverse(count), hash));
        self.vocabulary = all.into_iter().take(self.options.words).map(|(hash, _)| hash).collect();
        self.index = self.vocabulary.iter().zip(0..).map(|(&hash, id)| (hash, id)).collect();
    }

    /// The vectors. Cost: pairs × dimensions, some ten times.
    #[must_use]
    pub fn build(mut self) -> WordVectors {
        self.choose();
        let mut entries: Vec<(u64, f32)> = self.pairs.drain().collect();
        entries.sort_unstable_by_key(|&(key, _)| key);
        let matrix = Information::of(&entries, self.vocabulary.len(), 3 * self.options.contexts);
        let values = matrix.reduce(self.options.dimensions);
        let index = self.vocabulary.iter().enumerate().map(|(at, &hash)| (hash, at)).collect();
        WordVectors { index, hashes: self.vocabulary, dimensions: self.options.dimensions, values }
    }
}

fn pair(word: u32, context: u32) -> u64 {
    u64::from(word) << 32 | u64::from(context)
}

/// Positive pointwise mutual information of words and contexts, as (word, context, value).
struct Information {
    entries: Vec<(u32, u32, f32)>,
    words: usize,
    contexts: usize,
}

/// Exponent on context counts: raises rare contexts, whose information is overestimated otherwise (Levy et al.).
const SMOOTHING: f64 = 0.75;
/// Dimensions beyond those asked for, and rounds of power iteration: the usual choice of Halko et al.
const SURPLUS: usize = 8;
const ROUNDS: usize = 3;

impl Information {
    fn of(pairs: &[(u64, f32)], words: usize, contexts: usize) -> Self {
        let split = |key: u64| ((key >> 32) as u32, key as u32);
        // One is added everywhere so that no logarithm is of nothing.
        let (mut of_word, mut of_context) = (vec![1.0_f64; words], vec![1.0_f64; contexts]);
        for &(key, count) in pairs {
            let (word, context) = split(key);
            of_word[word as usize] += f64::from(count);
            of_context[context as usize] += f64::from(count);
        }
        let total: f64 = of_context.iter().sum();
        let smooth: Vec<f64> = of_context.iter().map(|c| c.powf(SMOOTHING)).collect();
        let stretch = total / smooth.iter().sum::<f64>();
        let information = |&(key, count): &(u64, f32)| {
            let (word, context) = split(key);
            let expected = of_word[word as usize] * smooth[context as usize] * stretch / total;
            let value = (f64::from(count) / expected).ln() as f32;
            (value > 0.0).then_some((word, context, value))
        };
        Self { entries: pairs.iter().filter_map(information).collect(), words, contexts }
    }

    /// Rows of unit length: left singular vectors × the roots of the singular values.
    fn reduce(&self, dimensions: usize) -> Vec<f32> {
        let wide = dimensions + SURPLUS;
        let mut random = SplitMix::new(2);
        let mut right = Columns::new(self.contexts, wide);
        for value in right.values_mut() {
            *value = random.below(2001) as f32 / 1000.0 - 1.0;
        }
        let mut left = self.times(&right);
        for _ in 0..ROUNDS {
            left.orthonormalize();
            right = self.transposed_times(&left);
            left = self.times(&right);
        }
        left.orthonormalize();
        right = self.transposed_times(&left);
        let (squares, rotation) = symmetric_eigen(&right.gram(), wide);
        let mut out = Vec::with_capacity(self.words * dimensions);
        for word in 0..self.words {
            let row = left.row(word);
            let mut vector: Vec<f32> = (0..dimensions)
                .map(|d| {
                    let sum: f64 = (0..wide).map(|j| f64::from(row[j]) * rotation[d * wide + j]).sum();
                    (sum * squares[d].max(0.0).powf(0.25)) as f32
                })
                .collect();
            let length = vector.iter().map(|x| x * x).sum::<f32>().sqrt().max(1e-9);
            for x in &mut vector {
                *x /= length;
            }
            out.extend(vector);
        }
        out
    }

    fn times(&self, right: &Columns) -> Columns {
        let mut out = Columns::new(self.words, right.width());
        for &(word, context, value) in &self.entries {
            out.add_row(word as usize, value, right.row(context as usize));
        }
        out
    }

    fn transposed_times(&self, left: &Columns) -> Columns {
        let mut out = Columns::new(self.contexts, left.width());
        for &(word, context, value) in &self.entries {
            out.add_row(context as usize, value, left.row(word as usize));
        }
        out
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn words_in_the_same_place_are_similar() {
        // "1 x 2" and "3 x 4" sentences: 10 and 11 share one frame, 20 and 21 the other.
        let mut documents = Vec::new();
        for _ in 0..50 {
            for (frame, fillers) in [([1, 2], [10, 11]), ([3, 4], [20, 21])] {
                for filler in fillers {
                    documents.push(vec![frame[0], filler, frame[1]]);
                }
            }
        }
        let mut builder = VectorBuilder::new(VectorOptions { words: 8, contexts: 8, dimensions: 3 });
        for document in &documents {
            builder.count(document);
        }
        for document in &documents {
            builder.observe(document);
        }
        let vectors = builder.build();
        let cosine =
            |a, b| -> f32 { vectors.get(a).unwrap().iter().zip(vectors.get(b).unwrap()).map(|(x, y)| x * y).sum() };
        assert!(cosine(10, 11) > 0.9, "{}", cosine(10, 11));
        assert!(cosine(10, 20) < 0.3, "{}", cosine(10, 20));
        assert!(vectors.get(99).is_none());
        assert_eq!((vectors.hashes().len(), vectors.dimensions()), (8, 3));
    }

    #[test]
    fn no_text_gives_no_vectors() {
        let vectors = VectorBuilder::new(VectorOptions::default()).build();
        assert!(vectors.hashes().is_empty());
    }
}
