//! What the engine answers: spans with kinds, reasons and scores.

use super::observation::Sightings;

/// What a span is. The wire has its own enum; [`crate::grpc`] maps between them.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, serde::Serialize, serde::Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Kind {
    /// Pitches a product, book, app, event, broker, magazine, or asks for donations.
    Promotion,
    /// Presses the reader to act or click.
    CallToAction,
    /// Newsletter sign-up, paywall, registration, "follow us", invitation to comment.
    Subscription,
    /// Pointer to other articles.
    Related,
    /// Legal or editorial standing text.
    Disclaimer,
    /// Residue of the page.
    Furniture,
    /// Author names and biographies, agency marks, photo credits.
    Byline,
    /// Recurs and fits no other kind.
    Recurring,
}

impl Kind {
    /// All kinds, in the order of the wire's numbers.
    pub const ALL: [Self; 8] = [
        Self::Promotion,
        Self::CallToAction,
        Self::Subscription,
        Self::Related,
        Self::Disclaimer,
        Self::Furniture,
        Self::Byline,
        Self::Recurring,
    ];

    /// The kind's name in rules, annotations and figures, for example `call_to_action`.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::Promotion => "promotion",
            Self::CallToAction => "call_to_action",
            Self::Subscription => "subscription",
            Self::Related => "related",
            Self::Disclaimer => "disclaimer",
            Self::Furniture => "furniture",
            Self::Byline => "byline",
            Self::Recurring => "recurring",
        }
    }
}

/// A stretch of the text that is not article.
#[derive(Debug, Clone, PartialEq)]
pub struct Span {
    /// First byte in the text.
    pub start: usize,
    /// One past the last byte.
    pub end: usize,
    /// What it is.
    pub kind: Kind,
    /// Probability, 0..1, that the stretch is no part of the article.
    pub confidence: f64,
    /// Whether it is missing from the cleaned text.
    pub removed: bool,
    /// The evidence, strongest first; empty unless explanations were asked for.
    pub reasons: Vec<Reason>,
    /// Fingerprint of the recurring block or template, if the span was seen before.
    pub template: Option<u64>,
    /// Where it was seen before.
    pub sightings: Option<SpanSightings>,
}

/// Sightings of a span in its source and beyond.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct SpanSightings {
    /// In the span's own source; `witnesses` counts documents.
    pub local: Sightings,
    /// Distinct sources, this one included.
    pub sources: u32,
}

/// One piece of evidence.
#[derive(Debug, Clone, PartialEq)]
pub struct Reason {
    /// Stable machine-readable name.
    pub code: String,
    /// The same for people.
    pub detail: String,
    /// What it added to the log-odds.
    pub weight: f64,
}

/// A part of the spam score.
#[derive(Debug, Clone, PartialEq)]
pub struct Signal {
    /// Stable name; `bias` is the constant part.
    pub name: &'static str,
    /// What was measured.
    pub value: f64,
    /// What it adds to the log-odds of the score.
    pub contribution: f64,
}

/// The spam score held against the policy's thresholds.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Verdict {
    /// An article.
    Clean,
    /// An article with a considerable share of promotion or residue.
    Promotional,
    /// Promotion or residue rather than an article.
    Spam,
}

/// Everything the engine says of a document.
#[derive(Debug, Clone, PartialEq)]
pub struct Analysis {
    /// The text less the removed spans.
    pub cleaned_text: String,
    /// What was found, sorted and disjoint.
    pub spans: Vec<Span>,
    /// 0..1.
    pub spam_score: f64,
    /// `spam_score` against the thresholds.
    pub verdict: Verdict,
    /// What `spam_score` adds up from; empty unless explanations were asked for.
    pub signals: Vec<Signal>,
    /// 0..1.
    pub clickbait_score: f64,
    /// BCP 47 tag, given or detected.
    pub language: String,
    /// Id of the earlier document that this one is a near-duplicate of.
    pub near_duplicate_of: Option<String>,
}
