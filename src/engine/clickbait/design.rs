//! The rows that the weights are fitted to: n-grams, style, word places and products, on the scales that the penalty
//! takes them at.

use super::grams::{BITS, Block, features};
use super::items::Headline;
use super::linear::factors;
use super::places::{PLACES, visit};
use super::products::{FACTORS, MIXED, PRODUCTS, Scaling};
use super::style::COLUMNS;
use super::vocabulary::{DIMENSIONS, Vocabulary};
use crate::learning::dense::{add, dot};
use crate::learning::ridge::{RidgeOptions, ridge};
use crate::learning::sparse::SparseMatrix;
use crate::learning::vectors::WordVectors;

/// Standardised style columns and word-place columns are weighed against the n-gram blocks (each of length about 1) by
/// these factors: a factor is a prior on how much of the score a column may carry. Chosen by
/// cross-validation; half as much again costs 0.0005 and 0.0002 of the AUC.
const STYLE_FACTOR: f32 = 0.06;
const PLACE_FACTOR: f32 = 0.025;

/// The same for products, as the root mean square length of all of them in a row: gist × style, and style × style.
/// Half as much again changes the AUC by less than 0.0001; without the first it loses 0.0017, without both 0.0023.
const MIXED_LENGTH: f32 = 0.4;
const OWN_LENGTH: f32 = 0.2;

/// Chosen by cross-validation: a penalty of 4 costs 0.0007 of the AUC, one of 9 0.0002; 25 steps reach the same.
const OPTIONS: RidgeOptions = RidgeOptions { penalty: 6.0, steps: 35, tolerance: 1e-3 };

/// N-grams come first in the weights.
pub(super) const GRAMS: usize = Block::ALL.len() << BITS;

/// Headlines as training sees them, before any scaling.
pub(super) struct Design {
    grams: SparseMatrix,
    /// Style columns, then one vector per place.
    dense: Vec<Vec<f32>>,
    /// Number of dense columns.
    width: usize,
    factors: Vec<[f32; FACTORS]>,
}

/// A fit, with all scales taken out of the weights.
pub(super) struct Fitted {
    /// N-grams, by block.
    pub(super) grams: Vec<f32>,
    /// Style columns, then one vector per place.
    pub(super) dense: Vec<f32>,
    pub(super) products: Vec<f32>,
    pub(super) scaling: Scaling,
    pub(super) bias: f32,
}

impl Design {
    /// From headlines and what the judges said.
    pub(super) fn of<'a>(
        posts: impl Iterator<Item = (&'a Headline, f32)>,
        vocabulary: &Vocabulary,
        vectors: &WordVectors,
    ) -> Self {
        let width = COLUMNS.len() + PLACES * vectors.dimensions();
        let mut out = Self { grams: SparseMatrix::default(), dense: Vec::new(), width, factors: Vec::new() };
        for (headline, mean) in posts {
            let factors = factors(headline, vocabulary);
            out.grams.push(&all_grams(headline), mean, 1.0);
            out.dense.push(dense(headline, &factors[DIMENSIONS..], vectors));
            out.factors.push(factors);
        }
        out
    }

    /// Fits the weights to `rows`: squared error of the judges' mean.
    pub(super) fn fit(&self, rows: &[u32]) -> Fitted {
        let scales = Scales::of(self, rows);
        let width = scales.columns.len();
        let mean =
            rows.iter().map(|&row| f64::from(self.grams.label(row as usize))).sum::<f64>() / rows.len().max(1) as f64;
        let mut buffer = vec![0.0; width];
        // The dense part of a row is made anew each time: all of them would fill 100 MB a fold.
        let mut right = vec![0.0; GRAMS + width];
        for &row in rows {
            self.row(row, &scales, &mut buffer);
            self.add(row, &buffer, self.grams.label(row as usize) - mean as f32, &mut right);
        }
        let weights = ridge(&right, &OPTIONS, |weights, out| {
            for &row in rows {
                self.row(row, &scales, &mut buffer);
                let grams = self.grams.row(row as usize).iter();
                let score = grams.map(|&(bucket, x)| x * weights[bucket as usize]).sum::<f32>();
                self.add(row, &buffer, score + dot(&buffer, &weights[GRAMS..]), out);
            }
        });
        let (grams, rest) = weights.split_at(GRAMS);
        let unscaled: Vec<f32> = rest.iter().zip(&scales.columns).map(|(w, (_, factor))| w * factor).collect();
        let shift: f64 = unscaled.iter().zip(&scales.columns).map(|(w, (mean, _))| f64::from(w * mean)).sum();
        let (dense, products) = unscaled.split_at(width - PRODUCTS);
        Fitted {
            grams: grams.to_vec(),
            dense: dense.to_vec(),
            products: products.to_vec(),
            scaling: scales.factors,
            bias: (mean - shift) as f32,
        }
    }

    /// The score of a row with weights that are not rounded.
    #[cfg(test)]
    pub(super) fn score(&self, row: usize, fitted: &Fitted) -> f32 {
        let grams: f32 = self.grams.row(row).iter().map(|&(bucket, x)| x * fitted.grams[bucket as usize]).sum();
        let products = fitted.scaling.products(&self.factors[row]);
        fitted.bias + grams + dot(&self.dense[row], &fitted.dense) + dot(&products, &fitted.products)
    }

    /// The scaled dense part of a row.
    fn row(&self, row: u32, scales: &Scales, out: &mut [f32]) {
        let dense = &self.dense[row as usize];
        let products = scales.factors.products(&self.factors[row as usize]);
        let (ours, theirs) = out.split_at_mut(dense.len());
        let (columns, of_products) = scales.columns.split_at(dense.len());
        for (out, (x, (mean, factor))) in ours.iter_mut().zip(dense.iter().zip(columns)) {
            *out = (x - mean) * factor;
        }
        for (out, (x, (mean, factor))) in theirs.iter_mut().zip(products.iter().zip(of_products)) {
            *out = (x - mean) * factor;
        }
    }

    /// Adds `factor` × the row, whose dense part is in `buffer`.
    fn add(&self, row: u32, buffer: &[f32], factor: f32, out: &mut [f32]) {
        let (grams, dense) = out.split_at_mut(GRAMS);
        for &(bucket, x) in self.grams.row(row as usize) {
            grams[bucket as usize] += factor * x;
        }
        add(dense, factor, buffer);
    }
}

/// How the dense columns of some rows are scaled.
struct Scales {
    factors: Scaling,
    /// Mean and factor of dense columns and products.
    columns: Vec<(f32, f32)>,
}

impl Scales {
    fn of(design: &Design, rows: &[u32]) -> Self {
        let factors = Scaling::of(&rows.iter().map(|&row| &design.factors[row as usize]).collect::<Vec<_>>());
        let width = design.width;
        let (mut sums, mut squares) = (vec![0.0_f64; width + PRODUCTS], vec![0.0_f64; width + PRODUCTS]);
        for &row in rows {
            let products = factors.products(&design.factors[row as usize]);
            let values = design.dense[row as usize].iter().chain(&products);
            for ((sum, square), &x) in sums.iter_mut().zip(&mut squares).zip(values) {
                *sum += f64::from(x);
                *square += f64::from(x) * f64::from(x);
            }
        }
        let count = rows.len().max(1) as f64;
        let means: Vec<f64> = sums.iter().map(|sum| sum / count).collect();
        let variances: Vec<f64> =
            squares.iter().zip(&means).map(|(square, mean)| (square / count - mean * mean).max(0.0)).collect();
        let inverse = |variance: f64| if variance > 1e-12 { 1.0 / variance.sqrt() as f32 } else { 0.0 };
        // Products share one factor by sort: those that vary much, of common columns, may carry more.
        let (own, mixed) = (width + MIXED, width);
        let mixed_factor = MIXED_LENGTH * inverse(variances[mixed..own].iter().sum());
        let own_factor = OWN_LENGTH * inverse(variances[own..].iter().sum());
        let factor = |(at, &variance): (usize, &f64)| match at {
            _ if at >= own => own_factor,
            _ if at >= mixed => mixed_factor,
            _ if at >= COLUMNS.len() => PLACE_FACTOR * inverse(variance),
            _ => STYLE_FACTOR * inverse(variance),
        };
        let columns = means.iter().map(|&mean| mean as f32).zip(variances.iter().enumerate().map(factor)).collect();
        Self { factors, columns }
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

fn dense(headline: &Headline, style: &[f32], vectors: &WordVectors) -> Vec<f32> {
    let dimensions = vectors.dimensions();
    let mut out = style.to_vec();
    out.resize(style.len() + PLACES * dimensions, 0.0);
    visit(headline, |place, hash, share| {
        let start = style.len() + place * dimensions;
        for (sum, x) in out[start..].iter_mut().zip(vectors.get(hash).unwrap_or_default()) {
            *sum += share * x;
        }
    });
    out
}

#[cfg(test)]
mod tests {
    use super::super::vocabulary::toy_vectors;
    use super::*;

    #[test]
    fn the_weights_are_those_of_the_least_error() {
        let titles =
            ["Why the dog ran?", "A cat saw a dog", "The cat ran", "Why a cat ran… 7 times", "Dog saw THE cat!"];
        let headlines = titles.map(Headline::read);
        let vectors = toy_vectors();
        let design = Design::of(headlines.iter().zip([0.9, 0.1, 0.2, 0.8, 0.6]), &Vocabulary::of(&vectors).0, &vectors);
        let rows = [0, 1, 3, 4];
        let fitted = design.fit(&rows);
        let columns = |row: usize| {
            let products = fitted.scaling.products(&design.factors[row]);
            design.dense[row].iter().copied().chain(products).collect::<Vec<f32>>()
        };
        let weights: Vec<f32> = fitted.dense.iter().chain(&fitted.products).copied().collect();
        let error = |&row: &u32| design.grams.label(row as usize) - design.score(row as usize, &fitted);
        let errors: Vec<f32> = rows.iter().map(error).collect();
        // At the least penalised error, penalty × weight is the sum of error × value, in every column as it was scaled.
        let scales = Scales::of(&design, &rows);
        for (at, ((mean, factor), weight)) in scales.columns.iter().zip(&weights).enumerate() {
            let of_rows = rows.iter().zip(&errors).map(|(&row, e)| e * (columns(row as usize)[at] - mean) * factor);
            let pull: f32 = of_rows.sum();
            let hold = if *factor > 0.0 { OPTIONS.penalty * weight / factor } else { 0.0 };
            assert!((pull - hold).abs() < 2e-3, "column {at}: {pull} {hold}");
        }
        assert!(errors.iter().map(|e| e * e).sum::<f32>() < 0.41, "no better than the mean");
        assert!(fitted.products.iter().any(|w| *w != 0.0), "products count");
    }
}
