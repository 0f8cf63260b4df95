//! Recurrence as columns: how often a block, its frame and its shingles were seen, and how densely.
//!
//! Counts are of distinct witnesses and enter by logarithm and by steps; what they are worth is learned. No column
//! removes anything by itself: refrains and standing method notes recur as well.

use crate::engine::observation::{Seen, Sightings};
use crate::engine::reading::{Block, Reading};

/// Columns of a unit.
pub const NAMES: &[&str] = &[
    "seen.log",
    "seen.ge2",
    "seen.ge3",
    "seen.ge5",
    "seen.ge12",
    "seen.rate",
    "seen.rate_high",
    "seen.dense",
    "seen.recent",
    "seen.ge3_long",
    "seen.ge3_prose",
    "seen.short_rate",
    "seen.template_log",
    "seen.template_ge3",
    "seen.template_extra",
    "seen.label_log",
    "seen.label_varies",
    "seen.parts",
    "seen.sources_log",
    "seen.sources_ge3",
    "seen.sources_ge5",
    "seen.title",
    "line.seen_log",
    "line.seen_ge3",
    "line.template_log",
    "line.sources_log",
    "line.title",
    "seen.pointer_style",
    "history.log",
    "history.lt3",
    "history.lt20",
];

/// What the store knows of one block.
#[derive(Debug, Clone, Copy, Default)]
pub struct BlockSightings {
    /// The block itself, slots apart.
    pub exact: Sightings,
    /// Its frame of constant words.
    pub template: Sightings,
    /// The label that it starts with.
    pub label: Sightings,
    /// Sources that carried it.
    pub sources: u32,
    /// Other articles of the source with this title.
    pub titles: u32,
    /// Share of its shingles that are parts of other articles' titles.
    pub title_covered: f32,
    /// How often its source points to other articles by blocks that are set like this one: root of the share of the
    /// documents with such blocks in which one was another article's title, 0 below three documents.
    pub style: f32,
    /// Shares of its shingles seen in at least 3 and 5 documents.
    pub covered: [f32; 2],
}

/// Documents in which a style must have proved to point elsewhere. One may repeat a headline by accident.
const STYLE_FROM: u32 = 3;
/// Share of a block's shingles from which they come from a title that was shortened or got a label or rubric: more
/// than half of them. Not varied.
const TITLE_COVERED: f32 = 0.6;

impl BlockSightings {
    /// The same, as if the source had no other article.
    pub(super) fn without_titles(self) -> Self {
        Self { titles: 0, title_covered: 0.0, style: 0.0, ..self }
    }

    /// How surely the block is another article's title, 0..1.
    fn title(&self) -> f32 {
        match self.titles {
            0 if self.title_covered < TITLE_COVERED => 0.0,
            0 => self.title_covered,
            _ => 1.0,
        }
    }
}

/// Looks `block` up in `seen`. Missing sightings count as unseen.
#[must_use]
pub fn sightings(reading: &Reading<'_>, block: &Block, seen: &Seen) -> BlockSightings {
    let pick =
        |list: &[Sightings], index: Option<u32>| index.and_then(|i| list.get(i as usize)).copied().unwrap_or_default();
    let shingles = reading.shingles_in(block);
    let (mut three, mut five) = (0, 0);
    for shingle in shingles {
        let witnesses = seen.local.get(shingle.1 as usize).map_or(0, |seen| seen.witnesses);
        three += usize::from(witnesses >= 3);
        five += usize::from(witnesses >= 5);
    }
    let share = |part: usize| part as f32 / shingles.len().max(1) as f32;
    let title_shingles = &reading.title_shingles[block.title_shingles.clone()];
    let in_titles = title_shingles.iter().filter(|i| pick(&seen.asked, Some(**i)).witnesses >= 1).count();
    let titles = [block.title, block.labelled_title].map(|title| pick(&seen.asked, title).witnesses);
    let style = block.style.map_or(0.0, |style| {
        let (used, proven) = (pick(&seen.local, Some(style.used)), pick(&seen.asked, Some(style.proven)));
        let share = proven.witnesses as f32 / used.witnesses.max(1) as f32;
        if proven.witnesses >= STYLE_FROM { share.min(1.0).sqrt() } else { 0.0 }
    });
    BlockSightings {
        style,
        title_covered: in_titles as f32 / title_shingles.len().max(1) as f32,
        exact: pick(&seen.local, block.exact),
        template: pick(&seen.local, block.template),
        label: pick(&seen.local, block.label.map(|label| label.key)),
        sources: pick(&seen.global, block.global).witnesses,
        titles: titles[0].max(titles[1]),
        covered: [share(three), share(five)],
    }
}

/// Witnesses from which a block is known as a whole. What is known of its parts says more only below that: beside exact
/// counts, coverage took two points of F1 from publishers that had not taught it.
const KNOWN_FROM: u32 = 3;

/// Documents of the source below which rates mean nothing.
const RATE_FLOOR: u32 = 30;

/// Writes the columns of a unit of `words` words: `own` are its sightings, `line` those of its line. `prose` says that
/// it is long and ends like a sentence.
pub fn fill(own: &BlockSightings, line: &BlockSightings, seen: &Seen, (words, prose): (usize, bool), out: &mut [f32]) {
    let flag = |value: bool| f32::from(u8::from(value));
    let log = |n: u32| (n.min(256) as f32).max(1.0).log2() / 8.0;
    let n = own.exact.witnesses;
    let history = seen.source_documents.max(1);
    let rate = n as f32 / history.max(RATE_FLOOR) as f32;
    let stretch = own.exact.last_ordinal.saturating_sub(own.exact.first_ordinal) + 1;
    let dense = if n >= 3 { (n as f32 / stretch as f32).min(1.0).sqrt() } else { 0.0 };
    let ago = history.saturating_sub(own.exact.last_ordinal);
    let template = own.template.witnesses;
    let values = [
        log(n),
        flag(n >= 2),
        flag(n >= 3),
        flag(n >= 5),
        flag(n >= 12),
        rate.min(1.0).sqrt(),
        flag(n >= 5 && rate >= 0.02),
        dense,
        flag(n >= 3 && ago <= 50),
        flag(n >= 3 && words >= 5),
        flag(n >= 3 && prose),
        flag(words <= 4 && n >= 5 && rate >= 0.02),
        log(template),
        flag(template >= 3),
        (log(template) - log(n)).max(0.0),
        log(own.label.witnesses),
        flag(own.label.witnesses >= 3 && n < 2),
        if n < KNOWN_FROM { own.covered[1] } else { 0.0 },
        log(own.sources),
        flag(own.sources >= 3),
        flag(own.sources >= 5),
        own.title(),
        log(line.exact.witnesses),
        flag(line.exact.witnesses >= 3),
        log(line.template.witnesses),
        log(line.sources),
        line.title(),
        own.style,
        (history.min(2048) as f32).log2() / 11.0,
        flag(history < 3),
        flag(history < 20),
    ];
    out[..values.len()].copy_from_slice(&values);
}
