//! What is measured of a unit before anything is decided: columns of numbers, family by family.
//!
//! | family | tells |
//! | --- | --- |
//! | [`layout`] | where the unit stands and how it is set |
//! | [`vocabulary`] | whether its words come again around it |
//! | [`cues`] | what it does: sells, subscribes, points elsewhere |
//! | [`own`] | that it speaks of its own publisher |
//! | text | how much it sounds like residue, and how much like a headline ([`crate::engine::model::text`]) |
//! | [`recurrence`] | how often it was seen |
//! | [`neighbours`] | all of this of what stands around it |
//! | [`listed`] | that it stands under a label |
//! | [`remains`] | that it is a date or a script that the page left |
//! | cross | products that a linear decision could not form |

mod cross;
pub mod cues;
pub mod layout;
pub mod listed;
pub mod neighbours;
pub mod own;
pub mod recurrence;
pub mod remains;
mod topic;
pub mod vocabulary;

use super::lexicon::{Hit, Lexicon};
use super::model::text::{TextModel, TextSums};
use super::observation::Seen;
use super::reading::{Block, Reading};
use super::span::Kind;
use super::text::marks::{CLOSING_QUOTES, FULL_STOPS, is_quotation_mark, is_terminator, starts_with_colon};
use super::text::segment::UnitKind;
use cross::Cross;
use layout::{Ending, ending};
use listed::Entry;
use neighbours::Hint;
use recurrence::BlockSightings;

const OWN: &[&str] = &["own.name", "own.name_cue"];
const TEXT: &[&str] = &[
    "text.weak",
    "text.strong",
    "text.line_weak",
    "text.line_strong",
    "text.parent_weak",
    "text.parent_strong",
    "text.weak_p",
    "text.strong_p",
    "text.line_p",
    "text.both_p",
];
const HEADLINE: &[&str] = &["headline.open", "headline.line", "headline.like", "headline.like_long"];

/// Lines from this many words on are text that a heading or a date can head: a sentence is a paragraph in much of the
/// news. Of annotated residue 14 in place of 20 keeps nothing that counts.
pub(in crate::engine) const HEADED_WORDS: usize = 14;

/// Names of all columns, in order: what a model's weights refer to.
#[must_use]
pub fn names(lexicon: &Lexicon) -> Vec<String> {
    let mut names: Vec<String> = layout::NAMES.iter().chain(vocabulary::NAMES).map(ToString::to_string).collect();
    names.extend(lexicon.groups().iter().map(|g| format!("cue.{}", g.id)));
    for family in [cues::SUMMARY, OWN, TEXT, HEADLINE, recurrence::NAMES] {
        names.extend(family.iter().map(ToString::to_string));
    }
    names.extend(neighbours::names());
    names.extend(listed::NAMES.iter().chain(remains::NAMES).chain(cross::NAMES).map(ToString::to_string));
    names
}

/// The text model's sums of every block of `reading`.
#[must_use]
pub fn text_sums(reading: &Reading<'_>, model: &TextModel) -> Vec<TextSums> {
    let units = &reading.parts.units;
    let mut sums: Vec<TextSums> = units
        .iter()
        .enumerate()
        .map(|(i, u)| model.sums(&reading.tokens, u.first, u.last, &reading.plain(i)))
        .collect();
    // A line's sums are those of its sentences together; brackets are parts of sentences already.
    let mut lines = vec![TextSums::default(); reading.blocks.len() - units.len()];
    for (unit, sum) in units.iter().zip(&sums) {
        let block = reading.line_blocks[unit.line];
        if unit.kind == UnitKind::Sentence && block >= units.len() {
            lines[block - units.len()] = lines[block - units.len()].plus(*sum);
        }
    }
    sums.extend(lines);
    sums
}

/// A document with all that its units' columns are made of. Rows are made one at a time: a text of a million one-letter
/// lines would need gigabytes for all of them.
#[derive(Debug)]
pub struct Measured<'r, 'a> {
    /// The document.
    pub reading: &'r Reading<'a>,
    /// What the store knows of it.
    pub seen: &'r Seen,
    /// The rules that its cues come from.
    pub lexicon: &'r Lexicon,
    layout: layout::Layout<'r>,
    vocabulary: vocabulary::Vocabulary<'r>,
    /// Per block.
    scores: Vec<[f32; 2]>,
    /// Per unit how much it sounds like a headline, if it ends like one.
    headlines: Vec<Option<f32>>,
    blocks: Vec<BlockSightings>,
    own: Vec<bool>,
    siblings: Vec<(usize, usize)>,
    near: neighbours::Neighbourhood,
    listed: listed::Listed,
    remains: remains::Remains,
    cross: Cross,
    columns: usize,
}

/// Gathers what the columns of `reading`'s units are made of. Linear in the text.
#[must_use]
pub fn measure<'r, 'a>(
    reading: &'r Reading<'a>,
    seen: &'r Seen,
    sums: &[TextSums],
    model: &TextModel,
    lexicon: &'r Lexicon,
) -> Measured<'r, 'a> {
    let units = &reading.parts.units;
    let scores: Vec<[f32; 2]> = sums.iter().map(|s| model.scores(*s)).collect();
    let mut blocks: Vec<BlockSightings> =
        reading.blocks.iter().map(|b| recurrence::sightings(reading, b, seen)).collect();
    for unit in (0..units.len()).filter(|&unit| !may_point(reading, unit)) {
        blocks[unit] = blocks[unit].without_titles();
    }
    let values: Vec<Option<u64>> = reading.blocks[..units.len()].iter().map(|b| b.value).collect();
    let hints: Vec<Hint> = (0..units.len())
        .map(|i| hint(scores[i], cues::summary(reading.hits_in(&reading.blocks[i]), lexicon).weight, &blocks[i]))
        .collect();
    let headline = |i: usize| {
        let unit = &units[i];
        is_open(reading, i).then(|| model.headline_score(&reading.tokens, unit.first, unit.last, &reading.plain(i)))
    };
    let columns = names_len(lexicon);
    let siblings = siblings(reading);
    Measured {
        layout: layout::Layout::new(reading.text(), &reading.tokens, &reading.parts, &values),
        vocabulary: vocabulary::Vocabulary::new(&reading.tokens, units, &reading.title),
        own: own::own_name(&reading.article.source, &reading.tokens),
        near: neighbours::Neighbourhood::new(&hints),
        listed: listed::Listed::new((0..units.len()).map(|i| entry(reading, lexicon, i))),
        remains: remains::Remains::new(reading),
        siblings,
        cross: Cross::new(lexicon.groups().len(), columns - cross::NAMES.len()),
        reading,
        seen,
        lexicon,
        scores,
        headlines: (0..units.len()).map(headline).collect(),
        blocks,
        columns,
    }
}

/// Whether unit `i` may point to another article where it equals a title. It may not if it is the article's own title,
/// a quotation, which headlines like to repeat, or a sentence with a full stop, which they do not have.
fn may_point(reading: &Reading<'_>, i: usize) -> bool {
    let raw = reading.raw(i);
    let own = reading.title_value.is_some() && reading.blocks[i].value == reading.title_value;
    let sentence = raw.ends_with(FULL_STOPS) && !reading.is_aside(i);
    !own && !sentence && !raw.starts_with(is_quotation_mark)
}

/// Whether unit `i` ends as headlines do: with no mark, or with a question.
#[must_use]
pub fn is_open(reading: &Reading<'_>, i: usize) -> bool {
    ending(reading.raw(i)) == Ending::Open
}

/// Words of an entry at the least: a headline has four to fourteen, and what is shorter is a heading more often.
const ENTRY_WORDS: usize = 3;
/// Words of a label at the most, where it has no colon ("More stories from the region"). Not varied.
const LABEL_WORDS: usize = 5;

/// Unit `i` as a label of other articles or as an entry below one.
fn entry(reading: &Reading<'_>, lexicon: &Lexicon, i: usize) -> Entry {
    let unit = &reading.parts.units[i];
    let (words, raw) = (reading.tokens.length(unit.first, unit.last), reading.raw(i));
    let ending = ending(raw);
    let set_as_label = match ending {
        Ending::Colon => true,
        Ending::Open => words <= LABEL_WORDS,
        Ending::Closed => false,
    };
    let points = |hit: &Hit| lexicon.group(hit).likeliest() == Kind::Related;
    let label = set_as_label && reading.hits_in(&reading.blocks[i]).any(points);
    let line = unit.kind == UnitKind::Line && words >= ENTRY_WORDS && !raw.starts_with('#');
    Entry { kind: unit.kind, label, open: line && ending == Ending::Open }
}

impl Measured<'_, '_> {
    /// Number of units.
    #[must_use]
    pub fn units(&self) -> usize {
        self.reading.parts.units.len()
    }

    /// What the store knows of block `i` of the reading: its units, then its lines of several sentences.
    #[must_use]
    pub fn sightings(&self, i: usize) -> &BlockSightings {
        &self.blocks[i]
    }

    /// Whether unit `i` opens with a cue that is a label: a colon follows ("Read also: …", "More on the strike: …").
    fn is_labelled(&self, i: usize) -> bool {
        let Self { reading, lexicon, .. } = self;
        let (unit, block) = (&reading.parts.units[i], &reading.blocks[i]);
        let colon = |word: usize| starts_with_colon(&reading.text()[reading.tokens.words[word].end as usize..]);
        let is_label = |hit: &Hit| {
            let end = hit.end as usize;
            hit.first as usize == unit.first
                && lexicon.cue(hit).is_telling()
                && lexicon.group(hit).likeliest() != Kind::Byline
                && (end - 1..unit.last.min(end + LABEL_SLACK)).any(colon)
        };
        reading.hits_in(block).any(is_label)
    }

    /// Whether unit `i` tells by itself that a page left it: its date, or a script.
    #[must_use]
    pub fn is_left_by_page(&self, i: usize) -> bool {
        self.remains.tells(i)
    }

    /// Whether unit `i` is a date between the entries of a chronicle.
    #[must_use]
    pub fn is_chronicle_date(&self, i: usize) -> bool {
        self.remains.is_chronicle_date(i)
    }

    /// The annotators' half of the text score of unit `i`, in log-odds.
    #[must_use]
    pub fn strong_score(&self, i: usize) -> f32 {
        self.scores[i][1]
    }

    /// The columns of unit `i`, in the order of [`names`], written over `row`.
    pub fn row(&self, i: usize, row: &mut Vec<f32>) {
        row.clear();
        row.resize(self.columns, 0.0);
        let (reading, unit, block) = (self.reading, &self.reading.parts.units[i], &self.reading.blocks[i]);
        let words = reading.tokens.length(unit.first, unit.last);
        let line = reading.line_blocks[unit.line];
        let mut cursor = Cursor { row, at: 0 };
        self.layout.fill(unit, self.siblings[i], block.value, cursor.take(layout::NAMES.len()));
        self.vocabulary.fill(unit, cursor.take(vocabulary::NAMES.len()));
        let cue_columns = cursor.take(self.lexicon.groups().len() + cues::SUMMARY.len());
        let (hits, tokens) = (Hits { reading, block }, unit.last - unit.first);
        cues::fill(hits.iter(), (words, tokens), self.is_labelled(i), self.lexicon, cue_columns);
        let weight = cues::summary(reading.hits_in(block), self.lexicon).weight;
        let named = flag(self.names_itself(i));
        cursor.put(&[named, named * (weight / 4.0).clamp(0.0, 1.0)]);
        let parent = unit.parent.unwrap_or(i);
        cursor.put(&text_columns(self.scores[i], self.scores[line], self.scores[parent]));
        cursor.put(&headline_columns(self.headlines[i], unit.kind, words));
        let prose = words > 12 && reading.raw(i).ends_with(|c| is_terminator(c) || CLOSING_QUOTES.contains(&c));
        let seen_columns = cursor.take(recurrence::NAMES.len());
        recurrence::fill(&self.blocks[i], &self.blocks[line], self.seen, (words, prose), seen_columns);
        self.near.fill(i, cursor.take(neighbours::COLUMNS));
        self.listed.fill(i, cursor.take(listed::NAMES.len()));
        self.remains.fill(i, cursor.take(remains::NAMES.len()));
        self.cross.fill(row);
    }
}

/// Words between a label's cue and its colon: the topic of "more on …".
const LABEL_SLACK: usize = 4;

fn names_len(lexicon: &Lexicon) -> usize {
    layout::NAMES.len()
        + lexicon.groups().len()
        + cues::SUMMARY.len()
        + vocabulary::NAMES.len()
        + OWN.len()
        + TEXT.len()
        + HEADLINE.len()
        + recurrence::NAMES.len()
        + neighbours::COLUMNS
        + listed::NAMES.len()
        + remains::NAMES.len()
        + cross::NAMES.len()
}

/// The hits of a block as an iterator that can be taken twice.
#[derive(Clone, Copy)]
struct Hits<'r, 'a> {
    reading: &'r Reading<'a>,
    block: &'r Block,
}

impl<'r> Hits<'r, '_> {
    fn iter(self) -> impl Iterator<Item = &'r Hit> + Clone {
        let last = self.block.last;
        self.reading.hits[self.block.hits.clone()].iter().filter(move |hit| hit.end as usize <= last)
    }
}

struct Cursor<'a> {
    row: &'a mut [f32],
    at: usize,
}

impl Cursor<'_> {
    fn take(&mut self, n: usize) -> &mut [f32] {
        self.at += n;
        &mut self.row[self.at - n..self.at]
    }

    fn put(&mut self, values: &[f32]) {
        self.take(values.len()).copy_from_slice(values);
    }
}

/// For every unit its number in its line, and how many there are, brackets not counted.
fn siblings(reading: &Reading<'_>) -> Vec<(usize, usize)> {
    let mut counts = vec![0; reading.parts.lines.len()];
    let mut places = Vec::with_capacity(reading.parts.units.len());
    for unit in &reading.parts.units {
        if unit.kind == UnitKind::Bracket {
            places.push(counts[unit.line] - 1);
        } else {
            places.push(counts[unit.line]);
            counts[unit.line] += 1;
        }
    }
    places.into_iter().zip(&reading.parts.units).map(|(place, unit)| (place, counts[unit.line])).collect()
}

fn flag(value: bool) -> f32 {
    f32::from(u8::from(value))
}

fn squeeze(score: f32) -> f32 {
    1.0 / (1.0 + (-score).exp())
}

fn text_columns(own: [f32; 2], line: [f32; 2], parent: [f32; 2]) -> [f32; 10] {
    let p = |score: f32| squeeze(score);
    [
        own[0] / 8.0,
        own[1] / 8.0,
        line[0] / 8.0,
        line[1] / 8.0,
        parent[0] / 8.0,
        parent[1] / 8.0,
        p(own[0]),
        p(own[1]),
        p(f32::midpoint(line[0], line[1])),
        p(own[0]) * p(own[1]),
    ]
}

/// Log-odds of being a headline (95 %) from which on one is as good as another. Not varied.
const HEADLINE_CAP: f32 = 3.0;

/// How much a unit with that `score` is like a headline.
fn headline_columns(score: Option<f32>, kind: UnitKind, words: usize) -> [f32; 4] {
    let Some(score) = score else { return [0.0; 4] };
    let score = score.clamp(-HEADLINE_CAP, HEADLINE_CAP) / HEADLINE_CAP;
    let line = flag(kind == UnitKind::Line);
    let surely = score.max(0.0) * line;
    [score, score * line, surely, surely * (words as f32).ln_1p()]
}

fn hint(scores: [f32; 2], cues: f32, seen: &BlockSightings) -> Hint {
    let most = seen.exact.witnesses.max(seen.template.witnesses).clamp(1, 16) as f32;
    let recurs = (most.log2() / 4.0).max(seen.covered[1]);
    Hint { values: [squeeze(scores[0]), squeeze(scores[1]), (cues / 4.0).clamp(0.0, 1.0), recurs] }
}
