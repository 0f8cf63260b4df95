//! Lines, sentences and bracketed groups with their byte offsets.
//!
//! Every letter and digit of the text belongs to exactly one line, and every line to one or more sentences without a
//! gap, so that what is decided per sentence covers the text. White space around units belongs to none.

mod lines;
mod wrapping;

use super::code::{CODE, likeness};
use super::marks::{CLOSING_BRACKETS, OPENING_BRACKETS, starts_with_colon};
use super::markup::{plain, with_tags, without_tags};
use super::token::{Class, Token, Tokens};
use ahash::AHashMap;

/// What a unit is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum UnitKind {
    /// A line that is one sentence, or none.
    Line,
    /// A sentence among others in its line.
    Sentence,
    /// A bracketed group inside a sentence.
    Bracket,
}

/// A stretch that is decided on: trimmed byte range and word range.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Unit {
    /// First byte.
    pub start: usize,
    /// One past the last byte.
    pub end: usize,
    /// First word.
    pub first: usize,
    /// One past the last word.
    pub last: usize,
    /// What it is.
    pub kind: UnitKind,
    /// Index of its line.
    pub line: usize,
    /// For a bracket: index of the sentence or line it stands in.
    pub parent: Option<usize>,
}

/// A line with something on it: between two line breaks, or a paragraph whose lines were wrapped.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Line {
    /// First byte that is no white space.
    pub start: usize,
    /// One past the last byte that is no white space.
    pub end: usize,
    /// First word.
    pub first: usize,
    /// One past the last word.
    pub last: usize,
    /// Line breaks before it, since the line before; 2 and more part paragraphs.
    pub breaks: usize,
}

/// A text in parts.
#[derive(Debug, Default)]
pub struct Segmentation {
    /// Non-blank lines in order.
    pub lines: Vec<Line>,
    /// Lines or sentences in order, each followed by the bracketed groups inside it.
    pub units: Vec<Unit>,
}

/// What segmentation must know of languages; the shipped one comes from the rules.
pub trait Hints {
    /// Whether `word` (folded) before a full stop does not end a sentence.
    fn is_abbreviation(&self, word: &str) -> bool;
    /// Whether `word` (folded) is a page label, such as `advertisement`, that gets glued to its neighbours when line
    /// breaks are lost.
    fn is_label(&self, word: &str) -> bool;
}

/// Lines shorter than this (bytes) are taken as the page laid them out; in longer ones, words joined without a space
/// are taken for lost line breaks. 200 bytes are more than two sentences of news prose (median 110 bytes each).
const LONG_LINE: usize = 200;

/// Splits `text`, whose words are `tokens`, into lines and units. Linear.
#[must_use]
pub fn segment(text: &str, tokens: &Tokens, hints: &dyn Hints) -> Segmentation {
    let lines = lines::lines(text, &tokens.words);
    let splitter = Splitter { text, tokens, hints, vocabulary: vocabulary(tokens) };
    // A sentence of news has some 20 words.
    let mut units = Vec::with_capacity(lines.len() + tokens.words.len() / 16);
    let mut parts = Vec::new();
    for (index, line) in lines.iter().enumerate() {
        splitter.split_line(index, line, &mut parts, &mut units);
    }
    Segmentation { lines, units }
}

/// How often each word occurs in the text, joined words counted on their own.
fn vocabulary(tokens: &Tokens) -> AHashMap<u64, u32> {
    if !tokens.words.iter().any(|w| w.joined) {
        return AHashMap::new();
    }
    let mut counts = AHashMap::with_capacity(tokens.words.len());
    for word in &tokens.words {
        *counts.entry(word.hash).or_insert(0) += 1;
    }
    counts
}

/// First byte, one past the last byte, first word, one past the last word.
type Part = (usize, usize, usize, usize);

struct Splitter<'a> {
    text: &'a str,
    tokens: &'a Tokens,
    hints: &'a dyn Hints,
    vocabulary: AHashMap<u64, u32>,
}

impl Splitter<'_> {
    /// Appends the units of `line`; `parts` is empty memory to work with. A line of code has no sentences.
    fn split_line(&self, index: usize, line: &Line, parts: &mut Vec<Part>, units: &mut Vec<Unit>) {
        if likeness(&plain(&self.text[line.start..line.end])) >= CODE {
            let Line { start, end, first, last, .. } = *line;
            units.push(Unit { start, end, first, last, kind: UnitKind::Line, line: index, parent: None });
            return;
        }
        let mut start = line.start;
        let mut first = line.first;
        for word in line.first + 1..line.last {
            if self.is_plainly_inside(word) {
                continue;
            }
            if let Some(cut) = self.boundary(line, word) {
                parts.push((start, cut, first, word));
                start = cut;
                first = word;
            }
        }
        parts.push((start, line.end, first, line.last));
        let kind = if parts.len() > 1 { UnitKind::Sentence } else { UnitKind::Line };
        for (start, end, first, last) in parts.drain(..) {
            let raw = &self.text[start..end];
            let start = end - raw.trim_start().len();
            let end = start + self.text[start..end].trim_end().len();
            let parent = units.len();
            units.push(Unit { start, end, first, last, kind, line: index, parent: None });
            self.brackets(parent, units);
        }
    }

    /// Whether one space parts two words of which neither is set in capitals: most pairs, and never a boundary.
    fn is_plainly_inside(&self, word: usize) -> bool {
        let (before, after) = (&self.tokens.words[word - 1], &self.tokens.words[word]);
        let spaced = after.start == before.end + 1 && self.text.as_bytes()[before.end as usize] == b' ';
        spaced && !before.upper && !after.upper
    }

    /// Where the sentence of word `word - 1` ends, if one ends before `word`.
    fn boundary(&self, line: &Line, word: usize) -> Option<usize> {
        let (before, after) = (&self.tokens.words[word - 1], &self.tokens.words[word]);
        let (start, end) = (before.end as usize, after.start as usize);
        let gap = &self.text[start..end];
        if gap == " " {
            return self.is_standing_label(line, word).then_some(start);
        }
        if gap.is_empty() {
            return (after.joined && self.is_seam(line, word)).then_some(start);
        }
        let bare = without_tags(gap);
        let close = closing_part(&bare);
        let (closed, rest) = (start + with_tags(gap, close), &bare[close..]);
        let (starts, spaced) = (|| self.starts_sentence(rest, after), rest.starts_with(char::is_whitespace));
        match terminator(&bare) {
            // 「…だった。」と述べた: what follows the mark directly is said of the quotation.
            Some(Terminator::FullWidth) => (spaced || !bare.contains(['」', '』', '”'])).then_some(closed),
            Some(Terminator::Stop) if spaced => (starts() && !self.is_abbreviated(&bare, word)).then_some(closed),
            Some(Terminator::Strong) if spaced => starts().then_some(closed),
            Some(_) if self.is_glued_caseless(closed, word) => Some(closed),
            Some(_) => (after.capital && self.is_glued(&bare, word)).then_some(closed),
            None if self.is_standing_label(line, word) => Some(closed),
            None => (closed > start && !spaced && after.capital && self.closes_before_known_word(line, word))
                .then_some(closed),
        }
    }

    /// Whether a new sentence can start with the word `after`, behind `gap`: capital, digit, caseless letter, address, or an
    /// opening mark before a small letter.
    fn starts_sentence(&self, gap: &str, after: &Token) -> bool {
        let first = self.text[after.start as usize..].chars().next().unwrap_or(' ');
        let opened =
            gap.contains(['"', '„', '“', '«', '»', '[', '(', '•', '*', '►', '–', '—', '¿', '¡', '>', '（', '【', '「']);
        after.capital || after.class != Class::Word || !first.is_lowercase() || opened
    }

    /// `said).The`, `zu.Der`: a full stop between words that are no host name, initials or abbreviations.
    fn is_glued(&self, gap: &str, word: usize) -> bool {
        let (before, after) = (&self.tokens.words[word - 1], &self.tokens.words[word]);
        let long = |w: &Token| w.end - w.start > 1;
        let short = before.class == Class::Word && before.end - before.start <= 2;
        let plain = gap.starts_with('.')
            && short
            && (before.capital || self.hints.is_abbreviation(self.tokens.folded_word(word - 1)));
        let small_second =
            self.text[after.start as usize..after.end as usize].chars().nth(1).is_none_or(char::is_lowercase);
        !plain && long(before) && (small_second || self.is_label(word)) && before.class != Class::Url
    }

    /// `المدينة.وقال`: a terminator between words of a script without capitals, both too long for initials.
    fn is_glued_caseless(&self, closed: usize, word: usize) -> bool {
        let caseless = |w: &Token| {
            let mut letters = self.text[w.start as usize..w.end as usize].chars();
            w.class == Class::Word
                && letters.next().is_some_and(|c| c.is_alphabetic() && !c.is_lowercase() && !c.is_uppercase())
                && letters.nth(1).is_some()
        };
        let (before, after) = (&self.tokens.words[word - 1], &self.tokens.words[word]);
        closed > before.end as usize && caseless(before) && caseless(after)
    }

    fn is_abbreviated(&self, gap: &str, word: usize) -> bool {
        let before = &self.tokens.words[word - 1];
        if !gap.starts_with('.') || gap.starts_with("..") {
            return false;
        }
        let raw = &self.text[before.start as usize..before.end as usize];
        match before.class {
            // "27. November" goes on; "im Jahr 2015. Die" does not.
            Class::Number => raw.len() <= 2,
            Class::Word => {
                raw.chars().count() == 1 && before.capital
                    || self.hints.is_abbreviation(self.tokens.folded_word(word - 1))
            }
            _ => false,
        }
    }

    /// A label in capitals inside running text, `… said. ADVERTISEMENT The …`, stands for itself on both sides; one with
    /// a colon, `(RELATED: The …`, belongs to what follows.
    fn is_standing_label(&self, line: &Line, word: usize) -> bool {
        let standing = |i: usize| {
            let w = &self.tokens.words[i];
            w.upper && self.is_label(i)
        };
        let words = &self.tokens.words;
        let introduces = || starts_with_colon(&self.text[words[word - 1].end as usize..]);
        line.end - line.start > LONG_LINE && (standing(word) || standing(word - 1) && !introduces())
    }

    fn is_label(&self, word: usize) -> bool {
        self.hints.is_label(self.tokens.folded_word(word))
    }

    /// Whether the seam before the joined word `word` is a lost line break rather than a name with an inner capital:
    /// one part is a label, or occurs elsewhere in the text on its own while the pair does not.
    fn is_seam(&self, line: &Line, word: usize) -> bool {
        if self.is_label(word) || self.is_label(word - 1) {
            return true;
        }
        line.end - line.start > LONG_LINE && (self.is_known(word) || self.is_known(word - 1)) && !self.pair_recurs(word)
    }

    fn closes_before_known_word(&self, line: &Line, word: usize) -> bool {
        line.end - line.start > LONG_LINE && self.tokens.words[word].end - self.tokens.words[word].start > 1
    }

    fn is_known(&self, word: usize) -> bool {
        self.vocabulary.get(&self.tokens.words[word].hash).is_some_and(|&n| n > 1)
    }

    fn pair_recurs(&self, word: usize) -> bool {
        let words = &self.tokens.words;
        let (a, b) = (words[word - 1].hash, words[word].hash);
        // A name with an inner capital returns within the text; looking at a window keeps this linear.
        let window = word.saturating_sub(400)..(word + 400).min(words.len());
        window
            .into_iter()
            .any(|i| i != word && i > 0 && words[i].joined && words[i].hash == b && words[i - 1].hash == a)
    }

    /// Adds the top-level bracketed groups of two words or more inside unit `parent`.
    fn brackets(&self, parent: usize, units: &mut Vec<Unit>) {
        let outer = units[parent];
        let bytes = &self.text.as_bytes()[outer.start..outer.end];
        // E3 and EF lead the wide ones.
        if memchr::memchr2(b'(', b'[', bytes).is_none() && memchr::memchr2(0xe3, 0xef, bytes).is_none() {
            return;
        }
        let mut depth = 0_u32;
        let mut open = 0;
        let mut word = outer.first;
        for (i, c) in self.text[outer.start..outer.end].char_indices() {
            let at = outer.start + i;
            match c {
                c if OPENING_BRACKETS.contains(&c) => {
                    if depth == 0 {
                        open = at;
                    }
                    depth += 1;
                }
                c if depth > 0 && CLOSING_BRACKETS.contains(&c) => {
                    depth -= 1;
                    if depth == 0 {
                        word = self.push_bracket(parent, outer, (open, at + c.len_utf8()), word, units);
                    }
                }
                _ => {}
            }
        }
    }

    fn push_bracket(
        &self,
        parent: usize,
        outer: Unit,
        (start, end): (usize, usize),
        from: usize,
        units: &mut Vec<Unit>,
    ) -> usize {
        let words = &self.tokens.words;
        let first = (from..outer.last).find(|&w| words[w].start as usize >= start).unwrap_or(outer.last);
        let last = (first..outer.last).find(|&w| words[w].start as usize >= end).unwrap_or(outer.last);
        // A group that is all but the whole sentence is decided with it.
        let is_whole = start - outer.start + (outer.end - end) <= 3;
        if self.tokens.length(first, last) >= 2 && !is_whole {
            units.push(Unit {
                start,
                end,
                first,
                last,
                kind: UnitKind::Bracket,
                line: outer.line,
                parent: Some(parent),
            });
        }
        last
    }
}

enum Terminator {
    Stop,
    Strong,
    FullWidth,
}

fn terminator(gap: &str) -> Option<Terminator> {
    gap.chars().find_map(|c| match c {
        '.' => Some(Terminator::Stop),
        '!' | '?' | '…' | '؟' | '।' | '۔' => Some(Terminator::Strong),
        '。' | '！' | '？' | '｡' | '။' | '។' => Some(Terminator::FullWidth),
        _ => None,
    })
}

/// Length of the part of a gap that belongs to the sentence before it: terminators and closing quotes and brackets, up
/// to white space or an opening mark.
fn closing_part(gap: &str) -> usize {
    const CLOSING: [char; 31] = [
        '.', '!', '?', '…', '。', '｡', '။', '។', '！', '？', '؟', '।', '۔', '"', '”', '“', '»', '’', '\'', ')', ']',
        '›', '」', '』', '）', '】', ',', ';', ':', '%', '*',
    ];
    gap.char_indices().find(|&(_, c)| !CLOSING.contains(&c)).map_or(gap.len(), |(i, _)| i)
}

#[cfg(test)]
mod tests;
