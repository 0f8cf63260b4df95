//! How a unit is set: what it starts and ends with, its capitals, its signs.

use super::{Row, share};
use crate::engine::text::bytes::count;
use crate::engine::text::dateline::dateline;
use crate::engine::text::marks::{
    CLOSING_BRACKETS, CLOSING_QUOTES, FULL_STOPS, OPENING_BRACKETS, QUESTION_MARKS, is_terminator,
};
use crate::engine::text::token::{Class, Token};

fn last_mark(raw: &str) -> char {
    let closes = |c: char| c == ' ' || CLOSING_QUOTES.contains(&c) || CLOSING_BRACKETS.contains(&c);
    raw.trim_end_matches(closes).chars().next_back().unwrap_or(' ')
}

/// Whether `raw` ends like a sentence, closing marks aside.
pub(super) fn ends_sentence(raw: &str) -> bool {
    is_terminator(last_mark(raw))
}

/// How a stretch ends, closing marks aside.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(in super::super) enum Ending {
    /// Like a headline: with no mark, or with a question.
    Open,
    /// With a colon.
    Colon,
    /// Like a sentence.
    Closed,
}

/// How `raw` ends.
pub(in super::super) fn ending(raw: &str) -> Ending {
    match last_mark(raw) {
        ':' | '：' => Ending::Colon,
        last if QUESTION_MARKS.contains(&last) || !is_terminator(last) => Ending::Open,
        _ => Ending::Closed,
    }
}

/// Writes what the stretch ends and starts with.
pub(super) fn ends(raw: &str, row: &mut Row) {
    let last = last_mark(raw);
    row.flag(FULL_STOPS.contains(&last));
    row.flag(matches!(last, '!' | '！'));
    row.flag(QUESTION_MARKS.contains(&last));
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
    let (mut capitals, mut upper, mut url, mut name, mut time) = (0, 0, false, false, false);
    for word in words {
        capitals += usize::from(word.capital);
        upper += usize::from(word.upper && word.end - word.start > 2);
        match word.class {
            Class::Word => {}
            Class::Url => url = true,
            Class::Handle | Class::Email => name = true,
            Class::Number => time |= text[word.start as usize..word.end as usize].contains(':'),
        }
    }
    let (capitals, upper) = (share(capitals, n), share(upper, n));
    row.push(capitals);
    row.flag(capitals > 0.6 && n > 3);
    row.push(upper);
    row.flag(upper > 0.8);
    let seen = Marks::of(raw);
    row.push(share(seen.digits, raw.len()));
    row.flag(url);
    row.flag(name);
    row.flag(seen.has(b'#'));
    // Signs beyond ASCII, and brackets, need a closer look.
    let plain = seen.are_plain();
    let beyond = if plain { Beyond::default() } else { Beyond::of(raw) };
    row.flag(beyond.copyright || seen.has(b'(') && has_typed_copyright(raw));
    row.flag(seen.has(b'|'));
    row.flag(seen.has(b'/'));
    row.flag((seen.has(b'>') || beyond.arrow) && !beyond.guillemet);
    row.push(share(seen.punctuation, raw.len()));
    row.push(seen.exclamations.min(3) as f32 / 3.0);
    row.push(seen.questions.min(3) as f32 / 3.0);
    row.flag((seen.has(b':') || !plain) && raw.chars().take(25).any(|c| matches!(c, ':' | '：')));
    row.flag(seen.has(b'"') || beyond.quote || beyond.guillemet);
    row.flag(time);
}

/// Signs beyond ASCII that occur in a stretch.
#[derive(Default)]
#[expect(clippy::struct_excessive_bools, reason = "each is a fact of its own")]
struct Beyond {
    copyright: bool,
    arrow: bool,
    /// An opening one, beside which `»` is no arrow.
    guillemet: bool,
    quote: bool,
}

impl Beyond {
    fn of(raw: &str) -> Self {
        let mut seen = Self::default();
        // The bytes that these signs start with, and few letters.
        for at in memchr::memchr3_iter(0xc2, 0xe2, 0xe3, raw.as_bytes()) {
            match raw[at..].chars().next() {
                Some('©') => seen.copyright = true,
                Some('►' | '→' | '»' | '▶' | '➤' | '▸' | '↓') => seen.arrow = true,
                Some('«') => seen.guillemet = true,
                Some('“' | '„' | '”' | '「') => seen.quote = true,
                _ => {}
            }
        }
        seen
    }
}

/// What is set in a stretch besides letters.
struct Marks {
    digits: usize,
    punctuation: usize,
    exclamations: usize,
    questions: usize,
    /// Which of [`Marks::SIGNS`] occur, a bit for each; the uppermost for what may be a sign beyond ASCII.
    signs: u8,
}

impl Marks {
    const SIGNS: [u8; 7] = *b"#|/(>:\"";
    const BEYOND: u8 = 0x80;
    /// The bytes that signs beyond ASCII start with; those of most letters are others.
    const LEADS: [u8; 4] = [0xc2, 0xe2, 0xe3, 0xef];

    // Each is a loop of its own without a table, so that it takes many bytes at once.
    fn of(raw: &str) -> Self {
        let bytes = raw.as_bytes();
        let sign = |byte: u8| {
            let known = (0..).zip(Self::SIGNS).map(|(i, sign)| u8::from(byte == sign) << i);
            let beyond = Self::LEADS.map(|lead| u8::from(byte == lead) * Self::BEYOND);
            known.chain(beyond).fold(0, |signs, sign| signs | sign)
        };
        Self {
            digits: count(bytes, |byte| byte.is_ascii_digit()),
            punctuation: count(bytes, |byte| byte.is_ascii_punctuation()),
            exclamations: count(bytes, |byte| byte == b'!'),
            questions: count(bytes, |byte| byte == b'?'),
            signs: bytes.iter().fold(0, |signs, &byte| signs | sign(byte)),
        }
    }

    fn has(&self, sign: u8) -> bool {
        Self::SIGNS.iter().position(|known| *known == sign).is_some_and(|i| self.signs >> i & 1 == 1)
    }

    /// Whether there are no signs beyond ASCII.
    fn are_plain(&self) -> bool {
        self.signs & Self::BEYOND == 0
    }
}
