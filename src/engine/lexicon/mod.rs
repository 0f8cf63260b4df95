//! The cue lexicon: phrases that tell what a sentence *does* (sells, asks to subscribe, points elsewhere, disclaims),
//! grouped by function and gathered per language in `rules/`.
//!
//! A hit is evidence, no verdict: who decides weighs it with its place, its recurrence and its neighbours. Phrases come
//! from the language, not from single publishers.

mod abbreviations;
mod accents;
mod automaton;
mod bent;
mod dates;
mod error;
mod familiar;
mod file;
mod glued;
mod pattern;
mod shipped;
#[cfg(test)]
mod tests;
mod word_list;
mod words;

pub use abbreviations::{Abbreviations, Stop};
pub use dates::Dates;
pub use error::RuleError;
pub use glued::Glued;
pub use pattern::{MAX_EXPANSIONS, MAX_GAP, PatternError};
pub use shipped::{FILES, all_rules};
pub use word_list::WordList;

use super::language::primary;
use super::span::Kind;
use super::text::marks::{CLOSING_BRACKETS, CLOSING_QUOTES, FULL_STOPS, starts_with_colon};
use super::text::token::Tokens;
pub(super) use accents::{Marked, lacks_marks};
use automaton::Automaton;
use bent::{Bent, BentMatch};
use std::sync::LazyLock;

/// What a group of cues stands for.
#[derive(Debug, Clone, PartialEq)]
pub struct Group {
    /// Stable name, for example `read_also`.
    pub id: String,
    /// What a sentence with such a cue does.
    pub description: String,
    /// Kinds of span it speaks for, with shares that add up to 1.
    pub kinds: Vec<(Kind, f32)>,
    /// Prior log-odds that a short unit which carries such a cue is no article.
    pub weight: f32,
}

/// A block of phrases of one language and one strength.
#[derive(Debug, Clone, PartialEq)]
pub struct Cue {
    /// Index into [`Lexicon::groups`].
    pub group: u8,
    /// BCP 47 tag; `mul` if the phrases belong to no language.
    pub lang: String,
    /// Prior log-odds, the group's unless the block has its own.
    pub weight: f32,
    /// Suffices alone where nothing speaks against it: hardly ever occurs in articles.
    pub alone: bool,
    /// An invented sentence that the block hits.
    pub example: String,
    /// An invented sentence that looks alike and must not be hit.
    pub counter: Option<String>,
    /// Number of phrases, alternatives multiplied out.
    pub phrases: usize,
}

/// Cues below this log-odds are common words (a "we", a "now"), which make nothing suspicious.
const WEAK: f32 = 1.0;
/// Log-odds of cues from which on they say what a unit is.
pub const TELLING: f32 = 1.5;

impl Cue {
    /// Whether it is no more than a common word.
    #[must_use]
    pub fn is_weak(&self) -> bool {
        self.weight < WEAK
    }

    /// Whether it says by itself what a unit is.
    #[must_use]
    pub fn is_telling(&self) -> bool {
        self.weight >= TELLING
    }
}

impl Group {
    /// The kind that it speaks for most.
    #[must_use]
    pub fn likeliest(&self) -> Kind {
        let best = self.kinds.iter().max_by(|a, b| a.1.total_cmp(&b.1));
        best.map_or(Kind::Furniture, |(kind, _)| *kind)
    }
}

/// A cue found in a text.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Hit {
    /// Index into [`Lexicon::groups`].
    pub group: u8,
    /// Index into [`Lexicon::cues`]: the strongest of the cues that were merged into the hit.
    pub cue: u32,
    /// First word.
    pub first: u32,
    /// One past the last word.
    pub end: u32,
    /// How it is spelled.
    pub spelling: Spelling,
}

/// How the words of a cue are spelled, the most harmless first.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Spelling {
    /// As the rules have it.
    Right,
    /// As a typing error leaves it: articles have these too.
    Slip,
    /// On purpose, so that readers know the word and filters do not.
    Disguised,
}

/// All cues, compiled.
#[derive(Default)]
pub struct Lexicon {
    groups: Vec<Group>,
    cues: Vec<Cue>,
    automaton: Automaton,
    bent: Bent,
    id: familiar::Id,
}

impl std::fmt::Debug for Lexicon {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let (groups, cues) = (self.groups.len(), self.cues.len());
        f.debug_struct("Lexicon").field("groups", &groups).field("cues", &cues).finish_non_exhaustive()
    }
}

impl Lexicon {
    /// The lexicon that ships with the crate, compiled once.
    #[must_use]
    pub fn shipped() -> &'static Self {
        static SHIPPED: LazyLock<Lexicon> = LazyLock::new(|| {
            Lexicon::parse(FILES, Some(shipped::FUZZY)).expect("the shipped rules are well-formed: tests compile them")
        });
        &SHIPPED
    }

    /// Compiles cue files, one group each, given as (name, TOML); `fuzzy` lists the head words whose bent spellings are
    /// looked for.
    ///
    /// # Errors
    /// Names the first file and cue that is malformed, and why.
    pub fn parse(files: &[(&str, &str)], fuzzy: Option<(&str, &str)>) -> Result<Self, RuleError> {
        file::compile(files, fuzzy)
    }

    /// The groups, in the order of the files.
    #[must_use]
    pub fn groups(&self) -> &[Group] {
        &self.groups
    }

    /// The cue blocks.
    #[must_use]
    pub fn cues(&self) -> &[Cue] {
        &self.cues
    }

    /// The index of the group `id`.
    #[must_use]
    pub fn group_index(&self, id: &str) -> Option<u8> {
        self.groups.iter().position(|group| group.id == id).map(|index| index as u8)
    }

    /// The group of a hit of this lexicon. Panics on a hit of another one, as slices do.
    #[must_use]
    pub fn group(&self, hit: &Hit) -> &Group {
        &self.groups[usize::from(hit.group)]
    }

    /// The cue of a hit of this lexicon. Panics on a hit of another one, as slices do.
    #[must_use]
    pub fn cue(&self, hit: &Hit) -> &Cue {
        &self.cues[hit.cue as usize]
    }

    /// Number of distinct literals that the automaton looks for.
    #[must_use]
    pub fn literals(&self) -> usize {
        self.automaton.len()
    }

    /// Every cue in the text, ordered by first word; hits of one group that overlap are merged into one that carries
    /// the strongest cue.
    ///
    /// `tokens` are those of `text`. `units` are the indexes of the words at which units (lines or sentences) start,
    /// ascending: no hit reaches over one, and cues that open or close a unit are judged by them.
    #[must_use]
    pub fn scan(&self, text: &str, tokens: &Tokens, units: &[u32]) -> Vec<Hit> {
        self.merge(self.matches(text, tokens, units))
    }

    /// [`Self::scan`] in a text of `language` (BCP 47). A weak cue of another language does not count: "je" and "u"
    /// address a Dutch reader and are a Croatian's auxiliary and preposition. Telling phrases count in every language,
    /// for texts mix them.
    #[must_use]
    pub fn scan_in(&self, language: &str, text: &str, tokens: &Tokens, units: &[u32]) -> Vec<Hit> {
        let mut hits = self.matches(text, tokens, units);
        let primary = primary(language);
        if self.cues.iter().any(|cue| cue.lang == primary) {
            hits.retain(|hit| {
                let cue = self.cue(hit);
                !cue.is_weak() || cue.lang == primary || cue.lang == "mul"
            });
        }
        self.merge(hits)
    }

    /// Every phrase found, nothing merged.
    fn matches(&self, text: &str, tokens: &Tokens, units: &[u32]) -> Vec<Hit> {
        let mut hits = Vec::new();
        let group = |cue: u32| self.cues[cue as usize].group;
        let traits = familiar::traits(&self.id, tokens, |word| {
            self.automaton.traits(tokens, word) | (u8::from(self.bent.may_be_bent(tokens, word)) * familiar::BENT)
        });
        self.automaton.run(tokens, &traits, units, |found| {
            let (cue, first, end) = (found.cue, found.first, found.end);
            if found.labels && opens_sentence(text, tokens, units, (first, end)) {
                return;
            }
            hits.push(Hit { group: group(cue), cue, first, end, spelling: Spelling::Right });
        });
        let may_be = |word: usize| traits[word] & familiar::BENT != 0;
        self.bent.run(text, tokens, may_be, |found| {
            let BentMatch { cue, first, end, spelling } = found;
            hits.push(Hit { group: group(cue), cue, first, end, spelling });
        });
        hits
    }

    fn merge(&self, mut hits: Vec<Hit>) -> Vec<Hit> {
        hits.sort_unstable_by_key(|hit| (hit.group, hit.first, hit.end, hit.cue));
        hits.dedup_by(|next, kept| {
            let overlap = next.group == kept.group && next.first < kept.end;
            if overlap {
                if self.is_stronger(next, kept) {
                    kept.cue = next.cue;
                }
                kept.end = kept.end.max(next.end);
                kept.spelling = kept.spelling.max(next.spelling);
            }
            overlap
        });
        hits.sort_unstable_by_key(|hit| (hit.first, hit.end, hit.group));
        hits
    }

    fn is_stronger(&self, one: &Hit, other: &Hit) -> bool {
        let (a, b) = (self.cue(one), self.cue(other));
        (a.alone, a.weight) > (b.alone, b.weight)
    }
}

/// Whether the words `first..end`, which open a unit, open a sentence rather than label something: the unit has a full
/// stop at its end, and no colon follows the words. "Section 8 housing gets more money." is no list of sections.
fn opens_sentence(text: &str, tokens: &Tokens, units: &[u32], (first, end): (u32, u32)) -> bool {
    let words = &tokens.words;
    let next = units.partition_point(|&start| start <= first);
    let unit_end = units.get(next).map_or(words.len(), |&start| start as usize);
    // What stands behind the word before `after`, up to the next one.
    let behind = |after: usize| {
        let from = after.checked_sub(1).and_then(|last| words.get(last)).map_or(text.len(), |word| word.end as usize);
        let to = words.get(after).map_or(text.len(), |word| word.start as usize);
        text.get(from..to).unwrap_or_default()
    };
    let closed = |c: char| CLOSING_QUOTES.contains(&c) || CLOSING_BRACKETS.contains(&c);
    !starts_with_colon(behind(end as usize)) && behind(unit_end).trim_start_matches(closed).starts_with(FULL_STOPS)
}
