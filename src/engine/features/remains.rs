//! What a page leaves around an article that is no language at all: dates of publication, scripts and style sheets.

use super::HEADED_WORDS;
use crate::engine::lexicon::Dates;
use crate::engine::reading::Reading;
use crate::engine::text::code::{CODE, likeness, listings, literals};
use crate::engine::text::segment::{Unit, UnitKind};
use crate::engine::text::token::Class;
use ahash::AHashSet;

/// Names of the columns that [`Remains::fill`] writes.
pub const NAMES: &[&str] = &["date.page", "date.amid", "code.script", "code.listing"];

/// Share of a document's names in code (distinct words of [`NAME_BYTES`] and more, outside literals) that its prose has as
/// well, from which on the prose explains the code. In the 43 documents with code of `tests/data/remains` it is .09 to
/// .67 (median .33) in articles about code and 0 to .09 in others, one aside, which quotes itself in its script.
const EXPLAINED: f32 = 0.15;
/// The same of the lines that are code. Of the six articles about code that explain less than .2 all have .52 or more, of
/// the others the most has .56.
const ABOUT_CODE: f32 = 0.575;
/// Shorter words mean nothing: `if`, `var`, `div`, and the articles and prepositions of most languages.
const NAME_BYTES: usize = 4;

/// Where a line that is nothing but a date stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Date {
    /// Before the first paragraph or behind the last, in a text without any in between: a page's date.
    Page,
    /// Between paragraphs, or one of several with other lines between them: a chronicle's.
    Amid,
}

/// Dates and code of a document.
#[derive(Debug, Default)]
pub struct Remains {
    /// Per unit.
    dates: Vec<Option<Date>>,
    /// Per unit whether it is code; empty if none is.
    code: Vec<bool>,
    /// Whether the document says too little of its code for it to be its own.
    scripts: bool,
}

impl Remains {
    /// Looks for them. Linear.
    #[must_use]
    pub fn new(reading: &Reading<'_>) -> Self {
        // What a sentence says in brackets is a part of it.
        let of_unit = |(i, unit): (usize, &Unit)| {
            if unit.kind == UnitKind::Bracket { 0.0 } else { likeness(&reading.plain(i)) }
        };
        let likenesses: Vec<f32> = reading.parts.units.iter().enumerate().map(of_unit).collect();
        let mut code = listings(&likenesses);
        if !code.contains(&true) {
            code.clear();
        }
        let scripts = are_scripts(reading, &code);
        Self { dates: dates(reading), code, scripts }
    }

    /// Whether unit `i` tells by itself that a page left it: its date, or a script that nobody explains.
    #[must_use]
    pub fn tells(&self, i: usize) -> bool {
        self.dates[i] == Some(Date::Page) || self.is_code(i) && self.scripts
    }

    /// Whether unit `i` is a date between the entries of a chronicle.
    #[must_use]
    pub fn is_chronicle_date(&self, i: usize) -> bool {
        self.dates[i] == Some(Date::Amid)
    }

    /// Writes the columns of unit `i` into `out`, whose length is that of [`NAMES`].
    pub fn fill(&self, i: usize, out: &mut [f32]) {
        let date = |date| self.dates[i] == Some(date);
        let code = self.is_code(i);
        let flags = [date(Date::Page), date(Date::Amid), code && self.scripts, code && !self.scripts];
        out.copy_from_slice(&flags.map(|flag| f32::from(u8::from(flag))));
    }

    fn is_code(&self, i: usize) -> bool {
        self.code.get(i) == Some(&true)
    }
}

/// Whether the document says too little of the `code` in it for it to be its own: its prose has few of the names, and most
/// of its lines are prose.
fn are_scripts(reading: &Reading<'_>, code: &[bool]) -> bool {
    let units = &reading.parts.units;
    let (mut names, mut prose, mut lines) = (AHashSet::new(), AHashSet::new(), AHashSet::new());
    for (unit, code) in units.iter().zip(code) {
        // A listing of markup is code by its tags.
        let raw = &reading.text()[unit.start..unit.end];
        if *code || likeness(raw) >= CODE {
            lines.insert(unit.line);
        }
        if *code {
            names.extend(self::names(reading, unit));
        } else {
            prose.extend(reading.tokens.words[unit.first..unit.last].iter().map(|word| word.hash));
        }
    }
    let explained = share(names.intersection(&prose).count(), names.len());
    explained < EXPLAINED && share(lines.len(), reading.parts.lines.len()) < ABOUT_CODE
}

fn share(part: usize, whole: usize) -> f32 {
    part as f32 / whole.max(1) as f32
}

/// The words of a unit of code that may be names in it.
fn names<'r>(reading: &'r Reading<'_>, unit: &Unit) -> impl Iterator<Item = u64> + 'r {
    let literals = literals(&reading.text()[unit.start..unit.end]);
    let start = unit.start;
    let quoted = move |at: usize| {
        let next = literals.partition_point(|literal| literal.end <= at - start);
        literals.get(next).is_some_and(|literal| literal.contains(&(at - start)))
    };
    let words = reading.tokens.words[unit.first..unit.last].iter();
    words
        .filter(|word| word.class == Class::Word && (word.end - word.start) as usize >= NAME_BYTES)
        .filter(move |word| !quoted(word.start as usize))
        .map(|word| word.hash)
}

/// Per unit where it stands if it is a line that is a date.
fn dates(reading: &Reading<'_>) -> Vec<Option<Date>> {
    let (units, tokens, lines) = (&reading.parts.units, &reading.tokens, &reading.parts.lines);
    let is_date = |unit: &Unit| {
        unit.kind == UnitKind::Line && Dates::shipped().is_date(reading.text(), tokens, unit.first, unit.last)
    };
    let dates: Vec<bool> = units.iter().map(is_date).collect();
    if !dates.contains(&true) {
        return vec![None; units.len()];
    }
    let is_paragraph = |line: &usize| tokens.length(lines[*line].first, lines[*line].last) >= HEADED_WORDS;
    let first = (0..lines.len()).find(is_paragraph).unwrap_or(lines.len());
    let last = (0..lines.len()).rfind(is_paragraph).unwrap_or(0);
    let at = || units.iter().zip(&dates).filter(|(_, date)| **date).map(|(unit, _)| unit.line);
    // A page has one date, at most the same in another language below it, in front of the text, behind it, or both.
    let inside = |line: usize| (first..=last).contains(&line);
    let parted = |(line, next): (usize, usize)| next - line > 1 && (next < first || line > last);
    let chronicle = first > last || at().any(inside) || at().zip(at().skip(1)).any(parted);
    let place = if chronicle { Date::Amid } else { Date::Page };
    dates.iter().map(|date| date.then_some(place)).collect()
}
