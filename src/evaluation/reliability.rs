//! Whether confidences keep what they promise: of tokens reported with confidence p, a share of p should be marked.

use super::gold::{Gold, LEFT_OUT};
use super::tokens::judge;
use std::ops::Range;

/// Upper ends of the bins. Finer towards 1, where nearly all confidences lie and where an error costs most.
pub const EDGES: [f64; 8] = [0.5, 0.6, 0.7, 0.8, 0.9, 0.95, 0.99, 1.0];

/// A stretch that the cleaner reported, removed or not.
#[derive(Debug, Clone, PartialEq)]
pub struct Claim {
    /// Its bytes in the text.
    pub range: Range<usize>,
    /// Its probability, 0..1, of being no part of the article.
    pub confidence: f64,
}

/// Tokens of one range of confidences.
#[derive(Debug, Clone, Copy, Default, PartialEq)]
pub struct Bin {
    /// Tokens of reported stretches.
    pub tokens: usize,
    /// Of them marked.
    pub marked: usize,
    /// Sum of their confidences.
    pub promised: f64,
}

impl Bin {
    /// Mean confidence, 0..1; 0 without tokens.
    #[must_use]
    pub fn predicted(&self) -> f64 {
        self.promised / self.tokens.max(1) as f64
    }

    /// Share of marked tokens, 0..1; 0 without tokens.
    #[must_use]
    pub fn observed(&self) -> f64 {
        self.marked as f64 / self.tokens.max(1) as f64
    }
}

/// Promised against observed shares.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Reliability {
    /// One bin per edge.
    pub bins: [Bin; EDGES.len()],
}

impl Reliability {
    /// Adds the tokens of a document's reported stretches. Tokens of kinds that are left out are left out here, too.
    pub fn add(&mut self, gold: &Gold, claims: &[Claim]) {
        for token in judge(gold, &[]) {
            let half = |claim: &&Claim| 2 * overlap(&claim.range, &token.range) >= token.range.len();
            let Some(claim) = claims.iter().find(half) else { continue };
            if token.kind.is_some_and(|kind| LEFT_OUT.contains(&kind)) {
                continue;
            }
            let at = EDGES.iter().position(|edge| claim.confidence < *edge).unwrap_or(EDGES.len() - 1);
            let bin = &mut self.bins[at];
            bin.tokens += 1;
            bin.marked += usize::from(token.kind.is_some());
            bin.promised += claim.confidence;
        }
    }

    /// Expected calibration error, 0..1: the mean of |promised − observed| over the bins, weighted by tokens (Naeini
    /// et al., "Obtaining well calibrated probabilities using Bayesian binning", 2015).
    #[must_use]
    pub fn error(&self) -> f64 {
        let tokens: usize = self.bins.iter().map(|bin| bin.tokens).sum();
        let sum: f64 = self.bins.iter().map(|bin| (bin.promised - bin.marked as f64).abs()).sum();
        sum / tokens.max(1) as f64
    }
}

fn overlap(a: &Range<usize>, b: &Range<usize>) -> usize {
    a.end.min(b.end).saturating_sub(a.start.max(b.start))
}

#[cfg(test)]
mod tests {
    use super::super::gold::Mark;
    use super::*;

    #[test]
    fn tokens_are_weighed_against_their_confidence() {
        let mark = |start, end, kind: &str| Mark { start, end, kind: kind.into() };
        let gold = Gold {
            text: "buy now or read more by ann".into(),
            spans: vec![mark(0, 7, "promotion"), mark(21, 27, "byline")],
            ..Gold::default()
        };
        let mut reliability = Reliability::default();
        let claim = |range, confidence| Claim { range, confidence };
        reliability.add(&gold, &[claim(0..10, 0.92), claim(11..27, 1.0)]);
        let counts = |bin: &Bin| (bin.tokens, bin.marked);
        let filled: Vec<_> = reliability.bins.iter().map(counts).enumerate().filter(|(_, of)| of.0 > 0).collect();
        assert_eq!(filled, [(5, (3, 2)), (7, (2, 0))]);
        assert!((reliability.bins[5].predicted() - 0.92).abs() < 1e-12);
        assert!((reliability.bins[5].observed() - 2.0 / 3.0).abs() < 1e-12);
        // (|3 × .92 − 2| + |2 − 0|) / 5
        assert!((reliability.error() - 0.552).abs() < 1e-12);
    }
}
