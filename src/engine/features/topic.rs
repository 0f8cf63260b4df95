//! What carries a text's topic: words that residue seldom shares with the article around it.

use crate::engine::fingerprint::key::mix;
use crate::engine::text::token::{Class, Token, Tokens};

/// Words of this many bytes and more carry a text's topic; shorter ones are mostly function words.
const LONG_WORD: usize = 6;
/// Letters of scripts without spaces that carry a topic together: two ideographs, or four letters of another script.
const TOPIC_LETTERS: (usize, usize) = (2, 4);

/// Calls `emit` with a value for everything in the words `first..last` that carries the text's topic: long words, and
/// runs of letters where there are no words.
pub(super) fn each_topic(tokens: &Tokens, first: usize, last: usize, emit: &mut impl FnMut(u64)) {
    let lone = tokens.has_lone_letters();
    for (at, word) in (first..).zip(&tokens.words[first..last]) {
        if !lone || !tokens.is_lone_letter(at) {
            if is_long(word) {
                emit(word.hash);
            }
            continue;
        }
        let end = at + if tokens.is_ideograph(at) { TOPIC_LETTERS.0 } else { TOPIC_LETTERS.1 };
        if end <= last && tokens.is_run_of_letters(at, end) {
            emit(tokens.words[at..end].iter().fold(0, |value, letter| mix(value, letter.hash)));
        }
    }
}

fn is_long(word: &Token) -> bool {
    (word.end - word.start) as usize >= LONG_WORD && word.class == Class::Word
}
