//! The literals of all phrases as a trie whose letters are words.
//!
//! The texts' words come with their hashes, so a literal of three words is found in three look-ups, and most words are
//! turned away by one bit. An automaton over characters looks at every byte instead: it took four times as long.

use super::familiar::{ALONE, BEGINS, STARTS, STEMS};
use crate::engine::text::token::{Token, Tokens};
use ahash::AHashMap;
use xxhash_rust::xxh3::xxh3_64;

/// A literal found: words `first..=last`, and the byte of the folded buffer at which it ends.
#[derive(Debug, Clone, Copy)]
pub(super) struct Found {
    pub(super) literal: u32,
    pub(super) first: u32,
    pub(super) last: u32,
    pub(super) end: u32,
}

/// The literals. Node 0 is the root.
#[derive(Default)]
pub(super) struct Words {
    nodes: Vec<Node>,
    /// From a node over a word, by its hash, to the next. Without those from the root once all is compiled.
    steps: AHashMap<(u32, u64), u32>,
    /// From the root over a word, by its hash: a small table that stays in the cache.
    openers: AHashMap<u64, (u32, Node)>,
    /// Starts of words that may follow a node, with the literals that they complete.
    stems: Vec<Vec<Stem>>,
    /// Those that may follow the root, by their first bytes.
    first_stems: AHashMap<u32, Vec<Stem>>,
    /// Which literals a phrase may begin with, and from which nodes such a literal can be reached.
    begins: Vec<bool>,
    leads: Vec<bool>,
    /// The nodes that two words or more lead to, by the hash of those words.
    paths: Filter<13>,
    /// That hash for every node, until all is compiled.
    path_of: Vec<u64>,
}

/// Bytes by which stems that open a literal are looked up: four tell much more words from a stem than three, which is
/// all that some have.
const HEADS: [usize; 2] = [4, 3];

/// The first so many bytes of `bytes` as a number, if there are so many.
fn head(bytes: &[u8], length: usize) -> Option<u32> {
    let head = bytes.get(..length)?;
    Some(head.iter().fold(length as u32, |head, &byte| head << 8 | u32::from(byte)))
}

type Stem = (Box<[u8]>, u32);

#[derive(Default, Clone, Copy)]
struct Node {
    literal: Option<u32>,
    /// Index into [`Words::stems`], plus one.
    stems: u32,
}

/// Which hashes may be in a set, by one of `64 << BITS` bits for each: small enough for the fast caches, so that what is
/// in no literal, which most words are, costs no look into a large table.
struct Filter<const BITS: u32>(Vec<u64>);

impl<const BITS: u32> Default for Filter<BITS> {
    fn default() -> Self {
        Self(vec![0; 1 << BITS])
    }
}

impl<const BITS: u32> Filter<BITS> {
    fn add(&mut self, hash: u64) {
        self.0[Self::index(hash)] |= 1 << (hash & 63);
    }

    fn may_hold(&self, hash: u64) -> bool {
        self.0[Self::index(hash)] >> (hash & 63) & 1 == 1
    }

    fn index(hash: u64) -> usize {
        (hash >> (64 - BITS)) as usize
    }
}

/// The hash of the words so far (0 for none) and one more, spread over the bits that [`Filter`] looks at.
fn path(before: u64, word: u64) -> u64 {
    let value = (before.rotate_left(21) ^ word).wrapping_mul(0x9e37_79b9_7f4a_7c15);
    value ^ value >> 29
}

impl Words {
    /// Adds the literal `words` (parted by one space, the last one a mere start if `prefix`) under the number `next`,
    /// unless it is known; its number.
    pub(super) fn add(&mut self, words: &str, prefix: bool, next: u32) -> u32 {
        if self.nodes.is_empty() {
            self.nodes.push(Node::default());
            self.path_of.push(0);
        }
        let (head, last) = words.rsplit_once(' ').map_or((None, words), |(head, last)| (Some(head), last));
        let mut node = 0;
        for word in head.into_iter().flat_map(|head| head.split(' ')) {
            node = self.step(node, word);
        }
        if prefix {
            return self.stem(node, last.as_bytes(), next);
        }
        let end = self.step(node, last);
        *self.nodes[end as usize].literal.get_or_insert(next)
    }

    fn step(&mut self, from: u32, word: &str) -> u32 {
        let hash = xxh3_64(word.as_bytes());
        let new = self.nodes.len() as u32;
        let to = *self.steps.entry((from, hash)).or_insert(new);
        if to == new {
            let path = path(self.path_of[from as usize], hash);
            if from != 0 {
                self.paths.add(path);
            }
            self.nodes.push(Node::default());
            self.path_of.push(path);
        }
        to
    }

    fn stem(&mut self, after: u32, stem: &[u8], next: u32) -> u32 {
        let known = match HEADS.iter().find_map(|&length| head(stem, length)) {
            Some(head) if after == 0 => self.first_stems.entry(head).or_default(),
            _ => {
                let node = &mut self.nodes[after as usize];
                if node.stems == 0 {
                    self.stems.push(Vec::new());
                    node.stems = self.stems.len() as u32;
                }
                &mut self.stems[node.stems as usize - 1]
            }
        };
        if let Some((_, literal)) = known.iter().find(|(other, _)| **other == *stem) {
            return *literal;
        }
        known.push((stem.into(), next));
        next
    }

    /// Makes ready for texts. `begins` tells for every literal whether a phrase may begin with it.
    pub(super) fn finish(&mut self, begins: Vec<bool>) {
        let any = |stems: &[Stem]| stems.iter().any(|(_, literal)| begins[*literal as usize]);
        let of_node = |node: &Node| {
            node.literal.is_some_and(|literal| begins[literal as usize])
                || node.stems > 0 && any(&self.stems[node.stems as usize - 1])
        };
        let mut leads: Vec<bool> = self.nodes.iter().map(of_node).collect();
        let mut steps: Vec<(u32, u32)> = self.steps.iter().map(|(&(from, _), &to)| (to, from)).collect();
        // A node comes after the one that leads to it: from the last to the first, each hands its mark on.
        steps.sort_unstable();
        for (to, from) in steps.into_iter().rev() {
            leads[from as usize] |= leads[to as usize];
        }
        (self.begins, self.leads, self.path_of) = (begins, leads, Vec::new());
        let nodes = &self.nodes;
        let openers = self.steps.extract_if(|&(from, _), _| from == 0);
        self.openers.extend(openers.map(|((_, hash), to)| (hash, (to, nodes[to as usize]))));
        self.steps.shrink_to_fit();
    }

    /// What of [`BEGINS`], [`STARTS`], [`STEMS`] and [`ALONE`] holds for word `first`, whatever follows.
    pub(super) fn traits(&self, tokens: &Tokens, first: usize) -> u8 {
        let begins = |begins: bool| if begins { BEGINS } else { 0 };
        let mut traits = 0;
        self.stems_at(tokens, first, &mut |literal, _| {
            traits |= STARTS | STEMS | begins(self.begins[literal as usize]);
        });
        if let Some((number, node)) = self.openers.get(&tokens.words[first].hash) {
            traits |= STARTS | begins(self.leads[*number as usize]);
            traits |= if node.literal.is_some() || node.stems > 0 { ALONE } else { 0 };
        }
        traits
    }

    /// Tells the literals of one stem that word `first` starts with, and where they end.
    fn stems_at(&self, tokens: &Tokens, first: usize, tell: &mut impl FnMut(u32, usize)) {
        let folded = tokens.folded.as_bytes();
        let start = tokens.words[first].folded as usize;
        let known = HEADS.iter().filter_map(|&length| self.first_stems.get(&head(&folded[start..], length)?));
        // Shorter stems, which patterns such as `'ab*` leave.
        let short = self.nodes.first().filter(|root| root.stems > 0).map(|root| &self.stems[root.stems as usize - 1]);
        for stems in known.chain(short) {
            starts(stems, folded, start, &mut *tell);
        }
    }

    /// Every literal that starts with word `first`, of which [`Self::traits`] says `traits`.
    pub(super) fn find_at(&self, tokens: &Tokens, first: usize, traits: u8, found: &mut impl FnMut(Found)) {
        let folded = tokens.folded.as_bytes();
        let mut tell = |literal, last: usize, end: usize| {
            found(Found { literal, first: first as u32, last: last as u32, end: end as u32 });
        };
        if traits & STEMS != 0 {
            self.stems_at(tokens, first, &mut |literal, end| tell(literal, first, end));
        }
        let hash = tokens.words[first].hash;
        let mut so_far = path(0, hash);
        // Words that open literals are common; the word that follows hardly ever is the next of one.
        let goes_on = |next: &Token| self.paths.may_hold(path(so_far, next.hash));
        if traits & ALONE == 0 && !tokens.words.get(first + 1).is_some_and(goes_on) {
            return;
        }
        let Some(&(mut number, mut node)) = self.openers.get(&hash) else { return };
        let mut at = first;
        loop {
            let end = tokens.words.get(at + 1).map_or(folded.len(), |next| next.folded as usize);
            if let Some(literal) = node.literal {
                tell(literal, at, end);
            }
            at += 1;
            let Some(word) = tokens.words.get(at) else { return };
            if node.stems > 0 {
                starts(&self.stems[node.stems as usize - 1], folded, end, |literal, end| tell(literal, at, end));
            }
            so_far = path(so_far, word.hash);
            if !self.paths.may_hold(so_far) {
                return;
            }
            let Some(&next) = self.steps.get(&(number, word.hash)) else { return };
            (number, node) = (next, self.nodes[next as usize]);
        }
    }
}

/// Tells which of `stems` stand at byte `from`, and where they end.
fn starts(stems: &[Stem], folded: &[u8], from: usize, mut tell: impl FnMut(u32, usize)) {
    for (stem, literal) in stems {
        if folded[from..].starts_with(stem) {
            tell(*literal, from + stem.len());
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::engine::text::token::tokenize;

    #[test]
    fn literals_are_found_by_words_and_by_starts_of_words() {
        let mut words = Words::default();
        let literals =
            [("read", false), ("read more", false), ("read mo", true), ("abonn", true), ("more", false), ("mor", true)];
        for (number, (literal, prefix)) in (0..).zip(literals) {
            assert_eq!(words.add(literal, prefix, number), number);
            assert_eq!(words.add(literal, prefix, 99), number);
        }
        words.finish(vec![true, true, true, true, false, false]);
        let of = |text: &str| {
            let (tokens, mut found) = (tokenize(text), Vec::new());
            for first in 0..tokens.words.len() {
                let traits = words.traits(&tokens, first);
                words.find_at(&tokens, first, traits, &mut |f| found.push((f.literal, f.first, f.last)));
            }
            found
        };
        assert_eq!(of("Read more"), [(0, 0, 0), (2, 0, 1), (1, 0, 1), (5, 1, 1), (4, 1, 1)]);
        assert_eq!(of("Jetzt ABONNIEREN, abo"), [(3, 1, 1)]);
        assert_eq!(of("bread mo re"), []);
        assert_eq!(of(""), []);
        for (word, traits) in [
            ("read", BEGINS | STARTS | ALONE),
            ("abonnent", BEGINS | STARTS | STEMS),
            ("more", STARTS | STEMS | ALONE),
            ("mo", 0),
        ] {
            assert_eq!(words.traits(&tokenize(word), 0), traits, "{word}");
        }
    }
}
