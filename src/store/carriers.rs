//! The documents learned lately, with the blocks that they carried: an index by time, searched from one end.
//!
//! There is no index by key. Most blocks never recur, so that one would be larger than what it indexes, and the first
//! carriers, about whom the question is, come before anybody knows that a key will matter. Looking through 10,000
//! documents takes a few milliseconds for one key (computed, not measured).

use std::collections::BTreeMap;
use std::ops::Bound;
use std::sync::{Arc, Mutex};

use super::affected::{Affected, Carried, MAX_LISTED, Page, Position, Query};
use super::config::{StoreConfig, seconds};
use super::evidence::{Evidence, lock};
use super::memory::clamped;
use super::registry::Entry;
use crate::engine::observation::Sightings;

/// Keys kept per document; 1,024 are the blocks of an article of 100 KB.
const MAX_KEYS: usize = 1024;

/// Documents that one call examines. With `since` every key costs a look at its record, some 0.1 µs:
/// about 60 ms for 60 keys each. Computed, not measured.
const MAX_EXAMINED: usize = 10_000;

/// Documents taken at once under the lock, which learners want, too.
const CHUNK: usize = 256;

/// Memory of an entry without its names and keys: 80 bytes in a tree that is two thirds full, three allocations of 16
/// and two counters. Computed, not measured.
const CARRIER_BYTES: usize = 192;

/// The local keys of a document, those that can be a template's id set apart.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Keys {
    /// Templates: first those that were not strong when the document was learned, then those that were.
    pub(crate) templates: Vec<u64>,
    /// How many were not strong.
    pub(crate) weak: u32,
    /// The other keys, those that are counted on a condition included where it held.
    pub(crate) others: Vec<u64>,
}

impl Keys {
    /// Puts the keys in order; `seen` tells how many witnesses each had, the document included.
    pub(crate) fn sorted(local: &[u64], carried: Carried<'_>, seen: &[Sightings], strong: u32) -> Self {
        const OTHER: u8 = 2;
        let mut class = vec![OTHER; local.len()];
        for &at in carried.templates.iter().take(MAX_KEYS) {
            if let (Some(class), Some(seen)) = (class.get_mut(at as usize), seen.get(at as usize)) {
                *class = u8::from(seen.witnesses >= strong);
            }
        }
        let of = |wanted| local.iter().zip(&class).filter(move |(_, class)| **class == wanted).map(|(key, _)| *key);
        let mut templates: Vec<u64> = of(0).collect();
        let weak = templates.len() as u32;
        templates.extend(of(1));
        Self { templates, weak, others: of(OTHER).collect() }
    }
}

/// A learned document.
#[derive(Debug, Clone, PartialEq, Eq)]
struct Carrier {
    id: Box<str>,
    source: Box<str>,
    /// Its templates, the first `weak` of them not strong when it was last learned.
    keys: Arc<[u64]>,
    weak: u32,
}

impl Carrier {
    fn bytes(&self) -> usize {
        CARRIER_BYTES + self.id.len() + self.source.len() + self.keys.len() * 8
    }
}

#[derive(Debug, Default)]
struct Inner {
    carriers: BTreeMap<Position, Carrier>,
    bytes: usize,
    evicted: u64,
}

/// Learned documents in the order of their arrival, bounded; the oldest go.
#[derive(Debug)]
pub(crate) struct Carriers {
    inner: Mutex<Inner>,
    max_bytes: usize,
    max_age: u32,
}

impl Carriers {
    pub(crate) fn new(config: &StoreConfig) -> Self {
        Self { inner: Mutex::default(), max_bytes: config.carrier_bytes(), max_age: seconds(config.max_age) }
    }

    /// Remembers what a document carried, in place of what was known of it before; whether that was news that should
    /// survive. A document without templates is not kept.
    pub(crate) fn learn(&self, entry: &Entry, source: &str, templates: &[u64], weak: u32) -> bool {
        let position = Position { at: entry.arrived, source: entry.source, document: entry.document };
        let carrier = Carrier { id: entry.id.clone(), source: source.into(), keys: templates.into(), weak };
        if carrier.keys.is_empty() {
            return false;
        }
        let mut inner = lock(&self.inner);
        if inner.carriers.get(&position) == Some(&carrier) {
            return false;
        }
        inner.bytes += carrier.bytes();
        if let Some(before) = inner.carriers.insert(position, carrier) {
            inner.bytes -= before.bytes();
        }
        inner.expire(self.max_bytes, position.at.saturating_sub(self.max_age));
        // A document that is older than all that is kept must not be written down each time it is sent.
        inner.carriers.contains_key(&position)
    }

    /// Answers a query from one end of the documents. Takes the lock for short whiles, and none of them together with
    /// that of the evidence.
    pub(crate) fn find(&self, query: &Query, evidence: &Evidence) -> Page {
        let mut page = Page { documents: Vec::new(), next: query.after };
        let mut place = query.after;
        let mut examined = 0;
        while examined < MAX_EXAMINED {
            let chunk = self.chunk(place);
            if chunk.is_empty() {
                page.next = None;
                return page;
            }
            for (position, carrier) in chunk {
                if page.documents.len() >= query.most {
                    return page;
                }
                place = Some(position);
                // A foreign place must not get into a token, so foreign documents are passed over in one call: at some
                // 0.1 µs each, all that memory holds cost less than what may be examined.
                if is_foreign(query, position, &carrier) {
                    continue;
                }
                examined += 1;
                page.next = place;
                let templates = matching(query, position, &carrier, evidence);
                if !templates.is_empty() {
                    page.documents.push(affected(position, carrier, templates));
                }
            }
        }
        page
    }

    /// Bytes taken now.
    pub(crate) fn bytes(&self) -> usize {
        lock(&self.inner).bytes
    }

    /// Documents that had to make room.
    pub(crate) fn evicted(&self) -> u64 {
        lock(&self.inner).evicted
    }

    fn chunk(&self, after: Option<Position>) -> Vec<(Position, Carrier)> {
        let from = after.map_or(Bound::Unbounded, Bound::Excluded);
        let inner = lock(&self.inner);
        let rest = inner.carriers.range((from, Bound::Unbounded));
        rest.take(CHUNK).map(|(&position, carrier)| (position, carrier.clone())).collect()
    }
}

impl Inner {
    fn expire(&mut self, max_bytes: usize, since: u32) {
        while let Some(oldest) = self.carriers.first_entry() {
            if self.bytes <= max_bytes && oldest.key().at >= since {
                return;
            }
            self.evicted += u64::from(oldest.key().at >= since);
            self.bytes -= oldest.remove().bytes();
        }
    }
}

/// Whether a document belongs to a namespace that was not asked for. Its source's fingerprint has the namespace in it,
/// its source's name has not.
fn is_foreign(query: &Query, position: Position, carrier: &Carrier) -> bool {
    query.namespace.is_some_and(|namespace| namespace.source_key(&carrier.source) != position.source)
}

/// The keys for which a query lists a document.
fn matching(query: &Query, position: Position, carrier: &Carrier, evidence: &Evidence) -> Vec<u64> {
    if query.source.is_some_and(|source| source != position.source) {
        return Vec::new();
    }
    // Who asks since when, asks for templates that the document was judged without.
    let keys = if query.since.is_some() { &carrier.keys[..carrier.weak as usize] } else { &carrier.keys };
    let since = query.since.map(clamped);
    let is_asked = |key: u64| {
        query.template.is_none_or(|template| template == key)
            && since.is_none_or(|since| evidence.strong_since(key).is_some_and(|at| at >= since))
    };
    keys.iter().copied().filter(|&key| is_asked(key)).take(MAX_LISTED).collect()
}

fn affected(position: Position, carrier: Carrier, templates: Vec<u64>) -> Affected {
    Affected { id: carrier.id.into(), source: carrier.source.into(), seen_at: i64::from(position.at), templates }
}
