//! Fits the learned part to judged headlines, and measures how well that works on others.
//!
//! One logistic regression on the judges' mean (a soft target) over all features at once. The cut and the link are
//! fitted to scores of headlines that the scoring model has not seen.

use super::grams::{BITS, Block, features};
use super::items::Headline;
use super::linear::Linear;
use super::places::{PLACES, Places, visit};
use super::style::{COLUMNS, measure};
use crate::learning::calibration::Platt;
use crate::learning::folds::{by_hash, in_parallel};
use crate::learning::metrics::{auc, best_cut, f1_at, mse};
use crate::learning::model::ModelFile;
use crate::learning::sparse::{Quantized, SparseMatrix, SparseModel, SparseOptions, sigmoid, train};
use crate::learning::vectors::WordVectors;
use xxhash_rust::xxh3::xxh3_64;

/// A judged headline.
#[derive(Debug, Clone, Copy)]
pub struct Post<'a> {
    /// The headline.
    pub text: &'a str,
    /// Mean verdict of the judges, 0..1.
    pub mean: f32,
    /// Their decision.
    pub clickbait: bool,
}

/// Figures of cross-validation.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Figures {
    /// Area under the curve of the score against the decision.
    pub auc: f64,
    /// F1 of "score ≥ 0.5" against the decision, with cuts fitted in the training folds.
    pub f1: f64,
    /// F1 at the cut that suits the held-out scores best, for comparison: nobody can ship it.
    pub best_f1: f64,
    /// Mean squared error of the estimated mean against the judges' mean.
    pub mse_mean: f64,
    /// The same of the score itself, whose 0.5 is the decision and not the mean.
    pub mse_score: f64,
}

/// Folds of the inner and outer cross-validation.
const FOLDS: usize = 5;

/// Standardised style columns and word-place columns are weighed against the n-gram blocks (each of length 1) by these
/// factors: a factor is a prior on how much of the score a column may carry. Chosen by
/// cross-validation; half as much again changes the AUC by less than 0.001.
const STYLE_FACTOR: f32 = 0.06;
const PLACE_FACTOR: f32 = 0.025;

/// Chosen by cross-validation; a third less penalty changes the AUC by less than 0.001.
const OPTIONS: SparseOptions = SparseOptions { buckets: 0, epochs: 12, rate: 0.1, l2: 1.4e-4, seed: 1 };

/// Trains on all posts. `vectors` are learned from plain English text without verdicts ([`WordVectors`]); without any,
/// words are known by their n-grams alone. Seconds for 15,000 posts.
#[must_use]
pub fn train_clickbait(posts: &[Post<'_>], vectors: &WordVectors, threads: usize) -> ModelFile {
    let rows = Rows::read(posts, vectors);
    let all: Vec<u32> = (0..).take(posts.len()).collect();
    let mut file = ModelFile::default();
    rows.fit_with_cut(&all, threads).store(&mut file);
    file
}

/// Five-fold cross-validation of the whole of [`train_clickbait`], cut and link included, with the 8-bit weights that
/// would ship. Posts of the same words are in one fold.
#[must_use]
pub fn cross_validate(posts: &[Post<'_>], vectors: &WordVectors, threads: usize) -> Figures {
    let rows = Rows::read(posts, vectors);
    let parts = in_parallel(FOLDS, threads, |fold| {
        let (inside, outside): (Vec<u32>, Vec<u32>) =
            (0..).take(posts.len()).partition(|&row| rows.folds[row as usize] != fold);
        let model = rows.fit_with_cut(&inside, 1);
        let score = |row: u32| {
            let raw = model.raw(&rows.headlines[row as usize]);
            (row as usize, sigmoid(model.decision(raw)), model.mean(raw))
        };
        outside.into_iter().map(score).collect::<Vec<_>>()
    });
    let (mut scores, mut means) = (vec![0.0; posts.len()], vec![0.0; posts.len()]);
    for (row, score, mean) in parts.into_iter().flatten() {
        scores[row] = score;
        means[row] = mean;
    }
    let truth: Vec<bool> = posts.iter().map(|post| post.clickbait).collect();
    let judged: Vec<f64> = posts.iter().map(|post| f64::from(post.mean)).collect();
    Figures {
        auc: auc(&scores, &truth),
        f1: f1_at(&scores, &truth, 0.5),
        best_f1: best_cut(&scores, &truth).1,
        mse_mean: mse(&means, &judged),
        mse_score: mse(&scores, &judged),
    }
}

/// Where the style columns start in a training row: behind the blocks.
const STYLE: usize = Block::ALL.len() << BITS;
/// Where the word-place columns start.
const PLACE: usize = STYLE + COLUMNS.len();

/// Posts as training sees them.
struct Rows<'a> {
    posts: &'a [Post<'a>],
    vectors: &'a WordVectors,
    headlines: Vec<Headline>,
    folds: Vec<usize>,
    grams: Vec<Vec<(u32, f32)>>,
    /// Style columns, then one vector per place.
    dense: Vec<Vec<f32>>,
}

impl<'a> Rows<'a> {
    fn read(posts: &'a [Post<'a>], vectors: &'a WordVectors) -> Self {
        let headlines: Vec<Headline> = posts.iter().map(|post| Headline::read(post.text)).collect();
        Self {
            posts,
            vectors,
            folds: headlines.iter().map(|headline| by_hash(&headline.tokens.folded, FOLDS)).collect(),
            grams: headlines.iter().map(all_grams).collect(),
            dense: headlines.iter().map(|headline| dense(headline, vectors)).collect(),
            headlines,
        }
    }

    /// Fits to `rows`, with cut and link from an inner cross-validation.
    fn fit_with_cut(&self, rows: &[u32], threads: usize) -> Linear {
        let parts = in_parallel(FOLDS, threads, |fold| {
            // Another assignment than that of the outer folds, which would leave one fold empty.
            let inner =
                |row: u32| (xxh3_64(self.headlines[row as usize].tokens.folded.as_bytes()) >> 32) as usize % FOLDS;
            let (inside, outside): (Vec<u32>, Vec<u32>) = rows.iter().partition(|&&row| inner(row) != fold);
            let model = self.fit(&inside);
            outside.into_iter().map(|row| (row, model.raw(&self.headlines[row as usize]))).collect::<Vec<_>>()
        });
        let seen: Vec<(u32, f64)> = parts.into_iter().flatten().collect();
        let raw: Vec<f64> = seen.iter().map(|(_, raw)| *raw).collect();
        let truth: Vec<bool> = seen.iter().map(|(row, _)| self.posts[*row as usize].clickbait).collect();
        let means: Vec<f32> = seen.iter().map(|(row, _)| self.posts[*row as usize].mean).collect();
        let decisions: Vec<f32> = truth.iter().map(|&yes| f32::from(u8::from(yes))).collect();
        let ones = vec![1.0; means.len()];
        let link = Platt::fit(&raw, &means, &ones);
        let mut model = self.fit(rows);
        let decision = Platt::fit(&raw, &decisions, &ones);
        // Where a probability suits F1 best: at half of the best F1 (Lipton, Elkan and Naryanaswamy 2014). The best cut of
        // the sample itself wanders on a flat top, and the scores of all headlines with it.
        let best = best_cut(&raw, &truth).1 / 2.0;
        model.cut = ((best / (1.0 - best)).ln() - decision.offset) / decision.slope;
        model.slope = decision.slope;
        model.link = [link.slope, link.offset];
        model
    }

    /// Fits the weights to `rows`.
    fn fit(&self, rows: &[u32]) -> Linear {
        let scaling = self.scaling(rows);
        let mut matrix = SparseMatrix::default();
        let mut row_features = Vec::new();
        for &row in rows {
            let row = row as usize;
            row_features.clear();
            row_features.extend_from_slice(&self.grams[row]);
            let scaled = self.dense[row].iter().zip(&scaling).zip(STYLE as u32..);
            row_features.extend(scaled.map(|((x, (mean, factor)), bucket)| (bucket, (x - mean) * factor)));
            matrix.push(&row_features, self.posts[row].mean, 1.0);
        }
        let all: Vec<u32> = (0..).take(rows.len()).collect();
        let model = train(&matrix, &all, &SparseOptions { buckets: STYLE + scaling.len(), ..OPTIONS });
        self.unfold(&model, &scaling)
    }

    /// Mean and factor (prior factor / deviation) of the dense columns over `rows`.
    fn scaling(&self, rows: &[u32]) -> Vec<(f32, f32)> {
        let columns = self.dense.first().map_or(0, Vec::len);
        let count = rows.len().max(1) as f64;
        (0..columns)
            .map(|column| {
                let values = || rows.iter().map(|&row| f64::from(self.dense[row as usize][column]));
                let mean = values().sum::<f64>() / count;
                let variance = values().map(|x| (x - mean) * (x - mean)).sum::<f64>() / count;
                let prior = if column < COLUMNS.len() { STYLE_FACTOR } else { PLACE_FACTOR };
                let factor = if variance > 1e-12 { prior / variance.sqrt() as f32 } else { 0.0 };
                (mean as f32, factor)
            })
            .collect()
    }

    /// Takes the scaling out of the weights and turns vectors into numbers per word.
    fn unfold(&self, model: &SparseModel, scaling: &[(f32, f32)]) -> Linear {
        let raw: Vec<f32> = model.weights[STYLE..].iter().zip(scaling).map(|(w, (_, factor))| w * factor).collect();
        let shift: f32 = raw.iter().zip(scaling).map(|(w, (mean, _))| w * mean).sum();
        let (style, places) = raw.split_at(COLUMNS.len().min(raw.len()));
        let dimensions = self.vectors.dimensions();
        let word = |hash: u64| {
            let vector = self.vectors.get(hash).unwrap_or_default();
            let at = |place: usize| {
                let weights = &places[place * dimensions..(place + 1) * dimensions];
                weights.iter().zip(vector).map(|(w, x)| w * x).sum::<f32>()
            };
            (hash, std::array::from_fn::<f32, PLACES, _>(at))
        };
        Linear {
            tables: model.weights[..STYLE].chunks(1 << BITS).map(|weights| Quantized::of(weights, 0.0)).collect(),
            style: style.to_vec(),
            bias: model.bias - shift,
            places: Places::of(self.vectors.hashes().iter().map(|&hash| word(hash))),
            cut: 0.0,
            slope: 1.0,
            link: [1.0, 0.0],
        }
    }
}

/// The features of all blocks, each in its own range of buckets.
fn all_grams(headline: &Headline) -> Vec<(u32, f32)> {
    let shifted = |(index, &block): (usize, &Block)| {
        let start = (index as u32) << BITS;
        features(headline, block).into_iter().map(move |(bucket, value)| (start + bucket, value))
    };
    Block::ALL.iter().enumerate().flat_map(shifted).collect()
}

fn dense(headline: &Headline, vectors: &WordVectors) -> Vec<f32> {
    let dimensions = vectors.dimensions();
    let mut out = measure(headline).to_vec();
    out.resize(PLACE - STYLE + PLACES * dimensions, 0.0);
    visit(headline, |place, hash, share| {
        let start = PLACE - STYLE + place * dimensions;
        for (sum, x) in out[start..].iter_mut().zip(vectors.get(hash).unwrap_or_default()) {
            *sum += share * x;
        }
    });
    out
}
