//! The fingerprints of a document: which keys it brings, and where they stand in the observation's lists.

use super::{Block, Label};
use crate::engine::fingerprint::element::{Elements, elements, exact_value, label_value, template_value};
use crate::engine::fingerprint::key::{Space, key};
use crate::engine::fingerprint::shingle::{SHINGLE, rolling, winnow};
use crate::engine::lexicon::Hit;
use crate::engine::text::marks::starts_with_colon;
use crate::engine::text::segment::Segmentation;
use crate::engine::text::token::Tokens;
use ahash::RandomState;
use indexmap::IndexSet;

/// Blocks with fewer words are not counted over sources: a word or two that two publishers share prove nothing.
const GLOBAL_WORDS: usize = 4;
/// Blocks with fewer words are not taken for another article's title.
pub(super) const TITLE_WORDS: usize = 3;
/// Longer units are no pointers to other articles, so their shingles are not looked for among titles. The longest
/// headlines have about 20 words; a pointer may bring a label and a rubric besides.
pub(super) const POINTER_WORDS: usize = 30;
/// A label has at most this many words before its colon.
const LABEL_WORDS: usize = 5;

/// Distinct keys, numbered in the order of their appearance.
#[derive(Default)]
pub(super) struct Distinct(IndexSet<u64, RandomState>);

impl Distinct {
    fn with_capacity(keys: usize) -> Self {
        Self(IndexSet::with_capacity_and_hasher(keys, RandomState::new()))
    }

    /// The number of `key`, which is added if it is new.
    pub(super) fn add(&mut self, key: u64) -> u32 {
        self.0.insert_full(key).0 as u32
    }

    pub(super) fn into_list(self) -> Vec<u64> {
        self.0.into_iter().collect()
    }
}

/// The keys of a document, gathered while it is read.
pub(super) struct Keys {
    pub(super) source: u64,
    pub(super) local: Distinct,
    pub(super) global: Distinct,
    pub(super) asked: Distinct,
}

impl Keys {
    pub(super) fn new(source: u64, words: usize, units: usize) -> Self {
        Self {
            source,
            // Two shingles in five words, three keys per unit, and some room.
            local: Distinct::with_capacity(words / 2 + 4 * units),
            global: Distinct::with_capacity(units),
            asked: Distinct::with_capacity(words / 4 + units),
        }
    }

    pub(super) fn block(
        &mut self,
        text: &str,
        tokens: &Tokens,
        elements: &Elements,
        hits: &[Hit],
        (first, last): (usize, usize),
    ) -> Block {
        let value = exact_value(elements, first, last);
        let n = tokens.length(first, last);
        let exact = value.map(|v| self.local.add(key(Space::Exact, self.source, v)));
        let template = template_value(tokens, elements, first, last);
        let template = template.map(|v| self.local.add(key(Space::Template, self.source, v)));
        let label = label_end(text, tokens, first, last).map(|end| {
            let value = label_value(elements, first, end);
            Label { key: self.local.add(key(Space::Label, self.source, value)), value, end }
        });
        let global = value.filter(|_| n >= GLOBAL_WORDS).map(|v| self.global.add(key(Space::Global, 0, v)));
        let title = value.filter(|_| n >= TITLE_WORDS).map(|v| self.asked.add(key(Space::Title, self.source, v)));
        let from = hits.partition_point(|hit| (hit.first as usize) < first);
        let to = hits.partition_point(|hit| (hit.first as usize) < last);
        Block {
            first,
            last,
            hits: from..to.max(from),
            value,
            exact,
            template,
            label,
            global,
            title,
            labelled_title: None,
            title_shingles: 0..0,
            style: None,
        }
    }

    /// The winnowed shingles of all lines; those of short units are asked for among the titles as well.
    pub(super) fn shingles(
        &mut self,
        tokens: &Tokens,
        parts: &Segmentation,
        elements: &Elements,
        blocks: &mut [Block],
    ) -> (Vec<(u32, u32)>, Vec<u32>) {
        let most = elements.hashes.len() / 2;
        let (mut found, mut values) = (Vec::with_capacity(most), Vec::with_capacity(most));
        let mut titles = Vec::with_capacity(most);
        for line in &parts.lines {
            winnow(&elements.hashes[line.first..line.last], |at, value| {
                found.push(((line.first + at) as u32, self.local.add(key(Space::Shingle, self.source, value))));
                values.push(value);
            });
        }
        for (unit, block) in parts.units.iter().zip(blocks) {
            if unit.last - unit.first >= SHINGLE && tokens.length(unit.first, unit.last) <= POINTER_WORDS {
                let from = found.partition_point(|s: &(u32, u32)| (s.0 as usize) < unit.first);
                let inside = (from..found.len()).take_while(|&i| found[i].0 as usize + SHINGLE <= unit.last);
                let before = titles.len();
                titles.extend(inside.map(|i| self.asked.add(key(Space::TitleShingle, self.source, values[i]))));
                block.title_shingles = before..titles.len();
            }
        }
        (found, titles)
    }

    /// Counts the title and its parts; returns its value.
    pub(super) fn title(&mut self, title: &Tokens) -> Option<u64> {
        let n = title.words.len();
        let elements = elements(title);
        let whole = exact_value(&elements, 0, n);
        if let Some(value) = whole.filter(|_| title.length(0, n) >= TITLE_WORDS) {
            self.local.add(key(Space::Title, self.source, value));
        }
        for value in rolling(&elements.hashes, SHINGLE) {
            self.local.add(key(Space::TitleShingle, self.source, value));
        }
        whole
    }
}

/// One past the last word of the label that the words `first..last` start with: up to five words, a colon, and
/// something after it.
fn label_end(text: &str, tokens: &Tokens, first: usize, last: usize) -> Option<usize> {
    let is_short = |end: &usize| *end < last && tokens.length(first, *end) <= LABEL_WORDS;
    (first + 1..last).take_while(is_short).find(|&end| starts_with_colon(&text[tokens.words[end - 1].end as usize..]))
}
