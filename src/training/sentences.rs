//! Invented sentences, each under what it does, and whole articles: `lessons/*.toml`. They teach the manner of residue,
//! and of articles that come near to it, in languages and genres that no annotation shows.

use super::whole::Whole;
use crate::engine::span::Kind;
use std::collections::BTreeMap;
use xxhash_rust::xxh3::xxh3_64;

/// The sentences of one language.
#[derive(Debug, Clone, PartialEq, Eq, serde::Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Sentences {
    /// The language as a BCP 47 tag.
    pub lang: String,
    /// What articles say.
    pub article: Vec<String>,
    /// What is no part of an article, by kind.
    pub residue: BTreeMap<Kind, Vec<String>>,
    /// Whole articles.
    #[serde(default)]
    pub whole: Vec<Whole>,
}

impl Sentences {
    /// Reads the sentences of one language.
    ///
    /// # Errors
    /// If `text` is no such TOML; the error names the place.
    pub fn parse(text: &str) -> Result<Self, toml::de::Error> {
        toml::from_str(text)
    }
}

/// The one of `folds` folds that a sentence belongs to, by its bytes: what the text model learns of it, the decision must
/// not be taught with.
#[must_use]
pub fn fold_of(sentence: &str, folds: usize) -> usize {
    (xxh3_64(sentence.as_bytes()) % folds.max(1) as u64) as usize
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn sentences_are_read_and_slips_named() {
        let read = Sentences::parse("lang = 'en'\narticle = ['Rain fell.']\n[residue]\nrelated = ['See also: Snow']\n");
        let read = read.expect("well-formed");
        assert_eq!(read.residue[&Kind::Related], ["See also: Snow"]);
        let slip = |more: &str| Sentences::parse(&format!("lang = 'en'\narticle = []\n[residue]\n{more}")).unwrap_err();
        assert!(slip("relatd = []").to_string().contains("relatd"));
        assert!(
            slip("[[whole]]\ntitle = ''\ntext = '<related>Ice'").to_string().contains("line 1 of the text: <related>")
        );
    }
}
