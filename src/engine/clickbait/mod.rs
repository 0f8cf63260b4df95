//! Clickbait in headlines and teasers: how likely readers call a headline bait.
//!
//! English is judged by a learned model ([`train`]): n-grams, the skeleton of the sentence, style, where which word
//! stands, and products of style and of what the words are about. Other languages are judged by phrases
//! (`rules/clickbait.toml`), because the model's words and skeletons say nothing there.

mod closed;
mod design;
mod grams;
mod items;
mod linear;
mod places;
mod products;
pub mod rules;
mod style;
mod tongue;
pub mod train;
mod vocabulary;

use crate::learning::model::{ModelError, ModelFile};
use crate::learning::sparse::sigmoid;
use items::Headline;
use linear::Linear;
use rules::{Rule, Rules};

/// The clickbait judge: model and rules, immutable, shared by all threads.
#[derive(Debug, Clone)]
pub struct Clickbait {
    model: Linear,
    rules: Rules,
}

/// Log-odds of a headline without any phrase in languages that only the rules know: a tenth of such headlines is
/// clickbait still, as the phrases catch a part only.
const UNTOLD: f64 = -2.2;

/// What a teaser line counts less than the headline, in log-odds: it may belong to another article, and a text has many.
const TEASER_DISCOUNT: f64 = 0.4;

const MODEL: &[u8] = include_bytes!("../../../models/clickbait.bin");
const RULES: &str = include_str!("../../../rules/clickbait.toml");

impl Clickbait {
    /// The contents of the files that ship with the crate: what a version of the judge must cover.
    pub const FILES: [&'static [u8]; 2] = [MODEL, RULES.as_bytes()];

    /// The judge that ships with the crate. Parses 380 KB of model and the rules.
    ///
    /// # Panics
    /// Never: a test holds that the shipped files are valid.
    #[must_use]
    pub fn shipped() -> Self {
        let file = ModelFile::parse(MODEL).expect("a test parses this file");
        let rules = Rules::parse(RULES).expect("a test parses this file");
        Self::new(&file, rules).expect("a test loads these sections")
    }

    /// A judge from the sections of a model file (written by [`train::train_clickbait`]) and rules.
    ///
    /// # Errors
    /// If a section is missing or made for other features.
    pub fn new(model: &ModelFile, rules: Rules) -> Result<Self, ModelError> {
        Ok(Self { model: Linear::load(model)?, rules })
    }

    /// How likely a headline with these teaser lines is clickbait, 0..1; 0.5 is the decision with the best F1 on judged
    /// headlines. A teaser counts a little less than the headline, and the strongest line decides. 0 if there is
    /// nothing to judge. Some ten microseconds a line.
    #[must_use]
    pub fn score(&self, title: &str, teasers: &[&str]) -> f64 {
        let own = self.log_odds(title);
        let others = teasers.iter().filter_map(|teaser| self.log_odds(teaser)).map(|z| z - TEASER_DISCOUNT);
        own.into_iter().chain(others).max_by(f64::total_cmp).map_or(0.0, sigmoid)
    }

    /// Estimate of the mean verdict that human judges would give the headline, 0..1. Monotone in the score for English
    /// headlines, but on the judges' scale, where the decision lies near 0.4. `None` for headlines that the learned
    /// model does not judge.
    #[must_use]
    pub fn judges_mean(&self, title: &str) -> Option<f64> {
        let headline = Headline::read(title);
        let english = !headline.items.is_empty() && self.language(&headline, title) == "en";
        english.then(|| self.model.mean(self.model.raw(&headline)))
    }

    /// The phrases that speak for clickbait in `title`, in the order of the rules; always empty for English.
    #[must_use]
    pub fn phrases(&self, title: &str) -> Vec<&Rule> {
        let headline = Headline::read(title);
        self.rules.hits(&headline, self.language(&headline, title)).collect()
    }

    /// Log-odds above the decision; `None` if there are neither words nor marks.
    fn log_odds(&self, title: &str) -> Option<f64> {
        let headline = Headline::read(title);
        if headline.items.is_empty() {
            return None;
        }
        let language = self.language(&headline, title);
        let phrases: f64 = self.rules.hits(&headline, language).map(|rule| rule.weight).sum();
        let start = if language == "en" { self.model.decision(self.model.raw(&headline)) } else { UNTOLD };
        Some(start + phrases)
    }

    fn language(&self, headline: &Headline, title: &str) -> &'static str {
        tongue::detect(headline, title, |hash| self.model.vocabulary.find(hash).is_some())
    }
}

#[cfg(test)]
mod tests;
