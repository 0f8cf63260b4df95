//! What speaks against a unit being article, in it and around it: cues, its publisher's name, the company it keeps. The
//! guards ask for it; a unit without any sign is left alone.

use crate::engine::features::Measured;
use crate::engine::lexicon::{Spelling, WordList};
use crate::engine::reading::Reading;
use crate::engine::text::segment::UnitKind;
use crate::engine::text::token::{Class, Token};

/// Whether a cue speaks against the block being article.
pub(super) fn has_cue(measured: &Measured<'_, '_>, block: usize) -> bool {
    let reading = measured.reading;
    reading.hits_in(&reading.blocks[block]).any(|hit| !measured.lexicon.cue(hit).is_weak())
}

/// Whether a cue in the block tells against its being article by itself.
pub(super) fn has_telling_cue(measured: &Measured<'_, '_>, block: usize) -> bool {
    let reading = measured.reading;
    reading.hits_in(&reading.blocks[block]).any(|hit| measured.lexicon.cue(hit).is_telling())
}

/// Whether nothing in the wording of the unit speaks against its being article.
pub(super) fn only_tells(measured: &Measured<'_, '_>, unit: usize) -> bool {
    let reading = measured.reading;
    let place = &reading.parts.units[unit];
    let addressed = |word: &Token| matches!(word.class, Class::Url | Class::Email | Class::Handle);
    !bears_sign(measured, unit)
        && measured.strong_score(unit) < 0.0
        && !reading.tokens.words[place.first..place.last].iter().any(addressed)
}

/// Whether the unit says itself that it may be no article: by a cue, the name of its publisher, a copyright sign.
pub(super) fn bears_sign(measured: &Measured<'_, '_>, unit: usize) -> bool {
    measured.reading.raw(unit).contains('©') || measured.names_itself(unit) || has_cue(measured, unit)
}

/// Sentences on each side that can belong to the same block.
const COMPANY: usize = 2;
/// Sentences of one block have the same witnesses, less those in which one of them was reworded: counts apart by more
/// than this factor are of different blocks. From 1.25 to 3 it made no difference in cross-validation.
const SAME_BLOCK: f32 = 1.5;

/// Whether the unit recurs as part of a block: with another sentence that does more than tell and has as many witnesses,
/// or between two such, whose block it joined later than they.
pub(super) fn keeps_company(measured: &Measured<'_, '_>, unit: usize) -> bool {
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

/// Whether a word of the unit says that somebody said or found something.
pub(super) fn reports(reading: &Reading<'_>, unit: usize) -> bool {
    let unit = &reading.parts.units[unit];
    (unit.first..unit.last).any(|word| WordList::reporting().contains(reading.tokens.folded_word(word)))
}

/// Whether one of the words is a number.
pub(super) fn has_number(words: &[Token]) -> bool {
    words.iter().any(|word| word.class == Class::Number)
}

/// Cues that come to this many log-odds tell against a unit though none does alone. An imperative and an address to the
/// reader, less than 2 together, do not: service pieces and speeches are full of them. Of 29,000 unmarked articles this
/// kept 60 sentences more than 1.5 did, half of them article; 3 kept 50 more and cost annotated ones recall.
const TOGETHER: f32 = 2.0;

/// Whether the cues of the unit tell against its being article. Of those that share words only the strongest counts: "visit"
/// is no less an imperative for being a way to read on. A cue in disguise tells alone, for who hides a word from filters writes no
/// article; the date of a page and its scripts tell as much as a cue.
pub(super) fn tells_against(measured: &Measured<'_, '_>, unit: usize) -> bool {
    let Measured { reading, lexicon, .. } = measured;
    let (mut all, mut here, mut end) = (0.0, 0.0_f32, 0);
    for hit in reading.hits_in(&reading.blocks[unit]) {
        let cue = lexicon.cue(hit);
        if cue.is_telling() || hit.spelling == Spelling::Disguised && !cue.is_weak() {
            return true;
        }
        if hit.first >= end {
            all += std::mem::take(&mut here);
        }
        (here, end) = (here.max(cue.weight), end.max(hit.end));
    }
    all + here >= TOGETHER || measured.is_left_by_page(unit)
}

/// Whether most of the sentences next to the unit in its paragraph bear telling cues, two at least: the middle of a
/// disclaimer.
pub(super) fn stands_among_residue(measured: &Measured<'_, '_>, unit: usize) -> bool {
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

/// Whether as many sentences as can belong to one block stand before the unit and behind it, and none of them bears a
/// sign.
pub(super) fn stands_in_prose(measured: &Measured<'_, '_>, unit: usize) -> bool {
    let units = measured.reading.parts.units.len();
    begins_plain(measured, (0..unit).rev()) && begins_plain(measured, unit + 1..units)
}

/// Whether as many sentences stand before the unit in its line, and none of them bears a sign.
pub(super) fn ends_paragraph_of_prose(measured: &Measured<'_, '_>, unit: usize) -> bool {
    let units = &measured.reading.parts.units;
    let beside = |other: &usize| units[*other].line == units[unit].line;
    begins_plain(measured, (0..unit).rev().take_while(beside))
}

/// Whether the first of these units are as many sentences as can belong to one block, none with a sign.
fn begins_plain(measured: &Measured<'_, '_>, units: impl Iterator<Item = usize>) -> bool {
    let sentence = |other: &usize| measured.reading.parts.units[*other].kind != UnitKind::Bracket;
    units.filter(sentence).take(COMPANY).filter(|other| !bears_sign(measured, *other)).count() == COMPANY
}

/// Lines at the end of a text where imprints stand, and the least that a text must have for it to have an end.
const END_LINES: (usize, usize) = (5, 8);
/// Witnesses from which a line at the end of a text is a standing one.
const STANDING_FROM: u32 = 3;

/// Whether the unit's whole line recurs among the last lines of the text, without a number that could tell the
/// witnesses apart.
pub(super) fn is_standing_end(measured: &Measured<'_, '_>, unit: usize) -> bool {
    let reading = measured.reading;
    let lines = &reading.parts.lines;
    let index = reading.parts.units[unit].line;
    let line = &lines[index];
    let at_end = lines.len() >= END_LINES.1 && index + END_LINES.0 >= lines.len();
    at_end
        && measured.sightings(reading.line_blocks[index]).exact.witnesses >= STANDING_FROM
        && reading.tokens.words[line.first..line.last].iter().all(|word| word.class == Class::Word)
}
