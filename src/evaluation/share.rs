//! How much of a document is marked, to hold a score for the whole document against.

use super::gold::{Gold, LEFT_OUT};
use super::tokens::judge;
use crate::learning::metrics::spearman;

/// Share of the tokens that are marked, 0..1; kinds that are left out of figures count as not marked. 0 for an empty
/// text.
#[must_use]
pub fn marked_share(gold: &Gold) -> f64 {
    let tokens = judge(gold, &[]);
    let marked = tokens.iter().filter(|token| token.kind.is_some_and(|kind| !LEFT_OUT.contains(&kind))).count();
    marked as f64 / tokens.len().max(1) as f64
}

/// Spearman's rank correlation, −1..1, of `scores` with the marked shares of `documents`, in the same order.
#[must_use]
pub fn correlation(documents: &[Gold], scores: &[f64]) -> f64 {
    let shares: Vec<f64> = documents.iter().map(marked_share).collect();
    spearman(&shares, scores)
}

#[cfg(test)]
mod tests {
    use super::super::gold::Mark;
    use super::*;

    #[test]
    fn bylines_are_no_promotion() {
        let gold = |kind: &str| Gold {
            text: "one two three four".into(),
            spans: vec![Mark { start: 0, end: 3, kind: kind.into() }],
            ..Gold::default()
        };
        assert!((marked_share(&gold("promotion")) - 0.25).abs() < 1e-12);
        assert!(marked_share(&gold("byline")).abs() < 1e-12 && marked_share(&Gold::default()).abs() < 1e-12);
        assert!((correlation(&[gold("promotion"), gold("byline")], &[0.9, 0.1]) - 1.0).abs() < 1e-12);
    }
}
