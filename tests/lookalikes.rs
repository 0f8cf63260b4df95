//! Sentences of articles that look like calls, labels or disclaimers stay, in many languages, with a publisher that nobody
//! knows: a lost sentence is worse than a surviving advert.
#![allow(clippy::unwrap_used, reason = "a test may panic")]

mod engine_support;

use engine_support::*;
use serde::Deserialize;
use std::collections::BTreeMap;

#[derive(Deserialize)]
struct Lookalikes {
    /// Paragraphs around them, where `languages.toml` has none.
    report: Option<Vec<String>>,
    sentences: Vec<String>,
}

#[derive(Deserialize)]
struct Report {
    article: String,
}

/// The first two paragraphs of the report in `language`.
fn paragraphs(language: &str, own: Option<Vec<String>>, reports: &BTreeMap<String, Report>) -> Vec<String> {
    own.unwrap_or_else(|| reports[language].article.trim().split("\n\n").take(2).map(str::to_owned).collect())
}

#[test]
fn sentences_that_look_like_residue_stay() {
    let all: BTreeMap<String, Lookalikes> = toml::from_str(include_str!("data/lookalikes.toml")).unwrap();
    let reports: BTreeMap<String, Report> = toml::from_str(include_str!("data/languages.toml")).unwrap();
    let detector = detector();
    let mut lost = Vec::new();
    for (language, Lookalikes { report, sentences }) in all {
        let around = paragraphs(&language, report, &reports);
        let [before, after] = around.as_slice() else { panic!("{language} has {} paragraphs", around.len()) };
        for sentence in sentences {
            for text in [format!("{before}\n\n{sentence}\n\n{after}"), format!("{before}\n\n{sentence} {after}")] {
                let answer = look(&detector, &article("", "1", &text));
                if !answer.cleaned_text.contains(&sentence) {
                    lost.push(format!("{language}: {sentence}"));
                }
            }
        }
    }
    lost.dedup();
    assert!(lost.is_empty(), "{} lost:\n{}", lost.len(), lost.join("\n"));
}
