//! From out-of-fold scores to probabilities and cuts.

use super::decision::{Case, Origin, Units};
use crate::learning::calibration::Platt;

/// A calibrated decision with its cut.
#[derive(Debug, Clone, Copy)]
pub struct Cut {
    /// Scores to probabilities.
    pub platt: Platt,
    /// Probability from which a unit goes.
    pub cut: f64,
    /// Content that the cut loses, out of fold (share of tokens).
    pub loss: f64,
    /// Residue that it removes, out of fold (share of tokens).
    pub recall: f64,
}

/// What a cut may not go beyond.
#[derive(Debug, Clone, Copy)]
pub struct Bounds {
    /// Content that may be lost, as a share of its tokens.
    pub loss: f64,
    /// Probability below which no cut lies, whatever `loss` would allow: rather an advert too many than a gamble.
    pub lowest: f64,
}

/// Calibrates on the units of the annotated cases that `of` picks, by case and row, and finds the lowest cut whose
/// content loss stays within `bounds`. What the guards keep is left out: it is article more often than its score says, and
/// with it in, what the guards leave to the decision was residue twice in three times where it said two in five.
#[must_use]
pub fn calibrate(
    units: &Units,
    cases: &[Case],
    scores: &[f64],
    of: &dyn Fn(&Case, &[f32]) -> bool,
    bounds: Bounds,
) -> Cut {
    let picked = |i: usize| {
        let case = &cases[units.cases[i]];
        case.origin == Origin::Annotated && !case.flat && of(case, units.matrix.row(i))
    };
    let all: Vec<usize> = (0..units.labels.len()).filter(|&i| !units.brackets[i] && picked(i)).collect();
    let chosen: Vec<usize> = all.iter().copied().filter(|&i| !units.held[i]).collect();
    let labelled: Vec<(f64, f32, f32)> = chosen
        .iter()
        .filter_map(|&i| units.labels[i].residue().map(|label| (scores[i], label, units.labels[i].weight())))
        .collect();
    let column = |pick: &dyn Fn(&(f64, f32, f32)) -> f32| labelled.iter().map(pick).collect::<Vec<f32>>();
    let raw: Vec<f64> = labelled.iter().map(|x| x.0).collect();
    let platt = Platt::fit(&raw, &column(&|x| x.1), &column(&|x| x.2));
    let mut order: Vec<(f64, u32, u32)> =
        chosen.iter().map(|&i| (platt.probability(scores[i]), units.labels[i].marked, units.labels[i].kept)).collect();
    order.sort_by(|a, b| b.0.total_cmp(&a.0));
    let marked: u32 = all.iter().map(|&i| units.labels[i].marked).sum();
    let kept: u32 = all.iter().map(|&i| units.labels[i].kept).sum();
    let mut best = Cut { platt, cut: 1.0, loss: 0.0, recall: 0.0 };
    let (mut hit, mut gone) = (0, 0);
    for (p, marked_here, kept_here) in order {
        hit += marked_here;
        gone += kept_here;
        let share = f64::from(gone) / f64::from(kept.max(1));
        if p < bounds.lowest || share > bounds.loss {
            break;
        }
        best = Cut { platt, cut: p, loss: share, recall: f64::from(hit) / f64::from(marked.max(1)) };
    }
    best
}
