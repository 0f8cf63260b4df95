//! Fits the learned part to judged headlines, and measures how well that works on others.
//!
//! One ridge regression of the judges' mean over all features at once. The cut and the link are fitted to scores of
//! headlines that the scoring model has not seen.

use super::design::Design;
use super::grams::BITS;
use super::items::Headline;
use super::linear::Linear;
use super::places::{PLACES, Places};
use super::products::Products;
use super::style::COLUMNS;
use super::vocabulary::Vocabulary;
use crate::learning::calibration::Platt;
use crate::learning::dense::dot;
use crate::learning::folds::{by_hash, in_parallel};
use crate::learning::metrics::{auc, best_cut, f1_at, mse};
use crate::learning::model::ModelFile;
use crate::learning::sparse::{Quantized, sigmoid};
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

/// Five-fold cross-validation of the whole of [`train_clickbait`], cut and link included, with the rounded weights
/// that would ship. Posts of the same words are in one fold.
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

/// Posts as training sees them.
struct Rows<'a> {
    posts: &'a [Post<'a>],
    vectors: &'a WordVectors,
    vocabulary: Vocabulary,
    /// Hashes of the vocabulary's words, in its order.
    words: Vec<u64>,
    headlines: Vec<Headline>,
    folds: Vec<usize>,
    design: Design,
}

impl<'a> Rows<'a> {
    fn read(posts: &'a [Post<'a>], vectors: &'a WordVectors) -> Self {
        let headlines: Vec<Headline> = posts.iter().map(|post| Headline::read(post.text)).collect();
        let (vocabulary, words) = Vocabulary::of(vectors);
        let means = posts.iter().map(|post| post.mean);
        Self {
            posts,
            vectors,
            folds: headlines.iter().map(|headline| by_hash(&headline.tokens.folded, FOLDS)).collect(),
            design: Design::of(headlines.iter().zip(means), &vocabulary, vectors),
            vocabulary,
            words,
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

    /// Fits the weights to `rows` and turns vectors into numbers per word.
    fn fit(&self, rows: &[u32]) -> Linear {
        let fitted = self.design.fit(rows);
        let (style, places) = fitted.dense.split_at(COLUMNS.len().min(fitted.dense.len()));
        let dimensions = self.vectors.dimensions();
        let word = |&hash: &u64| {
            let vector = self.vectors.get(hash).unwrap_or_default();
            std::array::from_fn(|place| dot(&places[place * dimensions..(place + 1) * dimensions], vector))
        };
        Linear {
            tables: fitted.grams.chunks(1 << BITS).map(|weights| Quantized::of(weights, 0.0)).collect(),
            style: style.to_vec(),
            bias: fitted.bias,
            vocabulary: self.vocabulary.clone(),
            places: Places::of(&self.words.iter().map(word).collect::<Vec<[f32; PLACES]>>()),
            products: Products { scaling: fitted.scaling, weights: Quantized::of(&fitted.products, 0.0) },
            cut: 0.0,
            slope: 1.0,
            link: [1.0, 0.0],
        }
    }
}

#[cfg(test)]
mod tests {
    use super::super::linear::factors;
    use super::super::vocabulary::toy_vectors;
    use super::*;

    fn titles() -> Vec<(String, bool)> {
        let title = |n: usize| {
            let (animal, verb) = (["dog", "cat", "bird"][n % 3], ["ran", "saw", "ate"][n / 3 % 3]);
            if n.is_multiple_of(2) {
                (format!("Why the {animal} {verb} {n} times, and what you must know"), true)
            } else {
                (format!("A {animal} {verb} in Leeds on day {n}"), false)
            }
        };
        (0..60).map(title).collect()
    }

    fn posts(titles: &[(String, bool)]) -> Vec<Post<'_>> {
        let mean = |text: &str, bait: bool| if bait { 0.8 } else { 0.1 } + text.len() as f32 / 1000.0;
        titles.iter().map(|(text, bait)| Post { text, mean: mean(text, *bait), clickbait: *bait }).collect()
    }

    #[test]
    fn what_is_fitted_is_what_scores() {
        let titles = titles();
        let posts = posts(&titles);
        let vectors = toy_vectors();
        let rows = Rows::read(&posts, &vectors);
        let all: Vec<u32> = (0..60).collect();
        let (fitted, model) = (rows.design.fit(&all), rows.fit(&all));
        for (row, headline) in rows.headlines.iter().enumerate() {
            let exact = rows.design.score(row, &fitted);
            // What the weights lose by rounding to 8 bits.
            assert!((model.raw(headline) - f64::from(exact)).abs() < 0.01, "{row}: {} {exact}", model.raw(headline));
            let factors = factors(headline, &rows.vocabulary);
            let products = dot(&fitted.scaling.products(&factors), &fitted.products);
            assert!((model.products.score(&factors) - products).abs() < 0.003);
            assert!(products.abs() > 1e-4, "products do say something");
        }
    }

    #[test]
    fn a_stored_model_scores_the_same() {
        let titles = titles();
        let posts = posts(&titles);
        let vectors = toy_vectors();
        let file = train_clickbait(&posts, &vectors, 2);
        let read = ModelFile::parse(&file.to_bytes()).unwrap();
        let model = Linear::load(&read).unwrap();
        let mut again = ModelFile::default();
        model.store(&mut again);
        assert_eq!(again, file);
        assert_eq!(train_clickbait(&posts, &vectors, 1), file, "threads make no difference");
        let decision = |title| model.decision(model.raw(&Headline::read(title)));
        assert!(decision("Why the dog ran 7 times, and what you must know") > 0.0);
        assert!(decision("A cat saw a dog in Leeds") < 0.0);
        for section in 0..file.sections.len() {
            let mut other = file.clone();
            other.sections.remove(section);
            assert!(Linear::load(&other).is_err(), "{}", file.sections[section].0);
        }
        assert!(train_clickbait(&[], &vectors, 1).get("clickbait.cut").is_some());
        assert!(cross_validate(&posts, &WordVectors::default(), 2).auc > 0.9);
    }
}
