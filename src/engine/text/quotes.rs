//! What someone is quoted with: the words of an advert in a speaker's mouth are news.

use std::ops::Range;

/// Pairs of quotation marks. A German closing mark is an English opening one, so that what closes is told by what
/// opened.
const PAIRS: [(char, &[char]); 9] = [
    ('„', &['“', '”', '"']),
    ('“', &['”', '“', '"']),
    ('«', &['»']),
    ('»', &['«']),
    ('‚', &['‘', '’']),
    ('「', &['」']),
    ('『', &['』']),
    ('”', &['”']),
    ('"', &['"', '“', '”']),
];
/// Longer stretches between two marks are no quotation but a mark that was lost.
const LONGEST: usize = 600;

/// Whether the straight mark at byte `at` of `line` is part of a word: Hebrew writes abbreviations so.
fn is_inner(line: &str, at: usize) -> bool {
    let hebrew = |c: char| matches!(c, '\u{5d0}'..='\u{5ea}');
    line[..at].chars().next_back().is_some_and(hebrew) && line[at + 1..].chars().next().is_some_and(hebrew)
}

/// The stretches of `line` inside quotation marks, marks included, in bytes. Straight marks count only if their number
/// is even. Linear.
#[must_use]
pub fn quotations(line: &str) -> Vec<Range<usize>> {
    let is_mark = |at: usize| !is_inner(line, at);
    let straight = memchr::memchr_iter(b'"', line.as_bytes()).filter(|&at| is_mark(at)).count() % 2 == 0;
    let counts = |&(at, c): &(usize, char)| c != '"' || straight && is_mark(at);
    // Swedes and Finns open with the mark that closes elsewhere; beside an opening one it would be a mark that was lost.
    let both_closing = !line.contains('“') && !line.contains('„');
    let mut found = Vec::new();
    let mut open: Option<(usize, &[char])> = None;
    // What no mark starts with is passed over byte by byte.
    let leads = line.bytes().enumerate().filter(|(_, byte)| matches!(byte, b'"' | 0xc2 | 0xe2 | 0xe3));
    let marks = leads.filter_map(|(at, _)| Some((at, line[at..].chars().next()?)));
    for (at, c) in marks.filter(counts) {
        // Whether what counts between `start` and here was too long already.
        let is_lost = |start: usize| {
            let before = || line[start..at].char_indices().map(|(i, c)| (start + i, c)).rfind(counts);
            at - start > LONGEST && before().is_some_and(|(before, _)| before - start > LONGEST)
        };
        match open.filter(|&(start, _)| !is_lost(start)) {
            Some((start, closing)) if closing.contains(&c) => {
                found.push(start..at + c.len_utf8());
                open = None;
            }
            Some((start, _)) if at - start > LONGEST => open = None,
            Some(_) => {}
            None if c == '”' && !both_closing => {}
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
        assert_eq!(found("”Tule mukaan”, hän sanoi. ”Ei”"), ["”Tule mukaan”", "”Ei”"]);
        assert_eq!(found("he said.” The next “went”"), ["“went”"]);
        assert_eq!(found("דובר צה\"ל אמר: \"בואו\"."), ["\"בואו\""]);
        assert_eq!(found("田中氏は『行こう』と述べた"), ["『行こう』"]);
        let lost = |letters: usize| quotations(&format!("“{} “and one” more", "x".repeat(letters)))[0].clone();
        assert_eq!(lost(100).start, 0);
        assert_eq!(lost(LONGEST), LONGEST + 4..LONGEST + 17);
        assert!(found("").is_empty());
    }
}
