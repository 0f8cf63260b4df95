//! Texts in capitals throughout, as some agencies and subtitles set them: they are read in small letters, but for those
//! that begin a sentence.

use super::super::edit::Edit;
use super::super::marks::{is_break, is_terminator};

/// Letters that a text must have: four lines of them. Headlines and calls have fewer, and their capitals say something.
const FEWEST: usize = 400;
/// Share of the letters that must be capitals, in per cent.
const SHARE: usize = 80;
/// Characters at the beginning that tell whether it is worth looking on.
const SAMPLE: usize = 400;

/// The words of `text` to write small. Linear.
pub(super) fn edits(text: &str) -> Vec<Edit> {
    // Nearly all texts are done with the sample.
    if !is_upper(text.chars().take(SAMPLE), 0) || !is_upper(text.chars(), FEWEST) {
        return Vec::new();
    }
    let mut edits = Vec::new();
    let (mut word, mut opens) = (None, true);
    for (at, c) in text.char_indices().chain([(text.len(), '\n')]) {
        if c.is_alphabetic() {
            word.get_or_insert((at, opens));
            opens = false;
            continue;
        }
        if let Some((start, first)) = word.take() {
            edits.extend(small(text, start, at, first));
        }
        opens |= is_break(c) || is_terminator(c);
    }
    edits
}

/// Whether there are so many letters at least, and nearly all of them are capitals.
fn is_upper(chars: impl Iterator<Item = char>, fewest: usize) -> bool {
    let (mut upper, mut cased) = (0, 0);
    for c in chars {
        upper += usize::from(c.is_uppercase());
        cased += usize::from(c.is_uppercase() || c.is_lowercase());
    }
    cased > 0 && cased >= fewest && upper * 100 >= cased * SHARE
}

/// The word at `start..end` in small letters, but for its first if it opens a sentence, or is alone.
fn small(text: &str, start: usize, end: usize, opens: bool) -> Option<Edit> {
    let mut letters = text[start..end].chars();
    let first = letters.next()?;
    let keeps = opens || letters.as_str().is_empty();
    let from = if keeps { start + first.len_utf8() } else { start };
    let new = text[from..end].to_lowercase();
    (new != text[from..end]).then(|| Edit { old: from..end, new: new.into() })
}
