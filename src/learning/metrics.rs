//! Figures for scores against truth. All take slices of equal length and ignore what is surplus in the longer one.

/// Area under the ROC curve, 0..1: the chance that a true case scores above a false one, ties counting half. 0.5 if one
/// of the sorts is missing. n log n.
#[must_use]
pub fn auc(scores: &[f64], truth: &[bool]) -> f64 {
    let ranks = ranks(&scores[..scores.len().min(truth.len())]);
    let positives = truth.iter().zip(&ranks).filter(|(t, _)| **t).count() as f64;
    let negatives = ranks.len() as f64 - positives;
    if positives == 0.0 || negatives == 0.0 {
        return 0.5;
    }
    let sum: f64 = truth.iter().zip(&ranks).filter(|(t, _)| **t).map(|(_, rank)| rank).sum();
    (sum - positives * (positives + 1.0) / 2.0) / (positives * negatives)
}

/// F1 of "score ≥ `cut`" as the answer, 0..1; 0 if nothing is true or nothing is answered.
#[must_use]
pub fn f1_at(scores: &[f64], truth: &[bool], cut: f64) -> f64 {
    let (mut hit, mut wrong, mut missed) = (0.0, 0.0, 0.0);
    for (score, &truth) in scores.iter().zip(truth) {
        match (*score >= cut, truth) {
            (true, true) => hit += 1.0,
            (true, false) => wrong += 1.0,
            (false, true) => missed += 1.0,
            (false, false) => {}
        }
    }
    if hit == 0.0 { 0.0 } else { 2.0 * hit / (2.0 * hit + wrong + missed) }
}

/// The cut with the best F1, and that F1. The cut lies in the middle between two scores, so that rounding does not
/// move cases across it. (0, 0) without true cases. n log n.
#[must_use]
pub fn best_cut(scores: &[f64], truth: &[bool]) -> (f64, f64) {
    let sorted = descending(scores, truth);
    let positives = sorted.iter().filter(|(_, truth)| *truth).count() as f64;
    let (mut hit, mut best) = (0.0, (0.0, 0.0));
    for (i, &(score, truth)) in sorted.iter().enumerate() {
        hit += f64::from(u8::from(truth));
        let next = sorted.get(i + 1).map(|(score, _)| *score);
        if next.is_some_and(|next| next.total_cmp(&score).is_eq()) {
            continue;
        }
        let f1 = 2.0 * hit / (i as f64 + 1.0 + positives);
        if f1 > best.1 {
            best = (next.map_or(score, |next| f64::midpoint(score, next)), f1);
        }
    }
    best
}

/// Average precision, 0..1: precision at the place of every true case, averaged; tied scores share one place. n log n.
#[must_use]
pub fn average_precision(scores: &[f64], truth: &[bool]) -> f64 {
    let sorted = descending(scores, truth);
    let positives = sorted.iter().filter(|(_, truth)| *truth).count() as f64;
    let (mut hit, mut counted, mut sum) = (0.0, 0.0, 0.0);
    for (i, &(score, truth)) in sorted.iter().enumerate() {
        hit += f64::from(u8::from(truth));
        if sorted.get(i + 1).is_some_and(|(next, _)| next.total_cmp(&score).is_eq()) {
            continue;
        }
        sum += (hit - counted) * hit / (i as f64 + 1.0);
        counted = hit;
    }
    if positives == 0.0 { 0.0 } else { sum / positives }
}

/// Mean squared error; 0 without cases.
#[must_use]
pub fn mse(predicted: &[f64], truth: &[f64]) -> f64 {
    let count = predicted.len().min(truth.len()).max(1) as f64;
    predicted.iter().zip(truth).map(|(p, t)| (p - t) * (p - t)).sum::<f64>() / count
}

/// Spearman's rank correlation, −1..1, ties at their mean rank; 0 if one side is constant. n log n.
#[must_use]
pub fn spearman(a: &[f64], b: &[f64]) -> f64 {
    let count = a.len().min(b.len());
    let (a, b) = (ranks(&a[..count]), ranks(&b[..count]));
    // The mean of all ranks, whatever the ties.
    let mean = f64::midpoint(count as f64, 1.0);
    let (mut both, mut of_a, mut of_b) = (0.0, 0.0, 0.0);
    for (x, y) in a.iter().zip(&b) {
        both += (x - mean) * (y - mean);
        of_a += (x - mean) * (x - mean);
        of_b += (y - mean) * (y - mean);
    }
    if of_a == 0.0 || of_b == 0.0 { 0.0 } else { both / (of_a * of_b).sqrt() }
}

/// Ranks from 1 on, equal values at the mean of their places.
fn ranks(values: &[f64]) -> Vec<f64> {
    let mut order: Vec<usize> = (0..values.len()).collect();
    order.sort_by(|&a, &b| values[a].total_cmp(&values[b]));
    let mut ranks = vec![0.0; values.len()];
    let mut start = 0;
    for end in 1..=order.len() {
        if end < order.len() && values[order[end]].total_cmp(&values[order[start]]).is_eq() {
            continue;
        }
        for &index in &order[start..end] {
            ranks[index] = f64::midpoint(start as f64 + 1.0, end as f64);
        }
        start = end;
    }
    ranks
}

fn descending(scores: &[f64], truth: &[bool]) -> Vec<(f64, bool)> {
    let mut sorted: Vec<(f64, bool)> = scores.iter().copied().zip(truth.iter().copied()).collect();
    sorted.sort_by(|a, b| b.0.total_cmp(&a.0));
    sorted
}

#[cfg(test)]
mod tests {
    use super::*;

    fn near(a: f64, b: f64) {
        assert!((a - b).abs() < 1e-12, "{a} is not {b}");
    }

    #[test]
    fn figures_agree_with_hand_counts() {
        let (scores, truth) = ([0.9, 0.8, 0.7, 0.6, 0.5], [true, false, true, true, false]);
        near(auc(&scores, &truth), 4.0 / 6.0);
        near(f1_at(&scores, &truth, 0.65), 2.0 * 2.0 / (3.0 + 3.0));
        let (cut, f1) = best_cut(&scores, &truth);
        near(f1, 6.0 / 7.0);
        near(cut, 0.55);
        near(average_precision(&scores, &truth), (1.0 + 2.0 / 3.0 + 3.0 / 4.0) / 3.0);
        near(mse(&[0.0, 1.0], &[0.5, 1.0]), 0.125);
    }

    #[test]
    fn ties_are_fair() {
        near(auc(&[0.5; 4], &[true, false, true, false]), 0.5);
        near(average_precision(&[0.5; 4], &[true, false, true, false]), 0.5);
        near(best_cut(&[0.5; 4], &[true, false, true, false]).1, 2.0 / 3.0);
        near(spearman(&[1.0, 2.0, 2.0, 3.0], &[1.0, 2.0, 3.0, 4.0]), 4.5 / (4.5_f64 * 5.0).sqrt());
    }

    #[test]
    fn spearman_sees_order_only() {
        near(spearman(&[1.0, 10.0, 100.0], &[0.1, 0.2, 0.9]), 1.0);
        near(spearman(&[1.0, 10.0, 100.0], &[3.0, 2.0, 1.0]), -1.0);
        near(spearman(&[1.0, 1.0], &[1.0, 2.0]), 0.0);
    }

    #[test]
    fn empty_input_has_figures_too() {
        near(auc(&[], &[]), 0.5);
        near(f1_at(&[], &[], 0.5), 0.0);
        near(best_cut(&[], &[]).1, 0.0);
        near(average_precision(&[0.3], &[false]), 0.0);
        near(mse(&[], &[]), 0.0);
        near(spearman(&[], &[]), 0.0);
    }
}
