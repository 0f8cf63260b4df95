//! The pure core: text in, decisions out. No I/O, no clock, no async, no wire types; it cannot fail and does not panic.

pub mod article;
pub mod lexicon;
pub mod observation;
pub mod policy;
pub mod span;
pub mod text;

use article::Article;
use observation::{Observation, Seen};
use policy::Policy;
use span::{Analysis, Verdict};

/// Rules and models, compiled once and shared by all threads.
#[derive(Debug, Default)]
pub struct Engine {}

/// A document as the engine has read it: all that does not depend on what the store knows.
#[derive(Debug)]
pub struct Reading<'a> {
    article: &'a Article,
    observation: Observation,
}

impl Reading<'_> {
    /// What to ask the store, and what it shall remember.
    #[must_use]
    pub fn observation(&self) -> &Observation {
        &self.observation
    }
}

impl Engine {
    /// The engine with the rules and models that ship with the crate. Compiling them takes some milliseconds.
    #[must_use]
    pub fn shipped() -> Self {
        Self {}
    }

    /// Version of rules and models: 16 hexadecimal digits that change whenever an answer may.
    #[must_use]
    pub fn ruleset_version(&self) -> &str {
        "0000000000000000"
    }

    /// Segments, normalises, fingerprints and weighs what the text alone tells. Linear in the text's length.
    #[must_use]
    pub fn read<'a>(&self, article: &'a Article) -> Reading<'a> {
        Reading { article, observation: Observation { id: article.id.clone(), ..Observation::default() } }
    }

    /// Decides, with what the store has seen. `seen` must answer `reading.observation()`; missing sightings count as
    /// unseen.
    #[must_use]
    pub fn judge(&self, reading: &Reading<'_>, seen: &Seen, _policy: &Policy) -> Analysis {
        Analysis {
            cleaned_text: reading.article.text.clone(),
            spans: Vec::new(),
            spam_score: 0.0,
            verdict: Verdict::Clean,
            signals: Vec::new(),
            clickbait_score: 0.0,
            language: reading.article.language.clone().unwrap_or_else(|| "und".into()),
            near_duplicate_of: seen.near_duplicate_of.clone(),
        }
    }
}
