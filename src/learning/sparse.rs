//! Binary logistic regression over hashed sparse features, by `AdaGrad` with L2.
//!
//! Duchi, Hazan, Singer 2011. The penalty is a true one (it shrinks every weight at every step), applied lazily: a
//! weight that was not touched for `k` steps is shrunk `k` times at its next touch. Some million features a second.

use super::random::SplitMix;

/// Rows of sparse features with a target and a weight each, stored one behind the other (compressed sparse rows).
#[derive(Debug, Clone, Default)]
pub struct SparseMatrix {
    ends: Vec<usize>,
    features: Vec<(u32, f32)>,
    labels: Vec<f32>,
    weights: Vec<f32>,
}

impl SparseMatrix {
    /// Appends a row: features as (bucket, value), the target as a probability 0..1, and how much the row counts
    /// (0 = not at all, 1 = as one row).
    pub fn push(&mut self, features: &[(u32, f32)], label: f32, weight: f32) {
        self.features.extend_from_slice(features);
        self.ends.push(self.features.len());
        self.labels.push(label);
        self.weights.push(weight);
    }

    /// Number of rows.
    #[must_use]
    pub fn len(&self) -> usize {
        self.ends.len()
    }

    /// Whether there are no rows.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.ends.is_empty()
    }

    /// The features of row `index`. Panics on an index out of range, as slices do.
    #[must_use]
    pub fn row(&self, index: usize) -> &[(u32, f32)] {
        let start = if index == 0 { 0 } else { self.ends[index - 1] };
        &self.features[start..self.ends[index]]
    }

    /// The target of row `index`. Panics on an index out of range, as slices do.
    #[must_use]
    pub fn label(&self, index: usize) -> f32 {
        self.labels[index]
    }

    /// The weight of row `index`. Panics on an index out of range, as slices do.
    #[must_use]
    pub fn weight(&self, index: usize) -> f32 {
        self.weights[index]
    }
}

/// How to train.
#[derive(Debug, Clone, Copy)]
pub struct SparseOptions {
    /// Size of the weight table; features of higher buckets are ignored.
    pub buckets: usize,
    /// Passes over the rows.
    pub epochs: usize,
    /// Step length before `AdaGrad` scales it.
    pub rate: f32,
    /// Penalty per row: the objective is the mean loss plus `l2 / 2` × the squared weights. The bias is free.
    pub l2: f32,
    /// Seed of the order of the rows.
    pub seed: u64,
}

impl Default for SparseOptions {
    /// Values that suit L2-normed n-gram rows: a few passes are enough for `AdaGrad`, and 2^16
    /// buckets lost nothing against larger tables on article sentences.
    fn default() -> Self {
        Self { buckets: 1 << 16, epochs: 10, rate: 0.2, l2: 1e-5, seed: 1 }
    }
}

/// Weights of a hashed linear model; the score is in log-odds.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct SparseModel {
    /// One weight per bucket.
    pub weights: Vec<f32>,
    /// The constant part.
    pub bias: f32,
}

impl SparseModel {
    /// Log-odds of a row. Unknown buckets count nothing.
    #[must_use]
    pub fn score(&self, features: &[(u32, f32)]) -> f32 {
        let sum: f32 = features.iter().map(|&(b, v)| self.weights.get(b as usize).map_or(0.0, |w| w * v)).sum();
        self.bias + sum
    }

    /// The model in 8 bits a weight.
    #[must_use]
    pub fn quantize(&self) -> Quantized {
        Quantized::of(&self.weights, self.bias)
    }
}

/// A weight table in 8 bits: weight = `steps[bucket] × scale`. What is shipped is what must be evaluated.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Quantized {
    /// Weights in units of `scale`, −127..127.
    pub steps: Vec<i8>,
    /// The unit.
    pub scale: f32,
    /// The constant part, unquantised.
    pub bias: f32,
}

impl Quantized {
    /// Rounds `weights` to 255 equal steps. The range ends at the 99.99th percentile of the used weights: one outlier
    /// in a table of 2^16 would otherwise coarsen all others, and the few above are clipped.
    #[must_use]
    pub fn of(weights: &[f32], bias: f32) -> Self {
        let mut sizes: Vec<f32> = weights.iter().map(|w| w.abs()).filter(|w| *w > 0.0 && w.is_finite()).collect();
        sizes.sort_unstable_by(f32::total_cmp);
        let top = sizes.get((sizes.len() * 9_999) / 10_000).or(sizes.last()).copied().unwrap_or(1.0);
        let scale = (top / 127.0).max(f32::MIN_POSITIVE);
        let steps = weights.iter().map(|w| (w / scale).round().clamp(-127.0, 127.0) as i8).collect();
        Self { steps, scale, bias }
    }

    /// Log-odds of a row. Unknown buckets count nothing.
    #[must_use]
    pub fn score(&self, features: &[(u32, f32)]) -> f32 {
        let step = |&(b, v): &(u32, f32)| self.steps.get(b as usize).map_or(0.0, |&s| f32::from(s) * v);
        self.bias + self.scale * features.iter().map(step).sum::<f32>()
    }
}

/// The logistic function: log-odds to probability.
#[must_use]
pub fn sigmoid(z: f64) -> f64 {
    1.0 / (1.0 + (-z).exp())
}

/// The mean of so many models that [`train`] makes, with seeds from `options.seed` on: a few passes end where the order of the
/// rows leads, and the mean where most orders do. Cost: that of all.
#[must_use]
pub fn train_mean(matrix: &SparseMatrix, rows: &[u32], options: &SparseOptions, models: u64) -> SparseModel {
    let mut mean = SparseModel { weights: vec![0.0; options.buckets], bias: 0.0 };
    let share = 1.0 / models.max(1) as f32;
    for seed in options.seed..options.seed + models {
        let one = train(matrix, rows, &SparseOptions { seed, ..*options });
        for (sum, weight) in mean.weights.iter_mut().zip(&one.weights) {
            *sum += weight * share;
        }
        mean.bias += one.bias * share;
    }
    mean
}

/// Trains on the rows of `matrix` named by `rows` (repetitions allowed: a bootstrap sample, or one fold's complement).
/// Rows out of range and weights of nothing are skipped. Deterministic; cost epochs × features.
#[must_use]
pub fn train(matrix: &SparseMatrix, rows: &[u32], options: &SparseOptions) -> SparseModel {
    let mut order: Vec<u32> = rows.iter().copied().filter(|&row| (row as usize) < matrix.len()).collect();
    let mut random = SplitMix::new(options.seed);
    let mut trainer = Trainer::new(options);
    for _ in 0..options.epochs {
        random.shuffle(&mut order);
        for &row in &order {
            let row = row as usize;
            trainer.step(matrix.row(row), matrix.label(row), matrix.weight(row));
        }
    }
    trainer.finish()
}

struct Cell {
    weight: f32,
    squares: f32,
    touched: u32,
}

struct Trainer {
    cells: Vec<Cell>,
    bias: f32,
    bias_squares: f32,
    now: u32,
    rate: f32,
    l2: f32,
}

/// Keeps the first steps of a fresh weight finite, far below any squared gradient that matters.
const FLOOR: f32 = 1e-6;

impl Trainer {
    fn new(options: &SparseOptions) -> Self {
        let fresh = || Cell { weight: 0.0, squares: FLOOR, touched: 0 };
        Self {
            cells: std::iter::repeat_with(fresh).take(options.buckets).collect(),
            bias: 0.0,
            bias_squares: FLOOR,
            now: 0,
            rate: options.rate,
            l2: options.l2,
        }
    }

    fn step(&mut self, features: &[(u32, f32)], label: f32, weight: f32) {
        if weight <= 0.0 {
            return;
        }
        self.now = self.now.saturating_add(1);
        let mut z = self.bias;
        for &(bucket, value) in features {
            if let Some(cell) = self.cells.get_mut(bucket as usize) {
                cell.catch_up(self.now, self.rate, self.l2);
                z += cell.weight * value;
            }
        }
        let error = weight * (sigmoid(f64::from(z)) as f32 - label);
        for &(bucket, value) in features {
            if let Some(cell) = self.cells.get_mut(bucket as usize) {
                let gradient = error * value;
                cell.squares += gradient * gradient;
                cell.weight -= self.rate * gradient / cell.squares.sqrt();
            }
        }
        self.bias_squares += error * error;
        self.bias -= self.rate * error / self.bias_squares.sqrt();
    }

    fn finish(mut self) -> SparseModel {
        let (now, rate, l2) = (self.now, self.rate, self.l2);
        self.cells.iter_mut().for_each(|cell| cell.catch_up(now, rate, l2));
        SparseModel { weights: self.cells.iter().map(|cell| cell.weight).collect(), bias: self.bias }
    }
}

impl Cell {
    /// Applies the shrinkage of the steps since the last touch: the step length stood still meanwhile.
    fn catch_up(&mut self, now: u32, rate: f32, l2: f32) {
        let missed = now - self.touched;
        self.touched = now;
        if missed > 0 && self.weight != 0.0 {
            self.weight *= (-rate * l2 * missed as f32 / self.squares.sqrt()).exp();
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Bucket 1 speaks for, bucket 2 against, the others are noise.
    fn toy(rows: u32) -> SparseMatrix {
        let mut random = SplitMix::new(3);
        let mut matrix = SparseMatrix::default();
        for i in 0..rows {
            let yes = i % 2 == 0;
            let noise = 3 + random.below(50) as u32;
            matrix.push(&[(if yes { 1 } else { 2 }, 1.0), (noise, 1.0)], f32::from(u8::from(yes)), 1.0);
        }
        matrix
    }

    #[test]
    fn learns_what_separates() {
        let matrix = toy(400);
        let all: Vec<u32> = (0..400).collect();
        let model = train(&matrix, &all, &SparseOptions { buckets: 64, ..SparseOptions::default() });
        assert!(model.score(&[(1, 1.0)]) > 1.5 && model.score(&[(2, 1.0)]) < -1.5);
        assert_eq!(model, train(&matrix, &all, &SparseOptions { buckets: 64, ..SparseOptions::default() }));
    }

    #[test]
    fn a_mean_scores_what_its_models_do_in_the_mean() {
        let matrix = toy(60);
        let all: Vec<u32> = (0..60).collect();
        let options = SparseOptions { buckets: 64, epochs: 2, ..SparseOptions::default() };
        let ones: Vec<SparseModel> =
            (0..3).map(|more| train(&matrix, &all, &SparseOptions { seed: options.seed + more, ..options })).collect();
        let mean = train_mean(&matrix, &all, &options, 3);
        assert!(ones.iter().all(|one| *one != mean), "the order of the rows matters");
        for row in 0..60 {
            let expected = ones.iter().map(|one| one.score(matrix.row(row))).sum::<f32>() / 3.0;
            assert!((mean.score(matrix.row(row)) - expected).abs() < 1e-4);
        }
        assert_eq!(train_mean(&matrix, &all, &options, 1), ones[0]);
    }

    #[test]
    fn soft_targets_are_met_in_the_mean() {
        let mut matrix = SparseMatrix::default();
        for _ in 0..500 {
            matrix.push(&[(0, 1.0)], 0.3, 1.0);
        }
        let rows: Vec<u32> = (0..500).collect();
        let options = SparseOptions { buckets: 1, epochs: 30, l2: 0.0, ..SparseOptions::default() };
        let p = sigmoid(f64::from(train(&matrix, &rows, &options).score(&[(0, 1.0)])));
        assert!((p - 0.3).abs() < 0.02, "{p}");
    }

    #[test]
    fn a_heavier_penalty_shrinks() {
        let (matrix, rows) = (toy(400), (0..400).collect::<Vec<u32>>());
        let size = |l2| {
            let model = train(&matrix, &rows, &SparseOptions { buckets: 64, l2, ..SparseOptions::default() });
            model.weights.iter().map(|w| w * w).sum::<f32>()
        };
        assert!(size(0.1) < 0.5 * size(0.001));
    }

    #[test]
    fn eight_bits_lose_little_and_outsiders_count_nothing() {
        let (matrix, rows) = (toy(400), (0..400).collect::<Vec<u32>>());
        let model = train(&matrix, &rows, &SparseOptions { buckets: 64, ..SparseOptions::default() });
        let small = model.quantize();
        for row in 0..matrix.len() {
            assert!((model.score(matrix.row(row)) - small.score(matrix.row(row))).abs() < 0.05);
        }
        assert!((small.score(&[(9_999, 1.0)]) - small.bias).abs() < 1e-6);
        assert_eq!(Quantized::of(&[], 0.0).steps.len(), 0);
        assert!(train(&matrix, &[9_999], &SparseOptions::default()).bias.abs() < 1e-6);
    }
}
