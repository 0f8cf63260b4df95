//! The invented sentences that the model learns from: well-formed, each said once, and none of them a test.
#![allow(clippy::unwrap_used, reason = "a test may panic")]

mod engine_support;

use engine_support::invented::invented;
use promosieve::training::sentences::Sentences;
use promosieve::training::whole::Whole;
use std::{
    collections::{BTreeMap, BTreeSet},
    fs,
};

fn languages() -> Vec<Sentences> {
    let files = fs::read_dir("lessons").unwrap().map(|entry| entry.unwrap().path());
    let files = files.filter(|path| path.extension().is_some_and(|extension| extension == "toml"));
    let read = files.map(|path| {
        let sentences = Sentences::parse(&fs::read_to_string(&path).unwrap());
        let sentences = sentences.unwrap_or_else(|slip| panic!("{}: {slip}", path.display()));
        assert_eq!(path.file_stem().unwrap().to_str().unwrap(), sentences.lang);
        sentences
    });
    read.collect()
}

fn all(language: &Sentences) -> impl Iterator<Item = &String> {
    language.residue.values().flatten().chain(&language.article)
}

#[test]
fn every_sentence_stands_in_one_place() {
    let languages = languages();
    assert!(languages.len() >= 30);
    for language in &languages {
        let mut seen = BTreeSet::new();
        for sentence in all(language) {
            assert!(seen.insert(sentence.to_lowercase()), "{}: twice: {sentence}", language.lang);
        }
    }
}

#[test]
fn articles_have_a_language_of_many_and_no_line_is_tested() {
    let lines = |articles: &[Whole]| -> Vec<String> {
        let long = |line: &&str| line.chars().count() >= LONG;
        articles.iter().flat_map(|whole| whole.text.lines().filter(long).map(str::to_owned)).collect()
    };
    let tested: BTreeSet<String> = ["articles", "web"]
        .iter()
        .flat_map(|of| invented(of).into_values())
        .flat_map(|articles| lines(&articles))
        .collect();
    assert!(tested.len() > 1_000);
    for language in &languages() {
        assert!(language.whole.len() >= 4, "{}", language.lang);
        for line in lines(&language.whole) {
            assert!(!tested.contains(&line), "{}: {line}", language.lang);
        }
    }
}

/// Characters from which on two articles have a line in common by no accident: standing formulas are everybody's.
const LONG: usize = 60;

#[derive(serde::Deserialize)]
struct Tested {
    residue: Vec<String>,
}

#[test]
fn what_is_tested_was_not_taught() {
    let tested = ["tests/data/manner.toml", "tests/data/languages.toml"].map(|path| {
        let languages: BTreeMap<String, Tested> = toml::from_str(&fs::read_to_string(path).unwrap()).unwrap();
        languages.into_values().flat_map(|language| language.residue).collect::<BTreeSet<_>>()
    });
    let tested: BTreeSet<String> = tested.into_iter().flatten().collect();
    assert!(tested.len() > 150);
    for language in &languages() {
        for sentence in all(language) {
            assert!(!tested.contains(sentence), "{}: {sentence}", language.lang);
        }
    }
}
