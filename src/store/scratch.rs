//! TEMPORARY, to be deleted when the real stores are merged: a minimal store, so that server and commands can run.

use super::{Store, StoreError};
use crate::engine::observation::{Observation, Seen, Sightings};
use std::{
    collections::{HashMap, HashSet},
    sync::{Mutex, PoisonError},
};

/// Counts witnesses exactly, in memory, without bounds, decay or near-duplicate guard.
#[derive(Debug, Default)]
pub struct ScratchStore {
    tables: Mutex<Tables>,
}

#[derive(Debug, Default)]
struct Tables {
    witnesses: HashMap<u64, HashSet<u64>>,
    documents: HashMap<u64, HashSet<u64>>,
}

impl Store for ScratchStore {
    fn observe(&self, observation: &Observation, _at: i64, learn: bool) -> Result<Seen, StoreError> {
        let mut tables = self.tables.lock().unwrap_or_else(PoisonError::into_inner);
        let seen = Seen {
            local: observation.local.iter().map(|key| tables.count(*key, observation.document)).collect(),
            global: observation.global.iter().map(|key| tables.count(*key, observation.source)).collect(),
            asked: vec![Sightings::default(); observation.asked.len()],
            source_documents: tables.documents.get(&observation.source).map_or(1, |d| d.len().max(1) as u32),
            near_duplicate_of: None,
        };
        if learn {
            tables.learn(observation);
        }
        Ok(seen)
    }

    fn sync(&self) -> Result<(), StoreError> {
        Ok(())
    }
}

impl Tables {
    fn count(&self, key: u64, own: u64) -> Sightings {
        let others = self.witnesses.get(&key).map_or(0, |w| w.iter().filter(|w| **w != own).count());
        Sightings { witnesses: others as u32 + 1, ..Sightings::default() }
    }

    fn learn(&mut self, observation: &Observation) {
        self.documents.entry(observation.source).or_default().insert(observation.document);
        for key in &observation.local {
            self.witnesses.entry(*key).or_default().insert(observation.document);
        }
        for key in &observation.global {
            self.witnesses.entry(*key).or_default().insert(observation.source);
        }
    }
}
