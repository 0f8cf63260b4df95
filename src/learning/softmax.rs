//! Multinomial logistic regression over dense rows: one linear score per class, exclusive of each other.
//!
//! The same standardisation and solver as [`super::dense`]. Classes are few (kinds of spans); the cost grows linearly
//! with them.

use super::dense::{DenseMatrix, DenseModel, Example, Scaling, add, dot, flush, usable};
use super::lbfgs::{Limits, minimize};

/// A row of class `class`.
#[derive(Debug, Clone, Copy)]
pub struct ClassExample {
    /// Index of the row in the matrix.
    pub row: u32,
    /// Its class, below the number of classes.
    pub class: u8,
    /// Weight, ≥ 0.
    pub weight: f32,
}

/// One linear model per class, on raw column values.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct SoftmaxModel {
    /// The models in the order of the classes.
    pub classes: Vec<DenseModel>,
}

impl SoftmaxModel {
    /// Probabilities of the classes for a row; they add up to 1. Empty for a model without classes.
    #[must_use]
    pub fn probabilities(&self, row: &[f32]) -> Vec<f64> {
        let mut scores: Vec<f64> = self.classes.iter().map(|class| f64::from(class.score(row))).collect();
        normalize(&mut scores);
        scores
    }

    /// The likeliest class for a row, the first of equals; 0 for a model without classes.
    #[must_use]
    pub fn best(&self, row: &[f32]) -> usize {
        let mut best = (0, f32::NEG_INFINITY);
        for (i, class) in self.classes.iter().enumerate() {
            let score = class.score(row);
            if score > best.1 {
                best = (i, score);
            }
        }
        best.0
    }
}

/// Turns scores into probabilities in place and returns the logarithm of their former sum of exponentials.
fn normalize(scores: &mut [f64]) -> f64 {
    let top = scores.iter().copied().fold(f64::NEG_INFINITY, f64::max);
    let mut sum = 0.0;
    for score in scores.iter_mut() {
        *score = (*score - top).exp();
        sum += *score;
    }
    for score in scores.iter_mut() {
        *score /= sum;
    }
    top + sum.ln()
}

/// Trains `classes` linear models with penalty `l2` (as in [`super::dense::DenseOptions`]). Examples of a class out of
/// range are skipped. Deterministic.
#[must_use]
pub fn train(matrix: &DenseMatrix, examples: &[ClassExample], classes: usize, l2: f64, limits: Limits) -> SoftmaxModel {
    let columns = matrix.columns();
    let plain: Vec<Example> = examples
        .iter()
        .filter(|e| usize::from(e.class) < classes)
        .map(|e| Example { row: e.row, label: f32::from(e.class), weight: e.weight })
        .collect();
    let plain = usable(matrix, &plain);
    if plain.is_empty() {
        let empty = DenseModel { weights: vec![0.0; columns], bias: 0.0 };
        return SoftmaxModel { classes: vec![empty; classes] };
    }
    let scaling = Scaling::of(matrix, &plain);
    let rows = scaling.apply(matrix, &plain);
    // Per class: the weights, then the bias.
    let mut at = vec![0.0; classes * (columns + 1)];
    minimize(&mut at, limits, |x, gradient| objective(x, gradient, &rows, &plain, scaling.total, l2));
    let fold = |class: &[f64]| scaling.fold(&class[..columns], class[columns]);
    SoftmaxModel { classes: at.chunks_exact(columns + 1).map(fold).collect() }
}

/// Weighted mean cross entropy plus penalty at `x`; writes the gradient.
fn objective(x: &[f64], gradient: &mut [f64], rows: &DenseMatrix, examples: &[Example], total: f64, l2: f64) -> f64 {
    let columns = rows.columns();
    let weights: Vec<f32> = x.iter().map(|w| *w as f32).collect();
    let mut sums = vec![0.0_f32; x.len()];
    gradient.fill(0.0);
    let mut scores = vec![0.0; x.len() / (columns + 1)];
    let mut loss = 0.0;
    for (i, e) in examples.iter().enumerate() {
        let row = rows.row(i);
        for (score, class) in scores.iter_mut().zip(weights.chunks_exact(columns + 1)) {
            *score = f64::from(dot(row, &class[..columns]) + class[columns]);
        }
        // The label was a class index before it became a float, and is one still.
        let truth = e.label as usize;
        let right = scores[truth];
        loss += f64::from(e.weight) * (normalize(&mut scores) - right);
        for (class, (p, sums)) in scores.iter().zip(sums.chunks_exact_mut(columns + 1)).enumerate() {
            let error = (f64::from(e.weight) * (p - f64::from(u8::from(class == truth))) / total) as f32;
            add(&mut sums[..columns], error, row);
            sums[columns] += error;
        }
        // Single precision sums stay exact enough over a few hundred rows only.
        if i % 256 == 255 {
            flush(&mut sums, gradient);
        }
    }
    flush(&mut sums, gradient);
    let mut value = loss / total;
    for (x, g) in x.chunks_exact(columns + 1).zip(gradient.chunks_exact_mut(columns + 1)) {
        for (x, g) in x[..columns].iter().zip(&mut g[..columns]) {
            value += 0.5 * l2 * x * x;
            *g += l2 * x;
        }
    }
    value
}

#[cfg(test)]
mod tests {
    use super::super::random::SplitMix;
    use super::*;

    #[test]
    fn three_corners_are_told_apart() {
        let mut random = SplitMix::new(5);
        let mut noise = || random.below(1000) as f32 / 1000.0 - 0.5;
        let corners = [(0.0, 0.0), (3.0, 0.0), (0.0, 3.0)];
        let mut matrix = DenseMatrix::new(2, 300);
        let mut examples = Vec::new();
        for row in 0..300_u32 {
            let class = (row % 3) as u8;
            let (x, y) = corners[usize::from(class)];
            matrix.push(&[x + noise(), y + noise()]);
            examples.push(ClassExample { row, class, weight: 1.0 });
        }
        examples.push(ClassExample { row: 0, class: 200, weight: 1.0 });
        let model = train(&matrix, &examples, 3, 1e-4, Limits::default());
        for e in &examples[..300] {
            let row = matrix.row(e.row as usize);
            assert_eq!(model.best(row), usize::from(e.class));
            let p = model.probabilities(row);
            assert!(p[usize::from(e.class)] > 0.8 && (p.iter().sum::<f64>() - 1.0).abs() < 1e-9, "{p:?}");
        }
    }

    #[test]
    fn nothing_to_learn_from_leaves_all_classes_equal() {
        let model = train(&DenseMatrix::new(2, 0), &[], 4, 1.0, Limits::default());
        assert_eq!(model.probabilities(&[1.0, 2.0]), vec![0.25; 4]);
        assert!(SoftmaxModel::default().probabilities(&[]).is_empty());
    }
}
