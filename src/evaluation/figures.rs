//! All figures of a set of documents: tokens, confidences, scores.

use super::gold::Gold;
use super::reliability::{Claim, Reliability};
use super::score::Scores;
use super::share::marked_share;
use super::tokens::Removed;
use crate::engine::span::Analysis;
use crate::learning::metrics::spearman;

/// A document of which less than this share is marked is clean.
pub const CLEAN_SHARE: f64 = 0.01;
/// Clean documents should have a spam score below this.
pub const CLEAN_SCORE: f64 = 0.2;

/// What a cleaner answered on a document, as far as it is measured.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Answer {
    /// What it removed.
    pub removed: Vec<Removed>,
    /// What it reported, removed or not.
    pub claims: Vec<Claim>,
    /// Its spam score, 0..1.
    pub spam_score: f64,
    /// Whether it removes something more from its own cleaned text; `None` if that was not tried.
    pub removes_again: Option<bool>,
}

impl Answer {
    /// The measured part of `analysis`.
    #[must_use]
    pub fn of(analysis: &Analysis) -> Self {
        let spans = &analysis.spans;
        let removed = spans.iter().filter(|span| span.removed);
        Self {
            removed: removed
                .map(|span| Removed { start: span.start, end: span.end, kind: span.kind.name().to_owned() })
                .collect(),
            claims: spans.iter().map(|s| Claim { range: s.start..s.end, confidence: s.confidence }).collect(),
            spam_score: analysis.spam_score,
            removes_again: None,
        }
    }
}

/// Figures of a set of documents.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Figures {
    /// Over tokens.
    pub scores: Scores,
    /// Over tokens of reported stretches.
    pub reliability: Reliability,
    shares: Vec<f64>,
    spam: Vec<f64>,
    again: usize,
    tried_again: usize,
}

impl Figures {
    /// Adds a document.
    pub fn add(&mut self, gold: &Gold, answer: &Answer) {
        self.scores.add(gold, &answer.removed);
        self.reliability.add(gold, &answer.claims);
        self.shares.push(marked_share(gold));
        self.spam.push(answer.spam_score);
        if let Some(again) = answer.removes_again {
            self.tried_again += 1;
            self.again += usize::from(again);
        }
    }

    /// Spearman's rank correlation of spam score and marked share, −1..1.
    #[must_use]
    pub fn spam_correlation(&self) -> f64 {
        spearman(&self.shares, &self.spam)
    }

    /// Of the clean documents, the share with a spam score below [`CLEAN_SCORE`], 0..1; `None` if none is clean.
    #[must_use]
    pub fn clean_share(&self) -> Option<f64> {
        let clean = self.shares.iter().zip(&self.spam).filter(|(share, _)| **share < CLEAN_SHARE);
        let (all, low) = clean.fold((0, 0), |(all, low), (_, &spam)| (all + 1, low + usize::from(spam < CLEAN_SCORE)));
        (all > 0).then(|| f64::from(low as u32) / f64::from(all))
    }

    /// Share of documents from whose cleaned text something more is removed, 0..1; `None` if that was not tried.
    #[must_use]
    pub fn again_share(&self) -> Option<f64> {
        (self.tried_again > 0).then(|| self.again as f64 / self.tried_again as f64)
    }
}

#[cfg(test)]
mod tests {
    use super::super::gold::Mark;
    use super::*;

    #[test]
    fn clean_documents_and_repeated_cleaning_are_counted() {
        let gold = |marked: usize| Gold {
            text: "one two three four".into(),
            spans: vec![Mark { start: 0, end: marked, kind: "promotion".into() }],
            ..Gold::default()
        };
        let mut figures = Figures::default();
        assert_eq!((figures.clean_share(), figures.again_share()), (None, None));
        for (marked, spam_score, removes_again) in
            [(0, 0.1, None), (0, 0.3, Some(false)), (7, 0.9, Some(true)), (3, 0.4, Some(false))]
        {
            figures.add(&gold(marked), &Answer { spam_score, removes_again, ..Answer::default() });
        }
        assert_eq!((figures.clean_share(), figures.again_share()), (Some(0.5), Some(1.0 / 3.0)));
        assert!(figures.spam_correlation() > 0.9);
    }
}
