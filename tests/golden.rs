//! Invented articles with everything marked that is none: a cold engine loses nothing of them, a warm one finds the rest.
#![allow(clippy::unwrap_used, missing_docs, reason = "a test may panic, in its helpers as well")]

mod engine_support;

use engine_support::pools::Lang;
use engine_support::{article, check, detector, look, prose, send};
use promosieve::detector::Detector;
use promosieve::engine::article::Article;
use promosieve::engine::span::Analysis;
use promosieve::evaluation::gold::{Gold, parse};
use promosieve::evaluation::tokens::{Removed, judge};

const ARTICLES: &str = include_str!("golden/articles.jsonl");

/// Tokens of an article by what they are and what became of them.
#[derive(Default, Clone, Copy)]
struct Tally {
    hit: usize,
    missed: usize,
    lost: usize,
    kept: usize,
}

impl Tally {
    fn of(gold: &Gold, answer: &Analysis) -> Self {
        let cuts = answer.spans.iter().filter(|s| s.removed);
        let cuts: Vec<Removed> =
            cuts.map(|s| Removed { start: s.start, end: s.end, kind: s.kind.name().into() }).collect();
        let mut tally = Self::default();
        for token in judge(gold, &cuts) {
            match (token.kind.is_some(), token.removed.is_some()) {
                (true, true) => tally.hit += 1,
                (true, false) => tally.missed += 1,
                (false, true) => tally.lost += 1,
                (false, false) => tally.kept += 1,
            }
        }
        tally
    }

    fn plus(self, other: Self) -> Self {
        let (hit, missed) = (self.hit + other.hit, self.missed + other.missed);
        Self { hit, missed, lost: self.lost + other.lost, kept: self.kept + other.kept }
    }

    fn recall(&self) -> f64 {
        self.hit as f64 / (self.hit + self.missed).max(1) as f64
    }
}

fn as_article(gold: &Gold) -> Article {
    Article {
        title: gold.title.clone(),
        language: Some(gold.lang.clone()),
        ..article(&gold.site, &gold.id, &gold.text)
    }
}

/// What stays of the marked lines, and what went of the others.
fn mistakes(gold: &Gold, answer: &Analysis) -> Vec<String> {
    let cut = |start: usize, end: usize| answer.spans.iter().any(|s| s.removed && s.start < end && start < s.end);
    let missed = gold.spans.iter().filter(|m| !cut(m.start, m.end));
    let mut mistakes: Vec<String> =
        missed.map(|m| format!("  missed {}: {}", m.kind, &gold.text[m.start..m.end])).collect();
    let marked = |start: usize, end: usize| gold.spans.iter().any(|m| m.start < end && start < m.end);
    let lost = answer.spans.iter().filter(|s| s.removed && !marked(s.start, s.end));
    mistakes.extend(lost.map(|s| format!("  LOST {:?} {:.3}: {}", s.kind, s.confidence, &gold.text[s.start..s.end])));
    mistakes
}

/// Judges every article with the detector that `prepare` makes for it; the table, and all figures together.
fn judged(prepare: &dyn Fn(&Gold) -> Detector) -> (String, Tally) {
    let (mut table, mut all) = (String::new(), Tally::default());
    for gold in parse(ARTICLES).unwrap() {
        let article = as_article(&gold);
        let answer = look(&prepare(&gold), &article);
        check(&article, &answer);
        let tally = Tally::of(&gold, &answer);
        all = all.plus(tally);
        let figures =
            format!("{:12} recall {:.2}  lost {} of {}", gold.id, tally.recall(), tally.lost, tally.lost + tally.kept);
        table.extend([figures, "\n".into(), mistakes(&gold, &answer).join("\n"), "\n".into()]);
    }
    (format!("{table}all          recall {:.3}  lost {}", all.recall(), all.lost), all)
}

#[test]
fn marks_stand_where_they_should() {
    let golds = parse(ARTICLES).unwrap();
    assert!(golds.len() >= 12);
    for gold in golds {
        for mark in &gold.spans {
            let marked = gold.text.get(mark.start..mark.end).unwrap();
            assert_eq!(marked, marked.trim(), "{}: {marked:?}", gold.id);
        }
    }
}

#[test]
fn a_cold_engine_loses_nothing() {
    let (table, all) = judged(&|_| detector());
    println!("{table}");
    assert_eq!(all.lost, 0, "{table}");
    assert!(all.recall() >= 0.6, "{table}");
}

/// The promo frame of an article: its marked stretches, with other numbers in them.
fn frame(gold: &Gold, other: usize) -> Vec<String> {
    let company = ["Tesla", "Siemens", "BASF", "Meissner", "Okafor", "SAP", "Varna", "Brandt"][other % 8];
    let marked = gold.spans.iter().map(|m| &gold.text[m.start..m.end]);
    marked
        .map(|text| {
            let text = text.replace("Nordwind Energie", company).replace("Okafor Foods", company);
            match text.split_once(": ") {
                // A pointer leads elsewhere every time.
                Some((label, _)) if label.split(' ').count() <= 3 && !text.contains('.') && !text.contains('!') => {
                    format!("{label}: {}", prose(lang_of(gold), 50 + other as u64, 1)[0].split('.').next().unwrap())
                }
                _ => text,
            }
        })
        .collect()
}

fn lang_of(gold: &Gold) -> Lang {
    if gold.lang == "de" { Lang::De } else { Lang::En }
}

/// A detector that has learned eight articles of the same source with the same promo frame.
fn taught(gold: &Gold) -> Detector {
    let detector = detector();
    for other in 0..8 {
        let mut lines = prose(lang_of(gold), 900 + other as u64, 6);
        for (i, promo) in frame(gold, other).into_iter().enumerate() {
            let at = if i < 2 { 2 * i + 1 } else { lines.len() };
            lines.insert(at, promo);
        }
        send(&detector, &article(&gold.site, &format!("earlier-{other}"), &lines.join("\n\n")));
    }
    detector
}

#[test]
fn a_taught_engine_loses_nothing_and_finds_more() {
    let (cold, (table, all)) = (judged(&|_| detector()).1, judged(&taught));
    println!("{table}");
    assert_eq!(all.lost, 0, "{table}");
    assert!(all.recall() >= cold.recall() && all.recall() >= 0.8, "{table}");
}

#[test]
fn a_taught_engine_finds_the_rest() {
    let (table, all) = judged(&taught);
    assert!(all.lost == 0 && all.recall() >= 0.9, "{table}");
}
