//! The yardstick agrees with the reference scorer: the expected figures were printed by it for these documents.
#![allow(clippy::unwrap_used, reason = "a test may panic, in its helpers as well")]

use promosieve::evaluation::gold::{Gold, parse};
use promosieve::evaluation::misses::{longest, misses};
use promosieve::evaluation::score::{Scores, Tally};
use promosieve::evaluation::tokens::Removed;

/// A non-breaking space inside a token, a vertical tab between tokens, tokens marked and removed in part, and kinds
/// that are left out.
const GOLD: &str = r#"
{"id":"one","site":"a.example","lang":"en","title":"Tower falls","text":"The old tower fell on Monday.\nRead also: Ten towers to see\nSubscribe to our letter now!\nNobody was hurt.\u00a0Police said so. By Ann Example","spans":[{"start":30,"end":58,"kind":"related"},{"start":59,"end":87,"kind":"subscription"},{"start":122,"end":136,"kind":"byline"}],"advertorial":false}
{"id":"two","site":"b.example","lang":"de","title":"","text":"Die Größe zählt.AnzeigeDepot eröffnen\tund Prämie sichern!\u000bMehr dazu hier … Ende der Meldung","spans":[{"start":19,"end":62,"kind":"promotion"},{"start":63,"end":72,"kind":"related"},{"start":73,"end":81,"kind":"call_to_action"},{"start":82,"end":86,"kind":"unsure"}],"advertorial":false}
"#;

const REMOVED: [&[(usize, usize, &str)]; 2] = [
    &[(30, 51, "related"), (59, 87, "promotion"), (99, 108, "furniture")],
    &[(32, 53, "promotion"), (73, 90, "call_to_action")],
];

fn documents() -> Vec<(Gold, Vec<Removed>)> {
    let removed = REMOVED.map(|spans| {
        spans.iter().map(|&(start, end, kind)| Removed { start, end, kind: kind.into() }).collect::<Vec<_>>()
    });
    parse(GOLD).unwrap().into_iter().zip(removed).collect()
}

#[test]
fn figures_are_those_of_the_reference_scorer() {
    let mut scores = Scores::default();
    for (gold, removed) in &documents() {
        scores.add(gold, removed);
    }
    let total = Tally { hit: 14, wrong: 2, missed: 6, kept: 13, documents: 2, damaged: 2 };
    assert_eq!(scores.total, total);
    for (figure, expected) in [
        (total.precision(), 0.875),
        (total.recall(), 0.7),
        (total.f1(), 0.777_777_777_777_777_7),
        (total.content_loss(), 0.133_333_333_333_333_33),
        (total.damaged_share(), 1.0),
        (scores.sites["a.example"].f1(), 0.857_142_857_142_857),
        (scores.sites["b.example"].recall(), 0.555_555_555_555_555_6),
        (scores.sites["b.example"].content_loss(), 0.25),
    ] {
        assert!((figure - expected).abs() < 1e-12, "{figure} is not {expected}");
    }
    let kinds: Vec<(&str, (usize, usize))> =
        scores.kinds.iter().map(|(kind, counts)| (kind.as_str(), *counts)).collect();
    assert_eq!(
        kinds,
        [("call_to_action", (2, 2)), ("promotion", (3, 5)), ("related", (4, 8)), ("subscription", (5, 5))]
    );
}

#[test]
fn the_longest_mistakes_are_those_of_the_reference_scorer() {
    let all: Vec<_> = documents().iter().flat_map(|(gold, removed)| misses(gold, removed)).collect();
    let shown: Vec<String> = longest(all, 9)
        .iter()
        .map(|miss| format!("{} {} {}: {}", miss.tokens, miss.id, miss.sort, miss.text))
        .collect();
    assert_eq!(
        shown,
        [
            "1 one lost content: hurt.\u{a0}Police",
            "1 two lost content: der",
            "1 two missed promotion: sichern!",
            "1 two missed promotion: zählt.AnzeigeDepot",
            "2 one missed related: to see",
            "2 two missed related: Mehr dazu",
        ]
    );
}

#[test]
fn kinds_are_compared_over_tokens_that_both_marked() {
    let mut scores = Scores::default();
    for (gold, removed) in &documents() {
        scores.add(gold, removed);
    }
    let counts: Vec<(&str, &str, usize)> =
        scores.confusion.iter().map(|((gold, taken), count)| (gold.as_str(), taken.as_str(), *count)).collect();
    assert_eq!(
        counts,
        [
            ("call_to_action", "call_to_action", 2),
            ("promotion", "promotion", 3),
            ("related", "related", 4),
            ("subscription", "promotion", 5)
        ]
    );
    assert!((scores.kind_accuracy() - 9.0 / 14.0).abs() < 1e-12);
}
