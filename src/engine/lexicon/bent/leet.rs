//! Digits and symbols in place of letters, and what stands so close to a word that it may be a part of it.

use super::Head;
use crate::engine::text::token::{Class, Tokens};

/// Parts of one word that symbols split ("ko$tenl0s").
const MAX_PARTS: usize = 4;

/// Whether word `index`, which is `folded` if that matters, has a digit inside, or a symbol glues it to its neighbour.
pub(super) fn looks_leet(text: &str, tokens: &Tokens, index: usize, folded: &[u8]) -> bool {
    match tokens.words[index].class {
        Class::Handle => true,
        Class::Word => folded.iter().any(u8::is_ascii_digit) || is_glued(text, tokens, index),
        _ => false,
    }
}

/// Whether word `index` has its first two letters together and one space behind it, as most words have: then neither its
/// spelling nor its neighbour makes it a bent one.
#[inline]
pub(super) fn stands_plainly(text: &str, tokens: &Tokens, index: usize) -> bool {
    let bytes = text.as_bytes();
    let (word, next) = (&tokens.words[index], tokens.words.get(index + 1));
    let (start, end) = (word.start as usize, word.end as usize);
    word.class == Class::Word
        && end > start + 1
        && bytes[start].is_ascii()
        && bytes[start + 1].is_ascii_alphanumeric()
        && bytes.get(end) == Some(&b' ')
        && next.is_some_and(|next| next.start as usize == end + 1)
}

/// Whether word `index` and the next one stand together but for one symbol that passes for a letter.
fn is_glued(text: &str, tokens: &Tokens, index: usize) -> bool {
    let Some(next) = tokens.words.get(index + 1) else { return false };
    let end = tokens.words[index].end;
    match next.start.checked_sub(end) {
        Some(0) => next.class == Class::Handle,
        Some(1) => {
            text.as_bytes().get(end as usize).is_some_and(|byte| matches!(byte, b'$' | b'!' | b'|' | b'+' | b'*'))
        }
        Some(3) => text.get(end as usize..next.start as usize) == Some("€"),
        _ => false,
    }
}

/// One past the last part of the word that starts with word `index`.
pub(super) fn parts_end(text: &str, tokens: &Tokens, index: usize) -> usize {
    let mut end = index;
    while end + 1 < index + MAX_PARTS && is_glued(text, tokens, end) {
        end += 1;
    }
    end + 1
}

/// Whether `raw` is `head` with at least one letter replaced by its double or a star, and at least half of them left.
pub(super) fn spells(raw: &str, head: &Head) -> bool {
    let mut letters = head.letters.iter();
    let mut bent = 0;
    for c in raw.chars() {
        let Some(&letter) = letters.next() else { return false };
        if c.to_lowercase().eq([letter]) {
            continue;
        }
        if c != '*' && !doubles(letter).contains(&c) {
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
