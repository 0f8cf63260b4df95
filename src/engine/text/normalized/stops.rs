//! Texts without full stops, as subtitles and transcripts are: their paragraphs are read as sentences all the same.

use super::super::edit::Edit;
use super::super::marks::{CLOSING_BRACKETS, CLOSING_QUOTES, is_quotation_mark, is_terminator};
use super::{PROSE, lines};

/// Bytes from which on a line of such a text is taken for a sentence: labels and most headings have fewer. Of annotated
/// texts whose words had lost their punctuation .49 % was lost, .28 % if only lines of prose were sentences, and .21 % so,
/// before texts with a full stop inside their lines were let alone (24 November 2026, by a script that is not kept).
const SENTENCE: usize = 30;
/// Lines of prose that a text must have.
const FEWEST: usize = 4;
/// Share of them that may have a sentence that ends, in per cent.
const SHARE: usize = 10;

/// Full stops for the lines of a `text` that has next to none. Linear.
pub(super) fn edits(text: &str) -> Vec<Edit> {
    if !lacks_stops(text) {
        return Vec::new();
    }
    let stop = |(start, line): (usize, &str)| {
        let end = start + line.len();
        let between = |c: char| c.is_whitespace() || is_quotation_mark(c);
        let goes_on = text[end..].trim_start_matches(between).starts_with(char::is_lowercase);
        // Letters without a small form belong to scripts that have other stops, or none. What ends otherwise goes on.
        let last = last(line);
        let says = last.is_lowercase() || last.is_uppercase() || last.is_ascii_digit();
        (says && !goes_on).then(|| Edit { old: end..end, new: ".".into() })
    };
    lines(text).filter(|(_, line)| line.len() >= SENTENCE).filter_map(stop).collect()
}

/// Whether hardly any line of prose in `text` has the end of a sentence.
fn lacks_stops(text: &str) -> bool {
    let (mut all, mut stopped) = (0, 0);
    for (start, line) in lines(text).filter(|(_, line)| line.len() >= PROSE) {
        all += 1;
        stopped += usize::from(is_terminator(last(line)) || line.contains(". "));
        // Even if all the rest were long lines without a stop: nearly all texts are done here.
        if stopped * 100 > (all + (text.len() - start) / PROSE) * SHARE {
            return false;
        }
    }
    all >= FEWEST && stopped * 100 <= all * SHARE
}

/// The last character of `line`, what closes quotations and brackets aside.
fn last(line: &str) -> char {
    let closes = |c: char| CLOSING_QUOTES.contains(&c) || CLOSING_BRACKETS.contains(&c);
    line.trim_end_matches(closes).chars().next_back().unwrap_or(' ')
}
