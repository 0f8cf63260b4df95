//! What the decision may not do, however sure it is: the guards of the article.
//!
//! The models learn from what is common, and articles that repeat themselves are rare in annotated data. These rules
//! speak for them: an article's own title, section headings, and running prose that shows no sign of being anything
//! else. They only ever keep; none removes.

mod facts;
mod signs;
mod unfinished;

use super::features::{HEADED_WORDS, Measured};
use super::language::is_familiar;
use super::lexicon::{Hit, WordList};
use super::model::decision::Ruling;
use super::reading::Reading;
use super::span::Kind;
use super::text::marks::{CLOSING_QUOTES, FULL_STOPS, OPENING_BRACKETS, OTHER_STOPS, QUESTION_MARKS};
use super::text::segment::UnitKind;
use facts::is_fact;
use signs::{
    bears_sign, has_number, has_telling_cue, is_standing_end, keeps_company, only_tells, reports, stands_among_residue,
    stands_in_prose, tells_against,
};
use unfinished::is_unfinished;

/// Probability of what a guard keeps: it stays in the report as recurring, if it does recur.
const KEPT: f32 = 0.45;
/// Lines at the start of a text among which its own title is left standing.
const TITLE_LINES: usize = 3;
/// Sentences of more words are running prose; labels, links and calls are shorter.
const PROSE_WORDS: usize = 12;

/// A whole sentence with a number in it reports something from this many words on: index levels, weather and results
/// come in the same words every day, and the numbers, which are masked when witnesses are counted, are the news.
const REPORT_WORDS: usize = 6;

/// What speaks for the article.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Guard {
    OwnTitle,
    Headline,
    SectionHeading,
    Fact,
    Unfinished,
    PlainProse,
    QuestionInProse,
    ForeignLanguage,
    Unsupported,
}

impl Guard {
    /// The guard in words.
    pub(super) fn reason(self) -> &'static str {
        match self {
            Self::OwnTitle => "the article's own title",
            Self::Headline => "the headline of a text without a title",
            Self::SectionHeading => "a section heading",
            Self::Fact => "a fact in a list of facts",
            Self::Unfinished => "a sentence that the end of the text cuts off",
            Self::PlainProse => "prose that does nothing but tell",
            Self::QuestionInProse => "a question amid prose that goes on",
            Self::ForeignLanguage => "a language in which probabilities were never checked",
            Self::Unsupported => "a new sentence without a sign of its own",
        }
    }
}

/// `ruling` as a guard leaves it.
pub(super) fn held_back(ruling: Ruling) -> Ruling {
    Ruling { probability: ruling.probability.min(KEPT), beyond_cut: false }
}

/// Whether a guard keeps the unit unless it is nearly certain to be residue or stands beside units that go. Asked with a
/// probability that suffices in every language, so that the answer is one about the unit.
pub(crate) fn is_held(measured: &Measured<'_, '_>, unit: usize) -> bool {
    guard(Ruling { probability: FOREIGN_FROM, beyond_cut: true }, measured, unit).is_some()
}

/// The guard that holds the ruling on `unit` back, if one does.
pub(super) fn guard(ruling: Ruling, measured: &Measured<'_, '_>, unit: usize) -> Option<Guard> {
    let reading = measured.reading;
    if is_own_title(reading, unit) {
        Some(Guard::OwnTitle)
    } else if is_headline(measured, unit) {
        Some(Guard::Headline)
    } else if is_heading(reading, unit) || is_section_heading(measured, unit) || measured.is_chronicle_date(unit) {
        Some(Guard::SectionHeading)
    } else if is_fact(measured, unit) {
        Some(Guard::Fact)
    } else if is_unfinished(measured, unit) {
        Some(Guard::Unfinished)
    } else if is_plain_prose(measured, unit) {
        Some(Guard::PlainProse)
    } else if is_question_in_prose(measured, unit) {
        Some(Guard::QuestionInProse)
    } else if ruling.probability < FOREIGN_FROM && !is_familiar(&reading.language) {
        Some(Guard::ForeignLanguage)
    } else if ruling.probability < sure(&reading.language)[0] && is_unsupported(measured, unit) {
        Some(Guard::Unsupported)
    } else {
        None
    }
}

/// Whether `guard`, which holds the ruling on `unit` back, gives way because `sides` of the two units next to it go by
/// themselves. Beside a single one a sentence stays that has a number or a word of reporting: "The ministry's newsletter
/// reaches 40,000 farmers" may stand next to a call.
pub(super) fn gives_way(guard: Guard, ruling: Ruling, measured: &Measured<'_, '_>, unit: usize, sides: usize) -> bool {
    let reading = measured.reading;
    let place = &reading.parts.units[unit];
    let news = || has_number(&reading.tokens.words[place.first..place.last]) || reports(reading, unit);
    let sides = if sides == 1 && news() { 0 } else { sides.min(2) };
    guard == Guard::Unsupported && ruling.beyond_cut && ruling.probability >= sure(&reading.language)[sides]
}

/// Whether the unit stands in a line that repeats the article's own title at the start of the text: the most valuable
/// line of all, however much its label or its manner recur.
fn is_own_title(reading: &Reading<'_>, unit: usize) -> bool {
    let line = reading.parts.units[unit].line;
    line < TITLE_LINES
        && reading.title_value.is_some()
        && reading.blocks[reading.line_blocks[line]].value == reading.title_value
}

/// Words from which on a first line can be a headline: fewer are a rubric or a place.
const HEADLINE_WORDS: usize = 4;

/// Whether the unit stands in the first line of a text that came without a title, has no sign, and is new: that line is
/// the headline, even where it teases or its first words recur.
fn is_headline(measured: &Measured<'_, '_>, unit: usize) -> bool {
    let Measured { reading, .. } = measured;
    let line = &reading.parts.lines[reading.parts.units[unit].line];
    reading.parts.units[unit].line == 0
        && reading.parts.lines.len() > 1
        && reading.title.words.is_empty()
        && (HEADLINE_WORDS..PARAGRAPH_WORDS).contains(&reading.tokens.length(line.first, line.last))
        && is_new(measured, unit)
        && !bears_sign(measured, unit)
}

/// Whether no other document or source has brought the unit, whole or as a template, or as its title.
fn is_new(measured: &Measured<'_, '_>, unit: usize) -> bool {
    let seen = measured.sightings(unit);
    seen.exact.witnesses < 2 && seen.template.witnesses < 2 && seen.sources < 2 && seen.titles == 0
}

/// Whether the unit is a section heading that articles of many publishers share ("Fazit", "What happens next").
fn is_heading(reading: &Reading<'_>, unit: usize) -> bool {
    let unit = &reading.parts.units[unit];
    if unit.first == unit.last {
        return false;
    }
    let from = reading.tokens.words[unit.first].folded as usize;
    let to = reading.tokens.words.get(unit.last).map_or(reading.tokens.folded.len(), |next| next.folded as usize);
    WordList::headings().contains(reading.tokens.folded[from..to].trim_end())
}

/// Lines up to this many words can be section headings.
const HEADING_WORDS: usize = 8;
/// Lines from this many words on are paragraphs.
const PARAGRAPH_WORDS: usize = 20;

/// Whether the unit is a short line before a paragraph, with no cues in either that tell against it, and never seen
/// before: a section heading, even when it teases with a question, or is the title of another article, as "What we know
/// so far" may be. A weaker cue means nothing: "Shop owners fear the worst" calls nobody to shop.
fn is_section_heading(measured: &Measured<'_, '_>, unit: usize) -> bool {
    let reading = measured.reading;
    let place = &reading.parts.units[unit];
    let lines = &reading.parts.lines;
    let words = |index: usize| lines.get(index).map_or(0, |line| reading.tokens.length(line.first, line.last));
    let index = place.line;
    let opens_paragraph = index > 0 && words(index + 1) >= HEADED_WORDS;
    let bracketed = reading.raw(unit).starts_with(OPENING_BRACKETS);
    if bracketed || place.kind != UnitKind::Line || !(1..=HEADING_WORDS).contains(&words(index)) || !opens_paragraph {
        return false;
    }
    let seen = measured.sightings(unit);
    let new = seen.exact.witnesses < 2 && seen.sources < 2;
    new && !tells_against(measured, unit) && !has_telling_cue(measured, reading.line_blocks[index + 1])
}

/// Whether the unit is a sentence of running prose, no aside in brackets, that does nothing but tell: no sign, no
/// address, nothing of the manner of residue. Recurrence alone does not remove such a sentence: background paragraphs,
/// refrains, method notes and reports that differ in numbers recur too. It is no such sentence if it recurs as a whole
/// line at the end of the text, to the number (that is the imprint's place), or if it comes in the company of such as do
/// more than tell, or stands between such in its paragraph.
fn is_plain_prose(measured: &Measured<'_, '_>, unit: usize) -> bool {
    let reading = measured.reading;
    let place = &reading.parts.units[unit];
    let length = reading.tokens.length(place.first, place.last);
    let reports = has_number(&reading.tokens.words[place.first..place.last])
        && length >= REPORT_WORDS
        && is_sentence(reading.raw(unit));
    !reading.is_aside(unit)
        && (length > PROSE_WORDS || reports)
        && only_tells(measured, unit)
        && !is_standing_end(measured, unit)
        && !keeps_company(measured, unit)
        && !stands_among_residue(measured, unit)
}

/// The group of cues that an interviewer's questions share with an editor's.
const AUDIENCE_QUESTION: &str = "audience_question";

/// Whether the unit is a new question with prose before and behind it, and nothing tells against it but that it asks for
/// an opinion: an interviewer asks that too. Editors ask at the end, or say where to answer.
fn is_question_in_prose(measured: &Measured<'_, '_>, unit: usize) -> bool {
    let Measured { reading, lexicon, .. } = measured;
    let asks_only = |hit: &Hit| lexicon.group(hit).id == AUDIENCE_QUESTION || !lexicon.cue(hit).is_telling();
    reading.raw(unit).ends_with(QUESTION_MARKS)
        && is_new(measured, unit)
        && reading.hits_in(&reading.blocks[unit]).all(asks_only)
        && stands_in_prose(measured, unit)
}

/// Probabilities from which a sentence goes that has no support but the text model and its place: where none, one, or both
/// of the units next to it go by themselves, ever less. First in a language that annotations show, then in another, where the text
/// model is bold. Of the annotated tokens that the guard held between .6 and .9, out of fold and cold, 621 of 717 beside a
/// unit that goes were residue, and 151 of 360 elsewhere. Beside one, .5 cost an invented report a sentence; between two
/// it did not. In other languages invented documents say the same of two sides, and too little of one.
const SURE: [[f32; 3]; 2] = [[0.9, 0.65, 0.5], [0.99, 0.95, FOREIGN_FROM]];
/// Sentences of fewer words say too little to be missed much.
const SENTENCE_WORDS: usize = 3;

/// Probability from which a unit goes in a language that annotations do not show. Even chances are known to be even in
/// English and German; elsewhere they cost an invented report on a newsletter a sentence and brought no line more.
const FOREIGN_FROM: f32 = 0.65;

/// Those of [`SURE`] that hold for texts in `language`.
fn sure(language: &str) -> [f32; 3] {
    let [familiar, foreign] = SURE;
    if is_familiar(language) { familiar } else { foreign }
}

/// Whether the unit is a whole sentence that was never seen before and has nothing against it but its manner, or a weak
/// cue: it may report on a newsletter. The text model has met few languages besides English and German in annotations,
/// and a neighbour's residue is no fault of the sentence.
fn is_unsupported(measured: &Measured<'_, '_>, unit: usize) -> bool {
    let reading = measured.reading;
    let place = &reading.parts.units[unit];
    let words = reading.tokens.length(place.first, place.last);
    let sentence =
        words >= SENTENCE_WORDS && (is_sentence(reading.raw(unit)) || reading.raw(unit).ends_with(OTHER_STOPS));
    // In a long sentence, or with a word of reporting, a publisher tells what it was told or found out itself.
    let names_itself = words < PARAGRAPH_WORDS && measured.names_itself(unit) && !reports(reading, unit);
    let supported = tells_against(measured, unit)
        || reading.raw(unit).contains('©')
        || names_itself
        || stands_among_residue(measured, unit);
    sentence && is_new(measured, unit) && place.kind != UnitKind::Bracket && !supported
}

/// Whether `raw` ends like a sentence that tells something, or that someone is quoted with. Thai, Lao and Khmer end theirs
/// with a space, if at all.
fn is_sentence(raw: &str) -> bool {
    raw.trim_end_matches(CLOSING_QUOTES).ends_with(FULL_STOPS)
        || raw.ends_with(['」', '』'])
        || raw.ends_with(|c| matches!(c, '\u{e00}'..='\u{eff}' | '\u{1780}'..='\u{17ff}'))
}

/// The kind that is said of the unit: the likeliest, but never a byline, which is kept, where a telling cue says
/// otherwise and none speaks for a byline, or where a cue that suffices alone does: a disclaimer that names its author is
/// a disclaimer, and a bracketed headline after "related" is a pointer. What starts with © names an owner, no author.
pub(super) fn kind(kinds: &[(Kind, f32)], measured: &Measured<'_, '_>, unit: usize) -> (Kind, f32) {
    let Measured { reading, lexicon, .. } = measured;
    let first = kinds.first().copied().unwrap_or((Kind::Furniture, 0.0));
    if first.0 != Kind::Byline {
        return first;
    }
    let for_byline =
        |hit: &Hit| lexicon.group(hit).kinds.iter().any(|(kind, weight)| *kind == Kind::Byline && *weight > 0.0);
    let hits = || reading.hits_in(&reading.blocks[unit]);
    let telling = hits().any(|hit| !for_byline(hit) && lexicon.cue(hit).is_telling());
    let alone = hits().any(|hit| !for_byline(hit) && lexicon.cue(hit).alone);
    let contradicted = alone || reading.raw(unit).starts_with('©') || telling && !hits().any(for_byline);
    if contradicted { kinds.get(1).copied().unwrap_or(first) } else { first }
}

#[cfg(test)]
mod tests;
