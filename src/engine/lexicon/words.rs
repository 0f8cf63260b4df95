//! The literals of all phrases as a trie whose letters are words.
//!
//! The texts' words come with their hashes, so a literal of three words is found in three look-ups, and most words are
//! turned away by one bit. An automaton over characters looks at every byte instead: it took four times as long.

use crate::engine::text::token::Tokens;
use ahash::AHashMap;
use xxhash_rust::xxh3::xxh3_64;

/// A literal found: words `first..=last`, and the byte of the folded buffer at which it ends.
#[derive(Debug, Clone, Copy)]
pub(super) struct Found {
    pub(super) literal: u32,
    pub(super) first: u32,
    pub(super) last: u32,
    end: u32,
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
    first_stems: AHashMap<[u8; HEAD], Vec<Stem>>,
    may_open: Filter<10>,
    may_head: Filter<10>,
    pairs: Filter<13>,
}

/// Bytes by which the stems that open a literal are looked up: patterns demand as many letters of a stem.
const HEAD: usize = 3;

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

/// Spreads the three bytes over the bits that [`Filter`] looks at.
fn head_hash(head: [u8; HEAD]) -> u64 {
    let [a, b, c] = head.map(u64::from);
    spread(a << 16 | b << 8 | c)
}

/// Spreads a word after a node over the bits that [`Filter`] looks at.
fn pair_hash(node: u32, word: u64) -> u64 {
    spread(word ^ u64::from(node) << 32)
}

fn spread(value: u64) -> u64 {
    let value = value.wrapping_mul(0x9e37_79b9_7f4a_7c15);
    value ^ value >> 29
}

impl Words {
    /// Adds the literal `words` (parted by one space, the last one a mere start if `prefix`) under the number `next`,
    /// unless it is known; its number.
    pub(super) fn add(&mut self, words: &str, prefix: bool, next: u32) -> u32 {
        if self.nodes.is_empty() {
            self.nodes.push(Node::default());
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
        if from == 0 {
            self.may_open.add(hash);
        } else {
            self.pairs.add(pair_hash(from, hash));
        }
        let new = self.nodes.len() as u32;
        let to = *self.steps.entry((from, hash)).or_insert(new);
        if to == new {
            self.nodes.push(Node::default());
        }
        to
    }

    fn stem(&mut self, after: u32, stem: &[u8], next: u32) -> u32 {
        let known = match stem.first_chunk::<HEAD>() {
            Some(head) if after == 0 => {
                self.may_head.add(head_hash(*head));
                self.first_stems.entry(*head).or_default()
            }
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

    /// Makes ready for texts.
    pub(super) fn finish(&mut self) {
        let nodes = &self.nodes;
        let openers = self.steps.extract_if(|&(from, _), _| from == 0);
        self.openers.extend(openers.map(|((_, hash), to)| (hash, (to, nodes[to as usize]))));
        self.steps.shrink_to_fit();
    }

    /// Every literal in the text, ordered by where it ends, the longest first.
    pub(super) fn find(&self, tokens: &Tokens) -> Vec<Found> {
        let mut all: Vec<Found> = Vec::new();
        for first in 0..tokens.words.len() {
            self.find_at(tokens, first, &mut |found| {
                // Ends hardly ever run ahead: what was begun some words earlier may be longer.
                let after = |other: &&Found| (other.end, other.first) > (found.end, found.first);
                let place = all.len() - all.iter().rev().take_while(after).count();
                all.insert(place, found);
            });
        }
        all
    }

    /// Every literal that starts with word `first`.
    fn find_at(&self, tokens: &Tokens, first: usize, found: &mut impl FnMut(Found)) {
        let folded = tokens.folded.as_bytes();
        let start = tokens.words[first].folded as usize;
        let mut tell = |literal, last: usize, end: usize| {
            found(Found { literal, first: first as u32, last: last as u32, end: end as u32 });
        };
        if let Some(head) = folded[start..].first_chunk::<HEAD>()
            && self.may_head.may_hold(head_hash(*head))
            && let Some(stems) = self.first_stems.get(head)
        {
            starts(stems, folded, start, |literal, end| tell(literal, first, end));
        }
        // Shorter stems, which patterns such as `'ab*` leave.
        if let Some(Node { stems: 1.., .. }) = self.nodes.first() {
            starts(&self.stems[self.nodes[0].stems as usize - 1], folded, start, |literal, end| {
                tell(literal, first, end);
            });
        }
        let hash = tokens.words[first].hash;
        if !self.may_open.may_hold(hash) {
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
            if !self.pairs.may_hold(pair_hash(number, word.hash)) {
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
        words.finish();
        let of = |text: &str| {
            let found = words.find(&tokenize(text));
            found.iter().map(|f| (f.literal, f.first, f.last)).collect::<Vec<_>>()
        };
        assert_eq!(of("Read more"), [(0, 0, 0), (2, 0, 1), (5, 1, 1), (1, 0, 1), (4, 1, 1)]);
        assert_eq!(of("Jetzt ABONNIEREN, abo"), [(3, 1, 1)]);
        assert_eq!(of("bread mo re"), []);
        assert_eq!(of(""), []);
    }
}
