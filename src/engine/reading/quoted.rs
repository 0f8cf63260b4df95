//! Cues that are only quoted: what someone is reported to have said asks the reader for nothing.

use crate::engine::lexicon::{Hit, WordList};
use crate::engine::text::quotes::quotations;
use crate::engine::text::segment::{Line, Segmentation};
use crate::engine::text::token::Tokens;
use std::ops::Range;

/// Words beside a quotation from which on someone is telling of it.
const TOLD: usize = 3;
/// The same where one of them is a word of reporting: "she said".
const REPORTED: usize = 2;

/// Drops the cues that a line only quotes. Linear in the lines that have cues.
pub(super) fn drop_quoted(hits: &mut Vec<Hit>, text: &str, tokens: &Tokens, parts: &Segmentation) {
    if hits.is_empty() {
        return;
    }
    let mut quoted: Vec<Range<usize>> = Vec::new();
    // A look at every quotation of the text would cost more than the rest of the lexicon; few lines have a cue.
    let begins = |word: usize| hits.partition_point(|hit| (hit.first as usize) < word);
    for line in parts.lines.iter().filter(|line| begins(line.first) < begins(line.last)) {
        let inside = quotations(&text[line.start..line.end]);
        let inside: Vec<_> = inside.iter().map(|range| line.start + range.start..line.start + range.end).collect();
        if !inside.is_empty() && is_told(line, &inside, tokens) {
            quoted.extend(inside);
        }
    }
    hits.retain(|hit| !is_inside(tokens.words[hit.first as usize].start as usize, &quoted));
}

/// Whether the words of `line` beside the quotations `inside` it tell of them.
fn is_told(line: &Line, inside: &[Range<usize>], tokens: &Tokens) -> bool {
    let beside = |word: &usize| !is_inside(tokens.words[*word].start as usize, inside);
    let words: Vec<usize> = (line.first..line.last).filter(beside).take(TOLD).collect();
    let reports = |word: &usize| WordList::reporting().contains(tokens.folded_word(*word));
    words.len() >= TOLD || words.len() >= REPORTED && words.iter().any(reports)
}

/// Whether byte `at` is in one of `ranges`, which ascend.
fn is_inside(at: usize, ranges: &[Range<usize>]) -> bool {
    ranges.get(ranges.partition_point(|range| range.end <= at)).is_some_and(|range| range.start <= at)
}

#[cfg(test)]
mod tests {
    use crate::engine::article::Article;
    use crate::engine::lexicon::Lexicon;
    use crate::engine::reading::read;

    fn has_cue(text: &str) -> bool {
        let article = Article { text: text.to_owned(), ..Article::default() };
        !read(&article, Lexicon::shipped()).hits.is_empty()
    }

    #[test]
    fn what_someone_says_is_no_cue() {
        for quoted in [
            "\u{201c}Subscribe to our newsletter,\u{201d} she said.",
            "\u{201c}Subscribe to our newsletter\u{201d} stood on the door.",
            "\u{201e}Abonnieren Sie unseren Newsletter\u{201c}, sagte er.",
        ] {
            assert!(!has_cue(quoted), "{quoted}");
        }
    }

    #[test]
    fn what_nobody_tells_of_is_one() {
        for own in [
            "\u{201c}Subscribe to our newsletter\u{201d}",
            "\u{201c}Subscribe to our newsletter\u{201d} now: here",
            "\u{201c}Subscribe to our newsletter, she said\u{201d} - yes, please",
        ] {
            assert!(has_cue(own), "{own}");
        }
    }
}
