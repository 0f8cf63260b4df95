//! Texts as they were meant: what scrapers, mail programs and data sets did to the characters and lines of a whole text
//! is undone before it is read, and every place in what is read leads back to the text as it was sent.
//!
//! None of it is ever seen by a caller: spans and the cleaned text are those of the text that was sent. So a change that
//! was no damage does no harm beyond the reading, and most texts are read as they are. The bounds of the passes were set
//! so that of 28,914 articles of many publishers 18 are read otherwise, one of them wrongly (EVALUATION.md).

mod bent;
mod capitals;
mod escapes;
mod margins;
mod mojibake;
mod punctuation;
mod references;
mod separators;
mod stops;
mod strangers;
mod tags;
mod turned;

use super::edit::{Edit, Stage, apply};
use super::marks::is_break;
use std::borrow::Cow;
use std::ops::Range;

/// A text to read, and how its places lead back.
#[derive(Debug)]
pub struct Normalized<'a> {
    text: Cow<'a, str>,
    stages: Vec<Stage>,
    /// Where characters of what is read were others to hide words, ascending.
    hidden: Vec<usize>,
}

/// Finds what to change in a text: ascending, disjoint. Linear.
type Edits = fn(&str) -> Vec<Edit>;

/// One way to damage a text, and whether it hides words on purpose.
struct Pass {
    edits: Edits,
    hides: bool,
}

const fn damage(edits: Edits) -> Pass {
    Pass { edits, hides: false }
}

const fn disguise(edits: Edits) -> Pass {
    Pass { edits, hides: true }
}

/// What may have happened to single characters, a title's as well.
const CHARACTERS: [Pass; 6] = [
    damage(references::edits),
    damage(escapes::edits),
    damage(mojibake::edits),
    disguise(turned::edits),
    disguise(strangers::edits),
    damage(tags::edits),
];
/// What may have happened to lines of a text. Escapes come first, and bars: they may stand for the line breaks.
const LINES: [Pass; 7] = [
    damage(separators::edits),
    damage(margins::edits),
    damage(punctuation::edits),
    disguise(bent::signs),
    disguise(bent::marks),
    damage(stops::edits),
    damage(capitals::edits),
];

impl<'a> Normalized<'a> {
    /// The text of an article. Linear.
    #[must_use]
    pub fn text_of(sent: &'a str) -> Self {
        Self::after(sent, CHARACTERS.iter().chain(&LINES))
    }

    /// A title, of which only characters are changed. Linear.
    #[must_use]
    pub fn title_of(sent: &'a str) -> Self {
        Self::after(sent, CHARACTERS.iter())
    }

    fn after<'p>(sent: &'a str, passes: impl Iterator<Item = &'p Pass>) -> Self {
        let mut normalized = Self { text: Cow::Borrowed(sent), stages: Vec::new(), hidden: Vec::new() };
        for pass in passes {
            let edits = (pass.edits)(&normalized.text);
            if !edits.is_empty() {
                normalized.apply(&edits, pass.hides);
            }
        }
        normalized.hidden.sort_unstable();
        normalized
    }

    fn apply(&mut self, edits: &[Edit], hides: bool) {
        let (text, stage) = apply(&self.text, edits);
        for place in &mut self.hidden {
            *place = stage.forward(*place);
        }
        if hides {
            self.hidden.extend(stage.places());
        }
        self.text = Cow::Owned(text);
        self.stages.push(stage);
    }

    /// Reads parts of the text otherwise. `edits` are ascending and disjoint.
    pub(in crate::engine) fn edit(&mut self, edits: &[Edit]) {
        if !edits.is_empty() {
            self.apply(edits, false);
        }
    }

    /// Whether anything was hidden on purpose.
    #[must_use]
    pub fn hides(&self) -> bool {
        !self.hidden.is_empty()
    }

    /// Whether anything in `range` of what is read, in bytes, was hidden on purpose.
    #[must_use]
    pub fn was_hidden(&self, range: &Range<usize>) -> bool {
        let next = self.hidden.partition_point(|place| *place < range.start);
        self.hidden.get(next).is_some_and(|place| range.contains(place))
    }

    /// What to read.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.text
    }

    /// Where `range` of what is read, in bytes, stands in what was sent. All that is left of a line brings the mark in front
    /// of it along. What was replaced as one belongs to a range that has all of it, or to none: rather too little goes than
    /// too much. So disjoint ranges stay disjoint, and a range may become empty.
    #[must_use]
    pub fn sent(&self, range: &Range<usize>) -> Range<usize> {
        if self.stages.is_empty() {
            return range.clone();
        }
        let rest = self.text.get(range.end..).unwrap_or_default().trim_start_matches([' ', '\t']);
        let whole = rest.chars().next().is_none_or(is_break);
        let places = (range.start, range.end);
        let (from, to) =
            self.stages.iter().rev().fold(places, |(from, to), stage| (stage.start(from, whole), stage.end(to)));
        from.min(to)..to
    }

    /// Where the byte `at` of what was sent stands in what is read.
    #[must_use]
    pub fn read(&self, at: usize) -> usize {
        self.stages.iter().fold(at, |at, stage| stage.forward(at))
    }
}

/// Bytes from which on a line says something, rather than heading, naming or pointing: two lines of a newspaper's column.
/// Not varied.
const PROSE: usize = 80;
/// Share of a text's bytes, in per cent, that must stand in parts of prose: bars and bullets of a list are its own. Not
/// varied.
const PROSE_SHARE: usize = 50;

/// Whether most of `parts` is prose, by bytes.
fn is_mostly_prose<'a>(parts: impl Iterator<Item = &'a str>) -> bool {
    let (prose, all) = parts.fold((0, 0), |(prose, all), part| {
        (prose + if part.len() >= PROSE { part.len() } else { 0 }, all + part.len())
    });
    prose * 100 >= all * PROSE_SHARE
}

/// Whether no line break stands inside `text`.
fn is_one_line(text: &str) -> bool {
    !text.trim().contains(is_break)
}

/// Lines of `text` with something on them: where each starts, white space aside, and what it says. The rare breaks count
/// for none: every text is asked for its lines, and these two are found many bytes at a time.
fn lines(text: &str) -> impl Iterator<Item = (usize, &str)> + Clone {
    let ends = memchr::memchr2_iter(b'\n', b'\r', text.as_bytes()).chain([text.len()]);
    let placed = ends.scan(0, |from, end| {
        let (start, line) = (*from, &text[*from..end]);
        *from = end + 1;
        Some((start + line.len() - line.trim_start().len(), line.trim()))
    });
    placed.filter(|(_, line)| !line.is_empty())
}

#[cfg(test)]
mod tests;
