//! How a unit is set: what it starts and ends with, its capitals, its signs.

use super::{Row, share};
use crate::engine::text::dateline::dateline;
use crate::engine::text::marks::{CLOSING_BRACKETS, CLOSING_QUOTES, FULL_STOPS, OPENING_BRACKETS, is_terminator};
use crate::engine::text::token::{Class, Token};

fn last_mark(raw: &str) -> char {
    let closes = |c: char| c == ' ' || CLOSING_QUOTES.contains(&c) || CLOSING_BRACKETS.contains(&c);
    raw.trim_end_matches(closes).chars().next_back().unwrap_or(' ')
}

/// Whether `raw` ends like a sentence, closing marks aside.
pub(super) fn ends_sentence(raw: &str) -> bool {
    is_terminator(last_mark(raw))
}

/// Writes what the stretch ends and starts with.
pub(super) fn ends(raw: &str, row: &mut Row) {
    let last = last_mark(raw);
    row.flag(FULL_STOPS.contains(&last));
    row.flag(matches!(last, '!' | '！'));
    row.flag(matches!(last, '?' | '？' | '؟'));
    row.flag(matches!(last, ':' | '：'));
    row.flag(last == '…' || raw.ends_with("..."));
    row.flag(!ends_sentence(raw) && !matches!(last, ':' | '：'));
    // The bracket of a dateline is none of the sentence's.
    let first = raw[dateline(raw)..].chars().next().unwrap_or(' ');
    row.flag(OPENING_BRACKETS.contains(&first));
    row.flag(raw.ends_with(CLOSING_BRACKETS));
    row.flag(matches!(first, '"' | '“' | '„' | '»' | '«' | '\'' | '‘' | '‚' | '「' | '『'));
    row.flag(raw.ends_with(CLOSING_QUOTES));
    row.flag(first.is_lowercase());
    row.flag(matches!(first, '*' | '•' | '-' | '–' | '►' | '→' | '>' | '|' | '#' | '▶' | '➤' | '·'));
    row.flag(first.is_numeric());
}

/// Whether `(c)` stands for the copyright sign: `501(c)3` is none.
fn has_typed_copyright(raw: &str) -> bool {
    let year_follows = |at: usize| raw[at + 3..].trim_start().starts_with(char::is_numeric);
    let in_word = |at: usize| raw[..at].ends_with(char::is_alphanumeric);
    ["(c)", "(C)"].iter().flat_map(|sign| raw.match_indices(sign)).any(|(at, _)| year_follows(at) && !in_word(at))
}

/// Writes capitals, digits, addresses and signs.
pub(super) fn case_and_marks(text: &str, raw: &str, words: &[Token], row: &mut Row) {
    let n = words.len();
    let capitals = share(words.iter().filter(|w| w.capital).count(), n);
    let upper = share(words.iter().filter(|w| w.upper && w.end - w.start > 2).count(), n);
    row.push(capitals);
    row.flag(capitals > 0.6 && n > 3);
    row.push(upper);
    row.flag(upper > 0.8);
    let seen = Marks::of(raw);
    row.push(share(seen.digits, raw.len()));
    row.flag(words.iter().any(|w| w.class == Class::Url));
    row.flag(words.iter().any(|w| matches!(w.class, Class::Handle | Class::Email)));
    row.flag(seen.has(b'#'));
    // What is not ASCII, and brackets, need a closer look.
    let plain = seen.is_ascii();
    row.flag(!plain && raw.contains('©') || seen.has(b'(') && has_typed_copyright(raw));
    row.flag(seen.has(b'|'));
    row.flag(seen.has(b'/'));
    let arrow = if plain {
        seen.has(b'>')
    } else {
        raw.contains(['►', '→', '»', '>', '▶', '➤', '▸', '↓']) && !raw.contains('«')
    };
    row.flag(arrow);
    row.push(share(seen.punctuation, raw.len()));
    row.push(seen.exclamations.min(3) as f32 / 3.0);
    row.push(seen.questions.min(3) as f32 / 3.0);
    row.flag((seen.has(b':') || !plain) && raw.chars().take(25).any(|c| matches!(c, ':' | '：')));
    row.flag(seen.has(b'"') || !plain && raw.contains(['“', '„', '”', '«', '「']));
    row.flag(words.iter().any(|w| w.class == Class::Number && text[w.start as usize..w.end as usize].contains(':')));
}

/// What is set in a stretch besides letters.
struct Marks {
    digits: usize,
    punctuation: usize,
    exclamations: usize,
    questions: usize,
    /// Which of [`Marks::SIGNS`] occur, a bit for each; the uppermost for what is not ASCII.
    signs: u8,
}

impl Marks {
    const SIGNS: [u8; 7] = *b"#|/(>:\"";
    const BEYOND: u8 = 0x80;

    fn of(raw: &str) -> Self {
        const BITS: [u8; 256] = {
            let mut bits = [0; 256];
            let mut byte = 128;
            while byte < 256 {
                bits[byte] = Marks::BEYOND;
                byte += 1;
            }
            let mut i = 0;
            while i < Marks::SIGNS.len() {
                bits[Marks::SIGNS[i] as usize] = 1 << i;
                i += 1;
            }
            bits
        };
        // Each count is a loop of its own, so that it takes many bytes at once.
        let count = |wanted: fn(&u8) -> bool| raw.as_bytes().iter().filter(|byte| wanted(byte)).count();
        Self {
            digits: count(u8::is_ascii_digit),
            punctuation: count(u8::is_ascii_punctuation),
            exclamations: count(|byte| *byte == b'!'),
            questions: count(|byte| *byte == b'?'),
            signs: raw.bytes().fold(0, |signs, byte| signs | BITS[usize::from(byte)]),
        }
    }

    fn has(&self, sign: u8) -> bool {
        Self::SIGNS.iter().position(|known| *known == sign).is_some_and(|i| self.signs >> i & 1 == 1)
    }

    fn is_ascii(&self) -> bool {
        self.signs & Self::BEYOND == 0
    }
}
