//! Abbreviations: words after which a full stop need not end a sentence.

use super::shipped;
use crate::engine::text::token::tokenize;
use ahash::AHashMap;
use serde::Deserialize;
use std::sync::LazyLock;

/// What a full stop after the word means.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Stop {
    /// Never ends a sentence: `Dr.`, `z. B.`, `bzw.`
    Never,
    /// Belongs to the word where a number follows: `No. 5`, `Nr. 3`, `Art. 12`, `Jan. 7`.
    BeforeNumber,
    /// May end a sentence as well: `Inc.`, `usw.`, `U.S.`, `Mio.` A small letter after it says that it does not.
    MayEnd,
}

/// Abbreviations of all languages.
#[derive(Debug, Default)]
pub struct Abbreviations {
    words: AHashMap<String, Stop>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct File {
    abbreviations: Vec<Block>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Block {
    #[expect(dead_code, reason = "tells people what the words are")]
    lang: String,
    #[serde(default)]
    never: Vec<String>,
    #[serde(default)]
    before_number: Vec<String>,
    #[serde(default)]
    may_end: Vec<String>,
}

impl Abbreviations {
    /// The abbreviations that ship with the crate, read once.
    #[must_use]
    pub fn shipped() -> &'static Self {
        static SHIPPED: LazyLock<Abbreviations> = LazyLock::new(|| {
            Abbreviations::parse(shipped::ABBREVIATIONS).expect("the shipped list is well-formed: a test reads it")
        });
        &SHIPPED
    }

    /// Reads a list.
    ///
    /// # Errors
    /// If `text` is not TOML or has unknown keys.
    pub fn parse(text: &str) -> Result<Self, toml::de::Error> {
        let file: File = toml::from_str(text)?;
        let mut all = Self::default();
        for block in &file.abbreviations {
            all.add(&block.never, Stop::Never);
            all.add(&block.before_number, Stop::BeforeNumber);
            all.add(&block.may_end, Stop::MayEnd);
        }
        Ok(all)
    }

    /// An abbreviation of several words counts word by word: each is followed by a stop of its own. Where languages
    /// disagree the more careful meaning (the one that lets a sentence end) wins.
    fn add(&mut self, words: &[String], stop: Stop) {
        for written in words {
            let tokens = tokenize(written);
            for index in 0..tokens.words.len() {
                let known = self.words.entry(tokens.folded_word(index).to_owned()).or_insert(stop);
                *known = match (*known, stop) {
                    (Stop::MayEnd, _) | (_, Stop::MayEnd) => Stop::MayEnd,
                    (Stop::BeforeNumber, _) | (_, Stop::BeforeNumber) => Stop::BeforeNumber,
                    _ => Stop::Never,
                };
            }
        }
    }

    /// Whether the folded word is an abbreviation in some language.
    #[must_use]
    pub fn contains(&self, folded_word: &str) -> bool {
        self.words.contains_key(folded_word)
    }

    /// What a full stop after the folded word means, if it is an abbreviation.
    #[must_use]
    pub fn stop(&self, folded_word: &str) -> Option<Stop> {
        self.words.get(folded_word).copied()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn shipped_abbreviations_are_known() {
        let all = Abbreviations::shipped();
        for word in ["dr", "bzw", "mio", "mr", "inc", "no", "z", "ca", "prof", "sra", "mme", "dott", "dhr", "godz"] {
            assert!(all.contains(word), "{word}");
        }
        for word in ["haus", "the", "und", "is", "ende", "newsletter", "sie"] {
            assert!(!all.contains(word), "{word}");
        }
        assert_eq!(all.stop("dr"), Some(Stop::Never));
        assert_eq!(all.stop("nr"), Some(Stop::BeforeNumber));
        assert_eq!(all.stop("inc"), Some(Stop::MayEnd));
    }
}
