//! Labels that end up glued to their neighbours when line breaks are lost, and words that only look glued.

use super::shipped;
use crate::engine::text::token::tokenize;
use ahash::AHashSet;
use serde::Deserialize;
use std::sync::LazyLock;

/// The lists of `rules/glued.toml`.
#[derive(Debug, Default)]
pub struct Glued {
    labels: Vec<String>,
    folded: AHashSet<String>,
    brands: AHashSet<String>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct File {
    labels: Vec<Labels>,
    brands: Vec<String>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Labels {
    #[expect(dead_code, reason = "tells people what the words are")]
    lang: String,
    words: Vec<String>,
}

impl Glued {
    /// The lists that ship with the crate, read once.
    #[must_use]
    pub fn shipped() -> &'static Self {
        static SHIPPED: LazyLock<Glued> = LazyLock::new(|| {
            Glued::parse(shipped::GLUED).expect("the shipped lists are well-formed: a test reads them")
        });
        &SHIPPED
    }

    /// Reads lists.
    ///
    /// # Errors
    /// If `text` is not TOML or has unknown keys.
    pub fn parse(text: &str) -> Result<Self, toml::de::Error> {
        let file: File = toml::from_str(text)?;
        let mut labels: Vec<String> = file.labels.into_iter().flat_map(|block| block.words).collect();
        labels.sort_by(|a, b| b.len().cmp(&a.len()).then_with(|| a.cmp(b)));
        labels.dedup();
        // A label that needs its colon is no label without it.
        let words = labels.iter().filter(|label| label.chars().all(char::is_alphanumeric));
        let folded = words.map(|label| tokenize(label).folded.trim().to_string()).collect();
        Ok(Self { labels, folded, brands: file.brands.into_iter().collect() })
    }

    /// Labels as they are printed (`Anzeige`, `Read more`), the longest first, so that the first one that fits is the
    /// right one. Case matters: "Anzeige" glued to "Depot" shows by its capitals.
    #[must_use]
    pub fn labels(&self) -> &[String] {
        &self.labels
    }

    /// Whether `word` (folded) is a label of one word.
    #[must_use]
    pub fn is_label(&self, word: &str) -> bool {
        self.folded.contains(word)
    }

    /// Whether `word`, as printed, is a name with capitals inside that must not be split.
    #[must_use]
    pub fn is_brand(&self, word: &str) -> bool {
        self.brands.contains(word)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn shipped_lists_are_read() {
        let glued = Glued::shipped();
        assert!(glued.labels().iter().any(|label| label == "Anzeige"));
        assert!(glued.labels().windows(2).all(|pair| pair[0].len() >= pair[1].len()));
        assert!(glued.is_brand("YouTube") && glued.is_brand("BioNTech"));
        assert!(!glued.is_brand("AnzeigeDepot"));
    }
}
