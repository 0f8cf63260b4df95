//! The pure core: text in, decisions out. No I/O, no clock, no async, no wire types; it cannot fail and does not panic.
//!
//! ```text
//! article → words → lines and units → fingerprints ─┐
//!                        └→ cues, text scores ──────┤→ columns → rulings → spans → cleaned text, scores
//!                              sightings from a store┘
//! ```
//!
//! The look-up sits in the middle, so it is sandwiched: [`Engine::read`], then the store, then [`Engine::judge`].

pub mod article;
pub mod clean;
pub mod clickbait;
pub mod explain;
pub mod features;
pub mod fingerprint;
mod judge;
pub mod language;
pub mod lexicon;
pub mod model;
pub mod observation;
pub mod policy;
pub mod reading;
pub(crate) mod restraint;
pub mod score;
pub mod span;
pub mod text;
mod verdict;

use crate::learning::model::{ModelError, ModelFile};
use article::Article;
use clickbait::Clickbait;
use explain::Ruled;
use lexicon::Lexicon;
use model::decision::Decision;
use model::text::TextModel;
use observation::Seen;
use policy::Policy;
use reading::Reading;
use span::{Analysis, Verdict};
use xxhash_rust::xxh3::xxh3_64;

/// The models that ship with the crate, made by `promosieve train`; see `models/README.md`.
const SHIPPED_MODEL: &[u8] = include_bytes!("../../models/promosieve.bin");

/// Rules and models, compiled once and shared by all threads.
#[derive(Debug)]
pub struct Engine {
    lexicon: &'static Lexicon,
    text: TextModel,
    decision: Decision,
    clickbait: Clickbait,
    columns: Vec<String>,
    ruleset_version: String,
}

impl Engine {
    /// The engine with the rules and models that ship with the crate. Compiling them takes some tens of
    /// milliseconds: make one and share it.
    ///
    /// # Panics
    /// Never in a build whose tests pass: the shipped model is well-formed.
    #[must_use]
    pub fn shipped() -> Self {
        let file = ModelFile::parse(SHIPPED_MODEL).expect("the shipped model is well-formed: tests load it");
        Self::with_model(&file).expect("the shipped model is complete: tests load it")
    }

    /// The version of the engine that [`Self::shipped`] makes, without making it: one look at the bytes of rules and
    /// models.
    #[must_use]
    pub fn shipped_version() -> String {
        version(SHIPPED_MODEL)
    }

    /// The engine with the shipped rules and the models of `file`.
    ///
    /// # Errors
    /// If a section is missing.
    pub fn with_model(file: &ModelFile) -> Result<Self, ModelError> {
        let lexicon = Lexicon::shipped();
        let columns = features::names(lexicon);
        let text = TextModel::load(file)?;
        let decision = Decision::load(file, &columns)?;
        Ok(Self {
            lexicon,
            text,
            decision,
            clickbait: Clickbait::shipped(),
            columns,
            ruleset_version: version(&file.to_bytes()),
        })
    }

    /// Version of rules and models: 16 hexadecimal digits that change whenever an answer may.
    #[must_use]
    pub fn ruleset_version(&self) -> &str {
        &self.ruleset_version
    }

    /// Segments, normalises, fingerprints and weighs what the text alone tells. Linear in the text's length.
    #[must_use]
    pub fn read<'a>(&self, article: &'a Article) -> Reading<'a> {
        let mut reading = reading::read(article, self.lexicon);
        reading.sums = features::text_sums(&reading, &self.text);
        reading
    }

    /// Decides, with what the store has seen. `seen` must answer `reading.observation()`; missing sightings count as
    /// unseen.
    #[must_use]
    pub fn judge(&self, reading: &Reading<'_>, seen: &Seen, policy: &Policy) -> Analysis {
        let (spans, shares) = judge::spans(self, reading, seen, policy);
        let (spam_score, signals) = score::spam_score(&shares);
        let clickbait_score = self.clickbait.score(reading.headline(), &teasers(reading, &spans));
        let (spans, cleaned_text) = judge::cleaned(reading, spans);
        Analysis {
            cleaned_text,
            spans,
            spam_score,
            verdict: verdict(spam_score, policy),
            signals: if policy.explain { signals } else { Vec::new() },
            clickbait_score,
            language: reading.language.clone(),
            near_duplicate_of: seen.near_duplicate_of.clone(),
        }
    }

    /// How the stretch around the byte `at` of the text was ruled on, removed or not. `None` in the white space between
    /// sentences.
    #[must_use]
    pub fn ruling_at(&self, reading: &Reading<'_>, seen: &Seen, at: usize) -> Option<Ruled> {
        explain::ruling_at(self, reading, seen, at)
    }

    /// How every sentence, line and bracketed group was ruled on, removed or not, with reasons: several times the cost
    /// of [`Engine::judge`].
    #[must_use]
    pub fn rulings(&self, reading: &Reading<'_>, seen: &Seen) -> Vec<Ruled> {
        explain::rulings(self, reading, seen)
    }
}

/// See [`Engine::ruleset_version`].
fn version(model: &[u8]) -> String {
    let rules =
        lexicon::all_rules().chain([language::function_words::WORDS]).map(str::as_bytes).chain(Clickbait::FILES);
    let rules = rules.fold(0, |hash, part| fingerprint::key::mix(hash, xxh3_64(part)));
    format!("{:016x}", fingerprint::key::mix(rules, xxh3_64(model)))
}

/// Teasers that are looked at: the first ones are what a reader sees.
const TEASERS: usize = 8;

/// The calls to action among `spans`: lines that work like headlines.
fn teasers<'a>(reading: &'a Reading<'_>, spans: &[span::Span]) -> Vec<&'a str> {
    let calls = spans.iter().filter(|s| s.kind == span::Kind::CallToAction).take(TEASERS);
    calls.filter_map(|s| reading.text().get(s.start..s.end)).collect()
}

fn verdict(spam_score: f64, policy: &Policy) -> Verdict {
    if spam_score >= policy.spam_from {
        Verdict::Spam
    } else if spam_score >= policy.promotional_from {
        Verdict::Promotional
    } else {
        Verdict::Clean
    }
}
