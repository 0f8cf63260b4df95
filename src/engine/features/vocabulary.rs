//! The words of a unit against those around it. Residue seldom speaks of what the article speaks of; a section heading
//! does, in the lines below it; a pointer to another article names people and places that this one does not.
//!
//! Words that come again as a measure of what belongs together: Hearst, "`TextTiling`: Segmenting Text into
//! Multi-paragraph Subtopic Passages", Computational Linguistics 23(1), 1997.

use super::topic::{Topic, each_topic};
use crate::engine::text::segment::{Unit, UnitKind};
use crate::engine::text::token::Tokens;
use ahash::{AHashMap, AHashSet};

/// Names of the columns that [`Vocabulary::fill`] writes.
pub const NAMES: &[&str] = &[
    "words.long",
    "words.no_long",
    "words.shared",
    "words.in_title",
    "cohesion.after",
    "cohesion.before",
    "cohesion.shared",
    "cohesion.in_title",
    "cohesion.new_names",
    "cohesion.names",
    "cohesion.title_case",
    "cohesion.title_case_known",
];

/// Units on each side among which a word counts as coming again: a heading's words do in the paragraph below it. Not varied.
const NEAR: u32 = 3;

/// A word that carries the topic, where it stands.
#[derive(Debug, Clone, Copy)]
#[expect(clippy::struct_excessive_bools, reason = "each is a fact of its own")]
struct Occurrence {
    word: u32,
    /// Which of the document's topics it is.
    topic: u32,
    long: bool,
    in_title: bool,
    /// Comes again in one of the next units, or did in one of the units before.
    after: bool,
    before: bool,
}

/// The topics of a document.
#[derive(Debug)]
pub struct Vocabulary<'a> {
    tokens: &'a Tokens,
    occurrences: Vec<Occurrence>,
    /// Per topic how often it occurs.
    counts: Vec<u32>,
    /// Share of the title's words that are capitalised; `None` where there are too few to tell.
    title_case: Option<f32>,
}

impl<'a> Vocabulary<'a> {
    /// Gathers the topics of `tokens`, whose units are `units`. Linear.
    #[must_use]
    pub fn new(tokens: &'a Tokens, units: &[Unit], title: &Tokens) -> Self {
        let mut in_title = AHashSet::new();
        let mut title_case = Case::default();
        each_topic(title, 0, title.words.len(), &mut |topic| {
            in_title.insert(topic.value);
            title_case.add(title.words[topic.word].capital);
        });
        // Nearly half of all words come as topics, and every second one of them comes again.
        let mut topics = AHashMap::with_capacity(tokens.words.len() / 4);
        let mut counts: Vec<u32> = Vec::with_capacity(tokens.words.len() / 4);
        let mut occurrences = Vec::with_capacity(tokens.words.len() / 2);
        each_topic(tokens, 0, tokens.words.len(), &mut |Topic { word, value, long }| {
            let topic = *topics.entry(value).or_insert(counts.len() as u32);
            if topic as usize == counts.len() {
                counts.push(0);
            }
            counts[topic as usize] += 1;
            let (word, in_title) = (word as u32, in_title.contains(&value));
            occurrences.push(Occurrence { word, topic, long, in_title, after: false, before: false });
        });
        mark_near(&mut occurrences, units, counts.len());
        Self { tokens, occurrences, counts, title_case: title_case.share() }
    }

    /// Writes the columns of `unit` into `out`, whose length is that of [`NAMES`].
    pub fn fill(&self, unit: &Unit, out: &mut [f32]) {
        let from = self.occurrences.partition_point(|o| (o.word as usize) < unit.first);
        let inside = self.occurrences[from..].iter().take_while(|o| (o.word as usize) < unit.last);
        let mut all = Counts::default();
        let mut long = Counts::default();
        let mut case = Case::default();
        let (mut after, mut before, mut names, mut new) = (0, 0, 0, 0);
        for occurrence in inside {
            let alone = self.counts[occurrence.topic as usize] == 1;
            all.add(occurrence, alone);
            if occurrence.long {
                long.add(occurrence, alone);
            }
            after += usize::from(occurrence.after);
            before += usize::from(occurrence.before);
            // The first word has its capital from its place.
            let at = occurrence.word as usize;
            let capital = self.tokens.words[at].capital;
            case.add(capital);
            if at > unit.first && capital {
                names += 1;
                new += usize::from(alone);
            }
        }
        let case = case.share().zip(self.title_case);
        let values = [
            long.topics.min(8) as f32 / 8.0,
            f32::from(u8::from(long.topics == 0)),
            share(long.shared, long.topics),
            share(long.in_title, long.topics),
            share(after, all.topics),
            share(before, all.topics),
            share(all.shared, all.topics),
            share(all.in_title, all.topics),
            share(new, names),
            (names as f32).ln_1p(),
            case.map_or(0.0, |(own, title)| 1.0 - (own - title).abs()),
            f32::from(u8::from(case.is_some())),
        ];
        out.copy_from_slice(&values);
    }
}

/// Topics of a unit.
#[derive(Debug, Default)]
struct Counts {
    topics: usize,
    /// That the document has elsewhere too.
    shared: usize,
    in_title: usize,
}

impl Counts {
    fn add(&mut self, occurrence: &Occurrence, alone: bool) {
        self.topics += 1;
        self.shared += usize::from(!alone);
        self.in_title += usize::from(occurrence.in_title);
    }
}

fn share(part: usize, whole: usize) -> f32 {
    part as f32 / whole.max(1) as f32
}

/// Finds out which words come again within [`NEAR`] units. Brackets are parts of their sentences.
fn mark_near(occurrences: &mut [Occurrence], units: &[Unit], topics: usize) {
    let ends: Vec<u32> = units.iter().filter(|u| u.kind != UnitKind::Bracket).map(|u| u.last as u32).collect();
    let mut unit = 0;
    let places: Vec<u32> = occurrences
        .iter()
        .map(|occurrence| {
            while ends.get(unit).is_some_and(|end| *end <= occurrence.word) {
                unit += 1;
            }
            unit as u32
        })
        .collect();
    let mut met = Met::new(topics);
    for (occurrence, &place) in occurrences.iter_mut().zip(&places) {
        occurrence.before = met.meet(occurrence.topic, place).is_some_and(|last| place - last <= NEAR);
    }
    let mut met = Met::new(topics);
    for (occurrence, &place) in occurrences.iter_mut().zip(&places).rev() {
        occurrence.after = met.meet(occurrence.topic, place).is_some_and(|next| next - place <= NEAR);
    }
}

/// In which unit each topic was met last, and in which other unit before that.
struct Met(Vec<[u32; 2]>);

impl Met {
    const NOWHERE: u32 = u32::MAX;

    fn new(topics: usize) -> Self {
        Self(vec![[Self::NOWHERE; 2]; topics])
    }

    /// Notes that `topic` stands in unit `place`; the last other unit that it was met in.
    fn meet(&mut self, topic: u32, place: u32) -> Option<u32> {
        let [last, other] = &mut self.0[topic as usize];
        if *last != place {
            (*other, *last) = (*last, place);
        }
        (*other != Self::NOWHERE).then_some(*other)
    }
}

/// How many words are capitalised. Short ones, which are small in either style of headlines, are no topics.
#[derive(Debug, Default)]
struct Case {
    words: u32,
    capital: u32,
}

impl Case {
    fn add(&mut self, capital: bool) {
        // The first one says nothing.
        self.capital += u32::from(capital && self.words > 0);
        self.words += 1;
    }

    /// The share that is, 0..1; `None` where there are too few to tell.
    fn share(&self) -> Option<f32> {
        (self.words >= 3).then(|| self.capital as f32 / (self.words - 1) as f32)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::engine::article::Article;
    use crate::engine::lexicon::Lexicon;
    use crate::engine::reading::read;

    /// The column `name` of every unit of `text`, whose lines are single sentences.
    fn column(title: &str, text: &str, name: &str) -> Vec<f32> {
        let article = Article { title: title.into(), text: text.into(), ..Article::default() };
        let reading = read(&article, Lexicon::shipped());
        let vocabulary = Vocabulary::new(&reading.tokens, &reading.parts.units, &reading.title);
        let at = NAMES.iter().position(|n| *n == name).unwrap();
        let mut row = vec![0.0; NAMES.len()];
        let units = &reading.parts.units;
        units
            .iter()
            .map(|unit| {
                vocabulary.fill(unit, &mut row);
                row[at]
            })
            .collect()
    }

    const TEXT: &str = "The harbour bridge stays closed.\nBridge repairs\nWorkers weld the bridge at night.\n\
                        Parliament debates Sunday trading hours in Norway\nThe ferry takes commuters meanwhile.";

    #[test]
    fn a_heading_speaks_of_what_follows() {
        let after = column("", TEXT, "cohesion.after");
        assert!(after[1] >= 0.5, "{after:?}");
        assert!(after[3].abs() < f32::EPSILON && after[4].abs() < f32::EPSILON, "{after:?}");
        let before = column("", TEXT, "cohesion.before");
        assert!(before[0].abs() < f32::EPSILON && before[1] >= 0.5, "{before:?}");
    }

    #[test]
    fn a_word_twice_in_one_unit_comes_again_nowhere() {
        assert_eq!(column("", "bridge to bridge\nferry", "cohesion.after"), [0.0, 0.0]);
        assert_eq!(column("", "bridge to bridge\nferry", "cohesion.before"), [0.0, 0.0]);
    }

    #[test]
    fn names_that_stand_nowhere_else_are_new() {
        let new = column("", "Visit Katowice, Katowice!\nA trip to Rybnik and to Katowice", "cohesion.new_names");
        assert_eq!(new, [0.0, 0.5]);
    }

    #[test]
    fn a_pointer_is_capitalised_as_the_title_is() {
        let case = column(
            "Harbour Bridge Stays Closed",
            "Ferry Tickets Sold Out Again\nferry tickets sold again",
            "cohesion.title_case",
        );
        assert_eq!(case, [1.0, 0.0]);
        assert_eq!(column("Bridge", "Ferry Tickets Sold Out", "cohesion.title_case_known"), [0.0]);
    }
}
