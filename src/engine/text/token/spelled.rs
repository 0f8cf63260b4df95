//! Words whose letters were pulled apart, `N e w s l e t t e r` or `n.e.w.s`: a reader puts them together again.

use super::{is_word_char, stands_alone};

/// Fewer letters are initials, or a list of grades, unless such a word follows.
const LETTERS: usize = 4;
/// The shortest word before another one: `b.y  n.a.m.e`.
const LEAST_LETTERS: usize = 2;
/// Signs between two letters, at most: `n - e - w - s`.
const GAP: usize = 3;

/// One past the word that starts at `start` with its letters apart, always by the same signs, if one does. Linear in what
/// it covers and the word behind it; elsewhere it looks at two letters.
pub(super) fn spelled_end(text: &str, start: usize) -> Option<usize> {
    let first = text[start..].chars().next().filter(|&c| is_letter(c))?;
    let mut end = start + first.len_utf8();
    let length: usize = text[end..].chars().take_while(|&c| parts_letters(c)).take(GAP).map(char::len_utf8).sum();
    let gap = &text[end..end + length];
    // "J. R. R. T." are initials.
    if gap.is_empty() || gap.len() > 1 && gap.contains('.') {
        return None;
    }
    let (letters, rest) = run_of_letters(&text[end..], gap);
    // In `n.a.m.e.:` the last full stop is of the word, and ends no sentence.
    let rest = rest.strip_prefix('.').filter(|behind| gap == "." && behind.starts_with(':')).unwrap_or(rest);
    end = text.len() - rest.len();
    let short = letters >= LEAST_LETTERS && is_long_run(rest.trim_start_matches(':'), gap);
    (letters >= LETTERS || short).then_some(end)
}

/// How many letters there are with the one before `text`, each behind a `gap`, and what comes after them.
fn run_of_letters<'t>(mut text: &'t str, gap: &str) -> (usize, &'t str) {
    let mut letters = 1;
    while let Some(next) = lone_letter_after(text, gap) {
        text = &text[gap.len() + next.len_utf8()..];
        letters += 1;
    }
    (letters, text)
}

/// Whether white space comes, and then a word in `gap`s that is long enough to be one for certain.
fn is_long_run(text: &str, gap: &str) -> bool {
    let next = text.trim_start_matches(char::is_whitespace);
    let first = next.chars().next().filter(|&c| is_letter(c) && next.len() < text.len());
    first.is_some_and(|first| run_of_letters(&next[first.len_utf8()..], gap).0 >= LETTERS)
}

/// Whether `raw`, which is a word, has its letters apart.
pub fn is_spelled(raw: &str) -> bool {
    raw.chars().nth(1).is_some_and(parts_letters)
}

/// The letter behind `gap` at the start of `text`, if no other letter or digit follows it.
fn lone_letter_after(text: &str, gap: &str) -> Option<char> {
    let mut chars = text.strip_prefix(gap)?.chars();
    let letter = chars.next().filter(|&c| is_letter(c))?;
    chars.next().is_none_or(|c| !is_word_char(c)).then_some(letter)
}

fn is_letter(c: char) -> bool {
    c.is_alphabetic() && !stands_alone(c)
}

fn parts_letters(c: char) -> bool {
    matches!(
        c,
        ' ' | '\u{a0}' | '\u{2002}'
            ..='\u{200a}' | '\u{202f}' | '.' | '-' | '_' | '*' | '·' | '•' | '|' | '/' | '~' | '+'
    )
}
