//! Reading: everything that an article tells by itself, and the fingerprints to ask the store about.

mod keys;
mod pointers;
mod quoted;

use super::article::Article;
use super::fingerprint::element::{Elements, elements};
use super::fingerprint::key::{Space, document_key, key, source_key};
use super::fingerprint::shingle::{SHINGLE, SKETCH_SHINGLE, rolling};
use super::language::detect;
use super::lexicon::{Abbreviations, Glued, Hit, Lexicon, Marked, Spelling, lacks_marks};
use super::model::text::TextSums;
use super::observation::Observation;
use super::text::marks::{CLOSING_BRACKETS, FULL_STOPS, OPENING_BRACKETS};
use super::text::markup::{inner, plain};
use super::text::normalized::Normalized;
use super::text::segment::{Hints, Segmentation, UnitKind, segment};
use super::text::token::{Tokens, tokenize, tokenize_with};
use keys::Keys;
use quoted::drop_quoted;
use std::borrow::Cow;
use std::ops::Range;

/// One five-word shingle in 16 is enough to find near-duplicates, one in 64 is not (measured on edited re-crawls). A
/// power of two, like that of short texts: a division for every word would take long.
const SKETCH_RATE: u64 = 16;
/// Texts with fewer words bring a finer sample, so that an agency item of three sentences can be compared at all.
const SKETCH_SHORT: (usize, u64) = (240, 4);
/// Log-odds of cues from which a unit is left out of the sketch: what sells is no evidence that two articles are one.
const SKETCH_CUES: f32 = 3.0;

/// A document as the engine has read it: all that does not depend on what the store knows.
#[derive(Debug)]
pub struct Reading<'a> {
    /// The article, as it was sent.
    pub article: &'a Article,
    /// Its text, as it is read: all offsets below are its.
    pub(super) normalized: Normalized<'a>,
    /// Its title, as it is read.
    pub(super) normalized_title: Normalized<'a>,
    /// Its language as a BCP 47 tag, as the caller gave it or else as its letters tell.
    pub language: String,
    /// Its words.
    pub tokens: Tokens,
    /// The words of its title.
    pub title: Tokens,
    /// Value of the title; a block of the same words has the same.
    pub title_value: Option<u64>,
    /// Lines and units.
    pub parts: Segmentation,
    /// Cues in the text, ordered by first word.
    pub hits: Vec<Hit>,
    /// One per unit, in the order of the units; then one per line of several sentences.
    pub blocks: Vec<Block>,
    /// For every line the block that stands for it.
    pub line_blocks: Vec<usize>,
    /// Winnowed shingles: (first word, index into the observation's local keys), ascending.
    pub shingles: Vec<(u32, u32)>,
    /// Shingles of short units as parts of titles: indexes into the observation's asked keys.
    pub title_shingles: Vec<u32>,
    /// The text model's sums of every block.
    pub sums: Vec<TextSums>,
    pub(super) observation: Observation,
}

/// A unit or line with its fingerprints: indexes into the observation's lists.
#[derive(Debug, Clone)]
pub struct Block {
    /// First word.
    pub first: usize,
    /// One past the last word.
    pub last: usize,
    /// Range in [`Reading::hits`].
    pub hits: Range<usize>,
    /// Value that is equal for equal blocks of the document.
    pub value: Option<u64>,
    /// Into the local keys.
    pub exact: Option<u32>,
    /// Into the local keys.
    pub template: Option<u32>,
    /// The label that it starts with.
    pub label: Option<Label>,
    /// Into the global keys.
    pub global: Option<u32>,
    /// Into the asked keys.
    pub title: Option<u32>,
    /// What stands behind its label, if it has one; into the asked keys.
    pub labelled_title: Option<u32>,
    /// Range in [`Reading::title_shingles`].
    pub title_shingles: Range<usize>,
    /// How it is set, if it may point to another article.
    pub style: Option<Style>,
}

/// A few words before a colon.
#[derive(Debug, Clone, Copy)]
pub struct Label {
    /// Into the local keys.
    pub key: u32,
    /// Its value: equal for equal words.
    pub value: u64,
    /// One past its last word.
    pub end: usize,
}

/// How a pointer is set, among the fingerprints: see [`Observation::pointers`].
#[derive(Debug, Clone, Copy)]
pub struct Style {
    /// Counts documents with a block of this style; into the local keys.
    pub used: u32,
    /// Counts documents in which such a block was another article's title; into the asked keys.
    pub proven: u32,
}

impl Reading<'_> {
    /// What to ask the store, and what it shall remember.
    #[must_use]
    pub fn observation(&self) -> &Observation {
        &self.observation
    }

    /// The article's text, as it is read: see [`Normalized`].
    #[must_use]
    pub fn text(&self) -> &str {
        self.normalized.as_str()
    }

    /// The article's title, as it is read.
    #[must_use]
    pub fn headline(&self) -> &str {
        self.normalized_title.as_str()
    }

    /// Where unit `index` stands in the article's text as it was sent, in bytes.
    #[must_use]
    pub fn sent(&self, index: usize) -> Range<usize> {
        let unit = &self.parts.units[index];
        self.normalized.sent(&(unit.start..unit.end))
    }

    /// Where the text of unit `index` stands, in bytes; tags around it are left out.
    #[must_use]
    pub fn inner(&self, index: usize) -> Range<usize> {
        let unit = &self.parts.units[index];
        let inside = inner(&self.text()[unit.start..unit.end]);
        unit.start + inside.start..unit.start + inside.end
    }

    /// The text of unit `index`, tags around it left out.
    #[must_use]
    pub fn raw(&self, index: usize) -> &str {
        &self.text()[self.inner(index)]
    }

    /// The text of unit `index` without tags.
    #[must_use]
    pub fn plain(&self, index: usize) -> Cow<'_, str> {
        let unit = &self.parts.units[index];
        plain(&self.text()[unit.start..unit.end])
    }

    /// Whether all of unit `index` stands in brackets, a full stop behind them aside.
    #[must_use]
    pub fn is_aside(&self, index: usize) -> bool {
        let raw = self.raw(index).trim_end_matches(FULL_STOPS);
        let closes = |open: char| OPENING_BRACKETS.iter().position(|o| *o == open).map(|at| CLOSING_BRACKETS[at]);
        self.parts.units[index].kind == UnitKind::Bracket
            || raw.chars().next().and_then(closes).is_some_and(|close| raw.ends_with(close))
    }

    /// The cues inside `block`. A bracket's cues are among those of the sentence around it too.
    pub fn hits_in<'b>(&'b self, block: &'b Block) -> impl Iterator<Item = &'b Hit> {
        self.hits[block.hits.clone()].iter().filter(|hit| hit.end as usize <= block.last)
    }

    /// The shingles inside `block`.
    #[must_use]
    pub fn shingles_in(&self, block: &Block) -> &[(u32, u32)] {
        let from = self.shingles.partition_point(|s| (s.0 as usize) < block.first);
        let to = self.shingles.partition_point(|s| s.0 as usize + SHINGLE <= block.last);
        &self.shingles[from..to.max(from)]
    }
}

struct RuleHints<'a> {
    abbreviations: &'a Abbreviations,
    glued: &'a Glued,
}

impl Hints for RuleHints<'_> {
    fn is_abbreviation(&self, word: &str) -> bool {
        self.abbreviations.contains(word)
    }

    fn is_label(&self, word: &str) -> bool {
        self.glued.is_label(word)
    }
}

/// Gives the words of a text without marks, and of its title, those that the rules know; else those of lines whose marks
/// were taken away with a disguise.
fn with_marks(text: &mut Normalized<'_>, title: &mut Normalized<'_>, language: &str) {
    let all = lacks_marks(language, text.as_str());
    if !all && !text.hides() {
        return;
    }
    let Some(words) = Marked::shipped(language) else { return };
    text.edit(&words.missing(text.as_str(), |line| all || text.was_hidden(&line)));
    if all {
        title.edit(&words.missing(title.as_str(), |_| true));
    }
}

/// Reads `article`, the text model's sums apart. Linear in its length.
#[must_use]
pub fn read<'a>(article: &'a Article, lexicon: &Lexicon) -> Reading<'a> {
    let (abbreviations, glued) = (Abbreviations::shipped(), Glued::shipped());
    let mut normalized = Normalized::text_of(&article.text);
    let mut normalized_title = Normalized::title_of(&article.title);
    let language = article.language.clone().unwrap_or_else(|| detect(normalized.as_str()));
    with_marks(&mut normalized, &mut normalized_title, &language);
    let text = normalized.as_str();
    let tokens = tokenize_with(text, &|word| glued.is_brand(word));
    let parts = segment(text, &tokens, &RuleHints { abbreviations, glued });
    let starts: Vec<u32> = parts
        .units
        .iter()
        .filter(|u| u.kind != UnitKind::Bracket && u.first < u.last)
        .map(|u| u.first as u32)
        .collect();
    let mut hits = lexicon.scan_in(&language, text, &tokens, &starts);
    mark_hidden(&mut hits, &normalized, &tokens);
    drop_quoted(&mut hits, text, &tokens, &parts);
    let elements = elements(&tokens);
    let source = source_key(&article.source);
    let mut keys = Keys::new(source, tokens.words.len(), parts.units.len());
    let mut blocks: Vec<Block> =
        parts.units.iter().map(|u| keys.block(text, &tokens, &elements, &hits, (u.first, u.last))).collect();
    let line_blocks = line_blocks(&parts, &mut blocks, &mut |range| keys.block(text, &tokens, &elements, &hits, range));
    let (shingles, title_shingles) = keys.shingles(&tokens, &parts, &elements, &mut blocks);
    let pointers = keys.pointers(text, &tokens, &parts, &elements, &mut blocks);
    let title = tokenize(normalized_title.as_str());
    let title_value = keys.title(&title);
    let sketch = sketch(&tokens, &parts, &elements, (&blocks, &hits), lexicon);
    let observation = Observation {
        source,
        document: document_key(source, &article.id),
        id: article.id.clone(),
        local: keys.local.into_list(),
        global: keys.global.into_list(),
        asked: keys.asked.into_list(),
        pointers,
        sketch,
    };
    Reading {
        article,
        normalized,
        normalized_title,
        language,
        tokens,
        title,
        title_value,
        parts,
        hits,
        blocks,
        line_blocks,
        shingles,
        title_shingles,
        sums: Vec::new(),
        observation,
    }
}

/// Notes which cues were hidden where the text was read as it was meant.
fn mark_hidden(hits: &mut [Hit], normalized: &Normalized<'_>, tokens: &Tokens) {
    for hit in hits {
        let (first, last) = (&tokens.words[hit.first as usize], &tokens.words[hit.end as usize - 1]);
        if normalized.was_hidden(&(first.start as usize..last.end as usize)) {
            hit.spelling = Spelling::Disguised;
        }
    }
}

/// For every line the index of its block: that of its only unit, or a new one over all its sentences.
fn line_blocks(
    parts: &Segmentation,
    blocks: &mut Vec<Block>,
    new: &mut dyn FnMut((usize, usize)) -> Block,
) -> Vec<usize> {
    let mut of_line = vec![0; parts.lines.len()];
    for (index, unit) in parts.units.iter().enumerate() {
        match unit.kind {
            UnitKind::Line => of_line[unit.line] = index,
            UnitKind::Sentence if of_line[unit.line] == 0 => {
                let line = &parts.lines[unit.line];
                of_line[unit.line] = blocks.len();
                blocks.push(new((line.first, line.last)));
            }
            _ => {}
        }
    }
    of_line
}

/// Sampled shingles of the units that do not speak like an advert.
fn sketch(
    tokens: &Tokens,
    parts: &Segmentation,
    elements: &Elements,
    (blocks, hits): (&[Block], &[Hit]),
    lexicon: &Lexicon,
) -> Vec<u64> {
    let words: usize = parts.lines.iter().map(|l| tokens.length(l.first, l.last)).sum();
    let rate = if words < SKETCH_SHORT.0 { SKETCH_SHORT.1 } else { SKETCH_RATE };
    let sample = |only_article: bool| {
        let mut keys = Vec::new();
        for (unit, block) in parts.units.iter().zip(blocks) {
            if unit.kind == UnitKind::Bracket
                || only_article && cue_weight(&hits[block.hits.clone()], lexicon) >= SKETCH_CUES
            {
                continue;
            }
            let values = rolling(&elements.hashes[unit.first..unit.last], SKETCH_SHINGLE);
            keys.extend(values.map(|v| key(Space::Sketch, 0, v)).filter(|k| k & (rate - 1) == 0));
        }
        keys.sort_unstable();
        keys.dedup();
        keys
    };
    let of_article = sample(true);
    if of_article.is_empty() { sample(false) } else { of_article }
}

fn cue_weight(hits: &[Hit], lexicon: &Lexicon) -> f32 {
    hits.iter().map(|hit| lexicon.cue(hit)).map(|cue| if cue.alone { SKETCH_CUES } else { cue.weight }).sum()
}
