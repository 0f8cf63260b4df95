//! Lists of words and lines that need no cue of their own: section headings, words of reporting.

use super::shipped;
use crate::engine::text::token::tokenize;
use ahash::AHashSet;
use serde::Deserialize;
use std::sync::LazyLock;

/// The lines of a list in `rules/`, folded.
#[derive(Debug, Default)]
pub struct WordList {
    folded: AHashSet<String>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct File {
    list: Vec<Block>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Block {
    #[expect(dead_code, reason = "tells people what the words are")]
    lang: String,
    words: Vec<String>,
}

impl WordList {
    /// Section headings that many publishers share and that are content. Read once.
    #[must_use]
    pub fn headings() -> &'static Self {
        static HEADINGS: LazyLock<WordList> = LazyLock::new(|| WordList::shipped(shipped::HEADINGS));
        &HEADINGS
    }

    /// Words that tell that somebody said or found something. Read once.
    #[must_use]
    pub fn reporting() -> &'static Self {
        static REPORTING: LazyLock<WordList> = LazyLock::new(|| WordList::shipped(shipped::REPORTING));
        &REPORTING
    }

    fn shipped(text: &str) -> Self {
        Self::parse(text).expect("the shipped lists are well-formed: tests read them")
    }

    /// Reads a list.
    ///
    /// # Errors
    /// If `text` is not TOML or has unknown keys.
    pub fn parse(text: &str) -> Result<Self, toml::de::Error> {
        let file: File = toml::from_str(text)?;
        let fold = |line: &String| tokenize(line).folded.trim().to_string();
        Ok(Self { folded: file.list.iter().flat_map(|block| block.words.iter().map(fold)).collect() })
    }

    /// Whether `folded` (words parted by one space, as in [`crate::engine::text::token::Tokens::folded`]) is one.
    #[must_use]
    pub fn contains(&self, folded: &str) -> bool {
        self.folded.contains(folded)
    }
}
