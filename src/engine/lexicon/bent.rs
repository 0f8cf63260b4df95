//! Spellings bent to slip past a filter: typing errors in telling words, digits for letters, letters spaced out.
//!
//! A legitimate publisher spells "newsletter" right; who writes "n3wsletter" or "N e w s l e t t e r" hides it.

use super::error::RuleError;
use crate::engine::text::token::{Class, Token, Tokens};
use ahash::AHashSet;
use daachorse::DoubleArrayAhoCorasick;
use serde::Deserialize;

/// Letters that a head word needs before near misses of it are looked for.
const MIN_FUZZY: usize = 8;
/// From so many letters on two errors are taken for the same word.
const MIN_TWO_ERRORS: usize = 12;
/// Letters that a head word needs to be looked for among spaced-out letters.
const MIN_SPACED: usize = 6;
/// Parts of one word that symbols split ("ko$tenl0s").
const MAX_PARTS: usize = 4;

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
}

/// The head words, indexed for all three kinds of bending.
#[derive(Default)]
pub(super) struct Bent {
    heads: Vec<Head>,
    except: AHashSet<String>,
    /// Fuzzy heads by first byte, with the byte lengths at which one may be near.
    by_first: Vec<(u64, Vec<u32>)>,
    spaced: Option<DoubleArrayAhoCorasick<u32>>,
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
        let mut bent = Self { by_first: vec![(0, Vec::new()); 256], ..Self::default() };
        bent.except = file.except.iter().cloned().collect();
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
        let head = Head { word: word.to_owned(), letters: word.chars().collect(), mask: mask(word), cue };
        if head.letters.len() >= MIN_FUZZY
            && let Some(&first) = word.as_bytes().first()
        {
            // An accent more or less changes the byte length by one on top of the error itself.
            let (lengths, heads) = &mut self.by_first[first as usize];
            for length in word.len().saturating_sub(2 * head.errors())..=word.len() + 2 * head.errors() {
                *lengths |= 1 << length.min(63);
            }
            heads.push(self.heads.len() as u32);
        }
        self.heads.push(head);
    }

    /// Tells `found` every bent head word.
    pub(super) fn run(&self, text: &str, tokens: &Tokens, units: &[u32], mut found: impl FnMut(BentMatch)) {
        if self.heads.is_empty() {
            return;
        }
        let mut index = 0;
        while index < tokens.words.len() {
            let word = &tokens.words[index];
            let length = (word.end - word.start) as usize;
            let mut next = index + 1;
            if length == 1 && is_spaced_letter(text, word) {
                next = run_of_letters(text, tokens, units, index);
                self.spaced_out(text, &tokens.words[index..next], index, &mut found);
            }
            if let Some(head) = self.near(word, tokens, index) {
                found(BentMatch { cue: head.cue, first: index as u32, end: index as u32 + 1 });
            } else if next == index + 1 && word.class != Class::Number && looks_leet(text, tokens, index) {
                next = parts_end(text, tokens, index);
                if let Some(head) = self.leet(text, tokens, index, next) {
                    found(BentMatch { cue: head.cue, first: index as u32, end: next as u32 });
                }
            }
            index = next.max(index + 1);
        }
    }

    /// The head that word `index` is a near miss of.
    fn near(&self, word: &Token, tokens: &Tokens, index: usize) -> Option<&Head> {
        if word.class != Class::Word || ((word.end - word.start) as usize) < MIN_FUZZY - 2 {
            return None;
        }
        let folded = tokens.folded_word(index);
        let (lengths, heads) = self.by_first.get(usize::from(*folded.as_bytes().first()?))?;
        if lengths & (1 << folded.len().min(63)) == 0 {
            return None;
        }
        let seen = mask(folded);
        let close = |head: &&Head| (head.mask ^ seen).count_ones() as usize <= 3 * head.errors();
        heads.iter().map(|&i| &self.heads[i as usize]).filter(close).find(|head| self.is_near_miss(folded, head))
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

    /// Finds heads among single letters that follow one another.
    fn spaced_out(&self, text: &str, letters: &[Token], offset: usize, found: &mut impl FnMut(BentMatch)) {
        let Some(finder) = &self.spaced else { return };
        if letters.len() < MIN_SPACED {
            return;
        }
        let joined: Vec<u8> =
            letters.iter().map(|word| text.as_bytes()[word.start as usize].to_ascii_lowercase()).collect();
        for hit in finder.find_overlapping_iter(&joined) {
            let cue = self.heads[hit.value() as usize].cue;
            found(BentMatch { cue, first: (offset + hit.start()) as u32, end: (offset + hit.end()) as u32 });
        }
    }
}

/// Which letters occur, hashed to 32 bits: two spellings that differ in many of them need no comparison.
fn mask(word: &str) -> u32 {
    word.bytes().fold(0, |mask, byte| mask | 1 << (byte & 31))
}

/// Whether `word` is the head itself with another ending or without its accents: spelled right, not bent.
fn is_form_of(word: &str, head: &Head) -> bool {
    let shared = word.chars().zip(&head.letters).take_while(|(a, b)| a == *b).count();
    if shared + 2 >= head.letters.len() {
        return true;
    }
    let plain = |c: char| match c {
        'á' | 'à' | 'â' | 'ã' | 'ä' | 'ą' => 'a',
        'é' | 'è' | 'ê' | 'ë' | 'ę' => 'e',
        'í' | 'ì' | 'î' | 'ï' => 'i',
        'ó' | 'ò' | 'ô' | 'õ' | 'ö' => 'o',
        'ú' | 'ù' | 'û' | 'ü' => 'u',
        'ç' | 'ć' => 'c',
        'ñ' | 'ń' => 'n',
        'ś' => 's',
        'ł' => 'l',
        'ż' | 'ź' => 'z',
        _ => c,
    };
    word.chars().map(plain).eq(head.letters.iter().copied().map(plain))
}

/// Whether word `index` holds a digit inside, or a symbol glues it to its neighbour.
fn looks_leet(text: &str, tokens: &Tokens, index: usize) -> bool {
    let word = &tokens.words[index];
    match word.class {
        Class::Handle => true,
        Class::Word => {
            is_glued(text, tokens, index) || tokens.folded_word(index).bytes().any(|byte| byte.is_ascii_digit())
        }
        _ => false,
    }
}

/// Whether word `index` and the next one stand together but for one symbol that passes for a letter.
fn is_glued(text: &str, tokens: &Tokens, index: usize) -> bool {
    let Some(next) = tokens.words.get(index + 1) else { return false };
    let end = tokens.words[index].end;
    match next.start.checked_sub(end) {
        Some(0) => next.class == Class::Handle,
        Some(1) => text.as_bytes().get(end as usize).is_some_and(|byte| matches!(byte, b'$' | b'!' | b'|' | b'+')),
        Some(3) => text.get(end as usize..next.start as usize) == Some("€"),
        _ => false,
    }
}

/// One past the last part of the word that starts with word `index`.
fn parts_end(text: &str, tokens: &Tokens, index: usize) -> usize {
    let mut end = index;
    while end + 1 < index + MAX_PARTS && is_glued(text, tokens, end) {
        end += 1;
    }
    end + 1
}

/// Whether `raw` is `head` with at least one letter replaced by its double, and at least half of them left.
fn spells(raw: &str, head: &Head) -> bool {
    let mut letters = head.letters.iter();
    let mut bent = 0;
    for c in raw.chars() {
        let Some(&letter) = letters.next() else { return false };
        if c.to_lowercase().eq([letter]) {
            continue;
        }
        if !doubles(letter).contains(&c) {
            return false;
        }
        bent += 1;
    }
    bent > 0 && 2 * bent <= head.letters.len() && letters.next().is_none()
}

/// Digits and symbols that pass for `letter`.
fn doubles(letter: char) -> &'static [char] {
    match letter {
        'a' | 'ä' | 'á' => &['4', '@'],
        'b' => &['8'],
        'e' | 'é' => &['3', '€'],
        'g' => &['9', '6'],
        'i' | 'í' => &['1', '!', '|'],
        'l' => &['1', '|', '!'],
        'o' | 'ö' | 'ó' => &['0'],
        's' => &['5', '$'],
        't' => &['7', '+'],
        'z' => &['2'],
        _ => &[],
    }
}

fn is_spaced_letter(text: &str, word: &Token) -> bool {
    word.class == Class::Word && text.as_bytes().get(word.start as usize).is_some_and(u8::is_ascii_alphabetic)
}

/// One past the run of single ASCII letters of one unit that starts with word `first`.
fn run_of_letters(text: &str, tokens: &Tokens, units: &[u32], first: usize) -> usize {
    let limit = units.get(units.partition_point(|&start| start as usize <= first)).map_or(usize::MAX, |&u| u as usize);
    let is_letter = |word: &&Token| word.end - word.start == 1 && is_spaced_letter(text, word);
    // The limit comes before the look ahead: a page of one-letter lines is one run of letters, walked once per line else.
    first + tokens.words[first..limit.max(first).min(tokens.words.len())].iter().take_while(is_letter).count()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::engine::text::token::tokenize;

    fn found(text: &str) -> Vec<(u32, u32)> {
        let file: BentFile = toml::from_str(
            "except = [\"weiterleben\"]\n[[head]]\ngroup = \"x\"\nweight = 1.0\nwords = [\"newsletter\", \
             \"weiterlesen\", \"advertisement\", \"kostenlos\", \"anmelden\", \"free\", \"suscríbete\"]",
        )
        .unwrap();
        let bent = Bent::compile(&file, &[0]).unwrap();
        let mut all = Vec::new();
        bent.run(text, &tokenize(text), &[0], |hit| all.push((hit.first, hit.end)));
        all
    }

    #[test]
    fn bent_words_are_found() {
        let cases: &[(&str, &[(u32, u32)])] = &[
            ("our newsleter now", &[(1, 2)]),
            ("our nwesletter now", &[(1, 2)]),
            ("an advertisment", &[(1, 2)]),
            ("an adverttisment", &[(1, 2)]),
            ("our n3wsl3tter", &[(1, 2)]),
            ("fr33 of charge", &[(0, 1)]),
            ("jetzt @nmelden", &[(1, 2)]),
            ("ko$tenl0s lesen", &[(0, 2)]),
            ("kostenl0$", &[]),
            ("N e w s l e t t e r", &[(0, 10)]),
            ("a N.e.w.s.l.e.t.t.e.r b", &[(1, 11)]),
        ];
        for (text, expected) in cases {
            assert_eq!(found(text), *expected, "{text}");
        }
    }

    #[test]
    fn spaced_letters_end_with_their_unit() {
        let text = "x\n".repeat(40);
        let tokens = tokenize(&text);
        let units: Vec<u32> = (0..40).collect();
        assert!((0..40).all(|first| run_of_letters(&text, &tokens, &units, first) == first + 1));
        assert_eq!(run_of_letters(&text, &tokens, &[0], 7), 40);
    }

    #[test]
    fn right_spellings_are_not_bent() {
        for text in [
            "newsletter",
            "Newsletters",
            "kostenlose",
            "kostenlosen",
            "weiterleben",
            "weiterlesend",
            "advertisements",
            "suscribete",
            "free",
            "a b c d e f g h",
            "mp3 und 4k",
            "@anna schrieb",
            "a@b.example",
            "Wir lesen",
        ] {
            assert_eq!(found(text), [], "{text}");
        }
    }
}
