//! What someone is quoted with: the words of an advert in a speaker's mouth are news.

use std::ops::Range;

/// Pairs of quotation marks. A German closing mark is an English opening one, so that what closes is told by what
/// opened.
const PAIRS: [(char, &[char]); 7] = [
    ('„', &['“', '”', '"']),
    ('“', &['”', '“', '"']),
    ('«', &['»']),
    ('»', &['«']),
    ('‚', &['‘', '’']),
    ('「', &['」']),
    ('"', &['"', '“', '”']),
];
/// Longer stretches between two marks are no quotation but a mark that was lost.
const LONGEST: usize = 600;

/// The stretches of `line` inside quotation marks, marks included, in bytes. Straight marks count only if their number
/// is even. Linear.
#[must_use]
pub fn quotations(line: &str) -> Vec<Range<usize>> {
    let straight = line.bytes().filter(|b| *b == b'"').count() % 2 == 0;
    let mut found = Vec::new();
    let mut open: Option<(usize, &[char])> = None;
    for (at, c) in line.char_indices().filter(|(_, c)| straight || *c != '"') {
        match open {
            Some((start, closing)) if closing.contains(&c) => {
                found.push(start..at + c.len_utf8());
                open = None;
            }
            Some((start, _)) if at - start > LONGEST => open = None,
            Some(_) => {}
            None => open = PAIRS.iter().find(|pair| pair.0 == c).map(|pair| (at, pair.1)),
        }
    }
    found
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn quotations_end_with_the_mark_that_fits_the_first() {
        let found = |line: &'static str| quotations(line).into_iter().map(|r| &line[r]).collect::<Vec<_>>();
        assert_eq!(found("„Folgt mir“, rief er. “Go on,” she said."), ["„Folgt mir“", "“Go on,”"]);
        assert_eq!(found("Il dit : « Venez ! » et \"non\""), ["« Venez ! »", "\"non\""]);
        assert_eq!(found("a mark \" that was lost, “and one” that was not"), ["“and one”"]);
        assert!(found("").is_empty());
    }
}
