//! The article as the engine takes it.

/// An article text with what is known of its origin. Plain data; limits are the callers' business.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Article {
    /// Identifies the document within its source.
    pub id: String,
    /// Publisher or site; recurrence is counted per source. May be empty.
    pub source: String,
    /// Headline; may be empty.
    pub title: String,
    /// The text to clean.
    pub text: String,
    /// BCP 47 tag, if the caller knows it.
    pub language: Option<String>,
    /// Publication, in seconds since the Unix epoch, if the caller knows it.
    pub published_at: Option<i64>,
}
