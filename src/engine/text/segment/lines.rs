//! The lines of a text: what stands between line breaks, and where lines were only wrapped, what stands between
//! paragraphs.

use super::super::marks::is_break;
use super::super::markup::{Parting, tags};
use super::super::token::Token;
use super::Line;
use super::wrapping::unwrap_lines;

/// The lines of `text` with something on them. Linear.
pub(super) fn lines(text: &str, words: &[Token]) -> Vec<Line> {
    let mut lines: Vec<Line> = Vec::new();
    let (mut at, mut word, mut breaks) = (0, 0, 0);
    let plain = breaks_are_plain(text);
    while at < text.len() {
        let length = break_from(text, at, plain) - at;
        let mut from = at;
        for cut in tags_that_part(&text[at..at + length]).map(|cut| at + cut).chain([at + length]) {
            let first = word;
            while words.get(word).is_some_and(|w| (w.start as usize) < cut) {
                word += 1;
            }
            if word == first && cut < at + length {
                // A tag without words goes with those behind it.
                continue;
            }
            let raw = &text[from..cut];
            let start = from + (raw.len() - raw.trim_start().len());
            let end = from + raw.trim_end().len();
            if start >= end {
                continue;
            }
            match lines.last_mut().filter(|_| word == first && from > at) {
                Some(last) => last.end = end,
                None => lines.push(Line { start, end, first, last: word, breaks }),
            }
            breaks = usize::from(cut < at + length);
            from = cut;
        }
        at += length;
        if let Some(c) = text[at..].chars().next() {
            at += if text[at..].starts_with("\r\n") { 2 } else { c.len_utf8() };
            breaks += 1;
        }
    }
    unwrap_lines(text, &mut lines);
    lines
}

/// Where tags part the line `raw`, in bytes.
fn tags_that_part(raw: &str) -> impl Iterator<Item = usize> {
    tags(raw).filter_map(|(start, tag)| match tag.parts {
        Parting::No => None,
        Parting::Before => Some(start),
        Parting::After => Some(tag.end),
    })
}

/// The first line break from byte `at` on, or the end of the text. `plain` says that there are no others than LF and CR.
fn break_from(text: &str, at: usize, plain: bool) -> usize {
    let ahead = if plain { memchr::memchr2(b'\n', b'\r', &text.as_bytes()[at..]) } else { text[at..].find(is_break) };
    ahead.map_or(text.len(), |ahead| at + ahead)
}

/// Whether no line breaks but LF and CR occur, as in nearly all texts.
fn breaks_are_plain(text: &str) -> bool {
    let bytes = text.as_bytes();
    memchr::memchr2(0xb, 0xc, bytes).is_none()
        && ["\u{85}", "\u{2028}", "\u{2029}"].iter().all(|rare| memchr::memmem::find(bytes, rare.as_bytes()).is_none())
}
