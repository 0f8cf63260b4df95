//! Sentences that break off where the text ends, as excerpts and texts of bounded length do. They look like the
//! headlines of other articles, which have no full stop either.

use super::is_new;
use super::signs::{ends_paragraph_of_prose, tells_against};
use crate::engine::features::Measured;
use crate::engine::text::segment::UnitKind;
use crate::engine::text::token::Class;

/// Characters of a small word that headlines hardly end with: one that holds a sentence together, or the beginning of a
/// longer one. Not varied.
const SHORT: usize = 3;
/// What no text ends with: commas and semicolons of Latin, Arabic and ideographic scripts.
const COMMAS: [char; 8] = [',', ';', '،', '؛', '，', '、', '；', '､'];

/// Whether the text ends inside the unit: it is the last one, new and without a cue that tells against it, and breaks off
/// at a comma, at a short small word, or in a paragraph of sentences.
pub(super) fn is_unfinished(measured: &Measured<'_, '_>, unit: usize) -> bool {
    let reading = measured.reading;
    let units = &reading.parts.units;
    let place = &units[unit];
    let is_last =
        place.last == reading.tokens.words.len() && place.kind != UnitKind::Bracket && place.first < place.last;
    is_last
        && breaks_off(measured, unit)
        && is_new(measured, unit)
        && !tells_against(measured, unit)
        && !measured.names_itself(unit)
}

fn breaks_off(measured: &Measured<'_, '_>, unit: usize) -> bool {
    let reading = measured.reading;
    let place = &reading.parts.units[unit];
    let raw = reading.raw(unit);
    if raw.ends_with(COMMAS) {
        return true;
    }
    let last = &reading.tokens.words[place.last - 1];
    let word = &reading.text()[last.start as usize..last.end as usize];
    if last.class != Class::Word || !raw.ends_with(word) {
        return false;
    }
    let short = word.chars().count() <= SHORT && word.chars().all(char::is_lowercase) && place.last - place.first > 1;
    // A text that is one line has lost its breaks, and whatever stood below it stands in that line.
    short || reading.parts.lines.len() > 1 && ends_paragraph_of_prose(measured, unit)
}
