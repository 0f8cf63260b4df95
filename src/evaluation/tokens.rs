//! Tokens of a document with what the annotators called them and whether the cleaner removed them.
//!
//! A token is a run of bytes other than ASCII white space, so that figures do not depend on anyone's idea of a word.
//! It is marked, or removed, when at least half of its bytes are.

use super::gold::Gold;
use std::ops::Range;

/// A token.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Judged<'a> {
    /// Its bytes in the text. White space is ASCII, so they are whole characters.
    pub range: Range<usize>,
    /// The kind that most of its marked bytes have, the first of equals; none if less than half of it is marked.
    pub kind: Option<&'a str>,
    /// What the cleaner took it for; none if it was kept.
    pub removed: Option<&'a str>,
}

/// A stretch that a cleaner removed, with its kind; empty if it has none.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Removed {
    /// First byte in the text.
    pub start: usize,
    /// One past the last byte; what lies behind the text is ignored.
    pub end: usize,
    /// What the cleaner took it for.
    pub kind: String,
}

/// The tokens of `gold` in order, with what `removed` took away. Linear in text and spans.
#[must_use]
pub fn judge<'a>(gold: &'a Gold, removed: &'a [Removed]) -> Vec<Judged<'a>> {
    let length = gold.text.len();
    let marked = paint(length, gold.spans.iter().map(|mark| (mark.start, mark.end, mark.kind.as_str())));
    let gone = paint(length, removed.iter().map(|span| (span.start, span.end, span.kind.as_str())));
    split(&gold.text)
        .map(|range| Judged { kind: majority(&marked[range.clone()]), removed: majority(&gone[range.clone()]), range })
        .collect()
}

/// Per byte the kind of the last stretch over it.
fn paint<'a>(length: usize, stretches: impl Iterator<Item = (usize, usize, &'a str)>) -> Vec<Option<&'a str>> {
    let mut bytes = vec![None; length];
    for (start, end, kind) in stretches {
        let end = end.min(length);
        bytes[start.min(end)..end].fill(Some(kind));
    }
    bytes
}

/// The most frequent kind, the first met of equals, if at least half of the bytes have one.
fn majority<'a>(bytes: &[Option<&'a str>]) -> Option<&'a str> {
    let mut counts: Vec<(&str, usize)> = Vec::new();
    for kind in bytes.iter().flatten() {
        match counts.iter_mut().find(|(own, _)| own == kind) {
            Some((_, count)) => *count += 1,
            None => counts.push((kind, 1)),
        }
    }
    let inside: usize = counts.iter().map(|(_, count)| count).sum();
    if 2 * inside < bytes.len() {
        return None;
    }
    let most = counts.iter().map(|(_, count)| *count).max()?;
    counts.into_iter().find(|(_, count)| *count == most).map(|(kind, _)| kind)
}

/// Runs of bytes other than space, tab, line feed, carriage return, form feed and vertical tab.
pub(super) fn split(text: &str) -> impl Iterator<Item = Range<usize>> {
    let bytes = text.as_bytes();
    let mut at = 0;
    std::iter::from_fn(move || {
        let start = at + bytes[at..].iter().position(|b| !is_space(*b))?;
        at = bytes[start..].iter().position(|b| is_space(*b)).map_or(bytes.len(), |length| start + length);
        Some(start..at)
    })
}

fn is_space(byte: u8) -> bool {
    matches!(byte, b' ' | b'\t' | b'\n' | b'\r' | 0x0b | 0x0c)
}

#[cfg(test)]
mod tests {
    use super::super::gold::Mark;
    use super::*;

    #[test]
    fn only_ascii_white_space_parts_tokens() {
        let text = "a\u{b}b\u{a0}c \u{2003}d\r\n e";
        let tokens: Vec<&str> = split(text).map(|range| &text[range]).collect();
        assert_eq!(tokens, ["a", "b\u{a0}c", "\u{2003}d", "e"]);
        assert_eq!(split("").count() + split(" \n").count(), 0);
    }

    #[test]
    fn half_the_bytes_suffice_and_the_first_kind_wins_a_tie() {
        let mark = |start, end, kind: &str| Mark { start, end, kind: kind.into() };
        let gold = Gold {
            text: "abcd efgh ijkl mnop".into(),
            spans: vec![
                mark(0, 2, "related"),
                mark(5, 6, "related"),
                mark(10, 12, "promotion"),
                mark(12, 14, "related"),
                mark(15, 19, "promotion"),
                mark(15, 16, "furniture"),
            ],
            ..Gold::default()
        };
        let removed = [Removed { start: 1, end: 99, kind: String::new() }];
        let tokens = judge(&gold, &removed);
        let kinds: Vec<_> = tokens.iter().map(|token| token.kind).collect();
        assert_eq!(kinds, [Some("related"), None, Some("promotion"), Some("promotion")]);
        assert!(tokens.iter().all(|token| token.removed == Some("")));
    }
}
