//! Texts as they were meant: what scrapers, mail programs and data sets did to the characters and lines of a whole text
//! is undone before it is read, and every place in what is read leads back to the text as it was sent.
//!
//! None of it is ever seen by a caller: spans and the cleaned text are those of the text that was sent. So a change that
//! was no damage does no harm beyond the reading, and most texts are read as they are.

mod alignment;
mod capitals;
mod escapes;
mod margins;
mod mojibake;
mod punctuation;
mod references;
mod separators;
mod stops;

use super::marks::is_break;
use alignment::{Edit, Stage};
use std::borrow::Cow;
use std::ops::Range;

/// A text to read, and how its places lead back.
#[derive(Debug)]
pub struct Normalized<'a> {
    text: Cow<'a, str>,
    stages: Vec<Stage>,
}

/// Finds what to change in a text: ascending, disjoint. Linear.
type Pass = fn(&str) -> Vec<Edit>;

/// What may have happened to single characters, a title's as well.
const CHARACTERS: [Pass; 3] = [references::edits, escapes::edits, mojibake::edits];
/// What may have happened to all lines of a text. Escapes come first, and bars: they may stand for the line breaks.
const LINES: [Pass; 5] = [separators::edits, margins::edits, punctuation::edits, stops::edits, capitals::edits];

impl<'a> Normalized<'a> {
    /// The text of an article. Linear.
    #[must_use]
    pub fn text_of(sent: &'a str) -> Self {
        Self::after(sent, CHARACTERS.into_iter().chain(LINES))
    }

    /// A title, of which only characters are changed. Linear.
    #[must_use]
    pub fn title_of(sent: &'a str) -> Self {
        Self::after(sent, CHARACTERS.into_iter())
    }

    fn after(sent: &'a str, passes: impl Iterator<Item = Pass>) -> Self {
        let mut normalized = Self { text: Cow::Borrowed(sent), stages: Vec::new() };
        for pass in passes {
            let edits = pass(&normalized.text);
            if !edits.is_empty() {
                let (text, stage) = alignment::apply(&normalized.text, &edits);
                normalized.text = Cow::Owned(text);
                normalized.stages.push(stage);
            }
        }
        normalized
    }

    /// What to read.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.text
    }

    /// Where `range` of what is read, in bytes, stands in what was sent. A range that is all that is left of a line brings
    /// the mark in front of it along, and one that ends inside something that was replaced brings all of it along.
    #[must_use]
    pub fn sent(&self, range: &Range<usize>) -> Range<usize> {
        if self.stages.is_empty() {
            return range.clone();
        }
        let rest = self.text.get(range.end..).unwrap_or_default().trim_start_matches([' ', '\t']);
        let whole = rest.chars().next().is_none_or(is_break);
        let start = |at, stage: &Stage| if whole { stage.end(at) } else { stage.start(at) };
        let (mut from, mut to) = (range.start, range.end);
        for stage in self.stages.iter().rev() {
            (from, to) = (start(from, stage), stage.end(to));
        }
        from.min(to)..to
    }

    /// Where the byte `at` of what was sent stands in what is read.
    #[must_use]
    pub fn read(&self, at: usize) -> usize {
        self.stages.iter().fold(at, |at, stage| stage.forward(at))
    }
}

/// Lines of `text` with something on them: where each starts, white space aside, and what it says.
fn lines(text: &str) -> impl Iterator<Item = (usize, &str)> + Clone {
    let mut at = 0;
    let placed = text.split_inclusive(is_break).map(move |line| {
        let start = at;
        at += line.len();
        (start + line.len() - line.trim_start().len(), line.trim())
    });
    placed.filter(|(_, line)| !line.is_empty())
}

#[cfg(test)]
mod tests;
