//! From scores to probabilities, and how far to trust them.

use super::dense::{DenseMatrix, DenseOptions, Example, train};
use super::lbfgs::Limits;
use super::sparse::sigmoid;

/// Platt scaling: probability = logistic(`slope` × score + `offset`).
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Platt {
    /// Factor on the score.
    pub slope: f64,
    /// Added afterwards, in log-odds.
    pub offset: f64,
}

impl Default for Platt {
    /// Takes the score for log-odds as it is.
    fn default() -> Self {
        Self { slope: 1.0, offset: 0.0 }
    }
}

impl Platt {
    /// Fits to scores (log-odds of any scale), targets 0..1 and weights, cut to the shortest. Platt 1999, by maximum
    /// likelihood without his prior: there are thousands of points here. A touch of L2 keeps separable data finite.
    /// Without points the identity.
    #[must_use]
    pub fn fit(scores: &[f64], labels: &[f32], weights: &[f32]) -> Self {
        let mut matrix = DenseMatrix::new(1, scores.len());
        let mut examples = Vec::with_capacity(scores.len());
        for (row, ((score, &label), &weight)) in scores.iter().zip(labels).zip(weights).enumerate() {
            matrix.push(&[*score as f32]);
            examples.push(Example { row: row as u32, label, weight });
        }
        if examples.is_empty() {
            return Self::default();
        }
        let limits = Limits { tolerance: 1e-10, ..Limits::default() };
        let model = train(&matrix, &examples, &DenseOptions { l2: 1e-6, limits, ..DenseOptions::default() });
        Self { slope: f64::from(model.weights[0]), offset: f64::from(model.bias) }
    }

    /// The calibrated log-odds of `score`.
    #[must_use]
    pub fn logit(self, score: f64) -> f64 {
        self.slope * score + self.offset
    }

    /// The calibrated probability of `score`, 0..1.
    #[must_use]
    pub fn probability(self, score: f64) -> f64 {
        sigmoid(self.logit(score))
    }
}

/// One bin of a reliability table.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Bin {
    /// Mean predicted probability; 0 if the bin is empty.
    pub predicted: f64,
    /// Weighted share (or mean) that came true; 0 if the bin is empty.
    pub observed: f64,
    /// Sum of the weights.
    pub count: f64,
}

/// Predictions against what came true, in `bins` equally wide bins over 0..1. The slices are cut to the shortest.
#[must_use]
pub fn reliability(predicted: &[f64], labels: &[f32], weights: &[f32], bins: usize) -> Vec<Bin> {
    let mut table = vec![Bin { predicted: 0.0, observed: 0.0, count: 0.0 }; bins.max(1)];
    for ((p, &label), &weight) in predicted.iter().zip(labels).zip(weights) {
        let index = ((p * table.len() as f64) as usize).min(table.len() - 1);
        let bin = &mut table[index];
        bin.predicted += f64::from(weight) * p;
        bin.observed += f64::from(weight) * f64::from(label);
        bin.count += f64::from(weight);
    }
    for bin in table.iter_mut().filter(|bin| bin.count > 0.0) {
        bin.predicted /= bin.count;
        bin.observed /= bin.count;
    }
    table
}

/// Expected calibration error, 0..1: the gap between predicted and observed, averaged over the table by weight.
#[must_use]
pub fn expected_error(table: &[Bin]) -> f64 {
    let total: f64 = table.iter().map(|bin| bin.count).sum();
    if total == 0.0 {
        return 0.0;
    }
    table.iter().map(|bin| bin.count * (bin.predicted - bin.observed).abs()).sum::<f64>() / total
}

#[cfg(test)]
mod tests {
    use super::super::random::SplitMix;
    use super::*;

    #[test]
    fn an_overconfident_score_is_calmed() {
        let mut random = SplitMix::new(9);
        let mut uniform = || random.below(1 << 20) as f64 / f64::from(1 << 20);
        let truth: Vec<f64> = (0..20_000).map(|_| 4.0 * uniform() - 2.0).collect();
        let labels: Vec<f32> = truth.iter().map(|z| f32::from(u8::from(uniform() < sigmoid(*z)))).collect();
        let loud: Vec<f64> = truth.iter().map(|z| 3.0 * z + 1.0).collect();
        let weights = vec![1.0; labels.len()];
        let platt = Platt::fit(&loud, &labels, &weights);
        assert!((platt.slope - 1.0 / 3.0).abs() < 0.02 && (platt.offset + 1.0 / 3.0).abs() < 0.05, "{platt:?}");
        let error = |p: Vec<f64>| expected_error(&reliability(&p, &labels, &weights, 10));
        let before = error(loud.iter().map(|z| sigmoid(*z)).collect());
        let after = error(loud.iter().map(|z| platt.probability(*z)).collect());
        assert!(before > 0.1 && after < 0.02, "{before} {after}");
    }

    #[test]
    fn bins_hold_means_and_the_edges_belong_inside() {
        let table = reliability(&[0.0, 0.1, 1.0, 1.0], &[0.0, 1.0, 1.0, 0.0], &[1.0, 1.0, 3.0, 1.0], 2);
        assert_eq!(table[0], Bin { predicted: 0.05, observed: 0.5, count: 2.0 });
        assert_eq!(table[1], Bin { predicted: 1.0, observed: 0.75, count: 4.0 });
        assert!((expected_error(&table) - (2.0 * 0.45 + 4.0 * 0.25) / 6.0).abs() < 1e-12);
        assert!(expected_error(&[]).abs() < 1e-12);
        assert_eq!(Platt::fit(&[], &[], &[]), Platt::default());
    }
}
