//! Which documents would come out differently: what every store promises, checked on both, and over a restart.
#![allow(clippy::unwrap_used, reason = "a test may fail")]

mod store_support;

use std::collections::BTreeSet;

use promosieve::engine::observation::Observation;
use promosieve::store::{Affected, Carried, JournalConfig, MAX_LISTED, Query, Store, StoreConfig};
use store_support::{START, TestClock, document, open, sketch, subjects};

/// Learns a document; all its local keys but the last, which is a shingle, can be a template's id.
fn carry(store: &dyn Store, observation: &Observation) {
    let templates: Vec<u32> = (0..observation.local.len() as u32 - 1).collect();
    let source = format!("source-{}", observation.source);
    let carried = Carried { source: &source, templates: &templates };
    store.observe_carrier(observation, carried, START, true).unwrap();
}

/// Document `n` of source 1 with the keys and a shingle that every document has.
fn page(n: u64, keys: &[u64]) -> Observation {
    document(1, n, &[keys, &[5]].concat())
}

fn of_template(template: u64) -> Query {
    Query { template: Some(template), most: 1000, ..Query::default() }
}

fn since(since: i64) -> Query {
    Query { since: Some(since), most: 1000, ..Query::default() }
}

/// Walks all pages.
fn walk(store: &dyn Store, query: &Query) -> Vec<Affected> {
    let mut query = query.clone();
    let mut all = Vec::new();
    loop {
        let page = store.affected(&query);
        assert!(page.documents.len() <= query.most);
        all.extend(page.documents);
        match page.next {
            Some(next) => assert!(query.after.replace(next) < Some(next), "the walk goes on"),
            None => return all,
        }
    }
}

fn ids(documents: &[Affected]) -> Vec<&str> {
    documents.iter().map(|document| document.id.as_str()).collect()
}

#[test]
fn carriers_are_listed_once_in_the_order_of_their_arrival() {
    for subject in subjects(&StoreConfig::default()) {
        let store = &*subject.store;
        for n in [3, 1, 2] {
            (0..4).for_each(|_| carry(store, &page(n, &[7, 100 + n])));
            subject.clock.pass(10);
        }
        carry(store, &page(4, &[8]));
        carry(store, &page(3, &[7, 103]));
        let found = walk(store, &of_template(7));
        assert_eq!(ids(&found), ["doc-1-3", "doc-1-1", "doc-1-2"], "{}", subject.name);
        assert_eq!(found.iter().map(|document| document.seen_at).collect::<Vec<_>>(), [START, START + 10, START + 20]);
        assert!(found.iter().all(|document| document.source == "source-1" && document.templates == [7]));
        assert_eq!(walk(store, &of_template(5)), [], "a shingle is no template, {}", subject.name);
        assert_eq!(walk(store, &of_template(9)), [], "{}", subject.name);
    }
}

#[test]
fn what_leaves_no_trace_is_not_listed() {
    for subject in subjects(&StoreConfig::default()) {
        let carried = Carried { source: "a", templates: &[0, 999] };
        subject.store.observe_carrier(&page(1, &[7]), carried, START, false).unwrap();
        subject.observe(&page(2, &[7]), START);
        assert_eq!(walk(&*subject.store, &of_template(7)), [], "{}", subject.name);
        subject.store.observe_carrier(&page(3, &[7]), carried, START, true).unwrap();
        assert_eq!(ids(&walk(&*subject.store, &of_template(7))), ["doc-1-3"], "{}", subject.name);
    }
}

#[test]
fn those_judged_before_a_template_was_strong_are_affected() {
    for subject in subjects(&StoreConfig::default()) {
        let store = &*subject.store;
        for n in 1..=4 {
            carry(store, &page(n, &[7, 100 + n]));
            if n == 2 {
                assert_eq!(walk(store, &since(0)), [], "two witnesses are not enough, {}", subject.name);
            }
            subject.clock.pass(10);
        }
        let crossed = START + 20;
        let found = walk(store, &since(crossed));
        assert_eq!(ids(&found), ["doc-1-1", "doc-1-2"], "{}", subject.name);
        assert_eq!(found[0].templates, [7], "not those that only one document has");
        assert_eq!(walk(store, &since(crossed + 1)), [], "{}", subject.name);
        assert_eq!(walk(store, &since(i64::MIN)), found, "{}", subject.name);
        assert_eq!(walk(store, &since(i64::MAX)), [], "{}", subject.name);
        assert_eq!(walk(store, &Query { template: Some(7), ..since(crossed) }), found, "{}", subject.name);
        assert_eq!(walk(store, &Query { template: Some(101), ..since(0) }), [], "{}", subject.name);
        assert_eq!(walk(store, &Query { source: Some(2), ..since(0) }), [], "{}", subject.name);
        assert_eq!(walk(store, &Query { source: Some(1), ..since(0) }), found, "{}", subject.name);
        assert_eq!(walk(store, &of_template(7)).len(), 4, "all carriers, {}", subject.name);
    }
}

#[test]
fn who_was_analysed_again_is_affected_no_longer() {
    let (dir, clock) = (tempfile::tempdir().unwrap(), TestClock::new());
    let store = open(dir.path(), &StoreConfig::default(), &clock).unwrap();
    for n in 1..=3 {
        carry(&store, &page(n, &[7]));
        clock.pass(10);
    }
    carry(&store, &page(1, &[7]));
    assert_eq!(ids(&walk(&store, &since(0))), ["doc-1-2"]);
    assert_eq!(ids(&walk(&store, &of_template(7))), ["doc-1-1", "doc-1-2", "doc-1-3"], "in their old order");
    drop(store);
    let store = open(dir.path(), &StoreConfig::default(), &clock).unwrap();
    assert_eq!(ids(&walk(&store, &since(0))), ["doc-1-2"], "after a restart, too");
}

#[test]
fn a_corrected_text_counts_from_when_it_came() {
    let (dir, clock) = (tempfile::tempdir().unwrap(), TestClock::new());
    let store = open(dir.path(), &StoreConfig::default(), &clock).unwrap();
    (1..=2).for_each(|n| carry(&store, &page(n, &[7])));
    carry(&store, &page(3, &[8]));
    clock.pass(100);
    carry(&store, &page(3, &[7, 8]));
    let before = walk(&store, &since(START + 100));
    assert_eq!(ids(&before), ["doc-1-1", "doc-1-2"], "strong since the third carries it");
    assert_eq!(walk(&store, &of_template(7)).len(), 3);
    drop(store);
    let store = open(dir.path(), &StoreConfig::default(), &clock).unwrap();
    assert_eq!(walk(&store, &since(START + 100)), before);
    assert_eq!(walk(&store, &of_template(7)).len(), 3);
}

#[test]
fn near_duplicates_are_affected_as_well() {
    for subject in subjects(&StoreConfig::default()) {
        let store = &*subject.store;
        carry(store, &page(1, &[7]));
        subject.clock.pass(1);
        let copy = Observation { sketch: page(1, &[]).sketch, ..page(2, &[7]) };
        assert_eq!(subject.look(&copy).near_duplicate_of.as_deref(), Some("doc-1-1"));
        carry(store, &copy);
        subject.clock.pass(1);
        carry(store, &page(3, &[7]));
        assert_eq!(walk(store, &since(0)), [], "a copy is no witness, {}", subject.name);
        subject.clock.pass(1);
        carry(store, &page(4, &[7]));
        assert_eq!(ids(&walk(store, &since(0))), ["doc-1-1", "doc-1-2", "doc-1-3"], "{}", subject.name);
    }
}

#[test]
fn the_threshold_is_configuration() {
    for subject in subjects(&StoreConfig { strong_witnesses: 5, ..StoreConfig::default() }) {
        for n in 1..=5 {
            assert_eq!(walk(&*subject.store, &since(0)), [], "{}", subject.name);
            carry(&*subject.store, &page(n, &[7]));
        }
        assert_eq!(walk(&*subject.store, &since(0)).len(), 4, "{}", subject.name);
    }
}

#[test]
fn a_walk_has_no_gaps_and_no_repeats_while_documents_arrive() {
    for subject in subjects(&StoreConfig::default()) {
        let store = &*subject.store;
        // Many a second, so that a page ends in the middle of one.
        for n in 0..300 {
            carry(store, &page(n, &[7, 1000 + n]));
            subject.clock.pass(i64::from(n % 50 == 0));
        }
        subject.clock.pass(1);
        let before = walk(store, &of_template(7));
        assert_eq!(before.len(), 300);
        for most in [1, 7, 300] {
            let mut query = Query { most, ..of_template(7) };
            let (mut seen, mut next) = (Vec::new(), 1000 * most as u64);
            while seen.len() < before.len() {
                let page_of = store.affected(&query);
                seen.extend(page_of.documents);
                query.after = page_of.next;
                carry(store, &page(next, &[7]));
                carry(store, &page(next % 300, &[7, 1000 + next % 300]));
                next += 1;
            }
            assert_eq!(seen[..300], before, "{most} a page, {}", subject.name);
            assert_eq!(seen.iter().map(|document| &document.id).collect::<BTreeSet<_>>().len(), seen.len());
        }
        assert_eq!(store.affected(&Query { most: 0, ..of_template(7) }).documents, []);
    }
}

#[test]
fn one_call_examines_a_bounded_number_of_documents() {
    for subject in subjects(&StoreConfig::default()) {
        for n in 0..10_400 {
            let lonely = Observation { sketch: Vec::new(), ..page(n, &[1000 + n]) };
            carry(&*subject.store, &lonely);
        }
        let first = subject.store.affected(&of_template(7));
        assert!(first.documents.is_empty() && first.next.is_some(), "an empty page, not the last, {}", subject.name);
        assert_eq!(walk(&*subject.store, &of_template(11_399)).len(), 1, "{}", subject.name);
    }
}

#[test]
fn a_restart_keeps_answers_and_places() {
    let (dir, clock) = (tempfile::tempdir().unwrap(), TestClock::new());
    let store = open(dir.path(), &StoreConfig::default(), &clock).unwrap();
    for n in 0..100 {
        let original = page(n - n % 10, &[]).sketch;
        let copy = Observation { sketch: original, ..page(n, &[7 + n % 3, 1000 + n]) };
        carry(&store, &if n % 10 == 4 { copy } else { page(n, &[7 + n % 3, 1000 + n]) });
        clock.pass(i64::from(n % 2 == 0));
    }
    let queries: Vec<Query> = (0..5).map(|n| of_template(7 + n)).chain((START..START + 10).map(since)).collect();
    let before: Vec<Vec<Affected>> = queries.iter().map(|query| walk(&store, query)).collect();
    assert!(before[0].len() == 34 && before[5].len() >= 6, "{before:?}");
    let half = store.affected(&Query { most: 10, ..of_template(7) });
    drop(store);
    for round in 0..2 {
        let store = open(dir.path(), &StoreConfig::default(), &clock).unwrap();
        let after: Vec<Vec<Affected>> = queries.iter().map(|query| walk(&store, query)).collect();
        assert_eq!(after, before, "restart {round}");
        let rest = walk(&store, &Query { after: half.next, ..of_template(7) });
        assert_eq!([half.documents.clone(), rest].concat(), before[0], "the walk goes on over a restart");
    }
}

#[test]
fn a_template_stays_strong_when_its_rows_are_dropped() {
    let (dir, clock) = (tempfile::tempdir().unwrap(), TestClock::new());
    let journal = JournalConfig { max_bytes: 1 << 20, ..JournalConfig::default() };
    let config = StoreConfig { memory_bytes: 16 << 20, journal, ..StoreConfig::default() };
    let store = open(dir.path(), &config, &clock).unwrap();
    (0..3).for_each(|n| carry(&store, &page(n, &[7])));
    clock.pass(10);
    for n in 100..1500 {
        let keys: Vec<u64> = (n * 1000..n * 1000 + 100).collect();
        carry(&store, &page(n, &keys));
        if n % 100 == 0 {
            store.sync().unwrap();
        }
    }
    carry(&store, &page(2000, &[7]));
    drop(store);
    let store = open(dir.path(), &config, &clock).unwrap();
    assert_eq!(ids(&walk(&store, &of_template(7))), ["doc-1-2000"], "as far as the journal reaches");
    assert_eq!(walk(&store, &since(0)), [], "it was judged with the template");
}

#[test]
fn bounds_hold() {
    let config = StoreConfig { memory_bytes: 16 << 20, ..StoreConfig::default() };
    for subject in subjects(&config) {
        let store = &*subject.store;
        for n in 0..3000u64 {
            let keys: Vec<u64> = (n * 1000..n * 1000 + 100).chain([7]).collect();
            carry(store, &Observation { sketch: sketch(n * 1000, 4), ..page(n, &keys) });
            subject.clock.pass(1);
        }
        let found = walk(store, &of_template(7));
        // A mebibyte, at a kilobyte each.
        assert!((500..1200).contains(&found.len()), "{} in {}", found.len(), subject.name);
        assert_eq!(found.last().unwrap().id, "doc-1-2999", "the latest stay, {}", subject.name);
        assert!(found.is_sorted_by_key(|document| document.seen_at));
        let many: Vec<u64> = (0..5000).collect();
        (5000..5003).for_each(|n| carry(store, &page(n, &many)));
        let wide = walk(store, &Query { source: Some(1), ..since(START + 3000) });
        assert_eq!(wide.iter().map(|document| document.templates.len()).max(), Some(MAX_LISTED), "{}", subject.name);
        assert_eq!(ids(&walk(store, &of_template(1000))).len(), 3, "{}", subject.name);
        assert_eq!(walk(store, &of_template(4000)), [], "past the first 1,024, {}", subject.name);
    }
}
