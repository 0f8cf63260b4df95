//! How much was written: single letters of scripts without spaces are less than words.

use super::{Class, Token, Tokens, stands_alone};

/// What a word of a language with spaces measures in [`Tokens::written`], what an ideograph does, and what a letter of
/// another script without spaces does. Chinese words have 1.6 characters on average and Japanese ones about 2, Thai
/// ones 3 to 4 letters that are no marks: round figures, not tuned.
const WORD: u32 = 6;
const IDEOGRAPH: u32 = 3;
const LETTER: u32 = 2;

impl Tokens {
    /// How many words of a language with spaces `first..last` come to, rounded up: what limits on length mean. Single
    /// letters of scripts without spaces count for parts of words.
    #[must_use]
    pub fn length(&self, first: usize, last: usize) -> usize {
        match (self.written.get(first), self.written.get(last)) {
            (Some(from), Some(to)) => to.saturating_sub(*from).div_ceil(WORD) as usize,
            _ => last.saturating_sub(first),
        }
    }

    /// Whether the text has letters that are words of their own.
    #[must_use]
    pub fn has_lone_letters(&self) -> bool {
        !self.written.is_empty()
    }

    /// Whether word `index` is an ideograph.
    #[must_use]
    pub fn is_ideograph(&self, index: usize) -> bool {
        self.measures(index, IDEOGRAPH)
    }

    /// Whether word `index` is a letter of a script without spaces.
    #[must_use]
    pub fn is_lone_letter(&self, index: usize) -> bool {
        self.measures(index, LETTER) || self.measures(index, IDEOGRAPH)
    }

    /// Whether the letters of words `first..last` follow one another directly, each a word of its own.
    #[must_use]
    pub fn is_run_of_letters(&self, first: usize, last: usize) -> bool {
        let touches = |i: usize| i == first || self.words[i - 1].end == self.words[i].start;
        last <= self.words.len() && (first..last).all(|i| self.is_lone_letter(i) && touches(i))
    }

    fn measures(&self, index: usize, size: u32) -> bool {
        matches!((self.written.get(index), self.written.get(index + 1)), (Some(from), Some(to)) if to - from == size)
    }

    /// Fills [`Self::written`]; these are the words of `text`.
    pub(super) fn measure(&mut self, text: &str) {
        let size = |word: &Token| match text[word.start as usize..].chars().next() {
            Some(c) if word.class == Class::Word && stands_alone(c) => {
                if matches!(c, '\u{3400}'..='\u{9fff}' | '\u{f900}'..='\u{faff}' | '\u{20000}'..) {
                    IDEOGRAPH
                } else {
                    LETTER
                }
            }
            _ => WORD,
        };
        let mut sum = 0;
        self.written.push(sum);
        self.written.extend(self.words.iter().map(|word| {
            sum += size(word);
            sum
        }));
    }
}
