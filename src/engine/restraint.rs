//! What the decision may not do, however sure it is: the guards of the article.
//!
//! The models learn from what is common, and articles that repeat themselves are rare in annotated data. These rules
//! speak for them: an article's own title, section headings, and running prose that shows no sign of being anything
//! else. They only ever keep; none removes.

use super::features::Measured;
use super::language::is_familiar;
use super::lexicon::{Hit, WordList};
use super::model::decision::Ruling;
use super::reading::Reading;
use super::span::Kind;
use super::text::marks::{FULL_STOPS, OPENING_BRACKETS, OTHER_STOPS};
use super::text::segment::UnitKind;
use super::text::token::{Class, Token};

/// Probability of what a guard keeps: it stays in the report as recurring, if it does recur.
const KEPT: f32 = 0.45;
/// Lines at the start of a text among which its own title is left standing.
const TITLE_LINES: usize = 3;
/// Sentences of more words are running prose; labels, links and calls are shorter.
const PROSE_WORDS: usize = 12;

/// A whole sentence with a number in it reports something from this many words on: index levels, weather and results
/// come in the same words every day, and the numbers, which are masked when witnesses are counted, are the news.
const REPORT_WORDS: usize = 6;

/// The ruling on `unit`, held back where a guard speaks for the article.
pub(super) fn apply(ruling: Ruling, measured: &Measured<'_, '_>, unit: usize) -> Ruling {
    if guard(ruling, measured, unit).is_none() {
        return ruling;
    }
    Ruling { probability: ruling.probability.min(KEPT), beyond_cut: false }
}

/// Whether a guard keeps the unit unless it is nearly certain to be residue. Asked with a probability that suffices in
/// every language, so that the answer is one about the unit.
pub(crate) fn is_held(measured: &Measured<'_, '_>, unit: usize) -> bool {
    guard(Ruling { probability: FOREIGN_FROM, beyond_cut: true }, measured, unit).is_some()
}

/// The guard that holds the ruling on `unit` back, in words, if one does.
pub(super) fn guard(ruling: Ruling, measured: &Measured<'_, '_>, unit: usize) -> Option<&'static str> {
    let reading = measured.reading;
    if is_own_title(reading, unit) {
        Some("the article's own title")
    } else if is_headline(measured, unit) {
        Some("the headline of a text without a title")
    } else if is_heading(reading, unit) || is_section_heading(measured, unit) {
        Some("a section heading")
    } else if is_plain_prose(measured, unit) {
        Some("prose that does nothing but tell")
    } else if ruling.probability < FOREIGN_FROM && !is_familiar(&reading.language) {
        Some("a language in which probabilities were never checked")
    } else if ruling.probability < sure(&reading.language) && is_unsupported(measured, unit) {
        Some("a new sentence without a sign of its own")
    } else {
        None
    }
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

/// Whether the unit is a short line before a paragraph, both without a cue, and never seen before: a section heading,
/// even when it teases with a question, or is the title of another article, as "What we know so far" may be.
fn is_section_heading(measured: &Measured<'_, '_>, unit: usize) -> bool {
    let reading = measured.reading;
    let place = &reading.parts.units[unit];
    let lines = &reading.parts.lines;
    let words = |index: usize| lines.get(index).map_or(0, |line| reading.tokens.length(line.first, line.last));
    let plain = |block: usize| !has_cue(measured, block);
    let index = place.line;
    let opens_paragraph = index > 0 && words(index + 1) >= PARAGRAPH_WORDS;
    let bracketed = reading.raw(unit).starts_with(OPENING_BRACKETS);
    if bracketed || place.kind != UnitKind::Line || !(1..=HEADING_WORDS).contains(&words(index)) || !opens_paragraph {
        return false;
    }
    let seen = measured.sightings(unit);
    let new = seen.exact.witnesses < 2 && seen.sources < 2;
    new && plain(unit) && plain(reading.line_blocks[index + 1])
}

/// Whether a cue speaks against the block being article.
fn has_cue(measured: &Measured<'_, '_>, block: usize) -> bool {
    let reading = measured.reading;
    reading.hits_in(&reading.blocks[block]).any(|hit| !measured.lexicon.cue(hit).is_weak())
}

/// Whether the unit is a sentence of running prose, no aside in brackets, that does nothing but tell: no sign, no
/// address, nothing of the manner of residue. Recurrence alone does not remove such a sentence: background paragraphs,
/// refrains, method notes and reports that differ in numbers recur too. It is no such sentence if it recurs as a whole
/// line at the end of the text, to the number (that is the imprint's place), or if it comes in the company of such as do
/// more than tell.
fn is_plain_prose(measured: &Measured<'_, '_>, unit: usize) -> bool {
    let reading = measured.reading;
    let place = &reading.parts.units[unit];
    let words = &reading.tokens.words[place.first..place.last];
    let numbers = words.iter().any(|word| word.class == Class::Number);
    let length = reading.tokens.length(place.first, place.last);
    let reports = numbers && length >= REPORT_WORDS && is_sentence(reading.raw(unit));
    !reading.is_aside(unit)
        && (length > PROSE_WORDS || reports)
        && only_tells(measured, unit)
        && !is_standing_end(measured, unit)
        && !keeps_company(measured, unit)
}

/// Whether nothing in the wording of the unit speaks against its being article.
fn only_tells(measured: &Measured<'_, '_>, unit: usize) -> bool {
    let reading = measured.reading;
    let place = &reading.parts.units[unit];
    let addressed = |word: &Token| matches!(word.class, Class::Url | Class::Email | Class::Handle);
    !bears_sign(measured, unit)
        && measured.strong_score(unit) < 0.0
        && !reading.tokens.words[place.first..place.last].iter().any(addressed)
}

/// Whether the unit says itself that it may be no article: by a cue, the name of its publisher, a copyright sign.
fn bears_sign(measured: &Measured<'_, '_>, unit: usize) -> bool {
    measured.reading.raw(unit).contains('©') || measured.names_itself(unit) || has_cue(measured, unit)
}

/// Sentences on each side that can belong to the same block.
const COMPANY: usize = 2;
/// Sentences of one block have the same witnesses, less those in which one of them was reworded: counts apart by more
/// than this factor are of different blocks. From 1.25 to 3 it made no difference in cross-validation.
const SAME_BLOCK: f32 = 1.5;

/// Whether the unit recurs as part of a block: with another sentence that does more than tell and has as many witnesses,
/// or between two such, whose block it joined later than they.
fn keeps_company(measured: &Measured<'_, '_>, unit: usize) -> bool {
    let units = &measured.reading.parts.units;
    let count = |other: usize| measured.sightings(other).exact.witnesses;
    let own = count(unit) as f32;
    let recurs = |other: &usize| count(*other) >= STANDING_FROM;
    if !recurs(&unit) {
        return false;
    }
    let sentence = |other: &usize| units[*other].kind != UnitKind::Bracket;
    let as_often = |other: &usize| own <= count(*other) as f32 * SAME_BLOCK;
    let speaks = |other: &usize| as_often(other) && !only_tells(measured, *other);
    let same = |other: &usize| count(*other) as f32 <= own * SAME_BLOCK;
    let before = (0..unit).rev().filter(sentence).take(COMPANY).take_while(recurs).filter(speaks);
    let after = (unit + 1..units.len()).filter(sentence).take(COMPANY).take_while(recurs).filter(speaks);
    let (before, after): (Vec<usize>, Vec<usize>) = (before.collect(), after.collect());
    before.iter().chain(&after).any(same) || !before.is_empty() && !after.is_empty()
}

/// Probabilities below which a sentence needs support beyond the text model and its place beside residue: in a language
/// that annotations show, and in another, where the text model is bold. Calls and questions had .8: it bought nothing on
/// news, and on web pages it cost five strings of articles for one of the page.
const SURE: [f32; 2] = [0.95, 0.99];
/// Sentences of fewer words say too little to be missed much.
const SENTENCE_WORDS: usize = 3;

/// Probability from which a unit goes in a language that annotations do not show. Even chances are known to be even in
/// English and German; elsewhere they cost an invented report on a newsletter a sentence and brought no line more.
const FOREIGN_FROM: f32 = 0.65;

/// The one of [`SURE`] that holds for texts in `language`.
fn sure(language: &str) -> f32 {
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

/// Whether a word of the unit says that somebody said or found something.
fn reports(reading: &Reading<'_>, unit: usize) -> bool {
    let unit = &reading.parts.units[unit];
    (unit.first..unit.last).any(|word| WordList::reporting().contains(reading.tokens.folded_word(word)))
}

/// Cues that come to this many log-odds tell against a unit though none does alone. An imperative and an address to the
/// reader, less than 2 together, do not: service pieces and speeches are full of them. Of 29,000 unmarked articles this
/// kept 60 sentences more than 1.5 did, half of them article; 3 kept 50 more and cost annotated ones recall.
const TOGETHER: f32 = 2.0;

/// Whether the cues of the unit tell against its being article. Of those that share words only the strongest counts: "visit"
/// is no less an imperative for being a way to read on.
fn tells_against(measured: &Measured<'_, '_>, unit: usize) -> bool {
    let Measured { reading, lexicon, .. } = measured;
    let (mut all, mut here, mut end) = (0.0, 0.0_f32, 0);
    for hit in reading.hits_in(&reading.blocks[unit]) {
        let cue = lexicon.cue(hit);
        if cue.is_telling() {
            return true;
        }
        if hit.first >= end {
            all += std::mem::take(&mut here);
        }
        (here, end) = (here.max(cue.weight), end.max(hit.end));
    }
    all + here >= TOGETHER
}

/// Whether most of the sentences next to the unit in its paragraph bear telling cues, two at least: the middle of a
/// disclaimer.
fn stands_among_residue(measured: &Measured<'_, '_>, unit: usize) -> bool {
    let units = &measured.reading.parts.units;
    let beside = |other: &usize| units[*other].line == units[unit].line;
    let sentence = |other: &usize| units[*other].kind != UnitKind::Bracket;
    let before = (0..unit).rev().take_while(beside).filter(sentence).take(COMPANY);
    let after = (unit + 1..units.len()).take_while(beside).filter(sentence).take(COMPANY);
    let (mut all, mut telling) = (0, 0);
    for other in before.chain(after) {
        all += 1;
        telling += usize::from(tells_against(measured, other));
    }
    telling >= 2 && 2 * telling > all
}

/// Whether `raw` ends like a sentence that tells something. Thai, Lao and Khmer end theirs with a space, if at all.
fn is_sentence(raw: &str) -> bool {
    raw.ends_with(FULL_STOPS)
        || raw.ends_with(['」', '』'])
        || raw.ends_with(|c| matches!(c, '\u{e00}'..='\u{eff}' | '\u{1780}'..='\u{17ff}'))
}

/// Lines at the end of a text where imprints stand, and the least that a text must have for it to have an end.
const END_LINES: (usize, usize) = (5, 8);
/// Witnesses from which a line at the end of a text is a standing one.
const STANDING_FROM: u32 = 3;

/// Whether the unit's whole line recurs among the last lines of the text, without a number that could tell the
/// witnesses apart.
fn is_standing_end(measured: &Measured<'_, '_>, unit: usize) -> bool {
    let reading = measured.reading;
    let lines = &reading.parts.lines;
    let index = reading.parts.units[unit].line;
    let line = &lines[index];
    let at_end = lines.len() >= END_LINES.1 && index + END_LINES.0 >= lines.len();
    at_end
        && measured.sightings(reading.line_blocks[index]).exact.witnesses >= STANDING_FROM
        && reading.tokens.words[line.first..line.last].iter().all(|word| word.class == Class::Word)
}

/// The kind that is said of the unit: the likeliest, but never a byline, which is kept, where a telling cue says
/// otherwise and none speaks for a byline, or where a cue that suffices alone does: a disclaimer that names its author is
/// a disclaimer, and a bracketed headline after "related" is a pointer.
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
    let contradicted = alone || telling && !hits().any(for_byline);
    if contradicted { kinds.get(1).copied().unwrap_or(first) } else { first }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::engine::Engine;
    use crate::engine::article::Article;
    use crate::engine::features::measure;
    use crate::engine::observation::Seen;

    /// What a ruling of `probability` that would remove `unit` becomes.
    fn restrained(title: &str, text: &str, unit: usize, probability: f32) -> Ruling {
        let engine = Engine::shipped();
        let article = Article { title: title.into(), text: text.into(), ..Article::default() };
        let (reading, seen) = (engine.read(&article), Seen::default());
        let measured = measure(&reading, &seen, &reading.sums, &engine.text, engine.lexicon);
        apply(Ruling { probability, beyond_cut: true }, &measured, unit)
    }

    fn first_line(title: &str, text: &str) -> Ruling {
        restrained(title, text, 0, 0.97)
    }

    #[test]
    fn a_sentence_in_the_midst_of_a_disclaimer_goes_with_it() {
        let (before, middle, after) = (
            "This article does not constitute investment advice.",
            "Prices named here were taken on the day of writing.",
            "All opinions expressed are those of the author alone.",
        );
        let goes = |text: &str, unit| restrained("A title", text, unit, 0.8).beyond_cut;
        assert!(goes(&format!("{before} {middle} {after}"), 1));
        assert!(!goes(&format!("{before} {middle}"), 1), "one neighbour may be an accident");
        assert!(!goes(&format!("{before}\n{middle}\n{after}"), 1), "lines are no paragraph");
    }

    #[test]
    fn a_publisher_that_is_told_something_speaks_in_its_article() {
        let engine = Engine::shipped();
        let goes = |sentence: &str| {
            let text = format!("The port opened a new quay on Monday.\n\nIt is long. {sentence}");
            let article = Article { source: "portcourier.example".into(), text, ..Article::default() };
            let (reading, seen) = (engine.read(&article), Seen::default());
            let measured = measure(&reading, &seen, &reading.sums, &engine.text, engine.lexicon);
            let last = reading.parts.units.len() - 1;
            assert!(measured.names_itself(last), "{sentence}");
            apply(Ruling { probability: 0.8, beyond_cut: true }, &measured, last).beyond_cut
        };
        assert!(goes("Portcourier brings you the best of the coast."));
        assert!(!goes("The mayor told Portcourier that he was glad."));
        assert!(!goes("The ministry declined to comment to Portcourier."));
    }

    #[test]
    fn an_even_chance_is_enough_only_where_it_was_checked() {
        let text = |last: &str| format!("{last} {last} {last}\n\n{last}\n\nAbonnement");
        let (german, polish) = (
            text("Der Stadtrat hat am Montag den Umbau des alten Hafens beschlossen."),
            text("Rada miasta przyjęła w poniedziałek plan przebudowy starego portu."),
        );
        let goes = |text: &str, probability| restrained("A title", text, 4, probability).beyond_cut;
        assert!(goes(&german, 0.55));
        assert!(!goes(&polish, 0.55));
        assert!(goes(&polish, 0.7));
    }

    #[test]
    fn weak_cues_tell_against_a_unit_only_together() {
        let goes = |sentence: &str| {
            let text = format!("The port opened a new quay on Monday.\n\nIt is long. {sentence}");
            restrained("A title", &text, 2, 0.8).beyond_cut
        };
        assert!(!goes("Explore the old quay before you leave."), "an imperative and an address");
        assert!(goes("Sign up for our newsletter."));
    }

    #[test]
    fn the_first_line_is_the_headline_where_no_title_is_given() {
        let text = |first: &str| format!("{first}\n\nDie Stadt hat am Montag den Umbau des Hafens beschlossen.");
        let headline = text("Nordhafen-Aktie: Neue Kräne – aber die Stadt warnt!");
        assert!(!first_line("", &headline).beyond_cut);
        assert!(first_line("", &headline).probability < 0.5);
        assert!(first_line("Umbau beschlossen", &headline).beyond_cut);
        assert!(first_line("", &text("Lesen Sie auch: Warum die Frachtraten steigen")).beyond_cut);
        assert!(first_line("", &text("Startseite")).beyond_cut);
    }

    #[test]
    fn shipped_headings_are_read_folded() {
        for heading in ["fazit", "auf einen blick", "what happens next", "l essentiel"] {
            assert!(WordList::headings().contains(heading), "{heading}");
        }
        assert!(!WordList::headings().contains("newsletter"));
    }
}
