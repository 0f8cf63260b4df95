//! The text model: linear over hashed words, word pairs and triples, character 4-grams and marks of shape.
//!
//! It is taught which lines recur and which were annotated, so it knows the manner of an advert that it has never
//! seen. Feature hashing after Weinberger et al., "Feature hashing for large scale multitask learning", ICML 2009.

use crate::engine::fingerprint::key::mix;
use crate::engine::text::token::{Class, Tokens};
use crate::learning::model::{ModelError, ModelFile};
use crate::learning::sparse::Quantized;

/// Buckets of a table: 2^16 in 8 bits lose nothing measurable against 2^18 in floats.
pub const BUCKETS: usize = 1 << 16;

/// Where the tables stand in a model file.
pub const SECTIONS: [&str; 3] = ["text.weak", "text.strong", "text.headline"];

/// Two tables over the same buckets, so that one look-up serves both: what recurrence taught and what annotators
/// taught. A third one, which is asked of few stretches only, knows headlines.
#[derive(Debug, Clone)]
pub struct TextModel {
    /// Interleaved: `[taught by recurrence, taught by annotations]` per bucket.
    table: Box<[[i8; 2]; BUCKETS]>,
    headlines: Box<[i8; BUCKETS]>,
    scale: [f32; 3],
    bias: [f32; 3],
}

/// Unnormalised sums of a stretch of text: they add up over the sentences of a line.
#[derive(Debug, Clone, Copy, Default, PartialEq)]
pub struct TextSums {
    sums: [i32; 2],
    count: u32,
}

impl TextSums {
    /// The sums of both stretches together.
    #[must_use]
    pub fn plus(self, other: Self) -> Self {
        let sums = std::array::from_fn(|table| self.sums[table] + other.sums[table]);
        Self { sums, count: self.count + other.count }
    }
}

impl TextModel {
    /// A model from three tables of [`BUCKETS`] weights: taught by recurrence, by annotations, and by headlines. Shorter
    /// tables are filled up with zeros.
    #[must_use]
    pub fn new(tables: [&Quantized; 3]) -> Self {
        let at = |table: usize, i: usize| tables[table].steps.get(i).copied().unwrap_or(0);
        Self {
            table: Box::new(std::array::from_fn(|i| [at(0, i), at(1, i)])),
            headlines: Box::new(std::array::from_fn(|i| at(2, i))),
            scale: tables.map(|table| table.scale),
            bias: tables.map(|table| table.bias),
        }
    }

    /// Reads the tables of `file`.
    ///
    /// # Errors
    /// If one is missing.
    pub fn load(file: &ModelFile) -> Result<Self, ModelError> {
        Ok(Self::new([file.table(SECTIONS[0])?, file.table(SECTIONS[1])?, file.table(SECTIONS[2])?]))
    }

    /// The sums of the words `first..last`, whose raw text is `raw`.
    #[must_use]
    pub fn sums(&self, tokens: &Tokens, first: usize, last: usize, raw: &str) -> TextSums {
        let mut total = TextSums::default();
        each_feature(tokens, first, last, raw, &mut |bucket| {
            let [weak, strong] = self.table[bucket as usize];
            total.sums[0] += i32::from(weak);
            total.sums[1] += i32::from(strong);
            total.count += 1;
        });
        total
    }

    /// The two scores, as log-odds of being no article: taught by recurrence, taught by annotations.
    #[must_use]
    pub fn scores(&self, sums: TextSums) -> [f32; 2] {
        [0, 1].map(|table| self.score(table, sums.sums[table], sums.count))
    }

    /// How much the words `first..last`, whose raw text is `raw`, sound like the headline of an article rather than like
    /// a line or a sentence of its text, in log-odds.
    #[must_use]
    pub fn headline_score(&self, tokens: &Tokens, first: usize, last: usize, raw: &str) -> f32 {
        let (mut sum, mut count) = (0, 0);
        each_feature(tokens, first, last, raw, &mut |bucket| {
            sum += i32::from(self.headlines[bucket as usize]);
            count += 1;
        });
        self.score(2, sum, count)
    }

    /// Clamped to -12..8, beyond which a score tells nothing more.
    fn score(&self, table: usize, sum: i32, count: u32) -> f32 {
        let norm = (count.max(1) as f32).sqrt().recip();
        (sum as f32 * self.scale[table] * norm + self.bias[table]).clamp(-12.0, 8.0)
    }
}

/// Calls `emit` with the bucket of every feature of the words `first..last`. A row's values are all
/// `1 / sqrt(number of features)`: near enough to the unit length that linear models want, and it needs no second
/// pass. Linear in the stretch.
pub fn each_feature(tokens: &Tokens, first: usize, last: usize, raw: &str, emit: &mut impl FnMut(u32)) {
    word_features(tokens, first, last, emit);
    if first < last {
        let from = tokens.words[first].folded as usize - 1;
        let to = tokens.words.get(last).map_or(tokens.folded.len(), |next| next.folded as usize);
        character_features(&tokens.folded[from..to], emit);
    }
    shape_features(tokens, first, last, raw, emit);
}

fn bucket(hash: u64) -> u32 {
    (hash.wrapping_mul(0x9e37_79b9_7f4a_7c15) >> (64 - BUCKETS.trailing_zeros())) as u32
}

fn word_features(tokens: &Tokens, first: usize, last: usize, emit: &mut impl FnMut(u32)) {
    const EDGE: u64 = 0xed9e;
    let (mut before, mut before_that) = (EDGE, None);
    for word in &tokens.words[first..last] {
        emit(bucket(word.hash));
        let pair = mix(before, word.hash);
        emit(bucket(pair));
        if let Some(earlier) = before_that {
            emit(bucket(mix(earlier, pair)));
        }
        before_that = Some(before);
        before = word.hash;
    }
    emit(bucket(mix(before, EDGE)));
}

/// Character 4-grams of the folded words with the spaces between them.
fn character_features(folded: &str, emit: &mut impl FnMut(u32)) {
    let bytes = folded.as_bytes();
    let add = |h: u64, b: u8| (h ^ u64::from(b)).wrapping_mul(0x0100_0000_01b3);
    let hash = |gram: &[u8]| gram.iter().fold(0x4c11_u64, |h, &b| add(h, b));
    let of_bytes = |[a, b, c, d]: [u8; 4]| bucket(add(add(add(add(0x4c11, a), b), c), d));
    // Four bytes are four characters wherever all of them are ASCII.
    if folded.is_ascii() {
        for gram in bytes.array_windows() {
            emit(of_bytes(*gram));
        }
        return;
    }
    for (at, gram) in bytes.array_windows().enumerate() {
        if gram.is_ascii() {
            emit(of_bytes(*gram));
        } else if folded.is_char_boundary(at)
            && let Some((last, c)) = folded[at..].char_indices().nth(3)
        {
            emit(bucket(hash(&bytes[at..at + last + c.len_utf8()])));
        }
    }
}

/// Signs that tell how a stretch is set.
const SIGNS: [char; 9] = ['©', '|', '@', '#', '*', '►', '→', '[', '('];

/// Which of [`SIGNS`] occur, a bit for each. One pass: nine searches for what is hardly ever there cost more than all
/// the rest of the marks.
fn signs(raw: &str) -> u16 {
    /// By byte: the bits of the ASCII signs, and one that asks for a closer look at what is not ASCII.
    const BITS: [u16; 256] = {
        let mut bits = [0; 256];
        let mut i = 0;
        while i < SIGNS.len() {
            let sign = SIGNS[i] as usize;
            if sign < 128 {
                bits[sign] = 1 << i;
            }
            i += 1;
        }
        bits[0xc2] = LOOK;
        bits[0xe2] = LOOK;
        bits
    };
    /// `©` starts with the byte C2, the arrows start with E2.
    const LOOK: u16 = 1 << 15;
    let seen = raw.bytes().fold(0, |seen, byte| seen | BITS[usize::from(byte)]);
    if seen & LOOK == 0 {
        return seen;
    }
    let others = SIGNS.iter().enumerate().filter(|(_, sign)| !sign.is_ascii() && raw.contains(**sign));
    others.fold(seen, |seen, (i, _)| seen | 1 << i)
}

/// How the stretch is set. Each mark counts twice, since there are few of them among many words.
fn shape_features(tokens: &Tokens, first: usize, last: usize, raw: &str, emit: &mut impl FnMut(u32)) {
    let words = &tokens.words[first..last];
    let mut mark = |family: u64, value: u64| {
        let hash = mix(0x5ade_0000 + family, value);
        emit(bucket(hash));
        emit(bucket(hash.rotate_left(17)));
    };
    let seen = signs(raw);
    for i in (0..SIGNS.len()).filter(|i| seen >> i & 1 == 1) {
        mark(1, i as u64);
    }
    let capitals = words.iter().filter(|w| w.capital).count() * 4 / words.len().max(1);
    mark(2, capitals as u64);
    mark(3, u64::from((tokens.length(first, last) + 1).ilog2().min(7)));
    mark(4, raw.chars().next_back().filter(|c| !c.is_alphanumeric()).map_or(0, u64::from));
    mark(
        5,
        raw.chars().next().map_or(0, |c| {
            if c.is_uppercase() {
                1
            } else if c.is_alphanumeric() {
                2
            } else {
                u64::from(c)
            }
        }),
    );
    if words.iter().any(|w| w.class == Class::Url) {
        mark(6, 0);
    }
}
