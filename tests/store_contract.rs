//! What every store promises, checked on both.
#![allow(clippy::unwrap_used, reason = "a test may fail")]

mod store_support;

use std::collections::HashSet;
use std::time::Duration;

use promosieve::engine::observation::{Observation, Pointer, Sightings};
use promosieve::store::StoreConfig;
use proptest::prelude::*;
use store_support::{START, Subject, document, sketch, subjects, witnesses};

fn check(name: &str, test: fn(&Subject)) {
    for subject in subjects(&StoreConfig::default()) {
        eprintln!("{name} on {}", subject.name);
        test(&subject);
    }
}

#[test]
fn the_first_document_sees_itself_once() {
    check("first", |store| {
        let seen = store.observe(&Observation { global: vec![9], asked: vec![7], ..document(1, 1, &[7, 8]) }, START);
        assert_eq!(witnesses(&seen.local), [1, 1]);
        assert_eq!(witnesses(&seen.global), [1]);
        assert_eq!(seen.asked, [Sightings::default()], "asked keys leave the document out");
        assert_eq!((seen.source_documents, seen.near_duplicate_of), (1, None));
        assert_eq!((seen.local[0].first_seen, seen.local[0].last_seen), (0, 0), "no other witness, no times");
    });
}

#[test]
fn sending_again_counts_once() {
    check("again", |store| {
        let first = document(1, 1, &[7, 8]);
        let before = store.observe(&first, START);
        for later in 1..50 {
            assert_eq!(store.observe(&first, START + later), before);
        }
        let seen = store.observe(&document(1, 2, &[7]), START + 100);
        assert_eq!((witnesses(&seen.local), seen.source_documents), (vec![2], 2));
        let seen = store.observe(&first, START + 200);
        assert_eq!((witnesses(&seen.local), seen.source_documents), (vec![2, 1], 2));
    });
}

#[test]
fn a_pointer_counts_its_style_only_where_the_title_is_known() {
    const TITLE: u64 = 70;
    const STYLE: u64 = 71;
    check("pointers", |store| {
        let pointers = vec![Pointer { title: 0, style: 1 }];
        let pointing =
            |n| Observation { asked: vec![TITLE, STYLE], pointers: pointers.clone(), ..document(1, n, &[7]) };
        store.observe(&pointing(1), START);
        assert_eq!(store.others(STYLE).witnesses, 0, "nobody has the title");
        store.observe(&document(1, 2, &[TITLE]), START);
        store.look(&pointing(3));
        assert_eq!(store.others(STYLE).witnesses, 0, "looking counts nothing");
        for n in [3, 4, 4, 5] {
            store.observe(&pointing(n), START);
        }
        assert_eq!(store.others(STYLE).witnesses, 3);
        let own = Observation { pointers: vec![Pointer { title: 9, style: 9 }], ..pointing(6) };
        store.observe(&own, START);
        assert_eq!(store.others(STYLE).witnesses, 3, "positions beyond the list count nothing");
    });
}

#[test]
fn times_and_ordinals_span_the_others() {
    check("times", |store| {
        for (n, at) in [(1, 500), (2, 100), (3, 300)] {
            store.observe(&document(1, n, &[7]), START + at);
        }
        let seen = store.look(&document(1, 4, &[7])).local[0];
        let expected = Sightings {
            witnesses: 4,
            first_seen: START + 100,
            last_seen: START + 500,
            first_ordinal: 1,
            last_ordinal: 3,
        };
        assert_eq!(seen, expected);
    });
}

#[test]
fn wild_times_are_clamped() {
    check("wild", |store| {
        store.observe(&document(1, 1, &[7]), i64::MIN);
        store.observe(&document(1, 2, &[7]), i64::MAX);
        let seen = store.look(&document(1, 3, &[7])).local[0];
        assert_eq!((seen.witnesses, seen.first_seen, seen.last_seen), (3, 0, i64::from(u32::MAX)));
    });
}

#[test]
fn looking_leaves_no_trace() {
    check("look", |store| {
        store.observe(&document(1, 1, &[7]), START);
        let unknown = Observation { global: vec![5], ..document(1, 2, &[7, 8]) };
        let first = store.look(&unknown);
        assert_eq!(witnesses(&first.local), [2, 1], "it counts itself, once");
        assert_eq!(first.source_documents, 2);
        for _ in 0..5 {
            assert_eq!(store.look(&unknown), first);
        }
        assert_eq!(store.others(7).witnesses, 1);
        assert_eq!(store.others(8).witnesses, 0);
        assert_eq!(store.look(&document(1, 3, &[])).source_documents, 2);
    });
}

#[test]
fn asked_keys_exclude_the_document() {
    check("asked", |store| {
        let own = |n| Observation { asked: vec![7], ..document(1, n, &[7]) };
        for n in 1..=3u32 {
            let seen = store.observe(&own(u64::from(n)), START);
            assert_eq!((seen.local[0].witnesses, seen.asked[0].witnesses), (n, n - 1));
        }
        let seen = store.look(&own(2));
        assert_eq!((seen.local[0].witnesses, seen.asked[0].witnesses), (3, 2));
    });
}

#[test]
fn global_keys_count_sources() {
    check("global", |store| {
        for source in 1..=3 {
            for n in 1..=4 {
                let seen = store.observe(&Observation { global: vec![99], ..document(source, n, &[]) }, START);
                assert_eq!(u64::from(seen.global[0].witnesses), source);
                assert_eq!(u64::from(seen.source_documents), n);
            }
        }
    });
}

#[test]
fn many_witnesses_are_estimated() {
    check("many", |store| {
        for n in 1..=1000 {
            let seen = store.observe(&document(1, n, &[7]), START).local[0].witnesses;
            assert!(n > 16 || u64::from(seen) == n, "{n} is counted exactly, not as {seen}");
        }
        let estimate = store.others(7).witnesses;
        assert!((500..2000).contains(&estimate), "1000 estimated as {estimate}");
    });
}

/// A near-duplicate of document 1 of source 1, under another id.
fn copy(source: u64, n: u64, sketch: Vec<u64>) -> Observation {
    Observation { sketch, global: vec![99], ..document(source, n, &[7 + source * 1000]) }
}

#[test]
fn a_recrawl_is_no_further_witness() {
    check("recrawl", |store| {
        let original = document(1, 1, &[7]);
        store.observe(&original, START);
        for n in 2..20 {
            // Every copy has a quarter of its sketch edited.
            let mut edited = original.sketch[..15].to_vec();
            edited.extend(sketch(50_000 + n % 3 * 100, 5));
            let seen = store.observe(&Observation { sketch: edited, ..document(1, n, &[7]) }, START);
            assert_eq!(witnesses(&seen.local), [1], "copy {n}");
            assert_eq!(seen.near_duplicate_of.as_deref(), Some("doc-1-1"), "copy {n}");
            assert_eq!(seen.source_documents, 1);
        }
    });
}

#[test]
fn a_growing_live_blog_is_one_witness() {
    check("live blog", |store| {
        for n in 1..=30u64 {
            let seen = store.observe(&Observation { sketch: sketch(70_000, n * 8), ..document(1, n, &[7]) }, START);
            assert_eq!((witnesses(&seen.local), seen.source_documents), (vec![1], 1), "version {n}");
            assert_eq!(seen.near_duplicate_of.is_some(), n > 1, "version {n}");
        }
    });
}

#[test]
fn a_syndicated_copy_counts_for_no_source_twice() {
    check("syndicated", |store| {
        store.observe(&copy(1, 1, sketch(70_000, 20)), START);
        for n in 1..4 {
            let seen = store.observe(&copy(2, n, sketch(70_000, 22)), START);
            assert_eq!(seen.near_duplicate_of.as_deref(), Some("doc-1-1"));
            assert_eq!(witnesses(&seen.global), [1], "a copy is no second source");
            assert_eq!((witnesses(&seen.local), seen.source_documents), (vec![1], 1));
        }
        let seen = store.observe(&copy(2, 9, sketch(80_000, 20)), START);
        assert_eq!(witnesses(&seen.global), [2], "an article of its own is");
        assert_eq!((witnesses(&seen.local), seen.source_documents), (vec![2], 2));
    });
}

#[test]
fn a_resent_copy_is_still_reported() {
    check("resent copy", |store| {
        store.observe(&copy(1, 1, sketch(70_000, 20)), START);
        let first = store.observe(&copy(1, 2, sketch(70_000, 20)), START);
        assert_eq!(first.near_duplicate_of.as_deref(), Some("doc-1-1"));
        assert_eq!(store.observe(&copy(1, 2, sketch(70_000, 20)), START), first);
        let original = store.observe(&copy(1, 1, sketch(70_000, 20)), START);
        assert_eq!(original.near_duplicate_of, None, "the first is no copy of its copies");
    });
}

#[test]
fn partial_reuse_shares_the_witness_silently() {
    check("reuse", |store| {
        store.observe(&copy(1, 1, sketch(70_000, 20)), START);
        let mut background = sketch(70_000, 4);
        background.extend(sketch(90_000, 16));
        let seen = store.observe(&copy(1, 2, background), START);
        assert_eq!((seen.near_duplicate_of, witnesses(&seen.local)), (None, vec![1]));
        let mut less = sketch(70_010, 2);
        less.extend(sketch(91_000, 18));
        assert_eq!(witnesses(&store.observe(&copy(1, 3, less), START).local), [2], "two hashes are a chance");
    });
}

#[test]
fn a_source_of_template_pages_is_not_one_document() {
    check("template", |store| {
        let page = |n: u64| {
            let mut all = sketch(10, 14);
            all.extend(sketch(100_000 + n * 100, 6));
            Observation { sketch: all, ..document(1, n, &[7]) }
        };
        let counts: Vec<u32> = (1..=20).map(|n| store.observe(&page(n), START).local[0].witnesses).collect();
        assert_eq!(counts[..6], [1; 6], "alike until the template is known as one");
        assert!(counts[19] >= 10, "{counts:?}");
    });
}

#[test]
fn short_documents_are_judged_with_care() {
    check("short", |store| {
        store.observe(&copy(1, 1, sketch(70_000, 4)), START);
        let mut three_of_four = sketch(70_000, 3);
        three_of_four.push(99_999);
        assert_eq!(store.look(&copy(1, 2, three_of_four)).near_duplicate_of, None);
        assert!(store.look(&copy(1, 3, sketch(70_000, 4))).near_duplicate_of.is_some());
        store.observe(&copy(1, 4, sketch(71_000, 2)), START);
        assert_eq!(store.look(&copy(1, 5, sketch(71_000, 2))).near_duplicate_of, None, "two hashes prove nothing");
        assert_eq!(store.look(&copy(1, 6, vec![])).near_duplicate_of, None);
    });
}

#[test]
fn what_is_not_met_for_long_is_forgotten() {
    let day = Duration::from_hours(24);
    let config = StoreConfig { rare_age: 10 * day, max_age: 100 * day, ..StoreConfig::default() };
    for store in subjects(&config) {
        for n in 1..=6 {
            let keys: &[u64] = if n <= 2 { &[7, 8] } else { &[8] };
            store.observe(&document(1, n, keys), START);
        }
        store.clock.pass(9 * 86_400);
        assert_eq!(store.others(7).witnesses, 2, "{}", store.name);
        store.clock.pass(2 * 86_400);
        assert_eq!((store.others(7).witnesses, store.others(8).witnesses), (0, 6), "rare first, {}", store.name);
        store.clock.pass(100 * 86_400);
        assert_eq!(store.others(8).witnesses, 0, "{}", store.name);
    }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 24, ..ProptestConfig::default() })]

    /// Documents that are no copies of one another, in any order, some of them twice: counts are those of plain sets.
    #[test]
    fn counts_are_those_of_sets_in_any_order(
        documents in prop::collection::vec(prop::collection::hash_set(0..40u64, 0..8), 1..14),
        order in prop::collection::vec(any::<prop::sample::Index>(), 0..30),
    ) {
        let expected = |key| documents.iter().filter(|keys| keys.contains(&key)).count() as u32;
        let send = |store: &Subject, n: usize| {
            let keys: Vec<u64> = documents[n].iter().copied().collect();
            store.observe(&document(1, n as u64, &keys), START);
        };
        for store in subjects(&StoreConfig::default()) {
            let rest = (0..documents.len()).rev();
            for n in order.iter().map(|index| index.index(documents.len())).chain(rest) {
                send(&store, n);
            }
            for key in documents.iter().flatten().collect::<HashSet<_>>() {
                prop_assert_eq!(store.others(*key).witnesses, expected(*key), "key {} in {}", key, store.name);
            }
            let source_documents = store.look(&document(1, 999, &[])).source_documents;
            prop_assert_eq!(source_documents as usize, documents.len() + 1);
        }
    }
}

#[test]
fn many_threads_count_as_one() {
    check("threads", |store| {
        std::thread::scope(|scope| {
            for thread in 0..4 {
                scope.spawn(move || {
                    // Everybody sends everything, each beginning elsewhere.
                    for n in (0..100).map(|n| (n + thread * 25) % 100) {
                        store.observe(&Observation { global: vec![99], ..document(1, n, &[7, n % 10 + 100]) }, START);
                    }
                });
            }
        });
        for key in 100..110 {
            assert_eq!(store.others(key).witnesses, 10, "key {key}");
        }
        assert_eq!(store.look(&document(1, 999, &[])).source_documents, 101);
    });
}
