//! All phrases in one automaton over the words.
//!
//! A phrase is a chain of places, one per segment. A step leads to a place: it is taken when its literal is found and
//! the place before was reached close enough in the same unit. Alternatives lead to the same place, and phrases with
//! the same beginning share it, so "our" in a hundred phrases costs one look. Only the two latest arrivals at each
//! place are remembered, which keeps the scan linear: two, because the last word of a longer alternative ("photo by")
//! may be the first of what follows.

use super::familiar::{BEGINS, STARTS};
use super::pattern::{Pattern, Segment};
use super::words::{Found, Words};
use crate::engine::text::token::{Class, Tokens};
use ahash::AHashMap;

/// A phrase found: words `first..end` for the cue.
#[derive(Debug, Clone, Copy)]
pub(super) struct Match {
    pub(super) cue: u32,
    pub(super) first: u32,
    pub(super) end: u32,
    /// It opens a unit, and what follows up to the unit's end is what it labels.
    pub(super) labels: bool,
}

/// The compiled phrases. What belongs to a literal or a place lies side by side in one list for all: a scan jumps about
/// in these lists, and each jump may miss the processor's caches.
#[derive(Default)]
pub(super) struct Automaton {
    words: Words,
    literals: Vec<Literal>,
    openers: Vec<u32>,
    followers: Vec<Follower>,
    places: Vec<Place>,
    finals: Vec<Final>,
}

/// A part of one of the lists.
type Part = (u32, u32);

fn part<T>(list: &[T], (from, to): Part) -> &[T] {
    list.get(from as usize..to as usize).unwrap_or_default()
}

#[derive(Clone, Copy)]
struct Literal {
    /// The places that it leads to at the start of a phrase.
    openers: Part,
    /// Steps that lead on from a place.
    followers: Part,
}

/// The place to come from, and how many words may lie between; none at the start of a phrase.
type From = Option<(u32, u32)>;

/// Leads from one place in a phrase to the next.
#[derive(Clone, Copy, PartialEq)]
struct Follower {
    before: u32,
    /// Words that may lie between.
    gap: u32,
    /// The place that is reached.
    to: u32,
}

/// Where a phrase is after a part of it.
#[derive(Clone, Copy)]
struct Place {
    /// A step leads on from here, over so many words at most.
    reach: Option<u32>,
    /// Phrases that end here.
    finals: Part,
}

/// What a phrase that ends here means.
#[derive(Clone, Copy, PartialEq)]
struct Final {
    cue: u32,
    opens: bool,
    closes: Option<u32>,
}

/// Collects phrases, then compiles them.
#[derive(Default)]
pub(super) struct Compiler {
    /// Places by where they are come from and by which alternatives they are reached.
    places: AHashMap<(From, Vec<Vec<Segment>>), u32>,
    words: Words,
    literals: u32,
    /// For every place how far a step leads on from it.
    reaches: Vec<Option<u32>>,
    /// By literal.
    openers: Vec<(u32, u32)>,
    /// By literal.
    followers: Vec<(u32, Follower)>,
    /// By place.
    finals: Vec<(u32, Final)>,
}

impl Compiler {
    /// Adds the phrases of cue `cue`.
    pub(super) fn add(&mut self, cue: u32, pattern: Pattern) {
        let mut at = None;
        for part in pattern.parts {
            at = Some(self.part(at.map(|place| (place, part.gap)), part.alternatives));
        }
        let Some(last) = at else { return };
        self.finals.push((last, Final { cue, opens: pattern.opens, closes: pattern.closes }));
    }

    /// The place after `part`, which all its alternatives lead to.
    fn part(&mut self, after: From, alternatives: Vec<Vec<Segment>>) -> u32 {
        let key = (after, alternatives);
        if let Some(&known) = self.places.get(&key) {
            return known;
        }
        let place = self.place();
        for segments in &key.1 {
            let mut from = after;
            for (index, segment) in segments.iter().enumerate() {
                let from_here = if index == 0 { from } else { from.map(|(place, _)| (place, segment.gap)) };
                let to = if index + 1 == segments.len() { place } else { self.place() };
                self.step(from_here, segment, to);
                from = Some((to, 0));
            }
        }
        self.places.insert(key, place);
        place
    }

    fn place(&mut self) -> u32 {
        self.reaches.push(None);
        self.reaches.len() as u32 - 1
    }

    fn step(&mut self, after: From, segment: &Segment, to: u32) {
        let literal = self.words.add(&segment.words, segment.prefix, self.literals);
        self.literals = self.literals.max(literal + 1);
        if let Some((before, gap)) = after {
            let reach = &mut self.reaches[before as usize];
            *reach = Some(reach.map_or(gap, |reach| reach.max(gap)));
            self.followers.push((literal, Follower { before, gap, to }));
        } else {
            self.openers.push((literal, to));
        }
    }

    /// Compiles what was added.
    pub(super) fn finish(mut self) -> Automaton {
        let literals = self.literals as usize;
        let (openers_of, openers) = grouped(self.openers, literals);
        let (followers_of, followers) = grouped(self.followers, literals);
        let literals = openers_of.into_iter().zip(followers_of);
        let literals: Vec<Literal> = literals.map(|(openers, followers)| Literal { openers, followers }).collect();
        let (finals_of, finals) = grouped(self.finals, self.reaches.len());
        let places = self.reaches.into_iter().zip(finals_of).map(|(reach, finals)| Place { reach, finals });
        self.words.finish(literals.iter().map(|literal| literal.openers.0 < literal.openers.1).collect());
        Automaton { words: self.words, literals, openers, followers, places: places.collect(), finals }
    }
}

/// The values of `rows` by their group, and for each of `groups` groups where its values stand among them. What comes
/// twice in a row, as the same alternative written twice does, stays once.
fn grouped<T: Copy + PartialEq>(mut rows: Vec<(u32, T)>, groups: usize) -> (Vec<Part>, Vec<T>) {
    // A stable sort: values stay in the order in which they came.
    rows.sort_by_key(|(group, _)| *group);
    rows.dedup();
    let mut parts = vec![(0, 0); groups];
    let mut from = 0;
    for same in rows.chunk_by(|(one, _), (other, _)| one == other) {
        let to = from + same.len() as u32;
        parts[same[0].0 as usize] = (from, to);
        from = to;
    }
    (parts, rows.into_iter().map(|(_, value)| value).collect())
}

impl Automaton {
    /// What word `index` can mean by itself; see [`super::familiar`].
    pub(super) fn traits(&self, tokens: &Tokens, index: usize) -> u8 {
        self.words.traits(tokens, index)
    }

    /// Number of literals in the automaton.
    pub(super) fn len(&self) -> usize {
        self.literals.len()
    }

    /// Tells `found` every phrase of the text, ordered by where it ends. `units` are the words at which units start,
    /// in order; no phrase reaches over such a start. `traits` are those of the words.
    pub(super) fn run(&self, tokens: &Tokens, traits: &[u8], units: &[u32], mut found: impl FnMut(Match)) {
        let mut scan = Scan {
            place: Cursor { tokens, units, word: 0, unit: 0 },
            // Of thousands of places a text reaches some dozen.
            reached: Reached::new(self.places.len()),
            horizon: 0,
        };
        // Literals in the order of their ends, the longest first; hardly ever more than two or three wait.
        let mut waiting: Vec<Found> = Vec::new();
        for first in 0..tokens.words.len() as u32 {
            // A phrase that goes on here was begun by literals that end before: the horizon knows all of them.
            let wanted = if first <= scan.horizon { STARTS } else { BEGINS };
            let traits = traits[first as usize];
            if traits & wanted != 0 {
                self.words.find_at(tokens, first as usize, traits, &mut |found| {
                    let after = |other: &&Found| (other.end, other.first) > (found.end, found.first);
                    let place = waiting.len() - waiting.iter().rev().take_while(after).count();
                    waiting.insert(place, found);
                });
            }
            if waiting.is_empty() {
                continue;
            }
            // What ends here ends before all that is found later.
            let ready = waiting.iter().take_while(|hit| hit.last <= first).count();
            for hit in waiting.drain(..ready) {
                self.take(hit, &mut scan, &mut found);
            }
        }
    }

    /// Takes the steps that the literal allows.
    fn take(&self, Found { literal, first, last, .. }: Found, scan: &mut Scan<'_>, found: &mut impl FnMut(Match)) {
        let literal = self.literals[literal as usize];
        scan.place.advance(last as usize);
        let unit_start = scan.place.unit_start();
        if first < unit_start {
            return;
        }
        for &to in part(&self.openers, literal.openers) {
            self.arrive(to, first, last, scan, found);
        }
        if first > scan.horizon {
            return;
        }
        for follower in part(&self.followers, literal.followers) {
            if let Some(start) = follower.start(first, unit_start, &scan.reached) {
                self.arrive(follower.to, start, last, scan, found);
            }
        }
    }

    /// A phrase that starts at word `start` has reached a place with word `last`.
    fn arrive(&self, place: u32, start: u32, last: u32, scan: &mut Scan<'_>, found: &mut impl FnMut(Match)) {
        let to = self.places[place as usize];
        if let Some(reach) = to.reach {
            scan.reached.add(place, start, last + 1);
            scan.horizon = scan.horizon.max(last + 1 + reach);
        }
        for end in part(&self.finals, to.finals) {
            if (!end.opens || scan.place.opens(start))
                && end.closes.is_none_or(|slack| scan.place.closes(last + 1, slack))
            {
                let labels = end.opens && end.closes.is_some_and(|slack| slack > 0);
                found(Match { cue: end.cue, first: start, end: last + 1, labels });
            }
        }
    }
}

/// How far a scan has come.
struct Scan<'a> {
    place: Cursor<'a>,
    reached: Reached,
    /// The last word at which a phrase that was begun may go on: most literals come later and need no look.
    horizon: u32,
}

impl Follower {
    /// Where the phrase starts whose latest literal starts at word `first`, if the step may be taken here.
    fn start(&self, first: u32, unit_start: u32, reached: &Reached) -> Option<u32> {
        let near = |&&(start, end): &&(u32, u32)| {
            start < end && start >= unit_start && end <= first && first - end <= self.gap
        };
        reached.get(self.before)?.0.iter().find(near).map(|&(start, _)| start)
    }
}

/// Where phrases that reached a place start and end, the latest first; `(0, 0)` is none.
#[derive(Clone, Copy, Default)]
struct Arrivals([(u32, u32); 2]);

impl Arrivals {
    /// Of two arrivals at the same word the one that started earlier stays: it alone may open the unit.
    fn add(&mut self, start: u32, end: u32) {
        let [latest, older] = &mut self.0;
        if latest.1 == end {
            latest.0 = latest.0.min(start);
        } else {
            *older = std::mem::replace(latest, (start, end));
        }
    }
}

/// The places that were reached, and how.
struct Reached {
    /// A bit for each place: most are never reached, and need no look-up.
    any: Vec<u64>,
    arrivals: AHashMap<u32, Arrivals>,
}

impl Reached {
    fn new(places: usize) -> Self {
        Self { any: vec![0; places.div_ceil(64)], arrivals: AHashMap::with_capacity(64) }
    }

    fn add(&mut self, place: u32, start: u32, end: u32) {
        self.any[place as usize / 64] |= 1 << (place % 64);
        self.arrivals.entry(place).or_default().add(start, end);
    }

    fn is_reached(&self, place: u32) -> bool {
        self.any[place as usize / 64] >> (place % 64) & 1 == 1
    }

    fn get(&self, place: u32) -> Option<&Arrivals> {
        if self.is_reached(place) { self.arrivals.get(&place) } else { None }
    }
}

/// Where in the text the scan is; moves forward only.
struct Cursor<'a> {
    tokens: &'a Tokens,
    units: &'a [u32],
    word: usize,
    unit: usize,
}

impl Cursor<'_> {
    /// Goes on to `word`.
    fn advance(&mut self, word: usize) {
        self.word = word;
        while self.units.get(self.unit + 1).is_some_and(|&next| next as usize <= word) {
            self.unit += 1;
        }
    }

    fn unit_start(&self) -> u32 {
        self.units.get(self.unit).copied().filter(|&start| start as usize <= self.word).unwrap_or(0)
    }

    fn unit_end(&self) -> usize {
        let words = self.tokens.words.len();
        self.units[self.unit.min(self.units.len())..]
            .iter()
            .map(|&start| start as usize)
            .find(|&start| start > self.word)
            .unwrap_or(words)
            .min(words)
    }

    /// Whether only slots (a list's number, a time) stand before word `first` in its unit.
    fn opens(&self, first: u32) -> bool {
        self.are_slots(self.unit_start() as usize, first as usize)
    }

    /// Whether the unit ends within `slack` words after word `end`, slots not counted.
    fn closes(&self, end: u32, slack: u32) -> bool {
        let unit_end = self.unit_end();
        unit_end.saturating_sub(end as usize) <= slack as usize || self.are_slots(end as usize, unit_end)
    }

    /// At most a handful is looked at, so that a page of numbers costs no more than prose.
    fn are_slots(&self, from: usize, to: usize) -> bool {
        const MAX_SLOTS: usize = 4;
        to.saturating_sub(from) <= MAX_SLOTS
            && self.tokens.words.get(from..to).is_some_and(|words| words.iter().all(|word| word.class != Class::Word))
    }
}
