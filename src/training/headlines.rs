//! What a headline sounds like, from the streams: every title is one, lines and sentences of the texts are none.
//!
//! Pointers to other articles are their headlines, mostly without a label. A heading or an entry of a list is set like
//! one, but does not read like one.

use super::weak::Sample;
use crate::engine::features::{is_open, recurrence::sightings};
use crate::engine::model::text::each_feature;
use crate::engine::observation::Seen;
use crate::engine::reading::Reading;
use crate::engine::text::marks::FULL_STOPS;
use crate::engine::text::segment::UnitKind;
use crate::engine::text::token::Tokens;
use crate::learning::random::mix;
use ahash::AHashSet;
use std::ops::Range;

/// Bytes of a headline, and of what is set against it. Like the numbers below set once, and not varied since.
const LENGTH: Range<usize> = 12..200;
/// Lines of a document that teach.
const LINES: usize = 4;
/// Sentences of a document that teach.
const SENTENCES: usize = 2;
/// Samples of a source on either side that count whole: with more, each counts the less.
const WHOLE: usize = 300;
/// Samples of a source on either side at the most.
const MOST: usize = 2000;

/// The samples of one source.
#[derive(Debug, Default)]
pub struct Headlines {
    /// Hashes of what was met: nothing teaches twice.
    met: AHashSet<u64>,
    titles: Vec<(u64, Sample)>,
    others: Vec<(u64, Sample)>,
}

impl Headlines {
    /// Takes samples of an article, of which the store knows `seen`.
    pub fn add(&mut self, reading: &Reading<'_>, seen: &Seen) {
        let document = reading.observation().document;
        let title = &reading.title;
        if let Some(value) = reading.title_value {
            self.push(true, value, document, (title, 0, title.words.len()), reading.headline().trim());
        }
        let units = &reading.parts.units;
        let value = |i: &usize| reading.blocks[*i].value;
        // The first line may be the title once more.
        let is_line = |i: &usize| units[*i].kind == UnitKind::Line && units[*i].line > 0 && is_open(reading, *i);
        // Pointers that are known to be some are no lines of this text.
        let own = |i: &usize| sightings(reading, &reading.blocks[*i], seen).titles == 0;
        let drawn = |i: &usize| value(i).is_some_and(|v| mix(v ^ document).is_multiple_of(2));
        let lines = (0..units.len()).filter(is_line).filter(drawn).filter(own).take(LINES);
        let short = |i: &usize| LENGTH.contains(&reading.raw(*i).len());
        let mut sentences: Vec<usize> = (0..units.len())
            .filter(|i| units[*i].kind == UnitKind::Sentence && !is_open(reading, *i) && value(i).is_some())
            .filter(short)
            .collect();
        sentences.sort_by_key(|i| mix(value(i).unwrap_or(0) ^ document));
        for i in lines.chain(sentences.into_iter().take(SENTENCES)) {
            let unit = &units[i];
            // Without its full stop, which would tell by itself that it is no headline, so that nothing else were learned.
            let raw = reading.raw(i).trim_end_matches(FULL_STOPS);
            self.push(false, value(&i).unwrap_or(0), document, (&reading.tokens, unit.first, unit.last), raw);
        }
    }

    fn push(&mut self, title: bool, value: u64, document: u64, words: (&Tokens, usize, usize), raw: &str) {
        if !LENGTH.contains(&raw.len()) || !self.met.insert(value) {
            return;
        }
        let (tokens, first, last) = words;
        let mut buckets = Vec::new();
        each_feature(tokens, first, last, raw, &mut |bucket| buckets.push(bucket));
        let side = if title { &mut self.titles } else { &mut self.others };
        side.push((mix(value ^ document), Sample { buckets, positive: title, weight: 1.0 }));
    }

    /// The samples, in an order that depends on their contents alone.
    #[must_use]
    pub fn finish(self) -> Vec<Sample> {
        let mut samples = Vec::new();
        for mut side in [self.titles, self.others] {
            side.sort_by_key(|(order, _)| *order);
            side.truncate(MOST);
            let weight = (WHOLE as f32 / side.len().max(1) as f32).min(1.0);
            samples.extend(side.into_iter().map(|(_, sample)| Sample { weight, ..sample }));
        }
        samples
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::engine::article::Article;
    use crate::engine::lexicon::Lexicon;
    use crate::engine::reading::read;

    #[test]
    fn titles_teach_what_headlines_are_and_lines_and_sentences_what_they_are_not() {
        let lines: Vec<String> = (0..9).map(|i| format!("What the harbour master of quay {i} wants to say")).collect();
        let prose = "The bridge stays closed until May. Workers weld it at night. Ferries take the commuters across.";
        let text = format!("{prose}\n{}", lines.join("\n"));
        let article = Article { title: "Bridge stays closed until May".into(), text, ..Article::default() };
        let reading = read(&article, Lexicon::shipped());
        let mut headlines = Headlines::default();
        headlines.add(&reading, &Seen::default());
        let (titles, others) = (headlines.titles.len(), headlines.others.len());
        assert_eq!(titles, 1);
        assert!((SENTENCES + 1..=SENTENCES + LINES).contains(&others), "{others}");
        headlines.add(&reading, &Seen::default());
        assert_eq!(headlines.titles.len(), 1, "the same teaches once");
        let samples = headlines.finish();
        assert_eq!(samples.iter().filter(|sample| sample.positive).count(), 1);
        assert!(samples.iter().all(|sample| !sample.buckets.is_empty() && sample.weight > 0.99));
    }
}
