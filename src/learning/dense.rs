//! Logistic regression over dense rows: weighted, with L2 towards a prior mean and a penalty factor per column.
//!
//! Columns are standardised while training and the scaling is folded back into the weights, so that the model is used
//! on raw values. Solved by [`super::lbfgs`]: 50,000 rows × 300 columns take a few seconds.

use super::lbfgs::{Limits, minimize};
use super::sparse::sigmoid;

/// Rows of equally many numbers, one behind the other.
#[derive(Debug, Clone, Default)]
pub struct DenseMatrix {
    columns: usize,
    values: Vec<f32>,
}

impl DenseMatrix {
    /// An empty matrix of `columns` columns, with room for `rows` rows.
    #[must_use]
    pub fn new(columns: usize, rows: usize) -> Self {
        Self { columns, values: Vec::with_capacity(columns * rows) }
    }

    /// Appends a row; missing values count as 0, surplus ones are dropped, numbers that are not finite become 0.
    pub fn push(&mut self, row: &[f32]) {
        let fit = row.iter().copied().chain(std::iter::repeat(0.0)).take(self.columns);
        self.values.extend(fit.map(|v| if v.is_finite() { v } else { 0.0 }));
    }

    /// Number of columns.
    #[must_use]
    pub fn columns(&self) -> usize {
        self.columns
    }

    /// Number of rows.
    #[must_use]
    pub fn len(&self) -> usize {
        self.values.len().checked_div(self.columns).unwrap_or(0)
    }

    /// Whether there are no rows.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// Row `index`. Panics on an index out of range, as slices do.
    #[must_use]
    pub fn row(&self, index: usize) -> &[f32] {
        &self.values[index * self.columns..(index + 1) * self.columns]
    }
}

/// A training row by reference: which row, its target 0..1, and how much it counts.
#[derive(Debug, Clone, Copy)]
pub struct Example {
    /// Index of the row in the matrix.
    pub row: u32,
    /// Target probability, 0..1.
    pub label: f32,
    /// Weight, ≥ 0.
    pub weight: f32,
}

/// How to train. Empty slices stand for "1 for every column" and "0 for every column".
#[derive(Debug, Clone, Copy)]
pub struct DenseOptions<'a> {
    /// Penalty: the objective is the weighted mean loss plus `l2 / 2` × the squared distance from the prior, both in
    /// units of standardised columns.
    pub l2: f64,
    /// Factor on `l2` per column: 0 leaves a column free.
    pub penalties: &'a [f64],
    /// Prior mean of the weights, in units of raw columns.
    pub prior: &'a [f64],
    /// When to stop.
    pub limits: Limits,
}

impl Default for DenseOptions<'_> {
    /// A mild penalty: at 10,000 rows it equals ten rows' worth of doubt per column.
    fn default() -> Self {
        Self { l2: 1e-3, penalties: &[], prior: &[], limits: Limits::default() }
    }
}

/// A linear model on raw column values; the score is in log-odds.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct DenseModel {
    /// One weight per column.
    pub weights: Vec<f32>,
    /// The constant part.
    pub bias: f32,
}

impl DenseModel {
    /// Log-odds of a row; missing values count as 0.
    #[must_use]
    pub fn score(&self, row: &[f32]) -> f32 {
        self.bias + self.weights.iter().zip(row).map(|(w, x)| w * x).sum::<f32>()
    }
}

/// Mean and deviation of every column over the examples.
#[derive(Debug, Clone)]
pub(super) struct Scaling {
    pub(super) means: Vec<f64>,
    /// 1 / standard deviation; 0 for constant columns, which then carry no weight.
    pub(super) inverse: Vec<f64>,
    /// Sum of the example weights.
    pub(super) total: f64,
}

impl Scaling {
    pub(super) fn of(matrix: &DenseMatrix, examples: &[Example]) -> Self {
        let columns = matrix.columns();
        let total: f64 = examples.iter().map(|e| f64::from(e.weight)).sum::<f64>().max(f64::MIN_POSITIVE);
        let mut means = vec![0.0; columns];
        for e in examples {
            for (mean, &x) in means.iter_mut().zip(matrix.row(e.row as usize)) {
                *mean += f64::from(e.weight) * f64::from(x) / total;
            }
        }
        let mut variances = vec![0.0; columns];
        for e in examples {
            for ((variance, mean), &x) in variances.iter_mut().zip(&means).zip(matrix.row(e.row as usize)) {
                let off = f64::from(x) - mean;
                *variance += f64::from(e.weight) * off * off / total;
            }
        }
        // Rounding leaves a constant column a variance of about (1e-8 × its size)²; anything larger is real.
        let inverse = variances
            .iter()
            .zip(&means)
            .map(|(v, m)| if *v > 1e-12 * (1e-6 + m * m) { 1.0 / v.sqrt() } else { 0.0 })
            .collect();
        Self { means, inverse, total }
    }

    /// The rows of the examples, standardised, as `f32`.
    pub(super) fn apply(&self, matrix: &DenseMatrix, examples: &[Example]) -> DenseMatrix {
        let mut out = DenseMatrix::new(matrix.columns(), examples.len());
        for e in examples {
            let scaled = matrix.row(e.row as usize).iter().zip(self.means.iter().zip(&self.inverse));
            out.values.extend(scaled.map(|(&x, (m, i))| ((f64::from(x) - m) * i) as f32));
        }
        out
    }

    /// Turns weights and bias of standardised columns into those of raw ones.
    pub(super) fn fold(&self, weights: &[f64], bias: f64) -> DenseModel {
        let raw: Vec<f64> = weights.iter().zip(&self.inverse).map(|(w, i)| w * i).collect();
        let shift: f64 = raw.iter().zip(&self.means).map(|(w, m)| w * m).sum();
        DenseModel { weights: raw.iter().map(|w| *w as f32).collect(), bias: (bias - shift) as f32 }
    }
}

/// The examples that can be used: rows in range, weights above nothing.
pub(super) fn usable(matrix: &DenseMatrix, examples: &[Example]) -> Vec<Example> {
    examples.iter().copied().filter(|e| (e.row as usize) < matrix.len() && e.weight > 0.0).collect()
}

/// Trains on `examples`. Deterministic; without usable examples the model is the prior with a bias of 0.
#[must_use]
pub fn train(matrix: &DenseMatrix, examples: &[Example], options: &DenseOptions<'_>) -> DenseModel {
    let columns = matrix.columns();
    let examples = usable(matrix, examples);
    if examples.is_empty() {
        let prior = |c| options.prior.get(c).copied().unwrap_or(0.0) as f32;
        return DenseModel { weights: (0..columns).map(prior).collect(), bias: 0.0 };
    }
    let scaling = Scaling::of(matrix, &examples);
    let rows = scaling.apply(matrix, &examples);
    let center: Vec<f64> = (0..columns)
        .map(|c| {
            let deviation = if scaling.inverse[c] > 0.0 { 1.0 / scaling.inverse[c] } else { 0.0 };
            options.prior.get(c).copied().unwrap_or(0.0) * deviation
        })
        .collect();
    let penalty: Vec<f64> =
        (0..columns).map(|c| options.l2 * options.penalties.get(c).copied().unwrap_or(1.0)).collect();
    // The bias stands behind the weights.
    let mut at = center.clone();
    at.push(0.0);
    minimize(&mut at, options.limits, |x, gradient| {
        objective(x, gradient, &rows, &examples, scaling.total, &center, &penalty)
    });
    scaling.fold(&at[..columns], at[columns])
}

/// Weighted mean logistic loss plus penalty at `x` (weights, then bias); writes the gradient.
fn objective(
    x: &[f64],
    gradient: &mut [f64],
    rows: &DenseMatrix,
    examples: &[Example],
    total: f64,
    center: &[f64],
    penalty: &[f64],
) -> f64 {
    let columns = rows.columns();
    let weights: Vec<f32> = x[..columns].iter().map(|w| *w as f32).collect();
    let mut sums = vec![0.0_f32; columns];
    gradient.fill(0.0);
    let mut loss = 0.0;
    for (i, e) in examples.iter().enumerate() {
        let row = rows.row(i);
        let z = x[columns] + f64::from(dot(row, &weights));
        loss += f64::from(e.weight) * log_loss(z, f64::from(e.label));
        let error = f64::from(e.weight) * (sigmoid(z) - f64::from(e.label)) / total;
        gradient[columns] += error;
        add(&mut sums, error as f32, row);
        // Single precision sums stay exact enough over a few hundred rows only.
        if i % 256 == 255 {
            flush(&mut sums, gradient);
        }
    }
    flush(&mut sums, gradient);
    let mut value = loss / total;
    for c in 0..columns {
        let off = x[c] - center[c];
        value += 0.5 * penalty[c] * off * off;
        gradient[c] += penalty[c] * off;
    }
    value
}

/// Cross entropy of log-odds `z` against the target `label`, without overflow.
pub(super) fn log_loss(z: f64, label: f64) -> f64 {
    z.max(0.0) - label * z + (-z.abs()).exp().ln_1p()
}

/// The scalar product. Sixteen running sums let the compiler use vector registers; one would forbid reordering.
#[must_use]
pub fn dot(a: &[f32], b: &[f32]) -> f32 {
    const LANES: usize = 16;
    let mut sums = [0.0_f32; LANES];
    let (heads_a, tail_a) = a.as_chunks::<LANES>();
    let (heads_b, tail_b) = b.as_chunks::<LANES>();
    for (x, y) in heads_a.iter().zip(heads_b) {
        for lane in 0..LANES {
            sums[lane] += x[lane] * y[lane];
        }
    }
    sums.iter().sum::<f32>() + tail_a.iter().zip(tail_b).map(|(x, y)| x * y).sum::<f32>()
}

/// Adds `factor` × `from` to `to`.
pub fn add(to: &mut [f32], factor: f32, from: &[f32]) {
    for (t, f) in to.iter_mut().zip(from) {
        *t += factor * f;
    }
}

/// Moves single precision sums into the gradient.
pub(super) fn flush(sums: &mut [f32], gradient: &mut [f64]) {
    for (sum, g) in sums.iter_mut().zip(gradient) {
        *g += f64::from(*sum);
        *sum = 0.0;
    }
}

#[cfg(test)]
mod tests {
    use super::super::random::SplitMix;
    use super::*;

    /// Rows drawn from a known model: z = 2 × first − 1 × second / 100 + 0.5; the third column is constant.
    fn drawn(rows: usize) -> (DenseMatrix, Vec<Example>) {
        let mut random = SplitMix::new(11);
        let mut uniform = || random.below(1 << 20) as f64 / f64::from(1 << 20);
        let mut matrix = DenseMatrix::new(3, rows);
        let mut examples = Vec::new();
        for row in 0..rows {
            let (a, b) = (4.0 * uniform() - 2.0, 400.0 * uniform() - 200.0);
            let p = sigmoid(2.0 * a - b / 100.0 + 0.5);
            matrix.push(&[a as f32, b as f32, 7.0]);
            examples.push(Example { row: row as u32, label: f32::from(u8::from(uniform() < p)), weight: 1.0 });
        }
        (matrix, examples)
    }

    #[test]
    fn finds_the_weights_that_drew_the_rows() {
        let (matrix, examples) = drawn(20_000);
        let model = train(&matrix, &examples, &DenseOptions { l2: 1e-6, ..DenseOptions::default() });
        assert!((model.weights[0] - 2.0).abs() < 0.1, "{model:?}");
        assert!((model.weights[1] + 0.01).abs() < 0.0006, "{model:?}");
        assert!(model.weights[2].abs() < 1e-6 && (model.bias - 0.5).abs() < 0.08, "{model:?}");
    }

    #[test]
    fn a_strong_penalty_returns_the_prior() {
        let (matrix, examples) = drawn(500);
        let prior = [0.7, 0.02, 0.0];
        let model = train(&matrix, &examples, &DenseOptions { l2: 1e6, prior: &prior, ..DenseOptions::default() });
        assert!((model.weights[0] - 0.7).abs() < 1e-3 && (model.weights[1] - 0.02).abs() < 1e-4, "{model:?}");
        let free = DenseOptions { l2: 1e6, penalties: &[0.0, 1.0, 1.0], ..DenseOptions::default() };
        let model = train(&matrix, &examples, &free);
        assert!(model.weights[0] > 1.0 && model.weights[1].abs() < 1e-4, "{model:?}");
    }

    #[test]
    fn weights_count_like_repetitions() {
        let (matrix, examples) = drawn(300);
        let twice: Vec<Example> = examples.iter().chain(&examples[..100]).copied().collect();
        let mut heavy = examples.clone();
        heavy[..100].iter_mut().for_each(|e| e.weight = 2.0);
        let options = DenseOptions { limits: Limits { iterations: 500, tolerance: 1e-13 }, ..DenseOptions::default() };
        let (a, b) = (train(&matrix, &twice, &options), train(&matrix, &heavy, &options));
        assert!((a.weights[0] - b.weights[0]).abs() < 1e-2, "{a:?} {b:?}");
    }

    #[test]
    fn nothing_to_learn_from_gives_the_prior() {
        let matrix = DenseMatrix::new(2, 0);
        let options = DenseOptions { prior: &[1.5], ..DenseOptions::default() };
        let model = train(&matrix, &[Example { row: 3, label: 1.0, weight: 1.0 }], &options);
        assert_eq!(model, DenseModel { weights: vec![1.5, 0.0], bias: 0.0 });
        assert!(DenseMatrix::default().is_empty());
    }
}
