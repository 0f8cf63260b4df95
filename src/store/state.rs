//! The tables in memory and how a document passes through them. Both stores are this state; the embedded one writes
//! down besides what passed.

use super::affected::{Carried, Page, Query};
use super::carriers::{Carriers, Keys};
use super::config::StoreConfig;
use super::evidence::{Evidence, KINDS, Visit};
use super::guard::{Guard, Judgement};
use super::mix::{copy_identity, key, witness};
use super::record::Sighting;
use super::registry::{Entry, Registry};
use super::row::Row;
use super::shard::View;
use super::sources::{Source, Sources};
use crate::engine::observation::{Observation, Pointer, Seen, Sightings};

/// All that the store knows.
#[derive(Debug)]
pub(crate) struct State {
    pub(crate) config: StoreConfig,
    pub(crate) evidence: Evidence,
    pub(crate) registry: Registry,
    pub(crate) sources: Sources,
    pub(crate) guard: Guard,
    pub(crate) carriers: Carriers,
}

/// What became of an observation.
#[derive(Debug)]
pub(crate) struct Outcome {
    pub(crate) seen: Seen,
    /// The document's entry and keys, if it taught anything that must be written down.
    pub(crate) learned: Option<(Entry, Keys)>,
}

/// A document's place among the others.
struct Placement {
    entry: Entry,
    documents: u32,
    is_new: bool,
}

/// Evidence of several journal rows: sightings, and mixed keys with the position of theirs.
#[derive(Debug, Default)]
pub(crate) struct Gathered {
    sightings: Vec<Sighting>,
    keys: Vec<(u64, u32)>,
}

impl Gathered {
    /// Keys gathered so far.
    pub(crate) fn len(&self) -> usize {
        self.keys.len()
    }

    fn add(&mut self, sighting: Sighting, keys: impl Iterator<Item = u64>) {
        let at = self.sightings.len() as u32;
        self.sightings.push(sighting);
        self.keys.extend(keys.map(|key| (key, at)));
    }
}

impl State {
    pub(crate) fn new(config: StoreConfig) -> Self {
        Self {
            evidence: Evidence::new(&config),
            registry: Registry::new(&config),
            sources: Sources::new(&config),
            guard: Guard::new(&config),
            carriers: Carriers::new(&config),
            config,
        }
    }

    /// Looks the observation up and, with `learn`, counts it. Takes some short locks one after the other, about 0.1 µs
    /// per key.
    pub(crate) fn observe(
        &self,
        observation: &Observation,
        carried: Carried<'_>,
        at: u32,
        now: u32,
        learn: bool,
    ) -> Outcome {
        let place = self.place(observation, at, now, learn);
        let visits = visits(observation, &place.entry, learn);
        let kinds = [local_sighting(&place.entry, now), global_sighting(&place.entry, now)];
        let (sightings, evidence_changed) = self.evidence.visit(&visits, kinds, now, &self.config);
        let mut learned = None;
        if learn {
            let proven = proven(observation, &sightings);
            let styles: Vec<Visit> = proven.iter().map(|&value| own_visit(value, &place.entry)).collect();
            let more = self.evidence.visit(&styles, kinds, now, &self.config).1;
            let mut keys = Keys::sorted(&observation.local, carried, &sightings, self.config.strong());
            keys.others.extend(proven);
            let mut changed = place.is_new || evidence_changed || more;
            changed |= self.guard.learn(observation.sketch.iter().copied().map(key), witness(observation.document));
            changed |= self.carriers.learn(&place.entry, carried.source, &keys.templates, keys.weak);
            learned = changed.then(|| (place.entry.clone(), keys));
        }
        let mut local = sightings;
        let mut global = local.split_off(observation.local.len());
        let asked = global.split_off(observation.global.len());
        let near_duplicate_of = self.registry.peek(place.entry.duplicate_of, |earlier| earlier.id.to_string());
        let seen = Seen { local, global, asked, source_documents: place.documents, near_duplicate_of };
        Outcome { seen, learned }
    }

    /// See [`super::Store::affected`].
    pub(crate) fn affected(&self, query: &Query) -> Page {
        self.carriers.find(query, &self.evidence)
    }

    /// Learns again what a journal row says, but for its evidence, which is added to `gathered` so that it can be
    /// learned for many rows together. Idempotent.
    pub(crate) fn replay(&self, row: &Row, gathered: &mut Gathered) {
        let entry = &row.entry;
        self.sources.raise(entry.source, Source { documents: entry.ordinal, arrived: entry.arrived });
        self.registry.claim(entry.document, || entry.clone());
        self.is_new_in_source(entry, true);
        self.guard.learn(row.sketch.iter().copied(), witness(entry.document));
        self.carriers.learn(entry, &row.source, &row.templates, row.weak);
        let keys = row.templates.iter().copied().map(key).chain(row.local.iter().copied());
        gathered.add(local_sighting(entry, row.learned), keys);
        if entry.counts_globally && !row.global.is_empty() {
            gathered.add(global_sighting(entry, row.learned), row.global.iter().copied());
        }
    }

    /// Learns what was gathered.
    pub(crate) fn learn_gathered(&self, gathered: &mut Gathered) {
        self.evidence.learn_all(&gathered.sightings, &gathered.keys);
        gathered.sightings.clear();
        gathered.keys.clear();
    }

    fn place(&self, observation: &Observation, at: u32, now: u32, learn: bool) -> Placement {
        if let Some(entry) = self.registry.find(observation.document) {
            let documents = self.sources.documents(entry.source).max(entry.ordinal);
            return Placement { entry, documents, is_new: false };
        }
        let mut entry = self.judged(observation, at, now);
        let fresh = u32::from(self.is_new_in_source(&entry, learn));
        if !learn {
            entry.ordinal = self.sources.documents(entry.source).saturating_add(fresh).max(1);
            return Placement { documents: entry.ordinal, entry, is_new: false };
        }
        // The count goes up inside the claim: of two requests for one document only one makes the entry.
        let (entry, is_new) = self.registry.claim(observation.document, || {
            entry.ordinal = self.sources.advance(entry.source, fresh, now).max(1);
            entry
        });
        Placement { documents: self.sources.documents(entry.source).max(entry.ordinal), entry, is_new }
    }

    /// The entry of an unknown document after a look at the guard, its ordinal still open.
    fn judged(&self, observation: &Observation, at: u32, now: u32) -> Entry {
        let own = witness(observation.document);
        let (witness, duplicate_of) = match self.guard.judge(&observation.sketch, own, &self.registry) {
            Judgement::Fresh => (own, 0),
            Judgement::Reuse(witness) => (witness, 0),
            Judgement::Copy { witness, of } => (witness, of),
        };
        Entry {
            document: observation.document,
            source: observation.source,
            id: observation.id.as_str().into(),
            witness,
            ordinal: 0,
            at,
            arrived: now,
            sketch: observation.sketch.len() as u32,
            duplicate_of,
            counts_globally: witness == own,
        }
    }

    /// Whether the document brings its source a witness that the source has not had. Its own is always new; that of a
    /// document in another source is so once, which is then entered in the registry.
    fn is_new_in_source(&self, entry: &Entry, learn: bool) -> bool {
        if entry.witness == witness(entry.document) {
            return true;
        }
        if self.registry.peek(entry.witness, |first| first.source) == Some(entry.source) {
            return false;
        }
        let identity = copy_identity(entry.source, entry.witness);
        if !learn {
            return self.registry.find(identity).is_none();
        }
        let copy = || Entry { document: identity, id: "".into(), duplicate_of: 0, ..entry.clone() };
        self.registry.claim(identity, copy).1
    }
}

/// Positions of the two sightings of a document.
const LOCAL: usize = 0;
const GLOBAL: usize = KINDS - 1;

/// A known document is counted with its first time and ordinal, so that sending it again changes nothing.
fn local_sighting(entry: &Entry, arrived: u32) -> Sighting {
    Sighting { witness: entry.witness, at: entry.at, ordinal: entry.ordinal, arrived }
}

/// Ordinals count documents of one source and mean nothing across sources.
fn global_sighting(entry: &Entry, arrived: u32) -> Sighting {
    Sighting { witness: witness(entry.source), at: entry.at, ordinal: 0, arrived }
}

/// The styles in which the observation points to titles that are known; `seen` has the asked keys at its end.
fn proven(observation: &Observation, seen: &[Sightings]) -> Vec<u64> {
    let asked = &seen[observation.local.len() + observation.global.len()..];
    let known = |pointer: &&Pointer| asked.get(pointer.title as usize).is_some_and(|title| title.witnesses > 0);
    let key = |pointer: &Pointer| observation.asked.get(pointer.style as usize).copied();
    let mut keys: Vec<u64> = observation.pointers.iter().filter(known).filter_map(key).collect();
    keys.sort_unstable();
    keys.dedup();
    keys
}

/// Counts a local key for the document.
fn own_visit(value: u64, entry: &Entry) -> Visit {
    Visit { key: key(value), view: View::Including(entry.witness), learn: Some(LOCAL) }
}

fn visits(observation: &Observation, entry: &Entry, learn: bool) -> Vec<Visit> {
    let (own, source) = (entry.witness, witness(entry.source));
    let local = learn.then_some(LOCAL);
    let (view, global) = if entry.counts_globally {
        (View::Including(source), learn.then_some(GLOBAL))
    } else {
        (View::AsIs(source), None)
    };
    let visit = |view, learn| move |&value: &u64| Visit { key: key(value), view, learn };
    let mut visits = Vec::with_capacity(observation.local.len() + observation.global.len() + observation.asked.len());
    visits.extend(observation.local.iter().map(visit(View::Including(own), local)));
    visits.extend(observation.global.iter().map(visit(view, global)));
    visits.extend(observation.asked.iter().map(visit(View::Excluding(own), None)));
    visits
}
