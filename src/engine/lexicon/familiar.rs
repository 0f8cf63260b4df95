//! What a word by itself can mean to the lexicon, remembered from text to text.
//!
//! Nearly all words of a text occurred in the texts before it, and nearly all mean nothing: no literal starts with
//! them, and they are no near misses of telling words. So what a word's folded form alone decides is looked up by its
//! hash in a small table, where the latest word of each slot stays. The table changes how fast an answer comes, never
//! the answer. Each thread has its own.

use crate::engine::text::token::Tokens;
use std::cell::RefCell;
use std::sync::atomic::{AtomicU64, Ordering};

/// A phrase may begin with the word.
pub(super) const BEGINS: u8 = 1;
/// A literal starts with the word.
pub(super) const STARTS: u8 = 2;
/// The word may be a telling one, bent.
pub(super) const BENT: u8 = 4;
/// A literal of one stem starts with the word.
pub(super) const STEMS: u8 = 8;
/// A literal may start with the word whatever word follows: it is one by itself, or a stem may come next.
pub(super) const ALONE: u8 = 16;

/// Marks a slot that is taken.
const TAKEN: u8 = 32;
/// Bits of a slot that are not the hash's: words whose hashes are equal in all others count as the same.
const TRAITS: u64 = 63;
/// Slots: half a megabyte, which fits the second cache of servers. A table of 64 KiB holds the common words of one language;
/// where articles of several come mixed, they drive each other out of it.
const SLOTS: usize = 1 << 16;

/// Tells lexica apart, so that none takes what another one has remembered.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Id(u64);

impl Default for Id {
    fn default() -> Self {
        static NEXT: AtomicU64 = AtomicU64::new(1);
        Self(NEXT.fetch_add(1, Ordering::Relaxed))
    }
}

struct Familiar {
    lexicon: u64,
    slots: Vec<u64>,
}

thread_local! {
    static FAMILIAR: RefCell<Familiar> = const { RefCell::new(Familiar { lexicon: 0, slots: Vec::new() }) };
}

/// The traits of every word, which `find` finds for a word by its index.
pub(super) fn traits(lexicon: &Id, tokens: &Tokens, find: impl Fn(usize) -> u8) -> Vec<u8> {
    FAMILIAR.with_borrow_mut(|familiar| {
        if familiar.lexicon != lexicon.0 {
            *familiar = Familiar { lexicon: lexicon.0, slots: vec![0; SLOTS] };
        }
        let slots = &mut familiar.slots;
        let of_word = |(index, hash): (usize, u64)| {
            let slot = &mut slots[(hash >> 32) as usize % SLOTS];
            let hash = hash & !TRAITS | u64::from(TAKEN);
            if (*slot ^ hash) & !(TRAITS ^ u64::from(TAKEN)) != 0 {
                *slot = hash | u64::from(find(index));
            }
            (*slot & TRAITS) as u8
        };
        tokens.words.iter().map(|word| word.hash).enumerate().map(of_word).collect()
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::engine::text::token::tokenize;
    use std::cell::Cell;

    #[test]
    fn words_are_looked_at_once_and_lexica_are_kept_apart() {
        let (one, other) = (Id::default(), Id::default());
        let looks = Cell::new(0);
        let of = |id: &Id, text: &str| {
            let tokens = tokenize(text);
            let find = |index: usize| {
                looks.set(looks.get() + 1);
                if tokens.folded_word(index) == "read" { BEGINS | STARTS } else { 0 }
            };
            traits(id, &tokens, find).into_iter().map(|traits| traits & (BEGINS | STARTS | BENT)).collect::<Vec<_>>()
        };
        assert_eq!(of(&one, "Read and READ and write"), [3, 0, 3, 0, 0]);
        assert_eq!((of(&one, "write read"), looks.get()), (vec![0, 3], 3));
        assert_eq!((of(&other, "write read"), looks.get()), (vec![0, 3], 5));
    }
}
