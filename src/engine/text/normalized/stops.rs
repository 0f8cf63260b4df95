//! Texts without full stops, as subtitles and transcripts are: their paragraphs are read as sentences all the same.

use super::super::marks::{CLOSING_BRACKETS, CLOSING_QUOTES, is_terminator};
use super::alignment::Edit;
use super::lines;

/// Bytes from which on a line says something: two lines of a newspaper's column. Headings, entries and links are shorter.
const LONG: usize = 80;
/// Bytes from which on a line of such a text is taken for a sentence: labels and most headings have fewer. Of annotated
/// texts whose words had lost their punctuation .49 % was lost, .28 % if only the long lines were sentences, and .21 % so.
const SENTENCE: usize = 30;
/// Such lines that a text must have.
const FEWEST: usize = 4;
/// Share of them that may have a sentence that ends, in per cent.
const SHARE: usize = 10;

/// Full stops for the long lines of a `text` that has next to none. Linear.
pub(super) fn edits(text: &str) -> Vec<Edit> {
    let closes = |c: char| CLOSING_QUOTES.contains(&c) || CLOSING_BRACKETS.contains(&c);
    let (mut all, mut stopped) = (0, 0);
    let mut edits = Vec::new();
    for (start, line) in lines(text).filter(|(_, line)| line.len() >= SENTENCE) {
        let last = line.trim_end_matches(closes).chars().next_back().unwrap_or(' ');
        let (long, stops) = (line.len() >= LONG, is_terminator(last) || line.contains(". "));
        all += usize::from(long);
        stopped += usize::from(long && stops);
        // Even if all the rest were long lines without a stop: nearly all texts are done here.
        if stopped * 100 > (all + (text.len() - start) / LONG) * SHARE {
            return Vec::new();
        }
        let end = start + line.len();
        let goes_on = text[end..].trim_start().starts_with(char::is_lowercase);
        // Letters without a small form belong to scripts that have other stops, or none. What ends otherwise goes on.
        if !goes_on && (last.is_lowercase() || last.is_uppercase() || last.is_ascii_digit()) {
            edits.push(Edit { old: end..end, new: ".".into() });
        }
    }
    if all >= FEWEST && stopped * 100 <= all * SHARE { edits } else { Vec::new() }
}
