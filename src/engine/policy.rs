//! What callers and operators may decide: thresholds and kinds to keep.

use super::span::Kind;

/// How to turn evidence into decisions. [`Policy::default`] is the shipped one.
#[derive(Debug, Clone, PartialEq)]
pub struct Policy {
    /// Kinds that are reported but not removed.
    pub keep_kinds: Vec<Kind>,
    /// Spans below this confidence (0..1) are reported but not removed.
    pub min_confidence: f64,
    /// Whether to fill reasons and signals.
    pub explain: bool,
    /// Spam scores from here on are [`super::span::Verdict::Promotional`].
    pub promotional_from: f64,
    /// Spam scores from here on are [`super::span::Verdict::Spam`].
    pub spam_from: f64,
}

impl Default for Policy {
    /// Bylines are kept. The verdicts' thresholds follow the meaning of the score: clean articles lie below 0.2,
    /// promotion through and through above 0.9.
    fn default() -> Self {
        Self {
            keep_kinds: vec![Kind::Byline],
            min_confidence: 0.0,
            explain: false,
            promotional_from: 0.25,
            spam_from: 0.9,
        }
    }
}
