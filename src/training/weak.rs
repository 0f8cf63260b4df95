//! Noisy labels from recurrence: blocks that recur are residue more often than not, blocks that do not are prose.
//!
//! Of about 9,000 recurring lines on 62 publishers' pages five belonged to the article, so the labels are good; what
//! they miss (residue that occurred once) is left to relabelling and to the annotations.

use super::headlines::Headlines;
use super::history::StreamFigures;
use crate::engine::article::Article;
use crate::engine::features::recurrence::{BlockSightings, sightings};
use crate::engine::lexicon::Lexicon;
use crate::engine::model::text::each_feature;
use crate::engine::reading::{Reading, read};
use crate::engine::text::segment::UnitKind;
use crate::learning::random::mix;
use crate::store::{Store, StoreError};
use ahash::AHashMap;
use std::collections::BTreeMap;

/// Bounds on what one source may teach, so that a few large publishers do not become the rule.
#[derive(Debug, Clone, Copy)]
pub struct Caps {
    /// Documents looked at per source, spread evenly over its stream.
    pub documents: usize,
    /// Residue blocks per source; prose is held in proportion.
    pub residue: usize,
    /// Times that the same block of a source may teach.
    pub copies: usize,
}

impl Default for Caps {
    fn default() -> Self {
        Self { documents: 1000, residue: 2500, copies: 3 }
    }
}

/// A labelled block: its features, and how much it counts.
#[derive(Debug, Clone)]
pub struct Sample {
    /// Buckets of the text model.
    pub buckets: Vec<u32>,
    /// Whether it is what the model shall find.
    pub positive: bool,
    /// How much it counts.
    pub weight: f32,
}

/// The samples of every source.
pub type Samples = BTreeMap<String, Vec<Sample>>;

/// What a stream teaches without annotations.
#[derive(Debug, Default)]
pub struct Taught {
    /// Blocks that recur (positive), and blocks that do not. The longer, the surer: they weigh `log2(1 + words)`.
    pub recurrence: Samples,
    /// Headlines (positive), and what is none.
    pub headlines: Samples,
}

impl Taught {
    /// Adds what another stream teaches.
    pub fn extend(&mut self, other: Self) {
        for (all, more) in [(&mut self.recurrence, other.recurrence), (&mut self.headlines, other.headlines)] {
            for (source, samples) in more {
                all.entry(source).or_default().extend(samples);
            }
        }
    }
}

/// Collects samples from a stream that `store` has learned already.
///
/// # Errors
/// If the store fails.
pub fn collect(
    store: &dyn Store,
    stream: impl Iterator<Item = Article>,
    figures: &StreamFigures,
    caps: Caps,
    progress: &mut dyn FnMut(usize),
) -> Result<Taught, StoreError> {
    let lexicon = Lexicon::shipped();
    let mut sources: BTreeMap<String, Collector> = BTreeMap::new();
    for article in stream {
        progress(article.text.len());
        let collector = sources.entry(article.source.clone()).or_default();
        collector.documents += 1;
        let step = figures.documents.get(&article.source).copied().unwrap_or(1).div_ceil(caps.documents).max(1);
        if !collector.documents.is_multiple_of(step) {
            continue;
        }
        let reading = read(&article, lexicon);
        let seen = store.observe(reading.observation(), article.published_at.unwrap_or(0), false)?;
        if seen.near_duplicate_of.is_some() {
            continue;
        }
        collector.headlines.add(&reading, &seen);
        for (index, unit) in reading.parts.units.iter().enumerate() {
            if unit.kind != UnitKind::Bracket && unit.first < unit.last {
                let found = sightings(&reading, &reading.blocks[index], &seen);
                collector.add(&reading, index, &found, seen.source_documents, caps);
            }
        }
    }
    let mut taught = Taught::default();
    for (source, mut collector) in sources {
        taught.headlines.insert(source.clone(), std::mem::take(&mut collector.headlines).finish());
        taught.recurrence.insert(source, collector.finish(caps));
    }
    Ok(taught)
}

#[derive(Default)]
struct Collector {
    documents: usize,
    copies: AHashMap<u64, usize>,
    residue: Vec<(u64, Sample)>,
    prose: Vec<(u64, Sample)>,
    headlines: Headlines,
}

impl Collector {
    fn add(&mut self, reading: &Reading<'_>, index: usize, found: &BlockSightings, history: u32, caps: Caps) {
        let unit = &reading.parts.units[index];
        let words = unit.last - unit.first;
        let Some(residue) = weak_label(found, words, history) else { return };
        let value = reading.blocks[index].value.unwrap_or(0);
        // Prose is plentiful: a fifth of it is enough, chosen by its own hash.
        if !residue && !mix(value).is_multiple_of(5) {
            return;
        }
        if residue {
            let copies = self.copies.entry(value).or_default();
            *copies += 1;
            if *copies > caps.copies {
                return;
            }
        }
        let mut buckets = Vec::new();
        each_feature(&reading.tokens, unit.first, unit.last, reading.raw(index), &mut |bucket| buckets.push(bucket));
        let weight = ((1 + words) as f32).log2();
        let order = mix(value ^ reading.observation().document);
        let side = if residue { &mut self.residue } else { &mut self.prose };
        side.push((order, Sample { buckets, positive: residue, weight }));
    }

    /// The samples within the caps, in an order that depends on their contents alone.
    fn finish(mut self, caps: Caps) -> Vec<Sample> {
        self.residue.sort_by_key(|s| s.0);
        self.prose.sort_by_key(|s| s.0);
        self.residue.truncate(caps.residue);
        // Sources without residue still teach what prose is: 60 samples at the least.
        let prose = (self.residue.len() * 13 / 10 + 300).min(caps.residue).max(60);
        self.prose.truncate(prose);
        self.residue.into_iter().chain(self.prose).map(|s| s.1).collect()
    }
}

/// Residue: three witnesses and five words, or five witnesses and 2 % of the documents, or four sources. Prose: no
/// other witness, hardly covered by recurring shingles. Otherwise nothing is known.
fn weak_label(found: &BlockSightings, words: usize, history: u32) -> Option<bool> {
    let n = found.exact.witnesses;
    let rate = n as f32 / history.max(30) as f32;
    if n >= 3 && words >= 5 || n >= 5 && rate >= 0.02 || found.sources >= 4 && words >= 4 {
        return Some(true);
    }
    (n <= 1 && found.sources <= 1 && found.covered[0] <= 0.35).then_some(false)
}
