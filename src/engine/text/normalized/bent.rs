//! Lines in which words are bent throughout, by digits and signs for letters (`5ub5cr1b3 t0d4y`) or by marks strewn over
//! letters (`Sübscrïbë`), in a text whose other lines are plain: they are read straight. A single bent word is a matter
//! of the phrases (`lexicon/bent.rs`).

use super::super::bytes::{count, count_triples};
use super::super::edit::Edit;
use super::super::fold::{is_loose_mark, without_marks};
use super::lines;

/// Bent words that a line must have, and their share of its words, in per cent: models and formulas have some.
const FEWEST_WORDS: usize = 3;
const WORD_SHARE: usize = 30;
/// Letters that a line must have, and the share of them that must have marks, in per cent: Vietnamese, the language with
/// most, has a quarter, and German two in a hundred.
const FEWEST_LETTERS: usize = 20;
const MARK_SHARE: usize = 25;
/// How often as many letters of the line must have marks as of the text's middle line.
const CONTRAST: usize = 8;

/// The digits and signs of `text` to read as letters. Linear.
pub(super) fn signs(text: &str) -> Vec<Edit> {
    // Nearly all texts are done here.
    if count_triples(text.as_bytes(), stands_inside) < FEWEST_WORDS {
        return Vec::new();
    }
    let mut edits = Vec::new();
    let (mut bent, mut all) = (0, 0);
    for (start, line) in lines(text) {
        all += 1;
        if is_bent(line) {
            bent += 1;
            for (at, word) in words(line) {
                let sign = |i: usize| {
                    let from = start + at + i;
                    Some(Edit { old: from..from + 1, new: stands_for(word.as_bytes(), i)?.into() })
                };
                edits.extend((0..word.len()).filter_map(sign));
            }
        }
    }
    // A text that is full of them is about something else.
    if 2 * bent > all { Vec::new() } else { edits }
}

/// Whether so many words of `line` have signs between their letters that they do not belong there.
fn is_bent(line: &str) -> bool {
    let bent = |word: &str| count_triples(word.as_bytes(), stands_inside) > 0;
    let (all, bent) = words(line).fold((0, 0), |(all, count), (_, word)| (all + 1, count + usize::from(bent(word))));
    bent >= FEWEST_WORDS && bent * 100 >= all * WORD_SHARE
}

/// What has letters in `line` and is no address, path, handle or tag: where it starts, and what it is.
fn words(line: &str) -> impl Iterator<Item = (usize, &str)> {
    let mut next = 0;
    let parts = line.split_inclusive(char::is_whitespace).map(move |part| {
        let at = next;
        next += part.len();
        (at, part.trim_end())
    });
    let is_word =
        |word: &str| word.contains(char::is_alphabetic) && !word.contains('/') && !word.starts_with(['@', '#']);
    parts.filter(move |(_, word)| is_word(word))
}

/// Whether a byte is a sign between letters. Without branches, for all bytes of all texts are asked.
fn stands_inside(before: u8, sign: u8, after: u8) -> bool {
    let is_letter = |byte: u8| (byte | 0x20).wrapping_sub(b'a') < 26;
    let is_sign = sign.wrapping_sub(b'0') < 8 || sign == b'@' || sign == b'$' || sign == b'!';
    is_letter(before) & is_sign & is_letter(after)
}

/// The letter that the byte `at` of a word in a bent line stands for. What may end a sentence stands for one between two.
fn stands_for(word: &[u8], at: usize) -> Option<&'static str> {
    let inside =
        || at > 0 && word[at - 1].is_ascii_alphanumeric() && word.get(at + 1).is_some_and(u8::is_ascii_alphanumeric);
    meant(word[at]).filter(|_| word[at] != b'!' || inside())
}

/// The letter that a digit or sign stands for.
fn meant(sign: u8) -> Option<&'static str> {
    Some(match sign {
        b'@' | b'4' => "a",
        b'3' => "e",
        b'1' | b'!' => "i",
        b'0' => "o",
        b'5' | b'$' => "s",
        b'7' => "t",
        _ => return None,
    })
}

/// The letters of `text` to read without their marks. Linear.
pub(super) fn marks(text: &str) -> Vec<Edit> {
    // Nearly all texts in English are done here.
    if count(text.as_bytes(), is_marked) * 100 < FEWEST_LETTERS * MARK_SHARE {
        return Vec::new();
    }
    let shares: Vec<(usize, &str, usize)> = lines(text)
        .map(|(start, line)| (start, line, mark_share(line)))
        .filter(|(_, line, _)| line.len() >= FEWEST_LETTERS)
        .collect();
    let mut sorted: Vec<usize> = shares.iter().map(|(.., share)| *share).collect();
    sorted.sort_unstable();
    let Some(middle) = sorted.get(sorted.len() / 2) else { return Vec::new() };
    let bent = shares.into_iter().filter(|(.., share)| *share >= MARK_SHARE && *share >= CONTRAST * middle);
    bent.flat_map(|(start, line, _)| without(start, line)).collect()
}

/// Whether `byte` leads a Latin letter with a mark, or a mark of its own.
fn is_marked(byte: u8) -> bool {
    matches!(byte, 0xc3..=0xc5 | 0xcc | 0xcd)
}

/// Of a hundred Latin letters in `line`, how many have marks.
fn mark_share(line: &str) -> usize {
    let marked = count(line.as_bytes(), is_marked);
    let letters = marked + count(line.as_bytes(), |byte| byte.is_ascii_alphabetic());
    if letters < FEWEST_LETTERS { 0 } else { 100 * marked / letters }
}

/// The letters of `line`, which starts at byte `start`, that are others without their marks. Where most marks stand apart
/// from their letters, letters that have theirs in them are right.
fn without(start: usize, line: &str) -> impl Iterator<Item = Edit> {
    let apart = line.chars().filter(|c| is_loose_mark(*c)).count();
    let only_apart = 2 * apart > count(line.as_bytes(), is_marked);
    let meant = move |c: &(usize, char)| if only_apart { is_loose_mark(c.1) } else { !c.1.is_ascii() };
    line.char_indices().filter(meant).filter_map(move |(at, c)| {
        let mut letter = [0; 4];
        let letter = &*c.encode_utf8(&mut letter);
        let (at, plain) = (start + at, without_marks(letter));
        (plain != letter).then(|| Edit { old: at..at + letter.len(), new: plain.into() })
    })
}
