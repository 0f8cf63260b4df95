//! Layout and typography of a unit: where it stands, how long it is, how it is set.
//!
//! None of this can be particular to a publisher or a language, which is why it carries over to unknown ones.

mod typography;

pub(super) use self::typography::{Ending, ending};
use self::typography::{case_and_marks, ends, ends_sentence};
use crate::engine::text::markup::plain;
use crate::engine::text::segment::{Segmentation, Unit, UnitKind};
use crate::engine::text::token::{Class, Token, Tokens};
use ahash::AHashMap;

/// Names of the columns that [`Layout::fill`] writes.
pub const NAMES: &[&str] = &[
    "words.log",
    "words.le1",
    "words.le2",
    "words.le4",
    "words.le7",
    "words.le12",
    "words.gt25",
    "words.gt40",
    "place.start",
    "place.end",
    "place.line",
    "place.line_from_end",
    "place.line_share",
    "place.first",
    "place.last",
    "place.after_first5",
    "place.before_last5",
    "place.chars_from_end",
    "line.sentences",
    "line.index",
    "line.is_last",
    "unit.bracket",
    "unit.sentence",
    "unit.line",
    "line.share",
    "line.log",
    "line.breaks1",
    "end.stop",
    "end.exclamation",
    "end.question",
    "end.colon",
    "end.ellipsis",
    "end.none",
    "start.bracket",
    "end.bracket",
    "start.quote",
    "end.quote",
    "start.lower",
    "start.bullet",
    "start.digit",
    "case.capitals",
    "case.capitals_many",
    "case.upper",
    "case.all_upper",
    "marks.digits",
    "marks.url",
    "marks.handle",
    "marks.hash",
    "marks.copyright",
    "marks.bar",
    "marks.slash",
    "marks.arrow",
    "marks.punctuation",
    "marks.exclamations",
    "marks.questions",
    "marks.early_colon",
    "marks.quotes",
    "marks.times",
    "words.repeated_unit",
    "document.short",
    "document.log",
    "document.line_mean",
    "document.few_lines",
    "document.one_line",
    "document.lines_log",
    "document.short_line_share",
    "line.short_run",
    "end.none_short",
    "words.type_share",
    "names.start",
    "letters.share",
];

/// Lines up to this many words are short: headings, labels, links (a headline has 4 to 14 words).
const SHORT_LINE: usize = 8;

/// What the units' columns need of the whole document, gathered once.
#[derive(Debug)]
pub struct Layout<'a> {
    text: &'a str,
    tokens: &'a Tokens,
    parts: &'a Segmentation,
    unit_values: AHashMap<u64, u32>,
    short_run: Vec<usize>,
    short_share: f32,
    /// Columns that are the same for all units: logarithms of the text's length, of its lines' mean length, and of
    /// their number.
    logs: [f32; 3],
}

impl<'a> Layout<'a> {
    /// Gathers the document's figures. `unit_values` holds, per unit, a value that is equal for equal units. Linear.
    #[must_use]
    pub fn new(text: &'a str, tokens: &'a Tokens, parts: &'a Segmentation, unit_values: &[Option<u64>]) -> Self {
        let mut copies = AHashMap::with_capacity(unit_values.len());
        unit_values.iter().flatten().for_each(|value| *copies.entry(*value).or_default() += 1);
        let short: Vec<bool> = parts.lines.iter().map(|l| tokens.length(l.first, l.last) <= SHORT_LINE).collect();
        let short_share = share(short.iter().filter(|s| **s).count(), short.len());
        Self {
            text,
            tokens,
            parts,
            unit_values: copies,
            short_run: run_lengths(&short),
            short_share,
            logs: [
                (text.len() as f32).ln_1p() / 10.0,
                (text.len() as f32 / parts.lines.len().max(1) as f32).ln_1p() / 8.0,
                (parts.lines.len() as f32).ln_1p() / 5.0,
            ],
        }
    }

    /// Writes the columns of unit `index` into `out`, whose length is that of [`NAMES`]. `siblings` is the number of
    /// sentences in its line and `place` its number among them; `value` is its entry of `unit_values`.
    pub fn fill(&self, unit: &Unit, (place, siblings): (usize, usize), value: Option<u64>, out: &mut [f32]) {
        let mut row = Row { out, at: 0 };
        let words = &self.tokens.words[unit.first..unit.last];
        let raw = &*plain(&self.text[unit.start..unit.end]);
        self.length_and_place(unit, self.tokens.length(unit.first, unit.last), (place, siblings), &mut row);
        ends(raw, &mut row);
        case_and_marks(self.text, raw, words, &mut row);
        let copies = value.and_then(|value| self.unit_values.get(&value)).copied().unwrap_or(1);
        row.push((copies.min(8) as f32 - 1.0) / 7.0);
        self.document(unit, raw, words, &mut row);
        debug_assert_eq!(row.at, NAMES.len());
    }

    fn length_and_place(&self, unit: &Unit, n: usize, (place, siblings): (usize, usize), row: &mut Row) {
        let lines = self.parts.lines.len();
        let line = &self.parts.lines[unit.line];
        let bytes = self.text.len().max(1) as f32;
        let from_end = lines - 1 - unit.line;
        row.push((n as f32).ln_1p());
        for limit in [1, 2, 4, 7, 12] {
            row.flag(n <= limit);
        }
        row.flag(n > 25);
        row.flag(n > 40);
        row.push(unit.start as f32 / bytes);
        row.push(1.0 - unit.end as f32 / bytes);
        row.push(unit.line.min(20) as f32 / 20.0);
        row.push(from_end.min(20) as f32 / 20.0);
        row.push(unit.line as f32 / lines.max(1) as f32);
        row.flag(unit.line == 0);
        row.flag(from_end == 0);
        row.flag(unit.line >= 5);
        row.flag(from_end < 5);
        row.push(((self.text.len() - unit.end) as f32 / 3000.0).min(1.0));
        row.push((siblings as f32).ln_1p());
        row.push((place as f32).ln_1p());
        row.flag(place + 1 == siblings);
        row.flag(unit.kind == UnitKind::Bracket);
        row.flag(unit.kind == UnitKind::Sentence);
        row.flag(unit.kind == UnitKind::Line);
        row.push((unit.end - unit.start) as f32 / (line.end - line.start).max(1) as f32);
        row.push(((line.end - line.start) as f32).ln_1p() / 8.0);
        row.flag(line.breaks == 1);
    }

    fn document(&self, unit: &Unit, raw: &str, words: &[Token], row: &mut Row) {
        let lines = self.parts.lines.len();
        let line = &self.parts.lines[unit.line];
        row.flag(self.text.len() < 1200);
        row.push(self.logs[0]);
        row.push(self.logs[1]);
        row.flag(lines < 8);
        row.flag(lines == 1);
        row.push(self.logs[2]);
        row.push(self.short_share);
        row.push(self.short_run[unit.line].min(10) as f32 / 10.0);
        row.flag(self.tokens.length(line.first, line.last) <= SHORT_LINE && !ends_sentence(raw));
        row.push(share(distinct(words), words.len()));
        row.flag(words.len() >= 2 && words[..2].iter().all(|w| w.capital && w.class == Class::Word));
        let letters: usize = words.iter().map(|w| (w.end - w.start) as usize).sum();
        row.push(share(letters, raw.len()));
    }
}

/// Number of distinct words.
fn distinct(words: &[Token]) -> usize {
    const SLOTS: usize = 256;
    // A sentence's words fit into a small table, which is faster than sorting them. 0 is a free slot there.
    if words.len() > SLOTS / 2 || words.iter().any(|word| word.hash == 0) {
        let mut hashes: Vec<u64> = words.iter().map(|word| word.hash).collect();
        hashes.sort_unstable();
        hashes.dedup();
        return hashes.len();
    }
    let mut table = [0; SLOTS];
    let mut distinct = 0;
    for word in words {
        let mut slot = word.hash as usize % SLOTS;
        while table[slot] != 0 && table[slot] != word.hash {
            slot = (slot + 1) % SLOTS;
        }
        distinct += usize::from(table[slot] == 0);
        table[slot] = word.hash;
    }
    distinct
}

struct Row<'a> {
    out: &'a mut [f32],
    at: usize,
}

impl Row<'_> {
    fn push(&mut self, value: f32) {
        if let Some(slot) = self.out.get_mut(self.at) {
            *slot = value;
        }
        self.at += 1;
    }

    fn flag(&mut self, value: bool) {
        self.push(f32::from(u8::from(value)));
    }
}

fn share(part: usize, whole: usize) -> f32 {
    part as f32 / whole.max(1) as f32
}

/// For every line the length of the run of short lines that it stands in; 0 for a long line.
fn run_lengths(short: &[bool]) -> Vec<usize> {
    let mut runs = vec![0; short.len()];
    let mut start = 0;
    while start < short.len() {
        let end = short[start..].iter().position(|s| *s != short[start]).map_or(short.len(), |n| start + n);
        if short[start] {
            runs[start..end].fill(end - start);
        }
        start = end;
    }
    runs
}
