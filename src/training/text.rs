//! Teaching the text model: by recurrence, relabelled once, then by annotations.

use super::weak::Samples;
use crate::engine::model::text::BUCKETS;
use crate::learning::folds::{Folds, in_parallel};
use crate::learning::sparse::{Quantized, SparseMatrix, SparseModel, SparseOptions, sigmoid, train, train_mean};

/// Rows with the fold that each belongs to.
#[derive(Debug, Default)]
pub struct Rows {
    /// Features, labels, weights.
    pub matrix: SparseMatrix,
    /// Per row the fold of its publisher; a number beyond the folds for what every fold may learn from.
    pub folds: Vec<usize>,
}

impl Rows {
    /// Appends a row of `buckets`, each with the value `1 / sqrt(n)` that the model uses when it scores.
    pub fn push(&mut self, buckets: &[u32], label: f32, weight: f32, fold: usize) {
        let value = (buckets.len().max(1) as f32).sqrt().recip();
        let features: Vec<(u32, f32)> = buckets.iter().map(|b| (*b, value)).collect();
        self.matrix.push(&features, label, weight);
        self.folds.push(fold);
    }

    fn except(&self, fold: Option<usize>) -> Vec<u32> {
        (0..self.folds.len() as u32).filter(|&row| Some(self.folds[row as usize]) != fold).collect()
    }

    /// The rows with the weights of residue scaled so that it weighs `ratio` times as much as prose in all.
    #[must_use]
    pub fn balanced(&self, ratio: f32) -> Self {
        let weigh = |residue: bool| -> f64 {
            let rows = (0..self.folds.len()).filter(|&r| (self.matrix.label(r) > 0.5) == residue);
            rows.map(|r| f64::from(self.matrix.weight(r))).sum()
        };
        let (residue, prose) = (weigh(true), weigh(false));
        let factor = (f64::from(ratio) * prose / residue.max(1e-9)) as f32;
        let mean = ((residue * f64::from(factor) + prose) / self.folds.len().max(1) as f64).max(1e-9) as f32;
        let mut rows = Self { folds: self.folds.clone(), ..Self::default() };
        for row in 0..self.folds.len() {
            let label = self.matrix.label(row);
            let weight = self.matrix.weight(row) * if label > 0.5 { factor } else { 1.0 };
            rows.matrix.push(self.matrix.row(row), label, weight / mean);
        }
        rows
    }
}

/// A model per fold, taught without that fold's publishers, and one taught by all.
#[derive(Debug)]
pub struct ByFold {
    /// One per fold.
    pub folds: Vec<Quantized>,
    /// Taught by all rows: what ships.
    pub all: Quantized,
}

/// Rows of all sources' samples.
#[must_use]
pub fn sample_rows(samples: &Samples, fold_of: &dyn Fn(&str) -> usize) -> Rows {
    let mut rows = Rows::default();
    for (source, samples) in samples {
        for sample in samples {
            let label = f32::from(u8::from(sample.positive));
            rows.push(&sample.buckets, label, sample.weight, fold_of(source));
        }
    }
    rows
}

/// Residue that models of other publishers take for prose surer than this is dropped, and prose that they take for
/// residue surer than [`DROP_PROSE`]: one round of it raised average precision from .61 to .66.
const DROP_RESIDUE: f64 = 0.08;
/// See [`DROP_RESIDUE`].
const DROP_PROSE: f64 = 0.6;

/// Four passes suffice for some hundred thousand rows.
const WEAK: SparseOptions = SparseOptions { buckets: BUCKETS, epochs: 4, rate: 0.2, l2: 3e-6, seed: 1 };
/// Few rows: more passes and a firmer penalty.
const STRONG: SparseOptions = SparseOptions { buckets: BUCKETS, epochs: 12, rate: 0.2, l2: 2e-5, seed: 2 };
/// About as many rows as of recurrence, with less noise: two passes more. Not varied.
const HEADLINES: SparseOptions = SparseOptions { buckets: BUCKETS, epochs: 6, rate: 0.2, l2: 3e-6, seed: 3 };

/// Models whose mean is taken, each with the rows in another order: one line more in the streams moved F1 of pages by .01
/// with a single one (EVALUATION.md). Five take twice the time in all; other numbers were not tried.
const MODELS: u64 = 5;

/// Teaches by recurrence. Cost: two models per fold over all rows.
#[must_use]
pub fn teach_weak(rows: &Rows, folds: &Folds, threads: usize) -> ByFold {
    let rows = rows.balanced(0.6);
    let first = in_parallel(folds.count(), threads, |k| train(&rows.matrix, &rows.except(Some(k)), &WEAK));
    let keep: Vec<bool> = (0..rows.folds.len()).map(|row| keeps_label(&rows, row, &first[rows.folds[row]])).collect();
    teach(&rows, &keep, folds, &WEAK, threads)
}

fn keeps_label(rows: &Rows, row: usize, model: &SparseModel) -> bool {
    let p = sigmoid(f64::from(model.score(rows.matrix.row(row))));
    if rows.matrix.label(row) > 0.5 { p >= DROP_RESIDUE } else { p <= DROP_PROSE }
}

/// Teaches by annotations.
#[must_use]
pub fn teach_strong(rows: &Rows, folds: &Folds, threads: usize) -> ByFold {
    let rows = rows.balanced(0.5);
    let keep = vec![true; rows.folds.len()];
    teach(&rows, &keep, folds, &STRONG, threads)
}

/// Teaches what headlines are.
#[must_use]
pub fn teach_headlines(rows: &Rows, folds: &Folds, threads: usize) -> ByFold {
    teach(rows, &vec![true; rows.folds.len()], folds, &HEADLINES, threads)
}

fn teach(rows: &Rows, keep: &[bool], folds: &Folds, options: &SparseOptions, threads: usize) -> ByFold {
    let one = |skip: Option<usize>| {
        let chosen: Vec<u32> = rows.except(skip).into_iter().filter(|&row| keep[row as usize]).collect();
        train_mean(&rows.matrix, &chosen, options, MODELS).quantize()
    };
    let mut models = in_parallel(folds.count() + 1, threads, |k| one((k < folds.count()).then_some(k)));
    let all = models.pop().unwrap_or_default();
    ByFold { folds: models, all }
}
