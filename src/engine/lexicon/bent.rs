//! Spellings bent to slip past a filter: typing errors in telling words, digits and stars for letters, letters spaced
//! out, doubled, or strewn with accents.
//!
//! A legitimate publisher spells "newsletter" right; who writes "n3wsletter" or "N e w s l e t t e r" hides it.

mod leet;

use self::leet::{looks_leet, parts_end, spells, stands_plainly};
use super::{Spelling, error::RuleError};
use crate::engine::text::fold::without_marks;
use crate::engine::text::token::{Class, Token, Tokens, is_spelled};
use ahash::{AHashMap, AHashSet};
use daachorse::DoubleArrayAhoCorasick;
use serde::Deserialize;

/// Letters that a head word needs before near misses of it are looked for.
const MIN_FUZZY: usize = 8;
/// From so many letters on two errors are taken for the same word.
const MIN_TWO_ERRORS: usize = 12;
/// Letters that a head word needs to be looked for among spaced-out letters, or under accents and doubled letters.
const MIN_SPACED: usize = 6;
/// Accents or letters that a word needs more than a head word to be one in disguise: one alone is a slip, or a language.
const DECORATIONS: usize = 2;

/// The shape of `rules/fuzzy.toml`.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct BentFile {
    /// Real words that are near a head word and mean something else.
    except: Vec<String>,
    head: Vec<HeadBlock>,
}

/// Head words of one group.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct HeadBlock {
    pub(super) group: String,
    pub(super) weight: f32,
    words: Vec<String>,
}

impl BentFile {
    pub(super) fn blocks(&self) -> &[HeadBlock] {
        &self.head
    }
}

/// A bent word found: words `first..end` for the cue.
#[derive(Debug, Clone, Copy)]
pub(super) struct BentMatch {
    pub(super) cue: u32,
    pub(super) first: u32,
    pub(super) end: u32,
    pub(super) spelling: Spelling,
}

/// The head words, indexed for each kind of bending.
#[derive(Default)]
pub(super) struct Bent {
    heads: Vec<Head>,
    except: AHashSet<String>,
    /// Heads that near misses are looked for of.
    candidates: Candidates,
    /// Heads by their [`skeleton`].
    skeletons: AHashMap<String, u32>,
    spaced: Option<DoubleArrayAhoCorasick<u32>>,
}

/// What tells most words from a head at a glance.
#[derive(Clone, Copy)]
struct Candidate {
    mask: u32,
    head: u32,
    /// Letters that its near misses may have more or less.
    changes: u32,
}

/// Candidates by the first byte and the byte length of their near misses.
#[derive(Default)]
struct Candidates {
    /// The row of a first byte, plus one; of few bytes there is one.
    rows: Vec<u8>,
    /// Per row, one list for each length.
    lists: Vec<[Vec<Candidate>; LONGEST]>,
}

/// Words of this many bytes and more are near no head.
const LONGEST: usize = 48;

impl Candidates {
    fn add(&mut self, first: u8, lengths: std::ops::RangeInclusive<usize>, candidate: Candidate) {
        self.rows.resize(256, 0);
        let row = &mut self.rows[usize::from(first)];
        if *row == 0 {
            self.lists.push(std::array::from_fn(|_| Vec::new()));
            // 255 at most: no text starts a word with every byte.
            *row = self.lists.len() as u8;
        }
        for length in lengths.filter(|&length| length < LONGEST) {
            self.lists[usize::from(*row) - 1][length].push(candidate);
        }
    }

    /// Those whose near misses have this first byte and this length, in the order of the heads.
    fn of(&self, folded: &[u8]) -> &[Candidate] {
        let row = folded.first().and_then(|&first| self.rows.get(usize::from(first))).copied().unwrap_or(0);
        match usize::from(row).checked_sub(1).and_then(|row| self.lists[row].get(folded.len())) {
            Some(list) => list,
            None => &[],
        }
    }
}

struct Head {
    word: String,
    letters: Vec<char>,
    mask: u32,
    cue: u32,
}

impl Head {
    fn errors(&self) -> usize {
        if self.letters.len() >= MIN_TWO_ERRORS { 2 } else { 1 }
    }
}

impl Bent {
    /// Compiles the file's words; `cues` holds the cue that each block stands for.
    pub(super) fn compile(file: &BentFile, cues: &[u32]) -> Result<Self, RuleError> {
        let mut bent = Self { except: file.except.iter().cloned().collect(), ..Self::default() };
        for (block, &cue) in file.head.iter().zip(cues) {
            for word in &block.words {
                bent.add(word, cue);
            }
        }
        let long = |head: &(usize, &Head)| head.1.letters.len() >= MIN_SPACED;
        let mut spaced: Vec<(&str, u32)> =
            bent.heads.iter().enumerate().filter(long).map(|(i, head)| (head.word.as_str(), i as u32)).collect();
        spaced.sort_unstable();
        spaced.dedup_by_key(|&mut (word, _)| word);
        if !spaced.is_empty() {
            let finder = DoubleArrayAhoCorasick::with_values(spaced);
            bent.spaced = Some(finder.map_err(|error| RuleError::Automaton(error.to_string()))?);
        }
        Ok(bent)
    }

    fn add(&mut self, word: &str, cue: u32) {
        let head = Head { word: word.to_owned(), letters: word.chars().collect(), mask: mask(word.as_bytes()), cue };
        if head.letters.len() >= MIN_FUZZY
            && let Some(&first) = word.as_bytes().first()
        {
            // An accent more or less changes the byte length by one on top of the error itself.
            let (length, slack) = (word.len(), 2 * head.errors());
            let at = self.heads.len() as u32;
            let candidate = Candidate { mask: head.mask, head: at, changes: 2 * head.errors() as u32 };
            self.candidates.add(first, length.saturating_sub(slack)..=length + slack, candidate);
        }
        if head.letters.len() >= MIN_SPACED {
            self.skeletons.entry(skeleton(word)).or_insert(self.heads.len() as u32);
        }
        self.heads.push(head);
    }

    /// Whether word `index` may be bent, so far as its folded form tells: if not, only its neighbours can make it so.
    pub(super) fn may_be_bent(&self, tokens: &Tokens, index: usize) -> bool {
        let folded = folded_bytes(tokens, index);
        folded.iter().any(u8::is_ascii_digit) || self.near(&tokens.words[index], folded).is_some()
    }

    /// Tells `found` every bent head word. `may_be` is what [`Self::may_be_bent`] says of each word.
    pub(super) fn run(
        &self,
        text: &str,
        tokens: &Tokens,
        may_be: impl Fn(usize) -> bool,
        mut found: impl FnMut(BentMatch),
    ) {
        if self.heads.is_empty() {
            return;
        }
        let mut index = 0;
        while index < tokens.words.len() {
            let word = &tokens.words[index];
            let mut next = index + 1;
            if !may_be(index) && stands_plainly(text, tokens, index) {
                index = next;
                continue;
            }
            if word.class == Class::Word && is_spelled(&text[word.start as usize..word.end as usize]) {
                self.spelled(folded_bytes(tokens, index), index, &mut found);
            }
            let may_be = may_be(index);
            let folded = if may_be { folded_bytes(tokens, index) } else { &[] };
            if let Some((head, spelling)) = may_be.then(|| self.near(word, folded)).flatten() {
                found(BentMatch { cue: head.cue, first: index as u32, end: index as u32 + 1, spelling });
            } else if looks_leet(text, tokens, index, folded) {
                next = parts_end(text, tokens, index);
                if let Some(head) = self.leet(text, tokens, index, next) {
                    let spelling = Spelling::Disguised;
                    found(BentMatch { cue: head.cue, first: index as u32, end: next as u32, spelling });
                }
            }
            index = next.max(index + 1);
        }
    }

    /// The head that the word is a near miss of, or in disguise.
    fn near(&self, word: &Token, folded: &[u8]) -> Option<(&Head, Spelling)> {
        let slip = self.missed(word, folded).map(|head| (head, Spelling::Slip));
        slip.or_else(|| Some((self.decorated(word, folded)?, Spelling::Disguised)))
    }

    /// The head that the word is with accents strewn over it, or letters doubled.
    fn decorated(&self, word: &Token, folded: &[u8]) -> Option<&Head> {
        // Leading bytes of letters that are not ASCII: they have both upper bits set.
        let accents = |word: &[u8]| word.iter().filter(|&&byte| byte >= 0xc0).count();
        let repeats = || folded.windows(2).filter(|pair| pair[0] == pair[1]).count();
        let is_long = word.class == Class::Word && folded.len() >= MIN_SPACED;
        if !is_long || accents(folded) < DECORATIONS && repeats() < DECORATIONS || !folded.iter().any(u8::is_ascii) {
            return None;
        }
        let folded = std::str::from_utf8(folded).ok()?;
        let head = &self.heads[*self.skeletons.get(&skeleton(folded))? as usize];
        let more_accents = accents(folded.as_bytes()) >= accents(head.word.as_bytes()) + DECORATIONS;
        (more_accents || folded.chars().count() >= head.letters.len() + DECORATIONS).then_some(head)
    }

    /// The head that the word is a near miss of.
    fn missed(&self, word: &Token, folded: &[u8]) -> Option<&Head> {
        let candidates = self.candidates.of(folded);
        if candidates.is_empty() || word.class != Class::Word {
            return None;
        }
        let seen = mask(folded);
        // One error takes one letter away and brings another at most.
        let close = |candidate: &&Candidate| has_at_most((candidate.mask ^ seen) & LETTERS, candidate.changes);
        let mut candidates = candidates.iter().filter(close).map(|one| &self.heads[one.head as usize]).filter(|head| {
            let accents = usize::from(!head.word.is_ascii() || !folded.is_ascii());
            head.errors() > 1 || differs_in_one_place(folded, head.word.as_bytes(), 2 + accents)
        });
        candidates.find(|head| std::str::from_utf8(folded).is_ok_and(|folded| self.is_near_miss(folded, head)))
    }

    fn is_near_miss(&self, folded: &str, head: &Head) -> bool {
        let distance = strsim::osa_distance(folded, &head.word);
        distance > 0
            && distance <= head.errors()
            && !is_form_of(folded, head)
            && !self.except.contains(folded)
            && !self.heads.iter().any(|other| other.word == folded)
    }

    /// The head that the parts `first..end` spell with digits or symbols for letters.
    fn leet(&self, text: &str, tokens: &Tokens, first: usize, end: usize) -> Option<&Head> {
        let (from, to) = (tokens.words[first].start, tokens.words[end - 1].end);
        let raw = text.get(from as usize..to as usize)?;
        self.heads.iter().find(|head| spells(raw, head))
    }

    /// Finds heads in a word that was spelled letter by letter; no one can tell where its words part.
    fn spelled(&self, folded: &[u8], index: usize, found: &mut impl FnMut(BentMatch)) {
        for hit in self.spaced.iter().flat_map(|finder| finder.find_overlapping_iter(folded)) {
            let cue = self.heads[hit.value() as usize].cue;
            found(BentMatch { cue, first: index as u32, end: index as u32 + 1, spelling: Spelling::Disguised });
        }
    }
}

/// `word` without marks, of each run of one letter only the first: what stays of a word however it is decorated.
fn skeleton(word: &str) -> String {
    let mut plain = without_marks(word);
    let mut last = None;
    plain.retain(|c| last.replace(c) != Some(c));
    plain
}

/// The bits of [`mask`] for a to z.
const LETTERS: u32 = (1 << 26) - 1;

/// Which letters occur: a bit for each of a to z, some for other scripts. Two spellings that differ in
/// many bits need no comparison.
fn mask(word: &[u8]) -> u32 {
    const BITS: [u32; 256] = {
        let mut bits = [0; 256];
        let mut byte = 0;
        while byte < 256 {
            bits[byte] = match byte as u8 {
                b'a'..=b'z' => 1 << (byte as u8 - b'a'),
                b'0'..=b'9' => 0,
                _ => 1 << (26 + byte % 5),
            };
            byte += 1;
        }
        bits
    };
    word.iter().fold(0, |mask, &byte| mask | BITS[usize::from(byte)])
}

/// Whether at most so many bits are set. Machines at large have no instruction that counts them; two to four are taken
/// away faster than all are counted.
fn has_at_most(mut bits: u32, most: u32) -> bool {
    for _ in 0..most {
        bits &= bits.wrapping_sub(1);
    }
    bits == 0
}

/// The folded form of word `index`, without the checks that a string slice needs.
fn folded_bytes(tokens: &Tokens, index: usize) -> &[u8] {
    let buffer = tokens.folded.as_bytes();
    let start = tokens.words[index].folded as usize;
    let end = tokens.words.get(index + 1).map_or(buffer.len(), |next| next.folded as usize);
    buffer.get(start..end.saturating_sub(1)).unwrap_or_default()
}

/// Whether at most `most` bytes between a common beginning and a common end differ: true of all near misses with one
/// error, and cheap.
fn differs_in_one_place(one: &[u8], other: &[u8], most: usize) -> bool {
    let longer = one.len().max(other.len());
    let start = one.iter().zip(other).take_while(|(a, b)| a == b).count();
    let end = one.iter().rev().zip(other.iter().rev()).take_while(|(a, b)| a == b).count();
    start + end + most >= longer
}

/// Whether `word` is the head itself with another ending or without its accents: spelled right, not bent.
fn is_form_of(word: &str, head: &Head) -> bool {
    let shared = word.chars().zip(&head.letters).take_while(|(a, b)| a == *b).count();
    if shared + 2 >= head.letters.len() {
        return true;
    }
    without_marks(word) == without_marks(&head.word)
}

#[cfg(test)]
mod tests;
