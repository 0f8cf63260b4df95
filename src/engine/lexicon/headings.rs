//! Section headings that many publishers share and that are content.

use super::shipped;
use crate::engine::text::token::tokenize;
use ahash::AHashSet;
use serde::Deserialize;
use std::sync::LazyLock;

/// The list of `rules/headings.toml`, folded.
#[derive(Debug, Default)]
pub struct Headings {
    folded: AHashSet<String>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct File {
    headings: Vec<Block>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Block {
    #[expect(dead_code, reason = "tells people what the words are")]
    lang: String,
    words: Vec<String>,
}

impl Headings {
    /// The headings that ship with the crate, read once.
    #[must_use]
    pub fn shipped() -> &'static Self {
        static SHIPPED: LazyLock<Headings> = LazyLock::new(|| {
            Headings::parse(shipped::HEADINGS).expect("the shipped list is well-formed: a test reads it")
        });
        &SHIPPED
    }

    /// Reads a list.
    ///
    /// # Errors
    /// If `text` is not TOML or has unknown keys.
    pub fn parse(text: &str) -> Result<Self, toml::de::Error> {
        let file: File = toml::from_str(text)?;
        let fold = |heading: &String| tokenize(heading).folded.trim().to_string();
        Ok(Self { folded: file.headings.iter().flat_map(|block| block.words.iter().map(fold)).collect() })
    }

    /// Whether `folded` (words parted by one space, as in [`crate::engine::text::token::Tokens::folded`]) is one.
    #[must_use]
    pub fn contains(&self, folded: &str) -> bool {
        self.folded.contains(folded)
    }
}
