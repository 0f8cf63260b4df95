//! What carries a text's topic: words that residue seldom shares with the article around it.

use crate::engine::fingerprint::key::mix;
use crate::engine::text::token::{Class, Tokens};

/// Words of this many letters and more carry a text's topic; shorter ones are mostly function words.
const LONG_WORD: usize = 6;
/// Words of this many letters and more are no mere function words, or not only.
const WORD: usize = 4;
/// Letters of scripts without spaces that carry a topic together: two ideographs, or four letters of another script.
const TOPIC_LETTERS: (usize, usize) = (2, 4);

/// Something that carries the topic of a text.
#[derive(Debug, Clone, Copy)]
pub(super) struct Topic {
    /// Index of its first word.
    pub(super) word: usize,
    /// The same for the same topic.
    pub(super) value: u64,
    /// Whether it surely does: many shorter words are function words.
    pub(super) long: bool,
}

/// Calls `emit` with everything in the words `first..last` that carries the text's topic: words that are not short, and
/// runs of letters where there are no words.
pub(super) fn each_topic(tokens: &Tokens, first: usize, last: usize, emit: &mut impl FnMut(Topic)) {
    let lone = tokens.has_lone_letters();
    let ascii = tokens.folded.is_ascii();
    for (at, word) in (first..).zip(&tokens.words[first..last]) {
        if !lone || !tokens.is_lone_letter(at) {
            let letters = letters(tokens, at, ascii);
            if letters >= WORD {
                emit(Topic { word: at, value: word.hash, long: letters >= LONG_WORD });
            }
            continue;
        }
        let end = at + if tokens.is_ideograph(at) { TOPIC_LETTERS.0 } else { TOPIC_LETTERS.1 };
        if end <= last && tokens.is_run_of_letters(at, end) {
            let value = tokens.words[at..end].iter().fold(0, |value, letter| mix(value, letter.hash));
            emit(Topic { word: at, value, long: true });
        }
    }
}

/// Letters of word `at`, folded; 0 for addresses and numbers. `ascii` says that each of the text's is one byte.
fn letters(tokens: &Tokens, at: usize, ascii: bool) -> usize {
    match tokens.words[at].class {
        Class::Word if ascii => tokens.folded_word(at).len(),
        Class::Word => tokens.folded_word(at).chars().count(),
        _ => 0,
    }
}
