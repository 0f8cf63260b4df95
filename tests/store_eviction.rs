//! What a full store forgets: what is new is learned for ever, what still recurs stays, what does not goes.
#![allow(clippy::unwrap_used, reason = "a test may fail")]

mod store_support;

use promosieve::engine::observation::Observation;
use promosieve::store::{JournalConfig, StoreConfig};
use store_support::{START, Subject, TestClock, document, open, subjects};

/// Keys of a campaign: many, so that the smallest table is full after some ninety of them.
const KEYS: u64 = 300;

/// Keys of all first campaigns together, and those that come later each time: more than the smallest table's records.
const RECORDS: u64 = 28_672;

fn small() -> StoreConfig {
    StoreConfig { memory_bytes: 16 << 20, ..StoreConfig::default() }
}

/// A store, and the documents that it was sent so far.
struct Stream<'a> {
    store: &'a Subject,
    documents: u64,
}

impl Stream<'_> {
    fn send(&mut self, keys: impl Iterator<Item = u64>) {
        self.documents += 1;
        self.store.clock.pass(1);
        self.store.observe(&document(1, self.documents, &keys.collect::<Vec<_>>()), START);
    }

    /// So many documents with the keys of a campaign.
    fn campaign(&mut self, number: u64, documents: u64) {
        for _ in 0..documents {
            self.send(campaign(number));
        }
    }

    /// Two documents that share many keys, once.
    fn accident(&mut self, number: u64) {
        for _ in 0..2 {
            self.send((0..1000).map(|n| 1_000_000_000 + number * 1000 + n));
        }
    }

    /// Of a hundred keys of a campaign, those that so many documents are known to have carried.
    fn known(&self, number: u64, documents: u32) -> usize {
        known(self.store, number, documents)
    }
}

fn campaign(number: u64) -> impl Iterator<Item = u64> {
    (0..KEYS).map(move |n| 1_000_000 + number * KEYS + n)
}

fn known(store: &Subject, number: u64, documents: u32) -> usize {
    campaign(number).take(100).filter(|&key| store.others(key).witnesses >= documents).count()
}

/// A table full of campaigns that five documents had each, the latest of them last.
fn full(store: &Subject) -> (Stream<'_>, u64) {
    let mut stream = Stream { store, documents: 0 };
    let campaigns = RECORDS / KEYS + 20;
    for number in 0..campaigns {
        stream.campaign(number, 5);
    }
    (stream, campaigns)
}

#[test]
fn what_is_new_is_learned_though_the_table_is_full_of_what_was_frequent() {
    for store in subjects(&small()) {
        let (mut stream, campaigns) = full(&store);
        for new in campaigns..campaigns + 30 {
            // Between its documents, thousands of other keys come a second time.
            for round in 0..3 {
                stream.campaign(new, 1);
                for accident in 0..3 {
                    stream.accident(new * 9 + round * 3 + accident);
                }
            }
            let known = stream.known(new, 3);
            assert!(known >= 95, "{}: {known} % of campaign {new} are known", store.name);
        }
    }
}

#[test]
fn what_still_recurs_stays_and_what_does_not_goes() {
    for store in subjects(&small()) {
        let (mut stream, campaigns) = full(&store);
        let (recurring, ended) = (campaigns - 1, campaigns - 2);
        assert!(stream.known(ended, 5) >= 95, "{}", store.name);
        // Three times as many keys as the table holds, each in four documents; one old campaign now and then among them.
        for new in campaigns..campaigns + 3 * RECORDS / KEYS {
            stream.campaign(new, 4);
            if new % 20 == 0 {
                stream.campaign(recurring, 1);
            }
        }
        let (stays, goes) = (stream.known(recurring, 16), stream.known(ended, 2));
        assert!(stays >= 95 && goes == 0, "{}: {stays} % of what recurs, {goes} % of what has ended", store.name);
    }
}

#[test]
fn accidents_wash_out_nothing() {
    for store in subjects(&small()) {
        let (mut stream, campaigns) = full(&store);
        // Three times as many keys as the table holds, each in two documents.
        for number in 0..3 * RECORDS / 1000 {
            stream.accident(number);
        }
        for number in campaigns - 50..campaigns {
            let known = stream.known(number, 5);
            assert!(known >= 95, "{}: {known} % of campaign {number} are known", store.name);
        }
    }
}

#[test]
fn the_same_stream_leaves_the_same_answers() {
    let [one, two] = [(); 2].map(|()| {
        // One thread and no restart: nothing but the order of maps differs, and that must not show.
        let store = subjects(&small()).remove(0);
        let (mut stream, campaigns) = full(&store);
        for number in 0..20 {
            stream.accident(number);
            stream.campaign(campaigns + number, 3);
        }
        let asked = Observation {
            source: 1,
            document: u64::MAX,
            asked: (0..campaigns + 20).flat_map(campaign).collect(),
            ..Observation::default()
        };
        store.look(&asked).asked
    });
    assert!(one.iter().any(|key| key.witnesses == 0) && one.iter().any(|key| key.witnesses == 5));
    assert_eq!(one, two);
}

#[test]
fn a_restart_of_a_full_store_forgets_accidents_and_no_campaigns() {
    let (dir, clock) = (tempfile::tempdir().unwrap(), TestClock::new());
    // Journals that are short against what was learned: the checkpoint has most of it.
    let config = StoreConfig { journal: JournalConfig { max_bytes: 1 << 20, ..JournalConfig::default() }, ..small() };
    let subject = |store| Subject::new("embedded", store, clock.clone());
    let store = subject(Box::new(open(dir.path(), &config, &clock).unwrap()));
    let (mut stream, campaigns) = full(&store);
    for number in 0..20 {
        stream.accident(number);
    }
    store.store.sync().unwrap();
    drop(store);
    let store = subject(Box::new(open(dir.path(), &config, &clock).unwrap()));
    for number in campaigns - 50..campaigns {
        let known = known(&store, number, 5);
        assert!(known >= 95, "{known} % of campaign {number} are known");
    }
}
